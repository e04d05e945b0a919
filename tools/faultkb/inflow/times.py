"""The times of a row: from what the cells say to minutes that agree with each other."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from faultkb import dateforms, dates, moment, policy

if TYPE_CHECKING:
    from faultkb.inflow.line import Given, Line
    from faultkb.sheets import Value
    from faultkb.vocabulary import Vocabulary

_DAY = re.compile(r"(?<![0-9])(20[0-9]{2})[-/.]?(0[1-9]|1[0-2])[-/.]?(0[1-9]|[12][0-9]|3[01])(?![0-9])")


class Read(NamedTuple):
    """A time that was read, whether it has a time of day, what was repaired, and words beside it that are no time."""

    at: datetime
    has_time: bool
    remark: str
    rest: str


def read(line: Line, cell: Given) -> Read | str:
    """Return the time in a cell, or why there is none."""
    return _found(line, cell.value, line.year)


def near(line: Line, value: Value, reported: datetime, *, is_before: bool = False) -> Read | str:
    """Return the time in a cell of a row that was reported then; a day without a year is the next one, or the last one before it."""
    found = _found(line, value, line.year)
    if isinstance(found, Read) and f" {line.year} 年" not in found.remark:
        return found
    years = [reported.year, reported.year + (-1 if is_before else 1)]
    tried = (
        [(year, _found(line, value, year)) for year in years]
        if found == dateforms.NO_YEAR or isinstance(found, Read)
        else []
    )
    for year, one in tried:
        if isinstance(one, Read) and timedelta(-1) < (reported - one.at if is_before else one.at - reported) < _NEAR:
            return one._replace(remark=f"没有年份，按 {year} 年")
    return found


_NEAR = timedelta(days=183)


def _found(line: Line, value: Value, year: int | None) -> Read | str:
    found = dates.read(value, year=year, from_1904=line.from_1904, order=line.order)
    if found.text is None or not moment.is_minute(found.text):
        return found.remark or "不是日期"
    return Read(moment.parse(found.text), found.has_time, found.remark, found.rest)


def opens(words: Vocabulary, at: datetime) -> datetime:
    """Return the start of business of a day."""
    return datetime.combine(at.date(), policy.in_force(words.policies, at).start_of_business)


def closes(words: Vocabulary, at: datetime) -> datetime:
    """Return the close of business of a day."""
    return datetime.combine(at.date(), policy.in_force(words.policies, at).close_of_business)


def in_id(text: str) -> datetime | None:
    """Return the day that a number of a fault names, such as GZ-20240305-01; None where it names none for certain."""
    found = {match.groups() for match in _DAY.finditer(text)}
    if len(found) != 1:
        return None
    try:
        return datetime(*map(int, found.pop()))  # type: ignore[arg-type] # noqa: DTZ001 - a day, in the policy's zone
    except ValueError:
        return None


def is_future(at: datetime, as_of: datetime, *, has_time: bool) -> bool:
    """Say whether a time has not come yet; a day counts from its beginning."""
    return at > as_of if has_time else at.date() > as_of.date()
