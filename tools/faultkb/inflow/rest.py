"""What found no place in a row: it goes into the remark as ``栏目名：值``, and what is too long for that into a section."""

from __future__ import annotations

from typing import NamedTuple

SECTION = "原表内容"
_MOST = 2000
_LONG = 300
_POINTER = f"（其余见正文“{SECTION}”）"


class Left(NamedTuple):
    """The remark, and the text of the section for what is too long; either may be empty."""

    remark: str
    section: str


def place(remark: str, left: list[tuple[str, str]]) -> Left:
    """Return where a remark and the things that were left over stand; nothing is cut."""
    entries = ([("", remark)] if remark else []) + left
    if sum(len(title) + len(text) + 2 for title, text in entries) <= _MOST:
        return Left("；".join(map(_shown, entries)), "")
    kept: list[str] = []
    moved: list[str] = []
    size = len(_POINTER) + 1
    for entry in entries:
        shown = _shown(entry)
        is_short = len(shown) <= _LONG and size + len(shown) + 1 <= _MOST
        size += len(shown) + 1 if is_short else 0
        (kept if is_short else moved).append(shown)
    return Left("；".join([*kept, _POINTER]), "\n".join(moved))


def _shown(entry: tuple[str, str]) -> str:
    title, text = entry
    return f"{title}：{text}" if title else text
