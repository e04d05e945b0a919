"""Which rows are headings, faults, sums and the rest, in tables as offices lay them out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from faultkb.sheets import DATA, HEADER, OUTSIDE, REPEATED, TITLE, TOTAL

from .conftest import fill, kinds, known, said

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.sheets import Sheet

NOON = datetime.fromisoformat("2023-05-06 12:00")


def test_plain(table: Callable[..., Sheet]) -> None:
    """One row of headings, faults below; empty rows between them and empty columns do no harm."""
    sheet = table(
        [
            ["编号", None, "提出时间", "问题描述", "状态"],
            ["GZ-1", None, NOON, "开机黑屏", "已关闭"],
            [],
            ["GZ-2", None, "2023.5.7", "自动重启", None],
        ]
    )
    assert known(sheet) == {"A": "id", "C": "reported_at", "D": "故障描述", "E": "status"}
    assert said(sheet) == [["GZ-1", "2023-05-06 12:00", "开机黑屏", "已关闭"], ["GZ-2", "2023.5.7", "自动重启"]]
    assert kinds(sheet) == [(1, HEADER, ""), (2, DATA, ""), (4, DATA, "")]
    cell = sheet.cell(sheet.data[0], "reported_at")
    assert cell is not None
    assert (cell.place, cell.value) == ("C2", NOON)
    assert sheet.cell(sheet.data[1], "status") is None


def test_two_rows_of_headings_below_titles(table: Callable[..., Sheet]) -> None:
    """The lower heading counts where it is known; else both are joined. The title gives the year, not the date of printing."""
    sheet = table(
        [
            ["2023 年度产品问题跟踪表"],
            ["制表人：张三", None, None, None, None, "打印日期：2024-01-03"],
            ["序号", "故障编号", "用户信息", None, "问 题\n描述（必填）", "责任人"],
            [None, None, "姓名", "电话", None, None],
            [1, 15, "李四", 13800138000, "开机黑屏", "王五"],
        ],
        ["A1:F1", "A3:A4", "B3:B4", "C3:D3", "E3:E4", "F3:F4"],
    )
    assert known(sheet) == {"B": "id", "D": "customer.contact", "E": "故障描述", "F": "owner"}
    assert [one.text for one in sheet.headings.values()][:3] == ["序号", "故障编号", "用户信息-姓名"]
    assert kinds(sheet) == [(1, TITLE, ""), (2, TITLE, ""), (3, HEADER, ""), (4, HEADER, ""), (5, DATA, "")]
    assert said(sheet) == [["1", "15", "李四", "13800138000", "开机黑屏", "王五"]]
    assert sheet.year == 2023
    assert sheet.counts[REPEATED] == 4


def test_groups_that_are_not_merged(table: Callable[..., Sheet]) -> None:
    """A group stands above its first column only; 反馈人 with a phone below is not the user's phone."""
    sheet = table(
        [
            ["编号", "问题描述", "反馈人", None, "状态"],
            [None, None, "姓名", "电话", None],
            ["A1", "黑屏", "李四", "13800138000", "关闭"],
        ]
    )
    assert known(sheet) == {"A": "id", "B": "故障描述", "C": "reporter.name", "E": "status"}
    assert sheet.unknown[0].text == "反馈人-电话"


def test_groups_decide_what_bare_words_mean(table: Callable[..., Sheet]) -> None:
    """时间 below 计划 is the plan; below a group that says nothing of it, it stays without a field."""
    sheet = table(
        [
            ["问题信息", None, None, "计划", "完成情况", None],
            ["编号", "描述", "日期", "时间", "时间", "状态"],
            ["A1", "黑屏", "2023/5/6", "2023/5/9", "2023/5/8", "关闭"],
        ],
        ["A1:C1", "E1:F1"],
    )
    assert known(sheet) == {"A": "id", "B": "故障描述", "C": "reported_at", "D": "due_at", "F": "status"}
    assert [one.text for one in sheet.unknown] == ["完成情况-时间"]


