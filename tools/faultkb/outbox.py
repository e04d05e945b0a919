"""Messages on their way: each is written down before it is sent, tried again in growing pauses, and sent twice only in doubt.

Nothing is sent before it is written down. A run moves in steps, each one push: *record what became of the message just
sent, put new ones into the outbox, take the next one out of it*; only then is that one sent. So

- nothing is lost: what is to be said stays in the outbox until a service has accepted it, whoever is killed when, and
  whatever network is down; what could not be written down is not marked as said, and the next run finds it again;
- nothing is sent twice, but for one case: a run that dies between taking a message and recording its outcome, or a service
  whose answer is lost, leaves one message of which nobody knows whether it arrived. It is sent again (after `LEASE`, if the
  run died), at most twice, and says so: a deadline that nobody hears of is worse than one heard of twice.

One address that is broken holds up nobody: new messages go before those that have failed, and an address that has failed is
left alone until the next run.
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from faultkb import ledger, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from faultkb.ledger import Message, State

LEASE = timedelta(minutes=20)
"""How long a run may take to send one message; after that it is dead, and another one takes the message."""
_PAUSE, _LONGEST = timedelta(minutes=30), timedelta(days=1)
_SLACK = timedelta(minutes=5)
"""A timetable of every 30 minutes is not kept to the minute."""
_REPEATS = 2
"""How often a message that may have arrived is sent again; after that the board alone speaks of it."""


@dataclass
class _Run:
    """One run: who it is, which names have an address, and what it has tried: messages, and names that failed."""

    reached: Collection[str]
    now: Callable[[], datetime]
    me: str = field(default_factory=lambda: os.urandom(8).hex())
    tried: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)


def deliver(
    root: Path,
    where: str,
    plan: Callable[[State | None], State],
    send: Callable[[Message], str],
    now: Callable[[], datetime],
    reached: Collection[str],
) -> tuple[State, list[Message]]:
    """Put what ``plan`` adds into the outbox and send what is in it; return the state, and what was not accepted in this run.

    ``plan`` must add nothing that it has added before. ``send`` returns ``sent``, ``refused`` or ``unknown``. What is for
    names that are not ``reached`` waits.
    """
    run = _Run(reached, now)
    last: Message | None = None
    outcome = ""
    while True:
        step = functools.partial(_step, last=last, outcome=outcome, plan=plan, run=run)
        state = ledger.change(root, where, step)
        last = next((one for one in state.outbox if one.by == run.me), None)
        if last is None:
            return state, [one for one in state.outbox if one.id in run.tried]
        run.tried.add(last.id)
        outcome = send(last)
        if outcome != "sent":
            run.failed.add(last.to)


def is_given_up(one: Message) -> bool:
    """Say whether a message has been repeated often enough: it may have arrived each time."""
    return one.doubts + bool(one.by) > _REPEATS


def _step(
    state: State | None, *, last: Message | None, outcome: str, plan: Callable[[State | None], State], run: _Run
) -> State:
    settled = _settled(state, last, outcome) if state and last else state
    return _taken(plan(settled), run)


def _settled(state: State, sent: Message, outcome: str) -> State:
    """Record what became of a message, unless another run has taken it over meanwhile."""
    kept = []
    for one in state.outbox:
        if (one.id, one.by) != (sent.id, sent.by):
            kept.append(one)
        elif outcome != "sent":
            kept.append(replace(one, by="", tries=one.tries + 1, doubts=one.doubts + (outcome == "unknown")))
    lost = {name: count for name, count in state.lost.items() if outcome != "sent" or name != sent.to}
    return replace(state, outbox=tuple(kept), lost=lost)


def _taken(state: State, run: _Run) -> State:
    """Take the next message that nobody is sending, new ones first; one that was begun and never finished may have arrived."""
    now = run.now()
    waiting = [one for one in state.outbox if _is_due(one, now) and one.id not in run.tried]
    found = [one for one in waiting if one.to in run.reached and one.to not in run.failed]
    if not found:
        return state
    chosen = min(found, key=lambda one: one.tries)  # the first of the new ones: urgent matters were put there first
    dead = bool(chosen.by)
    mine = replace(chosen, by=run.me, taken=moment.show(now), tries=chosen.tries + dead, doubts=chosen.doubts + dead)
    return replace(state, outbox=tuple(mine if one is chosen else one for one in state.outbox))


def _is_due(one: Message, now: datetime) -> bool:
    """Say whether a message may be tried: in the next run after the first failure, then after an hour, two, four, at most a day."""
    if is_given_up(one):
        return False
    since = abs(now - moment.parse(one.taken)) if one.taken else _LONGEST
    if one.by:
        return since >= LEASE
    return one.tries < 2 or since >= min(_PAUSE * 2 ** min(one.tries - 1, 10), _LONGEST) - _SLACK  # noqa: PLR2004
