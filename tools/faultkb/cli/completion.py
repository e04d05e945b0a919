"""Shell completion: what a half-typed value can become."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from faultkb.cli.workspace import find_root, resolve_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from faultkb.lifecycle import EventSpec
    from faultkb.vocabulary import Vocabulary

    Values = Iterable[tuple[str, str]]
    Source = Callable[[click.Context, str, str], Values]

_ID = re.compile(r"[A-Z]{2}-([0-9]{8})-([0-9]{3,})")
_TITLED = 40
"""Ids so few that their titles are read: with more, nobody reads them."""


def attach(command: click.Command) -> click.Command:
    """Let the parameters of a command complete, by their names: the command itself need not know."""
    for one in command.params:
        source = _SOURCES.get(f"{command.name}.{one.name}", _SOURCES.get(str(one.name)))
        if source is None and isinstance(one, click.Option) and one.type is click.STRING:
            source = _choices
        if source is not None:
            one.shell_complete = _completer(source, str(one.name))  # type: ignore[assignment,method-assign]
    for inner in getattr(command, "commands", {}).values():
        attach(inner)
    return command


def _completer(source: Source, name: str) -> Callable[[click.Context, str], list[CompletionItem]]:
    def complete(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        return [
            CompletionItem(value, help=" ".join(text.split()) or None) for value, text in source(ctx, name, incomplete)
        ]

    return complete


def _root(ctx: click.Context) -> Path:
    return find_root(ctx.find_root().params.get("root"))


def _words(ctx: click.Context) -> Vocabulary:
    from faultkb import vocabulary

    return vocabulary.load(_root(ctx))


def _ids(ctx: click.Context, _name: str, incomplete: str) -> Values:
    """Ids that begin with what is typed, else those that contain it; the newest first, with their titles."""
    from faultkb import corpus

    root = _root(ctx)
    found = {
        match[0]: (match, path) for path in corpus.find(root) if (match := _ID.fullmatch(PurePosixPath(path).stem))
    }
    typed = incomplete.upper()
    wanted = [one for one in found if one.startswith(typed)] or [one for one in found if typed in one]
    wanted.sort(key=lambda one: (found[one][0][1], int(found[one][0][2])), reverse=True)
    words = _words(ctx) if len(wanted) <= _TITLED else None
    for one in wanted:
        yield one, _title(root, found[one][1], words) if words else ""


def _title(root: Path, path: str, words: Vocabulary) -> str:
    from faultkb import corpus, masks
    from faultkb.render import visible

    return visible(masks.put_on(str(corpus.read(root, path).header.get("title", "")), words.lists))


def _events(ctx: click.Context, _name: str, incomplete: str) -> Values:
    """The events that the fault's state allows; all of them where it cannot be told."""
    words = _words(ctx)
    for spec in _possible(ctx, words):
        if spec.name.startswith(incomplete):
            yield spec.name, spec.description


def _possible(ctx: click.Context, words: Vocabulary) -> Iterable[EventSpec]:
    from faultkb import corpus, ticket
    from faultkb.finding import FaultError

    life = words.lifecycle
    try:
        one = corpus.load(_root(ctx), resolve_path(_root(ctx), ctx.params.get("ticket_id") or ""), words).ticket
    except FaultError:
        one = None
    if one is None:
        return [spec for spec in life.events.values() if spec is not life.registration]
    now = ticket.replay(one, life)
    return life.possible(now.status, now.waiting)


def _choices(ctx: click.Context, name: str, incomplete: str) -> Values:
    """The choices of the field of header, knowledge or event that an option is named after; none that is retired."""
    words = _words(ctx)
    fields = ((name,), ("events", 0, name), ("kb", name))
    values = next(filter(None, (words.schema.field(path).choices for path in fields)), ())
    named = next((words.choices[one] for one in (name, f"events.{name}", f"kb.{name}") if one in words.choices), {})
    event = _event(ctx, words)
    for value in values:
        about = named.get(value, {})
        is_retired = any(words.retired(one, value) for one in (name, f"events.{name}", f"kb.{name}"))
        if value.startswith(incomplete) and event in {None, about.get("x-for", event)} and not is_retired:
            yield value, about.get("description", words.lifecycle.descriptions.get(value, ""))


def _new_values(ctx: click.Context, _name: str, incomplete: str) -> Values:
    """The values of the field that an event changes: severities for 定级, types for 定类."""
    words = _words(ctx)
    spec = words.lifecycle.events.get(_event(ctx, words) or "")
    return _choices(ctx, spec.changes, incomplete) if spec and spec.changes else ()


def _event(ctx: click.Context, words: Vocabulary) -> str | None:
    """The event in the line. An option without its value, as here, keeps click from sorting out the arguments."""
    typed = (ctx.params.get("event"), *ctx.args)
    return next((one for one in typed if one in words.lifecycle.events), None)


def _sections(ctx: click.Context, _name: str, incomplete: str) -> Values:
    words = _words(ctx)
    return [
        (one.name, one.description) for one in words.sections if one.part_of is None and one.name.startswith(incomplete)
    ]


def _rules(_ctx: click.Context, _name: str, incomplete: str) -> Values:
    from faultkb import rules

    return [(one.id, one.summary) for one in rules.catalogue().values() if one.id.startswith(incomplete)]


def _reports(_ctx: click.Context, _name: str, incomplete: str) -> Values:
    from faultkb.reports import catalogue

    return [(name, one.TITLE) for name, one in catalogue().items() if name.startswith(incomplete)]


def _papers(ctx: click.Context, _name: str, incomplete: str) -> Values:
    every = _words(ctx).documents.get("kinds", {}).items()
    return [(kind, one["title"]) for kind, one in every if kind.casefold().startswith(incomplete.casefold())]


_SOURCES: dict[str, Source] = {
    "ticket_id": _ids,
    "similar.text": _ids,
    "log.event": _events,
    "log.from_": _new_values,
    "log.to": _new_values,
    "log.section": _sections,
    "rules.name": _rules,
    "report.kind": _reports,
    "doc.kind": _papers,
}
"""What completes a parameter of this name, in one command or in all; other options go by the field of their name."""
