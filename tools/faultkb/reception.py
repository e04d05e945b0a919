"""What is to be done with an issue: left alone, answered, or filed; a form that is closed or deleted is asked about."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from faultkb import counter, opening
from faultkb.finding import FaultError
from faultkb.render import answer, aside
from faultkb.validation import FAULT_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from github.PullRequest import PullRequest

    from faultkb.counter import Issue
    from faultkb.desk import Desk
    from faultkb.hub import Hub

_ROUNDS = 3
"""Runs of one issue that may be quicker than ours."""
_ASIDE = "intake-closed"
"""Names the comment in a pull request whose form is closed."""
_MEMBERS = {"OWNER", "MEMBER", "COLLABORATOR"}


def serve(desk: Desk, event: Mapping[str, Any]) -> str:
    """Treat an issue and return what was done, in fixed words. Raise FaultError where it could not be."""
    told = event.get("issue") or {}
    action = str(event.get("action", "")) if told.get("number") == desk.number else ""
    desk = replace(desk, is_asked=desk.is_asked or action == "reopened")
    for _ in range(_ROUNDS):
        word = _once(desk, event, action)
        if word:
            return word
    desk.fail()
    raise FaultError("没有登记：别的运行一直在改同一个分支；请再运行一次", code=1)


def _once(desk: Desk, event: Mapping[str, Any], action: str) -> str:
    """Treat an issue; empty where another run was quicker."""
    if action == "deleted":
        return _withdrawn(replace(desk, pull=opening.find(desk.github, desk.branch)), is_deleted=True)
    data = counter.newer(desk.github.issue(desk.number), event)
    issue = counter.read(data, desk.words.timezone)
    if issue.is_pull:
        return f"#{issue.number} 不是登记表单，没有处理"
    if not _may_file(desk.github, data):
        return f"#{issue.number} 的登记人不是仓库的成员，没有处理"
    desk = replace(desk, as_of=max(desk.as_of, issue.created), pull=opening.find(desk.github, desk.branch))
    is_form = counter.is_form(desk.words, issue)
    is_new = desk.pull is None and not (is_form and issue.is_open)
    if is_new and not desk.github.said(issue.number, opening.MARK):
        return f"#{issue.number} {'已经关闭' if is_form else '不是登记表单'}，没有处理"
    return _treated(desk, issue, action, is_form=is_form)


def _may_file(github: Hub, data: Mapping[str, Any]) -> bool:
    """Say whether an author may have branches made: where everybody may write an issue, a member may."""
    repository = github.repository
    is_public = not repository.private and repository.visibility == "public"
    return not is_public or data.get("author_association") in _MEMBERS


def _treated(desk: Desk, issue: Issue, action: str, *, is_form: bool) -> str:
    """Answer an issue that is a form, or was one, or file it. What is private comes first, whatever else there is."""
    name = f"#{issue.number}"
    said = counter.judge(desk.root, desk.words, issue, desk.as_of)
    if said.private:
        desk.say(answer.exposed(said.private, desk.place))
        return f"{name} 里有个人信息，没有登记，已回复"
    if desk.pull and desk.pull.state != "open":
        return _ended(desk, desk.pull, action)
    if not issue.is_open:
        return _withdrawn(desk, is_deleted=False)
    if desk.pull and desk.github.said(desk.pull.number, _ASIDE):
        desk.github.say(desk.pull.number, _ASIDE, aside.resumed(desk.number))
    if not is_form:
        desk.say(answer.unreadable(desk.place))
        return f"{name} 认不出栏目，没有登记，已回复"
    if said.wrong:
        desk.say(answer.rejected(said, desk.words, desk.place))
        return f"{name} 还有要补充或改正的，没有登记，已回复"
    return desk.file(issue, said)


def _ended(desk: Desk, pull: PullRequest, action: str) -> str:
    """Say how to go on after the end, unless it is the end itself that closes the issue."""
    if action != "closed":
        match = FAULT_ID.search(pull.title)
        known = match[0] if match else ""
        desk.say(answer.ended(known, desk.place, is_merged=pull.merged_at is not None))
    return f"#{desk.number} 的登记已经结束，没有改动"


def _withdrawn(desk: Desk, *, is_deleted: bool) -> str:
    """Ask in the pull request whether it is still wanted."""
    if desk.pull is None or desk.pull.state != "open":
        return f"#{desk.number} 已经{'删除' if is_deleted else '关闭'}，没有处理"
    desk.github.say(desk.pull.number, _ASIDE, aside.withdrawn(desk.number, is_deleted=is_deleted))
    return f"#{desk.number} 已经{'删除' if is_deleted else '关闭'}，已在合并请求 #{desk.pull.number} 里请人确认"


def number_in(event: Mapping[str, Any]) -> int:
    """Return the issue that an event is about. Raise FaultError where it is about none."""
    number = (event.get("issue") or {}).get("number")
    if not isinstance(number, int):
        raise FaultError("事件里没有 issue：写上它的编号，例如 fault intake 12")
    return number
