"""What the words in old sheets mean: people, choices, numbers of users, titles."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from faultkb import privacy
from faultkb.inflow import chapters, choices, customers, people, rest, scope, times
from faultkb.inflow.line import Given
from faultkb.inflow.masking import Masks
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
        ("severity", "非常急", "紧急"),
        ("channel", "经销商", None),
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
        ("研发部", None),
    ],
)
def test_teams(words: Vocabulary, text: str, team: str | None) -> None:
    """A department is a team of ours if only one could be meant."""
    assert choices.team(words, text) == team


def test_team_by_the_type_of_the_fault(words: Vocabulary) -> None:
    """研发部 may be 硬件研发组 or 软件开发组: the one that takes faults of this type, or none."""
    kinds = ("硬件故障", "软件Bug", "操作误解")
    assert [choices.team(words, "研发部", kind) for kind in kinds] == ["硬件研发组", "软件开发组", None]


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


@pytest.mark.parametrize(
    ("text", "found", "day"),
    [
        ("已关闭", ("已关闭", True), ""),
        ("已完成3/5", ("已关闭", False), "3/5"),
        ("3.14 已关闭", ("已关闭", False), "3.14"),
        ("已解决（2025-03-05）", ("已关闭", False), "2025-03-05"),
        ("进行中80%", ("处理中", False), ""),
        ("√", ("已关闭", True), ""),
        ("3/5 转硬件，3/7 完成", ("已关闭", False), ""),
        ("等样机", (None, False), ""),
    ],
)
def test_state_with_more_beside_it(words: Vocabulary, text: str, found: tuple[str | None, bool], day: str) -> None:
    """A date and how many percent are done do not hide the state; of two dates none is the day."""
    assert (choices.state(words, text), choices.day(text)) == (found, day)


def test_code_in_a_cell_keeps_its_form(words: Vocabulary) -> None:
    """A closed fence, a wiki's block of code and lines that a program indented stay as they are; indented steps are a list."""
    fenced = "结果：\n```\nE/App\n    at foo\n```\n完"
    assert chapters.markdown(fenced, words) == "结果：\n\n```\nE/App\n    at foo\n```\n\n完"
    assert chapters.markdown("{code}\na\n  <b>\n{code}", words) == "```\na\n  <b>\n```"
    assert chapters.markdown("E/x\n\tat a\n\tat b\n完", words) == "```\nE/x\n\tat a\n\tat b\n```\n\n完"
    assert chapters.markdown("步骤\n    1、开\n    2、关", words) == "步骤\n\n1. 开\n2. 关"
    assert chapters.markdown("a\n \n    b\n    c", words) == "a\n\nb\n\nc"


def test_labels_within_a_line(words: Vocabulary) -> None:
    """【…】 begins a part wherever it stands, 短期 and 长期 after a semicolon; 长期 in a sentence does not."""
    assert chapters.description(words, "故障描述", "【现象】黑屏【发生频率】偶发") == {
        "现象": "黑屏",
        "发生频率": "偶发",
    }
    both = ("短期方案", "长期方案")
    assert chapters.sections(words, both, "短期：换机；长期：升级") == {"短期方案": "换机", "长期方案": "升级"}
    assert chapters.sections(words, both, "换机；长期看要升级") == {"短期方案": "换机；长期看要升级"}


@pytest.mark.parametrize("piece", ["故障甲乙丙丁", "{code:a}\n", "a\n    b\n", "```a\n", "，", " ;"])
def test_long_texts_cost_no_more_than_their_length(words: Vocabulary, piece: str) -> None:
    """As many characters as a cell holds are written in a fraction of a second."""
    start = time.process_time()
    text = (piece * 32_767)[:32_767]
    chapters.markdown(text, words)
    customers.mask(words, Given("A1", "客户", "customer", text, text), Masks(privacy.Lists()))
    assert time.process_time() - start < 5


@pytest.mark.parametrize("piece", ["(", "[[]", "张三、"])
def test_essays_name_nobody(piece: str) -> None:
    """A text of more than 200 characters is no list of people, and is not searched for any."""
    start = time.process_time()
    assert people.read(piece * 10_000) == people.Found((), piece * 10_000)
    assert len(people.read("张三、" * 66).people) == 66
    assert time.process_time() - start < 2
