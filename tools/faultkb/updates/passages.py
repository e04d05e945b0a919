"""The text of a section as a cell has it, back in its file: lines that nobody changed keep every byte."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from faultkb import prose
from faultkb.tracking import canonical

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.document import Document
    from faultkb.vocabulary import Vocabulary

_SECTION, _PART = 2, 3
"""The levels of the headings of sections and of their parts."""


class Passage(NamedTuple):
    """What stands in a section or a part of it, as it was shown and as it is wanted.

    Without a ``part`` it is the section: all of it if it is ``whole``, else what stands before its first part.
    """

    section: str
    part: str
    shown: str
    wanted: str
    whole: bool = False

    @property
    def title(self) -> str:
        """What the passage is called."""
        return self.part or self.section


class UnclearError(Exception):
    """Says in Chinese why a passage cannot be written back."""


def rewritten(words: Vocabulary, source: Document, one: Passage) -> str:
    """Return the text of the file with the wanted passage in it. Raise UnclearError if that is not safe."""
    wanted = prose.tame(one.wanted)
    if prose.is_open(wanted):
        raise UnclearError("代码块（```）或注释（<!--）没有结束，后面的章节会跟着进去：补上结束的一行")
    if prose.divides(wanted):
        raise UnclearError("一行接一行都像标题，会变成别的章节：改写这几行")
    spans = list(_spans(source, one))
    if len(spans) > 1:
        raise UnclearError(f"故障文件里有 {len(spans)} 个“{one.title}”，不知道写进哪一个：用 fault edit 改")
    newline = "\r\n" if "\r\n" in source.text else "\n"
    head, body = source.text[: len(source.text) - len(source.body)], source.body
    start, end = spans[0] if spans else (0, 0)
    changed = _replaced(body, start, end, one, wanted) if spans else _added(words, source, one, wanted)
    return head + (changed if newline == "\n" else changed.replace("\r\n", "\n").replace("\n", "\r\n"))


def is_same(words: Vocabulary, shown: str, wanted: str) -> bool:
    """Say whether a passage that somebody typed is what is there: as it would be written, or left open."""
    old, new = canonical(shown), canonical(prose.tame(wanted))
    return old == new or {old, new} <= {"", canonical(words.placeholder)}


def _spans(source: Document, one: Passage) -> Iterator[tuple[int, int]]:
    """Return from where to where the content of a passage reaches in the body."""
    section, level = "", _PART if one.part else _SECTION
    for number, heading in enumerate(source.headings):
        section = heading.name if heading.level <= _SECTION else section
        is_it = heading.level == level and heading.name == one.title and section == one.section
        if is_it or (level == _SECTION and heading.level < _SECTION and heading.name == one.section):
            ends = _SECTION if one.whole else _PART
            later = (each.at for each in source.headings[number + 1 :] if each.level <= ends)
            yield heading.start, next(later, len(source.body))


def _replaced(body: str, start: int, end: int, one: Passage, wanted: str) -> str:
    content = body[start:end]
    core = content.strip("\r\n")
    at = start + (content.index(core) if core else 0)
    before, after = body[:at], body[at + len(core) :]
    if not core:  # nothing stands there: keep one empty line on either side
        return f"{body[:start]}\n{wanted}\n{'' if end == len(body) else chr(10)}{body[end:]}"
    if not one.shown:  # what stands there says nothing
        return before + wanted + after
    return before + merged(core, one.shown, wanted) + after


def merged(own: str, shown: str, wanted: str) -> str:
    """Return a text with what was changed between the text that was shown of it and the one that is wanted.

    Raise UnclearError where a line would change that was not shown as it is.
    """
    return "\n".join(_merged(own.splitlines(), shown.splitlines(), wanted.splitlines()))


def _merged(own: Sequence[str], shown: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """Return the lines of the file with what was changed between the lines shown and the lines wanted."""
    places = _places(own, shown)
    old, new = ([canonical(line) for line in lines] for lines in (shown, wanted))
    result: dict[int, list[str]] = {number: [line] for number, line in enumerate(own)}
    first: list[str] = []
    for kind, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for number in range(i1, i2):
            place = places.get(number)
            if place is None or canonical(own[place]) != old[number]:
                raise UnclearError("改动的一行导出时遮盖过，写回去会丢掉原文：用 fault edit 改")
            result[place] = []
        at = max((places[number] for number in range(i2) if number in places), default=None)
        (first if at is None else result[at]).extend(wanted[j1:j2])
    return [*first, *(line for lines in result.values() for line in lines)]


def _places(own: Sequence[str], shown: Sequence[str]) -> dict[int, int]:
    """Return which line of the file each line shown is."""
    if len(own) == len(shown):
        return {number: number for number in range(len(own))}
    lines = [canonical(line) for line in own], [canonical(line) for line in shown]
    blocks = difflib.SequenceMatcher(None, *lines, autojunk=False).get_matching_blocks()
    return {b + offset: a + offset for a, b, size in blocks for offset in range(size)}


def _added(words: Vocabulary, source: Document, one: Passage, wanted: str) -> str:
    """Return the body with a new section or part, before the first of those that come later in the schema's order."""
    body = source.body
    names = [each.name for each in words.sections if each.part_of == (one.section if one.part else None)]
    later = names[names.index(one.title) + 1 :] if one.title in names else []
    text = f"{'#' * (_PART if one.part else _SECTION)} {one.title}\n\n{wanted}\n"
    if one.part and not list(_spans(source, Passage(one.section, "", "", ""))):
        text, later = f"## {one.section}\n\n{text}", []
    at = _before(source, one, later)
    head = body[:at].rstrip("\n")
    return f"{head}{chr(10) * 2 if head else chr(10)}{text}{chr(10) if body[at:] else ''}{body[at:]}"


def _before(source: Document, one: Passage, later: Sequence[str]) -> int:
    """Return where a new section or part begins: before the next one, else at the end of what it belongs to."""
    section = ""
    for heading in source.headings:
        ended = heading.level <= _SECTION and one.part and section == one.section
        section = heading.name if heading.level <= _SECTION else section
        inside = (section == one.section and heading.level == _PART) if one.part else heading.level <= _SECTION
        if ended or (inside and heading.name in later):
            return heading.at
    return len(source.body)
