"""Many rows at once: each is masked, composed and judged by the check, on all cores."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from faultkb import check, corpus, document, ids, privacy
from faultkb.finding import ERROR
from faultkb.inflow import compose, customers, identity, people, persons
from faultkb.inflow.draft import Draft
from faultkb.inflow.line import FIELD
from faultkb.inflow.masking import Masks, looks_like_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from faultkb.finding import Finding
    from faultkb.inflow.draft import Office
    from faultkb.inflow.line import Line
    from faultkb.vocabulary import Vocabulary

_NOTE = 900
_NAMED = 0.7
"""Share of names in a column of people."""
_APART = re.compile(r"[、,，;；/\s]+")


@dataclass(slots=True)
class Made:
    """What a row became: the text of its ticket (under number 000), its mark, and what is to be said of it."""

    sheet: str
    row: int
    text: str
    stem: str
    wanted: str
    mark: identity.Mark
    number: str
    repairs: list[str]
    spellings: list[str]
    refusals: list[str]
    warnings: list[str]
    cells: Counter[str]
    masked: Counter[str]
    unsure: int
    shown: dict[str, str] = field(default_factory=dict)
    """The row's cells by place, masked."""


def names(lines: Sequence[Line]) -> set[str]:
    """Return the full names of people that the columns for people tell."""
    texts = {one.text for line in lines for one in line.cells if one.name in persons.COLUMNS}
    told = (named.name for text in texts for named in people.read(text).people)
    return {name for name in told if looks_like_name(name)} | _elsewhere(lines)


def _elsewhere(lines: Iterable[Line]) -> set[str]:
    """Return the names of people in columns that are not known, where hardly anything else stands in them."""
    columns: dict[tuple[str, str], set[str]] = {}
    for line in lines:
        for one in line.cells:
            if not one.name and not one.is_blank:
                columns.setdefault((line.sheet, one.title), set()).update(_APART.split(one.text.strip()))
    found = set()
    for texts in columns.values():
        told = {one for one in texts if looks_like_name(one)}
        found |= told if len(told) >= _NAMED * len(texts) else set()
    return found


def make(lines: Sequence[Line], office: Office, known: Collection[str], root: Path) -> list[Made]:
    """Return what becomes of each row. ``known`` are names to mask."""
    return [_made(line, office, known, root) for line in lines]


def _made(line: Line, office: Office, known: Collection[str], root: Path) -> Made:
    masks = Masks(office.words.lists, known)
    _mask(line, masks, office.words)
    draft = Draft(line, office, masks)
    for one in line.odd:
        draft.say(one)
    compose.compose(draft)
    mark = identity.mark(line)
    text, warnings = "", list[str]()
    if not draft.refusals:
        _register(draft, mark)
        text = _clean(compose.text(draft), masks, office)
        found = _judged(draft, text, root)
        draft.refusals += [_worded(one, draft) for one in found if one.level == ERROR]
        warnings = [one.rule for one in found if one.level != ERROR]
    cells = Counter(one.went or FIELD for one in line.cells if one.counts)
    stem = "-".join(draft.header.get("id", "").split("-")[:2])
    number = identity.number_of(line)
    shown = {one.place: one.masked for one in line.cells if one.place}
    return Made(
        line.sheet,
        line.number,
        text,
        stem,
        draft.wanted,
        mark,
        number,
        draft.repairs,
        draft.spellings,
        draft.refusals,
        warnings,
        cells,
        masks.count,
        masks.unsure,
        shown,
    )


def _mask(line: Line, masks: Masks, words: Vocabulary) -> None:
    """Mask the texts of a row and what hangs on its cells; ids of customers whatever they look like, names of people."""
    plain = [one for one in line.cells if one.name not in _OWN]
    for one, text in zip(plain, masks.on([(one.title, one.text) for one in plain]), strict=True):
        one.masked = text
    quiet = masks.quiet()  # people are counted where they are written
    for one in line.cells:
        if one.name in _CUSTOMER:
            one.masked = customers.mask(words, one, masks)
        elif one.name in persons.COLUMNS:
            one.masked = _people(one.text, quiet)
        hanging = masks.on([(what, text) for what, text in one.hanging]) if one.hanging else []
        one.hanging = tuple((what, text) for (what, _), text in zip(one.hanging, hanging, strict=True))
    for one in line.cells:
        one.title = masks.quietly(one.title)
    line.odd = quiet.on([("", one) for one in line.odd]) if line.odd else []


_CUSTOMER = customers.CODES | {"customer"}
_OWN = _CUSTOMER.union(persons.COLUMNS)


def _people(text: str, masks: Masks) -> str:
    found = people.read(text)
    shown = [" ".join(filter(None, (one.staff, masks.name(one.name) if one.name else ""))) for one in found.people]
    return "、".join(filter(None, [*shown, masks.text(found.rest)]))


def _register(draft: Draft, mark: identity.Mark) -> None:
    """Write the registration: the fold begins with what the sheet says."""
    words, header = draft.words, draft.header
    event = {"at": header["reported_at"], "event": words.lifecycle.registration.name, "by": header["reporter"]["staff"]}
    event |= {"imported": True}
    event |= {
        name: header[name]
        for name in ("status", "team", "owner", "assistants", "due_at", "completed_at")
        if name in header
    }
    where = "".join(
        one if one.isprintable() else " "
        for one in f"从《{draft.office.file}》“{draft.line.sheet}”第 {draft.line.number} 行导入"
    )
    event["note"] = f"{where[:_NOTE]}，标记 {mark}"
    header["events"] = [event]


def _clean(text: str, masks: Masks, office: Office) -> str:
    """Mask what came together only in the file."""
    found = privacy.find(text, office.words.lists)
    masks.count.update(one.rule for one in found)
    return privacy.masked(text, found) if found else text


def _judged(draft: Draft, text: str, root: Path) -> list[Finding]:
    if len(text.encode()) > document.MAX_BYTES:
        draft.refusals.append("内容太长：一个故障不应超过 1 MB，把日志移出表格")
        return []
    path = ids.home(draft.header["id"])
    loaded = corpus.loaded(path, document.parse(text), draft.words)
    return check.examine(loaded, draft.words, root, draft.office.as_of)[0]


def _worded(finding: Finding, draft: Draft) -> str:
    """Return what the check says, with the name of the column instead of that of the field."""
    place = finding.place
    title = ""
    if place and place[0] == "sections":
        title = str(place[-1])
    elif place and isinstance(place[0], str) and place[0] in draft.words.schema.root["properties"]:
        title = draft.words.title(*place)
    said = f"{finding.message}（{finding.help}）" if finding.help else finding.message
    return said if not title or title in said else f"{title}：{said}"
