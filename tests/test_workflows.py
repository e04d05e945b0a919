"""The workflows: what GitHub runs, with which rights. zizmor and the schema of workflows look at the rest (`make test`)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
FILES = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def read(name: str) -> dict[str, Any]:
    """A workflow as data; without the types of YAML 1.1, which takes the key ``on`` for true."""
    text = (ROOT / ".github" / "workflows" / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - makes nothing but strings


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    """All steps of all jobs."""
    return [step for job in workflow["jobs"].values() for step in job.get("steps", [])]


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def file(request: pytest.FixtureRequest) -> Path:
    """One workflow file after the other."""
    return request.param


@pytest.fixture
def workflow(file: Path) -> dict[str, Any]:
    """The workflow in it."""
    return read(file.name)


def test_actions_are_pinned(file: Path) -> None:
    """An action is named by the whole commit id, and the version stands beside it for people and for Dependabot."""
    uses = re.findall(r"\buses: (.*)", file.read_text(encoding="utf-8"))
    pinned = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert uses
    assert [line for line in uses if not pinned.fullmatch(line)] == []


def test_no_rights_but_those_of_a_job(workflow: dict[str, Any]) -> None:
    """A workflow has no rights; each job names its own."""
    assert workflow["permissions"] == {}
    assert [key for key, job in workflow["jobs"].items() if "permissions" not in job] == []


def test_each_right_has_its_reason(file: Path) -> None:
    """Beside each right stands what it is for."""
    rights = re.findall(r"^ {6}[a-z-]+: (?:read|write)\b.*$", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert rights
    assert [line for line in rights if not re.search(r": (read|write) # \w", line)] == []


def test_who_may_write_runs_the_code_of_main(workflow: dict[str, Any]) -> None:
    """A job with a right to write, or with a secret, checks out main; whatever runs other code can only read it."""
    for job in workflow["jobs"].values():
        checkouts = [step["with"] for step in job["steps"] if "actions/checkout" in step.get("uses", "")]
        if set(job["permissions"].values()) <= {"read"} and "secrets." not in str(job):
            assert set(job["permissions"]) <= {"contents"}
        else:
            assert [given.get("ref") for given in checkouts] == ["main"] * len(checkouts)


def test_no_token_is_kept_on_disk(workflow: dict[str, Any]) -> None:
    """No checkout leaves its token in the clone."""
    kept = [
        step["with"]["persist-credentials"] for step in steps(workflow) if "actions/checkout" in step.get("uses", "")
    ]
    assert set(kept) <= {"false"}


def test_every_job_ends(workflow: dict[str, Any]) -> None:
    """A job that hangs is stopped: within a quarter of an hour, or an hour where all tests run."""
    for job in workflow["jobs"].values():
        tests = any(step.get("run") == ".ci/run" for step in job["steps"])
        assert int(job["timeout-minutes"]) <= (60 if tests else 15)


def test_one_run_at_a_time(workflow: dict[str, Any]) -> None:
    """Every workflow says which runs of it exclude each other."""
    assert workflow["concurrency"]["group"]


def test_commands_hold_no_expression(workflow: dict[str, Any]) -> None:
    """Nothing is pasted into a shell command: a branch called ``$(…)`` stays a name."""
    assert [step["run"] for step in steps(workflow) if "${{" in step.get("run", "")] == []


def test_commands_exist(workflow: dict[str, Any]) -> None:
    """A step calls a target of the Makefile or a program of the repository, the same that people run; git and test decide."""
    for line in (line for step in steps(workflow) for line in step.get("run", "").splitlines()):
        program, *arguments = line.split()
        known = set(arguments) <= TARGETS if program == "make" else os.access(ROOT / program, os.X_OK)
        assert known or program in {"git", "if", "test"}, line


def test_check_always_runs() -> None:
    """The required check runs for every pull request, in the merge queue, on main and where fault intake asks for it, whatever the paths."""
    started = {"pull_request": "", "merge_group": "", "push": {"branches": ["main"]}, "workflow_dispatch": ""}
    assert read("check.yml")["on"] == started


def test_the_required_check_waits_for_all() -> None:
    """The job that is required runs whatever happened, needs all jobs that look at something, and wants each to be a success."""
    jobs = read("check.yml")["jobs"]
    verdict = jobs["verdict"]
    assert (verdict["name"], verdict["if"]) == ("检查", "always()")
    assert set(verdict["needs"]) == set(jobs) - {"verdict", "status"}
    [step] = verdict["steps"]
    assert step["env"] == {"RESULTS": "${{ join(needs.*.result, ' ') }}"}
    assert step["run"] == f"test \"$RESULTS\" = '{' '.join(['success'] * len(verdict['needs']))}'"


def test_check_looks_at_everything() -> None:
    """The check marks findings on the lines of the pull request, compares with main, sums up, builds the site, and tests the tools."""
    commands = {
        key: [step["run"] for step in job["steps"] if "run" in step] for key, job in read("check.yml")["jobs"].items()
    }
    assert commands["test"][-1] == ".ci/run"
    assert commands["site"] == ["make install", "tools/fault site build"]
    assert commands["faults"] == [
        "make install",
        'tools/check --format github --base "$BASE"',
        'tools/check --format github --base "$BASE" --tip',
        "tools/check --format github",
        'tools/fault diff --base "$BASE" --format md >> "$GITHUB_STEP_SUMMARY"',
        'tools/fault diff --base "$BASE" --format json > "$RUNNER_TEMP/summary.json"',
    ]


TICKET = "tickets/2026/03/HW-20260306-001.md"
"""A closed sample that a test tampers with."""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with the samples on main, and a branch that changes the title of a closed fault."""
    for name in ("schema", "tickets", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / ".venv").symlink_to(ROOT / ".venv")
    (tmp_path / ".gitignore").write_text(".venv\n__pycache__/\n", encoding="utf-8")
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, "base")
    git(tmp_path, "switch", "-qc", "work")
    text = (tmp_path / TICKET).read_text(encoding="utf-8")
    (tmp_path / TICKET).write_text(text.replace("\ntitle: ", "\ntitle: 又"), encoding="utf-8")
    commit(tmp_path, "tamper")
    git(tmp_path, "switch", "-q", "main")
    other = tmp_path / "tickets/2026/11/SW-20261112-001.md"
    other.write_text(other.read_text(encoding="utf-8") + "\n补充一句。\n", encoding="utf-8")
    commit(tmp_path, "main goes on")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    """Run git as somebody."""
    command = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, encoding="utf-8").stdout.strip()


