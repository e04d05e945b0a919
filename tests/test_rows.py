"""The cells of 《产品故障问题跟踪表》, worked out by hand from short tickets."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import rows, ticket, tracking

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

moment = datetime.fromisoformat
BODY = """\
## 故障描述

产线上也见过。

### 现象

03:10 自行重启。

### 使用场景

待补充

### 发生频率

每天一次，
连续五天。

## 短期方案

分批上报。

## 长期方案

移到独立线程。

### 预防措施

- 满配用例

## 方案评审

资源：两人两天。
"""


@pytest.fixture
def cells(make_ticket: Callable[..., Ticket], words: Vocabulary) -> Callable[..., dict[str, Any]]:
    """Return a function from events and header fields to the cells of a fault."""

    def make(*events: str, as_of: str = "", public: bool = False, **fields: str | None) -> dict[str, Any]:
        one = make_ticket(*events, **fields)
        replay = ticket.replay(one, words.lifecycle, moment(as_of) if as_of else None)
        return (rows.public if public else rows.row)(one, replay, words)

    return make


CLOSED: tuple[str, ...] = (
    "2026-11-03 09:12 登记",
    "2026-11-03 10:05 受理 team: 软件开发组, assistants: [{staff: RD021, name: 王*}, {staff: RD022, name: 陈*}], note: 属于产品故障",
    "2026-11-05 19:26 提交验证",
    "2026-11-06 11:00 验证通过",
    "2026-11-06 12:00 用户确认 outcome: 已解决",
    "2026-11-06 13:00 关闭",
)
FIELDS = {
    "customer": '{id: "U****3821", contact: "138****5512"}',
    "impact": "{users: 320, products: [网关 GW2, 栖云 App], versions: [V2.3.1], regions: [华东]}",
    "remark": "夜班值守",
    "body": BODY,
}


def test_every_cell_of_a_closed_fault(cells: Callable[..., dict[str, Any]]) -> None:
    """Eighteen columns in the order of the process; moments are moments, what is in parts has labels."""
    assert cells(*CLOSED, **FIELDS) == {
        "id": "SW-20261103-001",
        "reported_at": moment("2026-11-03 09:12"),
        "reporter": "ZL001 张*",
        "customer": "用户ID：U****3821\n联系方式：138****5512",
        "type": "软件Bug",
        "severity": "中",
        "故障描述": "网关升级后每日凌晨重启\n产线上也见过。\n【现象】\n03:10 自行重启。\n【发生频率】\n每天一次，\n连续五天。",
        "impact": "受影响用户数：320\n涉及产品：网关 GW2、栖云 App\n涉及版本：V2.3.1\n地域分布：华东",
        "status": "已关闭",
        "team": "软件开发组",
        "owner": "RD017 李*",
        "短期方案+长期方案": "【短期方案】\n分批上报。\n【长期方案】\n移到独立线程。\n\n### 预防措施\n\n- 满配用例",
        "due_at": moment("2026-11-06 18:00"),
        "completed_at": moment("2026-11-06 11:00"),
        "verification": "通过\n功能验证：通过\n兼容性验证：通过\n用户体验验证：通过\n验证人：QA003 赵*",
        "remark": "夜班值守",
        "assistants": "RD021 王*、RD022 陈*",
        "events": (
            "2026-11-03 09:12 登记（ZL001）\n"
            "2026-11-03 10:05 受理（PM002）：属于产品故障；责任团队 软件开发组；主责人 RD017 李*；计划完成时间 2026-11-06 18:00；协办人 RD021 王*、RD022 陈*\n"
            "2026-11-05 19:26 提交验证（RD017）\n"
            "2026-11-06 11:00 验证通过（QA003）：功能验证 通过；兼容性验证 通过；用户体验验证 通过；验证人 QA003 赵*\n"
            "2026-11-06 12:00 用户确认（ZL001）：三天没有再出现；确认结果 已解决\n"
            "2026-11-06 13:00 关闭（PM002）"
        ),
    }


def test_the_order_is_that_of_the_process(cells: Callable[..., dict[str, Any]], words: Vocabulary) -> None:
    """The sixteen columns of the requirement's table under its names, then 协办人 and 处理进度."""
    titles = "问题编号 反馈时间 反馈人信息 用户基本信息 故障类型 严重程度 故障描述 影响范围 当前状态 责任团队 "
    titles += "主责人 解决方案 计划完成时间 实际完成时间 验证结果 备注 协办人 处理进度"
    exported = tracking.exported(words)
    assert [column.title for column in exported] == titles.split()
    assert list(cells("登记")) == [column.name for column in exported]


def test_a_new_fault_has_empty_cells(cells: Callable[..., dict[str, Any]]) -> None:
    """What nobody has said yet is None, and a section that says 待补充 has said nothing."""
    found = cells("登记", body="## 故障描述\n\n### 现象\n\n待补充\n")
    empty = [
        "customer",
        "team",
        "owner",
        "短期方案+长期方案",
        "due_at",
        "completed_at",
        "verification",
        "remark",
        "assistants",
    ]
    assert [name for name, value in found.items() if value is None] == empty
    assert found["故障描述"] == "网关升级后每日凌晨重启"
    assert found["status"] == "待受理"


