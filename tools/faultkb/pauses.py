"""Stretches of time that do not count for a clock, and how they move its due date."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from faultkb.calendar import WorkCalendar
    from faultkb.policy import ClockSpec, Policy
    from faultkb.ticket import Step


class Stretch(NamedTuple):
    """A time that does not count; ``end`` is None while it lasts."""

    begin: datetime
    end: datetime | None


def stretches(steps: Sequence[Step], spec: ClockSpec) -> list[Stretch]:
    """Return what does not count for a clock in a cycle, by begin: pauses for its reasons, and undone stops."""
    found = [
        *(_joined(_paused(steps, spec)) if spec.pause else ()),
        *(_undone(steps, spec) if spec.reopened_by else ()),
    ]
    found.sort(key=_begin)
    return found


_begin = attrgetter("begin")


def _paused(steps: Sequence[Step], spec: ClockSpec) -> Iterator[Stretch]:
    for index, step in enumerate(steps):
        if step.spec.opens and step.event.data.get("reason", step.event.name) in spec.pause:
            enders = (later.event.at for later in steps[index + 1 :] if step.spec.opens in later.spec.closes)
            yield Stretch(step.event.at, next(enders, None))


def _joined(found: Iterable[Stretch]) -> list[Stretch]:
    """Join what touches: a pause that ends and goes on in the same minute, for another reason, is one."""
    joined: list[Stretch] = []
    for one in found:
        if joined and joined[-1].end == one.begin:
            joined[-1] = Stretch(joined[-1].begin, one.end)
        else:
            joined.append(one)
    return joined


def _undone(steps: Sequence[Step], spec: ClockSpec) -> Iterator[Stretch]:
    """From a stop (提交验证) to the event that undoes it (验证不通过)."""
    stopped_at = None
    for step in steps:
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
