"""What is not a ticket file, and what only looks like one: through the real command, on real files."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faultkb import check, corpus, document
from faultkb.finding import ERROR, FaultError
from tests import inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from subprocess import CompletedProcess

    from faultkb.vocabulary import Vocabulary

TOOLS = Path(__file__).parents[1] / "tools"
MONTH = "tickets/2026/11"
NOBODY = 65534
AS_OF = datetime.fromisoformat("2026-11-20 17:30")


@pytest.fixture
def repository(root: Path, tmp_path: Path, write_text: Callable[..., str]) -> Path:
    """Return a repository with one faultless ticket, SW-20261102-001."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    (tmp_path / MONTH).mkdir(parents=True)
    (tmp_path / MONTH / "SW-20261102-001.md").write_text(write_text("登记"), encoding="utf-8")
    return tmp_path


def run(root: Path, *arguments: str) -> CompletedProcess[str]:
    """Run the command as of 2026-11-20 17:30; a hang is a failure."""
    command = ("--root", root, "check", "--as-of", "2026-11-20 17:30", *arguments)
    return inside.run(root, {**os.environ, "COLUMNS": "200"}, *command)


def assert_explained(done: CompletedProcess[str], place: str, *words: str) -> None:
    """The command ends with a finding at a place and says in Chinese what to do; nothing else is shown of the file."""
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stderr == ""
    assert f"{place}: 错误[" in done.stdout
    assert "改法：" in done.stdout
    for word in words:
        assert word in done.stdout


# Content of a .md file → what the finding must say.
BAD_BYTES = {
    "empty": (b"", "文件是空的", "tools/new"),
    "only-white-space": ("\n \t\n　\n".encode(), "文件是空的"),
    "binary": (b"\x7fELF\x02\x01\x01\x00" + bytes(range(256)) * 16, "不是文本文件", "UTF-8"),
    "latin-1": (
        "---\nid: SW-20261103-001\ntitle: Gerät startet nicht\n---\n".encode("latin-1"),
        "不是 UTF-8",
        "另存为",
    ),
    "gbk": ("---\nid: SW-20261103-001\ntitle: 网关每日凌晨重启\n---\n".encode("gbk"), "不是 UTF-8", "另存为"),
    "cut-in-a-character": ("---\nid: SW-20261103-001\ntitle: 网关".encode()[:-1], "不是 UTF-8"),
    "byte-order-mark": (b"\xef\xbb\xbf---\nid: SW-20261103-001\n---\n", "BOM", "另存为"),
    "utf-16": ("---\nid: SW-20261103-001\n---\n".encode("utf-16"), "不是", "UTF-8"),
    "five-megabytes": (b"---\nid: SW-20261103-001\n---\n" + b"log line\n" * 600_000, "太大", "附件"),
    "no-header": ("# 网关每日凌晨重启\n".encode(), "---"),
    "never-ending-header": (b"---\nid: SW-20261103-001\n", "没有结束", "---"),
}


@pytest.mark.parametrize("name", BAD_BYTES)
def test_bytes_that_are_no_ticket_get_one_finding_with_a_way_out(repository: Path, name: str) -> None:
    """A .md file that is empty, binary, in another encoding, too large or without a header is explained at 1:1."""
    content, *words = BAD_BYTES[name]
    (repository / MONTH / "SW-20261103-001.md").write_bytes(content)

    done = run(repository)

    assert_explained(done, f"{MONTH}/SW-20261103-001.md:1:1", *words)
    assert done.stdout.endswith("检查了 2 个故障：1 个错误，0 个提醒\n")


def test_a_linked_folder_of_tickets_is_refused(repository: Path) -> None:
    """Tickets behind a link could change without git seeing it: refused, with what to do."""
    (repository / "tickets").rename(repository / "data")
    (repository / "tickets").symlink_to("data")
    with pytest.raises(FaultError, match="tickets/ 是一个链接：换成真正的文件夹"):
        corpus.find(repository)


