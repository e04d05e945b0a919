"""What the tests of the reports share: standings written in a few lines, and reports on the sample tickets."""

from __future__ import annotations

import contextlib
import io
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faultkb import cli, standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.standing import Standing
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

SAMPLES_AT = "2026-11-20 10:00"
"""The moment at which the sample tickets of this repository are reported on; a Friday."""


@pytest.fixture(scope="session")
def stand(make_ticket: Callable[..., Ticket], words: Vocabulary) -> Callable[..., Standing]:
    """Return a function from an id, a moment, events and header fields to how the fault stands."""

    def at(id: str, as_of: str, *events: str, **fields: str) -> Standing:  # noqa: A002 - the field's own name
        one = standing.of(make_ticket(*events, id=id, **fields), words, datetime.fromisoformat(as_of))
        assert one is not None
        return one

    return at


@pytest.fixture(scope="session")
def differs(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], list[str]]:
    """Return a function that says in what a report on the samples differs from tests/data/KIND/report.FORMAT.

    Those files are read by a person whenever they change, and written by
    ``tools/report KIND --as-of "2026-11-20 10:00" --format FORMAT --output tests/data/KIND/report.FORMAT``.
    """
    folder = tmp_path_factory.mktemp("reports")

    def compare(kind: str, form: str) -> list[str]:
        made = folder / f"{kind}.{form}"
        with contextlib.redirect_stderr(io.StringIO()) as problems, pytest.raises(SystemExit) as ended:
            cli.main(
                ["--root", str(root), "report", kind, "--as-of", SAMPLES_AT, "--format", form, "--output", str(made)]
            )
        assert not ended.value.code, problems.getvalue()
        kept = Path(__file__).parents[1] / "data" / kind / f"report.{form}"
        now, then = (path.read_text(encoding="utf-8").splitlines() for path in (made, kept))
        return [f"{new}\n  was {old}" for new, old in zip(now, then, strict=False) if new != old] + (
            [] if len(now) == len(then) else [f"{len(now)} lines, {len(then)} before"]
        )

    return compare
