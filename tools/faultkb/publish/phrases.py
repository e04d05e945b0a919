"""The small things of which the process pages consist: tables, names that are not broken, the way of an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.lifecycle import NONE
from faultkb.safe_markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterable

    from faultkb.lifecycle import EventSpec, Lifecycle


def table(titles: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Print a table; the cells are Markdown."""
    header = list(titles)
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def word(text: str) -> str:
    """Print a name that is not broken into lines."""
    return f'<span class="fault-word">{escape(text)}</span>'


def course(one: EventSpec, life: Lifecycle) -> str:
    """Print in which states an event happens, and what follows."""
    if NONE in one.sources:
        return f"登记之前 → {escape(one.target(NONE))}"
    if isinstance(one.to, dict):
        return "；".join(f"{escape(old)} → {escape(new)}" for old, new in one.to.items())
    groups = {frozenset(life.states): "任何状态", frozenset(life.open_states): "未关闭的任何状态"}
    sources = groups.get(one.sources) or "、".join(state for state in life.states if state in one.sources)
    return f"{escape(sources)} → {escape(one.to) if one.to else '不变'}"


def either(names: Iterable[str]) -> str:
    """Print names of which one is meant: 甲、乙 或 丙."""
    *others, last = map(escape, names)
    return f"{'、'.join(others)} 或 {last}" if others else last
