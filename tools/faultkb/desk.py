"""Where one form is filed: its ticket on a branch, the pull request of the branch, its check, and the answer in the issue."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from faultkb import (
    bulletin,
    claims,
    counter,
    download,
    filing,
    hub,
    ids,
    inbox,
    merging,
    opening,
    pending,
    registration,
    statuses,
    uploads,
)
from faultkb.finding import FaultError
from faultkb.render import answer

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from github.PullRequest import PullRequest

    from faultkb.counter import Issue, Judgement
    from faultkb.filing import Filing
    from faultkb.hub import Hub
    from faultkb.inbox import Held
    from faultkb.receipt import Receipt
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary


class AnsweredError(FaultError):
    """What went wrong, and stands in the issue already."""


@dataclass(frozen=True)
class Desk:
    """The repository here and on GitHub, the number of the issue, and its pull request.

    ``dispatch`` is the workflow that has to be started to check a branch, empty where a push starts it. ``is_asked`` says
    that somebody wants the check once more.
    """

    root: Path
    words: Vocabulary
    as_of: datetime
    github: Hub
    number: int
    dispatch: str = ""
    is_asked: bool = False
    pull: PullRequest | None = None

    @property
    def place(self) -> answer.Place:
        """Where the answer's links lead to."""
        repository = self.github.repository
        return answer.Place(repository.html_url, repository.default_branch, self.pull.number if self.pull else 0)

    @property
    def branch(self) -> str:
        """The branch of the issue."""
        return inbox.branch(self.number)

    def say(self, text: str) -> None:
        """Answer in the issue; what an earlier answer says of private values stays true."""
        before = self.github.said(self.number, opening.MARK)
        self.github.say(self.number, opening.MARK, answer.carried(before, text))

    def fail(self) -> None:
        """Say in the issue that the program broke off, if that much can be done."""
        with contextlib.suppress(FaultError), hub.in_chinese():
            self.say(answer.failed(self.place))

    def file(self, issue: Issue, said: Judgement) -> str:
        """Put the ticket on the branch, open its pull request and answer; empty where another run was quicker.

        Raise FaultError where that cannot be done; the issue is told.
        """
        try:
            with hub.in_chinese():
                return self._file(issue, said)
        except AnsweredError:
            raise
        except FaultError:
            self.fail()
            raise

    def _file(self, issue: Issue, said: Judgement) -> str:
        where = self._remote()
        held = inbox.look(self.root, where, self.number)
        if held.tip and not held.id:
            return self._give_way(held, None)
        made = self._drawn_up(issue, said, held)
        there = filing.with_files(made, held.files, self.words, held.id) if held.id else None
        if self.pull and made.files == held.written and not held.is_ours:
            return self._leave(self._compared((there or made).receipt, where))
        files = merging.merged(self.root, held.written, held.files, made.files)
        filed = filing.with_files(made, files, self.words, made.receipt.ticket.id) if files is not None else None
        if filed is None:
            return self._give_way(held, there)
        receipt = self._compared(filed.receipt, where)
        commit = held.tip
        if filed.files != held.files:
            base = inbox.tip(self.root, where, self.github.repository.default_branch)
            change = inbox.Change(receipt.ticket.id, made.files, filed.files)
            commit = inbox.put(self.root, where, self.number, held, change, base)
        return self._hand_over(receipt, commit, where) if commit else ""

    def _give_way(self, held: Held, there: Filing | None) -> str:
        """Say that somebody else's changes and those of the form cannot both be had, and how things stand."""
        self.say(answer.taken_over(held.id, self.place, there and there.receipt, self.words))
        return f"#{self.number} 的分支有人改过，没有改动，已回复"

    def _leave(self, receipt: Receipt) -> str:
        """Leave the work of others alone: the form says what it said. Only an answer to something else is put right."""
        text = answer.filed(receipt, self.words, self.number, self.place, is_checked=True)
        if not self.github.said(self.number, opening.MARK).startswith(text.partition("\n")[0]):
            self.say(text)
        return f"#{self.number} 没有变化，没有改动"

    def _remote(self) -> str:
        try:
            return claims.remote(self.root)
        except claims.UnreservedError as error:
            raise FaultError(f"没有登记：{error}", code=1) from None

    def _drawn_up(self, issue: Issue, said: Judgement, held: Held) -> Filing:
        """Return the ticket with what was uploaded; what an earlier run fetched is not fetched again."""
        kept = {PurePosixPath(path).name: data for path, data in held.written.items()}
        ticket_id = self._id(said, held)
        before = filing.late_in(held.written.get(ids.home(held.id)), self.words) if held.id else None
        said = counter.explained(self.words, said, self.as_of, before)
        texts = filing.texts(said.answers)
        found = uploads.collect(texts, self.words, download.platform(), issue.html, kept)
        return filing.draw_up(self.words, said, ticket_id, found, self.as_of)

    def _id(self, said: Judgement, held: Held) -> str:
        """Return the id: the one that it has, if kind and day are still the same, else one that is reserved for the issue."""
        prefix = registration.prefix(self.words, said.answers)
        day = registration.reported(said.answers, self.as_of).date()
        if held.id.startswith(f"{prefix}-{day:%Y%m%d}-"):
            return held.id
        reserved = ids.reserve(self.root, prefix, day, f"#{self.number}")
        if reserved.notice:
            self.say(answer.unreserved())
            raise AnsweredError(f"#{self.number} 没有登记：取不到编号，见 .github/SETUP.md", code=1)
        return reserved.id

    def _compared(self, receipt: Receipt, where: str) -> Receipt:
        return filing.compared(receipt, self.root, self.words, self._waiting(where))

    def _waiting(self, where: str) -> dict[int, list[Ticket]]:
        """Return the faults of the other open pull requests by number, none where they cannot be read just now."""
        try:
            with hub.in_chinese():
                heads = {name: one for name, one in bulletin.open_heads(self.github).items() if name != self.branch}
            tips = pending.fetched(self.root, where, heads)
        except FaultError:
            return {}
        known = pending.merged(self.root)
        return {heads[name][0]: list(pending.tickets(self.root, tip, self.words, known)) for name, tip in tips.items()}

    def _hand_over(self, receipt: Receipt, commit: str, where: str) -> str:
        """Open the pull request or bring it up to date, have it checked, and answer."""
        words, number = self.words, self.number
        text = answer.about(receipt, words, number)
        pull = opening.show(self.github, self.branch, answer.title(receipt, words), text)
        is_checked = not self.dispatch or statuses.order(self.github, self._check(where), commit, self.branch)
        desk = replace(self, pull=pull)
        if pull is None:
            desk.say(answer.unpulled(receipt, words, number, desk.place))
            raise AnsweredError(f"#{number}：分支已推送，仓库不允许工作流打开合并请求，见 .github/SETUP.md", code=1)
        desk.say(answer.filed(receipt, words, number, desk.place, is_checked=is_checked))
        if not is_checked:
            raise AnsweredError(f"#{number}：没有启动检查，见 .github/SETUP.md", code=1)
        return f"#{number} 已登记为 {receipt.ticket.id}，合并请求 #{pull.number}"

    def _check(self, where: str) -> statuses.Check:
        """Return the check to be ordered: one that failed is worth another try when main has moved since."""
        zone = self.words.timezone
        main = self.github.repository.default_branch
        renewed = None if self.is_asked else inbox.moved(self.root, where, main, zone)
        return statuses.Check(self.dispatch, zone, self.as_of, renewed)
