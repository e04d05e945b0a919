"""Why a due date is what it is, sentence by sentence. The days are counted by hand on the calendar of 2026."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from faultkb import clocks, explain, policy, ticket
from faultkb.calendar import WorkCalendar
from faultkb.vocabulary import CompanyDay

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Explain = Callable[..., list[str]]

moment = datetime.fromisoformat

RULE = "按 2024-01-01 起的规定"
ACCEPTED = ("2026-11-16 09:00 登记", "2026-11-17 10:00 受理 due_at: 2026-11-24 18:00")
"""Registered on a Monday, accepted on Tuesday; no holiday is near."""
FROM_TUESDAY = f"从受理（2026-11-17 10:00 周二）起算；当时严重程度为高；{RULE}"
THREE_DAYS = (
    "目标 3 个工作日",
    "起算当天不计；计入 11-18（周三）、11-19（周四）、11-20（周五）",
    "第 3 个工作日下班时到期：2026-11-20 18:00 周五",
)
"""高, accepted on Tuesday."""


@pytest.fixture
def why(make_ticket: Callable[..., Ticket], words: Vocabulary) -> Explain:
    """Return a function from a clock and events to the explanation of the clock's last row."""

    def explain_clock(
        name: str, *events: str, as_of: str, days: dict[date, CompanyDay] | None = None, **fields: str
    ) -> list[str]:
        one, calendar = make_ticket(*events, **fields), WorkCalendar(days or {})
        replay = ticket.replay(one, words.lifecycle, moment(as_of))
        rows = clocks.explained(one, replay, words, calendar, moment(as_of))
        row = [row for row in rows if row.clock == name][-1]
        return explain.clock(row, policy.in_force(words.policies, one.events[0].at), calendar)

    return explain_clock


class TestDays:
    """Which days counted, which did not, and why."""

    def test_one_working_day(self, why: Explain) -> None:
        """Registered on a Monday: Tuesday is the day."""
        assert why("review", "2026-11-16 09:00 登记", as_of="2026-11-16 12:00") == [
            f"从登记（2026-11-16 09:00 周一）起算；当时严重程度为中；{RULE}",
            "目标 1 个工作日",
            "起算当天不计；计入 11-17（周二）",
            "第 1 个工作日下班时到期：2026-11-17 18:00 周二",
            "还没有停止：进行中",
        ]

    def test_weekend(self, why: Explain) -> None:
        """Five working days from a Tuesday: to Friday are three, Monday and Tuesday are the rest."""
        assert why("resolve", *ACCEPTED, as_of="2026-11-18 09:00") == [
            f"从受理（2026-11-17 10:00 周二）起算；当时严重程度为中；{RULE}",
            "目标 5 个工作日",
            "起算当天不计；计入 11-18（周三）、11-19（周四）、11-20（周五）、11-23（周一）、11-24（周二）",
            "不计 11-21（周六）、11-22（周日）",
            "第 5 个工作日下班时到期：2026-11-24 18:00 周二",
            "按原计划（2026-11-24 18:00）：进行中",
            "还没有停止：进行中",
        ]

    def test_holiday_and_make_up_day(self, why: Explain) -> None:
        """国庆 2026: 1 to 7 October are off, Saturday the 10th is worked."""
        assert why("accept", "2026-09-30 09:00 登记", as_of="2026-10-01 09:00")[2:] == [
            "起算当天不计；计入 10-08（周四）、10-09（周五）、10-10（周六，国庆节补班）",
            (
                "不计 10-01（周四，国庆节）、10-02（周五，国庆节）、10-03（周六，国庆节）、10-04（周日，国庆节）、"
                "10-05（周一，国庆节）、10-06（周二，国庆节）、10-07（周三，国庆节）"
            ),
            "第 3 个工作日下班时到期：2026-10-10 18:00 周六",
            "还没有停止：进行中",
        ]

    def test_many_days_are_summed_up(self, why: Explain) -> None:
        """Ten working days are not named one by one: 18, 19, 20, 23 to 27, 30, 1."""
        lines = why("resolve", *ACCEPTED, as_of="2026-11-18 09:00", severity="低")
        assert lines[1:5] == [
            "目标 10 个工作日",
            "起算当天不计；计入 11-18（周三）到 12-01（周二）之间的 10 天",
            "不计 11-21（周六）、11-22（周日）、11-28（周六）、11-29（周日）",
            "第 10 个工作日下班时到期：2026-12-01 18:00 周二",
        ]

    def test_company_day(self, why: Explain) -> None:
        """A day off and a day worked of the company's own carry their names."""
        days = {
            date(2026, 11, 20): CompanyDay(workday=False, name="年会"),
            date(2026, 11, 21): CompanyDay(workday=True, name="盘点"),
        }
        assert why("review", "2026-11-19 09:00 登记", as_of="2026-11-19 12:00", days=days)[2:] == [
            "起算当天不计；计入 11-21（周六，盘点）",
            "不计 11-20（周五，年会）",
            "第 1 个工作日下班时到期：2026-11-21 18:00 周六",
            "还没有停止：进行中",
        ]

    def test_unpublished_year(self, why: Explain) -> None:
        """For a year without an official arrangement the date may move; 2050-11-04 is a Friday."""
        assert why("review", "2050-11-04 09:00 登记", as_of="2050-11-04 12:00")[2:] == [
            "起算当天不计；计入 11-07（周一）",
            "不计 11-05（周六）、11-06（周日）",
            "第 1 个工作日下班时到期：2050-11-07 18:00 周一",
            "2050 年的节假日安排还没有公布，先按周一至周五（元旦除外）计算，到期日是暂定的",
            "还没有停止：进行中",
        ]

    def test_hours_need_no_calendar(self, why: Explain) -> None:
        """They run day and night, into Sunday."""
        assert why("respond", "2026-11-07 23:30 登记", severity="紧急", as_of="2026-11-08 00:00") == [
            f"从登记（2026-11-07 23:30 周六）起算；当时严重程度为紧急；{RULE}",
            "目标 2 小时，全天候计算",
            "到期 2026-11-08 01:30 周日",
            "还没有停止：进行中",
        ]


