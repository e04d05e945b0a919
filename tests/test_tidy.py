"""Small mends: what is certain is rewritten, anything else is left as it is."""

from __future__ import annotations

import pytest

from faultkb import document, tidy


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026/11/3 9:12", "2026-11-03 09:12"),
        ("2026-11-3 9:12", "2026-11-03 09:12"),
        ("2026.11.3 9:12", "2026-11-03 09:12"),
        ("2026年11月3日 9:12", "2026-11-03 09:12"),
        ("2026年11月3日9时12分", "2026-11-03 09:12"),
        ("２０２６-１１-０３ ０９：１２", "2026-11-03 09:12"),
        ("2026-11-03T09:12", "2026-11-03 09:12"),
        ("2026-11-03 09：12", "2026-11-03 09:12"),
        ("2026-11-03", None),
        ("11/3/2026 9:12", None),
        ("3/11/26 9:12", None),
        ("2026/11-3 9:12", None),
        ("2026-02-30 09:12", None),
        ("2026-11-03 24:00", None),
        ("2026-11-03 09:12 左右", None),
        ("昨天 9:12", None),
    ],
)
def test_minute(written: str, expected: str | None) -> None:
    """Year first and down to the minute is rewritten; a bare date, another order, a day that is none are not."""
    assert tidy.minute(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("张三", "张*"),
        ("欧阳娜娜", "欧阳*"),
        ("欧阳", "欧*"),
        ("John Smith", "J*"),
        ("RD017 / 张三", None),
        ("张三、李四", None),
    ],
)
def test_name(written: str, expected: str | None) -> None:
    """A name keeps its family name, one of two characters too; what may be several people or more than a name is left."""
    assert tidy.name(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("U12343821", "U****3821"),
        ("GW2-2024-0917", "GW2-****-0917"),
        ("SN-2024-11-123456789", "SN-****-6789"),
        ("13812345512", "138****5512"),
        ("U123", None),
        ("网关 2 号", None),
    ],
)
def test_code(written: str, expected: str | None) -> None:
    """An id keeps its beginning and last four characters; too short a one would keep all, and words are no id."""
    assert tidy.code(written) == expected


def test_trailing_blanks_that_mean_something_stay() -> None:
    """Two blanks are a line break of Markdown, and code is what it is; a single blank, a tab and blank lines are not."""
    text = "---\na: 1 \n---\n甲  \n乙 \n  \n```\n丙 \n```\n丁\t\r\n"
    spans = [
        (text[: one.start].count("\n") + 1, text[one.start : one.end]) for one in tidy.trailing(document.parse(text))
    ]
    assert spans == [(2, " "), (5, " "), (6, "  "), (10, "\t")]


def test_order_keeps_unknown_fields_behind_their_neighbour() -> None:
    """Known fields follow the schema; one that it does not know stays behind the field before it."""
    assert tidy.ordered(["c", "x", "a", "b", "y"], ["a", "b", "c"]) == ["a", "b", "y", "c", "x"]
