"""What stands in a paragraph of a ticket, in Word: runs of text, bold, code, links, pictures."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn

from faultkb.render import word_styles as names
from faultkb.render.word_xml import clean, element, run
from faultkb.syntax import target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faultkb.render.word_pictures import Album
    from faultkb.render.word_styles import Styles
    from faultkb.syntax import Node

_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+|mailto:[^\s<>\"'`\\?]+@[^\s<>\"'`\\?]+", re.IGNORECASE)
_LONGEST = 2_000
"""Characters of an address in Word."""
_MOST_LINKS = 1_000
_CHINESE = "[\u2e80-\uffef]"
_MARKS = {"strong": "b", "em": "i", "s": "strike"}


class Spans:
    """Writes what stands in paragraphs of one part (the body, a header) of a document."""

    def __init__(self, part: Any, styles: Styles, album: Album) -> None:
        """Know where links and pictures are kept, and which styles there are."""
        self.part = part
        self.styles = styles
        self.album = album
        self._links: dict[str, str] = {}
        self._looks: dict[tuple[int, str], tuple[Any, Any]] = {}

    def inside(self, node: Node, look: Any, room: int) -> Iterator[Any]:
        """Yield the runs of what a node holds, in a look (``w:rPr``); a picture is at most ``room`` wide."""
        before = ""
        for place, child in enumerate(node.children):
            if child.type == "softbreak":
                after = first_of(node.children[place + 1 :])
                if not (re.match(_CHINESE, before[-1:]) and re.match(_CHINESE, after)):
                    yield run(" ", look)
            else:
                yield from self._span(child, look, room)
            before = words(child) or before

    def _span(self, node: Node, look: Any, room: int) -> Iterator[Any]:
        if node.type == "text":
            yield from [run(_joined(node.content), look)] if node.content else []
        elif node.type == "hardbreak":
            yield run("\n", look)
        elif node.type == "code_inline":
            yield run(node.content, self._styled(look, names.CODE_SPAN))
        elif node.type == "link":
            yield from self._link(node, look, room)
        elif node.type == "image":
            yield self.picture(node, look, room)
        else:
            yield from self.inside(node, self._marked(look, _MARKS.get(node.type, "")), room)

    def picture(self, node: Node, look: Any, room: int) -> Any:
        """Return the run of a picture, or of what is said in its stead."""
        drawn = self.album.of_ticket(self.part, target_of(node), words(node), room)
        if drawn is not None:
            return element("w:r", drawn)
        return run(f"[图：{words(node) or '无说明'}]", look)

    def _link(self, node: Node, look: Any, room: int) -> Iterator[Any]:
        key = self._relation(node.attrs.get("href", ""))
        if not key:
            yield from self.inside(node, look, room)
            return
        made = element("w:hyperlink", *self.inside(node, self._styled(look, names.LINK), room))
        made.set(qn("r:id"), key)
        yield made

    def _relation(self, address: str) -> str:
        if address not in self._links:
            fits = len(address) <= _LONGEST and clean(address) == address and _ADDRESS.fullmatch(address)
            if not fits or len(self._links) >= _MOST_LINKS:
                return ""
            self._links[address] = self.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        return self._links[address]

    def _styled(self, look: Any, style: str) -> Any:
        return self._changed(look, style, lambda made: setattr(made, "style", self.styles[style]))

    def _marked(self, look: Any, mark: str) -> Any:
        return self._changed(look, mark, lambda made: getattr(made, f"get_or_add_{mark}")()) if mark else look

    def _changed(self, look: Any, name: str, change: Callable[[Any], Any]) -> Any:
        """Return a look with something more; the same for the same one, of which there may be thousands."""
        key = (id(look), name)
        if key not in self._looks:
            made = deepcopy(look) if look is not None else element("w:rPr")
            change(made)
            self._looks[key] = (look, made)
        return self._looks[key][1]


def _joined(text: str) -> str:
    """Return a text whose lines end only for want of room, as one line."""
    return re.sub(rf"(?<={_CHINESE})\n(?={_CHINESE})", "", text).replace("\n", " ")


def words(node: Node) -> str:
    """Return what a node says, without any marks."""
    if node.type in {"softbreak", "hardbreak"}:
        return " "
    return _joined(node.content) if node.type in {"text", "code_inline"} else "".join(map(words, node.children))


def first_of(nodes: list[Node]) -> str:
    """Return the first character that nodes say."""
    return next((said[0] for said in map(words, nodes) if said), "")
