"""xlsx, read back by another library and by an office program."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import openpyxl

from faultkb.render import office, workbook
from faultkb.reports import SHARE, Cases, Column, Figure, Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from faultkb.reports import Report


def written(report: Report) -> bytes:
    """Return the report as a workbook."""
    stream = io.BytesIO()
    workbook.BINARY["xlsx"](report, stream)
    return stream.getvalue()


def read(report: Report) -> Any:
    """Return the workbook as openpyxl reads it."""
    return openpyxl.load_workbook(io.BytesIO(written(report)))


def values(sheet: Any) -> list[list[Any]]:
    """Return the values of a sheet, row by row."""
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def test_sheets(make_report: Callable[..., Report]) -> None:
    """What this is first, then a sheet for each table, called as Excel allows; no 明细 unless asked for."""
    book = read(make_report())
    assert book.sheetnames == ["说明", "超时的故障", "时限：达标 超时"]
    assert values(book["说明"]) == [
        ["例会", None],
        [None, "截至 2026-11-20 17:00（Asia/Shanghai）"],
        [None, "期间 2026-11-16 至 2026-11-22"],
        [None, "只包括：网关"],
        ["超时的故障", "1 行"],
        ["时限：达标 超时", "2 行"],
        [None, "暂停的时间不计。"],
        ["达标率", "达标 ÷（达标＋超时）"],
    ]
    assert book.properties.title == "例会"
    assert book.properties.created == datetime.fromisoformat("2026-11-20 17:00")


def test_headline_and_filters(make_report: Callable[..., Report]) -> None:
    """The first sheet says what the filters leave, and the figures of the headline, red where they ask for action."""
    headline = (Figure("未关闭", Cases(("SW-1", "SW-2"))), Figure("超时率", 0.25, SHARE, bad=True))
    sheet = read(make_report(headline=headline, only="只包括 网关组（2 / 9 个故障）", remarks=()))["说明"]
    assert values(sheet)[3:8] == [
        [None, "只包括 网关组（2 / 9 个故障）"],
        ["未关闭", "2"],
        ["超时率", "25.0%"],
        [None, None],
        ["超时的故障", "1 行"],
    ]
    assert [sheet[f"A{row}"].fill.fill_type for row in (5, 6)] == [None, "solid"]


def test_empty_table(make_report: Callable[..., Report], make_faults: Callable[..., Table]) -> None:
    """The sheet of an empty table says so under its headings."""
    sheet = read(make_report(make_faults([])))["超时的故障"]
    assert values(sheet)[1:] == [["没有，很好", None, None, None, None, None]]


def test_values_have_their_types(make_report: Callable[..., Report]) -> None:
    """A date is a date, a count and hours are numbers, a share is a percentage, a person is text."""
    book = read(make_report())
    faults, rates = book["超时的故障"], book["时限：达标 超时"]
    assert values(faults) == [
        ["问题编号", "严重程度", "问题标题", "主责人", "计划完成时间", "结论"],
        ["SW-20261103-001", "紧急", "网关重启", "RD017 李*", datetime.fromisoformat("2026-11-06 18:00"), "超时"],
    ]
    assert (faults["E2"].is_date, faults["E2"].number_format) == (True, "yyyy-mm-dd hh:mm")
    assert values(rates) == [
        ["时限", "严重程度", "达标", "超时", "达标率", "中位用时（小时）", "净增"],
        ["响应", "紧急", 3, 1, 0.75, 26.5, -4],
        ["响应", "高", 0, 0, None, None, 0],
    ]
    assert rates["E2"].number_format == "0.0%"


def test_header_stays_and_filters(make_report: Callable[..., Report]) -> None:
    """The headings and the first column stay in sight; every column has a filter over all rows."""
    sheet = read(make_report())["超时的故障"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("B2", "A1:F2")


def test_colours(make_report: Callable[..., Report], make_faults: Callable[..., Table]) -> None:
    """超时 stands on red, 临期 on amber, 达标 on nothing."""
    sheet = read(make_report(make_faults(["a", "b", "c"])))["超时的故障"]
    grounds = [sheet[f"F{row}"].fill.fgColor.rgb if sheet[f"F{row}"].fill.fill_type else "" for row in (2, 3, 4)]
    assert grounds == ["FFF8CBC6", "FFFFE3A8", ""]


def test_widths(make_report: Callable[..., Report]) -> None:
    """A Chinese character takes two: the six of 计划完成时间 with room for the filter, the sixteen of a moment, and more."""
    sheet = read(make_report())["超时的故障"]
    widths = {letter: sheet.column_dimensions[letter].width for letter in "ABDE"}
    assert widths["A"] >= len("SW-20261103-001")
    assert widths["B"] >= 2 * len("严重程度") + 2
    assert widths["E"] >= len("2026-11-06 18:00")
    assert all(width < 30 for width in widths.values())


def test_heights(make_report: Callable[..., Report], make_faults: Callable[..., Table]) -> None:
    """A row is as high as its title needs: 30 Chinese characters take two lines, of 15 points; Excel's most is 409."""
    sheet = read(make_report(make_faults(["短", "长" * 30, "长" * 2000])))["超时的故障"]
    assert [sheet.row_dimensions[row].height for row in (2, 3, 4)] == [None, 30, 405]


