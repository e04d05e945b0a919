"""The lifecycle as data."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from faultkb.lifecycle import Requirement

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary


def test_states(words: Vocabulary) -> None:
    """Five states, four of them open, beginning with 待受理."""
    life = words.lifecycle
    assert life.states == ("待受理", "处理中", "待验证", "已关闭", "已延期")
    assert life.open_states == ("待受理", "处理中", "待验证", "已延期")
    assert life.closed_states == ("已关闭",)
    assert (life.initial, life.registration.name) == ("待受理", "登记")


def test_events(words: Vocabulary) -> None:
    """The 24 events of the contract, each described."""
    names = "登记 退回 补充 响应 受理 反馈 改派 定级 定类 初步方案 评审 进展 风险 暂停 恢复 改期 提交验证 验证不通过 验证通过 用户确认 关闭 作废 重开 更正"
    assert list(words.lifecycle.events) == names.split()
    assert all(spec.description for spec in words.lifecycle.events.values())


def test_folded_fields(words: Vocabulary) -> None:
    """The snapshot of DESIGN §4, and which of its fields begin with a value of their own."""
    assert words.lifecycle.folded == {
        "status",
        "severity",
        "type",
        "team",
        "owner",
        "assistants",
        "due_at",
        "completed_at",
        "verification",
    }
    assert set(words.lifecycle.changing) == {"severity", "type"}


@pytest.mark.parametrize(
    ("state", "waiting", "names"),
    [
        ("", "", "登记"),
        ("待受理", "", "退回 补充 响应 受理 反馈 定级 定类 作废 更正"),
        ("待受理", "退回", "补充 响应 受理 反馈 定级 定类 作废 更正"),
        ("处理中", "", "响应 反馈 改派 定级 定类 初步方案 评审 进展 风险 暂停 改期 提交验证 作废 更正"),
        ("处理中", "暂停", "响应 反馈 改派 定级 定类 初步方案 评审 进展 风险 恢复 改期 提交验证 作废 更正"),
        ("待验证", "", "响应 反馈 改派 定级 定类 评审 进展 风险 暂停 改期 验证不通过 验证通过 用户确认 关闭 作废 更正"),
        (
            "待验证",
            "暂停",
            "响应 反馈 改派 定级 定类 评审 进展 风险 恢复 改期 验证不通过 验证通过 用户确认 关闭 作废 更正",
        ),
        ("已关闭", "", "反馈 重开 更正"),
        ("已延期", "", "响应 反馈 改派 定级 定类 初步方案 评审 进展 风险 暂停 改期 提交验证 作废 更正"),
    ],
)
def test_possible(state: str, waiting: str, names: str, words: Vocabulary) -> None:
    """What can happen next, in the order of a fault's life: what begins a wait only while it is not open, what ends it while it is."""
    assert [spec.name for spec in words.lifecycle.possible(state, {waiting} - {""})] == names.split()


@pytest.mark.parametrize(
    ("event", "before", "after"),
    [
        ("改期", "处理中", "已延期"),
        ("改期", "待验证", "待验证"),
        ("进展", "已延期", "已延期"),
        ("作废", "待受理", "已关闭"),
    ],
)
def test_target(event: str, before: str, after: str, words: Vocabulary) -> None:
    """A target by state, none, and one for all."""
    assert words.lifecycle.events[event].target(before) == after


def test_fields_of_an_event(words: Vocabulary) -> None:
    """What it must and may carry, besides what every event carries."""
    assert words.lifecycle.events["受理"].fields == {
        "at",
        "event",
        "by",
        "note",
        "late",
        "team",
        "owner",
        "due_at",
        "assistants",
    }


@pytest.mark.parametrize(
    ("since", "registered", "applies"),
    [(None, "2000-01-01", True), ("2026-11-03", "2026-11-02", False), ("2026-11-03", "2026-11-03", True)],
)
def test_requirements_are_not_retroactive(since: str | None, registered: str, applies: bool) -> None:  # noqa: FBT001 - a case's own verdict
    """A requirement with ``since`` holds for faults registered on that day or later."""
    requirement = Requirement("team", date.fromisoformat(since) if since else None)
    assert requirement.applies(date.fromisoformat(registered)) is applies
