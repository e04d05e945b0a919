"""fault export: the tracking table, and the fact tables."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from faultkb.cli import export_table, formats, say
from faultkb.cli.filters import choose, filters, refuse_unknown_products
from faultkb.cli.output import deliver, deliver_bytes
from faultkb.cli.workspace import Workspace, as_of_option, workspace
from faultkb.finding import FaultError, reason

TABLES = ("faults", "clocks")


@click.group("export")
def command() -> None:
    """导出跟踪表，或供自己统计的数据。"""


for _one in export_table.COMMANDS:
    command.add_command(_one)


@command.command("facts")
@formats(["csv", "json", "parquet"], "csv")
@click.option(
    "--table", type=click.Choice(TABLES), help="只要这个表：faults 一个故障一行，clocks 一次计时一行（默认：两个都要）"
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="写到哪里：两个表的 csv、parquet 是文件夹，其余是文件（默认：屏幕）",
)
@filters
@as_of_option
@workspace
def export_facts(here: Workspace, form: str, table: str | None, output: Path | None, **wanted: Any) -> None:
    """导出两个事实表，可以用 Excel、DuckDB、Spark 算自己的数字。

    各栏的含义见知识库网站的“事实表”一页。没有客户、姓名与说明文字。

    例如：fault export facts --output 事实表；fault export facts --table clocks > clocks.csv
    """
    from faultkb import facts, masks, standing
    from faultkb.render import facts as render
    from faultkb.render import heading

    if output is None and table is None and form != "json":
        raise FaultError("两个表要写到一个文件夹：加上 --output 文件夹，或用 --table faults、--table clocks 选一个")
    found, unreadable = standing.all_at(here.root, here.words, here.as_of)
    if unreadable:
        say(f"有 {unreadable} 个文件读不出来，没有导出；运行 fault check 查看原因")
    refuse_unknown_products(found, wanted["products"])
    rows = facts.rows(choose(found, here.words, wanted))
    rows = masks.put_on({name: rows[name] for name in ([table] if table else TABLES)}, here.words.lists)
    head = heading(here.as_of, here.words.timezone)
    if form == "json":
        deliver(lambda stream: render.as_json(rows, head, stream), output)
        return
    folder = output if output and not table else None
    if folder:
        _make(folder)
    for name, some in rows.items():
        target = folder / f"{name}.{form}" if folder else output
        if form == "csv":
            deliver(partial(render.as_csv, name, some), target)
        else:
            deliver_bytes(partial(render.as_parquet, name, some, head), target)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FaultError(f"建不了文件夹 {folder}：{reason(error)}") from None
