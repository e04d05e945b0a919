"""What can be said now: limits that run out or have passed, urgent faults, risks, solved ones. Pure.

Everything that can be said has a key, and is said once: a clock by its instance and verdict (to each team that has the
fault while the clock runs), an event by its number. What must not be said yet (a limit in working days, on a Sunday) keeps
its key for the next run. What has ended counts for two weeks before the last run, what is urgent or risky for as long as
the fault is open: an outage loses nothing, and imported history is silent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from faultkb import clocks, duty, history, telling
from faultkb.reports import left, remaining, severity_rank

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from faultkb.clocks import Clock
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

LATE, SOON, URGENT, RISK, SOLVED = "超时", "临期", "紧急", "风险", "请告知用户"
_ORDER = (URGENT, RISK, LATE, SOON, SOLVED)
_EVENTS = (URGENT, RISK)
MEMORY = timedelta(days=14)
"""How long before the last run something may have ended, or been recorded, and still be news."""


class Notice(NamedTuple):
    """Something that can be said of a fault.

    ``teams`` are told, with ``alerts`` also the contacts that are to know at once. ``name`` is what it is in a word or two,
    ``at`` the due date, or when it happened; ``working`` says that it waits for working time, ``news`` that it is no state of
    now but something past.
    """

    key: str
    kind: str
    one: Standing
    name: str
    text: str
    at: datetime
    teams: tuple[str, ...]
    alerts: bool = False
    working: bool = False
    news: bool = False

    @property
    def keys(self) -> list[str]:
        """What is written down when it is said: a clock that runs has a key for each team that hears of it."""
        if self.kind in {LATE, SOON}:
            return [f"{self.key}{_TO}{team}" for team in self.teams or ("",)]
        return [self.key]


_TO = "|"


@dataclass(frozen=True)
class Links:
    """Where a fault can be read: its file, or the pull request in which it still waits. Nowhere without a server."""

    base: str = ""
    pulls: Mapping[str, int] = field(default_factory=dict)

    def of(self, one: Standing) -> str:
        """Return the address of a fault."""
        if not self.base:
            return ""
        return (
            f"{self.base}/pull/{self.pulls[one.id]}"
            if one.id in self.pulls
            else f"{self.base}/blob/HEAD/{quote(one.path)}"
        )


def notices(standings: Sequence[Standing], words: Vocabulary, as_of: datetime, last: datetime | None) -> list[Notice]:
    """Return everything that can be said at ``as_of``, whether it was said or not, the most urgent first.

    ``last`` is when one looked last.
    """
    horizon = _horizon(as_of, last)
    found = [item for one in standings for item in _of(one, words, as_of, horizon)]
    solved = telling.solved(standings, words, horizon.date())
    found += [_solved(one, at, words, as_of) for one, at in solved if at > horizon]
    rank = severity_rank(words)
    return sorted(
        found,
        key=lambda item: (
            item.kind not in _EVENTS,
            rank(item.one.severity),
            _ORDER.index(item.kind),
            item.at,
            item.key,
        ),
    )


def instances(standings: Sequence[Standing], as_of: datetime, last: datetime | None) -> set[str]:
    """Return the keys of every verdict of the clocks that are watched: a clock that is 临期 twice is said to be so once."""
    horizon = _horizon(as_of, last)
    rows = ((one, row) for one in standings for row in one.clocks if _is_watched(one, row, horizon))
    return {_key(one, row, verdict) for one, row in rows for verdict in (clocks.AT_RISK, clocks.BREACHED)}


def base(key: str) -> str:
    """Return a key without the team that it was said to."""
    return key.partition(_TO)[0]


def _horizon(as_of: datetime, last: datetime | None) -> datetime:
    return min(as_of, last or as_of) - MEMORY


def _of(one: Standing, words: Vocabulary, as_of: datetime, horizon: datetime) -> Iterator[Notice]:
    teams = duty.responsible(one, words, as_of)
    for row in one.clocks:
        if row.verdict in {clocks.BREACHED, clocks.AT_RISK} and _is_watched(one, row, horizon):
            text = _running(row, words, as_of) if row.is_running else _ended(row, words)
            kind = LATE if row.verdict == clocks.BREACHED else SOON
            key, working = _key(one, row, row.verdict), row.target.unit == "wd"
            yield Notice(key, kind, one, row.name, text, row.due_at, teams, working=working, news=not row.is_running)
    for mark, text in _urgent(one, words):
        if _counts(one, mark, horizon):
            key = f"{one.id} {mark.number} {URGENT}"
            yield Notice(key, URGENT, one, mark.event, text, mark.at, teams, alerts=True, news=True)
    for mark in one.marked(history.RISK):
        if _counts(one, mark, horizon):
            key, text = f"{one.id} {mark.number} {RISK}", f"{mark.at:%m-%d %H:%M} {mark.text}"
            yield Notice(key, RISK, one, mark.event, text, mark.at, (), alerts=True, news=True)


def _counts(one: Standing, mark: history.Mark, horizon: datetime) -> bool:
    """Say whether an event is news: not so old, or of a fault that is open still, however late it was recorded or merged."""
    return mark.at > horizon or (one.is_open and not one.imported and mark.cycle == one.cycle)


def _is_watched(one: Standing, row: Clock, horizon: datetime) -> bool:
    """Say whether a clock runs, or was late when it ended, not so long ago that it is history."""
    if row.informational or row.is_running:
        return not row.informational
    ended = row.stopped_at or row.ended_at
    return row.verdict == clocks.BREACHED and not one.imported and ended is not None and ended > horizon


def _key(one: Standing, row: Clock, verdict: str) -> str:
    return f"{one.id} {row.clock} {row.cycle} {row.n} {verdict}"


def _running(row: Clock, words: Vocabulary, as_of: datetime) -> str:
    tentative = "（暂定）" if row.provisional else ""
    return f"{row.name}，{row.due_at:%m-%d %H:%M} 到期{tentative}，{remaining(row, words, as_of)}"


def _ended(row: Clock, words: Vocabulary) -> str:
    ended = row.stopped_at or row.ended_at or row.due_at
    how = "已超时完成" if row.stopped_at else "到结束时已超时"
    late = left(row.due_at, ended, row.target.unit, words)
    return f"{row.name}，{row.due_at:%m-%d %H:%M} 到期，{how}（{ended:%m-%d %H:%M}，{late}）"


def _urgent(one: Standing, words: Vocabulary) -> Iterator[tuple[history.Mark, str]]:
    """Return the marks at which a fault became one of the gravest: registered, raised, or opened again as such."""
    gravest = words.severities()[0]
    changes = [mark.change for mark in one.marked(history.RAISED, history.LOWERED)]
    severity = changes[0].partition(" → ")[0] if changes else one.severity
    for mark in one.marks:
        if mark.role in {history.RAISED, history.LOWERED}:
            before, severity = severity, mark.change.rpartition(" → ")[2]
            if severity == gravest != before:
                yield mark, f"{mark.at:%m-%d %H:%M} 由 {before} 升为 {gravest}：{mark.text}"
        elif mark.role in history.OPENING and severity == gravest:
            text = f"：{mark.text}" if mark.text else ""
            yield mark, f"{mark.at:%m-%d %H:%M} {mark.event}{text}，{one.status}"


def _solved(one: Standing, at: datetime, words: Vocabulary, as_of: datetime) -> Notice:
    key = f"{one.id} {SOLVED} {one.canonical} {at:%Y-%m-%d %H:%M}"
    text = f"并入的 {one.canonical} 已于 {at:%m-%d %H:%M} 关闭，用户还没有告知"
    teams = duty.responsible(one, words, as_of)
    return Notice(key, SOLVED, one, f"{one.canonical} 已关闭", text, at, teams, working=True, news=True)


def due(
    found: Iterable[Notice], said: Collection[str], words: Vocabulary, as_of: datetime, *, first: bool
) -> list[Notice]:
    """Return what is to be said now, and to whom. In the first run of all, what is past is taken as said."""
    working = duty.is_working_time(words, as_of)
    known = {base(key) for key in said}
    new = (_unsaid(item, said, known) for item in found if working or not item.working)
    return [item for item in new if item and not (first and is_old(item, as_of))]


def _unsaid(item: Notice, said: Collection[str], known: Collection[str]) -> Notice | None:
    """Return what is left to say: of a clock that runs late, or soon will, to the teams that have not heard of it."""
    if item.key not in known:
        return item
    if item.key in said or item.news:
        return None
    teams = tuple(team for team, key in zip(item.teams, item.keys, strict=False) if key not in said)
    return item._replace(teams=teams) if teams else None


def is_old(item: Notice, as_of: datetime) -> bool:
    """Say whether the first run of all keeps silent about something past: unless it is urgent, open and fairly new."""
    return item.news and not (item.alerts and item.one.is_open and item.at > _horizon(as_of, None))
