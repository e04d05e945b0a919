"""What the stand-in for GitHub does for each operation, by the name that the description gives it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.workflows import nouns, patches

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.workflows.github import GitHub


@dataclass
class Call:
    """A request that the description allows: the values of its path and query, its body, and in whose name it comes.

    What an operation takes from ``query`` it honours; the rest would be ignored in silence, which is a problem.
    """

    path: dict[str, Any]
    query: dict[str, Any]
    body: dict[str, Any]
    accept: str
    actor: str


class Refused(Exception):  # noqa: N818 - an answer, not a failure
    """An answer that says no."""

    def __init__(self, status: int, message: str, error: dict[str, Any] | None = None) -> None:
        body = {"message": message, "documentation_url": "https://docs.github.com/rest", "status": str(status)}
        super().__init__(message)
        self.status, self.body = status, {**body, **({"errors": [error]} if error else {})}


HANDLERS: dict[str, Any] = {}
NOT_FOUND = "Not Found"
_LONGEST, _LONGEST_TITLE, _LONGEST_LABEL = 65_536, 256, 50


def answers(name: str) -> Callable[[Any], Any]:
    """Register what answers an operation."""

    def register(handler: Any) -> Any:
        HANDLERS[name] = handler
        return handler

    return register


def invalid(resource: str, field: str, message: str = "", code: str = "invalid") -> Refused:
    """Return GitHub's answer to a value that it does not accept."""
    told = {"resource": resource, "field": field, "code": code, "message": message or f"{field} is {code}"}
    return Refused(422, "Validation Failed", told)


def one(items: dict[Any, Any], key: Any) -> Any:
    """Return an item or refuse."""
    if key not in items:
        raise Refused(404, NOT_FOUND)
    return items[key]


def newest_first(items: list[dict[str, Any]], query: dict[str, Any]) -> list[dict[str, Any]]:
    """Sort as the query asks; without a word, what was made last comes first."""
    key = {"updated": "updated_at"}.get(query.pop("sort", "created"), "created_at")
    down = query.pop("direction", "desc") == "desc"
    return sorted(items, key=lambda item: (item[key], item["number"]), reverse=down)


@answers("repos/get")
def repository(hub: GitHub, _: Call) -> tuple[int, Any]:
    """The repository."""
    made = nouns.repository_of(hub, nouns.sample(hub, "full-repository-default-response"))
    ours = {"url": hub.home, "language": "Python", "has_issues": True, "fork": False}
    ours |= {"private": hub.private, "visibility": "private" if hub.private else "public"}
    return 200, {
        key: value for key, value in (made | ours).items() if key not in {"parent", "source", "template_repository"}
    }


@answers("repos/get-collaborator-permission-level")
def permission(hub: GitHub, call: Call) -> tuple[int, Any]:
    """What somebody may do here: read, if the test says so, else write."""
    level = "read" if call.path["username"] in hub.readers else "write"
    made = nouns.sample(hub, "repository-collaborator-permission-response-if-user-has-admin-permissions")
    user = {**made["user"], **nouns.user(hub, call.path["username"]), "role_name": level}
    return 200, {**made, "permission": level, "role_name": level, "user": user}


@answers("users/get-authenticated")
def me(hub: GitHub, call: Call) -> tuple[int, Any]:
    """Whose token it is."""
    made = nouns.sample(hub, "private-user-response-with-public-and-private-profile-information")
    return 200, {**made, **nouns.user(hub, call.actor), "user_view_type": "private"}


@answers("issues/list-for-repo")
def issues(hub: GitHub, call: Call) -> tuple[int, Any]:
    """Issues and pulls, filtered."""
    state, since = call.query.pop("state", "open"), call.query.pop("since", "")
    names, creator = set(call.query.pop("labels", "").split(",")) - {""}, call.query.pop("creator", None)
    found = [
        item
        for item in hub.issues.values()
        if state in {"all", item["state"]}
        and names <= {label["name"] for label in item["labels"]}
        and creator in {None, item["user"]["login"]}
        and item["updated_at"] >= since
    ]
    return 200, [nouns.rendered(hub, item, call.accept) for item in newest_first(found, call.query)]


@answers("issues/get")
def issue(hub: GitHub, call: Call) -> tuple[int, Any]:
    """One issue."""
    return 200, nouns.rendered(hub, one(hub.issues, call.path["issue_number"]), call.accept)


@answers("issues/create")
def create_issue(hub: GitHub, call: Call) -> tuple[int, Any]:
    """A new issue; labels that do not exist are made."""
    body = call.body.get("body") or ""
    short(body, "Issue")
    titled(call, "Issue")
    names = [item["name"] if isinstance(item, dict) else item for item in call.body.get("labels", [])]
    for name in names:
        known(hub, name)
    number = hub.add_issue(body, title=str(call.body["title"]), user=call.actor, labels=names)
    hub.issues[number]["assignees"] = [nouns.user(hub, login) for login in call.body.get("assignees", [])]
    return 201, nouns.rendered(hub, hub.issues[number], call.accept)


