"""What a change does, for the person who reviews it: each ticket's course, fields, time limits, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import change, check, moment, similar, standing, ticket
from faultkb.finding import ERROR
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from faultkb.change import Change
    from faultkb.clocks import Clock
    from faultkb.finding import Finding
    from faultkb.similar import Match
    from faultkb.standing import Standing
    from faultkb.ticket import Event, Json
    from faultkb.vocabulary import Vocabulary

EVENT, FIELD, SECTION, LIMIT, SIMILAR, ATTENTION = "事件", "字段", "章节", "时限", "相似", "请看"
_COMPARED = 5
"""New tickets of one change for which similar faults are looked up: each costs a reading of the whole repository."""
_NOTE = 80


class Line(NamedTuple):
    """One thing to know of a changed ticket, under one of the headings above."""

    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One changed ticket: id, title, path, its course (新登记, or from which state to which), and the lines about it."""

    id: str
    title: str
    path: str
    course: str
    lines: tuple[Line, ...]
    blocked: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole change: its tickets, the outcome of the check, and what else differs from the base."""

    base: str
    as_of: datetime
    timezone: str
    items: tuple[Item, ...]
    outcome: check.Outcome
    remarks: tuple[str, ...]


def build(root: Path, words: Vocabulary, as_of: datetime, base: str) -> Summary:
    """Compare the working tree with the commit at which HEAD left ``base``. Raise FaultError if git does not have it."""
    branch = change.compare(root, words, base)
    outcome = check.check(root, words, as_of, branch=branch)
    changes = list(change.load(branch, root, words, standing.calendar(words), as_of))
    fresh = [one.path for one in changes if one.before is None][:_COMPARED]
    items = [_item(one, outcome, _similar(root, words, one) if one.path in fresh else []) for one in changes]
    mentioned = {one.path for one in changes}
    elsewhere = [one for one in outcome.findings if one.path not in mentioned]
    remarks = [f"{one.path}：{one.message}" for one in elsewhere]
    remarks += ["schema/ 有改动：流程、时限或字段的规定变了，请管理员看"] if branch.schema is not None else []
    return Summary(base, as_of, words.timezone, tuple(items), outcome, tuple(remarks))


def _similar(root: Path, words: Vocabulary, one: Change) -> list[Match]:
    if one.after is None or one.after.ticket is None:
        return []
    return similar.find(root, words, similar.text_of(one.after.ticket, words), limit=3, leave_out=one.path)


def _item(one: Change, outcome: check.Outcome, alike: list[Match]) -> Item:
    findings = [finding for finding in outcome.findings if finding.path == one.path]
    lines = [
        *(Line(EVENT, text) for text in _events(one)),
        *(Line(FIELD, text) for text in _fields(one)),
        *(Line(SECTION, text) for text in _sections(one)),
        *(Line(LIMIT, text) for text in _limits(one)),
        *(Line(SIMILAR, text) for text in map(_alike, alike)),
        *(Line(ATTENTION, text) for text in _attention(one, findings)),
    ]
    title = str((one.now or one.was).get("title", ""))
    return Item(one.id, title, one.path, _course(one), tuple(lines), any(found.level == ERROR for found in findings))


def _course(one: Change) -> str:
    """Say from which state to which the ticket went."""
    if one.after is None:
        return "删除"
    after = one.new.status if one.new else "读不出来"
    if one.before is None:
        return f"新登记 → {after}"
    before = one.old.status if one.old else "读不出来"
    return after if before == after else f"{before} → {after}"


def _events(one: Change) -> Iterator[str]:
    for event in one.appended:
        late = "（补录）" if "late" in event.data else ""
        told = "；".join(clip(str(event.data[name]), _NOTE) for name in ("reason", "note") if name in event.data)
        yield f"{moment.show(event.at)} {event.name}{late} {event.by}{f'：{told}' if told else ''}"


def _fields(one: Change) -> Iterator[str]:
    """Name the fields of the header that changed, with the values where they may be repeated."""
    if one.before is None or one.after is None:
        return
    skipped = {"events", *one.vocabulary.schema.root["required"][:1]}
    for name in dict.fromkeys([*one.was, *one.now]):
        if name not in skipped:
            yield from _differences(one.vocabulary, (name,), one.was.get(name), one.now.get(name))


def _differences(words: Vocabulary, path: tuple[str, ...], old: Any, new: Any) -> Iterator[str]:
    if old == new:
        return
    field = words.schema.field(path)
    if field.private and not all(value is None or _is_masked(value) for value in (old, new)):
        yield f"{field.title}：有改动"
    elif ticket.person(old or new) is None and (isinstance(old, dict) or isinstance(new, dict)):
        before, after = (value if isinstance(value, dict) else {} for value in (old, new))
        for key in dict.fromkeys([*before, *after]):
            yield from _differences(words, (*path, key), before.get(key), after.get(key))
    else:
        yield f"{field.title}：{_shown(old)} → {_shown(new)}"


def _is_masked(value: Any) -> bool:
    """Say whether a value is a member of staff, or several, with the names masked as they should be."""
    people = [ticket.person(one) for one in (value if isinstance(value, list) else [value])]
    return all(one is not None and "*" in one.name for one in people)


def _shown(value: Any) -> str:
    if value is None:
        return "（无）"
    if isinstance(value, list):
        return "、".join(map(_shown, value))
    who = ticket.person(value)
    if who:
        return str(who)
    return ("是" if value else "否") if isinstance(value, bool) else clip(str(value), _NOTE)


def _sections(one: Change) -> Iterator[str]:
    if one.before is None or one.after is None:
        return
    before, after = one.before.document.section_lines, one.after.document.section_lines
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, []), after.get(name, [])
        if old != new:
            what = "新增" if not old else "删去" if not new else f"改动，{len(old)} 行 → {len(new)} 行"
            yield f"{name or '第一节之前'}（{what}）"


def _limits(one: Change) -> Iterator[str]:
    """Say what the change does to the time limits, both sides seen at the same moment: passing time is no change."""
    old, new = (
        standing.of(side.ticket, one.vocabulary, one.as_of) if side and side.ticket else None
        for side in (one.before, one.after)
    )
    if new is None:
        return
    if old:
        yield from _plan(old, new, one.as_of)
    before = {(row.clock, row.cycle, row.n): row for row in old.clocks} if old else {}
    for row in new.clocks:
        text = _clock(before.get((row.clock, row.cycle, row.n)), row)
        if text:
            yield text


def _plan(old: Standing, new: Standing, as_of: datetime) -> Iterator[str]:
    if old.due_at and new.due_at and old.due_at != new.due_at:
        late = "，原计划已超时" if old.late or old.due_at < as_of else ""
        yield f"计划完成时间 从 {moment.show(old.due_at)} 改到 {moment.show(new.due_at)}{late}"
    limit = next((row.due_at for row in reversed(new.clocks) if row.clock == "resolve"), None)
    if new.due_at and limit and new.due_at > limit and old.due_at != new.due_at:
        yield f"晚于政策的期限 {moment.show(limit)}"


def _clock(old: Clock | None, new: Clock) -> str:
    if old is None:
        ending = f"，{new.verdict}" if new.stopped_at else f"，{moment.show(new.due_at)} 到期"
        return f"{new.name}：开始计时{ending}"
    moved = f"到期从 {moment.show(old.due_at)} 变为 {moment.show(new.due_at)}" if old.due_at != new.due_at else ""
    turned = f"{old.verdict} → {new.verdict}" if old.verdict != new.verdict else ""
    told = "，".join(part for part in (turned, moved) if part)
    return f"{new.name}：{told}" if told else ""


def _alike(one: Match) -> str:
    solution = f"；解决方法：{one.solution}" if one.solution else ""
    return f"{one.id} {one.title}（{one.status}，相似 {one.score:.0%}：{'、'.join(one.shared)}）{solution}"


def _attention(one: Change, findings: list[Finding]) -> Iterator[str]:
    """Name what a reviewer should look at: findings, decisions that somebody approved, what becomes public."""
    for found in findings:
        yield f"{'错误' if found.level == ERROR else '提醒'}[{found.rule}] 第 {found.line} 行：{found.message}"
    for event in one.appended:
        if "approver" in event.data:
            yield f"{event.name}写明由 {event.data['approver']} 批准，请他在这里确认"
    if _is_published(one, one.now) and not _is_published(one, one.was):
        yield "合并后会发布到网站：请看现象、解决方法和各公开章节里有没有不该公开的内容"
    if "complex" in one.now and one.was.get("complex") != one.now["complex"] and one.before:
        yield "复杂问题的标记有改动：它决定要不要方案评审"
    yield from (f"第 {event.number} 个事件是补录的：{clip(str(event.data['late']), _NOTE)}" for event in _late(one))


def _late(one: Change) -> list[Event]:
    return [event for event in one.appended if "late" in event.data]


def _is_published(one: Change, header: Json) -> bool:
    kb: Mapping[str, Any] = header.get("kb", {})
    closed = header.get("status") in one.vocabulary.lifecycle.closed_states
    return closed and one.vocabulary.choices["kb.entry"].get(kb.get("entry", ""), {}).get("x-publish") == "article"
