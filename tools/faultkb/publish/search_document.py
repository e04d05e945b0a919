"""An article as the search sees it: what is searched, what is shown, and into which pieces it falls."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

from faultkb.publish import grams, search_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_LONGEST_TERM = 24


@dataclass(frozen=True, slots=True)
class SearchDocument:
    """An article. Newer ones have higher numbers; ``head`` are its short fields but for the title: codes, products, summary.

    ``solution`` is shown with a result; to be found by it, it is one of the head, too.
    """

    number: int
    id: str
    url: str
    title: str
    facets: Mapping[str, Sequence[str]]
    head: Sequence[str]
    body: str
    solution: str

    @property
    def data(self) -> bytes:
        """The document as JSON, as it is kept and as its digest is made."""
        return search_store.plain({one.name: getattr(self, one.name) for one in fields(self)})

    @property
    def terms(self) -> set[str]:
        """The short fields of the head, which a misspelt query is compared with."""
        return {entry for entry in (self.id, *self.head) if 1 < len(grams.compact(entry)) <= _LONGEST_TERM}


class Levels(NamedTuple):
    """The pieces of a document, each where it counts most."""

    title: set[str]
    head: set[str]
    body: set[str]


def levels(document: SearchDocument) -> Levels:
    """Cut a document into pieces; none reaches from one field into another.

    What it is called is one more piece, whole: its id and title count as in the title, its codes and names as in the head.
    """
    title = grams.of(grams.compact(document.title)) | _wholes({document.id, document.title})
    head = set[str]().union(*map(grams.of, map(grams.compact, (document.id, *document.head)))) | _wholes(document.terms)
    body = grams.of(grams.compact(document.body))
    return Levels(title, head - title, body - head - title)


def _wholes(entries: Iterable[str]) -> set[str]:
    # No other piece begins so: = is no letter.
    return {f"={plain}" for entry in entries if (plain := grams.bare(entry))}
