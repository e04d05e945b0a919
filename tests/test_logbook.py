"""Recording an event in a ticket's text: what is added, what follows, what is refused. Nothing is written to disk here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultkb import corpus, document, logbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.logbook import Entry
    from faultkb.vocabulary import Vocabulary

moment = datetime.fromisoformat

AS_OF = moment("2026-11-20 17:00")
ACCEPTED = {
    "status": "处理中",
    "team": "软件开发组",
    "owner": "{staff: RD017, name: 李*}",
    "due_at": "2026-11-06 18:00",
}


@pytest.fixture(scope="module")
def tickets(load_text: Callable[[str], Loaded], write_text: Callable[..., str]) -> Callable[..., Loaded]:
    """Return a function from events and header fields to a ticket as read."""
    return lambda *events, **fields: load_text(write_text(*events, **fields))


@pytest.fixture(scope="module")
def record(root: Path, words: Vocabulary) -> Callable[..., Entry]:
    """Return a function that records an event: its name, its fields, by default by PM002 on 2026-11-03."""

    def enter(loaded: Loaded, event: str, **fields: Any) -> Entry:
        data = {"at": "2026-11-03 10:00", "event": event, "by": "PM002", **fields}
        return logbook.record(root, words, loaded, [data], AS_OF)

    return enter


def test_event_is_the_last_line_of_the_list(tickets: Callable[..., Loaded], record: Callable[..., Entry]) -> None:
    """One line more, after all others; the body and every other line as before."""
    before = tickets("登记", "受理", **ACCEPTED)
    entry = record(before, "进展", note="补丁完成")
    added = "  - {at: 2026-11-03 10:00, event: 进展, by: PM002, note: 补丁完成}\n"
    assert entry.text == before.document.text.replace("\n---\n\n## 故障描述", f"\n{added}---\n\n## 故障描述")
    assert (entry.status, entry.refused) == ("处理中", ())


def test_snapshot_is_brought_up_to_date(tickets: Callable[..., Loaded], record: Callable[..., Entry]) -> None:
    """New fields stand where the schema's order puts them, changed ones where they stood."""
    before = tickets("登记")
    owner = {"staff": "RD017", "name": "李*"}
    entry = record(before, "受理", team="软件开发组", owner=owner, due_at="2026-11-09 18:00")
    assert entry.status == "处理中"
    header = document.parse(entry.text).header
    assert list(header) == [
        *("id", "title", "type", "severity", "status", "occurred_at", "reported_at", "channel", "reporter", "impact"),
        *("team", "owner", "due_at", "events"),
    ]
    assert (header["status"], header["team"], header["owner"], header["due_at"]) == (
        "处理中",
        "软件开发组",
        owner,
        "2026-11-09 18:00",
    )


def test_cleared_fields_leave_the_header(tickets: Callable[..., Loaded], record: Callable[..., Entry]) -> None:
    """验证不通过 takes back when it was completed, and says why it failed."""
    passed = {**ACCEPTED, "status": "待验证", "completed_at": "2026-11-02 12:00"}
    passed["verification"] = (
        "{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 赵*}}"
    )
    before = tickets("登记", "受理", "提交验证", "验证通过", **passed)
    header = document.parse(record(before, "验证不通过", note="复测时仍复位").text).header
    assert "completed_at" not in header
    assert header["verification"] == {"result": "未通过", "reason": "复测时仍复位"}
    assert header["status"] == "处理中"


def test_nothing_is_written(tickets: Callable[..., Loaded], record: Callable[..., Entry], tmp_path: Path) -> None:
    """Recording computes a text; saving it is somebody else's business."""
    before = tickets("登记")
    text, events = before.document.text, list(before.document.header["events"])
    record(before, "响应", note="已开始")
    assert list(tmp_path.iterdir()) == []
    assert (before.document.text, before.document.header["events"]) == (text, events)


