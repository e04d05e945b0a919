"""What a Word template must not have in it: programs, other documents, addresses that are opened without a click."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from docx.oxml.parser import parse_xml

from faultkb.finding import FaultError
from faultkb.violation import clip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_RELATIONS = {
    "officeDocument", "core-properties", "extended-properties", "custom-properties", "thumbnail", "styles",
    "stylesWithEffects", "settings", "webSettings", "fontTable", "font", "theme", "themeOverride", "numbering",
    "header", "footer", "footnotes", "endnotes", "comments", "commentsExtended", "commentsIds",
    "commentsExtensible", "people", "documenttasks", "classificationlabels", "glossaryDocument", "image",
    "hdphoto", "hyperlink", "customXml", "customXmlProps", "attachedTemplate", "printerSettings", "chart",
    "chartUserShapes", "chartStyle", "chartColorStyle", "diagramData", "diagramLayout", "diagramQuickStyle",
    "diagramColors", "diagramDrawing",
}  # fmt: skip
"""What a document consists of, as Word, WPS and LibreOffice write it."""
_FIELDS = {
    "PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "REF", "PAGEREF", "NOTEREF", "SEQ", "STYLEREF", "TITLE",
    "EQ", "SHAPE", "FORMTEXT", "FORMCHECKBOX", "FORMDROPDOWN",
}  # fmt: skip
"""Fields that only count, or repeat what the document says."""
_LINK = re.compile(
    r'HYPERLINK (?:\\l "[^"]*"|"(?:https?://|mailto:|#)[^"]*")(?: \\[lot](?: "[^"]*")?| \\h)*', re.IGNORECASE
)
_ADDRESS = re.compile(r"https?://|mailto:|#", re.IGNORECASE)
_PROGRAMS = re.compile(r"macroEnabled|vbaProject|oleObject|activeX|\.control\+", re.IGNORECASE)
_FORBIDDEN = {
    "altChunk": "插入的另一个文件",
    "subDoc": "插入的另一个文件",
    "OLEObject": "嵌入的对象",
    "object": "嵌入的对象",
    "control": "控件",
    "mailMerge": "邮件合并",
}
_DRAWN = re.compile(r"wordprocessingml|^\{urn:schemas-microsoft-com:(?:office:|vml)|^\{http://www\.w3\.org/2000/svg")
_LINKS = {"src", "href", "althref"}
_FETCHED = {"imagedata", "fill", "image"}
"""Elements that show what they link to, without a click."""
_DECLARED = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PLACES = {"document": "正文", "header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}
_AGAIN = "在 Word 或 WPS 里打开，另存为“Word 文档（.docx）”"


def examine(name: str, contents: Mapping[str, bytes]) -> None:
    """Look at every part of a template. Raise FaultError, with the place and what to do, at the first that would do harm."""
    for part, content in contents.items():
        plain = content.replace(b"\0", b"")  # as UTF-16 has them
        if part.endswith((".xml", ".rels", ".vml", ".svg")):
            if _DECLARED.search(plain):
                raise FaultError(f"模板 {name} 里有不该有的内容（实体声明）：{_AGAIN}")
            wrong = next(_wrong(part, _tree(name, content)), "")
        else:
            is_text = plain.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")
            wrong = "插入的另一个文件：删去它，要的内容写进正文" if is_text else ""
        if wrong:
            raise FaultError(f"模板 {name} 的{_place(part)}里有{wrong}")


def _tree(name: str, content: bytes) -> Any:
    try:
        tree = parse_xml(content)  # it resolves no entity
    except SyntaxError:
        raise FaultError(f"模板 {name} 打不开：{_AGAIN}") from None
    if tree.getroottree().docinfo.doctype:
        raise FaultError(f"模板 {name} 里有不该有的内容（实体声明）：{_AGAIN}")
    return tree


def _place(part: str) -> str:
    stem = posixpath.basename(part).partition(".")[0].rstrip("0123456789")
    return _PLACES.get(stem) or f"部件 {clip(part, 60)} "


def _wrong(part: str, tree: Any) -> Iterator[str]:
    if part == "[Content_Types].xml":
        if any(_PROGRAMS.search(one.get("ContentType", "")) for one in tree):
            yield f"宏、控件或嵌入的对象：删去它们，{_AGAIN}"
    elif part.endswith(".rels"):
        yield from _relations(part, tree)
    else:
        drawn = [one for one in tree.iter() if _DRAWN.search(str(one.tag))]
        yield from (f"{_FORBIDDEN[tag]}：删去它，要的内容写进正文" for tag in map(_tag, drawn) if tag in _FORBIDDEN)
        yield from (wrong for one in drawn for wrong in _links(one))
        yield from (wrong for code in _codes(drawn) for wrong in _field(code))


def _relations(part: str, tree: Any) -> Iterator[str]:
    for one in tree:
        kind, target = one.get("Type", "").rpartition("/")[2], one.get("Target", "")
        charted = kind == "package" and "/charts/" in part
        if kind not in _RELATIONS and not charted:
            yield f"不能用的内容（{clip(kind, 40)}）：宏、控件、嵌入的对象和文件都要删去，要的内容复制到正文里"
        elif one.get("TargetMode", "Internal") == "Internal" or kind == "attachedTemplate":
            continue
        elif kind != "hyperlink" or part == "_rels/.rels":
            yield "链接到别处的图片或对象：换成插在文档里的"
        elif not _ADDRESS.match(target):
            yield f"不能用的超链接“{clip(target, 60)}”：只能链接到 http、https 的网址和邮箱"


def _tag(one: Any) -> str:
    return str(one.tag).rpartition("}")[2]


def _links(one: Any) -> Iterator[str]:
    for key, value in one.attrib.items():
        if key.rpartition("}")[2] not in _LINKS or "/relationships}" in key or value.startswith(("#", "data:")):
            continue
        if _tag(one) in _FETCHED or not _ADDRESS.match(value or "#"):
            yield f"链接到别处的图片或对象“{clip(value, 60)}”：换成插在文档里的"


def _codes(drawn: list[Any]) -> Iterator[str]:
    """Yield the codes of the fields; one that is made of others is only what stands in itself."""
    begun: list[str] = []
    for one in drawn:
        kind = {_tag(one), *(value for key, value in one.attrib.items() if key.endswith("}fldCharType"))}
        if "fldSimple" in kind:
            yield next((value for key, value in one.attrib.items() if key.endswith("}instr")), "")
        elif kind == {"fldChar", "begin"}:
            begun.append("")
        elif kind == {"fldChar", "end"} and begun:
            yield begun.pop()
        elif kind & {"instrText", "delInstrText"}:
            begun.append((begun.pop() if begun else "") + (one.text or ""))
    yield from begun


def _field(code: str) -> Iterator[str]:
    code = " ".join(code.split())
    name = code.partition(" ")[0].upper()
    if name not in _FIELDS and not _LINK.fullmatch(code):
        yield (
            f"不能用的域“{clip(code, 40)}”：在 Word 里按 Alt+F9 看到它，删去；"
            "页码（PAGE、NUMPAGES）、目录（TOC）、引用（REF）可以用，日期写 {{ 编制日期 }}"
        )
