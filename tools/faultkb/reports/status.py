"""The report of the morning: what is open, what is late, what is due, what waits to be accepted, per team."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from faultkb import standing
from faultkb.reports import (
    FAULT,
    NUMBER,
    VERDICT,
    Cases,
    Chart,
    Column,
    Figure,
    Table,
    by_urgency,
    cases,
    duration,
    left,
    plan_unit,
    remaining,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

TITLE = "故障状态报告"
SUMMARY = "早会用：状态 × 严重程度、超时、今天与下一个工作日到期、等待受理、各团队（默认）"
PERIOD = None

_PLAN = (
    Column("team", "责任团队"),
    Column("owner", "主责人"),
    Column("status", "当前状态"),
    Column("due_at", "计划完成时间"),
)


def build(standings: Sequence[Standing], words: Vocabulary, as_of: datetime, _over: Period | None) -> tuple[Table, ...]:
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
    found: dict[str, list[Standing]] = {state: [] for state in words.lifecycle.states}
    for one in standings:
        found.setdefault(one.status, []).append(one)
    found["未关闭合计"] = [one for one in standings if one.is_open]
    rows = [{"status": name, **_by_severity(some, severities)} for name, some in found.items()]
    columns = (
        Column("status", "当前状态"),
        *(Column(one, one, NUMBER) for one in severities),
        Column("total", "合计", NUMBER),
    )
    figure = Figure("未关闭", rows[-1]["total"])
    return Table("counts", "状态与严重程度", columns, rows, headline=(figure,))


def _by_severity(some: Sequence[Standing], severities: Sequence[str]) -> dict[str, Cases]:
    cells: dict[str, list[str]] = {severity: [] for severity in severities}
    for one in some:
        cells.setdefault(one.severity, []).append(one.id)
    return {**{name: Cases(tuple(ids)) for name, ids in cells.items()}, "total": cases(some)}


def _row(one: Standing, **more: Any) -> dict[str, Any]:
    keys = ("id", "severity", "title", "team", "owner", "status", "due_at")
    return {key: getattr(one, key) for key in keys} | more


def _overdue(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Table:
    late = by_urgency([one for one in standings if one.late], words)
    rows = [_row(one, late=left(one.due_at, as_of, plan_unit(one), words)) for one in late if one.due_at]
    columns = (*FAULT, *_PLAN, Column("late", "已超", VERDICT))
    figure = Figure("超计划", cases(late), bad=bool(late))
    return Table("overdue", "已超过计划完成时间", columns, rows, "没有，很好", headline=(figure,))


def _due_soon(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Table:
    limit = standing.calendar(words).nth_workday(as_of.date(), 1)
    handed_over = words.lifecycle.events[words.lifecycle.closing["since"]].to
    soon = [
        one
        for one in standings
        if one.is_open and not one.late and one.status != handed_over and one.due_at and one.due_at.date() <= limit
    ]
    rows = [
        _row(one, left=left(one.due_at, as_of, plan_unit(one), words)) for one in by_urgency(soon, words) if one.due_at
    ]
    today = cases(one for one in soon if one.due_at and one.due_at.date() == as_of.date())
    columns = (*FAULT, *_PLAN, Column("left", "还剩", VERDICT))
    note = f"{handed_over}的不在内：方案已经提交"
    return Table("due_soon", "今天与下一个工作日到期", columns, rows, note=note, headline=(Figure("今天到期", today),))


def _waiting(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Table:
    rows = []
    waiting = by_urgency([one for one in standings if one.status == words.lifecycle.initial], words)
    for one in waiting:
        next_due = min((row for row in one.clocks if row.is_running), key=lambda clock: clock.due_at, default=None)
        rows.append(
            {
                "id": one.id,
                "severity": one.severity,
                "title": one.title,
                "reported_at": one.reported_at,
                "waiting": "、".join(f"已{name}，待补充" for name in one.waiting) or duration(as_of - one.reported_at),
                "clock": next_due.name if next_due else "",
                "clock_due_at": next_due.due_at if next_due else None,
                "left": remaining(next_due, words, as_of) if next_due else "",
                "verdict": next_due.verdict if next_due else "",
            }
        )
    columns = (
        *FAULT,
        Column("reported_at", "反馈时间"),
        Column("waiting", "已等"),
        Column("clock", "时限"),
        Column("clock_due_at", "到期"),
        Column("left", "还剩", VERDICT),
        Column("verdict", "结论", VERDICT),
    )
    return Table("waiting", "等待受理", columns, rows, headline=(Figure("等待受理", cases(waiting)),))


def _teams(standings: Sequence[Standing], words: Vocabulary) -> Table:
    found: dict[str, list[Standing]] = {name: [] for name, team in words.teams.items() if team.retired is None}
    for one in standings:
        if one.is_open:
            found.setdefault(one.team, []).append(one)
    order = [*words.teams, *sorted(found.keys() - words.teams.keys() - {""}), ""]
    rows = [_team(name, found[name], words) for name in order if name in found]
    states = tuple(Column(state, state, NUMBER) for state in words.lifecycle.open_states)
    columns = (
        Column("team", "责任团队"),
        *states,
        Column("total", "未关闭", NUMBER),
        Column("late", "超计划", NUMBER),
        Column("breached", "超时限", NUMBER),
    )
    chart = Chart("stack", "team", words.lifecycle.open_states)
    breached = Cases(tuple(chain.from_iterable(row["breached"].ids for row in rows)))
    figure = Figure("超时限", breached, bad=bool(breached))
    return Table("teams", "各团队未关闭的故障", columns, rows, chart=chart, headline=(figure,))


def _team(name: str, mine: Sequence[Standing], words: Vocabulary) -> dict[str, Any]:
    groups = {state: [one for one in mine if one.status == state] for state in words.lifecycle.open_states}
    groups |= {
        "total": list(mine),
        "late": [one for one in mine if one.late],
        "breached": [one for one in mine if standing.is_breached(one)],
    }
    return {
        "team": name or "（未分配）",
        **{key: cases(some) for key, some in groups.items()},
    }
