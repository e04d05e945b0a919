"""Where the headings of a sheet stand: in one row or two, below titles; known by the names that they hold."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultkb.sheets import headings, merges

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from faultkb.sheets.grid import Grid
    from faultkb.sheets.headings import Match, Names
    from faultkb.sheets.table import Cell
    from faultkb.tracking import Column

_SEARCHED = 80
"""Rows from the top in which the first headings are looked for."""
LONGEST = 60
"""Characters of a heading, its remark in brackets included."""
_LEAST, _MANY = 2, 5
_SHARE = 0.25
"""Share of the headings that must be known."""
_ALIKE = 0.6
"""Of headings that hold so many known names as the best ones, the first are the table's, and others below begin another."""
_FIRST = frozenset({"id", "reported_at"})
"""What tables of faults begin with; other short lists do not, such as questions with their answers."""
_SUBSTANCE = frozenset({"title", "短期方案+长期方案"})


@dataclass(frozen=True, slots=True)
class Header:
    """The rows of a header, the group and heading of each column, and what the columns stand for."""

    rows: tuple[int, ...]
    texts: Mapping[int, tuple[str, str]]
    columns: Mapping[int, Column]
    exact: int

    @property
    def rank(self) -> tuple[int, int, int]:
        """How good this is as a header: known columns, those that fit exactly, fewer rows."""
        return len(self.columns), self.exact, -len(self.rows)

    @property
    def is_table(self) -> bool:
        """Whether a table of faults may have such headings: something must say what was wrong."""
        names = {one.name for one in self.columns.values()}
        share = len(names) / max(len(self.texts), 1)
        if len(names) < _LEAST or share < _SHARE or (len(names) == _LEAST and not names & _FIRST):
            return False
        return any(map(is_substance, self.columns.values())) or (len(names) >= _MANY and bool(names & _FIRST))


def is_substance(column: Column) -> bool:
    """Whether a column says what was wrong or what was done, which lists of people or versions do not."""
    return column.sections or column.name in _SUBSTANCE


class Finder:
    """Looks for headings in the rows of a sheet."""

    def __init__(self, grid: Grid, rows: Mapping[int, Mapping[int, Cell]], names: Names) -> None:
        self.rows, self.names = rows, names
        self.wide = merges.starts(grid)
        self.numbers = list(rows)

    def first(self) -> Header | None:
        """Return the first good header near the top; None where nothing looks like a table of faults."""
        found = [one for one in map(self.at, self.numbers[:_SEARCHED]) if one and one.is_table]
        best = max((one.rank for one in found), default=(0,))
        alike = [one for one in found if len(one.columns) > best[0] * _ALIKE]
        return min(alike, key=lambda one: (one.rows[-1], -len(one.columns), len(one.rows)), default=None)

    def at(self, number: int) -> Header | None:
        """Return what the header would be if it began at this row: with the one below where that has the parts of its groups."""
        upper, lower = self._words(number), self._words(number + 1, repeated=True)
        if not upper or not (self._may_be(upper) or self._may_be(lower)):
            return None
        spread = self._spread(number, upper, lower) if lower and len(upper) > 1 else None
        return self._header((number, number + 1), [spread, lower]) if spread else self._header((number,), [upper])

    def _may_be(self, words: Mapping[int, str]) -> bool:
        return sum(self.names.match(text) is not None for text in words.values()) >= _LEAST

    def _words(self, number: int, *, repeated: bool = False) -> dict[int, str]:
        """Return the texts of a row that may be headings; empty where something in it is none."""
        cells = {column: one for column, one in self.rows.get(number, {}).items() if repeated or not one.repeats}
        found = {
            column: cell.text for column, cell in cells.items() if isinstance(cell.value, str) and cell.text.strip()
        }
        is_long = any(len(text) > LONGEST for text in found.values())
        return {} if is_long or len(found) < len([one for one in cells.values() if one.text]) else found

    def _spread(self, number: int, upper: dict[int, str], lower: dict[int, str]) -> dict[int, str] | None:
        """Return the groups of the upper row over all their columns; None where the lower row is no second half of a header."""
        spread = upper | self._groups(number, upper, lower)
        times = Counter(spread.values())
        own = [column for column in lower if not self._is_repeat(number + 1, column)]
        single = [column for column in own if column in upper and times[upper[column]] == 1]
        if any(not self._may_be_below(upper[column], lower[column]) for column in single):
            return None
        return spread if len(own) < len(lower) or any(times[text] > 1 for text in upper.values()) else None

    def _groups(self, number: int, upper: dict[int, str], lower: dict[int, str]) -> dict[int, str]:
        """Return the groups above columns that have no text of their own in the upper row: merged, or blank up to the next one."""
        found = {}
        for left, right in self.wide.get(number, ()):
            if left in upper:
                found.update(
                    {column: upper[left] for column in lower if left <= column <= right and column not in upper}
                )
        if not self._may_be(upper):
            return found
        left = 0
        for column in sorted(upper.keys() | lower.keys()):
            left = column if column in upper else left
            if column not in upper and column not in found and left in lower and not self._is_repeat(number + 1, left):
                found[column] = upper[left]
        return found

    def _may_be_below(self, group: str, text: str) -> bool:
        return headings.key(text) == headings.key(group) or self.names.below(group, text) is not None

    def _is_repeat(self, number: int, column: int) -> bool:
        cell = self.rows.get(number, {}).get(column)
        return cell is not None and bool(cell.repeats)

    def _header(self, rows: tuple[int, ...], levels: Sequence[Mapping[int, str]]) -> Header:
        columns = sorted({column for level in levels for column in level})
        texts = headings.texts(levels, columns)
        found: dict[int, Match | None] = {column: self.names.below(*texts[column]) for column in columns}
        exact = sum(one is not None and one.distance < headings.NEAR for one in found.values())
        return Header(rows, texts, headings.claimed(found), exact)
