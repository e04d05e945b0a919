"""One fault as text, Markdown and JSON: what stands where, and in which words."""

from __future__ import annotations

import io
import json
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from faultkb import clocks, ticket
from faultkb.render.show import FORMATS, View

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.calendar import WorkCalendar
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

moment = datetime.fromisoformat

AS_OF = moment("2026-11-05 12:00")
ACCEPTED = {"team": "软件开发组", "owner": "{staff: RD017, name: 李*}", "due_at": "2026-11-06 18:00"}


@pytest.fixture
def render(make_ticket: Callable[..., Ticket], words: Vocabulary, calendar: WorkCalendar) -> Callable[..., str]:
    """Return a function from a format, events and header fields to what is printed."""

    def print_it(form: str, *events: str, as_of: datetime = AS_OF, explained: bool = False, **fields: str) -> str:
        one = make_ticket(*events, **fields)
        replay = ticket.replay(one, words.lifecycle, as_of)
        rows = clocks.explained(one, replay, words, calendar, as_of)
        stream = io.StringIO()
        FORMATS[form](View(one, replay, rows, "提交验证（→待验证）", words, calendar, as_of, explained), stream)
        return stream.getvalue()

    return print_it


MARKDOWN = """\
# SW-20261102-001 网关升级后每日凌晨重启

截至 2026-11-02 12:00（Asia/Shanghai）

## 现在

| 字段 | 内容 |
| --- | --- |
| 当前状态 | 处理中 |
| 严重程度 | 中 |
| 故障类型 | 软件Bug |
| 责任团队 | 软件开发组 |
| 主责人 | RD017 李\\* |
| 反馈时间 | 2026-11-02 09:00 |
| 计划完成时间 | 2026-11-06 18:00 |
| 反馈渠道 | 电话 |
| 影响范围 | 受影响用户数 320；涉及产品 智能网关 GW2；涉及版本 V2.3.1 |
| 完整度 | 95 %，还缺：故障发生时间 |
| 下一步可以是 | 提交验证（→待验证） |

## 经过

| 序号 | 时间 | 事件 | 操作人 | 内容 |
| ---: | --- | --- | --- | --- |
| 1 | 2026-11-02 09:00 | 登记 | ZL001 |  |
| 2 | 2026-11-02 10:00 | 受理 | PM002 | 责任团队 软件开发组；主责人 RD017 李\\*；计划完成时间 2026-11-06 18:00 |
| 3 | 2026-11-02 11:00 | 反馈 | ZL001 | 已重视；时间已确认 是 |

## 时限

| 时限 |  | 到期 | 还剩 | 结论 | 起算 | 停止 |
| --- | --- | --- | --- | --- | --- | --- |
| 完整性审核 |  | 2026-11-03 18:00 |  | 达标 | 2026-11-02 09:00 | 2026-11-02 10:00 |
| 受理分配 |  | 2026-11-05 18:00 |  | 达标 | 2026-11-02 09:00 | 2026-11-02 10:00 |
| 计划完成 |  | 2026-11-09 18:00 | 还剩 5 个工作日 | 进行中 | 2026-11-02 10:00 |  |
|   按原计划 |  | 2026-11-06 18:00 | 还剩 4 个工作日 | 进行中 |  |  |

## 时间花在哪里

| 在哪里 | 多久 |
| --- | ---: |
| 待受理 | 1 小时 |
| 处理中 | 2 小时 |
"""


def test_markdown_to_the_letter(render: Callable[..., str]) -> None:
    """Four tables: what it is, what happened, when what is due, where the time went."""
    events = ("登记", "受理", "反馈 note: 已重视, confirmed: 'true'")
    assert render("md", *events, as_of=moment("2026-11-02 12:00"), status="处理中", **ACCEPTED) == MARKDOWN


def test_text_has_the_same_content(render: Callable[..., str]) -> None:
    """The terminal shows every cell of the Markdown, without colours where there is no terminal."""
    events = ("登记", "受理", "反馈 note: 已重视, confirmed: 'true'")
    out = render("text", *events, as_of=moment("2026-11-02 12:00"), status="处理中", **ACCEPTED)
    cells = {
        cell.strip().replace("\\", "")
        for line in MARKDOWN.splitlines()
        if line.startswith("|")
        for cell in line.strip("|").split("|")
    }
    assert [cell for cell in cells if cell not in out and not set(cell) <= set("-: ")] == []
    assert "\x1b" not in out


def clock_rows(out: str) -> dict[str, list[str]]:
    """Return the cells of each clock and reading in Markdown, by name."""
    lines = out.split("## 时限")[1].split("## ", maxsplit=1)[0].splitlines()
    cells = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| "))
    return {name: rest for name, *rest in cells}


