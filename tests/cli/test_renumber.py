"""``fault renumber``: two people with the same id, and everything that they may meet on the way."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OLD, NEW, THIRD = "SW-20261120-001", "SW-20261120-002", "SW-20261120-003"
HOME, TARGET = f"tickets/2026/11/{OLD}.md", f"tickets/2026/11/{NEW}.md"
OTHER = "HW-20261119-001"
AS_OF = ("--as-of", "2026-11-20 17:00")
COLLEAGUE = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "colleague"), ("EMAIL", "colleague@example.org"))
}


def git(folder: Path, *arguments: object, ok: bool = True) -> str:
    """Run git as a colleague would, and return what it says."""
    done = subprocess.run(
        ["git", "-C", folder, *map(str, arguments)],
        env={**os.environ, **COLLEAGUE, "GIT_EDITOR": "true"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (done.returncode == 0) == ok, done.stderr
    return done.stdout.strip()


def commit(folder: Path) -> None:
    """Commit everything."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "x")


def register(folder: Path, put_ticket: Callable[..., Path], text: Callable[..., str], **fields: str) -> None:
    """Write a fault of the day without reserving its id, and commit it."""
    put_ticket(folder, OLD, text("2026-11-20 09:00 登记", id=OLD, **fields))
    commit(folder)


@pytest.fixture
def server(
    tmp_path_factory: pytest.TempPathFactory,
    empty: Path,
    put_ticket: Callable[..., Path],
    write_text: Callable[..., str],
) -> Path:
    """Return a bare repository with the schema, a page, and one fault that is merged."""
    text = write_text("2026-11-19 09:00 登记", id=OTHER, type="硬件故障")
    put_ticket(empty, OTHER, text)
    (empty / "kb").mkdir()
    (empty / "kb" / "guide.md").write_text("手册\n", encoding="utf-8", newline="")
    (empty / ".gitignore").write_text(".*.lock\n", encoding="utf-8", newline="")
    git(empty, "init", "--quiet", "--initial-branch=main")
    commit(empty)
    folder = tmp_path_factory.mktemp("remote")
    git(folder, "clone", "--quiet", "--bare", empty, "server.git")
    return folder / "server.git"


@pytest.fixture
def theirs(server: Path, put_ticket: Callable[..., Path], write_text: Callable[..., str]) -> Path:
    """Return the clone of a colleague who has registered a fault and merged it."""
    git(server.parent, "clone", "--quiet", server, "theirs")
    folder = server.parent / "theirs"
    register(folder, put_ticket, write_text, title="他们的故障")
    return folder


