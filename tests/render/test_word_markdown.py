"""The Markdown of tickets as real Word, read back by python-docx."""

from __future__ import annotations

import io
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from faultkb.attached import Limits
from faultkb.papers import Filled, Markdown, Paper
from faultkb.render import word
from faultkb.render.word_styles import BASE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ID = "SW-20261103-001"
AS_OF = datetime.fromisoformat("2026-11-20 17:00")
LIMITS = Limits(("png", "jpg", "webp", "svg", "txt"), 5, 20)


def fill(folder: Path, text: str, *before: str, base: str | None = str(BASE)) -> Filled:
    """Fill a template whose last paragraph calls a section."""
    document = Document(base)
    for line in before:
        document.add_paragraph(line)
    document.add_paragraph("{{ 原因分析 }}", style="正文段落" if base else None)
    document.save(str(folder / "t.docx"))
    paper = Paper("8D", "8D 报告", "N-1", {"问题编号": ID, "原因分析": Markdown(text)}, {}, "tickets/2026/11")
    return word.fill(paper, folder / "t.docx", folder, LIMITS, AS_OF)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Any]:
    """Return a function that makes a document of a section, as python-docx reads it."""
    return lambda text, *before, **more: Document(io.BytesIO(fill(tmp_path, text, *before, **more).data))


def shown(document: Any) -> list[tuple[str, str]]:
    """Return the style and the text of each paragraph."""
    return [(one.style.name, one.text) for one in document.paragraphs]


def test_paragraphs(make: Callable[..., Any]) -> None:
    """Paragraphs take the style of the placeholder's; a line that ends between Chinese characters only ends for want of room."""
    assert shown(make("第一\n段。\n\nSecond\nline  \nthird")) == [
        ("正文段落", "第一段。"),
        ("正文段落", "Second line\nthird"),
    ]


def test_marks(make: Callable[..., Any]) -> None:
    """Bold, italic, struck, both at once, and code in a style of its own."""
    runs = make("a**b**_c_~~d~~**_e_**`f`").paragraphs[0].runs
    assert [(one.text, one.bold, one.italic, one.font.strike, one.style.name) for one in runs] == [
        ("a", None, None, None, "Default Paragraph Font"),
        ("b", True, None, None, "Default Paragraph Font"),
        ("c", None, True, None, "Default Paragraph Font"),
        ("d", None, None, True, "Default Paragraph Font"),
        ("e", True, True, None, "Default Paragraph Font"),
        ("f", None, None, None, "行内代码"),
    ]


def test_among_other_text(make: Callable[..., Any]) -> None:
    """A section that is called in the middle of a line begins there; its further blocks follow the line."""
    made = make("x", "原因：{{ 原因分析 }}（完）")
    assert shown(made)[0] == ("Normal", "原因：x（完）")
    made = make("甲\n\n- 乙", "原因：{{ 原因分析 }}（完）")
    assert shown(made)[:2] == [("Normal", "原因：甲（完）"), ("列表文字", "乙")]


def numbering(document: Any) -> list[tuple[str, int, int]]:
    """Return the text, the list and the level of each item."""
    found = []
    for one in document.paragraphs:
        mark = one._p.pPr.numPr if one._p.pPr is not None else None  # noqa: SLF001 - python-docx has no name for it
        if mark is not None:
            found.append((one.text, mark.numId.val, mark.ilvl.val))
    return found


def test_lists(make: Callable[..., Any]) -> None:
    """Lists are Word's own: nested by level, each numbered one counts anew, from where it says; boxes are boxes."""
    document = make("1. a\n   - b\n     1. c\n2. d\n\n段落\n\n3. e\n4. f\n\n- [x] g\n- [ ] h")
    items = numbering(document)
    assert [(text, level) for text, _, level in items] == [
        ("a", 0),
        ("b", 1),
        ("c", 2),
        ("d", 0),
        ("e", 0),
        ("f", 0),
        ("☑ g", 0),
        ("☐ h", 0),
    ]
    lists = {text: number for text, number, _ in items}
    assert lists["a"] == lists["d"] != lists["e"] == lists["f"]
    assert lists["c"] not in {lists["a"], lists["e"]}
    assert lists["b"] == lists["☑ g"]
    root = document.part.numbering_part.element
    starts = {one.numId: one.find(f".//{qn('w:startOverride')}") for one in root.findall(qn("w:num"))}
    assert [starts[lists[text]].get(qn("w:val")) for text in "ace"] == ["1", "1", "3"]


