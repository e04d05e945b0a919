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
``results={"site": "success"}`` takes the result of a job as given instead of running it; ``again(run)`` is GitHub's
"Re-run failed jobs".
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from tests.workflows import events, patches
from tests.workflows.job import Job, Run
from tests.workflows.order import above, listed, matrices, order, starts, together

if TYPE_CHECKING:
    from pathlib import Path

    from tests.workflows.expressions import Actions
    from tests.workflows.github import GitHub


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
        tool = patches.Plumbing(place, index)
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

    def again(self, run: Run) -> Run:
        """Run the failed jobs of a run again, and those that need them: the others keep their results, outputs and artifacts."""
        made = replace(run, jobs=[], attempt=run.attempt + 1)
        kept = {one for one in run.workflow["jobs"] if together(run, one)["result"] == "success"}
        return self._play(
            made, [job for job in run.jobs if {job.key, *above(run.workflow["jobs"], job.key)} <= kept], {}
        )

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
        assert starts(run), f"{file} does not run for {event}"
        return self._play(run, [], results or {})

    def _play(self, run: Run, kept: list[Job], results: dict[str, str]) -> Run:
        self.runs.append(run)
        common = {**self._contexts(run), "secrets": {} if self._is_fork(run) else self.secrets}
        run.concurrency = self.actions.text(run.workflow["concurrency"]["group"], common)
        for key in order(run.workflow["jobs"]):
            same = [job for job in kept if job.key == key]
            variants = [] if same else matrices(run.workflow["jobs"][key])
            run.jobs += same
            for matrix in variants:
                run.jobs.append(self._job(run, key, matrix, common, results))
        return run

    def _job(self, run: Run, key: str, matrix: dict[str, Any], common: dict[str, Any], results: dict[str, str]) -> Job:
        data, before = run.workflow["jobs"][key], above(run.workflow["jobs"], key)
        needed = {one: together(run, one) for one in listed(data.get("needs", []))}
        folder = self.folder / "runs" / f"{run.number}-{run.attempt}" / f"{key}-{len(run.jobs)}"
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
        state = "success" if all(together(run, one)["result"] == "success" for one in before) else "failure"
        if key in results:
            assert "outputs" not in data, f"{key} hands on more than its result: it must run"
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
            "run_attempt": run.attempt,
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
