"""What a branch changes: each ticket that differs from the base, as it was and as it is; read from git without a checkout."""

from __future__ import annotations

import functools
import json
import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from faultkb import corpus, earlier, gitrepo, moment, ticket, vocabulary, yamlwrite
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from faultkb.calendar import WorkCalendar
    from faultkb.corpus import Loaded
    from faultkb.document import Document
    from faultkb.earlier import Version
    from faultkb.ticket import Event, Json, Replay, Step
    from faultkb.vocabulary import Vocabulary

SCHEMA = "schema"


@dataclass(frozen=True, slots=True)
class Branch:
    """What differs from the base.

    ``before`` holds path and content on the base, by the path of today; ``deleted`` those that are gone; ``changed``
    the tickets of today that differ, be it only in an attachment; ``former`` the ids that these and those had on the
    base; ``lost`` the attachments that came, changed or went, by the path of the ticket of today, with whether the base
    has them; ``schema`` the files of
    schema/ on the base, where they differ; ``taken`` the ids that the base has given to other faults since; ``recorded`` when
    the branch first held an event; ``strays`` the files of today that differ, or are new, and belong to no ticket;
    ``earlier`` what its commits gave the files and they hold no more.
    """

    before: Mapping[str, tuple[str, bytes]]
    deleted: tuple[tuple[str, bytes], ...]
    changed: frozenset[str]
    former: frozenset[str]
    lost: Mapping[str, Mapping[str, bool]]
    schema: tuple[tuple[str, bytes], ...] | None
    taken: frozenset[str]
    recorded: Mapping[str, datetime]
    strays: frozenset[str] = frozenset()
    earlier: tuple[Version, ...] = ()


@dataclass(frozen=True)
class Change:
    """One ticket before and after a change (None: not there), and what is needed to judge it.

    ``then`` is the vocabulary of the base: what is recorded there is judged by it, so that no branch brings along the
    rules that it is judged by.
    """

    before: Loaded | None
    after: Loaded | None
    vocabulary: Vocabulary
    then: Vocabulary
    calendar: WorkCalendar
    as_of: datetime
    recorded: Mapping[str, datetime] = field(default_factory=dict)
    lost: Mapping[str, bool] = field(default_factory=dict)
    """The attachments that the base has otherwise or not at all, or that are gone, with whether the base has them."""
    taken: frozenset[str] = frozenset()
    """The ids that the base has given to other faults since the branch left it."""

    @property
    def path(self) -> str:
        """The path of today; that of the base for a ticket that is gone."""
        one = self.after or self.before
        return one.path if one else ""

    @property
    def id(self) -> str:
        """The id of today; that of the base for a ticket that is gone."""
        one = self.after or self.before
        return one.ticket.id if one and one.ticket else PurePosixPath(self.path).stem

    @property
    def former(self) -> Vocabulary | None:
        """The vocabulary of today with the lifecycle of the base, None where that has not changed."""
        return _by_former_lifecycle(self.vocabulary, self.then)

    @property
    def former_lists(self) -> Vocabulary | None:
        """The vocabulary of today with the private and public values of the base, None where these have not changed."""
        return _by_former_lists(self.vocabulary, self.then)

    @functools.cached_property
    def was(self) -> Json:
        """The header on the base, as far as it could be read."""
        return self.before.ticket.header if self.before and self.before.ticket else {}

    @functools.cached_property
    def now(self) -> Json:
        """The header of today, as far as it can be read."""
        return self.after.ticket.header if self.after and self.after.ticket else {}

    @functools.cached_property
    def old(self) -> Replay | None:
        """What the events on the base add up to."""
        return _replay(self.before, self.then)

    @functools.cached_property
    def new(self) -> Replay | None:
        """What the events of today add up to."""
        return _replay(self.after, self.vocabulary)

    @functools.cached_property
    def judged(self) -> Replay | None:
        """What the events of today add up to by the lifecycle of the base."""
        return self.new if self.then is self.vocabulary else _replay(self.after, self.then)

    @functools.cached_property
    def appended(self) -> tuple[Event, ...]:
        """The events after those that the base has recorded."""
        known = len(self.before.ticket.events) if self.before and self.before.ticket else 0
        return self.after.ticket.events[known:] if self.after and self.after.ticket else ()

    @functools.cached_property
    def effective(self) -> tuple[Step, ...]:
        """The appended events as corrections leave them, in order of time; without those that a correction voids."""
        numbers = {event.number for event in self.appended}
        return tuple(step for step in self.judged.steps if step.event.number in numbers) if self.judged else ()

    @property
    def corrections(self) -> list[Event]:
        """The appended corrections in order of time; one that was itself voided corrects nothing."""
        return [step.event for step in self.effective if step.spec.corrects]

    @property
    def corrected(self) -> dict[str, Any]:
        """The fields of the header that appended corrections of the registration set, the last word of each."""
        return {key: value for one in self.restating for key, value in one.data.get("set", {}).items()}

    @property
    def restating(self) -> list[Event]:
        """The appended corrections of the registration, whose content is the header."""
        events = self.after.ticket.events if self.after and self.after.ticket else ()
        registered = {event.number for event in events if event.name == self.then.lifecycle.registration.name}
        return [event for event in self.corrections if event.data.get("target") in registered]

    def recorded_at(self, event: Event) -> datetime:
        """When an event was first committed; now, if it is not."""
        return self.recorded.get(_key(event.data), self.as_of)


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """The rules before (None: this program cannot read them) and after a change."""

    then: Vocabulary | None
    now: Vocabulary
    as_of: datetime


