"""A form for one fault: the names of the fields stand left of what was filled in, not above; several may follow each other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from faultkb.sheets.header import is_substance
from faultkb.sheets.table import DATA, TITLE, Heading, Row

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from faultkb.sheets.headings import Names
    from faultkb.sheets.table import Cell

    Rows = Mapping[int, Mapping[int, Cell]]

_LONGEST = 20
_LEAST, _ALIKE = 4, 2
_FIRST = frozenset({"id", "reported_at"})


@dataclass(frozen=True, slots=True)
class Form:
    """The rows of a sheet of forms, the heading of each cell that is filled in by place, and the places of the names themselves."""

    rows: tuple[Row, ...]
    headings: Mapping[str, Heading]
    names: frozenset[str]


def read(rows: Rows, names: Names) -> Form | None:
    """Return the forms of a sheet; None where nothing looks like one."""
    labels = _labels(rows, names)
    headings = {cell.place: heading for number in rows for cell, heading in _filled(rows, number, labels)}
    told = {one.column.name for one in headings.values() if one.column}
    has_substance = any(is_substance(one.column) for one in headings.values() if one.column)
    if len(told) < _LEAST or not told & _FIRST or not has_substance:
        return None
    return Form(tuple(_rows(rows, labels)), headings, frozenset(one.place for one in _cells(rows, labels)))


def _labels(rows: Rows, names: Names) -> dict[tuple[int, int], Heading]:
    """Return the cells that name a field: known names, and short texts in the columns in which several of those stand."""
    found = {}
    columns: Counter[int] = Counter()
    texts = [(number, column, cell) for number, cells in rows.items() for column, cell in cells.items()]
    for number, column, cell in texts:
        match = names.match(cell.text) if isinstance(cell.value, str) and len(cell.text) <= _LONGEST else None
        if match:
            found[number, column] = Heading(column, get_column_letter(column), _said(cell), match.column)
            columns[column] += 1
    for number, column, cell in texts:
        is_name = columns[column] >= _ALIKE and isinstance(cell.value, str) and 0 < len(cell.text) <= _LONGEST
        if is_name and (number, column) not in found and column + 1 in rows[number]:
            found[number, column] = Heading(column, get_column_letter(column), _said(cell), None)
    return found


def _said(cell: Cell) -> str:
    return " ".join(cell.text.split()).strip(" :：*")


def _cells(rows: Rows, labels: Mapping[tuple[int, int], Heading]) -> Iterator[Cell]:
    return (rows[number][column] for number, column in labels)


def _filled(rows: Rows, number: int, labels: Mapping[tuple[int, int], Heading]) -> Iterator[tuple[Cell, Heading]]:
    """Yield what is filled in beside the names of a row, or in the row below a name that stands alone."""
    heading = (
        labels.get((number - 1, next(iter(rows.get(number - 1, {})), 0)))
        if len(rows.get(number - 1, {})) == 1
        else None
    )
    for column, cell in sorted(rows[number].items()):
        if (number, column) in labels:
            heading = labels[number, column]
        elif heading and not cell.repeats:
            yield cell, heading


def _rows(rows: Rows, labels: Mapping[tuple[int, int], Heading]) -> Iterator[Row]:
    """Yield the rows: a form begins where the first known name comes again."""
    known = [(number, one.column.name) for (number, _), one in sorted(labels.items()) if one.column]
    begins = {number for number, name in known if name == known[0][1]}
    first = 0
    for number, cells in rows.items():
        continues = 0 if number in begins else first
        first = number if number in begins else first
        yield Row(number, DATA if first else TITLE, dict(sorted(cells.items())), continues=continues)
