"""Reports as Word files: figures, charts and tables on A4, across it where the tables are wide, for the meeting."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, BinaryIO

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn
from docx.shared import Mm

from faultkb.render import visible, word_chart, word_file, word_table
from faultkb.render import word_styles as names
from faultkb.render.tables import cell, figures, for_people, listed, tone, when
from faultkb.render.word_frame import dress, text_width
from faultkb.render.word_styles import Styles
from faultkb.render.word_xml import clean, element, paragraph, run
from faultkb.reports import RIGHT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.papers.letterhead import Picture
    from faultkb.reports import Column, Figure, Report, Table

_GROUNDS = {"bad": "F8CBC6", "warn": "FFE3A8"}
_EDGE = Mm(15)
"""What is left free at the sides of a page that lies across."""
_TEXT = qn("w:t")
_TILES = 6
"""Figures of the headline side by side."""


def docx(report: Report, stream: BinaryIO, company: str = "", logo: Picture | None = None) -> None:
    """Write a report."""
    document = Document(str(names.BASE))
    section = document.sections[0]
    if any(word_table.needs(_texts(table)) > text_width(section) for table in report.tables):
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = section.page_height, section.page_width
        section.left_margin = section.right_margin = _EDGE
    dress(document, company, visible(report.title), when(report)[0], logo)
    body = document.element.body
    for one in [one for one in body if one.tag != qn("w:sectPr")]:
        body.remove(one)
    page = _Page(document, text_width(section))
    for block in page.blocks(report):
        body.find(qn("w:sectPr")).addprevious(block)
    stream.write(word_file.written(document, visible(report.title), company, report.as_of))


class _Page:
    """Writes the blocks of a report."""

    def __init__(self, document: Any, room: int) -> None:
        self._document = document
        self._styles = Styles(document)
        self._room = room
        self._cells: dict[tuple[int, str, str], Any] = {}

    def blocks(self, report: Report) -> Iterator[Any]:
        """Yield everything in order."""
        yield self._text(visible(report.title), "Title")
        yield from (self._text(one, names.WHEN) for one in when(report))
        yield from self._tiles(report.headline)
        for remark in report.remarks:
            yield self._text(visible(remark), names.REMARK)
        for number, table in enumerate(report.tables, 1):
            yield from self._section(table, number)
            for _, column, label, ids in figures(table) if report.which else ():
                yield self._text(f"{label} × {column.title}：{'、'.join(listed(ids))}", names.NOTE)

    def _text(self, text: str, style: str) -> Any:
        return paragraph(None, [run(text)], self._styles[style])

    def _tiles(self, some: Sequence[Figure]) -> Iterator[Any]:
        for start in range(0, len(some), _TILES):
            row = some[start : start + _TILES]
            width = self._room // len(row)
            cells = [
                word_table.cell(
                    width,
                    [self._text(cell(one.value, one.kind), names.FIGURE), self._text(one.title, names.FIGURE_NAME)],
                    _GROUNDS["bad"] if one.bad else "",
                )
                for one in row
            ]
            yield word_table.table([cells], [width] * len(row), self._styles[names.TABLE], headings=0)
            yield self._text("", names.BEHIND)

    def _section(self, table: Table, number: int) -> Iterator[Any]:
        lists_faults = any(column.key == "id" for column in table.columns)
        count = f"（{len(table.rows)}）" if lists_faults and table.rows else ""
        yield self._text(visible(table.title) + count, "heading 1")
        if not table.rows:
            yield self._text(table.empty, names.NOTE)
        else:
            chart = word_chart.drawn(self._document, table, number, self._room)
            yield from () if chart is None else (chart,)
            yield self._table(table)
            yield self._text("", names.BEHIND)
        hints = [f"{column.title}：{column.hint}" for column in for_people(table) if column.hint]
        if table.note or hints:
            yield self._text(visible("；".join([*filter(None, [table.note.rstrip("。；")]), *hints])), names.NOTE)

    def _table(self, table: Table) -> Any:
        columns = for_people(table)
        widths = word_table.shares(_texts(table), self._room)
        head = [
            word_table.cell(width, [self._text(visible(column.title), self._side(column))])
            for column, width in zip(columns, widths, strict=True)
        ]
        rows = [
            [self._cell(row.get(one.key), one, width) for one, width in zip(columns, widths, strict=True)]
            for row in table.rows
        ]
        return word_table.table([head, *rows], widths, self._styles[names.TABLE])

    def _cell(self, value: Any, column: Column, width: int) -> Any:
        """Make a cell by copying one of its kind: there may be many thousands."""
        kind = (width, self._side(column), tone(value, column.kind))
        if kind not in self._cells:
            self._cells[kind] = self._blank(*kind)
        made = deepcopy(self._cells[kind])
        next(made.iter(_TEXT)).text = clean(cell(value, column.kind))
        return made

    def _blank(self, width: int, side: str, colour: str) -> Any:
        look = element("w:rPr", element("w:rStyle", val=self._styles[names.TONES[colour]])) if colour else None
        made = paragraph(None, [run("-", look)], self._styles[side])
        return word_table.cell(width, [made], _GROUNDS.get(colour, ""))

    @staticmethod
    def _side(column: Column) -> str:
        return names.NUMBER if column.kind in RIGHT else names.CELL


def _texts(table: Table) -> list[list[str]]:
    """Return what stands in the columns that people read, the headings first."""
    columns = for_people(table)
    rows = [[cell(row.get(one.key), one.kind) for one in columns] for row in table.rows[:200]]
    return [[one.title for one in columns], *rows]
