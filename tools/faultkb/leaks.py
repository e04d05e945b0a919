"""Private data in the history of a repository: every content, message and name that a ref leads to; each value once."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from faultkb import contents, corpus, gitrepo, privacy, remains
from faultkb.attached import PICTURES, kind_of
from faultkb.finding import ERROR, WARNING
from faultkb.rules import exposure, naming, waivers
from faultkb.validation import FAULT_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from faultkb.privacy import Lists, Match
    from faultkb.vocabulary import Vocabulary

    _Find = Callable[[str, Lists], list[Match]]

LARGEST = 10_000_000
"""Bytes of a content that is looked at: as many as the check looks at in a file beside a ticket."""
_BY_HARM = ("credential", "id-card", "bank-card", "mobile-number", "email-address", "unmasked-name")
_OWNER = re.compile(rf"(?:^|/)tickets/[0-9]{{4}}/[0-9]{{2}}/(?P<id>{FAULT_ID.pattern})(?:\.md$|/)")
"""The path of a ticket, or of a file beside it."""
_TARGET = re.compile(rb"object ([0-9a-f]{40,64})\ntype ([a-z]+)\n")
"""How a tag begins."""
TOO_LARGE, ARCHIVE, UNREAD, MISSING = f"超过 {LARGEST // 1_000_000} MB", "压缩包", "没有看完或不是文字", "仓库里没有"
_REASONS = (MISSING, TOO_LARGE, ARCHIVE, UNREAD)

FILE, NAME, MESSAGE, TAG, REF = "文件", "文件名", "提交说明", "标签说明", "分支或标签的名字"
_PLACES = {"blob": FILE, "commit": MESSAGE, "tag": TAG}

Waived = frozenset[tuple[str, str]]
"""Rules with the fingerprints of values."""
_NOTHING: Waived = frozenset()


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
class Unread:
    """What was not looked at, or not to its end: the reason, where it stood first, and the id of the object."""

    reason: str
    where: str
    path: str
    object: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found, worst first; how much was looked at, and what was not; whether history is cut off.

    ``left_out`` counts the contents that lie in other folders only.
    """

    leaks: tuple[Leak, ...]
    commits: int
    contents: int
    unread: tuple[Unread, ...]
    left_out: int
    shallow: bool

    @property
    def missing(self) -> int:
        """How many objects the repository should have and does not."""
        return sum(one.reason == MISSING for one in self.unread)


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

    ``reflog`` adds what only the reflog of this clone leads to; ``allowed`` are the warnings that may stay, by the id of the
    ticket in whose files they may.
    """

    folders: tuple[str, ...] = ()
    since: str = ""
    reflog: bool = False
    allowed: Mapping[str, Waived] = field(default_factory=dict)


def scan(repository: Path, lists: Lists, question: Question) -> Scan:
    """Look through what is committed in a repository, with a checkout or without. Raise FaultError where there is no history."""
    shallow = gitrepo.require_repository(repository)
    past = _Past(repository, question)
    given = (repository, lists, question.allowed)
    files = [(one, path, past.owners.get(one, "")) for one, path in past.files.items()]
    hits = corpus.spread(files, _in_objects, given)
    hits += corpus.spread([(one.id, "", "") for one in past.commits], _in_objects, given)
    hits += _in_objects([(one, "", "") for one in past.tags], *given)
    hits += corpus.spread([*past.names], _in_names, (lists, question.allowed))
    hits += [hit for name in past.refs for hit in _in_name(name, REF, lists, privacy.find)]
    values = _by_value(hit for hit in hits if hit.rule not in _REASONS)
    gone = [every for every in values if not past.is_current(every)]
    still = remains.remaining(repository, {text for every in gone for text in _spellings(every)}, LARGEST)
    found = [_leak(every, past, lists, is_left=not still.isdisjoint(_spellings(every))) for every in values]
    left_out = len(past.others - past.files.keys())
    unread = sorted({_unread(hit, past, lists) for hit in hits if hit.rule in _REASONS}, key=_gravity)
    return Scan(tuple(sorted(found, key=_harm)), len(past.commits), len(past.files), tuple(unread), left_out, shallow)


class _Commit(NamedTuple):
    id: str
    committed: int


class _Past:
    """What there is to look at: each content by the path that it first had, each name, with the commit that brought it."""

    def __init__(self, repository: Path, question: Question) -> None:
        self._folders = tuple(f"{one.strip('/')}/" for one in question.folders)
        self.commits: list[_Commit] = []
        self.files: dict[str, str] = {}
        self.owners: dict[str, str] = {}
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
                self.owners.update({one: own} if (own := _owner(name)) else {})
            elif one in self.owners and self.owners[one] != _owner(name):
                del self.owners[one]  # what one ticket may say is said elsewhere, too

    def is_current(self, every: Iterable[_Hit]) -> bool:
        """Say whether one of some places is a file of today, or the name of one."""
        return any(hit.source in self.current for hit in every)

    def _aim(self, repository: Path, one: str, kind: str) -> None:
        """Take in what a ref names and no commit leads to: tags, and the files that it may name directly."""
        while kind == "tag":
            self.tags.append(one)
            _, _, _, data = next(gitrepo.objects(repository, [one], LARGEST))
            target = _TARGET.match(data)
            if target is None:  # it is missing, which is found when its message is read
                return
            one, kind = target[1].decode(), target[2].decode()
        if kind != "commit":
            self._note(gitrepo.inside(repository, one), -1)


def _readable(path: str) -> str:
    return path if path.isascii() else os.fsencode(path).decode("utf-8", "replace")


def _owner(path: str) -> str:
    """Return the id of the ticket that a file is, or that it lies beside; empty for any other file."""
    found = _OWNER.search(path)
    return found["id"] if found else ""


def waived(root: Path, words: Vocabulary) -> dict[str, Waived]:
    """Return what the tickets of today waive, by their ids."""
    having = (path for path in corpus.find(root) if "\nwaive:" in (corpus.text(root, path) or ""))
    tickets = (corpus.load(root, path, words).ticket for path in having)
    return {_owner(one.path): waivers.fingerprints(one, words, root) for one in tickets if one}


def _in_objects(
    some: Sequence[tuple[str, str, str]], repository: Path, lists: Lists, allowed: Mapping[str, Waived]
) -> list[_Hit]:
    """Find private data in objects, given by id, name and the ticket that they belong to; this runs in many processes."""
    found: list[_Hit] = []
    known = {one: (path, allowed.get(owner, _NOTHING)) for one, path, owner in some}
    for one, kind, size, data in gitrepo.objects(repository, known, LARGEST):
        here = _Hit(one, kind, "", "", "", "", 0)
        path, may = known[one]
        if not kind or size > LARGEST:
            found.append(here._replace(rule=TOO_LARGE if kind else MISSING))
        elif kind == "blob":
            found += _without(_in_file(data, path, here, lists), may)
        else:
            # What stands before the message are the names and addresses by which people sign: their own business.
            found += _in_file(data.partition(b"\n\n")[2], "message.txt", here, lists)
    return found


def _without(hits: Iterable[_Hit], allowed: Waived) -> Iterator[_Hit]:
    """Leave out what is waived: an error never is."""
    for hit in hits:
        if hit.level != WARNING or (hit.rule, privacy.fingerprint(hit.rule, hit.value)) not in allowed:
            yield hit


def _in_file(data: bytes, path: str, here: _Hit, lists: Lists) -> Iterator[_Hit]:
    pieces = contents.pieces(path, data)
    if naming.is_archive(path, data):
        yield here._replace(rule=ARCHIVE)
    elif any(one.what == contents.UNREAD for one in pieces) or (data and not pieces and kind_of(path) not in PICTURES):
        yield here._replace(rule=UNREAD)
    for piece in pieces:
        if piece.what == contents.LOCATION:
            # Waivers call it by the name of the file beside its ticket: tickets/2026/11/<ID>/name.
            yield here._replace(
                rule="image-location", level=WARNING, value=path.split("/", 4)[-1], mask=contents.LOCATION
            )
        for hit in _in_text(piece.text, here, lists):
            yield hit._replace(line=0) if piece.what else hit


def _in_names(names: Sequence[str], lists: Lists, allowed: Mapping[str, Waived]) -> list[_Hit]:
    """Find private data in the names of files, which may give away more than other texts; this runs in many processes."""
    each = ((_in_name(name, NAME, lists, privacy.find_in_name), allowed.get(_owner(name), _NOTHING)) for name in names)
    return [hit for hits, may in each for hit in _without(hits, may)]


def _in_name(name: str, kind: str, lists: Lists, find: _Find) -> Iterator[_Hit]:
    for hit in _in_text(name, _Hit(name, kind, "", "", "", "", 0), lists, find):
        yield hit._replace(line=0)


def _in_text(text: str, here: _Hit, lists: Lists, find: _Find = privacy.find) -> Iterator[_Hit]:
    """Find each value of a text once, with its first line."""
    people = {one.start(1): one[1] for one in exposure.PERSON.finditer(text)}
    known: set[tuple[str, str]] = set()
    for name in people.values():
        if name not in lists.public and ("", name) not in known:
            known.add(("", name))
            line = text.count("\n", 0, text.index(name)) + 1
            yield here._replace(
                rule="unmasked-name", level=ERROR, value=name, mask=f"{name[0]}*", line=line, spelling=name
            )
    line, at = 1, 0
    for one in find(text, lists):
        line, at = line + text.count("\n", at, one.start), max(at, one.start)
        if (one.rule, one.value) not in known and one.start not in people:
            known.add((one.rule, one.value))
            yield here._replace(
                rule=one.rule,
                level=exposure.level_of(one.rule),
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
        path=_shown(first, past, lists),
        line=first.line,
        commit=brought.id,
        committed=brought.committed,
        current=is_left or past.is_current(every),
        versions=len({hit.source for hit in every}),
    )


def _shown(hit: _Hit, past: _Past, lists: Lists) -> str:
    """Return the path of a file, or a name, without what is private in it."""
    if hit.kind == REF:
        return exposure.masked(hit.source, lists)
    return exposure.masked_name(hit.source if hit.kind == NAME else past.files.get(hit.source, ""), lists)


def _unread(hit: _Hit, past: _Past, lists: Lists) -> Unread:
    kind = hit.kind or ("blob" if hit.source in past.files else "commit" if hit.source in past.number else "tag")
    return Unread(hit.rule, _PLACES[kind], _shown(hit, past, lists), hit.source)


def _gravity(one: Unread) -> tuple[object, ...]:
    return _REASONS.index(one.reason), one.path, one.object


def _number(hit: _Hit, past: _Past) -> int:
    """Return the number of the commit that brought a value; behind all others where none did."""
    places = {"blob": past.brought, "commit": past.number, NAME: past.names}
    number = places.get(hit.kind, {}).get(hit.source, -1)
    return number if number >= 0 else len(past.commits)


def _harm(one: Leak) -> tuple[object, ...]:
    order = _BY_HARM.index(one.rule) if one.rule in _BY_HARM else len(_BY_HARM)
    return one.level != ERROR, order, one.rule, not one.current, one.committed, one.path, one.mask
