"""Markdown that people hand in: the entries of an issue form, and text made fit to stand in a section of a ticket.

GitHub turns a filled form into ``### <label>``, a blank line and the value, for each field in the form's order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from faultkb.document import MAX_BYTES, Document
from faultkb.finding import FaultError

_LABEL = 3
"""The level of a form's own headings, and the deepest that divides a ticket."""
_PASSES = 4
"""An escaped line may make the next one an underline; rows upon rows of those are no person's text."""
_EMPTY = "_No response_"
_BLANK_LINES = re.compile(r"(?:[ \t\u3000]*\n)*")
_CHECKBOX = re.compile(r"[-*] +\[([ xX])\] +(.*)")
_BULLET = re.compile(r"[-*] +(?=\S)")
_SEPARATORS = re.compile("[、，,\n]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One field of a form: its label, what stands below it, and the lines on which label and text begin."""

    label: str
    text: str
    line: int
    text_line: int


def decode(data: bytes) -> str:
    """Return the text of a form. Raise FaultError if it is none, or too long."""
    if len(data) > MAX_BYTES:
        raise FaultError("表单太大：不应超过 1 MB，日志请作为附件", code=1)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FaultError("表单不是 UTF-8 编码的文本（可能是 GBK 或 UTF-16）：请另存为 UTF-8", code=1) from None
    return _lines(text)


def parse(text: str) -> list[Entry]:
    """Return the entries of a form, in order. Raise FaultError where it cannot be told what belongs to which.

    Headings in code fences, and those of any other level, are text of the entry in which they stand.
    """
    source = Document(text, {}, text)
    labels = [one for one in source.headings if one.level == _LABEL]
    if is_open(text):
        line = f"第 {source.open_fence} 行开始的代码块没有结束" if source.open_fence else "有注释（<!--）没有结束"
        raise FaultError(f"表单里{line}，看不出后面的栏目：补上结束的一行", code=1)
    begin = labels[0].at if labels else len(text)
    if text[:begin].strip() or not labels:
        raise FaultError("表单的第一行应当是“### 栏目名”，例如“### 问题标题”，空一行，再写内容", code=1)
    ends = [*(one.at for one in labels[1:]), len(text)]
    entries = []
    for one, end in zip(labels, ends, strict=True):
        start = one.start + _blank(text[one.start : end])
        entries.append(
            Entry(one.name.rstrip("：: "), _value(text[start:end]), source.line_of(one.at), source.line_of(start))
        )
    return entries


def _value(text: str) -> str:
    text = text.rstrip()
    return "" if text.strip() == _EMPTY else text


def ticked(text: str) -> list[str] | None:
    """Return the ticked labels of a list of checkboxes; None if a text is no such list."""
    boxes = [_CHECKBOX.fullmatch(line.strip()) for line in text.splitlines() if line.strip()]
    if not boxes or None in boxes:
        return None
    return [box[2] for box in boxes if box and box[1] != " "]


def listed(text: str) -> list[str]:
    """Return the values of a text that holds several: one a line, or with commas between them."""
    items = (_BULLET.sub("", item.strip(), count=1).strip() for item in _SEPARATORS.split(text))
    return [item for item in items if item]


def tame(text: str) -> str:
    """Write a text as it may stand in a part of a section: what would be a heading there gets a backslash.

    The number of lines stays, but for blank ones at either end. Invisible control characters become �.
    """
    text = _CONTROL.sub("�", _lines(text))
    text = text[_blank(text) :].rstrip()
    for _ in range(_PASSES):
        marks = [_mark(text, one.at, one.start) for one in Document("", {}, text).headings if one.level <= _LABEL]
        pieces = [text[start:end] for start, end in zip([0, *marks], [*marks, len(text)], strict=True)]
        text = "\\".join(pieces)
    return text


def is_open(text: str) -> bool:
    """Say whether a code fence or a comment begins in a text and does not end there: it would swallow what follows."""
    found = Document("", {}, f"{text}\n\n# ").headings
    return not found or found[-1].at != len(text) + 2


def divides(text: str) -> bool:
    """Say whether a text that stands in a part of a section would begin another one."""
    return any(one.level <= _LABEL for one in Document("", {}, text).headings)


def _mark(text: str, at: int, start: int) -> int:
    """Return where the character stands that makes a heading: its first #, or the first of its underline."""
    lines = text[at:start].rstrip("\n")
    line = lines.rpartition("\n")[2]
    return at + len(lines) - len(line.lstrip(" "))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _blank(text: str) -> int:
    """Return the length of the blank lines at the beginning."""
    match = _BLANK_LINES.match(text)
    return match.end() if match else 0
