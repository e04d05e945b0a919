"""What happened to a fault, in the few words that reports need: its marks, and how long it spent where."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple

from faultkb import moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from faultkb.policy import Policy
    from faultkb.ticket import Replay, Step
    from faultkb.vocabulary import Vocabulary

REGISTERED, RETURNED, ACCEPTED, SUBMITTED, FAILED, CLOSED, VOIDED, REOPENED = (
    "registered",
    "returned",
    "accepted",
    "submitted",
    "failed",
    "closed",
    "voided",
    "reopened",
)
RISK, DEFERRED, RAISED, LOWERED, REVIEWED, TOLD, CONFIRMED, PAUSED, RESUMED = (
    "risk",
    "deferred",
    "raised",
    "lowered",
    "reviewed",
    "told",
    "confirmed",
    "paused",
    "resumed",
)

OPENING = frozenset({REGISTERED, REOPENED})
CLOSING = frozenset({CLOSED, VOIDED})
"""The marks that begin and end a cycle."""


class Mark(NamedTuple):
    """An event that reports speak of, by its part in the process (one of the names above), not by its name.

    ``text`` is its reason and note, ``change`` what it changed from and to, ``reason`` the choice alone; ``late`` says
    that it was recorded afterwards; ``number`` is the event's place in the file. A fault that was imported as closed has a mark of its closing too.
    """

    role: str
    at: datetime
    event: str
    by: str
    cycle: int
    late: bool
    text: str = ""
    change: str = ""
    reason: str = ""
    number: int = 0


class Spent(NamedTuple):
    """Minutes by the wall clock: waiting to be accepted, in work, waiting for the user, waiting for verification."""

    accept: int = 0
    work: int = 0
    user: int = 0
    verify: int = 0


def marks(replay: Replay, words: Vocabulary) -> tuple[Mark, ...]:
    """Return the marks of a fault in order of time."""
    return tuple(mark for step in replay.steps for mark in _marks(step, words))


def _marks(step: Step, words: Vocabulary) -> Iterator[Mark]:
    role = _role(step, words)
    if role:
        event, data = step.event, step.event.data
        text = str(data.get("note") or "") if role in _TELLING else ""
        reason = str(data.get("reason") or "")
        yield Mark(
            role,
            event.at,
            event.name,
            event.by,
            step.cycle,
            "late" in data,
            "：".join(part for part in (reason, text) if part),
            _change(step, role),
            reason,
            event.number,
        )
        if role == REGISTERED and step.after in words.lifecycle.closed_states:
            yield Mark(CLOSED, _completed(step), event.name, event.by, step.cycle, late=False, number=event.number)


def _completed(step: Step) -> datetime:
    """Return when a fault that was imported as closed was completed; as far as is known, at its registration."""
    text = step.event.data.get("completed_at")
    at = step.event.at
    return max(at, moment.parse(text)) if isinstance(text, str) and moment.is_minute(text) else at


_TELLING = frozenset({RETURNED, FAILED, VOIDED, REOPENED, RISK, DEFERRED, RAISED, LOWERED, PAUSED})


def _role(step: Step, words: Vocabulary) -> str:  # noqa: PLR0911 - one line a role
    life, spec = words.lifecycle, step.spec
    if spec is life.registration:
        return REGISTERED
    if spec.new_cycle:
        return REOPENED
    if step.after in life.closed_states and step.before not in life.closed_states:
        return CLOSED if spec.name == life.closing["event"] else VOIDED
    if spec.name == life.closing["since"]:
        return SUBMITTED
    if step.before == life.initial and step.after != life.initial:
        return ACCEPTED
    if spec.changes == "severity":
        order = words.severities()
        old, new = step.event.data.get("from"), step.event.data.get("to")
        return (
            "" if old not in order or new not in order else RAISED if order.index(new) < order.index(old) else LOWERED
        )
    if spec.when_earlier:
        return DEFERRED
    if spec.opens:
        return RETURNED if step.before == life.initial else PAUSED
    return _named(words).get(spec.name, "")


@functools.lru_cache(maxsize=8)
def _named(words: Vocabulary) -> dict[str, str]:
    """The part of events that the schema names, or that can be told by what they bring."""
    life = words.lifecycle
    undoing = {clock.reopened_by for one in words.policies for clock in one.clocks.values() if clock.reopened_by}
    found = dict.fromkeys(undoing, FAILED) | {
        life.review["event"]: REVIEWED,
        life.closing["unreachable"]["after"]: TOLD,
        life.closing["confirmed_by"]: CONFIRMED,
    }
    found |= {name: RISK for name, spec in life.events.items() if spec.brings}
    return found | {name: RESUMED for name, spec in life.events.items() if spec.if_open}


def _change(step: Step, role: str) -> str:
    data = step.event.data
    if role in {RAISED, LOWERED}:
        return f"{data.get('from')} → {data.get('to')}"
    if role == DEFERRED:
        return f"{step.snapshot.get('due_at') or '无'} → {data.get('due_at')}"
    return ""


def spent(replay: Replay, words: Vocabulary, in_force: Policy, as_of: datetime) -> Spent:
    """Return where the time went, all cycles together; none passes while the fault is closed."""
    life, steps = words.lifecycle, replay.steps
    handed_over = life.events[life.closing["since"]].to
    for_user = {reason for clock in in_force.clocks.values() for reason in clock.pause}
    minutes = {"accept": 0.0, "work": 0.0, "user": 0.0, "verify": 0.0}
    waiting: dict[str, str] = {}
    for index, step in enumerate(steps):
        until = steps[index + 1].event.at if index + 1 < len(steps) else as_of
        for name in step.spec.closes:
            waiting.pop(name, None)
        if step.spec.opens:
            waiting[step.spec.opens] = str(step.event.data.get("reason", step.event.name))
        if step.after in life.open_states and until > step.event.at:
            where = "accept" if step.after == life.initial else "verify" if step.after == handed_over else "work"
            where = "user" if not for_user.isdisjoint(waiting.values()) else where
            minutes[where] += (until - step.event.at).total_seconds() / 60
    return Spent(**{name: round(value) for name, value in minutes.items()})
