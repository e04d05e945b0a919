"""What is no workbook is refused with the way out; what is hostile is refused at once; absurd sheets cost nothing."""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
import xlsxwriter

from faultkb import sheets
from faultkb.finding import FaultError
from faultkb.sheets import limits

from .conftest import changed, fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.vocabulary import Vocabulary

SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def workbook(rows: Any = (("编号", "描述", "状态"), ("A1", "黑屏", "关闭"))) -> bytes:
    """Return a small workbook."""
    book, stream = openpyxl.Workbook(), io.BytesIO()
    fill(book.active, rows)
    book.save(stream)
    return stream.getvalue()


def archive(*names: str) -> bytes:
    """Return a zip archive of empty parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as new:
        for name in names:
            new.writestr(name, "")
    return stream.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    """Return the small workbook with something in its sheet replaced."""
    made = changed(workbook(), lambda name, data: data.replace(old, new, 1) if name == SHEET else data)
    assert made != workbook()
    return made


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.xls", OLE, "旧版 Excel 格式（.xls）"),
        ("a.xlsx", OLE, "只改扩展名没有用"),
        ("a.et", OLE, "WPS 表格（.et）"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        ("a.xlsb", archive("[Content_Types].xml", "xl/workbook.bin"), "二进制工作簿"),
        ("a.ods", archive("mimetype", "content.xml"), "OpenDocument"),
        ("a.numbers", archive("Index/Document.iwa"), "Numbers"),
        ("a.xlsx", archive("[Content_Types].xml", "word/document.xml"), "这是 Word 文档"),
        ("a.csv", "编号,描述\nA1,黑屏\n".encode(), "这是文本"),
        ("a.xlsx", "编号\t描述".encode("gb18030"), "这是文本"),
        ("a.xls", b"<html><table>", "这是网页"),
        ("a.xlsx", b"%PDF-1.7", "这是 PDF"),
        ("a.xlsx", b"", "文件是空的"),
        ("a.zip", archive("a.txt"), "这是压缩包"),
        ("a.xlsx", workbook()[:-300], "文件损坏"),
        ("a.xlsx", workbook()[:900], "文件损坏"),
        ("a.xlsx", changed(workbook(), lambda name, data: None if name == SHEET else data), "文件损坏"),
        ("a.xlsx", changed(workbook(), lambda name, data: data[:200] if name == SHEET else data), "文件损坏"),
        ("a.xlsx", in_sheet(b'r="A1"', b'r="?"'), "文件损坏"),
        ("a.xlsx", in_sheet(b'r="A1"', b'r="XFE1"'), "文件损坏"),
        ("a.xlsx", in_sheet(b't="inlineStr"><is><t>&#32534;&#21495;</t></is>', b't="s"><v>99</v>'), "文件损坏"),
        ("a.xlsx", workbook(()), "没有内容"),
        ("a.xlsx", workbook([["你好"], ["再见", 1]]), "没有找到表头"),
    ],
)
def test_refused(tmp_path: Path, words: Vocabulary, name: str, data: bytes, message: str) -> None:
    """Each file that is no table of ours is called by what it is, in one plain sentence, and never by a traceback."""
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(FaultError, match=message):
        sheets.read(path, words)


def test_no_file(tmp_path: Path, words: Vocabulary) -> None:
    """A missing file and a folder are told apart from broken ones."""
    with pytest.raises(FaultError, match="没有这个文件"):
        sheets.read(tmp_path / "a.xlsx", words)
    with pytest.raises(FaultError, match="文件夹"):
        sheets.read(tmp_path, words)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_pipes_are_not_waited_for(tmp_path: Path, words: Vocabulary) -> None:
    """A pipe that nobody writes to, and a device without an end, are refused at once."""
    os.mkfifo(tmp_path / "a.xlsx")
    for path in (tmp_path / "a.xlsx", Path("/dev/zero")):
        with pytest.raises(FaultError, match="管道"):
            sheets.read(path, words)


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def renamed(name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the small workbook with another name for the part of its sheet, and that part changed."""
    with zipfile.ZipFile(io.BytesIO(workbook())) as book:
        sheet = book.read(SHEET)
    old = SHEET.removeprefix("xl/").encode()
    return changed(
        workbook(),
        lambda part, data: None if part == SHEET else data.replace(old, name.encode()),
        {f"xl/{name}": change(sheet)},
    )


