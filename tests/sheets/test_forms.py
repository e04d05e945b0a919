"""Forms, in which the names of the fields stand left of what is filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
import pytest

from faultkb.finding import FaultError

from .conftest import fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.sheets import Sheet

FORM = [
    ["产品维修单"],
    ["维修单号：", "WX-001", "报修日期：", "2025-08-04"],
    ["产品型号：", "GW2", "保修期", "内"],
    ["故障现象："],
    ["指示灯不亮"],
    ["维修员：", "李*"],
]


def test_form_is_one_fault(kept: Callable[..., tuple[Sheet, ...]]) -> None:
    """Each value belongs to the name left of it, or above it where that stands alone; rows go on with the first one."""
    book = openpyxl.Workbook()
    fill(book.active, [*FORM, [], *FORM])
    (found,) = kept(book)
    told = {place: (one.column.name if one.column else one.text) for place, one in found.fields.items()}
    first = {
        "B2": "id",
        "D2": "reported_at",
        "B3": "impact.products",
        "D3": "保修期",
        "A5": "故障描述/现象",
        "B6": "owner",
    }
    assert {place: name for place, name in told.items() if int(place[1:]) < 7} == first
    assert found.names >= {"A2", "C2", "A3", "C3", "A4", "A6"}
    assert [(row.number, row.kind, row.continues) for row in found.rows][:3] == [
        (1, "标题", 0),
        (2, "数据", 0),
        (3, "数据", 2),
    ]
    assert [row.number for row in found.data if not row.continues] == [2, 9]


def test_notes_are_no_form(kept: Callable[..., tuple[Sheet, ...]]) -> None:
    """A sheet with a few labels, but nothing that says what was wrong, is not taken for one."""
    book = openpyxl.Workbook()
    fill(book.active, [["日期：", "2025-08-04"], ["部门：", "客服部"], ["联系电话：", "无"], ["版本：", "A/2"]])
    with pytest.raises(FaultError, match="没有找到表头"):
        kept(book)
