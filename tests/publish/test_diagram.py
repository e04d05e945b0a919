"""The picture of the lifecycle and the tables below it: what they say, and that a browser shows it without overlaps."""

from __future__ import annotations

import copy
import re
import shutil
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from playwright.sync_api import sync_playwright

from faultkb import lifecycle
from faultkb.publish import diagram, layout, measures, reference

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from faultkb.vocabulary import Vocabulary

STATES = ("待受理", "处理中", "待验证", "已关闭", "已延期")
MATRIX = {
    # by hand from DESIGN §4: what can happen before the registration and in each of STATES
    "登记": ["→ 待受理", "", "", "", "", ""],
    "退回": ["", "●", "", "", "", ""],
    "补充": ["", "●", "", "", "", ""],
    "响应": ["", "●", "●", "●", "", "●"],
    "受理": ["", "→ 处理中", "", "", "", ""],
    "反馈": ["", "●", "●", "●", "●", "●"],
    "改派": ["", "", "●", "●", "", "●"],
    "定级": ["", "●", "●", "●", "", "●"],
    "定类": ["", "●", "●", "●", "", "●"],
    "初步方案": ["", "", "●", "", "", "●"],
    "评审": ["", "", "●", "●", "", "●"],
    "进展": ["", "", "●", "●", "", "●"],
    "风险": ["", "", "●", "●", "", "●"],
    "暂停": ["", "", "●", "●", "", "●"],
    "恢复": ["", "", "●", "●", "", "●"],
    "改期": ["", "", "→ 已延期", "●", "", "●"],
    "提交验证": ["", "", "→ 待验证", "", "", "→ 待验证"],
    "验证不通过": ["", "", "", "→ 处理中", "", ""],
    "验证通过": ["", "", "", "●", "", ""],
    "用户确认": ["", "", "", "●", "", ""],
    "关闭": ["", "", "", "→ 已关闭", "", ""],
    "作废": ["", "→ 已关闭", "→ 已关闭", "→ 已关闭", "", "→ 已关闭"],
    "重开": ["", "", "", "", "→ 处理中", ""],
    "更正": ["", "●", "●", "●", "●", "●"],
}
SENTENCES = {
    "登记之后是 待受理",
    "从 待受理 经 受理 到 处理中",
    "从 处理中 经 改期 到 已延期",
    "从 处理中 经 提交验证 到 待验证",
    "从 已延期 经 提交验证 到 待验证",
    "从 待验证 经 验证不通过 到 处理中",
    "从 待验证 经 关闭 到 已关闭",
    "从 待受理、处理中、已延期、待验证 经 作废 到 已关闭",
    "从 已关闭 经 重开 到 处理中",
}


@pytest.fixture(scope="session")
def data(root: Path) -> dict[str, Any]:
    """Return schema/lifecycle.yaml as data."""
    loaded: dict[str, Any] = yaml.safe_load((root / "schema" / "lifecycle.yaml").read_text(encoding="utf-8"))
    return loaded


Event = tuple[str, str | list[str], str]


@pytest.fixture(scope="session")
def life(data: dict[str, Any]) -> Callable[..., lifecycle.Lifecycle]:
    """Return a function from more states (True: open) and more events (name, from, to) to a lifecycle."""

    def build(states: dict[str, bool] | None = None, events: list[Event] | None = None) -> lifecycle.Lifecycle:
        changed = copy.deepcopy(data)
        for name, is_open in (states or {}).items():
            changed["states"][name] = {"open": is_open, "description": name}
        for name, source, target in events or []:
            changed["events"][name] = {"description": name, "from": source, "to": target}
        return lifecycle.build(changed)

    return build


VENDOR = "等待供应商的书面答复 (waiting for vendor)"
VARIANTS: dict[str, tuple[dict[str, bool], list[Event]]] = {
    "in use": ({}, []),
    "sixth state": (
        {"观察中": True},
        [("开始观察", ["待验证"], "观察中"), ("观察结束", ["观察中"], "已关闭"), ("再次出现", ["观察中"], "处理中")],
    ),
    "two ends": (
        {"已归档": False},
        [("归档", ["已关闭"], "已归档"), ("撤销", ["已归档", "已关闭", "待验证"], "待受理")],
    ),
    "long names": (
        {VENDOR: True},
        [
            ("送供应商答复并等待", ["处理中", "待验证", "已延期"], VENDOR),
            ("收到答复 (answer received)", [VENDOR], "处理中"),
        ],
    ),
    "several events the same way": (
        {},
        [(name, ["待受理"], "处理中") for name in ("直接处理", "转交 (handed over to another team)", "甲")]
        + [("丙丁", ["待验证"], "处理中"), ("全部退回", "any", "待受理")],
    ),
    "ten states": (
        {f"阶段{number}": True for number in range(5)},
        [(f"进入{number}", ["处理中"], f"阶段{number}") for number in range(5)]
        + [(f"离开{number}", [f"阶段{number}"], "待验证") for number in range(5)],
    ),
}


