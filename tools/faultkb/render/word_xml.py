"""The elements that Word files are made of: a run of text, a paragraph, and what XML does not allow left out."""

from __future__ import annotations

import re
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Any

from docx.oxml.ns import nsmap, qn
from docx.oxml.parser import oxml_parser

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NOT_SHOWN = re.compile(
    "[^\t\n\u0020-\u007e\u0080-\u200d\u2010-\u2029\u202f-\u2065\u206a-\ud7ff\ue002-\ufffd\U00010000-\U0010ffff]"
)
"""What XML forbids, what turns the direction of a text, and the two characters that marks are made of (word_marks)."""
_PIECE = re.compile("[\t\n]|[^\t\n]+")
_TEXT = qn("w:t")
_PARAGRAPH = qn("w:p")


_named = cache(qn)
_SPACE = {"w": nsmap["w"]}


def element(name: str, *children: Any, **values: Any) -> Any:
    """Make an element of Word's own kind, with attributes of the same."""
    made = oxml_parser.makeelement(_named(name), nsmap=_SPACE)
    for key, value in values.items():
        made.set(_named(f"w:{key}"), str(value))
    made.extend(children)
    return made


def clean(text: str) -> str:
    """Return a text as a Word file can hold it."""
    return _NOT_SHOWN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def run(text: str, look: Any = None) -> Any:
    """Make a run of text with a look of its own (``w:rPr``, copied); tabs and ends of lines stay what they are."""
    made = element("w:r", *([deepcopy(look)] if look is not None else []))
    for piece in _PIECE.findall(clean(text)):
        if piece == "\t":
            made.append(element("w:tab"))
        elif piece == "\n":
            made.append(element("w:br"))
        else:
            written = element("w:t")
            written.text = piece
            if piece != piece.strip():
                written.set(qn("xml:space"), "preserve")
            made.append(written)
    return made


def paragraph(shape: Any, inside: Iterable[Any], style: str = "") -> Any:
    """Make a paragraph of a shape (``w:pPr``, copied), in a style of this id where one is given."""
    properties = deepcopy(shape) if shape is not None else element("w:pPr")
    if style:
        properties.style = style
    return element("w:p", properties, *inside)


def texts(one: Any) -> Iterator[Any]:
    """Yield the pieces of text of a paragraph, without those of a text box that is anchored in it."""
    for piece in one.iter(_TEXT):
        if next(piece.iterancestors(_PARAGRAPH)) is one:
            yield piece


def said(one: Any) -> str:
    """Return the text of a paragraph."""
    return "".join(piece.text or "" for piece in texts(one))
