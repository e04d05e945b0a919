"""What each kind of changed cell becomes: events, fields and sections, worked out by hand."""

from __future__ import annotations

import difflib
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import corpus, document
from faultkb.render import updates as render
from tests.updates.conftest import SOLUTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.corpus import Loaded
    from faultkb.vocabulary import Vocabulary
    from tests.updates.conftest import Back

OWNER = {"staff": "RD017", "name": "李*"}
OTHER = {"staff": "RD025", "name": "郭*"}
QA = {"staff": "QA003", "name": "赵*"}
DUE = "2026-11-06 18:00"
ACCEPTED = {"team": "软件开发组", "owner": "{staff: RD017, name: 李*}", "due_at": DUE}
BASIS = "由跟踪表更新"
ENTERED = "PM002 从跟踪表代为录入"
PASSED = "{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 赵*}}"
CLOSED = ("登记", "受理", "提交验证", "验证通过", "用户确认", "关闭")
STATES: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "待受理": (("登记",), {}),
    "处理中": (("登记", "受理", "进展"), ACCEPTED),
    "已延期": (("登记", "受理", "改期"), {**ACCEPTED, "due_at": "2026-11-20 18:00"}),
    "待验证": (("登记", "受理", "提交验证"), ACCEPTED),
    "已关闭": (
        CLOSED,
        {
            **ACCEPTED,
            "completed_at": "2026-11-02 12:00",
            "verification": PASSED,
            "kb": "{entry: 收录, summary: 夜间重启, solution: 升级}",
        },
    ),
}


@pytest.fixture(scope="module")
def fault(load_text: Callable[[str], Loaded], write_text: Callable[..., str]) -> Callable[..., Loaded]:
    """Return a function from a state to a fault in it; more fields of the header by name."""

    def make(status: str, **fields: str) -> Loaded:
        events, header = STATES[status]
        return load_text(write_text(*events, **{"status": status, **header, **fields}))

    return make


def changed(one: Back) -> list[str]:
    """Return the lines of the file that differ, those of events and of the snapshot left out."""
    before, after = (each.document.text.splitlines() for each in (one.done.before, one.done.after))
    lines = (line for line in difflib.ndiff(before, after) if line[:2] in {"- ", "+ "})
    return [line for line in lines if "event:" not in line]


def event(name: str, **fields: Any) -> dict[str, Any]:
    """Return an event as it is expected."""
    return {"event": name, **fields}


