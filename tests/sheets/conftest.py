"""Workbooks as offices make them, in a few lines: rows of values, merged ranges, and what hangs on them."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from faultkb import sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from faultkb.sheets import Sheet
    from faultkb.vocabulary import Vocabulary


def fill(sheet: Any, rows: Sequence[Sequence[Any]], merged: Sequence[str] = ()) -> None:
    """Put rows into a sheet from its top; None leaves a cell empty."""
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(number, column, value)
    for one in merged:
        sheet.merge_cells(one)


def changed(data: bytes, change: Callable[[str, bytes], bytes | None], more: dict[str, bytes] | None = None) -> bytes:
    """Return a package with each part changed, without those for which nothing is returned, and with more."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: change(name, old.read(name)) for name in old.namelist()} | (more or {})
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def kept(tmp_path: Path, words: Vocabulary) -> Callable[..., tuple[Sheet, ...]]:
    """Save a workbook and read it; every cell must be accounted for."""

    def keep(book: Any) -> tuple[Sheet, ...]:
        path = tmp_path / "跟踪表.xlsx"
        book.save(path)
        found = sheets.read(path, words)
        filled = sum(one.value is not None for sheet in book.worksheets for row in sheet.iter_rows() for one in row)
        assert sum(one.filled for one in found) == filled
        for one in found:
            assert sum(one.counts.values()) - one.counts[sheets.REPEATED] == one.filled
        return found

    return keep


@pytest.fixture
def table(kept: Callable[..., tuple[Sheet, ...]]) -> Callable[..., Sheet]:
    """Read a workbook of one sheet with these rows."""

    def make(rows: Sequence[Sequence[Any]], merged: Sequence[str] = (), name: str = "Sheet1") -> Sheet:
        book = openpyxl.Workbook()
        book.active.title = name
        fill(book.active, rows, merged)
        (found,) = kept(book)
        return found

    return make


def known(sheet: Sheet) -> dict[str, str]:
    """Return what the columns stand for, by their letters."""
    return {one.letter: one.column.name for one in sheet.headings.values() if one.column}


def said(sheet: Sheet) -> list[list[str]]:
    """Return the texts of the rows that are faults."""
    return [[one.text for one in row.cells.values()] for row in sheet.data]


def kinds(sheet: Sheet) -> list[tuple[int, str, str]]:
    """Return what each row is, and why."""
    return [(row.number, row.kind, row.why) for row in sheet.rows]
