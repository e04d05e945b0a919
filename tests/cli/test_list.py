"""``fault list``: which faults, in which order, in which shape."""

from __future__ import annotations

import json
import os
import subprocess
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
    "text in the body": (["--text", "指示灯由绿变红"], [LOGIN, GATEWAY, SCENE, LOCK]),
    "text in a note": (["--text", "信息完整"], []),
    "text in the knowledge": (["--text", "断电后场景为空"], [SCENE]),
    "two texts": (["--text", "SW", "--text", "场景列表"], [SCENE]),
    "two words in one text": (["--text", "sw 场景列表"], [SCENE]),
    "two words, one missing": (["--text", "场景列表", "--text", "没有这样的字"], []),
    "full width": (["--text", "ＳＷ－２０２６１１０２－００１"], [GATEWAY]),
    "full-width space": (["--text", "门锁\u3000堵转"], [LOCK]),
    "no word at all": (["--text", "  "], [LOGIN, GATEWAY, SCENE, LOCK]),
    "version": (["--version", "2026.10.3"], [LOGIN]),
    "version with its letter": (["--version", "v2026.10"], [LOGIN]),
    "begin of a number of the version": (["--version", "2026.1"], []),
    "two versions": (["--version", "2026", "--version", "A 版"], [LOGIN, LOCK]),
    "owner": (["--staff", "RD017"], [GATEWAY, SCENE, LOCK]),
    "reporter": (["--staff", "zl001"], [LOGIN, GATEWAY, SCENE, LOCK]),
    "nobody's": (["--staff", "RD999"], []),
    "staff and status": (["--staff", "RD017", "--open"], [GATEWAY, LOCK]),
    "all together": (["--open", "--severity", "中", "--team", "软件开发组", "--product", "GW2"], [GATEWAY]),
    "nothing fits": (["--text", "没有这样的字"], []),
}


@pytest.mark.parametrize(("arguments", "expected"), FILTERS.values(), ids=FILTERS.keys())
def test_filters(call: Callable[..., Any], office: Path, arguments: list[str], expected: list[str]) -> None:
    """Values of one filter widen, different filters narrow; the order stays."""
    assert ids(call(office, "list", *arguments, "--format", "json", *AS_OF)) == expected


def test_last_line_counts(call: Callable[..., Any], office: Path) -> None:
    """Text ends with how many are listed, open and late; Markdown and JSON are for programs and do without."""
    assert call(office, "list", *AS_OF).stdout.endswith("\n共 4 个故障：未关闭 3 个，其中超过计划完成时间 1 个\n")
    done = call(office, "list", "--text", "网关升级", "--open", *AS_OF)
    assert done.stdout.endswith("\n共 1 个故障：未关闭 1 个，其中超过计划完成时间 0 个\n")
    assert "共 4 个" not in call(office, "list", "--format", "md", *AS_OF).stdout


@pytest.fixture
def shared(office: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]) -> Path:
    """Return the office with a fault that RD021 assists in, reported by ZL005, handed on from RD017 to RD025 on 11-03."""
    put_ticket(
        office,
        "CP-20261102-001",
        write_text(
            "登记 by: ZL005",
            "受理 assistants: [{staff: RD021, name: 王*}], note: 复现时报 F-77",
            "2026-11-03 09:00 改派",
            id="CP-20261102-001",
            type="兼容性问题",
            status="处理中",
            title="门锁 ０ｘ8007000E 配网失败",
            reporter="{staff: ZL005, name: 王*}",
            impact="{users: 3, products: [智能门锁 L7], versions: [v2.3.1, V2.30]}",
            team="软件开发组",
            owner="{staff: RD025, name: 郭*}",
            assistants="[{staff: RD021, name: 王*}]",
            due_at="2026-11-06 18:00",
            kb="{entry: 收录, summary: 配网失败, solution: 升级, error_codes: [E-1042]}",
            body="## 故障描述\n\n### 现象\n\n日志里有 err_net‑12，错误E2001。\n",
        ),
    )
    return office


SHARED = "CP-20261102-001"


@pytest.mark.parametrize("staff", ["RD025", "RD021", "ZL005"])
def test_mine_is_what_i_own_assist_in_or_reported(call: Callable[..., Any], shared: Path, staff: str) -> None:
    """Owner, assistant and reporter each see the fault as theirs."""
    assert ids(call(shared, "list", "--staff", staff, "--format", "json", *AS_OF)) == [SHARED]


def test_fault_that_was_handed_on_is_no_longer_mine(call: Callable[..., Any], shared: Path) -> None:
    """The present owner counts, at the moment of the question."""
    assert SHARED not in ids(call(shared, "list", "--staff", "RD017", "--format", "json", *AS_OF))
    before = call(shared, "list", "--staff", "RD017", "--format", "json", "--as-of", "2026-11-02 23:59")
    assert SHARED in ids(before)


