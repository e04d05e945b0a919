"""fault check."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from faultkb.cli import formats
from faultkb.cli.workspace import Workspace, as_of_option, base_option, workspace
from faultkb.finding import ERROR
from faultkb.render.findings import FORMATS


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[文件或文件夹]...")
@base_option("只看与这个基线（分支、标签、提交）不同的故障，并检查历史有没有被改写，例如 origin/main")
@click.option(
    "--tip", is_flag=True, help="与基线的最新提交比较，而不是与分叉点：推送到主分支之后用，强制推送也看得出来"
)
@formats(FORMATS, "text")
@as_of_option
@workspace
def command(here: Workspace, paths: tuple[Path, ...], base: str | None, form: str, *, tip: bool) -> None:
    """检查故障文件：格式、生命周期、必填内容、姓名遮盖、引用。

    不写文件时检查 tickets/ 里的全部故障。有错误时退出码为 1；提醒不影响退出码。
    每条规则的说明：fault rules 规则名
    """
    from faultkb import change, check

    if tip and base is None:
        raise click.UsageError("--tip 要与 --base 一起用")
    branch = change.compare(here.root, here.words, base, tip=tip) if base is not None else None
    outcome = check.check(here.root, here.words, here.as_of, paths, branch)
    FORMATS[form](outcome, here.root, sys.stdout)
    sys.exit(1 if outcome.count(ERROR) else 0)
