"""The quick reader of headers: whatever it accepts, libyaml reads the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from faultkb import plainyaml, yamltext
from faultkb.yamltext import ProblemError

HEADERS = [
    path.read_text(encoding="utf-8").split("---\n", 2)[1]
    for path in sorted((Path(__file__).parents[1] / "tickets").rglob("*.md"))
]
PIECES = [
    *(
        "a",
        "b: c",
        "key:",
        "key: ",
        "- ",
        "  - ",
        "  ",
        " ",
        "\n",
        "\r\n",
        "\t",
        ":",
        ": ",
        ", ",
        ",",
        "#",
        " #",
        "?",
        "-",
    ),
    *(
        "{",
        "}",
        "[",
        "]",
        "{a: b}",
        "[a, b]",
        "{a: {b: c}}",
        "[[a]]",
        "{a: b, a: c}",
        "'",
        '"',
        "\\",
        "&x",
        "*x",
        "|",
        ">",
    ),
    *(
        "!t",
        "%",
        "@",
        "`",
        "~",
        "null",
        "<<",
        "---",
        "...",
        "09:12",
        "a:b",
        "李*",
        "：",
        "，",
        "\u3000",
        "\xa0",
        "\x85",
    ),
    *(
        "\u2028",
        "\ufeff",
        "\ufffe",
        "\x00",
        "\x7f",
        "\U0001f600",
        "0x1F",
        "1_000",
        "=",
        "a #b",
        "a# b",
        "2026-11-03 09:12",
    ),
]


def careful(text: str) -> dict[str, Any] | None:
    """Return what libyaml reads, None where it finds anything wrong or empty."""
    try:
        data, problems, blanks = yamltext.careful(text)
    except ProblemError:
        return None
    return None if problems or blanks or not data else data


def agrees(text: str) -> None:
    """Assert that the quick reader refuses a text, or reads the same in the same order."""
    quick = plainyaml.read(text)
    assert quick is None or (quick == careful(text) and list(quick) == list(careful(text) or ()))


@pytest.mark.parametrize("header", HEADERS)
def test_sample_tickets(header: str) -> None:
    """The headers of the sample tickets, as they are and with Windows line ends."""
    agrees(header)
    agrees(header.replace("\n", "\r\n"))


def test_most_tickets_are_plain() -> None:
    """At least four of five sample tickets are read the quick way; otherwise it would be there for nothing."""
    assert sum(plainyaml.read(header) is not None for header in HEADERS) >= 0.8 * len(HEADERS)


def test_what_is_plain() -> None:
    """Texts, lists, collections in collections, a mapping and a list under a key."""
    text = (
        "id: SW-1\nat: 2026-11-03 09:12\nkb:\n  entry: 收录\n  codes: [E-1042, 0x8007000E]\n"
        "owner: {staff: RD017, name: 李*}\nevents:\n  - {at: 2026-11-03 09:12, event: 登记, owner: {staff: A1}}\n"
        "  - {event: 评审, participants: [PM001, RD001]}\nlist:\n- 甲\n- 乙, 丙 [丁]\n"
    )
    assert plainyaml.read(text) == {
        "id": "SW-1",
        "at": "2026-11-03 09:12",
        "kb": {"entry": "收录", "codes": ["E-1042", "0x8007000E"]},
        "owner": {"staff": "RD017", "name": "李*"},
        "events": [
            {"at": "2026-11-03 09:12", "event": "登记", "owner": {"staff": "A1"}},
            {"event": "评审", "participants": ["PM001", "RD001"]},
        ],
        "list": ["甲", "乙, 丙 [丁]"],
    }


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("a: b\na: c\n", id="a key twice"),
        pytest.param("a: {b: c, b: d}\n", id="a key twice in a collection"),
        pytest.param("a:\nb: c\n", id="a key without a value"),
        pytest.param("a: b\nc:\n", id="a key without a value at the end"),
        pytest.param("a: [b], c: [d]\n", id="two collections on a line"),
        pytest.param("a: [b\nc: d]\n", id="a collection over two lines"),
        pytest.param("a: {b: c}}\n", id="a bracket too many"),
        pytest.param("a: b: c\n", id="two colons"),
        pytest.param("a: b #c\n", id="a comment"),
        pytest.param("a: 'b'\n", id="quotes"),
        pytest.param("a: *b\n", id="an alias"),
        pytest.param("a: !t b\n", id="a tag"),
        pytest.param("a: b\n  c\n", id="a text over two lines"),
        pytest.param("a:\n- b\n  - c\n", id="two depths of one list"),
        pytest.param("a:\n- b\n  c: d\n", id="a list that becomes a mapping"),
        pytest.param("a: b\n- c\n", id="an item without a list"),
        pytest.param("a: \tb\n", id="a tab"),
        pytest.param("a: b\x85c: d\n", id="another line end"),
        pytest.param("a: b\ufeff\n", id="a byte order mark"),
        pytest.param("a: [b, ]\n", id="a comma too many"),
        pytest.param("a: [b: c]\n", id="a pair in a list"),
    ],
)
def test_the_rest_is_left_to_libyaml(text: str) -> None:
    """Also where libyaml would take it: what is unusual is not worth a second way to read it."""
    assert plainyaml.read(text) is None


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@example("a: [b], c: [d]\ne: {f\ng: h}\n")
@example("a: b\n- {c: d}, {e: f}\n")
def test_any_pieces(text: str) -> None:
    """Whatever is put together from what means something in YAML."""
    agrees(text)
    agrees(f"key: {text}\n")
    agrees(f"key:\n  - {{at: {text}}}\n")
    agrees(f"key: [x, {text}]\nother: y\n")


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_spoilt_tickets(data: st.DataObject) -> None:
    """A ticket's header with a piece put in, or a stretch cut out, anywhere."""
    header = data.draw(st.sampled_from(HEADERS))
    at = data.draw(st.integers(0, len(header)))
    cut = data.draw(st.integers(0, 12))
    agrees(header[:at] + data.draw(st.sampled_from(["", *PIECES])) + header[at + cut :])


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=12))
def test_any_character(text: str) -> None:
    """Any text as a value, as an item, and in a collection."""
    agrees(f"key: a{text}\n")
    agrees(f"key: {{note: a{text}}}\n")
    agrees(f"key:\n- a{text}\n")
