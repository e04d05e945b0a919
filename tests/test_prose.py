"""Text made fit to stand in a part of a section: nothing in it begins another one, and nothing of it is lost."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultkb import document, prose

HOSTILE = [
    "# 一级",
    "## 用户确认",
    "   ### 现象",
    "#### 小标题",
    "##",
    "#",
    "用户确认",
    "===",
    "---",
    " -",
    "```",
    "~~~~ python",
    "    ## 缩进的代码",
    "> ## 引用",
    "<!-- ",
    "-->",
    "正文",
    "",
    "  ",
    "\\## 已经转义",
    "- 列表",
    "| 表 | 格 |",
]
"""Lines that make or break headings, fences and comments."""

texts = st.one_of(st.text(), st.lists(st.sampled_from(HOSTILE), max_size=12).map("\n".join))

TAMED = {
    "second level": ("## 用户确认", "\\## 用户确认"),
    "third level": ("前\n### 现象\n后", "前\n\\### 现象\n后"),
    "indented": ("   # 标题", "   \\# 标题"),
    "closed with marks": ("## 标题 ##", "\\## 标题 ##"),
    "without a name": ("##", "\\##"),
    "deeper ones are text": ("#### 小标题", "#### 小标题"),
    "no heading: no blank": ("##标题", "##标题"),
    "underlined": ("用户确认\n---", "用户确认\n\\---"),
    "underlined twice": ("用户确认\n ===", "用户确认\n \\==="),
    "underlined after a mark": ("# 标题\n---", "\\# 标题\n\\---"),
    "rule between blank lines": ("前\n\n---\n\n后", "前\n\n---\n\n后"),
    "in a code block": ("```\n## 注释\n---\n```", "```\n## 注释\n---\n```"),
    "in a comment": ("<!--\n## 注释\n-->", "<!--\n## 注释\n-->"),
    "Windows line ends": ("一\r\n## 二\r\n", "一\n\\## 二"),
    "a carriage return alone": ("一\r## 二", "一\n\\## 二"),
    "blank lines around": ("\n \n　\n  一\n\n", "  一"),
    "control characters": ("红\x1b[31m\x00字\x0b", "红�[31m�字�"),
    "marks of direction": ("号码 \u202e8765\u202c \u2066a\u2069\u200e", "号码 �8765� �a��"),
    "half a character": ("\udce7", "�"),
    "a tab stays": ("一\t二", "一\t二"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("text", "expected"), TAMED.values(), ids=TAMED.keys())
def test_what_would_be_a_heading_gets_a_backslash(text: str, expected: str) -> None:
    """A heading down to the third level becomes text, all else stays as it is."""
    assert prose.tame(text) == expected


def readable(char: str) -> str:
    """Return a character, or what stands for one that nobody can see."""
    unseen = (char < " " and char not in "\t\n\r") or char in "\x7f\u200e\u200f" or "\ud800" <= char <= "\udfff"
    return "�" if unseen or "\u202a" <= char <= "\u202e" or "\u2066" <= char <= "\u2069" else char


@given(texts)
def test_taming_loses_nothing(text: str) -> None:
    """But for blank lines at either end, unreadable characters and backslashes, every line is there and the same."""
    lines = re.split("\r\n|\r|\n", "".join(map(readable, text)))
    while lines and not lines[0].strip(" \t　"):
        del lines[0]
    without_marks = "\n".join(lines).rstrip().replace("\\", "")
    assert prose.tame(text).rstrip("\\").replace("\\", "") == without_marks


@given(texts, texts)
def test_a_tame_text_stands_where_it_is_put(first: str, second: str) -> None:
    """Of texts that neither divide nor swallow, each is read back as what stands in its part, and there is no other part."""
    tamed = [prose.tame(first), prose.tame(second)]
    if any(prose.divides(one) or prose.is_open(one) for one in tamed):
        return
    body = f"\n## 甲\n\n### 乙\n\n{tamed[0]}\n\n### 丙\n\n{tamed[1]}\n"
    sections = document.parse(f"---\nid: X\n---\n{body}").sections
    assert {key: text.strip() for key, text in sections.items()} == {
        ("甲", ""): "",
        ("甲", "乙"): tamed[0].strip(),
        ("甲", "丙"): tamed[1].strip(),
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("正文", False),
        ("```\n代码\n```", False),
        ("```\n代码", True),
        ("~~~\n```\n~~", True),
        ("<!-- 注释 -->", False),
        ("<!-- 注释", True),
        ("文中的 <!-- 不算", False),
        ("`行内 ``` 不算`", False),
    ],
)
def test_open_texts_swallow_what_follows(text: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """A fence or comment that never ends is seen, one that ends or is none is not."""
    assert prose.is_open(text) is expected


def test_rows_of_rules_are_left_to_be_refused() -> None:
    """Each escaped line makes the next one an underline: a text of nothing else is not mended for ever."""
    assert prose.divides(prose.tame("一\n" + "---\n" * 50))
    assert not prose.divides(prose.tame("一\n" + "---\n" * 3))
