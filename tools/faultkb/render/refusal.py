"""Why an event was not recorded, in the words of the command line: options instead of the fields of a line that was never written."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from faultkb.draft import Draft
    from faultkb.finding import Finding
    from faultkb.logbook import Entry
    from faultkb.render.outlook import Option

_USAGE = {"schema", "unknown-field", "unmasked-name"}
"""The rules whose findings about an option mean that it was typed wrongly."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong with the options, and at which places of the file; ``usage`` says that something was typed wrongly."""

    reasons: tuple[str, ...]
    places: tuple[Finding, ...]
    usage: bool


def explain(made: Draft, entry: Entry, before: str, options: Mapping[str, Option], *, possible: bool) -> Refusal:
    """Return everything that keeps events from being recorded in a file with the text ``before``.

    Where the state does not allow the event (``possible``), what it does allow is the advice, and is said elsewhere.
    """
    reasons: list[str] = []
    if not entry.impossible:
        reasons += _missing(made, options)
        reasons += [f"{options[name].flag} 不对：{text}" for name, text in made.wrong.items()]
    usage = bool(reasons)
    places: list[Finding] = []
    for one in _left(made, entry):
        field, line = entry.field_of(one), _line_before(before, entry.text, one.line)
        if field is None and line:
            places.append(replace(one, line=line))
        else:
            reasons.append(_spoken(one if possible else replace(one, help=""), field, options))
            usage = usage or one.rule in _USAGE
    return Refusal(tuple(reasons), tuple(places), usage)


def _missing(made: Draft, options: Mapping[str, Option]) -> Iterator[str]:
    yield from (f"缺少 {options[name].usage}：{options[name].help}" for name in made.missing)
    if made.one_of:
        yield f"{'、'.join(options[name].usage for name in made.one_of)} 至少写一项"


def _left(made: Draft, entry: Entry) -> list[Finding]:
    """The findings beside what is known of the options, and what follows from it: that an event lacks something."""
    if entry.impossible or not (made.missing or made.one_of or made.wrong):
        return list(entry.refused)
    lacking = [one for one in entry.errors if entry.field_of(one) == ""]
    return [one for one in entry.refused if one in entry.causes and one not in lacking]


def _line_before(before: str, after: str, number: int) -> int | None:
    """Return the line of the old text in whose place a line of the new one stands; None for a new line."""
    old, new = before.split("\n"), after.split("\n")
    for kind, start, end, first, last in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if first < number <= last and kind != "insert":
            return min(start + number - first, end)
    return None


def _spoken(one: Finding, field: str | None, options: Mapping[str, Option]) -> str:
    """Say a finding about a new event with options for fields."""
    names = "|".join(sorted(options, key=len, reverse=True))
    text = "；".join(filter(None, (one.message, one.help))).replace("{字段: 新值}", "字段=新值")

    def flag(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        return options[match[1]].flag + (" " if match[2] == ": " else "")

    text = re.sub(rf"“[^”]*”|(?<![\w-])({names})(?![\w-])(: true|: )?", flag, text)
    option = options.get(field or "")
    return f"{option.flag} 不对：{text.replace(f'（{option.flag}）', '')}" if option else text
