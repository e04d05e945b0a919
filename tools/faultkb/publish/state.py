"""What the last run made, so that the next one does only what has changed since; lost without harm.

It lies in git's own folder: a commit cannot bring one along that claims that something was checked. Where there is no git,
nothing is remembered, and everything is done anew.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import sys
import time
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from faultkb import gitrepo
from faultkb.finding import FaultError
from faultkb.publish.article import Article

try:
    import fcntl
except ImportError:  # Windows: nobody is kept from starting twice there
    fcntl = None  # type: ignore[assignment]

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_READERS = ("markdown-it-py", "pillow", "pypdf", "jsonschema-rs", "pyyaml")
_GENERATORS = ("mkdocs", "mkdocs-material", "markdown", "pymdown-extensions", "pygments", "jinja2")
Stamp = tuple[int, ...]
"""Modification time in nanoseconds and size: what tells that a file is the one that was written.

Where it is `exact`, also when the file was changed in any way: everybody can set the first, nobody the last. Files that were
copied, such as those of a cache, are then other ones. Pages under kb/ cannot be told so: to build them gives them a second name
for a while, which counts as a change.
"""


class Record(NamedTuple):
    """A ticket at the last run.

    ``seen`` are its stamps, ``page`` is a digest of what its page was made of, ``document`` that of its JSON, ``files``
    are the attachments beside its page, ``waived`` the rules and fingerprints of private values that it lets out on its page.
    """

    seen: str
    digest: str
    article: Article | None
    page: str = ""
    document: str = ""
    files: tuple[str, ...] = ()
    waived: tuple[tuple[str, str], ...] = ()


@dataclass
class State:
    """What is remembered of a repository.

    ``tickets`` by path; ``files`` under kb/ by path, as written; ``search``: ids in the order of their numbers, and
    ``index`` the files of the search index that has them; ``sites``: for each output folder what it was built from, what
    came of it, and which private values were let out, by the fault that waives them.
    """

    key: str = ""
    as_of: str = ""
    tickets: dict[str, Record] = field(default_factory=dict)
    files: dict[str, Stamp] = field(default_factory=dict)
    search: list[str] = field(default_factory=list)
    index: dict[str, Stamp] = field(default_factory=dict)
    sites: dict[str, dict[str, Any]] = field(default_factory=dict)


def load(root: Path) -> State:
    """Return what is remembered of a repository; an empty state where nothing is, or where it was made by other rules."""
    place, key = _place(root), key_of(root)
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        if place is not None:
            data = json.loads(place.read_bytes())
            if data["key"] == key:
                tickets = {
                    path: Record(seen, digest, Article.restored(article), page, document, tuple(files), _pairs(waived))
                    for path, (seen, digest, article, page, document, files, waived) in data["tickets"].items()
                }
                files, index = _stamped(data["files"]), _stamped(data["index"])
                return State(key, data["as_of"], tickets, files, data["search"], index, data["sites"])
    return State(key)


def _stamped(data: Mapping[str, Sequence[int]]) -> dict[str, Stamp]:
    return {name: (time, size) for name, (time, size) in data.items()}


def _pairs(data: Iterable[Sequence[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((rule, value) for rule, value in data)


@contextlib.contextmanager
def alone(root: Path) -> Iterator[None]:
    """Raise FaultError if another process writes the pages of this repository at the same time."""
    place = _place(root)
    if place is None or fcntl is None:
        yield
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    with place.with_suffix(".lock").open("wb") as file:
        # The processes that a killed build has started hold the lock until they notice.
        last_try = time.monotonic() + _PATIENCE
        while not _is_ours(file):
            if time.monotonic() > last_try:
                raise FaultError("另一个命令正在发布或建网站：等它结束，再运行一次")
            time.sleep(0.1)
        yield


_PATIENCE = 3
"""Seconds to wait for a lock."""


def _is_ours(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def save(root: Path, state: State) -> None:
    """Remember a state; where that is not possible, the next run does everything."""
    place = _place(root)
    if place is None:
        return
    data = {
        **vars(state),
        "tickets": {
            path: (
                one.seen,
                one.digest,
                one.article and one.article.kept(),
                one.page,
                one.document,
                one.files,
                one.waived,
            )
            for path, one in state.tickets.items()
        },
    }
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_suffix(".new")
        draft.write_text(json.dumps(data, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        draft.replace(place)


def _place(root: Path) -> Path | None:
    answer = gitrepo.ask(root, "rev-parse", "--absolute-git-dir")
    name = hashlib.sha256(str(root).encode()).hexdigest()[:16]
    return Path(answer.text, "faultkb", f"{name}.json") if answer.ok else None


def key_of(root: Path) -> str:
    """Return a digest of what decides how a ticket becomes pages: the program, what it reads with, and the schema."""
    return _digest([*_program(), sys.version.encode(), *_versions(_READERS), *_contents(root / "schema")])


def theme(root: Path, given: Mapping[str, str]) -> str:
    """Return a digest of what decides how a page becomes HTML: settings, templates, the versions of the libraries."""
    settings = (f"{name}={value}".encode() for name, value in sorted(given.items()))
    return _digest(
        [*_versions(_GENERATORS), *settings, (root / "mkdocs.yml").read_bytes(), *_contents(root / "kb" / "templates")]
    )


def _versions(names: Iterable[str]) -> Iterable[bytes]:
    return (f"{name} {metadata.version(name)}".encode() for name in names)


@functools.cache
def _program() -> tuple[bytes, ...]:
    return tuple(_contents(Path(__file__).resolve().parents[1]))


def _contents(folder: Path) -> Iterable[bytes]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            yield path.relative_to(folder).as_posix().encode()
            yield path.read_bytes()


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def stamps(folder: Path, *, hidden: bool = False, exact: bool = False) -> dict[str, Stamp]:
    """Return the stamp of every file in a folder, by path with forward slashes; templates, and hidden files if not asked for, are left out."""
    found: dict[str, Stamp] = {}
    waiting = [("", str(folder))] if folder.is_dir() else []
    while waiting:
        prefix, here = waiting.pop()
        with os.scandir(here) as entries:
            for one in entries:
                if (one.name.startswith(".") and not hidden) or (not prefix and one.name == "templates"):
                    continue
                if one.is_dir(follow_symlinks=False):
                    waiting.append((f"{prefix}{one.name}/", one.path))
                elif one.is_file(follow_symlinks=False):
                    status = one.stat(follow_symlinks=False)
                    more = (status.st_ctime_ns,) if exact else ()
                    found[f"{prefix}{one.name}"] = (status.st_mtime_ns, status.st_size, *more)
    return found
