"""What somebody wants of a fault → the events that bring it, in an order that the lifecycle allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import moment
from faultkb.updates import progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from faultkb.lifecycle import EventSpec
    from faultkb.ticket import Json, Ticket
    from faultkb.updates.progress import Entry
    from faultkb.updates.touched import Intent
    from faultkb.vocabulary import Vocabulary

NOTE = "由跟踪表更新"
"""The note of an event that needs one, where nobody gave another."""
LATE = "跟踪表里补记"
_GIVEN = frozenset(
    {"team", "owner", "assistants", "due_at", "from", "to", "note", "approver", "functional", "compatibility"}
    | {"experience", "verifier"}
)
"""What a table, or an option beside it, can give an event."""
_CARRIED = ("team", "owner", "assistants", "due_at")


class NoWayError(Exception):
    """Says in Chinese why no event brings what is wanted."""


class Wanted(NamedTuple):
    """An event to be recorded, with the texts of its fields; ``own_note``: nobody else can say what it says."""

    spec: EventSpec
    texts: Mapping[str, Any]
    own_note: bool = False


def events(words: Vocabulary, one: Ticket, now: Json, intent: Intent, at: datetime) -> list[Wanted]:
    """Return the events in their order. Raise NoWayError where none leads to the wanted state."""
    return list(_Plan(words, one, now, intent, at).events())


class _Plan:
    def __init__(self, words: Vocabulary, one: Ticket, now: Json, intent: Intent, at: datetime) -> None:
        self.words, self.one, self.intent, self.at = words, one, intent, at
        self.values = dict(intent.values)
        self.status = str(now.get("status", ""))
        self.verdict: dict[str, str] = self.values.pop("verification", {})
        self.specs = words.lifecycle.events.values()
        self.move = self._move(str(self.values.pop("status", self.status)))

    def events(self) -> Iterator[Wanted]:
        """Yield the events: what opens first, then what changes, then what ends."""
        life, move = self.words.lifecycle, self.move
        opens = move is not None and (move.new_cycle or move.sources == {life.initial})
        if move and move.new_cycle:
            yield self._carrying(move)
        yield from self._changes()
        if move and opens and not move.new_cycle:
            yield self._carrying(move)
        yield from self._lines(move.target(self.status) if move and opens else self.status)
        yield from self._plans()
        failing, passing = self._verdicts()
        if move and not opens and move.target(self.status) not in life.closed_states and move is not failing:
            yield from self._moved(move)
        if self.verdict:
            yield self._verified(failing, passing)
        elif move is failing:
            yield Wanted(move, {}, own_note=True)
        if move and move.target(self.status) in life.closed_states:
            yield Wanted(move, {})

    def _move(self, wanted: str) -> EventSpec | None:
        """Return the event that leads to a state, None where it is the present one."""
        if wanted == self.status:
            return None
        if wanted not in self.words.lifecycle.states:
            raise NoWayError(f"没有状态“{clip(masks.put_on(wanted, self.words.lists), 20)}”，可以写：{'、'.join(self.words.lifecycle.states)}")
        ways = [spec for spec in self.specs if self.status in spec.sources and spec.target(self.status) == wanted]
        found = next((spec for spec in ways if _GIVEN.issuperset(spec.needs)), None)
        if found is None:
            raise NoWayError(self._no_way(wanted, ways))
        return found

    def _no_way(self, wanted: str, ways: list[EventSpec]) -> str:
        reach = {
            spec.target(self.status)
            for spec in self.specs
            if self.status in spec.sources and _GIVEN.issuperset(spec.needs)
        }
        states = "、".join(state for state in self.words.lifecycle.states if state in reach - {self.status})
        other = f"；不是故障、重复或误报的用 fault log {self.one.id} {ways[0].name}" if ways else ""
        return f"{self.status} 不能直接变为 {wanted}：从这张表可以改成 {states or '（没有）'}{other}"

    def _carrying(self, spec: EventSpec) -> Wanted:
        """Let an event carry what was typed of team, people and plan."""
        texts = {name: self.values.pop(name) for name in _CARRIED if name in self.values and name in spec.fields}
        return Wanted(spec, texts)

    def _changes(self) -> Iterator[Wanted]:
        for spec in reversed(self.specs):
            if spec.changes and spec.changes in self.values:
                yield Wanted(spec, {"to": self.values.pop(spec.changes)})

    def _lines(self, status: str) -> Iterator[Wanted]:
        last = max(event.at for event in self.one.events)
        for entry in self.intent.entries:
            at = moment.parse(entry.at) if entry.at else self.at
            then = progress.status_at(self.one, self.words, entry.at) if at < self.at else status
            spec = progress.event_for(self.words, self.one, entry, then)
            if spec is None:
                raise NoWayError(f"处理进度：{then or '登记之前'}时不能再记；{_cut(entry)}")
            late = {"late": LATE} if at < last or at.date() < self.at.date() else {}
            texts = {"at": entry.at, "by": entry.by, "note": entry.note, **late}
            yield Wanted(spec, {name: text for name, text in texts.items() if text}, own_note=True)

    def _plans(self) -> Iterator[Wanted]:
        """Hand over, and change the plan, where no other event did."""
        handing = next(spec for spec in self.specs if "owner" in spec.needs_one_of)
        if self.values.keys() & set(handing.needs_one_of):
            yield self._carrying(handing)
        planning = next(spec for spec in self.specs if spec.when_earlier)
        if "due_at" in self.values or self.move is planning:
            yield self._carrying(planning)
            self.move = None if self.move is planning else self.move

    def _moved(self, move: EventSpec) -> Iterator[Wanted]:
        if self.move is move:
            yield Wanted(move, {})

    def _verdicts(self) -> tuple[EventSpec, EventSpec]:
        """Return the events that say that a verification failed, and that it passed."""
        found = [spec for spec in self.specs if "verification" in spec.sets]
        passing = next(spec for spec in found if spec.name == self.words.lifecycle.closing["verified_by"])
        return next(spec for spec in found if spec is not passing), passing

    def _verified(self, failing: EventSpec, passing: EventSpec) -> Wanted:
        """Return the event that says what the verification came to."""
        texts = dict(self.verdict)
        passed = texts.pop("result") == passing.sets["verification"]["result"]
        reason = texts.pop("reason", "")
        spec = passing if passed else failing
        if passed and self.move is failing:
            raise NoWayError(
                f"验证结果是 {passing.sets['verification']['result']}，状态不能改回 {failing.to}：两栏改一致"
            )
        return Wanted(spec, texts if passed else {**texts, **({"note": reason} if reason else {})}, own_note=not passed)


def _cut(entry: Entry) -> str:
    return f"去掉这一行，或用 fault log 记别的事件（{len(entry.note)} 个字）"
