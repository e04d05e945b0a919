"""``fault log``: a whole life event by event, refusals that leave the file alone, and writing that touches nothing else."""

from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from faultkb import corpus

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ID = "SW-20261102-001"
NOW = ("--as-of", "2026-12-20 18:00")
THEN = ("--as-of", "2026-11-02 12:00")
"""While a plan of that week still lies ahead."""

LIFE: list[tuple[str, list[str], str, str]] = [
    # time; event and its options; the state after it; what the event must hold besides time and name, as YAML
    ("2026-11-02 09:30", ["退回", "--note", "缺少固件版本"], "待受理", "{by: PM002, note: 缺少固件版本}"),
    ("2026-11-02 10:30", ["补充", "--by", "ZL001", "--note", "V2.3.1"], "待受理", "{by: ZL001, note: V2.3.1}"),
    ("2026-11-02 10:40", ["响应", "--note", "已开始"], "待受理", "{by: PM002, note: 已开始}"),
    (
        "2026-11-02 10:50",
        ["定类", "--to", "兼容性问题", "--note", "只在一种路由器下"],
        "待受理",
        "{by: PM002, from: 软件Bug, to: 兼容性问题, note: 只在一种路由器下}",
    ),
    (
        "2026-11-02 11:00",
        ["受理", "--owner", "RD017 李*", "--assistant", "RD021 王*", "--note", "属于产品故障"],
        "处理中",
        (
            "{by: PM002, team: 软件开发组, owner: {staff: RD017, name: 李*}, assistants: [{staff: RD021, name: 王*}], "
            "due_at: 2026-11-09 18:00, note: 属于产品故障}"
        ),
    ),
    (
        "2026-11-02 11:10",
        ["反馈", "--by", "ZL001", "--note", "周五前给出结果", "--confirmed"],
        "处理中",
        "{by: ZL001, note: 周五前给出结果, confirmed: 'true'}",
    ),
    (
        "2026-11-02 11:20",
        ["定级", "--to", "高", "--note", "影响面扩大", "--approver", "PM001"],
        "处理中",
        "{by: PM002, from: 中, to: 高, note: 影响面扩大, approver: PM001}",
    ),
    (
        "2026-11-02 11:30",
        [
            *("改派", "--team", "云平台组", "--owner", "CL004 周*", "--note", "原因在云端"),
            *("--assistant", "RD017 李*", "--assistant", "RD021 王*"),
        ],
        "处理中",
        (
            "{by: PM002, team: 云平台组, owner: {staff: CL004, name: 周*}, note: 原因在云端, "
            "assistants: [{staff: RD017, name: 李*}, {staff: RD021, name: 王*}]}"
        ),
    ),
    (
        "2026-11-02 13:00",
        ["初步方案", "--by", "CL004", "--note", "先关闭夜间任务"],
        "处理中",
        "{by: CL004, note: 先关闭夜间任务}",
    ),
    (
        "2026-11-02 14:00",
        ["评审", "--participant", "PM001", "--participant", "RD001", "--participant", "QA001", "--note", "同意"],
        "处理中",
        "{by: PM002, participants: [PM001, RD001, QA001], note: 同意}",
    ),
    ("2026-11-02 15:00", ["进展", "--by", "CL004", "--note", "补丁完成"], "处理中", "{by: CL004, note: 补丁完成}"),
    ("2026-11-02 16:00", ["风险", "--by", "CL004", "--note", "环境不足"], "处理中", "{by: CL004, note: 环境不足}"),
    ("2026-11-02 16:10", ["暂停", "--reason", "待供应商"], "处理中", "{by: PM002, reason: 待供应商}"),
    ("2026-11-03 09:00", ["恢复"], "处理中", "{by: PM002}"),
    (
        "2026-11-03 09:10",
        ["改期", "--due", "2026-11-12 18:00", "--note", "物料晚到", "--approver", "PM001"],
        "已延期",
        "{by: PM002, due_at: 2026-11-12 18:00, note: 物料晚到, approver: PM001}",
    ),
    ("2026-11-04 09:00", ["提交验证", "--by", "CL004"], "待验证", "{by: CL004}"),
    (
        "2026-11-04 15:00",
        ["验证不通过", "--by", "QA003", "--note", "仍复位", "--functional", "未通过", "--verifier", "QA003 赵*"],
        "处理中",
        "{by: QA003, note: 仍复位, functional: 未通过, verifier: {staff: QA003, name: 赵*}}",
    ),
    ("2026-11-05 09:00", ["提交验证", "--by", "CL004"], "待验证", "{by: CL004}"),
    (
        "2026-11-06 11:00",
        [
            *("验证通过", "--by", "QA003", "--functional", "通过", "--compatibility", "通过", "--experience", "不适用"),
            *("--verifier", "QA003 赵*"),
        ],
        "待验证",
        "{by: QA003, functional: 通过, compatibility: 通过, experience: 不适用, verifier: {staff: QA003, name: 赵*}}",
    ),
    (
        "2026-11-06 15:00",
        ["用户确认", "--by", "ZL001", "--note", "三天没有再出现", "--outcome", "已解决"],
        "待验证",
        "{by: ZL001, note: 三天没有再出现, outcome: 已解决}",
    ),
    ("2026-11-09 10:00", ["关闭"], "已关闭", "{by: PM002}"),
    (
        "2026-11-09 11:00",
        ["更正", "--target", "10", "--set", "note=先关闭夜间维护", "--note", "写漏了字", "--approver", "PM001"],
        "已关闭",
        "{by: PM002, target: '10', set: {note: 先关闭夜间维护}, note: 写漏了字, approver: PM001}",
    ),
    (
        "2026-11-16 09:00",
        ["重开", "--due", "2026-11-19 18:00", "--note", "另一批次再次出现"],
        "处理中",
        "{by: PM002, due_at: 2026-11-19 18:00, note: 另一批次再次出现}",
    ),
    (
        "2026-11-16 10:00",
        ["作废", "--reason", "外部环境", "--note", "现场供电不稳"],
        "已关闭",
        "{by: PM002, reason: 外部环境, note: 现场供电不稳}",
    ),
]
"""One life in which every event of the lifecycle happens; 登记 is in the file from the start."""


def load(text: str) -> Any:
    """Read YAML without the program's own reader; every scalar is a text."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 - the loader that knows only strings


def header(path: Path) -> dict[str, Any]:
    """Read a ticket's header."""
    return dict(load(path.read_text(encoding="utf-8").split("\n---", 1)[0].removeprefix("---")))


def decide(path: Path, entry: str) -> None:
    """Write the decision on the knowledge base into a ticket."""
    text = re.sub(r"^kb: .*\n", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(text.replace("events:\n", f"kb: {entry}\nevents:\n", 1), encoding="utf-8")


@pytest.fixture
def fresh(empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]) -> Path:
    """Return the path of a ticket that has just been registered, its sections written."""
    return put_ticket(empty, ID, write_text("登记"))


@pytest.fixture
def at_work(empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]) -> Path:
    """Return the path of a ticket that has been accepted."""
    text = write_text(
        "登记", "受理", status="处理中", team="软件开发组", owner="{staff: RD017, name: 李*}", due_at="2026-11-06 18:00"
    )
    return put_ticket(empty, ID, text)


def test_life_has_every_event(words: Any) -> None:
    """The life below leaves out no event of lifecycle.yaml."""
    assert {arguments[0] for _, arguments, _, _ in LIFE} | {"登记"} == words.lifecycle.events.keys()


def test_whole_life_event_by_event(run: Callable[..., Any], empty: Path, fresh: Path) -> None:
    """From 登记 to 关闭, 更正, 重开 and 作废: each event is one more line, the state follows, the check stays content."""
    for at, arguments, state, fields in LIFE:
        if arguments[0] in {"关闭", "作废"}:
            entries = {
                "关闭": "{entry: 收录, summary: 每晚重启, solution: 升级}",
                "作废": "{entry: 不收录, reason: 供电}",
            }
            decide(fresh, entries[arguments[0]])
        before = fresh.read_text(encoding="utf-8")
        given = [] if "--by" in arguments else ["--by", "PM002"]
        done = run(empty, "log", ID, *arguments, *given, "--at", at, *NOW)
        assert (done.returncode, done.stdout) == (0, f"{ID} 已记录 {arguments[0]}，当前状态 {state}\n"), done.stderr
        after = fresh.read_text(encoding="utf-8")
        lines = [line for line in after.splitlines() if line.startswith("  - ")]
        assert lines[:-1] == [line for line in before.splitlines() if line.startswith("  - ")]
        assert load(lines[-1])[0] == {"at": at, "event": arguments[0], **load(fields)}
        assert header(fresh)["status"] == state
        assert after.split("\n---\n", 1)[1] == before.split("\n---\n", 1)[1]
    done = run(empty, "check", "--format", "github", *NOW)
    assert (done.returncode, "::error" in done.stdout) == (0, False)


