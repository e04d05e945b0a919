"""A table as a picture: bars, stacked bars or lines as SVG, which the page's template writes out.

The order of series, the labels and the dashes say what the colours say.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from faultkb.render.chart import lying, upright
from faultkb.render.chart.marks import Mark, Scale, Series
from faultkb.render.tables import cell, labels
from faultkb.reports import HOURS, SHARE, Cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faultkb.reports import Chart, Column, Table

_MOST_GROUPS = 60
"""Groups that a picture can show; a longer table is read as a table."""
_KNOWN = {
    "紧急": "bad",
    "超时": "bad",
    "高": "high",
    "临期": "high",
    "中": "mid",
    "低": "low",
    "达标": "good",
}
_OTHERS = 6
"""Colours for series that have none of their own; after them they repeat."""
_DAYS = 72
"""Hours from which on an axis counts days."""
_KINDS = {"bars": "条形图", "stack": "堆叠条形图", "lines": "折线图"}
_TIME = re.compile(r"[0-9]{4}-")


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, ready to be written: how high, what it shows in words, colour and title of each series, and its marks."""

    height: int
    description: str
    legend: tuple[tuple[str, str], ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """What a chart draws: the groups, whether they follow each other in time, each series, and the unit of their values."""

    groups: tuple[str, ...]
    in_time: bool
    series: tuple[Series, ...]
    unit: str


def data(table: Table) -> Data | None:
    """Return what the chart of a table draws, None if it has none or nothing to draw."""
    chart = table.chart
    if chart is None or not 0 < len(table.rows) <= _MOST_GROUPS:
        return None
    columns = {column.key: column for column in table.columns}
    drawn = [columns[key] for key in chart.series]
    factor, unit = _unit(table, drawn)
    series = [
        (colour, column.title, [_value(row.get(column.key), factor) for row in table.rows])
        for colour, column in zip(_colours(drawn), drawn, strict=True)
    ]
    groups = [cell(row.get(chart.label), columns[chart.label].kind) for row in table.rows]
    if len(set(groups)) < len(groups):
        groups = labels(table)
    if not any(value for _, _, values in series for value in values):
        return None
    in_time = chart.kind == "lines" or all(map(_TIME.match, groups))
    return Data(tuple(groups), in_time, tuple(series), unit)


def picture(table: Table) -> Picture | None:
    """Return the picture of a table, None if it has none or nothing to draw."""
    chart, given = table.chart, data(table)
    if chart is None or given is None:
        return None
    scale = _scale(chart, given.series, given.unit)
    if scale is None:
        return None
    marks, height = (upright.draw if given.in_time else lying.draw)(chart.kind, given.groups, given.series, scale)
    known = tuple((colour, name) for colour, name, _ in given.series)
    return Picture(height, describe(table, chart, given.unit), known, marks)


def describe(table: Table, chart: Chart, unit: str) -> str:
    """Say what a chart shows, for who does not see it."""
    shown = "、".join(column.title for column in table.columns if column.key in chart.series)
    return (
        f"{_KINDS[chart.kind]}：{shown}{f'（{unit.strip()}）' if unit else ''}，共 {len(table.rows)} 组。数据见下表。"
    )


def _colours(columns: Sequence[Column]) -> list[str]:
    free = (f"c{number % _OTHERS + 1}" for number in range(len(columns)))
    return [_KNOWN.get(column.title) or next(free) for column in columns]


def _unit(table: Table, columns: Sequence[Column]) -> tuple[float, str]:
    """Return what to multiply values with, and the unit that they have then."""
    kinds = {column.kind for column in columns}
    if kinds == {SHARE}:
        return 100, "%"
    if kinds != {HOURS}:
        return 1, ""
    longest = max((row.get(column.key) or 0 for row in table.rows for column in columns), default=0)
    return (1 / 24, " 天") if longest >= _DAYS else (1, " 小时")


def _value(value: Any, factor: float) -> float | None:
    if value is None or isinstance(value, str):
        return None
    return (len(value) if isinstance(value, Cases) else value) * factor


def _scale(chart: Chart, series: Sequence[Series], unit: str) -> Scale | None:
    """Choose three to six lines at round values that hold all of them, zero included."""
    rows = list(zip(*(values for _, _, values in series), strict=True))
    piled = chart.kind == "stack"
    values = [one for row in rows for one in ([sum(filter(None, row))] if piled else row) if one is not None]
    if not values or not any(values):
        return None
    low, high = min(0.0, *values), max(0.0, *values)
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * one for one in (1, 2, 5, 10) if power * one >= rough)
    if all(value == round(value) for value in values):
        step = max(step, 1.0)
    first, last = math.floor(low / step), math.ceil(high / step)
    return Scale(tuple(number * step for number in range(first, last + 1)), unit)
