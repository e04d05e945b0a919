"""The options of a report's period, and what they mean together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from faultkb import period
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from faultkb.period import Period

_Read = TypeVar("_Read")
_OPTIONS = (
    click.option("--since", metavar="日期", help="期间的第一天，例如 2026-11-01"),
    click.option("--until", metavar="日期", help="期间的最后一天（含）"),
    click.option("--week", metavar="周", help="期间是这一周（周一至周日），例如 2026-W47"),
    click.option("--month", metavar="月", help="期间是这个月，例如 2026-11"),
)


def periods(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of a period to a command; it receives them as since, until, week and month."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def chosen(since: str | None, until: str | None, week: str | None, month: str | None) -> Period | None:
    """Return the period that the options ask for, None if they ask for none. Raise FaultError where they make no sense."""
    if sum(bool(one) for one in (since or until, week, month)) > 1:
        raise FaultError("--week、--month、--since/--until 只能选一种")
    if week:
        return _read("--week", week, period.week, "写成 2026-W47")
    if month:
        return _read("--month", month, period.month, "写成 2026-11")
    if not (since or until):
        return None
    first, last = (_day(name, text) for name, text in (("--since", since), ("--until", until)))
    if first and last and first > last:
        raise FaultError(f"--since {first} 晚于 --until {last}：没有这样的期间")
    return period.Period(first, last)


def _day(name: str, text: str | None) -> date | None:
    return _read(name, text, period.day, "写成 YYYY-MM-DD，例如 2026-11-01") if text else None


def _read(name: str, text: str, read: Callable[[str], _Read], example: str) -> _Read:
    try:
        return read(text)
    except ValueError:
        raise FaultError(f"{name} 看不懂：{example}") from None


def moment_of(asked: Period | None, now: datetime) -> datetime:
    """Return the moment to judge at when none is given: now, or the last minute of a period that is over."""
    if asked is None or asked.until is None or asked.until >= now.date():
        return now
    return now.replace(year=asked.until.year, month=asked.until.month, day=asked.until.day, hour=23, minute=59)
