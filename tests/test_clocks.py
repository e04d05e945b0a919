"""SLA clocks in their plain course: start, due, stop, verdict. Every expected date is counted by hand, with its reason.

November 2026: the 16th is a Monday, no holiday is near. Close of business is 18:00. The cases of tests/data/sla.yaml
were worked out independently of this program.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from faultkb import clocks, corpus, policy, ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.calendar import WorkCalendar
    from faultkb.clocks import Clock
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Run = Callable[..., dict[tuple[str, int, int], Clock]]

moment = datetime.fromisoformat

_TEXT = (Path(__file__).parent / "data" / "sla.yaml").read_text(encoding="utf-8")
CASES: list[dict[str, Any]] = yaml.load(_TEXT, yaml.BaseLoader)  # noqa: S506 - the loader that knows only strings

PLAIN = [
    "周一早上登记",
    "周一深夜登记，只看日期",
    "周六登记，周一是第一个工作日",
    "次日周六补班",
    "国庆前，10-10 周六补班",
    "春节期间登记",
    "紧急：周五晚登记，一小时后受理",
    "紧急：受理晚了不占便宜",
    "中升为紧急",
    "持续超过三个工作日后每两个工作日反馈用户",
    "待用户确认暂停跨周末：顺延三个工作日",
    "当天暂停当天恢复不顺延",
    "小时制时钟按实际暂停时长顺延",
    "验证不通过：验证占用的工作日不算在处理时限内",
]
"""The worked cases without a change of severity and without the clock ``update``."""


def rows_of(
    one: Ticket, words: Vocabulary, calendar: WorkCalendar, as_of: datetime
) -> dict[tuple[str, int, int], Clock]:
    """Return the clocks of a ticket at a moment by (clock, cycle, n)."""
    found = clocks.run(one, ticket.replay(one, words.lifecycle, as_of), words, calendar, as_of)
    rows = {(row.clock, row.cycle, row.n): row for row in found}
    assert len(rows) == len(found)
    return rows


@pytest.fixture(scope="session")
def run(make_ticket: Callable[..., Ticket], words: Vocabulary, calendar: WorkCalendar) -> Run:
    """Return a function from events to the clocks at a moment."""

    def run_clocks(*events: str | dict[str, Any], as_of: str, **fields: str) -> dict[tuple[str, int, int], Clock]:
        return rows_of(make_ticket(*events, **fields), words, calendar, moment(as_of))

    return run_clocks


@pytest.mark.parametrize("name", PLAIN)
def test_worked_case(name: str, run: Run) -> None:
    """Every row that the case expects is there, with the due date and the verdict that it expects."""
    (case,) = [one for one in CASES if one["name"] == name]
    rows = run(*case["events"], as_of=case["as_of"], severity=case["severity"], reported_at=case["reported_at"])
    for expected in case["expect"]:
        row = rows[expected["clock"], int(expected["cycle"]), int(expected["n"])]
        assert row.due_at == moment(expected["due_at"]), expected["clock"]
        assert expected.get("verdict") in {None, row.verdict}, expected["clock"]


class TestStart:
    """Only the date of a start counts for working days: review (1) and accept (3) of a 中 fault."""

    @pytest.mark.parametrize(
        ("start", "review", "accept"),
        [
            pytest.param("2026-11-16 00:00", "2026-11-17", "2026-11-19", id="midnight: Monday itself does not count"),
            pytest.param("2026-11-16 17:59", "2026-11-17", "2026-11-19", id="a minute before close"),
            pytest.param("2026-11-16 18:00", "2026-11-17", "2026-11-19", id="at close"),
            pytest.param("2026-11-16 18:01", "2026-11-17", "2026-11-19", id="a minute after close"),
            pytest.param("2026-11-16 23:59", "2026-11-17", "2026-11-19", id="the last minute"),
            pytest.param("2026-11-20 17:59", "2026-11-23", "2026-11-25", id="Friday: Monday is day 1"),
            pytest.param("2026-11-21 10:00", "2026-11-23", "2026-11-25", id="Saturday: the same"),
            pytest.param("2026-11-22 23:59", "2026-11-23", "2026-11-25", id="Sunday: the same"),
            pytest.param("2026-11-19 09:00", "2026-11-20", "2026-11-24", id="Thursday: Friday, Monday, Tuesday"),
            pytest.param(
                "2026-10-09 10:00", "2026-10-10", "2026-10-13", id="Friday before a make-up Saturday: 10, 12, 13"
            ),
            pytest.param("2026-10-10 10:00", "2026-10-12", "2026-10-14", id="on a make-up Saturday: 12, 13, 14"),
            pytest.param(
                "2026-09-19 10:00", "2026-09-20", "2026-09-22", id="Saturday before a make-up Sunday: 20, 21, 22"
            ),
            pytest.param("2026-10-03 10:00", "2026-10-08", "2026-10-10", id="in 国庆: 8, 9, make-up 10"),
            pytest.param("2026-09-24 10:00", "2026-09-28", "2026-09-30", id="before 中秋 (25 to 27): 28, 29, 30"),
            pytest.param("2026-06-18 10:00", "2026-06-22", "2026-06-24", id="before 端午 (19 to 21): 22, 23, 24"),
            pytest.param("2026-04-30 10:00", "2026-05-06", "2026-05-08", id="before 劳动节 (1 to 5): 6, 7, 8"),
            pytest.param(
                "2026-02-14 10:00",
                "2026-02-24",
                "2026-02-26",
                id="on the make-up Saturday before 春节 (15 to 23): 24, 25, 26",
            ),
            pytest.param(
                "2025-12-31 10:00", "2026-01-04", "2026-01-06", id="before 元旦 (1 to 3): make-up Sunday 4, 5, 6"
            ),
        ],
    )
    def test_working_days(self, start: str, review: str, accept: str, run: Run) -> None:
        """Both are due at close of business."""
        rows = run(f"{start} 登记", as_of=start)
        assert rows["review", 1, 1].due_at == moment(f"{review} 18:00")
        assert rows["accept", 1, 1].due_at == moment(f"{accept} 18:00")
        assert rows["review", 1, 1].started_at == moment(start)

    @pytest.mark.parametrize(
        ("start", "due"),
        [
            pytest.param("2026-11-20 23:30", "2026-11-21 01:30", id="over midnight into Saturday"),
            pytest.param("2026-10-01 12:00", "2026-10-01 14:00", id="on a holiday"),
            pytest.param("2026-12-31 23:00", "2027-01-01 01:00", id="into the next year"),
        ],
    )
    def test_hours(self, start: str, due: str, run: Run) -> None:
        """Respond counts hours around the clock, whatever the day."""
        assert run(f"{start} 登记", as_of=start, severity="紧急")["respond", 1, 1].due_at == moment(due)

    @pytest.mark.parametrize(
        ("severity", "expected"),
        [
            ("紧急", {"review", "respond", "inform", "propose"}),
            ("高", {"review", "accept"}),
            ("中", {"review", "accept"}),
            ("低", {"review", "accept"}),
        ],
    )
    def test_what_runs_from_the_registration(self, severity: str, expected: set[str], run: Run) -> None:
        """Urgent faults have clocks of their own instead of accept; a row appears once its clock has started."""
        assert {
            clock for clock, _, _ in run("2026-11-16 09:00 登记", as_of="2026-11-16 09:00", severity=severity)
        } == expected

    @pytest.mark.parametrize(
        ("more", "expected"),
        [
            ({}, {"review", "respond", "propose"}),
            ({"customer": "{id: U****3821}"}, {"review", "respond", "propose", "inform"}),
        ],
    )
    def test_nobody_outside_to_tell(self, more: dict[str, str], expected: set[str], run: Run) -> None:
        """A fault found by monitoring has no inform, unless it names a customer."""
        rows = run("2026-11-16 09:00 登记", as_of="2026-11-16 09:00", severity="紧急", channel="监控告警", **more)
        assert {clock for clock, _, _ in rows} == expected

    def test_nothing_runs_before_the_registration(self, run: Run) -> None:
        """As of a minute before it, there are no clocks."""
        assert run("2026-11-16 09:00 登记", as_of="2026-11-16 08:59") == {}


class TestResolve:
    """计划完成 starts at 受理, or when 受理 should have been."""

    @pytest.mark.parametrize(
        ("severity", "accepted", "due"),
        [
            pytest.param("高", "2026-11-17 10:00", "2026-11-20 18:00", id="高: 18, 19, 20"),
            pytest.param("中", "2026-11-17 10:00", "2026-11-24 18:00", id="中: 18, 19, 20, 23, 24"),
            pytest.param("低", "2026-11-17 10:00", "2026-12-01 18:00", id="低: 18, 19, 20, 23 to 27, 30, 1"),
            pytest.param(
                "高", "2026-11-17 23:50", "2026-11-20 18:00", id="高, late in the evening: only the date counts"
            ),
        ],
    )
    def test_from_acceptance(self, severity: str, accepted: str, due: str, run: Run) -> None:
        """The target counts from 受理."""
        row = run("2026-11-16 09:00 登记", f"{accepted} 受理", as_of=accepted, severity=severity)["resolve", 1, 1]
        assert (row.started_at, row.due_at, row.severity) == (moment(accepted), moment(due), severity)

    def test_urgent(self, run: Run) -> None:
        """紧急: 24 hours, also over a weekend."""
        row = run("2026-11-21 21:30 登记", "2026-11-21 22:15 受理", as_of="2026-11-21 22:15", severity="紧急")[
            "resolve", 1, 1
        ]
        assert row.due_at == moment("2026-11-22 22:15")

    def test_over_a_holiday(self, run: Run) -> None:
        """高, accepted on 2026-09-29: 30, then 10-08 and 10-09."""
        row = run("2026-09-29 09:00 登记", "2026-09-29 10:00 受理", as_of="2026-09-29 10:00", severity="高")[
            "resolve", 1, 1
        ]
        assert row.due_at == moment("2026-10-09 18:00")

    def test_late_acceptance_gains_nothing(self, run: Run) -> None:
        """Accept was due on Thursday the 19th at 18:00; 5 working days from there are 20, 23, 24, 25, 26 and not 27."""
        rows = run("2026-11-16 09:00 登记", "2026-11-20 09:00 受理", as_of="2026-11-20 09:00")
        assert rows["accept", 1, 1].verdict == "超时"
        assert (rows["resolve", 1, 1].started_at, rows["resolve", 1, 1].due_at) == (
            moment("2026-11-19 18:00"),
            moment("2026-11-26 18:00"),
        )

    def test_late_acceptance_of_an_urgent_fault(self, run: Run) -> None:
        """Respond was due at 12:00; 24 hours from there, although the fault was accepted at 15:30."""
        rows = run("2026-11-16 10:00 登记", "2026-11-16 15:30 受理", as_of="2026-11-16 15:30", severity="紧急")
        assert rows["respond", 1, 1].verdict == "超时"
        assert rows["resolve", 1, 1].due_at == moment("2026-11-17 12:00")

    def test_a_response_in_time_does_not_delay_the_start(self, run: Run) -> None:
        """响应 at 10:30 stops respond, but 受理 at 15:30 is still later than the due of 12:00."""
        rows = run(
            "2026-11-16 10:00 登记",
            "2026-11-16 10:30 响应",
            "2026-11-16 15:30 受理",
            as_of="2026-11-16 15:30",
            severity="紧急",
        )
        assert rows["respond", 1, 1].verdict == "达标"
        assert rows["resolve", 1, 1].due_at == moment("2026-11-17 12:00")

    @pytest.mark.parametrize(
        ("severity", "as_of", "started", "due"),
        [
            pytest.param(
                "中", "2026-11-20 10:00", "2026-11-19 18:00", "2026-11-26 18:00", id="中: accept was due on the 19th"
            ),
            pytest.param(
                "紧急", "2026-11-16 13:00", "2026-11-16 11:00", "2026-11-17 11:00", id="紧急: respond was due at 11:00"
            ),
        ],
    )
    def test_it_starts_although_nobody_accepted(
        self, severity: str, as_of: str, started: str, due: str, run: Run
    ) -> None:
        """The start is the earlier of 受理 and the due of respond or accept; without a 受理 it is the latter."""
        row = run("2026-11-16 09:00 登记", as_of=as_of, severity=severity)["resolve", 1, 1]
        assert (row.started_at, row.due_at) == (moment(started), moment(due))

    @pytest.mark.parametrize("severity", ["中", "紧急"])
    def test_it_has_not_started_before_that(self, severity: str, run: Run) -> None:
        """While acceptance is not due there is no row."""
        assert ("resolve", 1, 1) not in run("2026-11-16 09:00 登记", as_of="2026-11-16 10:59", severity=severity)

    def test_a_new_plan_does_not_move_the_policy(self, run: Run) -> None:
        """改期 and 已延期 leave the due date of the policy where it was: 18, 19, 20."""
        rows = run(
            "2026-11-17 09:00 登记",
            "2026-11-17 10:00 受理",
            "2026-11-18 10:00 改期 due_at: 2026-12-31 18:00",
            as_of="2026-11-18 10:00",
            severity="高",
        )
        assert rows["resolve", 1, 1].due_at == moment("2026-11-20 18:00")

    def test_a_late_record_counts_from_when_it_happened(self, run: Run) -> None:
        """A 受理 of Tuesday that was written down on Thursday starts the clock on Tuesday: 18, 19, 20."""
        rows = run(
            "2026-11-17 09:00 登记",
            "2026-11-19 10:00 响应",
            "2026-11-17 11:00 受理 late: 漏记",
            as_of="2026-11-19 12:00",
            severity="高",
        )
        assert rows["resolve", 1, 1].due_at == moment("2026-11-20 18:00")
        assert rows["accept", 1, 1].verdict == "达标"

    def test_a_correction_moves_the_start(self, run: Run) -> None:
        """The 受理 was on the 16th, not on the 18th: 17, 18, 19 instead of 19, 20, 23."""
        path = (
            "2026-11-16 09:00 登记",
            "2026-11-18 10:00 受理",
            "2026-11-18 11:00 更正 target: 2, set: {at: 2026-11-16 10:00}",
        )
        assert run(*path, as_of="2026-11-18 10:59", severity="高")["resolve", 1, 1].due_at == moment("2026-11-23 18:00")
        assert run(*path, as_of="2026-11-18 11:00", severity="高")["resolve", 1, 1].due_at == moment("2026-11-19 18:00")


class TestVerdict:
    """达标, 超时, 临期, 进行中, 取消."""

    @pytest.mark.parametrize(
        ("severity", "clock", "events", "stopped", "verdict"),
        [
            pytest.param("中", "review", ["2026-11-17 18:00 受理"], "2026-11-17 18:00", "达标", id="review at its due"),
            pytest.param(
                "中", "review", ["2026-11-17 18:01 受理"], "2026-11-17 18:01", "超时", id="review a minute late"
            ),
            pytest.param("中", "review", ["2026-11-17 10:00 退回"], "2026-11-17 10:00", "达标", id="退回 ends review"),
            pytest.param("中", "review", ["2026-11-17 10:00 作废"], "2026-11-17 10:00", "达标", id="作废 ends review"),
            pytest.param("中", "accept", ["2026-11-19 18:00 受理"], "2026-11-19 18:00", "达标", id="accept at its due"),
            pytest.param(
                "中", "accept", ["2026-11-19 18:01 受理"], "2026-11-19 18:01", "超时", id="accept a minute late"
            ),
            pytest.param(
                "中",
                "accept",
                ["2026-11-16 09:00 受理"],
                "2026-11-16 09:00",
                "达标",
                id="accepted in the minute of the registration",
            ),
            pytest.param(
                "紧急", "respond", ["2026-11-16 11:00 响应"], "2026-11-16 11:00", "达标", id="respond at its due"
            ),
            pytest.param(
                "紧急", "respond", ["2026-11-16 11:01 响应"], "2026-11-16 11:01", "超时", id="respond a minute late"
            ),
            pytest.param(
                "紧急", "respond", ["2026-11-16 10:00 受理"], "2026-11-16 10:00", "达标", id="受理 is a response"
            ),
            pytest.param(
                "紧急", "respond", ["2026-11-16 10:00 退回"], "2026-11-16 10:00", "达标", id="退回 is a response"
            ),
            pytest.param(
                "紧急",
                "respond",
                ["2026-11-16 10:00 响应", "2026-11-16 15:00 受理"],
                "2026-11-16 10:00",
                "达标",
                id="the first stop counts",
            ),
            pytest.param(
                "紧急", "inform", ["2026-11-17 09:00 反馈"], "2026-11-17 09:00", "达标", id="inform at its due"
            ),
            pytest.param(
                "紧急", "inform", ["2026-11-17 09:01 反馈"], "2026-11-17 09:01", "超时", id="inform a minute late"
            ),
            pytest.param(
                "紧急",
                "propose",
                ["2026-11-16 10:00 受理", "2026-11-17 09:00 初步方案"],
                "2026-11-17 09:00",
                "达标",
                id="propose at its due",
            ),
            pytest.param(
                "紧急",
                "propose",
                ["2026-11-16 10:00 受理", "2026-11-16 20:00 提交验证"],
                "2026-11-16 20:00",
                "达标",
                id="a solution is a proposal",
            ),
            pytest.param(
                "高",
                "resolve",
                ["2026-11-17 10:00 受理", "2026-11-20 18:00 提交验证"],
                "2026-11-20 18:00",
                "达标",
                id="resolve at its due",
            ),
            pytest.param(
                "高",
                "resolve",
                ["2026-11-17 10:00 受理", "2026-11-20 18:01 提交验证"],
                "2026-11-20 18:01",
                "超时",
                id="resolve a minute late",
            ),
            pytest.param(
                "紧急",
                "resolve",
                ["2026-11-16 10:00 受理", "2026-11-17 10:00 提交验证"],
                "2026-11-17 10:00",
                "达标",
                id="urgent resolve at its due",
            ),
            pytest.param(
                "紧急",
                "resolve",
                ["2026-11-16 10:00 受理", "2026-11-17 10:01 提交验证"],
                "2026-11-17 10:01",
                "超时",
                id="urgent resolve a minute late",
            ),
        ],
    )
    def test_stopped(self, severity: str, clock: str, events: list[str], stopped: str, verdict: str, run: Run) -> None:
        """Registered on Monday the 16th at 09:00: a stop up to the due is 达标, one after it 超时; so it stays."""
        for as_of in (stopped, "2026-12-31 12:00"):
            row = run("2026-11-16 09:00 登记", *events, as_of=max(as_of, events[-1][:16]), severity=severity)[
                clock, 1, 1
            ]
            assert (row.stopped_at, row.verdict) == (moment(stopped), verdict)

    @pytest.mark.parametrize(
        ("as_of", "verdict"),
        [
            pytest.param("2026-11-16 10:29", "进行中", id="89 of 120 minutes"),
            pytest.param("2026-11-16 10:30", "临期", id="90 of 120 minutes are 75 %"),
            pytest.param("2026-11-16 11:00", "临期", id="at the due"),
            pytest.param("2026-11-16 11:01", "超时", id="a minute later"),
        ],
    )
    def test_two_hours(self, as_of: str, verdict: str, run: Run) -> None:
        """Respond from 09:00 is due at 11:00."""
        assert run("2026-11-16 09:00 登记", as_of=as_of, severity="紧急")["respond", 1, 1].verdict == verdict

    @pytest.mark.parametrize(
        ("as_of", "verdict"),
        [
            pytest.param("2026-11-17 03:59", "进行中", id="a minute less than 18 hours"),
            pytest.param("2026-11-17 04:00", "临期", id="18 of 24 hours are 75 %"),
            pytest.param("2026-11-17 10:00", "临期", id="at the due"),
            pytest.param("2026-11-17 10:01", "超时", id="a minute later"),
        ],
    )
    def test_24_hours(self, as_of: str, verdict: str, run: Run) -> None:
        """Resolve of an urgent fault from 10:00 is due at 10:00 the next day."""
        assert (
            run("2026-11-16 09:00 登记", "2026-11-16 10:00 受理", as_of=as_of, severity="紧急")["resolve", 1, 1].verdict
            == verdict
        )

    @pytest.mark.parametrize(
        ("as_of", "verdict"),
        [
            pytest.param("2026-11-16 23:59", "进行中", id="the day before: a target of one day is not at risk yet"),
            pytest.param("2026-11-17 00:00", "临期", id="due today"),
            pytest.param("2026-11-17 18:00", "临期", id="at the due"),
            pytest.param("2026-11-17 18:01", "超时", id="a minute later"),
        ],
    )
    def test_one_working_day(self, as_of: str, verdict: str, run: Run) -> None:
        """Review from Monday is due on Tuesday."""
        assert run("2026-11-16 09:00 登记", as_of=as_of)["review", 1, 1].verdict == verdict

    def test_one_working_day_over_a_weekend(self, run: Run) -> None:
        """Review from Friday is due on Monday: on Sunday it is not at risk."""
        assert run("2026-11-20 09:00 登记", as_of="2026-11-22 23:59")["review", 1, 1].verdict == "进行中"
        assert run("2026-11-20 09:00 登记", as_of="2026-11-23 00:00")["review", 1, 1].verdict == "临期"

    @pytest.mark.parametrize(
        ("accepted", "as_of", "verdict"),
        [
            pytest.param(
                "2026-11-17 10:00",
                "2026-11-18 23:59",
                "进行中",
                id="due Friday, now Wednesday: the next working day is Thursday",
            ),
            pytest.param("2026-11-17 10:00", "2026-11-19 00:00", "临期", id="due Friday, now Thursday"),
            pytest.param("2026-11-17 10:00", "2026-11-20 18:00", "临期", id="due now"),
            pytest.param("2026-11-17 10:00", "2026-11-20 18:01", "超时", id="a minute later"),
            pytest.param(
                "2026-11-18 10:00",
                "2026-11-19 23:59",
                "进行中",
                id="due Monday, now Thursday: the next working day is Friday",
            ),
            pytest.param("2026-11-18 10:00", "2026-11-20 00:00", "临期", id="due Monday, now Friday"),
            pytest.param("2026-11-18 10:00", "2026-11-22 12:00", "临期", id="due Monday, now Sunday"),
            pytest.param(
                "2026-09-29 10:00",
                "2026-09-30 12:00",
                "进行中",
                id="due 10-09, now 09-30: the next working day is 10-08",
            ),
            pytest.param("2026-09-29 10:00", "2026-10-05 12:00", "进行中", id="due 10-09, now in 国庆: still 10-08"),
            pytest.param("2026-09-29 10:00", "2026-10-08 00:00", "临期", id="due 10-09, now 10-08"),
        ],
    )
    def test_three_working_days(self, accepted: str, as_of: str, verdict: str, run: Run) -> None:
        """Resolve of a 高 fault is at risk when it is due today or on the next working day."""
        assert (
            run(f"{accepted[:10]} 09:00 登记", f"{accepted} 受理", as_of=as_of, severity="高")["resolve", 1, 1].verdict
            == verdict
        )


class TestClosed:
    """已关闭 ends every running clock, and its verdicts stay."""

    def test_voided_in_time(self, run: Run) -> None:
        """作废 on the day after the registration: review 达标, accept 取消 without a stop of its own, no resolve."""
        rows = run("2026-11-16 09:00 登记", "2026-11-17 10:00 作废", as_of="2026-12-31 12:00")
        assert {key: (row.verdict, row.stopped_at) for key, row in rows.items()} == {
            ("review", 1, 1): ("达标", moment("2026-11-17 10:00")),
            ("accept", 1, 1): ("取消", None),
        }

    def test_voided_late(self, run: Run) -> None:
        """作废 on Friday: review was due on Tuesday, accept on Thursday; accept has no stop of its own."""
        rows = run("2026-11-16 09:00 登记", "2026-11-20 10:00 作废", as_of="2026-12-31 12:00")
        assert (rows["review", 1, 1].verdict, rows["review", 1, 1].stopped_at) == ("超时", moment("2026-11-20 10:00"))
        assert (rows["accept", 1, 1].verdict, rows["accept", 1, 1].stopped_at) == ("超时", None)

    @pytest.mark.parametrize(
        ("voided", "verdict"),
        [("2026-11-20 18:00", "取消"), ("2026-11-20 18:01", "超时")],
        ids=["at the due", "a minute late"],
    )
    def test_voided_while_in_work(self, voided: str, verdict: str, run: Run) -> None:
        """Resolve of a 高 fault accepted on Tuesday is due on Friday at 18:00."""
        row = run(
            "2026-11-16 09:00 登记", "2026-11-17 10:00 受理", f"{voided} 作废", as_of="2026-12-31 12:00", severity="高"
        )["resolve", 1, 1]
        assert (row.verdict, row.stopped_at) == (verdict, None)

    def test_closed(self, run: Run) -> None:
        """What was reached before 关闭 stays so a month later."""
        path = (
            "2026-11-16 09:00 登记",
            "2026-11-17 10:00 受理",
            "2026-11-19 10:00 提交验证",
            "2026-11-20 10:00 验证通过",
            "2026-11-20 11:00 关闭",
        )
        rows = run(*path, as_of="2026-12-31 12:00")
        assert {clock: row.verdict for (clock, _, _), row in rows.items()} == {
            "review": "达标",
            "accept": "达标",
            "resolve": "达标",
            "update": "取消",
            "confirm": "达标",
        }

    def test_events_after_closing_stop_nothing(self, run: Run) -> None:
        """A 反馈 after 作废 does not stop inform: it was cancelled."""
        path = ("2026-11-16 09:00 登记", "2026-11-16 10:00 作废", "2026-11-16 11:00 反馈")
        row = run(*path, as_of="2026-11-16 12:00", severity="紧急")["inform", 1, 1]
        assert (row.verdict, row.stopped_at) == ("取消", None)

    def test_as_of_before_closing(self, run: Run) -> None:
        """Looking back to the 18th, the fault is in work."""
        path = (
            "2026-11-16 09:00 登记",
            "2026-11-17 10:00 受理",
            "2026-11-19 10:00 提交验证",
            "2026-11-20 10:00 验证通过",
            "2026-11-20 11:00 关闭",
        )
        rows = run(*path, as_of="2026-11-18 12:00")
        assert (rows["resolve", 1, 1].verdict, rows["resolve", 1, 1].stopped_at) == ("进行中", None)


class TestReopened:
    """重开 stands for 登记 and 受理 of a new cycle."""

    FIRST = (
        *("2026-11-09 09:00 登记", "2026-11-10 10:00 受理", "2026-11-16 10:00 提交验证"),
        *("2026-11-17 10:00 验证通过", "2026-11-17 11:00 关闭"),
    )

    def test_resolve(self, run: Run) -> None:
        """中, reopened on Monday the 23rd: 24, 25, 26, 27, 30; neither review nor accept run again."""
        rows = run(*self.FIRST, "2026-11-23 10:00 重开", as_of="2026-11-23 10:00")
        assert {key for key in rows if key[1] == 2} == {("resolve", 2, 1)}
        assert (rows["resolve", 2, 1].started_at, rows["resolve", 2, 1].due_at) == (
            moment("2026-11-23 10:00"),
            moment("2026-11-30 18:00"),
        )

    def test_old_cycle_is_frozen(self, run: Run) -> None:
        """The verdicts of the first cycle are the same before and after, also those of a 高 fault that was late (due on the 13th)."""
        before = run(*self.FIRST, as_of="2026-11-22 10:00", severity="高")
        after = run(
            *self.FIRST, "2026-11-23 10:00 重开", "2026-11-24 10:00 提交验证", as_of="2026-12-31 10:00", severity="高"
        )
        assert before["resolve", 1, 1].verdict == "超时"
        assert {key: row for key, row in after.items() if key[1] == 1} == before

    def test_urgent(self, run: Run) -> None:
        """respond, inform, propose and resolve start again at 重开, with full targets; only a 响应 stops respond."""
        rows = run(
            *self.FIRST, "2026-11-21 22:00 重开", "2026-11-22 00:30 响应", as_of="2026-11-22 00:30", severity="紧急"
        )
        due = {clock: row.due_at for (clock, cycle, _), row in rows.items() if cycle == 2}
        assert due == {
            "respond": moment("2026-11-22 00:00"),
            "inform": moment("2026-11-22 22:00"),
            "propose": moment("2026-11-22 22:00"),
            "resolve": moment("2026-11-22 22:00"),
        }
        assert (rows["respond", 2, 1].verdict, rows["respond", 2, 1].stopped_at) == ("超时", moment("2026-11-22 00:30"))

    def test_third_cycle(self, run: Run) -> None:
        """Each reopening is one more cycle."""
        again = ("2026-11-23 10:00 重开", "2026-11-23 11:00 作废", "2026-11-24 10:00 重开")
        rows = run(*self.FIRST, *again, as_of="2026-11-24 10:00")
        assert sorted(cycle for clock, cycle, _ in rows if clock == "resolve") == [1, 2, 3]
        assert rows["resolve", 2, 1].verdict == "取消"
        assert rows["resolve", 3, 1].due_at == moment("2026-12-01 18:00")  # 25, 26, 27, 30, 1


class TestReturned:
    """退回 ends a review; the 补充 that answers it starts the next."""

    def test_second_review(self, run: Run) -> None:
        """Returned on Monday, answered on Wednesday the 18th: due on Thursday."""
        path = ("2026-11-16 09:00 登记", "2026-11-16 15:00 退回", "2026-11-18 10:00 补充")
        rows = run(*path, as_of="2026-11-18 10:00")
        assert (rows["review", 1, 1].verdict, rows["review", 1, 1].stopped_at) == ("达标", moment("2026-11-16 15:00"))
        assert (rows["review", 1, 2].started_at, rows["review", 1, 2].due_at) == (
            moment("2026-11-18 10:00"),
            moment("2026-11-19 18:00"),
        )
        accepted = run(*path, "2026-11-19 18:01 受理", as_of="2026-11-19 18:01")
        assert accepted["review", 1, 2].verdict == "超时"
        assert accepted["review", 1, 1].verdict == "达标"

    def test_no_review_waits_while_returned(self, run: Run) -> None:
        """Between 退回 and 补充 there is only the first one."""
        rows = run("2026-11-16 09:00 登记", "2026-11-16 15:00 退回", as_of="2026-11-30 12:00")
        assert [key for key in rows if key[0] == "review"] == [("review", 1, 1)]

    def test_a_supplement_that_nobody_asked_for(self, run: Run) -> None:
        """It starts nothing."""
        rows = run("2026-11-16 09:00 登记", "2026-11-16 15:00 补充", as_of="2026-11-16 15:00")
        assert [key for key in rows if key[0] == "review"] == [("review", 1, 1)]

    def test_accept_rests(self, run: Run) -> None:
        """Due on Thursday the 19th; returned from the 17th to the 19th, which are two working days (18, 19): 20, 23."""
        path = ("2026-11-16 09:00 登记", "2026-11-17 10:00 退回", "2026-11-19 10:00 补充")
        assert run(*path, as_of="2026-11-18 12:00")["accept", 1, 1].verdict == "暂停中"
        assert run(*path, as_of="2026-11-19 12:00")["accept", 1, 1].due_at == moment("2026-11-23 18:00")
        assert run(*path, "2026-11-23 18:00 受理", as_of="2026-11-23 18:00")["accept", 1, 1].verdict == "达标"

    def test_acceptance_ends_the_rest_without_an_answer(self, run: Run) -> None:
        """Returned on the 17th and accepted on the 18th all the same: one working day more."""
        path = ("2026-11-16 09:00 登记", "2026-11-17 10:00 退回", "2026-11-18 10:00 受理")
        row = run(*path, as_of="2026-11-18 10:00")["accept", 1, 1]
        assert (row.due_at, row.verdict) == (moment("2026-11-20 18:00"), "达标")

    @pytest.mark.parametrize("severity", ["中", "紧急"])
    def test_resolve_does_not_start_while_returned(self, severity: str, run: Run) -> None:
        """Two weeks later there is still no due of respond or accept from which it could start."""
        rows = run("2026-11-16 09:00 登记", "2026-11-16 10:00 退回", as_of="2026-11-30 12:00", severity=severity)
        assert not [key for key in rows if key[0] == "resolve"]

    @pytest.mark.parametrize(
        ("accepted", "due"),
        [
            pytest.param("2026-11-16 15:00", "2026-11-17 15:00", id="accepted within two hours of the answer"),
            pytest.param("2026-11-16 18:00", "2026-11-17 16:00", id="later: from two hours after the answer"),
        ],
    )
    def test_urgent(self, accepted: str, due: str, run: Run) -> None:
        """紧急, returned at 10:00 and answered at 14:00: resolve starts at the earlier of 受理 and 16:00."""
        path = ("2026-11-16 09:00 登记", "2026-11-16 10:00 退回", "2026-11-16 14:00 补充", f"{accepted} 受理")
        rows = run(*path, as_of=accepted, severity="紧急")
        assert rows["respond", 1, 1].verdict == "达标"
        assert rows["resolve", 1, 1].due_at == moment(due)


class TestPaused:
    """Waiting for the user, and a verification that failed, do not count (more in tests/data/sla.yaml)."""

    START = ("2026-11-16 09:00 登记", "2026-11-17 10:00 受理")

    def test_what_overlaps_counts_once(self, run: Run) -> None:
        """高, due on Friday the 20th; in verification from the 18th to the 23rd (19, 20, 23), paused meanwhile: 23, 24, 25."""
        path = (
            *(*self.START, "2026-11-18 10:00 提交验证", "2026-11-19 10:00 暂停 reason: 待用户确认"),
            *("2026-11-20 10:00 恢复", "2026-11-23 10:00 验证不通过"),
        )
        assert run(*path, as_of="2026-11-23 10:00", severity="高")["resolve", 1, 1].due_at == moment("2026-11-25 18:00")

    @pytest.mark.parametrize("reason", ["待供应商", "待内部资源"])
    def test_own_affairs_move_nothing(self, reason: str, run: Run) -> None:
        """Waiting for a supplier or for one's own people is the company's time."""
        path = (*self.START, f"2026-11-18 10:00 暂停 reason: {reason}")
        row = run(*path, as_of="2026-11-19 10:00", severity="高")["resolve", 1, 1]
        assert (row.due_at, row.verdict) == (moment("2026-11-20 18:00"), "临期")

    def test_while_it_lasts(self, run: Run) -> None:
        """暂停中, with what has been moved so far: 19 and 20 by Friday; it began in time, so it is not overdue on Monday."""
        path = (*self.START, "2026-11-18 10:00 暂停 reason: 待用户补充")
        assert run(*path, as_of="2026-11-20 10:00", severity="高")["resolve", 1, 1].due_at == moment("2026-11-24 18:00")
        assert run(*path, as_of="2026-12-31 10:00", severity="高")["resolve", 1, 1].verdict == "暂停中"

    def test_a_pause_after_the_due_helps_nobody(self, run: Run) -> None:
        """Overdue since Friday 18:00; a pause from Friday 18:01 moves nothing."""
        path = (*self.START, "2026-11-20 18:01 暂停 reason: 待用户补充", "2026-11-24 10:00 恢复")
        row = run(*path, as_of="2026-11-24 12:00", severity="高")["resolve", 1, 1]
        assert (row.due_at, row.verdict) == (moment("2026-11-20 18:00"), "超时")

    def test_a_pause_at_the_due_counts(self, run: Run) -> None:
        """It begins at 18:00 sharp and ends on Tuesday: 23 and 24 are two days more, 23 and 24."""
        path = (*self.START, "2026-11-20 18:00 暂停 reason: 待用户补充", "2026-11-24 10:00 恢复")
        assert run(*path, as_of="2026-11-24 12:00", severity="高")["resolve", 1, 1].due_at == moment("2026-11-24 18:00")


@pytest.fixture(scope="module")
def stricter(words: Vocabulary) -> Vocabulary:
    """Return a vocabulary in which 中 has 2 working days, and business closes at 17:30, for faults of 2026-11-10 or later."""
    old = words.policies[0]
    resolve = old.clocks["resolve"]
    faster = dataclasses.replace(resolve, targets={**resolve.targets, "中": policy.Duration(2, "wd")})
    new = policy.Policy(
        moment("2026-11-10").date(), moment("2026-11-10 17:30").time(), {**old.clocks, "resolve": faster}
    )
    return dataclasses.replace(words, policies=(old, new))


class TestPolicies:
    """sla.yaml is effective-dated by the day of the registration."""

    @pytest.mark.parametrize(
        ("registered", "due"),
        [
            pytest.param("2026-11-09 23:59", "2026-11-24 18:00", id="the day before: 5 working days"),
            pytest.param("2026-11-10 00:00", "2026-11-19 17:30", id="the first day: 2 working days, close at 17:30"),
        ],
    )
    def test_by_registration(
        self,
        registered: str,
        due: str,
        stricter: Vocabulary,
        make_ticket: Callable[..., Ticket],
        calendar: WorkCalendar,
    ) -> None:
        """Both were due for acceptance by the 13th; a 受理 of the 12th at 10:00 and a reopening on the 17th do not change the policy."""
        path = (f"{registered} 登记", "2026-11-12 10:00 受理", "2026-11-13 10:00 作废", "2026-11-17 10:00 重开")
        rows = rows_of(make_ticket(*path), stricter, calendar, moment("2026-11-17 10:00"))
        assert rows["resolve", 2, 1].due_at == moment(due)

    def test_past_verdicts_do_not_change(
        self, stricter: Vocabulary, words: Vocabulary, make_ticket: Callable[..., Ticket], calendar: WorkCalendar
    ) -> None:
        """A fault of October has the same clocks before and after the new policy was written down."""
        one = make_ticket("2026-10-19 09:00 登记", "2026-10-19 10:00 受理", "2026-10-26 10:00 提交验证")
        as_of = moment("2026-11-20 12:00")
        assert rows_of(one, stricter, calendar, as_of) == rows_of(one, words, calendar, as_of)


class TestProvisional:
    """A due date in a year whose arrangement is not published may still move (2031 will be published in 2030)."""

    def test_working_days(self, run: Run) -> None:
        """Monday 2031-03-03: due on Tuesday, provisionally."""
        rows = run("2031-03-03 09:00 登记", as_of="2031-03-03 09:00")
        assert (rows["review", 1, 1].due_at, rows["review", 1, 1].provisional) == (moment("2031-03-04 18:00"), True)

    def test_hours_do_not_depend_on_it(self, run: Run) -> None:
        """Hours are hours."""
        assert (
            run("2031-03-03 09:00 登记", as_of="2031-03-03 09:00", severity="紧急")["respond", 1, 1].provisional
            is False
        )

    def test_a_published_year(self, run: Run) -> None:
        """In 2026 everything is settled."""
        assert not any(
            row.provisional
            for row in run("2026-11-16 09:00 登记", "2026-11-16 10:00 受理", as_of="2026-11-16 10:00").values()
        )

    def test_into_the_next_year(self, run: Run) -> None:
        """Registered on 2026-12-31: 1 January is off, 2 and 3 are a weekend, so Monday the 4th."""
        assert run("2026-12-31 09:00 登记", as_of="2026-12-31 09:00")["review", 1, 1].due_at == moment(
            "2027-01-04 18:00"
        )


def test_confirm_is_informational(run: Run) -> None:
    """验证确认 is marked, so that no rate and no overdue list counts it."""
    rows = run("2026-11-16 09:00 登记", "2026-11-16 10:00 受理", "2026-11-17 10:00 提交验证", as_of="2026-11-17 10:00")
    assert {clock for (clock, _, _), row in rows.items() if row.informational} == {"confirm"}
    assert rows["confirm", 1, 1].due_at == moment("2026-11-24 18:00")  # 18, 19, 20, 23, 24


def test_a_breach_stays_a_breach(root: Path, words: Vocabulary, calendar: WorkCalendar) -> None:
    """Looking at every ticket of the repository week after week: a clock that is 超时 never becomes anything else."""
    days = [moment("2026-03-01 23:59") + timedelta(days=step) for step in range(0, 275, 7)]
    for path in corpus.find(root):
        one = corpus.load(root, path, words).ticket
        assert one is not None
        breached: set[tuple[str, int, int]] = set()
        for as_of in days:
            rows = rows_of(one, words, calendar, as_of)
            assert {key for key in breached if rows[key].verdict != "超时"} == set(), (path, as_of)
            breached = {key for key, row in rows.items() if row.verdict == "超时"}
