"""What a detector finds, and what a repository adds to the general knowledge of private data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from faultkb.privacy.dictionary import Dictionary

_GAP = re.compile(r"\r?\n[ \t>]*")
_ACCIDENTS = re.compile(r"[\s()·•+-]")


class Match(NamedTuple):
    """A private value in a text.

    ``rule`` is the id of the rule that it breaks; ``start`` and ``end`` count the characters of the text as given;
    ``value`` is the value without the accidents of spelling (spaces, full-width digits …), the same for two spellings of
    one; ``mask`` is what to write instead of the characters from start to end; ``sure`` says that a program may do so.
    """

    rule: str
    start: int
    end: int
    value: str
    mask: str
    sure: bool

    @property
    def shown(self) -> str:
        """The mask on one line, as a message names it; in the text itself it keeps the lines of what it replaces."""
        return _GAP.sub("", self.mask)


@dataclass(frozen=True)
class Lists:
    """What a repository knows beyond the general: values that are public, and its own private words."""

    public: frozenset[str] = frozenset()
    dictionary: Dictionary | None = None

    def allow(self, value: str) -> bool:
        """Say whether a value is public, however it is spelt."""
        return bool(self._public) and _bare(value) in self._public

    @cached_property
    def _public(self) -> frozenset[str]:
        return frozenset(map(_bare, self.public))


def _bare(value: str) -> str:
    return _ACCIDENTS.sub("", value).casefold()
