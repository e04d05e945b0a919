"""One fault: its snapshot, its course and its clocks, as text, Markdown, JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

from faultkb import completeness, explain, expressed, facts, history, masks, moment, policy
from faultkb.render import heading, tables
from faultkb.reports import HOURS, NUMBER, PROSE, VERDICT, Column, Report, Table, left, masked, remaining, spent_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from faultkb.calendar import WorkCalendar
    from faultkb.clocks import Clock
    from faultkb.ticket import Event, Replay, Ticket
    from faultkb.vocabulary import Vocabulary

_SUMMARY = (
    "status",
    "severity",
    "type",
    "team",
    "owner",
    "assistants",
    "reported_at",
    "due_at",
    "completed_at",
    "channel",
    "customer",
    "impact",
    "verification",
    "kb",
    "remark",
)


@dataclass(frozen=True, slots=True)
class View:
    """One fault at a moment, with everything that is shown of it."""

    ticket: Ticket
    replay: Replay
    clocks: list[Clock]
    next_steps: str
    words: Vocabulary
    calendar: WorkCalendar
    as_of: datetime
    explained: bool

    @property
    def header(self) -> dict[str, Any]:
        """The header, with the snapshot as it was at the moment; masked, as everything that is shown."""
        kept = {
            key: value
            for key, value in self.ticket.header.items()
            if key not in self.words.lifecycle.snapshot and key != "events"
        }
        now = {key: value for key, value in self.replay.snapshot.items() if value is not None}
        return masks.put_on({**kept, **now}, self.words.lists)

    @property
    def events(self) -> list[Event]:
        """The recorded events up to the moment, masked."""
        return masks.put_on([event for event in self.ticket.events if event.at <= self.as_of], self.words.lists)

    def explain(self, one: Clock) -> list[str]:
        """Say why a clock's due date is what it is."""
        return explain.clock(one, policy.in_force(self.words.policies, self.replay.steps[0].event.at), self.calendar)


def _report(view: View) -> Report:
    header = view.header
    fields = [
        {"field": view.words.title(name), "value": expressed.value(header[name], partial(view.words.title, name))}
        for name in _SUMMARY
        if name in header
    ]
    fields.append({"field": "完整度", "value": str(completeness.score(view.ticket, view.words))})
    fields.append({"field": "下一步可以是", "value": view.next_steps})
    summary = Table("snapshot", "现在", (Column("field", "字段"), Column("value", "内容", PROSE)), fields)
    shown = [summary, _events(view), _clocks(view), _spent(view)]
    if view.explained:
        lines = [
            {"clock": "" if number else f"{one.name} {_times(one)}".strip(), "why": line}
            for one in view.clocks
            for number, line in enumerate(view.explain(one))
        ]
        shown.append(Table("explain", "到期日的由来", (Column("clock", "时限"), Column("why", "说明", PROSE)), lines))
    report = Report(f"{view.ticket.id} {view.ticket.title}", view.as_of, view.words.timezone, tuple(shown))
    return masked(report, view.words.lists)


def _marks(view: View) -> dict[int, str]:
    """Say of which events a correction has taken the place, and which one."""
    marks: dict[int, str] = {}
    for step in view.replay.steps:
        target = step.event.data.get("target") if step.spec.corrects else None
        if isinstance(target, int) and target < step.event.number:
            kinds = {"void": "已作废", "mask": "已遮盖", "set": "已更正"}
            done = next((word for key, word in kinds.items() if step.event.data.get(key)), "")
            marks[target] = marks.get(target, "") + (f"【{done}，见第 {step.event.number} 个】" if done else "")
    return marks


def _events(view: View) -> Table:
    marks = _marks(view)
    rows = [
        {
            "n": event.number,
            "at": event.at,
            "event": event.name,
            "by": event.by,
            "what": marks.get(event.number, "") + expressed.event(event.data, view.words),
        }
        for event in view.events
    ]
    columns = (
        Column("n", "序号", NUMBER),
        Column("at", "时间"),
        Column("event", "事件"),
        Column("by", "操作人"),
        Column("what", "内容", PROSE),
    )
    return Table("events", "经过", columns, rows)


def _times(one: Clock) -> str:
    cycle = f"第 {one.cycle} 轮" if one.cycle > 1 else ""
    return f"{cycle} 第 {one.n} 次".strip() if one.n > 1 else cycle


def _clocks(view: View) -> Table:
    columns = (
        Column("name", "时限"),
        Column("times", ""),
        Column("due_at", "到期"),
        Column("left", "还剩"),
        Column("verdict", "结论", VERDICT),
        Column("started_at", "起算"),
        Column("stopped_at", "停止"),
    )
    return Table("clocks", "时限", columns, [row for one in view.clocks for row in _clock_rows(view, one)])


def _clock_rows(view: View, one: Clock) -> Iterator[dict[str, Any]]:
    """Return the row of a clock, and a row for each reading by the plan that is not the policy's."""
    yield {
        "name": one.name,
        "times": _times(one),
        "due_at": f"{moment.show(one.due_at)}{'（暂定）' if one.provisional else ''}",
        "left": remaining(one, view.words, view.as_of) if one.is_running else "",
        "verdict": one.verdict,
        "started_at": one.started_at,
        "stopped_at": one.stopped_at,
    }
    seen = {one.due_at}
    for name, reading in (("按原计划", one.plan), ("按改期后", one.revised)):
        if reading and reading.due_at not in seen:
            seen.add(reading.due_at)
            until = left(reading.due_at, view.as_of, one.target.unit, view.words) if one.is_running else ""
            due_at = moment.show(reading.due_at)
            yield {"name": f"  {name}", "due_at": due_at, "left": until, "verdict": reading.verdict}


def _spent(view: View) -> Table:
    in_force = policy.in_force(view.words.policies, view.replay.steps[0].event.at)
    spent = history.spent(view.replay, view.words, in_force, view.as_of)
    places = {column.title: getattr(spent, column.key) / 60 for column in spent_columns(view.words)}
    rows = [{"where": name, "hours": hours} for name, hours in places.items() if hours]
    columns = (Column("where", "在哪里"), Column("hours", "多久", HOURS))
    return Table("spent", "时间花在哪里", columns, rows, "还没有")


def text(view: View, stream: TextIO) -> None:
    """Write a fault for a terminal."""
    tables.text(_report(view), stream)


def markdown(view: View, stream: TextIO) -> None:
    """Write a fault as Markdown."""
    tables.markdown(_report(view), stream)


def as_json(view: View, stream: TextIO) -> None:
    """Write the public JSON document."""
    data = heading(view.as_of, view.words.timezone)
    data |= {"path": view.ticket.path, "snapshot": view.header, "events": [dict(event.data) for event in view.events]}
    keys = ("clock", "name", "cycle", "n", "severity", "started_at", "due_at", "stopped_at", "verdict", "provisional")
    data["clocks"] = [
        {key: tables.plain(getattr(one, key)) for key in keys} | _readings(one) | {"explain": view.explain(one)}
        for one in view.clocks
    ]
    found = completeness.score(view.ticket, view.words)
    data["completeness"] = {"percent": found.percent, "missing": [one.title for one in found.missing]}
    json.dump(masks.put_on(data, view.words.lists), stream, ensure_ascii=False, indent=2)
    stream.write("\n")


def _readings(one: Clock) -> dict[str, Any]:
    """Return how the clock of the plan stands by its plans; other clocks have none."""
    return {key: tables.plain(value) for key, value in facts.readings(one).items()} if one.is_plan else {}


FORMATS: dict[str, Callable[[View, TextIO], None]] = {"text": text, "md": markdown, "json": as_json}
