"""What a change does, for the person who reviews it: each ticket's course, fields, time limits, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from faultkb import (
    change,
    check,
    completeness,
    corpus,
    differing,
    gitrepo,
    limits,
    moment,
    restated,
    similar,
    standing,
    suggestions,
    ticket,
)
from faultkb.finding import ERROR, NOTE, WARNING
from faultkb.rules import exposure, waivers
from faultkb.rules.corrections import is_masked
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from faultkb.change import Change
    from faultkb.finding import Finding
    from faultkb.similar import Match
    from faultkb.suggestions import Fix
    from faultkb.ticket import Event, Json
    from faultkb.vocabulary import Vocabulary

EVENT, FIELD, SECTION, FILE = "事件", "字段", "章节", "附件"
LIMIT, COMPLETE, SIMILAR, ATTENTION = "时限", "完整度", "相似", "请看"
BLOCKING = "错误["
"""How the text of a line begins that says what must be mended before the change can be merged."""
_SHOWN = 30
"""Lines under one heading of one ticket that a page on the web shows: it has an end, a terminal has none."""
_COMPARED = 5
"""New tickets of one change for which similar faults are looked up: each costs a reading of the whole repository."""
_UNREADABLE = "读不出来"
_UNITS = ("字节", "KB", "MB", "GB")
_THOUSAND = 1000


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
class Tally:
    """The outcome of a check in numbers: see `check.Outcome`."""

    checked: int
    levels: Mapping[str, int]
    unchanged: int | None = None
    elsewhere: int | None = None

    def count(self, level: str) -> int:
        """Count the findings of a level."""
        return self.levels.get(level, 0)


@dataclass(frozen=True, slots=True)
class Summary:
    """A whole change: its tickets, the outcome of the check, and what else differs from the base.

    ``head`` is the commit whose lines the ``fixes`` replace; ``tickets`` is how many changed, which may be more than the
    ``items`` that are told.
    """

    base: str
    head: str
    as_of: datetime
    timezone: str
    items: tuple[Item, ...]
    tickets: int
    outcome: Tally
    remarks: tuple[str, ...]
    fixes: tuple[Fix, ...] = ()


def build(root: Path, words: Vocabulary, as_of: datetime, base: str) -> Summary:
    """Compare the working tree with the commit at which HEAD left ``base``. Raise FaultError if git does not have it."""
    branch = change.compare(root, words, base)
    outcome = check.check(root, words, as_of, branch=branch)
    changes = list(change.load(branch, root, words, standing.calendar(words), as_of))
    fresh = [one.path for one in changes if one.before is None][:_COMPARED]
    said: dict[str, list[Finding]] = {}
    for finding in outcome.findings:
        for path in _homes(finding):
            said.setdefault(path, []).append(finding)
    items = [
        _item(
            root,
            one,
            said.get(exposure.masked_name(one.path, words.lists), []),
            _similar(root, words, one) if one.path in fresh else [],
        )
        for one in changes
    ]
    mentioned = {exposure.masked_name(one.path, words.lists) for one in changes}
    elsewhere = [one for one in outcome.findings if _homes(one).isdisjoint(mentioned)]
    remarks = [_remark(one) for one in sorted(elsewhere, key=lambda one: one.level != ERROR)]
    remarks += ["schema/ 有改动：流程、时限或字段的规定变了，请管理员看"] if branch.schema is not None else []
    head = _head(root, base)
    return Summary(
        base,
        head,
        as_of,
        words.timezone,
        tuple(items),
        len(items),
        Tally(
            outcome.checked,
            {level: outcome.count(level) for level in (ERROR, WARNING, NOTE)},
            outcome.unchanged,
            outcome.elsewhere,
        ),
        tuple(remarks),
        tuple(_fixes(root, words, head, base, changes)),
    )


def _remark(one: Finding) -> str:
    return f"错误 {one.path} {_said(one)}" if one.level == ERROR else f"{one.path}：{one.message}"


def _said(one: Finding) -> str:
    """Say where something is wrong and how to mend it."""
    return f"第 {one.line} 行：{one.message}。{one.help}".removesuffix("。")


def shortened(lines: Sequence[Line]) -> list[Line]:
    """Return the first lines under each heading, and how many there are besides."""
    found = []
    for heading, some in groupby(lines, attrgetter("heading")):
        every = list(some)
        rest = len(every) - _SHOWN
        found += every[:_SHOWN]
        found += [Line(heading, f"还有 {rest} 行，没有列出")] if rest > 0 else []
    return found


def _head(root: Path, base: str) -> str:
    """Return the commit that is compared: a pull request is checked out as merged into its base, and is the second parent."""
    if gitrepo.commit(root, "HEAD^1") == gitrepo.commit(root, base):
        return gitrepo.commit(root, "HEAD^2") or gitrepo.commit(root, "HEAD")
    return gitrepo.commit(root, "HEAD")


def _fixes(root: Path, words: Vocabulary, head: str, base: str, changes: list[Change]) -> Iterator[Fix]:
    """Yield the mends of tickets that are in the working tree as in the head: elsewhere the lines would not fit."""
    for one in changes:
        source = one.after.document.text.encode() if one.after else b""
        if one.after and gitrepo.ask(root, "cat-file", "blob", f"{head}:./{one.path}").output == source:
            yield from suggestions.of(one.after, words, root, base)


def _similar(root: Path, words: Vocabulary, one: Change) -> list[Match]:
    if one.after is None or one.after.ticket is None:
        return []
    return similar.find(root, words, similar.text_of(one.after.ticket, words), limit=3, leave_out=one.path)


def _item(root: Path, one: Change, findings: list[Finding], alike: list[Match]) -> Item:
    lines = [
        *(Line(EVENT, text) for text in _events(one)),
        *(Line(FIELD, text) for text in _fields(one)),
        *(Line(SECTION, text) for text in _sections(one)),
        *(Line(FILE, text) for text in _files(root, one)),
        *(Line(LIMIT, text) for text in limits.differences(one)),
        *(Line(COMPLETE, text) for text in _completeness(one)),
        *(Line(SIMILAR, text) for text in map(_alike, alike)),
        *(Line(ATTENTION, text) for text in _attention(one, findings)),
    ]
    documents = [version.document for version in (one.before, one.after) if version]
    said = exposure.said(*documents, lists=one.vocabulary.lists)
    lines = [line._replace(text=exposure.unsaid(line.text, said, one.vocabulary.lists)) for line in lines]
    title = exposure.unsaid(str((one.now or one.was).get("title", "")), said, one.vocabulary.lists)
    path = exposure.masked_name(one.path, one.vocabulary.lists)
    name = (
        exposure.masked_name(one.id, one.vocabulary.lists) if corpus.is_ticket(PurePosixPath(one.path).name) else path
    )  # a linked folder has no id
    return Item(name, title, path, _course(one), tuple(lines), any(found.level == ERROR for found in findings))


def _homes(one: Finding) -> set[str]:
    """Return the paths of the tickets that a finding may be about: it may stand in a file beside one."""
    return {one.path, *(f"{folder}.md" for folder in PurePosixPath(one.path).parents)}


def _course(one: Change) -> str:
    """Say from which state to which the ticket went."""
    if one.after is None:
        return "删除"
    after = one.new.status if one.new else _UNREADABLE
    if one.before is None:
        return f"新登记 → {after}" if one.new else after
    before = one.old.status if one.old else _UNREADABLE
    reopened = [step.event.name for step in one.effective if step.spec.new_cycle]
    return after if before == after and not reopened else " → ".join([before, *reopened, after])


def _events(one: Change) -> Iterator[str]:
    for event in _fresh(one):
        late = "（补录）" if "late" in event.data else ""
        told = "；".join(_clipped(event, name) for name in ("reason", "note") if name in event.data)
        yield f"{moment.show(event.at)} {event.name}{late} {event.by}{f'：{told}' if told else ''}"
        yield from restated.told(one, event)


def _fresh(one: Change) -> list[Event]:
    """Return the events that the base does not have, wherever they stand; one that was merely masked is there already."""
    known = [event.data for event in one.before.ticket.events] if one.before and one.before.ticket else []
    left, found = list(known), []
    for event in one.after.ticket.events if one.after and one.after.ticket else ():
        at = event.number - 1
        if event.data in left:
            left.remove(event.data)
        elif not (at < len(known) and is_masked(known[at], event.data)):
            found.append(event)
    return found


def _clipped(event: Event, name: str) -> str:
    return clip(str(event.data[name]), differing.LONGEST)


def _fields(one: Change) -> Iterator[str]:
    """Name the fields of the header that changed, with the values where they may be repeated."""
    if not (one.was and one.now):  # a new ticket, or one that cannot be read
        return
    skipped = {"events", *one.vocabulary.schema.root["required"][:1]}
    for name in dict.fromkeys([*one.was, *one.now]):
        if name == waivers.FIELD:
            old, new = (_waivers(side) for side in (one.was, one.now))
            yield from (waivers.told(each) for each in new if each not in old)
            yield from (f"删去：{waivers.told(each)}" for each in old if each not in new)
        elif name not in skipped:
            yield from differing.between(one.vocabulary, (name,), one.was.get(name), one.now.get(name))


def _waivers(header: Json) -> list[Json]:
    listed = header.get(waivers.FIELD)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _sections(one: Change) -> Iterator[str]:
    if not (one.before and one.after and one.was and one.now):
        return
    before, after = one.before.document.section_lines, one.after.document.section_lines
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name, []), after.get(name, [])
        if old != new:
            what = "新增" if not old else "删去" if not new else f"改动，{len(old)} 行 → {len(new)} 行"
            yield f"{name or '第一节之前'}（{what}）"


def _files(root: Path, one: Change) -> Iterator[str]:
    """Name the attachments that came, changed or went, with their size."""
    for path, was_there in one.lost.items():
        file = root / path
        name = exposure.masked_name(
            path.removeprefix(f"{PurePosixPath(one.path).with_suffix('')}/"), one.vocabulary.lists
        )
        if file.is_symlink() or file.exists():
            size = "链接" if file.is_symlink() else _size(file.stat().st_size)
            yield f"{name}（{'改动' if was_there else '新增'}，{size}）"
        else:
            yield f"{name}（删去）"


def _size(number: float) -> str:
    power = 0
    while number >= _THOUSAND and power < len(_UNITS) - 1:
        number, power = number / _THOUSAND, power + 1
    return f"{number:.3g} {_UNITS[power]}"


def _completeness(one: Change) -> Iterator[str]:
    """Say how complete the report is: of a new one always, of a changed one if that has changed."""
    old, new = (
        completeness.score(side.ticket, one.vocabulary) if side and side.ticket else None
        for side in (one.before, one.after)
    )
    if new and (one.before is None or (old and old != new)):
        yield f"{old.percent} % → {new}" if old else str(new)


def _alike(one: Match) -> str:
    solution = f"；解决方法：{one.solution}" if one.solution else ""
    return f"{one.id} {one.title}（{one.status}，相似 {one.score:.0%}：{'、'.join(one.shared)}）{solution}"


def _attention(one: Change, findings: list[Finding]) -> Iterator[str]:
    """Name what a reviewer should look at: findings, decisions that somebody approved, what becomes public."""
    for found in sorted(findings, key=lambda one: one.level != ERROR):
        if found.level == ERROR:
            yield f"{BLOCKING}{found.rule}] {_said(found)}"
        else:
            yield f"提醒[{found.rule}] 第 {found.line} 行：{found.message}"
    for event in _fresh(one):
        if "approver" in event.data:
            yield f"{event.name}写明由 {event.data['approver']} 批准，请他在这里确认"
    for waiver in _waivers(one.now):
        if waiver not in _waivers(one.was):
            yield f"{waivers.told(waiver)}；请他在这里确认"
    if _is_published(one, one.now) and not _is_published(one, one.was):
        yield "合并后会发布到网站：请看现象、解决方法和各公开章节里有没有不该公开的内容"
    if one.was and one.now and one.was.get("complex") != one.now.get("complex"):
        yield "复杂问题的标记有改动：它决定要不要方案评审"
    if one.before is None and any(event.data.get(ticket.IMPORTED) is True for event in one.appended):
        yield "历史导入：导入之前的经过不检查，请与旧的跟踪表核对"
    yield from restated.masks(one)
    yield from limits.excused(one)
    late = (event for event in _fresh(one) if "late" in event.data)
    yield from (f"第 {event.number} 个事件是补录的：{_clipped(event, 'late')}" for event in late)


def _is_published(one: Change, header: Json) -> bool:
    closed = header.get("status") in one.vocabulary.lifecycle.closed_states
    return closed and one.vocabulary.page(header) == "article"
