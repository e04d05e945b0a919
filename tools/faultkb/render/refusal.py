"""Why an event was not recorded, in the words of the command line: options instead of the fields of a line that was never written."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from faultkb.document import Document
    from faultkb.draft import Draft
    from faultkb.finding import Finding
    from faultkb.lifecycle import EventSpec
    from faultkb.logbook import Entry
    from faultkb.render.outlook import Option

_USAGE = {"schema", "unknown-field", "unmasked-name"}
"""The rules whose findings about an option mean that it was typed wrongly."""
_DECISION = "kb-decision"
_TOO_MUCH = "遮盖得太多，或不只是遮盖：每段文字至少留下三分之一的字，其余照原样；改好了再记录"
_WRITTEN = re.compile("^删去这个(?:事件|更正)；")
"""The advice about an event that stands in the file; this one does not."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """What is wrong with the options, and at which places of the file; ``usage`` says that something was typed wrongly."""

    reasons: tuple[str, ...]
    places: tuple[Finding, ...]
    usage: bool


def explain(
    spec: EventSpec, made: Draft, entry: Entry, before: Document, options: Mapping[str, Option], *, possible: bool
) -> Refusal:
    """Return everything that keeps an event from being recorded in a file, which is as in ``before``.

    Where the state does not allow the event (``possible``), what it does allow is the advice, and is said elsewhere.
    """
    reasons: list[str] = []
    if not entry.impossible:
        reasons += _missing(made, options)
        reasons += [f"{options[name].flag} 不对：{text}" for name, text in made.wrong.items()]
    usage = bool(reasons)
    places: list[Finding] = []
    undone: list[Finding] = []
    for one in _left(made, entry):
        field = entry.field_of(one)
        if one.rule == _DECISION and not before.header.get("kb"):
            reasons.append(f"{spec.name} 之前要写知识库的决定（kb）")  # how, is said where it is to be written
        elif one in entry.unmasked:
            reasons.append(f"{_about(one, entry)}{_TOO_MUCH}")
        elif field is None and entry.is_undone(one):
            undone.append(one)
        elif field is None and (line := _line_before(before, entry.after.document, one)):
            places.append(replace(one, line=line))
        else:
            reasons.append(_spoken(one if possible else replace(one, help=""), field, options))
            usage = usage or one.rule in _USAGE
    return Refusal((*_undone(spec, undone, entry), *reasons), tuple(places), usage)


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


def _about(one: Finding, entry: Entry) -> str:
    """Say which event or section a finding is about."""
    number = entry.number_of(one)
    return f"第 {number} 个事件" if number else f"“{one.place[-1]}”一节"


def _undone(spec: EventSpec, findings: list[Finding], entry: Entry) -> Iterator[str]:
    """Say first which recorded events a correction, or an event put before them, would make wrong, and then why."""
    found = sorted((number, one) for one in findings if (number := entry.number_of(one)))
    if found:
        numbers = "、".join(map(str, dict.fromkeys(number for number, _ in found)))
        advice = "（也要更正的，先更正后面的）" if spec.corrects else ""
        yield f"这样{'更正' if spec.corrects else '补记'}之后，第 {numbers} 个事件就不成立了{advice}："
        events = entry.after.document.header["events"]
        yield from (f"  第 {number} 个 {events[number - 1]['event']}：{one.message}" for number, one in found)


def _line_before(before: Document, after: Document, one: Finding) -> int | None:
    """Return the line on which a finding about the new text stands in the old one; None where it is about a new line."""
    behind = len(after.text) - len(after.body)
    if one.line > after.text.count("\n", 0, behind):  # the body is the same
        return (
            one.line
            - after.text.count("\n", 0, behind)
            + before.text.count("\n", 0, len(before.text) - len(before.body))
        )
    return before.locate(one.place)[0] if one.place[:1] in before.places else None


def _spoken(one: Finding, field: str | None, options: Mapping[str, Option]) -> str:
    """Say a finding about a new event with options for fields."""
    names = "|".join(sorted(options, key=len, reverse=True))
    text = "；".join(filter(None, (one.message, _WRITTEN.sub("", one.help)))).replace("{字段: 新值}", "字段=新值")

    def flag(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0]
        return options[match[1]].flag + (" " if match[2] == ": " else "")

    text = re.sub(rf"“[^”]*”|(?<![\w-])({names})(?![\w-])(: true|: )?", flag, text)
    option = options.get(field or "")
    return f"{option.flag} 不对：{text.replace(f'（{option.flag}）', '')}" if option else text
