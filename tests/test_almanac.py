"""A year of the working calendar, and years that somebody writes down by hand; dates are those of the notices."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from faultkb import almanac, standing, vocabulary
from faultkb.calendar import Day, WorkCalendar, published_years
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

day = date.fromisoformat

FAR = 2051
"""A year that nobody will have announced for a long time. 1 January 2051 is a Sunday."""
OTHERS = (
    "春节: {off: 2051-02-11..2051-02-17}, 清明节: {off: 2051-04-05}, 劳动节: {off: 2051-05-01},"
    " 端午节: {off: 2051-06-14}, 国庆节、中秋节: {off: 2051-10-01..2051-10-07}"
)
"""Every holiday but 元旦; the last two share a line."""
WHOLE = f"years: {{{FAR}: {{元旦: {{off: {FAR}-01-01}}, {OTHERS}}}}}\n"


@pytest.fixture
def settled(root: Path, tmp_path: Path) -> Callable[[str], Vocabulary]:
    """Return a function that appends a text to calendar.yaml and reads the schema."""

    def load(text: str) -> Vocabulary:
        folder = tmp_path / "schema"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(root / "schema", folder)
        with (folder / "calendar.yaml").open("a", encoding="utf-8") as file:
            file.write(text)
        return vocabulary.load(tmp_path)

    return load


def test_a_published_year(words: Vocabulary, calendar: WorkCalendar) -> None:
    """2026 has 261 weekdays (it begins on a Thursday); 19 of them are off, 6 weekend days are worked: 248."""
    # Off on weekdays: 元旦 1, 2 January; 春节 16–20 and 23 February; 清明 6 April; 劳动节 1, 4, 5 May; 端午 19 June;
    # 中秋 25 September; 国庆 1, 2, 5, 6, 7 October: 2 + 6 + 1 + 3 + 1 + 1 + 5 = 19.
    year = almanac.year(2026, words, calendar)
    assert (year.source, year.workdays, len(year.days)) == (almanac.OFFICIAL, 261 - 19 + 6, 365)
    assert [month for month, _ in year.months()] == list(range(1, 13))
    stretches = [
        (str(first)[5:], str(last)[5:], what.reason, what.workday) for first, last, what, _ in year.stretches()
    ]
    assert stretches[:5] == [
        ("01-01", "01-03", "元旦", False),
        ("01-04", "01-04", "元旦补班", True),
        ("02-14", "02-14", "春节补班", True),
        ("02-15", "02-23", "春节", False),
        ("02-28", "02-28", "春节补班", True),
    ]
    assert not year.is_special(day("2026-11-21"))  # an ordinary Saturday


def test_the_years_of_the_library() -> None:
    """From 2004 to at least 2026, without a gap."""
    assert published_years().start == 2004
    assert published_years().stop > 2026


def test_a_year_by_hand(settled: Callable[[str], Vocabulary]) -> None:
    """The notice's days, and Monday to Friday for the rest; nothing is provisional any more."""
    words = settled(
        f"years: {{{FAR}: {{元旦: {{off: {FAR - 1}-12-31..{FAR}-01-02, work: [{FAR}-01-07]}}, 植树节: {{off: {FAR}-03-13}}, {OTHERS}}}}}\n"
    )
    calendar = standing.calendar(words)
    expected = {
        f"{FAR - 1}-12-31": Day("元旦", workday=False),
        f"{FAR}-01-01": Day("元旦", workday=False),
        f"{FAR}-01-02": Day("元旦", workday=False),
        f"{FAR}-01-03": Day("", workday=True),
        f"{FAR}-01-07": Day("元旦补班", workday=True),
        f"{FAR}-01-08": Day("周末", workday=False),
        f"{FAR}-03-13": Day("植树节", workday=False),
        f"{FAR}-10-02": Day("国庆节、中秋节", workday=False),
        f"{FAR}-10-09": Day("", workday=True),
    }
    assert {text: calendar.day(day(text)) for text in expected} == expected
    assert not any(calendar.is_provisional(day(f"{FAR}-01-01") + timedelta(days=step)) for step in range(365))
    assert calendar.is_provisional(day(f"{FAR + 1}-01-04"))
    # 2051 has 260 weekdays (it begins and ends on a Sunday). Off: Mondays 2 January, 13 March, 1 May; Monday 13 to Friday
    # 17 February; Wednesdays 5 April, 14 June; Monday 2 to Friday 6 October: 3 + 5 + 2 + 5 = 15. 7 January is worked.
    year = almanac.year(FAR, words, calendar)
    assert (year.source, year.workdays) == (almanac.BY_HAND, 260 - 15 + 1)


