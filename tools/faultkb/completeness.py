"""How complete a report is: what its type asks for, and which of it the ticket says. A pure function of ticket and schema."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import filling
from faultkb.wording.patterns import Phrases

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.asked import Item, Way
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

_MOST = 20_000
"""Characters of one place that are looked at: the facts come first, after them logs."""
_CLAUSE = re.compile(r"[^。；;\n]*+[。；;\n]?")


class Score(NamedTuple):
    """How much of what is asked a report says, in percent rounded down, and what it lacks, most important first."""

    percent: int
    missing: tuple[Item, ...]

    def __str__(self) -> str:
        return f"{self.percent} %" + (f"，还缺：{'、'.join(one.title for one in self.missing)}" if self.missing else "")


def score(ticket: Ticket, words: Vocabulary) -> Score:
    """Return how complete a report is; 100 percent where the schema asks for nothing."""
    kind = str(ticket.header.get("type", ""))
    wanted = [one for one in words.asked.items if one.applies(kind)]
    texts = _texts(wanted, ticket, words)
    lacking = tuple(one for one in wanted if not _said(one, texts, ticket))
    total = sum(one.weight for one in wanted)
    return Score((total - sum(one.weight for one in lacking)) * 100 // total if total else 100, lacking)


def missing(ticket: Ticket, words: Vocabulary) -> list[Item]:
    """Return what a report lacks, most important first."""
    return list(score(ticket, words).missing)


def first_step(ticket: Ticket, words: Vocabulary) -> str:
    """Return what to write first, with an example for the type; empty where nothing is missing."""
    lacking = missing(ticket, words)
    kind = str(ticket.header.get("type", ""))
    return f"先补“{lacking[0].title}”：{lacking[0].advice(kind)}" if lacking else ""


def _said(item: Item, texts: Mapping[str, str], ticket: Ticket) -> bool:
    return any(_found(way, texts[place], ticket) for way in item.ways for place in way.places)


def _found(way: Way, text: str, ticket: Ticket) -> bool:
    if not (way.like or way.words):
        return bool(text.strip())
    folded = text.casefold()
    if any(word.casefold() in folded for word in way.words) or _phrases(way.words).stand_in(text):
        return True
    own = {value.lstrip("v") for value in _field(ticket, way.besides).casefold().split()}  # V2.3.1 is 2.3.1
    return any(found[0].casefold().lstrip("v") not in own for look in way.like for found in look.finditer(text))


@functools.cache
def _phrases(words: tuple[str, ...]) -> Phrases:
    return Phrases(words)


def _texts(wanted: list[Item], ticket: Ticket, words: Vocabulary) -> dict[str, str]:
    """Return what stands in each place that is asked for."""
    parts = {one.name: one.part_of for one in words.sections}
    places = {place for item in wanted for way in item.ways for place in way.places}
    return {one: _section(ticket, words, one, parts[one]) if one in parts else _field(ticket, one) for one in places}


def _section(ticket: Ticket, words: Vocabulary, name: str, parent: str | None) -> str:
    """Return a section or part without the clauses that only say that something is still to come."""
    said = "\n".join(filling.lines(ticket, words, parent or name, parent and name))[:_MOST]
    return "".join(clause for clause in _CLAUSE.findall(said) if words.placeholder not in clause)


def _field(ticket: Ticket, path: str) -> str:
    value: Any = ticket.header
    for name in path.split("."):
        value = value.get(name, "") if isinstance(value, dict) else ""
    return ("\n".join(map(str, value)) if isinstance(value, list) else str(value))[:_MOST]