def _replay(one: Loaded | None, words: Vocabulary) -> Replay | None:
    return ticket.replay(one.ticket, words.lifecycle) if one and one.ticket else None


def compare(root: Path, words: Vocabulary, base: str, *, tip: bool = False) -> Branch:
    """Find what differs between the commit at which HEAD left ``base`` and the working tree.

    With ``tip``, compare with ``base`` itself: after a push, so that a forced one hides nothing. Raise FaultError, saying
    what to fetch, if git does not have that commit.
    """
    latest = gitrepo.tip(root, base)
    commit = latest if tip else gitrepo.merge_base(root, base)
    _require_folders(root, commit)
    differing = gitrepo.changed(root, commit, corpus.TICKETS)
    known = gitrepo.contents(root, commit, corpus.TICKETS)
    found = corpus.survey(root)
    every = set(found.tickets)
    attached = {f"{folder}.md" for path in differing for folder in PurePosixPath(path).parents}
    converted = gitrepo.converted(root, sorted(every))
    changed = (differing.keys() | attached | converted | _unknown(every, known)) & every
    ids = {path: blob for path, blob in differing.items() if blob and corpus.is_ticket(PurePosixPath(path).name)}
    ids |= {path: known[path] for path in changed - differing.keys() if path in known}
    then = dict(zip(ids, gitrepo.blobs(root, list(ids.values())), strict=True))
    gone = {path: data for path, data in then.items() if path not in every}
    moved = _moved(root, gone, [path for path in changed if path not in then])
    before = {path: (path, then[path]) for path in changed if path in then}
    before |= {new: (old, gone[old]) for new, old in moved.items()}
    return Branch(
        before=before,
        deleted=tuple((path, data) for path, data in gone.items() if path not in moved.values()),
        changed=frozenset(changed),
        former=frozenset(_id(path, data, words) for path, data in then.items()),
        lost=_lost(differing, changed, moved),
        schema=_schema(root, commit) if gitrepo.changed(root, commit, SCHEMA) else None,
        taken=_taken(root, latest, sorted(changed - before.keys() - known.keys())) if latest != commit else frozenset(),
        recorded=_recorded(root, commit, words, frozenset(known.values())),
        strays=frozenset(path for path in found.strays if path in differing or path not in known),
        earlier=earlier.versions(root, commit, known),
    )


