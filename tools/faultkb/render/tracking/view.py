"""What is written of 《产品故障问题跟踪表》, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from faultkb import guidance, moment, tracking
from faultkb.render import visible

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from faultkb.rows import Value
    from faultkb.tracked import Tracked
    from faultkb.tracking import Column
    from faultkb.vocabulary import Vocabulary


@dataclass(frozen=True)
class View:
    """The table at a moment: its rows, whether it is for outside eyes, the filters and what they leave in words."""

    rows: Sequence[Tracked]
    words: Vocabulary
    as_of: datetime
    public: bool = False
    filters: Mapping[str, Sequence[str]] = field(default_factory=dict)
    only: str = ""

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns, in order."""
        return tracking.exported(self.words)

    @property
    def shown(self) -> tuple[Column, ...]:
        """The columns whose content is not hidden."""
        return tuple(one for one in self.columns if not self.public or tracking.is_public(one, self.words))

    @property
    def mask(self) -> str:
        """For whom it is, as the option says it."""
        return "public" if self.public else "internal"

    def offered(self, column: Column) -> list[str]:
        """Return the choices of a column now; none of one that is hidden."""
        return guidance.offered(column, self.words, self.as_of.date()) if column in self.shown else []

    def cells(self, one: Tracked) -> list[Value]:
        """Return the cells of a row in order, with nothing in their texts that nobody sees."""
        return [_clean(one.cells[column.name]) for column in self.columns]

    def when(self, at: datetime) -> str:
        """Print a moment; outside eyes see the day."""
        return f"{at:%Y-%m-%d}" if self.public else moment.show(at)

    def said(self, value: Value) -> str:
        """Print the value of a cell."""
        return self.when(value) if isinstance(value, datetime) else value or ""


def _clean(value: Value) -> Value:
    if not isinstance(value, str) or value.isprintable():
        return visible(value) if isinstance(value, str) else value
    return "\n".join(map(visible, value.replace("\r\n", "\n").split("\n")))
