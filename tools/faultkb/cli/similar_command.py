"""fault similar."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from faultkb.cli import formats
from faultkb.cli.workspace import Workspace, as_utf8, resolve_path, workspace
from faultkb.finding import FaultError
from faultkb.render.tables import FORMATS
from faultkb.reports import NUMBER, PROSE, Column, Report, Table, masked

if TYPE_CHECKING:
    from faultkb.similar import Match

_COLUMNS = (
    Column("id", "编号"),
    Column("title", "标题", PROSE),
    Column("status", "状态"),
    Column("score", "相似度 %", NUMBER),
    Column("shared", "相同的词", PROSE),
    Column("solution", "解决方法", PROSE),
)


@click.command("similar")
@click.argument("text", nargs=-1, required=True, metavar="文字或编号")
@click.option("--limit", type=click.IntRange(min=1), default=5, show_default=True, metavar="数", help="最多列出几个")
@formats(FORMATS, "text")
@workspace
def command(here: Workspace, text: tuple[str, ...], limit: int, form: str) -> None:
    """找与一段文字或一个故障相似的故障；已关闭的在前，可能已有解决方案。

    例如：fault similar 网关升级后半夜重启 E-1042；fault similar SW-20261103-001
    """
    from faultkb import similar

    question, itself = _question(here, as_utf8(" ".join(text)).strip())
    found = similar.find(here.root, here.words, question, limit, leave_out=itself)
    rows = [_row(one, form) for one in sorted(found, key=lambda one: not one.is_closed)]
    title = "可能已有解决方案" if any(one.solution for one in found) else "可能是同一个故障"
    table = Table("similar", title if found else "相似的故障", _COLUMNS, rows, "没有相似的故障")
    report = Report("相似的故障", here.as_of, here.words.timezone, (table,))
    FORMATS[form](masked(report, here.words.lists), sys.stdout)


def _question(here: Workspace, text: str) -> tuple[str, str]:
    """Return the words to look for, and the path of the fault that they were taken from, if it is one."""
    from faultkb import corpus, similar
    from faultkb.validation import FAULT_ID

    if not text:
        raise FaultError("写一段文字，或一个故障的编号，例如：fault similar 网关半夜重启")
    if not FAULT_ID.fullmatch(text.upper()) and not (text.endswith(".md") and len(text.split()) == 1):
        return text, ""
    path = resolve_path(here.root, text)
    one = corpus.load(here.root, path, here.words).ticket
    if one is None:
        raise FaultError(f"{path} 读不出来；运行 fault check {path} 查看原因")
    return similar.text_of(one, here.words), path


def _row(one: Match, form: str) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": one.title,
        "status": one.status,
        "score": round(one.score * 100),
        "shared": list(one.shared) if form == "json" else "、".join(one.shared),
        "solution": one.solution,
    }
