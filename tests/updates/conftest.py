"""A row of the table as it would come back: what an export shows of a ticket, with some cells typed over."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from faultkb import moment, tracking
from faultkb.sheets.table import Cell
from faultkb.updates import applying, comparing
from faultkb.updates.applying import Applied, Options
from faultkb.updates.cells import Line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.updates.comparing import Compared
    from faultkb.vocabulary import Vocabulary

AS_OF = datetime.fromisoformat("2026-11-05 12:00")
SOLUTION = "短期方案+长期方案"


class Back(NamedTuple):
    """What a row means, and what comes of it."""

    row: Compared
    done: Applied

    @property
    def events(self) -> list[dict[str, Any]]:
        """The events that would be recorded, without their time and author where these are now and PM002."""
        usual = {"at": "2026-11-05 12:00", "by": "PM002"}
        return [{key: value for key, value in one.items() if usual.get(key) != value} for one in self.done.events]

    @property
    def header(self) -> dict[str, Any]:
        """The header of the file as it would be."""
        return self.done.after.document.header


@pytest.fixture(scope="session")
def come_back(root: Path, words: Vocabulary) -> Callable[..., Back]:
    """Return a function from a ticket and what was typed over it to what comes of that.

    ``exported`` is the ticket as it was when the table was made; ``base`` says whether the hidden sheet came back, too.
    """

    def bring(
        loaded: Loaded,
        *,
        exported: Loaded | None = None,
        base: bool = True,
        approver: str = "PM001",
        by: str = "PM002",
        note: str = "",
        **edits: Any,
    ) -> Back:
        source = (exported or loaded).ticket
        assert source
        cells = comparing.shown(source, words, AS_OF)
        digests = {name: tracking.digest(value) for name, value in cells.items()}
        typed = {name: value(cells[name] or "") if callable(value) else value for name, value in edits.items()}
        line = Line(
            "表 第 2 行", source.id, {k: _cell(v) for k, v in {**cells, **typed}.items()}, None, from_1904=False
        )
        given = {source.id: digests} if base else None
        row = comparing.of(loaded, words, {source.id: [line]}, given, AS_OF)
        options = Options(by, approver, note, AS_OF)
        return Back(row, applying.apply(root, words, loaded, row.intent, options, AS_OF))

    return bring


def _cell(value: Any) -> Cell | None:
    text = moment.show(value) if isinstance(value, datetime) else value
    return None if value in (None, "") else Cell("A2", text, value)
