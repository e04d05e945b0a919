"""Several files changed as one: all or none, whatever fails or dies in between."""

from __future__ import annotations

import itertools
import os
import re
import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from faultkb import corpus, transaction
from faultkb.finding import FaultError
from faultkb.transaction import Edit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BEFORE = {
    "tickets/a.md": b"a names old\r\n",
    "kb/b.md": b"b names old",
    "tickets/old.md": b"I am old",
    "tickets/old/old.png": b"\x89PNG",
    "tickets/old/log.txt": b"old",
}
AFTER = {
    "tickets/a.md": b"a names new\r\n",
    "kb/b.md": b"b names new",
    "tickets/new.md": b"I am new",
    "tickets/new/new.png": b"\x89PNG",
    "tickets/new/log.txt": b"old",
}
EDITS = (
    Edit("tickets/a.md", "tickets/a.md", b"a names old\r\n", b"a names new\r\n"),
    Edit("kb/b.md", "kb/b.md", b"b names old", b"b names new"),
    Edit("tickets/old.md", "tickets/new.md", b"I am old", b"I am new"),
)
MOVES = (("tickets/old/old.png", "tickets/old/new.png"), ("tickets/old", "tickets/new"))
NOTE = "tickets/.old.md.lock"
KILLED_HALF_WAY = 13
"""The step before which a.md is new and b.md is not: two for the journal, three for each of three drafts, two renames."""


def lay_out(folder: Path) -> Path:
    """Write the files as they are before the change."""
    for name, content in BEFORE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def files(folder: Path) -> dict[str, bytes]:
    """Read every file in a folder, hidden ones too."""
    every = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in every}


def age(folder: Path) -> None:
    """Let every hidden file look as if nobody had touched it for two minutes."""
    for path in folder.rglob(".*"):
        os.utime(path, (time.time() - 120,) * 2)


def test_all_files_change(tmp_path: Path) -> None:
    """New contents, a new name, renamed attachments; line ends stay, modes stay, nothing is left behind."""
    lay_out(tmp_path)
    (tmp_path / "tickets" / "old.md").chmod(0o600)
    transaction.write(tmp_path, EDITS, MOVES, "new")
    assert files(tmp_path) == AFTER
    assert (tmp_path / "tickets" / "new.md").stat().st_mode & 0o777 == 0o600


CHILD = """
import errno, os, signal, sys
from pathlib import Path
from faultkb import transaction
from faultkb.finding import FaultError
from faultkb.transaction import Edit
root, act, at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
edits = [one for one in {edits!r} if one.path != one.target or (root / one.path).read_bytes() == one.before]
moves = [move for move in {moves!r} if (root / move[0]).exists()]
seen = 0
def watch(event, args):
    global seen
    writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
    if event in {{"os.rename", "os.remove", "os.chmod"}} or writes:
        seen += 1
        if seen == at and act == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if seen == at and act == "interrupt":
            raise KeyboardInterrupt
        if seen == at:
            raise OSError(errno.ENOSPC, "No space left on device")
sys.addaudithook(watch)
try:
    transaction.write(root, edits, moves, "new")
except FaultError as error:
    print(error)
print(seen)
"""