def test_a_merged_title_is_no_group(table: Callable[..., Sheet]) -> None:
    """A title over all columns, right above the headings, is a title."""
    sheet = table([["故障跟踪表", None, None], ["时间", "描述", "说明"], ["2023/1/2", "黑屏", "急"]], ["A1:C1"])
    assert kinds(sheet) == [(1, TITLE, ""), (2, HEADER, ""), (3, DATA, "")]
    assert known(sheet) == {"A": "reported_at", "B": "故障描述", "C": "remark"}


def test_merged_rows(table: Callable[..., Sheet]) -> None:
    """A value that is merged downward belongs to each row, and counts once; rows that share their number go on."""
    sheet = table(
        [
            ["编号", "描述", "措施", "责任人"],
            ["A1", "黑屏", "换屏", "王五"],
            [None, None, "升级", None],
            ["A2", "死机", "重启", None],
            ["A3", None, "换板", "赵六"],
        ],
        ["A2:A3", "B2:B3", "B4:B5", "D2:D4"],
    )
    assert said(sheet) == [
        ["A1", "黑屏", "换屏", "王五"],
        ["A1", "黑屏", "升级", "王五"],
        ["A2", "死机", "重启", "王五"],
        ["A3", "死机", "换板", "赵六"],
    ]
    assert [row.continues for row in sheet.data] == [0, 2, 0, 0]
    assert next((one.place, one.repeats) for one in sheet.data[1].cells.values()) == ("A3", "A2")
    assert sheet.counts == {HEADER: 4, DATA: 11, REPEATED: 5}


def test_around_the_table(table: Callable[..., Sheet]) -> None:
    """Headings that come again, sums, legends, signatures, section lines and rows with a number only are no faults."""
    sheet = table(
        [
            ["序号", "编号", "问题描述", "责任人", "状态"],
            ["一、硬件问题"],
            [1, "A1", "黑屏", "王五", "关闭"],
            ["小计", None, 1],
            ["序号", "编号", "问题描述", "责任人", "状态"],
            [2, "A2", "合计金额显示错误", "王五", "关闭"],
            [3],
            ["合计：2 条"],
            [],
            ["红色=紧急，黄色=高"],
            ["注：每周五更新"],
            ["制表：张三", None, "审核：李四", None, "批准："],
            [None, "以上数据来自客服系统"],
        ],
        ["A2:E2"],
    )
    assert kinds(sheet) == [
        (1, HEADER, ""),
        (2, OUTSIDE, "整行合并的文字"),
        (3, DATA, ""),
        (4, TOTAL, "合计行"),
        (5, HEADER, "表头重复"),
        (6, DATA, ""),
        (7, OUTSIDE, "只有序号"),
        (8, TOTAL, "合计行"),
        (10, OUTSIDE, "图例、说明或签字"),
        (11, OUTSIDE, "图例、说明或签字"),
        (12, OUTSIDE, "图例、说明或签字"),
        (13, OUTSIDE, "只有一格文字"),
    ]


def test_short_faults_are_kept(table: Callable[..., Sheet]) -> None:
    """A fault of which only the description is known is one, also below a gap; a colour in it is no legend."""
    sheet = table(
        [["编号", "描述", "备注"], [None, "黑屏"], [], [None, "红色：指示灯不亮", "急"], [None, "注：开机时"]]
    )
    assert [row.number for row in sheet.data] == [2, 4]


def test_hints_below_the_headings(table: Callable[..., Sheet]) -> None:
    """The row of a template that says how to fill it in is no fault."""
    sheet = table(
        [["编号", "描述", "状态"], ["自动生成，不可重复", "必填，清晰具体", "下拉选择"], ["A1", "黑屏", "关闭"]]
    )
    assert kinds(sheet)[1] == (2, OUTSIDE, "填写提示")


