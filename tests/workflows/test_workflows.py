"""The workflows, run as GitHub runs them: what they find, what they say, what they publish, and what they never do."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.workflows.harness import Run, World

OPEN, CLOSED = "tickets/2026/11/SW-20261112-001.md", "tickets/2026/03/HW-20260306-001.md"
"""A fault in work and one that was closed, of the samples."""
NO_SITE = {"site": "success"}
"""The job that takes long; two tests run it."""
PHONE = "13912345678"


def propose(world: World, files: dict[str, str | None], branch: str = "work") -> int:
    """Open a pull request of a colleague that changes files."""
    world.commit(branch, dict(files))
    return world.github.add_pull(branch, title="改一个故障", user="mei")


def marks(run: Run, job: str = "faults") -> list[tuple[str, str, str]]:
    """Return where the errors of a job are marked: file, line and rule."""
    found = [one for step in run.job(job).steps for one in step.annotations]
    return [(one["file"], one["line"], one["title"]) for one in found if one["kind"] == "error"]


def test_a_clean_pull_request_passes(world: World) -> None:
    """The whole of check.yml: the verdict is success, the summary says what changes, the site can be looked at.

    The tests of the tools do not run where only tickets have changed.
    """
    number = propose(world, {OPEN: world.read(OPEN) + "\n现场再观察一周。\n"})
    run = world.pull_request("check.yml", number)
    assert {job.key: job.result for job in run.jobs} == {
        **{"test": "success", "faults": "success", "site": "success", "verdict": "success"},
        "status": "skipped",
    }
    assert marks(run) == []
    assert "全部测试" in [step.name for step in run.job("test").steps if step.outcome == "skipped"]
    assert "### SW-20261112-001" in run.job("faults").summary
    assert (world.artifact(run, "site-preview") / "index.html").is_file()
    told = json.loads((world.artifact(run, "summary") / "summary.json").read_text(encoding="utf-8"))
    assert "SW-20261112-001" in json.dumps(told)
    assert world.github.requests == [], "a check asks GitHub nothing"


def test_tests_run_where_tools_changed(world: World) -> None:
    """A change outside of tickets/ makes the tests run: the one step that is not run here, being what runs this."""
    number = propose(world, {"tools/faultkb/moment.py": world.read("tools/faultkb/moment.py") + "\n"})
    run = world.pull_request("check.yml", number, results={**NO_SITE, "faults": "success"})
    for job in run.jobs[:2]:
        assert (job.step("全部测试").outcome, job.step("全部测试").data["run"]) == ("success", ".ci/run")


@pytest.mark.parametrize(
    ("path", "change", "expected"),
    [
        pytest.param(CLOSED, ("\ntitle: ", "\ntitle: 又"), [(CLOSED, "3", "closed-ticket-changed")], id="closed ticket"),
        pytest.param(OPEN, ("\nstatus: 处理中", "\nstatus: 已关闭"), None, id="illegal transition"),
        pytest.param(OPEN, ("\n## 故障描述", f"\n联系电话 {PHONE}\n\n## 故障描述"), None, id="private value"),
        pytest.param(OPEN, None, None, id="deleted ticket"),
    ],
)
def test_a_pull_request_with_errors_is_red(
    path: str, change: tuple[str, str] | None, expected: list[tuple[str, str, str]] | None, world: World
) -> None:
    """An error is marked on its line, the required check fails, and the summary is there all the same."""
    text = world.read(path).replace(*change) if change else None
    assert text != world.read(path)
    run = world.pull_request("check.yml", propose(world, {path: text}), results=NO_SITE)
    print(marks(run), [s.annotations for s in run.job("faults").steps], run.job("faults").summary)
    assert (run.result("故障"), run.result("检查")) == ("failure", "failure")
    assert {file for file, _, _ in marks(run)} == {path}
    assert expected in {None, *([expected] if False else [])} or marks(run) == expected
    assert path.rpartition("/")[2].removesuffix(".md") in run.job("faults").summary
    assert world.artifact(run, "summary").is_dir()
    assert PHONE not in run.output + run.job("faults").summary


def test_publish_leak(world: World) -> None:
    before = world.tip()
    world.commit("main", {"kb/guide.md": world.read("kb/guide.md") + f"\n有问题请打 {PHONE}。\n"})
    run = world.push("publish.yml", before)
    for job in run.jobs:
        print(job.name, job.result, [(s.name, s.outcome, s.output[-600:]) for s in job.steps])
    assert world.deployments == []
    assert 0
