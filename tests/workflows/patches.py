"""The files of a pull request, read from the bare remote with git as GitHub shows them."""

from __future__ import annotations

import os
import re
import subprocess
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = {"A": "added", "M": "modified", "D": "removed", "R": "renamed", "T": "changed"}
_HUNK = re.compile(r"^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@.*$")


def _run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    nobody = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    somebody = {f"GIT_{role}_{part}": "t@localhost" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    return subprocess.run(
        ["git", "-c", "core.quotePath=false", "-C", str(folder), *arguments],
        env={**os.environ, **nobody, **somebody},
        check=False,
        capture_output=True,
        encoding="utf-8",
    )


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody whose machine has no settings; return what it said."""
    done = _run(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout.rstrip("\n")


def tries(folder: Path, *arguments: str) -> str:
    """Run git where it may refuse; return its complaint, empty where it succeeded."""
    done = _run(folder, *arguments)
    return done.stderr or "failed" if done.returncode else ""


def sha(remote: Path, ref: str) -> str:
    """Return what a ref names, empty where there is none."""
    lines = git(remote, "for-each-ref", "--format=%(objectname)", ref).splitlines()
    return lines[0] if lines else ""


def has(remote: Path, commit: str) -> bool:
    """Say whether a repository has a commit."""
    return not tries(remote, "cat-file", "-e", f"{commit}^{{commit}}")


def files(remote: Path, base: str, head: str) -> list[dict[str, Any]]:
    """Return what GitHub tells of each file that differs between the merge base and the head."""
    raw = git(remote, "diff", "--raw", "-z", "--no-abbrev", "--find-renames", f"{base}...{head}").split("\0")
    found = []
    while len(raw) > 1:
        words = raw.pop(0).split(" ")
        before = raw.pop(0)
        after = raw.pop(0) if words[4][0] in "RC" else before
        found.append(_file(remote, (base, head), words, before, after))
    return found


def _file(remote: Path, span: tuple[str, str], words: list[str], before: str, after: str) -> dict[str, Any]:
    names = sorted({before, after})
    text = git(remote, "diff", "--find-renames", "...".join(span), "--", *names)
    patch = text[text.index("\n@@") + 1 :] if "\n@@" in text else None
    lines = (patch or "").splitlines()
    added, gone = (sum(line.startswith(sign) for line in lines) for sign in "+-")
    one = {"sha": words[2 if words[4] == "D" else 3], "filename": after, "status": _KINDS[words[4][0]]}
    one |= {"additions": added, "deletions": gone, "changes": added + gone}
    return one | ({"patch": patch} if patch else {}) | ({"previous_filename": before} if before != after else {})


def commentable(patch: str) -> dict[str, list[set[int]]]:
    """Return, for each side of a diff, the lines on which a comment may stand, hunk by hunk."""
    sides: dict[str, list[set[int]]] = {"LEFT": [], "RIGHT": []}
    numbers = {"LEFT": 0, "RIGHT": 0}
    for line in patch.split("\n"):
        if start := _HUNK.match(line):
            numbers = {"LEFT": int(start[1]), "RIGHT": int(start[2])}
            sides["LEFT"].append(set())
            sides["RIGHT"].append(set())
            continue
        for side in {" ": ("LEFT", "RIGHT"), "-": ("LEFT",), "+": ("RIGHT",)}.get(line[:1], ()):
            sides[side][-1].add(numbers[side])
            numbers[side] += 1
    return sides


class Plumbing:
    """git's own tools on a bare repository, with an index of their own."""

    def __init__(self, place: Path, index: Path) -> None:
        self._place, self._index = place, index

    def __call__(self, *arguments: str, given: bytes = b"") -> str:
        """Run one; it must succeed."""
        somebody = {
            f"GIT_{role}_{part}": "t@localhost" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", "-C", str(self._place), *arguments],
            input=given,
            env={**os.environ, **somebody, "GIT_INDEX_FILE": str(self._index)},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()
