"""Everything that schema/ says, read once: fields, choices, lifecycle, time limits, teams, wording."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from faultkb import asked, lifecycle, policy, schemafiles
from faultkb.privacy import Lists, find
from faultkb.privacy.dictionary import Dictionary, Word
from faultkb.validation import Schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from faultkb.lifecycle import Lifecycle
    from faultkb.policy import Policy

Json = dict[str, Any]
_SATURDAY = 5


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
    """A team: the fault types that it takes, its lead (staff id), the day since which it takes none, and who took over.

    ``github`` are the handles of those who review its faults, ``notify`` the names of the addresses that it is told at.
    """

    name: str
    takes: tuple[str, ...]
    lead: str
    retired: date | None
    replaced_by: str
    github: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who is no team, but is told or asked to review.

    ``alerts``: is told of each urgent fault and each risk at once. ``maintains``: reviews what decides how faults are judged.
    """

    name: str
    github: tuple[str, ...]
    notify: tuple[str, ...]
    alerts: bool
    maintains: bool


@dataclass(frozen=True, slots=True)
class CompanyDay:
    """A day that schema/calendar.yaml settles, whatever the official calendar says."""

    workday: bool
    name: str


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """The content of schema/, ready for use. ``choices[field][value]`` are the annotations of a choice.

    ``announced_days`` are all days of the years that were written down by hand; the company's own days come before them.
    """

    schema: Schema
    choices: dict[str, dict[str, Json]]
    sections: tuple[Section, ...]
    placeholder: str
    lifecycle: Lifecycle
    timezone: str
    policies: tuple[Policy, ...]
    company_days: dict[date, CompanyDay]
    announced_days: dict[date, CompanyDay]
    teams: dict[str, Team]
    contacts: dict[str, Contact]
    roles: dict[str, tuple[str, ...]]
    wording: Json
    privacy: Json
    documents: Json
    """What documents.yaml says of the documents of the process; empty without it."""

    @functools.cached_property
    def asked(self) -> asked.Asked:
        """What a good report says, by type of fault."""
        return asked.build(self.schema.root.get("x-completeness"))

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

    @functools.cached_property
    def lists(self) -> Lists:
        """The values that are not private, and the company's own private words."""
        values = [item["value"] for item in self.privacy.get("public", ())]
        # As the detectors write a value, however it is written here.
        public = {one.value for value in values for one in find(value)}
        words = [Word(**item) for item in self.privacy.get("words", ())]
        dictionary = Dictionary(bytes.fromhex(self.privacy["salt"]), words) if words else None
        return Lists(frozenset(public.union(values)), dictionary)

    def title(self, *path: str | int) -> str:
        """Return the Chinese title of a field of the ticket."""
        return self.schema.field(path).title

    def page(self, header: Mapping[str, Any]) -> str:
        """Return what publishing makes of a ticket with such a header once it is closed: ``article`` and so on, or nothing."""
        entry = header.get("kb", {}).get("entry", "")
        return str(self.choices["kb.entry"].get(entry, {}).get("x-publish", ""))

    def severities(self) -> tuple[str, ...]:
        """The severities, gravest first."""
        return tuple(self.choices["severity"])

    def is_internal(self, channel: str) -> bool:
        """Say whether a channel has nobody outside to tell."""
        return bool(self.choices["channel"].get(channel, {}).get("x-internal"))

    @functools.cached_property
    def retiring(self) -> dict[str, dict[str, date]]:
        """The choices that may not be used any more, with the day since which, by field (``channel``, ``events.reason``)."""
        found = {
            field: {one: date.fromisoformat(it["x-retired"]) for one, it in choices.items() if "x-retired" in it}
            for field, choices in self.choices.items()
        }
        found["team"] = {name: team.retired for name, team in self.teams.items() if team.retired}
        return {field: days for field, days in found.items() if days}

    def retired(self, field: str, value: str) -> date | None:
        """Return the day since which a choice may not be used any more."""
        return self.retiring.get(field, {}).get(value)

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
        announced_days=dict(_announced(data["calendar"].get("years", {}))),
        teams=teams,
        contacts={name: _contact(name, one) for name, one in data["teams"].get("contacts", {}).items()},
        roles={role: tuple(staff) for role, staff in data["teams"]["roles"].items()},
        wording=data["wording"],
        privacy=data["privacy"],
        documents=data["documents"],
    )


def _announced(years: Json) -> Iterator[tuple[date, CompanyDay]]:
    """Settle every day of a year as the notice does: what it names, and Monday to Friday."""
    for year, holidays in years.items():
        first, after = date(int(year), 1, 1), date(int(year) + 1, 1, 1)
        for number in range((after - first).days):
            day = first + timedelta(days=number)
            weekend = day.weekday() >= _SATURDAY
            yield day, CompanyDay(not weekend, "周末" if weekend else "")
        for name, item in holidays.items():
            yield from ((day, CompanyDay(workday=False, name=name)) for day in schemafiles.days_of(item["off"]))
            worked = (date.fromisoformat(day) for day in item.get("work", ()))
            yield from ((day, CompanyDay(workday=True, name=f"{name}补班")) for day in worked)


def _team(name: str, data: Json) -> Team:
    retired = date.fromisoformat(data["retired"]) if "retired" in data else None
    takes, github, notify = (tuple(data.get(key, ())) for key in ("takes", "github", "notify"))
    return Team(name, takes, data["lead"], retired, data.get("replaced_by", ""), github, notify)


def _contact(name: str, data: Json) -> Contact:
    github, notify = (tuple(data.get(key, ())) for key in ("github", "notify"))
    return Contact(name, github, notify, data.get("alerts", False), data.get("maintains", False))


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
