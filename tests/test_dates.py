"""Dates as people type them: a table made by hand, and what must never be read."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from faultkb import dateforms, dates, moment
from faultkb.dates import Moment

DAY, NINE = "2026-11-03 00:00", "2026-11-03 09:12"
DAYS = """2026/11/3|2026-11-3|2026.11.3|2026-11-03|2026/11/03|2026。11。3|2026，11，3|2026、11、3|2026\\11\\3|2026_11_3|20261103|2026年11月3日
2026年11月3号|2026年11月3|2026 年 11 月 3 日|2026年11月3日（周二）|2026年11月3日 星期二|周二 2026-11-03|2026-11-03(星期二)|２０２６－１１－０３
２０２６／１１／３|二〇二六年十一月三日|二零二六年十一月三日|2026年十一月三日|'2026-11-03|“2026-11-03”|‘2026-11-03| 2026-11-03 |2026-11-03\t|2026–11–03
2026—11—03|2026-11/3|2026/11-3|2026/11/3号|3-Nov-2026|03-Nov-2026|3 Nov 2026|Nov 3, 2026|November 3, 2026|3rd November 2026|Tue Nov 3 2026
2026-11-03,|2026-11-03。|2026-11-03 00:00:00|2026-11-03T00:00:00"""
MINUTES = """2026-11-03 09:12|2026-11-03 9:12|2026/11/3 9:12|2026.11.3 9:12|2026-11-03T09:12|2026-11-03T09:12:00|2026-11-03T09:12:30+08:00
2026-11-03T01:12:00Z|2026-11-03 01:12:00 UTC|2026-11-03T01:12:00.000Z|2026-11-02T20:12:00-05:00|2026-11-03 09:12:59
2026-11-03 09：12|2026年11月3日9:12|2026年11月3日 9时12分
2026年11月3日9点12分|2026年11月3日上午9点12分|2026-11-03 上午9:12|2026-11-03 早上 9:12|2026-11-03 9:12 AM|2026-11-03 9:12am|2026-11-03 9:12 a.m.
202611030912|20261103 0912|20261103 09:12|20261103091230|2026-11-03 0912|2026-11-03-09:12|2026-11-03_09:12|２０２６／１１／３　０９：１２
二〇二六年十一月三日九点十二分|2026-11-03（周二）09:12|2026-11-03 周二 09:12|2026-11-03 9:12:30.123|2026-11-03, 09:12|2026-11-03 09;12"""
OTHERS = {
    "2026-11-03 下午3点": "2026-11-03 15:00",
    "2026/11/3 下午3点半": "2026-11-03 15:30",
    "2026-11-03 下午三点一刻": "2026-11-03 15:15",
    "2026-11-03 9:12 PM": "2026-11-03 21:12",
    "2026-11-03 晚上9:12": "2026-11-03 21:12",
    "2026-11-03 中午12点": "2026-11-03 12:00",
    "2026-11-03 中午1点": "2026-11-03 13:00",
    "2026-11-03 12:30 AM": "2026-11-03 00:30",
    "2026-11-03 12:30 PM": "2026-11-03 12:30",
    "2026-11-03 凌晨2点": "2026-11-03 02:00",
    "2026-11-03 下午15:30": "2026-11-03 15:30",
    "2026-11-03 9时": "2026-11-03 09:00",
    "2026-11-03 9点整": "2026-11-03 09:00",
    "2026-11-03 24:00": "2026-11-04 00:00",
    "2026-12-31 24:00": "2027-01-01 00:00",
    "2026-11-03 晚上12点": "2026-11-04 00:00",
    "2024-02-29": "2024-02-29 00:00",
    "26/11/3": DAY,
    "26-11-3": DAY,
    "26.11.3": DAY,
    "26年11月3日": DAY,
    "261103": DAY,
    "3-Nov-26": DAY,
    "13/11/2026": "2026-11-13 00:00",
    "11/13/2026": "2026-11-13 00:00",
    "3/3/2026": "2026-03-03 00:00",
    "46329": DAY,
    "46329.5": "2026-11-03 12:00",
}
NONE = {
    "11/3/2026": "分不清是 2026-03-11 还是 2026-11-03",
    "3/11/2026": "分不清是 2026-03-11 还是 2026-11-03",
    "11/3/26": "分不清是 2011-03-26 还是 2026-03-11 还是 2026-11-03",
    "11月3日": "没有年份",
    "11/3": "没有年份",
    "11-3": "没有年份",
    "十一月三日": "没有年份",
    "2026年11月": "只有年月，没有日",
    "2026-11": "只有年月，没有日",
    "2026年": "只有年月，没有日",
    "2026": "只有年月，没有日",
    "11月底": "只有年月，没有日",
    "202611": "只有年月，没有日",
    "2026年2月30日": "没有这一天",
    "2026-13-01": "没有这一天",
    "2026-02-29": "没有这一天",
    "32/1/2026": "没有这一天",
    "2026-11-03 25:00": "没有这个时刻",
    "2026-11-03 9:60": "没有这个时刻",
    "2026-11-03 上午15点": "“上午”和 15 点合不上",
    "2026-11-03 晚上1点": "“晚上”和 1 点合不上",
    "1999-12-31": "年份不在 2000–2199 之间",
    "2026-11-03~2026-11-08": "不止一个日期，分不清是哪一个",
    "2026.11.3-11.8": "不止一个日期，分不清是哪一个",
    "2026-11-03\n2026-11-08": "不止一个日期，分不清是哪一个",
    "2026-11-03 改为 11-08": "不止一个日期，分不清是哪一个",
    "待定": "不是日期",
    "长期": "不是日期",
    "ASAP": "不是日期",
    "今天": "不是日期",
    "昨天下午3点": "不是日期",
    "无": "不是日期",
    "-": "不是日期",
    "N/A": "不是日期",
    "9:12": "不是日期",
    "十二点": "不是日期",
    "13800138000": "不是日期",
    "V2.3.1": "不是日期",
    "0": "不是日期",
    "": "",
    "  ": "",
}


@pytest.mark.parametrize("text", [one for line in DAYS.split("\n") for one in line.split("|")])
def test_days(text: str) -> None:
    """Each of these is the third of November 2026, without a time of day and without anything repaired but a short year."""
    found = dates.read(text)
    assert (found.text, found.has_time, found.rest) == (DAY, False, "")
    assert found.remark == ""


@pytest.mark.parametrize("text", [one for line in MINUTES.split("\n") for one in line.split("|")])
def test_minutes(text: str) -> None:
    """Each of these is 9:12 of that day in Shanghai."""
    found = dates.read(text)
    assert (found.text, found.has_time, found.rest) == (NINE, True, "")


@pytest.mark.parametrize(("text", "read"), OTHERS.items())
def test_others(text: str, read: str) -> None:
    """Times in words, the end of a day, short years, serial numbers."""
    assert dates.read(text).text == read


@pytest.mark.parametrize(("text", "remark"), NONE.items())
def test_none(text: str, remark: str) -> None:
    """What can be read in two ways, lacks something, does not exist or is no date is not read, and why is said."""
    assert dates.read(text) == Moment(None, remark=remark)


@pytest.mark.parametrize(
    ("text", "read", "rest"),
    [
        ("2026-11-03（已确认）", DAY, "(已确认)"),
        ("2026-11-03 V2.3.1 发布", DAY, "V2.3.1 发布"),
        ("2026-11-03 09:12左右", NINE, "左右"),
        ("预计2026-11-03完成", DAY, "预计完成"),
        ("2026-11-03 9:12-10:00", NINE, "-10:00"),
        ("2026/11/3 张三确认", DAY, "张三确认"),
    ],
)
def test_rest(text: str, read: str, rest: str) -> None:
    """Words beside a date are kept."""
    found = dates.read(text)
    assert (found.text, found.rest) == (read, rest)


@pytest.mark.parametrize(
    ("text", "read", "remark"),
    [
        ("11月3日", DAY, "没有年份，按工作表的 2026 年"),
        ("11/3 9:12", NINE, "没有年份，按工作表的 2026 年"),
        ("11.3", DAY, "没有年份，按工作表的 2026 年"),
        ("2月29日", None, "没有这一天"),
        ("11/3/26", None, "分不清是 2026-03-11 还是 2026-11-03"),
        ("11/13/26", "2026-11-13 00:00", "读成 2026-11-13"),
    ],
)
def test_year_of_the_sheet(text: str, read: str | None, remark: str) -> None:
    """What the sheet says of the year is used, and that is said."""
    found = dates.read(text, year=2026)
    assert (found.text, found.remark) == (read, remark)


def test_order_of_a_column() -> None:
    """A column in which one cell leaves no doubt decides for the others; one that contradicts itself does not."""
    assert dates.order_of(["11/3/2026", "11/13/2026", None, 5]) == dateforms.MONTH_FIRST
    assert dates.order_of(["11/3/2026", "13/11/2026"]) == dateforms.DAY_FIRST
    assert dates.order_of(["13/11/2026", "11/13/2026"]) == ""
    assert dates.read("11/3/2026", order=dateforms.MONTH_FIRST) == Moment(DAY, remark="读成 2026-11-03")
    assert dates.read("11/3/2026", order=dateforms.DAY_FIRST).text == "2026-03-11 00:00"


@pytest.mark.parametrize(
    ("value", "read", "has_time"),
    [
        (datetime.fromisoformat("2026-11-03 09:12"), NINE, True),
        (datetime.fromisoformat("2026-11-03 09:11:59.999990"), NINE, True),
        (datetime.fromisoformat("2026-11-03 09:12:45"), NINE, True),
        (datetime.fromisoformat("2026-11-03"), DAY, False),
        (date.fromisoformat("2026-11-03"), DAY, False),
        (46329, DAY, False),
        (46329.5, "2026-11-03 12:00", True),
        (46329 + (9 * 60 + 12) / 1440, NINE, True),
        (20261103, DAY, False),
        (202611030912.0, NINE, True),
        (11.3, None, False),
        (2026, None, False),
        (13800138000, None, False),
        (1e300, None, False),
        (-5, None, False),
        (True, None, False),
        (None, None, False),
        (time(9, 12), None, False),
        (timedelta(hours=9), None, False),
        (datetime.fromisoformat("1905-07-15"), None, False),
    ],
)
def test_values(value: Any, read: str | None, *, has_time: bool) -> None:
    """Real dates to the nearest second, Excel's day numbers, packed digits; no other number is a date."""
    found = dates.read(value)
    assert (found.text, found.has_time) == (read, has_time)


