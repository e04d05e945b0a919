"""Names of persons without a label: next to a number or an id, behind 由 and @, and in the columns of a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb.privacy.names import CHAR, NAME, SURNAME, VERBS, is_common, is_name, match
from faultkb.privacy.shapes import BLANK, HAN, before, is_behind_word
from faultkb.privacy.surnames import PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.privacy.match import Match
    from faultkb.privacy.sieve import Sieve

_BEFORE_NUMBER = re.compile(
    rf"(?:(?<![{HAN}])|(?<=联系)|(?<=致电)|(?<=回访)|(?<=[与和给叫是为找请由、])){SURNAME}(?P<given>{CHAR}{{1,2}})[{BLANK}（(:：,，_/|\"'-]{{0,3}}$"
)
_BEHIND_NUMBER = re.compile(rf"[{BLANK}）)（(,，、_|\"':：-]{{1,4}}{NAME}(?=$|[^\w*]|_|先生|女士)")
_BEHIND_ID = re.compile(rf"[{BLANK}（(:：,，_/|-]{{0,3}}{NAME}(?=$|[^\w*]|_|{VERBS})")
_IN_NAME = re.compile(rf"(?:^|(?<=[\s/_.（(\[【-])){SURNAME}(?P<given>{CHAR}{{1,2}})(?=$|[\s/_.）)\]】-])")
_MASKED = re.compile(r"\*\*\*(?<=[0-9- ]\*\*\*)\**+[ -]?[0-9Xx]{2,4}+")
_ID = re.compile(rb"AA000(?![0A])(?:(?= {0,3}\?\?)|(?<=\?\?AA000)|(?<=\?\?[ ?]AA000)|(?<=\?\?[ ?][ ?]AA000))")
"""The id of a member of the staff, beside Chinese characters."""
_VERB = rf"(?=$|[^\w*]|[0-9]|复现|定位|排查|修复|升级|编写|审|{VERBS})"
_BY = re.compile(rf"由(?<![来理自事]由)[{BLANK}]?{SURNAME}(?P<given>(?:{CHAR}){{1,2}}?){_VERB}")
_TO = re.compile(rf"给(?<=[交转派]给){SURNAME}(?P<given>(?:{CHAR}){{1,2}}?){_VERB}")
_AT = re.compile(rf"@[{BLANK}]?{SURNAME}(?P<given>(?:{CHAR}){{1,2}}?){_VERB}")
_COMMA = re.compile(rb",(?! )")
"""Of a table; between the values of a ticket there is a blank."""
_BEHIND_HEAD = "(?=[\"'* \t]{0,3}[|,\t\r\n])"
_HEADS = {
    char: re.compile(f"{char}{_BEHIND_HEAD}(?<={word})")
    for char, word in (("名", "姓名"), ("人", "[系件货修障]人"), ("户", "[客用]户"), ("主", "[户业机]主"))
}
"""Each begins with a literal: so the search is fast."""
_HEAD_CELL = re.compile(
    rf"[{BLANK}\"'*]*+(?:(?:客户|用户|联系人|业主)?姓名|(?:联系|收件|收货|报修|报障)人|客户|用户|[户业机]主)[{BLANK}\"'*]*+\s*+"
)
_NAME_CELL = re.compile(rf"[{BLANK}\"'*]*+{NAME}[{BLANK}\"'*]*+\s*+")
_LINE = re.compile(r"[^\n]*+\n?")


def find(text: str, sieve: Sieve) -> Iterator[Match]:
    """Find names beside masked numbers and ids of the staff, behind 由 and @, and under the head of a column."""
    if "***" in text:
        for number in _MASKED.finditer(text):
            if text[max(0, number.start() - 14) : number.end() + 6].isascii():
                continue
            begin = number.start() - len(ahead := before(text, number.start(), 8)) + len(ahead.rstrip("0123456789- "))
            yield from beside(text, begin, number.end())
    for staff in _ID.finditer(sieve.shape):
        yield from _by_id(text, *staff.span())
    for sign, pattern in (("由", _BY), ("给", _TO), ("@", _AT)):
        for one in pattern.finditer(text) if sign in text else ():
            if _is_plain(one):
                yield match(one, sure=False)
    if b"|" in sieve.lower or b"\t" in sieve.lower or _COMMA.search(sieve.lower):
        heads = [head.start() for char, pattern in _HEADS.items() if char in text and (head := pattern.search(text))]
        if heads:
            yield from _columns(text, text.rfind("\n", 0, min(heads)) + 1)


def beside(text: str, start: int, end: int) -> Iterator[Match]:
    """Find a name directly before or behind the number of a person."""
    one = _ends_before(text, start)
    if one and is_common(one):
        yield match(one, max(0, start - _NEAR), sure=False)
    one = _BEHIND_NUMBER.match(text, end)
    if one and is_common(one):
        yield match(one, sure=False)


def find_in_name(name: str) -> Iterator[Match]:
    """Find names of persons that are a part of the name of a file: nothing but the name between separators."""
    for one in _IN_NAME.finditer(name):
        if is_common(one):
            yield match(one, sure=False)


_NEAR = 16


def _ends_before(text: str, start: int) -> re.Match[str] | None:
    ahead = before(text, start, _NEAR)
    return _BEFORE_NUMBER.search(ahead) if is_behind_word(ahead, "\"'") and not ahead.isascii() else None


def _by_id(text: str, start: int, end: int) -> Iterator[Match]:
    one = _ends_before(text, start)
    if one and _is_plain(one):
        yield match(one, max(0, start - _NEAR), sure=False)
    one = _BEHIND_ID.match(text, end)
    if one and _is_plain(one):
        yield match(one, sure=False)


def _is_plain(one: re.Match[str]) -> bool:
    """Say whether a word is a name though no number of a person is near: with one of two characters words are confused."""
    return is_common(one) and (
        one["surname"] in PLAIN or (len(one["given"]) > 1 and one["surname"] not in "于和向应任")
    )


def _columns(text: str, at: int) -> Iterator[Match]:
    """Find the names under a head such as 姓名; where the number of cells changes, a table begins, and its first line is the head."""
    width, heads = 1, dict[int, str]()
    for line in _LINE.finditer(text, max(0, text.rfind("\n", 0, max(0, at - 1)))):
        cells = line.group().split(next((one for one in "|\t," if one in line.group()), "\n"))
        if line.group() and len(cells) != width and "\n" not in cells[0]:
            width = len(cells)
            heads = {number: cell for number, cell in enumerate(cells) if _HEAD_CELL.fullmatch(cell)}
        elif "\n" in cells[0]:
            width, heads = 1, {}
        elif heads:
            yield from _cells(text, line.start(), cells, heads)


def _cells(text: str, at: int, cells: list[str], heads: dict[int, str]) -> Iterator[Match]:
    for number, cell in enumerate(cells):
        one = _NAME_CELL.fullmatch(text, at, at + len(cell)) if number in heads else None
        if one and (is_common(one) or ("姓名" in heads[number] and is_name(one["surname"] + one["given"]))):
            yield match(one, sure=False)
        at += len(cell) + 1
