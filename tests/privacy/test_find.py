"""What is private is found, what only looks like it is not, and what was masked is clean."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from faultkb import privacy
from faultkb.rules.corrections import is_masked

_HERE = Path(__file__).parent
_AIM = 0.97
_Found = tuple[str, str]


def _cases(name: str) -> list[dict[str, object]]:
    return yaml.safe_load((_HERE / name).read_text(encoding="utf-8"))


def _found(text: str) -> list[_Found]:
    return [(one.rule, text[one.start : one.end]) for one in privacy.find(text)]


def _wanted(case: dict[str, object]) -> list[_Found]:
    return [(rule, raw) for rule, raw in case.get("finds") or []]


def _same(one: _Found, other: _Found) -> bool:
    """Whether two mean the same value; where an address or an extension begins and ends is a matter of taste."""
    return one[0] == other[0] and (one[1] in other[1] or other[1] in one[1])


def _masked(text: str) -> str:
    for one in reversed(privacy.find(text)):
        text = text[: one.start] + one.mask + text[one.end :]
    return text


@pytest.mark.parametrize("case", _cases("cases.yaml"), ids=lambda case: ascii(case["text"])[:60])
def test_each_case_gives_exactly_what_it_says(case: dict[str, object]) -> None:
    """Every case of our own: these characters are found under this rule, and nothing else."""
    assert sorted(_found(case["text"])) == sorted(_wanted(case))


@pytest.mark.parametrize("name", ["cases.yaml", "unseen.yaml", "more.yaml"])
def test_precision_and_recall(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Of what is found at least 97 % is private, and of what is private at least 97 % is found, on cases nobody tuned on too."""
    wanted = found = right = met = 0
    for case in _cases(name):
        want, got = _wanted(case), _found(case["text"])
        wanted, found = wanted + len(want), found + len(got)
        right += sum(any(_same(one, other) for other in want) for one in got)
        met += sum(any(_same(one, other) for other in got) for one in want)
    precision, recall = right / found, met / wanted
    with capsys.disabled():
        sys.stdout.write(f"\n{name}: {wanted} values, precision {precision:.3f}, recall {recall:.3f}\n")
    assert precision >= _AIM
    assert recall >= _AIM


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话 138-1234-5512", "电话 138****5512"),
        ("电话 １３８１２３４５５１２", "电话 138****5512"),
        ("电话 138<b>1234</b>5512", "电话 138****5512"),
        ("用户留的号码是1381234\n5512。", "用户留的号码是138****\n5512。"),
        ("contact: 138\n    12345512", "contact: 138\n    ****5512"),
        ("remark: 139\n  1234\n  5678\n", "remark: 139\n  ****\n  5678\n"),
        ("0571-88886666-603", "0571-****6666"),
        ("座机：88886666", "座机：****6666"),
        ("身份证 330106 19900307 1236", "身份证 330*************36"),
        ("卡号 6222 0212 0001 2345 679", "卡号 6222***********5679"),
        ("zhang.san@example.com", "z***@example.com"),
        ("zhangsan [at] example.com", "z*** [at] example.com"),
        ("公网 60.12.33.147", "公网 60.12.*.*"),
        ("240e:3a0:1201:5500::1a2b", "240e:3a0:****"),
        ("浙A12C38", "浙A****8"),
        ("京B·8K765", "京B·****5"),
        ("密码：Abc@1234，请修改", "密码：******，请修改"),
        ("mysql://root:Pa55w0rd@db/x", "mysql://root:******@db/x"),
        ("联系人：欧阳娜", "联系人：欧阳*"),
        ("用户李四反映", "用户李*反映"),
        ("地址：浙江省杭州市西湖区文三路 398 号", "地址：浙江省杭州市****"),
        ("微信号: abc_123", "微信号: ab****23"),
        ("税号 91330106MA2C1D2E37", "税号 91************2E37"),
    ],
)
def test_masks(text: str, masked: str) -> None:
    """A kind of value has one mask, whatever the spelling, and the lines stay where they are."""
    assert _masked(text) == masked


@pytest.mark.parametrize(
    "text", [case["text"] for case in _cases("cases.yaml") if case.get("finds")], ids=lambda text: ascii(text)[:60]
)
def test_what_was_masked_is_clean(text: str) -> None:
    """Nothing private is left where a mask stands."""
    assert privacy.find(_masked(text)) == []


