"""The nouns: a ticket, its events, and the fold that turns events into the ticket's state. No files, no clock.

Read this module first. A ticket's header holds a dated list of events and a snapshot; `replay` computes what the events
add up to, and the snapshot must equal it.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import moment
from faultkb.lifecycle import NONE

if TYPE_CHECKING:
    from datetime import datetime

    from faultkb.document import Document
    from faultkb.lifecycle import EventSpec, Lifecycle
    from faultkb.yamltext import Path

Json = Mapping[str, Any]

IMPORTED = "imported"
NOBODY = "UNKNOWN"
"""The staff id of people whose number an older sheet does not tell: several people have it."""


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff: id, and the name with all but the family name masked."""

    staff: str
    name: str

    def __str__(self) -> str:
        return f"{self.staff} {self.name}"


class Event(NamedTuple):
    """One recorded event. ``number`` is its place in the file, from 1; ``data`` its fields as written."""

    number: int
    at: datetime
    name: str
    by: str
    data: Json

    @property
    def path(self) -> Path:
        """Where the event stands in the header."""
        return ("events", self.number - 1)


class Step(NamedTuple):
    """One event as the fold met it: the state before and after, the cycle (from 1), and the waits that were open."""

    event: Event
    spec: EventSpec
    before: str
    after: str
    cycle: int
    waiting: frozenset[str]
    snapshot: Json
    """The snapshot before the event."""


@dataclass(frozen=True)
class Replay:
    """What the events add up to: the snapshot, the steps in time order, the waits still open, the current cycle."""

    snapshot: Json
    steps: tuple[Step, ...]
    waiting: frozenset[str]
    cycle: int

    @property
    def status(self) -> str:
        """The state after the last event; empty before the registration."""
        return str(self.snapshot.get("status", NONE))

    @property
    def is_imported(self) -> bool:
        """Whether the fault is history from an older sheet."""
        return bool(self.steps) and self.steps[0].event.data.get(IMPORTED) is True

    @functools.cached_property
    def in_cycle(self) -> tuple[Step, ...]:
        """The steps of the current cycle, its first one (registration or reopening) included."""
        return tuple(step for step in self.steps if step.cycle == self.cycle)


@dataclass(frozen=True)
class Ticket:
    """A fault: its header as data, its events, and the text of its sections keyed by (section, part)."""

    path: str
    header: Json
    events: tuple[Event, ...]
    document: Document
    """The text that all this was read from."""

    @property
    def id(self) -> str:
        """The public id, such as SW-20261103-001."""
        return str(self.header.get("id", ""))

    @property
    def title(self) -> str:
        """The one-line title."""
        return str(self.header.get("title", ""))

    @functools.cached_property
    def reported_at(self) -> datetime:
        """When the fault was reported; the registration's time if the header has none."""
        text = self.header.get("reported_at", "")
        return moment.parse(text) if moment.is_minute(text) else self.events[0].at

    @functools.cached_property
    def registered_at(self) -> datetime:
        """When the fault was registered, which decides what is asked of it: never before it was reported."""
        return max(self.events[0].at, self.reported_at)

    @property
    def sections(self) -> Mapping[tuple[str, str], str]:
        """The text of each section, looked up when somebody asks."""
        return self.document.sections

    def text_of(self, section: str) -> str:
        """Return everything under a section, its parts included."""
        return "\n".join(text for (name, _), text in self.sections.items() if name == section)


def person(data: object) -> Person | None:
    """Return the person that a header value describes, None where it describes none."""
    if isinstance(data, Mapping) and {"staff", "name"} <= data.keys():
        return Person(str(data["staff"]), str(data["name"]))
    return None


def build(path: str, document: Document, header: Json | None = None) -> Ticket | None:
    """Return the ticket in a document, or None if its events cannot be read (no list, no valid time or name).

    ``header`` is the part of the document's header that the schema accepts, where that is not all of it.
    """
    header = document.header if header is None else header
    listed = header.get("events")
    if not isinstance(listed, list) or not listed:
        return None
    events = []
    for number, item in enumerate(listed, 1):
        if not isinstance(item, dict) or "event" not in item:
            return None
        try:
            at = moment.parse(item.get("at", ""))
        except (ValueError, TypeError):
            return None
        events.append(Event(number, at, item["event"], item.get("by", ""), item))
    return Ticket(path, header, tuple(events), document)


