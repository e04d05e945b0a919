"""The rows of a tracking table that came back, by the id of their fault, and what its cells said when it was exported."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from faultkb import moment, sheets, tracking
from faultkb.tracking import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from faultkb.sheets import Cell, Row, Sheet
    from faultkb.vocabulary import Vocabulary

_ID = "id"


class Base(NamedTuple):
    """What the hidden sheet of an export says: when and with which mask it was made, and digests of its cells by fault and column."""

    as_of: str
    mask: str
    digests: Mapping[str, Mapping[str, str]]


class Line(NamedTuple):
    """A row of the table: where it stands, and its cells by the name of their column (None: empty)."""

    place: str
    id: str
    cells: Mapping[str, Cell | None]
    year: int | None
    from_1904: bool


class Book(NamedTuple):
    """What came back: the rows by id, those without an id, the base (None: no export of ours), and columns that mean nothing here."""

    lines: Mapping[str, Sequence[Line]]
    strangers: tuple[str, ...]
    base: Base | None
    unread: tuple[str, ...]


def read(path: Path, words: Vocabulary, names: Sequence[str] = ()) -> Book:
    """Read a workbook, all of its sheets or those named. Raise FaultError as `sheets.read` does."""
    wanted = {one.name for one in tracking.exported(words)}
    found = sheets.read(path, words)
    lines: defaultdict[str, list[Line]] = defaultdict(list)
    strangers: list[str] = []
    unread: dict[str, None] = {}
    for sheet in found:
        if sheet.skipped or (names and sheet.name not in names):
            continue
        unread |= dict.fromkeys(_unread(sheet, wanted))
        for row in sheet.data:
            line = _line(sheet, row, wanted)
            if line.id:
                lines[line.id].append(line)
            else:
                strangers.append(line.place)
    return Book(lines, tuple(strangers), _base(found), tuple(unread))


def _line(sheet: Sheet, row: Row, wanted: set[str]) -> Line:
    own = sheet.cell(row, _ID)
    cells = {name: sheet.cell(row, name) for name in sheet.known if name in wanted}
    written = canonical(own.text).upper() if own else ""
    return Line(f"{sheet.name} 第 {row.number} 行", written, cells, sheet.year, sheet.from_1904)


def _unread(sheet: Sheet, wanted: set[str]) -> Iterator[str]:
    """Name the columns that have something in them and are none of the table's."""
    for heading in sheet.headings.values():
        is_other = heading.column is None or heading.column.name not in wanted
        if is_other and any(heading.number in row.cells for row in sheet.data):
            yield heading.text


def _base(found: Sequence[Sheet]) -> Base | None:
    rows = [row for sheet in found if sheet.name == sheets.DRAFT for row in sheet.rows]
    table = [[(row.cells[at].text if at in row.cells else "") for at in range(1, max(row.cells) + 1)] for row in rows]
    if len(table) < 2 or table[0][:1] != ["faultkb"] or len(table[0]) < 4:  # noqa: PLR2004 - what an export begins with
        return None
    as_of, mask = table[0][2:4]
    names = table[1]
    digests = {line[0]: dict(zip(names[1:], line[1:], strict=False)) for line in table[2:] if line[0]}
    return Base(as_of, mask, digests) if moment.is_minute(as_of) else None
