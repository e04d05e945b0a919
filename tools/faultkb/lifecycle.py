"""The lifecycle as data: states, events and what each event may do, built from schema/lifecycle.yaml."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

NONE = ""
"""The state of a fault that is not registered yet."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """A field or section that must be filled, for faults registered since a day (None: for all)."""

    name: str
    since: date | None = None

    def applies(self, registered: date) -> bool:
        """Say whether a fault registered on a day must meet it."""
        return self.since is None or registered >= self.since


@dataclass(frozen=True)
class EventSpec:
    """What one event of the lifecycle is: where it may happen, what it carries and what it changes.

    The attributes are the keys of schema/lifecycle.yaml, where each is explained.
    """

    name: str
    description: str
    sources: frozenset[str]
    to: str | dict[str, str] | None = None
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    needs_one_of: tuple[str, ...] = ()
    only_with: dict[str, list[str]] = field(default_factory=dict)
    sets: dict[str, Any] = field(default_factory=dict)
    clears: tuple[str, ...] = ()
    requires: tuple[Requirement, ...] = ()
    sections: tuple[Requirement, ...] = ()
    opens: str | None = None
    closes: tuple[str, ...] = ()
    unless_open: str | None = None
    if_open: str | None = None
    changes: str | None = None
    brings: str | None = None
    approver: str | None = None
    when_earlier: dict[str, Any] | None = None
    refuses: dict[str, list[str]] = field(default_factory=dict)
    kb_entries: tuple[str, ...] = ()
    new_cycle: bool = False
    corrects: bool = False

    @functools.cached_property
    def fields(self) -> frozenset[str]:
        """Every field that the event may carry."""
        return frozenset({"at", "event", "by", "note", "late", *self.needs, *self.takes})

    @functools.cached_property
    def needed(self) -> frozenset[str]:
        """The fields that it must carry, as a set."""
        return frozenset(self.needs)

    def target(self, state: str) -> str:
        """Return the state after the event, given the one before."""
        if isinstance(self.to, dict):
            return self.to.get(state, state)
        return self.to or state


@dataclass(frozen=True)
class Lifecycle:
    """All states and events, and what must lie before the end."""

    open_states: tuple[str, ...]
    closed_states: tuple[str, ...]
    initial: str
    snapshot: tuple[str, ...]
    events: dict[str, EventSpec]
    descriptions: dict[str, str]
    review: dict[str, Any]
    closing: dict[str, Any]

    @property
    def states(self) -> tuple[str, ...]:
        """All states, in the order of the file."""
        return tuple(self.descriptions)

    @functools.cached_property
    def correcting(self) -> frozenset[str]:
        """The events that correct others."""
        return frozenset(name for name, spec in self.events.items() if spec.corrects)

    @functools.cached_property
    def folded(self) -> frozenset[str]:
        """The fields of the header that follow from events."""
        return frozenset(self.snapshot)

    @functools.cached_property
    def changing(self) -> tuple[str, ...]:
        """The folded fields that begin with a value of their own, which an event may change."""
        changed = {spec.changes for spec in self.events.values()}
        return tuple(name for name in self.snapshot if name in changed)

    @functools.cached_property
    def registration(self) -> EventSpec:
        """The event that every fault begins with."""
        return next(spec for spec in self.events.values() if NONE in spec.sources)

    @functools.cached_property
    def implied(self) -> dict[str, frozenset[str]]:
        """The events without which no fault comes from its registration to a state in its first cycle, by state."""
        events = self.events.keys() - {self.registration.name}
        return {state: frozenset(name for name in events if not self._is_reached(state, name)) for state in self.states}

    def _is_reached(self, state: str, without: str) -> bool:
        found, fresh = {self.initial}, {self.initial}
        usable = [spec for name, spec in self.events.items() if name != without and not spec.new_cycle]
        while fresh:
            fresh = {spec.target(one) for one in fresh for spec in usable if one in spec.sources} - found
            found |= fresh
        return state in found

    def possible(self, state: str, waiting: AbstractSet[str]) -> list[EventSpec]:
        """Return the events that may happen in a state while some waits are open, in the order of the file."""
        return [
            spec
            for spec in self.events.values()
            if state in spec.sources
            and (spec.if_open is None or spec.if_open in waiting)
            and spec.unless_open not in waiting
        ]


def build(data: dict[str, Any]) -> Lifecycle:
    """Build the lifecycle from the accepted content of lifecycle.yaml."""
    states: dict[str, Any] = data["states"]
    opened = tuple(name for name, state in states.items() if state["open"])
    groups = {"open": frozenset(opened), "any": frozenset(states), "none": frozenset({NONE})}
    return Lifecycle(
        open_states=opened,
        closed_states=tuple(name for name in states if name not in opened),
        initial=next((name for name, state in states.items() if state.get("initial")), ""),
        snapshot=tuple(data["snapshot"]),
        events={name: _event(name, spec, groups) for name, spec in data["events"].items()},
        descriptions={name: state["description"] for name, state in states.items()},
        review=data["review"],
        closing=data["closing"],
    )


def _event(name: str, data: dict[str, Any], groups: dict[str, frozenset[str]]) -> EventSpec:
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in data.items()}
    source = data["from"]
    del values["from"]
    values["sources"] = groups[source] if isinstance(source, str) else frozenset(source)
    for key in ("requires", "sections"):
        values[key] = tuple(_requirement(item) for item in data.get(key, ()))
    return EventSpec(name=name, **values)


def _requirement(item: str | dict[str, str]) -> Requirement:
    if isinstance(item, str):
        return Requirement(item)
    return Requirement(item["name"], date.fromisoformat(item["since"]) if "since" in item else None)