def test_blocks_in_an_item(make: Callable[..., Any]) -> None:
    """Further paragraphs and code of an item stand under its text."""
    document = make("- a\n\n  b\n\n  ```\n  c\n  ```")
    assert shown(document) == [("列表文字", "a"), ("列表文字", "b"), ("代码", "c")]
    assert [one.paragraph_format.left_indent.twips for one in document.paragraphs[1:]] == [400, 400]


def test_tables(make: Callable[..., Any]) -> None:
    """A table fills the width, repeats its headings, keeps its sides, and its rows stay whole."""
    document = make("| 名 | 数 |\n|---|--:|\n| **甲** | 1 |\n| 乙 | 2 |")
    table = document.tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["名", "数"], ["甲", "1"], ["乙", "2"]]
    assert table.style.name == "数据表"
    kinds = [{child.tag for child in row._tr.trPr} for row in table.rows]  # noqa: SLF001 - python-docx has no name for it
    assert [qn("w:tblHeader") in one for one in kinds] == [True, False, False]
    assert all(qn("w:cantSplit") in one for one in kinds)
    assert [cell.paragraphs[0].alignment for cell in table.rows[1].cells] == [None, 2]
    section = document.sections[0]
    room = (section.page_width - section.left_margin - section.right_margin) / 635
    assert room - 4 < sum(column.width.twips for column in table.columns) <= room


def test_an_id_is_not_broken(make: Callable[..., Any]) -> None:
    """Beside long texts a column of ids keeps the room for one: 15 letters of 102 twentieths, and its margins."""
    text = "长" * 300
    table = make(f"| 编号 | 一 | 二 | 三 |\n|---|---|---|---|\n| SW-20261103-001 | {text} | {text} | {text} |").tables[
        0
    ]
    assert table.columns[0].width.twips >= 15 * 102 + 160


def test_code(make: Callable[..., Any]) -> None:
    """Each line of code is a paragraph with one run: blanks, empty lines and what looks like marks are kept."""
    document = make("```c\n  a  = 1;\n\n\tb **c** <d>\n```")
    assert shown(document) == [("代码", "  a  = 1;"), ("代码", ""), ("代码", "\tb **c** <d>")]
    assert max(len(one.runs) for one in document.paragraphs) == 1


def test_quotes_headings_rules(make: Callable[..., Any]) -> None:
    """A quote, the heading of a part and one below it, a line across: each has its style."""
    assert shown(make("### 现象\n\n#### 细节\n\n> 引\n\n---")) == [
        ("小标题一", "现象"),
        ("小标题二", "细节"),
        ("引用文字", "引"),
        ("分隔线", ""),
    ]


def test_links(make: Callable[..., Any]) -> None:
    """Addresses of the web and of mail are links; all others, and raw HTML, are text."""
    document = make(
        "[a](https://example.com/x?y=1&z=2) [b](mailto:x@example.com) [c](javascript:alert) [d](file:///etc/passwd)"
        " [e](../x.md) <b onclick=x>f</b> <script>g</script>"
    )
    assert [(one.text, one.address) for one in document.paragraphs[0].hyperlinks] == [
        ("a", "https://example.com/x?y=1&z=2"),
        ("b", "mailto:x@example.com"),
    ]
    assert (
        document.paragraphs[0].text
        == "a b [c](javascript:alert) [d](file:///etc/passwd) e <b onclick=x>f</b> <script>g</script>"
    )
    targets = {one.target_ref for one in document.part.rels.values() if one.is_external}
    assert targets == {"https://example.com/x?y=1&z=2", "mailto:x@example.com"}


