"""Private data in the history of a repository: every content, message and name that a ref leads to; each value once."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from faultkb import contents, corpus, gitrepo, privacy, remains
from faultkb.finding import ERROR, WARNING
from faultkb.rules import exposure, waivers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from faultkb.privacy import Lists
    from faultkb.vocabulary import Vocabulary

LARGEST = 5_000_000
"""Bytes of a content that is looked at."""
_BY_HARM = ("credential", "id-card", "bank-card", "mobile-number", "email-address", "unmasked-name")
_PERSON = re.compile(r"\{staff: [^\s,{}]{1,40}, name: ([^\s,{}*\"']{2,40})\}")
"""A person with a name in full in the header of a ticket: an error there, where other text gives a warning."""
_TOO_LARGE = "too large"

FILE, NAME, MESSAGE, TAG, REF = "文件", "文件名", "提交说明", "标签说明", "分支或标签的名字"
_PLACES = {"blob": FILE, "commit": MESSAGE, "tag": TAG}

Waived = frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Leak:
    """A value: the rule that it breaks, its mask, and where it first stood.

    ``line`` is 0 where there are none; ``commit`` and ``committed`` (seconds since 1970) are of the commit that brought it,
    empty for a tag; ``current`` says that it stands in a file at HEAD, recognised there or not; ``versions`` counts the
    contents, messages and names that have it.
    """

    rule: str
    level: str
    mask: str
    where: str
    path: str
    line: int
    commit: str
    committed: int
    current: bool
    versions: int


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found, worst first; how much was looked at; whether history is cut off.

    ``skipped`` counts the contents that were too large, ``left_out`` those that lie in other folders only.
    """

    leaks: tuple[Leak, ...]
    commits: int
    contents: int
    skipped: int
    left_out: int
    shallow: bool


