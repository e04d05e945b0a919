"""Reading YAML: strings only, exact places, and a named problem for everything that is no mapping of texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultkb import yamltext
from faultkb.yamltext import Problem, ProblemError


def problem(text: str) -> Problem:
    """Return what keeps a text from being read."""
    with pytest.raises(ProblemError) as caught:
        yamltext.parse(text)
    return caught.value.problem


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("10:30", id="no sexagesimal number"),
        pytest.param("1.10", id="no float"),
        pytest.param("1_000", id="no integer with underscores"),
        pytest.param("0x8007000E", id="no hexadecimal number"),
        pytest.param("017", id="no octal number"),
        pytest.param("+86", id="no signed number"),
        pytest.param("1e3", id="no exponent"),
        pytest.param(".inf", id="no infinity"),
        pytest.param("yes", id="no boolean yes"),
        pytest.param("Off", id="no boolean off"),
        pytest.param("true", id="no boolean true"),
        pytest.param("null", id="no null"),
        pytest.param("~", id="no tilde null"),
        pytest.param("2026-11-03", id="no date"),
        pytest.param("2026-11-03 09:12", id="no timestamp"),
        pytest.param("=", id="no default value"),
        pytest.param("138****5512", id="stars inside"),
        pytest.param("U****3821", id="masked"),
        pytest.param("网关，重启：每晚", id="full-width punctuation"),
    ],
)
def test_a_scalar_is_the_text_that_was_written(value: str) -> None:
    """Plain, in a flow mapping, in a list, quoted: always the same text."""
    assert yamltext.parse(f"a: {value}\nb: {{c: {value}}}\nd: [{value}]\ne: '{value}'\nf: \"{value}\"\n") == (
        {"a": value, "b": {"c": value}, "d": [value], "e": value, "f": value},
        [],
    )


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("'it''s'", "it's", id="single quotes"),
        pytest.param('"a\\tb\\u4e2d"', "a\tb中", id="escapes"),
        pytest.param("|\n  甲\n  乙\n", "甲\n乙\n", id="literal block"),
        pytest.param(">-\n  甲\n  乙\n", "甲 乙", id="folded block"),
        pytest.param("甲\n  乙", "甲 乙", id="continued line"),
        pytest.param("甲 # 说明", "甲", id="comment"),
        pytest.param("甲#乙", "甲#乙", id="no comment without a space"),
    ],
)
def test_styles(text: str, value: str) -> None:
    """The styles of YAML read as YAML says."""
    assert yamltext.parse(f"a: {text}")[0] == {"a": value}


def test_a_key_without_a_value_is_not_written() -> None:
    """``remark:`` counts as absent, at any depth; an empty text in quotes or as a block is a value; list items stay."""
    text = "a:\nb: ''\nc: \"\"\nd: |\ne: {f: , g: 1}\nh: [x, '']\ni:\n  -\n  - y\n"
    assert yamltext.parse(text)[0] == {"b": "", "c": "", "d": "", "e": {"g": "1"}, "h": ["x", ""], "i": ["", "y"]}


@pytest.mark.parametrize("text", ["", "\n\n", "# 只有注释\n", "   "])
def test_nothing_is_an_empty_mapping(text: str) -> None:
    """An empty text holds no fields and nothing wrong."""
    assert yamltext.parse(text) == ({}, [])


def test_order_is_that_of_the_text() -> None:
    """Keys are neither sorted nor shuffled."""
    assert list(yamltext.parse("z: 1\na: 2\nm: 3\n")[0]) == ["z", "a", "m"]


def test_merge_keys_merge_nothing() -> None:
    """``<<`` is a key like any other: no field comes from elsewhere."""
    assert yamltext.parse("a: &m {p: 1}\nb: {<<: *m, q: 2}\n")[0]["b"] == {"<<": {"p": "1"}, "q": "2"}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!int 3", "3"),
        ("!!bool yes", "yes"),
        ("!!binary aGk=", "aGk="),
        ("!own x", "x"),
        ("!!python/object/apply:os.system [ls]", ["ls"]),
        ("!!python/name:os.system x", "x"),
        ("!!set {x: 1}", {"x": "1"}),
    ],
)
def test_tags_mean_nothing(text: str, value: object) -> None:
    """A tag neither converts a value nor makes an object."""
    assert yamltext.parse(f"a: {text}\n") == ({"a": value}, [])


class TestDuplicates:
    """The first of two equal keys counts; each further one is a problem at its own place."""

    def test_top(self) -> None:
        """Three times the same key: two problems."""
        assert yamltext.parse("id: 1\nstatus: 甲\nid: 2\nid: 3\n") == (
            {"id": "1", "status": "甲"},
            [Problem("duplicate-key", 3, 1, "id"), Problem("duplicate-key", 4, 1, "id")],
        )

    def test_nested(self) -> None:
        """In a flow mapping in a list; the column counts characters, not bytes."""
        assert yamltext.parse("events:\n  - {注: 🔥, at: 1, at: 2}\n") == (
            {"events": [{"注": "🔥", "at": "1"}]},
            [Problem("duplicate-key", 2, 19, "at")],
        )

    def test_quoted_keys_are_the_same_keys(self) -> None:
        """``"id"`` is ``id``."""
        assert yamltext.parse('id: 1\n"id": 2\n')[1] == [Problem("duplicate-key", 2, 1, "id")]

    def test_the_place_is_that_of_the_value_that_counts(self) -> None:
        """A finding about ``severity`` points at the first one, whose value is used."""
        text = "severity: 特急\nstatus: 甲\nseverity: 高\n"
        assert yamltext.places(text)["severity",].value.line == 1


class TestAliases:
    """Aliases are copied as far as that stays small."""

    def test_bounded(self) -> None:
        """An alias is a copy of what it names; changing one does not change the other."""
        data, problems = yamltext.parse("a: &x {staff: RD017}\nb: *x\nc: [*x, *x]\n")
        assert (data["b"], data["c"], problems) == ({"staff": "RD017"}, [{"staff": "RD017"}] * 2, [])
        data["b"]["staff"] = "other"
        assert data["a"] == {"staff": "RD017"}

    def test_scalar(self) -> None:
        """Also a text can be named."""
        assert yamltext.parse("a: &x 高\nb: *x\n")[0] == {"a": "高", "b": "高"}

    def test_unbounded(self) -> None:
        """Twelve lines that stand for 9^12 values are refused."""
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 12)]
        found = problem("\n".join(lines))
        assert (found.rule, found.detail) == ("yaml-syntax", "too many values")

    @pytest.mark.parametrize("text", ["a: &x [*x]\n", "a: &x {b: *x}\n", "a: &x {b: [1, {c: *x}]}\n"])
    def test_recursive(self, text: str) -> None:
        """A value that holds itself is refused."""
        assert problem(text).detail == "too deep"

    def test_recursive_places_end(self) -> None:
        """Looking up places of such a value comes to an end."""
        assert set(yamltext.places("a: &x [1, *x]\n")) == {(), ("a",), ("a", 0), ("a", 1)}

    @pytest.mark.parametrize(
        ("text", "detail", "line", "column"),
        [
            ("姓名: *x\n", "found undefined alias", 1, 5),
            ("姓名: *明\n", "while scanning an alias", 1, 5),
            ("姓名: &明 x\n", "while scanning an anchor", 1, 5),
            ("a: &x 1\nb: &x 2\n", "found duplicate anchor", 2, 4),
            ("a: !e!x 1\n", "found undefined tag handle", 1, 4),
        ],
    )
    def test_slips_of_the_pen(self, text: str, detail: str, line: int, column: int) -> None:
        """A value that begins with ``*`` or ``&`` by mistake is found where it stands."""
        found = problem(text)
        assert detail in found.detail
        assert (found.line, found.column) == (line, column)


class TestLimits:
    """Depth and size are bounded, so that no text can exhaust the machine."""

    def test_depth(self) -> None:
        """Thirty levels below the root are read, the thirty-first is refused where it opens."""
        assert yamltext.parse("a: " + "[" * 30 + "]" * 30)[1] == []
        assert problem("a: " + "[" * 31 + "]" * 31) == Problem("yaml-syntax", 1, 34, "too deep")

    def test_depth_of_mappings(self) -> None:
        """The same holds for mappings."""
        assert yamltext.parse("{a: " * 31 + "x" + "}" * 31)[1] == []
        assert problem("{a: " * 32 + "x" + "}" * 32).detail == "too deep"

    @pytest.mark.parametrize("opener", ["[", "{a: ", "- ", "? ", "[{a: "])
    def test_depth_beyond_the_stack(self, opener: str) -> None:
        """A hundred thousand levels, closed or not, end in the same problem and not in a crash."""
        assert problem(opener * 100_000).detail == "too deep"

    def test_many_short_lists_are_not_deep(self) -> None:
        """Five thousand lists beside each other are read."""
        assert len(yamltext.parse("".join(f"k{number}: [x]\n" for number in range(5000)))[0]) == 5000

    def test_syntax_is_still_reported_in_a_text_with_many_lists(self) -> None:
        """The count of levels does not hide what the parser says."""
        found = problem("".join(f"k{number}: [x]\n" for number in range(5000)) + "b: ]\n")
        assert (found.rule, found.line) == ("yaml-syntax", 5001)

    def test_number_of_values(self) -> None:
        """Two hundred thousand values are read, one more is refused."""
        assert len(yamltext.parse("a: [" + "x," * 199_999 + "]")[0]["a"]) == 199_999
        assert problem("a: [" + "x," * 200_000 + "]").detail == "too many values"


class TestProblems:
    """What is no YAML is named with line and column, both from 1."""

    @pytest.mark.parametrize(
        ("text", "line", "column", "detail"),
        [
            pytest.param("a: 1\nb: a\x07b\n", 2, 5, "control character", id="control character"),
            pytest.param(
                "标题: 中文\n备注: 🔥\x1b[31m\n", 2, 6, "control character", id="control character after CJK and emoji"
            ),
            pytest.param("a: 1\n\tb: 2\n", 2, 1, "found a tab character", id="tab after a value"),
            pytest.param("\ta: 1\n", 1, 1, "cannot start any token", id="tab at the start"),
            pytest.param("a:\n\tb: 1\n", 2, 1, "cannot start any token", id="tab below a key"),
            pytest.param("a: @x\n", 1, 4, "cannot start any token", id="reserved character"),
            pytest.param("标题: 一: 二\n", 1, 6, "mapping values are not allowed", id="colon in a value"),
            pytest.param("a: [1, 2\nb: 3\n", 1, 4, "did not find expected ',' or ']'", id="bracket left open"),
            pytest.param("a: {b: 1\nc: 3}\n", 1, 4, "did not find expected ',' or '}'", id="brace left open"),
            pytest.param('a: "x\n', 1, 4, "found unexpected end of stream", id="quote left open"),
            pytest.param("a: 'x' y\n", 1, 8, "did not find expected key", id="text after a quote"),
            pytest.param("a: 1\n---\nb: 2\n", 2, 1, "but found another document", id="second document"),
            pytest.param("a:\n  - 1\n  b: 2\n", 3, 3, "did not find expected '-' indicator", id="key in a list"),
            pytest.param("- a\n- b\n", 1, 1, "not a mapping", id="a list"),
            pytest.param("只有文字\n", 1, 1, "not a mapping", id="a text"),
            pytest.param("a: 1\n[b]: 2\n", 2, 1, "key is not text", id="a list as key"),
            pytest.param("a: 1\n{b: 1}: 2\n", 2, 1, "key is not text", id="a mapping as key"),
            pytest.param("a: 1\n? [b]\n: 2\n", 2, 3, "key is not text", id="a list as long key"),
            pytest.param("a: {? [b] : 2}\n", 1, 7, "key is not text", id="a list as key inside"),
        ],
    )
    def test_place(self, text: str, line: int, column: int, detail: str) -> None:
        """The place is that of the slip, in characters."""
        found = problem(text)
        assert found.rule == "yaml-syntax"
        assert detail in found.detail
        assert (found.line, found.column) == (line, column)

    def test_windows_line_ends(self) -> None:
        """CRLF is one line end."""
        found = problem("a: 1\r\nb: 2\r\nc: [\r\n")
        assert found.line in {3, 4}
        assert problem("甲: 1\r\n乙: a\x07\r\n") == Problem("yaml-syntax", 2, 5, "control character")

    @given(
        st.text(st.characters(exclude_categories=["Cs"])) | st.text("ab:-?[]{}#&*!|>'\"%@`, \n\t~\\一：🔥", max_size=60)
    )
    def test_any_text_is_read_or_refused(self, text: str) -> None:
        """Nothing but ProblemError comes out, with a place inside the text or just behind it."""
        try:
            data, problems = yamltext.parse(text)
        except ProblemError as error:
            problems = [error.problem]
        else:
            assert isinstance(data, dict)
        for found in problems:
            assert found.line >= 1
            assert found.column >= 1


class TestPlaces:
    """Where every value stands."""

    TEXT = (
        "# 说明\n"
        "id: SW-1\n"
        "标题: 网关🔥重启 # 注\n"
        "impact: {users: 320, products: [网关 GW2, '锁']}\n"
        "owner:\n"
        "  staff: RD017\n"
        "events:\n"
        "  - {at: 2026-11-03 09:12, note: 🔥🔥, event: 登记}\n"
        "  - at: x\n"
        "    event: 受理\n"
    )

    @pytest.mark.parametrize("newline", ["\n", "\r\n"])
    @pytest.mark.parametrize(
        ("path", "value", "line", "column"),
        [
            (("id",), "SW-1", 2, 5),
            (("标题",), "网关🔥重启", 3, 5),
            (("impact", "users"), "320", 4, 17),
            (("impact", "products"), "[网关 GW2, '锁']", 4, 32),
            (("impact", "products", 1), "'锁'", 4, 41),
            (("owner", "staff"), "RD017", 6, 10),
            (("events", 0), "{at: 2026-11-03 09:12, note: 🔥🔥, event: 登记}", 8, 5),
            (("events", 0, "event"), "登记", 8, 45),
            (("events", 1, "event"), "受理", 10, 12),
        ],
    )
    def test_value(self, newline: str, path: yamltext.Path, value: str, line: int, column: int) -> None:
        """Offsets cut out exactly the value; line and column count characters from 1, also with CRLF."""
        text = self.TEXT.replace("\n", newline)
        span = yamltext.places(text)[path].value
        assert text[span.start : span.end] == value
        assert (span.line, span.column) == (line, column)

    def test_key(self) -> None:
        """A key has its own place; list items and the root have none."""
        places = yamltext.places(self.TEXT)
        key = places["标题",].key
        assert key is not None
        assert (self.TEXT[key.start : key.end], key.line, key.column) == ("标题", 3, 1)
        assert places["events", 0].key is None
        assert places[()].key is None

    def test_aliases_once(self) -> None:
        """What an alias names has the path and the place where it is defined."""
        places = yamltext.places("a: &x {b: 1}\nc: *x\n")
        assert (places["a", "b"].value.line, places["a", "b"].value.column) == (1, 11)
        assert places["c",].value.line == 1

    def test_keys_that_are_not_text_are_left_out(self) -> None:
        """Looking up places does not stumble over them."""
        assert list(yamltext.places("a: {[b]: 1, c: 2}\n")) == [(), ("a",), ("a", "c")]
