"""Registration: answers become a ticket that holds them and nothing else, or it is said what is wrong with them."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faultkb import check, corpus, document, form, registration, vocabulary
from faultkb.finding import ERROR, FaultError

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

AS_OF = datetime.fromisoformat("2026-11-20 09:15")
"""A Friday; the Thursday and Wednesday before are working days."""
REQUIRED: dict[str, Any] = {
    "type": "软件Bug",
    "severity": "中",
    "title": "网关重启后场景丢失",
    "channel": "电话",
    "reporter": "ZL001",
    "reporter_name": "张*",
    "users": "12",
    "product": ["智能网关 GW2"],
    "version": ["V2.4.0"],
}
EVERYTHING: dict[str, Any] = {
    **REQUIRED,
    "reported_at": "2026-11-18 09:10",
    "late": "客户留言",
    "occurred_at": "2026-11-17 22:40",
    "region": ["华东"],
    "module": ["场景联动", "电源管理"],
    "customer_id": "U****3821",
    "customer_device": "GW2-****-0917",
    "customer_contact": "138****5512",
    "customer_ref": "CRM-88213",
    "complex": True,
    "remark": "夜班值守，\n回访在 10:00 之后: 勿早",
    "现象": "场景列表为空",
    "环境信息": "GW2\n\n## V2.4.0",
}
PARTS = ["现象", "使用场景", "发生频率", "复现步骤", "环境信息"]
WHOLE = """\
---
id: SW-20261118-001
title: 网关重启后场景丢失
type: 软件Bug
severity: 中
status: 待受理
occurred_at: 2026-11-17 22:40
reported_at: 2026-11-18 09:10
channel: 电话
reporter: {staff: ZL001, name: 张*}
customer: {id: U****3821, device: GW2-****-0917, contact: 138****5512, ref: CRM-88213}
impact: {users: 12, products: [智能网关 GW2], versions: [V2.4.0], regions: [华东], modules: [场景联动, 电源管理]}
complex: true
remark: "夜班值守，\\n回访在 10:00 之后: 勿早"
events:
  - {at: 2026-11-18 09:10, event: 登记, by: ZL001, late: 客户留言}
---

## 故障描述

### 现象

场景列表为空

### 使用场景

待补充

### 发生频率

待补充

### 复现步骤

待补充

### 环境信息

GW2

\\## V2.4.0
"""


def said(words: Vocabulary, root: Path, answers: dict[str, Any]) -> list[tuple[str, bool]]:
    """Return which answers are objected to, and whether because they are missing."""
    return [(one.about, one.missing) for one in registration.objections(root, words, answers, AS_OF)]


def test_everything_has_its_place(words: Vocabulary, root: Path) -> None:
    """The file is known to the byte: fields in the schema's order, what is not said left out, headings in texts escaped."""
    assert registration.objections(root, words, EVERYTHING, AS_OF) == []
    assert registration.text(words, EVERYTHING, "SW-20261118-001", AS_OF) == WHOLE


def test_what_is_written_is_read_back(words: Vocabulary) -> None:
    """Every answer that names an item stands in the header as it was given; numbers are numbers."""
    header = registration.draft(words, EVERYTHING, AS_OF).document.header
    for item in registration.ITEMS:
        place: Any = header
        for step in item.path:
            place = place[step]
        assert place == (12 if item.name == "users" else EVERYTHING[item.name])


def test_defaults(words: Vocabulary) -> None:
    """Reported now, occurred at an unknown time, by the reporter; no field that nobody spoke of."""
    header = registration.header(words, REQUIRED, "SW-20261120-001", AS_OF)
    assert header["reported_at"] == "2026-11-20 09:15"
    assert header["occurred_at"] == "未知"
    assert header["events"] == [{"at": "2026-11-20 09:15", "event": "登记", "by": "ZL001"}]
    assert not {"customer", "complex", "remark"} & header.keys()


@pytest.mark.parametrize("name", REQUIRED)
def test_a_required_answer_is_missed(words: Vocabulary, root: Path, name: str) -> None:
    """What the schema requires and nobody said is objected to, and nothing else is."""
    assert said(words, root, {key: one for key, one in REQUIRED.items() if key != name}) == [(name, True)]


