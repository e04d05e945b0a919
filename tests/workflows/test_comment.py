"""`fault comment`: what it writes under a pull request, and that nothing which comes from there makes it write anything else."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from faultkb import cli, reviews
from tests.conftest import ticket_text
from tests.workflows import events, patches
from tests.workflows.openapi import NODE_MODULES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.workflows.github import GitHub

AS_OF = ("--as-of", "2026-11-05 12:00")
ID = "SW-20261102-001"
PATH = f"tickets/2026/11/{ID}.md"
RUN = 4242
CLEAN = ticket_text("登记", title="网关重启")
MESSY = CLEAN.replace("网关重启\n", "网关重启，用户电话 13812345512\n").replace(
    "每天一次，连续五天。", "每天一次， \n回电 13700002468。"
)
# As a careful clerk would leave it: both numbers masked, the blank at the end of a line gone.
MENDED = CLEAN.replace("网关重启\n", "网关重启，用户电话 138****5512\n").replace(
    "每天一次，连续五天。", "每天一次，\n回电 137****2468。"
)


@dataclass
class Desk:
    """A repository on GitHub, a clone in which somebody works, and the clone of ``main`` in which the comment is written."""

    github: GitHub
    folder: Path
    work: Path
    trusted: Path

    def change(self, branch: str, files: dict[str, str | None], *, fork: str = "") -> int:
        """Push a branch with some files changed (None: deleted), here or to a fork, and open a pull request."""
        patches.git(self.work, "switch", "-qC", branch, "main")
        self.push(branch, files, fork=fork)
        bare = self.folder / f"{fork}.git" if fork else None
        return self.github.add_pull(branch, user=fork or "mei", fork=bare)

    def push(self, branch: str, files: dict[str, str | None], *, fork: str = "") -> None:
        """Commit files on a branch and push it."""
        for name, text in files.items():
            (self.work / name).parent.mkdir(parents=True, exist_ok=True)
            (self.work / name).unlink() if text is None else (self.work / name).write_text(
                text, encoding="utf-8", newline=""
            )
        patches.git(self.work, "add", "-A")
        patches.git(self.work, "commit", "-qm", "改动")
        target = self.folder / f"{fork or 'faults'}.git"
        if not target.exists():
            patches.git(self.folder, "clone", "-q", "--bare", "faults.git", target.name)
        patches.git(self.work, "push", "-qf", str(target), f"HEAD:refs/heads/{branch}")

    def summary(self, name: str = "summary.json") -> Path:
        """Write what the check of the branch hands on."""
        code, out, _ = fault(self.work, "diff", "--base", "main", "--format", "json", *AS_OF)
        assert code == 0
        (self.folder / name).write_text(out, encoding="utf-8")
        return self.folder / name

    def event(self, number: int, conclusion: str = "success", **changes: Any) -> None:
        """Write the event of a finished run about a pull request."""
        head = self.github.pull(number)["head"]
        owner, _, name = head["repo"]["full_name"].partition("/")
        home = {"name": name, "full_name": f"{owner}/{name}", "owner": {"login": owner}}
        run = {"id": RUN, "event": "pull_request", "status": "completed", "conclusion": conclusion, "pull_requests": []}
        run |= {"head_branch": head["ref"], "head_sha": head["sha"], "head_repository": home}
        event = real_event()
        event["workflow_run"] = events.over(event["workflow_run"], run)
        events.checked("workflow_run", event)
        event["workflow_run"] |= changes
        (self.folder / "event.json").write_text(json.dumps(event, ensure_ascii=False), encoding="utf-8")

    def comment(self, artefact: Path) -> tuple[int, str, str]:
        """Write the comment as the workflow does; return exit code and output."""
        return fault(self.trusted, "comment", artefact)

    def said(self, number: int) -> str:
        """Return the one comment under a pull request."""
        [one] = self.github.comments(number)
        return str(one["body"])

    def written(self) -> list[str]:
        """Return what was written since the last time."""
        names = [one.name for one in self.github.requests if one.method != "GET"]
        self.github.requests.clear()
        return names


def real_event() -> dict[str, Any]:
    """Return an event of a run that has ended, as GitHub has sent it; not the example that lacks what its schema asks for."""
    path = NODE_MODULES / "@octokit/webhooks-examples/api.github.com/index.json"
    [found] = [one for one in json.loads(path.read_text(encoding="utf-8")) if one["name"] == "workflow_run"]
    ended = [one for one in found["examples"] if one["action"] == "completed" and "visibility" in one["repository"]]
    return dict(ended[-1])


def fault(folder: Path, *arguments: object) -> tuple[int, str, str]:
    """Run the program in this process."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), pytest.raises(SystemExit) as ended:
        cli.main(["--root", str(folder), *map(str, arguments)])
    return int(ended.value.code or 0), out.getvalue(), err.getvalue()


