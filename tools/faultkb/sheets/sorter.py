"""What a row below headings is: a fault, a sum, the headings again, or text around the table, and why."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from faultkb.sheets import headings
from faultkb.sheets.header import LONGEST, is_substance
from faultkb.sheets.table import DATA, HEADER, OUTSIDE, TITLE, TOTAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from faultkb.sheets.header import Finder, Header
    from faultkb.sheets.table import Cell

_SUM = re.compile(r".{0,6}(?:小计|合计|总计|共计|汇总|平均值?).{0,8}")
_SIGNED = re.compile(
    r"(?:制表|编制|填表|填报|审核|审批|批准|核准|复核|签字|签名|会签|日期|图例|注|备注|说明|附注?|打印|统计)\S{0,4}?\s*[:：]"
)
_LEGEND = re.compile(r"\W*(?:红|黄|绿|橙|蓝|灰|紫|粉|白)(?:色|底|字)?\S{0,6}?\s*(?:[=＝:：]|代表|表示|为|是|—|-)")
_LATIN = re.compile(r"[A-Za-z][A-Za-z .#/()&'-]*")
_HINT = re.compile(r"必填|选填|可选|格式|下拉|例如|示例|自动生成|YYYY|yyyy|^如[:：“\"]|不可重复|请填")
_NUMBERING = frozenset({"序号", "序", "no", "项次", "行号", "项目序号"})
_AGAIN, _ALIKE = 2, 0.6
_WIDE, _FEW = 3, 4


class Sort(NamedTuple):
    """What a row is, and why."""

    kind: str
    why: str = ""


def is_again(cells: Mapping[int, Cell], header: Header) -> bool:
    """Say whether a row repeats headings, as at a page break."""
    said = [(column, headings.key(cell.text)) for column, cell in cells.items() if 0 < len(cell.text) <= LONGEST]
    same = sum(bool(text) and text in map(headings.key, header.texts.get(column, ())) for column, text in said)
    return same >= _AGAIN and same >= _ALIKE * len([one for one in cells.values() if one.text])


class Sorter:
    """Tells what rows are, under one header."""

    def __init__(self, header: Header, finder: Finder) -> None:
        self.header, self.wide = header, finder.wide
        self.substance = {place for place, one in header.columns.items() if is_substance(one)}
        self.numbering = {place for place, (_, text) in header.texts.items() if headings.key(text) in _NUMBERING}

    def sort(self, number: int, cells: Mapping[int, Cell]) -> Sort:
        """Return what a row is."""
        if number in self.header.rows:
            return Sort(HEADER)
        if number < self.header.rows[0]:
            return Sort(TITLE)
        if is_again(cells, self.header):
            return Sort(HEADER, "表头重复")
        if number == self.header.rows[-1] + 1 and self._is_foreign(cells):
            return Sort(HEADER, "英文表头")
        own = {column: one for column, one in sorted(cells.items()) if not one.repeats and (one.text or one.remark)}
        first = next((one.text.strip() for one in own.values() if one.text), "")
        if self._is_sum(own, first):
            return Sort(TOTAL, "合计行")
        why = next((why for why, holds in self._reasons(number, own, cells, first) if holds), "")
        return Sort(OUTSIDE, why) if why else Sort(DATA)

    def _is_foreign(self, cells: Mapping[int, Cell]) -> bool:
        """Whether a row below Chinese headings says them again in English."""
        words = [one.text for one in cells.values() if one.text]
        is_latin = all(_LATIN.fullmatch(one) for one in words) and not any(
            _LATIN.fullmatch(one) for _, one in self.header.texts.values()
        )
        return is_latin and len(words) >= max(_WIDE, _ALIKE * len(self.header.texts))

    def _is_sum(self, own: Mapping[int, Cell], first: str) -> bool:
        """Whether a row sums up: it begins with the word, and no description stands in it."""
        said = [own[one] for one in self.substance & own.keys()]
        is_sum = _SUM.fullmatch(headings.key(first)) is not None
        return is_sum and all(isinstance(one.value, int | float) or one.text.strip() == first for one in said)

    def _reasons(
        self, number: int, own: Mapping[int, Cell], cells: Mapping[int, Cell], first: str
    ) -> Iterator[tuple[str, bool]]:
        """Yield why a row may be no fault, and whether it is so."""
        yield "没有内容", not own
        yield "只有序号", own.keys() <= self.numbering and headings.key(first).isdecimal()
        widest = max((right - left + 1 for left, right in self.wide.get(number, ())), default=1)
        is_fault = len(own) > 1 and bool(own.keys() & self.substance)
        is_wide = widest >= max(_WIDE, len(self.header.texts) / 2)
        yield "整行合并的文字", is_wide and len(own) <= _AGAIN and not is_fault
        signed = [bool(_SIGNED.match(one.text) or _LEGEND.match(one.text)) for one in own.values()]
        yield "图例、说明或签字", len(own) <= _FEW and signed[0] and (all(signed) or not is_fault)
        hints = sum(bool(_HINT.search(one.text)) for one in own.values())
        yield "填写提示", number == self.header.rows[-1] + 1 and hints * 2 > len(own)
        yield "认得的栏目都是空的", not cells.keys() & self.header.columns.keys()
        yield "只有一格文字", len(cells) == 1 and not cells.keys() & self.substance
