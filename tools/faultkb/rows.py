"""A fault as a row of 《产品故障问题跟踪表》: what each of its cells says."""

from __future__ import annotations

import functools
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from faultkb import expressed, filling, labelled, masks, moment, ticket, tracking

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from faultkb.ticket import Replay, Ticket
    from faultkb.tracking import Column
    from faultkb.vocabulary import Vocabulary

    Value = str | datetime | None
    """What a cell holds."""

HIDDEN = "已隐去"
"""What a table for outside eyes says instead of what is not theirs."""
_EVENTS = "events"
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)


def row(one: Ticket, replay: Replay, words: Vocabulary) -> dict[str, Value]:
    """Return the cells of a fault by the name of their column, as the events up to the moment of ``replay`` have it.

    Names of people are masked; what else may be private is not: the caller masks it.
    """
    kept = {name: value for name, value in one.header.items() if name not in words.lifecycle.folded and name != _EVENTS}
    now = {name: value for name, value in replay.snapshot.items() if value is not None}
    header = masks.names({**kept, **now, "id": one.id or PurePosixPath(one.path).stem})
    cells: dict[str, Value] = {}
    for column in tracking.exported(words):
        if column.sections:
            cells[column.name] = _sections(column, one, words) or None
        elif column.name == _EVENTS:
            cells[column.name] = "\n".join(_progress(replay, words)) or None
        else:
            cells[column.name] = _field(column, header.get(column.name), words)
    return cells


def is_public(one: Ticket, replay: Replay, words: Vocabulary) -> bool:
    """Say whether a fault stands in a table for outside eyes: closed and 收录, as the site publishes it."""
    return words.page(one.header) == "article" and replay.status in words.lifecycle.closed_states


def public(one: Ticket, replay: Replay, words: Vocabulary) -> dict[str, Value]:
    """Return the cells as they may be shown outside: what the schema publishes, moments without the time of day."""
    parts = {name: tracking.published(words, name) for name in one.header}
    header = {
        name: {key: item for key, item in value.items() if key in parts[name]} if parts[name] else value
        for name, value in one.header.items()
    }
    cells = row(ticket.Ticket(one.path, header, one.events, one.document), replay, words)
    return {column.name: _outward(column, cells[column.name], words) for column in tracking.exported(words)}


def _outward(column: Column, value: Value, words: Vocabulary) -> Value:
    if not tracking.is_public(column, words):
        return HIDDEN
    if isinstance(value, str):
        return _COMMENT.sub("", value)
    return value.replace(hour=0, minute=0) if value else None


def _field(column: Column, value: Any, words: Vocabulary) -> Value:
    if value is None or value == "":
        return None
    if tracking.is_time(column, words) and moment.is_minute(value):
        return moment.parse(value)
    if not isinstance(value, dict) or ticket.person(value):
        return expressed.value(value, str)
    shown = {_title(words, column.name, key): expressed.value(value[key], str) for key in value if key != tracking.MAIN}
    return labelled.compose(str(value.get(tracking.MAIN, "")), shown) or None


@functools.lru_cache(maxsize=256)
def _title(words: Vocabulary, *path: str) -> str:
    return words.title(*path)


def _sections(column: Column, one: Ticket, words: Vocabulary) -> str:
    """Write the sections of a column: several by their names, a single one by its parts with the title at the head."""
    if len(column.of) > 1:
        return labelled.compose("", {name: _whole(name, one, words) for name in column.of})
    (name,) = column.of
    parts = {
        part: text.strip()
        for (section, part), text in one.sections.items()
        if section == name and filling.filled(one, words, name, part or None)
    }
    head = (one.title, parts.pop("", ""))
    return labelled.compose("\n".join(filter(None, head)), parts)


def _whole(name: str, one: Ticket, words: Vocabulary) -> str:
    """Return the text of a section that says something, the headings of its parts included; else nothing."""
    if not filling.filled(one, words, name):
        return ""
    texts = ((part, text.strip()) for (section, part), text in one.sections.items() if section == name)
    return "\n\n".join(f"### {part}\n\n{text}" if part else text for part, text in texts).strip()


def _progress(replay: Replay, words: Vocabulary) -> Iterator[str]:
    """Yield a line for each event as it holds now: a corrected one as corrected, a void one not at all."""
    for step in replay.steps:
        event = step.event
        said = expressed.event(masks.names(event.data), words)
        yield f"{moment.show(event.at)} {event.name}（{event.by}）{f'：{said}' if said else ''}"
