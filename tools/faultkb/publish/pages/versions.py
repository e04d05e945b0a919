"""我受影响吗？ For each product, the faults known of each version and those mended in it: pages, and data for the browser."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from faultkb.publish.pages import parts
from faultkb.publish.safe_markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.publish.article import Article
    from faultkb.publish.pages.shelf import Shelf

_LEAST = 2
"""Faults from which on a version has a page of its own; before that, it leads straight to the fault."""
_PAGE = 500
_NUMBER = re.compile(r"(\d+)")


class Versions:
    """``known[product][version]`` are the faults of a version, ``fixed[product][version]`` those mended in it."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.products = shelf.grouped(lambda one: one.listed("impact", "products"))
        self.known = {name: _by_version(some, "impact", "versions") for name, some in self.products.items()}
        self.fixed = {name: _by_version(some, "kb", "fixed_versions") for name, some in self.products.items()}

    def of_product(self, product: str, prefix: str) -> str:
        """Return the links to the versions of a product, the newest first."""
        known = self.known[product]
        shown = [self._link(product, version, prefix) for version in newest_first(known)]
        if not shown:
            return ""
        mine = parts.query(f"{prefix}faults/affected/", {"product": product})
        ask = f"[选择版本，看我是否受影响]({mine})"
        return f"**涉及的版本** · {ask}\n\n{parts.block('fault-chips', shown)}"

    def _link(self, product: str, version: str, prefix: str) -> str:
        some = self.known[product][version]
        one = len(some) < _LEAST
        return parts.link(version, prefix + (f"faults/{some[0].id}/" if one else _address(product, version)), len(some))

    def pages(self) -> Iterator[tuple[str, str]]:
        """Return the page of each version, the index of versions, the question page, and its data."""
        for product, known in self.known.items():
            for version, some in known.items():
                if len(some) >= _LEAST:
                    yield f"{_address(product, version).removesuffix('/')}.md", self._page(product, version, some)
        yield from self._index()
        yield "faults/affected.md", self._question()
        yield from self._data()

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

    def _question(self) -> str:
        """Return the page that a script makes into a form; without one, it leads to the products."""
        prefix = parts.up("faults/affected.md")
        lines = (
            parts.link(product, f"{prefix}faults/by/product/{parts.slug(product)}/", len(some))
            for product, some in self.products.items()
        )
        return parts.page(
            parts.front_matter(
                "我受影响吗？", "选择产品与版本，看这个版本有哪些已知故障、在哪个版本修好", **parts.LISTS
            ),
            "# 我受影响吗？",
            "选择产品与正在使用的版本，看这个版本有哪些已知故障、在哪个版本修好。",
            f'<div id="affected" data-base="{prefix}" hidden></div>' if self.products else "",
            "## 按产品查看" if self.products else "还没有已收录的故障。",
            parts.block("fault-chips", lines),
        )

    def _data(self) -> Iterator[tuple[str, str]]:
        products = []
        for product, some in self.products.items():
            known, fixed = self.known[product], self.fixed[product]
            name = parts.slug(product)
            products.append({"product": product, "slug": name, "faults": len(some), "versions": len(known)})
            every = newest_first({**fixed, **known})
            data = {
                "product": product,
                "versions": [
                    {
                        "version": version,
                        "faults": [one.id for one in known.get(version, ())],
                        "fixed": [one.id for one in fixed.get(version, ())],
                    }
                    for version in every
                ],
                "faults": {one.id: _facts(one) for one in some},
            }
            yield f"api/v1/products/{name}.json", _json(data)
        yield "api/v1/products.json", _json({"products": products})


def newest_first(versions: dict[str, Any]) -> list[str]:
    """Sort versions as people count: V2.10 is newer than V2.9."""
    return sorted(versions, key=natural, reverse=True)


def natural(text: str) -> list[tuple[int, int, str]]:
    """Return a key that sorts the numbers in a text as numbers."""
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in _NUMBER.split(text) if part]


def _by_version(some: list[Article], *path: str) -> dict[str, list[Article]]:
    found: dict[str, list[Article]] = defaultdict(list)
    for one in some:
        for version in one.listed(*path):
            found[version].append(one)
    return dict(sorted(found.items()))


def _address(product: str, version: str) -> str:
    # A space is no part of the name of either: products and versions that look alike together stay apart by their digest.
    return f"faults/by/version/{parts.slug(product + chr(10) + version)}/"


def _facts(one: Article) -> dict[str, Any]:
    return {
        "title": one.title,
        "severity": one.text("severity"),
        "solution": one.text("kb", "solution"),
        "fixed_versions": one.listed("kb", "fixed_versions"),
        "url": f"faults/{one.id}/",
    }


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"
