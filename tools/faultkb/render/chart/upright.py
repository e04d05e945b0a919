"""Columns and lines, for groups that follow each other in time: from left to right, the values from bottom to top."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING

from faultkb.render.chart.marks import DESK, PHONE, Mark, percent, room_for, width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from faultkb.render.chart.marks import Scale, Series

_TOP, _TALL = 22, 200
"""Where the upper line of an upright picture is, and how far below it the lowest."""
_LINE = 15
"""Height of a label in pixels."""
_LEFT, _RIGHT = 9, 98
"""Per cent of the width: the numbers of the axis stand before the first, half a label behind the second."""


def draw(kind: str, groups: Sequence[str], series: Sequence[Series], scale: Scale) -> tuple[tuple[Mark, ...], int]:
    """Draw from bottom to top, time from left to right."""
    slot = (_RIGHT - _LEFT) / len(groups)
    marks: list[Mark] = []
    for tick in scale.ticks:
        y = _height(scale, tick)
        style = "zero" if tick == 0 else "grid"
        marks.append(Mark("line", {"x1": f"{_LEFT}%", "x2": f"{_RIGHT}%", "y1": y, "y2": y, "class": style}))
        marks.append(Mark("text", {"x": f"{_LEFT}%", "y": y + 4, "dx": -7, "class": "scale"}, scale.say(tick)))
    widest = max(map(width, groups)) + 10
    for number, group in enumerate(groups):
        at = {"x": percent(_LEFT + slot * (number + 0.5)), "y": _TOP + _TALL + 19}
        place = len(groups) - 1 - number  # the last one is always named
        marks.append(Mark("text", {**at, "class": f"tick {_thinned(place, widest, slot)}"}, group))
    drawn: Callable[..., Iterator[Mark]] = {"lines": _lines, "stack": _columns_stacked, "bars": _columns}[kind]
    marks.extend(drawn(series, scale, slot))
    return tuple(marks), _TOP + _TALL + 28


def _thinned(place: int, wide: float, slot: float) -> str:
    """Return the class that hides a label where there is no room for it: on a phone, or anywhere."""
    steps = [math.ceil(wide / (slot / 100 * width)) for width in (DESK, PHONE)]
    if place % steps[0]:
        return "never"
    return "desk" if place % steps[1] else ""


def _columns(series: Sequence[Series], scale: Scale, slot: float) -> Iterator[Mark]:
    wide = slot * 0.76 / len(series)
    for order, (colour, name, values) in enumerate(series):
        for number, value in enumerate(values):
            if value is not None:
                x = _LEFT + slot * (number + 0.12) + wide * order
                yield from _column((colour, name), scale, (x, wide * 0.94), (0, value))
                at = {"x": percent(x + wide * 0.47), "y": _height(scale, max(value, 0)) - 5}
                room = room_for(scale.say(value), wide)
                if room is not None:
                    yield Mark("text", {**at, "class": f"over {room}"}, scale.say(value))


def _columns_stacked(series: Sequence[Series], scale: Scale, slot: float) -> Iterator[Mark]:
    for number in range(len(series[0][2])):
        total, x = 0.0, _LEFT + slot * (number + 0.16)
        for colour, name, values in series:
            value = values[number] or 0.0
            if value:
                yield from _column((colour, name), scale, (x, slot * 0.68), (total, total + value))
                tall = _height(scale, total) - _height(scale, total + value)
                room = room_for(scale.say(value), slot * 0.68)
                if tall >= _LINE and room is not None:
                    at = {"x": percent(x + slot * 0.34), "y": _height(scale, total + value / 2) + 4}
                    yield Mark("text", {**at, "class": f"inside {room}"}, scale.say(value))
            total += value
        at = {"x": percent(x + slot * 0.34), "y": _height(scale, total) - 5}
        room = room_for(scale.say(total), slot)
        if room is not None:
            yield Mark("text", {**at, "class": f"over {room}"}, scale.say(total))


def _column(
    known: tuple[str, str], scale: Scale, across: tuple[float, float], ends: tuple[float, float]
) -> Iterator[Mark]:
    high, low = sorted((_height(scale, ends[0]), _height(scale, ends[1])))
    place = {"x": percent(across[0]), "y": high, "width": percent(across[1]), "height": round(low - high, 1)}
    yield Mark("rect", {**place, "class": f"bar {known[0]}"}, hint=f"{known[1]} {scale.say(ends[1] - ends[0])}")


def _lines(series: Sequence[Series], scale: Scale, slot: float) -> Iterator[Mark]:
    for colour, _, values in series:
        for number, (one, after) in enumerate(pairwise(values)):
            if one is not None and after is not None:
                ends = {"x1": _middle(slot, number), "x2": _middle(slot, number + 1)}
                heights = {"y1": _height(scale, one), "y2": _height(scale, after)}
                yield Mark("line", {**ends, **heights, "class": f"line {colour}"})
    for number in range(len(series[0][2])):
        here = [(value, name, colour) for colour, name, values in series if (value := values[number]) is not None]
        for value, name, colour in here:
            place = {"cx": _middle(slot, number), "cy": _height(scale, value), "r": 4}
            yield Mark("circle", {**place, "class": f"dot {colour}"}, hint=f"{name} {scale.say(value)}")
        if here:
            yield from _ends(sorted(here), scale, slot, number, len(series[0][2]))


def _ends(
    here: Sequence[tuple[float, str, str]], scale: Scale, slot: float, number: int, groups: int
) -> Iterator[Mark]:
    """Write the greatest value above its point and the least below, unless that is the axis."""
    least, greatest = here[0][0], here[-1][0]
    places = [(greatest, -9)]
    if least < greatest and _height(scale, least) < _TOP + _TALL - _LINE:
        places.append((least, 18))
    for value, offset in places:
        said = scale.say(value)
        hidden = _thinned(groups - 1 - number, width(said) + 6, slot)
        place = {"x": _middle(slot, number), "y": _height(scale, value) + offset}
        yield Mark("text", {**place, "class": f"over {hidden}"}, said)


def _middle(slot: float, number: int) -> str:
    return percent(_LEFT + slot * (number + 0.5))


def _height(scale: Scale, value: float) -> float:
    return round(_TOP + _TALL * (1 - scale.share(value)), 1)
