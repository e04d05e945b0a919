"""``fault check`` and ``fault rules`` as commands: what is checked, in which shape, with which exit code."""

from __future__ import annotations

import json
import os
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-05 12:00")
ID = "SW-20261102-001"
HOME = f"tickets/2026/11/{ID}.md"
KEYS = {"rule", "level", "path", "line", "column", "message", "help", "fixable"}


def break_it(office: Path) -> None:
    """Write a severity that does not exist into a ticket, in line 5."""
    path = office / HOME
    path.write_text(path.read_text(encoding="utf-8").replace("severity: 中", "severity: 极高"), encoding="utf-8")


def test_warnings_alone_end_with_0(run: Callable[..., Any], office: Path) -> None:
    """An overdue fault reminds and does not fail: time alone turns nothing red."""
    done = run(office, "check", *AS_OF)
    assert (done.returncode, done.stderr) == (0, "")
    assert "提醒[overdue]" in done.stdout
    assert re.search(r"检查了 4 个故障：0 个错误，\d+ 个提醒；提醒不影响合并\n$", done.stdout)


def test_error_ends_with_1_and_says_where(run: Callable[..., Any], office: Path) -> None:
    """A finding names file, line and column, shows the line with a caret, and says what to write instead."""
    break_it(office)
    done = run(office, "check", *AS_OF)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith(f"{HOME}:5:11: 错误[schema] "))
    assert lines[place + 1] == "    5 | severity: 极高"
    assert lines[place + 2] == "      |           ^"
    assert lines[place + 3].startswith("      = 改法：")
    assert "紧急、高、中、低" in lines[place + 3]
    assert "1 个错误" in lines[-1]


def test_json_is_one_document_of_the_contract(run: Callable[..., Any], office: Path) -> None:
    """DESIGN §6: schema version, findings with exactly these keys, the number of files; nothing else on stdout."""
    break_it(office)
    done = run(office, "check", "--format", "json", *AS_OF)
    assert (done.returncode, done.stderr) == (1, "")
    data = json.loads(done.stdout)
    assert data.keys() == {"schema_version", "findings", "checked"}
    assert (data["schema_version"], data["checked"]) == (1, 4)
    assert all(one.keys() == KEYS for one in data["findings"])
    errors = [one for one in data["findings"] if one["level"] == "error"]
    assert [(one["rule"], one["path"], one["line"], one["column"], one["fixable"]) for one in errors] == [
        ("schema", HOME, 5, 11, False)
    ]


def test_github_format_annotates_lines(call: Callable[..., Any], office: Path) -> None:
    """Each finding is a workflow command that GitHub shows beside its line."""
    break_it(office)
    done = call(office, "check", "--format", "github", *AS_OF)
    assert done.returncode == 1
    assert f"::error file={HOME},line=5,col=11,title=schema::" in done.stdout
    assert "::warning file=" in done.stdout


def test_paths_narrow_what_is_checked(run: Callable[..., Any], office: Path) -> None:
    """A file, a folder, and the working directory's own folder: only what lies there is reported and counted."""
    break_it(office)
    for folder, arguments, checked, code in [
        (office, [HOME], 1, 1),
        (office, ["tickets/2026/10"], 2, 0),
        (office, ["tickets/2026/10", HOME], 3, 1),
        (office, ["tickets"], 4, 1),
        (office / "tickets" / "2026", ["10"], 2, 0),
        (office / "tickets" / "2026" / "11", [f"{ID}.md"], 1, 1),
        (office / "tickets" / "2026" / "10", ["."], 2, 0),
        (office, [str(office / HOME)], 1, 1),
    ]:
        done = run(folder, "check", *arguments, "--format", "json", *AS_OF)
        assert (done.returncode, json.loads(done.stdout)["checked"]) == (code, checked), arguments


