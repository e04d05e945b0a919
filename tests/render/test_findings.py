"""Findings as text, GitHub annotations and JSON: their exact shape, the caret, and what they never repeat."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from faultkb import check
from faultkb.check import Outcome
from faultkb.finding import ERROR, NOTE, WARNING, Finding
from faultkb.render import visible
from faultkb.render.findings import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.vocabulary import Vocabulary

FIXTURES = Path(__file__).parents[1] / "fixtures" / "rules"
TICKET = "tickets/2026/11/OP-20261119-001.md"
AS_OF = datetime.fromisoformat("2026-11-20 17:30")


@pytest.fixture
def repository(root: Path, tmp_path: Path) -> Path:
    """Return a repository with one ticket that carries a status in its registration: one error, at line 13."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    (tmp_path / TICKET).parent.mkdir(parents=True)
    shutil.copyfile(FIXTURES / "unknown-field" / "bad-status-in-registration.md", tmp_path / TICKET)
    return tmp_path


@pytest.fixture
def shown(repository: Path, words: Vocabulary) -> Callable[[str], str]:
    """Return a function that checks the repository and writes the outcome in a format."""

    def show(form: str) -> str:
        stream = io.StringIO()
        FORMATS[form](check.check(repository, words, AS_OF), repository, stream)
        return stream.getvalue()

    return show


# ── exact shapes, written by hand ──

MESSAGE = "登记 只有写了 imported: true 才能带 status"
HELP = "删去 status，由后面的事件给出"


def test_text(shown: Callable[[str], str]) -> None:
    """Text is place, level, rule, message; the line with a caret under the place; what to write instead; a summary.

    Before ``status`` the line has 49 characters, of which 登记 takes two columns each: the caret stands after 51.
    """
    assert shown("text") == (
        f"{TICKET}:13:50: 错误[unknown-field] {MESSAGE}\n"
        "   13 |   - {at: 2026-11-19 09:20, event: 登记, by: ZL001, status: 待受理}\n"
        f"      | {' ' * 51}^\n"
        f"      = 改法：{HELP}\n"
        "检查了 1 个故障：1 个错误，0 个提醒\n"
    )


def test_github(shown: Callable[[str], str]) -> None:
    """Each finding is one workflow command with file, line and column; the summary follows."""
    assert shown("github") == (
        f"::error file={TICKET},line=13,col=50,title=unknown-field::{MESSAGE}。{HELP}\n"
        "检查了 1 个故障：1 个错误，0 个提醒\n"
    )


def test_json(shown: Callable[[str], str]) -> None:
    """JSON is one document with schema_version, findings and the number of files, and nothing else."""
    assert json.loads(shown("json")) == {
        "schema_version": 1,
        "findings": [
            {
                "rule": "unknown-field",
                "level": "error",
                "path": TICKET,
                "line": 13,
                "column": 50,
                "message": MESSAGE,
                "help": HELP,
                "fixable": False,
            }
        ],
        "checked": 1,
    }


def test_json_keeps_chinese_readable(shown: Callable[[str], str]) -> None:
    """Chinese stands in the JSON text as it is, and the document ends with a line end."""
    assert HELP in shown("json")
    assert shown("json").endswith("}\n")


def _written(form: str, *findings: Finding) -> str:
    stream = io.StringIO()
    FORMATS[form](Outcome(findings, 3), Path("/nowhere"), stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("levels", "words"),
    [
        ((), "检查了 3 个故障：没有发现问题"),
        ((ERROR, ERROR, WARNING), "检查了 3 个故障：2 个错误，1 个提醒"),
        ((WARNING,), "检查了 3 个故障：0 个错误，1 个提醒；提醒不影响合并"),
    ],
)
@pytest.mark.parametrize("form", ["text", "github"])
def test_the_last_line_counts(form: str, levels: tuple[str, ...], words: str) -> None:
    """The last line says how many files were checked and how many errors and warnings there are."""
    findings = [Finding("schema/x", 1, 1, "schema", level, "不对", "改") for level in levels]

    assert _written(form, *findings).splitlines()[-1] == words


def test_github_levels_and_escapes() -> None:
    """Levels become error, warning and notice; what the command syntax uses for itself is escaped."""
    assert _written(
        "github",
        Finding("tickets/a:b,c%.md", 1, 2, "schema", ERROR, "50% 的\n网关", "a\r\nb"),
        Finding("tickets/x.md", 3, 4, "overdue", WARNING, "过期", ""),
        Finding("tickets/x.md", 5, 6, "schema", NOTE, "说明", "看"),
    ).splitlines()[:3] == [
        "::error file=tickets/a%3Ab%2Cc%25.md,line=1,col=2,title=schema::50%25 的%0A网关。a%0D%0Ab",
        "::warning file=tickets/x.md,line=3,col=4,title=overdue::过期",
        "::notice file=tickets/x.md,line=5,col=6,title=schema::说明。看",
    ]


def test_a_github_message_cannot_start_a_command_of_its_own() -> None:
    """A message that holds a line break and a command stays data."""
    lines = _written("github", Finding("tickets/x.md", 1, 1, "schema", ERROR, "x\n::add-mask::y")).splitlines()

    assert len(lines) == 2
    assert not lines[1].startswith("::")


