"""The nouns: how a ticket is built from a document, and the fold of its events as such."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultkb import document, ticket
from faultkb.ticket import Person

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.finding import Finding
    from faultkb.ticket import Replay
    from faultkb.vocabulary import Vocabulary

moment = datetime.fromisoformat


class TestBuild:
    """From a document to a ticket."""

    TEXT = (
        "---\n"
        "id: SW-20261103-001\n"
        "title: 网关重启\n"
        "reported_at: 2026-11-03 09:12\n"
        "impact: {users: 3, products: [甲]}\n"
        "events:\n"
        "  - {at: 2026-11-03 09:15, event: 登记, by: ZL001}\n"
        "  - {at: 2026-11-03 10:05, event: 受理, by: PM002, owner: {staff: RD017, name: 李*}}\n"
        "---\n"
        "## 故障描述\n总述\n### 现象\n红灯\n"
    )

    def test_ticket(self) -> None:
        """Header, events with their numbers, sections."""
        one = ticket.build("tickets/2026/11/SW-20261103-001.md", document.parse(self.TEXT))
        assert one is not None
        assert (one.id, one.title, one.reported_at) == ("SW-20261103-001", "网关重启", moment("2026-11-03 09:12"))
        assert [(event.number, event.at, event.name, event.by) for event in one.events] == [
            (1, moment("2026-11-03 09:15"), "登记", "ZL001"),
            (2, moment("2026-11-03 10:05"), "受理", "PM002"),
        ]
        assert one.events[1].path == ("events", 1)
        assert one.events[1].data["owner"] == {"staff": "RD017", "name": "李*"}
        assert one.text_of("故障描述").split() == ["总述", "红灯"]
        assert one.text_of("原因分析") == ""

    @pytest.mark.parametrize("reported", ["", "reported_at: 昨天\n"], ids=["missing", "unreadable"])
    def test_reported_at(self, reported: str) -> None:
        """Without a readable reported_at the registration's time must do."""
        one = ticket.build("x", document.parse(self.TEXT.replace("reported_at: 2026-11-03 09:12\n", reported)))
        assert one is not None
        assert one.reported_at == moment("2026-11-03 09:15")

    @pytest.mark.parametrize(
        "events",
        [
            pytest.param("", id="none"),
            pytest.param("events: 登记\n", id="a text"),
            pytest.param("events: []\n", id="an empty list"),
            pytest.param("events: [登记]\n", id="a list of texts"),
            pytest.param("events:\n  - {event: 登记, by: A}\n", id="no time"),
            pytest.param("events:\n  - {at: 昨天, event: 登记, by: A}\n", id="an unreadable time"),
            pytest.param("events:\n  - {at: 2026-11-31 09:12, event: 登记, by: A}\n", id="a day that does not exist"),
            pytest.param("events:\n  - {at: 2026-11-03 09:12, by: A}\n", id="no name"),
        ],
    )
    def test_unreadable(self, events: str) -> None:
        """Without readable events there is no ticket."""
        assert ticket.build("x", document.parse(f"---\nid: SW-1\n{events}---\n")) is None

    def test_nobody(self) -> None:
        """An event without ``by`` is an event all the same; the rules ask for it."""
        one = ticket.build("x", document.parse("---\nevents:\n  - {at: 2026-11-03 09:12, event: 登记}\n---\n"))
        assert one is not None
        assert one.events[0].by == ""
        assert (one.id, one.title) == ("", "")

    def test_an_item_that_is_no_event_does_not_move_the_others(
        self, write_text: Callable[..., str], judge_text: Callable[[str], list[Finding]]
    ) -> None:
        """A stray line among the events is one finding; what is wrong with a later event is reported at that event, or not at all."""
        lines = write_text("登记", "受理", "登记").split("\n")
        lines.insert(13, "  - 随手写的一句")  # becomes line 14, the second 登记 line 16
        found = judge_text("\n".join(lines))
        assert ("schema", 14) in {(one.rule, one.line) for one in found}
        assert {one.line for one in found if one.rule == "illegal-transition"} <= {16}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"staff": "RD017", "name": "李*"}, Person("RD017", "李*")),
        ({"staff": "RD017", "name": "李*", "tel": "1"}, Person("RD017", "李*")),
        ({"staff": "RD017"}, None),
        ("RD017", None),
        (None, None),
        ([], None),
    ],
)
def test_person(data: object, expected: Person | None) -> None:
    """A person has a staff id and a masked name; anything else is nobody."""
    assert ticket.person(data) == expected


def test_a_person_is_shown_with_id_and_name() -> None:
    """As the tracking sheet wants it."""
    assert str(Person("RD017", "李*")) == "RD017 李*"


