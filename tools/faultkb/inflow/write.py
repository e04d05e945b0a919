"""Writing the tickets of a plan, one after the other: what a killed run left out, the next one writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from faultkb import corpus, ids

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.inflow.plan import Plan

_ID = re.compile(r"\A---\nid: [A-Z]{2}-[0-9]{8}-000\n")


class Written(NamedTuple):
    """The paths that were written, and what is to be said of the ids; empty where they are reserved."""

    paths: list[str]
    notice: str


def carry_out(root: Path, plan: Plan, listener: Callable[[int, int], None]) -> Written:
    """Reserve the ids and write the tickets. Each file is written whole, and no file that exists is touched.

    A run that ends in the middle leaves whole tickets: their marks tell the next run which rows are done.
    """
    new = [one for one in plan.new if one.made]
    batch = ids.several(root, [one.made.wanted or one.made.stem for one in new if one.made], reserve=True)
    paths = []
    for number, (one, ticket_id) in enumerate(zip(new, batch.ids, strict=True), 1):
        path = ids.home(ticket_id)
        text = _ID.sub(f"---\nid: {ticket_id}\n", one.made.text if one.made else "", count=1)
        corpus.save(root, path, text, None)
        one.id = ticket_id
        paths.append(path)
        listener(number, len(new))
    return Written(paths, batch.notice)