def test_count_from_1904() -> None:
    """The same day has a number less by 1462 in a workbook that counts from 1904."""
    assert dates.read(46329 - 1462, from_1904=True).text == DAY


def test_day_of_the_week() -> None:
    """A day of the week that is another one is told."""
    assert dates.read("2026年11月3日（周一）") == Moment(DAY, remark="写的是周一，这一天是周二")


@given(
    st.one_of(
        st.text(max_size=30),
        st.text("0123456789年月日点分-/.: 上下午十一二三()~", max_size=20),
        st.floats(),
        st.integers(),
    )
)
def test_anything(value: Any) -> None:
    """Whatever stands in a cell is read as a minute of our time, or not at all, with a reason."""
    found = dates.read(value, year=2026)
    assert moment.is_minute(found.text) if found.text else found.remark or not str(value).strip().strip(" '\"“”‘’`　")


@pytest.mark.parametrize(
    ("value", "minutes"),
    [
        (time(14, 5), 845), (0.5, 720), ("9:12", 552), ("９：１２", 552), ("下午3点", 900), ("10点半", 630),
        ("2026-11-03", None), ("912", None), (1.5, None), (0, None), ("上午", None), ("9:12 左右", None), (None, None),
    ],
)  # fmt: skip
def test_time_of_day_alone(value: object, minutes: int | None) -> None:
    """A cell with nothing but a time of day says how many minutes have passed since midnight; any other says nothing."""
    assert dates.clock(value) == minutes  # type: ignore[arg-type]
