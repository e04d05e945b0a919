"""What somebody wants of a fault → the events that bring it, in an order that the lifecycle allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.updates import entered, wanted
from faultkb.updates.wanted import VERDICT, NoWayError, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.lifecycle import EventSpec
    from faultkb.ticket import Json, Ticket
    from faultkb.updates.applying import Options
    from faultkb.updates.touched import Intent
    from faultkb.vocabulary import Vocabulary

_GIVEN = frozenset(
    {"team", "owner", "assistants", "due_at", "from", "to", "note", "approver", "functional", "compatibility"}
    | {"experience", "verifier"}
)
"""What a table, or an option beside it, can give an event."""
_CARRIED = ("team", "owner", "assistants", "due_at")


def events(words: Vocabulary, one: Ticket, now: Json, intent: Intent, options: Options) -> list[Wanted]:
    """Return the events in their order. Raise NoWayError where none leads to the wanted state."""
    plan = _Plan(words, one, now, intent, options)
    return [plan.reasoned(each) for each in plan.events()]


class _Plan:
    def __init__(self, words: Vocabulary, one: Ticket, now: Json, intent: Intent, options: Options) -> None:
        self.words, self.one, self.now, self.intent, self.options = words, one, now, intent, options
        self.values = dict(intent.values)
        self.status = str(now.get("status", ""))
        self.verdict: dict[str, str] = self.values.pop(VERDICT, {})
        self.specs = words.lifecycle.events.values()
        self.target = str(self.values.pop("status", self.status))
        self.move = self._move(self.target)

    def events(self) -> Iterator[Wanted]:
        """Yield the events: what opens first, then what changes, then what ends."""
        life, move = self.words.lifecycle, self.move
        opens = move is not None and (move.new_cycle or move.sources == {life.initial})
        if move and move.new_cycle:
            yield self._carrying(move)
        yield from self._changes()
        if move and opens and not move.new_cycle:
            yield self._carrying(move)
        yield from entered.events(
            self.words, self.one, self.intent, self.options, move.target(self.status) if move and opens else self.status
        )
        yield from self._plans()
        failing, passing = self._verdicts()
        if move and not opens and move.target(self.status) not in life.closed_states and move is not failing:
            yield from self._moved(move)
        if self.verdict:
            yield self._verified(failing, passing)
        elif move is failing:
            yield Wanted(move, {}, VERDICT)
        if move and move.target(self.status) in life.closed_states:
            yield Wanted(move, {})

    def reasoned(self, one: Wanted) -> Wanted:
        """Give an event the reason that was written for it, where it needs one and can be recorded at all."""
        is_possible = one.spec.sources & {self.status, self.target}
        return wanted.reasoned(self.words, self.now, self.intent, self.options, one) if is_possible else one

    def _move(self, state: str) -> EventSpec | None:
        """Return the event that leads to a state, None where it is the present one."""
        if state == self.status:
            return None
        ways = [spec for spec in self.specs if self.status in spec.sources and spec.target(self.status) == state]
        found = next((spec for spec in ways if _GIVEN.issuperset(spec.needs)), None)
        if found is None:
            raise NoWayError(self._no_way(state, ways))
        return found

    def _no_way(self, state: str, ways: list[EventSpec]) -> str:
        reach = {
            spec.target(self.status)
            for spec in self.specs
            if self.status in spec.sources and _GIVEN.issuperset(spec.needs)
        }
        states = "、".join(one for one in self.words.lifecycle.states if one in reach - {self.status})
        other = f"；不是故障、重复或误报的用 fault log {self.one.id} {ways[0].name}" if ways else ""
        return f"{self.status} 不能直接变为 {state}：从这张表可以改成 {states or '（没有）'}{other}"

    def _carrying(self, spec: EventSpec) -> Wanted:
        """Let an event carry what was typed of team, people and plan."""
        texts = {name: self.values.pop(name) for name in _CARRIED if name in self.values and name in spec.fields}
        return Wanted(spec, texts)

    def _changes(self) -> Iterator[Wanted]:
        for spec in reversed(self.specs):
            if spec.changes and spec.changes in self.values:
                yield Wanted(spec, {"to": self.values.pop(spec.changes)})

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
        found = [spec for spec in self.specs if VERDICT in spec.sets]
        passing = next(spec for spec in found if spec.name == self.words.lifecycle.closing["verified_by"])
        return next(spec for spec in found if spec is not passing), passing

    def _verified(self, failing: EventSpec, passing: EventSpec) -> Wanted:
        """Return the event that says what the verification came to."""
        texts = dict(self.verdict)
        passed = texts.pop("result") == passing.sets[VERDICT]["result"]
        reason = texts.pop("reason", "")
        spec = passing if passed else failing
        lacking = [name for name in spec.needs if name != "note" and name not in texts]
        if lacking and spec.sources & {self.status, self.target}:
            raise NoWayError(f"{self.words.title(VERDICT)}：{self._layout(passing, lacking)}")
        if passed and self.move is failing:
            raise NoWayError(f"验证结果是 {passing.sets[VERDICT]['result']}，状态不能改回 {failing.to}：两栏改一致")
        if passed:
            return Wanted(spec, texts)
        return Wanted(spec, {**texts, **({"note": reason} if reason else {})}, VERDICT)

    def _layout(self, passing: EventSpec, lacking: list[str]) -> str:
        """Say what a verification that passed lacks, and how its cell is written."""
        titles = {name: self.words.title(VERDICT, name) for name in passing.needs}
        result = passing.sets[VERDICT]["result"]
        parts = (f"{titles[name]}：{'QA003 赵*' if name == 'verifier' else result}" for name in passing.needs)
        return f"还缺 {'、'.join(titles[name] for name in lacking)}。这一格写成几行：{' ⏎ '.join((result, *parts))}（⏎ 是换行，Alt+Enter）"
