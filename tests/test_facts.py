"""The fact tables: what stands in a row, worked out by hand from the events."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import facts, standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.facts import Row
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Tables = dict[str, list[Row]]

moment = datetime.fromisoformat


@pytest.fixture(scope="session")
def tables(make_ticket: Callable[..., Ticket], words: Vocabulary) -> Callable[..., Tables]:
    """Return a function from a moment, events and header fields to both tables."""

    def rows(as_of: str, *events: str, **fields: str) -> Tables:
        one = standing.of(make_ticket(*events, **fields), words, moment(as_of))
        assert one is not None
        return facts.rows([one])

    return rows


def differing(row: Row, expected: dict[str, Any]) -> dict[str, Any]:
    """Return the expected values that a row does not have, with those that it has."""
    return {key: (row[key], value) for key, value in expected.items() if row[key] != value}


LIFE = (
    "2026-11-02 09:00 登记",
    "2026-11-02 10:00 退回",
    "2026-11-02 14:00 补充",
    "2026-11-02 15:00 受理",
    "2026-11-03 09:00 定级",
    "2026-11-03 10:00 风险",
    "2026-11-04 09:00 改期",
    "2026-11-05 09:00 提交验证",
    "2026-11-05 12:00 验证不通过",
    "2026-11-06 09:00 提交验证",
    "2026-11-06 12:00 验证通过 late: 当时没有网络",
    "2026-11-06 13:00 用户确认",
    "2026-11-06 14:00 关闭",
)


def test_a_whole_life(tables: Callable[..., Tables]) -> None:
    """Every column of a fault that was returned, raised, postponed, failed once, and closed."""
    (row,) = tables(
        "2026-11-20 17:00",
        *LIFE,
        severity="高",
        impact="{users: 320, products: [智能网关 GW2, 门锁], versions: [V2.3.1], regions: [华东]}",
        kb="{entry: 收录, summary: 重启, solution: 升级, cause: 看门狗超时}",
        customer="{id: U****3821, device: GW2-****-0917, contact: 138****5512, ref: CRM-88213}",
    )["faults"]
    assert list(row) == [column.key for column in facts.FAULTS]
    assert row == {
        "id": "SW-20261102-001",
        "title": "网关升级后每日凌晨重启",
        "type": "软件Bug",
        "severity": "高",
        "status": "已关闭",
        "is_open": False,
        "channel": "电话",
        "team": "软件开发组",
        "owner": "RD017",
        "users": 320,
        "products": ("智能网关 GW2", "门锁"),
        "versions": ("V2.3.1",),
        "modules": (),
        "regions": ("华东",),
        "cause": "看门狗超时",
        "kb_entry": "收录",
        "canonical": None,
        "complex": False,
        "imported": False,
        "cycles": 1,
        "reported_at": moment("2026-11-02 09:00"),
        "registered_at": moment("2026-11-02 09:00"),
        "accepted_at": moment("2026-11-02 15:00"),
        "submitted_at": moment("2026-11-06 09:00"),
        "closed_at": moment("2026-11-06 14:00"),
        "voided": False,
        "due_at": moment("2026-11-20 18:00"),
        "first_due_at": moment("2026-11-06 18:00"),
        "completed_at": moment("2026-11-06 12:00"),
        "late": False,
        "returned": 1,
        "failed": 1,
        "deferred": 1,
        "raised": 1,
        "lowered": 0,
        "risks": 1,
        "reopened": 0,
        "backdated": 1,
        # 09:00–10:00 and 14:00–15:00; the four hours between wait for the user.
        "accept_minutes": 2 * 60,
        "user_minutes": 4 * 60,
        # 2nd 15:00 to 5th 09:00 are 66 h; 5th 12:00 to 6th 09:00 are 21 h.
        "work_minutes": (66 + 21) * 60,
        # 5th 09:00–12:00, 6th 09:00–14:00.
        "verify_minutes": (3 + 5) * 60,
    }


def test_nothing_private(tables: Callable[..., Tables]) -> None:
    """No customer, no name, no note, no remark."""
    found = tables(
        "2026-11-20 17:00",
        "2026-11-02 09:00 登记 note: 秘密甲",
        "2026-11-02 10:00 受理",
        "2026-11-02 11:00 风险 note: 秘密乙",
        customer="{id: U****3821, device: GW2-****-0917, contact: 138****5512, ref: CRM-88213}",
        remark="秘密丙",
    )
    for secret in ("秘密", "张*", "李*", "3821", "0917", "5512", "CRM"):
        assert secret not in str(found)


def test_what_is_not_there_yet_is_none(tables: Callable[..., Tables]) -> None:
    """A fault that was just registered has no team, owner, plan or end."""
    (row,) = tables(
        "2026-11-02 09:30", "2026-11-02 09:00 登记", impact="{users: 未知, products: [门锁], versions: [V1]}"
    )["faults"]
    empty = ("team", "owner", "users", "cause", "kb_entry", "canonical", "accepted_at", "submitted_at", "closed_at")
    assert {row[key] for key in (*empty, "due_at", "first_due_at", "completed_at")} == {None}
    assert differing(row, {"is_open": True, "voided": False, "late": False, "accept_minutes": 30}) == {}


def test_void_and_reopening(tables: Callable[..., Tables]) -> None:
    """A void closes; after a reopening nothing is closed any more, and the first plan is that of the new cycle."""
    path = ("2026-11-02 09:00 登记", "2026-11-02 10:00 受理", "2026-11-03 10:00 作废", "2026-11-09 10:00 重开")
    (row,) = tables("2026-11-05 12:00", *path)["faults"]
    assert differing(row, {"voided": True, "closed_at": moment("2026-11-03 10:00"), "cycles": 1, "reopened": 0}) == {}
    (row,) = tables("2026-11-10 10:00", *path)["faults"]
    expected = {
        "voided": False,
        "closed_at": None,
        "cycles": 2,
        "reopened": 1,
        "first_due_at": moment("2026-11-25 18:00"),
        "accepted_at": moment("2026-11-02 10:00"),
        "work_minutes": (24 + 24) * 60,
    }
    assert differing(row, expected) == {}


def test_clocks(tables: Callable[..., Tables]) -> None:
    """A row for each instance: those that stopped with their minutes, the plan's with both readings."""
    rows = tables("2026-11-20 17:00", *LIFE, severity="高")["clocks"]
    assert all(list(row) == [column.key for column in facts.CLOCKS] for row in rows)
    (accept,) = [row for row in rows if row["clock"] == "accept"]
    assert accept == {
        "fault_id": "SW-20261102-001",
        "clock": "accept",
        "name": "受理分配",
        "cycle": 1,
        "n": 1,
        "severity": "中",
        "started_at": moment("2026-11-02 09:00"),
        "due_at": moment("2026-11-05 18:00"),
        "stopped_at": moment("2026-11-02 15:00"),
        "ended_at": None,
        "verdict": "达标",
        "provisional": False,
        "informational": False,
        "target_number": 3,
        "target_unit": "wd",
        "plan_due_at": None,
        "plan_verdict": None,
        "revised_due_at": None,
        "revised_verdict": None,
        "minutes": 6 * 60,
    }
    (resolve,) = [row for row in rows if row["clock"] == "resolve"]
    # Raised to 高 on the 3rd: three working days from the 2nd end on the 5th; the failed verification of the 5th moves
    # nothing, for it began and ended on one day.
    expected = {
        "severity": "中",
        "target_number": 3,
        "due_at": moment("2026-11-05 18:00"),
        "stopped_at": moment("2026-11-06 09:00"),
        "verdict": "超时",
        "plan_due_at": moment("2026-11-06 18:00"),
        "plan_verdict": "达标",
        "revised_due_at": moment("2026-11-20 18:00"),
        "revised_verdict": "达标",
        "minutes": (3 * 24 + 18) * 60,  # 2nd 15:00 to 6th 09:00
    }
    assert differing(resolve, expected) == {}


def test_a_clock_that_the_closing_ended_has_no_minutes(tables: Callable[..., Tables]) -> None:
    """It ended, but nothing stopped it."""
    rows = tables("2026-11-20 17:00", "2026-11-02 09:00 登记", "2026-11-02 10:00 受理", "2026-11-03 10:00 作废")[
        "clocks"
    ]
    (resolve,) = [row for row in rows if row["clock"] == "resolve"]
    assert differing(resolve, {"stopped_at": None, "ended_at": moment("2026-11-03 10:00"), "minutes": None}) == {}


def test_every_column_is_explained() -> None:
    """Keys are lower-case English and unique; every column has a Chinese title of its own."""
    for columns in facts.TABLES.values():
        keys, titles = [column.key for column in columns], [column.title for column in columns]
        assert all(key.isascii() and key.islower() for key in keys)
        assert len(set(keys)) == len(keys)
        assert all(title and not title.isascii() for title in titles)
        assert len(set(titles)) == len(titles)
