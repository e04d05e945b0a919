"""The rule about a closed ticket beside its version on the base: it is an archive, and changes only on the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.rules import Hit, corrections, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.change import Change
    from faultkb.ticket import Replay


@rule("closed-ticket-changed", scope="change")
def closed_ticket_changed(change: Change) -> Iterator[Hit]:
    """已关闭的故障被改动了。

    关闭的故障（连同附件）是档案，也可能已经发布。之后只能重开、反馈、更正，或改 kb、备注；改动的内容要与记录的“更正”对应。
    已经发布过的文章不能改成“不收录”，否则它的地址就失效了。
    改法：恢复原来的内容；记错了用“更正”（--section 章节，或 --target 序号）；还要处理的用“重开”；不再公开的写“撤下”。
    """
    if not (change.before and change.after and change.old and change.judged):
        return
    yield from _unpublished(change, change.old)
    yield from _recorded_behind(change, change.old)
    if change.old.status in change.then.lifecycle.closed_states and change.judged.cycle <= change.old.cycle:
        yield from _changed_fields(change, change.old, change.judged)
        yield from _changed_sections(change, change.before.document.section_lines, change.after.document.section_lines)
        yield from _changed_attachments(change)


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
        if _may_be_masked(change, name) and corrections.is_masked(old, new):
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
    """Attachments are part of the archive: what is corrected or masked goes with a correction of the section."""
    if any("section" in event.data for event in change.corrections):
        return
    for path in change.lost:
        message = f"故障已关闭，附件不能再改或删去：{path}"
        yield Hit(("events",), message, f"恢复这个文件；记错了用“更正”：fault log {change.id} 更正 --section 章节")
