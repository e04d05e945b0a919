"""The text of a ticket as it is mended: edits that are shown, and that change no more than they say."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import document, moment, tidy
from faultkb.rules import exposure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from faultkb.document import Document
    from faultkb.yamltext import Path

_FEW = 5
"""Mends of one kind in one file after which they are counted instead of listed; what is masked is always listed."""
_MOST = 50
"""Edits of a header that are tried one by one, where all of them at once would harm it."""


class Done(NamedTuple):
    """One mend: file and line, and what was done, in words that repeat no private value."""

    path: str
    line: int
    what: str


class Edit(NamedTuple):
    """Characters of a text to be replaced, and how that is told."""

    start: int
    end: int
    new: str
    what: str
    masked: Path | None = None
    """Where in the data something was masked."""


class Draft:
    """The text of a ticket as it is mended; what would change more than it says is not taken."""

    def __init__(self, path: str, text: str, shown: str) -> None:
        self.path, self.text, self.shown = path, text, shown
        self.document = document.parse(text)
        self.done: list[Done] = []
        self.masked: list[Path] = []

    def take(self, edits: Sequence[Edit], is_fine: Callable[[Document, Document], bool]) -> bool:
        """Apply the edits that leave the header fine; say whether there were any."""
        some = self._fine(edits, is_fine)
        after = document.parse(spliced(self.text, some)) if some else self.document
        lines = exposure.Lines(self.text)
        number = Counter(one.what for one in some if one.masked is None)
        told: set[str] = set()
        for one in sorted(some):
            if one.what not in told:
                many = number[one.what] > _FEW
                told |= {one.what} if many else set()
                what = f"{one.what}，共 {number[one.what]} 处" if many else one.what
                self.done.append(Done(self.shown, lines.of(one.start)[0], what))
        self.masked += [one.masked for one in some if one.masked is not None]
        self.text, self.document = after.text, after
        return bool(some)

    def _fine(self, edits: Sequence[Edit], is_fine: Callable[[Document, Document], bool]) -> list[Edit]:
        """Return the edits, but those of the header which are not fine; where they are many, each costs too much to ask."""
        if not edits or is_fine(self.document, document.parse(spliced(self.text, edits))):
            return list(edits)
        body = len(self.text) - len(self.document.body)
        kept = [one for one in edits if one.start >= body]
        kept = kept if kept and is_fine(self.document, document.parse(spliced(self.text, kept))) else []
        for one in [one for one in edits if one.start < body][:_MOST]:
            if is_fine(self.document, document.parse(spliced(self.text, [*kept, one]))):
                kept.append(one)
        return kept

    def reorder(self, order: Sequence[str]) -> None:
        """Bring the fields into the order of the schema, each with its lines and the comments before it."""
        keys = list(self.document.header)
        wanted = tidy.ordered(keys, order)
        blocks = _blocks(self.document) if wanted != keys else {}
        if blocks.keys() != set(keys):
            return
        start = self.text.find("\n") + 1
        moved = "".join(blocks[key] for key in wanted)
        after = document.parse(self.text[:start] + moved + self.text[start + len(self.document.header_text) :])
        if len(moved) == len(self.document.header_text) and is_same(self.document, after):
            self.done.append(Done(self.shown, 2, "字段按规定的顺序排列"))
            self.text, self.document = after.text, after


def spliced(text: str, edits: Sequence[Edit]) -> str:
    """Return a text with some edits in it."""
    pieces, at = [], 0
    for one in sorted(edits):
        pieces += [text[at : one.start], one.new]
        at = one.end
    return "".join([*pieces, text[at:]])


def is_better(before: Document, after: Document) -> bool:
    """Say whether less is wrong with a text than before."""
    return len(after.problems) < len(before.problems)


def is_same(before: Document, after: Document) -> bool:
    """Say whether a text holds the same data as before."""
    return not after.problems and after.header == before.header


def is_only_masked(before: Document, after: Document) -> bool:
    """Say whether the data differs in masks and in how times are written, and in nothing else."""
    return not after.problems and _alike(before.header, after.header)


def _alike(old: Any, new: Any) -> bool:
    """Say whether data has the same shape, and other values only where they are masks or times."""
    if isinstance(old, dict) and isinstance(new, dict):
        pairs = zip(old.items(), new.items(), strict=False)
        return len(old) == len(new) and all(_alike(key, key2) and _alike(one, two) for (key, one), (key2, two) in pairs)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_alike, old, new))
    return bool(old == new or (isinstance(new, str) and isinstance(old, str) and ("*" in new or moment.is_minute(new))))


def colons(source: Document) -> list[Edit]:
    """Return the edits of full-width colons behind the names of fields."""
    starts = [0, *(number + 1 for number, char in enumerate(source.text) if char == "\n")]
    found = []
    for one in source.problems:
        at = starts[one.line - 1] + one.column - 1
        if one.rule == "fullwidth-colon" and source.text[at : at + 1] == "：":
            end = at + 1
            while source.text[end : end + 1] in {" ", "\u3000"}:
                end += 1
            found.append(Edit(at, end, ": ", f"{one.detail} 后面的全角冒号改成半角"))
    return list(dict.fromkeys(found))


def blanks(source: Document) -> list[Edit]:
    """Return the edits of blanks at the ends of lines."""
    return [Edit(*span, "", "删去行末的空格") for span in tidy.trailing(source)]


def _blocks(source: Document) -> dict[str, str]:
    """Return the lines of each field, with the comments before it; nothing where two fields share a line."""
    lines = source.header_text.splitlines(keepends=True)
    starts: list[tuple[int, str]] = []
    for path, place in source.places.items():
        if len(path) == 1 and place.key:
            at = place.key.line - 1
            while at > 0 and lines[at - 1].startswith("#"):
                at -= 1
            starts.append((at, str(path[0])))
    starts.sort()
    numbers = [at for at, _ in starts]
    if len(set(numbers)) < len(numbers) or numbers[:1] != [0] or not source.header_text.endswith("\n"):
        return {}
    ends = [*numbers[1:], len(lines)]
    return {key: "".join(lines[at:end]) for (at, key), end in zip(starts, ends, strict=True)}
