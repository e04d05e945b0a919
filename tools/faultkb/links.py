"""What a Markdown text shows or links, found by markdown-it's tokens, with its place in the text, so that it can be changed there."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, NamedTuple

from faultkb import spans

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from markdown_it.token import Token

_TAG = re.compile(r"<img\b[^>]{0,4000}>", re.IGNORECASE)
_BARE = re.compile(r"(?<![\w(<\"'=/])https?://[^\s()<>\[\]\"'`，。；、）】]{1,4000}", re.IGNORECASE)
"""An address alone: GitHub's way with films."""
_UNSPEAKABLE = re.compile(r"[\[\]<>`\\\s]+")


class Reference(NamedTuple):
    """A place in a text that shows or names a file: its address, what it is called there, whether it is to be shown."""

    address: str
    label: str
    is_picture: bool


class _Spot(NamedTuple):
    """A reference, and its first and last character in the text; what is no reference is only stepped over."""

    start: int
    end: int
    what: Reference | None


def find(text: str) -> Iterator[Reference]:
    """Return what a text refers to, outside of code, in order."""
    yield from (one.what for one in _read(text)[0] if one.what)


def rewritten(text: str, change: Callable[[Reference, str], str]) -> str:
    """Return a text with each reference, of which ``change`` is told with its spelling, as ``change`` says.

    A definition (``[1]: address``) of something that was changed goes: nothing refers to it any more.
    """
    spots, definitions = _read(text)
    edits, gone = [], set()
    for start, end, what in spots:
        if what:
            new = change(what, text[start:end])
            edits.append((start, end, new))
            gone |= {what.address} if new != text[start:end] else set()
    edits += [(start, end, "") for start, end, address in definitions if address in gone]
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _read(text: str) -> tuple[list[_Spot], list[tuple[int, int, str]]]:
    """Return the references of a text, none overlapping another, and the places of its definitions with their addresses."""
    lines = spans.Lines(text)
    found: list[_Spot] = []
    definitions: list[tuple[int, int, str]] = []
    for token in spans.parse(text):
        begin, end = token.map or (0, 0)
        if token.type == "inline":
            places = lines.places(token.content, begin)
            found += (_Spot(places[one.start], places[one.end - 1] + 1, one.what) for one in _in_line(token) if places)
        elif token.type == "html_block":
            at = lines.starts[begin]
            tags = _TAG.finditer(text, at, lines.starts[end])
            found += (_Spot(*one.span(), _picture(one.group())) for one in tags)
        elif token.type == "definition":
            definitions.append((lines.starts[begin], lines.starts[end], str(token.meta["url"])))
    return found, definitions


def _in_line(token: Token) -> Iterator[_Spot]:
    """Return what stands in a paragraph, with its place in it: what is in brackets or tags, and between them bare addresses."""
    content, at = token.content, 0
    children = token.children or []
    for number, one in enumerate(children):
        start, end = spans.span(one) or (-1, -1)
        if start < at:
            continue
        if one.type == "link_open" and any(it.type == "image" for it in _inside(children, number)):
            continue  # the picture is what matters
        yield from _bare(content, at, start)
        yield _Spot(start, end, _reference(one, children, number))
        at = end
    yield from _bare(content, at, len(content)) if children else ()


def _bare(content: str, start: int, end: int) -> Iterator[_Spot]:
    yield from (
        _Spot(*one.span(), Reference(one.group(), "", is_picture=False)) for one in _BARE.finditer(content, start, end)
    )


def _inside(children: list[Token], number: int) -> Iterator[Token]:
    for one in children[number + 1 :]:
        if one.type == "link_close":
            return
        yield one


def _reference(one: Token, children: list[Token], number: int) -> Reference | None:
    if one.type == "image":
        return Reference(str(one.attrs["src"]), _speakable(one.content), is_picture=True)
    if one.type == "link_open":
        label = "" if one.markup == "autolink" else "".join(it.content for it in _inside(children, number))
        return Reference(str(one.attrs["href"]), _speakable(label), is_picture=False)
    return _picture(one.content) if one.type == "html_inline" else None


class _Tag(HTMLParser):
    """Reads the attributes of one tag."""

    attributes: Iterable[tuple[str, str | None]] = ()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.attributes = attrs


def _picture(tag: str) -> Reference | None:
    """Return what a picture in HTML shows, None for another tag."""
    reader = _Tag()
    reader.feed(tag)
    said = {name: value or "" for name, value in reversed([*reader.attributes])}
    return Reference(said["src"], _speakable(said.get("alt", "")), is_picture=True) if "src" in said else None


def _speakable(label: str) -> str:
    return _UNSPEAKABLE.sub(" ", label).strip()
