"""A cell that differs from its fault, and what cells mean together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from faultkb import moment

if TYPE_CHECKING:
    from faultkb.corpus import Loaded
    from faultkb.sheets import Cell
    from faultkb.ticket import Json
    from faultkb.tracking import Column
    from faultkb.updates.cells import Line
    from faultkb.updates.passages import Passage
    from faultkb.updates.progress import Entry
    from faultkb.vocabulary import Vocabulary


@dataclass
class Intent:
    """What the changed cells of a fault mean together.

    ``values`` are what events are to bring, by field of the header; ``edits`` fields of the header that no event brings
    (None: to go); ``expected`` what must have come of it, though nobody may type it; ``changed`` the cells, as they were.
    """

    values: dict[str, Any] = field(default_factory=dict)
    edits: dict[str, Any] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    entries: tuple[Entry, ...] = ()
    expected: dict[str, str] = field(default_factory=dict)
    changed: list[tuple[Column, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Say whether anything is to be done or refused."""
        return bool(
            self.values or self.edits or self.passages or self.entries or self.expected or self.changed or self.refused
        )

    def take(self, one: Intent) -> None:
        """Add what another cell means."""
        self.values |= one.values
        self.edits |= one.edits
        self.passages += one.passages
        self.entries += one.entries
        self.expected |= one.expected
        self.changed += one.changed
        self.refused += one.refused


@dataclass(frozen=True)
class Touched:
    """A cell that differs: its column, what it says, and what the ticket says there, shown and as it is."""

    words: Vocabulary
    loaded: Loaded
    now: Json
    column: Column
    line: Line
    shown: str | datetime | None

    @property
    def cell(self) -> Cell | None:
        """The cell; None where it is empty."""
        return self.line.cells.get(self.column.name)

    @property
    def text(self) -> str:
        """What it says."""
        return (self.cell.text if self.cell else "").replace("\r\n", "\n").replace("\r", "\n")

    @property
    def before(self) -> str:
        """What it said."""
        return moment.show(self.shown) if isinstance(self.shown, datetime) else self.shown or ""


class RefusedError(Exception):
    """Says in Chinese why a cell cannot be taken."""


def filled(one: Touched) -> str:
    """Return the text of a cell that must not be emptied."""
    if not one.text.strip():
        raise RefusedError("不能清空；恢复原来的内容")
    return one.text