class TestStretches:
    """What does not count, and how far it moves the date."""

    def test_pause(self, why: Explain) -> None:
        """From Wednesday to Monday are Thursday, Friday and Monday: Friday becomes Monday, Tuesday, Wednesday."""
        path = (*ACCEPTED, "2026-11-18 14:00 暂停 reason: 待用户确认", "2026-11-23 09:30 恢复")
        assert why("resolve", *path, as_of="2026-11-23 10:00", severity="高") == [
            FROM_TUESDAY,
            *THREE_DAYS,
            "2026-11-18 14:00 至 2026-11-23 09:30 不计时（待用户确认）：3 个工作日（11-19（周四）、11-20（周五）、11-23（周一））",
            "顺延到 2026-11-25 18:00 周三",
            "按原计划（2026-11-24 18:00）：临期",
            "还没有停止：进行中",
        ]

    def test_same_day(self, why: Explain) -> None:
        """A pause within a day moves no working days, and the explanation says so."""
        path = (*ACCEPTED, "2026-11-18 14:00 暂停 reason: 待用户确认", "2026-11-18 17:30 恢复")
        assert why("resolve", *path, as_of="2026-11-18 18:00", severity="高") == [
            FROM_TUESDAY,
            *THREE_DAYS,
            "2026-11-18 14:00 至 2026-11-18 17:30 不计时（待用户确认）：没有跨过工作日，不顺延",
            "按原计划（2026-11-24 18:00）：进行中",
            "还没有停止：进行中",
        ]

    def test_open_pause(self, why: Explain) -> None:
        """While it lasts the date goes on moving: Thursday and Friday so far, so Monday and Tuesday."""
        path = (*ACCEPTED, "2026-11-18 14:00 暂停 reason: 待用户确认")
        assert why("resolve", *path, as_of="2026-11-20 10:00", severity="高") == [
            FROM_TUESDAY,
            *THREE_DAYS,
            "2026-11-18 14:00 至 2026-11-20 10:00（还没有结束）不计时（待用户确认）：2 个工作日（11-19（周四）、11-20（周五））",
            "顺延到 2026-11-24 18:00 周二",
            "正在等待，等多久，到期日就再顺延多久",
            "按原计划（2026-11-24 18:00）：进行中",
            "还没有停止：暂停中",
        ]

    def test_hours(self, why: Explain) -> None:
        """Three hours and twenty minutes are added to 10:00."""
        path = ("2026-11-20 09:00 登记", "2026-11-20 10:00 受理 due_at: 2026-11-21 10:00")
        path = (*path, "2026-11-20 11:00 暂停 reason: 待用户补充", "2026-11-20 14:20 恢复")
        assert why("resolve", *path, as_of="2026-11-20 15:00", severity="紧急")[1:5] == [
            "目标 24 小时，全天候计算",
            "到期 2026-11-21 10:00 周六",
            "2026-11-20 11:00 至 2026-11-20 14:20 不计时（待用户补充）：3 小时 20 分钟",
            "顺延到 2026-11-21 13:20 周六",
        ]

    def test_what_overlaps_is_told_once(self, why: Explain) -> None:
        """In verification from the 18th to the 23rd, a pause inside it from the 19th to the 20th adds nothing: 3 days in all."""
        path = (
            *(*ACCEPTED, "2026-11-18 10:00 提交验证", "2026-11-19 10:00 暂停 reason: 待用户确认"),
            *("2026-11-20 10:00 恢复", "2026-11-23 10:00 验证不通过"),
        )
        assert why("resolve", *path, as_of="2026-11-23 12:00", severity="高")[4:6] == [
            "2026-11-18 10:00 至 2026-11-23 10:00 不计时（提交验证到验证不通过）：3 个工作日（11-19（周四）、11-20（周五）、11-23（周一））",
            "顺延到 2026-11-25 18:00 周三",
        ]


