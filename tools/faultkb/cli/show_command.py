"""fault show."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from faultkb.cli import formats
from faultkb.cli.workspace import Workspace, as_of_option, resolve_path, workspace
from faultkb.finding import FaultError
from faultkb.render.show import FORMATS, View

if TYPE_CHECKING:
    from faultkb.corpus import Loaded
    from faultkb.ticket import Json


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
    from faultkb import clocks, corpus, moment, standing, ticket
    from faultkb.cli.log_command import hints_for

    path = resolve_path(here.root, ticket_id)
    loaded = corpus.load(here.root, path, here.words)
    one = loaded.ticket
    if one is None:
        raise FaultError(f"{path} 读不出来；运行 fault check {path} 查看原因")
    replay = ticket.replay(one, here.words.lifecycle, here.as_of)
    if not replay.steps:
        raise FaultError(f"{one.id} 在 {moment.show(here.as_of)} 还没有登记")
    calendar = standing.calendar(here.words)
    rows = clocks.explained(one, replay, here.words, calendar, here.as_of)
    return View(
        one,
        replay,
        rows,
        hints_for(here, _as_it_was(loaded, here, replay.snapshot)).next_steps(),
        here.words,
        calendar,
        here.as_of,
        explained,
    )


def _as_it_was(loaded: Loaded, here: Workspace, snapshot: Json) -> Loaded:
    """Return a ticket without the events that came after the moment of the question."""
    from faultkb import corpus, yamlwrite

    recorded = loaded.ticket.events if loaded.ticket else ()
    known = [dict(event.data) for event in recorded if event.at <= here.as_of]
    if len(known) == len(recorded):
        return loaded
    header = {name: value for name, value in loaded.document.header.items() if name not in here.words.lifecycle.folded}
    header |= {name: value for name, value in snapshot.items() if value is not None}
    written = yamlwrite.as_text({**header, "events": known})
    return corpus.loaded(loaded.path, replace(loaded.document, header=written), here.words)
