"""The report of the morning on ten faults, counted by hand as of Friday 2026-11-20 10:00 (tests/data/status).

Six of them are open and accepted or waiting longer than a day; the eleventh is registered on the 21st.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from faultkb import check, standing, vocabulary
from faultkb.reports import Cases, catalogue, status
from faultkb.ticket import Person
from tests import inside

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.reports import Table
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

AS_OF = datetime.fromisoformat("2026-11-20 10:00")
moment = datetime.fromisoformat


@pytest.fixture(scope="module")
def office(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository with the faults of tests/data/status."""
    folder = tmp_path_factory.mktemp("office")
    shutil.copytree(root / "schema", folder / "schema")
    shutil.copytree(Path(__file__).parents[1] / "data" / "status" / "tickets", folder / "tickets")
    return folder


@pytest.fixture(scope="module")
def tables(office: Path) -> dict[str, Table]:
    """Return the tables of the report by id."""
    words = vocabulary.load(office)
    found, unreadable = standing.all_at(office, words, AS_OF)
    assert (len(found), unreadable) == (10, 0)
    return {table.id: table for table in status.build(found, words, AS_OF, None)}


@pytest.fixture(scope="module")
def report(office: Path, root: Path) -> Callable[..., str]:
    """Return a function that runs the command and returns what it prints."""

    def run(*arguments: str, code: int = 0) -> str:
        result = inside.run(root, os.environ, "--root", office, "report", "--as-of", "2026-11-20 10:00", *arguments)
        assert result.returncode == code, result.stderr
        assert "Traceback" not in result.stderr
        return result.stdout if code == 0 else result.stderr

    return run


