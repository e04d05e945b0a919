"""Feeds, sitemap and robots.txt are valid, escape whatever a ticket says, and work with and without a known address."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree as ET

import feedparser
import pytest

from faultkb import corpus
from faultkb.publish import article, feed
from faultkb.publish.article import ARTICLE, TOMBSTONE, Article

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

SITE = "https://kb.example/faults-site"
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture(scope="module")
def samples(root: Path, words: Vocabulary) -> list[Article]:
    """Return every page of the samples."""
    return [one for one in (article.of(one, words) for one in corpus.tickets(root, words)) if one is not None]


def read(text: str) -> ET.Element:
    """Read XML that the program printed."""
    return ET.fromstring(text)  # noqa: S314 - our own output, without entities


def hostile(text: str) -> Article:
    """Return an article that says something in every field that a feed prints."""
    fields = {
        "title": text,
        "type": "软件Bug",
        "severity": "高",
        "impact": {"products": [text]},
        "kb": {"summary": text, "solution": text},
    }
    closed = datetime.fromisoformat("2026-11-09 15:47")
    return Article("SW-20261103-001", ARTICLE, "", fields, {}, (("已关闭", closed.date()),), closed)


def test_feed_reads_as_intended(samples: list[Article], words: Vocabulary) -> None:
    """A feed reader finds the 32 articles, newest first, with ids that stay, days as midnight in China, and no mistake."""
    found = feedparser.parse(feed.atom("故障知识库", samples, SITE, "feed.xml", words))
    assert (found.bozo, found.version, found.feed.title) == (False, "atom10", "故障知识库")
    assert (found.feed.updated, len(found.entries)) == ("2026-11-09T00:00:00+08:00", 32)
    first = found.entries[0]
    assert first.id == "urn:faultkb:fault:SW-20261103-001"
    assert first.link == "https://kb.example/faults-site/faults/SW-20261103-001/"
    assert (first.published, first.updated) == ("2026-11-09T00:00:00+08:00", "2026-11-09T00:00:00+08:00")
    assert first.summary.startswith("升级后子设备多于 40 个时每晚重启")
    assert "升级到 V2.3.2" in first.summary
    assert [one.term for one in first.tags] == ["软件Bug", "高", "智能网关 GW2"]
    assert len({one.id for one in found.entries}) == 32


def test_feed_has_what_the_format_demands(samples: list[Article], words: Vocabulary) -> None:
    """RFC 4287: id, title, updated and an author; each entry with id, title, updated and an alternate link; one of each."""
    root = read(feed.atom("故障知识库", samples, "", "feed.xml", words))
    assert root.tag == f"{ATOM}feed"
    for node in (root, *root.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(node.findall(ATOM + name)) == 1
        kinds = [link.get("rel") for link in node.findall(f"{ATOM}link")]
        assert kinds.count("alternate") == 1
    assert root.findtext(f"{ATOM}author/{ATOM}name")
    assert [link.get("href") for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"] == ["feed.xml"]


@pytest.mark.parametrize("path", ["feed.xml", "faults/by/product/智能网关-gw2/feed.xml"])
@pytest.mark.parametrize("site", ["", SITE, f"{SITE}/"])
def test_links_lead_to_the_article_from_wherever_the_feed_lies(
    samples: list[Article], words: Vocabulary, path: str, site: str
) -> None:
    """With and without a known address, also of a product, a link resolved against the feed is the article's address."""
    root = read(feed.atom("x", samples, site, path, words, 1))
    base = "https://kb.example/faults-site/"
    (href,) = [link.get("href") for link in root.findall(f"{ATOM}entry/{ATOM}link")]
    assert urljoin(base + path, href) == f"{base}faults/SW-20261103-001/"
    (own,) = [str(link.get("href")) for link in root.findall(f"{ATOM}link") if link.get("rel") == "self"]
    assert unquote(urljoin(base + path, own)) == base + path
    assert len(root.findall(f"{ATOM}entry")) == 1


def test_reopened_fault_keeps_its_first_day(words: Vocabulary) -> None:
    """Published is the first closing, updated the last."""
    days = (("待受理", 1), ("已关闭", 3), ("处理中", 5), ("已关闭", 9))
    one = replace(hostile("甲"), timeline=tuple((state, date(2026, 11, day)) for state, day in days))
    (entry,) = feedparser.parse(feed.atom("x", [one], "", "feed.xml", words)).entries
    assert (entry.published[:10], entry.updated[:10]) == ("2026-11-03", "2026-11-09")


