"""The built site in a real browser: it asks nobody else for anything, can be searched, and runs nothing that a ticket says."""

from __future__ import annotations

import functools
import json
import re
import shutil
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PAGES = {
    "home": "",
    "article": "faults/SW-20261103-001/",
    "tombstone": "faults/SW-20261013-001/",
    "all faults": "faults/",
    "codes": "faults/codes/",
    "guide": "guide/",
    "lifecycle": "reference/lifecycle/",
    "fields": "reference/fields/",
    "time limits": "reference/sla/",
    "rules": "reference/rules/",
    "missing": "no/such/page/",
}
PWNED = "window.__pwned=1"
ATTACKS = [
    f"<script>{PWNED}</script>",
    f"<img src=x onerror={PWNED}>",
    f"<svg onload={PWNED}>",
    f"<svg><script>{PWNED}</script></svg>",
    f"<body onload={PWNED}>",
    f"<details open ontoggle={PWNED}>",
    f"<input autofocus onfocus={PWNED}>",
    f"<video><source onerror={PWNED}></video>",
    '<iframe srcdoc="<script>parent.__pwned=1</script>"></iframe>',
    f"<iframe src=javascript:{PWNED}></iframe>",
    f'<div markdown="1" onmouseover={PWNED}>x</div>',
    f"<math><mtext><table><mglyph><style><img src=x onerror={PWNED}>",
    f'<noscript><p title="</noscript><img src=x onerror={PWNED}>">',
    f"<style>@import 'javascript:{PWNED}'</style>",
    f"<!--><img src=x onerror={PWNED}>-->",
    f"<x onclick={PWNED} id=x tabindex=0>",
    f"</title><script>{PWNED}</script>",
    f"</script><script>{PWNED}</script>",
    f'"><script>{PWNED}</script>',
    f"' onmouseover='{PWNED}",
    f'" autofocus onfocus="{PWNED}',
    f"[x](javascript:{PWNED})",
    f"[x](<javascript:{PWNED}>)",
    f"[x](&#106;avascript:{PWNED})",
    f"![x](javascript:{PWNED})",
    f'![x](x.png "\\" onerror={PWNED}")',
    f'![x" onerror="{PWNED}](x.png)',
    f'[x](https://127.0.0.1:1/"onmouseover="{PWNED})',
    f"<javascript:{PWNED}>",
    f"&lt;script&gt;{PWNED}&lt;/script&gt;",
    f"&amp;lt;img src=x onerror={PWNED}&amp;gt;",
    f"**x**{{: onmouseover={PWNED} }}",
    f"#### x {{: onmouseover={PWNED} }}",
    f"```{{ .html onmouseover={PWNED} }}\n<script>{PWNED}</script>\n```",
    f"`<script>{PWNED}</script>`",
    f"x\\![x](https://127.0.0.1:1/{PWNED})",
    f"{{{{ {PWNED} }}}}",
    f"\\<script\\>{PWNED}\\</script\\>",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's browser; without one these tests fail."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "no browser: install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        running.close()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a folder on a free port; yield the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def address(built: tuple[Path, subprocess.CompletedProcess[str]]) -> Iterator[str]:
    """Serve the site of the samples."""
    with serving(built[0] / "site") as url:
        yield url


class Watched:
    """A page, and what it did that it should not."""

    def __init__(self, page: Page, address: str) -> None:
        """Listen to everything that the page does."""
        self.page = page
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.dialogs: list[str] = []
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((address, "data:", "blob:")) else self.foreign.append(request.url)
            ),
        )
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("dialog", self._dismiss)

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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_asks_only_its_own_host_and_has_no_error(
    open_page: Callable[..., Watched], address: str, name: str, scheme: str
) -> None:
    """Opening a page sends no request to any other host and brings no error to the console."""
    seen = open_page(address, PAGES[name], color_scheme=scheme)
    assert seen.foreign == []
    # The page that does not exist is answered with 404, which the browser reports.
    assert [error for error in seen.errors if name != "missing" or "404" not in error] == []
    assert seen.page.locator("h1").first.is_visible() or name in {"home", "missing"}


def _search(page: Page, words: str) -> None:
    page.locator("input.md-search__input").click()
    page.locator("input.md-search__input").fill(words)
    # The theme listens to keys, which an input method sends, too.
    page.keyboard.press("End")


