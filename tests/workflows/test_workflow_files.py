"""The workflow files as an attacker reads them: what starts them, with which rights, and what a program is given.

zizmor and the schema of workflows look at the rest (`make test`); the other tests here run the files.
"""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from tests.workflows.expressions import Actions

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
USES = re.compile(r"^ *(?:- )?uses: (.*)$", re.MULTILINE)
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
EVENTS = {
    "calendar.yml": {"schedule", "workflow_dispatch"},
    "check.yml": {"pull_request", "merge_group", "push", "workflow_dispatch"},
    "comment.yml": {"workflow_run"},
    "intake.yml": {"issues"},
    "publish.yml": {"push"},
    "sla-watch.yml": {"schedule", "push", "workflow_run", "workflow_dispatch"},
}
"""What starts each workflow: none is started by ``pull_request_target``, nor by a comment that anybody may write."""
WRITES = {
    ("calendar.yml", "remind"): {"issues"},
    ("check.yml", "status"): {"statuses"},
    ("comment.yml", "comment"): {"pull-requests"},
    ("intake.yml", "intake"): {"contents", "issues", "pull-requests", "actions", "statuses"},
    ("publish.yml", "deploy"): {"pages", "id-token"},
    ("sla-watch.yml", "watch"): {"contents", "issues"},
}
"""What each job may write; a job that is not here may write nothing."""
PULL_REQUEST = "${{ github.event_name == 'pull_request' || github.event_name == 'workflow_dispatch' }}"
CONCURRENCY = {
    "calendar.yml": ("calendar", "false"),
    "check.yml": ("check-${{ github.event_name == 'push' && github.sha || github.ref }}", PULL_REQUEST),
    "comment.yml": (
        "comment-${{ github.event.workflow_run.head_repository.id }}-${{ github.event.workflow_run.head_branch }}",
        "false",
    ),
    "intake.yml": ("intake-${{ github.event.issue.number }}", "false"),
    "publish.yml": ("publish", "false"),
    "sla-watch.yml": ("sla-watch", "false"),
}
"""Which runs wait for each other, and which stop the one before: only a check, and only one that a newer push replaces."""
SECRETS = {"intake.yml": {"FAULT_APP_KEY"}, "sla-watch.yml": {"FAULT_NOTIFY"}}


