"""Why a due date is what it is, in plain Chinese: start, target, the days that count and those that do not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from faultkb import clocks, moment
from faultkb.reckoning import due

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from faultkb.calendar import WorkCalendar
    from faultkb.clocks import Clock, Detail
    from faultkb.policy import Policy
    from faultkb.reckoning import Due, Way

_MOST = 8
"""Days named one by one; of more, the first and the last."""


def clock(one: Clock, in_force: Policy, calendar: WorkCalendar) -> list[str]:
    """Explain one clock in sentences; it must have been run with its details."""
    if one.detail is None:
        return []
    lines = [
        f"从{one.started_by}（{_time(one.started_at)}）起算；当时严重程度为{one.severity}；按 {in_force.effective_from} 起的规定",
        *_target(one, one.detail, in_force, calendar),
        *_days(one.detail.due, calendar),
        *_stretches(one, one.detail.due, calendar),
    ]
    if one.provisional:
        lines.append(f"{one.due_at.year} 年的节假日安排还没有公布，先按周一至周五（元旦除外）计算，到期日是暂定的")
    return [*lines, *_plan(one), _end(one)]


def _target(one: Clock, detail: Detail, in_force: Policy, calendar: WorkCalendar) -> Iterator[str]:
    first = detail.ways[0][0]
    if len(detail.ways) == 1 and detail.due.way == first:
        changed = first.target != in_force.clocks[one.clock].targets[one.severity]
        yield f"严重程度后来变了：目标按现在的 {_aim(first)}，仍从原来起算" if changed else f"目标 {_aim(first)}"
        return
    way = detail.due.way
    yield f"严重程度调高过，有几个日期，以“从{way.event}（{moment.show(way.start)}）起 {way.target}”的为准："
    for group in detail.ways:
        parts = [
            f"从{way.event}（{moment.show(way.start)}）起 {way.target}：{moment.show(due(way.start, way.target, in_force, calendar))}"
            for way in group
        ]
        yield f"　{'，与'.join(parts)}{'，取较晚的' if len(group) > 1 else ''}"
    if len(detail.ways) > 1:
        yield "　调高严重程度不会让期限变晚，几个里取最早的（都加上各自不计时的时间）"


def _aim(way: Way) -> str:
    return f"{way.target}{'' if way.target.unit == 'wd' else '，全天候计算'}"


def _days(found: Due, calendar: WorkCalendar) -> Iterator[str]:
    """Name the days after the start that count, and those that do not with the reason."""
    if found.way.target.unit == "h":
        yield f"到期 {_time(found.unpaused)}"
        return
    first = found.way.start.date()
    days = [first + timedelta(days=step) for step in range(1, (found.unpaused.date() - first).days + 1)]
    yield f"起算当天不计；计入 {_list([day for day in days if calendar.is_workday(day)], calendar)}"
    left_out = [day for day in days if not calendar.is_workday(day)]
    if left_out:
        yield f"不计 {_list(left_out, calendar)}"
    yield f"第 {found.way.target.number} 个工作日下班时到期：{_time(found.unpaused)}"


def _stretches(one: Clock, found: Due, calendar: WorkCalendar) -> Iterator[str]:
    """Say what each stretch that does not count adds; what overlaps counts once."""
    reached = found.way.start
    for number, (first, end, reason) in enumerate(found.stretches, 1):
        begin, reached = max(first, reached), max(end, reached)
        if end < begin:
            continue
        lasts = number == len(found.stretches) and found.paused_since is not None and one.verdict == clocks.PAUSED
        until = f"{moment.show(end)}（还没有结束）" if lasts else f"{moment.show(end)} "
        if found.way.target.unit == "h":
            yield f"{moment.show(begin)} 至 {until}不计时（{reason}）：{_length((end - begin).total_seconds() / 60)}"
            continue
        days = [begin.date() + timedelta(days=step) for step in range(1, (end.date() - begin.date()).days + 1)]
        counted = [day for day in days if calendar.is_workday(day)]
        what = f"{len(counted)} 个工作日（{_list(counted, calendar)}）" if counted else "没有跨过工作日，不顺延"
        yield f"{moment.show(begin)} 至 {until}不计时（{reason}）：{what}"
    if found.at != found.unpaused:
        yield f"顺延到 {_time(found.at)}"
    if found.paused_since is not None and one.verdict == clocks.PAUSED:
        yield "正在等待，等多久，到期日就再顺延多久"


def _plan(one: Clock) -> Iterator[str]:
    if one.plan is not None and one.revised is not None:
        yield f"按原计划（{moment.show(one.plan.due_at)}）：{one.plan.verdict}"
        if one.revised.due_at != one.plan.due_at:
            yield f"按改期后的计划（{moment.show(one.revised.due_at)}）：{one.revised.verdict}；改期不改变规定的期限"


def _end(one: Clock) -> str:
    if one.verdict == clocks.MISSING:
        return "历史导入的记录里没有停止的时间：数据缺失，不计入达标率"
    if one.stopped_at is not None:
        return f"{moment.show(one.stopped_at)} 停止：{one.verdict}"
    if one.ended_at is not None:
        lapsed = one.detail is not None and one.detail.lapsed
        return f"{moment.show(one.ended_at)} 随{'严重程度的改变' if lapsed else '故障关闭'}而结束：{one.verdict}"
    return f"还没有停止：{one.verdict}"


def _length(minutes: float) -> str:
    """Write a length of time in days, hours and minutes."""
    days, rest = divmod(round(minutes), 24 * 60)
    hours, rest = divmod(rest, 60)
    parts = [f"{days} 天" if days else "", f"{hours} 小时" if hours else "", f"{rest} 分钟" if rest else ""]
    return " ".join(part for part in parts if part) or "0 分钟"


def _time(at: datetime) -> str:
    return f"{moment.show(at)} 周{moment.WEEKDAYS[at.weekday()]}"


def _list(days: list[date], calendar: WorkCalendar) -> str:
    if len(days) > _MOST:
        return f"{_named(days[0], calendar)}到 {_named(days[-1], calendar)}之间的 {len(days)} 天"
    return "、".join(_named(day, calendar) for day in days)


def _named(day: date, calendar: WorkCalendar) -> str:
    reason = calendar.day(day).reason
    told = f"，{reason}" if reason and reason != "周末" else ""
    return f"{day:%m-%d}（周{moment.WEEKDAYS[day.weekday()]}{told}）"
