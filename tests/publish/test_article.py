"""What the site may know of a fault, and nothing else.

The tickets in ``marked/`` carry a marker in every place of the format: ``PUB…`` where DESIGN §7 publishes it, ``PRV…``
everywhere else. Values that cannot carry a marker (choices, times, numbers) are unique and named below.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import corpus
from faultkb.finding import FaultError
from faultkb.publish import article, kin, pages, site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

moment = datetime.fromisoformat

AS_OF = moment("2026-11-20 17:00")
MARKED = "SW-20261103-001"
PRIVATE_VALUES = (
    "监控告警",
    "云平台组",
    "硬件研发组",
    "987654",
    "不适用",
    "待供应商",
    "2026-12-30",
    "2026-11-27",
    "2026-11-26",
    "CRM",
)
"""Channel, teams, number of users, an outcome, a reason to wait, plans: their only values in the marked tickets."""


@pytest.fixture
def marked(root: Path, copy_repository: Callable[..., Path], tmp_path: Path) -> Path:
    """Return a repository that has the marked tickets, and no others."""
    return _marked(root, copy_repository, tmp_path / "marked")


def _marked(root: Path, copy_repository: Callable[..., Path], folder: Path) -> Path:
    copy_repository(folder, tickets=False)
    shutil.copytree(root / "tests" / "publish" / "marked", folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def published(
    root: Path, copy_repository: Callable[..., Path], words: Vocabulary, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Return a repository in which the marked tickets have been published."""
    folder = _marked(root, copy_repository, tmp_path_factory.mktemp("published") / "marked")
    site.publish(folder, words, AS_OF)
    return folder


@pytest.fixture(scope="module")
def everything(published: Path, read_all: Callable[[Path], dict[str, str]]) -> dict[str, str]:
    """Return the text of every file under kb/, whatever its kind."""
    return read_all(published / "kb")


@pytest.fixture(scope="module")
def told(everything: dict[str, str]) -> dict[str, str]:
    """Return the text of every file under kb/ that tells of faults: not what is made of schema/ alone, or by hand."""
    about_all = (
        "assets/",
        "templates/",
        "reference/",
        "api/v1/schema.json",
        "api/v1/openapi.json",
        "guide.md",
        "search.md",
    )
    found = {name: said for name, said in everything.items() if not name.startswith(about_all)}
    assert {f"faults/{MARKED}.md", f"api/v1/faults/{MARKED}.json", "api/search/texts/0.bin", "feed.xml"} <= found.keys()
    return found


@pytest.fixture(scope="module")
def page(published: Path) -> str:
    """Return the article of the fault that has everything."""
    return (published / "kb" / "faults" / f"{MARKED}.md").read_text(encoding="utf-8")


def _markers(text: str, kind: str) -> set[str]:
    return set(re.findall(rf"{kind}[A-Z]+\d*", text))


