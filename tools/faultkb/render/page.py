"""Reports as one HTML page that needs nothing else: no script, no other host, readable on a phone, at night, on paper."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, TextIO

from faultkb.render import chart, visible
from faultkb.render.tables import cell, figures, for_people, listed, tone, when
from faultkb.reports import HOURS, NUMBER, PROSE, RIGHT, Cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faultkb.render.chart import Picture
    from faultkb.reports import Column, Report, Table

_WHOLE = re.compile("([0-9A-Za-z]+(?:-[0-9A-Za-z]+){1,3})")
"""A date or a code in a text: a browser would break it at its hyphens."""
_MOST_IDS = 100
"""Faults that are named behind a figure unless the report is to name them all."""

_SMALL = 12
"""Lines of a table that stays on one sheet of paper."""
_DESK = 150
"""Columns of Latin text that a table may need on a desk before its cells are broken into lines."""
_SAMPLED = 200
"""Rows that the width of a table is measured by."""
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
        """Whether the table may go on on the next sheet of paper."""
        has_prose = any(column.kind == PROSE for column in self.columns)
        return len(self.table.rows) * (3 if has_prose else 1) > _SMALL

    @property
    def look(self) -> str:
        """The CSS classes of the table: whether its rows become cards on a phone, and whether it is wide for a desk."""
        names = {"cards": any(column.kind == PROSE for column in self.columns), "many": self._width() > _DESK}
        return " ".join(name for name, holds in names.items() if holds)

    def _width(self) -> int:
        from rich.cells import cell_len

        rows = self.table.rows[:_SAMPLED]
        wide = 0
        for column in self.columns:
            longest = max((cell_len(cell(row.get(column.key), column.kind)) for row in rows), default=0)
            wide += 3 + max(cell_len(column.title), min(longest, _LONG) if column.kind == PROSE else longest)
        return wide

    @property
    def hints(self) -> list[Column]:
        """The columns that need an explanation."""
        return [column for column in self.columns if column.hint]

    def rows(self) -> Iterator[list[tuple[str, str, str, str, str]]]:
        """Yield the cells of each row: heading, class, text, colour, and the anchor of the faults behind a figure."""
        for number, row in enumerate(self.table.rows):
            yield [self._cell(number, column, row.get(column.key)) for column in self.columns]

    def _cell(self, number: int, column: Column, value: Any) -> tuple[str, str, str, str, str]:
        shown = cell(value, column.kind)
        target = _anchor(self.table, number, column) if isinstance(value, Cases) and value else ""
        return visible(column.title), _class(column, shown, value), shown, tone(value, column.kind), target


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
            "figure": cell,
            "parts": _WHOLE.split,
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


def _class(column: Column, shown: str = "", value: Any = None) -> str:
    """Return the CSS class of a cell."""
    if column.kind in RIGHT:
        return "right nothing" if column.kind in {NUMBER, HOURS} and shown == "0" else "right"
    if column.kind == PROSE:
        return "prose"
    if isinstance(value, datetime):
        return "moment"
    return "long" if len(shown) > _LONG else ""


FORMATS: dict[str, Callable[[Report, TextIO], None]] = {"html": html}
