"""Opening the pull request of a branch that a workflow made, and keeping its text up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import hub

if TYPE_CHECKING:
    from github.PullRequest import PullRequest

    from faultkb.hub import Hub

MARK = "intake"
"""Names what an intake writes on GitHub: the answer in an issue, the text of its pull request."""


def find(github: Hub, branch: str) -> PullRequest | None:
    """Return the pull request of a branch of this repository: one that is open, else one that was merged, else the last."""
    found = github.pulls("all", branch)
    return max(found, key=lambda one: (one.state == "open", one.merged_at is not None, one.number), default=None)


def show(github: Hub, branch: str, title: str, body: str) -> PullRequest | None:
    """Open the pull request of a branch, or bring title and text of the open one up to date.

    None where the repository's settings do not let a workflow open one. A text whose mark somebody took away is theirs.
    """
    from github import GithubException

    body = hub.signed(hub.shortened(body), MARK)
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
    if (found.title, found.body) != (title, body) and hub.is_marked(found.body, MARK):
        found.edit(title=title, body=body)
    return found
