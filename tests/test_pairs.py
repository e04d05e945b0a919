"""Markup in pairs around what is replaced: no half of a pair is left behind."""

from __future__ import annotations

import pytest

from faultkb import pairs


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("电话 [13812345512]。", "电话 N。"),
        ("<b>[138</b>12345512]", "<b>N</b>"),
        ("[138<b>12345512]</b>", "<b>N</b>"),
        ("[138<b>1234</b>5512]", "N"),
        ("<td>[138</td><td>12345512]</td>", "<td>N</td><td></td>"),
        ("[138<br>12345512]", "N"),
        ("**[139**12345678]", "N"),
        ("[139**12345678]**", "N"),
        ("**电话 [139**12345678]", "**电话 N**"),
        ("`[138`12345512]", "N"),
        ("`电话 [138`12345512]", "`电话 N`"),
        ("[13**812**345512]", "N"),
        ("密码 [ab**cd9]", "密码 N"),
        ("**\n[139**12345678]", "**\nN"),
    ],
)
def test_pairs_stay_whole(text: str, after: str) -> None:
    """What stands between the brackets is replaced by N; a pair goes as a whole or stays as a whole."""
    start, end = text.index("["), text.index("]") - 1
    raw = text.replace("[", "").replace("]", "")
    first, last, new = pairs.spared(raw, start, end, "N")
    assert raw[:first] + new + raw[last:] == after
