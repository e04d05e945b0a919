"""What can be wrong with a correction (part of the rule illegal-transition)."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

from faultkb.rules import Hit
from faultkb.ticket import IMPORTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.rules import Case
    from faultkb.ticket import Step
    from faultkb.vocabulary import Vocabulary
    from faultkb.yamltext import Path


def wrong(case: Case, step: Step) -> Iterator[Hit]:
    """Find a correction that names no earlier event or section, or does not say how to correct it."""
    if not step.spec.corrects:
        return
    data, number = step.event.data, step.event.number
    target = data.get("target")
    if "target" in data and "section" in data:
        yield Hit(step.event.path, f"{step.event.name} 的 target 与 section 只能写一个", "更正两处就写两个事件")
    elif isinstance(target, int):
        if target >= number:
            yield Hit(
                (*step.event.path, "target"),
                f"{step.event.name} 只能针对前面的事件（1 到 {number - 1}）",
                "从 1 数起，写被更正的事件是第几个",
            )
        elif sum(data.get(key, False) is not False for key in ("set", "void", "mask")) != 1:
            yield Hit(
                step.event.path,
                f"{step.event.name} 要写明怎样更正",
                "写 set: {字段: 新值}、void: true（没有发生过）、mask: true（只是遮盖）三者之一",
            )
        else:
            yield from _wrong_set(case, step, target)
    elif "section" in data and data["section"] not in {
        one.name for one in case.vocabulary.sections if one.part_of is None
    }:
        yield Hit(
            (*step.event.path, "section"),
            "没有这个章节，或它只是一节里的一部分",
            f"可以写：{'、'.join(one.name for one in case.vocabulary.sections if one.part_of is None)}",
        )


def correctable(words: Vocabulary, name: str) -> frozenset[str]:
    """Return the fields that a correction of an event may set: its own; for the registration also those of the header.

    What follows from events is corrected where it happened; what never changes is not corrected at all, nor is that a
    fault was imported, and in which state.
    """
    life = words.lifecycle
    own = life.events[name].fields - {"event", IMPORTED, "status"}
    if name != life.registration.name:
        return own
    header = {key for key, node in words.schema.root["properties"].items() if not node.get("x-immutable")}
    return own | (header - (life.folded - set(life.changing)) - {"events"})


def _wrong_set(case: Case, step: Step, target: int) -> Iterator[Hit]:
    name = case.ticket.events[target - 1].name
    allowed = correctable(case.vocabulary, name)
    for key in step.event.data.get("set", {}):
        if key not in allowed:
            yield Hit(
                (*step.event.path, "set", key),
                f"第 {target} 个事件是 {name}，不带 {key}",
                f"可以更正：{'、'.join(sorted(allowed))}",
            )


def place(case: Case, step: Step, name: str) -> Path:
    """Return where a field of an event got its value: in its line, or in the correction that gave it."""
    events, number = case.ticket.events, step.event.number
    if events[number - 1].data.get(name) != step.event.data.get(name):
        for event in reversed(events):
            if event.data.get("target") == number and name in event.data.get("set", {}):
                return (*event.path, "set", name)
    return (*step.event.path, name)


_KEPT = 3
"""A mask leaves at least one character of so many: what was said must still be told from what was not."""


def is_masked(old: Any, new: Any, *, private: bool = False) -> bool:
    """Say whether a value is the old one, or the old one with some of its text replaced by asterisks.

    Every text keeps a third of its characters, but for those that are ``private`` as a whole, and names of people.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        own = private or "staff" in old
        return old.keys() == new.keys() and all(is_masked(old[key], new[key], private=own) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(
            is_masked(one, other, private=private) for one, other in zip(old, new, strict=True)
        )
    if isinstance(old, str) and isinstance(new, str) and "*" in new:
        return _covers(_plain(new), _plain(old)) and (private or _KEPT * _shown(new) >= _shown(old))
    return bool(old == new)


def _plain(text: str) -> str:
    """Return a text without blanks and what is invisible, full-width forms replaced: a mask has one spelling."""
    return re.sub(r"[\s\u00ad\u200b-\u200f\u2060-\u2064\ufeff]", "", unicodedata.normalize("NFKC", text))


def _shown(text: str) -> int:
    """Count what can be read of a text."""
    return sum(char != "*" and not char.isspace() for char in text)


def _covers(mask: str, text: str) -> bool:
    """Say whether a text remains when each run of asterisks stands for any characters; linear, whatever the mask."""
    first, *inner, last = re.split(r"\*+", mask)
    if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in inner:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True