def test_crlf_is_accepted(repository: Path, write_text: Callable[..., str]) -> None:
    """A ticket with the line ends of Windows has no finding."""
    text = write_text(
        "登记", "受理", status="处理中", team="软件开发组", owner="{staff: RD017, name: 李*}", due_at="2026-11-06 18:00"
    )
    late = text.replace("2026-11-06 18:00", "2026-11-09 18:00").replace("\n", "\r\n")
    (repository / MONTH / "SW-20261102-001.md").write_bytes(late.encode())

    done = run(repository, "--as-of", "2026-11-03 09:00")

    assert (done.returncode, done.stdout) == (0, "检查了 1 个故障：没有发现问题\n")


def test_a_file_of_the_greatest_size_is_read(repository: Path) -> None:
    """A ticket of exactly MAX_BYTES is read; one byte more is too large."""
    file = repository / MONTH / "SW-20261102-001.md"
    file.write_bytes(file.read_bytes() + b"x" * (document.MAX_BYTES - file.stat().st_size))
    assert run(repository).returncode == 0

    file.write_bytes(file.read_bytes() + b"x")
    assert_explained(run(repository), f"{MONTH}/SW-20261102-001.md:1:1", "太大")


def _folder(path: Path) -> None:
    path.mkdir()


def _link_out(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def _link_inside(path: Path) -> None:
    path.symlink_to("SW-20261102-001.md")


def _link_to_nothing(path: Path) -> None:
    path.symlink_to("gone.md")


def _loop(path: Path) -> None:
    path.symlink_to(path.name)


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket may have 100 characters
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    finally:
        os.chdir(here)


NO_FILES = {
    "folder": (_folder, "不是文件"),
    "link-out-of-the-tree": (_link_out, "符号链接"),
    "link-inside": (_link_inside, "符号链接"),
    "link-to-nothing": (_link_to_nothing, "符号链接"),
    "link-loop": (_loop, "符号链接"),
    "pipe": (_pipe, "不是文件"),
    "socket": (_socket, "不是文件"),
}


@pytest.mark.parametrize("name", NO_FILES)
def test_what_is_no_file_is_neither_read_nor_passed_over(repository: Path, name: str) -> None:
    """A folder, link, loop, pipe or socket called x.md is one finding; a link is not followed, a pipe does not hang."""
    make, words = NO_FILES[name]
    make(repository / MONTH / "x.md")

    done = run(repository)

    assert_explained(done, f"{MONTH}/x.md:1:1", words)
    assert "root:" not in done.stdout
    assert done.stdout.count("错误[") == 1


@pytest.mark.parametrize("target", ["/etc", ".."], ids=["out-of-the-tree", "loop"])
def test_a_linked_folder_is_not_followed_and_not_passed_over(repository: Path, target: str) -> None:
    """Tickets behind a linked folder are not read; that they are not is said, so that they do not look green."""
    (repository / "tickets/2026/12").symlink_to(target)

    done = run(repository)

    assert done.returncode in {1, 2}
    assert "tickets/2026/12" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


NAMES = {
    "new-line": "SW-20261103\n-001.md",
    "escape-sequence": "SW-\x1b[2J\x1b[31m-001.md",
    "right-to-left": "SW-\u202e100-dm.md",
    "not-utf-8": os.fsdecode(b"SW-\xff\xfe-001.md"),
    "percent-and-colon": "50%:a,b.md",
    "dash": "-rf.md",
}


@pytest.mark.parametrize("name", [name for name in NAMES if not (name == "not-utf-8" and sys.platform == "darwin")])
@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_a_strange_file_name_stays_on_its_line(repository: Path, name: str, form: str) -> None:
    """Control characters of a file name do not reach the output, and a finding stays one finding."""
    (repository / MONTH / NAMES[name]).write_text("", encoding="utf-8")

    done = run(repository, "--format", form)

    assert done.returncode == 1
    assert done.stderr == ""
    assert "\x1b" not in done.stdout
    assert form == "json" or "\u202e" not in done.stdout  # JSON is data: whoever shows it must look after that
    assert "front-matter" in done.stdout.splitlines()[4 if form == "json" else 0]
    assert done.stdout.count("front-matter") == 1


@pytest.mark.parametrize("form", ["text", "github", "json"])
def test_an_empty_corpus_is_said_in_every_format(repository: Path, form: str) -> None:
    """Every format names the rule empty-corpus; a new repository is no error."""
    shutil.rmtree(repository / "tickets/2026")

    done = run(repository, "--format", form)

    assert (done.returncode, done.stderr) == (0, "")
    assert "empty-corpus" in done.stdout


def _no_schema(root: Path) -> str:
    shutil.rmtree(root / "schema")
    return "schema/ticket.schema.json"


def _half_a_schema(root: Path) -> str:
    (root / "schema/teams.yaml").unlink()
    return "schema/teams.yaml"


def _broken_schema(root: Path) -> str:
    (root / "schema/ticket.schema.json").write_text("{", encoding="utf-8")
    return "schema/ticket.schema.json:1:2"


def _tickets_is_a_file(root: Path) -> str:
    shutil.rmtree(root / "tickets")
    (root / "tickets").write_text("", encoding="utf-8")
    return "tickets/"


@pytest.mark.parametrize("damage", [_no_schema, _half_a_schema, _broken_schema, _tickets_is_a_file])
def test_a_repository_that_cannot_be_checked_ends_with_2(repository: Path, damage: Callable[[Path], str]) -> None:
    """Without a usable schema/ or tickets/ nothing is checked: one line of what is missing, exit code 2."""
    words = damage(repository)

    done = run(repository)

    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "错误：" in done.stderr
    assert "Traceback" not in done.stderr


AS_NOBODY = f"""
import os, sys
from faultkb import cli

def run(root):
    try:
        cli.main(["--root", root, "check", "--as-of", "2026-11-20 17:30"])
    except SystemExit as end:
        return end.code

run(sys.argv[1])  # imports all that there is to import while the program's own files can be read
sys.stdout.flush()
print("=====", flush=True)
if os.getuid() == 0:
    os.setuid({NOBODY})
sys.exit(run(sys.argv[1]))
"""
"""Runs the check twice, the second time as a user whom permissions stop."""


@pytest.fixture
def open_repository(repository: Path) -> Iterator[Path]:
    """Return the repository moved to where another user can reach it."""
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(repository, folder, dirs_exist_ok=True)
        Path(folder).chmod(0o755)
        yield Path(folder)
        for path in Path(folder).rglob("*"):
            path.chmod(0o755)


def run_as_nobody(root: Path) -> CompletedProcess[str]:
    """Return the second of two runs: the one with no more rights than others have."""
    # Coverage would want to write its data file after the change of user.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(root)],
        capture_output=True, encoding="utf-8", env={**environment, "PYTHONPATH": str(TOOLS)}, timeout=60, check=False,
    )  # fmt: skip
    done.stdout = done.stdout.partition("=====\n")[2]
    return done


