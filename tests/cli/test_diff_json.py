"""`fault diff --format json`, and how `--format md` keeps to what the summary of a job may hold."""

from __future__ import annotations

import json
import re
import subprocess
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from faultkb import digest, moment
from faultkb.render import diff
from faultkb.suggestions import Fix
from faultkb.summary import Item, Line, Summary, Tally

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Call = Callable[..., subprocess.CompletedProcess[str]]

AS_OF = ("--as-of", "2026-11-05 12:00")
ID = "SW-20261102-001"
PATH = f"tickets/2026/11/{ID}.md"


def git(folder: Path, *arguments: str) -> str:
    """Run git and return what it says."""
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", "-C", str(folder), *arguments]
    return subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout.strip()


@pytest.fixture
def branch(office: Path) -> Path:
    """Return a git repository on whose main branch the four faults of the office are."""
    git(office, "init", "-q", "-b", "main")
    git(office, "add", ".")
    git(office, "commit", "-qm", "base")
    git(office, "switch", "-qc", "work")
    return office


def edited(folder: Path, *pairs: tuple[str, str]) -> None:
    """Replace texts of a ticket that must be there, and commit."""
    text = (folder / PATH).read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    (folder / PATH).write_text(text, encoding="utf-8")
    git(folder, "commit", "-qam", "work")


def valid(text: str) -> Any:
    """Return a document that keeps to the schema: an engine other than the program's own says so."""
    schema = json.loads(
        resources.files("faultkb").joinpath("metaschema/summary.schema.json").read_text(encoding="utf-8")
    )
    Draft202012Validator.check_schema(schema)
    assert len(text.encode()) < digest.LARGEST
    data = json.loads(text)
    Draft202012Validator(schema).validate(data)
    return data


def shown(branch: Path, call: Call, base: str = "main") -> Any:
    """Return the document about a branch."""
    done = call(branch, "diff", "--base", base, "--format", "json", *AS_OF)
    assert (done.returncode, done.stderr) == (0, "")
    return valid(done.stdout)


def test_the_document(branch: Path, call: Call) -> None:
    """It tells what the other formats tell, of which commit, in numbers that can be counted by hand, and the mends."""
    edited(branch, ("title: 网关升级后每日凌晨重启", "title: 网关重启，回电 13812345512"), ("users: 320", "users: 410"))
    data = shown(branch, call)
    assert {key: data[key] for key in ("schema_version", "as_of", "timezone", "base", "head", "remarks")} == {
        "schema_version": 1,
        "as_of": "2026-11-05 12:00",
        "timezone": "Asia/Shanghai",
        "base": "main",
        "head": git(branch, "rev-parse", "HEAD"),
        "remarks": [],
    }
    counts = data["counts"]
    assert (counts["tickets"], counts["checked"], counts["error"], counts["unchanged"]) == (1, 1, 1, 3)
    [item] = data["items"]
    assert (item["id"], item["path"], item["course"], item["blocked"]) == (ID, PATH, "处理中", True)
    assert item["title"] == "网关重启，回电 138****5512"
    assert {"heading": "字段", "text": "受影响用户数：320 → 410"} in item["lines"]
    assert data["fixes"] == [
        {
            "path": PATH,
            "line": 3,
            "end_line": 3,
            "text": "title: 网关重启，回电 138****5512\n",
            "what": "手机号码遮盖为 138****5512",
        }
    ]
    assert "13812345512" not in json.dumps(data)


def test_nothing_changed(branch: Path, call: Call) -> None:
    """Without a change there is nothing to tell, and that is a document too."""
    data = shown(branch, call)
    assert (data["items"], data["fixes"], data["counts"]["tickets"]) == ([], [], 0)


def test_the_head_of_a_pull_request(branch: Path, call: Call) -> None:
    """Checked out as merged into its base, the head is the pull request's own commit, whose lines the mends are about.

    A file that the merge has put together has other lines: it gets no mend.
    """
    edited(branch, ("users: 320, ", "users: 410, "), ("同意。", "同意，回电 13812345512。"))
    head = git(branch, "rev-parse", "HEAD")
    git(branch, "switch", "-q", "--detach", "main")
    git(branch, "merge", "-q", "--no-ff", "-m", "merged", "work")
    data = shown(branch, call, "HEAD^1")
    assert (data["head"], len(data["fixes"])) == (head, 1)

    git(branch, "switch", "-qC", "main", "main")
    edited(
        branch,
        ("title: 网关升级后每日凌晨重启\n", "title: 网关升级后每日凌晨重启\nseverity: 中\n"),
        ("severity: 中\nstatus", "status"),
    )
    text = (branch / PATH).read_text(encoding="utf-8")
    (branch / PATH).write_text(text.replace("夜间无人操作。", "夜间。\n\n无人操作。"), encoding="utf-8")
    git(branch, "commit", "-qam", "meanwhile")
    git(branch, "switch", "-q", "--detach", "main")
    git(branch, "merge", "-q", "--no-ff", "-m", "merged", "work")
    data = shown(branch, call, "HEAD^1")
    assert (data["head"], data["fixes"]) == (head, [])


