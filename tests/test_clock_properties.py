"""What holds for the clocks of any history: random events that the lifecycle allows, weekends and holidays included.

Corrections are left out: they may change what was known, and with it anything that was said before.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from faultkb import clocks, corpus, document, standing, ticket
from faultkb.clocks import BREACHED
from faultkb.policy import Duration, Policy
from faultkb.ticket import Event

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.calendar import WorkCalendar
    from faultkb.clocks import Clock
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Rows = dict[tuple[str, int, int], Clock]
    History = tuple[Event, ...]

SEVERITIES = ("紧急", "高", "中", "低")
WAITING = ("待用户补充", "待用户确认", "待供应商", "待内部资源")
# Where a fault may be (the states of the lifecycle), what may happen there, and where that leads (None: nowhere else).
MOVES: dict[str, dict[str, str | None]] = {
    "待受理": {**dict.fromkeys(["退回", "补充", "响应", "反馈", "定级"]), "受理": "处理中", "作废": "已关闭"},
    "处理中": {
        **dict.fromkeys(["响应", "反馈", "定级", "初步方案", "暂停", "恢复"]),
        "改期": "已延期",
        "提交验证": "待验证",
        "作废": "已关闭",
    },
    "已延期": {
        **dict.fromkeys(["反馈", "定级", "初步方案", "暂停", "恢复", "改期"]),
        "提交验证": "待验证",
        "作废": "已关闭",
    },
    "待验证": {
        **dict.fromkeys(["响应", "反馈", "定级", "暂停", "恢复", "用户确认"]),
        "验证不通过": "处理中",
        "关闭": "已关闭",
        "作废": "已关闭",
    },
    "已关闭": {"反馈": None, "重开": "处理中"},
}
ENDS_A_WAIT = {"补充", "受理", "恢复", "提交验证", "关闭", "作废"}
STEPS = st.sampled_from([0, 1, 40, 120, 300, 1440, 1500, 2880, 4500, 10080])
"""Minutes between events: the same minute, hours, days, a weekend, a week."""
BEGINNINGS = st.sampled_from(
    [
        datetime.fromisoformat(text)
        for text in (
            *("2026-11-16 09:00", "2026-11-20 18:00", "2026-11-21 23:59", "2026-09-30 17:59", "2026-02-13 18:01"),
            *("2024-02-28 00:00", "2025-12-31 12:00", "2026-12-30 08:00"),
        )
    ]
)


def event(at: datetime, name: str, **data: Any) -> Event:
    """Return an event as the file would give it."""
    return Event(0, at, name, "PM002", {"at": at.isoformat(" ", "minutes"), "event": name, "by": "PM002", **data})


@st.composite
def histories(draw: st.DrawFn, *, first: tuple[str, ...] = (), no_way_back: bool = False) -> History:
    """Draw the events of a fault, in time order.

    ``first``: those after the registration; ``no_way_back``: no severity is lowered after it was raised.
    """
    at, severity, state = draw(BEGINNINGS), draw(st.sampled_from(SEVERITIES)), "待受理"
    found = [event(at, "登记", severity=severity)]
    waiting, raised = "", False
    for number in range(len(first) + draw(st.integers(1, 9))):
        choices = set(MOVES[state]) - {waiting}
        choices -= {one for one, needs in (("补充", "退回"), ("恢复", "暂停")) if waiting != needs}
        levels = SEVERITIES[: SEVERITIES.index(severity)] if no_way_back and raised else SEVERITIES
        levels = tuple(one for one in levels if one != severity)
        chosen = st.sampled_from(sorted(choices if levels else choices - {"定级"}))
        name = first[number] if number < len(first) else draw(chosen)
        at += timedelta(minutes=draw(STEPS))
        data: dict[str, Any] = {}
        if name == "定级":
            new = draw(st.sampled_from(levels))
            raised = raised or SEVERITIES.index(new) < SEVERITIES.index(severity)
            data, severity = {"from": severity, "to": new}, new
        elif name == "暂停":
            data = {"reason": draw(st.sampled_from(WAITING))}
        elif name in {"受理", "改期", "重开"}:
            data = {"due_at": (at + timedelta(days=3)).isoformat(" ", "minutes")}
        found.append(event(at, name, **data))
        waiting = name if name in {"退回", "暂停"} else "" if name in ENDS_A_WAIT else waiting
        state = MOVES[state][name] or state
    return tuple(found)


EMPTY = document.parse("---\nid: SW-20261116-001\n---\n")


def ticket_of(history: History) -> Ticket:
    """Return a fault with these events."""
    first = history[0].data
    header = {"severity": first["severity"], "channel": "电话", "events": [one.data for one in history]}
    one = ticket.build("tickets/x.md", EMPTY, header)
    assert one is not None
    return one


def rows_at(history: History, words: Vocabulary, calendar: WorkCalendar, as_of: datetime) -> Rows:
    """Return the clocks of a history at a moment; no two of them share clock, cycle and n."""
    one = ticket_of(history)
    found = clocks.run(one, ticket.replay(one, words.lifecycle, as_of), words, calendar, as_of)
    rows = {(row.clock, row.cycle, row.n): row for row in found}
    assert len(rows) == len(found)
    return rows


def moments(history: History) -> list[datetime]:
    """Return moments at which to look: at each event, a minute before and after it, between, and long afterwards."""
    last = history[-1].at
    every = {one.at + timedelta(minutes=step) for one in history for step in (-1, 0, 1, 60, 700, 3000)}
    return sorted(
        {*every, last + timedelta(days=10), last + timedelta(days=40)} - {history[0].at - timedelta(minutes=1)}
    )


@settings(max_examples=120, deadline=None)
@given(history=histories())
def test_time_only_adds(history: History, words: Vocabulary, calendar: WorkCalendar) -> None:
    """A row that is there stays, what is 超时 stays 超时, an earlier cycle is frozen, nothing is due before it starts."""
    before: Rows = {}
    for as_of in moments(history):
        rows = rows_at(history, words, calendar, as_of)
        assert before.keys() <= rows.keys(), as_of
        late = {key for key, row in before.items() if row.verdict == BREACHED}
        assert {key: rows[key].verdict for key in late if rows[key].verdict != BREACHED} == {}, as_of
        assert [key for key, row in rows.items() if row.due_at < row.started_at or row.started_at > as_of] == [], as_of
        now = max(cycle for _, cycle, _ in before) if before else 0
        assert [key for key, row in before.items() if key[1] < now and rows[key] != row] == [], as_of
        before = rows


@settings(max_examples=120, deadline=None)
@given(
    history=histories(first=("受理",), no_way_back=True),
    which=st.integers(0, 9),
    reason=st.sampled_from(WAITING),
    minutes=STEPS,
)
def test_a_pause_never_shortens(
    history: History, which: int, reason: str, minutes: int, words: Vocabulary, calendar: WorkCalendar
) -> None:
    """A pause put between two events makes no due date earlier and takes no row away.

    Except where a severity was raised and then lowered: the limit is then reckoned anew from the start unless it was
    overdue, and the pause may be why it was not.
    """
    places = [place for place in range(len(history)) if can_be_paused(history[: place + 1], words)]
    where = places[which % len(places)]
    begin, end = history[where].at, history[where].at + timedelta(minutes=minutes)
    if where + 1 < len(history):
        end = min(end, history[where + 1].at)
    added = (event(begin, "暂停", reason=reason), event(end, "恢复"))
    longer = (*history[: where + 1], *added, *history[where + 1 :])
    as_of = history[-1].at + timedelta(days=20)
    plain, moved = (rows_at(one, words, calendar, as_of) for one in (history, longer))
    assert plain.keys() == moved.keys()
    assert {key: (row.due_at, moved[key].due_at) for key, row in plain.items() if moved[key].due_at < row.due_at} == {}


@settings(max_examples=120, deadline=None)
@given(
    history=st.one_of(
        histories(first=("受理", "暂停")),
        histories(first=("受理", "定级", "暂停")),
        histories(first=("受理", "提交验证", "暂停")),
        histories(first=("受理", "提交验证", "验证不通过", "暂停")),
    ),
    share=st.floats(0, 1),
)
def test_a_split_pause_is_the_same_pause(
    history: History, share: float, words: Vocabulary, calendar: WorkCalendar
) -> None:
    """A pause that ends and goes on in the same minute changes nothing, for hours or for working days."""
    number = max(place for place, one in enumerate(history[:-1]) if one.name == "暂停")
    begin, following = history[number], history[number + 1].at
    at = begin.at + timedelta(minutes=round((following - begin.at).total_seconds() / 60 * share))
    added = (event(at, "恢复"), event(at, "暂停", reason=begin.data["reason"]))
    split = (*history[: number + 1], *added, *history[number + 1 :])
    for as_of in (at, following, history[-1].at, history[-1].at + timedelta(days=20)):
        assert rows_at(split, words, calendar, as_of) == rows_at(history, words, calendar, as_of), as_of


@settings(max_examples=40, deadline=None)
@given(history=histories())
def test_a_later_policy_changes_no_older_fault(history: History, words: Vocabulary, calendar: WorkCalendar) -> None:
    """A policy that takes effect on the day after the registration, however different, is not asked."""
    old = words.policies[-1]
    clocks_ = {
        name: dataclasses.replace(spec, targets=dict.fromkeys(spec.targets, Duration(1, "h")), pause=())
        for name, spec in old.clocks.items()
    }
    newer = Policy(history[0].at.date() + timedelta(days=1), time(12, 0), clocks_)
    more = dataclasses.replace(words, policies=(old, newer))
    as_of = history[-1].at + timedelta(days=20)
    assert rows_at(history, more, calendar, as_of) == rows_at(history, words, calendar, as_of)


def can_be_paused(history: History, words: Vocabulary) -> bool:
    """Say whether the lifecycle allows a pause after these events."""
    now = ticket.replay(ticket_of(history), words.lifecycle)
    return "暂停" in {spec.name for spec in words.lifecycle.possible(now.status, now.waiting)}


@given(history=histories())
@settings(max_examples=40, deadline=None)
def test_the_histories_are_possible(history: History, words: Vocabulary) -> None:
    """What is drawn here is what the lifecycle allows; otherwise these properties would prove nothing."""
    for step in ticket.replay(ticket_of(history), words.lifecycle).steps[1:]:
        assert step.spec in words.lifecycle.possible(step.before, step.waiting), (step.event.name, step.before)


def test_order_changes_nothing(root: Path, words: Vocabulary) -> None:
    """Each fault of this repository stands as it stands, in whatever order they are asked for."""
    as_of, paths = datetime.fromisoformat("2026-11-10 12:00"), corpus.find(root)
    forwards, backwards = (standing.all_at(root, words, as_of, order)[0] for order in (paths, paths[::-1]))
    assert len(forwards) > 20
    assert {one.id: one for one in forwards} == {one.id: one for one in backwards}
