"""Dates as people type them in spreadsheets: what was meant, whether a time of day was given, what was repaired.

A wrong date is worse than none: what can be read in two ways is not read, and says so. A library that guesses does not do.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from faultkb import dateforms, moment, numerals, timeofday

if TYPE_CHECKING:
    from collections.abc import Iterable

    from faultkb.timeofday import Time

Value = str | int | float | bool | date | datetime | time | timedelta | None


@dataclass(frozen=True, slots=True)
class Moment:
    """What a cell says about time.

    ``text`` is ``YYYY-MM-DD HH:MM`` (00:00 without a time of day), None where no date can be read; ``remark`` says in Chinese
    what was repaired or why nothing was read; ``rest`` is the text beside the date that would be lost otherwise.
    """

    text: str | None
    has_time: bool = False
    remark: str = ""
    rest: str = ""


_BEFORE_1900, _BEFORE_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 -- wall-clock time of the policy's zone
_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(
    rf"[(\[]?(?:(?:周|星期|礼拜)([{moment.WEEKDAYS}天])|({'|'.join(_ENGLISH)})[a-z]*\.?(?![a-z]))[)\]]?[,\s]*",
    re.IGNORECASE,
)
_BEFORE = re.compile(r"(?:预计|原?计划|大?约|截止|截至|已于|于|自|拟定?|暂定)[:：]?\s*")
_AGAIN = re.compile(
    r"(?<![\w.])(?:\d{4}[-/.年]\d{1,2}|\d{1,2}月\d{1,2}|\d{1,2}[-/]\d{1,2}(?![\d%:]))|^[-/.~至到]+\s*\d(?!\d?:)",
    re.ASCII,
)
"""Another date behind the first, or the end of a period."""
_SERIAL = re.compile(r"[34567]\d{4}(?:\.\d+)?", re.ASCII)
_PACKED = (8, 12, 14)
_EMPTY = " \t\n,;。.()[]【】\"'“”‘’/、"
_END_OF_DAY = 24 * 60
_NUMBER = "是数字，不是日期"


def read(
    value: Value, *, year: int | None = None, from_1904: bool = False, order: str = "", zone: str = "Asia/Shanghai"
) -> Moment:
    """Return what a cell says about time.

    ``year`` is what the sheet says where the cell has none; ``from_1904`` how its bare numbers count days; ``order`` what
    `order_of` says of the column; ``zone`` is where moments with a zone of their own are brought to.
    """
    if isinstance(value, date):
        return _held(value if isinstance(value, datetime) else datetime.combine(value, time()))
    if value is None or isinstance(value, bool | time | timedelta):
        said = "只有时刻，没有日期" if isinstance(value, time | timedelta) else dateforms.NO_DATE
        return Moment(None, remark="" if value is None else said)
    if isinstance(value, int | float):
        is_packed = float(value).is_integer() and len(str(int(value))) in _PACKED
        return _typed(str(int(value)), None, "", zone) if is_packed else _counted(value, from_1904=from_1904)
    text = _normal(value)
    if _SERIAL.fullmatch(text):
        found = _counted(float(text), from_1904=from_1904)
        return replace(found, remark="是 Excel 的日期序号，已换成日期") if found.text else found
    return _typed(text, year, order, zone) if text else Moment(None)


def order_of(values: Iterable[Value]) -> str:
    """Return in which order a column writes 11/3/2026, if some of its cells leave no doubt and none contradicts; else empty."""
    seen = {dateforms.order(_normal(value)) for value in values if isinstance(value, str)} - {""}
    return seen.pop() if len(seen) == 1 else ""


def clock(value: Value) -> int | None:
    """Return the minutes since midnight of a cell that holds a time of day and no date; None for any other."""
    if isinstance(value, time):
        return value.hour * 60 + value.minute
    if isinstance(value, float) and 0 < value < 1:
        return round(value * _END_OF_DAY) % _END_OF_DAY
    if not isinstance(value, str):
        return None
    text = _normal(value)
    found = timeofday.read(text)
    is_whole = found is not None and not found.wrong and not found.zone and not text[found.length :].strip(_EMPTY)
    return found.minutes if found and is_whole and found.minutes < _END_OF_DAY and not text.isdecimal() else None


def _normal(text: str) -> str:
    """Return a text with digits and signs of one kind: half width, Arabic, without the marks that say that it is text."""
    folded = unicodedata.normalize("NFKC", text).translate(_SIGNS).strip().strip("'`’‘\"“”").strip()
    return numerals.arabic(re.sub(r"(?<=\d)\s*。\s*(?=\d)", ".", folded))


_SIGNS = {**dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"), ord("～"): "~", ord("〜"): "~"}


def _held(value: datetime) -> Moment:
    """Return a real date; a fraction of a day is never exact, so it is rounded to the second before seconds are dropped."""
    if value.year not in moment.YEARS:
        return Moment(None, remark=dateforms.OUT)
    whole = (value.replace(tzinfo=None) + timedelta(milliseconds=500)).replace(microsecond=0)
    return Moment(moment.show(whole.replace(second=0)), has_time=whole.time() != time())


def _counted(days: float, *, from_1904: bool) -> Moment:
    """Return the date that Excel counts by a number; whatever lies outside of our time is another number."""
    try:
        whole = (_BEFORE_1904 if from_1904 else _BEFORE_1900) + timedelta(days=days)
    except (OverflowError, ValueError):
        return Moment(None, remark=_NUMBER)
    return _held(whole) if whole.year in moment.YEARS else Moment(None, remark=_NUMBER)


def _typed(text: str, year: int | None, order: str, zone: str) -> Moment:
    """Read a text: the date first, then the time of day, then what is left."""
    before = _BEFORE.match(text)
    start = before.end() if before else 0
    first = _WEEKDAY.match(text, start)
    day = dateforms.read(text, first.end() if first else start, year, order)
    if day.at is None:
        return Moment(None, remark=day.remark)
    tail = re.sub(r"^[\s,]*(?:T(?=\d)|[-_]\s*(?=\d{1,2}:\d))?", "", text[day.end :], flags=re.IGNORECASE)
    named = _WEEKDAY.match(tail)
    tail = tail[named.end() :] if named else tail
    given = timeofday.read(tail)
    rest = tail[given.length :] if given else tail
    if _AGAIN.search(rest.strip()):
        return Moment(None, remark="不止一个日期，分不清是哪一个")
    at, why = _timed(day.at, given, zone)
    if at is None:
        return Moment(None, remark=why)
    remarks = (day.remark, _weekday(day.at, named or first), why)
    left = f"{before.group().strip() if before else ''}{rest.strip() if rest.strip(_EMPTY) else ''}"
    return Moment(moment.show(at), given is not None and not given.is_bare, "；".join(filter(None, remarks)), left)


def _timed(day: datetime, given: Time | None, zone: str) -> tuple[datetime | None, str]:
    """Return a day with its time, in our zone, and what was converted; None and why where there is no such time."""
    if given is None or given.wrong:
        return (None, given.wrong) if given else (day, "")
    at = day + timedelta(minutes=given.minutes)
    said = ["24:00 记为第二天 00:00"] if given.minutes == _END_OF_DAY else []
    if given.zone:
        local = _local(at, given.zone.upper(), zone)
        said += [f"原文的时区是 {given.zone.upper()}，已换算"] if local != at else []
        at = local
    return (at, "；".join(said)) if at.year in moment.YEARS else (None, dateforms.OUT)


def _local(at: datetime, written: str, zone: str) -> datetime:
    """Return a moment of another zone in ours."""
    digits = written[1:].replace(":", "")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:])) if written[0] in "+-" else timedelta()
    there = (at - (ahead if written[0] != "-" else -ahead)).replace(tzinfo=ZoneInfo("UTC"))
    return there.astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _weekday(day: datetime, found: re.Match[str] | None) -> str:
    """Return a word where the day of the week that is written is another one."""
    if found is None:
        return ""
    written = moment.WEEKDAYS.index(found[1].replace("天", "日")) if found[1] else _ENGLISH.index(found[2][:3].lower())
    return (
        ""
        if written == day.weekday()
        else f"写的是{found.group().strip('()[], ')}，这一天是周{moment.WEEKDAYS[day.weekday()]}"
    )
