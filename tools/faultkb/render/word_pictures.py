"""Pictures in Word: those of the ticket's folder, cleaned, no wider than the text; of the others only what they show."""

from __future__ import annotations

import io
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.oxml.shape import CT_Inline
from docx.shared import Emu, Twips

from faultkb import attached, pictures
from faultkb.attached import UnfitError
from faultkb.render import visible
from faultkb.render.word_xml import clean, element

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.attached import Limits

LOGO = (2_400, Twips(560))
"""Width in twentieths of a point and height of the company's picture at the most."""
_MOST = 200
_TALLEST = Twips(11_000)
"""As tall as leaves room for a line above and below on a page."""
_DOTS = 96
"""Dots of an inch where a picture does not say; screenshots do not."""
_ELSEWHERE = "不在这个故障的文件夹里"


class Folder(NamedTuple):
    """The folder of a ticket: ``home``/``id``; and what may be taken from it."""

    home: Path
    id: str
    limits: Limits


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
            return self._taken(reference)
        except UnfitError as error:
            self._remarks[f"图片“{visible(reference)[:80]}”没有放进文件：{error}"] = None
            return None

    def _taken(self, reference: str) -> bytes:
        path = PurePosixPath(reference)
        if len(path.parts) != 2 or path.parts[0] != self._folder.id or "\\" in reference:  # noqa: PLR2004 - <ID>/name
            raise UnfitError(_ELSEWHERE, "把图片放进这个故障的文件夹再引用")
        if len(self._known) >= _MOST:
            raise UnfitError(f"一个文件里最多放 {_MOST} 张图", "分成几个故障")
        kind = attached.kind_of(reference)
        if not (self._folder.home / reference).is_file():
            raise UnfitError("文件夹里没有这个文件", "把图片放进文件夹")
        if kind not in attached.PICTURES:
            raise UnfitError(f"{kind or '没有扩展名的'} 文件不是图片", f"换成 {'、'.join(attached.PICTURES)}")
        data = pictures.redrawn(
            attached.read(self._folder.home, reference, self._folder.limits), kind, self._folder.limits
        )
        return _as_png(data) if kind == "webp" else data


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
