"""The company's own private words (customers, staff, hosts), found in a text without being stored anywhere in clear.

What is stored of a word is its length, 64 bits of a salted hash of it, and 16 bits of a salted hash of its first two
characters (the head), by which most places of a text are passed over without hashing the whole.

That keeps the words from who reads the file, from grep, from code search and search engines, and from a list of hashes
made beforehand. It does not keep them from who has the repository, the salt in it, and a guess: a name of two or three
characters is found by trying all of them in minutes. Who must not know the customers must not have the repository.
"""

from __future__ import annotations

import itertools
import operator
import unicodedata
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 64
"""Characters of a word, as `fold` leaves it."""
_HEAD = 2
_REMEMBERED = 200_000
"""Pairs and candidates whose hash is kept: the tickets of a repository share most of theirs."""
_FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters by their category, and yet nothing to be seen (Hangul fillers)."""


class Word(NamedTuple):
    """What is stored of a word: hexadecimal digests of the whole and of its head, its length, and its kind."""

    digest: str
    length: int
    head: str
    kind: str


class _Folding(dict[int, str]):
    """What each character counts as: full-width as narrow, capitals as small, blanks and invisible ones as nothing."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        parts = unicodedata.normalize("NFKD", char).casefold()
        kept = (one for one in parts if unicodedata.category(one) not in {"Mn", "Me", "Cf", "Cc"})
        found = "" if char in _FILLERS else "".join(one for one in kept if not one.isspace())
        self[code] = found
        return found


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return a text without the accidents of spelling: two spellings of a word are folded to one."""
    return text.translate(_FOLDING)


def entry(word: str, salt: bytes, kind: str) -> Word:
    """Return what to store of a word; `fold` must leave two characters of it or more."""
    folded = fold(word)
    return Word(_digest(folded, salt), len(folded), _digest(folded[:_HEAD], salt, size=2), kind)


def _digest(folded: str, salt: bytes, size: int = 8) -> str:
    return blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=size, key=salt).hexdigest()


class Dictionary:
    """The words of one repository: finds them in texts, and remembers what it has hashed."""

    def __init__(self, salt: bytes, words: Iterable[Word]) -> None:
        self._salt = salt
        self._kinds = {(one.digest, one.length): one.kind for one in words}
        self._heads: dict[str, list[int]] = {}
        for one in sorted(set(words), key=lambda one: -one.length):
            lengths = self._heads.setdefault(one.head, [])
            lengths += [one.length] if one.length not in lengths else []
        self._pairs = _Pairs(self._heads, salt)
        self._known: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._kinds)

    def find(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Return start, end and kind of each word in a text, in order; of two at one place the longer, none overlapping.

        A word that begins or ends with a Latin letter or a digit must begin or end there in the text too.
        """
        folded = text.translate(_FOLDING)
        pairs = map(operator.add, folded, folded[1:])
        places: list[int] = []
        free = 0
        for place in itertools.compress(itertools.count(), map(self._pairs.__getitem__, pairs)):
            for length in self._pairs[folded[place : place + _HEAD]]:
                if place < free or not (kind := self._kind(folded[place : place + length], length)):
                    continue
                places = places or _places(text)
                start, end = places[place], _seen_end(text, places[place + length - 1] + 1)
                if _is_whole(text, start, end, folded[place : place + length]):
                    yield start, end, kind
                    free = place + length

    def _kind(self, candidate: str, length: int) -> str:
        """Return the kind of a word, empty where it is none."""
        if len(candidate) < length:  # the text ends before
            return ""
        found = self._known.get(candidate)
        if found is None:
            found = self._kinds.get((_digest(candidate, self._salt), length), "")
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._known[candidate] = found
        return found


class _Pairs(dict[str, tuple[int, ...]]):
    """The lengths of the words that may begin with two characters; nearly always none."""

    def __init__(self, heads: dict[str, list[int]], salt: bytes) -> None:
        super().__init__()
        self._heads = heads
        self._salt = salt

    def __missing__(self, pair: str) -> tuple[int, ...]:
        if len(self) >= _REMEMBERED:
            self.clear()
        found = self[pair] = tuple(self._heads.get(_digest(pair, self._salt, size=2), ()))
        return found


def _places(text: str) -> list[int]:
    """Return where in a text each character of the folded text stands."""
    return [place for place, char in enumerate(text) for _ in _FOLDING[ord(char)]]


def _is_whole(text: str, start: int, end: int, word: str) -> bool:
    """Say whether a Latin word goes no further to either side; a paragraph's end inside makes it no word at all."""
    before, after = _before(text, start - 1), _FOLDING[ord(text[end])][:1] if end < len(text) else ""
    further = (_is_latin(word[0]) and _is_latin(before)) or (_is_latin(word[-1]) and _is_latin(after))
    return not further and text.count("\n", start, end) <= 1


def _before(text: str, place: int) -> str:
    """Return the last character up to a place that can be seen, folded; nothing where it is a blank."""
    while place >= 0 and not _FOLDING[ord(text[place])] and not text[place].isspace():
        place -= 1
    return _FOLDING[ord(text[place])][-1:] if place >= 0 else ""


def _seen_end(text: str, end: int) -> int:
    """Take the accents and invisible characters behind a word for a part of it."""
    while end < len(text) and not _FOLDING[ord(text[end])] and not text[end].isspace():
        end += 1
    return end


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()
