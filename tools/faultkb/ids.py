"""Public ids: ``<prefix>-<date>-<number>``, which is the next free one of a day, and how it becomes ours alone."""

from __future__ import annotations

import contextlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultkb import claims, corpus, gitrepo
from faultkb.finding import FaultError
from faultkb.validation import FAULT_ID

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

_LAST = 999_999
_ROUNDS = 200
"""Races lost in a row after which somebody must be cheating: of those who claim at once, one wins each round."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """An id for a new ticket; ``notice`` is empty when it is reserved on the remote, else says why not and what to do."""

    id: str
    notice: str


def home(ticket_id: str) -> str:
    """Return the path of a ticket's file, relative to the repository."""
    return f"{_folder(ticket_id)}/{ticket_id}.md"


def _folder(ticket_id: str) -> str:
    digits = ticket_id.split("-")[1]
    return f"{corpus.TICKETS}/{digits[:4]}/{digits[4:6]}"


def next_id(root: Path, prefix: str, day: date) -> str:
    """Return the id after the highest of its kind and day that this clone knows of; nothing is reserved."""
    stem = f"{prefix}-{day:%Y%m%d}"
    return _after(stem, _known(root, stem))


def reserve(root: Path, prefix: str, day: date, note: str = "") -> Reservation:
    """Reserve the next id of a kind and day. Where no remote can be asked, the next that this clone knows to be free.

    With a note (such as ``#12``): the id that was reserved with the same note before, as long as no ticket here has it.
    """
    stem = f"{prefix}-{day:%Y%m%d}"
    taken = _known(root, stem)
    try:
        return Reservation(_race(root, stem, taken, note), "")
    except (claims.UnreservedError, FaultError) as error:
        return _unreserved(_after(stem, taken), str(error))


def reserve_exactly(root: Path, ticket_id: str) -> Reservation:
    """Reserve an id that somebody chose. Raise FaultError if it is taken."""
    stem, _, number = ticket_id.rpartition("-")
    free = int(number) not in _known(root, stem)
    try:
        free = free and claims.claim(root, claims.remote(root), ticket_id)
    except (claims.UnreservedError, FaultError) as error:
        return _unreserved(ticket_id, str(error))
    if not free:
        raise FaultError(f"编号 {ticket_id} 已经有人用了：换一个，或不写新编号，由程序取下一个")
    return Reservation(ticket_id, "")


def _race(root: Path, stem: str, taken: set[int], note: str) -> str:
    """Claim the next number until one is ours; ``taken`` learns what others have."""
    where = claims.remote(root)
    filed = {path.rpartition("/")[2] for path in corpus.find(root)} if note else set()
    for one in claims.noted(root, where, f"{stem}-", note) if note else ():
        if f"{one}.md" not in filed:
            return one
    for _ in range(_ROUNDS):
        taken |= _numbers(stem, claims.claimed(root, where, f"{stem}-"))
        wanted = _after(stem, taken)
        if claims.claim(root, where, wanted, note):
            return wanted
        taken |= _numbers(stem, [wanted])
    raise claims.UnreservedError(f"远程仓库“{where}”上同时取编号的人太多")


def _unreserved(ticket_id: str, reason: str) -> Reservation:
    notice = f"编号 {ticket_id} 没有保留，别人可能取到同一个：{reason}。合并之前先运行 fault check；编号重复时运行 fault renumber {ticket_id} 换一个"
    return Reservation(ticket_id, notice)


def _known(root: Path, stem: str) -> set[int]:
    """Return the numbers of a kind and day in the working tree and in every branch, local or fetched."""
    names = [path.rpartition("/")[2] for path in corpus.find(root)]
    with contextlib.suppress(FaultError):  # without git there are no branches
        names += gitrepo.names_in_branches(root, _folder(stem))
    return _numbers(stem, (name.removesuffix(".md") for name in names))


def _numbers(stem: str, names: Iterable[str]) -> set[int]:
    matches = (FAULT_ID.fullmatch(name) for name in names)
    return {int(match[3]) for match in matches if match and match[0].startswith(f"{stem}-")}


def _after(stem: str, taken: set[int]) -> str:
    number = max(taken, default=0) + 1
    if number > _LAST:  # somebody made a great leap, by mistake or not
        number = next(one for one in itertools.count(1) if one not in taken)
    return f"{stem}-{number:03d}"
