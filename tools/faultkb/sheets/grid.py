"""The worksheets of a package as they stand in the file: cells that are not empty, merged ranges, notes, links, pictures."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from math import isfinite
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from faultkb.sheets import merges, package, shown
from faultkb.sheets.limits import Count
from faultkb.sheets.table import Cell, Value

if TYPE_CHECKING:
    from zipfile import ZipFile

    from faultkb.sheets.package import Book, Part
    from faultkb.sheets.styles import Look

_ROWS, _COLUMNS = 1_048_576, 16_384
_ODD = "这一格应当是数字、日期或是否，却不是：照原样留作文字"
_PICTURE = "DISPIMG("
"""The formula by which WPS keeps a picture in a cell."""


@dataclass(slots=True)
class Grid:
    """A worksheet: rows and columns are counted from 1; ``merged`` are first column, first row, last column, last row."""

    name: str
    state: str
    from_1904: bool
    rows: dict[int, dict[int, Cell]] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    pictures: tuple[str, ...] = ()
    filled: int = 0


def grids(archive: ZipFile) -> list[Grid]:
    """Return the worksheets of a package in their order; sheets that are nothing but a chart are left out."""
    book = package.book(archive)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of what is not read here at all
        count = Count()
        return [_Reader(book, part, count).grid() for part in book.parts]


class _Reader(WorkSheetParser):
    """Reads the cells of one sheet by openpyxl's parser; the rest of the sheet, which may be absurd or broken, stays closed."""

    def __init__(self, book: Book, part: Part, count: Count) -> None:
        epoch = CALENDAR_MAC_1904 if book.from_1904 else CALENDAR_WINDOWS_1900
        super().__init__(
            None,  # type: ignore[arg-type] # `grid` opens the part itself
            book.texts,
            data_only=True,
            epoch=epoch,
            date_formats=book.looks.dates,
            timedelta_formats=book.looks.durations,
        )
        self.book, self.part, self.count = book, part, count
        self.found = Grid(part.name, part.state, book.from_1904)
        self.links: dict[tuple[int, int], str] = {}

    def grid(self) -> Grid:
        """Read the sheet."""
        with self.book.archive.open(self.part.path) as stream:
            for name, element in package.pieces(stream, {"row", "mergeCell", "hyperlink"}):
                if name == "row":
                    self._row(element)
                else:
                    self.count.add_cells(1)
                    self._over(name, element)
        self._add_links()
        self._add_notes()
        self.count.add_cells(merges.repeated(self.found))
        self.found.pictures = package.pictures(self.book.archive, self.part)
        return self.found

    def _row(self, element: Any) -> None:
        number, cells = self.parse_row(element)
        if element.get("hidden") in {"1", "true"}:
            self.found.hidden.add(number)
        self.row_dimensions.clear()
        row = {one["column"]: cell for one in cells if one and (cell := self._cell(number, one)) is not None}
        if row:
            self.found.rows.setdefault(number, {}).update(row)
        self.found.filled += len(row)
        self.count.add_cells(len(row))
        self.count.add_empty(len(cells) - len(row) + 1)

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Return what openpyxl says of a cell; nothing of one that has nothing but a format."""
        if not len(element) and element.get("r"):
            return {}
        raw = element.findtext(VALUE_TAG)
        found = self._parsed(element, raw)
        is_blank = element.get("t") == "str" and raw is not None  # the formula says ""
        found["formula"] = element.find(FORMULA_TAG) is not None and not is_blank
        if found["data_type"] == "e" and element.get("t") != "e" and raw:
            found.update(value=float(raw), no_date=True)
        return found

    def _parsed(self, element: Any, raw: str | None) -> dict[str, Any]:
        """Return what openpyxl says of a cell; what should be a number, a date or a yes and is none is a text."""
        kind = element.get("t", "n")
        try:
            if kind != "n" or isfinite(float(raw or 0)):
                return dict(super().parse_cell(element))
        except (ValueError, OverflowError):
            if raw is None or kind not in {"n", "b", "d"}:
                raise
        element.set("t", "str")
        return super().parse_cell(element) | {"odd": _ODD}

    def _cell(self, row: int, found: dict[str, Any]) -> Cell | None:
        column = found["column"]
        if not 1 <= row <= _ROWS or not 1 <= column <= _COLUMNS:
            raise ValueError(column)
        look, place = self.book.looks[int(found["style_id"] or 0)], f"{get_column_letter(column)}{row}"
        value = found["value"]
        if isinstance(value, str) and not isinstance(found.get("no_date"), bool):
            value = shown.plain(value)
        if (value is None or value == "") and not found["formula"]:
            return None
        if isinstance(value, str):
            self.count.add_text(place, value)
        return _seen(place, value, found, look)

    def _over(self, name: str, element: Any) -> None:
        """Keep a merged range, or where a link leads; a link over many cells belongs to the first."""
        if name == "mergeCell":
            self.found.merged.append(_bounds(element.get("ref", "")))
            return
        rel = next((text for key, text in element.attrib.items() if key.endswith("}id")), "")
        target = self.part.targets.get(rel, "")
        if target:
            column, row, *_ = _bounds(element.get("ref", ""))
            self.links[row, column] = target.removeprefix("mailto:")

    def _add_links(self) -> None:
        for (row, column), target in self.links.items():
            cell = self.found.rows.get(row, {}).get(column)
            if cell and cell.text.strip().rstrip("/") != target.rstrip("/"):
                self.found.rows[row][column] = replace(cell, link=shown.plain(target))

    def _add_notes(self) -> None:
        """Give each comment to its cell; one at an empty cell makes that a cell without a value."""
        for place, said in package.notes(self.book.archive, self.part):
            column, row, *_ = _bounds(place)
            self.count.add_cells(1)
            self.count.add_text(place, said)
            cell = self.found.rows.get(row, {}).get(column)
            if cell is None:
                cell = Cell(place, "", None)
                self.found.filled += 1
            self.found.rows.setdefault(row, {})[column] = replace(cell, note=said)


def _bounds(ref: str) -> tuple[int, int, int, int]:
    """Return first column, first row, last column, last row of a range as it is written."""
    column, row, last_column, last_row = range_boundaries(ref)
    return column or 1, row or 1, last_column or _COLUMNS, last_row or _ROWS


def _seen(place: str, value: Any, found: dict[str, Any], look: Look) -> Cell:
    """Return a cell with its value and what the user sees of it."""
    fill, struck = look.fill, look.struck
    if isinstance(value, str) and _PICTURE in value:
        return Cell(place, "", None, fill=fill, remark="单元格里的图片没有导入")
    if value is None or value == "":
        return Cell(place, "", None, fill=fill, remark="公式没有存下结果：用 Excel 打开，保存一次，再导入")
    if found["data_type"] == "e" and isinstance(value, str):
        return Cell(place, value, None, fill=fill, struck=struck, remark=f"公式出错（{value}），没有值")
    held = _typed(value, look)
    if found.get("no_date"):
        return Cell(
            place, shown.bare_number(value), held, fill=fill, struck=struck, remark="设成了日期格式，但这个数不是日期"
        )
    text = shown.text(held, look.form)
    remark = found.get("odd") or (shown.LOST if shown.is_inexact(held) else "")
    return Cell(place, text, held, fill=fill, struck=struck, remark=remark)


def _typed(value: Any, look: Look) -> Value:
    """Return a value as what it means: whole numbers without .0, moments to the second, days as days where no hour is shown."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e300:  # noqa: PLR2004 -- far beyond what Excel holds
        return int(value)
    if isinstance(value, datetime):
        whole = shown.to_second(value)
        return whole.date() if whole.time() == time() and "h" not in look.form.lower() else whole
    held: Value = shown.undressed(value) if isinstance(value, str) else value
    return held