class TestSeverity:
    """After a change of severity every date that was weighed is told."""

    def test_raised_to_urgent(self, why: Explain) -> None:
        """24 hours from the raise come before the fifth working day."""
        path = (*ACCEPTED, "2026-11-18 15:00 定级 from: 中, to: 紧急")
        assert why("resolve", *path, as_of="2026-11-18 16:00", severity="紧急") == [
            f"从受理（2026-11-17 10:00 周二）起算；当时严重程度为中；{RULE}",
            "严重程度调高过，有几个日期，以“从定级（2026-11-18 15:00）起 24 小时”的为准：",
            "　从受理（2026-11-17 10:00）起 5 个工作日：2026-11-24 18:00",
            "　从定级（2026-11-18 15:00）起 24 小时：2026-11-19 15:00",
            "　调高严重程度不会让期限变晚，几个里取最早的（都加上各自不计时的时间）",
            "到期 2026-11-19 15:00 周四",
            "按原计划（2026-11-24 18:00）：进行中",
            "还没有停止：进行中",
        ]

    def test_raised_otherwise(self, why: Explain) -> None:
        """低 to 高 on the 25th: the third working day from the start is past, so the next working day."""
        path = (*ACCEPTED, "2026-11-25 15:00 定级 from: 低, to: 高")
        assert why("resolve", *path, as_of="2026-11-25 16:00", severity="高") == [
            f"从受理（2026-11-17 10:00 周二）起算；当时严重程度为低；{RULE}",
            "严重程度调高过，有几个日期，以“从定级（2026-11-25 15:00）起 1 个工作日”的为准：",
            "　从受理（2026-11-17 10:00）起 10 个工作日：2026-12-01 18:00",
            "　从受理（2026-11-17 10:00）起 3 个工作日：2026-11-20 18:00，与从定级（2026-11-25 15:00）起 1 个工作日：2026-11-26 18:00，取较晚的",
            "　调高严重程度不会让期限变晚，几个里取最早的（都加上各自不计时的时间）",
            "起算当天不计；计入 11-26（周四）",
            "第 1 个工作日下班时到期：2026-11-26 18:00 周四",
            "按原计划（2026-11-24 18:00）：超时",
            "还没有停止：临期",
        ]

    def test_lowered(self, why: Explain) -> None:
        """高 to 中: five working days from the same start."""
        path = (*ACCEPTED, "2026-11-19 15:00 定级 from: 高, to: 中")
        assert why("resolve", *path, as_of="2026-11-19 16:00", severity="中")[:3] == [
            FROM_TUESDAY,
            "严重程度后来变了：目标按现在的 5 个工作日，仍从原来起算",
            "起算当天不计；计入 11-18（周三）、11-19（周四）、11-20（周五）、11-23（周一）、11-24（周二）",
        ]


class TestStart:
    """From what it runs."""

    def test_late_acceptance(self, why: Explain) -> None:
        """Accepted after acceptance was due (Thursday the 19th): the days count from there: 20, 23, 24, 25, 26."""
        path = ("2026-11-16 09:00 登记", "2026-11-20 10:00 受理 due_at: 2026-11-30 18:00")
        assert why("resolve", *path, as_of="2026-11-20 12:00")[:3] == [
            f"从受理分配到期（2026-11-19 18:00 周四）起算；当时严重程度为中；{RULE}",
            "目标 5 个工作日",
            "起算当天不计；计入 11-20（周五）、11-23（周一）、11-24（周二）、11-25（周三）、11-26（周四）",
        ]

    def test_news_for_the_user(self, why: Explain) -> None:
        """The first is due after three and two working days (17, 18, 19 and 20, 23), the next after each 反馈."""
        first = why("update", "2026-11-16 09:00 登记", as_of="2026-11-19 18:00")
        assert first[0] == f"从登记后 3 个工作日（2026-11-19 18:00 周四）起算；当时严重程度为中；{RULE}"
        assert first[3:] == [
            "不计 11-21（周六）、11-22（周日）",
            "第 2 个工作日下班时到期：2026-11-23 18:00 周一",
            "还没有停止：进行中",
        ]
        again = why("update", "2026-11-16 09:00 登记", "2026-11-20 10:00 反馈", as_of="2026-11-20 12:00")
        assert again[0] == f"从反馈（2026-11-20 10:00 周五）起算；当时严重程度为中；{RULE}"


