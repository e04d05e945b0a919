"""One job of a run: its steps, one after the other, with the files and variables that GitHub documents."""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.workflows import uses

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.github import GitHub
    from tests.workflows.harness import World

NOT_RUN = {".ci/run"}
"""What runs the tests, these among them."""
_SHELLS = {"": "bash -e {0}", "bash": "bash --noprofile --norc -eo pipefail {0}"}
_PASSED_ON = ("LANG", "LC_ALL", "PYTHONWARN")


@dataclass
class Step:
    """What became of a step."""

    name: str
    data: dict[str, Any]
    outcome: str = "skipped"
    conclusion: str = "skipped"
    output: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    annotations: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Run:
    """A run of a workflow: what started it, and what became of its jobs."""

    number: int
    file: str
    event: str
    payload: dict[str, Any]
    ref: str
    sha: str
    actor: str
    head: dict[str, str] = field(default_factory=dict)
    workflow: dict[str, Any] = field(default_factory=dict)
    jobs: list[Job] = field(default_factory=list)
    concurrency: str = ""
    attempt: int = 1

    def job(self, name: str) -> Job:
        """Return a job by its key or its name."""
        return next(job for job in self.jobs if name in {job.key, job.name})

    def result(self, name: str) -> str:
        """Return the result of a job: success, failure or skipped."""
        return self.job(name).result

    @property
    def conclusion(self) -> str:
        """The result of the whole run."""
        return "failure" if any(job.result == "failure" for job in self.jobs) else "success"

    @property
    def output(self) -> str:
        """All that all steps printed."""
        return "\n".join(step.output for job in self.jobs for step in job.steps)


