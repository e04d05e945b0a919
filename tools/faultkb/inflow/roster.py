"""Who has which staff id: a list of people with the columns 姓名 and 工号, as .csv or .xlsx."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from typing import TYPE_CHECKING

from faultkb.finding import FaultError, reason
from faultkb.inflow.line import bare
from faultkb.inflow.people import Directory
from faultkb.sheets.grid import grids
from faultkb.sheets.opening import workbook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

_NAME, _STAFF = "姓名", "工号"
_ENCODINGS = ("utf-8-sig", "gb18030")
_LARGEST = 5_000_000
"""Bytes: tens of thousands of people."""


def read(path: Path | None) -> Directory:
    """Return the list; an empty one without a file. Raise FaultError where it cannot be read."""
    if path is None:
        return Directory({})
    if path.exists() and not path.is_file():
        raise FaultError("名单是文件夹，或不是普通的文件（如管道、设备）：选一个 .csv 或 .xlsx 文件")
    rows = _workbook(path) if path.suffix.lower() == ".xlsx" else _csv(path)
    found = defaultdict(set)
    names, staffs = None, None
    for row in rows:
        heads = [bare(one) for one in row]
        if names is None or staffs is None:
            if _NAME in heads and _STAFF in heads:
                names, staffs = heads.index(_NAME), heads.index(_STAFF)
        elif len(row) > max(names, staffs) and row[names].strip() and row[staffs].strip():
            found[row[names].strip()].add(row[staffs].strip())
    if names is None:
        raise FaultError(f"名单里没有“{_NAME}”和“{_STAFF}”两栏：第一行写 {_NAME},{_STAFF}，一行一个人")
    return Directory({name: frozenset(staff) for name, staff in found.items()})


def _csv(path: Path) -> Iterable[Sequence[str]]:
    try:
        if path.stat().st_size > _LARGEST:
            raise FaultError("名单太大：只要两栏，姓名和工号")
        data = path.read_bytes()
    except OSError as error:
        raise FaultError(f"读不了名单：{reason(error)}") from None
    for encoding in _ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        try:
            return list(csv.reader(io.StringIO(text)))
        except csv.Error:
            break
    raise FaultError("名单读不出来：另存为 CSV UTF-8，或 .xlsx")


def _workbook(path: Path) -> Iterable[Sequence[str]]:
    with workbook(path) as book:
        found = grids(book)
    for one in found:
        for _, cells in sorted(one.rows.items()):
            yield [cells[number].text if number in cells else "" for number in range(1, max(cells, default=0) + 1)]
