"""《产品故障问题跟踪表》: the columns that the process names, and what each stands for in a ticket.

The schema lists them under ``x-table``, with the names that older sheets give them.
"""

from __future__ import annotations

import functools
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from faultkb import moment
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from faultkb.vocabulary import Vocabulary

PART = "/"
"""Stands between a section and its part in the name of a column."""
_HALF_A_MINUTE = timedelta(seconds=30)
"""Spreadsheets count in days: a minute comes back as a fraction that is a little less or more."""
_HOLLOW = re.compile("[\u115f\u1160\u2800]")
"""Letters and signs without any ink, as they are after normalisation."""
_ESCAPED = re.compile("_x000[dD]_")
"""How spreadsheets write a carriage return."""

MAIN = "result"
"""The part of a field that stands in its cell without a label."""
CUT = "……（太长，没有放完；全文在故障文件里）"
"""Ends a text that is longer than a cell of Excel holds."""
_MOST = 32_767
"""Characters of a cell in Excel, counted as UTF-16."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: what it is ``of``, its title, what else it is called, and whether the sheet that goes out has it.

    ``of`` names a field with dots (``impact.users``), a section (``原因分析``) or a part of one (``故障描述/现象``); where
    there are several, the column holds those sections. ``sections`` says that it is no field.
    """

    of: tuple[str, ...]
    title: str
    also: tuple[str, ...]
    exported: bool
    sections: bool

    @property
    def name(self) -> str:
        """What the column is called in code: the field or section, several with a + between them."""
        return "+".join(self.of)

    @property
    def path(self) -> tuple[str, ...]:
        """Where the field stands in the header."""
        return tuple(self.of[0].split("."))


@functools.lru_cache(maxsize=8)
def columns(words: Vocabulary) -> tuple[Column, ...]:
    """Return every column that is known: first, in order, those of the sheet that goes out."""
    return tuple(_columns(words))


@functools.lru_cache(maxsize=8)
def exported(words: Vocabulary) -> tuple[Column, ...]:
    """Return the columns of the sheet that goes out, in order."""
    return tuple(one for one in columns(words) if one.exported)


def name(words: Vocabulary) -> str:
    """Return what the table is called."""
    return str(_table(words)["title"])


@functools.lru_cache(maxsize=256)
def is_time(column: Column, words: Vocabulary) -> bool:
    """Say whether the cells of a column are moments."""
    return bool(_node(words, column.name).get("format") == "fault-minute")


def is_public(column: Column, words: Vocabulary) -> bool:
    """Say whether the schema publishes what a column holds, all of it or some of its parts."""
    if column.sections:
        return all(one.publish for one in words.sections if one.name in column.of and one.part_of is None)
    return bool(_node(words, column.name).get("x-publish") or published(words, column.name))


def published(words: Vocabulary, name: str) -> frozenset[str]:
    """Return the parts of a field that the schema publishes one by one."""
    parts = _node(words, name).get("properties", {}).items()
    return frozenset(key for key, part in parts if part.get("x-publish"))


def _node(words: Vocabulary, name: str) -> dict[str, Any]:
    return words.schema.resolve(words.schema.root["properties"].get(name, {}))


def canonical(value: object) -> str:
    """Return what a cell says in one form, a moment to the minute; empty for None.

    How lines end, blanks at their ends and full-width forms make no difference: office programs change them by themselves.
    """
    if isinstance(value, datetime):
        return moment.show((value + _HALF_A_MINUTE).replace(second=0, microsecond=0))
    text = unicodedata.normalize("NFKC", _ESCAPED.sub("", "" if value is None else str(value)))
    lines = seen(text.replace("\r\n", "\n").replace("\r", "\n").replace("##[", "## [")).split("\n")
    return "\n".join(map(str.rstrip, lines)).strip()


def seen(text: str) -> str:
    """Return a text as every table shows it: what nobody sees is a sign that everybody does."""
    text = _HOLLOW.sub("�", text)
    if text.replace("\n", "").isprintable():
        return text
    return "".join(one if one.isprintable() or one == "\n" else " " if one == "\t" else "�" for one in text)


def fit(text: str) -> str:
    """Return a text as a cell of Excel holds it: one that is too long is cut, and says so."""
    if len(text) <= _MOST // 2 or len(text.encode("utf-16-le", "replace")) <= _MOST * 2:
        return text
    return text.encode("utf-16-le", "replace")[: (_MOST - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT


@functools.lru_cache(maxsize=1024)
def digest(value: str | datetime | None) -> str:
    """Return a digest of what a cell says: twelve hexadecimal digits, another one where somebody changed it."""
    return hashlib.blake2b(canonical(value).encode("utf-8", "replace"), digest_size=6).hexdigest()


def synonyms(words: Vocabulary, name: str) -> Mapping[str, tuple[str, ...]]:
    """Return the choices of a field with what older sheets write for each; empty for a field without such words."""
    listed = _table(words).get("values", {}).get(name, {})
    return {choice: tuple(also) for choice, also in listed.items()}


def _table(words: Vocabulary) -> dict[str, Any]:
    found: dict[str, Any] | None = words.schema.root.get("x-table")
    if found is None:
        raise FaultError(
            "schema/ticket.schema.json 里没有 x-table，不知道跟踪表有哪些栏目：从故障知识库最新的 schema/ticket.schema.json "
            "里把 x-table 一段抄过来"
        )
    return found


def _columns(words: Vocabulary) -> Iterator[Column]:
    names = {one.name for one in words.sections if one.part_of is None}
    for key in ("columns", "read"):
        for one in _table(words).get(key, ()):
            of = tuple(one["of"]) if isinstance(one["of"], list) else (one["of"],)
            is_section = of[0].partition(PART)[0] in names
            title = one.get("title") or (of[0].rpartition(PART)[2] if is_section else words.title(*of[0].split(".")))
            yield Column(of, title, tuple(one.get("also", ())), key == "columns", is_section)
