"""The pictures of a ticket's own folder, for its documents; of the others, why they are left out."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from faultkb import attached, pictures
from faultkb.attached import UnfitError
from faultkb.render import visible

if TYPE_CHECKING:
    from pathlib import Path

    from faultkb.attached import Limits

_MOST = 200
_ELSEWHERE = "不在这个故障的文件夹里"


class Folder(NamedTuple):
    """The folder of a ticket: ``home``/``id``; and what may be taken from it."""

    home: Path
    id: str
    limits: Limits

    def read(self, reference: str, before: int) -> bytes:
        """Return a picture, drawn anew, of a document that has some before it. Raise UnfitError where it cannot be taken."""
        path = PurePosixPath(reference)
        if len(path.parts) != 2 or path.parts[0] != self.id or "\\" in reference:  # noqa: PLR2004 - <ID>/name
            raise UnfitError(_ELSEWHERE, "把图片放进这个故障的文件夹再引用")
        if before >= _MOST:
            raise UnfitError(f"一个文件里最多放 {_MOST} 张图", "分成几个故障")
        kind = attached.kind_of(reference)
        if not (self.home / reference).is_file():
            raise UnfitError("文件夹里没有这个文件", "把图片放进文件夹")
        if kind not in attached.PICTURES:
            raise UnfitError(f"{kind or '没有扩展名的'} 文件不是图片", f"换成 {'、'.join(attached.PICTURES)}")
        return pictures.redrawn(attached.read(self.home, reference, self.limits), kind, self.limits)


def left_out(reference: str, why: UnfitError) -> str:
    """Say that a picture is not in a document."""
    return f"图片“{visible(reference)[:80]}”没有放进文件：{why}"
