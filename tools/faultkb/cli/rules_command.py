"""fault rules."""

from __future__ import annotations

import click

from faultkb import rules
from faultkb.finding import FaultError
from faultkb.render.findings import LEVELS


@click.command("rules")
@click.argument("name", required=False, metavar="[规则名]")
def command(name: str | None) -> None:
    """列出全部检查规则；写规则名时显示它的说明：哪里不对、为什么要紧、怎样改。"""
    catalogue = rules.catalogue()
    if name is None:
        width = max(map(len, catalogue))
        for one in sorted(catalogue.values(), key=lambda one: (one.level, one.id)):
            click.echo(f"{one.id:<{width}}  {LEVELS[one.level]}  {one.summary}")
        return
    if name not in catalogue:
        raise FaultError(f"没有规则 {name}；fault rules 列出全部规则")
    one = catalogue[name]
    click.echo(f"{one.id}（{LEVELS[one.level]}）\n\n{one.manual}")
