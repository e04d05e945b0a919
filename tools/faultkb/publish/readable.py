"""A file of the site → the text in it that a person or a program can read: what the search for private data looks at."""

from __future__ import annotations

import contextlib
import functools
import html
import io
import logging
import re
import time
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from faultkb import contents
from faultkb.attached import PICTURES, TEXTS, UnfitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

APART = "\n\n"
"""What stands between two texts, so that no value begins in one and ends in the other."""
_PIECES = "api/search/grams/"
"""Pieces of two to four characters are too short for a value. The whole titles and names among them are those of the documents
(``docs/``), where they have the dots and spaces that tell a number from a version; there they are looked at."""
_TAG = re.compile(r"(<[^<>]*+>)")
_HEADING = re.compile(r"<h[1-6] id=[^\s=>]*+>", re.IGNORECASE)
_NAME = re.compile(r"</?([a-z0-9]*)", re.IGNORECASE)
_VALUE = re.compile(
    r"""[\s](?!(?:class|d|points|transform|viewBox)=)[^\s=<>"']++\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s>"'<]++))"""
)
"""The value of an attribute, but for names of styles and the numbers of drawings."""
_WITHIN = re.compile(
    "a|abbr|b|bd[io]|cite|code|dd|del|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|tspan|u|var|wbr", re.IGNORECASE
)
"""Elements that a line runs through; all others begin a new one."""
_ESCAPES = (("\\\\", "\1"), ('\\"', "\2"), ("\\n", "\n"), ("\\r", "\n"), ("\\t", "\t"), ("\\/", "/"))
_STAND_INS = (("\1", "\\"), ("\2", '"'))
_CODE = re.compile(r"\\u([0-9a-fA-F]{4})")
_DIGEST = re.compile(r"^[0-9a-f]{64}$", re.MULTILINE)
_SLUG = re.compile(r"(faults/by/[a-z-]{1,20}/)[^/\"'\s]{1,200}")
_SLUGS = re.compile(r'("slug": ")[^"]{1,200}')
_SLUGGED = ("faults/by/", "api/v1/products")
"""Addresses made of a value that stands in full on the page: without blanks and points, anything may look like anything."""
_PRINTED = re.compile(rb"[\x20-\x7e]{6,}+")
_CLOSED = (b"PK\x03\x04", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"\xd0\xcf\x11\xe0", b"BZh", b"\xfd7zXZ")
"""How files begin that hold others, packed: archives, and documents of old office programs."""
_PATIENCE = 20.0
"""Seconds for a PDF: what a page draws may be made to take for ever."""


def text(name: str, data: bytes) -> str:
    """Return what is to be looked at in a file. Raise UnfitError for one that cannot be looked into."""
    if name.startswith(_PIECES):
        return ""
    if name.startswith(_SLUGGED[1]):
        data = _SLUGS.sub(r"\1", plain(data)).encode()
    return _READERS.get(PurePosixPath(name).suffix[1:].lower(), _other)(data)


def plain(data: bytes) -> str:
    """Return a text, in whichever encoding it is. Raise UnfitError where that cannot be told."""
    with contextlib.suppress(UnicodeDecodeError):
        if b"\0" not in data:
            return data.decode("utf-8-sig")
    found = contents.pieces("a.txt", data)
    if any(one.what for one in found):
        raise UnfitError("文字的编码认不出来，不知道有没有个人信息", "另存为 UTF-8 编码")
    # A browser that is not told the encoding may take it for UTF-8 all the same.
    return APART.join([*(one.text for one in found), data.decode("utf-8", "replace")])


def is_slugged(name: str) -> bool:
    """Say whether a file's name is made of a value that stands in the file."""
    return name.startswith(_SLUGGED)


def of_markup(marked: str) -> str:
    """Return the text of HTML or XML and the values of its attributes, as a browser decodes them."""
    parts = _TAG.split(_SLUG.sub(r"\1", marked))
    tags = parts[1::2]
    parts[1::2] = map(_instead, tags)
    values = {value for tag in set(tags) for value in _values(tag)}
    more = [unquote(one) for one in values if "%" in one]
    # Scripts hold JSON.
    return _decoded(html.unescape(APART.join(["".join(parts), *sorted(values), *more])))


