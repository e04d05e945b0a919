"""Due dates as an iCalendar file (RFC 5545) for the calendar of a phone. Nothing of a fault but id, severity and state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from faultkb import clocks, moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from faultkb.calendar import WorkCalendar
    from faultkb.clocks import Clock
    from faultkb.standing import Standing

_OCTETS = 75
"""Octets of a line, its end aside (RFC 5545, 3.1)."""


class _Due(NamedTuple):
    """A due date: a clock's own, or the plan where it is another one."""

    key: str
    name: str
    at: datetime
    clock: Clock


def write(
    standings: Sequence[Standing], as_of: datetime, timezone: str, calendar: WorkCalendar, stream: TextIO
) -> None:
    """Write the due dates of the clocks that run, and of the plans that differ from them."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//faultkb//fault calendar ics//ZH",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text('故障到期日')}",
    ]
    zone = ZoneInfo(timezone)
    for one in standings:
        for due in _dues(one):
            lines += _event(one, due, as_of, zone, _alarm(due, calendar))
    stream.writelines(f"{_folded(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _dues(one: Standing) -> Iterator[_Due]:
    for clock in one.clocks:
        if clock.is_running and not clock.informational:
            key = f"{clock.clock}-{clock.cycle}-{clock.n}"
            yield _Due(key, clock.name, clock.due_at, clock)
            if clock.revised and clock.revised.due_at != clock.due_at:
                yield _Due(f"{key}-plan", f"{clock.name}（计划）", clock.revised.due_at, clock)


def _alarm(due: _Due, calendar: WorkCalendar) -> datetime:
    """Return when it rings: an hour before for clocks that count hours, else at the same time of the working day before."""
    if due.clock.target.unit == "h":
        return due.at - timedelta(hours=1)
    at = due.at - timedelta(days=1)
    while not calendar.is_workday(at.date()):
        at -= timedelta(days=1)
    return at


def _event(one: Standing, due: _Due, as_of: datetime, zone: ZoneInfo, alarm: datetime) -> Iterable[str]:
    """Return the lines of an event. The same due date has the same UID whenever it is exported."""
    summary = f"{one.id} {one.severity} {due.name}"
    known = f"状态：{one.status}\n团队：{one.team or '未分配'}\n起算：{moment.show(due.clock.started_at)}，目标 {due.clock.target}"
    paused = "（暂停中）" if due.clock.verdict == clocks.PAUSED else ""
    tentative = due.clock.provisional and due.at == due.clock.due_at
    return (
        "BEGIN:VEVENT",
        f"UID:{one.id}-{due.key}@faultkb",
        f"DTSTAMP:{_utc(as_of, zone)}",
        f"DTSTART:{_utc(due.at, zone)}",
        f"SUMMARY:{_text(summary + paused + ('（暂定）' if tentative else ''))}",
        f"DESCRIPTION:{_text(known)}",
        f"STATUS:{'TENTATIVE' if tentative else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(summary)}",
        f"TRIGGER;VALUE=DATE-TIME:{_utc(alarm, zone)}",
        "END:VALARM",
        "END:VEVENT",
    )


def _utc(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.replace(tzinfo=zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Escape a value of type TEXT (RFC 5545, 3.3.11)."""
    for char in "\\;,":
        value = value.replace(char, f"\\{char}")
    return value.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Fold a long line (RFC 5545, 3.1); no character is cut in two."""
    folded, octets = "", 0
    for char in line:
        length = len(char.encode())
        if octets + length > _OCTETS:
            folded, octets = f"{folded}\r\n ", 1
        folded, octets = folded + char, octets + length
    return folded
