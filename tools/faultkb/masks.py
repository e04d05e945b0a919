"""Masks on the way out: what a command shows or writes of tickets holds nothing private, whatever the tickets say."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from faultkb import privacy, tidy
from faultkb.ticket import Person

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faultkb.privacy import Lists

T = TypeVar("T")

_APART = "\n\0\n"
"""Stands between texts that are no neighbours: no private value has it in it."""
_ROUNDS = 5
"""How often private values are looked for: one that is masked may uncover the next."""

_NO_TEXT = frozenset({type(None), bool, int, float, datetime})
"""What most values are that are no texts: to look at each would cost more than all else here."""


def put_on(data: T, lists: Lists) -> T:
    """Return data with a mask for everything private in its texts, and for the names of people; the same data if there is nothing.

    Texts stand in mappings, lists, tuples and people, at any depth; whatever else there is stays as it is.
    """
    texts: dict[str, None] = {}
    people: dict[str, None] = {}
    _gather(data, texts, people)
    masks = _masks(list(texts), lists) | {name: _family(name) for name in people if "*" not in name}
    return _replaced(data, masks) if masks else data


def names(data: T) -> T:
    """Return data with a mask for the names of people that stand there in full, and nothing else changed."""
    people: dict[str, None] = {}
    _gather(data, {}, people)
    masks = {name: _family(name) for name in people if "*" not in name}
    return _replaced(data, masks) if masks else data


def _gather(data: Any, texts: dict[str, None], people: dict[str, None]) -> None:
    """Collect the texts of some data, each once, and the names of people."""
    if isinstance(data, str):
        texts[data] = None
    elif isinstance(data, list | tuple):
        for item in data:
            _gather(item, texts, people)
    elif isinstance(data, Mapping):
        texts.update(dict.fromkeys(data))
        for value in data.values():
            if type(value) is str:
                texts[value] = None
            elif type(value) not in _NO_TEXT:
                _gather(value, texts, people)
        if "staff" in data and isinstance(data.get("name"), str):
            people[data["name"]] = None
    elif isinstance(data, Person):
        texts[data.staff] = texts[data.name] = people[data.name] = None


def _masks(texts: Sequence[str], lists: Lists) -> dict[str, str]:
    """Return what becomes of the texts that have anything private in them.

    They are looked through as one: that costs a hundredth of looking through each of many short ones.
    """
    masks = found = _masked(texts, lists)
    for _ in range(_ROUNDS if found else 0):
        found = _masked(list(dict.fromkeys(masks.values())), lists)
        if not found:
            break
        masks = {text: found.get(mask, mask) for text, mask in masks.items()}
    return masks


def _masked(texts: Sequence[str], lists: Lists) -> dict[str, str]:
    starts = list(itertools.accumulate((len(text) + len(_APART) for text in texts), initial=0))
    masked: dict[str, str] = {}
    for match in reversed(privacy.find(_APART.join(texts), lists)):
        number = bisect_right(starts, match.start) - 1
        text, start = texts[number], starts[number]
        rest = masked.get(text, text)
        masked[text] = rest[: match.start - start] + match.mask + rest[match.end - start :]
    return masked


def _family(name: str) -> str:
    """Return the mask of a name, of one that is none too."""
    return tidy.name(name) or f"{name[:1]}*"


def _replaced(data: Any, masks: Mapping[str, str]) -> Any:
    """Return data with other texts; what has no text in it is not copied."""
    if isinstance(data, str):
        return masks.get(data, data)
    if isinstance(data, Mapping):
        return {masks.get(key, key): _replaced(value, masks) for key, value in data.items()}
    if isinstance(data, Person):
        return Person(masks.get(data.staff, data.staff), masks.get(data.name, data.name))
    if isinstance(data, list):
        return [_replaced(item, masks) for item in data]
    if isinstance(data, tuple):
        items = [_replaced(item, masks) for item in data]
        return type(data)(*items) if hasattr(data, "_fields") else tuple(items)
    return data
