"""How each fault stands at a moment: the rows from which reports and lists are made."""

from __future__ import annotations

import functools
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from faultkb import clocks, corpus, history, moment, policy, search, ticket
from faultkb.calendar import WorkCalendar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from faultkb.clocks import Clock
    from faultkb.corpus import Loaded
    from faultkb.history import Mark, Spent
    from faultkb.policy import Policy
    from faultkb.ticket import Person, Replay, Ticket
    from faultkb.vocabulary import CompanyDay, Vocabulary


class Standing(NamedTuple):
    """One fault at a moment: its snapshot then, its clocks, what happened, and where the time went.

    ``late`` says that the plan's due date has passed. ``staff`` are the ids of the people whose fault it is: owner,
    assistants and reporter. ``customer`` is what the CRM or the masked id says, empty without one. ``backdated`` is how
    many events were recorded afterwards.
    """

    id: str
    path: str
    title: str
    type: str
    severity: str
    status: str
    is_open: bool
    channel: str
    team: str
    owner: Person | None
    staff: frozenset[str]
    customer: str
    reported_at: datetime
    due_at: datetime | None
    completed_at: datetime | None
    late: bool
    complex: bool
    imported: bool
    backdated: int
    products: tuple[str, ...]
    versions: tuple[str, ...]
    modules: tuple[str, ...]
    regions: tuple[str, ...]
    users: int | None
    kb_entry: str
    canonical: str
    cause: str
    waiting: tuple[str, ...]
    cycle: int
    spent: Spent
    marks: tuple[Mark, ...]
    clocks: tuple[Clock, ...]
    solved_at: datetime | None = None
    """When the fault that it was merged into was closed, while that is not open again; only `linked` knows."""

    def marked(self, *roles: str) -> list[Mark]:
        """Return what happened of some kinds, in order of time."""
        return [one for one in self.marks if one.role in roles]


def all_at(
    root: Path, words: Vocabulary, as_of: datetime, paths: Sequence[str] | None = None
) -> tuple[list[Standing], int]:
    """Return how every fault registered by ``as_of`` stands, in order of path, and how many files cannot be read.

    With ``paths`` only those files are looked at.
    """
    found = corpus.each(root, words, corpus.find(root) if paths is None else paths, _standing, (as_of,))
    return linked([one for one in found if isinstance(one, Standing)]), found.count(None)


def linked(standings: Sequence[Standing]) -> list[Standing]:
    """Tell the merged faults when their canonical fault was closed, before any filter can part the two."""
    wanted = {one.canonical for one in standings if one.canonical}
    closings = {
        one.id: closed[-1].at
        for one in standings
        if one.id in wanted and not one.is_open and (closed := one.marked(history.CLOSED))
    }
    return [one._replace(solved_at=closings[one.canonical]) if one.canonical in closings else one for one in standings]


def _standing(loaded: Loaded, words: Vocabulary, as_of: datetime) -> Standing | bool | None:
    """Return the standing, None for an unreadable file, False for a fault that did not exist yet."""
    if loaded.ticket is None:
        return None
    return of(loaded.ticket, words, as_of) or False


def of(one: Ticket, words: Vocabulary, as_of: datetime) -> Standing | None:
    """Return how a fault stands at a moment, None if it was not registered then."""
    replay = ticket.replay(one, words.lifecycle, as_of)
    if not replay.steps:
        return None
    kept, header = replay.snapshot, one.header
    impact, kb, customer = (header.get(name, {}) for name in ("impact", "kb", "customer"))
    due = _moment(kept.get("due_at"))
    registered = replay.steps[0].event
    return Standing(
        id=one.id or PurePosixPath(one.path).stem,  # a wrong id is no reason to have none
        path=one.path,
        title=one.title,
        type=str(kept.get("type") or ""),
        severity=str(kept.get("severity") or ""),
        status=replay.status,
        is_open=replay.status in words.lifecycle.open_states,
        channel=str(header.get("channel", "")),
        team=str(kept.get("team", "")),
        owner=ticket.person(kept.get("owner")),
        staff=_staff(kept.get("owner"), *kept.get("assistants", ()), header.get("reporter")),
        customer=str(customer.get("ref") or customer.get("id") or ("有" if customer else "")),
        reported_at=one.reported_at,
        due_at=due,
        completed_at=_moment(kept.get("completed_at")),
        late=due is not None and due < as_of and is_unfinished(replay, words),
        complex=header.get("complex") is True,
        imported=replay.is_imported,
        backdated=sum("late" in step.event.data for step in replay.steps),
        products=tuple(impact.get("products", ())),
        versions=tuple(impact.get("versions", ())),
        modules=tuple(impact.get("modules", ())),
        regions=tuple(impact.get("regions", ())),
        users=users if isinstance(users := impact.get("users"), int) else None,
        kb_entry=str(kb.get("entry", "")),
        canonical=str(kb.get("canonical", "")),
        cause=str(kb.get("cause", "")),
        waiting=tuple(sorted(replay.waiting)),
        cycle=replay.cycle,
        spent=history.spent(replay, words, policy.in_force(words.policies, registered.at), as_of),
        marks=history.marks(replay, words),
        clocks=tuple(clocks.run(one, replay, words, calendar(words), as_of)),
    )


def is_unfinished(replay: Replay, words: Vocabulary) -> bool:
    """Say whether the planned work is still to be done: open, and not handed over for verification."""
    handed_over = words.lifecycle.events[words.lifecycle.closing["since"]].to
    return replay.status in words.lifecycle.open_states and replay.status != handed_over


def is_breached(one: Standing) -> bool:
    """Say whether a limit of a fault has passed and nobody has met it yet."""
    return any(row.is_late for row in one.clocks)


def in_force(one: Standing, words: Vocabulary) -> Policy:
    """Return the policy that a fault is judged by."""
    return policy.in_force(words.policies, one.marks[0].at if one.marks else one.reported_at)


def _staff(*people: object) -> frozenset[str]:
    return frozenset(one.staff for one in map(ticket.person, people) if one)


def _moment(text: object) -> datetime | None:
    return moment.parse(text) if isinstance(text, str) and moment.is_minute(text) else None


@functools.lru_cache(maxsize=8)
def _calendar(days: frozenset[tuple[date, CompanyDay]]) -> WorkCalendar:
    return WorkCalendar(dict(days))


def calendar(words: Vocabulary) -> WorkCalendar:
    """Return the calendar of a vocabulary; one for all tickets, since it remembers the days that it was asked about."""
    return _calendar(frozenset((words.announced_days | words.company_days).items()))


def matching(standings: Sequence[Standing], **wanted: Sequence[str]) -> list[Standing]:
    """Keep the faults whose fields have one of the wanted values; a product matches by any part of its name."""
    kept = list(standings)
    for name, values in wanted.items():
        fits = _FITS.get(name, lambda value, one, name=name: getattr(one, name) == value)
        kept = [one for one in kept if not values or any(fits(value, one) for value in values)]
    return kept


_FITS: dict[str, Callable[[str, Standing], bool]] = {
    "products": lambda value, one: any(search.plain(value) in search.plain(product) for product in one.products),
    "versions": lambda value, one: any(search.is_version(value, version) for version in one.versions),
    "staff": lambda value, one: value.casefold() in {staff.casefold() for staff in one.staff},
}
