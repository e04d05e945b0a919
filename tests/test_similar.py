"""Similar faults: who is found, in which order, with which score and words; and who is not."""

from __future__ import annotations

import json
import math
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultkb import corpus, similar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from faultkb.similar import Match
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Shelf = Callable[..., Path]
    Find = Callable[..., list[Match]]

CLOSED = ("登记", "受理", "提交验证", "验证通过", "用户确认", "关闭")
"""The events of a life without trouble."""
SOLVED = {"status": "已关闭", "kb": "{entry: 收录, summary: 无, solution: 升级到 V2.3.2}"}


def number(index: int) -> str:
    """Return the id of the fault with a number."""
    return f"SW-20261102-{index:03}"


def body(symptom: str) -> str:
    """Return a body with a symptom."""
    return f"## 故障描述\n\n### 现象\n\n{symptom}\n"


def put(folder: Path, index: int, text: str | bytes) -> Path:
    """Write a file where a ticket with a number stands."""
    path = folder / "tickets" / "2026" / "11" / f"{number(index)}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)
    return path


@pytest.fixture(scope="session")
def write(write_text: Callable[..., str]) -> Callable[..., str]:
    """Return a function from a title, a symptom and header fields to the text of a ticket without other words."""

    def text(index: int, title: str, symptom: str = "无", *events: str, **fields: str | None) -> str:
        plain: Mapping[str, str | None] = {"impact": "{users: 1, products: [无], versions: [无]}", **fields}
        given_events = events or (CLOSED if fields.get("status") == "已关闭" else ("登记",))
        return write_text(
            *given_events, id=number(index), title=json.dumps(title, ensure_ascii=False), body=body(symptom), **plain
        )

    return text


@pytest.fixture
def shelf(tmp_path: Path, write: Callable[..., str]) -> Shelf:
    """Return a function that writes tickets, given as title or as (title, symptom, fields), and returns the repository."""

    def fill(*given_tickets: str | tuple[str, str, dict[str, str]]) -> Path:
        (tmp_path / "tickets").mkdir(exist_ok=True)
        for index, one in enumerate(given_tickets, 1):
            title, symptom, fields = (one, "无", {}) if isinstance(one, str) else one
            put(tmp_path, index, write(index, title, symptom, **fields))
        return tmp_path

    return fill


@pytest.fixture(scope="session")
def find(words: Vocabulary) -> Find:
    """Return the function that finds what resembles a text in a repository."""
    return lambda root, text, **options: similar.find(root, words, text, **options)


def ids(found: list[Match]) -> list[str]:
    """Return the ids of what was found."""
    return [one.id for one in found]


def test_score_is_the_share_of_the_question(shelf: Shelf, find: Find) -> None:
    """Of 看门, 门狗, 狗超, 超时 one of two faults has the first two (ln 3 each); nobody has the others (half of ln 6 each)."""
    (one,) = find(shelf("看门狗复位", "指示灯不亮"), "看门狗超时")
    assert one.id == number(1)
    assert one.score == pytest.approx(math.log(3) / (math.log(3) + math.log(6) / 2), abs=0.0001)
    assert one.shared == ("看门狗",)


def test_symptom_counts_less_than_title(shelf: Shelf, find: Find) -> None:
    """Words that stand only in the symptom count seven tenths."""
    found = find(shelf("看门狗超时", ("黑屏", "日志里看门狗超时", {})), "看门狗超时")
    assert [(one.id, one.score) for one in found] == [(number(1), 1.0), (number(2), 0.7)]


FACTS = {
    "summary": {"kb": "{entry: 收录, summary: 看门狗超时, solution: 升级}"},
    "keywords": {"kb": "{entry: 收录, summary: 无, solution: 升级, keywords: [无, 看门狗超时]}"},
    "product": {"impact": "{users: 1, products: [看门狗超时], versions: [无]}"},
    "module": {"impact": "{users: 1, products: [无], versions: [无], modules: [看门狗超时]}"},
    "block style": {"kb": "\n  entry: 收录\n  summary: 无\n  solution: 升级\n  keywords:\n    - 看门狗超时"},
    "quoted": {"kb": "{\"entry\": '收录', 'summary': \"看门狗超时\", solution: 升级}"},
}


