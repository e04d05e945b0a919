"""What people type to find faults, against what stands in files: words, error codes, versions."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultkb import search


@pytest.mark.parametrize(
    ("typed", "written"),
    [("ＧＷ２", "gw2"), ("GW2", "gw2"), ("（断电）", "(断电)"), ("ｶﾞ", "ガ"), ("Straße", "STRASSE"), ("①", "1")],
)
def test_plain_makes_the_same_of_what_looks_the_same(typed: str, written: str) -> None:
    """Width, letter case and compatibility forms make no difference (NFKC and case folding of the Unicode standard)."""
    assert search.plain(typed) == search.plain(written)


SAME_CODES = [
    ("0x8007000E", "8007000e"),
    ("8007000e", "0x8007000E"),
    ("E-1042", "E1042"),
    ("e1042", "E-1042"),
    ("E1042", "e_1042"),
    ("E-1042", "E 1042"),
    ("E-1042", "E—1042"),
    ("ERR_NET-12", "err.net.12"),
    ("1042", "E-1042"),
]
OTHER_CODES = [
    ("E-1042", "E-10421"),
    ("E-1042", "SE-1042"),
    ("E-1042", "1042"),
    ("E1042", "E--1042"),
    ("8007000E", "18007000E"),
    ("0x8007000E", "8007000EF"),
    ("E-1042", "E-\n1042"),
    ("E12", "E1-2"),
    ("E.1", "EX1"),
]


@pytest.mark.parametrize("around", ["{}", "报错{}，", "({})", "“{}”", "code={};", "{}重启"])
@pytest.mark.parametrize(("typed", "written"), SAME_CODES)
def test_same_code_is_found(typed: str, written: str, around: str) -> None:
    """A spelling of a code finds another spelling, wherever it stands between what is no Latin letter or digit."""
    assert search.code(typed).search(search.plain(around.format(written)))


@pytest.mark.parametrize(("typed", "written"), OTHER_CODES)
def test_other_code_is_not_found(typed: str, written: str) -> None:
    """A part of a longer code, or a code with other digits, is another code."""
    assert not search.code(typed).search(search.plain(f"报错 {written}。"))


@pytest.mark.parametrize("typed", ["", "  ", "--", "。", "_"])
def test_code_needs_a_letter_or_digit(typed: str) -> None:
    """Nothing can be looked for without one."""
    with pytest.raises(ValueError, match=f"^{re.escape(typed)}$"):
        search.code(typed)


@given(st.from_regex(r"[A-Z]{1,4}[-_ ]?[0-9]{1,8}", fullmatch=True))
def test_every_code_finds_itself(written: str) -> None:
    """Letters and a number, with or without something between, are found as written, in lower case and joined."""
    for typed in (written, written.lower(), re.sub("[-_ ]", "", written)):
        assert search.code(typed).search(search.plain(f"提示{written}后"))


@pytest.mark.parametrize(
    ("wanted", "version", "fits"),
    [
        ("2.3", "V2.3.1", True),
        ("2.3", "V2.30", False),
        ("2.3", "2.3", True),
        ("v2.3.1", "V2.3.1", True),
        ("V2.3.1", "2.3", False),
        ("V 2.3", "v2.3", True),
        ("Ｖ２．３", "V2.3.1", True),
        ("2.3.", "V2.3.1", True),
        ("2", "V2.3.1", True),
        ("3", "V2.3.1", False),
        ("A 版", "a 版", True),
        ("VX", "X", False),
        ("", "V2.3.1", False),
        ("rev2", "rev2.1", True),
    ],
)
def test_version(wanted: str, version: str, *, fits: bool) -> None:
    """Letter case and a leading V make no difference; a number stands for everything that begins with it and a dot."""
    assert search.is_version(wanted, version) is fits
