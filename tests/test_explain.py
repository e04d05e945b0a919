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

AS_OF = moment("2026-11-20 17:00")


@pytest.fixture
def why(make_ticket: Callable[..., Ticket], words: Vocabulary) -> Explain:
    """Return a function from a clock and events to the explanation of the clock's last row."""

    def explain_clock(
        name: str, *events: str, as_of: datetime = AS_OF, days: dict[date, CompanyDay] | None = None, **fields: str
    ) -> list[str]:
        one = make_ticket(*events, **fields)
        calendar = WorkCalendar(days or {})
        rows = clocks.run(one, ticket.replay(one, words.lifecycle, as_of), words, calendar, as_of)
        row = [row for row in rows if row.clock == name][-1]
        return explain.clock(row, policy.in_force(words.policies, one.events[0].at), calendar)

    return explain_clock


def test_hours_run_day_and_night(why: Explain) -> None:
    """A target in hours needs no calendar: start, target, due."""
    assert why("respond", "2026-11-07 23:30 登记", severity="紧急", as_of=moment("2026-11-08 00:00")) == [
        "从登记（2026-11-07 23:30）起算，严重程度 紧急",
        "目标 2 小时（2024-01-01 起的规定）",
        "全天候计算，到期 2026-11-08 01:30",
    ]


def test_stopped_clock_tells_its_end(why: Explain) -> None:
    """When and how it ended is the last sentence."""
    events = ("2026-11-02 09:00 登记", "2026-11-02 10:30 响应")
    assert why("respond", *events, severity="紧急")[-1] == "2026-11-02 10:30 停止：达标"
    events = ("2026-11-02 09:00 登记", "2026-11-02 11:01 响应")
    assert why("respond", *events, severity="紧急")[-1] == "2026-11-02 11:01 停止：超时"


def test_one_working_day(why: Explain) -> None:
    """Registered on a Monday: Tuesday is the day."""
    assert why("review", "2026-11-02 09:00 登记", as_of=moment("2026-11-02 12:00")) == [
        "从登记（2026-11-02 09:00）起算，严重程度 中",
        "目标 1 个工作日（2024-01-01 起的规定）",
        "起算当天不计；计入 11-03（周二）",
        "第 1 个工作日下班时到期：2026-11-03 18:00",
    ]


def test_weekend_is_named_as_not_counted(why: Explain) -> None:
    """Five working days from a Monday: to Friday are four, the next Monday is the fifth."""
    assert why("resolve", "2026-11-02 09:00 登记", "2026-11-02 10:00 受理", as_of=moment("2026-11-03 09:00")) == [
        "从受理（2026-11-02 10:00）起算，严重程度 中",
        "目标 5 个工作日（2024-01-01 起的规定）",
        "起算当天不计；计入 11-03（周二）、11-04（周三）、11-05（周四）、11-06（周五）、11-09（周一）",
        "不计 11-07（周六）、11-08（周日）",
        "第 5 个工作日下班时到期：2026-11-09 18:00",
    ]


def test_holiday_and_make_up_day_are_named(why: Explain) -> None:
    """国庆 2026: 1 to 7 October are off, Saturday the 10th is worked; the 30th is the start and does not count."""
    assert why("accept", "2026-09-30 09:00 登记", as_of=moment("2026-10-01 09:00"))[2:] == [
        "起算当天不计；计入 10-08（周四）、10-09（周五）、10-10（周六，国庆节补班）",
        (
            "不计 10-01（周四，国庆节）、10-02（周五，国庆节）、10-03（周六，国庆节）、10-04（周日，国庆节）、"
            "10-05（周一，国庆节）、10-06（周二，国庆节）、10-07（周三，国庆节）"
        ),
        "第 3 个工作日下班时到期：2026-10-10 18:00",
    ]


def test_company_day_is_named(why: Explain) -> None:
    """A day off and a day worked of the company's own carry their names."""
    days = {
        date(2026, 11, 6): CompanyDay(workday=False, name="年会"),
        date(2026, 11, 7): CompanyDay(workday=True, name="盘点"),
    }
    assert why("review", "2026-11-05 09:00 登记", as_of=moment("2026-11-05 12:00"), days=days)[2:] == [
        "起算当天不计；计入 11-07（周六，盘点）",
        "不计 11-06（周五，年会）",
        "第 1 个工作日下班时到期：2026-11-07 18:00",
    ]


def test_unpublished_year_is_provisional(why: Explain) -> None:
    """For a year without an official arrangement the date may move, and the explanation says so."""
    # 2050-11-04 is a Friday.
    lines = why("review", "2050-11-04 09:00 登记", as_of=moment("2050-11-04 12:00"))
    assert lines[2:] == [
        "起算当天不计；计入 11-07（周一）",
        "不计 11-05（周六）、11-06（周日）",
        "第 1 个工作日下班时到期：2050-11-07 18:00",
        "2050 年的节假日安排还没有公布，到期日是暂定的",
    ]


def test_pause_moves_the_date(why: Explain) -> None:
    """Waiting for the user from Tuesday to Thursday is two working days (Wednesday, Thursday) more: Monday becomes Wednesday."""
    lines = why(
        "resolve",
        *("2026-11-02 09:00 登记", "2026-11-02 10:00 受理"),
        *("2026-11-03 11:00 暂停 reason: 待用户补充", "2026-11-05 11:00 恢复"),
        as_of=moment("2026-11-06 09:00"),
    )
    assert lines[4:] == ["第 5 个工作日下班时到期：2026-11-09 18:00", "其间的暂停或验证不计时，顺延到 2026-11-11 18:00"]


def test_late_acceptance_is_named(why: Explain) -> None:
    """Accepted after acceptance was due (Thursday the 5th): the days count from there, not from the acceptance."""
    lines = why("resolve", "2026-11-02 09:00 登记", "2026-11-09 10:00 受理", as_of=moment("2026-11-09 12:00"))
    assert lines == [
        "从受理分配到期（2026-11-05 18:00）起算，严重程度 中",
        "目标 5 个工作日（2024-01-01 起的规定）",
        "起算当天不计；计入 11-06（周五）、11-09（周一）、11-10（周二）、11-11（周三）、11-12（周四）",
        "不计 11-07（周六）、11-08（周日）",
        "第 5 个工作日下班时到期：2026-11-12 18:00",
    ]


def test_policy_is_that_of_the_registration(
    make_ticket: Callable[..., Ticket], words: Vocabulary, calendar: WorkCalendar
) -> None:
    """The explanation names since when the rule that was in force at the registration holds."""
    one = make_ticket("2026-11-02 09:00 登记")
    row = clocks.run(one, ticket.replay(one, words.lifecycle), words, calendar, moment("2026-11-02 10:00"))[0]
    newer = policy.Policy(date(2026, 12, 1), words.policies[0].close_of_business, words.policies[0].clocks)
    in_force = policy.in_force((*words.policies, newer), one.events[0].at)
    assert explain.clock(row, in_force, calendar)[1] == "目标 1 个工作日（2024-01-01 起的规定）"
