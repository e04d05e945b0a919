"""The branch of an issue: what of its ticket we have put there, whether others have worked on it since, and what is next."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from faultkb import gitrepo, ids, moment, refs
from faultkb.finding import FaultError
from faultkb.validation import FAULT_ID

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

_OURS = re.compile(rf"(?:登记|更新) (?P<id>{FAULT_ID.pattern})（#(?P<issue>[0-9]+)）")
"""The first line of our commits."""
_FAR = "200"
"""Commits of a branch that are looked at; further back lies main."""


class Held(NamedTuple):
    """What a branch holds: its tip (empty: there is no such branch), the id of our ticket, the files of that ticket by path.

    ``written`` are the files as the form last made them, in the commit ``form``; both differ where others have worked on
    the ticket. ``is_ours`` says that nobody has since our last commit; what else happens on the branch does not matter.
    """

    tip: str
    id: str
    files: dict[str, bytes]
    is_ours: bool
    form: str = ""
    written: Mapping[str, bytes] = MappingProxyType({})


def branch(number: int) -> str:
    """Return the name of the branch of an issue."""
    return f"intake/{number}"


def look(root: Path, where: str, number: int) -> Held:
    """Read the branch of an issue on a remote. Raise FaultError where that cannot be reached."""
    tip = refs.at(root, where, _ref(number))
    if not tip:
        return Held("", "", {}, is_ours=True)
    refs.fetch(root, where, _ref(number))
    written, ticket_id = _latest(root, tip, number)
    if not written:
        return Held(tip, "", {}, is_ours=False)
    now, form = _files(root, tip, ticket_id), gitrepo.commit(root, f"{written}^2") or written
    is_ours = now == _files(root, written, ticket_id)
    return Held(tip, ticket_id, _read(root, now), is_ours, form, _read(root, _files(root, form, ticket_id)))


class Change(NamedTuple):
    """Files of a ticket for a branch: as the form makes them, and with what others have changed there (often the same)."""

    ticket_id: str
    made: Mapping[str, bytes]
    merged: Mapping[str, bytes]


def put(root: Path, where: str, number: int, held: Held, change: Change, base: str) -> str:
    """Put the files of a ticket on the branch in place of those that are there; return the commit.

    Empty if the branch is not what was seen any more. A new branch begins at ``base``, a commit of this clone. Raise
    FaultError where the remote refuses.
    """
    name = f"{change.ticket_id}（#{number}）\n\n由登记表单生成。\n"
    form = ""
    if change.merged != change.made:  # what the form makes is a side line, which the branch takes in
        side = {**dict.fromkeys(held.written), **change.made}
        form = refs.commit(root, side, f"表单 {name}", held.form)
    changed: dict[str, bytes | None] = {**dict.fromkeys(held.files), **change.merged}
    verb = "更新" if held.id == change.ticket_id else "登记"
    made = refs.commit(root, changed, f"{verb} {name}", held.tip or base, form)
    pushed = refs.push(root, where, made, _ref(number), held.tip)
    if pushed.ok:
        return made
    now = refs.at(root, where, _ref(number))
    if now == held.tip:
        raise FaultError("没有推送成功：工作流要有写入仓库内容的权限（contents: write），见 .github/SETUP.md", code=1)
    return made if now == made else ""


def tip(root: Path, where: str, name: str) -> str:
    """Return the last commit of a branch of a remote, and have it here. Raise FaultError where there is none."""
    found = refs.at(root, where, f"refs/heads/{name}")
    if not found:
        raise FaultError(f"远程仓库“{where}”没有默认分支")
    if not gitrepo.commit(root, found):
        refs.fetch(root, where, f"refs/heads/{name}")
    return found


def moved(root: Path, where: str, name: str, zone: str) -> datetime:
    """Return when a branch of a remote got its last commit. Raise FaultError where there is none."""
    told = gitrepo.run(root, "log", "-1", "--no-show-signature", "--format=%ct", tip(root, where, name))
    return moment.at(int(told), zone)


def _ref(number: int) -> str:
    return f"refs/heads/{branch(number)}"


def _latest(root: Path, tip: str, number: int) -> tuple[str, str]:
    """Return our last commit for an issue and the id that it is about; both empty if there is none.

    Somebody may have brought main into the branch, or rebased it: it is the author that tells.
    """
    said = gitrepo.ask(root, "log", "--first-parent", f"--max-count={_FAR}", "--format=%H%x00%ae%x00%s", tip).text
    for line in said.splitlines():
        commit, author, subject = line.split("\0")
        match = _OURS.fullmatch(subject)
        if match and int(match["issue"]) == number and author == refs.NOBODY["GIT_AUTHOR_EMAIL"]:
            return commit, match["id"]
    return "", ""


def _files(root: Path, commit: str, ticket_id: str) -> dict[str, str]:
    """Return the object ids of a ticket and of the files beside it, by path."""
    path = ids.home(ticket_id)
    listed = gitrepo.run(root, "ls-tree", "-r", "-z", commit, "--", path, f"{path.removesuffix('.md')}/")
    heads = (line.partition("\t") for line in listed.decode("utf-8", "replace").split("\0") if line)
    return {name: head.split(" ")[2] for head, _, name in heads if head.split(" ")[1] == "blob"}


def _read(root: Path, files: Mapping[str, str]) -> dict[str, bytes]:
    return dict(zip(files, gitrepo.blobs(root, list(files.values())), strict=True))
