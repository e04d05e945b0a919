"""The report of what is late: every limit that has passed and that nobody has met, and those that pass next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb import clocks
from faultkb.reports import MACHINE, PROSE, SEVERITY, VERDICT, Column, Table, left, plan_unit, remaining, severity_rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from faultkb.clocks import Clock
    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

TITLE = "故障超时报告"
SUMMARY = "超时与临期的每一个时限：哪个时限、超了多久、按计划如何、谁负责"
PERIOD = None


def build(standings: Sequence[Standing], words: Vocabulary, as_of: datetime, _over: Period | None) -> tuple[Table, ...]:
    """Build the tables of the report."""
    return late(standings, words, as_of), at_risk(standings, words, as_of)


def late(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Table:
    """Build the table of what is late."""
    rows = _rows(standings, words, as_of, clocks.BREACHED)
    return Table("overdue", "已超时", _columns("已超"), rows, "没有，很好", _note(words))


def at_risk(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Table:
    """Build the table of what is late next unless somebody acts."""
    rows = _rows(standings, words, as_of, clocks.AT_RISK)
    return Table("at_risk", "即将超时", _columns("还剩"), rows, "没有", _note(words))


def _note(words: Vocabulary) -> str:
    return f"一个时限一行；写“{words.title('due_at')}”的一行，是人定的计划（改期后）到了，政策的时限还没有到"


def _columns(remaining_title: str) -> tuple[Column, ...]:
    return (
        Column("id", "问题编号"),
        Column("severity", "严重程度", SEVERITY),
        Column("title", "问题标题", PROSE),
        Column("name", "时限", hint="要为此负责的时限"),
        Column("remaining", remaining_title, VERDICT),
        Column("owner", "主责人"),
        Column("team", "责任团队"),
        Column("due_at", "到期"),
        Column("plan_due_at", "计划完成时间"),
        Column("plan_remaining", "按计划", VERDICT, "离计划完成时间（改期后）还有多久或已过多久；已提交验证的为空"),
        Column("status", "当前状态"),
        Column("clock", "时钟", MACHINE, "sla.yaml 中的名字；计划一行为空"),
        Column("cycle", "轮次", MACHINE, "从 1 起，每次重开加 1"),
        Column("n", "序号", MACHINE, "这个时钟在本轮的第几次"),
        Column("provisional", "暂定", MACHINE, "到期日所在年份的节假日安排还没有公布"),
    )


def _rows(standings: Sequence[Standing], words: Vocabulary, as_of: datetime, verdict: str) -> list[dict[str, Any]]:
    found = [row for one in standings if one.is_open for row in _of(one, words, as_of, verdict)]
    rank = severity_rank(words)
    return sorted(found, key=lambda row: (rank(row["severity"]), row["due_at"], row["id"]))


def _of(one: Standing, words: Vocabulary, as_of: datetime, verdict: str) -> Iterator[dict[str, Any]]:
    """Return a row for each clock of a verdict, and one for the plan where it is worse than what its clock says."""
    planned = _plan_verdict(one)
    row = {key: getattr(one, key) for key in ("id", "severity", "title", "status", "team", "owner")}
    row |= {
        "plan_due_at": one.due_at,
        "plan_remaining": left(one.due_at, as_of, plan_unit(one), words) if planned and one.due_at else "",
    }
    told = False
    for clock in one.clocks:
        if clock.is_running and clock.verdict == verdict and not clock.informational:
            told = told or clock.is_plan
            yield {**row, **_measured(clock, words, as_of)}
    if planned == verdict and not told:
        yield {
            **row,
            "name": words.title("due_at"),
            "remaining": row["plan_remaining"],
            "due_at": one.due_at,
            "clock": "",
            "cycle": one.cycle,
            "n": None,
            "provisional": False,
        }


def _measured(clock: Clock, words: Vocabulary, as_of: datetime) -> dict[str, Any]:
    tentative = "（暂定）" if clock.provisional else ""
    return {
        "name": clock.name,
        "remaining": f"{remaining(clock, words, as_of)}{tentative}",
        "due_at": clock.due_at,
        "clock": clock.clock,
        "cycle": clock.cycle,
        "n": clock.n,
        "provisional": clock.provisional,
    }


def _plan_verdict(one: Standing) -> str:
    """Judge the plan as it is now; empty where the work is handed over or there is no plan yet."""
    if one.late:
        return clocks.BREACHED
    rows = (row for row in reversed(one.clocks) if row.is_plan and row.is_running and row.cycle == one.cycle)
    return next((row.revised.verdict for row in rows if row.revised), "")
