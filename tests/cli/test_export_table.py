"""``fault export xlsx``, ``csv`` and ``json``: 《产品故障问题跟踪表》 of a repository."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import openpyxl

from faultkb import corpus, rows
from faultkb.publish import article

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

AS_OF = ("--as-of", "2026-11-05 12:00")
NAME = "产品故障问题跟踪表"


def faults(done: Any) -> list[dict[str, str]]:
    """Return the rows of a CSV on the screen."""
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"), newline="")))


def test_the_workbook(call: Callable[..., Any], office: Path, tmp_path: Path) -> None:
    """Four faults, the first reported first; the file is named on stderr."""
    done = call(office, "export", "xlsx", "--output", tmp_path / "t.xlsx", *AS_OF)
    assert (done.returncode, done.stdout) == (0, "")
    assert "已写到" in done.stderr
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")[NAME]
    assert [cell.value for cell in sheet["A"]] == [
        "问题编号",
        "HW-20261029-001",
        "SW-20261030-001",
        "SW-20261102-001",
        "SW-20261104-001",
    ]


def test_filters(call: Callable[..., Any], office: Path) -> None:
    """Those of lists and reports; a product that no fault has is refused."""
    (row,) = faults(call(office, "export", "csv", "--severity", "高", *AS_OF))
    assert (row["问题编号"], row["当前状态"], row["计划完成时间"]) == ("HW-20261029-001", "处理中", "2026-11-03 18:00")
    assert len(faults(call(office, "export", "csv", "--team", "软件开发组", *AS_OF))) == 2
    done = call(office, "export", "csv", "--product", "飞船", *AS_OF)
    assert (done.returncode, "没有产品名含“飞船”的故障" in done.stderr) == (2, True)


def test_the_manual_says_what_the_filters_leave(call: Callable[..., Any], office: Path, tmp_path: Path) -> None:
    """Whoever gets the file knows that it is not all."""
    call(office, "export", "xlsx", "--team", "软件开发组", "--output", tmp_path / "t.xlsx", *AS_OF)
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["填写说明"]
    assert sheet["B3"].value == "2026-11-05 12:00（Asia/Shanghai），只包括 软件开发组（2 / 4 个故障）"


def test_outside(call: Callable[..., Any], office: Path) -> None:
    """--mask public shows what the site publishes, and hides what is inner; the filters are not told, what is left out is counted."""
    done = call(office, "export", "json", "--mask", "public", "--team", "软件开发组", *AS_OF)
    data = json.loads(done.stdout)
    assert (data["mask"], "filters" in data) == ("public", False)
    assert [(fault["问题编号"], fault["责任团队"]) for fault in data["faults"]] == [("SW-20261030-001", rows.HIDDEN)]
    assert "有 1 个故障没有在知识库公开（没有关闭，或不是收录），不在表里" in done.stderr


def test_outside_is_what_the_site_has(call: Callable[..., Any], root: Path, words: Vocabulary) -> None:
    """All sample tickets: the table for outside eyes has the faults of which the site has an article, and no other."""
    done = call(root, "export", "json", "--mask", "public", "--as-of", "2026-11-20 17:00")
    tickets = (corpus.load(root, path, words).ticket for path in corpus.find(root))
    articles = {one.id for one in tickets if one and (page := article.of(one, words)) and page.kind == article.ARTICLE}
    assert {fault["问题编号"] for fault in json.loads(done.stdout)["faults"]} == articles
    assert f"有 {51 - len(articles)} 个故障没有" in done.stderr


def test_private_values_are_masked(
    call: Callable[..., Any], empty: Path, write_text: Callable[..., str], put_ticket: Callable[..., Path]
) -> None:
    """A phone in a note, in a section or in the remark goes out without its middle, whoever it is for."""
    text = write_text(
        "登记 note: 用户电话 13812345512",
        remark="回访 13812345512",
        body="## 故障描述\n\n### 现象\n\n13812345512 来电\n",
    )
    put_ticket(empty, "SW-20261102-001", text)
    for mask in ("internal", "public"):
        done = call(empty, "export", "json", "--mask", mask, *AS_OF)
        assert "13812345512" not in done.stdout
    assert "138****5512" in call(empty, "export", "json", *AS_OF).stdout


def test_unreadable_files_are_named(call: Callable[..., Any], office: Path) -> None:
    """What is missing in the table is said on stderr."""
    (office / "tickets" / "2026" / "11" / "SW-20261105-001.md").write_text("没有文件头", encoding="utf-8")
    done = call(office, "export", "csv", *AS_OF)
    assert "有 1 个文件读不出来" in done.stderr
    assert len(faults(done)) == 4


def test_every_ticket_of_this_repository(call: Callable[..., Any], root: Path, tmp_path: Path) -> None:
    """The sample tickets: the workbook, the CSV and the JSON say the same, cell by cell; the same bytes twice."""
    at = ("--as-of", "2026-11-20 17:00")
    for name in ("a", "b"):
        done = call(root, "export", "xlsx", "--output", tmp_path / f"{name}.xlsx", *at)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")[NAME]
    titles, *lines = sheet.iter_rows(values_only=True)
    shown = [
        [str(value or "").removesuffix(":00") if hasattr(value, "year") else value or "" for value in line]
        for line in lines
    ]
    data = json.loads(call(root, "export", "json", *at).stdout)["faults"]
    assert len(data) >= 51
    assert [dict(zip(titles, line, strict=True)) for line in shown] == data
    listed = faults(call(root, "export", "csv", *at))
    assert [{key: value.removeprefix("'") for key, value in row.items()} for row in listed] == data
