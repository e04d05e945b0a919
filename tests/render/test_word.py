"""Templates as people write them in Word, filled, and read back by python-docx."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import Twips
from PIL import Image

from faultkb.attached import Limits
from faultkb.finding import FaultError
from faultkb.papers import Filled, Markdown, Paper
from faultkb.papers.letterhead import Picture
from faultkb.render import word
from faultkb.render.word_styles import BASE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIMITS = Limits(("png", "jpg"), 5, 20)
AS_OF = datetime.fromisoformat("2026-11-20 17:00")
VALUES: dict[str, Any] = {
    "问题编号": "SW-20261103-001",
    "问题标题": "网关重启",
    "严重程度": "高",
    "公司名称": "栖云",
    "公司标志": None,
    "原因分析": Markdown("看门狗**超时**。\n\n第二段。"),
    "经过": ({"时间": "11-03", "事件": "登记", "内容": "一"}, {"时间": "11-04", "事件": "受理", "内容": "二"}),
}


@pytest.fixture
def fill(tmp_path: Path) -> Callable[..., Filled]:
    """Return a function that fills a template, made of paragraphs or by hand, with these values and some of its own."""

    def one(template: Any, **more: Any) -> Filled:
        path = tmp_path / "模板.docx"
        if not isinstance(template, (list, bytes)):
            template.save(str(path))
        elif isinstance(template, bytes):
            path.write_bytes(template)
        else:
            document = Document()
            for text in template:
                document.add_paragraph(text)
            document.save(str(path))
        paper = Paper("8D", "8D 报告", "N-1", {**VALUES, **more}, {}, "tickets/2026/11")
        return word.fill(paper, path, tmp_path, LIMITS, AS_OF)

    return one


def read(filled: Filled) -> Any:
    """Return a document as python-docx reads it."""
    return Document(io.BytesIO(filled.data))


def lines(filled: Filled) -> list[str]:
    """Return the paragraphs of the body, empty ones left out."""
    return [one.text for one in read(filled).paragraphs if one.text]


def rows(table: Any) -> list[list[str]]:
    """Return the texts of a table."""
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_everywhere(fill: Callable[..., Filled]) -> None:
    """A placeholder is filled in a paragraph, in a cell, in the header and in the footer; those used are named."""
    document = Document()
    document.add_paragraph("编号：{{ 问题编号 }}，标题：{{问题标题}}。")
    document.add_table(1, 1).cell(0, 0).text = "{{ 严重程度 }}"
    section = document.sections[0]
    section.header.paragraphs[0].text = "{{ 公司名称 }}"
    section.footer.paragraphs[0].text = "共 {{ 问题编号 }}"
    found = fill(document)
    again = read(found)
    assert lines(found) == ["编号：SW-20261103-001，标题：网关重启。"]
    assert again.tables[0].cell(0, 0).text == "高"
    assert again.sections[0].header.paragraphs[0].text == "栖云"
    assert again.sections[0].footer.paragraphs[0].text == "共 SW-20261103-001"
    assert found.used == {"问题编号", "问题标题", "严重程度", "公司名称"}
    assert found.unknown == ()


@pytest.mark.parametrize(
    "typed",
    [
        "｛｛ 问题编号 ｝｝",
        "｛｛问题编号｝｝",
        "{{　问题编号　}}",
        "{ { 问题编号 } }",
        "{{p 问题编号 }}",
        "{{r 问题编号 }}",
        "{{ 问题编号 }}{# 给自己看的 #}",
    ],
)
def test_as_people_type_it(fill: Callable[..., Filled], typed: str) -> None:
    """Signs of an input method for Chinese, blanks, and what manuals of docxtpl say all mean the same."""
    assert lines(fill([f"编号 {typed}"])) == ["编号 SW-20261103-001"]


def test_edited_in_word(fill: Callable[..., Filled]) -> None:
    """Word cuts a placeholder into runs, each with its own look: the value takes the first one's, the rest keeps its own."""
    document = Document()
    line = document.add_paragraph("编号：")
    for text, bold in (("{", True), ("{ 问题", False), ("编", False), ("号 }", True), ("} 完", False)):
        line.add_run(text).bold = bold
    runs = [one for one in read(fill(document)).paragraphs[0].runs if one.text]
    assert [(one.text, bool(one.bold)) for one in runs] == [
        ("编号：", False),
        ("SW-20261103-001", True),
        (" 完", False),
    ]


