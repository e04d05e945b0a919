"""The small files of the search index: what all documents have together. They are changed by adding and removing documents."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left, insort
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from faultkb.publish import files, search_store

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from faultkb.publish.search_document import Levels, SearchDocument

_FORMAT = 4
"""Part of the version: change it with the files, and no browser mixes old ones with new ones."""
_PER_SHARD = 8_192
"""Entries in a file of pieces at most: up to 10 KB, measured with 10,000 documents of 2,000 characters."""
_DIGEST = 8


class Facet(NamedTuple):
    """What a facet is called; and its values in order where that is settled, else the most frequent comes first."""

    title: str
    order: Sequence[str] = ()


@dataclass(slots=True)
class Summary:
    """The numbers of all documents and of each value of each facet, the terms, the entries of the index, and a digest.

    The digest is a sum over the documents: whatever the way to the same documents, it is the same.
    """

    named: dict[str, Facet]
    numbers: list[int] = field(default_factory=list)
    facets: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    terms: Counter[str] = field(default_factory=Counter)
    entries: int = 0
    digest: int = 0

    @property
    def shards(self) -> int:
        """How many files of pieces there are: a power of two."""
        return 1 << max(0, (self.entries - 1) // _PER_SHARD).bit_length()

    def add(self, document: SearchDocument, levels: Levels) -> None:
        """Count a document in; raise ValueError if its number is taken or cannot be written."""
        place = bisect_left(self.numbers, document.number)
        if self.numbers[place : place + 1] == [document.number] or not 0 <= document.number < search_store.LIMIT:
            raise ValueError(f"number {document.number}")
        self.numbers.insert(place, document.number)
        for key, value in _facets(document):
            insort(self.facets.setdefault(key, {}).setdefault(value, []), document.number)
        self.terms.update(document.terms)
        self._count(document, levels, 1)

    def remove(self, document: SearchDocument, levels: Levels) -> None:
        """Count a document out that was counted in."""
        self.numbers.remove(document.number)
        for key, value in _facets(document):
            self.facets[key][value].remove(document.number)
            if not self.facets[key][value]:
                del self.facets[key][value]
        for term in document.terms:
            self.terms[term] -= 1
            if not self.terms[term]:
                del self.terms[term]
        self._count(document, levels, -1)

    def write(self, folder: Path) -> None:
        """Write the files, the manifest last: without it there is no index."""
        facets = {
            key: {value: search_store.encode(numbers) for value, numbers in values.items()}
            for key, values in self.facets.items()
            if values
        }
        files.write(
            folder / "facets.bin",
            search_store.pack({"documents": search_store.encode(self.numbers), "facets": facets}),
        )
        files.write(folder / "terms.bin", search_store.pack(self.terms))
        manifest = {
            "digest": f"{self.digest:x}",
            "entries": self.entries,
            "format": _FORMAT,
            "facets": list(self.named.items()),
            "shards": self.shards,
            "version": _digest(search_store.plain([_FORMAT, self.digest, list(self.named.items())])),
        }
        files.write(folder / "manifest.json", search_store.plain(manifest))

    def _count(self, document: SearchDocument, levels: Levels, sign: int) -> None:
        self.entries += sign * sum(map(len, levels))
        self.digest = (self.digest + sign * int(_digest(document.data), 16)) % (1 << 8 * _DIGEST)


def read(folder: Path, named: Mapping[str, Facet]) -> Summary:
    """Read what `Summary.write` wrote; raise OSError, ValueError, KeyError or zlib.error where there is none."""
    manifest = json.loads((folder / "manifest.json").read_bytes())
    if manifest["format"] != _FORMAT:
        raise ValueError(manifest)
    small = search_store.read(folder / "facets.bin")
    facets = {
        key: {value: search_store.decode(text) for value, text in values.items()}
        for key, values in small["facets"].items()
    }
    terms = Counter(dict(search_store.read(folder / "terms.bin")))
    numbers = search_store.decode(small["documents"])
    return Summary(dict(named), numbers, facets, terms, manifest["entries"], int(manifest["digest"], 16))


def _facets(document: SearchDocument) -> set[tuple[str, str]]:
    return {(key, value) for key, values in document.facets.items() for value in values}


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=_DIGEST).hexdigest()
