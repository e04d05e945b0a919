"""One fault at a moment, with everything that its documents are written from."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from faultkb import corpus, history, masks, moment, standing, telling, ticket
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from faultkb.standing import Standing
    from faultkb.ticket import Replay, Step, Ticket
    from faultkb.vocabulary import Vocabulary


@dataclass(frozen=True)
class Case:
    """A fault as it stood at ``as_of``. ``header`` has the snapshot of that time, and no unmasked name."""

    ticket: Ticket
    replay: Replay
    standing: Standing
    header: Mapping[str, Any]
    attachments: tuple[tuple[str, int], ...]
    """The name and the size of each file in the ticket's folder."""
    words: Vocabulary
    as_of: datetime

    @functools.cached_property
    def roles(self) -> Mapping[int, str]:
        """What each event is to the process (`history.Mark.role`), by its number."""
        return {mark.number: mark.role for mark in self.standing.marks}

    def marked(self, *roles: str, all_cycles: bool = False) -> list[Step]:
        """Return the steps that are something to the process, in order of time; those of the current cycle."""
        steps = self.replay.steps if all_cycles else self.replay.in_cycle
        return [step for step in steps if self.roles.get(step.event.number) in roles]

    def named(self, *events: str) -> list[Step]:
        """Return the steps of some events in the current cycle."""
        return [step for step in self.replay.in_cycle if step.event.name in events]

    @functools.cached_property
    def verified(self) -> list[Step]:
        """The verifications of the current cycle, those that failed among them."""
        return [*self.marked(history.FAILED), *self.named(self.words.lifecycle.closing["verified_by"])]

    @functools.cached_property
    def closing(self) -> Step | None:
        """What ended the current cycle; a fault that was imported as closed has its registration here."""
        if self.standing.is_open:
            return None
        return next((one for one in self.replay.in_cycle if one.after in self.words.lifecycle.closed_states), None)

    @property
    def is_voided(self) -> bool:
        """Say whether the fault turned out to be none."""
        return self.closing is not None and self.roles.get(self.closing.event.number) == history.VOIDED

    @property
    def is_history(self) -> bool:
        """Say whether the cycle was imported as closed: what was done is not recorded."""
        return self.closing is not None and self.closing.event.data.get(ticket.IMPORTED) is True

    @property
    def needs_review(self) -> bool:
        """Say whether a review of the plan is asked for."""
        asked = self.words.lifecycle.review["before"]
        return self.standing.severity in asked or (self.standing.complex and "complex" in asked)

    @property
    def is_external(self) -> bool:
        """Say whether somebody outside is to be told."""
        return telling.is_external(self.standing, self.words)

    @functools.cached_property
    def names(self) -> Mapping[str, str]:
        """The masked names of the people who are named anywhere in the ticket, by staff id."""
        return {one["staff"]: one["name"] for one in _people([self.header, *self._events()]) if one["name"]}

    def who(self, staff: str) -> str:
        """Return the id of somebody with the masked name, where the ticket names it."""
        return f"{staff} {self.names[staff]}" if staff in self.names else staff

    def person(self, data: object) -> str:
        """Return the id of somebody whom a field names, with the masked name; empty without."""
        one = ticket.person(data)
        return self.who(one.staff) if one else ""

    def data(self, step: Step) -> Mapping[str, Any]:
        """Return the fields of an event, without an unmasked name."""
        return masks.names(dict(step.event.data))

    def _events(self) -> Iterator[Mapping[str, Any]]:
        return (self.data(step) for step in self.replay.steps)


def _people(node: Any) -> Iterator[Mapping[str, str]]:
    if isinstance(node, dict) and ticket.person(node):
        yield {"staff": str(node["staff"]), "name": str(node["name"])}
    elif isinstance(node, dict | list):
        for item in node.values() if isinstance(node, dict) else node:
            yield from _people(item)


def of(root: Path, one: Ticket, words: Vocabulary, as_of: datetime) -> Case:
    """Return the case of a ticket. Raise FaultError where it was not registered then."""
    now = standing.of(one, words, as_of)
    if now is None:
        raise FaultError(f"{one.id} 在 {moment.show(as_of)} 还没有登记", code=1)
    replay = ticket.replay(one, words.lifecycle, as_of)
    folded = words.lifecycle.folded
    kept = {name: value for name, value in one.header.items() if name not in folded and name != "events"}
    snapshot = {name: value for name, value in replay.snapshot.items() if value is not None}
    header = masks.names({**kept, **snapshot, "id": one.id or PurePosixPath(one.path).stem})
    return Case(one, replay, now, header, _attachments(root, one.path), words, as_of)


def _attachments(root: Path, path: str) -> tuple[tuple[str, int], ...]:
    folder = root / path.removesuffix(".md")
    names = sorted(corpus.attachments(root, path)) if folder.is_dir() else []
    return tuple((name, (folder / name).stat().st_size) for name in names if (folder / name).is_file())
