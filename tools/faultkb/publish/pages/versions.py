"""For each product, the faults known of each version and those mended in it, and the pages of versions."""

from __future__ import annotations

import re
from collections import defaultdict
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from faultkb.publish.pages import parts
from faultkb.safe_markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.publish.article import Article
    from faultkb.publish.pages.shelf import Shelf

_LEAST = 10
"""Faults from which on a version has a page of its own; before that, it is chosen on the page of the question."""
_PAGE = 500
_NUMBER = re.compile(r"(\d+)")


class Versions:
    """``known[product][version]`` are the faults of a version, ``fixed[product][version]`` those mended in it."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.products = shelf.grouped(lambda one: one.listed("impact", "products"))
        own = _own(shelf)
        self.known = {name: _by_version(some, name, own, "impact", "versions") for name, some in self.products.items()}
        self.fixed = {
            name: _by_version(some, name, own, "kb", "fixed_versions") for name, some in self.products.items()
        }

    def faults(self, product: str, version: str) -> list[Article]:
        """Return the faults known of a version, newest first.

        ``V2.3.1 build 326`` has those of V2.3.1, too, but for what this build or an earlier one of it mended.
        """
        known, fixed = self.known[product], self.fixed[product]
        bases = [base for base in known if version.startswith(f"{base} ")]
        mended = {
            one.id
            for base in bases
            for build, some in fixed.items()
            if build.startswith(f"{base} ") and natural(build) <= natural(version)
            for one in some
        }
        inherited = (one for base in bases for one in known[base] if one.id not in mended)
        found = {one.id: one for one in (*known.get(version, ()), *inherited)}
        return sorted(found.values(), key=attrgetter("order"), reverse=True)

    def of_product(self, product: str, prefix: str) -> str:
        """Return the links to the versions of a product, the newest first."""
        known = self.known[product]
        shown = [self._link(product, version, prefix) for version in newest_first(known)]
        mine = parts.query(f"{prefix}faults/affected/", {"product": product})
        # HTML, since a generator would look for the file among the pages.
        feed = '<a href="feed.xml">订阅这个产品的更新</a>'
        if not shown:
            return feed
        return f"**涉及的版本** · [选择版本，看我是否受影响]({mine}) · {feed}\n\n{parts.block('fault-chips', shown)}"

    def _link(self, product: str, version: str, prefix: str) -> str:
        some = self.known[product][version]
        if len(some) == 1:
            return parts.link(version, f"{prefix}faults/{some[0].id}/", 1)
        asked = parts.query("faults/affected/", {"product": product, "version": version})
        return parts.link(version, prefix + (_address(product, version) if len(some) >= _LEAST else asked), len(some))

    def pages(self) -> Iterator[tuple[str, str]]:
        """Return the page of each version and the index of versions."""
        for product, known in self.known.items():
            for version, some in known.items():
                if len(some) >= _LEAST:
                    yield f"{_address(product, version).removesuffix('/')}.md", self._page(product, version, some)
        yield from self._index()

    def _page(self, product: str, version: str, some: list[Article]) -> str:
        prefix = parts.up("faults/by/version/x.md")
        fixed = self.fixed[product].get(version, [])
        more = parts.query(f"{prefix}search/", {"product": product, "version": version})
        mended = f"## 在这个版本修好的\n\n{self.shelf.listing(fixed, prefix)}" if fixed else ""
        return parts.page(
            parts.front_matter(f"{product} {version} 的已知故障", **parts.LISTS),
            f"[全部故障]({prefix}faults/) › {parts.link(product, f'{prefix}faults/by/product/{parts.slug(product)}/')}\n{{.fault-path}}",
            f"# {escape(f'{product} {version}')}",
            f"这个版本有 {len(some)} 个已知故障，最近关闭的在前。",
            self.shelf.listing(some, prefix, more),
            mended,
        )

    def _index(self) -> Iterator[tuple[str, str]]:
        """Return the index of versions: by product, and a page for each product where there are too many."""
        prefix = parts.up("faults/by/version/index.md")
        is_long = sum(map(len, self.known.values())) > _PAGE
        blocks = []
        for product, known in self.known.items():
            if known and not is_long:
                blocks.append(f"## {escape(product)}")
                blocks.append(
                    parts.block("fault-chips", (self._link(product, one, prefix) for one in newest_first(known)))
                )
        if is_long:
            # The page of a product lists its versions.
            lines = (
                parts.link(product, f"{prefix}faults/by/product/{parts.slug(product)}/", len(known))
                for product, known in self.known.items()
            )
            blocks = [parts.block("fault-chips", lines)]
        yield (
            "faults/by/version/index.md",
            parts.page(
                parts.front_matter("按版本", **parts.LISTS),
                f"[全部故障]({prefix}faults/)\n{{.fault-path}}",
                "# 按版本",
                f"选择产品与版本，直接看结果：[我受影响吗？]({prefix}faults/affected/)",
                *(blocks or ["还没有。"]),
            ),
        )


def newest_first(versions: dict[str, Any]) -> list[str]:
    """Sort versions as people count: V2.10 is newer than V2.9."""
    return sorted(versions, key=natural, reverse=True)


def natural(text: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts the numbers in a text as numbers."""
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in _NUMBER.split(text) if part]


def _own(shelf: Shelf) -> dict[str, set[str]]:
    """Return whose version each version is, as far as faults of a single product tell."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in shelf.articles:
        products = one.listed("impact", "products")
        if len(products) == 1:
            for version in (*one.listed("impact", "versions"), *one.listed("kb", "fixed_versions")):
                found[version].update(products)
    return found


def _by_version(some: list[Article], product: str, own: dict[str, set[str]], *path: str) -> dict[str, list[Article]]:
    """Return the faults of each version of a product; a fault of several products does not say whose its versions are."""
    found: dict[str, list[Article]] = defaultdict(list)
    for one in some:
        products = set(one.listed("impact", "products"))
        for version in one.listed(*path):
            if product in (products & own.get(version, set()) or products):
                found[version].append(one)
    return dict(sorted(found.items()))


def _address(product: str, version: str) -> str:
    # A space is no part of the name of either: products and versions that look alike together stay apart by their digest.
    return f"faults/by/version/{parts.slug(product + chr(10) + version)}/"