CASES: list[tuple[str, dict[str, Any], list[dict[str, Any]], str]] = [
    (
        "处理中",
        {"severity": "紧急"},
        [event("定级", **{"from": "中", "to": "紧急"}, approver="PM001", note=BASIS)],
        "处理中",
    ),
    (
        "处理中",
        {"severity": "P3", "note": "影响面小"},
        [event("定级", **{"from": "中", "to": "低"}, approver="PM001", note="影响面小")],
        "处理中",
    ),
    ("待受理", {"type": "兼容性"}, [event("定类", **{"from": "软件Bug", "to": "兼容性问题"}, note=BASIS)], "待受理"),
    (
        "待受理",
        {"status": "处理中", "owner": "RD017 李*", "due_at": datetime.fromisoformat("2026-11-09 18:00")},
        [event("受理", team="软件开发组", owner=OWNER, due_at="2026-11-09 18:00")],
        "处理中",
    ),
    (
        "待受理",
        {
            "status": "已受理",
            "team": "测试组",
            "owner": "工号：RD017 李雷",
            "assistants": "RD025 郭*",
            "due_at": "2026-11-09",
        },
        [event("受理", team="测试组", owner=OWNER, assistants=[OTHER], due_at="2026-11-09 18:00")],
        "处理中",
    ),
    ("处理中", {"status": "待验证"}, [event("提交验证")], "待验证"),
    (
        "处理中",
        {"status": "已延期", "due_at": datetime.fromisoformat("2026-11-12 18:00"), "note": "等物料"},
        [event("改期", due_at="2026-11-12 18:00", approver="PM001", note="等物料")],
        "已延期",
    ),
    (
        "处理中",
        {"due_at": datetime.fromisoformat("2026-11-12 18:00"), "events": lambda text: f"{text}\n物料下周到"},
        [
            event("进展", note="物料下周到"),
            event("改期", due_at="2026-11-12 18:00", approver="PM001", note="物料下周到"),
        ],
        "已延期",
    ),
    (
        "处理中",
        {"due_at": "2026/11/5 17:00"},
        [event("改期", due_at="2026-11-05 17:00", note=BASIS)],
        "处理中",
    ),
    (
        "处理中",
        {"owner": "RD025 郭*", "team": "测试组", "assistants": "RD017 李*、QA003 赵*"},
        [event("改派", team="测试组", owner=OTHER, assistants=[OWNER, QA], note=BASIS)],
        "处理中",
    ),
    (
        "待验证",
        {"verification": "通过\n功能验证：通过\n兼容性验证：通过\n用户体验验证：不适用\n验证人：QA003 赵*"},
        [event("验证通过", functional="通过", compatibility="通过", experience="不适用", verifier=QA)],
        "待验证",
    ),
    (
        "待验证",
        {"status": "处理中", "verification": "未通过：满配时仍重启\n功能验证：未通过\n验证人：QA003 赵*"},
        [event("验证不通过", functional="未通过", verifier=QA, note="满配时仍重启")],
        "处理中",
    ),
    ("待验证", {"verification": "NG\n未通过原因：满配时仍重启"}, [event("验证不通过", note="满配时仍重启")], "处理中"),
    (
        "待验证",
        {"status": "处理中", "due_at": "2026-11-12 18:00", "verification": "未通过，满配时仍重启", "note": "重做"},
        [
            event("改期", due_at="2026-11-12 18:00", approver="PM001", note="重做"),
            event("验证不通过", note="满配时仍重启"),
        ],
        "处理中",
    ),
    (
        "处理中",
        {
            "status": "待验证",
            "verification": "通过\n功能验证：通过\n兼容性验证：通过\n用户体验验证：通过\n验证人：QA003 赵*",
        },
        [
            event("提交验证"),
            event("验证通过", functional="通过", compatibility="通过", experience="通过", verifier=QA),
        ],
        "待验证",
    ),
    (
        "已关闭",
        {"status": "处理中", "due_at": "2026-11-12 18:00", "events": lambda text: f"{text}\n又重启了"},
        [event("重开", due_at="2026-11-12 18:00", note="又重启了"), event("进展", note="又重启了")],
        "处理中",
    ),
    ("处理中", {"events": lambda text: f"{text}\n已联系供应商"}, [event("进展", note="已联系供应商")], "处理中"),
    (
        "处理中",
        {"events": lambda text: f"11/5 已联系供应商\n{text}"},
        [event("进展", note="11/5 已联系供应商")],
        "处理中",
    ),
    (
        "处理中",
        {"events": lambda text: f"{text}\n2026/11/5 9:30 RD025：样机装好\n- 开始测试"},
        [
            event("进展", at="2026-11-05 09:30", by="RD025", note="样机装好", late=ENTERED),
            event("进展", note="开始测试"),
        ],
        "处理中",
    ),
    (
        "处理中",
        {"events": lambda text: f"{text}\n2026-11-05 09:30 进展（RD025）：补丁完成，等测试；看“登录”（周六）"},
        [event("进展", at="2026-11-05 09:30", by="RD025", note="补丁完成，等测试；看“登录”（周六）", late=ENTERED)],
        "处理中",
    ),
    (
        "处理中",
        {"events": lambda text: f"{text}\n2026-11-02 10:30 进展（RD025）：先复现了"},
        [event("进展", at="2026-11-02 10:30", by="RD025", note="先复现了", late=ENTERED)],
        "处理中",
    ),
    (
        "处理中",
        {"events": lambda text: f"{text}\n2026-11-02 10:30 进展（pm002）：先复现了"},
        [event("进展", at="2026-11-02 10:30", by="pm002", note="先复现了", late="跟踪表里补记")],
        "处理中",
    ),
    ("待受理", {"events": lambda text: f"{text}\n已在排查"}, [event("响应", note="已在排查")], "待受理"),
    (
        "待受理",
        {
            "type": "其他",
            "severity": "高",
            "status": "处理中",
            "team": "测试组",
            "owner": "RD017 李*",
            "events": "开工",
            "due_at": "2026-11-06",
        },
        [
            event("定类", **{"from": "软件Bug", "to": "其他"}, note=BASIS),
            event("定级", **{"from": "中", "to": "高"}, approver="PM001", note=BASIS),
            event("受理", team="测试组", owner=OWNER, due_at=DUE),
            event("进展", note="开工"),
        ],
        "处理中",
    ),
]


@pytest.mark.parametrize(("status", "edits", "expected", "after"), CASES)
def test_changed_cells_are_events(
    fault: Callable[..., Loaded],
    come_back: Callable[..., Back],
    status: str,
    edits: dict[str, Any],
    expected: list[dict[str, Any]],
    after: str,
) -> None:
    """Each change is the event that the lifecycle has for it, at one moment and in an order that it allows."""
    if edits.get("events") == "开工":
        edits = {**edits, "events": lambda text: f"{text}\n开工"}
    found = come_back(fault(status), **edits)
    assert found.done.is_fine, (found.done.refused, found.done.errors, found.done.stuck)
    assert (found.events, found.header["status"]) == (expected, after)


