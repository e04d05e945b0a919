"""Pictures: the right numbers at the right places, computed by hand."""

from __future__ import annotations

from typing import Any

import pytest

from faultkb.render import chart
from faultkb.reports import HOURS, NUMBER, SHARE, Cases, Chart, Column, Table


def table(kind: str, groups: list[str], values: dict[str, list[Any]], of: str = NUMBER) -> Table:
    """Return a table with a column of names and a column for each series."""
    columns = (Column("group", "组"), *(Column(name, name, of) for name in values))
    rows = [{"group": group, **{name: values[name][at] for name in values}} for at, group in enumerate(groups)]
    return Table("t", "表", columns, rows, chart=Chart(kind, "group", tuple(values)))


def drawn(one: Table) -> chart.Picture:
    """Return the picture, which must be there."""
    made = chart.picture(one)
    assert made
    return made


def rects(made: chart.Picture) -> list[tuple[str, str, str, str]]:
    """Return colour, left edge, width and words of every bar."""
    return [
        (mark.attributes["class"], mark.attributes["x"], mark.attributes["width"], mark.hint)
        for mark in made.marks
        if mark.name == "rect"
    ]


def said(made: chart.Picture, *styles: str) -> list[str]:
    """Return the texts of a style."""
    return [mark.text for mark in made.marks if mark.name == "text" and mark.attributes["class"].split()[0] in styles]


def test_stack() -> None:
    """Values up to 4 have lines at 0 to 4, the last at 90 %: 1 is 22.5 % wide, and the next begins there."""
    made = drawn(table("stack", ["甲", "乙"], {"紧急": [Cases(("a",)), Cases(())], "低": [Cases(("b", "c", "d")), 2]}))
    assert rects(made) == [
        ("bar bad", "0.00%", "22.50%", "紧急 1"),
        ("bar low", "22.50%", "67.50%", "低 3"),
        ("bar low", "0.00%", "45.00%", "低 2"),
    ]
    assert said(made, "tick") == ["0", "1", "2", "3", "4"]
    assert said(made, "value") == ["4", "2"]  # the totals
    assert made.legend == (("bad", "紧急"), ("low", "低"))
    assert made.description == "堆叠条形图：紧急、低，共 2 组。数据见下表。"


def test_bars_below_zero() -> None:
    """−5 to 5 has lines at −6, −4 … 6: zero is in the middle, 45 %, and 5 is 37.5 % wide to either side."""
    made = drawn(table("bars", ["甲", "乙"], {"净增": [-5, 5]}))
    assert rects(made) == [("bar c1", "7.50%", "37.50%", "净增 -5"), ("bar c1", "45.00%", "37.50%", "净增 5")]


def test_missing_value_is_no_zero() -> None:
    """What is not known has no bar, and a dash."""
    made = drawn(table("bars", ["甲", "乙"], {"用时": [None, 4]}))
    assert len(rects(made)) == 1
    assert said(made, "value") == ["–", "4"]


def test_lines_have_a_gap_where_nothing_is_known() -> None:
    """Three points, one of them alone: one line between the first two, nothing over the gap."""
    made = drawn(table("lines", ["2026-01", "2026-02", "2026-03", "2026-04"], {"新增": [1, 2, None, 4]}))
    assert [mark.hint for mark in made.marks if mark.name == "circle"] == ["新增 1", "新增 2", "新增 4"]
    assert len([mark for mark in made.marks if mark.attributes["class"].startswith("line ")]) == 1


def test_months_stand_beside_each_other() -> None:
    """Time runs to the right: the bars of two months have different left edges and stand on one line."""
    made = drawn(table("bars", ["2026-01", "2026-02"], {"新增": [1, 2], "关闭": [2, 2]}))
    bottoms = {mark.attributes["y"] + mark.attributes["height"] for mark in made.marks if mark.name == "rect"}
    assert len({left for _, left, _, _ in rects(made)}) == 4
    assert len(bottoms) == 1


@pytest.mark.parametrize(
    ("values", "kind", "ticks"),
    [
        ([0.75, 1.0], SHARE, ["0%", "20%", "40%", "60%", "80%", "100%"]),
        ([5.0, 30.0], HOURS, ["0 小时", "10 小时", "20 小时", "30 小时"]),
        ([24.0, 96.0], HOURS, ["0 天", "1 天", "2 天", "3 天", "4 天"]),  # from three days on, days
        ([1, 2], NUMBER, ["0", "1", "2"]),  # no half faults
        ([90_000, 10], NUMBER, ["0", "20000", "40000", "60000", "80000", "100000"]),
    ],
)
def test_axis(values: list[float], kind: str, ticks: list[str]) -> None:
    """Round values that hold all of them, in the unit of the values."""
    assert said(drawn(table("bars", ["甲", "乙"], {"值": values}, kind)), "tick") == ticks


@pytest.mark.parametrize(
    "one",
    [
        Table("t", "表", (Column("group", "组"),), [{"group": "甲"}]),
        table("bars", [], {"值": []}),
        table("bars", ["甲", "乙"], {"值": [0, 0]}),
        table("bars", ["甲"], {"值": [None]}),
        table("bars", ["甲"] * 61, {"值": [1] * 61}),
    ],
    ids=["no chart", "no rows", "only zeros", "nothing known", "too many groups"],
)
def test_nothing_to_draw(one: Table) -> None:
    """Then there is no picture."""
    assert chart.picture(one) is None


def test_groups_of_one_name_are_told_apart() -> None:
    """Where the label repeats, the other words of the row are added."""
    columns = (Column("clock", "时限"), Column("severity", "严重程度"), Column("n", "数量", NUMBER))
    rows = [{"clock": "响应", "severity": severity, "n": 1} for severity in ("紧急", "高")]
    made = drawn(Table("t", "表", columns, rows, chart=Chart("bars", "clock", ("n",))))
    assert said(made, "group") == ["响应 紧急", "响应 高"]


def test_labels_of_many_months_make_room() -> None:
    """Of 36 months a label of seven letters fits every third one on a desk; the last is always there."""
    months = [f"{2024 + number // 12}-{number % 12 + 1:02d}" for number in range(36)]
    made = drawn(table("lines", months, {"新增": list(range(36))}))
    labels = [mark for mark in made.marks if mark.name == "text" and mark.attributes["class"].startswith("tick")]
    shown = [mark.text for mark in labels if "never" not in mark.attributes["class"]]
    assert shown == months[2::3]