def test_an_unreadable_file_is_a_finding(open_repository: Path) -> None:
    """A ticket that the user may not read is a finding about permissions."""
    file = open_repository / MONTH / "SW-20261103-001.md"
    file.write_text("", encoding="utf-8")
    file.chmod(0)

    assert_explained(run_as_nobody(open_repository), f"{MONTH}/SW-20261103-001.md:1:1", "没有权限")


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111], ids=["nothing", "list-only", "enter-only"])
def test_an_unreadable_folder_is_not_passed_over(open_repository: Path, mode: int) -> None:
    """Tickets in a folder that the user may not list or enter are missing from the check: it must not look green."""
    folder = open_repository / "tickets/2026/10"
    folder.mkdir()
    (folder / "SW-20261030-001.md").write_text("", encoding="utf-8")
    folder.chmod(mode)

    done = run_as_nobody(open_repository)

    assert done.returncode in {1, 2}
    assert "tickets/2026/10" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111], ids=["nothing", "list-only", "enter-only"])
def test_an_unreadable_attachment_folder_does_not_stop_the_check(open_repository: Path, mode: int) -> None:
    """Attachments that the user may not see count as missing, and nothing breaks."""
    file = open_repository / MONTH / "SW-20261102-001.md"
    file.write_text(file.read_text(encoding="utf-8") + "\n![日志](SW-20261102-001/a.png)\n", encoding="utf-8")
    folder = open_repository / MONTH / "SW-20261102-001"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"")
    folder.chmod(mode)

    done = run_as_nobody(open_repository)

    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 1, 2}
    assert "SW-20261102-001" in done.stdout + done.stderr


