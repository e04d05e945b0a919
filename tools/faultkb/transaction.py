"""Files changed whole or not at all, one or several as one. What a killed process left half done, the next run completes."""

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

_JOURNAL = b"fault renumber: "
_TRIES, _WAIT = 100, 0.05
_STALE = 60.0
"""Seconds after which a lock belongs to a process that died: writing a file takes milliseconds."""
_QUIET = 2.0
"""The same for a journal, and for the locks beside it when somebody completes the change: nothing is lost by it."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A file's path and content before (None: it is new) and after; with a new path the file moves there."""

    path: str
    target: str
    before: bytes | None
    after: bytes


def pending(root: Path, owner: str) -> str:
    """Return the note of a change that a killed process left half done, empty where there is none."""
    return _journal(_lock(root / owner))


def write(root: Path, edits: Sequence[Edit], moves: Sequence[tuple[str, str]] = (), note: str = "") -> None:
    """Write new contents and rename files. With a note, the last edit moves its file, and owns a change of several.

    Each new content goes to ``.<name>.lock`` beside its target, created exclusively, and is renamed over it: a reader
    sees the old or the new file, and of two writers the second waits for the first and then finds the file changed.
    The owner's own lock is the journal, which holds the note; that the old file replaces it ends the change. Raise
    FaultError, with everything as it was, if a file changed meanwhile, is locked or cannot be written.
    """
    owner, at, stale = root / edits[-1].path, edits[-1].path, _STALE
    undo: list[Callable[[], object]] = []
    try:
        if note:
            stale = _begin(owner, note, undo)
        for edit in edits:
            at = edit.target
            _prepare(root, edit, stale, undo)
        for edit in edits[:-1]:
            at = edit.target
            _replace(root, edit, undo)
        for old, new in moves:
            at = old
            undo.append(functools.partial(_move_back, root / old, root / new))
            (root / old).rename(root / new)
        at = edits[-1].target
        _replace(root, edits[-1], undo)  # so late, because nobody should find the old and the new file
        if note:
            undo.append(functools.partial(_move_back, owner, _lock(owner)))
            owner.replace(_lock(owner))
    except BaseException as error:
        _roll_back(undo)
        if isinstance(error, OSError):
            raise FaultError(f"写不了 {at}：{reason(error)}，什么都没有改") from None
        raise
    if note:
        with contextlib.suppress(OSError):  # everything is done
            _lock(owner).unlink()


def _lock(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _age(path: Path) -> float:
    with contextlib.suppress(FileNotFoundError):
        return time.time() - path.stat().st_mtime
    return 0.0


def _journal(lock: Path) -> str:
    """Return the note in a lock that is a journal; wait for the change if it may still be running."""
    note = b""
    for _ in range(_TRIES):
        found = _content(lock) or b""
        note = found.removeprefix(_JOURNAL) if found.startswith(_JOURNAL) else b""
        if not note or _age(lock) > _QUIET:
            break
        time.sleep(_WAIT)
    return note.decode()


def _begin(owner: Path, note: str, undo: list[Callable[[], object]]) -> float:
    """Leave the journal, or go on with the one that is there; return the age at which the other locks are stale."""
    if _journal(_lock(owner)) == note:
        os.utime(_lock(owner))
        return _QUIET
    undo.append(functools.partial(_create(owner, _JOURNAL + note.encode()).unlink, missing_ok=True))
    return _STALE


def _prepare(root: Path, edit: Edit, stale: float, undo: list[Callable[[], object]]) -> None:
    """Write the new content beside the target, and see that nobody has changed the file meanwhile."""
    source, target = root / edit.path, root / edit.target
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = _create(target, edit.after, stale)
    undo.append(functools.partial(_drop, draft, edit.after))
    wanted = {edit.before} if source == target else {None, edit.after}
    if _content(source) != edit.before or _content(target) not in wanted:
        raise FaultError(f"{edit.target} 刚刚被别人改过，什么都没有改；请再运行一次")
    if edit.before is not None:
        draft.chmod(source.stat().st_mode & 0o777)


def _replace(root: Path, edit: Edit, undo: list[Callable[[], object]]) -> None:
    draft = _lock(root / edit.target)
    if _content(draft) != edit.after:
        # This process slept so long that another one took it for dead.
        raise FaultError(f"另一个程序正在写 {edit.target}，什么都没有改；请再运行一次")
    undo.append(functools.partial(_restore, root, edit))
    draft.replace(root / edit.target)


def _create(target: Path, content: bytes, stale: float = _STALE) -> Path:
    """Write the file that is the lock of the one beside it, and return its path."""
    lock = _lock(target)
    descriptor = _open(target, lock, stale)
    try:
        with open(descriptor, "wb") as file:  # noqa: PTH123 - opened by descriptor
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        lock.unlink()
        raise
    return lock


def _open(target: Path, lock: Path, stale: float) -> int:
    """Create the lock; wait for another writer, take over from one that died, but never from a change of several files."""
    for _ in range(_TRIES):
        try:
            return os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o644)
        except FileExistsError:
            if _journal(lock):
                name = target.stem
                raise FaultError(f"fault renumber {name} 没有做完：先再运行一次 fault renumber {name}") from None
        if _age(lock) > stale:
            with contextlib.suppress(PermissionError):  # Windows removes no file that somebody has open
                lock.unlink(missing_ok=True)
        else:
            time.sleep(_WAIT)
    raise FaultError(f"另一个程序正在写这个文件；如果没有，请删去 {lock.name} 后重试")


def _drop(draft: Path, content: bytes) -> None:
    if _content(draft) == content:
        draft.unlink()


def _restore(root: Path, edit: Edit) -> None:
    target = root / edit.target
    if _content(target) != edit.after:
        return
    if edit.before is None or edit.target != edit.path:
        target.unlink()
        return
    draft = _create(target, edit.before)
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
