"""The report on age: how long the open faults have been there, and where the time of the oldest went."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from faultkb import standing
from faultkb.reports import (
    MACHINE,
    NUMBER,
    PROSE,
    SEVERITY,
    SPREAD,
    Cases,
    Chart,
    Column,
    Figure,
    Table,
    median,
    percentile,
    registered_at,
    spent,
    spent_columns,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

TITLE = "故障龄期报告"
SUMMARY = "未关闭的故障登记至今几个工作日，按严重程度；最久的十个，时间花在哪里"
PERIOD = None

_BUCKETS = ((0, 1), (2, 3), (4, 5), (6, 10), (11, 20), (21, 40), (41, None))
"""From and to how many working days, both included; the last one has no end."""
_OLDEST = 10


def build(standings: Sequence[Standing], words: Vocabulary, as_of: datetime, _period: Period) -> tuple[Table, ...]:
    """Build the tables of the report on age."""
    days = standing.calendar(words)
    aged = [(days.workdays_between(registered_at(one).date(), as_of.date()), one) for one in standings if one.is_open]
    return _ages(aged, words), _oldest(aged, words)


def _ages(aged: Sequence[tuple[int, Standing]], words: Vocabulary) -> Table:
    cells: dict[tuple[int, str], list[str]] = defaultdict(list)
    for age, one in aged:
        start = max(first for first, _ in _BUCKETS if first <= age)
        cells[start, one.severity].append(one.id)
        cells[start, "total"].append(one.id)
    severities = words.severities()
    rows: list[dict[str, Any]] = [
        {
            "age": f"{first}–{last}" if last else f"超过 {first - 1}",
            "from": first,
            "to": last,
            **{name: Cases(tuple(cells[first, name])) for name in (*severities, "total")},
        }
        for first, last in _BUCKETS
    ]
    columns = (
        Column("age", "工作日"),
        Column("from", "从", MACHINE, "至少几个工作日"),
        Column("to", "到", MACHINE, "至多几个工作日；最后一行没有上限"),
        *(Column(one, one, NUMBER) for one in severities),
        Column("total", "合计", NUMBER),
    )
    ages = [age for age, _ in aged]
    chart = Chart("stack", "age", severities)
    headline = (
        Figure("未关闭", Cases(tuple(one.id for _, one in aged))),
        Figure("龄期中位（工作日）", _plain(median(ages))),
        Figure("最久（工作日）", max(ages, default=None)),
    )
    return Table("ages", "未关闭的故障登记至今", columns, rows, note=_note(ages), chart=chart, headline=headline)


def _plain(figure: float | None) -> float | None:
    """Return a whole number without the decimal point."""
    return int(figure) if figure is not None and figure.is_integer() else figure


def _note(ages: Sequence[int]) -> str:
    counted = "工作日从登记的次日数起；重开的故障仍从最初登记算。"
    if not ages:
        return counted
    return f"未关闭 {len(ages)} 个：中位 {median(ages):g} 个工作日，P90 {percentile(ages, 0.9)} 个工作日。{SPREAD}。{counted}"


def _oldest(aged: Sequence[tuple[int, Standing]], words: Vocabulary) -> Table:
    oldest = sorted(aged, key=lambda pair: (registered_at(pair[1]), pair[1].id))[:_OLDEST]
    keys = ("id", "severity", "title", "status", "team", "owner")
    rows = [{**{key: getattr(one, key) for key in keys}, "age": age, **spent(one)} for age, one in oldest]
    columns = (
        Column("id", "问题编号"),
        Column("title", "问题标题", PROSE),
        Column("age", "工作日", NUMBER),
        *spent_columns(words),
        Column("severity", "严重程度", SEVERITY),
        Column("status", "当前状态"),
        Column("team", "责任团队"),
        Column("owner", "主责人"),
    )
    return Table("oldest", "最久的十个，时间花在哪里", columns, rows, note="时间按自然时间，各轮合计，不含关闭期间。")
