"""Hostile Markdown → Markdown that means the same to every parser and can do nothing.

Tickets are parsed once, by markdown-it with HTML switched off, and printed again from the syntax tree in one canonical
form in which every character of text is escaped. What one parser takes for text and another for markup therefore cannot
matter: raw HTML, attribute lists, snippets, macros and admonitions are plain text, links go nowhere but to http(s) and
to the attachments that are published, and all other images and files are named, never fetched.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import quote

from faultkb import syntax
from faultkb.attached import PICTURES, kind_of
from faultkb.syntax import parse, target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from faultkb.syntax import Node

_SPECIAL = re.compile(r"[\\`*_\[\]<>&{}|~^$!]")
_ENTITIES = {
    "[": "&#91;",
    "]": "&#93;",
    "<": "&lt;",
    ">": "&gt;",
    "&": "&amp;",
    "{": "&#123;",
    "}": "&#125;",
    "|": "&#124;",
    "~": "&#126;",
    "^": "&#94;",
    "$": "&#36;",
}
_ESCAPED = {char: _ENTITIES.get(char, f"\\{char}") for char in r"\`*_[]<>&{}|~^$!"}
_LINE_START = re.compile(r"^([ \t]*|[ \t]*\d+(?=[.)](?:\s|$)))([#+\-=:!?/%@.)])", re.MULTILINE)
_WEB = re.compile(r"https?://[^\s<>\"'`\\]+")
_DEEPEST = 6
"""Lists and quotes in each other; what is deeper is better shown flat."""
_NOTHING = "&#8203;"
"""An invisible character: something for a list item to begin with."""
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#-]{1,20}")
NO_FILES: Mapping[str, str] = MappingProxyType({})


def escape(text: str) -> str:
    """Print a text so that it is only text, in any place of a Markdown document."""
    text = syntax.CONTROL.sub("", text.replace("\r", ""))
    text = _SPECIAL.sub(lambda match: _ESCAPED[match[0]], text)
    return _LINE_START.sub(lambda match: f"{match[1]}&#{ord(match[2])};", text)


def render(source: str | Node, files: Mapping[str, str] = NO_FILES, folder: str = "") -> str:
    """Print a piece of a ticket's Markdown, or its tree, in the canonical form; comments do not exist for the site.

    ``files`` are the attachments that are published: the name on the site by what the ticket calls them
    (``<ID>/name``). Their addresses are relative to the page ``<ID>.md``, beside which lies the folder ``<ID>``, or begin
    with the ``folder`` (it ends with a slash) in which that lies.
    """
    return _Printer(files, folder).blocks(parse(source))


def plain(source: str | Node) -> str:
    """Return what a piece of a ticket's Markdown, or its tree, says, without any marks: for searching and for feeds.

    Blocks, items of lists and rows of tables have lines of their own, numbered items with their number.
    """
    return _lines(parse(source))


def _lines(node: Node) -> str:
    return "\n".join(part for part in map(_line, node.children) if part)


def _line(node: Node) -> str:
    if node.type in {"fence", "code_block"}:
        return node.content.strip("\n").rstrip()
    if node.type == "ordered_list":
        items = enumerate(node.children, int(node.attrs.get("start", 1)))
        return "\n".join(f"{number}. {_lines(item)}".rstrip() for number, item in items)
    if node.type == "table":
        rows = (row for part in node.children for row in part.children)
        return "\n".join(" ".join(filter(None, map(_words, row.children))) for row in rows)
    if node.type in {"paragraph", "heading"}:
        return _words(node)
    return _lines(node)


def _words(node: Node) -> str:
    # A line that ends between two Chinese characters only ends for want of room.
    return re.sub(r"(?<=[\u2e80-\uffef])\n(?=[\u2e80-\uffef])", "", _said(node)).replace("\n", " ").strip()


def _said(node: Node) -> str:
    if node.type in {"softbreak", "hardbreak"}:
        return "\n"
    return node.content if node.type in {"text", "code_inline"} else "".join(map(_said, node.children))


def _name(node: Node) -> str:
    return target_of(node).rpartition("/")[2]


class _Printer:
    """Prints the nodes of a tree; knows the attachments that are published."""

    def __init__(self, files: Mapping[str, str], folder: str = "") -> None:
        self._files = files
        self._folder = folder

    def blocks(self, node: Node) -> str:
        return "\n\n".join(part for part in (_BLOCKS[child.type](self, child) for child in node.children) if part)

    def paragraph(self, node: Node) -> str:
        # Space in front would make a code block of it.
        return self.inside(node).strip(" \t\n")

    def heading(self, node: Node) -> str:
        # The levels above belong to the sections of the ticket.
        return f"#### {self.inside(node)}"

    def list(self, node: Node) -> str:
        if node.depth > _DEEPEST:
            return "\n\n".join(filter(None, map(self.blocks, node.children)))
        items = []
        loose = False
        for number, item in enumerate(node.children, int(node.attrs.get("start", 1))):
            marker = f"{number}." if node.type == "ordered_list" else "-"
            indent = " " * max(4, len(marker) + 1)
            content = self.blocks(item)
            if not content or item.children[0].type not in {"paragraph", "heading"}:
                # Parsers differ on what may stand right behind a marker.
                content = f"{_NOTHING}\n\n{content}".rstrip()
            loose = loose or "\n\n" in content
            items.append(f"{marker:<{len(indent)}}" + content.replace("\n", f"\n{indent}"))
        return re.sub(r"^ +$", "", ("\n\n" if loose else "\n").join(items), flags=re.MULTILINE)

    def quote(self, node: Node) -> str:
        content = self.blocks(node)
        return content if node.depth > _DEEPEST else re.sub(r"^", "> ", content, flags=re.MULTILINE)

    def code(self, node: Node) -> str:
        longest = max((len(run) for run in re.findall(r"`+", node.content)), default=0)
        fence = "`" * max(3, longest + 1)
        words = node.info.split() if node.type == "fence" else []
        language = words[0] if words and _LANGUAGE.fullmatch(words[0]) and words[0].lower() != "mermaid" else "text"
        return f"{fence}{language}\n{node.content.rstrip()}\n{fence}"

    def table(self, node: Node) -> str:
        rows = [
            [self.inside(cell).replace("\n", " ") for cell in row.children]
            for part in node.children
            for row in part.children
        ]
        lines = [f"| {' | '.join(cells)} |" for cells in rows]
        return "\n".join([lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]])

    def rule(self, _node: Node) -> str:
        return "* * *"

    def inside(self, node: Node) -> str:
        """Print what a node holds; emphasis that touches emphasis is kept apart, or the marks would run together."""
        text = ""
        for child in node.children:
            piece = _SPANS[child.type](self, child) if child.type in _SPANS else self.inside(child)
            text += (_NOTHING if text.endswith("*") and piece.startswith("*") else "") + piece
        return text

    def text(self, node: Node) -> str:
        return escape(node.content)

    def code_span(self, node: Node) -> str:
        if re.search(r"[`|\\{}]|^\s|\s$", node.content):
            # Parsers differ on these inside backticks; as text they are the same everywhere.
            return escape(node.content.strip())
        return f"`{node.content}`"

    def strong(self, node: Node) -> str:
        return self._wrapped(node, "**")

    def emphasis(self, node: Node) -> str:
        return self._wrapped(node, "*")

    def _wrapped(self, node: Node, mark: str) -> str:
        content = self.inside(node)
        return f"{mark}{content}{mark}" if content.strip() == content and content else content

    def link(self, node: Node) -> str:
        label = self.inside(node)
        address = self._address(node)
        if address:
            return f"[{label or escape(_name(node))}](<{address}>)"
        target = node.attrs.get("href", "")
        if not _WEB.fullmatch(target):
            return label
        if len(node.children) == 1 and node.children[0].content == target:
            return f"<{target}>"
        return f"[{label}](<{target.replace('(', '%28').replace(')', '%29')}>)"

    def image(self, node: Node) -> str:
        address = self._address(node)
        if address and kind_of(address) in PICTURES:
            return f"![{escape(_words(node)) or '没有说明的图'}](<{address}>)"
        if address and not node.is_linked:
            return f"[{escape(_words(node) or _name(node))}](<{address}>)"
        return f"（图：{self.inside(node) or '无说明'}）"

    def _address(self, node: Node) -> str:
        """Return the address of a published attachment, empty for everything else."""
        target = target_of(node)
        return quote(f"{self._folder}{target.partition('/')[0]}/{self._files[target]}") if target in self._files else ""


_BLOCKS: dict[str, Callable[[_Printer, Node], str]] = {
    "paragraph": _Printer.paragraph,
    "heading": _Printer.heading,
    "bullet_list": _Printer.list,
    "ordered_list": _Printer.list,
    "blockquote": _Printer.quote,
    "fence": _Printer.code,
    "code_block": _Printer.code,
    "table": _Printer.table,
    "hr": _Printer.rule,
}
_SPANS: dict[str, Callable[[_Printer, Node], str]] = {
    "text": _Printer.text,
    "softbreak": lambda _self, _node: "\n",
    "hardbreak": lambda _self, _node: "  \n",
    "code_inline": _Printer.code_span,
    "strong": _Printer.strong,
    "em": _Printer.emphasis,
    "link": _Printer.link,
    "image": _Printer.image,
}
