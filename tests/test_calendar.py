"""Working days, held against the State Council's arrangements, which are written here by hand.

2024: 国办发明电〔2023〕7号. 2025: 国办发明电〔2024〕12号. 2026: 国办发明电〔2025〕7号.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from faultkb.calendar import Day, WorkCalendar
from faultkb.vocabulary import CompanyDay

OFFICIAL = WorkCalendar({})
day = date.fromisoformat

# Year: (holiday, first day off, last day off); the days are inclusive.
HOLIDAYS = {
    2024: [
        ("元旦", "2024-01-01", "2024-01-01"),
        ("春节", "2024-02-10", "2024-02-17"),
        ("清明节", "2024-04-04", "2024-04-06"),
        ("劳动节", "2024-05-01", "2024-05-05"),
        ("端午节", "2024-06-10", "2024-06-10"),
        ("中秋节", "2024-09-15", "2024-09-17"),
        ("国庆节", "2024-10-01", "2024-10-07"),
    ],
    2025: [
        ("元旦", "2025-01-01", "2025-01-01"),
        ("春节", "2025-01-28", "2025-02-04"),
        ("清明节", "2025-04-04", "2025-04-06"),
        ("劳动节", "2025-05-01", "2025-05-05"),
        ("端午节", "2025-05-31", "2025-06-02"),
        ("国庆节、中秋节", "2025-10-01", "2025-10-08"),
    ],
    2026: [
        ("元旦", "2026-01-01", "2026-01-03"),
        ("春节", "2026-02-15", "2026-02-23"),
        ("清明节", "2026-04-04", "2026-04-06"),
        ("劳动节", "2026-05-01", "2026-05-05"),
        ("端午节", "2026-06-19", "2026-06-21"),
        ("中秋节", "2026-09-25", "2026-09-27"),
        ("国庆节", "2026-10-01", "2026-10-07"),
    ],
}
MAKE_UP = {
    2024: [
        "2024-02-04",
        "2024-02-18",
        "2024-04-07",
        "2024-04-28",
        "2024-05-11",
        "2024-09-14",
        "2024-09-29",
        "2024-10-12",
    ],
    2025: ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"],
    2026: ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"],
}


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_of_a_year(year: int) -> None:
    """Holidays are off, make-up days are worked, the rest follows the week."""
    off = {
        day(first) + timedelta(days=step)
        for _, first, last in HOLIDAYS[year]
        for step in range((day(last) - day(first)).days + 1)
    }
    worked = {day(text) for text in MAKE_UP[year]}
    one = date(year, 1, 1)
    while one.year == year:
        expected = one in worked or (one not in off and one.weekday() < 5)
        assert OFFICIAL.is_workday(one) is expected, one
        assert not OFFICIAL.is_provisional(one), one
        one += timedelta(days=1)


@pytest.mark.parametrize(("name", "first"), [(name, first) for year in HOLIDAYS.values() for name, first, _ in year])
def test_a_day_off_is_named(name: str, first: str) -> None:
    """The reason is the holiday's Chinese name."""
    found = OFFICIAL.day(day(first))
    assert not found.workday
    assert found.reason in name


@pytest.mark.parametrize("text", [text for days in MAKE_UP.values() for text in days])
def test_a_make_up_day_is_named(text: str) -> None:
    """The reason says that it makes up for a holiday."""
    found = OFFICIAL.day(day(text))
    assert found.workday
    assert found.reason.endswith("补班")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-20", Day(workday=True, reason="")),
        ("2026-11-21", Day(workday=False, reason="周末")),
        ("2026-10-10", Day(workday=True, reason="国庆节补班")),
    ],
)
def test_ordinary_days(text: str, expected: Day) -> None:
    """A Friday, a Saturday, and a Saturday that is worked."""
    assert OFFICIAL.day(day(text)) == expected


