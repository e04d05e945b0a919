"""The small syntax of wording.yaml: plain words with ``…``, ``N`` and ``。`` → where they stand in a text.

It is no regular expression on purpose: a clerk can write it, and no text makes it slow.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NUMBER = "(?:[0-9０-９]{1,5}(?:[.:：][0-9]{1,2})?|[零一二两三四五六七八九十百半几数]{1,5})"
BREAKS = "，,、。．！!？?；;：:\\n"
_END = r"(?=[，,、。．！!？?；;：:…）)〕】」』”’\"'\s]|\Z)"
_GAP = f"[^{BREAKS}]{{0,8}}?"
_SPACE = r"[ \t\u3000]?"
_ASCII = "A-Za-z0-9"


class Spot(NamedTuple):
    """Where a word stands in a text, and what to write instead."""

    start: int
    end: int
    instead: str


class _Entry(NamedTuple):
    words: re.Pattern[str]
    excepted: re.Pattern[str] | None
    instead: str


@dataclass(frozen=True)
class Book:
    """Words to avoid. ``quick`` finds in one pass whether a text has any."""

    entries: tuple[_Entry, ...]
    quick: re.Pattern[str] | None

    def find(self, text: str) -> list[Spot]:
        """Return where words of the book stand, in order, none overlapping another."""
        if self.quick is None or not self.quick.search(text):
            return []
        found = [spot for one in self.entries for spot in _of_entry(one, text)]
        kept: list[Spot] = []
        for spot in sorted(found, key=lambda one: (one.start, -one.end)):
            if not kept or spot.start >= kept[-1].end:
                kept.append(spot)
        return kept


def _of_entry(one: _Entry, text: str) -> list[Spot]:
    found = [Spot(match.start(), match.end(), one.instead) for match in one.words.finditer(text)]
    return found if one.excepted is None or not found else without(found, spans(one.excepted, text))


def spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Return where a pattern matches, in order."""
    return [match.span() for match in pattern.finditer(text)]


def without(found: Sequence[Spot], excepted: Sequence[tuple[int, int]]) -> list[Spot]:
    """Leave out the spots that overlap one of some spans; both stand in order."""
    kept, rest = [], iter((*excepted, (10**9, 10**9)))
    start, end = next(rest)
    for spot in found:
        while end <= spot.start:
            start, end = next(rest)
        if spot.end <= start:
            kept.append(spot)
    return kept


def book(entries: Iterable[Mapping[str, Any]]) -> Book:
    """Return the book of some entries: word, also, except, instead."""
    listed = [([one["word"], *one.get("also", ())], one.get("except", ()), one["instead"]) for one in entries]
    every = [word for some, _, _ in listed for word in some]
    return Book(
        tuple(_Entry(phrases(some), phrases(others) if others else None, advice) for some, others, advice in listed),
        phrases(every) if every else None,
    )


def phrases(texts: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern for any of some phrases, the longest first; those that begin alike are tried together."""
    heads: defaultdict[str, list[str]] = defaultdict(list)
    for text in sorted({*texts}, key=lambda one: (-len(one), one)):
        first, *rest = [*_parts(text), _end(text)]
        heads[first].append("".join(rest))
    return re.compile("|".join(f"{head}(?:{'|'.join(rest)})" for head, rest in heads.items()), re.IGNORECASE)


def _parts(text: str) -> list[str]:
    """Translate the characters of a phrase; between two of them a space may stand."""
    parts: list[str] = []
    for index, char in enumerate(text.strip()):
        if char == " ":
            continue
        if char == "…":
            part = _GAP
        elif char == "。":
            part = _END
        elif char == "N" and not _latin(text[index - 1 : index]) and not _latin(text[index + 1 : index + 2]):
            part = f"(?:{NUMBER})" if index else f"(?<![0-9.:：]){NUMBER}"
        else:
            part = re.escape(char)
            if index == 0 and _latin(char):
                part = f"(?<![{_ASCII}]){part}"
        parts.append(part if not parts or part == _END else _SPACE + part)
    return parts


def _end(text: str) -> str:
    return f"(?![{_ASCII}])" if _latin(text[-1]) and text[-1] != "N" else ""


def _latin(char: str) -> bool:
    return bool(char) and char.isascii() and char.isalnum()
