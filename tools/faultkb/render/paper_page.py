"""A document as one HTML page that needs nothing else: its pictures in it, no script, no other host."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from faultkb import attached
from faultkb.papers import names
from faultkb.papers.letterhead import Picture
from faultkb.render import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from markdown_it.token import Token

    from faultkb.papers import Paper


def page(paper: Paper, text: str, files: Mapping[str, bytes], number: str = "") -> str:
    """Return the page of Markdown; ``files`` are its pictures by the names that it calls them."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("faultkb.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    style = environment.get_template("paper.css").render()
    logo = paper.values["公司标志"]
    return environment.get_template("paper.html").render(
        values=paper.values,
        number=number or paper.number,
        title=paper.title,
        body=_body(text, files),
        logo=_embedded(logo.name, logo.data) if isinstance(logo, Picture) else "",
        style=style,
        digest=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
    )


def _embedded(name: str, data: bytes) -> str:
    return f"data:image/{attached.PICTURES[attached.kind_of(name)].lower()};base64,{base64.b64encode(data).decode()}"


def _body(text: str, files: Mapping[str, bytes]) -> str:
    """Return what stands between the heads of a page and its end, from Markdown in which nothing is HTML."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    for before, token in itertools.pairwise(tokens):
        opening = before if before.type == "td_open" else None
        children = token.children or []
        for child in children:
            if child.type == "image":
                name = unquote(str(child.attrs.get("src", "")))
                child.attrs = {"src": _embedded(name, files[name]) if name in files else "", "alt": child.content}
        if token.content == names.LACKING:
            token.children = [_tag("<mark>"), *children, _tag("</mark>")]
        elif opening and children:
            token.children = [piece for child in children for piece in _pieces(child)]
            size = len(token.content)
            opening.attrs = {"class": "short"} if size <= _SHORT else {"class": "long"} if size > _LONG else {}
    html = parser.renderer.render(tokens, parser.options, {})
    html = html.replace("<table>", '<div class="scroll" role="region" aria-label="表格" tabindex="0"><table>').replace(
        "</table>", "</table></div>"
    )
    return _FACTS.sub(r'<table class="facts"><thead hidden>\1</thead>', html)


def _pieces(token: Token) -> Iterator[Token]:
    """Yield a token with its dates and codes in spans: a browser would break them at their hyphens."""
    if token.type != "text":
        yield token
        return
    for number, part in enumerate(_WHOLE.split(token.content)):
        word = token.copy(content=part)
        yield from (_tag("<span>"), word, _tag("</span>")) if number % 2 else (word,)


def _tag(text: str) -> Token:
    from markdown_it.token import Token

    return Token("html_inline", "", 0, content=text)


_SHORT, _LONG = 10, 30
"""Characters of a cell that is not broken into lines, and of one that wants room."""
_WHOLE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}:[0-9]{2}|[A-Z]{2}-[0-9]{8}-[0-9]{3,}|\b[A-Z]{2}[0-9]{3,5}\b)"
)
"""A date, a time, the id of a fault or of somebody."""
_FACTS = re.compile(r"<table>\s*<thead>(\s*<tr>\s*(?:<th>项目</th>\s*<th>内容</th>\s*){1,2}</tr>\s*)</thead>")
"""The head of a table of facts, which says no more than that."""
