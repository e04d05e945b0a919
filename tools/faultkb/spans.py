"""Markdown by markdown-it, where each token that shows or links something notes its place, and each place is found in the text."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt, rules_inline

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    Rule = Callable[[StateInline, bool], bool]

_MOST_BRACKETS = 1_000
"""Brackets in one paragraph beyond which it is taken as it stands: the parser is quadratic in those that never close."""
_SPAN = "span"
_RULES = {
    "link": rules_inline.link,
    "image": rules_inline.image,
    "autolink": rules_inline.autolink,
    "html_inline": rules_inline.html_inline,
    "backticks": rules_inline.backtick,
}
_PLACED = {"link_open", "image", "html_inline", "code_inline"}


def parse(text: str) -> list[Token]:
    """Return the tokens of a text; definitions (``[1]: address``) are tokens of their own."""
    return _PARSER.parse(text)


def span(token: Token) -> tuple[int, int] | None:
    """Return where in its paragraph a token begins and ends, None for one that shows and links nothing."""
    found: tuple[int, int] | None = token.meta.get(_SPAN)
    return found


def _noting(rule: Rule) -> Rule:
    """Have a rule of the parser note in its token where in the paragraph it begins and ends."""

    def run(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - markdown-it's signature
        start, count = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        token = next((one for one in state.tokens[count:] if one.type in _PLACED), None)
        if token is not None and not silent:
            token.meta[_SPAN] = (start, state.pos)
        return True

    return run


def _spans(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "inline" and token.content.count("[") <= _MOST_BRACKETS:
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


_PARSER = MarkdownIt("commonmark", {"maxNesting": 100, "inline_definitions": True}).enable("table")
_PARSER.core.ruler.at("inline", _spans)
for _name, _rule in _RULES.items():
    _PARSER.inline.ruler.at(_name, _noting(_rule))


class Lines:
    """Finds the characters of a paragraph, as the parser has it, in the text."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self.starts = [*accumulate((len(one) + 1 for one in self._lines), initial=0)]
        self.starts[-1] -= 1
        self._done: dict[int, int] = {}

    def places(self, content: str, line: int) -> list[int]:
        """Return where each character stands; empty if it cannot be told. Cells of a table stand in one line, in order."""
        found: list[int] = []
        for number, one in enumerate(content.split("\n"), line):
            bare = one.lstrip()
            at = self._lines[number].find(bare, self._done.get(number, 0)) if number < len(self._lines) else -1
            if at < 0:
                return []
            self._done[number] = at + len(bare)
            first = self.starts[number] + at - (len(one) - len(bare))
            found += range(first, first + len(one) + 1)
        return found