def test_snapshot_follows_the_events(call: Callable[..., Any], empty: Path, fresh: Path) -> None:
    """What the events add up to is written into the header, and what they clear is taken out of it."""
    wanted = {
        "受理": "{team: 软件开发组, owner: {staff: RD017, name: 李*}, assistants: [{staff: RD021, name: 王*}], "
        "due_at: 2026-11-09 18:00, type: 兼容性问题}",
        "定级": "{severity: 高}",
        "改派": "{team: 云平台组, owner: {staff: CL004, name: 周*}, "
        "assistants: [{staff: RD017, name: 李*}, {staff: RD021, name: 王*}]}",
        "改期": "{due_at: 2026-11-12 18:00}",
        "验证不通过": "{verification: {result: 未通过, reason: 仍复位, functional: 未通过, verifier: {staff: QA003, name: 赵*}}}",
        "验证通过": "{completed_at: 2026-11-06 11:00, verification: {result: 通过, functional: 通过, compatibility: 通过, "
        "experience: 不适用, verifier: {staff: QA003, name: 赵*}}}",
        "重开": "{due_at: 2026-11-19 18:00, owner: {staff: CL004, name: 周*}}",
        "作废": "{completed_at: 2026-11-16 10:00}",
    }
    gone = {
        "登记": ["team", "owner", "due_at"],
        "验证不通过": ["completed_at"],
        "重开": ["verification", "completed_at"],
    }
    for at, arguments, _, _ in LIFE:
        if arguments[0] == "关闭":
            decide(fresh, "{entry: 不收录, reason: 个别}")
        given = [] if "--by" in arguments else ["--by", "PM002"]
        assert call(empty, "log", ID, *arguments, *given, "--at", at, *NOW).returncode == 0
        seen = header(fresh)
        for name, value in load(wanted.get(arguments[0], "{}")).items():
            assert seen.get(name) == value, (arguments[0], name)
        assert seen.keys() & set(gone.get(arguments[0], ())) == set()


def test_due_date_is_proposed_from_the_policy(call: Callable[..., Any], empty: Path, fresh: Path) -> None:
    """受理 without --due takes the policy's: 中 is five working days, from Monday the 2nd that is Monday the 9th at 18:00."""
    assert (
        call(
            empty, "log", ID, "受理", "--by", "PM002", "--owner", "RD017 李*", "--at", "2026-11-02 10:00", *NOW
        ).returncode
        == 0
    )
    assert header(fresh)["due_at"] == "2026-11-09 18:00"
    assert header(fresh)["team"] == "软件开发组"


def test_given_values_win_over_proposed_ones(call: Callable[..., Any], empty: Path, fresh: Path) -> None:
    """--team and --due are taken as they are."""
    done = call(
        empty,
        "log",
        ID,
        "受理",
        "--by",
        "PM002",
        "--team",
        "测试组",
        "--owner",
        "QA005 孙*",
        "--due",
        "2026-11-04 12:00",
        "--at",
        "2026-11-02 10:00",
        *NOW,
    )
    assert done.returncode == 0
    assert (header(fresh)["team"], header(fresh)["due_at"]) == ("测试组", "2026-11-04 12:00")


