"""What generated pages are made of: front matter, escaped text, addresses, file names, elements."""

from __future__ import annotations

import hashlib
import html
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

from faultkb.syntax import CONTROL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_INDEXES = {"index", "readme"}
"""File names that MkDocs takes for the index of their folder."""
_NOT_YAML = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKUP = str.maketrans({char: f"&#{ord(char)};" for char in "\\`*_[]{}|~^$!"})
LISTS: dict[str, Any] = {"hide": ["toc"]}
"""Front matter of pages that are lists."""


def front_matter(title: str, description: str = "", **more: Any) -> str:
    """Return a page's front matter. Its values are plain text: templates escape them."""
    values = {"title": title, "description": description, **more}
    lines = (
        f"{key}: {_NOT_YAML.sub('', json.dumps(value, ensure_ascii=False))}" for key, value in values.items() if value
    )
    return "\n".join(["---", *lines, "---", ""])


def page(matter: str, *blocks: str) -> str:
    """Put a page together: front matter and blocks; empty blocks fall away."""
    return "\n".join([matter, "\n\n".join(block for block in blocks if block), ""])


def slug(value: str) -> str:
    """Return a file name for a value that somebody typed: word characters only, unique even where they are few."""
    plain = re.sub(r"[^\w.+-]+", "-", value).strip("-.").lower()[:60]
    if plain == value and plain not in _INDEXES:
        return plain
    return f"{plain or 'x'}-{hashlib.sha256(value.encode()).hexdigest()[:6]}"


def up(path: str) -> str:
    """Return the way from the address of a page (a path under kb/) to the start of the site."""
    folder, _, name = path.rpartition("/")
    return "../" * (len(folder.split("/")) * bool(folder) + (name != "index.md"))


def inert(value: str) -> str:
    """Escape for HTML, and for a Markdown parser that looks into HTML."""
    return html.escape(" ".join(CONTROL.sub("", value).split())).translate(_MARKUP)


def svg(element: ET.Element) -> str:
    """Write an element as one line of HTML."""
    return ET.tostring(element, encoding="unicode", short_empty_elements=False).replace("\n", " ")


def link(label: str, address: str, number: int | None = None, kind: str = "") -> str:
    """Return a link to an address of the site, with how many faults are there if given; ``kind`` is a CSS class.

    HTML, which stands in Markdown as well as in a block: generators look at each Markdown link for a page of theirs.
    """
    look = f' class="{kind}"' if kind else ""
    counted = f" <small>{number}</small>" if number is not None else ""
    return f'<a href="{html.escape(address)}"{look}>{inert(label)}</a>{counted}'


def query(address: str, values: Mapping[str, str]) -> str:
    """Return an address with a query."""
    return f"{address}?{urlencode(values)}"


def block(kind: str, items: Iterable[str], search: str = "") -> str:
    """Return a list of pieces of HTML in a box of a CSS class; nothing for none.

    ``search`` is the address of the search page. HTML, since a parser of Markdown takes ten times as long for it.
    """
    lines = "".join(f"<li>{item}</li>" for item in items)
    data = f' data-search="{search}"' if search else ""
    return f'<div class="{kind}"{data}><ul>{lines}</ul></div>' if lines else ""


def columns(*parts: Iterable[str]) -> str:
    """Return pieces of HTML side by side, where there is room."""
    sections = "".join(f"<section>{''.join(one)}</section>" for one in parts)
    return f'<div class="fault-columns">{sections}</div>'


def badge(value: str, *, is_severity: bool = False) -> str:
    """Return a value as a small coloured label; the text says what the colour says."""
    look = f' data-severity="{inert(value)}"' if is_severity else ""
    return f'<span class="fault-badge"{look}>{inert(value)}</span>'
