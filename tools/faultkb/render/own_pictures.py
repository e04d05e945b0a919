"""The pictures of a ticket's own folder, for its documents; of the others, why they are left out."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, NamedTuple

from faultkb import attached, pictures, syntax
from faultkb.attached import UnfitError
from faultkb.papers import Markdown
from faultkb.render import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from faultkb.attached import Limits
    from faultkb.papers import Paper
    from faultkb.syntax import Node

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


def of(paper: Paper, root: Path, limits: Limits) -> tuple[dict[str, bytes], dict[str, str]]:
    """Return the pictures of a paper, and why each of the others is left out."""
    folder = Folder(root / paper.home, str(paper.values["问题编号"]), limits)
    found: dict[str, bytes] = {}
    absent: dict[str, str] = {}
    for one in dict.fromkeys(one for tree in _trees(paper, paper.values) for one in syntax.targets(tree)):
        try:
            found[one] = folder.read(one, len(found))
        except UnfitError as error:
            absent[one] = left_out(one, error)
    return found, absent


def remarks(paper: Paper, asked: Iterable[str], absent: Mapping[str, str]) -> tuple[str, ...]:
    """Say which pictures the values that a template asked for show that are not in the document, and why."""
    shown = dict.fromkeys(one for tree in _trees(paper, asked) for one in _images(tree))
    return tuple(absent[one] for one in shown if one in absent)


def _trees(paper: Paper, asked: Iterable[str]) -> Iterator[Node]:
    """Yield those of some values that may show pictures, as trees."""
    some = (paper.values.get(name) for name in asked)
    return (syntax.parse(one) for one in some if isinstance(one, Markdown) and "](" in one)


def _images(node: Node) -> Iterator[str]:
    for child in node.children:
        if child.type == "image":
            yield syntax.target_of(child)
        yield from _images(child)