def test_feed_without_articles_is_valid(words: Vocabulary) -> None:
    """Tombstones are no news; an empty feed still has the time that the format demands."""
    gone = Article("SW-20260101-001", TOMBSTONE, "withdrawn", changed_at=datetime.fromisoformat("2026-11-12 09:30"))
    found = feedparser.parse(feed.atom("故障知识库", [gone], "", "feed.xml", words))
    assert (found.bozo, found.entries, found.feed.updated) == (False, [], "1970-01-01T00:00:00Z")


@pytest.mark.parametrize(
    "text",
    [
        "</title><script>x</script>",
        "]]>",
        "&lt;&amp;",
        '" onload="x',
        "<!--",
        "<?xml?>",
        "\x00\x0b\x1b\ufffe\u202e甲\x85",
    ],
)
def test_hostile_text_stays_text(words: Vocabulary, text: str) -> None:
    """Markup comes back as the text that it was; what XML cannot hold is dropped."""
    root = read(feed.atom(text, [hostile(text)], "", "feed.xml", words))
    shown = "甲" if "甲" in text else text
    assert root.findtext(f"{ATOM}entry/{ATOM}title") == root.findtext(f"{ATOM}title") == shown
    assert {node.tag.partition("}")[0] for node in root.iter()} == {ATOM[:-1]}
    assert [one.get("term") for one in root.iter(f"{ATOM}category")] == ["软件Bug", "高", shown]


def test_sitemap_is_absolute_where_the_address_is_known() -> None:
    """Each address once, with the day of its last change where there is one; Chinese is percent-encoded."""
    entries = [("", None), ("faults/by/product/网关/", date(2026, 11, 9))]
    text = feed.sitemap(entries, SITE)
    root = read(text)
    assert root.tag == f"{MAP}urlset"
    assert [(one.findtext(f"{MAP}loc"), one.findtext(f"{MAP}lastmod")) for one in root] == [
        ("https://kb.example/faults-site/", None),
        ("https://kb.example/faults-site/faults/by/product/%E7%BD%91%E5%85%B3/", "2026-11-09"),
    ]
    relative = [one.findtext(f"{MAP}loc") for one in read(feed.sitemap(entries, ""))]
    assert relative == ["./", "faults/by/product/%E7%BD%91%E5%85%B3/"]
    assert "<!--" not in text


def test_robots_allows_everything_and_names_the_sitemap_if_it_can() -> None:
    """The standard library's parser reads it."""
    for site, maps in ((SITE, [f"{SITE}/sitemap.xml"]), ("", None)):
        reader = RobotFileParser()
        reader.parse(feed.robots(site).splitlines())
        assert reader.can_fetch("any", f"{SITE}/faults/SW-20261103-001/")
        assert reader.site_maps() == maps


def test_built_site_has_its_feeds(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """feed.xml, one for each product, a sitemap with every article and no tombstone, robots.txt."""
    folder, done = built
    assert done.returncode == 0, done.stderr
    site = folder / "site"
    everything = feedparser.parse(str(site / "feed.xml"))
    assert (everything.bozo, len(everything.entries)) == (False, 32)
    products = [feedparser.parse(str(path)) for path in (site / "faults" / "by" / "product").glob("*/feed.xml")]
    assert len(products) > 4
    assert all(not one.bozo and one.entries for one in products)
    addresses = {str(one.findtext(f"{MAP}loc")) for one in read((site / "sitemap.xml").read_text(encoding="utf-8"))}
    assert {"./", "faults/", "faults/SW-20261103-001/"} <= addresses
    assert "faults/SW-20261013-001/" not in addresses
    assert "User-agent: *" in (site / "robots.txt").read_text(encoding="utf-8")


def test_ten_thousand_articles_make_a_feed_in_a_moment(words: Vocabulary) -> None:
    """Only the newest are printed."""
    many = [replace(hostile("甲"), id=f"SW-20261103-{n:05}") for n in range(10_000)]
    start = time.process_time()
    found = feed.atom("x", many, "", "feed.xml", words)
    assert time.process_time() - start < 1
    assert found.count("<entry>") == feed.LATEST == 50
