"""How a changed fault is handed in: the one line that ends the hints of ``fault new`` and ``fault log``."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from faultkb import gitrepo
from faultkb.cli import say
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.cli.workspace import Workspace


def remind(here: Workspace, path: str, what: str) -> None:
    """Say with which commands a file that differs from the last commit is handed in; nothing where they would not work."""
    if not Path.cwd().is_relative_to(here.root):
        return
    try:
        if path in gitrepo.changed(here.root, "HEAD", path):
            say(f"提交：{' && '.join(_commands(here.root, path, what))}{_review(here.root)}")
    except FaultError:  # no git, or nothing committed yet
        return


def _commands(root: Path, path: str, what: str) -> Iterator[str]:
    ticket_id = PurePosixPath(path).stem
    remotes = gitrepo.remotes(root)
    if remotes and gitrepo.branch(root) == gitrepo.default_base(root).rpartition("/")[2]:
        yield f"git switch {'' if gitrepo.commit(root, f'refs/heads/{ticket_id}') else '-c '}{ticket_id}"
    yield f"git add {os.path.relpath(root / path)}"
    yield f'git commit -m "{ticket_id} {what}"'
    if remotes:
        yield f"git push -u {'origin' if 'origin' in remotes else remotes[0]} HEAD"


def _review(root: Path) -> str:
    return "，再开合并请求" if gitrepo.remotes(root) else ""
