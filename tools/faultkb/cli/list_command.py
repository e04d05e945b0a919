"""fault list."""

from __future__ import annotations

import sys
from typing import Any

import click

from faultkb.cli import formats
from faultkb.cli.filters import choose, filters
from faultkb.cli.workspace import Workspace, as_of_option, workspace
from faultkb.render.tables import FORMATS
from faultkb.reports import PROSE, SEVERITY, Column, Report, Table

_COLUMNS = (
    Column("id", "问题编号"),
    Column("severity", "严重程度", SEVERITY),
    Column("status", "当前状态"),
    Column("title", "问题标题", PROSE),
    Column("team", "责任团队"),
    Column("owner", "主责人"),
    Column("due_at", "计划完成时间"),
)


@click.command("list")
@click.option("--open", "only_open", is_flag=True, help="只看未关闭的")
@click.option("--overdue", is_flag=True, help="只看已超过计划完成时间的")
@click.option("--status", multiple=True, metavar="状态", help="只看这个状态（可重复）")
@filters
@click.option("--text", "words", multiple=True, metavar="文字", help="编号或标题里有这些字（可重复，都要有）")
@formats(FORMATS, "text")
@as_of_option
@workspace
def command(here: Workspace, form: str, words: tuple[str, ...], only_open: bool, overdue: bool, **wanted: Any) -> None:
    """列出故障，最新的在前。"""
    from faultkb import standing

    found, unreadable = standing.all_at(here.root, here.words, here.as_of)
    kept = choose(found, here.words, wanted)
    kept = [one for one in kept if (one.is_open or not only_open) and (one.late or not overdue)]
    kept = [one for one in kept if all(word.lower() in f"{one.id} {one.title}".lower() for word in words)]
    kept.sort(key=lambda one: (one.reported_at, one.id), reverse=True)
    rows = [{column.key: getattr(one, column.key) for column in _COLUMNS} for one in kept]
    remarks = (f"有 {unreadable} 个文件读不出来，没有列出；运行 fault check 查看原因",) if unreadable else ()
    table = Table("tickets", "故障", _COLUMNS, rows, "没有符合条件的故障")
    FORMATS[form](Report("故障列表", here.as_of, here.words.timezone, (table,), remarks), sys.stdout)
