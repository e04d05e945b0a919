"""Registering a fault: from answers to the text of its ticket, and what is wrong with them. Asks nobody, writes nothing.

Answers are a dict: the name of an item (or of a part of the description) → what was said. The schema decides what is
required, what is allowed and what everything is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from faultkb import check, corpus, document, ids, moment, prose, standing
from faultkb.finding import ERROR

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path as PathOnDisk

    from faultkb.corpus import Loaded
    from faultkb.document import Document
    from faultkb.finding import Finding
    from faultkb.vocabulary import Section, Vocabulary
    from faultkb.yamltext import Path

    Answers = Mapping[str, Any]

UNKNOWN = "未知"
"""What stands for the time of a fault that nobody could tell."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a registration may say: its name among the answers, and its place in the header."""

    name: str
    path: Path


ITEMS = (
    Item("type", ("type",)),
    Item("severity", ("severity",)),
    Item("title", ("title",)),
    Item("channel", ("channel",)),
    Item("reported_at", ("reported_at",)),
    Item("late", ("events", 0, "late")),
    Item("occurred_at", ("occurred_at",)),
    Item("reporter", ("reporter", "staff")),
    Item("reporter_name", ("reporter", "name")),
    Item("users", ("impact", "users")),
    Item("product", ("impact", "products")),
    Item("version", ("impact", "versions")),
    Item("region", ("impact", "regions")),
    Item("module", ("impact", "modules")),
    Item("customer_id", ("customer", "id")),
    Item("customer_device", ("customer", "device")),
    Item("customer_contact", ("customer", "contact")),
    Item("customer_ref", ("customer", "ref")),
    Item("complex", ("complex",)),
    Item("remark", ("remark",)),
)
"""In the order of the questions."""
BY_NAME = {item.name: item for item in ITEMS}
_REPEATED: dict[Path, str] = {("events", 0, "at"): "reported_at", ("events", 0, "by"): ""}
"""The registration's event repeats answers. What is wrong with its author is said of the reporter already."""
_LATER = {"missing-field", "missing-section"}
"""Rules about what is not there: asked of answers in words of our own, and of sections later."""
_ADVICE = {
    "malformed-heading": "换一种写法，这一行不要只写一节的名字",
    "event-in-future": "常见的是年份、月份或上午下午写错",
}
_FIX = "；fault check --fix 可以代改"
"""What the check's advice says where there is a file to be mended."""
_WAIVER = re.compile("；经批准可以不改的.*", re.DOTALL)
"""What it says of how to leave things as they are: nobody registers a fault for that."""
_SAID = {"incomplete-report", "backdated-event", *_LATER}
"""Rules about a new ticket of which registration speaks in words of its own."""
_STAND_IN = {"reporter": "XX00"}
"""What is put for an answer that is missing, so that the answers beside it are judged all the same."""
_SEPARATORS = re.compile("[、，,\n]")
_BULLET = re.compile(r"[-*] +(?=\S)")


@dataclass(frozen=True, slots=True)
class Objection:
    """One thing wrong with the answers: with which (empty: with all of them), what, and what to write instead.

    ``missing`` says that the answer is not there; ``line`` is the line of a part's text, from 0; ``rule`` is what the
    check calls it, empty where the check does not know it.
    """

    about: str
    message: str
    help: str = ""
    missing: bool = False
    line: int | None = None
    rule: str = ""

    def __str__(self) -> str:
        return f"{self.message}（{self.help}）" if self.help else self.message


def parts(words: Vocabulary) -> tuple[Section, ...]:
    """Return the parts of the sections that registration asks for."""
    required = {one.name for one in words.sections if one.required and one.part_of is None}
    return tuple(one for one in words.sections if one.part_of in required)


def is_free(name: str) -> bool:
    """Say whether an answer is free text: a part of the description, or the remark."""
    return name not in BY_NAME or name == "remark"


def titles(words: Vocabulary) -> dict[str, str]:
    """Return what people call each item and each part, by name."""
    return {item.name: _title(words, item.path) for item in ITEMS} | {one.name: one.name for one in parts(words)}


def _title(words: Vocabulary, path: Path) -> str:
    """Return the schema's title; id and name of the reporter (反馈人信息) are 反馈人工号 and 反馈人姓名."""
    owner = words.title("reporter").removesuffix("信息") if path[0] == "reporter" else ""
    return owner + words.title(*path)