class TestEnd:
    """How it ended is the last sentence."""

    @pytest.mark.parametrize(
        ("clock", "severity", "events", "told"),
        [
            pytest.param(
                "respond", "紧急", ["2026-11-16 10:30 响应"], "2026-11-16 10:30 停止：达标", id="stopped in time"
            ),
            pytest.param("respond", "紧急", ["2026-11-16 11:01 响应"], "2026-11-16 11:01 停止：超时", id="too late"),
            pytest.param("respond", "紧急", [], "还没有停止：超时", id="overdue"),
            pytest.param(
                "accept", "中", ["2026-11-17 10:00 作废"], "2026-11-17 10:00 随故障关闭而结束：取消", id="closed"
            ),
            pytest.param(
                "accept", "中", ["2026-11-20 10:00 作废"], "2026-11-20 10:00 随故障关闭而结束：超时", id="closed late"
            ),
            pytest.param(
                "accept",
                "紧急",
                ["2026-11-17 10:00 定级 from: 中, to: 紧急"],
                "2026-11-17 10:00 随严重程度的改变而结束：取消",
                id="not for this severity any more",
            ),
        ],
    )
    def test_end(self, clock: str, severity: str, events: list[str], told: str, why: Explain) -> None:
        """Registered on Monday the 16th at 09:00."""
        lines = why(clock, "2026-11-16 09:00 登记", *events, as_of="2026-11-20 17:00", severity=severity)
        assert lines[-1] == told

    def test_imported(self, why: Explain) -> None:
        """What an imported history does not tell is said to be missing."""
        imported = "imported: true, status: 处理中, team: 软件开发组, owner: {staff: RD017, name: 李*}"
        lines = why("accept", f"2026-11-16 09:00 登记 {imported}, due_at: 2026-11-20 18:00", as_of="2026-11-18 12:00")
        assert lines[1:] == [
            "目标 3 个工作日",
            "起算当天不计；计入 11-17（周二）、11-18（周三）、11-19（周四）",
            "第 3 个工作日下班时到期：2026-11-19 18:00 周四",
            "历史导入的记录里没有停止的时间：数据缺失，不计入达标率",
        ]

    def test_plans(self, why: Explain) -> None:
        """The plan at first and the plan now stand beside the policy; voided before the latter."""
        path = (*ACCEPTED[:1], "2026-11-17 10:00 受理 due_at: 2026-11-18 18:00")
        path = (*path, "2026-11-18 10:00 改期 due_at: 2026-11-25 18:00", "2026-11-19 10:00 作废")
        assert why("resolve", *path, as_of="2026-11-20 12:00")[-3:] == [
            "按原计划（2026-11-18 18:00）：超时",
            "按改期后的计划（2026-11-25 18:00）：取消；改期不改变规定的期限",
            "2026-11-19 10:00 随故障关闭而结束：取消",
        ]


def test_policy_is_that_of_the_registration(
    make_ticket: Callable[..., Ticket], words: Vocabulary, calendar: WorkCalendar
) -> None:
    """The explanation names since when the rule that was in force at the registration holds."""
    one = make_ticket("2026-11-02 09:00 登记")
    replay = ticket.replay(one, words.lifecycle)
    row = clocks.explained(one, replay, words, calendar, moment("2026-11-02 10:00"))[0]
    newer = policy.Policy(date(2026, 12, 1), words.policies[0].close_of_business, words.policies[0].clocks)
    in_force = policy.in_force((*words.policies, newer), one.events[0].at)
    assert explain.clock(row, in_force, calendar)[0].endswith(RULE)


def test_without_details_there_is_nothing_to_tell(
    make_ticket: Callable[..., Ticket], words: Vocabulary, calendar: WorkCalendar
) -> None:
    """Reports run the clocks without their details, which cost time."""
    one = make_ticket("2026-11-02 09:00 登记")
    row = clocks.run(one, ticket.replay(one, words.lifecycle), words, calendar, moment("2026-11-02 10:00"))[0]
    assert explain.clock(row, words.policies[0], calendar) == []
