"""The weekly pack: the files for the meeting, and the messages that lead to them."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from faultkb import duty, hub, period
from faultkb.finding import FaultError
from faultkb.render import letters
from faultkb.reports import Report, masked, weekly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from faultkb.ledger import Message
    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

_COUNTED = {"overdue", "at_risk", "to_tell"}


@dataclass(frozen=True)
class Pack:
    """The pack of one run of the repository at ``root``; its files go to ``folder``, none without. ``written`` are the periods whose files are there."""

    root: Path
    words: Vocabulary
    as_of: datetime
    standings: Sequence[Standing]
    folder: Path | None
    written: set[str] = field(default_factory=set)

    def messages(self, over: Period, names: Sequence[str], fits: letters.Fits) -> Iterator[Message]:
        """Yield the messages that tell of the pack of a period."""
        report = self._report(over)
        figures = [f"{one.title} {one.value}" for one in report.headline]
        figures += [f"{table.title} {len(table.rows)}" for table in report.tables if table.id in _COUNTED]
        text, key = "，".join(figures), f"week {duty.week_of(self.as_of)}"
        for to in names:
            yield from letters.parts(to, f"故障周报｜{over}", [text], self.as_of, fits, [key], week=name(over))

    def write(self, week: str) -> None:
        """Write the files of a message's period, once a run: a run that was killed had left none for its messages."""
        if not self.folder or week in self.written:
            return
        report = self._report(period.Period(*map(period.day, week.split("/"))))
        _write(report, self.folder, self.root, self.words)
        self.written.add(week)

    def place(self) -> str:
        """Say where the files are, once this run is over."""
        run = os.environ.get("GITHUB_RUN_ID", "")
        if self.folder and hub.home() and run.isascii() and run.isdecimal():
            return f"例会材料（网页、Excel、Word）在这次运行的附件里：{hub.home()}/actions/runs/{run}"
        return "例会材料：运行 fault report weekly"

    def _report(self, over: Period) -> Report:
        built = weekly.build(self.standings, self.words, self.as_of, over)
        figures = tuple(figure for table in built for figure in table.headline)
        report = Report(weekly.TITLE, self.as_of, self.words.timezone, built, period=over, headline=figures)
        return masked(report, self.words.lists)


def name(over: Period) -> str:
    """Return how a message writes the period of its pack."""
    return f"{over.since}/{over.until}"


def _write(report: Report, folder: Path, root: Path, words: Vocabulary) -> None:
    from faultkb.cli.output import deliver, deliver_bytes
    from faultkb.papers import letterhead
    from faultkb.render import page, word_report, workbook

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise FaultError(f"建不了文件夹 {folder}：检查 --pack 的路径与权限") from None
    stem = f"weekly-{report.period.since if report.period else 'all'}"
    deliver(lambda stream: page.FORMATS["html"](report, stream), folder / f"{stem}.html")
    deliver_bytes(lambda stream: workbook.BINARY["xlsx"](report, stream), folder / f"{stem}.xlsx")
    head = letterhead.of(root, words)
    deliver_bytes(lambda stream: word_report.docx(report, stream, *head), folder / f"{stem}.docx")
