"""The ticket that a row is becoming: header and sections so far, what was repaired, what found no place, why it is refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from faultkb.inflow.line import BLANK, FIELD, NAME, REST

if TYPE_CHECKING:
    from datetime import datetime

    from faultkb.inflow.line import Given, Line
    from faultkb.inflow.masking import Masks
    from faultkb.inflow.people import Directory
    from faultkb.vocabulary import Vocabulary

_QUOTED = 20


@dataclass(frozen=True, slots=True)
class Office:
    """What all rows of a file share: the schema, who has which number, the present, and what is said of their origin."""

    words: Vocabulary
    directory: Directory
    as_of: datetime
    file: str


@dataclass(slots=True)
class Draft:
    """A ticket in the making. ``sections`` are texts by section and part; ``left`` is what goes into the remark."""

    line: Line
    office: Office
    masks: Masks
    header: dict[str, Any] = field(default_factory=dict)
    sections: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    left: list[tuple[str, str]] = field(default_factory=list)
    repairs: list[str] = field(default_factory=list)
    spellings: list[str] = field(default_factory=list)
    """What was only written in another way: nobody need look at it."""
    refusals: list[str] = field(default_factory=list)
    wanted: str = ""
    """The old number, where it is one of ours and fits."""

    @property
    def words(self) -> Vocabulary:
        """The schema."""
        return self.office.words

    def take(self, name: str) -> list[Given]:
        """Return the cells of a column that say something; they are in a field from now on."""
        found = list(self.line.of(name))
        for one in found:
            one.went = one.went or FIELD
        return found

    def take_one(self, name: str) -> Given | None:
        """Return the first cell of a column that says something; other columns of that name go into the remark."""
        found = list(self.line.of(name))
        for one in found[1:]:
            if one.text != found[0].text:
                self.keep(one)
            one.went = one.went or FIELD
        if found:
            found[0].went = found[0].went or FIELD
        return found[0] if found else None

    def keep(self, cell: Given, text: str | None = None) -> None:
        """Put a cell, or what of it has no place, into the remark."""
        cell.went = REST
        self.left.append((cell.title, cell.masked if text is None else text))

    def say(self, text: str) -> None:
        """Tell that something was repaired."""
        if text not in self.repairs:
            self.repairs.append(text)

    def respell(self, text: str) -> None:
        """Tell that something was written in another way, as it was meant."""
        if text not in self.spellings:
            self.spellings.append(text)

    def write(self, section: str, part: str, text: str) -> None:
        """Add a text to a section."""
        if text.strip():
            self.sections.setdefault((section, part), []).append(text)

    def finish(self) -> None:
        """Put everything that no field took into the remark, in the order of the row."""
        for one in self.line.cells:
            if one.is_blank and one.went != NAME:
                one.went = BLANK
            elif not one.went:
                self.keep(one)
            self.left += [(f"{one.title}（{what}）", text) for what, text in one.hanging]
        self.left += self.line.look


def quoted(cell: Given) -> str:
    """Return what a cell says, masked and cut, as a message quotes it."""
    text = " ".join(cell.masked.split())
    return f"“{text if len(text) <= _QUOTED else text[: _QUOTED - 1] + '…'}”"
