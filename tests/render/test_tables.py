"""Tables as text, Markdown and JSON: aligned, harmless, and saying the same."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import markdown_it
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from faultkb.period import Period
from faultkb.render import tables, visible
from faultkb.reports import (
    HOURS,
    NUMBER,
    PROSE,
    SEVERITY,
    SHARE,
    TEXT,
    VERDICT,
    Cases,
    Column,
    Figure,
    Report,
    Table,
)
from faultkb.ticket import Person

if TYPE_CHECKING:
    from collections.abc import Callable

COLUMNS = (
    Column("id", "问题编号"),
    Column("severity", "严重程度", SEVERITY),
    Column("title", "问题标题", PROSE),
    Column("number", "数量", NUMBER),
    Column("owner", "主责人"),
    Column("at", "时间"),
)
ROWS: list[dict[str, Any]] = [
    {
        "id": "SW-20261103-001",
        "severity": "紧急",
        "title": "网关 GW2 重启",
        "number": 12,
        "owner": Person("RD017", "李*"),
        "at": datetime.fromisoformat("2026-11-03 09:12"),
    },
    {"id": "HW-1", "severity": "低", "title": "ｆｕｌｌ-width, emoji 🔥 and ½", "number": 0, "owner": None, "at": None},
]


def written(form: str, *rows: dict[str, Any], remarks: tuple[str, ...] = (), empty: str = "无") -> str:
    """Write a report with one table."""
    report = Report(
        "报告",
        datetime.fromisoformat("2026-11-20 17:00"),
        "Asia/Shanghai",
        (Table("list", "清单", COLUMNS, rows, empty),),
        remarks,
    )
    stream = io.StringIO()
    tables.FORMATS[form](report, stream)
    return stream.getvalue()


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


class TestText:
    """For a terminal, here written to a file."""

    def test_alignment(self) -> None:
        """No line is longer than the rule, and each column begins at one place."""
        lines = written("text", *ROWS).splitlines()[3:]
        assert len(lines) == 4
        assert max(map(cell_len, lines)) == cell_len(lines[1])

        def cells_before(line: str, word: str) -> int:
            return cell_len(line[: line.index(word)])

        assert cells_before(lines[0], "严重程度") == cells_before(lines[2], "紧急") == cells_before(lines[3], "低")
        assert (
            cells_before(lines[0], "问题标题") == cells_before(lines[2], "网关") == cells_before(lines[3], "ｆｕｌｌ")
        )
        assert cells_before(lines[0], "主责人") == cells_before(lines[2], "RD017")

    def test_numbers_stand_at_the_right_and_zero_is_a_dot(self) -> None:
        """A column of numbers ends at one place."""
        lines = written("text", *ROWS).splitlines()[3:]
        ends = {
            cell_len(lines[0][: lines[0].index("数量") + 2]),
            cell_len(lines[2][: lines[2].index(" 12 ") + 3]),
            cell_len(lines[3][: lines[3].index("·") + 1]),
        }
        assert len(ends) == 1

    def test_heading(self) -> None:
        """Title, moment, zone, the table with its number of rows."""
        assert written("text", *ROWS).splitlines()[:3] == [
            "报告  截至 2026-11-20 17:00（Asia/Shanghai）",
            "",
            "清单（2）",
        ]

    def test_empty(self) -> None:
        """An empty table says so, and has no heading of columns."""
        assert written("text", empty="没有，很好").splitlines() == [
            "报告  截至 2026-11-20 17:00（Asia/Shanghai）",
            "",
            "清单",
            "  没有，很好",
        ]

    def test_remarks(self) -> None:
        """They come last."""
        assert written("text", remarks=("有 1 个文件读不出来",)).splitlines()[-2:] == ["", "有 1 个文件读不出来"]

    @pytest.mark.parametrize(
        "title", ["[bold red]红[/]", ":fire:", "\x1b[31m红", "http://example.com", "一\n二", "\u202e反"]
    )
    def test_markup_is_text(self, title: str) -> None:
        """Nothing in a title is interpreted, and nothing repaints the terminal."""
        text = written("text", {**ROWS[0], "title": title})
        assert "\x1b" not in text
        assert visible(title) in text
        assert len(text.splitlines()) == 6

    @given(st.text(max_size=60))
    def test_any_title(self, title: str) -> None:
        """Any text in a cell leaves the table a table: no line is wider than the rule."""
        lines = written("text", ROWS[0], {**ROWS[1], "title": title}).splitlines()[3:]
        assert max(map(cell_len, lines)) == cell_len(lines[1])

    def test_lateness_is_red_and_what_is_due_is_yellow(self) -> None:
        """On a terminal that has colours, by how the verdict begins."""
        table = Table("t", "表", (Column("left", "还剩", VERDICT),), [{"left": "超时 3 小时"}, {"left": "还剩 2 小时"}])
        stream = Terminal()
        tables.text(Report("报告", datetime.fromisoformat("2026-11-20 17:00"), "Asia/Shanghai", (table,)), stream)
        assert "\x1b[1;31m超时 3 小时" in stream.getvalue()
        assert "\x1b[33m还剩 2 小时" in stream.getvalue()


class TestMarkdown:
    """For a pull request or a wiki."""

    def test_table(self) -> None:
        """A heading, a rule that aligns numbers, a line for each row."""
        assert written("md", *ROWS, remarks=("注意",)) == (
            "# 报告\n\n截至 2026-11-20 17:00（Asia/Shanghai）\n\n## 清单\n\n"
            "| 问题编号 | 严重程度 | 问题标题 | 数量 | 主责人 | 时间 |\n"
            "| --- | --- | --- | ---: | --- | --- |\n"
            "| SW-20261103-001 | 紧急 | 网关 GW2 重启 | 12 | RD017 李\\* | 2026-11-03 09:12 |\n"
            "| HW-1 | 低 | ｆｕｌｌ-width, emoji 🔥 and ½ | 0 |  |  |\n"
            "\n> 注意\n"
        )

    def test_empty(self) -> None:
        """An empty table says so."""
        assert written("md", empty="没有，很好").endswith("## 清单\n\n没有，很好\n")

    @pytest.mark.parametrize(
        "title",
        [
            "a | b",
            "**粗**",
            "_斜_",
            "`码`",
            "[链](http://x)",
            "![图](http://x)",
            "<script>alert(1)</script>",
            "a &amp; b",
            "~~删~~",
            "\\",
            "a\\|b",
            "# 题",
            "@qiyun/hardware",
            "#12",
            "&lt;",
        ],
    )
    def test_a_title_is_shown_as_it_is(self, title: str) -> None:
        """Read by a Markdown reader, the cell holds exactly the title: no markup, no link, no HTML, no other cell."""
        text = written("md", {**ROWS[0], "title": title})
        tokens = markdown_it.MarkdownIt("gfm-like", {"linkify": False}).parse(text)
        inline = [token for token in tokens if token.type == "inline"]
        cells = ["".join(child.content for child in token.children or ()) for token in inline]
        assert cells[-6:][2].replace("\u200b", "") == title
        kinds = {child.type for token in inline[-6:] for child in token.children or ()}
        assert kinds <= {"text", "text_special"}

    def test_nobody_is_mentioned(self) -> None:
        """``@somebody`` in a title notifies nobody."""
        assert "@qiyun" not in written("md", {**ROWS[0], "title": "请 @qiyun/hardware 看"})

    @given(st.text(max_size=40))
    def test_any_title_is_one_line(self, title: str) -> None:
        """No text breaks the table apart."""
        lines = written("md", {**ROWS[0], "title": title}).split("\n")
        assert [line for line in lines if line.startswith("| SW-")] == [lines[-2]]


class TestJson:
    """One JSON document."""

    def test_document(self) -> None:
        """Version, moment and zone; a list of objects for each table; remarks."""
        assert json.loads(written("json", *ROWS, remarks=("注意",))) == {
            "schema_version": 1,
            "as_of": "2026-11-20 17:00",
            "timezone": "Asia/Shanghai",
            "list": [
                {
                    "id": "SW-20261103-001",
                    "severity": "紧急",
                    "title": "网关 GW2 重启",
                    "number": 12,
                    "owner": {"staff": "RD017", "name": "李*"},
                    "at": "2026-11-03 09:12",
                },
                {
                    "id": "HW-1",
                    "severity": "低",
                    "title": "ｆｕｌｌ-width, emoji 🔥 and ½",
                    "number": 0,
                    "owner": None,
                    "at": None,
                },
            ],
            "remarks": ["注意"],
        }

    def test_chinese_is_readable(self) -> None:
        """No escapes where none are needed, and a line end at the end."""
        text = written("json", *ROWS)
        assert "网关 GW2 重启" in text
        assert text.endswith("}\n")

    def test_values_are_not_shortened_or_cleaned(self) -> None:
        """JSON holds what the ticket holds."""
        assert (
            json.loads(written("json", {**ROWS[0], "title": "\x1b[31m红\n| *"}))["list"][0]["title"]
            == "\x1b[31m红\n| *"
        )


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (0, "0"),
        ("文字", "文字"),
        (Person("A", "李*"), "A 李*"),
        (datetime.fromisoformat("2026-11-03 09:12"), "2026-11-03 09:12"),
        ("a\tb", "a b"),
        ("a\u3000b", "a b"),
        ("a\x07b", "a\ufffdb"),
    ],
)
def test_cell(value: object, shown: str) -> None:
    """Values as people read them; control characters are shown as what they are."""
    assert tables.cell(value) == shown


@pytest.mark.parametrize(("hours", "shown"), [(0, "0"), (0.0, "0"), (0.01, "不到 1 分"), (1.5, "1 小时 30 分")])
def test_hours(hours: float, shown: str) -> None:
    """No time at all is zero, and not less than a minute."""
    assert tables.cell(hours, HOURS) == shown


class TestHeadline:
    """The figures that come first of all."""

    HEADLINE = (Figure("未关闭", Cases(("SW-1", "SW-2"))), Figure("超时率", 0.25, SHARE, bad=True))

    def test_text(self, make_report: Callable[..., Report]) -> None:
        """One line under the heading; the heading says what the filters leave."""
        lines = wide(make_report(headline=self.HEADLINE, only="只包括 网关组（2 / 9 个故障）"), "text").splitlines()
        assert lines[0].endswith("  期间 2026-11-16 至 2026-11-22  只包括 网关组（2 / 9 个故障）")
        assert lines[1] == "未关闭 2   超时率 25.0%"

    def test_markdown(self, make_report: Callable[..., Report]) -> None:
        """A line of its own."""
        assert "\n\n未关闭 **2**，超时率 **25.0%**\n\n## " in wide(make_report(headline=self.HEADLINE), "md")

    def test_json(self, make_report: Callable[..., Report]) -> None:
        """A list of titles and bare values."""
        data = json.loads(wide(make_report(headline=self.HEADLINE), "json"))
        assert [(one["title"], one["value"]) for one in data["headline"]] == [("未关闭", 2), ("超时率", 0.25)]


class TestFigures:
    """Period, note, and the faults behind each figure."""

    def test_text(self, make_report: Callable[..., Report]) -> None:
        """The period in the heading, the note under the table; no faults unless asked for."""
        lines = wide(make_report(), "text").splitlines()
        assert lines[0] == "例会  截至 2026-11-20 17:00（Asia/Shanghai）  期间 2026-11-16 至 2026-11-22"
        assert lines[-3:] == ["  暂停的时间不计。", "", "只包括：网关"]

    def test_text_which(self, make_report: Callable[..., Report]) -> None:
        """Row, column, faults; one that counts twice says so, and nothing is said of a zero."""
        assert wide(make_report(which=True), "text").splitlines()[-5:-2] == [
            "  暂停的时间不计。",
            "  响应 紧急 × 达标：SW-1（2 次）、SW-2",
            "  响应 紧急 × 超时：SW-3",
        ]

    def test_markdown_which(self, make_report: Callable[..., Report]) -> None:
        """The same as a list."""
        text = wide(make_report(which=True), "md")
        assert text.startswith(
            "# 例会\n\n截至 2026-11-20 17:00（Asia/Shanghai），期间 2026-11-16 至 2026-11-22\n\n## 超时的故障\n\n"
        )
        assert text.endswith(
            "| 响应 | 高 | 0 | 0 |  |  | 0 |\n\n暂停的时间不计。\n\n"
            "- 响应 紧急 × 达标：SW-1（2 次）、SW-2\n- 响应 紧急 × 超时：SW-3\n\n> 只包括：网关\n"
        )

    def test_markdown_without_figures(
        self, make_report: Callable[..., Report], make_faults: Callable[..., Table]
    ) -> None:
        """No list, and no empty lines instead."""
        assert "\n\n\n" not in wide(make_report(make_faults(["a"]), make_faults([]), which=True), "md")

    def test_json(self, make_report: Callable[..., Report]) -> None:
        """The period's limits, the numbers, and with --which the ids beside them, each as often as it counts."""
        data = json.loads(wide(make_report(), "json"))
        assert data["period"] == {"since": "2026-11-16", "until": "2026-11-22"}
        assert data["rates"][0] == {
            "clock": "响应",
            "severity": "紧急",
            "met": 3,
            "breached": 1,
            "rate": 0.75,
            "median": 26.5,
            "net": -4,
        }
        assert data["faults"][0]["program"] == "M"
        data = json.loads(wide(make_report(which=True, period=Period(until=date(2026, 11, 22))), "json"))
        assert data["period"] == {"since": None, "until": "2026-11-22"}
        assert data["rates"][0]["ids"] == {"met": ["SW-1", "SW-2", "SW-1"], "breached": ["SW-3"]}
        assert "ids" not in data["faults"][0]
        assert "period" not in json.loads(wide(make_report(period=None), "json"))


def wide(report: Report, form: str) -> str:
    """Return the report in a form."""
    stream = io.StringIO()
    tables.FORMATS[form](report, stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("value", "kind", "colour"),
    [
        ("超时", VERDICT, "bad"),
        ("超时 3 小时 20 分", VERDICT, "bad"),
        ("临期", VERDICT, "warn"),
        ("达标", VERDICT, "good"),
        ("紧急", SEVERITY, "bad"),
        ("高", SEVERITY, "warn"),
        ("低", SEVERITY, ""),
        ("还剩 8 小时 5 分", VERDICT, "warn"),
        ("还剩 不到 1 分", VERDICT, "warn"),
        ("还剩 1 个工作日", VERDICT, "warn"),
        ("还剩 2 个工作日", VERDICT, ""),
        ("还剩 1 天 2 小时", VERDICT, ""),
        (None, VERDICT, ""),
        ("超时", TEXT, ""),
    ],
)
def test_tone(value: str | None, kind: str, colour: str) -> None:
    """Only verdicts and severities are coloured."""
    assert tables.tone(value, kind) == colour
