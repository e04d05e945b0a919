"""The report on quality: how well faults were closed and recorded, what was learnt from them, what comes back."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from faultkb import clocks, history, period
from faultkb.reports import MACHINE, NUMBER, PROSE, SHARE, Column, Figure, Table, cases, registered_at

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from faultkb.history import Mark
    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

TITLE = "质量报告"
SUMMARY = "期间内关闭的故障：重开率、一次解决率、补录、数据缺失、知识收录率；重复发生；作废原因"
PERIOD = period.all_time

_PUBLISHED = frozenset({"article", "redirect"})
_TOP = 10
_LEAST = 2
"""From how many faults on something comes back."""


def build(standings: Sequence[Standing], words: Vocabulary, _as_of: datetime, over: Period) -> tuple[Table, ...]:
    """Build the tables of the report on quality."""
    closed, voided = [], []
    for one in standings:
        ends = _ends(one, over)
        if ends and ends[-1].role == history.VOIDED:
            voided.append((one, ends))
        elif ends:
            closed.append((one, ends))
    return _rates(closed, words), _recurring([one for one, _ in closed]), _voided(voided, words)


def _ends(one: Standing, over: Period) -> list[Mark]:
    """Return how a fault ended in a period: closed or voided, more than once if it was reopened."""
    return [mark for mark in one.marked(history.CLOSED, history.VOIDED) if mark.at in over]


def _is_incomplete(one: Standing) -> bool:
    return any(row.verdict == clocks.MISSING for row in one.clocks)


def _rates(closed: Sequence[tuple[Standing, list[Mark]]], words: Vocabulary) -> Table:
    every = [one for one, _ in closed]
    known = [one for one in every if not _is_incomplete(one)]
    reopened = [one for one, ends in closed if any(mark.at >= ends[0].at for mark in one.marked(history.REOPENED))]
    entries = {entry for entry, choice in words.choices["kb.entry"].items() if choice.get("x-publish") in _PUBLISHED}
    rows = [
        _rate("reopened", "重开率", reopened, every, "关闭之后又重开的"),
        _rate(
            "first_time",
            "一次解决率",
            [one for one in known if not one.marked(history.FAILED, history.REOPENED)],
            known,
            "没有验证不通过、也没有重开过的；过程缺失的导入故障不在分母中",
        ),
        _rate("backdated", "补录率", [one for one in every if one.backdated], every, "有事件是事后补记的"),
        _rate(
            "missing", "数据缺失率", [one for one in every if _is_incomplete(one)], every, "有时限因记录不全无法判断"
        ),
        _rate("imported", "历史导入", [one for one in every if one.imported], every, "从旧跟踪表导入的"),
        _rate(
            "published",
            "知识收录率",
            [one for one in every if one.kb_entry in entries],
            every,
            f"{'或'.join(entry for entry in words.choices['kb.entry'] if entry in entries)}到知识库的",
        ),
    ]
    columns = (
        Column("measure", "指标", MACHINE),
        Column("name", "指标"),
        Column("faults", "故障", NUMBER, "分子"),
        Column("of", "分母", NUMBER, "期间内关闭的故障，作废的除外"),
        Column("rate", "比例", SHARE),
        Column("meaning", "算的是", PROSE),
    )
    note = "分母是期间内关闭的故障；作废的另列。在期间内结束过几次的只算一个，按最后一次归类。"
    return Table("rates", "关闭与记录的质量", columns, rows, note=note, headline=_headline(rows))


def _headline(rows: Sequence[dict[str, Any]]) -> tuple[Figure, ...]:
    shown = ("reopened", "first_time", "published", "backdated")
    by_measure = {row["measure"]: row for row in rows}
    return tuple(Figure(by_measure[measure]["name"], by_measure[measure]["rate"], SHARE) for measure in shown)


def _rate(measure: str, name: str, some: Sequence[Standing], of: Sequence[Standing], meaning: str) -> dict[str, Any]:
    rate = len(some) / len(of) if of else None
    return {
        "measure": measure,
        "name": name,
        "faults": cases(some),
        "of": len(of),
        "rate": rate,
        "meaning": meaning,
    }


def _recurring(closed: Sequence[Standing]) -> Table:
    fields = {"module": "功能模块", "product": "产品", "version": "版本", "cause": "原因类别"}
    groups: dict[str, dict[str, list[Standing]]] = {key: defaultdict(list) for key in fields}
    for one in closed:
        causes = (one.cause,) if one.cause else ()
        versions = [" ".join(filter(None, ("、".join(one.products), version))) for version in one.versions]
        for key, values in zip(fields, (one.modules, one.products, versions, causes), strict=True):
            for value in values:
                groups[key][value].append(one)
    rows = [row for key, name in fields.items() for row in _top(groups[key], key, name)]
    columns = (
        Column("by", "按", MACHINE, "module、product、version 或 cause"),
        Column("name", "按"),
        Column("value", "什么", PROSE),
        Column("faults", "故障", NUMBER),
        Column("last_seen", "最近一次登记"),
    )
    note = f"期间内关闭的故障中至少出现 {_LEAST} 次的，每类最多 {_TOP} 行；一个故障涉及几个产品时各算一次。"
    return Table("recurring", "重复发生", columns, rows, "没有重复发生的", note)


def _top(groups: dict[str, list[Standing]], key: str, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"by": key, "name": name, "value": value, "faults": cases(some), "last_seen": max(map(registered_at, some))}
        for value, some in groups.items()
        if len(some) >= _LEAST
    ]
    return sorted(rows, key=lambda row: (-len(row["faults"]), -row["last_seen"].timestamp(), row["value"]))[:_TOP]


def _voided(voided: Sequence[tuple[Standing, list[Mark]]], words: Vocabulary) -> Table:
    groups: dict[str, list[Standing]] = defaultdict(list)
    for one, ends in voided:
        reason = ends[-1].reason
        groups[reason if reason in words.choices["events.reason"] else "（未写明）"].append(one)
    rows = [
        {"reason": reason, "faults": cases(some), "share": len(some) / len(voided)}
        for reason, some in sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    ]
    columns = (Column("reason", "作废原因"), Column("faults", "故障", NUMBER), Column("share", "占作废", SHARE))
    return Table("voided", "期间内作废的故障", columns, rows)
