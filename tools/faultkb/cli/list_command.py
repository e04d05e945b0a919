"""fault list."""

from __future__ import annotations

import sys
from typing import Any

import click

from faultkb.cli import formats
from faultkb.cli.workspace import Workspace, as_of_option, workspace
from faultkb.finding import FaultError
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
@click.option("--severity", multiple=True, metavar="程度", help="只看这个严重程度（可重复）")
@click.option("--type", "types", multiple=True, metavar="类型", help="只看这个故障类型（可重复）")
@click.option("--team", multiple=True, metavar="团队", help="只看这个责任团队（可重复）")
@click.option("--product", multiple=True, metavar="产品", help="只看这个产品，写一部分即可（可重复）")
@click.option("--text", "words", multiple=True, metavar="文字", help="编号或标题里有这些字（可重复，都要有）")
@formats(FORMATS, "text")
@as_of_option
@workspace
def command(here: Workspace, form: str, words: tuple[str, ...], **options: Any) -> None:
    """列出故障，最新的在前。"""
    from faultkb import standing

    states = here.words.lifecycle.states
    for state in options["status"]:
        if state not in states:
            raise FaultError(f"没有状态“{state}”；可以写：{'、'.join(states)}")
    found, unreadable = standing.all_at(here.root, here.words, here.as_of)
    kept = standing.matching(
        found,
        status=options["status"],
        severity=options["severity"],
        type=options["types"],
        team=options["team"],
        products=options["product"],
    )
    kept = [one for one in kept if (one.is_open or not options["only_open"]) and (one.late or not options["overdue"])]
    kept = [one for one in kept if all(word.lower() in f"{one.id} {one.title}".lower() for word in words)]
    kept.sort(key=lambda one: (one.reported_at, one.id), reverse=True)
    rows = [{column.key: getattr(one, column.key) for column in _COLUMNS} for one in kept]
    remarks = (f"有 {unreadable} 个文件读不出来，没有列出；运行 fault check 查看原因",) if unreadable else ()
    table = Table("tickets", "故障", _COLUMNS, rows, "没有符合条件的故障")
    FORMATS[form](Report("故障列表", here.as_of, here.words.timezone, (table,), remarks), sys.stdout)