def alone(root: Path, base: str, path: str) -> Branch:
    """Find what one ticket was when HEAD left ``base``: enough to judge what is about to be recorded in it."""
    commit = gitrepo.merge_base(root, base)
    blob = gitrepo.contents(root, commit, str(PurePosixPath(path).parent)).get(path)
    return Branch(
        before={path: (path, next(gitrepo.blobs(root, [blob])))} if blob else {},
        deleted=(),
        changed=frozenset({path}),
        former=frozenset(),
        lost={},
        schema=_schema(root, commit) if gitrepo.changed(root, commit, SCHEMA) else None,
        taken=frozenset(),
        recorded={},
    )


def _require_folders(root: Path, commit: str) -> None:
    """Refuse a base whose tickets or rules lie behind a link: git knows where it leads, and not what is there."""
    for name, kind in gitrepo.kinds(root, commit, corpus.TICKETS, SCHEMA).items():
        if kind != "tree":
            raise FaultError(
                f"基线 {commit[:12]} 上的 {name} 不是文件夹（是链接、子模块或文件），里面的改动查不出来："
                f"请管理员先在主分支上恢复真正的文件夹；要查中间有没有改动，用它还是文件夹时的提交作 --base"
            )


def _taken(root: Path, latest: str, fresh: list[str]) -> frozenset[str]:
    """Return which of the new files the latest commit of the base has too, as another fault than ours."""
    if not fresh:
        return frozenset()
    there = gitrepo.contents(root, latest, corpus.TICKETS)
    both = [path for path in fresh if path in there]
    theirs = zip(both, gitrepo.blobs(root, [there[path] for path in both]), strict=True)
    others = (path for path, data in theirs if _birth(corpus.decode(data)) != _birth(corpus.read(root, path)))
    return frozenset(PurePosixPath(path).stem for path in others)


def _schema(root: Path, commit: str) -> tuple[tuple[str, bytes], ...]:
    files = gitrepo.contents(root, commit, SCHEMA)
    return tuple(zip(files, gitrepo.blobs(root, list(files.values())), strict=True))


@functools.cache
def _vocabulary(files: tuple[tuple[str, bytes], ...]) -> Vocabulary | None:
    """Return what schema/ on the base says; None where this program cannot read it any more."""
    with tempfile.TemporaryDirectory() as folder:
        for path, data in files:
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        try:
            return vocabulary.load(Path(folder))
        except FaultError:
            return None


def _then(branch: Branch, words: Vocabulary) -> Vocabulary:
    return (_vocabulary(branch.schema) if branch.schema is not None else None) or words


def of_schema(branch: Branch, words: Vocabulary, as_of: datetime) -> SchemaChange | None:
    """Return what becomes of the rules; None where schema/ is as it was, and where nothing was recorded under another."""
    if branch.schema is None or not (branch.schema or branch.before or branch.deleted):
        return None
    return SchemaChange(_vocabulary(branch.schema), words, as_of)


@functools.lru_cache(maxsize=1)
def _by_former_lifecycle(words: Vocabulary, then: Vocabulary) -> Vocabulary | None:
    same = then.lifecycle == words.lifecycle and then.roles == words.roles
    return None if same else replace(words, lifecycle=then.lifecycle, roles=then.roles)


@functools.lru_cache(maxsize=1)
def _by_former_lists(words: Vocabulary, then: Vocabulary) -> Vocabulary | None:
    return None if then.privacy == words.privacy else replace(words, privacy=then.privacy)


def _lost(
    differing: Mapping[str, str | None], changed: AbstractSet[str], moved: Mapping[str, str]
) -> dict[str, dict[str, bool]]:
    """Return the attachments that the base has otherwise or not at all, by ticket; hidden files are none."""
    found: dict[str, dict[str, bool]] = {}
    for path in sorted(path for path in differing if path not in changed):
        fresh = differing[path] is None
        for folder in PurePosixPath(path).parents:
            # Where a ticket moved, its attachments are new in their place.
            if f"{folder}.md" in changed and not (fresh and (f"{folder}.md" in moved or "/." in path)):
                found.setdefault(f"{folder}.md", {})[path] = not fresh
    return found


