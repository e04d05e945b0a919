"""Chinese numerals in dates and times: 二〇二六年十一月三日 becomes 2026年11月3日."""

from __future__ import annotations

import re

_DIGITS = {one: str(number) for number, one in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "两": "2"}
_YEAR = re.compile(f"[{''.join(_DIGITS)}]{{4}}(?=年)")
_NUMBER = re.compile(r"(?:([一二三五两]?)(十)|(廿))?([一二三四五六七八九两〇零]?)(?=[月日号点时分秒])")


def arabic(text: str) -> str:
    """Return a text with the years, months, days, hours and minutes that are written in Chinese as digits."""
    text = _YEAR.sub(lambda found: "".join(_DIGITS[one] for one in found.group()), text)
    return _NUMBER.sub(_number, text)


def _number(found: re.Match[str]) -> str:
    tens, ten, twenty, ones = found.groups()
    if not found.group():
        return ""
    if twenty:
        return f"2{_DIGITS[ones] if ones else 0}"
    if ten:
        return f"{_DIGITS[tens] if tens else 1}{_DIGITS[ones] if ones else 0}"
    return _DIGITS[ones]
