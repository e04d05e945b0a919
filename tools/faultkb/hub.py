"""GitHub: the one module that talks to it, with the token, the repository and the addresses that a workflow gives."""

from __future__ import annotations

import contextlib
import functools
import json
import logging
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from github.IssueComment import IssueComment
    from github.NamedUser import NamedUser
    from github.PullRequest import PullRequest
    from github.Repository import Repository

_LARGEST_EVENT = 4 << 20
"""Bytes: GitHub's own limit of a body is 65,536 characters; the rest of an event is links and numbers."""
LONGEST = 65_000
"""Characters of a comment or an issue: GitHub refuses more than 65,536."""
_ACTIONS = "github-actions"
"""The App as which a workflow's own token writes."""
_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")
_FAILURE = 500
"""From here on an answer says that the server has failed."""
_WAYS_OUT = {
    401: "令牌过期或写错了",
    403: "令牌没有这个权限：照 .github/SETUP.md 打开",
    404: "没有这一项，或令牌看不到它",
    410: "这个功能在仓库设置里关掉了",
    422: "GitHub 不接受这些内容",
    429: "请求太多，过几分钟再运行",
}


def event() -> dict[str, Any]:
    """Return what has started the workflow, as GitHub tells it. Raise FaultError outside of a workflow."""
    try:
        with Path(os.environ["GITHUB_EVENT_PATH"]).open("rb") as file:
            data = json.loads(file.read(_LARGEST_EVENT))
    except (KeyError, OSError, ValueError):
        raise FaultError("没有 GITHUB_EVENT_PATH，或读不出来：这个命令由工作流运行") from None
    if not isinstance(data, dict):
        raise FaultError("GITHUB_EVENT_PATH 里不是一个事件")
    return data


def home() -> str:
    """Return the address of the repository's pages; empty where no variable names a repository."""
    server = os.environ.get("GITHUB_SERVER_URL") or "https://github.com"
    name = os.environ.get("GITHUB_REPOSITORY", "")
    return f"{server.rstrip('/')}/{name}" if re.match("https?://", server) and _REPOSITORY.fullmatch(name) else ""


class Hub:
    """The repository on GitHub in whose name a workflow speaks."""

    def __init__(self, repository: Repository, me: NamedUser | None) -> None:
        self.repository = repository
        self._me = me
        self._writers: dict[str, bool] = {}

    def is_own(self, user: NamedUser | None) -> bool:
        """Say whether we are a user: the workflow's bot, the bot of our App (FAULT_APP_SLUG), whose token it is on a laptop.

        What a person or another program wrote must never be taken for ours, and never be overwritten.
        """
        if user is None:
            return False
        slugs = (_ACTIONS, os.environ.get("FAULT_APP_SLUG"))
        bots = [f"{slug}[bot]" for slug in slugs if slug]
        return user.login in bots or (self._me is not None and user.login == self._me.login)

    def issue(self, number: int) -> dict[str, Any]:
        """Return an issue as it is now, ``body_html`` with it: there pictures have addresses that ask for no login."""
        wanted = {"Accept": "application/vnd.github.full+json"}
        address = f"{self.repository.url}/issues/{number}"
        _, data = self.repository.requester.requestJsonAndCheck("GET", address, headers=wanted)
        return dict(data)

    def say(self, number: int, marker: str, text: str) -> None:
        """Write the one comment of a kind under an issue or a pull request, or bring it up to date.

        ``marker`` names the kind; it stands invisible at the end of the comment.
        """
        issue = self.repository.get_issue(number)
        body = signed(shortened(text), marker)
        found = self._said(issue.get_comments(), marker)
        if found is None:
            issue.create_comment(body)
        elif found.body != body:
            found.edit(body)

    def said(self, number: int, marker: str) -> str:
        """Return our one comment of a kind under an issue or a pull request, empty where there is none."""
        found = self._said(self.repository.get_issue(number).get_comments(), marker)
        return found.body if found else ""

    def pulls(self, state: str, branch: str = "") -> list[PullRequest]:
        """Return the pull requests to the main branch from this repository's own branches (or from one of them).

        Whoever may read may open one between any two branches: only those of programs, and of people who may write
        here, are spoken of.
        """
        name, main = self.repository.full_name, self.repository.default_branch
        head = {"head": f"{name.partition('/')[0]}:{branch}"} if branch else {}
        found = [
            one
            for one in self.repository.get_pulls(state=state, base=main, **head)
            # A fork that is deleted has no repository any more.
            if one.base.ref == main and getattr(one.head.repo, "full_name", "") == name
        ]
        return [one for one in found if branch in {"", one.head.ref} and self._may_write(one.user)]

    def _may_write(self, user: NamedUser | None) -> bool:
        if user is None:
            return False
        if user.login not in self._writers:
            is_program = self.is_own(user) or user.type == "Bot"  # somebody with the right to do so has installed it
            allowed = is_program or self.repository.get_collaborator_permission(user) in {"admin", "write"}
            self._writers[user.login] = allowed
        return self._writers[user.login]

    def _said(self, comments: Any, marker: str) -> IssueComment | None:
        return next((one for one in comments if self.is_own(one.user) and is_marked(one.body, marker)), None)