@pytest.fixture
def desk(github: GitHub, tmp_path: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk whose main branch has one old ticket."""
    work = tmp_path / "work"
    shutil.copytree(root / "schema", work / "schema")
    old = ticket_text("2026-10-30 09:00 登记")
    (work / "tickets/2026/10").mkdir(parents=True)
    (work / "tickets/2026/10/SW-20261030-001.md").write_text(old, encoding="utf-8")
    patches.git(tmp_path, "init", "-qb", "main", "work")
    patches.git(work, "add", ".")
    patches.git(work, "commit", "-qm", "main")
    patches.git(tmp_path, "clone", "-q", "--bare", "work", "faults.git")
    patches.git(tmp_path, "clone", "-q", "faults.git", "trusted")
    github.remote = tmp_path / "faults.git"
    for name, value in {**github.environment, "GITHUB_EVENT_PATH": str(tmp_path / "event.json")}.items():
        monkeypatch.setenv(name, value)
    return Desk(github, tmp_path, work, tmp_path / "trusted")


def document(desk: Desk, **changes: Any) -> Path:
    """Return an artefact that is as it should be, with other values at the top."""
    data = json.loads(desk.summary().read_text(encoding="utf-8")) | changes
    (desk.folder / "summary.json").write_text(json.dumps(data), encoding="utf-8")
    return desk.folder / "summary.json"


def test_a_clean_change(desk: Desk) -> None:
    """The first line says that it is fine; what the change does follows, with the way to the run; nothing is suggested."""
    number = desk.change("work", {PATH: CLEAN})
    desk.event(number)
    assert desk.comment(desk.summary())[0] == 0
    said = desk.said(number).splitlines()
    assert said[0] == "## ✅ 检查通过"
    address = f"{desk.github.server}/qiyun/faults/actions/runs/{RUN}"
    assert said[2].startswith("检查了 1 个有改动的故障：0 个错误，")
    assert said[2].endswith(f"[检查的经过]({address})")
    assert "### SW-20261102-001 网关重启" in desk.said(number)
    assert desk.written() == ["issues/create-comment"]


def test_errors_come_first_and_suggestions_make_what_fix_makes(desk: Desk) -> None:
    """What blocks stands on top with what to do; whoever takes all suggestions has the file of ``check --fix``."""
    number = desk.change("work", {PATH: MESSY})
    desk.event(number, "failure")
    desk.comment(desk.summary())
    said = desk.said(number)
    assert said.startswith("## ❌ 检查没有通过：2 处错误要改\n\n改好下面几处并提交，")
    assert "**2 处可以点一下就改好**" in said
    assert "1381234" not in said
    top = said.partition("<details")[0]
    # The title is in line 3; the header ends in line 14, 发生频率 stands in line 26, its text in lines 28 and 29.
    assert re.findall(r"^  - 第 ([0-9]+) 行：", top, re.MULTILINE) == ["3", "29"]

    lines = MESSY.split("\n")
    marks = desk.github.review_comments(number)
    for mark in sorted(marks, key=lambda one: -one["line"]):
        assert mark["path"] == PATH
        text = re.search(r"^```suggestion\n(.*)^```$", mark["body"], re.MULTILINE | re.DOTALL)
        assert text
        lines[(mark.get("start_line") or mark["line"]) - 1 : mark["line"]] = text[1].split("\n")[:-1]
    assert "\n".join(lines) == MENDED
    assert len(desk.github.reviews) == 1
    assert desk.github.reviews[0]["state"] == "COMMENTED"

    fault(desk.work, "check", "--fix", PATH, *AS_OF)
    assert (desk.work / PATH).read_text(encoding="utf-8") == MENDED


def test_what_blocks_beside_the_tickets(desk: Desk) -> None:
    """An error in a file that belongs to no ticket stands on top too; the rest stays folded until somebody opens it."""
    number = desk.change("work", {PATH: CLEAN, "tickets/2026/11/记录.txt": "电话 13812345512\n"})
    desk.event(number, "failure")
    desk.comment(desk.summary())
    top, _, rest = desk.said(number).partition("<details><summary>")
    assert top.startswith("## ❌ 检查没有通过：1 处错误要改\n")
    assert "> 错误 tickets/2026/11/记录.txt 第 1 行：" in top
    assert "### SW-20261102-001 网关重启" in rest


def test_once_and_no_more(desk: Desk) -> None:
    """A second run writes nothing; when all is well, the same comment says so and what was suggested is gone."""
    number = desk.change("work", {PATH: MESSY})
    desk.event(number, "failure")
    artefact = desk.summary()
    desk.comment(artefact)
    assert desk.written() == ["issues/create-comment", "pulls/create-review"]
    first = desk.github.comments(number)[0]["id"]
    desk.comment(artefact)
    assert desk.written() == []

    desk.push("work", {PATH: MESSY.replace("13812345512", "138****5512")})
    desk.event(number, "failure")
    desk.comment(desk.summary())
    assert desk.written() == ["issues/update-comment", "pulls/delete-review-comment"]
    assert len(desk.github.review_comments(number)) == 1

    desk.push("work", {PATH: MENDED})
    desk.event(number)
    desk.comment(desk.summary())
    assert desk.written() == ["issues/update-comment", "pulls/delete-review-comment"]
    [one] = desk.github.comments(number)
    assert (one["id"], one["body"].split("\n")[0]) == (first, "## ✅ 检查通过")


def test_an_answer_keeps_its_suggestion(desk: Desk) -> None:
    """What somebody has answered is not taken away; what a person wrote, be it with our mark, is nobody's business."""
    number = desk.change("work", {PATH: MESSY})
    desk.event(number, "failure")
    desk.comment(desk.summary())
    marks = desk.github.review_comments(number)
    own, copied = marks[0]["id"], marks[1]["body"]
    said = desk.github.add_review_comment(number, {"path": PATH, "line": 3, "body": "这里不是电话"})
    desk.github.all_review_comments[said]["in_reply_to_id"] = own
    theirs = desk.github.add_review_comment(number, {"path": PATH, "line": 3, "body": copied}, user="mallory")
    desk.push("work", {PATH: MENDED})
    desk.event(number)
    assert desk.comment(desk.summary())[0] == 0
    assert {one["id"] for one in desk.github.review_comments(number)} == {own, said, theirs}


def test_a_person_with_our_mark_is_not_us(desk: Desk) -> None:
    """A comment that somebody wrote with the mark stays as it is, and ours is written beside it."""
    number = desk.change("work", {PATH: CLEAN})
    desk.github.add_comment(number, "✅ 检查通过\n\n<!-- faultkb:summary -->", user="mallory")
    desk.event(number, "failure")
    desk.comment(desk.summary())
    bodies = [one["body"] for one in desk.github.comments(number)]
    assert bodies[0] == "✅ 检查通过\n\n<!-- faultkb:summary -->"
    assert bodies[1].startswith("## ❌ 检查没有通过\n")


def test_a_fork(desk: Desk) -> None:
    """A pull request from a fork, of which the event says nothing, is found by its owner, branch and commit."""
    other = desk.change("work", {PATH: CLEAN})
    number = desk.change("work", {PATH: MESSY}, fork="lin")
    desk.event(number, "failure")
    assert desk.comment(desk.summary())[:2] == (0, f"已写在合并请求 #{number} 下面，建议 2 处\n")
    assert (len(desk.github.comments(number)), desk.github.comments(other)) == (1, [])
    listed = [one.query["head"] for one in desk.github.requests if one.name == "pulls/list"]
    assert listed == [["lin:work"]]


@pytest.mark.parametrize(
    "branch", ["$(x)", "a&state=closed", "a#b", "%0a", "一;touch$IFS-x", "%2e%2e%2f", "`id`", "{0}"]
)
def test_a_branch_may_have_any_name(desk: Desk, branch: str) -> None:
    """Its name is a parameter of one request, whole, and reaches nothing else."""
    number = desk.change(branch, {PATH: CLEAN})
    desk.event(number)
    code, out, err = desk.comment(desk.summary())
    assert (code, err) == (0, "")
    assert branch not in out + desk.said(number)
    [asked] = [one for one in desk.github.requests if one.name == "pulls/list"]
    assert (asked.query["head"], asked.query["state"]) == ([f"qiyun:{branch}"], ["open"])


def test_a_verdict_against_another_branch_is_none_on_main(desk: Desk) -> None:
    """The same commit in two pull requests: only the one to the main branch is spoken to."""
    number = desk.change("work", {PATH: CLEAN})
    patches.git(desk.work, "push", "-q", str(desk.folder / "faults.git"), "main:refs/heads/intake/7")
    other = desk.github.add_pull("work", base="intake/7", user="mei")
    desk.event(other)
    assert desk.comment(desk.summary())[0] == 0
    assert desk.github.comments(other) == []
    assert desk.said(number).startswith("## ✅")


def test_a_push_between_two_questions_hides_no_program(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run by a changed program is not taken for one of main's because the program was put back in the meantime."""
    number = desk.change("work", {PATH: MESSY, "tools/faultkb/check.py": "print()\n"})
    desk.event(number)
    artefact = desk.summary()
    find = reviews.find

    def found_then_pushed(*given: Any) -> Any:
        pull = find(*given)
        desk.push("work", {"tools/faultkb/check.py": None})
        return pull

    monkeypatch.setattr(reviews, "find", found_then_pushed)
    code, out, _ = desk.comment(artefact)
    assert (code, "又推送了新的提交" in out) == (0, True)
    assert desk.github.comments(number) == desk.github.review_comments(number) == []


def test_what_was_pushed_again_or_closed_gets_no_word(desk: Desk) -> None:
    """The outcome for a commit that is no longer the last says nothing; nor for a pull request that is closed."""
    number = desk.change("work", {PATH: CLEAN})
    artefact = desk.summary()
    desk.event(number)
    desk.push("work", {PATH: MESSY})
    assert desk.comment(artefact) == (0, "合并请求已经关闭，或又推送了新的提交：不用写\n", "")
    desk.event(number)
    desk.github.issues[number]["state"] = "closed"
    assert desk.comment(artefact)[0] == 0
    assert desk.written() == []


@pytest.mark.parametrize(
    "changes",
    [{"event": "push"}, {"event": "schedule"}, {"status": "in_progress"}, {"head_repository": None}],
    ids=repr,
)
def test_other_runs_are_not_spoken_of(desk: Desk, changes: dict[str, Any]) -> None:
    """A run on main, one that is not over, a fork that is gone: nobody to tell."""
    desk.event(desk.change("work", {PATH: CLEAN}), **changes)
    assert desk.comment(desk.summary()) == (0, "这次运行不是为合并请求，没有要写的\n", "")
    assert desk.github.requests == []


def test_another_event_is_an_error(desk: Desk) -> None:
    """Run for anything else the command says what it is for, and asks GitHub nothing."""
    (desk.folder / "event.json").write_text('{"issue": {}}', encoding="utf-8")
    code, _, err = desk.comment(desk.folder / "x.json")
    assert (code, desk.github.requests) == (2, [])
    assert "workflow_run" in err


def nested(depth: int) -> bytes:
    """Return lists in lists."""
    return b"[" * depth + b"]" * depth


ARTEFACTS: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "empty": lambda _: b"",
    "no JSON": lambda _: "概括".encode(),
    "no text": lambda _: b"\xff\xfe{}",
    "giant": lambda data: json.dumps(data | {"base": "x" * 2_000_000}).encode(),
    "just too large": lambda data: json.dumps(data).encode() + b" " * 1_000_000,
    "deep": lambda _: nested(400_000),
    "a list": lambda data: json.dumps([data]).encode(),
    "null": lambda _: b"null",
    "huge number": lambda data: json.dumps(data).encode().replace(b'"checked": 1', b'"checked": 1' + b"0" * 5000),
    "infinity": lambda data: json.dumps(data).encode().replace(b'"checked": 1', b'"checked": Infinity'),
    "not a number": lambda data: json.dumps(data).encode().replace(b'"checked": 1', b'"checked": NaN'),
    "true for one": lambda data: json.dumps(data | {"schema_version": True}).encode(),
    "another version": lambda data: json.dumps(data | {"schema_version": 2}).encode(),
    "one key more": lambda data: json.dumps(data | {"html": "<b>"}).encode(),
    "one key less": lambda data: json.dumps({key: value for key, value in data.items() if key != "fixes"}).encode(),
    "wrong types": lambda data: json.dumps(data | {"items": {"0": {}}, "remarks": "x"}).encode(),
    "long base": lambda data: json.dumps(data | {"base": "x" * 201}).encode(),
    "control character": lambda data: json.dumps(data | {"base": "a\u001b[31m"}).encode(),
    "two lines": lambda data: json.dumps(data | {"base": "a\n## b"}).encode(),
    "direction": lambda data: json.dumps(data | {"base": "a\u202eb"}).encode(),
    "half a character": lambda data: json.dumps(data | {"base": "a\ud800"}).encode(),
    "no such time": lambda data: json.dumps(data | {"as_of": "2026-13-45 99:99"}).encode(),
    "time on two lines": lambda data: json.dumps(data | {"as_of": "2026-11-05 12:00\n"}).encode(),
    "head is a word": lambda data: json.dumps(data | {"head": "main"}).encode(),
    "many remarks": lambda data: json.dumps(data | {"remarks": ["x"] * 51}).encode(),
    "path upwards": lambda data: json.dumps(data | {"fixes": [fix(path="tickets/../.github/x.md")]}).encode(),
    "path of a workflow": lambda data: json.dumps(data | {"fixes": [fix(path=".github/workflows/check.yml")]}).encode(),
    "path with a line end": lambda data: json.dumps(data | {"fixes": [fix(path="tickets/a\n.md")]}).encode(),
    "line zero": lambda data: json.dumps(data | {"fixes": [fix(line=0)]}).encode(),
    "line as text": lambda data: json.dumps(data | {"fixes": [fix(line="3")]}).encode(),
    "half a line": lambda data: json.dumps(data | {"fixes": [fix(text="a")]}).encode(),
    "carriage return": lambda data: json.dumps(data | {"fixes": [fix(text="a\r\n")]}).encode(),
    "many fixes": lambda data: json.dumps(data | {"fixes": [fix()] * 101}).encode(),
}


def fix(**changes: Any) -> dict[str, Any]:
    """Return a mend as the artefact has it."""
    return {"path": PATH, "line": 3, "end_line": 3, "text": "title: 网关\n", "what": "改写", **changes}


@pytest.mark.parametrize("name", list(ARTEFACTS))
def test_an_artefact_that_is_none(desk: Desk, name: str) -> None:
    """What is not to the letter what the check writes is not read: the comment says so, and how the run ended."""
    number = desk.change("work", {PATH: CLEAN})
    data = json.loads(desk.summary().read_text(encoding="utf-8"))
    (desk.folder / "summary.json").write_bytes(ARTEFACTS[name](data))
    desk.event(number)
    code, _, err = desk.comment(desk.folder / "summary.json")
    assert (code, err) == (0, "")
    said = desk.said(number)
    assert said.startswith("## ✅ 检查通过\n")
    assert "读不出来" in said
    assert len(said) < 400
    assert desk.written() == ["issues/create-comment"]


@pytest.mark.parametrize("kind", ["missing", "link", "folder", "pipe"])
def test_an_artefact_that_is_no_file(desk: Desk, kind: str) -> None:
    """A link is not followed, a pipe not waited for; one that is missing is told as such."""
    number = desk.change("work", {PATH: CLEAN})
    real, path = desk.summary("real.json"), desk.folder / "summary.json"
    if kind == "link":
        path.symlink_to(real)
    elif kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    desk.event(number, "failure")
    assert desk.comment(path)[0] == 0
    said = desk.said(number)
    assert said.startswith("## ❌ 检查没有通过\n")
    assert ("没有留下" in said, "读不出来" in said) == (kind == "missing", kind != "missing")


HOSTILE = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> </details></sub>",
    "[点这里](javascript:alert(1)) ![](https://example.invalid/x.png) http://example.invalid www.example.invalid",
    "@qiyun/admins #1 GH-1 qiyun/faults#1 mailto:a@example.invalid",
    "```suggestion 恶意 ``` `code` **粗** ~~删~~ $x^2$ | 表 |",
    "--> <!-- faultkb:summary --> <!-- faultkb:suggestion -->",
    "## 标题 > 引用 - [x] 列表 &lt;b&gt; &#64;qiyun \\@qiyun",
    ":tada: \u3164 零宽",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(desk: Desk, text: str) -> None:
    """Whatever the artefact says, the comment shows it: no tag, link, picture, mention, box or forged mark of it works."""
    number = desk.change("work", {PATH: CLEAN})
    lines = [{"heading": heading, "text": text} for heading in ("事件", "请看")]
    lines += [{"heading": "请看", "text": f"错误[x] {text}"}]
    item = {"id": text, "title": text, "path": PATH, "course": text, "blocked": True, "lines": lines}
    far = [fix(line=900, end_line=901, what=text), fix(what=text)]
    desk.event(number, "failure")
    assert desk.comment(document(desk, base=text, items=[item], remarks=[text], fixes=far))[0] == 0
    own = desk.said(number)
    assert own.endswith("\n\n<!-- faultkb:summary -->")
    assert own.count("<!--") == 1
    assert "检查没有通过" in own
    address = f"{desk.github.server}/qiyun/faults/actions/runs/{RUN}"
    [mark] = desk.github.review_comments(number)
    for body in (own.replace(address, "RUN"), mark["body"]):
        assert not re.search(r"://|www\.|\$|@\w|(?<!&)#\d|GH-\d", body)
        html = MarkdownIt("gfm-like", {"linkify": False}).render(re.sub(r"\n\n<!-- faultkb:\w+ -->$", "", body))
        assert set(re.findall(r"</?([a-z0-9]+)", html)) <= {
            *("h2", "h3", "p", "ul", "li", "strong", "blockquote", "code", "pre", "a", "details", "summary", "sub")
        }
        assert set(re.findall(r'href="([^"]*)"', html)) <= {"RUN"}
        assert html.count("<details") <= 1
    assert mark["body"].count("```suggestion\n") == 1
    assert re.findall("^`{3,}.*$", mark["body"], re.MULTILINE) == ["```suggestion", "```"]


def test_a_fence_in_a_suggestion_does_not_end_it(desk: Desk) -> None:
    """Text with fences of its own stands in a longer one, so that all of it is the suggestion and nothing else is."""
    number = desk.change("work", {PATH: CLEAN})
    text = "````\n```suggestion\n恶意\n`````\n"
    desk.event(number)
    desk.comment(document(desk, fixes=[fix(text=text)]))
    [mark] = desk.github.review_comments(number)
    [token] = [one for one in MarkdownIt().parse(mark["body"]) if one.type == "fence"]
    assert (token.info, token.content) == ("suggestion", text)


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "电话 13812345512\n"},
        {"text": "看不见\u3164\n"},
        {"text": "颠倒\u202e\n"},
        {"text": "零宽\u200b\n"},
        {"path": "tickets/2026/10/SW-20261030-001.md"},
        {"path": "tickets/2026/11/SW-20261102-002.md"},
        {"line": 4, "end_line": 3},
        {"end_line": 60},
        {"end_line": 999_999},
    ],
    ids=repr,
)
def test_suggestions_that_are_not_offered(desk: Desk, changes: dict[str, Any]) -> None:
    """Nothing private or unseen, no file that the change leaves alone, no lines that are none: no suggestion, no word."""
    number = desk.change("work", {PATH: CLEAN})
    desk.event(number)
    desk.comment(document(desk, fixes=[fix(**changes)]))
    assert desk.github.review_comments(number) == []
    assert "1381234" not in desk.said(number)
    assert "自己改" not in desk.said(number)


