"""The theme's templates: the policy of every page, what machines are told about it, and hostile text in front matter."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOSTILE = '</title></script><script>x()</script>"><img src=x onerror=x()>&lt;{{ 7*7 }}'
DATA = {"application/json", "application/ld+json"}
CONFIG = "mkdocs.yml"


def _policy(page: Any) -> dict[str, list[str]]:
    [policy] = [one["content"] for tag, one in page.tags if one.get("http-equiv") == "Content-Security-Policy"]
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


def _forbidden(page: Any) -> list[str]:
    scripts = [tag for tag, one in page.tags if tag == "script" and "src" not in one and one.get("type") not in DATA]
    handlers = [name for _, one in page.tags for name in one if name == "style" or name.startswith("on")]
    return scripts + handlers + [tag for tag, _ in page.tags if tag == "style"]


def test_no_page_needs_what_the_policy_forbids(built: tuple[Path, Any], read_html: Callable[[str], Any]) -> None:
    """Every page, 404 included, allows only what the site itself serves; none has inline script, style or handlers."""
    files = sorted((built[0] / "site").rglob("*.html"))
    assert len(files) > 100
    for file in files:
        page = read_html(file.read_text(encoding="utf-8"))
        policy = _policy(page)
        assert policy.pop("img-src") == ["'self'", "data:"]
        assert {value for values in policy.values() for value in values} == {"'self'", "'none'"}, file
        assert policy["default-src"] == policy["script-src"] == policy["style-src"] == ["'self'"]
        assert policy["object-src"] == policy["base-uri"] == ["'none'"]
        assert _forbidden(page) == [], file


def _site(folder: Path, copy_repository: Callable[..., Path], **environment: str) -> Path:
    """Build a site of a home page and one article whose every text is hostile."""
    root = copy_repository(folder, tickets=False)
    config = (root / CONFIG).read_text(encoding="utf-8")
    (root / CONFIG).write_text(re.sub(r"(?ms)^nav:.*?^(?=\S)", "nav: [{首页: index.md}]\n", config), encoding="utf-8")
    text = json.dumps(HOSTILE)
    about = f"id: SW-20260101-001, section: {text}, tags: [{text}], codes: [], products: [{text}]"
    article = f"{{{about}, published: 2026-01-02, modified: '2026-01-03'}}"
    (root / "kb" / "index.md").write_text("---\ntitle: 首页\ntemplate: home.html\n---\n", encoding="utf-8")
    (root / "kb" / "search.md").unlink()
    (root / "kb" / "guide.md").unlink()
    (root / "kb" / "one.md").write_text(
        f"---\ntitle: {text}\ndescription: {text}\narticle: {article}\n---\n\ntext\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--config-file", str(root / CONFIG)]
    subprocess.run(command, check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1", **environment})
    return root / "site"


@pytest.fixture(scope="module")
def hostile(copy_repository: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the hostile site at an address of its own."""
    folder = tmp_path_factory.mktemp("hostile") / "repository"
    return _site(folder, copy_repository, SITE_URL="https://intranet.example/kb/")


def _data(text: str) -> Any:
    [found] = re.findall(r'(?s)<script type="application/ld\+json">(.*?)</script>', text)
    return json.loads(found)


def test_hostile_text_is_text_everywhere(hostile: Path, read_html: Callable[[str], Any]) -> None:
    """Title, description, keywords and products arrive as they are, and open or close no element."""
    text = (hostile / "one" / "index.html").read_text(encoding="utf-8")
    page = read_html(text)
    assert _forbidden(page) == []
    assert [one for tag, one in page.tags if tag == "img" and not one["src"].endswith("logo.svg")] == []
    told = {
        one.get("property") or one.get("name"): one["content"]
        for tag, one in page.tags
        if tag == "meta" and "content" in one
    }
    assert {told[name] for name in ("description", "og:title", "og:description", "article:section", "article:tag")} == {
        HOSTILE
    }
    data = _data(text)
    assert (data["headline"], data["description"], data["keywords"]) == (HOSTILE, HOSTILE, [HOSTILE])
    assert data["about"] == [{"@type": "Product", "name": HOSTILE}]
    assert page.text.count(HOSTILE) >= 2  # <title> and <h1>


def test_article_tells_machines_what_it_is(hostile: Path, read_html: Callable[[str], Any]) -> None:
    """Open Graph and schema.org name the kind, the days and the address of the article, and of the site its search."""
    text = (hostile / "one" / "index.html").read_text(encoding="utf-8")
    tags = read_html(text).tags
    told = {one["property"]: one["content"] for tag, one in tags if tag == "meta" and "property" in one}
    address = "https://intranet.example/kb/one/"
    assert (told["og:type"], told["og:url"], told["og:locale"]) == ("article", address, "zh_CN")
    assert (told["article:published_time"], told["article:modified_time"]) == ("2026-01-02", "2026-01-03")
    assert ("link", {"rel": "canonical", "href": address}) in tags
    data = _data(text)
    assert (data["@type"], data["identifier"], data["url"]) == ("TechArticle", "SW-20260101-001", address)
    assert (data["datePublished"], data["dateModified"], data["inLanguage"]) == ("2026-01-02", "2026-01-03", "zh-CN")
    home = _data((hostile / "index.html").read_text(encoding="utf-8"))
    assert home["@type"] == "WebSite"
    assert home["potentialAction"]["target"]["urlTemplate"] == "https://intranet.example/kb/search/?q={words}"


def test_lost_visitors_find_home(hostile: Path, read_html: Callable[[str], Any]) -> None:
    """The 404 page, which is served at any depth, addresses everything from the root of the host, and can search."""
    tags = read_html((hostile / "404.html").read_text(encoding="utf-8")).tags
    addresses = [one[name] for _, one in tags for name in ("href", "src", "action") if name in one]
    assert [one for one in addresses if not one.startswith(("/kb/", "#"))] == []
    assert ("meta", {"name": "robots", "content": "noindex"}) in tags
    assert sum(tag == "form" and one.get("role") == "search" for tag, one in tags) == 2


def test_without_an_address_the_site_has_none(built: tuple[Path, Any], read_html: Callable[[str], Any]) -> None:
    """Where SITE_URL is not set nothing claims an address, and every page works from any path."""
    for path in ("index.html", "search/index.html", "faults/SW-20261103-001/index.html"):
        tags = read_html((built[0] / "site" / path).read_text(encoding="utf-8")).tags
        assert not [one for _, one in tags if one.get("rel") == "canonical" or one.get("property") == "og:url"]
        addresses = [one[name] for _, one in tags for name in ("href", "src", "action") if name in one]
        assert [one for one in addresses if re.match(r"/|\w+:", one)] == []
