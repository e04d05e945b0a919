"""A report by hand with a value of every kind, and the browser."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from faultkb.period import Period
from faultkb.reports import (
    HOURS,
    MACHINE,
    NUMBER,
    PROSE,
    SEVERITY,
    SHARE,
    VERDICT,
    Cases,
    Chart,
    Column,
    Report,
    Table,
)
from faultkb.ticket import Person

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://127.0.0.1:1/","x")',
    "＝1+1",
    "http://127.0.0.1:1/",
    "<script>window.__pwned=1</script>",
    "<img src=x onerror=window.__pwned=1>",
    "</style><script>window.__pwned=1</script>",
    '" onmouseover="window.__pwned=1',
    "{{ 7*7 }}",
    "_x0041_",
]
"""Titles that somebody might want to be more than text."""


def _faults(titles: list[str]) -> Table:
    columns = (
        Column("id", "问题编号"),
        Column("severity", "严重程度", SEVERITY),
        Column("title", "问题标题", PROSE),
        Column("owner", "主责人"),
        Column("due_at", "计划完成时间"),
        Column("verdict", "结论", VERDICT),
        Column("program", "给程序的", MACHINE),
    )
    rows = [
        {
            "id": f"SW-20261103-{number:03d}",
            "severity": "紧急",
            "title": title,
            "owner": Person("RD017", "李*"),
            "due_at": datetime.fromisoformat("2026-11-06 18:00"),
            "verdict": verdict,
            "program": "M",
        }
        for number, (title, verdict) in enumerate(zip(titles, ["超时", "临期", "达标"] * len(titles), strict=False), 1)
    ]
    return Table("faults", "超时的故障", columns, rows, "没有，很好")


@pytest.fixture
def make_faults() -> Callable[..., Table]:
    """Return a function that makes a table of faults with these titles."""
    return _faults


def _rates() -> Table:
    columns = (
        Column("clock", "时限"),
        Column("severity", "严重程度", SEVERITY),
        Column("met", "达标", NUMBER),
        Column("breached", "超时", NUMBER),
        Column("rate", "达标率", SHARE, "达标 ÷（达标＋超时）"),
        Column("median", "中位用时", HOURS),
        Column("net", "净增", NUMBER),
    )
    rows = [
        {
            "clock": "响应",
            "severity": "紧急",
            "met": Cases(("SW-1", "SW-2", "SW-1")),
            "breached": Cases(("SW-3",)),
            "rate": 0.75,
            "median": 26.5,
            "net": -4,
        },
        {
            "clock": "响应",
            "severity": "高",
            "met": Cases(()),
            "breached": Cases(()),
            "rate": None,
            "median": None,
            "net": 0,
        },
    ]
    return Table(
        "rates",
        "时限：达标/超时",
        columns,
        rows,
        note="暂停的时间不计。",
        chart=Chart("stack", "clock", ("met", "breached")),
    )


@pytest.fixture
def make_report() -> Callable[..., Report]:
    """Return a function that makes a report of the week up to Sunday 2026-11-22; without tables, with one of each."""

    def make(*tables: Table, **more: Any) -> Report:
        week = Period(date(2026, 11, 16), date(2026, 11, 22))
        at = datetime.fromisoformat("2026-11-20 17:00")
        return Report(
            "例会",
            at,
            "Asia/Shanghai",
            tables or (_faults(["网关重启"]), _rates()),
            **{"remarks": ("只包括：网关",), "period": week, **more},
        )

    return make


@pytest.fixture
def hostile() -> list[str]:
    """Return titles that somebody might want to be more than text."""
    return HOSTILE


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the system's browser; without one these tests fail."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert program, "no browser: install chromium"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield running
        running.close()
