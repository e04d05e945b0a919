"""CSV as Excel opens it: readable Chinese, bare numbers, nothing that computes."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import pytest

from faultkb.render import spreadsheet

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.reports import Report


def written(report: Report) -> str:
    """Return the report as CSV."""
    stream = io.StringIO(newline="")
    spreadsheet.FORMATS["csv"](report, stream)
    return stream.getvalue()


def test_document(make_report: Callable[..., Report]) -> None:
    """A mark for UTF-8, CRLF, a block for each table, a note, the remarks last; no column that is for programs."""
    assert written(make_report()) == (
        "\ufeff超时的故障,截至 2026-11-20 17:00（Asia/Shanghai）,期间 2026-11-16 至 2026-11-22\r\n"
        "问题编号,严重程度,问题标题,主责人,计划完成时间,结论\r\n"
        "SW-20261103-001,紧急,网关重启,RD017 李*,2026-11-06 18:00,超时\r\n"
        "\r\n"
        "时限：达标/超时,截至 2026-11-20 17:00（Asia/Shanghai）,期间 2026-11-16 至 2026-11-22\r\n"
        "时限,严重程度,达标,超时,达标率,中位用时（小时）,净增\r\n"
        "响应,紧急,3,1,75.0%,26.5,-4\r\n"
        "响应,高,0,0,,,0\r\n"
        "暂停的时间不计。\r\n"
        "\r\n"
        "只包括：网关\r\n"
    )


def test_filters(make_report: Callable[..., Report]) -> None:
    """What the filters leave stands in the heading of each block."""
    lines = written(make_report(only="只包括 网关组（2 / 9 个故障）")).splitlines()
    assert sum(line.endswith(",只包括 网关组（2 / 9 个故障）") for line in lines) == 2


def test_which(make_report: Callable[..., Report]) -> None:
    """With --which a last block has a line for each fault behind each figure, as often as it counts."""
    block = written(make_report(which=True)).split("\r\n\r\n")[2].splitlines()
    assert block == [
        "表,行,列,问题编号",
        "时限：达标/超时,响应 紧急,达标,SW-1",
        "时限：达标/超时,响应 紧急,达标,SW-2",
        "时限：达标/超时,响应 紧急,达标,SW-1",
        "时限：达标/超时,响应 紧急,超时,SW-3",
    ]


def test_empty_table(make_report: Callable[..., Report], make_faults: Callable[..., Any]) -> None:
    """It says that it is empty."""
    assert "\r\n没有，很好\r\n" in written(make_report(make_faults([])))


@pytest.mark.parametrize(
    ("title", "field"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "' =1"),
        ("\r=1", "'\ufffd=1"),
        ("＝1+1", "'＝1+1"),
        ("a=1", "a=1"),
        ('"=1', '"=1'),
        ("a,b\nc", "a,b\ufffdc"),
    ],
)
def test_no_text_is_a_formula(
    make_report: Callable[..., Report], make_faults: Callable[..., Any], title: str, field: str
) -> None:
    """A text that begins like a formula gets an apostrophe; a title stays one field of one line."""
    rows = list(csv.reader(io.StringIO(written(make_report(make_faults([title])))[1:], newline="")))
    assert rows[2][2] == field
    assert len(rows[2]) == 6
