"""The published faults → the search index of the site, under kb/api/search/."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from faultkb.publish import api, search_index, search_patch
from faultkb.publish.article import ARTICLE
from faultkb.publish.search_document import SearchDocument
from faultkb.publish.search_summary import Facet
from faultkb.publish.state import stamps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from faultkb.publish.article import Article
    from faultkb.publish.state import State
    from faultkb.vocabulary import Vocabulary

FOLDER = "api/search"
_FEW = 0.05
"""Share of the articles up to which changing the index is faster than making it."""


def order(remembered: State) -> list[str]:
    """Return the ids of all articles in the order of their numbers: a newly closed fault is the last."""
    found = sorted(_articles(remembered), key=lambda one: (one.changed_at, one.id))
    return [one.id for one in found]


def facets(words: Vocabulary) -> dict[str, Facet]:
    """Return the facets of the search: what people call them, and the order of their values."""
    return {
        "product": Facet(words.title("impact", "products")),
        "type": Facet(words.title("type"), list(words.choices["type"])),
        "severity": Facet(words.title("severity"), words.severities()),
        "version": Facet(words.title("impact", "versions")),
        "year": Facet("关闭年份"),
    }


def update(root: Path, facets: Mapping[str, Facet], remembered: State, order: list[str], made: Iterable[str]) -> None:
    """Bring the index up to date: ``made`` are the articles whose text may have changed since it was."""
    folder = root / "kb" / FOLDER
    articles = {one.id: one for one in _articles(remembered)}
    numbered = list(enumerate(order))
    is_longer = order[: len(remembered.search)] == remembered.search
    fresh = set(made).union(order[len(remembered.search) :])
    # An index that is not the one that was remembered may hold what is not public any more.
    is_known = bool(remembered.index) and stamps(folder) == remembered.index
    if is_known and remembered.search == order and not fresh:
        return
    if is_known and is_longer and len(fresh) <= max(1, len(order) * _FEW):
        changed = (_document(root, articles[name], number) for number, name in numbered if name in fresh)
        if search_patch.patch(folder, changed, (), facets):
            return
    search_index.build(folder, (_document(root, articles[name], number) for number, name in numbered), facets)


def _articles(remembered: State) -> Iterator[Article]:
    for one in remembered.tickets.values():
        if one.article is not None and one.article.kind == ARTICLE:
            yield one.article


def _document(root: Path, one: Article, number: int) -> SearchDocument:
    text = json.loads((root / "kb" / api.address(one.id)).read_bytes())
    lists = [one.listed("kb", "error_codes"), one.listed("impact", "products"), one.listed("impact", "versions")]
    lists += [one.listed("kb", "fixed_versions"), one.listed("impact", "modules"), one.listed("kb", "keywords")]
    lines = [one.text("kb", name) for name in ("summary", "solution", "cause")]
    facets = {
        "product": one.listed("impact", "products"),
        "type": [one.text("type")],
        "severity": [one.text("severity")],
        "version": one.listed("impact", "versions"),
        "year": [str(one.closed_on.year)],
    }
    body = "\n".join(section["text"] for section in text["sections"])
    head = [*dict.fromkeys(value for values in (*lists, lines) for value in values if value)]
    solution = one.text("kb", "solution")
    return SearchDocument(number, one.id, f"faults/{one.id}/", one.title, facets, head, body, solution)
