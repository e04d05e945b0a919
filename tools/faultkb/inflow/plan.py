"""What would become of every row of a file: imported, refused, imported before. Nothing is written here."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from faultkb import corpus, ids, privacy, sheets, tracking
from faultkb.finding import FaultError
from faultkb.inflow import choices, identity, notices, work
from faultkb.inflow.draft import Office
from faultkb.inflow.line import BLANK, FIELD, NAME, REST, Line, bare, lines
from faultkb.inflow.masking import Masks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from faultkb.inflow.identity import Before
    from faultkb.inflow.people import Directory
    from faultkb.inflow.work import Made
    from faultkb.sheets import Cell, Sheet, Value
    from faultkb.vocabulary import Vocabulary

    Page = tuple[str, int, dict[int, dict[int, Value]]]

IMPORTED, REPAIRED, REFUSED, KNOWN, NO_DATA = "导入", "修正后导入", "没有导入", "已经导入过", "不是数据"
OUTCOMES = (IMPORTED, REPAIRED, REFUSED, KNOWN, NO_DATA)


@dataclass(slots=True)
class Fate:
    """What becomes of a row: its outcome, the id, and what is to be said of it; ``made`` is None for what is no fault."""

    sheet: str
    row: int
    outcome: str
    id: str = ""
    remarks: list[str] = field(default_factory=list)
    spellings: list[str] = field(default_factory=list)
    """What was written in another way, as it was meant; nobody need look at it."""
    made: Made | None = None
    into: int = 0
    """The row whose fault it was joined with, by merged cells; 0 for none."""

    @property
    def is_new(self) -> bool:
        """Say whether a ticket is to be written."""
        return self.outcome in {IMPORTED, REPAIRED}


@dataclass(slots=True)
class Plan:
    """What becomes of a file: the fate of every row that is not empty, and where each cell goes."""

    file: str
    fates: list[Fate]
    cells: Counter[str]
    filled: int
    masked: Counter[str] = field(default_factory=Counter)
    unsure: int = 0
    unknown: dict[str, list[str]] = field(default_factory=dict)
    """The columns of each sheet that are not known: they go into the remark."""
    pictures: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The cells of each sheet that pictures stand at."""
    notices: list[str] = field(default_factory=list)
    """What is to be said of whole sheets."""
    pages: list[Page] = field(default_factory=list)
    """Each sheet as it goes back: its name, the row of its headings, its rows by number, masked."""

    @property
    def new(self) -> list[Fate]:
        """The rows that become tickets."""
        return [one for one in self.fates if one.is_new]

    @property
    def counts(self) -> Counter[str]:
        """How many rows have each outcome."""
        return Counter(one.outcome for one in self.fates)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user wants of an import: the sheets (empty: all), values for empty columns by heading, who has which number."""

    sheets: tuple[str, ...]
    defaults: Mapping[str, str]
    directory: Directory


def build(root: Path, words: Vocabulary, path: Path, wish: Wish, as_of: datetime) -> Plan:
    """Read a workbook and return what would become of it. Raise FaultError in plain words where it cannot be read."""
    defaults = _defaults(words, wish.defaults)
    name = privacy.masked(path.name, privacy.find_in_name(path.name, words.lists))
    if not path.exists():
        raise FaultError(f"没有文件 {name}：检查路径和文件名")
    found = sheets.read(path, words)
    read = [line for sheet in found if not sheet.skipped for line in lines(sheet, defaults)]
    names = work.names(read) | wish.directory.names
    shown = _names(found, Masks(words.lists, names))
    chosen = _chosen(found, wish.sheets, shown)
    kept = {one.name for one in chosen}
    every = [replace(line, sheet=shown[line.sheet]) for line in read if shown[line.sheet] in kept]
    _twins(every)
    made = corpus.spread(every, work.make, (Office(words, wish.directory, as_of, name), names, root))
    masks = Masks(words.lists, names)
    is_own = any(one.skipped == sheets.AIDS for one in found)
    fates = [*_fates(root, made, is_own=is_own), *_others(chosen, masks)]
    taken: dict[str, set[str]] = defaultdict(set)
    for line in every:
        taken[line.sheet].update(one.title for one in line.cells if one.joined)
    order = {sheet.name: number for number, sheet in enumerate(chosen)}
    fates.sort(key=lambda one: (order[one.sheet], one.row))
    result = Plan(
        name, fates, _cells(chosen, fates), sum(one.filled for one in chosen), pages=_pages(chosen, made, masks)
    )
    result.unknown = {
        one.name: masks.on([("", each) for each in titles])
        for one in chosen
        if not one.skipped and (titles := _unknown(one, taken[one.name]))
    }
    result.pictures = {one.name: one.pictures for one in chosen if one.pictures}
    result.notices = list(notices.notices(chosen, fates, result.unknown, REFUSED))
    for one in result.new:
        result.masked += one.made.masked if one.made else Counter()
        result.unsure += one.made.unsure if one.made else 0
    return result


def _unknown(sheet: Sheet, taken: Collection[str]) -> list[str]:
    """Return the columns that are not known, without those with the clock of another one."""
    headings = (*sheet.unknown, *(one for one in sheet.fields.values() if not one.column))
    return [text for text in dict.fromkeys(one.text for one in headings) if text not in taken]


def _names(found: Iterable[Sheet], masks: Masks) -> dict[str, str]:
    """Return what each sheet is called from now on: without anything private, and no two alike."""
    shown: dict[str, str] = {}
    for name in dict.fromkeys(one.name for one in found):
        masked = masks.on([("姓名", name)])[0]
        possible = (masked, *(f"{masked} {number}" for number in range(2, len(shown) + 2)))
        shown[name] = next(one for one in possible if one not in shown.values())
    return shown


def _others(chosen: Sequence[Sheet], masks: Masks) -> list[Fate]:
    """Return the rows that are no faults, and those that go on with the fault of the row above them."""
    fates = []
    for sheet in chosen:
        for row in sheet.rows:
            if sheet.skipped or row.kind != sheets.DATA:
                why = masks.quietly(sheet.skipped or row.why or row.kind)
                fates.append(Fate(sheet.name, row.number, NO_DATA, remarks=[why]))
            elif row.continues:
                into = 0 if sheet.fields else row.continues
                said = f"内容在第 {row.continues} 行的故障里"
                fates.append(Fate(sheet.name, row.number, NO_DATA, remarks=[said], into=into))
    return fates


def _pages(chosen: Sequence[Sheet], made: Sequence[Made], masks: Masks) -> list[Page]:
    """Return the sheets with masks: a value stays what it is where nothing in it is private."""
    shown = {(one.sheet, place): text for one in made for place, text in one.shown.items()}
    pages = []
    for sheet in chosen:
        loose = [cell for row in sheet.rows for cell in row.cells.values() if (sheet.name, cell.place) not in shown]
        texts = masks.on([("", cell.text) for cell in loose]) if loose else []
        shown |= {(sheet.name, cell.place): text for cell, text in zip(loose, texts, strict=True)}
        rows = {
            row.number: {n: _value(cell, shown[sheet.name, cell.place]) for n, cell in row.cells.items()}
            for row in sheet.rows
        }
        heads = [row.number for row in sheet.rows if row.kind == sheets.HEADER]
        pages.append((sheet.name, max(heads[:1], default=0), rows))
    return pages


def _value(cell: Cell, masked: str) -> Value:
    return cell.value if masked == cell.text and not isinstance(cell.value, str) else masked


def _chosen(found: Sequence[Sheet], wanted: Sequence[str], shown: Mapping[str, str]) -> list[Sheet]:
    """Return the sheets that are wanted, by their names in the file or without masks, called as they are shown."""
    for name in wanted:
        if name not in shown and name not in shown.values():
            raise FaultError(f"没有那个名字的工作表；这个文件里有：{'、'.join(shown.values())}")
    return [
        replace(one, name=shown[one.name])
        for one in found
        if not wanted or one.name in wanted or shown[one.name] in wanted
    ]


def _defaults(words: Vocabulary, given: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """Return the values for empty columns by the name of the column. Raise FaultError for what does not exist."""
    known = {bare(title): one for one in tracking.columns(words) for title in (*one.also, one.title)}
    known |= {bare(one.title): one for one in tracking.columns(words)}
    found = {}
    for title, text in given.items():
        column = known.get(bare(title))
        if column is None:
            titles = "、".join(one.title for one in tracking.columns(words))
            raise FaultError(f"--set {title}=…：没有叫“{title}”的栏目；可以写：{titles}")
        possible = choices.possible(words, column.name)
        if possible and choices.meant(words, column.name, text) is None:
            raise FaultError(f"--set {column.title}=…：没有这个选项；可以写：{'、'.join(possible)}")
        found[column.name] = (column.title, text)
    return found


def _twins(every: Iterable[Line]) -> None:
    """Tell rows apart that have the same old number."""
    seen: dict[str, Line] = {}
    for line in every:
        cell = line.first("id")
        text = bare(cell.text) if cell else ""
        if re.search(r"[^0-9]|[0-9]{5}", text):
            first = seen.setdefault(text, line)
            line.twin = first.number if first is not line else 0


def _fates(root: Path, made: Sequence[Made], *, is_own: bool) -> list[Fate]:
    """Decide on every row: what was imported before is found again first, then what the file has twice."""
    groups = defaultdict(list)
    for one in made:
        groups[one.mark.key].append(one)
    by_key, by_place = identity.known(root)
    fates: dict[tuple[str, int], Fate] = {}
    for key, rows in groups.items():
        fates |= {(each.sheet, each.row): each for each in _decided(rows, by_key.get(key, []))}
    found = [fates[one.sheet, one.row] for one in made]
    _reworded(found, by_place)
    _number(root, found, is_own=is_own)
    return found


def _reworded(fates: Sequence[Fate], by_place: Mapping[str, Sequence[Before]]) -> None:
    """Find rows again whose description was changed: a fault from their place that no other row is."""
    taken = {one.id for one in fates if one.outcome == KNOWN}
    for one in fates:
        left = [each.id for each in by_place.get(one.made.mark.place if one.made else "", ()) if each.id not in taken]
        if one.is_new and left:
            one.outcome, one.id, one.remarks, one.spellings = KNOWN, left[0], [_changed(left[0])], []
            taken.add(left[0])


def _changed(ticket_id: str) -> str:
    return f"“{ticket_id}”的内容与导入时不同：没有改动，要改的用 fault log 记事件"


def _decided(rows: Sequence[Made], known: Sequence[Before]) -> list[Fate]:
    """Decide on rows that are about the same: equal ones first, then those that were changed, in order.

    Rows that cannot be imported come last: what was imported is none of them.
    """
    fates: list[Fate] = []
    waiting: list[Made] = []
    left = list(known)
    seen: dict[str, Made] = {}
    counts: Counter[tuple[str, str]] = Counter()
    most: Counter[str] = Counter()
    for one in sorted(rows, key=lambda one: bool(one.refusals)):
        content = one.mark.content
        counts[one.sheet, content] += 1
        first = seen.setdefault(content, one)
        if first is not one and (one.number or counts[one.sheet, content] <= most[content]):
            # The same number and the same content, or the same row on another sheet (一月, 汇总).
            fates.append(
                Fate(one.sheet, one.row, REFUSED, remarks=[f"与{_where(first, one)}完全相同，只导入一次"], made=one)
            )
            continue
        most[content] = max(most[content], counts[one.sheet, content])
        match = next((each for each in left if each.content == content), None)
        if match:
            left.remove(match)
            fates.append(Fate(one.sheet, one.row, KNOWN, match.id, made=one))
        else:
            waiting.append(one)
    for one in waiting:
        if left:
            ticket_id = left.pop(0).id
            fates.append(Fate(one.sheet, one.row, KNOWN, ticket_id, remarks=[_changed(ticket_id)], made=one))
        elif one.refusals:
            fates.append(Fate(one.sheet, one.row, REFUSED, remarks=one.refusals, made=one))
        else:
            outcome = REPAIRED if one.repairs or one.spellings else IMPORTED
            fates.append(Fate(one.sheet, one.row, outcome, "", one.repairs, one.spellings, one))
    return fates


def _where(first: Made, one: Made) -> str:
    return f"第 {first.row} 行" if first.sheet == one.sheet else f"“{first.sheet}”第 {first.row} 行"


def _number(root: Path, fates: Sequence[Fate], *, is_own: bool) -> None:
    """Give each new row the id that is free now; a row whose own number a fault has is known in our export, else refused."""
    stems = (path.rpartition("/")[2].removesuffix(".md") for path in corpus.find(root))
    taken = {bare(stem): stem for stem in stems}
    for one in fates:
        # Also where the number does not fit any more: types are corrected.
        if one.is_new and one.made and one.made.number in taken:
            one.outcome = KNOWN if is_own else REFUSED
            one.id, one.remarks, one.spellings = taken[one.made.number], [_EXPORTED if is_own else _TAKEN], []
    new = [one for one in fates if one.is_new and one.made]
    batch = ids.several(root, [one.made.wanted or one.made.stem for one in new if one.made])
    for one, ticket_id in zip(new, batch.ids, strict=True):
        one.id = ticket_id


_EXPORTED = "这是导出的故障，没有改动：改动用 fault import --update 记成事件"
_TAKEN = "已有这个编号的故障：要改它，用 fault log 记事件；不是同一个故障的，改掉这一行的编号"


def _cells(chosen: Sequence[Sheet], fates: Sequence[Fate]) -> Counter[str]:
    """Say where every cell of the file went."""
    cells: Counter[str] = Counter()
    for one in fates:
        if one.made:
            cells.update(one.made.cells if one.is_new else {one.outcome: one.made.cells.total()})
    for sheet in chosen:
        counts = sheet.counts
        if sheet.skipped:
            cells[f"工作表“{sheet.name}”"] += sum(number for kind, number in counts.items() if kind != sheets.REPEATED)
            continue
        for kind, number in counts.items():
            if kind not in {sheets.DATA, sheets.REPEATED}:
                cells[kind] += number
    return cells


WORDS = {
    FIELD: "进了字段与正文",
    REST: "进了备注（或“原表内容”）",
    BLANK: "只写了“无”“/”之类，没有抄",
    NAME: "表单里栏目的名字",
    REFUSED: "在没有导入的行里",
    KNOWN: "在已经导入过的行里",
}
"""What is said of each place where cells go."""
