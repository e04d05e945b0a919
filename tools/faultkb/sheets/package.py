"""What stands where in the package of a workbook: its sheets, texts, looks, and what hangs on each sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from openpyxl.cell.text import Text
from openpyxl.packaging.relationship import get_dependents, get_rels_path
from openpyxl.utils import get_column_letter
from openpyxl.xml.constants import REL_NS, SHEET_DRAWING_NS, SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, iterparse

from faultkb.finding import FaultError
from faultkb.sheets import limits, shown, styles

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from zipfile import ZipFile

    from faultkb.sheets.styles import Looks

_MAIN, _DRAWN = f"{{{SHEET_MAIN_NS}}}", f"{{{SHEET_DRAWING_NS}}}"
_MOST_HELD = 1_000_000
"""Elements of one row; a full row has 16,384 cells."""
_THREAD = ("[Threaded comment]", "[线程批注]")
_COMMENT = ("Comment:", "注释:", "批注:", "注释：", "批注：")
"""What Excel writes before a modern comment for programs that know only the old ones."""


@dataclass(frozen=True, slots=True)
class Part:
    """A worksheet in the package: its name, state (visible, hidden, veryHidden) and path, what it refers to by kind and id."""

    name: str
    state: str
    path: str
    kinds: dict[str, list[str]]
    targets: dict[str, str]


@dataclass(frozen=True, slots=True)
class Book:
    """The package of a workbook, with what all sheets share."""

    archive: ZipFile
    parts: tuple[Part, ...]
    texts: list[str]
    looks: Looks
    from_1904: bool


def book(archive: ZipFile) -> Book:
    """Return what a package holds; nothing of the cells is read yet."""
    main, path = _main(archive)
    kinds, targets = _related(archive, path)
    if not main.tag.startswith(_MAIN):
        raise FaultError("这是“Strict Open XML”工作簿，不能读取：另存时选“Excel 工作簿（.xlsx）”，再导入一次")
    settings = main.find(f"{_MAIN}workbookPr")
    sheets, parts = set(kinds.get("worksheet", ())), {}
    for one in main.iter(f"{_MAIN}sheet"):
        target = targets.get(one.get(f"{{{REL_NS}}}id", ""), "")
        if target in sheets and target not in parts:
            parts[target] = Part(one.get("name", ""), one.get("state", "visible"), target, *_related(archive, target))
        if len(parts) > limits.MOST_SHEETS:
            raise FaultError(f"工作表超过 {limits.MOST_SHEETS:,} 个：只留下跟踪表，再导入一次")
    return Book(
        archive,
        tuple(parts.values()),
        _texts(archive, kinds),
        styles.looks(_first(archive, kinds, "styles"), _first(archive, kinds, "theme")),
        settings is not None and settings.get("date1904", "0") in {"1", "true"},
    )


def pieces(stream: IO[bytes], names: Container[str]) -> Iterator[tuple[str, Any]]:
    """Yield the elements of these names, with their names; each, and everything else, is forgotten once it is over."""
    above: list[Any] = []
    wanted = held = 0
    for event, element in iterparse(stream, events=("start", "end")):
        name = element.tag.rpartition("}")[2]
        if event == "start":
            above.append(element)
            wanted += name in names
            held += 1
            if held > _MOST_HELD:
                raise FaultError(
                    "文件里的一行或一个单元格大得不正常，没有读取：只留下跟踪表，复制到一个新的工作簿里，再导入一次"
                )
            continue
        above.pop()
        if name in names:
            wanted -= 1
            yield name, element
        if not wanted and above:
            above[-1].clear()
            held = len(above)


def notes(archive: ZipFile, part: Part) -> Iterator[tuple[str, str]]:
    """Yield the place and text of each comment of a sheet, without the author's name above it."""
    for path in _there(archive, part, "comments"):
        root: Any = fromstring(archive.read(path))
        authors = [one.text or "" for one in root.iter(f"{_MAIN}author")]
        for one in root.iter(f"{_MAIN}comment"):
            text = one.find(f"{_MAIN}text")
            if text is not None:
                number = one.get("authorId", "")
                author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
                content: str = Text.from_tree(text).content  # type: ignore[union-attr] # a tree is never None
                yield one.get("ref", ""), _said(shown.plain(content), author)


def pictures(archive: ZipFile, part: Part) -> tuple[str, ...]:
    """Return the cells at which pictures begin; charts and shapes are none."""
    places = []
    for path in _there(archive, part, "drawing"):
        for anchor in fromstring(archive.read(path)):
            start = anchor.find(f"{_DRAWN}from")
            if start is not None and anchor.find(f".//{_DRAWN}pic") is not None:
                column, row = (int(start.findtext(f"{_DRAWN}{name}") or 0) for name in ("col", "row"))
                places.append(f"{get_column_letter(column + 1)}{row + 1}")
    return tuple(places)


def _main(archive: ZipFile) -> tuple[Any, str]:
    """Return the workbook's own part, and its path."""
    kinds, _ = _related(archive, "")
    path = next(iter(kinds.get("officeDocument", ())), "xl/workbook.xml")
    return fromstring(archive.read(path)), path


def _related(archive: ZipFile, path: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return what a part refers to: paths by kind, and paths or addresses by id."""
    where: str = get_rels_path(path) if path else "_rels/.rels"  # type: ignore[no-untyped-call]
    kinds: dict[str, list[str]] = {}
    targets: dict[str, str] = {}
    if where in archive.namelist():
        for one in get_dependents(archive, where):
            targets[str(one.Id)] = one.Target
            if one.TargetMode != "External":
                kinds.setdefault(one.Type.rpartition("/")[2], []).append(one.Target)
    return kinds, targets


def _there(archive: ZipFile, part: Part, kind: str) -> list[str]:
    """Return the paths of what a sheet refers to; programs leave references to parts that they have thrown away."""
    there = set(archive.namelist())
    return [path for path in dict.fromkeys(part.kinds.get(kind, ())) if path in there]


def _first(archive: ZipFile, kinds: dict[str, list[str]], kind: str) -> bytes | None:
    path = next(iter(kinds.get(kind, ())), "")
    return archive.read(path) if path in archive.namelist() else None


def _texts(archive: ZipFile, kinds: dict[str, list[str]]) -> list[str]:
    path = next(iter(kinds.get("sharedStrings", ())), "")
    if path not in archive.namelist():
        return []
    with archive.open(path) as stream:
        found = (Text.from_tree(one).content for _, one in pieces(stream, {"si"}))  # type: ignore[union-attr] # never None
        return [shown.plain(one.replace("x005F_", "")) for one in found]


def _said(text: str, author: str) -> str:
    if text.startswith(_THREAD):
        text = next((text.partition(mark)[2] for mark in _COMMENT if mark in text), text)
    return text.strip().removeprefix(f"{author}:").removeprefix(f"{author}：").strip() if author else text.strip()
