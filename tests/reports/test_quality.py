"""The report on quality, counted by hand on nine faults as of Friday 2026-11-20 17:00."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb.period import Period
from faultkb.reports import Cases, quality

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.reports import Table
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

AS_OF = "2026-11-20 17:00"
MOMENT = datetime.fromisoformat(AS_OF)
UNTIL = Period(until=MOMENT.date())
FIRST = "2026-11-02 09:00 登记"
CLOSING = ("提交验证", "验证通过", "用户确认", "关闭")
CLEAN, FAILED, TWICE, AGAIN, NOTED_LATE, IMPORTED, ALARM, DOUBLE, OPEN = (f"SW-20261102-00{n}" for n in range(1, 10))
EVERY = (CLEAN, FAILED, TWICE, AGAIN, NOTED_LATE, IMPORTED)
POWER = "{users: 3, products: [智能网关 GW2], versions: [V2.3.1], modules: [电源管理]}"


@pytest.fixture(scope="module")
def standings(stand: Callable[..., Standing]) -> list[Standing]:
    """Return four faults that were closed in their ways, an imported one, two voided ones, and an open one."""

    def fault(name: str, *events: str, **fields: str) -> Standing:
        return stand(name, AS_OF, *events, **fields)

    return [
        fault(
            CLEAN, FIRST, "受理", *CLOSING, impact=POWER, kb="{entry: 收录, summary: 甲, solution: 乙, cause: 看门狗}"
        ),
        fault(
            FAILED,
            *(FIRST, "受理", "提交验证", "验证不通过"),
            *CLOSING,
            impact=POWER,
            kb="{entry: 并入, canonical: SW-20261102-001, cause: 看门狗}",
        ),
        fault(
            TWICE,
            FIRST,
            "受理",
            *CLOSING,
            "2026-11-09 09:00 重开",
            *CLOSING,
            kb="{entry: 不收录, reason: 丙, cause: 线路}",
        ),
        fault(AGAIN, FIRST, "受理", *CLOSING, "2026-11-12 09:00 重开"),
        fault(NOTED_LATE, FIRST, "受理", "进展 late: 当时没有网络", *CLOSING),
        fault(IMPORTED, f"{FIRST} imported: true, status: 已关闭, completed_at: 2026-11-03 10:00"),
        fault(ALARM, FIRST, "作废 reason: 误报"),
        fault(DOUBLE, FIRST, "2026-11-10 09:00 作废 reason: 重复"),
        fault(OPEN, FIRST, "受理", "提交验证", "验证不通过"),
    ]


@pytest.fixture(scope="module")
def tables(standings: list[Standing], words: Vocabulary) -> dict[str, Table]:
    """Return the tables of the report over all time, by id."""
    return {table.id: table for table in quality.build(standings, words, MOMENT, UNTIL)}


def rates(table: Table) -> dict[str, tuple[Any, ...]]:
    """Return numerator, size of the denominator, and rate by measure."""
    return {row["measure"]: (row["faults"].ids, row["of"], row["rate"]) for row in table.rows}


def test_rates(tables: dict[str, Table]) -> None:
    """Six faults were closed; voided and open ones do not count; of the imported one nobody knows how often it failed."""
    assert rates(tables["rates"]) == {
        "reopened": ((TWICE, AGAIN), 6, 2 / 6),
        "first_time": ((CLEAN, NOTED_LATE), 5, 2 / 5),
        "backdated": ((NOTED_LATE,), 6, 1 / 6),
        "missing": ((IMPORTED,), 6, 1 / 6),
        "imported": ((IMPORTED,), 6, 1 / 6),
        "published": ((CLEAN, FAILED), 6, 2 / 6),
    }
    assert [one.value for one in tables["rates"].headline] == [2 / 6, 2 / 5, 2 / 6, 1 / 6]


def test_a_period(standings: list[Standing], words: Vocabulary) -> None:
    """In the week of the 9th one fault was closed, for the second time, and not reopened since; one was voided."""
    over = Period(date(2026, 11, 9), date(2026, 11, 15))
    found, _, voided = quality.build(standings, words, MOMENT, over)
    assert rates(found) == {
        "reopened": ((), 1, 0),
        "first_time": ((), 1, 0),
        "backdated": ((), 1, 0),
        "missing": ((), 1, 0),
        "imported": ((), 1, 0),
        "published": ((), 1, 0),
    }
    assert [(row["reason"], row["faults"].ids) for row in voided.rows] == [("重复", (DOUBLE,))]


def test_an_imported_fault_was_closed_when_its_record_says_so(standings: list[Standing], words: Vocabulary) -> None:
    """Completed on the 3rd, it belongs to that day."""
    found, _, _ = quality.build(standings, words, MOMENT, Period(date(2026, 11, 3), date(2026, 11, 3)))
    assert rates(found)["imported"] == ((IMPORTED,), 1, 1)


@pytest.mark.parametrize(
    ("events", "closed", "voided"),
    [
        pytest.param(("作废", "重开", *CLOSING), 1, 0, id="voided by mistake, then closed"),
        pytest.param(("受理", *CLOSING, "重开", "作废"), 0, 1, id="closed, then voided"),
    ],
)
def test_the_last_end_counts(
    events: tuple[str, ...], closed: int, voided: int, stand: Callable[..., Standing], words: Vocabulary
) -> None:
    """A fault that ended both ways in the period is counted once."""
    one = stand(CLEAN, AS_OF, FIRST, *events)
    found, _, gone = quality.build([one], words, MOMENT, UNTIL)
    assert (found.rows[0]["of"], len(gone.rows)) == (closed, voided)


def test_recurring(tables: dict[str, Table]) -> None:
    """What two closed faults or more have in common; 线路 is the cause of one only. A version is a product's."""
    last = datetime.fromisoformat("2026-11-02 09:00")
    keys = ("by", "name", "value", "faults", "last_seen")
    assert [tuple(row[key] for key in keys) for row in tables["recurring"].rows] == [
        ("module", "功能模块", "电源管理", Cases((CLEAN, FAILED)), last),
        ("product", "产品", "智能网关 GW2", Cases(EVERY), last),
        ("version", "版本", "智能网关 GW2 V2.3.1", Cases(EVERY), last),
        ("cause", "原因类别", "看门狗", Cases((CLEAN, FAILED)), last),
    ]


