"""The nouns of a spreadsheet that was read: sheets with their headings, rows and cells; no IO."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.tracking import Column

Value = str | int | float | bool | date | datetime | time | timedelta | None
"""What a cell holds; None where only a note, an error or a formula without a result is in it."""

TITLE, HEADER, DATA, TOTAL, OUTSIDE = "标题", "表头", "数据", "合计", "表外"
"""What a row is: above the table, its headings (also where they come again), a fault, a sum, none of these."""
REPEATED = "合并重复"
"""Cells that only repeat the first one of their merged range."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not empty.

    ``text`` is what the user sees, dates as ``2026-11-03 09:12``; ``value`` what it holds. ``note`` is its comment, ``fill``
    its colour in a word (红, 黄 …), ``link`` where it leads if that is not its text, ``repeats`` the place of the first cell
    of its merged range if it only repeats that. ``remark`` says what is odd about it.
    """

    place: str
    text: str
    value: Value
    note: str = ""
    fill: str = ""
    link: str = ""
    struck: bool = False
    repeats: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A column of a sheet: its number from 1, its letter, its text (no two alike), and what it stands for, if that is known.

    ``text`` has no line breaks; a column without a heading is called by its letter.
    """

    number: int
    letter: str
    text: str
    column: Column | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty: its number in the sheet, what it is and why that is thought, its cells by column number.

    ``struck`` says that all of it is struck out, ``hidden`` that a filter or the user hides it. ``continues`` is the number
    of the row whose merged cells it shares, where it goes on with the fault of that row; else 0.
    """

    number: int
    kind: str
    cells: Mapping[int, Cell]
    why: str = ""
    struck: bool = False
    hidden: bool = False
    continues: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, or the part of one that has its own headings.

    ``skipped`` says why it holds no faults, empty if it does; its rows are there all the same. ``year`` is what its name or
    title says, ``from_1904`` how its bare numbers count days. ``pictures`` are the cells that pictures stand at.
    """

    name: str
    rows: tuple[Row, ...]
    headings: Mapping[int, Heading] = field(default_factory=dict)
    skipped: str = ""
    hidden: bool = False
    year: int | None = None
    from_1904: bool = False
    pictures: tuple[str, ...] = ()
    fields: Mapping[str, Heading] = field(default_factory=dict)
    """What the cells of a form stand for, by place; a form has no row of headings."""
    names: frozenset[str] = frozenset()
    """The places at which a form says what stands beside."""
    filled: int = 0
    """Cells that the file has something in, counted while it was read."""

    def heading(self, number: int, cell: Cell) -> Heading | None:
        """Return what a cell in that column stands for."""
        return self.fields.get(cell.place) or self.headings.get(number)

    @property
    def data(self) -> tuple[Row, ...]:
        """The rows that are faults."""
        return tuple(row for row in self.rows if row.kind == DATA)

    @property
    def known(self) -> dict[str, Heading]:
        """The columns that were recognised, by the name of what they stand for (`Column.name`)."""
        return {one.column.name: one for one in reversed([*self.headings.values()]) if one.column}

    @property
    def unknown(self) -> tuple[Heading, ...]:
        """The other columns."""
        return tuple(one for one in self.headings.values() if not one.column)

    def cell(self, row: Row, name: str) -> Cell | None:
        """Return what a row has in the column of that name (`Column.name`); None without such a column or value."""
        heading = self.known.get(name)
        return row.cells.get(heading.number) if heading else None

    @property
    def counts(self) -> Counter[str]:
        """How many cells are what; without those that only repeat, the sum is ``filled``."""
        return Counter(REPEATED if cell.repeats else row.kind for row in self.rows for cell in row.cells.values())
