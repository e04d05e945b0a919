"""Published Markdown → the words in it, for machines that have no use for the marks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.token import Token

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_UNSEEN = "\u200b"
"""What `safe_markdown` puts where a list item begins with nothing."""


def words_of(markdown: str) -> str:
    """Return the text of published Markdown: a line for each paragraph, heading and item, cells parted by tabs."""
    lines: list[str] = []
    cells: list[str] = []
    row = False
    for token in _PARSER.parse(markdown):
        if token.type == "inline":
            (cells if row else lines).append(_inline(token))
        elif token.type in {"fence", "code_block"}:
            lines.append(token.content.rstrip("\n"))
        elif token.type == "tr_open":
            row, cells = True, []
        elif token.type == "tr_close":
            row = False
            lines.append("\t".join(cells))
    return "\n".join(lines).replace(_UNSEEN, "").strip("\n")


def _inline(token: Token) -> str:
    breaks = {"softbreak", "hardbreak"}
    return "".join("\n" if child.type in breaks else child.content for child in token.children or ())
