"""Pictures in Word: those of the ticket's folder, cleaned, no wider than the text; of the others only what they show."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.shape import CT_Inline
from docx.shared import Emu, Twips

from faultkb import attached
from faultkb.attached import UnfitError
from faultkb.render import visible
from faultkb.render.own_pictures import left_out
from faultkb.render.word_xml import clean, element

if TYPE_CHECKING:
    from faultkb.render.own_pictures import Folder

LOGO = (2_400, Twips(560))
"""Width in twentieths of a point and height of the company's picture at the most."""
_TALLEST = Twips(11_000)
"""As tall as leaves room for a line above and below on a page."""
_DOTS = 96
"""Dots of an inch where a picture does not say; screenshots do not."""


class Album:
    """The pictures of one document."""

    def __init__(self, folder: Folder, remarks: dict[str, None]) -> None:
        """Begin without pictures; what is not taken goes to ``remarks``, once each."""
        self._folder = folder
        self._remarks = remarks
        self._known: dict[str, bytes | None] = {}
        self._count = 0

    def of_ticket(self, part: Any, reference: str, about: str, room: int) -> Any | None:
        """Return the picture that a ticket calls ``reference``, for a run; None if it cannot be taken."""
        if reference not in self._known:
            self._known[reference] = self._read(reference)
        data = self._known[reference]
        return None if data is None else self.drawn(part, data, about, (room, _TALLEST))

    def drawn(self, part: Any, data: bytes, about: str, most: tuple[int, int]) -> Any:
        """Return a picture as it stands in a run, numbered within the document."""
        self._count += 1
        return placed(part, data, about, most, self._count)

    def _read(self, reference: str) -> bytes | None:
        try:
            data = self._folder.read(reference, len(self._known))
            return _as_png(data) if attached.kind_of(reference) == "webp" else data
        except UnfitError as error:
            self._remarks[left_out(reference, error)] = None
            return None


def placed(part: Any, data: bytes, about: str, most: tuple[int, int], number: int) -> Any:
    """Return a picture as it stands in a run: as large as it is, but no wider and taller than ``most``."""
    stored = part.package.get_or_add_image_part(io.BytesIO(data))
    image = stored.image
    wide, tall = _size(image.px_width, image.horz_dpi), _size(image.px_height, image.vert_dpi)
    factor = min(1.0, Twips(most[0]) / wide, most[1] / tall)
    size = (Emu(max(int(wide * factor), 1)), Emu(max(int(tall * factor), 1)))
    made = CT_Inline.new_pic_inline(number, part.relate_to(stored, RELATIONSHIP_TYPE.IMAGE), f"图 {number}", *size)
    made.docPr.set("descr", clean(visible(about))[:250])
    made.find(f".//{qn('pic:cNvPr')}").set("name", f"图 {number}")
    return element("w:drawing", made)


def _size(dots: int, density: int) -> int:
    return max(int(dots * 914_400 / (density if density > 72 else _DOTS)), 1)  # noqa: PLR2004 - 72 stands for "not said"


def _as_png(data: bytes) -> bytes:
    """Return the first frame as PNG: Word does not show WebP everywhere."""
    from PIL import Image

    stream = io.BytesIO()
    with Image.open(io.BytesIO(data), formats=("WEBP",)) as picture:
        picture.convert("RGBA").save(stream, "PNG")
    return stream.getvalue()
