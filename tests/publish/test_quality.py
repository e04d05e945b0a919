"""What judges of web pages say of the built site: the validator of HTML, axe for accessibility, Lighthouse for the rest."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

TOOLS = Path(__file__).resolve().parents[1] / "web" / "node_modules"
ARTICLE = "faults/SW-20261103-001/"
PAGES = [
    "",
    ARTICLE,
    "search/",
    "search/?q=网关",
    "faults/",
    "faults/codes/",
    "faults/affected/",
    "faults/statistics/",
    "faults/by/product/",
    "faults/SW-20261013-001/",
    "guide/",
    "reference/lifecycle/",
    "reference/sla/",
    "reference/fields/",
    "reference/rules/",
    "404.html",
]
CATEGORIES = ("performance", "accessibility", "best-practices", "seo")
TRIES = 3
"""Runs of Lighthouse of which the best counts: a busy machine makes a page slower, never faster."""
HEAVIEST = 150_000
"""Bytes that an article may weigh at the first visit, compressed as servers do."""


class Compressing(SimpleHTTPRequestHandler):
    """A file server that compresses, as those of the internet do; it adds up what it sends."""

    sent: list[tuple[str, int]]

    def do_GET(self) -> None:
        """Send a file, compressed if it is text."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        if not path.is_file():
            self.send_error(404)
            return
        data = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in {".html", ".css", ".js", ".json", ".svg", ".xml", ".txt"}:
            data = gzip.compress(data, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "max-age=31536000" if "/assets/" in self.path else "no-cache")
        self.end_headers()
        self.wfile.write(data)
        self.sent.append((self.path, len(data)))

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(built: tuple[Path, subprocess.CompletedProcess[str]]) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    """Serve the samples' site, compressed; return the address and what was sent."""
    sent: list[tuple[str, int]] = []
    handler = type("Handler", (Compressing,), {"sent": sent})

    def start(*arguments: Any, **named: Any) -> Any:
        return handler(*arguments, directory=str(built[0] / "site"), **named)

    with ThreadingHTTPServer(("127.0.0.1", 0), start) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/", sent
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def chromium() -> str:
    """Return the system's browser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "no browser: install chromium"
    return program


def test_html_is_valid(built: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """The reference validator has no error for any page of the samples."""
    done = subprocess.run(
        [
            *("java", "-Xss4m", "-jar", str(TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar")),
            *("--errors-only", "--format", "json", "--skip-non-html", str(built[0] / "site")),
        ],
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONWARNINGS": ""},
        check=False,
    )
    said = json.loads(done.stderr)["messages"]
    site = str(built[0] / "site")
    assert [(one["url"].rpartition(site)[2], one.get("lastLine"), one["message"]) for one in said] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(site: tuple[str, Any], chromium: str, scheme: Any) -> None:
    """No page of any kind has a violation of accessibility, in light and in dark."""
    found = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        # The checker itself is put into the page, which the page's own policy would refuse.
        page = browser.new_context(color_scheme=scheme, bypass_csp=True).new_page()
        for path in PAGES:
            page.goto(site[0] + path, wait_until="networkidle")
            page.add_script_tag(path=TOOLS / "axe-core" / "axe.min.js")
            result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            found += [(path, one["id"], [node["target"] for node in one["nodes"]][:3]) for one in result["violations"]]
        browser.close()
    assert found == []


@pytest.mark.parametrize("path", ["", ARTICLE, "search/?q=网关"], ids=["home", "article", "search"])
def test_lighthouse_is_content(site: tuple[str, Any], chromium: str, path: str, tmp_path: Path) -> None:
    """Each category reaches 95 of 100."""
    best = dict.fromkeys(CATEGORIES, 0.0)
    for number in range(TRIES):
        report = tmp_path / f"{number}.json"
        subprocess.run(
            [
                *("node", str(TOOLS / "lighthouse" / "cli" / "index.js"), site[0] + path, "--quiet"),
                *("--output", "json", "--output-path", str(report)),
                f"--only-categories={','.join(CATEGORIES)}",
                f"--chrome-flags=--headless --no-sandbox --disable-gpu --user-data-dir={tmp_path / f'profile{number}'}",
            ],
            env={**os.environ, "CHROME_PATH": chromium},
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
        data = json.loads(report.read_text(encoding="utf-8"))
        for name in CATEGORIES:
            best[name] = max(best[name], data["categories"][name]["score"] or 0.0)
        if min(best.values()) >= 0.95:
            return
    lost = {
        key: one.get("displayValue", one["title"])
        for key, one in data["audits"].items()
        if one["score"] is not None and one["score"] < 1 and one["scoreDisplayMode"] != "informative"
    }
    pytest.fail(f"{best}: {lost}")


def test_article_is_light(site: tuple[str, list[tuple[str, int]]], chromium: str) -> None:
    """All that the first visit to an article loads is less than 150 KB."""
    address, sent = site
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        sent.clear()
        browser.new_page().goto(address + ARTICLE, wait_until="networkidle")
        browser.close()
    assert sum(size for _, size in sent) < HEAVIEST, sorted(sent, key=lambda one: -one[1])[:5]
