"""What an edited tracking table would do, in words: per fault the events and edits, or why not, and what else is in it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from faultkb import expressed, masks, moment, tracking
from faultkb.render import refusal, visible
from faultkb.render.outlook import Option
from faultkb.updates import comparing
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from faultkb.finding import Finding
    from faultkb.updates.applying import Applied
    from faultkb.updates.cells import Book
    from faultkb.updates.comparing import Compared
    from faultkb.vocabulary import Vocabulary

_LONG = 60
_AROUND = 12
"""How much of what two long texts share is shown before they differ."""
_MOST = 10
_HEADING = re.compile("补上“#+ ([^”]+)”(?:一节的内容)?")
"""How the rules advise to write a section."""
_MENDED = "；fault check --fix"
"""How the rules advise to mend a file; a workbook is none."""
_PARTS = ("functional", "compatibility", "experience", "verifier")


def fault(words: Vocabulary, one: Compared, done: Applied) -> Iterator[str]:
    """Say what a row does to its fault, or why nothing is done."""
    yield _clean(words, f"{one.id}（{one.place}）{'' if done.is_fine else '：没有记录，这一行什么都不改'}")
    if not done.is_fine:
        yield from (_clean(words, f"  拒绝：{_in_table(words, reason)}") for reason in _reasons(words, done))
        return
    cells = comparing.shown(done.after.ticket, words) if done.after.ticket else {}
    for column, old in one.intent.changed:
        new = cells[column.name]
        shown = _apart(old.strip(), moment.show(new) if isinstance(new, datetime) else new or "")
        yield _clean(words, f"  改动 {column.title}：{shown[0]} → {shown[1]}")
    for event in done.events:
        said = expressed.event(masks.put_on(event, words.lists), words)
        when = moment.show(moment.parse(event["at"]))
        yield _clean(words, f"  记录 {when} {event['event']}（{event['by']}）{f'：{said}' if said else ''}")
        if event.get("due_at", event["at"]) < event["at"]:
            yield f"  注意 {words.title('due_at')} {event['due_at']} 已经过去：看看年份、日期有没有写错"
    before, after = (each.document.header.get("status") for each in (done.before, done.after))
    if before != after:
        yield f"  {words.title('status')}：{before} → {after}"


def _reasons(words: Vocabulary, done: Applied) -> Iterator[str]:
    yield from done.refused
    if done.stuck:
        spec, made, entry, source, told = done.stuck
        found = refusal.explain(spec, made, entry, source, options(words, told), possible=not entry.impossible)
        yield from (f"{spec.name}：{reason.partition(_MENDED)[0]}" for reason in found.reasons)
        yield from (f"{spec.name}：{_said(one)}" for one in found.places)
        if entry.impossible:
            states = "、".join(state for state in words.lifecycle.states if state in spec.sources)
            yield f"{spec.name} 只能在 {states} 时记录：同时改“{words.title('status')}”，或恢复这一格"
        elif spec.to in words.lifecycle.closed_states:
            ticket_id = done.before.ticket.id if done.before.ticket else ""
            yield f"{spec.name} 要的内容不都在表里：用 fault log {ticket_id} {spec.name}，或恢复“{words.title('status')}”这一格"
    yield from map(_said, done.errors)


def _said(one: Finding) -> str:
    way_out = one.help.partition(_MENDED)[0]
    return f"{one.message}{f'。{way_out}' if way_out else ''}"


def _in_table(words: Vocabulary, text: str) -> str:
    """Say where a section that is missing is written in the table, instead of its heading in the file."""
    columns = [one for one in tracking.exported(words) if one.sections]
    parts = {one.name: one.part_of or one.name for one in words.sections}

    def place(found: re.Match[str]) -> str:
        title = next((one.title for one in columns if parts.get(found[1]) in one.of), "")
        return f"写在“{title}”一栏，前面写上【{found[1]}】" if title else found[0]

    return _HEADING.sub(place, text)


def options(words: Vocabulary, told: str = "") -> Mapping[str, Option]:
    """How each field of an event is given: by an option of the command, else in a column of the table; its note as ``told``."""
    found: dict[str, Option] = {}
    for name in words.schema.root["$defs"]["event"]["properties"]:
        title = words.schema.field(("events", 0, name)).title
        column = f"“{words.title('verification')}”一栏的 {title}" if name in _PARTS else f"“{title}”一栏"
        found[name] = Option(column, "", "在表里填写")
    found["by"] = Option("--by", "工号", "操作人（默认：FAULT_STAFF，或 git config fault.staff）")
    found["approver"] = Option("--approver", "批准人工号", "批准人")
    part = f"的 {words.title('verification', 'reason')}" if told == "verification" else ""
    found["note"] = (
        Option(f"“{words.title(told)}”一栏{part}", "", "写明原因") if told else Option("--note", "说明", "说明")
    )
    found["at"] = Option("--at", "时间", "发生的时间")
    return found


def remarks(words: Vocabulary, book: Book, unknown: Sequence[str], meanwhile: int) -> Iterator[str]:
    """Say what else the table holds, and what it does not decide."""
    if book.base is None:
        yield (
            "这个文件里没有导出时的底稿（例如内容复制到了别的文件里），只能与现在的内容比较："
            "导出之后别人改过的，会看成是你改回去的；请逐条核对"
        )
    if meanwhile:
        yield f"有 {meanwhile} 格你没有改，而故障在导出之后有了新的内容：照现在的，不改回去"
    if unknown:
        yield _clean(
            words,
            f"有 {len(unknown)} 个编号没有故障：{_some(words, unknown)}；新的故障用 fault import（不带 --update）或 fault new 登记",
        )
    if book.strangers:
        places = _some(words, book.strangers)
        yield _clean(
            words,
            f"有 {len(book.strangers)} 行没有编号，这一次不登记：{places}；是新的故障，改动记完之后再运行 fault import（不带 --update），"
            "它只登记这些行；也可以用 fault new",
        )
    if book.unread:
        yield _clean(words, f"没有读这些栏（不是跟踪表导出的栏目）：{_some(words, book.unread)}")


def _some(words: Vocabulary, names: Sequence[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > _MOST else ""
    return "、".join(clip(name, 60) for name in masks.put_on(names[:_MOST], words.lists)) + more


def _apart(old: str, new: str) -> tuple[str, str]:
    """Show two texts, each on one line; of long ones the places where they begin to differ."""
    differing = (at for at, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1])
    start = next(differing, min(len(old), len(new))) if max(len(old), len(new)) > _LONG else 0
    start = start - _AROUND if start > 2 * _AROUND else 0
    return _line(old, start), _line(new, start)


def _line(text: str, start: int) -> str:
    shown = text[start:].replace("\n", " ⏎ ")
    return f"{'…' if start else ''}{clip(shown, _LONG)}" if text else "（空）"


def _clean(words: Vocabulary, text: str) -> str:
    return visible(masks.put_on(text, words.lists))
