"""Merged ranges: their value belongs to each of their cells, and counts once."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.sheets.grid import Grid
    from faultkb.sheets.table import Cell

Range = tuple[int, int, int, int]
"""First column, first row, last column, last row."""


def downward(grid: Grid) -> dict[int, dict[int, Cell]]:
    """Return the rows, with values that stand in ranges over several rows repeated in each, in their first column.

    Only rows that have something of their own get them, so that a range to the end of the sheet costs nothing.
    """
    rows = {number: dict(grid.rows[number]) for number in sorted(grid.rows)}
    numbers = list(rows)
    for column, first, last in _upright(grid.merged):
        cell = grid.rows.get(first, {}).get(column)
        if cell is None:
            continue
        letter = get_column_letter(column)
        for number in numbers[bisect_right(numbers, first) : bisect_right(numbers, last)]:
            repeated = replace(cell, place=f"{letter}{number}", repeats=cell.place, note="")
            rows[number].setdefault(column, repeated)
    return rows


def repeated(grid: Grid) -> int:
    """Return how many cells `downward` would add at most."""
    numbers = sorted(grid.rows)
    return sum(
        bisect_right(numbers, last) - bisect_right(numbers, first)
        for column, first, last in _upright(grid.merged)
        if column in grid.rows.get(first, ())
    )


def starts(grid: Grid) -> dict[int, list[tuple[int, int]]]:
    """Return the first and last column of the ranges over several columns, by the row that they begin in."""
    found: dict[int, list[tuple[int, int]]] = {}
    for left, top, right, _ in grid.merged:
        if right > left:
            found.setdefault(top, []).append((left, right))
    return found


def _upright(merged: Sequence[Range]) -> Iterator[tuple[int, int, int]]:
    """Yield column, first and last row of ranges over several rows; of those that overlap only the first, as Excel has none."""
    column = bottom = 0
    for left, top, last in sorted((left, top, last) for left, top, _, last in merged if last > top):
        if left != column or top > bottom:
            column, bottom = left, last
            yield left, top, last
