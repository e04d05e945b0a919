"""Pull requests on GitHub: the one that a run was about, the files that it changes, and suggestions on their lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import hub
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from github.PullRequest import PullRequest
    from github.PullRequestComment import PullRequestComment

    from faultkb.hub import Hub

_EVENTS = ("pull_request", "workflow_dispatch")
"""What starts a run over a pull request: one that was opened with a workflow's own token has to be dispatched."""
_MARK = "suggestion"
_INTRODUCTION = "下面是 `fault check --fix` 的改法：看过之后，点 Commit suggestion 就改好了。"


class Run(NamedTuple):
    """A finished run about a pull request: what it ran on, as GitHub tells it. The name of a branch may be any text."""

    id: int
    conclusion: str
    repository: str
    owner: str
    branch: str
    sha: str


class Suggestion(NamedTuple):
    """Text to stand in the place of lines, from 1, of a file as it is in the pull request."""

    path: str
    line: int
    end_line: int
    what: str
    text: str

    @property
    def body(self) -> str:
        """The comment: GitHub makes a button of the block, whose fence is longer than any in the text."""
        fence = "```"
        while fence in self.text:
            fence += "`"
        return hub.signed(f"{self.what}\n\n{fence}suggestion\n{self.text}{fence}", _MARK)


def run(event: dict[str, Any]) -> Run | None:
    """Return the run that an event ``workflow_run`` tells of, None where it is over no pull request, or not over at all.

    Raise FaultError where the event is another.
    """
    told = event.get("workflow_run")
    if not isinstance(told, dict):
        raise FaultError("这个命令由 workflow_run 事件启动，现在的事件不是")
    home = told.get("head_repository")
    if told.get("event") not in _EVENTS or told.get("status") != "completed" or not home:  # a fork may be gone
        return None
    return Run(
        int(told["id"]),
        str(told["conclusion"]),
        str(home["full_name"]),
        str(home["owner"]["login"]),
        str(told["head_branch"]),
        str(told["head_sha"]),
    )


def find(place: Hub, one: Run) -> PullRequest | None:
    """Return the open pull request whose last commit a run was about; None where it was closed or pushed again since.

    GitHub names no pull request in the event where the branch is that of a fork. Only those to the main branch are
    checked: what a run says of a commit is no verdict on a pull request to another.
    """
    main = place.repository.default_branch
    every = place.repository.get_pulls(state="open", base=main, head=f"{one.owner}:{one.branch}")
    found = [
        pull
        for pull in every
        if pull.state == "open"
        and pull.base.ref == main
        and pull.head.sha == one.sha
        and pull.head.ref == one.branch
        and getattr(pull.head.repo, "full_name", "") == one.repository  # None where a fork is gone
    ]
    return min(found, key=lambda pull: pull.number, default=None)


class Files(NamedTuple):
    """The files that a pull request changes: the patch of each, empty where GitHub shows none; all names, old ones too."""

    patches: dict[str, str]
    names: frozenset[str]
    is_complete: bool


def files(place: Hub, pull: PullRequest, one: Run) -> Files | None:
    """Return the files that a pull request changed when a run looked at it; None where it was pushed again since.

    GitHub lists those of now, and no more than 3,000: a push in the meantime could hide that a run was by other code.
    """
    every = list(pull.get_files())
    if place.repository.get_pull(pull.number).head.sha != one.sha:
        return None
    names = {name for one in every for name in (one.filename, one.previous_filename) if name}
    return Files({one.filename: one.patch or "" for one in every}, frozenset(names), len(every) >= pull.changed_files)


def suggest(place: Hub, pull: PullRequest, sha: str, wanted: Sequence[Suggestion]) -> None:
    """Let these be our suggestions: new ones in one review, those that stand already left alone, others taken away.

    One that somebody has answered stays: with it the answer would go.
    """
    comments = list(pull.get_review_comments())
    own = [one for one in comments if place.is_own(one.user) and hub.is_marked(one.body, _MARK)]
    spots = {(one.path, one.line, one.end_line, one.body): one for one in wanted}
    standing = {spot: one for one in own if (spot := _spot(one)) in spots}
    stale = [one for one in own if one not in standing.values()]
    answered = {one.in_reply_to_id for one in comments if one not in own} if stale else set()
    for one in stale:
        if one.id not in answered:
            one.delete()
    fresh = [one for spot, one in spots.items() if spot not in standing]
    if fresh:
        commit = place.repository.get_commit(sha)
        pull.create_review(commit=commit, body=_INTRODUCTION, event="COMMENT", comments=[_placed(one) for one in fresh])


def _spot(one: PullRequestComment) -> tuple[str, int, int, str]:
    """Return where a comment stands now, no line if that line is gone, and what it says."""
    line = one.line or 0
    return one.path, one.start_line or line, line, one.body.replace("\r\n", "\n").strip()


def _placed(one: Suggestion) -> Any:
    start = {"start_line": one.line, "start_side": "RIGHT"} if one.line < one.end_line else {}
    return {"path": one.path, "line": one.end_line, "side": "RIGHT", "body": one.body, **start}
