"""What a change does, as a document for another program: written within the limits of its schema, read as hostile data."""

from __future__ import annotations

import functools
import json
import os
from importlib import resources
from typing import TYPE_CHECKING, Any, NoReturn

import jsonschema_rs

from faultkb import moment, summary
from faultkb.finding import ERROR, NOTE, WARNING
from faultkb.suggestions import Fix
from faultkb.summary import Item, Line, Summary, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

LARGEST = 1_000_000
"""Bytes of a document; what is larger is not read."""
_ROOM = 450_000
"""Bytes that items, and fixes, may fill."""
_ITEMS, _REMARKS, _FIXES = 200, 50, 100
_NAME, _TITLE, _TEXT = 200, 300, 600
_VERSION = 1
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def of(one: Summary) -> dict[str, Any]:
    """Return a summary as JSON holds it. What does not fit is left out whole: ``counts.tickets`` tells how many there are."""
    return {
        "schema_version": _VERSION,
        "as_of": moment.show(one.as_of),
        "timezone": one.timezone,
        "base": _cut(one.base, _NAME),
        "head": one.head,
        "counts": _counts(one),
        "items": _fitting(map(_item, one.items[:_ITEMS])),
        "remarks": [_cut(text, _TEXT) for text in one.remarks[:_REMARKS]],
        "fixes": _fitting(fix._asdict() | {"what": _cut(fix.what, _TEXT)} for fix in one.fixes[:_FIXES]),
    }


def read(path: Path) -> Summary | None:
    """Return the summary in a file that anybody may have written, None where it is not one. A link is not followed."""
    try:
        with open(os.open(path, _READ), "rb") as file:  # noqa: PTH123 - Path.open follows links
            raw = file.read(LARGEST + 1)
        data: Any = json.loads(raw.decode(), parse_constant=_refuse) if len(raw) <= LARGEST else None
        json.dumps(data, ensure_ascii=False).encode()  # half a character of two (U+D800) is no text
        return _summary(data) if _schema().is_valid(data) else None
    except (OSError, ValueError, RecursionError):
        return None


def _refuse(_constant: str) -> NoReturn:
    raise ValueError


@functools.cache
def _schema() -> jsonschema_rs.Draft202012Validator:
    text = resources.files("faultkb").joinpath("metaschema", "summary.schema.json").read_text(encoding="utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text))


def _counts(one: Summary) -> dict[str, int]:
    tally = one.outcome
    optional = {"unchanged": tally.unchanged, "elsewhere": tally.elsewhere}
    return {
        "tickets": one.tickets,
        "checked": tally.checked,
        **{level: tally.count(level) for level in (ERROR, WARNING, NOTE)},
        **{name: number for name, number in optional.items() if number is not None},
    }


def _item(one: Item) -> dict[str, Any]:
    return {
        "id": _cut(one.id, _NAME),
        "title": _cut(one.title, _TITLE),
        "path": _cut(one.path, _TITLE),
        "course": _cut(one.course, _NAME),
        "blocked": one.blocked,
        "lines": [{"heading": line.heading, "text": _cut(line.text, _TEXT)} for line in summary.shortened(one.lines)],
    }


def _fitting(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return as many entries, from the first, as there is room for."""
    found, room = [], _ROOM
    for entry in entries:
        room -= len(json.dumps(entry, ensure_ascii=False).encode()) + 2
        if room < 0:
            break
        found.append(entry)
    return found


def _cut(text: str, most: int) -> str:
    shown = "".join(char if char.isprintable() else " " if char.isspace() else "�" for char in text[:most])
    return shown if len(text) <= most else f"{shown[: most - 1]}…"


def _summary(data: dict[str, Any]) -> Summary:
    counts = {name: int(number) for name, number in data["counts"].items()}
    return Summary(
        base=data["base"],
        head=data["head"],
        as_of=moment.parse(data["as_of"]),
        timezone=data["timezone"],
        items=tuple(Item(**one | {"lines": tuple(Line(**line) for line in one["lines"])}) for one in data["items"]),
        tickets=counts.pop("tickets"),
        outcome=Tally(counts.pop("checked"), counts, counts.pop("unchanged", None), counts.pop("elsewhere", None)),
        remarks=tuple(data["remarks"]),
        fixes=tuple(Fix(**one | {"line": int(one["line"]), "end_line": int(one["end_line"])}) for one in data["fixes"]),
    )
