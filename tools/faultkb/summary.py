"""What a change does, for the person who reviews it: each ticket's course, fields, time limits, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import change, check, limits, moment, similar, standing, ticket
from faultkb.finding import ERROR
from faultkb.rules.corrections import is_masked
from faultkb.rules.people import staff_key
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from faultkb.change import Change
    from faultkb.finding import Finding
    from faultkb.similar import Match
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
        *(Line(LIMIT, text) for text in limits.differences(one)),
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
    reopened = [step.event.name for step in one.effective if step.spec.new_cycle]
    return after if before == after and not reopened else " → ".join([before, *reopened, after])


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
    if field.private and not all(value is None or _is_known(value) for value in (old, new)):
        yield f"{field.title}：有改动"
    elif isinstance(old, str) and is_masked(old, new, private=True):
        yield f"{field.title}：遮盖为 {_shown(new)}"
    elif ticket.person(old or new) is None and (isinstance(old, dict) or isinstance(new, dict)):
        before, after = (value if isinstance(value, dict) else {} for value in (old, new))
        for key in dict.fromkeys([*before, *after]):
            yield from _differences(words, (*path, key), before.get(key), after.get(key))
    else:
        yield f"{field.title}：{_shown(old)} → {_shown(new)}"


def _is_known(value: Any) -> bool:
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
    if one.was and one.now and one.was.get("complex") != one.now.get("complex"):
        yield "复杂问题的标记有改动：它决定要不要方案评审"
    if one.before is None and any(event.data.get(ticket.IMPORTED) is True for event in one.appended):
        yield "历史导入：导入之前的经过不检查，请与旧的跟踪表核对"
    yield from _in_place_of_another(one)
    yield from _masked(one)
    yield from limits.excused(one)
    yield from (f"第 {event.number} 个事件是补录的：{clip(str(event.data['late']), _NOTE)}" for event in _late(one))


def _in_place_of_another(one: Change) -> Iterator[str]:
    """Name verifications that the owner recorded for somebody else."""
    for step in one.effective:
        owner, verifier = (
            ticket.person(data) for data in (step.snapshot.get("owner"), step.event.data.get("verifier"))
        )
        if owner and verifier and staff_key(step.event.by) == staff_key(owner.staff):
            yield f"{step.event.name}是主责人 {owner.staff} 代为记录的，请验证人 {verifier.staff} 在这里确认"


def _masked(one: Change) -> Iterator[str]:
    """Name the places where something recorded was masked; what was there before is not repeated."""
    for event in one.corrections:
        if event.data.get("mask") is not True:
            continue
        number, section = event.data.get("target"), event.data.get("section")
        place = f"第 {number} 个事件" if number else f"“{section}”"
        yield f"{place}有内容被遮盖：请看遮住的是不是只有个人信息，结论还读得出来"


def _late(one: Change) -> list[Event]:
    return [event for event in one.appended if "late" in event.data]


def _is_published(one: Change, header: Json) -> bool:
    kb: Mapping[str, Any] = header.get("kb", {})
    closed = header.get("status") in one.vocabulary.lifecycle.closed_states
    return closed and one.vocabulary.choices["kb.entry"].get(kb.get("entry", ""), {}).get("x-publish") == "article"
