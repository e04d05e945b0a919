"""When a clock is due: the earliest of the ways to reckon it, each moved by the time that does not count."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from faultkb import pauses
from faultkb.pauses import Counted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from faultkb.calendar import WorkCalendar
    from faultkb.course import Course
    from faultkb.pauses import Stretch
    from faultkb.policy import Duration, Policy


class Way(NamedTuple):
    """One way to reckon a due date: a target from a moment, and the event that it starts with."""

    start: datetime
    target: Duration
    event: str


Ways = tuple[tuple[Way, ...], ...]
"""The due date is the earliest of these, each the latest of its ways (raising the severity adds to them)."""


class Due(NamedTuple):
    """A due date as reckoned one way: without and with the stretches that do not count.

    ``paused_since`` is set while one of the stretches lasts.
    """

    way: Way
    unpaused: datetime
    at: datetime
    stretches: tuple[Counted, ...]
    paused_since: datetime | None


def due(start: datetime, target: Duration, in_force: Policy, calendar: WorkCalendar) -> datetime:
    """Return when a target that starts at a moment is due: after N hours, or at the close of the N-th working day."""
    if target.unit == "h":
        return start + timedelta(hours=target.number)
    return calendar.close_of(start.date(), target.number, in_force.close_of_business)


def reckon(
    ways: Ways, stretches: Sequence[Stretch], until: datetime, course: Course, known: datetime | None = None
) -> Due:
    """Return the due date at ``until``: when the clock stopped or ended, else now.

    With ``known``, as it was known at that moment: a stretch that ended later still lasts then.
    """
    known = known or course.as_of
    if len(ways) == 1 and len(ways[0]) == 1:
        return _one(ways[0][0], stretches, until, course, known)
    latest = (max((_one(way, stretches, until, course, known) for way in group), key=_at) for group in ways)
    return min(latest, key=_at)


_at = attrgetter("at")


def _one(way: Way, stretches: Sequence[Stretch], until: datetime, course: Course, known: datetime) -> Due:
    unpaused = due(way.start, way.target, course.policy, course.calendar)
    if not stretches:
        return Due(way, unpaused, unpaused, (), None)
    kept = [one for one in stretches if one.begin <= until and (one.end is None or one.end >= way.start)]
    clipped = tuple(Counted(max(one.begin, way.start), min(one.end or until, until), one.reason) for one in kept)
    at, counted = pauses.move(unpaused, way.target.unit, clipped, course.policy, course.calendar)
    lasting = min((one.begin for one in kept[:counted] if one.end is None or one.end > known), default=None)
    return Due(way, unpaused, at, clipped[:counted], lasting)