@dataclass
class Job:
    """A job of a run, in a folder of its own."""

    world: World
    run: Run
    key: str
    data: dict[str, Any]
    contexts: dict[str, Any]
    permissions: dict[str, str]
    folder: Path
    name: str = ""
    result: str = "skipped"
    token: str = ""
    outputs: dict[str, str] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    masks: list[str] = field(default_factory=list)
    summary: str = ""

    @property
    def hub(self) -> GitHub:
        """The stand-in for GitHub."""
        return self.world.github

    @property
    def workspace(self) -> Path:
        """Where the repository is checked out."""
        return self.folder / "faults" / "faults"

    @property
    def artifacts(self) -> Path:
        """Where the run keeps what its jobs hand over."""
        return self.world.folder / "artifacts" / str(self.run.number)

    def step(self, name: str) -> Step:
        """Return a step by the beginning of its name, or its id."""
        return next(step for step in self.steps if step.name.startswith(name) or step.data.get("id") == name)

    def basic(self, token: str) -> str:
        """Return a token as git shows it."""
        return base64.b64encode(f"x-access-token:{token}".encode()).decode()

    def play(self) -> None:
        """Run the steps one after the other, those that are to run."""
        self.workspace.mkdir(parents=True)
        (self.folder / "temp").mkdir()
        (self.folder / "home").mkdir()
        self.result = "success"
        for number, data in enumerate(self.data["steps"]):
            self._step(number, data)
        self.outputs = {
            key: self.world.actions.text(one, self.contexts) for key, one in self.data.get("outputs", {}).items()
        }

    def repeat(self, name: str) -> Step:
        """Run a step once more, in the folder as the job has left it."""
        self._step(len(self.steps), self.step(name).data)
        return self.steps[-1]

    def _step(self, number: int, data: dict[str, Any]) -> None:
        actions, files = self.world.actions, self._files(data)
        step = Step("", data)
        self.steps.append(step)
        env = self.contexts["env"] | {key: actions.text(one, self.contexts) for key, one in data.get("env", {}).items()}
        contexts = {**self.contexts, "env": env, "job": {"status": self.result}}
        step.name = actions.text(data.get("name", data.get("uses", data.get("run"))), contexts)
        if actions.holds(data["if"], contexts, self.result, files):
            step.outcome = "success"
            try:
                self._do(number, step, contexts)
            except uses.Failed as failed:
                step.outcome, step.output = "failure", str(failed)
            tolerated = actions.value(data.get("continue-on-error", False), contexts)
            step.conclusion = "success" if tolerated else step.outcome
            self.result = "failure" if step.conclusion == "failure" else self.result
        if "id" in data:
            told = {"outputs": step.outputs, "outcome": step.outcome, "conclusion": step.conclusion}
            self.contexts["steps"][data["id"]] = told

    def _do(self, number: int, step: Step, contexts: dict[str, Any]) -> None:
        actions = self.world.actions
        if "uses" in step.data:
            files = self._files(step.data)
            given = {key: actions.text(one, contexts, files) for key, one in step.data.get("with", {}).items()}
            step.outputs = uses.run(self, step.data["uses"], given)
            return
        script = actions.text(step.data["run"], contexts)
        if script.strip() in NOT_RUN:
            step.output = "not run: it is what runs this"
            return
        self._bash(number, step, script, contexts["env"])

    def _bash(self, number: int, step: Step, script: str, env: dict[str, str]) -> None:
        file, place = self.folder / "temp" / f"{number}.sh", self.workspace / step.data.get("working-directory", "")
        file.write_text(script, encoding="utf-8")
        channels = {
            name: self.folder / "temp" / f"{name}_{number}" for name in ("OUTPUT", "ENV", "PATH", "STEP_SUMMARY")
        }
        for channel in channels.values():
            channel.touch()
        told = {f"GITHUB_{name}": str(channel) for name, channel in channels.items()}
        default = self.data.get("defaults", self.run.workflow.get("defaults", {})).get("run", {}).get("shell", "")
        command = _SHELLS[step.data.get("shell", default)].replace("{0}", str(file)).split(" ")
        done = subprocess.run(
            command,
            cwd=place,
            env={**self._variables(env), **told},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
            timeout=60 * int(step.data.get("timeout-minutes", self.data["timeout-minutes"])),
        )
        step.outcome = "failure" if done.returncode else "success"
        step.output = done.stdout
        step.outputs = _pairs(channels["OUTPUT"])
        self.contexts["env"] |= _pairs(channels["ENV"])  # later than what the job says, and seen by ${{ env }}
        self.path = [*channels["PATH"].read_text(encoding="utf-8").splitlines(), *self.path]
        self.summary += channels["STEP_SUMMARY"].read_text(encoding="utf-8")
        step.annotations = [one for line in done.stdout.splitlines() if (one := _annotation(line))]
        self.masks += [one["message"] for one in step.annotations if one["kind"] == "add-mask"]

    def _variables(self, env: dict[str, str]) -> dict[str, str]:
        """Return the environment of a step: what GITHUB_ and RUNNER_ variables say, nobody can change."""
        told = self.contexts["github"]
        names = (
            *(
                "repository",
                "repository_owner",
                "server_url",
                "api_url",
                "graphql_url",
                "event_name",
                "event_path",
                "workspace",
            ),
            *(
                "ref",
                "ref_name",
                "ref_type",
                "sha",
                "head_ref",
                "base_ref",
                "actor",
                "job",
                "workflow",
                "run_id",
                "run_number",
            ),
            *("run_attempt", "workflow_ref", "triggering_actor"),
        )
        kept = {name: value for name, value in os.environ.items() if name.startswith(_PASSED_ON)}
        runner = {f"RUNNER_{name.upper()}": value for name, value in self.contexts["runner"].items()}
        given = {f"GITHUB_{name.upper()}": str(told[name]) for name in names}
        machine = {"GIT_CONFIG_NOSYSTEM": "1", "HOME": str(self.folder / "home")}
        path = {"PATH": os.pathsep.join([*self.path, env.get("PATH", os.environ["PATH"])])}
        ours = {**given, **runner, "GITHUB_ACTIONS": "true"}
        return {**kept, **machine, **self.world.environment, "CI": "true", **env, **ours, **path}

    def _files(self, data: dict[str, Any]) -> list[str] | None:
        """Return the files of the workspace where a step's condition asks for them."""
        if "hashFiles" not in json.dumps(data):
            return None
        inner = (path for path in self.workspace.rglob("*") if path.is_file() and ".git" not in path.parts)
        return [path.relative_to(self.workspace).as_posix() for path in inner]


def _pairs(file: Path) -> dict[str, str]:
    """Return what a step has written to GITHUB_OUTPUT or GITHUB_ENV: lines ``name=value``, or a value up to a mark."""
    found, lines = {}, iter(file.read_text(encoding="utf-8").splitlines())
    for line in lines:
        name, sign, value = re.match(r"([^=<]*)(=|<<)(.*)", line).groups()  # type: ignore[union-attr]
        found[name] = value if sign == "=" else "\n".join(itertools.takewhile(lambda one, end=value: one != end, lines))
    return found


def _annotation(line: str) -> dict[str, str] | None:
    """Return what a line tells GitHub (``::error file=…,line=…::…``), decoded as GitHub does."""
    match = re.match(r"^::([a-z-]+)(?: (.*?))?::(.*)$", line)
    if match is None:
        return None
    pairs = dict(pair.split("=", 1) for pair in (match[2] or "").split(",") if pair)
    codes = {"%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%"}
    decoded = {key: _replaced(value, codes) for key, value in pairs.items()}
    short = {key: codes[key] for key in ("%0D", "%0A", "%25")}
    return {"kind": match[1], **decoded, "message": _replaced(match[3], short)}


def _replaced(text: str, codes: dict[str, str]) -> str:
    for code, char in codes.items():
        text = text.replace(code, char)
    return text
