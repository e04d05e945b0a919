"""References in a text: found as GitHub shows them, and changed at their place."""

from __future__ import annotations

import time

import pytest

from faultkb import links


def test_code_is_left_alone() -> None:
    """What stands in a fence or between backticks is a log, not a picture."""
    text = "```\n![x](https://a.example/x.png)\n```\n`![n](u)` ![y](https://a.example/y.png)"
    assert [one.address for one in links.find(text)] == ["https://a.example/y.png"]
    assert links.rewritten(text, lambda *_: "Y") == "```\n![x](https://a.example/x.png)\n```\n`![n](u)` Y"


def test_each_way_to_write_a_reference() -> None:
    """Markdown, HTML in any quotes, an address alone; labels lose what could end them early."""
    text = '![a](u1 "t") [b](<u2>) <img src=u3 alt=c> <IMG ALT=\'d\' SRC="u4&amp;x" onerror=alert(1)> https://h.example/u5, ![e<b>`](u6)'
    found = list(links.find(text))
    assert [one.address for one in found] == ["u1", "u2", "u3", "u4&x", "https://h.example/u5,", "u6"]
    assert [one.label for one in found] == ["a", "b", "c", "d", "", "e b"]
    assert [one.is_picture for one in found] == [True, False, True, True, False, True]


WAYS = {
    "brackets in the address": ("![b](https://e.example/(x).png)", "https://e.example/(x).png", "Y"),
    "blanks in the address": ("![b](<https://e.example/a b.png>)", "https://e.example/a%20b.png", "Y"),
    "a definition": ("![b][1]\n\n[1]: https://e.example/x.png\n\n尾", "https://e.example/x.png", "Y\n\n\n尾"),
    "HTML over lines": ("<img\n src='u'\n alt=b>\n", "u", "Y\n"),
    "HTML in a block": ("<div>\n<img alt=b src=u>\n</div>", "u", "<div>\nY\n</div>"),
    "a quotation": ("> 见\n> ![b](u) 尾", "u", "> 见\n> Y 尾"),
    "a label over lines of a quotation": ("> 见 ![b\n> ](u) 尾", "u", "> 见 Y 尾"),
    "a list": ("- 甲\n  1. ![b](u)", "u", "- 甲\n  1. Y"),
    "a heading": ("# 题 ![b](u) #", "u", "# 题 Y #"),
    "a link around a picture": ("[![b](u)](v)", "u", "[Y](v)"),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_picture_is_found_wherever_it_is_shown(way: str) -> None:
    """What GitHub shows as a picture is one, and is replaced as a whole; a definition that nobody needs any more goes."""
    text, address, expected = WAYS[way]
    assert [(one.address, one.label, one.is_picture) for one in links.find(text)] == [(address, "b", True)]
    assert links.rewritten(text, lambda *_: "Y") == expected


def test_cells_of_a_table_have_each_their_own() -> None:
    """The same picture twice in one row is replaced twice."""
    text = "| a | b |\n|---|---|\n| ![c](u) | ![c](u) |\n"
    assert links.rewritten(text, lambda *_: "Y") == "| a | b |\n|---|---|\n| Y | Y |\n"


def test_what_is_left_as_it_is_stays_as_it_is() -> None:
    """A change to the same spelling changes nothing, and no definition goes."""
    text = "甲 ![a][x] <https://h.example> \t尾  \n\n[x]: https://h.example/x.png\n"
    assert links.rewritten(text, lambda _, whole: whole) == text


@pytest.mark.parametrize(
    "text",
    [
        "[" * 60_000,
        "<img " * 12_000,
        "<div>\n" + "<img " * 12_000,
        "![](" * 15_000,
        "![a](" + "x" * 60_000,
        "[](a " * 12_000,
        "[a]: b\n" * 9_000,
        "`a" * 30_000,
        "> " * 30_000,
    ],
)
def test_hostile_texts_cost_little(text: str, patience: float) -> None:
    """The longest body of an issue is read through in a moment."""
    begun = time.monotonic()
    list(links.find(text))
    assert time.monotonic() - begun < 2 * patience
