"""What tells others that there is something new: Atom feeds (RFC 4287), sitemap.xml, robots.txt."""

from __future__ import annotations

import posixpath
import re
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING
from urllib.parse import quote
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from faultkb.publish.article import ARTICLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from faultkb.publish.article import Article
    from faultkb.vocabulary import Vocabulary

LATEST, LATEST_OF_PRODUCT = 50, 20
"""Entries of the feed of all faults, and of the feed of a product."""
_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEVER = "1970-01-01T00:00:00Z"
"""When a feed was updated that never had an entry: Atom wants a time, and the present would change with each build."""
_UNFIT = re.compile(
    "[^\t\n\r\x20-\x7e\u00a0-\u2029\u202f-\u2065\u206a-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]"
)
"""What XML cannot hold or discourages, and what turns the direction of text around."""


def atom(
    title: str, articles: Iterable[Article], site_url: str, path: str, words: Vocabulary, limit: int = LATEST
) -> str:
    """Return a feed of the articles that changed last.

    ``path`` is where the feed will lie, relative to the root of the site; ``site_url`` may be empty, then its links are
    relative to where it lies.
    """
    published = [one for one in articles if one.kind == ARTICLE]
    newest = sorted(published, key=attrgetter("order"), reverse=True)[:limit]
    root = ET.Element(
        "feed", {"xmlns": _ATOM, "xml:lang": "zh-CN"} | ({"xml:base": _root(site_url)} if site_url else {})
    )
    _add(root, "id", f"urn:faultkb:{quote(path)}")
    _add(root, "title", title)
    _add(root, "updated", _time(newest[0].closed_on, words) if newest else _NEVER)
    _add(ET.SubElement(root, "author"), "name", title)
    page = path.removesuffix(posixpath.basename(path))
    ET.SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": _href(path, path, site_url)})
    ET.SubElement(root, "link", {"rel": "alternate", "type": "text/html", "href": _href(page, path, site_url)})
    for one in newest:
        _entry(ET.SubElement(root, "entry"), one, _href(f"faults/{one.id}/", path, site_url), words)
    return _print(root)


def _entry(entry: ET.Element, one: Article, href: str, words: Vocabulary) -> None:
    first = next(day for state, day in one.timeline if state in words.lifecycle.closed_states)
    _add(entry, "id", f"urn:faultkb:fault:{one.id}")
    _add(entry, "title", one.title)
    ET.SubElement(entry, "link", {"rel": "alternate", "type": "text/html", "href": href})
    _add(entry, "published", _time(first, words))
    _add(entry, "updated", _time(one.closed_on, words))
    solution = f"{words.title('kb', 'solution')}：{one.text('kb', 'solution')}"
    _add(entry, "summary", f"{one.text('kb', 'summary')}\n{solution}")
    for name, terms in (
        ("type", [one.text("type")]),
        ("severity", [one.text("severity")]),
        ("product", one.listed("impact", "products")),
    ):
        for term in terms:
            ET.SubElement(entry, "category", {"scheme": f"urn:faultkb:{name}", "term": _fit(term)})


def sitemap(entries: Iterable[tuple[str, date | None]], site_url: str) -> str:
    """Return sitemap.xml of addresses (relative to the root of the site) and the days on which they last changed.

    Crawlers want absolute addresses: without ``site_url`` (SITE_URL of the build) the file is of no use to them.
    """
    root = ET.Element("urlset", {"xmlns": _SITEMAP})
    for path, changed in entries:
        one = ET.SubElement(root, "url")
        _add(one, "loc", _href(path, "sitemap.xml", site_url))
        if changed is not None:
            _add(one, "lastmod", str(changed))
    return _print(root)


def robots(site_url: str) -> str:
    """Return robots.txt, which allows everything; crawlers read it only at the root of a host."""
    lines = ["User-agent: *", "Allow: /", *([f"Sitemap: {_href('sitemap.xml', '', site_url)}"] if site_url else [])]
    return "\n".join(lines) + "\n"


def _root(site_url: str) -> str:
    return site_url.rstrip("/") + "/"


def _href(target: str, path: str, site_url: str) -> str:
    """Return the address of a page, absolute where the site's is known, else relative to where the document lies."""
    if site_url:
        return _root(site_url) + quote(target)
    near = posixpath.relpath(target or ".", posixpath.dirname(path) or ".")
    return quote(near) + ("/" if not target or target.endswith("/") else "")


def _time(day: date, words: Vocabulary) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(words.timezone)).isoformat()


def _fit(text: str) -> str:
    return _UNFIT.sub("", text)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _fit(text)


def _print(root: ET.Element) -> str:
    ET.indent(root, " ")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'
