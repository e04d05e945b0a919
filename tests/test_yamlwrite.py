"""Writing YAML: what is written reads back, and a change to somebody else's text changes nothing else."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultkb import yamltext, yamlwrite

if TYPE_CHECKING:
    from pathlib import Path

ORDER = (
    "id",
    "title",
    "severity",
    "status",
    "reported_at",
    "impact",
    "team",
    "owner",
    "assistants",
    "due_at",
    "completed_at",
    "kb",
    "remark",
    "events",
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40) | st.text(
    " \t\r\n:#-?,[]{}&*!|>'\"%@`\\~=.\u0085\u2028\ufeff\ufffe\x00\x1b\x7fab1中，🔥", max_size=12
)
VALUES = st.recursive(
    TEXTS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=8
)


def update(text: str, changes: dict[str, Any] | None = None, **append: list[Any]) -> str:
    """Change a header."""
    return yamlwrite.update(text, changes or {}, ORDER, append)


class TestScalar:
    """A scalar reads back as the same text wherever it stands."""

    @pytest.mark.parametrize(
        "text",
        [
            "升级后重启",
            "V2.3.1",
            "2026-11-03 09:12",
            "10:30",
            "138****5512",
            "a#b",
            "https://x/y",
            "网关（两台）：重启",
            "it's",
            "a&b",
            "50%",
            "x-",
            "null",
        ],
    )
    def test_plain_where_possible(self, text: str) -> None:
        """Ordinary words stay without quotes."""
        assert yamlwrite.scalar(text) == text

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "a ",
            " a",
            "a: b",
            "a:",
            "怎么办:?",
            "a #b",
            "#a",
            "- a",
            "-",
            "---",
            "...",
            "?",
            ":",
            "a, b",
            "[a]",
            "{a}",
            "a]",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "'a'",
            '"a"',
            "%a",
            "@a",
            "`a`",
            "a\nb",
            "a\tb",
            "a\r",
            "\\",
            "\x00",
            "\x07",
            "\x1b[31m红",
            "\x7f",
            "\u0085",
            "\u2028",
            "\ufeffa",
            "\ufffe",
            "\U0001f525",
            "\u3000全角空格",
            "a\u3000",
        ],
    )
    def test_reads_back(self, text: str) -> None:
        """As a value of a block, of a flow mapping, of a list, and as a key."""
        written = yamlwrite.scalar(text)
        assert "\n" not in written
        assert yamltext.parse(f"a: {written}\n") == ({"a": text}, [])
        assert yamltext.parse(f"a: {{b: {written}, c: [{written}, {written}]}}\n") == (
            {"a": {"b": text, "c": [text, text]}},
            [],
        )
        assert yamltext.parse(f"- {written}\n".replace("- ", "a:\n- ", 1)) == ({"a": [text]}, [])
        assert yamltext.parse(f"{{{written}: x}}\n") == ({text: "x"}, [])

    @settings(max_examples=300, deadline=None)
    @given(TEXTS)
    def test_any_text_reads_back(self, text: str) -> None:
        """Whatever was typed comes back, character for character."""
        written = yamlwrite.scalar(text)
        assert yamltext.parse(f"a: {{b: {written}, c: [{written}]}}\nd: {written}\n") == (
            {"a": {"b": text, "c": [text]}, "d": text},
            [],
        )

    @pytest.mark.parametrize(
        "codes", [range(0x20), range(0x20, 0x100), range(0x2000, 0x2070), range(0xFE00, 0x10000)], ids=str
    )
    def test_every_odd_character(self, codes: range) -> None:
        """Control, format and noncharacters, alone and at the start of a text."""
        for code in codes:
            for text in (chr(code), f"{chr(code)}甲", f"甲{chr(code)}乙", f"甲{chr(code)}"):
                assert yamltext.parse(f"a: {{b: {yamlwrite.scalar(text)}}}\n")[0] == {"a": {"b": text}}, hex(code)

    @pytest.mark.parametrize(("value", "written"), [(True, "true"), (False, "false"), (320, "320"), ("true", "true")])
    def test_booleans_and_numbers(self, value: object, written: str) -> None:
        """What the schema converted is written as YAML writes it."""
        assert yamlwrite.scalar(value) == written

    def test_half_a_character_is_replaced(self) -> None:
        """A lone surrogate, which no file can hold, does not stop the writing."""
        assert yamltext.parse(f"a: {yamlwrite.scalar('x' + chr(0xD800))}")[0]["a"].startswith("x")


class TestFlow:
    """A value on one line."""

    def test_event(self) -> None:
        """An event as a clerk would write it."""
        event = {
            "at": "2026-11-03 10:05",
            "event": "受理",
            "owner": {"staff": "RD017", "name": "李*"},
            "participants": ["PM001", "RD001"],
            "note": "完整，属于故障",
        }
        assert yamlwrite.flow(event) == (
            "{at: 2026-11-03 10:05, event: 受理, owner: {staff: RD017, name: 李*}, participants: [PM001, RD001], note: 完整，属于故障}"
        )

    @settings(max_examples=200, deadline=None)
    @given(st.dictionaries(TEXTS, VALUES, max_size=4))
    def test_any_value_reads_back(self, data: dict[str, Any]) -> None:
        """Nested lists and mappings of any texts, on one line."""
        written = yamlwrite.flow(data)
        assert len(written.splitlines()) == 1
        assert yamltext.parse(written) == (data, [])


class TestHeader:
    """A whole header: a line for each field and each event."""

    def test_layout(self) -> None:
        """Fields in the order given, events on lines of their own."""
        data = {
            "id": "SW-1",
            "owner": {"staff": "A", "name": "李*"},
            "events": [{"at": "1", "event": "登记"}, {"at": "2", "event": "受理"}],
        }
        assert (
            yamlwrite.header(data)
            == "id: SW-1\nowner: {staff: A, name: 李*}\nevents:\n  - {at: 1, event: 登记}\n  - {at: 2, event: 受理}"
        )

    def test_line_ends(self) -> None:
        """The line ends asked for."""
        assert yamlwrite.header({"a": "1", "b": "2"}, "\r\n") == "a: 1\r\nb: 2"

    @settings(max_examples=200, deadline=None)
    @given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4))
    def test_any_header_reads_back(self, data: dict[str, Any]) -> None:
        """Also with keys and values that nobody expects."""
        assert yamltext.parse(yamlwrite.header(data)) == (data, [])

    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=3), max_size=3))
    def test_any_events_read_back(self, events: list[dict[str, Any]]) -> None:
        """Events of any content, each on one line."""
        written = yamlwrite.header({"id": "x", "events": events})
        assert len(written.splitlines()) == 2 + len(events)
        assert yamltext.parse(written) == ({"id": "x", "events": events}, [])

    def test_every_ticket_of_the_repository(self, root: Path) -> None:
        """Printing what was read and reading it again gives the same data."""
        for path in sorted((root / "tickets").rglob("*.md")):
            data = yamltext.parse(path.read_text(encoding="utf-8").split("---\n")[1])[0]
            assert yamltext.parse(yamlwrite.header(data)) == (data, []), path


# A header in which somebody has used everything that YAML allows.
WILD = """\
# 手工登记
id: SW-1  # 编号
severity: "高"   # 先按高处理
status: '处理中'
owner:
  # 主责人
  staff: RD017   # 李工
  name: '李*'