# ── the caret ──


def _columns(text: str) -> int:
    """Count the terminal columns of a text: wide characters take two (Unicode TR 11)."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _harmless(text: str) -> str:
    """Return a text as it may be printed: a tab and any white space as one space, other control characters as �."""
    blank = {char for char in text if char == "\t" or unicodedata.category(char) == "Zs"}
    return "".join(char if char.isprintable() else " " if char in blank else "�" for char in text)


def _pointed_at(source: str, caret: str) -> str:
    """Return what stands in the source line from the caret on."""
    for index in range(len(source)):
        if _columns(source[:index]) == len(caret) - 1:
            return source[index:]
    raise AssertionError((source, caret))


SINGLE_FILES = sorted(path for path in FIXTURES.glob("*/bad-*.md"))


@pytest.mark.parametrize("fixture", SINGLE_FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_caret_stands_under_the_place(root: Path, words: Vocabulary, tmp_path: Path, fixture: Path) -> None:
    """Under Chinese text too, the caret points at the column that the finding names, in the right line."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    (tmp_path / TICKET).parent.mkdir(parents=True)
    shutil.copyfile(fixture, tmp_path / TICKET)
    outcome = check.check(tmp_path, words, AS_OF)
    stream = io.StringIO()
    FORMATS["text"](outcome, tmp_path, stream)
    source = fixture.read_bytes().decode("utf-8", "replace").split("\n")

    written = stream.getvalue().split("\n")
    assert len([line for line in written if line.startswith(TICKET)]) == len(outcome.findings)
    for above, excerpt, below in zip(written, written[1:], written[2:], strict=False):
        title = re.match(re.escape(TICKET) + r":(\d+):(\d+): ", above)
        shown_line = re.fullmatch(r" *(\d+) \| (.*)", excerpt)
        if title and shown_line:
            line, column = int(title[1]), int(title[2])
            assert int(shown_line[1]) == line
            pointed = _pointed_at(shown_line[2], below.partition("| ")[2]).removesuffix("…")
            assert pointed
            assert _harmless(source[line - 1][column - 1 :]).startswith(pointed)


def test_a_long_line_is_cut_around_the_place(repository: Path, shown: Callable[[str], str]) -> None:
    """Of a long line about a hundred characters around the place are shown, with … where something is left out."""
    file = repository / TICKET
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("status: 待受理}", f"note: {'按键' * 200}, status: 待受理}}"), encoding="utf-8")

    excerpt, caret = shown("text").splitlines()[1:3]

    assert excerpt.startswith("   13 | …")
    assert len(excerpt) < 120
    assert _pointed_at(excerpt[8:], caret[8:]) == "status: 待受理}"


@pytest.mark.parametrize(
    "separator", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029", "\r"], ids=lambda text: f"U+{ord(text):04X}"
)
def test_the_excerpt_is_the_line_that_an_editor_shows(
    repository: Path, shown: Callable[[str], str], separator: str
) -> None:
    """Characters that only Python takes for line ends do not move the excerpt to another line."""
    file = repository / TICKET
    text = file.read_text(encoding="utf-8")
    moved = text.replace("### 使用场景", f"上一页{separator}下一页\n\n### 使用场景").replace(
        "老人打扫时", "<b>老人</b>打扫时"
    )
    file.write_text(moved, encoding="utf-8", newline="")

    place = next(line for line in shown("text").splitlines() if "unsafe-html" in line)
    line = int(place.split(":")[1])

    assert moved.split("\n")[line - 1] == "### 使用场景"
    assert f"{line:>5} | ### 使用场景\n" in shown("text")


def test_carriage_returns_are_not_shown(repository: Path, shown: Callable[[str], str]) -> None:
    """The excerpt of a file with the line ends of Windows looks like that of any other."""
    file = repository / TICKET
    before = shown("text")
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))

    assert shown("text") == before


def test_control_characters_of_a_line_are_not_printed(repository: Path, shown: Callable[[str], str]) -> None:
    """A line cannot repaint the terminal: control and direction characters are shown as �."""
    file = repository / TICKET
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("event: 登记", "event: 登记\u202e\x1b[31m"), encoding="utf-8")

    assert not {"\x1b", "\u202e"} & set(shown("text") + shown("github"))


# ── colour ──


def _on_a_terminal(repository: Path, **variables: str) -> str:
    """Run the command on a pseudo-terminal and return what arrives there."""
    master, slave = os.openpty()
    tools = Path(__file__).parents[2] / "tools"
    environment = {
        name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "COLUMNS"}
    }
    environment |= {"PYTHONPATH": str(tools), "TERM": "xterm-256color", **variables}
    command = [sys.executable, "-m", "faultkb", "--root", str(repository), "check", "--as-of", "2026-11-20 17:30"]
    with subprocess.Popen(command, stdout=slave, stderr=subprocess.STDOUT, env=environment) as process:
        os.close(slave)
        received = b""
        try:
            while part := os.read(master, 65536):
                received += part
        except OSError:  # Linux ends a terminal without readers on the other side with EIO
            pass
        os.close(master)
        assert process.wait() == 1
    return received.decode()


