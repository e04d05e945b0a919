"""The report on an import: totals, what became of the rows, where every cell went."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from faultkb.inflow import people
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
_SHEETS = 6
"""Sheets that one line names."""


def as_text(plan: Plan, stream: TextIO) -> None:
    """Print the report for people."""
    stream.writelines(f"{visible(line)}\n" for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    counts = plan.counts
    yield f"《{plan.file}》：" + "，".join(f"{one} {counts[one]} 行" for one in planned.OUTCOMES if counts[one])
    yield from (f"注意：{one}" for one in plan.notices)
    yield ""
    for outcome in _ORDER:
        some = [one for one in plan.fates if one.outcome == outcome]
        if some and outcome != planned.IMPORTED:
            yield from _grouped(outcome, some)
    if plan.pictures:
        number = sum(map(len, plan.pictures.values()))
        places = "；".join(f"“{sheet}” {_some(cells)}" for sheet, cells in plan.pictures.items())
        yield f"{number} 张图片没有导入（{places}）：要留的，导入以后放进故障的附件"
    for sheet, titles in plan.unknown.items():
        yield f"“{sheet}”里没有对应栏目、写进备注的：{'、'.join(titles)}"
    if plan.new:
        yield from _ids(plan.new)
    yield from _sums(plan)


_ORDER = (planned.REFUSED, planned.REPAIRED, planned.IMPORTED, planned.KNOWN, planned.NO_DATA)
"""What needs somebody's work comes first."""


def _grouped(outcome: str, fates: Sequence[Fate]) -> Iterator[str]:
    """Print what is said of rows, each thing once with all its rows; of what was only spelt otherwise, how often."""
    yield f"{outcome}（{len(fates)} 行）"
    said: defaultdict[str, dict[str, list[Fate]]] = defaultdict(dict)
    for one in fates:
        for remark in one.remarks:
            said[_kind(remark)].setdefault(remark, []).append(one)
    for kind, variants in sorted(said.items(), key=lambda item: _weight(item[0], item[1])):
        some = [one for each in variants.values() for one in each]
        yield f"  {next(iter(variants)) if len(variants) == 1 else _together(kind, list(variants))}：{where(some)}"
    spelt = Counter(one for each in fates for one in each.spellings)
    if spelt:
        examples = "、".join(one for one, _ in spelt.most_common(_SHOWN))
        more = "等" if len(spelt) > _SHOWN else ""
        yield f"  只是换了写法 {spelt.total()} 处，例如 {examples}{more}：每一处见导入报告"
    silent = [one for one in fates if not one.remarks and not one.spellings]
    if silent:
        yield f"  {where(silent)}"
    yield ""


_VALUE = re.compile(r"“[^”]*”|（[A-Z]{1,3}[0-9]+）")
_NUMBER = re.compile(r"(?<= )[0-9]+(?= )")
_SHOWN = 3


def _kind(remark: str) -> str:
    """Return what remarks have in common that differ only in a value of the sheet, a cell, or a number."""
    return _NUMBER.sub("N", _VALUE.sub("…", remark, count=1))


def _weight(kind: str, variants: Mapping[str, Sequence[Fate]]) -> tuple[bool, int]:
    """What was guessed or not taken comes before what is only missing, what is said of many rows before that of few."""
    return kind.startswith("没有写") or people.UNKNOWN in kind, -sum(map(len, variants.values()))


def _together(kind: str, variants: Sequence[str]) -> str:
    """Return one text for remarks of one kind, with some of the values in which they differ."""
    values = [match.group().strip("（）") for one in variants if (match := _VALUE.search(one))]
    numbers = [match.group() for one in variants if (match := _NUMBER.search(_VALUE.sub("", one)))]
    shown = list(dict.fromkeys(numbers))
    kind = kind.replace("N", "、".join(shown[:_SHOWN]) + ("…" if len(shown) > _SHOWN else ""), 1)
    if not values:
        return kind
    return kind.replace("…", f"（{_some(list(dict.fromkeys(values)))}）", 1)


def _some(values: Sequence[str]) -> str:
    return "、".join(values[:_SHOWN]) + (f" 等 {len(values)} 种" if len(values) > _SHOWN else "")


def _ids(new: Sequence[Fate]) -> Iterator[str]:
    """Name the numbers that rows get, the first and the last where there are many: the report has them all."""
    shown = [f"  “{one.sheet}”第 {one.row} 行 → {one.id}" for one in new]
    yield "编号" + (f"（{len(new)} 个，每一行的见导入报告）" if len(shown) > _LISTED else "")
    yield from shown if len(shown) <= _LISTED else [*shown[:_SHOWN], "  ……", shown[-1]]
    yield ""


_LISTED = 20


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
    named = [f"“{sheet}”第 {_stretches(rows)} 行" for sheet, rows in sheets.items()]
    more = f" 等 {len(named)} 个工作表" if len(named) > _SHEETS else ""
    return "；".join(named[:_SHEETS]) + more


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
    totals += [("注意", one) for one in plan.notices]
    totals += [(f"没有导入的图片：{sheet}", "、".join(cells)) for sheet, cells in plan.pictures.items()]
    remarked.xlsx(stream, pages, totals, as_of)


def _line(number: int, values: Mapping[int, Value], fates: Sequence[Fate]) -> remarked.Line:
    if not fates:
        return remarked.Line(number, values)
    outcome = fates[0].outcome if fates[0].outcome in _COLOURED else ""
    said = [fates[0].id, "" if outcome else fates[0].outcome, *fates[0].remarks, *fates[0].spellings]
    return remarked.Line(number, values, outcome, "\n".join(filter(None, said)))


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
        "pictures": plan.pictures,
        "notices": plan.notices,
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
