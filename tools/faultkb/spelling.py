"""Short answers as people spell them → as the schema wants them, wherever they can mean only one thing.

What may mean something else stays as it is: the schema refuses it, and says what to write.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from faultkb import registration, tidy

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary

_NUMBER = re.compile(
    r"([0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3}){1,2}) ?[户人个名台家位]?(?:用户)? ?(?:\([^()0-9]{0,40}\))?", re.ASCII
)
"""A number with its unit, and a word about it in brackets; 3千 and 约 3 are none."""


def put_right(words: Vocabulary, name: str, text: str) -> str:
    """Return the answer to an item as the schema writes it: a number, a time, an id, a name with its mask."""
    field = words.schema.field(registration.BY_NAME[name].path)
    if "YYYY-MM-DD HH:MM" in field.hint:
        return tidy.minute(text) or text
    if _is_number(words, name):
        found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
        return found[1].replace(",", "") if found else text
    return unicodedata.normalize("NFKC", text).strip() if field.private else text


def _is_number(words: Vocabulary, name: str) -> bool:
    allowed: list[dict[str, Any]] = registration.node(words, name).get("anyOf", [])
    return any(one.get("type") == "integer" for one in allowed)
