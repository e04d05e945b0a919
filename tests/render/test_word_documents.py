"""The templates of this repository: filled from real tickets, read back, opened by an office program."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from docx import Document
from docx.oxml.ns import qn
from lxml import etree
from PIL import Image
from pypdf import PdfReader

from faultkb import attached, corpus, papers
from faultkb.papers import case, names
from faultkb.papers.letterhead import Picture
from faultkb.render import paper as pages
from faultkb.render import word

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.papers import Filled, Paper
    from faultkb.vocabulary import Vocabulary

KINDS = [
    "分配确认",
    "用户回复记录",
    "故障分析报告",
    "解决方案说明书",
    "方案评审记录",
    "风险预警报告",
    "问题验证报告",
    "用户确认记录",
    "归档",
    "8D",
]
AS_OF = datetime.fromisoformat("2026-11-20 17:00")
RICH, POOR = "2026/11/SW-20261103-001.md", "2026/11/CP-20261120-001.md"


@pytest.fixture
def write(root: Path, words: Vocabulary) -> Callable[[str, str], tuple[Paper, Filled]]:
    """Return a function that writes a document of a ticket of this repository."""

    def one(kind: str, path: str) -> tuple[Paper, Filled]:
        ticket = corpus.load(root, f"tickets/{path}", words).ticket
        assert ticket is not None
        paper = papers.build(root, case.of(root, ticket, words, AS_OF), kind)
        template = root / "schema" / "documents" / f"{kind}.docx"
        return paper, word.fill(paper, template, root, attached.limits(words), AS_OF)

    return one


def text_of(data: bytes) -> str:
    """Return everything that is written in a document, headers and footers included."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = [etree.fromstring(archive.read(one)) for one in archive.namelist() if one.endswith((".xml", ".rels"))]
    return "\n".join("".join(one.itertext(qn("w:t"))) for part in parts for one in part.iter(qn("w:p")))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", [RICH, POOR])
def test_every_document(write: Callable[..., tuple[Paper, Filled]], kind: str, path: str) -> None:
    """Every template knows only names that there are, leaves none unfilled, and says what each value says."""
    paper, filled = write(kind, path)
    assert filled.unknown == filled.remarks == ()
    shown = text_of(filled.data)
    assert not re.search(r"[{}｛｝\ue000\ue001]", shown)
    plain = shown.replace("\n", "")
    for name in filled.used:
        value = paper.values[name]
        if names.EVERY[name].kind == names.LINE:
            assert value in plain
        elif names.EVERY[name].kind == names.TABLE:
            assert all(cell in plain for row in value for cell in row.values())
    assert Document(io.BytesIO(filled.data)).core_properties.title == f"{paper.title} {paper.number}"


def test_the_8d_report(write: Callable[..., tuple[Paper, Filled]]) -> None:
    """Eight disciplines in their order; the steps of the section are a list of Word, its table a table, its log code."""
    document = Document(io.BytesIO(write("8D", RICH)[1].data))
    found = [one.text[:2] for one in document.paragraphs if one.style.name == "8D 标题"]
    assert found == [f"D{number}" for number in range(1, 9)]
    items = [one.text for one in document.paragraphs if one.style.name == "列表文字"]
    assert items[0] == "GW2 刷 V2.3.1 build 326，接入 47 个子设备（可用子设备模拟器）。"
    code = [one.text for one in document.paragraphs if one.style.name == "代码"]
    assert code[0] == "11-02 03:10:00.012 maint[702]: nightly start, subdev=47"
    heads = [[cell.text for cell in table.rows[0].cells] for table in document.tables]
    assert ["子设备数", "全量上报", "build 321 合计", "build 326 合计", "结果"] in heads
    assert ["项目", "内容"] in heads


@pytest.mark.parametrize("kind", KINDS)
def test_both_templates_ask_for_the_same(root: Path, write: Callable[..., tuple[Paper, Filled]], kind: str) -> None:
    """What stands in Word stands in Markdown, too; only the head of Word's pages asks for more: a page on screen has its own."""
    paper, filled = write(kind, POOR)
    template = root / "schema" / "documents" / f"{kind}.md"
    plain = pages.markdown(paper, template, root, attached.Limits((), 0, 0), "")
    assert filled.used - plain.used == {"公司名称", "公司标志", "密级"}
    assert plain.used <= filled.used


@pytest.mark.parametrize(
    ("dots", "shown"), [((600, 160), (2100, 560)), ((1200, 300), (2240, 560)), ((400, 400), (560, 560))]
)
@pytest.mark.parametrize("kind", KINDS)
def test_every_header_has_room_for_a_logo(
    root: Path, words: Vocabulary, tmp_path: Path, kind: str, dots: tuple[int, int], shown: tuple[int, int]
) -> None:
    """A logo of any usual shape is 560 twips (10 mm) high in the header, and its cell is wider than it."""
    stream = io.BytesIO()
    Image.new("RGB", dots).save(stream, "PNG")
    paper = papers.specimen(root, words, kind)
    paper = replace(paper, values={**paper.values, "公司标志": Picture("logo.png", stream.getvalue())})
    template = root / "schema" / "documents" / f"{kind}.docx"
    data = word.fill(paper, template, tmp_path, attached.limits(words), AS_OF).data
    (cell, _) = Document(io.BytesIO(data)).sections[0].header.tables[0].rows[0].cells
    (picture,) = cell._tc.iter(qn("wp:inline"))  # noqa: SLF001 - pictures of headers have no name
    assert (round(picture.extent.cx / 635), round(picture.extent.cy / 635)) == shown
    assert cell.width.twips >= shown[0] + 2 * 108


def test_every_template_numbers_its_pages(root: Path) -> None:
    """Each has A4 pages with the number of the page and of all pages, and signatures; its words are in styles."""
    for path in sorted((root / "schema" / "documents").glob("*.docx")):
        document = Document(str(path))
        section = document.sections[0]
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
        fields = [one.text.strip() for one in section.footer._element.iter(qn("w:instrText"))]  # noqa: SLF001 - fields have no name
        assert fields == ["PAGE", "NUMPAGES"]
        body = document.element.body
        assert "{{ 签字.职责 }}" in [one.text for one in body.iter(qn("w:t"))]
        assert not list(body.iter(qn("w:rFonts"), qn("w:sz"), qn("w:color")))
    assert {path.stem for path in (root / "schema" / "documents").glob("*.docx")} == set(KINDS)


def test_an_office_program_opens_them(write: Callable[..., tuple[Paper, Filled]], tmp_path: Path) -> None:
    """LibreOffice opens every document of a rich ticket and of a poor one, and prints what they say."""
    office = shutil.which("soffice")
    assert office, "no office program: install libreoffice-writer"
    for number, path in enumerate((RICH, POOR)):
        for kind in KINDS:
            (tmp_path / f"{kind}{number}.docx").write_bytes(write(kind, path)[1].data)
    command = [office, f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "pdf"]
    files = sorted(map(str, tmp_path.glob("*.docx")))
    subprocess.run([*command, "--outdir", str(tmp_path), *files], capture_output=True, check=True, timeout=280)
    printed = {path.stem: PdfReader(path) for path in tmp_path.glob("*.pdf")}
    assert set(printed) == {f"{kind}{number}" for kind in KINDS for number in (0, 1)}
    text = "".join(page.extract_text() for page in printed["8D0"].pages).replace("\n", "")
    for said in ("D4 根本原因", "maint[702]: full_report 30/47", "云端下发参数", f"共 {len(printed['8D0'].pages)} 页"):
        assert said in text
