"""Both READMEs tell the truth: their commands run, in their order, as they are written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

READMES = ["README.md", "README.zh-CN.md"]
NEEDED = ("tools", "schema", "tickets", "kb", "mkdocs.yml")


def blocks(root: Path, readme: str, language: str) -> list[list[str]]:
    """Return the lines of every code block in a language."""
    text = (root / readme).read_text(encoding="utf-8")
    return [block.splitlines() for block in re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)]


@pytest.fixture
def clone(root: Path, tmp_path: Path) -> Path:
    """Return a copy of what a clone has after `make`."""
    copy = tmp_path / "clone"
    copy.mkdir()
    for name in NEEDED:
        source = root / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "reference", "faults"))
        else:
            shutil.copy(source, copy / name)
    (copy / ".venv").symlink_to(sys.prefix)
    return copy


def run(command: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a line as the shell does, without input."""
    return subprocess.run(
        ["bash", "-c", command],  # the line is the README's own
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.parametrize("readme", READMES)
def test_the_life_of_a_ticket_runs_as_written(root: Path, clone: Path, readme: str) -> None:
    """The eight commands end well one after the other, and leave an accepted fault and a site."""
    (life,) = [block for block in blocks(root, readme, "sh") if block[0].startswith("tools/new")]
    assert len(life) == 8
    for line in life:
        done = run(line, clone)
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    ticket = (clone / "tickets" / "2026" / "11" / "SW-20261120-001.md").read_text(encoding="utf-8")
    assert "\nstatus: 处理中\n" in ticket
    assert (clone / "site" / "index.html").is_file()


@pytest.mark.parametrize("readme", READMES)
def test_working_together_runs_as_written(root: Path, clone: Path, readme: str) -> None:
    """After a step of the life, the lines for a branch show it, check it against the remote's main, and push it."""
    nobody = {f"GIT_{role}_{part}": "t@localhost" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    origin = clone.parent / "origin.git"
    ignored = ".venv\nsite/\n__pycache__/\n.coverage*\n"
    (clone / ".gitignore").write_text(ignored, encoding="utf-8")
    for line in (
        f"git init -q --bare -b main {origin}",
        "git init -q -b main && git add . && git commit -qm base",
        f"git remote add origin {origin} && git push -q -u origin main",
        'tools/fault log SW-20261116-001 进展 --by RD017 --note "补丁开发完成"',
    ):
        assert run(line, clone, **nobody).returncode == 0, line
    (team,) = [block for block in blocks(root, readme, "sh") if block[0].startswith("git switch")]
    said = [run(line, clone, **nobody) for line in team]
    assert [one.returncode for one in said] == [0, 0, 0, 0], said
    assert "进展 RD017：补丁开发完成" in said[1].stdout
    assert said[2].stdout.splitlines()[-1].startswith("检查了 1 个有改动的故障：0 个错误")
    pushed = run("git log --format=%s origin/SW-20261120-001", clone).stdout.split("\n")
    assert pushed[:2] == ["SW-20261120-001 受理", "base"]


@pytest.mark.parametrize("readme", READMES)
def test_the_steps_without_make_run(root: Path, clone: Path, readme: str) -> None:
    """The Windows lines name real files and modules: each `python -m faultkb …` ends well with PYTHONPATH=tools."""
    ((first, install, path, *programs),) = blocks(root, readme, "bat")
    assert first == "py -3.11 -m venv .venv"
    assert (root / install.rpartition(" ")[2]).is_file()
    assert path == "set PYTHONPATH=tools"
    assert len(programs) == 3
    for line in programs:
        command = line.replace(".venv\\Scripts\\python", sys.executable)
        done = run(command, clone, PYTHONPATH="tools")
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"


def test_both_readmes_have_the_same_commands(root: Path) -> None:
    """Neither language lags behind the other."""
    english, chinese = (
        [line.split("#")[0].strip() for block in blocks(root, readme, "(?:sh|bat)") for line in block]
        for readme in READMES
    )
    assert english == chinese


@pytest.mark.parametrize("readme", READMES)
def test_the_targets_of_make_exist(root: Path, readme: str) -> None:
    """Every `make …` in the text is a target of the Makefile."""
    text = (root / readme).read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"`make ([a-z]+)`|^make ([a-z]+)", text, re.MULTILINE))
    assert {first or second for first, second in named} <= targets


@pytest.mark.parametrize("readme", [*READMES, ".github/CONTRIBUTING.md"])
def test_links_and_paths_lead_somewhere(root: Path, readme: str) -> None:
    """Every relative link of the text is a file of the repository."""
    text = (root / readme).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?://)([^)#]+)\)", text):
        assert ((root / readme).parent / target).exists(), target