def _leaves(node: dict[str, Any], words: Vocabulary, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Walk the schema: the path of every field that holds a value, list positions left out."""
    node = words.schema.resolve(node)
    if "items" in node:
        yield from _leaves(node["items"], words, prefix)
    elif node.get("properties") and prefix[-1:] != ("set",):
        for name, inner in node["properties"].items():
            yield from _leaves(inner, words, (*prefix, name))
    else:
        yield prefix


def _used(data: Any, prefix: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield prefix
    if isinstance(data, dict):
        for name, inner in data.items():
            yield from _used(inner, (*prefix, name))
    elif isinstance(data, list):
        for inner in data:
            yield from _used(inner, prefix)


def test_marked_tickets_use_every_field_of_the_format(root: Path, words: Vocabulary) -> None:
    """A field that is added to the schema must be added here, so that it cannot be published by accident."""
    tickets = list(corpus.tickets(root / "tests" / "publish" / "marked", words))
    used = {path for one in tickets for path in _used(dict(one.header))}
    assert set(_leaves(words.schema.root, words)) - used == set()


def test_marked_tickets_use_every_event_and_section(root: Path, words: Vocabulary) -> None:
    """Every event that a closed fault can have, and every section and part, is in the marked ticket."""
    one = next(one for one in corpus.tickets(root / "tests" / "publish" / "marked", words) if one.id == MARKED)
    # 作废 ends a fault that is never an article; 重开 makes a tombstone (SW-20261103-005).
    assert {event.name for event in one.events} == words.lifecycle.events.keys() - {"作废", "重开"}
    assert {
        (section.part_of or section.name, section.name if section.part_of else "") for section in words.sections
    } <= one.sections.keys()


def test_nothing_private_is_written(
    published: Path, everything: dict[str, str], read_all: Callable[[Path], dict[str, str]]
) -> None:
    """No file and no file name under kb/ has anything of a private place: header, events, sections, comments, attachments.

    Pages, data, feeds and the search index, which knows a text by pieces of three characters, too.
    """
    given = read_all(published / "tickets")
    assert len({marker for pair in given.items() for text in pair for marker in _markers(text, "PRV")}) > 100
    assert "pub" in everything["api/search/grams/0.bin"]
    leaks = {name: set(re.findall(r"PRV\w*", f"{name}\n{said}".upper())) for name, said in everything.items()}
    assert {name: found for name, found in leaks.items() if found} == {}


def test_private_values_that_carry_no_marker_are_not_written(told: dict[str, str]) -> None:
    """Channel, team, number of users, verification outcomes, reasons and plans are not on the allow-list."""
    for name, said in told.items():
        assert [value for value in PRIVATE_VALUES if value in said] == [], name


def test_everything_public_is_in_the_article(published: Path, page: str) -> None:
    """The article has every field and section of the allow-list, parts of published sections that nobody listed included."""
    ticket = (published / "tickets" / "2026" / "11" / f"{MARKED}.md").read_text(encoding="utf-8")
    public = _markers(ticket, "PUB")
    assert len(public) > 30
    assert sorted(public - _markers(page, "PUB")) == []
    assert {MARKED, "兼容性问题", "高"} <= set(re.findall(r"[\w-]+", page))


def test_days_are_public_and_times_are_not(told: dict[str, str], page: str) -> None:
    """The article has the days of occurrence, report, completion and of each change of state: no other day, no time.

    Atom wants times: feeds have the midnight of the day.
    """
    occurred, reported, completed = "2026-09-11", "2026-11-03", "2026-11-16"
    # 受理, 改期 (→已延期), 提交验证, 验证不通过, 提交验证, 关闭; the registration is on the day of the report.
    states = {"2026-11-04", "2026-11-06", "2026-11-09", "2026-11-10", "2026-11-12", "2026-11-17"}
    assert set(re.findall(r"\d{4}-\d{2}-\d{2}", page)) == {occurred, reported, completed} | states
    for name, said in told.items():
        text = said.replace("T00:00:00+08:00", "") if name.endswith("feed.xml") else said
        assert re.findall(r"\d{1,2}:\d{2}", text) == [], name


def test_state_days_are_in_order(page: str) -> None:
    """The course of the fault is told by its states, a day each."""
    assert re.findall(r"<li.*?><span>(.*?)</span> <time>(.*?)</time></li>", page) == [
        ("待受理", "2026-11-03"),
        ("处理中", "2026-11-04"),
        ("已延期", "2026-11-06"),
        ("待验证", "2026-11-09"),
        ("处理中", "2026-11-10"),
        ("待验证", "2026-11-12"),
        ("已关闭", "2026-11-17"),
    ]


def test_only_closed_and_decided_faults_have_a_page(published: Path) -> None:
    """收录, 并入, 撤下 and reopened faults have an address; 不收录 (003) and what was never closed (006) have none."""
    pages = {path.stem for path in (published / "kb" / "faults").glob("SW-*.md")}
    assert pages == {f"SW-20261103-{number}" for number in ("001", "002", "004", "005", "007", "008")}


def test_unpublished_faults_are_never_named(everything: dict[str, str], page: str) -> None:
    """Related and canonical ids lead only to articles: an id that is not published appears nowhere."""
    assert "SW-20261103-007" in page
    for name, said in everything.items():
        assert re.findall(r"SW-20261103-00[36]", name + said) == [], name


def test_redirect_leads_to_the_canonical_article(published: Path, page: str) -> None:
    """A folded fault keeps a page with nothing but the way to its article, which lists it."""
    text = (published / "kb" / "faults" / "SW-20261103-002.md").read_text(encoding="utf-8")
    assert f'href="../../faults/{MARKED}/"' in text
    assert _markers(text, "PUB") == {"PUBTITLE"}
    assert "SW-20261103-002" in page


@pytest.mark.parametrize(("number", "says"), [("004", "撤下"), ("005", "重新处理")])
def test_tombstone_says_so_and_nothing_else(published: Path, number: str, says: str) -> None:
    """A withdrawn and a reopened fault keep their address without any content of the ticket."""
    text = (published / "kb" / "faults" / f"SW-20261103-{number}.md").read_text(encoding="utf-8")
    data = (published / "kb" / "api" / "v1" / "faults" / f"SW-20261103-{number}.json").read_text(encoding="utf-8")
    assert says in text
    assert _markers(text + data, "PUB") == set()
    assert len(text) < 400
    assert json.loads(data).keys() == {"schema_version", "status", "id", "url", "changed_on"}


SLIPS = {
    "an unclosed fence": "```\n日志\n\n## 用户确认\n\nPRVSLIP\n",
    "an indented heading": " ## 用户确认\n\nPRVSLIP\n",
    "an underlined heading": "用户确认\n--------\n\nPRVSLIP\n",
}


@pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS.keys())
def test_slip_in_a_heading_does_not_publish_the_section(
    marked: Path, words: Vocabulary, read_all: Callable[[Path], dict[str, str]], slip: str
) -> None:
    """A private section whose heading Markdown reads otherwise than its author: publishing refuses, or leaves it out."""
    path = marked / "tickets" / "2026" / "11" / "SW-20261103-007.md"
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + f"\n\n{slip}", encoding="utf-8")
    with contextlib.suppress(FaultError):
        site.publish(marked, words, AS_OF)
    assert [name for name, said in read_all(marked / "kb").items() if "PRV" in said] == []


def test_parts_of_published_sections_are_in_the_articles_of_the_samples(root: Path, words: Vocabulary) -> None:
    """What an author puts under ### in a published section (预防措施, 第一轮 …) is published with it."""
    public = {"故障描述", "原因分析", "短期方案", "长期方案", "验证记录"}
    articles = [
        (one, found)
        for one in corpus.tickets(root, words)
        if (found := article.of(one, words)) and found.kind == article.ARTICLE
    ]
    assert len(articles) > 20
    for one, found in articles:
        wanted = {part for section, part in one.sections if section in public and part}
        assert wanted - {part for _, part in found.sections} == set(), one.id


CLOSED = ("登记", "受理", "提交验证", "验证通过", "关闭")
TAKEN = "{entry: 收录, summary: 每晚重启, solution: 升级}"
FOLDED = "{entry: 并入, canonical: SW-20260912-002}"
REFUSED = "{entry: 不收录, reason: 个别现象}"
WITHDRAWN = "{entry: 撤下, reason: 内容有误}"
LIVES = {
    "registered": (("登记",), None, None),
    "open, 收录 already written": (CLOSED[:4], TAKEN, None),
    "closed, 收录": (CLOSED, TAKEN, ("article", "")),
    "closed, 并入": (CLOSED, FOLDED, ("redirect", "SW-20260912-002")),
    "closed, 不收录": (CLOSED, REFUSED, None),
    "closed, 撤下": (CLOSED, WITHDRAWN, ("tombstone", "withdrawn")),
    "closed, undecided": (CLOSED, None, None),
    "reopened, 收录": ((*CLOSED, "重开"), TAKEN, ("tombstone", "reopened")),
    "reopened, 并入": ((*CLOSED, "重开"), FOLDED, ("tombstone", "reopened")),
    "reopened, 撤下": ((*CLOSED, "重开"), WITHDRAWN, ("tombstone", "reopened")),
    "reopened, 不收录": ((*CLOSED, "重开"), REFUSED, None),
    "closed again": ((*CLOSED, "重开", *CLOSED[2:]), TAKEN, ("article", "")),
    "void, 不收录": (("登记", "作废"), REFUSED, None),
    "void, 并入": (("登记", "作废"), FOLDED, ("redirect", "SW-20260912-002")),
    "imported as closed": (('登记 imported: "true", status: 已关闭',), TAKEN, ("article", "")),
    "imported as open": (('登记 imported: "true", status: 处理中',), TAKEN, None),
    "closed by mistake": ((*CLOSED, '更正 target: "5", void: "true", set: ""'), TAKEN, None),
}


@pytest.mark.parametrize(("events", "kb", "expected"), LIVES.values(), ids=LIVES.keys())
def test_what_a_life_publishes(
    make_ticket: Callable[..., Ticket],
    words: Vocabulary,
    events: tuple[str, ...],
    kb: str | None,
    expected: tuple[str, str] | None,
) -> None:
    """Only a fault that was closed has an address, and what is there follows from its state and its decision."""
    found = article.of(make_ticket(*events, kb=kb), words)
    assert (found and (found.kind, found.target)) == expected


def test_pages_without_an_article_hold_nothing(make_ticket: Callable[..., Ticket], words: Vocabulary) -> None:
    """A redirect and a tombstone have no field and no text of the ticket, so no page can show one."""
    for events, kb in ((CLOSED, FOLDED), (CLOSED, WITHDRAWN), ((*CLOSED, "重开"), TAKEN)):
        found = article.of(make_ticket(*events, kb=kb), words)
        assert found is not None
        assert (found.fields, found.sections, found.timeline) == ({}, {}, ())


def test_article_holds_only_what_the_contract_lists(make_ticket: Callable[..., Ticket], words: Vocabulary) -> None:
    """The fields of an article are those of DESIGN §7, with days for times."""
    found = article.of(
        make_ticket(
            *CLOSED,
            kb=TAKEN,
            occurred_at="2026-11-01 03:10",
            completed_at="2026-11-02 12:00",
            customer="{id: U****3821}",
            team="软件开发组",
            due_at="2026-11-06 18:00",
            remark="夜班值守客户",
        ),
        words,
    )
    assert found is not None
    assert found.fields == {
        "id": "SW-20261102-001",
        "title": "网关升级后每日凌晨重启",
        "type": "软件Bug",
        "severity": "中",
        "occurred_at": "2026-11-01",
        "reported_at": "2026-11-02",
        "completed_at": "2026-11-02",
        "impact": {"products": ["智能网关 GW2"], "versions": ["V2.3.1"]},
        "kb": {"summary": "每晚重启", "solution": "升级"},
    }
    assert {section for section, _ in found.sections} == {"故障描述", "原因分析", "短期方案", "长期方案", "验证记录"}
    day = date(2026, 11, 2)
    assert found.timeline == (("待受理", day), ("处理中", day), ("待验证", day), ("已关闭", day))


def test_redirect_to_a_fault_without_article_does_not_name_it(
    make_ticket: Callable[..., Ticket], words: Vocabulary
) -> None:
    """The canonical fault may be reopened or not yet closed: the folded page then says nothing of it, least of all its own reopening."""
    folded = article.of(make_ticket(*CLOSED, kb=FOLDED), words)
    assert folded is not None
    text = pages.article_page(folded, kin.around(folded, kin.Index([folded])), words)
    assert "SW-20260912-002" not in text
    assert "这个故障在关闭后再次出现" not in text
