"""The counter: what an issue says becomes answers, or it is named what keeps it from becoming a ticket."""

from __future__ import annotations

import copy
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faultkb import counter
from faultkb.privacy import Lists
from faultkb.privacy.dictionary import Dictionary, entry
from faultkb.render import answer

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.counter import Issue, Judgement
    from faultkb.vocabulary import Vocabulary

AS_OF = datetime.fromisoformat("2026-11-20 10:00")
SAID = {
    "故障类型": "软件Bug",
    "严重程度": "中",
    "涉及产品": "智能网关 GW2、栖云 App",
    "涉及版本": "V2.4.0",
    "受影响用户数": "12",
    "反馈渠道": "电话",
    "反馈人工号": "ZL001",
    "反馈人姓名": "张*",
    "现象": "重启之后场景列表为空",
}


def body(**changed: str | None) -> str:
    """Return the body of a form."""
    return "\n\n".join(f"### {label}\n\n{text}" for label, text in {**SAID, **changed}.items() if text is not None)


def issue(text: str, title: str = "[故障] 网关重启后场景丢失", **over: Any) -> Issue:
    """Return an issue that was opened at ten in the morning."""
    data = {"number": 12, "title": title, "body": text, "created_at": "2026-11-20T02:00:00Z", "state": "open", **over}
    return counter.read(data, "Asia/Shanghai")


def judged(root: Path, words: Vocabulary, text: str, title: str = "[故障] 网关重启后场景丢失") -> Judgement:
    """Judge an issue."""
    return counter.judge(root, words, issue(text, title), AS_OF)


def test_answers(root: Path, words: Vocabulary) -> None:
    """The title is the issue's own, without what the form puts before it; the time is that of the issue in the policy's zone."""
    said = judged(root, words, body())
    assert said.is_fine
    assert said.answers["title"] == "网关重启后场景丢失"
    assert said.answers["reported_at"] == "2026-11-20 10:00"
    assert said.answers["product"] == ["智能网关 GW2", "栖云 App"]


def test_a_title_in_the_form_wins(root: Path, words: Vocabulary) -> None:
    """Who fills in 问题标题 means it, and who fills in 反馈时间 too."""
    text = f"### 问题标题\n\n正文里的标题\n\n### 反馈时间\n\n2026-11-20 09:00\n\n{body()}"
    said = judged(root, words, text)
    assert (said.answers["title"], said.answers["reported_at"]) == ("正文里的标题", "2026-11-20 09:00")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (body(), True),
        ("怎么重置网关？", False),
        ("### 现象\n\n重启", False),
        ("", False),
        ("先说一句\n\n" + body(), True),
    ],
)
def test_what_is_a_form(words: Vocabulary, text: str, expected: bool) -> None:  # noqa: FBT001 - parametrized
    """Three of the form's headings make a form; one that somebody uses in a question does not."""
    assert counter.is_form(words, issue(text)) is expected


def test_what_stands_before_the_form_is_a_mistake(root: Path, words: Vocabulary) -> None:
    """It is said how a form begins, and what is private there is found all the same."""
    said = judged(root, words, f"用户 13912345678\n\n{body()}")
    assert [one.kind for one in said.private] == ["手机号码"]
    assert not said.is_fine


