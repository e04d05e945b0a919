"""What people are to be told now, and who: limits that run out or have passed, urgent faults, risks, solved ones. Pure.

Everything that can be said has a key, and is said once: a clock by its instance and verdict, an event by its number. What
must not be said yet (a limit in working days, on a Sunday) keeps its key for the next run. What has ended counts for two
weeks before the last run: an outage loses nothing, and imported history is silent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from faultkb import clocks, duty, history, moment, telling
from faultkb.finding import FaultError
from faultkb.reports import left, remaining, severity_rank

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from faultkb.clocks import Clock
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

LATE, SOON, URGENT, RISK, SOLVED = "超时", "临期", "紧急", "风险", "请告知用户"
_ORDER = (URGENT, RISK, LATE, SOON, SOLVED)
_SLACK = timedelta(minutes=2)
_DAY = timedelta(days=1)
MEMORY = timedelta(days=14)
"""How long before the last run something may have ended, or been recorded, and still be news."""


class Notice(NamedTuple):
    """Something that can be said of a fault.

    ``teams`` are told, with ``alerts`` also the contacts that are to know at once. ``at`` is the due date, or when it
    happened; ``working`` says that it waits for working time, ``news`` that it is no state of now but something past.
    """

    key: str
    kind: str
    one: Standing
    text: str
    at: datetime
    teams: tuple[str, ...]
    alerts: bool
    working: bool
    news: bool


class Letter(NamedTuple):
    """What one address is told in one run: whose matters they are, and the notices, the most urgent first."""

    to: str
    head: str
    notices: tuple[Notice, ...]


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
    """Return everything that can be said at ``as_of``, whether it was said or not; ``last`` is when one looked last."""
    horizon = _horizon(as_of, last)
    found = [item for one in standings for item in _of(one, words, as_of, horizon)]
    solved = telling.solved(standings, words, horizon.date())
    found += [_solved(one, at, words, as_of) for one, at in solved if at > horizon]
    rank = severity_rank(words)
    return sorted(found, key=lambda item: (_ORDER.index(item.kind), rank(item.one.severity), item.at, item.key))


def instances(standings: Sequence[Standing], as_of: datetime, last: datetime | None) -> set[str]:
    """Return the keys of every verdict of the clocks that are watched: a clock that is 临期 twice is said to be so once."""
    horizon = _horizon(as_of, last)
    rows = ((one, row) for one in standings for row in one.clocks if _is_watched(one, row, horizon))
    return {_key(one, row, verdict) for one, row in rows for verdict in (clocks.AT_RISK, clocks.BREACHED)}


def _horizon(as_of: datetime, last: datetime | None) -> datetime:
    return min(as_of, last or as_of) - MEMORY


def _of(one: Standing, words: Vocabulary, as_of: datetime, horizon: datetime) -> Iterator[Notice]:
    teams = duty.responsible(one, words, as_of)
    for row in one.clocks:
        if row.verdict in {clocks.BREACHED, clocks.AT_RISK} and _is_watched(one, row, horizon):
            working = row.target.unit == "wd"
            text = _running(row, words, as_of) if row.is_running else _ended(row, words)
            kind = LATE if row.verdict == clocks.BREACHED else SOON
            key = _key(one, row, row.verdict)
            yield Notice(key, kind, one, text, row.due_at, teams, False, working, not row.is_running)  # noqa: FBT003 - a row
    for mark, text in _urgent(one, words):
        if mark.at > horizon:
            yield Notice(f"{one.id} {mark.number} {URGENT}", URGENT, one, text, mark.at, teams, True, False, True)  # noqa: FBT003
    for mark in one.marked(history.RISK):
        if mark.at > horizon:
            yield Notice(f"{one.id} {mark.number} {RISK}", RISK, one, mark.text, mark.at, (), True, False, True)  # noqa: FBT003


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
    return Notice(
        key, SOLVED, one, text, at, duty.responsible(one, words, as_of), alerts=False, working=True, news=True
    )


def due(
    found: Iterable[Notice], said: Collection[str], words: Vocabulary, as_of: datetime, *, first: bool
) -> list[Notice]:
    """Return what is to be said now. In the first run of all, what is past is taken as said, unless the fault is still open."""
    working = duty.is_working_time(words, as_of)
    new = [item for item in found if item.key not in said and (working or not item.working)]
    return [item for item in new if not (first and is_old(item))]


def is_old(item: Notice) -> bool:
    """Say whether the first run of all keeps silent about something: it is past, or nobody can act on it any more."""
    return item.news and not (item.alerts and item.one.is_open)


def letters(items: Sequence[Notice], words: Vocabulary, reached: Collection[str]) -> list[Letter]:
    """Group notices into one letter for each group of people and address; an address hears of each thing once.

    ``reached`` are the names for which there is an address. What a team without one should know goes to the contacts with
    ``alerts``, who are asked to pass it on; what reaches nobody stands on the board.
    """
    alerted = duty.names_of(words, reached)
    groups = [(head, alerted, [item for item in items if item.alerts]) for head in [f"{URGENT}与{RISK}"]]
    for team in words.teams.values():
        names = [name for name in team.notify if name in reached]
        head = team.name if names else f"{team.name}（没有通知地址，请转告）"
        groups.append((head, names or alerted, [item for item in items if team.name in item.teams]))
    known = {item.key for _, _, some in groups for item in some}
    groups.append(("没有团队受理这个类型", alerted, [item for item in items if item.key not in known]))
    heard: set[tuple[str, str]] = set()
    found = []
    for head, names, some in groups:
        for name in dict.fromkeys(names):
            fresh = tuple(item for item in some if (name, item.key) not in heard)
            heard.update((name, item.key) for item in fresh)
            found += [Letter(name, head, fresh)] if fresh else []
    return found


def settled(local: datetime, server: datetime | None, last: datetime | None) -> tuple[datetime, str]:
    """Return the time to go by, and a word where that is not this machine's own.

    The server's clock counts where the two differ. Time does not run backwards from one run to the next; raise FaultError
    where this machine alone says that it has, by more than a day: one of the two runs had a wrong clock.
    """
    now, word = local, ""
    if server and abs(server - local) > _SLACK:
        now, word = (
            server,
            f"这台机器的时钟（{moment.show(local)}）与服务器（{moment.show(server)}）不同：按服务器的时间",
        )
    if not last or now >= last:
        return now, word
    if last - now <= _DAY:
        return last, f"时钟（{moment.show(now)}）比上次巡查（{moment.show(last)}）还早：按上次的时间"
    if server is None:
        raise FaultError(
            f"时钟（{moment.show(now)}）比上次巡查（{moment.show(last)}）早了一天以上，没有发通知：请校准时钟"
        )
    return now, f"上次巡查的时间（{moment.show(last)}）在将来，当时的时钟不对：按服务器的时间"