def test_no_more_than_anybody_reads(desk: Desk) -> None:
    """Of many suggestions thirty stand on lines, the others are named in the comment."""
    number = desk.change("work", {PATH: CLEAN})
    desk.event(number)
    desk.comment(document(desk, fixes=[fix(text=f"title: {number}\n") for number in range(50)]))
    assert len(desk.github.review_comments(number)) == 30
    assert desk.said(number).count(f"- `{PATH}` 第 3 行：改写") == 20


def test_the_largest_comment_is_accepted(desk: Desk) -> None:
    """What is as large as the schema allows becomes a comment that GitHub takes, with a word about what is left out."""
    number = desk.change("work", {PATH: CLEAN})
    lines = [{"heading": "请看", "text": f"错误[x] {'**' * 100}"}] * 20
    item = {"id": "<" * 200, "title": "_" * 300, "path": PATH, "course": "&" * 200, "blocked": True, "lines": lines}
    far = [fix(line=900, end_line=901, what="*" * 300)] * 100
    counts = {"tickets": 5000, "checked": 5000, "error": 5000, "warning": 0, "note": 0}
    desk.event(number, "failure")
    artefact = document(desk, items=[item] * 80, remarks=["|" * 600] * 50, fixes=far, counts=counts)
    assert artefact.stat().st_size < 1_000_000
    assert desk.comment(artefact)[0] == 0
    said = desk.said(number)
    assert len(said) < 65_536
    assert re.search("还有 [0-9]+ 个故障里有错误", said)
    assert "太长" not in said
    assert said.count("<details") == said.count("</details>") == 1


