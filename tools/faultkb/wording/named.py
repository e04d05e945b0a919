"""What a ticket keeps to itself: the values of its private fields, and where one of them stands in a text."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb.privacy.view import View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.ticket import Ticket
    from faultkb.validation import Schema
    from faultkb.vocabulary import Vocabulary

_SHORTEST = 2
"""Characters of a value that is looked for: a single one stands in every text."""


class Place(NamedTuple):
    """Where a private value stands in a text, and the title of the field that it is from."""

    start: int
    end: int
    title: str


def private(ticket: Ticket, words: Vocabulary) -> dict[str, str]:
    """Return the values of all fields that the schema calls private, case-folded, with the titles of the fields.

    Ids of staff are among them, whatever the event in which they stand.
    """
    every: dict[Any, str] = {}
    _collect(_plan(words), ticket.header, every)
    folded = ((str(value).strip().casefold(), title) for value, title in every.items())
    return {value: title for value, title in folded if len(value) >= _SHORTEST}


def first(text: str, values: Mapping[str, str]) -> Place | None:
    """Return the first of some private values in a text: full-width, in capitals or with blanks in it all the same."""
    view = View(text)
    folded = "".join(one.casefold() if len(one.casefold()) == 1 else one for one in view.text)
    found = ((match.span(), title) for one, title in values.items() for match in _like(one).finditer(folded))
    (start, end), title = min(found, default=((0, 0), ""))
    return Place(*view.span(start, end), title) if end else None


def _like(value: str) -> re.Pattern[str]:
    """Return a pattern for a value that is not part of a longer word; between its characters blanks may stand."""
    value = View(value).text
    inner = "[ \t\u3000]{0,2}".join(re.escape(one) for one in value if not one.isspace())
    before = "(?<![a-z0-9])" if value[0].isascii() and value[0].isalnum() else ""
    after = "(?![a-z0-9])" if value[-1].isascii() and value[-1].isalnum() else ""
    return re.compile(f"{before}{inner}{after}")


_Plan = Any
"""Where private values are: the title of the field, or a mapping of the keys to look into, or a list of one for items."""


@functools.lru_cache(maxsize=8)
def _plan(words: Vocabulary) -> _Plan:
    return _planned(words.schema, words.schema.root, private=False)


def _planned(schema: Schema, node: Any, *, private: bool, title: str = "") -> _Plan:
    node = schema.resolve(node)
    private, title = private or bool(node.get("x-private")), node.get("title", title)
    if "items" in node:
        inner = _planned(schema, node["items"], private=private, title=title)
        return [inner] if inner else None
    if "properties" in node:
        keys = ((key, _planned(schema, one, private=private)) for key, one in node["properties"].items())
        return {key: plan for key, plan in keys if plan} or None
    return (title or "内部的信息") if private else None


def _collect(plan: _Plan, value: Any, found: dict[Any, str]) -> None:
    """Add the private values in a value; called for each event of each ticket, so by the keys that are there."""
    if isinstance(plan, str):
        if isinstance(value, (str, int)):
            found.setdefault(value, plan)
    elif isinstance(plan, dict) and isinstance(value, dict):
        for key in value.keys() & plan.keys():
            _collect(plan[key], value[key], found)
    elif isinstance(plan, list) and isinstance(value, list):
        for one in value:
            _collect(plan[0], one, found)
