"""The program among other programs: where it finds its repository, what it ends with, and how it writes into pipes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import click
import pytest
from click.testing import CliRunner

from faultkb import cli

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-05 12:00")
ID = "SW-20261102-001"
ENGLISH = re.compile(
    r"\b(usage|options?|commands?|args|arguments?|error|show this|exit|try|missing|invalid|default|required|no such|"
    r"got unexpected|did you mean|is not|does not|choose from|aborted?)\b",
    re.IGNORECASE,
)
"""Words of click's own messages."""


def commands() -> Iterator[tuple[list[str], click.Command]]:
    """Walk all commands: the words that call each, and the command."""

    def walk(
        words: list[str], command: click.Command, parent: click.Context | None
    ) -> Iterator[tuple[list[str], click.Command]]:
        yield words, command
        if isinstance(command, click.Group):
            context = click.Context(command, parent, info_name=words[-1] if words else "fault")
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None
                yield from walk([*words, name], inner, context)

    yield from walk([], cli.fault, None)


COMMANDS = [words for words, _ in commands()]


def without_names(text: str) -> str:
    """Drop what a user types: options, choices in brackets, quoted words."""
    return re.sub(r"--?[\w-]+|'[^']*'|“[^”]*”|\[[a-z|]+\]", "", text)


def test_root_is_found_upward(start: Callable[..., Any], office: Path) -> None:
    """From any folder of a repository, the commands work on that repository."""
    (office / "tickets" / "2026" / "11" / "attachments").mkdir()
    for folder in (office, office / "tickets", office / "tickets" / "2026" / "11" / "attachments", office / "schema"):
        done = start(folder, "list", *AS_OF)
        assert done.returncode == 0
        assert "故障（4）" in done.stdout


def test_nearest_root_wins(run: Callable[..., Any], office: Path, root: Path) -> None:
    """A repository within a repository is the one that is meant."""
    inner = office / "tickets" / "inner"
    shutil.copytree(root / "schema", inner / "schema")
    (inner / "tickets").mkdir()
    assert "没有符合条件的故障" in run(inner / "tickets", "list", *AS_OF).stdout