def test_readings_by_the_plan(render: Callable[..., str]) -> None:
    """Late by the policy, not yet by the plan as it was moved; a reading equal to the one above has no row."""
    # From Monday the 2nd, five working days end on Monday the 9th; on Tuesday the 10th at noon a working day has begun
    # since then. To Friday the 20th there are eight more (11, 12, 13, 16 … 20).
    events = ("2026-11-02 09:00 登记", "2026-11-02 10:00 受理", "2026-11-04 09:00 改期")
    rows = clock_rows(render("md", *events, as_of=moment("2026-11-10 12:00"), **ACCEPTED))
    assert {name: rows[name][1:4] for name in ("计划完成", "按原计划", "按改期后")} == {
        "计划完成": ["2026-11-09 18:00", "超时 1 个工作日", "超时"],
        "按原计划": ["2026-11-06 18:00", "超时 2 个工作日", "超时"],
        "按改期后": ["2026-11-20 18:00", "还剩 8 个工作日", "进行中"],
    }
    same = ("2026-11-02 09:00 登记", "2026-11-02 10:00 受理 due_at: 2026-11-09 18:00")
    assert not {"按原计划", "按改期后"} & set(
        clock_rows(render("md", *same, as_of=moment("2026-11-03 12:00"), **ACCEPTED))
    )


def test_nothing_is_left_of_what_stopped(render: Callable[..., str]) -> None:
    """Once the work is handed over, no row says how much time is left."""
    events = ("2026-11-02 09:00 登记", "2026-11-02 10:00 受理", "2026-11-04 09:00 提交验证")
    rows = clock_rows(render("md", *events, as_of=moment("2026-11-04 12:00"), **ACCEPTED))
    assert (rows["计划完成"][2:4], rows["按原计划"][2:4]) == (["", "达标"], ["", "达标"])


def test_plan_in_json(render: Callable[..., str]) -> None:
    """The clock of the plan has its two readings, None while there is no plan; other clocks have no such keys."""
    keys = ("plan_due_at", "plan_verdict", "revised_due_at", "revised_verdict")
    events = ("2026-11-02 09:00 登记", "2026-11-02 10:00 受理", "2026-11-04 09:00 改期")
    clocks = json.loads(render("json", *events, as_of=moment("2026-11-10 12:00"), **ACCEPTED))["clocks"]
    assert [one["clock"] for one in clocks if not one.keys().isdisjoint(keys)] == ["resolve"]
    (plan,) = [one for one in clocks if one["clock"] == "resolve"]
    assert [plan[key] for key in keys] == ["2026-11-06 18:00", "超时", "2026-11-20 18:00", "进行中"]
    # Not accepted when that was due, on the 5th: the work counts from there, and nobody has planned it.
    clocks = json.loads(render("json", "2026-11-02 09:00 登记", as_of=moment("2026-11-06 12:00")))["clocks"]
    (plan,) = [one for one in clocks if one["clock"] == "resolve"]
    assert [plan[key] for key in keys] == [None] * 4


def test_where_the_time_went(render: Callable[..., str]) -> None:
    """Four hours until it was accepted, a day of work, two days with the user, half a day of verification."""
    events = (
        *("2026-11-02 09:00 登记", "2026-11-02 13:00 受理", "2026-11-03 13:00 暂停 reason: 待用户补充"),
        "2026-11-05 13:00 提交验证",
    )
    out = render("md", *events, as_of=moment("2026-11-06 01:00"), **ACCEPTED)
    assert out.split("## 时间花在哪里")[1].strip().splitlines()[2:] == [
        "| 待受理 | 4 小时 |",
        "| 处理中 | 1 天 |",
        "| 等用户 | 2 天 |",
        "| 待验证 | 12 小时 |",
    ]


def test_cycles_and_repeats_are_numbered(render: Callable[..., str]) -> None:
    """A second review after 补充 is 第 2 次; after 重开 the clocks are those of 第 2 轮; the first of all has no number."""
    events = (
        *("2026-11-02 09:00 登记", "退回", "补充", "受理", "提交验证", "验证通过", "关闭"),
        "2026-11-03 09:00 重开 due_at: 2026-11-06 18:00",
    )
    rows = [
        line.split(" | ")
        for line in render("md", *events, as_of=moment("2026-11-03 10:00"), channel="内部测试", **ACCEPTED)
        .split("## 时限")[1]
        .splitlines()
    ]
    numbered = {(row[0].strip("| "), row[1].strip()) for row in rows if len(row) > 3}
    assert {("完整性审核", ""), ("完整性审核", "第 2 次"), ("计划完成", ""), ("计划完成", "第 2 轮")} <= numbered


