"""The index of the site's search: which articles have which pieces of text, in files that a browser loads as it needs them.

``manifest.json``
    what there is, and a version that the address of every other file carries;
``facets.bin``
    the numbers of all documents, and of those that have each value of each facet;
``grams/<shard>.bin``
    for each piece of text the documents that have it in the title, else in the head, else in the body;
``docs/<number>.bin``
    a document itself: the browser checks its candidates against the text, and quotes it;
``terms.bin``
    names, codes and other short entries with how often they occur, for suggestions.

The same documents give the same bytes, whether built at once or patched.
"""

from __future__ import annotations

import zlib
from array import array
from bisect import insort
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, repeat
from typing import TYPE_CHECKING, NamedTuple

from faultkb.publish import grams, search_document, search_store, search_summary
from faultkb.publish.search_document import Levels, SearchDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from faultkb.publish.search_summary import Summary

_BATCH = 64
_NOT_OURS = (OSError, ValueError, KeyError, TypeError, zlib.error)
_NOTHING = Levels(set(), set(), set())
_NO_POSTINGS = [""] * len(_NOTHING)
Postings = tuple["defaultdict[str, array[int]]", ...]


class Move(NamedTuple):
    """A piece of text comes to a document, or goes from it."""

    piece: str
    level: int
    number: int
    comes: bool


def build(folder: Path, documents: Iterable[SearchDocument], titles: Mapping[str, str]) -> None:
    """Write the index of some documents, in any order, to a folder of its own; ``titles`` are the names of the facets."""
    (folder / "manifest.json").unlink(missing_ok=True)
    summary = search_summary.Summary(dict(titles))
    found: Postings = tuple(defaultdict(lambda: array("I")) for _ in _NO_POSTINGS)
    # Deflating is half of the work and leaves Python free for the other half.
    with ThreadPoolExecutor(2) as pool:
        rest = iter(documents)
        while batch := list(islice(rest, _BATCH)):
            kept = pool.map(lambda one: _keep(folder, one), batch)
            for document in batch:
                _add(document, found, summary)
            list(kept)
        shards = _shards(folder, found, summary.shards)
        list(pool.map(lambda one: search_store.write(one[0], search_store.deflate(one[1])), shards))
    search_store.keep(folder / "docs", map(_name, summary.numbers))
    search_store.keep(folder / "grams", map(_name, range(summary.shards)))
    summary.write(folder)


def patch(folder: Path, changed: Iterable[SearchDocument], removed: Iterable[int], titles: Mapping[str, str]) -> bool:
    """Bring an index up to date with some documents that are new or other than before, and without some numbers.

    Return False, and leave no index, where it cannot: there is none, or it must be divided otherwise. Then build it.
    """
    try:
        summary = search_summary.read(folder, titles)
        fresh = {one.number: one for one in changed}
        numbers = fresh.keys() | set(removed)
        stale = {number: _kept(folder, number) for number in numbers.intersection(summary.numbers)}
        shards = summary.shards
        moves = _moves(stale, fresh, summary)
        (folder / "manifest.json").unlink()
        if summary.shards != shards:
            return False
        _patch_shards(folder, moves, shards)
    except _NOT_OURS:
        return False
    for number in sorted(stale.keys() - fresh.keys()):
        (folder / "docs" / _name(number)).unlink()
    for document in fresh.values():
        _keep(folder, document)
    summary.write(folder)
    return True


def _keep(folder: Path, document: SearchDocument) -> None:
    search_store.write(folder / "docs" / _name(document.number), search_store.deflate(document.data))


def _kept(folder: Path, number: int) -> SearchDocument:
    return SearchDocument(**search_store.read(folder / "docs" / _name(number)))


def _add(document: SearchDocument, found: Postings, summary: Summary) -> None:
    levels = search_document.levels(document)
    summary.add(document, levels)
    for postings, pieces in zip(found, levels, strict=True):
        # As a loop over the pieces, but without its overhead: this is a third of the work.
        deque(map(array.append, map(postings.__getitem__, pieces), repeat(document.number)), maxlen=0)


def _shards(folder: Path, found: Postings, shards: int) -> Iterator[tuple[Path, bytes]]:
    """Yield the files of pieces, each as the folder should have it."""
    members: list[list[str]] = [[] for _ in range(shards)]
    for piece in set().union(*found):
        members[grams.shard(piece, shards)].append(piece)
    for number, pieces in enumerate(members):
        yield (
            _shard(folder, number),
            search_store.plain(
                {piece: [search_store.encode(sorted(one.get(piece, ()))) for one in found] for piece in pieces}
            ),
        )


def _shard(folder: Path, number: int) -> Path:
    return folder / "grams" / _name(number)


def _moves(stale: Mapping[int, SearchDocument], fresh: Mapping[int, SearchDocument], summary: Summary) -> list[Move]:
    """Count the old documents out and the new ones in; return what changes for their pieces."""
    moves = []
    for number in sorted(stale.keys() | fresh.keys()):
        old = new = _NOTHING
        if number in stale:
            old = search_document.levels(stale[number])
            summary.remove(stale[number], old)
        if number in fresh:
            new = search_document.levels(fresh[number])
            summary.add(fresh[number], new)
        for level, (before, after) in enumerate(zip(old, new, strict=True)):
            moves += [Move(piece, level, number, comes=False) for piece in before - after]
            moves += [Move(piece, level, number, comes=True) for piece in after - before]
    return moves


def _patch_shards(folder: Path, moves: Iterable[Move], shards: int) -> None:
    concerned: dict[int, dict[str, list[Move]]] = defaultdict(lambda: defaultdict(list))
    for move in moves:
        concerned[grams.shard(move.piece, shards)][move.piece].append(move)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: _patch_shard(_shard(folder, one[0]), one[1]), concerned.items()))


def _patch_shard(path: Path, changes: Mapping[str, Sequence[Move]]) -> None:
    shard = search_store.read(path)
    for piece, moves in changes.items():
        postings = [search_store.decode(one) for one in shard.pop(piece, _NO_POSTINGS)]
        for move in moves:
            if move.comes:
                insort(postings[move.level], move.number)
            else:
                postings[move.level].remove(move.number)
        if any(postings):
            shard[piece] = [search_store.encode(one) for one in postings]
    search_store.write(path, search_store.pack(shard))


def _name(number: int) -> str:
    return f"{number}.bin"