@pytest.mark.parametrize("path", ["no-such-file.md", "schema", "schema/sla.yaml", ".."])
def test_path_outside_the_tickets_is_refused(call: Callable[..., Any], office: Path, path: str) -> None:
    """A path that holds no ticket is a slip, not an empty success: exit code 2, the path named."""
    done = call(office, "check", office / path, *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert path in done.stderr


def test_empty_corpus_is_said(call: Callable[..., Any], empty: Path) -> None:
    """A repository that begins has no fault: the check says so, and blocks nothing."""
    done = call(empty, "check", "--format", "json", *AS_OF)
    data = json.loads(done.stdout)
    assert done.returncode == 0
    assert (data["checked"], [one["rule"] for one in data["findings"]]) == (0, ["empty-corpus"])


@pytest.mark.parametrize("kept", [True, False], ids=["kept", "no folder"])
def test_every_command_works_without_a_fault(call: Callable[..., Any], empty: Path, *, kept: bool) -> None:
    """Git keeps no empty folder: with tickets/.gitkeep, and without tickets/, there is just no fault yet."""
    if kept:
        (empty / "tickets" / ".gitkeep").touch()
    else:
        (empty / "tickets").rmdir()
    done = call(empty, "check", *AS_OF)
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (
        0,
        "检查了 0 个故障：0 个错误，1 个提醒；提醒不影响合并",
        "",
    )
    assert "stray-file" not in done.stdout
    for command in ("list", "report", "report weekly", "report sla", "export facts --table faults", "similar 黑屏"):
        done = call(empty, *command.split(), *(() if command.startswith("similar") else AS_OF))
        assert done.returncode == 0, (command, done.stderr)
        assert "没有 tickets" not in done.stderr
    done = call(empty, "log", ID, "进展", "--by", "RD017", "--note", "x", *AS_OF)
    assert (done.returncode, "没有编号为" in done.stderr) == (2, True)


def test_mistakes_in_the_schema_are_marked_for_github(call: Callable[..., Any], empty: Path) -> None:
    """With ``--format github`` a mistake in schema/ is marked at its file and line; the exit code stays 2."""
    path = empty / "schema" / "teams.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("takes: [硬件故障]", "takes: [硬件, 100%]"), encoding="utf-8")
    line = 1 + text[: text.index("takes: [硬件故障]")].count("\n")
    done = call(empty, "check", "--format", "github", *AS_OF)
    assert done.returncode == 2
    marks = [one for one in done.stdout.splitlines() if one.startswith(f"::error file=schema/teams.yaml,line={line},")]
    assert len(marks) == 2
    assert any("title=schema-file::没有这个故障类型：100%25；" in one for one in marks)
    assert "schema/ 里有 2 处错误" in done.stderr
    assert call(empty, "check", *AS_OF).stdout == ""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('github: ["@qiyun/software"]', "github: [@qiyun/software]", "@ 开头的要加引号"),
        ("  软件开发组: {", "  软件开发组:{", "冒号后面要空一格"),
        ("  软件开发组: {", "  软件开发组：{", "冒号要用半角"),
    ],
    ids=["at", "no blank", "fullwidth"],
)
def test_slips_in_schema_files_are_named(call: Callable[..., Any], empty: Path, old: str, new: str, said: str) -> None:
    """What is wrong with the YAML is said, at the line on which it stands or the one after."""
    path = empty / "schema" / "teams.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(old, new), encoding="utf-8")
    done = call(empty, "check", *AS_OF)
    [found] = [one for one in done.stderr.splitlines() if one.startswith("schema/teams.yaml:")]
    line = 1 + text[: text.index(old)].count("\n")
    assert said in found
    assert int(found.split(":")[1]) in {line, line + 1}


SCHEMA_MISTAKES = {
    "yaml": ("lifecycle.yaml", "states:", "states: [", None),
    "unknown state": ("lifecycle.yaml", "to: 待受理", "to: 待处理", "待处理"),
    "unknown key": ("sla.yaml", "close_of_business:", "close_of_busines:", None),
    "unknown zone": ("sla.yaml", "Asia/Shanghai", "Asia/Beijing", "时区"),
    "unknown type": ("teams.yaml", "takes: [硬件故障]", "takes: [硬件]", "硬件"),
    "json": ("ticket.schema.json", '"title": "产品故障问题跟踪表",', '"title": "产品故障问题跟踪表"', None),
}


@pytest.mark.parametrize(("name", "old", "new", "said"), SCHEMA_MISTAKES.values(), ids=SCHEMA_MISTAKES.keys())
def test_mistake_in_the_schema_stops_every_command(
    call: Callable[..., Any], office: Path, name: str, old: str, new: str, said: str | None
) -> None:
    """What everything is read from is checked first: exit code 2, file, line and column of the mistake."""
    path = office / "schema" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    for command in (["check"], ["list"], ["report"], ["show", ID], ["publish"]):
        done = call(office, *command, *AS_OF)
        assert (done.returncode, done.stdout) == (2, ""), command
        assert re.search(rf"^schema/{re.escape(name)}:\d+:\d+: 错误\[", done.stderr, re.MULTILINE), done.stderr
        assert said is None or said in done.stderr


