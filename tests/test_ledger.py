"""The state between runs, on real bare remotes: what is lost (nothing) and what is said twice (one message, marked)."""

from __future__ import annotations

import json
import multiprocessing
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import gitrepo, ledger, outbox, refs
from faultkb.finding import FaultError
from faultkb.ledger import Message, State

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime.fromisoformat("2026-11-10 10:00")
REACHED = ("software", "product")


def git(folder: Path, *arguments: str) -> str:
    """Run git and return what it says."""
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=True, encoding="utf-8")
    return done.stdout.strip()


@pytest.fixture
def remote(tmp_path: Path) -> Path:
    """Return a bare repository with one commit."""
    bare = tmp_path / "remote.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(bare))
    first = clone(bare, tmp_path / "first")
    commit = refs.commit(first, {"tickets/.keep": b""}, "begin")
    git(first, "push", "-q", "origin", f"{commit}:refs/heads/main")
    return bare


def clone(bare: Path, folder: Path, *options: str) -> Path:
    """Make a clone."""
    git(bare, "clone", "-q", *options, f"file://{bare}", str(folder))
    return folder


def message(number: int, **more: Any) -> Message:
    """Return a message."""
    return Message(f"{number:06}", "software", "故障提醒", f"第 {number} 条", "2026-11-10 10:00", **more)


def planner(*numbers: int) -> Callable[[State | None], State]:
    """Return a plan that says each number once."""

    def plan(state: State | None) -> State:
        before = state or State("2026-11-10 10:00")
        new = [number for number in numbers if str(number) not in before.said]
        said = {**before.said, **dict.fromkeys(map(str, new), "2026-11-10")}
        return replace(before, said=said, outbox=(*before.outbox, *map(message, new)))

    return plan


def deliver(folder: Path, *numbers: int, outcome: str = "sent", now: datetime = NOW) -> list[Message]:
    """Send in a clone; return what was sent."""
    sent: list[Message] = []

    def send(one: Message) -> str:
        sent.append(one)
        return outcome

    outbox.deliver(folder, "origin", planner(*numbers), send, lambda: now, REACHED)
    return sent


def numbers(some: list[Message]) -> list[int]:
    """Return the numbers of messages."""
    return [int(one.id) for one in some]


@pytest.mark.parametrize("options", [(), ("--depth=1",)])
def test_each_message_is_sent_once(remote: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    """The second run finds that everything is said, from a full clone and from a shallow one; a full one stays full."""
    assert numbers(deliver(clone(remote, tmp_path / "a", *options), 1, 2)) == [1, 2]
    second = clone(remote, tmp_path / "b", *options)
    assert numbers(deliver(second, 1, 2, 3)) == [3]
    assert git(second, "rev-parse", "--is-shallow-repository") == ("true" if options else "false")


def test_it_leaves_a_trail_and_no_branch(remote: Path, tmp_path: Path) -> None:
    """Each state's parent is the state before; the remote's branches are as they were; the clone's files and index, too."""
    here = clone(remote, tmp_path / "a")
    deliver(here, 1)
    deliver(here, 1, 2)
    assert git(remote, "for-each-ref", "--format=%(refname)") == "refs/fault-state/watch\nrefs/heads/main"
    assert len(git(remote, "rev-list", ledger.REF).split()) == 4  # take 1, record it; take 2, record it
    assert git(here, "status", "--porcelain") == ""
    data = json.loads(git(remote, "show", f"{ledger.REF}:state.json"))
    assert (data["version"], sorted(data["said"]), data["outbox"]) == (1, ["1", "2"], [])


def test_nothing_is_pushed_where_nothing_changed(remote: Path, tmp_path: Path) -> None:
    """Every half hour of a quiet night leaves no commit."""
    here = clone(remote, tmp_path / "a")
    deliver(here, 1)
    before = git(remote, "rev-parse", ledger.REF)
    assert deliver(here, 1) == []
    assert git(remote, "rev-parse", ledger.REF) == before


def test_what_is_not_accepted_is_tried_once_a_run(remote: Path, tmp_path: Path) -> None:
    """It stays in the outbox, alone: what was accepted is not sent again. A refusal is certain: no doubt is told of."""
    here = clone(remote, tmp_path / "a")
    assert numbers(deliver(here, 1, outcome="refused")) == [1]
    (new, again) = deliver(here, 1, 2)
    assert (new.id, again.id, again.doubts) == ("000002", "000001", 0)
    assert deliver(here, 1, 2) == []


def test_a_lost_answer_is_told_of(remote: Path, tmp_path: Path) -> None:
    """Nobody knows whether it arrived: it is sent again, with a word."""
    here = clone(remote, tmp_path / "a")
    deliver(here, 1, outcome="unknown")
    (again,) = deliver(here, 1)
    assert again.doubts == 1


def test_a_run_that_dies_leaves_one_message_in_doubt(remote: Path, tmp_path: Path) -> None:
    """Killed after the first of three: the others go out without a word, the first after its lease, marked; then silence."""
    here = clone(remote, tmp_path / "a")

    def send(_: Message) -> str:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        outbox.deliver(here, "origin", planner(1, 2, 3), send, lambda: NOW, REACHED)
    soon = deliver(clone(remote, tmp_path / "b"), 1, 2, 3, now=NOW + timedelta(minutes=19))
    assert [(one.id, one.doubts) for one in soon] == [("000002", 0), ("000003", 0)]
    late = deliver(clone(remote, tmp_path / "c"), 1, 2, 3, now=NOW + timedelta(minutes=20))
    assert [(one.id, one.doubts) for one in late] == [("000001", 1)]
    assert deliver(here, 1, 2, 3, now=NOW + timedelta(minutes=40)) == []


def test_a_run_that_was_given_up_does_not_undo_the_other(remote: Path, tmp_path: Path) -> None:
    """A run sleeps for an hour in the middle of sending; another one takes over; the first one wakes and records nothing."""
    here, there = clone(remote, tmp_path / "a"), clone(remote, tmp_path / "b")
    taken: list[Message] = []

    def send(_: Message) -> str:
        taken.extend(deliver(there, 1, outcome="refused", now=NOW + timedelta(hours=1)))
        return "sent"

    outbox.deliver(here, "origin", planner(1), send, lambda: NOW, REACHED)
    assert [one.doubts for one in taken] == [1]
    state = ledger.read(here, "origin")
    assert state
    assert [(one.id, one.by, one.doubts) for one in state.outbox] == [("000001", "", 1)]


def run(folder: str, out: str, start: Any) -> None:
    """Be one of several runs at the same time."""
    start.wait()
    for one in deliver(Path(folder), *range(1, 5)):
        with Path(out).open("a", encoding="utf-8") as file:
            file.write(f"{one.id}\n")


def test_two_runs_at_once_send_each_message_once(remote: Path, tmp_path: Path) -> None:
    """Two processes, four messages that both find: four are sent."""
    context = multiprocessing.get_context("spawn")
    start, out = context.Barrier(2), tmp_path / "sent"
    folders = [clone(remote, tmp_path / name) for name in "ab"]
    runs = [context.Process(target=run, args=(str(folder), str(out), start)) for folder in folders]
    for one in runs:
        one.start()
    for one in runs:
        one.join(120)
        assert one.exitcode == 0
    assert sorted(out.read_text(encoding="utf-8").split()) == ["000001", "000002", "000003", "000004"]


def refuse(remote: Path) -> None:
    """Make a remote refuse every push, as a token without the right does."""
    hook = remote / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho denied >&2\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)


