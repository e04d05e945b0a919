"""The report on work, counted by hand on six faults as of Friday 2026-11-20 09:00."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb.reports import Cases, workload
from faultkb.ticket import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.reports import Table
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

AS_OF = "2026-11-20 09:00"
MOMENT = datetime.fromisoformat(AS_OF)
OLD, LATE, NEW, NEWEST, WAITING, CLOSED = (
    "SW-20261111-001",
    "SW-20261116-001",
    "SW-20261118-001",
    "SW-20261119-001",
    "SW-20261120-001",
    "SW-20261102-001",
)
LOAD = ("total", "late", "breached", "median_days", "p90_days", "mean_days", "oldest_days", "oldest")


@pytest.fixture(scope="module")
def standings(stand: Callable[..., Standing]) -> list[Standing]:
    """Return four faults of one team and two people, one that nobody has, and a closed one; all accepted in an hour."""

    def fault(name: str, *events: str) -> Standing:
        return stand(name, AS_OF, *events, channel="内部测试")

    guo = "owner: {staff: RD025, name: 郭*}"
    return [
        fault(NEW, "2026-11-18 09:00 登记", "受理 due_at: 2026-11-25 18:00"),
        fault(OLD, "2026-11-11 09:00 登记", "受理 due_at: 2026-11-30 18:00"),  # by the policy due on the 18th
        fault(LATE, "2026-11-16 09:00 登记", f"受理 due_at: 2026-11-19 18:00, {guo}"),  # by the policy on the 23rd
        fault(NEWEST, "2026-11-19 09:00 登记", "受理 due_at: 2026-11-25 18:00"),
        fault(WAITING, "2026-11-20 08:00 登记"),
        fault(
            CLOSED,
            *("2026-11-02 09:00 登记", "受理 team: 测试组", "2026-11-02 12:00 暂停 reason: 待用户补充"),
            *("2026-11-02 14:00 恢复", "提交验证", "验证通过", "2026-11-02 16:30 用户确认", "2026-11-02 17:00 关闭"),
        ),
    ]


@pytest.fixture(scope="module")
def tables(standings: list[Standing], words: Vocabulary) -> dict[str, Table]:
    """Return the tables of the report by id."""
    return {table.id: table for table in workload.build(standings, words, MOMENT, None)}


def load(row: dict[str, Any]) -> tuple[Any, ...]:
    """Return the figures of a row."""
    return tuple(len(row[key]) if isinstance(row[key], Cases) else row[key] for key in LOAD)


def test_teams(tables: dict[str, Table]) -> None:
    """Ages of 1, 2, 4 and 9 days: the median is between the second and the third, the fourth is P90, 16 / 4 the mean; a closed fault is no load."""
    assert [(row["team"], load(row)) for row in tables["teams"].rows] == [
        ("硬件研发组", (0, 0, 0, None, None, None, None, "")),
        ("软件开发组", (4, 1, 1, 3.0, 9.0, 4.0, 9.0, OLD)),
        ("云平台组", (0, 0, 0, None, None, None, None, "")),
        ("测试组", (0, 0, 0, None, None, None, None, "")),
        ("客服组", (0, 0, 0, None, None, None, None, "")),
        # an hour, rounded to a tenth of a day
        ("（未分配）", (1, 0, 0, 0.0, 0.0, 0.0, 0.0, WAITING)),
    ]
    team = tables["teams"].rows[1]
    assert (team["late"], team["breached"]) == (Cases((LATE,)), Cases((OLD,)))


def test_owners(tables: dict[str, Table]) -> None:
    """Who has most comes first, nobody last; ages of 1, 2 and 9 days."""
    assert [(row["owner"], row["teams"], load(row)) for row in tables["owners"].rows] == [
        (Person("RD017", "李*"), "软件开发组", (3, 0, 1, 2.0, 9.0, 4.0, 9.0, OLD)),
        (Person("RD025", "郭*"), "软件开发组", (1, 1, 0, 4.0, 4.0, 4.0, 4.0, LATE)),
        ("（未分配）", "", (1, 0, 0, 0.0, 0.0, 0.0, 0.0, WAITING)),
    ]


def test_where_the_time_of_a_team_went(tables: dict[str, Table]) -> None:
    """Median and P90 in hours over open and closed faults.

    In work for 23, 47, 95 and 215 hours. The closed one: 1 hour to accept, 2 and 1 in work, 2 for the user, 2 to verify.
    """
    keys = ("accept", "work", "user", "verify")
    rows = {
        row["team"]: (len(row["n"]), *(row.get(f"{key}_{name}") for name in ("median", "p90") for key in keys))
        for row in tables["spent"].rows
    }
    assert rows == {
        "硬件研发组": (0, None, None, None, None, None, None, None, None),
        "软件开发组": (4, 1, 71, 0, 0, 1, 215, 0, 0),
        "云平台组": (0, None, None, None, None, None, None, None, None),
        "测试组": (1, 1, 3, 2, 2, 1, 3, 2, 2),
        "客服组": (0, None, None, None, None, None, None, None, None),
        "（未分配）": (1, 1, 0, 0, 0, 1, 0, 0, 0),
    }


def test_where_the_time_of_open_faults_went(tables: dict[str, Table]) -> None:
    """Each open fault, the oldest first; the columns are named for the states."""
    keys = ("id", "status", "accept", "work", "user", "verify")
    assert [tuple(row[key] for key in keys) for row in tables["faults"].rows] == [
        (OLD, "处理中", 1, 215, 0, 0),
        (LATE, "处理中", 1, 95, 0, 0),
        (NEW, "处理中", 1, 47, 0, 0),
        (NEWEST, "处理中", 1, 23, 0, 0),
        (WAITING, "待受理", 1, 0, 0, 0),
    ]
    titles = {column.key: column.title for column in tables["faults"].columns}
    assert [titles[key] for key in keys[2:]] == ["待受理", "处理中", "等用户", "待验证"]


def test_teams_that_are_gone(standings: list[Standing], words: Vocabulary) -> None:
    """A retired team, or one that the schema does not know any more, is there as long as it has open faults."""
    gone = {name: replace(team, retired=date(2026, 11, 1)) for name, team in words.teams.items()}
    some = [*standings, standings[0]._replace(id="SW-20261118-009", team="法务组")]
    teams, _, _, _ = workload.build(some, replace(words, teams=gone), MOMENT, None)
    assert [(row["team"], len(row["total"])) for row in teams.rows] == [
        ("软件开发组", 4),
        ("法务组", 1),
        ("（未分配）", 1),
    ]


def test_headline(tables: dict[str, Table]) -> None:
    """All teams together: five open faults, and two people who have some."""
    figures = [one for table in tables.values() for one in table.headline]
    assert [(one.title, one.value, one.bad) for one in figures] == [
        ("未关闭", Cases((NEW, OLD, LATE, NEWEST, WAITING)), False),
        ("超计划", Cases((LATE,)), True),
        ("超时限", Cases((OLD,)), True),
        ("主责人数", 2, False),
    ]


def test_nothing(words: Vocabulary) -> None:
    """Without faults the teams are there with 0, and nobody else."""
    teams, owners, spent, faults = workload.build([], words, MOMENT, None)
    assert [row["team"] for row in teams.rows] == list(words.teams)
    assert all(row["total"] == Cases(()) for row in teams.rows)
    assert (list(owners.rows), [len(row["n"]) for row in spent.rows], list(faults.rows)) == ([], [0] * 5, [])


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_samples(form: str, differs: Callable[[str, str], list[str]]) -> None:
    """The report on the sample tickets is the one that was read."""
    assert differs("workload", form) == []
