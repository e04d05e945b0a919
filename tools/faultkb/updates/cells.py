"""The rows of a tracking table that came back, by the id of their fault, and what its cells said when it was exported."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from faultkb import privacy, sheets, tracking
from faultkb.finding import FaultError
from faultkb.rows import HIDDEN
from faultkb.tracking import canonical
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from faultkb.sheets import Cell, Row, Sheet
    from faultkb.vocabulary import Vocabulary

    Digests = Mapping[str, Mapping[str, str]]
    """What the hidden sheet of an export says of its cells, by fault and column."""

_ID = "id"
_MASK = 3
"""Where the hidden sheet says for whom the table was."""
_ID_SHAPE = re.compile(r"[A-Z]{2}-[0-9]{8}-[0-9]{3,}")


class Line(NamedTuple):
    """A row of the table: where it stands, and its cells by the name of their column (None: empty)."""

    place: str
    id: str
    cells: Mapping[str, Cell | None]
    year: int | None
    from_1904: bool


class Book(NamedTuple):
    """What came back: the rows by id, those without an id, what was exported (None: not known), and columns that mean nothing here."""

    lines: Mapping[str, Sequence[Line]]
    strangers: tuple[str, ...]
    base: Digests | None
    unread: tuple[str, ...]


def read(path: Path, words: Vocabulary, names: Sequence[str] = ()) -> Book:
    """Read a workbook, all of its sheets or those named. Raise FaultError as `sheets.read` does, and for a table for outside eyes."""
    wanted = {one.name for one in tracking.exported(words)}
    found = sheets.read(path, words)
    absent = [name for name in names if name not in {sheet.name for sheet in found}]
    if absent:
        there = "、".join(dict.fromkeys(clip(_shown(one.name, words)) for one in found))
        raise FaultError(f"没有工作表“{clip(_shown(absent[0], words))}”，有：{there}")
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    strangers: list[str] = []
    unread: dict[str, None] = {}
    for sheet in _tables(found, wanted, names):
        unread |= dict.fromkeys(_unread(sheet, wanted))
        place = _shown(sheet.name, words)
        for row in sheet.rows:
            line = _line(sheet, row, wanted, place)
            if _ID_SHAPE.fullmatch(line.id):
                lines[line.id].append(line)
            elif row.kind == sheets.DATA:
                strangers.append(line.place)
    draft = _draft(found)
    said = (cell.text for some in lines.values() for line in some for cell in line.cells.values() if cell)
    if draft[0][_MASK] == "public" if draft else HIDDEN in said:
        raise FaultError("这是给公司以外的人看的表，不能从它更新：用 fault export xlsx 另外导出，在那个表里改")
    return Book(lines, tuple(strangers), _digests(draft) if draft else None, tuple(unread))


def _tables(found: Sequence[Sheet], wanted: set[str], names: Sequence[str]) -> list[Sheet]:
    """Return the sheets to be read: those named, else those that look like the table and not like a list beside it."""
    kept = [sheet for sheet in found if not sheet.skipped and (not names or sheet.name in names)]
    most = max((len(wanted & sheet.known.keys()) for sheet in kept), default=0)
    return kept if names else [sheet for sheet in kept if 2 * len(wanted & sheet.known.keys()) > most]


def _shown(name: str, words: Vocabulary) -> str:
    """Return the name of a sheet as it may be said."""
    return privacy.masked(name, privacy.find_in_name(name, words.lists))


def _line(sheet: Sheet, row: Row, wanted: set[str], place: str) -> Line:
    own = sheet.cell(row, _ID)
    cells = {name: sheet.cell(row, name) for name in sheet.known if name in wanted}
    written = canonical(own.text).upper() if own else ""
    return Line(f"{place} 第 {row.number} 行", written, cells, sheet.year, sheet.from_1904)


def _unread(sheet: Sheet, wanted: set[str]) -> Iterator[str]:
    """Name the columns that have something in them and are none of the table's."""
    for heading in sheet.headings.values():
        is_other = heading.column is None or heading.column.name not in wanted
        if is_other and any(heading.number in row.cells for row in sheet.data):
            yield heading.text


def _draft(found: Sequence[Sheet]) -> list[list[str]]:
    """Return the lines of the hidden sheet of an export; none where it did not come back."""
    rows = [row for sheet in found if sheet.name.startswith(sheets.DRAFT) for row in sheet.rows]
    lines = [[(row.cells[at].text if at in row.cells else "") for at in range(1, max(row.cells) + 1)] for row in rows]
    is_ours = len(lines) > 1 and lines[0][:1] == ["faultkb"] and len(lines[0]) > _MASK
    return lines if is_ours else []


def _digests(draft: Sequence[Sequence[str]]) -> Digests:
    _, names, *lines = draft
    return {line[0]: dict(zip(names[1:], line[1:], strict=False)) for line in lines if line[0]}