assistants:      # 协办
  - {staff: RD021, name: 王*}
  - staff: RD022
    name: 赵*
kb:
  entry: 收录
  keywords: [看门狗,   自动重启]  # 两个

# 经过
events:   # 一行一个
  - {at: 1, event: 登记, by: A}   # 第一个
  # 中间的注释
  - {at: 2, event: "受理", by: B}
  # 最后的注释

remark: 夜班
"""


class TestUpdate:
    """`update` changes the lines that it must and no other byte."""

    @pytest.mark.parametrize(
        ("changes", "old", "new"),
        [
            pytest.param(
                {"severity": "中"},
                'severity: "高"   # 先按高处理',
                "severity: 中   # 先按高处理",
                id="comment behind a value",
            ),
            pytest.param({"status": "待验证"}, "status: '处理中'", "status: 待验证", id="quoted value"),
            pytest.param({"id": "SW-2"}, "id: SW-1  # 编号", "id: SW-2  # 编号", id="plain value"),
            pytest.param(
                {"owner": {"staff": "RD025", "name": "李*"}},
                "  staff: RD017   # 李工",
                "  staff: RD025   # 李工",
                id="block mapping",
            ),
            pytest.param(
                {"owner": {"staff": "RD017", "name": "郭*"}},
                "  name: '李*'",
                "  name: 郭*",
                id="last key of a block mapping",
            ),
            pytest.param(
                {"owner": {"staff": "RD017", "name": "李*", "tel": "1*"}},
                "  name: '李*'\n",
                "  name: '李*'\n  tel: 1*\n",
                id="new key in a block mapping",
            ),
            pytest.param(
                {"kb": {"entry": "收录", "keywords": ["看门狗"]}},
                "  keywords: [看门狗,   自动重启]  # 两个",
                "  keywords: [看门狗]  # 两个",
                id="flow list in a block mapping",
            ),
            pytest.param(
                {"kb": {"entry": "不收录"}},
                "  entry: 收录\n  keywords: [看门狗,   自动重启]  # 两个\n",
                "  entry: 不收录\n",
                id="key removed from a block mapping",
            ),
            pytest.param({"remark": None}, "remark: 夜班\n", "", id="last key removed"),
            pytest.param({"remark": "夜班值守"}, "remark: 夜班\n", "remark: 夜班值守\n", id="last key"),
            pytest.param(
                {"team": "测试组"},
                "status: '处理中'\n",
                "status: '处理中'\nteam: 测试组\n",
                id="new key after what comes before it",
            ),
            pytest.param(
                {"due_at": "2026-11-06 18:00"},
                "    name: 赵*\n",
                "    name: 赵*\ndue_at: 2026-11-06 18:00\n",
                id="new key after a block list",
            ),
            pytest.param(
                {"completed_at": "2026-11-06 18:00", "due_at": "2026-11-05 18:00"},
                "    name: 赵*\n",
                "    name: 赵*\ndue_at: 2026-11-05 18:00\ncompleted_at: 2026-11-06 18:00\n",
                id="two new keys, in their order",
            ),
            pytest.param(
                {"unheard": "x"}, "remark: 夜班\n", "remark: 夜班\nunheard: x\n", id="new key without a place"
            ),
            pytest.param(
                {"title": "a: b"},
                "id: SW-1  # 编号\n",
                'id: SW-1  # 编号\ntitle: "a: b"\n',
                id="new value that needs quotes",
            ),
            pytest.param(
                {"assistants": None},
                "assistants:      # 协办\n  - {staff: RD021, name: 王*}\n  - staff: RD022\n    name: 赵*\n",
                "",
                id="block list removed",
            ),
            pytest.param(
                {"assistants": [{"staff": "RD030", "name": "马*"}]},
                "assistants:      # 协办\n  - {staff: RD021, name: 王*}\n  - staff: RD022\n    name: 赵*\n",
                "assistants: [{staff: RD030, name: 马*}]      # 协办\n",
                id="block list replaced, the comment of its key kept",
            ),
            pytest.param({"severity": "高", "remark": "夜班"}, "", "", id="nothing"),
        ],
    )
    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_change(self, changes: dict[str, Any], old: str, new: str, newline: str) -> None:
        """Exactly one passage differs, with the line ends of the file."""
        assert WILD.count(old) == 1 or not old
        before = WILD.replace("\n", newline)
        after = WILD.replace(old, new).replace("\n", newline) if old else before
        assert update(before, changes) == after

    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    def test_new_event(self, newline: str) -> None:
        """It stands after the last event, before the comment that follows."""
        before = WILD.replace("\n", newline)
        line = '  - {at: 2, event: "受理", by: B}\n'
        after = WILD.replace(line, f"{line}  - {{at: 3, event: 反馈, note: 处理中}}\n").replace("\n", newline)
        assert update(before, events=[{"at": "3", "event": "反馈", "note": "处理中"}]) == after

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            pytest.param("events:\n- {at: 1}\n", "events:\n- {at: 1}\n- {at: 2}\n", id="not indented"),
            pytest.param("events:\n    - {at: 1}\n", "events:\n    - {at: 1}\n    - {at: 2}\n", id="indented by four"),
            pytest.param("events:\n  - {at: 1}", "events:\n  - {at: 1}\n  - {at: 2}\n", id="no newline at the end"),
            pytest.param(
                "events:\n  - {at: 1}\nremark: x",
                "events:\n  - {at: 1}\n  - {at: 2}\nremark: x",
                id="key behind, no newline at the end",
            ),
            pytest.param("events:\r\n  - {at: 1}\r\n", "events:\r\n  - {at: 1}\r\n  - {at: 2}\r\n", id="CRLF"),
            pytest.param(
                "events:\n  - at: 1\n    by: A\n", "events:\n  - at: 1\n    by: A\n  - {at: 2}\n", id="event as a block"
            ),
            pytest.param("events: [{at: 1}]\n", "events: [{at: 1}, {at: 2}]\n", id="flow list"),
            pytest.param("events: [\n  {at: 1}\n]\n", "events: [\n  {at: 1}\n, {at: 2}]\n", id="flow list over lines"),
            pytest.param("events: []\n", "events: [{at: 2}]\n", id="empty list"),
            pytest.param(
                "events:\n  - {at: 1,\n     by: A}  # 注\n",
                "events:\n  - {at: 1,\n     by: A}  # 注\n  - {at: 2}\n",
                id="event over two lines",
            ),
            pytest.param(
                "events:\n  - {at: 1}\n\n\nid: x\n",
                "events:\n  - {at: 1}\n  - {at: 2}\n\n\nid: x\n",
                id="blank lines behind",
            ),
        ],
    )
    def test_styles_of_the_event_list(self, before: str, after: str) -> None:
        """A new event fits into the list as it is written."""
        assert update(before, events=[{"at": "2"}]) == after

    @pytest.mark.parametrize(
        ("before", "changes", "after"),
        [
            pytest.param(
                "owner: {staff: A, name: 李*} # 注\n",
                {"owner": {"staff": "B", "name": "李*"}},
                "owner: {staff: B, name: 李*} # 注\n",
                id="flow",
            ),
            pytest.param(
                "owner: { staff: A , name: '李*' }\n",
                {"owner": {"staff": "A", "name": "王*"}},
                "owner: { staff: A , name: 王* }\n",
                id="odd spaces",
            ),
            pytest.param(
                "owner: {staff: A, name: 李*}\n",
                {"owner": {"name": "李*"}},
                "owner: {name: 李*}\n",
                id="first key removed",
            ),
            pytest.param(
                "owner: {staff: A, name: 李*}\n",
                {"owner": {"staff": "A"}},
                "owner: {staff: A}\n",
                id="last key removed",
            ),
            pytest.param(
                "owner: {name: 李*}\n",
                {"owner": {"staff": "A", "name": "李*"}},
                "owner: {staff: A, name: 李*}\n",
                id="first key added",
            ),
            pytest.param(
                "owner: {staff: A}\n",
                {"owner": {"staff": "A", "name": "李*"}},
                "owner: {staff: A, name: 李*}\n",
                id="last key added",
            ),
            pytest.param("owner: {}\n", {"owner": {"staff": "A"}}, "owner: {staff: A}\n", id="empty mapping filled"),
            pytest.param(
                "owner:\n  {staff: A,\n   name: 李*}\n",
                {"owner": {"staff": "B", "name": "李*"}},
                "owner:\n  {staff: B,\n   name: 李*}\n",
                id="over two lines",
            ),
            pytest.param("team:\nid: x\n", {"team": "测试组"}, "team: 测试组\nid: x\n", id="key without a value"),
            pytest.param(
                "team:   # 待定\nid: x\n",
                {"team": "测试组"},
                "team: 测试组   # 待定\nid: x\n",
                id="key with only a comment",
            ),
            pytest.param(
                "remark: |\n  一\n  二\n\nid: x\n", {"remark": "三"}, "remark: 三\n\nid: x\n", id="literal block"
            ),
            pytest.param(
                "remark: >-\n  一\n  二\n# 注\nid: x\n", {"remark": None}, "# 注\nid: x\n", id="folded block removed"
            ),
            pytest.param("remark: 一\n  二\nid: x\n", {"remark": None}, "id: x\n", id="continued line removed"),
            pytest.param(
                "title: '一\n  二'\nid: x\n", {"title": "三"}, "title: 三\nid: x\n", id="quoted over two lines"
            ),
            pytest.param(
                "id: x", {"team": "测试组"}, "id: x\nteam: 测试组\n", id="new key after a line without newline"
            ),
            pytest.param(
                "id: x\r\nstatus: y",
                {"team": "测试组"},
                "id: x\r\nstatus: y\r\nteam: 测试组\r\n",
                id="the same with CRLF",
            ),
            pytest.param("status: y\n", {"id": "x"}, "id: x\nstatus: y\n", id="new first key"),
            pytest.param(
                "# 注\nstatus: y\n", {"id": "x"}, "# 注\nid: x\nstatus: y\n", id="new first key below a comment"
            ),
            pytest.param(
                "{id: x, status: y}",
                {"status": "z", "team": "甲"},
                "{id: x, status: z, team: 甲}",
                id="the whole header in braces",
            ),
            pytest.param("? id\n: x\nteam: y\n", {"id": "z"}, "? id\n: z\nteam: y\n", id="long key"),
            pytest.param(
                "kb:\n    entry: 收录\n",
                {"kb": {"entry": "收录", "cause": "甲"}},
                "kb:\n    entry: 收录\n    cause: 甲\n",
                id="indent of the siblings",
            ),
            pytest.param(
                "a: {b: {c: 1, d: 2}}\n", {"a": {"b": {"c": "1", "d": "3"}}}, "a: {b: {c: 1, d: 3}}\n", id="deep inside"
            ),
        ],
    )
    def test_styles(self, before: str, changes: dict[str, Any], after: str) -> None:
        """However a value is written, only it changes."""
        assert update(before, changes) == after

    @pytest.mark.parametrize(
        ("before", "changes", "expected"),
        [
            pytest.param(
                "kb:\n  entry: 不收录\n  reason: 内部\n",
                {"kb": {"canonical": "SW-1"}},
                {"kb": {"canonical": "SW-1"}},
                id="no key in common",
            ),
            pytest.param("kb:\n  entry: 不收录\n", {"kb": {}}, {"kb": {}}, id="emptied"),
            pytest.param("kb: {entry: 收录}\n", {"kb": "无"}, {"kb": "无"}, id="mapping becomes text"),
            pytest.param("kb:\n  entry: 收录\n", {"kb": ["甲"]}, {"kb": ["甲"]}, id="block mapping becomes list"),
            pytest.param("kb: 无\n", {"kb": {"entry": "收录"}}, {"kb": {"entry": "收录"}}, id="text becomes mapping"),
            pytest.param("complex: false\n", {"complex": True}, {"complex": "true"}, id="boolean"),
            pytest.param("impact: {users: 1}\n", {"impact": {"users": 320}}, {"impact": {"users": "320"}}, id="number"),
        ],
    )
    def test_values_of_another_kind(self, before: str, changes: dict[str, Any], expected: dict[str, Any]) -> None:
        """The new value is there, and the key behind it is untouched."""
        after = update(f"{before}remark: '保留'  # 注\n", changes)
        assert yamltext.parse(after)[0] == {**expected, "remark": "保留"}
        assert after.endswith("remark: '保留'  # 注\n")

    @pytest.mark.parametrize(
        ("text", "changes"),
        [
            pytest.param("id: &x a\ntitle: *x\n", {"id": "b"}, id="the named value of an alias"),
            pytest.param("id: &x a\ntitle: *x\n", {"title": "b"}, id="an alias"),
            pytest.param("owner: &x {staff: A}\nkb: {a: *x}\n", {"owner": {"staff": "B"}}, id="inside a named value"),
            pytest.param("id: a\nid: b\n", {"id": "c"}, id="duplicate keys"),
            pytest.param("", {"id": "a"}, id="nothing there"),
            pytest.param("# 注\n", {"id": "a"}, id="only a comment"),
        ],
    )
    def test_what_cannot_be_changed_safely_is_refused(self, text: str, changes: dict[str, Any]) -> None:
        """Either the result says what was asked, or ValueError: never a text that says something else."""
        try:
            after = update(text, changes)
        except ValueError:
            return
        assert yamltext.parse(after) == ({**yamltext.parse(text)[0], **changes}, [])

    def test_unreadable_text_is_refused(self) -> None:
        """A header that is no YAML is not touched."""
        with pytest.raises((ValueError, yamltext.ProblemError)):
            update("a: [\n", {"a": "1"})

    @pytest.mark.parametrize("note", ["怎么办:?", "a: b", "一, 二", "\x1b[31m", "'", "", "长" * 1000])
    def test_any_note(self, note: str) -> None:
        """An event is appended whatever its note says."""
        after = update("events:\n  - {at: 1}\n", events=[{"at": "2", "note": note}])
        assert yamltext.parse(after)[0]["events"][1] == {"at": "2", "note": note}
        assert len(after.splitlines()) == 3


def lines_by_key(text: str) -> list[tuple[str, str]]:
    """Return each line with the top-level key that it belongs to (tickets here write keys at the margin)."""
    key, result = "", []
    for line in text.splitlines(keepends=True):
        if line[:1].isalpha():
            key = line.partition(":")[0]
        result.append((key, line))
    return result


@functools.cache
def headers(root: Path) -> list[str]:
    """Return the headers of the tickets of this repository."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((root / "tickets").rglob("*.md"))]
    return [text.split("---\n")[1] for text in texts]