def test_hidden_files_and_other_types_are_no_tickets(repository: Path) -> None:
    """Editor backups, hidden files and attachments are left alone."""
    for name in (".SW-20261102-001.md.swp", ".SW-20261102-001.md", "SW-20261102-001.md~", "SW-20261102-001.md.orig"):
        (repository / MONTH / name).write_text("", encoding="utf-8")

    assert corpus.find(repository) == [f"{MONTH}/SW-20261102-001.md"]


def test_a_name_in_capitals_is_a_ticket_too(repository: Path) -> None:
    """SW-….MD, as some editors on Windows write it, is checked like any other and told its place."""
    (repository / MONTH / "SW-20261102-001.md").rename(repository / MONTH / "SW-20261102-001.MD")

    assert_explained(run(repository), f"{MONTH}/SW-20261102-001.MD:2:5", "id-path-mismatch", "SW-20261102-001.md")


def test_tickets_are_found_in_order_wherever_they_lie(repository: Path) -> None:
    """Every .md name below tickets/ is found once, sorted, with forward slashes, and one in an .md folder too."""
    (repository / "tickets/x.md").mkdir()
    for name in ("tickets/b.md", "tickets/x.md/c.md", "tickets/2026/a.md"):
        (repository / name).write_text("", encoding="utf-8")

    assert corpus.find(repository) == [
        "tickets/2026/11/SW-20261102-001.md",
        "tickets/2026/a.md",
        "tickets/b.md",
        "tickets/x.md",
        "tickets/x.md/c.md",
    ]


def test_paths_choose_files_and_folders(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file, a folder, the repository itself, a relative and an absolute path stand for the tickets in them."""
    (repository / "tickets/2026/10").mkdir()
    (repository / "tickets/2026/10/a.md").write_text("", encoding="utf-8")
    every = corpus.find(repository)
    monkeypatch.chdir(repository / "tickets/2026")

    assert corpus.select(repository, []) == every
    assert corpus.select(repository, [repository]) == every
    assert corpus.select(repository, [Path("10")]) == ["tickets/2026/10/a.md"]
    assert corpus.select(repository, [Path("../../tickets/2026/10/a.md")]) == ["tickets/2026/10/a.md"]
    assert corpus.select(repository, [repository / MONTH, Path("10"), Path("10/a.md")]) == every


@pytest.mark.parametrize(
    "path", ["tickets/2026/12", "schema", "schema/teams.yaml", "..", "tickets/2026/11/SW-20261102-001"]
)
def test_a_path_without_tickets_is_refused(repository: Path, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that does not exist or holds no ticket is a mistake of the user, not an empty result."""
    monkeypatch.chdir(repository)

    with pytest.raises(FaultError):
        corpus.select(repository, [Path(path)])


def test_a_path_through_a_linked_root_is_understood(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A clone that is reached through a link (macOS: /tmp) takes paths with and without the link."""
    link = tmp_path_factory.mktemp("link") / "clone"
    link.symlink_to(repository)

    done = run(link, str(link / MONTH / "SW-20261102-001.md"))

    assert (done.returncode, done.stdout, done.stderr) == (0, "检查了 1 个故障：没有发现问题\n", "")


def test_many_tickets_are_checked_as_one_by_one(
    repository: Path, words: Vocabulary, write_text: Callable[..., str]
) -> None:
    """Four hundred and twenty tickets, worked on by several processes, give the findings of each, in order of path."""
    for number in range(2, 422):
        severity = "特高" if number % 100 == 0 else "中"
        text = write_text("登记", id=f"SW-20261102-{number:03d}", severity=severity)
        (repository / MONTH / f"SW-20261102-{number:03d}.md").write_text(text, encoding="utf-8")

    outcome = check.check(repository, words, AS_OF)

    assert outcome.checked == 421
    assert [(one.path, one.line, one.column, one.rule) for one in outcome.findings if one.level == ERROR] == [
        (f"{MONTH}/SW-20261102-{number}.md", 5, 11, "schema") for number in (100, 200, 300, 400)
    ]
