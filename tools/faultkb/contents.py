"""What can be read in a file beside a ticket: its text, what a document prints, what cameras and programs write into a picture."""

from __future__ import annotations

import html
import io
import itertools
import logging
import re
import time
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb.attached import PICTURES, TEXTS, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOCATION = "拍摄地点"
"""What a piece is called that says where a picture was taken."""
UNREAD = "没有看完"
"""What a piece is called, without text, that says that there is more in a file than could be read."""


class Piece(NamedTuple):
    """A text in a file and what it is there; of the file's own text, whose lines can be pointed at, ``what`` is empty."""

    what: str
    text: str


def pieces(name: str, data: bytes) -> list[Piece]:
    """Return what can be read in a file, and whether that is not all; of a type that nobody reads here, only plain text."""
    found: list[Piece] = []
    try:
        found.extend(_READERS.get(kind_of(name), _other)(data) if data else ())
    except Exception:  # noqa: BLE001 - hostile files raise all sorts of errors, RecursionError among them
        found.append(_REST)
    return found


_REST = Piece(UNREAD, "")


def decoded(data: bytes) -> tuple[str, str] | None:
    """Return the text in some bytes and its encoding, None where they are no text."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        plain = ("utf-8-sig" if data.startswith(b"\xef\xbb\xbf") else "utf-8", "gb18030")
        encodings = (*_wide(data, _MOSTLY), *plain, *_wide(data, _PARTLY))
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None


_MOSTLY, _PARTLY = 0.3, 0.0
_FEW = 4


def _wide(data: bytes, share: float) -> tuple[str, ...]:
    """Return the encoding with two bytes for a character that the zeros in a text suggest, if any does."""
    zeros = (data[1::2].count(0), data[::2].count(0)) if b"\0" in data else (0, 0)
    for (here, there), encoding in zip((zeros, zeros[::-1]), ("utf-16-le", "utf-16-be"), strict=True):
        if here >= max(_FEW, share * len(data) / 2) and there * 20 <= here:
            return (encoding,)
    return ()


def _other(data: bytes) -> Iterator[Piece]:
    """Read a file as text, if it is one; programs leave zeros in their logs, and some write UTF-16 without saying so."""
    found = decoded(data)
    if found:
        yield Piece("", found[0].replace("\0", ""))
    if found and not found[1].startswith("utf-16"):
        yield from (Piece("", data.decode(one, "replace")) for one in _wide(data, _PARTLY))


def _text(data: bytes) -> Iterator[Piece]:
    yield from _other(data)
    if decoded(data) is None:
        yield Piece("", data.replace(b"\0", b"").decode("utf-8", "replace"))
        yield _REST


# ── pictures ──

_GPS, _EXIF = 0x8825, 0x8769
_POSITION = {1, 2, 3, 4}
"""Latitude and longitude among the tags of a place."""
_OWNERS = {0x013B: "作者", 0x8298: "版权", 0x9C9D: "作者", 0xA430: "机主", 0xA433: "机主"}
_WIDE = range(0x9C9B, 0x9CA0)
"""The tags that Windows writes, in UTF-16."""
_CREATOR = re.compile(r"<dc:creator>\s*<rdf:Seq>\s*<rdf:li[^<>]{0,99}>([^<>]{1,99})<", re.IGNORECASE)
_PLACE = re.compile(r"GPS(?:Latitude|Longitude)\b", re.IGNORECASE)
_LONGEST = 1_000_000
"""Characters of one piece that are looked at."""


def _picture(data: bytes) -> Iterator[Piece]:
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        yield from _png(data)
        return
    from PIL import Image

    with Image.open(io.BytesIO(data), formats=tuple(set(PICTURES.values()) - {"PNG"})) as picture:
        yield from _exif(picture.getexif())
        written = [value for key, value in picture.info.items() if key != "exif" and isinstance(value, (str, bytes))]
        written += [part for marker, part in getattr(picture, "applist", ()) if marker in {"APP1", "APP13", "COM"}]
    for value in written:
        if not (isinstance(value, bytes) and value.startswith(b"Exif")):
            yield from _written("图片信息", value)


def _png(data: bytes) -> Iterator[Piece]:
    """Read the chunks with words in them, without decoding the picture; those after it count as well."""
    from PIL import Image

    at = 8
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + size]
        at += 12 + size
        key, _, value = body.partition(b"\0")
        if kind == b"eXIf":
            exif = Image.Exif()
            exif.load(body)
            yield from _exif(exif)
        elif kind == b"tEXt":
            yield from _labelled(key, value)
        elif kind == b"zTXt":
            yield from _labelled(key, _inflated(value[1:]))
        elif kind == b"iTXt":
            text = value[2:].split(b"\0", 2)[-1]
            yield from _labelled(key, _inflated(text) if value[:1] == b"\1" else text)


def _inflated(data: bytes) -> bytes:
    return zlib.decompressobj().decompress(data, _LONGEST)


def _labelled(key: bytes, value: bytes) -> Iterator[Piece]:
    is_owner = key.lower() in {b"author", b"artist", b"copyright"}
    yield from _written("作者" if is_owner else "图片信息", value, of_a_person=is_owner)


def _exif(exif: Any) -> Iterator[Piece]:
    for tag, value in itertools.chain(exif.items(), exif.get_ifd(_EXIF).items()):
        if tag in _WIDE and isinstance(value, (bytes, tuple)):
            value = bytes(value).decode("utf-16-le", "replace")  # noqa: PLW2901 - the same value, readable
        if isinstance(value, (str, bytes)):
            yield from _written(_OWNERS.get(tag, "拍摄信息"), value, of_a_person=tag in _OWNERS)
    if _POSITION & exif.get_ifd(_GPS).keys():
        yield Piece(LOCATION, "")


def _written(what: str, value: str | bytes, *, of_a_person: bool = False) -> Iterator[Piece]:
    text = (value.decode("utf-8", "replace") if isinstance(value, bytes) else value)[:_LONGEST].strip("\0 ")
    if "<x:xmpmeta" in text or "<rdf:RDF" in text:
        yield from (Piece("作者", f"姓名：{name}") for name in _CREATOR.findall(text))
        if _PLACE.search(text):
            yield Piece(LOCATION, "")
        text = re.sub('[<>"]', "\n", text)
    # A bare name is known as one only beside a word that says so.
    yield Piece(what, f"姓名：{text}" if of_a_person else text)


# ── documents ──

_MOST_PAGES = 100
_SECONDS = 5.0
_LARGEST_PART = 5_000_000
_LARGEST_DOCUMENT = 20_000_000
_MOST_PARTS = 2000
_PARTS = (".xml", ".rels", ".vml")
_EMBEDDED = "/embeddings/"
_BREAK = re.compile(r"</(?:w:p|a:p|si|c|c:pt|row|text|dc:[a-z]+|cp:[a-zA-Z]+)>")
_TAG = re.compile("<[^<>]*+>")
_PEOPLE = re.compile(
    r"<(?:dc:creator|cp:lastModifiedBy|Manager|author)>([^<>]{1,99})<|\b(?:author|displayName)=[\"']([^\"'<>]{1,99})[\"']"
)
_LINKS = re.compile(r"\b(?:Target|display|tooltip|descr|title|userId)=[\"']([^\"'<>]{1,2000})[\"']")


def _pdf(data: bytes) -> Iterator[Piece]:
    from pypdf import PdfReader

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # what is wrong with a file is for others to say
    reader = PdfReader(io.BytesIO(data), strict=False)
    until = time.monotonic() + _SECONDS
    for key, value in dict(reader.metadata or {}).items():
        yield from _written("文档信息", str(value), of_a_person=key == "/Author")
    for page in itertools.islice(reader.pages, _MOST_PAGES):
        content = page.get_contents()
        if content is not None and len(content.get_data()) > _LARGEST_PART:
            yield _REST
        elif content is not None:
            yield Piece("PDF 的文字", page.extract_text(visitor_operand_before=lambda *_: in_time(until))[:_LONGEST])
    if len(reader.pages) > _MOST_PAGES:
        yield _REST


def in_time(until: float) -> None:
    """Raise TimeoutError after a moment of ``time.monotonic``."""
    if time.monotonic() > until:
        raise TimeoutError


def _office(data: bytes) -> Iterator[Piece]:
    """Read what Word, Excel and PowerPoint print, without a parser: only the words matter, and the markup may be hostile."""
    left = _LARGEST_DOCUMENT
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        every = archive.infolist()
        for part in [one for one in every if one.filename.lower().endswith(_PARTS)][:_MOST_PARTS]:
            with archive.open(part) as file:
                content = file.read(left)
            left -= len(content)
            found = decoded(content)
            yield from _in_part(part.filename, found[0] if found else content.decode("utf-8", "replace"))
        if left <= 0 or len(every) > _MOST_PARTS or any(_EMBEDDED in one.filename for one in every):
            yield _REST


def _in_part(name: str, text: str) -> Iterator[Piece]:
    for person in dict.fromkeys("".join(names) for names in _PEOPLE.findall(text)):
        yield Piece("文档信息", f"姓名：{html.unescape(person)}")
    links = "\n".join(_LINKS.findall(text))
    if links:
        yield Piece("文档的链接", html.unescape(links))
    is_about = name.startswith("docProps/")  # a tag for each fact; elsewhere there are tags within a word
    words = html.unescape(_TAG.sub("\n" if is_about else "", _BREAK.sub("\n", text)))
    if words.strip():
        yield Piece("文档的文字", words)


_READERS: dict[str, Callable[[bytes], Iterator[Piece]]] = {
    **dict.fromkeys(PICTURES, _picture),
    **dict.fromkeys(TEXTS, _text),
    **dict.fromkeys(("docx", "xlsx", "pptx"), _office),
    "pdf": _pdf,
}