def test_what_is_typed_twice_is_recorded_once(fault: Callable[..., Loaded], come_back: Callable[..., Back]) -> None:
    """The same row again, with the old hidden sheet: nothing more is to be done, for each of the cases."""
    for status, edits, *_ in CASES:
        if edits.get("events") == "开工":
            continue
        before = fault(status)
        first = come_back(before, **edits)
        again = come_back(first.done.after, exported=before, **edits)
        assert not again.row.intent, (status, edits, again.row.intent)


TEXTS: list[tuple[str, dict[str, Any], list[str]]] = [
    ("处理中", {"remark": "回访在 10:00 之后"}, ["+ remark: 回访在 10:00 之后"]),
    (
        "处理中",
        {"impact": "受影响用户数：约 400\n涉及产品：智能网关 GW2\n涉及版本：V2.3.1".replace("约 ", "")},
        [
            "- impact: {users: 320, products: [智能网关 GW2], versions: [V2.3.1]}",
            "+ impact: {users: 400, products: [智能网关 GW2], versions: [V2.3.1]}",
        ],
    ),
    (
        "处理中",
        {"impact": "受影响用户数：320\n涉及产品：智能网关 GW2，栖云 App\n涉及版本：V2.3.1\n地域分布：华东"},
        [
            "- impact: {users: 320, products: [智能网关 GW2], versions: [V2.3.1]}",
            "+ impact: {users: 320, products: [智能网关 GW2, 栖云 App], versions: [V2.3.1], regions: [华东]}",
        ],
    ),
    ("待受理", {"customer": "用户ID：U****3821"}, ["+ customer: {id: U****3821}"]),
    (
        "处理中",
        {"故障描述": lambda text: text.replace("每日凌晨", "每天凌晨").replace("连续五天", "连续六天")},
        [
            "- title: 网关升级后每日凌晨重启",
            "+ title: 网关升级后每天凌晨重启",
            "- 每天一次，连续五天。",
            "+ 每天一次，连续六天。",
        ],
    ),
    (
        "处理中",
        {"故障描述": lambda text: text.replace("2. 执行夜间维护。", "2. 执行夜间维护。\n3. 等 47 秒。")},
        ["+ 3. 等 47 秒。"],
    ),
    (
        "处理中",
        {SOLUTION: lambda text: text.replace("分批上报。", "分批上报，每批 20 个。")},
        ["- 分批上报。", "+ 分批上报，每批 20 个。"],
    ),
]


@pytest.mark.parametrize(("status", "edits", "expected"), TEXTS)
def test_texts_are_edited_in_place(
    fault: Callable[..., Loaded],
    come_back: Callable[..., Back],
    status: str,
    edits: dict[str, Any],
    expected: list[str],
) -> None:
    """Fields and sections that no event brings change where they stand; every other line stays, and no event is made."""
    found = come_back(fault(status), **edits)
    assert found.done.is_fine, (found.done.refused, found.done.errors)
    assert ([line for line in changed(found) if line[0] in "+-"], found.events) == (expected, [])