@functools.lru_cache(4096)
def _instead(tag: str) -> str:
    """Return what a tag is for who reads the text."""
    known = _NAME.match(tag)
    name = known[1].lower() if known else ""
    if tag.startswith("<!"):
        return f"{APART}{tag.strip('<!->')}{APART}"
    if name in {"td", "th"}:
        return " | "
    if tag == "</dt>":
        return "："
    # The programs that colour code cut a value into several of these; one without a class stands for a value.
    return "" if _WITHIN.fullmatch(name) and tag != "<span>" else APART


@functools.lru_cache(4096)
def _values(tag: str) -> tuple[str, ...]:
    # The name of a heading is its text without blanks and points.
    values = () if _HEADING.match(tag) else _VALUE.findall(tag)
    return tuple(one for found in values for one in found if one and one[0] != "#")


def _markup(data: bytes) -> str:
    return of_markup(plain(data))


def _json(data: bytes) -> str:
    """Read JSON: every text in it, keys and numbers included; not digests, of which nobody can tell what they are of."""
    written = plain(data)
    for escape, character in _ESCAPES:
        written = written.replace(escape, character)
    written = APART.join(written.replace('","', '"').replace('":"', '"').split('"'))
    for stand_in, character in _STAND_INS:
        written = written.replace(stand_in, character)
    return _DIGEST.sub("", _decoded(written))


def _decoded(written: str) -> str:
    if "\\u" not in written:
        return written
    found = _CODE.sub(lambda code: chr(int(code[1], 16)), written)
    # Two codes may make one character.
    return found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _packed(data: bytes) -> str:
    try:
        return _json(zlib.decompress(data))
    except zlib.error:
        return _other(data)


def _other(data: bytes) -> str:
    """Read a file of a type that is not known: as a text, and whatever in it looks like one."""
    if data.startswith(_CLOSED):
        raise UnfitError("压缩文件里的内容看不到", "换成 pdf、png 或 txt")
    runs = [run.decode("ascii") for run in _PRINTED.findall(data)] if b"\0" in data else []
    return "\n".join([plain(data), *runs])


def _parts(data: bytes, kind: str) -> str:
    """Read what is written in a picture beside its pixels, or in an office document."""
    found = contents.pieces(f"a.{kind}", data)
    if any(one.what == contents.UNREAD for one in found):
        raise UnfitError("没有看完，没看的部分可能有个人信息", "换成打得开、小一些的文件，或导出为 PDF")
    if any(one.what == contents.LOCATION for one in found):
        raise UnfitError("图片里带着拍摄地点", "去掉图片的拍摄信息，例如另存为截图")
    return APART.join(one.text for one in found)


def _pdf(data: bytes) -> str:
    """Read all pages of a PDF, what is written on them as notes, and who made it."""
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    until = time.monotonic() + _PATIENCE
    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        about = [str(value) for value in (reader.metadata or {}).values()]
        return APART.join([*about, *(part for page in reader.pages for part in _of_page(page, until))])
    except Exception:  # noqa: BLE001 - hostile files raise all sorts of errors, RecursionError among them
        raise UnfitError("PDF 里的文字读不出来，不知道有没有个人信息", "重新导出") from None


def _of_page(page: Any, until: float) -> Iterator[str]:
    yield page.extract_text(visitor_operand_before=lambda *_: contents.in_time(until))
    for one in page.get("/Annots") or ():
        note = one.get_object()
        yield from (str(note[key]) for key in ("/Contents", "/T", "/RC") if key in note)


_READERS: dict[str, Callable[[bytes], str]] = {
    **{kind: functools.partial(_parts, kind=kind) for kind in (*PICTURES, "docx", "xlsx", "pptx")},
    **dict.fromkeys(("html", "htm", "xhtml", "xml", "svg"), _markup),
    **dict.fromkeys((*TEXTS, "js", "css"), plain),
    "json": _json,
    "bin": _packed,
    "pdf": _pdf,
}
