"""The report on age, counted by hand as of Friday 2026-11-20 09:00."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from faultkb.reports import Cases, ageing

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

AS_OF = "2026-11-20 09:00"
MOMENT = datetime.fromisoformat(AS_OF)


@pytest.fixture
def fault(stand: Callable[..., Standing]) -> Callable[..., Standing]:
    """Return a function from a day to a fault registered at 08:00 on it."""

    def registered(day: str, *events: str, **fields: str) -> Standing:
        return stand(f"SW-{day.replace('-', '')}-001", AS_OF, f"{day} 08:00 登记", *events, **fields)

    return registered


@pytest.mark.parametrize(
    ("day", "bucket"),
    [
        pytest.param("2026-11-20", "0–1", id="today, 0"),
        pytest.param("2026-11-19", "0–1", id="yesterday, 1"),
        pytest.param("2026-11-18", "2–3", id="2"),
        pytest.param("2026-11-17", "2–3", id="3"),
        pytest.param("2026-11-16", "4–5", id="4"),
        pytest.param("2026-11-15", "4–5", id="a Sunday, 5"),
        pytest.param("2026-11-13", "4–5", id="the Friday before it, 5"),
        pytest.param("2026-11-12", "6–10", id="6"),
        pytest.param("2026-11-06", "6–10", id="10"),
        pytest.param("2026-11-05", "11–20", id="11"),
        pytest.param("2026-10-23", "11–20", id="20: 15 days of November, 5 of October"),
        pytest.param("2026-10-22", "21–40", id="21"),
        # 15 days of November, 18 of October with the make-up Saturday the 10th, 28 to 30 September, 21 to 24 September;
        # the 20th is a make-up Sunday, 国庆节 is from the 1st to the 7th, 中秋节 from 25 to 27 September
        pytest.param("2026-09-20", "21–40", id="40"),
        pytest.param("2026-09-19", "超过 40", id="41"),
    ],
)
def test_buckets(day: str, bucket: str, fault: Callable[..., Standing], words: Vocabulary) -> None:
    """Working days since the day of the registration, which does not count."""
    one = fault(day)
    ages, _ = ageing.build([one], words, MOMENT, None)
    assert {row["age"]: len(row["total"]) for row in ages.rows if row["total"].ids} == {bucket: 1}


def test_ages(fault: Callable[..., Standing], words: Vocabulary) -> None:
    """Open faults by severity and in total; a closed one has no age; the buckets leave no gap."""
    some = [
        fault("2026-11-19", severity="高"),
        fault("2026-11-20"),
        fault("2026-11-06", "受理"),
        fault("2026-11-05", "作废"),
    ]
    ages, oldest = ageing.build(some, words, MOMENT, None)
    first = ages.rows[0]
    assert (first["高"], first["中"], first["低"]) == (
        Cases(("SW-20261119-001",)),
        Cases(("SW-20261120-001",)),
        Cases(()),
    )
    assert [len(row["total"]) for row in ages.rows] == [2, 0, 0, 1, 0, 0, 0]
    assert [(row["from"], row["to"]) for row in ages.rows] == [
        *((0, 1), (2, 3), (4, 5), (6, 10), (11, 20), (21, 40), (41, None))
    ]
    # 0, 1 and 10 working days
    assert ages.note.startswith("未关闭 3 个：中位 1 个工作日，P90 10 个工作日。")
    assert [(one.title, one.value) for one in ages.headline[1:]] == [("龄期中位（工作日）", 1), ("最久（工作日）", 10)]
    # accepted at 09:00 on the 6th, 14 days ago
    keys = ("id", "age", "status", "accept", "work", "user", "verify")
    assert [tuple(row[key] for key in keys) for row in oldest.rows] == [
        ("SW-20261106-001", 10, "处理中", 1, 14 * 24, 0, 0),
        ("SW-20261119-001", 1, "待受理", 25, 0, 0, 0),
        ("SW-20261120-001", 0, "待受理", 1, 0, 0, 0),
    ]


def test_a_reopened_fault_is_no_younger(fault: Callable[..., Standing], words: Vocabulary) -> None:
    """Its age counts from the registration, but the time while it was closed was spent nowhere."""
    closing = ("受理", "提交验证", "验证通过", "用户确认", "关闭")
    one = fault("2026-11-05", *closing, "2026-11-20 08:00 重开")
    _, oldest = ageing.build([one], words, MOMENT, None)
    (row,) = oldest.rows
    # 08:00 registered, 09:00 accepted, 10:00 handed over, 13:00 closed; in work again for the last hour
    assert [row[key] for key in ("age", "accept", "work", "user", "verify")] == [11, 1, 2, 0, 3]


def test_ten_are_listed(fault: Callable[..., Standing], words: Vocabulary) -> None:
    """Of twelve open faults the ten that were registered first."""
    days = [f"2026-10-{day}" for day in range(12, 24)]
    _, oldest = ageing.build([fault(day) for day in reversed(days)], words, MOMENT, None)
    assert [row["id"] for row in oldest.rows] == [f"SW-{day.replace('-', '')}-001" for day in days[:10]]


def test_the_median_of_two(fault: Callable[..., Standing], words: Vocabulary) -> None:
    """The mean of 0 and 1 working days."""
    ages, _ = ageing.build([fault("2026-11-19"), fault("2026-11-20")], words, MOMENT, None)
    assert ages.headline[1].value == 0.5
    assert "中位 0.5 个工作日" in ages.note


def test_nothing(words: Vocabulary) -> None:
    """Without open faults every bucket is 0 and no median is made up."""
    ages, oldest = ageing.build([], words, MOMENT, None)
    assert [row["total"] for row in ages.rows] == [Cases(())] * 7
    assert "中位" not in ages.note
    assert list(oldest.rows) == []


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_samples(form: str, differs: Callable[[str, str], list[str]]) -> None:
    """The report on the sample tickets is the one that was read."""
    assert differs("ageing", form) == []
