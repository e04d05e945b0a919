"""fault site build, fault site serve."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from faultkb.cli.workspace import Workspace, as_of_option, workspace

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.group("site")
def command() -> None:
    """生成或预览知识库网站。"""


@command.command("build")
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="写到哪里（默认：仓库里的 site/）"
)
@as_of_option
@workspace
def build(here: Workspace, output: Path | None) -> None:
    """发布文章并建成网站。"""
    from faultkb.publish import site

    target = output or here.root / "site"
    site.refuse_output(here.root, target)
    done = site.build(here.root, here.words, here.as_of, target)
    warn(done.composed.refused)
    if not (done.pages or done.files or done.composed.written):
        click.echo(f"网站没有变化：{target / 'index.html'}")
        return
    others = f"、{done.files} 个别的文件" if done.files else ""
    click.echo(f"网站已建成：{target / 'index.html'}（更新了 {done.pages} 页{others}，其余没有变化）")


def warn(refused: Iterable[str]) -> None:
    """Say which attachments are named instead of shown."""
    for line in refused:
        click.echo(f"提醒：{line}", err=True)


@command.command("serve")
@click.option("--address", default="127.0.0.1:8000", show_default=True, metavar="地址:端口", help="在哪里提供")
@workspace
def serve(here: Workspace, address: str) -> None:
    """在本机预览网站；故障、页面或 schema 有改动时自动更新。按 Ctrl+C 结束。"""
    from faultkb.publish import server

    server.refuse_address(address)
    gc.enable()  # this one runs for hours
    server.serve(here.root, address)