def read(name: str) -> dict[str, Any]:
    """A workflow as data; without the types of YAML 1.1, which takes the key ``on`` for true."""
    text = (ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but strings


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    """All steps of all jobs."""
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def file(request: pytest.FixtureRequest) -> Path:
    """One workflow file after the other."""
    return request.param


@pytest.fixture
def workflow(file: Path) -> dict[str, Any]:
    """The workflow in it."""
    return read(file.name)


def test_github_reads_it(file: Path, actions: Actions) -> None:
    """GitHub's own parser finds no error: keys, expressions, and which contexts are allowed where."""
    assert actions.read(file.name, file.read_text(encoding="utf-8"))["jobs"]


def test_actions_are_pinned(file: Path) -> None:
    """An action is named by the whole commit id, and the version stands beside it for people and for Dependabot."""
    uses = USES.findall(file.read_text(encoding="utf-8"))
    pinned = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert uses
    assert [line for line in uses if not pinned.fullmatch(line)] == []


def test_an_action_has_one_version() -> None:
    """Each action is the same commit everywhere."""
    uses = {line for file in FILES for line in USES.findall(file.read_text(encoding="utf-8"))}
    names = [line.partition("@")[0] for line in uses]
    assert sorted(names) == sorted(set(names))


def test_what_starts_it(file: Path, workflow: dict[str, Any]) -> None:
    """Exactly the events that are meant; a push only to main; the required check without any filter of paths."""
    assert set(workflow["on"]) == EVENTS[file.name]
    assert workflow["on"].get("push", {"branches": ["main"]}) == {"branches": ["main"]}
    assert re.search(r"\bpaths(-ignore)?:", file.read_text(encoding="utf-8")) is None


def test_only_a_check_against_main_counts() -> None:
    """A check run hangs on a commit: against another branch none is made, and a pull request that changes its base is checked anew."""
    started = read("check.yml")["on"]["pull_request"]
    assert started == {"branches": ["main"], "types": ["opened", "synchronize", "reopened", "edited"]}


def test_rights_are_those_of_a_job(file: Path, workflow: dict[str, Any]) -> None:
    """A workflow has no rights; each job names its own, and writes only what it is for."""
    assert workflow["permissions"] == {}
    for key, job in workflow["jobs"].items():
        writes = {name for name, level in job["permissions"].items() if level != "read"}
        assert writes == WRITES.get((file.name, key), set()), key


def test_who_may_write_runs_main(file: Path, workflow: dict[str, Any]) -> None:
    """A job with a right to write checks out main, or was started by what only main's own code is run for."""
    for key, job in workflow["jobs"].items():
        if (file.name, key) in WRITES and set(workflow["on"]) & {"pull_request", "workflow_run", "workflow_dispatch"}:
            refs = [step["with"].get("ref") for step in job["steps"] if "actions/checkout" in step.get("uses", "")]
            assert set(refs) == {"main"}, key


def test_no_token_is_left_on_disk(workflow: dict[str, Any]) -> None:
    """A checkout forgets its token: a program that is run later finds none."""
    found = [step for step in steps(workflow) if "actions/checkout" in step.get("uses", "")]
    assert [step for step in found if step["with"].get("persist-credentials") != "false"] == []


def test_secrets_are_given_to_one_step(file: Path, workflow: dict[str, Any]) -> None:
    """Each workflow sees its own secrets only, and a token or secret stands in no environment but a single step's."""
    text = file.read_text(encoding="utf-8")
    assert set(re.findall(r"secrets\.(\w+)", text)) == SECRETS.get(file.name, set())
    assert "secrets: inherit" not in text
    wide = [workflow.get("env", {}), *(job.get("env", {}) for job in workflow["jobs"].values())]
    assert [env for env in wide if re.search(r"secrets\.|token", str(env))] == []
    holders = [step for step in steps(workflow) if re.search(r"secrets\.|github\.token", str(step.get("env", {})))]
    assert {step["run"].split()[0] for step in holders} <= {"tools/fault"}
    assert len(holders) <= len(workflow["jobs"])


def test_every_job_ends(file: Path, workflow: dict[str, Any]) -> None:
    """A job that hangs is stopped, and a workflow that starts twice does exactly what is meant."""
    assert all(int(job["timeout-minutes"]) <= 60 for job in workflow["jobs"].values())
    group, cancel = CONCURRENCY[file.name]
    assert workflow["concurrency"] == {"group": group, "cancel-in-progress": cancel}


def test_commands_hold_no_expression(workflow: dict[str, Any]) -> None:
    """Nothing is pasted into a shell command: a branch called ``$(…)`` stays a name. No other shell, no script action."""
    assert [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")] == []
    assert [step for step in steps(workflow) if "shell" in step or "github-script" in step.get("uses", "")] == []


def test_commands_are_those_that_people_run(workflow: dict[str, Any]) -> None:
    """A line of a step is a target of the Makefile, a program of the repository, or one of git's and test's own words."""
    lines = [line for step in steps(workflow) for line in step.get("run", "").splitlines() if not line.startswith("#")]
    for line in lines:
        program, *arguments = line.split()
        known = set(arguments) <= TARGETS if program == "make" else os.access(ROOT / program, os.X_OK)
        assert known or program in {"git", "test", "[["} or re.match(r"\w+=|if |fi$|then$|else$|echo ", line), line


def test_the_verdict_waits_for_everything() -> None:
    """The required job needs each job of the check but the one that reports it, and runs whatever became of them."""
    jobs = read("check.yml")["jobs"]
    assert jobs["verdict"]["name"] == "检查"
    assert set(jobs["verdict"]["needs"]) == set(jobs) - {"verdict", "status"}
    assert jobs["verdict"]["if"] == "always()"
    assert len(jobs["verdict"]["needs"]) == jobs["verdict"]["steps"][-1]["run"].count("success")


def test_the_site_waits_for_everything() -> None:
    """The deployment needs each other job, and has no condition, which could overrule a failure."""
    jobs = read("publish.yml")["jobs"]
    assert set(jobs["deploy"]["needs"]) == set(jobs) - {"deploy"}
    assert "if" not in jobs["deploy"]


def test_the_watch_comes_every_half_hour() -> None:
    """Day and night, every day: two minutes of the hour that are thirty apart."""
    [entry] = read("sla-watch.yml")["on"]["schedule"]
    minutes, *rest = entry["cron"].split()
    first, second = map(int, minutes.split(","))
    assert (second - first, rest) == (30, ["*"] * 4)


def test_the_calendar_is_looked_at_from_november() -> None:
    """From November, when next year's holidays are announced, to January, when what is still open ends."""
    [entry] = read("calendar.yml")["on"]["schedule"]
    assert entry["cron"].split()[3] == "11,12,1"


def test_marks_for_github_are_printed() -> None:
    """The command that marks lines runs on this repository, and GitHub understands every mark in it."""
    command = [ROOT / "tools" / "check", "--format", "github", "--as-of", "2026-11-20 17:00"]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    lines = [line for line in result.stdout.splitlines() if line.startswith("::")]
    shape = re.compile(r"::(error|warning|notice) file=tickets/\S+\.md,line=\d+,col=\d+,title=[a-z-]+::.+")
    assert lines
    assert [line for line in lines if not shape.fullmatch(line)] == []


def test_ci_script_is_a_script() -> None:
    """`.ci/run`, the one step that the tests do not run, can be executed; it runs what everybody can run."""
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert lines[-2:] == ["make", "make test"]
