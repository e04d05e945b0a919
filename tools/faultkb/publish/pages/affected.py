"""我受影响吗？ The page that asks for product and version, and the data from which a script answers in the browser."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from faultkb.publish.pages import parts
from faultkb.publish.pages.versions import newest_first
from faultkb.publish.shapes import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.publish.article import Article
    from faultkb.publish.pages.versions import Versions


_PRODUCTS = ("impact", "products")


def pages(versions: Versions) -> Iterator[tuple[str, str]]:
    """Return the page, and a file for each product."""
    yield "faults/affected.md", _question(versions)
    yield from _data(versions)


def _question(versions: Versions) -> str:
    """Return the page that a script makes into a form; without one, it leads to the products."""
    prefix = parts.up("faults/affected.md")
    lines = (
        parts.link(product, f"{prefix}faults/by/product/{parts.slug(product)}/", len(some))
        for product, some in versions.products.items()
    )
    return parts.page(
        parts.front_matter("我受影响吗？", "选择产品与版本，看这个版本有哪些已知故障、在哪个版本修好", **parts.LISTS),
        "# 我受影响吗？",
        "选择产品与正在使用的版本，看这个版本有哪些已知故障、在哪个版本修好。",
        f'<div id="affected" data-base="{prefix}" hidden></div>' if versions.products else "",
        "<noscript><p>选择产品与版本要在浏览器里运行脚本；不运行时，请按产品查看。</p></noscript>",
        "## 按产品查看" if versions.products else "还没有已收录的故障。",
        parts.block("fault-chips", lines),
    )


def _data(versions: Versions) -> Iterator[tuple[str, str]]:
    products = []
    for product, some in versions.products.items():
        known, fixed = versions.known[product], versions.fixed[product]
        name = parts.slug(product)
        products.append({"product": product, "slug": name, "faults": len(some), "versions": len(known)})
        # What a fault of several products was mended in does not say of which of them that is a version.
        own = {version for version, some in fixed.items() for one in some if len(one.listed(*_PRODUCTS)) == 1}
        every = newest_first({**dict.fromkeys(own), **known})
        data = {
            "schema_version": VERSION,
            "product": product,
            "versions": [
                {
                    "version": version,
                    "faults": [one.id for one in versions.faults(product, version)],
                    "fixed": [one.id for one in fixed.get(version, ())],
                }
                for version in every
            ],
            "faults": {one.id: _facts(one) for one in some},
        }
        yield f"api/v1/products/{name}.json", _json(data)
    yield "api/v1/products.json", _json({"schema_version": VERSION, "products": products})


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
