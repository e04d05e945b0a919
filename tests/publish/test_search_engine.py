"""The search engine in a real browser: finds every substring and nothing else, best first, counts, quotes and suggests."""

from __future__ import annotations

import functools
import json
import random
import shutil
import sys
import threading
import unicodedata
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Error, sync_playwright

from faultkb.publish import grams, search_index
from faultkb.publish.search_document import SearchDocument
from faultkb.publish.search_summary import Facet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, Page

DATA = Path(__file__).parents[1] / "data" / "search"
CASES = json.loads((DATA / "cases.json").read_text(encoding="utf-8"))
TITLES = {"product": "产品", "type": "类型", "severity": "严重程度", "version": "版本", "year": "年份"}
ORDER = {"severity": ["紧急", "高", "中", "低"]}
FACETS = {key: Facet(title, ORDER.get(key, ())) for key, title in TITLES.items()}
NTP, PORT, UPGRADE, MANUAL = "SW-20250311-001", "HW-20250402-001", "SW-20260105-001", "OT-20260210-001"
PAGE = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script src="../assets/search.js" defer></script>'
POLICY = "default-src 'self'; img-src data:"


class _Quiet(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        """Allow what the site allows."""
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a site that has nothing but a page, the engine and the index of four articles."""
    site = tmp_path_factory.mktemp("site")
    for name in ("assets", "page"):
        (site / "sub" / name).mkdir(parents=True)
    shutil.copy(root / "kb" / "assets" / "search.js", site / "sub" / "assets")
    (site / "sub" / "page" / "index.html").write_text(PAGE, encoding="utf-8")
    documents = json.loads((DATA / "documents.json").read_text(encoding="utf-8"))
    search_index.build(site / "sub" / "api" / "search", [SearchDocument(**one) for one in documents], FACETS)
    return site


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """Serve the site below a sub-path."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/sub/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's browser."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "no browser: install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield running
        running.close()


@pytest.fixture(scope="module")
def page(browser: Browser, address: str) -> Page:
    """Open the page."""
    opened = browser.new_page()
    opened.goto(f"{address}page/")
    return opened


@pytest.fixture(scope="module")
def search(page: Page) -> Callable[..., list[str]]:
    """Return the public call, reduced to the ids that it finds."""
    script = "async ([text, options]) => (await window.faultkb.search(text, options)).map((one) => one.id)"
    return lambda text, **options: list(page.evaluate(script, [text, options]))


@pytest.fixture(scope="module")
def query(page: Page) -> Callable[..., dict[str, Any]]:
    """Return what the search box asks for, with the first results."""
    script = """async ([text, filters]) => {
        const found = await window.faultkb.query(text, { filters });
        const results = await found.results(0, 10);
        return { ...found, total: found.total, exact: found.exact, index: null, results };
    }"""
    return lambda text, **filters: dict(page.evaluate(script, [text, filters]))


@pytest.mark.parametrize("name", ["compact", "words", "bare"])
def test_browser_cuts_text_as_the_cases_say(page: Page, name: str) -> None:
    """The cases that Python also runs come out as written down by hand."""
    texts = [text for text, _ in CASES[name]]
    assert page.evaluate(f"(some) => some.map(window.faultkb.cut.{name})", texts) == [want for _, want in CASES[name]]


def test_browser_looks_for_pieces_that_the_index_has(page: Page) -> None:
    """What the browser looks up of a word is among the pieces that the cases name, and covers the word; files agree."""
    for text, pieces in CASES["grams"]:
        looked_up = page.evaluate("(text) => window.faultkb.cut.grams(text)", text)
        assert set(looked_up) <= set(pieces), text
        assert not pieces or set("".join(looked_up)) == set(text), text
    for piece, shards, number in CASES["shards"]:
        assert page.evaluate("([piece, shards]) => window.faultkb.cut.shard(piece, shards)", [piece, shards]) == number


def test_browser_and_python_agree_on_every_character(page: Page) -> None:
    """Each character that Python's Unicode knows has the same form in the browser."""
    known = [chr(one) for one in range(sys.maxunicode + 1) if unicodedata.category(chr(one)) not in {"Cn", "Co", "Cs"}]
    there = page.evaluate("(some) => some.map(window.faultkb.cut.compact)", known)
    assert [
        (one, mine, grams.compact(one)) for one, mine in zip(known, there, strict=True) if mine != grams.compact(one)
    ] == []


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("NTP服务器", {NTP, UPGRADE}),
        ("NTP 服务器", {NTP, UPGRADE}),
        ("ＮＴＰ　服务器", {NTP, UPGRADE}),
        ("ntp", {NTP, PORT, UPGRADE}),
        ("ＮＴＰ", {NTP, PORT, UPGRADE}),
        ("nx8800", {PORT, UPGRADE}),
        ("NX-8800", {PORT, UPGRADE}),
        ("NX8800", {PORT, UPGRADE}),
        ("8007000E", {NTP, UPGRADE}),
        ("0x8007000e", {NTP, UPGRADE}),
        ("0X8007000E", {NTP, UPGRADE}),
        ("串口", {NTP, PORT, MANUAL}),
        ("网口", {PORT}),
        ("atchdog", {NTP, UPGRADE}),
        ("WATCHDOG", {NTP, UPGRADE}),
        ("重启网关", {UPGRADE}),
        ("重启 网关", {NTP, UPGRADE}),
        ("网关 重启 串口", {NTP}),
        ("网口 说明书", set()),
        ("针脚写反", {MANUAL}),
        ("v2.3.1 e", {NTP, UPGRADE, MANUAL}),
        ("𠮷野", {MANUAL}),
        ("<b>", set()),
        ("<b>TX", {MANUAL}),
        ("口", set()),
        ("针 串口", {MANUAL}),
        ("。", set()),
        ("？？？！！", set()),
        ("😀", set()),
        ("SW-2026", {UPGRADE}),
        ("__proto__", set()),
        ("constructor", set()),
    ],
)
def test_search_finds_exactly_these(search: Callable[..., list[str]], text: str, ids: set[str]) -> None:
    """Every spelling of a substring is found, in any field and inside Latin words; all words must match."""
    assert set(search(text)) == ids


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("8007000E", UPGRADE),
        ("0x8007000e", UPGRADE),
        ("E-1042", NTP),
        ("e1042", NTP),
        ("网口", PORT),
        ("看门狗", NTP),
        ("串口", MANUAL),
        ("HW-20250402-001", PORT),
        ("NTP", NTP),
        ("NX8800", PORT),
        ("升级失败", UPGRADE),
    ],
)
def test_best_comes_first(search: Callable[..., list[str]], text: str, first: str) -> None:
    """The article itself, its error code, a word of the title, then of the head, come before the rest."""
    assert search(text)[0] == first


