"""The counter: an issue as somebody filled in its form → the answers for a ticket, or what keeps it from becoming one.

Everything here is a pure function of the issue, the schema and the moment; what is private is named and never repeated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import form, issue_form, masks, moment, privacy, prose, registration
from faultkb.finding import ERROR, FaultError
from faultkb.rules import exposure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from faultkb.form import Entry
    from faultkb.registration import Objection
    from faultkb.vocabulary import Vocabulary

TITLE = "标题"
"""What the issue's own title is called."""
_ENOUGH = 3
"""Labels of the form that an issue must have to be taken for one."""
_HEADING = re.compile(r"^### +(.+)$", re.MULTILINE)
_MASKED = "/masked"
"""How the schema refers to what must have a * in it."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue: ``created`` is in the policy's zone, ``html`` GitHub's own rendering of the body where it was asked for."""

    number: int
    title: str
    body: str
    html: str
    created: datetime
    is_open: bool
    is_pull: bool


class Exposed(NamedTuple):
    """Something private: in which field it stands, and what kind it is."""

    where: str
    kind: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an issue says, and all that is wrong with it.

    With something ``private`` nothing else matters; ``unused`` are headings that are no field, which is a word, no mistake.
    """

    answers: dict[str, Any]
    private: tuple[Exposed, ...] = ()
    wrong: tuple[Objection, ...] = ()
    unused: tuple[str, ...] = ()

    @property
    def is_fine(self) -> bool:
        """Say whether it can become a ticket."""
        return not (self.private or self.wrong)


def read(data: Mapping[str, Any], zone: str) -> Issue:
    """Return an issue from what GitHub tells of it."""
    created = datetime.fromisoformat(data["created_at"]).timestamp()
    return Issue(
        number=int(data["number"]),
        title=str(data.get("title") or ""),
        body=prose.lines(str(data.get("body") or "")),
        html=str(data.get("body_html") or ""),
        created=moment.at(int(created), zone),
        is_open=data.get("state") == "open",
        is_pull="pull_request" in data,
    )


def newer(one: dict[str, Any], event: Mapping[str, Any]) -> dict[str, Any]:
    """Return an issue as it is: a copy that the API answers with may be older than the event that tells of the change."""
    told = event.get("issue")
    if not isinstance(told, dict) or told.get("number") != one.get("number"):
        return one
    return {**told, "body_html": one.get("body_html")} if str(told["updated_at"]) > str(one["updated_at"]) else one


def is_form(words: Vocabulary, issue: Issue) -> bool:
    """Say whether an issue is a filled-in form: it has the headings of one."""
    labels = {*registration.titles(words).values()}
    found = {one.rstrip("：: \t") for one in _HEADING.findall(issue.body)}
    return len(labels & found) >= _ENOUGH


def judge(root: Path, words: Vocabulary, issue: Issue, as_of: datetime) -> Judgement:
    """Read an issue and find all that is wrong with it, at once."""
    title = issue.title.removeprefix(issue_form.TITLE_PREFIX.strip()).strip()
    exposed = [Exposed(TITLE, kind) for kind in _kinds(issue.title, words)]
    try:
        entries = form.parse(issue.body)
    except FaultError as error:
        exposed += [Exposed("", kind) for kind in _kinds(issue.body, words)]
        return Judgement({}, tuple(exposed), (registration.Objection("", str(error)),))
    filled = form.read(words, entries)
    answers = {"reported_at": moment.show(issue.created), **({"title": title} if title else {}), **filled.answers}
    exposed += _in_entries(entries, words)
    plain = {name: _ASSET.sub("x", one) if isinstance(one, str) else one for name, one in answers.items()}
    objections = [*map(_told, filled.wrong), *registration.objections(root, words, plain, as_of)]
    exposed += _unmasked(words, answers, objections)
    unused = masks.put_on(tuple(one.label for one in filled.unused), words.lists)
    return Judgement(answers, tuple(dict.fromkeys(exposed)), tuple(objections), unused)


def _told(message: str) -> Objection:
    return registration.Objection("", message)


_ASSET = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=/files/)[0-9]{1,15}(?=/)")
"""The numbers in the address of an upload: theirs is chance."""


def _kinds(text: str, words: Vocabulary) -> Iterator[str]:
    """Name what is private in a text beyond doubt."""
    for one in privacy.find(_ASSET.sub("x", text), words.lists):
        if exposure.level_of(one.rule) == ERROR:
            yield exposure.NAMES[one.rule]


def _in_entries(entries: Sequence[Entry], words: Vocabulary) -> Iterator[Exposed]:
    """Find what is private in the fields of a form, in those that nobody asked for too, and in their headings."""
    for one in entries:
        for kind in _kinds(f"{one.label}\n{one.text}", words):
            yield Exposed(masks.put_on(one.label, words.lists), kind)


def _unmasked(words: Vocabulary, answers: Mapping[str, Any], objections: Sequence[Objection]) -> Iterator[Exposed]:
    """Find what is private because of where it stands: a whole name, or an id of a user, in a field that asks for a mask."""
    titles = registration.titles(words)
    for one in objections:
        if one.rule in exposure.NAMES:
            yield Exposed(label_of(words, one.about) or one.about, exposure.NAMES[one.rule])
    for name, said in answers.items():
        if _asks_for_mask(words, name) and "*" not in str(said):
            yield Exposed(titles[name], titles[name])


def _asks_for_mask(words: Vocabulary, name: str) -> bool:
    node: Any = words.schema.root
    for step in registration.BY_NAME[name].path if name in registration.BY_NAME else ():
        node = words.schema.resolve(node)
        node = node["items"] if isinstance(step, int) else node["properties"][step]
    return str(node.get("$ref", "")).endswith(_MASKED) if name in registration.BY_NAME else False


def label_of(words: Vocabulary, about: str) -> str:
    """Return what people call an answer: the title of the fault is the issue's own."""
    return TITLE if about == "title" else registration.titles(words).get(about, "")


def what_to_write(words: Vocabulary, about: str) -> str:
    """Return what belongs into a field of the form: its choices, or what the schema says of it."""
    if about in words.choices and about in registration.BY_NAME:
        return f"只能是：{'、'.join(words.choices[about])}"
    several = about in registration.BY_NAME and registration.kind(words, about) == "array"
    about = registration.explanation(words, about) if about in registration.titles(words) else ""
    return f"{about}{'有几个的，用顿号隔开' if several else ''}"


def labels(words: Vocabulary) -> list[str]:
    """Return the labels of the form."""
    return [title for name, title in registration.titles(words).items() if name not in issue_form.LEFT_OUT]
