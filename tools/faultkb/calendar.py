"""Working days: what schema/calendar.yaml settles, then official make-up day, then official holiday, then weekday.

Official days come from ``chinesecalendar``, which follows the State Council's notices and refuses a year that is not
published yet. Such a year counts Monday to Friday less 1 January, and what is computed from it is provisional (暂定).
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import chinese_calendar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.vocabulary import CompanyDay

_SATURDAY = 5
_HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


@dataclass(frozen=True, slots=True)
class Day:
    """What a day is: why it is special (empty for an ordinary day), worked or not, whether that may still change."""

    reason: str
    workday: bool
    provisional: bool = False


class WorkCalendar:
    """The working days of one company. Pure: the same overrides give the same days."""

    def __init__(self, company_days: Mapping[date, CompanyDay]) -> None:
        """Take the days that are settled whatever the official calendar says."""
        self._company_days = company_days
        self.day = functools.cache(self._day)
        self.nth_workday = functools.cache(self._nth_workday)
        self._counts = functools.cache(self._count_year)

    def _day(self, day: date) -> Day:
        """Say what a day is."""
        override = self._company_days.get(day)
        if override is not None:
            return Day(override.name, override.workday)
        if not is_published(day.year):
            return self._unpublished(day)
        off, name = chinese_calendar.get_holiday_detail(day)
        reason = _HOLIDAYS.get(name or "", name or "")
        if off:
            return Day(reason or "周末", workday=False)
        return Day(f"{reason}补班" if day.weekday() >= _SATURDAY else "", workday=True)

    @staticmethod
    def _unpublished(day: date) -> Day:
        if (day.month, day.day) == (1, 1):
            return Day("元旦", workday=False, provisional=True)
        weekend = day.weekday() >= _SATURDAY
        return Day("周末" if weekend else "", workday=not weekend, provisional=True)

    def is_workday(self, day: date) -> bool:
        """Say whether people work on a day."""
        return self.day(day).workday

    def is_provisional(self, day: date, after: date | None = None) -> bool:
        """Say whether a day may still change, or one d with ``after`` < d <= ``day``: its official arrangement is not known."""
        if is_published(day.year):
            return False
        days = (day - timedelta(days=step) for step in range((day - after).days if after else 1))
        return any(self.day(one).provisional for one in days)

    def _nth_workday(self, start: date, number: int) -> date:
        """Return the N-th working day after a day; the day itself does not count (民法典 201)."""
        day = start
        while number:
            day += timedelta(days=1)
            number -= self.day(day).workday
        return day

    def close_of(self, start: date, number: int, close: time) -> datetime:
        """Return the close of business of the N-th working day after a day (民法典 203)."""
        return datetime.combine(self.nth_workday(start, number), close)

    def workdays_between(self, after: date, until: date) -> int:
        """Count the working days d with ``after`` < d <= ``until``."""
        if until <= after:
            return 0
        full = sum(self._counts(year)[-1] for year in range(after.year, until.year))
        return full + self._counts(until.year)[_place(until)] - self._counts(after.year)[_place(after)]

    def _count_year(self, year: int) -> tuple[int, ...]:
        """Return how many days of a year are worked until each of its days."""
        first = date(year, 1, 1)
        days = (first + timedelta(days=step) for step in range((date(year + 1, 1, 1) - first).days))
        return tuple(itertools.accumulate(self.day(day).workday for day in days))


@functools.cache
def is_published(year: int) -> bool:
    """Say whether the official arrangement of a year is known."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


@functools.cache
def published_years() -> range:
    """Return the years whose official arrangement is known: every one from the first to the last."""
    known = [year for year in range(2000, 2200) if is_published(year)]
    return range(known[0], known[-1] + 1)


def _place(day: date) -> int:
    return day.timetuple().tm_yday - 1
