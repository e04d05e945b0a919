"""What ``fault check`` makes of files beside the tickets: links, files of nobody, attachments given by name, lists that a branch changed."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-05 12:00")
ID = "SW-20261102-001"
MONTH = "tickets/2026/11"
HOME = f"{MONTH}/{ID}"
NUMBER = "13812345512"
MINE = "回电 13812345512\n"


def commit(folder: Path) -> None:
    """Make a repository of a folder, with everything in it committed."""
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "base"],
    ):
        subprocess.run(["git", *arguments], cwd=folder, check=True)


def found(done: subprocess.CompletedProcess[str]) -> list[tuple[str, str, str]]:
    """Return path, rule and level of the findings that a command wrote as JSON."""
    return [(one["path"], one["rule"], one["level"]) for one in json.loads(done.stdout)["findings"]]


@pytest.mark.parametrize("inner", ["", "/logs"], ids=["the folder", "a folder in it"])
def test_a_linked_folder_is_neither_read_nor_written(
    call: Callable[..., Any], office: Path, tmp_path_factory: pytest.TempPathFactory, inner: str
) -> None:
    """A folder of attachments that leads out of the repository is said to be a link; what lies there stays as it is."""
    outside = tmp_path_factory.mktemp("outside")
    (outside / "a.log").write_text(MINE, encoding="utf-8")
    link = office / f"{HOME}{inner}"
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(outside)

    done = call(office, "check", "--fix", "--format", "json", *AS_OF)

    assert (outside / "a.log").read_text(encoding="utf-8") == MINE
    assert (f"{HOME}{inner}", "unreadable-file", "error") in found(done)
    assert "mobile-number" not in done.stdout
    assert "a.log" not in done.stdout
    assert call(office, "check", *AS_OF).stdout.count("符号链接") == 1


def test_files_of_nobody_are_named_and_looked_at(call: Callable[..., Any], office: Path) -> None:
    """A note between the tickets and a log of a ticket that is gone: a warning each, and the number in them is an error."""
    (office / MONTH / "SW-20261130-009").mkdir()
    (office / MONTH / "SW-20261130-009" / "a.log").write_text("ok\n", encoding="utf-8")
    (office / MONTH / "note.txt").write_text(f"ok\n{MINE}", encoding="utf-8")
    (office / "tickets" / ".gitkeep").touch()
    (office / "tickets" / ".draft").write_text(MINE, encoding="utf-8")
    (office / MONTH / f"{NUMBER}.txt").touch()

    done = call(office, "check", "--format", "json", *AS_OF)

    assert sorted(one for one in found(done) if not one[0].endswith(".md")) == [
        ("tickets/.draft", "mobile-number", "error"),
        (f"{MONTH}/138****5512.txt", "mobile-number", "error"),
        (f"{MONTH}/138****5512.txt", "stray-file", "warning"),
        (f"{MONTH}/SW-20261130-009/a.log", "stray-file", "warning"),
        (f"{MONTH}/note.txt", "mobile-number", "error"),
        (f"{MONTH}/note.txt", "stray-file", "warning"),
    ]
    assert NUMBER not in done.stdout
    alone = call(office, "check", office / MONTH / "note.txt", "--format", "json", *AS_OF)
    assert {one[0] for one in found(alone)} == {f"{MONTH}/note.txt"}


def test_with_a_base_files_of_nobody_count_once_they_change(call: Callable[..., Any], office: Path) -> None:
    """With a base only those are named that the branch brings or changes."""
    for name in ("old.txt", "changed.txt"):
        (office / MONTH / name).write_text("ok\n", encoding="utf-8")
    commit(office)
    (office / MONTH / "changed.txt").write_text("more\n", encoding="utf-8")
    (office / MONTH / "new.txt").write_text("ok\n", encoding="utf-8")

    done = call(office, "check", "--base", "HEAD", "--format", "json", *AS_OF)

    assert found(done) == [(f"{MONTH}/{name}", "stray-file", "warning") for name in ("changed.txt", "new.txt")]


@pytest.mark.parametrize("given", [f"{HOME}/a.log", HOME, f"{HOME}/deep", f"{HOME}/deep/b.log"])
def test_an_attachment_stands_for_its_ticket(call: Callable[..., Any], office: Path, given: str) -> None:
    """An attachment, or a folder of some, given by name is checked as the ticket that it belongs to."""
    (office / HOME / "deep").mkdir(parents=True)
    (office / HOME / "a.log").write_text(MINE, encoding="utf-8")
    (office / HOME / "deep" / "b.log").touch()

    done = call(office, "check", office / given, "--format", "json", *AS_OF)

    assert [one for one in found(done) if one[2] == "error"] == [(f"{HOME}/a.log", "mobile-number", "error")]


def test_a_value_that_a_branch_declares_public_is_private_there(call: Callable[..., Any], office: Path) -> None:
    """A branch that puts a number on the list of public ones, and in a ticket, is judged by the list of its base."""
    commit(office)
    listed = office / "schema" / "privacy.yaml"
    listed.write_text(
        listed.read_text(encoding="utf-8").replace("public: []", f"public: [{{value: '{NUMBER}', note: 客服}}]"),
        encoding="utf-8",
    )
    path = office / f"{HOME}.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("## 原因分析", f"{MINE}\n## 原因分析", 1), encoding="utf-8"
    )
    (office / HOME).mkdir()
    (office / HOME / "a.log").write_text(MINE, encoding="utf-8")

    done = call(office, "check", "--base", "HEAD", "--format", "json", *AS_OF)

    errors = [one for one in found(done) if one[1] == "mobile-number"]
    assert errors == [(f"{HOME}.md", "mobile-number", "error"), (f"{HOME}/a.log", "mobile-number", "error")]
    assert "（按改动之前的名单）" in done.stdout
    assert NUMBER not in done.stdout
    commit(office)
    assert "mobile-number" not in call(office, "check", "--base", "HEAD", "--format", "json", *AS_OF).stdout


def test_a_word_that_a_branch_takes_from_the_dictionary_is_found_there(call: Callable[..., Any], office: Path) -> None:
    """A company's own word that the branch removes and writes down is found by the dictionary of its base."""
    assert call(office, "privacy", "add", "--kind", "客户", "--yes", "云栖甲子物业").returncode == 0
    commit(office)
    listed = office / "schema" / "privacy.yaml"
    text = listed.read_text(encoding="utf-8")
    listed.write_text(f"{text.partition('words:')[0]}words: []\n", encoding="utf-8")
    path = office / f"{HOME}.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("## 原因分析", "云栖甲子物业\n\n## 原因分析", 1), encoding="utf-8"
    )

    done = call(office, "check", "--base", "HEAD", "--format", "json", *AS_OF)

    assert (f"{HOME}.md", "own-word", "warning") in found(done)