def added(line: str) -> Callable[[str], str]:
    """Return what writes a line below others."""
    return lambda text: f"{text}\n{line}"


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("处理中", {"status": "已延期"}, "改期：缺少 “计划完成时间”一栏"),
    (
        "处理中",
        {"status": "已关闭"},
        "处理中 不能直接变为 已关闭：从这张表可以改成 待验证、已延期；不是故障、重复或误报的用 fault log",
    ),
    ("待验证", {"status": "已关闭"}, "关闭 之前要写知识库的决定（kb）"),
    ("待验证", {"status": "已关闭"}, "关闭 要的内容不都在表里：用 fault log SW-20261102-001 关闭"),
    ("待验证", {"status": "处理中"}, "验证不通过：缺少 “验证结果”一栏的 未通过原因：写明原因"),
    ("待受理", {"status": "待验证"}, "待受理 不能直接变为 待验证：从这张表可以改成 处理中"),
    ("待受理", {"status": "处理中"}, "受理：缺少 “主责人”一栏"),
    ("待受理", {"status": "搞定"}, "当前状态：没有这个选项，可以写：待受理、处理中"),
    ("待受理", {"status": "已经告诉了这个用户电话 13812345678"}, "当前状态：没有这个选项，可以写："),
    ("待受理", {"owner": "RD025 郭*"}, "改派 只能在 处理中、待验证、已延期 时记录"),
    ("已延期", {"status": "处理中"}, "已延期 不能直接变为 处理中"),
    ("处理中", {"severity": "特别高"}, "严重程度：没有这个选项，可以写：紧急、高、中、低"),
    ("处理中", {"severity": "极高"}, "严重程度：没有“极高”，可以写：紧急、高、中、低"),
    ("处理中", {"team": "孙悟空"}, "责任团队：没有这个选项，可以写：硬件研发组、"),
    (
        "已关闭",
        {"status": "处理中", "due_at": "2026-11-12"},
        "重开 要写原因：在“处理进度”里另起一行写，或加上 --note 原因",
    ),
    ("处理中", {"due_at": "2026-11-12"}, "改期 要写原因"),
    ("处理中", {"severity": "低"}, "定级 要写原因"),
    ("处理中", {"events": added("2026-11-05 10:30 反馈（ZL001）：正在处理中")}, "这一栏里只能记 进展，不能记 反馈"),
    (
        "待验证",
        {"events": added("2026-11-05 10:30 用户确认（ZL001）：好了")},
        "改用 fault log SW-20261102-001 用户确认",
    ),
    (
        "待验证",
        {"events": added("2026-11-05 10:30 验证不通过（QA001）：不行")},
        "这一栏里只能记 进展，不能记 验证不通过",
    ),
    (
        "处理中",
        {"events": added("2026-11-02 09:20 响应（PM001）：在看")},
        "响应 会停止时限，不能在这一栏里补记，也不能替别人记",
    ),
    ("待受理", {"events": added("RD025：在看")}, "响应 会停止时限，不能在这一栏里补记，也不能替别人记"),
    ("处理中", {"events": added("已回电 13812345678")}, "进展：“处理进度”一栏 不对：手机号码没有遮盖"),
    ("处理中", {"team": "火箭组"}, "软件开发组"),
    ("处理中", {"owner": "郭某"}, "写成“工号 姓*”"),
    ("处理中", {"owner": None}, "主责人：不能清空"),
    ("处理中", {"due_at": "下周"}, "计划完成时间："),
    ("处理中", {"reported_at": datetime.fromisoformat("2026-11-01 09:00")}, "反馈时间：登记之后不能改变"),
    ("处理中", {"reporter": "ZL002 王*"}, "反馈人信息：是登记时的记录"),
    ("处理中", {"completed_at": datetime.fromisoformat("2026-11-04 09:00")}, "实际完成时间：由事件推出"),
    ("处理中", {"events": lambda text: text.replace("补丁开发完成", "补丁完成了")}, "改动或删去了已有的记录（1 行）"),
    ("处理中", {"events": None}, "改动或删去了已有的记录（3 行）"),
    ("处理中", {"verification": "通过"}, "验证通过 只能在 待验证 时记录"),
    (
        "待验证",
        {"verification": "通过\n功能验证：通过"},
        "验证结果：还缺 兼容性验证、用户体验验证、验证人。这一格写成几行：通过 ⏎ 功能验证：通过 ⏎ 兼容性验证：通过 ⏎ 用户体验验证：通过 ⏎ 验证人：QA003 赵*（⏎",
    ),
    ("待验证", {"verification": "还行"}, "验证结果：先写 通过 或 未通过"),
    ("处理中", {"impact": "四百多人"}, "影响范围：每一项写一行，名称在前，例如 受影响用户数：…"),
    ("处理中", {SOLUTION: "换一块板子"}, "解决方案：分成几段写，每段前面写上 【短期方案】、【长期方案】"),
    ("处理中", {"remark": "电话 13812345678"}, "手机号码没有遮盖（遮盖后是 138****5678）"),
    ("已关闭", {SOLUTION: lambda text: text.replace("分批上报。", "换板。")}, "故障已关闭，“短期方案”一节不能再改"),
    ("已关闭", {"severity": "低"}, "定级 只能在 待受理、处理中、待验证、已延期 时记录"),
]


@pytest.mark.parametrize(("status", "edits", "reason"), REFUSED)
def test_what_cannot_be_is_refused_with_a_reason(
    words: Vocabulary,
    fault: Callable[..., Loaded],
    come_back: Callable[..., Back],
    status: str,
    edits: dict[str, Any],
    reason: str,
) -> None:
    """The row is refused whole, the reason and the way out are named, and no private value is repeated."""
    found = come_back(fault(status), **edits)
    said = "\n".join(render.fault(words, found.row, found.done))
    assert not found.done.is_fine
    assert reason in said
    assert all(one not in said for one in ("138123", "孙悟空", "check --fix"))


