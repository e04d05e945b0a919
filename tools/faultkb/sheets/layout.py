"""What each row of a sheet is: title, heading, fault, sum, or text around the table; nothing that is filled is left out."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from faultkb.sheets import forms, headings, merges
from faultkb.sheets.header import Finder
from faultkb.sheets.headings import Names
from faultkb.sheets.sorter import Sort, Sorter, is_again
from faultkb.sheets.table import DATA, OUTSIDE, TITLE, Cell, Heading, Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from faultkb.sheets.grid import Grid
    from faultkb.sheets.header import Header
    from faultkb.tracking import Column

_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_PREPARED = re.compile("制表|打印|编制|日期|更新|填表")
_ALIKE = 0.6
_NEW = 3
_SHORT = 8
_UNKNOWN = "没有认出表头：不是故障跟踪表，或栏目的名字都不认得"


def sheets(grid: Grid, columns: Sequence[Column]) -> list[Sheet]:
    """Return the tables of a worksheet: one, or more where other headings come below."""
    rows = merges.downward(grid)
    finder = Finder(grid, rows, Names(columns))
    header = finder.first()
    form = forms.read(rows, finder.names) if header is None else None
    if form:
        return [replace(_sheet(grid, form.rows), fields=form.headings, names=form.names)]
    if header is None:
        said = _UNKNOWN if rows else "空的工作表"
        return [_sheet(grid, [_row(grid, number, Sort(OUTSIDE, said), rows[number]) for number in rows], skipped=said)]
    found, numbers, start = [], list(rows), 0
    for following in (*_others(finder, header), None):
        end = bisect_left(numbers, following.rows[0]) if following else len(numbers)
        found.append(_table(grid, {number: rows[number] for number in numbers[start:end]}, header, finder))
        header, start = following or header, end
    return found


def _others(finder: Finder, header: Header) -> Iterator[Header]:
    """Yield the headers of other tables below one."""
    for number in finder.numbers:
        cells = finder.rows[number]
        if number <= header.rows[-1] or not _holds_names(finder, number) or is_again(cells, header):
            continue
        one = finder.at(number)
        if one and one.is_table and one.exact >= max(_NEW, _ALIKE * len(one.texts)):
            header = one
            yield one


def _holds_names(finder: Finder, number: int) -> bool:
    cells = finder.rows[number].values()
    return sum(len(one.text) <= _SHORT and finder.names.exact(one.text) for one in cells) >= _NEW


def _table(grid: Grid, rows: Mapping[int, Mapping[int, Cell]], header: Header, finder: Finder) -> Sheet:
    sorter = Sorter(header, finder)
    made = [
        _row(grid, number, sorter.sort(number, cells), cells, header, sorter.numbering)
        for number, cells in rows.items()
    ]
    return _sheet(grid, made, _headings(header, made))


def _row(
    grid: Grid,
    number: int,
    sort: Sort,
    cells: Mapping[int, Cell],
    header: Header | None = None,
    numbering: Collection[int] = (),
) -> Row:
    said = [one for one in cells.values() if one.text]
    return Row(
        number,
        sort.kind,
        dict(sorted(cells.items())),
        sort.why,
        struck=bool(said) and all(one.struck for one in said),
        hidden=number in grid.hidden,
        continues=_continues(cells, header, numbering) if header and sort.kind == DATA else 0,
    )


def _continues(cells: Mapping[int, Cell], header: Header, numbering: Collection[int]) -> int:
    """Return the row of the fault that this one goes on with: its number, or else what was wrong, is merged with that row.

    A row with a count, a time of report or a customer of its own is a fault of its own: only the words were not written again.
    """
    by_name = {one.name: place for place, one in header.columns.items()}
    number = cells.get(by_name.get("id", 0))
    if number and number.text:
        return _above(number)
    own = [*numbering, *(place for name, place in by_name.items() if name.partition(".")[0] in _OWN)]
    if any(place in cells and cells[place].text and not cells[place].repeats for place in own):
        return 0
    said = (place for name, place in by_name.items() if name == "title" or name.startswith("故障描述"))
    return next((_above(cells[place]) for place in said if place in cells and cells[place].text), 0)


_OWN = frozenset({"reported_at", "customer"})
"""What each fault has for itself."""


def _above(cell: Cell) -> int:
    """Return the row of the first cell of a merged range; 0 for a cell that is none of its repetitions."""
    return int(re.sub(r"\D", "", cell.repeats)) if cell.repeats else 0


def _headings(header: Header, rows: Sequence[Row]) -> dict[int, Heading]:
    """Return the columns that have a heading or a value; no two are called the same."""
    used = {column for row in rows if row.kind == DATA for column in row.cells}
    found, taken = {}, set()
    for place in sorted(used | header.texts.keys()):
        letter, column = get_column_letter(place), header.columns.get(place)
        group, text = header.texts.get(place, ("", ""))
        name = f"{group}-{text}" if group and not column and headings.key(group) != headings.key(text) else text
        name = name or f"{letter} 列"
        name = f"{name}（{letter} 列）" if name in taken else name
        taken.add(name)
        found[place] = Heading(place, letter, name, column)
    return found


def _sheet(grid: Grid, rows: Sequence[Row], heads: Mapping[int, Heading] | None = None, skipped: str = "") -> Sheet:
    return Sheet(
        grid.name,
        tuple(rows),
        heads or {},
        skipped,
        hidden=grid.state != "visible",
        year=_year(grid.name, rows),
        from_1904=grid.from_1904,
        pictures=grid.pictures,
        filled=sum(not cell.repeats for row in rows for cell in row.cells.values()),
    )


def _year(name: str, rows: Sequence[Row]) -> int | None:
    """Return the year that the name of a sheet says, or else its title; None for several."""
    titles = [one.text for row in rows if row.kind == TITLE for one in row.cells.values()]
    for texts in ([name], [one for one in titles if not _PREPARED.search(one)]):
        years = {int(one) for text in texts for one in _YEAR.findall(text)}
        if years:
            return years.pop() if len(years) == 1 else None
    return None