@pytest.fixture
def mine(server: Path, put_ticket: Callable[..., Path], write_text: Callable[..., str]) -> Path:
    """Return my clone: another fault of the same id, with an attachment, and two places that refer to it."""
    git(server.parent, "clone", "--quiet", server, "mine")
    folder = server.parent / "mine"
    (folder / "tickets" / "2026" / "11" / OLD).mkdir(parents=True)
    (folder / "tickets" / "2026" / "11" / OLD / "屏幕.png").write_bytes(b"\x89PNG")
    body = f"## 故障描述\n\n### 现象\n\n如图 ![]({OLD}/屏幕.png)。\n\n### 发生频率\n\n一次。\n\n### 复现步骤\n\n1. 升级。\n\n### 环境信息\n\nGW2。\n"
    register(folder, put_ticket, write_text, title="我的故障", body=body)
    text = write_text("2026-11-19 09:00 登记", id=OTHER, type="硬件故障", remark=f"与 {OLD} 同时出现")
    put_ticket(folder, OTHER, text)
    (folder / "kb" / "guide.md").write_text(f"手册\n\n见 [{OLD}](faults/{OLD}.md)。\n", encoding="utf-8", newline="")
    commit(folder)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Read every ticket, attachment and page, and whatever else was left beside them."""
    every = [path for name in ("tickets", "kb") for path in (folder / name).rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in every}


def reserved(server: Path) -> list[str]:
    """Return the ids that are reserved on the server."""
    return git(server, "for-each-ref", "--format=%(refname:lstrip=2)", "refs/faults").split()


@pytest.mark.parametrize("way", ["merge", "rebase"])
def test_two_people_with_the_same_id(run: Callable[..., Any], server: Path, theirs: Path, mine: Path, way: str) -> None:
    """The second to merge meets a conflict, is told the way back, renumbers, merges without a conflict, and the check is green."""
    git(theirs, "push", "--quiet", "origin", "main")
    git(mine, "fetch", "--quiet")
    git(mine, way, "origin/main", ok=False)
    assert run(mine, "check", *AS_OF).returncode == 1
    told = run(mine, "renumber", OLD)
    assert told.returncode == 1
    assert f"先运行 git {way} --abort 回到合并之前，再运行 fault renumber {OLD}" in told.stderr

    git(mine, way, "--abort")
    done = run(mine, "renumber", OLD)
    assert (done.returncode, done.stdout.splitlines()) == (
        0,
        [
            f"{HOME} → {TARGET}",
            f"tickets/2026/11/{OLD} → tickets/2026/11/{NEW}",
            f"tickets/2026/11/{OTHER}.md：第 12 行的 {OLD} 改成了 {NEW}",
            f"kb/guide.md：第 3 行的 {OLD} 改成了 {NEW}",
        ],
    )
    assert f'git add -A kb tickets && git commit -m "{OLD} 换成 {NEW}"' in done.stderr
    assert "git merge" in done.stderr
    assert reserved(server) == [NEW]

    git(mine, "add", "-A", "kb", "tickets")
    git(mine, "commit", "--quiet", "--message", f"{OLD} 换成 {NEW}")
    git(mine, "merge", "--quiet", "--no-edit", "origin/main")
    checked = run(mine, "check", *AS_OF)
    assert checked.returncode == 0, checked.stdout
    after = files(mine)
    assert b"\xe4\xbb\x96\xe4\xbb\xac" in after[HOME]  # 他们
    assert b"\xe6\x88\x91" in after[TARGET]  # 我
    assert OLD.encode() not in after[TARGET] + after["kb/guide.md"] + after[f"tickets/2026/11/{OTHER}.md"]
    assert after[f"tickets/2026/11/{NEW}/屏幕.png"] == b"\x89PNG"
    assert git(mine, "status", "--short") == ""
    git(mine, "push", "--quiet", "origin", "main")


def test_fault_that_is_merged_keeps_its_id(run: Callable[..., Any], server: Path, theirs: Path, mine: Path) -> None:
    """After the merge nobody may renumber the fault that was first; nothing is reserved and nothing changes."""
    git(theirs, "push", "--quiet", "origin", "main")
    before = files(theirs)
    told = run(theirs, "renumber", OLD)
    assert told.returncode == 1
    assert f"{OLD} 在基线（origin/main）里已经有了" in told.stderr
    assert files(theirs) == before
    assert reserved(server) == []
    assert run(mine, "renumber", OLD, "--base", "HEAD").returncode == 1
    assert run(mine, "renumber", OLD, "--base", "HEAD~2").returncode == 0


def test_dry_run_changes_and_reserves_nothing(run: Callable[..., Any], server: Path, mine: Path) -> None:
    """What would change is listed as it would be; no file and no number is touched."""
    before = files(mine)
    planned = run(mine, "renumber", OLD, "--dry-run")
    assert planned.returncode == 0
    assert "没有写文件" in planned.stderr
    assert files(mine) == before
    assert reserved(server) == []
    assert planned.stdout == run(mine, "renumber", OLD).stdout


@pytest.mark.parametrize("given", [HOME, f"{OLD}.md", f"./{HOME}"])
def test_file_stands_for_its_id(run: Callable[..., Any], mine: Path, given: str) -> None:
    """The old id may be given as the path that other commands print."""
    done = run(mine, "renumber", given, THIRD)
    assert done.returncode == 0, done.stderr
    assert f"tickets/2026/11/{THIRD}.md" in files(mine)


def test_command_runs_in_any_folder(run: Callable[..., Any], mine: Path) -> None:
    """From a folder inside of the repository the same files change, named from the root."""
    done = run(mine / "kb", "renumber", OLD)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == f"{HOME} → {TARGET}"


def test_wanted_number(run: Callable[..., Any], server: Path, mine: Path) -> None:
    """A number that somebody chooses is reserved; one that is taken, or no id, is refused with nothing changed."""
    git(server, "update-ref", f"refs/faults/{NEW}", "refs/heads/main")
    before = files(mine)
    for wanted, words in {NEW: "已经有人用了", "HW-20261120-002": "新编号要以 SW-20261120- 开头"}.items():
        told = run(mine, "renumber", OLD, wanted)
        assert told.returncode == 2
        assert words in told.stderr
        assert files(mine) == before
    done = run(mine, "renumber", OLD, THIRD.lower())
    assert done.returncode == 0, done.stderr
    assert reserved(server) == [NEW, THIRD]
    assert run(mine, "check", *AS_OF).returncode == 0


def test_without_the_remote_the_number_is_not_reserved(run: Callable[..., Any], server: Path, mine: Path) -> None:
    """Offline the fault gets the next number that this clone knows to be free, and a notice."""
    server.rename(server.with_name("moved.git"))
    done = run(mine, "renumber", OLD)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == f"{HOME} → {TARGET}"
    assert f"提醒：编号 {NEW} 没有保留" in done.stderr


def test_fault_that_is_not_there(run: Callable[..., Any], mine: Path) -> None:
    """A wrong id is answered as everywhere else."""
    told = run(mine, "renumber", "SW-20261120-009")
    assert told.returncode == 2
    assert "没有编号为 SW-20261120-009 的故障" in told.stderr


def test_error_that_the_new_id_would_bring(
    run: Callable[..., Any], mine: Path, put_ticket: Callable[..., Path], write_text: Callable[..., str]
) -> None:
    """The error is named with its place, and everything stays."""
    kb = f"{{entry: 收录, related: [{OLD}, {THIRD}]}}"
    put_ticket(mine, OLD, write_text("2026-11-20 09:00 登记", id=OLD, kb=kb))
    before = files(mine)
    told = run(mine, "renumber", OLD, THIRD)
    assert told.returncode == 1
    assert f"tickets/2026/11/{THIRD}.md:" in told.stderr
    assert f"没有换成 {THIRD}，什么都没有改" in told.stderr
    assert files(mine) == before


KILLED = """
import os, signal, sys
from faultkb import cli
seen = 0
def watch(event, args):
    global seen
    if event == "os.rename":
        seen += 1
        if seen == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(watch)
