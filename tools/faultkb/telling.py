"""Who outside is to be told something, and by when: what `weekly` lists, and what people are reminded of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from faultkb import clocks, policy, standing
from faultkb.history import CLOSING, TOLD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime

    from faultkb.clocks import Clock
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary


class News(NamedTuple):
    """Somebody to tell: because a limit asks for it, or because the fault that theirs is one with was closed."""

    one: Standing
    clock: Clock | None
    canonical: str = ""
    closed_at: datetime | None = None


def is_external(one: Standing, words: Vocabulary) -> bool:
    """Say whether somebody outside waits for news of a fault."""
    return bool(one.customer) or not words.is_internal(one.channel)


def last_told(one: Standing) -> datetime | None:
    """Return when its user was told something last."""
    return max((mark.at for mark in one.marked(TOLD)), default=None)


def due(standings: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Iterator[News]:
    """Return the news that a limit asks for by the end of the next working day, or asked for before."""
    limit = standing.calendar(words).nth_workday(as_of.date(), 1)
    for one in standings:
        if one.is_open:
            specs = policy.in_force(words.policies, one.marks[0].at).clocks
            for row in one.clocks:
                waits = row.is_running and row.verdict != clocks.PAUSED and specs[row.clock].external
                if waits and row.due_at.date() <= limit:
                    yield News(one, row)


def solved(standings: Sequence[Standing], words: Vocabulary, since: date | None) -> Iterator[News]:
    """Return the merged faults whose canonical fault was closed since a day and whose user has heard nothing after it."""
    wanted = {one.canonical for one in standings if one.canonical}
    closings = {
        one.id: max(mark.at for mark in one.marked(*CLOSING)) for one in standings if one.id in wanted and not one.is_open
    }
    for one in standings:
        closed_at = closings.get(one.canonical)
        if closed_at and (since is None or since <= closed_at.date()) and is_external(one, words):
            told = last_told(one)
            if told is None or told < closed_at:
                yield News(one, None, one.canonical, closed_at)