@pytest.mark.parametrize(
    ("text", "title", "expected"),
    [
        (body(现象="打 13912345678"), "[故障] 重启", [("现象", "手机号码")]),
        (body(反馈人姓名="张三丰"), "[故障] 重启", [("反馈人姓名", "姓名")]),
        (body(), "[故障] 13912345678", [("标题", "手机号码")]),
        (f"### 联系方式\n\n微信号在客户系统\n\n{body()}", "[故障] 重启", [("联系方式", "联系方式")]),
        (body(其他="mei.lin@customer-mail.com"), "[故障] 重启", [("其他", "邮箱地址")]),
        (body(**{"13912345678": "内容"}), "[故障] 重启", [("139****5678", "手机号码")]),
        (body(现象="密码: Abc12345!xyz"), "[故障] 重启", [("现象", "口令或密钥")]),
        (body(现象="座机 0571-88886666"), "[故障] 重启", [("现象", "固定电话")]),
        (body(现象="车牌 浙A12345"), "[故障] 重启", [("现象", "车牌号")]),
        (body(现象="加微信号 abc_12345"), "[故障] 重启", [("现象", "微信或 QQ 号")]),
        (body(现象="QQ 12345678"), "[故障] 重启", [("现象", "微信或 QQ 号")]),
        (body(现象="公网地址 47.96.1.2"), "[故障] 重启", [("现象", "IP 地址")]),
        (body(现象="文三路 138 号 3 幢 2 单元 501 室"), "[故障] 重启", [("现象", "详细地址")]),
        (body(地域分布="杭州市西湖区文三路 138 号 501 室"), "[故障] 重启", [("地域分布", "详细地址")]),
        (body(现象="收件人：王小明"), "[故障] 重启", [("现象", "姓名")]),
        (body(), "[故障] 用户张三的网关重启", [("标题", "姓名")]),
        (body(), "[故障] 文三路 138 号 3 幢 501 室的网关", [("标题", "详细地址")]),
        (body(客户系统编号="用户张三的网关"), "[故障] 重启", [("客户系统编号", "姓名")]),
        (body(反馈人工号="ZL 4 号", 反馈人姓名="赵敏"), "[故障] 重启", [("反馈人姓名", "姓名")]),
        (body(反馈人姓名="张三丰（*）"), "[故障] 重启", [("反馈人姓名", "姓名")]),
        (body(反馈人姓名="张*三丰"), "[故障] 重启", [("反馈人姓名", "姓名")]),
        (body(反馈人姓名="*三丰"), "[故障] 重启", [("反馈人姓名", "姓名")]),
        (f"你好\n\n{body(反馈人姓名='赵敏')}", "[故障] 重启", [("反馈人姓名", "姓名")]),
        (body(**{"反馈人姓名 ": "张*", "反馈人姓名": "赵敏"}), "[故障] 重启", [("反馈人姓名", "姓名")]),
        (body(现象="密码：633a31f6-52c5-432f-bca7-c9a3186649b4"), "[故障] 重启", [("现象", "口令或密钥")]),
        (body(现象="打不开 /files/13912345678/"), "[故障] 重启", [("现象", "手机号码")]),
        (body(现象="https://evil.example/files/13912345678/a"), "[故障] 重启", [("现象", "手机号码")]),
        (body(), "[故障] 打不开 /files/13912345678/", [("标题", "手机号码")]),
        (
            body(),
            "[故障] https://github.com/user-attachments/files/13912345678/boot.log",
            [("标题", "手机号码")],
        ),
    ],
)
def test_what_is_private(root: Path, words: Vocabulary, text: str, title: str, expected: list[tuple[str, str]]) -> None:
    """Each private value is named by field and kind, once."""
    said = judged(root, words, text, title)
    assert [tuple(one) for one in said.private] == expected


@pytest.mark.parametrize("name", ["张*", "张＊", "欧阳*", "张（*）", "*", "张**", "Li*", " 张* "])
def test_a_masked_name_is_none(root: Path, words: Vocabulary, name: str) -> None:
    """The family name and stars, however wide they are and whatever brackets stand around them."""
    said = judged(root, words, body(反馈人姓名=name))
    assert (said.private, said.wrong) == ((), ())
    assert said.answers["reporter_name"] == name.strip().replace("＊", "*").replace("（", "(").replace("）", ")")


def test_an_optional_answer_that_is_wrong_keeps_nobody_waiting(root: Path, words: Vocabulary) -> None:
    """The fault is registered without it, and it is told; the time of the report, on which limits hang, is none of these."""
    said = judged(root, words, f"### 故障发生时间\n\n昨天下午3点\n\n### 地域分布\n\n华东、华东\n\n{body()}")
    assert said.is_fine
    assert {"occurred_at", "region"}.isdisjoint(said.answers)
    assert {one.about for one in said.left_out} == {"occurred_at", "region"}
    said = judged(root, words, f"### 反馈时间\n\n刚才\n\n### 故障发生时间\n\n昨天\n\n{body()}")
    assert [one.about for one in said.wrong] == ["reported_at"]
    shown = answer.rejected(said, words, answer.Place("https://github.example/o/r", "main", 0))
    assert "有 2 处要补充或改正" in shown
    assert "**故障发生时间**：写法不对" in shown


