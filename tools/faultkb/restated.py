"""What corrections do, for the person who approves them: which event or section, what it said and says, what is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import differing, moment, ticket

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.change import Change
    from faultkb.corpus import Loaded
    from faultkb.ticket import Event

_MOST = 20
"""Masked lines of a section that are shown."""


def told(one: Change, event: Event) -> Iterator[str]:
    """Say what an event corrects; nothing if it is no correction, or corrects nothing that is there."""
    section, target = event.data.get("section"), _target(one, event)
    if event.name not in one.vocabulary.lifecycle.correcting:
        return
    if section:
        yield f"更正“{section}”一节：{'只是遮盖' if event.data.get('mask') is True else '改动'}"
    if target:
        place = f"更正第 {target.number} 个事件（{moment.show(target.at)} {target.name}）"
        if event.data.get("void") is True:
            yield f"{place}：撤销，当作没有发生过"
        elif event.data.get("mask") is True:
            yield f"{place}：只是遮盖"
        else:
            yield from (f"{place}：{text}" for text in _set(one, event, target))


def _target(one: Change, event: Event) -> Event | None:
    """Return the event that is corrected, as the corrections before this one left it."""
    events = one.after.ticket.events[: event.number - 1] if one.after and one.after.ticket else ()
    every = ticket.corrected(events, one.vocabulary.lifecycle)
    return next((each for each in every if each.number == event.data.get("target")), None)


def _set(one: Change, event: Event, target: Event) -> Iterator[str]:
    spec = one.vocabulary.lifecycle.events.get(target.name)
    for name, new in event.data.get("set", {}).items():
        if spec is None or name in spec.fields:
            yield from differing.between(
                one.vocabulary, ("events", target.number - 1, name), target.data.get(name), new
            )
        else:  # the registration speaks for the header, which the branch has changed already
            yield from differing.between(one.vocabulary, (name,), (one.was or one.now).get(name), new)


def masks(one: Change) -> Iterator[str]:
    """Name the places where something recorded was masked, as they read now; what was there before is not repeated."""
    for event in one.corrections:
        if event.data.get("mask") is not True:
            continue
        number, section = event.data.get("target"), event.data.get("section")
        place = f"第 {number} 个事件" if number else f"“{section}”"
        yield f"{place}有内容被遮盖：请看遮住的是不是只有个人信息，结论还读得出来"
        if one.before and one.after:
            read = _section(one.before, one.after, section) if section else _event(one, int(number or 0) - 1)
            yield from (f"{place}遮盖后{text}" for text in read)


def _event(one: Change, at: int) -> Iterator[str]:
    before, after = (_events(side) for side in (one.before, one.after))
    if not 0 <= at < min(len(before), len(after)):
        return
    for name, new in after[at].data.items():
        if isinstance(new, str) and new != before[at].data.get(name):
            yield f"的{one.vocabulary.title('events', 0, name)}：{differing.masked(new)}"


def _events(side: Loaded | None) -> Sequence[Event]:
    return side.ticket.events if side and side.ticket else ()


def _section(before: Loaded, after: Loaded, name: str) -> Iterator[str]:
    old, new = (set(side.document.section_lines.get(name, ())) for side in (before, after))
    fresh = [line for line in after.document.section_lines.get(name, ()) if line in new - old and "*" in line]
    yield from (f"：{differing.masked(line.strip())}" for line in fresh[:_MOST])
