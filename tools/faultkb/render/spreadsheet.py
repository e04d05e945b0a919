"""Reports as CSV for a spreadsheet. No text becomes a formula, whatever a ticket says."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any, TextIO

from faultkb.render import visible
from faultkb.render.tables import cell, figures, for_people, when
from faultkb.reports import HOURS, SHARE, Cases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faultkb.reports import Column, Report

WHICH = ("表", "行", "列", "问题编号")
"""The headings of `which`."""
FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
"""How a text begins that a spreadsheet would compute."""


def heading(column: Column) -> str:
    """Return the heading of a column; hours say their unit, for the cells are bare numbers."""
    return f"{column.title}（小时）" if column.kind == HOURS else column.title


def number(value: Any) -> float | None:
    """Return what a spreadsheet can compute with, or None for anything else."""
    if isinstance(value, Cases):
        return len(value)
    return value if isinstance(value, int | float) else None


def which(report: Report) -> Iterator[tuple[str, ...]]:
    """Yield a line for each fault behind each figure."""
    for table in report.tables:
        for _, column, label, ids in figures(table):
            for one in ids:
                yield table.title, label, column.title, one


def safe(value: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe says that it is text."""
    return f"'{visible(value)}" if FORMULA.match(value) else visible(value)


def as_csv(report: Report, stream: TextIO) -> None:
    """Write CSV for Excel: a mark that says UTF-8, a block for each table, dates and numbers bare."""
    stream.write("\ufeff")
    out = csv.writer(stream)
    for table in report.tables:
        columns = for_people(table)
        out.writerow([safe(table.title), *when(report)])
        out.writerow([safe(heading(column)) for column in columns])
        out.writerows([_field(row.get(column.key), column.kind) for column in columns] for row in table.rows)
        out.writerows([safe(line)] for line in ("" if table.rows else table.empty, table.note) if line)
        out.writerow([])
    if report.which:
        out.writerow(WHICH)
        out.writerows([safe(one) for one in line] for line in which(report))
        out.writerow([])
    out.writerows([safe(remark)] for remark in report.remarks)


def _field(value: Any, kind: str) -> str:
    bare = number(value)
    if bare is not None and kind != SHARE:
        return str(round(bare, 2))
    return safe(value) if isinstance(value, str) else cell(value, kind)


FORMATS: dict[str, Callable[[Report, TextIO], None]] = {"csv": as_csv}