# What it says


def page_of(words: Vocabulary) -> str:
    """Return the text of the page."""
    return reference.lifecycle(words)


def cells(row: str) -> list[str]:
    """Return the cells of a line of a table, without markup."""
    return [re.sub(r"<[^>]+>|\*\*", "", cell).strip() for cell in row.split("|")[1:-1]]


def test_matrix_says_what_can_happen_where(words: Vocabulary) -> None:
    """A row for each event, a column for each state, as the contract has it."""
    text = page_of(words).partition("## 什么状态下可以记什么事件")[2].partition("\n## ")[0]
    header, _, *rows = [cells(line) for line in text.splitlines() if line.startswith("|")]
    assert header == ["事件", "登记之前", *STATES]
    assert {name: marks for name, *marks in rows} == MATRIX


def test_page_has_picture_states_matrix_and_events(words: Vocabulary) -> None:
    """The picture comes first, and everything in it stands below as text."""
    text = page_of(words)
    parts = ["<figure", "## 状态", "## 什么状态下可以记什么事件", "## 事件"]
    assert sorted(parts, key=text.index) == parts
    assert all(text.count(part) == 1 for part in (*parts, "<svg"))
    assert len(re.findall(r"^\| \*\*", text.partition("\n## 事件")[2], re.MULTILINE)) == len(MATRIX)


def test_picture_says_every_transition_to_those_who_do_not_see_it(words: Vocabulary) -> None:
    """Title and description of the picture name start, transitions and ends; they label it."""
    root = ET.fromstring(diagram.figure(words.lifecycle))  # noqa: S314 - our own text
    picture = root[0]
    assert (picture.get("role"), picture.get("aria-labelledby")) == ("img", "lifecycle-title lifecycle-text")
    assert [one.get("id") for one in picture[:2]] == ["lifecycle-title", "lifecycle-text"]
    assert picture[0].text == "生命周期"
    assert set((picture[1].text or "").split("；")) == SENTENCES


@pytest.mark.parametrize("variant", VARIANTS)
def test_picture_shows_every_state_event_and_end(life: Callable[..., lifecycle.Lifecycle], variant: str) -> None:
    """Each state is a box, ends have a double border, each event stands at an arrow or in the boxes of the states it keeps."""
    one = life(*VARIANTS[variant])
    root = ET.fromstring(diagram.figure(one))  # noqa: S314 - our own text
    boxes = {group.findtext("text[@class='name']"): group for group in root.iter("g") if group.find("rect") is not None}
    assert boxes.keys() == set(one.states)
    assert {name for name, box in boxes.items() if len(box.findall("rect")) == 2} == set(one.closed_states)
    labels = {text.text for text in root.iter("text") if text.get("class") == "label"}
    for spec in one.events.values():
        moves = any(state not in spec.sources or spec.target(state) != state for state in spec.sources)
        assert (spec.name in labels) == moves
        for state in spec.sources & set(one.states):
            inside = "\u2002".join(text.text or "" for text in boxes[state].findall("text[@class='kept']")).split(
                "\u2002"
            )
            assert (spec.name in inside) == (spec.target(state) == state)


def test_states_stand_in_the_order_in_which_a_fault_passes_them(life: Callable[..., lifecycle.Lifecycle]) -> None:
    """By the number of steps from the first state, the ends last; of 待验证 and 已延期 the one that leads to the other is first."""
    assert layout.build(life()).states == ("待受理", "处理中", "已延期", "待验证", "已关闭")
    six = layout.build(life(*VARIANTS["sixth state"]))
    assert six.states == ("待受理", "处理中", "已延期", "待验证", "观察中", "已关闭")
    assert layout.build(life(*VARIANTS["two ends"])).states[-2:] == ("已关闭", "已归档")
    assert layout.build(life(*VARIANTS["ten states"])).states[-1] == "已关闭"


def test_state_that_nothing_leads_to_is_shown(life: Callable[..., lifecycle.Lifecycle]) -> None:
    """A state without arrows has its box all the same, before the ends."""
    states = layout.build(life({"没人去": True})).states
    assert states == ("待受理", "处理中", "已延期", "待验证", "没人去", "已关闭")


def test_arrows_of_the_lifecycle_in_use(life: Callable[..., lifecycle.Lifecycle]) -> None:
    """Four go straight down; 提交验证 passes 已延期 on the right inside of 作废, which comes from all; two return on the left."""
    arrows = {(one.labels, one.sources): (one.target, one.side * one.lane) for one in layout.build(life()).arrows}
    assert arrows == {
        (("受理",), (0,)): (1, 0),
        (("改期",), (1,)): (2, 0),
        (("提交验证",), (2,)): (3, 0),
        (("关闭",), (3,)): (4, 0),
        (("提交验证",), (1,)): (3, 1),
        (("作废",), (0, 1, 2, 3)): (4, 2),
        (("验证不通过",), (3,)): (1, -1),
        (("重开",), (4,)): (1, -2),
    }


