"""What can be recorded next, as lines for people who have never seen the program."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from faultkb import clocks, moment, standing, typed
from faultkb.render import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from faultkb.draft import Draft
    from faultkb.finding import Finding
    from faultkb.logbook import Entry
    from faultkb.outlook import Choice, Outlook
    from faultkb.vocabulary import Vocabulary


_FEW = 3
"""Errors that are named; the rest is counted."""


class Option(NamedTuple):
    """How a field of an event is given on the command line: what stands for its content (empty for a flag), what it means."""

    flag: str
    value: str
    help: str

    @property
    def usage(self) -> str:
        """The option with a placeholder, as it is typed."""
        return f'{self.flag} "{self.value}"' if self.value else self.flag

    def usage_of(self, offers: Sequence[str]) -> str:
        """The option with what can be chosen in the placeholder, if anything: nobody records a choice by merely copying it."""
        return f'{self.flag} "{"|".join(offers)}"' if offers else self.usage


@dataclass(frozen=True)
class Hints:
    """The outlook of one ticket, and what is needed to write command lines: its id and path, the options, who acts if known."""

    seen: Outlook
    words: Vocabulary
    ticket_id: str
    path: str
    options: Mapping[str, Option]
    actor: str

    def table(self) -> Iterator[str]:
        """Name every event that can be recorded now, and what each still lacks."""
        yield f"现在可以记录（{self.seen.status}）："
        rows = [(one.name, self._target(one).strip("（）"), self._lacks(one)) for one in self.seen.choices]
        widths = [max(_width(row[column]) for row in rows) for column in (0, 1)]
        for name, target, lacks in rows:
            yield f"  {_padded(name, widths[0])}  {_padded(target, widths[1])}  {lacks}".rstrip()

    def ahead(self) -> Iterator[str]:
        """Say what is due first, how to go on, and what else can be recorded."""
        yield from self.deadline()
        yield from self.onward()
        others = [one for one in self.seen.choices if one not in (*self.seen.way, self.seen.beside)]
        free = "、".join(f"{one.name}{self._target(one)}" for one in others if not one.lacks)
        yield f"{'也' if self.seen.way else '现在'}可以记录：{free}；各要写什么：fault log {self.ticket_id}"

    def deadline(self) -> Iterator[str]:
        """Say what is due first, and with which command it is met where that is beside the way."""
        clock, plan = self.seen.clock, self.seen.plan
        if clock:
            late = {clocks.BREACHED: "已超时", clocks.PAUSED: "暂停中"}.get(clock.verdict)
            moved = clock.is_plan and plan and plan != clock.due_at
            revised = f"按时限规定；文件里的计划 due_at 是 {moment.show(plan)}" if plan and moved else None
            notes = filter(None, (clock.name, late, "暂定" if clock.provisional else None, revised))
            yield f"期限：{moment.show(clock.due_at)} 前 {self.seen.met_by}（{'，'.join(notes)}）"
        if self.seen.beside:
            yield f"  {self._command(self.seen.beside)}"

    def onward(self) -> Iterator[str]:
        """Say how to go on: the next events towards closing, and which follow."""
        route = self.seen.route
        if len(route) > len(self.seen.way):
            yield f"到 {route[-1]} 还要：{' → '.join(route)}"
        yield from self.steps(self.seen.way)

    def next_steps(self) -> str:
        """Name every event that can be recorded now, in one line, with what must be done first."""
        return "、".join(f"{one.name}{self._state(one)}" for one in self.seen.choices)

    def proposed(self, made: Draft) -> Iterator[str]:
        """Say what was filled in without being asked, and how to say otherwise."""
        filled = {name: value for name, value in made.proposed.items() if isinstance(value, str) and name != "from"}
        if filled:
            shown = "、".join(f"{self.words.title(name)} {value}" for name, value in filled.items())
            flags = "、".join(self.options[name].flag for name in filled)
            yield f"按规定填写了 {shown}；不同的话下次用 {flags} 指定"

    def reminders(self, entry: Entry) -> Iterator[str]:
        """Remind of what a check will, now that the events are there."""
        yield from self.warned(entry.warnings)

    def warned(self, findings: Sequence[Finding]) -> Iterator[str]:
        """Say what a check finds in the file, and what to write instead."""
        for one in findings:
            yield visible(f"提醒：{'；'.join(filter(None, (one.message, one.help)))}（{one.rule}，第 {one.line} 行）")

    def left(self, errors: Sequence[Finding], base: str = "") -> Iterator[str]:
        """Remind of the errors that a file has already: an event may be recorded beside them, but they keep it from being merged.

        With a ``base`` they are those of a comparison with it.
        """
        if errors:
            shown = "；".join(dict.fromkeys(one.message for one in errors[:_FEW]))
            more = "…" if len(errors) > _FEW else ""
            against = f" --base {base}" if base else ""
            yield visible(
                f"提醒：文件里还有 {len(errors)} 个错误，合并之前要改好：{shown}{more}（查看：fault check {self.ticket_id}{against}）"
            )

    def backdated(self, made: Draft, as_of: datetime) -> Iterator[str]:
        """Remind of the reason for recording late where a check will."""
        at = moment.parse(made.events[0]["at"])
        days = standing.calendar(self.words).workdays_between(at.date(), as_of.date())
        if days > 1 and "late" not in made.events[0]:
            yield (
                f"提醒：{moment.show(at)} 离现在有 {days} 个工作日，提交后检查会提醒它是事后补录的（backdated-event）；"
                f"补录要加 {self.options['late'].usage}，这一个可以在文件的最后一个事件里补上 late: 原因"
            )

    def steps(self, way: Sequence[Choice]) -> Iterator[str]:
        """Say how to get through some events: what to write into the file, then the commands to run."""
        lines = [*self._writing(way), *(text for one in way for text in one.others)]
        if lines:
            yield f"先写好（fault edit {self.ticket_id}，或用编辑器打开 {visible(self.path)}）："
            yield from (f"  {line}" for line in lines)
        if way:
            yield "然后运行：" if lines else "接下来运行："
            yield from (f"  {self._command(one)}" for one in way)
        if any(one.name == self.words.lifecycle.review["event"] for one in way):
            yield f"  {self.words.lifecycle.review['event']}{self.options['participants'].help}"

    def ended(self, entry: Entry) -> Iterator[str]:
        """Say which wait an event has ended that is recorded for something else."""
        for step in entry.replay.steps:
            over = step.waiting & set(step.spec.closes)
            if over and step.event.number >= entry.first and step.before != step.after:
                yield f"{'、'.join(sorted(over))} 到此结束：{step.event.name} 结束了它"

    def _target(self, one: Choice) -> str:
        return f"（→{one.target}）" if one.target != self.seen.status else ""

    def _state(self, one: Choice) -> str:
        notes = [self._target(one).strip("（）"), *self._first(one)]
        return f"（{'，'.join(filter(None, notes))}）" if any(notes) else ""

    def _lacks(self, one: Choice) -> str:
        given = " ".join(self.options[name].flag for name in one.fields)
        if one.one_of:
            given += f"{'，以及 ' if given else ''}{'、'.join(self.options[name].flag for name in one.one_of)} 之一"
        return "；".join([*([f"写上 {given}"] if given else []), *self._first(one), *one.others])

    def _first(self, one: Choice) -> Iterator[str]:
        """Say what must be written or recorded before an event."""
        if one.sections:
            yield f"先填好 {'、'.join(section.name for section in one.sections)}"
        if one.kb:
            yield "先写 kb（是否收录到知识库）"
        if one.before:
            yield f"先记录 {'、'.join(one.before)}"

    def _writing(self, way: Sequence[Choice]) -> Iterator[str]:
        """Lines to be put into the file: headings at its end, the decision on the knowledge base in its header."""
        sections = list(dict.fromkeys(section for one in way for section in one.sections))
        widest = max((_width(section.name) for section in sections), default=0)
        for section in sections:
            yield f"## {_padded(section.name, widest)}  {section.description}"
        for one in way:
            if one.kb:
                yield "kb：写在文件头里，events: 的上一行，下面几种选一种"
                yield from (f"  {form}" for form in self._forms(one))

    def _forms(self, one: Choice) -> Iterator[str]:
        """The decisions on the knowledge base that an event allows, each as the line to write; what was never published cannot be taken back."""
        for name, choice in self.words.choices["kb.entry"].items():
            if name in (one.spec.kb_entries or (name,)) and choice.get("x-publish") != "tombstone":
                needs = (f", {need}: {self.words.title('kb', need)}" for need in choice.get("x-needs", ()))
                yield f"kb: {{entry: {name}{''.join(needs)}}}"

    def _command(self, one: Choice) -> str:
        names = [*([] if self.actor else ["by"]), *one.fields, *one.one_of[:1]]
        given = (self._given(one, name) for name in names)
        return " ".join(("fault log", self.ticket_id, one.name, *given))

    def _given(self, one: Choice, name: str) -> str:
        offers = typed.offers(self.words, one.spec, name)
        return self.options[name].usage_of(offers)


def _width(text: str) -> int:
    """The columns that a text takes in a terminal."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
