"""The documents of the process: what each says of a fault, as values for the placeholders of its template. No formatting here.

`case.of` reads everything, `build` makes one document of it. `names` lists the placeholders.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import masks
from faultkb.finding import FaultError
from faultkb.papers import letterhead, lines, names, tables
from faultkb.papers.letterhead import Picture
from faultkb.papers.names import NEVER, NOT_NEEDED, PICTURE, PROSE, TABLE, UNRECORDED, Name
from faultkb.schemafiles import file_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from faultkb.papers.case import Case
    from faultkb.vocabulary import Vocabulary


class Markdown(str):
    """The text of a section or of a part of one, as the ticket has it (masked), its headings and pictures included.

    What is lacking, or did not happen, is one word.
    """

    __slots__ = ()


Row = dict[str, str]
"""A row of a table: every cell by its name, one line each."""
Value = str | Markdown | tuple[Row, ...] | Picture | None
"""None is a picture that there is not. A table has at least one row: what is lacking stands in its first cell."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of one fault.

    ``values`` has a value for each placeholder of `names.EVERY`, nothing private in it. ``lacking`` says for each placeholder
    that the ticket has nothing for where that is written. ``home`` is the folder, below the root, from which the Markdown
    calls pictures ``<ID>/name.png``.
    """

    kind: str
    title: str
    number: str
    values: Mapping[str, Value]
    lacking: Mapping[str, str]
    home: str = ""

    @property
    def file(self) -> str:
        """The name of its file, without an ending."""
        return file_of(self.number)

    def rows(self, name: str) -> tuple[Row, ...]:
        """Return the rows of a table."""
        found = self.values[name]
        return found if isinstance(found, tuple) else ()


class Filled(NamedTuple):
    """A document that was written: its bytes, the placeholders that its template uses, and those that nobody knows.

    ``remarks`` say what is not in it, such as a picture that is missing.
    """

    data: bytes
    used: frozenset[str]
    unknown: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def ticked(value: str, *choices: str) -> str:
    """Show choices as boxes, the one that is the value ticked; a value that is none of them stands behind. A filter of templates."""
    boxes = [f"{'☑' if one == value else '☐'}{one}" for one in choices]
    return "　".join([*boxes, *([] if value in choices else [str(value)])])


def kinds(words: Vocabulary) -> Mapping[str, Any]:
    """Return what documents.yaml says of each kind. Raise FaultError without that file."""
    if not words.documents:
        raise FaultError(
            "缺少文件 schema/documents.yaml：从本项目的仓库复制它和 schema/documents/ 文件夹，再改成你们公司的"
        )
    found: Mapping[str, Any] = words.documents["kinds"]
    return found


def build(root: Path, case: Case, kind: str) -> Paper:
    """Return the document of a kind. Raise FaultError where the logo cannot be read."""
    given = kinds(case.words)[kind]
    number = numbered(case, kind)
    found = _found(case) | {
        "公司名称": case.words.documents["company"],
        "文件标题": given["title"],
        "文件编号": number,
        "文件版本": given.get("version", ""),
        "密级": case.words.documents.get("classification", ""),
        "编制日期": case.as_of.date().isoformat(),
        "签字": [{"职责": one, "签名": "", "日期": ""} for one in given.get("signatures", ())],
        "文件清单": _listed(case),
    }
    values: dict[str, Value] = {"公司标志": letterhead.logo(root, case.words)}
    lacking: dict[str, str] = {}
    for one in names.EVERY.values():
        if one.kind == PICTURE:
            continue
        word = "" if found.get(one.name) else _absent(one, case)
        values[one.name] = _value(one, found.get(one.name), word)
        if word == case.words.placeholder:
            lacking[one.name] = one.write
    home = case.ticket.path.rpartition("/")[0]
    return Paper(kind, given["title"], number, values, lacking, home)


def specimen(root: Path, words: Vocabulary, kind: str) -> Paper:
    """Return a document of no fault, every value of which is its own name: what templates are tried with."""
    given = kinds(words)[kind]
    values: dict[str, Value] = {one.name: _named(one) for one in names.EVERY.values()}
    return Paper(kind, given["title"], given["number"], values | {"公司标志": letterhead.logo(root, words)}, {})


def _named(one: Name) -> Value:
    return (
        ({cell: cell for cell in one.cells},)
        if one.kind == TABLE
        else Markdown(one.name)
        if one.kind == PROSE
        else one.name
    )


def _found(case: Case) -> dict[str, Any]:
    """Return what the ticket says for each placeholder, masked."""
    found: dict[str, Any] = {**lines.of(case), **lines.prose(case), "问题编号": own_id(case)}
    found |= {name: list(rows(case)) for name, rows in tables.TABLES.items()}
    return masks.put_on(found, case.words.lists)


def own_id(case: Case) -> str:
    """Return the id of a fault: the name of its file, whatever its header says."""
    return PurePosixPath(case.ticket.path).stem


def numbered(case: Case, kind: str) -> str:
    """Return the number of a document."""
    year, month = f"{case.ticket.reported_at:%Y}", f"{case.ticket.reported_at:%m}"
    dated = re.search(r"-(\d{4})(\d{2})\d{2}-", own_id(case))
    if dated:
        year, month = dated.groups()
    parts = {"{问题编号}": own_id(case), "{年}": year, "{月}": month}
    pattern: str = kinds(case.words)[kind]["number"]
    return re.sub("|".join(parts), lambda match: parts[match[0]], pattern)


def _listed(case: Case) -> list[Row]:
    return [
        {"序号": str(number), "文件": one["title"], "文件编号": numbered(case, kind)}
        for number, (kind, one) in enumerate(kinds(case.words).items(), 1)
    ]


_KNOWLEDGE = {"现象一句话", "解决方法一句话"}
_REVIEW = {"评审", "评审人员", "方案评审"}
_CONFIRMING = {"确认", "用户确认结果", "用户确认"}
_REPORTED = frozenset(one.name for group in ("故障", "影响", "描述") for one in names.GROUPS[group])
"""What is asked of every report, whatever became of it."""


def _absent(one: Name, case: Case) -> str:
    """Return the word for what the ticket does not say: the placeholder where it should, else why it need not."""
    if not one.write:
        return one.absent
    if one.name not in _REPORTED and (case.is_voided or not _is_due(one.name, case)):
        return NEVER if one.kind == TABLE else NOT_NEEDED
    return UNRECORDED if case.is_history else case.words.placeholder


def _is_due(name: str, case: Case) -> bool:
    """Say whether a part of the process belongs to this fault."""
    if name in _KNOWLEDGE:
        return case.standing.kb_entry in {"", _ADMITTED}
    if name in _REVIEW:
        return case.needs_review or bool(tables.reviews_of(case))
    if name in _CONFIRMING:
        return bool(case.header.get("customer"))
    return case.is_external if name == "反馈" else True


_ADMITTED = "收录"
"""The decision with which a fault becomes an article."""


def _value(one: Name, found: Any, word: str) -> Value:
    if one.kind == TABLE:
        rows = [{name: _line(row.get(name, "")) for name in one.cells} for row in found or ()]
        empty = dict.fromkeys(one.cells, "")
        return tuple(rows) or ({**empty, one.cells[_says(one)]: word},)
    if one.kind == PROSE:
        return Markdown(found or word)
    return _line(str(found)) if found else word


def _says(one: Name) -> int:
    """Return which cell says that there is nothing: the first that is no mere number."""
    return 1 if one.cells[0] == "序号" else 0


def _line(text: str) -> str:
    return " ".join(text.split())
