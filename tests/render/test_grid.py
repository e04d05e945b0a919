"""Tables in windows of any width: nothing is lost, nothing sticks out, and lines break where a reader expects it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from faultkb.render import grid
from faultkb.reports import PROSE, SEVERITY, VERDICT, Column

COLUMNS = (
    Column("id", "问题编号"),
    Column("severity", "严重程度", SEVERITY),
    Column("title", "问题标题", PROSE),
    Column("left", "已超", VERDICT),
    Column("owner", "主责人"),
    Column("due_at", "到期"),
    Column("text", "说明", PROSE),
)
TITLE = "安卓 App 升级 5.9.0 后启动即崩溃，账号加入两个家庭且有共享设备时必现"
ROW = ("SW-20261116-001", "高", TITLE, "超时 1 个工作日", "RD025 郭*", "2026-11-19 18:00", "约 10 秒后")


def shown(window: int) -> list[str]:
    """Return the lines of the table in a window."""
    return [line.plain for line in grid.lines(COLUMNS, [[(text, "") for text in ROW]], window)]


def test_wide() -> None:
    """Where there is room, a row is one line."""
    assert shown(200)[2] == f" {ROW[0]}  高        {TITLE}  超时 1 个工作日  RD025 郭*  2026-11-19 18:00  约 10 秒后"


def test_narrow() -> None:
    """In 80 columns the prose stands beneath its row: the first as it is, the rest with its title."""
    assert shown(80) == [
        " 问题编号         严重程度  已超             主责人     到期",
        "─" * 73,  # 15 + 8 + 15 + 9 + 16, and two for each column
        " SW-20261116-001  高        超时 1 个工作日  RD025 郭*  2026-11-19 18:00",
        f"    {TITLE}",
        "    说明：约 10 秒后",
    ]


def test_narrower() -> None:
    """In 50 columns the due date, too, stands beneath, with its title."""
    assert shown(50) == [
        " 问题编号         严重程度  已超",
        "─" * 44,
        " SW-20261116-001  高        超时 1 个工作日",
        "    安卓 App 升级 5.9.0 后启动即崩溃，账号加入两个",
        "    家庭且有共享设备时必现",
        "    说明：约 10 秒后   主责人：RD025 郭*",
        "    到期：2026-11-19 18:00",
    ]


@pytest.mark.parametrize("window", [24, 40, 60, 80, 100, 120, 160])
def test_nothing_is_lost_and_nothing_sticks_out(window: int) -> None:
    """Every character of every cell is there, in lines no wider than the window."""
    lines = shown(window)
    assert max(map(cell_len, lines)) <= window
    for text in "".join(ROW):
        assert text in "".join(lines)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("安卓 App 升级 5.9.0 后启动即崩溃", 24, ["安卓 App 升级 5.9.0 后启", "动即崩溃"]),
        ("大约 10 秒后", 8, ["大约", "10 秒后"]),
        ("门锁 −15 ℃ 以下", 9, ["门锁", "−15 ℃ 以", "下"]),
        ("电机带不动，再来", 10, ["电机带不", "动，再来"]),
        ("如下（见说明）", 8, ["如下（见", "说明）"]),
        ("自 2026-11-06 18:00 起", 18, ["自", "2026-11-06 18:00", "起"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("短", 4, ["短"]),
    ],
)
def test_wrap(text: str, room: int, lines: list[str]) -> None:
    """Between Chinese characters anywhere; not in a word, a number with its unit or a moment, not before a comma."""
    assert grid.wrap(text, room) == lines


@given(st.text(st.characters(exclude_categories=["C", "M"]), max_size=60), st.integers(4, 30))
def test_wrap_keeps_everything(text: str, room: int) -> None:
    """Only blanks are lost between lines, and no line is too long."""
    lines = grid.wrap(text, room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= room for line in lines)