@pytest.mark.parametrize("words", ["网关", "看门狗", "E-1042", "SW-20261103-001"])
def test_search_finds_the_article(open_page: Callable[..., Watched], address: str, words: str) -> None:
    """What a product is called, a cause, an error code and an id lead to the article, without another host."""
    seen = open_page(address)
    _search(seen.page, words)
    result = seen.page.locator('.md-search-result__item a[href*="faults/SW-20261103-001/"]').first
    result.wait_for(state="visible", timeout=30_000)
    result.click()
    seen.page.wait_for_url(re.compile("faults/SW-20261103-001/"))
    assert seen.page.locator("h1").first.inner_text().startswith("网关升级 V2.3.1 后每日凌晨自动重启")
    assert (seen.foreign, seen.errors) == ([], [])


def _brightness(page: Page) -> float:
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 3


def test_dark_mode_can_be_switched_on_and_is_remembered(open_page: Callable[..., Watched], address: str) -> None:
    """The button changes light to dark; the next page is dark, too."""
    seen = open_page(address, color_scheme="light")
    bright = _brightness(seen.page)
    seen.page.locator('label[title="切换到深色"]').click()
    seen.page.wait_for_function("document.body.getAttribute('data-md-color-scheme') === 'slate'")
    assert bright > 200
    assert _brightness(seen.page) < 100
    seen.page.goto(f"{address}{PAGES['article']}", wait_until="networkidle")
    assert _brightness(seen.page) < 100
    seen.page.locator('label[title="切换到浅色"]').click()
    seen.page.wait_for_function("document.body.getAttribute('data-md-color-scheme') === 'default'")
    assert _brightness(seen.page) > 200
    assert (seen.foreign, seen.errors) == ([], [])


def test_dark_mode_follows_the_system(open_page: Callable[..., Watched], address: str) -> None:
    """Whoever has a dark system sees a dark site at once."""
    assert _brightness(open_page(address, color_scheme="dark").page) < 100
    assert _brightness(open_page(address, color_scheme="light").page) > 200


@pytest.mark.parametrize("name", PAGES)
def test_phone_needs_no_sideways_scrolling(open_page: Callable[..., Watched], address: str, name: str) -> None:
    """At 360 pixels the page is not wider than the screen; wide tables and logs scroll within themselves."""
    page = open_page(address, PAGES[name], viewport={"width": 360, "height": 740}).page
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360


def test_every_article_fits_a_phone(
    open_page: Callable[..., Watched], built: tuple[Path, subprocess.CompletedProcess[str]], address: str
) -> None:
    """No article of the samples, whatever its tables and logs, makes the page wider than a phone."""
    page = open_page(address, viewport={"width": 360, "height": 740}).page
    articles = sorted(path.parent.name for path in (built[0] / "site" / "faults").glob("*-*/index.html"))
    assert len(articles) > 20
    wide = []
    for one in articles:
        page.goto(f"{address}faults/{one}/")
        if page.evaluate("document.scrollingElement.scrollWidth") > 360:
            wide.append(one)
    assert wide == []


def test_home_is_reached_by_keyboard(open_page: Callable[..., Watched], address: str) -> None:
    """The first stop of the Tab key leads past the navigation to the text; / opens the search."""
    page = open_page(address, PAGES["article"]).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("md-skip")
    page.locator("h1").first.click()
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.className").startswith("md-search__input")


