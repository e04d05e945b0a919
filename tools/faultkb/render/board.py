"""The board: one issue that says how things stand. It has no clock in it, so that it changes only when something happens."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb import masks, moment
from faultkb.render import visible
from faultkb.render.tables import escape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from faultkb.board import Board, Section
    from faultkb.ledger import Message
    from faultkb.privacy import Lists
    from faultkb.standing import Standing
    from faultkb.watch import Links

TITLE = "SLA 看板"
_MOST = 25
"""Lines of a section: six sections of 25 lines of 350 characters stay below what GitHub takes."""
_LONGEST = 60
_STAMP = re.compile(r"^> 内容变化于 .*$", re.MULTILINE)


def same(old: str, new: str) -> bool:
    """Say whether two boards differ in nothing but the moment at which they were written."""
    one, other = (_STAMP.sub("", text.replace("\r\n", "\n")).strip() for text in (old, new))
    return one == other


def markdown(board: Board, links: Links, as_of: datetime, lists: Lists, remarks: Sequence[str] = ()) -> str:
    """Return the board as Markdown; whatever a ticket says is text, never markup, a link or a mention."""
    figures = " · ".join(f"{section.title} **{len(section.rows)}**" for section in board.sections)
    head = f"> 内容变化于 {moment.show(as_of)}；每 30 分钟核对一次，时长以 `fault report overdue` 为准\n"
    lines = [head, f"{figures} · 未关闭 **{board.opened}**\n"]
    lines += [f"⚠️ {escape(visible(remark))}\n" for remark in remarks]
    for section in board.sections:
        lines += _section(section, links, lists)
    lines += _teams(board)
    return "\n".join(lines).rstrip()


def undelivered(outbox: Sequence[Message], missing: Collection[str]) -> Iterator[str]:
    """Say which messages have not arrived, and which addresses nobody has given."""
    for name in dict.fromkeys(one.to for one in outbox):
        own = [one for one in outbox if one.to == name]
        yield f"通知没有送到：{name}，{len(own)} 条，最早的自 {min(one.since for one in own)} 起；每次核对都会再试"
    if missing:
        yield f"还没有通知地址：{'、'.join(missing)}（密钥 FAULT_NOTIFY，写法见 .github/SETUP.md）"


def _section(section: Section, links: Links, lists: Lists) -> Iterator[str]:
    if not section.rows:
        return
    yield f"### {section.title}（{len(section.rows)}）\n"
    yield "| 故障 | 情况 | 团队 |\n| --- | --- | --- |"
    rows = section.rows[:_MOST]
    shown = masks.put_on([[row.one.title, row.what, row.one.team] for row in rows], lists)
    yield from (_line(row.one, texts, links) for row, texts in zip(rows, shown, strict=True))
    more = len(section.rows) - len(rows)
    yield f"\n还有 {more} 个：运行 `fault report overdue` 或 `fault list --open`\n" if more else ""


def _line(one: Standing, texts: Sequence[str], links: Links) -> str:
    title, what, team = map(_short, texts)
    address = links.of(one)
    name = f"[{escape(one.id)}]({address})" if address else escape(one.id)
    waiting = f" 待合并 [#{links.pulls[one.id]}]({address})" if one.id in links.pulls else ""
    return f"| **{_short(one.severity)}** {name}{waiting} {title} | {what} | {team or '未分配'} |"


def _short(text: str) -> str:
    shown = " ".join(visible(text).split())
    return escape(shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…")


def _teams(board: Board) -> Iterator[str]:
    if board.teams:
        yield "### 各团队\n"
        yield "| 团队 | 未关闭 | 超时 | 临期 |\n| --- | ---: | ---: | ---: |"
        yield from (f"| {escape(name)} | {opened} | {late} | {soon} |" for name, opened, late, soon in board.teams)
