"""The HTML page in a real browser: it asks nobody, runs nothing, fits a phone and a sheet of paper, answers which faults."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from faultkb.render import page as pages
from faultkb.reports import NUMBER, PROSE, SHARE, TEXT, VERDICT, Cases, Chart, Column, Figure, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from faultkb.reports import Report


def written(report: Report) -> str:
    """Return the page."""
    stream = io.StringIO()
    pages.FORMATS["html"](report, stream)
    return stream.getvalue()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., tuple[Page, list[str]]]]:
    """Return a function that opens a report from a file; the list is what the page did beyond that."""
    contexts = []

    def open_it(report: Report, **options: Any) -> tuple[Page, list[str]]:
        path = tmp_path / "report.html"
        path.write_text(written(report), encoding="utf-8")
        contexts.append(browser.new_context(**options))
        page, deeds = contexts[-1].new_page(), []
        page.on("request", lambda one: deeds.append(one.url) if one.url != path.as_uri() else None)
        page.on("console", lambda one: deeds.append(one.text))
        page.on("pageerror", lambda one: deeds.append(str(one)))
        page.goto(path.as_uri(), wait_until="networkidle")
        return page, deeds

    yield open_it
    for context in contexts:
        context.close()


@pytest.fixture
def months() -> tuple[Table, ...]:
    """Return a table of twelve months with each kind of chart."""
    columns = (Column("month", "月份"), Column("opened", "新增", NUMBER), Column("closed", "关闭", NUMBER))
    rows = [
        {"month": f"2026-{month:02d}", "opened": Cases(("SW-1",) * month), "closed": Cases(("SW-2",) * 3)}
        for month in range(1, 13)
    ]
    return tuple(
        Table(kind, kind, columns, rows, chart=Chart(kind, "month", ("opened", "closed")))
        for kind in ("lines", "bars", "stack")
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_page_is_quiet_and_fits(
    opened: Callable[..., tuple[Page, list[str]]],
    make_report: Callable[..., Report],
    make_faults: Callable[..., Table],
    months: tuple[Table, ...],
    scheme: Any,
    width: int,
) -> None:
    """No request, no word on the console (the policy allows its own style only), no sideways scrolling, day and night."""
    report = make_report(
        make_faults(["网关 GW2 满配 64 个子设备夜间维护时看门狗复位"] * 3), *make_report().tables, *months
    )
    page, deeds = opened(report, color_scheme=scheme, viewport={"width": width, "height": 800})
    assert deeds == []
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, re.findall(r"\d+", ground))) > 380) == (scheme == "light")


def test_charts_stay_in_their_box(
    opened: Callable[..., tuple[Page, list[str]]], make_report: Callable[..., Report], months: tuple[Table, ...]
) -> None:
    """On a phone no visible label of a picture leaves the screen or covers its neighbour."""
    page, _ = opened(make_report(*months), viewport={"width": 390, "height": 800})
    boxes = page.evaluate(
        """[...document.querySelectorAll('.chart')].map(chart => [...chart.querySelectorAll('text.tick')]
            .map(one => one.getBoundingClientRect()).filter(box => box.width).map(box => [box.left, box.right]))"""
    )
    assert [len(labels) >= 3 for labels in boxes] == [True] * 3
    for labels in boxes:
        assert labels[-1][1] <= 390
        assert all(one[1] < after[0] for one, after in pairwise(labels))


def test_hostile_titles_are_text(
    opened: Callable[..., tuple[Page, list[str]]],
    make_report: Callable[..., Report],
    make_faults: Callable[..., Table],
    hostile: list[str],
) -> None:
    """In a cell, a heading, a label, a hint, a note, a remark or an id, everything is shown and nothing runs."""
    tables = [
        Table(
            f"t{number}",
            text,
            (Column("a", text), Column("b", text, NUMBER, text)),
            [{"a": text, "b": Cases((text,))}],
            note=text,
            chart=Chart("bars", "a", ("b",)),
        )
        for number, text in enumerate(hostile)
    ]
    page, deeds = opened(make_report(make_faults(hostile), *tables, remarks=tuple(hostile), which=True))
    assert deeds == []
    assert page.evaluate("window.__pwned") is None
    assert page.locator("script, img, iframe, [onmouseover]").count() == 0
    shown = page.locator("#faults tbody td.prose").all_inner_texts()
    assert [text.strip() for text in shown if "\ufffd" not in text] == [
        text.strip() for text in hostile if text != "\r=1"
    ]


def test_structure(opened: Callable[..., tuple[Page, list[str]]], make_report: Callable[..., Report]) -> None:
    """Language, one title, a caption and scoped headings for each table, a name and a description for each picture."""
    page, _ = opened(make_report())
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    assert page.title() == "例会 截至 2026-11-20 17:00（Asia/Shanghai）"
    assert page.locator("h1, header span").all_inner_texts() == [
        "例会",
        "截至 2026-11-20 17:00（Asia/Shanghai）",
        "期间 2026-11-16 至 2026-11-22",
    ]
    assert page.locator("caption").all_text_contents() == ["超时的故障", "时限：达标/超时"]
    assert page.locator("#rates thead th[scope=col]").count() == 7
    assert page.locator("#rates tbody th[scope=row]").count() == 2
    picture = page.get_by_role("img", name="时限：达标/超时")
    assert picture.locator("desc").text_content() == "堆叠条形图：达标、超时，共 2 组。数据见下表。"
    assert page.locator("nav a").all_inner_texts() == ["超时的故障", "时限：达标/超时"]
    assert page.locator("nav small").all_inner_texts() == ["1"]
    assert page.locator("#rates .note").inner_text() == "暂停的时间不计。"
    assert page.locator("#rates .hints").inner_text().split("\n") == ["达标率", "达标 ÷（达标＋超时）"]
    assert page.locator("#faults .tone").all_inner_texts() == ["紧急", "超时"]
    assert "给程序的" not in page.content()


def test_headline_and_filters(
    opened: Callable[..., tuple[Page, list[str]]], make_report: Callable[..., Report]
) -> None:
    """Each figure of the headline is a tile, another one where it asks for action; the heading says what filters leave."""
    headline = (Figure("未关闭", Cases(("SW-1", "SW-2"))), Figure("超时率", 0.25, SHARE, bad=True))
    page, _ = opened(make_report(headline=headline, only="只包括 网关组（2 / 9 个故障）"))
    assert page.locator(".tiles li").all_inner_texts() == ["2\n未关闭", "25.0%\n超时率"]
    assert page.locator(".tiles .bad").all_inner_texts() == ["25.0%\n超时率"]
    assert page.locator("header span").last.inner_text() == "只包括 网关组（2 / 9 个故障）"


@pytest.fixture
def crowded() -> Table:
    """Return a table like that of what is late: eleven columns, two of them moments."""
    words = {
        "name": "提出临时方案",
        "left": "超时 12 个工作日",
        "owner": "RD017 李*",
        "team": "软件开发组",
        "now": "处理中",
    }
    row = {
        "id": "SW-20261103-001",
        "title": "安卓 App 升级 5.9.0 后启动即崩溃，账号加入两个家庭且有共享设备时必现",
        "due_at": datetime.fromisoformat("2026-11-06 18:00"),
        "plan_at": datetime.fromisoformat("2026-11-09 18:00"),
        "text": "2026-11-06 18:00 → 2026-11-16 18:00",
        "late": "还剩 8 小时",
        **words,
    }
    kinds = {"title": PROSE, "left": VERDICT, "late": VERDICT}
    return Table("crowded", "已超时", tuple(Column(key, "计划完成", kinds.get(key, TEXT)) for key in row), [row] * 3)


def test_a_wide_table_fits_a_desk(
    opened: Callable[..., tuple[Page, list[str]]], make_report: Callable[..., Report], crowded: Table
) -> None:
    """At 1280 pixels all columns are in sight: prose gives way; a day, a name and an id stay in one line."""
    page, _ = opened(make_report(crowded), viewport={"width": 1280, "height": 800})
    assert page.evaluate("(box => box.scrollWidth - box.clientWidth)(document.querySelector('.scroll'))") <= 0
    assert page.locator("td.moment span").all_inner_texts()[:2] == ["2026-11-06", "2026-11-09"]
    heights = page.evaluate("[...document.querySelectorAll('td span')].map(one => one.getClientRects().length)")
    assert set(heights) == {1}


def test_rows_are_cards_on_a_phone(
    opened: Callable[..., tuple[Page, list[str]]], make_report: Callable[..., Report], crowded: Table
) -> None:
    """At 390 pixels the cells of a fault stand below each other with their titles, none of them beside the screen."""
    page, _ = opened(make_report(crowded), viewport={"width": 390, "height": 800})
    boxes = page.evaluate(
        """[...document.querySelectorAll('tbody tr:first-child > *')].map(one => one.getBoundingClientRect())
            .map(box => [box.left, box.right, box.top])"""
    )
    assert len(boxes) == 11
    assert all(left >= 0 and right <= 390 for left, right, _ in boxes)
    assert all(one[2] < after[2] for one, after in pairwise(boxes))
    said = "getComputedStyle(document.querySelector('td'), '::before').content"
    assert page.evaluate(said) == '"计划完成"'


def test_a_figure_answers_which_faults(
    opened: Callable[..., tuple[Page, list[str]]], make_report: Callable[..., Report]
) -> None:
    """The figure leads to its faults: the list opens without a script; one that counts twice says so; zero leads nowhere."""
    page, _ = opened(make_report())
    assert not page.locator("#rates-1-met").is_visible()
    page.locator("#rates td a", has_text="3").click()
    assert page.locator("#rates-1-met").is_visible()
    assert page.locator("#rates-1-met").inner_text().split() == ["达标", "SW-1（2", "次）、SW-2"]
    assert page.locator("#rates td a").all_inner_texts() == ["3", "1"]


def test_a_figure_of_many_faults(make_report: Callable[..., Report]) -> None:
    """A hundred are named; all of them with --which."""
    table = Table(
        "t",
        "表",
        (Column("a", "甲"), Column("n", "数量", NUMBER)),
        [{"a": "x", "n": Cases(tuple(map(str, range(2000, 2101))))}],
    )
    few, every = written(make_report(table)), written(make_report(table, which=True))
    assert "2099</span>" in few
    assert "2100</span>" not in few
    assert "一共 101；生成时加 --which 列出全部" in few
    assert "2100</span>" in every
    assert '<details class="which" open>' in every


def test_paper(
    opened: Callable[..., tuple[Page, list[str]]], make_report: Callable[..., Report], make_faults: Callable[..., Table]
) -> None:
    """Printed on A4 (273 mm between the margins) no table is wider than the paper, and at night paper is white."""
    page, _ = opened(
        make_report(make_faults(["网关 GW2 满配 64 个子设备夜间维护时看门狗复位，连续五天，升级后仍出现"] * 40)),
        color_scheme="dark",
        viewport={"width": 1031, "height": 703},
    )
    page.emulate_media(media="print")
    assert page.evaluate("Math.max(...[...document.querySelectorAll('table')].map(one => one.scrollWidth))") <= 1031
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    pdf = page.pdf(prefer_css_page_size=True)
    assert re.search(rb"/MediaBox \[0 0 84[12](\.\d+)? 59[45]", pdf)  # A4 on its side, in points


def test_paper_is_not_wasted(opened: Callable[..., tuple[Page, list[str]]], make_report: Callable[..., Report]) -> None:
    """Tiles, the picture of six teams and their table: two sheets, and the picture is on the first."""
    columns = (Column("team", "团队"), *(Column(key, key, NUMBER) for key in "abc"))
    rows = [{"team": f"第 {number} 组", "a": 3, "b": 1, "c": 2} for number in range(1, 7)]
    table = Table("teams", "团队", columns, rows, chart=Chart("bars", "team", ("a", "b", "c")))
    page, _ = opened(make_report(table, headline=(Figure("未关闭", 9),)))
    assert len(re.findall(rb"/Type /Page\b", page.pdf(prefer_css_page_size=True))) == 2


def test_long_table(make_report: Callable[..., Report], make_faults: Callable[..., Table]) -> None:
    """70,000 faults are 70,000 rows."""
    table = make_faults(["网关重启"])
    many = replace(table, rows=[table.rows[0]] * 70_000, columns=table.columns[:2])
    assert written(make_report(many)).count("<th scope=row>") == 70_000


def test_same_report_same_page(make_report: Callable[..., Report]) -> None:
    """Nothing in the page depends on when it is written."""
    assert written(make_report()) == written(make_report())
