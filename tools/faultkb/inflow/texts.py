"""Title and sections of a ticket from the texts of a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb import tracking
from faultkb.inflow import chapters, choices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.inflow.draft import Draft
    from faultkb.inflow.line import Given


def fill(draft: Draft) -> None:
    """Title and sections."""
    words = draft.words
    required = next(one for one in words.sections if one.required and one.part_of)
    section, main = str(required.part_of), required.name
    for one in words.sections:
        name = f"{one.part_of}/{one.name}" if one.part_of else one.name
        for text in _told(draft.take(name)):
            if name == section:
                for part, said in chapters.description(words, section, text).items():
                    draft.write(section, part or main, said)
            else:
                _section(draft, one.part_of or one.name, one.name if one.part_of else "", text)
    for cell in draft.line.cells:
        if cell.name == "+".join(_joint(draft)[0]) and _is_outcome(draft, cell.text):
            draft.keep(cell)
            cell.name = ""
    solutions = next((c for c in _joint(draft)), None)
    for text in _told(draft.take("+".join(solutions))) if solutions else ():
        for name, said in chapters.sections(words, solutions or (), text).items():
            draft.write(name, "", said)
    _title(draft, section, main)


def _is_outcome(draft: Draft, text: str) -> bool:
    """Whether a solution is only how a tracker closed it: 已解决, 不予解决, 重复Bug."""
    return choices.plain(text) in choices.VOIDED or choices.choose(draft.words, "status", text) is not None


def _told(cells: list[Given]) -> Iterator[str]:
    """Yield what cells of one section say: after the first, and where it says which part of the section, under their headings."""
    seen: set[str] = set()
    for cell in cells:
        heading = _LATIN.split(cell.title.rpartition("-")[2])[0].strip()
        is_part = _PARTS.search(heading) is not None
        if cell.masked not in seen:
            yield f"**{heading}。** {cell.masked}" if heading and (seen or is_part) else cell.masked
        seen.add(cell.masked)


_PARTS = re.compile("发生原因|流出|逃逸|检出|漏检|展开|横展|举一反三|预防|再发")
_LATIN = re.compile(r"(?<=[\u3400-\u9fff）)])[\s/]*[A-Za-z]")


def _joint(draft: Draft) -> list[tuple[str, ...]]:
    return [one.of for one in tracking.columns(draft.words) if len(one.of) > 1]


def _section(draft: Draft, section: str, part: str, said: str) -> None:
    if part:
        draft.write(section, part, said)
        return
    for name, some in chapters.description(draft.words, section, said).items():
        draft.write(section, name, some)


def _title(draft: Draft, section: str, main: str) -> None:
    cell = draft.take_one("title")
    told = draft.sections.get((section, main), [])
    if cell and chapters.is_title(cell.masked.strip()):
        draft.header["title"] = " ".join(cell.masked.split())
        if not any(map(str.isalnum, "".join(told))):
            draft.write(section, main, cell.masked)
            draft.say(f"没有{section}，取{draft.words.title('title')}")
        return
    source = cell.masked if cell else next(iter(told), "")
    if not source.strip():
        source = next((texts[0] for key, texts in draft.sections.items() if key[0] == section), "")
    if not source.strip():
        draft.refusals.append(f"没有{section}，也没有{draft.words.title('title')}：补上其中一格")
        return
    draft.header["title"] = chapters.first_sentence(source) or source.split()[0][:80]
    if cell:
        draft.say(f"{draft.words.title('title')}太长，取了第一句，全文在“{main}”里")
        draft.sections.setdefault((section, main), []).insert(0, cell.masked)
    else:
        draft.say(f"没有{draft.words.title('title')}，取{section}的第一句")
    if not draft.sections.get((section, main)):
        draft.write(section, main, source)


def verification(draft: Draft) -> None:
    """Results of verification belong to events, which an import does not have: they stand in the section."""
    words = draft.words
    section = next(one.part_of for one in reversed(words.sections) if one.part_of)
    label = words.title("verification", "result")
    for cell in draft.take("verification"):
        for part, said in chapters.description(words, str(section), cell.masked).items():
            found = choices.choose(words, "verification.result", said) if not part else None
            draft.write(str(section), part, f"{label}：{said}" if found or (not part and "\n" not in said) else said)
    for cell in draft.take("verification.reason"):
        draft.write(str(section), "", f"{words.title('verification', 'reason')}：{cell.masked}")