@answers("issues/update")
def update_issue(hub: GitHub, call: Call) -> tuple[int, Any]:
    """What is given replaces what was there."""
    item = one(hub.issues, call.path["issue_number"])
    short(call.body.get("body") or "", "Issue")
    titled(call, "Issue")
    if "labels" in call.body:
        item["labels"] = [known(hub, name) for name in call.body["labels"]]
    if "assignees" in call.body:
        item["assignees"] = [nouns.user(hub, login) for login in call.body["assignees"]]
    item.update({key: call.body[key] for key in ("title", "body", "state", "state_reason") if key in call.body})
    item.update(updated_at=hub.now(), closed_at=hub.now() if item["state"] == "closed" else None)
    return 200, nouns.rendered(hub, item, call.accept)


def short(text: str, resource: str) -> None:
    """Refuse a text that is too long."""
    if len(text) > _LONGEST:
        raise invalid(resource, "body", "body is too long (maximum is 65536 characters)")


def titled(call: Call, resource: str) -> None:
    """Refuse a title that is given and says nothing or too much."""
    title = str(call.body.get("title", "-"))
    if not title.strip():
        raise invalid(resource, "title", code="missing_field")
    if len(title) > _LONGEST_TITLE:
        raise invalid(resource, "title", "title is too long (maximum is 256 characters)", "custom")


def known(hub: GitHub, name: str) -> dict[str, Any]:
    """Return a label, made where there is none and its name can be one."""
    if not name.strip():
        raise invalid("Label", "name", code="missing_field")
    if len(name) > _LONGEST_LABEL:
        raise invalid("Label", "name", "name is too long (maximum is 50 characters)", "custom")
    return hub.labels.setdefault(name, nouns.label(hub, name))


@answers("issues/list-comments")
def comments(hub: GitHub, call: Call) -> tuple[int, Any]:
    """The comments under an issue, the oldest first."""
    one(hub.issues, call.path["issue_number"])
    since = call.query.pop("since", "")
    listed = hub.comments(call.path["issue_number"])
    return 200, [nouns.rendered(hub, item, call.accept) for item in listed if item["updated_at"] >= since]


@answers("issues/create-comment")
def create_comment(hub: GitHub, call: Call) -> tuple[int, Any]:
    """A new comment."""
    one(hub.issues, call.path["issue_number"])
    said(call)
    identity = hub.add_comment(call.path["issue_number"], call.body["body"], user=call.actor)
    return 201, nouns.rendered(hub, hub.all_comments[identity], call.accept)


def said(call: Call) -> None:
    """Refuse a comment that says nothing or too much."""
    if not call.body["body"].strip():
        raise invalid("IssueComment", "body", code="missing_field")
    short(call.body["body"], "IssueComment")


@answers("issues/get-comment")
def comment(hub: GitHub, call: Call) -> tuple[int, Any]:
    """One comment."""
    return 200, nouns.rendered(hub, one(hub.all_comments, call.path["comment_id"]), call.accept)


@answers("issues/update-comment")
def update_comment(hub: GitHub, call: Call) -> tuple[int, Any]:
    """Another text."""
    item = one(hub.all_comments, call.path["comment_id"])
    said(call)
    item.update(body=call.body["body"], updated_at=hub.now())
    return 200, nouns.rendered(hub, item, call.accept)


@answers("issues/delete-comment")
def delete_comment(hub: GitHub, call: Call) -> tuple[int, Any]:
    """Gone."""
    item = one(hub.all_comments, call.path["comment_id"])
    hub.issues[item["_number"]]["comments"] -= 1
    del hub.all_comments[call.path["comment_id"]]
    return 204, None


@answers("issues/list-labels-for-repo")
def labels(hub: GitHub, _: Call) -> tuple[int, Any]:
    """All labels."""
    return 200, list(hub.labels.values())


@answers("issues/get-label")
def label(hub: GitHub, call: Call) -> tuple[int, Any]:
    """One label."""
    return 200, one(hub.labels, call.path["name"])


@answers("issues/create-label")
def create_label(hub: GitHub, call: Call) -> tuple[int, Any]:
    """A new label."""
    name = call.body["name"]
    if name in hub.labels:
        raise invalid("Label", "name", code="already_exists")
    known(hub, name)
    hub.labels[name] = nouns.label(hub, name, call.body.get("color", "ededed"), call.body.get("description"))
    return 201, hub.labels[name]


@answers("issues/add-labels")
def add_labels(hub: GitHub, call: Call) -> tuple[int, Any]:
    """More labels on an issue."""
    item = one(hub.issues, call.path["issue_number"])
    given = call.body.get("labels", []) if isinstance(call.body, dict) else call.body
    names = [name["name"] if isinstance(name, dict) else name for name in given]
    item["labels"] += [known(hub, name) for name in names if known(hub, name) not in item["labels"]]
    return 200, item["labels"]


