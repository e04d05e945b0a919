"""What the words in old sheets mean: people, choices, numbers of users, titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faultkb.inflow import chapters, choices, people, rest, scope, times
from faultkb.inflow.people import Directory, Named

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("张三", [("", "张三")]),
        ("张 三", [("", "张三")]),
        ("ZL001 张三", [("ZL001", "张三")]),
        ("张三(ZL001)", [("ZL001", "张三")]),
        ("张三（ZL001）", [("ZL001", "张三")]),
        ("工号：ZL001*", [("ZL001", "")]),
        ("工号：RD017，姓名：李*", [("RD017", "李*")]),
        ("张三、李四", [("", "张三"), ("", "李四")]),
        ("张三 李四", [("", "张三"), ("", "李四")]),
        ("RD017 李*、RD021 王*", [("RD017", "李*"), ("RD021", "王*")]),
        ("欧阳建国/王工", [("", "欧阳建国"), ("", "王*")]),
        ("小王", [("", "王*")]),
        ("Zhang San", [("", "Zhang San")]),
    ],
)
def test_people_in_a_cell(text: str, named: list[tuple[str, str]]) -> None:
    """Numbers and names are told apart, however they stand beside each other."""
    assert [(one.staff, one.name) for one in people.read(text).people] == named


@pytest.mark.parametrize(("text", "named", "beside"), [("软件组 周杰", ["周杰"], "软件组"), ("待定", [], "待定")])
def test_words_beside_people(text: str, named: list[str], beside: str) -> None:
    """A department and a word that stands for nobody are no people, and are not lost."""
    found = people.read(text)
    assert ([one.name for one in found.people], found.rest) == (named, beside)


def test_numbers_come_from_the_list_unless_two_have_the_name() -> None:
    """Of two people with the same name none is guessed."""
    directory = Directory({"张三": frozenset({"ZL001"}), "李伟": frozenset({"RD001", "RD002"})})
    assert directory.staff(Named("", "张三")) == ("ZL001", "")
    staff, remark = directory.staff(Named("", "李伟"))
    assert (staff, "同名的有 2 人" in remark) == ("UNKNOWN", True)
    assert directory.staff(Named("QA003", "李伟")) == ("QA003", "")


@pytest.mark.parametrize(
    ("field", "text", "choice"),
    [
        ("type", " 软 件 ", "软件Bug"),
        ("type", "ＢＵＧ", "软件Bug"),
        ("severity", "P1-严重", "高"),
        ("severity", "P1-轻微", None),
        ("status", "已解决", "已关闭"),
        ("status", "OK", "已关闭"),
        ("status", "不知道", None),
        ("channel", "微信群", "在线咨询"),
    ],
)
def test_choices(words: Vocabulary, field: str, text: str, choice: str | None) -> None:
    """A word stands for the choice that the schema lists it under; of several words all must agree."""
    assert choices.choose(words, field, text) == choice


@pytest.mark.parametrize(
    ("text", "team"),
    [
        ("软件组", "软件开发组"),
        ("硬件部", "硬件研发组"),
        ("测试", "测试组"),
        ("客服组", "客服组"),
        ("品质部", None),
        ("开发", "软件开发组"),
        ("组", None),
    ],
)
def test_teams(words: Vocabulary, text: str, team: str | None) -> None:
    """A department is a team of ours if only one could be meant."""
    assert choices.team(words, text) == team


@pytest.mark.parametrize(
    ("text", "users"),
    [
        ("300", (300, True)),
        ("1,200", (1200, False)),
        ("约 300 台", (300, False)),
        ("３００户", (300, False)),
        ("华东约 20 台，影响登录", (20, False)),
        ("华东 20 台、华南 30 台", None),
        ("V2.3.1", None),
        ("全部用户", None),
        ("未知", ("未知", True)),
    ],
)
def test_users(text: str, users: tuple[int | str, bool] | None) -> None:
    """A number of users is read where it is certain; whether the text says exactly that decides if it is kept."""
    assert scope.users(text) == users


@pytest.mark.parametrize(
    ("text", "day"),
    [("GZ-20240305-01", "2024-03-05"), ("GZ2024030501", None), ("20240231-1", None), ("A-2024-001", None)],
)
def test_day_in_a_number(text: str, day: str | None) -> None:
    """Only eight digits that are a day by themselves are one."""
    found = times.in_id(text)
    assert (found.date().isoformat() if found else None) == day


def test_title_is_the_first_sentence() -> None:
    """A long sentence is cut at its last comma before 80 characters, or hard."""
    assert chapters.first_sentence("网关离线。重启后恢复") == "网关离线"
    assert chapters.first_sentence("网" * 60 + "，" + "关" * 60) == "网" * 60
    assert chapters.first_sentence("网" * 100) == "网" * 79 + "…"


def test_text_of_a_cell_is_plain_markdown(words: Vocabulary) -> None:
    """Numbers become a list; headings, HTML, fences, links and conflict marks act no more."""
    text = "上电\n1、按键\n2）等待\n（3）黑屏\n## 现象\n<b>x</b>\n```\n![a](http://b)\n<<<<<<< x\n**用户确认**"
    assert chapters.markdown(text, words).split("\n") == [
        "上电", "", "1. 按键", "2. 等待", "3. 黑屏", "", "现象", "", r"\<b>x\</b>", "", r"\```", "",
        r"![a]\(http://b)", "", r"\<<<<<<< x", "", "用户确认",
    ]  # fmt: skip


def test_what_has_no_place_stands_in_the_remark_or_a_section() -> None:
    """2000 characters fit; of more, the long ones move, and none is cut."""
    assert rest.place("夜班", [("工装号", "T1"), ("", "x")]) == ("夜班；工装号：T1；x", "")
    found = rest.place("夜班", [("日志", "长" * 2500), ("工装号", "T1")])
    assert found.remark == "夜班；工装号：T1；（其余见正文“原表内容”）"
    assert found.section == "日志：" + "长" * 2500
    many = rest.place("", [(f"栏{number}", "字" * 250) for number in range(20)])
    assert len(many.remark) <= 2000
    assert many.remark.count("字") + many.section.count("字") == 5000
