"""One round of `fault watch`: what is seen, what is to be said of it, and the board. The command puts them in order."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from faultkb import board, duty, hub, mailing, masks, moment, pending, standing, watch
from faultkb.cli import weekly_pack
from faultkb.finding import FaultError
from faultkb.ledger import State
from faultkb.render import board as board_page
from faultkb.render import letters, visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from faultkb import notify
    from faultkb.cli.weekly_pack import Pack
    from faultkb.ledger import Message
    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary


class Seen(NamedTuple):
    """What there is to judge: faults, those of pull requests among them, where each can be read, and what could not be seen."""

    standings: list[Standing]
    links: watch.Links
    remarks: list[str]


def look(root: Path, words: Vocabulary, as_of: datetime, where: str, heads: Mapping[str, tuple[int, str]]) -> Seen:
    """Look at the checkout and at intake branches: ``heads`` are number and commit of their pull requests, by branch."""
    every, unreadable = standing.all_at(root, words, as_of)
    found = [one for one in every if one.id.isprintable()]
    unreadable += len(every) - len(found)
    remarks = [f"有 {unreadable} 个文件读不出来，没有计入：运行 fault check 查看原因"] if unreadable else []
    known = pending.merged(root)
    numbers: dict[str, int] = {}
    try:
        tips = pending.fetched(root, where, heads) if where else {}
        for branch, tip in sorted(tips.items()):
            some = list(pending.new(root, tip, words, as_of, known | numbers.keys()))
            numbers |= {one.id: heads[branch][0] for one in some}
            found += some
    except FaultError as error:
        remarks.append(f"看不到还没有合并的登记：{error}")
    return Seen(found, watch.Links(hub.home(), numbers), remarks)


@dataclass(frozen=True)
class Round:
    """What one run has seen, and by when; ``reached`` are the names for which there is an address."""

    words: Vocabulary
    as_of: datetime
    seen: Seen
    post: notify.Post
    reached: tuple[str, ...]
    pack: Pack

    def plan(self, state: State | None) -> State:
        """Return a state with everything new in its outbox; what it has said already it does not say again."""
        before = state or State(moment.show(self.as_of), week=duty.first_week(self.words, self.as_of))
        found, due = self._found(state)
        week = duty.week_of(self.as_of)
        last = min(before.week, week)  # a clock that was in the future once has not sent the packs until then
        over = duty.pack_due(last, self.words, self.as_of)
        messages = [*self._messages(due), *(self._weekly(over) if over else ())]
        known = {one.id for one in before.outbox}
        kept, lost = self._kept(before)
        after = replace(
            before,
            said=self._said(state, found, due),
            outbox=(*kept, *(one for one in messages if one.id not in known)),
            lost=lost,
            week=week if over else last,
        )
        now = moment.show(self.as_of)  # is written down with what changes, and where the one there lies in the future
        return after if after == state and before.as_of <= now else replace(after, as_of=now)

    def _found(self, state: State | None) -> tuple[list[watch.Notice], list[watch.Notice]]:
        """Return everything that can be said, and what of it is to be said now."""
        found = watch.notices(self.seen.standings, self.words, self.as_of, last_of(state))
        said = state.said if state else {}
        return found, watch.due(found, said, self.words, self.as_of, first=state is None)

    @property
    def _oldest(self) -> str:
        return f"{self.as_of - watch.MEMORY:%Y-%m-%d}"

    def _kept(self, before: State) -> tuple[list[Message], dict[str, int]]:
        """Return what stays in the outbox, and how much was given up by name.

        What is too old to help is given up, and what has waited for an address until all its faults were closed is dropped:
        an address that comes late brings no flood.
        """
        closed = {one.id for one in self.seen.standings if not one.is_open}
        kept, lost = [], Counter(before.lost)
        for one in before.outbox:
            if one.since[:10] < self._oldest:
                lost[one.to] += 1
            elif one.to in self.reached or not one.about or not closed.issuperset(one.about):
                kept.append(one)
        return kept, dict(lost)

    def _said(self, state: State | None, found: list[watch.Notice], due: list[watch.Notice]) -> dict[str, str]:
        """Return the keys of what is said from now on; those of what could not be said again for long are forgotten."""
        today = f"{self.as_of:%Y-%m-%d}"
        past = (item for item in found if state is None and watch.is_old(item, self.as_of))
        new = {key: today for item in (*due, *past) for key in item.keys}
        alive = {item.key for item in found} | watch.instances(self.seen.standings, self.as_of, last_of(state))
        before = state.said.items() if state else ()
        kept = {key: today if watch.base(key) in alive else day for key, day in before}
        return {key: day for key, day in kept.items() if day >= self._oldest} | new

    def _messages(self, due: list[watch.Notice]) -> Iterator[Message]:
        every = mailing.letters(due, self.words, self.reached)
        return letters.messages(every, self.seen.links, self.as_of, self.words.lists, self.post.fits)

    def _weekly(self, over: Period) -> Iterator[Message]:
        """Write the weekly pack, and yield the messages for those who can be reached now: it is stale when it has waited."""
        self.pack.write(weekly_pack.name(over))
        names = [name for name in duty.readers(self.words) if name in self.reached]
        return self.pack.messages(over, names, self.post.fits)

    def text_of(self, one: Message) -> str:
        """Return what to send; what tells of the weekly pack leads to the files of this run, which are written first."""
        if one.week:
            self.pack.write(one.week)
            return f"{letters.text_of(one)}\n{self.pack.place()}"
        return letters.text_of(one)

    def unheard(self, state: State | None) -> list[str]:
        """Say what nobody is told for want of an address."""
        _, due = self._found(state)
        some = mailing.unheard(due, self.words, self.reached)
        lines = [f"【{item.kind}】{item.one.id}｜{item.text}" for item in some]
        return [visible(line) for line in masks.put_on(lines, self.words.lists)]

    def board(self, state: State, remarks: Sequence[str], missing: Sequence[str]) -> str:
        """Return the board as Markdown."""
        every = [*self.seen.remarks, *remarks, *board_page.undelivered(state, missing)]
        built = board.build(self.seen.standings, self.words, self.as_of, watch.MEMORY)
        return board_page.markdown(built, self.seen.links, self.as_of, self.words.lists, every)


def last_of(state: State | None) -> datetime | None:
    """Return when one looked last."""
    return moment.parse(state.as_of) if state else None


def names(words: Vocabulary) -> list[str]:
    """Return every name in teams.yaml that may have an address."""
    some = [*(one.notify for one in words.teams.values()), *(one.notify for one in words.contacts.values())]
    return list(dict.fromkeys(name for group in some for name in group))
