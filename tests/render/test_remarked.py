"""The workbook that came in, with remarks, read back by another library."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from typing import Any

import openpyxl

from faultkb.render import remarked
from faultkb.render.remarked import MENDED, NO_DATA, REFUSED, TAKEN, Line, Page

AS_OF = datetime.fromisoformat("2026-11-20 17:00")
TOTALS = [("文件", "跟踪表.xlsx"), ("导入", 1), ("没有导入", 1)]
PAGES = [
    Page("2023年", [Line(1, {1: "跟踪表"}, NO_DATA, "标题"), Line(3, {1: "编号", 2: "描述", 4: "日期"}, NO_DATA)], 3),
    Page(
        "2023年",
        [
            Line(5, {1: "A1", 2: "=1+1\n第二行", 4: datetime.fromisoformat("2023-05-06 09:12")}, TAKEN),
            Line(6, {1: 15, 2: "@x", 4: date.fromisoformat("2023-05-06")}, MENDED, "日期读成 2023-05-06"),
            Line(9, {1: 12345678901234567, 2: True, 4: time(9, 12)}, REFUSED, "没有描述"),
        ],
    ),
    Page("a/b:c", [Line(1, {1: "说明"})]),
]


def written() -> bytes:
    """Return the workbook."""
    stream = io.BytesIO()
    remarked.xlsx(stream, PAGES, TOTALS, AS_OF)
    return stream.getvalue()


def read() -> Any:
    """Return the workbook as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(written()))


def test_rows_stay_where_they_were() -> None:
    """Rows keep their numbers and values, dates are dates; the last column says what became of each."""
    sheet = read()["2023年"]
    assert [[one.value for one in row] for row in sheet.iter_rows(min_row=3, max_row=6)] == [
        ["编号", "描述", None, "日期", "导入说明"],
        [None, None, None, None, None],
        ["A1", "=1+1\n第二行", None, datetime.fromisoformat("2023-05-06 09:12"), "导入"],
        [15, "@x", None, datetime.fromisoformat("2023-05-06"), "修正后导入：日期读成 2023-05-06"],
    ]
    assert [one.value for one in sheet[1]] == ["跟踪表", None, None, None, "不是数据：标题"]
    assert [one.value for one in sheet[9]] == ["12345678901234567", True, None, time(9, 12), "没有导入：没有描述"]
    assert (sheet["D6"].number_format, sheet.freeze_panes) == ("yyyy-mm-dd", "A4")


def test_no_formula() -> None:
    """No text becomes a formula."""
    cells = [one for sheet in read() for row in sheet.iter_rows() for one in row]
    assert not [one for one in cells if one.data_type == "f"]
    assert read()["2023年"]["B5"].data_type == "s"


def test_colours() -> None:
    """Each outcome has its colour, in the rows and in the legend."""
    book = read()
    found = [book["2023年"][place].fill.fgColor.rgb for place in ("A5", "A6", "A9", "A1")]
    assert found == ["FFD9F0D9", "FFFFE9B8", "FFF8CBC6", "FFE7E7E7"]
    first = book["导入结果"]
    legend = {row[0].value: row[0].fill.fgColor.rgb for row in first.iter_rows(min_row=8) if row[0].value}
    assert legend == dict(zip(("导入", "修正后导入", "没有导入", "不是数据"), found, strict=True))


def test_first_sheet() -> None:
    """The totals come first; names of sheets are such as Excel takes."""
    book = read()
    assert book.sheetnames == ["导入结果", "2023年", "a b c"]
    assert [[one.value for one in row] for row in book["导入结果"].iter_rows(min_row=3, max_row=5)] == [
        ["文件", "跟踪表.xlsx"],
        ["导入", 1],
        ["没有导入", 1],
    ]


def test_same_bytes() -> None:
    """The same rows at the same moment give the same file."""
    assert written() == written()
