"""The index of the site's search: which articles have which pieces of text, in files that a browser loads as it needs them.

``manifest.json``
    what there is, and a version that the address of every other file carries;
``facets.bin``
    the numbers of all documents, and of those that have each value of each facet;
``grams/<shard>.bin``
    for each piece of text the documents that have it in the title, else in the head, else in the body; and with ``=`` before
    it for each id, title, code and other short entry those that are called so;
``docs/<number>.bin``
    a document itself: the browser checks its candidates against the text, and quotes it;
``texts/<number // 64>.bin``
    the same documents bundled, for who asks for all hits of a common word;
``terms.bin``
    names, codes and other short entries with how often they occur, for suggestions.

The same documents give the same bytes, whether built at once or by search_patch.py.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict, deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice, repeat
from typing import TYPE_CHECKING

from faultkb.publish import files, grams, search_document, search_store, search_summary
from faultkb.publish.search_document import Levels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from faultkb.publish.search_document import SearchDocument
    from faultkb.publish.search_summary import Facet, Summary

_BATCH = 64
BUNDLE = 64
"""Documents in a bundle, gaps between the numbers included."""
Postings = tuple["defaultdict[str, array[int]]", ...]


def build(folder: Path, documents: Iterable[SearchDocument], named: Mapping[str, Facet]) -> None:
    """Write the index of some documents, in any order, to a folder of its own; ``named`` are the facets."""
    (folder / "manifest.json").unlink(missing_ok=True)
    summary = search_summary.Summary(dict(named))
    found: Postings = tuple(defaultdict(lambda: array("I")) for _ in Levels._fields)
    # Deflating is half of the work and leaves Python free for the other half.
    with ThreadPoolExecutor(2) as pool:
        rest = iter(documents)
        while batch := list(islice(rest, _BATCH)):
            kept = pool.map(lambda one: keep(folder, one), batch)
            for document in batch:
                _add(document, found, summary)
            list(kept)
        shards = _shards(folder, found, summary.shards)
        list(pool.map(lambda one: files.write(one[0], search_store.deflate(one[1])), shards))
        search_store.keep(folder / "docs", map(name, summary.numbers))
        search_store.keep(folder / "grams", map(name, range(summary.shards)))
        bundles = {number // BUNDLE for number in summary.numbers}
        list(pool.map(lambda one: bundle(folder, one, summary.numbers), bundles))
    search_store.keep(folder / "texts", map(name, bundles))
    summary.write(folder)


def keep(folder: Path, document: SearchDocument) -> None:
    """Write a document to its own file."""
    files.write(folder / "docs" / name(document.number), search_store.deflate(document.data))


def bundle(folder: Path, which: int, numbers: Sequence[int]) -> None:
    """Write a bundle of documents, from their own files; ``numbers`` are those of all documents."""
    first, last = (bisect_left(numbers, one * BUNDLE) for one in (which, which + 1))
    path = folder / "texts" / name(which)
    texts = [search_store.inflate(folder / "docs" / name(number)) for number in numbers[first:last]]
    if texts:
        files.write(path, search_store.deflate(b"[%b]" % b",".join(texts)))
    else:
        path.unlink(missing_ok=True)


def name(number: int) -> str:
    """Return the name of the file with a number."""
    return f"{number}.bin"


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
            folder / "grams" / name(number),
            search_store.plain(
                {piece: [search_store.encode(sorted(one.get(piece, ()))) for one in found] for piece in pieces}
            ),
        )
