"""A ticket file as text: header and body, sections and headings, the place of every value."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import frontmatter
import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultkb import document
from faultkb.yamltext import Problem, ProblemError

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "---\nid: SW-1\nstatus: 处理中\ntitle: 甲\nteam: 乙\nseverity: 高\n---\n"


def sections(body: str) -> dict[tuple[str, str], str]:
    """Return the sections of a body below an ordinary header."""
    return document.parse(HEADER + body).sections


class TestSections:
    """The body by ``##`` section and ``###`` part."""

    def test_sections_and_parts(self) -> None:
        """Text goes to the nearest heading above it; text above the first heading belongs to none."""
        body = "前言\n\n## 故障描述\n\n总述\n\n### 现象\n\n红灯\n\n### 发生频率\n\n每天\n\n## 原因分析\n\n看门狗\n"
        assert {key: text.strip() for key, text in sections(body).items()} == {
            ("故障描述", ""): "总述",
            ("故障描述", "现象"): "红灯",
            ("故障描述", "发生频率"): "每天",
            ("原因分析", ""): "看门狗",
        }

    def test_text_is_kept_as_written(self) -> None:
        """Nothing inside a section is changed, not even spaces."""
        assert sections("## 甲\n\n  - 一\n    二  \n\n\n## 乙\n")["甲", ""] == "\n  - 一\n    二  \n\n\n"

    def test_deeper_headings_are_text(self) -> None:
        """A ``####`` heading stays in the text of its part, as it was written."""
        assert (
            sections("## 甲\n\n### 乙\n\n一\n\n#### C# 程序 ####\n\n二\n")["甲", "乙"]
            == "\n一\n\n#### C# 程序 ####\n\n二\n"
        )

    def test_a_first_level_heading_is_a_section_of_its_own(self) -> None:
        """What stands below ``# 附录`` does not belong to the section before it."""
        found = sections("## 甲\n\n一\n\n# 附录\n\n二\n")
        assert (found["甲", ""].strip(), found["附录", ""].strip()) == ("一", "二")

    def test_a_section_that_comes_twice_is_joined(self) -> None:
        """Neither half is lost; parts of both are there."""
        found = sections("## 甲\n一\n### 乙\n二\n## 丙\n三\n## 甲\n四\n### 乙\n五\n")
        assert {key: text.split() for key, text in found.items()} == {
            ("甲", ""): ["一", "四"],
            ("甲", "乙"): ["二", "五"],
            ("丙", ""): ["三"],
        }

    def test_a_part_without_a_section_is_text_of_none(self) -> None:
        """A ``###`` before any ``##`` starts nothing."""
        assert list(sections("### 现象\n\n一\n\n## 甲\n")) == [("甲", "")]

    @pytest.mark.parametrize(
        ("heading", "name"),
        [
            ("## 原因分析", "原因分析"),
            ("##   原因分析  ", "原因分析"),
            ("##\t原因分析", "原因分析"),
            ("## 原因分析 ##", "原因分析"),
            ("## 原因分析 #########", "原因分析"),
            ("## C#", "C#"),
            ("## 错误 0x80 #3", "错误 0x80 #3"),
            ("## `E-1042` 与 *重启*", "`E-1042` 与 *重启*"),
            (" ## 原因分析", "原因分析"),
            ("   ## 原因分析", "原因分析"),
        ],
    )
    def test_heading(self, heading: str, name: str) -> None:
        """Headings as CommonMark writes them: up to three spaces before, closing marks only behind a space."""
        assert list(sections(f"{heading}\n\n文字\n")) == [(name, "")]

    @pytest.mark.parametrize(
        "line",
        [
            "##原因分析",
            "####### 原因分析",
            "    ## 原因分析",
            "\t## 原因分析",
            "\\## 原因分析",
            "> ## 原因分析",
            "文字 ## 原因分析",
        ],
    )
    def test_no_heading(self, line: str) -> None:
        """What CommonMark takes for text is no section."""
        assert list(sections(f"## 甲\n\n{line}\n\n文字\n")) == [("甲", "")]

    @pytest.mark.parametrize(
        "fence",
        [
            pytest.param("```\n## 乙\n```", id="backticks"),
            pytest.param("~~~\n## 乙\n~~~", id="tildes"),
            pytest.param("```sh\n# 注释\n## 乙\n```", id="info string"),
            pytest.param("~~~ text `x` ```\n## 乙\n~~~", id="tildes with backticks in the info string"),
            pytest.param("````\n```\n## 乙\n```\n## 丙\n````", id="longer fence around a shorter one"),
            pytest.param("```\n## 乙\n`````", id="longer end"),
            pytest.param("```\n~~~\n## 乙\n```", id="tildes inside backticks"),
            pytest.param("~~~\n```\n## 乙\n~~~", id="backticks inside tildes"),
            pytest.param("```\n## 乙\n``` x\n## 丙\n```", id="an end must stand alone"),
            pytest.param("```\n## 乙\n    ```\n## 丙\n```", id="an end is not indented by four"),
            pytest.param("   ```\n## 乙\n   ```", id="indented by three"),
            pytest.param("```\n## 乙\n```   ", id="spaces behind the end"),
            pytest.param("```\n\n\n## 乙\n\n```", id="blank lines"),
        ],
    )
    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_a_heading_in_a_fence_is_text(self, fence: str, newline: str) -> None:
        """The fence and what is in it belong to the section around it; the section after it is found."""
        body = f"## 甲\n\n{fence}\n\n## 丁\n".replace("\n", newline)
        found = sections(body)
        assert list(found) == [("甲", ""), ("丁", "")]
        assert "## 乙" in found["甲", ""]

    def test_a_fence_that_never_ends_reaches_to_the_end(self) -> None:
        """As CommonMark says."""
        assert list(sections("## 甲\n\n```\n## 乙\n")) == [("甲", "")]

    @pytest.mark.parametrize("line", ["```a`b", "    ```", "``", "`` `", "文字 ```"])
    def test_what_is_no_fence_hides_nothing(self, line: str) -> None:
        """Inline code, indented code and two backticks do not start a fence."""
        assert list(sections(f"## 甲\n\n{line}\n\n## 乙\n")) == [("甲", ""), ("乙", "")]

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            pytest.param("故障描述\n---\n\n一\n", ["故障描述"], id="dashes"),
            pytest.param("故障描述\n===\n\n一\n", ["故障描述"], id="equals signs"),
            pytest.param("  故障描述  \n  -\n\n一\n", ["故障描述"], id="indented, one dash"),
            pytest.param("## 甲\n\n一\n\n---\n\n二\n", ["甲"], id="a rule below a blank line"),
            pytest.param("## 甲\n\n- 一\n---\n\n二\n", ["甲"], id="a rule below a list"),
            pytest.param("## 甲\n\n1. 一\n---\n\n二\n", ["甲"], id="a rule below a numbered list"),
            pytest.param("## 甲\n\n> 一\n---\n\n二\n", ["甲"], id="a rule below a quotation"),
            pytest.param("## 甲\n\n| 一 | 二 |\n|---|---|\n| 1 | 2 |\n", ["甲"], id="a table"),
            pytest.param("## 甲\n\n    一\n---\n\n二\n", ["甲"], id="a rule below indented code"),
        ],
    )
    def test_underlined_headings(self, text: str, names: list[str]) -> None:
        """A line of dashes or equals signs makes a heading of the text above it, and of nothing else."""
        assert [name for name, _ in sections(text)] == names

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            pytest.param("## 甲\n\n<!-- ## 乙 -->\n\n## 丙\n", ["甲", "丙"], id="in a line"),
            pytest.param("## 甲\n\n<!--\n## 乙\n-->\n\n## 丙\n", ["甲", "丙"], id="over lines"),
            pytest.param("## 甲\n\n<!--\n## 乙\n", ["甲"], id="without an end"),
            pytest.param("## 甲\n\n<!--\n```\n-->\n\n## 丙\n", ["甲", "丙"], id="with a fence in it"),
            pytest.param("## 甲\n\n```\n<!--\n```\n\n## 丙\n", ["甲", "丙"], id="in a fence it is code"),
        ],
    )
    def test_a_heading_in_a_comment_is_none(self, text: str, names: list[str]) -> None:
        """What a reader does not see is no section."""
        assert [name for name, _ in sections(text)] == names

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("---\nid: 1\n{0}\n---\n", id="a blank line of the header"),
            pytest.param("---\nid: 1\n - {0}\n---\n", id="a dash in the header"),
            pytest.param("---\nid: 1\n---\n# 甲{0}乙\n", id="a heading"),
            pytest.param("---\nid: 1\n---\n甲{0}乙\n---\n", id="an underlined heading"),
        ],
    )
    def test_long_lines_are_read_at_once(self, text: str, root: Path) -> None:
        """A line with 200,000 spaces is no work: reading it ends, where trying every split would take an hour."""
        program = "import sys; from faultkb import document; document.parse(sys.stdin.read()).sections"
        environment = {**os.environ, "PYTHONPATH": str(root / "tools"), "PYTHONUTF8": "1"}
        subprocess.run(
            [sys.executable, "-c", program],
            input=text.format(" " * 200_000),
            text=True,
            encoding="utf-8",
            env=environment,
            check=True,
            timeout=30,
        )

    def test_windows_line_ends(self) -> None:
        """Names carry no carriage return."""
        assert list(sections("## 甲\r\n\r\n### 乙\r\n文字\r\n")) == [("甲", ""), ("甲", "乙")]

    def test_many_headings_and_long_lines(self) -> None:
        """A line of a heading with thousands of spaces and signs, and thousands of headings, are read like any other."""
        spaces = f"## 甲{' ' * 300}乙{' #' * 300}丙\n"
        assert len(sections(spaces + "".join(f"### {number}\n" for number in range(3000)))) == 3001

    @given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("#`~ \n甲-\r\t", max_size=80))
    def test_any_body(self, body: str) -> None:
        """Any body is read; every section and part is found at a line of the file that has a heading's marks, or is underlined."""
        source = document.parse(HEADER + body)
        lines = source.text.split("\n")
        for section, part in source.sections:
            line, column = source.locate(("sections", section, part) if part else ("sections", section))
            underlined = re.fullmatch(r" {0,3}(=+|-+)\s*", lines[line] if line < len(lines) else "")
            assert lines[line - 1].lstrip(" ").startswith("#") or underlined
            assert column == 1


