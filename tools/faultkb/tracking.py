"""《产品故障问题跟踪表》: the columns that the process names, and what each stands for in a ticket.

The schema lists them under ``x-table``, with the names that older sheets give them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from faultkb.vocabulary import Vocabulary

PART = "/"
"""Stands between a section and its part in the name of a column."""


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


def columns(words: Vocabulary) -> tuple[Column, ...]:
    """Return every column that is known: first, in order, those of the sheet that goes out."""
    return tuple(_columns(words))


def synonyms(words: Vocabulary, name: str) -> Mapping[str, tuple[str, ...]]:
    """Return the choices of a field with what older sheets write for each; empty for a field without such words."""
    listed = _table(words).get("values", {}).get(name, {})
    return {choice: tuple(also) for choice, also in listed.items()}


def _table(words: Vocabulary) -> dict[str, dict[str, dict[str, list[str]]]]:
    found: dict[str, dict[str, dict[str, list[str]]]] = words.schema.root.get("x-table", {})
    return found


def _columns(words: Vocabulary) -> Iterator[Column]:
    names = {one.name for one in words.sections if one.part_of is None}
    for key in ("columns", "read"):
        for one in _table(words).get(key, ()):
            of = tuple(one["of"]) if isinstance(one["of"], list) else (one["of"],)
            is_section = of[0].partition(PART)[0] in names
            title = one.get("title") or (of[0].rpartition(PART)[2] if is_section else words.title(*of[0].split(".")))
            yield Column(of, title, tuple(one.get("also", ())), key == "columns", is_section)
