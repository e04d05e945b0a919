"""Times of day as people write them behind a date: 9:12, 下午3点半, 9:12 PM, 0912, 24:00."""

from __future__ import annotations

import re
from typing import NamedTuple

_PERIOD = r"上午|早上|早晨|清晨|凌晨|中午|正午|下午|午后|傍晚|晚上|晚间|夜里|夜间|半夜|深夜|晚|a\.?m\.?(?![a-z])|p\.?m\.?(?![a-z])"
_TIME = re.compile(
    rf"""(?P<before>{_PERIOD})?\s*
    (?:(?P<compact>\d{{4}}(?:\d{{2}})?)(?!\d)
    |(?P<hour>\d{{1,2}})(?:\s*[:;]\s*(?P<minute>\d{{1,2}})(?:\s*:\s*(?P<second>\d{{1,2}})(?:[.,]\d+)?)?(?![\d:])
      |\s*[点时](?:\s*(?P<spoken>\d{{1,2}})\s*分(?:\s*\d{{1,2}}\s*秒)?|(?P<part>半|一刻|1刻|三刻|3刻|整|钟)|(?P<bare>\d{{1,2}})(?!\d)|)
      |(?=\s*[ap]\.?m)))
    \s*(?P<after>[ap]\.?m\.?(?![a-z]))?
    \s*(?P<zone>z(?![a-z])|utc|gmt|(?:\+|(?(second)-|(?!)))\d{{2}}:?\d{{2}}(?!\d))?""",
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)
_PARTS = {"半": 30, "一刻": 15, "1刻": 15, "三刻": 45, "3刻": 45}
_MORNING = frozenset(["上午", "早上", "早晨", "清晨", "凌晨"])
_NOON = frozenset(["中午", "正午"])
_EVENING = frozenset(["晚上", "晚间", "晚", "夜里", "夜间", "半夜", "深夜"])
_DAY, _HALF = 24, 12
_DARK = 5
"""晚上 begins after five; 晚上 1 点 may be before or after the day that stands before it."""
_LAST_NOON = 2


class Time(NamedTuple):
    """A time of day: minutes from midnight (1440 is the end of the day), the zone that is written, the length of the text.

    ``wrong`` says why it is none; ``is_bare`` that it is 00:00:00, as programs write days.
    """

    minutes: int
    zone: str
    length: int
    wrong: str = ""
    is_bare: bool = False


def read(text: str) -> Time | None:
    """Return the time of day that a text in NFKC begins with; None without one."""
    found = _TIME.match(text)
    if found is None:
        return None
    hour, minute, second = _numbers(found)
    period = (found["before"] or found["after"] or "").replace(".", "").lower()
    turned = _hour(hour, period)
    length, zone = found.end(), found["zone"] or ""
    if turned is None:
        return Time(0, zone, length, f"“{period}”和 {hour} 点合不上")
    total = turned * 60 + minute
    if minute > 59 or second > 59 or total > _DAY * 60:  # noqa: PLR2004 -- minutes and seconds
        return Time(0, zone, length, "没有这个时刻")
    return Time(total, zone, length, is_bare=not total and found["second"] is not None)


def _numbers(found: re.Match[str]) -> tuple[int, int, int]:
    """Return hour, minute and second as they are written."""
    if found["compact"]:
        digits = found["compact"]
        return int(digits[:2]), int(digits[2:4]), int(digits[4:] or 0)
    minute = found["minute"] or found["spoken"] or found["bare"] or _PARTS.get(found["part"] or "", 0)
    return int(found["hour"]), int(minute), int(found["second"] or 0)


def _hour(hour: int, period: str) -> int | None:
    """Return the hour of the day; None where word and number contradict, or leave two readings."""
    if period in _MORNING or period == "am":
        if hour == _HALF and (period in {"凌晨", "am"}):
            return 0
        return hour if hour <= _HALF else None
    if period in _NOON:
        return hour if _HALF - 1 <= hour <= _HALF + _LAST_NOON else hour + _HALF if 1 <= hour <= _LAST_NOON else None
    if period in _EVENING and hour <= _HALF:
        return hour + _HALF if hour >= _DARK else None
    if period and hour < _HALF:
        return hour + _HALF if hour else None
    return hour
