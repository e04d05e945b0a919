"""Why a due date is what it is, in plain Chinese: start, target, and the days that did not count."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from faultkb import moment

if TYPE_CHECKING:
    from faultkb.calendar import WorkCalendar
    from faultkb.clocks import Clock
    from faultkb.policy import Policy

_WEEKDAYS = "一二三四五六日"


def clock(one: Clock, in_force: Policy, calendar: WorkCalendar) -> list[str]:
    """Explain one clock in sentences."""
    lines = [
        f"从{one.started_by}（{moment.show(one.started_at)}）起算，严重程度 {one.severity}",
        f"目标 {one.target}（{in_force.effective_from} 起的规定）",
    ]
    if one.target.unit == "h":
        lines.append(f"全天候计算，到期 {moment.show(one.unpaused_due_at)}")
    else:
        lines += _days(one, calendar)
        lines.append(f"第 {one.target.number} 个工作日下班时到期：{moment.show(one.unpaused_due_at)}")
    if one.due_at != one.unpaused_due_at:
        lines.append(f"其间的暂停或验证不计时，顺延到 {moment.show(one.due_at)}")
    if one.provisional:
        lines.append(f"{one.due_at.year} 年的节假日安排还没有公布，到期日是暂定的")
    if one.stopped_at:
        lines.append(f"{moment.show(one.stopped_at)} 停止：{one.verdict}")
    return lines


def _days(one: Clock, calendar: WorkCalendar) -> list[str]:
    """Name the days after the start that count, and those that do not with the reason."""
    first = one.started_at.date()
    days = [first + timedelta(days=step) for step in range(1, (one.unpaused_due_at.date() - first).days + 1)]
    counted = [
        f"{day:%m-%d}（{_name(day.weekday(), calendar.day(day).reason)}）" for day in days if calendar.is_workday(day)
    ]
    left_out = [
        f"{day:%m-%d}（{_name(day.weekday(), calendar.day(day).reason)}）"
        for day in days
        if not calendar.is_workday(day)
    ]
    lines = [f"起算当天不计；计入 {'、'.join(counted)}"]
    return [*lines, f"不计 {'、'.join(left_out)}"] if left_out else lines


def _name(weekday: int, reason: str) -> str:
    day = f"周{_WEEKDAYS[weekday]}"
    return f"{day}，{reason}" if reason and reason != "周末" else day
