"""Reports and lists as text for a terminal, as Markdown, as JSON."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any, TextIO

from faultkb import moment
from faultkb.render import STYLES, console, heading, visible
from faultkb.reports import NUMBER, PROSE
from faultkb.ticket import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table as Grid
    from rich.text import Text

    from faultkb.reports import Column, Report, Table


def cell(value: Any) -> str:
    """Print a value of a table."""
    if value is None:
        return ""
    return moment.show(value) if isinstance(value, datetime) else visible(str(value))


def text(report: Report, stream: TextIO) -> None:
    """Write tables for a terminal; CJK characters take two columns."""
    from rich.text import Text

    out = console(stream)
    out.print(
        Text(report.title, style="bold") + Text(f"  截至 {moment.show(report.as_of)}（{report.timezone}）", style="dim")
    )
    for table in report.tables:
        out.print()
        out.print(
            Text(
                f"{table.title}（{len(table.rows)}）" if table.rows and "id" in table.rows[0] else table.title,
                style="bold cyan",
            )
        )
        out.print(_grid(table, out.width) if table.rows else Text(f"  {table.empty}", style="dim"), soft_wrap=False)
    for remark in report.remarks:
        out.print()
        out.print(Text(remark, style="yellow"))


def _grid(table: Table, width: int) -> Grid:
    from rich import box
    from rich.table import Table as Grid

    shown = _fitting(table, width)
    grid = Grid(box=box.SIMPLE_HEAD, pad_edge=True, show_edge=False, header_style="dim")
    for column in shown:
        prose = column.kind == PROSE
        grid.add_column(
            column.title, justify="right" if column.kind == NUMBER else "left", no_wrap=not prose, overflow="fold"
        )
    for row in table.rows:
        grid.add_row(*(_styled(column, row.get(column.key)) for column in shown))
    return grid


_LEAST_PROSE = 24
"""Columns that a title needs to be read at all."""


def _fitting(table: Table, width: int) -> list[Column]:
    """Leave out columns, the last first, until the rest fits a narrow window; the first one and the prose stay."""
    from rich.cells import cell_len

    def wide(column: Column) -> int:
        longest = max((cell_len(cell(row.get(column.key))) for row in table.rows), default=0)
        needed = max(cell_len(column.title), longest)
        return 3 + (min(needed, _LEAST_PROSE) if column.kind == PROSE else needed)

    shown = list(table.columns)
    for column in reversed(table.columns[1:]):
        if sum(map(wide, shown)) > width and column.kind != PROSE:
            shown.remove(column)
    return shown


def _styled(column: Column, value: Any) -> Text:
    from rich.text import Text

    shown = cell(value)
    if column.kind == NUMBER:
        return Text("·" if value == 0 else shown, style="dim" if value == 0 else "")
    return Text(shown, style=STYLES.get(shown, ""))


def markdown(report: Report, stream: TextIO) -> None:
    """Write Markdown tables, for a pull request or a wiki."""
    stream.write(f"# {escape(report.title)}\n\n截至 {moment.show(report.as_of)}（{report.timezone}）\n")
    for table in report.tables:
        stream.write(f"\n## {table.title}\n\n")
        if not table.rows:
            stream.write(f"{table.empty}\n")
            continue
        rule = ["---:" if column.kind == NUMBER else "---" for column in table.columns]
        stream.writelines(
            f"| {' | '.join(cells)} |\n" for cells in ([column.title for column in table.columns], rule, *_rows(table))
        )
    stream.write("".join(f"\n> {remark}\n" for remark in report.remarks))


def _rows(table: Table) -> list[list[str]]:
    return [[escape(cell(row.get(column.key))) for column in table.columns] for row in table.rows]


def escape(value: str) -> str:
    """Make a text harmless in a Markdown table: no markup, no HTML, no mention, no cell border."""
    escaped = "".join(f"\\{char}" if char in "\\`*_[]|#~!" else char for char in value)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("@", "@\u200b")


def as_json(report: Report, stream: TextIO) -> None:
    """Write one JSON document with a list of objects for each table."""
    data = heading(report.as_of, report.timezone)
    for table in report.tables:
        data[table.id] = [{column.key: plain(row.get(column.key)) for column in table.columns} for row in table.rows]
    data["remarks"] = list(report.remarks)
    json.dump(data, stream, ensure_ascii=False, indent=2)
    stream.write("\n")


def plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if isinstance(value, datetime):
        return moment.show(value)
    return {"staff": value.staff, "name": value.name} if isinstance(value, Person) else value


FORMATS: dict[str, Callable[[Report, TextIO], None]] = {"text": text, "md": markdown, "json": as_json}
