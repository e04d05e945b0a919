"""What is read in files beside a ticket: texts in two encodings, what programs write into pictures, PDF and Word."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image, PngImagePlugin
from pypdf import PdfWriter

from faultkb import contents

NUMBER = "13812345512"


def told(name: str, data: bytes) -> list[tuple[str, bool]]:
    """Return of each piece what it is, and whether the number stands in it."""
    return [(one.what, NUMBER in one.text) for one in contents.pieces(name, data)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text(encoding: str) -> None:
    """A text is read in each encoding that editors write, whatever the file is called."""
    assert contents.pieces("a.log", f"电话 {NUMBER}".encode(encoding)) == [("", f"电话 {NUMBER}")]


def test_bytes_are_no_text() -> None:
    """A file that is no text has nothing to read; one that is called a text is read as far as it is one."""
    assert contents.pieces("a.bin", b"\xff" * 9) == []
    assert told("a.txt", b"\xff\0" + NUMBER.encode() + b"\xff") == [("", True), (contents.UNREAD, False)]


@pytest.mark.parametrize("name", ["a.log", "a.dat"])
@pytest.mark.parametrize(
    "data",
    [
        b"boot ok\0\r\ntel 13812345512\0",
        b"138\0" + b"12345512",
        f"电话 {NUMBER} ok".encode("utf-16-le"),
        f"电话 {NUMBER} ok".encode("utf-16-be"),
        ("用户来电说门锁打不开" * 50 + NUMBER).encode("utf-16-le"),
        b"a" * 400 + NUMBER.encode("utf-16-le"),
    ],
    ids=["a zero", "a zero inside", "little", "big", "few digits in Chinese", "two encodings"],
)
def test_text_with_zeros(name: str, data: bytes) -> None:
    """Zeros hide nothing: neither those that programs leave in a log, nor those of UTF-16 that does not say it is."""
    assert ("", True) in told(name, data)
    assert (contents.UNREAD, False) not in told(name, data)


def jpeg(exif: Image.Exif | None = None, **more: bytes) -> bytes:
    """Return a small JPEG."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "JPEG", exif=exif or Image.Exif(), **more)
    return out.getvalue()


def test_picture_of_a_camera() -> None:
    """Description, author and the place where it was taken are read; the author's name is told to be one."""
    exif = Image.Exif()
    exif[0x010E], exif[0x013B] = f"call {NUMBER}", "Wang Jianguo"
    exif[0x8825] = {1: "N", 2: (30.0, 15.0, 20.5), 3: "E", 4: (120.0, 9.0, 11.2)}
    found = contents.pieces("a.jpg", jpeg(exif))
    assert contents.Piece("拍摄信息", f"call {NUMBER}") in found
    assert contents.Piece("作者", "姓名：Wang Jianguo") in found
    assert contents.Piece(contents.LOCATION, "") in found


def test_comment_of_a_jpeg() -> None:
    """The comment that a program leaves in a JPEG is read."""
    assert ("图片信息", True) in told("a.jpg", jpeg(comment=f"tel {NUMBER}".encode()))


def test_position_in_xmp() -> None:
    """What editors write as XMP is read: the position, and the creator."""
    xmp = b"<x:xmpmeta><rdf:RDF><rdf:Description exif:GPSLatitude='30,15N'><dc:creator><rdf:Seq><rdf:li>\xe7\x8e\x8b\xe5\xbb\xba\xe5\x9b\xbd</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"  # fmt: skip # noqa: E501 - a packet is one line
    found = contents.pieces("a.jpg", jpeg(xmp=xmp))
    assert {one.what for one in found} >= {contents.LOCATION, "作者"}
    assert "姓名：王建国" in {one.text for one in found}


def test_words_in_a_png() -> None:
    """Text chunks are read, compressed ones and those behind the picture too."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", f"tel {NUMBER}", zip=True)
    info.add_itxt("Description", f"电话 {NUMBER}")
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, "PNG", pnginfo=info)
    chunk = b"tEXtAuthor\0" + NUMBER.encode()
    behind = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    data = out.getvalue()
    end = data.index(b"IEND") - 4
    assert told("a.png", data[:end] + behind + data[end:]) == [("图片信息", True), ("图片信息", True), ("作者", True)]


def test_a_chunk_that_unpacks_to_much_is_cut() -> None:
    """A few bytes that stand for a gigabyte cost no gigabyte."""
    chunk = b"zTXtComment\0\0" + zlib.compress(b"1" * 50_000_000)
    data = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(chunk) - 4) + chunk + b"\0\0\0\0"
    assert [len(one.text) for one in contents.pieces("a.png", data)] == [1_000_000]


def test_pdf() -> None:
    """Title and author of a PDF are read; what is printed is read by the same library."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Author": "王建国", "/Title": f"回访 {NUMBER}"})
    out = io.BytesIO()
    writer.write(out)
    assert ("文档信息", True) in told("a.pdf", out.getvalue())
    assert contents.Piece("文档信息", "姓名：王建国") in contents.pieces("a.pdf", out.getvalue())


