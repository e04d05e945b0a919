"""What is to be said of whole sheets: rows that were joined, sheets that nobody sees or that were not read, a missing description."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from faultkb import sheets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from faultkb.inflow.plan import Fate
    from faultkb.sheets import Sheet

_ROWS, _CELLS = 3, 3
"""So many rows with so many cells look like a table."""


def notices(
    chosen: Sequence[Sheet], fates: Sequence[Fate], unknown: Mapping[str, Sequence[str]], refused: str
) -> Iterator[str]:
    """Yield what concerns whole sheets; ``unknown`` are the columns that are not known, ``refused`` the outcome of such rows."""
    yield from _joined(fates)
    rows: defaultdict[str, list[Fate]] = defaultdict(list)
    for one in fates:
        if one.made:
            rows[one.sheet].append(one)
    for sheet in chosen:
        wide = sum(sum(not cell.repeats for cell in row.cells.values()) >= _CELLS for row in sheet.rows)
        if sheet.skipped and sheet.skipped != sheets.AIDS and wide >= _ROWS:
            yield f"“{sheet.name}”没有读，却有 {wide} 行像数据：{sheet.skipped}。要导入的，把各栏的名字写在第一行"
        elif sheet.hidden and not sheet.skipped and rows[sheet.name]:
            yield f"“{sheet.name}”是隐藏的工作表，里面的 {len(rows[sheet.name])} 行也读了：不要的，用 --sheet 只选要的工作表"
        is_lost = bool(rows[sheet.name]) and all(one.outcome == refused for one in rows[sheet.name])
        if is_lost and not _describes(sheet):
            names = "、".join(f"“{one}”" for one in unknown.get(sheet.name, ()))
            yield f"“{sheet.name}”里没有认出写故障的一栏：把其中写故障的一栏改名为“故障描述”，再导入一次" + (
                f"；不认得的栏目：{names}" if names else ""
            )


def _joined(fates: Sequence[Fate]) -> Iterator[str]:
    joined: defaultdict[tuple[str, int], list[int]] = defaultdict(list)
    for one in fates:
        if one.into:
            joined[one.sheet, one.into].append(one.row)
    for (sheet, into), rows in joined.items():
        yield (
            f"“{sheet}”第 {'、'.join(map(str, rows))} 行并入了第 {into} 行的故障（它们共用合并的单元格）："
            "是几个故障的，取消合并，各写各的，再导入一次"
        )


def _describes(sheet: Sheet) -> bool:
    """Whether a column of a sheet, or a field of a form, says what was wrong."""
    names = {*sheet.known, *(one.column.name for one in sheet.fields.values() if one.column)}
    return any(name == "title" or name.startswith("故障描述") for name in names)
