"""Writing a ticket: whole or not at all, never over somebody else's change, whatever dies in between."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import corpus, transaction
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ID = "SW-20261102-001"
HOME = f"tickets/2026/11/{ID}.md"
LOCK = f".{ID}.md.lock"
NOBODY = 65534


@pytest.fixture
def environment(root: Path) -> dict[str, str]:
    """Return the environment in which another process finds the program."""
    return {**os.environ, "PYTHONPATH": str(root / "tools")}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return the folder of the ticket, which does not exist yet."""
    return (tmp_path / HOME).parent


def names(folder: Path) -> list[str]:
    """Name everything in a folder."""
    return sorted(one.name for one in folder.iterdir())


def test_new_file_is_written_as_it_is(tmp_path: Path, home: Path) -> None:
    """The folders are made, the text arrives byte for byte (line ends and all), nothing else is left."""
    corpus.save(tmp_path, HOME, "甲\r\n乙\n\u2028🙂", None)
    assert (home / f"{ID}.md").read_bytes() == "甲\r\n乙\n\u2028🙂".encode()
    assert names(home) == [f"{ID}.md"]


def test_known_text_is_replaced(tmp_path: Path, home: Path) -> None:
    """Who names the text that is there may replace it; the mode of the file stays."""
    corpus.save(tmp_path, HOME, "旧", None)
    (home / f"{ID}.md").chmod(0o600)
    corpus.save(tmp_path, HOME, "新", "旧")
    assert (home / f"{ID}.md").read_text(encoding="utf-8") == "新"
    assert (home / f"{ID}.md").stat().st_mode & 0o777 == 0o600
    assert names(home) == [f"{ID}.md"]


@pytest.mark.parametrize(
    ("there", "expected"),
    [("别人改过", "旧"), ("旧\n", "旧"), ("旧\r\n", "旧\n"), (None, "旧"), ("已经有了", None), ("", None)],
)
def test_text_that_somebody_changed_is_left_alone(
    tmp_path: Path, home: Path, there: str | None, expected: str | None
) -> None:
    """If the file is not what was read (changed, gone, or already there), nothing is written and the message says so."""
    home.mkdir(parents=True)
    path = home / f"{ID}.md"
    if there is not None:
        path.write_bytes(there.encode())
    with pytest.raises(FaultError, match=r"刚刚被别人改过.*再运行一次") as raised:
        corpus.save(tmp_path, HOME, "新", expected)
    assert raised.value.code == 2
    assert HOME in str(raised.value)
    assert (path.read_bytes() if path.exists() else None) == (None if there is None else there.encode())
    assert names(home) == ([] if there is None else [path.name])


def test_lock_of_a_dead_process_is_taken_over(tmp_path: Path, home: Path) -> None:
    """A lock that nobody has touched for two minutes belongs to nobody; what it held is thrown away."""
    corpus.save(tmp_path, HOME, "旧", None)
    (home / LOCK).write_text("半个新的", encoding="utf-8")
    os.utime(home / LOCK, (time.time() - 120,) * 2)
    corpus.save(tmp_path, HOME, "新", "旧")
    assert (home / f"{ID}.md").read_text(encoding="utf-8") == "新"
    assert names(home) == [f"{ID}.md"]


