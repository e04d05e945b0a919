"""``fault edit``: which editor is run and how, what is checked afterwards, and that nothing of the user's is lost."""

from __future__ import annotations

import os
import pty
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-05 12:00")
GATEWAY = "SW-20261102-001"
HOME = f"tickets/2026/11/{GATEWAY}.md"
CLEAN = "检查了 1 个故障：没有发现问题\n"


@pytest.fixture
def editor(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Return a function from a Python statement to the command of an editor that runs it.

    The statement sees the file as ``file``, all arguments as ``sys.argv``, and how often it was run before as ``turn``.
    """
    folder = tmp_path_factory.mktemp("bin")

    def make(statement: str) -> str:
        program = folder / "editor.py"
        program.write_text(
            "import os, pathlib, signal, sys\n"
            "file = pathlib.Path(sys.argv[-1])\n"
            f"turns = pathlib.Path({str(folder / 'turns')!r})\n"
            "turn = len(turns.read_text('utf-8')) if turns.exists() else 0\n"
            "turns.write_text('x' * (turn + 1), 'utf-8')\n"
            f"{statement}\n",
            encoding="utf-8",
        )
        return f"{shlex.quote(sys.executable)} {shlex.quote(str(program))}"

    return make


def replacing(old: str, new: str) -> str:
    """Return the statement that replaces a text of the file."""
    return f"file.write_text(file.read_text('utf-8').replace({old!r}, {new!r}), 'utf-8')"


def test_edited_file_is_checked(start: Callable[..., Any], office: Path, editor: Callable[..., str]) -> None:
    """What the editor saved is on the disk, and the check of that one file is printed; nothing else is said."""
    done = start(office, "edit", GATEWAY, *AS_OF, EDITOR=editor(replacing("凌晨重启", "凌晨自动重启")))
    assert (done.returncode, done.stdout, done.stderr) == (0, CLEAN, "")
    assert "凌晨自动重启" in (office / HOME).read_text(encoding="utf-8")


def test_findings_and_exit_code_are_those_of_check(
    run: Callable[..., Any], office: Path, editor: Callable[..., str]
) -> None:
    """With an error the exit code is 1, and the words are those of `fault check` for this file."""
    done = run(office, "edit", GATEWAY, *AS_OF, EDITOR=editor(replacing("severity: 中", "severity: 极高")))
    checked = run(office, "check", HOME, *AS_OF)
    assert (done.returncode, done.stdout, done.stderr) == (1, checked.stdout, "")
    assert "错误[schema]" in done.stdout


def test_warnings_alone_are_fine(run: Callable[..., Any], office: Path, editor: Callable[..., str]) -> None:
    """A warning is shown and leaves the exit code at 0."""
    done = run(office, "edit", GATEWAY, *AS_OF, EDITOR=editor(replacing("occurred_at: 未知\n", "")))
    assert done.returncode == 0
    assert "0 个错误，1 个提醒" in done.stdout


def test_unchanged_file_is_said(run: Callable[..., Any], office: Path, editor: Callable[..., str]) -> None:
    """Whoever quits without saving, or has an editor that does not wait, learns that nothing changed; the check runs."""
    before = (office / HOME).stat().st_mtime_ns
    done = run(office, "edit", GATEWAY, *AS_OF, EDITOR=editor("pass"))
    assert (done.returncode, done.stdout, done.stderr) == (0, CLEAN, f"没有改动：{HOME}\n")
    assert (office / HOME).stat().st_mtime_ns == before


@pytest.mark.parametrize("given", [GATEWAY, f"{GATEWAY}.md", HOME, f"./{HOME}"])
def test_editor_gets_its_own_arguments_and_one_absolute_path(
    start: Callable[..., Any], office: Path, editor: Callable[..., str], given: str
) -> None:
    """An editor with options gets these words, then the path; quotes keep words together."""
    command = editor("print(repr(sys.argv[1:]))")
    done = start(office / "schema", "edit", given, *AS_OF, EDITOR=f"{command} --wait 'two words' \"\"")
    assert done.stdout.splitlines()[0] == repr(["--wait", "two words", "", str(office / HOME)])


def test_visual_wins_over_editor(start: Callable[..., Any], office: Path, editor: Callable[..., str]) -> None:
    """$VISUAL, else $EDITOR; an empty one counts as not set."""
    works = editor("print('edited')")
    assert start(office, "edit", GATEWAY, *AS_OF, VISUAL=works, EDITOR="no-such").stdout.startswith("edited\n")
    assert start(office, "edit", GATEWAY, *AS_OF, VISUAL=" ", EDITOR=works).stdout.startswith("edited\n")
    assert start(office, "edit", GATEWAY, *AS_OF, VISUAL="no-such", EDITOR=works).returncode == 2


@pytest.mark.parametrize("name", ["sensible-editor", "nano", "vi"])
def test_without_a_variable_an_editor_that_is_there_is_taken(
    start: Callable[..., Any], office: Path, tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    """sensible-editor, else nano, else vi: whichever the PATH has."""
    folder = tmp_path_factory.mktemp("path")
    for later in ("sensible-editor", "nano", "vi")[("sensible-editor", "nano", "vi").index(name) :]:
        (folder / later).write_text(f'#!/bin/sh\necho "{later} $1"\n', encoding="utf-8")
        (folder / later).chmod(0o755)
    done = start(office, "edit", GATEWAY, *AS_OF, PATH=str(folder), VISUAL="", EDITOR="")
    assert done.stdout.splitlines()[0] == f"{name} {office / HOME}"


REFUSED = {
    "no editor anywhere": ({"PATH": "/nowhere"}, "没有找到编辑器"),
    "not installed": ({"EDITOR": "no-such-editor -w"}, "没有找到编辑器“no-such-editor”（环境变量 EDITOR）"),
    "not a program": ({"VISUAL": "/etc/passwd"}, "没有找到编辑器“/etc/passwd”（环境变量 VISUAL）"),
    "open quote": ({"EDITOR": "vi 'x"}, "引号不成对"),
    "only quotes": ({"EDITOR": "''"}, "没有找到编辑器“”"),
    "command line of a shell": ({"EDITOR": "TERM=x vi"}, "没有找到编辑器“TERM=x”"),
}


@pytest.mark.parametrize(("variables", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_editor_that_cannot_run_is_named(
    run: Callable[..., Any], office: Path, variables: dict[str, str], words: str
) -> None:
    """Exit code 2, which variable is meant and what to set; the file is not touched."""
    before = (office / HOME).read_bytes()
    done = run(office, "edit", GATEWAY, *AS_OF, **{"VISUAL": "", "EDITOR": "", **variables})
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert (office / HOME).read_bytes() == before


def test_program_that_the_system_cannot_start_is_named(
    run: Callable[..., Any], office: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """An executable file that is no program (no #! line, no machine code): exit code 2, no traceback."""
    program = tmp_path_factory.mktemp("bin") / "odd"
    program.write_text("odd", encoding="utf-8")
    program.chmod(0o755)
    done = run(office, "edit", GATEWAY, *AS_OF, EDITOR=str(program))
    assert (done.returncode, done.stdout) == (2, "")
    assert "不能运行" in done.stderr
    assert "Traceback" not in done.stderr


def test_editor_that_fails_is_said(run: Callable[..., Any], office: Path, editor: Callable[..., str]) -> None:
    """An editor that ends with an error, such as :cq of vi, ends the command as in git: nothing is checked, the file stays."""
    statement = f"{replacing('severity: 中', 'severity: 极高')}; sys.exit(3)"
    done = run(office, "edit", GATEWAY, *AS_OF, EDITOR=editor(statement))
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有正常结束（退出码 3），没有检查" in done.stderr
    assert f"fault check {GATEWAY}\n" in done.stderr
    assert "severity: 极高" in (office / f"tickets/2026/11/{GATEWAY}.md").read_text(encoding="utf-8")


BROKEN = {
    "conflict": "<<<<<<< HEAD\nseverity: 高\n=======\nseverity: 低\n>>>>>>> other\n",
    "no header": "只有正文\n",
    "nothing": "",
    "not closed": "---\nid: x\n",
    "tabs": "---\n\tid: x\n---\n",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_broken_text_stays_as_it_was_saved(
    run: Callable[..., Any], office: Path, editor: Callable[..., str], text: str
) -> None:
    """Whatever the editor left is the file's content, byte for byte; the check says what is wrong; editing again works."""
    given = editor(f"file.write_text({text!r}, 'utf-8', newline='')")
    done = run(office, "edit", GATEWAY, *AS_OF, EDITOR=given)
    assert done.returncode == 1
    assert "错误[" in done.stdout
    assert (office / HOME).read_bytes() == text.encode()
    again = run(office, "edit", GATEWAY, *AS_OF, EDITOR=editor("pass"))
    assert (again.returncode, again.stdout) == (1, done.stdout)
    assert "没有改动" in again.stderr


def test_bytes_that_are_no_text_stay(run: Callable[..., Any], office: Path, editor: Callable[..., str]) -> None:
    """A file saved in another encoding is reported, not rewritten."""
    done = run(office, "edit", GATEWAY, *AS_OF, EDITOR=editor("file.write_bytes('网关'.encode('gbk'))"))
    assert done.returncode == 1
    assert "[unreadable-file]" in done.stdout
    assert (office / HOME).read_bytes() == "网关".encode("gbk")


def test_deleted_file_is_said(run: Callable[..., Any], office: Path, editor: Callable[..., str]) -> None:
    """A file that is gone when the editor closes: exit code 2 and its name."""
    done = run(office, "edit", GATEWAY, *AS_OF, EDITOR=editor("file.unlink()"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有这个文件" in done.stderr
    assert GATEWAY in done.stderr


def test_unknown_id_is_refused_before_the_editor(
    run: Callable[..., Any], office: Path, editor: Callable[..., str]
) -> None:
    """As `fault show`: exit code 2, and an id that is near."""
    done = run(office, "edit", "20261102", *AS_OF, EDITOR=editor("print('edited')"))
    assert (done.returncode, done.stdout) == (2, "")
    assert GATEWAY in done.stderr


@pytest.mark.parametrize("name", ["$(touch pwned)", "a;touch pwned", "`touch pwned`", "a b", "--help", "a\nb", "'\""])
def test_hostile_file_name_reaches_no_shell(
    start: Callable[..., Any], office: Path, editor: Callable[..., str], name: str
) -> None:
    """A name is one argument and never a command or an option."""
    path = office / "tickets" / f"{name}.md"
    path.write_text("x", encoding="utf-8")
    done = start(office, "edit", *AS_OF, "--", name, EDITOR=editor("print(repr(sys.argv[1:]))"))
    assert done.stdout.splitlines()[0] == repr([str(path)])
    assert not list(office.rglob("pwned"))


@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_file_is_not_opened(
    run: Callable[..., Any], office: Path, editor: Callable[..., str], kind: str
) -> None:
    """A link out of the repository, a folder, a pipe: exit code 2 without running the editor."""
    path = office / HOME
    moved = path.rename(office / "elsewhere.md")
    if kind == "link":
        path.symlink_to(moved)
    elif kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    done = run(office, "edit", GATEWAY, *AS_OF, EDITOR=editor("print('edited')"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "打不开" in done.stderr


def test_root_of_another_repository(
    run: Callable[..., Any], office: Path, root: Path, editor: Callable[..., str]
) -> None:
    """With --root the file of that repository is edited and checked, also where the present folder has one of the same path."""
    done = run(root, "--root", office, "edit", GATEWAY, *AS_OF, EDITOR=editor(replacing("凌晨重启", "夜里重启")))
    assert (done.returncode, done.stdout) == (0, CLEAN)
    assert "夜里重启" in (office / HOME).read_text(encoding="utf-8")


def test_interrupt_belongs_to_the_editor(start: Callable[..., Any], office: Path, editor: Callable[..., str]) -> None:
    """Ctrl+C in a terminal reaches both; the editor decides what it means, and `fault` waits for it."""
    statement = (
        "handled = []\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler\n"
        "signal.signal(signal.SIGINT, lambda *_: handled.append(1))\n"
        "os.kill(os.getppid(), signal.SIGINT); os.kill(os.getpid(), signal.SIGINT)\n"
        "print('handled', len(handled))"
    )
    done = start(office, "edit", GATEWAY, *AS_OF, EDITOR=editor(statement))
    assert (done.returncode, done.stdout) == (0, f"handled 1\n{CLEAN}")


def at_terminal(folder: Path, environment: dict[str, str], typed: str) -> tuple[int, str, str]:
    """Run ``fault edit`` with a terminal for input and questions; return exit code, output, and what the terminal shows."""
    terminal, inner = pty.openpty()
    os.write(terminal, typed.encode())
    try:
        done = subprocess.run(
            [sys.executable, "-m", "faultkb", "edit", GATEWAY, *AS_OF],
            cwd=folder,
            env=environment,
            stdin=inner,
            stdout=subprocess.PIPE,
            stderr=inner,
            encoding="utf-8",
            check=False,
        )
    finally:
        os.close(inner)
    shown = b""
    try:
        while chunk := os.read(terminal, 4096):
            shown += chunk
    except OSError:  # Linux: the other end is closed and everything is read
        pass
    os.close(terminal)
    return done.returncode, done.stdout, shown.decode()


def test_terminal_with_errors_asks_and_opens_again(
    office: Path, editor: Callable[..., str], environment: dict[str, str]
) -> None:
    """Enter opens the file again; without errors nothing is asked."""
    wrong, right = replacing("severity: 中", "severity: 极高"), replacing("severity: 极高", "severity: 中")
    given = {**environment, "EDITOR": editor(f"if turn == 0: {wrong}\nelse: {right}")}
    code, out, shown = at_terminal(office, given, "\n")
    assert code == 0
    assert "错误[schema]" in out
    assert out.endswith(CLEAN)
    assert shown.count("再打开改一改？") == 1


def test_terminal_with_errors_takes_no_for_an_answer(
    office: Path, editor: Callable[..., str], environment: dict[str, str]
) -> None:
    """``n`` ends with exit code 1 and the file as it was saved."""
    given = {**environment, "EDITOR": editor(replacing("severity: 中", "severity: 极高"))}
    code, _, shown = at_terminal(office, given, "n\n")
    assert code == 1
    assert "有 1 个错误，再打开改一改？" in shown
    assert "severity: 极高" in (office / HOME).read_text(encoding="utf-8")