_VALUES = [raw for case in _cases("cases.yaml") for _rule, raw in _wanted(case)]
_PARTS = st.one_of(
    st.sampled_from(_VALUES),
    st.sampled_from(
        [
            "联系人：",
            "电话 ",
            "用户",
            "密码：",
            "姓名",
            "微信",
            "，",
            " ",
            "\n",
            "**",
            "`",
            "<b>",
            "</b>",
            "&nbsp;",
            "*",
            "-",
            ".",
            "@",
            "先生",
            "token=",
        ]
    ),
    st.text(alphabet="013589张王李*-_. :：@a\u200b\n", max_size=6),
)


_SIGNS = st.text(
    alphabet="@.-。＠．０１٣²①0138９*_`<>&\\[](){}（）|,，:：=+~/;'\"\u200b\u20e3\ufe0f\u3000 \t\r\n张王李aZ%",
    max_size=40,
)
_LABELS = st.sampled_from(
    [
        "联系人",
        "姓名",
        "用户",
        "客户",
        "先生",
        "手机",
        "密码",
        "验证码",
        "身份证",
        "微信",
        "QQ",
        "RD017",
        "由",
        "token=",
        "mysql -p",
        "&#",
        "<b ",
        "[at]",
        " dot ",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(_SIGNS, _LABELS, _PARTS), max_size=8).map("".join))
def test_no_text_is_too_odd(text: str) -> None:
    """Whatever a text is made of, every match lies in it, in order, and without an overlap with another."""
    for matches in (privacy.find(text), privacy.find_in_name(text)):
        assert all(0 <= one.start < one.end <= len(text) for one in matches)
        assert all(one.end <= two.start for one, two in itertools.pairwise(matches))


@settings(max_examples=200, deadline=None)
@given(st.lists(_PARTS, max_size=8).map("".join))
def test_masking_comes_to_an_end(text: str) -> None:
    """Whatever stands side by side: masking again and again soon changes nothing more, and matches never overlap."""
    matches = privacy.find(text)
    assert all(one.end <= two.start for one, two in itertools.pairwise(matches))
    assert all(0 <= one.start < one.end <= len(text) for one in matches)
    for _ in range(4):
        text = _masked(text)
    assert privacy.find(text) == []


def test_the_note_of_an_event_may_be_masked() -> None:
    """The check of recorded events accepts an old note and the same note masked."""
    note = "已电话告知王小明先生（138 1234 5512），升级包发往 wang.xm@example.com，公网 60.12.33.147，初始密码：Abc@1234 已提醒修改"
    assert is_masked(note, _masked(note))
    assert _masked(note).startswith(
        "已电话告知王*先生（138****5512），升级包发往 w***@example.com，公网 60.12.*.*，初始密码：****** "
    )


@pytest.mark.parametrize(
    "number",
    ["１３８１２３４５５１２", "1 3 8 1 2 3 4 5 5 1 2", "1\u200b3812345512", "138-1234-5512", "（0571）88886666"],
)
def test_a_number_spelt_otherwise_may_be_masked_too(number: str) -> None:
    """The one mask of a number counts as the mask of every spelling of it."""
    assert is_masked(f"手机 {number} 已回访", _masked(f"手机 {number} 已回访"))


def test_spellings_of_one_value_have_one_fingerprint() -> None:
    """A waiver names a value, not a spelling."""
    values = {
        privacy.find(text)[0].value
        for text in ("138 1234 5512", "１３８１２３４５５１２", "13812345512", "1\u200b3812345512")
    }
    assert values == {"13812345512"}
    assert privacy.fingerprint("mobile-number", "13812345512") != privacy.fingerprint("own-word", "13812345512")


def test_public_values_are_left_alone() -> None:
    """A hotline and a mailbox that the repository declares public are none, however they are spelt."""
    lists = privacy.Lists(public=frozenset({"0571-88886666", "service@example.com"}))
    assert privacy.find("热线 0571-8888 6666，Service@example.com", lists) == []
    assert [one.rule for one in privacy.find("0571-88886667", lists)] == ["landline-number"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("截图_13812345512.png", ["13812345512"]),
        ("张三-身份证.jpg", ["张三"]),
        ("张三_现场照片.jpg", ["张三"]),
        ("李雷.jpg", ["李雷"]),
        ("20261103_王小明_语音.m4a", ["王小明"]),
        ("kb/张三丰/李雷.png", ["张三丰", "李雷"]),
        ("高温老化.jpg", []),
        ("安装说明.pdf", []),
        ("IMG_20261103_091233.jpg", []),
        ("GW2-V2.3.1.4.bin", []),
        ("平板_白屏.png", []),
    ],
)
def test_names_of_files(name: str, found: list[str]) -> None:
    """In the name of a file a person needs no label."""
    assert [name[one.start : one.end] for one in privacy.find_in_name(name)] == found
