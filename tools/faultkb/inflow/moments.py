"""The times of a ticket: when it was reported, happened, was due and done, from what the row says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import dateforms, moment
from faultkb.inflow import choices, scope, times
from faultkb.inflow.draft import quoted

if TYPE_CHECKING:
    from datetime import datetime

    from faultkb.inflow.draft import Draft
    from faultkb.inflow.line import Given


def reported(draft: Draft) -> None:
    """When it was reported: without that there is no id."""
    cell = draft.take_one("reported_at")
    title = draft.words.title("reported_at")
    found = times.read(draft.line, cell) if cell else None
    if isinstance(found, times.Read):
        _repaired(draft, cell, found)
        at = found.at if found.has_time else times.opens(draft.words, found.at)
        if not found.has_time:
            draft.respell(f"{title}没有写几点，按上班时间 {at:%H:%M}")
        if times.is_future(at, draft.office.as_of, has_time=found.has_time):
            draft.refusals.append(f"{title} {moment.show(at)} 还没有到：常见的是年份或月份写错")
        draft.header["reported_at"] = moment.show(min(at, draft.office.as_of) if not found.has_time else at)
        return
    if _guessed(draft, title):
        if cell:
            draft.keep(cell)
    elif cell and found:
        help_ = "把年份写进工作表的名字（例如 2025年），或改成" if found == dateforms.NO_YEAR else "改成"
        draft.refusals.append(f"{title}{quoted(cell)}读不出来（{found}）：{help_} 2026-11-03 09:12 这样")
    else:
        draft.refusals.append(f"没有{title}，编号里也看不出日期：补上这一格，或用 --set {title}=… 给没有写的行一个时间")


def _guessed(draft: Draft, title: str) -> bool:
    """Take the day from the old number, else that of the fault itself; say whether there is one."""
    number, occurred = draft.line.first("id"), draft.line.first("occurred_at")
    at = times.in_id(number.text) if number else None
    source = draft.words.title("id")
    if at is None and occurred and isinstance(read := times.read(draft.line, occurred), times.Read):
        at, source = read.at, draft.words.title("occurred_at")
    if at is None or at > draft.office.as_of or not moment.is_minute(moment.show(at)):
        return False
    draft.header["reported_at"] = moment.show(
        at if (at.hour or at.minute) else min(times.opens(draft.words, at), draft.office.as_of)
    )
    draft.say(f"没有{title}，取{source}里的日期")
    return True


def _repaired(draft: Draft, cell: Given | None, found: times.Read) -> None:
    if found.remark:
        draft.respell(f"{cell.title if cell else ''}：{found.remark}")
    if found.rest and cell:
        draft.keep(cell)


def others(draft: Draft) -> None:
    """The other times, held against the report."""
    if "reported_at" not in draft.header:
        return
    reported = moment.parse(draft.header["reported_at"])
    for name in ("occurred_at", "due_at", "completed_at"):
        cell = draft.take_one(name)
        if cell is None:
            continue
        found = times.near(draft.line, cell.value, reported, is_before=name == "occurred_at")
        if isinstance(found, str):
            draft.keep(cell)
            if name != "occurred_at" or not cell.text.strip().startswith(scope.UNKNOWN):
                draft.say(f"{cell.title}{quoted(cell)}读不出来（{found}），原文在备注里")
            continue
        at = _in_day(draft, name, found, reported)
        wrong = _wrong(draft, name, at, found, reported)
        if wrong:
            draft.keep(cell)
            draft.say(f"{cell.title}{wrong}，没有采用，原文在备注里")
            continue
        _repaired(draft, cell, found)
        draft.header[name] = moment.show(at)
    draft.header.setdefault("occurred_at", scope.UNKNOWN)


def done(draft: Draft, cell: Given) -> None:
    """Take the day on which it was done from a state that tells it: 已完成3/5."""
    if "reported_at" not in draft.header:
        return
    reported = moment.parse(draft.header["reported_at"])
    day = choices.day(cell.text)
    found = times.near(draft.line, day, reported) if day else ""
    if isinstance(found, str):
        return
    at = _in_day(draft, "completed_at", found, reported)
    if not _wrong(draft, "completed_at", at, found, reported):
        draft.header["completed_at"] = moment.show(at)
        draft.say(f"{draft.words.title('completed_at')}取{draft.words.title('status')}里的日期")


def _in_day(draft: Draft, name: str, found: times.Read, reported: datetime) -> datetime:
    """Give a day its time: a fault begins with business, work ends with it; neither crosses the report or the present."""
    if found.has_time:
        return found.at
    if name == "occurred_at":
        at = times.opens(draft.words, found.at)
        at = min(at, reported) if at.date() == reported.date() else at
    else:
        at = times.closes(draft.words, found.at)
        at = max(at, reported) if at.date() == reported.date() else at
        if name == "completed_at" and at.date() == draft.office.as_of.date():
            at = min(at, draft.office.as_of)
    draft.respell(f"{draft.words.title(name)}没有写几点，按{'上' if name == 'occurred_at' else '下'}班时间")
    return at


def _wrong(draft: Draft, name: str, at: datetime, found: times.Read, reported: datetime) -> str:
    title = draft.words.title("reported_at")
    if name == "occurred_at":
        return f"晚于{title}" if at > reported else ""
    if at < reported:
        return f"早于{title}"
    if name == "completed_at" and times.is_future(at, draft.office.as_of, has_time=found.has_time):
        return "还没有到"
    return ""
