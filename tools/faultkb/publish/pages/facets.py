"""The ways into the faults: by product, type, severity, module, cause, keyword, month; a page for each value."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from faultkb.publish.pages import parts
from faultkb.publish.pages.shelf import MOST
from faultkb.publish.safe_markdown import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from faultkb.publish.article import Article
    from faultkb.publish.pages.shelf import Groups, Shelf
    from faultkb.vocabulary import Vocabulary

_FLAT = 30
"""Values that are found at a glance; more stand under their first letters."""
_PAGE = 500
"""Values on one page of an index."""


class Facet(NamedTuple):
    """``folder`` names its pages, ``title`` is what people call it, ``values`` are those of a fault.

    A value has a page of its own from ``least`` faults on. ``parameter`` is what the search calls the facet; where it has
    no such filter, the value itself is searched.
    """

    folder: str
    title: str
    values: Callable[[Article], list[str]]
    least: int = 1
    parameter: str = "q"


def _text(*path: str) -> Callable[[Article], list[str]]:
    return lambda one: list(filter(None, [one.text(*path)]))


def _listed(*path: str) -> Callable[[Article], list[str]]:
    return lambda one: one.listed(*path)


PRODUCT = Facet("product", "按产品", _listed("impact", "products"), parameter="product")
TYPE = Facet("type", "按故障类型", _text("type"), parameter="type")
SEVERITY = Facet("severity", "按严重程度", _text("severity"), parameter="severity")
MODULE = Facet("module", "按功能模块", _listed("impact", "modules"))
CAUSE = Facet("cause", "按原因", _text("kb", "cause"), least=2)
KEYWORD = Facet("keyword", "按关键词", _listed("kb", "keywords"), least=2)
MONTH = Facet("month", "按关闭的月份", lambda one: [f"{one.closed_on:%Y-%m}"])
FACETS = (PRODUCT, TYPE, SEVERITY, MODULE, CAUSE, KEYWORD, MONTH)


def address(facet: Facet, value: str) -> str:
    """Return the address of a value's page, from the start of the site."""
    return f"faults/by/{facet.folder}/{parts.slug(value)}/"


def target(facet: Facet, value: str, members: Sequence[Article]) -> str:
    """Return where a value leads: to its page, or straight to the one fault that has it."""
    return address(facet, value) if len(members) >= facet.least else f"faults/{members[0].id}/"


def ordered(groups: Groups, facet: Facet, words: Vocabulary) -> list[tuple[str, list[Article]]]:
    """Put values in the order that people expect: the schema's, the newest month, the most frequent."""
    if facet.folder in words.choices:
        order = list(words.choices[facet.folder])
        return sorted(groups.items(), key=lambda group: order.index(group[0]) if group[0] in order else len(order))
    if facet is MONTH:
        return sorted(groups.items(), reverse=True)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def links(groups: Iterable[tuple[str, Sequence[Article]]], facet: Facet, prefix: str) -> list[str]:
    """Return a link for each value, with its number of faults."""
    return [parts.link(value, prefix + target(facet, value, some), len(some)) for value, some in groups]


def pages(shelf: Shelf, words: Vocabulary, versions: Callable[[str, str], str]) -> Iterator[tuple[str, str]]:
    """Return every page of every facet; ``versions`` tells of a product's versions, given where the page lies."""
    for facet in FACETS:
        groups = shelf.grouped(facet.values)
        yield from index(facet, ordered(groups, facet, words))
        for value, members in groups.items():
            if len(members) >= facet.least:
                path = f"{address(facet, value).removesuffix('/')}.md"
                extra = versions(value, parts.up(path)) if facet is PRODUCT else ""
                yield path, _value(shelf, facet, (value, members), extra)


def _value(shelf: Shelf, facet: Facet, group: tuple[str, list[Article]], extra: str) -> str:
    value, members = group
    prefix = parts.up("faults/by/x/x.md")
    # Every fault is in the list of its month, so that links lead to all of them.
    most = len(members) if facet is MONTH else MOST
    more = parts.query(f"{prefix}search/", {facet.parameter: value})
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
    """Cut an index into pages, in order of first letters; each is called by its first and last value."""
    in_order = sorted(groups, key=lambda group: _rank(group[0]))
    for start in range(0, len(in_order), _PAGE):
        some = in_order[start : start + _PAGE]
        yield f"{start // _PAGE + 1} · {some[0][0]} … {some[-1][0]}", some


def initials(groups: list[tuple[str, list[Article]]], facet: Facet, prefix: str) -> list[str]:
    """Return the links of an index: at a glance, or under first letters where there are many."""
    if len(groups) <= _FLAT or facet is MONTH:
        return list(filter(None, [parts.block("fault-chips", links(groups, facet, prefix))]))
    blocks = []
    for letter, some in groupby(sorted(groups, key=lambda group: _rank(group[0])), key=lambda group: initial(group[0])):
        blocks += [f"## {letter}", parts.block("fault-chips", links(some, facet, prefix))]
    return blocks


def initial(value: str) -> str:
    """Return the heading under which a value stands: digits together, a Latin letter, and all others."""
    first = value[:1].upper()
    return "0–9" if first.isdigit() else first if first.isascii() and first.isalpha() else "中文与其他"


def _rank(value: str) -> tuple[str, str]:
    # Digits and Latin letters come before Chinese in this order as they do in code points.
    return initial(value), value.casefold()
