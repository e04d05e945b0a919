"""Rules about the recorded life of a fault: order of events, allowed transitions, the snapshot that they add up to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb import moment, yamlwrite
from faultkb.lifecycle import NONE
from faultkb.rules import Hit, rule
from faultkb.rules.fields import is_imported
from faultkb.validation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from faultkb.lifecycle import Lifecycle
    from faultkb.rules import Case
    from faultkb.ticket import Step


@rule("event-order")
def event_order(case: Case) -> Iterator[Hit]:
    """事件没有按时间排列，或早于反馈时间。

    时限按事件的时间计算，顺序错了，结论就错了。同一分钟的事件按书写的先后。
    改法：把事件移到正确的位置；事后补记的事件写在最后，并加上 late: 补录的原因。
    """
    latest: datetime | None = None
    for event in case.ticket.events:
        if event.at < case.ticket.reported_at:
            yield Hit(
                (*event.path, "at"),
                f"{event.name} 的时间早于反馈时间 {moment.show(case.ticket.reported_at)}",
                "改正时间",
            )
        elif latest is not None and event.at < latest and "late" not in event.data:
            yield Hit(
                (*event.path, "at"),
                f"{event.name} 的时间早于前一个事件（{moment.show(latest)}）",
                "按时间排列；事后补记的写在最后，并加上 late: 原因",
            )
        if "late" not in event.data:
            latest = max(latest or event.at, event.at)


@rule("event-in-future")
def event_in_future(case: Case) -> Iterator[Hit]:
    """事件的时间在未来。

    事件记录已经发生的事；计划写在 due_at。
    改法：改正时间，常见的是年份、月份或上午下午写错。
    """
    for event in case.ticket.events:
        if event.at > case.as_of:
            yield Hit(
                (*event.path, "at"),
                f"{event.name} 的时间在未来（现在是 {moment.show(case.as_of)}）",
                "改正时间；计划完成的时间写在 due_at",
            )


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
    yield from _wrong_change(case, step)
    yield from _wrong_correction(case, step)
    closing = lifecycle.closing
    if step.event.name == closing["event"] and not _since(case, number, closing["since"], closing["verified_by"]):
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
        f"下一步可以是：{possible(step.before, lifecycle)}",
    )


def possible(state: str, lifecycle: Lifecycle) -> str:
    """Name the events that can happen in a state, with the state that they lead to."""
    return "、".join(
        f"{spec.name}（→{spec.target(state)}）" if spec.target(state) != state else spec.name
        for spec in lifecycle.possible(state)
    )


def _wrong_change(case: Case, step: Step) -> Iterator[Hit]:
    """An event that changes a field must name the value in force and a different new one."""
    name = step.spec.changes
    if not name:
        return
    old, new = step.event.data.get("from"), step.event.data.get("to")
    current = step.snapshot.get(name)
    allowed = list(case.vocabulary.choices[name])
    if new is not None and new not in allowed:
        yield Hit(
            (*step.event.path, "to"),
            f"{case.vocabulary.title(name)} 不能是“{clip(new)}”",
            f"只能是：{'、'.join(allowed)}",
        )
    elif old is not None and current is not None and old != current:
        yield Hit(
            (*step.event.path, "from"),
            f"{step.event.name} 之前的{case.vocabulary.title(name)}是 {current}，不是 {clip(old)}",
            f"写 from: {current}",
        )
    elif old is not None and old == new:
        yield Hit((*step.event.path, "to"), f"{step.event.name} 前后都是 {old}", "删去这个事件，或改正 to")


def _wrong_correction(case: Case, step: Step) -> Iterator[Hit]:
    if not step.spec.corrects:
        return
    data, number = step.event.data, step.event.number
    target = data.get("target")
    if "target" in data and "section" in data:
        yield Hit(step.event.path, f"{step.event.name} 的 target 与 section 只能写一个", "更正两处就写两个事件")
    elif isinstance(target, int):
        if target >= number:
            yield Hit(
                (*step.event.path, "target"),
                f"{step.event.name} 只能针对前面的事件（1 到 {number - 1}）",
                "从 1 数起，写被更正的事件是第几个",
            )
        elif sum(key in data for key in ("set", "void", "mask")) != 1:
            yield Hit(
                step.event.path,
                f"{step.event.name} 要写明怎样更正",
                "写 set: {字段: 新值}、void: true（没有发生过）、mask: true（只是遮盖）三者之一",
            )
        else:
            yield from _wrong_set(case, step, target)
    elif "section" in data and data["section"] not in {section.name for section in case.vocabulary.sections}:
        yield Hit(
            (*step.event.path, "section"),
            "没有这个章节",
            f"可以写：{'、'.join(one.name for one in case.vocabulary.sections if one.part_of is None)}",
        )


def _wrong_set(case: Case, step: Step, target: int) -> Iterator[Hit]:
    name = case.ticket.events[target - 1].name
    allowed = case.vocabulary.lifecycle.events[name].fields - {"event"}
    for key in step.event.data.get("set", {}):
        if key not in allowed:
            yield Hit(
                (*step.event.path, "set", key),
                f"第 {target} 个事件是 {name}，不带 {key}",
                f"可以更正：{'、'.join(sorted(allowed))}",
            )


def _since(case: Case, number: int, start: str, wanted: str) -> list[Step]:
    """Return the wanted events between the last ``start`` in the cycle and step ``number``."""
    found: list[Step] = []
    for step in case.replay.steps[:number]:
        if step.event.name == start or step.spec.new_cycle:
            found = []
        elif step.event.name == wanted:
            found.append(step)
    return found


@rule("missing-confirmation")
def missing_confirmation(case: Case) -> Iterator[Hit]:
    """有用户的故障，关闭前没有用户确认。

    流程要求涉及特定用户的问题由客服请用户验证。用户说没有解决就不能关闭；联系不上的，之前至少要有两次反馈。
    改法：由客服联系用户后记录“用户确认”；没有对应的用户时不要填 customer。
    """
    closing = case.vocabulary.lifecycle.closing
    if "customer" not in case.ticket.header or is_imported(case):
        return
    for number, step in enumerate(case.replay.steps):
        if step.event.name != closing["event"]:
            continue
        confirmed = _since(case, number, closing["since"], closing["confirmed_by"])
        unreachable = closing["unreachable"]
        if not confirmed:
            yield Hit(
                step.event.path,
                f"{closing['event']} 之前没有 {closing['confirmed_by']}（最后一次 {closing['since']} 之后）",
                f"请客服联系用户后记录 {closing['confirmed_by']}",
            )
            continue
        outcome = confirmed[-1].event.data.get("outcome")
        told = [
            one
            for one in case.replay.steps[:number]
            if one.cycle == step.cycle
            and one.event.name == unreachable["after"]
            and one.event.at <= confirmed[-1].event.at
        ]
        if outcome in closing["blocked_by"]:
            yield Hit(
                confirmed[-1].event.path, f"用户说{outcome}，不能 {closing['event']}", "记录 验证不通过，继续处理"
            )
        elif outcome == unreachable["outcome"] and len(told) < unreachable["times"]:
            yield Hit(
                confirmed[-1].event.path,
                f"{outcome}：之前要有 {unreachable['times']} 次 {unreachable['after']}，现在是 {len(told)} 次",
                f"再联系用户，记录 {unreachable['after']}",
            )


@rule("snapshot-mismatch")
def snapshot_mismatch(case: Case) -> Iterator[Hit]:
    """文件头与事件推出的结果不一致。

    状态、严重程度、类型、团队、主责人、协办人、计划与实际完成时间、验证结果都由事件推出；
    只改文件头而不记事件，谁在什么时候为什么改就丢了。
    改法：补上引起变化的事件；如果是文件头写错了，改成提示的值。
    """
    for name in case.vocabulary.lifecycle.snapshot:
        wanted, written = case.replay.snapshot.get(name), case.ticket.header.get(name)
        if not _same(wanted, written):
            yield from _mismatch(case, name, wanted, written)


def _same(wanted: Any, written: Any) -> bool:
    """Compare a field with what the events add up to. Parts that no event carries (a reason) may be worded freely."""
    if isinstance(wanted, dict) and isinstance(written, dict) and "result" in wanted:
        free = {"reason"} | (written.keys() - wanted.keys() if wanted["result"] == "未通过" else set())
        return {key: value for key, value in wanted.items() if key not in free} == {
            key: value for key, value in written.items() if key not in free
        }
    return bool(wanted == written)


def _mismatch(case: Case, name: str, wanted: Any, written: Any) -> Iterator[Hit]:
    title = f"{case.vocabulary.title(name)}（{name}）"
    if written is None:
        yield Hit((name,), f"文件头没有{title}，按事件应当是 {_show(wanted)}", f"补上 {name}: {_show(wanted)}")
    elif wanted is None:
        yield Hit((name,), f"文件头写了{title}，但没有事件给出它", f"补上相应的事件，或删去 {name}")
    else:
        yield Hit(
            (name,),
            f"{title}与事件不一致：按事件应当是 {_show(wanted)}",
            f"补上引起变化的事件，或改成 {name}: {_show(wanted)}",
        )


def _show(value: Any) -> str:
    return yamlwrite.flow(value)