def commit(folder: Path, message: str) -> None:
    """Commit all that there is."""
    git(folder, "add", ".")
    git(folder, "commit", "-qm", message)


def run_step(folder: Path, name: str, base: str) -> subprocess.CompletedProcess[str]:
    """Run the commands of a step of check.yml as GitHub does, with the base that the event gives."""
    [step] = [step for step in steps(read("check.yml")) if step.get("name", "").startswith(name)]
    assert "BASE" in read("check.yml")["env"]
    return subprocess.run(
        ["bash", "-e", "-c", step["run"]],
        cwd=folder,
        env={**os.environ, "BASE": base},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def test_the_step_of_a_pull_request_finds_what_was_tampered_with(checkout: Path) -> None:
    """The merge that GitHub checks out is compared with its first parent: the branch's change blocks, main's does not."""
    git(checkout, "merge", "-q", "--no-ff", "-m", "Merge work into main", "work")

    done = run_step(checkout, "检查改动的故障与历史", "HEAD^1")

    assert done.returncode == 1, done.stderr
    assert re.findall(r"^::error file=([^,]+),line=(\d+).*title=([^:]+)::", done.stdout, re.MULTILINE) == [
        (TICKET, "3", "closed-ticket-changed")
    ]


def as_checked_out(origin: Path, folder: Path, before: str) -> None:
    """Do with git what the two checkout steps of check.yml do after a push: the commit before it alone, then all branches."""
    every = read("check.yml")["jobs"]["faults"]["steps"]
    [first, second] = [step for step in every if "actions/checkout" in step.get("uses", "")]
    assert first["with"]["ref"] == "${{ github.event.before }}"
    assert second["with"]["fetch-depth"] == "0"
    folder.mkdir()
    git(folder, "init", "-q")
    git(folder, "remote", "add", "origin", origin.as_uri())
    git(folder, "fetch", "-q", "--depth=1", "origin", before)
    git(folder, "checkout", "-q", "--detach", before)
    git(folder, "fetch", "-q", "--prune", "--unshallow", "origin", "+refs/heads/*:refs/remotes/origin/*")
    git(folder, "checkout", "-q", "-B", "main", "refs/remotes/origin/main")
    (folder / ".venv").symlink_to(ROOT / ".venv")


def test_the_step_of_a_push_finds_a_forced_one(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """After main was forced to the branch, the old tip shows what is gone; an ordinary push passes."""
    place = tmp_path_factory.mktemp("push")
    git(checkout, "config", "uploadpack.allowAnySHA1InWant", "true")  # as GitHub has it
    before, earlier = git(checkout, "rev-parse", "main"), git(checkout, "rev-parse", "main^")
    as_checked_out(checkout, place / "ordinary", earlier)
    assert run_step(place / "ordinary", "检查推送没有改写历史", earlier).returncode == 0
    git(checkout, "reset", "-q", "--hard", "work")
    as_checked_out(checkout, place / "forced", before)

    done = run_step(place / "forced", "检查推送没有改写历史", before)

    assert done.returncode == 1, done.stderr
    assert f"::error file={TICKET},line=3" in done.stdout


def test_publish_only_what_passed_on_main() -> None:
    """Only a push to main publishes; the deployment needs every other job, and the newest commit of main."""
    workflow = read("publish.yml")
    assert workflow["on"] == {"push": {"branches": ["main"]}}
    deploy = workflow["jobs"]["deploy"]
    assert set(deploy["needs"]) == set(workflow["jobs"]) - {"deploy"}
    assert (
        deploy["if"] == "needs.check.outputs.newest == 'true'"
    )  # no status function: all that it needs must have succeeded
    commands = [step["run"] for step in workflow["jobs"]["check"]["steps"] if "run" in step]
    assert {"tools/check --format github", 'tools/check --format github --base "$BASE" --tip', ".ci/run"} <= set(
        commands
    )


def test_no_report_is_published() -> None:
    """The reports are made in a job that hands nothing to the site."""
    jobs = read("publish.yml")["jobs"]
    assert [key for key, job in jobs.items() if "tools/report" in str(job)] == ["reports"]
    assert [key for key, job in jobs.items() if "upload-pages-artifact" in str(job)] == ["site"]


def test_all_tickets_are_checked_whatever_a_push_changes() -> None:
    """After a push every ticket is checked, where it is checked and where it is published: an error of an earlier push stays red."""
    for name, key in (("check.yml", "faults"), ("publish.yml", "check")):
        commands = [step.get("run") for step in read(name)["jobs"][key]["steps"]]
        assert "tools/check --format github" in commands


def test_marks_for_github_are_printed() -> None:
    """The step that marks lines runs on this repository, and GitHub understands every mark in it."""
    command = [ROOT / "tools" / "check", "--format", "github", "--as-of", "2026-11-20 17:00"]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True)
    marks = [line for line in result.stdout.splitlines() if line.startswith("::")]
    shape = re.compile(r"::(error|warning|notice) file=tickets/\S+\.md,line=\d+,col=\d+,title=[a-z-]+::.+")
    assert marks
    assert [line for line in marks if not shape.fullmatch(line)] == []


def test_ci_script_is_a_script() -> None:
    """`.ci/run` can be executed and bash can read it to its end."""
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
