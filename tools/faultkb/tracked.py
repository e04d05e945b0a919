"""《产品故障问题跟踪表》 at a moment: its rows, how urgent each is, and the figures over them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from faultkb import clocks, corpus, masks, reports, rows, standing, ticket
from faultkb.reports import NUMBER, Cases, Chart, Column, Report, Table, status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.rows import Value
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary


class Tracked(NamedTuple):
    """A fault in the table: how it stands, its cells by the name of their column, masked, and what is urgent about it.

    ``plan`` and ``limit`` are 超时 or 临期, or empty: for the planned date, and for the worst of all that counts. Without
    cells it is a fault that outside eyes do not see.
    """

    standing: Standing
    cells: dict[str, Value]
    plan: str
    limit: str


def all_at(root: Path, words: Vocabulary, as_of: datetime, *, public: bool) -> tuple[list[Tracked], int]:
    """Return every fault registered by ``as_of``, the first reported first, and how many files cannot be read.

    ``public``: only faults that the site publishes have cells, with what may be shown outside, and nothing is urgent.
    """
    found = corpus.each(root, words, corpus.find(root), _tracked, (as_of, public))
    kept = [one for one in found if isinstance(one, Tracked)]
    return sorted(kept, key=lambda one: (one.standing.reported_at, one.standing.id)), found.count(None)


def _tracked(loaded: Loaded, words: Vocabulary, as_of: datetime, public: bool) -> Tracked | bool | None:  # noqa: FBT001 - `corpus.each` passes by place
    if loaded.ticket is None:
        return None
    now = standing.of(loaded.ticket, words, as_of)
    if now is None:
        return False
    replay = ticket.replay(loaded.ticket, words.lifecycle, as_of)
    if public:
        latest = ticket.replay(loaded.ticket, words.lifecycle)  # what was public then may be reopened now
        shown = all(rows.is_public(loaded.ticket, each, words) for each in (replay, latest))
        cells = rows.public(loaded.ticket, replay, words) if shown else {}
        return Tracked(now, masks.put_on(cells, words.lists), "", "")
    return Tracked(now, masks.put_on(rows.row(loaded.ticket, replay, words), words.lists), _plan(now), _limit(now))


def _plan(one: Standing) -> str:
    """Say how urgent the planned date is, as it is now after any 改期."""
    if one.late:
        return clocks.BREACHED
    running = (row.revised for row in one.clocks if row.is_plan and row.is_running and row.cycle == one.cycle)
    return clocks.AT_RISK if any(it and it.verdict == clocks.AT_RISK for it in running) else ""


def _limit(one: Standing) -> str:
    if standing.is_breached(one) or one.late:
        return clocks.BREACHED
    running = [row for row in one.clocks if row.is_running and not row.informational]
    return clocks.AT_RISK if _plan(one) or any(row.verdict == clocks.AT_RISK for row in running) else ""


def figures(some: Sequence[Standing], words: Vocabulary, as_of: datetime, *, public: bool) -> Report:
    """Return the figures over some faults: what the report of the morning counts, and by type; only by type for outside eyes."""
    built = () if public else status.build(some, words, as_of, None)
    by_id = {table.id: table for table in built}
    tables = [by_id[name] for name in ("counts", "teams", "overdue", "due_soon") if name in by_id]
    headline = tuple(figure for table in built for figure in table.headline)
    tables.insert(1, _types(some, words))
    return reports.masked(Report("统计", as_of, words.timezone, tuple(tables), headline=headline), words.lists)


def _types(some: Sequence[Standing], words: Vocabulary) -> Table:
    severities = words.severities()
    found: dict[str, list[Standing]] = {one: [] for one in words.choices["type"]}
    for one in some:
        found.setdefault(one.type, []).append(one)
    listed = [
        {
            "type": name,
            **{severity: Cases(tuple(it.id for it in mine if it.severity == severity)) for severity in severities},
            "total": reports.cases(mine),
        }
        for name, mine in found.items()
    ]
    counted = (Column(one, one, NUMBER) for one in severities)
    columns = (Column("type", words.title("type")), *counted, Column("total", "合计", NUMBER))
    return Table("types", "故障类型与严重程度", columns, listed, chart=Chart("stack", "type", severities))
