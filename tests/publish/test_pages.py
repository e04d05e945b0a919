"""What the generated pages say, and that lists stay short, complete and safe to build from fields alone."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import pytest
import yaml

from faultkb.publish import kin, pages
from faultkb.publish.article import ARTICLE, REDIRECT, Article
from faultkb.publish.pages import codes, parts, statistics, versions
from faultkb.publish.pages.shelf import Shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from faultkb.vocabulary import Vocabulary

FIRST = date(2026, 1, 5)
SECTIONS = {
    ("故障描述", "环境信息"): "固件 V1",
    ("故障描述", "使用场景"): "夜里",
    ("故障描述", "现象"): "自动重启",
    ("原因分析", ""): "看门狗",
    ("短期方案", ""): "分批",
    ("长期方案", ""): "线程",
    ("长期方案", "预防措施"): "用例",
    ("验证记录", "功能验证"): "两百次",
}


def fault(number: int, *, day: int = 0, took: int = 0, **given: Any) -> Article:
    """Return a published fault, closed ``day`` days after 5 January 2026 and solved ``took`` days after its report."""
    impact = {name: given.pop(name, [other]) for name, other in (("products", "网关"), ("versions", "V1.0"))}
    kb = {"summary": "每晚重启", "solution": "升级", **given.pop("kb", {})}
    closed = FIRST + timedelta(days=day)
    fields = {"title": f"标题 {number}", "type": "软件Bug", "severity": "高", "impact": impact, "kb": kb, **given}
    fields.setdefault("reported_at", str(closed - timedelta(days=took)))
    fields.setdefault("completed_at", str(closed))
    timeline = (("待受理", closed), ("已关闭", closed))
    return Article(
        f"SW-20260105-{number:03d}", ARTICLE, "", fields, SECTIONS, timeline, datetime.combine(closed, time())
    )


def page_of(one: Article, words: Vocabulary, *others: Article) -> str:
    """Return the page of a fault."""
    return pages.article_page(one, kin.around(one, kin.Index([one, *others])), words)


def site(some: Iterable[Article], words: Vocabulary) -> dict[str, str]:
    """Return all generated pages by path."""
    every = list(some)
    index = kin.Index(every)
    single = {f"faults/{one.id}.md": pages.article_page(one, kin.around(one, index), words) for one in every}
    return {**single, **dict(pages.lists(every, words, "开头"))}


def header(text: str) -> dict[str, Any]:
    """Read the front matter of a page."""
    data: dict[str, Any] = yaml.safe_load(text.split("\n---\n", maxsplit=1)[0])
    return data


def test_article_follows_the_reader(words: Vocabulary) -> None:
    """Symptom, environment, cause, short-term, long-term, verification, in that order whatever the ticket's, with anchors."""
    text = page_of(fault(1), words)
    assert re.findall(r"^##+ .*", text, re.MULTILINE) == [
        "## 现象 {#symptom}",
        "### 使用场景",
        "## 环境 {#environment}",
        "## 原因 {#cause}",
        "## 短期方案 {#short-term}",
        "## 长期方案与预防 {#long-term}",
        "### 预防措施",
        "## 怎样验证的 {#verification}",
        "### 功能验证",
    ]
    assert re.findall(r'<h2 id="(.*?)">(.*?)<', header(text)["ending"]) == [
        ("course", "处理经过"),
        ("lists", "同类故障"),
    ]


def test_box_says_what_the_phone_needs(words: Vocabulary) -> None:
    """Symptom and solution come before the facts; a code is a button with itself to copy."""
    kb = {"error_codes": ["E-1"], "fixed_versions": ["V1.1"]}
    box = header(page_of(fault(1, kb=kb, occurred_at="2026-01-02"), words))["box"]
    assert re.findall(r"<dt>(.*?)</dt>", box) == [
        *("现象", "解决方法", "适用产品", "涉及版本", "已修复版本", "错误代码", "首次出现", "关闭")
    ]
    assert '<button type="button" class="fault-code" data-copy="E-1">E-1</button>' in box
    assert 'data-severity="高"' in box