@pytest.mark.parametrize("fields", FACTS.values(), ids=FACTS.keys())
def test_every_naming_field_counts_in_full(shelf: Shelf, find: Find, fields: dict[str, str]) -> None:
    """Summary, keywords, products, modules; in any style."""
    (one,) = find(shelf(("网络异常", "无", fields), "黑屏"), "看门狗超时")
    assert (one.id, one.score, one.shared) == (number(1), 1.0, ("看门狗超时",))


CODES = [
    ("E-1042", "E1042"),
    ("e1042", "E-1042"),
    ("0x8007000E", "8007000e"),
    ("8007000E", "0x8007000e"),
    ("Ｅ－１０４２", "E-1042"),
    ("NX-8800", "NX8800"),
    ("L-214", "L-214/L-215"),
    ("V2.3.1", "v2.3.1"),
]


@pytest.mark.parametrize(("asked", "written"), CODES)
def test_code_is_found_in_any_spelling(shelf: Shelf, find: Find, asked: str, written: str) -> None:
    """A code alone is enough, in title, list of codes or symptom, also in the middle of a long complaint."""
    root = shelf(
        f"网关报 {written}",
        ("网络异常", "无", {"kb": f"{{entry: 收录, summary: 无, solution: 升级, error_codes: [{written}]}}"}),
        ("指示灯不亮", f"屏幕显示{written}。", {}),
        "网关报 E-9999",
        "门锁异常",
    )
    assert sorted(ids(find(root, asked))) == [number(1), number(2), number(3)]
    complaint = f"你好，昨天开始机器一直有点奇怪，孩子说屏幕上写了{asked}，麻烦尽快看看，谢谢"
    assert sorted(ids(find(root, complaint))) == [number(1), number(2), number(3)]


def test_code_outweighs_common_words(shelf: Shelf, find: Find) -> None:
    """A fault with the code comes before one with two of the three other words."""
    root = shelf("门锁报 L-214", "网关半夜自动重启", "黑屏", "断网")
    assert ids(find(root, "网关重启，L214")) == [number(1), number(2)]


@pytest.mark.parametrize("asked", ["NTP服务器不通", "NTP 服务器不通", "ＮＴＰ服务器不通", "ntp服务器 不通"])
@pytest.mark.parametrize("written", ["NTP服务器不通", "NTP 服务器不通"])
def test_space_between_chinese_and_latin_makes_no_difference(
    shelf: Shelf, find: Find, asked: str, written: str
) -> None:
    """However it is spaced, wide or narrow: the fault has all of the question."""
    (one,) = find(shelf(written, "网关重启"), asked)
    assert (one.id, one.score) == (number(1), 1.0)


def test_stranger_finds_nothing(shelf: Shelf, find: Find) -> None:
    """One everyday word in common is a coincidence; so is politeness."""
    root = shelf("今天的报警分组显示错误", "您好提示音播放两次", "网关重启")
    assert find(root, "今天天气很好，适合去公园散步") == []
    assert find(root, "您好，请问你们还招聘工程师吗，谢谢") == []
    assert find(root, "The quick brown fox") == []


@pytest.mark.parametrize("text", ["", " ", "！？…", "。"])
def test_text_without_words_finds_nothing(shelf: Shelf, find: Find, text: str) -> None:
    """There is nothing to compare."""
    assert find(shelf("网关重启"), text) == []


def test_empty_repository_finds_nothing(shelf: Shelf, find: Find) -> None:
    """The first fault of all resembles none."""
    assert find(shelf(), "网关重启") == []


def test_only_the_beginning_of_a_huge_question_is_read(shelf: Shelf, find: Find) -> None:
    """What comes after 8,000 characters is not asked."""
    folder = shelf("门锁打不开", "网关自动重启")
    found = find(folder, "网关自动重启。" + "甲" * 8_000 + "门锁打不开")
    assert ids(found) == [number(2)]


def test_short_question_is_answered(shelf: Shelf, find: Find) -> None:
    """Of a question of one or two words one is enough: somebody looks for it."""
    root = shelf("摄像机黑屏", "网关重启")
    assert ids(find(root, "摄像头")) == [number(1)]
    assert ids(find(root, "灯")) == []
    assert ids(find(root, "屏")) == [number(1)]