def shown(row: dict[str, Any], keys: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the values of a row, numbers of faults as numbers."""
    return tuple(len(row[key]) if isinstance(row[key], Cases) else row[key] for key in keys)


def ids(table: Table) -> list[str]:
    """Return the ids of a table's rows."""
    return [row["id"] for row in table.rows]


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_report_is_the_one_that_was_read(form: str, report: Callable[..., str]) -> None:
    """The whole report on the ten faults is tests/data/status/report.*, which a person has read."""
    kept = Path(__file__).parents[1] / "data" / "status" / f"report.{form}"
    assert report("--format", form) == kept.read_text(encoding="utf-8")


def test_the_data_has_no_errors(office: Path) -> None:
    """The ten faults, and the one of the next day, are as a clerk should write them."""
    outcome = check.check(office, vocabulary.load(office), moment("2026-11-21 10:00"))
    assert (outcome.count("error"), outcome.checked) == (0, 11)


class TestTables:
    """What is in each table."""

    def test_counts(self, tables: dict[str, Table]) -> None:
        """Ten faults by status and severity; the sum leaves out the two that are closed."""
        keys = ("status", "紧急", "高", "中", "低", "total")
        assert [shown(row, keys) for row in tables["counts"].rows] == [
            ("待受理", 1, 0, 1, 1, 3),
            ("处理中", 0, 1, 1, 1, 3),
            ("待验证", 0, 0, 0, 1, 1),
            ("已关闭", 0, 1, 0, 1, 2),
            ("已延期", 0, 0, 1, 0, 1),
            ("未关闭合计", 1, 1, 3, 3, 8),
        ]

    def test_overdue(self, tables: dict[str, Table]) -> None:
        """One plan has passed: from the 13th to the 20th are five working days, said as the other reports say it.

        OP-20261112-001 was due on the 19th, but has been handed over for verification.
        """
        assert tables["overdue"].rows == [
            {
                "id": "HW-20261109-001",
                "severity": "高",
                "title": "门锁 L7 低温下电机堵转，锁舌伸出一半",
                "team": "硬件研发组",
                "owner": Person("HW006", "朱*"),
                "status": "处理中",
                "due_at": moment("2026-11-13 18:00"),
                "late": "超时 5 个工作日",
            }
        ]

    def test_due_soon(self, tables: dict[str, Table]) -> None:
        """Due today, and on Monday, the next working day; what is due on Tuesday is not there. The graver one comes first."""
        keys = ("id", "severity", "status", "due_at", "left")
        assert [shown(row, keys) for row in tables["due_soon"].rows] == [
            ("SW-20261113-001", "中", "已延期", moment("2026-11-20 18:00"), "还剩 8 小时"),
            ("SW-20261118-001", "低", "处理中", moment("2026-11-23 09:30"), "还剩 1 个工作日"),
        ]

    def test_an_urgent_plan_counts_in_hours(self, stand: Callable[..., Standing], words: Vocabulary) -> None:
        """Its limit runs by the clock, also over the weekend: from Friday 10:00 to Monday 09:00."""
        events = ("2026-11-20 09:00 登记", "2026-11-20 09:30 受理 due_at: 2026-11-23 09:00")
        one = stand("SW-20261120-001", "2026-11-20 10:00", *events, severity="紧急")
        soon = next(table for table in status.build([one], words, AS_OF, None) if table.id == "due_soon")
        assert [row["left"] for row in soon.rows] == ["还剩 2 天 23 小时"]

    def test_waiting(self, tables: dict[str, Table]) -> None:
        """What waits for acceptance, the gravest first, with the clock that is due next.

        Urgent: respond since 08:20, 100 of 120 minutes are used. Returned: accept rests, so far by the 19th and the 20th,
        from the 23rd to the 25th. The third: review since the 19th is due today.
        """
        keys = ("id", "severity", "reported_at", "waiting", "clock", "clock_due_at", "verdict")
        assert [shown(row, keys) for row in tables["waiting"].rows] == [
            (
                "SW-20261120-001",
                "紧急",
                moment("2026-11-20 08:15"),
                "1 小时 45 分",
                "紧急响应",
                moment("2026-11-20 10:20"),
                "临期",
            ),
            (
                "OT-20261118-001",
                "中",
                moment("2026-11-18 08:57"),
                "已退回，待补充",
                "受理分配",
                moment("2026-11-25 18:00"),
                "暂停中",
            ),
            (
                "HW-20261119-001",
                "低",
                moment("2026-11-19 17:30"),
                "16 小时 30 分",
                "完整性审核",
                moment("2026-11-20 18:00"),
                "临期",
            ),
        ]

    def test_teams(self, tables: dict[str, Table]) -> None:
        """Open faults by team and state; 超时限 counts faults with a running clock that is overdue."""
        keys = ("team", "待受理", "处理中", "待验证", "已延期", "total", "late", "breached")
        assert [shown(row, keys) for row in tables["teams"].rows] == [
            ("硬件研发组", 0, 1, 0, 0, 1, 1, 1),
            ("软件开发组", 0, 1, 0, 1, 2, 0, 0),
            ("云平台组", 0, 0, 0, 0, 0, 0, 0),
            ("测试组", 0, 1, 0, 0, 1, 0, 0),
            ("客服组", 0, 0, 1, 0, 1, 0, 0),
            ("（未分配）", 3, 0, 0, 0, 3, 0, 0),
        ]

    def test_every_row_has_every_column(self, tables: dict[str, Table]) -> None:
        """No column is empty because a key is misspelt."""
        assert list(tables) == ["counts", "overdue", "due_soon", "waiting", "teams"]
        for table in tables.values():
            for row in table.rows:
                assert {column.key for column in table.columns} <= row.keys(), table.id

    def test_headline(self, tables: dict[str, Table]) -> None:
        """What the morning asks first; what is due on Monday is not due today."""
        figures = [(one.title, len(one.value), one.bad) for table in tables.values() for one in table.headline]
        assert figures == [
            ("未关闭", 8, False),
            ("超计划", 1, True),
            ("今天到期", 1, False),
            ("等待受理", 3, False),
            ("超时限", 1, True),
        ]

    def test_another_day(self, office: Path) -> None:
        """As of the 9th at noon there are two faults: one in work and closed since, and one that waits."""
        words = vocabulary.load(office)
        found, _ = standing.all_at(office, words, moment("2026-11-09 12:00"))
        by_id = {table.id: table for table in status.build(found, words, moment("2026-11-09 12:00"), None)}
        assert {row["status"]: len(row["total"]) for row in by_id["counts"].rows} == {
            "待受理": 1,
            "处理中": 0,
            "待验证": 0,
            "已关闭": 1,
            "已延期": 0,
            "未关闭合计": 1,
        }
        assert ids(by_id["waiting"]) == ["HW-20261109-001"]

    def test_nothing(self, office: Path) -> None:
        """Before the first fault every number is 0 and the lists are empty."""
        words = vocabulary.load(office)
        by_id = {table.id: table for table in status.build([], words, AS_OF, None)}
        assert all(row["total"].ids == () for row in by_id["counts"].rows)
        assert [len(by_id[name].rows) for name in ("overdue", "due_soon", "waiting")] == [0, 0, 0]
        assert [row["team"] for row in by_id["teams"].rows] == list(words.teams)


class TestRetiredTeams:
    """A retired team is listed only as long as it has open faults."""

    @pytest.mark.parametrize(("team", "listed"), [("云平台组", False), ("测试组", True)])
    def test_retired(self, team: str, listed: bool, office: Path, tmp_path: Path) -> None:  # noqa: FBT001 - a case's own verdict
        """云平台组 has none, 测试组 has one."""
        shutil.copytree(office, tmp_path, dirs_exist_ok=True)
        path = tmp_path / "schema" / "teams.yaml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(f"  {team}: {{", f"  {team}: {{retired: 2026-11-19, "), encoding="utf-8")
        words = vocabulary.load(tmp_path)
        found, _ = standing.all_at(tmp_path, words, AS_OF)
        teams = next(table for table in status.build(found, words, AS_OF, None) if table.id == "teams")
        assert (team in [row["team"] for row in teams.rows]) is listed


class TestJson:
    """One JSON document and nothing else."""

    def test_shape(self, report: Callable[..., str]) -> None:
        """Version, moment and zone at the top; a list for each table; persons as objects, times as tickets write them."""
        data: dict[str, Any] = json.loads(report("--format", "json"))
        assert list(data) == [
            "schema_version",
            "as_of",
            "timezone",
            "headline",
            "counts",
            "overdue",
            "due_soon",
            "waiting",
            "teams",
            "remarks",
        ]
        assert (data["schema_version"], data["as_of"], data["timezone"], data["remarks"]) == (
            1,
            "2026-11-20 10:00",
            "Asia/Shanghai",
            [],
        )
        assert data["counts"][0] == {"status": "待受理", "紧急": 1, "高": 0, "中": 1, "低": 1, "total": 3}
        assert data["overdue"][0]["owner"] == {"staff": "HW006", "name": "朱*"}
        assert data["overdue"][0]["due_at"] == "2026-11-13 18:00"

    @pytest.mark.parametrize(
        ("arguments", "expected", "remark"),
        [
            pytest.param(
                ("--team", "软件开发组"),
                {"SW-20261113-001", "SW-20261118-001"},
                "只包括 软件开发组（3 / 10 个故障）",
                id="team",
            ),
            pytest.param(
                ("--team", "软件开发组", "--team", "硬件研发组"),
                {"SW-20261113-001", "SW-20261118-001", "HW-20261109-001"},
                "（4 / 10 个故障）",
                id="two teams",
            ),
            pytest.param(("--severity", "紧急"), {"SW-20261120-001"}, "（1 / 10 个故障）", id="severity"),
            pytest.param(
                ("--type", "硬件故障"), {"HW-20261109-001", "HW-20261119-001"}, "（2 / 10 个故障）", id="type"
            ),
            pytest.param(
                ("--product", "gw2"),
                {"SW-20261113-001", "OT-20261118-001"},
                "（3 / 10 个故障）",
                id="product, any case",
            ),
            pytest.param(
                ("--product", "栖云"),
                {"SW-20261118-001", "SW-20261120-001"},
                "（3 / 10 个故障）",
                id="part of a product",
            ),
            pytest.param(
                ("--severity", "低", "--type", "软件Bug"), {"SW-20261118-001"}, "（1 / 10 个故障）", id="both at once"
            ),
            pytest.param(("--team", "云平台组"), set(), "（0 / 10 个故障）", id="none"),
        ],
    )
    def test_filters(
        self, arguments: tuple[str, ...], expected: set[str], remark: str, report: Callable[..., str]
    ) -> None:
        """Only matching faults are listed and counted, and the report says what it leaves out."""
        data = json.loads(report("--format", "json", *arguments))
        assert {row["id"] for name in ("overdue", "due_soon", "waiting") for row in data[name]} == expected
        assert {value for values in data["filters"].values() for value in values} == set(arguments[1::2])
        assert remark in report("--format", "md", *arguments).split("\n")[2]
        if arguments[0] == "--team":
            assert {row["team"] for row in data["teams"]} <= {*arguments[1::2]}

    @pytest.mark.parametrize(("option", "value"), [("--team", "法务组"), ("--severity", "特急"), ("--type", "硬件")])
    def test_unknown_filter(self, option: str, value: str, report: Callable[..., str]) -> None:
        """A value that does not exist ends with 2 and says which ones do."""
        message = report(option, value, code=2)
        assert value in message
        assert "可以写" in message

    def test_unknown_report(self, report: Callable[..., str]) -> None:
        """The same for a report."""
        assert "status" in report("早会", code=2)

    def test_unreadable_file(self, office: Path, root: Path, tmp_path: Path) -> None:
        """What cannot be read is not counted, and the report says so."""
        shutil.copytree(office, tmp_path, dirs_exist_ok=True)
        (tmp_path / "tickets" / "2026" / "11" / "OT-20261119-009.md").write_bytes(
            "---\nid: OT-20261119-009\n标题".encode("gbk")
        )
        environment = {**os.environ, "PYTHONPATH": str(root / "tools"), "PYTHONUTF8": "1"}
        command = [
            sys.executable,
            "-m",
            "faultkb",
            "--root",
            str(tmp_path),
            "report",
            "--format",
            "json",
            "--as-of",
            "2026-11-20 10:00",
        ]
        result = subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", env=environment, check=True, timeout=120
        )
        data = json.loads(result.stdout)
        assert data["counts"][-1]["total"] == 8
        assert "1 个文件读不出来" in data["remarks"][0]


class TestText:
    """For a terminal."""

    def test_content(self, report: Callable[..., str]) -> None:
        """Title, moment and zone, each table with its number of rows, and what is in it."""
        text = report()
        assert text.startswith("故障状态报告  截至 2026-11-20 10:00（Asia/Shanghai）\n")
        for word in (
            "已超过计划完成时间（1）",
            "今天与下一个工作日到期（2）",
            "等待受理（3）",
            "HW006 朱*",
            "超时 5 个工作日",
            "已退回，待补充",
            "（未分配）",
        ):
            assert word in text

    def test_columns_stand_below_each_other(self, report: Callable[..., str]) -> None:
        """Figures end at one edge, and nothing goes beyond the rule; a CJK character takes two cells."""
        blocks = [block.splitlines() for block in report().split("\n\n")]
        tables = [
            [line for line in block[1:] if line.startswith((" ", "─"))]
            for block in blocks
            if any(line.startswith("─") for line in block)
        ]
        assert len(tables) == 5
        for lines in tables:
            assert len(lines) >= 3
            rule = next(line for line in lines if line.startswith("─"))
            assert max(map(cell_len, lines)) <= cell_len(rule), lines
        for lines in (tables[0], tables[-1]):
            assert len({cell_len(line.rstrip()) for line in lines if not line.startswith("─")}) == 1, lines

    def test_every_row_is_one_line(self, report: Callable[..., str]) -> None:
        """Written to a file, nothing is wrapped."""
        text = report()
        for name in (
            "HW-20261109-001",
            "SW-20261113-001",
            "SW-20261118-001",
            "SW-20261120-001",
            "OT-20261118-001",
            "HW-20261119-001",
        ):
            assert text.count(name) == 1

    def test_empty_lists(self, report: Callable[..., str]) -> None:
        """An empty table says so."""
        text = report("--team", "云平台组")
        assert "没有，很好" in text
        assert "只包括 云平台组（0 / 10 个故障）" in text

    def test_no_colours_in_a_file(self, report: Callable[..., str]) -> None:
        """Escape sequences are for terminals."""
        assert "\x1b" not in report()


class TestMarkdown:
    """For a pull request or a wiki."""

    def test_tables(self, report: Callable[..., str]) -> None:
        """A heading for each table; every line of a table has the same number of cells."""
        text = report("--format", "md")
        assert text.startswith("# 故障状态报告\n\n截至 2026-11-20 10:00（Asia/Shanghai）\n")
        assert [line for line in text.splitlines() if line.startswith("## ")] == [
            "## 状态与严重程度",
            "## 已超过计划完成时间",
            "## 今天与下一个工作日到期",
            "## 等待受理",
            "## 各团队未关闭的故障",
        ]
        blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith("| ")]
        assert [len(block) - 2 for block in blocks] == [6, 1, 2, 3, 6]
        for block in blocks:
            assert len({line.replace("\\|", "").count("|") for line in block}) == 1

    def test_numbers_are_aligned_right(self, report: Callable[..., str]) -> None:
        """The rule below the heading says so."""
        lines = report("--format", "md").splitlines()
        assert "| 当前状态 | 紧急 | 高 | 中 | 低 | 合计 |" in lines
        assert (
            lines[lines.index("| 当前状态 | 紧急 | 高 | 中 | 低 | 合计 |") + 1]
            == "| --- | ---: | ---: | ---: | ---: | ---: |"
        )
        assert "| 未关闭合计 | 1 | 1 | 3 | 3 | 8 |" in lines

    def test_masked_names_stay_as_they_are(self, report: Callable[..., str]) -> None:
        """The star of a masked name is no emphasis."""
        assert "HW006 朱\\*" in report("--format", "md")

    def test_output_file(self, report: Callable[..., str], tmp_path: Path) -> None:
        """``--output`` writes the same text, in UTF-8 with plain line ends, and prints nothing."""
        path = tmp_path / "早会.md"
        assert report("--format", "md", "--output", str(path)) == ""
        assert path.read_bytes().decode("utf-8") == report("--format", "md")

    def test_output_that_cannot_be_written(self, report: Callable[..., str], tmp_path: Path) -> None:
        """A folder that is not there: exit 2 and the name."""
        assert "早会.md" in report("--output", str(tmp_path / "没有" / "早会.md"), code=2)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "不到 1 分"),
        (1, "1 分"),
        (59, "59 分"),
        (60, "1 小时"),
        (61, "1 小时 1 分"),
        (1439, "23 小时 59 分"),
        (1440, "1 天"),
        (1441, "1 天"),
        (1500, "1 天 1 小时"),
        (9640, "6 天 16 小时"),
        (525_600, "365 天"),
    ],
)
def test_duration(minutes: int, words: str) -> None:
    """The two largest units, zeros left out."""
    assert status.duration(timedelta(minutes=minutes)) == words


def test_catalogue() -> None:
    """Every report has a title and a function that builds it."""
    assert "status" in catalogue()
    assert all(module.TITLE and callable(module.build) for module in catalogue().values())
