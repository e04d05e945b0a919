"""Old tickets rewritten to a newer schema, a correction for each: what the schema says took the place of what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from faultkb import corpus, logbook, moment, ticket

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.logbook import Entry
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Author:
    """Who migrates, who approved it, and when."""

    by: str
    approver: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Migration:
    """What becomes of one ticket: the file as read, its new text or what is against it, and each change in words."""

    loaded: Loaded
    entry: Entry
    changes: tuple[str, ...]


def plan(root: Path, words: Vocabulary, paths: Sequence[str], author: Author) -> Iterator[Migration]:
    """Return the tickets among ``paths`` that the schema wants otherwise; those that cannot be read are left alone."""
    for path in paths:
        loaded = corpus.load(root, path, words)
        if loaded.ticket is None or loaded.document.problems:
            continue
        wanted = _wanted(words, loaded.ticket)
        if wanted:
            changes = tuple(_told(words, loaded.ticket, values) for values in wanted.values())
            events = [_correction(words, author, *one) for one in zip(wanted.items(), changes, strict=True)]
            yield Migration(loaded, logbook.record(root, words, loaded, events, author.at), changes)


def _wanted(words: Vocabulary, one: Ticket) -> dict[int, dict[str, Any]]:
    """Return the new values by the number of the event that is to be corrected; those of the header go by the registration."""
    replay = ticket.replay(one, words.lifecycle)
    first = next(
        (step.event.number for step in replay.steps if step.event.name == words.lifecycle.registration.name), 1
    )
    found: dict[int, dict[str, Any]] = {}
    for name, node in words.schema.root["properties"].items():
        value = one.header.get(name)
        if value is None and "x-fill" in node:
            found.setdefault(first, {})[name] = node["x-fill"]
        elif isinstance(value, str) and words.replaced_by(name, value):
            givers = [
                step.event.number for step in replay.steps if name in step.spec.fields and name in step.event.data
            ]
            target = givers[-1] if givers and name in words.lifecycle.folded else first
            found.setdefault(target, {})[name] = words.replaced_by(name, value)
    return found


def _told(words: Vocabulary, one: Ticket, values: dict[str, Any]) -> str:
    parts = (f"{words.title(name)} {one.header.get(name, '（无）')} → {value}" for name, value in values.items())
    return "；".join(parts)


def _correction(words: Vocabulary, author: Author, wanted: tuple[int, dict[str, Any]], told: str) -> dict[str, Any]:
    """Return the event that records a change of the schema."""
    target, values = wanted
    name = min(words.lifecycle.correcting)
    return {
        "at": moment.show(author.at),
        "event": name,
        "by": author.by,
        "target": target,
        "set": values,
        "approver": author.approver,
        "note": f"按现在的规定迁移：{told}",
    }
