"""What the rows mean, done to the text of a ticket: edits first, then one event after the other, and all of it judged."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import change, check, corpus, document, draft, logbook, moment, ticket, yamlwrite
from faultkb.finding import ERROR
from faultkb.updates import entered, passages, plan
from faultkb.updates.passages import UnclearError
from faultkb.updates.wanted import NOTE, NoWayError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.document import Document
    from faultkb.draft import Draft
    from faultkb.finding import Finding
    from faultkb.lifecycle import EventSpec
    from faultkb.logbook import Entry
    from faultkb.updates.touched import Intent
    from faultkb.updates.wanted import Wanted
    from faultkb.vocabulary import Vocabulary


class Stuck(NamedTuple):
    """The event that could not be recorded, in which text, and which column tells its note."""

    spec: EventSpec
    made: Draft
    entry: Entry
    source: Document
    told: str


@dataclass(frozen=True)
class Applied:
    """A ticket as it would be: the events that were added, or why nothing is done."""

    before: Loaded
    after: Loaded
    events: tuple[Mapping[str, Any], ...] = ()
    refused: tuple[str, ...] = ()
    stuck: Stuck | None = None
    errors: tuple[Finding, ...] = ()

    @property
    def is_fine(self) -> bool:
        """Say whether the new text can be written."""
        return not (self.refused or self.stuck or self.errors)


class Options(NamedTuple):
    """What the command says of every event: who, approved by whom, why, when."""

    by: str
    approver: str
    note: str
    at: datetime


def apply(root: Path, words: Vocabulary, loaded: Loaded, intent: Intent, options: Options, as_of: datetime) -> Applied:
    """Do what is meant to a ticket, and hold the result against the rules; nothing is written."""
    if intent.refused:
        return Applied(loaded, loaded, refused=tuple(intent.refused))
    one = loaded.ticket
    if one is None:
        raise ValueError(loaded.path)
    now = ticket.replay(one, words.lifecycle, options.at).snapshot
    try:
        wanted = plan.events(words, one, now, intent, options)
        edited = corpus.loaded(loaded.path, document.parse(_edited(words, loaded.document, intent)), words)
    except (NoWayError, UnclearError) as error:
        return Applied(loaded, loaded, refused=(str(error),))
    if edited.ticket is None or edited.document.problems:
        return Applied(loaded, loaded, refused=("写回去之后文件读不出来：用 fault edit 改",))
    found = Applied(loaded, edited)
    for each in wanted:
        found = _recorded(root, words, found, each, options, as_of)
        if found.stuck:
            return found
    return _judged(root, words, found, intent, as_of)


def _edited(words: Vocabulary, source: Document, intent: Intent) -> str:
    """Return the text with the fields and sections that no event brings."""
    text = source.text
    if intent.edits:
        try:
            header = yamlwrite.update(source.header_text, intent.edits, list(words.schema.root["properties"]))
        except ValueError:
            raise UnclearError("文件头写法特殊，不能自动改：用 fault edit 改") from None
        start = text.index(source.header_text)
        text = text[:start] + header + text[start + len(source.header_text) :]
    for one in intent.passages:
        text = passages.rewritten(words, document.parse(text), one)
    return text


def _recorded(
    root: Path, words: Vocabulary, found: Applied, wanted: Wanted, options: Options, as_of: datetime
) -> Applied:
    one = found.after.ticket
    last = max(event.at for event in one.events) if one else options.at
    given = {"by": options.by, "at": moment.show(options.at), **wanted.texts}
    if "approver" in wanted.spec.fields:
        given.setdefault("approver", options.approver)
    if "note" in wanted.spec.needs:
        given.setdefault("note", options.note or ("" if wanted.told else NOTE))
    if moment.parse(given["at"]) < last:
        given.setdefault("late", entered.LATE)
    texts = {name: text for name, text in given.items() if text}
    made = draft.make(words, found.after, wanted.spec, texts, options.at)
    made = replace(made, events=tuple(_fitting(words, found.after, event) for event in made.events))
    entry = logbook.record(root, words, found.after, made.events, as_of)
    if entry.refused or made.missing or made.one_of or made.wrong:
        return replace(found, stuck=Stuck(wanted.spec, made, entry, found.after.document, wanted.told))
    return replace(found, after=entry.after, events=(*found.events, *made.events))


def _fitting(words: Vocabulary, loaded: Loaded, event: dict[str, Any]) -> dict[str, Any]:
    """Leave out an approver where a date moves to an earlier time, which needs none."""
    spec = words.lifecycle.events[event["event"]]
    if loaded.ticket is None or not spec.when_earlier:
        return event
    snapshot = ticket.replay(loaded.ticket, words.lifecycle).snapshot
    at = moment.parse(event["at"])
    if not ticket.is_earlier(spec, ticket.Event(0, at, spec.name, "", event), snapshot):
        return event
    return {name: value for name, value in event.items() if name not in spec.when_earlier["without"]}


def _judged(root: Path, words: Vocabulary, found: Applied, intent: Intent, as_of: datetime) -> Applied:
    """Hold the whole against the rules, also those about what was there before, and against what was wanted."""
    header = found.after.document.header
    reasons = []
    wanted = intent.values.get("status", header.get("status"))
    if header.get("status") != wanted:
        reasons.append(
            f"{words.title('status')}：记录之后是 {header.get('status')}，不是表里的 {wanted}；把这一格改回去，或补上缺少的改动"
        )
    for name, value in intent.expected.items():
        if not str(header.get(name, "")).startswith(value):
            reasons.append(
                f"{words.title(name)}：由事件推出（{header.get(name, '现在还没有')}），不用填写；恢复原来的内容"
            )
    path, data = found.before.path, found.before.document.text.encode()
    base = change.Branch(
        before={path: (path, data)},
        deleted=(),
        changed=frozenset({path}),
        former=frozenset(),
        lost={},
        schema=None,
        taken=frozenset(),
        recorded={},
    )
    known = Counter((one.rule, one.message) for one in check.examine(found.before, words, root, as_of)[0])
    errors = []
    for one in check.examine(found.after, words, root, as_of, base)[0]:
        known[one.rule, one.message] -= 1
        if one.level == ERROR and known[one.rule, one.message] < 0:
            errors.append(one)
    return replace(found, refused=tuple(reasons), errors=tuple(errors))
