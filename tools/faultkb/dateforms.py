"""The forms in which people write days: 2026/11/3, 26.11.3, 11/3/2026, 11月3日, 3-Nov-2026, 20261103."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from faultkb import moment

if TYPE_CHECKING:
    from collections.abc import Mapping

MONTH_FIRST, DAY_FIRST = "月日", "日月"
"""In which order a column writes 11/3/2026."""
_MONTHS = {
    one: number
    for number, one in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})[a-z]*\.?"
_FORMS = tuple(
    re.compile(one, re.ASCII | re.IGNORECASE)
    for one in (
        r"(?P<year>\d{4})\s*[-/.,、\\_年]\s*(?P<month>\d{1,2})\s*[-/.,、\\_月]\s*(?P<day>\d{1,2})(?!\d)\s*[日号]?",
        r"(?P<year>2[01]\d\d)(?P<month>\d\d)(?P<day>\d\d)(?=\D|$|\d{4}(?:\d\d)?(?!\d))",
        r"(?P<short>\d\d)\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})(?!\d)\s*[日号]?",
        r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second>\d{1,2})(?P=mark)(?P<third>\d{4}|\d{1,2})(?!\d)[日号]?",
        r"(?P<short>\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)(?P<packed>)",
        rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/ .]*{_MONTH}[-/ ,.]*(?P<year>\d{{4}}|\d\d)(?!\d)",
        rf"{_MONTH}[-/ ,.]*(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/ ,.]+(?P<year>\d{{4}})(?!\d)",
        r"(?P<month>\d{1,2})\s*(?:月\s*(?P<day>\d{1,2})(?!\d)\s*[日号]?|[-/.](?P<day2>\d{1,2})(?!\d))",
    )
)
_THREE = 3
"""The form of which nobody knows where the year is."""
_PART = "(?:份|底|初|末|中旬|上旬|下旬)?"
_NO_DAY = re.compile(
    rf"\d{{4}}\s*[-/.年]\s*\d{{1,2}}\s*月?{_PART}|\d\d年\d{{1,2}}月?{_PART}|\d{{1,2}}\s*月{_PART}"
    r"|(?:19|2[01])\d\d\s*年?(?:底|初|末)?|20\d\d(?:0[1-9]|1[0-2])",
    re.ASCII,
)
_CENTURY, _TWELVE = 2000, 12
NO_DATE, NO_DAY, NO_SUCH, NO_YEAR = "不是日期", "只有年月，没有日", "没有这一天", "没有年份"
OUT = f"年份不在 {moment.YEARS[0]}–{moment.YEARS[-1]} 之间"


class Day(NamedTuple):
    """A day that was read, where it ends in the text, and what had to be decided; ``at`` is None where ``remark`` says why."""

    at: datetime | None
    end: int = 0
    remark: str = ""


def read(text: str, start: int, year: int | None, order: str) -> Day:
    """Return the day that a text has at a place; ``year`` and ``order`` are what the sheet and the column say."""
    if _NO_DAY.fullmatch(text, start):
        return Day(None, remark=NO_DAY)
    found = next((match for form in _FORMS if (match := form.match(text, start))), None)
    if found is None:
        return Day(None, remark=NO_DATE)
    given = found.groupdict()
    if "first" in given:
        at, remark = _three(given, year, order)
    elif "year" in given or "short" in given:
        at, remark = _whole(given)
    else:
        at, remark = _yearless(given, year)
    return Day(at, found.end(), remark)


def order(text: str) -> str:
    """Return in which order a text writes 11/13/2026, if it leaves no doubt."""
    found = _FORMS[_THREE].match(text)
    if found is None or len(found["third"]) != len("2026"):
        return ""
    first, second = int(found["first"]), int(found["second"])
    return DAY_FIRST if first > _TWELVE >= second else MONTH_FIRST if second > _TWELVE >= first else ""


def _whole(given: Mapping[str, str | None]) -> tuple[datetime | None, str]:
    """Return a day whose year is known."""
    name = given.get("name")
    month = _MONTHS[name[:3].lower()] if name else int(given["month"] or 0)
    written = given.get("year") or given.get("short") or ""
    is_short = len(written) < len("2026")
    at, remark = _made(int(written) + (_CENTURY if is_short else 0), month, int(given["day"] or 0))
    return at, remark or (f"年份只写了两位，读成 {at:%Y-%m-%d}" if is_short and at else "")


def _yearless(given: Mapping[str, str | None], year: int | None) -> tuple[datetime | None, str]:
    if year is None:
        return None, NO_YEAR
    at, remark = _made(year, int(given["month"] or 0), int(given["day"] or given["day2"] or 0))
    return at, remark or f"没有年份，按工作表的 {year} 年"


def _three(given: Mapping[str, str | None], year: int | None, order: str) -> tuple[datetime | None, str]:
    """Return the day of three numbers, if all ways to read them but one are impossible; a year that is known decides, too."""
    first, second, third = (int(given[key] or 0) for key in ("first", "second", "third"))
    has_year = len(given["third"] or "") == len("2026")
    at_end = third if has_year else third + _CENTURY
    ways = {MONTH_FIRST: (at_end, first, second), DAY_FIRST: (at_end, second, first)}
    if not has_year:
        ways["年"] = (first + _CENTURY, second, third)
        if given["mark"] != "/" or first > _TWELVE:  # 26-11-3 and 26.11.3 are never written from the other end here
            ways = {"年": ways["年"]}
    possible = {key: at for key, one in ways.items() if (at := _made(*one)[0])}
    if has_year and order in possible:
        possible = {order: possible[order]}
    if not has_year and year:
        possible = {key: at for key, at in possible.items() if at.year == year} or possible
    days = set(possible.values())
    if len(days) == 1:
        at = days.pop()
        return at, f"读成 {at:%Y-%m-%d}"
    if not days:
        return None, NO_SUCH
    return None, f"分不清是 {' 还是 '.join(sorted(f'{one:%Y-%m-%d}' for one in days))}"


def _made(year: int, month: int, day: int) -> tuple[datetime | None, str]:
    if year not in moment.YEARS:
        return None, OUT
    try:
        return datetime(year, month, day), ""  # noqa: DTZ001 -- wall-clock time of the policy's zone
    except ValueError:
        return None, NO_SUCH
