"""The report on limits, counted by hand on seven faults as of Friday 2026-11-20 17:00; November has no holidays."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb.period import Period
from faultkb.reports import Cases, sla

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.reports import Table
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

AS_OF = "2026-11-20 17:00"
moment = datetime.fromisoformat
MOMENT = moment(AS_OF)
UNTIL = Period(until=MOMENT.date())
LATE_FIX, LATE, REOPENED, URGENT, IMPORTED, VOIDED, WAITING = (
    "SW-20261102-001",
    "SW-20261103-002",
    "SW-20261102-003",
    "SW-20261120-004",
    "SW-20261102-005",
    "SW-20261105-006",
    "SW-20261118-007",
)
CLOSING = ("验证通过", "用户确认", "关闭")
PARTS = ("met", "breached", "running", "paused", "cancelled", "missing")


@pytest.fixture(scope="module")
def standings(stand: Callable[..., Standing]) -> list[Standing]:
    """Return seven faults that nobody outside waits for, so that 用户告知 and 用户反馈 do not run."""

    def fault(name: str, *events: str, **fields: str) -> Standing:
        return stand(name, AS_OF, *events, channel="内部测试", **fields)

    return [
        fault(
            LATE_FIX,
            *("2026-11-02 09:00 登记", "2026-11-02 10:00 受理", "2026-11-05 10:00 改期", "2026-11-10 12:00 提交验证"),
            *CLOSING,
        ),
        fault(LATE, "2026-11-03 09:00 登记", "2026-11-04 09:00 受理"),
        fault(
            REOPENED,
            *("2026-11-02 09:00 登记", "2026-11-02 10:00 受理", "2026-11-03 10:00 提交验证"),
            *CLOSING,
            "2026-11-10 09:00 重开",
        ),
        fault(URGENT, "2026-11-20 09:00 登记", "2026-11-20 09:30 响应", severity="紧急"),
        fault(IMPORTED, "2026-11-02 09:00 登记 imported: true, status: 已关闭"),
        fault(VOIDED, "2026-11-05 09:00 登记", "2026-11-05 10:00 作废", severity="低"),
        fault(
            WAITING,
            "2026-11-18 09:00 登记",
            "2026-11-18 10:00 受理 due_at: 2026-11-23 18:00",
            "2026-11-19 10:00 暂停 reason: 待用户补充",
            severity="高",
        ),
    ]


@pytest.fixture(scope="module")
def tables(standings: list[Standing], words: Vocabulary) -> dict[str, Table]:
    """Return the tables of the report over all time until the 20th, by id."""
    return {table.id: table for table in sla.build(standings, words, MOMENT, UNTIL)}


def row(table: Table, **keys: str) -> dict[str, Any]:
    """Return the one row that has these values."""
    (found,) = (one for one in table.rows if all(one[key] == value for key, value in keys.items()))
    return found


def figures(found: dict[str, Any]) -> tuple[Any, ...]:
    """Return what there is to count by hand: n, the six parts, the rate, median and P90."""
    counts = tuple(len(found[key]) for key in ("n", *PARTS))
    return (*counts, found["rate"], found["median"], found["p90"])


@pytest.mark.parametrize(
    ("clock", "severity", "cycles", "expected"),
    [
        # accepted after 1, 24 and 1 hours; of the imported one nothing is known
        pytest.param("review", "中", "any", (4, 3, 0, 0, 0, 0, 1, 0.0, 1.0, 24.0), id="review"),
        # the reopened fault was reviewed in the cycle before
        pytest.param("review", "中", "last", (3, 2, 0, 0, 0, 0, 1, 0.0, 12.5, 24.0), id="review, last"),
        # due 11-09: fixed on 11-10 at 12:00, 8 days and 2 hours after 受理. Due 11-11 and 11-17: still open.
        # The first cycle of the reopened one took a day; between 24 and 194 hours are 109.
        pytest.param("resolve", "中", "any", (5, 1, 3, 0, 0, 0, 1, 0.75, 109.0, 194.0), id="resolve"),
        pytest.param("resolve", "中", "last", (4, 0, 3, 0, 0, 0, 1, 1.0, 194.0, 194.0), id="resolve, last"),
        # 作废 does not accept
        pytest.param("accept", "低", "any", (1, 0, 0, 0, 0, 1, 0, None, None, None), id="cancelled"),
        # due at 11:00, answered after half an hour
        pytest.param("respond", "紧急", "any", (1, 1, 0, 0, 0, 0, 0, 0.0, 0.5, 0.5), id="respond"),
        # due on the 21st
        pytest.param("resolve", "紧急", "any", (0, 0, 0, 0, 0, 0, 0, None, None, None), id="outside of the period"),
        # due on the 24th: the 20th was lost to the pause
        pytest.param("resolve", "高", "last", (0, 0, 0, 0, 0, 0, 0, None, None, None), id="paused, outside"),
    ],
)
def test_clocks(clock: str, severity: str, cycles: str, expected: tuple[Any, ...], tables: dict[str, Table]) -> None:
    """A row per clock, severity at its start, and last or any cycle, over what is due in the period."""
    assert figures(row(tables["clocks"], clock=clock, severity=severity, cycles=cycles)) == expected


def test_every_clock_and_severity_has_two_rows(tables: dict[str, Table]) -> None:
    """18 pairs (DESIGN §5), once for last and once for any cycle; the informational 验证确认 has none."""
    pairs = {
        *((clock, one) for clock in ("review", "resolve", "update") for one in ("紧急", "高", "中", "低")),
        *((clock, "紧急") for clock in ("respond", "inform", "propose")),
        *(("accept", one) for one in ("高", "中", "低")),
    }
    found = [(one["clock"], one["severity"], one["cycles"]) for one in tables["clocks"].rows]
    assert len(found) == 36
    assert set(found) == {(*pair, cycles) for pair in pairs for cycles in ("last", "any")}


def test_totals(tables: dict[str, Table]) -> None:
    """All severities of a clock together, any cycle, with the last cycles beside them."""
    review = row(tables["totals"], clock="review")
    assert figures(review) == (6, 5, 0, 0, 0, 0, 1, 0.0, 1.0, 24.0)
    resolve = row(tables["totals"], clock="resolve")
    assert (len(resolve["met"]), len(resolve["breached"]), resolve["rate"]) == (1, 3, 0.75)
    assert (len(resolve["last_met"]), len(resolve["last_breached"]), resolve["last_rate"]) == (0, 3, 1.0)
    assert [one["clock"] for one in tables["totals"].rows] == [
        *("review", "respond", "inform", "accept", "propose", "resolve", "update")
    ]


def test_figures_know_their_faults(tables: dict[str, Table]) -> None:
    """Of every figure it can be asked which faults it counts."""
    found = row(tables["clocks"], clock="resolve", severity="中", cycles="any")
    assert found["breached"] == Cases((LATE_FIX, LATE, REOPENED))
    assert sorted(found["n"].ids) == sorted([LATE_FIX, LATE, REOPENED, REOPENED, IMPORTED])


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ("policy", (5, 1, 3, 0.75)),
        # the first plans, all of 11-06: one fixed in time, two not; the plan of the reopening, 11-25, is not due yet
        ("plan", (3, 1, 2, 2 / 3)),
        # 改期 to 11-20 18:00 was kept
        ("revised", (3, 2, 1, 1 / 3)),
    ],
)
def test_plans(reading: str, expected: tuple[Any, ...], tables: dict[str, Table]) -> None:
    """The same work by the policy, by what was promised first, and by what is promised now."""
    for severity in ("中", "合计"):
        found = row(tables["plans"], reading=reading, severity=severity)
        assert (*(len(found[key]) for key in ("n", "met", "breached")), found["rate"]) == expected


def test_overdue(tables: dict[str, Table]) -> None:
    """Limits that passed and that nobody met yet; from the 12th to the 20th are 7 working days, from the 18th 3."""
    keys = ("id", "clock", "name", "severity", "due_at", "late")
    assert [tuple(one[key] for key in keys) for one in tables["overdue"].rows] == [
        (LATE, "resolve", "计划完成", "中", moment("2026-11-11 18:00"), "超时 7 个工作日"),
        (REOPENED, "resolve", "计划完成", "中", moment("2026-11-17 18:00"), "超时 3 个工作日"),
    ]


def test_what_is_left_out(tables: dict[str, Table]) -> None:
    """The note has the denominator and everything that is not in it.

    Met: 3 + 1 + 1 reviews, 3 accepted, 1 response, 1 fixed. Missing: review, accept and resolve of the imported one.
    Not due: review, propose, resolve of the urgent one; accept and resolve of the paused one. Two 验证确认.
    """
    note = tables["totals"].note
    assert "：3 ÷ 13。" in note
    assert "进行中 0、暂停中 0、取消 1、数据缺失 3；到期不在期间内 5；仅供参考的时限 2。" in note


def test_headline(tables: dict[str, Table]) -> None:
    """The figures of the note, over all clocks: 10 met, 3 breached, 1 cancelled, 3 missing make 17."""
    rate, *counts = tables["totals"].headline
    assert (rate.value, rate.kind, rate.bad) == (3 / 13, "share", True)
    assert [(one.title, len(one.value)) for one in counts] == [("时限数", 17), ("超时", 3), ("进行中", 0)]


def test_what_is_overdue_is_not_of_the_period(tables: dict[str, Table]) -> None:
    """The list says that it holds for the moment of the report."""
    assert tables["overdue"].note.startswith("这是截至 2026-11-20")


def test_all_dues(standings: list[Standing], words: Vocabulary) -> None:
    """Without any limit what is due later is there too: 暂停中, and 进行中 with 临期."""
    tables = {table.id: table for table in sla.build(standings, words, MOMENT, Period())}
    assert row(tables["totals"], clock="resolve")["paused"] == Cases((WAITING,))
    # 8 of 24 hours of propose and 6 of resolve are used; review is due on Monday
    assert [row(tables["totals"], clock=one)["running"].ids for one in ("review", "propose", "resolve")] == [
        (URGENT,),
        (URGENT,),
        (URGENT,),
    ]
    assert "到期不在期间内 0；" in tables["totals"].note


def test_a_period(standings: list[Standing], words: Vocabulary) -> None:
    """Only limits that are due in it count, whenever they were met: on the 9th two plans were due by the policy."""
    over = Period(date(2026, 11, 9), date(2026, 11, 9))
    tables = {table.id: table for table in sla.build(standings, words, MOMENT, over)}
    assert {one["clock"]: len(one["n"]) for one in tables["totals"].rows if one["n"].ids} == {"resolve": 2}
    assert figures(row(tables["clocks"], clock="resolve", severity="中", cycles="any"))[:3] == (2, 1, 1)


@pytest.mark.parametrize("over", [Period(), UNTIL, Period(date(2026, 11, 9), date(2026, 11, 15))], ids=str)
def test_nothing_is_lost(over: Period, standings: list[Standing], words: Vocabulary) -> None:
    """In every row of every table the six parts make up n, and severities make up their clock."""
    tables = {table.id: table for table in sla.build(standings, words, MOMENT, over)}
    for name in ("totals", "clocks", "plans"):
        for one in tables[name].rows:
            assert sum(len(one[key]) for key in PARTS) == len(one["n"]), one
    for total in tables["totals"].rows:
        parts = [one for one in tables["clocks"].rows if (one["clock"], one["cycles"]) == (total["clock"], "any")]
        assert sum(len(one["n"]) for one in parts) == len(total["n"])


def test_the_order_of_faults_changes_nothing(standings: list[Standing], words: Vocabulary) -> None:
    """Figures and the list of what is late are the same for the faults in reverse order."""
    there, back = (sla.build(some, words, MOMENT, UNTIL) for some in (standings, standings[::-1]))
    for one, other in zip(there, back, strict=True):
        assert [
            {key: sorted(value.ids) if isinstance(value, Cases) else value for key, value in each.items()}
            for each in one.rows
        ] == [
            {key: sorted(value.ids) if isinstance(value, Cases) else value for key, value in each.items()}
            for each in other.rows
        ]


def test_nothing(words: Vocabulary) -> None:
    """Without faults every figure is 0 and no rate is made up."""
    totals, counted, plans, overdue = sla.build([], words, MOMENT, UNTIL)
    assert all(figures(one) == (0, 0, 0, 0, 0, 0, 0, None, None, None) for one in (*totals.rows, *counted.rows))
    assert all(one["rate"] is None for one in plans.rows)
    assert list(overdue.rows) == []


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_samples(form: str, differs: Callable[[str, str], list[str]]) -> None:
    """The report on the sample tickets is the one that was read."""
    assert differs("sla", form) == []
