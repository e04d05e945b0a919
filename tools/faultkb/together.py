"""Several files changed as one: all or none. A process that dies in between leaves a note, and the next run completes."""

from __future__ import annotations

import contextlib
import functools
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultkb.finding import FaultError, reason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_MARK = b"together "
_WAIT = 0.05
_QUIET = 2.0
"""Seconds after which a change that has not ended, or a lock without content, belongs to a process that died."""
_STALE = 60.0
"""Seconds after which any lock does, as in `corpus.save`."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A file's path and content before and after; with a new path the file moves there."""

    path: str
    target: str
    before: bytes
    after: bytes


def pending(root: Path, owner: str) -> str:
    """Return the note of a change that a killed process left half done, empty where there is none."""
    note = _lock(root, owner)
    with contextlib.suppress(FileNotFoundError):
        while (found := note.read_bytes()).startswith(_MARK):
            if time.time() - note.stat().st_mtime > _QUIET:
                return found.removeprefix(_MARK).decode()
            time.sleep(_WAIT)
    return ""


def write(root: Path, note: str, edits: Sequence[Edit], moves: Sequence[tuple[str, str]]) -> None:
    """Write new contents and rename files; the last edit moves its file, and owns the change.

    Each new content goes to ``.<name>.lock`` beside its target first, as in `corpus.save`; the old file of the owner
    goes last. Raise FaultError, with everything as it was, if a file changed meanwhile or cannot be written.
    """
    owner = edits[-1].path
    drafts = [_lock(root, edit.target) for edit in edits]
    undo: list[Callable[[], object]] = []
    _begin(root, owner, note, drafts)
    try:
        for edit, draft in zip(edits, drafts, strict=True):
            _prepare(root, edit, draft)
            undo.append(functools.partial(draft.unlink, missing_ok=True))
        for edit, draft in zip(edits, drafts, strict=True):
            undo.append(functools.partial(_restore, root, edit))
            draft.replace(root / edit.target)
        for old, new in moves:
            undo.append(functools.partial(_move_back, root / old, root / new))
            (root / old).rename(root / new)
        (root / owner).unlink()
    except BaseException as error:
        _roll_back(undo)
        _lock(root, owner).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise FaultError(f"写不了文件（{reason(error)}），什么都没有改") from None
        raise
    with contextlib.suppress(OSError):  # everything is done
        _lock(root, owner).unlink()


def _lock(root: Path, path: str) -> Path:
    return (root / path).with_name(f".{(root / path).name}.lock")


def _begin(root: Path, owner: str, note: str, drafts: Sequence[Path]) -> None:
    """Leave the note; where a killed process left the same one, clear away what it had prepared."""
    if pending(root, owner) == note:
        for one in (*drafts, _lock(root, owner)):
            one.unlink(missing_ok=True)
    try:
        _create(_lock(root, owner), _MARK + note.encode())
    except OSError as error:
        raise FaultError(f"写不了 {owner}：{reason(error)}") from None


def _prepare(root: Path, edit: Edit, draft: Path) -> None:
    """Write the new content beside the target, and see that nobody has changed the file meanwhile."""
    draft.parent.mkdir(parents=True, exist_ok=True)
    _create(draft, edit.after)
    try:
        draft.chmod((root / edit.path).stat().st_mode & 0o777)
        _expect(root, edit)
    except BaseException:
        draft.unlink()
        raise


def _expect(root: Path, edit: Edit) -> None:
    target, source = root / edit.target, root / edit.path
    there = target.read_bytes() if target.exists() else None
    wanted = {edit.before} if edit.target == edit.path else {None, edit.after}
    if there not in wanted or source.read_bytes() != edit.before:
        raise FaultError(f"{edit.target} 刚刚被别人改过，什么都没有改；请再运行一次")


def _create(path: Path, content: bytes) -> None:
    """Write a file that must not exist: it is the lock of the one beside it."""
    with contextlib.suppress(FileNotFoundError):
        status = path.stat()
        if time.time() - status.st_mtime > (_STALE if status.st_size else _QUIET):
            path.unlink()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
    except FileExistsError:
        raise FaultError(f"另一个程序正在写这个文件；如果没有，请删去 {path.name} 后重试") from None
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - opened by descriptor
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink()
        raise


def _restore(root: Path, edit: Edit) -> None:
    target = root / edit.target
    if not target.exists() or target.read_bytes() != edit.after:
        return
    if edit.target != edit.path:
        target.unlink()
        return
    draft = _lock(root, edit.target)
    _create(draft, edit.before)
    draft.chmod(target.stat().st_mode & 0o777)
    draft.replace(target)


def _move_back(old: Path, new: Path) -> None:
    if new.exists() and not old.exists():
        new.rename(old)


def _roll_back(undo: Sequence[Callable[[], object]]) -> None:
    try:
        for step in reversed(undo):
            step()
    except OSError as error:
        raise FaultError(f"没有写完（{reason(error)}）；请再运行一次同样的命令，会接着做完") from None
