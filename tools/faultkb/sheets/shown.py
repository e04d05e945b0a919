"""Values of cells as the user sees them: numbers by their format, dates to the minute, texts without Excel's escapes."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from faultkb.sheets.table import Value

_ESCAPED = re.compile("_x(00[01][0-9A-Fa-f])_")
"""How Excel writes control characters; where a text itself says _x0041_, openpyxl has put that right."""
_IGNORED = re.compile(r"\[[^\]]*\]|_.|\*.")
"""Colours, conditions and languages in a format, blanks as wide as a character, fillers."""
_LITERAL = re.compile(r'"([^"]*)"|\\(.)')
_DIGITS = re.compile(r"([#0?]+(?:,[#0?]+)*)(?:\.([0#?]+))?(%?)")
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff]")
_LONG = 10**10
"""Whole numbers from here on are phones, ids and the like: nobody counts so far, and a comma would hide what they are."""
_GROUPED = re.compile("[1-9][0-9]{0,2}(?:[,，][0-9]{3}){3,}")
_TEN, _ZEROS = 10, 3
"""The exponent of _LONG, and how many zeros at its end a number may have lost when it was shown with one."""
_RAISED = re.compile(r"([1-9])\.([0-9]{7,17})[eE]\+?([0-9]{2})")
_EXACT = 15
"""Digits that Excel keeps of a number."""
LOST = "数字超过 15 位，Excel 已把后面的位数变成 0：按原始资料重填，先把单元格设成“文本”"


def plain(text: str) -> str:
    r"""Return a text without Excel's escapes (``_x000D_``), with line ends ``\n`` and without characters that no file may hold."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isprintable():
        return text
    return _UNFIT.sub("", text)


def undressed(text: str) -> str:
    """Return a long whole number without what Excel puts around one: 13,987,651,241 and 1.3987651235E+10; other texts as they are."""
    bare = text.strip()
    if _GROUPED.fullmatch(bare):
        digits = re.sub("[,，]", "", bare)
        return digits if int(digits) >= _LONG else text
    raised = _RAISED.fullmatch(bare)
    if raised and len(raised[2].rstrip("0")) <= int(raised[3]) <= len(raised[2]) + _ZEROS and int(raised[3]) >= _TEN:
        return raised[1] + raised[2].rstrip("0").ljust(int(raised[3]), "0")
    return text


def text(value: Value, form: str) -> str:
    """Return what the user sees of a value in a number format; dates are always written 2026-11-03 09:12."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return number(value, form)
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds" if value.second else "minutes")
    if isinstance(value, time):
        return value.isoformat("seconds" if value.second else "minutes")
    return value.isoformat() if isinstance(value, date) else value or ""


def number(value: float, form: str) -> str:
    """Return a number in a format; one that is not understood, or computes, shows the number as it is."""
    if form == "General" or (abs(value) >= _LONG and float(value).is_integer()):
        return bare_number(value)
    section = _IGNORED.sub("", form.partition(";")[0])
    literals: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literals.append(found[1] if found[1] is not None else found[2])
        return "\0" * len(literals[-1])

    bare = _LITERAL.sub(keep, section)
    found = _DIGITS.search(bare)
    rest = bare[: found.start()] + bare[found.end() :] if found else ""
    if found is None or re.search(r"[#0?@E/A-DF-Za-z]|,", rest) or abs(value) >= 10**_EXACT:
        return bare_number(value)
    before, after = bare[: found.start()], bare[found.end() :]
    joined = "".join(literals)
    hidden = before.count("\0")
    prefix, suffix = _fill(before, joined[:hidden]), _fill(after, joined[hidden:])
    return f"{prefix}{_core(value, found)}{suffix}"


def _fill(pattern: str, letters: str) -> str:
    given = iter(letters)
    return "".join(next(given) if one == "\0" else one for one in pattern)


def _core(value: float, found: re.Match[str]) -> str:
    whole, decimals, percent = found[1], found[2] or "", found[3]
    least, most = decimals.count("0"), len(decimals)
    number = value * 100 if percent else value
    shown = f"{abs(number):{',' if ',' in whole else ''}.{most}f}"
    if most > least:
        head, _, tail = shown.partition(".")
        tail = tail[:least] + tail[least:].rstrip("0")
        shown = f"{head}.{tail}" if tail else head
    head, dot, tail = shown.partition(".")
    shown = head.rjust(whole.count("0"), "0") + dot + tail
    return f"{'-' if number < 0 and shown.strip('0.,') else ''}{shown}{percent}"


def bare_number(value: float) -> str:
    """Return a number with all its digits, never as 1.38E+10."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    short = f"{value:.{_EXACT}g}"
    return short if "e" not in short else f"{value:.{_EXACT}f}".rstrip("0").rstrip(".") if abs(value) < 1 else short


def is_inexact(value: Value) -> bool:
    """Say whether Excel has kept less of a number than was typed."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= 10**_EXACT


def to_second(value: datetime) -> datetime:
    """Return a moment to the nearest second: fractions of a day are never exact."""
    return (value + timedelta(milliseconds=500)).replace(microsecond=0)
