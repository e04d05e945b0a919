"""Private data in a text: where it stands, what it is, and what to write instead; nothing here reads files."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from typing import TYPE_CHECKING

from faultkb.privacy import accounts, beside, cards, credentials, names, network, phones, places
from faultkb.privacy.match import Lists, Match
from faultkb.privacy.sieve import Sieve
from faultkb.privacy.view import View

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["NOTHING", "Lists", "Match", "find", "find_in_name", "fingerprint", "masked"]

NOTHING = Lists()


def find(text: str, lists: Lists = NOTHING) -> list[Match]:
    """Return the private values in a text, in order, none overlapping another."""
    view = View(text)
    taken = bytearray(len(text) + 1)
    found = []
    for one in _every(view):
        if lists.allow(one.value):
            continue
        start, end = view.span(one.start, one.end)
        if taken.find(1, start, end) < 0:
            taken[start:end] = b"\1" * (end - start)
            mask = _over_lines(text[start:end], one)
            found.append(Match(one.rule, start, end, one.value, mask, one.sure))
    return sorted(found + list(_own(text, lists, taken)), key=lambda one: one.start)


def find_in_name(name: str, lists: Lists = NOTHING) -> list[Match]:
    """Return the private values in the name of a file; a name of a person may stand there without a label."""
    found = find(name, lists)
    for one in beside.find_in_name(name):
        if not lists.allow(one.value) and not any(other.start < one.end and one.start < other.end for other in found):
            found.append(one)
    return sorted(found, key=lambda one: one.start)


def masked(text: str, matches: Sequence[Match]) -> str:
    """Return a text with a mask in the place of each match; these are in order, as `find` returns them."""
    for one in reversed(matches):
        text = text[: one.start] + one.mask + text[one.end :]
    return text


def fingerprint(rule: str, value: str) -> str:
    """Return a digest by which programs compare values; never shown, because trying all values finds the one that it is of."""
    return blake2b(f"{rule}\n{value}".encode(), digest_size=4).hexdigest()


def _every(view: View) -> Iterator[Match]:
    """Yield what the detectors find, the more certain first; a detector that cannot find anything is not asked."""
    text, sieve = view.text, Sieve(view.text, view.plain)
    yield from credentials.find(text, sieve)
    yield from network.find_mail(text, is_spelt=sieve.has_spelt_mail())
    if sieve.has_card():
        yield from cards.find(text)
    for one in _mobiles(text, sieve):
        yield one
        yield from beside.beside(text, one.start, one.end)
    if sieve.has_credit():
        yield from cards.find_credit(text)
    if sieve.has_landline():
        yield from phones.find_landline(text)
    if sieve.has_quad():
        yield from network.find_ipv4(text)
    if sieve.has_hex():
        yield from network.find_ipv6(text)
    yield from phones.find_local(text, has_tel=b"tel" in sieve.letters)
    if sieve.has_plate():
        yield from accounts.find_plates(text)
    yield from accounts.find_chat(text, sieve)
    yield from places.find(text)
    yield from names.find(text, sieve)
    yield from beside.find(text, sieve)


def _mobiles(text: str, sieve: Sieve) -> Iterator[Match]:
    if sieve.has_mobile():
        yield from phones.find_mobile(text)
    if sieve.has_apart_mobile():
        yield from phones.find_apart(text)
    if sieve.has_spelt_mobile():
        yield from phones.find_spelt(text)


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
