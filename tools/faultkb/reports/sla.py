"""The report on limits: how many were met and breached, by clock and severity, and by what was planned."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from faultkb import clocks, moment, period
from faultkb.reports import (
    HOURS,
    MACHINE,
    NUMBER,
    PROSE,
    SEVERITY,
    SHARE,
    SPREAD,
    VERDICT,
    Cases,
    Chart,
    Column,
    Figure,
    Table,
    by_urgency,
    median,
    percentile,
    remaining,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from faultkb.clocks import Clock
    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

TITLE = "时限报告"
SUMMARY = "每个时限 × 严重程度：达标、超时、超时率、中位与 P90，没有计入的；按原计划与按改期后；已超时未停止的"
PERIOD = period.all_time

_HOUR = timedelta(hours=1)
_LAST, _ANY = "last", "any"
_CYCLES = {_LAST: "末轮", _ANY: "各轮"}
_READINGS = {"policy": "按政策", "plan": "按原计划", "revised": "按改期后"}
_GROUPS = {
    "met": ("达标", (clocks.MET,)),
    "breached": ("超时", (clocks.BREACHED,)),
    "running": ("进行中", (clocks.RUNNING, clocks.AT_RISK)),
    "paused": ("暂停中", (clocks.PAUSED,)),
    "cancelled": ("取消", (clocks.CANCELLED,)),
    "missing": ("数据缺失", (clocks.MISSING,)),
}
_COUNTS = (
    Column("n", "到期", NUMBER, "到期时间在期间内的时限个数，等于达标、超时、进行中、暂停中、取消、数据缺失之和"),
    *(Column(key, _GROUPS[key][0], NUMBER) for key in ("met", "breached")),
    Column("rate", "超时率", SHARE, "超时 ÷（达标＋超时）；两者都没有时为空"),
)
_REST = (
    Column("median", "耗时中位", HOURS, "从起算到停止的自然小时，含暂停；只看已停止的"),
    Column("p90", "耗时 P90", HOURS),
    Column("running", "进行中", NUMBER, "含临期"),
    *(Column(key, _GROUPS[key][0], NUMBER) for key in ("paused", "cancelled", "missing")),
)


@dataclass(slots=True)
class _Tally:
    """Limits whose due date lies in the period: whose they are, by verdict, and the hours that the stopped ones took."""

    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    hours: list[float] = field(default_factory=list)

    def add(self, fault: str, verdict: str, hours: float | None = None) -> None:
        """Count one limit."""
        self.ids[verdict].append(fault)
        if hours is not None:
            self.hours.append(hours)

    def cases(self, key: str) -> Cases:
        """Return the faults of a column."""
        return Cases(tuple(chain.from_iterable(self.ids.get(verdict, ()) for verdict in _GROUPS[key][1])))

    def row(self) -> dict[str, Any]:
        """Return the figures."""
        found: dict[str, Any] = {key: self.cases(key) for key in _GROUPS}
        decided, hours = len(found["met"]) + len(found["breached"]), sorted(self.hours)
        return {
            "n": Cases(tuple(chain.from_iterable(cases.ids for cases in found.values()))),
            **found,
            "rate": len(found["breached"]) / decided if decided else None,
            "median": median(hours),
            "p90": percentile(hours, 0.9),
        }


def _sum(tallies: Iterable[_Tally]) -> _Tally:
    total = _Tally()
    for one in tallies:
        total.hours += one.hours
        for verdict, faults in one.ids.items():
            total.ids[verdict] += faults
    return total


@dataclass(slots=True)
class _Found:
    """Everything that one pass over the faults counts. Keys: clock or reading, severity, and for clocks ``last`` or ``any``."""

    clocks: dict[tuple[str, str, str], _Tally] = field(default_factory=lambda: defaultdict(_Tally))
    plans: dict[tuple[str, str], _Tally] = field(default_factory=lambda: defaultdict(_Tally))
    outside: int = 0
    informational: int = 0


def build(standings: Sequence[Standing], words: Vocabulary, as_of: datetime, over: Period) -> tuple[Table, ...]:
    """Build the tables of the report on limits."""
    found = _Found()
    for one in standings:
        for clock in one.clocks:
            _count(found, one, clock, over)
    kinds = _kinds(words)
    return (
        _totals(found, kinds),
        _clocks(found, kinds),
        _plans(found, words),
        _overdue(standings, words, as_of),
    )


def _count(found: _Found, one: Standing, clock: Clock, over: Period) -> None:
    if clock.informational:
        found.informational += 1
        return
    if clock.is_plan:
        for reading, due_at, verdict in _readings(clock):
            if due_at in over:
                found.plans[reading, clock.severity].add(one.id, verdict)
    if clock.due_at not in over:
        found.outside += 1
        return
    stopped = clock.stopped_at
    hours = (stopped - clock.started_at) / _HOUR if stopped else None
    for cycles in (_LAST, _ANY) if clock.cycle == one.cycle else (_ANY,):
        found.clocks[clock.clock, clock.severity, cycles].add(one.id, clock.verdict, hours)


def _readings(clock: Clock) -> Iterator[tuple[str, datetime, str]]:
    yield "policy", clock.due_at, clock.verdict
    for name, reading in (("plan", clock.plan), ("revised", clock.revised)):
        if reading:
            yield name, reading.due_at, reading.verdict


def _kinds(words: Vocabulary) -> dict[str, tuple[str, list[str]]]:
    """Return the name of each clock that counts and the severities that it is for, over all policies."""
    specs = [spec for one in words.policies for spec in one.clocks.values() if not spec.informational]
    targets: dict[str, set[str]] = defaultdict(set)
    for spec in specs:
        targets[spec.id] |= spec.targets.keys()
    return {spec.id: (spec.name, [one for one in words.severities() if one in targets[spec.id]]) for spec in specs}


def _totals(found: _Found, kinds: Mapping[str, tuple[str, list[str]]]) -> Table:
    rows = []
    for clock, (name, severities) in kinds.items():
        total, last = (_sum(found.clocks[clock, one, cycles] for one in severities) for cycles in (_ANY, _LAST))
        latest = {f"{_LAST}_{key}": value for key, value in last.row().items()}
        rows.append({"clock": clock, "name": name, **latest, **total.row()})
    columns = (
        Column("clock", "时限", MACHINE),
        Column("name", "时限"),
        *_COUNTS,
        Column("last_rate", "末轮超时率", SHARE, "只看每个故障的最近一轮"),
        Column("last_met", "末轮达标", NUMBER),
        Column("last_breached", "末轮超时", NUMBER),
        *_REST,
    )
    chart = Chart("bars", "name", ("met", "breached"))
    return Table(
        "totals", "各时限（各轮）", columns, rows, note=_note(found, rows), chart=chart, headline=_headline(rows)
    )


def _headline(rows: Sequence[Mapping[str, Any]]) -> tuple[Figure, ...]:
    """Return the figures over all clocks and cycles."""
    every = {key: Cases(tuple(chain.from_iterable(row[key].ids for row in rows))) for key in ("n", *_GROUPS)}
    breached, decided = len(every["breached"]), len(every["met"]) + len(every["breached"])
    return (
        Figure("超时率（各时限，按政策）", breached / decided if decided else None, SHARE, bad=breached > 0),
        Figure("时限数", every["n"]),
        Figure("超时", every["breached"], bad=breached > 0),
        Figure("进行中", every["running"]),
    )


def _note(found: _Found, rows: Sequence[Mapping[str, Any]]) -> str:
    """Say what the rates are of, and what is left out of them, over all clocks and cycles."""
    every = {key: sum(len(row[key]) for row in rows) for key in _GROUPS}
    rest = "、".join(f"{_GROUPS[key][0]} {every[key]}" for key in ("running", "paused", "cancelled", "missing"))
    return (
        f"超时率＝超时 ÷（达标＋超时），只看到期时间在期间内的：{every['breached']} ÷ {every['met'] + every['breached']}。"
        f"没有计入超时率：{rest}；到期不在期间内 {found.outside}；仅供参考的时限 {found.informational}。"
        f"耗时是从起算到停止的自然时间，含暂停；{SPREAD}。末轮只看每个故障的最近一轮，各轮包括重开之前的。"
    )


def _clocks(found: _Found, kinds: Mapping[str, tuple[str, list[str]]]) -> Table:
    rows = [
        {
            "clock": clock,
            "name": name,
            "severity": severity,
            "cycles": cycles,
            "counted": counted,
            **found.clocks[clock, severity, cycles].row(),
        }
        for cycles, counted in _CYCLES.items()
        for clock, (name, severities) in kinds.items()
        for severity in severities
    ]
    columns = (
        Column("clock", "时限", MACHINE),
        Column("name", "时限"),
        Column("severity", "严重程度", SEVERITY, "该时限起算时的严重程度"),
        Column("cycles", "轮次", MACHINE, "last 末轮：每个故障的最近一轮；any 各轮：包括重开之前的"),
        Column("counted", "轮次"),
        *_COUNTS,
        *_REST,
    )
    return Table("clocks", "时限与严重程度", columns, rows, note="严重程度是时限起算时的。")


def _plans(found: _Found, words: Vocabulary) -> Table:
    rows = []
    for reading, name in _READINGS.items():
        by_severity = {severity: found.plans[reading, severity] for severity in words.severities()}
        every = {**by_severity, "合计": _sum(by_severity.values())}
        rows += [{"reading": reading, "name": name, "severity": one, **each.row()} for one, each in every.items()]
    columns = (
        Column("reading", "读法", MACHINE),
        Column("name", "读法"),
        Column("severity", "严重程度", SEVERITY),
        *_COUNTS,
        *(column for column in _REST if column.kind == NUMBER),
    )
    note = "同一项工作按三个期限各判一次，各按自己的到期时间归入期间：政策规定的；最初承诺的；改期之后的。改期不改变按政策的结论。"
    return Table("plans", "计划完成：按政策、按原计划、按改期后", columns, rows, note=note)


def _overdue(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Table:
    late = {one.id: [row for row in one.clocks if row.is_late] for one in standings if one.is_open}
    rows = [
        {
            **{key: getattr(one, key) for key in ("id", "severity", "title", "team", "owner")},
            "clock": clock.clock,
            "name": clock.name,
            "due_at": clock.due_at,
            "late": remaining(clock, words, as_of),
        }
        for one in by_urgency([one for one in standings if late.get(one.id)], words)
        for clock in sorted(late[one.id], key=lambda clock: clock.due_at)
    ]
    columns = (
        Column("id", "问题编号"),
        Column("severity", "严重程度", SEVERITY),
        Column("title", "问题标题", PROSE),
        Column("clock", "时限", MACHINE),
        Column("name", "时限"),
        Column("due_at", "到期"),
        Column("late", "已超", VERDICT),
        Column("team", "责任团队"),
        Column("owner", "主责人"),
    )
    note = f"这是截至 {moment.show(as_of)} 的，不限于期间。"
    return Table("overdue", "已超时、还没有停止的时限", columns, rows, "没有，很好", note)
