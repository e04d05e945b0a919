"""The board: how everything that is open stands now, for people who look at it between two messages. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from faultkb import clocks, duty, history, standing, telling
from faultkb.reports import severity_rank

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime, timedelta

    from faultkb.clocks import Clock
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary


class Row(NamedTuple):
    """A line of the board: a fault and what there is to know of it. No length of time: it would change with each run."""

    one: Standing
    what: str


class Section(NamedTuple):
    """A part of the board, with what stands there if it has no lines."""

    title: str
    rows: tuple[Row, ...]

    @property
    def faults(self) -> int:
        """How many faults the lines are about."""
        return len({row.one.id for row in self.rows})


class Team(NamedTuple):
    """How many faults a team has that are open, late and soon late; ``name`` is empty where they are nobody's."""

    name: str
    opened: int
    late: int
    soon: int


@dataclass(frozen=True)
class Board:
    """The board: its sections, the teams, how many faults are open, and the day on which work began last."""

    sections: tuple[Section, ...]
    teams: tuple[Team, ...]
    opened: int
    morning: date


def build(standings: Sequence[Standing], words: Vocabulary, as_of: datetime, memory: timedelta) -> Board:
    """Return how things stand now; what was solved counts for as long as ``memory``."""
    live = [one for one in standings if one.is_open]
    rank = severity_rank(words)
    initial = words.lifecycle.initial
    by_age = sorted(live, key=lambda one: (rank(one.severity), one.reported_at, one.id))
    reported = {one.id: f"{one.status}，{one.reported_at:%m-%d %H:%M} 反馈" for one in live}
    urgent = (Row(one, reported[one.id]) for one in by_age if one.severity == words.severities()[0])
    risks = (Row(one, f"{mark.at:%m-%d} {mark.text}") for one in by_age for mark in one.marked(history.RISK)[-1:])
    waiting = (Row(one, reported[one.id]) for one in by_age if one.status == initial)
    solved = sorted(telling.solved(standings, words, (as_of - memory).date()), key=lambda pair: (pair[1], pair[0].id))
    told = (Row(one, f"并入的 {one.canonical} 已于 {at:%m-%d} 关闭") for one, at in solved)
    sections = (
        Section("超时", _rows(by_age, clocks.BREACHED)),
        Section("临期", _rows(by_age, clocks.AT_RISK)),
        Section("紧急，未关闭", tuple(urgent)),
        Section("上报了风险，未关闭", tuple(risks)),
        Section(initial, tuple(waiting)),
        Section("已经解决，用户还没有告知", tuple(told)),
    )
    return Board(sections, tuple(_teams(live, words, as_of)), len(live), duty.last_morning(words, as_of))


def _rows(live: Sequence[Standing], verdict: str) -> tuple[Row, ...]:
    """Return the clocks of a verdict, those of the gravest faults first, and of one fault in order of their due dates."""
    found = ((one, row) for one in live for row in sorted(one.clocks, key=_due) if _is_running(row, verdict))
    return tuple(Row(one, f"{row.name}，{row.due_at:%m-%d %H:%M} 到期") for one, row in found)


def _due(row: Clock) -> datetime:
    return row.due_at


def _is_running(row: Clock, verdict: str) -> bool:
    return row.is_running and row.verdict == verdict and not row.informational


def _teams(live: Sequence[Standing], words: Vocabulary, as_of: datetime) -> Iterator[Team]:
    names = [_team(one, words, as_of) for one in live]
    for name in (*words.teams, ""):
        own = [one for one, team in zip(live, names, strict=True) if team == name]
        if own:
            soon = sum(any(_is_running(row, clocks.AT_RISK) for row in one.clocks) for one in own)
            yield Team(name, len(own), sum(map(standing.is_breached, own)), soon)


def _team(one: Standing, words: Vocabulary, as_of: datetime) -> str:
    """Return the one team whose fault it is, empty where it has none."""
    found = duty.responsible(one, words, as_of) if one.team in words.teams else ()
    return found[0] if len(found) == 1 else ""