def test_where_nothing_can_be_written_nothing_is_sent(remote: Path, tmp_path: Path) -> None:
    """What could not be written down is not said: it would be said again."""
    refuse(remote)
    sent: list[Message] = []
    with pytest.raises(FaultError, match="contents: write") as caught:
        outbox.deliver(
            clone(remote, tmp_path / "a"),
            "origin",
            planner(1),
            lambda one: sent.append(one) or "sent",
            lambda: NOW,
            REACHED,
        )
    assert (sent, caught.value.code) == ([], 2)


def test_where_the_outcome_cannot_be_written_the_message_stays_in_doubt(remote: Path, tmp_path: Path) -> None:
    """The remote goes away between the two pushes."""
    here = clone(remote, tmp_path / "a")

    def send(_: Message) -> str:
        refuse(remote)
        return "sent"

    with pytest.raises(FaultError):
        outbox.deliver(here, "origin", planner(1), send, lambda: NOW, REACHED)
    (remote / "hooks" / "pre-receive").unlink()
    (again,) = deliver(here, 1, now=NOW + timedelta(minutes=30))
    assert again.doubts == 1


GOOD = {"version": 1, "as_of": "2026-11-10 10:00", "board": 0, "week": "", "said": {}, "outbox": []}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{",
        "[" * 100_000,
        json.dumps({**GOOD, "version": 2}),
        json.dumps({**GOOD, "said": ["1"]}),
        json.dumps({**GOOD, "said": {"1": "yesterday"}}),
        json.dumps({**GOOD, "as_of": "soon"}),
        json.dumps({**GOOD, "board": True}),
        json.dumps({**GOOD, "week": "2026-W1\n"}),
        json.dumps({**GOOD, "more": 1}),
        json.dumps({**GOOD, "outbox": [{}]}),
        json.dumps({**GOOD, "outbox": [1]}),
        json.dumps({key: value for key, value in GOOD.items() if key != "said"}),
    ],
)
def test_a_state_that_is_none_stops_everything(text: str, remote: Path, tmp_path: Path) -> None:
    """Whatever somebody has pushed there: a clear error, no message, no change, and never a flood as after a first run."""
    here = clone(remote, tmp_path / "a")
    commit = refs.commit(here, {"state.json": text.encode()}, "corrupt")
    git(here, "push", "-q", "origin", f"{commit}:{ledger.REF}")
    with pytest.raises(FaultError, match="没有发任何通知"):
        deliver(here, 1)
    assert git(remote, "rev-parse", ledger.REF) == commit


