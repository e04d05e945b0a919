"""The sheet of the table: a row for each fault, coloured where it is urgent, with room below for more."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from faultkb import clocks, tracking
from faultkb.render import office
from faultkb.render.spreadsheet import FORMULA
from faultkb.render.tracking import checks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from faultkb.render.tracking.view import View
    from faultkb.rows import Value
    from faultkb.tracked import Tracked
    from faultkb.tracking import Column

MOST_LINES = 12
"""Lines that a row shows of a long text: more would fill the window with one fault."""
TONES = {clocks.BREACHED: "bad", clocks.AT_RISK: "warn"}
_SAMPLED = 500
"""Rows that the width of a column is measured by."""
_NARROW, _MIDDLE, _WIDE = 8, 26, 52
_MOMENT, _DAY = 17, 12
_CELL = {"font_size": 10, "text_wrap": True, "bottom": 1, "bottom_color": "#d3dede"}
_HEADING = {"font_size": 10, "valign": "vcenter", "right": 1, "right_color": "#ffffff"}


def looks(view: View) -> dict[str, dict[str, Any]]:
    """Return how the cells of the table look, by what they hold and how urgent it is; the free ones are those of empty rows."""
    time = {"num_format": "yyyy-mm-dd" if view.public else "yyyy-mm-dd hh:mm", "align": "left"}
    kinds: dict[str, dict[str, Any]] = {
        "text": {},
        "quoted": {"quote_prefix": True},
        "id": office.LOOKS["label"],
        "time": time,
    }
    return {
        f"{kind} {tone}".strip(): {**_CELL, **look, **office.LOOKS[tone]}
        for kind, look in kinds.items()
        for tone in ("", *TONES.values())
    } | {
        "column": {**office.LOOKS["heading"], **_HEADING},
        "free text": {"font_size": 10, "text_wrap": True},
        "free time": {"font_size": 10, **time},
    }


def fill(book: Workbook, looks: dict[str, Format], view: View, taken: set[str]) -> list[list[Value]]:
    """Write the rows, and those that do not fit into further sheets. Return what the cells say."""
    written = [[tracking.fit(one) if isinstance(one, str) else one for one in view.cells(row)] for row in view.rows]
    widths = [_width(column, place, written, view) for place, column in enumerate(view.columns)]
    sources = checks.sources(view)
    for start in range(0, max(len(written), 1), office.MOST_ROWS):
        some = slice(start, start + office.MOST_ROWS)
        sheet = book.add_worksheet(office.sheet_name(tracking.name(view.words), taken))
        _head(sheet, looks, view, widths)
        for line, (one, cells) in enumerate(zip(view.rows[some], written[some], strict=True), 1):
            tall = max(
                office.lines(str(value or ""), wide, MOST_LINES) for value, wide in zip(cells, widths, strict=True)
            )
            sheet.set_row(line, office.LINE * tall)
            _row(sheet, line, cells, _tones(one, view), looks)
        checks.put(sheet, view, sources, len(written[some]))
        _set_up(sheet, view, len(written[some]))
    return written


def _head(sheet: Worksheet, looks: dict[str, Format], view: View, widths: Sequence[float]) -> None:
    sheet.set_row(0, 2 * office.LINE)
    for place, (column, wide) in enumerate(zip(view.columns, widths, strict=True)):
        kind = "time" if tracking.is_time(column, view.words) else "text"
        sheet.set_column(place, place, wide, looks[f"free {kind}"])
        sheet.write_string(0, place, column.title, looks["column"])


def _tones(one: Tracked, view: View) -> dict[int, str]:
    """Return the colours of a row by the place of the cell."""
    urgent = {"due_at": TONES.get(one.plan, ""), "status": TONES.get(one.limit, "")}
    return {place: urgent[column.name] for place, column in enumerate(view.columns) if column.name in urgent}


def _row(
    sheet: Worksheet, line: int, cells: Sequence[Value], tones: Mapping[int, str], looks: dict[str, Format]
) -> None:
    for place, value in enumerate(cells):
        tone = tones.get(place, "")
        if isinstance(value, datetime):
            sheet.write_datetime(line, place, value, looks[f"time {tone}".strip()])
        elif value:
            kind = "quoted" if FORMULA.match(value) else "text" if place else "id"
            sheet.write_string(line, place, value, looks[f"{kind} {tone}".strip()])
        else:
            sheet.write_blank(line, place, None, looks[f"text {tone}".strip()])


def _set_up(sheet: Worksheet, view: View, count: int) -> None:
    """Keep headings and ids in sight, and let the sheet print two pages wide: on one, nobody could read it."""
    sheet.freeze_panes(1, 1)
    sheet.autofilter(0, 0, max(count, 1), len(view.columns) - 1)
    office.set_up_page(sheet)
    sheet.fit_to_pages(2, 0)
    sheet.repeat_columns(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_header(f"&L&B{tracking.name(view.words)}&R截至 {view.when(view.as_of)}")
    sheet.set_footer("&C第 &P 页，共 &N 页")


def _width(column: Column, place: int, written: Sequence[Sequence[Value]], view: View) -> float:
    """Return a width in characters of Latin text: Chinese takes two, and the arrow of the filter three."""
    if tracking.is_time(column, view.words):
        return _DAY if view.public else _MOMENT
    lines = (line for cells in written[:_SAMPLED] for line in str(cells[place] or "").split("\n"))
    longest = max(map(office.wide, lines), default=0)
    most = _WIDE if column.sections or column.name == "events" else _MIDDLE
    return min(max(longest + 2, office.wide(column.title) + 3, _NARROW), most)
