"""Merged ranges: their value belongs to each of their cells, and counts once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.sheets.grid import Grid
    from faultkb.sheets.table import Cell

Range = tuple[int, int, int, int]


def downward(grid: Grid) -> dict[int, dict[int, Cell]]:
    """Return the rows with the values of ranges that go over several rows repeated in each, in their first column.

    Only rows that have something of their own get them, so that a range to the end of the sheet costs nothing.
    """
    rows = {number: dict(cells) for number, cells in grid.rows.items()}
    numbers = sorted(rows)
    for column, first, last in _upright(grid.merged):
        cell = grid.rows.get(first, {}).get(column)
        if cell is None:
            continue
        letter = get_column_letter(column)
        for number in numbers[bisect_right(numbers, first) : bisect_right(numbers, last)]:
            rows[number].setdefault(column, replace(cell, place=f"{letter}{number}", repeats=cell.place, note=""))
    return rows


def across(grid: Grid, low: int, high: int) -> Iterator[Range]:
    """Yield the ranges that touch the rows from ``low`` to ``high``."""
    return (one for one in grid.merged if one[1] <= high and one[3] >= low)


def wide(grid: Grid) -> dict[int, int]:
    """Return how many columns the widest range that begins in each row has."""
    found: dict[int, int] = {}
    for left, top, right, _ in grid.merged:
        found[top] = max(found.get(top, 0), right - left + 1)
    return found


def between(numbers: Sequence[int], low: int, high: int) -> Sequence[int]:
    """Return the numbers of a sorted list from ``low`` to ``high``."""
    return numbers[bisect_left(numbers, low) : bisect_right(numbers, high)]


def _upright(merged: Sequence[Range]) -> Iterator[tuple[int, int, int]]:
    """Yield column, first and last row of ranges over several rows; of those that overlap only the first, as Excel has none."""
    found = sorted((left, top, bottom) for left, top, _, bottom in merged if bottom > top)
    kept: tuple[int, int, int] = (0, 0, 0)
    for one in found:
        if one[0] != kept[0] or one[1] > kept[2]:
            kept = one
            yield one


__all__ = ["across", "between", "downward", "pairwise", "wide"]
