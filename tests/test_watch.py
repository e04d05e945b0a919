"""What is said of clocks, urgent faults, risks and merged faults, and when. Worked by hand on November 2026.

2026-11-02 is a Monday, no holiday is near; business hours are 09:00 to 18:00. 2026-10-01 to 10-07 are holidays.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from faultkb import board, duty, mailing, policy, standing, watch
from faultkb.finding import FaultError
from faultkb.privacy import NOTHING
from faultkb.render import board as page
from faultkb.render import letters

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from faultkb.standing import Standing
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Stand = Callable[..., Standing]
    Say = Callable[..., list[str]]

ID = "SW-20261102-001"
ACCEPTED = "2026-11-02 10:00 受理 due_at: '2026-11-09 18:00'"
REGISTERED = "2026-11-02 09:00 登记"


def at(text: str) -> datetime:
    """Return a moment of November 2026: ``03 09:30``, or any other written in full."""
    return datetime.fromisoformat(text if len(text) > 8 else f"2026-11-{text}")


@pytest.fixture(scope="module")
def stand(make_ticket: Callable[..., Ticket], words: Vocabulary) -> Stand:
    """Return a function from a moment and events to how a fault stands then."""

    def stands(moment: str, *events: str, **fields: str) -> Standing:
        one = standing.of(make_ticket(*events, **fields), words, at(moment))
        assert one is not None
        return one

    return stands


@pytest.fixture(scope="module")
def say(words: Vocabulary) -> Say:
    """Return a function that says what is new at a moment: the keys, without the id."""

    def new(
        moment: str, *some: Standing, said: Collection[str] = (), last: str = "02 00:00", first: bool = False
    ) -> list[str]:
        found = watch.notices(standing.linked(some), words, at(moment), None if first else at(last))
        due = watch.due(found, {f"{ID} {key}" for key in said}, words, at(moment), first=first)
        return [item.key.removeprefix(f"{ID} ") for item in due]

    return new


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("05 10:00", []),  # 中, accepted on Monday the 2nd: 5 working days are Monday the 9th
        ("06 09:00", ["resolve 1 1 临期"]),  # Friday: the next working day is the 9th
        ("06 08:59", []),  # before business
        ("06 18:01", []),  # after it
        ("07 10:00", []),  # Saturday: nobody is told of working days
        ("08 23:30", []),
        ("09 18:00", ["resolve 1 1 临期"]),  # due this very minute
        ("09 18:30", []),  # late, but business is closed
        ("10 09:00", ["resolve 1 1 超时"]),
    ],
)
def test_a_clock_of_working_days_is_told_of_in_working_time_only(
    moment: str, expected: list[str], stand: Stand, say: Say
) -> None:
    """What is not told now is not marked as told: the same clock is told of when business begins."""
    one = stand(moment, REGISTERED, ACCEPTED, channel="内部测试")  # nobody outside: no clock for news
    assert say(moment, one) == expected


def test_the_start_of_business_can_be_set(words: Vocabulary) -> None:
    """``start_of_business`` beside the time zone of sla.yaml; 09:00 unless it is there. No clock counts from it."""
    clock = {"name": "x", "severities": ["中"], "start": ["登记"], "stop": ["受理"], "target": "1 wd"}
    data = {"policies": [{"effective_from": "2024-01-01", "close_of_business": "18:00", "clocks": {"x": clock}}]}
    early = replace(words, policies=policy.build({**data, "start_of_business": "08:30"}))
    plain = replace(words, policies=policy.build(data))
    assert [duty.is_working_time(some, at("06 08:45")) for some in (early, plain)] == [True, False]


def test_each_verdict_of_a_clock_is_told_once(stand: Stand, say: Say) -> None:
    """临期 once, then 超时 once; a clock whose 临期 nobody saw is told of as 超时 alone."""
    friday, tuesday = (stand(moment, REGISTERED, ACCEPTED, channel="内部测试") for moment in ("06 10:00", "10 10:00"))
    assert say("06 10:00", friday) == ["resolve 1 1 临期"]
    assert say("06 10:30", friday, said=["resolve 1 1 临期"]) == []
    assert say("10 10:00", tuesday, said=["resolve 1 1 临期"]) == ["resolve 1 1 超时"]
    assert say("10 10:00", tuesday) == ["resolve 1 1 超时"]
    assert say("10 10:30", tuesday, said=["resolve 1 1 超时"]) == []


def test_a_clock_that_is_soon_late_twice_is_told_of_once(stand: Stand) -> None:
    """A pause for the user moves the due date and ends 临期; the key of 临期 lives as long as the clock is watched."""
    paused = stand("06 12:00", REGISTERED, ACCEPTED, "2026-11-06 11:00 暂停 reason: 待用户补充", channel="内部测试")
    assert {row.verdict for row in paused.clocks if row.clock == "resolve"} == {"暂停中"}
    assert f"{ID} resolve 1 1 临期" in watch.instances([paused], at("06 12:00"), at("06 11:30"))


@pytest.mark.parametrize("moment", ["07 11:00", "07 02:00", "08 23:30"])
def test_hours_count_at_night_and_on_sunday(moment: str, stand: Stand, say: Say) -> None:
    """An urgent fault of Saturday 00:30 must be answered by 02:30: 临期 from 02:00 on (three quarters), whatever the day."""
    one = stand(moment, "2026-11-07 00:30 登记", severity="紧急", id=ID)
    expected = {"07 02:00": "respond 1 1 临期", "07 11:00": "respond 1 1 超时", "08 23:30": "respond 1 1 超时"}
    assert expected[moment] in say(moment, one)


def test_a_new_urgent_fault_is_told_of_at_once(stand: Stand, words: Vocabulary, say: Say) -> None:
    """To the contacts with alerts and to the teams that take its type, on a Saturday night, once."""
    one = stand("07 00:30", "2026-11-07 00:30 登记", severity="紧急", id=ID)
    assert say("07 00:30", one) == ["1 紧急"]
    assert say("07 00:31", one, said=["1 紧急"]) == []
    (item,) = watch.notices([one], words, at("07 00:30"), at("06 23:30"))
    assert (item.alerts, item.working, item.teams) == (True, False, ("软件开发组", "云平台组"))


def test_a_raised_severity_is_told_of_once_and_only_if_it_is_the_gravest(stand: Stand, say: Say) -> None:
    """高 to 紧急 is; 中 to 高 is not, nor a lowering; raised anew after a lowering is anew."""
    up = "2026-11-03 10:00 定级 from: 高, to: 紧急"
    assert say("03 10:00", stand("03 10:00", REGISTERED, up, severity="紧急"))[0] == "2 紧急"
    assert say("03 08:30", stand("03 10:00", REGISTERED, "2026-11-03 08:00 定级 from: 中, to: 高", severity="高")) == []
    more = (up, "2026-11-03 11:00 定级 from: 紧急, to: 高", "2026-11-03 12:00 定级 from: 高, to: 紧急")
    keys = say("03 12:00", stand("03 12:00", REGISTERED, *more, severity="紧急"), said=["2 紧急"])
    assert [key for key in keys if "紧急" in key] == ["4 紧急"]


def test_a_reopened_urgent_fault_is_told_of(stand: Stand, say: Say) -> None:
    """A fault that was closed comes back as urgent as it was."""
    events = (
        "2026-11-02 09:00 登记",
        "2026-11-02 10:00 作废",
        "2026-11-04 03:00 重开 due_at: '2026-11-05 03:00', team: 软件开发组, owner: {staff: RD017, name: 李*}",
    )
    assert "3 紧急" in say("04 03:00", stand("04 03:00", *events, severity="紧急"), said=["1 紧急"])


def test_each_risk_goes_to_who_is_alerted_and_to_nobody_else(stand: Stand, words: Vocabulary) -> None:
    """Two risks, two notices, at any hour."""
    one = stand("04 22:00", REGISTERED, ACCEPTED, "2026-11-03 21:00 风险", "2026-11-04 21:00 风险", channel="内部测试")
    found = [item for item in watch.notices([one], words, at("04 22:00"), at("04 20:00")) if item.kind == watch.RISK]
    assert [(item.key, item.alerts, item.teams, item.working) for item in found] == [
        (f"{ID} 3 风险", True, (), False),
        (f"{ID} 4 风险", True, (), False),
    ]


def test_what_became_late_and_was_done_in_an_outage_is_told(stand: Stand, say: Say) -> None:
    """Due on the 9th, handed over on the 12th; the run before was on the 6th, the next is on the 16th, Monday."""
    events = (REGISTERED, ACCEPTED, "2026-11-10 09:00 风险", "2026-11-12 15:00 提交验证")
    one = stand("16 09:30", *events, channel="内部测试")
    assert say("16 09:30", one, last="06 18:00") == ["3 风险", "resolve 1 1 超时"]
    assert say("16 10:00", one, said=["3 风险", "resolve 1 1 超时"], last="16 09:30") == []


def test_an_outage_says_how_late_it_was(stand: Stand, words: Vocabulary) -> None:
    """The clock has stopped: what counts is when, and by how much it was late."""
    one = stand("16 09:30", REGISTERED, ACCEPTED, "2026-11-12 15:00 提交验证", channel="内部测试")
    (item,) = watch.notices([one], words, at("16 09:30"), at("06 18:00"))
    assert item.text == "计划完成，11-09 18:00 到期，已超时完成（11-12 15:00，超时 3 个工作日）"


def test_the_first_run_tells_of_now_alone(stand: Stand, say: Say) -> None:
    """Running clocks that are soon or already late, and what is urgent and still open; nothing that is over."""
    late = stand("10 10:00", REGISTERED, ACCEPTED, channel="内部测试")
    assert say("10 10:00", late, first=True) == ["resolve 1 1 超时"]
    over = stand(
        "10 10:00",
        REGISTERED,
        ACCEPTED,
        "2026-11-03 10:00 风险",
        "2026-11-10 09:30 作废",
        channel="内部测试",
        severity="高",
    )
    assert say("10 10:00", over, first=True) == []
    urgent = stand("07 00:30", "2026-11-07 00:30 登记", severity="紧急", id=ID)
    assert say("07 00:30", urgent, first=True) == ["1 紧急"]


def test_old_and_imported_history_is_silent(stand: Stand, say: Say) -> None:
    """A fault that ended a month ago, and one that was imported, are no news, whoever brings them in."""
    old = stand("2026-12-09 10:00", REGISTERED, ACCEPTED, "2026-11-12 15:00 提交验证", channel="内部测试")
    assert say("2026-12-09 10:00", old, last="2026-12-09 09:30") == []
    imported = stand(
        "10 10:00",
        "2026-11-02 09:00 登记 imported: true, status: 处理中, team: 软件开发组, owner: {staff: RD017, name: 李*}, due_at: '2026-11-03 18:00'",
        "2026-11-10 09:00 提交验证",
        channel="内部测试",
        severity="高",
    )
    assert say("10 10:00", imported, last="10 09:30") == []
    # Urgent, limits in hours: both clocks had run out on the 3rd, and stopped this very morning.
    late = stand(
        "10 10:00",
        "2026-11-02 09:00 登记 imported: true, status: 处理中, team: 软件开发组, owner: {staff: RD017, name: 李*}, due_at: '2026-11-03 18:00'",
        "2026-11-10 09:00 提交验证",
        channel="内部测试",
        severity="紧急",
    )
    stopped = {row.clock: (row.verdict, row.stopped_at) for row in late.clocks if row.stopped_at}
    assert stopped == dict.fromkeys(("propose", "resolve"), ("超时", at("10 09:00")))
    assert not [key for key in say("10 10:00", late, last="10 09:30") if "超时" in key]


@pytest.mark.parametrize("kind", ["风险", "紧急"])
def test_what_was_recorded_late_is_told(kind: str, stand: Stand, say: Say) -> None:
    """A risk, or an urgent fault, of a month ago that was merged today is news for as long as the fault is open; once."""
    severity = "紧急" if kind == "紧急" else "中"
    risk = ["2026-11-03 10:00 风险"] if kind == "风险" else []
    one = stand("2026-12-09 10:00", REGISTERED, ACCEPTED, *risk, channel="内部测试", severity=severity)
    key = "3 风险" if risk else "1 紧急"
    assert key in say("2026-12-09 10:00", one, last="2026-12-09 09:30")
    assert key not in say("2026-12-09 10:00", one, last="2026-12-09 09:30", said=[key])
    assert key not in say("2026-12-09 10:00", one, first=True)
    over = stand(
        "2026-12-09 10:00", REGISTERED, ACCEPTED, *risk, "2026-12-08 10:00 作废", channel="内部测试", severity=severity
    )
    assert key not in say("2026-12-09 10:00", over, last="2026-12-09 09:30")


def test_a_clock_that_is_late_is_told_to_the_team_that_takes_over(stand: Stand, words: Vocabulary) -> None:
    """云平台组 gets the fault after the limit has passed: it hears of it, once; those who have heard do not hear again."""
    moved = "2026-11-10 10:10 改派 team: 云平台组, owner: {staff: CL001, name: 王*}"

    def told(moment: str, said: Collection[str], *events: str) -> dict[str, tuple[str, ...]]:
        one = stand(moment, REGISTERED, *events, channel="内部测试")
        found = watch.notices([one], words, at(moment), at("10 09:00"))
        new = watch.due(found, said, words, at(moment), first=False)
        return {key: item.teams for item in new for key in item.keys}

    before = told("10 10:00", (), ACCEPTED)
    assert before == {f"{ID} resolve 1 1 超时|软件开发组": ("软件开发组",)}
    after = told("10 10:30", before, ACCEPTED, moved)
    assert after == {f"{ID} resolve 1 1 超时|云平台组": ("云平台组",)}
    back = "2026-11-10 10:40 改派 team: 软件开发组, owner: {staff: RD017, name: 李*}"
    assert told("10 11:00", [*before, *after], ACCEPTED, moved, back) == {}
    assert told("10 11:00", before, ACCEPTED, moved, "2026-11-10 10:50 提交验证") == {}  # done: nothing to do for them


def test_merged_faults_are_told_of_when_the_other_is_solved(stand: Stand, words: Vocabulary) -> None:
    """Its team is asked to tell the user, in working time; it is not when the user has heard since."""
    closing = (
        "2026-11-03 10:00 提交验证",
        "2026-11-04 10:00 验证通过",
        "2026-11-04 11:00 用户确认",
        "2026-11-05 20:00 关闭",
    )
    canonical = stand("06 09:00", REGISTERED, ACCEPTED, *closing)
    merged = stand(
        "06 09:00",
        "2026-11-03 09:00 登记",
        "2026-11-03 10:00 作废 reason: 重复",
        kb=f"{{entry: 并入, canonical: {ID}}}",
        type="操作误解",
        id="OP-20261103-001",
    )
    both = standing.linked([canonical, merged])
    found = [item for item in watch.notices(both, words, at("06 09:00"), at("05 18:00")) if item.kind == watch.SOLVED]
    assert [(item.one.id, item.teams, item.working) for item in found] == [("OP-20261103-001", ("客服组",), True)]
    assert watch.due(found, (), words, at("05 20:30"), first=False) == []
    assert [item.key for item in watch.due(found, (), words, at("06 09:00"), first=False)] == [
        f"OP-20261103-001 请告知用户 {ID} 2026-11-05 20:00"
    ]
    assert watch.due(found, (), words, at("06 09:00"), first=True) == []


@pytest.mark.parametrize(
    ("moment", "last", "due"),
    [
        ("2026-11-16 09:00", "2026-W46", True),  # Monday
        ("2026-11-16 08:59", "2026-W46", False),
        ("2026-11-16 09:30", "2026-W47", False),  # sent
        ("2026-11-18 10:00", "2026-W46", True),  # Monday and Tuesday were missed
        ("2026-11-21 10:00", "2026-W46", False),  # Saturday
        ("2026-10-05 10:00", "2026-W40", False),  # Monday, National Day
        ("2026-10-08 09:00", "2026-W40", True),  # Thursday, the first working day of that week
        ("2026-10-10 10:00", "2026-W41", False),  # a Saturday that is worked: sent on Thursday
        ("2027-01-04 09:00", "2026-W53", True),  # the year turns
    ],
)
def test_the_weekly_pack_is_due_once_a_week(moment: str, last: str, words: Vocabulary, *, due: bool) -> None:
    """On the first working day, or as soon as there is a run in working time; never twice in a week."""
    assert (duty.pack_due(last, words, at(moment)) is not None) is due


def test_the_pack_is_of_the_week_before(words: Vocabulary) -> None:
    """Monday to Sunday."""
    assert str(duty.pack_due("", words, at("2026-11-16 09:00"))) == "2026-11-09 至 2026-11-15"
    assert str(duty.pack_due("2026-W46", words, at("2026-11-16 09:00"))) == "2026-11-09 至 2026-11-15"


def test_no_week_is_in_no_pack(words: Vocabulary) -> None:
    """In the week of Spring Festival (16 to 22 February 2026) nobody works: the next pack begins with it, or earlier."""
    assert str(duty.pack_due("2026-W07", words, at("2026-02-24 09:00"))) == "2026-02-09 至 2026-02-22"
    assert duty.pack_due("2026-W07", words, at("2026-02-18 10:00")) is None


@pytest.mark.parametrize(
    ("moment", "taken"),
    [
        ("2026-11-16 08:00", "2026-W46"),  # before business on Monday: this week's is still to come
        ("2026-11-16 10:00", "2026-W46"),
        ("2026-11-16 18:30", "2026-W47"),
        ("2026-11-18 10:00", "2026-W47"),  # begun in the middle of a week
        ("2026-10-06 10:00", "2026-W40"),  # its first working day is the 8th
    ],
)
def test_the_first_run_sends_no_pack_for_a_week_that_has_begun(moment: str, taken: str, words: Vocabulary) -> None:
    """The meeting was on its first working day."""
    assert duty.first_week(words, at(moment)) == taken


def test_a_retired_team_is_replaced(stand: Stand, words: Vocabulary) -> None:
    """Who took over is told; without a successor, the teams that take the type."""
    one = stand("03 10:00", REGISTERED, ACCEPTED)
    gone = replace(words.teams["软件开发组"], retired=at("03 00:00").date(), replaced_by="云平台组")
    assert duty.responsible(one, replace(words, teams={**words.teams, gone.name: gone}), at("03 10:00")) == (
        "云平台组",
    )
    alone = replace(gone, replaced_by="")
    assert duty.responsible(one, replace(words, teams={**words.teams, gone.name: alone}), at("03 10:00")) == (
        "云平台组",
    )
    assert duty.responsible(one, words, at("03 10:00")) == ("软件开发组",)


def letters_of(
    some: Sequence[Standing], words: Vocabulary, moment: str, reached: Collection[str]
) -> dict[str, list[tuple[str, int]]]:
    """Return who is written to: heads and numbers of notices by address."""
    found = watch.notices(some, words, at(moment), at(moment))
    written: dict[str, list[tuple[str, int]]] = {}
    for letter in mailing.letters(found, words, reached):
        written.setdefault(letter.to, []).append((letter.head, len(letter.notices)))
    return written


def test_letters_are_grouped_by_team(stand: Stand, words: Vocabulary) -> None:
    """One for each team and address; the product head has the urgent ones and the risks."""
    late = stand("10 10:00", REGISTERED, ACCEPTED, channel="内部测试")
    urgent = stand("10 10:00", "2026-11-10 09:59 登记", severity="紧急", type="硬件故障", id="HW-20261110-001")
    every = ("hardware", "software", "cloud", "qa", "service", "product")
    assert letters_of([late, urgent], words, "10 10:00", every) == {
        "product": [("紧急与风险", 1)],
        "hardware": [("硬件研发组", 1)],
        "software": [("软件开发组", 1)],
    }


def test_a_team_without_an_address_is_told_through_others(stand: Stand, words: Vocabulary) -> None:
    """The contacts with alerts are asked to pass it on; nobody hears of one thing twice at one address."""
    urgent = stand("10 12:00", "2026-11-10 09:59 登记", severity="紧急", type="硬件故障", id="HW-20261110-001")
    waiting = {"hardware": [("硬件研发组", 2)]}  # the fault and its clock
    assert letters_of([urgent], words, "10 12:00", ["product"]) == {
        **waiting,
        "product": [("紧急与风险", 1), ("硬件研发组（没有通知地址，请转告）", 1)],  # the second: the clock
    }
    assert letters_of([urgent], words, "10 12:00", []) == {**waiting, "product": [("紧急与风险", 1)]}
    found = watch.notices([urgent], words, at("10 12:00"), at("10 12:00"))
    assert mailing.unheard(found, words, ["product"]) == []
    assert mailing.unheard(found, words, []) == found


def test_what_is_urgent_or_risky_comes_first_then_the_gravest(stand: Stand, words: Vocabulary) -> None:
    """The clock of an urgent fault that is soon late goes before one of a slight fault that is late; letters, too."""
    slight = [
        stand(
            "10 10:00",
            "2026-10-26 09:00 登记",
            "2026-10-26 10:00 受理 due_at: '2026-11-09 18:00'",
            channel="内部测试",
            severity="低",
            id=f"SW-20261026-{number:03}",
        )
        for number in range(2, 5)
    ]
    events = (
        "2026-11-09 13:00 登记",
        "2026-11-09 13:05 响应",
        "2026-11-09 13:10 受理 due_at: '2026-11-10 13:10', team: 云平台组",
    )
    grave = stand("10 10:00", *events, channel="内部测试", severity="紧急", id="SW-20261109-001")
    found = watch.notices([*slight, grave], words, at("10 10:00"), at("10 09:30"))
    assert [item.kind for item in found if item.one.id == "SW-20261109-001"][:1] == ["紧急"]
    kinds = [(item.kind, item.one.severity) for item in found]
    assert kinds.index(("临期", "紧急")) < kinds.index(("超时", "低"))
    heads = [letter.head for letter in mailing.letters(found, words, ["software", "cloud", "product"])]
    assert heads == ["紧急与风险", "云平台组", "软件开发组"]


def test_the_most_urgent_comes_first(stand: Stand, words: Vocabulary) -> None:
    """Urgent faults, then what is late by severity and due date, then what is soon late."""
    plain = stand("10 10:00", REGISTERED, ACCEPTED, channel="内部测试")
    high = stand("10 10:00", REGISTERED, ACCEPTED, channel="内部测试", severity="高", id="SW-20261102-002")
    soon = stand(
        "10 10:00",
        "2026-11-04 09:00 登记",
        "2026-11-04 10:00 受理 due_at: '2026-11-11 18:00'",
        channel="内部测试",
        id="SW-20261104-001",
    )
    urgent = stand("10 10:00", "2026-11-10 09:59 登记", severity="紧急", id="SW-20261110-001", channel="内部测试")
    found = watch.notices([soon, plain, high, urgent], words, at("10 10:00"), at("10 09:30"))
    assert [(item.kind, item.one.id) for item in found] == [
        ("紧急", "SW-20261110-001"),
        ("超时", "SW-20261102-002"),
        ("超时", ID),
        ("临期", "SW-20261104-001"),
    ]


HOSTILE = """'<at user_id="all">所有人</at> @all [点我](http://evil.example/x) www.evil.example 13800135512'"""


def fits_in(limit: int) -> Callable[[str, str, str], bool]:
    """Return what says whether a text has at most a number of bytes."""
    return lambda _to, title, text: len(f"{title}\r\n{text}".encode()) <= limit


def test_a_message_is_cut_between_its_entries(stand: Stand, words: Vocabulary) -> None:
    """Each part fits, no entry is missing, and each has a number of its own that is the same whenever it is made."""
    some = [
        stand("10 10:00", REGISTERED, ACCEPTED, channel="内部测试", id=f"SW-20261102-{number:03}")
        for number in range(1, 26)
    ]
    found = mailing.letters(watch.notices(some, words, at("10 10:00"), at("10 09:30")), words, ["software"])
    links = watch.Links("https://github.example/qiyun/faults")
    parts = list(letters.messages(found, links, at("10 10:00"), NOTHING, fits_in(2048)))
    assert len(parts) > 1
    assert all(len(f"{one.title}\r\n{letters.text_of(replace(one, doubts=1))}".encode()) <= 2048 for one in parts)
    assert sorted(one.id for some_ in found for one in (item.one for item in some_.notices)) == sorted(
        line.split()[1] for one in parts for line in one.text.splitlines() if line.startswith("【超时】")
    )
    assert len({one.id for one in parts}) == len(parts)
    assert [one.id for one in parts] == [
        one.id for one in letters.messages(found, links, at("10 10:00"), NOTHING, fits_in(2048))
    ]
    assert "第 1／" in parts[0].text


def test_everything_that_is_said_is_named(stand: Stand, words: Vocabulary) -> None:
    """Thirty faults at length, the other twelve in a line each: what is marked as said, somebody can read."""
    one = stand("10 10:00", REGISTERED, ACCEPTED, channel="内部测试")
    some = [one._replace(id=f"SW-20261102-{number:03}") for number in range(1, 43)]
    found = mailing.letters(watch.notices(some, words, at("10 10:00"), at("10 09:30")), words, ["software"])
    parts = list(letters.messages(found, watch.Links(), at("10 10:00"), NOTHING, fits_in(2048)))
    lines = [line for part in parts for line in part.text.splitlines() if line.startswith("【超时】")]
    assert [line.split("｜")[0].split()[-1].removeprefix("【超时】") for line in lines[30:]] == [
        f"SW-20261102-{number:03}" for number in range(31, 43)
    ]
    assert {
        name for name in (f"SW-20261102-{number:03}" for number in range(1, 43)) if name not in "".join(lines)
    } == set()
    assert lines[30:] == [f"【超时】SW-20261102-{number:03}｜计划完成，11-09 18:00" for number in range(31, 43)]


def test_a_fault_is_described_once(stand: Stand, words: Vocabulary) -> None:
    """Its title, who has it and its link stand once, with a line for each clock; cut, the parts say whose lines they are."""
    one = stand("12 10:00", "2026-11-10 01:00 登记", severity="紧急", id="SW-20261110-001")
    every = watch.notices([one], words, at("12 10:00"), at("12 09:30"))
    assert [item.kind for item in every] == ["紧急", *["超时"] * 5]  # 评审, 响应, 告知, 方案, 解决
    team = mailing.Letter("software", "软件开发组", tuple(every))
    links = watch.Links("https://github.example/qiyun/faults")
    (whole,) = letters.messages([team], links, at("12 10:00"), NOTHING, fits_in(9000))
    assert (whole.text.count(one.title), whole.text.count("https://"), whole.text.count("\n· ")) == (1, 1, 6)
    parts = list(letters.messages([team], links, at("12 10:00"), NOTHING, fits_in(600)))
    assert len(parts) > 1
    assert all(f"【紧急】{one.id} " in part.text and "https://" in part.text for part in parts)
    assert sum(part.text.count("\n· ") for part in parts) == 6


def test_a_risk_says_when_and_whose(stand: Stand, words: Vocabulary) -> None:
    """The date, the team and the owner: the product head knows whom to ask; on the board, too."""
    one = stand("04 22:00", REGISTERED, ACCEPTED, "2026-11-03 21:00 风险", channel="内部测试")
    found = mailing.letters(watch.notices([one], words, at("04 22:00"), at("04 20:00")), words, ["product"])
    (message,) = letters.messages(found, watch.Links(), at("04 22:00"), NOTHING, fits_in(9000))
    head, line, _ = message.text.splitlines()
    assert head.startswith(f"【风险】中 {ID} ")
    assert head.endswith("｜软件开发组，主责人 RD017 李*")
    assert line.startswith("· 风险：11-03 21:00 ")
    text = page.markdown(
        board.build([one], words, at("04 22:00"), watch.MEMORY), watch.Links(), at("04 22:00"), words.lists
    )
    assert "| 软件开发组，RD017 李\\* |" in text


def test_a_fault_that_nobody_has_says_so(stand: Stand, words: Vocabulary) -> None:
    """Before somebody has taken it there is no owner."""
    one = stand("07 00:30", "2026-11-07 00:30 登记", severity="紧急", id=ID)
    found = mailing.letters(watch.notices([one], words, at("07 00:30"), at("06 23:30")), words, ["product"])
    message = next(letters.messages(found, watch.Links(), at("07 00:30"), NOTHING, fits_in(9000)))
    assert message.text.splitlines()[0].endswith("｜未分配")


def test_a_message_says_what_counts_and_nothing_private(stand: Stand, words: Vocabulary) -> None:
    """Severity, id, title, clock, due date, how late, the link; a phone number is masked, an address is none any more."""
    one = stand("10 10:00", REGISTERED, ACCEPTED, channel="内部测试", title=HOSTILE)
    found = mailing.letters(watch.notices([one], words, at("10 10:00"), at("10 09:30")), words, ["software"])
    links = watch.Links("https://github.example/qiyun/faults", {ID: 12})
    (message,) = letters.messages(found, links, at("10 10:00"), NOTHING, fits_in(9000))
    assert message.title == "故障提醒｜软件开发组｜11-10 10:00"
    head, line, address, foot = message.text.splitlines()
    assert head.startswith(f"【超时】中 {ID} ")
    assert head.endswith("（登记待合并 #12）｜软件开发组，主责人 RD017 李*")
    assert line == "· 超时：计划完成，11-09 18:00 到期，超时 1 个工作日"
    assert address == "https://github.example/qiyun/faults/pull/12"
    assert foot == f"—— 消息 {message.id}"
    assert "13800135512" not in head
    assert "://" not in head
    assert "www." not in head


def test_the_board_is_plain_text_for_github(stand: Stand, words: Vocabulary) -> None:
    """No mention, no link but our own, no markup; the fault of a pull request leads there."""
    one = stand("10 10:00", REGISTERED, title=HOSTILE, severity="紧急")
    built = board.build([one], words, at("10 10:00"), watch.MEMORY)
    text = page.markdown(built, watch.Links("https://github.example/q/f", {ID: 12}), at("10 10:00"), words.lists)
    assert "13800135512" not in text
    assert "@all" not in text
    assert "<at" not in text
    assert "http://evil" not in text
    assert "[点我](" not in text
    assert f"[{ID}](https://github.example/q/f/pull/12) 待合并 [#12](https://github.example/q/f/pull/12)" in text


def test_the_board_changes_only_when_something_happens(stand: Stand, words: Vocabulary) -> None:
    """Half an hour later it says the same but for its stamp; a clock that has passed is another text."""

    def text(moment: str) -> str:
        one = stand(moment, REGISTERED, ACCEPTED, channel="内部测试")
        return page.markdown(
            board.build([one], words, at(moment), watch.MEMORY), watch.Links(), at(moment), words.lists
        )

    assert text("10 10:00") != text("10 10:30")
    assert page.same(text("10 10:00"), text("10 10:30"))
    assert page.same(text("10 10:00").replace("\n", "\r\n"), text("10 10:30"))
    assert not page.same(text("09 17:30"), text("09 18:30"))


def test_a_board_too_long_says_how_many_more(stand: Stand, words: Vocabulary) -> None:
    """25 lines a section, well below what GitHub takes."""
    one = stand("10 10:00", REGISTERED, ACCEPTED, channel="内部测试", title="长" * 60)
    some = [one._replace(id=f"SW-20261102-{number:03}") for number in range(1, 400)]
    text = page.markdown(
        board.build(some, words, at("10 10:00"), watch.MEMORY),
        watch.Links("https://g.example/q/f"),
        at("10 10:00"),
        words.lists,
    )
    assert "还有 374 个" in text
    assert len(text) < 65_000


def test_the_board_is_written_anew_on_each_working_morning(stand: Stand, words: Vocabulary) -> None:
    """Friday the 6th until Monday at nine: whoever reads an old day there knows that the watch has stopped."""
    assert [
        str(duty.last_morning(words, at(moment))) for moment in ("06 09:00", "08 12:00", "09 08:59", "09 09:00")
    ] == [
        *["2026-11-06"] * 3,
        "2026-11-09",
    ]

    def text(moment: str) -> str:
        one = stand(moment, REGISTERED, "2026-11-02 10:00 作废")
        return page.markdown(
            board.build([one], words, at(moment), watch.MEMORY), watch.Links(), at(moment), words.lists
        )

    assert "最近核对：**2026-11-06**" in text("08 12:00")
    assert page.same(text("06 09:00"), text("09 08:30"))
    assert not page.same(text("09 08:30"), text("09 09:00"))


def test_the_board_counts_each_fault_in_one_team(stand: Stand, words: Vocabulary) -> None:
    """A fault that nobody has taken is in no team's figures; where clocks and faults differ, both are said."""
    mine = stand("12 10:00", REGISTERED, ACCEPTED, channel="内部测试")
    free = stand("12 10:00", "2026-11-10 01:00 登记", severity="紧急", id="SW-20261110-001")
    built = board.build([mine, free], words, at("12 10:00"), watch.MEMORY)
    assert [(team.name, team.opened, team.late) for team in built.teams] == [("软件开发组", 1, 1), ("", 1, 1)]
    text = page.markdown(built, watch.Links(), at("12 10:00"), words.lists)
    assert "| 未分配 | 1 | 1 |" in text
    (late,) = [section for section in built.sections if section.title == "超时"]
    assert (late.faults, len(late.rows)) == (2, 6)
    assert "超时 **6**（2 个故障）" in text


@pytest.mark.parametrize(
    ("server", "last", "expected"),
    [
        (None, None, "10 10:00"),
        ("10 10:02", None, "10 10:00"),  # two minutes are nothing
        ("10 10:03", None, "10 10:03"),
        ("09 02:00", None, "09 02:00"),
        (None, "10 10:20", "10 10:20"),  # time does not run backwards
        ("10 10:00", "12 10:00", "10 10:00"),  # the run before had a wrong clock
        (None, "10 09:00", "10 10:00"),
    ],
)
def test_the_clock(server: str | None, last: str | None, expected: str) -> None:
    """The server's time counts; who goes by another time than this machine's says so."""
    now, word = duty.settled(at("10 10:00"), at(server) if server else None, at(last) if last else None)
    assert now == at(expected)
    assert bool(word) == (now != at("10 10:00") or last == "12 10:00")


def test_a_clock_that_is_days_behind_is_an_error() -> None:
    """With nobody to ask, one of the two runs had a wrong clock: better no message than wrong ones."""
    with pytest.raises(FaultError, match="校准时钟"):
        duty.settled(at("10 10:00"), None, at("10 10:00") + timedelta(days=2))
