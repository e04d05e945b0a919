"""Which files beside a ticket the site may show, and why not the others: where they lie, type, size, what they really hold."""

from __future__ import annotations

import io
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL.Image import Image

    from faultkb.vocabulary import Vocabulary

PICTURES = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "gif": "GIF", "webp": "WEBP"}
"""Types of pictures, by what Pillow calls them."""
_FRAMES = 200
"""More would cost a machine many seconds, however small they are."""
TEXTS = ("txt", "log", "csv")
_BEGINNINGS = {
    "PNG": b"\x89PNG\r\n\x1a\n",
    "JPEG": b"\xff\xd8\xff",
    "GIF": b"GIF8",
    "WEBP": b"RIFF",
    "PDF": b"%PDF-",
    "ZIP": b"PK\x03\x04",
}
_WEB_PAGE = re.compile(
    rb"\s*<(?:!--|\?xml|(?:!doctype|html|head|body|title|script|style|iframe|svg|h1|div|table|a|p|b|br|font)\b)",
    re.IGNORECASE,
)
"""How a text begins that a browser may take for a page, if a server does not tell it what it is."""


class UnfitError(ValueError):
    """Says why a file cannot be published; ``help`` says what to do."""

    def __init__(self, message: str, way_out: str) -> None:
        super().__init__(message)
        self.help = way_out


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be published: types (endings of names, in lower case), the largest file, the largest picture (all frames)."""

    types: tuple[str, ...]
    megabytes: int
    megapixels: int


def limits(words: Vocabulary) -> Limits:
    """Return what ``x-attachments`` of the schema says; without it no attachment is published."""
    given = words.schema.root.get("x-attachments", {})
    return Limits(tuple(given.get("types", ())), given.get("max_megabytes", 0), given.get("max_megapixels", 0))


def kind_of(name: str) -> str:
    """Return the ending of a file's name, in lower case and without the dot."""
    return Path(name).suffix[1:].lower()


def kind_in(data: bytes) -> str:
    """Return the ending that a picture or a PDF should have by how it begins; empty for all else."""
    name = next((name for name, begin in _BEGINNINGS.items() if data.startswith(begin)), "")
    return next((kind for kind, one in {"pdf": "PDF", **PICTURES}.items() if one == name), "")


def read(home: Path, reference: str, given: Limits) -> bytes:
    """Return the content of a file that a ticket in the folder ``home`` calls ``reference`` (``<ID>/name``).

    Pictures are not decoded, only their headers are looked at. Raise UnfitError if the file may not be published.
    """
    path, kind = home / reference, kind_of(reference)
    if kind not in given.types:
        raise UnfitError(f"网站不发布 {kind or '没有扩展名的'} 文件", f"换成 {'、'.join(given.types)} 中的一种再引用")
    try:
        if path.resolve() != home.resolve() / reference or not path.is_file():
            raise UnfitError("引用的是指向别处的链接，不是文件", "把文件本身放进文件夹")
        if path.stat().st_size > given.megabytes * 1_000_000:
            raise UnfitError(f"附件超过 {given.megabytes} MB", "截取需要的部分，或缩小图片后再放进来")
        data = path.read_bytes()
    except OSError:
        raise UnfitError("附件读不出来", "检查文件是否完好、有没有读取的权限") from None
    check = _picture if kind in PICTURES else _pdf if kind == "pdf" else decode
    check(data, kind, given)
    return data


def decode(data: bytes, kind: str, _given: Limits) -> str:
    """Return the text of a text file in UTF-8 or GB18030."""
    if any(data.startswith(begin) for begin in _BEGINNINGS.values()) or b"\0" in data:
        raise UnfitError(f"内容不是文字，与扩展名 {kind} 不符", "改成与内容相符的扩展名，或导出为文本")
    if _WEB_PAGE.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise UnfitError(f"内容是网页，与扩展名 {kind} 不符", "只留下需要的文字，或截成图片")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnfitError("文字的编码认不出来", "另存为 UTF-8 编码")


def _pdf(data: bytes, _kind: str, _given: Limits) -> None:
    if not data.startswith(_BEGINNINGS["PDF"]):
        raise UnfitError("内容不是 PDF，与扩展名不符", "改成与内容相符的扩展名，或重新导出")
    if b"%%EOF" not in data[-1024:]:
        raise UnfitError("PDF 不完整", "重新导出")
    if b"/Encrypt" in data:
        raise UnfitError("PDF 有密码或限制，不能去掉其中的个人信息", "去掉密码后另存")


def _picture(data: bytes, kind: str, given: Limits) -> None:
    opened(data, kind, given).close()


def opened(data: bytes, kind: str, given: Limits) -> Image:
    """Open a picture without decoding it. Raise UnfitError if it is of another type, cut off, or too large to decode."""
    from PIL import Image

    name = PICTURES[kind]
    if not data.startswith(_BEGINNINGS[name]):
        raise UnfitError(f"内容不是 {name} 图片，与扩展名 {kind} 不符", "改成与内容相符的扩展名，或重新导出")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=(name,))
            frames = getattr(picture, "n_frames", 1) if name != "JPEG" else 1
    except Image.DecompressionBombError:
        raise _too_large(given) from None
    except Exception:  # noqa: BLE001 - decoders raise all sorts of errors on hostile files
        raise UnfitError("图片损坏，打不开", "重新截取或导出") from None
    if frames > _FRAMES:
        raise UnfitError(f"动画超过 {_FRAMES} 帧", "截成图片，或截取需要的一段")
    if picture.width * picture.height * frames > given.megapixels * 1_000_000:
        raise _too_large(given)
    if not _ENDS[name](data):
        raise UnfitError("图片不完整", "重新截取或导出")
    return picture


def _too_large(given: Limits) -> UnfitError:
    return UnfitError(f"图片超过 {given.megapixels} 百万像素", "缩小图片，或截取需要的部分")


_ENDS: dict[str, Callable[[bytes], bool]] = {
    "PNG": lambda data: b"IEND" in data[-1024:],
    "JPEG": lambda data: data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda"),
    "GIF": lambda data: b";" in data[-16:],
    "WEBP": lambda data: int.from_bytes(data[4:8], "little") + 8 <= len(data),
}
"""Whether a picture is there to its end, as far as can be told without decoding it."""
