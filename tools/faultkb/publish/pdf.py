"""A PDF without what is not printed: who made it, scripts, actions, forms, files inside."""

from __future__ import annotations

import io
import logging
from typing import TYPE_CHECKING, Any

from faultkb.attached import UnfitError

if TYPE_CHECKING:
    from collections.abc import Iterator

_OF_A_PAGE = {
    *("/Type", "/Parent", "/Resources", "/Contents", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox"),
    *("/Rotate", "/Group", "/UserUnit", "/Annots"),
}
"""What a page needs to be drawn."""
_DRAWN = {
    *("/Highlight", "/Underline", "/StrikeOut", "/Squiggly", "/Square", "/Circle"),
    *("/Line", "/Ink", "/Polygon", "/PolyLine", "/FreeText", "/Stamp"),
}
_OF_A_DRAWING = {
    *("/Type", "/Subtype", "/Rect", "/F", "/AP", "/AS", "/C", "/IC", "/CA", "/BS", "/Border", "/BE", "/QuadPoints"),
    *("/L", "/LE", "/Vertices", "/InkList", "/DA", "/DS", "/Q", "/RD"),
}
_NOWHERE = (
    *("/Metadata", "/PieceInfo", "/LastModified", "/CreatorInfo", "/OPI", "/Alternates"),
    *("/EF", "/AF", "/EmbeddedFiles", "/JavaScript", "/OpenAction"),
)
"""What no part of a page needs."""
_MOST = 200_000
"""Objects of a document beyond which it is no document but an attack."""


def clean(data: bytes) -> bytes:
    """Return a PDF with its pages and nothing else. Raise UnfitError if it cannot be read."""
    # What is wrong with a file is said once, by whoever asked.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        return _clean(data)
    except UnfitError:
        raise
    except Exception:  # noqa: BLE001 - hostile files raise all sorts of errors, RecursionError among them
        raise UnfitError("PDF 损坏，不能完整地读出来", "重新导出") from None


def _clean(data: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter

    reader = PdfReader(io.BytesIO(data), strict=False)
    if reader.is_encrypted:
        raise UnfitError("PDF 有密码或限制，不能去掉其中的个人信息", "去掉密码后另存")
    writer = PdfWriter()
    seen: set[int] = set()
    for page in reader.pages:
        _strip_page(page)
        _strip(page, seen)
        writer.add_page(page)
    if not writer.pages:
        raise UnfitError("PDF 里没有页", "重新导出")
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _strip_page(page: Any) -> None:
    """Leave of a page what is drawn, notes and marks on it included."""
    from pypdf.generic import ArrayObject, DictionaryObject, NameObject

    for key in [*page]:
        if key not in _OF_A_PAGE:
            del page[key]
    notes = page.pop("/Annots", None)
    notes = notes.get_object() if notes is not None else ()
    kept = ArrayObject()
    for one in (note.get_object() for note in notes or ()):
        subtype = str(one.get("/Subtype")) if isinstance(one, DictionaryObject) else ""
        if subtype in _DRAWN:
            # What a note says is shown when it is opened; only of free text it is what is drawn.
            wanted = _OF_A_DRAWING | ({"/Contents"} if subtype == "/FreeText" else set())
            kept.append(DictionaryObject({key: value for key, value in one.items() if key in wanted}))
    if kept:
        page[NameObject("/Annots")] = kept


def _strip(start: Any, seen: set[int]) -> None:
    """Drop from everything that can be reached what nothing needs."""
    from pypdf.generic import DictionaryObject, EncodedStreamObject

    waiting = [start]
    while waiting:
        one = waiting.pop().get_object()
        if id(one) in seen or not isinstance(one, (list, dict)):
            continue
        seen.add(id(one))
        if len(seen) > _MOST:
            raise UnfitError("PDF 太复杂", "只留下需要的页，重新导出")
        if isinstance(one, DictionaryObject):
            for name in _NOWHERE:
                one.pop(name, None)
            if isinstance(one, EncodedStreamObject) and one.get("/Filter") in ("/DCTDecode", ["/DCTDecode"]):
                one._data = b"".join(_without_exif(one._data))  # noqa: SLF001 - without decoding there is no other way
        waiting += (value for key, value in dict.items(one) if key != "/Parent") if isinstance(one, dict) else one


def _without_exif(data: bytes) -> Iterator[bytes]:
    """Return the pieces of a JPEG without what cameras and programs write into it; the picture itself stays as it is."""
    at = 2
    yield data[:at]
    while data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] != b"\xda":
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        # APP1 to APP13 and comments; APP0 and APP14 say how the colours are to be read.
        if not (0xE1 <= data[at + 1] <= 0xED or data[at + 1] == 0xFE):  # noqa: PLR2004 - markers of JPEG
            yield data[at:end]
        at = end
    yield data[at:]