def test_mine_reads_the_variable_then_git(run: Callable[..., Any], shared: Path) -> None:
    """I am FAULT_STAFF, else what git config fault.staff says; both together with --staff widen."""
    given = ("list", "--mine", "--format", "json", *AS_OF)
    assert ids(run(shared, *given, FAULT_STAFF="RD021")) == [SHARED]
    subprocess.run(["git", "init", "--quiet", shared], check=True)
    subprocess.run(["git", "-C", shared, "config", "fault.staff", "RD025"], check=True)
    assert ids(run(shared, *given)) == [SHARED]
    assert ids(run(shared, *given, "--overdue", "--staff", "RD017", FAULT_STAFF="RD021")) == [LOCK]


def test_mine_of_nobody_says_how_to_say_who(run: Callable[..., Any], office: Path) -> None:
    """Without a staff id the list would be empty and look like “nothing to do”: exit code 2 and what to type."""
    nothing = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    done = run(office, "list", "--mine", *AS_OF, **nothing)
    assert (done.returncode, done.stdout) == (2, "")
    for way in ("git config --global fault.staff", "FAULT_STAFF", "--staff"):
        assert way in done.stderr


CODES = {
    "as written": ("E-1042", [SHARED]),
    "without the dash, lower case": ("e1042", [SHARED]),
    "full width": ("Ｅ－１０４２", [SHARED]),
    "begin of a code": ("E-104", []),
    "end of a code": ("042", []),
    "the number alone": ("1042", [SHARED]),
    "in the title, without 0x": ("8007000e", [SHARED]),
    "in the title, with 0x": ("0X8007000E", [SHARED]),
    "in the body, with a dash that does not break": ("ERR-NET-12", [SHARED]),
    "in the body, beside Chinese": ("e-2001", [SHARED]),
    "in a note only": ("F-77", []),
    "in the id only": ("20261102", []),
}


@pytest.mark.parametrize(("code", "expected"), CODES.values(), ids=CODES.keys())
def test_code_in_any_spelling(call: Callable[..., Any], shared: Path, code: str, expected: list[str]) -> None:
    """A code is found in the list of codes, the title and the body, however it is spelled, and as a whole only."""
    assert ids(call(shared, "list", "--code", code, "--format", "json", *AS_OF)) == expected


def test_codes_widen_and_text_narrows(call: Callable[..., Any], shared: Path) -> None:
    """One of several codes is enough; with --text both must fit."""
    given = ("list", "--code", "E-9999", "--code", "E-1042", "--format", "json", *AS_OF)
    assert ids(call(shared, *given)) == [SHARED]
    assert ids(call(shared, *given, "--text", "配网")) == [SHARED]
    assert ids(call(shared, *given, "--text", "网关升级")) == []


def test_code_that_is_none_is_refused(call: Callable[..., Any], office: Path) -> None:
    """Without letter and digit nothing can be looked for: exit code 2 with an example."""
    done = call(office, "list", "--code", "--", *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert "“--”不是错误代码" in done.stderr
    assert "E-1042" in done.stderr


def test_text_finds_notes_private_fields_and_remarks(call: Callable[..., Any], shared: Path) -> None:
    """Everything in the file counts: a note of the history, the state of the header, an id."""
    for word in ("F-77", "handed", "王*", "处理中 F-77"):
        expected = [] if word == "handed" else [SHARED]
        assert ids(call(shared, "list", "--text", word, "--staff", "ZL005", "--format", "json", *AS_OF)) == expected


@pytest.mark.parametrize("search", [["--text", "配网"], ["--code", "E-1042"]])
def test_unreadable_file_is_counted_in_a_search_too(call: Callable[..., Any], shared: Path, search: list[str]) -> None:
    """A file that cannot be read might hold the words: it is counted, and a broken one that holds them, too."""
    folder = shared / "tickets" / "2026" / "11"
    (folder / "SW-20261105-001.md").write_bytes(b"\xff\xfe")
    (folder / "SW-20261105-002.md").write_text("配网 E-1042", encoding="utf-8")
    (folder / "SW-20261105-003.md").write_text("别的", encoding="utf-8")
    (folder / "SW-20261105-004.md").symlink_to(folder / f"{SHARED}.md")
    done = call(shared, "list", *search, "--format", "json", *AS_OF)
    assert ids(done) == [SHARED]
    assert json.loads(done.stdout)["remarks"] == ["有 3 个文件读不出来，没有列出；运行 fault check 查看原因"]


@pytest.mark.parametrize("given", [["--text", "门锁电机"], ["--product", "智能门锁"], ["--type", "硬件故障"]])
def test_chinese_filters_in_a_locale_without_chinese(run: Callable[..., Any], office: Path, given: list[str]) -> None:
    """Where the locale cannot read what was typed, it is read as the UTF-8 that it is, and not taken for another word."""
    bare = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    assert ids(run(office, "list", *given, "--format", "json", *AS_OF, **bare)) == [LOCK]


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