def test_a_template_of_ours_edited_by_a_person(root: Path, fill: Callable[..., Filled]) -> None:
    """Somebody changes a heading, moves a placeholder into a new paragraph and makes it bold: all of it is kept."""
    document = Document(str(root / "schema" / "documents" / "8D.docx"))
    heading = next(one for one in document.paragraphs if one.text.startswith("D4"))
    heading.runs[0].text = "D4 原因（改过）"
    moved = heading.insert_paragraph_before()
    for text in ("见 {{", "问题编号", "}}"):
        moved.add_run(text).bold = True
    found = fill(document)
    assert {"D4 原因（改过）", "见 SW-20261103-001"} <= set(lines(found))
    kept = next(one for one in read(found).paragraphs if one.text == "D4 原因（改过）")
    assert kept.style.name == "8D 标题"
    line = next(one for one in read(found).paragraphs if one.text == "见 SW-20261103-001")
    assert all(one.bold for one in line.runs if one.text)


def test_rows_repeat(fill: Callable[..., Filled]) -> None:
    """The row in which a cell of a table is called is there once for each of its rows; so is a paragraph."""
    document = Document(str(BASE))
    table = document.add_table(2, 2)
    for cell, text in zip(table.rows[0].cells, ("时间", "事件"), strict=True):
        cell.text = text
    for cell, text in zip(table.rows[1].cells, ("{{ 经过.时间 }}", "（{{ 经过.事件 }}）"), strict=True):
        cell.text = text
    document.add_paragraph("{{ 经过.时间 }}：{{ 经过.内容 }}")
    found = fill(document)
    assert rows(read(found).tables[0]) == [["时间", "事件"], ["11-03", "（登记）"], ["11-04", "（受理）"]]
    assert lines(found) == ["11-03：一", "11-04：二"]
    assert found.used == {"经过"}


def test_loops_and_conditions_of_docxtpl(fill: Callable[..., Filled]) -> None:
    """Who knows docxtpl may write its loops and conditions; quotation marks of Word are those of a program."""
    document = Document()
    table = document.add_table(3, 1)
    texts = ("{%tr for 行 in 经过 %}", "{{ loop.index }} {{ 行.事件 }}", "{%tr endfor %}")
    for row, text in zip(table.rows, texts, strict=True):
        row.cells[0].text = text
    document.add_paragraph("{% if 严重程度 == “高” %}加急{% else %}照常{% endif %}")
    found = fill(document)
    assert rows(read(found).tables[0]) == [["1 登记"], ["2 受理"]]
    assert lines(found) == ["加急"]


def test_a_whole_table(fill: Callable[..., Filled]) -> None:
    """A table that is called alone in a paragraph becomes a table of Word with its cells' names as headings."""
    found = read(fill(["{{ 经过 }}"])).tables[0]
    assert rows(found) == [["时间", "事件", "内容"], ["11-03", "登记", "一"], ["11-04", "受理", "二"]]
    assert found.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None  # noqa: SLF001 - python-docx has no name for it


@pytest.mark.parametrize(
    ("value", "shown"),
    [("高", "☐紧急　☑高　☐中"), ("待补充", "☐紧急　☐高　☐中　待补充")],
)
def test_boxes(fill: Callable[..., Filled], value: str, shown: str) -> None:
    """``勾选`` shows choices as boxes; what is none of them is not lost."""
    assert lines(fill(['{{ 严重程度 ｜ 勾选(“紧急”，“高”, "中") }}'], 严重程度=value)) == [shown]


