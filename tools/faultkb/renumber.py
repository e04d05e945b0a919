"""A new id for a fault that is not on the base yet: what changes in which file. `transaction` writes it."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from faultkb import check, corpus, gitrepo, ids
from faultkb.finding import ERROR, FaultError
from faultkb.transaction import Edit
from faultkb.validation import FAULT_ID

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from faultkb.finding import Finding
    from faultkb.ids import Reservation
    from faultkb.vocabulary import Vocabulary

_PAGES = "kb"
_GENERATED = tuple(f"{_PAGES}/{name}/" for name in ("faults", "reference", "api"))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new id changes: file contents, the ticket's own last, and the renames among its attachments, in order."""

    old: str
    new: str
    edits: tuple[Edit, ...]
    moves: tuple[tuple[str, str], ...]


def refuse_unreadable(root: Path, path: str) -> None:
    """Raise FaultError unless a file holds the ticket that its name says; a merge conflict is named with the way out."""
    source = corpus.read(root, path)
    old = PurePosixPath(path).stem
    if _day(old) is None:
        raise FaultError(f"“{old}”不是问题编号，编号的格式是 SW-20261103-001")
    if any(problem.rule == "merge-conflict" for problem in source.problems):
        raise FaultError(
            f"{path} 里有没有解决的合并冲突：先运行 {gitrepo.way_out(root)} 回到合并之前，再运行 fault renumber {old}",
            code=1,
        )
    if source.problems or source.header.get("id") != old:
        raise FaultError(f"{path} 读不出来，或文件名与编号（id）不一致：先运行 fault check {path}", code=1)


def base_commit(root: Path, path: str, base: str | None) -> str:
    """Return the commit at which the branch left its base, empty where there is no history. Refuse a ticket that it has."""
    if base is None and not gitrepo.has_history(root):
        return ""
    base = base or gitrepo.default_base(root)
    commit = gitrepo.merge_base(root, base)
    old = PurePosixPath(path).stem
    if any(gitrepo.has_file(root, commit, one) for one in (path, ids.home(old))):
        raise FaultError(
            f"{old} 在基线（{base.removeprefix('refs/remotes/')}）里已经有了，它的编号不能再改；要换编号的是还没有合并的那一个，请在它的分支上运行",
            code=1,
        )
    return commit


def wanted(old: str, new: str) -> str:
    """Return the id that somebody wants instead of an old one. Raise FaultError if it is none, or of another kind or day."""
    new = new.strip().upper()
    match = FAULT_ID.fullmatch(new)
    stem = old.rpartition("-")[0]
    if match is None or new != f"{match[1]}-{match[2]}-{int(match[3]):03d}":
        raise FaultError(f"“{new}”不是问题编号：写成 {stem}-002 这样，或不写，由程序取下一个")
    if not new.startswith(f"{stem}-"):
        raise FaultError(f"新编号要以 {stem}- 开头：类型和日期取自登记，不会变")
    if new == old:
        raise FaultError(f"新编号与旧编号相同：{new}")
    return new


def reserve(root: Path, old: str, new: str | None) -> Reservation:
    """Reserve the wanted id, or the next of the same kind and day."""
    return ids.reserve_exactly(root, new) if new else ids.reserve(root, old[:2], _day(old) or date.min)


def expect(root: Path, old: str) -> str:
    """Return the id that `reserve` would try first."""
    return ids.next_id(root, old[:2], _day(old) or date.min)


def _day(ticket_id: str) -> date | None:
    match = FAULT_ID.fullmatch(ticket_id)
    try:
        return date.fromisoformat(match[2]) if match else None
    except ValueError:
        return None


