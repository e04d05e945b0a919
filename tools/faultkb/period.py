"""A span of whole days for a report: this week, a month, since a day, or all time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from faultkb import moment

_WEEK = re.compile(r"([0-9]{4})-?W([0-9]{1,2})")
_MONTH = re.compile(r"([0-9]{4})-([0-9]{1,2})")


@dataclass(frozen=True, slots=True)
class Period:
    """The days from ``since`` to ``until``, both included; None has no limit."""

    since: date | None = None
    until: date | None = None

    def __contains__(self, at: datetime | None) -> bool:
        """Say whether a moment lies in the period."""
        if at is None:
            return False
        day = at.date()
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)

    def __str__(self) -> str:
        if self.since is None and self.until is None:
            return "全部"
        if self.since is None:
            return f"{self.until} 及以前"
        return f"{self.since} 至 {self.until}" if self.until else f"{self.since} 起"

    def has_begun(self, as_of: datetime) -> bool:
        """Say whether a moment is in the period or after it."""
        return self.since is None or self.since <= as_of.date()

    def before(self) -> Period:
        """Return the period of the same length that ends where this one begins; all time has none before."""
        if self.since is None or self.until is None:
            return Period(until=self.since and self.since - timedelta(days=1))
        return Period(self.since - (self.until - self.since) - timedelta(days=1), self.since - timedelta(days=1))


def day(text: str) -> date:
    """Return a day written 2026-11-01. Raise ValueError for anything else."""
    if not moment.is_date(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def week(text: str) -> Period:
    """Return a week written 2026-W47, Monday to Sunday. Raise ValueError for anything else."""
    found = _WEEK.fullmatch(text)
    if not found or int(found[1]) not in moment.YEARS:
        raise ValueError(text)
    first = date.fromisocalendar(int(found[1]), int(found[2]), 1)
    return Period(first, first + timedelta(days=6))


def month(text: str) -> Period:
    """Return a month written 2026-11. Raise ValueError for anything else."""
    found = _MONTH.fullmatch(text)
    if not found or int(found[1]) not in moment.YEARS:
        raise ValueError(text)
    first = date(int(found[1]), int(found[2]), 1)
    return Period(first, _next_month(first) - timedelta(days=1))


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def all_time(_as_of: datetime) -> Period:
    """Return a period without limits: a clock that was met early counts, though its due date is still to come."""
    return Period()


def week_of(as_of: datetime) -> Period:
    """Return the week of a moment."""
    first = as_of.date() - timedelta(days=as_of.weekday())
    return Period(first, first + timedelta(days=6))


def year_until(as_of: datetime) -> Period:
    """Return the month of a moment and the eleven before it."""
    number = as_of.year * 12 + as_of.month - 1 - 11
    return Period(date(number // 12, number % 12 + 1, 1), as_of.date())


def months(period: Period, first: date, last: date) -> list[Period]:
    """Cut a period into calendar months; where it has no limit, ``first`` and ``last`` are the limits."""
    start, end = period.since or first, period.until or last
    found = []
    while start <= end:
        after = _next_month(start.replace(day=1))
        found.append(Period(start, min(after - timedelta(days=1), end)))
        start = after
    return found