NEW = {
    "status": st.sampled_from(["待受理", "处理中", "已关闭"]),
    "severity": st.sampled_from(["紧急", "高"]),
    "team": st.sampled_from(["测试组", "客服组"]) | st.none(),
    "owner": st.fixed_dictionaries({"staff": st.sampled_from(["RD1", "QA9"]), "name": st.sampled_from(["李*", "王*"])})
    | st.none(),
    "assistants": st.lists(st.fixed_dictionaries({"staff": st.just("RD2"), "name": TEXTS}), max_size=2) | st.none(),
    "due_at": st.just("2026-12-01 18:00") | st.none(),
    "completed_at": st.just("2026-12-01 18:00") | st.none(),
    "remark": TEXTS | st.none(),
}


@settings(max_examples=100, deadline=None)
@given(data=st.data(), crlf=st.booleans())
def test_random_changes_of_real_tickets_touch_only_their_own_lines(root: Path, data: st.DataObject, crlf: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
    """Line by line: what does not belong to a changed field or to the new event is the same, in the same order."""
    before = data.draw(st.sampled_from(headers(root)))
    if crlf:
        before = before.replace("\n", "\r\n")
    names = data.draw(st.lists(st.sampled_from(sorted(NEW)), unique=True, max_size=4))
    changes = {name: data.draw(NEW[name]) for name in names}
    event = {"at": "2026-11-20 10:00", "event": "反馈", "by": "ZL001", "note": data.draw(TEXTS)}
    order = ("id", "title", "type", *ORDER[2:])
    after = yamlwrite.update(before, changes, order, {"events": [event]})

    old = [line for line in lines_by_key(before) if line[0] not in changes]
    new = [line for line in lines_by_key(after) if line[0] not in changes]
    added = [line for line in new if line not in old]
    assert len(added) == 1
    assert added[0][0] == "events"
    new.remove(added[0])
    assert new == old
    wanted = {**yamltext.parse(before)[0], **changes}
    wanted["events"] = [*wanted["events"], event]
    assert yamltext.parse(after) == ({key: value for key, value in wanted.items() if value is not None}, [])
