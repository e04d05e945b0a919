"""Bars that lie, for groups that are called something: the name above, the bar from left to right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.render.chart.marks import Mark, percent, room_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.render.chart.marks import Scale, Series

_FULL = 90
"""Per cent of the width that the last line of a lying picture stands at; behind it there is room for a value."""


def draw(kind: str, groups: Sequence[str], series: Sequence[Series], scale: Scale) -> tuple[tuple[Mark, ...], int]:
    """Draw bars from left to right, each group's name above them."""
    marks: list[Mark] = []
    y = 4
    for number, group in enumerate(groups):
        marks.append(Mark("text", {"x": "0", "y": y + 12, "class": "group"}, group))
        y += 19
        row = [(colour, name, values[number]) for colour, name, values in series]
        marks.extend(_stacked(row, scale, y) if kind == "stack" else _side_by_side(row, scale, y))
        y += (24 if kind == "stack" else 17 * len(series)) + 10
    grid: list[Mark] = []
    for tick in scale.ticks:
        x = percent(scale.share(tick) * _FULL)
        grid.append(Mark("line", {"x1": x, "x2": x, "y1": 0, "y2": y, "class": "zero" if tick == 0 else "grid"}))
        grid.append(Mark("text", {"x": x, "y": y + 15, "class": "tick" if tick else "tick first"}, scale.say(tick)))
    return (*grid, *marks), y + 22


def _stacked(row: Sequence[tuple[str, str, float | None]], scale: Scale, y: int) -> Iterator[Mark]:
    total = 0.0
    for colour, name, value in row:
        if value:
            start, wide = scale.share(total) * _FULL, (scale.share(total + value) - scale.share(total)) * _FULL
            said, total = scale.say(value), total + value
            place = {"x": percent(start), "y": y, "width": percent(wide), "height": 22}
            yield Mark("rect", {**place, "class": f"bar {colour}"}, hint=f"{name} {said}")
            if (room := room_for(said, wide)) is not None:
                at = {"x": percent(start + wide / 2), "y": y + 16}
                yield Mark("text", {**at, "class": f"inside {room}"}, said)
    end = {"x": percent(scale.share(total) * _FULL), "y": y + 16, "dx": 7}
    yield Mark("text", {**end, "class": "value"}, scale.say(total))


def _side_by_side(row: Sequence[tuple[str, str, float | None]], scale: Scale, y: int) -> Iterator[Mark]:
    zero = scale.share(0)
    for number, (colour, name, value) in enumerate(row):
        top = y + 17 * number
        if value is None:
            yield Mark("text", {"x": percent(zero * _FULL), "y": top + 12, "dx": 7, "class": "value none"}, "–")
            continue
        end = scale.share(value)
        place = {"x": percent(min(zero, end) * _FULL), "y": top, "width": percent(abs(end - zero) * _FULL)}
        yield Mark("rect", {**place, "height": 15, "class": f"bar {colour}"}, hint=f"{name} {scale.say(value)}")
        at = {"x": percent(max(zero, end) * _FULL), "y": top + 12, "dx": 7}
        yield Mark("text", {**at, "class": "value"}, scale.say(value))
