"""The ways into the faults: by product, type, severity, module, cause, keyword, month."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from faultkb.publish.kin import LISTED
from faultkb.publish.pages import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from faultkb.publish.article import Article
    from faultkb.publish.pages.shelf import Groups
    from faultkb.vocabulary import Vocabulary


class Facet(NamedTuple):
    """``folder`` names its pages, ``title`` is what people call it, ``values`` are those of a fault.

    A value has a page of its own from ``least`` faults on; before that, the search has it. ``parameter`` is what the search
    calls the facet; where it has no such filter, the value itself is searched.
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
CAUSE = Facet("cause", "按原因", _text("kb", "cause"), least=LISTED["cause"])
KEYWORD = Facet("keyword", "按关键词", _listed("kb", "keywords"), least=LISTED["keyword"])
MONTH = Facet("month", "按关闭的月份", lambda one: [f"{one.closed_on:%Y-%m}"])
FACETS = (PRODUCT, TYPE, SEVERITY, MODULE, CAUSE, KEYWORD, MONTH)


def address(facet: Facet, value: str) -> str:
    """Return the address of a value's page, from the start of the site."""
    return f"faults/by/{facet.folder}/{parts.slug(value)}/"


def searched(facet: Facet, value: str) -> str:
    """Return the address of the search for a value, from the start of the site."""
    return parts.query("search/", {facet.parameter: value})


def target(facet: Facet, value: str, members: Sequence[Article]) -> str:
    """Return where a value leads: to its page, straight to the one fault that has it, or to the search."""
    if len(members) >= facet.least:
        return address(facet, value)
    return searched(facet, value) if len(members) > 1 else f"faults/{members[0].id}/"


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