def noisy(tag: bytes, number: int) -> bytes:
    """Return elements without content among comments that pack badly, so that they do not look like a bomb."""
    noise = random.Random(1)  # noqa: S311 -- nothing secret
    return b"".join(tag * 1000 + b"<!--%x-->" % noise.getrandbits(700) for _ in range(number // 1000))


HOSTILE = {
    "bomb": lambda: in_sheet(b"<sheetData>", b" " * 160_000_000 + b"<sheetData>"),
    "bomb by another name": lambda: renamed("sheet1.dat", lambda data: data + b" " * 30_000_000),
    "bomb in capitals": lambda: renamed("worksheets/SHEET1.XML", lambda data: data + b" " * 30_000_000),
    "entities by another name": lambda: renamed("sheet1.dat", lambda data: ENTITIES + data),
    "a row of everything": lambda: in_sheet(b"</row>", noisy(b"<c/>", 2_000_000) + b"</row>"),
    "many parts": lambda: changed(workbook(), lambda _, data: data, {f"a/{one}.xml": b"" for one in range(5001)}),
    "styles": lambda: changed(workbook(), lambda _, data: data, {"xl/styles.xml": b"<a>" + b"<xf/>" * 5_000_000}),
    "entities": lambda: changed(workbook(), lambda name, data: ENTITIES + data if name == "xl/workbook.xml" else data),
    "foreign": lambda: changed(workbook(), lambda name, data: OUTSIDE + data if name == SHEET else data),
    "utf-16": lambda: changed(
        workbook(),
        lambda name, data: (
            f'<?xml version="1.0" encoding="UTF-16"?>{OUTSIDE.decode()}<a/>'.encode("utf-16") if name == SHEET else data
        ),
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile(tmp_path: Path, words: Vocabulary, name: str) -> None:
    """Bombs and entities are refused before anything of them is unpacked or expanded."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(HOSTILE[name]())
    start = time.process_time()
    with pytest.raises(FaultError, match=r"多得不正常|大得不正常|DOCTYPE"):
        sheets.read(path, words)
    # Several times what it takes, also under coverage: what gets through takes minutes.
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    "data",
    [
        in_sheet(b"A1:C2", b"A1:XFD1048576"),
        in_sheet(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="D1:XFD1048576"/></mergeCells>'),
        in_sheet(b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="A:XFD"/></mergeCells>'),
        in_sheet(
            b"</sheetData>", b'</sheetData><hyperlinks><hyperlink ref="A1:XFD1048576" location="x"/></hyperlinks>'
        ),
        in_sheet(b"<sheetData>", b'<cols><col min="1" max="16384" width="9" style="0"/></cols><sheetData>'),
        in_sheet(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'),
        in_sheet(
            b"</sheetData>",
            b"".join(b'<row r="%d" s="0" customFormat="1"/>' % one for one in range(3, 200_000)) + b"</sheetData>",
        ),
    ],
    ids=["dimension", "merged", "merged columns", "link", "columns", "last cell", "rows"],
)
def test_absurd_but_honest(tmp_path: Path, words: Vocabulary, data: bytes) -> None:
    """Formats, ranges and dimensions to the end of the sheet cost neither memory nor time."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(data)
    start = time.process_time()
    (sheet,) = sheets.read(path, words)
    assert time.process_time() - start < 15
    assert [row.cells[2].text for row in sheet.data] == ["黑屏"]
    assert sheet.filled == 6


def test_formats_without_end(tmp_path: Path, words: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    """Millions of empty cells with a format are refused, and how to get rid of them is said."""
    monkeypatch.setattr(limits, "_MOST_EMPTY", 1000)
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (one, one) for one in range(3, 1003))
    path = tmp_path / "a.xlsx"
    path.write_bytes(in_sheet(b"</sheetData>", rows + b"</sheetData>"))
    with pytest.raises(FaultError, match="空行"):
        sheets.read(path, words)


def test_merged_ranges_that_repeat_without_end(
    tmp_path: Path, words: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two ranges down 1,000 rows are 1,998 cells more; at a limit of 2,000 (with 1,004 of their own) they are refused."""
    cells = b'<row r="3"><c r="A3"><v>1</v></c><c r="B3"><v>1</v></c><c r="C3"><v>1</v></c></row>'
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (one, one) for one in range(4, 1003))
    merged = b'</sheetData><mergeCells><mergeCell ref="B3:B1048576"/><mergeCell ref="C3:C1048576"/></mergeCells>'
    path = tmp_path / "a.xlsx"
    path.write_bytes(in_sheet(b"</sheetData>", cells + rows + merged))
    assert sheets.read(path, words)[0].counts[sheets.REPEATED] == 1998
    monkeypatch.setattr(limits, "_MOST_CELLS", 2000)
    with pytest.raises(FaultError, match="2,000 个单元格"):
        sheets.read(path, words)


def test_sheets_over_and_over(tmp_path: Path, words: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that is listed as 5,000 sheets is read once; 1,001 real sheets are refused, and cells count over all of them."""
    old = b"</sheets>"
    with zipfile.ZipFile(io.BytesIO(workbook())) as book:
        listed = book.read("xl/workbook.xml")
    one = listed[listed.index(b"<sheet ") : listed.index(old)]
    path = tmp_path / "a.xlsx"
    path.write_bytes(changed(workbook(), lambda _, data: data.replace(old, one * 5000 + old)))
    assert len(sheets.read(path, words)) == 1
    many = openpyxl.Workbook()
    for number in range(3):
        fill(many.create_sheet(f"表{number}"), (("编号", "描述", "状态"), ("A1", "黑屏", "关闭")))
    many.save(path)
    assert len(sheets.read(path, words)) == 4
    monkeypatch.setattr(limits, "_MOST_CELLS", 17)
    with pytest.raises(FaultError, match="17 个单元格"):
        sheets.read(path, words)
    monkeypatch.setattr(limits, "MOST_SHEETS", 3)
    with pytest.raises(FaultError, match="工作表超过 3 个"):
        sheets.read(path, words)


def test_long_texts(tmp_path: Path, words: Vocabulary, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cell holds 32,767 characters; a text that two cells share counts twice."""
    path = tmp_path / "a.xlsx"
    path.write_bytes(in_sheet(b"&#40657;&#23631;", "黑".encode() * 32_767))
    assert len(sheets.read(path, words)[0].data[0].cells[2].text) == 32_767
    path.write_bytes(in_sheet(b"&#40657;&#23631;", "黑".encode() * 32_768))
    with pytest.raises(FaultError, match="B2 里的文字超过 32,767 个字"):
        sheets.read(path, words)
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["编号", "描述"])
        for row in (1, 2):
            page.write_row(row, 0, [f"A{row}", "黑" * 10_000])
    monkeypatch.setattr(limits, "_MOST_CHARACTERS", 20_000)
    with pytest.raises(FaultError, match="超过 2 万字"):
        sheets.read(path, words)


def test_macros_and_links_stay_closed(tmp_path: Path, words: Vocabulary) -> None:
    """A workbook with macros is read as a table; links to other workbooks are not opened."""
    data = changed(
        workbook(),
        lambda name, data: (
            data.replace(b"sheet.main+xml", b"sheet.macroEnabled.main+xml") if name.startswith("[") else data
        ),
        {"xl/vbaProject.bin": b"\0" * 100, "xl/externalLinks/externalLink1.xml": b"<broken"},
    )
    path = tmp_path / "a.xlsm"
    path.write_bytes(data)
    (sheet,) = sheets.read(path, words)
    assert len(sheet.data) == 1


@pytest.mark.parametrize("form", ["csv", "ods"])
def test_saved_by_an_office_program(tmp_path: Path, words: Vocabulary, form: str) -> None:
    """LibreOffice's own files, made of a text and of an OpenDocument table, are read alike."""
    soffice = shutil.which("soffice")
    if not soffice:
        pytest.skip("no LibreOffice")
    text = "编号,反馈时间,问题描述,数量\nA1,2023-05-06 09:12,黑屏,15\nA2,2023-5-7,死机,1500\n"
    source = tmp_path / "表.csv"
    source.write_text(text, encoding="utf-8")

    def convert(path: Path, to: str) -> Path:
        profile = f"-env:UserInstallation=file://{tmp_path}/lo"
        infilter = ["--infilter=CSV:44,34,76,1"] if path.suffix == ".csv" else []
        command = [
            soffice or "",
            "--headless",
            profile,
            *infilter,
            "--convert-to",
            to,
            "--outdir",
            str(tmp_path),
            str(path),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return path.with_suffix(f".{to}")

    path = convert(convert(source, "ods") if form == "ods" else source, "xlsx")
    (sheet,) = sheets.read(path, words)
    assert [[one.text for one in row.cells.values()] for row in sheet.data] == [
        ["A1", "2023-05-06 09:12", "黑屏", "15"],
        ["A2", "2023-05-07", "死机", "1500"],
    ]


def test_ten_thousand_rows(tmp_path: Path, words: Vocabulary) -> None:
    """10,000 rows of 18 columns are read in seconds."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("表")
    sheet.append(["编号", "反馈时间", "问题描述", "状态", "责任人", *(f"栏{one}" for one in range(13))])
    for number in range(10_000):
        sheet.append(
            [f"A{number}", "2023-05-06 09:12", f"第 {number} 个问题", "关闭", "王五", *range(number, number + 13)]
        )
    book.save(tmp_path / "a.xlsx")
    start = time.process_time()
    (found,) = sheets.read(tmp_path / "a.xlsx", words)
    assert time.process_time() - start < 40
    assert len(found.data) == 10_000
    assert found.filled == 18 * 10_001
