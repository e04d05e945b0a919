"""The report on work: what each team and each owner has open, how old it is, and where the time goes."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any

from faultkb import standing
from faultkb.reports import (
    HOURS,
    NUMBER,
    PROSE,
    SEVERITY,
    SPREAD,
    Cases,
    Chart,
    Column,
    Figure,
    Table,
    cases,
    median,
    percentile,
    registered_at,
    spent,
    spent_columns,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

TITLE = "工作量报告"
SUMMARY = "各团队、各主责人未关闭的、超时的、龄期；时间花在待受理、处理、等用户还是待验证"
PERIOD = None

_NOBODY = "（未分配）"
_LOAD = (
    Column("total", "未关闭", NUMBER),
    Column("late", "超计划", NUMBER, "已超过计划完成时间，还没有提交验证"),
    Column("breached", "超时限", NUMBER, "有已超时、还没有停止的时限"),
    Column("median_days", "龄期中位（天）", NUMBER, "登记至今的自然日"),
    Column("p90_days", "P90（天）", NUMBER),
    Column("mean_days", "平均（天）", NUMBER),
    Column("oldest_days", "最久（天）", NUMBER),
    Column("oldest", "最久的一个"),
)


def build(standings: Sequence[Standing], words: Vocabulary, as_of: datetime, _period: Period) -> tuple[Table, ...]:
    """Build the tables of the report on work."""
    opened = [one for one in standings if one.is_open]
    return (
        _teams(opened, words, as_of),
        _owners(opened, as_of),
        _spent_by_team(standings, words),
        _spent_by_fault(opened, words),
    )


def _by_team(some: Iterable[Standing], words: Vocabulary) -> dict[str, list[Standing]]:
    """Group faults by team: the teams at work, then those that are not any more, last those without a team."""
    groups: dict[str, list[Standing]] = {name: [] for name, team in words.teams.items() if team.retired is None}
    nobody: list[Standing] = []
    for one in some:
        (groups.setdefault(one.team, []) if one.team else nobody).append(one)
    return {**groups, _NOBODY: nobody} if nobody else groups


def _load(some: Sequence[Standing], as_of: datetime) -> dict[str, Any]:
    ages = sorted(((as_of - registered_at(one)).total_seconds() / 86400, one.id) for one in some)
    days = [age for age, _ in ages]
    figures = {
        "median_days": median(days),
        "p90_days": percentile(days, 0.9),
        "mean_days": sum(days) / len(days) if days else None,
        "oldest_days": days[-1] if days else None,
    }
    return {
        "total": cases(some),
        "late": cases(one for one in some if one.late),
        "breached": cases(one for one in some if standing.is_breached(one)),
        **{key: None if value is None else round(value, 1) for key, value in figures.items()},
        "oldest": ages[-1][1] if ages else "",
    }


def _teams(opened: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Table:
    rows = [{"team": team, **_load(some, as_of)} for team, some in _by_team(opened, words).items()]
    columns = (Column("team", "责任团队"), *_LOAD)
    note = f"龄期从最初登记算起，按自然日；{SPREAD}；平均数会被个别很久的故障拉高，请与中位、P90 一起看。"
    chart = Chart("bars", "team", _BARS)
    every = {key: Cases(tuple(chain.from_iterable(row[key].ids for row in rows))) for key in _BARS}
    headline = tuple(
        Figure(one.title, every[one.key], bad=_is_bad(one.key, every)) for one in _LOAD if one.key in every
    )
    return Table("teams", "各团队未关闭的故障", columns, rows, note=note, chart=chart, headline=headline)


def _is_bad(key: str, every: Mapping[str, Cases]) -> bool:
    return key != "total" and bool(every[key])


_BARS = ("total", "late", "breached")


def _owners(opened: Sequence[Standing], as_of: datetime) -> Table:
    groups: dict[str, list[Standing]] = defaultdict(list)
    for one in opened:
        groups[one.owner.staff if one.owner else ""].append(one)
    rows = [
        {"owner": some[-1].owner or _NOBODY, "teams": _teams_of(some), **_load(some, as_of)}
        for _, some in sorted(groups.items(), key=lambda group: (not group[0], -len(group[1]), group[0]))
    ]
    columns = (Column("owner", "主责人"), Column("teams", "责任团队"), *_LOAD)
    people = Figure("主责人数", sum(bool(staff) for staff in groups))
    return Table("owners", "各主责人未关闭的故障", columns, rows, "没有未关闭的故障", headline=(people,))


def _teams_of(some: Iterable[Standing]) -> str:
    return "、".join(dict.fromkeys(one.team for one in some if one.team))


def _spent_by_team(standings: Sequence[Standing], words: Vocabulary) -> Table:
    places = spent_columns(words)
    rows = [{"team": team, "n": cases(some), **_spread(some)} for team, some in _by_team(standings, words).items()]
    columns = (
        Column("team", "责任团队"),
        Column("n", "故障", NUMBER, "已关闭的也算"),
        *(Column(f"{one.key}_median", f"{one.title}（中位）", HOURS) for one in places),
        *(Column(f"{one.key}_p90", f"{one.title}（P90）", HOURS) for one in places),
    )
    note = "未关闭与已关闭的故障一起算，按现在的责任团队；按自然时间，各轮合计，不含关闭期间。没有等过用户的按 0 计。"
    return Table("spent", "时间花在哪里：各团队", columns, rows, note=note)


def _spread(some: Iterable[Standing]) -> dict[str, float | None]:
    values: dict[str, list[float]] = defaultdict(list)
    for one in some:
        for key, hours in spent(one).items():
            values[key].append(hours)
    return {
        f"{key}_{name}": figure
        for key, hours in values.items()
        for name, figure in (("median", median(hours)), ("p90", percentile(hours, 0.9)))
    }


def _spent_by_fault(opened: Sequence[Standing], words: Vocabulary) -> Table:
    keys = ("id", "severity", "title", "status", "team", "owner")
    rows = [
        {**{key: getattr(one, key) for key in keys}, **spent(one)}
        for one in sorted(opened, key=lambda one: (registered_at(one), one.id))
    ]
    columns = (
        Column("id", "问题编号"),
        Column("title", "问题标题", PROSE),
        *spent_columns(words),
        Column("severity", "严重程度", SEVERITY),
        Column("status", "当前状态"),
        Column("team", "责任团队"),
        Column("owner", "主责人"),
    )
    return Table("faults", "时间花在哪里：未关闭的故障，最久的在前", columns, rows)