def test_approver_is_asked_for_where_the_rules_want_one(
    words: Vocabulary, fault: Callable[..., Loaded], come_back: Callable[..., Back]
) -> None:
    """A later date without --approver is refused, and the option named; nobody approves their own."""
    edits = {"due_at": "2026-11-12 18:00"}
    for approver, reason in (("", '缺少 --approver "批准人工号"'), ("PM002", "--approver")):
        found = come_back(fault("处理中"), approver=approver, note="等物料", **edits)
        assert not found.done.is_fine
        assert reason in "\n".join(render.fault(words, found.row, found.done))


def test_note_of_the_command_stands_for_the_default(
    fault: Callable[..., Loaded], come_back: Callable[..., Back]
) -> None:
    """--note is the note of each event that needs one and has none of its own."""
    found = come_back(fault("处理中"), note="例会决定", owner="RD025 郭*", events=lambda text: f"{text}\n样机装好")
    assert found.events == [event("进展", note="样机装好"), event("改派", owner=OTHER, note="例会决定")]


def test_line_of_another_needs_somebody_who_entered_it(
    words: Vocabulary, fault: Callable[..., Loaded], come_back: Callable[..., Back]
) -> None:
    """Without --by nothing is recorded under the number that stands in a line."""
    found = come_back(fault("处理中"), by="", events=added("RD025：样机装好"))
    said = "\n".join(render.fault(words, found.row, found.done))
    assert "处理进度：新写的第 1 行（4 个字）：写了工号，也要知道是谁录入的：加上 --by 工号" in said


def test_changes_are_shown_as_they_will_be_recorded(
    words: Vocabulary, fault: Callable[..., Loaded], come_back: Callable[..., Back]
) -> None:
    """A day ends when work does, other words for a choice are the choice, a full name is masked."""
    midnight = datetime.fromisoformat("2026-11-30 00:00")
    found = come_back(fault("处理中"), due_at=midnight, severity="P1", owner="RD025 郭靖", note="等物料")
    said = list(render.fault(words, found.row, found.done))
    assert said[1:4] == [
        "  改动 严重程度：中 → 高",
        "  改动 主责人：RD017 李* → RD025 郭*",
        "  改动 计划完成时间：2026-11-06 18:00 → 2026-11-30 18:00",
    ]


def test_closed_fault_may_get_a_remark(fault: Callable[..., Loaded], come_back: Callable[..., Back]) -> None:
    """备注 is one of the fields that stay open after closing."""
    found = come_back(fault("已关闭"), remark="客户改期回访")
    assert (found.done.is_fine, changed(found)) == (True, ["+ remark: 客户改期回访"])


def test_fault_is_closed_when_everything_is_there(
    words: Vocabulary,
    load_text: Callable[[str], Loaded],
    write_text: Callable[..., str],
    come_back: Callable[..., Back],
) -> None:
    """Verified and decided upon, 已关闭 is the event 关闭; 实际完成时间 typed beside it is right if it is that day."""
    header = {**STATES["已关闭"][1], "status": "待验证"}
    ready = load_text(write_text(*CLOSED[:-1], **header))
    assert come_back(ready, status="已解决").events == [event("关闭")]

    unverified = {**header, "completed_at": None, "verification": None}
    both = load_text(write_text("登记", "受理", "提交验证", **unverified))
    verdict = "通过\n功能验证：通过\n兼容性验证：通过\n用户体验验证：通过\n验证人：QA003 赵*"
    typed = {"status": "已关闭", "verification": verdict}
    fine = come_back(both, **typed, completed_at="2026-11-05")
    assert [one["event"] for one in fine.events] == ["验证通过", "关闭"], fine.done
    assert fine.header["completed_at"] == "2026-11-05 12:00"
    wrong = come_back(both, **typed, completed_at="2026-11-04")
    said = "\n".join(render.fault(words, wrong.row, wrong.done))
    assert "实际完成时间：由事件推出（2026-11-05 12:00），不用填写" in said


def test_file_that_cannot_be_read_is_refused(
    fault: Callable[..., Loaded], words: Vocabulary, come_back: Callable[..., Back]
) -> None:
    """Nothing is written into a file with two values for a field."""
    good = fault("处理中")
    text = good.document.text.replace("severity: 中", "severity: 中\nseverity: 高")
    broken = corpus.loaded(good.path, document.parse(text), words)
    found = come_back(broken, exported=good, remark="夜班")
    assert found.done.refused == (f"{good.path} 有读不出来的地方；先运行 fault check {good.path}",)
