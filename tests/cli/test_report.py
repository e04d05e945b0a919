"""``fault report``: formats, filters, files, refusals. What stands in a report is tested with the reports."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-05 12:00")
LOGIN, GATEWAY, SCENE, LOCK = "SW-20261104-001", "SW-20261102-001", "SW-20261030-001", "HW-20261029-001"


def state(name: str, *numbers: int) -> dict[str, Any]:
    """Return a row of the table of states."""
    return {
        "status": name,
        "紧急": numbers[0],
        "高": numbers[1],
        "中": numbers[2],
        "低": numbers[3],
        "total": sum(numbers),
    }


def team(name: str, waiting: int = 0, working: int = 0, late: int = 0, breached: int = 0) -> dict[str, Any]:
    """Return a row of the table of teams; nothing in the office is 待验证 or 已延期."""
    states = {"待受理": waiting, "处理中": working, "待验证": 0, "已延期": 0}
    return {"team": name, **states, "total": waiting + working, "late": late, "breached": breached}


def test_json_has_exactly_these_keys_and_values(run: Callable[..., Any], office: Path) -> None:
    """The default report is status; its JSON is one document with a list for each table."""
    done = run(office, "report", "--format", "json", *AS_OF)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "schema_version": 1,
        "as_of": "2026-11-05 12:00",
        "timezone": "Asia/Shanghai",
        "headline": [
            {"title": "未关闭", "value": 3},
            {"title": "超计划", "value": 1},
            {"title": "今天到期", "value": 0},
            {"title": "等待受理", "value": 1},
            {"title": "超时限", "value": 2},
        ],
        "counts": [
            state("待受理", 1, 0, 0, 0),
            state("处理中", 0, 1, 1, 0),
            state("待验证", 0, 0, 0, 0),
            state("已关闭", 0, 0, 1, 0),
            state("已延期", 0, 0, 0, 0),
            state("未关闭合计", 1, 1, 1, 0),
        ],
        # Due on Tuesday; it is Thursday.
        "overdue": [
            {
                "id": LOCK,
                "severity": "高",
                "title": "门锁电机堵转",
                "team": "硬件研发组",
                "owner": {"staff": "RD017", "name": "李*"},
                "status": "处理中",
                "due_at": "2026-11-03 18:00",
                "late": "超时 2 个工作日",
            }
        ],
        "due_soon": [],
        # 27 hours; the two hours to respond ended at 11:00.
        "waiting": [
            {
                "id": LOGIN,
                "severity": "紧急",
                "title": "云端登录全部失败",
                "reported_at": "2026-11-04 09:00",
                "waiting": "1 天 3 小时",
                "clock": "紧急响应",
                "clock_due_at": "2026-11-04 11:00",
                "left": "超时 1 天 1 小时",
                "verdict": "超时",
            }
        ],
        "teams": [
            team("硬件研发组", working=1, late=1, breached=1),
            team("软件开发组", working=1),
            team("云平台组"),
            team("测试组"),
            team("客服组"),
            team("（未分配）", waiting=1, breached=1),
        ],
        "remarks": [],
    }


def test_status_is_the_default(call: Callable[..., Any], office: Path) -> None:
    """``fault report`` and ``fault report status`` are the same."""
    for form in ("text", "md", "json"):
        assert (
            call(office, "report", "--format", form, *AS_OF).stdout
            == call(office, "report", "status", "--format", form, *AS_OF).stdout
        )


def test_text_and_markdown_have_the_tables(call: Callable[..., Any], office: Path) -> None:
    """Both name moment and zone, and have every table in the same order."""
    titles = ["状态与严重程度", "已超过计划完成时间", "今天与下一个工作日到期", "等待受理", "各团队未关闭的故障"]
    out = call(office, "report", "--format", "md", *AS_OF).stdout
    assert out.startswith("# 故障状态报告\n\n截至 2026-11-05 12:00（Asia/Shanghai）\n")
    assert [line.removeprefix("## ") for line in out.splitlines() if line.startswith("## ")] == titles
    text = call(office, "report", *AS_OF).stdout
    assert text.startswith("故障状态报告  截至 2026-11-05 12:00（Asia/Shanghai）\n")
    places = [text.index(f"\n\n{title}") for title in titles]
    assert places == sorted(places)
    assert "\x1b" not in text


FILTERS = {
    "team": (["--team", "硬件研发组"], 1, "硬件研发组"),
    "two teams": (["--team", "硬件研发组", "--team", "软件开发组"], 2, "硬件研发组、软件开发组"),
    "severity": (["--severity", "紧急"], 1, "紧急"),
    "type": (["--type", "软件Bug"], 2, "软件Bug"),
    "product": (["--product", "gw2"], 1, "gw2"),
    "two filters": (["--team", "软件开发组", "--severity", "中"], 1, "软件开发组，中"),
    "nothing fits": (["--severity", "低"], 0, "低"),
}


@pytest.mark.parametrize(("arguments", "open_ones", "named"), FILTERS.values(), ids=FILTERS.keys())
def test_filters_narrow_the_report_and_are_named(
    call: Callable[..., Any], office: Path, arguments: list[str], open_ones: int, named: str
) -> None:
    """A filtered report counts only what fits, and says so: nobody takes a part for the whole."""
    data = json.loads(call(office, "report", *arguments, "--format", "json", *AS_OF).stdout)
    assert data["counts"][-1]["total"] == open_ones
    assert [value for values in data["filters"].values() for value in values] == re.split("[，、]", named)
    for form in ("text", "md", "csv", "html"):
        out = call(office, "report", *arguments, "--format", form, *AS_OF).stdout
        assert re.search(f"只包括 {named}（[0-4] / 4 个故障）", out), form


@pytest.mark.parametrize(
    ("option", "value", "allowed"),
    [
        ("--severity", "极高", "紧急、高、中、低"),
        ("--type", "软件bug", "硬件故障、软件Bug、兼容性问题、操作误解、其他"),
        ("--team", "后勤组", "硬件研发组、软件开发组、云平台组、测试组、客服组"),
    ],
)
def test_filter_value_that_does_not_exist_is_refused(
    call: Callable[..., Any], office: Path, option: str, value: str, allowed: str
) -> None:
    """A slip of the pen must not look like a quiet morning."""
    done = call(office, "report", option, value, *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert value in done.stderr
    assert allowed in done.stderr


def test_a_product_that_nothing_has_is_refused(call: Callable[..., Any], office: Path) -> None:
    """It must not look like good news; a known one of which nothing is left is fine."""
    for arguments in (("report",), ("calendar", "ics")):
        done = call(office, *arguments, "--product", "洗衣机", *AS_OF)
        assert (done.returncode, done.stdout) == (2, "")
        assert "没有产品名含“洗衣机”的故障；产品有：" in done.stderr
        assert "智能网关 GW2" in done.stderr
    assert call(office, "report", "--product", "gw2", "--severity", "低", *AS_OF).returncode == 0


@pytest.mark.parametrize(
    ("names", "tables"),
    [
        (["已超过"], {"overdue"}),
        (["waiting", "今天与下一个工作日到期"], {"due_soon", "waiting"}),
    ],
)
def test_tables_by_name(call: Callable[..., Any], office: Path, names: list[str], tables: set[str]) -> None:
    """By id, by title or its beginning, more than one; the headline is left out with the rest."""
    options = [word for name in names for word in ("--table", name)]
    data = json.loads(call(office, "report", *options, "--format", "json", *AS_OF).stdout)
    assert data.keys() - {"schema_version", "as_of", "timezone", "remarks"} == tables


@pytest.mark.parametrize(("name", "wrong"), [("时间花在哪里", "有几个表的名字"), ("", "没有“”这个表")])
def test_a_table_that_is_not_one(call: Callable[..., Any], office: Path, name: str, wrong: str) -> None:
    """A beginning that two titles have, and none: exit code 2 and what there is."""
    done = call(office, "report", "workload", "--table", name, *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert wrong in done.stderr
    assert "faults（时间花在哪里：未关闭的故障，最久的在前）" in done.stderr


@pytest.mark.parametrize("kind", ["sla", "weekly", "trend", "quality"])
def test_a_period_that_has_not_begun(call: Callable[..., Any], office: Path, kind: str) -> None:
    """The report says so."""
    data = json.loads(call(office, "report", kind, "--month", "2027-03", "--format", "json", *AS_OF).stdout)
    assert data["remarks"] == ["这个期间还没有开始"]


def test_help_imports_no_report(root: Path) -> None:
    """The help names every report by what its file says of it, and the formats are those that there are."""
    code = (
        "import sys; from faultkb.cli import report_command as r; assert 'faultkb.standing' not in sys.modules;"
        "from faultkb.reports import catalogue; from faultkb.render import tables, spreadsheet, page, workbook;"
        "assert r._kinds() == {name: one.SUMMARY for name, one in catalogue().items()};"
        "assert r._FORMATS == (*tables.FORMATS, *spreadsheet.FORMATS, *page.FORMATS, *workbook.BINARY, 'docx')"
    )
    environment = {**os.environ, "PYTHONPATH": str(root / "tools")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("kind", ["stauts", "", "Status", "../status"])
def test_unknown_report_is_named(call: Callable[..., Any], office: Path, kind: str) -> None:
    """A report that does not exist ends with 2 and the list of those that do."""
    done = call(office, "report", kind, *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert "可以写：" in done.stderr
    assert "status" in done.stderr


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_output_goes_to_the_file(run: Callable[..., Any], office: Path, tmp_path: Path, form: str) -> None:
    """``--output`` writes what stdout would have had, in UTF-8 with line feeds; stdout stays empty."""
    target = tmp_path / f"报告.{form}"
    done = run(office, "report", "--format", form, "--output", target, *AS_OF)
    assert (done.returncode, done.stdout) == (0, "")
    assert str(target) in done.stderr
    assert target.read_bytes().decode("utf-8") == run(office, "report", "--format", form, *AS_OF).stdout


@pytest.mark.parametrize("target", ["no/such/folder/r.md", "tickets"])
def test_output_that_cannot_be_written_is_named(call: Callable[..., Any], office: Path, target: str) -> None:
    """Where nothing can be written the message names the file, in Chinese; exit code 2."""
    done = call(office, "report", "--output", office / target, *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert target in done.stderr
    assert "No such file" not in done.stderr
    assert "Is a directory" not in done.stderr


def test_failed_report_keeps_the_old_file(call: Callable[..., Any], office: Path, tmp_path: Path) -> None:
    """A refused report does not empty yesterday's file."""
    target = tmp_path / "r.md"
    target.write_text("昨天的报告", encoding="utf-8")
    assert call(office, "report", "--team", "后勤组", "--output", target, *AS_OF).returncode == 2
    assert target.read_text(encoding="utf-8") == "昨天的报告"


