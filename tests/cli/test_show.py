"""``fault show``: one fault at a moment, as text, Markdown and JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ID = "SW-20261102-001"
AS_OF = ("--as-of", "2026-11-05 12:00")
CLOCK_KEYS = {
    *("clock", "name", "cycle", "n", "severity", "started_at", "due_at", "stopped_at", "verdict", "provisional"),
    "explain",
}
PLAN_KEYS = {"plan_due_at", "plan_verdict", "revised_due_at", "revised_verdict"}


def test_json_has_the_shape_of_the_contract(run: Callable[..., Any], office: Path) -> None:
    """DESIGN §6: version, moment and zone; the snapshot, the events as recorded, the clocks with why they are due when."""
    done = run(office, "show", ID, "--format", "json", *AS_OF)
    assert (done.returncode, done.stderr) == (0, "")
    data = json.loads(done.stdout)
    clocks = data.pop("clocks")
    assert data.pop("completeness") == {"percent": 95, "missing": ["故障发生时间"]}
    assert data == {
        "schema_version": 1,
        "as_of": "2026-11-05 12:00",
        "timezone": "Asia/Shanghai",
        "path": f"tickets/2026/11/{ID}.md",
        "snapshot": {
            "id": ID,
            "title": "网关升级后每日凌晨重启",
            "type": "软件Bug",
            "severity": "中",
            "status": "处理中",
            "occurred_at": "未知",
            "reported_at": "2026-11-02 09:00",
            "channel": "电话",
            "reporter": {"staff": "ZL001", "name": "张*"},
            "impact": {"users": 320, "products": ["智能网关 GW2"], "versions": ["V2.3.1"]},
            "team": "软件开发组",
            "owner": {"staff": "RD017", "name": "李*"},
            "due_at": "2026-11-09 18:00",
        },
        "events": [
            {"at": "2026-11-02 09:00", "event": "登记", "by": "ZL001"},
            {
                "at": "2026-11-02 10:00",
                "event": "受理",
                "by": "PM002",
                "team": "软件开发组",
                "owner": {"staff": "RD017", "name": "李*"},
                "due_at": "2026-11-09 18:00",
            },
            {"at": "2026-11-02 11:00", "event": "进展", "by": "RD017", "note": "补丁开发完成"},
            {"at": "2026-11-02 12:00", "event": "反馈", "by": "ZL001", "note": "已重视，正在处理中"},
        ],
    }
    for one in clocks:
        assert one.keys() - PLAN_KEYS == CLOCK_KEYS
        assert isinstance(one["explain"], list)
        assert all(isinstance(line, str) and line for line in one["explain"])
    # Monday 10:00: review is due the next day, acceptance after three working days, the rest after five (the weekend
    # does not count); none is repeated.
    shown = [tuple(one[key] for key in ("clock", "started_at", "due_at", "stopped_at", "verdict")) for one in clocks]
    assert shown == [
        ("review", "2026-11-02 09:00", "2026-11-03 18:00", "2026-11-02 10:00", "达标"),
        ("accept", "2026-11-02 09:00", "2026-11-05 18:00", "2026-11-02 10:00", "达标"),
        ("resolve", "2026-11-02 10:00", "2026-11-09 18:00", None, "进行中"),
    ]
    assert [one["name"] for one in clocks] == ["完整性审核", "受理分配", "计划完成"]
    assert {(one["cycle"], one["n"], one["severity"], one["provisional"]) for one in clocks} == {(1, 1, "中", False)}


def test_corrections_show_in_the_snapshot_and_not_in_the_record(
    call: Callable[..., Any], empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]
) -> None:
    """更正 changes what a fault is, never what was written down about it."""
    put_ticket(
        empty,
        ID,
        write_text(
            *("登记", "受理", "更正 target: '2', set: {due_at: 2026-11-05 18:00}"),
            status="处理中",
            team="软件开发组",
            owner="{staff: RD017, name: 李*}",
            due_at="2026-11-05 18:00",
        ),
    )
    data = json.loads(call(empty, "show", ID, "--format", "json", *AS_OF).stdout)
    assert data["snapshot"]["due_at"] == "2026-11-05 18:00"
    assert data["events"][1]["due_at"] == "2026-11-06 18:00"
    assert data["events"][2]["target"] == 2


def test_past_moment_shows_the_fault_as_it_was(call: Callable[..., Any], office: Path) -> None:
    """At 09:30 only the registration had happened: no team, no plan, and the clocks of then."""
    data = json.loads(call(office, "show", ID, "--format", "json", "--as-of", "2026-11-02 09:30").stdout)
    assert data["snapshot"]["status"] == "待受理"
    assert data["snapshot"].keys() & {"team", "owner", "due_at"} == set()
    assert [event["event"] for event in data["events"]] == ["登记"]
    assert [(one["clock"], one["verdict"]) for one in data["clocks"]] == [("review", "进行中"), ("accept", "进行中")]


def test_moment_before_the_registration_is_refused(call: Callable[..., Any], office: Path) -> None:
    """Before it was registered there is nothing to show: exit code 2, the moment named."""
    done = call(office, "show", ID, "--as-of", "2026-11-01 12:00")
    assert (done.returncode, done.stdout) == (2, "")
    assert "在 2026-11-01 12:00 还没有登记" in done.stderr


def test_text_tells_snapshot_course_and_clocks(call: Callable[..., Any], office: Path) -> None:
    """For a person: what it is now, what happened, when it is due, what can come next."""
    out = call(office, "show", ID, *AS_OF).stdout
    assert out.startswith(f"{ID} 网关升级后每日凌晨重启  截至 2026-11-05 12:00（Asia/Shanghai）\n")
    for words in (
        "当前状态",
        "RD017 李*",
        "受影响用户数 320；涉及产品 智能网关 GW2；涉及版本 V2.3.1",
        "补丁开发完成",
        "计划完成时间 2026-11-09 18:00",
        "提交验证（→待验证）",
        "完整性审核",
        "达标",
        "进行中",
    ):
        assert words in out, words
    assert "\x1b" not in out
    assert "到期日的由来" not in out


def test_explain_adds_why(call: Callable[..., Any], office: Path) -> None:
    """``--explain`` names start, target and the days that count, in text and Markdown; JSON has it always."""
    for form in ("text", "md"):
        out = call(office, "show", ID, "--explain", "--format", form, *AS_OF).stdout
        assert "到期日的由来" in out
        assert "从受理（2026-11-02 10:00 周一）起算" in out
        assert "第 5 个工作日下班时到期：2026-11-09 18:00" in out
        assert "不计 11-07（周六）、11-08（周日）" in out


def test_markdown_has_a_table_for_each_part(call: Callable[..., Any], office: Path) -> None:
    """Markdown has the same four parts; what would be markup in a note is escaped."""
    path = office / "tickets" / "2026" / "11" / f"{ID}.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("补丁开发完成", "用 <b>a|b</b> 与 @someone *试*"), encoding="utf-8")
    out = call(office, "show", ID, "--format", "md", *AS_OF).stdout
    assert out.startswith(f"# {ID} 网关升级后每日凌晨重启\n\n截至 2026-11-05 12:00（Asia/Shanghai）\n")
    parts = ["## 现在", "## 经过", "## 时限", "## 时间花在哪里"]
    assert [line for line in out.splitlines() if line.startswith("## ")] == parts
    assert "用 &lt;b&gt;a\\|b&lt;/b&gt; 与 @\u200bsomeone \\*试\\*" in out
    widths = {line.count("|") - line.count("\\|") for line in out.splitlines() if line.startswith("| ")}
    assert widths == {3, 6, 8}  # 2, 5 and 7 columns


@pytest.mark.parametrize("given", [ID, f"{ID}.md", f"tickets/2026/11/{ID}.md"])
def test_id_file_name_and_path_all_mean_the_ticket(call: Callable[..., Any], office: Path, given: str) -> None:
    """What the shell completes works as well as the id."""
    assert json.loads(call(office, "show", given, "--format", "json", *AS_OF).stdout)["snapshot"]["id"] == ID


@pytest.mark.parametrize("given", ["SW-20261102-999", "x", "", "tickets", "../schema/sla.yaml"])
def test_unknown_id_is_named(call: Callable[..., Any], office: Path, given: str) -> None:
    """An id that is none ends with 2 and the way to all ids."""
    done = call(office, "show", given, *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有编号为" in done.stderr


def test_id_in_two_files_is_named(call: Callable[..., Any], office: Path) -> None:
    """When two files have the name, none is picked silently."""
    other = office / "tickets" / "2026" / "10" / f"{ID}.md"
    other.write_text((office / "tickets" / "2026" / "11" / f"{ID}.md").read_text(encoding="utf-8"), encoding="utf-8")
    done = call(office, "show", ID, *AS_OF)
    assert done.returncode == 2
    assert f"tickets/2026/10/{ID}.md" in done.stderr
    assert f"tickets/2026/11/{ID}.md" in done.stderr


def test_findings_do_not_stop_show(call: Callable[..., Any], office: Path) -> None:
    """With a wrong value in the header the rest is shown, and computed."""
    path = office / "tickets" / "2026" / "11" / f"{ID}.md"
    path.write_text(
        path.read_text(encoding="utf-8").replace("channel: 电话", "channel: 微信\nseverty: 高"), encoding="utf-8"
    )
    data = json.loads(call(office, "show", ID, "--format", "json", *AS_OF).stdout)
    assert data["snapshot"]["status"] == "处理中"
    assert "channel" not in data["snapshot"]
    assert [one["clock"] for one in data["clocks"]] == ["review", "accept", "resolve"]


def test_unreadable_ticket_leads_to_the_check(call: Callable[..., Any], office: Path) -> None:
    """What cannot be read at all is said with the command that explains it."""
    path = office / "tickets" / "2026" / "11" / f"{ID}.md"
    path.write_text("没有文件头", encoding="utf-8")
    done = call(office, "show", ID, *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"fault check tickets/2026/11/{ID}.md" in done.stderr


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_every_sample_can_be_shown(call: Callable[..., Any], root: Path, form: str) -> None:
    """All faults of this repository, whatever happened to them, are shown in every format, with every reason."""
    for path in sorted((root / "tickets").rglob("*.md")):
        done = call(root, "show", path.stem, "--explain", "--format", form, "--as-of", "2026-11-20 17:00")
        assert (done.returncode, done.stderr) == (0, ""), path
        assert path.stem in done.stdout
        if form == "json":
            json.loads(done.stdout)
