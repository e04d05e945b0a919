"""One cycle of a fault as the clocks see it: its steps, the severity after each, when and how it ended."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultkb import policy
from faultkb.ticket import IMPORTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from faultkb.calendar import WorkCalendar
    from faultkb.policy import ClockSpec, Policy
    from faultkb.ticket import Json, Replay, Step, Ticket
    from faultkb.vocabulary import Vocabulary

SEVERITY = "severity"


@dataclass(frozen=True, slots=True)
class Course:
    """One cycle, judged by one policy at ``as_of``.

    ``steps`` end with the closing, whose time is ``closed_at``: what follows it stops nothing. ``snapshots`` and
    ``severities`` are what holds right after each step. ``places`` are those of each event among the steps, ``changes``
    those of the steps that change the severity, ``waits`` the reason, begin and end (None while it lasts) of each.
    ``order`` are all severities, gravest first. ``external`` says that somebody outside waits for news. ``implied`` are
    the events that an imported status tells of and nobody recorded; ``lost`` says that this is everything: the whole
    cycle was imported as closed.
    """

    steps: tuple[Step, ...]
    snapshots: tuple[Json, ...]
    places: Mapping[str, Sequence[int]]
    changes: Sequence[int]
    waits: Sequence[tuple[str, datetime, datetime | None]]
    severities: tuple[str, ...]
    order: tuple[str, ...]
    cycle: int
    policy: Policy
    calendar: WorkCalendar
    as_of: datetime
    closed_at: datetime | None
    external: bool
    implied: frozenset[str]
    lost: bool

    def relevant(self, names: Iterable[str]) -> list[int]:
        """Return the places of some events and of the changes of severity, in order."""
        found = set(self.changes)
        for name in names:
            found.update(self.places.get(name, ()))
        return sorted(found)

    def changes_severity(self, index: int) -> bool:
        """Say whether a step changed the severity."""
        return self.steps[index].spec.changes == SEVERITY

    def severity_before(self, index: int) -> str:
        """Return the severity in force right before a step; before the first one, that after it."""
        return self.severities[max(index - 1, 0)]

    def last_until(self, at: datetime) -> int:
        """Return the place of the last step that is not later than a moment; the first one if all are."""
        return max((n for n, step in enumerate(self.steps) if step.event.at <= at), default=0)

    def is_missing(self, spec: ClockSpec) -> bool:
        """Say whether a clock that runs from the registration was stopped before anything was recorded."""
        if spec.reopened_by and any(step.event.name == spec.reopened_by for step in self.steps):
            return False
        return self.lost or not self.implied.isdisjoint(spec.stop)


def each(
    ticket: Ticket, replay: Replay, vocabulary: Vocabulary, calendar: WorkCalendar, as_of: datetime
) -> Iterator[Course]:
    """Return the cycles of a ticket; ``replay`` must be that of the events up to ``as_of``."""
    life, steps = vocabulary.lifecycle, replay.steps
    if not steps:
        return
    after = (*(step.snapshot for step in steps[1:]), replay.snapshot)
    in_force = policy.in_force(vocabulary.policies, steps[0].event.at)
    external = bool(ticket.header.get("customer")) or not vocabulary.is_internal(str(ticket.header.get("channel")))
    first = 0
    while first < len(steps):
        cycle = steps[first].cycle
        last = first
        while last + 1 < len(steps) and steps[last + 1].cycle == cycle:
            last += 1
        closing = next((n for n in range(first, last + 1) if steps[n].after in life.closed_states), None)
        end = last if closing is None else closing
        imported = steps[first].event.data.get(IMPORTED) is True
        lost = imported and closing == first
        inside, snapshots = steps[first : end + 1], after[first : end + 1]
        places: dict[str, list[int]] = defaultdict(list)
        for n, step in enumerate(inside):
            places[step.event.name].append(n)
        yield Course(
            steps=inside,
            snapshots=snapshots,
            places=places,
            changes=[n for n, step in enumerate(inside) if step.spec.changes == SEVERITY],
            waits=[_wait(inside, n) for n, step in enumerate(inside) if step.spec.opens],
            severities=tuple(str(one.get(SEVERITY)) for one in snapshots),
            order=vocabulary.severities(),
            cycle=cycle,
            policy=in_force,
            calendar=calendar,
            as_of=as_of if not lost or last + 1 == len(steps) else min(as_of, steps[last + 1].event.at),
            closed_at=None if closing is None or lost else steps[closing].event.at,
            external=external,
            implied=life.implied[steps[first].after] if imported else frozenset(),
            lost=lost,
        )
        first = last + 1


def _wait(steps: Sequence[Step], index: int) -> tuple[str, datetime, datetime | None]:
    """Return why, since when and until when a wait lasts."""
    opening = steps[index]
    ends = (step.event.at for step in steps[index + 1 :] if opening.spec.opens in step.spec.closes)
    return str(opening.event.data.get("reason", opening.event.name)), opening.event.at, next(ends, None)
