"""What the workbooks share: colours and formats, cells that never compute, sheets that print well, names that Excel takes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from faultkb.render import visible
from faultkb.render.spreadsheet import number
from faultkb.render.tables import tone
from faultkb.reports import HOURS, PROSE, SHARE
from faultkb.tracking import fit

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_575
"""Rows of a sheet in Excel, less the headings."""
LINE, MOST_LINES = 15, 27
"""Height of a line in points, and lines of the highest row in Excel."""
MOMENT = "moment"
_HEADING = {"bold": True, "bg_color": "#0b6e6e", "font_color": "#ffffff", "text_wrap": True}
LOOKS: dict[str, dict[str, Any]] = {
    "": {},
    "title": {"bold": True, "font_size": 16, "font_color": "#0b6e6e"},
    "heading": _HEADING,
    "number heading": {**_HEADING, "align": "right"},
    "label": {"bold": True, "font_color": "#0b6e6e"},
    PROSE: {"text_wrap": True},
    SHARE: {"num_format": "0.0%"},
    HOURS: {"num_format": "#,##0.0"},
    MOMENT: {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "bad": {"bg_color": "#f8cbc6", "font_color": "#8c1510", "bold": True},
    "warn": {"bg_color": "#ffe3a8", "font_color": "#6b4700"},
    "good": {"font_color": "#1f6b42"},
}
"""How cells look."""


def looks(book: Workbook, more: dict[str, dict[str, Any]] | None = None) -> dict[str, Format]:
    """Return the formats of a workbook by their names, with ``more`` of its own."""
    return {name: book.add_format({"valign": "top", **look}) for name, look in {**LOOKS, **(more or {})}.items()}


def write(sheet: Worksheet, place: tuple[int, int], value: Any, kind: str, looks: dict[str, Format]) -> None:
    """Write a value of a report as what it is: a number, a moment, or a text that stays one."""
    bare = number(value)
    if bare is not None:
        sheet.write_number(*place, bare, looks.get(kind, looks[""]))
    elif isinstance(value, datetime):
        sheet.write_datetime(*place, value, looks[MOMENT])
    elif value is not None:
        look = tone(value, kind) or (PROSE if kind == PROSE else "")
        sheet.write_string(*place, fit(visible(str(value))), looks[look])


def wide(line: str) -> int:
    """Return the width of a line: Chinese takes two. Looking each character up would cost more than all the rest."""
    return len(line) if line.isascii() else len(line.encode("gbk", "replace"))


def lines(text: str, width: float, most: int) -> int:
    """Return how many lines a text takes in a column of some width, up to the most that are shown."""
    count = sum(max(-(-wide(line) // int(width - 1)), 1) for line in text.split("\n", most))
    return min(count, most)


def set_up_page(sheet: Worksheet) -> None:
    """Let a sheet print on A4, across, as wide as the paper, with its headings on each page."""
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name that Excel takes for a sheet: short, without its special characters, and not used yet."""
    clean = re.sub(r"[\[\]:*?/\\]", " ", visible(wanted)).strip("' ")[:31] or "表"
    name, count = clean, 1
    while name.casefold() in taken:
        count += 1
        name = f"{clean[: 31 - len(f' ({count})')]} ({count})"
    taken.add(name.casefold())
    return name
