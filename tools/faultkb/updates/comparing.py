"""A row that came back beside its fault: which cells somebody changed, which changed meanwhile, and which both did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from faultkb import corpus, dates, guidance, masks, rows, ticket, tracking
from faultkb.tracking import canonical
from faultkb.updates import intents, progress
from faultkb.updates.touched import Intent, Touched
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from faultkb.corpus import Loaded
    from faultkb.rows import Value
    from faultkb.ticket import Replay, Ticket
    from faultkb.tracking import Column
    from faultkb.updates.cells import Book, Digests, Line
    from faultkb.vocabulary import Vocabulary

_EVENTS = "events"


@dataclass(frozen=True)
class Compared:
    """A fault whose row says something else: where the row stands, what is meant, how many other cells changed meanwhile."""

    path: str
    id: str
    place: str
    intent: Intent
    meanwhile: int


def every(root: Path, words: Vocabulary, book: Book, as_of: datetime) -> tuple[list[Compared], list[str]]:
    """Return what each row of a book means, in the order of the table, and the ids that no fault has with their rows."""
    paths = {_stem(path): path for path in corpus.find(root)}
    wanted = [paths[one] for one in book.lines if one in paths]
    found = corpus.each(root, words, wanted, of, (book.lines, book.base, as_of))
    unknown = {one: lines for one, lines in book.lines.items() if one not in paths}
    return found, [f"{one}（{'、'.join(line.place for line in lines)}）" for one, lines in unknown.items()]


def _stem(path: str) -> str:
    return path.rpartition("/")[2].removesuffix(".md")


def shown(one: Ticket, words: Vocabulary, as_of: datetime | None = None) -> dict[str, Value]:
    """Return the cells of a fault as an export would show them at a moment, or after its last event."""
    found = masks.put_on(rows.row(one, ticket.replay(one, words.lifecycle, as_of), words), words.lists)
    return {name: tracking.fit(value) if isinstance(value, str) else value for name, value in found.items()}


def of(
    loaded: Loaded, words: Vocabulary, lines: Mapping[str, Sequence[Line]], base: Digests | None, as_of: datetime
) -> Compared:
    """Return what the row of a fault means, of those that are ``lines`` by id."""
    stem = _stem(loaded.path)
    mine = lines[stem]
    place = "、".join(line.place for line in mine)
    if loaded.ticket is None or loaded.document.problems:
        reason = f"{loaded.path} 有读不出来的地方；先运行 fault check {loaded.path}"
        return Compared(loaded.path, stem, place, Intent(refused=[reason]), 0)
    if len(mine) > 1 and len(set(map(_key, mine))) > 1:
        reason = f"表里有 {len(mine)} 行，内容不同；只留下一行"
        return Compared(loaded.path, stem, place, Intent(refused=[reason]), 0)
    one = _Comparison(words, loaded, loaded.ticket, mine[0], base, as_of)
    return Compared(loaded.path, stem, place, one.intent(), one.meanwhile)


def _key(line: Line) -> tuple[tuple[str, str], ...]:
    return tuple((name, canonical(cell.text if cell else "")) for name, cell in line.cells.items())


class _Comparison:
    def __init__(
        self, words: Vocabulary, loaded: Loaded, one: Ticket, line: Line, base: Digests | None, as_of: datetime
    ) -> None:
        self.words, self.loaded, self.ticket, self.line, self.as_of = words, loaded, one, line, as_of
        self.digests = base.get(line.id, {}) if base else {}
        self.replay: Replay = ticket.replay(one, words.lifecycle, as_of)
        self.shown = shown(one, words, as_of)
        self.meanwhile = 0

    def intent(self) -> Intent:
        found = Intent()
        header = {**self.loaded.document.header, **(self.ticket.header), **self.replay.snapshot}
        for column in tracking.exported(self.words):
            if column.name not in self.line.cells or not self._is_touched(column):
                continue
            one = Touched(self.words, self.loaded, header, column, self.line, self.shown[column.name])
            found.take(self._progress(one) if column.name == _EVENTS else self._meant(one))
        return found

    def _is_touched(self, column: Column) -> bool:
        """Say whether somebody changed a cell; count it if it only changed in the fault."""
        now = self.shown[column.name]
        said = self._said(column, now)
        known = self.digests.get(column.name)
        if said == now or canonical(said) == canonical(now):
            return False
        if known is not None and tracking.digest(said) == known:
            self.meanwhile += 1
            return False
        return True

    def _said(self, column: Column, now: Value) -> Value:
        """Return what a cell says, a moment as such, however it was typed; the day alone is no other moment of that day."""
        cell = self.line.cells[column.name]
        if cell is None or not tracking.is_time(column, self.words):
            return cell.text if cell else None
        found = dates.read(cell.value, year=self.line.year, from_1904=self.line.from_1904)
        if not found.text or found.rest:
            return cell.text
        said = datetime.fromisoformat(found.text)
        is_same_day = isinstance(now, datetime) and said.date() == now.date() and not found.has_time
        return now if is_same_day else said

    def _meant(self, one: Touched) -> Intent:
        """Read a cell; refuse what somebody else changed meanwhile."""
        if one.before.endswith(tracking.CUT):
            return Intent(refused=[f"{one.column.title}：太长，Excel 的一格放不下全文，不能从这张表改：用 fault edit"])
        found = intents.read(one)
        known = self.digests.get(one.column.name)
        if not found or found.refused or known is None or tracking.digest(one.shown) == known:
            return found
        return Intent(refused=[self._conflict(one)])

    def _progress(self, one: Touched) -> Intent:
        """Read the lines of the log; other lines that came meanwhile are no conflict."""
        if one.before.endswith(tracking.CUT):
            return self._meant(one)
        known = self.digests.get(_EVENTS)
        exported = None
        if known is not None:
            exported = one.before if tracking.digest(one.shown) == known else self._exported(known)
        found = progress.read(self.words, self.ticket.events, one.text, one.before, exported)
        if found.lost:
            reason = f"{one.column.title}：改动或删去了已有的记录（{len(found.lost)} 行）；恢复原来的行，记错了用“更正”"
            return Intent(refused=[reason])
        return Intent(entries=found.added)

    def _exported(self, known: str) -> str | None:
        """Return what the log said when it was exported."""

        def rendered(one: Ticket) -> tuple[str, str]:
            text = str(shown(one, self.words, self.as_of)[_EVENTS] or "")
            return text, tracking.digest(text)

        return progress.exported_then(self.ticket, known, rendered)

    def _conflict(self, one: Touched) -> str:
        before, typed = map(_short, masks.put_on((one.before, one.text), self.words.lists))
        said = "" if guidance.names_people(one.column, self.words) else f"，表里是“{typed}”"
        return (
            f"{one.column.title}：导出之后已经改成“{before}”{said}；"
            f"先看 fault show {one.loaded.ticket.id if one.loaded.ticket else ''}，确实要改的，在新导出的表里改；不改的，恢复这一格"
        )


def _short(text: str) -> str:
    return clip(text.strip(), 40) or "（空）"