def crowd() -> list[SearchDocument]:
    """Return articles that are asked for by their whole id, code, keyword or title, each with newer ones that contain it."""
    alone = [
        ("A-CODE", "门锁不响应", ["E-10"], "上电后"),
        ("A-HEX", "更新中断", ["0x8007000E"], ""),
        ("SW-20250101-001", "蓝牙断开", [], ""),
        ("A-WORD", "按键失灵", ["童锁模式"], ""),
        ("A-TITLE", "网关升级后离线", [], ""),
        ("A-WRITTEN", "电源 V2.3.1 不稳", [], ""),
        ("A-LONG", "云端平台批量下发 0x80 配置之后网关不再上报任何数据", [], ""),
    ]
    others = [(f"E-{1000 + one}", f"报错 E-{1000 + one}，门锁离线") for one in range(60)]
    others += [(f"1{one:02}8007000E", f"提示 1{one:02}8007000E") for one in range(50)]
    others += [("重复", f"与 SW-20250101-001 相同之{one}") for one in range(40)]
    others += [(f"童锁模式之{one}", "面板") for one in range(40)]
    others += [("升级", f"网关升级后离线，原因 {one}") for one in range(200)]
    others += [("平台", f"云端平台批量下发 0x80 配置之后网关不再上报任何数据 {one}") for one in range(40)]
    others += [("电源", "电源 L-231 不稳")]
    every = [*alone, *((f"B-{at}", title, [code], title * 9) for at, (code, title) in enumerate(others))]
    return [
        SearchDocument(at, name, f"faults/{name}/", title, {}, head, body, "")
        for at, (name, title, head, body) in enumerate(every)
    ]