def is_marked(body: str | None, marker: str) -> bool:
    """Say whether a text carries a marker at its end, where no quotation can stand."""
    return (body or "").rstrip().endswith(_sign(marker))


def signed(text: str, marker: str) -> str:
    """Return a text with a marker at its end, which nobody sees."""
    return f"{text}\n\n{_sign(marker)}"


def _sign(marker: str) -> str:
    return f"<!-- faultkb:{marker} -->"


def shortened(text: str) -> str:
    """Return a text that GitHub accepts as a comment: whole lines, and a word about what was left out."""
    if len(text) <= LONGEST:
        return text
    kept = text[: LONGEST - 100]
    return f"{kept[: kept.rfind(chr(10))]}\n\n（太长，后面的没有写在这里，请看运行记录的摘要。）"


@contextlib.contextmanager
def connection() -> Iterator[Hub]:
    """Open the repository that the variables of a workflow name; what GitHub refuses becomes a FaultError in Chinese.

    GITHUB_TOKEN and GITHUB_REPOSITORY must be set. GITHUB_API_URL is that of github.com unless set.
    """
    try:
        from github import Auth, Github, GithubRetry
    except ImportError:
        raise FaultError("缺少与 GitHub 往来的依赖：先运行 make automation") from None
    for talker in ("github", "urllib3"):  # what they say, in English, is said below
        logging.getLogger(talker).setLevel(logging.CRITICAL)
    token, name = _variable("GITHUB_TOKEN"), _variable("GITHUB_REPOSITORY")
    address = os.environ.get("GITHUB_API_URL", "https://api.github.com")
    # A run writes a dozen times at most: the pause of a second after each is for programs that write by the hundred.
    github = Github(
        auth=Auth.Token(token),
        base_url=address,
        retry=GithubRetry(total=4, raise_on_status=False),  # the last answer tells more than that it was the last
        lazy=True,
        seconds_between_requests=None,
        seconds_between_writes=None,
    )
    try:
        with in_chinese():
            yield Hub(github.get_repo(name), _person(github))
    finally:
        github.close()


@contextlib.contextmanager
def in_chinese() -> Iterator[None]:
    """Turn what GitHub refuses, and a connection that breaks, into a FaultError."""
    import requests
    from github import GithubException

    try:
        yield
    except GithubException as error:
        raise FaultError(_refused(error.status)) from None
    except requests.RequestException:
        raise FaultError("连接不上 GitHub：过几分钟再运行") from None


@functools.cache
def _refused(status: int) -> str:
    if status >= _FAILURE:
        return f"GitHub 暂时出错（{status}）：过几分钟再运行"
    return f"GitHub 没有接受（{status}）：{_WAYS_OUT.get(status, '过几分钟再运行')}"


def _person(github: Any) -> NamedUser | None:
    """Return whose token it is; None for a workflow's own, which may not ask."""
    if os.environ.get("GITHUB_ACTIONS") == "true":
        return None
    user: NamedUser = github.get_user()
    return user


def _variable(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise FaultError(f"没有设置 {name}：在工作流里由 GitHub 给出，在自己的电脑上见 .github/SETUP.md")
    return value
