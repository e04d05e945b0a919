"""What the stand-in for GitHub does for pull requests, their files, reviews and comments on lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.workflows import nouns, patches
from tests.workflows.answers import (
    HANDLERS,
    NOT_FOUND,
    Call,
    Refused,
    answers,
    invalid,
    newest_first,
    one,
    short,
    titled,
)

if TYPE_CHECKING:
    from tests.workflows.github import GitHub

__all__ = ["HANDLERS"]


@answers("pulls/list")
def pulls(hub: GitHub, call: Call) -> tuple[int, Any]:
    """Pull requests, filtered. A head without an owner filters nothing, which is how GitHub takes it."""
    state, head, base = (call.query.pop(*pair) for pair in (("state", "open"), ("head", ""), ("base", "")))
    found = [hub.pull(number) for number in hub.pulls]
    kept = [
        pull
        for pull in found
        if state in {"all", pull["state"]}
        and (":" not in head or head == pull["head"]["label"])
        and base in {"", pull["base"]["ref"]}
    ]
    return 200, [nouns.short_pull(hub, pull) for pull in newest_first(kept, call.query)]


@answers("pulls/get")
def pull(hub: GitHub, call: Call) -> tuple[int, Any]:
    """One pull request."""
    return 200, hub.pull(wanted(hub, call))


def wanted(hub: GitHub, call: Call) -> int:
    """Return the number of a pull request that exists."""
    number: int = call.path["pull_number"]
    if number not in hub.pulls:
        raise Refused(404, NOT_FOUND)
    return number


@answers("pulls/create")
def create_pull(hub: GitHub, call: Call) -> tuple[int, Any]:
    """A new pull request: its branch exists, is ahead of its base, and has none yet."""
    head, base = call.body["head"].rpartition(":")[2], call.body["base"]
    if hub.remote:
        tips = [patches.sha(hub.remote, f"refs/heads/{name}") for name in (head, base)]
        for tip, field in zip(tips, ("head", "base"), strict=True):
            if not tip:
                raise invalid("PullRequest", field)
        if patches.git(hub.remote, "merge-base", *tips) == tips[0]:
            raise invalid("PullRequest", "head", f"No commits between {base} and {head}", "custom")
    both = {(one["head"]["ref"], one["base"]["ref"]) for one in map(hub.pull, hub.pulls) if one["state"] == "open"}
    if (head, base) in both:
        owner = hub.repository.partition("/")[0]
        raise invalid("PullRequest", "head", f"A pull request already exists for {owner}:{head}.", "custom")
    short(call.body.get("body") or "", "PullRequest")
    titled(call, "PullRequest")
    number = hub.add_pull(head, base=base, title=call.body["title"], body=call.body.get("body") or "", user=call.actor)
    return 201, hub.pull(number)


@answers("pulls/update")
def update_pull(hub: GitHub, call: Call) -> tuple[int, Any]:
    """What is given replaces what was there."""
    item = hub.issues[wanted(hub, call)]
    short(call.body.get("body") or "", "PullRequest")
    titled(call, "PullRequest")
    item.update({key: call.body[key] for key in ("title", "body", "state") if key in call.body})
    item.update(updated_at=hub.now(), closed_at=hub.now() if item["state"] == "closed" else None)
    return 200, hub.pull(item["number"])


@answers("pulls/list-files")
def pull_files(hub: GitHub, call: Call) -> tuple[int, Any]:
    """The files that a pull request changes."""
    number = wanted(hub, call)
    made, at = nouns.sample(hub, "diff-entry-items")[0], hub.pull(number)["head"]["sha"]
    made.pop("patch")
    places = {"blob_url": "{}/{}/blob/{}/{}", "raw_url": "{}/{}/raw/{}/{}"}
    return 200, [
        {
            **made,
            **{key: text.format(hub.server, hub.repository, at, file["filename"]) for key, text in places.items()},
            "contents_url": f"{hub.home}/contents/{file['filename']}?ref={at}",
            **file,
        }
        for file in hub.changed(number)
    ]


@answers("pulls/create-review")
def create_review(hub: GitHub, call: Call) -> tuple[int, Any]:
    """A review with comments on lines that are in the diff."""
    number = wanted(hub, call)
    pull, event = hub.pull(number), call.body.get("event")
    at = call.body.get("commit_id") or pull["head"]["sha"]
    if event in {"COMMENT", "REQUEST_CHANGES"} and not (call.body.get("body") or call.body.get("comments")):
        raise Refused(422, "Unprocessable Entity: a review needs a text")
    if event == "APPROVE" and call.actor == pull["user"]["login"]:
        raise Refused(422, "Can not approve your own pull request")
    for mark in call.body.get("comments", []):
        on_a_line(hub, number, mark)
    identity = hub.next()
    states = {"COMMENT": "COMMENTED", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED"}
    made = nouns.sample(hub, "pull-request-review", pulls=number, pull=number)
    made |= {"id": identity, "user": nouns.user(hub, call.actor), "body": call.body.get("body", ""), "commit_id": at}
    made |= {"state": states.get(event or "", "PENDING"), "submitted_at": hub.now(), "author_association": "NONE"}
    hub.reviews.append({**made, "_number": number})
    for mark in call.body.get("comments", []):
        hub.add_review_comment(number, mark, user=call.actor, review=identity, commit=at)
    return 200, made


def on_a_line(hub: GitHub, number: int, mark: dict[str, Any]) -> None:
    """Refuse a comment on a line that the diff does not show, or one that spans hunks."""
    if "position" in mark:
        raise Refused(422, "the stand-in knows lines, not positions")
    file = next((file for file in hub.changed(number) if file["filename"] == mark["path"]), None)
    if file is None or "line" not in mark:
        raise Refused(422, "Pull request review thread path is invalid" if file is None else "line is missing")
    hunks = patches.commentable(file.get("patch", ""))[mark.get("side", "RIGHT")]
    first, last = mark.get("start_line", mark["line"]), mark["line"]
    if "start_line" in mark and first >= last:
        raise Refused(422, "Pull request review thread start line must precede the end line.")
    if not any({first, last} <= hunk for hunk in hunks):
        raise Refused(422, "Pull request review thread line must be part of the diff")


@answers("pulls/list-reviews")
def reviews(hub: GitHub, call: Call) -> tuple[int, Any]:
    """The reviews of a pull request."""
    number = wanted(hub, call)
    return 200, [
        {key: value for key, value in item.items() if key != "_number"}
        for item in hub.reviews
        if item["_number"] == number
    ]


@answers("pulls/list-review-comments")
def review_comments(hub: GitHub, call: Call) -> tuple[int, Any]:
    """The comments on lines of a pull request, the oldest first."""
    return 200, [nouns.rendered(hub, item, call.accept) for item in hub.review_comments(wanted(hub, call))]


@answers("pulls/get-review-comment")
def review_comment(hub: GitHub, call: Call) -> tuple[int, Any]:
    """One comment on a line."""
    return 200, nouns.rendered(hub, one(hub.all_review_comments, call.path["comment_id"]), call.accept)


@answers("pulls/update-review-comment")
def update_review_comment(hub: GitHub, call: Call) -> tuple[int, Any]:
    """Another text."""
    item = one(hub.all_review_comments, call.path["comment_id"])
    item.update(body=call.body["body"], updated_at=hub.now())
    return 200, nouns.rendered(hub, item, call.accept)


@answers("pulls/delete-review-comment")
def delete_review_comment(hub: GitHub, call: Call) -> tuple[int, Any]:
    """Gone."""
    one(hub.all_review_comments, call.path["comment_id"])
    del hub.all_review_comments[call.path["comment_id"]]
    return 204, None
