"""Markup that comes in pairs, such as <b>…</b> and **…**: what is replaced must not leave half of a pair behind."""

from __future__ import annotations

import re
from collections import Counter

_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]{0,10})(?:\s[^<>]{0,400})?>")
_RUN = re.compile(r"\*{1,3}|`{1,3}")
_SINGLE = frozenset({"br", "hr", "img", "wbr"})


def spared(text: str, start: int, end: int, new: str) -> tuple[int, int, str]:
    """Return which characters to replace, and by what, so that ``new`` stands for a stretch and every pair stays whole.

    A pair that begins directly before the stretch and ends in it, or the other way round, goes with it; of others the half
    that is in the stretch stays.
    """
    inside = text[start:end]
    if not any(one in inside for one in "<*`"):
        return start, end, new
    tags = _unpaired(inside)
    runs = _odd(text, start, end)
    for run in [one for one in runs if text[:start].endswith(one)]:
        start -= len(run)
        runs.remove(run)
    for run in [one for one in runs if text.startswith(one, end)]:
        end += len(run)
        runs.remove(run)
    kept = "".join(one.group() for one in tags)
    is_behind = not tags or any(one["close"] for one in tags)
    return start, end, f"{new}{kept}{''.join(runs)}" if is_behind else f"{kept}{''.join(runs)}{new}"


def _unpaired(inside: str) -> list[re.Match[str]]:
    """Return the tags whose other half is not there."""
    found: list[re.Match[str]] = []
    for one in _TAG.finditer(inside):
        last = found[-1] if found else None
        if one["name"].lower() in _SINGLE:
            continue
        if one["close"] and last and not last["close"] and last["name"].lower() == one["name"].lower():
            found.pop()
        else:
            found.append(one)
    return found


def _odd(text: str, start: int, end: int) -> list[str]:
    """Return the runs of asterisks and backticks whose other half stands elsewhere in the line."""
    number = Counter(_RUN.findall(text[start:end]))
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    around = Counter(_RUN.findall(text[first:start]) + _RUN.findall(text[end : last if last >= 0 else None]))
    return [one for one, times in number.items() if times % 2 and around[one] % 2]
