"""The ways in: the home page, its beginning written by hand, and the page of all faults."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.publish.pages import facets, parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faultkb.publish.pages.codes import Code
    from faultkb.publish.pages.shelf import Shelf
    from faultkb.vocabulary import Vocabulary

_LATEST, _LATEST_OF_ALL = 10, 20
_SHOWN = 14
"""Values of a facet on the page of all faults; a page of its own lists the rest."""
_PRODUCTS, _CAUSES, _CODES = 12, 10, 18


def home(shelf: Shelf, codes: Sequence[Code], words: Vocabulary, beginning: str) -> str:
    """Return the home page; its template has the title and the search."""
    matter = parts.front_matter("首页", template="home.html", hide=["navigation", "toc"])
    if not shelf.articles:
        return parts.page(
            matter, beginning.strip(), "## 最近关闭的故障", "还没有已收录的故障。关闭时决定收录的故障，会出现在这里。"
        )
    causes = facets.ordered(shelf.grouped(facets.CAUSE.values), facets.CAUSE, words)
    return parts.page(
        matter,
        beginning.strip(),
        "## 产品",
        _products(shelf, words),
        parts.columns(
            [
                "<h2>最近关闭的故障</h2>",
                shelf.listing(shelf.articles[:_LATEST], ""),
                _onward(f"全部 {len(shelf.articles)} 个故障", "faults/"),
            ],
            [
                "<h2>常见原因</h2>" if causes else "",
                parts.block("fault-chips", facets.links(causes[:_CAUSES], facets.CAUSE, "")),
                "<h2>错误代码</h2>" if codes else "",
                _codes(codes),
            ],
        ),
    )


def _products(shelf: Shelf, words: Vocabulary) -> str:
    groups = facets.ordered(shelf.grouped(facets.PRODUCT.values), facets.PRODUCT, words)
    cards = (
        f"{parts.link(value, facets.address(facets.PRODUCT, value))} <small>{len(some)} 篇</small>"
        for value, some in groups[:_PRODUCTS]
    )
    more = _onward(f"全部 {len(groups)} 个产品", "faults/by/product/") if len(groups) > _PRODUCTS else ""
    return parts.block("fault-cards", cards) + more


def _onward(label: str, address: str) -> str:
    return f"<p>{parts.link(label, address, kind='fault-onward')}</p>"


def _codes(codes: Sequence[Code]) -> str:
    """Show the codes that most faults have; a code leads to its one fault, or to its place in the index."""
    if not codes:
        return ""
    most = sorted(codes, key=lambda code: (-len(code.faults), code.name))[:_CODES]
    lines = (
        parts.link(
            code.name,
            f"faults/{code.faults[0].id}/" if len(code.faults) == 1 else parts.query("search/", {"q": code.name}),
        )
        for code in most
    )
    return parts.block("fault-chips", lines) + _onward(f"全部 {len(codes)} 个错误代码", "faults/codes/")


def everything(shelf: Shelf, words: Vocabulary) -> str:
    """Return the page of all faults: the values of each facet, then the latest."""
    prefix = parts.up("faults/index.md")
    head = parts.front_matter("全部故障", **parts.LISTS), "# 全部故障"
    if not shelf.articles:
        return parts.page(*head, "还没有已收录的故障。")
    others = (
        ("按版本", f"{prefix}faults/by/version/"),
        ("错误代码", f"{prefix}faults/codes/"),
        ("统计", f"{prefix}faults/statistics/"),
    )
    blocks = []
    for facet in facets.FACETS:
        groups = facets.ordered(shelf.grouped(facet.values), facet, words)
        if groups:
            some = facets.links(groups[:_SHOWN], facet, prefix)
            more = (
                [parts.link(f"全部 {len(groups)} 个…", f"{prefix}faults/by/{facet.folder}/")]
                if len(groups) > _SHOWN
                else []
            )
            blocks += [f"## {facet.title}", parts.block("fault-chips", some + more)]
    return parts.page(
        *head,
        f"已收录 {len(shelf.articles)} 个关闭的故障。",
        parts.block("fault-chips", (parts.link(title, address) for title, address in others)),
        *blocks,
        "## 最近关闭",
        shelf.listing(shelf.articles[:_LATEST_OF_ALL], prefix),
    )