def test_event_that_cannot_happen_hides_what_follows_from_it(
    tickets: Callable[..., Loaded], record: Callable[..., Entry]
) -> None:
    """Closing a fault that was just registered: one refusal, not one for each requirement of closing."""
    entry = record(tickets("登记"), "关闭")
    assert [one.rule for one in entry.refused] == ["illegal-transition"]


def test_event_at_the_wrong_time_is_refused_for_that(
    tickets: Callable[..., Loaded], record: Callable[..., Entry]
) -> None:
    """An event before the report is told so, not that a registration is missing."""
    entry = record(tickets("登记"), "反馈", note="x", at="2026-11-01 10:00")
    assert "event-order" in {one.rule for one in entry.refused}


def test_what_merely_follows_is_left_out(
    load_text: Callable[[str], Loaded], write_text: Callable[..., str], record: Callable[..., Entry]
) -> None:
    """关闭 without 验证通过: the time of completion and the result that lack in the header follow from it, and are not named."""
    before = load_text(write_text("登记", "受理", "提交验证", **{**ACCEPTED, "status": "待验证"}))
    entry = record(before, "关闭", at="2026-11-02 12:00")
    assert sorted(one.rule for one in entry.refused) == ["illegal-transition", "kb-decision"]
    assert sorted(one.rule for one in entry.errors) == [
        "illegal-transition",
        "kb-decision",
        "missing-field",
        "missing-field",
    ]


def test_several_events_are_one_change(tickets: Callable[..., Loaded], root: Path, words: Vocabulary) -> None:
    """A risk and the plan that it moves: both lines, in their order, or neither."""
    before = tickets("登记", "受理", **ACCEPTED)
    base = {"at": "2026-11-03 10:00", "by": "PM002", "note": "物料晚到"}
    moved = {**base, "event": "改期", "due_at": "2026-11-12 18:00", "approver": "PM001"}
    entry = logbook.record(root, words, before, [{**base, "event": "风险"}, moved], AS_OF)
    header = document.parse(entry.text).header
    assert [event["event"] for event in header["events"]] == ["登记", "受理", "风险", "改期"]
    assert (entry.refused, header["status"], header["due_at"]) == ((), "已延期", "2026-11-12 18:00")
    moved["approver"] = "PM002"
    refused = logbook.record(root, words, before, [{**base, "event": "风险"}, moved], AS_OF).refused
    assert [one.rule for one in refused] == ["self-approval"]


def test_finding_knows_the_field_of_the_new_event(tickets: Callable[..., Loaded], record: Callable[..., Entry]) -> None:
    """A finding about a new event leads to its field, also to a part of it and to an unknown key; others lead nowhere."""
    before = tickets("登记", "受理", **ACCEPTED)
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("改派", {"note": "x", "owner": {"staff": "RD017", "name": "李四"}}, "owner"),
        ("进展", {"note": "x", "outcome": "已解决"}, "outcome"),
        ("进展", {"note": "x" * 1001}, "note"),
        ("进展", {}, ""),
    ]
    for event, fields, field in cases:
        entry = record(before, event, **fields)
        assert [entry.field_of(one) for one in entry.refused] == [field]
    closing = record(tickets("登记", "受理", "提交验证", **{**ACCEPTED, "status": "待验证"}), "关闭")
    assert {one.rule: closing.field_of(one) for one in closing.refused} == {
        "illegal-transition": "",
        "kb-decision": None,
    }


def test_errors_of_before_are_nobodys_fault(tickets: Callable[..., Loaded], record: Callable[..., Entry]) -> None:
    """A ticket that had errors takes an event that adds none."""
    before = tickets("登记", "受理", "进展 note: ''", **ACCEPTED, channel="微信", severty="高")
    assert record(before, "进展", note="补丁完成").refused == ()


def test_same_mistake_again_is_refused(tickets: Callable[..., Loaded], record: Callable[..., Entry]) -> None:
    """The second event without a note is as wrong as the first."""
    before = tickets("登记", "受理", "进展 note: ''", **ACCEPTED)
    assert [one.rule for one in record(before, "进展").refused] == ["missing-field"]


