"""What a meeting has to decide: when a matter stands, and when it is settled. As of Friday 2026-11-20 17:00."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from faultkb import agenda, standing
from faultkb.period import week

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.agenda import Matter
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Decide = Callable[..., list[Matter]]

AS_OF = datetime.fromisoformat("2026-11-20 17:00")
BEGUN = ("2026-11-16 09:00 登记", "2026-11-16 10:00 受理 due_at: 2026-11-30 18:00")
CLOSED = ("2026-11-16 14:00 提交验证", "验证通过", "用户确认", "关闭")
AGAIN = "2026-11-17 09:00 重开 due_at: 2026-11-30 18:00"


@pytest.fixture(scope="module")
def decide(make_ticket: Callable[..., Ticket], words: Vocabulary) -> Decide:
    """Return a function from events to what has to be decided in the week from the 16th."""

    def matters(*events: str, **fields: str) -> list[Matter]:
        one = standing.of(make_ticket(*events, **fields), words, AS_OF)
        assert one is not None
        return list(agenda.matters(one, words, AS_OF, week("2026-W47")))

    return matters


@pytest.mark.parametrize(
    ("events", "kinds"),
    [
        ((), []),
        (("2026-11-17 09:00 风险",), ["risk"]),
        (("2026-11-17 09:00 风险", "2026-11-17 10:00 改期 due_at: 2026-12-04 18:00"), []),
        (("2026-11-17 09:00 风险", "2026-11-18 09:00 提交验证"), []),
        (("2026-11-17 09:00 改期 due_at: 2026-12-04 18:00", "2026-11-18 09:00 风险"), ["risk"]),
        (("2026-11-16 11:00 风险", *CLOSED, AGAIN), []),
        ((*CLOSED, AGAIN, "2026-11-18 09:00 风险"), ["risk"]),
        (("2026-11-16 11:00 风险", *CLOSED), []),
    ],
)
def test_risks(events: tuple[str, ...], kinds: list[str], decide: Decide) -> None:
    """A risk stands until the plan is moved, the work is handed over, or the fault is closed."""
    assert [one.kind for one in decide(*BEGUN, *events)] == kinds


@pytest.mark.parametrize(
    ("since", "reason", "ended", "kinds"),
    [
        ("2026-11-13 09:00", "待供应商", False, []),  # 16th to 20th: five
        ("2026-11-12 17:00", "待供应商", False, ["waiting"]),
        ("2026-11-12 17:00", "待内部资源", False, ["waiting"]),
        ("2026-11-12 17:00", "待用户补充", False, []),
        ("2026-11-12 17:00", "待供应商", True, []),
    ],
)
def test_waiting(since: str, reason: str, ended: bool, kinds: list[str], decide: Decide) -> None:  # noqa: FBT001 - a case's own verdict
    """More than five working days, still open, and for somebody whom the plan's clock does not wait for."""
    begun = ("2026-11-09 09:00 登记", "2026-11-09 10:00 受理 due_at: 2026-11-30 18:00")
    events = (*begun, f"{since} 暂停 reason: {reason}", *(["2026-11-19 09:00 恢复"] if ended else []))
    assert [one.kind for one in decide(*events, severity="低")] == kinds


@pytest.mark.parametrize(
    ("severity", "complex_", "events", "asked"),
    [
        ("高", "false", (), "严重程度“高”，提交验证之前要有评审"),
        ("紧急", "false", (), "严重程度“紧急”，关闭之前要有评审"),
        ("中", "true", (), "复杂问题，提交验证之前要有评审"),
        ("中", "false", (), ""),
        ("高", "false", ("2026-11-17 09:00 评审",), ""),
        ("高", "false", ("2026-11-16 11:00 评审", *CLOSED, AGAIN), "严重程度“高”，提交验证之前要有评审"),
        ("高", "false", ("2026-11-16 11:00 评审", *CLOSED), ""),
    ],
)
def test_reviews(severity: str, complex_: str, events: tuple[str, ...], asked: str, decide: Decide) -> None:
    """A grave or complex fault needs a review in each cycle; the question says before what."""
    found = decide(*BEGUN, *events, severity=severity, complex=complex_)
    assert [one.question.split("，还没有")[0] for one in found if one.kind == "review"] == ([asked] if asked else [])


def test_nobody_reviews_what_is_not_accepted(decide: Decide) -> None:
    """The first question is who takes it."""
    found = decide("2026-11-09 09:00 登记", severity="高")
    assert [(one.kind, one.question) for one in found] == [("not_accepted", "受理分配已超时：谁来接手，今天能不能定？")]


@pytest.mark.parametrize(
    ("events", "question"),
    [
        (("受理 due_at: 2026-11-19 18:00",), "计划完成时间已过：定哪一天，还是加人先做完？"),
        (
            ("受理 due_at: 2026-11-18 18:00", "2026-11-17 09:00 改期 due_at: 2026-11-19 18:00"),
            "计划完成时间改过 1 次，又已过：定哪一天，还是加人先做完？",
        ),
    ],
)
def test_past_plan(events: tuple[str, ...], question: str, decide: Decide) -> None:
    """A plan that has passed needs a date; that it was moved before is part of the question."""
    assert [(one.kind, one.since, one.question) for one in decide("2026-11-16 09:00 登记", *events)] == [
        ("past_plan", datetime.fromisoformat("2026-11-19 18:00"), question)
    ]


@pytest.mark.parametrize(
    ("accepted", "kinds"),
    [("2026-11-13 17:00", []), ("2026-11-18 09:00", ["accepted_late"])],
)
def test_late_acceptance(accepted: str, kinds: list[str], decide: Decide) -> None:
    """Due on the 12th: accepted on the 13th was the matter of another week, on the 18th it is one of this week."""
    found = decide("2026-11-09 09:00 登记", f"{accepted} 受理 due_at: 2026-11-30 18:00")
    assert [one.kind for one in found] == kinds


RAISED = "2026-11-17 09:00 定级 from: 中, to: 紧急"


def test_nobody_is_sought_for_what_somebody_works_on(decide: Decide) -> None:
    """Accepted, then raised: the answer to the raise is late, but who takes the fault on is settled."""
    found = decide(*BEGUN, RAISED, severity="紧急")
    assert [one.kind for one in found if one.kind in {"not_accepted", "accepted_late"}] == []


@pytest.mark.parametrize(
    ("events", "question"),
    [
        (
            ("2026-11-09 09:00 登记", "2026-11-18 09:00 受理 due_at: 2026-11-30 18:00"),
            "受理分配超时，处理时间从时限到期时就开始计算：原计划还做得到吗，要不要加人？",
        ),
        ((*BEGUN, RAISED, "2026-11-17 15:00 响应"), "紧急响应超时：原计划还做得到吗，要不要加人？"),
    ],
)
def test_where_the_work_counts_from(events: tuple[str, ...], question: str, decide: Decide) -> None:
    """The limit begins the work only where nobody had taken it on; after acceptance it has begun already."""
    found = decide(*events, severity="紧急" if RAISED in events else "中")
    assert [one.question for one in found if one.kind == "accepted_late"] == [question]
