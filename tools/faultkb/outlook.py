"""What can be recorded next in a fault: each possible event with what it lacks, and the way to the deadline that comes first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from faultkb import logbook, moment, policy, proposal, standing, ticket

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from faultkb.clocks import Clock
    from faultkb.corpus import Loaded
    from faultkb.lifecycle import EventSpec
    from faultkb.logbook import Entry
    from faultkb.standing import Standing
    from faultkb.ticket import Replay, Ticket
    from faultkb.vocabulary import Section, Vocabulary


@dataclass(frozen=True, slots=True)
class Choice:
    """An event that can be recorded now, with the state that it leads to and what it still lacks.

    All of ``fields`` and one of ``one_of`` are to be given; ``sections`` and, with ``kb``, the decision on the knowledge
    base be written; ``before`` be recorded first; ``others`` are further things to do, in words.
    """

    spec: EventSpec
    target: str
    fields: tuple[str, ...]
    one_of: tuple[str, ...]
    sections: tuple[Section, ...]
    kb: bool
    before: tuple[str, ...]
    others: tuple[str, ...]

    @property
    def name(self) -> str:
        """The event's name."""
        return self.spec.name

    @property
    def lacks(self) -> bool:
        """Say whether something must be written or recorded first."""
        return bool(self.sections or self.kb or self.before or self.others)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a fault's state allows: every possible event, the clock that is due first and what meets it, the plan, the way onward.

    ``way`` are the next events towards closing, as far as one can see; ``route`` names all of them, closing included.
    """

    status: str
    choices: tuple[Choice, ...]
    clock: Clock | None
    met_by: str
    plan: datetime | None
    way: tuple[Choice, ...]
    route: tuple[str, ...]

    @property
    def beside(self) -> Choice | None:
        """The event that meets the first deadline, where it can be recorded now and leads nowhere by itself."""
        found = (one for one in self.choices if one.name == self.met_by and not one.lacks)
        return next((one for one in found if one.name not in self.route), None)

    def way_to(self, name: str) -> tuple[Choice, ...]:
        """Return an event that is possible, after what must be recorded first; () if it is not.

        What leads to another state is as far as one can see.
        """
        found = {one.name: one for one in self.choices}
        if name not in found:
            return ()
        way = [found[first] for first in found[name].before if first in found]
        leaving = next((number for number, one in enumerate(way, 1) if one.target != self.status), None)
        return tuple(way[:leaving]) if leaving else (*way, found[name])


def look(root: Path, words: Vocabulary, loaded: Loaded, as_of: datetime) -> Outlook:
    """Return what can be recorded next in a ticket that can be read."""
    one = loaded.ticket
    if one is None:
        raise ValueError(loaded.path)
    replay = ticket.replay(one, words.lifecycle)
    choices = tuple(_choices(root, words, loaded, as_of))
    now = standing.of(one, words, as_of)
    clock, met_by = (
        _first_due(words, one, now, replay.cycle, [choice.name for choice in choices]) if now else (None, "")
    )
    answers = [choice for choice in choices if replay.waiting & set(choice.spec.closes)]
    answer = [choice.name for choice in answers if choice.target == replay.status][:1]
    route = [*answer, *_onward(words, one, replay, replay.status)]
    seen = Outlook(replay.status, choices, clock, met_by, now.due_at if now else None, (), ())
    goal = next(iter((*answer, *_transitions(words, replay.status))), "")
    way = seen.way_to(goal)
    names = [choice.name for choice in way]
    if way and names[-1] not in route:  # back, before it can go on
        route = _onward(words, one, replay, way[-1].target)
    return replace(seen, way=way, route=(*(name for name in names if name not in route), *route))


def _onward(words: Vocabulary, one: Ticket, replay: Replay, status: str) -> list[str]:
    """Name what leads from a state to closing: one change of state after the other, each after what must lie before it."""
    closing, review = words.lifecycle.closing, words.lifecycle.review
    grounds = {str(replay.snapshot.get("severity"))} | ({"complex"} if one.header.get("complex") is True else set())
    reviewed = any(step.event.name == review["event"] for step in replay.in_cycle)
    found: list[str] = []
    for name in _transitions(words, status):
        if not reviewed and name in {review["before"].get(ground) for ground in grounds}:
            found.append(review["event"])
            reviewed = True
        if name == closing["event"] and closing["since"] in found:
            found.append(closing["verified_by"])
            found += [closing["confirmed_by"]] if "customer" in one.header else []
        found.append(name)
    return found


def _transitions(words: Vocabulary, status: str) -> tuple[str, ...]:
    """Return the shortest way from an open state to closing, as names of events; () from a closed one."""
    life = words.lifecycle
    ways: dict[str, tuple[str, ...]] = {status: ()} if status in life.open_states else {}
    fresh = list(ways)
    for state in fresh:  # grows while it is walked through
        for spec in (spec for spec in life.events.values() if state in spec.sources):
            target = spec.target(state)
            if spec.name == life.closing["event"]:
                return (*ways[state], spec.name)
            if target not in ways:
                ways[target] = (*ways[state], spec.name)
                fresh.append(target)
    return ()


def _first_due(
    words: Vocabulary, one: Ticket, now: Standing, cycle: int, possible: Sequence[str]
) -> tuple[Clock | None, str]:
    """Return the running clock that is due first, and the possible event that meets it."""
    specs = policy.in_force(words.policies, one.events[0].at).clocks
    running = [row for row in now.clocks if row.cycle == cycle and row.is_running] if now.is_open else []
    meets = [(row, next((name for name in specs[row.clock].stop if name in possible), "")) for row in running]
    return min((pair for pair in meets if pair[1]), key=lambda pair: pair[0].due_at, default=(None, ""))


def _choices(root: Path, words: Vocabulary, loaded: Loaded, as_of: datetime) -> Iterator[Choice]:
    """Imagine each event recorded now, without the fields that somebody must give, and see what is wrong then."""
    if loaded.ticket is None:
        return
    replay = ticket.replay(loaded.ticket, words.lifecycle)
    at = max(as_of, *(event.at for event in loaded.ticket.events))
    known = logbook.known_of(root, words, loaded, as_of)
    for spec in words.lifecycle.possible(replay.status, replay.waiting):
        event = {"at": moment.show(at), "event": spec.name, "by": loaded.ticket.events[-1].by}
        event |= proposal.proposed(words, loaded, spec, at, event)
        entry = logbook.imagine(root, words, loaded, [event], as_of, known)
        lacking = proposal.needed(spec, replay.snapshot, event)
        yield _choice(words, spec, replay.status, (*lacking, *decisive(words, spec)), entry)


def decisive(words: Vocabulary, spec: EventSpec) -> tuple[str, ...]:
    """Return what an event need not carry, but on which closing depends: nobody should take the default unknowingly."""
    return (_OUTCOME,) if spec.name == words.lifecycle.closing["confirmed_by"] and _OUTCOME in spec.takes else ()


_OUTCOME = "outcome"
"""The field that says what the user answered."""
_BLOCKING = {"illegal-transition", "missing-review", "missing-confirmation"}
"""The rules whose advice names the event that must come first."""


def _choice(words: Vocabulary, spec: EventSpec, status: str, fields: tuple[str, ...], entry: Entry) -> Choice:
    found = [one for one in entry.causes if entry.field_of(one) is None or one.rule in _BLOCKING]
    unwritten = {one.place[-1] for one in found if one.rule == "missing-section"}
    undecided = not entry.after.document.header.get("kb") and any(one.rule == "kb-decision" for one in found)
    told = {"missing-section", *(["kb-decision"] if undecided else [])}
    before = {
        one: [name for name in _named(words, one.help.partition("；")[0]) if name != spec.name]
        for one in found
        if one.rule in _BLOCKING
    }
    first = {name for names in before.values() for name in names}
    return Choice(
        spec=spec,
        target=spec.target(status),
        fields=fields,
        one_of=spec.needs_one_of,
        sections=tuple(one for one in words.sections if one.name in unwritten),
        kb=undecided,
        before=tuple(name for name in words.lifecycle.events if name in first),
        others=tuple(one.help for one in found if one.rule not in told and not before.get(one)),
    )


def _named(words: Vocabulary, text: str) -> list[str]:
    return [name for name in words.lifecycle.events if name in text]