def test_all_is_missed_at_once(words: Vocabulary, root: Path) -> None:
    """Without any answer all required ones are missed, in the order of the questions, and nothing else is wrong."""
    assert said(words, root, {}) == [(name, True) for name in REQUIRED]


WRONG = {
    "type": ("软件bug", "软件Bug"),
    "severity": ("极高", "紧急、高、中、低"),
    "title": ("长" * 81, "81"),
    "channel": ("微信", "用户反馈平台"),
    "reported_at": ("2026-11-20 09:16", "未来"),
    "late": ("一\n二", "一行"),
    "occurred_at": ("昨天", "未知"),
    "reporter": ("ZL 001", "工号"),
    "reporter_name": ("张三", "遮盖"),
    "users": ("约 300 人", "整数"),
    "product": (["甲", "甲"], "重复"),
    "version": ([""], "空"),
    "region": (["长" * 101], "101"),
    "module": (["一\n二"], "一行"),
    "customer_id": ("U123", "*"),
    "customer_device": ("GW2-1", "*"),
    "customer_contact": ("13800138000", "*"),
    "customer_ref": ("长" * 61, "61"),
    "complex": ("也许", "true"),
    "remark": ("长" * 2001, "2001"),
    "现象": ("```", "没有结束"),
    "环境信息": ("**用户确认**", "用户确认"),
    "使用场景": ("一\n" + "---\n" * 9, "像标题"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_objected_to(words: Vocabulary, root: Path, name: str) -> None:
    """Each answer that the check would refuse is named, alone, with what to write."""
    value, word = WRONG[name]
    (one,) = registration.objections(root, words, {**REQUIRED, name: value}, AS_OF)
    assert (one.about, one.missing) == (name, False)
    assert word in str(one)


def test_all_wrong_answers_are_named_at_once(words: Vocabulary, root: Path) -> None:
    """One mistake does not hide another, nor do missing answers beside it."""
    wrong = {name: value for name, (value, _) in WRONG.items() if name not in {"reporter", "title"}}
    found = said(words, root, wrong)
    assert {name for name, missing in found if missing} == {"reporter", "title"}
    assert {name for name, missing in found if not missing} == wrong.keys()


def test_private_answers_are_not_repeated(words: Vocabulary, root: Path) -> None:
    """What is said about a telephone number or a name does not carry it into a log."""
    private = {"reporter_name": "诸葛不亮", "customer_contact": "13800138000", "customer_id": "U12345"}
    spoken = "".join(map(str, registration.objections(root, words, {**REQUIRED, **private}, AS_OF)))
    assert [one for one in private.values() if one in spoken] == []


def test_the_line_of_a_text_is_named(words: Vocabulary, root: Path) -> None:
    """An objection to a part points at the line of its text, blank lines before it not counted."""
    (one,) = registration.objections(root, words, {**REQUIRED, "复现步骤": "\n一\n二\n> 用户确认\n"}, AS_OF)
    assert (one.about, one.line) == ("复现步骤", 2)


def test_more_than_a_file_may_hold(words: Vocabulary, root: Path) -> None:
    """A description beyond 1 MB is refused before a file is written that nobody can read."""
    (one,) = registration.objections(root, words, {**REQUIRED, "现象": "长" * 400_000}, AS_OF)
    assert "1 MB" in str(one)


def test_a_retired_choice_is_refused(root: Path, tmp_path: Path) -> None:
    """A type out of use since a day is refused from that day on, and taken for what was reported before."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    path = tmp_path / "schema" / "ticket.schema.json"
    schema = json.loads(path.read_text(encoding="utf-8"))
    schema["properties"]["type"]["oneOf"][3]["x-retired"] = "2026-11-20"
    path.write_text(json.dumps(schema, ensure_ascii=False), encoding="utf-8")
    words = vocabulary.load(tmp_path)
    assert said(words, root, {**REQUIRED, "type": "操作误解"}) == [("type", False)]
    assert said(words, root, {**REQUIRED, "type": "操作误解", "reported_at": "2026-11-19 23:59"}) == []


LATE = {
    "the same day": ("2026-11-20 08:00", False),
    "the working day before": ("2026-11-19 08:00", False),
    "two working days before": ("2026-11-18 23:59", True),
}


@pytest.mark.parametrize(("reported_at", "expected"), LATE.values(), ids=LATE.keys())
def test_more_than_a_working_day_is_late(words: Vocabulary, reported_at: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """As the check does of any event (backdated-event); whoever gives the reason is not asked for it."""
    assert registration.is_late(words, {**REQUIRED, "reported_at": reported_at}, AS_OF) is expected
    assert not registration.is_late(words, {**REQUIRED, "reported_at": reported_at, "late": "留言"}, AS_OF)


def test_unfilled_parts(words: Vocabulary) -> None:
    """A part waits for its text until it has some: blanks and the placeholder are none."""
    answers = {"现象": "一", "使用场景": " \n", "发生频率": "待补充"}
    assert registration.unfilled(words, answers) == ["使用场景", "发生频率", "复现步骤", "环境信息"]


LINES = [
    "# 一级",
    "## 用户确认",
    "### 备注",
    "### 严重程度",
    "### 使用场景",
    "#### 现象",
    "＃＃ 现象",
    "**现象**",
    "=====",
    "---",
    "```",
    "<!--",
    "-->",
    "events:",
    "status: 已关闭",
    "  - {at: 2026-11-20 09:15, event: 关闭, by: X}",
    "severity: 紧急",
    "*a: &b !c {d",
    "<<<<<<< 甲",
    "=======",
    ">>>>>>> 乙",
    '"',
    "- [x] 是",
    "_No response_",
    "None",
    "正文",
    "\u2028## 用户确认",
    "\r## 用户确认",
    "",
]
hostile = st.one_of(st.text(), st.lists(st.sampled_from(LINES), max_size=6).map("\n".join))


def verdict(words: Vocabulary, root: Path, answers: dict[str, Any]) -> None:
    """Check that answers are refused in words, or make a ticket of exactly these fields and sections without an error."""
    found = registration.objections(root, words, answers, AS_OF)
    if found:
        assert all(str(one) for one in found)
        return
    text = registration.text(words, answers, "SW-20261120-001", AS_OF)
    source = document.parse(text.encode("utf-8").decode("utf-8"))
    given = {item.path[0] for item in registration.ITEMS if item.name in answers}
    assert source.header.keys() == given | {"id", "status", "occurred_at", "reported_at", "events"}
    assert source.header["status"] == "待受理"
    assert len(source.header["events"]) == 1
    assert list(source.sections) == [("故障描述", ""), *(("故障描述", part) for part in PARTS)]
    loaded = corpus.loaded("tickets/2026/11/SW-20261120-001.md", source, words)
    errors = [one for one in check.examine(loaded, words, root, AS_OF)[0] if one.level == ERROR]
    assert [one for one in errors if one.rule != "missing-section"] == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.sampled_from([*(item.name for item in registration.ITEMS), *PARTS]), hostile, max_size=2))
def test_any_text_in_any_answer(words: Vocabulary, root: Path, texts: dict[str, str]) -> None:
    """Whatever somebody types, the ticket has the answers' fields and the template's sections, or there is none."""
    lists = {"product", "version", "region", "module"}
    odd = {name: [text] if name in lists else text for name, text in texts.items()}
    verdict(words, root, {**REQUIRED, **{name: one for name, one in odd.items() if name != "type"}})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.sampled_from(PARTS), hostile))
def test_any_text_in_the_parts_of_a_form(words: Vocabulary, root: Path, texts: dict[str, str]) -> None:
    """No text in a form's description adds a field: the form is refused, or the header is that of its fields."""
    titles = registration.titles(words)
    fields = "".join(
        f"### {titles[name]}\n\n{'、'.join(one) if isinstance(one, list) else one}\n\n"
        for name, one in REQUIRED.items()
    )
    body = "".join(f"### {part}\n\n{texts[part]}\n\n" for part in PARTS if part in texts)
    try:
        filled = form.read(words, form.parse(form.decode((fields + body).encode("utf-8", "replace"))))
    except FaultError:
        return
    if filled.wrong:
        return
    assert {name for name in filled.answers if name not in PARTS} == REQUIRED.keys()
    verdict(words, root, filled.answers)