@pytest.fixture
def child(root: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that makes the change in a process which fails at its n-th step on files."""

    def run(folder: Path, act: str, at: int) -> subprocess.CompletedProcess[str]:
        script = CHILD.format(edits=EDITS, moves=MOVES)
        return subprocess.run(
            [sys.executable, "-c", script, folder, act, str(at)],
            env={**os.environ, "PYTHONPATH": str(root / "tools")},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    return run


def test_killed_process_is_completed_by_the_next(
    tmp_path: Path, child: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """SIGKILL before any single step: each file is the old or the new one, whole, and running again makes all of them new."""
    whole = {*BEFORE.values(), *AFTER.values()}
    states = []
    for at in itertools.count(1):
        folder = lay_out(tmp_path / str(at))
        if child(folder, "kill", at).returncode == 0:
            break
        visible = {name: data for name, data in files(folder).items() if not name.rpartition("/")[2].startswith(".")}
        assert set(visible.values()) <= whole
        assert visible.get("tickets/old.md", b"I am old") == b"I am old"
        assert visible.get("tickets/new.md", b"I am new") == b"I am new"
        states.append(visible)
        if "tickets/old.md" not in visible:  # at most the old file is left, as a lock that says nothing
            assert files(folder) in ({**AFTER, NOTE: b"I am old"}, AFTER)
            continue
        age(folder)
        written = (folder / NOTE).exists() and (folder / NOTE).stat().st_size
        assert transaction.pending(folder, "tickets/old.md") == ("new" if written else "")
        assert child(folder, "", 0).returncode == 0
        assert files(folder) == AFTER
    assert states[0] == BEFORE
    assert states[-1] == AFTER


@pytest.mark.parametrize("act", ["refuse", "interrupt"])
def test_failing_step_leaves_everything_as_it_was(
    tmp_path: Path, child: Callable[..., subprocess.CompletedProcess[str]], act: str
) -> None:
    """A full disk or Ctrl+C at any single step: every file is as before and nothing else is there.

    Only the removal of the lock, when everything is done, may fail: then it stays, and says nothing.
    """
    outcomes = []
    for at in itertools.count(1):
        folder = lay_out(tmp_path / str(at))
        done = child(folder, act, at)
        if files(folder) == AFTER:
            break
        outcomes.append(files(folder))
        assert ("磁盘满了" in done.stdout) == (act == "refuse" and outcomes[-1] == BEFORE)
    assert len(outcomes) > 10
    assert all(one == BEFORE for one in outcomes[:-1])
    assert outcomes[-1] == {**AFTER, NOTE: b"I am old"}


@pytest.mark.parametrize(("act", "every"), [("kill", 1), ("refuse", 3), ("interrupt", 3)])
def test_completing_may_fail_too(
    tmp_path: Path, child: Callable[..., subprocess.CompletedProcess[str]], act: str, every: int
) -> None:
    """Whatever happens to the run that completes a change, the journal stays until all files are new."""
    for at in itertools.count(1, every):
        folder = lay_out(tmp_path / str(at))
        assert child(folder, "kill", KILLED_HALF_WAY).returncode == -9
        assert (folder / "kb/b.md").read_bytes() == b"b names old"
        assert (folder / "tickets/a.md").read_bytes() == b"a names new\r\n"
        age(folder)
        child(folder, act, at)
        if files(folder) == AFTER:
            break
        age(folder)
        if (folder / "tickets/old.md").exists():
            assert transaction.pending(folder, "tickets/old.md") == "new"
            assert child(folder, "", 0).returncode == 0
        assert {**files(folder), NOTE: b""} == {**AFTER, NOTE: b""}
    assert at > 10


@pytest.mark.parametrize("seconds", [0, 1, 3, 59, 61, 120, 86_400, -3_600])
def test_journal_is_no_stale_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """Who saves the file of a half-done change is told to complete it, however old the journal is; the journal stays."""
    monkeypatch.setattr(transaction, "_TRIES", 3)
    lay_out(tmp_path)
    (tmp_path / NOTE).write_bytes(b"fault renumber: new")
    os.utime(tmp_path / NOTE, (time.time() - seconds,) * 2)
    before = files(tmp_path)
    with pytest.raises(FaultError, match=r"^fault renumber old 没有做完：先再运行一次 fault renumber old$") as raised:
        corpus.save(tmp_path, "tickets/old.md", "I am old, and longer", "I am old")
    assert raised.value.code == 2
    assert files(tmp_path) == before
    assert transaction.pending(tmp_path, "tickets/old.md") == "new"
    transaction.write(tmp_path, EDITS, MOVES, "new")
    assert files(tmp_path) == AFTER


def test_change_does_not_touch_the_journal_of_another(tmp_path: Path) -> None:
    """A file that is to be edited, and is itself half way to another name, is left to that change."""
    lay_out(tmp_path)
    (tmp_path / "tickets/.a.md.lock").write_bytes(b"fault renumber: b")
    (tmp_path / NOTE).write_bytes(b"fault renumber: new")
    age(tmp_path)
    before = files(tmp_path)
    with pytest.raises(FaultError, match="fault renumber a 没有做完"):
        transaction.write(tmp_path, EDITS, MOVES, "new")
    assert files(tmp_path) == before


def test_change_is_not_begun_again_to_another_name(tmp_path: Path) -> None:
    """A half-done change is completed to the name that it began with, or not at all."""
    lay_out(tmp_path)
    (tmp_path / NOTE).write_bytes(b"fault renumber: other")
    age(tmp_path)
    before = files(tmp_path)
    with pytest.raises(FaultError, match="fault renumber old 没有做完"):
        transaction.write(tmp_path, EDITS, MOVES, "new")
    assert files(tmp_path) == before


def test_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """If any one file is not what was read, none is written."""
    lay_out(tmp_path)
    (tmp_path / "kb" / "b.md").write_bytes(b"edited by hand")
    with pytest.raises(FaultError, match=r"kb/b\.md 刚刚被别人改过.*再运行一次"):
        transaction.write(tmp_path, EDITS, MOVES, "new")
    assert files(tmp_path) == {**BEFORE, "kb/b.md": b"edited by hand"}


def test_name_that_is_taken_is_not_overwritten(tmp_path: Path) -> None:
    """The moved file never replaces another one."""
    lay_out(tmp_path)
    (tmp_path / "tickets" / "new.md").write_bytes(b"somebody else")
    with pytest.raises(FaultError, match=r"tickets/new\.md 刚刚被别人改过"):
        transaction.write(tmp_path, EDITS, MOVES, "new")
    assert files(tmp_path) == {**BEFORE, "tickets/new.md": b"somebody else"}


@pytest.mark.parametrize("name", ["tickets/.a.md.lock", NOTE, "tickets/.new.md.lock"])
def test_file_that_is_being_written_is_left_to_its_writer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The locks of `corpus.save` are respected: nothing is written, the lock is named and stays."""
    monkeypatch.setattr(transaction, "_TRIES", 3)
    lay_out(tmp_path)
    (tmp_path / name).write_bytes(b"---\nid: ")
    with pytest.raises(FaultError, match=re.escape(name.rpartition("/")[2])):
        transaction.write(tmp_path, EDITS, MOVES, "new")
    assert files(tmp_path) == {**BEFORE, name: b"---\nid: "}


@pytest.mark.parametrize("name", ["tickets/.a.md.lock", NOTE])
def test_lock_of_a_dead_writer_is_taken_over(tmp_path: Path, name: str) -> None:
    """A lock that nobody has touched for two minutes belongs to nobody."""
    lay_out(tmp_path)
    (tmp_path / name).write_bytes(b"---\nid: ")
    age(tmp_path)
    transaction.write(tmp_path, EDITS, MOVES, "new")
    assert files(tmp_path) == AFTER


def test_change_that_is_running_is_waited_for(tmp_path: Path, root: Path) -> None:
    """Who asks while another process makes the change hears of it only if that process dies."""
    lay_out(tmp_path)
    (tmp_path / NOTE).write_bytes(b"fault renumber: new")
    script = "import sys; from pathlib import Path; from faultkb import transaction; print('ready', flush=True); "
    script += "print(repr(transaction.pending(Path(sys.argv[1]), 'tickets/old.md')))"
    environment = {**os.environ, "PYTHONPATH": str(root / "tools"), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], env=environment, stdout=subprocess.PIPE, encoding="utf-8"
    ) as asking:
        assert asking.stdout is not None
        assert asking.stdout.readline() == "ready\n"
        (tmp_path / NOTE).unlink()
        assert asking.communicate(timeout=60)[0] == "''\n"
    (tmp_path / NOTE).write_bytes(b"fault renumber: new")
    age(tmp_path)
    assert transaction.pending(tmp_path, "tickets/old.md") == "new"


def test_full_disk_is_said(tmp_path: Path) -> None:
    """When a new text does not fit, everything stays, no piece is left, and the message is in Chinese."""
    lay_out(tmp_path)
    large = Edit("kb/b.md", "kb/b.md", b"b names old", b"new" * 10_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(FaultError, match=r"写不了 kb/b\.md：文件太大，什么都没有改"):
            transaction.write(tmp_path, (EDITS[0], large, EDITS[2]), MOVES, "new")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(tmp_path) == BEFORE
