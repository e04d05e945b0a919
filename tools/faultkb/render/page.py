"""Reports as one HTML page that needs nothing else: no script, no other host, readable on a phone, at night, on paper."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TextIO

from faultkb.render import chart, visible
from faultkb.render.tables import cell, figures, for_people, listed, tone, when
from faultkb.reports import NUMBER, PROSE, RIGHT, Cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faultkb.render.chart import Picture
    from faultkb.reports import Column, Report, Table

_MOST_IDS = 100
"""Faults that are named behind a figure unless the report is to name them all."""

_SHEET = 24
"""Rows that fit on a sheet of paper."""
_LONG = 24
"""Characters that a cell may have before it is broken into lines."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table as the page shows it: whether it lists faults, its picture, and the faults behind its figures."""

    table: Table
    columns: list[Column]
    lists_faults: bool
    picture: Picture | None
    figures: list[tuple[str, list[tuple[str, str, list[str]]]]]
    """For each row, what it is called; for each of its figures, the anchor, the column and the faults."""

    @property
    def is_tall(self) -> bool:
        """Whether the table may need more than a sheet of paper."""
        return len(self.table.rows) > _SHEET

    @property
    def hints(self) -> list[Column]:
        """The columns that need an explanation."""
        return [column for column in self.columns if column.hint]

    def rows(self) -> Iterator[list[tuple[str, str, str, str]]]:
        """Yield the cells of each row: class, text, colour, and the anchor of the faults behind a figure."""
        for number, row in enumerate(self.table.rows):
            yield [self._cell(number, column, row.get(column.key)) for column in self.columns]

    def _cell(self, number: int, column: Column, value: Any) -> tuple[str, str, str, str]:
        shown = cell(value, column.kind)
        target = _anchor(self.table, number, column) if isinstance(value, Cases) and value else ""
        return _class(column, shown), shown, tone(value, column.kind), target


def html(report: Report, stream: TextIO) -> None:
    """Write the page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    folder = PackageLoader("faultkb.render")
    environment = Environment(
        loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["visible"] = visible
    style = environment.get_template("page.css").render()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    page = environment.get_template("page.html").generate(
        {
            "report": report,
            "when": when(report),
            "sections": [_section(table, report) for table in report.tables],
            "style": style,
            "digest": digest,
            "class_of": _class,
        }
    )
    stream.writelines(page)


def _section(table: Table, report: Report) -> Section:
    columns = for_people(table)
    lists_faults = any(column.key == "id" for column in columns)
    return Section(table, columns, lists_faults, chart.picture(table), list(_behind(table, report)))


def _behind(table: Table, report: Report) -> Iterator[tuple[str, list[tuple[str, str, list[str]]]]]:
    for (_, label), some in groupby(figures(table), key=itemgetter(0, 2)):
        yield (
            label,
            [
                (_anchor(table, number, column), column.title, _shown(ids, every=report.which))
                for number, column, _, ids in some
            ],
        )


def _shown(ids: tuple[str, ...], *, every: bool) -> list[str]:
    if every or len(ids) <= _MOST_IDS:
        return listed(ids)
    return [*listed(ids[:_MOST_IDS]), f"……一共 {len(ids)}；生成时加 --which 列出全部"]


def _anchor(table: Table, number: int, column: Column) -> str:
    return f"{table.id}-{number + 1}-{column.key}"


def _class(column: Column, shown: str = "") -> str:
    """Return the CSS class of a cell."""
    if column.kind in RIGHT:
        return "right nothing" if column.kind == NUMBER and shown == "0" else "right"
    if column.kind == PROSE:
        return "prose"
    return "long" if len(shown) > _LONG else ""


FORMATS: dict[str, Callable[[Report, TextIO], None]] = {"html": html}
