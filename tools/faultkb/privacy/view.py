"""A text as a reader sees it: one spelling of digits and letters, no markup, nothing invisible; and the way back."""

from __future__ import annotations

import html
import itertools
import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from faultkb.privacy.shapes import BLANK, DASH

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDE = {code: code - 0xFEE0 for code in map(ord, "＠．－＋＿／＝０１２３４５６７８９")}
_WIDE |= {0xFF21 + n: 0x41 + n for n in range(26)} | {0xFF41 + n: 0x61 + n for n in range(26)}
_WIDE |= {zero + n: 0x30 + n for zero in (0x0660, 0x06F0, 0x0966, *range(0x1D7CE, 0x1D7FF, 10)) for n in range(10)}
"""Digits of other scripts and of the mathematical alphabets too."""
_WIDE |= {one + n: 0x31 + n for one in (0x2460, 0x2474, 0x2776, 0x2780, 0x278A) for n in range(9)} | {
    0x24EA: 0x30,
    0xB9: 0x31,
}
_WIDE |= (
    {0xB2: 0x32, 0xB3: 0x33, 0x2070: 0x30}
    | {0x2070 + n: 0x30 + n for n in range(4, 10)}
    | {0x2080 + n: 0x30 + n for n in range(10)}
)
_MATHEMATICAL = tuple(map(chr, range(0x1D7CE, 0x1D800)))
"""Not in the set: one that goes beyond 16 bits is searched ten times as slowly."""

_INVISIBLE = (
    "\u00ad\u034f\u115f\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\u20e3\ufe00-\ufe0f\ufeff"
)
_MASKED = "张王李赵刘陈杨黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢"
"""Behind these, two asterisks are a mask (张**), and not the beginning of bold text."""
_DIGITS_AND_LETTERS = "０-９Ａ-Ｚａ-ｚ＠．－＋＿／＝\u0660-\u0669\u06f0-\u06f9\u0966-\u096f①-⑨⓪⑴-⑼❶-❾➀-➈➊-➒¹²³⁰⁴-⁹₀-₉"
_BETWEEN = "·•・" + BLANK[len(" \t") :] + DASH[len("\\-") :]
_ODD = re.compile(f"[{_BETWEEN}]")
"""Blanks, dashes and points that are not of ASCII, which may stand between the digits of a number."""
_NOISE = re.compile(
    rf"""[`*<&\[\\{_INVISIBLE}{_DIGITS_AND_LETTERS}{_BETWEEN}](?:
      (?P<drop>(?<=[`{_INVISIBLE}])[`{_INVISIBLE}]*+ | (?<=\\)(?=[@._\-\[\]()\#+!~*]))
    | (?P<bold>(?<=\*)(?<![*{_MASKED}]\*)\*\*?(?=\w[^*\n]{{0,80}}\*\*|@\*\*))
    | (?P<stars>(?<=\*)\**+)
    | (?P<odd>(?<=[{_DIGITS_AND_LETTERS}{_BETWEEN}]))
    | (?P<tag>(?<=<)/?
        (?:(?P<inline>(?i:a|abbr|b|big|code|del|em|font|i|ins|kbd|mark|s|small|span|strong|sub|sup|tt|u|wbr))
        |(?P<cell>(?i:td|th))|(?i:br|dd|div|dl|dt|h[1-6]|hr|li|ol|p|pre|table|tbody|thead|tr|ul))
        (?P<attributes>\s[^<>]{{0,400}}+)?/?>)
    | (?P<note>(?<=\[)\^[0-9A-Za-z]{{1,8}}+\])
    | (?P<remark>(?<=<)!--(?P<remarked>[^<>]{{0,400}}+)(?<=--)>)
    | (?P<entity>(?<=&)(?:\#[0-9]{{1,7}}+|\#[xX][0-9a-fA-F]{{1,6}}+|[A-Za-z]{{2,10}}+);)
    | (?P<escape>(?<=\\)(?:u[0-9a-fA-F]{{4}}|[nrt](?![A-Za-z])))
    )""",
    re.VERBOSE,
)
"""What a reader does not see, or sees as something else. It begins with a set of characters: so the search is fast."""
_UNSEEN = re.compile(f"[{_INVISIBLE}\ud800-\udfff]")
_ESCAPES = {"\\n": "\n", "\\r": "\n", "\\t": "\t"}
_APART = "\n\0\n"
"""Stands between what is no neighbour in the text."""


Piece = tuple[str, int, int]
"""Characters of the view, where they stand in the text, and the length there of what is spelt with more (or 0)."""


class View:
    """The text to look at, and `span`, which tells where a part of it stands in the text as given."""

    def __init__(self, raw: str) -> None:
        """Read a text."""
        odd = set(filter(raw.__contains__, _MATHEMATICAL))
        self._pieces = [one for one in _pieces(raw, odd) if one[0]]
        if any(ord(one) in _WIDE for one in odd):
            self._pieces = [one for one in _pieces(raw.translate(_WIDE), odd) if one[0]]
        self._starts: list[int] = []
        self.text = "".join([said for said, _at, _whole in self._pieces])
        self.plain = self.text
        """The view with a dash for each blank, dash or point that is not of ASCII."""
        for one in odd.union(_ODD.findall(self.text)) if "&" in raw or "\\" in raw else odd:
            self.plain = self.plain.replace(one, "-")

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a part of the view begins and ends in the text, markup in between included."""
        if len(self._pieces) == 1 and not self._pieces[0][2]:
            return start + self._pieces[0][1], end + self._pieces[0][1]
        if not self._starts:
            self._starts = [0, *itertools.accumulate(len(said) for said, _at, _whole in self._pieces)]
        return self._place(start, after=False), self._place(end - 1, after=True)

    def _place(self, index: int, *, after: bool) -> int:
        number = bisect_right(self._starts, index) - 1
        _said, at, whole = self._pieces[number]
        return at + (after * whole if whole else index - self._starts[number] + after)


def _pieces(plain: str, odd: set[str]) -> Iterator[Piece]:
    """Yield what is seen, and add the odd characters to a set."""
    done, bold, aside = 0, "", []
    for one in _NOISE.finditer(plain):
        kind = one.lastgroup
        said = one.group()
        if kind == "odd":
            odd.add(said)
        if kind == "odd" or (
            kind == "stars" and (said != bold or (said == "***" and plain.startswith("@", one.end())))
        ):
            continue
        if kind in {"bold", "stars"}:
            bold = "" if bold else said
        start, end = one.span()
        yield plain[done:start], done, 0
        yield _shown(one), start, end - start
        done = end
        hidden = "attributes" if one["attributes"] else "remarked" if one["remarked"] else None
        if hidden:
            aside += [(_APART, start, 1), (one[hidden], one.start(hidden), 0)]
    yield plain[done:], done, 0
    yield from aside


def _shown(one: re.Match[str]) -> str:
    """Return what a reader sees of markup: mostly nothing."""
    said = one.group()
    if one.lastgroup == "tag":
        return "" if one["inline"] else " " if one["cell"] else "\n"
    if one.lastgroup == "entity":
        return _seen(html.unescape(said))
    if one.lastgroup == "escape":
        return _ESCAPES.get(said) or _seen(chr(int(said[len("\\u") :], 16)))
    return ""


def _seen(said: str) -> str:
    """Return characters as they are seen: nothing for what is invisible, and for half a character."""
    return _UNSEEN.sub("", said.translate(_WIDE))
