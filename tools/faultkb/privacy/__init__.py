"""Private data in a text: where it stands, what it is, and what to write instead; nothing here reads files."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from typing import TYPE_CHECKING

from faultkb.privacy import accounts, cards, credentials, names, network, phones, places
from faultkb.privacy.match import Lists, Match
from faultkb.privacy.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NOTHING", "Lists", "Match", "find", "find_in_name", "fingerprint"]

NOTHING = Lists()
_GAP = r"[ .\-‐-―−*>\r\n]{0,3}+"
_LONG = re.compile(rf"[0-9](?:[0-9]{{3}}{_GAP}[0-9]{{4}}{_GAP}[0-9]{{4}}|[ .-][0-9][ .-][0-9][ .-][0-9][ .-][0-9])")
"""What each card has in it, however its digits are grouped."""
_QUAD = re.compile(r"\.[0-9]{1,3}\.[0-9]{1,3}\.")
_HEX = re.compile(r":[0-9A-Fa-f]{0,4}:[0-9A-Fa-f]{0,4}:")
_COUNT = "[0-9一二三四五六七八九十]"
_DOOR = re.compile(
    rf"[号栋幢座单弄#园苑府庭湾郡区](?:(?<={_COUNT}[号栋幢座单弄#])|(?<={_COUNT} [号栋幢座单弄#])|(?<=[园苑府庭湾郡区])(?= ?[0-9]))"
)
_NUMERALS = re.compile("[三四五六七八九][零〇一二三四五六七八九幺]{9}")


def find(text: str, lists: Lists = NOTHING) -> list[Match]:
    """Return the private values in a text, in order, none overlapping another."""
    view = View(text)
    taken = bytearray(len(text) + 1)
    found = []
    for one in _every(view.text):
        if lists.allow(one.value):
            continue
        start, end = view.span(one.start, one.end)
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            found.append(one._replace(start=start, end=end, mask=_over_lines(text[start:end], one)))
    return sorted(found + list(_own(text, lists, taken)), key=lambda one: one.start)


def find_in_name(name: str, lists: Lists = NOTHING) -> list[Match]:
    """Return the private values in the name of a file; a name of a person may stand there without a label."""
    found = find(name, lists)
    for one in names.find_in_name(name):
        if not lists.allow(one.value) and not any(other.start < one.end and one.start < other.end for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def fingerprint(rule: str, value: str) -> str:
    """Return eight hexadecimal digits by which a waiver names a value without repeating it."""
    return blake2b(f"{rule}\n{value}".encode(), digest_size=4).hexdigest()


def _every(text: str) -> Iterator[Match]:
    """Yield what the detectors find, the more certain first; a detector that cannot find anything is not asked."""
    lower = text.replace("İ", "I").lower()  # the one letter whose lower case is longer
    yield from credentials.find(text, lower)
    yield from network.find_mail(text, lower)
    if _LONG.search(text):
        yield from cards.find(text)
    for one in phones.find_mobile(text):
        yield one
        yield from names.beside(text, one.start, one.end)
    yield from cards.find_credit(text)
    yield from phones.find_landline(text)
    if _QUAD.search(text):
        yield from network.find_ipv4(text)
    if _HEX.search(text):
        yield from network.find_ipv6(text)
    yield from phones.find_local(text)
    if _NUMERALS.search(text):
        yield from phones.find_spelt(text)
    yield from accounts.find_plates(text)
    yield from accounts.find_chat(text, lower)
    if _DOOR.search(text):
        yield from places.find(text)
    yield from names.find(text, lower)


def _own(text: str, lists: Lists, taken: bytearray) -> Iterator[Match]:
    if lists.dictionary is None:
        return
    for start, end, _kind in lists.dictionary.find(text):
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            word = text[start:end]
            value = re.sub(r"\s", "", unicodedata.normalize("NFKC", word).casefold())
            yield Match("own-word", start, end, value, word[0] + "*" * (len(word) - 1), sure=False)


def _over_lines(raw: str, one: Match) -> str:
    """Return the mask with the line breaks of what it replaces, so that lines stay where they are."""
    if "\n" not in raw or "\n" in one.mask:
        return one.mask
    first, *others = re.split(r"([ \t]*\r?\n[ \t>]*)", raw)
    if len(one.mask) != len(one.value):
        return one.mask + "".join(f"{gap}****" for gap in others[::2])
    at = _length(first)
    mask = one.mask[:at]
    for gap, line in zip(others[::2], others[1::2], strict=True):
        mask += gap + one.mask[at : at + _length(line)]
        at += _length(line)
    return mask


def _length(line: str) -> int:
    return sum(map(str.isalnum, line))
