"""What has been said and what is still to be said, kept between runs in a ref of the remote: no database, no file in a branch.

The state is ``state.json`` in a commit at ``refs/fault-state/watch``; its parent is the state before, so that everything
can be looked up. It is changed by comparison alone: the remote takes a commit only while the ref is what the run has read,
and of two runs at once the loser reads again and finds that the other has said it.

Nothing is sent before it is written down. A run moves in steps, each one push: *record what became of the message just
sent, put new ones into the outbox, take the next one out of it*; only then is that one sent. So

- nothing is lost: what is to be said stays in the outbox until a service has accepted it, whoever is killed when, and
  whatever network is down; what could not be written down is not marked as said, and the next run finds it again;
- nothing is sent twice, but for one case: a run that dies between taking a message and recording its outcome, or a service
  whose answer is lost, leaves one message of which nobody knows whether it arrived. It is sent again (after `LEASE`, if the
  run died), and says so: a deadline that nobody hears of is worse than one heard of twice.
"""

from __future__ import annotations

import functools
import json
import os
import re
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import gitrepo, moment, refs
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

REF = "refs/fault-state/watch"
LEASE = timedelta(minutes=20)
"""How long a run may take to send one message; after that it is dead, and another one takes the message."""
_FILE = "state.json"
_VERSION = 1
_LARGEST = 4 << 20
_TRIES = 6
"""How often a state is pushed while others push theirs."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message on its way. ``taken`` and ``by`` say since when which run is sending it; ``doubtful`` that it may have arrived."""

    id: str
    to: str
    title: str
    text: str
    since: str
    taken: str = ""
    by: str = ""
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What one run leaves for the next.

    ``said`` are the keys of what was said, each with the last day on which it could have been said again.
    """

    as_of: str
    board: int = 0
    week: str = ""
    said: dict[str, str] = field(default_factory=dict)
    outbox: tuple[Message, ...] = ()


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


def deliver(
    root: Path,
    where: str,
    plan: Callable[[State | None], State],
    send: Callable[[Message], str],
    now: Callable[[], datetime],
) -> tuple[State, list[Message]]:
    """Put what ``plan`` adds into the outbox and send what is in it, each message once; return what was not accepted, too.

    ``plan`` must add nothing that it has added before. ``send`` returns ``sent``, ``refused`` or ``unknown``.
    """
    me = os.urandom(8).hex()
    tried: set[str] = set()
    last: Message | None = None
    outcome = ""
    while True:
        step = functools.partial(_step, last=last, outcome=outcome, plan=plan, me=me, tried=tried, now=now)
        state = change(root, where, step)
        last = next((one for one in state.outbox if one.by == me), None)
        if last is None:
            return state, [one for one in state.outbox if one.id in tried]
        tried.add(last.id)
        outcome = send(last)


def _step(  # noqa: PLR0913 - all of them are what a run knows
    state: State | None,
    *,
    last: Message | None,
    outcome: str,
    plan: Callable[[State | None], State],
    me: str,
    tried: Collection[str],
    now: Callable[[], datetime],
) -> State:
    settled = _settled(state, last, outcome) if state and last else state
    return _taken(plan(settled), me, tried, now())


def _settled(state: State, sent: Message, outcome: str) -> State:
    """Record what became of a message, unless another run has taken it over meanwhile."""
    kept = []
    for one in state.outbox:
        if (one.id, one.by) != (sent.id, sent.by):
            kept.append(one)
        elif outcome != "sent":
            kept.append(replace(one, by="", taken="", doubtful=one.doubtful or outcome == "unknown"))
    return replace(state, outbox=tuple(kept))


def _taken(state: State, me: str, tried: Collection[str], now: datetime) -> State:
    """Take the next message that nobody is sending; one that somebody has begun and never finished may have arrived."""
    for number, one in enumerate(state.outbox):
        free = not one.by or abs(now - moment.parse(one.taken)) >= LEASE
        if free and one.id not in tried:
            mine = replace(one, by=me, taken=moment.show(now), doubtful=one.doubtful or bool(one.by))
            return replace(state, outbox=(*state.outbox[:number], mine, *state.outbox[number + 1 :]))
    return state


def _dumped(state: State) -> bytes:
    data = {"version": _VERSION, **asdict(state)}
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


_WEEK = re.compile(r"([0-9]{4}-W[0-9]{2})?")


def _loaded(data: Any) -> State:
    """Build a state from JSON. Raise ValueError, TypeError or KeyError for anything else: a wrong one must not start a flood."""
    if data.pop("version") != _VERSION:
        raise ValueError(_VERSION)
    said, week, outbox = data["said"], data["week"], data.pop("outbox")
    sane = type(data["board"]) is int and _WEEK.fullmatch(week) and isinstance(said, dict)
    if not (sane and all(map(moment.is_date, said.values()))):
        raise ValueError(_FILE)
    moment.parse(data["as_of"])
    messages = tuple(map(_message, outbox))
    if len({one.id for one in messages}) < len(messages):
        raise ValueError(_FILE)
    return State(**data, outbox=messages)


def _message(data: Any) -> Message:
    texts = [value for key, value in data.items() if key != "doubtful"]
    if type(data["doubtful"]) is not bool or not all(isinstance(text, str) for text in texts):
        raise TypeError(_FILE)
    moment.parse(data["since"])
    if data["by"]:
        moment.parse(data["taken"])
    return Message(**data)
