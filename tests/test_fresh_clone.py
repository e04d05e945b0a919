"""A new user on a bare machine: clone, `make`, and the launchers, with nothing else prepared."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("clone")

LAUNCHERS = ("check", "fault", "new", "report")


def run(command: list[str | Path], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command as a new shell would: nothing of this test's environment but what finds programs and packages."""
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in {"PATH", "HOME"} or name.startswith(("PIP_", "SSL_", "PYENV_"))
    }
    return subprocess.run(
        command,
        cwd=folder,
        env={**passed, "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def copy_of(root: Path, place: Path) -> Path:
    """A fresh clone, in a place that nobody thought of."""
    clone = place / "故障 库"
    result = run(["git", "clone", "--quiet", root, clone], place)
    assert result.returncode == 0, result.stderr
    return clone


def tickets(clone: Path) -> int:
    """How many tickets a clone has."""
    return len(list((clone / "tickets").rglob("*.md")))


@pytest.fixture(scope="module")
def clone(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh clone in which nothing has been run."""
    return copy_of(root, tmp_path_factory.mktemp("bare"))


@pytest.fixture(scope="module")
def made(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A fresh clone in which `make` was run, and what it said. The interpreter is the one beneath this environment."""
    place = copy_of(root, tmp_path_factory.mktemp("made"))
    return place, run(["make", f"PYTHON={Path(sys.executable).resolve()}"], place)


@pytest.fixture
def bare_python(tmp_path: Path) -> str:
    """A PATH whose python3 has no package at all."""
    venv.create(tmp_path / "bare", symlinks=True)
    return f"{tmp_path / 'bare' / 'bin'}:/usr/bin:/bin"


@pytest.mark.parametrize("name", LAUNCHERS)
def test_before_make_a_launcher_says_what_to_do(name: str, clone: Path, bare_python: str) -> None:
    """Without the dependencies a launcher ends with one Chinese line that names `make`, not with a traceback."""
    result = run([clone / "tools" / name], clone, PATH=bare_python)
    assert result.returncode != 0
    assert re.fullmatch(r"缺少依赖 \w+：请先在仓库的根目录运行 make.*\n", result.stderr)


def test_make_does_everything(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """One `make` prepares, checks the tickets, prints the report, builds the site and says where to look."""
    clone, said = made
    assert said.returncode == 0, said.stdout + said.stderr
    assert f"检查了 {tickets(clone)} 个故障：0 个错误" in said.stdout
    assert "故障状态报告" in said.stdout
    assert (clone / "site" / "index.html").is_file()
    assert "网站在 site/ 里，运行 make serve" in said.stdout


def test_make_again_prepares_nothing(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """A second `make` finds the environment up to date."""
    assert run(["make", "--question", "install"], made[0]).returncode == 0


def test_make_renews_an_environment_without_interpreter(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """When the interpreter of .venv is gone (Python was upgraded), the environment is no longer up to date."""
    python = made[0] / ".venv" / "bin" / "python"
    target = python.readlink()
    python.unlink()
    try:
        assert run(["make", "--question", "install"], made[0]).returncode == 1
    finally:
        python.symlink_to(target)


def test_make_leaves_the_clone_clean(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    """All that `make` writes is ignored by git."""
    assert run(["git", "status", "--porcelain"], made[0]).stdout == ""


def test_launchers_work_from_another_folder(
    made: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """From a folder outside any repository a launcher works on its own clone, with nothing activated."""
    clone, _ = made
    result = run([clone / "tools" / "check"], tmp_path)
    assert f"检查了 {tickets(clone)} 个故障：0 个错误" in result.stdout


def test_launchers_work_through_a_symlink(made: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    """A link to a launcher, and a link to that link, do as the launcher."""
    clone, _ = made
    (tmp_path / "link").symlink_to(clone / "tools" / "report")
    (tmp_path / "link of link").symlink_to("link")
    for name in ("link", "link of link"):
        assert "故障状态报告" in run([tmp_path / name], tmp_path).stdout


@pytest.mark.parametrize("name", LAUNCHERS)
def test_launchers_explain_themselves(
    name: str, made: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    """Every launcher answers --help in Chinese, with the environment of its clone although PATH has none."""
    result = run([made[0] / "tools" / name, "--help"], tmp_path, PATH="/usr/bin:/bin")
    assert result.stdout.startswith("用法:"), result.stderr


def test_command_of_the_environment_works(made: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    """`.venv/bin/fault` is the same program, and the interpreter of .venv finds the package by itself."""
    binaries = made[0] / ".venv" / "bin"
    by_name = run([binaries / "fault", "--version"], tmp_path)
    by_module = run([binaries / "python", "-m", "faultkb", "--version"], tmp_path)
    assert by_name.stdout == by_module.stdout != ""


@pytest.mark.parametrize(
    ("python", "said"),
    [
        ("./old-python", "需要 Python 3.11 或更新的版本，./old-python 是 Python 3.9.2"),
        ("no-such-python", "没有找到 no-such-python：请安装 Python 3.11 或更新的版本"),
    ],
)
def test_make_says_which_python_it_needs(python: str, said: str, clone: Path) -> None:
    """With an old Python, or none, `make` stops at once and says in Chinese what is needed."""
    old = clone / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.9.2\n[ "$1" = -V ]\n', encoding="utf-8")
    old.chmod(0o755)
    result = run(["make", f"PYTHON={python}"], clone)
    assert result.returncode == 2
    assert said in result.stderr
    assert not (clone / ".venv").exists()


def test_program_without_git_history_works(made: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path) -> None:
    """The check needs no git: it works on a copy of the folders that somebody unpacked from an archive."""
    for name in ("schema", "tickets"):
        shutil.copytree(made[0] / name, tmp_path / name)
    assert run([made[0] / "tools" / "check"], tmp_path).returncode == 0