@answers("issues/remove-label")
def remove_label(hub: GitHub, call: Call) -> tuple[int, Any]:
    """One label less on an issue."""
    item = one(hub.issues, call.path["issue_number"])
    kept = [label for label in item["labels"] if label["name"] != call.path["name"]]
    if len(kept) == len(item["labels"]):
        raise Refused(404, "Label does not exist")
    item["labels"] = kept
    return 200, kept


@answers("repos/create-commit-status")
def create_status(hub: GitHub, call: Call) -> tuple[int, Any]:
    """A verdict about a commit, which must exist."""
    sha = call.path["sha"]
    if hub.remote and not patches.has(hub.remote, sha):
        raise Refused(422, f"No commit found for SHA: {sha}")
    if len(call.body.get("description") or "") > 140:
        raise invalid("Status", "description", "description is too long (maximum is 140 characters)")
    over = {"id": hub.next(), "created_at": hub.now(), "updated_at": hub.now(), "creator": nouns.user(hub, call.actor)}
    given = {"description": None, "target_url": None, "context": "default", **call.body}
    made = {**nouns.sample(hub, "status"), "url": f"{hub.home}/statuses/{sha}", **over, **given}
    hub.statuses.append({**made, "_sha": sha})
    return 201, made


@answers("repos/list-commit-statuses-for-ref")
def statuses(hub: GitHub, call: Call) -> tuple[int, Any]:
    """The verdicts about a commit, the newest first."""
    found = [item for item in reversed(hub.statuses) if item["_sha"] == call.path["ref"]]
    return 200, [{key: value for key, value in item.items() if key != "_sha"} for item in found]


@answers("repos/get-combined-status-for-ref")
def combined_status(hub: GitHub, call: Call) -> tuple[int, Any]:
    """The newest verdict of each kind about a commit, and what they add up to."""
    _, every = statuses(hub, call)
    newest = list({item["context"]: item for item in reversed(every)}.values())
    states = {item["state"] for item in newest}
    state = "failure" if states & {"failure", "error"} else "success" if states == {"success"} else "pending"
    made = nouns.sample(hub, "combined-commit-status")
    # A status in this list has no creator.
    plain = [{key: value for key, value in item.items() if key != "creator"} for item in newest]
    return 200, {**made, "state": state, "statuses": plain, "sha": call.path["ref"], "total_count": len(newest)}


@answers("actions/get-workflow")
def workflow(hub: GitHub, call: Call) -> tuple[int, Any]:
    """A workflow, by the name of its file."""
    name = str(call.path["workflow_id"])
    over = {"path": f".github/workflows/{name}", "url": f"{hub.home}/actions/workflows/{name}", "state": "active"}
    return 200, {**nouns.sample(hub, "workflow"), **over, "name": name.partition(".")[0]}


@answers("actions/create-workflow-dispatch")
def dispatch(hub: GitHub, call: Call) -> tuple[int, Any]:
    """A run that is started; its branch or tag must exist."""
    ref = call.body["ref"].removeprefix("refs/heads/")
    if hub.remote and not patches.sha(hub.remote, f"refs/heads/{ref}"):
        raise Refused(422, f"No ref found for: {call.body['ref']}")
    run = hub.next()
    hub.dispatches.append({"workflow": str(call.path["workflow_id"]), "actor": call.actor, "run": run, **call.body})
    if not call.body.get("return_run_details"):
        return 204, None
    place = f"{hub.server}/{hub.repository}/actions/runs/{run}"
    return 200, {"workflow_run_id": run, "run_url": f"{hub.home}/actions/runs/{run}", "html_url": place}


@answers("git/get-ref")
def ref(hub: GitHub, call: Call) -> tuple[int, Any]:
    """A ref of the remote."""
    name = f"refs/{call.path['ref']}"
    found = patches.sha(hub.remote, name) if hub.remote else ""
    if not found:
        raise Refused(404, NOT_FOUND)
    made = nouns.sample(hub, "git-ref")
    named = {"type": "commit", "sha": found, "url": f"{hub.home}/git/commits/{found}"}
    return 200, {**made, "ref": name, "url": f"{hub.home}/git/{name}", "object": named}


@answers("git/delete-ref")
def delete_ref(hub: GitHub, call: Call) -> tuple[int, Any]:
    """A branch that goes."""
    name = f"refs/{call.path['ref']}"
    if not hub.remote or not patches.sha(hub.remote, name):
        raise Refused(422, "Reference does not exist")
    patches.git(hub.remote, "update-ref", "-d", name)
    return 204, None


@answers("actions/list-workflow-run-artifacts")
def artifacts(hub: GitHub, call: Call) -> tuple[int, Any]:
    """What a run has left."""
    made, wanted_name = nouns.sample(hub, "artifact-paginated")["artifacts"][0], call.query.pop("name", None)
    found = [
        {**made, "name": name, "size_in_bytes": len(data), "expired": False}
        for name, data in hub.artifacts.get(call.path["run_id"], [])
        if wanted_name in {None, name}
    ]
    return 200, {"total_count": len(found), "artifacts": found}
