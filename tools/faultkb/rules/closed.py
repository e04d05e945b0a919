"""The rule about a closed ticket beside its version on the base: it is an archive, and changes only on the record."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from faultkb.rules import Hit, corrections, exposure, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.change import Change
    from faultkb.ticket import Replay


@rule("closed-ticket-changed", scope="change")
def closed_ticket_changed(change: Change) -> Iterator[Hit]:
    """已关闭的故障被改动了。

    关闭的故障（连同附件）是档案，也可能已经发布。之后只能重开、反馈、更正，或改 kb、备注、豁免；改动的内容要与记录的“更正”对应。
    已经发布过的文章不能改成“不收录”，否则它的地址就失效了。
    增加、改动或删去附件也要“更正”，note 里写上文件名。已经合并的“关闭”“作废”“重开”不能撤销或改时间，否则改过的内容会像从没动过。
    改法：恢复原来的内容；记错了用“更正”（--section 章节，或 --target 序号）；还要处理的用“重开”；不再公开的写“撤下”。
    """
    if not (change.before and change.after and change.old and change.judged):
        return
    yield from _unpublished(change, change.old)
    yield from _recorded_behind(change, change.old)
    yield from _undone(change, change.old, change.judged)
    if is_archive(change):
        yield from _changed_fields(change, change.old, change.judged)
        yield from _changed_sections(change, change.before.document.section_lines, change.after.document.section_lines)
        yield from _changed_attachments(change)


def is_archive(change: Change) -> bool:
    """Say whether the fault is closed on the base, and the change does not reopen it."""
    old, now = change.old, change.judged
    if old is None or now is None:
        return False
    return old.status in change.then.lifecycle.closed_states and now.cycle <= old.cycle


def _undone(change: Change, old: Replay, judged: Replay) -> Iterator[Hit]:
    """A closing or reopening on the base stays when it was: without it, what was changed meanwhile would look untouched."""
    closed = change.then.lifecycle.closed_states
    kept = {step.event.number: step.event.at for step in judged.steps}
    for step in old.steps if change.corrections else ():
        turns = step.spec.new_cycle or (step.after in closed and step.before != step.after)
        if turns and kept.get(step.event.number) != step.event.at:
            number = step.event.number
            named = (event for event in change.corrections if event.data.get("target") == number)
            yield Hit(
                next(named, change.corrections[-1]).path,
                f"第 {number} 个事件（{step.event.name}）已经合并，不能撤销或改时间",
                "删去这个更正；关早了的用“重开”，不该重开的重新验证后关闭",
            )


def _recorded_behind(change: Change, old: Replay) -> Iterator[Hit]:
    """Find what was recorded late for a time before the fault was closed, and cannot be recorded after it."""
    closed = change.then.lifecycle.closed_states
    ended = old.cycle if old.status in closed else old.cycle - 1
    for step in change.effective:
        if step.cycle <= ended and step.before and step.spec.sources.isdisjoint(closed):
            yield Hit(
                step.event.path,
                f"故障已关闭，不能再补记“{step.event.name}”",
                "删去这个事件；还要处理的用“重开”，记错了用“更正”",
            )


def _unpublished(change: Change, old: Replay) -> Iterator[Hit]:
    """An article that was published once keeps its address."""
    before, after = (str(header.get("kb", {}).get("entry", "")) for header in (change.was, change.now))
    shown = {name for name, choice in change.then.choices["kb.entry"].items() if "x-publish" in choice}
    was_closed = any(step.after in change.then.lifecycle.closed_states for step in old.steps)
    if was_closed and before in shown and after not in shown:
        message = f"已经发布过，不能从“{before}”改成“{after or '空'}”：文章的地址会失效"
        yield Hit(("kb", "entry"), message, "不再公开的写 entry: 撤下，并写明 reason")


def _changed_fields(change: Change, before: Replay, after: Replay) -> Iterator[Hit]:
    words = change.then
    known = words.schema.root["properties"]
    for name in dict.fromkeys([*known, *change.was, *change.now]):
        node = known.get(name, {})
        old, new = change.was.get(name), change.now.get(name)
        free = name == "events" or node.get("x-after-closing") or node.get("x-immutable")
        was, wanted = before.snapshot.get(name), after.snapshot.get(name)
        follows = name in words.lifecycle.folded and (change.corrections if was != wanted else new == wanted)
        if old == new or free or follows or (name in change.corrected and change.corrected[name] == new):
            continue
        private = change.then.schema.field((name,)).private
        if _may_be_masked(change, name) and corrections.is_masked(old, new, private=private):
            continue
        message = f"故障已关闭，{words.title(name)}（{name}）不能再改"
        yield Hit((name,), message, "恢复原来的值；还要处理的用“重开”，记错了用“更正”")


def _may_be_masked(change: Change, name: str) -> bool:
    """A correction that masks reaches private fields; other fields of the header only where it is of the registration."""
    reach = change.corrections if change.then.schema.field((name,)).private else change.restating
    return any(event.data.get("mask") is True for event in reach)


def _changed_sections(change: Change, before: dict[str, list[str]], after: dict[str, list[str]]) -> Iterator[Hit]:
    corrected: dict[str, bool] = {}
    for event in change.corrections:
        if "section" in event.data:
            only_masked = event.data.get("mask") is True
            corrected[event.data["section"]] = only_masked and corrected.get(event.data["section"], True)
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, []), after.get(name, [])
        if old == new or corrected.get(name) is False or (name in corrected and corrections.is_masked(old, new)):
            continue
        what = f"“{name}”一节" if name else "第一节之前的文字"
        command = f"；记错了用“更正”：fault log {change.id} 更正 --section {name}" if name else ""
        yield Hit(("sections", name), f"故障已关闭，{what}不能再改", f"恢复原来的文字{command}")


def _changed_attachments(change: Change) -> Iterator[Hit]:
    """Attachments are part of the archive: each that comes, changes or goes is named by the note of a correction."""
    notes = [str(event.data.get("note", "")) for event in change.corrections]
    for path in change.lost:
        name = PurePosixPath(path).name
        shown = exposure.masked_name(name, change.vocabulary.lists)
        if not any(name in note or shown in note for note in notes):
            command = f'fault log {change.id} 更正 --section "章节" --by "工号" --approver "批准人工号" --note "{shown}：说明"'
            message = f"故障已关闭，附件不能再增加、改动或删去：{path.removesuffix(name)}{shown}"
            yield Hit(("events",), message, f"恢复原来的附件；确实要改的用“更正”，note 里写上文件名：{command}")
