"""The Markdown of a ticket in Word: paragraphs, lists, tables, code, quotes, headings and pictures, each in its style."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb.render import word_styles as names
from faultkb.render import word_table
from faultkb.render.word_spans import words
from faultkb.render.word_styles import indent
from faultkb.render.word_xml import element, paragraph, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faultkb.render.word_spans import Spans
    from faultkb.syntax import Node

_DEEPEST = 6
"""Lists and quotes in each other; what is deeper is shown flat."""
_TOP = 3
"""The lowest level of headings that a ticket gives to parts of a section."""
_TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


class Place(NamedTuple):
    """Where blocks stand: the shape of paragraphs and the look of text (``w:pPr``, ``w:rPr``), the room, the level of lists."""

    shape: Any
    look: Any
    room: int
    level: int = -1
    style: str = ""


def written(spans: Spans, tree: Node, place: Place) -> Iterator[Any]:
    """Yield the paragraphs and the tables of a tree of Markdown."""
    return _Blocks(spans).write(tree, place)


class _Blocks:
    """Writes the blocks of trees of Markdown."""

    def __init__(self, spans: Spans) -> None:
        self._spans = spans
        self._styles = spans.styles

    def write(self, node: Node, place: Place) -> Iterator[Any]:
        """Yield paragraphs and tables."""
        for child in node.children:
            yield from _BLOCKS[child.type](self, child, place)

    def paragraph(self, node: Node, place: Place) -> Iterator[Any]:
        shown = _only_pictures(node)
        if shown:
            for one in shown:
                yield from self._figure(one, place)
            return
        yield self._one(self._spans.inside(node, place.look, place.room), place)

    def _one(self, inside: Any, place: Place) -> Any:
        if place.level < 0:
            return paragraph(place.shape, inside, place.style)
        made = paragraph(None, inside, place.style)
        made.pPr.append(element("w:ind", left=indent(place.level)))
        return made

    def _figure(self, node: Node, place: Place) -> Iterator[Any]:
        drawn = self._spans.picture(node, place.look, place.room)
        if not len(drawn.findall(".//{*}drawing")):
            yield self._one([drawn], place)
            return
        yield paragraph(None, [drawn], self._styles[names.PICTURE])
        if words(node):
            yield paragraph(None, [run(f"图：{words(node)}")], self._styles[names.CAPTION])

    def heading(self, node: Node, place: Place) -> Iterator[Any]:
        style = names.HEADINGS[int(node.info[1:]) > _TOP]
        yield paragraph(None, self._spans.inside(node, None, place.room), self._styles[style])

    def list(self, node: Node, place: Place) -> Iterator[Any]:
        level = place.level + (node.depth <= _DEEPEST)
        is_ordered = node.type == "ordered_list"
        number = self._styles.numbers(level, int(node.attrs.get("start", 1))) if is_ordered else self._styles.bullets()
        style = self._styles[names.LIST]
        below = Place(place.shape, place.look, max(place.room - indent(level), 1), level, style)
        for item in node.children:
            yield from self._item(item, below, number)

    def _item(self, item: Node, place: Place, number: int) -> Iterator[Any]:
        first = item.children[0] if item.children else None
        leads = first is not None and first.type == "paragraph" and not _only_pictures(first)
        inside = self._spans.inside(_task(item.children[0]), place.look, place.room) if leads else ()
        made = paragraph(None, inside, place.style)
        made.pPr.get_or_add_numPr().get_or_add_ilvl().val = place.level
        made.pPr.numPr.get_or_add_numId().val = number
        yield made
        for child in item.children[leads:]:
            yield from _BLOCKS[child.type](self, child, place)

    def quote(self, node: Node, place: Place) -> Iterator[Any]:
        yield from self.write(node, place._replace(shape=None, style=self._styles[names.QUOTE]))

    def code(self, node: Node, place: Place) -> Iterator[Any]:
        style = self._styles[names.CODE]
        for line in node.content.rstrip("\n").split("\n"):
            made = paragraph(None, [run(line)], style)
            if place.level >= 0:
                made.pPr.append(element("w:ind", left=indent(place.level)))
            yield made

    def table(self, node: Node, place: Place) -> Iterator[Any]:
        rows = [row.children for part in node.children for row in part.children]
        widths = word_table.shares([[words(one) for one in row] for row in rows], place.room)
        made = [[self._cell(one, width, place.look) for one, width in zip(row, widths, strict=False)] for row in rows]
        yield word_table.table(made, widths, self._styles[names.TABLE])
        yield paragraph(None, [], self._styles[names.BEHIND])

    def _cell(self, node: Node, width: int, look: Any) -> Any:
        inside = self._spans.inside(node, look, width - 2 * word_table.MARGIN)
        made = paragraph(None, inside, self._styles[names.CELL])
        if "right" in node.attrs.get("style", "") or "center" in node.attrs.get("style", ""):
            side = "right" if "right" in node.attrs["style"] else "center"
            made.pPr.append(element("w:jc", val=side))
        return word_table.cell(width, [made])

    def rule(self, _node: Node, _place: Place) -> Iterator[Any]:
        yield paragraph(None, [], self._styles[names.RULE])


def _only_pictures(node: Node) -> list[Node]:
    inside = node.children[0].children if node.children and node.children[0].type == "inline" else node.children
    shown = [one for one in inside if one.type not in {"softbreak", "hardbreak"}]
    is_so = bool(shown) and all(one.type == "image" for one in shown)
    return shown if is_so else []


def _task(node: Node) -> Node:
    """Return a paragraph whose ``[x]`` is a box that is ticked."""
    leaf = node
    while leaf.children:
        leaf = leaf.children[0]
    if leaf.type == "text" and leaf.content[:4] in _TASKS:
        leaf.content = _TASKS[leaf.content[:4]] + leaf.content[4:]
    return node


_BLOCKS: dict[str, Callable[[_Blocks, Node, Place], Iterator[Any]]] = {
    "paragraph": _Blocks.paragraph,
    "heading": _Blocks.heading,
    "bullet_list": _Blocks.list,
    "ordered_list": _Blocks.list,
    "blockquote": _Blocks.quote,
    "fence": _Blocks.code,
    "code_block": _Blocks.code,
    "table": _Blocks.table,
    "hr": _Blocks.rule,
}