PERHAPS = {
    "the address of a router": (
        "网关 192.168.1.1 打不开",
        "网关 192.168.*.* 打不开",
        ["现象里的IP 地址遮盖为 192.168.*.*"],
    ),
    "addresses of a network": ("地址 10.0.3.9", "地址 10.0.*.*", ["现象里的IP 地址遮盖为 10.0.*.*"]),
    "a word that may be a name": ("用户张三的网关重启", "用户张*的网关重启", ["现象里的姓名遮盖为 张*"]),
    "a version": ("固件 2.3.1.45 升级到 10.0.3.9 版", "固件 2.3.1.45 升级到 10.0.3.9 版", []),
    "a heading of one's own": (
        "### 用户张三的网关\n\n重启",
        "#### 用户张*的网关\n\n重启",
        ["用户张*的网关里的姓名遮盖为 张*"],
    ),
}


@pytest.mark.parametrize("case", PERHAPS)
def test_what_is_only_perhaps_private_blocks_nobody(root: Path, words: Vocabulary, case: str) -> None:
    """A technical clerk may file it; the ticket has the mask all the same, and the answer says so."""
    text, expected, done = PERHAPS[case]
    said = judged(root, words, body(现象=text))
    assert said.is_fine
    assert said.answers["现象"] == expected
    assert [*said.masked] == done


def test_the_address_of_a_router_in_a_title_is_masked(root: Path, words: Vocabulary) -> None:
    """The title of the pull request has the mask: whoever writes the address of every router need not file anew."""
    said = judged(root, words, body(), "[故障] 192.168.1.1 打不开管理页")
    assert said.is_fine
    assert said.answers["title"] == "192.168.*.* 打不开管理页"
    assert said.masked == ("标题里的IP 地址遮盖为 192.168.*.*",)


def test_a_word_of_the_company_s_own_list_blocks(root: Path, words: Vocabulary) -> None:
    """What the company has listed as private is private for certain."""
    salt = b"x" * 16
    known = copy.copy(words)
    known.__dict__["lists"] = Lists(dictionary=Dictionary(salt, [entry("蓝湖物业", salt, "客户")]))
    said = judged(root, known, body(现象="蓝湖物业的网关重启"))
    assert said.private == (("现象", "公司词库里的词"),)


def test_numbers_in_the_address_of_an_upload_are_chance(root: Path, words: Vocabulary) -> None:
    """An address of GitHub's own is no telephone number, whatever digits are in it."""
    address = "https://github.com/user-attachments/files/13912345678/boot.log"
    asset = "https://github.com/user-attachments/assets/13912345-1391-4391-8391-139123456789"
    assert judged(root, words, body(现象=f"重启 [boot.log]({address}) ![x]({asset})")).private == ()


def test_no_answer_repeats_a_private_value(root: Path, words: Vocabulary) -> None:
    """What is written back names kinds, in the words of a clerk."""
    place = answer.Place("https://github.example/o/r", "main", 0)
    said = judged(root, words, body(现象="打 13912345678", 反馈人姓名="张三丰"))
    shown = answer.exposed(said.private, place)
    assert "13912345678" not in shown
    assert "张三丰" not in shown
    assert "- **现象**：手机号码" in shown


def test_all_that_is_wrong_at_once(root: Path, words: Vocabulary) -> None:
    """Wrong and missing answers in one list, with what to write, and not a word of the file's keys."""
    said = judged(root, words, body(严重程度="很高", 涉及版本="_No response_", 受影响用户数="约 3"), "[故障]")
    assert [one.about for one in said.wrong] == ["title", "version", "severity", "users"]
    shown = answer.rejected(said, words, answer.Place("https://github.example/o/r", "main", 7))
    assert "只能是：紧急、高、中、低" in shown
    assert "**涉及版本**：没有填。软件、固件版本或硬件批次" in shown
    assert "（#7）没有动" in shown
    for key in ("severity", "versions", "users", "title:"):
        assert key not in shown


