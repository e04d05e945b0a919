"""A year of the working calendar as text, Markdown, JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from faultkb import almanac, moment
from faultkb.calendar import published_years
from faultkb.render import console, heading, visible
from faultkb.render.tables import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    from rich.table import Table as Grid
    from rich.text import Text

    from faultkb.almanac import Year
    from faultkb.calendar import Day

_MONTH_WIDTH = 38
_SOURCES = {
    almanac.OFFICIAL: "国家公布的安排",
    almanac.BY_HAND: "schema/calendar.yaml 里手工写的安排",
    almanac.UNKNOWN: "国家还没有公布，先按周一至周五计算（1 月 1 日除外），到期日标“暂定”",
}


@dataclass(frozen=True, slots=True)
class View:
    """A year as it is looked at on a day."""

    year: Year
    as_of: datetime
    timezone: str


def _mark(year: Year, day: date) -> str:
    """Say in one character why a day is none of an ordinary week."""
    if not year.is_special(day):
        return ""
    if day in year.company:
        return "企" if year.days[day].workday else "歇"
    return "班" if year.days[day].workday else "休"


_LEGEND = "休＝放假，班＝补班，企＝公司上班，歇＝公司休息，*＝今天；没有标的周六、周日休息"


def _weeks(days: dict[date, Day]) -> Iterator[list[date | None]]:
    """Return the days of a month by week, Monday first."""
    week: list[date | None] = [None] * min(days).weekday()
    for day in days:
        week.append(day)
        if len(week) == len(moment.WEEKDAYS):
            yield week
            week = []
    if week:
        yield week + [None] * (len(moment.WEEKDAYS) - len(week))


def _special(year: Year) -> Iterator[tuple[str, str, str]]:
    """Say what the days are that are marked: when, whether they are worked, why."""
    for first, last, what, company in year.stretches():
        until = f" 至 {last:%m-%d} 周{moment.WEEKDAYS[last.weekday()]}" if last != first else ""
        when = f"{first:%m-%d} 周{moment.WEEKDAYS[first.weekday()]}{until}"
        name = visible(what.reason) + ("（公司）" if company else "")
        yield when, "上班" if what.workday else f"休息 {(last - first).days + 1} 天", name


def _known() -> str:
    return f"chinesecalendar 里有 {published_years()[0]} 至 {published_years()[-1]} 年"


def text(view: View, stream: TextIO) -> None:
    """Write a year for a terminal: the months side by side as far as the window reaches."""
    from rich.table import Table as Grid
    from rich.text import Text

    year, out = view.year, console(stream)
    out.print(Text(f"{year.number} 年工作日历", style="bold") + Text(f"  {year.workdays} 个工作日", style="dim"))
    out.print(f"依据：{_SOURCES[year.source]}（{_known()}）")
    out.print(Text(_LEGEND, style="dim"))
    grids = [_grid(view, month, days) for month, days in year.months()]
    beside = max(out.width // _MONTH_WIDTH, 1)
    page = Grid.grid(padding=(0, 3, 0, 0))
    for first in range(0, len(grids), beside):
        page.add_row(*grids[first : first + beside])
        page.add_row()
    out.print()
    out.print(page)
    listed = Grid.grid(padding=(0, 2, 0, 0))
    for row in _special(year):
        listed.add_row(*row)
    out.print(listed)


def _grid(view: View, month: int, days: dict[date, Day]) -> Grid:
    from rich.table import Table as Grid
    from rich.text import Text

    grid = Grid.grid()
    grid.title, grid.title_style, grid.title_justify = f"{month} 月", "bold cyan", "left"
    grid.add_row(*(Text(f" {name}  ", style="dim") for name in moment.WEEKDAYS))
    for week in _weeks(days):
        grid.add_row(*(_cell(view, day) for day in week))
    return grid


def _cell(view: View, day: date | None) -> Text:
    """Print a day in five columns."""
    from rich.text import Text

    if day is None:
        return Text("     ")
    today = day == view.as_of.date()
    worked, mark = view.year.days[day].workday, _mark(view.year, day)
    style = ("yellow" if worked else "green") if mark else "" if worked else "dim"
    return Text(f"{'*' if today else ' '}{day.day:>2}{mark or '  '}", style=f"{style} reverse" if today else style)


def markdown(view: View, stream: TextIO) -> None:
    """Write a year as Markdown, a table for each month."""
    year = view.year
    stream.write(
        f"# {year.number} 年工作日历\n\n{year.workdays} 个工作日。依据：{_SOURCES[year.source]}（{_known()}）。\n\n{escape(_LEGEND)}\n"
    )
    for month, days in year.months():
        stream.write(f"\n## {month} 月\n\n| {' | '.join(moment.WEEKDAYS)} |\n|{' ---: |' * 7}\n")
        for week in _weeks(days):
            cells = (_plain_cell(view, day) for day in week)
            stream.write(f"| {' | '.join(cells)} |\n")
    stream.write("\n## 放假、补班与公司的安排\n\n| 日期 | 安排 | 说明 |\n| --- | --- | --- |\n")
    stream.writelines(f"| {when} | {what} | {escape(name)} |\n" for when, what, name in _special(year))


def _plain_cell(view: View, day: date | None) -> str:
    if day is None:
        return ""
    return f"{escape('*') if day == view.as_of.date() else ''}{day.day}{_mark(view.year, day)}"


def as_json(view: View, stream: TextIO) -> None:
    """Write one JSON document with every day of the year."""
    year = view.year
    data = heading(view.as_of, view.timezone) | {
        "year": year.number,
        "source": year.source,
        "official_years": [published_years()[0], published_years()[-1]],
        "workdays": year.workdays,
        "days": [
            {
                "date": str(day),
                "workday": what.workday,
                "name": what.reason,
                "company": day in year.company,
                "provisional": what.provisional,
            }
            for day, what in year.days.items()
        ],
    }
    json.dump(data, stream, ensure_ascii=False, indent=2)
    stream.write("\n")


FORMATS: dict[str, Callable[[View, TextIO], None]] = {"text": text, "md": markdown, "json": as_json}