def test_which(make_report: Callable[..., Report]) -> None:
    """With --which the last sheet has a row for each fault behind each figure."""
    sheet = read(make_report(which=True))["明细"]
    assert values(sheet)[:3] == [
        ["表", "行", "列", "问题编号"],
        ["时限：达标/超时", "响应 紧急", "达标", "SW-1"],
        ["时限：达标/超时", "响应 紧急", "达标", "SW-2"],
    ]
    assert sheet.max_row == 5


def test_text_stays_text(
    make_report: Callable[..., Report], make_faults: Callable[..., Table], hostile: list[str]
) -> None:
    """No formula and no link, whatever a title says."""
    sheet = read(make_report(make_faults([*hostile, "长" * 40_000])))["超时的故障"]
    cells = [sheet.cell(row, 3) for row in range(2, len(hostile) + 3)]
    assert {cell.data_type for cell in cells} <= {"s", "inlineStr"}
    assert [cell.value.replace("_x005F_", "_") for cell in cells][:4] == hostile[:4]
    assert cells[hostile.index("_x0041_")].value in {"_x0041_", "_x005F_x0041_"}
    assert all(cell.hyperlink is None for cell in cells)
    assert len(cells[-1].value) == 32_767  # what a cell of Excel holds


def test_names_of_sheets(make_report: Callable[..., Report]) -> None:
    """Cut to 31 characters without the seven forbidden ones, and different from each other and from 说明."""
    columns = (Column("a", "甲"),)
    titles = ["说明", "a" * 40, "A" * 40, "[x]:*?/\\y", "''", ""]
    book = read(make_report(*(Table(f"t{number}", title, columns, []) for number, title in enumerate(titles))))
    assert book.sheetnames == ["说明", "说明 (2)", "a" * 31, f"{'A' * 27} (2)", "x      y", "表", "表 (2)"]


def test_more_rows_than_a_sheet_holds(make_report: Callable[..., Report], monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest goes to a second sheet with the same headings (here a sheet holds three rows)."""
    monkeypatch.setattr(office, "MOST_ROWS", 3)
    table = Table("t", "表", (Column("a", "甲"),), [{"a": number} for number in range(4)])
    book = read(make_report(table))
    assert [values(book[name]) for name in ("表", "表 (2)")] == [[["甲"], [0], [1], [2]], [["甲"], [3]]]


def test_same_report_same_bytes(make_report: Callable[..., Report]) -> None:
    """Nothing in the file depends on when it is written."""
    assert written(make_report(which=True)) == written(make_report(which=True))


def test_long_table(make_report: Callable[..., Report], make_faults: Callable[..., Table]) -> None:
    """70,000 faults are 70,000 rows."""
    table = make_faults(["网关重启"])
    many = replace(table, rows=[table.rows[0]] * 70_000, columns=table.columns[:2])
    book = openpyxl.load_workbook(io.BytesIO(written(make_report(many))), read_only=True)
    assert book["超时的故障"].max_row == 70_001
    book.close()


def test_an_office_program_opens_it(
    make_report: Callable[..., Report], make_faults: Callable[..., Table], hostile: list[str], tmp_path: Path
) -> None:
    """LibreOffice reads the workbook, computes nothing in it, and prints it."""
    office = shutil.which("soffice")
    assert office, "no office program: install libreoffice-calc"
    (tmp_path / "report.xlsx").write_bytes(written(make_report(make_faults(hostile), which=True)))
    # Token 44 is a comma, 34 a quotation mark, 76 UTF-8, -1 every sheet into a file of its own.
    every_sheet = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    for wanted in ("pdf", every_sheet):
        command = [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to"]
        subprocess.run(
            [*command, wanted, "--outdir", str(tmp_path), str(tmp_path / "report.xlsx")],
            capture_output=True,
            check=True,
        )
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    faults = (tmp_path / "report-超时的故障.csv").read_text(encoding="utf-8")
    for title in ("=1+1", "@SUM(A1)", "-1", "_x0041_"):
        assert title in faults
