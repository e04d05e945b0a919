"""How much a workbook may hold: counted over all its sheets while it is read, and refused in plain words above that."""

from __future__ import annotations

from dataclasses import dataclass

from faultkb.finding import FaultError

MOST_SHEETS = 1_000
LONGEST = 32_767
"""Characters of a cell; Excel itself holds no more."""
_MOST_CELLS, _MOST_EMPTY, _MOST_CHARACTERS = 3_000_000, 4_000_000, 20_000_000


@dataclass(slots=True)
class Count:
    """What was read so far: cells with something in them, those with nothing but a format, characters."""

    cells: int = 0
    empty: int = 0
    characters: int = 0

    def add_cells(self, number: int) -> None:
        """Count cells, also those that only repeat a merged one, and links, which cost as much."""
        self.cells += number
        if self.cells > _MOST_CELLS:
            raise FaultError(f"文件里超过 {_MOST_CELLS:,} 个单元格（合并单元格按它盖住的行算）：分成几个文件，再导入")

    def add_empty(self, number: int) -> None:
        """Count cells and rows with nothing in them."""
        self.empty += number
        if self.empty > _MOST_EMPTY:
            raise FaultError(
                "工作表的格式一直设到了很远的空行或空列：选中数据下面所有的空行删除（右边的空列也一样），保存后再导入"
            )

    def add_text(self, place: str, text: str) -> None:
        """Count the characters of a cell or a comment; a text that many cells share counts in each."""
        if len(text) > LONGEST:
            raise FaultError(f"{place} 里的文字超过 {LONGEST:,} 个字，Excel 的单元格放不下这么多：删短，再导入")
        self.characters += len(text)
        if self.characters > _MOST_CHARACTERS:
            raise FaultError(f"文件里的文字超过 {_MOST_CHARACTERS // 10_000:,} 万字：分成几个文件，再导入")
