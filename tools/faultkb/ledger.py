"""What has been said and what is still to be said, kept between runs in a ref of the remote: no database, no file in a branch.

The state is ``state.json`` in a commit at ``refs/fault-state/watch``; its parent is the state before, so that everything
can be looked up. It is changed by comparison alone: the remote takes a commit only while the ref is what the run has read,
and of two runs at once the loser reads again and finds that the other has said it.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import gitrepo, moment, refs
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

REF = "refs/fault-state/watch"
_FILE = "state.json"
_VERSION = 1
_LARGEST = 4 << 20
_TRIES = 6
"""How often a state is pushed while others push theirs."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message on its way to the address of a name.

    ``by`` is the run that is sending it and ``taken`` since when; without ``by`` that is when it was tried last. ``tries``
    are how often it was not accepted, ``doubts`` how often it may have arrived all the same. ``about`` are the faults that
    were open when it was written; ``week`` is the period of the weekly pack that it tells of.
    """

    id: str
    to: str
    title: str
    text: str
    since: str
    taken: str = ""
    by: str = ""
    tries: int = 0
    doubts: int = 0
    about: tuple[str, ...] = ()
    week: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """What one run leaves for the next.

    ``said`` are the keys of what was said, each with the last day on which it could have been said again; ``week`` is that
    in which the weekly pack was sent last; ``lost`` counts by name what was given up, until something arrives there.
    """

    as_of: str
    board: int = 0
    week: str = ""
    said: dict[str, str] = field(default_factory=dict)
    outbox: tuple[Message, ...] = ()
    lost: dict[str, int] = field(default_factory=dict)


class _Held(NamedTuple):
    """The state on the remote and its commit; none before the first run."""

    commit: str
    state: State | None


def read(root: Path, where: str) -> State | None:
    """Return the state, None before the first run. Raise FaultError where the remote is silent or the state is no state."""
    return _read(root, where).state


def _read(root: Path, where: str) -> _Held:
    commit = _fetched(root, where)
    if not commit:
        return _Held("", None)
    _, _, _, data = next(gitrepo.objects(root, [f"{commit}:./{_FILE}"], _LARGEST))
    try:
        return _Held(commit, _loaded(json.loads(data)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise FaultError(
            f"远程仓库的 {REF} 里的 {_FILE} 不是巡查的状态：没有发任何通知。请管理员用 git log 找到最后一个完好的提交，把 {REF} 推回到它"
        ) from None


def _fetched(root: Path, where: str) -> str:
    """Return the commit that the ref names, once it is here: it may move between the question and the answer."""
    for _ in range(_TRIES):
        commit = refs.at(root, where, REF)
        if not commit or gitrepo.ask(root, "cat-file", "-e", f"{commit}^{{tree}}").ok:
            return commit
        # A full clone would become a shallow one.
        refs.fetch(root, where, REF, depth=1 if gitrepo.require_repository(root) else 0)
    raise FaultError(f"取不到远程仓库“{where}”的 {REF}：过几分钟再运行")


def change(root: Path, where: str, alter: Callable[[State | None], State]) -> State:
    """Change the state: ``alter`` gets what is there, as often as others change it meanwhile, and must not send anything.

    Raise FaultError where the remote cannot be read or does not take it.
    """
    for _ in range(_TRIES):
        held = _read(root, where)
        wanted = alter(held.state)
        if wanted == held.state:
            return wanted
        # The mark keeps two runs from making the same commit: git would call both pushes a success.
        message = f"fault watch {wanted.as_of}\n\n{os.urandom(16).hex()}\n"
        commit = refs.commit(root, {_FILE: _dumped(wanted)}, message, held.commit)
        if refs.push(root, where, commit, REF, held.commit).ok or refs.at(root, where, REF) == commit:
            return wanted
    raise FaultError(f"远程仓库“{where}”不让写入 {REF}，所以没有发通知：请检查权限（工作流要有 contents: write）")


def _dumped(state: State) -> bytes:
    data = {"version": _VERSION, **asdict(state)}
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


_WEEK = re.compile(r"([0-9]{4}-W[0-9]{2})?")


def _loaded(data: Any) -> State:
    """Build a state from JSON. Raise ValueError, TypeError or KeyError for anything else: a wrong one must not start a flood.

    What a state of old has not got (``lost``, and most of a message) is as it is by default.
    """
    if data.pop("version") != _VERSION:
        raise ValueError(_VERSION)
    said, week, lost, outbox = data["said"], data["week"], data.get("lost", {}), data.pop("outbox")
    sane = type(data["board"]) is int and _WEEK.fullmatch(week) and isinstance(said, dict) and isinstance(lost, dict)
    if not (sane and all(map(moment.is_date, said.values())) and all(type(count) is int for count in lost.values())):
        raise ValueError(_FILE)
    moment.parse(data["as_of"])
    messages = tuple(map(_message, outbox))
    if len({one.id for one in messages}) < len(messages):
        raise ValueError(_FILE)
    return State(**data, outbox=messages)


def _message(data: Any) -> Message:
    found = Message(**{**data, "about": tuple(data.get("about", ()))})
    texts = (
        *found.about,
        *(getattr(found, name) for name in ("id", "to", "title", "text", "since", "taken", "by", "week")),
    )
    if not (type(found.tries) is type(found.doubts) is int and all(isinstance(text, str) for text in texts)):
        raise TypeError(_FILE)
    moment.parse(found.since)
    if found.by or found.taken:
        moment.parse(found.taken)
    return found