def test_headings_in_two_languages(table: Callable[..., Sheet]) -> None:
    """A row that says the headings again in English is no fault."""
    sheet = table([["编号", "描述", "责任人"], ["No.", "Description", "Owner"], ["A1", "crash", "Tom"]])
    assert kinds(sheet) == [(1, HEADER, ""), (2, HEADER, "英文表头"), (3, DATA, "")]


def test_columns_without_and_with_the_same_heading(table: Callable[..., Sheet]) -> None:
    """A column without a heading is called by its letter; of two that are called the same, the first counts."""
    sheet = table([["编号", "描述", None, "备注", "备注"], ["A1", "黑屏", "x", "一", "二"]])
    assert known(sheet) == {"A": "id", "B": "故障描述", "D": "remark"}
    assert [one.text for one in sheet.unknown] == ["C 列", "备注（E 列）"]


def test_another_table_below(kept: Callable[..., tuple[Sheet, ...]]) -> None:
    """Other headings further below begin another table of the same sheet."""
    book = openpyxl.Workbook()
    rows: list[list[Any]] = [
        ["编号", "描述", "责任人"],
        ["A1", "黑屏", "王五"],
        ["编号", "处理状态", "问题描述", "完成日期"],
        ["B1", "关闭", "死机", "2023-5-6"],
    ]
    fill(book.active, rows)
    first, second = kept(book)
    assert (said(first), said(second)) == ([["A1", "黑屏", "王五"]], [["B1", "关闭", "死机", "2023-5-6"]])
    assert known(second) == {"A": "id", "B": "status", "C": "故障描述", "D": "completed_at"}
    assert first.name == second.name


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(
            [["故障类型", "严重程度", "当前状态", "责任团队"], ["硬件故障", "高", "关闭", "测试组"]], id="字典"
        ),
        pytest.param([["编号", "姓名", "部门", "电话"], ["RD001", "张三", "硬件部", "13800138000"]], id="人员"),
        pytest.param([["版本", "日期", "说明"], ["V1.2", "2023/5/6", "首发"]], id="版本"),
        pytest.param([["责任人", "数量", "状态"], ["张三", 5, "关闭"]], id="统计"),
        pytest.param([["问题", "说明"], ["一", "二"], ["三", "四"]], id="问答"),
    ],
)
def test_other_tables_are_no_faults(kept: Callable[..., tuple[Sheet, ...]], rows: list[list[Any]]) -> None:
    """Lists of choices, people, versions and sums beside the table are skipped, and that is said."""
    book = openpyxl.Workbook()
    fill(book.active, [["编号", "描述", "状态"], ["A1", "黑屏", "关闭"]])
    fill(book.create_sheet("附表"), rows)
    _, other = kept(book)
    assert other.skipped.startswith("没有认出表头")
    assert not other.data
    assert other.counts[OUTSIDE] == other.filled


def test_several_sheets(kept: Callable[..., tuple[Sheet, ...]]) -> None:
    """Sheets come in their order, hidden ones, too; charts are no sheets; the year stands in the name."""
    book = openpyxl.Workbook()
    book.active.title = "2022年"
    for name in ("2022年", "2023年1-6月", "旧"):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        fill(sheet, [["编号", "描述", "状态"], [f"{name}-1", "黑屏", "关闭"]])
    book["旧"].sheet_state = "hidden"
    book.create_chartsheet("图")
    found = kept(book)
    assert [(one.name, one.hidden, one.year) for one in found] == [
        ("2022年", False, 2022),
        ("2023年1-6月", False, 2023),
        ("旧", True, None),
    ]


def test_hidden_rows(kept: Callable[..., tuple[Sheet, ...]]) -> None:
    """A row that a filter hides is read, and says so."""
    book = openpyxl.Workbook()
    fill(book.active, [["编号", "描述", "状态"], ["A1", "黑屏", "关闭"], ["A2", "死机", "关闭"]])
    book.active.row_dimensions[3].hidden = True
    (sheet,) = kept(book)
    assert [row.hidden for row in sheet.data] == [False, True]