def test_a_mask_over_what_is_merged(branch: Path, call: Call) -> None:
    """What main has already is masked with a correction: the mend says which, or the next check would refuse it."""
    edited(branch, ("补丁开发完成", "补丁发到 13812345512"))
    git(branch, "branch", "-qf", "main", "HEAD")
    edited(branch, ("users: 320, ", "users: 410, "))
    [fix] = shown(branch, call)["fixes"]
    # 进展 is the third event; its line is masked in place, as check --fix does.
    assert fix["what"] == (
        f"手机号码遮盖为 138****5512；已经合并过的内容，还要记录：fault log {ID} 更正 --target 3 --mask"
    )
    assert "138****5512" in fix["text"]


def test_what_is_not_committed_has_no_lines_yet(branch: Path, call: Call) -> None:
    """A file that is not as in the commit is told, and gets no mend: its lines are not those of the commit."""
    text = (branch / PATH).read_text(encoding="utf-8")
    (branch / PATH).write_text(text.replace("同意。", "同意，回电 13812345512。"), encoding="utf-8")
    data = shown(branch, call)
    assert (len(data["items"]), data["fixes"]) == (1, [])


@pytest.mark.parametrize(
    "data", [b"", b"---\nid: x\n", b"\xff\xfe\x00", "---\nid: 一\u202e\u2028二\n---\n".encode(), b"x" * 2_000_000]
)
def test_a_ticket_that_cannot_be_read(branch: Path, call: Call, data: bytes) -> None:
    """Whatever a file holds, the document keeps to its schema and says that something is wrong with it."""
    (branch / PATH).write_bytes(data)
    git(branch, "commit", "-qam", "work")
    found = shown(branch, call)
    assert [item["blocked"] for item in found["items"]] == [True]
    assert found["fixes"] == []


def test_hostile_names_of_files(branch: Path, call: Call) -> None:
    """A file under tickets/ may have any name: it is shown harmless."""
    for name in (
        "tickets/2026/11/a\n::error::b.md",
        "tickets/2026/11/\u202eb\x1b[31m.md",
        f"tickets/2026/11/{'长' * 80}.md",
    ):
        (branch / name).write_text("x", encoding="utf-8")
    git(branch, "add", ".")
    git(branch, "commit", "-qm", "work")
    assert len(shown(branch, call)["items"]) == 3


def summary(items: int, lines: int, text: str, fixes: int = 0) -> Summary:
    """Return a summary that is as large as somebody can make it."""
    item = Item(
        text,
        text,
        text,
        text,
        tuple(Line(heading, text) for heading in ("事件", "请看") for _ in range(lines)),
        blocked=True,
    )
    fix = Fix(PATH, 3, 3, "一" * 3999 + "\n", text)
    when = moment.parse("2026-11-05 12:00")
    return Summary(
        text, "0" * 40, when, "Asia/Shanghai", (item,) * items, items, Tally(items, {}), (text,) * 500, (fix,) * fixes
    )


@pytest.mark.parametrize("text", ["一", "长" * 100_000, "\x1b[31m\u202e\ud800\n" * 500, '"\\' * 5000])
def test_it_keeps_to_its_limits(text: str) -> None:
    """However much a change holds, the document is one that is read: cut at whole tickets, with how many there are."""
    document = json.dumps(digest.of(summary(3000, 500, text, fixes=500)), ensure_ascii=False)
    data = valid(document)
    assert 0 < len(data["items"]) <= 200
    assert 0 < len(data["fixes"]) <= 100
    assert data["counts"]["tickets"] == 3000
    assert data["items"][0]["lines"][30] == {"heading": "事件", "text": "还有 470 行，没有列出"}


def test_what_is_written_is_what_is_read(tmp_path: Path) -> None:
    """The reader gets what the writer had."""
    one = summary(2, 3, "说明", fixes=2)
    (tmp_path / "x.json").write_text(json.dumps(digest.of(one)), encoding="utf-8")
    read = digest.read(tmp_path / "x.json")
    assert read is not None
    assert (read.items, read.fixes, read.remarks, read.as_of, read.tickets) == (
        one.items,
        one.fixes,
        ("说明",) * 50,
        one.as_of,
        2,
    )


@pytest.mark.parametrize("text", ["一", "长" * 100_000, "<*&_" * 5000])
def test_the_summary_of_a_job_fits(text: str, tmp_path: Path) -> None:
    """GitHub refuses a summary above 1 MiB: what does not fit is left out by whole tickets, and counted."""
    path = tmp_path / "summary.md"
    with path.open("w", encoding="utf-8") as stream:
        diff.markdown(summary(9000, 500, text), stream)
    written = path.read_text(encoding="utf-8")
    assert path.stat().st_size < 1 << 20
    told = len(re.findall("^### ", written, re.MULTILINE))
    assert told > 0
    assert f"还有 {9000 - told} 个故障没有写在这里" in written
    assert re.search("还有 [0-9]+ 处，没有列出", written) or text == "一"
