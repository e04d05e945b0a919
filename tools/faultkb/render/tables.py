"""Reports and lists as text for a terminal, as Markdown, as JSON."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO

from faultkb import moment
from faultkb.render import STYLES, console, grid, heading, visible
from faultkb.reports import HOURS, MACHINE, NUMBER, RIGHT, SEVERITY, SHARE, TEXT, VERDICT, Cases, duration
from faultkb.ticket import Person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from rich.text import Text

    from faultkb.reports import Column, Figure, Report, Table


def cell(value: Any, kind: str = TEXT) -> str:
    """Print a value of a table."""
    if value is None:
        return ""
    if kind == SHARE:
        return f"{value:.1%}"
    if kind == HOURS:
        return "0" if value == 0 else duration(timedelta(hours=value))
    return moment.show(value) if isinstance(value, datetime) else visible(str(value))


def for_people(table: Table) -> list[Column]:
    """Return the columns that people read."""
    return [column for column in table.columns if column.kind != MACHINE]


def when(report: Report) -> list[str]:
    """Say the moment that a report holds for, and the period that it is about, and what filters leave of it."""
    spans = [] if report.period is None else [f"期间 {report.period}"]
    return [f"截至 {moment.show(report.as_of)}（{report.timezone}）", *spans, *filter(None, [visible(report.only)])]


def tone(value: Any, kind: str) -> str:
    """Return how a verdict or a severity is coloured: ``bad``, ``warn`` or ``good``; the words say the same."""
    if kind not in {SEVERITY, VERDICT} or not value:
        return ""
    return next((colour for words, colour in _TONES.items() if words.match(str(value))), "")


_TONES = {
    re.compile("超时|紧急"): "bad",
    re.compile("临期|高|还剩 (不到|1 个工作日|[0-9]+ (小时|分))"): "warn",
    re.compile("达标"): "good",
}
"""What is due within a day or by the next working day is at risk."""


def figure(one: Figure) -> tuple[str, str]:
    """Return a figure of the headline and how it is shown: what asks for action is bold red."""
    return cell(one.value, one.kind), "bold red" if one.bad else "bold"


def figures(table: Table) -> Iterator[tuple[int, Column, str, tuple[str, ...]]]:
    """Yield each figure that counts faults: the number of its row, its column, what the row is called, and the ids."""
    columns = for_people(table)
    for number, (row, label) in enumerate(zip(table.rows, labels(table), strict=True)):
        for column in columns:
            value = row.get(column.key)
            if isinstance(value, Cases) and value:
                yield number, column, label, value.ids


def labels(table: Table) -> list[str]:
    """Return what the rows are called: what stands before the first figure."""
    columns = for_people(table)
    first = next((number for number, column in enumerate(columns) if column.kind in RIGHT), len(columns))
    named = columns[: max(first, 1)]
    return [" ".join(filter(None, (cell(row.get(one.key), one.kind) for one in named))) for row in table.rows]


def listed(ids: Sequence[str]) -> list[str]:
    """Name faults; one that counts several times says so."""
    return [f"{name}（{times} 次）" if times > 1 else name for name, times in Counter(ids).items()]


def text(report: Report, stream: TextIO) -> None:
    """Write tables for a terminal; CJK characters take two columns."""
    from rich.text import Text

    out = console(stream)
    out.print(
        Text(visible(report.title), style="bold") + Text("".join(f"  {one}" for one in when(report)), style="dim")
    )
    if report.headline:
        shown = (Text(f"{one.title} ", style="dim") + Text(*figure(one)) for one in report.headline)
        out.print(Text("   ").join(shown), soft_wrap=False)
    for table in report.tables:
        out.print()
        out.print(
            Text(
                f"{table.title}（{len(table.rows)}）" if table.rows and "id" in table.rows[0] else table.title,
                style="bold cyan",
            )
        )
        for line in _grid(table, out.width) if table.rows else [Text(f"  {table.empty}", style="dim")]:
            out.print(line)
        if table.note:
            out.print(Text(f"  {visible(table.note)}", style="dim"))
        for _, column, label, ids in figures(table) if report.which else ():
            out.print(Text(f"  {label} × {column.title}：", style="cyan") + Text(visible("、".join(listed(ids)))))
    for remark in report.remarks:
        out.print()
        out.print(Text(visible(remark), style="yellow"))


def _grid(table: Table, width: int) -> Iterator[Text]:
    columns = for_people(table)
    rows = [[_styled(row.get(column.key), column.kind) for column in columns] for row in table.rows]
    return grid.lines(columns, rows, width)


def _styled(value: Any, kind: str) -> tuple[str, str]:
    shown = cell(value, kind)
    if shown == "0" and kind in {NUMBER, HOURS}:
        return "·", "dim"
    return shown, STYLES.get(shown) or _INK.get(tone(value, kind), "")


_INK = {"bad": "bold red", "warn": "yellow", "good": "green"}


def markdown(report: Report, stream: TextIO) -> None:
    """Write Markdown tables, for a pull request or a wiki."""
    stream.write(f"# {escape(visible(report.title))}\n\n{'，'.join(map(escape, when(report)))}\n")
    if report.headline:
        stream.write(f"\n{'，'.join(f'{escape(one.title)} **{escape(figure(one)[0])}**' for one in report.headline)}\n")
    for table in report.tables:
        stream.write(f"\n## {escape(visible(table.title))}\n\n")
        if not table.rows:
            stream.write(f"{table.empty}\n")
        else:
            titles = [column.title for column in for_people(table)]
            rule = ["---:" if column.kind in RIGHT else "---" for column in for_people(table)]
            stream.writelines(f"| {' | '.join(cells)} |\n" for cells in (titles, rule, *_rows(table)))
        if table.note:
            stream.write(f"\n{escape(visible(table.note))}\n")
        behind = figures(table) if report.which else ()
        lines = [
            f"- {escape(f'{label} × {column.title}')}：{escape('、'.join(listed(ids)))}\n"
            for _, column, label, ids in behind
        ]
        stream.writelines(["\n", *lines] if lines else [])
    stream.write("".join(f"\n> {escape(visible(remark))}\n" for remark in report.remarks))


def _rows(table: Table) -> list[list[str]]:
    return [[escape(cell(row.get(column.key), column.kind)) for column in for_people(table)] for row in table.rows]


def escape(value: str) -> str:
    """Make a text harmless in a Markdown table: no markup, no HTML, no link, mention or formula, no cell border."""
    escaped = "".join(f"\\{char}" if char in "\\`*_[]|#~!" else char for char in value)
    escaped = escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return unlinked(escaped).replace("$", "&#36;")


def unlinked(value: str) -> str:
    """Make a text harmless where GitHub reads no Markdown (titles): no link, mention or reference."""
    return _LINKED.sub("\\g<0>\u200b", value)


_LINKED = re.compile(r"@|#(?=[0-9])|\bGH(?=-[0-9])|\bwww(?=\.)|:(?=//)|\b(?:mailto|xmpp)(?=:)", re.IGNORECASE)
"""What GitHub makes a link of in any text; a character that nobody sees keeps it from doing so."""


def as_json(report: Report, stream: TextIO) -> None:
    """Write one JSON document with a list of objects for each table."""
    data = heading(report.as_of, report.timezone)
    if report.period is not None:
        data["period"] = {name: _day(getattr(report.period, name)) for name in ("since", "until")}
    data |= {"filters": {name: list(values) for name, values in report.filters.items()}} if report.filters else {}
    if report.headline:
        data["headline"] = [{"title": one.title, "value": plain(one.value)} for one in report.headline]
    for table in report.tables:
        data[table.id] = [_object(table, row, which=report.which) for row in table.rows]
    data["remarks"] = list(report.remarks)
    json.dump(data, stream, ensure_ascii=False, indent=2)
    stream.write("\n")


def _day(limit: date | None) -> str | None:
    return limit.isoformat() if limit else None


def _object(table: Table, row: dict[str, Any], *, which: bool) -> dict[str, Any]:
    values = {column.key: row.get(column.key) for column in table.columns}
    ids = {key: list(value.ids) for key, value in values.items() if isinstance(value, Cases)}
    return {key: plain(value) for key, value in values.items()} | ({"ids": ids} if which and ids else {})


def plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    if isinstance(value, datetime):
        return moment.show(value)
    if isinstance(value, Cases):
        return len(value)
    return {"staff": value.staff, "name": value.name} if isinstance(value, Person) else value


FORMATS: dict[str, Callable[[Report, TextIO], None]] = {"text": text, "md": markdown, "json": as_json}
