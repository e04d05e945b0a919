"""A changed cell → what it means: values for events, fields and sections of the file, or why it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb import dates, moment, typed
from faultkb.tracking import canonical
from faultkb.updates import compound, values
from faultkb.updates.passages import UnclearError
from faultkb.updates.touched import Intent, RefusedError, filled
from faultkb.violation import clip, is_slip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from faultkb.tracking import Column
    from faultkb.updates.touched import Touched
    from faultkb.vocabulary import Vocabulary


def read(one: Touched) -> Intent:
    """Return what a cell means; an empty intent where it says what the ticket says."""
    if one.cell and one.cell.remark and one.cell.value is None:
        return Intent(refused=[f"{one.column.title}：{one.cell.remark}"])
    try:
        found = _reader(one.column)(one)
    except (RefusedError, UnclearError) as error:
        return Intent(refused=[f"{one.column.title}：{error}"])
    if found:
        found.changed.append((one.column, one.before))
    return found


def _reader(column: Column) -> Callable[[Touched], Intent]:
    if column.sections:
        return compound.several_sections if len(column.of) > 1 else compound.description
    readers: Mapping[str, Callable[[Touched], Intent]] = {
        "type": _choice,
        "severity": _choice,
        "status": _choice,
        "team": _choice,
        "owner": _owner,
        "assistants": _assistants,
        "due_at": _due,
        "completed_at": _completed,
        "verification": compound.verification,
        "customer": compound.parts,
        "impact": compound.parts,
        "remark": compound.remark,
    }
    return readers.get(column.name, _fixed)


def _choice(one: Touched) -> Intent:
    name = one.column.name
    meant = values.choice(one.words, name, filled(one))
    listed = one.words.schema.field((name,)).choices
    if meant not in listed:
        quoted = f"“{clip(meant)}”" if is_slip(meant, listed) else "这个选项"
        raise RefusedError(f"没有{quoted}，可以写：{'、'.join(listed)}")
    return Intent(values={name: meant}) if meant != one.now.get(name) else Intent()


def _owner(one: Touched) -> Intent:
    people = values.people(filled(one))
    if len(people) != 1:
        raise RefusedError("写一个人，例如 RD017 李*；其余的写进 协办人")
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
        raise RefusedError("由事件推出，不能清空；验证不再有效的，把 当前状态 改回 处理中")
    found = _moment(one)
    return (
        Intent() if str(one.now.get("completed_at", "")).startswith(found) else Intent(expected={"completed_at": found})
    )


def _moment(one: Touched) -> str:
    """Return the moment that a cell names, a day where it names no time of day."""
    filled(one)
    found = dates.read(one.cell.value if one.cell else None, year=one.line.year, from_1904=one.line.from_1904)
    if found.text is None or found.rest:
        raise RefusedError(f"{found.remark or '读不出时间'}：写成 2026-11-20 17:30，或只写日期")
    return found.text if found.has_time else found.text[:10]


def _fixed(one: Touched) -> Intent:
    node = one.words.schema.root["properties"].get(one.column.name, {})
    if canonical(one.text).casefold() == canonical(one.before).casefold():
        return Intent()
    raise RefusedError(
        "登记之后不能改变；改回原来的值"
        if node.get("x-immutable")
        else f"是登记时的记录，不能从这张表改；记错了用“更正”：fault log {one.line.id} 更正 --target 1 --set 字段=新值"
    )