def test_words_are_spread_over_lines() -> None:
    """A line takes what fits: Chinese characters count full, others and the blank between words 0.6."""
    assert measures.width("网关GW", 10) == 32
    assert measures.wrapped(["甲乙", "丙丁", "戊"], 10, 46) == ["甲乙\u2002丙丁", "戊"]
    assert measures.wrapped(["甲乙", "丙丁", "戊"], 10, 45) == ["甲乙", "丙丁\u2002戊"]
    assert measures.wrapped(["甲乙丙丁戊己", "庚"], 10, 30) == ["甲乙丙丁戊己", "庚"]
    assert measures.wrapped([], 10, 30) == []


# What Markdown and hostile names make of it


def test_markdown_lets_the_picture_through(words: Vocabulary, to_html: Callable[[str], str]) -> None:
    """With the extensions of mkdocs.yml the picture comes out as it went in, and the headings after it are headings."""
    html = to_html(page_of(words))
    assert diagram.figure(words.lifecycle) in html
    assert len(re.findall("<h2", html)) == 3
    assert len(re.findall("<table", html)) == 3


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</text></svg></figure><b>x",
    "[x](javascript:alert(1))",
    "**粗** `码` {: onclick=alert(1) }",
    "&lt;b&gt;",
    "<!-- x",
    "]]>",
    "a | b",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_text(
    life: Callable[..., lifecycle.Lifecycle], to_html: Callable[[str], str], read_html: Callable[[str], Any], name: str
) -> None:
    """Whatever a state or an event is called, the picture has the elements that it has otherwise, and shows the name."""
    figure = diagram.figure(life({name: True}, [(f"{name}!", ["处理中"], name)]))
    assert "\n" not in figure
    page, plain = (
        read_html(to_html(f"{figure}\n\n## 后面\n")),
        read_html(diagram.figure(life({"x": True}, [("y", ["处理中"], "x")]))),
    )
    assert {tag for tag, _ in page.tags} == {tag for tag, _ in plain.tags} | {"h2", "a"}
    assert not {key for _, attributes in page.tags for key in attributes if key.startswith(("on", "src", "style"))}
    assert page.text.count(name) >= 4
    assert page.oddities == []


ELEMENTS = {"figure", "figcaption", "svg", "title", "desc", "g", "path", "rect", "circle", "text"}


def test_picture_needs_no_style_script_or_other_file(words: Vocabulary) -> None:
    """It has no style, no script, no reference: a strict content security policy lets it be."""
    root = ET.fromstring(diagram.figure(words.lifecycle))  # noqa: S314 - our own text
    assert {one.tag for one in root.iter()} <= ELEMENTS
    assert not {key for one in root.iter() for key in one.attrib} & {"style", "href", "src", "onload"}
    assert not re.search(r"url\(|http|javascript", diagram.figure(words.lifecycle))


# What a browser makes of it


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's browser; without one these tests fail."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "no browser: install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


MEASURE = """() => {
    const svg = document.querySelector(".fault-lifecycle svg");
    const box = one => { const b = one.getBBox(); return [b.x, b.y, b.x + b.width, b.y + b.height]; };
    const lines = [...svg.querySelectorAll("path:not(.halo)")].filter(one => one.getAttribute("stroke"));
    return {
        size: [0, 0, svg.viewBox.baseVal.width, svg.viewBox.baseVal.height],
        boxes: [...svg.querySelectorAll("g > rect:first-child")].map(box),
        words: [...svg.querySelectorAll("g > text")].map(one => [box(one), box(one.parentNode.querySelector("rect"))]),
        labels: [...svg.querySelectorAll("text.label")].map(box),
        lines: lines.map(one => {
            const all = one.getTotalLength(), points = [];
            for (let at = 0; at <= all; at += 2) { const p = one.getPointAtLength(at); points.push([p.x, p.y]); }
            return points;
        }),
    };
}"""
Box = list[float]


def apart(one: Box, other: Box) -> bool:
    """Say whether two boxes do not touch."""
    return one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]


def within(inner: Box, outer: Box) -> bool:
    """Say whether a box lies in another."""
    return outer[0] <= inner[0] and inner[2] <= outer[2] and outer[1] <= inner[1] and inner[3] <= outer[3]