def kind(words: Vocabulary, name: str) -> str:
    """Return the schema's type of an item: string, array, boolean; empty where it has several."""
    return str(node(words, name).get("type", ""))


def node(words: Vocabulary, name: str) -> dict[str, Any]:
    """Return the schema of an item."""
    found: dict[str, Any] = words.schema.root
    for step in BY_NAME[name].path:
        found = words.schema.resolve(found["items"] if isinstance(step, int) else found["properties"][step])
    return found


def names_person(name: str) -> bool:
    """Say whether an answer is the name of a person."""
    return name in BY_NAME and BY_NAME[name].path[-1] == "name"


def explanation(words: Vocabulary, name: str) -> str:
    """Return what the schema says of an item or a part."""
    if name not in BY_NAME:
        return next(one.description for one in parts(words) if one.name == name)
    field = words.schema.field(BY_NAME[name].path)
    return field.description or field.hint


def value(words: Vocabulary, name: str, text: str) -> str | list[str]:
    """Return what a typed text means: for a list, one value a line or several with commas between them."""
    if name not in BY_NAME or kind(words, name) != "array":
        return text.strip()
    items = (_BULLET.sub("", item.strip(), count=1).strip() for item in _SEPARATORS.split(text))
    return [item for item in items if item]


def header(words: Vocabulary, answers: Answers, ticket_id: str, as_of: datetime) -> dict[str, Any]:
    """Return the header of a new ticket, in the schema's order; without another word it was reported at ``as_of``."""
    answers = {"reported_at": moment.show(as_of), "occurred_at": UNKNOWN, **answers}
    event = {"at": moment.show(reported(answers, as_of)), "event": words.lifecycle.registration.name}
    event |= {"by": answers["reporter"]} if "reporter" in answers else {}
    data: dict[str, Any] = {"id": ticket_id, "status": words.lifecycle.initial, "reporter": {}, "impact": {}}
    data["events"] = [event]
    for item in ITEMS:
        if item.name in answers:
            place: Any = data
            for step in item.path[:-1]:
                place = place[step] if isinstance(step, int) else place.setdefault(step, {})
            place[item.path[-1]] = answers[item.name]
    return words.schema.coerce({key: data[key] for key in words.schema.root["properties"] if key in data})


def body(words: Vocabulary, answers: Answers) -> str:
    """Return the body: the sections that registration asks for, each part with what was said or the placeholder."""
    lines: list[str] = []
    wanted = parts(words)
    for section in dict.fromkeys(one.part_of for one in wanted):
        lines += ["", f"## {section}"]
        for one in wanted:
            if one.part_of == section:
                lines += ["", f"### {one.name}", "", prose.tame(answers.get(one.name, "")) or words.placeholder]
    return "\n".join(lines) + "\n"


def text(words: Vocabulary, answers: Answers, ticket_id: str, as_of: datetime) -> str:
    """Return the file of a new ticket."""
    fields = document.HANDLER.export(header(words, answers, ticket_id, as_of))
    return f"---\n{fields}\n---\n{body(words, answers)}"


def prefix(words: Vocabulary, answers: Answers) -> str:
    """Return the prefix of the new ticket's id; any of them while the type is not known."""
    return words.prefixes.get(answers.get("type", ""), next(iter(words.prefixes.values())))


def reported(answers: Answers, as_of: datetime) -> datetime:
    """Return when the fault was reported."""
    at = answers.get("reported_at")
    return moment.parse(at) if moment.is_minute(at) else as_of


def is_late(words: Vocabulary, answers: Answers, as_of: datetime) -> bool:
    """Say whether a fault is registered so long after the report that the check asks for the reason (backdated-event)."""
    days = standing.calendar(words).workdays_between(reported(answers, as_of).date(), as_of.date())
    return days > 1 and "late" not in answers


def unfilled(words: Vocabulary, answers: Answers) -> list[str]:
    """Name the parts that wait for their text."""
    return [one.name for one in parts(words) if prose.tame(answers.get(one.name, "")) in {"", words.placeholder}]


