"""How to fill in the columns of the tracking table, as the schema of this repository has it."""

from __future__ import annotations

import shutil
from datetime import date
from typing import TYPE_CHECKING

import pytest

from faultkb import guidance, tracking, vocabulary

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.tracking import Column
    from faultkb.vocabulary import Vocabulary

DAY = date(2026, 11, 20)


def column(words: Vocabulary, title: str) -> Column:
    """Return the column of a title."""
    return next(one for one in tracking.exported(words) if one.title == title)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("问题编号", "系统自动，不可重复；新增的一行不填"),
        ("反馈时间", "必填；写成 YYYY-MM-DD HH:MM（24 小时制，冒号用半角），例如 2026-11-03 09:12"),
        ("反馈人信息", "必填；仅内部使用；写工号和姓名，姓名用*号代替，例如 RD017 李*"),
        ("用户基本信息", "可选；仅内部使用；一行一项，写成“用户ID：…”“设备编号：…”“联系方式：…”“客户系统编号：…”"),
        ("故障类型", "必填；下拉选择"),
        ("故障描述", "必填；第一行写标题，各部分用【现象】【使用场景】【发生频率】【复现步骤】【环境信息】开头"),
        ("主责人", "受理之后必填；仅内部使用；写工号和姓名，姓名用*号代替，例如 RD017 李*"),
        ("解决方案", "提交验证之前必填；各部分用【短期方案】【长期方案】开头"),
        (
            "实际完成时间",
            "验证通过、作废之后必填；写成 YYYY-MM-DD HH:MM（24 小时制，冒号用半角），例如 2026-11-03 09:12",
        ),
        ("备注", "可选"),
        ("协办人", "可选；仅内部使用；几个人用、隔开，例如 RD021 王*、RD022 陈*"),
        ("处理进度", "由系统记录，一行一个事件，最新的在最后；有新的进展，另起一行写，已有的行不改"),
    ],
)
def test_requirements(words: Vocabulary, title: str, said: str) -> None:
    """When a column must be filled in, and how."""
    assert guidance.requirement(column(words, title), words) == said


def test_choices_and_what_they_mean(words: Vocabulary) -> None:
    """The four columns of the requirement have drop-down lists; a team says which types it takes."""
    offered = {one.title: guidance.offered(one, words, DAY) for one in tracking.exported(words)}
    assert {title: some for title, some in offered.items() if some} == {
        "故障类型": ["硬件故障", "软件Bug", "兼容性问题", "操作误解", "其他"],
        "严重程度": ["紧急", "高", "中", "低"],
        "当前状态": ["待受理", "处理中", "待验证", "已关闭", "已延期"],
        "责任团队": ["硬件研发组", "软件开发组", "云平台组", "测试组", "客服组"],
    }
    assert guidance.meanings(column(words, "严重程度"), words)["紧急"] == "影响核心功能且大面积用户"
    assert guidance.meanings(column(words, "责任团队"), words)["软件开发组"] == "受理软件Bug、兼容性问题"
    assert guidance.meanings(column(words, "当前状态"), words)["待受理"] == "已登记，等待完整性审核与分配"


def test_retired_choices_are_not_offered(root: Path, tmp_path: Path) -> None:
    """A team that is retired since the 20th is offered on the 19th, not on the 20th."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    path = tmp_path / "schema" / "teams.yaml"
    text = path.read_text(encoding="utf-8").replace("lead: CL001,", "lead: CL001, retired: 2026-11-20,")
    path.write_text(text, encoding="utf-8")
    words = vocabulary.load(tmp_path)
    team = column(words, "责任团队")
    assert "云平台组" in guidance.offered(team, words, date(2026, 11, 19))
    assert "云平台组" not in guidance.offered(team, words, DAY)


def test_meanings_of_columns(words: Vocabulary) -> None:
    """A field says what the schema says of it, a column of two sections names both."""
    assert guidance.meaning(column(words, "严重程度"), words) == "根据影响范围定义，标注问题优先级。"
    team = guidance.meaning(column(words, "责任团队"), words, ["测试组", "客服组"])
    assert team.endswith("明确处理主体；可以选：测试组、客服组。")
    for one in tracking.exported(words):
        assert ".yaml" not in guidance.meaning(one, words, guidance.offered(one, words, DAY))
    said = guidance.meaning(column(words, "解决方案"), words)
    assert said.startswith("短期方案：临时修复措施")
    assert "长期方案：根本性解决方案" in said
