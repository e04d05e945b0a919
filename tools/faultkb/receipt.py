"""What is told of a ticket that was filed: the nouns of the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from faultkb.completeness import Score
    from faultkb.registration import Objection
    from faultkb.similar import Match
    from faultkb.ticket import Ticket


class Due(NamedTuple):
    """A limit of a new fault: what is due, when, and the events that meet it."""

    name: str
    at: datetime
    events: tuple[str, ...]
    external: bool = False
    """Whether it is the user that waits for something."""


class Refused(NamedTuple):
    """An upload, or a foreign picture, that was not taken over: how it is called in the form, why, and what to do."""

    label: str
    reason: str
    help: str


class Masked(NamedTuple):
    """What was masked in an upload: how that is called in the form, and what was done."""

    label: str
    what: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What is told of a ticket that was filed.

    ``similar`` are known faults, ``waiting`` the numbers of the pull requests of those that are not merged yet, by id.
    ``masked`` says what was masked in the form's own text, ``beside`` what in uploads; ``refused`` what was not taken
    over, ``taken`` how many files were, ``pictures`` how many of them are pictures; ``remarks`` are what the check warns
    of, ``left_out`` what is wrong with answers that are not in the ticket; ``is_late`` says that the reason is missing why it was registered so late.
    """

    ticket: Ticket
    score: Score
    dues: tuple[Due, ...]
    as_of: datetime
    masked: tuple[str, ...]
    beside: tuple[Masked, ...]
    refused: tuple[Refused, ...]
    taken: int
    pictures: int
    remarks: tuple[Objection, ...]
    unused: tuple[str, ...]
    is_late: bool
    similar: tuple[Match, ...] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)
    left_out: tuple[Objection, ...] = ()
