"""The lists: a page for each value of each way into the faults, and an index of the values."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from faultkb.publish.pages import facets, parts
from faultkb.publish.pages.facets import FACETS, MONTH, PRODUCT
from faultkb.publish.pages.shelf import MOST
from faultkb.safe_markdown import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faultkb.publish.article import Article
    from faultkb.publish.pages.facets import Facet
    from faultkb.publish.pages.shelf import Shelf
    from faultkb.vocabulary import Vocabulary

_FLAT = 30
"""Values that are found at a glance; more stand in alphabetical order."""
_PAGE = 500
"""Values on one page of an index."""


def pages(shelf: Shelf, words: Vocabulary, versions: Callable[[str, str], str]) -> Iterator[tuple[str, str]]:
    """Return every page of every facet; ``versions`` tells of a product's versions, given where the page lies."""
    for facet in FACETS:
        groups = shelf.grouped(facet.values)
        yield from index(facet, facets.ordered(groups, facet, words))
        for value, members in groups.items():
            if len(members) >= facet.least:
                path = f"{facets.address(facet, value).removesuffix('/')}.md"
                extra = versions(value, parts.up(path)) if facet is PRODUCT else ""
                yield path, _value(shelf, facet, (value, members), extra)


def _value(shelf: Shelf, facet: Facet, group: tuple[str, list[Article]], extra: str) -> str:
    value, members = group
    prefix = parts.up("faults/by/x/x.md")
    # Every fault is in the list of its month, so that links lead to all of them.
    most = len(members) if facet is MONTH else MOST
    more = prefix + facets.searched(facet, value)
    return parts.page(
        parts.front_matter(f"{facet.title}：{value}", **parts.LISTS),
        f"[全部故障]({prefix}faults/) › [{facet.title}](../)\n{{.fault-path}}",
        f"# {escape(value)}",
        f"共 {len(members)} 篇，最近关闭的在前。",
        extra,
        shelf.listing(members, prefix, more, most),
    )


def index(facet: Facet, groups: list[tuple[str, list[Article]]]) -> Iterator[tuple[str, str]]:
    """Return the page of all values of a facet; a long one is an index of pages."""
    folder = f"faults/by/{facet.folder}"
    head = (
        parts.front_matter(facet.title, **parts.LISTS),
        f"[全部故障]({parts.up(folder + '/index.md')}faults/)\n{{.fault-path}}",
    )
    blocks = dict(split(groups)) if len(groups) > _PAGE else {}
    for number, (name, some) in enumerate(blocks.items(), 1):
        path = f"{folder}-index/{number}.md"
        yield path, parts.page(*head, f"# {facet.title}：{escape(name)}", *initials(some, facet, parts.up(path)))
    path = f"{folder}/index.md"
    prefix = parts.up(path)
    if blocks:
        lines = (
            parts.link(name, f"{prefix}{folder}-index/{number}/", len(some))
            for number, (name, some) in enumerate(blocks.items(), 1)
        )
        yield path, parts.page(*head, f"# {facet.title}", f"共 {len(groups)} 个。", parts.block("fault-chips", lines))
    else:
        yield path, parts.page(*head, f"# {facet.title}", *(initials(groups, facet, prefix) or ["还没有。"]))


def split(groups: list[tuple[str, list[Article]]]) -> Iterator[tuple[str, list[tuple[str, list[Article]]]]]:
    """Cut an index into pages, in order; each is called by its first and last value."""
    in_order = sorted(groups, key=lambda group: _rank(group[0]))
    for start in range(0, len(in_order), _PAGE):
        some = in_order[start : start + _PAGE]
        yield f"{start // _PAGE + 1} · {some[0][0]} … {some[-1][0]}", some


def initials(groups: list[tuple[str, list[Article]]], facet: Facet, prefix: str) -> list[str]:
    """Return the links of an index: at a glance, or digits, Latin letters and all others apart where there are many."""
    if len(groups) <= _FLAT or facet is MONTH:
        return list(filter(None, [parts.block("fault-chips", facets.links(groups, facet, prefix))]))
    blocks = []
    for letter, some in groupby(sorted(groups, key=lambda group: _rank(group[0])), key=lambda group: initial(group[0])):
        blocks += [f"## {letter}", parts.block("fault-chips", facets.links(some, facet, prefix))]
    return blocks


def initial(value: str) -> str:
    """Return the heading under which a value stands."""
    first = value[:1]
    return "0–9" if first.isdigit() else "A–Z" if first.isascii() and first.isalpha() else "中文与其他"


def _rank(value: str) -> tuple[str, str]:
    # The headings come in the order of code points, too.
    return initial(value), value.casefold()
