"""Moments to the minute in the policy's time zone: parsing, printing, and the only clock of the program.

A moment is a naive `datetime`: tickets write wall-clock time of one zone (``timezone`` of sla.yaml), and so does
everything that is computed from them.
"""

import functools
import re
from datetime import datetime
from zoneinfo import ZoneInfo

YEARS = range(2000, 2200)
"""Years that a fault can be in; others are slips of the pen, and counting days near year 1 or 9999 overflows."""
_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")
WEEKDAYS = "一二三四五六日"
"""The names of the days of a week, as `date.weekday` counts them."""
FORMAT = "%Y-%m-%d %H:%M"


@functools.lru_cache(maxsize=100_000)
def parse(text: str) -> datetime:
    """Return the moment that ``YYYY-MM-DD HH:MM`` names.

    Raise ValueError for any other text, for 2026-02-30, and for a year outside 2000 to 2199.
    """
    if not _MINUTE.fullmatch(text) or int(text[:4]) not in YEARS:
        raise ValueError(text)
    return datetime.fromisoformat(text)


def is_minute(text: object) -> bool:
    """Say whether a value is a text that `parse` accepts."""
    try:
        parse(str(text))
    except ValueError:
        return False
    return True


def show(moment: datetime) -> str:
    """Print a moment as tickets write it."""
    return moment.isoformat(" ", "minutes")


def now(zone: str) -> datetime:
    """Return the present minute in a time zone (IANA name)."""
    return datetime.now(ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)


def at(seconds: int, zone: str) -> datetime:
    """Return the minute in a time zone that a count of seconds since 1970 (UTC) falls in."""
    return datetime.fromtimestamp(seconds, ZoneInfo(zone)).replace(tzinfo=None, second=0, microsecond=0)


def is_date(value: object) -> bool:
    """Say whether a value is a day written YYYY-MM-DD."""
    return is_minute(f"{value} 00:00")
