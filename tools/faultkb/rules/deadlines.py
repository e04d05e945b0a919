"""Rules about dates to come. All of them warn: time alone must not turn anybody's pull request red."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import clocks, moment, policy, standing
from faultkb.finding import WARNING
from faultkb.rules import Hit, rule
from faultkb.ticket import IMPORTED, is_earlier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.rules import Case
    from faultkb.ticket import Step


@rule("overdue", level=WARNING)
def overdue(case: Case) -> Iterator[Hit]:
    """计划完成时间已过，方案还没有提交验证。

    只是提醒：时间流逝不应让别人的合并请求变红。
    改法：尽快完成；确实需要更多时间的，经批准后记录“改期”。
    """
    due = case.replay.snapshot.get("due_at")
    if due and standing.is_unfinished(case.replay, case.vocabulary) and moment.parse(due) < case.as_of:
        yield Hit(
            ("due_at",), f"计划完成时间 {due} 已过，状态还是 {case.replay.status}", "尽快完成，或经批准后记录 改期"
        )


@rule("due-beyond-policy", level=WARNING)
def due_beyond_policy(case: Case) -> Iterator[Hit]:
    """计划完成时间晚于时限规定，而没有经过改期。

    紧急 24 小时，高 3 个工作日，中 5 个工作日，低 10 个工作日（schema/sla.yaml）。经批准的改期不在此列；
    改到更早的时间不必批准，也就不算；从旧跟踪表导入时带来的计划完成时间也不算，那是当时定的。
    改法：改成规定之内的时间；确实需要更多时间的，受理后记录“改期”。
    """
    due = case.replay.snapshot.get("due_at")
    if not due or case.replay.status not in case.vocabulary.lifecycle.open_states:
        return
    if any(_covers(step, due) or _brought(step, due) for step in case.replay.in_cycle):
        return
    rows = clocks.plans(case.ticket, case.replay, case.vocabulary, case.calendar, case.as_of)
    plans = [row for row in rows if row.cycle == case.replay.cycle]
    if plans and moment.parse(due) > plans[-1].due_at:
        yield Hit(
            ("due_at",),
            f"计划完成时间 {due} 晚于规定的 {moment.show(plans[-1].due_at)}（{plans[-1].severity}）",
            "改成规定之内的时间，或记录经批准的 改期",
        )


def _brought(step: Step, due: str) -> bool:
    """Say whether a step is the import of history, and the due date came with it."""
    return step.event.data.get(IMPORTED) is True and step.event.data.get("due_at") == due


def _covers(step: Step, due: str) -> bool:
    """Say whether a step put the plan off with approval, to a due date or beyond."""
    deferred = bool(step.spec.when_earlier) and not is_earlier(step.spec, step.event, step.snapshot)
    return deferred and str(step.event.data.get("due_at", "")) >= due


@rule("calendar-gap", level=WARNING)
def calendar_gap(case: Case) -> Iterator[Hit]:
    """计划完成时间所在的年份，国家还没有公布节假日安排。

    这样的年份按周一至周五计算（1 月 1 日除外）：计划的那一天可能放假，落在那一年的期限（fault show 标“暂定”）公布后可能变动。
    改法：公布后升级 chinesecalendar，或照通知写进 schema/calendar.yaml（fault calendar 年份 说明怎样写），再核对计划。
    """
    due = case.replay.snapshot.get("due_at")
    if due and case.replay.status in case.vocabulary.lifecycle.open_states:
        day = moment.parse(due).date()
        in_force = policy.in_force(case.vocabulary.policies, case.ticket.reported_at)
        counted = any(target.unit == "wd" for clock in in_force.clocks.values() for target in clock.targets.values())
        if counted and case.calendar.is_provisional(day):
            yield Hit(
                ("due_at",),
                f"{day.year} 年的节假日安排还没有公布：计划完成的 {day} 可能放假",
                f"公布后核对计划；公布的安排来自 chinesecalendar 或 schema/calendar.yaml，见 fault calendar {day.year}",
            )
