"""Opening the pull request of a branch that a workflow made, and the verdict on its commit where no workflow starts by itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from faultkb import hub
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from github.PullRequest import PullRequest

    from faultkb.hub import Hub

CONTEXT = "检查"
"""The name of the required check."""
_STATES = {"success": "success", "failure": "failure", "cancelled": "error", "skipped": "error"}
_WORDS = {"success": "检查通过", "failure": "检查没有通过，见运行记录", "error": "检查没有做完，见运行记录"}
RESULTS = tuple(_STATES)
"""How a job ends, in GitHub's words."""
_MARK = "intake"


def find(github: Hub, branch: str) -> PullRequest | None:
    """Return the pull request of a branch of this repository: one that is open, else one that was merged, else the last."""
    name = github.repository.full_name
    every = github.repository.get_pulls(state="all", head=f"{name.partition('/')[0]}:{branch}")
    # A fork that is deleted has no repository any more.
    own = [one for one in every if one.head.ref == branch and getattr(one.head.repo, "full_name", "") == name]
    return max(own, key=lambda one: (one.state == "open", one.merged_at is not None, one.number), default=None)


def show(github: Hub, branch: str, title: str, body: str) -> PullRequest | None:
    """Open the pull request of a branch, or bring title and text of the open one up to date.

    None where the repository's settings do not let a workflow open one. A text whose mark somebody took away is theirs.
    """
    from github import GithubException

    body = hub.signed(hub.shortened(body), _MARK)
    found = find(github, branch)
    try:
        if found is None:
            return github.repository.create_pull(github.repository.default_branch, branch, title=title, body=body)
    except GithubException as error:
        if error.status == 403:  # noqa: PLR2004 - Actions may not open pull requests here
            return None
        found = find(github, branch)  # another run was quicker
        if found is None:
            raise
    if (found.title, found.body) != (title, body) and hub.is_marked(found.body, _MARK):
        found.edit(title=title, body=body)
    return found


def order(github: Hub, commit: str, branch: str, workflow: str) -> bool:
    """Have a branch checked, unless that is done or under way; say whether it is.

    The status is set after the workflow was asked for: what breaks off in between is asked for again by the next run,
    and no status is left that waits for nobody.
    """
    from github import GithubException

    try:
        found = github.repository.get_commit(commit)
        states = {one.context: one.state for one in found.get_combined_status().statuses}
        if states.get(CONTEXT, "error") != "error":
            return True
        try:
            github.repository.get_workflow(workflow).create_dispatch(branch, throw=True)
        except GithubException:
            found.create_status("error", description="没有启动检查，见 .github/SETUP.md", context=CONTEXT)
            return False
        found.create_status("pending", f"{_home()}/actions/workflows/{workflow}", "正在检查", CONTEXT)
    except GithubException:
        return False
    return True


def give(github: Hub, result: str) -> None:
    """Set the verdict of the run in which we are on the commit that it is about."""
    commit, run = os.environ.get("GITHUB_SHA"), os.environ.get("GITHUB_RUN_ID")
    if not (commit and run):
        raise FaultError("没有 GITHUB_SHA 或 GITHUB_RUN_ID：--verdict 由工作流运行")
    state = _STATES[result]
    found = github.repository.get_commit(commit)
    found.create_status(state, f"{_home()}/actions/runs/{run}", _WORDS[state], CONTEXT)


def _home() -> str:
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
    return f"{server}/{os.environ['GITHUB_REPOSITORY']}"
