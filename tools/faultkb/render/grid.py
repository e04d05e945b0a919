"""Tables in a window of any width: columns side by side, and what finds no room there beneath its row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb.reports import PROSE, RIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.text import Text

    from faultkb.reports import Column

    Cell = tuple[str, str]
    """A text and its style."""

_GAP = 2
_INDENT = 4
_LEAST_PROSE = 24
"""Columns that a title needs to be read at all."""
_WORD = "!-~\u00a1-\u02ff\u2010-\u2015\u2212"
"""Letters, digits and signs that are half as wide as a Chinese character."""
_PIECE = re.compile(
    rf"\s+|[（【《「『“‘]*(?:[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}} [0-9]{{2}}:[0-9]{{2}}|[{_WORD}]+(?:(?<=[0-9]) [^\s{_WORD}])?|.)"
    "[，。、；：！？）】》」』”’…%℃]*"
)
"""What stays in one line: a moment, a word, a number and its unit, a character with the punctuation that goes with it."""


def lines(columns: Sequence[Column], rows: Sequence[Sequence[Cell]], window: int) -> Iterator[Text]:
    """Yield the lines of a table. Nothing is left out: in a narrow window it stands beneath its row, with its title."""
    from rich.text import Text

    beside = _beside(columns, _widths(columns, rows), window)
    yield from _line(columns, [(column.title, "dim") for column in columns], beside)
    yield Text("─" * (sum(beside.values()) + _GAP * len(beside)))
    for row in rows:
        yield from _line(columns, row, beside)
        if len(beside) < len(columns):
            yield from _beneath(columns, row, beside, window - _INDENT)


def _widths(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> list[int]:
    from rich.cells import cell_len

    return [
        max(cell_len(column.title), *(cell_len(row[place][0]) for row in rows)) if rows else cell_len(column.title)
        for place, column in enumerate(columns)
    ]


def _beside(columns: Sequence[Column], wide: Sequence[int], window: int) -> dict[int, int]:
    """Choose the columns that stand side by side, and how wide each one is: all of them, or without prose what fits."""
    prose = [place for place, column in enumerate(columns) if column.kind == PROSE]
    room = window - _GAP * len(columns) - sum(wide[place] for place in range(len(columns)) if place not in prose)
    if room >= sum(min(wide[place], _LEAST_PROSE) for place in prose):
        shared = _shared({place: wide[place] for place in prose}, room)
        return {place: shared.get(place, wide[place]) for place in range(len(columns))}
    chosen = {0: min(wide[0], window - _GAP)}
    room = window - _GAP - chosen[0]
    for place in range(1, len(columns)):
        if place not in prose and wide[place] + _GAP <= room:
            chosen[place] = wide[place]
            room -= wide[place] + _GAP
    return chosen


def _shared(wanted: dict[int, int], room: int) -> dict[int, int]:
    """Share out room: who wants little gets it, the others the same each."""
    given: dict[int, int] = {}
    for place in sorted(wanted, key=wanted.__getitem__):
        given[place] = min(wanted[place], (room - sum(given.values())) // (len(wanted) - len(given)))
    return given


def _line(columns: Sequence[Column], row: Sequence[Cell], beside: dict[int, int]) -> Iterator[Text]:
    """Yield the lines of the cells that stand side by side."""
    from rich.cells import cell_len
    from rich.text import Text

    broken = {place: wrap(row[place][0], room) for place, room in beside.items()}
    for number in range(max(map(len, broken.values()))):
        line = Text()
        for place, room in beside.items():
            shown = broken[place][number] if number < len(broken[place]) else ""
            blank = " " * max(room - cell_len(shown), 0)
            before, after = (blank, "") if columns[place].kind in RIGHT else ("", blank)
            line.append(f" {before}").append(shown, style=row[place][1]).append(f"{after} ")
        line.rstrip()
        yield line


def _beneath(columns: Sequence[Column], row: Sequence[Cell], beside: dict[int, int], room: int) -> Iterator[Text]:
    """Yield what has no room beside: the first prose in lines of its own, then titles and values, as many as fit."""
    from rich.text import Text

    line = Text()
    rest = [place for place in range(len(columns)) if place not in beside and row[place][0]]
    rest.sort(key=lambda place: columns[place].kind != PROSE)
    for number, place in enumerate(rest):
        value, style = row[place]
        is_title = number == 0 and columns[place].kind == PROSE
        said = value if is_title or value.startswith(columns[place].title) else f"{columns[place].title}：{value}"
        if line.plain and (columns[place].kind == PROSE or line.cell_len + 3 + Text(said).cell_len > room):
            yield _indented(line)
            line = Text()
        *full, last = wrap(said, room)
        yield from (_indented(Text(one, style=style)) for one in full)
        if is_title:
            yield _indented(Text(last))
        else:
            line = Text("   ").join([line, Text(last, style=style)]) if line.plain else Text(last, style=style)
    if line.plain:
        yield _indented(line)


def _indented(line: Text) -> Text:
    from rich.text import Text

    return Text(" " * _INDENT) + line


def wrap(text: str, room: int) -> list[str]:
    """Break a text into lines: between Chinese characters anywhere, not in a word or a number, not before a full stop."""
    from rich.cells import cell_len, chop_cells

    if cell_len(text) <= room:
        return [text]
    broken, line, used = [], "", 0
    for piece in _PIECE.findall(text):
        wide = cell_len(piece)
        if used + wide > room and line.strip():
            broken.append(line.rstrip())
            line, used = "", 0
        if wide > room:
            *full, piece = chop_cells(piece, room)  # noqa: PLW2901 - what is left of it
            broken.extend(full)
            wide = cell_len(piece)
        if line or not piece.isspace():
            line, used = line + piece, used + wide
    return [*broken, line.rstrip()]
