"""Mends as a property: whatever a ticket holds, mending it twice is mending it once, and nothing private or odd comes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faultkb import corpus, document, mend, privacy
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.mend import Mended
    from faultkb.vocabulary import Vocabulary

PATH = "tickets/2026/11/SW-20261102-001.md"
PIECES = (
    *("13812345512", "137 0000 2468", "+86-139-0000-1111", "１３８１２３４５５１２", "user1@example.com", "密码：Zq8#xW0pLm", "010-82345678"),
    *("118.31.24.7", "京A5K3P8", "微信号：wq_gateway88", "6222020212345678909", "110101199003078515", "联系人：王建国", "张三"),
    *("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "https://u:pw9x@h.example.com", "北京市海淀区中关村大街27号3单元502室"),
    *("*", "：", ": ", "，", " ", "  \n", " \n", "\n", "\t", "#", "- ", "```\n", "'", '"', "{", "}", "[", "]", "&a", "|", ">", "<!--", "-->", "\\"),
    *("2026/11/3 9:12", "V2.3.1", "网关", "0x8007000E", "## 原因分析\n"),
)  # fmt: skip
WORDS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)


@pytest.fixture(scope="module")
def mended(words: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Mended | None]:
    """Return a function from the text of a ticket without attachments to what can be mended in it."""
    nowhere = tmp_path_factory.mktemp("nowhere")
    return lambda text: mend.plan(corpus.loaded(PATH, document.parse(text), words), words, nowhere)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(header=WORDS, body=WORDS, windows=st.booleans())
def test_twice_is_once(
    write_text: Callable[..., str], mended: Callable[[str], Mended | None], header: str, body: str, *, windows: bool
) -> None:
    """A mended text has nothing left that a program would mend or keep quiet about, reads as it did before, and keeps its line ends."""
    text = write_text("登记", remark=header, body=f"## 故障描述\n\n{body}")
    text = text.replace("\n", "\r\n") if windows else text
    first = mended(text)
    if first is None:
        return
    after = first.edits[0].after.decode() if first.edits else text
    assert not windows or "\n" not in after.replace("\r\n", "")
    again = mended(after)
    assert again is None or not again.edits
    assert len(document.parse(after).problems) <= len(document.parse(text).problems)
    unsure = [one for one in privacy.find(text) if not one.sure and text[one.start : one.end] in after]
    found = [*unsure, *privacy.find(after)]
    told = "".join(one.what for one in first.left)
    assert [one for one in found if f"（遮盖后是 {clip(one.shown)}）" not in told] == []
    said = "".join(one.what for one in first.done)
    assert not [one for one in privacy.find(text) if one.sure and text[one.start : one.end] in said]
