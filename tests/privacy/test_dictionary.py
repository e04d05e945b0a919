"""The company's own words: found however they are spelt, and never stored in clear."""

from __future__ import annotations

import time

import pytest

from faultkb.privacy.dictionary import Dictionary, entry, fold

SALT = bytes(range(16))


def of(*words: str) -> Dictionary:
    """Return a dictionary whose kinds are the words, so that a test sees which was found."""
    return Dictionary(SALT, [entry(word, SALT, word) for word in words])


@pytest.mark.parametrize(
    ("words", "text", "found"),
    [
        (["栖云物业"], "客户栖云物业说", ["栖云物业"]),
        (["栖云物业"], "栖云 物业", ["栖云 物业"]),
        (["栖云物业"], "栖\u200b云\ufeff物业", ["栖\u200b云\ufeff物业"]),
        (["栖云物业"], "栖云\n物业", ["栖云\n物业"]),
        (["栖云物业"], "栖云\n\n物业", []),
        (["栖云物业"], "栖云", []),
        (["栖云 物业"], "栖云物业", ["栖云物业"]),
        (["GW-db-01"], "主机ｇｗ－ＤＢ－０１坏了", ["ｇｗ－ＤＢ－０１"]),
        (["gw-db-01"], "gw-db-012, agw-db-01, gw-db-01x", []),
        (["gw-db-01"], "gw-\u200bdb-01\u200b2", []),
        (["gw-db-01"], "a gw-db-01: down", ["gw-db-01"]),
        (["José"], "Jose\u0301 说，JOSÉ", ["Jose\u0301", "JOSÉ"]),
        (["栖云", "栖云物业"], "栖云物业和栖云", ["栖云物业", "栖云"]),
        (["物业栖云", "栖云物业"], "栖云物业栖云", ["栖云物业"]),
        (["物业"], "物业物业", ["物业", "物业"]),
    ],
)
def test_spellings(words: list[str], text: str, found: list[str]) -> None:
    """Width, case, blanks, accents and invisible characters make no other word; the longest wins; Latin words are whole."""
    assert [text[start:end] for start, end, _ in of(*words).find(text)] == found


def test_kind() -> None:
    """Each word is reported with its own kind."""
    known = Dictionary(SALT, [entry("栖云物业", SALT, "客户"), entry("gw-db-01", SALT, "主机")])
    assert [kind for _, _, kind in known.find("gw-db-01 在栖云物业")] == ["主机", "客户"]


def test_nothing_in_clear() -> None:
    """What is stored of a word shows neither it nor its first letters, and another salt gives other digests."""
    one, other = entry("栖云物业", SALT, "客户"), entry("栖云物业", bytes(16), "客户")
    assert (one.length, len(one.digest), len(one.head)) == (4, 16, 4)
    assert (one.digest, one.head) != (other.digest, other.head)
    assert one == entry(" 栖云\u3000物业", SALT, "客户")


def test_fold_is_stable() -> None:
    """Folding twice is folding once, also where one character becomes several."""
    for text in ("ﬁ №１２", "ẞß", "㍿", "é\u0301", "\ud800"):
        assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "text",
    ["栖云物" * 110_000, "gw-db-0" * 140_000, "\u200b" * 330_000 + "栖云", "gw-db-01" + "\u200b" * 330_000 + "x"],
    ids=["beginnings", "latin beginnings", "invisible", "invisible behind a word"],
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    """A megabyte that begins words everywhere is read in a second."""
    known = of("栖云物业", "栖云物业公司", "云物", "gw-db-01")
    begun = time.perf_counter()
    list(known.find(text))
    assert time.perf_counter() - begun < 2
