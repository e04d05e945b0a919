"""What the tests of publishing share: a copy of this repository, Python-Markdown as MkDocs sets it up, HTML as data."""

from __future__ import annotations

import functools
import os
import shutil
import threading
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import markdown
import pytest
from mkdocs.config import load_config
from playwright.sync_api import sync_playwright

from tests import inside

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
_VOID = {"br", "hr", "img", "input", "link", "meta", "source"}


@dataclass
class Page(HTMLParser):
    """An HTML text as data: every start tag with its attributes, the text, and what must never be there."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    text: str = ""
    oddities: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Prepare the parser."""
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; an attribute that comes twice, or stands alone, is noted as odd."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if len({name for name, _ in attrs}) != len(attrs):
            self.oddities.append(f"repeated attribute in {tag}")

    def handle_data(self, data: str) -> None:
        """Note text."""
        self.text += data

    def handle_comment(self, data: str) -> None:
        """Note a comment."""
        self.oddities.append(f"comment {data}")

    def handle_decl(self, decl: str) -> None:
        """Note a declaration other than the document type."""
        if decl.lower() != "doctype html":
            self.oddities.append(f"declaration {decl}")

    def unknown_decl(self, data: str) -> None:
        """Note a CDATA section or the like."""
        self.oddities.append(f"declaration {data}")

    def handle_pi(self, data: str) -> None:
        """Note a processing instruction."""
        self.oddities.append(f"instruction {data}")


@pytest.fixture(scope="session")
def read_html() -> Callable[[str], Page]:
    """Return a function from HTML to its tags and text."""

    def read(text: str) -> Page:
        page = Page()
        page.feed(text)
        page.close()
        return page

    return read


@pytest.fixture(scope="session")
def read_all() -> Callable[[Path], dict[str, str]]:
    """Return a function that reads every file of a folder as text, deflated ones inflated, by its path."""

    def read(folder: Path) -> dict[str, str]:
        files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        return {
            name: (zlib.decompress(data) if name.endswith(".bin") else data).decode("utf-8", "replace")
            for name, data in files.items()
        }

    return read


@pytest.fixture(scope="session")
def to_html(root: Path) -> Callable[[str], str]:
    """Return Python-Markdown with exactly the extensions and settings of mkdocs.yml."""
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    config = load_config(str(root / "mkdocs.yml"))
    reader = markdown.Markdown(extensions=config["markdown_extensions"], extension_configs=config["mdx_configs"])
    return lambda text: str(reader.reset().convert(text))


@pytest.fixture(scope="session")
def run(root: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs ``fault`` in a folder, as a user does."""

    def fault(folder: Path, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return inside.run(folder, {**os.environ, "PYTHONPATH": str(root / "tools"), **extra}, *arguments)

    return fault


@pytest.fixture(scope="session")
def copy_repository(root: Path) -> Callable[..., Path]:
    """Return a function that copies what a site is made of; without tickets if asked."""

    def copy(target: Path, *, tickets: bool = True) -> Path:
        generated = {"faults", "reference", "api", "index.md", "feed.xml", "sitemap.xml", "robots.txt"}
        shutil.copytree(root / "schema", target / "schema")
        shutil.copytree(
            root / "kb",
            target / "kb",
            ignore=lambda folder, names: generated & set(names) if folder == str(root / "kb") else set(),
        )
        shutil.copy(root / "mkdocs.yml", target)
        if tickets:
            shutil.copytree(root / "tickets", target / "tickets")
        else:
            (target / "tickets").mkdir()
        return target

    return copy


@pytest.fixture(scope="session")
def built(
    copy_repository: Callable[..., Path],
    run: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """Return a copy of this repository with its site built, and what the command said."""
    folder = copy_repository(tmp_path_factory.mktemp("built") / "repository")
    return folder, run(folder, "site", "build", "--as-of", "2026-11-20 17:00")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's browser; without one these tests fail."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "no browser: install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        running.close()


class _Files(SimpleHTTPRequestHandler):
    """A plain file server that answers with the site's own 404 page, as they all can."""

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send the 404 page of the site."""
        if code != 404:
            return super().send_error(code, message, explain)
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(Path(self.directory, "404.html").read_bytes())
        return None


@pytest.fixture(scope="session")
def serving() -> Callable[[Path], Any]:
    """Return a context manager that serves a folder on a free port and yields the address."""

    @contextmanager
    def serve(folder: Path) -> Iterator[str]:
        with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=str(folder))) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield f"http://127.0.0.1:{server.server_port}/"
            finally:
                server.shutdown()
                thread.join()

    return serve


@pytest.fixture(scope="session")
def address(built: tuple[Path, subprocess.CompletedProcess[str]], serving: Callable[[Path], Any]) -> Iterator[str]:
    """Serve the site of the samples."""
    assert built[1].returncode == 0, built[1].stderr
    with serving(built[0] / "site") as url:
        yield url


class Watched:
    """A page, and what it did that it should not."""

    def __init__(self, page: Tab, address: str) -> None:
        """Listen to everything that the page does."""
        self.page = page
        self.asked: list[str] = []
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        page.on("request", lambda request: self._request(request.url, address))
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", self._dismiss)

    def _request(self, url: str, address: str) -> None:
        self.asked.append(url.removeprefix(address))
        if not url.startswith((address, "data:", "blob:")):
            self.foreign.append(url)

    def _dismiss(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Watched]]:
    """Return a function that opens an address and waits until the page is quiet."""
    contexts = []

    def open_it(address: str, path: str = "", **options: Any) -> Watched:
        contexts.append(browser.new_context(**options))
        watched = Watched(contexts[-1].new_page(), address)
        watched.page.goto(address + path, wait_until="networkidle")
        return watched

    yield open_it
    for context in contexts:
        context.close()
