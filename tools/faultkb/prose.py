"""Text that people hand in, made fit to stand in a part of a ticket's section: it must not begin another one."""

from __future__ import annotations

import re

from faultkb.document import Document

_DEEPEST = 3
"""The level of the headings of parts; deeper ones are text."""
_PASSES = 4
"""Escaping a line may make the next one its underline; rows upon rows of those are no person's text."""
_BLANK_LINES = re.compile(r"(?:[ \t\u3000]*\n)*")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, and marks of direction: a number that is shown backwards is read as it should be."""


def lines(text: str) -> str:
    """Return a text with line feeds only, as Markdown reads it: a carriage return alone ends a line, too."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def blank(text: str) -> int:
    """Return the length of the blank lines at the beginning of a text."""
    match = _BLANK_LINES.match(text)
    return match.end() if match else 0


def tame(text: str) -> str:
    """Write a text as it may stand in a part: what would be a heading there gets a backslash.

    The number of lines stays, but for blank ones at either end. Control characters and marks of direction, which nobody sees, become �.
    """
    text = _CONTROL.sub("�", lines(text))
    text = text[blank(text) :].rstrip()
    for _ in range(_PASSES):
        marks = [_mark(text, one.at, one.start) for one in Document("", {}, text).headings if one.level <= _DEEPEST]
        if not marks:
            break
        text = "\\".join(text[start:end] for start, end in zip([0, *marks], [*marks, len(text)], strict=True))
    return text


def _mark(text: str, at: int, start: int) -> int:
    """Return where the character stands that makes a heading: its first #, or the first of its underline."""
    heading = text[at:start].rstrip("\n")
    line = heading.rpartition("\n")[2]
    return at + len(heading) - len(line.lstrip(" "))


def divides(text: str) -> bool:
    """Say whether a text would begin another part or section where it stands."""
    return any(one.level <= _DEEPEST for one in Document("", {}, text).headings)


def is_open(text: str) -> bool:
    """Say whether a code fence or a comment begins in a text and does not end there: it would swallow what follows."""
    found = Document("", {}, f"{text}\n\n# ").headings
    return not found or found[-1].at != len(text) + 2
