"""The pack for the weekly meeting, counted by hand on nine faults as of Friday 2026-11-20 17:00 (week from the 16th)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import standing
from faultkb.period import Period, all_time, week
from faultkb.reports import Cases, weekly

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.reports import Table
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

AS_OF = "2026-11-20 17:00"
moment = datetime.fromisoformat
NEW, CLOSED, VOIDED, REOPENED, LOWERED, SUPPLIER, RISKY, RETURNED, LATE = (
    "SW-20261116-001",
    "SW-20261109-002",
    "SW-20261110-003",
    "SW-20261102-004",
    "SW-20261111-005",
    "SW-20261109-006",
    "SW-20261113-007",
    "SW-20261119-008",
    "SW-20261111-009",
)


@pytest.fixture(scope="module")
def standings(stand: Callable[..., Standing]) -> list[Standing]:
    """Return nine faults that nobody outside waits for."""

    def fault(name: str, *events: str, **fields: str) -> Standing:
        return stand(name, AS_OF, *events, channel="内部测试", **fields)

    return [
        fault(NEW, "2026-11-16 09:00 登记"),
        fault(
            CLOSED,
            *("2026-11-09 09:00 登记", "受理 due_at: 2026-11-13 18:00", "2026-11-12 09:00 提交验证"),
            *("验证通过", "用户确认", "2026-11-17 10:00 关闭"),
        ),
        fault(VOIDED, "2026-11-10 09:00 登记", "2026-11-16 09:00 作废"),
        fault(
            REOPENED,
            *("2026-11-02 09:00 登记", "受理 due_at: 2026-11-06 18:00", "2026-11-04 09:00 提交验证"),
            *("验证通过", "用户确认", "2026-11-10 09:00 关闭", "2026-11-18 09:00 重开 due_at: 2026-11-25 18:00"),
        ),
        fault(
            LOWERED,
            *("2026-11-11 09:00 登记", "受理 due_at: 2026-11-16 18:00", "2026-11-16 09:00 风险"),
            "2026-11-16 10:00 改期 due_at: 2026-11-24 18:00",
            "2026-11-17 09:00 定级 from: 高, to: 中, note: 只影响一个机型",
            severity="中",
        ),
        fault(
            SUPPLIER,
            *("2026-11-09 09:00 登记", "受理 due_at: 2026-11-23 18:00", "2026-11-12 09:00 暂停 note: 等样件"),
            severity="低",
        ),
        fault(
            RISKY,
            *("2026-11-13 09:00 登记", "受理 due_at: 2026-11-18 18:00", "2026-11-17 09:00 风险"),
            severity="高",
        ),
        fault(RETURNED, "2026-11-19 09:00 登记", "2026-11-19 10:00 退回"),
        fault(LATE, "2026-11-11 09:00 登记", "2026-11-18 09:00 受理 due_at: 2026-11-25 18:00"),
    ]


@pytest.fixture(scope="module")
def tables(standings: list[Standing], words: Vocabulary) -> dict[str, Table]:
    """Return the tables of the week by id."""
    return {table.id: table for table in weekly.build(standings, words, moment(AS_OF), week("2026-W47"))}


def values(table: Table, *keys: str) -> list[tuple[Any, ...]]:
    """Return some columns of a table."""
    return [tuple(row[key] for key in keys) for row in table.rows]


def counted(value: Any) -> Any:
    """Return a number of faults as a number."""
    return len(value) if isinstance(value, Cases) else value


def test_numbers(tables: dict[str, Table]) -> None:
    """The week, the one before, the difference; what is open now is what was open then and the net of this week.

    Late this week: review (17th) and acceptance (19th) of NEW, the plan of LOWERED (16th) and RISKY (18th), the acceptance
    of LATE (16th). Before: review (11th) and acceptance (13th) of VOIDED, the review of LATE (12th).
    """
    rows = [[counted(one) for one in row] for row in values(tables["numbers"], "figure", "now", "before", "change")]
    assert rows == [
        ["registered", 2, 6, -4],
        ["reopened", 1, 0, 1],
        ["closed", 1, 1, 0],
        ["voided", 1, 0, 1],
        ["net", 1, 5, -4],
        ["open", 7, 6, 1],
        ["breached", 5, 3, 2],
    ]


def test_figures_know_their_faults(tables: dict[str, Table]) -> None:
    """A fault with two limits that passed is there twice; LATE was not closed in any week."""
    now = {row["figure"]: row["now"] for row in tables["numbers"].rows}
    assert sorted(now["breached"].ids) == sorted([NEW, NEW, LOWERED, RISKY, LATE])
    assert sorted(now["open"].ids) == sorted([NEW, REOPENED, LOWERED, SUPPLIER, RISKY, RETURNED, LATE])


def test_headline_and_order(tables: dict[str, Table]) -> None:
    """The figures of the week come first, then what has to be decided; users are those of today."""
    assert [*tables][:3] == ["numbers", "decisions", "registered"]
    figures = [(one.title, counted(one.value)) for table in tables.values() for one in table.headline]
    assert figures == [("新登记", 2), ("已关闭", 1), ("净增", 1), ("未关闭", 7), ("要定的事", 6)]
    assert tables["to_tell"].title == "今天（11-20）要告知的用户"


def test_a_week_that_has_not_begun(standings: list[Standing], words: Vocabulary) -> None:
    """Nothing is said of its end, and the lists of today are not shown as if they were of that week."""
    found = {table.id: table for table in weekly.build(standings, words, moment(AS_OF), week("2026-W48"))}
    assert [*found] == ["numbers", "registered", "closed", "reopened"]
    assert [row["now"] for row in found["numbers"].rows if row["figure"] == "open"] == [None]
    assert "未关闭" not in [one.title for one in found["numbers"].headline]


def test_lists(tables: dict[str, Table]) -> None:
    """What is new, what ended and how, what came back."""
    assert values(tables["registered"], "id", "at") == [
        (NEW, moment("2026-11-16 09:00")),
        (RETURNED, moment("2026-11-19 09:00")),
    ]
    assert values(tables["closed"], "id", "event", "text") == [
        (CLOSED, "关闭", ""),
        (VOIDED, "作废", "误报：测试环境的告警"),
    ]
    assert values(tables["reopened"], "id", "due_at", "text") == [(REOPENED, moment("2026-11-25 18:00"), "再次出现")]


def test_overdue(tables: dict[str, Table]) -> None:
    """The limits that have passed and those of the next working day are those of the report on them.

    LATE: the work counts from the 16th, when it should have been accepted: five working days end on Monday, as do the ten
    of SUPPLIER from the 9th.
    """
    assert values(tables["overdue"], "id", "clock") == [
        (RISKY, "resolve"),
        (LOWERED, "resolve"),
        (NEW, "review"),
        (NEW, "accept"),
    ]
    assert values(tables["at_risk"], "id", "clock") == [(LATE, "resolve"), (SUPPLIER, "resolve")]


def test_blocked(tables: dict[str, Table]) -> None:
    """Returned on the 19th: one working day. Waiting since the 12th: the 13th, and five days of this week."""
    assert values(tables["blocked"], "id", "event", "text", "days") == [
        (RETURNED, "退回", "请补充固件版本", 1),
        (SUPPLIER, "暂停", "待供应商：等样件", 6),
    ]


def test_risks_and_changes(tables: dict[str, Table]) -> None:
    """The risks of the week, the gravest first; each change with what it was and what it is."""
    assert values(tables["risks"], "id", "text") == [(RISKY, "复现环境不足"), (LOWERED, "复现环境不足")]
    assert values(tables["changes"], "id", "event", "change", "text") == [
        (LOWERED, "改期", "2026-11-16 18:00 → 2026-11-24 18:00", "物料晚到"),
        (LOWERED, "定级", "高 → 中", "只影响一个机型"),
    ]


def test_decisions(tables: dict[str, Table]) -> None:
    """What has to be decided about each fault, and by whom; the risk of LOWERED was answered by the new date."""
    assert values(tables["decisions"], "id", "kind", "team") == [
        (RISKY, "past_plan", "软件开发组"),
        (RISKY, "risk", "软件开发组"),
        (RISKY, "review", "软件开发组"),
        (NEW, "not_accepted", ""),
        (LATE, "accepted_late", "软件开发组"),
        (SUPPLIER, "waiting", "软件开发组"),
    ]


def test_users(stand: Callable[..., Standing], words: Vocabulary) -> None:
    """By the limit, then those whose fault was solved with another: also on the last day of the week before.

    They are still there where the report leaves that other fault out.
    """
    canonical = stand(
        "SW-20261102-010",
        AS_OF,
        *(
            "2026-11-02 09:00 登记",
            "受理",
            "2026-11-04 09:00 提交验证",
            "验证通过",
            "用户确认",
            "2026-11-13 17:30 关闭",
        ),
    )
    merged = stand(
        "SW-20261105-011",
        AS_OF,
        *("2026-11-05 09:00 登记", "2026-11-05 15:00 反馈", "2026-11-06 09:00 作废 reason: 重复"),
        customer="{id: U****3821, ref: CRM-88213}",
        kb="{entry: 并入, canonical: SW-20261102-010}",
    )
    waiting = stand("SW-20261112-012", AS_OF, "2026-11-12 09:00 登记", customer="{id: U****0001}")
    kept = standing.linked([canonical, merged, waiting])[1:]
    found = weekly.build(kept, words, moment(AS_OF), week("2026-W47"))
    table = next(table for table in found if table.id == "to_tell")
    assert values(table, "id", "why", "remaining", "customer", "told_at") == [
        (waiting.id, "用户反馈", "超时 1 个工作日", "U****0001", None),
        (
            merged.id,
            "并入的 SW-20261102-010 已于 11-13 关闭，还没有告知",
            "",
            "CRM-88213",
            moment("2026-11-05 15:00"),
        ),
    ]


def test_a_week_that_is_over(standings: list[Standing], words: Vocabulary) -> None:
    """The week before, asked for later: the same figures as beside those of this week."""
    numbers = weekly.build(standings, words, moment(AS_OF), week("2026-W46"))[0]
    assert [counted(row["now"]) for row in numbers.rows] == [6, 0, 1, 0, 5, 6, 3]
    assert "还没有结束" not in numbers.note


@pytest.mark.parametrize(("as_of", "unfinished"), [("2026-11-22 23:58", True), ("2026-11-22 23:59", False)])
def test_the_end_of_a_week(as_of: str, unfinished: bool, words: Vocabulary) -> None:  # noqa: FBT001 - a case's own verdict
    """A week lasts until the last minute of its Sunday, the moment at which one that is over is judged."""
    numbers = weekly.build([], words, moment(as_of), week("2026-W47"))[0]
    assert ("还没有结束" in numbers.note) is unfinished


@pytest.mark.parametrize("over", [all_time(moment(AS_OF)), Period(since=moment("2026-11-16 00:00").date())])
def test_a_period_without_limits(over: Period, standings: list[Standing], words: Vocabulary) -> None:
    """Nothing of the same length lies before it, so nothing is compared."""
    numbers = weekly.build(standings, words, moment(AS_OF), over)[0]
    assert {(row["before"], row["change"]) for row in numbers.rows} == {(None, None)}
    assert counted(next(row["now"] for row in numbers.rows if row["figure"] == "open")) == 7


def test_a_quiet_week(words: Vocabulary) -> None:
    """Every figure is 0, and each empty table says so in a word."""
    numbers, *rest = weekly.build([], words, moment(AS_OF), week("2026-W47"))
    assert {counted(row["now"]) for row in numbers.rows} == {0}
    assert all(table.empty != "无" and not table.rows for table in rest)


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_samples(form: str, differs: Callable[[str, str], list[str]]) -> None:
    """The report on the sample tickets is the one that a person has read."""
    assert differs("weekly", form) == []