class _Hit(NamedTuple):
    """A value in an object (``source`` is its id) or in a name (``source`` is the name), there spelt as ``spelling``."""

    source: str
    kind: str
    rule: str
    level: str
    value: str
    mask: str
    line: int
    spelling: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What to look through: all that is committed, or of files only those in ``folders``; not what the commit ``since`` leads to.

    ``reflog`` adds what only the reflog of this clone leads to; ``allowed`` are (rule, fingerprint) of values that may stay.
    """

    folders: tuple[str, ...] = ()
    since: str = ""
    reflog: bool = False
    allowed: Waived = frozenset()


def scan(repository: Path, lists: Lists, question: Question) -> Scan:
    """Look through what is committed in a repository, with a checkout or without. Raise FaultError where there is no history."""
    shallow = gitrepo.require_repository(repository)
    past = _Past(repository, question)
    given = (repository, lists, question.allowed)
    hits = corpus.spread([*past.files.items()], _in_objects, given)
    hits += corpus.spread([(one.id, "") for one in past.commits], _in_objects, given)
    hits += _in_objects([(one, "") for one in past.tags], *given)
    hits += corpus.spread([*past.names], _in_names, (lists, question.allowed, NAME))
    hits += _in_names(past.refs, lists, question.allowed, REF)
    skipped = sum(hit.rule == _TOO_LARGE for hit in hits)
    values = _by_value(hit for hit in hits if hit.rule != _TOO_LARGE)
    gone = [every for every in values if not past.is_current(every)]
    still = remains.remaining(repository, {text for every in gone for text in _spellings(every)}, LARGEST)
    found = [_leak(every, past, lists, is_left=not still.isdisjoint(_spellings(every))) for every in values]
    left_out = len(past.others - past.files.keys())
    return Scan(tuple(sorted(found, key=_harm)), len(past.commits), len(past.files), skipped, left_out, shallow)


class _Commit(NamedTuple):
    id: str
    committed: int


class _Past:
    """What there is to look at: each content by the path that it first had, each name, with the commit that brought it."""

    def __init__(self, repository: Path, question: Question) -> None:
        self._folders = tuple(f"{one.strip('/')}/" for one in question.folders)
        self.commits: list[_Commit] = []
        self.files: dict[str, str] = {}
        self.others: set[str] = set()
        self.brought: dict[str, int] = {}
        self.names: dict[str, int] = {}
        self.refs: list[str] = []
        self.tags: list[str] = []
        for number, step in enumerate(gitrepo.steps(repository, question.since, reflog=question.reflog)):
            self.commits.append(_Commit(sys.intern(step.id), step.committed))
            self._note(step.files, number)
        for name, one, kind in gitrepo.refs(repository):
            self.refs.append(_readable(name))
            self._aim(repository, one, kind)
        self.number = {one.id: number for number, one in enumerate(self.commits)}
        current = gitrepo.current(repository)
        self.current = {*current.values(), *map(_readable, current)}

    def _note(self, files: Iterable[tuple[str, str]], number: int) -> None:
        for path, one in files:
            name = sys.intern(_readable(path))
            self.names.setdefault(name, number)
            if self._folders and not f"{name}/".startswith(self._folders):
                self.others.add(one)
            elif one not in self.brought:
                self.brought[one], self.files[one] = number, name

    def is_current(self, every: Iterable[_Hit]) -> bool:
        """Say whether one of some places is a file of today, or the name of one."""
        return any(hit.source in self.current for hit in every)

    def _aim(self, repository: Path, one: str, kind: str) -> None:
        """Take in what a ref names and no commit leads to: tags, and the files that it may name directly."""
        while kind == "tag":
            self.tags.append(one)
            _, _, _, data = next(gitrepo.objects(repository, [one], LARGEST))
            one, kind = (line.split(b" ")[1].decode() for line in data.split(b"\n", 2)[:2])
        if kind != "commit":
            self._note(gitrepo.inside(repository, one), -1)


def _readable(path: str) -> str:
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "replace")


def waived(root: Path, words: Vocabulary) -> Waived:
    """Return rule and fingerprint of what the tickets of today waive."""
    having = (path for path in corpus.find(root) if "\nwaive:" in (corpus.text(root, path) or ""))
    tickets = (corpus.load(root, path, words).ticket for path in having)
    return frozenset().union(*(waivers.fingerprints(one, words, root) for one in tickets if one))


def _in_objects(some: Sequence[tuple[str, str]], repository: Path, lists: Lists, allowed: Waived) -> list[_Hit]:
    """Find private data in objects, given by id and name; this runs in many processes."""
    found: list[_Hit] = []
    names = dict(some)
    for one, kind, size, data in gitrepo.objects(repository, names, LARGEST):
        if size > LARGEST:
            found.append(_Hit(one, kind, _TOO_LARGE, "", "", "", 0))
        elif kind == "blob":
            found += _in_file(data, names[one], _Hit(one, kind, "", "", "", "", 0), lists)
        elif kind:
            # What stands before the message are the names and addresses by which people sign: their own business.
            message = contents.decoded(data.partition(b"\n\n")[2])
            found += _in_text(message[0] if message else "", _Hit(one, kind, "", "", "", "", 0), lists)
    return [hit for hit in found if (hit.rule, privacy.fingerprint(hit.rule, hit.value)) not in allowed]


def _in_file(data: bytes, path: str, here: _Hit, lists: Lists) -> Iterator[_Hit]:
    for piece in contents.pieces(path, data):
        if piece.what == contents.LOCATION:
            # Waivers call it by the name of the file beside its ticket: tickets/2026/11/<ID>/name.
            yield here._replace(
                rule="image-location", level=WARNING, value=path.split("/", 4)[-1], mask=contents.LOCATION
            )
        for hit in _in_text(piece.text, here, lists):
            yield hit._replace(line=0) if piece.what else hit


def _in_names(names: Sequence[str], lists: Lists, allowed: Waived, kind: str) -> list[_Hit]:
    found = [hit for name in names for hit in _in_text(name, _Hit(name, kind, "", "", "", "", 0), lists)]
    return [
        hit._replace(line=0) for hit in found if (hit.rule, privacy.fingerprint(hit.rule, hit.value)) not in allowed
    ]


def _in_text(text: str, here: _Hit, lists: Lists) -> Iterator[_Hit]:
    """Find each value of a text once, with its first line."""
    people = {one.start(1): one[1] for one in _PERSON.finditer(text)}
    known: set[tuple[str, str]] = set()
    for name in people.values():
        if name not in lists.public and ("", name) not in known:
            known.add(("", name))
            line = text.count("\n", 0, text.index(name)) + 1
            yield here._replace(
                rule="unmasked-name", level=ERROR, value=name, mask=f"{name[0]}*", line=line, spelling=name
            )
    line, at = 1, 0
    for one in privacy.find(text, lists):
        line, at = line + text.count("\n", at, one.start), max(at, one.start)
        if (one.rule, one.value) not in known and one.start not in people:
            known.add((one.rule, one.value))
            level = ERROR if one.rule in _BY_HARM and one.rule != "unmasked-name" else WARNING
            yield here._replace(
                rule=one.rule,
                level=level,
                value=one.value,
                mask=one.shown,
                line=line,
                spelling=text[one.start : one.end],
            )


def _by_value(hits: Iterable[_Hit]) -> list[list[_Hit]]:
    found: dict[tuple[str, str], list[_Hit]] = {}
    for hit in hits:
        found.setdefault((hit.rule, hit.value), []).append(hit)
    return list(found.values())


def _spellings(every: Iterable[_Hit]) -> set[str]:
    """Return how a value may be written in a text; nothing of what is no text, such as the place where a picture was taken."""
    return {text for hit in every if hit.spelling for text in (hit.spelling, hit.value)}


def _leak(every: Sequence[_Hit], past: _Past, lists: Lists, *, is_left: bool) -> Leak:
    """Make one leak of all places of a value: the earliest is the one to be named."""
    first = min(every, key=lambda hit: _number(hit, past))
    number = _number(first, past)
    brought = past.commits[number] if 0 <= number < len(past.commits) else _Commit("", 0)
    return Leak(
        rule=first.rule,
        level=ERROR if any(hit.level == ERROR for hit in every) else first.level,
        mask=first.mask,
        where=_PLACES.get(first.kind, first.kind),
        path=exposure.masked(past.files.get(first.source, first.source if first.kind in {NAME, REF} else ""), lists),
        line=first.line,
        commit=brought.id,
        committed=brought.committed,
        current=is_left or past.is_current(every),
        versions=len({hit.source for hit in every}),
    )


def _number(hit: _Hit, past: _Past) -> int:
    """Return the number of the commit that brought a value; behind all others where none did."""
    places = {"blob": past.brought, "commit": past.number, NAME: past.names}
    number = places.get(hit.kind, {}).get(hit.source, -1)
    return number if number >= 0 else len(past.commits)


def _harm(one: Leak) -> tuple[object, ...]:
    order = _BY_HARM.index(one.rule) if one.rule in _BY_HARM else len(_BY_HARM)
    return one.level != ERROR, order, one.rule, not one.current, one.committed, one.path, one.mask
