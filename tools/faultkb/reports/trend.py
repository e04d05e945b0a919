"""The report of the year: opened against closed by month, the backlog, and how long accepting, fixing, closing took."""

from __future__ import annotations

from collections import defaultdict
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import period
from faultkb.history import ACCEPTED, CLOSED, CLOSING, OPENING, REGISTERED, REOPENED, SUBMITTED, VOIDED
from faultkb.period import Period
from faultkb.reports import (
    HOURS,
    NUMBER,
    SPREAD,
    Cases,
    Chart,
    Column,
    Figure,
    Table,
    median,
    percentile,
    registered_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from faultkb.history import Mark
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

TITLE = "故障趋势报告"
SUMMARY = "按月：新登记、重开与关闭，月末未关闭，受理、修复、关闭用时的中位数与 P90"
PERIOD = period.year_until

_MONTH = Column("month", "月份")
_FLOW = (
    Column("registered", "新登记", NUMBER),
    Column("reopened", "重开", NUMBER),
    Column("closed", "关闭", NUMBER, "不含作废"),
    Column("voided", "作废", NUMBER),
    Column("backlog", "期末未关闭", NUMBER),
)


class _Turn(NamedTuple):
    """A moment at which a fault became open or closed."""

    at: datetime
    id: str
    role: str


class _Cycle(NamedTuple):
    """A cycle that was closed: wall-clock hours from its beginning to acceptance, to the last handover, to its end."""

    id: str
    closed_at: datetime
    accept: float | None
    fix: float | None
    close: float | None


def build(standings: Sequence[Standing], _words: Vocabulary, as_of: datetime, over: Period) -> tuple[Table, ...]:
    """Build the tables of the trend."""
    months = _months(standings, as_of, over)
    cycles: dict[tuple[int, int], list[_Cycle]] = defaultdict(list)
    for one in standings:
        for cycle in _cycles(one):
            cycles[cycle.closed_at.year, cycle.closed_at.month].append(cycle)
    return (
        _flow(standings, months),
        _times("time_to_accept", "受理用时", "accept", cycles, months),
        _times("time_to_fix", "修复用时", "fix", cycles, months),
        _times("time_to_close", "关闭用时", "close", cycles, months),
    )


def _months(standings: Sequence[Standing], as_of: datetime, over: Period) -> list[Period]:
    """Return the months of a period, none of them after ``as_of`` or before the month of the first fault."""
    today = as_of.date()
    first = min((registered_at(one).date() for one in standings), default=today)
    until = min(over.until or today, today)
    since = max(over.since or first, first.replace(day=1))
    return period.months(Period(since, until), since, until)


def _flow(standings: Sequence[Standing], months: Sequence[Period]) -> Table:
    """Walk through all openings and closings in order of time, month by month."""
    turns = sorted(
        (_Turn(mark.at, one.id, mark.role) for one in standings for mark in one.marked(*OPENING, *CLOSING)),
        key=itemgetter(0),
    )
    rows: list[dict[str, Any]] = []
    backlog: dict[str, None] = {}
    place = 0
    for month in months:
        found: dict[str, list[str]] = defaultdict(list)
        while place < len(turns) and (month.until is None or turns[place].at.date() <= month.until):
            turn = turns[place]
            if turn.role in OPENING:
                backlog[turn.id] = None
            else:
                backlog.pop(turn.id, None)
            if turn.at in month:
                found[turn.role].append(turn.id)
            place += 1
        cells = {role: Cases(tuple(found[role])) for role in (REGISTERED, REOPENED, CLOSED, VOIDED)}
        rows.append({"month": _name(month), **cells, "backlog": Cases(tuple(backlog))})
    chart = Chart("lines", "month", ("registered", "reopened", "closed", "backlog"))
    note = "期末未关闭＝上期末＋新登记＋重开－关闭－作废；首末两个月可能不是整月"
    return Table("flow", "登记与关闭", (_MONTH, *_FLOW), rows, _EMPTY, note, chart, _headline(rows))


_EMPTY = "期间内没有故障"


def _headline(rows: Sequence[dict[str, Any]]) -> tuple[Figure, ...]:
    """Return the figures of the last month."""
    titles = {REGISTERED: "新登记", CLOSED: "关闭"}
    return tuple(
        figure
        for row in rows[-1:]
        for figure in (
            *(Figure(f"{row['month']} {title}", row[key]) for key, title in titles.items()),
            Figure("期末未关闭", row["backlog"]),
        )
    )


def _name(month: Period) -> str:
    return f"{month.since:%Y-%m}"


def _cycles(one: Standing) -> Iterator[_Cycle]:
    """Return the cycles that ended with a closing. What was imported as closed tells nothing of its times."""
    began = accepted = submitted = None
    for mark in one.marks:
        if mark.role in OPENING:
            began, accepted, submitted = mark, None, None
        elif mark.role == ACCEPTED:
            accepted = mark
        elif mark.role == SUBMITTED:
            submitted = mark
        elif mark.role == CLOSED and began and mark.event != began.event:
            yield _Cycle(one.id, mark.at, *(_hours(began, end) for end in (accepted, submitted, mark)))


def _hours(began: Mark, end: Mark | None) -> float | None:
    return (end.at - began.at).total_seconds() / 3600 if end else None


def _times(
    name: str, title: str, measure: str, cycles: dict[tuple[int, int], list[_Cycle]], months: Sequence[Period]
) -> Table:
    rows = []
    for month in months:
        key = (month.since.year, month.since.month) if month.since else (0, 0)
        some = [one for one in cycles.get(key, ()) if one.closed_at in month and getattr(one, measure) is not None]
        hours = [getattr(one, measure) for one in some]
        n = Cases(tuple(one.id for one in some))
        rows.append({"month": _name(month), "n": n, "median": median(hours), "p90": percentile(hours, 0.9)})
    columns = (
        _MONTH,
        Column("n", "件数", NUMBER, "这个月关闭的"),
        Column("median", "中位数", HOURS),
        Column("p90", "P90", HOURS),
    )
    chart = Chart("lines", "month", ("median", "p90"))
    return Table(name, title, columns, rows, _EMPTY, _NOTES[measure], chart)


_NOTES = {
    "accept": f"从登记到受理，自然时间，按关闭的月份；重开的一轮没有受理；{SPREAD}",
    "fix": "从登记（重开的一轮从重开）到关闭前最后一次提交验证，自然时间，按关闭的月份；作废不计",
    "close": "从登记（重开的一轮从重开）到关闭，自然时间，按关闭的月份；作废不计",
}