class TestNthWorkday:
    """The N-th working day after a day, which itself does not count (民法典 201); it ends at close of business (203)."""

    @pytest.mark.parametrize(
        ("start", "number", "expected"),
        [
            pytest.param("2026-11-16", 1, "2026-11-17", id="Monday to Tuesday"),
            pytest.param("2026-11-20", 1, "2026-11-23", id="Friday to Monday"),
            pytest.param("2026-11-21", 1, "2026-11-23", id="from Saturday, Monday is day 1"),
            pytest.param("2026-11-22", 3, "2026-11-25", id="from Sunday"),
            pytest.param("2026-11-16", 5, "2026-11-23", id="a week"),
            pytest.param("2026-11-16", 10, "2026-11-30", id="two weeks"),
            pytest.param("2026-11-16", 0, "2026-11-16", id="none"),
            # 2024-02-09 is a Friday; off 02-10…17; 02-18 (Sunday) is worked.
            pytest.param("2024-02-09", 1, "2024-02-18", id="春节 2024, make-up Sunday"),
            pytest.param("2024-02-09", 3, "2024-02-20", id="春节 2024"),
            # 2025-01-27 is a Monday; off 01-28…02-04; 02-05, 06, 07, 08 (Saturday, make-up), 10.
            pytest.param("2025-01-27", 5, "2025-02-10", id="春节 2025"),
            # 2026-02-13 is a Friday; 02-14 (Saturday) is worked; off 02-15…23; 02-24, 25, 26, 27, 28 (Saturday, make-up).
            pytest.param("2026-02-13", 1, "2026-02-14", id="春节 2026, make-up Saturday before"),
            pytest.param("2026-02-13", 3, "2026-02-25", id="春节 2026"),
            pytest.param("2026-02-15", 5, "2026-02-28", id="春节 2026, make-up Saturday after"),
            # 2024-04-03 is a Wednesday; off 04-04…06; 04-07 (Sunday) is worked.
            pytest.param("2024-04-03", 1, "2024-04-07", id="清明 2024, make-up Sunday"),
            pytest.param("2026-04-03", 1, "2026-04-07", id="清明 2026, no make-up day"),
            # 2026-04-30 is a Thursday; off 05-01…05; 05-06, 07, 08, 09 (Saturday, make-up), 11.
            pytest.param("2026-04-30", 4, "2026-05-09", id="劳动节 2026, make-up Saturday"),
            pytest.param("2026-04-30", 5, "2026-05-11", id="劳动节 2026"),
            # 2024-06-07 is a Friday; off 06-08, 09 (weekend), 10.
            pytest.param("2024-06-07", 1, "2024-06-11", id="端午 2024"),
            # 2026-06-18 is a Thursday; off 06-19…21.
            pytest.param("2026-06-18", 1, "2026-06-22", id="端午 2026"),
            # 2024-09-13 is a Friday; 09-14 (Saturday) is worked; off 09-15…17.
            pytest.param("2024-09-13", 2, "2024-09-18", id="中秋 2024"),
            # 2026-09-18 is a Friday; 09-20 (Sunday) is worked; 21, 22, 23, 24; off 09-25…27; 28.
            pytest.param("2026-09-18", 6, "2026-09-28", id="中秋 2026, make-up Sunday"),
            # 2025-09-26 is a Friday; 09-28 (Sunday) is worked; 29, 30; off 10-01…08; 10-09.
            pytest.param("2025-09-26", 4, "2025-10-09", id="国庆与中秋 2025"),
            # 2026-09-30 is a Wednesday; off 10-01…07; 10-08, 09, 10 (Saturday, make-up), 12.
            pytest.param("2026-09-30", 3, "2026-10-10", id="国庆 2026, make-up Saturday"),
            pytest.param("2026-09-30", 4, "2026-10-12", id="国庆 2026"),
            # 2025-12-31 is a Wednesday; off 01-01…03; 01-04 (Sunday) is worked.
            pytest.param("2025-12-31", 1, "2026-01-04", id="元旦 2026, make-up Sunday"),
            pytest.param("2026-12-31", 1, "2027-01-04", id="into the next year: 1 January is a Friday"),
        ],
    )
    def test_nth_workday(self, start: str, number: int, expected: str) -> None:
        """Counted by hand over each holiday."""
        assert OFFICIAL.nth_workday(day(start), number) == day(expected)

    def test_close(self) -> None:
        """The day ends when business ends."""
        assert OFFICIAL.close_of(day("2026-11-20"), 1, time(18, 0)) == datetime.fromisoformat("2026-11-23 18:00")
        assert OFFICIAL.close_of(day("2026-11-20"), 1, time(17, 30)) == datetime.fromisoformat("2026-11-23 17:30")


