"""Runs workflow files as GitHub does: every ``run:`` step by bash in a real clone, with the documented variables and files.

The event is one that GitHub's schema accepts, and each job has a token that may do what its ``permissions`` say, no more.

How a test uses it::

    def test_clean_pull_request(world):
        world.commit("work", {"tickets/2026/11/SW-20261120-001.md": text})      # a branch of the remote
        number = world.github.add_pull("work", user="mei")
        run = world.pull_request("check.yml", number)
        assert run.result("检查") == "success"                                   # a job, by its key or its name
        assert run.job("faults").step("检查改动").annotations == []

``world`` (conftest.py) is a remote with this repository's files on main, behind the stand-in for GitHub, with
``secrets`` and ``variables``; what runs deploy is in ``deployments``, what they keep in ``artifact(run, name)``.
Only ``uses:`` steps have stand-ins (uses.py), and ``.ci/run``, which runs these very tests, is not run again.
``results={"site": "success"}`` takes the result of a job as given instead of running it.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.workflows import events, patches, uses

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.workflows.expressions import Actions
    from tests.workflows.github import GitHub

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
    environment: dict[str, str] = field(default_factory=dict)
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
            env={
                **self._variables(),
                **self.environment,
                **env,
                **told,
                "PATH": os.pathsep.join([*self.path, os.environ["PATH"]]),
            },
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
        self.environment |= _pairs(channels["ENV"])
        self.path = [*channels["PATH"].read_text(encoding="utf-8").splitlines(), *self.path]
        self.summary += channels["STEP_SUMMARY"].read_text(encoding="utf-8")
        step.annotations = [one for line in done.stdout.splitlines() if (one := _annotation(line))]
        self.masks += [one["message"] for one in step.annotations if one["kind"] == "add-mask"]

    def _variables(self) -> dict[str, str]:
        """Return what GitHub sets for each step."""
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
        return {**kept, **machine, **self.world.environment, **given, **runner, "CI": "true", "GITHUB_ACTIONS": "true"}

    def _files(self, data: dict[str, Any]) -> list[str] | None:
        """Return the files of the workspace where a step's condition asks for them."""
        if "hashFiles" not in json.dumps(data):
            return None
        inner = (path for path in self.workspace.rglob("*") if path.is_file() and ".git" not in path.parts)
        return [path.relative_to(self.workspace).as_posix() for path in inner]


