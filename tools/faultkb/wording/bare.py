"""Words that do say what is seen, but too little where nothing else is said: 打不开, with no more than a product beside it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb.wording.patterns import Spot

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 60
"""Characters of a text that may say nothing; a longer one says something."""
_MARKS = re.compile(r"[\s，,。．.！!？?；;：:、“”‘’「」\"'～~…（）()*#>-]+")
_ADVICE = "写清在哪一步、看到什么提示、多少次里有多少次"
_MODEL = re.compile(r"[A-Za-z]{1,6}-?[0-9]{1,4}|[Vv][0-9]{1,3}(?:\.[0-9]{1,4}){1,3}")
"""A model or a version says where it happens, not what."""


class Bare:
    """The words, and what may stand around them without saying more."""

    def __init__(self, words: Iterable[str], around: Iterable[str] = ()) -> None:
        self._words, self._all = _any_of(words), _any_of([*words, *around])

    def find(self, text: str, names: Iterable[str] = ()) -> Spot | None:
        """Return the first of the words in a text that says nothing else; ``names`` are those of products and versions."""
        text = text if len(text) <= _LONGEST else text.strip()
        match = self._words.search(text) if len(text) <= _LONGEST else None
        if match is None:
            return None
        known = [one.casefold() for one in names]
        rest = _MARKS.split(self._all.sub(" ", _MODEL.sub(" ", text)))
        said = any(one and not any(one.casefold() in name for name in known) for one in rest)
        return None if said else Spot(match.start(), match.end(), _ADVICE)


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted({*phrases}, key=len, reverse=True))), re.IGNORECASE)