def test_a_ref_without_a_state_stops_everything(remote: Path, tmp_path: Path) -> None:
    """The ref may name a commit with other files, or no commit at all."""
    here = clone(remote, tmp_path / "a")
    git(here, "push", "-q", "origin", f"origin/main:{ledger.REF}")
    with pytest.raises(FaultError, match="没有发任何通知"):
        deliver(here, 1)
    git(here, "push", "-q", "origin", f":{ledger.REF}")
    blob = gitrepo.run(here, "hash-object", "-w", "--stdin", given=b"x").decode().strip()
    git(here, "push", "-q", "origin", f"{blob}:{ledger.REF}")
    with pytest.raises(FaultError):
        deliver(here, 1)


def test_a_repository_in_a_folder_of_another_has_its_state_there(remote: Path, tmp_path: Path) -> None:
    """Where the tickets are a folder of a larger repository, the state is found again."""
    folder = clone(remote, tmp_path / "a") / "faults"
    folder.mkdir()
    assert numbers(deliver(folder, 1)) == [1]
    assert deliver(folder, 1) == []


def tried(folder: Path, when: str, outcome: str = "refused", *new: int) -> list[int]:
    """Run at a moment of 10 or 11 November; return the numbers of what was tried."""
    return numbers(deliver(folder, 1, *new, outcome=outcome, now=datetime.fromisoformat(f"2026-11-{when}")))


def test_what_fails_is_tried_again_in_growing_pauses(remote: Path, tmp_path: Path) -> None:
    """In the next run, then after one hour, two, four, eight, sixteen and a day, for as long as it is refused."""
    here = clone(remote, tmp_path / "a")
    assert tried(here, "10 10:00") == [1]
    assert tried(here, "10 10:30") == [1]
    assert tried(here, "10 11:00") == []
    assert tried(here, "10 11:30") == [1]
    assert tried(here, "10 13:00") == []
    assert [tried(here, when) for when in ("10 13:30", "10 17:30", "11 01:30", "11 17:30")] == [[1]] * 4
    assert tried(here, "12 17:00") == []
    assert tried(here, "12 17:30") == [1]


def test_new_messages_go_first_and_an_address_that_fails_is_left_alone(remote: Path, tmp_path: Path) -> None:
    """One request in vain for each address and run, however much waits for it; the next run begins with what is new."""
    here = clone(remote, tmp_path / "a")
    assert tried(here, "10 10:00", "refused", 2, 3) == [1]
    assert tried(here, "10 10:30", "refused", 2, 3) == [2]
    assert tried(here, "10 11:00", "sent", 2, 3, 4) == [3, 4, 1, 2]
    state = ledger.read(here, "origin")
    assert state
    assert state.outbox == ()


def test_a_message_that_may_have_arrived_is_repeated_twice(remote: Path, tmp_path: Path) -> None:
    """Three requests without an answer; then it is left alone, and stays where the board sees it."""
    here = clone(remote, tmp_path / "a")
    days = [f"{day} 10:00" for day in range(10, 16)]
    assert [tried(here, when, "unknown") for when in days] == [[1], [1], [1], [], [], []]
    state = ledger.read(here, "origin")
    assert state
    assert [(one.doubts, outbox.is_given_up(one)) for one in state.outbox] == [(3, True)]


def test_what_has_no_address_waits(remote: Path, tmp_path: Path) -> None:
    """It is not tried, and goes out when there is one."""
    here = clone(remote, tmp_path / "a")
    sent: list[Message] = []
    arguments = (planner(1), lambda one: sent.append(one) or "sent", lambda: NOW)
    state, failed = outbox.deliver(here, "origin", *arguments, reached=["product"])
    assert (sent, failed, numbers(list(state.outbox))) == ([], [], [1])
    assert numbers(deliver(here, 1)) == [1]


def test_a_success_forgets_what_was_lost_there(remote: Path, tmp_path: Path) -> None:
    """The board speaks of what was given up until something arrives at that address."""
    here = clone(remote, tmp_path / "a")
    ledger.change(here, "origin", lambda _: State("2026-11-10 10:00", lost={"software": 3, "product": 1}))
    deliver(here, 1)
    state = ledger.read(here, "origin")
    assert state
    assert state.lost == {"product": 1}


def test_an_older_state_is_read(remote: Path, tmp_path: Path) -> None:
    """What it has not got is as it is by default."""
    here = clone(remote, tmp_path / "a")
    one = {"id": "000001", "to": "software", "title": "t", "text": "x", "since": "2026-11-10 10:00"}
    commit = refs.commit(here, {"state.json": json.dumps({**GOOD, "outbox": [one]}).encode()}, "older")
    git(here, "push", "-q", "origin", f"{commit}:{ledger.REF}")
    assert ledger.read(here, "origin") == State("2026-11-10 10:00", outbox=(Message(*one.values()),))
