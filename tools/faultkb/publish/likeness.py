"""The published faults by what they share: keys that make faults candidates for being similar, and how much each tells."""

from __future__ import annotations

import functools
import unicodedata
from collections import Counter, defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING

from faultkb import tokens
from faultkb.publish.article import ARTICLE, REDIRECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from faultkb.publish.article import Article

_CROWD = 60
"""Faults up to which a key is telling; of more, the nearest in time are candidates, and it counts half."""
_NEAR = 30
_WEIGHTS = {"code": 5.0, "cause": 3.0, "keyword": 1.6, "place": 1.0}

LISTED = {"cause": 10, "keyword": 10}
"""Faults from which on a cause or a keyword has a page of its own."""

Key = tuple[str, str]


class Index:
    """The published faults by what they share. ``known`` are all pages by id; ``folded`` the redirects to each."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self.known = {one.id: one for one in articles}
        self.folded: dict[str, list[str]] = defaultdict(list)
        self.naming: dict[str, list[str]] = defaultdict(list)
        self.members: dict[Key, list[str]] = defaultdict(list)
        self.place: dict[Key, dict[str, int]] = {}
        self.numbers: Counter[Key] = Counter()
        self.keys: dict[str, dict[Key, str]] = {}
        published = [one for one in self.known.values() if one.kind == ARTICLE]
        for one in sorted(published, key=attrgetter("order")):
            self._add(one)
        for key, ids in self.members.items():
            if len(ids) > _CROWD:
                self.place[key] = {name: number for number, name in enumerate(ids)}
        for one in self.known.values():
            if one.kind == REDIRECT:
                self.folded[one.target].append(one.id)

    def _add(self, one: Article) -> None:
        self.keys[one.id] = dict(_keys(one))
        for key in self.keys[one.id]:
            self.members[key].append(one.id)
        self.numbers.update(values_of(one))
        for other in one.listed("kb", "related"):
            self.naming[other].append(one.id)

    def near(self, key: Key, one: str) -> list[str]:
        """Return the faults that share a key; of a crowd, those closest in time."""
        ids = self.members.get(key, [])
        if len(ids) <= _CROWD:
            return ids
        place = self.place[key].get(one)
        return [] if place is None else ids[max(place - _NEAR, 0) : place + _NEAR + 1]

    def size(self, key: Key, value: str) -> tuple[bool, bool]:
        """Return whether a key has a crowd, and whether its value, as written, has a page of its own."""
        number = self.numbers[key[0], value]
        return len(self.members.get(key, ())) > _CROWD, number >= LISTED.get(key[0], 0)

    def weight(self, key: Key) -> float:
        """Return what sharing a key counts."""
        return _WEIGHTS[key[0]] * (1 if len(self.members[key]) <= _CROWD else 0.5)

    @functools.cached_property
    def _pairs(self) -> Mapping[str, frozenset[str]]:
        return {name: frozenset(tokens.tokens(self.known[name].title)) for name in self.keys}

    def likeness(self, one: str, other: str) -> float:
        """Return the share of the words of two titles that both have, from 0 to 1."""
        mine, its = self._pairs[one], self._pairs[other]
        every = len(mine) + len(its)
        return 2 * len(mine & its) / every if every else 0.0


def _keys(one: Article) -> Iterator[tuple[Key, str]]:
    """Yield what faults can share, each with how this one writes it."""
    for code in one.listed("kb", "error_codes"):
        yield ("code", tokens.canonical(_plain(code))), code
    if cause := one.text("kb", "cause"):
        yield ("cause", _plain(cause)), cause
    for keyword in one.listed("kb", "keywords"):
        yield ("keyword", _plain(keyword)), keyword
    for product in one.listed("impact", "products"):
        for module in one.listed("impact", "modules"):
            yield ("place", f"{product}\n{module}"), f"{product} {module}"


def values_of(one: Article) -> Iterator[Key]:
    """Yield cause and keywords of a fault as written."""
    if cause := one.text("kb", "cause"):
        yield "cause", cause
    yield from (("keyword", keyword) for keyword in one.listed("kb", "keywords"))


def _plain(value: str) -> str:
    return unicodedata.normalize("NFKC", value).casefold().replace(" ", "")
