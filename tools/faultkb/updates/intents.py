"""A changed cell → what it means: values for events, fields and sections of the file, lines for the log, or why it cannot be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from faultkb import dates, labelled, moment, registration, spelling, typed
from faultkb.rows import HIDDEN
from faultkb.tracking import canonical
from faultkb.updates import passages, values
from faultkb.updates.passages import Passage, UnclearError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from faultkb.corpus import Loaded
    from faultkb.sheets import Cell
    from faultkb.ticket import Json
    from faultkb.tracking import Column
    from faultkb.updates.cells import Line
    from faultkb.updates.progress import Entry
    from faultkb.vocabulary import Vocabulary

_VERDICT = re.compile(r"([^\s:,;，；。]+)[\s:,;，；。]*(.*)", re.DOTALL)
_RESULT, _REASON, _VERIFIER = "result", "reason", "verifier"
_PART_LINE = "每一项写一行，名称在前，例如 {}：…"


@dataclass
class Intent:
    """What the changed cells of a fault mean together.

    ``values`` are what events are to bring, by field of the header; ``edits`` fields of the header that no event brings
    (None: to go); ``expected`` what must have come of it, though nobody may type it; ``changed`` the cells, old and new.
    """

    values: dict[str, Any] = field(default_factory=dict)
    edits: dict[str, Any] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    entries: tuple[Entry, ...] = ()
    expected: dict[str, str] = field(default_factory=dict)
    changed: list[tuple[str, str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Say whether anything is to be done or refused."""
        return bool(
            self.values or self.edits or self.passages or self.entries or self.expected or self.changed or self.refused
        )

    def take(self, one: Intent) -> None:
        """Add what another cell means."""
        self.values |= one.values
        self.edits |= one.edits
        self.passages += one.passages
        self.entries += one.entries
        self.expected |= one.expected
        self.changed += one.changed
        self.refused += one.refused


@dataclass(frozen=True)
class Touched:
    """A cell that differs: its column, what it says, and what the ticket says there, shown and as it is."""

    words: Vocabulary
    loaded: Loaded
    now: Json
    column: Column
    line: Line
    shown: str | datetime | None

    @property
    def cell(self) -> Cell | None:
        """The cell; None where it is empty."""
        return self.line.cells.get(self.column.name)

    @property
    def text(self) -> str:
        """What it says."""
        return (self.cell.text if self.cell else "").replace("\r\n", "\n").replace("\r", "\n")

    @property
    def before(self) -> str:
        """What it said."""
        return moment.show(self.shown) if isinstance(self.shown, datetime) else self.shown or ""


class _RefusedError(Exception):
    """Says in Chinese why a cell cannot be taken."""


def read(one: Touched) -> Intent:
    """Return what a cell means; an empty intent where it says what the ticket says."""
    if canonical(one.text) == HIDDEN:
        return Intent()
    if one.cell and one.cell.remark and one.cell.value is None:
        return Intent(refused=[f"{one.column.title}：{one.cell.remark}"])
    try:
        found = (_hidden if one.shown == HIDDEN else _reader(one.column))(one)
    except (_RefusedError, UnclearError) as error:
        return Intent(refused=[f"{one.column.title}：{error}"])
    if found:
        found.changed.append((one.column.title, one.before, one.text))
    return found


def _reader(column: Column) -> Callable[[Touched], Intent]:
    if column.sections:
        return _several_sections if len(column.of) > 1 else _description
    readers: Mapping[str, Callable[[Touched], Intent]] = {
        "type": _choice,
        "severity": _choice,
        "status": _choice,
        "team": _choice,
        "owner": _owner,
        "assistants": _assistants,
        "due_at": _due,
        "completed_at": _completed,
        "verification": _verification,
        "customer": _parts,
        "impact": _parts,
        "remark": _remark,
    }
    return readers.get(column.name, _fixed)


def _hidden(_: Touched) -> Intent:
    raise _RefusedError("导出时已隐去，不能从这张表改：用 fault export xlsx --mask internal 导出的表，或用 fault edit")


def _choice(one: Touched) -> Intent:
    name = one.column.name
    meant = values.choice(one.words, name, _filled(one))
    return Intent(values={name: meant}) if meant != one.now.get(name) else Intent()


def _owner(one: Touched) -> Intent:
    people = values.people(_filled(one))
    if len(people) != 1:
        raise _RefusedError("写一个人，例如 RD017 李*；其余的写进 协办人")
    return Intent(values={"owner": people[0]}) if _people(one.words, people) != [one.now.get("owner")] else Intent()


def _assistants(one: Touched) -> Intent:
    people = values.people(one.text)
    is_same = _people(one.words, people) == list(one.now.get("assistants", ()))
    return Intent() if is_same else Intent(values={"assistants": people or "[]"})


def _people(words: Vocabulary, people: list[str]) -> list[Any]:
    """Return people as the header has them; the text of one that cannot be read."""
    return [one for text in people for one in _person(words, text)]


def _person(words: Vocabulary, text: str) -> list[Any]:
    try:
        found: list[Any] = typed.read(words, "assistants", text, moment.parse("2000-01-01 00:00").time())
    except ValueError:
        return [text]
    return found


def _due(one: Touched) -> Intent:
    found = _moment(one)
    old = one.now.get("due_at", "")
    is_same = found == old or (len(found) < len("2026-11-20 00:00") and old.startswith(found))
    return Intent() if is_same else Intent(values={"due_at": found})


def _completed(one: Touched) -> Intent:
    """When a fault was completed follows from events; who types it with them is right, or is told."""
    if not one.text.strip():
        raise _RefusedError("由事件推出，不能清空；验证不再有效的，把 当前状态 改回 处理中")
    found = _moment(one)
    return (
        Intent() if str(one.now.get("completed_at", "")).startswith(found) else Intent(expected={"completed_at": found})
    )


