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
NO_SITE = {"site": "success"}
"""The job that takes long: two tests run it, the others take it as done."""
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

    assert world.completed("comment.yml", run).conclusion == "success"
    assert world.completed("comment.yml", run).conclusion == "success"
    [comment] = said(world, number)
    assert "SW-20261112-001" in comment


@pytest.mark.parametrize("path", ["tools/faultkb/moment.py", "requirements.lock", "Makefile"])
def test_tests_run_where_tools_changed(path: str, world: World) -> None:
    """A change of the tools makes their tests run: the one step that is not run here, being what runs this."""
    number = propose(world, {path: world.read(path) + "\n"})
    run = world.pull_request("check.yml", number, results={**NO_SITE, "faults": "success"})
    for job in run.jobs[:2]:
        assert (job.step("全部测试").outcome, job.step("全部测试").data["run"]) == ("success", ".ci/run")


def test_another_company_can_be_green(world: World) -> None:
    """Its own schema/ and its own pages are no change of the tools: our tests, which know the sample, do not run.

    Where its administrator has said so, they do not run for a change of the tools either.
    """
    number = propose(world, {path: world.read(path) + "\n# 我们公司\n" for path in ("schema/teams.yaml", "kb/guide.md")})
    run = world.pull_request("check.yml", number, results=NO_SITE)
    assert {job.step("全部测试").outcome for job in run.jobs[:2]} == {"skipped"}
    assert run.job("verdict").result == "success"

    world.variables["FAULT_TESTS"] = "off"
    number = propose(world, {"Makefile": world.read("Makefile") + "\n"}, branch="tools")
    run = world.pull_request("check.yml", number, results=NO_SITE)
    assert {job.step("全部测试").outcome for job in run.jobs[:2]} == {"skipped"}


def test_forms_that_are_behind_the_schema_are_red(world: World) -> None:
    """A choice that schema/ has and the form has not stops the change, whatever else is in order."""
    path = "schema/ticket.schema.json"
    text = world.read(path)
    assert text.count('{"const": "电话"') == 1
    number = propose(world, {path: text.replace('{"const": "电话"', '{"const": "邮件", "description": "邮箱"}, {"const": "电话"')})
    run = world.pull_request("check.yml", number, results=NO_SITE)
    assert run.job("faults").step("登记表单与审核人名单跟着 schema/ 变了吗？").outcome == "failure"
    assert run.job("verdict").result == "failure"


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