def test_unknown_names(fill: Callable[..., Filled]) -> None:
    """A name that nobody knows is told and stays visible in the document; so does a cell that a table does not have."""
    document = Document()
    document.add_paragraph("{{ 问题编码 }} {{ 问题编号 }}")
    document.add_table(1, 1).cell(0, 0).text = "{{ 经过.时间 }}{{ 经过.时刻 }}"
    found = fill(document)
    assert found.unknown == ("问题编码", "经过.时刻")
    assert lines(found) == ["{{ 问题编码 }} SW-20261103-001"]
    assert [row[0] for row in rows(read(found).tables[0])] == ["11-03{{ 时刻 }}", "11-04{{ 时刻 }}"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("{{ 问题编号 }", "花括号没有配好对"),
        ("{ 问题编号 }}", "花括号没有配好对"),
        ("{ 问题编号 }", "写成 {{ 问题编号 }}"),
        ("{{ 问题编号", "花括号没有配好对"),
        ("{{ 问题 编号 }}", "只写占位符的名字"),
        ("{{ }}", "只写占位符的名字"),
        ("{{ 问题编号() }}", "只能写占位符"),
        ("{{ ''.__class__.__mro__ }}", "只能写占位符"),
        ("{{ 问题编号.__class__ }}", ""),
        ("{{ 7 * 7 }}", "只能写占位符"),
        ("{{ 问题编号 | attr('x') }}", "只能写占位符"),
        ("{% for 行 in 经过 %}", "endfor"),
        ("{% for 行 in 问题编号 %}{% endfor %}", "最后一个词是一个表的名字"),
        ("{% if 严重程度 %}", "endif"),
        ("{% endfor %}", "前面没有与它相配的"),
        ("{% else %}", "前面没有"),
        ("{% include '/etc/passwd' %}", "只能用 for"),
        ("{% set a = 1 %}", "只能用 for"),
        ("{% for a in 经过 %}{% for b in 经过 %}{% for c in 经过 %}{% endfor %}{% endfor %}{% endfor %}", "套得太深"),
    ],
)
def test_broken_templates(fill: Callable[..., Filled], typed: str, said: str) -> None:
    """What is wrong is said in plain words, with the template and the place; nothing that computes or calls is taken."""
    if not said:
        assert fill([typed]).unknown == ("问题编号.__class__",)
        return
    with pytest.raises(FaultError) as caught:
        fill(["第一段", f"原因 {typed}"])
    message = str(caught.value)
    assert message.startswith("模板 模板.docx 要改 1 处：\n  正文“原因 ")
    assert said in message


def test_braces_of_full_width(fill: Callable[..., Filled]) -> None:
    """In pairs they are mended; where one is missing, they are named, with what stands beside and no half of another placeholder."""
    good = "{{ 问题标题 }}" * 5
    assert lines(fill([f"{good} 与 ｛｛ 问题编号 ｝｝"])) == ["网关重启" * 5 + " 与 SW-20261103-001"]
    with pytest.raises(FaultError) as caught:
        fill([f"{good} 与 ｛｛ 问题编号 ｝"])
    said = "用了全角花括号，而且没有配好对：一个占位符写成 {{ 问题编号 }}，两边各两个半角花括号"
    assert str(caught.value) == f"模板 模板.docx 要改 1 处：\n  正文“与 ｛｛ 问题编号 ｝”：{said}"


def test_every_problem_at_once(fill: Callable[..., Filled]) -> None:
    """All places are told together, those of the header among them; of very many, the first ten."""
    document = Document()
    document.add_paragraph("{{ 问题编号 }")
    document.sections[0].header.paragraphs[0].text = "{% endif %}"
    with pytest.raises(FaultError, match=r"要改 2 处：\n  正文“.*”：.*\n  页眉“"):
        fill(document)
    with pytest.raises(FaultError, match="还有 490 处"):
        fill([f"{number} {{{{ 问题编号 }}" for number in range(500)])


def test_two_tables_in_a_row(fill: Callable[..., Filled]) -> None:
    """One row of Word cannot repeat for two tables."""
    more = {"风险": ({"时间": "11-05"},)}
    document = Document()
    document.add_table(1, 1).cell(0, 0).text = "{{ 经过.时间 }}{{ 风险.时间 }}"
    with pytest.raises(FaultError, match="同一行里只能用一个表：这里有经过、风险"):
        fill(document, **more)


