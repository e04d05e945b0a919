"""Statistics of the published faults: tables, and the same as pictures that take their colours from the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from faultkb.publish.pages import facets, parts
from faultkb.render import chart
from faultkb.reports import NUMBER, RIGHT, SPREAD, TEXT, Chart, Column, Table, median, percentile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from faultkb.publish.article import Article
    from faultkb.publish.pages.shelf import Shelf
    from faultkb.render.chart import Picture
    from faultkb.vocabulary import Vocabulary

_MONTHS = 24
"""Months that a picture shows."""
_PRODUCTS = 15
_DAYS = (Column("n", "个数", NUMBER), Column("median", "中位数（天）", NUMBER), Column("p90", "P90（天）", NUMBER))


def page(shelf: Shelf, words: Vocabulary) -> str:
    """Return the page; every number counts published articles only."""
    prefix = parts.up("faults/statistics.md")
    head = (
        parts.front_matter("统计", "已收录故障的数量与解决用时：按月份、类型、产品、严重程度"),
        f"[全部故障]({prefix}faults/)\n{{.fault-path}}",
        "# 统计",
    )
    if not shelf.articles:
        return parts.page(*head, "还没有已收录的故障。")
    blocks = [part for table in tables(shelf, words) for part in (f"## {table.title} {{#{table.id}}}", *_shown(table))]
    return parts.page(*head, f"只统计已收录的 {len(shelf.articles)} 个故障，不含未公开的。", *blocks)


def tables(shelf: Shelf, words: Vocabulary) -> list[Table]:
    """Return all tables, the months in the order of time."""
    months, severities = shelf.grouped(facets.MONTH.values), shelf.grouped(facets.SEVERITY.values)
    known = [(f"s{number}", severity) for number, severity in enumerate(words.severities()) if severity in severities]
    closed = Table(
        "months",
        "每月关闭",
        (Column("label", "月份"), *(Column(key, name, NUMBER) for key, name in known), Column("n", "合计", NUMBER)),
        [_month(month, some, known) for month, some in months.items()],
        chart=Chart("stack", "label", tuple(key for key, _ in known)),
    )
    counted = [_counted(shelf, words, facet) for facet in (facets.TYPE, facets.PRODUCT, facets.SEVERITY)]
    # The facets put the gravest first; a month is read from left to right.
    grave = facets.ordered(severities, facets.SEVERITY, words)
    note = f"从反馈到解决的天数，当天解决为 0。{SPREAD}。"
    spread = Chart("bars", "label", ("median", "p90"))
    return [
        closed,
        *counted,
        Table(
            "days-severity",
            "解决用时：按严重程度",
            (Column("label", "严重程度"), *_DAYS),
            _spans(grave),
            note=note,
            chart=spread,
        ),
        Table(
            "days-month",
            "解决用时：按关闭的月份",
            (Column("label", "月份"), *_DAYS),
            _spans(months.items()),
            note=note,
            chart=replace(spread, kind="lines"),
        ),
    ]


def _month(month: str, some: Sequence[Article], known: list[tuple[str, str]]) -> dict[str, Any]:
    numbers = {key: sum(one.text("severity") == name for one in some) for key, name in known}
    return {"label": month, **numbers, "n": len(some)}


def _counted(shelf: Shelf, words: Vocabulary, facet: facets.Facet) -> Table:
    groups = facets.ordered(shelf.grouped(facet.values), facet, words)
    rows = [{"label": value, "n": len(some)} for value, some in groups]
    note = f"一个故障涉及几个产品时，每个产品各计一次。图中是最多的 {_PRODUCTS} 个。" if facet is facets.PRODUCT else ""
    columns = (Column("label", facet.title.removeprefix("按")), Column("n", "故障数", NUMBER))
    return Table(facet.folder, facet.title, columns, rows, note=note, chart=Chart("bars", "label", ("n",)))


def _spans(groups: Iterable[tuple[str, Sequence[Article]]]) -> list[dict[str, Any]]:
    days = {label: [span for one in some if (span := days_to_solve(one)) is not None] for label, some in groups}
    return [
        {"label": label, "n": len(spans), "median": median(spans), "p90": percentile(spans, 0.9)}
        for label, spans in days.items()
    ]


def days_to_solve(one: Article) -> int | None:
    """Return the days from the report to the solution, None if one of them is not known."""
    reported, completed = one.text("reported_at"), one.text("completed_at")
    return (date.fromisoformat(completed) - date.fromisoformat(reported)).days if reported and completed else None


def _shown(table: Table) -> list[str]:
    """Return the picture, the table and the note."""
    in_time = table.columns[0].title == "月份"
    few = table.rows[-_MONTHS:] if in_time else table.rows[:_PRODUCTS]
    drawn = chart.picture(replace(table, rows=few))
    shown = replace(table, rows=table.rows[::-1]) if in_time else table
    picture = _figure(table, drawn) if drawn is not None else ""
    return [picture, _table(shown), parts.inert(table.note)]


def _figure(table: Table, drawn: Picture) -> str:
    figure = ET.Element("figure", {"class": "fault-chart"})
    if len(drawn.legend) > 1:
        legend = ET.SubElement(figure, "ul", {"class": "legend", "aria-hidden": "true"})
        for colour, name in drawn.legend:
            item = ET.SubElement(legend, "li")
            box = ET.SubElement(item, "svg", {"width": "14", "height": "12"})
            ET.SubElement(box, "rect", {"width": "12", "height": "12", "rx": "2", "class": f"bar {colour}"})
            ET.SubElement(item, "span").text = name
    names = {"role": "img", "aria-labelledby": f"{table.id}-chart {table.id}-says"}
    picture = ET.SubElement(figure, "svg", {**names, "width": "100%", "height": str(drawn.height)})
    ET.SubElement(picture, "title", {"id": f"{table.id}-chart"}).text = table.title
    ET.SubElement(picture, "desc", {"id": f"{table.id}-says"}).text = drawn.description
    for mark in drawn.marks:
        element = ET.SubElement(picture, mark.name, {key: str(value) for key, value in mark.attributes.items()})
        element.text = mark.text
        if mark.hint:
            ET.SubElement(element, "title").text = mark.hint
    return parts.svg(figure)


def _table(table: Table) -> str:
    heads = "".join(f'<th scope="col"{_right(column)}>{parts.inert(column.title)}</th>' for column in table.columns)
    lines = "".join(
        f"<tr>{''.join(_cell(column, row.get(column.key)) for column in table.columns)}</tr>" for row in table.rows
    )
    return f'<table class="fault-numbers"><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>'


def _cell(column: Column, value: Any) -> str:
    if column.kind == TEXT:
        return f'<th scope="row">{parts.inert(value)}</th>'
    return f"<td{_right(column)}>{'–' if value is None else f'{value:g}'}</td>"


def _right(column: Column) -> str:
    return ' class="right"' if column.kind in RIGHT else ""
