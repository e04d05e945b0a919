"""One round of `fault watch`: what is seen, what is to be said of it, and the board. The command puts them in order."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from faultkb import board, corpus, duty, masks, moment, notify, pending, standing, watch
from faultkb.finding import FaultError
from faultkb.ledger import State
from faultkb.render import board as board_page
from faultkb.render import letters, visible
from faultkb.reports import Report, masked, weekly

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from faultkb.ledger import Message
    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

_REPOSITORY = re.compile(r"[\w.-]+/[\w.-]+")


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
    known = {PurePosixPath(path).stem for path in corpus.find(root)}
    numbers: dict[str, int] = {}
    try:
        tips = pending.fetched(root, where, {branch: tip for branch, (_, tip) in heads.items()}) if where else {}
        for branch, tip in sorted(tips.items()):
            some = list(pending.new(root, tip, words, as_of, known | numbers.keys()))
            numbers |= {one.id: heads[branch][0] for one in some}
            found += some
    except FaultError as error:
        remarks.append(f"看不到还没有合并的登记：{error}")
    return Seen(found, watch.Links(home(), numbers), remarks)


def home() -> str:
    """Return the address of the repository on its server; empty outside of a workflow."""
    server, name = os.environ.get("GITHUB_SERVER_URL", ""), os.environ.get("GITHUB_REPOSITORY", "")
    return f"{server}/{name}" if re.match("https?://", server) and _REPOSITORY.fullmatch(name) else ""


@dataclass(frozen=True)
class Round:
    """What one run has seen, and by when; ``pack`` is the folder for the weekly pack."""

    words: Vocabulary
    as_of: datetime
    seen: Seen
    post: notify.Post
    reached: tuple[str, ...]
    pack: Path | None

    def plan(self, state: State | None) -> State:
        """Return a state with everything new in its outbox; what it has said already it does not say again."""
        before = state or State(moment.show(self.as_of), week=duty.first_week(self.words, self.as_of))
        found, due = self._found(state)
        over = duty.pack_due(before.week, self.words, self.as_of)
        messages = [*self._messages(due), *(self._weekly(over) if over else ())]
        known = {one.id for one in before.outbox}
        kept = [one for one in before.outbox if one.since[:10] >= self._oldest]
        after = replace(
            before,
            said=self._said(state, found, due),
            outbox=(*kept, *(one for one in messages if one.id not in known)),
            week=duty.week_of(self.as_of) if over else before.week,
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

    def _said(self, state: State | None, found: list[watch.Notice], due: list[watch.Notice]) -> dict[str, str]:
        """Return the keys of what is said from now on; those of what could not be said again for long are forgotten."""
        today = f"{self.as_of:%Y-%m-%d}"
        if state is None:
            return dict.fromkeys([item.key for item in (*due, *filter(watch.is_old, found))], today)
        alive = {item.key for item in found} | watch.instances(self.seen.standings, self.as_of, last_of(state))
        kept = {key: today if key in alive else day for key, day in state.said.items()}
        return {key: day for key, day in kept.items() if day >= self._oldest} | {item.key: today for item in due}

    def _messages(self, due: list[watch.Notice]) -> Iterator[Message]:
        every = watch.letters(due, self.words, self.reached)
        return letters.messages(every, self.seen.links, self.as_of, self.words.lists, self.post.fits)

    def unheard(self, state: State | None) -> list[str]:
        """Say what nobody is told for want of an address."""
        _, due = self._found(state)
        told = {item.key for letter in watch.letters(due, self.words, self.reached) for item in letter.notices}
        lines = [f"【{item.kind}】{item.one.id}｜{item.text}" for item in due if item.key not in told]
        return [visible(line) for line in masks.put_on(lines, self.words.lists)]

    def _weekly(self, over: Period) -> Iterator[Message]:
        """Write the weekly pack, and yield the messages that lead to it."""
        report = self._report(over)
        if self.pack:
            _write(report, self.pack)
        figures = [f"{one.title} {one.value}" for one in report.headline]
        late = [
            f"{table.title} {len(table.rows)}"
            for table in report.tables
            if table.id in {"overdue", "at_risk", "to_tell"}
        ]
        run = os.environ.get("GITHUB_RUN_ID", "")
        place = "例会材料：运行 fault report weekly"
        if self.pack and home() and run.isascii() and run.isdecimal():
            place = f"例会材料（网页与 Excel）在这次运行的附件里：{home()}/actions/runs/{run}"
        lines = ["，".join([*figures, *late]), place]
        title = f"故障周报｜{over}"
        for name in duty.names_of(self.words, self.reached, teams=True):
            yield from letters.parts(
                name, title, lines, self.as_of, self.post.fits, [f"week {duty.week_of(self.as_of)}"]
            )

    def _report(self, over: Period) -> Report:
        built = weekly.build(self.seen.standings, self.words, self.as_of, over)
        figures = tuple(figure for table in built for figure in table.headline)
        report = Report(weekly.TITLE, self.as_of, self.words.timezone, built, period=over, headline=figures)
        return masked(report, self.words.lists)

    def board(self, state: State, missing: list[str]) -> str:
        """Return the board as Markdown."""
        remarks = [*self.seen.remarks, *board_page.undelivered(state.outbox, missing)]
        built = board.build(self.seen.standings, self.words, self.as_of, watch.MEMORY)
        return board_page.markdown(built, self.seen.links, self.as_of, self.words.lists, remarks)


def last_of(state: State | None) -> datetime | None:
    """Return when one looked last."""
    return moment.parse(state.as_of) if state else None


def names(words: Vocabulary) -> list[str]:
    """Return every name in teams.yaml that may have an address."""
    some = [*(one.notify for one in words.teams.values()), *(one.notify for one in words.contacts.values())]
    return list(dict.fromkeys(name for group in some for name in group))


def _write(report: Report, folder: Path) -> None:
    from faultkb.cli.output import deliver, deliver_bytes
    from faultkb.render import page, workbook

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise FaultError(f"建不了文件夹 {folder}：检查 --pack 的路径与权限") from None
    stem = f"weekly-{report.period.since if report.period else 'all'}"
    deliver(lambda stream: page.FORMATS["html"](report, stream), folder / f"{stem}.html")
    deliver_bytes(lambda stream: workbook.BINARY["xlsx"](report, stream), folder / f"{stem}.xlsx")
