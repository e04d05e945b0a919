"""What the site may know of a fault: an allow-list, read from ``x-publish`` of the schema. All else does not exist here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from faultkb import ticket

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faultkb.syntax import Node
    from faultkb.ticket import Replay, Ticket
    from faultkb.vocabulary import Vocabulary

ARTICLE, REDIRECT, TOMBSTONE = "article", "redirect", "tombstone"


@dataclass(frozen=True, slots=True)
class Article:
    """A published page: an article, a redirect to the canonical article, or a tombstone.

    ``fields`` holds the published part of the header, ``sections`` the published text by (section, part), parsed or not, ``timeline``
    the states with the days on which they began, ``changed_at`` the moment of the last closing or reopening: it puts
    articles in order, and only its day is published. Redirects and tombstones hold nothing but id, kind, ``target`` and
    ``changed_at``.
    """

    id: str
    kind: str
    target: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    sections: Mapping[tuple[str, str], str | Node] = field(default_factory=dict)
    timeline: tuple[tuple[str, date], ...] = ()
    changed_at: datetime = datetime.min  # noqa: DTZ901 - times are those of the policy's zone

    @property
    def title(self) -> str:
        """The fault's title."""
        return str(self.fields["title"])

    @property
    def closed_on(self) -> date:
        """The day on which the fault was closed."""
        return self.timeline[-1][1]

    @property
    def changed_on(self) -> date:
        """The day of the last closing or reopening."""
        return self.changed_at.date()

    @property
    def order(self) -> tuple[date, str]:
        """What pages are sorted by: the day of the last change, of one day the id."""
        return self.changed_on, self.id

    @property
    def light(self) -> Article:
        """The same without its sections: what lists are made of."""
        return replace(self, sections={})

    def kept(self) -> list[Any]:
        """Return all but the sections in JSON's types; `restored` reads it."""
        timeline = [(state, day.isoformat()) for state, day in self.timeline]
        return [self.id, self.kind, self.target, self.fields, timeline, self.changed_at.isoformat()]

    @classmethod
    def restored(cls, kept: Sequence[Any] | None) -> Article | None:
        """Read what `kept` returned."""
        if kept is None:
            return None
        ticket_id, kind, target, fields, timeline, changed_at = kept
        days = tuple((state, date.fromisoformat(day)) for state, day in timeline)
        return cls(ticket_id, kind, target, fields, {}, days, datetime.fromisoformat(changed_at))

    def listed(self, *path: str) -> list[str]:
        """Return a list of the fields, empty if the ticket does not have it."""
        value: Any = self.fields
        for step in path:
            value = value.get(step, {}) if isinstance(value, Mapping) else {}
        return list(value) if isinstance(value, list) else []

    def text(self, *path: str) -> str:
        """Return a text of the fields, empty if the ticket does not have it."""
        value: Any = self.fields
        for step in path:
            value = value.get(step, "") if isinstance(value, Mapping) else ""
        return str(value)


def of(one: Ticket, words: Vocabulary) -> Article | None:
    """Return the page that a ticket publishes, None if it publishes nothing."""
    replay = ticket.replay(one, words.lifecycle)
    kind = words.page(one.header)
    changed_at = _changed_at(replay, words)
    if not kind or changed_at is None:
        return None
    if replay.status in words.lifecycle.open_states:
        # A reopened fault keeps its address, and says so; what it used to say may be wrong.
        return Article(one.id, TOMBSTONE, "reopened", changed_at=changed_at)
    if kind == TOMBSTONE:
        return Article(one.id, TOMBSTONE, "withdrawn", changed_at=changed_at)
    if kind == REDIRECT:
        return Article(one.id, REDIRECT, one.header["kb"].get("canonical", ""), changed_at=changed_at)
    published = _published(one.header, words.schema.root, words)
    allowed = {section.name for section in words.sections if section.publish}
    empty = {"", words.placeholder}
    sections = {
        key: text
        for key, text in one.sections.items()
        if key[0] in allowed and any(line.strip() not in empty for line in text.splitlines())
    }
    return Article(one.id, ARTICLE, "", published, sections, _timeline(replay), changed_at)


def _changed_at(replay: Replay, words: Vocabulary) -> datetime | None:
    """Return when the fault was last closed or reopened, None if it was never closed."""
    closed = words.lifecycle.closed_states
    turns = [step for step in replay.steps if (step.before in closed) != (step.after in closed)]
    return turns[-1].event.at if turns else None


def _published(data: Mapping[str, Any], node: Mapping[str, Any], words: Vocabulary) -> dict[str, Any]:
    """Keep the fields that the schema marks ``x-publish``, to any depth; times become days."""
    kept: dict[str, Any] = {}
    for name, value in data.items():
        inner = words.schema.resolve(node.get("properties", {}).get(name, {}))
        if isinstance(value, Mapping):
            nested = _published(value, inner, words)
            if nested:
                kept[name] = nested
        elif inner.get("x-publish") is True:
            kept[name] = str(value)[:10] if inner.get("format") == "fault-minute" or name.endswith("_at") else value
    return kept


def _timeline(replay: Replay) -> tuple[tuple[str, date], ...]:
    return tuple((step.after, step.event.at.date()) for step in replay.steps if step.after != step.before)
