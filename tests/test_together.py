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

from faultkb import together
from faultkb.finding import FaultError
from faultkb.together import Edit

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
    together.write(tmp_path, "new", EDITS, MOVES)
    assert files(tmp_path) == AFTER
    assert (tmp_path / "tickets" / "new.md").stat().st_mode & 0o777 == 0o600


CHILD = """
import errno, os, signal, sys
from pathlib import Path
from faultkb import together
from faultkb.finding import FaultError
from faultkb.together import Edit
root, act, at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
edits = {edits!r}
moves = {moves!r}
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
    together.write(root, "new", edits, moves)
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
        if "tickets/old.md" not in visible:  # only the note is left
            assert visible == AFTER
            continue
        age(folder)
        written = (folder / NOTE).exists() and (folder / NOTE).stat().st_size
        assert together.pending(folder, "tickets/old.md") == ("new" if written else "")
        left = [one for one in EDITS if one.path != one.target or (folder / one.path).read_bytes() == one.before]
        moves = [move for move in MOVES if (folder / move[0]).exists()]
        together.write(folder, "new", left, moves)
        assert files(folder) == AFTER
    assert states[0] == BEFORE
    assert states[-1] == AFTER


@pytest.mark.parametrize("act", ["refuse", "interrupt"])
def test_failing_step_leaves_everything_as_it_was(
    tmp_path: Path, child: Callable[..., subprocess.CompletedProcess[str]], act: str
) -> None:
    """A full disk or Ctrl+C at any single step: every file is as before and nothing else is there.

    Only the removal of the note, when everything is done, may fail: then the note stays.
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
    assert outcomes[-1] == {**AFTER, NOTE: b"together new"}


def test_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    """If any one file is not what was read, none is written."""
    lay_out(tmp_path)
    (tmp_path / "kb" / "b.md").write_bytes(b"edited by hand")
    with pytest.raises(FaultError, match=r"kb/b\.md 刚刚被别人改过.*再运行一次"):
        together.write(tmp_path, "new", EDITS, MOVES)
    assert files(tmp_path) == {**BEFORE, "kb/b.md": b"edited by hand"}


def test_name_that_is_taken_is_not_overwritten(tmp_path: Path) -> None:
    """The moved file never replaces another one."""
    lay_out(tmp_path)
    (tmp_path / "tickets" / "new.md").write_bytes(b"somebody else")
    with pytest.raises(FaultError, match=r"tickets/new\.md 刚刚被别人改过"):
        together.write(tmp_path, "new", EDITS, MOVES)
    assert files(tmp_path) == {**BEFORE, "tickets/new.md": b"somebody else"}


@pytest.mark.parametrize("name", ["tickets/.a.md.lock", NOTE, "tickets/.new.md.lock"])
def test_file_that_is_being_written_is_left_to_its_writer(tmp_path: Path, name: str) -> None:
    """The locks of `corpus.save` are respected: nothing is written, the lock is named and stays."""
    lay_out(tmp_path)
    (tmp_path / name).write_bytes(b"---\nid: ")
    with pytest.raises(FaultError, match=re.escape(name.rpartition("/")[2])):
        together.write(tmp_path, "new", EDITS, MOVES)
    assert files(tmp_path) == {**BEFORE, name: b"---\nid: "}


@pytest.mark.parametrize("name", ["tickets/.a.md.lock", NOTE])
def test_lock_of_a_dead_writer_is_taken_over(tmp_path: Path, name: str) -> None:
    """A lock that nobody has touched for two minutes belongs to nobody."""
    lay_out(tmp_path)
    (tmp_path / name).write_bytes(b"---\nid: ")
    age(tmp_path)
    together.write(tmp_path, "new", EDITS, MOVES)
    assert files(tmp_path) == AFTER


def test_change_that_is_running_is_waited_for(tmp_path: Path, root: Path) -> None:
    """Who asks while another process makes the change hears of it only if that process dies."""
    lay_out(tmp_path)
    (tmp_path / NOTE).write_bytes(b"together new")
    script = "import sys; from pathlib import Path; from faultkb import together; print('ready', flush=True); "
    script += "print(repr(together.pending(Path(sys.argv[1]), 'tickets/old.md')))"
    environment = {**os.environ, "PYTHONPATH": str(root / "tools"), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], env=environment, stdout=subprocess.PIPE, encoding="utf-8"
    ) as asking:
        assert asking.stdout is not None
        assert asking.stdout.readline() == "ready\n"
        (tmp_path / NOTE).unlink()
        assert asking.communicate(timeout=60)[0] == "''\n"
    (tmp_path / NOTE).write_bytes(b"together new")
    age(tmp_path)
    assert together.pending(tmp_path, "tickets/old.md") == "new"


def test_full_disk_is_said(tmp_path: Path) -> None:
    """When a new text does not fit, everything stays, no piece is left, and the message is in Chinese."""
    lay_out(tmp_path)
    large = Edit("kb/b.md", "kb/b.md", b"b names old", b"new" * 10_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(FaultError, match="写不了文件（文件太大），什么都没有改"):
            together.write(tmp_path, "new", (EDITS[0], large, EDITS[2]), MOVES)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert files(tmp_path) == BEFORE