class TestLocate:
    """From a place in the data to line and column in the file."""

    TEXT = (
        "---\n"  # 1
        "id: SW-1\n"
        "title: 网关🔥重启\n"
        "status: 处理中\n"
        "owner: {staff: RD017, name: 李*}\n"  # 5
        "impact:\n"
        "  users: 320\n"
        "  products: [甲, 乙]\n"
        "events:\n"
        "  - {at: 1, note: 🔥, event: 登记}\n"  # 10
        "  - {at: 2, event: 受理}\n"
        "---\n"
        "\n"
        "## 故障描述\n"
        "\n"  # 15
        "### 现象\n"
        "\n"
        "## 验证记录\n"
        "### 现象\n"
    )

    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    @pytest.mark.parametrize(
        ("path", "place"),
        [
            pytest.param(("id",), (2, 5), id="value"),
            pytest.param(("title",), (3, 8), id="value with emoji"),
            pytest.param(("owner",), (5, 1), id="mapping: its key"),
            pytest.param(("owner", "name"), (5, 29), id="value in a mapping"),
            pytest.param(("impact", "users"), (7, 10), id="value in a block"),
            pytest.param(("impact", "products"), (8, 3), id="list: its key"),
            pytest.param(("impact", "products", 1), (8, 17), id="list item"),
            pytest.param(("events", 0), (10, 5), id="event"),
            pytest.param(("events", 0, "event"), (10, 29), id="value behind emoji"),
            pytest.param(("events", 1, "at"), (11, 10), id="value of the second event"),
            pytest.param(("events", 1, "note"), (11, 5), id="missing in an event: the event"),
            pytest.param(("owner", "tel"), (5, 1), id="missing in a mapping: the mapping"),
            pytest.param(("events", 9), (9, 1), id="missing event: the list"),
            pytest.param(("team",), (4, 1), id="missing at the top: status"),
            pytest.param((), (4, 1), id="nothing: status"),
            pytest.param(("kb", "entry"), (4, 1), id="missing twice: status"),
            pytest.param(("sections", "故障描述"), (14, 1), id="section"),
            pytest.param(("sections", "故障描述", "现象"), (16, 1), id="part"),
            pytest.param(("sections", "验证记录", "现象"), (19, 1), id="part of the same name elsewhere"),
            pytest.param(("sections", "故障描述", "环境信息"), (14, 1), id="missing part: its section"),
            pytest.param(("sections", "原因分析"), (4, 1), id="missing section: status"),
            pytest.param(("sections", "原因分析", "现象"), (4, 1), id="part of a missing section: status"),
        ],
    )
    def test_place(self, newline: str, path: tuple[str | int, ...], place: tuple[int, int]) -> None:
        """Lines count from the top of the file, columns in characters, both from 1."""
        assert document.parse(self.TEXT.replace("\n", newline)).locate(path) == place

    def test_line(self) -> None:
        """A line can be named as such."""
        assert document.parse(self.TEXT).locate(("line", 16)) == (16, 1)

    def test_without_status(self) -> None:
        """Without ``status`` the first line must do."""
        assert document.parse("---\nid: SW-1\n---\n").locate(("team",)) == (1, 1)

    @pytest.mark.parametrize("text", ["", "---\na: [\n---\n", "---\nid: 1\n"])
    def test_unreadable(self, text: str) -> None:
        """A file that cannot be read has a first line, too."""
        assert document.parse(text).locate(("status",)) == (1, 1)

    def test_duplicate_key(self) -> None:
        """A finding points at the value that is used, the first one."""
        assert document.parse("---\nstatus: 特急\nid: x\nstatus: 高\n---\n").locate(("status",)) == (2, 9)

    def test_every_value_of_every_ticket(self, root: Path) -> None:
        """Whatever has a place is found where its text stands."""
        for path in sorted((root / "tickets").rglob("*.md")):
            source = document.parse(path.read_text(encoding="utf-8"))
            lines = source.text.split("\n")
            for field in ("id", "title", "severity", "status", "reported_at"):
                line, column = source.locate((field,))
                assert lines[line - 1][column - 1 :] == source.header[field]
            for number, event in enumerate(source.header["events"]):
                line, column = source.locate(("events", number, "event"))
                assert lines[line - 1][column - 1 :].startswith(event["event"])