def test_missing_schema_file_is_named(call: Callable[..., Any], office: Path) -> None:
    """A file of schema/ that is not there is named, with where to get it."""
    (office / "schema" / "sla.yaml").unlink()
    done = call(office, "check", *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert "schema/sla.yaml" in done.stderr


ODD_FILES = {
    "empty": b"",
    "binary": bytes(range(256)),
    "gbk": "---\nid: 网关\n---\n".encode("gbk"),
    "bom": "\ufeff---\nid: x\n---\n".encode(),
    "utf-16": "---\nid: x\n---\n".encode("utf-16"),
    "no end": b"---\nid: x\n",
    "bomb": b"---\na: &a [x,x,x,x,x,x,x,x,x]\n"
    + b"".join(b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(12))
    + b"---\n",
    "deep": b"---\na: " + b"[" * 20000 + b"\n---\n",
    "many keys": b"---\n" + b"".join(b"k%d: 1\n" % n for n in range(100_000)) + b"---\n",
    "huge": b"---\nid: x\n---\n" + b"x" * 5_000_000,
}


@pytest.mark.parametrize("content", ODD_FILES.values(), ids=ODD_FILES.keys())
def test_odd_file_is_a_finding(call: Callable[..., Any], office: Path, content: bytes) -> None:
    """Whatever lies in tickets/ is named with line and column; the other tickets are still checked."""
    (office / "tickets" / "2026" / "11" / "SW-20261105-001.md").write_bytes(content)
    done = call(office, "check", "--format", "json", *AS_OF)
    data = json.loads(done.stdout)
    assert (done.returncode, data["checked"]) == (1, 5)
    errors = [one for one in data["findings"] if one["level"] == "error"]
    assert {one["path"] for one in errors} == {"tickets/2026/11/SW-20261105-001.md"}
    assert all(one["line"] >= 1 and one["column"] >= 1 and one["message"] for one in errors)


def test_odd_things_in_the_tree_are_findings(
    call: Callable[..., Any], office: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A folder called x.md, links out of the tree and into themselves, and a pipe: each is named, none is followed or hangs."""
    home = office / "tickets" / "2026" / "11"
    outside = tmp_path_factory.mktemp("outside") / "secret.md"
    outside.write_text("---\nid: 秘密内容\n---\n", encoding="utf-8")
    (home / "SW-20261105-001.md").mkdir()
    (home / "SW-20261105-002.md").symlink_to(outside)
    (home / "SW-20261105-003.md").symlink_to(home / "SW-20261105-003.md")
    os.mkfifo(home / "SW-20261105-004.md")
    (home / "loop").symlink_to(home)
    done = call(office, "check", "--format", "json", *AS_OF)
    found = {
        one["path"].rsplit("/", 1)[1]: one["rule"]
        for one in json.loads(done.stdout)["findings"]
        if one["level"] == "error"
    }
    assert found == dict.fromkeys(
        ["loop", *(f"SW-20261105-00{number}.md" for number in (1, 2, 3, 4))], "unreadable-file"
    )
    assert "秘密内容" not in done.stdout


def test_rules_lists_every_rule(run: Callable[..., Any], office: Path) -> None:
    """The catalogue has a line for each rule: id, level, what is wrong; it needs no repository."""
    done = run(office, "rules")
    assert (done.returncode, done.stderr) == (0, "")
    listed = {line.split()[0]: line.split()[1] for line in done.stdout.splitlines()}
    words = {"error": "错误", "warning": "提醒", "note": "说明"}
    assert listed == {one.id: words[one.level] for one in rules.catalogue().values()}


def test_rules_explains_one(call: Callable[..., Any], office: Path) -> None:
    """``fault rules ID`` prints the manual: what is wrong, why it matters, how to mend it."""
    done = call(office, "rules", "overdue")
    assert done.returncode == 0
    assert done.stdout.startswith("overdue（提醒）\n")
    assert "改法：" in done.stdout


def test_unknown_rule_is_named(call: Callable[..., Any], office: Path) -> None:
    """A rule that does not exist ends with 2 and the way to the catalogue."""
    done = call(office, "rules", "overdeu")
    assert (done.returncode, done.stdout) == (2, "")
    assert "overdeu" in done.stderr
    assert "fault rules" in done.stderr


def test_samples_pass_the_check(call: Callable[..., Any], root: Path) -> None:
    """The demo has no error."""
    done = call(root, "check", "--format", "json", "--as-of", "2026-11-20 17:00")
    assert (done.returncode, [one for one in json.loads(done.stdout)["findings"] if one["level"] == "error"]) == (0, [])


def test_check_does_not_write(call: Callable[..., Any], root: Path, tmp_path: Path) -> None:
    """Checking leaves every byte and every time of the repository as it was."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    shutil.copytree(root / "tickets", tmp_path / "tickets")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert call(tmp_path, "check", "--as-of", "2026-11-20 17:00").returncode == 0
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
