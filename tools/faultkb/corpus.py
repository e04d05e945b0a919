"""The ticket files of a checkout: finding them, reading them safely, and working on many at once."""

from __future__ import annotations

import errno
import gc
import hashlib
import multiprocessing
import os
import re
import stat
import sys
import threading
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import document, ticket, transaction, vocabulary
from faultkb.document import Document
from faultkb.finding import FaultError
from faultkb.yamltext import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from faultkb.ticket import Ticket
    from faultkb.violation import Violation
    from faultkb.vocabulary import Vocabulary

TICKETS = "tickets"
_ID_LINE = re.compile(rb"\nid: ([A-Z]{2}-[0-9]{8}-[0-9]{3,6})\r?$", re.MULTILINE)
_NUMBER = re.compile(rb"-([0-9]{8}-[0-9]{3,})")
_READ = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_MAY_FOLLOW = not hasattr(os, "O_NOFOLLOW")
_LARGEST = 10_000_000
"""Bytes of an attachment that are looked at; larger ones are not published."""
_CHUNK = 100
_WORTH_A_POOL = 400
"""Tickets below which a second process costs more than it brings."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A ticket file as read: the document, the ticket in it (None if unreadable) and how it breaks the schema."""

    path: str
    document: Document
    ticket: Ticket | None
    violations: tuple[Violation, ...]


class Survey(NamedTuple):
    """What lies under tickets/, sorted: the names of tickets, and the files that are none and belong to none."""

    tickets: list[str]
    strays: list[str]


def find(root: Path) -> list[str]:
    """Return every ``.md`` name under tickets/, relative to the root with forward slashes, sorted."""
    return survey(root).tickets


def survey(root: Path) -> Survey:
    """Return what `find` does, and the files beside, in one walk; nothing where there is no folder: git keeps no empty one."""
    folder = root / TICKETS
    if folder.is_symlink():
        # git would compare the link, and whatever it leads to could change unseen.
        raise FaultError(f"{TICKETS}/ 是一个链接：换成真正的文件夹，否则改动查不出来")
    if not folder.exists():
        return Survey([], [])
    if not folder.is_dir():
        raise FaultError(f"{TICKETS}/ 不是文件夹：删去这个文件，或从仓库恢复")
    found: list[str] = []
    closed: list[str] = []
    strays: list[str] = []
    homes: set[str] = set()
    """Folders of attachments, and those in them."""
    for here, folders, files in os.walk(folder, onerror=lambda error: closed.append(str(error.filename))):
        # A linked folder is not followed, and one that cannot be listed has no files: both must be seen all the same.
        odd = [name for name in folders if is_ticket(name) or Path(here, name).is_symlink()]
        prefix = Path(here).relative_to(root).as_posix()
        own = [*filter(is_ticket, files), *odd]
        found += [f"{prefix}/{name}" for name in own]
        named = {*own}
        homes.update(f"{prefix}/{name}" for name in folders if prefix in homes or f"{name}.md" in named)
        if prefix not in homes and len(own) < len(files) + len(odd):
            strays += [f"{prefix}/{name}" for name in files if name not in named]
    return Survey(sorted(found + [Path(name).relative_to(root).as_posix() for name in closed]), sorted(strays))


def is_ticket(name: str) -> bool:
    """Say whether a file of this name under tickets/ is a ticket."""
    return name.lower().endswith(".md") and not name.startswith(".")


def select(root: Path, paths: Sequence[Path]) -> list[str]:
    """Return the ticket files that files and folders given by a user stand for; all of them if none is given."""
    return within(root, paths, survey(root)).tickets


def within(root: Path, paths: Sequence[Path], found: Survey) -> Survey:
    """Return what of a survey some paths stand for, all of it if there are none; an attachment, and a folder of some, stand for the ticket."""
    if not paths:
        return found
    every, strays = found
    chosen: set[str] = set()
    loose: set[str] = set()
    for given in paths:
        # The paths that commands print are relative to the repository, wherever they are used.
        path = given if os.path.lexists(given) else root / given
        named = [one for one in every if one.endswith((f"/{given}.md", f"/{str(given).upper()}.md"))]
        if named and not os.path.lexists(path):
            chosen.update(named)  # an id
            continue
        if not os.path.lexists(path):
            raise FaultError(f"没有这个文件或文件夹：{given}")
        # The folder's links are followed, the file's own is not: the check must see it.
        name = path.parent.resolve() / path.name if path.name != ".." else path.resolve()
        prefix = os.path.relpath(name, root.resolve()).replace(os.sep, "/")
        inside, beside = (
            [one for one in some if prefix in {one, "."} or one.startswith(f"{prefix}/")] for some in (every, strays)
        )
        owners = {f"{one}.md" for one in (prefix, *map(str, PurePosixPath(prefix).parents))}.intersection(every)
        if not (inside or beside or owners):
            raise FaultError(f"{given} 不在 {TICKETS}/ 里")
        chosen.update(inside, owners)
        loose.update(beside)
    return Survey(sorted(chosen), sorted(loose))


