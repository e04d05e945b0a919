"""``fault log`` and the file: odd locales, two people at once, a process that dies, two branches of git."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from faultkb import corpus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ID = "SW-20261102-001"
FILE = f"tickets/2026/11/{ID}.md"
NOW = ("--as-of", "2026-11-20 18:00")


@pytest.fixture
def at_work(empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]) -> Path:
    """Return the path of a ticket that has been accepted."""
    fields = {"status": "处理中", "team": "软件开发组", "owner": "{staff: RD017, name: 李*}"}
    return put_ticket(empty, ID, write_text("登记", "受理", **fields, due_at="2026-11-06 18:00"))


def events(path: Path) -> list[dict[str, Any]]:
    """Return the events of a ticket; the reader is not the program's own."""
    header = yaml.load(path.read_text(encoding="utf-8").split("---")[1], yaml.BaseLoader)  # noqa: S506 - only strings
    return list(header["events"])


LOCALES = {
    "C": {"LC_ALL": "C"},
    "C without UTF-8 mode": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "POSIX, output in Latin-1": {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
}


@pytest.mark.parametrize("settings", LOCALES.values(), ids=LOCALES.keys())
def test_locale_does_not_matter(run: Callable[..., Any], empty: Path, at_work: Path, settings: dict[str, str]) -> None:
    """Event, options and pairs in Chinese arrive as they were typed; what is printed is UTF-8."""
    done = run(empty, "log", ID, "改派", "--owner", "RD025 郭*", "--note", "换人", "--by", "PM002", *NOW, **settings)
    assert (done.returncode, done.stdout) == (0, f"{ID} 已记录 改派，当前状态 处理中\n"), done.stderr
    corrected = ["--target", "3", "--set", "note=换个人", "--note", "错字", "--approver", "PM001", "--by", "PM002"]
    assert run(empty, "log", ID, "更正", *corrected, *NOW, **settings).returncode == 0
    seen = events(at_work)
    assert (seen[2]["owner"], seen[2]["note"], seen[3]["set"]) == (
        {"staff": "RD025", "name": "郭*"},
        "换人",
        {"note": "换个人"},
    )


def test_bytes_that_are_no_text_are_refused(environment: dict[str, str], empty: Path, at_work: Path) -> None:
    """A note in GBK under a UTF-8 locale is named; nothing is written."""
    before = at_work.read_bytes()
    note = "补丁完成".encode("gbk")
    command = [sys.executable, "-m", "faultkb", "log", ID, "进展", "--by", "RD017", "--note", note, *NOW]
    done = subprocess.run(
        command, cwd=empty, env={**environment, "LC_ALL": "C.UTF-8"}, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, at_work.read_bytes()) == (2, b"", before)
    assert "读不出来" in done.stderr.decode()


REPEAT = """
import contextlib, io, sys
from faultkb import cli
root, who, number = sys.argv[1:]
sys.stdin.readline()
for count in range(int(number)):
    while True:
        said = io.StringIO()
        arguments = ["--root", root, "log", "SW-20261102-001", "进展", "--by", "RD017", "--note", f"{who}{count}"]
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            try:
                cli.main([*arguments, "--as-of", "2026-11-20 18:00"])
            except SystemExit as ended:
                code = ended.code
        if not code:
            break
        assert code == 2 and "刚刚被别人改过" in said.getvalue(), said.getvalue()
    print(count, flush=True)
"""
"""Records events one after the other, again where somebody else was quicker; prints the number of each when it is written."""


def test_two_people_at_once_lose_nothing(environment: dict[str, str], empty: Path, at_work: Path, words: Any) -> None:
    """Two processes that record fifteen events each in one fault leave all thirty in it, each person's in order."""
    people = [
        subprocess.Popen(
            [sys.executable, "-c", REPEAT, empty, who, "15"],
            env={**environment, "PYTHONUTF8": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for who in "甲乙"
    ]
    for one in people:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    assert [one.communicate(timeout=300)[0].count("\n") for one in people] == [15, 15]
    notes = [event["note"] for event in events(at_work)[2:]]
    for who in "甲乙":
        assert [note for note in notes if note.startswith(who)] == [f"{who}{count}" for count in range(15)]
    assert len(notes) == 30
    loaded = corpus.load(empty, FILE, words)
    assert (loaded.violations, loaded.document.problems) == ((), ())


@pytest.mark.parametrize("written", range(1, 6))
def test_process_that_is_killed_leaves_whole_events(
    environment: dict[str, str], call: Callable[..., Any], empty: Path, at_work: Path, words: Any, written: int
) -> None:
    """SIGKILL at any moment: what was confirmed is there, at most one more, nothing half; and recording goes on."""
    command = [sys.executable, "-c", REPEAT, empty, "甲", "1000"]
    with subprocess.Popen(
        command, env={**environment, "PYTHONUTF8": "1"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as one:
        assert one.stdin is not None
        assert one.stdout is not None
        one.stdin.write(b"go\n")
        one.stdin.flush()
        for _ in range(written):
            assert one.stdout.readline()
        one.kill()
        confirmed = written + one.stdout.read().count(b"\n")
    loaded = corpus.load(empty, FILE, words)
    assert (loaded.violations, loaded.document.problems) == ((), ())
    notes = [event["note"] for event in events(at_work)[2:]]
    assert notes == [f"甲{count}" for count in range(len(notes))]
    assert len(notes) - confirmed in {0, 1}
    lock = at_work.with_name(f".{ID}.md.lock")
    if lock.exists():  # it is taken over after two minutes
        os.utime(lock, (time.time() - 120,) * 2)
    assert call(empty, "log", ID, "进展", "--by", "RD017", "--note", "继续", *NOW).returncode == 0
    assert [file.name for file in at_work.parent.iterdir()] == [at_work.name]


@pytest.fixture
def git(empty: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs git in the repository, which is one."""

    def run_git(*arguments: str) -> subprocess.CompletedProcess[str]:
        config = ["-c", "user.name=x", "-c", "user.email=x@example.invalid", "-c", "merge.conflictStyle=merge"]
        return subprocess.run(
            ["git", *config, *arguments], cwd=empty, capture_output=True, encoding="utf-8", check=False
        )

    assert run_git("init", "-q", "-b", "main").returncode == 0
    return run_git


BRANCHES = {
    # what one branch records, what the other does; the lines of the conflict, without the markers: one for each event,
    # and one for each field of the header that both have changed
    "two notes": (["进展", "--note", "甲"], ["反馈", "--note", "乙"], [1, 1]),
    "a note and a new plan": (
        ["进展", "--note", "甲"],
        ["改期", "--due", "2026-11-12", "--note", "晚到", "--approver", "PM001"],
        [1, 1],
    ),
    "two persons": (
        ["改派", "--owner", "RD025 郭*", "--note", "甲"],
        ["改派", "--owner", "RD030 马*", "--note", "乙"],
        [1, 1, 1, 1],
    ),
    "handed over and moved": (
        ["提交验证"],
        ["改期", "--due", "2026-11-12", "--note", "晚到", "--approver", "PM001"],
        [1, 1, 1, 1],
    ),
    "a risk with a new plan, and a note": (
        ["风险", "--due", "2026-11-12", "--note", "晚到", "--approver", "PM001"],
        ["进展", "--note", "乙"],
        [2, 1],
    ),
}


@pytest.mark.parametrize(("ours", "theirs", "lines"), BRANCHES.values(), ids=BRANCHES.keys())
def test_two_branches_conflict_in_what_they_recorded_only(
    call: Callable[..., Any],
    empty: Path,
    at_work: Path,
    git: Callable[..., subprocess.CompletedProcess[str]],
    ours: list[str],
    theirs: list[str],
    lines: list[int],
) -> None:
    """Merging two branches that recorded in one fault: the conflict holds the new lines of events and what both changed."""
    git("add", "-A")
    git("commit", "-qm", "base")
    for branch, arguments in (("ours", ours), ("theirs", theirs)):
        git("checkout", "-q", "-b", branch, "main")
        done = call(empty, "log", ID, *arguments, "--by", "PM002", "--at", "2026-11-03 10:00", *NOW)
        assert done.returncode == 0, done.stderr
        git("commit", "-qam", branch)
    assert git("merge", "ours").returncode == 1
    counted: list[int] = []
    inside = False
    for line in at_work.read_text(encoding="utf-8").splitlines():
        if line.startswith(("<<<<<<<", "=======")):
            counted.append(0)
            inside = True
        elif line.startswith(">>>>>>>"):
            inside = False
        elif inside:
            counted[-1] += 1
    assert sorted(counted) == sorted(lines)
    refused = call(empty, "log", ID, "进展", "--by", "PM002", "--note", "x", *NOW)
    assert (refused.returncode, "fault check" in refused.stderr) == (2, True)
