"""Two sides have changed the files of a ticket: what comes of both, by git's own three-way merge."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from faultkb import gitrepo

if TYPE_CHECKING:
    from collections.abc import Mapping

    Files = Mapping[str, bytes]


def merged(root: Path, base: Files, theirs: Files, ours: Files) -> dict[str, bytes] | None:
    """Return what becomes of the files of ``base``, by path, when both sides change them; None where that cannot be told.

    Only tickets (``.md``) are merged by line; of anything else one side alone may have changed it.
    """
    found: dict[str, bytes] = {}
    for path in sorted({*base, *theirs, *ours}):
        before, left, right = (side.get(path) for side in (base, theirs, ours))
        if left in {before, right}:
            one = right
        elif right == before:
            one = left
        else:
            one = _by_line(root, before, left, right) if path.endswith(".md") else None
            if one is None:
                return None
        if one is not None:
            found[path] = one
    return found


def _by_line(root: Path, before: bytes | None, left: bytes | None, right: bytes | None) -> bytes | None:
    if before is None or left is None or right is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        names = [str(Path(folder, name)) for name in ("left", "before", "right")]
        for name, data in zip(names, (left, before, right), strict=True):
            Path(name).write_bytes(data)
        answer = gitrepo.ask(root, "merge-file", "-p", "--quiet", *names)
    return answer.output if answer.ok else None
