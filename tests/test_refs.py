"""Refs of a remote that change only if they are what one has seen, and commits that touch no working tree."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from faultkb import gitrepo, refs
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from pathlib import Path

REF = "refs/fault-state/try"


def git(folder: Path, *arguments: object) -> str:
    """Run git and return what it says."""
    done = subprocess.run(
        ["git", "-C", folder, *map(str, arguments)], capture_output=True, encoding="utf-8", check=True
    )
    return done.stdout.rstrip("\n")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose remote ``origin`` is a bare repository; nothing is committed yet."""
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "remote.git")
    git(tmp_path, "clone", "--quiet", tmp_path / "remote.git", "clone")
    return tmp_path / "clone"


def test_a_commit_is_made_of_a_parents_files_with_some_replaced_added_and_gone(clone: Path) -> None:
    """Neither HEAD nor index nor working tree change, and bytes are kept as they are."""
    first = refs.commit(clone, {"a.md": b"1\r\n", "deep/down/b.png": b"\0\xff"}, "erste")
    second = refs.commit(clone, {"a.md": None, "c 名.md": b"3"}, "二\n\nnote", first)
    assert git(clone, "ls-tree", "-r", "-z", "--name-only", second).split("\0") == ["c 名.md", "deep/down/b.png", ""]
    assert gitrepo.run(clone, "cat-file", "blob", f"{first}:a.md") == b"1\r\n"
    assert gitrepo.run(clone, "cat-file", "blob", f"{second}:deep/down/b.png") == b"\0\xff"
    assert git(clone, "log", "--format=%B|%an|%P", second, "-1") == f"二\n\nnote|fault|{first}"
    assert [one.name for one in clone.iterdir()] == [".git"]
    assert git(clone, "status", "--porcelain") == ""
    assert not gitrepo.commit(clone, "HEAD")


def test_paths_are_relative_to_the_root_within_a_larger_repository(clone: Path) -> None:
    """A fault repository that is a folder of another one commits below that folder."""
    (clone / "faults").mkdir()
    made = refs.commit(clone / "faults", {"tickets/x.md": b"x"}, "m")
    assert git(clone, "ls-tree", "-r", "--name-only", made) == "faults/tickets/x.md"


@pytest.mark.parametrize("path", [".git/hooks/post-checkout", "../outside", "/etc/x", "a/../../b", ""])
def test_a_path_that_leads_out_is_refused(clone: Path, path: str) -> None:
    """Git itself refuses such a name, and nothing is made."""
    with pytest.raises(FaultError, match="没有写成提交"):
        refs.commit(clone, {path: b"x"}, "m")


def test_a_ref_changes_only_from_what_was_seen(clone: Path) -> None:
    """Creation asks that there is none; of two changes from the same state the second is refused."""
    one = refs.commit(clone, {"state.json": b"1"}, "one")
    assert refs.at(clone, "origin", REF) == ""
    assert refs.push(clone, "origin", one, REF).ok
    assert refs.at(clone, "origin", REF) == one
    left, right = (refs.commit(clone, {"state.json": data}, "next", one) for data in (b"l", b"r"))
    assert not refs.push(clone, "origin", left, REF).ok, "the ref exists: it is not to be created"
    assert refs.push(clone, "origin", left, REF, one).ok
    assert not refs.push(clone, "origin", right, REF, one).ok
    assert refs.at(clone, "origin", REF) == left


def test_a_ref_beside_it_with_a_longer_name_is_another(clone: Path) -> None:
    """ls-remote finds names by their end; only the whole name counts."""
    one = refs.commit(clone, {}, "one")
    assert refs.push(clone, "origin", one, f"refs/heads/{REF}").ok
    assert refs.at(clone, "origin", REF) == ""


def test_what_a_ref_names_can_be_fetched_without_a_ref_of_ones_own(clone: Path, tmp_path: Path) -> None:
    """The objects arrive; no branch, no FETCH_HEAD."""
    one = refs.commit(clone, {"state.json": b"1"}, "one")
    refs.push(clone, "origin", one, REF)
    other = tmp_path / "other"
    git(tmp_path, "clone", "--quiet", tmp_path / "remote.git", "other")
    refs.fetch(other, "origin", REF, depth=1)
    assert gitrepo.run(other, "cat-file", "blob", f"{one}:state.json") == b"1"
    assert git(other, "for-each-ref") == ""
    assert not (other / ".git" / "FETCH_HEAD").exists()


def test_a_remote_that_cannot_be_reached_is_named(clone: Path, tmp_path: Path) -> None:
    """The remote's name is said, its address is not: it may hold a password."""
    (tmp_path / "remote.git").rename(tmp_path / "gone.git")
    for act in (lambda: refs.at(clone, "origin", REF), lambda: refs.fetch(clone, "origin", REF)):
        with pytest.raises(FaultError, match="origin") as caught:
            act()
        assert str(tmp_path) not in str(caught.value)


WORKFLOW = {"GITHUB_ACTIONS": "true", "GITHUB_TOKEN": "t0ken", "GITHUB_SERVER_URL": "https://github.invalid"}
HEADER = "Authorization: Basic " + base64.b64encode(b"x-access-token:t0ken").decode()


@pytest.mark.parametrize(
    ("environment", "address", "expected"),
    [
        (WORKFLOW, "https://github.invalid/qiyun/faults", HEADER),
        (WORKFLOW, "https://evil.invalid/qiyun/faults", ""),
        (WORKFLOW, "https://github.invalid.evil.invalid/x", ""),
        ({**WORKFLOW, "GITHUB_ACTIONS": ""}, "https://github.invalid/qiyun/faults", ""),
        ({**WORKFLOW, "GITHUB_TOKEN": ""}, "https://github.invalid/qiyun/faults", ""),
    ],
)
def test_a_workflows_token_is_shown_to_its_own_server_only(
    clone: Path, environment: dict[str, str], address: str, expected: str
) -> None:
    """Git itself is asked which header it would send to an address; on a laptop none."""
    code = (
        "import sys, pathlib; from faultkb import gitrepo;"
        "print(gitrepo.ask_remote(pathlib.Path(sys.argv[1]), 'config', '--get-urlmatch', 'http.extraheader', sys.argv[2]).text)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, clone, address],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.strip() == expected


def test_paths_are_those_of_the_folder_in_which_the_faults_lie(clone: Path) -> None:
    """In a repository that has the faults in a subfolder, that is where files are put and taken away, and nowhere else."""
    first = refs.commit(clone, {"a.md": b"top", "sub/a.md": b"1", "sub/b.md": b"2"}, "erste")
    (clone / "sub").mkdir()
    second = refs.commit(clone / "sub", {"a.md": None, "c.md": b"3"}, "zweite", first)
    assert git(clone, "ls-tree", "-r", "--name-only", second).split() == ["a.md", "sub/b.md", "sub/c.md"]