def _id(path: str, data: bytes, words: Vocabulary) -> str:
    """Return the id of a ticket by its content, or by its name where that cannot be read."""
    one = corpus.loaded(path, corpus.decode(data), words).ticket
    return one.id if one else PurePosixPath(path).stem


def _unknown(every: set[str], known: Mapping[str, str]) -> set[str]:
    """Return what the base does not have at all: git does not name the files of a repository inside of this one."""
    fresh = every - known.keys()
    return {path for path in fresh if not any(one.startswith(f"{path}/") for one in known)}


def _moved(root: Path, gone: Mapping[str, bytes], come: list[str]) -> dict[str, str]:
    """Find where tickets went: to a file of the same name, else to one with the same registration. New path → old path."""
    if not gone:
        return {}
    found: dict[str, str] = {}
    names = {PurePosixPath(path).name: path for path in gone}
    births = {_birth(corpus.decode(data)): path for path, data in gone.items()}
    for path in sorted(come):
        old = names.pop(PurePosixPath(path).name, None)
        if old:
            found[path] = old
    for path in sorted(set(come) - found.keys()):
        old = births.get(_birth(corpus.read(root, path)))
        if old and old not in found.values():
            found[path] = old
    return found


def _birth(one: Document) -> str:
    """What tells a ticket from others whatever its id: when it was reported, and how it was registered."""
    return _key({"reported_at": one.header.get("reported_at"), "registration": next(_events(one), None) or one.text})


def _recorded(root: Path, commit: str, words: Vocabulary, known: frozenset[str]) -> dict[str, datetime]:
    """Find when the branch's commits first held each event, whatever the file was called then.

    Contents that the base has (``known``) are passed over: a merge names them again, and so does the first commit of a
    shallow clone.

    A rebase keeps the time of writing; an amended commit keeps it too, so an event later than it goes by the time of
    the commit.
    """
    first: dict[str, datetime] = {}
    every = [one for one in gitrepo.written(root, commit, corpus.TICKETS, ".md") if one.blob not in known]
    for one, data in zip(every, gitrepo.blobs(root, [one.blob for one in every]), strict=True):
        authored, committed = (moment.at(seconds, words.timezone) for seconds in (one.authored, one.committed))
        for event in _events(corpus.decode(data)):
            key = _key(event)
            if key not in first:
                first[key] = authored if str(event.get("at", "")) <= moment.show(authored) else committed
    return first


def _events(one: Document) -> Iterator[dict[str, Any]]:
    listed = one.header.get("events")
    yield from (one for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()


def _key(event: Mapping[str, Any]) -> str:
    """The content of an event as text."""
    return json.dumps(yamlwrite.as_text(event), sort_keys=True, ensure_ascii=False)


def load(branch: Branch, root: Path, words: Vocabulary, calendar: WorkCalendar, as_of: datetime) -> Iterator[Change]:
    """Return every changed ticket, those that are gone last, in order of path."""
    for path in sorted(branch.changed):
        yield of(branch, corpus.load(root, path, words), words, calendar, as_of)
    then = _then(branch, words)
    for path, data in branch.deleted:
        yield Change(
            corpus.loaded(path, corpus.decode(data), then), None, words, then, calendar, as_of, branch.recorded
        )


def of(branch: Branch, after: Loaded, words: Vocabulary, calendar: WorkCalendar, as_of: datetime) -> Change:
    """Return one ticket of today beside the one on the base."""
    path, data = branch.before.get(after.path, ("", b""))
    then = _then(branch, words)
    before = corpus.loaded(path, corpus.decode(data), then) if path else None
    return Change(
        before, after, words, then, calendar, as_of, branch.recorded, branch.lost.get(after.path, {}), branch.taken
    )
