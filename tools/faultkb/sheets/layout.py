"""What each row of a sheet is: title, heading, fault, sum, or text around the table; nothing that is filled is left out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from openpyxl.utils import get_column_letter

from faultkb.sheets import headings, merges
from faultkb.sheets.header import Finder, is_substance
from faultkb.sheets.headings import Names
from faultkb.sheets.table import DATA, HEADER, OUTSIDE, TITLE, TOTAL, Cell, Heading, Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from faultkb.sheets.grid import Grid
    from faultkb.sheets.header import Header
    from faultkb.tracking import Column

_SUM = re.compile(r".{0,6}(?:小计|合计|总计|共计|汇总|平均值?)(?:.{0,8})")
_SIGNED = re.compile(r"(?:制表|编制|填表|填报|审核|审批|批准|核准|复核|签字|签名|会签|日期|图例|注|备注|说明|附注?|打印|统计)\S{0,4}?\s*[:：]")
_LEGEND = re.compile(r"\W*(?:红|黄|绿|橙|蓝|灰|紫|粉|白)(?:色|底|字)?\S{0,6}?\s*(?:[=＝:：]|代表|表示|为|是|—|-)")
_HINT = re.compile(r"必填|选填|可选|格式|下拉|例如|示例|自动生成|YYYY|yyyy|^如[:：“\"]|不可重复|请填")
_NUMBERING = frozenset("序号 序 no 项次 行号 项目序号".split())
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_PREPARED = re.compile("制表|打印|编制|日期|更新|填表")
_AGAIN, _ALIKE = 2, 0.6
_NEW = 3
_FEW = 4
_UNKNOWN = "没有认出表头：不是故障跟踪表，或栏目的名字都不认得"


class _Sort(NamedTuple):
    """What a row is, and why."""

    kind: str
    why: str = ""


def sheets(grid: Grid, columns: Sequence[Column]) -> list[Sheet]:
    """Return the tables of a worksheet: one, or more where other headings come below."""
    rows = merges.downward(grid)
    finder = Finder(grid, rows, Names(columns))
    header = finder.first()
    if header is None:
        said = _UNKNOWN if rows else "空的工作表"
        return [_sheet(grid, [_row(grid, number, _Sort(OUTSIDE, said), rows[number]) for number in rows], skipped=said)]
    found, start = [], 0
    numbers = list(rows)
    while header:
        following = next(_others(finder, header, numbers), None)
        end = following.rows[0] if following else numbers[-1] + 1
        part = {number: rows[number] for number in numbers if start <= number < end}
        found.append(_table(grid, part, header, finder))
        header, start = following, end
    return found


def _others(finder: Finder, header: Header, numbers: Sequence[int]) -> Iterator[Header]:
    """Yield the headers of other tables below one."""
    for number in numbers:
        if number > header.rows[-1] and _holds_names(finder, number):
            for one in sorted(finder.at(number), key=lambda one: one.rank, reverse=True):
                if one.is_table and one.exact >= max(_NEW, _ALIKE * len(one.texts)) and not _is_again(finder.rows[number], header):
                    yield one
                    break


def _holds_names(finder: Finder, number: int) -> bool:
    cells = finder.rows[number].values()
    return sum(len(one.text) <= _FEW * 2 and finder.names.exact(one.text) for one in cells) >= _NEW


def _is_again(cells: Mapping[int, Cell], header: Header) -> bool:
    """Whether a row repeats headings, as at a page break."""
    said = [(column, headings.key(cell.text)) for column, cell in cells.items() if cell.text]
    same = sum(bool(text) and text in {headings.key(one) for one in header.texts.get(column, ())} for column, text in said)
    return same >= _AGAIN and same >= _ALIKE * len(said)


def _table(grid: Grid, rows: Mapping[int, Mapping[int, Cell]], header: Header, finder: Finder) -> Sheet:
    sorter = _Sorter(header, finder)
    made = [_row(grid, number, sorter.sort(number, cells), cells, header) for number, cells in rows.items()]
    return _sheet(grid, made, _headings(header, made))


class _Sorter:
    """Tells what rows are, under one header."""

    def __init__(self, header: Header, finder: Finder) -> None:
        self.header, self.wide = header, finder.wide
        self.substance = {place for place, one in header.columns.items() if is_substance(one)}
        self.numbering = {place for place, (_, text) in header.texts.items() if headings.key(text) in _NUMBERING}

    def sort(self, number: int, cells: Mapping[int, Cell]) -> _Sort:
        """Return what a row is."""
        if number in self.header.rows:
            return _Sort(HEADER)
        if number < self.header.rows[0]:
            return _Sort(TITLE)
        if _is_again(cells, self.header):
            return _Sort(HEADER, "表头重复")
        own = {column: one for column, one in cells.items() if not one.repeats and (one.text or one.remark)}
        first = next((own[column].text.strip() for column in sorted(own) if own[column].text), "")
        said = [own[one] for one in self.substance & own.keys()]
        if _SUM.fullmatch(headings.key(first)) and all(isinstance(one.value, int | float) or one.text.strip() == first for one in said):
            return _Sort(TOTAL, "合计行")
        why = self._around(number, own, cells, first)
        return _Sort(OUTSIDE, why) if why else _Sort(DATA)

    def _around(self, number: int, own: Mapping[int, Cell], cells: Mapping[int, Cell], first: str) -> str:
        """Return why a row is no fault; empty if it is one."""
        if not own:
            return "没有内容"
        if own.keys() <= self.numbering and headings.key(first).isdecimal():
            return "只有序号"
        widest = max((right - left + 1 for left, right in self.wide.get(number, ())), default=1)
        if len(own) <= _AGAIN and widest >= max(_NEW, len(self.header.texts) / 2) and not self._is_fault(own):
            return "整行合并的文字"
        if len(own) <= _FEW and (_SIGNED.match(first) or _LEGEND.match(first)) and not self._is_fault(own):
            return "图例、说明或签字"
        if number == self.header.rows[-1] + 1 and sum(bool(_HINT.search(one.text)) for one in own.values()) * 2 > len(own):
            return "填写提示"
        if not any(column in self.header.columns for column in cells):
            return "认得的栏目都是空的"
        if len(cells) == 1 and not cells.keys() & self.substance:
            return "只有一格文字"
        return ""

    def _is_fault(self, own: Mapping[int, Cell]) -> bool:
        """Whether a row of few cells has one in a column for descriptions, beside another."""
        return len(own) > 1 and bool(own.keys() & self.substance)


def _row(grid: Grid, number: int, sort: _Sort, cells: Mapping[int, Cell], header: Header | None = None) -> Row:
    said = [one for one in cells.values() if one.text]
    return Row(
        number,
        sort.kind,
        dict(sorted(cells.items())),
        sort.why,
        struck=bool(said) and all(one.struck for one in said),
        hidden=number in grid.hidden,
        continues=_continues(cells, header) if header and sort.kind == DATA else 0,
    )


def _continues(cells: Mapping[int, Cell], header: Header) -> int:
    """Return the row of the fault that this one goes on with: its number, or else what was wrong, is merged with that row."""
    by_name = {one.name: place for place, one in header.columns.items()}
    names = ["id", *(one.name for one in header.columns.values() if one.name == "title" or one.name.startswith("故障描述"))]
    for name in names:
        cell = cells.get(by_name.get(name, 0))
        if cell and cell.text:
            return int(re.sub(r"\D", "", cell.repeats)) if cell.repeats else 0
    return 0


def _headings(header: Header, rows: Sequence[Row]) -> dict[int, Heading]:
    """Return the columns that have a heading or a value; no two are called the same."""
    used = {column for row in rows if row.kind == DATA for column in row.cells}
    found, taken = {}, set()
    for place in sorted(used | header.texts.keys()):
        letter, column = get_column_letter(place), header.columns.get(place)
        group, text = header.texts.get(place, ("", ""))
        name = f"{group}-{text}" if group and not column and headings.key(group) != headings.key(text) else text
        name = name or f"{letter} 列"
        name = f"{name}（{letter} 列）" if name in taken else name
        taken.add(name)
        found[place] = Heading(place, letter, name, column)
    return found


def _sheet(grid: Grid, rows: Sequence[Row], heads: Mapping[int, Heading] | None = None, skipped: str = "") -> Sheet:
    return Sheet(
        grid.name,
        tuple(rows),
        heads or {},
        skipped,
        hidden=grid.state != "visible",
        year=_year(grid.name, rows),
        from_1904=grid.from_1904,
        pictures=grid.pictures,
        filled=sum(not cell.repeats for row in rows for cell in row.cells.values()),
    )


def _year(name: str, rows: Sequence[Row]) -> int | None:
    """Return the year that the name of a sheet says, or else its title; None for several."""
    titles = [one.text for row in rows if row.kind == TITLE for one in row.cells.values()]
    for texts in ([name], [one for one in titles if not _PREPARED.search(one)]):
        years = {int(one) for text in texts for one in _YEAR.findall(text)}
        if years:
            return years.pop() if len(years) == 1 else None
    return None