def test_words_printed_in_a_pdf() -> None:
    """What a page prints is read, from a file as a program writes it."""
    printed = f"BT /F1 12 Tf 10 50 Td (Call {NUMBER}) Tj ET".encode()
    parts = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(printed), printed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
    )
    data, starts = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        starts.append(len(data))
        data += b"%d 0 obj%s endobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    data += b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(data),
    )
    assert told("a.pdf", data) == [("PDF 的文字", True)]


def test_word_and_excel() -> None:
    """Words that a document splits into runs are put together; what cells hold is not."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:p><w:t>{NUMBER[:4]}</w:t><w:t>{NUMBER[4:]}</w:t></w:p>")
        archive.writestr("docProps/core.xml", "<dc:creator>王建国</dc:creator>")
    assert told("a.docx", out.getvalue()) == [("文档的文字", True), ("文档信息", False), ("文档的文字", False)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"<c><v>{NUMBER}</v></c><c><v>12</v></c>")
    assert told("a.xlsx", out.getvalue()) == [("文档的文字", True)]


PLACES = {
    "word/endnotes.xml": f"<w:p><w:t>{NUMBER}</w:t></w:p>",
    "word/_rels/document.xml.rels": f'<Relationship Id="1" Target="mailto:{NUMBER}@example.com"/>',
    "xl/worksheets/_rels/sheet1.xml.rels": f"<Relationship Target='tel:{NUMBER}'/>",
    "docProps/app.xml": f"<Pages>2</Pages><Company>{NUMBER}</Company><AppVersion>16</AppVersion>",
    "ppt/notesSlides/notesSlide1.xml": f"<a:p><a:t>{NUMBER}</a:t></a:p>",
}


@pytest.mark.parametrize("part", PLACES)
def test_every_part_of_a_document(part: str) -> None:
    """Endnotes, links, notes of a talk and what the program knows of the company are read as well."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(part, PLACES[part])
    assert [stands for _, stands in told("a.docx", out.getvalue())] == [True]


def test_people_of_a_document() -> None:
    """The manager, and who changed or commented on something, are told to be people; each once."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("docProps/app.xml", "<Manager>王建国</Manager>")
        archive.writestr("word/document.xml", '<w:ins w:author="李秀英"/><w:del w:author="李秀英"/>')
        archive.writestr("xl/comments1.xml", "<authors><author>张伟强</author></authors>")
    told_people = [one.text for one in contents.pieces("a.docx", out.getvalue()) if one.what == "文档信息"]
    assert told_people == ["姓名：王建国", "姓名：李秀英", "姓名：张伟强"]


def test_what_could_not_be_read_is_said() -> None:
    """A book of 101 pages and a document with another one in it are read in part; that is said."""
    writer = PdfWriter()
    for _ in range(101):
        writer.add_blank_page(100, 100)
    out = io.BytesIO()
    writer.write(out)
    assert (contents.UNREAD, False) in told("a.pdf", out.getvalue())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("word/document.xml", f"<w:p>{NUMBER}</w:p>")
        archive.writestr("word/embeddings/Microsoft_Excel_Sheet.xlsx", b"PK")
    assert told("a.docx", out.getvalue()) == [("文档的文字", True), (contents.UNREAD, False)]


def test_document_that_unpacks_to_much_is_cut() -> None:
    """Of a document that unpacks to a gigabyte no more than twenty megabytes are looked at, and that is said."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"word/header{number}.xml", b"1" * 5_000_000)
    found = contents.pieces("a.docx", out.getvalue())
    assert sum(len(one.text) for one in found) == 20_000_000
    assert found[-1].what == contents.UNREAD


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.gif", "a.pdf", "a.docx", "a.xlsx"])
def test_broken_file_was_not_read(name: str) -> None:
    """Of what is no such file, or cut off, it is said that nobody could read it; an empty file hides nothing."""
    assert contents.pieces(name, b"%PDF-1.7 PK\x03\x04 x") == [(contents.UNREAD, "")]
    assert contents.pieces(name, b"") == []
