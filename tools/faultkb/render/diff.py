"""What a change does: as text for a terminal, as Markdown for a pull request."""

from __future__ import annotations

from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, TextIO

from faultkb import moment
from faultkb.render import console, visible
from faultkb.render.findings import summary
from faultkb.render.tables import escape
from faultkb.summary import ATTENTION

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.summary import Item, Summary

_NOTHING = "没有故障与基线不同"


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
    out.print(Text(summary(one.outcome) if one.items else _NOTHING, style="bold"))


def markdown(one: Summary, stream: TextIO) -> None:
    """Write the summary for a pull request; whatever a ticket says is text, never markup or a mention."""
    stream.write(
        f"## 这次改动\n\n与 {escape(visible(one.base))} 相比，截至 {moment.show(one.as_of)}（{one.timezone}）。"
    )
    stream.write(f"{summary(one.outcome) if one.items else _NOTHING}。\n")
    if len(one.items) > 1:
        stream.write("\n| 故障 | 标题 | 状态 |\n| --- | --- | --- |\n")
        stream.writelines(
            f"| {_code(item.id)} | {_plain(item.title)} | {escape(item.course)} |\n" for item in one.items
        )
    for item in one.items:
        _item(item, stream)
    stream.write("".join(f"\n> {_plain(remark)}\n" for remark in one.remarks))


def _item(item: Item, stream: TextIO) -> None:
    sign = "❌ " if item.blocked else ""
    stream.write(f"\n### {sign}{_plain(item.id)} {_plain(item.title)}\n\n{escape(item.course)}\n\n")
    for heading, lines in groupby(item.lines, attrgetter("heading")):
        stream.write(f"- **{heading}**\n")
        stream.writelines(f"  - {_plain(line.text)}\n" for line in lines)


def _plain(value: str) -> str:
    return escape(visible(value))


def _code(value: str) -> str:
    return f"`{visible(value).replace('`', '').replace('|', '¦')}`"


FORMATS: dict[str, Callable[[Summary, TextIO], None]] = {"text": text, "md": markdown}