def test_a_terminal_gets_colour_and_a_pipe_does_not(repository: Path, shown: Callable[[str], str]) -> None:
    """On a terminal errors are coloured; the words are the same as in a pipe, which gets none."""
    received = _on_a_terminal(repository).replace("\r\n", "\n")

    assert "\x1b[" in received
    assert re.sub(r"\x1b\[[0-9;]*m", "", received) == shown("text")
    assert "\x1b" not in shown("text")


def test_no_color_is_respected(repository: Path) -> None:
    """With NO_COLOR set (no-color.org) a terminal gets no colours."""
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]", _on_a_terminal(repository, NO_COLOR="1"))


# ── private data ──

PEOPLE = "reporter: {staff: ZL001, name: 张*}"
IMPACT = "impact: {users: 12"
REGISTERED = "event: 登记, by: ZL001, status: 待受理}"

# What is written instead of what, and what must not come back.
PRIVATE = {
    "name-not-masked": (PEOPLE, "reporter: {staff: ZL001, name: 欧阳建国}", "欧阳建国"),
    "name-instead-of-a-group": (PEOPLE, "reporter: 欧阳建国 13800138000", "欧阳建国"),
    "name-too-long": (PEOPLE, f"reporter: {{staff: ZL001, name: 欧阳建国{'长' * 40}}}", "欧阳建国"),
    "name-as-a-list": (PEOPLE, "reporter: {staff: ZL001, name: [欧阳建国]}", "欧阳建国"),
    "staff-is-a-name": (PEOPLE, "reporter: {staff: 欧阳建国, name: 欧*}", "欧阳建国"),
    "unknown-field-of-a-person": (PEOPLE, "reporter: {staff: ZL001, name: 张*, phone: 13800138000}", "13800138000"),
    "number-as-a-field-of-a-person": (PEOPLE, "reporter: {staff: ZL001, name: 张*, 13800138000: 电话}", "13800138000"),
    "customer-not-masked": (IMPACT, f"customer: {{contact: 13800138000}}\n{IMPACT}", "13800138000"),
    "customer-as-text": (IMPACT, f"customer: 欧阳建国 13800138000\n{IMPACT}", "13800138000"),
    "customer-as-a-list": (IMPACT, f"customer: [欧阳建国, 13800138000]\n{IMPACT}", "13800138000"),
    "name-as-a-field-of-the-customer": (IMPACT, f"customer: {{欧阳建国: 13800138000}}\n{IMPACT}", "欧阳建国"),
    "customer-in-a-block": (
        IMPACT,
        f"customer:\n  contact: 13800138000\n  phone: 13800138000\n{IMPACT}",
        "13800138000",
    ),
    "owner-differs-from-event": (
        REGISTERED,
        (
            "event: 登记, by: ZL001}\n  - {at: 2026-11-19 10:40, event: 受理, by: PM002, team: 客服组, "
            "owner: {staff: ZL003, name: 欧阳建国}, due_at: 2026-11-26 18:00}"
        ),
        "欧阳建国",
    ),
    "verifier-differs-from-event": (
        REGISTERED,
        (
            "event: 登记, by: ZL001}\n  - {at: 2026-11-19 10:40, event: 验证通过, by: QA003, functional: 通过, "
            "compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 欧阳建国}}"
        ),
        "欧阳建国",
    ),
    "brace-missing": (PEOPLE, "reporter: {staff: ZL001, name: 欧阳建国", "欧阳建国"),
    "half-width-colon-in-name": (PEOPLE, "reporter: {staff: ZL001, name: 欧阳建国: 客服}", "欧阳建国"),
    "full-width-colon": (PEOPLE, "reporter：{staff: ZL001, name: 欧阳建国}", "欧阳建国"),
    "written-twice": (PEOPLE, f"{PEOPLE}\nreporter: {{staff: ZL001, name: 欧阳建国}}", "欧阳建国"),
    "name-twice": (PEOPLE, "reporter: {staff: ZL001, name: 张*, name: 欧阳建国}", "欧阳建国"),
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", PRIVATE)
def test_private_values_are_never_repeated(repository: Path, shown: Callable[[str], str], name: str, form: str) -> None:
    """Names and contacts do not come back in a message, a piece of advice or a source line, whatever is wrong."""
    old, new, secret = PRIVATE[name]
    file = repository / TICKET
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")

    output = shown(form)

    assert TICKET in output
    assert secret not in output
    assert "13800138000" not in output


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("网关\x1b[31m重启", "网关�[31m重启"),
        ("看 ##[add-mask]x", "看 ## [add-mask]x"),
        ("\u3164\u2800\u115f", "���"),
        ("⚠️ 网关\u3000重启", "⚠️ 网关 重启"),
    ],
)
def test_text_is_made_visible(text: str, expected: str) -> None:
    """No escape, no command to a workflow's log, no row that looks empty; emoji and Chinese blanks stay readable."""
    assert visible(text) == expected
