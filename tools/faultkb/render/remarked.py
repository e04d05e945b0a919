"""The workbook that came in, written back with a remark beside each row: what became of it, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, BinaryIO

from faultkb.render import office, visible
from faultkb.tracking import fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from faultkb.sheets import Value

TAKEN, MENDED, REFUSED, NO_DATA = "导入", "修正后导入", "没有导入", "不是数据"
"""What becomes of a row."""
HEADING, FIRST = "导入说明", "导入结果"
_MEANS = {
    TAKEN: "照原样导入",
    MENDED: "导入了，有的内容作了修正：见该行的“导入说明”",
    REFUSED: "没有导入：按该行的“导入说明”改好，再导入一次",
    NO_DATA: "标题、表头、合计、签字等，不是故障",
}
_COLOURS = {TAKEN: "#d9f0d9", MENDED: "#ffe9b8", REFUSED: "#f8cbc6", NO_DATA: "#e7e7e7"}
_DAY, _MINUTE, _CLOCK = "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"
_WIDTH, _REMARK, _SAMPLED = (8, 36), 60, 300
_EXACT = 10**15


@dataclass(frozen=True, slots=True)
class Line:
    """A row as it goes back: its old number, its values by column number (from 1), masked by the caller, and what became of it.

    A line without ``outcome`` is left plain; ``remark`` says why.
    """

    number: int
    values: Mapping[int, Value]
    outcome: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet as it goes back; pages of one name come into one sheet. ``header`` is the row of its headings, 0 without any."""

    name: str
    lines: Sequence[Line]
    header: int = 0


def xlsx(stream: BinaryIO, pages: Iterable[Page], totals: Sequence[tuple[str, Value]], as_of: datetime) -> None:
    """Write the workbook: first the totals and what the colours mean, then each sheet with its rows where they were."""
    from xlsxwriter import Workbook

    named: dict[str, list[Page]] = {}
    for page in pages:
        named.setdefault(page.name, []).append(page)
    settings = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(stream, settings) as book:
        book.set_properties({"title": FIRST, "created": as_of})
        looks = office.looks(book, dict(_looks()))
        taken = {FIRST.casefold()}
        _result(book.add_worksheet(FIRST), looks, totals)
        for name, parts in named.items():
            _fill(book.add_worksheet(office.sheet_name(name, taken)), looks, parts)


def _looks() -> Iterable[tuple[str, dict[str, str | bool]]]:
    for outcome, colour in {**_COLOURS, "": ""}.items():
        ground: dict[str, str | bool] = (
            {"bg_color": colour, "border": True, "border_color": "#c8c8c8"} if colour else {}
        )
        yield f"{outcome} text", {**ground, "text_wrap": True, "align": "left"}
        for form in (_DAY, _MINUTE, _CLOCK):
            yield f"{outcome} {form}", {**ground, "num_format": form, "align": "left"}


def _result(sheet: Worksheet, looks: dict[str, Format], totals: Sequence[tuple[str, Value]]) -> None:
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 80)
    sheet.write_string(0, 0, FIRST, looks["title"])
    line = 2
    for title, value in totals:
        sheet.write_string(line, 0, fit(visible(title)), looks["label"])
        _write(sheet, (line, 1), value, "", looks)
        line += 1
    sheet.write_string(line + 1, 0, "颜色", looks["heading"])
    sheet.write_string(line + 1, 1, "意思", looks["heading"])
    for place, (outcome, said) in enumerate(_MEANS.items(), line + 2):
        sheet.write_string(place, 0, outcome, looks[f"{outcome} text"])
        sheet.write_string(place, 1, said, looks[" text"])
    office.set_up_page(sheet)


def _fill(sheet: Worksheet, looks: dict[str, Format], parts: Sequence[Page]) -> None:
    lines = [line for part in parts for line in part.lines]
    last = max((column for line in lines for column in line.values), default=0)
    headers = {part.header for part in parts if part.header}
    for column in range(1, last + 1):
        sheet.set_column(column - 1, column - 1, _width(column, lines))
    sheet.set_column(last, last, _REMARK)
    for line in lines:
        row = line.number - 1
        tall = _lines(line)
        if tall > 1:
            sheet.set_row(row, office.LINE * tall)
        for column, value in sorted(line.values.items()):
            _write(sheet, (row, column - 1), value, line.outcome, looks)
        if line.number in headers:
            sheet.write_string(row, last, HEADING, looks["heading"])
        elif line.outcome or line.remark:
            said = "：".join(one for one in (line.outcome, line.remark) if one)
            _write(sheet, (row, last), said, line.outcome, looks)
    if headers:
        sheet.freeze_panes(min(headers), 0)
    office.set_up_page(sheet)


def _write(sheet: Worksheet, place: tuple[int, int], value: Value, outcome: str, looks: dict[str, Format]) -> None:
    """Write a value as what it is; a text stays a text, and numbers too long for Excel are texts."""
    text = looks[f"{outcome} text"]
    if isinstance(value, bool):
        sheet.write_boolean(*place, value, text)
    elif isinstance(value, int | float) and abs(value) < _EXACT:
        sheet.write_number(*place, value, text)
    elif isinstance(value, datetime) and value.year >= 1900:  # noqa: PLR2004 -- Excel counts from there
        sheet.write_datetime(*place, value, looks[f"{outcome} {_MINUTE}"])
    elif isinstance(value, date) and value.year >= 1900:  # noqa: PLR2004 -- as above
        sheet.write_datetime(*place, datetime.combine(value, time()), looks[f"{outcome} {_DAY}"])
    elif isinstance(value, time):
        sheet.write_datetime(*place, value, looks[f"{outcome} {_CLOCK}"])
    elif value is not None:
        sheet.write_string(*place, fit("\n".join(map(visible, str(value).split("\n")))), text)


def _lines(line: Line) -> int:
    """Return how many lines the highest cell of a row takes; not every office program finds out by itself."""
    from rich.cells import cell_len

    said = [(str(value), _WIDTH[1]) for value in line.values.values() if isinstance(value, str)]
    said.append((f"{line.outcome}：{line.remark}", _REMARK))
    if len(line.values) == 1:  # a title or a section, most often over all columns
        said = said[-1:]
    tall = (sum(-(-max(cell_len(one), 1) // (wide - 2)) for one in text.split("\n")) for text, wide in said)
    return min(max(tall), office.MOST_LINES)


def _width(column: int, lines: Sequence[Line]) -> float:
    """Return a width for what the first rows hold; a title over all columns does not count."""
    from rich.cells import cell_len

    values = (line.values.get(column) for line in lines[:_SAMPLED] if len(line.values) > 1)
    longest = max((cell_len(one) for value in values if value is not None for one in str(value).split("\n")), default=0)
    narrow, wide = _WIDTH
    return min(max(longest + 2, narrow), wide)