def test_solved_fault_comes_first_among_comparable_ones(shelf: Shelf, find: Find) -> None:
    """The open one has one word more; the published solution helps more."""
    root = shelf("网关升级后半夜自动重启且离线", ("网关升级后半夜自动重启且断电", "无", SOLVED), "黑屏", "断网")
    first, second = find(root, "网关升级后半夜自动重启，一直离线")
    assert (first.id, first.is_closed, first.status, first.solution) == (number(2), True, "已关闭", "升级到 V2.3.2")
    assert (second.id, second.is_closed, second.status, second.solution) == (number(1), False, "待受理", "")
    assert first.score < second.score


def test_solved_fault_that_is_far_comes_later(shelf: Shelf, find: Find) -> None:
    """A solution of something else does not come before the fault itself."""
    root = shelf("网关升级后半夜自动重启且离线", ("网关升级失败", "无", SOLVED), "黑屏", "断网")
    assert ids(find(root, "网关升级后半夜自动重启，一直离线")) == [number(1), number(2)]


def test_own_title_comes_before_solved_ones(shelf: Shelf, find: Find) -> None:
    """Who types a title wants that fault."""
    root = shelf("网关重启", ("智能网关重启", "无", SOLVED))
    assert ids(find(root, " 网关重启 ")) == [number(1), number(2)]


def test_equally_similar_ones_come_newest_first(shelf: Shelf, find: Find) -> None:
    """The newer fault is more likely to be about the version in use."""
    root = shelf("网关甲重启", "网关乙重启", "网关丙重启", "黑屏")
    assert ids(find(root, "网关重启")) == [number(3), number(2), number(1)]


def test_limit_keeps_the_first(shelf: Shelf, find: Find) -> None:
    """As many as asked for, five unless said."""
    root = shelf(*(f"网关{sign}重启" for sign in "甲乙丙丁戊己庚"))
    assert ids(find(root, "网关重启", limit=2)) == [number(7), number(6)]
    assert len(find(root, "网关重启")) == 5
    assert len(find(root, "网关重启", limit=100)) == 7


def test_fault_itself_is_left_out(shelf: Shelf, find: Find) -> None:
    """By id or by path; one whose id only ends alike stays."""
    root = shelf("网关重启", "网关离线重启")
    assert ids(find(root, "网关重启", leave_out=number(1))) == [number(2)]
    assert ids(find(root, "网关重启", leave_out=f"tickets/2026/11/{number(2)}.md")) == [number(1)]
    assert ids(find(root, "网关重启", leave_out="001")) == [number(1), number(2)]


SOLUTIONS = {
    "published": ("{entry: 收录, summary: 无, solution: 升级}", "升级", True),
    "merged": ("{entry: 并入, canonical: SW-20261001-001}", "见 SW-20261001-001", True),
    "not published": ("{entry: 不收录, reason: 内部问题, solution: 改配置}", "改配置", False),
    "not published, nothing written": ("{entry: 不收录, reason: 内部问题}", "", False),
    "withdrawn": ("{entry: 撤下, reason: 有安全顾虑}", "", False),
}


@pytest.mark.parametrize(("kb", "expected", "first"), SOLUTIONS.values(), ids=SOLUTIONS.keys())
def test_solution_of_a_closed_fault(shelf: Shelf, find: Find, kb: str, expected: str, *, first: bool) -> None:
    """What was done, or where it is written; only a published one comes before a fault that is as similar."""
    root = shelf(("网关甲重启", "无", {"status": "已关闭", "kb": kb}), "网关乙重启", "黑屏", "断网")
    found = find(root, "网关重启")
    assert ids(found) == ([number(1), number(2)] if first else [number(2), number(1)])
    assert {one.id: one.solution for one in found} == {number(1): expected, number(2): ""}


def test_reopened_fault_has_no_solution(tmp_path: Path, write: Callable[..., str], find: Find) -> None:
    """What solved it did not last."""
    put(tmp_path, 1, write(1, "网关重启", "无", *CLOSED, "重开", **{**SOLVED, "status": "处理中"}))
    (one,) = find(tmp_path, "网关重启")
    assert (one.status, one.is_closed, one.solution) == ("处理中", False, "")


def test_ticket_as_question(make_ticket: Callable[..., Ticket], words: Vocabulary) -> None:
    """Its names and its symptom, without the placeholder of a section that is still to be written."""
    one = make_ticket("登记", title="网关重启", body=body("待补充"))
    assert similar.text_of(one, words).split() == ["网关重启", "智能网关", "GW2"]