def test_a_day_of_the_company_comes_before_the_year_by_hand(settled: Callable[[str], Vocabulary]) -> None:
    """What the company decides for a day holds whatever the notice says."""
    words = settled(WHOLE)
    words.company_days[day(f"{FAR}-01-02")] = vocabulary.CompanyDay(workday=True, name="值班")
    calendar = standing.calendar(words)
    assert calendar.day(day(f"{FAR}-01-02")) == Day("值班", workday=True)
    assert almanac.year(FAR, words, calendar).company == {day(f"{FAR}-01-02")}


def test_what_is_offered_to_paste_has_to_be_filled_in(settled: Callable[[str], Vocabulary]) -> None:
    """As it is it is refused at each of the seven holidays; with a date for each it settles the year."""
    with pytest.raises(FaultError) as error:
        settled(almanac.by_hand(FAR))
    assert len({one.line for one in error.value.findings}) == 7
    words = settled(filled_in(FAR))
    assert almanac.source(FAR, words) == almanac.BY_HAND
    assert not standing.calendar(words).is_provisional(day(f"{FAR}-12-31"), day(f"{FAR}-01-01"))


def filled_in(year: int) -> str:
    """Return what is offered for a year with the same day for each holiday."""
    return almanac.by_hand(year).replace("-??-??", "-05-01")


@pytest.mark.parametrize(
    ("today", "asked", "lacking"),
    [
        ("2050-10-31", 2050, [2050]),
        ("2050-11-01", 2050, [2050, 2051]),
        ("2051-01-05", 2051, [2051]),
        ("2051-01-05", 2026, [2051]),
        ("2024-07-01", 2024, []),
        ("2024-07-01", 2051, [2051]),
        ("2024-11-01", 2024, []),
    ],
)
def test_years_that_are_missed(today: str, asked: int, lacking: list[int], words: Vocabulary) -> None:
    """The year of today and the one asked for at any time, the one to come from November on; none that is known."""
    assert almanac.missing(day(today), asked, words) == lacking


def test_nobody_misses_a_year_by_hand(settled: Callable[[str], Vocabulary]) -> None:
    """Written down is known."""
    assert almanac.missing(day("2050-11-01"), 2050, settled(filled_in(FAR))) == [2050]


def test_a_year_by_hand_is_held_against_the_official_one(settled: Callable[[str], Vocabulary]) -> None:
    """Of 2026 only 1 January is off, and 4 January is worked, by hand: the official calendar differs 23 times."""
    others = ", ".join(
        f"{name}: {{off: 2026-01-01}}" for name in ("春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
    )
    words = settled(f"years: {{2026: {{元旦: {{off: 2026-01-01, work: [2026-01-04]}}, {others}}}}}\n")
    found = almanac.differing(2026, words, WorkCalendar({}))
    # The 19 weekdays off (see above) less 1 January, and the 6 make-up days less 4 January.
    assert (found[0], len(found)) == (day("2026-01-02"), 18 + 5)
    assert almanac.differing(FAR, settled(WHOLE), WorkCalendar({})) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("years: {51: {元旦: {off: 2051-01-01}}}", "51"),
        ("years: {2051: {}}", "2051"),
        (f"years: {{2051: {{{OTHERS}}}}}", "2051 年还缺 元旦："),
        ("years: {2051: {元旦: {off: 2051-01-01}}}", "还缺 春节、清明节、劳动节、端午节、中秋节、国庆节："),
        (WHOLE.replace("、中秋节", ""), "写成 国庆节、中秋节"),
        ("years: {2051: {元旦: {}}}", "off"),
        ("years: {2051: {元旦: {off: 1月1日}}}", "2027-02-06..2027-02-12"),
        ("years: {2051: {元旦: {off: 2051-01-01..2051-01-32}}}", "2027-02-06..2027-02-12"),
        (f"years: {{2051: {{元旦: {{off: 2051-01-03..2051-01-01}}, {OTHERS}}}}}", "最后一天早于第一天"),
        (f"years: {{2051: {{元旦: {{off: 2052-01-01}}, {OTHERS}}}}}", "2052-01-01 不在 2051 年"),
        (f"years: {{2051: {{元旦: {{off: 2051-01-01, work: [2049-01-04]}}, {OTHERS}}}}}", "2049-01-04 不在 2051 年"),
        ("years: {2051: {元旦: {off: 2051-01-01, work: 2051-01-04}}}", "work"),
        ("years: {2051: {元旦: {off: 2051-01-01, wrok: []}}}", "wrok"),
    ],
)
def test_mistakes_have_a_place(text: str, message: str, settled: Callable[[str], Vocabulary]) -> None:
    """A year that cannot be meant is an error with line and column, and with how to write it."""
    with pytest.raises(FaultError) as error:
        settled(f"{text}\n")
    (finding,) = error.value.findings
    assert (finding.path, finding.rule) == ("schema/calendar.yaml", "schema-file")
    assert finding.line > 10
    assert message in finding.message