def test_lock_of_a_living_process_is_respected(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits in vain for another writer gives up, names the lock and leaves it and the ticket alone."""
    monkeypatch.setattr(transaction, "_TRIES", 3)
    corpus.save(tmp_path, HOME, "旧", None)
    (home / LOCK).write_text("别人的", encoding="utf-8")
    with pytest.raises(FaultError, match=re.escape(LOCK)) as raised:
        corpus.save(tmp_path, HOME, "新", "旧")
    assert raised.value.code == 2
    assert (home / f"{ID}.md").read_text(encoding="utf-8") == "旧"
    assert (home / LOCK).read_text(encoding="utf-8") == "别人的"


ONCE = """
import sys
from pathlib import Path
from faultkb import corpus
print("ready", flush=True)
corpus.save(Path(sys.argv[1]), sys.argv[2], "新", "旧")
"""


def test_second_writer_waits_for_the_first(tmp_path: Path, home: Path, environment: dict[str, str]) -> None:
    """A writer that finds a lock goes on as soon as it is released."""
    corpus.save(tmp_path, HOME, "旧", None)
    (home / LOCK).touch()
    with subprocess.Popen(
        [sys.executable, "-c", ONCE, tmp_path, HOME], env=environment, stdout=subprocess.PIPE
    ) as second:
        assert second.stdout is not None
        assert second.stdout.readline() == b"ready\n"
        assert (home / f"{ID}.md").read_text(encoding="utf-8") == "旧"
        (home / LOCK).unlink()
        assert second.wait(30) == 0
    assert (home / f"{ID}.md").read_text(encoding="utf-8") == "新"


FOREVER = """
import sys
from pathlib import Path
from faultkb import corpus
root, path = Path(sys.argv[1]), sys.argv[2]
texts = ["甲" * 100_000, "乙" * 300_000]
current = (root / path).read_text(encoding="utf-8")
while True:
    new = texts[current == texts[0]]
    corpus.save(root, path, new, current)
    current = new
    print(flush=True)
"""


@pytest.mark.parametrize("after", range(1, 16))
def test_killed_writer_leaves_a_whole_file(tmp_path: Path, home: Path, environment: dict[str, str], after: int) -> None:
    """SIGKILL in the middle of saving: the file is the old or the new text, whole; the next writer can go on."""
    corpus.save(tmp_path, HOME, "甲" * 100_000, None)
    with subprocess.Popen(
        [sys.executable, "-c", FOREVER, tmp_path, HOME], env=environment, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        for _ in range(after):
            assert writer.stdout.readline() == b"\n"
        writer.kill()
    text = (home / f"{ID}.md").read_text(encoding="utf-8")
    assert text in {"甲" * 100_000, "乙" * 300_000}
    if (home / LOCK).exists():
        os.utime(home / LOCK, (time.time() - 120,) * 2)
    corpus.save(tmp_path, HOME, "新", text)
    assert names(home) == [f"{ID}.md"]


APPEND = """
import sys
from datetime import datetime
from pathlib import Path
from faultkb import corpus, logbook, vocabulary
from faultkb.finding import FaultError
root, path, who = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
words, now = vocabulary.load(root), datetime(2026, 11, 20, 17, 0)
print("ready", flush=True)
sys.stdin.readline()
refused = 0
for number in range(50):
    event = {"at": "2026-11-20 09:00", "event": "进展", "by": "RD017", "note": f"{who}{number}"}
    while True:
        loaded = corpus.load(root, path, words)
        entry = logbook.record(root, words, loaded, [event], now)
        assert not entry.refused, entry.refused
        try:
            corpus.save(root, path, entry.text, loaded.document.text)
        except FaultError:
            refused += 1
        else:
            break
print(refused)
"""


def test_two_writers_lose_nothing(
    root: Path, tmp_path: Path, environment: dict[str, str], write_text: Callable[..., str], words: Any
) -> None:
    """Two processes that append fifty events each to one ticket, trying again when refused, leave all hundred in it."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    text = write_text(
        "登记", "受理", status="处理中", team="软件开发组", owner="{staff: RD017, name: 李*}", due_at="2026-11-06 18:00"
    )
    corpus.save(tmp_path, HOME, text, None)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", APPEND, tmp_path, HOME, who],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for who in "甲乙"
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    refused = [int(writer.communicate("go\n", timeout=300)[0]) for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    one = corpus.load(tmp_path, HOME, words).ticket
    assert one is not None
    notes = [event.data["note"] for event in one.events[2:]]
    assert sorted(notes) == sorted(f"{who}{number}" for who in "甲乙" for number in range(50))
    assert names((tmp_path / HOME).parent) == [f"{ID}.md"]
    assert min(refused) >= 0


def test_full_disk_is_said_and_leaves_the_file(tmp_path: Path, home: Path) -> None:
    """When the new text does not fit, the old one stays, no piece is left, and the message is in Chinese."""
    corpus.save(tmp_path, HOME, "旧", None)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(FaultError, match="写不了") as raised:
            corpus.save(tmp_path, HOME, "新" * 10_000, "旧")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert raised.value.code == 2
    assert (home / f"{ID}.md").read_text(encoding="utf-8") == "旧"
    assert names(home) == [f"{ID}.md"]


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """Return a folder that another user may enter: pytest's own are closed to them."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


AS_ANOTHER = """
import contextlib, io, os, sys
from faultkb import cli
def run(*arguments):
    err = io.StringIO()
    with contextlib.redirect_stderr(err), contextlib.redirect_stdout(err):
        try:
            cli.main(arguments)
        except SystemExit as ended:
            return ended.code, err.getvalue()
new = ["new", "--type", "软件Bug", "--severity", "中", "--title", "标题", "--channel", "电话", "--reporter", "ZL001"]
new += ["--reporter-name", "张*", "--users", "1", "--product", "P", "--version", "V1", "--yes", "--as-of", "2026-11-02 09:00"]
log = ["log", "SW-20261102-001", "响应", "--by", "PM002", "--note", "x", "--as-of", "2026-11-02 10:00"]
root = sys.argv[1]
for command in (new, log):
    code, said = run("--root", root, *command)
    assert not code, said
for folder, folders, files in os.walk(root):
    os.chmod(folder, 0o555)
    for name in files:
        os.chmod(os.path.join(folder, name), 0o444)
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
for command in (new, log):
    code, said = run("--root", root, *command)
    print(code, said.splitlines()[-1])
"""


def test_folder_of_somebody_else_is_said_in_chinese(
    root: Path, public_folder: Path, environment: dict[str, str]
) -> None:
    """Who may not write gets one Chinese line and exit code 2 from new and log, and nothing is left behind."""
    repository = public_folder / "repository"
    shutil.copytree(root / "schema", repository / "schema")
    (repository / "tickets").mkdir()
    done = subprocess.run(
        [sys.executable, "-c", AS_ANOTHER, repository],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    for path in repository.rglob("*"):
        path.chmod(0o755)
    repository.chmod(0o755)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 2
    for line in lines:
        assert re.match(r"2 错误：写不了 tickets/2026/11/SW-20261102-00[12]\.md：[\u4e00-\u9fff]", line), line
        assert "denied" not in line
    assert names(repository / "tickets" / "2026" / "11") == [f"{ID}.md"]
