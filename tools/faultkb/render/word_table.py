"""Tables in Word: columns as wide as their texts ask for, headings that are repeated on each page, rows that stay whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docx.oxml.ns import qn
from rich.cells import cell_len

from faultkb.render.word_xml import element

if TYPE_CHECKING:
    from collections.abc import Sequence

_NARROW, _WIDE = 8, 60
"""Columns of Latin text that a column of a table is given at the least, and beyond which it asks for no more."""
_LONG, _READABLE = 30, 16
"""A text that takes more than the first is given at least the second, or its lines would be too short to read."""
_SHORT, _LONGEST_WORD = 12, 17
"""A text that is broken in no place if there is room, and the longest word that is not."""
_WORD = re.compile("[!-~]+")
_SAMPLED = 200
MARGIN = 80
"""Space at both sides of a cell, in twentieths of a point."""
_LETTER = 102
"""Width of a Latin letter, in the same."""


def table(rows: Sequence[Sequence[Any]], widths: Sequence[int], style: str, headings: int = 1) -> Any:
    """Make a table of cells (``w:tc``); the first ``headings`` rows are repeated on each page."""
    look = element("w:tblLook", val="0420" if headings else "0400", firstRow=int(bool(headings)), noVBand=1)
    properties = element(
        "w:tblPr",
        element("w:tblStyle", val=style),
        element("w:tblW", w=sum(widths), type="dxa"),
        element("w:tblLayout", type="fixed"),
        look,
    )
    grid = element("w:tblGrid", *(element("w:gridCol", w=width) for width in widths))
    made = element("w:tbl", properties, grid)
    for number, row in enumerate(rows):
        about = [element("w:cantSplit")] + ([element("w:tblHeader")] if number < headings else [])
        made.append(element("w:tr", element("w:trPr", *about), *row))
    return made


def cell(width: int, blocks: Sequence[Any], fill: str = "") -> Any:
    """Make a cell; ``fill`` is the colour of its ground."""
    about = element("w:tcPr", element("w:tcW", w=width, type="dxa"))
    if fill:
        about.append(element("w:shd", val="clear", color="auto", fill=fill))
    return element("w:tc", about, *blocks)


def shares(texts: Sequence[Sequence[str]], room: int) -> list[int]:
    """Share the room among columns by what stands in them; an id or a date is broken last."""
    least, wanted = _asked(texts)
    if sum(wanted) <= room:
        return [one * room // sum(wanted) for one in wanted]
    if sum(least) >= room:
        return [one * room // sum(least) for one in least]
    share = (room - sum(least)) / (sum(wanted) - sum(least))
    return [int(low + (high - low) * share) for low, high in zip(least, wanted, strict=True)]


def needs(texts: Sequence[Sequence[str]]) -> int:
    """Return the width that columns ask for, all together."""
    return sum(_asked(texts)[1])


def _asked(texts: Sequence[Sequence[str]]) -> tuple[list[int], list[int]]:
    """Return what each column needs to break no word, and what it needs to break no line; long texts ask for no more than others."""
    count = max(map(len, texts), default=1)
    least, wanted = [_NARROW] * count, [_NARROW] * count
    for row in texts[:_SAMPLED]:
        for number, text in enumerate(row):
            longest = max(map(cell_len, text.split("\n")), default=0)
            word = max([0, *map(len, _WORD.findall(text)), *([_READABLE] if longest > _LONG else [])])
            least[number] = max(least[number], (longest if longest <= _SHORT else min(word, _LONGEST_WORD)) + 1)
            wanted[number] = max(wanted[number], least[number], min(longest, _WIDE))
    return [one * _LETTER + 2 * MARGIN for one in least], [one * _LETTER + 2 * MARGIN for one in wanted]


def room_in(paragraph: Any, page: int) -> int:
    """Return how wide the text may be where a paragraph stands: in its cell, or on the page."""
    around = next(paragraph.iterancestors(qn("w:tc")), None)
    if around is None:
        return page
    width = around.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
    if width is not None and width.get(qn("w:type")) == "dxa":
        return max(int(float(width.get(qn("w:w")))) - 2 * MARGIN, MARGIN)
    return max(page // len(around.getparent().findall(qn("w:tc"))) - 2 * MARGIN, page // 10)
