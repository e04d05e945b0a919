"""fault report."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from faultkb.cli import formats
from faultkb.cli.workspace import Workspace, as_of_option, workspace
from faultkb.finding import FaultError
from faultkb.render.tables import FORMATS
from faultkb.reports import Report, catalogue


@click.command("report")
@click.argument("kind", default="status", metavar="[报告]")
@formats(FORMATS, "text")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="写到文件（默认：屏幕）"
)
@click.option("--team", multiple=True, metavar="团队", help="只看这个责任团队（可重复）")
@click.option("--severity", multiple=True, metavar="程度", help="只看这个严重程度（可重复）")
@click.option("--type", "types", multiple=True, metavar="类型", help="只看这个故障类型（可重复）")
@click.option("--product", multiple=True, metavar="产品", help="只看这个产品，写一部分即可（可重复）")
@as_of_option
@workspace
def command(here: Workspace, kind: str, form: str, output: Path | None, **filters: tuple[str, ...]) -> None:
    """输出报告。

    \b
    status  早会用：状态 × 严重程度、超时、今天与下一个工作日到期、等待受理、各团队（默认）
    """
    if kind not in catalogue():
        raise FaultError(f"没有“{kind}”这种报告；可以写：{'、'.join(catalogue())}")
    report = build(here, kind, filters)
    if output is None:
        FORMATS[form](report, sys.stdout)
        return
    try:
        with output.open("w", encoding="utf-8", newline="\n") as file:
            FORMATS[form](report, file)
    except OSError as error:
        raise FaultError(f"写不了 {output}：{error.strerror}") from None
    click.echo(f"已写到 {output}", err=True)


def build(here: Workspace, kind: str, filters: dict[str, tuple[str, ...]]) -> Report:
    """Build a report over the tickets that match the filters."""
    from faultkb import standing

    _refuse_unknown(here, filters)
    standings, unreadable = standing.all_at(here.root, here.words, here.as_of)
    kept = standing.matching(
        standings,
        team=filters["team"],
        severity=filters["severity"],
        type=filters["types"],
        products=filters["product"],
    )
    module = catalogue()[kind]
    remarks = []
    if unreadable:
        remarks.append(f"有 {unreadable} 个文件读不出来，没有计入；运行 fault check 查看原因")
    if any(filters.values()):
        remarks.append(
            f"只包括：{'，'.join('、'.join(values) for values in filters.values() if values)}（{len(kept)} / {len(standings)} 个故障）"
        )
    return Report(
        module.TITLE, here.as_of, here.words.timezone, module.build(kept, here.words, here.as_of), tuple(remarks)
    )


def _refuse_unknown(here: Workspace, filters: dict[str, tuple[str, ...]]) -> None:
    allowed = {
        "team": list(here.words.teams),
        "severity": list(here.words.severities()),
        "types": list(here.words.choices["type"]),
    }
    for name, values in allowed.items():
        for value in filters[name]:
            if value not in values:
                raise FaultError(f"没有“{value}”；可以写：{'、'.join(values)}")
