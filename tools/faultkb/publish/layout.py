"""Where the states and arrows of the lifecycle's picture go: states in rows, arrows in lanes beside them.

The states stand one below the other in the order in which a fault passes them. An arrow to the next row goes
straight down; every other has a lane of its own, downward on the right and upward on the left, the short ones inside.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from faultkb.lifecycle import Lifecycle

_MOST = 8
"""States up to which every order is tried; more stand in the order of the file."""
_BUS = 3
"""Sources from which on the arrows of one event to one state are drawn as one."""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One or more events that lead from some rows to another. ``lane`` counts from the boxes outward; 0 is straight down."""

    labels: tuple[str, ...]
    sources: tuple[int, ...]
    target: int
    lane: int = 0

    @property
    def is_forward(self) -> bool:
        """Whether it leads downward."""
        return self.target > self.sources[0]

    @property
    def rows(self) -> tuple[int, int]:
        """The first and the last row that it touches."""
        touched = (*self.sources, self.target)
        return min(touched), max(touched)

    @property
    def side(self) -> int:
        """Where it runs: 1 on the right, -1 on the left, 0 straight down."""
        return 0 if not self.lane else 1 if self.is_forward else -1

    @property
    def is_bus(self) -> bool:
        """Whether it comes from several states."""
        return len(self.sources) > 1

    def is_below(self, row: int) -> bool:
        """Say whether it leaves a row's box downward, or comes to it from below."""
        return not self.is_forward if row == self.target else self.target > row


@dataclass(frozen=True, slots=True)
class Layout:
    """The picture without measures: states from top to bottom, the events that keep each state, and the arrows."""

    states: tuple[str, ...]
    kept: dict[str, tuple[str, ...]] = field(default_factory=dict)
    arrows: tuple[Arrow, ...] = ()


def build(life: Lifecycle) -> Layout:
    """Lay out a lifecycle."""
    moves: dict[tuple[str, str], list[str]] = defaultdict(list)
    kept: dict[str, list[str]] = defaultdict(list)
    for spec in life.events.values():
        for state in filter(spec.sources.__contains__, life.states):
            if spec.target(state) == state:
                kept[state].append(spec.name)
            else:
                moves[spec.name, spec.target(state)].append(state)
    states = _ordered(life, moves)
    arrows = [*_buses(moves, states), *_single(moves, states)]
    return Layout(states, {state: tuple(names) for state, names in kept.items()}, tuple(_in_lanes(arrows)))


Moves = dict[tuple[str, str], list[str]]


def _ordered(life: Lifecycle, moves: Moves) -> tuple[str, ...]:
    """Put the states in the order in which a fault can first reach them, the ends last; of equals, so that arrows are short."""
    pairs = {(source, target) for (_, target), sources in moves.items() for source in sources}
    layers = _layers(life, pairs)
    first, *others = sorted(life.states, key=layers.__getitem__)

    def cost(order: Sequence[str]) -> tuple[bool, int, int]:
        row = {state: number for number, state in enumerate((first, *order))}
        spans = [row[target] - row[source] for source, target in pairs]
        mixed = [layers[state] for state in order] != [layers[state] for state in others]
        return mixed, sum(span < 0 for span in spans), sum(map(abs, spans))

    return (first, *(min(permutations(others), key=cost) if len(others) < _MOST else others))


def _layers(life: Lifecycle, pairs: set[tuple[str, str]]) -> dict[str, tuple[bool, int]]:
    """Return for each state whether it is an end, and how many moves through open states lead to it at least."""
    steps = {life.initial: 0}
    for state in (queue := [life.initial]):
        for source, target in pairs:
            if source == state and target not in steps:
                steps[target] = steps[state] + 1
                if target in life.open_states:
                    queue.append(target)
    return {state: (state not in life.open_states, steps.get(state, len(life.states))) for state in life.states}


def _split(sources: Iterable[str], target: str, states: tuple[str, ...]) -> tuple[list[int], list[int]]:
    """Return the rows above and below a target."""
    rows = [states.index(source) for source in sources]
    end = states.index(target)
    return [row for row in rows if row < end], [row for row in rows if row > end]


def _buses(moves: Moves, states: tuple[str, ...]) -> list[Arrow]:
    return [
        Arrow((name,), tuple(sorted(rows)), states.index(target))
        for (name, target), sources in moves.items()
        for rows in _split(sources, target, states)
        if len(rows) >= _BUS
    ]


def _single(moves: Moves, states: tuple[str, ...]) -> list[Arrow]:
    labels: dict[tuple[int, int], list[str]] = defaultdict(list)
    for (name, target), sources in moves.items():
        for rows in _split(sources, target, states):
            for row in rows if len(rows) < _BUS else ():
                labels[row, states.index(target)].append(name)
    return [Arrow(tuple(names), (source,), target) for (source, target), names in labels.items()]


def _in_lanes(arrows: list[Arrow]) -> Iterable[Arrow]:
    """Give each arrow the innermost lane of its side that is free along its way."""
    taken: list[Arrow] = []
    for arrow in sorted(arrows, key=lambda one: (one.is_bus, one.rows[1] - one.rows[0], one.rows)):
        if arrow.is_forward and not arrow.is_bus and arrow.rows[1] - arrow.rows[0] == 1:
            yield arrow
            continue
        used = {one.lane for one in taken if one.is_forward == arrow.is_forward and _meet(one, arrow)}
        placed = replace(arrow, lane=next(lane for lane in range(1, len(arrows) + 1) if lane not in used))
        taken.append(placed)
        yield placed


def _meet(one: Arrow, other: Arrow) -> bool:
    """Say whether two arrows would run side by side; at a common end one comes from above and one from below."""
    return one.rows[0] < other.rows[1] and other.rows[0] < one.rows[1]
