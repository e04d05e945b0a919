"""Stretches of time that do not count for a clock, and how they move its due date."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from faultkb.calendar import WorkCalendar
    from faultkb.course import Course
    from faultkb.policy import ClockSpec, Policy
    from faultkb.ticket import Event


class Stretch(NamedTuple):
    """A time that does not count, and why; ``end`` is None while it lasts."""

    begin: datetime
    end: datetime | None
    reason: str


class Counted(NamedTuple):
    """The part of a stretch that a clock takes note of."""

    begin: datetime
    end: datetime
    reason: str


def stretches(course: Course, spec: ClockSpec) -> list[Stretch]:
    """Return what does not count for a clock in a cycle, by begin: pauses for its reasons, and undone stops."""
    found: list[Stretch] = []
    for reason, begin, end in course.waits if spec.pause else ():
        if reason not in spec.pause:
            continue
        if found and found[-1].end == begin:  # it ends and goes on in the same minute, for another reason
            found[-1] = Stretch(found[-1].begin, end, f"{found[-1].reason}、{reason}")
        else:
            found.append(Stretch(begin, end, reason))
    if spec.reopened_by in course.places:
        found += _undone(course, spec)
        found.sort(key=_begin)
    return found


_begin = attrgetter("begin")


def _undone(course: Course, spec: ClockSpec) -> Iterator[Stretch]:
    """From a stop (提交验证) to the event that undoes it (验证不通过)."""
    stop: Event | None = None
    for index in course.relevant(spec.stopping):
        event = course.steps[index].event
        if event.name in spec.stop:
            stop = event
        elif event.name == spec.reopened_by and stop is not None:
            yield Stretch(stop.at, event.at, f"{stop.name}到{event.name}")
            stop = None


def move(
    due_at: datetime,
    unit: str,
    counted: Sequence[Counted],
    in_force: Policy,
    calendar: WorkCalendar,
) -> tuple[datetime, int]:
    """Return a due date as moved by stretches in order of begin, and how many of them it took note of.

    ``h``: by the wall time of each; ``wd``: by its working days d with date(begin) < d <= date(end). Only a stretch
    that begins at or before the due date, as moved so far, counts; what overlaps counts once.
    """
    reached: datetime | None = None
    for number, (begin, end, _) in enumerate(counted):
        if begin > due_at:
            return due_at, number
        first = begin if reached is None else max(begin, reached)
        if end <= first:
            continue
        if unit == "h":
            due_at += end - first
        else:
            days = calendar.workdays_between(first.date(), end.date())
            due_at = calendar.close_of(due_at.date(), days, in_force.close_of_business) if days else due_at
        reached = end
    return due_at, len(counted)
