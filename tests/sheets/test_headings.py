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
        ("咨询/投诉内容", "故障描述"),
        ("处理结果/方案", "短期方案+长期方案"),
        ("问题描述及处理过程", "故障描述"),
        ("责任部门/责任人", "owner"),
        ("来电时间", "reported_at"),
        ("工单状态", "status"),
        ("值班工程师", "owner"),
        ("事件级别", "severity"),
        ("办结时限", "due_at"),
        ("是否结案", "status"),
        ("后续改进措施", "长期方案"),
        ("问题责任人电话", ""),
        ("完成时间差", ""),
        ("处理人部门", ""),
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


def test_a_section_takes_all_its_columns(words: Vocabulary) -> None:
    """Why it happened and why it got out are both the analysis; of two dates of the report only one is taken."""
    names = Names(tracking.columns(words))
    texts = ["发生原因", "流出原因", "提出日期", "登记日期"]
    found = claimed({place: names.match(text) for place, text in enumerate(texts)})
    assert {place: column.name for place, column in found.items()} == {0: "原因分析", 1: "原因分析", 2: "reported_at"}


def test_group_below_which_a_heading_stands(words: Vocabulary) -> None:
    """完成时间 with 计划 below it is when it should be done; 延期 with 原因 below it is no analysis."""
    names = Names(tracking.columns(words))
    found = [names.below(*one) for one in [("完成时间", "计划"), ("处理", "原因"), ("延期", "原因")]]
    assert [one.column.name if one else "" for one in found] == ["due_at", "原因分析", ""]
