"""An edited tracking table comes back: shows what would be recorded, asks, and records it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.cli.workspace import Workspace


def run(  # noqa: PLR0913 -- the options of the command, by their names
    here: Workspace,
    path: Path,
    *,
    sheets: tuple[str, ...] = (),
    by: str | None = None,
    approver: str | None = None,
    note: str | None = None,
    at: str | None = None,
    dry_run: bool = False,
    yes: bool = False,
) -> int:
    """Turn the changed cells of the workbook into events, show them, write them; return the exit code.

    ``at`` and ``by`` as `fault log` takes them; ``sheets`` restricts the sheets that are read. 1 means that rows were
    refused. A usage error (nobody to ask, no ``by``) is raised, as `fault log` does.
    """
    raise NotImplementedError
