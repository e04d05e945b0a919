"""fault show."""

from __future__ import annotations

import sys

import click

from faultkb.cli import formats
from faultkb.cli.workspace import Workspace, as_of_option, resolve_path, workspace
from faultkb.finding import FaultError
from faultkb.render.show import FORMATS, View


@click.command("show")
@click.argument("ticket_id", metavar="编号")
@click.option("--explain", "explained", is_flag=True, help="说明每个到期日是怎样算出来的")
@formats(FORMATS, "text")
@as_of_option
@workspace
def command(here: Workspace, ticket_id: str, explained: bool, form: str) -> None:
    """查看一个故障：现在的样子、经过、时限，下一步可以做什么。"""
    FORMATS[form](view(here, ticket_id, explained=explained), sys.stdout)


def view(here: Workspace, ticket_id: str, *, explained: bool = False) -> View:
    """Collect what is shown of a fault."""
    from faultkb import clocks, corpus, standing, ticket
    from faultkb.rules.transitions import possible

    path = resolve_path(here.root, ticket_id)
    one = corpus.load(here.root, path, here.words).ticket
    if one is None:
        raise FaultError(f"{path} 读不出来；运行 fault check {path} 查看原因")
    replay = ticket.replay(one, here.words.lifecycle, here.as_of)
    if not replay.steps:
        raise FaultError(f"{one.id} 在 {here.as_of} 还没有登记")
    calendar = standing.calendar(here.words)
    rows = clocks.explained(one, replay, here.words, calendar, here.as_of)
    return View(
        one,
        replay,
        rows,
        possible(replay.status, here.words.lifecycle, replay.waiting),
        here.words,
        calendar,
        here.as_of,
        explained,
    )
