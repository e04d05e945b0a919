"""The check as a whole: exit codes, paths, hostile headers, and any text at all."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from faultkb import check, corpus, rules
from faultkb.check import Outcome
from faultkb.render.findings import FORMATS
from tests import inside

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    from faultkb.corpus import Loaded
    from faultkb.vocabulary import Vocabulary

TESTS = Path(__file__).parent
TICKET = "tickets/2026/11/SW-20261102-001.md"
AS_OF = datetime.fromisoformat("2026-11-20 17:30")


@pytest.fixture
def repository(root: Path, tmp_path: Path, write_text: Callable[..., str]) -> Path:
    """Return a repository with one faultless ticket."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    (tmp_path / TICKET).parent.mkdir(parents=True)
    (tmp_path / TICKET).write_text(write_text("登记"), encoding="utf-8")
    return tmp_path


def run(root: Path, *arguments: str, cwd: Path | None = None) -> CompletedProcess[str]:
    """Run the command as of 2026-11-20 17:30; a hang is a failure."""
    command = ("--root", root, "check", "--as-of", "2026-11-20 17:30", *arguments)
    return inside.run(cwd or root, {**os.environ, "COLUMNS": "200"}, *command)


def edit(root: Path, old: str, new: str) -> None:
    """Replace a text, which must be there once, in the ticket."""
    text = (root / TICKET).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (root / TICKET).write_text(text.replace(old, new), encoding="utf-8")


# ── exit codes and arguments ──


def test_without_findings_the_check_ends_with_0(repository: Path) -> None:
    """A faultless repository gives one line and exit code 0."""
    done = run(repository)

    assert (done.returncode, done.stdout, done.stderr) == (0, "检查了 1 个故障：没有发现问题\n", "")


def test_warnings_do_not_change_the_exit_code(repository: Path) -> None:
    """A finding of level warning is shown, and the command ends with 0."""
    edit(repository, "夜间无人操作。", "待补充")

    done = run(repository)

    assert done.returncode == 0
    assert "提醒[incomplete-report]" in done.stdout
    assert done.stdout.endswith("检查了 1 个故障：0 个错误，1 个提醒；提醒不影响合并\n")


