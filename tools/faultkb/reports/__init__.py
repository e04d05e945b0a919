"""Reports: one module per report, each with a title, and `build` from standings to tables. No formatting here.

`catalogue` finds every module of this package, so a new report is a new file and nothing else.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from faultkb import history, masks, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta
    from types import ModuleType

    from faultkb.clocks import Clock
    from faultkb.period import Period
    from faultkb.privacy import Lists
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

TEXT = "text"
PROSE = "prose"
"""Text of any length: the column that gives way where the window is narrow."""
NUMBER = "number"
SEVERITY = "severity"
VERDICT = "verdict"
SHARE = "share"
"""A part of a whole, from 0 to 1; shown as a percentage."""
HOURS = "hours"
"""A length of time in hours; shown in words."""
RIGHT = frozenset({NUMBER, SHARE, HOURS})
"""The kinds that stand at the right edge of their column."""
MACHINE = "machine"
"""For programs only: JSON and the fact tables have it, what people read does not."""


@dataclass(frozen=True, slots=True)
class Cases:
    """A number of faults that knows which they are. Ids may repeat: a fault has several clocks of a kind."""

    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def __str__(self) -> str:
        return str(len(self.ids))


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the key of its values, its Chinese title, what kind of value it holds, and what it means."""

    key: str
    title: str
    kind: str = TEXT
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """How a table looks as a picture: ``bars`` side by side, ``stack`` on top of each other, or ``lines``.

    ``label`` is the column under each group, ``series`` those that are drawn.
    """

    kind: str
    label: str
    series: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that stands large at the head of a report, with the kind of its value; ``bad`` where it asks for action."""

    title: str
    value: Any
    kind: str = NUMBER
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report. Values are str, int, float, datetime, Person, Cases or None.

    ``empty`` is what to say without rows, ``note`` what to know of the figures, ``headline`` what of it comes first of all.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[dict[str, Any]]
    empty: str = "无"
    note: str = ""
    chart: Chart | None = None
    headline: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A report: tables as of a moment, over a period where it has one, and remarks on what they leave out."""

    title: str
    as_of: datetime
    timezone: str
    tables: tuple[Table, ...]
    remarks: tuple[str, ...] = ()
    period: Period | None = None
    which: bool = False
    """Whether to list the faults behind each figure."""
    headline: tuple[Figure, ...] = ()
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    only: str = ""
    """What the filters leave, in words: 只包括 软件开发组（6 / 51 个故障）."""


def masked(report: Report, lists: Lists) -> Report:
    """Return a report with masks for everything private that tickets brought into it. No report is formatted without it."""
    tables = tuple((table.title, table.rows, table.note) for table in report.tables)
    given = (report.title, tables, report.remarks, report.only, report.filters)
    shown = masks.put_on(given, lists)
    if shown is given:
        return report
    title, parts, remarks, only, filters = shown
    put = (
        replace(table, title=name, rows=rows, note=note)
        for table, (name, rows, note) in zip(report.tables, parts, strict=True)
    )
    return replace(report, title=title, tables=tuple(put), remarks=remarks, only=only, filters=filters)


FAULT = (Column("id", "问题编号"), Column("severity", "严重程度", SEVERITY), Column("title", "问题标题", PROSE))
"""The columns that a list of faults begins with."""


def cases(some: Iterable[Standing]) -> Cases:
    """Count faults."""
    return Cases(tuple(one.id for one in some))


def by_urgency(standings: Iterable[Standing], words: Vocabulary) -> list[Standing]:
    """Sort faults: the gravest first, then the one that is due first."""
    rank = severity_rank(words)
    return sorted(standings, key=lambda one: (rank(one.severity), one.due_at or one.reported_at, one.id))


def severity_rank(words: Vocabulary) -> Callable[[str], int]:
    """Return the function that ranks severities for sorting, the gravest first."""
    order = {severity: rank for rank, severity in enumerate(words.severities())}
    return lambda severity: order.get(severity, len(order))


SPREAD = "中位数是正中的一个（双数个取中间两个的平均）；P90＝九成不超过"
"""What the two figures are that stand for many, for the notes."""


def median(values: Sequence[float]) -> float | None:
    """Return the value in the middle, the mean of the two in the middle of an even number; None of none."""
    ranked, half = sorted(values), len(values) // 2
    return (ranked[half] + ranked[~half]) / 2 if ranked else None


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest value that at least this share of the values does not exceed (nearest rank); None of none."""
    ranked = sorted(values)
    return ranked[max(math.ceil(share * len(ranked)) - 1, 0)] if ranked else None


def duration(span: timedelta) -> str:
    """Say a length of time in words, by its two largest units."""
    minutes = int(span.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "天"), (hours, "小时"), (minutes, "分")]
    first = next((index for index, (number, _) in enumerate(parts) if number), 2)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number) or "不到 1 分"


def remaining(clock: Clock, words: Vocabulary, as_of: datetime) -> str:
    """Say how long a clock has left or by how much it is late, in the unit that it counts in."""
    return left(clock.due_at, as_of, clock.target.unit, words)


def left(due_at: datetime, as_of: datetime, unit: str, words: Vocabulary) -> str:
    """Say how long it is until a due date, or since: 还剩 1 个工作日, 超时 3 小时 20 分."""
    if as_of > due_at:
        days = standing.calendar(words).workdays_between(due_at.date(), as_of.date())
        return f"超时 {days} 个工作日" if unit == "wd" and days > 0 else f"超时 {duration(as_of - due_at)}"
    days = standing.calendar(words).workdays_between(as_of.date(), due_at.date())
    return f"还剩 {days} 个工作日" if unit == "wd" and days > 0 else f"还剩 {duration(due_at - as_of)}"


def registered_at(one: Standing) -> datetime:
    """Return when a fault was registered, from which its age counts; reopening does not make it younger."""
    return next((mark.at for mark in one.marks if mark.role == history.REGISTERED), one.reported_at)


def spent_columns(words: Vocabulary) -> tuple[Column, ...]:
    """Return the columns of `spent`: where the time of a fault goes."""
    life = words.lifecycle
    handed_over = str(life.events[life.closing["since"]].to)
    work = [state for state in life.open_states if state not in {life.initial, handed_over}]
    return (
        Column("accept", life.initial, HOURS),
        Column("work", work[0], HOURS, f"{'、'.join(work)}，不含等用户的"),
        Column("user", "等用户", HOURS, "因等用户而暂停或退回的，不论在哪个状态"),
        Column("verify", handed_over, HOURS),
    )


def spent(one: Standing) -> dict[str, float]:
    """Return the hours that a fault spent where, all cycles together."""
    return {key: getattr(one.spent, key) / 60 for key in ("accept", "work", "user", "verify")}


def plan_unit(one: Standing) -> str:
    """Return the unit that the plan of a fault counts in: hours where its severity asks for hours."""
    return next((row.target.unit for row in reversed(one.clocks) if row.is_plan), "wd")


@cache
def catalogue() -> dict[str, ModuleType]:
    """Return the report modules by name.

    Each has ``TITLE``, ``SUMMARY`` (a line for --help), ``PERIOD`` (as_of → the period unless another is asked for; None:
    it has none) and ``build(standings, words, as_of, period) -> tables``.
    """
    names = sorted(info.name for info in pkgutil.iter_modules(__path__))
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}
