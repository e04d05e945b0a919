"""Which cells somebody changed, which changed meanwhile, and which both did."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import corpus, document
from faultkb.render import updates as render
from faultkb.sheets.table import Cell
from faultkb.updates import comparing
from faultkb.updates.cells import Line
from tests.updates.conftest import AS_OF, SOLUTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.corpus import Loaded
    from faultkb.vocabulary import Vocabulary
    from tests.updates.conftest import Back

ACCEPTED = {
    "status": "处理中",
    "team": "软件开发组",
    "owner": "{staff: RD017, name: 李*}",
    "due_at": "2026-11-06 18:00",
    "customer": "{id: U****3821, contact: 138****5512}",
    "remark": '"上午勿扰\\n联系 021-55556666"',
}


@pytest.fixture(scope="module")
def make(load_text: Callable[[str], Loaded], write_text: Callable[..., str]) -> Callable[..., Loaded]:
    """Return a function from events to a fault in work; more fields of the header by name."""
    return lambda *events, **fields: load_text(write_text("登记", "受理", *events, **{**ACCEPTED, **fields}))


@pytest.fixture(scope="module")
def fault(make: Callable[..., Loaded]) -> Loaded:
    """Return a fault in work."""
    return make()


def replaced(loaded: Loaded, words: Vocabulary, old: str, new: str) -> Loaded:
    """Return the fault with another text in its file."""
    assert old in loaded.document.text
    return corpus.loaded(loaded.path, document.parse(loaded.document.text.replace(old, new)), words)


@pytest.mark.parametrize("base", [True, False])
def test_untouched_row_means_nothing(fault: Loaded, come_back: Callable[..., Back], *, base: bool) -> None:
    """What was exported and comes back as it was changes nothing, with the hidden sheet or without."""
    found = come_back(fault, base=base)
    assert (bool(found.row.intent), found.row.meanwhile) == (False, 0)


SAME: list[dict[str, Any]] = [
    {"due_at": "2026/11/6 18:00"},
    {"due_at": "2026年11月6日18时00分"},
    {"due_at": "2026-11-06"},
    {"due_at": datetime.fromisoformat("2026-11-06 17:59:59.999")},
    {"reported_at": "2026/11/2 9:00"},
    {"reported_at": "2026-11-02"},
    {"severity": " 中 "},
    {"severity": "一般"},
    {"status": "进行中"},
    {"owner": "工号：RD017 李雷"},
    {"owner": "RD017　李*"},
    {"customer": "用户ID:U****3821\r\n联系方式:138****5512  \r\n"},
    {"impact": lambda text: text.replace("：", ":").replace("、", ",")},
    {SOLUTION: lambda text: text.replace("\n", "\r\n") + "\n\n"},
    {"故障描述": lambda text: text.replace("：", ":")},
    {"events": lambda text: f"\n{text}\n\n"},
    {"events": lambda text: "\n".join(reversed(text.split("\n")))},
]


@pytest.mark.parametrize("edits", SAME)
@pytest.mark.parametrize("base", [True, False])
def test_what_office_programs_do_is_no_change(
    fault: Loaded, come_back: Callable[..., Back], edits: dict[str, Any], *, base: bool
) -> None:
    """Dates typed as text, blanks, line ends, full-width forms and other words for the same choice mean nothing."""
    assert not come_back(fault, base=base, **edits).row.intent


def test_what_changed_meanwhile_stays(make: Callable[..., Loaded], come_back: Callable[..., Back]) -> None:
    """Cells that nobody touched in the table do not undo what was recorded since: 改期 brings status, date and a line."""
    now = make("改期", status="已延期", due_at="2026-11-20 18:00")
    found = come_back(now, exported=make())
    assert (bool(found.row.intent), found.row.meanwhile) == (False, 3)


def test_both_changes_are_a_conflict(
    words: Vocabulary, make: Callable[..., Loaded], come_back: Callable[..., Back]
) -> None:
    """Somebody else moved the date, and so does the table: the row is refused with both values and the way out."""
    now = make("改期", status="已延期", due_at="2026-11-20 18:00")
    found = come_back(now, exported=make(), due_at="2026-11-12 18:00", remark="另记")
    said = "\n".join(render.fault(words, found.row, found.done))
    assert not found.done.is_fine
    assert "计划完成时间：导出之后已经改成“2026-11-20 18:00”，表里是“2026-11-12 18:00”" in said
    assert "先看 fault show SW-20261102-001" in said


def test_conflict_about_people_does_not_say_what_was_typed(
    words: Vocabulary, make: Callable[..., Loaded], come_back: Callable[..., Back]
) -> None:
    """Somebody may have typed a full name, which no mask can tell from other words."""
    now = make("改派", owner="{staff: RD025, name: 郭*}")
    found = come_back(now, exported=make(), owner="孙悟空")
    said = "\n".join(render.fault(words, found.row, found.done))
    assert "主责人：导出之后已经改成“RD025 郭*”；先看 fault show" in said
    assert "孙悟空" not in said


def test_the_same_change_twice_is_none(make: Callable[..., Loaded], come_back: Callable[..., Back]) -> None:
    """Somebody else has done meanwhile what the table wants: nothing is left to do."""
    now = make("改期", status="已延期", due_at="2026-11-20 18:00")
    assert not come_back(now, exported=make(), due_at="2026-11-20 18:00", status="延期").row.intent


def test_lines_are_added_beside_those_of_others(make: Callable[..., Loaded], come_back: Callable[..., Back]) -> None:
    """A line typed under an older log is added, though the log has grown meanwhile: lines are no conflict."""
    now = make("进展")
    found = come_back(now, exported=make(), events=lambda text: f"{text}\n样机装好")
    assert [one["note"] for one in found.done.events] == ["样机装好"]


def test_line_lost_from_an_older_log_is_refused(make: Callable[..., Loaded], come_back: Callable[..., Back]) -> None:
    """What the log said when it was exported is known: a recorded line that the cell no longer has was deleted."""
    now = make("进展", "反馈")
    found = come_back(now, exported=make("进展"), events=lambda text: text.rpartition("\n")[0])
    assert "改动或删去了已有的记录（1 行）" in found.row.intent.refused[0]


def test_without_the_hidden_sheet_older_values_look_like_changes(
    make: Callable[..., Loaded], come_back: Callable[..., Back]
) -> None:
    """The price of a copied table: an old date is taken for a new wish, and shown as such."""
    now = make("改期", status="已延期", due_at="2026-11-20 18:00")
    found = come_back(now, exported=make(), base=False)
    assert found.row.intent.values == {"due_at": "2026-11-06 18:00", "status": "处理中"}


def test_line_that_was_masked_on_the_way_out_is_kept(
    words: Vocabulary, fault: Loaded, come_back: Callable[..., Back]
) -> None:
    """Lines beside a masked one can be changed, and it keeps its text; the masked one itself cannot."""
    beside = come_back(fault, remark=lambda text: text.replace("上午", "下午"))
    assert beside.header["remark"] == "下午勿扰\n联系 021-55556666"
    masked = come_back(fault, remark=lambda text: text.replace("联系", "打给"))
    said = "\n".join(render.fault(words, masked.row, masked.done))
    assert "导出时遮盖过" in said
    assert "55556666" not in said


def test_two_rows_of_one_fault_must_agree(words: Vocabulary, fault: Loaded) -> None:
    """A row that was copied counts once; two that differ are refused."""
    assert fault.ticket
    cells: dict[str, Any] = {"severity": None}
    lines = [Line(f"表 第 {number} 行", fault.ticket.id, {}, None, from_1904=False) for number in (2, 3)]
    same = comparing.of(fault, words, {fault.ticket.id: lines}, None, AS_OF)
    other = comparing.of(fault, words, {fault.ticket.id: [lines[0], lines[1]._replace(cells=cells)]}, None, AS_OF)
    assert (bool(same.intent), other.intent.refused) == (False, ["表里有 2 行，内容不同；只留下一行"])


def test_cell_too_long_for_a_spreadsheet_is_left_alone(
    words: Vocabulary, fault: Loaded, come_back: Callable[..., Back]
) -> None:
    """What was cut off at 32,767 characters is no change, and cannot be edited from the table."""
    long = replaced(fault, words, "分批上报。", "满配。" * 20_000)
    assert not come_back(long, base=False).row.intent
    typed = come_back(long, **{SOLUTION: lambda text: text.replace("满配", "空载", 1)})
    assert "太长，Excel 的一格放不下全文" in typed.row.intent.refused[0]


def test_what_nobody_sees_is_no_change(words: Vocabulary, fault: Loaded, come_back: Callable[..., Back]) -> None:
    """A table shows � for what has no ink; the file keeps it, also when the line beside it changes."""
    odd = replaced(fault, words, "分批上报。", "分批\u200b上报\u3164。\n\n夜间不做。")
    visible = {SOLUTION: lambda text: text.replace("\u200b", "�").replace("\u3164", "�")}
    assert not come_back(odd, base=False, **visible).row.intent
    edits = {SOLUTION: lambda text: text.replace("\u200b", "�").replace("\u3164", "�").replace("夜间", "白天")}
    found = come_back(odd, **edits)
    assert "分批\u200b上报\u3164。\n\n白天不做。" in found.done.after.document.text


def test_formula_without_a_result_is_refused(fault: Loaded, words: Vocabulary) -> None:
    """A cell whose value nobody knows is not an empty one."""
    assert fault.ticket
    odd = Cell("P2", "", None, remark="公式没有存下结果")
    line = Line("表 第 2 行", fault.ticket.id, {"remark": odd}, None, from_1904=False)
    found = comparing.of(fault, words, {fault.ticket.id: [line]}, None, AS_OF)
    assert found.intent.refused == ["备注：公式没有存下结果"]
