"""Which workflows an event starts, in which order their jobs run, and what a job is told of those before it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.workflows.job import Run


def starts(run: Run) -> bool:
    """Say whether a workflow's ``on:`` lets an event start it."""
    on = run.workflow["on"]
    events = {on: None} if isinstance(on, str) else dict.fromkeys(on) if isinstance(on, list) else on
    if run.event not in events:
        return False
    chosen = events[run.event] or {}
    if run.event == "schedule":
        return True
    usual = {"pull_request": ["opened", "synchronize", "reopened"]}.get(run.event)
    types, branches, workflows = chosen.get("types", usual), chosen.get("branches"), chosen.get("workflows")
    branch = run.head.get("base_ref") or run.ref.removeprefix("refs/heads/")
    return (
        (types is None or run.payload.get("action") in listed(types))
        and (branches is None or branch in listed(branches))
        and (workflows is None or run.payload["workflow"]["name"] in listed(workflows))
        and not {"paths", "paths-ignore"} & set(chosen)
    )


def listed(item: Any) -> list[Any]:
    """Return a list, also where one item stands for a list of one."""
    return item if isinstance(item, list) else [item]


def order(jobs: dict[str, Any]) -> Iterator[str]:
    """Yield the jobs so that each stands after those that it needs."""
    done: set[str] = set()
    while len(done) < len(jobs):
        ready = [key for key in jobs if key not in done and set(listed(jobs[key].get("needs", []))) <= done]
        assert ready, "the jobs need each other"
        yield from ready
        done.update(ready)


def above(jobs: dict[str, Any], key: str) -> set[str]:
    """Return all jobs that must have ended before one, also those that the needed ones need."""
    direct = set(listed(jobs[key].get("needs", [])))
    return direct.union(*(above(jobs, one) for one in direct))


def matrices(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the variants of a job; one without values where it has no matrix."""
    matrix = data.get("strategy", {}).get("matrix", {})
    assert not {"include", "exclude"} & set(matrix), "the harness knows lists only"
    return [dict(zip(matrix, values, strict=True)) for values in itertools.product(*matrix.values())]


def together(run: Run, key: str) -> dict[str, Any]:
    """Return the result of a job, of all its variants together, and its outputs."""
    jobs = [job for job in run.jobs if job.key == key]
    results = {job.result for job in jobs}
    result = next((one for one in ("failure", "cancelled", "skipped") if one in results), "success")
    return {"result": result, "outputs": {name: one for job in jobs for name, one in job.outputs.items()}}