def test_an_api_may_be_behind(words: Vocabulary) -> None:
    """Of two copies the newer one counts; of two issues that of the API."""
    api = {"number": 12, "updated_at": "2026-11-20T02:00:00Z", "body": "old", "body_html": "h"}
    told = {"number": 12, "updated_at": "2026-11-20T02:00:01Z", "body": "new"}
    assert counter.newer(api, {"issue": told})["body"] == "new"
    assert counter.newer({**api, "updated_at": told["updated_at"]}, {"issue": told})["body"] == "old"
    assert counter.newer(api, {"issue": {**told, "number": 13}}) == api
    assert counter.newer(api, {}) == api
    assert words


@pytest.mark.parametrize("line", ["### " + "：" * 60_000 + "x", "### " + " " * 60_000 + "x", "### a\n" * 9_000])
def test_hostile_headings_cost_little(words: Vocabulary, line: str, patience: float) -> None:
    """Whether an issue is a form is told in a moment."""
    begun = time.monotonic()
    counter.is_form(words, issue(line))
    assert time.monotonic() - begun < patience


def test_late_is_who_opened_the_form_late(root: Path, words: Vocabulary) -> None:
    """Reported on Friday, opened on Friday, edited on Wednesday: in time. Opened on Wednesday: late."""
    text = f"### 反馈时间\n\n2026-11-20 09:00\n\n{body()}"
    wednesday = datetime.fromisoformat("2026-11-25 10:00")
    assert not counter.is_late(words, counter.judge(root, words, issue(text), wednesday))
    late = issue(text, created_at="2026-11-25T02:00:00Z")
    assert counter.is_late(words, counter.judge(root, words, late, wednesday))


def test_a_form_that_waited_says_so(root: Path, words: Vocabulary) -> None:
    """Completed days later the ticket says why it comes so late, as the check wants; what was filed in time never does."""
    wednesday = datetime.fromisoformat("2026-11-25 10:00")
    said = counter.judge(root, words, issue(body()), wednesday)
    reason = "表单在 2026-11-20 10:00 提交，补全之后才登记"
    assert counter.explained(words, said, AS_OF, None) == said
    assert counter.explained(words, said, wednesday, None).answers["late"] == reason
    assert counter.explained(words, said, wednesday, reason).answers["late"] == reason
    assert counter.explained(words, said, wednesday, "") == said
    assert counter.explained(words, said, wednesday, "忘了") == said


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"涉及产品": "网关、网关"}, "**涉及产品**：有重复的项。删去重复的一项"),
        (
            {"严重程度": None},
            "**严重程度**：没有填，这一栏也没有了。在正文最前面单独写一行 `### 严重程度`，空一行，再写。只能是：紧急、高、中、低",
        ),
        ({"严重程度": "_No response_"}, "**严重程度**：没有填。只能是：紧急、高、中、低"),
        ({"现象": "##用户确认"}, "**现象**：有一行只写了章节的名字。在这一行再写几个字，或删掉这一行"),
    ],
)
def test_what_is_wrong_in_words_of_the_form(
    root: Path, words: Vocabulary, changed: dict[str, str | None], expected: str
) -> None:
    """Nobody is told of a file: a heading that is gone is given as the line to write."""
    said = judged(root, words, body(**changed))
    assert f"- {expected}\n" in answer.rejected(said, words, answer.Place("https://github.example/o/r", "main", 0))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=200), title=st.text(max_size=60))
def test_any_text_is_judged(root: Path, words: Vocabulary, text: str, title: str) -> None:
    """Whatever stands in a form, it is judged; what is fine and what is not is answered without an error."""
    said = judged(root, words, body(现象=text, 备注=None), title)
    assert answer.rejected(said, words, answer.Place("https://github.example/o/r", "main", 0))