def test_the_cells_are_those_of_the_moment(cells: Callable[..., dict[str, Any]]) -> None:
    """As of the 4th the fault is in work: no completion, no verification, two lines of progress."""
    found = cells(*CLOSED, as_of="2026-11-04 12:00", status="已关闭", completed_at="2026-11-06 11:00")
    assert (found["status"], found["completed_at"], found["verification"]) == ("处理中", None, None)
    assert found["events"].count("\n") == 1


def test_a_failed_verification_says_why(cells: Callable[..., dict[str, Any]]) -> None:
    """未通过 stands first, its reason in a part of its own; what was not told is not there."""
    found = cells("登记", "受理", "提交验证", "验证不通过 functional: 未通过")
    assert found["verification"] == "未通过\n未通过原因：升级后仍重启\n功能验证：未通过"


def test_progress_tells_what_holds(cells: Callable[..., dict[str, Any]]) -> None:
    """A note that was corrected stands corrected, an event that was voided is gone; the corrections themselves stand there."""
    found = cells(
        "登记",
        "受理",
        "2026-11-02 11:00 进展 note: 写错了",
        "2026-11-02 12:00 进展 note: 没有发生",
        {
            "at": "2026-11-02 13:00",
            "event": "更正",
            "by": "PM002",
            "target": "3",
            "set": {"note": "补丁完成"},
            "note": "笔误",
            "approver": "PM001",
        },
        {
            "at": "2026-11-02 14:00",
            "event": "更正",
            "by": "PM002",
            "target": "4",
            "void": "true",
            "note": "记错故障",
            "approver": "PM001",
        },
    )
    lines = found["events"].split("\n")
    assert lines[2] == "2026-11-02 11:00 进展（RD017）：补丁完成"
    assert len(lines) == 5
    assert "没有发生" not in found["events"]


def test_full_names_are_masked(cells: Callable[..., dict[str, Any]]) -> None:
    """A name that a ticket has in full goes out as the family name, in its cell and in the progress."""
    found = cells("登记", "受理 owner: {staff: RD017, name: 李建国}", reporter="{staff: ZL001, name: 张晓燕}")
    assert (found["reporter"], found["owner"]) == ("ZL001 张*", "RD017 李*")
    assert "李建国" not in str(found)


def test_outside_eyes(cells: Callable[..., dict[str, Any]]) -> None:
    """What the schema does not publish says 已隐去, filled or not; days have no time, sections no comments, the impact no users."""
    body = f"{BODY}\n<!-- 内部 -->\n".replace("分批上报。", "分批上报。<!-- 张工说的 -->")
    found = cells(*CLOSED, public=True, **{**FIELDS, "body": body})
    shown = {name: value for name, value in found.items() if value != "已隐去"}
    assert shown == {
        "id": "SW-20261103-001",
        "reported_at": moment("2026-11-03 00:00"),
        "type": "软件Bug",
        "severity": "中",
        "故障描述": "网关升级后每日凌晨重启\n产线上也见过。\n【现象】\n03:10 自行重启。\n【发生频率】\n每天一次，\n连续五天。",
        "impact": "涉及产品：网关 GW2、栖云 App\n涉及版本：V2.3.1\n地域分布：华东",
        "短期方案+长期方案": "【短期方案】\n分批上报。\n【长期方案】\n移到独立线程。\n\n### 预防措施\n\n- 满配用例",
        "completed_at": moment("2026-11-06 00:00"),
    }
    assert list(found) == list(cells(*CLOSED))
    assert cells("登记", public=True)["owner"] == "已隐去"


def test_digest() -> None:
    """Twelve hexadecimal digits; another text, another digest; the ends of lines and blanks around make none."""
    assert len(tracking.digest("甲")) == 12
    assert tracking.digest("甲\n乙") == tracking.digest(" 甲\r\n乙\n")
    assert tracking.digest("甲") != tracking.digest("乙")
    assert tracking.digest(None) == tracking.digest("")
    assert tracking.digest(moment("2026-11-06 18:00")) == tracking.digest("2026-11-06 18:00")


def test_a_long_text_is_cut_and_says_so() -> None:
    """A cell holds 32,767 characters; signs beyond the first 65,536 of Unicode count twice."""
    assert tracking.fit("长" * 32_767) == "长" * 32_767
    assert len(tracking.fit("长" * 32_768)) == 32_767
    assert tracking.fit("长" * 32_768).endswith("（太长，没有放完；全文在故障文件里）")
    cut = tracking.fit("😀" * 20_000)
    assert len(cut.encode("utf-16-le")) // 2 <= 32_767
    assert cut.startswith("😀" * 16_000)