def test_provisional_date_is_marked(render: Callable[..., str]) -> None:
    """A due date in a year without official holidays carries 暂定."""
    out = render("md", "2050-11-04 09:00 登记", as_of=moment("2050-11-04 12:00"))
    assert "| 2050-11-07 18:00（暂定） |" in out


def test_cleared_fields_are_not_shown(render: Callable[..., str]) -> None:
    """What the events took back is not shown, even if the header still has it; what they set is, even if it lacks it."""
    out = json.loads(render("json", "登记", "受理", completed_at="2026-11-02 12:00"))
    assert "completed_at" not in out["snapshot"]
    assert (out["snapshot"]["status"], out["snapshot"]["team"]) == ("处理中", "软件开发组")


def test_json_keys_come_in_order(render: Callable[..., str]) -> None:
    """The document begins with version, moment and zone; text is readable, not escaped."""
    out = render("json", "登记")
    keys = ["schema_version", "as_of", "timezone", "path", "snapshot", "events", "clocks", "completeness"]
    assert list(json.loads(out)) == keys
    assert "网关升级后每日凌晨重启" in out
    assert out.endswith("}\n")


def test_explanation_names_each_clock_once(render: Callable[..., str]) -> None:
    """In the explanation a clock's name stands beside its first sentence only."""
    out = render("md", "登记", explained=True, as_of=moment("2026-11-02 12:00"))
    rows = [
        line.strip("|").split(" | ")[0].strip()
        for line in out.split("## 到期日的由来")[1].splitlines()
        if line.startswith("| ")
    ]
    assert rows == ["时限", "---", "完整性审核", "", "", "", "", "受理分配", "", "", "", ""]


@pytest.mark.parametrize("form", FORMATS)
def test_markup_of_a_ticket_is_text(render: Callable[..., str], form: str) -> None:
    """What somebody wrote cannot become markup, colour or a new line of the output."""
    out = render(form, '登记 note: "a\\e[31m|<b>x</b>[red]y[/red] @all\\u202e"', title='"[link](javascript:x) **t**"')
    assert "\u202e" not in out or form == "json"
    assert "\x1b" not in out
    if form == "md":
        assert "<b>" not in out
        assert "\\[link\\]" in out
        assert "@all" not in out
    if form == "text":
        assert "[red]y[/red]" in out


@pytest.mark.parametrize("form", ["text", "md"])
def test_corrected_events_are_marked(render: Callable[..., str], form: str) -> None:
    """Who reads the course sees which lines count no more, and where the correction stands; a voided correction marks nothing."""
    rest = "note: 写错, approver: PM001"
    shown = render(
        form,
        "登记",
        *("受理", "进展", "进展 note: 王*来电", "风险"),
        f"更正 target: 3, set: {{note: 补丁完成}}, {rest}",  # the sixth event
        f"更正 target: 4, set: '', mask: true, {rest}",
        f"更正 target: 5, set: '', void: true, {rest}",
        f"更正 target: 2, set: '', void: true, {rest}",
        f"更正 target: 9, set: '', void: true, {rest}",
        **ACCEPTED,
        status="处理中",
    )
    marks = {
        3: "【已更正，见第 6 个】",
        4: "【已遮盖，见第 7 个】",
        5: "【已作废，见第 8 个】",
        9: "【已作废，见第 10 个】",
    }
    rows = {number: line for line in shown.splitlines() for number in range(1, 11) if f" {number} " in line[:6]}
    shown_marks = {number: mark for number, mark in marks.items() if mark in rows[number]}
    assert (shown_marks, shown.count("【")) == (marks, 4), shown


@pytest.mark.parametrize("form", ["text", "md"])
def test_customer_is_shown_as_it_is_masked(render: Callable[..., str], form: str) -> None:
    """Who the user is stands masked, with the number under which the customer system knows him."""
    shown = render(form, "登记", customer="{id: U****3821, ref: CRM-88213}")
    plain = shown.replace("\\", "")
    assert "用户ID U****3821；客户系统编号 CRM-88213" in plain


@pytest.mark.parametrize("form", ["text", "md"])
def test_hostile_text_repaints_no_terminal(render: Callable[..., str], form: str) -> None:
    """Escapes and direction marks in title, remark and notes reach no terminal as they are."""
    evil = '"\\e[2J\\u202e网关"'
    shown = render(
        form,
        "登记",
        {"at": "2026-11-02 10:00", "event": "响应", "by": "PM002", "note": "\x1b[2J\u202e"},
        title=evil,
        remark=evil,
    )
    assert "网关" in shown
    assert not set("\x1b\u202e") & set(shown)
