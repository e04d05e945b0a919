"""Whatever a workbook holds: each cell is accounted for, and nothing ends in a traceback."""

from __future__ import annotations

import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from faultkb import sheets
from faultkb.finding import FaultError
from faultkb.sheets import DATA, HEADER, OUTSIDE, REPEATED

from .conftest import fill, kinds

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.sheets import Sheet
    from faultkb.vocabulary import Vocabulary

NAMES = [
    "编号",
    "问题描述",
    "反馈时间",
    "状态",
    "责任人",
    "用户信息",
    "电话",
    "时间",
    "合计",
    "备注",
    "序号",
    "红色=紧急",
]
TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30)
VALUES = st.one_of(
    st.none(),
    st.sampled_from(NAMES),
    TEXTS,
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1900, 3, 1), date(2999, 1, 1)),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 -- cells have no zone
)
RANGES = st.tuples(st.integers(1, 6), st.integers(1, 8), st.integers(0, 5), st.integers(0, 7))


@given(st.lists(st.lists(VALUES, max_size=8), max_size=12), st.lists(RANGES, max_size=4))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_workbook(words: Vocabulary, rows: list[list[Any]], merged: list[tuple[int, int, int, int]]) -> None:
    """Cells in are cells accounted for, whatever stands where."""
    book = openpyxl.Workbook()
    fill(book.active, [["编号", "问题描述", "状态"], *rows])
    for column, row, wide, high in merged:
        book.active.merge_cells(start_row=row, start_column=column, end_row=row + high, end_column=column + wide)
    filled = sum(
        one.value not in {None, ""} for row in book.active.iter_rows() for one in row if not isinstance(one.value, list)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        book.save(path)
        try:
            found = sheets.everything(path, words)
        except FaultError:
            raise AssertionError from None
    assert sum(one.filled for one in found) == filled
    assert sum(sum(one.counts.values()) - one.counts[REPEATED] for one in found) == filled


@given(st.binary(max_size=2000))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_bytes(words: Vocabulary, data: bytes) -> None:
    """Any file at all is read or refused."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(b"PK\x03\x04" + data)
        try:
            sheets.read(path, words)
        except FaultError:
            return
    raise AssertionError


def test_three_hundred_rows(kept: Callable[..., tuple[Sheet, ...]]) -> None:
    """A year's sheet: two rows of headings, three merged section lines, sums, headings again after each page, a signature."""
    book = openpyxl.Workbook()
    top: list[list[Any]] = [
        ["2023年产品问题跟踪表"],
        ["序号", "编号", "问题信息", None, "处理", None],
        [None, None, "问题描述", "联系电话", "责任人", "完成日期"],
    ]
    rows, merged = [*top], ["A1:F1", "A2:A3", "B2:B3", "C2:D2", "E2:F2"]
    for number in range(1, 301):
        if number % 100 == 1:
            rows.append([f"第{number // 100 + 1}季"])
            merged.append(f"A{len(rows)}:F{len(rows)}")
        if number % 50 == 0:
            rows.append(top[1][:2] + top[2][2:])
        rows.append(
            [
                number,
                f"GZ-{number:03}",
                f"第 {number} 个问题",
                13800138000 + number,
                "王五",
                f"2023.{number % 12 + 1}.3",
            ]
        )
    rows += [["合计", None, 300], ["红色=紧急"], ["制表：李四", None, None, "审核："]]
    fill(book.active, rows, merged)
    (sheet,) = kept(book)
    assert [row.cells[2].text for row in sheet.data] == [f"GZ-{number:03}" for number in range(1, 301)]
    assert sum(kind == HEADER for _, kind, _ in kinds(sheet)) == 8
    assert [why for _, kind, why in kinds(sheet) if kind == OUTSIDE] == ["整行合并的文字"] * 3 + [
        "图例、说明或签字"
    ] * 2
    assert sheet.counts[DATA] == 300 * 6
    assert [one.column.name for one in sheet.headings.values() if one.column] == [
        "id",
        "故障描述",
        "customer.contact",
        "owner",
        "completed_at",
    ]
