"""What the cells of a column tell each other: in which order its dates are, that a column holds the time of day of another one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from faultkb import dates, moment

if TYPE_CHECKING:
    from faultkb.inflow.line import Given
    from faultkb.sheets import Cell, Heading, Sheet

_KIND = re.compile(r"\s*(?:日期|时间|时刻|time|date|日|时)\s*$", re.IGNORECASE)
_TIMES = frozenset({"reported_at", "occurred_at", "due_at", "completed_at"})
_RANKS = frozenset("1234")
_SHARE = 0.8


@dataclass(frozen=True, slots=True)
class Habits:
    """What a sheet's columns show: the ``order`` of 3/11/2026 (see `dates.order_of`), the column with the clock by that with the days.

    ``ranks`` says that bare numbers for the severity count from 1, the worst, as bug trackers do: none is beyond their four.
    """

    order: str
    clocks: dict[int, int]
    ranks: bool


def habits(sheet: Sheet) -> Habits:
    """Return how a sheet writes time."""
    columns: dict[int, list[Cell]] = {number: [] for number in sheet.headings}
    for row in sheet.data:
        for number, cell in row.cells.items():
            if number in columns and cell.text:
                columns[number].append(cell)
    told = {one.number for one in sheet.headings.values() if one.column and one.column.name in _TIMES}
    order = dates.order_of(cell.value for number in sorted(told) for cell in columns[number])
    clocks = [number for number, cells in columns.items() if _is_clock(cells)]
    ranks = {one.text.strip() for one in columns.get(_number(sheet, "severity"), ()) if one.text.strip().isdecimal()}
    is_ranked = ranks <= _RANKS and len(ranks) > 1
    return Habits(order, {day: number for number in clocks if (day := _day_of(sheet, number, columns))}, is_ranked)


def _number(sheet: Sheet, name: str) -> int:
    heading = sheet.known.get(name)
    return heading.number if heading else 0


def _is_clock(cells: list[Cell]) -> bool:
    """Whether a column holds times of day and nothing else."""
    return sum(dates.clock(one.value) is not None for one in cells) >= max(1, _SHARE * len(cells))


def _day_of(sheet: Sheet, number: int, columns: dict[int, list[Cell]]) -> int:
    """Return the column with the days of a clock: called alike but for 日期 and 时间, or just left of it; 0 for none."""
    own = sheet.headings[number]
    if not _KIND.search(_name(own)):
        return 0
    days = [one for one in sheet.headings.values() if one.number != number and _KIND.search(_name(one))]
    alike = [one.number for one in days if _core(one) == _core(own) and _is_day(columns[one.number])]
    beside = [
        one.number for one in days if one.number == number - 1 and not _core(own) and _is_day(columns[number - 1])
    ]
    return min([*alike, *beside], key=lambda one: abs(one - number), default=0)


def _is_day(cells: list[Cell]) -> bool:
    """Whether a column holds days without a time of day, most of the time."""
    read = [dates.read(one.value, year=moment.YEARS[0]) for one in cells]
    return sum(one.text is not None and not one.has_time for one in read) >= max(1, _SHARE * len(cells))


def _name(heading: Heading) -> str:
    return heading.text.rpartition("-")[2]


def _core(heading: Heading) -> str:
    return _KIND.sub("", _name(heading)).strip()


def join(day: Given, clock: Given, year: int | None, order: str, *, from_1904: bool) -> bool:
    """Give a day its time of day, and the name of the field if only the other column was known; say whether that was possible."""
    minutes = dates.clock(clock.value)
    read = dates.read(day.value, year=year, from_1904=from_1904, order=order)
    if minutes is None or read.text is None or read.has_time or read.rest:
        return False
    at: datetime = moment.parse(read.text) + timedelta(minutes=minutes)
    day.value, day.text = at, f"{day.text} {minutes // 60:02}:{minutes % 60:02}"
    return True
