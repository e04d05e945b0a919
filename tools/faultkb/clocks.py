"""SLA clocks: pure functions of (ticket, policy, calendar, as_of). Nothing that is computed here is ever stored.

A clock is data (schema/sla.yaml): the events that start it, those that stop it, its target. What data cannot say is a
small function each: where a clock starts (`_starts`), and for one clock which stop counts (`_stop`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from faultkb import pauses, policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.calendar import WorkCalendar
    from faultkb.policy import ClockSpec, Duration, Policy
    from faultkb.ticket import Replay, Step, Ticket
    from faultkb.vocabulary import Vocabulary

MET = "达标"
BREACHED = "超时"
AT_RISK = "临期"
RUNNING = "进行中"
PAUSED = "暂停中"
CANCELLED = "取消"
VERDICTS = (MET, BREACHED, AT_RISK, RUNNING, PAUSED, CANCELLED)

_AT_RISK_SHARE = 0.75
"""The part of an ``h`` target after which the clock is 临期."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One instance of a clock: what it measures, its due date and how it stands at ``as_of``.

    ``cycle`` counts reopenings from 1, ``n`` the starts within a cycle from 1. ``severity`` is the one in force at the
    start, ``started_by`` the event that set it off. ``due_at`` is ``unpaused_due_at`` as moved by pauses; it is
    ``provisional`` while the official calendar may still move it. ``stopped_at`` is None while the clock runs.
    """

    clock: str
    name: str
    cycle: int
    n: int
    severity: str
    started_at: datetime
    started_by: str
    target: Duration
    unpaused_due_at: datetime
    due_at: datetime
    stopped_at: datetime | None
    verdict: str
    provisional: bool
    informational: bool


@dataclass(frozen=True, slots=True)
class _Start:
    """A moment at which a clock begins, and the severity in force then. ``index`` is its place among the steps."""

    at: datetime
    event: str
    severity: str
    index: int


@dataclass(frozen=True, slots=True)
class _Course:
    """One cycle of a ticket, seen by a policy at a moment."""

    steps: tuple[Step, ...]
    policy: Policy
    calendar: WorkCalendar
    as_of: datetime
    closed_at: datetime | None
    external: bool


def run(
    ticket: Ticket,
    replay: Replay,
    vocabulary: Vocabulary,
    calendar: WorkCalendar,
    as_of: datetime,
    only: str | None = None,
) -> list[Clock]:
    """Return every clock instance of a ticket as it stands at ``as_of``, by cycle, clock and start.

    ``replay`` must be that of the events up to ``as_of``.
    """
    if not replay.steps:
        return []
    in_force = policy.in_force(vocabulary.policies, replay.steps[0].event.at)
    external = bool(ticket.header.get("customer")) or not vocabulary.is_internal(str(ticket.header.get("channel")))
    found: list[Clock] = []
    for cycle in range(1, replay.cycle + 1):
        steps = tuple(step for step in replay.steps if step.cycle == cycle)
        closing = next((n for n, step in enumerate(steps) if step.after in vocabulary.lifecycle.closed_states), None)
        closed = None if closing is None else steps[closing].event.at
        # What happens after the closing stops nothing in this cycle.
        steps = steps if closing is None else steps[: closing + 1]
        course = _Course(steps, in_force, calendar, as_of, closed, external)
        for spec in in_force.clocks.values():
            if only in {None, spec.id}:
                found += _instances(spec, course, cycle)
    return found


def due(start: datetime, target: Duration, in_force: Policy, calendar: WorkCalendar) -> datetime:
    """Return when a target that starts at a moment is due: after N hours, or at the close of the N-th working day."""
    if target.unit == "h":
        return start + timedelta(hours=target.number)
    return calendar.close_of(start.date(), target.number, in_force.close_of_business)


def _instances(spec: ClockSpec, course: _Course, cycle: int) -> Iterator[Clock]:
    if spec.repeats or (spec.external and not course.external):
        return
    for number, start in enumerate(_starts(spec, course), 1):
        target = spec.targets[start.severity]
        stopped_at = _stop(spec, course, start)
        counted, paused_since = _counted(spec, course, start, stopped_at)
        unpaused = due(start.at, target, course.policy, course.calendar)
        due_at = pauses.move(unpaused, target.unit, counted, course.policy, course.calendar)
        paused = paused_since is not None and paused_since <= due_at
        yield Clock(
            clock=spec.id,
            name=spec.name,
            cycle=cycle,
            n=number,
            severity=start.severity,
            started_at=start.at,
            started_by=start.event,
            target=target,
            unpaused_due_at=unpaused,
            due_at=due_at,
            stopped_at=stopped_at,
            verdict=PAUSED if paused else _verdict(course, start, target, due_at, stopped_at),
            provisional=target.unit == "wd" and course.calendar.is_provisional(due_at.date()),
            informational=spec.informational,
        )


def _starts(spec: ClockSpec, course: _Course) -> Iterator[_Start]:
    """Find where a clock begins: its start events, the answer to a return (补充 after 退回), or another clock's due date."""
    late = _latest_start(spec, course)
    begun = False
    for index, step in enumerate(course.steps):
        severity = _severity_after(course, index)
        answers = step.event.name == spec.answers and step.waiting
        if severity not in spec.targets or not (step.event.name in spec.start or answers):
            continue
        begun = True
        if late is not None and late.at < step.event.at:
            yield _Start(late.at, late.event, severity, index)
        else:
            yield _Start(step.event.at, step.event.name, severity, index)
    if late is not None and not begun and late.severity in spec.targets:
        yield late


