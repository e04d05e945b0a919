"""Recording events: the ticket's new text, or what the lifecycle has against it. Writes nothing itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import check, corpus, document, ticket, yamlwrite
from faultkb.finding import ERROR, WARNING, FaultError
from faultkb.rules import transitions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path as Folder

    from faultkb.change import Branch
    from faultkb.corpus import Loaded
    from faultkb.finding import Finding
    from faultkb.ticket import Replay, Ticket
    from faultkb.vocabulary import Vocabulary

_UNTIMELY = {"event-order", "event-in-future"}
_REWRITTEN, _CLOSED = "history-rewritten", "closed-ticket-changed"
AGAINST_BASE = frozenset({_REWRITTEN, _CLOSED, "immutable-field"})
"""The rules about what the base has recorded: only a comparison with it finds such errors."""


@dataclass(frozen=True)
class Entry:
    """A ticket with events appended: its new text and state, and the errors and warnings that it did not have before.

    ``left`` are the errors that it had already. ``first`` is the number of the first new event; ``impossible`` says that
    one cannot happen where it stands; ``folded`` are the fields of the header that events bring. ``unmasked`` are the errors
    of what somebody changed on the base that a correction should allow as a mask, and does not.
    """

    after: Loaded
    replay: Replay
    first: int
    errors: tuple[Finding, ...]
    warnings: tuple[Finding, ...]
    left: tuple[Finding, ...]
    impossible: bool
    folded: frozenset[str]
    unmasked: tuple[Finding, ...] = ()

    @property
    def text(self) -> str:
        """The new text of the file."""
        return self.after.document.text

    @property
    def status(self) -> str:
        """The state after the events."""
        return self.replay.status

    @property
    def refused(self) -> tuple[Finding, ...]:
        """Why the events cannot be recorded, without what merely follows from another reason."""
        untimely = tuple(one for one in self.errors if one.rule in _UNTIMELY)
        if untimely or self.impossible:
            return untimely or tuple(one for one in self.errors if one.rule == "illegal-transition")
        return (*self.unmasked, *(self.causes or self.errors))

    @property
    def causes(self) -> tuple[Finding, ...]:
        """The errors but for those about what only events bring into the header."""
        return tuple(one for one in self.errors if not self._follows(one))

    @property
    def blocked(self) -> bool:
        """Say whether something is in the way that no further field of the events can mend."""
        fields = [(self.field_of(one), one.rule) for one in self.causes]
        return self.impossible or any(name is None or (not name and rule != "missing-field") for name, rule in fields)

    def field_of(self, one: Finding) -> str | None:
        """Return the field of a new event that a finding is about ("": the event itself), None where it is about something else."""
        number = self.number_of(one)
        if number is None or number < self.first:
            return None
        name = str(one.place[2]) if len(one.place) > 2 else ""  # noqa: PLR2004 - events, number, field
        return name if name in self.after.document.header["events"][number - 1] else ""

    @staticmethod
    def number_of(one: Finding) -> int | None:
        """Return the number of the event that a finding is about, None where it is about something else."""
        is_event = len(one.place) > 1 and one.place[0] == "events"
        return int(one.place[1]) + 1 if is_event else None

    def is_undone(self, one: Finding) -> bool:
        """Say whether a finding is about a recorded event that comes after the new one, or that the new one corrects away."""
        numbers = [step.event.number for step in self.replay.steps]
        number = self.number_of(one)
        if number is None:
            return False
        corrects = any(step.spec.corrects for step in self.replay.steps if step.event.number == self.first)
        return corrects or (number in numbers and numbers.index(number) > numbers.index(self.first))

    def _follows(self, one: Finding) -> bool:
        """Say whether a finding is about what events bring into the header."""
        return bool(one.place) and one.place[0] in self.folded - {"status"}


Known = Counter[tuple[str, str]]


def known_of(root: Folder, words: Vocabulary, loaded: Loaded, as_of: datetime, branch: Branch | None = None) -> Known:
    """Count the findings that a ticket has already; of these an event is not guilty."""
    return Counter(_key(one) for one in check.examine(loaded, words, root, as_of, branch)[0])


def errors_of(root: Folder, words: Vocabulary, loaded: Loaded, as_of: datetime) -> list[Finding]:
    """Return the errors of a ticket as it stands."""
    return [one for one in check.examine(loaded, words, root, as_of)[0] if one.level == ERROR]


def record(
    root: Folder,
    words: Vocabulary,
    loaded: Loaded,
    events: Sequence[dict[str, Any]],
    as_of: datetime,
    branch: Branch | None = None,
) -> Entry:
    """Append events to a ticket and bring its snapshot up to date. With a ``branch`` the base is heard, too."""
    source = loaded.document
    folded = _fold(words, loaded, events)
    order = list(words.schema.root["properties"])
    try:
        header = yamlwrite.update(source.header_text, folded.changes, order, {"events": events})
    except ValueError:
        raise FaultError(f"{loaded.path} 的文件头写法特殊，不能自动改，没有改动：用编辑器照别的故障改写它") from None
    start = source.text.index(source.header_text)
    text = source.text[:start] + header + source.text[start + len(source.header_text) :]
    after = corpus.loaded(loaded.path, document.parse(text), words)
    found = check.examine(after, words, root, as_of, branch)[0]
    entry = _entry(words, loaded, folded, after, found, known_of(root, words, loaded, as_of, branch))
    # The rule names the first event that differs: of another one than before, the new event is not guilty.
    errors = tuple(one for one in entry.errors if one.rule != _REWRITTEN)
    left = tuple(one for one in found if one.level == ERROR and one not in errors)
    return replace(entry, errors=errors, left=left, unmasked=tuple(one for one in left if _is_masked(one, events)))


def _is_masked(one: Finding, events: Sequence[Mapping[str, Any]]) -> bool:
    """Say whether a finding is that what was recorded differs, where a correction allows no more than a mask."""
    masks = [event for event in events if event.get("mask")]
    places = [("events", int(event["target"]) - 1) for event in masks if "target" in event]
    sections = [("sections", event["section"]) for event in masks if "section" in event]
    return (one.rule == _REWRITTEN and one.place in places) or (one.rule == _CLOSED and one.place in sections)


def imagine(
    root: Folder, words: Vocabulary, loaded: Loaded, events: Sequence[dict[str, Any]], as_of: datetime, known: Known
) -> Entry:
    """Do as `record`, but leave the text as it is, and with it the lines of what is found: much faster in a long ticket."""
    folded = _fold(words, loaded, events)
    header = {**loaded.document.header, **folded.changes}
    header["events"] = [*header["events"], *events]
    written = yamlwrite.as_text({name: value for name, value in header.items() if value is not None})
    after = corpus.loaded(loaded.path, replace(loaded.document, header=written), words)
    return _entry(words, loaded, folded, after, check.examine(after, words, root, as_of)[0], known)


class _Folded(NamedTuple):
    """What a ticket with more events adds up to, and which fields of its header change (None: go)."""

    replay: Replay
    changes: dict[str, Any]


def _fold(words: Vocabulary, loaded: Loaded, events: Sequence[dict[str, Any]]) -> _Folded:
    source = loaded.document
    replay = _replay(words, loaded, events)
    snapshot = replay.snapshot
    changes = {
        name: snapshot.get(name) for name in words.lifecycle.snapshot if name in source.header or name in snapshot
    }
    return _Folded(replay, changes | _registered(words, loaded, events))


def _entry(
    words: Vocabulary, loaded: Loaded, folded: _Folded, after: Loaded, found: list[Finding], before: Known
) -> Entry:
    first = len(loaded.document.header["events"]) + 1
    added = list(_added(before, found))
    errors, warnings = (tuple(one for one in added if one.level == level) for level in (ERROR, WARNING))
    return Entry(
        after,
        folded.replay,
        first,
        errors,
        warnings,
        tuple(one for one in found if one.level == ERROR and one not in errors),
        _impossible(words, folded.replay, first),
        words.lifecycle.folded | folded.changes.keys(),
    )


def _impossible(words: Vocabulary, replay: Replay, first: int) -> bool:
    return any(transitions.refusal(step, words.lifecycle) for step in replay.steps if step.event.number >= first)


def _registered(words: Vocabulary, loaded: Loaded, events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the fields of the header, none that events fill, that corrections of the registration set."""
    recorded = loaded.ticket.events if loaded.ticket else ()
    first = {str(event.number) for event in recorded if event.name == words.lifecycle.registration.name}
    corrections = (one for one in events if one["event"] in words.lifecycle.correcting)
    values = {
        key: value
        for one in corrections
        if str(one.get("target")) in first
        for key, value in one.get("set", {}).items()
    }
    own = words.lifecycle.registration.fields
    return {key: value for key, value in values.items() if key in words.schema.root["properties"] and key not in own}


def imagined(words: Vocabulary, loaded: Loaded, events: Sequence[Mapping[str, Any]]) -> Ticket:
    """Return the ticket as it would be with more events."""
    source = loaded.document
    added = words.schema.coerce({"events": [dict(one) for one in events]})["events"]
    one = ticket.build(loaded.path, source, {**source.header, "events": [*source.header["events"], *added]})
    if one is None:
        raise ValueError(events)
    return one


def _replay(words: Vocabulary, loaded: Loaded, events: Sequence[Mapping[str, Any]]) -> Replay:
    return ticket.replay(imagined(words, loaded, events), words.lifecycle)


def _added(before: Known, after: list[Finding]) -> Iterator[Finding]:
    """Find what was not there before; a second one of a kind is new."""
    known = before.copy()
    for one in after:
        known[_key(one)] -= 1
        if known[_key(one)] < 0:
            yield one


def _key(one: Finding) -> tuple[str, str]:
    return one.rule, one.message
