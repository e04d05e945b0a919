"""What people type for a field of an event, or in a correction for one of the header → its value, as the schema describes the field."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from faultkb import moment, yamltext
from faultkb.violation import clip

if TYPE_CHECKING:
    from datetime import time

    from faultkb.lifecycle import EventSpec
    from faultkb.vocabulary import Vocabulary

PLAN = "due_at"
"""The one moment that lies ahead: a day alone means its close of business."""
_BETWEEN_ITEMS = re.compile(r"\s*[,，、;；]\s*")


def read(words: Vocabulary, name: str, text: str, close: time) -> Any:
    """Return the value that a text means for a field; ``close`` is when a working day ends. Raise ValueError in Chinese."""
    node = _node(words, name)
    if text.startswith(("{", "[")) and node.get("type") in {"object", "array"}:
        return _coerced(words, name, _yaml(name, text))
    if node.get("type") == "array":
        inner = words.schema.resolve(node["items"])
        items = [item for item in _BETWEEN_ITEMS.split(text.strip()) if item]
        return [_person(item) if _is_person(inner) else item for item in items]
    if _is_person(node):
        return _person(text)
    if node.get("format") == "fault-minute":
        return _minute(text, close if name == PLAN else None)
    return _coerced(words, name, text)


def field_named(words: Vocabulary, text: str) -> str:
    """Return the field that a text means: its name, or its Chinese title."""
    return next((name for name, title in titles(words).items() if text == title), text)


def titles(words: Vocabulary) -> dict[str, str]:
    """Return the Chinese title of every field of an event and of the header."""
    header = {name: words.title(name) for name in words.schema.root["properties"]}
    return header | {name: words.title("events", 0, name) for name in _event_fields(words)}


def choices(words: Vocabulary, spec: EventSpec, name: str) -> tuple[str, ...]:
    """Return the values that an event's field can have, () where it is free."""
    if name == "to" and spec.changes:
        return tuple(words.choices[spec.changes])
    if name == "section":
        return tuple(one.name for one in words.sections if one.part_of is None)
    listed = words.choices.get(f"events.{name}", {})
    fitting = tuple(value for value, choice in listed.items() if choice.get("x-for", spec.name) == spec.name)
    return fitting or words.schema.field(("events", 0, name)).choices


def offers(words: Vocabulary, spec: EventSpec, name: str) -> tuple[str, ...]:
    """Return the choices that are worth proposing: nothing retired, nothing that the event refuses."""
    refused = spec.refuses.get(name, ())
    fields = (f"events.{name}", spec.changes if name == "to" and spec.changes else name)
    retired = {one for field in fields for one in words.retiring.get(field, ())}
    return tuple(one for one in choices(words, spec, name) if one not in refused and one not in retired)


def mistake(words: Vocabulary, name: str, text: str, close: time) -> str:
    """Say what is wrong with a text for a field; empty if nothing is, and for pairs: those depend on what they correct."""
    field = _event_fields(words).get(name, {})
    if field.get("type") == "object" and not _is_person(_node(words, name)):
        return ""
    try:
        value = read(words, name, text, close)
    except ValueError as error:
        return str(error)
    _, violations = words.schema.accepted({"events": [{name: value}]})
    return "；".join(f"{one.message}。{one.help}" for one in violations if one.path[:3] == ("events", 0, name))


def _node(words: Vocabulary, name: str) -> dict[str, Any]:
    header: dict[str, Any] = words.schema.root["properties"]
    return words.schema.resolve(_event_fields(words).get(name, header.get(name, {})))


def _event_fields(words: Vocabulary) -> dict[str, Any]:
    fields: dict[str, Any] = words.schema.root["$defs"]["event"]["properties"]
    return fields


def _coerced(words: Vocabulary, name: str, value: Any) -> Any:
    """Turn texts into the numbers and flags that the schema wants, in an event's field or, where there is none, the header's."""
    if name in _event_fields(words):
        return words.schema.coerce({"events": [{name: value}]})["events"][0][name]
    return words.schema.coerce({name: value})[name]


def _is_person(node: dict[str, Any]) -> bool:
    return {"staff", "name"} <= set(node.get("properties", ()))


def _yaml(name: str, text: str) -> Any:
    try:
        return yamltext.parse(f"{name}: {text}")[0][name]
    except (yamltext.ProblemError, KeyError):
        raise ValueError("括号里的写法不对：检查括号、逗号、冒号后面的空格") from None


def _person(text: str) -> dict[str, str]:
    parts = re.split(r"[\s:：,，]+", text.strip(), maxsplit=1)
    if len(parts) != 2:  # noqa: PLR2004 - id and name
        raise ValueError("写成“工号 姓*”，例如 “RD017 李*”")
    return {"staff": parts[0], "name": parts[1]}


def _minute(text: str, close: time | None) -> str:
    text = text.strip()
    if moment.is_minute(text):
        return text
    if not moment.is_date(text):
        raise ValueError(
            f"“{clip(text)}”不是时间：写成 2026-11-20 17:30{'，或只写日期（到当天下班）' if close else ''}"
        )
    if close is None:
        raise ValueError(f"“{text}”没有写几点几分：写成 {text} 09:30")
    return moment.show(datetime.combine(date.fromisoformat(text), close))
