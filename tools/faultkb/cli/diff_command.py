"""fault diff."""

from __future__ import annotations

import sys

import click

from faultkb.cli import formats
from faultkb.cli.workspace import Workspace, as_of_option, base_option, workspace
from faultkb.render.diff import FORMATS


@click.command("diff")
@base_option("与哪个分支、标签或提交相比（默认：远程的主分支）")
@formats(FORMATS, "text")
@as_of_option
@workspace
def command(here: Workspace, base: str | None, form: str) -> None:
    """概括这次改动：每个故障的状态、字段、时限怎样变，有哪些相似的故障，审阅时看什么。

    例如：fault diff --base origin/main --format md
    """
    from faultkb import gitrepo, summary

    FORMATS[form](summary.build(here.root, here.words, here.as_of, base or gitrepo.default_base(here.root)), sys.stdout)