class TestParse:
    """What is wrong with a file becomes a problem with line and column; nothing is raised."""

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            pytest.param("", Problem("front-matter", 1, 1, "empty file"), id="empty"),
            pytest.param(" \n\n", Problem("front-matter", 1, 1, "empty file"), id="blank"),
            pytest.param("# 标题\n", Problem("front-matter", 1, 1, "missing"), id="no header"),
            pytest.param(
                "\n---\nid: 1\n---\n", Problem("front-matter", 1, 1, "missing"), id="header not on the first line"
            ),
            pytest.param("----\nid: 1\n----\n", Problem("front-matter", 1, 1, "missing"), id="four dashes"),
            pytest.param("\ufeff---\nid: 1\n---\n", Problem("front-matter", 1, 1, "byte order mark"), id="BOM"),
            pytest.param("---\nid: 1\n", Problem("front-matter", 1, 1, "unterminated"), id="unterminated"),
            pytest.param("---\nid: 1\n ---\n", Problem("front-matter", 1, 1, "unterminated"), id="end indented"),
            pytest.param("---\n---\n", Problem("front-matter", 1, 1, "empty header"), id="empty header"),
            pytest.param("---\n\n# 注\n---\n", Problem("front-matter", 1, 1, "empty header"), id="header of comments"),
            pytest.param(
                "---\nid: 1\na: [\n---\n",
                Problem("yaml-syntax", 4, 1, "while parsing a flow node; did not find expected node content"),
                id="YAML",
            ),
            pytest.param("---\n- id\n---\n", Problem("yaml-syntax", 2, 1, "not a mapping"), id="a list"),
            pytest.param("---\nid: 1\nid: 2\n---\n", Problem("duplicate-key", 3, 1, "id"), id="duplicate key"),
            pytest.param(
                "---\nid: 1\nstatus：处理中\n---\n", Problem("fullwidth-colon", 3, 7, "status"), id="full-width colon"
            ),
            pytest.param(
                "---\nid: 1\nimpact:\n  users：3\n---\n",
                Problem("fullwidth-colon", 4, 8, "users"),
                id="full-width colon below a key",
            ),
            pytest.param(
                "---\nid: 1\nevents:\n  - {at：1}\n---\n",
                Problem("fullwidth-colon", 4, 8, "at"),
                id="full-width colon in an event",
            ),
            pytest.param(
                "---\nid: 1\nevents:\n  - {at: 1, event：登记}\n---\n",
                Problem("fullwidth-colon", 4, 18, "event"),
                id="full-width colon inside an event",
            ),
            pytest.param(
                "---\nid: 1\nimpact: {users：3}\n---\n",
                Problem("fullwidth-colon", 3, 15, "users"),
                id="full-width colon in a mapping",
            ),
            pytest.param(
                "---\nid: 1\n<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n---\n",
                Problem("merge-conflict", 3, 1, "\na: 1\n\0\na: 2\n"),
                id="conflict",
            ),
            pytest.param(
                "---\nid: 1\n=======\na: 2\n---\n",
                Problem("merge-conflict", 3, 1, ""),
                id="half a conflict",
            ),
        ],
    )
    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_problem(self, text: str, expected: Problem, newline: str) -> None:
        """One problem, at its place, with any line end."""
        assert document.parse(text.replace("\n", newline)).problems == (expected,)

    def test_several_full_width_colons(self) -> None:
        """Each has its own place."""
        found = document.parse("---\nid：1\nstatus： 处理中\n---\n").problems
        assert [(one.rule, one.line, one.column) for one in found] == [
            ("fullwidth-colon", 2, 3),
            ("fullwidth-colon", 3, 7),
        ]

    def test_a_full_width_colon_in_a_value_is_text(self) -> None:
        """Chinese punctuation in titles and notes is nobody's mistake, also beside a real problem."""
        text = "---\nid: 1\ntitle: 现象：重启\nnote: 一：二\nid: 3\n---\n"
        assert [one.rule for one in document.parse(text).problems] == ["duplicate-key"]

    def test_duplicate_keys_do_not_hide_a_full_width_colon(self) -> None:
        """Both are reported in one run."""
        found = document.parse("---\nid: 1\nid: 2\nimpact: {users：3}\n---\n").problems
        assert {one.rule for one in found} == {"duplicate-key", "fullwidth-colon"}

    def test_a_header_that_is_too_large(self) -> None:
        """More than 262144 characters between the marks are no header."""
        text = f"---\nid: 1\n# {'x' * 262_144}\n---\n"
        assert document.parse(text).problems == (Problem("yaml-syntax", 2, 1, "too many values"),)

    def test_spaces_behind_the_marks(self) -> None:
        """``---`` may be followed by spaces."""
        source = document.parse("---  \nid: 1\n--- \t\n正文\n---\n")
        assert (source.header, source.body, source.problems) == ({"id": "1"}, "正文\n---\n", ())

    def test_no_body(self) -> None:
        """A header alone is a document; its end needs no line end."""
        assert document.parse("---\nid: 1\n---").header == {"id": "1"}

    def test_rule_in_the_body(self) -> None:
        """A thematic break in the body is not the end of anything."""
        assert document.parse("---\nid: 1\n---\n一\n\n---\n\n二\n").body == "一\n\n---\n\n二\n"

    @given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("-a:：[{'\" \n\r#&*!|\t<=>甲", max_size=80))
    def test_any_text(self, text: str) -> None:
        """Any text becomes a document whose problems lie within it."""
        for candidate in (text, f"---\n{text}\n---\n"):
            lines = (
                candidate.count("\n")
                + candidate.count("\r")
                + candidate.count("\u2028")
                + candidate.count("\u2029")
                + candidate.count("\u0085")
                + 1
            )
            for found in document.parse(candidate).problems:
                assert 1 <= found.line <= lines
                assert found.column >= 1


