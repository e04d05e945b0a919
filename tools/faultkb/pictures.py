"""A picture that a ticket refers to, drawn anew: nothing that a camera or a program wrote into its file is left."""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Any

from faultkb import attached
from faultkb.attached import UnfitError

if TYPE_CHECKING:
    from PIL.Image import Image

    from faultkb.attached import Limits

_QUALITY = 90


def redrawn(data: bytes, kind: str, limits: Limits) -> bytes:
    """Decode a picture and encode it again: nothing but its pixels is left. Raise UnfitError where that cannot be done."""
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
