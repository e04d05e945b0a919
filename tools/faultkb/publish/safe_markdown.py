"""Hostile Markdown → Markdown that means the same to every parser and can do nothing.

Tickets are parsed once, by markdown-it with HTML switched off, and printed again from the syntax tree in one canonical
form in which every character of text is escaped. What one parser takes for text and another for markup therefore cannot
matter: raw HTML, attribute lists, snippets, macros and admonitions are plain text, links go nowhere but to http(s), and
images and other files are named, never fetched.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

if TYPE_CHECKING:
    from collections.abc import Callable

_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).enable(["table", "strikethrough"])
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
_LINE_START = re.compile(r"^([ \t]*|[ \t]*\d+(?=[.)](?:\s|$)))([#+\-=:!?/%@.)])", re.MULTILINE)
_WEB = re.compile(r"https?://[^\s<>\"'`\\]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_COMMENT = re.compile(
    r"(?P<code>^ {0,3}(`{3,}|~{3,})[^\n]*\n(?s:.*?)(?:^ {0,3}\2[`~]*[ \t]*$|\Z)|(?<!`)(`+)(?!`)[^\n]*?(?<!`)\3(?!`))"
    r"|<!--(?s:.*?)-->|^ {0,3}<!--(?s:.*)\Z",
    re.MULTILINE,
)
_DEEPEST = 6
_NOTHING = "&#8203;"
"""An invisible character: something for a list item to begin with."""
_LANGUAGE = re.compile(r"[A-Za-z0-9_+#-]{1,20}")


def escape(text: str) -> str:
    """Print a text so that it is only text, in any place of a Markdown document."""
    text = _CONTROL.sub("", text.replace("\r", ""))
    text = _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], f"\\{match[0]}"), text)
    return _LINE_START.sub(lambda match: f"{match[1]}&#{ord(match[2])};", text)


def render(text: str) -> str:
    """Print a piece of a ticket's Markdown in the canonical form; comments do not exist for the site."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n"))
    text = _COMMENT.sub(lambda match: match["code"] or "", text)
    return _blocks(SyntaxTreeNode(_PARSER.parse(text)))


def _blocks(node: SyntaxTreeNode) -> str:
    return "\n\n".join(part for part in (_BLOCKS[child.type](child) for child in node.children) if part)


def _is_deep(node: SyntaxTreeNode) -> bool:
    """Say whether a list or quote is nested so deep that it is better shown flat."""
    depth = 0
    parent: SyntaxTreeNode | None = node
    while parent is not None:
        depth += parent.type in {"bullet_list", "ordered_list", "blockquote"}
        parent = parent.parent
    return depth > _DEEPEST


def _paragraph(node: SyntaxTreeNode) -> str:
    # Space in front would make a code block of it.
    return _inline(node).strip(" \t\n")


def _heading(node: SyntaxTreeNode) -> str:
    # The levels above belong to the sections of the ticket.
    return f"#### {_inline(node)}"


def _list(node: SyntaxTreeNode) -> str:
    if _is_deep(node):
        return "\n\n".join(filter(None, map(_blocks, node.children)))
    items = []
    loose = False
    for number, item in enumerate(node.children, int(node.attrs.get("start", 1))):
        marker = f"{number}." if node.type == "ordered_list" else "-"
        indent = " " * max(4, len(marker) + 1)
        content = _blocks(item)
        if not content or item.children[0].type not in {"paragraph", "heading"}:
            # Parsers differ on what may stand right behind a marker.
            content = f"{_NOTHING}\n\n{content}".rstrip()
        loose = loose or "\n\n" in content
        items.append(f"{marker:<{len(indent)}}" + content.replace("\n", f"\n{indent}"))
    return re.sub(r"^ +$", "", ("\n\n" if loose else "\n").join(items), flags=re.MULTILINE)


def _quote(node: SyntaxTreeNode) -> str:
    content = _blocks(node)
    return content if _is_deep(node) else re.sub(r"^", "> ", content, flags=re.MULTILINE)


def _code(node: SyntaxTreeNode) -> str:
    longest = max((len(run) for run in re.findall(r"`+", node.content)), default=0)
    fence = "`" * max(3, longest + 1)
    words = node.info.split() if node.type == "fence" else []
    language = words[0] if words and _LANGUAGE.fullmatch(words[0]) and words[0].lower() != "mermaid" else "text"
    return f"{fence}{language}\n{node.content.rstrip()}\n{fence}"


def _table(node: SyntaxTreeNode) -> str:
    rows = [
        [_inline(cell).replace("\n", " ") for cell in row.children] for part in node.children for row in part.children
    ]
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([lines[0], f"|{' --- |' * len(rows[0])}", *lines[1:]])


def _rule(_node: SyntaxTreeNode) -> str:
    return "* * *"


_BLOCKS: dict[str, Callable[[SyntaxTreeNode], str]] = {
    "paragraph": _paragraph,
    "heading": _heading,
    "bullet_list": _list,
    "ordered_list": _list,
    "blockquote": _quote,
    "fence": _code,
    "code_block": _code,
    "table": _table,
    "hr": _rule,
}


def _inline(node: SyntaxTreeNode) -> str:
    return _SPANS[node.type](node) if node.type in _SPANS else _inside(node)


def _inside(node: SyntaxTreeNode) -> str:
    """Print what a node holds; emphasis that touches emphasis is kept apart, or the marks would run together."""
    text = ""
    for child in node.children:
        piece = _inline(child)
        text += (_NOTHING if text.endswith("*") and piece.startswith("*") else "") + piece
    return text


def _code_span(node: SyntaxTreeNode) -> str:
    if re.search(r"[`|\\{}]|^\s|\s$", node.content):
        # Parsers differ on these inside backticks; as text they are the same everywhere.
        return escape(node.content.strip())
    return f"`{node.content}`"


def _within(node: SyntaxTreeNode) -> bool:
    """Say whether a span lies in another of its kind, which Python-Markdown cannot read."""
    parent = node.parent
    while parent is not None and parent.type != node.type:
        parent = parent.parent
    return parent is not None


def _wrapped(mark: str) -> Callable[[SyntaxTreeNode], str]:
    def wrap(node: SyntaxTreeNode) -> str:
        content = _inside(node)
        if _within(node):
            return content
        return f"{mark}{content}{mark}" if content.strip() == content and content else content

    return wrap


def _link(node: SyntaxTreeNode) -> str:
    label = _inside(node)
    target = str(node.attrs.get("href", ""))
    if not _WEB.fullmatch(target):
        return label
    if len(node.children) == 1 and node.children[0].content == target:
        return f"<{target}>"
    return f"[{label}](<{target.replace('(', '%28').replace(')', '%29')}>)"


def _image(node: SyntaxTreeNode) -> str:
    label = _inside(node)
    return f"（图：{label or '无说明'}）"


_SPANS: dict[str, Callable[[SyntaxTreeNode], str]] = {
    "text": lambda node: escape(node.content),
    "softbreak": lambda _node: "\n",
    "hardbreak": lambda _node: "  \n",
    "code_inline": _code_span,
    "strong": _wrapped("**"),
    "em": _wrapped("*"),
    "s": _wrapped(""),
    "link": _link,
    "image": _image,
}
