"""Whether a text says anything: a word that stands for nothing, a hint left standing or bare marks do not."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

_EMPTY = re.compile(r"<!--.*?(?:-->|\Z)|<[^<>\n]*>|&#?\w+;|(?<!!)\[\s*\]\([^()\n]*\)", re.DOTALL)
"""Markup without a word of its own: comments, tags, entities, links without a text."""
_MARK = re.compile(r"\s*(?:#{1,6}\s|`{3,}|~{3,})")
"""A line that is a heading, or begins or ends a block of code."""
_NUMBER = re.compile(r"(?<!\s)\s*+[0-9]{1,3}[.)、．]")
"""The number of an item of a list; of a run of blanks only the beginning is tried."""
_MUTE = re.compile(r"[\W_\u115f\u1160\u3164\uffa0]+")
"""What is no letter or digit, and the letters of Unicode that are nothing to the eye."""
_SHORT = 20
"""Characters beyond which a note is no longer looked at: every event of every ticket has one."""


def filled(ticket: Ticket, words: Vocabulary, section: str, part: str | None = None) -> bool:
    """Say whether a section (or part) has any line that says something."""
    return any(lines(ticket, words, section, part))


def lines(ticket: Ticket, words: Vocabulary, section: str, part: str | None = None) -> Iterator[str]:
    """Yield the lines of a section (or part) that say something."""
    texts = (
        [ticket.sections.get((section, part), "")]
        if part
        else [text for (name, _), text in ticket.sections.items() if name == section]
    )
    hollow = _saying_nothing(words)
    every = (line for text in texts for line in _told(text).splitlines() if line.strip() and not _MARK.match(line))
    return (line for line in every if _words(_NUMBER.sub("", line, count=1)) not in hollow)


def _told(text: str) -> str:
    """Return a text without markup; most have none, and are not looked through for it."""
    return _EMPTY.sub("", text) if "<" in text or "&" in text or "[" in text else text


def says_nothing(note: str, words: Vocabulary) -> bool:
    """Say whether a note is nothing but a word that stands for nothing, or its own name."""
    if len(note) > _SHORT:
        return False
    return _words(note) in _hollow(words) | {words.schema.field(("events", 0, "note")).title}


@functools.lru_cache(maxsize=8)
def _hollow(words: Vocabulary) -> frozenset[str]:
    return frozenset(map(_words, ("", words.placeholder, *words.wording.get("empty", ()))))


@functools.lru_cache(maxsize=8)
def _saying_nothing(words: Vocabulary) -> frozenset[str]:
    return _hollow(words) | _hints(words)


@functools.lru_cache(maxsize=8)
def _hints(words: Vocabulary) -> frozenset[str]:
    return frozenset(_words(section.description) for section in words.sections)


def _words(line: str) -> str:
    return _MUTE.sub("", line).casefold()
