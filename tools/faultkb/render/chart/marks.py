"""What a picture is made of: SVG elements, the axis of values, and how much room a text takes.

Positions from left to right are per cent and everything else is pixels, so a picture is as wide as its page, on a phone
too, and its letters keep their size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

_LETTER = 7.5
"""Width of a Latin letter or a digit in pixels; Chinese takes two."""
PHONE, DESK = 300, 900
"""Width of a picture in pixels on a phone and on a desk, at the least."""

Series = tuple[str, str, list[float | None]]
"""The name of a colour, the title, and a value for each group."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One SVG element: its name, its attributes, its text, and what it says when pointed at."""

    name: str
    attributes: dict[str, Any]
    text: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """The axis of values: the lines drawn across, and how a value is written."""

    ticks: tuple[float, ...]
    unit: str

    def share(self, value: float) -> float:
        """Return where a value lies between the first and the last line, from 0 to 1."""
        return (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])

    def say(self, value: float) -> str:
        """Write a value beside its mark."""
        return f"{value:.0f}{self.unit}" if value == round(value) else f"{value:.1f}{self.unit}"


def percent(value: float) -> str:
    """Write a position from left to right."""
    return f"{value:.2f}%"


def width(text: str) -> float:
    """Return the width of a text in pixels."""
    return sum(_LETTER if char.isascii() else 2 * _LETTER for char in text)


def room_for(text: str, share: float) -> str | None:
    """Return the class of a label in a space of so many per cent; None if it fits not even on a desk."""
    needed = width(text) + 2
    if needed > share / 100 * DESK:
        return None
    return "desk" if needed > share / 100 * PHONE else ""