def test_report_is_reproducible(call: Callable[..., Any], office: Path) -> None:
    """The same tickets and moment make the same report, byte for byte."""
    for form in ("text", "md", "json"):
        assert (
            call(office, "report", "--format", form, *AS_OF).stdout
            == call(office, "report", "--format", form, *AS_OF).stdout
        )


def test_unreadable_file_is_counted(call: Callable[..., Any], office: Path) -> None:
    """A file that cannot be read does not stop the morning's report; the remark says how many are missing from it."""
    (office / "tickets" / "2026" / "11" / "SW-20261105-001.md").write_bytes(b"\x00\x01")
    data = json.loads(call(office, "report", "--format", "json", *AS_OF).stdout)
    assert data["remarks"] == ["有 1 个文件读不出来，没有计入；运行 fault check 查看原因"]


def test_launcher_of_the_clone_prints_the_report(root: Path, tmp_path: Path) -> None:
    """tools/report works from any folder and through a link, with nothing activated."""
    link = tmp_path / "report"
    link.symlink_to(root / "tools" / "report")
    done = subprocess.run(
        [link, "--format", "json", "--as-of", "2026-11-20 17:00"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["as_of"] == "2026-11-20 17:00"


@pytest.mark.parametrize(
    ("day", "arguments", "said"),
    [
        ("2026-11-09", (), ["这一周刚开始；上一周：fault report weekly --week 2026-W45"]),
        ("2026-11-10", (), []),
        ("2026-11-09", ("--week", "2026-W46"), []),
        ("2026-10-08", (), ["这一周刚开始；上一周：fault report weekly --week 2026-W40"]),
        ("2026-10-09", (), []),
        ("2027-01-04", (), ["这一周刚开始；上一周：fault report weekly --week 2026-W53"]),
    ],
)
def test_a_week_that_has_just_begun(
    run: Callable[..., Any], office: Path, day: str, arguments: tuple[str, ...], said: list[str]
) -> None:
    """Up to the first working day of a week (8 October 2026 after the holidays), the way to the week before is told."""
    done = run(office, "report", "weekly", *arguments, "--as-of", f"{day} 09:00")
    assert [line for line in done.stdout.splitlines() if "刚开始" in line] == said
