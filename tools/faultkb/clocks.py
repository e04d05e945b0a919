"""SLA clocks: pure functions of (ticket, policy, calendar, as_of). Nothing that is computed here is ever stored.

A clock is data (schema/sla.yaml): the events that start it, those that stop it, its target by severity. `starts` finds
where it begins, `_follow` what stops, cancels or tightens it, `reckoning` when it is due; `_verdict` judges it.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from faultkb import course, moment, pauses, reckoning, starts
from faultkb.policy import Duration
from faultkb.reckoning import Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from faultkb.calendar import WorkCalendar
    from faultkb.course import Course
    from faultkb.pauses import Stretch
    from faultkb.policy import ClockSpec
    from faultkb.reckoning import Due, Ways
    from faultkb.starts import Start
    from faultkb.ticket import Replay, Ticket
    from faultkb.vocabulary import Vocabulary

MET = "达标"
BREACHED = "超时"
AT_RISK = "临期"
RUNNING = "进行中"
PAUSED = "暂停中"
CANCELLED = "取消"
MISSING = "数据缺失"

_AT_RISK_SHARE = 0.75
"""The part of an ``h`` target after which the clock is 临期."""
_NEXT_DAY = Duration(1, "wd")
"""A raised severity leaves time until the close of the next working day."""


class Reading(NamedTuple):
    """The plan as a limit: what was promised at first (按原计划), or what is promised now (按改期后)."""

    due_at: datetime
    verdict: str


class Detail(NamedTuple):
    """How a due date came about: the ways to reckon it, and the one that holds with what moved it.

    ``lapsed`` says that a change of severity ended the clock, not the closing of the fault.
    """

    ways: Ways
    due: Due
    lapsed: bool


class Clock(NamedTuple):
    """One instance of a clock: what it measures, its due date and how it stands at ``as_of``.

    ``cycle`` counts reopenings from 1, ``n`` the starts within a cycle from 1. ``severity`` is the one that it started
    for, ``target`` that of the severity now. ``due_at`` is ``provisional`` while the official calendar may still move it.
    ``stopped_at`` is None while the clock runs, and for one that ended without a stop of its own at ``ended_at``. ``plan``
    and ``revised`` are there for the clock of the plan, ``detail`` on demand.
    """

    clock: str
    name: str
    cycle: int
    n: int
    severity: str
    started_at: datetime
    started_by: str
    target: Duration
    due_at: datetime
    stopped_at: datetime | None
    ended_at: datetime | None
    verdict: str
    provisional: bool
    informational: bool
    is_plan: bool
    plan: Reading | None = None
    revised: Reading | None = None
    detail: Detail | None = None

    @property
    def is_running(self) -> bool:
        """Say whether somebody still has to stop it: not stopped, not ended with the fault."""
        return self.stopped_at is None and self.ended_at is None and self.verdict != MISSING

    @property
    def is_late(self) -> bool:
        """Say whether it has passed its due date and somebody still has to stop it; what is informational never is."""
        return self.verdict == BREACHED and self.is_running and not self.informational


def run(ticket: Ticket, replay: Replay, vocabulary: Vocabulary, calendar: WorkCalendar, as_of: datetime) -> list[Clock]:
    """Return every clock instance of a ticket as it stands at ``as_of``, by cycle, clock and start, without details.

    ``replay`` must be that of the events up to ``as_of``.
    """
    return list(_every(ticket, replay, vocabulary, calendar, as_of))


def explained(
    ticket: Ticket, replay: Replay, vocabulary: Vocabulary, calendar: WorkCalendar, as_of: datetime
) -> list[Clock]:
    """Return the same, each with its detail."""
    return list(_every(ticket, replay, vocabulary, calendar, as_of, detailed=True))


def plans(
    ticket: Ticket, replay: Replay, vocabulary: Vocabulary, calendar: WorkCalendar, as_of: datetime
) -> list[Clock]:
    """Return the clock of the plan alone, one of each cycle in which it has started."""
    cycles = course.each(ticket, replay, vocabulary, calendar, as_of)
    return [row for one in cycles for row in _rows(one.policy.plan, one)]


def _every(
    ticket: Ticket,
    replay: Replay,
    vocabulary: Vocabulary,
    calendar: WorkCalendar,
    as_of: datetime,
    *,
    detailed: bool = False,
) -> Iterator[Clock]:
    for one in course.each(ticket, replay, vocabulary, calendar, as_of):
        for spec in one.policy.clocks.values():
            yield from _rows(spec, one, detailed=detailed)


def _rows(spec: ClockSpec, one: Course, *, detailed: bool = False) -> Iterator[Clock]:
    found = list(starts.of(spec, one))
    if not found:
        return
    stretches, places = pauses.stretches(one, spec), one.relevant(spec.stopping)
    for number, start in enumerate(found, 1):
        later = places[bisect.bisect_right(places, start.seen) :]
        followed = _follow(spec, one, start, stretches, later)
        yield _row(spec, one, start, number, followed, stretches, detailed=detailed)


@dataclass(slots=True)
class _Followed:
    """What became of a clock after its start."""

    ways: Ways
    severity: str
    stopped_at: datetime | None = None
    cancelled_at: datetime | None = None
    met: bool = False
    """Whether it was stopped in time before the severity was lowered: that verdict stays unless the stop is undone."""


def _follow(
    spec: ClockSpec, one: Course, start: Start, stretches: Sequence[Stretch], later: Sequence[int]
) -> _Followed:
    """Walk through the steps that matter after a start: stops, stops that are undone, changes of severity."""
    found = _Followed(((Way(start.at, spec.targets[start.severity], start.event),),), start.severity)
    settled = False
    for index in later:
        step = one.steps[index]
        if step.event.name == spec.reopened_by:
            found.stopped_at, found.met = None, False
        elif step.event.name in spec.stop:
            if found.cancelled_at is not None:
                break
            found.stopped_at = found.stopped_at or step.event.at
            if spec.reopened_by is None:
                break
        elif one.changes_severity(index) and not settled:
            settled = _is_overdue(found, one, stretches, step.event.at) or not _change(found, spec, one, start, index)
    return found


def _is_overdue(found: _Followed, one: Course, stretches: Sequence[Stretch], at: datetime) -> bool:
    """Say whether a clock was late at a moment, by what was known then."""
    if found.cancelled_at is not None or found.met:
        return False
    until = found.stopped_at or at
    due = reckoning.reckon(found.ways, stretches, until, one, known=at)
    return due.at < until and (found.stopped_at is not None or due.paused_since is None)


def _change(found: _Followed, spec: ClockSpec, one: Course, start: Start, index: int) -> bool:
    """Apply a change of severity to a clock that is not overdue; say whether later ones still matter."""
    step, severity, before = one.steps[index], one.severities[index], one.severity_before(index)
    if severity not in spec.targets:
        found.cancelled_at = found.cancelled_at or (None if found.stopped_at else step.event.at)
        return True
    target = spec.targets[severity]
    if found.cancelled_at is not None:
        if step.event.name in spec.start:
            return False  # that is a start of its own
        found.cancelled_at = None
        found.ways = ((Way(start.at, target, start.event),),)
    elif target != spec.targets[found.severity]:
        anew = Way(start.at, target, start.event)
        now = Way(step.event.at, target, step.event.name)
        if severity in one.order and before in one.order[one.order.index(severity) :]:
            found.ways = _raised(found.ways, anew, now)
        else:
            found.ways, found.met = ((anew,),), found.stopped_at is not None
    found.severity = severity
    return True


def _raised(ways: Ways, anew: Way, now: Way) -> Ways:
    """Return the ways to reckon a due date after the severity was raised: never later than before.

    Hours count from the change; working days from the start, but not before the close of the next one.
    """
    if now.target.unit == "h":
        return (*ways, (now,))
    return (*ways, (anew, Way(now.start, _NEXT_DAY, now.event)))


def _row(  # noqa: PLR0913 - everything that makes a row
    spec: ClockSpec,
    one: Course,
    start: Start,
    number: int,
    followed: _Followed,
    stretches: Sequence[Stretch],
    *,
    detailed: bool,
) -> Clock:
    missing = (start.seen == 0 or bool(spec.not_later_than)) and one.is_missing(spec)
    stopped_at = None if missing else followed.stopped_at
    ended_at = None if stopped_at else followed.cancelled_at or one.closed_at
    due = reckoning.reckon(followed.ways, stretches, stopped_at or ended_at or one.as_of, one)
    target = spec.targets[followed.severity]
    if missing:
        verdict = MISSING
    elif followed.cancelled_at is not None:
        verdict = CANCELLED
    elif followed.met:
        verdict = MET
    elif due.paused_since is not None and stopped_at is None and ended_at is None:
        verdict = PAUSED
    else:
        verdict = _verdict(one, due.way, due.at, stopped_at, target)
    plan, revised = _readings(one, stopped_at, verdict, due.way, target) if spec.plan else (None, None)
    return Clock(
        clock=spec.id,
        name=spec.name,
        cycle=one.cycle,
        n=number,
        severity=start.severity,
        started_at=start.at,
        started_by=start.event,
        target=target,
        due_at=due.at,
        stopped_at=stopped_at,
        ended_at=ended_at,
        verdict=verdict,
        provisional=due.way.target.unit == "wd" and one.calendar.is_provisional(due.at.date(), due.way.start.date()),
        informational=spec.informational,
        is_plan=spec.plan,
        plan=plan,
        revised=revised,
        detail=Detail(followed.ways, due, followed.cancelled_at is not None) if detailed else None,
    )


def _verdict(one: Course, way: Way, due_at: datetime, stopped_at: datetime | None, target: Duration) -> str:
    """Judge a limit at ``as_of``; closing ends every running clock."""
    if stopped_at is not None:
        return MET if stopped_at <= due_at else BREACHED
    if one.closed_at is not None:
        return BREACHED if one.closed_at > due_at else CANCELLED
    if one.as_of > due_at:
        return BREACHED
    return AT_RISK if _at_risk(one, way, due_at, target) else RUNNING


def _at_risk(one: Course, way: Way, due_at: datetime, target: Duration) -> bool:
    if way.target.unit == "h":
        return (one.as_of - way.start) >= _AT_RISK_SHARE * (due_at - way.start)
    today = one.as_of.date()
    if target == _NEXT_DAY:
        return due_at.date() <= today
    return due_at.date() <= one.calendar.nth_workday(today, 1)


def _readings(
    one: Course, stopped_at: datetime | None, verdict: str, way: Way, target: Duration
) -> Iterator[Reading | None]:
    """Judge the same work by the first plan of the cycle, and by the plan as it was moved since.

    Plans are dates that people set: no pause moves them.
    """
    dues = list(_plans(one))
    for planned in (dues[0], dues[-1]) if dues else (None, None):
        if planned is None:
            yield None
            continue
        yield Reading(planned, MISSING if verdict == MISSING else _verdict(one, way, planned, stopped_at, target))


def _plans(one: Course) -> Iterator[datetime]:
    """Return the planned due dates of a cycle in order of time."""
    for snapshot in one.snapshots:
        text = snapshot.get("due_at")
        if isinstance(text, str) and moment.is_minute(text):
            yield moment.parse(text)
