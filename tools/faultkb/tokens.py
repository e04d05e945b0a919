"""Text → search tokens, Chinese and Latin mixed.

NFKC and lower case; a run of CJK characters gives its bigrams, a single character itself; a Latin word gives itself, its
pieces at ``/ : _ - .``, each also without the separators, and a hexadecimal number also without its ``0x``.
"""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_CJK = (
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\U00020000-\U000323af"
)
"""Han, kana and hangul. NFKC has already replaced compatibility forms and half-width kana."""
_IS_CJK = re.compile(rf"[{_CJK}]")
_WORD = re.compile(rf"[^\W_{_CJK}]+(?:[-_.:/][^\W_{_CJK}]+)*")
_RUN = re.compile(rf"[{_CJK}]+|{_WORD.pattern}")
_LOOSEST_FIRST = (re.compile("[/:]"), re.compile("_"), re.compile("-"), re.compile(r"\."))
_SEPARATORS = re.compile("[-_.:/]")
_LETTER, _DIGIT = re.compile("[a-z]"), re.compile("[0-9]")
_QUANTITY = re.compile("[0-9][0-9.]{0,4}[a-zμ]{1,4}")
_COMMON_LENGTH = 40
"""Words up to this length are remembered: headers and logs repeat them in every ticket."""


class Wanted(NamedTuple):
    """Tokens to look for: those of CJK runs, those of words, and the letters of these without separators."""

    cjk: tuple[str, ...]
    words: frozenset[str]
    letters: tuple[str, ...]


def tokens(text: str) -> list[str]:
    """Return the search tokens of a text, in its order; what it says twice is there twice."""
    return list(itertools.chain.from_iterable(map(of_run, runs(text))))


def runs(text: str) -> list[str]:
    """Return the CJK runs and the words of a text as written, full-width forms replaced."""
    found: list[str] = _RUN.findall(unicodedata.normalize("NFKC", text))
    return found


def of_run(run: str) -> tuple[str, ...]:
    """Return the tokens of one run; of a word, the whole comes first."""
    if is_cjk(run):
        return tuple(map(str.__add__, run, run[1:])) or (run,)
    return _of_word(run)


def is_cjk(run: str) -> bool:
    """Say whether a run consists of CJK characters, and not of Latin letters and digits."""
    return _IS_CJK.match(run) is not None


def wanted(some: Iterable[str]) -> Wanted:
    """Sort tokens by their kind, for `among`."""
    every = frozenset(some)
    cjk = tuple(sorted(filter(is_cjk, every)))
    words = every.difference(cjk)
    return Wanted(cjk, words, tuple(sorted({_SEPARATORS.sub("", word) for word in words})))


def among(text: str, which: Wanted) -> frozenset[str]:
    """Return which of some tokens a text has, several times as fast as `tokens`; a single character also within a run."""
    plain = unicodedata.normalize("NFKC", text)
    found = [token for token in which.cjk if token in plain]
    # Cutting a text into words costs most: first see whether the letters are there at all, however separated.
    letters = _letters(plain) if which.words else ""
    if any(some in letters for some in which.letters):
        said = map(_of_word, set(_WORD.findall(plain)))
        found += which.words.intersection(itertools.chain.from_iterable(said))
    return frozenset(found)


def words(run: str) -> list[str]:
    """Return what a run of Latin letters and digits joins only loosely, as ``L-214/L-215`` does."""
    return re.split("[/:]", run)


def pieces(word: str) -> list[str]:
    """Return the parts of a word between its separators."""
    return _SEPARATORS.split(word)


def canonical(word: str) -> str:
    """Return the token that every spelling of a word has: ``e1042`` for E-1042 and E1042. Dots stay: V2.31 is not V2.3.1."""
    bare = _bare(word.lower())
    return bare if "." in bare else _SEPARATORS.sub("", bare)


def is_code(word: str) -> bool:
    """Say whether a word is an error code, a model or a version (E-1042, GW2, V2.3.1, 0x8007000E), and no quantity (128GB)."""
    lower = word.lower()
    has_both = _LETTER.search(lower) is not None and _DIGIT.search(lower) is not None
    return has_both and _QUANTITY.fullmatch(lower) is None


def _letters(plain: str) -> str:
    lower = plain.lower()
    for separator in "-_.:/":
        lower = lower.replace(separator, "")
    return lower


def _of_word(run: str) -> tuple[str, ...]:
    return _common(run) if len(run) <= _COMMON_LENGTH else _split(run.lower())


@functools.lru_cache(maxsize=20_000)
def _common(run: str) -> tuple[str, ...]:
    return _split(run.lower())


def _split(word: str) -> tuple[str, ...]:
    """Split at the loosest separator, then each piece at the next: of ``gw2-v2.3.1``, ``v2.3.1`` is a piece too."""
    forms = {word, _bare(word)}
    forms |= {_SEPARATORS.sub("", one) for one in forms}
    found = [word, *sorted(forms - {word})]
    separator = next((one for one in _LOOSEST_FIRST if one.search(word)), None)
    if separator:
        found += itertools.chain.from_iterable(map(_split, separator.split(word)))
    return tuple(found)


def _bare(word: str) -> str:
    return word.removeprefix("0x") or word
