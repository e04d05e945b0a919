"""Everything that schema/ says, read once: fields, choices, lifecycle, time limits, teams, wording."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from faultkb import lifecycle, policy, schemafiles
from faultkb.validation import Schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from faultkb.lifecycle import Lifecycle
    from faultkb.policy import Policy

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the body (``part_of`` None) or a subsection: its heading, and what is asked of it."""

    name: str
    description: str
    part_of: str | None
    required: bool
    recommended: bool
    publish: bool


@dataclass(frozen=True, slots=True)
class Team:
    """A team: the fault types that it takes, its lead (staff id), the day since which it takes none, and who took over."""

    name: str
    takes: tuple[str, ...]
    lead: str
    retired: date | None
    replaced_by: str


@dataclass(frozen=True, slots=True)
class CompanyDay:
    """A day on which the company differs from the official calendar."""

    workday: bool
    name: str


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The content of schema/, ready for use. ``choices[field][value]`` are the annotations of a choice."""

    schema: Schema
    choices: dict[str, dict[str, Json]]
    sections: tuple[Section, ...]
    placeholder: str
    lifecycle: Lifecycle
    timezone: str
    policies: tuple[Policy, ...]
    company_days: dict[date, CompanyDay]
    teams: dict[str, Team]
    roles: dict[str, tuple[str, ...]]
    wording: Json

    @functools.cached_property
    def prefixes(self) -> dict[str, str]:
        """The id prefix of each fault type."""
        return {name: choice["x-prefix"] for name, choice in self.choices["type"].items()}

    @functools.cached_property
    def required_since(self) -> dict[str, date]:
        """The fields that only faults registered since a day must have, with that day."""
        fields = self.schema.root["properties"].items()
        return {name: date.fromisoformat(node["x-since"]) for name, node in fields if "x-since" in node}

    @functools.cached_property
    def recommended(self) -> tuple[str, ...]:
        """The fields whose absence is worth a warning."""
        return tuple(name for name, node in self.schema.root["properties"].items() if node.get("x-recommended"))

    @functools.cached_property
    def private_fields(self) -> frozenset[str]:
        """The fields of the header whose content must not be repeated."""
        return frozenset(name for name in self.schema.root["properties"] if self.schema.field((name,)).private)

    def title(self, *path: str | int) -> str:
        """Return the Chinese title of a field of the ticket."""
        return self.schema.field(path).title

    def severities(self) -> tuple[str, ...]:
        """The severities, gravest first."""
        return tuple(self.choices["severity"])

    def is_internal(self, channel: str) -> bool:
        """Say whether a channel has nobody outside to tell."""
        return bool(self.choices["channel"].get(channel, {}).get("x-internal"))

    def retired(self, field: str, value: str) -> date | None:
        """Return the day since which a choice may not be used any more."""
        if field == "team":
            return self.teams[value].retired if value in self.teams else None
        since = self.choices.get(field, {}).get(value, {}).get("x-retired")
        return date.fromisoformat(since) if since else None

    def replaced_by(self, field: str, value: str) -> str:
        """Return what took the place of a choice that is retired, empty where nothing did."""
        if field == "team":
            return self.teams[value].replaced_by if value in self.teams else ""
        return str(self.choices.get(field, {}).get(value, {}).get("x-replaced-by", ""))


def load(root: Path) -> Vocabulary:
    """Read and check ``root``/schema. Raise FaultError, with line and column of each mistake, if it cannot be used."""
    raw, data = schemafiles.read(root / "schema")
    life = lifecycle.build(data["lifecycle"])
    teams = {name: _team(name, team) for name, team in data["teams"]["teams"].items()}
    days = data["calendar"].get("days", {})
    return Vocabulary(
        schema=Schema(raw, {"states": list(life.states), "events": list(life.events), "teams": list(teams)}),
        choices=dict(_choices(raw)),
        sections=tuple(_sections(raw["x-sections"])),
        placeholder=raw["x-placeholder"],
        lifecycle=life,
        timezone=data["sla"]["timezone"],
        policies=policy.build(data["sla"]),
        company_days={date.fromisoformat(day): CompanyDay(**value) for day, value in days.items()},
        teams=teams,
        roles={role: tuple(staff) for role, staff in data["teams"]["roles"].items()},
        wording=data["wording"],
    )


def _team(name: str, data: Json) -> Team:
    retired = date.fromisoformat(data["retired"]) if "retired" in data else None
    return Team(name, tuple(data["takes"]), data["lead"], retired, data.get("replaced_by", ""))


def _choices(raw: Json) -> Iterator[tuple[str, dict[str, Json]]]:
    """Find every field with listed choices: ``severity``, ``kb.entry`` and so on."""
    places = {"": raw, "kb.": raw["properties"]["kb"], "events.": raw["$defs"]["event"]}
    for prefix, node in places.items():
        for name, field in node["properties"].items():
            if "oneOf" in field:
                yield prefix + name, {choice["const"]: choice for choice in field["oneOf"]}


def _sections(items: list[Json], part_of: str | None = None) -> Iterator[Section]:
    for item in items:
        flags = (bool(item.get(key)) for key in ("required", "recommended", "x-publish"))
        yield Section(item["name"], item["description"], part_of, *flags)
        yield from _sections(item.get("parts", []), item["name"])
