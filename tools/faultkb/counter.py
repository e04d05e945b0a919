"""The counter: an issue as somebody filled in its form → the answers for a ticket, or what keeps it from becoming one.

Everything here is a pure function of the issue, the schema and the moment; what is private is named and never repeated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from faultkb import exposed, form, issue_form, masks, moment, prose, registration
from faultkb.finding import FaultError
from faultkb.registration import Objection

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from faultkb.exposed import Exposed
    from faultkb.vocabulary import Vocabulary

_ENOUGH = 3
"""Labels of the form that an issue must have to be taken for one."""


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


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an issue says, and all that is wrong with it.

    With something ``private`` nothing else matters. ``absent`` are the answers whose heading is gone. ``unused`` are
    headings that are no field, ``masked`` is what was masked: words, no mistakes. ``left_out`` is what is wrong with
    answers that need not be given: the rest is registered without them. ``opened`` is when the issue was.
    """

    answers: dict[str, Any]
    opened: datetime
    private: tuple[Exposed, ...] = ()
    wrong: tuple[Objection, ...] = ()
    absent: frozenset[str] = frozenset()
    unused: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    left_out: tuple[Objection, ...] = ()

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
    return len(labels & {one.label for one in form.roughly(issue.body)}) >= _ENOUGH


def judge(root: Path, words: Vocabulary, issue: Issue, as_of: datetime) -> Judgement:
    """Read an issue and find all that is wrong with it, at once."""
    private = [*exposed.in_title(issue.title, words)]
    try:
        entries = form.parse(issue.body)
    except FaultError as error:
        private += exposed.in_entries(form.roughly(issue.body), words)
        return Judgement({}, issue.created, _each(private), (Objection("", str(error)),))
    private += exposed.in_entries(entries, words)
    entries, done = exposed.masked(entries, words)
    title, more = exposed.in_mask(issue.title.removeprefix(issue_form.TITLE_PREFIX.strip()).strip(), words)
    filled = form.read(words, entries)
    answers = {"reported_at": moment.show(issue.created), **({"title": title} if title else {}), **filled.answers}
    answers, objections, left_out = _examined(root, words, answers, as_of)
    return Judgement(
        answers,
        issue.created,
        _each([*private, *exposed.in_answers(words, [*objections, *left_out])]),
        (*(Objection("", one) for one in filled.wrong), *objections),
        frozenset(registration.titles(words).keys() - filled.entries.keys()),
        masks.put_on(tuple(one.label for one in filled.unused), words.lists),
        (*(f"{exposed.TITLE}里的{one}" for one in more), *done),
        left_out,
    )


def _examined(
    root: Path, words: Vocabulary, answers: dict[str, Any], as_of: datetime
) -> tuple[dict[str, Any], list[Objection], tuple[Objection, ...]]:
    """Return the answers with which a ticket can be made, what is wrong with them, and with those that are left out."""
    found = registration.objections(root, words, _plain(answers), as_of)
    left_out = tuple(one for one in found if one.rule and _may_be_left_out(words, one.about))
    if not left_out:
        return answers, found, ()
    gone = {one.about for one in left_out}
    answers = {name: said for name, said in answers.items() if name not in gone}
    return answers, registration.objections(root, words, _plain(answers), as_of), left_out


def _plain(answers: dict[str, Any]) -> dict[str, Any]:
    """Return answers without the numbers that are chance; a title has no upload."""
    plain = {name: exposed.plain(one) for name, one in answers.items() if isinstance(one, str) and name != "title"}
    return {**answers, **plain}


def _may_be_left_out(words: Vocabulary, name: str) -> bool:
    """Say whether a fault can be registered without an answer: a short one that nothing hangs on, and about no person."""
    if name not in registration.BY_NAME or name in issue_form.WEIGHTY or issue_form.is_required(words, name):
        return False
    return not words.schema.field(registration.BY_NAME[name].path).private


def _each(found: Sequence[Exposed]) -> tuple[Exposed, ...]:
    return tuple(dict.fromkeys(found))


def explained(words: Vocabulary, said: Judgement, as_of: datetime, before: str | None) -> Judgement:
    """Return a judgement with the reason why the fault is registered so late, where its author was not late.

    A form may wait for days until somebody completes it. ``before`` is the reason in the ticket as an earlier run wrote it,
    empty where it has none; None where there is no ticket yet. What was registered in time stays so, whoever edits it.
    """
    reason = f"表单在 {moment.show(said.opened)} 提交，补全之后才登记"
    waited = registration.is_late(words, said.answers, as_of) and not is_late(words, said)
    if "late" in said.answers or not (waited if before is None else before == reason):
        return said
    return replace(said, answers={**said.answers, "late": reason})


def is_late(words: Vocabulary, said: Judgement) -> bool:
    """Say whether the reason is missing why an issue was opened so long after the report."""
    return registration.is_late(words, said.answers, said.opened)