@pytest.mark.parametrize("occurred", ["未知", ""])
def test_first_seen_is_the_report_where_nobody_knows_better(words: Vocabulary, occurred: str) -> None:
    """Without a day of occurrence the box says when the fault was first reported."""
    text = page_of(fault(1, day=4, took=3, occurred_at=occurred), words)
    assert "<dt>首次反馈</dt><dd><time>2026-01-06</time></dd>" in text
    assert "2026-01-06 反馈，2026-01-09 解决，历时 3 天。" in text


def test_others_are_named_with_the_reason(words: Vocabulary) -> None:
    """Named by hand comes first and says so; similar says what is shared; folded faults come with their number."""
    one = fault(1, kb={"error_codes": ["E-1"], "related": ["SW-20260105-002"]})
    folded = Article("SW-20260105-009", REDIRECT, one.id)
    text = page_of(one, words, fault(2), fault(3, kb={"error_codes": ["e1"]}), folded)
    related = text[text.index("{#related}") :]
    assert re.findall(r'faults/SW-20260105-00(\d)/">标题 \1</a> <small>SW-20260105-00\1 · (.*?)</small>', related) == [
        *(("2", "人工关联"), ("3", "相近：E-1"))
    ]
    assert "另有 1 个故障与本文原因相同" in related
    assert '<a href="../../faults/SW-20260105-009/">SW-20260105-009</a>' in related


def test_front_matter_is_plain_text(words: Vocabulary) -> None:
    """Whatever was typed is in the front matter as typed, for a template to escape; YAML reads every character."""
    typed = "<b>&amp; \"引号\" 'x' {{ y }} \\ 🙂 \ufffe# :"
    one = fault(1, title=typed, kb={"summary": typed, "keywords": [typed], "error_codes": ["E-1"]})
    read, said = header(page_of(one, words)), typed.replace("\ufffe", "")
    assert (read["title"], read["description"]) == (f"{said}（{one.id}）", said)
    assert read["article"] == {
        "id": one.id,
        "published": "2026-01-05",
        "modified": "2026-01-05",
        "section": "软件Bug",
        "tags": [said],
        "codes": ["E-1"],
        "products": ["网关"],
    }


def test_reopened_and_closed_again_is_modified_on_the_last_day(words: Vocabulary) -> None:
    """Published is the first closing, modified the last."""
    later = (("已关闭", FIRST), ("处理中", FIRST + timedelta(3)), ("已关闭", FIRST + timedelta(9)))
    about = header(page_of(replace(fault(1), timeline=later), words))["article"]
    assert (about["published"], about["modified"]) == ("2026-01-05", "2026-01-14")


def test_lists_need_no_section(words: Vocabulary) -> None:
    """The pages that are not of one fault are the same when the articles have lost their text."""
    some = [fault(number, kb={"cause": "甲", "error_codes": ["E-1"]}) for number in range(3)]
    assert dict(pages.lists(some, words)) == dict(pages.lists([replace(one, sections={}) for one in some], words))


@pytest.mark.parametrize(
    ("one", "other"),
    [("0x8007000E", "8007000e"), ("E-1042", "e1042"), ("Ｅ－１０４２", "E-1042"), ("E 1042", "E-1042")],
)
def test_spellings_of_a_code_share_a_row(words: Vocabulary, one: str, other: str) -> None:
    """Two faults that spell one code differently stand in one row, which names both spellings."""
    text = site([fault(1, kb={"error_codes": [one]}), fault(2, kb={"error_codes": [other]})], words)["faults/codes.md"]
    assert text.count("<li><strong>") == 1
    assert set(re.findall(r"<(?:strong|em)>(.*?)<", text)) == {one, other}
    assert codes.canonical(one) == codes.canonical(other)
    assert text.count('href="../../faults/SW-20260105-00') == 2


def test_versions_with_dots_are_not_the_same_code() -> None:
    """V2.31 and V2.3.1 stay apart: dots tell."""
    assert codes.canonical("V2.31") != codes.canonical("V2.3.1")


def test_code_of_many_faults_has_a_page(words: Vocabulary) -> None:
    """A code of six faults shows five in the index and all on a page of its own."""
    made = site([fault(number, kb={"error_codes": ["E-1"]}, day=number) for number in range(6)], words)
    assert made["faults/codes.md"].count('href="../../faults/SW-') == 5
    assert '<a href="../../faults/by/code/e1/">全部 6 篇…</a>' in made["faults/codes.md"]
    assert made["faults/by/code/e1.md"].count('href="../../../../faults/SW-') == 6


