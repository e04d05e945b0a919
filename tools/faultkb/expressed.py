"""What the header and the events of a ticket say, in words for people."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from faultkb.ticket import person

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from faultkb.vocabulary import Vocabulary

_ASIDE = frozenset({"at", "event", "by", "note"})
"""The fields of an event that stand beside its content, or before the rest of it."""


def value(given: Any, titles: Callable[[str], str]) -> str:
    """Put a value of the header into words; ``titles`` gives the title of a key."""
    if isinstance(given, dict):
        one = person(given)
        return str(one) if one else "；".join(f"{titles(key)} {value(item, titles)}" for key, item in given.items())
    if isinstance(given, list):
        return "、".join(value(item, titles) for item in given)
    if isinstance(given, bool):
        return "是" if given else "否"
    return str(given)


def event(data: Mapping[str, Any], words: Vocabulary) -> str:
    """Say what an event brought: its note first, then its other fields with their titles."""
    title = functools.partial(_title, words)
    parts = [str(data["note"])] if "note" in data else []
    parts += [f"{title(key)} {value(item, title)}" for key, item in data.items() if key not in _ASIDE]
    return "；".join(parts)


@functools.lru_cache(maxsize=256)
def _title(words: Vocabulary, name: str) -> str:
    return words.schema.field(("events", 0, name)).title
