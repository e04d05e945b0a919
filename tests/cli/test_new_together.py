"""Many people file faults of one kind and day at once, each in a clone of their own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

NEW = (
    *("new", "--type", "软件Bug", "--severity", "中", "--title", "网关重启后场景丢失", "--channel", "电话", "--yes"),
    *(
        "--reporter",
        "ZL001",
        "--reporter-name",
        "张*",
        "--users",
        "3",
        "--product",
        "智能网关 GW2",
        "--version",
        "V2.4.0",
    ),
    *("--reported-at", "2026-11-20 09:10", "--as-of", "2026-11-20 09:30"),
)
PEOPLE = 20


def git(folder: Path, environment: dict[str, str], *arguments: str) -> str:
    """Run git as somebody."""
    named = {f"GIT_{role}_{part}": "t@localhost" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**environment, **named}, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout


def test_twenty_clones_get_twenty_ids(root: Path, tmp_path: Path, environment: dict[str, str]) -> None:
    """Twenty `fault new` at once for the same type and day: twenty different ids, all reserved, and merging all is clean."""
    office = tmp_path / "office"
    shutil.copytree(root / "schema", office / "schema")
    shutil.copytree(root / "tickets/2026/11", office / "tickets/2026/11")
    git(office, environment, "init", "-q", "-b", "main")
    git(office, environment, "add", ".")
    git(office, environment, "commit", "-qm", "base")
    git(tmp_path, environment, "clone", "-q", "--bare", "office", "origin.git")
    clones = [tmp_path / f"clone{number}" for number in range(PEOPLE)]
    for clone in clones:
        git(tmp_path, environment, "clone", "-q", "origin.git", clone.name)

    running = [
        subprocess.Popen(
            [sys.executable, "-m", "faultkb", *NEW],
            cwd=clone,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for clone in clones
    ]
    said = [one.communicate(timeout=300) for one in running]

    assert [one.returncode for one in running] == [0] * PEOPLE, said
    paths = sorted(out.strip() for out, _ in said)
    # Numbers run from 001 without a gap: nobody reserves what they do not use.
    assert paths == [f"tickets/2026/11/SW-20261120-{number:03d}.md" for number in range(1, PEOPLE + 1)]
    assert not any("没有保留" in told for _, told in said)
    refs = git(tmp_path / "origin.git", environment, "for-each-ref", "--format=%(refname)", "refs/faults").split()
    assert refs == [f"refs/faults/SW-20261120-{number:03d}" for number in range(1, PEOPLE + 1)]
    for clone in clones:
        git(clone, environment, "add", "tickets")
        git(clone, environment, "commit", "-qm", "new")
        git(clone, environment, "pull", "-q", "--no-rebase", "--no-edit", "origin", "main")
        git(clone, environment, "push", "-q", "origin", "HEAD:main")
    checked = subprocess.run(
        [sys.executable, "-m", "faultkb", "check", "--as-of", "2026-11-20 17:00"],
        cwd=clones[-1],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    # The sections are still to be filled; nothing else is wrong with what they filed.
    assert "[duplicate-id]" not in checked.stdout
    assert len(list((clones[-1] / "tickets/2026/11").glob("SW-20261120-*.md"))) == PEOPLE
