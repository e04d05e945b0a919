"""The trend of a year, counted by hand on five faults as of Friday 2026-11-20 17:00."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import standing
from faultkb.period import Period, all_time, year_until
from faultkb.reports import Cases, trend

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.reports import Table
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

AS_OF = datetime.fromisoformat("2026-11-20 17:00")
TWICE, VOIDED, OPEN, OLD, IMPORTED = (
    "SW-20260928-001",
    "SW-20261030-002",
    "SW-20261103-003",
    "SW-20251110-004",
    "SW-20260803-005",
)


@pytest.fixture(scope="module")
def standings(stand: Callable[..., Standing]) -> list[Standing]:
    """Return a fault that was closed twice, one that was voided, two that are open, and one imported as closed."""

    def fault(name: str, *events: str) -> Standing:
        return stand(name, "2026-11-20 17:00", *events)

    return [
        fault(
            TWICE,
            *("2026-09-28 09:00 登记", "2026-09-28 13:00 受理", "2026-09-29 09:00 提交验证", "验证不通过"),
            *("2026-09-30 09:00 提交验证", "验证通过", "用户确认", "2026-10-08 09:00 关闭"),
            *("2026-10-20 09:00 重开", "2026-10-21 09:00 提交验证", "验证通过", "用户确认", "2026-10-22 09:00 关闭"),
        ),
        fault(VOIDED, "2026-10-30 09:00 登记", "2026-11-02 09:00 作废"),
        fault(OPEN, "2026-11-03 09:00 登记"),
        fault(OLD, "2025-11-10 09:00 登记"),
        fault(IMPORTED, "2026-08-03 09:00 登记 imported: true, status: 已关闭, completed_at: 2026-09-02 10:00"),
    ]


def build(standings: list[Standing], words: Vocabulary, over: Period) -> dict[str, Table]:
    """Return the tables of a period by id."""
    return {table.id: table for table in trend.build(standings, words, AS_OF, over)}


def flow(tables: dict[str, Table]) -> dict[str, list[int]]:
    """Return the figures of each month: registered, reopened, closed, voided, backlog."""
    keys = ("registered", "reopened", "closed", "voided", "backlog")
    return {row["month"]: [len(row[key]) for key in keys] for row in tables["flow"].rows}


def test_flow(standings: list[Standing], words: Vocabulary) -> None:
    """Twelve months, also those in which nothing happened; OLD is in the backlog from before the first one.

    The imported fault was closed when the import says so, in September.
    """
    assert flow(build(standings, words, year_until(AS_OF))) == {
        **{month: [0, 0, 0, 0, 1] for month in ["2025-12", *(f"2026-{number:02}" for number in range(1, 8))]},
        "2026-08": [1, 0, 0, 0, 2],
        "2026-09": [1, 0, 1, 0, 2],
        "2026-10": [1, 1, 2, 0, 2],
        "2026-11": [1, 0, 0, 1, 2],
    }


def test_figures_know_their_faults(standings: list[Standing], words: Vocabulary) -> None:
    """TWICE was closed twice in October; at its end VOIDED was still open."""
    rows = {row["month"]: row for row in build(standings, words, year_until(AS_OF))["flow"].rows}
    assert rows["2026-10"]["closed"] == Cases((TWICE, TWICE))
    assert set(rows["2026-10"]["backlog"].ids) == {OLD, VOIDED}


@pytest.mark.parametrize(
    ("table", "october"),
    [
        ("time_to_accept", (1, 4, 4)),  # 09:00 to 13:00; the second time it was not accepted anew
        ("time_to_fix", (2, 36, 48)),  # the last handover counts: 28th to 30th; 20th to 21st
        ("time_to_close", (2, 144, 240)),  # 28 September to 8 October; 20th to 22nd
    ],
)
def test_times(table: str, october: tuple[Any, ...], standings: list[Standing], words: Vocabulary) -> None:
    """By the month of the closing, from the beginning of each cycle; other months have no figure.

    Of two values the mean is the median, the greater one P90 (nearest rank). The imported fault has no times.
    """
    rows = {row["month"]: row for row in build(standings, words, year_until(AS_OF))[table].rows}
    assert (len(rows["2026-10"]["n"]), rows["2026-10"]["median"], rows["2026-10"]["p90"]) == october
    del rows["2026-10"]
    assert {(len(row["n"]), row["median"], row["p90"]) for row in rows.values()} == {(0, None, None)}


def test_part_of_a_month(standings: list[Standing], words: Vocabulary) -> None:
    """From the 9th of October the first closing is before the period, and in its backlog's past."""
    found = build(standings, words, Period(date(2026, 10, 9), date(2026, 10, 31)))
    assert flow(found) == {"2026-10": [1, 1, 1, 0, 2]}
    assert [len(row["n"]) for row in found["time_to_close"].rows] == [1]


def test_all_time(standings: list[Standing], words: Vocabulary) -> None:
    """From the month of the first fault to that of the moment: thirteen months; the sums tell what is open."""
    found = flow(build(standings, words, all_time(AS_OF)))
    assert (len(found), next(iter(found)), [*found][-1]) == (13, "2025-11", "2026-11")
    registered, reopened, closed, voided, _ = (sum(column) for column in zip(*found.values(), strict=True))
    assert registered + reopened - closed - voided == found["2026-11"][-1] == 2


def test_the_future(standings: list[Standing], words: Vocabulary) -> None:
    """Months that have not begun are not there."""
    assert [*flow(build(standings, words, Period(date(2026, 11, 1), date(2027, 3, 31))))] == ["2026-11"]
    assert flow(build(standings, words, Period(since=date(2027, 1, 1)))) == {}


def test_no_month_before_the_first_fault(standings: list[Standing], words: Vocabulary) -> None:
    """The year before anything was registered is not twelve months of nothing; a month begins with its first day."""
    found = build([one for one in standings if one.id == TWICE], words, year_until(AS_OF))
    assert [*flow(found)] == ["2026-09", "2026-10", "2026-11"]
    assert flow(found)["2026-09"] == [1, 0, 0, 0, 1]
    assert flow(build(standings, words, Period(date(2024, 1, 1), date(2024, 3, 31)))) == {}


def test_headline(standings: list[Standing], words: Vocabulary) -> None:
    """What came and went in the last month, and what is open at its end."""
    (flow_table, *_) = trend.build(standings, words, AS_OF, year_until(AS_OF))
    assert [(one.title, one.value.ids) for one in flow_table.headline] == [
        ("2026-11 新登记", (OPEN,)),
        ("2026-11 关闭", ()),
        ("期末未关闭", (OLD, OPEN)),
    ]


def test_backlog_of_the_samples(root: Path, words: Vocabulary) -> None:
    """The last backlog is what is open, whatever happened to the faults before."""
    found, _ = standing.all_at(root, words, AS_OF)
    last = build(found, words, year_until(AS_OF))["flow"].rows[-1]
    assert sorted(last["backlog"].ids) == sorted(one.id for one in found if one.is_open)


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_samples(form: str, differs: Callable[[str, str], list[str]]) -> None:
    """The report on the sample tickets is the one that a person has read."""
    assert differs("trend", form) == []
