"""Reports as Word files, read back by python-docx and opened by an office program."""

from __future__ import annotations

import io
import shutil
import subprocess
import time
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from pypdf import PdfReader

from faultkb.papers.letterhead import Picture
from faultkb.render import word_report
from faultkb.reports import SHARE, Cases, Column, Figure, Table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.reports import Report

CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"


def written(report: Report, **more: Any) -> bytes:
    """Return a report as a Word file."""
    stream = io.BytesIO()
    word_report.docx(report, stream, **more)
    return stream.getvalue()


def read(report: Report, **more: Any) -> Any:
    """Return a report as python-docx reads it."""
    return Document(io.BytesIO(written(report, **more)))


def rows(table: Any) -> list[list[str]]:
    """Return the texts of a table."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_what_it_says(make_report: Callable[..., Report]) -> None:
    """Title, moment and period, figures, remarks; each table under its name, with what its columns mean."""
    headline = (Figure("未关闭", Cases(("SW-1", "SW-2"))), Figure("超时率", 0.25, SHARE, bad=True))
    document = read(make_report(headline=headline))
    assert [(one.style.name, one.text) for one in document.paragraphs if one.text] == [
        ("Title", "例会"),
        ("截至", "截至 2026-11-20 17:00（Asia/Shanghai）"),
        ("截至", "期间 2026-11-16 至 2026-11-22"),
        ("提示", "只包括：网关"),
        ("Heading 1", "超时的故障（1）"),
        ("Heading 1", "时限：达标/超时"),
        ("说明", "暂停的时间不计；达标率：达标 ÷（达标＋超时）"),
    ]
    tiles, faults, rates = document.tables
    assert [[line.text for line in cell.paragraphs] for cell in tiles.rows[0].cells] == [
        ["2", "未关闭"],
        ["25.0%", "超时率"],
    ]
    assert rows(faults) == [
        ["问题编号", "严重程度", "问题标题", "主责人", "计划完成时间", "结论"],
        ["SW-20261103-001", "紧急", "网关重启", "RD017 李*", "2026-11-06 18:00", "超时"],
    ]
    assert rows(rates)[1] == ["响应", "紧急", "3", "1", "75.0%", "1 天 2 小时", "-4"]


def fills(table: Any) -> list[str | None]:
    """Return the colours of the grounds of the last cells of a table, row by row."""
    shades = [row.cells[-1]._tc.tcPr.find(qn("w:shd")) for row in table.rows]  # noqa: SLF001 - grounds have no name
    return [None if one is None else one.get(qn("w:fill")) for one in shades]


def test_tables(make_report: Callable[..., Report], make_faults: Callable[..., Table]) -> None:
    """Headings are on each page, numbers stand on the right, 超时 is red, 临期 amber and 达标 green."""
    document = read(make_report(make_faults(["a", "b", "c"])))
    table = document.tables[0]
    assert fills(table) == [None, "F8CBC6", "FFE3A8", None]
    assert [row.cells[-1].paragraphs[0].runs[0].style.name for row in table.rows[1:]] == ["超时", "临期", "达标"]
    repeated = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]  # noqa: SLF001 - as above
    assert repeated == [True, False, False, False]
    rates = read(make_report()).tables[-1]
    assert [cell.paragraphs[0].style.name for cell in rates.rows[1].cells[1:3]] == ["表格文字", "表格数字"]


def test_empty_table_and_faults_behind(make_report: Callable[..., Report], make_faults: Callable[..., Table]) -> None:
    """An empty table says so; with --which the faults behind each figure are named."""
    assert "没有，很好" in [one.text for one in read(make_report(make_faults([]))).paragraphs]
    assert "响应 紧急 × 达标：SW-1（2 次）、SW-2" in [one.text for one in read(make_report(which=True)).paragraphs]


def test_chart(make_report: Callable[..., Report]) -> None:
    """The chart is Word's own: each series with its name and values, labels that show the value only, no formula's file."""
    with zipfile.ZipFile(io.BytesIO(written(make_report()))) as archive:
        charts = [one for one in archive.namelist() if one.startswith("word/charts/")]
        tree = etree.fromstring(archive.read(charts[0]))
    assert charts == ["word/charts/chart2.xml"]
    names = [one.findtext(f"{CHART}tx//{CHART}v") for one in tree.iter(f"{CHART}ser")]
    values = [[one.text for one in ser.findall(f"{CHART}val//{CHART}v")] for ser in tree.iter(f"{CHART}ser")]
    assert dict(zip(names, values, strict=True)) == {"达标": ["3", "0"], "超时": ["1", "0"]}
    assert {one.get("val") for one in tree.iter(f"{CHART}showSerName")} == {"0"}
    assert tree.find(f"{CHART}externalData") is None


def test_pages(make_report: Callable[..., Report], root: Path) -> None:
    """A wide table lays the page across; the header has the company, its picture and the title, the footer the pages."""
    narrow = Table("t", "表", (Column("a", "甲"), Column("b", "乙")), [{"a": "1", "b": "2"}])
    wide = replace(narrow, rows=[{"a": "长" * 30, "b": "长" * 30}])
    assert [read(make_report(table)).sections[0].orientation for table in (narrow, wide)] == [0, 1]
    logo = Picture("logo.png", (root / "schema" / "documents" / "logo.png").read_bytes())
    section = read(make_report(), company="栖云", logo=logo).sections[0]
    assert section.header.paragraphs[0].text == " 栖云\t例会"
    assert len(list(section.header._element.iter(qn("wp:inline")))) == 1  # noqa: SLF001 - pictures of headers have no name
    assert section.footer.paragraphs[0].text == "截至 2026-11-20 17:00（Asia/Shanghai）\t第 1 页　共 1 页"


def test_text_stays_text(
    make_report: Callable[..., Report], make_faults: Callable[..., Table], hostile: list[str]
) -> None:
    """Titles are nothing but text: no link, no field, no markup."""
    document = read(make_report(make_faults([*hostile, "a\x00b\ue000"])))
    shown = [row[2] for row in rows(document.tables[0])[1:]]
    assert shown[3:6] == ["@SUM(A1)", " =1", "�=1"]
    assert shown[9:14] == hostile[9:14]
    assert not list(document.element.body.iter(qn("w:hyperlink"), qn("w:fldSimple"), qn("w:instrText")))


def test_same_report_same_bytes(make_report: Callable[..., Report]) -> None:
    """Nothing in the file depends on when it is written."""
    assert written(make_report(which=True)) == written(make_report(which=True))


def test_long_table(make_report: Callable[..., Report], make_faults: Callable[..., Table]) -> None:
    """10,000 faults are written in seconds."""
    table = make_faults(["网关重启"])
    start = time.monotonic()
    written(make_report(replace(table, rows=[table.rows[0]] * 10_000)))
    assert time.monotonic() - start < 120


def test_an_office_program_opens_it(
    make_report: Callable[..., Report], make_faults: Callable[..., Table], hostile: list[str], tmp_path: Path
) -> None:
    """LibreOffice opens the report with its chart, and prints it."""
    office = shutil.which("soffice")
    assert office, "no office program: install libreoffice-writer"
    report = make_report()
    report = replace(report, tables=(make_faults(hostile), *report.tables))
    (tmp_path / "report.docx").write_bytes(written(report, company="栖云"))
    command = [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(tmp_path / "report.docx")],
        capture_output=True,
        check=True,
        timeout=200,
    )
    text = "".join(page.extract_text() for page in PdfReader(tmp_path / "report.pdf").pages)
    for said in ("例会", "SW-20261103-001", "=1+1", "<script>window.__pwned=1</script>"):
        assert said in text.replace("\n", "")
