"""The branch of an issue on a real remote: what is ours is told from what is not, and nobody's work is overwritten."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from faultkb import inbox, refs
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from pathlib import Path

ID = "SW-20261120-001"
PATH = f"tickets/2026/11/{ID}.md"


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody."""
    named = {f"GIT_{role}_{part}": "t@localhost" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],
        env={**os.environ, **named, **nobody},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone of a remote with one commit."""
    git(tmp_path, "init", "-q", "--bare", "-b", "main", "remote.git")
    git(tmp_path, "clone", "-q", "remote.git", "clone")
    folder = tmp_path / "clone"
    git(folder, "checkout", "-q", "-B", "main")
    (folder / "README").write_text("x", encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "base")
    git(folder, "push", "-q", "origin", "main")
    return folder


def put(clone: Path, held: inbox.Held, text: str = "ticket", number: int = 12) -> str:
    """Put a ticket with a picture on the branch of an issue."""
    files = {PATH: text.encode(), f"{PATH.removesuffix('.md')}/a.png": b"png"}
    return inbox.put(clone, "origin", number, held, inbox.Change(ID, files, files), inbox.tip(clone, "origin", "main"))


def test_what_is_put_is_held(clone: Path) -> None:
    """Id and files are read back from the branch alone; without a branch there is nothing."""
    nothing = inbox.look(clone, "origin", 12)
    assert nothing == ("", "", {}, True, "", {})
    commit = put(clone, nothing)
    held = inbox.look(clone, "origin", 12)
    assert (held.tip, held.id, held.is_ours) == (commit, ID, True)
    assert held.files == {PATH: b"ticket", f"tickets/2026/11/{ID}/a.png": b"png"}


def test_who_comes_second_is_told(clone: Path) -> None:
    """Of two who saw the same, one puts; the other gets nothing back and must look again."""
    nothing = inbox.look(clone, "origin", 12)
    assert put(clone, nothing, "one")
    assert put(clone, nothing, "two") == ""
    held = inbox.look(clone, "origin", 12)
    assert held.files[PATH] == b"one"
    assert put(clone, held, "three")
    assert put(clone, held, "four") == ""


def test_a_remote_that_refuses(clone: Path) -> None:
    """Without the right to write it is said what the workflow needs."""
    hook = clone.with_name("remote.git") / "hooks/pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    with pytest.raises(FaultError, match="contents: write"):
        put(clone, inbox.look(clone, "origin", 12))


@pytest.mark.parametrize("path", [PATH, f"tickets/2026/11/{ID}/b.png"])
def test_work_of_others_on_the_ticket(clone: Path, path: str) -> None:
    """A changed ticket and a file put beside it are somebody's work."""
    put(clone, inbox.look(clone, "origin", 12))
    git(clone, "fetch", "-q", "origin", "intake/12")
    git(clone, "checkout", "-q", "FETCH_HEAD")
    (clone / path).write_text("theirs", encoding="utf-8")
    git(clone, "add", ".")
    git(clone, "commit", "-qm", "work")
    git(clone, "push", "-q", "origin", "HEAD:intake/12")
    held = inbox.look(clone, "origin", 12)
    assert (held.id, held.is_ours) == (ID, False)
    assert (held.files[path], held.written.get(path)) == (b"theirs", b"ticket" if path == PATH else None)


def test_what_the_form_made_is_kept_beside_what_came_of_it(clone: Path) -> None:
    """After a merge the branch holds the merged files, and the form's own are found in the history, also after a rebase."""
    put(clone, inbox.look(clone, "origin", 12))
    change = inbox.Change(ID, {PATH: b"form"}, {PATH: b"form and theirs"})
    inbox.put(clone, "origin", 12, inbox.look(clone, "origin", 12), change, "")
    held = inbox.look(clone, "origin", 12)
    assert (held.files, held.is_ours, held.written) == ({PATH: b"form and theirs"}, True, {PATH: b"form"})
    assert git(clone, "log", "-1", "--format=%s", held.form) == f"表单 {ID}（#12）"


def test_a_commit_for_another_issue_is_not_ours(clone: Path) -> None:
    """What was filed for issue 13 and merged as it was lies below the branch of issue 12: it is never taken back."""
    put(clone, inbox.look(clone, "origin", 13), number=13)
    git(clone, "fetch", "-q", "origin", "intake/13")
    git(clone, "push", "-q", "origin", "FETCH_HEAD:main", "FETCH_HEAD:refs/heads/intake/12")
    held = inbox.look(clone, "origin", 12)
    assert (held.id, held.files, held.is_ours) == ("", {}, False)


def test_a_commit_of_somebody_who_writes_like_us(clone: Path) -> None:
    """The words of our commits do not make one ours: the author does."""
    git(clone, "commit", "-q", "--allow-empty", "-m", f"登记 {ID}（#12）")
    git(clone, "push", "-q", "origin", "HEAD:intake/12")
    assert not inbox.look(clone, "origin", 12).is_ours


def test_no_main(clone: Path) -> None:
    """A branch that is not there is said to be missing."""
    with pytest.raises(FaultError, match="默认分支"):
        inbox.tip(clone, "origin", "nowhere")
    assert inbox.tip(clone, "origin", "main") == refs.at(clone, "origin", "refs/heads/main")