cli.main(["renumber", "SW-20261120-001"])
"""


@pytest.mark.parametrize("seconds", [3, 120])
@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_killed_command_is_run_again(
    run: Callable[..., Any], environment: dict[str, str], server: Path, mine: Path, at: int, seconds: int
) -> None:
    """SIGKILL before any of the renames (two pages, the folder, the fault, the end): run again, it ends with the same number.

    Recording an event in between is refused, and says what to do first, however long ago that was.
    """
    done = subprocess.run([sys.executable, "-c", KILLED, str(at)], cwd=mine, env=environment, check=False)
    assert done.returncode == -9
    for path in (mine / "tickets").rglob(".*.lock"):
        os.utime(path, (time.time() - seconds,) * 2)
    told = run(mine, "log", OLD, "响应", "--by", "PM002", "--note", "已联系", *AS_OF)
    assert told.returncode == 2
    assert f"fault renumber {OLD} 没有做完：先再运行一次 fault renumber {OLD}" in told.stderr
    told = run(mine, "renumber", OLD, THIRD)
    assert (told.returncode, f"{OLD} 换成 {NEW} 时中断了" in told.stderr) == (2, True)
    done = run(mine, "renumber", OLD)
    assert done.returncode == 0, done.stderr
    assert reserved(server) == [NEW]
    names = sorted(files(mine))
    assert names == sorted([TARGET, f"tickets/2026/11/{NEW}/屏幕.png", f"tickets/2026/11/{OTHER}.md", "kb/guide.md"])
    assert not [name for name, data in files(mine).items() if OLD.encode() in data]
    assert run(mine, "check", *AS_OF).returncode == 0
