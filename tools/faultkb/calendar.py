"""Working days: company override, then official make-up day, then official holiday, then weekday.

Official days come from ``chinesecalendar``, which follows the State Council's notices and refuses a year that is not
published yet. Such a year counts Monday to Friday less 1 January, and what is computed from it is provisional (暂定).
"""

from __future__ import annotations

import functools
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
        """Take the days on which the company differs from the official calendar."""
        self._company_days = company_days
        self.day = functools.cache(self._day)
        self.nth_workday = functools.cache(self._nth_workday)

    def _day(self, day: date) -> Day:
        """Say what a day is."""
        override = self._company_days.get(day)
        if override is not None:
            return Day(override.name, override.workday)
        try:
            off, name = chinese_calendar.get_holiday_detail(day)
        except NotImplementedError:
            return self._unpublished(day)
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

    def is_provisional(self, day: date) -> bool:
        """Say whether the official arrangement that covers a day is not published yet."""
        return self.day(day).provisional

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
        return sum(self.day(after + timedelta(days=step)).workday for step in range(1, (until - after).days + 1))
