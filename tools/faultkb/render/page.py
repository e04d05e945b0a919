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
from faultkb.reports import HOURS, NUMBER, PROSE, RIGHT, TEXT, Cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
_LONG, _LONGER = 12, 24
"""Columns of Latin text that a cell may take before it is broken into lines: in a wide table, in any other."""


@dataclass(frozen=True, slots=True)
class Section:
    """A table as the page shows it: whether it lists faults, its picture, and the faults behind its figures."""

    table: Table
    columns: list[Column]
    lists_faults: bool
    has_prose: bool
    """Whether its rows are texts rather than figures: on a phone each one becomes a card."""
    is_wide: bool
    """Whether it fits a desk only if its texts are broken into lines."""
    picture: Picture | None
    figures: list[tuple[str, list[tuple[str, str, list[str]]]]]
    """For each row, what it is called; for each of its figures, the anchor, the column and the faults."""

    @property
    def is_tall(self) -> bool:
        """Whether the table may go on on the next sheet of paper."""
        return len(self.table.rows) * (3 if self.has_prose else 1) > _SMALL

    @property
    def look(self) -> str:
        """The CSS classes of the table."""
        return " ".join(name for name, holds in {"cards": self.has_prose, "many": self.is_wide}.items() if holds)

    @property
    def hints(self) -> list[Column]:
        """The columns that need an explanation."""
        return [column for column in self.columns if column.hint]

    def rows(self) -> Iterator[list[tuple[str, str, str, str, str]]]:
        """Yield the cells of each row: heading, class, text, colour, and the anchor of the faults behind a figure."""
        for number, row in enumerate(self.table.rows):
            yield [self._cell(number, column, row.get(column.key)) for column in self.columns]

    def _cell(self, number: int, column: Column, value: Any) -> tuple[str, str, str, str, str]:
        from rich.cells import cell_len

        shown = cell(value, column.kind)
        target = _anchor(self.table, number, column) if isinstance(value, Cases) and value else ""
        is_long = (
            column.kind == TEXT and isinstance(value, str) and cell_len(shown) > (_LONG if self.is_wide else _LONGER)
        )
        name = "moment" if isinstance(value, datetime) else "long" if is_long and column is not self.columns[0] else ""
        return column.title, _class(column, shown) or name, shown, tone(value, column.kind), target


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
    has_prose = any(column.kind == PROSE for column in columns)
    is_wide = _width(table, columns) > _DESK
    behind = list(_behind(table, report))
    return Section(table, columns, lists_faults, has_prose, is_wide, chart.picture(table), behind)


def _width(table: Table, columns: Sequence[Column]) -> int:
    from rich.cells import cell_len

    wide = 0
    for column in columns:
        shown = (cell_len(cell(row.get(column.key), column.kind)) for row in table.rows[:_SAMPLED])
        longest = max(shown, default=0)
        wide += 3 + max(cell_len(column.title), min(longest, _LONGER) if column.kind == PROSE else longest)
    return wide


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
        return "right nothing" if column.kind in {NUMBER, HOURS} and shown == "0" else "right"
    return "prose" if column.kind == PROSE else ""


FORMATS: dict[str, Callable[[Report, TextIO], None]] = {"html": html}