def _moment(one: Touched) -> str:
    """Return the moment that a cell names, a day where it names no time of day."""
    _filled(one)
    found = dates.read(one.cell.value if one.cell else None, year=one.line.year, from_1904=one.line.from_1904)
    if found.text is None or found.rest:
        raise _RefusedError(f"{found.remark or '读不出时间'}：写成 2026-11-20 17:30，或只写日期")
    return found.text if found.has_time else found.text[:10]


def _verification(one: Touched) -> Intent:
    titles = {key: one.words.title("verification", key) for key in _keys(one) if key != _RESULT}
    old, new = (labelled.split(canonical(text), titles.values()) for text in (one.before, _filled(one)))
    said = _VERDICT.fullmatch(new.get("", ""))
    was = str(one.now.get("verification", {}).get(_RESULT, ""))
    meant = values.choice(one.words, "verification.result", said[1]) if said else was
    results = one.words.schema.field(("verification", _RESULT)).choices
    if meant not in results:
        raise _RefusedError(f"先写 {' 或 '.join(results)}，再一行一行写各项，例如 {titles['functional']}：通过")
    parts = {key: new.get(title, "") for key, title in titles.items() if new.get(title)}
    if said and said[2] and _REASON not in parts:
        parts[_REASON] = " ".join(said[2].split())
    if _VERIFIER in parts:
        parts[_VERIFIER] = next(iter(values.people(parts[_VERIFIER])), "")
    is_same = meant == was and all(
        canonical(old.get(titles[key], "")) == canonical(text) for key, text in parts.items()
    )
    return Intent() if is_same else Intent(values={"verification": {_RESULT: meant, **parts}})


def _parts(one: Touched) -> Intent:
    """Read a cell with a line for each part of a field."""
    name = one.column.name
    titles = {key: one.words.title(name, key) for key in _keys(one)}
    old, new = (labelled.split(text, titles.values()) for text in (one.before, one.text))
    if canonical(new.get("", "")) != canonical(old.get("", "")):
        raise _RefusedError(_PART_LINE.format(next(iter(titles.values()))))
    result = dict(one.now.get(name, {}))
    for key, title in titles.items():
        if canonical(old.get(title, "")) != canonical(new.get(title, "")):
            result[key] = _part(one.words, (name, key), new.get(title, ""))
    kept = {key: value for key, value in result.items() if value not in ("", [])}
    wanted = one.words.schema.coerce({name: kept})[name] if kept else None
    return Intent(edits={name: wanted}) if wanted != one.now.get(name) else Intent()


def _part(words: Vocabulary, path: tuple[str, str], text: str) -> Any:
    item = next(item for item in registration.ITEMS if item.path == path)
    value = registration.value(words, item.name, text)
    return value if isinstance(value, list) else spelling.put_right(words, item.name, " ".join(value.split()))


def _keys(one: Touched) -> list[str]:
    node = one.words.schema.resolve(one.words.schema.root["properties"][one.column.name])
    return list(node["properties"])


def _remark(one: Touched) -> Intent:
    own = str(one.now.get("remark", ""))
    new = passages.merged(own, one.before, one.text.rstrip()).strip() if own else one.text.strip()
    return Intent(edits={"remark": new or None}) if canonical(new) != canonical(own) else Intent()


def _description(one: Touched) -> Intent:
    """Read the cell of a section with parts: the title, what belongs to no part, and the parts."""
    (section,) = one.column.of
    known = [each.name for each in one.words.sections if each.part_of == section]
    known += [part for name, part in one.loaded.document.sections if name == section and part]
    old, new = (labelled.split(text, known) for text in (one.before, _filled(one)))
    (title, intro), (title2, intro2) = _head(old), _head(new)
    found = Intent(edits={"title": title2} if canonical(title) != canonical(title2) else {})
    if not title2:
        raise _RefusedError("第一行是问题标题，不能没有")
    parts = [("", intro, intro2), *((name, old.get(name, ""), new.get(name, "")) for name in dict.fromkeys(known))]
    found.passages += [
        Passage(section, name, was, now) for name, was, now in parts if not passages.is_same(one.words, was, now)
    ]
    return found


def _head(split: Mapping[str, str]) -> tuple[str, str]:
    title, _, rest = split.get("", "").strip().partition("\n")
    return title.strip(), rest.strip("\n")


def _several_sections(one: Touched) -> Intent:
    old, new = (labelled.split(text, one.column.of) for text in (one.before, one.text))
    if new.get("", "").strip():
        raise _RefusedError(f"分成几段写，每段前面写上 {'、'.join(f'【{name}】' for name in one.column.of)}")
    wanted = [Passage(name, "", old.get(name, ""), new.get(name, ""), whole=True) for name in one.column.of]
    return Intent(passages=[each for each in wanted if not passages.is_same(one.words, each.shown, each.wanted)])


def _fixed(one: Touched) -> Intent:
    node = one.words.schema.root["properties"].get(one.column.name, {})
    if canonical(one.text) == canonical(one.before):
        return Intent()
    raise _RefusedError(
        "登记之后不能改变；改回原来的值"
        if node.get("x-immutable")
        else f"是登记时的记录，不能从这张表改；记错了用“更正”：fault log {one.line.id} 更正 --target 1 --set 字段=新值"
    )


def _filled(one: Touched) -> str:
    """Return the text of a cell that must not be emptied."""
    if not one.text.strip():
        raise _RefusedError("不能清空；恢复原来的内容")
    return one.text
