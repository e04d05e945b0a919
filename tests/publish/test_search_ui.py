"""The search box in a real browser: keys, results while typing, facets, addresses, help, phone."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page

ARTICLE = "faults/SW-20261103-001/"
QUESTIONS = json.loads((Path(__file__).parents[1] / "data" / "search" / "questions.json").read_text(encoding="utf-8"))
RECORD = """() => {
    const real = window.faultkb.query;
    window.texts = [];
    window.faultkb.query = (text, options) => (window.texts.push(text), real(text, options));
}"""


def _type(page: Page, words: str) -> Locator:
    """Open the search with the keyboard, enter words, and wait for the count."""
    page.keyboard.press("Control+k")
    page.keyboard.insert_text(words)
    box = page.locator(".fault-search", has=page.locator(":focus"))
    expect(box.get_by_role("status")).to_have_text(re.compile("篇|没有找到|相近"))
    return box


def _asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


@pytest.mark.parametrize("path", ["", "search/", "404.html", ARTICLE])
def test_nothing_is_loaded_before_the_box_is_used(open_page: Callable[..., Any], address: str, path: str) -> None:
    """Opening a page, and the box, asks for nothing of the search index; typing does. Nothing breaks the page's policy."""
    seen = open_page(address, path)
    seen.page.keyboard.press("Control+k")
    seen.page.keyboard.insert_text("网")
    expect(seen.page.locator(".fault-search", has=seen.page.locator(":focus")).get_by_role("status")).to_have_text(
        "再输入一个字"
    )
    assert [one for one in seen.asked if one.startswith("api/")] == []
    seen.page.keyboard.insert_text("关")
    seen.page.locator(".fault-hit").first.wait_for()
    assert [one for one in seen.asked if one.startswith("api/search/")]
    assert (seen.foreign, seen.errors) == ([], [])


