"""Moments to the minute: what is one, how it is shown, and the one clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from faultkb import moment


@pytest.mark.parametrize(
    "text", ["2026-11-03 09:12", "2024-02-29 00:00", "2026-12-31 23:59", "2000-01-01 00:00", "2199-12-31 23:59"]
)
def test_a_moment_is_read_and_shown_the_same(text: str) -> None:
    """Reading and printing are inverse."""
    assert moment.is_minute(text)
    assert moment.show(moment.parse(text)) == text


def test_parts() -> None:
    """Year, month, day, hour, minute; no zone, no seconds."""
    assert moment.parse("2026-11-03 09:12").timetuple()[:6] == (2026, 11, 3, 9, 12, 0)
    assert moment.parse("2026-11-03 09:12").tzinfo is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-11-03",
        "2026-11-03 9:12",
        "2026-11-3 09:12",
        "2026-11-03T09:12",
        "2026-11-03  09:12",
        "2026-11-03 09:12:00",
        "2026-11-03 09:12Z",
        " 2026-11-03 09:12",
        "2026-11-03 09:12\n",
        "2026/11/03 09:12",
        "2026-11-03 09：12",
        "２０２６-11-03 09:12",
        "٢٠٢٦-11-03 09:12",
        "2026-02-29 09:12",
        "2026-02-30 09:12",
        "2026-13-01 09:12",
        "2026-00-01 09:12",
        "2026-11-00 09:12",
        "2026-11-31 09:12",
        "2026-11-03 24:00",
        "2026-11-03 23:60",
        "0000-01-01 00:00",
        "1999-12-31 23:59",
        "2200-01-01 00:00",
        "9999-12-31 23:59",
        "昨天",
    ],
)
def test_anything_else_is_none(text: str) -> None:
    """Other ways to write a time, days that do not exist, years in which no fault was."""
    assert not moment.is_minute(text)
    with pytest.raises(ValueError):  # noqa: PT011 - the text itself, or what Python says of it
        moment.parse(text)


@pytest.mark.parametrize("value", [None, 20261103, 3.5, True, [], {}])
def test_no_text(value: object) -> None:
    """What is no text is no moment and no day."""
    assert not moment.is_minute(value)
    assert not moment.is_date(value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-03", True),
        ("2024-02-29", True),
        ("2026-02-29", False),
        ("2026-11-3", False),
        ("2026-11-03 09:12", False),
        ("2026-11-03\n", False),
        ("", False),
    ],
)
def test_day(text: str, expected: bool) -> None:  # noqa: FBT001 - a case's own verdict
    """A day is written YYYY-MM-DD."""
    assert moment.is_date(text) is expected


@pytest.mark.parametrize(("zone", "hours"), [("Asia/Shanghai", 8), ("UTC", 0), ("Asia/Kolkata", 5.5)])
def test_now(zone: str, hours: float) -> None:
    """The present minute on the wall clock of a zone (none of these has summer time)."""

    def there() -> datetime:
        return datetime.now(UTC).replace(tzinfo=None) + timedelta(hours=hours)  # noqa: TID251 - held against the program's clock

    before = there()
    shown = moment.now(zone)
    assert before - timedelta(minutes=1) < shown <= there()
    assert (shown.second, shown.microsecond, shown.tzinfo) == (0, 0, None)
