"""How much each word of a question counts when faults are compared with it, and which of its words a fault shares.

A word counts the more, the fewer faults have it. Error codes, models and versions count more than that; numbers, words of
politeness and words that no fault has count less.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from typing import TYPE_CHECKING

from faultkb import tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_CODE, _NUMBER, _PIECE, _FILLER, _UNKNOWN = 4.0, 0.2, 0.5, 0.1, 0.5
"""Found by trying: on the sample tickets other values find less, and these may change by half without harm."""
_SHORTEST_PIECE = 3
_MOST_SHARED = 8
_FEW = 3
_FILLERS = "的了吗呢吧啊呀么我你您他她它们请谢这那是都也还又才很老总以"
"""Characters that say nothing about a fault; nor do the pairs with them."""


def factors(text: str) -> dict[str, float]:
    """Return what each token of a question counts for, its rarity aside; what is said twice counts more."""
    said = [pair for run in tokens.runs(text) for pair in _of_run(run)]
    number = Counter(token for token, _ in said)
    return {token: factor * (1 + math.log(number[token])) for token, factor in said}


def _of_run(run: str) -> Iterator[tuple[str, float]]:
    if tokens.is_cjk(run):
        yield from ((token, 1.0 if is_telling(token) else _FILLER) for token in tokens.of_run(run))
        return
    for word in tokens.words(run):
        whole = tokens.canonical(word)
        yield whole, _factor(word)
        pieces = {one.lower() for one in tokens.pieces(word) if len(one) >= _SHORTEST_PIECE}
        yield from ((piece, _PIECE * _factor(piece)) for piece in pieces - {whole})


def _factor(word: str) -> float:
    if tokens.is_code(word):
        return _CODE
    if not is_telling(word):
        return _FILLER
    return 1.0 if any(map(str.isalpha, word)) else _NUMBER


def is_telling(token: str) -> bool:
    """Say whether a token means something by itself: no single character, no word of politeness."""
    return len(token) > 1 and not any(char in _FILLERS for char in token)


def shares(counts_for: Mapping[str, float], number: Mapping[str, int], total: int) -> dict[str, float]:
    """Return what share of a question each token is; ``number`` is how many of ``total`` faults have it.

    A token that no fault has counts half as much as the rarest: the question may be about something else, or the token
    may be no word at all.
    """
    unknown = _UNKNOWN * math.log(2 + 2 * total)
    weights = {
        token: factor * (math.log(1 + total / number[token]) if number.get(token) else unknown)
        for token, factor in counts_for.items()
    }
    every = sum(weights.values())
    return {token: weight / every for token, weight in weights.items()}


def rare(codes: Iterable[str], number: Mapping[str, int], total: int) -> frozenset[str]:
    """Return those codes that few of all faults have: an error code, not the model that half of them are about."""
    few = max(_FEW, total // 100)
    return frozenset(code for code in codes if number.get(code, 0) <= few)


def shared(text: str, has: frozenset[str], share: Mapping[str, float]) -> tuple[str, ...]:
    """Return the words of a question that a fault has, weightiest first, as they are written: 看门 and 门狗 as 看门狗."""
    found: dict[str, tuple[str, float]] = {}
    for run in tokens.runs(text):
        for part, some in _joined(run, has) if tokens.is_cjk(run) else _words(run, has):
            found.setdefault(part.lower(), (part, sum(share[token] for token in some)))
    longest = [pair for key, pair in found.items() if not any(key != other and key in other for other in found)]
    named = [pair for pair in longest if is_telling(pair[0])] or longest
    return tuple(part for part, _ in sorted(named, key=lambda pair: -pair[1]))[:_MOST_SHARED]


def _joined(run: str, has: frozenset[str]) -> Iterator[tuple[str, Sequence[str]]]:
    """Join the pairs of characters that stand next to each other."""
    pairs = tokens.of_run(run)
    for is_shared, group in itertools.groupby(range(len(pairs)), lambda index: pairs[index] in has):
        if is_shared:
            places = list(group)
            part = run[places[0] : places[-1] + 2]
            core = part.strip(_FILLERS)
            yield core if len(core) > 1 else part, [pairs[index] for index in places]


def _words(run: str, has: frozenset[str]) -> Iterator[tuple[str, Sequence[str]]]:
    for word in tokens.words(run):
        whole = tokens.canonical(word)
        if whole in has:
            yield word, [whole]
        else:
            yield from ((piece, [piece.lower()]) for piece in tokens.pieces(word) if piece.lower() in has)
