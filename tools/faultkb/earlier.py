"""What the commits of a branch gave the files under tickets/ and its files hold no more: a merge keeps it in the history."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from faultkb import corpus, gitrepo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

_LARGEST = 10_000_000
"""Bytes of a content that is looked at: as many as of a file beside a ticket."""


class Version(NamedTuple):
    """A content that a commit gave a path: ids of the commit, of the content, and of what the base has there (or empty)."""

    path: str
    commit: str
    blob: str
    before: str


class Held(NamedTuple):
    """What a file held in a commit, what it holds on the base, and what it holds today; empty where it is not there."""

    path: str
    commit: str
    then: bytes
    before: bytes
    now: bytes


@dataclass(frozen=True, slots=True)
class Past:
    """What a ticket, and the files beside it, held in the commits of a branch; ``path`` is the ticket's."""

    path: str
    held: tuple[Held, ...]
    vocabulary: Vocabulary


def versions(root: Path, base: str, known: Mapping[str, str]) -> tuple[Version, ...]:
    """Find what the commits since a base gave the files, and neither the base (``known``: ids by path) nor HEAD has there."""
    prefix = gitrepo.prefix(root)
    home = f"{prefix}{corpus.TICKETS}/"
    given = [
        (path.removeprefix(prefix), step.id, blob)
        for step in gitrepo.steps(root, base, tip="HEAD")
        for path, blob in step.files
        if path.startswith(home)
    ]
    there = set(known.values())
    fresh = [one for one in given if one[2] not in there]
    if not fresh:
        return ()
    now = gitrepo.contents(root, "HEAD", corpus.TICKETS)
    edited = gitrepo.changed(root, "HEAD", corpus.TICKETS)
    return tuple(
        Version(path, commit, blob, known.get(path, ""))
        for path, commit, blob in fresh
        if now.get(path) != blob or path in edited
    )


def load(root: Path, found: Sequence[Version], words: Vocabulary) -> Iterator[Past]:
    """Read what was found, ticket by ticket; what a ticket was called in a commit counts as its path there."""
    ids = dict.fromkeys(one for version in found for one in (version.blob, version.before) if one)
    data = {one: text for one, _, _, text in gitrepo.objects(root, ids, _LARGEST)} if ids else {}
    held: dict[str, list[Held]] = {}
    for one in found:
        now = corpus.content(root, one.path) or b""
        each = Held(one.path, one.commit, data.get(one.blob, b""), data.get(one.before, b""), now)
        held.setdefault(_owner(one.path), []).append(each)
    yield from (Past(path, tuple(every), words) for path, every in sorted(held.items()))


def _owner(path: str) -> str:
    """Return the ticket that a file is, or that it lies beside: tickets/2026/11/<ID>/name."""
    folder = "/".join(PurePosixPath(path).parts[:4])
    return path if corpus.is_ticket(PurePosixPath(path).name) else f"{folder}.md"
