"""Which fault a row is: a mark in the registration's note, by which the next import knows it again.

The mark stands in the event, because recorded events are append-only: whatever is changed in the ticket later, its mark
stays. It is made of what masks leave of the row. A digest of the raw values beside their masks would give the values
back to whoever tries them all; so Chinese characters that can be part of a name do not count, and a row has the same
mark whether a name in it was known as one or not.
"""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from faultkb import corpus
from faultkb.inflow.line import SERIAL, bare
from faultkb.inflow.persons import COLUMNS
from faultkb.privacy.surnames import NEVER_GIVEN, SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from faultkb.inflow.line import Line

_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
"""Digits in a mark could be taken for those of a phone."""
_MARK = re.compile(
    r"^events:\n  - \{at: [^\n]*, imported: true, [^\n]*，标记 ([a-p]{12})-([a-p]{12})(?:-([a-p]{12}))?[\"']?\}$",
    re.MULTILINE,
)
"""At the end of the registration, where nothing of a sheet's text comes after it."""
_SUBJECT = ("title", "故障描述", "故障描述/现象", "impact.products", "customer", "customer.id", "customer.device")
"""What tells one fault from another where a sheet has no numbers: it does not change while the fault is dealt with."""
_FIXED = frozenset(
    {"id", "type", "severity", "status", "channel", "reported_at", "due_at", "completed_at", "occurred_at"}
)
"""Columns in which no name of a person stands."""
_KEPT = frozenset(NEVER_GIVEN) - frozenset(SINGLE)
_SHORTEST = 5


_WHOSE = ("customer", "customer.id", "customer.device", "customer.contact")


class Mark(NamedTuple):
    """What a row is known by, and a digest of what it says: another one means that the row was changed.

    ``place`` is what it is known by if its description was changed (see `_place`); empty where that would be a guess.
    """

    key: str
    content: str
    place: str = ""

    def __str__(self) -> str:
        return "-".join(filter(None, self))


class Before(NamedTuple):
    """A fault that was imported: the digest of its row's content, and its id."""

    content: str
    id: str


def mark(line: Line) -> Mark:
    """Return the mark of a row: by its old number, else by what it is about."""
    cells = [one for one in line.cells if one.counts and not one.is_blank and bare(one.title) not in SERIAL]
    content = _digest(sorted(f"{bare(one.title)}\t{_said(one.name, one.masked)}" for one in cells))
    number = number_of(line)
    if number:
        return Mark(_digest(["number", number]), content)
    subject = [f"{name}\t{_said(name, one.masked)}" for name in ("reported_at", *_SUBJECT) for one in line.of(name)]
    return Mark(_digest(["subject", *subject]) if len(subject) > 1 else content, content, _place(line))


def _place(line: Line) -> str:
    """Return what tells a row of a sheet without numbers from all others, whatever its description says.

    That is its count (or else its row and whose fault it is) with sheet, day, customer and product: a new row has another
    count, or stands in another row, so that it is never taken for an older one.
    """
    count = next((bare(one.masked) for one in line.cells if bare(one.title) in SERIAL and not one.is_blank), "")
    whose = [_said(name, one.masked) for name in _WHOSE for one in line.of(name)]
    if line.first("reported_at") is None or not (count or any(whose)):
        return ""
    told = [_said(name, one.masked) for name in ("reported_at", "impact.products") for one in line.of(name)]
    return _digest(["place", line.sheet, count or f"row {line.number}", *told, "", *whose])


def number_of(line: Line) -> str:
    """Return the old number of a row if it can tell rows apart: 7 or 12 does not, every sheet has one."""
    cell = line.first("id")
    text = bare(cell.masked) if cell else ""
    return text if len(text) >= _SHORTEST or any(one.isalpha() for one in text) else ""


def known(root: Path) -> tuple[dict[str, list[Before]], dict[str, list[Before]]]:
    """Return what was imported before: by key, and by place."""
    by_key: dict[str, list[Before]] = {}
    by_place: dict[str, list[Before]] = {}
    for path in corpus.find(root):
        text = corpus.text(root, path) or ""
        match = _MARK.search(text, 0, text.find("\n---", 3)) if "imported: true" in text else None
        if match:
            one = Before(match[2], path.rpartition("/")[2].removesuffix(".md"))
            by_key.setdefault(match[1], []).append(one)
            by_place.setdefault(match[3] or "", []).append(one)
    by_place.pop("", None)
    return by_key, by_place


def _said(name: str, masked: str) -> str:
    text = "".join(unicodedata.normalize("NFKC", masked).casefold().split())
    if name in _FIXED:
        return text
    if name in COLUMNS:
        return "".join(one for one in text if one.isascii() and one.isalnum())
    return "".join(one for one in text if one != "*" and (not _is_han(one) or one in _KEPT))


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff"


def _digest(parts: Iterable[str]) -> str:
    return blake2b("\n".join(parts).encode("utf-8", "replace"), digest_size=6).hexdigest().translate(_LETTERS)
