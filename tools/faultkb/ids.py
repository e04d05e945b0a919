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
    from collections.abc import Iterable, Sequence
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


@dataclass(frozen=True, slots=True)
class Batch:
    """Many ids at once, in the order in which they were wanted; ``notice`` as that of a `Reservation`."""

    ids: list[str]
    notice: str


def several(root: Path, wanted: Sequence[str], *, reserve: bool = False) -> Batch:
    """Return an id for each of what is wanted: an id itself, or ``SW-20261103`` for the next number of that kind and day.

    All are reserved in few pushes, however many; without ``reserve`` nothing is. An id that is wanted itself is given
    also if somebody has reserved it: whoever did has no file of it here.
    """
    taken = _all_known(root, {one[: len("SW-20261103")] for one in wanted})
    if not reserve or not wanted:
        return Batch(_given(wanted, taken), "")
    try:
        where = claims.remote(root)
        return Batch(_reserved(root, where, wanted, taken), "")
    except (claims.UnreservedError, FaultError) as error:
        given = _given(wanted, _all_known(root, set(taken)))
        notice = f"{len(given)} 个编号都没有保留，别人可能取到同样的：{error}。合并之前先运行 fault check；编号重复时运行 fault renumber 换一个"
        return Batch(given, notice)


def _reserved(root: Path, where: str, wanted: Sequence[str], taken: dict[str, set[int]]) -> list[str]:
    """Claim an id for each; those that somebody else gets meanwhile are replaced by the next."""
    found: dict[int, str] = {}
    for _ in range(_ROUNDS):
        for one in claims.claimed(root, where, ""):
            stem, _, number = one.rpartition("-")
            if stem in taken and number.isdigit():
                taken[stem].add(int(number))
        open_ = [number for number in range(len(wanted)) if number not in found]
        given = _given([wanted[number] for number in open_], taken)
        ours = claims.claim_all(root, where, given)
        found |= {n: one for n, one in zip(open_, given, strict=True) if one in ours or one == wanted[n]}
        if len(found) == len(wanted):
            return [found[number] for number in range(len(wanted))]
    raise claims.UnreservedError(f"远程仓库“{where}”上同时取编号的人太多")


def _given(wanted: Sequence[str], taken: dict[str, set[int]]) -> list[str]:
    """Choose ids that are free; ``taken`` learns them. Those that are wanted themselves come first."""
    for one in wanted:
        stem, _, number = one.rpartition("-")
        if stem in taken:
            taken[stem].add(int(number))
    given = []
    for one in wanted:
        if one in taken:
            chosen = _after(one, taken[one])
            taken[one].add(int(chosen.rpartition("-")[2]))
            given.append(chosen)
        else:
            given.append(one)
    return given


def _all_known(root: Path, stems: set[str]) -> dict[str, set[int]]:
    """Return the numbers of many kinds and days as `_known` does, and those of files that somebody is writing."""
    names = [path.rpartition("/")[2] for path in corpus.find(root)]
    names += [path.name[1:].removesuffix(".lock") for path in (root / corpus.TICKETS).glob("*/*/.*.md.lock")]
    with contextlib.suppress(FaultError):  # without git there are no branches
        for folder in sorted({_folder(stem) for stem in stems}):
            names += gitrepo.names_in_branches(root, folder)
    taken: dict[str, set[int]] = {stem: set() for stem in stems}
    for name in names:
        match = FAULT_ID.fullmatch(name.removesuffix(".md"))
        if match and f"{match[1]}-{match[2]}" in taken:
            taken[f"{match[1]}-{match[2]}"].add(int(match[3]))
    return taken


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