def test_as_written_comes_before_what_only_reads_alike(crowded: Page) -> None:
    """The older article has the version as it is typed, the newer one its digits: the older one is first, both are found."""
    for text in ("2.3.1", "２.３.１", "2.3.1 不稳"):
        found = crowded.evaluate("async (text) => (await window.faultkb.search(text)).map((one) => one.title)", text)
        assert found[:2] == ["电源 V2.3.1 不稳", "电源 L-231 不稳"]


@pytest.fixture(scope="module")
def crowded(browser: Browser, folder: Path, address: str) -> Page:
    """Open a second site, in which hundreds of articles contain what a few are called."""
    shutil.copytree(folder / "sub" / "assets", folder / "crowd" / "assets")
    shutil.copytree(folder / "sub" / "page", folder / "crowd" / "page")
    search_index.build(folder / "crowd" / "api" / "search", crowd(), FACETS)
    opened = browser.new_page()
    opened.goto(f"{address.removesuffix('sub/')}crowd/page/")
    return opened


@pytest.mark.parametrize(
    ("text", "first", "total"),
    [
        ("E-10", "A-CODE", 61),
        ("e10 门锁", "A-CODE", 61),
        ("0x8007000E", "A-HEX", 51),
        ("8007000e", "A-HEX", 51),
        ("SW-20250101-001", "SW-20250101-001", 41),
        ("童锁模式", "A-WORD", 41),
        ("网关升级后离线", "A-TITLE", 201),
        ("网关升级 后离线", "A-TITLE", 201),
        ("云端平台批量下发 0x80 配置之后网关不再上报任何数据", "A-LONG", 41),
    ],
)
def test_what_is_called_so_comes_before_hundreds_that_contain_it(
    crowded: Page, text: str, first: str, total: int
) -> None:
    """The oldest article, if its id, code, keyword or title is the query: first for a few results, for a page, for all."""
    limited, shown, every = crowded.evaluate(
        """async (text) => [
            await window.faultkb.search(text, { limit: 5 }),
            await (await window.faultkb.query(text)).results(0, 20),
            await window.faultkb.search(text),
        ].map((some) => some.map((one) => one.id))""",
        text,
    )
    assert (len(limited), len(shown), len(every)) == (5, 20, total)
    assert [limited[0], shown[0], every[0]] == [first] * 3


def test_one_search_sees_each_substring_of_each_article(search: Callable[..., list[str]]) -> None:
    """Any piece of two to twelve characters of any field leads to its article (300 at random)."""
    chance = random.Random(5)  # noqa: S311 - only variety
    documents = json.loads((DATA / "documents.json").read_text(encoding="utf-8"))
    for _ in range(300):
        one = chance.choice(documents)
        field = chance.choice([one["title"], one["id"], one["body"], one["body"], *one["head"]])
        start = chance.randrange(len(field) - 1)
        text = field[start : start + chance.randint(2, 12)]
        if len(grams.compact(text)) > 1:
            assert one["id"] in search(text), text


def test_limit_gives_the_best(search: Callable[..., list[str]]) -> None:
    """With a limit there are the first so many of all hits."""
    assert search("NTP", limit=2) == search("NTP")[:2]


def test_empty_query_lists_the_newest_first(search: Callable[..., list[str]]) -> None:
    """Without words everything is listed, or what passes the filters."""
    assert search("") == [MANUAL, UPGRADE, PORT, NTP]
    assert search("  ", filters={"product": "路由器 NX-8800"}) == [UPGRADE, PORT]


