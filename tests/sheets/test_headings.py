"""Headings as offices write them, and what they stand for: rather nothing than something wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faultkb import tracking
from faultkb.sheets.headings import Names, claimed

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("问题编号", "id"),
        ("故障编号*", "id"),
        ("编 号", "id"),
        ("ＩＤ", "id"),
        ("反馈\n时间：", "reported_at"),
        ("提出时间（必填）", "reported_at"),
        ("提出日期(YYYY-MM-DD)", "reported_at"),
        ("*问题描述", "故障描述"),
        ("1、问题描述", "故障描述"),
        ("问题描述 Description", "故障描述"),
        ("问题描述/现象", "故障描述"),
        ("具体问题描述", "故障描述"),
        ("【必填】问题描述", "故障描述"),
        ("原因分析情况", "原因分析"),
        ("责任人", "owner"),
        ("负责人 ", "owner"),
        ("影响台数（台）", "impact.users"),
        ("数量/台", "impact.users"),
        ("联系电话", "customer.contact"),
        ("S/N", "customer.device"),
        ("当前状态▼", "status"),
        ("解决措施", "短期方案+长期方案"),
        ("D4根本原因", "原因分析"),
        ("D5 永久措施", "长期方案"),
        ("序号", ""),
        ("责任人电话", ""),
        ("责任人/电话", ""),
        ("责任人 Email", ""),
        ("反馈人/时间", ""),
        ("姓名", ""),
        ("是否超时", ""),
        ("关闭确认时间点", ""),
        ("描述人员", ""),
        ("故障描述完成时间", ""),
        ("用户数据备份", ""),
        ("", ""),
        ("***", ""),
        ("（备注）", "remark"),
    ],
)
def test_match(words: Vocabulary, text: str, name: str) -> None:
    """Blanks, width, case, marks and remarks in brackets do not count; a name with another word in it is another name."""
    found = Names(tracking.columns(words)).match(text)
    assert (found.column.name if found else "") == name


def test_best_column_wins(words: Vocabulary) -> None:
    """The schema's own title beats older names, those beat names with a word around them, and the first of equals wins."""
    names = Names(tracking.columns(words))
    texts = ["日期", "反馈时间", "提出时间", "具体问题描述", "问题描述", "备注", "备注"]
    found = claimed({place: names.match(text) for place, text in enumerate(texts)})
    assert {place: column.name for place, column in found.items()} == {1: "reported_at", 4: "故障描述", 5: "remark"}
