"""What each word of a question counts for, and which words a person is told that a fault shares."""

from __future__ import annotations

import math

import pytest

from faultkb import weighing


def test_codes_count_most_and_politeness_least() -> None:
    """A code counts four times a word, its piece half as much as such a piece alone, a number or 您好 nearly nothing."""
    assert weighing.factors("您好 重启 E-1042 37 Mesh") == {
        "您好": 0.1,
        "重启": 1.0,
        "e1042": 4.0,
        "1042": 0.5 * 0.2,
        "37": 0.2,
        "mesh": 1.0,
    }


def test_what_is_said_twice_counts_more() -> None:
    """Twice is 1 + ln 2 times; another spelling of a code is the same code."""
    assert weighing.factors("重启，重启")["重启"] == pytest.approx(1 + math.log(2))
    assert weighing.factors("E-1042 E1042")["e1042"] == pytest.approx(4 * (1 + math.log(2)))


def test_rare_words_have_the_larger_share() -> None:
    """Of 9 faults 1 has 看门, 9 have 重启, none has 蓝屏: ln 10, ln 2, and half of ln 20."""
    share = weighing.shares({"看门": 1.0, "重启": 1.0, "蓝屏": 1.0}, {"看门": 1, "重启": 9}, 9)
    every = math.log(10) + math.log(2) + math.log(20) / 2
    assert share == pytest.approx(
        {"看门": math.log(10) / every, "重启": math.log(2) / every, "蓝屏": math.log(20) / 2 / every}
    )


def test_shares_of_no_fault_add_up_too() -> None:
    """An empty repository divides nothing by nothing."""
    assert weighing.shares({"重启": 1.0}, {}, 0) == {"重启": 1.0}
    assert weighing.shares({}, {}, 0) == {}


def test_codes_that_few_faults_have_are_rare() -> None:
    """Three of a small repository, one in a hundred of a large one."""
    number = {"e1042": 3, "gw2": 4}
    assert weighing.rare(["e1042", "gw2", "l214"], number, 51) == {"e1042", "l214"}
    assert weighing.rare(["e1042", "gw2"], number, 400) == {"e1042", "gw2"}


SHARED = {
    "bigrams become a word": ("看门狗超时", {"看门", "门狗"}, ("看门狗",)),
    "a gap parts words": ("看门狗超时", {"看门", "超时"}, ("看门", "超时")),
    "codes as written": ("报 e1042", {"e1042"}, ("e1042",)),
    "codes as written with a hyphen": ("报 E-1042", {"e1042", "1042"}, ("E-1042",)),
    "full width becomes half width": ("报Ｅ－１０４２", {"e1042"}, ("E-1042",)),
    "a piece where the whole is not shared": ("NX-8800-B", {"8800"}, ("8800",)),
    "two codes with a slash": ("L-214/L-215", {"l215"}, ("L-215",)),
    "particles at the ends are left out": ("的场景", {"的场", "场景"}, ("场景",)),
    "within a word they stay": ("我的场景的名字", {"场景", "景的", "的名", "名字"}, ("场景的名字",)),
    "politeness is not named": ("您好，重启", {"您好", "重启"}, ("重启",)),
    "unless there is nothing else": ("您好", {"您好"}, ("您好",)),
    "once, in the longest form": ("重启后自动重启", {"重启", "自动", "动重"}, ("自动重启",)),
    "nothing": ("重启", set(), ()),
}


@pytest.mark.parametrize(("text", "has", "expected"), SHARED.values(), ids=SHARED.keys())
def test_shared_words(text: str, has: set[str], expected: tuple[str, ...]) -> None:
    """The words as a person would underline them in the question."""
    share = dict.fromkeys(weighing.factors(text), 0.1)
    assert weighing.shared(text, frozenset(has), share) == expected


def test_weightiest_words_come_first_and_not_too_many() -> None:
    """In order of weight, those of equal weight as in the text; eight at most."""
    text = "断电 断网 离线 黑屏 死机 重启 卡顿 发烫 漏水 E-1042"
    share = dict.fromkeys(weighing.factors(text), 0.1) | {"e1042": 0.5, "黑屏": 0.2}
    expected = ("E-1042", "黑屏", "断电", "断网", "离线", "死机", "重启", "卡顿")
    assert weighing.shared(text, frozenset(share), share) == expected
