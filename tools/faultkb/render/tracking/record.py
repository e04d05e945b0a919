"""The very hidden sheet that says what was written: by it `fault import --update` tells what somebody changed meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import moment, tracking
from faultkb.render import office

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xlsxwriter import Workbook

    from faultkb.render.tracking.view import View
    from faultkb.rows import Value

NAME = "底稿"
PROGRAM, VERSION = "faultkb", 1
_HEADINGS = 1
"""Rows before the first fault, besides the one that a table has anyway."""


def fill(book: Workbook, view: View, written: Sequence[Sequence[Value]]) -> None:
    """Write what the table is of, the names of its columns, and for each fault its id and a digest of each cell."""
    filters = [f"{name}={'、'.join(values)}" for name, values in view.filters.items()]
    first: list[str | int] = [PROGRAM, VERSION, moment.show(view.as_of), view.mask, *filters]
    names = [column.name for column in view.columns]
    step, taken = office.MOST_ROWS - _HEADINGS, set[str]()
    for start in range(0, max(len(written), 1), step):
        sheet = book.add_worksheet(office.sheet_name(NAME, taken))
        sheet.very_hidden()
        lines: list[Sequence[str | int]] = [first, ["", *names]]
        lines.extend(_digests(written[start : start + step]))
        for line, cells in enumerate(lines):
            for place, value in enumerate(cells):
                if isinstance(value, int):
                    sheet.write_number(line, place, value)
                elif value:
                    sheet.write_string(line, place, value)


def _digests(written: Sequence[Sequence[Value]]) -> Iterator[list[str]]:
    for cells in written:
        yield [str(cells[0]), *map(tracking.digest, cells)]
