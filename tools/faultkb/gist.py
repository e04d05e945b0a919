"""The words that say what a fault is about: of a ticket, or of a file's text as it is, without reading it as YAML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.ticket import Ticket

_DESCRIPTION, _SYMPTOM = "故障描述", "现象"
_MOST_NAMES, _MOST_SYMPTOM = 8_000, 2_000
"""Characters that are looked at; of a symptom, what follows is logs."""
_FIELDS = re.compile(r"""^["']?(?:title|impact|kb)["']?[ \t]*:.*\n(?:[ \t#].*\n|\r?\n)*""", re.MULTILINE)
_TITLE = re.compile(r"""^["']?title["']?[ \t]*:(.*)$""", re.MULTILINE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U000([0-9A-Fa-f]{5})|(.))", re.DOTALL)


class Gist(NamedTuple):
    """What names a fault (title, product, version, summary, codes, keywords, solution), and its symptom."""

    names: str
    symptom: str


def of_text(text: str) -> Gist:
    """Return what a ticket file is about, at a tenth of the cost of reading it: some fields and a section as written.

    The names of the fields come along; every ticket has them, so they distinguish none.
    """
    end = text.find("\n---", 3) + 1
    names = ("".join(_FIELDS.findall(text, 0, end)) or text[:end])[:_MOST_NAMES]
    if "\\" in names:
        names = _QUOTED.sub(lambda quoted: _ESCAPE.sub(_character, quoted[0]), names)
    return Gist(names, _symptom(text, end)[:_MOST_SYMPTOM])


def title_in(names: str) -> str:
    """Return the title among the names of a file as written, without quotes."""
    found = _TITLE.search(names)
    return found[1].strip().strip("\"'") if found else ""


def of_ticket(one: Ticket) -> Gist:
    """Return what a ticket is about, as far as it distinguishes the fault: without version, module and solution."""
    impact, kb = _part(one.header, "impact"), _part(one.header, "kb")
    values = [one.title, impact.get("products"), *(kb.get(name) for name in ("summary", "error_codes", "keywords"))]
    listed = [value if isinstance(value, list) else [value] for value in values if value]
    texts = (one.sections.get((_DESCRIPTION, part), "") for part in (_SYMPTOM, ""))
    symptom = next(filter(str.strip, texts), "")
    return Gist("\n".join(str(one) for some in listed for one in some), symptom[:_MOST_SYMPTOM])


def _symptom(text: str, start: int) -> str:
    for heading in (f"\n### {_SYMPTOM}", f"\n## {_DESCRIPTION}"):
        found = text.find(heading, start)
        if found >= 0:
            return text[found + len(heading) :].partition("\n##")[0]
    return ""


def _character(escape: re.Match[str]) -> str:
    number = escape[1] or escape[2] or escape[3]
    if number:
        return chr(int(number, 16))
    return " " if escape[4].isalnum() else escape[4]  # \n and \t part words, \/ does not


def _part(header: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = header.get(name)
    return value if isinstance(value, dict) else {}
