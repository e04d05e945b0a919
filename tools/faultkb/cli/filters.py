"""The filters that lists and reports share: by team, severity, type and product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

_OPTIONS = (
    click.option("--team", multiple=True, metavar="团队", help="只看这个责任团队（可重复）"),
    click.option("--severity", multiple=True, metavar="程度", help="只看这个严重程度（可重复）"),
    click.option("--type", multiple=True, metavar="类型", help="只看这个故障类型（可重复）"),
    click.option("--product", "products", multiple=True, metavar="产品", help="只看这个产品，写一部分即可（可重复）"),
)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the filter options to a command; it receives them as team, severity, type and products."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def choose(standings: Sequence[Standing], words: Vocabulary, wanted: dict[str, Sequence[str]]) -> list[Standing]:
    """Keep the faults that match every filter given. Raise FaultError for a value that does not exist."""
    from faultkb import standing

    allowed = {
        "team": list(words.teams),
        "severity": list(words.severities()),
        "type": list(words.choices["type"]),
        "status": list(words.lifecycle.states),
    }
    for name, values in wanted.items():
        for value in values:
            if value not in allowed.get(name, [value]):
                raise FaultError(f"没有“{value}”；可以写：{'、'.join(allowed[name])}")
    return standing.matching(standings, **wanted)
