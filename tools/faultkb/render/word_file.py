"""A Word file read from a disk and written to one: hostile ones are refused, and the same document has the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.oxml.ns import qn

from faultkb.finding import FaultError
from faultkb.render import word_guard

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_LARGEST = 20_000_000
_LARGEST_UNPACKED = 100_000_000
_MOST_PARTS = 2_000
_OLD = b"\xd0\xcf\x11\xe0"
"""How files of the old Word begin, and those with a password."""
_EDITOR = re.compile(rb"<(Manager|Company|HyperlinkBase|Template)>[^<]*</\1>")
_FIRST = (1980, 1, 1, 0, 0, 0)
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_AGAIN = "在 Word 或 WPS 里打开，另存为“Word 文档（.docx）”"


def opened(path: Path) -> Any:
    """Open a template. Raise FaultError, in words for its editor, if it is none or would do harm."""
    try:
        if path.stat().st_size > _LARGEST:
            raise FaultError(f"模板 {path.name} 超过 {_LARGEST // 1_000_000} MB：缩小里面的图片")
        data = path.read_bytes()
    except OSError:
        raise FaultError(f"没有模板 {path}，或者读不出来") from None
    if data.startswith(_OLD):
        raise FaultError(f"模板 {path.name} 是旧的 .doc 格式，或者加了密码：{_AGAIN}，不要加密码")
    _examine(path.name, data)
    try:
        document = Document(io.BytesIO(data))
    except Exception:  # noqa: BLE001 - what python-docx raises on a broken file is of all sorts
        raise FaultError(f"模板 {path.name} 打不开：{_AGAIN}") from None
    _unlink(document)
    return document


def _examine(name: str, data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            size = sum(one.file_size for one in parts)
            if len(parts) > _MOST_PARTS or size > _LARGEST_UNPACKED:
                raise FaultError(f"模板 {name} 解开以后太大，不像一个文档：{_AGAIN}")
            contents = {one.filename: archive.read(one) for one in parts}
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
        raise FaultError(f"模板 {name} 不是 Word 文档，或者已经损坏：{_AGAIN}") from None
    if _MAIN.encode() not in contents.get("[Content_Types].xml", b""):
        raise FaultError(f"模板 {name} 不是 Word 文档（或者带着宏）：{_AGAIN}")
    word_guard.examine(name, contents)


def _unlink(document: Any) -> None:
    """Forget the template's editor and the folders of his machine."""
    for part in document.part.package.iter_parts():
        if part.partname == "/docProps/app.xml":
            part._blob = _EDITOR.sub(b"", part.blob)  # noqa: SLF001 - python-docx takes it for bytes like any other
        for key, one in list(part.rels.items()):
            if one.is_external and one.reltype.endswith("/attachedTemplate"):
                for link in part.element.findall(qn("w:attachedTemplate")):
                    part.element.remove(link)
                del part.rels[key]


def written(document: Any, title: str, company: str, as_of: datetime) -> bytes:
    """Return a document's bytes: the same whenever and wherever it is written, without a word of who wrote it."""
    about = document.core_properties
    about.title, about.author, about.last_modified_by, about.comments = title, company, company, ""
    about.subject = about.keywords = about.category = ""
    about.created = about.modified = as_of
    about.revision = 1
    stream = io.BytesIO()
    document.save(stream)
    return packed(stream.getvalue())


def packed(data: bytes) -> bytes:
    """Pack the parts of a file again, with no time of today in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda one: (one != "[Content_Types].xml", one)):
            part = zipfile.ZipInfo(name, _FIRST)
            part.compress_type, part.create_system = zipfile.ZIP_DEFLATED, 0
            new.writestr(part, old.read(name))
    return stream.getvalue()
