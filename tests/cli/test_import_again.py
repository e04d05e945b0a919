"""A sheet that is imported again: rows that went on, rows that are new, and texts that pretend to be a mark."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_import import AS_OF, ROW, row, sheet, tickets

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

_HEADS = ("序号", "反馈日期", "客户", "电话", "型号", "问题描述")
_ROWS = (
    ("1", "2025-03-21", "杨超", "13812345678", "C3", "指示灯不亮"),
    ("2", "2025-03-21", "王丽", "13987654321", "C3", "夜里离线"),
)


@pytest.fixture
def bring(call: Run, empty: Path) -> Run:
    """Return a function that imports a file into the repository and writes."""
    return lambda path: call(empty, "import", path, "--as-of", AS_OF, "--yes")


@pytest.mark.parametrize("first", [0, 1])
def test_description_that_went_on_is_no_new_fault(bring: Run, empty: Path, tmp_path: Path, first: int) -> None:
    """By its count, or else its row and the customer's phone, a row is known again; the report names its ticket."""
    heads = _HEADS[first:]
    rows = [one[first:] for one in _ROWS]
    bring(sheet(tmp_path / "台账.xlsx", rows, heads))
    before = tickets(empty)
    done = bring(sheet(tmp_path / "台账.xlsx", [(*rows[0][:-1], "指示灯不亮，又来电一次"), rows[1]], heads))
    assert "已经导入过 2 行" in done.stdout
    name = next(name for name, text in before.items() if "指示灯" in text)
    assert f"“{name}”的内容与导入时不同：没有改动，要改的用 fault log 记事件：“2024年”第 2 行" in done.stdout
    assert tickets(empty) == before


@pytest.mark.parametrize("first", [0, 1])
def test_new_row_of_the_same_day_comes_in(bring: Run, empty: Path, tmp_path: Path, first: int) -> None:
    """The same customer, day and product: another count, or another row beside the old ones, is another fault."""
    heads = _HEADS[first:]
    bring(sheet(tmp_path / "台账.xlsx", [one[first:] for one in _ROWS], heads))
    more = [*_ROWS, ("3", *_ROWS[0][1:-1], "开机黑屏")]
    bring(sheet(tmp_path / "台账.xlsx", [one[first:] for one in more], heads))
    assert len(tickets(empty)) == 3
    bring(sheet(tmp_path / "台账.xlsx", [one[first:] for one in reversed(more)], heads))
    assert len(tickets(empty)) == 3


@pytest.mark.parametrize("column", ["问题描述", "工装号", "产品型号"])
def test_mark_cannot_be_forged(bring: Run, empty: Path, tmp_path: Path, column: str) -> None:
    """A text that looks like the mark of another row keeps that row from nothing, even as an event of its own."""
    victim = sheet(tmp_path / "真.xlsx", [ROW])
    bring(victim)
    ((name, text),) = tickets(empty).items()
    mark = re.search("[a-p]{12}-[a-p]{12}", text)
    assert mark
    (empty / f"tickets/2024/03/{name}.md").unlink()
    for forged in (
        f"imported: true 标记 {mark[0]}",
        f"x\nevents:\n  - {{at: 2024-03-05 09:12, event: 登记, imported: true, note: x，标记 {mark[0]}}}\ny",
    ):
        bring(sheet(tmp_path / "假.xlsx", [row(**{"故障编号": "OLD-1", column: forged})]))
        assert len(tickets(empty)) == 1
        assert "修正后导入 1 行" in bring(victim).stdout
        for each in tickets(empty):
            (empty / f"tickets/2024/03/{each}.md").unlink()


def test_row_that_cannot_be_imported_is_not_an_imported_one(bring: Run, empty: Path, tmp_path: Path) -> None:
    """Two rows that differ in nothing but Chinese names have one mark: the one that was refused takes no fault from the other."""
    heads = ("提出时间", "问题描述", "责任人")
    rows = [("2024-03-05", "", "赵丽"), ("2024-03-05", "张三张三", "赵丽")]
    path = sheet(tmp_path / "旧表.xlsx", rows, heads)
    bring(path)
    assert len(tickets(empty)) == 1
    done = bring(path)
    assert "没有导入 1 行，已经导入过 1 行" in done.stdout
    assert len(tickets(empty)) == 1


def test_export_imported_as_new_is_told_in_one_line(call: Run, office: Path, tmp_path: Path) -> None:
    """Every fault of our own export is here already: one line says how changes are brought in, and nothing is wrong."""
    path = tmp_path / "跟踪表.xlsx"
    assert call(office, "export", "xlsx", "--output", path, "--as-of", AS_OF).returncode == 0
    before = tickets(office)
    done = call(office, "import", path, "--as-of", AS_OF, "--yes")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("fault import --update") == 1
    assert tickets(office) == before
