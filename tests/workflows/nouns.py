"""What GitHub answers with: the examples of its description, with the values of our repository put over them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markdown_it import MarkdownIt

from tests.workflows.openapi import description

if TYPE_CHECKING:
    from tests.workflows.github import GitHub

_ROBOTS = {"github-actions[bot]": 41898282}
_SAMPLE = re.compile(r"octocat/Hello-World|octocat/example|octo-org/octo-(?:docs|repo)")


def sample(hub: GitHub, name: str, **numbers: object) -> Any:
    """Return an example with the addresses of our repository. ``issues=12`` makes ``…/issues/1347`` that of issue 12."""
    text = _SAMPLE.sub(hub.repository, json.dumps(description().example(name)))
    text = text.replace("https://api.github.com", hub.api).replace("https://github.com", hub.server)
    for kind, number in numbers.items():
        text = re.sub(rf"/{kind}/\w+\b", f"/{kind}/{number}", text)
    return json.loads(text)


def user(hub: GitHub, login: str) -> dict[str, Any]:
    """Return a person or a bot; ids are the same in each run."""
    text = json.dumps(sample(hub, "issue")["user"]).replace("octocat", quote(login))
    number = _ROBOTS.get(login) or 1000 + sum(login.encode())
    return {**json.loads(text), "login": login, "id": number, "type": "Bot" if login.endswith("[bot]") else "User"}


def label(hub: GitHub, name: str, color: str = "ededed", text: str | None = None) -> dict[str, Any]:
    """Return a label."""
    over = {
        "name": name,
        "color": color,
        "description": text,
        "default": False,
        "url": f"{hub.home}/labels/{quote(name)}",
    }
    return {**sample(hub, "label"), **over, "id": 5000 + len(hub.labels)}


def issue(hub: GitHub, number: int, **values: Any) -> dict[str, Any]:
    """Return a new issue, open and without comments."""
    now = hub.now()
    nothing = {"milestone": None, "assignee": None, "assignees": [], "labels": [], "comments": 0, "locked": False}
    ended = {"closed_at": None, "closed_by": None, "state": "open", "state_reason": None, "active_lock_reason": None}
    made = sample(hub, "issue", issues=number, pull=number, pulls=number)
    made.pop("pull_request")
    return {
        **made,
        **nothing,
        **ended,
        "id": 9000 + number,
        "number": number,
        "created_at": now,
        "updated_at": now,
        **values,
    }


def comment(hub: GitHub, identity: int, number: int, **values: Any) -> dict[str, Any]:
    """Return a new comment under an issue."""
    now, made = hub.now(), sample(hub, "issue-comment", issues=number)
    addresses = {
        "url": f"{hub.home}/issues/comments/{identity}",
        "html_url": f"{hub.server}/{hub.repository}/issues/{number}#issuecomment-{identity}",
        "issue_url": f"{hub.home}/issues/{number}",
    }
    return {**made, **addresses, "id": identity, "created_at": now, "updated_at": now, **values}


def pull(hub: GitHub, about: dict[str, Any], head: dict[str, Any], base: dict[str, Any]) -> dict[str, Any]:
    """Return a pull request as it stands now: what an issue says of it, and its two branches."""
    number = about["number"]
    made = sample(hub, "pull-request", pulls=number, pull=number, issues=number)
    same = ("title", "body", "user", "state", "created_at", "updated_at", "closed_at", "labels", "locked", "comments")
    made |= {key: about[key] for key in same}
    made |= {
        "id": 7000 + number,
        "number": number,
        "merged": False,
        "merged_at": about.get("pull_request", {}).get("merged_at"),
        "merged_by": None,
        "draft": False,
    }
    made |= {"milestone": None, "assignee": None, "assignees": [], "requested_reviewers": [], "requested_teams": []}
    made |= {"active_lock_reason": None, "statuses_url": f"{hub.home}/statuses/{head['sha']}", "auto_merge": None}
    made["_links"]["statuses"]["href"] = made["statuses_url"]
    for side, values in (("head", head), ("base", base)):
        login = values["repository"].partition("/")[0]
        place = {"full_name": values["repository"], "fork": values["repository"] != hub.repository}
        made[side] |= {"label": f"{login}:{values['ref']}", "ref": values["ref"], "sha": values["sha"]}
        made[side] |= {"user": user(hub, login), "repo": {**repository_of(hub, made[side]["repo"]), **place}}
    return made


def repository_of(hub: GitHub, made: dict[str, Any]) -> dict[str, Any]:
    """Return a repository with our name and our main branch."""
    owner, _, name = hub.repository.partition("/")
    return {**made, "name": name, "full_name": hub.repository, "owner": user(hub, owner), "default_branch": "main"}


def short_pull(hub: GitHub, whole: dict[str, Any]) -> dict[str, Any]:
    """Return a pull request as a list has it: without what only the single one tells."""
    return {key: whole[key] for key in {"_links", *sample(hub, "pull-request-simple-items")[0]} if key in whole}


def review_comment(hub: GitHub, identity: int, number: int, **values: Any) -> dict[str, Any]:
    """Return a new comment on a line of a pull request."""
    now = hub.now()
    made = sample(hub, "pull-request-review-comment-items", pulls=number, pull=number)[0]
    made |= {"url": f"{hub.home}/pulls/comments/{identity}", "id": identity, "created_at": now, "updated_at": now}
    made["_links"]["self"]["href"] = made["url"]
    for key in ("in_reply_to_id", "start_line", "original_start_line", "start_side"):
        made.pop(key)
    return {**made, **values}


def rendered(hub: GitHub, item: dict[str, Any], accept: str) -> dict[str, Any]:
    """Return an issue or a comment in the media type that was asked for: with the HTML of its body, or the text.

    In the HTML an uploaded picture has the address from which a browser gets it without a login.
    """
    kind = re.search(r"github(?:\.v3)?\.(raw|text|html|full)\+json", accept)
    shown = {key: value for key, value in item.items() if key not in {"_html", "_number"}}
    if kind is None or kind[1] == "raw":
        return shown
    body = item.get("body") or ""
    html = item.get("_html") or MarkdownIt("commonmark", {"html": True}).enable("table").render(body)
    for address, asset in hub.assets.items():
        html = html.replace(f"{hub.server}{address}", asset.signed)
    extra = {"body_html": html, "body_text": re.sub("<[^>]+>", "", html)}
    if kind[1] != "full":
        shown.pop("body", None)
        extra = {f"body_{kind[1]}": extra[f"body_{kind[1]}"]}
    return {**shown, **extra}
