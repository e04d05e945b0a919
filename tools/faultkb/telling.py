"""Who outside is to be told something, and by when: what `weekly` lists, and what people are reminded of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import clocks, standing
from faultkb.history import CONFIRMED, TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from faultkb.clocks import Clock
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary


def is_external(one: Standing, words: Vocabulary) -> bool:
    """Say whether somebody outside waits for news of a fault."""
    return bool(one.customer) or not words.is_internal(one.channel)


def last_told(one: Standing) -> datetime | None:
    """Return when its user was told something last."""
    return _last(one, TOLD)


def _last(one: Standing, *roles: str) -> datetime | None:
    return max((mark.at for mark in one.marked(*roles)), default=None)


def due(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Iterator[tuple[Standing, Clock]]:
    """Return whose limit for news is due by the end of the day, or has passed, with the limit."""
    for one in standings:
        if one.is_open:
            external = {spec.id for spec in standing.in_force(one, words).clocks.values() if spec.external}
            for row in one.clocks:
                waits = row.is_running and row.verdict != clocks.PAUSED and row.clock in external
                if waits and row.due_at.date() <= as_of.date():
                    yield one, row


def solved(standings: Sequence[Standing], words: Vocabulary, since: date | None) -> Iterator[tuple[Standing, datetime]]:
    """Return the merged faults whose user has heard nothing since they were solved, and when that was, from a day on."""
    for one in standings:
        solved_at = one.solved_at
        if solved_at and (since is None or since <= solved_at.date()) and is_external(one, words):
            heard = _last(one, TOLD, CONFIRMED)
            if heard is None or heard < solved_at:
                yield one, solved_at
