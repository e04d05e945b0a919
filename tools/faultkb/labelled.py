"""Texts with labels in them: ``结论：通过`` and ``【现象】``, as cells of a spreadsheet and sections of a ticket have them."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LIST = "、"
"""What stands between the items of a list."""


def compose(main: str, parts: Mapping[str, str]) -> str:
    """Return a text of a main value, which has no label, and others that have; `split` reads it back.

    Short values stand behind their labels. Where one has several lines, each label gets a line of its own.
    """
    given = {label: text for label, text in parts.items() if text}
    has_lines = any("\n" in text or label in text for label, text in given.items() for label in given)
    shown = [f"【{label}】\n{text}" if has_lines else f"{label}：{text}" for label, text in given.items()]
    return "\n".join([*([main] if main else []), *shown])


def split(text: str, labels: Iterable[str]) -> dict[str, str]:
    """Return what stands behind each label, and under ``""`` what stands before the first.

    A label begins a line: ``【发生原因】``, ``发生原因：``, ``**发生原因。**`` or a heading ``### 发生原因``. A label that comes
    again goes on with its text. Lines in a fence of code have none.
    """
    found: dict[str, list[str]] = {}
    label, fence = "", ""
    pattern = _pattern(frozenset(labels))
    for line in text.splitlines():
        mark = _FENCE.match(line)
        match = None if fence or mark else pattern.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if match:
            label = next(filter(None, match.groups()))
        rest = line[match.end() :].strip() if match else line
        found.setdefault(label, []).extend([] if match and not rest else [rest])
    joined = {name: "\n".join(lines).strip("\n").rstrip() for name, lines in found.items()}
    return {name: said for name, said in joined.items() if name or said}


_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


@functools.lru_cache(maxsize=64)
def _pattern(labels: frozenset[str]) -> re.Pattern[str]:
    """Return what the beginning of a line with one of the labels looks like; the longest label first."""
    one = "|".join(re.escape(label) for label in sorted(labels, key=lambda label: (-len(label), label))) or r"(?!)"
    return re.compile(
        rf"\s*【\s*({one})\s*】[：:]?|#+ +({one})[：:。]?\s*$|(?:[-*] +)?\*\*({one})[：:。]?\*\*[：:。]?|({one})\s*[：:]"
    )
