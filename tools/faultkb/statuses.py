"""The verdict on a commit, and the workflow that reaches it, where a push starts none by itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from faultkb import hub, moment
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from datetime import datetime

    from github.CommitStatus import CommitStatus

    from faultkb.hub import Hub

CONTEXT = "检查"
"""The name of the required check."""
_STATES = {"success": "success", "failure": "failure", "cancelled": "error", "skipped": "error"}
_WORDS = {"success": "检查通过", "failure": "检查没有通过，见运行记录", "error": "检查没有做完，见运行记录"}
RESULTS = tuple(_STATES)
"""How a job ends, in GitHub's words."""
_PATIENCE = timedelta(minutes=90)
"""A check that was ordered longer ago has died: its jobs may take 60 minutes, and wait for a runner before."""


@dataclass(frozen=True, slots=True)
class Check:
    """The workflow that checks a branch. ``now`` and ``renewed`` are in ``zone``: a failure from before ``renewed`` says nothing (None: any)."""

    workflow: str
    zone: str
    now: datetime
    renewed: datetime | None

    def stands(self, one: CommitStatus) -> bool:
        """Say whether a status still says how things are, so that nothing has to be ordered."""
        at = moment.at(int(one.updated_at.timestamp()), self.zone)
        if one.state == "pending":
            return self.now - at < _PATIENCE
        return one.state == "success" or (one.state == "failure" and self.renewed is not None and at >= self.renewed)


def order(github: Hub, check: Check, commit: str, branch: str) -> bool:
    """Have a branch checked, unless that is done or under way; say whether it is.

    The status is set after the workflow was asked for: what breaks off in between is asked for again by the next run,
    and no status is left that waits for nobody.
    """
    from github import GithubException

    try:
        found = github.repository.get_commit(commit)
        states = {one.context: one for one in found.get_combined_status().statuses}
        if CONTEXT in states and check.stands(states[CONTEXT]):
            return True
        try:
            github.repository.get_workflow(check.workflow).create_dispatch(branch, throw=True)
        except GithubException:
            found.create_status("error", description="没有启动检查，见 .github/SETUP.md", context=CONTEXT)
            return False
        found.create_status("pending", f"{hub.home()}/actions/workflows/{check.workflow}", "正在检查", CONTEXT)
    except GithubException:
        return False
    return True


def give(github: Hub, result: str) -> None:
    """Set the verdict of the run in which we are on the commit that it is about."""
    commit, run = os.environ.get("GITHUB_SHA"), os.environ.get("GITHUB_RUN_ID")
    if not (commit and run):
        raise FaultError("没有 GITHUB_SHA 或 GITHUB_RUN_ID：--verdict 由工作流运行")
    state = _STATES[result]
    github.repository.get_commit(commit).create_status(
        state, f"{hub.home()}/actions/runs/{run}", _WORDS[state], CONTEXT
    )
