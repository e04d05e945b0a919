"""Whatever somebody types into the cells: what is accepted leaves no error behind, touches nothing else, and is accepted once."""

from __future__ import annotations

import functools
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from faultkb import check
from faultkb.finding import ERROR
from faultkb.render import updates as render
from tests.updates.conftest import AS_OF, SOLUTION
from tests.updates.test_applying import STATES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.vocabulary import Vocabulary
    from tests.updates.conftest import Back

NOISE = st.text(alphabet="ab1：:【】*#`-\n\t |<>{}[]'\"\\=@、，。现象短期方案通过人\u3000\u200b\x07", max_size=30)
LINE = st.sampled_from(
    ["样机装好", "2026-11-05 10:00 RD025：装好", "11/4 装好", "- 通过", "2026-11-02 09:00 登记（ZL001）：改"]
)


def ending(text: str, more: str) -> str:
    """Return a text with a line more."""
    return f"{text or ''}\n{more}"


def swapped(text: str, more: str) -> str:
    """Return a text with something in the middle of it."""
    return f"{text[: len(text) // 2]}{more}{text[len(text) // 2 :]}"


CELLS: dict[str, st.SearchStrategy[Any]] = {
    "severity": st.sampled_from(["紧急", "高", "低", "P1"]) | NOISE,
    "type": st.sampled_from(["硬件故障", "兼容", "其他"]) | NOISE,
    "status": st.sampled_from(["待受理", "处理中", "待验证", "已关闭", "已延期"]) | NOISE,
    "team": st.sampled_from(["测试组", "硬件研发组"]) | NOISE,
    "owner": st.sampled_from(["RD025 郭*", "RD030马大力", "郭某", "RD025 郭*、RD030 马*"]) | NOISE,
    "assistants": st.sampled_from(["RD025 郭*", "RD030 马*、RD031 牛*", ""]) | NOISE,
    "due_at": st.sampled_from(["2026-11-12", "2026/11/5 15:00", "2026-13-40", "下周"]) | NOISE,
    "verification": st.sampled_from(
        [
            "通过\n功能验证：通过\n兼容性验证：通过\n用户体验验证：通过\n验证人：QA003 赵*",
            "未通过：还会重启",
            "未通过",
            "通过",
        ]
    )
    | NOISE,
    "remark": NOISE,
    "customer": st.sampled_from(["用户ID：U****3821", "用户ID：13812345678"]) | NOISE,
    "impact": st.sampled_from(["受影响用户数：5户\n涉及产品：A、B\n涉及版本：V1", "受影响用户数：很多"]) | NOISE,
    SOLUTION: (LINE | NOISE).map(lambda more: lambda text: swapped(text, more)),
    "故障描述": (LINE | NOISE).map(lambda more: lambda text: swapped(text, more)),
    "events": (LINE | NOISE).map(lambda more: lambda text: ending(text, more)),
}
EDITS = st.lists(st.sampled_from(sorted(CELLS)), min_size=1, max_size=4, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: CELLS[name] for name in names})
)
MAY_CHANGE = {
    "severity": {"severity"},
    "type": {"type"},
    "status": {"status", "team", "due_at", "completed_at", "verification"},
    "team": {"team"},
    "owner": {"owner"},
    "assistants": {"assistants"},
    "due_at": {"due_at", "status"},
    "verification": {"verification", "completed_at", "status"},
    "remark": {"remark"},
    "customer": {"customer"},
    "impact": {"impact"},
    "故障描述": {"title"},
}
"""The fields of the header that a cell may change, be it through an event."""


@pytest.fixture(scope="module")
def faults(load_text: Callable[[str], Loaded], write_text: Callable[..., str]) -> Callable[[str], Loaded]:
    """Return a function from a state to a fault in it."""

    @functools.cache
    def make(status: str) -> Loaded:
        events, header = STATES[status]
        return load_text(write_text(*events, **{"status": status, **header}))

    return make


def errors(root: Path, words: Vocabulary, loaded: Loaded) -> Counter[tuple[str, str]]:
    """Count the errors that the check finds."""
    found = check.examine(loaded, words, root, AS_OF)[0]
    return Counter((one.rule, one.message) for one in found if one.level == ERROR)


def field_lines(loaded: Loaded) -> dict[str, str]:
    """Return the line of each field of the header but the events."""
    lines = loaded.document.header_text.partition("\nevents:")[0].split("\n")
    return {line.partition(":")[0]: line for line in lines}


@pytest.fixture(scope="module")
def trial(
    root: Path, words: Vocabulary, faults: Callable[[str], Loaded], come_back: Callable[..., Back]
) -> Callable[[str, dict[str, Any]], None]:
    """Return a function that brings a row back and judges what comes of it."""

    def judge(status: str, edits: dict[str, Any]) -> None:
        before = faults(status)
        found = come_back(before, **edits)
        assert all("13812345678" not in line for line in render.fault(words, found.row, found.done))
        if not found.done.is_fine:
            return
        after = found.done.after
        assert not errors(root, words, after) - errors(root, words, before)
        may = set().union(*(MAY_CHANGE.get(name, set()) for name in edits))
        old, new = (field_lines(one) for one in (before, after))
        assert {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)} <= may
        recorded = before.document.header["events"]
        assert after.document.header["events"][: len(recorded)] == recorded
        if not {SOLUTION, "故障描述"} & edits.keys():
            assert after.document.body == before.document.body
        again = come_back(after, exported=before, **edits)
        assert not again.row.intent, (edits, again.row.intent)

    return judge


@example(status="处理中", edits={"assistants": ":1\n:"})
@settings(max_examples=150, deadline=None)
@given(status=st.sampled_from(sorted(STATES)), edits=EDITS)
def test_any_edits_leave_a_sound_fault(
    trial: Callable[[str, dict[str, Any]], None], status: str, edits: dict[str, Any]
) -> None:
    """No new error, no byte of another field, no recorded event changed; and the same row again means nothing."""
    trial(status, edits)