def test_root_option_wins(
    run: Callable[..., Any], office: Path, root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """``--root`` is taken from wherever one stands, absolute or relative, also through a link."""
    link = tmp_path_factory.mktemp("elsewhere") / "link"
    link.symlink_to(office)
    for folder, given in [(root, office), (office.parent, office.name), (office / "schema", ".."), (root, link)]:
        done = run(folder, "--root", given, "list", *AS_OF)
        assert done.returncode == 0, done.stderr
        assert "故障（4）" in done.stdout


@pytest.mark.parametrize("given", ["/", "no/such/folder", "schema"])
def test_root_that_is_none_is_refused(run: Callable[..., Any], office: Path, given: str) -> None:
    """A folder without schema/ is no repository: exit code 2 and what --root must be."""
    done = run(office, "--root", given, "list", *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert "schema/ticket.schema.json" in done.stderr


def test_root_that_is_a_file_is_refused(run: Callable[..., Any], office: Path) -> None:
    """A file as --root is named in Chinese."""
    done = run(office, "--root", "schema/sla.yaml", "list", *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert ENGLISH.findall(without_names(done.stderr)) == []


def test_outside_any_repository_the_clone_of_the_program_is_meant(
    start: Callable[..., Any], root: Path, tmp_path: Path
) -> None:
    """From a folder that belongs to no repository, the program works on the clone that it is part of."""
    done = start(tmp_path, "list", "--as-of", "2026-11-20 17:00")
    assert (done.returncode, done.stdout) == (0, start(root, "list", "--as-of", "2026-11-20 17:00").stdout)
    assert "SW-20261103-001" in done.stdout


WRONG_USAGE = {
    "no such command": ["chekc"],
    "no command": [],
    "no subcommand": ["site"],
    "no such subcommand": ["site", "biuld"],
    "no such option": ["list", "--opne"],
    "no such short option": ["list", "-x"],
    "option without value": ["list", "--status"],
    "flag with value": ["list", "--open=yes"],
    "no such format": ["list", "--format", "xml"],
    "format in upper case": ["report", "--format", "JSON"],
    "too few arguments": ["log"],
    "no argument": ["show"],
    "too many arguments": ["show", ID, ID, ID],
    "time in words": ["list", "--as-of", "昨天"],
    "time with seconds": ["list", "--as-of", "2026-11-05 12:00:00"],
    "day that does not exist": ["list", "--as-of", "2026-02-29"],
    "output is a folder": ["report", "--output", "tickets"],
    "site output is a file": ["site", "build", "--output", "schema/sla.yaml"],
    "option of another command": ["check", "--status", "处理中"],
}


@pytest.mark.parametrize("arguments", WRONG_USAGE.values(), ids=WRONG_USAGE.keys())
def test_wrong_usage_ends_with_2_in_chinese(
    call: Callable[..., Any], office: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be understood is said in Chinese without a word of the library's own; stdout stays empty."""
    monkeypatch.chdir(office)
    done = call(office, *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.search(r"[\u4e00-\u9fff]", done.stderr)
    assert ENGLISH.findall(without_names(done.stderr)) == []


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "fault")
def test_help_is_chinese(call: Callable[..., Any], office: Path, words: list[str]) -> None:
    """``--help`` and ``-h`` of every command: exit code 0, Chinese throughout, nothing of click's own left."""
    done = call(office, *words, "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert ENGLISH.findall(without_names(done.stdout)) == []
    assert call(office, *words, "-h").stdout == done.stdout


def test_every_command_and_option_says_what_it_does() -> None:
    """No command and no option goes without a Chinese explanation."""
    for words, command in commands():
        _explained(words, command)


def _explained(words: list[str], command: click.Command) -> None:
    assert re.search(r"[\u4e00-\u9fff]", command.get_short_help_str()), words
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert re.search(r"[\u4e00-\u9fff]", parameter.help or ""), (words, parameter.name)


def test_help_works_without_a_repository(start: Callable[..., Any], tmp_path: Path) -> None:
    """The manual can be read anywhere."""
    assert start(tmp_path, "--help").returncode == 0
    assert start(tmp_path, "log", "--help").returncode == 0


def test_version_is_that_of_the_package(call: Callable[..., Any], office: Path, root: Path) -> None:
    """``--version`` and ``-V`` print the version of pyproject.toml."""
    version = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    for option in ("--version", "-V"):
        assert call(office, option).stdout == f"fault {version}\n"


def test_commands_can_be_called_by_other_programs(office: Path) -> None:
    """Through click's own runner the group behaves as on a command line: results to stdout, exit code 0."""
    done = CliRunner().invoke(cli.fault, ["--root", str(office), "list", "--format", "json", *AS_OF])
    assert done.exit_code == 0
    assert done.stdout.startswith('{\n  "schema_version": 1,')
    assert done.stderr == ""


OUTPUTS = [
    ["list"],
    ["list", "--format", "json"],
    ["list", "--format", "md"],
    ["report"],
    ["report", "--format", "json"],
    ["report", "--format", "md"],
    ["show", ID],
    ["show", ID, "--format", "json"],
    ["show", ID, "--explain", "--format", "md"],
    ["check"],
    ["check", "--format", "json"],
    ["check", "--format", "github"],
    ["rules"],
    ["rules", "schema"],
    ["--help"],
    ["log", "--help"],
    ["publish"],
]


@pytest.mark.parametrize("arguments", OUTPUTS, ids=" ".join)
def test_reader_who_leaves_early_sees_no_traceback(
    environment: dict[str, str], office: Path, root: Path, arguments: list[str]
) -> None:
    """``fault … | head -1``: when nobody reads on, the program ends without a word."""
    shutil.copytree(root / "kb" / "templates", office / "kb" / "templates")
    reading, writing = os.pipe()
    os.close(reading)
    try:
        moment = (
            AS_OF
            if arguments[0] in {"list", "report", "show", "check", "publish"} and "--help" not in arguments
            else ()
        )
        done = subprocess.run(
            [sys.executable, "-m", "faultkb", *arguments, *moment],
            cwd=office,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=writing,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )
    finally:
        os.close(writing)
    assert done.stderr == ""
    assert done.returncode != 2


def test_pipe_into_head(environment: dict[str, str], root: Path) -> None:
    """The real thing, in a shell, with more output than a pipe holds."""
    done = subprocess.run(
        [
            "sh",
            "-c",
            'for number in 1 2 3 4 5 6 7 8 9; do "$0" -m faultkb list --format json --as-of 2026-11-20 | head -1; done',
            sys.executable,
        ],
        cwd=root,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert (done.stdout, done.stderr) == ("{\n" * 9, "")


GIVEN = {
    "new": ["--type", "软件Bug", "--severity", "极高"],
    "log": [ID, "进展", "--by", "RD017", "--note", "已定位"],
    "reply": [ID],
    "edit": [ID],
    "renumber": [ID],
    "report": ["weekly"],
    "show": [ID],
    "similar": ["网关重启"],
    "export": ["facts"],
    "site": ["build"],
    "privacy": ["list"],
    "intake": ["1"],
    "comment": ["summary.json"],
    "completion": ["bash"],
}
"""What commands are given where nothing would be too little."""
TIMED = [words[0] for words, command in commands() if any("--as-of" in one.opts for one in command.params)]


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_most_tests_run_in_one_process_what_here_runs_in_its_own(
    start: Callable[..., Any],
    run: Callable[..., Any],
    office: Path,
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
) -> None:
    """Every command, started as by a user, ends with the same code, output and files as within the process of the tests."""
    words = [name, *GIVEN.get(name, []), *(AS_OF if name in TIMED else ())]
    other = tmp_path_factory.mktemp("other") / office.name
    shutil.copytree(office, other)
    done, again = (one(folder, *words, EDITOR="true") for one, folder in ((start, office), (run, other)))
    assert (done.returncode, done.stdout, done.stderr) == (
        again.returncode,
        again.stdout.replace(str(other), str(office)),
        again.stderr.replace(str(other), str(office)),
    )
    assert "Traceback" not in done.stderr
    one, two = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (office, other)
    )
    assert one == two


LOCALES = {
    "C": {"LC_ALL": "C"},
    "POSIX without coercion": {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    "Latin-1": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1"},
    "another language": {"LC_ALL": "C.UTF-8", "LANGUAGE": "de:en"},
    "nothing": {},
}


@pytest.mark.parametrize("settings", LOCALES.values(), ids=LOCALES.keys())
@pytest.mark.parametrize(
    "arguments", [["list"], ["list", "--format", "json"], ["check"], ["show", ID], ["rules"], ["--help"]], ids=" ".join
)
def test_pipes_carry_utf_8_whatever_the_locale(
    run: Callable[..., Any], environment: dict[str, str], office: Path, settings: dict[str, str], arguments: list[str]
) -> None:
    """In a pipe the output is UTF-8, in the language of the program, whatever LC_ALL, LANGUAGE and PYTHONIOENCODING say."""
    bare = {
        name: value
        for name, value in environment.items()
        if not name.startswith(("LC_", "LANG", "PYTHONIO", "PYTHONUTF8"))
    }
    moment = AS_OF if arguments[0] in {"list", "show", "check"} else ()
    done = subprocess.run(
        [sys.executable, "-m", "faultkb", *arguments, *moment],
        cwd=office,
        env={**bare, **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    assert done.stdout.decode("utf-8") == run(office, *arguments, *moment, LC_ALL="C.UTF-8").stdout
    assert re.search(r"[\u4e00-\u9fff]", done.stdout.decode("utf-8"))


def test_errors_are_utf_8_too(environment: dict[str, str], office: Path) -> None:
    """What goes to stderr is readable in a log file as well."""
    done = subprocess.run(
        [sys.executable, "-m", "faultkb", "show", "x"],
        cwd=office,
        env={**environment, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert "没有编号为 x 的故障" in done.stderr.decode("utf-8")


def test_chinese_arguments_in_the_c_locale(environment: dict[str, str], office: Path) -> None:
    """A cron job with LC_ALL=C can name states and types."""
    done = subprocess.run(
        [sys.executable, "-m", "faultkb", "list", "--status", "已关闭", *AS_OF],
        cwd=office,
        env={**environment, "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0
    assert "场景列表为空" in done.stdout.decode("utf-8")


def test_folder_with_odd_names(
    start: Callable[..., Any], root: Path, tmp_path: Path, write_text: Callable[..., str]
) -> None:
    """A repository in a folder with blanks, Chinese and quotes works like any other."""
    folder = tmp_path / "我的 '仓库' (1)"
    shutil.copytree(root / "schema", folder / "schema")
    shutil.copytree(root / "kb" / "templates", folder / "kb" / "templates")
    path = folder / "tickets" / "2026" / "11" / f"{ID}.md"
    path.parent.mkdir(parents=True)
    path.write_text(write_text("登记"), encoding="utf-8")
    assert start(folder, "check", *AS_OF).returncode == 0
    assert start(folder, "log", ID, "响应", "--by", "PM002", "--note", "x", *AS_OF).returncode == 0
    assert start(folder, "publish", *AS_OF).returncode == 0


def test_publish_says_what_it_wrote(run: Callable[..., Any], office: Path, root: Path) -> None:
    """``fault publish`` needs no mkdocs.yml, writes under kb/ and counts."""
    shutil.copytree(root / "kb" / "templates", office / "kb" / "templates")
    done = run(office, "publish", *AS_OF)
    assert done.returncode == 0
    match = re.fullmatch(r"共 (\d+) 个文件：写了 (\d+) 个，删去 0 个，其余没有变化\n", done.stdout)
    assert match is not None
    names = (path.relative_to(office / "kb").as_posix() for path in (office / "kb").rglob("*") if path.is_file())
    written = [name for name in names if not name.startswith(("templates/", "api/search/"))]
    assert len(written) == int(match[1]) == int(match[2])
    assert (office / "kb" / "faults" / "SW-20261030-001.md").is_file()


@pytest.mark.parametrize("name", ["fault", "check", "report", "new"])
def test_launchers_work_from_anywhere_through_a_link(
    root: Path, tmp_path: Path, environment: dict[str, str], name: str
) -> None:
    """tools/fault, check, report and new: from another folder, through a link, with nothing activated."""
    link = tmp_path / "bin" / name
    link.parent.mkdir()
    link.symlink_to(root / "tools" / name)
    bare = {key: value for key, value in environment.items() if key != "PYTHONPATH"}
    done = subprocess.run([link, "--help"], cwd=tmp_path, env=bare, capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, done.stderr) == (0, "")
    shown = "bin/fault" if name == "fault" else root / "tools" / "fault"  # no fault beside the link to the others
    assert done.stdout.startswith(f"用法: {shown}")