def plan(root: Path, path: str, new: str, commit: str) -> Plan:
    """Find everything that names a ticket, and how it changes. Lines that the base has already mean the other fault."""
    old = PurePosixPath(path).stem
    name = re.compile(rf"(?<![A-Za-z0-9_-]){old}(?![A-Za-z0-9_-])")
    differing = _differing(root, commit) if commit else None
    recorded = _recorded(root, differing or {}, name)
    gone = sum((lines for one, lines in recorded.items() if not (root / one).is_file()), Counter[str]())
    texts = {one: corpus.text(root, one) or "" for one in _paths(root) if differing is None or one in differing}
    edits = [
        Edit(one, one, text.encode(), _renamed(text, name, new, recorded.get(one, gone)).encode())
        for one, text in texts.items()
        if old in text and one != path
    ]
    own = Edit(path, ids.home(new), texts[path].encode(), name.sub(new, texts[path]).encode())
    changed = (edit for edit in edits if edit.before != edit.after)
    return Plan(old, new, (*changed, own), tuple(_moves(root, path, new, name)))


def _paths(root: Path) -> list[str]:
    """Name the tickets and the hand-written pages."""
    pages = (page.relative_to(root).as_posix() for page in sorted((root / _PAGES).rglob("*.md")))
    return [*corpus.find(root), *(page for page in pages if not page.startswith(_GENERATED))]


def _differing(root: Path, commit: str) -> dict[str, str | None]:
    return {**gitrepo.changed(root, commit, corpus.TICKETS), **gitrepo.changed(root, commit, _PAGES)}


def _recorded(root: Path, differing: Mapping[str, str | None], name: re.Pattern[str]) -> dict[str, Counter[str]]:
    """Count the lines with the old id in each file as it was."""
    blobs = {path: blob for path, blob in differing.items() if blob and path.endswith(".md")}
    contents = zip(blobs, gitrepo.blobs(root, list(blobs.values())), strict=True)
    return {path: Counter(filter(name.search, _lines(data.decode("utf-8", "replace")))) for path, data in contents}


def _lines(text: str) -> Iterator[str]:
    """Split into lines without their ends: git may store others than the working tree has."""
    return (line.removesuffix("\r") for line in text.split("\n"))


def _renamed(text: str, name: re.Pattern[str], new: str, recorded: Counter[str]) -> str:
    """Replace the id in the lines that are new."""
    left = recorded.copy()
    lines = text.split("\n")
    for index, line in enumerate(_lines(text)):
        if left[line] > 0:
            left[line] -= 1
        else:
            lines[index] = name.sub(new, lines[index])
    return "\n".join(lines)


def _moves(root: Path, path: str, new: str, name: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Rename what goes by the old id among the attachments, innermost first, and their folder last."""
    folder, home = root / path.removesuffix(".md"), root / ids.home(new).removesuffix(".md")
    inside = [] if folder.is_symlink() else sorted(folder.rglob("*"), key=lambda one: -len(one.parts))
    renames = [(one, one.with_name(name.sub(new, one.name))) for one in inside]
    renames += [(folder, home)] if folder.is_dir() else []
    for old, other in renames:
        if other != old and os.path.lexists(other):
            raise FaultError(f"{other.relative_to(root).as_posix()} 已经有了：先移走它，或换一个新编号")
        if other != old:
            yield old.relative_to(root).as_posix(), other.relative_to(root).as_posix()


def mistakes(root: Path, words: Vocabulary, as_of: datetime, planned: Plan) -> list[Finding]:
    """Return the errors that a plan would bring into a ticket."""
    found = []
    for edit in planned.edits:
        known = Counter(
            (one.rule, one.message.replace(planned.old, planned.new))
            for one in _errors(root, words, as_of, edit.path, edit.before or b"")
        )
        for one in _errors(root, words, as_of, edit.target, edit.after):
            known[one.rule, one.message] -= 1
            if known[one.rule, one.message] < 0:
                found.append(one)
    return found


def _errors(root: Path, words: Vocabulary, as_of: datetime, path: str, data: bytes) -> list[Finding]:
    if not path.startswith(f"{corpus.TICKETS}/"):
        return []
    found, _ = check.examine(corpus.loaded(path, corpus.decode(data), words), words, root, as_of)
    return [one for one in found if one.level == ERROR]