class TestReplay:
    """The fold of events."""

    def test_whole_life(self, fold: Callable[..., Replay]) -> None:
        """Status, cycle and snapshot before and after each event of a life with a failed verification and a reopening."""
        result = fold(
            *("登记", "退回", "补充", "受理", "暂停", "恢复", "改期", "提交验证", "验证不通过", "提交验证"),
            *("验证通过", "关闭", "重开", "提交验证", "验证通过", "关闭"),
        )
        assert [step.after for step in result.steps] == [
            *("待受理", "待受理", "待受理", "处理中", "处理中", "处理中", "已延期", "待验证", "处理中", "待验证"),
            *("待验证", "已关闭", "处理中", "待验证", "待验证", "已关闭"),
        ]
        assert [step.before for step in result.steps] == ["", *(step.after for step in result.steps[:-1])]
        assert [step.cycle for step in result.steps] == [1] * 12 + [2] * 4
        assert result.cycle == 2
        assert result.status == "已关闭"
        assert result.waiting == frozenset()

    def test_waiting(self, fold: Callable[..., Replay]) -> None:
        """Open waits are named by the event that opened them, before each step and after the last."""
        result = fold("登记", "退回", "受理", "暂停", "进展")
        assert [sorted(step.waiting) for step in result.steps] == [[], [], ["退回"], [], ["暂停"]]
        assert result.waiting == {"暂停"}

    def test_nothing_yet(self, fold: Callable[..., Replay]) -> None:
        """Before the registration there are no steps and no state, but severity and type are known."""
        result = fold("登记", "受理", as_of=moment("2026-11-02 08:59"))
        assert (result.status, result.steps, result.cycle) == ("", (), 1)
        assert dict(result.snapshot) == {"severity": "中", "type": "软件Bug"}

    @pytest.mark.parametrize(
        ("as_of", "number"),
        [("2026-11-02 09:00", 1), ("2026-11-02 09:59", 1), ("2026-11-02 10:00", 2), ("2026-12-01 00:00", 3)],
    )
    def test_as_of(self, as_of: str, number: int, fold: Callable[..., Replay]) -> None:
        """Events up to and including the minute count."""
        assert len(fold("登记", "受理", "进展", as_of=moment(as_of)).steps) == number

    def test_snapshots_are_not_shared(self, fold: Callable[..., Replay]) -> None:
        """Each step keeps what stood before it, whatever came later."""
        result = fold("登记", "受理", "改派 team: 测试组", "改派 team: 客服组")
        assert [step.snapshot.get("team") for step in result.steps] == [None, None, "软件开发组", "测试组"]

    def test_illegal_events_are_folded_to_the_state_that_they_ask_for(self, fold: Callable[..., Replay]) -> None:
        """One mistake does not hide the next: after a 关闭 that skipped everything, the ticket is 已关闭."""
        assert [step.after for step in fold("登记", "关闭", "重开").steps] == ["待受理", "已关闭", "处理中"]

    def test_unknown_events_are_left_out(self, words: Vocabulary) -> None:
        """An event of another lifecycle changes nothing."""
        text = "---\nseverity: 高\nevents:\n  - {at: 2026-11-03 09:12, event: 归档}\n  - {at: 2026-11-03 09:13, event: 登记}\n---\n"
        one = ticket.build("x", document.parse(text))
        assert one is not None
        assert [step.event.name for step in ticket.replay(one, words.lifecycle).steps] == ["登记"]

    def test_fields_that_an_event_does_not_carry_change_nothing(self, fold: Callable[..., Replay]) -> None:
        """A team in a 进展 is a finding, not a change of team."""
        assert fold("登记", "受理", "进展 team: 测试组").snapshot["team"] == "软件开发组"

    NAMES = st.sampled_from(
        [
            "登记",
            "退回",
            "补充",
            "响应",
            "受理",
            "反馈",
            "改派",
            "定级",
            "定类",
            "初步方案",
            "评审",
            "进展",
            "风险",
            "暂停",
            "恢复",
            "改期",
            "提交验证",
            "验证不通过",
            "验证通过",
            "用户确认",
            "关闭",
            "作废",
            "重开",
            "更正",
        ]
    )

    @settings(max_examples=80, deadline=None)
    @given(
        names=st.lists(NAMES, min_size=1, max_size=12),
        numbers=st.lists(st.integers(1, 12), min_size=12, max_size=12),
        data=st.data(),
    )
    def test_any_events(
        self,
        fold: Callable[..., Replay],
        judge: Callable[..., list[Finding]],
        names: list[str],
        numbers: list[int],
        data: st.DataObject,
    ) -> None:
        """Any events in any order fold and are judged; folding a prefix and folding as of its last minute are the same."""
        extra = {
            "更正": (
                "target: {0}, set: {{by: X9}}",
                'target: {0}, set: "", void: true',
                'target: "", set: "", section: 原因分析',
            ),
            "登记": ("", "imported: true, status: 待验证"),
            "改期": ("due_at: 2026-11-0{1} 18:00",),
        }
        events = [
            f"{name} {data.draw(st.sampled_from(extra.get(name, ('',)))).format(number, min(number, 9))}"
            for name, number in zip(names, numbers, strict=False)
        ]
        assert fold(*events).status in {"", "待受理", "处理中", "待验证", "已关闭", "已延期"}
        for finding in judge(*events):
            assert finding.line >= 1
        prefix = fold(*events[: len(events) // 2 + 1])
        minute = max(step.event.at for step in prefix.steps) if prefix.steps else moment("2026-11-02 08:59")
        assert fold(*events, as_of=minute).status == prefix.status
