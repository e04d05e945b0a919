"""Events as GitHub sends them: real examples (npm ``@octokit/webhooks-examples``) with our values, held against the schemas."""

from __future__ import annotations

import copy
import functools
import json
import re
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from tests.workflows import nouns
from tests.workflows.openapi import NODE_MODULES

if TYPE_CHECKING:
    from tests.workflows.github import GitHub

_SAMPLE = re.compile(r"(?i)codertocat/hello-world|octo-org/octo-repo|github/hello-world")
_DEFINITIONS = {"push": "push$event", "workflow_dispatch": "workflow_dispatch$event"}


@functools.cache
def _examples() -> dict[str, list[dict[str, Any]]]:
    text = (NODE_MODULES / "@octokit" / "webhooks-examples" / "api.github.com" / "index.json").read_text(
        encoding="utf-8"
    )
    return {one["name"]: one["examples"] for one in json.loads(text)}


@functools.cache
def _schema(name: str) -> Any:
    whole = json.loads((NODE_MODULES / "@octokit" / "webhooks-schemas" / "schema.json").read_bytes())
    root = {"$schema": whole["$schema"], "definitions": whole["definitions"], "$ref": f"#/definitions/{name}"}
    return jsonschema_rs.Draft7Validator(root)


def example(hub: GitHub, event: str, action: str = "") -> dict[str, Any]:
    """Return a real event of a kind, of our repository. Some of the examples are older than the schema."""
    right = _schema(_DEFINITIONS.get(event, f"{event}${action}")).is_valid
    found = next(one for one in _examples()[event] if one.get("action", "") == action and right(one))
    text = _SAMPLE.sub(hub.repository, json.dumps(found))
    text = text.replace("https://api.github.com", hub.api).replace("https://github.com", hub.server)
    made: dict[str, Any] = json.loads(text)
    made.pop("installation", None)
    return made


def over(shape: Any, values: Any) -> Any:
    """Put values over an example: only what the example has, so that it keeps the shape that GitHub sends."""
    if isinstance(shape, dict) and isinstance(values, dict):
        return {key: over(one, values[key]) if key in values else one for key, one in shape.items()}
    return copy.deepcopy(values)


def checked(event: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Return an event that GitHub's schema accepts; fail otherwise."""
    name = _DEFINITIONS.get(event, f"{event}${payload.get('action')}")
    wrong = [f"{list(error.instance_path)}: {error.message[:300]}" for error in _schema(name).iter_errors(payload)]
    assert wrong == [], wrong
    return payload


def _complete(hub: GitHub, event: str, payload: dict[str, Any], sender: str) -> dict[str, Any]:
    place = nouns.repository_of(hub, payload["repository"])
    payload["repository"] = {**place, "private": hub.private, "url": hub.home, "clone_url": f"{hub.clone_url}.git"}
    payload["sender"] = over(payload["sender"], nouns.user(hub, sender))
    return checked(event, payload)


def push(
    hub: GitHub, before: str, after: str, sender: str, *, created: bool = False, forced: bool = False
) -> dict[str, Any]:
    """Return the event of a push to main."""
    made = example(hub, "push")
    made |= {"ref": "refs/heads/main", "before": before, "after": after, "created": created, "forced": forced}
    made |= {"deleted": False, "base_ref": None, "commits": [], "head_commit": None}
    made["pusher"]["name"] = sender
    return _complete(hub, "push", made, sender)


def pull_request(hub: GitHub, number: int, action: str, sender: str) -> dict[str, Any]:
    """Return the event of a pull request."""
    made = example(hub, "pull_request", action)
    made["pull_request"] = over(made["pull_request"], hub.pull(number))
    if action == "synchronize":
        made |= {"before": "0" * 40, "after": made["pull_request"]["head"]["sha"]}
    return _complete(hub, "pull_request", {**made, "number": number}, sender)


def issues(hub: GitHub, number: int, action: str, sender: str) -> dict[str, Any]:
    """Return the event of an issue."""
    # Of an issue that is closed there is no example: the schema alone says what is sent.
    made = {**example(hub, "issues", {"closed": "reopened"}.get(action, action)), "action": action}
    made["issue"] = over(made["issue"], hub.issues[number])
    return _complete(hub, "issues", made, sender)


def merge_group(hub: GitHub, ref: str, head: str, base: str) -> dict[str, Any]:
    """Return the event of a merge queue."""
    made = example(hub, "merge_group", "checks_requested")
    made["merge_group"] |= {"head_sha": head, "head_ref": ref, "base_sha": base, "base_ref": "refs/heads/main"}
    return _complete(hub, "merge_group", made, "mei")


def dispatch(hub: GitHub, workflow: str, ref: str, inputs: dict[str, Any] | None, sender: str) -> dict[str, Any]:
    """Return the event of a run that somebody starts."""
    made = example(hub, "workflow_dispatch")
    made |= {"workflow": f".github/workflows/{workflow}", "ref": f"refs/heads/{ref}", "inputs": inputs}
    return _complete(hub, "workflow_dispatch", made, sender)


def workflow_run(hub: GitHub, run: dict[str, Any], sender: str) -> dict[str, Any]:
    """Return the event of a run that has ended. ``run``: what is known of it (id, name, event, head_sha, conclusion …).

    The pull requests of a fork are not told: GitHub leaves the list empty.
    """
    made = example(hub, "workflow_run", "completed")
    made["workflow_run"] = over(made["workflow_run"], run)
    made["workflow"] = over(made["workflow"], {"name": run["name"], "path": run["path"]})
    return _complete(hub, "workflow_run", made, sender)


def place(hub: GitHub, name: str) -> dict[str, Any]:
    """Return what an event tells of a repository that may be a fork."""
    owner, _, short = name.partition("/")
    about = {"full_name": name, "name": short, "owner": nouns.user(hub, owner), "fork": name != hub.repository}
    return {**about, "id": 1000 + sum(name.encode())}


def schedule(hub: GitHub, cron: str) -> dict[str, Any]:
    """Return the event of a timetable, which is no webhook: its own line, and the repository."""
    made = example(hub, "workflow_dispatch")
    return {"schedule": cron, "repository": nouns.repository_of(hub, made["repository"]), "sender": made["sender"]}
