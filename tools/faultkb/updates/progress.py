"""The lines that somebody added to 处理进度: which are new, and what each says of when and by whom."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from faultkb import moment, tidy, tracking
from faultkb.tracking import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.ticket import Event, Ticket
    from faultkb.vocabulary import Vocabulary

_BULLET = re.compile(r"(?:[-*·•]|\d{1,2}[.、)](?!\d))\s*")
_MINUTE = re.compile(r"(\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}日?[ T]*\d{1,2}[:时]\d{2}分?)[\s,，:;]*")
_LONGEST_HEAD = 60
"""Characters of a line before its note."""
_AUTHOR = re.compile(r"[(\[]\s*([A-Za-z]{1,6}[0-9]{1,8})\s*[)\]]\s*:?\s*|([A-Za-z]{1,6}[0-9]{1,8})\s*:\s*")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that was added: its text, and what it says of when, by whom and what kind of event (empty: nothing)."""

    note: str
    at: str = ""
    by: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """What became of the lines: those that are new, and those of recorded events that are gone or read otherwise now."""

    added: tuple[Entry, ...]
    lost: tuple[str, ...]


def read(words: Vocabulary, events: Sequence[Event], cell: str, shown: str, exported: str | None) -> Progress:
    """Compare the lines of a cell with those that stand there now, and with those that were exported (None: not known).

    An added line that says what an event says that the cell does not show is recorded already.
    """
    typed, now = _lines(cell), Counter(_lines(shown))
    told = Counter(typed) & now
    rest = list((Counter(typed) - told).elements())
    fresh = [line for line in typed if line in rest]
    unseen = now - told
    recorded = Counter(canonical(event.data.get("note", "")) for event in events if _is_in(event, unseen))
    added = []
    for line in _once(fresh, rest):
        entry = _entry(words, line)
        if recorded[entry.note] > 0 or recorded[line] > 0:
            recorded[entry.note if recorded[entry.note] > 0 else line] -= 1
        else:
            added.append(replace(entry, note=_written(entry.note, cell)))
    lost = list((Counter(_lines(exported)) - Counter(typed)).elements()) if exported is not None else []
    known = {(moment.show(event.at), event.name, event.by) for event in events}
    lost += [f"{one.at} {one.event}" for one in added if (one.at, one.event, one.by) in known and exported is None]
    return Progress(tuple(added), tuple(lost))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in canonical(text).split("\n") if line.strip()]


def _written(note: str, cell: str) -> str:
    """Return a note as somebody typed it, full-width signs and all: the end of its line, behind the time and the author."""
    lines = (tracking.seen(line).strip() for line in cell.splitlines())
    ends = (line[at:].strip() for line in lines for at in range(min(len(line), _LONGEST_HEAD)))
    return next((end for end in ends if canonical(end) == note), note)


def _once(fresh: Sequence[str], rest: Sequence[str]) -> Iterator[str]:
    """Yield the lines in their order, each as often as it is left over."""
    left = Counter(rest)
    for line in fresh:
        if left[line] > 0:
            left[line] -= 1
            yield line


def _is_in(event: Event, lines: Counter[str]) -> bool:
    begins = canonical(f"{moment.show(event.at)} {event.name}（{event.by}）")
    return any(line.startswith(begins) for line in lines)


def _entry(words: Vocabulary, line: str) -> Entry:
    """Read a line such as ``2026-11-20 10:05 进展（RD017）：补丁完成``; all but the text may be left out."""
    text = _BULLET.sub("", line, count=1) if _BULLET.match(line) else line
    at = by = event = ""
    dated = _MINUTE.match(text)
    if dated and (at := tidy.minute(dated[1]) or ""):
        text = text[dated.end() :]
        named = next((name for name in words.lifecycle.events if re.match(rf"{name}\s*[(:]", text)), "")
        event, text = named, text.removeprefix(named).lstrip()
    signed = _AUTHOR.match(text)
    if signed:
        by, text = signed[1] or signed[2], text[signed.end() :]
    note = text.lstrip(": ").strip()
    return Entry(note, at, by, event) if note else Entry(line)


def exported_then(one: Ticket, wanted: str, rendered: Any) -> str | None:
    """Return what 处理进度 said when it was exported: without the last events, until it is ``wanted``; None if it never is.

    ``rendered`` is a function from a ticket to text and digest.
    """
    for number in range(len(one.events), 0, -1):
        text, digest = rendered(replace(one, events=one.events[:number]))
        if digest == wanted:
            return str(text)
    return None