def read(root: Path, path: str) -> Document:
    """Read a ticket file. Never raises for a bad file: what is wrong is in the document's problems."""
    try:
        return decode(_bytes(f"{root}{os.sep}{path}"))
    except _UnreadableError as error:
        return _failed(error.args[0])


def decode(data: bytes) -> Document:
    """Read the bytes of a ticket file, wherever they come from. Never raises, as `read`."""
    if b"\0" in data:
        return _failed("binary")
    try:
        return document.parse(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _failed("encoding")


def text(root: Path, path: str) -> str | None:
    """Return the text of a ticket file as it is, at a twentieth of the cost of reading what it says; None if unreadable."""
    try:
        return _bytes(f"{root}{os.sep}{path}").decode("utf-8")
    except (_UnreadableError, UnicodeDecodeError):
        return None


def digest(root: Path, path: str, text: str | None = None) -> str:
    """Return a digest of a ticket file and of the files in its folder: another one means that something changed.

    ``text`` is what was read of the ticket: the digest is then of that, whatever the file holds meanwhile.
    """
    found = hashlib.blake2b(digest_size=16)
    folder = path.removesuffix(".md")
    beside = sorted(attachments(root, path)) if Path(root, folder).is_dir() else ()
    for name in (path, *(f"{folder}/{one}" for one in beside)):
        data = _content(root, name) if text is None or name != path else text.encode("utf-8")
        found.update(f"{name} {len(data)}\n".encode())
        found.update(data)
    return found.hexdigest()


def content(root: Path, name: str) -> bytes | None:
    """Return the bytes of an attachment; None where it is no file (links and pipes are none), behind a link, or too large."""
    if is_behind_link(root, name):
        return None
    try:
        return _bytes(f"{root}{os.sep}{name}", _LARGEST)
    except _UnreadableError:
        return None


def is_behind_link(root: Path, name: str) -> bool:
    """Say whether one of the folders that lead to a file of the repository is a link: it leads anywhere."""
    return any((root / folder).is_symlink() for folder in PurePosixPath(name).parents if folder.name)


def _content(root: Path, name: str) -> bytes:
    try:
        return _bytes(f"{root}{os.sep}{name}", _LARGEST)
    except _UnreadableError as error:
        return repr(error).encode()


def outline(root: Path, path: str) -> tuple[str, frozenset[str]]:
    """Return the id of a ticket file, and the ids (without prefix) that its header names, without reading it as YAML.

    A twentieth of the cost of a full reading. The id is empty where only that can tell: a file that cannot be read, an
    ``id:`` in an unusual form.
    """
    try:
        data = _bytes(f"{root}{os.sep}{path}")
    except _UnreadableError:
        return "", frozenset()
    header = data[: data.find(b"\n---", 3)]
    own = _ID_LINE.match(header, header.find(b"\nid:"))
    # A name that is not the id, a second id, an escape: only a full reading can tell what is meant.
    unusual = own is None or header.count(b"\nid:") > 1 or b"\\" in header
    if own is None or unusual or not path.endswith(f"/{own[1].decode()}.md"):
        return "", frozenset()
    return own[1].decode(), frozenset(one.decode() for one in _NUMBER.findall(header))


def save(root: Path, path: str, text: str, expected: str | None) -> None:
    """Write a ticket file whole or not at all; ``expected`` is the text that was read (None: the file is new).

    Raises FaultError if the file is not that any more, if another writer or a half-done change has it, or if it cannot be
    written.
    """
    before = None if expected is None else expected.encode("utf-8")
    transaction.write(root, [transaction.Edit(path, path, before, text.encode("utf-8"))])


class _UnreadableError(Exception):
    """Carries the detail for the rule unreadable-file."""


def _bytes(path: str, largest: int = document.MAX_BYTES) -> bytes:
    # O_NOFOLLOW and O_NONBLOCK: a link must not lead out of the repository, and a pipe must not hang the check.
    if _MAY_FOLLOW and Path(path).is_symlink():
        raise _UnreadableError("symlink")
    try:
        descriptor = os.open(path, _READ)
    except OSError as error:
        details = {errno.ELOOP: "symlink", errno.ENXIO: "not a file", errno.EISDIR: "not a file"}
        raise _UnreadableError(details.get(error.errno or 0, "unreadable")) from None
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or status.st_size > largest:
        os.close(descriptor)
        raise _UnreadableError("too large" if stat.S_ISREG(status.st_mode) else "not a file")
    with open(descriptor, "rb") as file:  # noqa: PTH123 - opened by descriptor
        return file.read()


def _failed(detail: str) -> Document:
    return Document("", {}, "", (Problem("unreadable-file", 1, 1, detail),))


def load(root: Path, path: str, words: Vocabulary) -> Loaded:
    """Read one ticket file and build the ticket from what the schema accepts of it."""
    return loaded(path, read(root, path), words)


def loaded(path: str, source: Document, words: Vocabulary) -> Loaded:
    """Build the ticket from what the schema accepts of a document."""
    if any(problem.rule != "duplicate-key" for problem in source.problems) and not source.header:
        return Loaded(path, source, None, ())
    header, violations = words.schema.accepted(words.schema.coerce(source.header))
    violations += words.schema.unknown(source.blanks)
    return Loaded(path, source, ticket.build(path, source, header), tuple(violations))


def tickets(root: Path, words: Vocabulary) -> Iterator[Ticket]:
    """Read every ticket whose header and events can be read."""
    for path in find(root):
        one = load(root, path, words).ticket
        if one is not None:
            yield one


def attachments(root: Path, path: str) -> frozenset[str]:
    """Return the names of the readable files in a ticket's folder, with forward slashes; none where the folder is a link."""
    folder = root / path.removesuffix(".md")
    if folder.is_symlink():
        return frozenset()
    files = (Path(here, name) for here, _, names in os.walk(folder) for name in names)
    return frozenset(one.relative_to(folder).as_posix() for one in files if os.access(one, os.R_OK))


def each(
    root: Path, words: Vocabulary, paths: Sequence[str], work: Callable[..., Any], extra: tuple[Any, ...]
) -> list[Any]:
    """Load each file, apply ``work(loaded, words, *extra)`` and return the results in order; on all cores if there are many.

    ``work`` must be a module-level function, ``extra`` and the results picklable.
    """
    _VOCABULARY[root] = words  # forked workers find it here, others read it again
    return spread(paths, _work_on, (root, work, extra))


LISTENERS: list[Callable[[int, int], None]] = []
"""Who is told how many of the files are read: whoever started the program and watches it."""


def spread(paths: Sequence[Any], work: Callable[..., list[Any]], given: tuple[Any, ...]) -> list[Any]:
    """Apply ``work(some of the paths, *given)`` to all paths (or what else there is one of for each file).

    Return the results in order; work on all cores if there are many.

    ``work`` must be a module-level function, ``given`` and the results picklable.
    """
    cores = os.cpu_count() or 1
    if len(paths) < _WORTH_A_POOL or cores == 1:
        return work(paths, *given)
    chunks = [paths[start : start + _CHUNK] for start in range(0, len(paths), _CHUNK)]
    with multiprocessing.get_context(start_method()).Pool(cores, _prepare_worker, (work, given)) as pool:
        results: list[Any] = []
        done = 0
        for chunk, some in zip(chunks, pool.imap(_work_in_worker, chunks), strict=True):
            results += some
            done += len(chunk)
            for listener in LISTENERS:
                listener(done, len(paths))
        # Let the workers end by themselves: leaving the block would terminate them in the middle of their clean-up.
        pool.close()
        pool.join()
    return results


def start_method() -> str:
    """Return how to start a process: fork costs milliseconds and is safe where no threads run; macOS and Windows start afresh."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


_JOB: Any = None
_VOCABULARY: dict[Path, Vocabulary] = {}


def _prepare_worker(work: Callable[..., list[Any]], given: tuple[Any, ...]) -> None:
    global _JOB  # noqa: PLW0603 - the one way to hand a pool's workers something once
    _JOB = (work, given)
    # Nothing that a worker builds is cyclic; collecting would cost a tenth of the time.
    gc.disable()


def _work_in_worker(paths: Sequence[Any]) -> list[Any]:
    work, given = _JOB
    return list(work(paths, *given))


def _work_on(paths: Sequence[str], root: Path, work: Callable[..., Any], extra: tuple[Any, ...]) -> list[Any]:
    words = _VOCABULARY.get(root) or vocabulary.load(root)
    _VOCABULARY[root] = words
    return [work(load(root, path, words), words, *extra) for path in paths]
