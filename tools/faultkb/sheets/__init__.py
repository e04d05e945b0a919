"""Tracking sheets as offices keep them: an .xlsx file becomes sheets whose headings, rows and cells are told apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from faultkb import tracking
from faultkb.finding import FaultError
from faultkb.sheets import opening
from faultkb.sheets.table import DATA, HEADER, OUTSIDE, REPEATED, TITLE, TOTAL, Cell, Heading, Row, Sheet, Value

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.sheets.grid import Grid
    from faultkb.vocabulary import Vocabulary

__all__ = [
    "DATA",
    "HEADER",
    "OUTSIDE",
    "REPEATED",
    "TITLE",
    "TOTAL",
    "Cell",
    "Heading",
    "Row",
    "Sheet",
    "Value",
    "everything",
    "read",
]

DRAFT = "底稿"
_AIDS = {"填写说明", "统计", DRAFT}
AIDS = "随导出表附带的工作表，不是故障"
"""Sheets that our own export puts beside its table, and why they are skipped: a file with them is an export."""
_SHOWN = 8


def read(path: Path, words: Vocabulary) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook in their order, hidden ones, too; those without faults say why in ``skipped``.

    A sheet with several tables below each other comes as several of the same name. Raise FaultError in plain words for a
    file that is no .xlsx, is broken, locked or hostile, and for a workbook in which no sheet has headings that are known.
    """
    found = everything(path, words)
    if not any(sheet.filled for sheet in found):
        raise FaultError("这个工作簿里没有内容：检查是不是选错了文件")
    if all(sheet.skipped for sheet in found):
        titles = "、".join(one.title for one in tracking.columns(words)[:_SHOWN])
        raise FaultError(
            f"没有找到表头：要有一行写着栏目的名字，例如 {titles}；至少要有 问题编号 或 反馈时间，和 故障描述（或 标题、现象）。"
            "把各栏的名字写在第一行，再导入一次"
        )
    return found


def everything(path: Path, words: Vocabulary) -> tuple[Sheet, ...]:
    """Return the sheets of a workbook as `read` does, whatever they hold."""
    from faultkb.sheets import grid, layout

    with opening.workbook(path) as book:
        grids = grid.grids(book)
    is_own = any(map(_is_draft, grids))
    known = tracking.columns(words)
    return tuple(
        replace(sheet, skipped=AIDS) if is_own and one.name in _AIDS else sheet
        for one in grids
        for sheet in layout.sheets(one, known)
    )


def _is_draft(one: Grid) -> bool:
    """Say whether a sheet is the hidden one of our own export, whatever the table beside it is called now."""
    begins = one.rows.get(1, {}).get(1)
    return one.name == DRAFT and begins is not None and begins.text == "faultkb"
