"""The search index, brought up to date with a few articles: only the files concerned are read and written."""

from __future__ import annotations

import zlib
from bisect import insort
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

from faultkb.publish import files, grams, search_document, search_index, search_store, search_summary
from faultkb.publish.search_document import Levels, SearchDocument

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from faultkb.publish.search_summary import Facet, Summary

_NOT_OURS = (OSError, ValueError, KeyError, TypeError, AttributeError, zlib.error)
_NOTHING = Levels(set(), set(), set())
_NO_POSTINGS = [""] * len(_NOTHING)


class Move(NamedTuple):
    """A piece of text comes to a document, or goes from it."""

    piece: str
    level: int
    number: int
    comes: bool


def patch(folder: Path, changed: Iterable[SearchDocument], removed: Iterable[int], named: Mapping[str, Facet]) -> bool:
    """Bring an index up to date with some documents that are new or other than before, and without some numbers.

    Return False where that cannot be done: there is no index, it is damaged, or must be divided otherwise. Then build it.
    """
    try:
        return _patched(folder, search_summary.read(folder, named), {one.number: one for one in changed}, set(removed))
    except _NOT_OURS:
        return False


def _patched(folder: Path, summary: Summary, fresh: Mapping[int, SearchDocument], removed: set[int]) -> bool:
    numbers = removed.union(fresh)
    stale = {number: _kept(folder, number) for number in numbers.intersection(summary.numbers)}
    shards = summary.shards
    moves = _moves(stale, fresh, summary)
    # Whatever stops here leaves no index rather than half of one.
    (folder / "manifest.json").unlink()
    if summary.shards != shards:
        return False
    _patch_shards(folder, moves, shards)
    for number in stale.keys() - fresh.keys():
        (folder / "docs" / search_index.name(number)).unlink()
    for document in fresh.values():
        search_index.keep(folder, document)
    for which in {number // search_index.BUNDLE for number in numbers}:
        search_index.bundle(folder, which, summary.numbers)
    summary.write(folder)
    return True


def _kept(folder: Path, number: int) -> SearchDocument:
    return SearchDocument(**search_store.read(folder / "docs" / search_index.name(number)))


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
        list(
            pool.map(lambda one: _patch_shard(folder / "grams" / search_index.name(one[0]), one[1]), concerned.items())
        )


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
    files.write(path, search_store.pack(shard))
