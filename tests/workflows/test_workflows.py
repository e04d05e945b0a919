"""The workflows of a pull request, run as GitHub runs them: what they find, what they say, what they never do."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import requests

from faultkb import moment
from tests.conftest import BODY
from tests.workflows.paper import filled

if TYPE_CHECKING:
    from tests.workflows.harness import World
    from tests.workflows.job import Run

OPEN, CLOSED = "tickets/2026/11/SW-20261112-001.md", "tickets/2026/03/HW-20260306-001.md"
"""A fault in work and one that was closed, of the samples."""
OTHER = "tickets/2026/11/SW-20261118-001.md"
"""One that nobody touches but main."""
PRIVATE, GONE = "tickets/2026/11/CP-20261120-001.md", "tickets/2026/11/HW-20261119-001.md"
"""One that will say too much, and one that will be deleted."""
TOO_EARLY = "  - {at: 2026-11-20 11:00, event: 关闭, by: PM003}\n"
NO_SITE = {"site": "success", "test": "success"}
"""The jobs that take long, or do nothing for faults: those tests run them that are about them."""
PHONE = "13912345678"


def propose(world: World, files: dict[str, str | None], branch: str = "work") -> int:
    """Open a pull request of a colleague that changes files."""
    world.commit(branch, dict(files))
    return world.github.add_pull(branch, title="改一个故障", user="mei")


def marks(run: Run, job: str = "faults") -> list[tuple[str, str, str]]:
    """Return where the errors of a job are marked: file, line and rule."""
    found = [one for step in run.job(job).steps for one in step.annotations]
    return [(one["file"], one["line"], one["title"]) for one in found if one["kind"] == "error"]


def said(world: World, number: int) -> list[str]:
    """Return the comments under a pull request."""
    return [one["body"] for one in world.github.comments(number)]


def test_a_clean_pull_request_passes(world: World) -> None:
    """The whole of check.yml: the verdict is success, the summary says what changes, the site can be looked at.

    The tests of the tools do not run where only tickets have changed. Then comment.yml writes the summary, once.
    """
    number = propose(world, {OPEN: world.read(OPEN) + "\n现场再观察一周。\n"})
    run = world.pull_request("check.yml", number)
    assert {job.key: job.result for job in run.jobs} == {
        "test": "success",
        "faults": "success",
        "site": "success",
        "verdict": "success",
        "status": "skipped",
    }
    assert marks(run) == []
    assert [step.outcome for step in run.job("test").steps if step.name == "全部测试"] == ["skipped"]
    assert "### SW-20261112-001" in run.job("faults").summary
    assert (world.artifact(run, "site-preview") / "index.html").is_file()
    assert world.github.requests == [], "a check asks GitHub nothing"

    told = world.completed("comment.yml", run)
    assert told.conclusion == "success"
    assert told.job("comment").repeat("写评论").outcome == "success"
    [comment] = said(world, number)
    assert "SW-20261112-001" in comment


@pytest.mark.parametrize("path", ["tools/faultkb/moment.py", "requirements.lock", "Makefile"])
def test_tests_run_where_tools_changed(path: str, world: World) -> None:
    """A change of the tools makes their tests run: the one step that is not run here, being what runs this."""
    number = propose(world, {path: world.read(path) + "\n"})
    run = world.pull_request("check.yml", number, results={"site": "success", "faults": "success"})
    for job in run.jobs[:2]:
        assert (job.step("全部测试").outcome, job.step("全部测试").data["run"]) == ("success", ".ci/run")


def test_another_company_can_be_green(world: World) -> None:
    """Its own schema/ and its own pages are no change of the tools: our tests, which know the sample, do not run.

    Where its administrator has said so, they do not run for a change of the tools either.
    """
    number = propose(
        world, {path: world.read(path) + "\n# 我们公司\n" for path in ("schema/teams.yaml", "kb/guide.md")}
    )
    run = world.pull_request("check.yml", number, results={"site": "success"})
    assert {job.step("全部测试").outcome for job in run.jobs[:2]} == {"skipped"}
    assert run.job("verdict").result == "success"

    world.variables["FAULT_TESTS"] = "off"
    number = propose(world, {"Makefile": world.read("Makefile") + "\n"}, branch="tools")
    run = world.pull_request("check.yml", number, results={"site": "success", "faults": "success"})
    assert {job.step("全部测试").outcome for job in run.jobs[:2]} == {"skipped"}


def test_forms_that_are_behind_the_schema_are_red(world: World) -> None:
    """A choice that schema/ has and the form has not stops the change, whatever else is in order."""
    path = "schema/ticket.schema.json"
    text = world.read(path)
    assert text.count('{"const": "电话"') == 1
    number = propose(
        world, {path: text.replace('{"const": "电话"', '{"const": "邮件", "description": "邮箱"}, {"const": "电话"')}
    )
    run = world.pull_request("check.yml", number, results=NO_SITE)
    assert run.job("faults").step("登记表单与审核人名单跟着 schema/ 变了吗？").outcome == "failure"
    assert run.job("verdict").result == "failure"


def test_a_misspelt_placeholder_is_red(world: World) -> None:
    """A template of the documents that asks for what nobody knows stops the change, before anyone writes a document of it."""
    number = propose(world, {"schema/documents/8D.md": "{{ 问题编码 }}\n"})
    run = world.pull_request("check.yml", number, results=NO_SITE)
    assert run.job("faults").step("流程文件的模板都能用吗？").outcome == "failure"
    assert run.job("verdict").result == "failure"


def test_a_pull_request_with_errors_is_red(world: World) -> None:
    """Each error is marked on its line, the required check fails, and the summary is written all the same.

    A closed ticket that changed, a transition that is none, a private value (which the comment offers to mask, on the very
    line), a ticket that is gone. What main has got wrong in the meantime is not the branch's: the merge is compared with
    its first parent.
    """
    files = {
        CLOSED: world.read(CLOSED).replace("\ntitle: ", "\ntitle: 又"),
        OPEN: world.read(OPEN).replace("等待提测排期}\n", f"等待提测排期}}\n{TOO_EARLY}"),
        PRIVATE: world.read(PRIVATE).replace("\n### 使用场景\n", f"\n回电 {PHONE}。\n\n### 使用场景\n"),
        GONE: None,
    }
    number = propose(world, files)
    world.commit("main", {OTHER: world.read(OTHER) + f"\n回电 {PHONE}。\n"})
    run = world.pull_request("check.yml", number, results=NO_SITE)
    assert (run.result("故障"), run.result("检查")) == ("failure", "failure")
    found = marks(run)
    assert {
        (CLOSED, "3", "closed-ticket-changed"),
        (OPEN, "25", "illegal-transition"),
        (PRIVATE, "26", "mobile-number"),
        (GONE, "1", "ticket-deleted"),
    } <= set(found)
    assert {file for file, _, _ in found} == set(files)

    assert world.completed("comment.yml", run).conclusion == "success"
    [comment] = said(world, number)
    assert comment.startswith("## ❌ 检查没有通过")
    for path in files:
        assert path.rpartition("/")[2].removesuffix(".md") in run.job("faults").summary
        assert path.rpartition("/")[2].removesuffix(".md") in comment
    assert PHONE not in run.output + run.job("faults").summary + comment
    [mark] = world.github.review_comments(number)
    assert (mark["path"], str(mark["line"])) == (PRIVATE, "26")
    assert "```suggestion\n回电 139****5678。\n```" in mark["body"].replace("\r\n", "\n")


def test_a_failed_job_before_the_verdict_is_no_success(world: World) -> None:
    """A job that fails, or does not run, makes the required check fail: a skipped check would count as passed."""
    number = propose(world, {OPEN: world.read(OPEN) + "\n再观察。\n"})
    for result in ("failure", "skipped", "cancelled"):
        given = {"test": "success", "faults": "success", "site": result}
        assert world.pull_request("check.yml", number, results=given).result("检查") == "failure", result


HOSTILE = """\
#!/bin/sh
set -f
echo "token=${GITHUB_TOKEN}${ACTIONS_TOKEN} notify=${FAULT_NOTIFY}${FAULT_APP_KEY}" >> "$RUNNER_TEMP/loot"
git config --get-regexp 'extraheader|credential' >> "$RUNNER_TEMP/loot"
case "$*" in *json*) cat hostile.json;; esac
"""


def test_a_fork_gets_the_same_check_without_rights(world: World) -> None:
    """A fork's programs run with no token, no secret and no credential on disk; its token may write nothing.

    What it hands over is not taken for a summary: comment.yml runs main's programs and repeats none of the fork's words.
    """
    world.secrets = {"FAULT_NOTIFY": "software = json://secret", "FAULT_APP_KEY": "secret"}
    place = world.fork("mallory")
    document = {"version": 1, "text": "@qiyun/product <script>alert(1)</script>", "pull_request": 1}
    files = {"tools/fault": HOSTILE, "tools/check": HOSTILE, "hostile.json": json.dumps(document)}
    world.commit("evil$(touch${IFS}x)", {**files, "Makefile": "install automation:\n\t@true\n"}, remote=place)
    number = world.github.add_pull("evil$(touch${IFS}x)", user="mallory", fork=place)
    run = world.pull_request("check.yml", number, results=NO_SITE)
    job = run.job("faults")
    assert set((job.folder / "temp" / "loot").read_text(encoding="utf-8").splitlines()) == {"token= notify="}
    assert set(job.permissions.values()) == {"read"}
    headers = {"Authorization": f"Bearer {job.token}"}
    answer = requests.post(
        f"{world.github.home}/issues/{number}/comments", json={"body": "x"}, headers=headers, timeout=9
    )
    assert answer.status_code == 403
    assert world.github.pushes == []
    told = world.completed("comment.yml", run)
    [comment] = said(world, number)
    assert "读不出来" in comment
    assert "也改了 `tickets/` 以外的文件" in comment
    assert "alert(1)" not in comment
    assert "@qiyun" not in comment
    assert told.job("comment").step("准备环境").outcome == "success"


def test_a_fork_with_a_clean_change_gets_its_comment(world: World) -> None:
    """The comment comes for forks too, though the event names no pull request for them."""
    place = world.fork("mallory")
    world.commit("work", {OPEN: world.read(OPEN) + "\n再观察。\n"}, remote=place)
    number = world.github.add_pull("work", user="mallory", fork=place)
    run = world.pull_request("check.yml", number, results=NO_SITE)
    assert run.result("检查") == "success"
    assert world.completed("comment.yml", run).conclusion == "success"
    [comment] = said(world, number)
    assert "SW-20261112-001" in comment


def test_a_push_that_rewrites_history_is_red(world: World) -> None:
    """After main was forced, the commit that no branch leads to any more shows what is gone; an ordinary push passes."""
    before = world.tip()
    world.commit("main", {OPEN: world.read(OPEN) + "\n再观察。\n"})
    assert world.push("check.yml", before, results=NO_SITE).result("检查") == "success"
    start, tip = before, world.tip()
    world.commit("side", {OPEN: None}, start=start)
    forced = world.commit("side", {CLOSED: world.read(CLOSED).replace("\ntitle: ", "\ntitle: 又")})
    world.set("main", forced)
    run = world.push("check.yml", tip, forced=True, results=NO_SITE)
    assert {(file, rule) for file, _, rule in marks(run)} >= {
        (OPEN, "ticket-deleted"),
        (CLOSED, "closed-ticket-changed"),
    }
    assert run.result("检查") == "failure"


def test_an_old_error_stays_red_on_main(world: World) -> None:
    """A push is judged by all tickets, whatever it changes: an error of an earlier push is not forgotten."""
    world.commit("main", {OTHER: world.read(OTHER) + f"\n回电 {PHONE}。\n"})
    before = world.tip()
    world.commit("main", {OPEN: world.read(OPEN) + "\n再观察。\n"})
    run = world.push("check.yml", before, results=NO_SITE)
    assert ({(file, rule) for file, _, rule in marks(run)}, run.result("检查")) == (
        {(OTHER, "mobile-number")},
        "failure",
    )


def test_the_merge_queue_is_checked(world: World) -> None:
    """A merge group is compared with main as it is in the queue."""
    branch = "gh-readonly-queue/main/pr-12-0123"
    world.commit(branch, {CLOSED: world.read(CLOSED).replace("\ntitle: ", "\ntitle: 又")})
    run = world.merge_group("check.yml", branch, results=NO_SITE)
    assert (marks(run), run.result("检查")) == ([(CLOSED, "3", "closed-ticket-changed")], "failure")


def closed(text: str) -> str:
    """Return a registered ticket as it is when all has been done, this very minute: header, events and body."""
    minute = moment.now("Asia/Shanghai")
    at, due = moment.show(minute), f"{minute + timedelta(days=1):%Y-%m-%d} 18:00"
    owner, verifier = "{staff: RD017, name: 李*}", "{staff: QA003, name: 赵*}"
    results = "functional: 通过, compatibility: 通过, experience: 通过"
    header = f"""team: 软件开发组
