"""The lines that somebody added to 处理进度 → events: notes and nothing else, and who entered what others did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb import moment, policy, ticket
from faultkb.rules.people import staff_key
from faultkb.updates.wanted import LOG, NoWayError, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from faultkb.lifecycle import EventSpec
    from faultkb.ticket import Ticket
    from faultkb.updates.applying import Options
    from faultkb.updates.progress import Entry
    from faultkb.updates.touched import Intent
    from faultkb.vocabulary import Vocabulary

LATE = "跟踪表里补记"
ON_BEHALF = "{} 从跟踪表代为录入"
"""Why a line under somebody else's number is late: it says who entered it."""


def events(words: Vocabulary, one: Ticket, intent: Intent, options: Options, status: str) -> Iterator[Wanted]:
    """Yield an event for each line, the fault being in a state now. Raise NoWayError for what a line cannot say.

    What stops a clock is recorded by whoever did it, when it was done: never under another number, never afterwards.
    """
    for number, entry in enumerate(intent.entries, 1):
        at = moment.parse(entry.at) if entry.at else options.at
        then = ticket.replay(one, words.lifecycle, at).status if at < options.at else status
        spec, stops = _recorded_as(words, one, then)
        late = _late(one, entry, options, at)
        reason, instead = "", f"；去掉这一行，改用 fault log {one.id} {entry.event or (spec.name if spec else '事件')}"
        if spec is None:
            reason = f"{then or '登记之前'}时不能再记"
        elif entry.event not in {"", spec.name}:
            reason = f"{then}时，这一栏里只能记 {spec.name}，不能记 {entry.event}"
        elif stops and (late or at < options.at):
            reason = f"{spec.name} 会停止时限，不能在这一栏里补记，也不能替别人记"
        elif entry.by and not options.by:
            reason, instead = "写了工号，也要知道是谁录入的：加上 --by 工号", ""
        if reason or spec is None:
            raise NoWayError(f"{words.title(LOG)}：新写的第 {number} 行（{len(entry.note)} 个字）：{reason}{instead}")
        texts = {"at": entry.at, "by": entry.by, "note": entry.note, "late": late}
        yield Wanted(spec, {name: text for name, text in texts.items() if text}, LOG)


def _recorded_as(words: Vocabulary, one: Ticket, status: str) -> tuple[EventSpec | None, bool]:
    """Return the event that a line is recorded as in a state, and whether it stops a clock; None if there is none.

    Of several, one that stops none: who adds a line to a table has not said that a duty is done.
    """
    plain = [spec for spec in words.lifecycle.events.values() if _is_plain(spec) and status in spec.sources]
    clocks = policy.in_force(words.policies, one.registered_at).clocks.values()
    stopping = {name for clock in clocks for name in clock.stop}
    found = min(plain, key=lambda spec: spec.name in stopping, default=None)
    return found, found is not None and found.name in stopping


def _is_plain(spec: EventSpec) -> bool:
    """Say whether an event carries a note and does nothing else."""
    changes: tuple[Any, ...] = (spec.takes, spec.to, spec.opens, spec.closes, spec.brings, spec.if_open)
    return spec.needs == ("note",) and not any(changes)


def _late(one: Ticket, entry: Entry, options: Options, at: datetime) -> str:
    """Say why a line was not recorded by its author, or not in its time; empty where it was."""
    if entry.by and staff_key(entry.by) != staff_key(options.by):
        return ON_BEHALF.format(options.by)
    is_late = at < max(event.at for event in one.events) or at.date() < options.at.date()
    return LATE if is_late else ""
