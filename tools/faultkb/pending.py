"""Faults that are only in open pull requests so far: read from git objects, never checked out, and judged like any other."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from faultkb import corpus, document, gitrepo, refs, standing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from faultkb.standing import Standing
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

_BRANCH = re.compile(r"intake/[0-9]{1,9}")
_TICKET = re.compile(r"tickets/[0-9]{4}/[0-9]{2}/([A-Z]{2}-[0-9]{8}-[0-9]{3,6})\.md")
_MOST = 20
"""Tickets of a pull request that are looked at: an intake brings one."""


def is_intake(branch: str) -> bool:
    """Say whether a branch of our own repository is one that an intake makes: ``intake/12``."""
    return bool(_BRANCH.fullmatch(branch))


def fetched(root: Path, where: str, heads: Mapping[str, tuple[int, str]]) -> dict[str, str]:
    """Bring intake branches here and return the commits of those that came; ``heads`` are `bulletin.open_heads`.

    A branch that has moved meanwhile is left to the next run. Raise FaultError where the remote is silent.
    """
    names = [branch for branch in heads if is_intake(branch)]
    if names:
        shallow = gitrepo.require_repository(root)
        refs.fetch(root, where, *(f"refs/heads/{branch}" for branch in names), depth=1 if shallow else 0)
    return {branch: tip for branch in names if (tip := gitrepo.commit(root, heads[branch][1]))}


def merged(root: Path) -> frozenset[str]:
    """Return the ids of the faults in the checkout, which are pending no more."""
    return frozenset(PurePosixPath(path).stem for path in corpus.find(root))


def new(root: Path, tip: str, words: Vocabulary, as_of: datetime, known: Collection[str]) -> Iterator[Standing]:
    """Return how the faults of a commit stand whose ids are not ``known``."""
    found = (standing.of(one, words, as_of) for one in tickets(root, tip, words, known))
    return (one for one in found if one)


def tickets(root: Path, tip: str, words: Vocabulary, known: Collection[str]) -> Iterator[Ticket]:
    """Return the faults of a commit whose ids are not ``known``, as far as they can be read; links and the like are none."""
    paths = gitrepo.contents(root, tip, corpus.TICKETS)
    wanted = [
        (path, blob) for path, blob in paths.items() if (name := _TICKET.fullmatch(path)) and name[1] not in known
    ]
    ids = [blob for _, blob in wanted[:_MOST]]
    for (path, _), (_, kind, _, data) in zip(wanted, gitrepo.objects(root, ids, document.MAX_BYTES), strict=False):
        one = corpus.loaded(path, corpus.decode(data), words).ticket if kind == "blob" and data else None
        if one and path.endswith(f"/{one.id}.md"):
            yield one
