"""The small scripts of articles and lists in a real browser: copying a code, finding a code, asking for a version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ARTICLE = "faults/SW-20261103-001/"


@pytest.mark.parametrize("secure", [True, False], ids=["clipboard", "without"])
def test_click_on_a_code_copies_it(open_page: Callable[..., Any], address: str, secure: bool) -> None:  # noqa: FBT001
    """The code is on the clipboard and the screen reader hears it, also where (on http) there is no clipboard object."""
    seen = open_page(address, permissions=["clipboard-read", "clipboard-write"])
    if not secure:
        seen.page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    seen.page.goto(f"{address}{ARTICLE}", wait_until="networkidle")
    button = seen.page.locator("button.fault-code")
    button.click()
    seen.page.locator(".fault-said-aloud", has_text="已复制 E-1042").wait_for(state="attached")
    assert seen.page.evaluate("document.activeElement.dataset.copy") == "E-1042"
    other = open_page(address, permissions=["clipboard-read", "clipboard-write"]) if not secure else seen
    assert other.page.evaluate("navigator.clipboard.readText()") == "E-1042"
    assert (seen.foreign, seen.errors) == ([], [])


def test_code_is_text_without_scripts(open_page: Callable[..., Any], address: str) -> None:
    """Where scripts are off, the code stands in the box and nothing offers to copy it."""
    page = open_page(address, ARTICLE, java_script_enabled=False).page
    assert page.locator("button.fault-code").inner_text() == "E-1042"


@pytest.mark.parametrize("typed", ["E-1042", "e1042", "Ｅ１０４２", "0xe1042"])
def test_code_is_found_however_it_is_typed(open_page: Callable[..., Any], address: str, typed: str) -> None:
    """The filter leaves the one row of the code, says how many, and offers the search."""
    seen = open_page(address, "faults/codes/")
    rows = seen.page.locator(".fault-codes > ul > li:visible")
    assert rows.count() > 10
    seen.page.get_by_label("按代码筛选").fill(typed)
    assert rows.all_inner_texts() == [rows.first.inner_text()]
    assert rows.first.inner_text().startswith("E-1042")
    assert seen.page.get_by_role("status").filter(has_text="1 个代码").count() == 1
    link = seen.page.get_by_role("link", name="在搜索里找")
    assert link.evaluate("one => new URL(one.href).pathname") == "/search/"
    assert (seen.foreign, seen.errors) == ([], [])


def test_version_is_answered_and_stays_in_the_address(open_page: Callable[..., Any], address: str) -> None:
    """Product and version chosen: the known faults, where they are mended; the address leads to the same answer."""
    seen = open_page(address, "faults/affected/")
    seen.page.get_by_label("产品").select_option("智能网关 GW2")
    seen.page.locator("#affected-version option").nth(3).wait_for(state="attached")
    seen.page.get_by_label("正在使用的版本").select_option("V2.3.1")
    answer = seen.page.locator("#affected").inner_text()
    assert "智能网关 GW2 V2.3.1 有" in answer
    assert "已在 V2.3.2 修好" in answer
    assert parse_qs(urlsplit(seen.page.url).query) == {"product": ["智能网关 GW2"], "version": ["V2.3.1"]}
    again = open_page(address, seen.page.url.removeprefix(address))
    assert (
        again.page.locator("#affected .fault-list").first.inner_text()
        == seen.page.locator("#affected .fault-list").first.inner_text()
    )
    again.page.locator("#affected .fault-list a").first.click()
    again.page.wait_for_url(f"{address}faults/*/")
    assert (seen.foreign, seen.errors, again.errors) == ([], [], [])


def test_without_scripts_the_question_leads_to_the_products(open_page: Callable[..., Any], address: str) -> None:
    """The form is not there, and the products are, with their versions one click on."""
    page = open_page(address, "faults/affected/", java_script_enabled=False).page
    assert not page.locator("#affected").is_visible()
    page.get_by_role("link", name="智能网关 GW2").click()
    assert page.get_by_role("link", name="V2.3.1", exact=True).is_visible()


def test_paper_has_the_article_and_nothing_else(open_page: Callable[..., Any], address: str) -> None:
    """Printed, the title, the box and the text are there; header, navigation, permalinks and lists are not."""
    page = open_page(address, ARTICLE, viewport={"width": 680, "height": 960}).page
    page.emulate_media(media="print")
    hidden = ["header.md-header", ".md-sidebar--secondary", ".headerlink >> nth=0", ".fault-data", "#lists"]
    assert [one for one in hidden if page.locator(one).is_visible()] == []
    assert [page.locator(one).first.is_visible() for one in ("h1", ".fault-box", "#symptom", ".fault-course")] == [
        True
    ] * 4
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 680
