"""Numbers with a checksum: identity cards, bank cards, social-credit codes."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from faultkb.privacy.match import Match
from faultkb.privacy.shapes import BLANK, DASH, before, is_serial

if TYPE_CHECKING:
    from collections.abc import Iterator

_G = rf"[{BLANK}{DASH}.*\r\n>]{{0,4}}+"
_DAY = "(?:0[1-9]|[12][0-9]|3[01])"
_ID_CARD = re.compile(
    rf"(?<![0-9A-Za-z])[1-8]{_G}[0-9]{_G}(?:[0-9]{_G}){{4}}(?:1{_G}9|2{_G}0){_G}[0-9]{_G}[0-9]{_G}[01]{_G}[0-9]{_G}"
    rf"[0-3]{_G}[0-9]{_G}(?:[0-9]{_G}){{3}}[0-9Xx](?![0-9A-Za-z])"
)
_OLD_ID_CARD = re.compile(
    rf"(?:身份证|证件)(?:号码?|件)?[为是:：|{BLANK}]{{0,4}}+(?P<number>[1-8][0-9]{{5}}[0-9]{{2}}(?:0[1-9]|1[0-2]){_DAY}[0-9]{{3}})(?![0-9A-Za-z])"
)
_REGIONS = re.compile("1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")
_BIRTH = re.compile(rf"(?:19[0-9]{{2}}|20[0-5][0-9])(?:0[1-9]|1[0-2]){_DAY}")
_CARD_LENGTHS = range(16, 20)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_BANK_CARD = re.compile(
    rf"(?<![0-9A-Za-z.])(?:62[0-9]{{14,17}}|(?:4[0-9]|5[1-5]|35)[0-9]{{14}}|9558[0-9]{{12,15}}"
    rf"|(?:62|4[0-9]|5[1-5]|35|95)[0-9]{{2}}(?:[{BLANK}{DASH}\n*]{{1,3}}+[0-9]{{4}}){{3}}(?:[{BLANK}{DASH}\n*]{{1,3}}+[0-9]{{1,3}})?)(?![0-9A-Za-z])"
)
_BROKEN_CARD = re.compile(
    rf"卡号?[为是:：|{BLANK}]{{0,4}}+(?P<number>(?:62|4[0-9]|5[1-5])[0-9]{{1,14}}[{BLANK}]{{0,4}}+\r?\n[{BLANK}>]{{0,20}}+[0-9]{{1,15}})(?![0-9A-Za-z])"
)
_CREDIT = re.compile(r"9(?<![0-9A-Za-z]9)[1-3][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])")
"""Of a company: it begins with a literal, so the search is fast."""
_ANY_CREDIT = re.compile(r"(?<![0-9A-Za-z])[1-9AYNG][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])")
_CREDIT_WORDS = ("信用代码", "税号", "纳税人识别号")
_CREDIT_CHARS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_OTHER = re.compile("[^0-9Xx]+")


def find(text: str) -> Iterator[Match]:
    """Find what has a valid checksum, and old identity cards beside their label."""
    for one in _ID_CARD.finditer(text):
        value = _OTHER.sub("", one.group()).upper()
        if _is_id_card(
            value, is_named="证" in before(text, one.start(), len("身份证号码：")) and "\n" not in one.group()
        ):
            yield _match("id-card", one.span(), value, 3, 2)
    for one in _OLD_ID_CARD.finditer(text):
        yield _match("id-card", one.span("number"), one["number"], 3, 2)
    for one in itertools.chain(_BANK_CARD.finditer(text), _BROKEN_CARD.finditer(text)):
        start, end = one.span("number" if one.re is _BROKEN_CARD else 0)
        value = _OTHER.sub("", text[start:end])
        if (
            len(value) in _CARD_LENGTHS
            and luhn(value)
            and not is_serial(text, start)
            and not _is_fraction(text, start, end)
        ):
            yield _match("bank-card", (start, end), value, 4, 4)


def find_credit(text: str) -> Iterator[Match]:
    """Find social-credit codes by their checksum (GB 32100)."""
    pattern = _ANY_CREDIT if any(word in text for word in _CREDIT_WORDS) else _CREDIT
    for one in pattern.finditer(text):
        value = one.group()
        total = sum(_CREDIT_CHARS.index(char) * pow(3, at, 31) for at, char in enumerate(value[:17]))
        if _CREDIT_CHARS[-total % 31] == value[17]:
            yield _match("credit-code", one.span(), value, 2, 4)


def luhn(digits: str) -> bool:
    """Say whether the last digit is the check digit of the others (ISO/IEC 7812)."""
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(2 * int(one), 10)) for one in even)) % 10 == 0


def _is_id_card(value: str, *, is_named: bool) -> bool:
    """Say whether place, day and check digit are right; beside its label a mistyped one is private too."""
    if not _REGIONS.match(value) or not _BIRTH.match(value, len("330106")):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(value, _WEIGHTS, strict=False))
    return is_named or "10X98765432"[total % 11] == value[17]


def _is_fraction(text: str, start: int, end: int) -> bool:
    return before(text, start, 2).endswith(".") or re.match(r"\.[0-9]", text[end : end + 2]) is not None


def _match(rule: str, span: tuple[int, int], value: str, head: int, tail: int) -> Match:
    mask = value[:head] + "*" * (len(value) - head - tail) + value[-tail:]
    return Match(rule, *span, value, mask, sure=True)