class TestFrontmatter:
    """python-frontmatter works with the handler of this project."""

    TEXT = "---\nzeit: 10:30\nid: SW-1\nversion: 1.10\ncode: 0x8007000E\nevents:\n  - {at: 2026-11-03 09:12, event: 登记}\n---\n\n## 甲\n\n文字"

    def test_loads(self) -> None:
        """Every scalar is a string, in the order of the file."""
        post = frontmatter.loads(self.TEXT, handler=document.HANDLER)
        assert list(post.metadata.items()) == [
            ("zeit", "10:30"),
            ("id", "SW-1"),
            ("version", "1.10"),
            ("code", "0x8007000E"),
            ("events", [{"at": "2026-11-03 09:12", "event": "登记"}]),
        ]
        assert post.content == "## 甲\n\n文字"

    def test_dumps(self) -> None:
        """Written again it is the same file: no key sorted, each event on its line."""
        post = frontmatter.loads(self.TEXT, handler=document.HANDLER)
        assert frontmatter.dumps(post) == self.TEXT

    def test_detected(self) -> None:
        """The handler says whether a text has a header that is its own."""
        assert document.HANDLER.detect(self.TEXT)
        assert not document.HANDLER.detect("# 标题\n")

    @pytest.mark.parametrize("key", ["content", "handler", "metadata"])
    def test_keys_that_the_library_uses_itself(self, key: str) -> None:
        """They are fields like any other."""
        metadata, content = frontmatter.parse(f"---\n{key}: 一\n---\n正文\n", handler=document.HANDLER)
        assert (metadata, content) == ({key: "一"}, "正文")

    @pytest.mark.parametrize("text", ["---\nid: 1\n", "---\nid: [\n---\n", "没有文件头\n"])
    def test_a_broken_header_is_an_error(self, text: str) -> None:
        """And not a document without metadata."""
        with pytest.raises(ProblemError):
            frontmatter.loads(text, handler=document.HANDLER)

    def test_every_ticket(self, root: Path) -> None:
        """What the library reads is what the program reads."""
        for path in sorted((root / "tickets").rglob("*.md")):
            text = path.read_text(encoding="utf-8")
            metadata, content = frontmatter.parse(text, handler=document.HANDLER)
            source = document.parse(text)
            assert (metadata, content) == (source.header, source.body.strip())