def test_long_list_shows_the_newest_and_leads_to_the_search(words: Vocabulary) -> None:
    """Of 120 faults of a product the newest hundred are listed, then the search with that filter; a month has them all."""
    made = site([fault(number, day=number % 28, products=["网关 A&B"]) for number in range(120)], words)
    product = made[f"faults/by/product/{pages.slug('网关 A&B')}.md"]
    assert product.count('href="../../../../faults/SW-') == 100
    assert re.findall(r'search/(\?[^"]*)"[^>]*>(.*?)</a>', product) == [
        ("?product=%E7%BD%91%E5%85%B3+A%26B", "在搜索里看全部 120 篇")
    ]
    months = (made[f"faults/by/month/2026-{month}.md"] for month in ("01", "02"))
    assert sum(month.count('href="../../../../faults/SW-') for month in months) == 120


def test_values_of_few_faults_make_no_page(words: Vocabulary) -> None:
    """A keyword has a page from ten faults on; of two it leads to the search, of one straight to the fault."""
    some = [fault(number, kb={"keywords": ["多", "少"] if number < 2 else ["多"]}) for number in range(10)]
    made = site([*some, fault(99, kb={"keywords": ["独"]})], words)
    index = made["faults/by/keyword/index.md"]
    assert [name for name in made if name.startswith("faults/by/keyword/")] == [
        *("faults/by/keyword/index.md", "faults/by/keyword/多.md")
    ]
    assert '<a href="../../../faults/by/keyword/多/">多</a> <small>10</small>' in index
    assert '<a href="../../../search/?q=%E5%B0%91">少</a> <small>2</small>' in index
    assert '<a href="../../../faults/SW-20260105-099/">独</a> <small>1</small>' in index


def test_index_of_many_values_is_cut_into_pages(words: Vocabulary) -> None:
    """1,200 codes and as many keywords fill three pages of at most 500 each, and the index leads to these."""
    some = [
        fault(
            number,
            kb={
                "keywords": [f"词{number}-{n}" for n in range(4)],
                "error_codes": [f"E-{number}-{n}" for n in range(4)],
            },
        )
        for number in range(300)
    ]
    made = site(some, words)
    for kind, row, index in (
        ("keyword", "<li><a", "faults/by/keyword/index.md"),
        ("code", "<li><strong>", "faults/codes.md"),
    ):
        rows = [made[f"faults/by/{kind}-index/{number}.md"].count(row) for number in (1, 2, 3)]
        assert rows == [500, 500, 200]
        assert re.findall(rf'by/{kind}-index/(\d)/"', made[index]) == ["1", "2", "3"]


def test_no_article_is_out_of_reach(words: Vocabulary) -> None:
    """Following links from the page of all faults, one arrives at every fault of 300."""
    made = site([fault(number, day=number, kb={"cause": f"原因{number}"}) for number in range(300)], words)
    seen, waiting = set(), ["/faults/"]
    while waiting:
        address = waiting.pop()
        path = next((name for name in (f"{address[1:-1]}.md", f"{address[1:]}index.md") if name in made), None)
        if address not in seen and path:
            seen.add(address)
            waiting += [urljoin(address, target) for target in re.findall(r'href="([^"?]*)', made[path])]
    assert len([one for one in seen if "/SW-" in one]) == 300


def test_build_has_the_faults_of_its_version_but_for_what_was_mended(words: Vocabulary) -> None:
    """Of V1.0, one fault is mended in build 5 and one never: build 7 has the other, V1.0 both; no build is given a clean bill."""
    some = [fault(1, kb={"fixed_versions": ["V1.0 build 5"]}), fault(2), fault(3, versions=["V1.0 build 7"])]
    data = json.loads(site(some, words)["api/v1/products/网关.json"])
    assert {one["version"]: one["faults"] for one in data["versions"]} == {
        "V1.0 build 7": ["SW-20260105-003", "SW-20260105-002"],
        "V1.0 build 5": ["SW-20260105-002"],
        "V1.0": ["SW-20260105-002", "SW-20260105-001"],
    }


