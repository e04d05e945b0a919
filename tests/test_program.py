"""The commands that the program proposes begin as the user's own did."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from faultkb import program
from faultkb.cli import COMMANDS

if TYPE_CHECKING:
    from pathlib import Path

CLONE = ("tools/fault", "tools/new", ".venv/bin/python", "tools/faultkb/__main__.py")


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a clone with launchers and an interpreter, none of them on the PATH."""
    for name in CLONE:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.delenv("FAULT_PROGRAM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "tools/faultkb/__main__.py")])
    monkeypatch.setattr(sys, "executable", str(tmp_path / ".venv/bin/python"))
    return tmp_path


@pytest.mark.parametrize(
    ("launcher", "folder", "shown"),
    [
        ("tools/fault", ".", "tools/fault"),
        ("./tools/fault", ".", "tools/fault"),
        ("tools/new", ".", "tools/fault"),  # the command that follows is another one
        ("./fault", "tools", "./fault"),  # without ./ no shell would find it
        ("../tools/fault", ".venv", "../tools/fault"),
    ],
)
def test_a_launcher_is_called_as_it_was(
    clone: Path, monkeypatch: pytest.MonkeyPatch, launcher: str, folder: str, shown: str
) -> None:
    """What tools/fault or tools/new proposes can be copied into the same terminal."""
    monkeypatch.chdir(clone / folder)
    monkeypatch.setenv("FAULT_PROGRAM", launcher)
    assert program.called("检查：fault check x") == f"检查：{shown} check x"


def test_a_program_on_the_path_needs_only_its_name(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With tools/ (or the environment) on the PATH, the shell finds fault; another fault there is not it."""
    monkeypatch.setenv("PATH", str(clone / "tools"))
    monkeypatch.setenv("FAULT_PROGRAM", str(clone / "tools/fault"))
    assert program.name() == "fault"
    (clone / ".venv/bin/fault").write_text("", encoding="utf-8")
    monkeypatch.setenv("FAULT_PROGRAM", str(clone / ".venv/bin/fault"))
    assert program.name() == ".venv/bin/fault"


def test_a_module_is_called_with_its_interpreter(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no make, the README's python -m faultkb goes on as it began."""
    assert program.name() == ".venv/bin/python -m faultkb"
    monkeypatch.setenv("PATH", str(clone / ".venv/bin"))
    assert program.name() == "python -m faultkb"


def test_a_name_that_no_shell_takes_is_quoted(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clone in a folder with blanks can be called, too."""
    (clone / "my tools").mkdir()
    monkeypatch.setenv("FAULT_PROGRAM", "my tools/fault")
    assert program.name() == "'my tools/fault'"


@pytest.mark.parametrize("argument", ["-c", "/usr/bin/pytest", "fault"])
def test_another_program_says_fault(clone: Path, monkeypatch: pytest.MonkeyPatch, argument: str) -> None:
    """Who was not started as fault cannot know how it is called here."""
    assert clone.exists()
    monkeypatch.setattr(sys, "argv", [argument])
    assert program.name() == "fault"


def test_only_commands_are_rewritten(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the program, and no other word: a title, a path, git's setting."""
    assert clone.exists()
    monkeypatch.setenv("FAULT_PROGRAM", "tools/fault")
    assert [name for name in COMMANDS if program.called(f"运行 fault {name}。") != f"运行 tools/fault {name}。"] == []
    for text in ("page fault in kernel", "tools/fault check", "git config fault.staff", "default check", "fault newer"):
        assert program.called(text) == text
