"""fault list."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from faultkb.cli import formats
from faultkb.cli.filters import choose, codes, containing, filters, names_code
from faultkb.cli.workspace import Workspace, as_of_option, me, workspace
from faultkb.render.tables import FORMATS
from faultkb.reports import PROSE, SEVERITY, Column, Report, Table, masked

if TYPE_CHECKING:
    from faultkb.standing import Standing

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
@click.option("--mine", is_flag=True, help="只看我的：我是主责人、协办人或反馈人")
@click.option("--staff", multiple=True, metavar="工号", help="只看这个人的，与 --mine 一样算（可重复）")
@click.option("--overdue", is_flag=True, help="只看已超过计划完成时间的")
@click.option("--status", multiple=True, metavar="状态", help="只看这个状态（可重复）")
@filters
@click.option(
    "--version", "versions", multiple=True, metavar="版本", help="只看涉及这个版本的；2.3 包括 V2.3.1（可重复）"
)
@click.option(
    "--code", "listed", multiple=True, metavar="代码", help="只看有这个错误代码的，E1042 与 E-1042 相同（可重复）"
)
@click.option(
    "--text", "texts", multiple=True, metavar="文字", help="文件里有这些字：标题、正文、说明等（可重复，都要有）"
)
@formats(FORMATS, "text")
@as_of_option
@workspace
def command(
    here: Workspace,
    form: str,
    only_open: bool,
    mine: bool,
    overdue: bool,
    listed: tuple[str, ...],
    texts: tuple[str, ...],
    **wanted: Any,
) -> None:
    """列出故障，最新的在前。

    例如：fault list --open --mine；fault list --code E-1042 --version 2.3
    """
    from faultkb import standing

    if mine:
        wanted["staff"] = (*wanted["staff"], me(here.root))
    patterns = codes(listed)
    paths = list(containing(here, texts, patterns)) if texts or patterns else None
    found, unreadable = standing.all_at(here.root, here.words, here.as_of, paths)
    kept = choose(found, here.words, wanted)
    kept = [one for one in kept if (one.is_open or not only_open) and (one.late or not overdue)]
    kept = [one for one in kept if not patterns or names_code(here, one.path, patterns)]
    kept.sort(key=lambda one: (one.reported_at, one.id), reverse=True)
    rows = [{column.key: getattr(one, column.key) for column in _COLUMNS} for one in kept]
    remarks = [f"有 {unreadable} 个文件读不出来，没有列出；运行 fault check 查看原因"] if unreadable else []
    if form == "text":
        remarks.append(_count(kept))
    table = Table("tickets", "故障", _COLUMNS, rows, "没有符合条件的故障")
    report = Report("故障列表", here.as_of, here.words.timezone, (table,), tuple(remarks))
    FORMATS[form](masked(report, here.words.lists), sys.stdout)


def _count(kept: list[Standing]) -> str:
    opened, late = sum(one.is_open for one in kept), sum(one.late for one in kept)
    return f"共 {len(kept)} 个故障：未关闭 {opened} 个，其中超过计划完成时间 {late} 个"