HOSTILE = [
    "{{ 7*7 }}",
    "{% for x in 经过 %}",
    "{_{ 1 }_}",
    "</w:t></w:r><w:p/>&amp;<b>",
    "\ue0000\ue001",
    "a\x00b\x0b\x1f\ufffe\ud800c",
    "\u202eabc",
    "[图](http://127.0.0.1:1/)",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(fill: Callable[..., Filled], text: str) -> None:
    """Whatever a ticket says is text: for jinja, for XML, for the marks in between. What XML forbids is left out."""
    document = Document()
    document.add_paragraph("标题：{{ 问题标题 }}")
    document.add_table(1, 1).cell(0, 0).text = "{{ 经过.时间 }}"
    found = fill(document, 问题标题=text, 经过=({"时间": text},))
    shown = re.sub("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\ue000\ue001\u202e]", "", text)
    assert lines(found) == [f"标题：{shown}"]
    assert rows(read(found).tables[0]) == [[shown]]


def test_lines_of_a_value(fill: Callable[..., Filled]) -> None:
    """Ends of lines and tabs in a value of one line stay what they are."""
    assert lines(fill(["{{ 问题标题 }}"], 问题标题="甲\n乙\t丙")) == ["甲\n乙\t丙"]


def test_same_bytes_and_no_author(fill: Callable[..., Filled]) -> None:
    """The same paper is the same file; it says its title, the company and the moment, and nobody's name."""
    document = Document()
    document.core_properties.author = document.core_properties.last_modified_by = "SOMEBODY"
    about = next(one for one in document.part.package.iter_parts() if one.partname == "/docProps/app.xml")
    about._blob = about.blob.replace(b"</Properties>", b"<Manager>SOMEBODY</Manager></Properties>")  # noqa: SLF001 - as Word does
    document.add_paragraph("{{ 原因分析 }}")
    first, second = fill(document), fill(document)
    assert first.data == second.data
    assert not any(b"SOMEBODY" in one for one in contents(first).values())
    about = read(first).core_properties
    assert (about.title, about.author, about.last_modified_by) == ("8D 报告 N-1", "栖云", "栖云")
    assert about.created == about.modified
    assert about.created.replace(tzinfo=None) == AS_OF


def test_logo(fill: Callable[..., Filled], root: Path) -> None:
    """The company's picture stands in the header, small; without one there is nothing."""
    document = Document()
    document.sections[0].header.paragraphs[0].text = "{{ 公司标志 }} {{ 公司名称 }}"
    logo = Picture("logo.png", (root / "schema" / "documents" / "logo.png").read_bytes())
    header = read(fill(document, 公司标志=logo)).sections[0].header
    sizes = [one.extent.cy for one in header._element.iter(qn("wp:inline"))]  # noqa: SLF001 - pictures of headers have no name
    assert sizes == [560 * 635]
    assert read(fill(document)).sections[0].header.paragraphs[0].text == " 栖云"


def test_logo_fits_its_cell(fill: Callable[..., Filled]) -> None:
    """A wide logo in a narrow cell is whole: 900 twips less margins of 80 on both sides are 740, at 3.75 to 1."""
    stream = io.BytesIO()
    Image.new("RGB", (600, 160)).save(stream, "PNG")
    document = Document()
    cell = document.sections[0].header.add_table(1, 2, Twips(9638)).cell(0, 0)
    cell.width, cell.text = Twips(900), "{{ 公司标志 }}"
    header = read(fill(document, 公司标志=Picture("logo.png", stream.getvalue()))).sections[0].header
    (size,) = [one.extent for one in header._element.iter(qn("wp:inline"))]  # noqa: SLF001 - pictures of headers have no name
    assert (size.cx, size.cy) == (740 * 635, 740 * 635 * 160 // 600)


def pack(**parts: bytes) -> bytes:
    """Return a zip file."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def changed(name: str, old: bytes, new: bytes) -> bytes:
    """Return a Word file of which one part was changed."""
    with zipfile.ZipFile(BASE) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    assert old in parts[name]
    parts[name] = parts[name].replace(old, new)
    return pack(**parts)


MAIN = b"wordprocessingml.document.main+xml"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "不是 Word 文档"),
        (b"hello", "不是 Word 文档"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "旧的 .doc 格式，或者加了密码"),
        (pack(a=b"x"), "不是 Word 文档"),
        (BASE.read_bytes()[:9000], "不是 Word 文档"),
        (pack(**{"[Content_Types].xml": MAIN, "word/document.xml": b"\0" * 100_000_001}), "解开以后太大"),
        (pack(**{"[Content_Types].xml": MAIN, **{f"a{n}": b"" for n in range(2001)}}), "解开以后太大"),
        (changed("[Content_Types].xml", MAIN, b"ms-word.document.macroEnabled.main+xml"), "带着宏"),
        (changed("word/document.xml", b"<w:body>", b"<w:body><w:p></w:body>"), "打不开"),
        (changed("word/styles.xml", b"<w:styles ", b"<!DOCTYPE a [<!ENTITY b 'c'>]><w:styles "), "实体声明"),
    ],
)
def test_no_template(fill: Callable[..., Filled], data: bytes, said: str) -> None:
    """Files that are no templates, and those that would do harm, are refused in plain words."""
    with pytest.raises(FaultError, match=re.escape(said)):
        fill(data)


def test_missing_template(tmp_path: Path) -> None:
    """A template that is not there is named."""
    with pytest.raises(FaultError, match=r"没有模板 .*8D\.docx"):
        word.fill(Paper("8D", "", "", {}, {}), tmp_path / "8D.docx", tmp_path, LIMITS, AS_OF)


def test_links_of_a_template(fill: Callable[..., Filled]) -> None:
    """Where the editor's own template lies is forgotten; a picture that is fetched from elsewhere is refused."""
    document = Document()
    document.add_paragraph("{{ 问题编号 }}")
    settings = document.part.part_related_by(RELATIONSHIP_TYPE.SETTINGS)
    kind = RELATIONSHIP_TYPE.SETTINGS.replace("settings", "attachedTemplate")
    settings.relate_to("file:///C:/Users/x/Vorlage.dotm", kind, is_external=True)
    assert b"Vorlage.dotm" not in b"".join(contents(fill(document)).values())
    document.part.relate_to("http://127.0.0.1:1/a.png", RELATIONSHIP_TYPE.IMAGE, is_external=True)
    with pytest.raises(FaultError, match="链接到别处"):
        fill(document)


def contents(filled: Filled) -> dict[str, bytes]:
    """Return the parts of a document."""
    with zipfile.ZipFile(io.BytesIO(filled.data)) as archive:
        return {one: archive.read(one) for one in archive.namelist()}


def field(code: str) -> bytes:
    """Return a field as Word writes it, its code in two pieces."""
    pieces = f"<w:r><w:instrText>{code[:3]}</w:instrText></w:r><w:r><w:instrText>{code[3:]}</w:instrText></w:r>"
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f"<w:p>{begin}{pieces}{end}</w:p>".encode()


def simple(code: str) -> bytes:
    """Return a field as it stands in one element."""
    return f'<w:p><w:fldSimple w:instr="{code}"/></w:p>'.encode()


def linked(kind: str, target: str, mode: str = "External") -> bytes:
    """Return a relation to something."""
    return f'<Relationship Id="rIdX" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'.encode()


OFFICE = RELATIONSHIP_TYPE.IMAGE.rpartition("/")[0]
BODY, LINKS, ROOT = "word/document.xml", "word/_rels/document.xml.rels", "_rels/.rels"
BEFORE = {BODY: b"<w:sectPr", LINKS: b"</Relationships>", ROOT: b"</Relationships>", "[Content_Types].xml": b"</Types>"}
VBA = "application/vnd.ms-office.vbaProject"


@pytest.mark.parametrize(
    ("part", "more", "said"),
    [
        (BODY, field("DDEAUTO cmd"), "正文里有不能用的域“DDEAUTO cmd”"),
        (BODY, simple("DDEAUTO cmd"), "正文里有不能用的域“DDEAUTO cmd”"),
        (BODY, simple("INCLUDEPICTURE &quot;http://x/&quot;"), "不能用的域“INCLUDEPICTURE"),
        (BODY, simple(r"INCLUDETEXT &quot;\\x\s&quot;"), "不能用的域“INCLUDETEXT"),
        (BODY, simple("DATE"), "日期写 {{ 编制日期 }}"),
        (BODY, simple(""), "不能用的域"),
        (BODY, simple("HYPERLINK &quot;file://x/&quot;"), "不能用的域“HYPERLINK"),
        (BODY, b"<w:p><w:r><w:instrText>DDE x y</w:instrText></w:r></w:p>", "不能用的域“DDE x y”"),
        (BODY, b"<w:altChunk/>", "插入的另一个文件"),
        (
            BODY,
            b'<w:p><w:r><w:pict><a:x xmlns:a="urn:schemas-microsoft-com:vml" src="//x/"/></w:pict></w:r></w:p>',
            "别处",
        ),
        (LINKS, linked("hyperlink", "file://x/"), "不能用的超链接“file://x/”"),
        (LINKS, linked("hyperlink", r"\\x\s"), "不能用的超链接"),
        (LINKS, linked("image", "http://x/a.png"), "链接到别处"),
        (LINKS, linked("aFChunk", "a.html", "Internal"), "不能用的内容（aFChunk）"),
        (LINKS, linked("oleObject", "a.bin", "Internal"), "不能用的内容（oleObject）"),
        (LINKS, linked("control", "a.xml", "Internal"), "不能用的内容（control）"),
        (LINKS, linked("frame", "http://x/"), "不能用的内容（frame）"),
        (ROOT, linked("hyperlink", "http://x/"), "链接到别处"),
        (ROOT, linked("webextensiontaskpanes", "a.xml", "Internal"), "不能用的内容（webextensiontaskpanes）"),
        ("[Content_Types].xml", f'<Override PartName="/a.bin" ContentType="{VBA}"/>'.encode(), "宏"),
    ],
)
def test_harm_in_a_template(fill: Callable[..., Filled], part: str, more: bytes, said: str) -> None:
    """Programs, other documents, and addresses that are opened without a click are refused, with the place."""
    with pytest.raises(FaultError, match=re.escape(said)):
        fill(changed(part, BEFORE[part], more + BEFORE[part]))


@pytest.mark.parametrize(
    ("part", "more"),
    [
        (BODY, simple(r"PAGE \* MERGEFORMAT") + field(r" NUMPAGES ") + field(r'TOC \o "1-3" \h')),
        (BODY, field(r' HYPERLINK \l "_Toc1" \h') + field('HYPERLINK "https://example.com/"')),
        (LINKS, linked("hyperlink", "https://example.com/")),
        (LINKS, linked("hyperlink", "mailto:a@example.com")),
        (ROOT, b'<Relationship Id="rIdX" Type="a/custom-properties" Target="docProps/app.xml"/>'),
    ],
)
def test_what_templates_have(fill: Callable[..., Filled], part: str, more: bytes) -> None:
    """Numbers of pages, a table of contents and links to the web are fine."""
    assert fill(changed(part, BEFORE[part], more + BEFORE[part])).data


def test_entities_in_utf_16(fill: Callable[..., Filled]) -> None:
    """A declaration is found in every encoding that XML allows."""
    with zipfile.ZipFile(BASE) as archive:
        parts = {one: archive.read(one) for one in archive.namelist()}
    text = re.sub(r"<\?xml[^>]*>", "", parts[BODY].decode())
    parts[BODY] = f"<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE a [<!ENTITY b 'c'>]>{text}".encode("utf-16")
    with pytest.raises(FaultError, match="实体声明"):
        fill(pack(**parts))


@pytest.mark.parametrize("name", ["{{ 问题编号 }}", "{{ 9**9**9 }}", "{% for a in 经过 %}"])
def test_placeholders_only_in_text(fill: Callable[..., Filled], name: str) -> None:
    """A placeholder in the name of a bookmark, in a field, or in the properties of the file is reported."""
    bookmark = f'<w:p><w:bookmarkStart w:id="9" w:name="{name}"/></w:p>'.encode()
    for more in (bookmark, simple(f"TITLE {name}")):
        with pytest.raises(FaultError, match="只写在文字里"):
            fill(changed(BODY, BEFORE[BODY], more + BEFORE[BODY]))
    document = Document()
    document.core_properties.subject = name
    with pytest.raises(FaultError, match="文件的属性里不能用占位符"):
        fill(document)


def test_pieces_that_come_together(fill: Callable[..., Filled]) -> None:
    """Braces in three paragraphs that docxtpl would join compute nothing."""
    with pytest.raises(FaultError, match="写错了"):
        fill(["{", "{ 9 * 9 }", "}"])
