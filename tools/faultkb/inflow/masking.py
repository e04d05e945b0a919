"""Masks on the way in: phone numbers, names and the like in the cells of a row, counted by kind."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from faultkb import privacy, tidy
from faultkb.privacy.names import is_name
from faultkb.privacy.surnames import COMPOUNDS, SINGLE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from faultkb.privacy import Lists

NAME = "unmasked-name"
CODE = "customer-code"
"""The kind of an id of a customer or device, which no detector knows by its look."""
_APART = "\n\0\n"
_ROUNDS = 5
_HAN = re.compile("[\u3400-\u9fff]{2,4}")
_NAMES = re.compile(r"(?:姓名|联系人|用户|客户|人员|[^产本品]人|员|者|担当|[客用业]户名称?|经理|工程师)$")
"""Headings under which a word that could be a name is one."""
_ROUNDED = re.compile(
    r"(?<![0-9.])[1-8][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]000(?![0-9.])"
)
"""The number of an identity card of which Excel has kept fifteen digits: its check digit is lost."""
_BETWEEN = re.compile(r"([、,，;；/\s]+)")


class Masks:
    """Masks what is private; ``names`` are the full names of people that the whole file tells."""

    def __init__(self, lists: Lists, names: Collection[str] = ()) -> None:
        self.count: Counter[str] = Counter()
        """How many values of each rule were masked, by whether that was certain."""
        self.unsure = 0
        self._lists = lists
        self._names = frozenset(names)
        self._sizes, self._first = _index(self._names)

    def on(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        """Return the texts of pairs of heading and text with masks; what a heading says helps to find a name."""
        heads = [title.replace("：", " ").replace("\0", "") for title, _ in pairs]
        texts = [self._by_heading(title, text.replace("\0", "�")) for title, text in pairs]
        joined = self._found(_APART.join(f"{head}：{text}" for head, text in zip(heads, texts, strict=True)))
        parts = [one.partition("：")[2] for one in joined.split(_APART)]
        return [self._known(one) for one in parts]

    def text(self, text: str) -> str:
        """Return one text with masks."""
        return self.on([("", text)])[0] if text else text

    def quietly(self, text: str) -> str:
        """Return one text with masks that are not counted: headings and names of sheets come again with every row."""
        return _again(text, self._lists, self._names) if text else text

    def quiet(self) -> Masks:
        """Return the same masks with a count of their own."""
        return Masks(self._lists, self._names)

    def code(self, text: str) -> str:
        """Return the id of a customer, a device or a number with a mask, whatever it looks like."""
        masked = self.text(text)
        if "*" in masked:
            return masked
        self.count[CODE] += 1
        return tidy.code(text) or (f"{text[:2]}****{text[-2:]}" if len(text) > len("12345678") else f"{text[:1]}****")

    def name(self, text: str) -> str:
        """Return the family name of a person with an asterisk."""
        if "*" in text:
            return text if tidy.shows_family(text) else f"{text[0].replace('*', '')}*"
        self.count[NAME] += 1
        return tidy.name(text) or f"{text[:1]}*"

    def _by_heading(self, title: str, text: str) -> str:
        if not _NAMES.search(unicodedata.normalize("NFKC", title).strip()):
            return text
        return "".join(self.name(one) if looks_like_name(one) else one for one in _BETWEEN.split(text))

    def _found(self, text: str) -> str:
        text = _ROUNDED.sub(self._rounded, text)
        for _ in range(_ROUNDS):
            found = privacy.find(text, self._lists)
            if not found:
                break
            self.count.update(one.rule for one in found)
            self.unsure += sum(not one.sure for one in found)
            text = privacy.masked(text, found)
        return text

    def _rounded(self, mark: re.Match[str]) -> str:
        self.count["id-card"] += 1
        return f"{mark[0][:3]}{'*' * 13}{mark[0][-2:]}"

    def _known(self, text: str) -> str:
        """Mask the names that the file tells elsewhere."""
        if self._first is None:
            return text
        found, after = [], 0
        for mark in self._first.finditer(text):
            size = next((n for n in self._sizes if text[mark.start() : mark.start() + n] in self._names), 0)
            if size and mark.start() >= after:
                found.append((mark.start(), size))
                after = mark.start() + size
        for start, size in reversed(found):
            self.unsure += 1
            text = text[:start] + self.name(text[start : start + size]) + text[start + size :]
        return text


@functools.lru_cache(maxsize=8)
def _index(names: frozenset[str]) -> tuple[list[int], re.Pattern[str] | None]:
    """Return how long names are, the longest first, and what they begin with."""
    firsts = "".join(sorted({re.escape(one[0]) for one in names}))
    return sorted({len(one) for one in names}, reverse=True), re.compile(f"[{firsts}]") if firsts else None


@functools.lru_cache(maxsize=4096)
def _again(text: str, lists: Lists, names: frozenset[str]) -> str:
    return Masks(lists, names).text(text)


def looks_like_name(text: str) -> bool:
    """Say whether a word may be the full name of a person: a family name and one or two characters, and no other word."""
    if not _HAN.fullmatch(text):
        return False
    family = text[:2] if text[2:] and text[:2] in COMPOUNDS else text[0]
    return (family in COMPOUNDS or family in SINGLE) and len(text) - len(family) in {1, 2} and is_name(text)
