"""Texts of cells as they may stand in the sections of a ticket: plain lines and numbered lists, nothing that acts."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from faultkb import labelled, prose, tracking

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from faultkb.vocabulary import Vocabulary

_NUMBERED = re.compile(r"\s*(?:[(（]?([0-9]{1,2})\s*(?:[)）、．]|[.](?![0-9]))|([①-⑳]))\s*(?=\S)")
_BULLET = re.compile(r"\s*[-*•·●■◆]\s+(?=\S)")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_LINK = re.compile(r"\](?=[(\[])")
_EDGE = re.compile(r"(`{3,}|~{3,}|<{7}|>{7})")
_MARKS = "#＃*_> \t\u3000\u00a0"
_ENDS = re.compile(r"[。！？!?；;\n]")
_SOFT_ENDS = re.compile(r"[，,、：:\s]")
_TITLE = 80


def markdown(text: str, words: Vocabulary) -> str:
    """Return a text for a section: each line a paragraph or an item of a list, and no heading, HTML, link or fence."""
    names = frozenset(one.name for one in words.sections)
    shown: list[str] = []
    was_item = False
    for block, is_code in _blocks(prose.lines(text)):
        if is_code:
            shown += [*([""] if shown else []), block]
            was_item = False
            continue
        for line in block.split("\n"):
            said = _plain(line.strip(" \t\u3000\u00a0"), names)
            if not said:
                continue
            number, bullet = _NUMBERED.match(said), _BULLET.match(said)
            mark = number or bullet
            if shown and not (mark and was_item):
                shown.append("")
            if number:
                value = number[1] or str(ord(number[2]) - ord("①") + 1)
                said = f"{int(value)}. {said[number.end() :]}"
            elif bullet:
                said = f"- {said[bullet.end() :]}"
            shown.append(said)
            was_item = mark is not None
    return prose.tame("\n".join(shown))


def _blocks(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a text, and whether each is code: a fence that is closed, a block of a wiki, or lines that are indented."""
    start = 0
    for mark in _CODE.finditer(text):
        yield text[start : mark.start()], False
        yield _fenced(mark["fenced"] or mark["wiki"] or mark["indented"]), True
        start = mark.end()
    yield text[start:], False


_CODE = re.compile(
    r"^```[^\n`]*\n(?P<fenced>(?:(?!```)[^\n]*\n)++)```[ \t]*$"
    r"|^\{(code|noformat)(?::[^}\n]*)?\}[ \t]*\n(?P<wiki>(?:(?!\{\2[}:])[^\n]*\n)++)\{\2\}[ \t]*$"
    r"|(?P<indented>(?:^(?![^\S\n]*\n)[^\n]*\n)(?:^(?: {4}|\t)[ \t]*(?!(?:[(（]?[0-9]{1,2}[)）、．.]|[-*•·①-⑳])\s*\S)\S[^\n]*(?:\n|\Z)){2,})",
    re.MULTILINE,
)
"""Code in a cell: between marks, or a line with two or more below it that are indented as a program writes them."""


def _fenced(code: str) -> str:
    """Return lines as they are, between fences that nothing in them closes."""
    longest = max((len(one) for one in re.findall(r"`+", code)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}\n{code.rstrip()}\n{fence}"


def _plain(line: str, names: frozenset[str]) -> str:
    bare = line.strip(_MARKS)
    if bare in names and line != bare:  # **用户确认** would be taken for a heading that went wrong
        return bare
    line = _LINK.sub("]\\\\", _TAG.sub("\\\\<", line))
    return f"\\{line}" if _EDGE.match(line) else line


def first_sentence(text: str) -> str:
    """Return a title from a text: its first sentence, cut at a sensible place where that is too long."""
    line = " ".join(_ENDS.split(text.strip(), maxsplit=1)[0].split())
    if len(line) <= _TITLE:
        return line
    cuts = [mark.start() for mark in _SOFT_ENDS.finditer(line[:_TITLE]) if mark.start() >= _TITLE // 2]
    return line[: cuts[-1]] if cuts else line[: _TITLE - 1] + "…"


def is_title(text: str) -> bool:
    """Say whether a text may be a title as it stands."""
    return "\n" not in text and len(text) <= _TITLE


def description(words: Vocabulary, section: str, text: str) -> dict[str, str]:
    """Return the parts of a section that a cell holds by name, what is in none under ``""``."""
    labels = _labels(words, f"{section}{tracking.PART}")
    return _merged(labelled.split(_apart(text, labels), labels), labels)


def sections(words: Vocabulary, names: Sequence[str], text: str) -> dict[str, str]:
    """Return the sections that a cell of several holds; what has no label belongs to the first."""
    labels: dict[str, str] = {}
    for name in names:
        labels |= _labels(words, name)
    labels |= {label[:_SHORT]: name for label, name in labels.items() if _MEASURE.fullmatch(label)}
    text = re.sub(rf"[；;]\s*(?=(?:{'|'.join(map(re.escape, labels))})\s*[：:])", "\n", text)
    found = _merged(labelled.split(_apart(text, labels), labels), labels)
    rest = found.pop("", "")
    if rest:
        found[names[0]] = f"{rest}\n{found[names[0]]}" if names[0] in found else rest
    return found


def _apart(text: str, labels: Iterable[str]) -> str:
    """Begin a line at each label in brackets, as in 【现象】黑屏【发生频率】偶发."""
    if "```" in text or "【" not in text:
        return text
    return re.sub(rf"(?<=\S)[ \t]*(?=【\s*(?:{'|'.join(map(re.escape, labels))})\s*】)", "\n", text)


_MEASURE = re.compile("[\u3400-\u9fff]{2}(?:措施|方案|对策)")
"""短期措施, which a cell may shorten to 短期: …; 长期: …"""


@functools.lru_cache(maxsize=64)
def _labels(words: Vocabulary, begin: str) -> dict[str, str]:
    """Return what the sections and parts that begin so are called, and the name of each."""
    found: dict[str, str] = {}
    for one in tracking.columns(words):
        if (
            len(one.of) == 1
            and one.sections
            and (one.name == begin or (begin.endswith("/") and one.name.startswith(begin)))
        ):
            name = one.name.rpartition(tracking.PART)[2]
            also = (label for label in one.also if len(label) > _SHORT)
            found |= dict.fromkeys((*also, one.title, name), name)
    for part in words.sections:
        if part.part_of and begin == f"{part.part_of}{tracking.PART}":
            found[part.name] = part.name
    return found


_SHORT = len("问题")
"""Words as short as these begin sentences, and are no labels in a text: 场景, 环境, 原因."""


def _merged(parts: Mapping[str, str], labels: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for label, text in parts.items():
        name = labels.get(label, "")
        if text:
            found[name] = f"{found[name]}\n{text}" if name in found else text
    return found
