"""Reserved ids: ``refs/faults/<ID>`` on a remote. Whoever creates the ref has the id; git refuses a second creation."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from faultkb import gitrepo, refs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_FOLDER = "refs/faults"
_LATEST = 300
"""Claims of a day whose notes are read."""
_AT_ONCE = 100
"""Ids of one push: Windows allows a command of 32,767 characters."""
_TRIES = 4
"""Pushes of one ref while the remote says that it is busy."""
_BUSY = re.compile(r"failed to update|lock|already exists", re.IGNORECASE)
_PLAIN = re.compile(r"\w[\w.+/-]*")
_REASONS = (
    (r"^timeout$", f"{gitrepo.PATIENCE:.0f} 秒内没有回答"),
    (r"hook declined", "按它的规则拒绝了"),
    (r"publickey|Authentication failed|could not read (?:Username|Password)", "要先登录（密码或密钥）"),
    (r"Host key verification", "的主机密钥还没有确认"),
    (
        r"error: 403|permission|access denied|not allowed|read.only|prohibited|protected|hidden ref",
        "不让你写入（没有权限）",
    ),
    (r"does not appear to be a git repository|not found|does not exist", "不存在"),
    (r"unable to access|could not resolve|connect|timed out|unreachable|hung up|read from remote", "连接不上"),
)
"""What git says, and how a notice continues after the name of the remote. git's own words may hold a password."""


class UnreservedError(Exception):
    """Why no id could be reserved, as the part of a Chinese sentence that names the reason."""


def remote(root: Path) -> str:
    """Return the remote that keeps the ids: the configured one, else ``upstream``, the branch's own, ``origin``, the only one."""
    if not gitrepo.is_repository(root):
        raise UnreservedError("这里不是 git 仓库")
    names = gitrepo.remotes(root)
    if not names:
        raise UnreservedError("还没有远程仓库")
    wanted = gitrepo.setting(root, "fault.remote")
    if wanted and wanted not in names:
        raise UnreservedError("设置 fault.remote 写的不是这里的远程仓库")
    ordered = (wanted, "upstream", gitrepo.setting(root, f"branch.{gitrepo.branch(root)}.remote"), "origin")
    chosen = next((name for name in ordered if name in names), names[0] if len(names) == 1 else "")
    if not chosen:
        raise UnreservedError("有几个远程仓库，不知道用哪一个，请运行 git config fault.remote 加上它的名字")
    if not _PLAIN.fullmatch(chosen):
        raise UnreservedError("远程仓库的名字里有不能用的符号，请用 git remote rename 改名")
    return chosen


def claimed(root: Path, where: str, stem: str) -> dict[str, str]:
    """Return the ids on a remote that begin with a stem, and the object of each. Raise UnreservedError if it is silent."""
    answer = gitrepo.ask_remote(root, "ls-remote", "--refs", "--end-of-options", where, f"{_FOLDER}/{stem}*")
    if not answer.ok:
        raise UnreservedError(_reason(where, answer.complaint))
    pairs = (line.partition("\t") for line in answer.text.splitlines())
    return {ref.removeprefix(f"{_FOLDER}/"): holder for holder, _, ref in pairs if ref.startswith(f"{_FOLDER}/{stem}")}


def claim(root: Path, where: str, ticket_id: str, note: str = "") -> bool:
    """Make an id ours; False if it is somebody else's. The note says what for: `noted` finds it. Raise UnreservedError where the remote does not let us."""
    ours = _unique(root, ticket_id, note)
    said = ""
    for _ in range(_TRIES):
        pushed = refs.push(root, where, ours, f"{_FOLDER}/{ticket_id}")
        if pushed.ok:
            return True
        said = f"{pushed.text}\n{pushed.complaint}"
        # The push may have arrived although the connection broke; and what git says of a lost race depends on the server.
        holder = claimed(root, where, ticket_id).get(ticket_id)
        if holder or "stale info" in said:
            return holder == ours
        if not _BUSY.search(pushed.text):
            break
    raise UnreservedError(_reason(where, said))


def claim_all(root: Path, where: str, ids: Sequence[str]) -> set[str]:
    """Make many ids ours; return those that are, the others are somebody else's. Raise UnreservedError as `claim` does."""
    if not ids:
        return set()
    ours = _unique(root, f"{len(ids)} ids", "")
    said = ""
    for start in range(0, len(ids), _AT_ONCE):
        some = [f"{_FOLDER}/{one}" for one in ids[start : start + _AT_ONCE]]
        pushed = refs.push_all(root, where, ours, some)
        said = said or ("" if pushed.ok else f"{pushed.text}\n{pushed.complaint}")
    holders = claimed(root, where, "")
    got = {one for one in ids if holders.get(one) == ours}
    if not got and not any(one in holders for one in ids):
        raise UnreservedError(_reason(where, said))
    return got


def noted(root: Path, where: str, stem: str, note: str) -> list[str]:
    """Return the ids on a remote that begin with a stem and whose claim bears a note, the lowest first."""
    found = claimed(root, where, stem)
    names = sorted(found, key=lambda one: (len(one), one))[-_LATEST:]
    if not names:
        return []
    refs.fetch(root, where, *(f"{_FOLDER}/{name}" for name in names))
    told = gitrepo.blobs(root, [found[name] for name in names])
    return [name for name, data in zip(names, told, strict=True) if f"\n\n{note}\n\n".encode() in data]


def _unique(root: Path, ticket_id: str, note: str) -> str:
    """Make a commit that nobody else can make: git calls a push of what is there already a success, for everybody."""
    tree = gitrepo.ask(root, "mktree")
    message = "\n\n".join(filter(None, (ticket_id, note, f"{os.urandom(16).hex()}\n"))).encode()
    made = gitrepo.ask(root, "commit-tree", tree.text, given=message, environment=refs.NOBODY) if tree.ok else tree
    if not made.ok or not made.text:  # pushing nothing means deleting
        raise UnreservedError("git 在本机写不了 .git 文件夹")
    return made.text


def _reason(where: str, said: str) -> str:
    for pattern, words in _REASONS:
        if re.search(pattern, said.strip(), re.IGNORECASE):
            return f"远程仓库“{where}”{words}"
    return f"远程仓库“{where}”没有接受"
