"""Which faults belong together: named by hand, folded in, or similar by what they share. Built from fields alone.

All of it is local: what a page says of others can change only if a fault changed that shares a key with it (and lies near
it in time, where many share the key), names it or is named by it. So one change leads to few pages (`affected`).
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from faultkb.publish.article import ARTICLE, REDIRECT
from faultkb.publish.likeness import LISTED, Index, values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from faultkb.publish.article import Article

__all__ = ["LISTED", "Around", "Index", "Kin", "affected", "around", "related"]

_MOST = 5
_THRESHOLD = 3.0
"""Score from which faults are similar: a code, a cause, two keywords, or titles that are nearly the same."""
_RANKED = 25
"""Candidates that are compared in full."""
_TITLE = 4.0
"""What titles of the same words count; those with less in common count their share."""


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
    listed = tuple(value for kind, value in values_of(one) if index.numbers[kind, value] >= LISTED[kind])
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
        # A key that became a crowd, or is one no more, counts differently for all who share it; so does a new list page.
        turned = len({some.size(key, index.keys[one][key]) for some in (old, new)}) > 1
        yield from index.members[key] if turned else index.near(key, one)
    yield from index.naming.get(one, ())
    yield from index.folded.get(one, ())
    if one in index.known:
        yield index.known[one].target
