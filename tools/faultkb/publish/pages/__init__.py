"""Articles → the text of every page of the site that tickets make: the page of each fault, lists, the ways in.

The page of a fault follows from its ticket and from `kin.around` (`article_page`), all other pages from the fields of all
published faults (`lists`), so that after a change only what can differ is made again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.publish.pages import affected, codes, home, listing, single, statistics
from faultkb.publish.pages.parts import slug
from faultkb.publish.pages.shelf import Shelf
from faultkb.publish.pages.versions import Versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from faultkb.publish.article import Article
    from faultkb.vocabulary import Vocabulary

__all__ = ["article_page", "by_product", "lists", "slug"]
article_page = single.page


def lists(articles: Iterable[Article], words: Vocabulary, beginning: str = "") -> Iterator[tuple[str, str]]:
    """Return every page that is not of one fault; it needs no section of any article."""
    shelf = Shelf(articles)
    versions, known = Versions(shelf), codes.codes(shelf)
    yield "index.md", home.home(shelf, known, words, beginning)
    yield "faults/index.md", home.everything(shelf, words)
    yield "faults/statistics.md", statistics.page(shelf, words)
    yield from codes.pages(shelf, known)
    yield from listing.pages(shelf, words, versions.of_product)
    yield from versions.pages()
    yield from affected.pages(versions)


def by_product(articles: Iterable[Article]) -> dict[str, list[Article]]:
    """Return the published faults of each product, newest first."""
    return Shelf(articles).grouped(lambda one: one.listed("impact", "products"))
