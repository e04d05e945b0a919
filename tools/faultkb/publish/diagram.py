"""The lifecycle as a picture: an SVG that lies in the page itself and takes its colours from it. No script, no style."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from faultkb.publish import layout
from faultkb.publish.measures import ASIDE, GAP, LABEL, LINE, NAME, SMALL, Measures

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.lifecycle import Lifecycle
    from faultkb.publish.layout import Arrow, Layout

_WIDE = 600.0
"""Width from which a picture scrolls on a small screen instead of shrinking."""
_ROUND = 9.0
_HEAD = 8.5
_STROKE = {"stroke": "currentColor", "fill": "none"}


def figure(life: Lifecycle) -> str:
    """Return the picture of a lifecycle as one line of HTML; every name in it is text, whatever it says."""
    plan = layout.build(life)
    size = Measures(plan)
    # What scrolls must be reached by keyboard.
    scrolls = {"class": "fault-lifecycle wide", "tabindex": "0"}
    root = ET.Element("figure", scrolls if size.size[0] > _WIDE else {"class": "fault-lifecycle"})
    root.append(_svg(life, plan, size))
    ET.SubElement(root, "figcaption").text = "框里的小字是不改变状态的事件；双线框是终点，圆点是起点"
    return ET.tostring(root, encoding="unicode", short_empty_elements=False)


def _svg(life: Lifecycle, plan: Layout, size: Measures) -> ET.Element:
    """Put everything together: lines below, the outer lanes first; boxes over them; labels on top."""
    wide, high = (f"{number:.0f}" for number in size.size)
    about = {"role": "img", "aria-labelledby": "lifecycle-title lifecycle-text"}
    root = ET.Element("svg", {**about, "viewBox": f"0 0 {wide} {high}", "width": wide, "height": high})
    ET.SubElement(root, "title", {"id": "lifecycle-title"}).text = "生命周期"
    ET.SubElement(root, "desc", {"id": "lifecycle-text"}).text = "；".join(_sentences(life, plan))
    for arrow in sorted(plan.arrows, key=lambda one: -one.lane):
        _line(root, arrow, size)
    _start(root, life, size)
    if plan.states[-1] in life.closed_states:
        _end(root, size)
    for row, state in enumerate(plan.states):
        _state(root, row, state, size, closed=state in life.closed_states)
    for arrow in plan.arrows:
        _label(root, arrow, size)
    return root


def _sentences(life: Lifecycle, plan: Layout) -> Iterator[str]:
    yield f"{life.registration.name}之后是 {life.initial}"
    for arrow in plan.arrows:
        sources = "、".join(plan.states[row] for row in arrow.sources)
        yield f"从 {sources} 经 {'、'.join(arrow.labels)} 到 {plan.states[arrow.target]}"


def _line(root: ET.Element, arrow: Arrow, size: Measures) -> None:
    group = ET.SubElement(root, "g", {"class": "bus" if arrow.is_bus else "down" if arrow.is_forward else "up"})
    if arrow.lane:
        line, tip = _around(arrow, size), (size.edge(arrow), size.port(arrow, arrow.target))
    else:
        tip = (size.middle, size.tops[arrow.target])
        line = f"M{_at(size.middle, size.bottom(arrow.sources[0]))}V{tip[1] - _HEAD:.1f}"
    # A wide line in the colour of the page makes a bridge of a crossing.
    _path(group, line, {"class": "halo", "fill": "none"})
    _path(group, line, _STROKE)
    _head(group, *tip, arrow.side)


def _around(arrow: Arrow, size: Measures) -> str:
    """Out of each source into the lane, along it, and back to the target."""
    edge, lane, end = size.edge(arrow), size.lane(arrow), size.port(arrow, arrow.target)
    near = lane - arrow.side * _ROUND
    turn = _ROUND if arrow.is_forward else -_ROUND
    starts = {row: size.port(arrow, row) for row in arrow.sources}
    parts = [f"M{_at(edge, y)}H{near:.1f}Q{_at(lane, y)} {_at(lane, y + turn)}" for y in starts.values()]
    furthest = starts[max(starts, key=lambda row: abs(row - arrow.target))]
    parts.append(f"M{_at(lane, furthest + turn)}V{end - turn:.1f}Q{_at(lane, end)} {_at(near, end)}")
    return "".join(parts) + f"H{edge + arrow.side * _HEAD:.1f}"


def _head(group: ET.Element, x: float, y: float, side: int) -> None:
    """A triangle whose tip is at a point: from above (0), from the right (1) or from the left (-1)."""
    _path(group, f"M{_at(x, y)}" + (f"l{9 * side} -5v10z" if side else "l-5 -9h10z"), {"fill": "currentColor"})


def _start(root: ET.Element, life: Lifecycle, size: Measures) -> None:
    """The dot from which the registration leads to the first state."""
    group = ET.SubElement(root, "g", {"class": "down"})
    top, dot = size.tops[0], size.tops[0] - GAP + 6
    ET.SubElement(group, "circle", {**_centre(size.middle, dot), "r": "7", "fill": "currentColor"})
    _path(group, f"M{_at(size.middle, dot)}V{top - _HEAD:.1f}", _STROKE)
    _head(group, size.middle, top, 0)
    _text(root, "label", (size.middle + ASIDE + 4, top - GAP / 2 + 3), life.registration.name, LABEL).set(*_LEFT)


def _end(root: ET.Element, size: Measures) -> None:
    """The ring behind the last state."""
    group = ET.SubElement(root, "g", {"class": "down"})
    bottom = size.bottom(-1)
    ring = bottom + GAP - 10
    _path(group, f"M{_at(size.middle, bottom)}V{ring - 9 - _HEAD:.1f}", _STROKE)
    _head(group, size.middle, ring - 9, 0)
    ET.SubElement(group, "circle", {**_centre(size.middle, ring), "r": "9", **_STROKE})
    ET.SubElement(group, "circle", {**_centre(size.middle, ring), "r": "5", "fill": "currentColor"})


def _state(root: ET.Element, row: int, state: str, size: Measures, *, closed: bool) -> None:
    """A box: the name, and below it the events that keep the state. An end has a double border."""
    group = ET.SubElement(root, "g", {"class": "closed" if closed else "open"})
    for inset in (0, 4) if closed else (0,):
        corner = {"x": f"{size.left + inset:.1f}", "y": f"{size.tops[row] + inset:.1f}", "rx": str(8 - inset / 2)}
        wide, high = size.box - 2 * inset, size.heights[row] - 2 * inset
        ET.SubElement(group, "rect", {**corner, "width": f"{wide:.1f}", "height": f"{high:.1f}"})
    lines = size.lines[row]
    y = size.tops[row] + (size.heights[row] - NAME - LINE * len(lines)) / 2 + NAME - 2
    _text(group, "name", (size.middle, y), state, NAME)
    for number, line in enumerate(lines, 1):
        _text(group, "kept", (size.middle, y + number * LINE + 2), line, SMALL)


def _label(root: ET.Element, arrow: Arrow, size: Measures) -> None:
    """The names of the events, in the space between two rows, where no arrow enters a box."""
    first, last = arrow.rows
    row = (first + last - 1) // 2
    y = size.bottom(row) + (size.gap - LINE * (len(arrow.labels) - 1)) / 2 + LABEL / 3
    for number, label in enumerate(arrow.labels):
        if arrow.lane:
            _text(root, "label", (size.lane(arrow), y + number * LINE), label, LABEL)
        else:
            _text(root, "label", (size.middle + ASIDE, y + number * LINE), label, LABEL).set(*_LEFT)


_LEFT = ("text-anchor", "start")


def _text(parent: ET.Element, kind: str, at: tuple[float, float], text: str, size: float) -> ET.Element:
    place = {"x": f"{at[0]:.1f}", "y": f"{at[1]:.1f}", "font-size": f"{size:g}", "text-anchor": "middle"}
    element = ET.SubElement(parent, "text", {"class": kind, **place})
    element.text = text
    return element


def _path(parent: ET.Element, line: str, look: dict[str, str]) -> None:
    ET.SubElement(parent, "path", {"d": line, **look})


def _at(x: float, y: float) -> str:
    return f"{x:.1f} {y:.1f}"


def _centre(x: float, y: float) -> dict[str, str]:
    return {"cx": f"{x:.1f}", "cy": f"{y:.1f}"}