@pytest.mark.parametrize(
    ("after", "until", "number"),
    [
        pytest.param("2026-11-20", "2026-11-20", 0, id="the same day"),
        pytest.param("2026-11-20", "2026-11-23", 1, id="over a weekend"),
        pytest.param("2026-11-20", "2026-11-22", 0, id="to Sunday"),
        pytest.param("2026-11-19", "2026-11-20", 1, id="to the next day"),
        pytest.param("2024-05-22", "2024-05-27", 3, id="Wednesday to Monday"),
        pytest.param("2026-09-30", "2026-10-10", 3, id="国庆: 8, 9 and the make-up 10"),
        pytest.param("2026-02-13", "2026-02-28", 6, id="春节: 14, 24, 25, 26, 27, 28"),
        pytest.param("2026-11-23", "2026-11-20", 0, id="backwards"),
        pytest.param("2026-10-31", "2026-11-30", 21, id="November 2026 has 21"),
    ],
)
def test_workdays_between(after: str, until: str, number: int) -> None:
    """The first day does not count, the last one does."""
    assert OFFICIAL.workdays_between(day(after), day(until)) == number


class TestCompanyDays:
    """The company's own days come before the official ones, in both directions."""

    COMPANY = WorkCalendar(
        {
            day("2026-11-21"): CompanyDay(workday=True, name="盘点"),  # a Saturday
            day("2026-11-23"): CompanyDay(workday=False, name="搬迁"),  # a Monday
            day("2026-10-10"): CompanyDay(workday=False, name="不补班"),  # an official make-up Saturday
            day("2026-10-02"): CompanyDay(workday=True, name="值班"),  # an official holiday
            day("2031-01-01"): CompanyDay(workday=True, name="值班"),  # in a year that is not published
        }
    )

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-11-21", Day(workday=True, reason="盘点")),
            ("2026-11-23", Day(workday=False, reason="搬迁")),
            ("2026-10-10", Day(workday=False, reason="不补班")),
            ("2026-10-02", Day(workday=True, reason="值班")),
            ("2031-01-01", Day(workday=True, reason="值班")),
            ("2026-11-20", Day(workday=True, reason="")),
        ],
    )
    def test_day(self, text: str, expected: Day) -> None:
        """What the company says is final, also in a year that is not published."""
        assert self.COMPANY.day(day(text)) == expected

    @pytest.mark.parametrize(
        ("start", "number", "expected"),
        [
            ("2026-11-20", 1, "2026-11-21"),
            ("2026-11-20", 2, "2026-11-24"),
            ("2026-09-30", 1, "2026-10-02"),
            ("2026-09-30", 4, "2026-10-12"),
        ],
    )
    def test_count(self, start: str, number: int, expected: str) -> None:
        """They count, or do not, like any other day."""
        assert self.COMPANY.nth_workday(day(start), number) == day(expected)

    def test_between(self) -> None:
        """Saturday 21 is worked, Monday 23 is not."""
        assert self.COMPANY.workdays_between(day("2026-11-20"), day("2026-11-24")) == 2


class TestUnpublishedYears:
    """A year whose arrangement is not published counts Monday to Friday less 1 January, and is provisional.

    2031: the State Council publishes a year's arrangement in the November before it. 1 January 2031 is a Wednesday.
    """

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2031-01-01", Day(workday=False, reason="元旦", provisional=True)),
            ("2031-01-02", Day(workday=True, reason="", provisional=True)),
            ("2031-01-04", Day(workday=False, reason="周末", provisional=True)),
            ("2031-10-01", Day(workday=True, reason="", provisional=True)),
        ],
    )
    def test_day(self, text: str, expected: Day) -> None:
        """No guess at the holidays."""
        assert OFFICIAL.day(day(text)) == expected

    def test_count(self) -> None:
        """Working days can be counted all the same: 2, 3, 6."""
        assert OFFICIAL.nth_workday(day("2030-12-31"), 3) == day("2031-01-06")

    @pytest.mark.parametrize("text", ["1990-06-01", "2003-12-31"])
    def test_the_distant_past(self, text: str) -> None:
        """Also years before the first arrangement that is known."""
        assert OFFICIAL.is_provisional(day(text))

    def test_the_end_of_2026(self) -> None:
        """Every day of 2026 is settled; the first working day of 2027 is Monday, the fourth."""
        assert not OFFICIAL.is_provisional(day("2026-12-31"))
        assert OFFICIAL.nth_workday(day("2026-12-31"), 1) == day("2027-01-04")


def test_company_days_of_this_repository(calendar: WorkCalendar) -> None:
    """schema/calendar.yaml changes nothing on the days that the sample tickets use."""
    one = day("2026-03-01")
    while one <= day("2026-11-30"):
        assert calendar.day(one) == OFFICIAL.day(one)
        one += timedelta(days=1)