def test_pictures(tmp_path: Path) -> None:
    """A picture of the ticket's folder is there, no wider than the text, with its caption, without what a camera wrote."""
    home = tmp_path / "tickets" / "2026" / "11" / ID
    home.mkdir(parents=True)
    exif = Image.Exif()
    exif[0x013B] = "SECRET-OWNER"
    Image.new("RGB", (4000, 1000), "red").save(home / "a.jpg", exif=exif)
    Image.new("RGB", (96, 48), "blue").save(home / "b.webp")
    filled = fill(tmp_path, f"![大图]({ID}/a.jpg)\n\n看 ![]({ID}/b.webp) 这里")
    document = Document(io.BytesIO(filled.data))
    assert shown(document) == [("图片", ""), ("图注", "图：大图"), ("正文段落", "看  这里")]
    first, second = document.inline_shapes
    assert first.width == 9_638 * 635  # 170 mm in twentieths of a point
    assert round(first.width / first.height, 2) == 4.0
    assert (second.width, second.height) == (914_400, 457_200)  # one inch of 96 dots
    images = [one.blob for one in document.part.package.image_parts]
    assert len(images) == 2
    assert not any(b"SECRET" in one for one in images)
    assert filled.remarks == ()


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        (f"{ID}/none.png", "文件夹里没有这个文件"),
        (f"{ID}/a.txt", "txt 文件不是图片"),
        (f"{ID}/fake.png", "不是 PNG 图片"),
        ("https://example.com/a.png", "不在这个故障的文件夹里"),
        ("file:///etc/passwd", None),
        ("/etc/hostname.png", "不在这个故障的文件夹里"),
        (f"{ID}/../x.png", "不在这个故障的文件夹里"),
        ("SW-20261103-002/a.png", "不在这个故障的文件夹里"),
        (f"{ID}/link.png", "链接"),
    ],
)
def test_pictures_that_are_not_taken(tmp_path: Path, reference: str, reason: str | None) -> None:
    """What is missing, foreign or no picture is named in its place, and told."""
    home = tmp_path / "tickets" / "2026" / "11" / ID
    home.mkdir(parents=True)
    for name in ("a.txt", "fake.png"):
        (home / name).write_text("x", encoding="utf-8")
    Image.new("RGB", (1, 1)).save(tmp_path / "x.png")
    (home / "link.png").symlink_to(tmp_path / "x.png")
    filled = fill(tmp_path, f"![说明]({reference})")
    document = Document(io.BytesIO(filled.data))
    assert len(document.inline_shapes) == 0
    if reason is not None:
        assert shown(document) == [("正文段落", "[图：说明]")]
        assert len(filled.remarks) == 1
        assert reason in filled.remarks[0]


def test_a_template_without_our_styles(make: Callable[..., Any]) -> None:
    """A template that was made from nothing in Word gets the styles that it lacks, and lists that count."""
    document = make("a\n\n1. b\n\n```\nc\n```\n\n| d |\n|---|\n| e |", base=None)
    assert [style for style, _ in shown(document)] == ["Normal", "列表文字", "代码", "表后"]
    assert document.tables[0].style.name == "数据表"
    assert numbering(document)[0][0] == "b"


def test_in_a_cell(tmp_path: Path) -> None:
    """In a cell of a table a section is as wide as the cell, and the cell ends with a paragraph as Word wants it."""
    document = Document(str(BASE))
    cell = document.add_table(1, 2).cell(0, 0)
    cell.text = "{{ 原因分析 }}"
    document.save(str(tmp_path / "t.docx"))
    values = {"问题编号": ID, "原因分析": Markdown("甲\n\n| 乙 |\n|---|\n| 丙 |")}
    filled = word.fill(Paper("8D", "", "", values, {}), tmp_path / "t.docx", tmp_path, LIMITS, AS_OF)
    again = Document(io.BytesIO(filled.data)).tables[0].cell(0, 0)
    assert [one.text for one in again.paragraphs] == ["甲", ""]
    assert again.tables[0].columns[0].width <= again.width


def test_fonts() -> None:
    """The text is in 宋体 and Times New Roman, headings are in 黑体 and Arial, by the styles and not by hand."""
    styles = Document(str(BASE)).styles
    defaults = styles.element.find(f".//{qn('w:rPrDefault')}//{qn('w:rFonts')}")
    assert (defaults.get(qn("w:eastAsia")), defaults.get(qn("w:ascii"))) == ("宋体", "Times New Roman")
    for name in ("Title", "Heading 1", "Heading 2", "8D 标题", "小标题一"):
        fonts = styles[name].element.rPr.rFonts
        assert (fonts.get(qn("w:eastAsia")), fonts.get(qn("w:ascii"))) == ("黑体", "Arial")


def test_large_sections(tmp_path: Path) -> None:
    """A log of 20,000 lines, a megabyte of text with marks, 2,000 lists: each in seconds."""
    for text in (
        "```\n" + "03:10:00 maint[702]: full_report 30/47 E-1042\n" * 20_000 + "```",
        f"**甲** `b` {'乙' * 90}\n\n" * 10_000,
    ):
        assert len(text) > 600_000
        start = time.monotonic()
        fill(tmp_path, text)
        assert time.monotonic() - start < 90
    fill(tmp_path, "1. a\n\n段\n\n" * 2_000)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(["- ", "1. ", "> ", "```\n", "| a | b |\n|--|--|\n", "![x](y)", "[l](http://a.b)", "\n\n", "\n", "  ",
                                 "**", "`", "<b>", "{{ x }}", "\ue000", "\x00", "甲", "w ", "# ", "---\n", "\t"]), max_size=30))  # fmt: skip
def test_any_text(tmp_path_factory: pytest.TempPathFactory, pieces: list[str]) -> None:
    """Whatever somebody types, the document opens again."""
    folder = tmp_path_factory.getbasetemp()
    Document(io.BytesIO(fill(folder, "".join(pieces)).data))