def test_ten_of_a_kind(stand: Callable[..., Standing], words: Vocabulary) -> None:
    """The most frequent first, then the one seen last, then by name; ten of them."""
    modules = [f"模块 {n:02}" for n in range(12)]
    both = f"{{users: 3, products: [网关], versions: [V1], modules: [{', '.join(modules)}]}}"
    recent = "{users: 3, products: [门锁], versions: [V2], modules: [模块 11]}"
    some = [
        stand("SW-20261102-001", AS_OF, FIRST, "受理", *CLOSING, impact=both),
        stand("SW-20261103-001", AS_OF, "2026-11-03 09:00 登记", "受理", *CLOSING, impact=both),
        stand("SW-20261104-001", AS_OF, "2026-11-04 09:00 登记", "受理", *CLOSING, impact=recent),
    ]
    _, recurring, _ = quality.build(some, words, MOMENT, UNTIL)
    assert [row["value"] for row in recurring.rows if row["by"] == "module"] == ["模块 11", *modules[:9]]
    assert [len(row["faults"]) for row in recurring.rows][:2] == [3, 2]


def test_voided(tables: dict[str, Table]) -> None:
    """By reason, without the note that says more."""
    assert [tuple(row[key] for key in ("reason", "faults", "share")) for row in tables["voided"].rows] == [
        ("误报", Cases((ALARM,)), 0.5),
        ("重复", Cases((DOUBLE,)), 0.5),
    ]


def test_nothing(words: Vocabulary) -> None:
    """Without closed faults no rate is made up."""
    found, recurring, voided = quality.build([], words, MOMENT, UNTIL)
    assert {row["rate"] for row in found.rows} == {None}
    assert (list(recurring.rows), list(voided.rows)) == ([], [])


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_samples(form: str, differs: Callable[[str, str], list[str]]) -> None:
    """The report on the sample tickets is the one that was read."""
    assert differs("quality", form) == []