def test_values_of_filters_may_be_numbers(search: Callable[..., list[str]]) -> None:
    """A year is the same as a number, alone and among others."""
    assert search("串口", filters={"year": 2026}) == [MANUAL]
    assert set(search("串口", filters={"year": [2025, "2026"]})) == {MANUAL, NTP, PORT}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"limit": 0}, "limit 只能是正整数"),
        ({"limit": -1}, "limit 只能是正整数"),
        ({"limit": 2.5}, "limit 只能是正整数"),
        ({"limit": "5"}, "limit 只能是正整数"),
        ({"limit": None}, "limit 只能是正整数"),
        ({"filters": {"产品": "x"}}, "没有筛选项“产品”，可用的是：product、type、severity、version、year"),
        ({"filters": {"years": []}}, "没有筛选项“years”，可用的是：product、type、severity、version、year"),
    ],
)
def test_wrong_option_is_said(search: Callable[..., list[str]], options: dict[str, Any], message: str) -> None:
    """A limit that is no positive integer and a filter that is none fail in Chinese, and say what is allowed."""
    with pytest.raises(Error, match=message):
        search("串口", **options)


def test_result_says_what_helps(page: Page) -> None:
    """Both calls give the solution; it is marked where it is what was searched, and then not quoted a second time."""
    [found] = page.evaluate("window.faultkb.search('更换说明书')")
    assert found == found | {"id": MANUAL, "solution": "更换说明书"}
    assert set(found) == {"url", "id", "title", "excerpt", "solution", "score"}
    [hit] = page.evaluate("window.faultkb.query('更换说明书').then((answer) => answer.results())")
    assert (hit["solution"], hit["solutionMarks"], hit["marks"]) == ("更换说明书", [[0, 5]], [])
    assert hit["excerpt"].startswith("与 E-10421 无关。")


def counts(answer: dict[str, Any], key: str) -> dict[str, int]:
    """Return the counts of a facet's values."""
    facet = next(one for one in answer["facets"] if one["key"] == key)
    return {one["value"]: one["count"] for one in facet["values"]}


def test_facets_count_what_choosing_them_would_show(query: Callable[..., dict[str, Any]]) -> None:
    """Counts are those of the query and the filters of the other facets; a chosen value does not hide its neighbours."""
    free = query("串口")
    assert [(one["key"], one["title"]) for one in free["facets"]] == list(TITLES.items())
    assert counts(free, "product") == {"智能网关 GW2": 2, "路由器 NX-8800": 1}
    assert counts(free, "version") == {"V2.3.1": 2, "V2.3.0": 1, "V1.0": 1}
    assert (free["total"], free["exact"]) == (3, True)
    chosen = query("串口", product=["智能网关 GW2"], year="2026")
    assert (chosen["total"], [one["id"] for one in chosen["results"]]) == (1, [MANUAL])
    assert counts(chosen, "product") == {"智能网关 GW2": 1}
    assert counts(chosen, "year") == {"2026": 1, "2025": 1}
    assert counts(chosen, "severity") == {"低": 1}
    both = query("串口", product=["智能网关 GW2", "路由器 NX-8800"])
    assert both["total"] == 3
    assert [one["selected"] for one in both["facets"][0]["values"]] == [True, True]
    assert query("", product="没有这个")["total"] == 0


def test_values_of_a_closed_choice_keep_their_order(query: Callable[..., dict[str, Any]]) -> None:
    """Severities stand as the schema has them, versions by how many articles have them, then by name."""
    free = query("")
    assert list(counts(free, "severity")) == ["高", "中", "低"]
    assert list(counts(free, "version").items()) == [("V2.3.1", 3), ("V1.0", 1), ("V2.3.0", 1)]


def test_result_quotes_the_place(query: Callable[..., dict[str, Any]], address: str) -> None:
    """A result has its absolute address, an excerpt around the hit, and the offsets of every hit in it, title and solution."""
    found = {one["id"]: one for one in query("NTP 服务器")["results"]}
    upgrade, ntp = found[UPGRADE], found[NTP]
    assert upgrade["url"] == f"{address}faults/{UPGRADE}/"
    assert [upgrade["excerpt"][a:b] for a, b in upgrade["marks"]] == ["NTP服务器"]
    assert [ntp["title"][a:b] for a, b in ntp["titleMarks"]] == ["NTP", "服务器"]
    assert [ntp["solution"][a:b] for a, b in ntp["solutionMarks"]] == ["服务器"]
    assert found.keys() == {UPGRADE, NTP}
    manual = query("𠮷野 <b>tx")["results"][0]
    # JavaScript counts 𠮷 as two.
    utf16 = manual["excerpt"].encode("utf-16-le")
    assert [utf16[2 * a : 2 * b].decode("utf-16-le") for a, b in manual["marks"]] == ["b>TX", "𠮷野"]
    spaced = query("nx8800 ntp")["results"][0]
    assert [spaced["excerpt"][a:b] for a, b in spaced["marks"]] == ["ＮＴＰ"]


