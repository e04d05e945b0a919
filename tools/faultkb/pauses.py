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


class Stretch(NamedTuple):
    """A time that does not count; ``end`` is None while it lasts."""

    begin: datetime
    end: datetime | None


def stretches(course: Course, spec: ClockSpec) -> list[Stretch]:
    """Return what does not count for a clock in a cycle, by begin: pauses for its reasons, and undone stops."""
    found: list[Stretch] = []
    for reason, begin, end in course.waits if spec.pause else ():
        if reason not in spec.pause:
            continue
        if found and found[-1].end == begin:  # it ends and goes on in the same minute, for another reason
            found[-1] = Stretch(found[-1].begin, end)
        else:
            found.append(Stretch(begin, end))
    if spec.reopened_by in course.places:
        found += _undone(course, spec)
        found.sort(key=_begin)
    return found


_begin = attrgetter("begin")


def _undone(course: Course, spec: ClockSpec) -> Iterator[Stretch]:
    """From a stop (提交验证) to the event that undoes it (验证不通过)."""
    stopped_at = None
    for index in course.relevant(spec.stopping):
        step = course.steps[index]
        if step.event.name in spec.stop:
            stopped_at = step.event.at
        elif step.event.name == spec.reopened_by and stopped_at is not None:
            yield Stretch(stopped_at, step.event.at)
            stopped_at = None


def move(
    due_at: datetime,
    unit: str,
    counted: Sequence[tuple[datetime, datetime]],
    in_force: Policy,
    calendar: WorkCalendar,
) -> tuple[datetime, int]:
    """Return a due date as moved by stretches (begin, end) in order of begin, and how many of them it took note of.

    ``h``: by the wall time of each; ``wd``: by its working days d with date(begin) < d <= date(end). Only a stretch
    that begins at or before the due date, as moved so far, counts; what overlaps counts once.
    """
    reached: datetime | None = None
    for number, (begin, end) in enumerate(counted):
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
