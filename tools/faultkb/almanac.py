"""A year of the working calendar: what each day is, on whose word, and which years nobody has settled yet."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from faultkb.calendar import is_published, published_years
from faultkb.schemafiles import HOLIDAYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.calendar import Day, WorkCalendar
    from faultkb.vocabulary import Vocabulary

OFFICIAL, BY_HAND, UNKNOWN = "official", "by_hand", "unknown"
"""On whose word a year stands: the State Council's notice, schema/calendar.yaml, or nobody's yet."""

_NOVEMBER = 11
_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class Year:
    """A year, every day of it, and the days on which the company decided for itself."""

    number: int
    source: str
    days: dict[date, Day]
    company: frozenset[date]

    @property
    def workdays(self) -> int:
        """How many days are worked."""
        return sum(day.workday for day in self.days.values())

    def months(self) -> Iterator[tuple[int, dict[date, Day]]]:
        """Return the days of each month."""
        for month, days in itertools.groupby(self.days, key=lambda day: day.month):
            yield month, {day: self.days[day] for day in days}

    def is_special(self, day: date) -> bool:
        """Say whether a day is none of an ordinary week: a holiday, a make-up day, a day of the company's own."""
        ordinary = day.weekday() < _SATURDAY
        return (
            day in self.company or self.days[day].workday is not ordinary or self.days[day].reason not in {"", "周末"}
        )

    def stretches(self) -> Iterator[tuple[date, date, Day, bool]]:
        """Return the special days that follow each other for the same reason: first, last, what they are, the company's."""
        special = [day for day in self.days if self.is_special(day)]
        groups = itertools.groupby(
            enumerate(special),
            key=lambda pair: (pair[1] - timedelta(days=pair[0]), self.days[pair[1]], pair[1] in self.company),
        )
        for (_, what, company), group in groups:
            days = [day for _, day in group]
            yield days[0], days[-1], what, company


def year(number: int, words: Vocabulary, calendar: WorkCalendar) -> Year:
    """Return a year as it is known."""
    first = date(number, 1, 1)
    days = [first + timedelta(days=step) for step in range((date(number + 1, 1, 1) - first).days)]
    own = frozenset(day for day in words.company_days if day.year == number)
    return Year(number, source(number, words), {day: calendar.day(day) for day in days}, own)


def source(number: int, words: Vocabulary) -> str:
    """Say on whose word a year stands."""
    if date(number, 1, 2) in words.announced_days:
        return BY_HAND
    return OFFICIAL if is_published(number) else UNKNOWN


def missing(as_of: date, asked: int, words: Vocabulary) -> list[int]:
    """Return the years whose days nobody has settled: of this one, that asked for and, from November on, the one to come."""
    following = {as_of.year + 1} if as_of.month >= _NOVEMBER else set()
    return [number for number in sorted({as_of.year, asked} | following) if source(number, words) == UNKNOWN]


def differing(number: int, words: Vocabulary, official: WorkCalendar) -> list[date]:
    """Return the days of a year written by hand that the official calendar, known by now, has otherwise."""
    if number not in published_years():
        return []
    days = (day for day in words.announced_days if day.year == number)
    return [day for day in days if official.is_workday(day) is not words.announced_days[day].workday]


def by_hand(*numbers: int) -> str:
    """Return what to paste into schema/calendar.yaml to settle years; it is refused until every date is filled in."""
    return "".join(["years:\n", *map(_to_fill_in, numbers)])


def _to_fill_in(number: int) -> str:
    day = f"{number}-??-??"
    lines = (f"    {name}: {{off: {day}..{day}, work: [{day}]}}\n" for name in HOLIDAYS)
    return f"  {number}:\n{''.join(lines)}"
