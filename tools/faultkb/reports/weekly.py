"""The pack for the weekly fault meeting: what changed, what is late, what is stuck, whom to tell, what to decide."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time
from typing import TYPE_CHECKING, Any

from faultkb import agenda, clocks, period, standing, telling
from faultkb.history import (
    CLOSED,
    CLOSING,
    DEFERRED,
    LOWERED,
    OPENING,
    PAUSED,
    REGISTERED,
    REOPENED,
    RETURNED,
    RISK,
    VOIDED,
)
from faultkb.reports import (
    FAULT,
    MACHINE,
    NUMBER,
    PROSE,
    SEVERITY,
    VERDICT,
    Cases,
    Column,
    Figure,
    Table,
    by_urgency,
    overdue,
    remaining,
    severity_rank,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from faultkb.history import Mark
    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

    Happened = dict[str, list[tuple[Standing, Mark]]]

TITLE = "故障处理例会"
SUMMARY = "每周例会用：本周数字与上周比较、要定的事、新增与关闭、超时、受阻、风险、改期与降级、要告知的用户"
PERIOD = period.week_of

_OWNER = (Column("owner", "主责人"), Column("team", "责任团队"))
_STATUS = Column("status", "当前状态")


def build(standings: Sequence[Standing], words: Vocabulary, as_of: datetime, over: Period) -> tuple[Table, ...]:
    """Build the tables of the meeting, in the order in which people speak of them."""
    found = _happened(standings, over)
    rank = severity_rank(words)
    for some in found.values():
        some.sort(key=lambda pair: (rank(pair[0].severity), pair[1].at, pair[0].id))
    numbers, lists = _numbers(standings, found, as_of, over), _lists(found)
    if not over.has_begun(as_of):
        return (numbers, *lists)
    return (
        numbers,
        _decisions(standings, words, as_of, over),
        *lists,
        overdue.late(standings, words, as_of),
        overdue.at_risk(standings, words, as_of),
        _blocked(standings, words, as_of),
        _risks(found),
        _changes(found),
        _to_tell(standings, words, as_of, over),
    )


def _happened(standings: Sequence[Standing], over: Period) -> Happened:
    """Return what happened in a period by its part in the process."""
    found: Happened = defaultdict(list)
    for one in standings:
        for mark in one.marks:
            if mark.role in _TOLD_OF and mark.at in over:
                found[mark.role].append((one, mark))
    return found


_TOLD_OF = OPENING | CLOSING | {RISK, DEFERRED, LOWERED}


def _numbers(standings: Sequence[Standing], found: Happened, as_of: datetime, over: Period) -> Table:
    """Build the figures of the period beside those of the one before, where it has one of the same length."""
    now = _figures(standings, found, over)
    if not over.has_begun(as_of):
        now["open"] = None
    before = over.before() if over.since and over.until else None
    past = _figures(standings, _happened(standings, before), before) if before else {}
    rows = []
    for figure, title in _FIGURES.items():
        change = _number(now[figure]) - _number(past[figure]) if past and now[figure] is not None else None
        rows.append(
            {"figure": figure, "title": title, "now": now[figure], "before": past.get(figure), "change": change}
        )
    over_at = datetime.combine(over.until, _LAST_MINUTE) if over.until else None
    unfinished = "，还没有结束" if over_at is None or as_of < over_at else ""
    note = f"本期 {over}{unfinished}" + (f"；上期 {before}" if before else "")
    columns = (
        Column("title", "数字"),
        Column("now", "本期", NUMBER),
        Column("before", "上期", NUMBER),
        Column("change", "增减", NUMBER),
        Column("figure", "名字", MACHINE),
    )
    note += "。净增＝新登记＋重开－已关闭－作废；超时按到期日算"
    titles = {REGISTERED: "新登记", CLOSED: "已关闭", "net": "净增", "open": "未关闭"}
    headline = tuple(Figure(title, now[figure]) for figure, title in titles.items() if now[figure] is not None)
    return Table("numbers", "本期数字", columns, rows, note=note, headline=headline)


_LAST_MINUTE = time(23, 59)
_FIGURES = {
    REGISTERED: "新登记",
    REOPENED: "重开",
    CLOSED: "已关闭（不含作废）",
    VOIDED: "作废",
    "net": "净增",
    "open": "期末未关闭",
    "breached": "到期而超时的时限",
}


def _number(value: Cases | int | None) -> int:
    return len(value) if isinstance(value, Cases) else value or 0


def _figures(standings: Sequence[Standing], found: Happened, over: Period) -> dict[str, Cases | int | None]:
    cells: dict[str, Cases | int | None] = {
        role: Cases(tuple(one.id for one, _ in found[role])) for role in (*OPENING, *CLOSING)
    }
    net = sum(len(found[role]) for role in OPENING) - sum(len(found[role]) for role in CLOSING)
    late = (one.id for one in standings for row in one.clocks if _is_breached(row, over))
    return {
        **cells,
        "net": net,
        "open": Cases(tuple(one.id for one in standings if _was_open(one, over.until))),
        "breached": Cases(tuple(late)),
    }


def _is_breached(row: clocks.Clock, over: Period) -> bool:
    return row.verdict == clocks.BREACHED and not row.informational and row.due_at in over


def _was_open(one: Standing, until: date | None) -> bool:
    """Say whether a fault was open at the end of a day."""
    turns = [mark.role for mark in one.marked(*OPENING, *CLOSING) if until is None or mark.at.date() <= until]
    return bool(turns) and turns[-1] in OPENING


def _lists(found: Happened) -> Iterator[Table]:
    at = Column("at", "时间")
    new = (*FAULT, at, *_OWNER, _STATUS)
    yield _list("registered", "新登记", new, found[REGISTERED], "没有新的故障")
    closed = (*FAULT, at, Column("event", "怎样结束"), *_OWNER, Column("text", "说明", PROSE))
    yield _list("closed", "已关闭", closed, [*found[CLOSED], *found[VOIDED]], "没有关闭的故障")
    again = (*FAULT, at, *_OWNER, _STATUS, Column("due_at", "计划完成时间"), Column("text", "为什么", PROSE))
    yield _list("reopened", "重开", again, found[REOPENED], "没有重开的故障")


def _list(
    name: str, title: str, columns: tuple[Column, ...], found: Sequence[tuple[Standing, Mark]], empty: str
) -> Table:
    return Table(name, title, columns, [_row(one, mark) for one, mark in found], empty)


def _row(one: Standing, mark: Mark) -> dict[str, Any]:
    """Return everything that the lists of what happened may show."""
    of_mark = {key: getattr(mark, key) for key in ("at", "event", "by", "text", "change")}
    return {**_fault(one), "status": one.status, "due_at": one.due_at, **of_mark}


def _fault(one: Standing) -> dict[str, Any]:
    return {key: getattr(one, key) for key in ("id", "severity", "title", "owner", "team")}


def _blocked(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Table:
    rows = []
    for one in by_urgency([one for one in standings if one.is_open and one.waiting], words):
        for mark in [mark for mark in one.marked(RETURNED, PAUSED) if mark.event in one.waiting][-1:]:
            days = standing.calendar(words).workdays_between(mark.at.date(), as_of.date())
            rows.append({**_row(one, mark), "days": days})
    columns = (
        *FAULT,
        Column("event", "等待"),
        Column("days", "工作日", NUMBER, "已等了几个工作日，开始的当天不计"),
        Column("at", "从何时起"),
        *_OWNER,
        Column("text", "原因", PROSE),
    )
    return Table("blocked", "受阻与等待", columns, rows, "没有受阻或等待的故障")


def _risks(found: Happened) -> Table:
    columns = (*FAULT, Column("at", "上报时间"), *_OWNER, _STATUS, Column("text", "风险", PROSE))
    return _list("risks", "上报的风险", columns, found[RISK], "没有上报风险")


def _changes(found: Happened) -> Table:
    columns = (
        *FAULT,
        Column("event", "变更"),
        Column("change", "从 → 到"),
        *_OWNER,
        Column("at", "时间"),
        Column("text", "理由", PROSE),
    )
    both = [*found[DEFERRED], *found[LOWERED]]
    return _list("changes", "改期与降级", columns, both, "没有改期，也没有降级")


def _to_tell(standings: Sequence[Standing], words: Vocabulary, as_of: datetime, over: Period) -> Table:
    """Build the list of users to be told. What was closed in the week before may have been missed on its last day."""
    since = over.before().since if over.since and over.until else over.since
    rows = [*_due_news(standings, words, as_of), *_solved_news(standings, words, since)]
    columns = (
        *FAULT,
        Column("why", "为什么"),
        Column("remaining", "还剩", VERDICT),
        Column("customer", "用户"),
        *_OWNER,
        Column("due_at", "最迟"),
        Column("told_at", "上次告知"),
        Column("canonical", "并入", MACHINE),
    )
    return Table("to_tell", f"今天（{as_of:%m-%d}）要告知的用户", columns, rows, "没有要告知的用户")


def _due_news(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Iterator[dict[str, Any]]:
    rank = severity_rank(words)
    found = sorted(
        telling.due(standings, words, as_of), key=lambda pair: (pair[1].due_at, rank(pair[0].severity), pair[0].id)
    )
    for one, clock in found:
        late = {"due_at": clock.due_at, "remaining": remaining(clock, words, as_of)}
        yield {**_untold(one), "why": clock.name, "canonical": "", **late}


def _solved_news(standings: Sequence[Standing], words: Vocabulary, since: date | None) -> Iterator[dict[str, Any]]:
    for one, closed_at in sorted(telling.solved(standings, words, since), key=lambda pair: (pair[1], pair[0].id)):
        why = f"并入的 {one.canonical} 已于 {closed_at:%m-%d} 关闭，还没有告知"
        yield {**_untold(one), "why": why, "canonical": one.canonical, "due_at": None, "remaining": ""}


def _untold(one: Standing) -> dict[str, Any]:
    return {**_fault(one), "customer": one.customer, "told_at": telling.last_told(one)}


def _decisions(standings: Sequence[Standing], words: Vocabulary, as_of: datetime, over: Period) -> Table:
    rows = [
        {**_fault(one), **matter._asdict()}
        for one in by_urgency([one for one in standings if one.is_open], words)
        for matter in agenda.matters(one, words, as_of, over)
    ]
    columns = (
        Column("id", "问题编号"),
        Column("severity", "严重程度", SEVERITY),
        Column("question", "要定什么", PROSE),
        *_OWNER,
        Column("since", "从何时起"),
        Column("title", "问题标题", PROSE),
        Column("kind", "种类", MACHINE),
    )
    figure = Figure("要定的事", Cases(tuple(row["id"] for row in rows)), bad=bool(rows))
    return Table("decisions", "要定的事", columns, rows, "没有要定的事", headline=(figure,))