@pytest.fixture(scope="module")
def attacked(
    copy_repository: Callable[..., Path],
    run: Callable[..., Any],
    write_text: Callable[..., str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Serve a site with every attack in the text, and in title, product and the one-line fields of one ticket each."""
    folder = copy_repository(tmp_path_factory.mktemp("attacked") / "repository", tickets=False)
    home = folder / "tickets" / "2026" / "11"
    home.mkdir(parents=True)
    for number, attack in enumerate(ATTACKS, 1):
        line = " ".join(attack.split())
        quoted, title = (
            json.dumps(line, ensure_ascii=False),
            json.dumps(f"攻击{number} {line}"[:80], ensure_ascii=False),
        )
        body = "\n\n".join(
            [
                "## 故障描述\n\n### 现象",
                attack,
                f"text {attack} text",
                "- " + attack.replace("\n", "\n  "),
                "> " + attack.replace("\n", "\n> "),
                f"| a |\n|---|\n| {line} |",
                f"#### {line}",
                f"*{attack}* **{attack}** `{line}`",
                f"`````\n{attack}\n`````\n\n## 原因分析",
                "看门狗\n\n## 短期方案\n\n分批\n\n## 长期方案\n\n线程\n\n## 验证记录\n\n通过",
            ]
        )
        text = write_text(
            *("登记", "受理", "提交验证", "验证通过", "关闭"),
            body=body,
            id=f"SW-20261102-{number:03d}",
            title=title,
            status="已关闭",
            channel="内部测试",
            impact=f"{{users: 1, products: [{quoted}], versions: [{quoted}], modules: [{quoted}]}}",
            team="软件开发组",
            owner="{staff: RD017, name: 李*}",
            due_at="2026-11-06 18:00",
            completed_at="2026-11-02 12:00",
            verification="{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 赵*}}",
            kb=f"{{entry: 收录, summary: {quoted}, solution: {quoted}, cause: 攻击{number}, error_codes: [{quoted}], keywords: [{quoted}]}}",
        )
        (home / f"SW-20261102-{number:03d}.md").write_text(text, encoding="utf-8")
    done = run(folder, "site", "build", "--as-of", "2026-11-20 17:00")
    assert done.returncode == 0, done.stderr
    with serving(folder / "site") as url:
        yield url


def _provoke(page: Page) -> None:
    """Move over everything, focus everything, and click what is no way out of the page."""
    page.evaluate(
        """() => {
            for (const element of document.querySelectorAll("article *, nav *, header *")) {
                for (const type of ["mouseover", "mouseenter", "focus", "toggle", "click"])
                    if (type !== "click" || !element.closest("a[href^='http'], a[href*='/']"))
                        element.dispatchEvent(new Event(type, {bubbles: true, cancelable: true}));
            }
        }"""
    )


def test_no_attack_runs_in_its_article(open_page: Callable[..., Watched], attacked: str) -> None:
    """Loaded, hovered, focused and clicked, no article runs anything or asks another host."""
    seen = open_page(attacked)
    for number, attack in enumerate(ATTACKS, 1):
        seen.page.goto(f"{attacked}faults/SW-20261102-{number:03d}/", wait_until="load")
        assert seen.page.locator("h1").first.inner_text().startswith(f"攻击{number} "), attack
        _provoke(seen.page)
        assert seen.page.evaluate("window.__pwned") is None, attack
        assert (seen.dialogs, seen.foreign, seen.errors) == ([], [], []), attack


def test_no_attack_runs_in_the_lists(open_page: Callable[..., Watched], attacked: str) -> None:
    """The lists show titles, products, modules and error codes, and run none of them (every second page is opened)."""
    seen = open_page(attacked)
    seen.page.goto(f"{attacked}faults/", wait_until="load")
    targets = seen.page.evaluate("[...document.querySelectorAll('article a[href]')].map(one => one.href)")
    assert len(targets) > len(ATTACKS)
    listed = [one.removeprefix(attacked) for one in targets if "/by/product/" in one or "/by/module/" in one]
    for target in ["faults/", "faults/codes/", *listed[::2]]:
        seen.page.goto(f"{attacked}{target}", wait_until="load")
        _provoke(seen.page)
        assert seen.page.evaluate("window.__pwned") is None, target
        assert (seen.dialogs, seen.foreign, seen.errors) == ([], [], []), target


@pytest.mark.parametrize("words", ["攻击", "script", "onerror", "__pwned"])
def test_no_attack_runs_in_the_search_results(open_page: Callable[..., Watched], attacked: str, words: str) -> None:
    """The search puts titles and excerpts of hostile articles on the screen as text."""
    seen = open_page(attacked)
    _search(seen.page, words)
    seen.page.locator(".md-search-result__item").first.wait_for(state="visible", timeout=30_000)
    seen.page.wait_for_load_state("networkidle")
    _provoke(seen.page)
    assert seen.page.evaluate("window.__pwned") is None
    assert (seen.dialogs, seen.foreign, seen.errors) == ([], [], [])
    assert seen.page.locator(".md-search-result img, .md-search-result iframe, .md-search-result script").count() == 0
