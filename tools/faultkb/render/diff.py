"""What a change does: as text for a terminal, as Markdown for a pull request, as JSON for `fault comment`."""

from __future__ import annotations

import json
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, TextIO

from faultkb import digest, moment
from faultkb.render import console, visible
from faultkb.render.findings import summary
from faultkb.render.tables import escape
from faultkb.summary import ATTENTION, shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from faultkb.summary import Item, Summary

NOTHING = "没有故障与基线不同"
_LONGEST = 600
"""Characters of one line of Markdown: a title that breaks the rules may be as long as a file."""
_ROOM = 400_000
"""Bytes of Markdown for the table, for the tickets, and a quarter for remarks: GitHub refuses the summary of a job that is larger than 1 MiB."""


def text(one: Summary, stream: TextIO) -> None:
    """Write the summary for a terminal."""
    from rich.text import Text

    out = console(stream)
    seen = f"与 {visible(one.base)} 相比，截至 {moment.show(one.as_of)}（{one.timezone}）"
    out.print(Text("这次改动  ", style="bold") + Text(seen, style="dim"))
    for item in one.items:
        out.print()
        style = "bold red" if item.blocked else "bold"
        out.print(Text(visible(f"{item.id} {item.title}"), style=style) + Text(f"  {item.course}", style="cyan"))
        for heading, lines in groupby(item.lines, attrgetter("heading")):
            for number, line in enumerate(lines):
                label = Text(f"  {heading if number == 0 else '    '}  ", style="dim")
                out.print(label + Text(visible(line.text), style="yellow" if heading == ATTENTION else ""))
    for remark in one.remarks:
        out.print(Text(visible(remark), style="yellow"))
    out.print()
    out.print(Text(summary(one.outcome) if one.items else NOTHING, style="bold"))


def markdown(one: Summary, stream: TextIO) -> None:
    """Write the summary of a job; whatever a ticket says is text, never markup or a mention."""
    stream.write(f"## 这次改动\n\n与 {plain(one.base)} 相比，截至 {moment.show(one.as_of)}（{escape(one.timezone)}）。")
    stream.write(f"{summary(one.outcome) if one.items else NOTHING}。\n")
    if len(one.items) > 1:
        stream.write("\n| 故障 | 标题 | 状态 |\n| --- | --- | --- |\n")
        stream.writelines(fitting((_row(item) for item in one.items), _ROOM))
    stream.write(details(one, _ROOM) + remarks(one, _ROOM // 4))


def details(one: Summary, room: int) -> str:
    """Return the Markdown about each ticket: whole ones, within so many bytes, and how many there are besides."""
    shown = fitting(map(_item, one.items), room)
    rest = one.tickets - len(shown)
    more = [f"\n还有 {rest} 个故障没有写在这里，运行 `fault diff` 就能看到。\n"] if rest > 0 else []
    return "".join([*shown, *more])


def remarks(one: Summary, room: int) -> str:
    """Return the Markdown about what else differs from the base, within so many bytes."""
    shown = fitting((f"\n> {plain(remark)}\n" for remark in one.remarks), room)
    rest = len(one.remarks) - len(shown)
    return "".join([*shown, *([f"\n> 还有 {rest} 处，没有列出\n"] if rest else [])])


def fitting(parts: Iterable[str], room: int) -> list[str]:
    """Return as many parts, from the first, as so many bytes hold."""
    found = []
    for part in parts:
        room -= len(part.encode(errors="replace"))
        if room < 0:
            break
        found.append(part)
    return found


def _row(item: Item) -> str:
    return f"| {code(item.id)} | {plain(item.title)} | {plain(item.course)} |\n"


def _item(item: Item) -> str:
    sign = "❌ " if item.blocked else ""
    shown = [f"\n### {sign}{plain(item.id)} {plain(item.title)}\n\n{plain(item.course)}\n\n"]
    for heading, lines in groupby(shortened(item.lines), attrgetter("heading")):
        shown += [f"- **{heading}**\n", *(f"  - {plain(line.text)}\n" for line in lines)]
    return "".join(shown)


def plain(value: str) -> str:
    """Return one line of Markdown that shows a text as it is."""
    cut = value if len(value) <= _LONGEST else f"{value[:_LONGEST]}…"
    return escape(visible(cut))


def code(value: str) -> str:
    """Return a text as Markdown code, also for a cell of a table."""
    return f"`{visible(value[:_LONGEST]).replace('`', '').replace('|', '¦')}`"


def as_json(one: Summary, stream: TextIO) -> None:
    """Write the document that `fault comment` reads."""
    json.dump(digest.of(one), stream, ensure_ascii=False)
    stream.write("\n")


FORMATS: dict[str, Callable[[Summary, TextIO], None]] = {"text": text, "md": markdown, "json": as_json}
