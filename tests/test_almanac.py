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
        f"years:\n  {FAR}:\n    元旦: {{off: {FAR - 1}-12-31..{FAR}-01-02, work: [{FAR}-01-07]}}\n    植树节: {{off: {FAR}-03-13}}\n"
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
        f"{FAR}-10-02": Day("", workday=True),
    }
    assert {text: calendar.day(day(text)) for text in expected} == expected
    assert not any(calendar.is_provisional(day(f"{FAR}-01-01") + timedelta(days=step)) for step in range(365))
    assert calendar.is_provisional(day(f"{FAR + 1}-01-04"))
    # 2051 has 260 weekdays (it begins and ends on a Sunday); 2 January and 13 March, both Mondays, are off; 7 January is worked.
    year = almanac.year(FAR, words, calendar)
    assert (year.source, year.workdays) == (almanac.BY_HAND, 260 - 2 + 1)


def test_a_day_of_the_company_comes_before_the_year_by_hand(settled: Callable[[str], Vocabulary]) -> None:
    """What the company decides for a day holds whatever the notice says."""
    words = settled(f"years: {{{FAR}: {{元旦: {{off: {FAR}-01-02}}}}}}\n")
    words.company_days[day(f"{FAR}-01-02")] = vocabulary.CompanyDay(workday=True, name="值班")
    calendar = standing.calendar(words)
    assert calendar.day(day(f"{FAR}-01-02")) == Day("值班", workday=True)
    assert almanac.year(FAR, words, calendar).company == {day(f"{FAR}-01-02")}


def test_what_is_offered_to_paste_works(settled: Callable[[str], Vocabulary]) -> None:
    """Appended to calendar.yaml as it is, it settles the year."""
    words = settled(almanac.by_hand(FAR))
    assert almanac.source(FAR, words) == almanac.BY_HAND
    assert not standing.calendar(words).is_provisional(day(f"{FAR}-12-31"), day(f"{FAR}-01-01"))


@pytest.mark.parametrize(
    ("today", "lacking"),
    [("2050-10-31", None), ("2050-11-01", 2051), ("2050-12-31", 2051), ("2051-01-01", None), ("2024-11-01", None)],
)
def test_the_year_to_come_is_missed_from_november_on(today: str, lacking: int | None, words: Vocabulary) -> None:
    """Not before; and not where it is known."""
    assert almanac.missing(day(today), words) == lacking


def test_nobody_misses_a_year_by_hand(settled: Callable[[str], Vocabulary]) -> None:
    """Written down is known."""
    assert almanac.missing(day("2050-11-01"), settled(almanac.by_hand(FAR))) is None


def test_a_year_by_hand_is_held_against_the_official_one(settled: Callable[[str], Vocabulary]) -> None:
    """Of 2026 only 元旦 is written down, a day short: from 3 January on the official calendar differs 24 times."""
    words = settled("years: {2026: {元旦: {off: 2026-01-01, work: [2026-01-04]}}}\n")
    found = almanac.differing(2026, words, WorkCalendar({}))
    # The 19 weekdays off (see above) less 1 January, and the 6 make-up days less 4 January.
    assert (found[0], len(found)) == (day("2026-01-02"), 18 + 5)
    assert almanac.differing(FAR, settled(almanac.by_hand(FAR)), WorkCalendar({})) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("years: {51: {元旦: {off: 2051-01-01}}}", "51"),
        ("years: {2051: {}}", "2051"),
        ("years: {2051: {元旦: {}}}", "off"),
        ("years: {2051: {元旦: {off: 1月1日}}}", "2027-02-06..2027-02-12"),
        ("years: {2051: {元旦: {off: 2051-01-01..2051-01-32}}}", "2027-02-06..2027-02-12"),
        ("years: {2051: {元旦: {off: 2051-01-03..2051-01-01}}}", "最后一天早于第一天"),
        ("years: {2051: {元旦: {off: 2052-01-01}}}", "2052-01-01 不在 2051 年"),
        ("years: {2051: {元旦: {off: 2051-01-01, work: [2049-01-04]}}}", "2049-01-04 不在 2051 年"),
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
