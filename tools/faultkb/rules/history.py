"""Rules about a ticket beside its version on the base: what is recorded stays, what is closed changes only on the record."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from faultkb import clocks, moment, standing
from faultkb.finding import WARNING
from faultkb.lifecycle import NONE
from faultkb.rules import Hit, also, closed, corrections, rule
from faultkb.ticket import IMPORTED
from faultkb.violation import clip, is_telling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from faultkb.change import Change
    from faultkb.clocks import Clock
    from faultkb.corpus import Loaded
    from faultkb.ticket import Event

_LATEST = 1
"""Working days after which an event without ``late`` counts as recorded late."""
_GRACE = timedelta(hours=2)
"""Time after a due date in which an event that met it may still be committed without ``late``."""


@rule("ticket-deleted", scope="change")
def ticket_deleted(change: Change) -> Iterator[Hit]:
    """已经合并的故障被删除了。

    编号已经告诉过用户和同事，删去之后就没有人知道它去了哪里，报表也会少一个。
    改法：恢复这个文件（git restore）；误报、重复的故障用“作废”关闭，不想公开的在 kb 里写“撤下”或“不收录”。
    """
    if change.after is None:
        yield Hit(
            (), "已经合并的故障不能删除", "恢复这个文件；误报、重复的记录“作废”，不公开的在 kb 里写“撤下”或“不收录”"
        )


@also("duplicate-id", scope="change")
def taken_on_the_base(change: Change) -> Iterator[Hit]:
    """A new ticket whose id the base has given to another one since the branch left it."""
    if change.before is None and change.id in change.taken:
        help_text = f"给还没有合并的这一个换编号：fault renumber {change.id}"
        yield Hit(("id",), f"编号 {change.id} 在基线上已经是另一个故障", help_text)


@rule("immutable-field", scope="change")
def immutable_field(change: Change) -> Iterator[Hit]:
    """登记后不能改变的字段被改了：问题编号、反馈时间；受理之后还有用户、渠道和复杂问题的标记。

    别处靠编号引用它，时限从反馈时间算起；改了，引用就断了，超时就能变成按时。有没有用户、从哪个渠道来、复杂不复杂，
    决定要不要用户确认、方案评审和告知；受理之后补上可以，改掉要用“更正”。
    改法：改回原来的值。受理之后记错的用“更正”（fault log 编号 更正 --target 1 --set 字段=新值）；
    编号与别的故障重复而且还没有合并时，用 fault renumber。
    """
    if change.before is None or change.after is None:
        return
    # A header that the schema of today does not accept is compared as it is written.
    old, new = (one.ticket.header if one.ticket else one.document.header for one in (change.before, change.after))
    for name, node in change.then.schema.root["properties"].items() if new else ():
        if node.get("x-immutable") and name in old and old[name] != new.get(name):
            title = change.then.title(name)
            yield Hit((name,), f"{title}（{name}）登记后不能改变，原来是 {old[name]}", f"改回 {name}: {old[name]}")
    yield from _uncorrected(change)


def _uncorrected(change: Change) -> Iterator[Hit]:
    """What decides on duties (``x-corrected``) changes after the acceptance by a correction of the registration only."""
    life = change.then.lifecycle
    if not (change.old and change.now) or change.old.status in {NONE, life.initial} or closed.is_archive(change):
        return  # of a closed fault nothing changes otherwise
    for name, node in change.then.schema.root["properties"].items():
        was, now = change.was.get(name), change.now.get(name)
        corrected = name in change.corrected and change.corrected[name] == now
        if node.get("x-corrected") and not corrected and not _only_added(was, now):
            message = f"{change.then.title(name)}（{name}）受理之后不能删去或直接改"
            yield Hit(
                (name,), message, f"恢复原来的值；记错了用“更正”：fault log {change.id} 更正 --target 1 --set {name}=…"
            )


def _only_added(was: Any, now: Any) -> bool:
    """Say whether nothing that was there is gone or changed; what is masked is still there."""
    if isinstance(was, dict) and isinstance(now, dict):
        now = {key: value for key, value in now.items() if key in was}
    return not was or corrections.is_masked(was, now, private=True)


@rule("history-rewritten", scope="change")
def history_rewritten(change: Change) -> Iterator[Hit]:
    """已经合并的事件被改动、删除，或中间插进了新的事件。

    谁在什么时候做了什么，记下来就不能再变，否则超时、验证、批准都能事后编造。登记时的严重程度与类型也是记录。
    改法：恢复原来的行。记错了用“更正”（fault log 编号 更正 --target 序号 …）；漏记的写在最后，加上 late: 原因；
    误写了个人信息，可以只把它换成遮盖后的内容（每段文字至少留下三分之一），同时记录一个带 mask: true 的“更正”。
    """
    old, new = _listed(change.before), _listed(change.after)
    if not (old and new):  # a new fault, or one that cannot be read, which has its finding
        return
    masked = {event.data.get("target") for event in change.corrections if event.data.get("mask") is True}
    for at, (event, now) in enumerate(zip(old, new, strict=False)):
        if now == event or (at + 1 in masked and corrections.is_masked(event, now)):
            continue
        yield Hit(("events", at), *_rewritten(at, old, new))
        return
    if len(new) < len(old):
        yield Hit(("events",), f"第 {len(new) + 1} 个事件（{_name(old[len(new)])}）不见了", _RESTORE)


def _listed(one: Loaded | None) -> list[Any]:
    """The events as they are written, whatever the schema of today says of them."""
    listed = one.document.header.get("events") if one else None
    return listed if isinstance(listed, list) else []


@also("snapshot-mismatch", scope="change")
def registered_otherwise(change: Change) -> Iterator[Hit]:
    """What a fault was registered with, and events change: without such an event it must stay, and none may claim another."""
    if not (change.old and change.judged and change.old.steps and change.judged.steps):
        return
    before, after = (replay.steps[0].snapshot for replay in (change.old, change.judged))
    corrected, restated = change.corrected, _restated(change)
    for spec in change.then.lifecycle.events.values():
        name = spec.changes
        if not name or before.get(name) in {None, after.get(name)} or (name, after.get(name)) in restated:
            continue
        if name in corrected and corrected[name] == after.get(name):
            continue
        title, old = change.then.title(name), before[name]
        yield Hit(
            (name,),
            f"登记时的{title}（{name}）是 {old}，没有事件改变它",
            f"改回 {name}: {old}；后来变了，记录“{spec.name}”（from: {old}）",
        )


def _restated(change: Change) -> set[tuple[str | None, Any]]:
    """The fields with the first value that an appended correction gives them, as the ``from`` of an event on the base."""
    recorded = change.old.steps if change.old else ()
    stated = [(event.data.get("target"), event.data.get("set", {}).get("from")) for event in change.corrections]
    return {(step.spec.changes, value) for step in recorded for target, value in stated if target == step.event.number}


_RESTORE = "恢复原来的行；记错了用“更正”，误写了个人信息用带 mask: true 的“更正”"


def _name(event: Any) -> str:
    parts = [event.get("at"), event.get("event")] if isinstance(event, dict) else []
    return clip(" ".join(str(part) for part in parts if part)) or "读不出来"


def _rewritten(at: int, old: list[Any], new: list[Any]) -> tuple[str, str]:
    """Say what happened to a recorded event: something was put before it, it is gone, or it was edited."""
    event, now = old[at], new[at]
    if event in new[at + 1 :]:
        if now in old:
            return f"第 {at + 1} 个事件（{_name(event)}）换了位置", _RESTORE
        return (
            f"第 {at + 1} 个事件（{_name(now)}）插在了已经记录的事件中间",
            "新的事件写在最后；事后补记的加上 late: 原因",
        )
    if at + 1 < len(old) and old[at + 1] == now:
        return f"第 {at + 1} 个事件（{_name(event)}）被删去了", _RESTORE
    return f"第 {at + 1} 个事件（{_name(event)}）已经合并，不能再改{_differing(event, now)}", _RESTORE


def _differing(event: Any, now: Any) -> str:
    if not (isinstance(event, dict) and isinstance(now, dict)):
        return ""
    names = sorted(name for name in event.keys() | now.keys() if event.get(name) != now.get(name))
    return f"（{clip('、'.join(name for name in names if not is_telling(name)))}）"


@rule("backdated-event", level=WARNING, scope="change")
def backdated_event(change: Change) -> Iterator[Hit]:
    """事件的时间与提交的时间相差一个工作日以上，或按时完成的事件过了期限才提交。

    事件应当在发生时记录。事后补记的要写明原因，否则不知道时间是当时记下的，还是后来编的；报表把它算作“补录”。
    使一个时限达标的事件，在那个期限过去两小时之后才提交的，也算事后补记，隔了一个周末也一样。
    改法：时间写错了就改正；确实是事后补记的，加上 late: 原因。
    """
    for event in change.appended:
        if "late" in event.data or event.data.get(IMPORTED) is True or event.at > change.as_of:
            continue
        recorded = change.recorded_at(event)
        first, last = sorted((event.at.date(), recorded.date()))
        days = change.calendar.workdays_between(first, last)
        met = None if days > _LATEST else _met_afterwards(change, event, recorded)
        if days > _LATEST or met:
            why = f"{met.name}在 {moment.show(met.due_at)} 已经到期" if met else f"相差 {days} 个工作日"
            yield Hit(
                (*event.path, "at"),
                f"{event.name} 的时间是 {moment.show(event.at)}，提交的时间是 {moment.show(recorded)}，{why}",
                "改正时间；事后补记的加上 late: 原因",
            )


def _met_afterwards(change: Change, event: Event, recorded: datetime) -> Clock | None:
    """Return a clock that an event stopped in time, and that was due well before anybody recorded so."""
    one = change.after.ticket if change.after else None
    stands = standing.of(one, change.vocabulary, change.as_of) if one else None
    if stands is None:
        return None
    specs = standing.in_force(stands, change.vocabulary).clocks
    met = (row for row in stands.clocks if row.verdict == clocks.MET and row.stopped_at == event.at)
    late = (row for row in met if recorded > row.due_at + _GRACE)
    return next((row for row in late if row.clock not in specs or event.name in specs[row.clock].stop), None)
