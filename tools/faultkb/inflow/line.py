"""A row of a sheet on its way into a ticket: what each of its cells says, and where that went."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from faultkb.inflow import beside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from faultkb.inflow.beside import Habits
    from faultkb.sheets import Cell, Heading, Row, Sheet, Value

FIELD, REST, BLANK, NAME = "field", "rest", "blank", "name"
"""Where a cell went: into a field or section, into the remark (or the section of what was left over), nowhere; or it names another."""
_NOTHING = frozenset(
    {
        "",
        "-",
        "--",
        "—",
        "——",
        "/",
        "\\",
        "无",
        "暂无",
        "空",
        "n/a",
        "na",
        "none",
        "null",
        "nil",
        "0000-00-00",
        "0000-00-0000:00:00",
    }
)
"""What people write into a cell that is to stay empty."""
SERIAL = frozenset({"序号", "no", "no.", "#", "行号"})
"""Headings of columns that only count rows, and change when the rows are sorted."""


@dataclass(slots=True)
class Given:
    """A cell: its place and heading, the name of the column (empty: unknown), its text, its value, what hangs on it.

    ``masked`` is its text without anything private, ``hanging`` likewise its comment, link and so on, each with a label.
    ``counts`` is False for what the file has only once, but several rows show.
    """

    place: str
    title: str
    name: str
    text: str
    value: Value
    hanging: tuple[tuple[str, str], ...] = ()
    counts: bool = True
    masked: str = ""
    joined: bool = False
    """Whether it is the day or the clock of a moment in two columns."""
    went: str = ""

    @property
    def is_blank(self) -> bool:
        """Say whether the cell says nothing."""
        return bare(self.text) in _NOTHING


@dataclass(slots=True)
class Line:
    """A row: the sheet's name, its number, the cells in order; what its look says; how its sheet reads dates."""

    sheet: str
    number: int
    cells: list[Given]
    look: tuple[tuple[str, str], ...] = ()
    year: int | None = None
    from_1904: bool = False
    order: str = ""
    """In which order the sheet writes 3/11/2026, as far as its cells tell (see `dates.order_of`)."""
    ranks: bool = False
    """Whether bare numbers for the severity count from 1, the worst."""
    odd: list[str] = field(default_factory=list)
    """What the reader repaired."""
    twin: int = 0
    """The number of an earlier row with the same old number; 0 if there is none."""

    def of(self, name: str) -> Iterator[Given]:
        """Yield the cells of a column that say something."""
        return (one for one in self.cells if one.name == name and not one.is_blank)

    def first(self, name: str) -> Given | None:
        """Return the first cell of a column that says something."""
        return next(self.of(name), None)


def bare(text: str) -> str:
    """Return a text as it is compared: no blanks, half-width, lower case."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def lines(sheet: Sheet, defaults: Mapping[str, tuple[str, str]]) -> Iterator[Line]:
    """Yield the faults of a sheet. ``defaults`` are heading and text for columns that are empty in a row."""
    waiting: Line | None = None
    habits = beside.habits(sheet)
    for row in sheet.data:
        if row.continues and waiting:
            waiting.cells += _cells(sheet, row, with_repeats=False)
            waiting.look += tuple((f"第 {row.number} 行{label}", text) for label, text in _look(row))
            continue
        if waiting:
            yield _filled(waiting, defaults)
        cells = _joined(sheet, _cells(sheet, row, with_repeats=True), habits)
        odd = [f"{one.remark}（{one.place}）" for one in row.cells.values() if one.remark and not one.repeats]
        waiting = Line(
            sheet.name,
            row.number,
            cells,
            tuple(_look(row)),
            sheet.year,
            sheet.from_1904,
            habits.order,
            habits.ranks,
            odd,
        )
    if waiting:
        yield _filled(waiting, defaults)


def _joined(sheet: Sheet, cells: list[Given], habits: Habits) -> list[Given]:
    """Give days their times of day where these stand in a column of their own."""
    by_place = {one.place.rstrip("0123456789"): one for one in cells}
    for day, clock in habits.clocks.items():
        first, second = (by_place.get(sheet.headings[one].letter) for one in (day, clock))
        if (
            first
            and second
            and (first.name or second.name)
            and beside.join(first, second, sheet.year, habits.order, from_1904=sheet.from_1904)
        ):
            first.name, second.name = first.name or second.name, ""
            second.went, first.joined, second.joined = FIELD, True, True
    return cells


def _filled(line: Line, defaults: Mapping[str, tuple[str, str]]) -> Line:
    for name, (title, text) in defaults.items():
        if line.first(name) is None:
            line.cells.append(Given("", title, name, text, text, counts=False))
    return line


def _cells(sheet: Sheet, row: Row, *, with_repeats: bool) -> list[Given]:
    found = []
    whole = _colour(row)
    for number, cell in sorted(row.cells.items()):
        heading = sheet.heading(number, cell)
        if cell.repeats and not with_repeats:
            continue
        hanging = () if cell.repeats else tuple(_hanging(cell, whole, is_row_struck=row.struck))
        text, value = cell.text, cell.value
        went = NAME if cell.place in sheet.names else ""
        found.append(Given(cell.place, *_named(heading, cell), text, value, hanging, not cell.repeats, went=went))
    return found


def _named(heading: Heading | None, cell: Cell) -> tuple[str, str]:
    if heading is None:
        return f"{cell.place.rstrip('0123456789')} 列", ""
    return heading.text, heading.column.name if heading.column else ""


def _hanging(cell: Cell, whole: str, *, is_row_struck: bool) -> Iterator[tuple[str, str]]:
    if cell.note:
        yield "批注", cell.note
    if cell.link:
        yield "链接", cell.link
    if cell.fill and cell.fill != whole:
        yield "底色", cell.fill
    if cell.struck and not is_row_struck:
        yield "格式", "删除线"


def _look(row: Row) -> Iterator[tuple[str, str]]:
    if whole := _colour(row):
        yield "行底色", whole
    if row.struck:
        yield "行格式", "删除线"


def _colour(row: Row) -> str:
    """Return the colour that all cells of a row have; empty where they have none or several."""
    fills = {one.fill for one in row.cells.values() if one.text}
    return fills.pop() if len(fills) == 1 else ""