def test_many_files_are_scanned_on_all_cores(tmp_path: Path, write: Callable[..., str], find: Find) -> None:
    """With 450 files, more than one process works; the answer is the one fault with the code, and its score the same."""
    for index in range(1, 451):
        put(tmp_path, index, write(index, f"摄像机黑屏 {index}"))
    put(tmp_path, 217, write(217, "网关报 E-9001"))
    (one,) = find(tmp_path, "E9001")
    assert (one.id, one.score) == (number(217), 1.0)


HOSTILE: dict[str, str | bytes] = {
    "empty": "",
    "binary": b"\x00\xff" * 5_000,
    "not UTF-8": "---\ntitle: 网关重启\n---\n".encode("gb18030"),
    "NUL in a ticket": "---\ntitle: 网关重启\n---\n\0",
    "no header": "网关重启",
    "no end of header": "---\ntitle: 网关重启\n",
    "no mapping": "---\n网关重启\n---\n",
    "title is a list": "---\ntitle: [网关重启]\nevents: []\n---\n",
    "kb is text": "---\ntitle: 网关重启\nkb: 网关重启\n---\n",
    "events are text": "---\ntitle: 网关重启\nevents: 无\n---\n",
    "aliases": "---\na: &a [网关重启]\nb: &b [*a, *a]\nkb: {c: [*b, *b]}\ntitle: 网关重启\n---\n",
    "too large": "---\ntitle: 网关重启\n---\n" + "网关重启" * 300_000,
    "deep": "---\ntitle: 网关重启\nkb: " + "[" * 20_000 + "\n---\n",
    "conflict": "---\n<<<<<<< HEAD\ntitle: 网关重启\n=======\ntitle: 网关离线\n>>>>>>> b\n---\n",
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_file_that_is_no_ticket_is_passed_over(
    tmp_path: Path, write: Callable[..., str], find: Find, content: str | bytes
) -> None:
    """What cannot be read as a ticket is not shown, and hides nobody else."""
    put(tmp_path, 1, content)
    put(tmp_path, 2, write(2, "网关重启"))
    assert ids(find(tmp_path, "网关重启")) == [number(2)]


def test_link_and_folder_are_passed_over(tmp_path: Path, write: Callable[..., str], find: Find) -> None:
    """A link does not lead out of the repository; a folder named like a ticket is none; a broken link is nothing."""
    outside = tmp_path / "outside.md"
    outside.write_text(write(1, "网关重启"), encoding="utf-8")
    home = put(tmp_path, 2, write(2, "网关重启")).parent
    (home / f"{number(1)}.md").symlink_to(outside)
    (home / f"{number(3)}.md").symlink_to(home / "nowhere.md")
    (home / f"{number(4)}.md").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(home / f"{number(5)}.md")
    assert ids(find(tmp_path, "网关重启")) == [number(2)]


EXPECTED = [
    ("升级到91%就失败，报E1033", "SW-20260912-002"),
    ("摄像头晚上画面全黑，夜视不亮", "HW-20260611-001"),
    ("充电器半夜很烫，外壳都变形了，有焦味", "HW-20260412-001"),
    ("存储卡老是掉，显示已移除，要重启才能录像", "HW-20261010-001"),
    ("苹果手机用了小组件，总是要重新登录，提示APP407", "SW-20260402-001"),
    ("天冷门锁打不开，L214", "HW-20261105-001"),
    ("换了WPA3的路由器，摄像机一会儿在线一会儿离线", "CP-20260827-001"),
    ("音箱喊开灯说请先关联账号，每天都要重新授权", "CP-20260920-001"),
    ("收到报警推送点进去黑屏", "SW-20261118-001"),
    ("您好，我的发票一直开具失败，麻烦帮我看看怎么回事，谢谢", "OT-20260416-001"),
    ("停电后定时的场景乱执行，时间不对", "HW-20260915-001"),
    ("给租客的临时密码提示不在有效期", "SW-20260930-001"),
    ("门锁新换的电池半个月就没电了", "SW-20260616-001"),
    ("橙色灯一直慢闪，是不是断网了", "OP-20260618-001"),
    ("接受了家庭邀请，可是首页看不到设备", "OP-20260520-001"),
    ("定时里中午十二点显示成下午00:20", "SW-20260525-001"),
    ("安卓手机更新后一打开就闪退崩溃", "SW-20261116-001"),
    ("折叠手机展开看监控黑屏，还有声音", "CP-20260724-001"),
    ("网关每隔半小时掉线几分钟，用的mesh路由", "CP-20260514-001"),
    ("摄像头巡航位置越来越偏", "SW-20261106-001"),
    ("错误码C5013102", "SW-20260430-001"),
    ("收到两次场景已执行的通知", "SW-20260810-001"),
    ("字体调大以后登录页面点不了下一步", "CP-20261120-001"),
    ("昨天的报警显示在今天里", "SW-20261112-001"),
    ("键盘有几个按键不够亮", "HW-20260509-001"),
    ("录像机ONVIF接C5没有移动侦测事件", "CP-20260605-001"),
    ("安装卡上的左开右开画反了", "OT-20260713-001"),
    ("我家门锁按了指纹，电机响一下就黑屏重启，门打不开", "HW-20260306-001"),
]
"""What a customer says, and the sample fault that a person would name."""


@pytest.mark.parametrize(("said", "expected"), EXPECTED)
def test_customers_words_find_the_fault(root: Path, find: Find, said: str, expected: str) -> None:
    """Among the sample tickets the expected one is in the top three."""
    assert expected in ids(find(root, said, limit=3))


STRANGERS = [
    "今天天气很好，适合去公园散步",
    "请问你们公司招聘前端工程师吗",
    "红烧肉的做法：五花肉切块焯水",
    "The quick brown fox jumps over the lazy dog",
    "打印机卡纸，纸盒提示缺墨",
    "微信转账限额怎么提高",
    "我想退货，七天无理由",
    "快递什么时候到，单号查不到物流",
    "会议室投影仪连不上电脑",
]


@pytest.mark.parametrize("said", STRANGERS)
def test_strangers_words_find_no_sample(root: Path, find: Find, said: str) -> None:
    """What has nothing to do with the products finds nothing."""
    assert find(root, said) == []


SAME = [
    ("HW-20260708-001", "HW-20260306-001"),
    ("SW-20260810-001", "SW-20260722-001"),
    ("SW-20260702-001", "HW-20260611-001"),
    ("HW-20261105-001", "HW-20260629-001"),
    ("HW-20261117-001", "OP-20260618-001"),
    ("CP-20261109-001", "SW-20260430-001"),
]
"""Sample faults, each with one that staff merged it into, that it names as related, or that shows the same signs."""


@pytest.mark.parametrize(("one", "other"), SAME)
def test_ticket_finds_its_relatives(root: Path, words: Vocabulary, one: str, other: str) -> None:
    """The relative is in the top three, the ticket itself is not."""
    path = f"tickets/{one[3:7]}/{one[7:9]}/{one}.md"
    known = corpus.load(root, path, words).ticket
    assert known is not None
    found = ids(similar.find(root, words, similar.text_of(known, words), limit=3, leave_out=one))
    assert other in found
    assert one not in found


def test_every_sample_is_found_by_its_title(root: Path, words: Vocabulary, find: Find) -> None:
    """The first answer to a title is the fault with this title, in full."""
    for one in corpus.tickets(root, words):
        first = find(root, one.title)[0]
        assert (first.id, first.score) == (one.id, 1.0)


TITLES = st.lists(
    st.text(st.sampled_from("网关门锁重启升级失败的了灯 Ee12-_.:/\"'\\#，{}[]&*!|>%@`é𠮷"), min_size=1, max_size=20)
    .map(str.strip)
    .filter(lambda title: any(map(str.isalnum, title))),
    min_size=1,
    max_size=5,
    unique=True,
)


@settings(deadline=None, max_examples=60)
@given(titles=TITLES, text=st.text(max_size=60))
def test_any_title_finds_its_fault_and_any_text_is_answered(
    words: Vocabulary, write: Callable[..., str], titles: list[str], text: str
) -> None:
    """A fault's own title finds it first and in full; whatever is asked, scores lie between 0 and 1, in no more than asked."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for index, title in enumerate(titles, 1):
            fields = SOLVED if index % 2 else {}
            put(root, index, write(index, title, text.replace("\0", ""), **fields))
        for index, title in enumerate(titles, 1):
            first = similar.find(root, words, title)[0]
            assert (first.id, first.score) == (number(index), 1.0)
        for question in (text, text + titles[0]):
            found = similar.find(root, words, question, limit=3)
            assert len(found) <= 3
            assert all(similar.THRESHOLD <= one.score <= 1 and one.shared for one in found)
