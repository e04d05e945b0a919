"""An event that a row of the table asks for, and the reason that the weighty ones must have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.lifecycle import EventSpec
    from faultkb.ticket import Json
    from faultkb.updates.applying import Options
    from faultkb.updates.touched import Intent
    from faultkb.vocabulary import Vocabulary

NOTE = "由跟踪表更新"
"""The note of an event that needs one, where nobody gave another."""
LOG, VERDICT = "events", "verification"
"""The columns that tell what the note of an event says."""


class NoWayError(Exception):
    """Says in Chinese why no event brings what is wanted."""


class Wanted(NamedTuple):
    """An event to be recorded, with the texts of its fields; ``told``: the only column that can say what its note says."""

    spec: EventSpec
    texts: Mapping[str, Any]
    told: str = ""


def reasoned(words: Vocabulary, now: Json, intent: Intent, options: Options, one: Wanted) -> Wanted:
    """Give an event that reopens, postpones or lowers its reason: --note, else the lines that were added to the log.

    Raise NoWayError where there is none: a slip in a drop-down list must not do these.
    """
    if not _is_weighty(words, now, one):
        return one
    reason = options.note or "；".join(entry.note for entry in intent.entries)
    if not reason:
        raise NoWayError(
            f"{one.spec.name} 要写原因：在“{words.title(LOG)}”里另起一行写，或加上 --note 原因；不是有意改的，恢复原来的内容"
        )
    return one._replace(texts={**one.texts, "note": reason})


def _is_weighty(words: Vocabulary, now: Json, one: Wanted) -> bool:
    spec, to = one.spec, one.texts.get("to")
    if spec.when_earlier:
        return bool(one.texts.get("due_at", "") > now.get("due_at", ""))
    if spec.approver == "when_lower":
        order = words.severities()
        return order.index(to) > order.index(now[str(spec.changes)])
    return spec.new_cycle