def _latest_start(spec: ClockSpec, course: _Course) -> _Start | None:
    """Return the due date of the clock after which this one runs whether or not its start event has come."""
    limits = (one for name in spec.not_later_than for one in _instances(course.policy.clocks[name], course, 0))
    dues = [(at, one.name) for one in limits if (at := _limit(one, course)) is not None]
    ended = course.closed_at or course.as_of
    if not dues or min(dues)[0] > ended:
        return None
    at, name = min(dues)
    index = max((n for n, step in enumerate(course.steps) if step.event.at <= at), default=0)
    return _Start(at, f"{name}到期", _severity_after(course, index), index)


def _limit(one: Clock, course: _Course) -> datetime | None:
    """Return when a clock would have been due at the latest; None while its fault is back with the reporter (退回)."""
    if one.verdict == PAUSED:
        return None
    stops = course.policy.clocks[one.clock].stop
    for index, step in enumerate(course.steps):
        if step.spec.opens and step.event.name in stops and step.event.at == one.stopped_at:
            later = course.steps[index + 1 :]
            answered = next(
                (step.event.at for step in later if course.steps[index].spec.opens in step.spec.closes), None
            )
            return None if answered is None else due(answered, one.target, course.policy, course.calendar)
    return one.due_at


def _severity_after(course: _Course, index: int) -> str:
    """Return the severity in force right after a step."""
    following = course.steps[index + 1].snapshot if index + 1 < len(course.steps) else None
    step = course.steps[index]
    severity = (following or step.snapshot).get("severity")
    if following is None and step.spec.changes == "severity":
        severity = step.event.data.get("to")
    return str(severity)


def _stop(spec: ClockSpec, course: _Course, start: _Start) -> datetime | None:
    """Return when a clock ends: at its first stop event, or, where a stop can be undone, at the one that was not."""
    stopped_at = None
    for step in course.steps[start.index + 1 :]:
        if step.event.name == spec.reopened_by:
            stopped_at = None
        elif step.event.name in spec.stop and stopped_at is None:
            stopped_at = step.event.at
            if spec.reopened_by is None:
                return stopped_at
    return stopped_at


def _counted(
    spec: ClockSpec, course: _Course, start: _Start, stopped_at: datetime | None
) -> tuple[list[tuple[datetime, datetime]], datetime | None]:
    """Return the stretches (begin, end) between a clock's start and its end, and since when one of them lasts."""
    ended_at = stopped_at or course.closed_at
    until = ended_at or course.as_of
    found = pauses.stretches(course.steps, spec)
    kept = [one for one in found if one.begin <= until and (one.end or until) >= start.at]
    lasting = [one.begin for one in kept if one.end is None and ended_at is None]
    return [(max(one.begin, start.at), min(one.end or until, until)) for one in kept], min(lasting, default=None)


def _verdict(course: _Course, start: _Start, target: Duration, due_at: datetime, stopped_at: datetime | None) -> str:
    """Judge a clock at ``as_of``; closing ends every running clock."""
    if stopped_at is not None:
        return MET if stopped_at <= due_at else BREACHED
    if course.closed_at is not None:
        return BREACHED if course.closed_at > due_at else CANCELLED
    if course.as_of > due_at:
        return BREACHED
    return AT_RISK if _at_risk(course, start, target, due_at) else RUNNING


def _at_risk(course: _Course, start: _Start, target: Duration, due_at: datetime) -> bool:
    if target.unit == "h":
        return (course.as_of - start.at) >= _AT_RISK_SHARE * (due_at - start.at)
    today = course.as_of.date()
    if target.number == 1:
        return due_at.date() <= today
    return due_at.date() <= course.calendar.nth_workday(today, 1)