def test_time_is_now_unless_given(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """Without --at the event happens at the moment of the command, which --as-of sets."""
    assert call(empty, "log", ID, "进展", "--by", "RD017", "--note", "x", "--as-of", "2026-11-05 08:07").returncode == 0
    assert header(at_work)["events"][-1]["at"] == "2026-11-05 08:07"


def test_staff_comes_from_the_environment(run: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """FAULT_STAFF spares --by; the option wins; without either the command says both ways and ends with 2."""
    assert run(empty, "log", ID, "进展", "--note", "甲", *NOW, FAULT_STAFF="RD021").returncode == 0
    assert run(empty, "log", ID, "进展", "--note", "乙", "--by", "RD017", *NOW, FAULT_STAFF="RD021").returncode == 0
    assert [event["by"] for event in header(at_work)["events"][-2:]] == ["RD021", "RD017"]
    before = at_work.read_bytes()
    done = run(empty, "log", ID, "进展", "--note", "丙", *NOW)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--by" in done.stderr
    assert "FAULT_STAFF" in done.stderr
    assert at_work.read_bytes() == before


REFUSED: dict[str, tuple[list[str], list[str]]] = {
    # a ticket in 处理中 since 10:00; what is tried, what must be said
    "close at once": (["关闭"], ["处理中 不能直接变为 已关闭", "现在可以记录（处理中）", "→待验证", "→已关闭"]),
    "accept again": (["受理", "--owner", "RD017 李*"], ["处理中", "现在可以记录"]),
    "register again": (["登记"], ["登记 只能有一次"]),
    "reopen what is open": (
        ["重开", "--due", "2026-11-19 18:00", "--note", "x"],
        ["处理中", "现在可以记录", "提交验证  →待验证"],
    ),
    "return what is accepted": (["退回", "--note", "x"], ["处理中", "现在可以记录"]),
    "verify what was not submitted": (
        [
            "验证通过",
            "--functional",
            "通过",
            "--compatibility",
            "通过",
            "--experience",
            "通过",
            "--verifier",
            "QA003 赵*",
        ],
        ["处理中", "提交验证"],
    ),
    "resume what was not paused": (["恢复"], ["没有未结束的 暂停"]),
    "approved by oneself": (
        ["改期", "--due", "2026-12-30 18:00", "--note", "x", "--approver", "PM002"],
        ["批准人", "自己"],
    ),
    "severity lowered by oneself": (["定级", "--to", "低", "--note", "x", "--approver", "PM002"], ["批准人", "自己"]),
    "future": (["进展", "--note", "x", "--at", "2026-12-20 18:01"], ["未来", "2026-12-20 18:00"]),
    "before the last event": (
        ["反馈", "--note", "x", "--at", "2026-11-02 09:30"],
        ["早于前一个事件", "2026-11-02 10:00", "late"],
    ),
    "before the report": (
        ["反馈", "--note", "x", "--at", "2026-11-01 09:00", "--late", "忘了"],
        ["早于反馈时间", "2026-11-02 09:00"],
    ),
    "sections not written": (["提交验证"], ["原因分析", "短期方案", "长期方案"]),
    "correct what is not in the event": (
        ["更正", "--target", "1", "--set", "due_at=2026-11-20 18:00", "--note", "x", "--approver", "PM001"],
        ["登记", "due_at"],
    ),
    "correct event and section at once": (
        ["更正", "--target", "2", "--section", "故障描述", "--void", "--note", "x", "--approver", "PM001"],
        ["--target", "--section", "只能写一个"],
    ),
    "void and taken in": (["作废", "--reason", "误报", "--note", "x"], ["作废", "收录"]),
    "passed although it failed": (
        [
            "验证通过",
            "--functional",
            "未通过",
            "--compatibility",
            "通过",
            "--experience",
            "通过",
            "--verifier",
            "QA003 赵*",
        ],
        ["处理中"],
    ),
}


@pytest.mark.parametrize(("arguments", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_event_leaves_the_file_alone(
    call: Callable[..., Any],
    empty: Path,
    write_text: Callable[..., str],
    put_ticket: Callable[..., Path],
    arguments: list[str],
    said: list[str],
) -> None:
    """What the lifecycle or a rule has against an event is said in Chinese; the ticket stays as it was, to the byte."""
    text = write_text(
        *("登记", "受理"),
        status="处理中",
        team="软件开发组",
        owner="{staff: RD017, name: 李*}",
        due_at="2026-11-06 18:00",
        kb="{entry: 收录, summary: 每晚重启, solution: 升级}",
        body="## 故障描述\n\n### 现象\n\n重启。\n",
    )
    path = put_ticket(empty, ID, text)
    before, modified = path.read_bytes(), path.stat().st_mtime_ns
    done = call(empty, "log", ID, *arguments, *([] if "--by" in arguments else ["--by", "PM002"]), *NOW)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert [one for one in said if one not in done.stderr] == []
    assert f"没有记录 {arguments[0]}，tickets/2026/11/{ID}.md 没有改动" in done.stderr
    assert "Traceback" not in done.stderr
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (before, modified)
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name]


CORRECT = ["更正", "--note", "x", "--approver", "PM001"]
USAGE: dict[str, tuple[list[str], list[str]]] = {
    # the same ticket; what is typed wrongly or not at all, what must be said: the option, never a line of the file
    "unknown event": (["完工"], ["没有事件“完工”", "登记", "更正"]),
    "owner without name": (["改派", "--owner", "RD017", "--note", "x"], ["--owner 不对", "工号 姓*"]),
    "time in ISO": (["进展", "--note", "x", "--at", "2026-11-02T10:00"], ["--at 不对", "2026-11-02T10:00"]),
    "time without hour": (["进展", "--note", "x", "--at", "2026-11-02"], ["--at 不对", "写成 2026-11-02 09:30"]),
    "30 February": (["进展", "--note", "x", "--at", "2026-02-30 10:00"], ["--at 不对", "2026-02-30"]),
    "30 February as a plan": (
        ["改期", "--note", "x", "--due", "2026-02-30"],
        ["--due 不对", "2026-02-30", "--approver"],
    ),
    "set without value": ([*CORRECT, "--target", "1", "--set", "note"], ["--set", "note"]),
    "set to half a person": ([*CORRECT, "--target", "2", "--set", "owner=RD021"], ["--set 不对", "工号 姓*"]),
    "set to a day": ([*CORRECT, "--target", "2", "--set", "at=2026-11-02"], ["--set 不对", "写成 2026-11-02 09:30"]),
    "set to half a reporter": (
        [*CORRECT, "--target", "1", "--set", "reporter=CL005"],
        ["--set 不对", "工号 姓*"],
    ),
    "set with open brackets": ([*CORRECT, "--target", "2", "--set", "owner={staff: RD021"], ["--set 不对", "括号"]),
    "unknown option": (["进展", "--noet", "x"], ["--noet"]),
    "note missing": (["进展"], ['缺少 --note "说明"']),
    "all that is missing": (["改期"], ['缺少 --due "时间"', '缺少 --note "说明"', '缺少 --approver "']),
    "all that is missing or wrong": (
        ["改期", "--due", "明天", "--by", "PM 2"],
        ["--due 不对", "明天", "缺少 --note", "缺少 --approver", "--by 不对", "写工号"],
    ),
    "risk that moves the plan": (["风险", "--due", "2026-11-20"], ["缺少 --note", "缺少 --approver"]),
    "note of two lines": (["进展", "--note", "第一行\n第二行"], ["--note 不对", "一行"]),
    "note too long": (["进展", "--note", "长" * 1001], ["--note 不对", "1001"]),
    "reason missing": (["暂停"], ['缺少 --reason "原因"']),
    "reason unknown": (["暂停", "--reason", "去吃饭"], ["--reason 不对", "去吃饭", "待供应商"]),
    "reason of another event": (
        ["暂停", "--reason", "误报"],
        ["--reason 不对", "误报", "可以写：待用户补充、待用户确认、待供应商、待内部资源\n"],
    ),
    "severity unknown": (
        ["定级", "--to", "极高", "--note", "x", "--approver", "PM001"],
        ["--to 不对", "极高", "紧急、高、中、低"],
    ),
    "severity as it is": (["定级", "--to", "中", "--note", "x", "--approver", "PM001"], ["--to 不对", "已经是 中"]),
    "severity from another": (
        ["定级", "--from", "低", "--to", "高", "--note", "x", "--approver", "PM001"],
        ["--from 不对", "现在的严重程度是 中，不是 低"],
    ),
    "team unknown": (["改派", "--team", "后勤组", "--note", "x"], ["--team 不对", "后勤组", "软件开发组"]),
    "nothing reassigned": (["改派", "--note", "x"], ["--team", "--owner", "--assistant", "至少写一项"]),
    "field of another event": (
        ["进展", "--note", "x", "--outcome", "已解决"],
        ["进展 不带 --outcome", "--late、--note"],
    ),
    "name not masked": (["改派", "--owner", "RD017 李四", "--note", "x"], ["--owner 不对", "遮盖"]),
    "correct what is not there": (
        [*CORRECT, "--target", "3", "--set", "note=x"],
        ["没有第 3 个事件", "1  2026-11-02 09:00  登记\n", "2  2026-11-02 10:00  受理\n"],
    ),
    "correct a section that is not there": (
        [*CORRECT, "--section", "心情"],
        ["--section 不对：没有“心情”，可以写：故障描述、"],
    ),
    "correct a part of a section": (
        [*CORRECT, "--section", "现象"],
        ["--section 不对：“现象”是“故障描述”的一部分；写 故障描述\n"],
    ),
    "set to what the header cannot hold": (
        [*CORRECT, "--target", "1", "--set", "channel=微信"],
        ["--set 不对：反馈渠道（channel）：这个值不是可选的之一；只能是：电话、"],
    ),
    "correct by name": (
        [*CORRECT, "--target", "受理", "--set", "note=x"],
        ["受理 个事件", "2  2026-11-02 10:00  受理\n"],
    ),
    "correct by nothing": ([*CORRECT, "--target", "2"], ['--set "字段=新值"、--void、--mask 至少写一项']),
    "a place that was not filled": (
        ["进展", "--note", "说明"],
        ["--note 不对：“说明”是提示里占位置的字，换成真正的内容"],
    ),
    "a place behind a name that was not filled": (
        ["评审", "--participant", "工号,工号", "--note", "日志.csv：说明"],
        ["--note 不对：“说明”是", "--participant 不对：“工号,工号”是"],
    ),
    "correct nothing": (CORRECT, ["--target", "--section", "至少写一项"]),
    "staff with a space": (["进展", "--note", "x", "--by", "RD 017"], ["--by 不对", "写工号"]),
    "no event": (["--note", "x"], ["没有写事件", "提交验证"]),
}


@pytest.mark.parametrize(("arguments", "said"), USAGE.values(), ids=USAGE.keys())
def test_wrong_usage_is_named(
    call: Callable[..., Any], empty: Path, at_work: Path, arguments: list[str], said: list[str]
) -> None:
    """What is missing or cannot be meant ends with 2, all of it named at once by its option; nothing changes."""
    before = at_work.read_bytes()
    done = call(empty, "log", ID, *arguments, *([] if "--by" in arguments else ["--by", "PM002"]), *NOW)
    assert (done.returncode, done.stdout) == (2, "")
    assert [one for one in said if one not in done.stderr] == [], done.stderr
    assert f"{ID}.md:" not in done.stderr
    assert at_work.read_bytes() == before


def test_mistake_that_is_there_already_excuses_no_second_one(
    call: Callable[..., Any], empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]
) -> None:
    """A ticket with an event that lacks its note cannot be given another such event: each mistake counts for itself."""
    text = write_text(
        *("登记", "受理", "进展 note: ''"),
        status="处理中",
        team="软件开发组",
        owner="{staff: RD017, name: 李*}",
        due_at="2026-11-06 18:00",
    )
    path = put_ticket(empty, ID, text)
    before = path.read_bytes()
    done = call(empty, "log", ID, "进展", "--by", "RD017", *NOW)
    assert (done.returncode, path.read_bytes()) == (2, before)


def test_old_mistakes_do_not_keep_anybody_from_recording(
    call: Callable[..., Any], empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]
) -> None:
    """A ticket that was wrong before can be worked on: only what an event itself would make wrong is refused."""
    text = write_text(
        *("登记", "受理", "进展 note: ''"),
        status="处理中",
        team="软件开发组",
        owner="{staff: RD017, name: 李*}",
        due_at="2026-11-06 18:00",
        severty="高",
    )
    path = put_ticket(empty, ID, text)
    assert call(empty, "log", ID, "进展", "--by", "RD017", "--note", "补丁完成", *NOW).returncode == 0
    assert header(path)["events"][-1]["note"] == "补丁完成"
    assert header(path)["severty"] == "高"


def test_late_event_goes_to_the_end(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """What was forgotten is appended with its reason, at its own time."""
    assert (
        call(
            empty,
            "log",
            ID,
            "反馈",
            "--by",
            "ZL001",
            "--note",
            "已致电",
            "--at",
            "2026-11-02 09:20",
            "--late",
            "当天忘记登记",
            *NOW,
        ).returncode
        == 0
    )
    assert header(at_work)["events"][-1] == {
        "at": "2026-11-02 09:20",
        "event": "反馈",
        "by": "ZL001",
        "note": "已致电",
        "late": "当天忘记登记",
    }


def test_earlier_plan_needs_no_approval(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """改期 to an earlier time keeps the status and asks for no approver."""
    done = call(empty, "log", ID, "改期", "--by", "PM002", "--due", "2026-11-05 18:00", "--note", "提前完成", *THEN)
    assert (done.returncode, header(at_work)["status"], header(at_work)["due_at"]) == (0, "处理中", "2026-11-05 18:00")


def test_void_correction_takes_an_event_back(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """更正 --void of the acceptance leaves the fault waiting, its team, owner and plan gone from the header, the lines in place."""
    done = call(
        empty,
        "log",
        ID,
        "更正",
        "--by",
        "PM002",
        "--target",
        "2",
        "--void",
        "--note",
        "受理记错了单",
        "--approver",
        "PM001",
        *NOW,
    )
    seen = header(at_work)
    assert (done.returncode, seen["status"]) == (0, "待受理"), done.stderr
    assert seen.keys() & {"team", "owner", "due_at"} == set()
    assert [event["event"] for event in seen["events"]] == ["登记", "受理", "更正"]


def test_what_a_correction_undoes_is_said_first(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """To take the acceptance back would leave 进展 and 提交验证 hanging: both are named in one sentence, each with its reason."""
    for event in (["进展", "--by", "RD017", "--note", "x"], ["提交验证", "--by", "RD017"]):
        assert call(empty, "log", ID, *event, *NOW).returncode == 0
    before = at_work.read_bytes()
    given = ["更正", "--target", "2", "--void", "--by", "PM002", "--note", "x", "--approver", "PM001"]
    done = call(empty, "log", ID, *given, *NOW)
    assert (done.returncode, done.stdout, at_work.read_bytes()) == (1, "", before)
    lines = done.stderr.splitlines()
    assert lines[1].startswith("  这样更正之后，第 3、4 个事件就不成立了")
    assert lines[2:4] == [
        "    第 3 个 进展：待受理 时不能 进展",
        "    第 4 个 提交验证：待受理 不能直接变为 待验证（提交验证）",
    ]
    assert "illegal-transition" not in done.stderr


def test_correction_names_fields_in_chinese(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """--set takes the title of a field for its name; what the event has not is refused with both of what it has."""
    given = ["更正", "--target", "2", "--by", "PM002", "--note", "x", "--approver", "PM001"]
    done = call(empty, "log", ID, *given, "--set", "心情=好", *NOW)
    assert done.returncode == 2
    assert "--set 不对：第 2 个事件是 受理，不带“心情”；可以更正：" in done.stderr
    assert "owner（主责人）" in done.stderr
    done = call(empty, "log", ID, *given, "--set", "主责人=RD025 郭*", *NOW)
    assert done.returncode == 0, done.stderr
    assert header(at_work)["owner"] == {"staff": "RD025", "name": "郭*"}
    assert header(at_work)["events"][-1]["set"] == {"owner": {"staff": "RD025", "name": "郭*"}}


def test_mask_correction_is_an_option_too(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """What lifecycle.yaml lets 更正 carry can be given: mask, after a private value was replaced by its mask."""
    done = call(
        empty,
        "log",
        ID,
        "更正",
        "--by",
        "PM002",
        "--target",
        "1",
        "--mask",
        "--note",
        "遮盖号码",
        "--approver",
        "PM001",
        *NOW,
    )
    assert done.returncode == 0, done.stderr
    assert header(at_work)["events"][-1]["mask"] == "true"


def test_every_field_that_an_event_takes_has_an_option(run: Callable[..., Any], empty: Path, words: Any) -> None:
    """Nothing in lifecycle.yaml is out of reach of the command, but what only an import writes."""
    names = {name for spec in words.lifecycle.events.values() for name in (*spec.needs, *spec.takes)} - {
        "imported",
        "status",
        "completed_at",
    }
    options = {"due_at": "due", "assistants": "assistant", "participants": "participant"}
    shown = run(empty, "log", "--help").stdout
    assert [name for name in sorted(names) if f"--{options.get(name, name)} " not in shown] == []


HANDWRITTEN = """\
---
# 文件头里的注释留在原处
id: SW-20261102-001
severity: 中      # 电话里说的
title: '网关"升级"后每日凌晨重启'
type: "软件Bug"
status:   处理中
reported_at: 2026-11-02 09:00
occurred_at: 未知
channel: 电话

reporter:
  staff: ZL001
  name: 张*
impact: { users: 320,
          products: [ 智能网关 GW2 ],
          versions:
            [V2.3.1] }
due_at: '2026-11-06 18:00'   # 与用户说好的
team: 软件开发组
owner: {name: 李*, staff: RD017}
remark: |
  第一行
  第二行：有冒号
events:
    - {at: 2026-11-02 09:00, event: 登记, by: ZL001}   # 第一个
    # 事件之间的注释
    - at: 2026-11-02 10:00
      event: 受理
      by: PM002
      team: 软件开发组
      owner: {name: 李*, staff: RD017}
      due_at: '2026-11-06 18:00'
# 最后的注释
---

## 故障描述

### 现象

重启。   \t
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_everything_else_stays_byte_for_byte(
    run: Callable[..., Any], empty: Path, put_ticket: Callable[..., Path], newline: str
) -> None:
    """Comments, order, quoting, blank space and line ends of a handwritten ticket survive; one line is added."""
    path = put_ticket(empty, ID, HANDWRITTEN.replace("\n", newline))
    assert (
        run(
            empty, "log", ID, "进展", "--by", "RD017", "--note", "补丁完成", "--at", "2026-11-03 10:00", *NOW
        ).returncode
        == 0
    )
    added = "    - {at: 2026-11-03 10:00, event: 进展, by: RD017, note: 补丁完成}\n"
    expected = HANDWRITTEN.replace("      due_at: '2026-11-06 18:00'\n", "      due_at: '2026-11-06 18:00'\n" + added)
    assert path.read_bytes().decode("utf-8") == expected.replace("\n", newline)


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_changed_values_change_in_place(
    run: Callable[..., Any], empty: Path, put_ticket: Callable[..., Path], newline: str
) -> None:
    """改期 of the same ticket changes the values of status and due_at where they stand, comments beside them included."""
    path = put_ticket(empty, ID, HANDWRITTEN.replace("\n", newline))
    done = run(
        empty,
        "log",
        ID,
        "改期",
        "--by",
        "PM002",
        "--due",
        "2026-11-12 18:00",
        "--note",
        "物料晚到",
        "--approver",
        "PM001",
        "--at",
        "2026-11-03 10:00",
        *NOW,
    )
    assert done.returncode == 0, done.stderr
    text = path.read_bytes().decode("utf-8")
    added = re.search(r"^    - (\{at: 2026-11-03 10:00, .*\})\r?\n", text, re.MULTILINE)
    assert added is not None
    expected = {"event": "改期", "by": "PM002", "due_at": "2026-11-12 18:00", "note": "物料晚到", "approver": "PM001"}
    assert load(added[1]) == {"at": "2026-11-03 10:00", **expected}
    changed = HANDWRITTEN.replace("status:   处理中", "status:   已延期")
    changed = changed.replace("due_at: '2026-11-06 18:00'   #", "due_at: 2026-11-12 18:00   #")
    assert text.replace(added[0], "") == changed.replace("\n", newline)


NOTES = [
    "a: b, {c} [d] \"e\" 'f' # g",
    "- 开头是减号",
    "*开头是星号",
    "& 和 % 和 @ 和 ` 和 ! 和 | 和 >",
    "true",
    "2026-11-03 10:00",
    "0x8007000E",
    "1.10",
    "结尾是冒号:",
    "全角：冒号，逗号；引号“”",
    "反斜杠 C:\\temp\\n",
    "表情 🙂 与组合 é",
    "前后有空格 ",
    "{{ jinja }}",
]


def test_any_note_is_read_back_as_it_was_typed(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """Characters that mean something in YAML are text in a note, and the check finds nothing wrong."""
    for note in NOTES:
        assert call(empty, "log", ID, "进展", "--by", "RD017", "--note", note, *NOW).returncode == 0, note
    assert [event["note"] for event in header(at_work)["events"][2:]] == NOTES
    assert call(empty, "check", *NOW).returncode == 0


STYLES = {
    "events in one list": ('events:\n  - {"at"', 'events: [{"at"'),
    "alias": ("owner: {staff: RD017, name: 李*}", "owner: &owner {staff: RD017, name: 李*}\nassistants: [*owner]"),
    "document end": ("events:", "# ---\nevents:"),
    "quoted keys": ("status: 处理中", "'status': 处理中"),
    "tagged value": ("status: 处理中", "status: !!str 处理中"),
    "folded value": ("status: 处理中", "status: >-\n  处理中"),
    "explicit key": ("status: 处理中", "? status\n: 处理中"),
    "key without value": ("status: 处理中", "status: 处理中\nremark:"),
}


@pytest.mark.parametrize(("old", "new"), STYLES.values(), ids=STYLES.keys())
def test_unusual_yaml_is_written_or_refused_never_broken(
    call: Callable[..., Any], empty: Path, at_work: Path, old: str, new: str
) -> None:
    """Whatever YAML somebody's editor made of the header: the event is recorded and read back, or the file stays as it was."""
    text = at_work.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    if "[{" in new:
        text = text.replace("}\n  - {", "},\n  {").replace("}\n---\n", "}]\n---\n")
    at_work.write_text(text, encoding="utf-8")
    done = call(
        empty,
        "log",
        ID,
        "改期",
        "--by",
        "PM002",
        "--due",
        "2026-11-12 18:00",
        "--note",
        "物料晚到",
        "--approver",
        "PM001",
        *NOW,
    )
    assert "Traceback" not in done.stderr
    if done.returncode == 0:
        seen = header(at_work)
        assert (seen["status"], seen["due_at"], len(seen["events"])) == ("已延期", "2026-11-12 18:00", 3)
    else:
        assert done.returncode in {1, 2}
        assert at_work.read_text(encoding="utf-8") == text
        assert "错误" in done.stderr


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01", b"---\nid: x\n", "中文".encode("gbk"), b"---\nevents: 3\n---\n"],
    ids=["empty", "binary", "unterminated", "gbk", "no events"],
)
def test_unreadable_ticket_is_refused(call: Callable[..., Any], empty: Path, content: bytes) -> None:
    """Nothing is recorded in a file that cannot be read; the message leads to the check."""
    path = empty / "tickets" / "2026" / "11" / f"{ID}.md"
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    done = call(empty, "log", ID, "进展", "--by", "RD017", "--note", "x", *NOW)
    assert done.returncode == 2
    assert "fault check" in done.stderr
    assert path.read_bytes() == content


@pytest.mark.parametrize("given", [ID, ID.lower(), f"{ID}.md", f"tickets/2026/11/{ID}.md"])
def test_id_file_name_and_path_all_mean_the_ticket(
    call: Callable[..., Any], empty: Path, at_work: Path, given: str
) -> None:
    """What the shell completes works as well as the id."""
    assert call(empty, "log", given, "进展", "--by", "RD017", "--note", "x", *NOW).returncode == 0
    assert len(header(at_work)["events"]) == 3


@pytest.mark.parametrize("given", ["SW-20261102-999", "SW-2026", "", "../schema/teams.yaml"])
def test_unknown_id_is_named(call: Callable[..., Any], empty: Path, at_work: Path, given: str) -> None:
    """An id that is none ends with 2 and a hint; nothing is written."""
    before = at_work.read_bytes()
    done = call(empty, "log", given, "进展", "--by", "RD017", "--note", "x", *NOW)
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有编号为" in done.stderr
    assert at_work.read_bytes() == before


def test_near_id_is_proposed(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """A part of an id leads to the ids that were meant."""
    assert at_work.exists()
    assert f"是不是：{ID}" in call(empty, "log", "20261102", "进展", "--by", "RD017", "--note", "x", *NOW).stderr


def test_next_steps_are_named(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """After recording, stderr says what is due first, how to get there, and what else can follow.

    On Monday the 2nd: 提交验证 at 11:00, 验证确认 is five working days, that is Monday the 9th at 18:00.
    """
    assert at_work.exists()
    done = call(
        empty, "log", ID, "提交验证", "--by", "RD017", "--at", "2026-11-02 11:00", "--as-of", "2026-11-02 11:00"
    )
    lines = done.stderr.splitlines()
    assert lines[0] == "期限：2026-11-09 18:00 前 关闭（验证确认）"
    assert f"先写好（fault edit {ID}，或用编辑器打开 tickets/2026/11/{ID}.md）：" in lines
    assert lines[-4:-1] == [
        "然后运行：",
        (
            f'  fault log {ID} 验证通过 --by "工号" --functional "通过|不适用" --compatibility "通过|不适用" '
            '--experience "通过|不适用" --verifier "工号 姓*"'
        ),
        f'  fault log {ID} 关闭 --by "工号"',
    ]
    assert lines[-1] == (
        "也可以记录：响应、反馈、改派、定级、定类、评审、进展、风险、暂停、改期、验证不通过（→处理中）、用户确认、"
        f"更正；各要写什么：fault log {ID}"
    )


def test_warnings_that_an_event_brings_are_said(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """The same 反馈 once more is recorded, and the clerk is reminded of the first; the next event repeats nothing of it."""
    told = ["反馈", "--note", "正在处理", "--by", "ZL001", "--at", "2026-11-02 11:00", "--as-of", "2026-11-02 11:00"]
    first, again = call(empty, "log", ID, *told), call(empty, "log", ID, *told)
    other = call(empty, "log", ID, "进展", "--note", "x", "--by", "RD017", "--as-of", "2026-11-02 11:00")
    assert [one.returncode for one in (first, again, other)] == [0, 0, 0]
    number = at_work.read_text(encoding="utf-8").splitlines().index("events:") + 5
    assert [line for line in again.stderr.splitlines() if line.startswith("提醒")] == [
        (
            "提醒：与第 3 个事件一模一样（2026-11-02 11:00 反馈）；删去一行；已经合并的用“更正”撤销（--void）"
            f"（duplicate-event，第 {number} 行）"
        )
    ]
    assert "提醒" not in first.stderr + other.stderr


def test_late_plan_is_said(call: Callable[..., Any], empty: Path, fresh: Path) -> None:
    """A plan beyond the policy's five working days (Monday the 9th) is recorded with a reminder; one within it without."""
    given = ["受理", "--owner", "RD017 李*", "--by", "PM002", "--as-of", "2026-11-02 10:00"]
    before = fresh.read_bytes()
    late = call(empty, "log", ID, *given, "--due", "2026-11-30")
    assert late.returncode == 0
    assert "提醒：计划完成时间 2026-11-30 18:00 晚于规定的 2026-11-09 18:00（中）；" in late.stderr
    assert "（due-beyond-policy，第 " in late.stderr
    fresh.write_bytes(before)
    assert "提醒" not in call(empty, "log", ID, *given, "--due", "2026-11-09").stderr


def test_file_mode_and_siblings_stay(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """Writing keeps the mode of the file and leaves no temporary file behind."""
    at_work.chmod(0o640)
    assert call(empty, "log", ID, "进展", "--by", "RD017", "--note", "x", *NOW).returncode == 0
    assert at_work.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in at_work.parent.iterdir()] == [at_work.name]


def test_sample_tickets_take_another_event(call: Callable[..., Any], root: Path, tmp_path: Path) -> None:
    """反馈 can happen to every fault at any time: each sample takes one, and is one line longer and otherwise the same."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    shutil.copytree(root / "tickets", tmp_path / "tickets")
    for path in sorted((tmp_path / "tickets").rglob("*.md")):
        before = path.read_text(encoding="utf-8").splitlines()
        done = call(
            tmp_path,
            "log",
            path.stem,
            "反馈",
            "--by",
            "ZL001",
            "--note",
            "已告知",
            "--at",
            "2026-11-24 10:00",
            "--as-of",
            "2026-11-24 10:00",
        )
        assert done.returncode == 0, done.stderr
        after = path.read_text(encoding="utf-8").splitlines()
        added = [line for line in after if line not in before]
        assert (len(after), added) == (
            len(before) + 1,
            ["  - {at: 2026-11-24 10:00, event: 反馈, by: ZL001, note: 已告知}"],
        )
        after.remove(added[0])
        assert after == before


def last_line(path: Path) -> str:
    """Return the last event as it is written."""
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("  - ")][-1]


def test_fields_stand_in_the_order_of_the_lifecycle(call: Callable[..., Any], empty: Path, fresh: Path) -> None:
    """Whatever the order of the options: time, event, person, then what the event needs and takes, the note and late last."""
    given = ["--late", "忘了", "--note", "属实", "--assistant", "RD021 王*", "--due", "2026-11-06 18:00"]
    given += ["--owner", "RD017 李*", "--team", "软件开发组", "--at", "2026-11-02 10:00", "--by", "PM002"]
    assert call(empty, "log", ID, "受理", *given, *NOW).returncode == 0
    assert last_line(fresh) == (
        "  - {at: 2026-11-02 10:00, event: 受理, by: PM002, team: 软件开发组, owner: {staff: RD017, name: 李*}, "
        "due_at: 2026-11-06 18:00, assistants: [{staff: RD021, name: 王*}], note: 属实, late: 忘了}"
    )


def test_day_of_the_plan_ends_with_business(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """--due with a day alone is 18:00 of that day (sla.yaml), in a correction too."""
    moved = ["改期", "--due", "2026-11-12", "--note", "物料晚到", "--approver", "PM001"]
    corrected = [*CORRECT, "--target", "3", "--set", "due_at=2026-11-13"]
    for arguments, due in ((moved, "2026-11-12 18:00"), (corrected, "2026-11-13 18:00")):
        assert call(empty, "log", ID, *arguments, "--by", "PM002", *THEN).returncode == 0
        assert header(at_work)["due_at"] == due


def test_risk_that_moves_the_plan_is_two_events(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """风险 --due writes 风险 and 改期 at once, at the same minute, with the same note; each carries what is its own."""
    given = ["--due", "2026-11-12", "--note", "物料晚到", "--approver", "PM001", "--by", "RD017"]
    done = call(empty, "log", ID, "风险", *given, "--at", "2026-11-03 10:00", *NOW)
    assert (done.returncode, done.stdout) == (0, f"{ID} 已记录 风险、改期，当前状态 已延期\n")
    base = {"at": "2026-11-03 10:00", "by": "RD017", "note": "物料晚到"}
    assert header(at_work)["events"][2:] == [
        {**base, "event": "风险"},
        {**base, "event": "改期", "due_at": "2026-11-12 18:00", "approver": "PM001"},
    ]


def test_risk_that_is_refused_writes_neither(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """The plan may not be moved by one's own approval: then the risk is not recorded either; nobody approves an earlier plan."""
    before = at_work.read_bytes()
    given = ["风险", "--note", "物料晚到", "--by", "PM002", *THEN]
    done = call(empty, "log", ID, *given, "--due", "2026-11-12", "--approver", "PM002")
    assert (done.returncode, at_work.read_bytes()) == (1, before)
    assert "--approver 不对" in done.stderr
    assert call(empty, "log", ID, *given, "--due", "2026-11-05").stdout.endswith("风险、改期，当前状态 处理中\n")


def test_reopening_proposes_the_plan(call: Callable[..., Any], empty: Path, fresh: Path) -> None:
    """重开 takes the policy's date (中: five working days after Monday the 9th is Monday the 16th), and the team of the type.

    A fault that was voided before anybody accepted it has no owner yet: then 重开 asks for one.
    """
    decide(fresh, "{entry: 不收录, reason: 误报}")
    void = ["作废", "--reason", "误报", "--note", "x", "--by", "PM002", "--at", "2026-11-02 10:00"]
    assert call(empty, "log", ID, *void, *NOW).returncode == 0
    again = ["重开", "--note", "再次出现", "--by", "PM002", "--at", "2026-11-09 10:00", *NOW]
    done = call(empty, "log", ID, *again)
    assert (done.returncode, done.stderr.count("缺少")) == (2, 1)
    assert '缺少 --owner "工号 姓*"：主责人' in done.stderr
    done = call(empty, "log", ID, *again, "--owner", "RD017 李*")
    assert done.returncode == 0, done.stderr
    seen = header(fresh)
    assert (seen["team"], seen["due_at"], seen["status"]) == ("软件开发组", "2026-11-16 18:00", "处理中")
    assert "按规定填写了 责任团队 软件开发组、计划完成时间 2026-11-16 18:00" in done.stderr


def test_regrading_leaves_the_plan_alone(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """定级 carries a due date only if one is given."""
    given = ["定级", "--note", "x", "--approver", "PM001", "--by", "PM002"]
    assert call(empty, "log", ID, *given, "--to", "高", *THEN).returncode == 0
    assert "due_at" not in header(at_work)["events"][-1]
    assert call(empty, "log", ID, *given, "--to", "紧急", "--due", "2026-11-03", *THEN).returncode == 0
    assert header(at_work)["due_at"] == "2026-11-03 18:00"


SETS = {
    # what is typed after --set, what the correction then holds, as YAML with all scalars as texts
    "a person": ("owner=RD021 王*", "{owner: {staff: RD021, name: 王*}}"),
    "a person with a colon": ("owner=RD021：王*", "{owner: {staff: RD021, name: 王*}}"),
    "a person in YAML": ("owner={staff: RD021, name: 王*}", "{owner: {staff: RD021, name: 王*}}"),
    "persons": (
        "assistants=RD021 王*，RD022 赵*",
        "{assistants: [{staff: RD021, name: 王*}, {staff: RD022, name: 赵*}]}",
    ),
    "one person of several": ("assistants=RD021 王*", "{assistants: [{staff: RD021, name: 王*}]}"),
    "persons in YAML": ("assistants=[{staff: RD021, name: 王*}]", "{assistants: [{staff: RD021, name: 王*}]}"),
    "a day of the plan": ("due_at=2026-11-05", "{due_at: 2026-11-05 18:00}"),
    "a minute": ("due_at=2026-11-05 12:00", "{due_at: 2026-11-05 12:00}"),
    "a text": ("note=a=b，c", "{note: 'a=b，c'}"),
}


@pytest.mark.parametrize(("typed", "stored"), SETS.values(), ids=SETS.keys())
def test_correction_holds_what_the_field_holds(
    call: Callable[..., Any], empty: Path, at_work: Path, typed: str, stored: str
) -> None:
    """--set of a person, a list or a date on 受理 becomes what the schema wants there, and the header follows."""
    done = call(empty, "log", ID, *CORRECT, "--target", "2", "--set", typed, "--by", "PM002", *NOW)
    assert done.returncode == 0, done.stderr
    seen, wanted = header(at_work), load(stored)
    assert seen["events"][-1]["set"] == wanted
    for name in wanted.keys() - {"note"}:
        assert seen[name] == wanted[name]


HEADERS = {
    # (all kinds; the first type decides the prefix of the id and cannot be corrected without it)
    # what is typed after --set for the registration, what the correction and the header then hold
    "a line": ("title=智能网关每晚重启", "{title: 智能网关每晚重启}"),
    "a choice": ("channel=在线咨询", "{channel: 在线咨询}"),
    "a person": ("reporter=CL005 唐*", "{reporter: {staff: CL005, name: 唐*}}"),
    "an object": (
        "impact={users: 3, products: [智能网关 GW2, 智能网关 GW3], versions: [V2.3.1]}",
        "{impact: {users: '3', products: [智能网关 GW2, 智能网关 GW3], versions: [V2.3.1]}}",
    ),
    "a masked object": ("customer={id: U****3821}", "{customer: {id: U****3821}}"),
    "a minute or 未知": ("occurred_at=2026-11-01 22:10", "{occurred_at: 2026-11-01 22:10}"),
    "未知": ("occurred_at=未知", "{occurred_at: 未知}"),
    "a flag": ("complex=true", "{complex: 'true'}"),
    "a text": ("remark=用户只有晚上在家: 先约时间", "{remark: '用户只有晚上在家: 先约时间'}"),
    "the first severity": ("severity=高", "{severity: 高}"),
    "the decision on the knowledge base": (
        "kb={entry: 收录, summary: 每晚重启, solution: 升级, keywords: [重启]}",
        "{kb: {entry: 收录, summary: 每晚重启, solution: 升级, keywords: [重启]}}",
    ),
}


@pytest.mark.parametrize(("typed", "stored"), HEADERS.values(), ids=HEADERS.keys())
def test_correction_of_the_registration_changes_the_header(
    call: Callable[..., Any], empty: Path, at_work: Path, typed: str, stored: str
) -> None:
    """--set of a field that only the header has is read as the schema describes it there; the header follows, the check agrees."""
    done = call(empty, "log", ID, *CORRECT, "--target", "1", "--set", typed, "--by", "PM002", *NOW)
    assert done.returncode == 0, done.stderr
    seen, wanted = header(at_work), load(stored)
    assert seen["events"][-1]["set"] == wanted
    assert {name: seen[name] for name in wanted} == wanted
    checked = call(empty, "check", "--format", "github", *NOW)
    assert (checked.returncode, "::error" in checked.stdout) == (0, False), checked.stdout


def test_correction_of_lists_numbers_and_flags(
    call: Callable[..., Any], empty: Path, at_work: Path, words: Any
) -> None:
    """Participants, a flag and the target of a correction are corrected as list, boolean and number; the check agrees."""
    steps = [
        ["评审", "--participant", "PM001", "--note", "同意"],
        ["反馈", "--note", "周五前给出结果", "--confirmed"],
        [*CORRECT, "--target", "2", "--set", "note=甲"],
        [*CORRECT, "--target", "3", "--set", "participants=PM001,RD001、QA001"],
        [*CORRECT, "--target", "4", "--set", "confirmed=false", "--set", "by=ZL001"],
        [*CORRECT, "--target", "5", "--set", "target=1"],
    ]
    for arguments in steps:
        done = call(empty, "log", ID, *arguments, "--by", "PM002", *NOW)
        assert done.returncode == 0, done.stderr
    assert [event["set"] for event in header(at_work)["events"][5:]] == [
        {"participants": ["PM001", "RD001", "QA001"]},
        {"confirmed": "false", "by": "ZL001"},
        {"target": "1"},
    ]
    assert corpus.load(empty, at_work.relative_to(empty).as_posix(), words).violations == ()


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_dry_run_shows_the_patch(
    call: Callable[..., Any], empty: Path, put_ticket: Callable[..., Path], newline: str
) -> None:
    """--dry-run writes nothing; what it prints is the change that the same command makes: git applies it to the same bytes."""
    path = put_ticket(empty, ID, HANDWRITTEN.replace("\n", newline))
    before = path.read_bytes()
    arguments = ["改期", "--due", "2026-11-12", "--note", "物料晚到", "--approver", "PM001", "--by", "PM002"]
    shown = call(empty, "log", ID, *arguments, "--at", "2026-11-03 10:00", *NOW, "--dry-run")
    assert (shown.returncode, path.read_bytes()) == (0, before)
    assert shown.stdout.startswith(f"--- a/tickets/2026/11/{ID}.md\n+++ b/tickets/2026/11/{ID}.md\n@@ ")
    assert ("已记录" in shown.stdout + shown.stderr, shown.stderr.startswith("没有写入")) == (False, True)
    assert call(empty, "log", ID, *arguments, "--at", "2026-11-03 10:00", *NOW).returncode == 0
    after = path.read_bytes()
    path.write_bytes(before)
    (empty / "patch").write_text(shown.stdout, encoding="utf-8", newline="")
    subprocess.run(["git", "apply", "-p1", "patch"], cwd=empty, check=True)
    assert path.read_bytes() == after


def test_dry_run_repaints_no_terminal(
    call: Callable[..., Any], empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]
) -> None:
    """Escapes and direction marks in the ticket are shown as replacement characters; the lines stay lines."""
    # \x1b[2J empties the screen, U+202E turns the direction of the text round.
    text = write_text("登记").replace("events:", "remark: 备注\u202e\nevents:")
    text = text.replace("---\n\n", "---\n\x1b[2J\n", 1)
    put_ticket(empty, ID, text)
    done = call(empty, "log", ID, "响应", "--by", "PM002", "--note", "已开始\u202e", *NOW, "--dry-run")
    assert done.returncode == 0, done.stderr
    assert not set("\x1b\u202e") & set(done.stdout + done.stderr)
    assert "+  - {at: 2026-12-20 18:00, event: 响应, by: PM002, note: 已开始\ufffd}\n" in done.stdout
    assert " \ufffd[2J\n" in done.stdout


def test_dry_run_refuses_as_the_command_does(call: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """What cannot be recorded is not shown either."""
    before = at_work.read_bytes()
    done = call(empty, "log", ID, "关闭", "--by", "PM002", *NOW, "--dry-run")
    assert (done.returncode, done.stdout, at_work.read_bytes()) == (1, "", before)


def test_places_in_the_file_are_those_of_the_file(
    call: Callable[..., Any], empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]
) -> None:
    """What is wrong below the events is reported on its own line, not on the one that it would have had."""
    body = "## 故障描述\n\n### 现象\n\n重启。\n\n## 原因分析\n\n看门狗\n\n## 短期方案\n\n待补充\n\n## 长期方案\n\n独立线程\n"
    fields = {"status": "处理中", "team": "软件开发组", "owner": "{staff: RD017, name: 李*}"}
    path = put_ticket(empty, ID, write_text("登记", "受理", **fields, due_at="2026-11-06 18:00", body=body))
    number = path.read_text(encoding="utf-8").splitlines().index("## 短期方案") + 1
    done = call(empty, "log", ID, "提交验证", "--by", "RD017", *NOW)
    assert done.returncode == 1
    assert done.stderr.startswith(f"tickets/2026/11/{ID}.md:{number}:1: 错误[missing-section] ")


def test_staff_comes_from_git(run: Callable[..., Any], empty: Path, at_work: Path) -> None:
    """Without option and variable, git's fault.staff says who acts; the variable wins over it."""
    subprocess.run(["git", "init", "-q"], cwd=empty, check=True)
    subprocess.run(["git", "config", "fault.staff", "RD025"], cwd=empty, check=True)
    assert run(empty, "log", ID, "进展", "--note", "甲", *NOW).returncode == 0
    assert run(empty, "log", ID, "进展", "--note", "乙", *NOW, FAULT_STAFF="RD021").returncode == 0
    assert [event["by"] for event in header(at_work)["events"][2:]] == ["RD025", "RD021"]


def test_no_git_is_nobody(run: Callable[..., Any], empty: Path, at_work: Path, tmp_path: Path) -> None:
    """A machine without git can record: who acts is then asked for, and git is not."""
    before = at_work.read_bytes()
    done = run(empty, "log", ID, "进展", "--note", "甲", *NOW, PATH=str(tmp_path / "nowhere"))
    assert (done.returncode, at_work.read_bytes()) == (2, before)
    assert "缺少 --by" in done.stderr
    assert "git：" not in done.stderr
    assert run(empty, "log", ID, "进展", "--note", "甲", "--by", "RD017", *NOW, PATH="").returncode == 0


@pytest.mark.parametrize(
    ("at", "days"),
    [
        ("2026-11-13 10:00", 2),  # Friday before; Monday and Tuesday are working days
        ("2026-11-12 10:00", 3),
    ],
)
def test_late_record_is_told_of_the_check(
    call: Callable[..., Any], empty: Path, at_work: Path, at: str, days: int
) -> None:
    """On Tuesday the 17th, an event of more than one working day ago is recorded with a word on --late."""
    assert at_work.exists()
    done = call(empty, "log", ID, "进展", "--note", "x", "--by", "RD017", "--at", at, "--as-of", "2026-11-17 09:00")
    assert done.returncode == 0
    assert f"提醒：{at} 离现在有 {days} 个工作日" in done.stderr
    assert "backdated-event" in done.stderr
    assert '--late "原因"' in done.stderr


@pytest.mark.parametrize(
    ("given", "now"),
    [
        (["--at", "2026-11-13 10:00"], "2026-11-16 18:00"),  # Friday to Monday is one working day
        (["--at", "2026-11-12 10:00", "--late", "当时没有网络"], "2026-11-17 09:00"),
        ([], "2026-11-17 09:00"),
    ],
)
def test_timely_record_is_told_nothing(
    call: Callable[..., Any], empty: Path, at_work: Path, given: list[str], now: str
) -> None:
    """One working day, a reason, and now need no reminder."""
    assert at_work.exists()
    done = call(empty, "log", ID, "进展", "--note", "x", "--by", "RD017", *given, "--as-of", now)
    assert (done.returncode, "提醒" in done.stderr) == (0, False)


def ask(folder: Path, environment: dict[str, str], typed: str, *arguments: str) -> tuple[int, str]:
    """Run the command at a terminal where somebody types; return code and screen."""
    master, slave = pty.openpty()
    os.write(master, typed.encode())
    command = [sys.executable, "-m", "faultkb", *arguments]
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        os.close(slave)
        assert process.stdout is not None
        screen = process.stdout.read().decode("utf-8")
    os.close(master)
    return process.returncode, screen


def test_terminal_asks_for_what_is_missing(environment: dict[str, str], empty: Path, fresh: Path) -> None:
    """受理 asks for owner and staff id, says what is wrong with an answer and asks again; the rest is proposed."""
    at = ("--at", "2026-11-02 10:00", *NOW)
    code, screen = ask(empty, environment, "PM 2\nPM002\nRD017\nRD017 李*\n", "log", ID, "受理", *at)
    assert code == 0, screen
    assert screen.count("主责人（工号 姓*）") == 2
    assert "写成“工号 姓*”" in screen
    assert screen.count("操作人（工号）") == 2
    assert "责任团队（" not in screen
    assert header(fresh)["owner"] == {"staff": "RD017", "name": "李*"}
    assert header(fresh)["events"][-1]["by"] == "PM002"


def test_terminal_shows_a_menu_of_choices(environment: dict[str, str], empty: Path, at_work: Path) -> None:
    """暂停 lists its own reasons, by number or name; a number that is not there is asked again."""
    code, screen = ask(empty, environment, "7\n3\n", "log", ID, "暂停", "--by", "PM002", *NOW)
    assert code == 0, screen
    assert re.findall(r"^  (\d)  (\S+)$", screen, re.MULTILINE) == [
        ("1", "待用户补充"),
        ("2", "待用户确认"),
        ("3", "待供应商"),
        ("4", "待内部资源"),
    ]
    assert "写序号 1 到 4，或选项的名字" in screen
    assert header(at_work)["events"][-1]["reason"] == "待供应商"


@pytest.mark.parametrize(("typed", "outcome"), [("\n", "已解决"), ("9\n3\n", "联系不上")])
def test_terminal_asks_what_the_user_said(
    environment: dict[str, str],
    empty: Path,
    write_text: Callable[..., str],
    put_ticket: Callable[..., Path],
    typed: str,
    outcome: str,
) -> None:
    """用户确认 without --outcome is not taken for a yes: there is a menu, and Enter takes its first line."""
    fields = {"team": "软件开发组", "owner": "{staff: RD017, name: 李*}", "due_at": "2026-11-06 18:00"}
    text = write_text("登记", "受理", "提交验证", status="待验证", customer="{id: U****3821}", **fields)
    path = put_ticket(empty, ID, text)
    given = ("用户确认", "--by", "ZL001", "--note", "x")
    code, screen = ask(empty, environment, typed, "log", ID, *given, *NOW)
    assert (code, "确认结果（序号，回车＝已解决）" in screen) == (0, True), screen
    assert header(path)["events"][-1]["outcome"] == outcome


def test_terminal_checks_each_answer_at_once(environment: dict[str, str], empty: Path, at_work: Path) -> None:
    """Whoever names himself as the approver is told so at that question, and can name another one."""
    given = ("更正", "--target", "2", "--set", "说明=属于产品故障", "--by", "PM002")
    code, screen = ask(empty, environment, "写漏了\nPM002\nPM001\n", "log", ID, *given, *NOW)
    assert code == 0, screen
    assert screen.count("批准人工号") == 2
    assert "批准人不能是操作人自己" in screen
    last = header(at_work)["events"][-1]
    assert (last["approver"], last["set"]) == ("PM001", {"note": "属于产品故障"})


def test_terminal_asks_what_to_correct_and_how(environment: dict[str, str], empty: Path, at_work: Path) -> None:
    """更正 asks which event, from the list of them, and how, then for the new value and the rest; a flag needs no more."""
    given = ("--by", "PM002", "--note", "记错了", "--approver", "PM001")
    code, screen = ask(empty, environment, "1\n9\n2\n1\n心情=好\nnote=属实\n", "log", ID, "更正", *given, *NOW)
    assert code == 0, screen
    assert "    2  2026-11-02 10:00  受理\n" in screen
    assert "没有第 9 个事件" in screen
    assert "不带“心情”" in screen
    assert (header(at_work)["events"][-1]["target"], header(at_work)["events"][-1]["set"]) == ("2", {"note": "属实"})
    code, screen = ask(empty, environment, "被更正的事件没有发生过\n", "log", ID, "更正", "--target", "3", *given, *NOW)
    assert (code, header(at_work)["events"][-1].get("void")) == (0, "true"), screen


def test_terminal_asks_what_is_reassigned(environment: dict[str, str], empty: Path, at_work: Path) -> None:
    """改派 needs one of team, owner and assistants: which, is asked first."""
    given = ("log", ID, "改派", "--by", "PM002", "--note", "x", *NOW)
    code, screen = ask(empty, environment, "3\nRD021 王*\n", *given)
    assert (code, header(at_work).get("assistants")) == (0, [{"staff": "RD021", "name": "王*"}]), screen


@pytest.mark.parametrize(
    "arguments",
    [
        ["作废"],
        ["提交验证"],
        ["关闭"],
        ["定级", "--to", "极高"],
        ["更正", "--target", "9", "--void"],
    ],
)
def test_terminal_asks_nothing_in_vain(
    environment: dict[str, str],
    empty: Path,
    write_text: Callable[..., str],
    put_ticket: Callable[..., Path],
    arguments: list[str],
) -> None:
    """Where an answer would not help (the state, the file or another option is in the way), the refusal comes at once."""
    fields = {
        "status": "处理中",
        "team": "软件开发组",
        "owner": "{staff: RD017, name: 李*}",
        "due_at": "2026-11-06 18:00",
    }
    path = put_ticket(empty, ID, write_text("登记", "受理", **fields, body="## 故障描述\n\n### 现象\n\n重启。\n"))
    before = path.read_bytes()
    code, screen = ask(empty, environment, "", "log", ID, *arguments, *NOW)
    assert (code in {1, 2}, path.read_bytes()) == (True, before)
    assert f"没有记录 {arguments[0]}" in screen
    assert "）: " not in screen


def test_terminal_that_hangs_up_writes_nothing(environment: dict[str, str], empty: Path, fresh: Path) -> None:
    """Ctrl+D at a question ends the command and leaves the file as it was."""
    before = fresh.read_bytes()
    code, _ = ask(empty, environment, "\x04", "log", ID, "受理", *NOW)
    assert (code != 0, fresh.read_bytes()) == (True, before)


def test_yaml_that_cannot_be_changed_safely_is_said(call: Callable[..., Any], empty: Path, fresh: Path) -> None:
    """An event list that is an alias of another field stays as it is, and the message says what to do."""
    text = (
        fresh.read_text(encoding="utf-8")
        .replace("events:\n", "remarks: &list\n")
        .replace("\n---\n", "\nevents: *list\n---\n")
    )
    fresh.write_text(text, encoding="utf-8")
    done = call(empty, "log", ID, "响应", "--note", "x", "--by", "PM002", *NOW)
    assert (done.returncode, done.stdout, fresh.read_text(encoding="utf-8")) == (2, "", text)
    assert "不能自动改" in done.stderr
