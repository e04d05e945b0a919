"""fault report."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from faultkb.cli import formats
from faultkb.cli.filters import choose, filters
from faultkb.cli.workspace import Workspace, as_of_option, workspace
from faultkb.finding import FaultError, reason
from faultkb.render.tables import FORMATS
from faultkb.reports import Report, catalogue

if TYPE_CHECKING:
    from collections.abc import Sequence


@click.command("report")
@click.argument("kind", default="status", metavar="[报告]")
@formats(FORMATS, "text")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="写到文件（默认：屏幕）"
)
@filters
@as_of_option
@workspace
def command(here: Workspace, kind: str, form: str, output: Path | None, **wanted: Any) -> None:
    """输出报告。

    \b
    status  早会用：状态 × 严重程度、超时、今天与下一个工作日到期、等待受理、各团队（默认）
    """
    if kind not in catalogue():
        raise FaultError(f"没有“{kind}”这种报告；可以写：{'、'.join(catalogue())}")
    report = build(here, kind, wanted)
    if output is None:
        FORMATS[form](report, sys.stdout)
        return
    try:
        with output.open("w", encoding="utf-8", newline="\n") as file:
            FORMATS[form](report, file)
    except OSError as error:
        raise FaultError(f"写不了 {output}：{reason(error)}") from None
    click.echo(f"已写到 {output}", err=True)


def build(here: Workspace, kind: str, wanted: dict[str, Sequence[str]]) -> Report:
    """Build a report over the tickets that match the filters."""
    from faultkb import standing

    standings, unreadable = standing.all_at(here.root, here.words, here.as_of)
    kept = choose(standings, here.words, wanted)
    module = catalogue()[kind]
    remarks = []
    if unreadable:
        remarks.append(f"有 {unreadable} 个文件读不出来，没有计入；运行 fault check 查看原因")
    if any(wanted.values()):
        only = "，".join("、".join(values) for values in wanted.values() if values)
        remarks.append(f"只包括：{only}（{len(kept)} / {len(standings)} 个故障）")
    tables = module.build(kept, here.words, here.as_of)
    return Report(module.TITLE, here.as_of, here.words.timezone, tables, tuple(remarks))