@pytest.mark.parametrize("key", ["/", "Control+k", "Meta+k"])
def test_keys_open_the_box_and_escape_gives_the_focus_back(
    open_page: Callable[..., Any], address: str, key: str
) -> None:
    """/, Ctrl-K and ⌘K open the dialog with the cursor in its box; Esc leads back to where one was."""
    page = open_page(address, ARTICLE).page
    page.locator("article a").first.focus()
    before = page.evaluate_handle("document.activeElement")
    page.keyboard.press(key)
    expect(page.get_by_role("dialog", name="搜索故障")).to_be_visible()
    expect(page.get_by_role("dialog").get_by_role("textbox", name="搜索故障")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("one => one === document.activeElement", before)


def test_slash_is_a_letter_while_typing(open_page: Callable[..., Any], address: str) -> None:
    """In a field a / is a /."""
    page = open_page(address).page
    page.keyboard.press("/")
    page.keyboard.type("1/2")
    expect(page.get_by_role("textbox", name="搜索故障")).to_have_value("1/2")


def test_arrows_lead_through_the_results_and_enter_opens_one(open_page: Callable[..., Any], address: str) -> None:
    """Down goes to the first result and on, up comes back to the box; Enter opens the one that is chosen."""
    page = open_page(address, ARTICLE).page
    box = _type(page, "网关")
    hits = box.locator(".fault-hit")
    page.keyboard.press("ArrowDown")
    expect(hits.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(hits.nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(box.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    target = hits.nth(1).get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(target)


@pytest.mark.parametrize("path", ["", "search/", ARTICLE])
def test_enter_opens_the_first_result(open_page: Callable[..., Any], address: str, path: str) -> None:
    """Enter right behind the last letter waits for the answer to that text, and opens the first of it, not of an older one."""
    page = open_page(address, path).page
    box = _type(page, "网关")
    box.get_by_role("textbox").fill("SW-20260930-001")
    page.keyboard.press("Enter")
    page.wait_for_url("**/faults/SW-20260930-001/")


def test_enter_waits_for_an_answer_that_is_on_its_way(open_page: Callable[..., Any], address: str) -> None:
    """The question is asked already and its answer slow: Enter does not ask again, and opens what comes."""
    page = open_page(address, "search/").page
    page.evaluate(
        """() => {
            const real = window.faultkb.query;
            window.texts = [];
            window.held = new Promise((hold) => {
                window.faultkb.query = async (text, options) => {
                    window.texts.push(text);
                    await new Promise((go) => { window.release = go; hold(); });
                    return real(text, options);
                };
            });
        }"""
    )
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("E-1042")
    page.evaluate("window.held.then(() => {})")
    page.keyboard.press("Enter")
    assert page.evaluate("window.texts") == ["E-1042"]
    page.evaluate("() => { window.release(); }")
    page.wait_for_url("**/faults/SW-20261103-001/")


def test_enter_of_an_input_method_opens_nothing(open_page: Callable[..., Any], address: str) -> None:
    """Enter that takes over the letters of an input method leaves the page; the next one opens the first result."""
    page = open_page(address, "search/").page
    box = _type(page, "网关")
    keys = """(input, options) => input.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...options }))"""
    field = box.get_by_role("textbox")
    handle = field.element_handle()
    for options in ({"isComposing": True}, {"keyCode": 229}):
        assert page.evaluate(f"([input, options]) => ({keys})(input, options)", [handle, options]) is False
    assert page.evaluate(f"([input, options]) => ({keys})(input, options)", [handle, {"keyCode": 13}]) is True


def test_search_page_is_ready_to_be_typed_in(open_page: Callable[..., Any], address: str) -> None:
    """Its box has the focus on arrival; not behind a part of the address, not after coming back, on no other page."""
    page = open_page(address, "search/").page
    expect(page.get_by_role("textbox", name="搜索故障")).to_be_focused()
    box = _type(page, "网关")
    box.locator(".fault-hit").first.click()
    page.wait_for_url("**/faults/*/")
    page.go_back(wait_until="load")
    page.locator(".fault-hit").first.wait_for()
    for other in (page, open_page(address, "search/#main").page, open_page(address).page):
        expect(other.get_by_role("textbox", name="搜索故障")).not_to_be_focused()


def test_result_says_what_helps(open_page: Callable[..., Any], address: str) -> None:
    """Each result has its solution between what was found and what it is about, in two lines at most on a phone."""
    page = open_page(address, viewport={"width": 360, "height": 740}).page
    box = _type(page, "网关重启")
    near = box.locator(".fault-hit", has_text="网关升级 V2.3.1 后每日凌晨自动重启")
    fix = near.locator(".fault-hit__text + .fault-hit__fix:has(+ .fault-hit__about)")
    expect(fix).to_have_text(re.compile("^解决：.{8}"))
    lines = "one => one.clientHeight / parseFloat(getComputedStyle(one).lineHeight)"
    assert max(one.evaluate(lines) for one in box.locator(".fault-hit__fix").all()) <= 2.1


@pytest.mark.parametrize("text", ["？？？！！", "😀", "—"])
def test_marks_alone_are_no_question(open_page: Callable[..., Any], address: str, text: str) -> None:
    """Nothing that could be found: the box says what to type."""
    page = open_page(address, "search/").page
    page.keyboard.insert_text(text)
    expect(page.get_by_role("status")).to_have_text("请输入文字、代码或型号")
    expect(page.locator(".fault-hit")).to_have_count(0)


def test_advice_fits_the_question(open_page: Callable[..., Any], address: str) -> None:
    """Only more than twenty characters are called too long."""
    page = open_page(address, "search/").page
    box = _type(page, "呜呼" * 10)
    expect(box.locator(".fault-nothing")).to_contain_text("换一个说法再试")
    box.get_by_role("textbox").fill("呜呼" * 10 + "哀")
    expect(box.locator(".fault-nothing")).to_contain_text("说法太长了")


def test_suggestion_that_repeats_what_is_shown_is_dropped(open_page: Callable[..., Any], address: str) -> None:
    """What is suggested leads to an article that is not among those that are shown as alike."""
    page = open_page(address, "search/").page
    script = """async (text) => {
        const answer = await window.faultkb.query(text);
        const shown = (await answer.near(0, 6)).map((one) => one.id);
        const found = answer.suggestions.map(async ({ text }) => [text, (await window.faultkb.search(text)).map((one) => one.id)]);
        return [shown, await Promise.all(found)];
    }"""
    dropped = 0
    for text in ("看门够超时", "网口 说明书", "网关升级失败了吗"):
        shown, found = page.evaluate(script, text)
        useful = [one for one, ids in found if set(ids) - set(shown)]
        dropped += len(found) - len(useful)
        box = _type(page, text)
        expect(box.locator(".fault-nothing .fault-suggestion")).to_have_count(len(useful))
    assert dropped


def test_results_are_marked_and_counted(open_page: Callable[..., Any], address: str) -> None:
    """What was searched is marked in titles and excerpts, however it is written; the count is that of the list."""
    page = open_page(address, ARTICLE).page
    box = _type(page, "ｅ1042")
    hits = box.get_by_role("list", name="搜索结果").locator(".fault-hit")
    expect(box.get_by_role("status")).to_have_text(f"{hits.count()} 篇")
    assert set(box.locator("mark").all_inner_texts()) == {"E-1042"}
    found = box.locator('.fault-hit[href$="faults/SW-20261103-001/"]')
    expect(found).to_contain_text("网关升级 V2.3.1 后每日凌晨自动重启")
    expect(found.locator(".fault-hit__about")).to_have_text("智能网关 GW2高SW-20261103-001")


def test_facet_narrows_and_its_count_is_true(open_page: Callable[..., Any], address: str) -> None:
    """A chosen value leaves as many results as stands beside it, all of that kind; a second click brings all back."""
    page = open_page(address, "search/?q=网关").page
    status = page.get_by_role("status")
    expect(status).to_have_text(re.compile(r"^\d+ 篇$"))
    everything = status.inner_text()
    high = page.locator(".fault-choice", has=page.locator('input[name="severity"][value="高"]'))
    number = high.locator(".fault-choice__count").inner_text()
    high.click()
    expect(status).to_have_text(f"{number} 篇")
    assert page.locator('.fault-hit__about [data-severity="高"]').count() == page.locator(".fault-hit").count()
    assert _asked(page) == {"q": ["网关"], "severity": ["高"]}
    expect(high.get_by_role("checkbox")).to_be_focused()
    page.keyboard.press("Space")
    expect(status).to_have_text(everything)


def test_address_restores_the_search(open_page: Callable[..., Any], address: str) -> None:
    """Whoever gets the address sees the same words, choices and results; so does the link from the dialog."""
    page = open_page(address, "search/?q=升级&product=智能网关+GW2&severity=高").page
    expect(page.get_by_role("textbox", name="搜索故障")).to_have_value("升级")
    chosen = page.locator(".fault-choice input:checked")
    assert {one.get_attribute("value") for one in chosen.all()} == {"智能网关 GW2", "高"}
    assert all("智能网关 GW2" in text for text in page.locator(".fault-hit__about").all_inner_texts())
    other = open_page(address, ARTICLE).page
    box = _type(other, "升级 失败")
    first = box.locator(".fault-hit").first.inner_text()
    other.get_by_role("link", name="在搜索页打开").click()
    other.wait_for_url("**/search/?q=*")
    expect(other.get_by_role("textbox", name="搜索故障")).to_have_value("升级 失败")
    assert other.locator(".fault-hit").first.inner_text() == first


@pytest.mark.parametrize("path", ["", "search/"])
def test_back_button_brings_the_results_back(open_page: Callable[..., Any], address: str, path: str) -> None:
    """From an article the back button leads to the search as it was, on the home page, too; words do not fill the history."""
    page = open_page(address, path).page
    box = _type(page, "网关")
    before = box.locator(".fault-hit__title").all_inner_texts()
    box.locator(".fault-hit").nth(1).click()
    page.wait_for_url("**/faults/*/")
    page.go_back()
    expect(page.get_by_role("textbox", name="搜索故障")).to_have_value("网关")
    page.locator(".fault-hit").first.wait_for()
    assert page.locator(".fault-hit__title").all_inner_texts() == before
    assert page.evaluate("history.length") <= 3


def test_question_in_the_words_of_a_customer_is_answered(open_page: Callable[..., Any], address: str) -> None:
    """For each written-down question the answer is among the first three: what matches exactly, then what is alike."""
    page = open_page(address, ARTICLE).page
    script = """async (text) => {
        const answer = await window.faultkb.query(text);
        return [...await answer.results(0, 3), ...await answer.near(0, 3)].slice(0, 3).map((one) => one.id);
    }"""
    found = {text: page.evaluate(script, text) for text, _ in QUESTIONS}
    assert [(text, found[text]) for text, wanted in QUESTIONS if wanted not in found[text]] == []


@pytest.mark.parametrize("path", ["", "search/", ARTICLE])
def test_near_results_are_named_as_such(open_page: Callable[..., Any], address: str, path: str) -> None:
    """Below few exact results, or alone, stands what is alike under its own heading; keys reach it, the count leaves it out."""
    page = open_page(address, path).page
    box = _type(page, "网关重启")
    exact, alike = (box.get_by_role("list", name=name).locator(".fault-hit") for name in ("搜索结果", "意思相近的"))
    expect(box.get_by_role("status")).to_have_text(f"{exact.count()} 篇")
    expect(box.get_by_role("heading", name="意思相近的")).to_be_visible()
    expect(alike.first).to_contain_text("网关升级 V2.3.1 后每日凌晨自动重启")
    for _ in range(exact.count() + 1):
        page.keyboard.press("ArrowDown")
    expect(alike.first).to_be_focused()
    box.get_by_role("textbox").fill("网关升级后每天晚上自动重启怎么办")
    expect(box.get_by_role("status")).to_have_text("没有完全一致的，下面是意思相近的")
    expect(exact).to_have_count(0)
    assert "自动重启" in alike.first.locator("mark").all_inner_texts()
    expect(box.get_by_role("link", name="提交故障")).to_be_visible()
    page.keyboard.press("Enter")
    expect(alike.first).to_be_focused()
    box.get_by_role("textbox").fill("asdfqwer")
    expect(box.get_by_role("status")).to_have_text("没有找到")
    expect(box.get_by_role("heading", name="意思相近的")).to_have_count(0)


def test_help_where_nothing_is_found(open_page: Callable[..., Any], address: str) -> None:
    """Words that have results alone are offered with their counts, and a way to report a new fault."""
    page = open_page(address, ARTICLE).page
    box = _type(page, "网关 呜呼哀哉")
    expect(box.get_by_role("status")).to_have_text("没有找到")
    assert box.get_by_role("link", name="提交故障").get_attribute("href") == f"{address}guide/"
    offer = box.get_by_role("button", name=re.compile(r"^网关（\d+）$"))
    number = re.search(r"\d+", offer.inner_text())
    assert number
    offer.click()
    expect(box.get_by_role("status")).to_have_text(f"{number[0]} 篇")
    expect(box.get_by_role("textbox")).to_have_value("网关")


def test_misspelt_code_is_mended(open_page: Callable[..., Any], address: str) -> None:
    """A code with a wrong digit leads to the one that is meant."""
    box = _type(open_page(address, ARTICLE).page, "E-1049")
    expect(box.locator(".fault-nothing")).to_contain_text("您要找的是不是：")
    expect(box.get_by_role("button", name=re.compile("^E-1042（"))).to_be_visible()


def test_input_method_is_left_to_compose(open_page: Callable[..., Any], address: str) -> None:
    """Nothing is searched while an input method composes; the finished word is, once."""
    page = open_page(address, ARTICLE).page
    page.evaluate(RECORD)
    page.clock.install()
    page.keyboard.press("/")
    method = page.context.new_cdp_session(page)
    for typed in ("wang", "wang guan"):
        method.send("Input.imeSetComposition", {"text": typed, "selectionStart": 9, "selectionEnd": 9})
        page.clock.run_for(1_000)
    method.send("Input.insertText", {"text": "网关"})
    page.clock.run_for(1_000)
    page.locator(".fault-hit").first.wait_for()
    assert page.evaluate("window.texts") == ["网关"]


def test_late_answer_is_dropped(open_page: Callable[..., Any], address: str) -> None:
    """An answer that comes after that to a newer question changes nothing."""
    page = open_page(address, "search/").page
    page.evaluate(
        """() => {
            const real = window.faultkb.query;
            window.held = new Promise((hold) => {
                window.faultkb.query = async (text, options) => {
                    const answer = await real(text, options);
                    if (text === "网关") await new Promise((go) => { window.release = go; hold(); });
                    return answer;
                };
            });
        }"""
    )
    page.keyboard.insert_text("网关")
    page.evaluate("window.held")
    page.get_by_role("textbox", name="搜索故障").fill("E-1042")
    expect(page.locator("mark").first).to_have_text("E-1042")
    status = page.get_by_role("status").inner_text()
    page.evaluate("window.release()")
    page.evaluate("new Promise((done) => setTimeout(done))")
    assert page.get_by_role("status").inner_text() == status


def test_broken_network_is_said_and_can_be_tried_again(open_page: Callable[..., Any], address: str) -> None:
    """Without the index the box says so; once it is there again, one click is enough."""
    page = open_page(address, "search/").page
    page.route("**/api/search/**", lambda route: route.abort())
    page.keyboard.insert_text("网关")
    again = page.get_by_role("button", name="再试一次")
    again.wait_for()
    page.unroute("**/api/search/**")
    again.click()
    page.locator(".fault-hit").first.wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_phone_gets_the_whole_screen(open_page: Callable[..., Any], address: str, scheme: str) -> None:
    """At 360 pixels the dialog fills the screen, facets wait behind one button, and everything can be hit with a thumb."""
    seen = open_page(address, ARTICLE, viewport={"width": 360, "height": 740}, color_scheme=scheme)
    page = seen.page
    page.get_by_role("link", name="搜索现象、错误代码、型号").click()
    page.keyboard.insert_text("网关")
    page.locator(".fault-hit").first.wait_for()
    dialog = page.get_by_role("dialog")
    assert dialog.bounding_box() == {"x": 0, "y": 0, "width": 360, "height": 740}
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360
    expect(page.locator(".fault-choice").first).to_be_hidden()
    dialog.get_by_text("筛选").click()
    expect(page.locator(".fault-choice").first).to_be_visible()
    targets = dialog.locator("a, button, input, summary, .fault-choice").all()
    boxes = [one.bounding_box() for one in targets if one.is_visible()]
    assert [box for box in boxes if box and (box["height"] < 24 or box["width"] < 24)] == []
    colour = page.evaluate("getComputedStyle(document.querySelector('dialog')).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", colour)[:3])) > 380) is (scheme == "light")
    dialog.get_by_role("button", name="关闭").click()
    expect(dialog).to_have_count(0)
    assert (seen.foreign, seen.errors) == ([], [])
