"""The report on an import: totals, what became of the rows, where every cell went."""

from __future__ import annotations

import zipfile
import zlib
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from faultkb.inflow import plan as planned
from faultkb.inflow.masking import CODE
from faultkb.render import remarked, visible
from faultkb.rules.exposure import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from typing import BinaryIO, TextIO

    from faultkb.inflow.plan import Fate, Plan
    from faultkb.sheets import Value

_KINDS = {**NAMES, CODE: "用户或设备编号"}
_ROWS = 30
"""Stretches of rows that one line names."""


def as_text(plan: Plan, stream: TextIO) -> None:
    """Print the report for people."""
    stream.writelines(f"{visible(line)}\n" for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    counts = plan.counts
    yield f"《{plan.file}》：" + "，".join(f"{one} {counts[one]} 行" for one in planned.OUTCOMES if counts[one])
    yield ""
    for outcome in planned.OUTCOMES:
        some = [one for one in plan.fates if one.outcome == outcome]
        if some and outcome != planned.IMPORTED:
            yield from _grouped(outcome, some)
    if plan.new:
        yield "编号"
        yield from _ids(plan.new)
    for sheet, titles in plan.unknown.items():
        yield f"“{sheet}”里没有对应栏目、写进备注的：{'、'.join(titles)}"
    yield from _sums(plan)


def _grouped(outcome: str, fates: Sequence[Fate]) -> Iterator[str]:
    """Print what is said of rows, each thing once with all its rows."""
    yield f"{outcome}（{len(fates)} 行）"
    said: defaultdict[str, list[Fate]] = defaultdict(list)
    for one in fates:
        for remark in one.remarks:
            said[remark].append(one)
    for remark, some in sorted(said.items(), key=lambda item: -len(item[1])):
        yield f"  {remark}：{where(some)}"
    silent = [one for one in fates if not one.remarks]
    if silent:
        yield f"  {where(silent)}"
    yield ""


def _ids(new: Sequence[Fate]) -> Iterator[str]:
    yield from (f"  “{one.sheet}”第 {one.row} 行 → {one.id}" for one in new)
    yield ""


def _sums(plan: Plan) -> Iterator[str]:
    total = plan.cells.total()
    yield f"表里有内容的 {plan.filled} 格，去向 {total} 格" + (
        "" if total == plan.filled else "（不相等，请告诉管理员）"
    )
    yield from (f"  {planned.WORDS.get(name, name)}：{number}" for name, number in plan.cells.items() if number)
    if plan.masked.total():
        kinds = "，".join(f"{_KINDS.get(rule, rule)} {number}" for rule, number in plan.masked.most_common())
        yield f"遮盖了 {plan.masked.total()} 处：{kinds}" + (
            f"；其中 {plan.unsure} 处是按样子判断的" if plan.unsure else ""
        )


def where(fates: Iterable[Fate]) -> str:
    """Name rows: ``第 3–7、9 行``, by sheet where there are several."""
    sheets: defaultdict[str, list[int]] = defaultdict(list)
    for one in fates:
        sheets[one.sheet].append(one.row)
    return "；".join(f"“{sheet}”第 {_stretches(rows)} 行" for sheet, rows in sheets.items())


def _stretches(rows: Sequence[int]) -> str:
    found: list[list[int]] = []
    for row in sorted(set(rows)):
        if found and found[-1][1] == row - 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    shown = [str(first) if first == last else f"{first}–{last}" for first, last in found[:_ROWS]]
    return "、".join(shown) + ("…" if len(found) > _ROWS else "")


def as_workbook(plan: Plan, as_of: datetime, stream: BinaryIO) -> None:
    """Write the rows back with what became of each."""
    fates: defaultdict[tuple[str, int], list[Fate]] = defaultdict(list)
    for one in plan.fates:
        fates[one.sheet, one.row].append(one)
    pages = []
    for name, header, rows in plan.pages:
        lines = [_line(number, values, fates.get((name, number), [])) for number, values in rows.items()]
        pages.append(remarked.Page(name, lines, header))
    counts = plan.counts
    totals: list[tuple[str, Value]] = [("文件", plan.file), *((one, counts[one]) for one in planned.OUTCOMES)]
    totals += [(f"格：{planned.WORDS.get(name, name)}", number) for name, number in plan.cells.items()]
    totals += [(f"遮盖：{_KINDS.get(rule, rule)}", number) for rule, number in plan.masked.most_common()]
    remarked.xlsx(stream, pages, totals, as_of)


def _line(number: int, values: Mapping[int, Value], fates: Sequence[Fate]) -> remarked.Line:
    if not fates:
        return remarked.Line(number, values)
    outcome = fates[0].outcome if fates[0].outcome in _COLOURED else ""
    said = [fates[0].id, "" if outcome else fates[0].outcome, *fates[0].remarks, *fates[0].spellings]
    return remarked.Line(number, values, outcome, "；".join(filter(None, said)))


_COLOURED = frozenset({planned.IMPORTED, planned.REPAIRED, planned.REFUSED, planned.NO_DATA})


def is_ours(path: Path) -> bool:
    """Say whether a workbook is a report of ours, which the next one replaces."""
    try:
        with zipfile.ZipFile(path) as package, package.open("docProps/core.xml") as part:
            return f"<dc:title>{remarked.FIRST}</dc:title>" in part.read(_PROPERTIES).decode("utf-8", "replace")
    except (OSError, KeyError, zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError):
        return False


_PROPERTIES = 100_000


def data(plan: Plan, *, written: bool) -> dict[str, Any]:
    """Return the report for programs."""
    return {
        "schema_version": 1,
        "file": plan.file,
        "written": written,
        "totals": {one: plan.counts[one] for one in planned.OUTCOMES},
        "cells": {"filled": plan.filled, "sum": plan.cells.total(), "where": dict(plan.cells)},
        "masked": {"total": plan.masked.total(), "unsure": plan.unsure, "kinds": dict(plan.masked)},
        "unknown_columns": plan.unknown,
        "rows": [
            {
                "sheet": one.sheet,
                "row": one.row,
                "outcome": one.outcome,
                "id": one.id or None,
                "remarks": [*one.remarks, *one.spellings],
            }
            for one in plan.fates
        ],
    }