@pytest.fixture(scope="module")
def drawn(browser: Browser, root: Path, life: Callable[..., lifecycle.Lifecycle]) -> Callable[[str], dict[str, Any]]:
    """Return a function from a variant to what a browser with the site's style measures of it."""
    style = (root / "kb" / "assets" / "site.css").read_text(encoding="utf-8")

    def measure(variant: str) -> dict[str, Any]:
        page = browser.new_page()
        figure = diagram.figure(life(*VARIANTS[variant]))
        page.set_content(f"<style>{style}</style><body class='md-typeset'>{figure}")
        measured: dict[str, Any] = page.evaluate(MEASURE)
        page.close()
        return measured

    return measure


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_overlaps(drawn: Callable[[str], dict[str, Any]], variant: str) -> None:
    """Boxes and labels are apart, words stay in their boxes, nothing leaves the picture, no line runs through a box."""
    seen = drawn(variant)
    parts = [*seen["boxes"], *seen["labels"]]
    assert len(seen["boxes"]) >= 5
    for number, one in enumerate(parts):
        assert within(one, seen["size"])
        assert all(apart(one, other) for other in parts[number + 1 :])
    assert all(within(word, box) for word, box in seen["words"])
    for points in seen["lines"]:
        for x, y in points:
            assert not any(box[0] + 1 < x < box[2] - 1 and box[1] + 1 < y < box[3] - 1 for box in seen["boxes"])


@pytest.mark.parametrize("variant", VARIANTS)
def test_each_label_lies_on_or_beside_one_line(drawn: Callable[[str], dict[str, Any]], variant: str) -> None:
    """No label covers a line of another arrow: it could belong to either."""
    seen = drawn(variant)
    for left, top, right, bottom in seen["labels"]:
        crossed = [
            points for points in seen["lines"] if any(left <= x <= right and top <= y <= bottom for x, y in points)
        ]
        assert len(crossed) <= 1


@pytest.fixture(scope="module")
def lifecycle_page(
    browser: Browser, built: tuple[Path, subprocess.CompletedProcess[str]]
) -> Callable[[str, int], Page]:
    """Return a function that opens the page of the built site in light or dark, so many pixels wide."""
    page = (built[0] / "site" / "reference" / "lifecycle" / "index.html").as_uri()

    def open_page(scheme: str, width: int) -> Page:
        context = browser.new_context(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
        opened = context.new_page()
        opened.goto(page)
        return opened

    return open_page


CONTRAST = """() => {
    const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
    const over = (colours) => {
        canvas.clearRect(0, 0, 1, 1);
        for (const one of colours) { canvas.fillStyle = one; canvas.fillRect(0, 0, 1, 1); }
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (rgb) => rgb.map(one => one / 255).map(one => one <= .04045 ? one / 12.92 : ((one + .055) / 1.055) ** 2.4)
        .reduce((sum, one, index) => sum + one * [.2126, .7152, .0722][index], 0);
    const ground = getComputedStyle(document.body).backgroundColor;
    const found = {};
    for (const one of document.querySelectorAll(".fault-lifecycle text, .fault-lifecycle path:not(.halo), .fault-lifecycle rect")) {
        const box = one.matches("text") && one.parentNode.querySelector(":scope > rect");
        const below = box ? [ground, getComputedStyle(box).fill] : [ground];
        const style = getComputedStyle(one);
        const colour = one.matches("text") ? style.fill : one.matches("rect") || style.fill === "none" ? style.stroke : style.fill;
        const [a, b] = [light(over(below)), light(over([...below, colour]))].sort((x, y) => y - x);
        const name = one.tagName + " " + (one.getAttribute("class") || one.parentNode.getAttribute("class"));
        found[name] = Math.min(found[name] || 99, (a + .05) / (b + .05));
    }
    return found;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_picture_is_legible_in_light_and_dark(lifecycle_page: Callable[[str, int], Page], scheme: str) -> None:
    """Text has a contrast of 4.5 to what is below it, lines and borders of 3 (WCAG 2.2, 1.4.3 and 1.4.11)."""
    contrast = lifecycle_page(scheme, 1280).evaluate(CONTRAST)
    assert {"text name", "text kept", "text label", "path down", "path up", "path bus", "rect open"} <= contrast.keys()
    low = {name: ratio for name, ratio in contrast.items() if ratio < (4.5 if name.startswith("text") else 3)}
    assert low == {}


@pytest.mark.parametrize(("width", "smallest"), [(1280, 12), (390, 9.5), (360, 9)])
def test_letters_are_large_enough_on_every_screen(
    lifecycle_page: Callable[[str, int], Page], width: int, smallest: float
) -> None:
    """The smallest letters of the picture, in pixels of the screen; the page itself does not scroll sideways."""
    page = lifecycle_page("light", width)
    scale = page.evaluate("document.querySelector('.fault-lifecycle svg').getScreenCTM().a")
    assert measures.SMALL * scale >= smallest
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
