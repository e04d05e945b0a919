"""The report of the morning: what is open, what is late, what is due, what waits to be accepted, per team."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from faultkb import standing
from faultkb.clocks import BREACHED, MET
from faultkb.reports import NUMBER, PROSE, SEVERITY, VERDICT, Column, Table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

TITLE = "故障状态报告"

_FAULT = (Column("id", "问题编号"), Column("severity", "严重程度", SEVERITY), Column("title", "问题标题", PROSE))
_PLAN = (
    Column("team", "责任团队"),
    Column("owner", "主责人"),
    Column("status", "当前状态"),
    Column("due_at", "计划完成时间"),
)


def build(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> tuple[Table, ...]:
    """Build the tables of the status report."""
    return (
        _counts(standings, words),
        _overdue(standings, words, as_of),
        _due_soon(standings, words, as_of),
        _waiting(standings, words, as_of),
        _teams(standings, words),
    )


def _counts(standings: Sequence[Standing], words: Vocabulary) -> Table:
    severities = words.severities()
    number = Counter((one.status, one.severity) for one in standings)
    rows: list[dict[str, Any]] = []
    for state in words.lifecycle.states:
        cells = {severity: number[state, severity] for severity in severities}
        rows.append({"status": state, **cells, "total": sum(cells.values())})
    still_open = [one for one in standings if one.is_open]
    by_severity = Counter(one.severity for one in still_open)
    rows.append(
        {
            "status": "未关闭合计",
            **{severity: by_severity[severity] for severity in severities},
            "total": len(still_open),
        }
    )
    columns = (
        Column("status", "当前状态"),
        *(Column(one, one, NUMBER) for one in severities),
        Column("total", "合计", NUMBER),
    )
    return Table("counts", "状态与严重程度", columns, rows)


def _by_urgency(standings: Sequence[Standing], words: Vocabulary) -> list[Standing]:
    order = {severity: rank for rank, severity in enumerate(words.severities())}
    return sorted(
        standings, key=lambda one: (order.get(one.severity, len(order)), one.due_at or one.reported_at, one.id)
    )


def _row(one: Standing, **more: Any) -> dict[str, Any]:
    keys = ("id", "severity", "title", "team", "owner", "status", "due_at")
    return {key: getattr(one, key) for key in keys} | more


def _overdue(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Table:
    late = [one for one in standings if one.late]
    rows = [_row(one, late=duration(as_of - one.due_at)) for one in _by_urgency(late, words) if one.due_at]
    return Table(
        "overdue", "已超过计划完成时间", (*_FAULT, *_PLAN, Column("late", "已超", VERDICT)), rows, "没有，很好"
    )


def _due_soon(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Table:
    limit = standing.calendar(words).nth_workday(as_of.date(), 1)
    handed_over = words.lifecycle.events[words.lifecycle.closing["since"]].to
    soon = [
        one
        for one in standings
        if one.is_open and not one.late and one.status != handed_over and one.due_at and one.due_at.date() <= limit
    ]
    rows = [_row(one, left=duration(one.due_at - as_of)) for one in _by_urgency(soon, words) if one.due_at]
    return Table("due_soon", "今天与下一个工作日到期", (*_FAULT, *_PLAN, Column("left", "还剩")), rows)


def _waiting(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Table:
    rows = []
    for one in _by_urgency([one for one in standings if one.status == words.lifecycle.initial], words):
        running = [clock for clock in one.clocks if clock.stopped_at is None and clock.verdict != MET]
        next_due = min(running, key=lambda clock: clock.due_at, default=None)
        rows.append(
            {
                "id": one.id,
                "severity": one.severity,
                "title": one.title,
                "reported_at": one.reported_at,
                "waiting": "、".join(f"已{name}，待补充" for name in one.waiting) or duration(as_of - one.reported_at),
                "clock": next_due.name if next_due else "",
                "clock_due_at": next_due.due_at if next_due else None,
                "verdict": next_due.verdict if next_due else "",
            }
        )
    columns = (
        *_FAULT,
        Column("reported_at", "反馈时间"),
        Column("waiting", "已等"),
        Column("clock", "时限"),
        Column("clock_due_at", "到期"),
        Column("verdict", "结论", VERDICT),
    )
    return Table("waiting", "等待受理", columns, rows)


def _teams(standings: Sequence[Standing], words: Vocabulary) -> Table:
    rows: list[dict[str, Any]] = []
    for team in [*words.teams, ""]:
        mine = [one for one in standings if one.is_open and one.team == team]
        by_state = Counter(one.status for one in mine)
        breached = sum(
            any(
                clock.verdict == BREACHED and clock.stopped_at is None and not clock.informational
                for clock in one.clocks
            )
            for one in mine
        )
        if mine or (team and words.teams[team].retired is None):
            cells = {state: by_state[state] for state in words.lifecycle.open_states}
            rows.append(
                {
                    "team": team or "（未分配）",
                    **cells,
                    "total": len(mine),
                    "late": sum(one.late for one in mine),
                    "breached": breached,
                }
            )
    states = tuple(Column(state, state, NUMBER) for state in words.lifecycle.open_states)
    columns = (
        Column("team", "责任团队"),
        *states,
        Column("total", "未关闭", NUMBER),
        Column("late", "超计划", NUMBER),
        Column("breached", "超时限", NUMBER),
    )
    return Table("teams", "各团队未关闭的故障", columns, rows)


def duration(span: timedelta) -> str:
    """Say a length of time in words, by its two largest units."""
    minutes = int(span.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [(days, "天"), (hours, "小时"), (minutes, "分")]
    first = next((index for index, (number, _) in enumerate(parts) if number), 2)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number) or "不到 1 分"
