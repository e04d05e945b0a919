"""Dates as people type them in spreadsheets: what was meant, whether a time of day was given, what was repaired."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta


@dataclass(frozen=True, slots=True)
class Moment:
    """What a cell says about time.

    ``text`` is ``YYYY-MM-DD HH:MM`` (00:00 without a time of day), None where no date can be read; ``remark`` says in Chinese
    what was repaired or why nothing was read; ``rest`` is the text beside the date that would be lost otherwise.
    """

    text: str | None
    has_time: bool = False
    remark: str = ""
    rest: str = ""


def read(
    value: str | float | bool | date | datetime | time | timedelta | None,
    *,
    year: int | None = None,
    from_1904: bool = False,
) -> Moment:
    """Return what a cell says about time; ``year`` is what the sheet says where the cell has none."""
    raise NotImplementedError
