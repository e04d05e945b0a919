"""What a template prints goes through marks: jinja sees only these, and the values take their place in the finished document.

Text of a ticket therefore never meets jinja or XML as text, and a value of many paragraphs can stand wherever its
placeholder stands.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from docx.oxml.ns import qn
from jinja2 import Undefined

from faultkb.papers import Markdown
from faultkb.papers.letterhead import Picture
from faultkb.papers.names import LACKING
from faultkb.render import word_styles as names
from faultkb.render import word_table
from faultkb.render.word_markdown import Place, written
from faultkb.render.word_pictures import LOGO
from faultkb.render.word_xml import clean, element, paragraph, run, said, texts
from faultkb.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.render.word_spans import Spans

_MARK = re.compile("\ue000([0-9]+)\ue001")


class _Mark(str):
    """A text that jinja need not escape: two characters and a number."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


class Marks:
    """The values that a template has printed, by number."""

    def __init__(self) -> None:
        """Begin with none."""
        self._values: list[Any] = []

    def put(self, value: Any) -> _Mark:
        """Keep a value; return its mark."""
        if isinstance(value, Undefined):
            value = f"{{{{ {value._undefined_name} }}}}"  # noqa: SLF001 - jinja tells it nowhere else
        self._values.append(value)
        return _Mark(f"\ue000{len(self._values) - 1}\ue001")

    def replace(self, story: Any, spans: Spans, page: int) -> None:
        """Put the values where their marks stand in a story of a document."""
        for one in [found for found in story.iter(qn("w:p")) if "\ue000" in said(found)]:
            found = _MARK.fullmatch(said(one).strip())
            value = self._values[int(found[1])] if found else None
            room = word_table.room_in(one, page)
            if not isinstance(value, Picture) and isinstance(value, (Markdown, tuple)):
                _in_place(one, list(_blocks(value, spans, _place(one, room))))
            else:
                self._within(one, spans, room)

    def _within(self, one: Any, spans: Spans, room: int) -> None:
        behind: list[Any] = []
        for piece in list(texts(one)):
            holder = piece.getparent()
            if "\ue000" not in (piece.text or "") or holder.tag != qn("w:r"):
                continue
            parts = _MARK.split(piece.text)
            made = [run(part, holder.rPr) for part in parts[:1] if part]
            for number, text in zip(parts[1::2], parts[2::2], strict=True):
                value = self._values[int(number)]
                shown, more = _inline(value, spans, Place(None, holder.rPr, room))
                made += [*shown, *([run(text, holder.rPr)] if text else [])]
                behind += more
            _split(holder, piece, made)
        for block in reversed(behind):
            one.addnext(block)


def _place(one: Any, room: int) -> Place:
    """Return the shape and look of a paragraph that only holds a placeholder."""
    shape = deepcopy(one.pPr) if one.pPr is not None else None
    if shape is not None and shape.find(qn("w:sectPr")) is not None:
        shape.remove(shape.find(qn("w:sectPr")))
    first = next((piece.getparent() for piece in texts(one) if piece.getparent().tag == qn("w:r")), None)
    return Place(shape, first.rPr if first is not None else None, room)


def _in_place(one: Any, blocks: Sequence[Any]) -> None:
    for block in blocks:
        one.addprevious(block)
    is_end = one.getparent().tag == qn("w:tc") and (not blocks or blocks[-1].tag != qn("w:p"))
    if (one.pPr is not None and one.pPr.find(qn("w:sectPr")) is not None) or is_end:
        for child in [child for child in one if child is not one.pPr]:
            one.remove(child)
    else:
        one.getparent().remove(one)


def _blocks(value: Any, spans: Spans, place: Place) -> Iterator[Any]:
    if isinstance(value, Markdown):
        if value.strip() == LACKING:
            yield paragraph(place.shape, [_plain(value, spans, place.look)])
        else:
            yield from written(spans, parse(value), place)
        return
    rows = [list(value[0]), *(list(row.values()) for row in value)]
    widths = word_table.shares(rows, place.room)
    cells = [
        [
            word_table.cell(width, [paragraph(None, [_plain(text, spans, None)], spans.styles[names.CELL])])
            for text, width in zip(row, widths, strict=True)
        ]
        for row in rows
    ]
    yield word_table.table(cells, widths, spans.styles[names.TABLE])
    yield paragraph(None, [], spans.styles[names.BEHIND])


def _inline(value: Any, spans: Spans, place: Place) -> tuple[list[Any], list[Any]]:
    """Return the runs of a value that stands among other text, and the blocks that do not fit there."""
    if isinstance(value, Picture):
        return [element("w:r", spans.album.drawn(spans.part, value.data, "", (min(LOGO[0], place.room), LOGO[1])))], []
    if isinstance(value, Markdown) and value.strip() != LACKING:
        tree = parse(value)
        if not tree.children or tree.children[0].type != "paragraph":
            return [], list(written(spans, tree, place))
        first = tree.children.pop(0)
        return list(spans.inside(first, place.look, place.room)), list(written(spans, tree, place))
    if isinstance(value, tuple):
        return [], list(_blocks(value, spans, place))
    return [_plain("" if value is None else str(value), spans, place.look)], []


def _plain(text: str, spans: Spans, look: Any) -> Any:
    if text.strip() == LACKING:
        look = deepcopy(look) if look is not None else element("w:rPr")
        look.style = spans.styles[names.LACKING]
    return run(clean(text), look)


def _split(holder: Any, piece: Any, made: Sequence[Any]) -> None:
    """Put runs in the place of one piece of text in a run; what stands behind it in the run follows them."""
    rest = list(piece.itersiblings())
    after = element("w:r", *([deepcopy(holder.rPr)] if holder.rPr is not None and rest else []), *rest)
    holder.remove(piece)
    at = holder
    for one in (*made, *([after] if rest else [])):
        at.addnext(one)
        at = one
