"""Refs of a remote, changed only if they are what one has seen: what several runs share without a database."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from faultkb import gitrepo
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOBODY = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in {"NAME": "fault", "EMAIL": "fault@faultkb.invalid", "DATE": ""}.items()
}
"""Who makes an object: nobody in particular, now. Works where no name is configured, and tells nobody's."""
_FILE = "100644"


def at(root: Path, where: str, ref: str) -> str:
    """Return the object that a ref of a remote names, empty where there is none. Raise FaultError if it is silent."""
    answer = gitrepo.ask_remote(root, "ls-remote", "--refs", "--end-of-options", where, ref)
    if not answer.ok:
        raise FaultError(f"读不到远程仓库“{where}”：请检查网络与权限")
    pairs = (line.partition("\t") for line in answer.text.splitlines())
    return next((held for held, _, name in pairs if name == ref), "")


def fetch(root: Path, where: str, *refs: str, depth: int = 0) -> None:
    """Bring what refs of a remote name into this clone; no ref here is changed. Raise FaultError where that fails."""
    options = ("--quiet", "--no-tags", "--no-write-fetch-head", *((f"--depth={depth}",) if depth else ()))
    if not gitrepo.ask_remote(root, "fetch", *options, "--end-of-options", where, *refs).ok:
        raise FaultError(f"没有从远程仓库“{where}”取到提交：请检查网络与权限，再试一次")


def push(root: Path, where: str, commit: str, ref: str, expected: str = "") -> gitrepo.Answer:
    """Set a ref of a remote if it is still ``expected`` (empty: if it does not exist), else be refused.

    The user's hooks and push settings are about branches: they stay out of it. A success may also mean that the ref
    was this very commit already: who must be the only one pushes a commit that nobody else can make.
    """
    return _push(root, where, [f"--force-with-lease={ref}:{expected}"], [f"{commit}:{ref}"])


def push_all(root: Path, where: str, commit: str, refs: Sequence[str]) -> gitrepo.Answer:
    """Create refs of a remote, as `push` does, those that do not exist; the others stay what they are."""
    return _push(root, where, [f"--force-with-lease={ref}:" for ref in refs], [f"{commit}:{ref}" for ref in refs])


def _push(root: Path, where: str, leases: Sequence[str], pairs: Sequence[str]) -> gitrepo.Answer:
    options = ("--porcelain", "--no-verify", "--no-follow-tags", "--no-recurse-submodules", "--no-signed")
    return gitrepo.ask_remote(
        root, "-c", "push.pushOption=", "push", *options, *leases, "--end-of-options", where, *pairs
    )


def commit(root: Path, files: Mapping[str, bytes | None], message: str, *parents: str) -> str:
    """Make a commit in the object store alone: its first parent's files (none without), some replaced, added or (None) gone.

    Working tree, index and refs stay as they are. Paths are relative to the root. Raise FaultError where git refuses,
    as it does for a path such as ``.git/x``.
    """
    parents = tuple(filter(None, parents))
    above = _did(gitrepo.ask(root, "rev-parse", "--show-prefix"))
    with tempfile.TemporaryDirectory() as folder:
        index = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        _did(gitrepo.ask(root, "read-tree", *(parents[:1] or ("--empty",)), environment=index))
        for path, data in files.items():
            how = ["--force-remove", "--", path]  # relative to this folder, unlike what follows
            if data is not None:  # --index-info would take several at once, and leave out a bad name without a word
                blob = _did(gitrepo.ask(root, "hash-object", "-w", "--stdin", given=data))
                how = ["--add", "--cacheinfo", f"{_FILE},{blob},{above}{path}"]
            _did(gitrepo.ask(root, "update-index", *how, environment=index))
        tree = _did(gitrepo.ask(root, "write-tree", environment=index))
    above_all = [word for one in parents for word in ("-p", one)]
    return _did(gitrepo.ask(root, "commit-tree", tree, *above_all, given=message.encode(), environment=NOBODY))


def _did(answer: gitrepo.Answer) -> str:
    if not answer.ok:
        raise FaultError("git 没有写成提交：.git 文件夹写不了，或文件名不被允许")
    return answer.text
