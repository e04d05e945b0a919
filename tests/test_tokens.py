"""Search tokens: what is cut where, which spellings meet, and what counts as a code. The site's search must cut the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultkb import tokens

TOKENS = {
    "a run gives its bigrams": ("看门狗超时", ["看门", "门狗", "狗超", "超时"]),
    "two characters are one bigram": ("重启", ["重启"]),
    "a single character is itself": ("灯", ["灯"]),
    "punctuation ends a run": ("断网，重启", ["断网", "重启"]),
    "Chinese and Latin without a space": ("NTP服务器", ["ntp", "服务", "务器"]),
    "Chinese and Latin with a space": ("NTP 服务器", ["ntp", "服务", "务器"]),
    "full width is half width": ("ＮＴＰ　服务器", ["ntp", "服务", "务器"]),
    "a code whole, joined, in pieces": ("E-1042", ["e-1042", "e1042", "e", "1042"]),
    "joined already": ("E1042", ["e1042"]),
    "hexadecimal without 0x too": ("0x8007000E", ["0x8007000e", "8007000e"]),
    "0x alone": ("0x", ["0x"]),
    "a version": ("V2.3.1", ["v2.3.1", "v231", "v2", "3", "1"]),
    "an underscore": ("reset_reason", ["reset_reason", "resetreason", "reset", "reason"]),
    "the loosest separator first": ("GW2-V2.3", ["gw2-v2.3", "gw2v23", "gw2", "v2.3", "v23", "v2", "3"]),
    "two codes with a slash": (
        "L-214/L-215",
        ["l-214/l-215", "l214l215", "l-214", "l214", "l", "214", "l-215", "l215", "l", "215"],
    ),
    "a full-width colon joins": ("E1：L2", ["e1:l2", "e1l2", "e1", "l2"]),
    "separators at the ends are none": ("-15.", ["15"]),
    "two separators part words": ("http://a", ["http", "a"]),
    "half-width kana": ("ｶﾞｽ", ["ガス"]),
    "beyond the basic plane": ("𠮷野家", ["𠮷野", "野家"]),
    "other alphabets": ("Ёлка", ["ёлка"]),
    "nothing to find": ("！？…—", []),
    "empty": ("", []),
}


@pytest.mark.parametrize(("text", "expected"), TOKENS.values(), ids=TOKENS.keys())
def test_tokens(text: str, expected: list[str]) -> None:
    """Each text gives exactly these tokens, in this order."""
    assert tokens.tokens(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("E-1042", "e1042"),
        ("E_1042", "E-1042"),
        ("0x8007000E", "8007000e"),
        ("0xC501-3102", "C5013102"),
        ("Wi-Fi", "WiFi"),
        ("ＧＷ２", "gw2"),
        ("V2.3.1", "v2.3.1"),
    ],
)
def test_spellings_of_a_word_meet(one: str, other: str) -> None:
    """Both spellings have the canonical token of the other among their tokens."""
    first, second = (tokens.runs(text)[0] for text in (one, other))
    assert tokens.canonical(first) == tokens.canonical(second)
    assert tokens.canonical(first) in tokens.tokens(one)
    assert tokens.canonical(first) in tokens.tokens(other)


@pytest.mark.parametrize(("one", "other"), [("V2.31", "V2.3.1"), ("1.10", "11.0"), ("E-1042", "E-1043")])
def test_different_words_do_not_meet(one: str, other: str) -> None:
    """A version with other dots is another version."""
    assert tokens.canonical(one) not in tokens.tokens(other)


@pytest.mark.parametrize(
    "word", ["E-1042", "E1042", "GW2", "L7", "V2.3.1", "NX-8800", "0x8007000E", "8007000e", "WPA3", "APP-431"]
)
def test_codes(word: str) -> None:
    """Error codes, models and versions: Latin letters with digits."""
    assert tokens.is_code(word)


@pytest.mark.parametrize(
    "word", ["Wi-Fi", "App", "1042", "00:20", "2.4", "128GB", "2.4GHz", "10ms", "5G", "5μs", "看门狗"]
)
def test_no_codes(word: str) -> None:
    """Plain words, plain numbers, and numbers with a unit are no codes."""
    assert not tokens.is_code(word)


@given(st.text())
def test_any_text_has_tokens_without_gaps(text: str) -> None:
    """No token is empty, none has a space, and runs keep the order of the text."""
    assert all(token and not any(char.isspace() for char in token) for token in tokens.tokens(text))
    assert tokens.tokens(text) == [token for run in tokens.runs(text) for token in tokens.of_run(run)]


@given(st.text(), st.text())
def test_among_finds_what_tokens_has(text: str, question: str) -> None:
    """The quick way answers as the plain one; only a single CJK character is also found within a run."""
    asked = frozenset(tokens.tokens(question))
    has = asked & frozenset(tokens.tokens(text))
    found = tokens.among(text, tokens.wanted(asked))
    assert has <= found
    assert all(len(token) == 1 and tokens.is_cjk(token) for token in found - has)


def test_hostile_words_take_no_time() -> None:
    """Half a million separators in one word: the tokens are a few times as long as the text, not its square."""
    text = "a.b-c_d/" * 60_000
    assert sum(map(len, tokens.tokens(text))) < 12 * len(text)