@dataclass
class World:
    """A repository on GitHub with its remote, and the runs of its workflows."""

    github: GitHub
    remote: Path
    folder: Path
    actions: Actions
    secrets: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    deployments: list[Path] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    pages: str = "https://qiyun.github.io/faults/"

    def tip(self, branch: str = "main") -> str:
        """Return the commit of a branch of the remote."""
        return patches.sha(self.remote, f"refs/heads/{branch}")

    def commit(
        self,
        branch: str,
        files: dict[str, str | bytes | None],
        *,
        remote: Path | None = None,
        start: str = "main",
        message: str = "改",
    ) -> str:
        """Commit files on a branch of the remote (or of a fork), as somebody pushes them; None deletes, folders too. Return the commit."""
        place = remote or self.remote
        index = self.folder / f"index-{len(list(self.folder.iterdir()))}"
        old = patches.sha(place, f"refs/heads/{branch}") or patches.git(place, "rev-parse", start)
        tool = Plumbing(place, index)
        tool("read-tree", old)
        for name, data in files.items():
            if data is None:
                tool("rm", "--cached", "-r", "-q", "--", name)
                continue
            blob = tool("hash-object", "-w", "--stdin", given=data if isinstance(data, bytes) else data.encode())
            mode = tool("ls-files", "--stage", "--", name)[:6] or "100644"
            tool("update-index", "--add", "--cacheinfo", f"{mode},{blob},{name}")
        made = tool("commit-tree", tool("write-tree"), "-p", old, "-m", message)
        tool("update-ref", f"refs/heads/{branch}", made)
        return made

    def set(self, branch: str, commit: str) -> None:
        """Let a branch of the remote name a commit, whatever it was."""
        patches.git(self.remote, "update-ref", f"refs/heads/{branch}", commit)

    def read(self, path: str, ref: str = "main") -> str:
        """Return a file of the remote."""
        return patches.git(self.remote, "show", f"{ref}:{path}") + "\n"

    def files(self, folder: str, ref: str = "main") -> list[str]:
        """Return the files of a folder of the remote."""
        return patches.git(self.remote, "ls-tree", "-r", "--name-only", ref, folder).splitlines()

    def fork(self, owner: str) -> Path:
        """Return a fork: somebody else's copy of the remote."""
        place = self.folder / f"{owner}.git"
        patches.git(self.folder, "clone", "--quiet", "--bare", str(self.remote), str(place))
        return place

    def artifact(self, run: Run, name: str) -> Path:
        """Return the folder of what a run has kept."""
        return self.folder / "artifacts" / str(run.number) / name

    def pull_request(self, file: str, number: int, action: str = "opened", **options: Any) -> Run:
        """Run a workflow for a pull request: on the merge with main that GitHub makes, read-only for a fork."""
        branches = self.github.branches(number)
        payload = events.pull_request(self.github, number, action, self.github.issues[number]["user"]["login"])
        head, base = branches["sha"], self.tip()
        tree = patches.git(self.remote, "merge-tree", "--write-tree", base, head)
        merged = patches.git(
            self.remote, "commit-tree", tree, "-p", base, "-p", head, "-m", f"Merge {head} into {base}"
        )
        patches.git(self.remote, "update-ref", f"refs/pull/{number}/merge", merged)
        names = {
            "head_ref": branches["head"],
            "base_ref": branches["base"],
            "sha": head,
            "repository": branches["repository"],
        }
        return self._run(file, "pull_request", payload, f"refs/pull/{number}/merge", merged, head=names, **options)

    def push(self, file: str, before: str, *, forced: bool = False, **options: Any) -> Run:
        """Run a workflow for a push to main, from what it was before."""
        payload = events.push(self.github, before, self.tip(), "mei", created=before == "0" * 40, forced=forced)
        return self._run(file, "push", payload, "refs/heads/main", self.tip(), **options)

    def merge_group(self, file: str, branch: str, **options: Any) -> Run:
        """Run a workflow for a branch of the merge queue."""
        payload = events.merge_group(self.github, f"refs/heads/{branch}", self.tip(branch), self.tip())
        return self._run(file, "merge_group", payload, f"refs/heads/{branch}", self.tip(branch), **options)

    def issue(self, file: str, number: int, action: str = "opened", **options: Any) -> Run:
        """Run a workflow for an issue."""
        payload = events.issues(self.github, number, action, self.github.issues[number]["user"]["login"])
        return self._run(file, "issues", payload, "refs/heads/main", self.tip(), **options)

    def schedule(self, file: str, **options: Any) -> Run:
        """Run a workflow by its timetable."""
        cron = self._read(file, self.tip())["on"]["schedule"][0]["cron"]
        return self._run(file, "schedule", events.schedule(self.github, cron), "refs/heads/main", self.tip(), **options)

    def dispatch(self, file: str, branch: str = "main", inputs: dict[str, Any] | None = None, **options: Any) -> Run:
        """Run a workflow that somebody, or a program, starts on a branch."""
        payload = events.dispatch(self.github, file, branch, inputs, "mei")
        return self._run(file, "workflow_dispatch", payload, f"refs/heads/{branch}", self.tip(branch), **options)

    def completed(self, file: str, ended: Run, **options: Any) -> Run:
        """Run a workflow because another run has ended."""
        about = {
            "id": ended.number,
            "name": ended.workflow["name"],
            "path": f".github/workflows/{ended.file}",
            "event": ended.event,
            "status": "completed",
            "conclusion": ended.conclusion,
            "pull_requests": [],
            "head_sha": ended.head.get("sha", ended.sha),
            "head_branch": ended.head.get("head_ref", ended.ref.removeprefix("refs/heads/")),
            "head_repository": events.place(self.github, ended.head.get("repository", self.github.repository)),
        }
        payload = events.workflow_run(self.github, about, ended.actor)
        return self._run(file, "workflow_run", payload, "refs/heads/main", self.tip(), **options)

    def _read(self, file: str, commit: str) -> dict[str, Any]:
        return self.actions.read(file, self.read(f".github/workflows/{file}", commit))

    def _run(
        self,
        file: str,
        event: str,
        payload: dict[str, Any],
        ref: str,
        sha: str,
        *,
        head: dict[str, str] | None = None,
        results: dict[str, str] | None = None,
    ) -> Run:
        run = Run(self.github.next(), file, event, payload, ref, sha, payload["sender"]["login"], head or {})
        run.workflow = self._read(file, sha)
        assert _starts(run), f"{file} does not run for {event}"
        self.runs.append(run)
        common = {**self._contexts(run), "secrets": {} if self._is_fork(run) else self.secrets}
        run.concurrency = self.actions.text(run.workflow["concurrency"]["group"], common)
        for key in _order(run.workflow["jobs"]):
            for matrix in _matrices(run.workflow["jobs"][key]):
                run.jobs.append(self._job(run, key, matrix, common, results or {}))
        return run

    def _job(self, run: Run, key: str, matrix: dict[str, Any], common: dict[str, Any], results: dict[str, str]) -> Job:
        data, above = run.workflow["jobs"][key], _above(run.workflow["jobs"], key)
        needed = {one: _together(run, one) for one in _list(data.get("needs", []))}
        folder = self.folder / "runs" / str(run.number) / f"{key}-{len(run.jobs)}"
        runner = {
            "temp": str(folder / "temp"),
            "os": "Linux",
            "arch": "X64",
            "name": "runner",
            "environment": "github-hosted",
        }
        contexts = {**common, "matrix": matrix, "needs": needed, "runner": runner, "steps": {}, "strategy": {}}
        job = Job(self, run, key, data, contexts, self._permissions(run, data), folder)
        job.token = self.github.grant(job.permissions)
        place = {
            "job": key,
            "token": job.token,
            "workspace": str(job.workspace),
            "event_path": str(folder / "event.json"),
        }
        contexts["github"] = {**common["github"], **place}
        levels = (run.workflow.get("env", {}), data.get("env", {}))
        contexts["env"] = {}
        for level in levels:
            contexts["env"] |= {name: self.actions.text(one, contexts) for name, one in level.items()}
        job.name = self.actions.text(data.get("name", key), contexts)
        state = "success" if all(_together(run, one)["result"] == "success" for one in above) else "failure"
        if key in results:
            job.result = results[key]
        elif self.actions.holds(data["if"], contexts, state):
            folder.mkdir(parents=True)
            (folder / "event.json").write_text(json.dumps(run.payload), encoding="utf-8")
            job.play()
        return job

    def _permissions(self, run: Run, data: dict[str, Any]) -> dict[str, str]:
        """Return what a job's token may do. A fork's may write nothing."""
        asked = data.get("permissions", run.workflow["permissions"])
        assert isinstance(asked, dict), "permissions are named one by one"
        return {name: "read" if self._is_fork(run) and level == "write" else level for name, level in asked.items()}

    def _is_fork(self, run: Run) -> bool:
        return run.head.get("repository", self.github.repository) != self.github.repository

    def _contexts(self, run: Run) -> dict[str, Any]:
        owner, hub = self.github.repository.partition("/")[0], self.github
        name = run.ref.removeprefix("refs/heads/").removeprefix("refs/")
        told = {
            "event": run.payload,
            "event_name": run.event,
            "ref": run.ref,
            "sha": run.sha,
            "actor": run.actor,
            "ref_name": name.removeprefix("pull/") if run.head else name,
            "ref_type": "branch",
            "run_attempt": 1,
            "head_ref": run.head.get("head_ref", ""),
            "base_ref": run.head.get("base_ref", ""),
            "run_number": 1,
            "repository": hub.repository,
            "repository_owner": owner,
            "run_id": run.number,
            "triggering_actor": run.actor,
            "server_url": hub.server,
            "api_url": hub.api,
            "graphql_url": f"{hub.server}/api/graphql",
            "workflow": run.workflow["name"],
            "workflow_ref": f"{hub.repository}/.github/workflows/{run.file}@{run.ref}",
        }
        return {"github": told, "vars": self.variables, "inputs": run.payload.get("inputs") or {}}