def corrected(events: tuple[Event, ...], lifecycle: Lifecycle) -> list[Event]:
    """Return the events as corrections leave them, in time order (equal minutes keep file order).

    A correction replaces fields of an earlier event or voids it; later corrections win, and may void a correction.
    """
    if lifecycle.correcting.isdisjoint({event.name for event in events}):
        return sorted(events, key=_time)
    changes: dict[int, dict[str, Any]] = {}
    void: set[int] = set()
    for event in reversed(events):
        spec = lifecycle.events.get(event.name)
        if spec is None or not spec.corrects or event.number in void:
            continue
        data = {**event.data, **changes.get(event.number, {})}
        target = data.get("target")
        if not isinstance(target, int) or target >= event.number:
            continue
        if data.get("void") is True:
            void.add(target)
        elif isinstance(data.get("set"), Mapping):
            changes[target] = {**data["set"], **changes.get(target, {})}
    kept = [_changed(event, changes.get(event.number)) for event in events if event.number not in void]
    return sorted(kept, key=_time)


_time = attrgetter("at")


def _changed(event: Event, change: dict[str, Any] | None) -> Event:
    if not change:
        return event
    data = {**event.data, **change}
    at = moment.parse(data["at"]) if moment.is_minute(data["at"]) else event.at
    return Event(event.number, at, event.name, str(data.get("by", "")), data)


def replay(ticket: Ticket, lifecycle: Lifecycle, as_of: datetime | None = None) -> Replay:
    """Fold the events up to ``as_of`` (None: all) into a snapshot.

    Events that the lifecycle does not allow are folded all the same, to the state that they ask for, so that one
    mistake does not hide the next; `refusal` says what is wrong with a step. Unknown events are left out.
    """
    every = corrected(ticket.events, lifecycle)
    events = (
        every if as_of is None else corrected(tuple(event for event in ticket.events if event.at <= as_of), lifecycle)
    )
    snapshot = _initial(ticket, every, lifecycle)
    waiting: frozenset[str] = frozenset()
    steps: list[Step] = []
    cycle = 1
    for event in events:
        spec = lifecycle.events.get(event.name)
        if spec is None:
            continue
        before = snapshot.get("status", NONE)
        cycle += spec.new_cycle
        after = _target(spec, event, snapshot, before)
        steps.append(Step(event, spec, before, after, cycle, waiting, snapshot))
        snapshot = _apply(spec, event, snapshot, after, lifecycle.folded)
        if spec.closes or spec.opens:
            waiting = (waiting - frozenset(spec.closes)) | (frozenset({spec.opens}) if spec.opens else frozenset())
    return Replay(snapshot, tuple(steps), waiting, cycle)


def _initial(ticket: Ticket, events: list[Event], lifecycle: Lifecycle) -> dict[str, Any]:
    """Return the fields that stood before any event: what the first change names as its ``from``, else the header's.

    Changes of any time count, also those after an ``as_of``: only they know what the header said before them.
    """
    first: dict[str, Any] = {}
    for event in events:
        changed = lifecycle.events[event.name].changes if event.name in lifecycle.events else None
        if changed and changed not in first and "from" in event.data:
            first[changed] = event.data["from"]
    return {name: first.get(name, ticket.header.get(name)) for name in lifecycle.changing}


def _target(spec: EventSpec, event: Event, snapshot: Json, before: str) -> str:
    if IMPORTED in event.data and event.data[IMPORTED] is True and "status" in event.data:
        return str(event.data["status"])
    if spec.when_earlier and spec.when_earlier["keeps_status"] and is_earlier(spec, event, snapshot):
        return before
    return spec.target(before)


def is_earlier(spec: EventSpec, event: Event, snapshot: Json) -> bool:
    """Say whether an event moves a date (of its ``when_earlier``) to an earlier time."""
    if not spec.when_earlier:
        return False
    name = spec.when_earlier["field"]
    old, new = snapshot.get(name), event.data.get(name)
    return isinstance(old, str) and isinstance(new, str) and new < old


def _apply(
    spec: EventSpec, event: Event, snapshot: dict[str, Any], after: str, folded: frozenset[str]
) -> dict[str, Any]:
    """Return the snapshot after an event; the same object where nothing changes."""
    if after == snapshot.get("status") and not spec.sets and not spec.clears and folded.isdisjoint(event.data):
        return snapshot
    result = {name: value for name, value in snapshot.items() if name not in spec.clears}
    for name in folded:
        if name in event.data and name in spec.fields:
            result[name] = event.data[name]
        if name in spec.sets:
            result[name] = _filled(spec.sets[name], event)
    if after:
        result["status"] = after
    return result


def _filled(template: Any, event: Event) -> Any:
    """Fill ``$name`` with the event's field; parts that the event does not carry are left out."""
    if isinstance(template, Mapping):
        filled = {key: _filled(value, event) for key, value in template.items()}
        return {key: value for key, value in filled.items() if value is not None}
    if isinstance(template, str) and template.startswith("$"):
        return event.data.get(template[1:])
    return template
