"""What the columns of a sheet tell together: days with clocks, the order of dates, people whom no heading announces."""

from __future__ import annotations

import io
import shutil
from datetime import time
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook

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


def test_severity_in_numbers(planned: Planned) -> None:
    """1 to 4 count from the worst, as in bug trackers; where a 5 stands among them nothing is guessed."""
    heads = ["提出日期", "问题描述", "严重程度"]
    day = "2024-12-28"
    assert "severity: 紧急" in texts(planned([heads, [day, "黑屏", 1], [day, "重启", 3]]))[0]


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
