"""What a cell says of a choice or of people, as the fields of an event are typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb import tidy, tracking
from faultkb.tracking import canonical

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary

_PERSON = re.compile(r"(?:工号)?\s*[:：]?\s*([A-Za-z0-9_-]{2,20})[\s:：,，（(]*([^\s（）()]*)[）)]?")
_BETWEEN = re.compile(r"[、,，;；\n/]+")


def choice(words: Vocabulary, name: str, text: str) -> str:
    """Return the choice of a field that a text means, the text itself where none is meant."""
    meant = canonical(text).casefold()
    listed = words.schema.field(tuple(name.split("."))).choices
    also = {one: tracking.synonyms(words, name).get(one, ()) for one in listed}
    found = (one for one in listed if meant in {canonical(each).casefold() for each in (one, *also[one])})
    return next(found, canonical(text))


def people(text: str) -> list[str]:
    """Return the people whom a text names, each as ``RD017 李*``: a name that shows more than the family is masked.

    What is no staff id with a name stays as it is, to be refused.
    """
    return [_person(one.strip()) for one in _BETWEEN.split(canonical(text)) if one.strip()]


def _person(text: str) -> str:
    found = _PERSON.fullmatch(text)
    if not found or not found[2]:
        return text
    name = found[2] if "*" in found[2] else tidy.name(found[2]) or found[2]
    return f"{found[1]} {name}"
