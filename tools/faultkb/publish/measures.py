"""How large the parts of the lifecycle's picture are and where they stand, in units that are pixels where there is room."""

from __future__ import annotations

import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faultkb.publish.layout import Arrow, Layout

NAME, LABEL, SMALL = 16.0, 13.0, 12.0
"""Sizes of letters: names of states, labels of arrows, events in a box."""
PAD = 12.0
LINE = 17.0
GAP = 48.0
"""Height between two boxes: room for a label and an arrowhead."""
ASIDE = 8.0
"""How far a label stands beside an arrow that goes straight down."""
_BOX = 190.0
_PORT = 15.0
_BLANK = "\u2002"
"""Between words: half as wide as a character, and never shortened."""


def width(text: str, size: float) -> float:
    """Estimate how wide a text is: Chinese characters are as wide as high, others a little more than half."""
    return sum(size if unicodedata.east_asian_width(char) in "WF" else size * 0.6 for char in text)


def wrapped(words: Sequence[str], size: float, room: float) -> list[str]:
    """Spread words over lines; a word that is longer than a line has a line of its own."""
    lines: list[str] = []
    for word in words:
        if lines and width(f"{lines[-1]}{_BLANK}{word}", size) <= room:
            lines[-1] += f"{_BLANK}{word}"
        else:
            lines.append(word)
    return lines


class Measures:
    """The measures of one layout. A side is -1 (left, arrows upward) or 1 (right, arrows downward)."""

    def __init__(self, plan: Layout) -> None:
        self._arrows = plan.arrows
        words = [plan.kept.get(state, ()) for state in plan.states]
        inside = [*(width(state, NAME) for state in plan.states), *(width(one, SMALL) for one in sum(words, ()))]
        # The label of an arrow that goes straight down stands beside it, within the width of the boxes.
        beside = [2 * (width(label, LABEL) + ASIDE) for one in plan.arrows if not one.lane for label in one.labels]
        self.box = max([_BOX, *(one + 2 * PAD for one in (*inside, *beside))])
        self.gap = GAP + LINE * max((len(one.labels) - 1 for one in plan.arrows), default=0)
        self.lines = [wrapped(some, SMALL, self.box - 2 * PAD) for some in words]
        self.left = PAD + sum(self._widths[-1])
        self.right = self.left + self.box
        self.middle = self.left + self.box / 2
        self.heights = [
            max(2 * PAD + NAME + LINE * len(lines), _PORT * (1 + max(len(self.ports(row, side)) for side in (-1, 1))))
            for row, lines in enumerate(self.lines)
        ]
        self.tops = [PAD + GAP + self.gap * row + sum(self.heights[:row]) for row in range(len(self.lines))]
        self.size = (self.right + sum(self._widths[1]) + PAD, self.bottom(-1) + GAP)

    def bottom(self, row: int) -> float:
        """The lower edge of a box."""
        return self.tops[row] + self.heights[row]

    @cached_property
    def _widths(self) -> dict[int, list[float]]:
        """The widths of the lanes on each side, from the boxes outward: as wide as their labels."""
        found = {}
        for side in (-1, 1):
            arrows = [one for one in self._arrows if one.side == side]
            lanes = range(1, max((one.lane for one in arrows), default=0) + 1)
            found[side] = [
                PAD + max(width(label, LABEL) for one in arrows if one.lane == lane for label in one.labels)
                for lane in lanes
            ]
        return found

    def lane(self, arrow: Arrow) -> float:
        """The middle of an arrow's lane."""
        widths = self._widths[arrow.side]
        return self.edge(arrow) + arrow.side * (sum(widths[: arrow.lane - 1]) + widths[arrow.lane - 1] / 2 + PAD / 2)

    def edge(self, arrow: Arrow) -> float:
        """The edge of the boxes on an arrow's side."""
        return self.right if arrow.side > 0 else self.left

    def port(self, arrow: Arrow, row: int) -> float:
        """The height at which an arrow touches a box."""
        ports = self.ports(row, arrow.side)
        return self.tops[row] + self.heights[row] * (ports.index(arrow) + 1) / (len(ports) + 1)

    def ports(self, row: int, side: int) -> list[Arrow]:
        """The arrows that touch a side of a box, from top to bottom.

        First those to and from above, the inner lanes first, then those to and from below, the outer lanes first: so
        they do not cross beside the box.
        """
        arrows = [one for one in self._arrows if one.side == side and row in {*one.sources, one.target}]
        return sorted(arrows, key=lambda one: (one.is_below(row), -one.lane if one.is_below(row) else one.lane))
