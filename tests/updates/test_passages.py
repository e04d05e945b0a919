"""A section as a cell has it, back in its file: what changes, and that nothing else does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faultkb import document
from faultkb.updates import passages
from faultkb.updates.passages import Passage, UnclearError

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary

HEAD = "---\nid: SW-20261102-001\n---\n"
BODY = "\n## 故障描述\n\n### 现象\n\n重启。  \n两次。\n\n### 环境信息\n\nGW2\n\n## 原因分析\n\n不明。\n\n## 长期方案\n\n1. 换线程。\n"


def rewritten(words: Vocabulary, one: Passage, body: str = BODY) -> str:
    """Return the body with the passage in it."""
    text = passages.rewritten(words, document.parse(HEAD + body), one)
    assert text.startswith(HEAD)
    return text.removeprefix(HEAD)


def test_only_the_changed_line_differs(words: Vocabulary) -> None:
    """The hard line break that the cell lost stays on the line that nobody changed."""
    one = Passage("故障描述", "现象", "重启。\n两次。", "重启。\n三次。")
    assert rewritten(words, one) == BODY.replace("两次。", "三次。")


def test_line_ends_stay(words: Vocabulary) -> None:
    """A file with CRLF keeps it, new lines included."""
    text = (HEAD + BODY).replace("\n", "\r\n")
    one = Passage("故障描述", "现象", "重启。\n两次。", "重启。\n两次。\n又一次。")
    expected = BODY.replace("两次。\n", "两次。\n又一次。\n").replace("\n", "\r\n")
    assert passages.rewritten(words, document.parse(text), one) == HEAD.replace("\n", "\r\n") + expected


def test_new_section_stands_in_its_order(words: Vocabulary) -> None:
    """短期方案 comes between 原因分析 and 长期方案."""
    one = Passage("短期方案", "", "", "分批上报。", whole=True)
    assert rewritten(words, one) == BODY.replace("## 长期方案", "## 短期方案\n\n分批上报。\n\n## 长期方案")


def test_new_part_stands_in_its_order(words: Vocabulary) -> None:
    """发生频率 comes between 现象 and 环境信息; a last part at the end of its section."""
    one = Passage("故障描述", "发生频率", "", "必现")
    assert rewritten(words, one) == BODY.replace("### 环境信息", "### 发生频率\n\n必现\n\n### 环境信息")
    last = BODY.replace("### 环境信息\n\nGW2\n\n", "")
    one = Passage("故障描述", "环境信息", "", "GW3")
    assert rewritten(words, one, last) == last.replace("## 原因分析", "### 环境信息\n\nGW3\n\n## 原因分析")


def test_new_section_at_the_end(words: Vocabulary) -> None:
    """Where nothing comes later, a section is the last."""
    body = BODY.partition("\n## 长期方案")[0]
    one = Passage("长期方案", "", "", "换板。", whole=True)
    assert rewritten(words, one, body) == f"{body}\n## 长期方案\n\n换板。\n"


@pytest.mark.parametrize("hollow", ["", "待补充"])
def test_section_that_says_nothing_is_filled(words: Vocabulary, hollow: str) -> None:
    """The placeholder, or nothing at all, gives way to the text."""
    body = BODY.replace("1. 换线程。\n", f"{hollow}\n")
    one = Passage("长期方案", "", "", "换板。", whole=True)
    assert rewritten(words, one, body).endswith("## 长期方案\n\n换板。\n")


def test_headings_of_a_cell_are_text(words: Vocabulary) -> None:
    """A line that would begin another section gets a backslash: it must not reach out of its own."""
    one = Passage("长期方案", "", "1. 换线程。", "1. 换线程。\n## 验证记录\n通过", whole=True)
    assert rewritten(words, one) == BODY.replace("换线程。\n", "换线程。\n\\## 验证记录\n通过\n")


def test_open_fence_is_refused(words: Vocabulary) -> None:
    """A fence of code that never ends would swallow the next section."""
    one = Passage("长期方案", "", "1. 换线程。", "1. 换线程。\n```\nlog", whole=True)
    with pytest.raises(UnclearError, match="代码块"):
        rewritten(words, one)


def test_section_that_comes_twice_is_refused(words: Vocabulary) -> None:
    """Nobody knows which of two is meant."""
    one = Passage("长期方案", "", "1. 换线程。", "换板。", whole=True)
    with pytest.raises(UnclearError, match="2 个“长期方案”"):
        rewritten(words, one, BODY + "\n## 长期方案\n\n又一个\n")


def test_line_that_was_shown_otherwise_is_refused(words: Vocabulary) -> None:
    """What the table showed masked cannot be typed over; what stands beside it can."""
    body = BODY.replace("1. 换线程。", "联系 021-55556666\n换线程。")
    with pytest.raises(UnclearError, match="遮盖过"):
        rewritten(words, Passage("长期方案", "", "联系 021-****6666\n换线程。", "打给谁\n换线程。", whole=True), body)
    beside = Passage("长期方案", "", "联系 021-****6666\n换线程。", "联系 021-****6666\n换进程。", whole=True)
    assert rewritten(words, beside, body) == body.replace("换线程", "换进程")
