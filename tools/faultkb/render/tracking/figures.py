"""The sheet 统计: the figures over the rows as plain numbers, one table below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.render import office, visible
from faultkb.render.tables import cell, for_people, when
from faultkb.reports import PROSE, RIGHT

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from faultkb.reports import Column, Report, Table

NAME = "统计"
_NARROW = 12
_HEADING = 18
"""Height of the headings in points."""


def fill(sheet: Worksheet, looks: dict[str, Format], report: Report) -> None:
    """Write the figures of the headline, then each table."""
    for place, width in enumerate(_widths(report)):
        sheet.set_column(place, place, width)
    office.set_up_page(sheet)
    sheet.set_row(0, 2 * office.LINE)
    sheet.write_string(0, 0, report.title, looks["title"])
    sheet.write_string(1, 0, "，".join(when(report)), looks[""])
    line = 3
    for one in report.headline:
        sheet.write_string(line, 0, one.title, looks["bad" if one.bad else "label"])
        office.write(sheet, (line, 1), one.value, one.kind, looks)
        line += 1
    for table in report.tables:
        line = _table(sheet, looks, table, line + 1)


def _columns(table: Table) -> list[Column]:
    """Return the columns that are shown; texts of any length stand in the table itself."""
    return [column for column in for_people(table) if column.kind != PROSE]


def _widths(report: Report) -> list[int]:
    """Return the widths of the columns, for the tables share them."""
    widths: dict[int, int] = {}
    for table in report.tables:
        for place, column in enumerate(_columns(table)):
            shown = (column.title, *(cell(row.get(column.key), column.kind) for row in table.rows))
            widths[place] = max(*map(office.wide, shown), widths.get(place, _NARROW))
    return [width + 2 for width in widths.values()]


def _table(sheet: Worksheet, looks: dict[str, Format], table: Table, line: int) -> int:
    """Write a table from a line on; return the line after it."""
    columns = _columns(table)
    sheet.write_string(line, 0, visible(table.title), looks["label"])
    sheet.set_row(line + 1, _HEADING)
    for place, column in enumerate(columns):
        sheet.write_string(
            line + 1, place, visible(column.title), looks["number heading" if column.kind in RIGHT else "heading"]
        )
    line += 2
    for row in table.rows:
        for place, column in enumerate(columns):
            office.write(sheet, (line, place), row.get(column.key), column.kind, looks)
        line += 1
    for said in filter(None, ("" if table.rows else table.empty, table.note)):
        sheet.write_string(line, 0, visible(said), looks[""])
        line += 1
    return line
