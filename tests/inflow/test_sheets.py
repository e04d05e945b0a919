"""What the columns of a sheet tell together: days with clocks, the order of dates, people whom no heading announces."""

from __future__ import annotations

import io
import shutil
from datetime import time
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook, load_workbook

from faultkb import moment
from faultkb.inflow import plan
from faultkb.inflow.people import Directory
from faultkb.render import inflow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from faultkb.inflow.plan import Plan
    from faultkb.vocabulary import Vocabulary

    Planned = Callable[..., Plan]

AS_OF = moment.parse("2026-11-05 12:00")


@pytest.fixture
def planned(root: Path, words: Vocabulary, tmp_path: Path) -> Planned:
    """Return a function that plans the import of rows, the first of which are the headings; every cell must be accounted for."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    (tmp_path / "tickets").mkdir()

    def make(rows: Sequence[Sequence[Any]], merged: Sequence[str] = ()) -> Plan:
        book = Workbook()
        page = book.active
        assert page is not None
        for row in rows:
            page.append(list(row))
        for one in merged:
            page.merge_cells(one)
        book.save(tmp_path / "x.xlsx")
        found = plan.build(tmp_path, words, tmp_path / "x.xlsx", plan.Wish((), {}, Directory({})), AS_OF)
        assert found.cells.total() == found.filled
        return found

    return make


def texts(found: Plan) -> list[str]:
    """Return the tickets in the order of the rows."""
    return [one.made.text if one.made else "" for one in found.new]


@pytest.mark.parametrize(
    "heads", [("日期", "时间"), ("报修日期", "报修时间"), ("登记日期", "登记时间"), ("来电日期", "时间")]
)
def test_day_and_time_in_two_columns(planned: Planned, heads: tuple[str, str]) -> None:
    """They are one moment, whichever of the two is a name that is known; neither is called a column without a place."""
    found = planned([[*heads, "问题描述"], ["2025-03-05", "9:12", "黑屏"], ["2025-03-06", time(14, 5), "重启"]])
    assert ["reported_at: 2025-03-05 09:12" in one for one in texts(found)[:1]] == [True]
    assert "reported_at: 2025-03-06 14:05" in texts(found)[1]
    assert found.unknown == {}


def test_order_of_dates_is_that_of_the_column(planned: Planned) -> None:
    """13/03/2025 shows that 05/03/2025 is in March, and in the column for completion, too."""
    rows = [["提出日期", "问题描述", "完成日期"], ["05/03/2025", "黑屏", "06/03/2025"], ["13/03/2025", "重启", None]]
    first = texts(planned(rows))[0]
    assert "reported_at: 2025-03-05 09:00" in first
    assert "completed_at: 2025-03-06 18:00" in first


def test_day_without_a_year_is_near_the_report(planned: Planned) -> None:
    """Reported at the end of 2024, 1/5 is in 2025; 9/5 is too far away to be told."""
    rows = [["提出日期", "问题描述", "完成日期"], ["2024-12-28", "黑屏", "1/5"], ["2024-12-28", "重启", "9/5"]]
    first, second = texts(planned(rows))
    assert "completed_at: 2025-01-05 18:00" in first
    assert "completed_at" not in second
    assert "完成日期：9/5" in second


def test_names_in_a_column_that_is_not_known(planned: Planned) -> None:
    """A column in which names stand and hardly anything else is one of people: no name of it reaches a ticket."""
    rows = [
        ["提出日期", "问题描述", "复核员甲"],
        *(["2024-12-28", f"黑屏 {n}", name] for n, name in enumerate(("张伟", "李娜", "王建国"))),
    ]
    assert [("张伟" in one, "复核员甲：张*" in one) for one in texts(planned(rows))[:1]] == [(False, True)]


def test_merged_value_belongs_to_each_row(planned: Planned) -> None:
    """The line that three faults share stands in each of them, though its column is not known."""
    rows = [
        ["线别", "提出日期", "问题描述"],
        ["L3", "2024-12-26", "黑屏"],
        [None, "2024-12-27", "重启"],
        [None, "2024-12-28", "掉线"],
    ]
    assert ["线别：L3" in one for one in texts(planned(rows, ["A2:A4"]))] == [True, True, True]


_LEDGER = ["序号", "反馈日期", "客户", "问题描述", "处理措施"]


def test_rows_that_share_only_their_description_are_faults_of_their_own(planned: Planned) -> None:
    """Each has its own count, day and customer: three faults, the description in each of them."""
    rows = [
        _LEDGER,
        [1, "2025-03-21", "甲公司", "开门时没反应", "换电池"],
        [2, "2025-03-03", "乙公司", None, "换电机"],
        [3, "2025-03-26", "丙公司", None, "重新配网"],
    ]
    found = planned(rows, ["D2:D4"])
    assert [one[one.index("reported_at") :][13:23] for one in texts(found)] == [
        "2025-03-21",
        "2025-03-03",
        "2025-03-26",
    ]
    assert all("开门时没反应" in one for one in texts(found))
    assert found.notices == []


def test_joined_rows_are_told(planned: Planned) -> None:
    """Rows that share number and description are one fault; the report says first which rows went into which."""
    rows = [_LEDGER, [1, "2025-03-21", "甲公司", "开门时没反应", "换电池"], [None, None, None, None, "换电机"]]
    found = planned(rows, [f"{letter}2:{letter}3" for letter in "ABCD"])
    assert len(found.new) == 1
    stream = io.StringIO()
    inflow.as_text(found, stream)
    assert (
        stream.getvalue().split("\n")[1].startswith("注意：“Sheet”第 3 行并入了第 2 行的故障（它们共用合并的单元格）")
    )


def test_sheet_without_a_description_says_which_column_to_rename(planned: Planned) -> None:
    """All rows fail: the columns that are not known are named, and what to call the right one."""
    rows = [
        ["问题编号", "反馈时间", "状态", "责任人", "类别", "顾客原话"],
        ["A1", "2025-03-21", "完成", "赵丽", "软件", "黑屏"],
    ]
    (said,) = planned(rows).notices
    assert said == (
        "“Sheet”里没有认出写故障的一栏：把其中写故障的一栏改名为“故障描述”，再导入一次；不认得的栏目：“顾客原话”"
    )


def test_hidden_and_unread_sheets_are_told(root: Path, words: Vocabulary, tmp_path: Path) -> None:
    """A hidden sheet with faults and a sheet with rows but no headings are named; a small table of sums is not."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    book = Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.title, hidden.sheet_state = "归档", "hidden"
    other, sums = book.create_sheet("其余"), book.create_sheet("汇总")
    for one in (["反馈日期", "问题描述"], ["2025-03-21", "黑屏"]):
        hidden.append(one)
    for number in range(4):
        other.append([number, "甲", "乙"])
        sums.append(["月份", number])
    book.save(tmp_path / "x.xlsx")
    found = plan.build(tmp_path, words, tmp_path / "x.xlsx", plan.Wish((), {}, Directory({})), AS_OF)
    assert [one.split("”")[0] for one in found.notices] == ["“归档", "“其余"]
    assert "隐藏的工作表，里面的 1 行也读了" in found.notices[0]
    assert "没有读，却有 4 行像数据" in found.notices[1]


