"""How a value differs from what it was, in words that repeat nothing private and nothing that a mask has just hidden."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from faultkb import ticket
from faultkb.rules.corrections import is_masked
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.vocabulary import Vocabulary
    from faultkb.yamltext import Path

LONGEST = 80
"""Characters of a text that are shown."""
_AROUND = re.compile(r"[^*]{0,20}\*(?:[^*]{0,40}\*)*[^*]{0,20}")
"""What is masked, with as much around it as it takes to see whether anything else is gone."""


def between(words: Vocabulary, path: Path, old: Any, new: Any) -> Iterator[str]:
    """Say what became of the value at a path of the header, part by part; nothing if it is the same."""
    if old == new:
        return
    field = words.schema.field(path)
    if field.private and not all(value is None or _is_known(value, path) for value in (old, new)):
        yield f"{field.title}：有改动"
    elif isinstance(old, str) and is_masked(old, new, private=True):
        yield f"{field.title}：遮盖为 {masked(new)}"
    elif ticket.person(old or new) is None and (isinstance(old, dict) or isinstance(new, dict)):
        before, after = (value if isinstance(value, dict) else {} for value in (old, new))
        for key in dict.fromkeys([*before, *after]):
            yield from between(words, (*path, key), before.get(key), after.get(key))
    else:
        yield f"{field.title}：{_shown(old)} → {_shown(new)}"


def masked(text: str) -> str:
    """Return a text with asterisks in it; of a long one, what stands around them."""
    return clip(text, LONGEST) if len(text) <= LONGEST else "…".join(clip(one, 200) for one in _AROUND.findall(text))


def _is_known(value: Any, path: Path) -> bool:
    """Say whether a value is staff: ids in an event (the schema has seen to it), or people whose names are masked."""
    each = value if isinstance(value, list) else [value]
    if path[0] == "events" and all(isinstance(one, str) for one in each):
        return True
    people = [ticket.person(one) for one in each]
    return all(one is not None and "*" in one.name for one in people)


def _shown(value: Any) -> str:
    if value is None:
        return "（无）"
    if isinstance(value, list):
        return "、".join(map(_shown, value))
    who = ticket.person(value)
    if who:
        return str(who)
    return ("是" if value else "否") if isinstance(value, bool) else clip(str(value), LONGEST)
