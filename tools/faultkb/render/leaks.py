"""What the history of a repository gives away, as text for people and as JSON; no value, only its mask."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, TextIO

from faultkb import gitrepo, moment
from faultkb.finding import ERROR, WARNING
from faultkb.render import SCHEMA_VERSION, STYLES, console, visible
from faultkb.render.findings import LEVELS

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.leaks import Leak, Scan, Unread

_SHORT = 10
"""Characters of a commit's id."""
_MOST = 20
"""Lines for what was not looked at."""


def text(scan: Scan, timezone: str, stream: TextIO) -> None:
    """Write a line for each value, worst first, and what to do."""
    from rich.text import Text

    out = console(stream)
    for one in scan.leaks:
        out.print(
            Text(LEVELS[one.level], style=STYLES[one.level])
            + Text(f"[{one.rule}] ", style="dim")
            + Text(f"{visible(one.mask)}  ", style="bold")
            + Text(f"{_place(one)}：{_origin(one, timezone)}")
        )
    out.print(summary(scan), style="bold red" if scan.leaks or scan.missing else "bold green")
    for unread in scan.unread[:_MOST]:
        out.print(f"没有查：{_named(unread)}（{unread.reason}）")
    if len(scan.unread) > _MOST:
        out.print(f"……共 {len(scan.unread)} 个没有查，全部见 --format json")
    if scan.missing:
        out.print(f"查的结果不完整：{gitrepo.REPAIR}", style="bold red")
    if scan.leaks:
        out.print("处理办法：网站上的“误提交了个人信息怎么办”（kb/templates/process/leak.md）")


def _named(one: Unread) -> str:
    return f"{one.where} {visible(one.path) or one.object[:_SHORT]}"


def _place(one: Leak) -> str:
    path = f" {visible(one.path)}" if one.path else ""
    return f"{one.where}{path}{f':{one.line}' if one.line else ''}"


def _origin(one: Leak, timezone: str) -> str:
    day = f"（{moment.show(moment.at(one.committed, timezone))[:10]}）" if one.commit else ""
    brought = f"由提交 {one.commit[:_SHORT]}{day}带入" if one.commit else "没有提交记录"
    return f"{brought}，{one.versions} 处，{'现在的文件里还有' if one.current else '只在历史里'}"


def summary(scan: Scan) -> str:
    """Return the last line: how much was looked at, what was found, and what was not looked at."""
    found = {level: sum(one.level == level for one in scan.leaks) for level in (ERROR, WARNING)}
    line = f"查了 {scan.commits:,} 个提交、{scan.contents:,} 个版本的文件："
    line += f"{found[ERROR]} 个错误，{found[WARNING]} 个提醒" if scan.leaks else "没有发现个人信息"
    if scan.unread:
        line += f"；{len(scan.unread):,} 个没有查或没有看完"
    if scan.missing:
        line += f"，其中 {scan.missing:,} 个仓库里没有"
    return f"{line}。这是浅克隆，更早的历史不在这里：先运行 git fetch --unshallow" if scan.shallow else line


def as_json(scan: Scan, timezone: str, stream: TextIO) -> None:
    """Write the public JSON document."""
    leaks = [
        {
            **{key: getattr(one, key) for key in ("rule", "level")},
            "masked": one.mask,
            "where": one.where,
            "path": one.path,
            "line": one.line or None,
            "commit": one.commit or None,
            "committed_at": moment.show(moment.at(one.committed, timezone)) if one.commit else None,
            "current": one.current,
            "versions": one.versions,
        }
        for one in scan.leaks
    ]
    unread = [{**asdict(one), "path": one.path or None} for one in scan.unread]
    counted = {key: getattr(scan, key) for key in ("commits", "contents", "missing", "left_out", "shallow")}
    json.dump(
        {"schema_version": SCHEMA_VERSION, "timezone": timezone, **counted, "unread": unread, "leaks": leaks},
        stream,
        ensure_ascii=False,
        indent=2,
    )
    stream.write("\n")


FORMATS: dict[str, Callable[[Scan, str, TextIO], None]] = {"text": text, "json": as_json}
