"""Reports as an Excel workbook: a sheet for each table, with real dates and numbers, and no formula anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from faultkb.render import office, visible
from faultkb.render.spreadsheet import WHICH, heading, which
from faultkb.render.tables import cell, for_people, when
from faultkb.reports import PROSE, RIGHT, Column, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from faultkb.reports import Report

_SAMPLED = 500
"""Rows that the width of a column is measured by."""
_NARROW, _WIDE = 8, 44


def xlsx(report: Report, stream: BinaryIO) -> None:
    """Write a workbook: what this is, a sheet for each table, and with ``which`` one of the faults behind the figures."""
    from xlsxwriter import Workbook

    with Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"title": visible(report.title), "created": report.as_of})
        looks = office.looks(book)
        about, taken = book.add_worksheet("说明"), {"说明"}
        named = [(table, _fill(book, looks, table, taken)) for table in report.tables]
        if report.which:
            columns = tuple(Column(one, one) for one in WHICH)
            lines = [dict(zip(WHICH, line, strict=True)) for line in which(report)]
            _fill(book, looks, Table("which", "明细", columns, lines), taken)
        _about(about, looks, report, named)


def _about(sheet: Worksheet, looks: dict[str, Format], report: Report, named: Sequence[tuple[Table, str]]) -> None:
    lines = [("", "", one) for one in (*when(report), *report.remarks)]
    lines.extend(("bad" if one.bad else "label", one.title, cell(one.value, one.kind)) for one in report.headline)
    lines.extend([("", "", "")] if report.headline else [])
    for table, name in named:
        lines.append(("label", name, f"{len(table.rows)} 行" if table.rows else table.empty))
        lines.extend(("", "", one) for one in (table.note,) if one)
        lines.extend(("", column.title, column.hint) for column in for_people(table) if column.hint)
    sheet.set_column(0, 0, 32, looks[PROSE])
    sheet.set_column(1, 1, 100, looks[PROSE])
    sheet.write_string(0, 0, visible(report.title), looks["title"])
    office.set_up_page(sheet)
    for line, (look, left, right) in enumerate(lines, 1):
        if left:
            sheet.write_string(line, 0, visible(left), looks[look or PROSE])
        if right:
            sheet.write_string(line, 1, visible(right), looks[PROSE])


def _fill(book: Workbook, looks: dict[str, Format], table: Table, taken: set[str]) -> str:
    """Write a table into a sheet of its own, and what does not fit into further ones. Return the first one's name."""
    columns = for_people(table)
    names = []
    for start in range(0, max(len(table.rows), 1), office.MOST_ROWS):
        names.append(office.sheet_name(table.title, taken))
        rows = table.rows[start : start + office.MOST_ROWS]
        sheet = book.add_worksheet(names[-1])
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _width(column, rows))
            sheet.write_string(
                0, place, visible(heading(column)), looks["number heading" if column.kind in RIGHT else "heading"]
            )
        for line, row in enumerate(rows, 1):
            tall = _lines(columns, row)
            if tall > 1:
                sheet.set_row(line, office.LINE * tall)
            for place, column in enumerate(columns):
                office.write(sheet, (line, place), row.get(column.key), column.kind, looks)
        if not rows:
            sheet.write_string(1, 0, visible(table.empty), looks[""])
        office.set_up_page(sheet)
    return names[0]


def _lines(columns: Sequence[Column], row: dict[str, Any]) -> int:
    """Return how many lines the prose of a row takes; not every office program finds out by itself."""
    from rich.cells import cell_len

    prose = (cell_len(cell(row.get(column.key))) for column in columns if column.kind == PROSE)
    return min(max((-(-wide // (_WIDE - 3)) for wide in prose), default=1), office.MOST_LINES)


def _width(column: Column, rows: Sequence[dict[str, Any]]) -> float:
    """Return a width in characters of Latin text; Chinese takes two, and the arrow of the filter three."""
    from rich.cells import cell_len

    shown = (cell(row.get(column.key)) for row in rows[:_SAMPLED])
    longest = max(map(cell_len, shown), default=0)
    return min(max(longest + 2, cell_len(heading(column)) + 3, _NARROW), _WIDE)


BINARY: dict[str, Callable[[Report, BinaryIO], None]] = {"xlsx": xlsx}