def test_a_change_of_the_program_speaks_for_itself(desk: Desk) -> None:
    """Where the change brings its own program the comment says so, and offers no suggestion that this has made up."""
    number = desk.change("work", {PATH: MESSY, "tools/faultkb/x.py": "print()\n"})
    desk.event(number)
    desk.comment(desk.summary())
    said = desk.said(number)
    assert "这份概括由这次改动里的程序算出" in said
    assert desk.github.review_comments(number) == []
    assert f"- `{PATH}` 第 3 行：手机号码遮盖为" in said


def test_a_file_moved_out_of_the_program_is_a_change_of_it(desk: Desk) -> None:
    """A file of the program that becomes a ticket's counts by its old name too."""
    desk.push("main", {"tools/a.txt": "一\n二\n三\n四\n"})
    number = desk.change("work", {"tools/a.txt": None, f"tickets/2026/11/{ID}/a.txt": "一\n二\n三\n四\n", PATH: CLEAN})
    desk.event(number)
    desk.comment(desk.summary())
    assert "这份概括由这次改动里的程序算出" in desk.said(number)


def test_lines_that_the_change_does_not_show(desk: Desk) -> None:
    """A mend far from the changed lines is named in the comment, since no suggestion can stand there."""
    long = MESSY.replace("## 长期方案", "\n".join(["补充说明。"] * 30) + "\n\n## 长期方案")
    desk.push("main", {PATH: long})
    number = desk.change("work", {PATH: long.replace("同意。", "同意 ，照此办理。 ")})
    desk.event(number, "failure")
    desk.comment(desk.summary())
    [mark] = desk.github.review_comments(number)
    assert mark["body"].startswith("删去行末的空格\n")
    said = desk.said(number)
    assert "**1 处可以点一下就改好**" in said
    assert said.count(f"- `{PATH}` 第 ") == 2
    assert "tools/check --fix" in said


def test_a_summary_of_another_commit_makes_no_suggestion(desk: Desk) -> None:
    """Lines are those of a commit: where that is not the one of the run, nobody knows what they would replace."""
    number = desk.change("work", {PATH: MESSY})
    desk.event(number)
    desk.comment(document(desk, head="0" * 40))
    assert desk.github.review_comments(number) == []


def test_with_the_rights_of_the_job_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading the repository and writing to pull requests is all that it needs."""
    monkeypatch.setenv("GITHUB_TOKEN", desk.github.grant({"contents": "read", "pull-requests": "write"}))
    number = desk.change("work", {PATH: MESSY})
    desk.event(number, "failure")
    assert desk.comment(desk.summary())[0] == 0
    assert len(desk.github.review_comments(number)) == 2
