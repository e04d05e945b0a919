"""``fault list``: which faults, in which order, in which shape."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-05 12:00")
LOGIN, GATEWAY, SCENE, LOCK = "SW-20261104-001", "SW-20261102-001", "SW-20261030-001", "HW-20261029-001"
"""The four faults of the office, the newest first."""


def ids(done: Any) -> list[str]:
    """Return the ids in a JSON list."""
    assert done.returncode == 0, done.stderr
    return [one["id"] for one in json.loads(done.stdout)["tickets"]]


def test_json_has_exactly_these_keys_and_values(run: Callable[..., Any], office: Path) -> None:
    """One JSON document: schema version, moment, zone, the faults newest first, remarks; nothing on stderr."""
    done = run(office, "list", "--format", "json", *AS_OF)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "schema_version": 1,
        "as_of": "2026-11-05 12:00",
        "timezone": "Asia/Shanghai",
        "tickets": [
            {
                "id": LOGIN,
                "severity": "紧急",
                "status": "待受理",
                "title": "云端登录全部失败",
                "team": "",
                "owner": None,
                "due_at": None,
            },
            {
                "id": GATEWAY,
                "severity": "中",
                "status": "处理中",
                "title": "网关升级后每日凌晨重启",
                "team": "软件开发组",
                "owner": {"staff": "RD017", "name": "李*"},
                "due_at": "2026-11-09 18:00",
            },
            {
                "id": SCENE,
                "severity": "中",
                "status": "已关闭",
                "title": "场景列表为空",
                "team": "软件开发组",
                "owner": {"staff": "RD017", "name": "李*"},
                "due_at": "2026-11-06 18:00",
            },
            {
                "id": LOCK,
                "severity": "高",
                "status": "处理中",
                "title": "门锁电机堵转",
                "team": "硬件研发组",
                "owner": {"staff": "RD017", "name": "李*"},
                "due_at": "2026-11-03 18:00",
            },
        ],
        "remarks": [],
    }


def test_markdown_is_a_table(call: Callable[..., Any], office: Path) -> None:
    """``--format md`` can be pasted into a merge request."""
    done = call(office, "list", "--format", "md", "--severity", "高", *AS_OF)
    assert done.stdout == (
        "# 故障列表\n\n截至 2026-11-05 12:00（Asia/Shanghai）\n\n## 故障\n\n"
        "| 问题编号 | 严重程度 | 当前状态 | 问题标题 | 责任团队 | 主责人 | 计划完成时间 |\n"
        "| --- | --- | --- | --- | --- | --- | --- |\n"
        f"| {LOCK} | 高 | 处理中 | 门锁电机堵转 | 硬件研发组 | RD017 李\\* | 2026-11-03 18:00 |\n"
    )


def test_text_has_a_line_for_each_fault(call: Callable[..., Any], office: Path) -> None:
    """Without a terminal: plain text without colours, the number of faults, one line each."""
    out = call(office, "list", *AS_OF).stdout
    assert out.startswith("故障列表  截至 2026-11-05 12:00（Asia/Shanghai）\n")
    assert "故障（4）" in out
    assert "\x1b" not in out
    lines = [line.split() for line in out.splitlines() if line.strip()[2:3] == "-"]
    assert [line[0] for line in lines] == [LOGIN, GATEWAY, SCENE, LOCK]
    assert lines[3] == [LOCK, "高", "处理中", "门锁电机堵转", "硬件研发组", "RD017", "李*", "2026-11-03", "18:00"]


FILTERS = {
    "open": (["--open"], [LOGIN, GATEWAY, LOCK]),
    "overdue": (["--overdue"], [LOCK]),
    "status": (["--status", "已关闭"], [SCENE]),
    "two states": (["--status", "已关闭", "--status", "待受理"], [LOGIN, SCENE]),
    "severity": (["--severity", "中"], [GATEWAY, SCENE]),
    "two severities": (["--severity", "紧急", "--severity", "高"], [LOGIN, LOCK]),
    "type": (["--type", "硬件故障"], [LOCK]),
    "team": (["--team", "软件开发组"], [GATEWAY, SCENE]),
    "part of a product": (["--product", "网关"], [GATEWAY, SCENE]),
    "product in lower case": (["--product", "gw2"], [GATEWAY, SCENE]),
    "text in the title": (["--text", "堵转"], [LOCK]),
    "text in the id": (["--text", "sw-2026110"], [LOGIN, GATEWAY]),
    "two texts": (["--text", "SW", "--text", "场景"], [SCENE]),
    "all together": (["--open", "--severity", "中", "--team", "软件开发组", "--product", "GW2"], [GATEWAY]),
    "nothing fits": (["--text", "没有这样的字"], []),
}


@pytest.mark.parametrize(("arguments", "expected"), FILTERS.values(), ids=FILTERS.keys())
def test_filters(call: Callable[..., Any], office: Path, arguments: list[str], expected: list[str]) -> None:
    """Values of one filter widen, different filters narrow; the order stays."""
    assert ids(call(office, "list", *arguments, "--format", "json", *AS_OF)) == expected


def test_nothing_found_is_said(call: Callable[..., Any], office: Path) -> None:
    """An empty list is no error and says so."""
    done = call(office, "list", "--text", "没有这样的字", *AS_OF)
    assert done.returncode == 0
    assert "没有符合条件的故障" in done.stdout


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("--status", "完成", "待受理、处理中、待验证、已关闭、已延期"),
        ("--severity", "极高", "紧急、高、中、低"),
        ("--type", "软件bug", "硬件故障、软件Bug、兼容性问题、操作误解、其他"),
        ("--team", "后勤组", "硬件研发组、软件开发组、云平台组、测试组、客服组"),
    ],
)
def test_filter_value_that_does_not_exist_is_refused(
    call: Callable[..., Any], office: Path, option: str, value: str, allowed: str
) -> None:
    """A slip of the pen must not look like “no such faults”: exit code 2, the value and the allowed ones named."""
    done = call(office, "list", option, value, *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert value in done.stderr
    assert allowed in done.stderr


def test_as_of_shows_the_past(call: Callable[..., Any], office: Path) -> None:
    """At an earlier moment, faults of later are not there and the others stand as they stood."""
    done = call(office, "list", "--format", "json", "--as-of", "2026-10-30 10:30")
    assert ids(done) == [SCENE, LOCK]
    assert json.loads(done.stdout)["tickets"][0]["status"] == "处理中"


def test_day_means_its_end(call: Callable[..., Any], office: Path) -> None:
    """``--as-of`` with a day alone includes all that happened on it."""
    done = call(office, "list", "--format", "json", "--as-of", "2026-10-30")
    assert json.loads(done.stdout)["as_of"] == "2026-10-30 23:59"
    assert json.loads(done.stdout)["tickets"][0]["status"] == "已关闭"


def test_before_the_first_fault_there_is_none(call: Callable[..., Any], office: Path) -> None:
    """A moment before everything is an empty list."""
    assert ids(call(office, "list", "--format", "json", "--as-of", "2026-01-01 00:00")) == []


def test_unreadable_file_is_counted(call: Callable[..., Any], office: Path) -> None:
    """A file that cannot be read does not hide the rest; the remark says how many and where to look."""
    (office / "tickets" / "2026" / "11" / "SW-20261105-001.md").write_bytes(b"\x00\x01")
    done = call(office, "list", "--format", "json", *AS_OF)
    assert len(ids(done)) == 4
    assert json.loads(done.stdout)["remarks"] == ["有 1 个文件读不出来，没有列出；运行 fault check 查看原因"]


def test_findings_do_not_stop_the_list(call: Callable[..., Any], office: Path) -> None:
    """A ticket with errors is listed all the same."""
    path = office / "tickets" / "2026" / "11" / f"{GATEWAY}.md"
    path.write_text(path.read_text(encoding="utf-8").replace("severity: 中", "severity: 极高"), encoding="utf-8")
    assert ids(call(office, "list", "--format", "json", *AS_OF)) == [LOGIN, GATEWAY, SCENE, LOCK]


def test_hostile_title_cannot_paint_the_terminal(
    call: Callable[..., Any], empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]
) -> None:
    """Control and direction characters of a title come out harmless in text; in JSON the title is as it is."""
    put_ticket(empty, GATEWAY, write_text("登记", title='"\\e[31m红\\e[0m\\u202e倒[bold]粗[/bold]"'))
    out = call(empty, "list", *AS_OF).stdout
    assert "\x1b" not in out
    assert "\u202e" not in out
    assert "[bold]粗[/bold]" in out
    done = call(empty, "list", "--format", "json", *AS_OF)
    assert json.loads(done.stdout)["tickets"][0]["title"] == "\x1b[31m红\x1b[0m\u202e倒[bold]粗[/bold]"