def test_an_error_ends_with_1(repository: Path) -> None:
    """A finding of level error ends the command with 1."""
    edit(repository, "severity: 中", "severity: 特高")

    assert run(repository).returncode == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "xml"], "可选"),
        (["--as-of", "昨天"], "不是时间"),
        (["--as-of", "2026-02-30 10:00"], "不是时间"),
        (["--no-such-option"], "没有选项"),
        (["no-such-file.md"], "没有这个文件或文件夹"),
        (["schema"], "不在 tickets/ 里"),
        (["/etc/passwd"], "不在 tickets/ 里"),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_a_usage_error_ends_with_2(repository: Path, arguments: list[str], words: str) -> None:
    """A wrong option, time or path is explained in Chinese on stderr; nothing is printed as a result."""
    done = run(repository, *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_only_the_given_paths_are_reported(repository: Path, write_text: Callable[..., str]) -> None:
    """With paths, findings of other files are not shown, and do not count for the exit code."""
    edit(repository, "severity: 中", "severity: 特高")
    other = repository / "tickets/2026/11/SW-20261102-002.md"
    other.write_text(write_text("登记", id="SW-20261102-002"), encoding="utf-8")

    assert run(repository, str(other)).stdout == "检查了 1 个故障：没有发现问题\n"
    assert run(repository, "SW-20261102-002.md", cwd=other.parent).returncode == 0
    assert run(repository, "2026", cwd=repository / "tickets").stdout.startswith(f"{TICKET}:5:11: 错误[schema]")
    assert run(repository, TICKET, TICKET).stdout.endswith("检查了 1 个故障：1 个错误，0 个提醒\n")


def test_with_a_path_other_tickets_are_still_known(repository: Path, write_text: Callable[..., str]) -> None:
    """A reference to a ticket outside the given paths is no dangling reference; a doubled id is found."""
    related = repository / "tickets/2026/11/SW-20261102-002.md"
    text = write_text(
        "登记", id="SW-20261102-002", kb="{entry: 不收录, reason: 与另一个相同, related: [SW-20261102-001]}"
    )
    related.write_text(text, encoding="utf-8")
    assert run(repository, str(related)).returncode == 0

    related.write_text(text.replace("id: SW-20261102-002", "id: SW-20261102-001"), encoding="utf-8")
    assert "错误[duplicate-id]" in run(repository, TICKET).stdout


def test_as_of_is_the_moment_of_the_question(repository: Path) -> None:
    """An event is in the future at one moment and not at a later one; a day means its last minute."""
    assert "event-in-future" in run(repository, "--as-of", "2026-11-02 08:59").stdout
    assert run(repository, "--as-of", "2026-11-02 09:00").returncode == 0
    assert run(repository, "--as-of", "2026-11-02").returncode == 0


def test_a_closed_pipe_is_no_accident(repository: Path) -> None:
    """Output that nobody reads (``fault check | head -1``) ends quietly."""
    edit(repository, "severity: 中", "\n".join(f"unknown{number}: x" for number in range(30)))
    command = f"{sys.executable} -m faultkb --root {repository} check --format json | head -c 1"
    environment = {**os.environ, "PYTHONPATH": str(TESTS.parent / "tools")}

    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", env=environment, check=False)

    assert (done.stdout, done.stderr) == ("{", "")


def test_a_great_number_of_equal_mistakes_is_cut_off(repository: Path) -> None:
    """Of one rule in one file twenty findings are listed, and one more says that there are others."""
    edit(repository, "channel: 电话", "channel: 电话\n" + "\n".join(f"unknown{number}: x" for number in range(50)))

    findings = json.loads(run(repository, "--format", "json").stdout)["findings"]

    assert [one["rule"] for one in findings] == ["unknown-field"] * 21
    assert "只列出前 20 个" in findings[-1]["message"]


# ── hostile headers ──


def _header(lines: str) -> str:
    return f"---\nid: SW-20261102-001\n{lines}\n---\n"


def _bomb(levels: int) -> str:
    """A "billion laughs": each line holds ten of the line before."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, levels)]
    return _header("\n".join(lines))


# Text of the ticket file → the line of the finding (None: any), what it must say.
HOSTILE = {
    "header-of-100000-keys": (_header("\n".join(f"k{number}: v" for number in range(100_000))), "文件头太大"),
    "header-of-20000-keys": (_header("\n".join(f"k{number}: v" for number in range(20_000))), "不认识的字段"),
    "one-key-20000-times": (_header("k: v\n" * 20_000), "写了两次"),
    "one-key-of-200000-characters": (_header(f"{'k' * 200_000}: v"), "错误["),
    "value-of-200000-characters": (_header(f"title: {'很' * 200_000}"), "太长"),
    "yaml-bomb": (_bomb(9), "文件头太大"),
    "small-yaml-bomb": (_bomb(4), "不认识的字段"),
    "bomb-of-long-texts": (_header(f"a: &a {'x' * 100_000}\nb: [{', '.join(['*a'] * 20_000)}]"), "不认识的字段"),
    "alias-in-itself": (_header("a: &a [*a, *a]"), "套得太深"),
    "brackets-100000-deep": (_header("title: " + "[" * 100_000), "套得太深"),
    "braces-50000-deep": (_header("title: " + "{a: " * 50_000), "套得太深"),
    "dashes-50000-deep": (f"---\n{'- ' * 50_000}x\n---\n", "套得太深"),
    "questions-50000-deep": (f"---\n{'? ' * 50_000}x\n---\n", "套得太深"),
    "brackets-31-deep": (_header("title: " + "[" * 31 + "]" * 31), "套得太深"),
    "brackets-29-deep": (_header("title: " + "[" * 29 + "]" * 29), "应当是文字"),
    "15000-groups-where-a-list-of-texts-belongs": (
        _header(f"impact: {{users: 1, products: [{', '.join(f'{{a{n}: b}}' for n in range(15_000))}], versions: [x]}}"),
        "products",
    ),
    "keys-that-are-no-text": (_header("[a, b]: c\n{d: e}: f"), "字段名不能是列表或一组值"),
    "integers-of-5000-digits": (
        _header(f"impact: {{users: {'9' * 5000}, products: [x], versions: [y]}}"),
        "受影响用户数",
    ),
    "python-object": (_header('title: !!python/object/apply:os.system ["touch /tmp/owned"]'), "应当是文字"),
    "merge-key": (_header("<<: {severity: 高}"), "不认识的字段“<<”"),
    "names-of-frontmatter": (_header("content: a\nhandler: b\nmetadata: c\nself: d"), "不认识的字段“content”"),
    "binary-tag": (_header("title: !!binary aGVsbG8="), "缺少"),
    "conflict-markers": (
        _header("<<<<<<< HEAD\nseverity: 高\n=======\nseverity: 中\n>>>>>>> main"),
        "合并冲突还没有处理",
    ),
    "conflict-markers-with-base": (
        _header("<<<<<<< HEAD\nseverity: 高\n||||||| 1a2b3c4\nseverity: 低\n=======\nseverity: 中\n>>>>>>> main"),
        "合并冲突还没有处理",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words(repository: Path, name: str) -> None:
    """A header made to exhaust time or memory, and one that no clerk would write, ends in findings with a place."""
    text, words = HOSTILE[name]
    (repository / TICKET).write_text(text, encoding="utf-8")

    done = run(repository)

    assert done.returncode == 1, done.stderr[-2000:]
    assert done.stderr == ""
    assert words in done.stdout
    assert re.match(re.escape(TICKET) + r":[1-9][0-9]*:[1-9][0-9]*: 错误\[", done.stdout)
    assert all(len(line) < 1000 for line in done.stdout.splitlines())
    assert len(done.stdout.splitlines()) < 400


# What a body may be made of, appended to a faultless ticket.
HOSTILE_BODIES = {
    "heading-with-a-long-gap": "## 原因" + " " * 20_000 + "分析\n",
    "heading-of-hashes": "## 原因 " + "# " * 20_000 + "分析\n",
    "20000-backticks": "<b> " + "`" * 20_000 + "x" * 200_000,
    "runs-of-backticks": "<b> " + " ".join("`" * number for number in range(1, 1200)),
    "400000-opening-brackets": "](x) " + "[" * 400_000,
    "links-without-end": "[x](" * 100_000,
    "300000-less-than-signs": "<a" * 300_000,
    "comments-without-end": "<!--" * 100_000,
    "80000-headings": "## 现象\n" * 80_000,
    "100000-fences": "<b>\n" + "```\n~~~\n" * 99_999,
    "line-of-290000-characters": "很" * 290_000,
    "300000-empty-lines": "\n" * 300_000,
}


@pytest.mark.parametrize("name", HOSTILE_BODIES)
def test_a_hostile_body_is_checked_to_the_end(repository: Path, name: str) -> None:
    """No body, however it repeats itself, keeps the check from ending."""
    text = (repository / TICKET).read_text(encoding="utf-8")
    (repository / TICKET).write_text(f"{text}\n{HOSTILE_BODIES[name]}\n", encoding="utf-8")

    done = run(repository)

    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_was_executed() -> None:
    """The tag that asks PyYAML's unsafe loader to run a command was not obeyed."""
    assert not Path("/tmp/owned").exists()  # noqa: S108 - the name in the hostile header


def _events(*events: str, count: int) -> str:
    lines = [f"  - {{at: 2026-11-02 09:00, event: {events[n % len(events)]}, by: PM002}}" for n in range(count)]
    return "\n".join(["events:", *lines])


@pytest.mark.parametrize(
    "events",
    [
        ("登记", "受理"),
        ("受理",),
        ("提交验证", "验证不通过"),
        ("重开", "关闭"),
        ("退回", "补充"),
        ("更正",),
        ("定级",),
        ("评审", "提交验证"),
    ],
    ids="-".join,
)
def test_thousands_of_events_are_checked(
    repository: Path, write_text: Callable[..., str], events: tuple[str, ...]
) -> None:
    """A header full of events, allowed or not, is checked to the end."""
    text = write_text("登记", status="处理中", due_at="2026-11-06 18:00", complex="true", customer="{id: U***1}")
    (repository / TICKET).write_text(
        re.sub(r"events:\n.*\n", _events(*events, count=3_000) + "\n", text), encoding="utf-8"
    )

    done = run(repository)

    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("moment", ["0001-01-01 00:00", "1000-01-01 00:00", "9999-12-31 23:59", "9999-12-30 00:00"])
@pytest.mark.parametrize("severity", ["紧急", "低"])
def test_times_at_the_ends_of_the_calendar_are_checked(
    repository: Path, write_text: Callable[..., str], moment: str, severity: str
) -> None:
    """A year typed as 0001 or 9999 gives findings, whatever has to be computed from it."""
    names = ("登记", "受理", "提交验证", "验证不通过")
    text = write_text(
        *(f"{moment} {name}" for name in names), status="处理中", severity=severity, team="软件开发组", due_at=moment
    )
    (repository / TICKET).write_text(text, encoding="utf-8")

    done = run(repository, "--format", "json")

    assert (done.returncode, done.stderr) == (1, "")
    assert "id-date" not in done.stdout


def test_a_line_separator_does_not_shift_the_lines(repository: Path) -> None:
    """U+2028, which text copied from a web page may hold, is no line end for editors and git: places stay right."""
    edit(repository, "title: 网关升级后每日凌晨重启", 'title: "网关升级后\u2028每日凌晨重启"')
    edit(repository, "severity: 中", "severity: 特高")

    places = [(one["rule"], one["line"]) for one in json.loads(run(repository, "--format", "json").stdout)["findings"]]

    assert ("schema", 5) in places or ("yaml-syntax", 3) in places
    assert not [rule for rule, line in places if line not in {3, 5}]


# ── any text at all ──

ODD = st.sampled_from(
    [
        *"-10~|>*&!%@`#：，｛？-:",
        *(
            "[]",
            "{}",
            "[a]",
            "{a: b}",
            "[1, 1]",
            "[[[[]]]]",
            "{[]: x}",
            "''",
            '""',
            "1e9",
            "true",
            "null",
            "未知",
            "张三",
        ),
        *("待受理", "已关闭", "登记", "重开", "更正", "验证不通过", "收录", "紧急", "SW-20261102-001"),
        *("9" * 40, "长" * 3000, "👵🏻" * 50, '"\\0"', '"a\\nb"', '"\\x07"', "\x07", "\u2028", "\x85x", "\ufeff"),
        *("*a", "&a b", "!t v", "2026-13-01 10:00", "0001-01-01 00:00", "9999-12-31 23:59"),
        *("{staff: [], name: {}}", "[{staff: x}, {name: y}, z]", "{set: {at: 9999-12-31 23:59}}"),
        *("{entry: 收录}", "{entry: 并入, canonical: SW-20261102-001}", "## 现象", "```", "<<<<<<< HEAD"),
        "  - {at: 2026-11-20 10:00, event: 重开, by: PM002, due_at: 9999-12-31 23:59, note: x}",
        "  - {at: 9999-12-31 23:59, event: 登记, by: PM002}",
        *(
            f"  - {{at: 2026-11-20 10:00, event: 更正, by: PM002, note: x, approver: PM001, {rest}}}"
            for rest in (
                "target: 1, void: true",
                "target: 1, set: {at: 9999-12-31 23:59}",
                "target: 2, set: {owner: {}, due_at: x, event: 关闭}",
                "target: 2, set: {due_at: 9999-12-31 23:59, owner: {staff: HW011, name: 孙*}}",
                "section: 现象",
            )
        ),
    ]
)
VALUE = re.compile(r"(?<=: )(?:\{[^{}\n]*\}|\[[^\[\]\n]*\]|[^,{}\[\]\n]+)")
KINDS = (
    "delete line",
    "repeat line",
    "insert line",
    "delete character",
    "insert text",
    "swap value",
    "swap value",
    "swap value",
)


def mutated(text: str, kind: str, line: int, column: int, odd: str) -> str:
    """Change a text in one place; numbers beyond the end count from the start again."""
    lines = text.split("\n")
    line %= len(lines)
    old = lines[line]
    at = column % (len(old) + 1)
    if kind == "delete line":
        del lines[line]
    elif kind == "repeat line":
        lines.insert(column % len(lines), old)
    elif kind == "insert line":
        lines.insert(line, odd)
    elif kind == "delete character":
        lines[line] = old[:at] + old[at + 1 :]
    elif kind == "insert text":
        lines[line] = old[:at] + odd + old[at:]
    elif values := list(VALUE.finditer(old)):
        value = values[column % len(values)]
        lines[line] = old[: value.start()] + odd + old[value.end() :]
    return "\n".join(lines)


EDIT = st.tuples(st.sampled_from(KINDS), st.integers(0, 60), st.integers(0, 200), ODD | st.text(max_size=20))
ORIGINALS = sorted((TESTS / "fixtures" / "rules").glob("*/good-*.md"))


@pytest.fixture(scope="module")
def load(
    root: Path, words: Vocabulary, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Path, Loaded]]:
    """Return a function that writes a text as the only ticket of a repository and reads it as the program does."""
    folder = tmp_path_factory.mktemp("fuzz")
    shutil.copytree(root / "schema", folder / "schema")
    (folder / TICKET).parent.mkdir(parents=True)

    def write_and_load(text: str) -> tuple[Path, Loaded]:
        (folder / TICKET).write_text(text, encoding="utf-8", newline="")
        return folder, corpus.load(folder, TICKET, words)

    return write_and_load