class Plumbing:
    """git's own tools on a bare repository, with an index of their own."""

    def __init__(self, place: Path, index: Path) -> None:
        self._place, self._index = place, index

    def __call__(self, *arguments: str, given: bytes = b"") -> str:
        """Run one; it must succeed."""
        somebody = {
            f"GIT_{role}_{part}": "t@localhost" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")
        }
        done = subprocess.run(
            ["git", "-C", str(self._place), *arguments],
            input=given,
            env={**os.environ, **somebody, "GIT_INDEX_FILE": str(self._index)},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()


def _starts(run: Run) -> bool:
    """Say whether a workflow's ``on:`` lets an event start it."""
    on = run.workflow["on"]
    listed = {on: None} if isinstance(on, str) else dict.fromkeys(on) if isinstance(on, list) else on
    if run.event not in listed:
        return False
    chosen = listed[run.event] or {}
    if run.event == "schedule":
        return True
    usual = {"pull_request": ["opened", "synchronize", "reopened"]}.get(run.event)
    types, branches, workflows = chosen.get("types", usual), chosen.get("branches"), chosen.get("workflows")
    branch = run.head.get("base_ref") or run.ref.removeprefix("refs/heads/")
    return (
        (types is None or run.payload.get("action") in _list(types))
        and (branches is None or branch in _list(branches))
        and (workflows is None or run.payload["workflow"]["name"] in _list(workflows))
        and not {"paths", "paths-ignore"} & set(chosen)
    )


def _list(item: Any) -> list[Any]:
    return item if isinstance(item, list) else [item]


def _order(jobs: dict[str, Any]) -> Iterator[str]:
    """Yield the jobs so that each stands after those that it needs."""
    done: set[str] = set()
    while len(done) < len(jobs):
        ready = [key for key in jobs if key not in done and set(_list(jobs[key].get("needs", []))) <= done]
        assert ready, "the jobs need each other"
        yield from ready
        done.update(ready)


def _above(jobs: dict[str, Any], key: str) -> set[str]:
    """Return all jobs that must have ended before one, also those that the needed ones need."""
    direct = set(_list(jobs[key].get("needs", [])))
    return direct.union(*(_above(jobs, one) for one in direct))


def _matrices(data: dict[str, Any]) -> list[dict[str, Any]]:
    matrix = data.get("strategy", {}).get("matrix", {})
    assert not {"include", "exclude"} & set(matrix), "the harness knows lists only"
    return [dict(zip(matrix, values, strict=True)) for values in itertools.product(*matrix.values())]


def _together(run: Run, key: str) -> dict[str, Any]:
    """Return the result of a job, of all its variants together, and its outputs."""
    jobs = [job for job in run.jobs if job.key == key]
    results = {job.result for job in jobs}
    result = next((one for one in ("failure", "cancelled", "skipped") if one in results), "success")
    return {"result": result, "outputs": {name: one for job in jobs for name, one in job.outputs.items()}}


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
