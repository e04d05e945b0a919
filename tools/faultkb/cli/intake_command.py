"""fault intake."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import click

from faultkb.cli.workspace import Workspace, as_of_option, workspace
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from github.PullRequest import PullRequest

    from faultkb.counter import Issue, Judgement
    from faultkb.filing import Filing
    from faultkb.hub import Hub
    from faultkb.inbox import Held
    from faultkb.receipt import Receipt
    from faultkb.render.answer import Place

_MARK = "intake"
"""Names the one comment that answers a form."""
_ROUNDS = 3
"""Runs of one issue that may be quicker than ours."""
_RESULTS = ("success", "failure", "cancelled", "skipped")


@click.command("intake")
@click.argument("number", required=False, type=click.IntRange(min=1), metavar="[ISSUE]")
@click.option(
    "--dispatch",
    envvar="FAULT_DISPATCH",
    default="",
    metavar="WORKFLOW",
    help="推送之后启动这个工作流（例如 check.yml）并设置提交状态：默认令牌推送的分支不会自动检查",
)
@click.option("--verdict", type=click.Choice(_RESULTS), help="只设置本次运行的提交的状态“检查”，不处理登记")
@as_of_option
@workspace
def command(here: Workspace, number: int | None, dispatch: str, verdict: str | None) -> None:
    """登记表单（issue）变成合并请求，并在 issue 里回复。

    由工作流运行；不写编号时处理触发工作流的那个 issue。表单有问题时只回复，不登记；修改表单后再运行，登记跟着更新；
    内容没有变化时什么都不改。

    需要 GITHUB_TOKEN 与 GITHUB_REPOSITORY；自己部署的 GitHub 把附件放在别的主机上时，用 FAULT_UPLOAD_HOSTS 写明
    （例如 https://media.git.example）。
    """
    from faultkb import hub, opening

    with hub.connection() as github:
        if verdict:
            opening.give(github, verdict)
            return
        for _ in range(_ROUNDS):
            word = _serve(here, github, number, dispatch)
            if word:
                click.echo(word)
                return
    raise FaultError("没有登记：别的运行一直在改同一个分支；请再运行一次", code=1)


def _serve(here: Workspace, github: Hub, number: int | None, dispatch: str) -> str:
    """Treat an issue once; return what was done in fixed words, empty where another run was quicker."""
    from faultkb import counter, inbox, opening
    from faultkb.render import answer

    issue = _issue(here, github, number)
    name = f"#{issue.number}"
    if issue.is_pull or not counter.is_form(here.words, issue):
        return f"{name} 不是登记表单，没有处理"
    here = replace(here, as_of=max(here.as_of, issue.created))
    pull = opening.find(github, inbox.branch(issue.number))
    desk = Desk(here, github, issue, pull, dispatch)
    if pull is None and not issue.is_open:
        return f"{name} 已经关闭，没有处理"
    said = counter.judge(here.root, here.words, issue, here.as_of)
    if said.private:
        desk.say(answer.exposed(said.private, desk.place))
        return f"{name} 里有个人信息，没有登记，已回复"
    if pull and pull.state != "open":
        desk.say(answer.ended(_id_in(pull.title), desk.place, is_merged=pull.merged_at is not None))
        return f"{name} 的登记已经结束，没有改动"
    if said.wrong:
        desk.say(answer.rejected(said, here.words, desk.place))
        return f"{name} 还有要补充或改正的，没有登记，已回复"
    return desk.file(said)


def _issue(here: Workspace, github: Hub, number: int | None) -> Issue:
    """Return the issue that is meant, as it is now."""
    from faultkb import counter, hub

    event = hub.event() if number is None or os.environ.get("GITHUB_EVENT_PATH") else {}
    if number is None:
        number = (event.get("issue") or {}).get("number")
    if not isinstance(number, int):
        raise FaultError("事件里没有 issue：写上它的编号，例如 fault intake 12")
    return counter.read(counter.newer(github.issue(number), event), here.words.timezone)


def _id_in(title: str) -> str:
    from faultkb.validation import FAULT_ID

    match = FAULT_ID.search(title)
    return match[0] if match else ""


@dataclass(frozen=True)
class Desk:
    """Where one form is filed: the repository here and on GitHub, the issue, its pull request, the workflow that checks it."""

    here: Workspace
    github: Hub
    issue: Issue
    pull: PullRequest | None
    dispatch: str

    @property
    def place(self) -> Place:
        """Where the answer's links lead to."""
        from faultkb.render import answer

        repository = self.github.repository
        return answer.Place(repository.html_url, repository.default_branch, self.pull.number if self.pull else 0)

    def say(self, text: str) -> None:
        """Answer in the issue."""
        self.github.say(self.issue.number, _MARK, text)

    def file(self, said: Judgement) -> str:
        """Put the ticket on the branch, open its pull request and answer; empty where another run was quicker."""
        from faultkb import inbox
        from faultkb.render import answer

        where = self._remote()
        held = inbox.look(self.here.root, where, self.issue.number)
        if not held.is_ours:
            self.say(answer.taken_over(held.id, self.place))
            return f"#{self.issue.number} 的分支有人改过，没有改动，已回复"
        filed = self._drawn_up(said, held)
        commit = held.tip
        if filed.files != held.files:
            base = inbox.tip(self.here.root, where, self.github.repository.default_branch)
            commit = inbox.put(self.here.root, where, self.issue.number, held, filed.files, base)
        return self._hand_over(filed.receipt, commit) if commit else ""

    def _remote(self) -> str:
        from faultkb import claims

        try:
            return claims.remote(self.here.root)
        except claims.UnreservedError as error:
            raise FaultError(f"没有登记：{error}", code=1) from None

    def _drawn_up(self, said: Judgement, held: Held) -> Filing:
        """Return the ticket with what was uploaded; what an earlier run fetched is not fetched again."""
        from faultkb import download, filing, uploads

        root, words = self.here.root, self.here.words
        kept = {PurePosixPath(path).name: data for path, data in held.files.items()}
        ticket_id = self._id(said, held)
        texts = filing.texts(said.answers)
        found = uploads.collect(texts, words, download.platform(), self.issue.html, kept)
        return filing.draw_up(root, words, said, ticket_id, found, self.here.as_of)

    def _hand_over(self, receipt: Receipt, commit: str) -> str:
        """Open the pull request or bring it up to date, have it checked, and answer."""
        from faultkb import inbox, opening
        from faultkb.render import answer

        words, number, branch = self.here.words, self.issue.number, inbox.branch(self.issue.number)
        pull = opening.show(self.github, branch, answer.title(receipt), answer.about(receipt, words, number))
        is_checked = not self.dispatch or opening.order(self.github, commit, branch, self.dispatch)
        desk = replace(self, pull=pull)
        if pull is None:
            desk.say(answer.unpulled(receipt, words, number, desk.place))
            raise FaultError(f"#{number}：分支已推送，仓库不允许工作流打开合并请求，见 .github/SETUP.md", code=1)
        desk.say(answer.filed(receipt, words, number, desk.place, is_checked=is_checked))
        if not is_checked:
            raise FaultError(f"#{number}：没有启动检查，见 .github/SETUP.md", code=1)
        return f"#{number} 已登记为 {receipt.ticket.id}，合并请求 #{pull.number}"

    def _id(self, said: Judgement, held: Held) -> str:
        """Return the id: the one that it has, if kind and day are still the same, else a new one, reserved."""
        from faultkb import ids, registration
        from faultkb.render import answer

        prefix = registration.prefix(self.here.words, said.answers)
        day = registration.reported(said.answers, self.here.as_of).date()
        if held.id.startswith(f"{prefix}-{day:%Y%m%d}-"):
            return held.id
        reserved = ids.reserve(self.here.root, prefix, day)
        if reserved.notice:
            self.say(answer.unreserved())
            raise FaultError(f"#{self.issue.number} 没有登记：取不到编号，见 .github/SETUP.md", code=1)
        return reserved.id
