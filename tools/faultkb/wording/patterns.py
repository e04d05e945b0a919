"""The small syntax of wording.yaml: plain words with ``…``, ``N`` and ``。`` → where they stand in a text.

It is no regular expression on purpose: a clerk can write it, and no text makes it slow.
"""

from __future__ import annotations

import functools
import re
import sys
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

NUMBER = "(?:[0-9０-９]{1,5}(?:[.:：][0-9]{1,2})?|[零一二两三四五六七八九十百半几数]{1,5})"
BREAKS = "，,、。．！!？?；;：:\\n"
_END = r"(?=[，,、。．！!？?；;：:…）)〕】」』”’\"'\s]|\Z)"
_GAP = f"[^{BREAKS}]{{0,8}}?"
_SPACE = r"[ \t\u3000]?"
_ASCII = "A-Za-z0-9"
_SIGNS = re.compile("[…N。]")
_Place = TypeVar("_Place", bound="tuple[Any, ...]")


class Spot(NamedTuple):
    """Where a word stands in a text, what to write instead, and its ``group`` where words have several."""

    start: int
    end: int
    instead: str
    group: str = ""


class Phrases:
    """Some phrases. Few texts have any, which one pass tells; a phrase is prepared when a text first may have it."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        own: defaultdict[str, list[str]] = defaultdict(list)
        for text in {*texts}:
            own[max(map(_bare, _SIGNS.split(text)), key=len)].append(text)
        # With a piece, those that begin it are met too.
        self._by_piece = {
            piece: [one for end in range(1, len(piece) + 1) for one in own.get(piece[:end], ())] for piece in own
        }

    @functools.cached_property
    def _quick(self) -> re.Pattern[str] | None:
        """Matches the longest piece that begins at a place; pieces that begin alike are tried together."""
        heads: defaultdict[str, list[str]] = defaultdict(list)
        for piece in sorted(self._by_piece, key=len, reverse=True):
            heads[piece[0]].append(re.escape(piece[1:]))
        every = (f"{re.escape(head)}(?:{'|'.join(rest)})" for head, rest in heads.items())
        return re.compile("|".join(every)) if heads else None

    def of(self, text: str) -> list[str]:
        """Return the phrases that a text may have: whatever they consist of occurs in it."""
        quick, bare = self._quick, _bare(text)
        match = quick.search(bare) if quick else None
        pieces: set[str] = set()
        while quick and match is not None:
            pieces.add(match[0])
            match = quick.search(bare, match.start() + 1)
        return sorted({one for piece in pieces for one in self._by_piece[piece]}) if pieces else []

    def stand_in(self, text: str) -> bool:
        """Say whether a text has one of them."""
        return any(_pattern(one).search(text) for one in self.of(text))


@functools.lru_cache(maxsize=8)
def _bare(text: str) -> str:
    return text.replace(" ", "").replace("\t", "").replace("\u3000", "").lower()


def each(phrases: Iterable[str], text: str, start: int = 0, end: int = sys.maxsize) -> list[tuple[int, int]]:
    """Return where phrases stand in a part of a text, in no order."""
    return [match.span() for one in phrases for match in _pattern(one).finditer(text, start, end)]


def spans(phrases: Iterable[str], text: str, start: int = 0, end: int = sys.maxsize) -> list[tuple[int, int]]:
    """Return where phrases stand in a part of a text, in order, none overlapping another."""
    return apart(each(phrases, text, start, end))


def apart(found: Iterable[_Place]) -> list[_Place]:
    """Leave out of places, of which the first in order counts, those that overlap one before."""
    kept: list[_Place] = []
    for one in sorted(found, key=lambda one: (one[0], -one[1])):
        if not kept or one[0] >= kept[-1][1]:
            kept.append(one)
    return kept


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


class _Entry(NamedTuple):
    excepted: Phrases
    instead: str
    group: str


class Book:
    """Words to avoid: entries with word, also, except, instead; in groups where they have a name."""

    def __init__(self, groups: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        self._entries: dict[str, _Entry] = {}
        for group, entries in groups.items():
            for one in entries:
                entry = _Entry(Phrases(one.get("except", ())), one["instead"], group)
                self._entries |= dict.fromkeys([one["word"], *one.get("also", ())], entry)
        self._words = Phrases(self._entries)

    def find(self, text: str) -> list[Spot]:
        """Return where words of the book stand, in order, none overlapping another."""
        words = self._words.of(text)
        if not words:
            return []
        by_entry: defaultdict[_Entry, list[str]] = defaultdict(list)
        for word in words:
            by_entry[self._entries[word]].append(word)
        return apart(spot for entry, some in by_entry.items() for spot in _of_entry(entry, some, text))


def _of_entry(one: _Entry, words: Sequence[str], text: str) -> list[Spot]:
    found = [Spot(start, end, one.instead, one.group) for start, end in spans(words, text)]
    return without(found, spans(one.excepted.of(text), text)) if found else []


@functools.lru_cache(maxsize=4096)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("".join([*_parts(text), _end(text)]), re.IGNORECASE)


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
            part = f"(?:{NUMBER})" if index else f"(?<![0-9.])(?<![0-9][:：]){NUMBER}"
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