def test_names_of_sheets_are_masked_everywhere(root: Path, words: Vocabulary, tmp_path: Path) -> None:
    """Two sheets that are called alike without what is private get a number; no remark, sum or page has their own names."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    book = Workbook()
    names = ("联系人 13812345678", "联系人 13887655678", "王建国")
    for name in names:
        page = book.create_sheet(name)
        for one in (["问题编号", "反馈日期", "问题描述"], ["GZ-77", "2025-03-21", "黑屏"]):
            page.append(one)
    book.create_sheet("说明 13912345678").append(["随便", "写"])
    book.save(tmp_path / "x.xlsx")
    found = plan.build(tmp_path, words, tmp_path / "x.xlsx", plan.Wish((), {}, Directory({})), AS_OF)
    stream, report = io.StringIO(), io.BytesIO()
    inflow.as_text(found, stream)
    inflow.as_workbook(found, AS_OF, report)
    pages = load_workbook(io.BytesIO(report.getvalue()))
    cells = [str(cell) for page in pages for each in page.iter_rows(values_only=True) for cell in each]
    told = "\n".join(
        [stream.getvalue(), str(inflow.data(found, written=False)), *cells, *pages.sheetnames, *texts(found)]
    )
    for value in ("13812345678", "13887655678", "王建国", "13912345678"):
        assert value not in told
    assert "联系人 138****5678 2" in told
    assert found.cells.total() == found.filled


def test_version_that_says_none(planned: Planned) -> None:
    """不详 and 最新 are no versions: the ticket says 未知, and what was the newest then stands in the remark."""
    heads = ["提出日期", "问题描述", "版本"]
    first, second = texts(planned([heads, ["2024-12-28", "黑屏", "不详"], ["2024-12-28", "重启", "最新"]]))
    assert "versions: [未知]" in first
    assert "versions: [未知]" in second
    assert "版本：最新" in second


def test_remarks_of_a_row_stand_below_each_other(planned: Planned) -> None:
    """In the report workbook each remark begins a line."""
    report = io.BytesIO()
    inflow.as_workbook(planned([["提出日期", "问题描述"], ["2024-12-28", "黑屏"]]), AS_OF, report)
    cells = [cell for each in load_workbook(io.BytesIO(report.getvalue()))["Sheet"].values for cell in each]
    assert "\n没有写故障类型，按“其他”登记\n" in next(str(one) for one in cells if "没有写故障类型" in str(one))


def test_severity_in_numbers(planned: Planned) -> None:
    """1 to 4 count from the worst, as in bug trackers; where a 5 stands among them nothing is guessed."""
    heads = ["提出日期", "问题描述", "严重程度"]
    day = "2024-12-28"
    assert "severity: 紧急" in texts(planned([heads, [day, "黑屏", 1], [day, "重启", 3]]))[0]


def test_words_beside_a_choice_are_kept(planned: Planned) -> None:
    """Of P1-外观 the first word is the severity, the second stands in the remark; P1-严重 says one thing twice."""
    heads, day = ["提出日期", "问题描述", "等级"], "2024-12-28"
    first, second = texts(planned([heads, [day, "黑屏", "P1-外观"], [day, "重启", "P1-严重"]]))
    assert "severity: 高" in first
    assert "severity: 高" in second
    assert "等级：P1-外观" in first
    assert "等级" not in second


def test_severity_on_another_scale(planned: Planned) -> None:
    """Where a 5 stands among the numbers, 1 may be the best: nothing is guessed."""
    rows = [["提出日期", "问题描述", "严重程度"], ["2024-12-28", "黑屏", 1], ["2024-12-28", "重启", 5]]
    first = texts(planned(rows))[0]
    assert "severity: 中" in first
    assert "严重程度：1" in first


def test_report_says_alike_things_once(planned: Planned) -> None:
    """Remarks that differ only in a value are one line with examples; what was only spelt otherwise is a number."""
    rows = [
        ["提出日期", "问题描述", "状态"],
        *(["2024-12-28", f"黑屏 {n}", word] for n, word in enumerate(("甲", "乙", "丙", "丁", "已完成"))),
    ]
    stream = io.StringIO()
    inflow.as_text(planned(rows), stream)
    said = stream.getvalue()
    assert "当前状态（“甲”、“乙”、“丙” 等 4 种）不认识，按“待受理”登记，原文在备注里：“Sheet”第 2–5 行" in said
    assert "当前状态“已完成”写成“已关闭”" in said
    assert "只是换了写法" in said
