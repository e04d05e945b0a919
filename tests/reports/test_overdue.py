"""The report on what is late, counted by hand on eight faults as of Friday 2026-11-20 17:00; November has no holidays."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from faultkb import standing
from faultkb.reports import overdue

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.reports import Table
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

AS_OF = "2026-11-20 17:00"
moment = datetime.fromisoformat
LATE, BY_PLAN, DEFERRED, URGENT, UNACCEPTED = (
    "SW-20261109-001",
    "SW-20261118-002",
    "SW-20261110-003",
    "SW-20261120-004",
    "SW-20261118-008",
)


@pytest.fixture(scope="module")
def tables(stand: Callable[..., Standing], words: Vocabulary) -> dict[str, Table]:
    """Return the tables by id. Nobody outside waits for these faults, so that 用户告知 and 用户反馈 do not run."""

    def fault(name: str, *events: str, **fields: str) -> Standing:
        return stand(name, AS_OF, *events, channel="内部测试", **fields)

    closed = fault(
        "SW-20261102-005",
        "2026-11-02 09:00 登记",
        "2026-11-02 10:00 受理",
        *("2026-11-12 10:00 提交验证", "验证通过", "用户确认", "关闭"),
    )
    handed_over = fault(
        "SW-20261109-006", "2026-11-09 09:00 登记", "受理 due_at: 2026-11-13 18:00", "2026-11-12 09:00 提交验证"
    )
    paused = fault(
        "SW-20261113-007",
        "2026-11-13 09:00 登记",
        "受理 due_at: 2026-11-27 18:00",
        "2026-11-18 09:00 暂停 reason: 待用户补充",
    )
    found = [
        fault(LATE, "2026-11-09 09:00 登记", "受理 due_at: 2026-11-13 18:00"),
        fault(BY_PLAN, "2026-11-18 09:00 登记", "受理 due_at: 2026-11-19 18:00", severity="高"),
        fault(
            DEFERRED,
            "2026-11-10 09:00 登记",
            "受理 due_at: 2026-11-17 18:00",
            "2026-11-16 10:00 改期 due_at: 2026-11-23 18:00",
        ),
        fault(
            URGENT,
            *("2026-11-20 09:00 登记", "2026-11-20 09:30 响应"),
            "2026-11-20 10:00 受理 due_at: 2026-11-20 16:00",
            severity="紧急",
        ),
        closed,
        handed_over,
        paused,
        fault(UNACCEPTED, "2026-11-18 09:00 登记", severity="低"),
    ]
    return {table.id: table for table in overdue.build(found, words, moment(AS_OF), None)}


KEYS = ("id", "name", "clock", "due_at", "remaining", "plan_remaining")


def test_overdue(tables: dict[str, Table]) -> None:
    """The gravest first, then what was due first; the plan has a line of its own where only it has passed.

    LATE: five working days from the 9th end on the 16th, four before the 20th; its plan ended on the 13th. DEFERRED: due
    on the 17th, deferred to Monday. UNACCEPTED: one working day for the review ended on the 19th. What is closed, handed
    over for verification (its clock is for information only) or paused is not late.
    """
    assert [tuple(row[key] for key in KEYS) for row in tables["overdue"].rows] == [
        (URGENT, "计划完成时间", "", moment("2026-11-20 16:00"), "超时 1 小时", "超时 1 小时"),
        (BY_PLAN, "计划完成时间", "", moment("2026-11-19 18:00"), "超时 1 个工作日", "超时 1 个工作日"),
        (LATE, "计划完成", "resolve", moment("2026-11-16 18:00"), "超时 4 个工作日", "超时 5 个工作日"),
        (DEFERRED, "计划完成", "resolve", moment("2026-11-17 18:00"), "超时 3 个工作日", "还剩 1 个工作日"),
        (UNACCEPTED, "完整性审核", "review", moment("2026-11-19 18:00"), "超时 1 个工作日", ""),
    ]


def test_at_risk(tables: dict[str, Table]) -> None:
    """Due on Monday, the next working day: three working days from the 18th, the deferred plan, the acceptance."""
    assert [tuple(row[key] for key in KEYS) for row in tables["at_risk"].rows] == [
        (BY_PLAN, "计划完成", "resolve", moment("2026-11-23 18:00"), "还剩 1 个工作日", "超时 1 个工作日"),
        (DEFERRED, "计划完成时间", "", moment("2026-11-23 18:00"), "还剩 1 个工作日", "还剩 1 个工作日"),
        (UNACCEPTED, "受理分配", "accept", moment("2026-11-23 18:00"), "还剩 1 个工作日", ""),
    ]


def test_a_provisional_date_says_so(stand: Callable[..., Standing], words: Vocabulary) -> None:
    """Nobody has published the holidays of 2031 yet: what is late may still not be.

    Due on the 7th, the 9th, and five working days after that, when the work should have begun, on the 16th.
    """
    one = stand("SW-20310106-001", "2031-01-20 17:00", "2031-01-06 09:00 登记", channel="内部测试")
    late = overdue.late([one], words, moment("2031-01-20 17:00"))
    assert [(row["name"], row["remaining"], row["provisional"]) for row in late.rows] == [
        ("完整性审核", "超时 9 个工作日（暂定）", True),
        ("受理分配", "超时 7 个工作日（暂定）", True),
        ("计划完成", "超时 2 个工作日（暂定）", True),
    ]


def test_nothing_late(words: Vocabulary) -> None:
    """Without rows there is a word for it."""
    tables = overdue.build([], words, moment(AS_OF), None)
    assert [(list(table.rows), bool(table.empty)) for table in tables] == [([], True)] * 2


def test_every_late_fault_of_the_samples_is_there(root: Path, words: Vocabulary) -> None:
    """The faults in the report are those that the other reports count as 超计划 or 超时限."""
    found, _ = standing.all_at(root, words, moment(AS_OF))
    late = {one.id for one in found if one.late or standing.is_breached(one)}
    assert {row["id"] for row in overdue.late(found, words, moment(AS_OF)).rows} == late != set()


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_samples(form: str, differs: Callable[[str, str], list[str]]) -> None:
    """The report on the sample tickets is the one that a person has read."""
    assert differs("overdue", form) == []