owner: {owner}
due_at: {due}
completed_at: {at}
verification: {{result: 通过, {results}, verifier: {verifier}}}
kb: {{entry: 收录, summary: 子设备多时每晚重启, solution: 升级到 V2.4.1, fixed_versions: [V2.4.1]}}
events:
"""
    done = [
        f"受理, by: PM002, team: 软件开发组, owner: {owner}, due_at: {due}, note: 信息完整",
        "反馈, by: ZL001, note: 已重视，正在处理中",
        "提交验证, by: RD017",
        f"验证通过, by: QA003, {results}, verifier: {verifier}",
        "用户确认, by: ZL001, note: 三天没有再出现",
        "关闭, by: PM002",
    ]
    events = "".join(f"  - {{at: {at}, event: {one}}}\n" for one in done)
    top = text.replace("status: 待受理", "status: 已关闭").replace("events:\n", header).rpartition("---\n")[0]
    return f"{top}{events}---\n\n{BODY}"


def test_a_fault_goes_from_the_form_to_the_site(world: World) -> None:
    """Filed in the form, merged, worked on, closed, and published: the site that is deployed has its article.

    The reports are kept for members and are no part of the site.
    """
    number = world.github.add_issue(filled(severity="低"), title="[故障] 网关整夜重启", user="mei")
    assert world.issue("intake.yml", number).conclusion == "success"
    world.set("main", world.tip(f"intake/{number}"))
    [path] = set(world.files("tickets")) - set(world.files("tickets", "main~1"))
    before = world.tip()
    world.commit("main", {path: closed(world.read(path))})
    run = world.push("publish.yml", before)
    assert {job.key: job.result for job in run.jobs} == {job.key: "success" for job in run.jobs}, run.output
    [site] = world.deployments
    article = path.rpartition("/")[2].removesuffix(".md")
    assert "网关整夜重启" in (site / "faults" / article / "index.html").read_text(encoding="utf-8")
    assert {file.suffix for file in world.artifact(run, "reports").iterdir()} == {".html", ".xlsx"}
    assert list(site.rglob("*.xlsx")) == []
    assert list(site.rglob("weekly*")) == []


def test_publish_with_a_leak_deploys_nothing(world: World) -> None:
    """A telephone number in a page that the check of faults does not see: the site is not built, nothing is deployed."""
    before = world.tip()
    world.commit("main", {"kb/guide.md": world.read("kb/guide.md") + f"\n有问题请打 {PHONE}。\n"})
    run = world.push("publish.yml", before)
    assert (run.result("check"), run.result("site"), run.result("deploy")) == ("success", "failure", "skipped")
    assert "139****5678" in run.output
    assert PHONE not in run.output
    assert world.deployments == []


BUILT = {"site": "success", "reports": "success"}
DONE = {**BUILT, "check": "success"}
"""The jobs of publish.yml that take long, and all before the deployment."""


@pytest.mark.parametrize("job", ["check", "site", "reports"])
def test_nothing_is_deployed_when_anything_fails(job: str, world: World) -> None:
    """Each of the jobs before it can stop the deployment; where none does, the site goes out."""
    run = world.push("publish.yml", "0" * 40, results={**DONE, job: "failure"})
    assert run.result("deploy") == "skipped"
    fine = world.push("publish.yml", "0" * 40, results={**DONE, "deploy": "failure"})
    world.artifact(fine, "github-pages").mkdir(parents=True)
    assert world.again(fine).result("deploy") == "success"
    assert world.deployments == [world.artifact(fine, "github-pages")]


def test_an_old_run_brings_no_old_site_back(world: World) -> None:
    """Pages was down, main went on, and somebody runs the failed job again: what it would deploy is not main any more."""
    run = world.push("publish.yml", "0" * 40, results={**DONE, "deploy": "failure"})
    world.artifact(run, "github-pages").mkdir(parents=True)
    world.commit("main", {OPEN: None})
    last = world.again(run)
    assert (last.result("deploy"), last.attempt, world.deployments) == ("success", 2, [])
    # A push that was overtaken while its site was built, too.
    assert last.job("deploy").step("deployment").outcome == "skipped"


@pytest.mark.parametrize("wrong", ["an older push", "history"])
def test_nothing_is_published_that_is_wrong(wrong: str, world: World) -> None:
    """An error that an older push brought, or history that was rewritten while each ticket is right: either stops the site."""
    before = world.tip()
    if wrong == "history":
        world.commit("main", {OPEN: world.read(OPEN) + "\n再观察。\n"})
        start, before = before, world.tip()
        world.set("main", world.commit("side", {OPEN: None}, start=start))
    else:
        before = world.commit("main", {OTHER: world.read(OTHER) + f"\n回电 {PHONE}。\n"})
        world.commit("main", {OPEN: world.read(OPEN) + "\n再观察。\n"})
    run = world.push("publish.yml", before, forced=wrong == "history", results=BUILT)
    assert (run.result("check"), run.result("deploy"), world.deployments) == ("failure", "skipped", [])
    assert {(file, rule) for file, _, rule in marks(run, "check")} == {
        (OPEN, "ticket-deleted") if wrong == "history" else (OTHER, "mobile-number")
    }