def test_versions_are_sorted_as_people_count() -> None:
    """V2.10 is newer than V2.9, and a build number counts too."""
    ordered = ["V2.10 build 11", "V2.10 build 9", "V2.10", "V2.9", "V2.9 beta", "V1"]
    assert versions.newest_first(dict.fromkeys(sorted(ordered))) == [*ordered[:3], "V2.9 beta", "V2.9", "V1"]


def test_product_data_answer_whether_a_version_is_affected(words: Vocabulary) -> None:
    """The file of a product has each version with its faults and what was mended in it, the newest first."""
    some = [fault(1, day=1, kb={"fixed_versions": ["V1.1"]}), fault(2, versions=["V1.0", "V1.1"])]
    made = site(some, words)
    assert json.loads(made["api/v1/products.json"])["products"] == [
        {"product": "网关", "slug": "网关", "faults": 2, "versions": 2}
    ]
    data = json.loads(made["api/v1/products/网关.json"])
    assert data["versions"] == [
        {"version": "V1.1", "faults": ["SW-20260105-002"], "fixed": ["SW-20260105-001"]},
        {"version": "V1.0", "faults": ["SW-20260105-001", "SW-20260105-002"], "fixed": []},
    ]
    assert data["faults"]["SW-20260105-001"] == {
        "title": "标题 1",
        "severity": "高",
        "solution": "升级",
        "fixed_versions": ["V1.1"],
        "url": "faults/SW-20260105-001/",
    }


def test_version_is_not_held_against_another_product() -> None:
    """A fault of two products lists versions of both: where other faults tell whose a version is, it is nobody else's."""
    both = fault(1, products=["网关", "云平台"], versions=["V1.0", "2026.1", "X9"])
    found = versions.Versions(Shelf([both, fault(2), fault(3, products=["云平台"], versions=["2026.1"])]))
    assert (list(found.known["网关"]), list(found.known["云平台"])) == (["V1.0", "X9"], ["2026.1", "X9"])


def test_statistics_by_hand(words: Vocabulary) -> None:
    """0, 2, 3 and 10 days: the median is 2.5; nine in ten need the longest, 10. A day missing is not counted."""
    some = [fault(number, took=took) for number, took in enumerate((0, 2, 3, 10))]
    tables = {table.id: table for table in statistics.tables(Shelf([*some, fault(9, completed_at="")]), words)}
    assert tables["days-severity"].rows == [{"label": "高", "n": 4, "median": 2.5, "p90": 10}]
    assert tables["days-month"].rows == [{"label": "2026-01", "n": 4, "median": 2.5, "p90": 10}]
    assert tables["months"].rows == [{"label": "2026-01", "s1": 5, "n": 5}]
    assert tables["product"].rows == [{"label": "网关", "n": 5}]


def test_pictures_are_read_aloud_and_have_no_style(words: Vocabulary, read_html: Callable[[str], Any]) -> None:
    """Each picture has a title and a description of its own, and a table beside it; colours come from classes."""
    text = site([fault(1, took=2), fault(2, day=40, took=5)], words)["faults/statistics.md"]
    tags = read_html(text).tags
    named = [values["aria-labelledby"].split() for tag, values in tags if tag == "svg" and values.get("role") == "img"]
    ids = [values["id"] for _, values in tags if "id" in values]
    assert len(named) == 6
    assert sorted(one for pair in named for one in pair) == sorted(ids)
    assert len([tag for tag, _ in tags if tag == "table"]) == 6
    assert [values for _, values in tags if "style" in values] == []


def test_empty_site_has_every_page_and_says_so(words: Vocabulary) -> None:
    """Without a fault the pages that the navigation names are there, and no heading stands over nothing."""
    made = site([], words)
    for name in ("index.md", "faults/index.md", "faults/codes.md", "faults/affected.md", "faults/statistics.md"):
        assert "还没有" in made[name], name
        assert not re.search(r"^## .*\n+(?=##|\Z)", made[name], re.MULTILINE), name
    assert json.loads(made["api/v1/products.json"])["products"] == []


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("index.md", ""),
        ("faults/index.md", "../"),
        ("faults/SW-20260105-001.md", "../../"),
        ("faults/by/product/x.md", "../../../../"),
    ],
)
def test_way_up_from_a_page(path: str, expected: str) -> None:
    """The address of a page is a folder: of index.md its own, of any other one below."""
    assert parts.up(path) == expected
