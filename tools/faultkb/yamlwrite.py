"""Data → YAML, and surgical changes to YAML that somebody else wrote: all other bytes stay as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from yaml import CollectionNode

from faultkb import yamltext

if TYPE_CHECKING:
    from yaml import Node

    from faultkb.yamltext import Path, Place

_ODD = r"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff"
_PLAIN = re.compile(rf"[^\s\-?:,\[\]{{}}#&*!|>'\"%@`{_ODD}](?:[^,\[\]{{}}{_ODD}]*[^\s:,\[\]{{}}{_ODD}])?")
_UNSAFE = re.compile(r":(?=[\s,\[\]{}?])|:$|\s#")
_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


def scalar(value: object) -> str:
    """Print a scalar, plain where it reads back as the same text even inside a flow mapping, else double-quoted."""
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    if _PLAIN.fullmatch(text) and not _UNSAFE.search(text):
        return text
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # half a character is none
    quoted = json.dumps(text, ensure_ascii=False)
    return _ESCAPE.sub(lambda match: f"\\u{ord(match.group()):04x}", quoted)


def flow(value: object) -> str:
    """Print a value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def header(data: Mapping[str, Any], newline: str = "\n") -> str:
    """Print a whole header: a line for each field and for each item of a list of mappings such as ``events``."""
    lines: list[str] = []
    for key, value in data.items():
        if isinstance(value, list) and value and isinstance(value[0], Mapping) and key == "events":
            lines += [f"{scalar(key)}:", *(f"  - {flow(item)}" for item in value)]
        else:
            lines.append(f"{scalar(key)}: {flow(value)}")
    return newline.join(lines)


def update(
    text: str, changes: Mapping[str, Any], order: Sequence[str], append: Mapping[str, Sequence[Any]] | None = None
) -> str:
    """Change top-level fields of a mapping and append items to its lists; every other byte stays.

    A value of None removes the field. ``order`` says where a new field goes. Raises ValueError if the text cannot be
    changed safely (the result is read back and compared).
    """
    try:
        return _update(text, changes, order, append or {})
    except (yamltext.ProblemError, LookupError, AttributeError) as error:
        raise ValueError("the header cannot be changed safely") from error


def _update(text: str, changes: Mapping[str, Any], order: Sequence[str], append: Mapping[str, Sequence[Any]]) -> str:
    before, _ = yamltext.parse(text)
    expected = {key: value for key, value in {**before, **changes}.items() if value is not None}
    newline = "\r\n" if "\r\n" in text else "\n"
    for key, value in changes.items():
        text = _set(text, (key,), before.get(key), value, order, newline)
    for key, items in append.items():
        expected[key] = [*expected.get(key, []), *items]
        for item in items:
            text = _append(text, key, item, newline)
    after, problems = yamltext.parse(text)
    if problems or after != as_text(expected):
        raise LookupError(text)
    return text


def as_text(value: Any) -> Any:
    """Return data as reading gives it back: all scalars strings, empty values gone."""
    if isinstance(value, Mapping):
        return {key: as_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [as_text(item) for item in value]
    return ("true" if value else "false") if isinstance(value, bool) else str(value)


def _set(text: str, path: Path, old: Any, value: Any, order: Sequence[str], newline: str) -> str:
    if old == as_text(value) or (old is None and value is None):
        return text
    places = yamltext.places(text)
    place = places.get(path)
    if place is None:
        return _insert(text, path, value, places, order, newline)
    if value is None:
        return _remove(text, path, places)
    if isinstance(value, Mapping) and isinstance(old, Mapping) and value.keys() & old.keys():
        for key in [*(key for key in old if key not in value), *value]:
            text = _set(text, (*path, key), old.get(key), value.get(key), list(value), newline)
        return text
    start, end = place.value.start, _end(text, place.node)
    if _is_block(place.node) and place.key:
        # What follows the key on its line (a comment) stays behind the new value.
        eol = text.find("\n", place.key.end)
        rest = text[text.index(":", place.key.end) + 1 : eol].rstrip("\r")
        return text[: place.key.end] + ": " + flow(value) + rest + text[end:]
    return text[:start] + (" " if text[start - 1 : start] == ":" else "") + flow(value) + text[end:]


def _insert(text: str, path: Path, value: Any, places: dict[Path, Place], order: Sequence[str], newline: str) -> str:
    """Add a key that is not there yet, after the nearest key that comes before it in ``order``."""
    *parent, key = path
    siblings = [(one[-1], place) for one, place in places.items() if len(one) == len(path) and list(one[:-1]) == parent]
    earlier = order[: order.index(key)] if key in order else order
    before = [place for name, place in siblings if name in earlier]
    node = places[tuple(parent)].node
    pair = f"{scalar(key)}: {flow(value)}"
    if isinstance(node, CollectionNode) and node.flow_style:
        if not before:
            start = node.start_mark.index + 1
            return text[:start] + pair + (", " if siblings else "") + text[start:]
        end = max(_end(text, place.node) for place in before)
        return text[:end] + ", " + pair + text[end:]
    indent = " " * (siblings[0][1].key.column - 1) if siblings and siblings[0][1].key else ""
    if not before:
        start = text.rfind("\n", 0, siblings[0][1].key.start) + 1 if siblings and siblings[0][1].key else 0
        return text[:start] + indent + pair + newline + text[start:]
    return _add_line(text, max(_end(text, place.node) for place in before), indent + pair, newline)


def _remove(text: str, path: Path, places: dict[Path, Place]) -> str:
    place = places[path]
    if place.key is None:
        raise ValueError(path)
    start, end = place.key.start, _end(text, place.node)
    parent = places[path[:-1]].node
    if isinstance(parent, CollectionNode) and parent.flow_style:
        rest = re.compile(r"\s*,\s*").match(text, end)
        if rest:
            return text[:start] + text[rest.end() :]
        return re.sub(r"\s*,\s*\Z", "", text[:start]) + text[end:]
    return text[: text.rfind("\n", 0, start) + 1] + text[_line_end(text, end) :]


def _append(text: str, key: str, item: Any, newline: str) -> str:
    place = yamltext.places(text)[(key,)]
    node, end = place.node, _end(text, place.node)
    if isinstance(node, CollectionNode) and node.flow_style:
        return text[: end - 1] + (", " if node.value else "") + flow(item) + text[end - 1 :]
    indent = " " * node.start_mark.column
    return _add_line(text, end, f"{indent}- {flow(item)}", newline)


def _add_line(text: str, index: int, line: str, newline: str) -> str:
    """Insert a line after the one in which ``index`` stands."""
    end = _line_end(text, index)
    lacking = newline if text[:end] and not text[:end].endswith("\n") else ""
    return text[:end] + lacking + line + newline + text[end:]


def _line_end(text: str, index: int) -> int:
    end = text.find("\n", index)
    return len(text) if end < 0 else end + 1


def _is_block(node: Node) -> bool:
    return isinstance(node, CollectionNode) and not node.flow_style


def _end(text: str, node: Node) -> int:
    """Return where a node's own text ends; libyaml's end of a block collection lies at the next token."""
    if _is_block(node) and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    if getattr(node, "style", None) in {"|", ">"}:
        end -= len(text[:end]) - len(text[:end].rstrip())
    return end
