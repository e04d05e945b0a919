"""Which faults belong together: named by hand, folded in, or similar by what they share. Built from fields alone.

All of it is local: what a page says of others can change only if a fault changed that shares a key with it (and lies near
it in time, where many share the key), names it or is named by it. So one change leads to few pages (`affected`).
"""

from __future__ import annotations

import functools
import heapq
import unicodedata
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from faultkb import tokens
from faultkb.publish.article import ARTICLE, REDIRECT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from faultkb.publish.article import Article

_MOST = 5
_THRESHOLD = 3.0
"""Score from which faults are similar: a code, a cause, two keywords, or titles that are nearly the same."""
_CROWD = 60
"""Faults up to which a key is telling; of more, the nearest in time are candidates, and it counts half."""
_NEAR = 30
_RANKED = 25
"""Candidates that are compared in full."""
_WEIGHTS = {"code": 5.0, "cause": 3.0, "keyword": 1.6, "place": 1.0}
_TITLE = 4.0
"""What titles of the same words count; those with less in common count their share."""

Key = tuple[str, str]


class Kin(NamedTuple):
    """A similar fault, and what it shares, as written in the fault that it is similar to."""

    id: str
    title: str
    shared: tuple[str, ...]


class Around(NamedTuple):
    """All that an article says of other faults; its page is the same as long as this and its ticket are.

    ``by_hand`` are id and title, ``folded`` the ids of the faults that were folded in, ``listed`` its cause and keywords
    that have a page of their own. ``target`` is the title of the article that a redirect leads to.
    """

    by_hand: tuple[tuple[str, str], ...] = ()
    similar: tuple[Kin, ...] = ()
    folded: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    target: str = ""


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
        for one in sorted(published, key=lambda one: (one.closed_on, one.id)):
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
        self.numbers.update(_values(one))
        for other in one.listed("kb", "related"):
            self.naming[other].append(one.id)

    def near(self, key: Key, one: str) -> list[str]:
        """Return the faults that share a key; of a crowd, those closest in time."""
        ids = self.members.get(key, [])
        if len(ids) <= _CROWD:
            return ids
        place = self.place[key].get(one)
        return [] if place is None else ids[max(place - _NEAR, 0) : place + _NEAR + 1]

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


def related(one: str, index: Index) -> tuple[Kin, ...]:
    """Return the faults similar to one, the most similar first; of equals the newest, then the smallest id."""
    keys = index.keys.get(one, {})
    rough: dict[str, float] = defaultdict(float)
    for key in keys:
        weight = index.weight(key)
        for other in index.near(key, one):
            rough[other] += weight
    left_out = {one, *index.known[one].listed("kb", "related")} if one in index.known else {one}
    candidates = heapq.nlargest(_RANKED, ((score, name) for name, score in rough.items() if name not in left_out))
    scored = []
    for _, name in candidates:
        shared = [key for key in keys if key in index.keys[name]]
        score = sum(map(index.weight, shared)) + _TITLE * index.likeness(one, name)
        if score >= _THRESHOLD:
            scored.append((-round(score, 6), -index.known[name].closed_on.toordinal(), name, shared))
    return tuple(
        Kin(
            name,
            index.known[name].title,
            tuple(keys[key] for key in sorted(shared, key=lambda key: -index.weight(key))),
        )
        for _, _, name, shared in heapq.nsmallest(_MOST, scored)
    )


def around(one: Article, index: Index) -> Around:
    """Return all that the page of a fault says of others."""
    if one.kind == REDIRECT:
        target = index.known.get(one.target)
        return Around(target=target.title if target is not None and target.kind == ARTICLE else "")
    if one.kind != ARTICLE:
        return Around()
    named = (index.known.get(other) for other in dict.fromkeys(one.listed("kb", "related")) if other != one.id)
    by_hand = tuple((other.id, other.title) for other in named if other is not None and other.kind == ARTICLE)
    listed = tuple(value for kind, value in _values(one) if index.numbers[kind, value] > 1)
    return Around(by_hand, related(one.id, index), tuple(sorted(index.folded.get(one.id, ()))), listed)


def affected(changed: Iterable[str], old: Index, new: Index) -> set[str]:
    """Return the faults whose `around` can differ because some were added, removed or changed; these included."""
    found: set[str] = set()
    for one in changed:
        found.add(one)
        for index in (old, new):
            found.update(_reached(one, index, old, new))
    return found & new.known.keys()


def _reached(one: str, index: Index, old: Index, new: Index) -> Iterator[str]:
    for key in index.keys.get(one, ()):
        sizes = {len(some.members.get(key, ())) > _CROWD for some in (old, new)}
        # A key that became a crowd, or is one no more, counts differently for all who share it.
        yield from index.members[key] if len(sizes) > 1 else index.near(key, one)
    yield from index.naming.get(one, ())
    yield from index.folded.get(one, ())
    if one in index.known:
        yield index.known[one].target


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


def _values(one: Article) -> Iterator[Key]:
    if cause := one.text("kb", "cause"):
        yield "cause", cause
    yield from (("keyword", keyword) for keyword in one.listed("kb", "keywords"))


def _plain(value: str) -> str:
    return unicodedata.normalize("NFKC", value).casefold().replace(" ", "")