@pytest.mark.parametrize(
    ("text", "suggested"),
    [
        ("E-1024", "E-1042"),
        ("看门够", "看门狗"),
        ("变压器虚汗", "变压器虚焊"),
        ("网官", "网口"),
        ("串口时钟", "串口 时钟"),
        ("串口 说明术", None),
        ("NX-8080", None),
    ],
)
def test_nothing_found_brings_suggestions(
    query: Callable[..., dict[str, Any]], text: str, suggested: str | None
) -> None:
    """A code with two digits exchanged, a character mistyped, one word too many: something that finds something."""
    answer = query(text)
    assert answer["total"] == 0
    texts = [one["text"] for one in answer["suggestions"]]
    assert suggested is None or suggested in texts, texts
    for one in answer["suggestions"]:
        assert query(one["text"])["total"] == one["count"] > 0


def test_words_that_find_something_alone_are_named(query: Callable[..., dict[str, Any]]) -> None:
    """Of words that never stand together each is offered with what it finds."""
    assert {"text": "网口", "count": 1} in query("网口 说明书")["suggestions"]


@pytest.fixture(scope="module")
def near(page: Page) -> Callable[..., list[dict[str, Any]]]:
    """Return the results that are only alike."""
    script = "async ([text, filters]) => (await window.faultkb.query(text, { filters })).near()"
    return lambda text, **filters: list(page.evaluate(script, [text, filters]))


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("请问网关凌晨老是重启怎么办", [NTP, UPGRADE]),
        ("升级失败", []),
        ("升级老是失败，提示内存不足怎么办", [UPGRADE]),
        ("网口的灯一直不亮", [PORT]),
        ("怎么办", []),
        ("网关坏了", []),
        ("明天会不会下雨", []),
        ("E-1049", []),
        ("", []),
        ("口", []),
    ],
)
def test_near_results_share_the_telling_pieces(
    near: Callable[..., list[dict[str, Any]]], text: str, ids: list[str]
) -> None:
    """What a customer says without spaces leads to the article; not to one that matches exactly, a common word, a code."""
    assert [one["id"] for one in near(text)] == ids


def test_near_results_are_quoted_and_filtered(near: Callable[..., list[dict[str, Any]]]) -> None:
    """The shared pieces are marked; filters hold for near results, too."""
    [found] = near("网口的灯一直不亮")
    assert [found["title"][a:b] for a, b in found["titleMarks"]] == ["网口"]
    assert [found["excerpt"][a:b] for a, b in found["marks"]] == ["网口", "不亮"]
    assert near("网口的灯一直不亮", severity="低") == []


def test_queries_at_the_same_time_do_not_disturb_each_other(page: Page, search: Callable[..., list[str]]) -> None:
    """Ten queries started at once on a fresh page answer as they do one by one."""
    texts = ["NTP", "网口", "串口", "8007000E", "看门狗", "重启", "升级", "", "v2", "E-1042"]
    page.reload()
    together = page.evaluate(
        "(some) => Promise.all(some.map(async (one) => (await window.faultkb.search(one)).map((hit) => hit.id)))", texts
    )
    assert together == [search(one) for one in texts]


def test_nothing_is_loaded_before_the_first_query(browser: Browser, address: str) -> None:
    """Opening a page loads the small script only; a failed request says so in Chinese, and the next query works."""
    fresh = browser.new_page()
    asked: list[str] = []
    fresh.on("request", lambda one: asked.append(one.url))
    fresh.goto(f"{address}page/", wait_until="networkidle")
    assert [one for one in asked if "/api/" in one] == []
    fresh.route("**/facets.bin*", lambda route: route.abort())
    with pytest.raises(Error, match="搜索数据没有读到"):
        fresh.evaluate("window.faultkb.search('网口')")
    fresh.unroute("**/facets.bin*")
    assert len(fresh.evaluate("window.faultkb.search('网口')")) == 1
    fresh.close()
