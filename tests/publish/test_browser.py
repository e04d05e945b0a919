"""The built site in a real browser: it asks nobody else for anything, can be searched, and runs nothing that a ticket says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page

PAGES = {
    "home": "",
    "search": "search/",
    "search results": "search/?q=网关",
    "affected": "faults/affected/",
    "statistics": "faults/statistics/",
    "article": "faults/SW-20261103-001/",
    "tombstone": "faults/SW-20261013-001/",
    "all faults": "faults/",
    "codes": "faults/codes/",
    "guide": "guide/",
    "lifecycle": "reference/lifecycle/",
    "fields": "reference/fields/",
    "time limits": "reference/sla/",
    "rules": "reference/rules/",
    "steps": "reference/steps/",
    "severity": "reference/severity/",
    "wording": "reference/wording/",
    "leak": "reference/leak/",
    "api": "reference/api/",
    "missing": "no/such/page/",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page_asks_only_its_own_host_and_has_no_error(
    open_page: Callable[..., Any], address: str, name: str, scheme: str
) -> None:
    """Opening a page sends no request to any other host and brings no error to the console."""
    seen = open_page(address, PAGES[name], color_scheme=scheme)
    assert seen.foreign == []
    # The page that does not exist is answered with 404, which the browser reports.
    assert [error for error in seen.errors if name != "missing" or "404" not in error] == []
    assert seen.page.locator("h1").first.is_visible()


def _search(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.insert_text(words)


@pytest.mark.parametrize("words", ["网关", "看门狗", "E-1042", "SW-20261103-001"])
def test_search_finds_the_article(open_page: Callable[..., Any], address: str, words: str) -> None:
    """What a product is called, a cause, an error code and an id lead to the article, without another host."""
    seen = open_page(address, PAGES["guide"])
    _search(seen.page, words)
    result = seen.page.locator('.fault-hit[href*="faults/SW-20261103-001/"]').first
    result.wait_for(state="visible", timeout=30_000)
    result.click()
    seen.page.wait_for_url(re.compile("faults/SW-20261103-001/"))
    assert seen.page.locator("h1").first.inner_text().startswith("网关升级 V2.3.1 后每日凌晨自动重启")
    assert (seen.foreign, seen.errors) == ([], [])


def _brightness(page: Page) -> float:
    colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return sum(map(float, re.findall(r"[\d.]+", colour)[:3])) / 3


def test_dark_mode_can_be_switched_on_and_is_remembered(open_page: Callable[..., Any], address: str) -> None:
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


def test_dark_mode_follows_the_system(open_page: Callable[..., Any], address: str) -> None:
    """Whoever has a dark system sees a dark site at once."""
    assert _brightness(open_page(address, color_scheme="dark").page) < 100
    assert _brightness(open_page(address, color_scheme="light").page) > 200


def test_first_paint_has_the_chosen_colours(open_page: Callable[..., Any], address: str) -> None:
    """Before anything is painted the page is dark for whoever chose dark, though the system is light: nothing flashes."""
    page = open_page(address, color_scheme="light").page
    page.locator('label[title="切换到深色"]').click()
    page.add_init_script(
        "requestAnimationFrame(function look() {"
        " if (document.body) window.painted ??= document.body.getAttribute('data-md-color-scheme');"
        " else requestAnimationFrame(look); })"
    )
    page.goto(address + PAGES["article"], wait_until="networkidle")
    assert page.evaluate("window.painted") == "slate"


def test_paper_is_white(open_page: Callable[..., Any], address: str) -> None:
    """A dark page prints dark text on white, without header, search and navigation."""
    page = open_page(address, PAGES["article"], color_scheme="dark").page
    page.emulate_media(media="print")
    text = page.evaluate("getComputedStyle(document.querySelector('article p')).color")
    assert sum(map(int, re.findall(r"\d+", text)[:3])) < 300
    assert not page.locator(".md-header, .md-tabs, .md-sidebar, footer, .fault-search").filter(visible=True).all()


def test_code_is_copied_with_a_click(open_page: Callable[..., Any], address: str) -> None:
    """The button at a log puts it on the clipboard, within the policy of the page."""
    seen = open_page(address, PAGES["article"], permissions=["clipboard-read", "clipboard-write"])
    log = seen.page.locator("pre code").first
    log.hover()
    seen.page.locator("pre").first.get_by_role("button").click()
    seen.page.locator(".md-dialog--active").wait_for()
    assert seen.page.evaluate("navigator.clipboard.readText()") == log.inner_text().rstrip()
    assert seen.errors == []


def test_drawer_of_a_phone_works_by_keyboard(open_page: Callable[..., Any], address: str) -> None:
    """The button opens the navigation and leads into it; Escape closes it and leads back; closed, it holds no focus."""
    page = open_page(address, PAGES["article"], viewport={"width": 360, "height": 740}).page
    button = page.get_by_role("button", name="打开导航")
    links = page.locator(".fault-nav a")
    assert not links.first.is_visible()
    button.press("Enter")
    expect(links.first).to_be_focused()
    assert button.get_attribute("aria-expanded") == "true"
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    expect(links.first).to_be_hidden()


def test_long_page_leads_back_to_its_top(open_page: Callable[..., Any], address: str) -> None:
    """Scrolling up a little in a long page shows the way to its beginning."""
    page = open_page(address, PAGES["article"]).page
    page.mouse.wheel(0, 2_000)
    expect(page.locator(".md-header")).to_be_visible()
    page.mouse.wheel(0, -200)
    page.get_by_role("button", name="回到页面顶部").click()
    expect(page.locator("h1")).to_be_in_viewport()


@pytest.mark.parametrize("name", PAGES)
def test_phone_needs_no_sideways_scrolling(open_page: Callable[..., Any], address: str, name: str) -> None:
    """At 360 pixels the page is not wider than the screen; wide tables and logs scroll within themselves."""
    page = open_page(address, PAGES[name], viewport={"width": 360, "height": 740}).page
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360


def test_every_article_fits_a_phone(
    open_page: Callable[..., Any], built: tuple[Path, subprocess.CompletedProcess[str]], address: str
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


def test_home_is_reached_by_keyboard(open_page: Callable[..., Any], address: str) -> None:
    """The first stop of the Tab key leads past the navigation to the text; / opens the search."""
    page = open_page(address, PAGES["article"]).page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("md-skip")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.className").startswith("fault-search__input")
