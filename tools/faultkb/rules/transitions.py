"""Rules about the recorded life of a fault: the order of events and the transitions that are allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import moment
from faultkb.finding import WARNING
from faultkb.lifecycle import NONE
from faultkb.rules import Hit, corrections, rule
from faultkb.ticket import IMPORTED
from faultkb.violation import clip, is_slip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from faultkb.lifecycle import Lifecycle
    from faultkb.rules import Case
    from faultkb.ticket import Event, Step
    from faultkb.yamltext import Path


@rule("event-order")
def event_order(case: Case) -> Iterator[Hit]:
    """事件没有按时间排列，或早于反馈时间。

    时限按事件的时间计算，顺序错了，结论就错了。同一分钟的事件按书写的先后。
    改法：把事件移到正确的位置；事后补记的事件写在最后，并加上 late: 补录的原因。
    """
    reported = case.ticket.reported_at
    shown = moment.show(reported)
    latest: datetime | None = None
    for event in case.ticket.events:
        for path, at in _times(event):
            if at < shown:
                yield Hit(path, f"{event.name} 的时间早于反馈时间 {moment.show(reported)}", "改正时间")
        if "late" in event.data:
            continue
        if latest is not None and reported <= event.at < latest:
            yield Hit(
                (*event.path, "at"),
                f"{event.name} 的时间早于前一个事件（{moment.show(latest)}）",
                "按时间排列；事后补记的写在最后，并加上 late: 原因",
            )
        latest = max(latest or event.at, event.at)


def _times(event: Event) -> list[tuple[Path, str]]:
    """The time of an event, and the one that it gives another event as a correction."""
    found: list[tuple[Path, str]] = [(("events", event.number - 1, "at"), event.data["at"])]
    if "set" in event.data and "at" in event.data["set"]:
        found.append(((*event.path, "set", "at"), event.data["set"]["at"]))
    return found


@rule("plan-before-report", level=WARNING)
def plan_before_report(case: Case) -> Iterator[Hit]:
    """计划完成时间早于反馈时间。

    计划是对以后的安排，早于反馈时间的多半是年份或月份写错了；它会让故障一登记就超过计划。
    改法：改正这个事件的 due_at；已经合并的用“更正”。
    """
    reported = moment.show(case.ticket.reported_at)
    for step in case.replay.steps:
        due = step.event.data.get("due_at")
        if due and due < reported:
            yield Hit(
                corrections.place(case, step, "due_at"),
                f"{step.event.name} 的计划完成时间 {due} 早于反馈时间 {reported}",
                "改正 due_at，常见的是年份、月份写错",
            )


@rule("event-in-future")
def event_in_future(case: Case) -> Iterator[Hit]:
    """事件的时间在未来。

    事件记录已经发生的事；计划写在 due_at。
    改法：改正时间，常见的是年份、月份或上午下午写错。
    """
    now = moment.show(case.as_of)
    for event in case.ticket.events:
        for path, data in ((event.path, event.data), ((*event.path, "set"), event.data.get("set", {}))):
            if data.get("completed_at", "") > now:
                yield Hit((*path, "completed_at"), f"实际完成时间在未来（现在是 {now}）", "改正时间")
        for path, at in _times(event):
            if at > now:
                yield Hit(path, f"{event.name} 的时间在未来（现在是 {now}）", "改正时间；计划完成的时间写在 due_at")


@rule("duplicate-event", level=WARNING)
def duplicate_event(case: Case) -> Iterator[Hit]:
    """同一个事件记了两次。

    合并分支时两边的同一行都留下，或命令运行了两遍，报表和时限就会多算一次。
    改法：还没有合并的删去一行；已经合并的用“更正”撤销后一个（fault log 编号 更正 --target 序号 --void）。
    """
    seen: dict[str, int] = {}
    for event in case.ticket.events:
        content = str(sorted(event.data.items()))
        first = seen.setdefault(content, event.number)
        # Handing over twice within a minute is the same line twice, and no mistake.
        twice = event.number == first + 1 or "note" in event.data
        if first != event.number and twice and not _is_void(case, event.number):
            message = f"与第 {first} 个事件一模一样（{moment.show(event.at)} {event.name}）"
            yield Hit(event.path, message, "删去一行；已经合并的用“更正”撤销（--void）")


def _is_void(case: Case, number: int) -> bool:
    return all(step.event.number != number for step in case.replay.steps)


@rule("illegal-transition")
def illegal_transition(case: Case) -> Iterator[Hit]:
    """这个状态下不能发生这个事件。

    例如 处理中 不能直接 关闭：先提交验证，验证通过，有用户的还要用户确认。允许的事件见网站的“生命周期”页，
    它与检查读的是同一张表（schema/lifecycle.yaml）。
    改法：补上漏记的事件（事后补记的加 late），或删去记错的事件；已经合并的记录用“更正”。
    """
    for number, step in enumerate(case.replay.steps):
        yield from _refusals(case, number, step)


def _refusals(case: Case, number: int, step: Step) -> Iterator[Hit]:
    lifecycle = case.vocabulary.lifecycle
    reason = refusal(step, lifecycle)
    if reason:
        yield Hit(step.event.path, *reason)
        return
    if step.spec.changes:
        yield from _wrong_change(case, step)
    if step.spec.corrects:
        yield from corrections.wrong(case, step)
    closing = lifecycle.closing
    if step.event.name == closing["event"] and not steps_since(case, number, closing["since"], closing["verified_by"]):
        yield Hit(
            step.event.path,
            f"{closing['event']} 之前没有 {closing['verified_by']}（最后一次 {closing['since']} 之后）",
            f"先由测试人员验证并记录 {closing['verified_by']}",
        )


def refusal(step: Step, lifecycle: Lifecycle) -> tuple[str, str] | None:
    """Return why an event cannot happen where it stands, and what can; None if it can."""
    spec, before = step.spec, step.before
    if before not in spec.sources:
        return _not_from_here(step, lifecycle)
    if spec.unless_open and spec.unless_open in step.waiting:
        enders = [one.name for one in lifecycle.events.values() if spec.unless_open in one.closes]
        return f"上一次 {spec.unless_open} 还没有结束，不能再次 {spec.name}", f"先记录：{'、'.join(enders)}"
    if spec.if_open and spec.if_open not in step.waiting:
        return f"没有未结束的 {spec.if_open}，不能 {spec.name}", f"删去这个事件，或补上漏记的 {spec.if_open}"
    for name, values in spec.refuses.items():
        if step.event.data.get(name) in values:
            return f"{spec.name} 不能带 {name}: {step.event.data[name]}", "有一项没有通过，就记录 验证不通过"
    return None


def _not_from_here(step: Step, lifecycle: Lifecycle) -> tuple[str, str]:
    if step.before == NONE:
        return (
            f"第一个事件应当是 {lifecycle.registration.name}，不是 {step.spec.name}",
            f"在最前面补上 {lifecycle.registration.name}",
        )
    if NONE in step.spec.sources:
        return f"{step.spec.name} 只能有一次，而且是第一个事件", "删去多余的一个"
    target = step.spec.target(step.before) if not isinstance(step.spec.to, dict) else ""
    verb = f"不能直接变为 {target}" if target not in {"", step.before} else f"时不能 {step.spec.name}"
    return (
        f"{step.before} {verb}（{step.spec.name}）" if "变为" in verb else f"{step.before} {verb}",
        f"下一步可以是：{possible(step.before, lifecycle, step.waiting)}",
    )


def possible(state: str, lifecycle: Lifecycle, waiting: frozenset[str]) -> str:
    """Name the events that can happen in a state with these waits open, with the state that they lead to."""
    return "、".join(
        f"{spec.name}（→{spec.target(state)}）" if spec.target(state) != state else spec.name
        for spec in lifecycle.possible(state, waiting)
    )


def _wrong_change(case: Case, step: Step) -> Iterator[Hit]:
    """An event that changes a field must name the value in force and a different new one."""
    name = step.spec.changes
    if not name:
        return
    old, new = step.event.data.get("from"), step.event.data.get("to")
    current = step.snapshot.get(name)
    allowed = list(case.vocabulary.choices[name])
    wrong = [(key, value) for key, value in (("from", old), ("to", new)) if value is not None and value not in allowed]
    if wrong:
        for key, value in wrong:
            is_told = is_slip(value, allowed)
            wrong_one = f"没有这个选项：“{clip(value)}”" if is_told else "：这个值不是可选的之一"
            message = f"{case.vocabulary.title(name)}{wrong_one}"
            yield Hit((*step.event.path, key), message, f"只能是：{'、'.join(allowed)}", private=not is_told)
    elif old is not None and current is not None and old != current:
        yield Hit(
            (*step.event.path, "from"),
            f"{step.event.name} 之前的{case.vocabulary.title(name)}是 {current}，不是 {clip(old)}",
            f"写 from: {current}",
        )
    elif old is not None and old == new:
        yield Hit((*step.event.path, "to"), f"{step.event.name} 前后都是 {old}", "删去这个事件，或改正 to")


def steps_since(case: Case, number: int, start: str, wanted: str) -> list[Step]:
    """Return the wanted events between the last ``start`` in the cycle and step ``number``; none without a ``start``."""
    found: list[Step] = []
    begun = False
    for step in case.replay.steps[:number]:
        if step.spec.new_cycle or stands_for(step, start, case.vocabulary.lifecycle):
            begun, found = not step.spec.new_cycle, []
        elif begun and step.event.name == wanted:
            found.append(step)
    return found


def stands_for(step: Step, name: str, lifecycle: Lifecycle) -> bool:
    """Say whether a step is an event, or the import of a fault in the state to which that event leads."""
    imported = step.before == NONE and step.event.data.get(IMPORTED) is True
    return step.event.name == name or (imported and step.after == lifecycle.events[name].to)
