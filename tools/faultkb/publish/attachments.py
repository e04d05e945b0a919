"""The files that published text refers to: cleaned of all that is not shown, under names that do no harm."""

from __future__ import annotations

import hashlib
import io
import re
import warnings
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from faultkb import attached, corpus
from faultkb.attached import UnfitError
from faultkb.publish import pdf, syntax

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from PIL.Image import Image

    from faultkb.attached import Limits
    from faultkb.publish.syntax import Node

_LONGEST = 60
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
"""Names that Windows keeps for itself."""
_MARKED = re.compile(r"--[0-9a-f]{8}$")
_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as it is published: what the ticket calls it (``<ID>/name``), its name on the site, its cleaned content."""

    reference: str
    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that is referred to and not published, and the reason."""

    reference: str
    reason: str


def collect(root: Path, path: str, texts: Iterable[str | Node], limits: Limits) -> list[Attachment | Refused]:
    """Clean the files beside a ticket (``path``, relative to the root) that its published texts refer to, in their order."""
    file = root / path
    present = corpus.attachments(root, path) if file.with_suffix("").is_dir() else frozenset()
    wanted = dict.fromkeys(target for text in texts if present for target in syntax.targets(syntax.parse(text)))
    return [
        _published(file.parent, one, limits) for one in wanted if one.removeprefix(f"{file.stem}/") in present - {one}
    ]


def _published(home: Path, reference: str, limits: Limits) -> Attachment | Refused:
    try:
        return Attachment(reference, safe_name(reference.partition("/")[2]), clean(home, reference, limits))
    except UnfitError as error:
        return Refused(reference, str(error))


def safe_name(name: str) -> str:
    """Return a name for the site: small letters, digits, Chinese characters; marked where it differs from the file's own."""
    stem, kind = str(PurePosixPath(name).with_suffix("")), attached.kind_of(name)
    safe = re.sub(r"[^a-z0-9_.\u3400-\u4dbf\u4e00-\u9fff-]+", "-", stem.lower()).strip("-.")[:_LONGEST]
    if f"{safe}.{kind}" == name and not _MARKED.search(safe) and not _RESERVED.fullmatch(safe) and safe != "index":
        return name
    return f"{safe or 'file'}--{hashlib.sha256(name.encode()).hexdigest()[:8]}.{kind}"


def clean(home: Path, reference: str, limits: Limits) -> bytes:
    """Return the content of a file beside a ticket (in ``home``) as it may be published: the same on every call.

    Raise UnfitError, a ValueError that says why in Chinese, for a file that may not be published.
    """
    data, kind = attached.read(home, reference, limits), attached.kind_of(reference)
    if kind in attached.PICTURES:
        return _redrawn(data, kind, limits)
    if kind == "pdf":
        return pdf.clean(data)
    text = attached.decode(data, kind, limits)
    # Without a mark browsers and Excel guess the encoding of a text, and guess wrong.
    return text.encode("ascii" if text.isascii() else "utf-8-sig")


def _redrawn(data: bytes, kind: str, limits: Limits) -> bytes:
    """Decode a picture and encode it again: nothing but its pixels is left."""
    out = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _save(attached.opened(data, kind, limits), attached.PICTURES[kind], out, data)
    except UnfitError:
        raise
    except Exception:  # noqa: BLE001 - decoders raise all sorts of errors on hostile files
        raise UnfitError("图片损坏，不能完整地读出来", "重新截取或导出") from None
    return out.getvalue()


def _save(picture: Image, name: str, out: io.BytesIO, data: bytes) -> None:
    from PIL import ImageOps

    options: dict[str, Any] = {}
    if name == "JPEG":
        options = {"quality": _QUALITY, "optimize": True}
    elif name == "WEBP":
        options = {"quality": _QUALITY, "lossless": b"VP8L" in data}
    if name != "JPEG" and getattr(picture, "n_frames", 1) > 1:
        frames, timing = _film(picture)
        frames[0].save(out, name, save_all=True, append_images=frames[1:], **timing, **options)
        return
    picture.load()
    upright = _bare(ImageOps.exif_transpose(picture))
    (upright.convert("RGB") if upright.mode == "CMYK" else upright).save(out, name, **options)


def _film(picture: Image) -> tuple[list[Image], dict[str, Any]]:
    """Return the frames of an animation, and how it runs."""
    from PIL import ImageSequence

    frames, durations = [], []
    for frame in ImageSequence.Iterator(picture):
        # Some formats know how long a frame stands only when it is decoded.
        frame.load()
        durations.append(int(frame.info.get("duration", 0)))
        frames.append(_bare(frame.copy()))
    loop = {"loop": int(picture.info["loop"])} if "loop" in picture.info else {}
    return frames, {"duration": durations, **loop}


def _bare(picture: Image) -> Image:
    """Forget everything about a picture but which of its colours is transparent."""
    picture.info = {name: value for name, value in picture.info.items() if name == "transparency"}
    return picture