@given(original=st.sampled_from(ORIGINALS), edits=st.lists(EDIT, min_size=1, max_size=4))
@settings(
    max_examples=200, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_change_of_a_ticket_is_findings_and_never_an_exception(
    load: Callable[[str], tuple[Path, Loaded]],
    words: Vocabulary,
    original: Path,
    edits: list[tuple[str, int, int, str]],
) -> None:
    """Lines and characters deleted, doubled, inserted, values of odd types: every finding has a place and can be shown."""
    text = original.read_text(encoding="utf-8")
    for kind, line, column, odd in edits:
        text = mutated(text, kind, line, column, odd)
    folder, loaded = load(text)

    findings, _entry = check.examine(loaded, words, folder, AS_OF)

    for one in findings:
        assert one.rule in rules.catalogue()
        assert 1 <= one.line <= len(re.split("\r\n|[\r\n\x85\u2028\u2029]", text))
        assert one.column >= 1
        assert one.message
    for write in FORMATS.values():
        write(Outcome(tuple(sorted(findings)), 1), folder, io.StringIO())


# ── two engines, one verdict ──


@pytest.fixture(scope="module")
def slow(words: Vocabulary) -> Draft202012Validator:
    """Return the schema in the other engine, with the formats read by the standard library alone."""
    checker = FormatChecker(formats=())

    @checker.checks("fault-minute", ValueError)
    def _minute(value: object) -> bool:
        return not isinstance(value, str) or datetime.strptime(value, "%Y-%m-%d %H:%M").strftime("%Y") > ""  # noqa: DTZ007

    @checker.checks("fault-id")
    def _id(value: object) -> bool:
        return not isinstance(value, str) or re.fullmatch("[A-Z]{2}-[0-9]{8}-[0-9]{3,6}", value) is not None

    return Draft202012Validator(words.schema.root, format_checker=checker)


def _readable(root: Path) -> list[Path]:
    return sorted([*(root / "tickets").rglob("*.md"), *(TESTS / "fixtures" / "rules").rglob("*.md")])


def test_both_engines_agree_on_every_ticket_and_fixture(
    root: Path, words: Vocabulary, slow: Draft202012Validator
) -> None:
    """jsonschema-rs, which decides, and jsonschema, which explains, give the same verdict on every readable header."""
    seen = {True: 0, False: 0}
    for path in _readable(root):
        header = words.schema.coerce(corpus.read(path.parent, path.name).header)
        verdict = words.schema.is_valid(header)
        assert slow.is_valid(header) == verdict, path
        seen[verdict] += 1
    assert seen[True] > 100
    assert seen[False] > 20


@given(original=st.sampled_from(ORIGINALS), edits=st.lists(EDIT, min_size=1, max_size=3))
@settings(
    max_examples=200, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_engines_agree_on_changed_tickets(
    load: Callable[[str], tuple[Path, Loaded]],
    words: Vocabulary,
    slow: Draft202012Validator,
    original: Path,
    edits: list[tuple[str, int, int, str]],
) -> None:
    """The two engines give the same verdict on headers with odd values; every refusal is explained."""
    text = original.read_text(encoding="utf-8")
    for kind, line, column, odd in edits:
        text = mutated(text, kind, line, column, odd)
    header = words.schema.coerce(load(text)[1].document.header)

    assert slow.is_valid(header) == words.schema.is_valid(header)


def test_every_ticket_of_the_repository_passes(root: Path, words: Vocabulary) -> None:
    """The sample tickets have no finding of level error."""
    outcome = check.check(root, words, AS_OF)

    assert outcome.checked >= 48
    assert outcome.count("error") == 0
