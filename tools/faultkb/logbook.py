"""Recording an event: the ticket's new text, or what the lifecycle has against it. Writes nothing itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from faultkb import check, clocks, corpus, document, moment, standing, ticket, yamlwrite
from faultkb.finding import ERROR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.finding import Finding
    from faultkb.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Entry:
    """The result of recording an event: the new text, the state and the open waits that it leads to, the errors that it would bring."""

    text: str
    status: str
    refused: tuple[Finding, ...]
    waiting: frozenset[str]


def record(root: Path, words: Vocabulary, loaded: Loaded, event: dict[str, Any], as_of: datetime) -> Entry:
    """Append an event to a ticket and bring its snapshot up to date.

    An event is refused if the ticket then has errors that it did not have before.
    """
    source = loaded.document
    draft = {
        **source.header,
        "events": [*source.header["events"], words.schema.coerce({"events": [event]})["events"][0]],
    }
    imagined = ticket.build(loaded.path, source, draft)
    if imagined is None:
        raise ValueError(event)
    replay = ticket.replay(imagined, words.lifecycle)
    snapshot = replay.snapshot
    changes = {
        name: snapshot.get(name) for name in words.lifecycle.snapshot if name in source.header or name in snapshot
    }
    order = list(words.schema.root["properties"])
    header = yamlwrite.update(source.header_text, changes, order, {"events": [event]})
    start = source.text.index(source.header_text)
    text = source.text[:start] + header + source.text[start + len(source.header_text) :]
    before = Counter(_key(one) for one in check.examine(loaded, words, root, as_of)[0])
    after, _ = check.examine(corpus.loaded(loaded.path, document.parse(text), words), words, root, as_of)
    refused = tuple(_added(before, after))
    # What follows from an event that cannot happen here, or then, is noise.
    refused = tuple(one for one in refused if one.rule in _DECISIVE) or refused
    return Entry(text, replay.status, refused, replay.waiting)


def policy_due(words: Vocabulary, loaded: Loaded, event: dict[str, Any]) -> str | None:
    """Return when the policy wants the work done if an event happens now; late acceptance gains nothing."""
    source = loaded.document
    imagined = ticket.build(loaded.path, source, {**source.header, "events": [*source.header["events"], event]})
    if imagined is None:
        return None
    as_of = imagined.events[-1].at
    replay = ticket.replay(imagined, words.lifecycle, as_of)
    rows = clocks.run(imagined, replay, words, standing.calendar(words), as_of)
    dues = [row.due_at for row in rows if row.clock == "resolve" and row.cycle == replay.cycle]
    return moment.show(dues[-1]) if dues else None


_DECISIVE = {"illegal-transition", "event-order", "event-in-future"}


def _added(before: Counter[tuple[str, str]], after: list[Finding]) -> Iterator[Finding]:
    """Find the errors that were not there before; a second one of a kind is new."""
    known = before.copy()
    for one in after:
        known[_key(one)] -= 1
        if one.level == ERROR and known[_key(one)] < 0:
            yield one


def _key(one: Finding) -> tuple[str, str]:
    return one.rule, one.message
