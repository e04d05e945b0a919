"""A ticket's Markdown as a tree, by markdown-it with HTML switched off; text without any marks is not parsed at all."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Control and direction characters, which no text of a ticket needs."""
_COMMENT = re.compile(
    r"(?P<code>^ {0,3}(`{3,}|~{3,})[^\n]*\n(?s:.*?)(?:^ {0,3}\2[`~]*[ \t]*$|\Z)|(?<!`)(`+)(?!`)[^\n]*?(?<!`)\3(?!`))"
    r"|<!--(?s:.*?)-->|^ {0,3}<!--(?s:.*)\Z",
    re.MULTILINE,
)
_INLINE = r"[\\`*_\[<&~]|[^\S \n]| {2}\n"
_MARKED_SPAN = re.compile(_INLINE)
_MARKED_TEXT = re.compile(rf"{_INLINE}|^ *(?:[-+=:|#>]|\d+[.)])|^ {{4}}", re.MULTILINE)
"""What may mean something in Markdown; a text with none of it is nothing but paragraphs (a test holds both ways to the same)."""
_MOST_BRACKETS = 500
"""Brackets in one paragraph beyond which it is taken as it stands: the parser is quadratic in them."""
_NONE: Mapping[str, str] = MappingProxyType({})
_NESTING = {"bullet_list", "ordered_list", "blockquote"}
_FLAT = {"strong", "em", "s"}
"""Spans that say no more inside another of their kind: there may be thousands, one in the other."""
_BLANK = re.compile(r"\n(?: *\n)+")


def _spans(state: StateCore) -> None:
    """Parse what stands in blocks, where there is anything to parse."""
    for token in state.tokens:
        if token.type != "inline" or token.content.count("[") > _MOST_BRACKETS:
            continue
        if _MARKED_SPAN.search(token.content):
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


_PARSER = (
    MarkdownIt("commonmark", {"html": False, "maxNesting": 100})
    .enable(["table", "strikethrough"])
    .disable(["html_block", "html_inline"])
)
_PARSER.core.ruler.at("inline", _spans)


class Node:
    """A node of the tree: ``type`` as markdown-it calls it, what it holds, how many lists and quotes and whether a link it is in.

    ``info`` is what stands behind the mark of a fence, and ``h1`` to ``h6`` for headings.

    A node does not know its parent: without cycles a tree is freed at once, and need not be looked for.
    """

    __slots__ = ("attrs", "children", "content", "depth", "info", "is_linked", "type")

    def __init__(self, kind: str, parent: Node | None, content: str = "") -> None:
        self.type = kind
        self.content = content
        self.info = ""
        self.attrs: Mapping[str, str] = _NONE
        self.children: list[Node] = []
        self.depth: int = kind in _NESTING
        self.is_linked = kind == "link"
        if parent is not None:
            parent.children.append(self)
            self.depth += parent.depth
            self.is_linked |= parent.is_linked


def parse(text: str | Node) -> Node:
    """Return the tree of a piece of a ticket's Markdown, without its comments; a tree is returned as it is."""
    if isinstance(text, Node):
        return text
    text = CONTROL.sub("", text.replace("\r\n", "\n"))
    if "<!--" in text:
        text = _COMMENT.sub(lambda match: match["code"] or "", text)
    return _grow(_PARSER.parse(text)) if _MARKED_TEXT.search(text) else _paragraphs(text)


def _paragraphs(text: str) -> Node:
    root = Node("root", None)
    for piece in _BLANK.split(text):
        if content := _trimmed(piece):
            Node("text", Node("paragraph", root), content)
    return root


def _trimmed(text: str) -> str:
    return "\n".join(line.strip(" ") for line in text.strip(" \n").split("\n"))


def _grow(tokens: Iterable[Token], above: tuple[Node, ...] = ()) -> Node:
    """Make a tree, or the part of one below the last of the nodes ``above``; return where it begins."""
    path = [*above] or [Node("root", None)]
    entered: list[bool] = []
    for token in tokens:
        if token.nesting < 0:
            if entered.pop():
                path.pop()
            continue
        kind = token.type.removesuffix("_open")
        if kind in _FLAT and any(one.type == kind for one in path):
            entered.append(False)
            continue
        node = Node(kind, path[-1], token.content)
        node.info = token.tag if token.type == "heading_open" else token.info
        if token.attrs:
            node.attrs = {name: str(value) for name, value in token.attrs.items()}
        if token.children:
            _grow(token.children, (*path, node))
        elif kind == "inline" and token.content:
            Node("text", node, _trimmed(token.content))
        if token.nesting:
            entered.append(True)
            path.append(node)
    return path[0]


def target_of(node: Node) -> str:
    """Return what a link or an image refers to, as its author wrote it; empty for other nodes."""
    return unquote(node.attrs.get("src") or node.attrs.get("href") or "").removeprefix("./")


def targets(node: Node) -> Iterator[str]:
    """Find what the links and images of a tree refer to."""
    for child in node.children:
        if child.type in {"link", "image"}:
            yield target_of(child)
        yield from targets(child)
