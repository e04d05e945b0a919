"""What an event must carry, and what of it the ticket and the policy imply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb import clocks, logbook, moment, policy, standing, ticket

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from faultkb.corpus import Loaded
    from faultkb.lifecycle import EventSpec
    from faultkb.ticket import Json
    from faultkb.vocabulary import Vocabulary


def needed(spec: EventSpec, snapshot: Json, event: Mapping[str, Any]) -> list[str]:
    """Return the fields that an event must carry and does not: its own, and those that it can give the header for the first time."""
    at = moment.parse(event["at"])
    earlier = ticket.is_earlier(spec, ticket.Event(0, at, spec.name, "", event), snapshot)
    excused = spec.when_earlier["without"] if spec.when_earlier and earlier else ()
    first = (one.name for one in spec.requires if one.name in spec.fields and one.name not in snapshot)
    return [name for name in dict.fromkeys([*spec.needs, *first]) if name not in event and name not in excused]


def proposed(words: Vocabulary, loaded: Loaded, spec: EventSpec, at: datetime, given: Mapping[str, Any]) -> Json:
    """Return what the ticket and the policy imply: the value before a change, the team of the type, the due date."""
    one = loaded.ticket
    now = one and ticket.replay(one, words.lifecycle, at)
    if one is None or not now or not now.steps:
        return {}
    found: dict[str, Any] = {}
    if spec.changes:
        found["from"] = now.snapshot.get(spec.changes)
    wanted = needed(spec, now.snapshot, given)
    if "team" in wanted:
        kind = now.snapshot.get("type")
        fitting = (team.name for team in words.teams.values() if kind in team.takes and team.retired is None)
        found["team"] = next(fitting, None)
    plan = policy.in_force(words.policies, one.events[0].at).plan
    if "due_at" in wanted and spec.name in plan.start:
        found["due_at"] = _policy_due(words, loaded, {"at": moment.show(at), "event": spec.name})
    return {name: value for name, value in found.items() if value is not None and name not in given}


def _policy_due(words: Vocabulary, loaded: Loaded, event: dict[str, Any]) -> str | None:
    """Return when the policy wants the work done if an event happens now; late acceptance gains nothing."""
    one = logbook.imagined(words, loaded, [event])
    as_of = one.events[-1].at
    replay = ticket.replay(one, words.lifecycle, as_of)
    rows = clocks.plans(one, replay, words, standing.calendar(words), as_of)
    dues = [row.due_at for row in rows if row.cycle == replay.cycle]
    return moment.show(dues[-1]) if dues else None