def draft(words: Vocabulary, answers: Answers, as_of: datetime) -> Loaded:
    """Return the ticket as it would be read, under an id that is never given."""
    ticket_id = f"{prefix(words, answers)}-{reported(answers, as_of):%Y%m%d}-000"
    return corpus.loaded(ids.home(ticket_id), document.parse(text(words, answers, ticket_id, as_of)), words)


def objections(root: PathOnDisk, words: Vocabulary, answers: Answers, as_of: datetime) -> list[Objection]:
    """Return everything that the check would have against the ticket; what is not there only of the items."""
    found = list(_loose(words, answers))
    loose = {one.about for one in found}
    answers = {name: said for name, said in answers.items() if name not in loose}
    found += _missing(words, header(words, answers, "", as_of))
    drafted = draft(words, {**_STAND_IN, **answers}, as_of)
    if len(drafted.document.text.encode("utf-8")) > document.MAX_BYTES:
        return [*found, Objection("", "内容太长：故障文件不应超过 1 MB", "日志、截图作为附件")]
    errors = [one for one in check.examine(drafted, words, root, as_of)[0] if one.level == ERROR]
    # Where a mask is asked for, the form says it already.
    known = {one.place for one in errors if one.rule == "schema" and words.schema.field(one.place).private}
    for finding in errors:
        if finding.rule not in _LATER and (finding.rule == "schema" or finding.place not in known):
            found += _objection(finding, drafted.document)
    return found


def remarks(root: PathOnDisk, words: Vocabulary, loaded: Loaded, as_of: datetime) -> list[Objection]:
    """Return what the check will find in a new ticket, as `warnings`, in words about the answers."""
    found = warnings(root, words, loaded, as_of, is_written=False)
    return [one for finding in found for one in _objection(finding, loaded.document)]


def warnings(
    root: PathOnDisk, words: Vocabulary, loaded: Loaded, as_of: datetime, *, is_written: bool | None = None
) -> list[Finding]:
    """Return what the check will find in a new ticket, of what registration does not say itself.

    ``is_written`` says whether there is a file that a command could mend; else it is looked for.
    """
    found = [one for one in check.examine(loaded, words, root, as_of)[0] if one.rule not in _SAID]
    if is_written is None:
        is_written = (root / loaded.path).exists()
    return [replace(one, help=_advice(one, is_written=is_written)) for one in sorted(found)]


def _advice(finding: Finding, *, is_written: bool = False) -> str:
    advice = _WAIVER.sub("", _ADVICE.get(finding.rule, finding.help))
    return advice if is_written else advice.replace(_FIX, "")


def _loose(words: Vocabulary, answers: Answers) -> Iterator[Objection]:
    """Find the parts whose text would reach into the next one."""
    for one in parts(words):
        said = prose.tame(answers.get(one.name, ""))
        if prose.is_open(said):
            yield Objection(one.name, "代码块（```）或注释（<!--）没有结束，后面的章节会跟着进去", "补上结束的一行")
        elif prose.divides(said):
            yield Objection(one.name, "一行接一行都像标题，会变成别的章节", "放进代码块：前后各写一行 ```")


def _missing(words: Vocabulary, data: dict[str, Any]) -> list[Objection]:
    violations = [] if words.schema.is_valid(data) else words.schema.violations(data)
    lacking = {one.path: one for one in violations if one.rule == "missing-field"}
    return [
        Objection(item.name, lacking[item.path].message, lacking[item.path].help, missing=True)
        for item in ITEMS
        if item.path in lacking
    ]


def _name_at(place: Path) -> str | None:
    """Return the item that stands at a place of the header."""
    if place in _REPEATED:
        return _REPEATED[place]
    return next((one.name for one in ITEMS if place[: len(one.path)] == one.path), None)


def _objection(finding: Finding, source: Document) -> Iterator[Objection]:
    """Turn what the check says of a drafted ticket into words about an answer."""
    name, advice = _name_at(finding.place), _advice(finding)
    above = [one for one in source.headings if source.line_of(one.at) <= finding.line]
    if name is None and above:
        line = finding.line - source.line_of(above[-1].at) - 2
        yield Objection(above[-1].name, finding.message, advice, line=line, rule=finding.rule)
    elif name != "":
        yield Objection(name or "", finding.message, advice, rule=finding.rule)
