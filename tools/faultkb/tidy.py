"""Small mends that need no judgement: a time written otherwise, a name or number to be masked, blanks at the end of a line."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import moment
from faultkb.privacy.surnames import COMPOUNDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from faultkb.document import Document

_MINUTE = re.compile(
    r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})[ T]\s*|年\s*(\d{1,2})月\s*(\d{1,2})日\s*)(\d{1,2})(?::(\d{2})|时(\d{2})分)",
    re.ASCII,
)
_CHINESE_NAME = re.compile("[\u3400-\u9fff]{2,4}")
_FOREIGN_NAME = re.compile(r"[A-Za-z][A-Za-z.'’·-]*(?: [A-Za-z][A-Za-z.'’·-]*){0,3}")
_BRACKETS = re.compile(r"[*()\[\]【】\s]+")
_FAMILY = re.compile("[\u3400-\u9fff]?|[A-Za-z]{1,6}")
"""In pinyin a family name has six letters at most."""
_CODE = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")
_SHOWN = _HIDDEN = 4
_BLANKS = re.compile(r"(?<![ \t])[ \t]++(?=\r?(?:\n|\Z))")


def minute(text: str) -> str | None:
    """Return a time as this program writes it; None where it is none, or says less than the minute."""
    found = _MINUTE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return None
    year, _, month, day, month2, day2, hour, minutes, minutes2 = found.groups()
    numbers = [int(one) for one in (month or month2, day or day2, hour)]
    written = f"{year}-{numbers[0]:02}-{numbers[1]:02} {numbers[2]:02}:{minutes or minutes2}"
    return written if moment.is_minute(written) else None


def name(text: str) -> str | None:
    """Return the family name with an asterisk; None where the text may be something else than a name."""
    if _CHINESE_NAME.fullmatch(text):
        return f"{text[:2] if text[2:] and text[:2] in COMPOUNDS else text[0]}*"
    return f"{text[0]}*" if _FOREIGN_NAME.fullmatch(text) else None


def shows_family(text: str) -> bool:
    """Say whether a name that has a mask shows the family name at most, whatever else stands around it."""
    bare = _BRACKETS.sub("", unicodedata.normalize("NFKC", text))
    return _FAMILY.fullmatch(bare) is not None or bare in COMPOUNDS


def code(text: str) -> str | None:
    """Return the id of a customer or device, or a phone number, without its middle; None where too little would be left."""
    if not _CODE.fullmatch(text):
        return None
    first, *rest = re.split("[-_]", text)
    if len(rest) > 1:
        return f"{first[:_SHOWN]}-****-{rest[-1][-_SHOWN:]}"
    letters = re.match("[A-Za-z]{0,3}", text)
    begin = letters.group() if letters and letters.group() else text[:3]
    return f"{begin}****{text[-_SHOWN:]}" if len(text) >= len(begin) + _HIDDEN + _SHOWN else None


class Span(NamedTuple):
    """A stretch of a text."""

    start: int
    end: int


def trailing(document: Document) -> list[Span]:
    """Return the blanks at the ends of lines that mean nothing: no hard line break of Markdown, nothing in a code fence."""
    text = document.text
    if not any(one in text for one in (" \n", "\t\n", " \r\n", "\t\r\n")) and text[-1:] not in {" ", "\t"}:
        return []
    return list(_trailing(document))


def _trailing(document: Document) -> Iterator[Span]:
    text, body = document.text, len(document.text) - len(document.body)
    for found in _BLANKS.finditer(text):
        start = found.start()
        if start >= body:
            is_break = found.group().endswith("  ") and text[start - 1 : start] not in {"\n", ""}
            if is_break or document.is_code(start - body):
                continue
        yield Span(*found.span())


def ordered(keys: Iterable[str], order: Sequence[str]) -> list[str]:
    """Return keys in the order of the schema; one that it does not know stays behind the key before it."""
    ranked: list[tuple[int, str]] = []
    rank = -1
    for key in keys:
        rank = order.index(key) if key in order else rank
        ranked.append((rank, key))
    return [key for _, key in sorted(ranked, key=lambda one: one[0])]


_CODES = {("customer", one) for one in ("id", "device", "contact")}


def scalar(header: object, path: Sequence[str | int], hint: str) -> str | None:
    """Return what to write instead of a value that breaks the schema, None where that is not certain.

    ``hint`` is what the schema says of how to write it.
    """
    value: Any = header
    try:
        for step in path:
            value = value[step]
    except (LookupError, TypeError):
        return None
    if not isinstance(value, str):
        return None
    if tuple(path) in _CODES:
        return code(value) if "*" not in value else None
    return minute(value) if "YYYY-MM-DD HH:MM" in hint else None
