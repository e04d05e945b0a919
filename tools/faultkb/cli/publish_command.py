"""fault publish."""

from __future__ import annotations

import click

from faultkb.cli.site_command import warn
from faultkb.cli.workspace import Workspace, as_of_option, workspace


@click.command("publish")
@as_of_option
@workspace
def command(here: Workspace) -> None:
    """把收录的故障写成 kb/ 下的文章与索引（不建网站）；有错误时什么都不写。"""
    from faultkb.publish import site

    done = site.publish(here.root, here.words, here.as_of)
    warn(done.refused)
    click.echo(f"共 {done.files} 个文件：写了 {done.written} 个，删去 {done.removed} 个，其余没有变化")
