"""JSON Schema as the only type system: conversion, verdict, and words that a clerk understands."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faultkb import document
from faultkb.validation import Schema
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.finding import Finding
    from faultkb.violation import Violation
    from faultkb.vocabulary import Vocabulary

GOOD: dict[str, Any] = {
    "id": "SW-20261103-001",
    "title": "网关升级后每日凌晨重启",
    "type": "软件Bug",
    "severity": "高",
    "status": "待受理",
    "reported_at": "2026-11-03 09:12",
    "channel": "电话",
    "reporter": {"staff": "ZL001", "name": "张*"},
    "customer": {"id": "U****3821", "contact": "138****5512"},
    "impact": {"users": "320", "products": ["智能网关 GW2"], "versions": ["V2.3.1"]},
    "events": [{"at": "2026-11-03 09:12", "event": "登记", "by": "ZL001"}],
}
TEXTS = st.text(max_size=8) | st.sampled_from(
    [
        "",
        "SW-20261103-001",
        "2026-11-03 09:12",
        "2026-11-03 09:12\n",
        "9999-12-31 23:59",
        "true",
        "1",
        "*",
        "\n",
        "未知",
        "高",
        "登记",
    ]
)
JSON = st.recursive(
    TEXTS | st.booleans() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
VAGUE = "文件头不符合 schema/ticket.schema.json"


def violations(words: Vocabulary, **fields: object) -> list[Violation]:
    """Return what is wrong with the good header after a change; None leaves a field out."""
    data = {key: value for key, value in {**copy.deepcopy(GOOD), **fields}.items() if value is not None}
    return words.schema.accepted(words.schema.coerce(data))[1]


def only_missing(found: list[Violation]) -> bool:
    """Say whether nothing is wrong but what is missing or empty, or wrong and still to be read (too long, repeated)."""
    return all(one.rule == "missing-field" or one.readable or "是空的" in one.message for one in found)


def test_a_good_header(words: Vocabulary) -> None:
    """The header that the other tests change has nothing wrong with it."""
    assert violations(words) == []


class TestCoercion:
    """Only fields that the schema calls integer or boolean are converted."""

    @pytest.mark.parametrize(
        ("text", "value"),
        [
            ("320", 320),
            ("0", 0),
            ("-1", -1),
            ("007", 7),
            ("3.0", "3.0"),
            ("1e3", "1e3"),
            ("约320", "约320"),
            ("３", "３"),
            ("未知", "未知"),
            ("9" * 16, "9" * 16),
        ],
    )
    def test_integer(self, text: str, value: object, words: Vocabulary) -> None:
        """Digits become a number, anything else stays the text that it is."""
        assert words.schema.coerce({"impact": {"users": text}}) == {"impact": {"users": value}}

    @pytest.mark.parametrize(
        ("text", "value"), [("true", True), ("TRUE", True), ("False", False), ("yes", "yes"), ("是", "是"), ("1", "1")]
    )
    def test_boolean(self, text: str, value: object, words: Vocabulary) -> None:
        """Only true and false in the usual spellings."""
        assert words.schema.coerce({"complex": text}) == {"complex": value}

    def test_inside_events(self, words: Vocabulary) -> None:
        """Fields of events and of ``set`` are converted, all others stay text."""
        data = {
            "title": "320",
            "events": [{"at": "10:30", "confirmed": "true", "target": "2", "set": {"imported": "true", "note": "1"}}],
        }
        assert words.schema.coerce(data) == {
            "title": "320",
            "events": [{"at": "10:30", "confirmed": True, "target": 2, "set": {"imported": True, "note": "1"}}],
        }

    @pytest.mark.parametrize("value", ["x", ["x"], [{"a": "b"}], {"users": ["1"]}, {"users": {"a": "1"}}])
    def test_odd_shapes_are_left_alone(self, value: object, words: Vocabulary) -> None:
        """A list where a mapping belongs, and so on: no conversion, no crash."""
        assert words.schema.coerce({"impact": copy.deepcopy(value), "events": copy.deepcopy(value)}) == {
            "impact": value,
            "events": value,
        }

    def test_any_key(self) -> None:
        """The value of ``additionalProperties`` holds for keys that nobody knows beforehand."""
        schema = Schema(
            {
                "type": "object",
                "additionalProperties": {"type": "object", "properties": {"workday": {"type": "boolean"}}},
            }
        )
        assert schema.coerce({"2026-05-30": {"workday": "true"}}) == {"2026-05-30": {"workday": True}}


class TestWords:
    """Each way to break the schema: where, what, and what to write instead; never a word of JSON Schema."""

    CASES = (
        pytest.param(
            {"severity": "特急"}, ("severity",), ["严重程度", "特急"], ["紧急、高、中、低"], id="not a choice"
        ),
        pytest.param(
            {"status": "完成"},
            ("status",),
            ["当前状态", "不是可选的"],
            ["待受理、处理中、待验证、已关闭、已延期"],
            id="not a state",
        ),
        pytest.param(
            {"team": "法务组"}, ("team",), ["责任团队", "不是可选的"], ["硬件研发组", "客服组"], id="not a team"
        ),
        pytest.param({"channel": {"a": "b"}}, ("channel",), ["反馈渠道"], ["电话"], id="mapping for a choice"),
        pytest.param(
            {"reported_at": "昨天"}, ("reported_at",), ["反馈时间", "昨天"], ["YYYY-MM-DD HH:MM"], id="no time"
        ),
        pytest.param(
            {"reported_at": "2026-02-30 10:00"},
            ("reported_at",),
            ["2026 年 2 月没有 30 日"],
            ["日历"],
            id="no such day",
        ),
        pytest.param({"due_at": "2026-11-03 24:00"}, ("due_at",), ["计划完成时间"], ["24 小时制"], id="no such hour"),
        pytest.param({"due_at": "2026/11/03 09:12"}, ("due_at",), ["2026/11/03"], ["YYYY-MM-DD HH:MM"], id="slashes"),
        pytest.param({"due_at": "2026-11-03 09：12"}, ("due_at",), ["2026-11-03"], ["半角"], id="full-width colon"),
        pytest.param({"occurred_at": "上周"}, ("occurred_at",), ["故障发生时间"], ["未知"], id="neither time nor 未知"),
        pytest.param({"id": "SW-2026-1"}, ("id",), ["问题编号", "SW-2026-1"], ["SW-20261103-001"], id="id"),
        pytest.param(
            {"id": "SW-20261103-001\n"}, ("id",), ["问题编号"], ["SW-20261103-001"], id="id with a line break"
        ),
        pytest.param({"title": ""}, ("title",), ["问题标题", "空"], ["一行"], id="empty"),
        pytest.param({"title": "甲\n乙"}, ("title",), ["一行之内"], ["换行"], id="two lines"),
        pytest.param({"title": "长" * 81}, ("title",), ["81", "80"], ["短"], id="too long"),
        pytest.param({"title": ["甲"]}, ("title",), ["问题标题", "文字"], [], id="list for a text"),
        pytest.param({"complex": "是"}, ("complex",), ["复杂问题", "是"], ["true", "false"], id="not a boolean"),
        pytest.param(
            {"impact": {**GOOD["impact"], "users": "约三百"}},
            ("impact", "users"),
            ["受影响用户数", "约三百"],
            ["未知"],
            id="not a number",
        ),
        pytest.param(
            {"impact": {**GOOD["impact"], "users": "-1"}},
            ("impact", "users"),
            ["受影响用户数"],
            ["整数"],
            id="negative",
        ),
        pytest.param(
            {"impact": {**GOOD["impact"], "products": "GW2"}},
            ("impact", "products"),
            ["涉及产品", "列表"],
            ["[甲, 乙]"],
            id="text for a list",
        ),
        pytest.param(
            {"impact": {**GOOD["impact"], "products": []}},
            ("impact", "products"),
            ["空"],
            ["[甲, 乙]"],
            id="empty list",
        ),
        pytest.param(
            {"impact": {**GOOD["impact"], "versions": ["V1", "V1"]}},
            ("impact", "versions"),
            ["重复"],
            ["删去"],
            id="twice in a list",
        ),
        pytest.param(
            {"impact": {**GOOD["impact"], "versions": ["V1", ""]}},
            ("impact", "versions", 1),
            ["空"],
            [],
            id="empty item",
        ),
        pytest.param({"impact": "很大"}, ("impact",), ["影响范围", "字段: 值"], [], id="text for a mapping"),
        pytest.param({"customer": {}}, ("customer",), ["用户基本信息", "空"], [], id="empty mapping"),
        pytest.param(
            {"kb": {"entry": "收录", "related": ["甲"]}},
            ("kb", "related", 0),
            ["问题编号"],
            ["SW-20261103-001"],
            id="reference",
        ),
        pytest.param({"events": []}, ("events",), ["处理进度", "空"], [], id="no events"),
        pytest.param(
            {"events": ["登记"]}, ("events", 0), ["字段: 值"], ["{at: 2026-11-03 09:12"], id="text for an event"
        ),
        pytest.param({"events": "登记"}, ("events",), ["列表"], [], id="text for the events"),
    )

    @pytest.mark.parametrize(("fields", "path", "message", "advice"), CASES)
    def test_schema(
        self,
        fields: dict[str, Any],
        path: tuple[str | int, ...],
        message: list[str],
        advice: list[str],
        words: Vocabulary,
    ) -> None:
        """One violation at the place, with the Chinese title, the value and the way out."""
        found = violations(words, **fields)
        assert [(one.rule, one.path) for one in found] == [("schema", path)]
        assert all(word in found[0].message for word in message), found[0].message
        assert all(word in found[0].help for word in advice), found[0].help

    @pytest.mark.parametrize(("fields", "path", "message", "advice"), CASES)
    def test_no_word_of_the_trade(
        self, fields: dict[str, Any], path: object, message: object, advice: object, words: Vocabulary
    ) -> None:
        """Neither Python nor JSON Schema shows."""
        del path, message, advice
        text = "".join(one.message + one.help for one in violations(words, **fields))
        for word in (
            "enum",
            "pattern",
            "string",
            "object",
            "array",
            "None",
            "dict",
            "str",
            "oneOf",
            "$ref",
            "{}",
            "[]",
            "\n",
        ):
            assert word not in text

    @pytest.mark.parametrize(
        ("fields", "path", "hidden"),
        [
            ({"reporter": "张三丰"}, ("reporter",), "张三丰"),
            ({"reporter": {"staff": "张 三", "name": "张*"}}, ("reporter", "staff"), "张 三"),
            ({"customer": {"id": "U1234567"}}, ("customer", "id"), "U1234567"),
            ({"customer": {"contact": "13800005512"}}, ("customer", "contact"), "13800005512"),
            ({"customer": "13800005512"}, ("customer",), "13800005512"),
            ({"owner": {"staff": "13800005512345678901", "name": "李" * 31}}, ("owner", "name"), "李李"),
        ],
    )
    def test_private_values_are_not_repeated(
        self, fields: dict[str, Any], path: tuple[str, ...], hidden: str, words: Vocabulary
    ) -> None:
        """A message about a person or a customer never says the value."""
        found = violations(words, **fields)
        assert path in {one.path for one in found}
        assert all(hidden not in one.message + one.help for one in found)

    @pytest.mark.parametrize(
        ("name", "advice"),
        [
            ("severty", "severity"),
            ("repoted_at", "reported_at"),
            ("Status", "status"),
            ("负责人", "删去"),
            ("x" * 5000, "删去"),
        ],
    )
    def test_unknown_field(self, name: str, advice: str, words: Vocabulary) -> None:
        """A slip of the pen is recognised; anything else belongs elsewhere; a long name is cut."""
        (found,) = violations(words, **{name: "甲"})
        assert (found.rule, found.path) == ("unknown-field", (name,))
        assert advice in found.help
        assert len(found.message) < 60

    def test_unknown_field_in_a_small_mapping(self, words: Vocabulary) -> None:
        """Where there are few fields they are listed."""
        (found,) = violations(words, reporter={"staff": "ZL001", "name": "张*", "电话": "1*"})
        assert (found.rule, found.path) == ("unknown-field", ("reporter", "电话"))
        assert "staff、name" in found.help

    def test_unknown_field_in_an_event(self, words: Vocabulary) -> None:
        """Events have fixed fields, too."""
        (found,) = violations(words, events=[{**GOOD["events"][0], "nota": "甲"}])
        assert (found.rule, found.path) == ("unknown-field", ("events", 0, "nota"))
        assert "note" in found.help

    @pytest.mark.parametrize("name", sorted(set(GOOD) - {"customer"}))
    def test_missing_field(self, name: str, words: Vocabulary) -> None:
        """Every required field is missed by its name and its title."""
        (found,) = violations(words, **{name: None})
        assert found.rule == "missing-field"
        assert f"（{name}）" in found.message
        assert found.help.startswith(f"补上 {name}: ")

    def test_missing_inside(self, words: Vocabulary) -> None:
        """Also inside mappings and events."""
        found = violations(words, impact={"users": "1"}, events=[{"at": "2026-11-03 09:12", "event": "登记"}])
        assert [(one.rule, one.path[:2]) for one in found] == [
            ("missing-field", ("impact", "products")),
            ("missing-field", ("impact", "versions")),
            ("missing-field", ("events", 0)),
        ]

    def test_everything_in_one_run(self, words: Vocabulary) -> None:
        """Five mistakes are five violations."""
        found = violations(
            words, severity="特急", title="", channel=None, severty="高", impact={**GOOD["impact"], "users": "x"}
        )
        assert {(one.rule, one.path) for one in found} == {
            ("schema", ("severity",)),
            ("schema", ("title",)),
            ("missing-field", ("channel",)),
            ("unknown-field", ("severty",)),
            ("schema", ("impact", "users")),
        }


class TestKeysWithoutAValue:
    """``severty:`` counts as not written; the misspelt name is found all the same."""

    def test_unknown(self, words: Vocabulary) -> None:
        """Only names that the schema does not know, at any depth, with the likely one."""
        found = words.schema.unknown(
            [("severty",), ("remark",), ("impact", "user"), ("impact", "modules"), ("events", 2, "nota"), ("nix", "x")]
        )
        assert [(one.rule, one.path) for one in found] == [
            ("unknown-field", ("severty",)),
            ("unknown-field", ("impact", "user")),
            ("unknown-field", ("events", 2, "nota")),
            ("unknown-field", ("nix", "x")),
        ]
        assert ["severity" in found[0].help, "users" in found[1].help, "note" in found[2].help] == [True] * 3

    def test_private(self, words: Vocabulary) -> None:
        """In a mapping about a customer even the name is not repeated: it may be the number itself."""
        (found,) = words.schema.unknown([("customer", "13800005512")])
        assert "13800005512" not in found.message + found.help

    def test_in_a_file(self, write_text: Callable[..., str], judge_text: Callable[[str], list[Finding]]) -> None:
        """The finding stands at the key."""
        lines = write_text("登记").split("\n")
        lines.insert(5, "severty:")
        found = [one for one in judge_text("\n".join(lines)) if one.rule == "unknown-field"]
        assert [(one.line, one.column) for one in found] == [(6, 1)]


def test_a_header_as_a_whole() -> None:
    """Where nothing but the whole is wrong, the message calls it by name."""
    (found,) = Schema({"type": "object", "minProperties": 1}).violations({})
    assert found.message == "文件头是空的"


class TestAccepted:
    """What the schema accepts of broken data, so that one mistake does not hide the next."""

    def test_good_data_is_returned_as_it_is(self, words: Vocabulary) -> None:
        """Not even a copy."""
        data = words.schema.coerce(copy.deepcopy(GOOD))
        assert words.schema.accepted(data)[0] is data

    def test_bad_values_are_left_out(self, words: Vocabulary) -> None:
        """Wrong values, unknown fields and wrong items go, their neighbours stay; the given data is untouched."""
        data = words.schema.coerce(
            {
                **copy.deepcopy(GOOD),
                "severity": "特急",
                "severty": "高",
                "impact": {"users": "x", "products": ["甲", "", "乙", ""], "versions": ["V1"]},
                "kb": {"entry": "收录", "related": ["甲", "SW-20261103-001", "乙"]},
            }
        )
        before = copy.deepcopy(data)
        kept, found = words.schema.accepted(data)
        assert data == before
        assert found
        assert not {"severity", "severty"} & kept.keys()
        assert kept["kb"] == {"entry": "收录", "related": ["SW-20261103-001"]}
        assert kept["impact"]["versions"] == ["V1"]
        assert "users" not in kept["impact"]

    def test_a_list_that_is_wrong_in_two_ways(self, words: Vocabulary) -> None:
        """Repeated items, both of them empty: nothing usable is left of the list, and its neighbours stay."""
        header = {**copy.deepcopy(GOOD), "impact": {"users": 1, "products": ["", ""], "versions": ["V1"]}}
        kept, _ = words.schema.accepted(header)
        assert not kept["impact"].pop("products", [])
        assert kept["impact"] == {"users": 1, "versions": ["V1"]}

    def test_items_of_the_wrong_kind(self, words: Vocabulary) -> None:
        """A mapping where a text belongs goes, the texts beside it stay."""
        header = words.schema.coerce(copy.deepcopy(GOOD))
        header["impact"]["products"] = [{"名称": "网关"}, "门锁"]
        header["kb"] = {"entry": "收录", "related": [{"id": "SW-20261103-001"}, "SW-20261103-002"]}
        header["events"][0]["participants"] = [{"staff": "PM001"}, "RD001"]
        kept, _ = words.schema.accepted(header)
        assert kept["impact"]["products"] == ["门锁"]
        assert kept["kb"]["related"] == ["SW-20261103-002"]
        assert kept["events"][0]["participants"] == ["RD001"]

    @pytest.mark.parametrize("participants", ["[{staff: PM001, name: 何*}, RD001]", "[[PM001], RD001]", "PM001", "[]"])
    def test_persons_where_ids_belong(self, participants: str, judge: Callable[..., list[Finding]]) -> None:
        """A review that lists its participants in another way is a finding, and nothing worse."""
        found = judge("登记", "受理", f"评审 participants: {participants}")
        assert "schema" in {one.rule for one in found}

    @pytest.mark.parametrize(
        ("field", "value"), [("title", "长" * 81), ("remark", "长" * 2001)], ids=["title", "remark"]
    )
    def test_what_is_only_too_long_is_kept(self, field: str, value: str, words: Vocabulary) -> None:
        """A title that is too long is a finding, and still the title by which lists show the fault."""
        kept, found = words.schema.accepted({**words.schema.coerce(copy.deepcopy(GOOD)), field: value})
        assert [one.path for one in found] == [(field,)]
        assert kept[field] == value

    @pytest.mark.parametrize(
        "header", [{}, {"events": "x"}, {"a": {"b": {"c": []}}}, {"events": [{"set": {"set": {}}}]}]
    )
    def test_what_is_left_is_valid_but_for_what_is_missing(self, header: dict[str, Any], words: Vocabulary) -> None:
        """A second look finds only what is missing: fields, and the content of what was emptied."""
        kept, _ = words.schema.accepted(header)
        assert only_missing(words.schema.accepted(kept)[1])


class TestFields:
    """What the schema says of a place."""

    @pytest.mark.parametrize(
        ("path", "title"),
        [
            (("id",), "问题编号"),
            (("reported_at",), "反馈时间"),
            (("reporter",), "反馈人信息"),
            (("customer",), "用户基本信息"),
            (("type",), "故障类型"),
            (("severity",), "严重程度"),
            (("impact",), "影响范围"),
            (("status",), "当前状态"),
            (("team",), "责任团队"),
            (("owner",), "主责人"),
            (("due_at",), "计划完成时间"),
            (("completed_at",), "实际完成时间"),
            (("verification",), "验证结果"),
            (("remark",), "备注"),
            (("owner", "staff"), "工号"),
            (("events", 3, "approver"), "批准人"),
            (("events", 3, "owner", "name"), "姓名"),
            (("assistants", 0, "name"), "姓名"),
            (("nix",), "nix"),
            (("events", 0, "nix"), "nix"),
        ],
    )
    def test_titles(self, path: tuple[str | int, ...], title: str, words: Vocabulary) -> None:
        """The titles of the 《产品故障问题跟踪表》; an unknown place has its own name."""
        assert words.title(*path) == title

    @pytest.mark.parametrize(
        ("path", "private"),
        [
            (("reporter", "name"), True),
            (("customer", "contact"), True),
            (("events", 0, "owner", "name"), True),
            (("kb", "reason"), True),
            (("title",), False),
        ],
    )
    def test_private(self, path: tuple[str | int, ...], private: bool, words: Vocabulary) -> None:  # noqa: FBT001 - a case's own verdict
        """What lies inside a private field is private."""
        assert words.schema.field(path).private is private

    def test_hint_and_choices(self, words: Vocabulary) -> None:
        """How to write it, and what there is to choose from."""
        assert "2026-11-03 09:12" in words.schema.field(("due_at",)).hint
        assert words.schema.field(("severity",)).choices == ("紧急", "高", "中", "低")

    def test_requirements_word_for_word(self, words: Vocabulary) -> None:
        """The definitions of the four severities are those of the requirements."""
        assert {name: choice["description"] for name, choice in words.choices["severity"].items()} == {
            "紧急": "影响核心功能且大面积用户",
            "高": "影响主要功能且部分用户",
            "中": "次要功能",
            "低": "轻微体验问题",
        }


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("短", "短"),
        ("长" * 31, "长" * 30 + "…"),
        ("长" * 30, "长" * 30),
        ("甲\n乙", "甲\\n乙"),
        ("红\x1b[31m", "红�[31m"),
        ("甲\u202e乙", "甲�乙"),
    ],
)
def test_clip(text: str, shown: str) -> None:
    """A quoted value is short and repaints nothing."""
    assert clip(text) == shown


class TestTwoEngines:
    """The quick validator decides, the slow one explains; they must agree."""

    @pytest.fixture(scope="class")
    @staticmethod
    def schema(words: Vocabulary) -> Schema:
        """Return the schema alone: hypothesis prints the arguments of a case that fails."""
        return words.schema

    def agree(self, schema: Schema, data: dict[str, Any]) -> None:
        """Fail where one accepts what the other refuses."""
        vague = [one.message for one in schema.violations(data)] == [VAGUE]
        assert schema.is_valid(data) is vague

    def test_every_ticket(self, schema: Schema, root: Path) -> None:
        """Both accept every ticket of this repository."""
        for path in sorted((root / "tickets").rglob("*.md")):
            data = schema.coerce(document.parse(path.read_text(encoding="utf-8")).header)
            assert schema.is_valid(data), path
            self.agree(schema, data)

    @pytest.mark.parametrize(("fields", "path", "message", "advice"), TestWords.CASES)
    def test_every_bad_case(
        self, fields: dict[str, Any], path: object, message: object, advice: object, schema: Schema
    ) -> None:
        """Both refuse each case of this module."""
        del path, message, advice
        data = schema.coerce({**copy.deepcopy(GOOD), **copy.deepcopy(fields)})
        assert not schema.is_valid(data)
        self.agree(schema, data)

    @settings(max_examples=300, deadline=None)
    @given(data=st.data())
    def test_anything(self, schema: Schema, data: st.DataObject) -> None:
        """Any value in any field gets the same verdict from both, and what is accepted of it is valid but for what is missing."""
        fields = list(schema.root["properties"])
        header = copy.deepcopy(GOOD)
        for name in data.draw(st.lists(st.sampled_from(fields), min_size=1, max_size=3, unique=True)):
            header[name] = data.draw(JSON)
        inner = list(schema.root["$defs"]["event"]["properties"])
        if isinstance(header["events"], list):
            for name in data.draw(st.lists(st.sampled_from(inner), max_size=2, unique=True)):
                header["events"] = [{**GOOD["events"][0], name: data.draw(JSON)}]
        self.agree(schema, schema.coerce(header))
        kept, _ = schema.accepted(header)
        assert only_missing(schema.accepted(kept)[1])
