"""What a meeting has to decide about open faults: each matter with its question and the moment since which it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from faultkb import clocks, standing
from faultkb.history import DEFERRED, PAUSED, REVIEWED, RISK, SUBMITTED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

PATIENCE = 5
"""Working days after which waiting for somebody within reach is a matter for the meeting."""


class Matter(NamedTuple):
    """Something to decide: its kind for programs, since when it stands, the question."""

    kind: str
    since: datetime
    question: str


def matters(one: Standing, words: Vocabulary, as_of: datetime, over: Period) -> Iterator[Matter]:
    """Return what a meeting has to decide about a fault; what is over counts if it happened in the period."""
    if one.is_open:
        yield from _acceptance(one, words, over)
        yield from _plan(one)
        yield from _risk(one)
        yield from _waiting(one, words, as_of)
        yield from _review(one, words)


def _acceptance(one: Standing, words: Vocabulary, over: Period) -> Iterator[Matter]:
    """The limits after which the work counts as begun, whether or not anybody has taken it on."""
    beginnings = standing.in_force(one, words).plan.not_later_than
    for row in one.clocks:
        if row.clock in beginnings and row.verdict == clocks.BREACHED and row.cycle == one.cycle:
            if one.status == words.lifecycle.initial and row.is_running:
                yield Matter("not_accepted", row.due_at, f"{row.name}已超时：谁来接手，今天能不能定？")
            elif row.stopped_at in over and one.due_at:
                begun = any(
                    plan.is_plan and plan.cycle == one.cycle and plan.started_at == row.due_at for plan in one.clocks
                )
                counts = "，处理时间从时限到期时就开始计算" if begun else ""
                yield Matter("accepted_late", row.due_at, f"{row.name}超时{counts}：原计划还做得到吗，要不要加人？")


def _plan(one: Standing) -> Iterator[Matter]:
    if one.late and one.due_at:
        times = sum(mark.cycle == one.cycle for mark in one.marked(DEFERRED))
        again = f"改过 {times} 次，又" if times else ""
        yield Matter("past_plan", one.due_at, f"计划完成时间{again}已过：定哪一天，还是加人先做完？")


def _risk(one: Standing) -> Iterator[Matter]:
    """A risk stands until the plan is moved or the work is handed over."""
    told = [mark for mark in one.marked(RISK, DEFERRED, SUBMITTED) if mark.cycle == one.cycle]
    if told and told[-1].role == RISK:
        yield Matter("risk", told[-1].at, f"{told[-1].event}还没有结论：谁协调资源，计划要不要变？（{told[-1].text}）")


def _waiting(one: Standing, words: Vocabulary, as_of: datetime) -> Iterator[Matter]:
    """A wait that the plan's clock does not stop for, for long."""
    pauses = standing.in_force(one, words).plan.pause
    for mark in one.marked(PAUSED)[-1:]:
        days = standing.calendar(words).workdays_between(mark.at.date(), as_of.date())
        if mark.event in one.waiting and mark.reason not in pauses and days > PATIENCE:
            question = f"{mark.reason}已 {days} 个工作日，计划时限照常计算：谁去催办，有没有替代办法？"
            yield Matter("waiting", mark.at, question)


def _review(one: Standing, words: Vocabulary) -> Iterator[Matter]:
    """A fault that is being worked on and needs a review; before it is accepted nobody can hold one."""
    review = words.lifecycle.review
    reason = one.severity if one.severity in review["before"] else "complex" if one.complex else ""
    in_cycle = [mark for mark in one.marks if mark.cycle == one.cycle]
    reviewed = any(mark.role == REVIEWED for mark in in_cycle)
    if reason in review["before"] and in_cycle and one.status != words.lifecycle.initial and not reviewed:
        why = words.title("complex") if reason == "complex" else f"{words.title('severity')}“{reason}”"
        before, name = review["before"][reason], review["event"]
        heads = "、".join(review["roles"])
        question = f"{why}，{before}之前要有{name}，还没有：哪天评，{heads}都能来吗？"
        yield Matter("review", in_cycle[0].at, question)
