"""The board: one issue that says how things stand. It changes when something happens, and once on each working morning."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from faultkb import masks, moment, outbox
from faultkb.render import visible
from faultkb.render.tables import escape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from datetime import datetime

    from faultkb.board import Board, Section
    from faultkb.ledger import Message, State
    from faultkb.privacy import Lists
    from faultkb.standing import Standing
    from faultkb.watch import Links

TITLE = "SLA 看板"
_MOST = 25
"""Lines of a section: six sections of 25 lines of 400 characters stay below what GitHub takes."""
_LONGEST = 60
_STAMP = re.compile(r"^> 内容变化于 .*$", re.MULTILINE)


def same(old: str, new: str) -> bool:
    """Say whether two boards differ in nothing but the moment at which they were written."""
    one, other = (_STAMP.sub("", text.replace("\r\n", "\n")).strip() for text in (old, new))
    return one == other


def markdown(board: Board, links: Links, as_of: datetime, lists: Lists, remarks: Sequence[str] = ()) -> str:
    """Return the board as Markdown; whatever a ticket says is text, never markup, a link or a mention."""
    figures = " · ".join(f"{section.title} **{len(section.rows)}**{_of_faults(section)}" for section in board.sections)
    head = f"> 内容变化于 {moment.show(as_of)}\n> 每 30 分钟核对一次，时长以 `fault report overdue` 为准\n>"
    alive = f"> 最近核对：**{board.morning}**（每个工作日上班后更新）。不是最近的工作日，就是巡查停了：请告诉管理员\n"
    lines = [head, alive, f"{figures} · 未关闭 **{board.opened}**\n"]
    lines += [f"⚠️ {escape(visible(remark))}\n" for remark in remarks]
    for section in board.sections:
        lines += _section(section, links, lists)
    lines += _teams(board)
    return "\n".join(lines).rstrip()


def undelivered(state: State, missing: Collection[str]) -> Iterator[str]:
    """Say which messages have not arrived, or may not have, or are given up, and which addresses nobody has given."""
    doubtful = [one for one in state.outbox if outbox.is_given_up(one)]
    rest = [one for one in state.outbox if one not in doubtful]
    yield from _waiting("通知没有送到", rest, "会再试")
    yield from _waiting("通知没有回执，不知道有没有送到", doubtful, "不再重发")
    if state.lost:
        names = "、".join(f"{name}（{count} 条）" for name, count in sorted(state.lost.items()))
        yield f"{sum(state.lost.values())} 条旧通知没有送到，不再发：{names}"
    if missing:
        yield f"还没有通知地址：{'、'.join(missing)}（密钥 FAULT_NOTIFY，写法见 .github/SETUP.md）"


def _waiting(what: str, some: Sequence[Message], then: str) -> Iterator[str]:
    for name in dict.fromkeys(one.to for one in some):
        own = [one for one in some if one.to == name]
        yield f"{what}：{name}，{len(own)} 条，最早的自 {min(one.since for one in own)} 起；{then}"


def _of_faults(section: Section) -> str:
    return f"（{section.faults} 个故障）" if section.faults != len(section.rows) else ""


def _section(section: Section, links: Links, lists: Lists) -> Iterator[str]:
    if not section.rows:
        return
    yield f"### {section.title}（{len(section.rows)}）\n"
    yield "| 故障 | 情况 | 由谁处理 |\n| --- | --- | --- |"
    rows = section.rows[:_MOST]
    shown = masks.put_on([[row.one.title, row.what, row.one.team, row.one.owner] for row in rows], lists)
    yield from (_line(row.one, texts, links) for row, texts in zip(rows, shown, strict=True))
    more = len(section.rows) - len(rows)
    yield f"\n还有 {more} 个：运行 `fault report overdue` 或 `fault list --open`\n" if more else ""


def _line(one: Standing, texts: Sequence[Any], links: Links) -> str:
    title, what, team, owner = (_short(str(text or "")) for text in texts)
    address = links.of(one)
    name = f"[{escape(one.id)}]({address})" if address else escape(one.id)
    waiting = f" 待合并 [#{links.pulls[one.id]}]({address})" if one.id in links.pulls else ""
    whose = "，".join(filter(None, [team or "未分配", owner]))  # one column: on a phone two have a character a line
    return f"| **{_short(one.severity)}** {name}{waiting} {title} | {what} | {whose} |"


def _short(text: str) -> str:
    shown = " ".join(visible(text).split())
    return escape(shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…")


def _teams(board: Board) -> Iterator[str]:
    if board.teams:
        yield "### 各团队（故障数）\n"
        yield "| 团队 | 未关闭 | 超时 | 临期 |\n| --- | ---: | ---: | ---: |"
        for team in board.teams:
            yield f"| {escape(team.name) or '未分配'} | {team.opened} | {team.late} | {team.soon} |"
