"""Reports as an Excel workbook: a sheet for each table, with real dates and numbers, and no formula anywhere."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from faultkb.render import visible
from faultkb.render.spreadsheet import WHICH, heading, number, which
from faultkb.render.tables import cell, for_people, tone, when
from faultkb.reports import HOURS, PROSE, RIGHT, SHARE, Column, Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from faultkb.reports import Report

_MOST_ROWS = 1_048_575
"""Rows of a sheet in Excel, less the headings."""
_MOST_CHARACTERS = 32_767
_SAMPLED = 500
"""Rows that the width of a column is measured by."""
_NARROW, _WIDE = 8, 44
_LINE, _MOST_LINES = 15, 27
"""Height of a line in points, and lines of the highest row in Excel."""
_MOMENT = "moment"
_HEADING = {"bold": True, "bg_color": "#0b6e6e", "font_color": "#ffffff", "text_wrap": True}
_LOOKS: dict[str, dict[str, Any]] = {
    "": {},
    "title": {"bold": True, "font_size": 16, "font_color": "#0b6e6e"},
    "heading": _HEADING,
    "number heading": {**_HEADING, "align": "right"},
    "label": {"bold": True, "font_color": "#0b6e6e"},
    PROSE: {"text_wrap": True},
    SHARE: {"num_format": "0.0%"},
    HOURS: {"num_format": "#,##0.0"},
    _MOMENT: {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "bad": {"bg_color": "#f8cbc6", "font_color": "#8c1510", "bold": True},
    "warn": {"bg_color": "#ffe3a8", "font_color": "#6b4700"},
    "good": {"font_color": "#1f6b42"},
}


def xlsx(report: Report, stream: BinaryIO) -> None:
    """Write a workbook: what this is, a sheet for each table, and with ``which`` one of the faults behind the figures."""
    from xlsxwriter import Workbook

    with Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"title": visible(report.title), "created": report.as_of})
        looks = {name: book.add_format({"valign": "top", **look}) for name, look in _LOOKS.items()}
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
    _set_up_page(sheet)
    for line, (look, left, right) in enumerate(lines, 1):
        if left:
            sheet.write_string(line, 0, visible(left), looks[look or PROSE])
        if right:
            sheet.write_string(line, 1, visible(right), looks[PROSE])


def _fill(book: Workbook, looks: dict[str, Format], table: Table, taken: set[str]) -> str:
    """Write a table into a sheet of its own, and what does not fit into further ones. Return the first one's name."""
    columns = for_people(table)
    names = []
    for start in range(0, max(len(table.rows), 1), _MOST_ROWS):
        names.append(_name(table.title, taken))
        rows = table.rows[start : start + _MOST_ROWS]
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
                sheet.set_row(line, _LINE * tall)
            for place, column in enumerate(columns):
                _write(sheet, (line, place), row.get(column.key), column.kind, looks)
        if not rows:
            sheet.write_string(1, 0, visible(table.empty), looks[""])
        _set_up_page(sheet)
    return names[0]


def _write(sheet: Worksheet, place: tuple[int, int], value: Any, kind: str, looks: dict[str, Format]) -> None:
    bare = number(value)
    if bare is not None:
        sheet.write_number(*place, bare, looks.get(kind, looks[""]))
    elif isinstance(value, datetime):
        sheet.write_datetime(*place, value, looks[_MOMENT])
    elif value is not None:
        look = tone(value, kind) or (PROSE if kind == PROSE else "")
        sheet.write_string(*place, visible(str(value))[:_MOST_CHARACTERS], looks[look])


def _set_up_page(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _lines(columns: Sequence[Column], row: dict[str, Any]) -> int:
    """Return how many lines the prose of a row takes; not every office program finds out by itself."""
    from rich.cells import cell_len

    prose = (cell_len(cell(row.get(column.key))) for column in columns if column.kind == PROSE)
    return min(max((-(-wide // (_WIDE - 3)) for wide in prose), default=1), _MOST_LINES)


def _width(column: Column, rows: Sequence[dict[str, Any]]) -> float:
    """Return a width in characters of Latin text; Chinese takes two, and the arrow of the filter three."""
    from rich.cells import cell_len

    shown = (cell(row.get(column.key)) for row in rows[:_SAMPLED])
    longest = max(map(cell_len, shown), default=0)
    return min(max(longest + 2, cell_len(heading(column)) + 3, _NARROW), _WIDE)


def _name(wanted: str, taken: set[str]) -> str:
    """Return a name that Excel takes for a sheet: short, without its special characters, and not used yet."""
    clean = re.sub(r"[\[\]:*?/\\]", " ", visible(wanted)).strip("' ")[:31] or "表"
    name, count = clean, 1
    while name.casefold() in taken:
        count += 1
        name = f"{clean[: 31 - len(f' ({count})')]} ({count})"
    taken.add(name.casefold())
    return name


BINARY: dict[str, Callable[[Report, BinaryIO], None]] = {"xlsx": xlsx}