def test_warnings_refuse_nothing(tickets: Callable[..., Loaded], record: Callable[..., Entry]) -> None:
    """A review without the heads of all roles is recorded; the check will remind of them."""
    assert record(tickets("登记", "受理", **ACCEPTED), "评审", participants=["RD017"], note="同意").refused == ()


def test_event_mends_what_it_should(tickets: Callable[..., Loaded], record: Callable[..., Entry]) -> None:
    """A header that somebody edited by hand is brought back to what the events add up to."""
    before = tickets("登记", "受理", **{**ACCEPTED, "status": "已关闭", "due_at": "2027-01-01 18:00"})
    header = document.parse(record(before, "进展", note="x").text).header
    assert (header["status"], header["due_at"]) == ("处理中", "2026-11-06 18:00")


ONE_LINE = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=200).filter(
    lambda text: any(map(str.isalnum, text))
)
"""Anything on one line that says something."""


@settings(deadline=None, max_examples=200)
@given(note=ONE_LINE)
def test_any_note_is_read_back(
    note: str, tickets: Callable[..., Loaded], record: Callable[..., Entry], words: Vocabulary
) -> None:
    """Whatever one line somebody types, it is the note of the last event, and no other line has changed."""
    before = tickets("登记", "受理", **ACCEPTED)
    entry = record(before, "进展", note=note)
    after = corpus.loaded(before.path, document.parse(entry.text), words)
    assert after.ticket is not None
    assert after.ticket.events[-1].data["note"] == note
    assert after.violations == ()
    old, new = before.document.text.split("\n"), entry.text.split("\n")
    place = next(number for number, line in enumerate(new) if "2026-11-03 10:00" in line)
    assert new[:place] + new[place + 1 :] == old


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_line_ends_are_those_of_the_file(
    load_text: Callable[[str], Loaded], write_text: Callable[..., str], record: Callable[..., Entry], newline: str
) -> None:
    """A ticket from Windows keeps its line ends, in the new line, too."""
    before = load_text(write_text("登记", "受理", **ACCEPTED).replace("\n", newline))
    text = record(before, "改期", due_at="2026-11-12 18:00", note="物料晚到", approver="PM001").text
    assert text.count("\n") == text.count(newline) == before.document.text.count("\n") + 1


@pytest.mark.parametrize("name", ["受理", "改派", "提交验证", "关闭", "作废", "更正", "用户确认"])
def test_imagining_finds_what_recording_would(
    tickets: Callable[..., Loaded], root: Path, words: Vocabulary, name: str
) -> None:
    """What can be recorded is looked for without writing text: state, errors and their places are those of the record itself."""
    body = "## 故障描述\n\n### 现象\n\n重启。\n"
    before = tickets("登记", "受理", "提交验证", **{**ACCEPTED, "status": "待验证", "severity": "高"}, body=body)
    known = logbook.known_of(root, words, before, AS_OF)
    event = {"at": "2026-11-03 10:00", "event": name, "by": "PM002"}
    imagined = logbook.imagine(root, words, before, [event], AS_OF, known)
    recorded = logbook.record(root, words, before, [event], AS_OF)
    assert imagined.after.document.header == recorded.after.document.header
    assert (imagined.status, imagined.impossible) == (recorded.status, recorded.impossible)
    places = [{(one.rule, one.message, one.place) for one in entry.errors} for entry in (imagined, recorded)]
    assert places[0] == places[1]


def test_errors_that_are_left_are_known(tickets: Callable[..., Loaded], record: Callable[..., Entry]) -> None:
    """What was wrong before is still wrong, and told apart from what an event adds."""
    entry = record(tickets("登记", "受理", "进展 note: ''", **ACCEPTED), "进展")
    assert [(one.rule, one.place) for one in entry.left] == [("missing-field", ("events", 2, "note"))]
    assert [(one.rule, one.place) for one in entry.errors] == [("missing-field", ("events", 3, "note"))]
