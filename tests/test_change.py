"""A branch beside its base: what counts as changed, which histories are refused, and who else is looked at.

Each case is a real repository with one ticket or a few on main; the change is in the working tree or committed.
"""

from __future__ import annotations

import functools
import os
import re
import shutil
import subprocess
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from faultkb import change, check, corpus, document, vocabulary
from faultkb.finding import ERROR, FaultError
from faultkb.rules.corrections import is_masked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from faultkb.check import Outcome
    from faultkb.document import Document
    from faultkb.finding import Finding
    from faultkb.vocabulary import Vocabulary

    Write = Callable[..., str]
    Judge = Callable[..., set[str]]
    Warned = Callable[..., list[str]]

AS_OF = datetime.fromisoformat("2026-11-05 12:00")
"""A Thursday; what the tickets below record happened on Monday 2026-11-02."""
ID = "SW-20261102-001"
HOME = f"tickets/2026/11/{ID}.md"
COLLEAGUE = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "colleague"), ("EMAIL", "colleague@example.org"))
}
OWNED = {"team": "软件开发组", "owner": "{staff: RD017, name: 李*}", "due_at": "2026-11-06 18:00"}
PASSED = "{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 赵*}}"
OPEN = ("登记", "受理", "进展")
"""09:00, 10:00, 11:00."""
CLOSED = ("登记", "受理", "提交验证", "验证通过", "用户确认", "关闭")
"""09:00 to 14:00, one an hour."""


def git(folder: Path, *arguments: object, at: str = "2026-11-02 15:00", **extra: str) -> str:
    """Run git as a colleague would, at a time in Shanghai."""
    dates = {"GIT_AUTHOR_DATE": f"{at}:00 +0800", "GIT_COMMITTER_DATE": f"{at}:00 +0800"}
    done = subprocess.run(
        ["git", "-C", folder, *map(str, arguments)],
        env={**os.environ, **COLLEAGUE, **dates, **extra},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.rstrip("\n")


def commit(folder: Path, at: str = "2026-11-02 15:00", **extra: str) -> None:
    """Commit everything at a time in Shanghai; keywords are variables of git."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "x", at=at, **extra)


def put(folder: Path, text: str | bytes, path: str = HOME) -> None:
    """Write a file as it is."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(text.encode() if isinstance(text, str) else text)


def branched(folder: Path, files: dict[str, str]) -> Path:
    """Make a repository: these files on main, and a branch ``work`` that is checked out."""
    git(folder, "init", "--quiet", "-b", "main")
    for path, text in files.items():
        put(folder, text, path)
    commit(folder)
    git(folder, "switch", "--quiet", "-c", "work")
    return folder


@pytest.fixture
def opened(write_text: Write) -> str:
    """Return a fault of severity 高 in work: registered, accepted, one step made."""
    return write_text(*OPEN, status="处理中", severity="高", **{**OWNED, "due_at": "2026-11-05 18:00"}).replace(
        "2026-11-06 18:00", "2026-11-05 18:00"
    )


@pytest.fixture
def closed(write_text: Write) -> str:
    """Return a closed and published fault."""
    kb = "{entry: 收录, summary: 断电后场景为空, solution: 升级}"
    return write_text(
        *CLOSED, status="已关闭", **OWNED, completed_at="2026-11-02 12:00", verification=PASSED, kb=kb, remark="无"
    )


@pytest.fixture
def judge(tmp_path: Path, words: Vocabulary) -> Judge:
    """Return a function from a ticket on main and in the working tree to the rules of level error that it breaks."""

    def errors(before: str, after: str, path: str = HOME) -> set[str]:
        branched(tmp_path, {HOME: before})
        (tmp_path / HOME).unlink()
        put(tmp_path, after, path)
        return rules_of(against(tmp_path, words))

    return errors


def against(root: Path, words: Vocabulary, as_of: datetime = AS_OF, base: str = "main") -> Outcome:
    """Check the working tree against a base."""
    return check.check(root, words, as_of, branch=change.compare(root, words, base))


def rules_of(outcome: Outcome, level: str = ERROR) -> set[str]:
    """Return the rules of one level that were broken."""
    return {one.rule for one in outcome.findings if one.level == level}


def event(text: str) -> str:
    """Return the line of an event, given as its fields without braces."""
    return f"  - {{{text}}}\n"


def appended(text: str, *events: str) -> str:
    """Append events to the list of a ticket."""
    end = text.index("\n---\n", 4) + 1
    return text[:end] + "".join(map(event, events)) + text[end:]


def swapped(text: str, *pairs: tuple[str, str]) -> str:
    """Replace texts that must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def reopened(text: str) -> str:
    """Give the header of a closed ticket what 重开 with a plan until 2026-11-09 makes of it."""
    text = re.sub(r"(?m)^(completed_at|verification): .*\n", "", text)
    return swapped(text, ("status: 已关闭", "status: 处理中"), ("\ndue_at: 2026-11-06", "\ndue_at: 2026-11-09"))


def lines_of(text: str) -> list[str]:
    """Return the lines of the events."""
    return re.findall(r"^  - .*\n", text, re.MULTILINE)


def without(text: str, *numbers: int) -> str:
    """Take events out, counted from 1."""
    every = lines_of(text)
    for number in numbers:
        text = swapped(text, (every[number - 1], ""))
    return text


# ── what counts as changed ──


def test_an_untouched_ticket_is_not_looked_at(tmp_path: Path, words: Vocabulary, opened: str) -> None:
    """A branch without changes has nothing to check, and says how many tickets are as they were."""
    branched(tmp_path, {HOME: opened})
    outcome = against(tmp_path, words)
    assert (outcome.findings, outcome.checked, outcome.unchanged, outcome.elsewhere) == ((), 0, 1, None)


@pytest.mark.parametrize("state", ["edited", "staged", "committed", "edited after committing"])
def test_a_change_is_seen_wherever_it_is(tmp_path: Path, words: Vocabulary, opened: str, state: str) -> None:
    """A mistake is found in the working tree, in the index and in a commit alike; a later repair counts."""
    branched(tmp_path, {HOME: opened})
    put(tmp_path, swapped(opened, ("status: 处理中", "status: 待验证")))
    if state != "edited":
        git(tmp_path, "add", "--all")
    if state.endswith(("committed", "committing")):
        commit(tmp_path)
    assert rules_of(against(tmp_path, words)) == {"snapshot-mismatch"}
    if state == "edited after committing":
        put(tmp_path, opened)
        assert against(tmp_path, words).checked == 0


@pytest.mark.parametrize("ignored", [False, True], ids=["untracked", "ignored"])
def test_a_new_file_is_seen(tmp_path: Path, words: Vocabulary, opened: str, *, ignored: bool) -> None:
    """A ticket that git does not know yet, or is told to ignore, is checked like any other."""
    branched(tmp_path, {HOME: opened, ".gitignore": "*-002.md\n" if ignored else ""})
    text = swapped(opened, (ID, "SW-20261102-002"), ("severity: 高", "severity: 极高"))
    put(tmp_path, text, "tickets/2026/11/SW-20261102-002.md")
    outcome = against(tmp_path, words)
    assert (rules_of(outcome), outcome.checked) == ({"schema"}, 1)


def test_a_repository_inside_the_repository_hides_nothing(tmp_path: Path, words: Vocabulary, opened: str) -> None:
    """A repository that lies in tickets/ is passed over by git, and not by the check."""
    branched(tmp_path, {HOME: opened})
    inner = tmp_path / "tickets/2026/12"
    inner.mkdir()
    git(inner, "init", "--quiet")
    put(inner, swapped(opened, (ID, "SW-20261102-002")), "SW-20261102-002.md")
    outcome = against(tmp_path, words)
    assert (rules_of(outcome), outcome.checked) == ({"id-path-mismatch"}, 1)


@pytest.mark.parametrize("kind", ["link", "folder", "binary", "empty", "gone", "conflict"])
def test_what_stands_in_the_place_of_a_ticket(tmp_path: Path, words: Vocabulary, opened: str, kind: str) -> None:
    """A recorded ticket that became something else, or nothing, is an error."""
    second = swapped(opened, (ID, "SW-20261102-002"))
    branched(tmp_path, {HOME: opened, HOME.replace("001", "002"): second, "elsewhere.md": opened})
    path = tmp_path / HOME
    path.unlink()
    expected = "unreadable-file"
    if kind == "link":
        path.symlink_to(tmp_path / "elsewhere.md")
    elif kind == "folder":
        put(path, opened, "inside.txt")
    elif kind == "binary":
        path.write_bytes(bytes(range(256)))
    elif kind == "empty":
        path.touch()
        expected = "front-matter"
    elif kind == "conflict":
        put(
            tmp_path, swapped(opened, ("severity: 高\n", "<<<<<<< a\nseverity: 高\n=======\nseverity: 中\n>>>>>>> b\n"))
        )
        expected = "merge-conflict"
    else:
        expected = "ticket-deleted"
    outcome = against(tmp_path, words)
    assert (rules_of(outcome), outcome.checked) == ({expected}, 1)


def test_a_file_that_a_merge_left_undecided_is_seen(tmp_path: Path, words: Vocabulary, opened: str) -> None:
    """While git holds three versions of a ticket, the one with the markers is what is checked."""
    branched(tmp_path, {HOME: opened})
    put(tmp_path, appended(opened, "at: 2026-11-02 12:00, event: 进展, by: RD017, note: 甲"))
    commit(tmp_path)
    git(tmp_path, "switch", "--quiet", "-c", "other", "main")
    put(tmp_path, appended(opened, "at: 2026-11-02 12:30, event: 进展, by: RD025, note: 乙"))
    commit(tmp_path)
    with pytest.raises(subprocess.CalledProcessError):
        git(tmp_path, "merge", "work")

    outcome = against(tmp_path, words)

    assert rules_of(outcome) == {"merge-conflict"}
    assert "2026-11-02 12:00 进展" in outcome.findings[0].message


def test_line_ends_and_modes_are_no_change(tmp_path: Path, words: Vocabulary, closed: str) -> None:
    """A checkout with the line ends of Windows and other file modes is as it was; a change in it is only that change."""
    branched(tmp_path, {HOME: closed})
    git(tmp_path, "config", "core.autocrlf", "true")
    (tmp_path / HOME).unlink()
    git(tmp_path, "checkout", "--", HOME)
    assert b"\r\n" in (tmp_path / HOME).read_bytes()
    assert against(tmp_path, words).checked == 0

    (tmp_path / HOME).chmod(0o755)
    outcome = against(tmp_path, words)
    assert rules_of(outcome) == set()

    text = appended(closed, "at: 2026-11-04 09:00, event: 反馈, by: ZL001, note: 已回访").replace("\n", "\r\n")
    put(tmp_path, text)
    outcome = against(tmp_path, words)
    assert (outcome.findings, outcome.checked) == ((), 1)


@pytest.mark.parametrize("name", ['"quoted".md', "line\nbreak.md", "line\u2028sep.md", "故障.md", "\udcff\udcfe.md"])
def test_odd_names_are_found_and_do_not_stop_the_check(
    tmp_path: Path, words: Vocabulary, opened: str, name: str
) -> None:
    """A ticket under an odd name is in the wrong place; committed or not, the check comes to its end."""
    branched(tmp_path, {HOME: opened})
    path = tmp_path / "tickets/2026/11" / name
    path.write_text(swapped(opened, (ID, "SW-20261102-002")), encoding="utf-8")
    assert rules_of(against(tmp_path, words)) == {"id-path-mismatch"}
    commit(tmp_path)
    assert rules_of(against(tmp_path, words)) == {"id-path-mismatch"}


def test_an_attachment_is_a_change_of_its_ticket(tmp_path: Path, words: Vocabulary, opened: str) -> None:
    """A picture that is taken away is reported at the ticket that shows it; what the ticket recorded long ago is no news."""
    text = swapped(opened, ("分批上报。", f"![屏幕]({ID}/screen.png)"))
    branched(tmp_path, {HOME: text, f"tickets/2026/11/{ID}/screen.png": "x"})
    (tmp_path / f"tickets/2026/11/{ID}/screen.png").unlink()

    # A year later: were the ticket taken for a new one, all of its events would be recorded late.
    outcome = against(tmp_path, words, datetime.fromisoformat("2027-11-05 12:00"))

    assert [(one.rule, one.path) for one in outcome.findings if one.rule != "overdue"] == [("attachment", HOME)]
    assert outcome.checked == 1


# ── where a ticket went ──


def test_a_ticket_moved_to_where_it_belongs(tmp_path: Path, words: Vocabulary, opened: str) -> None:
    """A ticket in the wrong folder may be moved: no deletion, no new ticket, and its history goes on being compared."""
    wrong = f"tickets/2026/{ID}.md"
    branched(tmp_path, {wrong: opened})
    (tmp_path / wrong).unlink()
    put(tmp_path, opened)
    assert against(tmp_path, words).findings == ()
    put(tmp_path, swapped(opened, ("补丁开发完成", "补丁完成")))
    assert rules_of(against(tmp_path, words)) == {"history-rewritten"}


def test_a_ticket_moved_beside_its_copy(tmp_path: Path, words: Vocabulary, opened: str) -> None:
    """The file of the same name is the ticket that moved, even where another with the same registration comes first."""
    wrong, other = "tickets/2026/11/x/SW-20261102-001.md", "tickets/2026/10/SW-20261002-009.md"
    branched(tmp_path, {wrong: opened})
    (tmp_path / wrong).unlink()
    put(tmp_path, opened)
    put(tmp_path, swapped(opened, (ID, "SW-20261002-009")), other)

    seen = change.compare(tmp_path, words, "main")

    assert {path: old for path, (old, _) in seen.before.items()} == {HOME: wrong}
    assert seen.deleted == ()
    assert seen.changed == {HOME, other}


MOVES = {
    "renamed": ((ID, "SW-20261102-007"),),
    "renamed and rewritten": ((ID, "SW-20261102-007"), ("网关", "门锁"), ("重启", "断线"), ("## ", "### ")),
    "renamed and registered by another": ((ID, "SW-20261102-007"), ("ZL001", "ZL002")),
    "renamed and reported later": ((ID, "SW-20261102-007"), ("2026-11-02 09:00", "2026-11-02 09:30")),
    "renamed and all of these": ((ID, "HW-20261102-007"), ("ZL001", "ZL002"), ("09:00", "09:30"), ("网关", "门锁")),
}


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("state", ["working tree", "committed"])
def test_a_changed_id_is_never_silent(tmp_path: Path, words: Vocabulary, opened: str, name: str, state: str) -> None:
    """However much of a ticket is rewritten with its id: the id has changed, or a ticket is gone and another has come."""
    branched(tmp_path, {HOME: opened})
    (tmp_path / HOME).unlink()
    text = swapped(opened, *MOVES[name])
    put(tmp_path, text, HOME.replace(ID, re.findall(r"^id: (.*)$", text, re.MULTILINE)[0]))
    if state == "committed":
        commit(tmp_path)
    assert rules_of(against(tmp_path, words)) & {"immutable-field", "ticket-deleted"}


def test_two_tickets_that_take_each_others_place(tmp_path: Path, words: Vocabulary, opened: str) -> None:
    """Contents exchanged between two files are two changed ids."""
    second = "tickets/2026/11/SW-20261102-002.md"
    other = swapped(opened, (ID, "SW-20261102-002"), ("网关", "门锁"))
    branched(tmp_path, {HOME: opened, second: other})
    put(tmp_path, other)
    put(tmp_path, opened, second)
    outcome = against(tmp_path, words)
    assert {one.path for one in outcome.findings if one.rule == "immutable-field"} == {HOME, second}


@pytest.mark.parametrize("place", ["archive/SW-20261102-001.md", "tickets/2026/11/.SW-20261102-001.md", HOME + ".txt"])
def test_a_ticket_put_where_nobody_looks_is_deleted(tmp_path: Path, words: Vocabulary, opened: str, place: str) -> None:
    """Out of tickets/, hidden, or no longer named .md: the ticket is gone; what it became belongs to none."""
    second = "tickets/2026/11/SW-20261102-002.md"
    branched(tmp_path, {HOME: opened, second: swapped(opened, (ID, "SW-20261102-002"))})
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    git(tmp_path, "mv", HOME, place)
    strays = [("stray-file", place)] if place.endswith(".txt") else []
    found = [(one.rule, one.path) for one in against(tmp_path, words).findings]
    assert found == [("ticket-deleted", HOME), *strays]


# ── recorded history: what is refused ──

VERIFIED = ', "verifier": {"staff": "QA003", "name": "赵*"}'
SWAPPED = ("verifier: {staff: QA003, name: 赵*}", "verifier: {staff: QA009, name: 钱*}")
CORRECTION = "event: 更正, note: 记错, by: PM002, approver: PM001"

CHEATS_OPEN: dict[str, tuple[Callable[[str], str], set[str]]] = {
    # edited times
    "time edited": (lambda t: swapped(t, ("10:00", "09:10")), {"history-rewritten"}),
    "time edited with other quotes": (
        lambda t: swapped(t, ('"2026-11-02 10:00"', "'2026-11-02 09:10'")),
        {"history-rewritten"},
    ),
    "report and registration moved together": (
        lambda t: swapped(t, ("2026-11-02 09:00", "2026-11-02 09:50")),
        {"history-rewritten", "immutable-field"},
    ),
    "report moved alone": (
        lambda t: swapped(t, ("reported_at: 2026-11-02 09:00", "reported_at: 2026-11-02 08:00")),
        {"immutable-field"},
    ),
    "report taken away": (
        lambda t: swapped(t, ("reported_at: 2026-11-02 09:00\n", "")),
        {"immutable-field", "missing-field"},
    ),
    "plan edited in event and header": (
        lambda t: swapped(t, ("2026-11-05 18:00", "2026-11-04 18:00")),
        {"history-rewritten"},
    ),
    "time corrected without approval": (
        lambda t: appended(t, "at: 2026-11-04 09:00, event: 更正, note: x, by: PM002, target: 2, set: {at: 2026-11-02 09:10}"),
        {"missing-field"},
    ),
    "time corrected with one's own approval": (
        lambda t: appended(
            t,
            "at: 2026-11-04 09:00, event: 更正, note: x, by: PM002, approver: pm002, target: 2, set: {at: 2026-11-02 09:10}",
        ),
        {"self-approval"},
    ),
    "time corrected by what is no correction": (
        lambda t: appended(
            t, "at: 2026-11-04 09:00, event: 进展, note: x, by: PM002, target: 2, set: {at: 2026-11-02 09:10}"
        ),
        {"unknown-field"},
    ),
    # removed events
    "last event removed": (lambda t: without(t, 3), {"history-rewritten"}),
    "all but the first removed, snapshot to match": (
        lambda t: re.sub(
            r"(?m)^(team|owner|due_at): .*\n", "", swapped(without(t, 2, 3), ("status: 处理中", "status: 待受理"))
        ),
        {"history-rewritten"},
    ),
    "event replaced by another": (
        lambda t: swapped(t, ('"event": "进展"', '"event": "风险"')),
        {"history-rewritten"},
    ),
    "event hidden in a comment": (
        lambda t: swapped(t, (lines_of(t)[2], "#" + lines_of(t)[2])),
        {"history-rewritten"},
    ),
    "event moved into the body": (
        lambda t: swapped(t, (lines_of(t)[2] + "---\n", "---\n" + lines_of(t)[2])),
        {"history-rewritten"},
    ),
    "removed and one appended in its place": (
        lambda t: appended(without(t, 3), "at: 2026-11-02 12:00, event: 进展, by: RD017, note: 另一件事"),
        {"history-rewritten"},
    ),
    "two events exchanged": (
        lambda t: swapped(t, (lines_of(t)[1] + lines_of(t)[2], lines_of(t)[2] + lines_of(t)[1])),
        {"history-rewritten", "event-order"},
    ),
    "voided without approval": (
        lambda t: appended(t, "at: 2026-11-04 09:00, event: 更正, note: x, by: RD017, target: 3, void: true"),
        {"missing-field"},
    ),
    # inserted events
    "event inserted": (
        lambda t: swapped(t, (lines_of(t)[1], event("at: 2026-11-02 09:05, event: 响应, by: PM002, note: x") + lines_of(t)[1])),
        {"history-rewritten"},
    ),
    "event inserted as recorded late": (
        lambda t: swapped(
            t, (lines_of(t)[2], event("at: 2026-11-02 10:05, event: 响应, by: PM002, note: x, late: 忘记") + lines_of(t)[2])
        ),
        {"history-rewritten"},
    ),
    "event doubled in its place": (
        lambda t: swapped(t, (lines_of(t)[2], lines_of(t)[2] * 2)),
        set(),  # the second of two equal lines is a new event that says the same again
    ),
    "event appended out of its time": (
        lambda t: appended(t, "at: 2026-11-02 09:05, event: 响应, by: PM002, note: x"),
        {"event-order"},
    ),
    # severity and type that no event changed
    "severity lowered without an event": (lambda t: swapped(t, ("severity: 高", "severity: 低")), {"snapshot-mismatch"}),
    "severity that never was, as the from of an event": (
        lambda t: appended(
            swapped(t, ("severity: 高", "severity: 紧急")),
            "at: 2026-11-04 09:00, event: 定级, by: PM002, from: 低, to: 紧急, note: x, approver: PM001",
        ),
        {"snapshot-mismatch"},
    ),
    "type changed without an event": (
        lambda t: swapped(t, ("type: 软件Bug", "type: 兼容性问题")),
        {"snapshot-mismatch", "id-prefix"},
    ),
    # changed id
    "id changed, file where it was": (lambda t: swapped(t, (f"id: {ID}", "id: SW-20261102-009")), {"immutable-field", "id-path-mismatch"}),
    "id taken away": (lambda t: swapped(t, (f"id: {ID}\n", "")), {"immutable-field", "missing-field"}),
    # a header that says two things, or nothing
    "key doubled, the true one first": (
        lambda t: swapped(t, ('{"at": "2026-11-02 10:00"', '{"at": "2026-11-02 10:00", "at": "2026-11-02 09:10"')),
        {"duplicate-key"},
    ),
    "key doubled, the false one first": (
        lambda t: swapped(t, ('{"at": "2026-11-02 10:00"', '{"at": "2026-11-02 09:10", "at": "2026-11-02 10:00"')),
        {"duplicate-key", "history-rewritten"},
    ),
    "a second list of events": (
        lambda t: swapped(t, ("\nevents:\n", f"\nevents:\n{lines_of(t)[0]}events:\n")),
        {"duplicate-key", "history-rewritten", "snapshot-mismatch"},
    ),
    "bracket taken away": (lambda t: swapped(t, ("}\n---", "\n---")), {"yaml-syntax"}),
    "events no longer a list": (lambda t: re.sub(r"events:\n(?:  - .*\n)+", "events: 无\n", t), {"schema"}),
    "events emptied": (lambda t: re.sub(r"events:\n(?:  - .*\n)+", "events:\n", t), {"missing-field"}),
    "header never ends": (lambda t: swapped(t, ("\n---\n", "\n")), {"front-matter"}),
    "a byte that is no text": (lambda t: swapped(t, ("补丁", "\0补丁")), {"unreadable-file"}),
    "event that no rule can read": (lambda t: swapped(t, ('"at": "2026-11-02 11:00"', '"at": "昨天"')), {"schema", "history-rewritten"}),
    "full-width colon": (lambda t: swapped(t, ("events:", "events：")), {"fullwidth-colon"}),
    # masking
    "masked without a correction": (lambda t: swapped(t, ("补丁开发完成", "补丁*")), {"history-rewritten"}),
    "masked more than it masks": (
        lambda t: appended(
            swapped(t, ("补丁开发完成", "*测试完成")), f"at: 2026-11-04 09:00, {CORRECTION}, target: 3, mask: true"
        ),
        {"history-rewritten"},
    ),
    "masked another event than named": (
        lambda t: appended(swapped(t, ("补丁开发完成", "补丁*")), f"at: 2026-11-04 09:00, {CORRECTION}, target: 2, mask: true"),
        {"history-rewritten"},
    ),
    "masked by what is no correction": (
        lambda t: appended(
            swapped(t, ("补丁开发完成", "补丁*")), "at: 2026-11-04 09:00, event: 进展, by: RD017, note: x, target: 3, mask: true"
        ),
        {"history-rewritten", "unknown-field"},
    ),
    "masked with one's own approval": (
        lambda t: appended(
            swapped(t, ("补丁开发完成", "补丁*")),
            "at: 2026-11-04 09:00, event: 更正, note: x, by: PM002, approver: PM002, target: 3, mask: true",
        ),
        {"self-approval"},
    ),
    "masked, and the correction voided again": (
        lambda t: appended(
            swapped(t, ("补丁开发完成", "补丁*")),
            "at: 2026-11-04 09:00, event: 更正, note: x, by: PM002, approver: PM002, target: 3, mask: true",
            f"at: 2026-11-04 10:00, {CORRECTION}, target: 4, void: true",
        ),
        {"history-rewritten"},
    ),
    "masked, and the correction pointed elsewhere": (
        lambda t: appended(
            swapped(t, ("补丁开发完成", "补丁*")),
            f"at: 2026-11-04 09:00, {CORRECTION}, target: 3, mask: true",
            f"at: 2026-11-04 10:00, {CORRECTION}, target: 4, set: {{target: 2}}",
        ),
        {"history-rewritten"},
    ),
    "a staff id masked": (
        lambda t: appended(
            swapped(t, ('"event": "进展", "by": "RD017"', '"event": "进展", "by": "*"')),
            f"at: 2026-11-04 09:00, {CORRECTION}, target: 3, mask: true",
        ),
        {"schema", "history-rewritten"},
    ),
    "a field taken away as if masked": (
        lambda t: appended(
            swapped(t, (', "note": "补丁开发完成"', "")), f"at: 2026-11-04 09:00, {CORRECTION}, target: 3, mask: true"
        ),
        {"history-rewritten", "missing-field"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHEATS_OPEN)
def test_recorded_history_of_an_open_fault_stays(opened: str, judge: Judge, name: str) -> None:
    """Each way to change what was recorded, with or without a snapshot to match, is an error of the rules that it breaks."""
    cheat, expected = CHEATS_OPEN[name]
    assert judge(opened, cheat(opened)) == expected


CHEATS_CLOSED: dict[str, tuple[Callable[[str], str], set[str]]] = {
    # swapped verifier
    "verifier swapped in event and header": (
        lambda t: swapped(t, SWAPPED, (VERIFIED, VERIFIED.replace("QA003", "QA009").replace("赵", "钱"))),
        {"history-rewritten", "closed-ticket-changed"},
    ),
    "verifier swapped in the header": (
        lambda t: swapped(t, SWAPPED),
        {"snapshot-mismatch", "closed-ticket-changed"},
    ),
    "verifier swapped in the header, with a report to the user": (
        lambda t: appended(swapped(t, SWAPPED), "at: 2026-11-04 09:00, event: 反馈, by: ZL001, note: x"),
        {"snapshot-mismatch", "closed-ticket-changed"},
    ),
    "a second verification recorded late": (
        lambda t: appended(
            swapped(t, SWAPPED, ("completed_at: 2026-11-02 12:00", "completed_at: 2026-11-02 12:30")),
            "at: 2026-11-02 12:30, event: 验证通过, by: QA009, functional: 通过, compatibility: 通过, experience: 通过,"
            " verifier: {staff: QA009, name: 钱*}, late: 忘记",
        ),
        {"closed-ticket-changed"},
    ),
    "verifier corrected with one's own approval": (
        lambda t: appended(
            swapped(t, SWAPPED),
            "at: 2026-11-04 09:00, event: 更正, note: x, by: QA009, approver: QA009, target: 4,"
            " set: {verifier: {staff: QA009, name: 钱*}}",
        ),
        {"self-approval"},
    ),
    "verifier corrected to the owner": (
        lambda t: appended(
            swapped(t, (SWAPPED[0], "verifier: {staff: RD017, name: 李*}")),
            f"at: 2026-11-04 09:00, {CORRECTION}, target: 4, set: {{verifier: {{staff: RD017, name: 李*}}}}",
        ),
        {"self-verification"},
    ),
    "verifier corrected, and the correction voided": (
        lambda t: appended(
            swapped(t, SWAPPED),
            f"at: 2026-11-04 09:00, {CORRECTION}, target: 4, set: {{verifier: {{staff: QA009, name: 钱*}}}}",
            f"at: 2026-11-04 10:00, {CORRECTION}, target: 7, void: true",
        ),
        {"snapshot-mismatch", "closed-ticket-changed"},
    ),
    "verifier's reason worded anew beside a report to the user": (
        lambda t: appended(
            swapped(t, ("{result: 通过,", "{result: 通过, reason: 重新写过,")),
            "at: 2026-11-04 09:00, event: 反馈, by: ZL001, note: x",
        ),
        {"closed-ticket-changed"},
    ),
    # what is added behind the closing
    "a pause recorded late": (
        lambda t: appended(
            t,
            "at: 2026-11-02 10:10, event: 暂停, by: PM002, reason: 待用户补充, late: x",
            "at: 2026-11-02 10:50, event: 恢复, by: PM002, late: x",
        ),
        {"closed-ticket-changed"},
    ),
    "a response recorded late": (
        lambda t: appended(t, "at: 2026-11-02 09:05, event: 响应, by: PM002, note: x, late: x"),
        {"closed-ticket-changed"},
    ),
    "a review recorded late": (
        lambda t: appended(
            t, "at: 2026-11-02 10:10, event: 评审, by: PM002, note: x, participants: [PM001, RD001, QA001], late: x"
        ),
        {"closed-ticket-changed"},
    ),
    "a pause recorded late, and the fault reopened": (
        lambda t: appended(
            reopened(t),
            "at: 2026-11-04 09:00, event: 重开, by: PM002, due_at: 2026-11-09 18:00, note: x",
            "at: 2026-11-02 10:10, event: 暂停, by: PM002, reason: 待用户补充, late: x",
            "at: 2026-11-02 10:50, event: 恢复, by: PM002, late: x",
        ),
        {"closed-ticket-changed"},
    ),
    "an event after the closing": (
        lambda t: appended(t, "at: 2026-11-04 09:00, event: 进展, by: RD017, note: x"),
        {"closed-ticket-changed", "illegal-transition"},
    ),
    # what is written
    "a section rewritten": (lambda t: swapped(t, ("看门狗超时", "电源故障")), {"closed-ticket-changed"}),
    "a section emptied": (lambda t: swapped(t, ("满配 64 个子设备连续维护 200 次，没有复位。", "")), {"closed-ticket-changed", "missing-section"}),
    "a section rewritten, another corrected": (
        lambda t: appended(swapped(t, ("看门狗超时", "电源故障")), f"at: 2026-11-04 09:00, {CORRECTION}, section: 短期方案"),
        {"closed-ticket-changed"},
    ),
    "a section corrected with one's own approval": (
        lambda t: appended(
            swapped(t, ("看门狗超时", "电源故障")),
            "at: 2026-11-04 09:00, event: 更正, note: x, by: PM002, approver: PM002, section: 原因分析",
        ),
        {"self-approval"},
    ),
    "a section corrected unapproved, and the correction voided": (
        lambda t: appended(
            swapped(t, ("看门狗超时", "电源故障")),
            "at: 2026-11-04 09:00, event: 更正, note: x, by: PM002, approver: PM002, section: 原因分析",
            f"at: 2026-11-04 10:00, {CORRECTION}, target: 7, void: true",
        ),
        {"closed-ticket-changed"},
    ),
    "a section masked more than it masks": (
        lambda t: appended(
            swapped(t, ("维护任务占用主循环，看门狗超时", "*任务，电源故障")),
            f"at: 2026-11-04 09:00, {CORRECTION}, section: 原因分析, mask: true",
        ),
        {"closed-ticket-changed"},
    ),
    "reopened and the reopening voided": (
        lambda t: appended(
            swapped(t, ("看门狗超时", "电源故障"), ("title: 网关", "title: 门锁")),
            "at: 2026-11-04 09:00, event: 重开, by: PM002, due_at: 2026-11-09 18:00, note: x",
            f"at: 2026-11-04 10:00, {CORRECTION}, target: 7, void: true",
        ),
        {"closed-ticket-changed"},
    ),
    "a customer written in": (
        lambda t: swapped(t, ("\nimpact:", "\ncustomer: {id: U****1}\nimpact:")),
        {"closed-ticket-changed"},
    ),
    "severity lowered beside a report to the user": (
        lambda t: appended(swapped(t, ("severity: 中", "severity: 低")), "at: 2026-11-04 09:00, event: 反馈, by: ZL001, note: x"),
        {"snapshot-mismatch", "closed-ticket-changed"},
    ),
    "title masked beside a mask of a section": (
        lambda t: appended(
            swapped(t, ("title: 网关升级后每日凌晨重启", 'title: "*"')),
            "at: 2026-11-04 09:00, event: 更正, by: PM002, section: 用户确认, mask: true, note: x, approver: PM001",
        ),
        {"closed-ticket-changed"},
    ),
    "title masked without a correction": (
        lambda t: swapped(t, ("title: 网关升级后每日凌晨重启", 'title: "*每日凌晨重启"')),
        {"closed-ticket-changed"},
    ),
    "no longer published": (
        lambda t: re.sub(r"(?m)^kb: .*$", "kb: {entry: 不收录, reason: x}", t),
        {"closed-ticket-changed"},
    ),
    "decision on publishing taken away": (
        lambda t: re.sub(r"(?m)^kb: .*\n", "", t),
        {"closed-ticket-changed", "kb-decision"},
    ),
    "reopened and no longer published": (
        lambda t: appended(
            re.sub(r"(?m)^kb: .*\n", "", reopened(t)),
            "at: 2026-11-04 09:00, event: 重开, by: PM002, due_at: 2026-11-09 18:00, note: x",
        ),
        {"closed-ticket-changed"},
    ),
    # removed events
    "closing removed, snapshot to match": (
        lambda t: swapped(without(t, 6), ("status: 已关闭", "status: 待验证")),
        {"history-rewritten", "closed-ticket-changed"},
    ),
    "all removed and written anew": (
        lambda t: swapped(t, *((line, line.replace("2026-11-02", "2026-11-03")) for line in lines_of(t)[1:])),
        {"history-rewritten", "snapshot-mismatch"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CHEATS_CLOSED)
def test_a_closed_fault_changes_only_on_the_record(closed: str, judge: Judge, name: str) -> None:
    """Each way to bend a closed fault, by events that look like a record of it included, is an error."""
    cheat, expected = CHEATS_CLOSED[name]
    after = cheat(closed)
    assert after != closed
    assert judge(closed, after) == expected


def test_the_from_of_a_voided_change_of_severity_still_holds(opened: str, judge: Judge) -> None:
    """A change of severity is voided on the record: the fault has the severity again that it was registered with, no other."""
    raised = appended(
        swapped(opened, ("severity: 高", "severity: 紧急")),
        "at: 2026-11-02 12:00, event: 定级, by: PM002, from: 高, to: 紧急, note: x, approver: PM001",
    )
    void = f"at: 2026-11-04 09:00, {CORRECTION}, target: 4, void: true"
    assert judge(raised, appended(swapped(raised, ("severity: 紧急", "severity: 低")), void)) == {"snapshot-mismatch"}


def test_a_schema_that_no_longer_knows_an_event_does_not_open_the_record(
    root: Path, tmp_path: Path, words: Vocabulary, opened: str
) -> None:
    """Taking an event out of the lifecycle in the same change makes the old record unreadable, and still not free to change."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    branched(tmp_path, {HOME: opened})
    path = tmp_path / "schema/lifecycle.yaml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("  进展:\n"), text.index("  风险:\n")
    path.write_text(text[:start] + text[end:], encoding="utf-8")
    put(tmp_path, swapped(opened, ('"event": "进展"', '"event": "风险"'), ("11:00", "10:01")))

    assert rules_of(against(tmp_path, vocabulary.load(tmp_path))) == {"history-rewritten"}
    assert rules_of(against(tmp_path, words)) == {"history-rewritten"}


SLIP = st.tuples(
    st.sampled_from(["insert", "delete", "replace", "delete line", "double line", "exchange lines"]),
    st.integers(0, 10_000),
    st.sampled_from([*"019:*#-'\" ,{}[]\n是", " #", "\n---\n", "\n## 短期方案\n", "```\n", "late: x, ", "<!--"]),
)
"""What is done, where (numbers beyond the end count from the start again), and with which text."""


def slipped(text: str, kind: str, place: int, odd: str) -> str:
    """Change a text in one place."""
    at = place % len(text)
    if kind in {"insert", "delete", "replace"}:
        return text[:at] + (odd if kind != "delete" else "") + text[at + (kind != "insert") :]
    lines = text.split("\n")
    at = place % (len(lines) - 1)
    kept = {"delete line": [], "double line": [lines[at]] * 2, "exchange lines": lines[at : at + 2][::-1]}[kind]
    return "\n".join([*lines[:at], *kept, *lines[at + (2 if kind == "exchange lines" else 1) :]])


def content(text: str, free: set[str], recorded: int) -> object:
    """Return what a ticket says, read with another YAML reader: what is not free of header and body.

    Of the events only as many as were recorded: one that says the same again at the end is a new event.
    """
    header, end, body = text.removeprefix("---\n").partition("\n---\n")
    try:
        data = yaml.load(header, yaml.BaseLoader)  # noqa: S506 - the loader that knows only strings
    except yaml.YAMLError:
        return None
    if not isinstance(data, dict) or not end:
        return None
    kept: dict[str, Any] = {key: value for key, value in data.items() if key not in free}
    kept["events"] = data.get("events", "")[:recorded]
    if isinstance(kept.get("impact"), dict):
        kept["impact"]["users"] = kept["impact"].get("users", "").lstrip("0")  # 0320 is 320
    return kept, [line.strip() for line in body.splitlines() if line.strip() and "body" not in free]


FREE = {
    "closed": {"kb", "remark"},
    "open": {"kb", "remark", "impact", "title", "occurred_at", "channel", "reporter", "customer", "complex", "body"},
}


@pytest.mark.parametrize("state", ["open", "closed"])
def test_no_slip_changes_the_record(words: Vocabulary, opened: str, closed: str, state: str) -> None:
    """Any one or two changes of characters and lines that change what is recorded, or what is closed, are an error."""
    text = opened if state == "open" else closed
    said = functools.partial(content, free=FREE[state], recorded=len(lines_of(text)))
    branch = change.Branch(
        {HOME: (HOME, text.encode())}, (), frozenset({HOME}), frozenset({ID}), {}, None, frozenset(), {}
    )

    @given(slips=st.lists(SLIP, min_size=1, max_size=2))
    @settings(max_examples=200, derandomize=True, deadline=None)
    def judged(slips: list[tuple[str, int, str]]) -> None:
        after = text
        for slip in slips:
            after = slipped(after, *slip)
        loaded = corpus.loaded(HOME, corpus.decode(after.encode()), words)
        findings, _ = check.examine(loaded, words, Path(), AS_OF, branch)
        assert said(after) == said(text) or ERROR in {one.level for one in findings}

    judged()


# ── recorded history: what is allowed ──

MASKED_NOTE = ("补丁开发完成", "补丁*")
HONEST_OPEN: dict[str, Callable[[str], str]] = {
    "event appended": lambda t: appended(t, "at: 2026-11-04 09:00, event: 进展, by: RD017, note: 测试中"),
    "event recorded late": lambda t: appended(t, "at: 2026-11-02 10:30, event: 响应, by: PM002, note: x, late: 出差"),
    "quoted differently": lambda t: swapped(t, ('"', "'")),
    "keys in another order": lambda t: swapped(
        t, ('{"at": "2026-11-02 11:00", "event": "进展"', '{"event": "进展", "at": "2026-11-02 11:00"')
    ),
    "block style": lambda t: swapped(
        t, (lines_of(t)[2], "  - at: 2026-11-02 11:00\n    event: 进展\n    by: RD017\n    note: 补丁开发完成\n")
    ),
    "one flow list": lambda t: re.sub(
        r"events:\n((?:  - .*\n)+)",
        lambda m: "events: [" + ", ".join(re.findall(r"- (.*)\n", m[1])) + "]\n",
        t,
    ),
    "comments": lambda t: swapped(t, ("events:\n", "events: # 经过\n  # 按时间排列\n")),
    "a blank key": lambda t: swapped(t, ('"note": "补丁开发完成"}', '"note": "补丁开发完成", "late": }')),
    "anchors": lambda t: swapped(
        t,
        ("owner: {staff: RD017, name: 李*}", "owner: &who {staff: RD017, name: 李*}"),
        ('"owner": {"staff": "RD017", "name": "李*"}', '"owner": *who '),
    ),
    "title and body rewritten": lambda t: swapped(t, ("网关升级", "网关升级到 V2.3.1"), ("看门狗超时", "看门狗复位")),
    "time corrected with approval": lambda t: appended(
        t, f"at: 2026-11-04 09:00, {CORRECTION}, target: 2, set: {{at: 2026-11-02 09:10}}"
    ),
    "event voided with approval": lambda t: appended(t, f"at: 2026-11-04 09:00, {CORRECTION}, target: 3, void: true"),
    "masked with a correction": lambda t: appended(
        swapped(t, MASKED_NOTE), f"at: 2026-11-04 09:00, {CORRECTION}, target: 3, mask: true"
    ),
    "severity changed by an event": lambda t: appended(
        swapped(t, ("severity: 高", "severity: 低")),
        "at: 2026-11-04 09:00, event: 定级, by: PM002, from: 高, to: 低, note: x, approver: PM001",
    ),
    "severity corrected where it was registered": lambda t: appended(
        swapped(t, ("severity: 高", "severity: 中")),
        f"at: 2026-11-04 09:00, {CORRECTION}, target: 1, set: {{severity: 中}}",
    ),
}


@pytest.mark.parametrize("name", HONEST_OPEN)
def test_an_open_fault_goes_on(opened: str, judge: Judge, name: str) -> None:
    """What adds to the record, corrects it with approval, or only writes it differently, is no error."""
    after = HONEST_OPEN[name](opened)
    assert after != opened
    assert judge(opened, after) == set()


HONEST_CLOSED: dict[str, Callable[[str], str]] = {
    "reported to the user": lambda t: appended(t, "at: 2026-11-04 09:00, event: 反馈, by: ZL001, note: x"),
    "summary and remark": lambda t: swapped(t, ("断电后场景为空", "断电后场景列表为空"), ("remark: 无", "remark: 已归档")),
    "withdrawn": lambda t: re.sub(r"(?m)^kb: .*$", "kb: {entry: 撤下, reason: 有误}", t),
    "verifier corrected with approval": lambda t: appended(
        swapped(t, SWAPPED), f"at: 2026-11-04 09:00, {CORRECTION}, target: 4, set: {{verifier: {{staff: QA009, name: 钱*}}}}"
    ),
    "title corrected where it was registered": lambda t: appended(
        swapped(t, ("title: 网关升级后每日凌晨重启", "title: 门锁断线")),
        f"at: 2026-11-04 09:00, {CORRECTION}, target: 1, set: {{title: 门锁断线}}",
    ),
    "section corrected with approval": lambda t: appended(
        swapped(t, ("看门狗超时", "电源故障")), f"at: 2026-11-04 09:00, {CORRECTION}, section: 原因分析"
    ),
    "section masked": lambda t: appended(
        swapped(t, ("看门狗超时", "*")), f"at: 2026-11-04 09:00, {CORRECTION}, section: 原因分析, mask: true"
    ),
    "white space": lambda t: swapped(t, ("\n## 短期方案", "   \n\n\n## 短期方案")),
    "reopened, and then everything": lambda t: appended(
        swapped(reopened(t), ("看门狗超时", "电源故障"), ("title: 网关", "title: 门锁")),
        "at: 2026-11-04 09:00, event: 重开, by: PM002, due_at: 2026-11-09 18:00, note: x",
        "at: 2026-11-04 10:00, event: 进展, by: RD017, note: x",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST_CLOSED)
def test_a_closed_fault_changes_on_the_record(closed: str, judge: Judge, name: str) -> None:
    """What DESIGN §4 lets a closed fault do is no error."""
    after = HONEST_CLOSED[name](closed)
    assert after != closed
    assert judge(closed, after) == set()


def test_a_header_that_contradicts_its_events_may_be_repaired(closed: str, judge: Judge) -> None:
    """A closed fault whose header was wrong already on main can be brought in line with its events."""
    wrong = swapped(closed, ("team: 软件开发组\n", "team: 测试组\n"))
    assert judge(wrong, closed) == set()


def test_an_unreadable_ticket_may_be_repaired(opened: str, judge: Judge) -> None:
    """A header that was broken on main has no record to compare with."""
    assert judge(swapped(opened, ("events:", "events：")), opened) == set()


def test_a_voided_change_of_severity_gives_back_the_first(opened: str, judge: Judge) -> None:
    """A change of severity that is voided with approval brings back the severity of the registration."""
    raised = appended(
        swapped(opened, ("severity: 高", "severity: 紧急")),
        "at: 2026-11-02 12:00, event: 定级, by: PM002, from: 高, to: 紧急, note: x, approver: PM001",
    )
    void = f"at: 2026-11-04 09:00, {CORRECTION}, target: 4, void: true"
    assert judge(raised, appended(opened, *_fields(lines_of(raised)[3:]), void)) == set()


def test_a_wrong_from_may_be_corrected(opened: str, judge: Judge) -> None:
    """The severity before a change was recorded wrong: the correction of the event says what it was."""
    raised = appended(
        swapped(opened, ("severity: 高", "severity: 紧急")),
        "at: 2026-11-02 12:00, event: 定级, by: PM002, from: 中, to: 紧急, note: x, approver: PM001",
    )
    assert judge(raised, appended(raised, f"at: 2026-11-04 09:00, {CORRECTION}, target: 4, set: {{from: 高}}")) == set()


def _fields(lines: Sequence[str]) -> list[str]:
    return [line.strip().removeprefix("- {").removesuffix("}") for line in lines]


MASKS: list[tuple[Any, Any, bool]] = [
    ("13812345512", "138****5512", True),
    ("13812345512", "*", False),
    ("13812345512", "138*", False),
    ("13812345512", "138*2", True),
    ("好像没有解决，不算好了", "好*了", False),
    ("13812345512", "138****9999", False),
    ("13812345512", "13812345512*", True),
    ("13812345512", "13812345512", True),
    ("13812345512", "13812345513", False),
    ("abcabc", "*abc*abc*", True),
    ("abc", "*abc*abc*", False),
    ("abc", "ab*bc", False),
    ("", "*", True),
    ("张*", "*", False),
    (["张三", "b"], ["张*", "b"], True),
    (["a", "b"], ["a", "*"], False),
    (["a", "b"], ["*"], False),
    ({"name": "阿卜杜拉", "staff": "ZL001"}, {"name": "*", "staff": "ZL001"}, True),
    ({"name": "张三", "staff": "ZL001"}, {"name": "张*", "staff": "ZL001"}, True),
    ({"name": "张三", "staff": "ZL001"}, {"name": "张*"}, False),
    ({"name": "张三"}, {"name": "张*", "staff": "ZL001"}, False),
    (320, "*", False),
    (320, 320, True),
    ("320", ["*"], False),
    (None, "*", False),
]


@pytest.mark.parametrize(("old", "new", "expected"), MASKS)
def test_what_a_mask_is(old: Any, new: Any, *, expected: bool) -> None:
    """A mask keeps the text around its asterisks, in order and without overlap, and a third of it but for names of people."""
    assert is_masked(old, new) is expected


def test_a_hostile_mask_is_judged_at_once() -> None:
    """Thousands of asterisks in a value do not keep the check busy: the work grows with the length."""
    assert is_masked("a" * 100_000, "a*" * 50_000) is True
    assert is_masked("a" * 100_000, "*a" * 50_000 + "b") is False


# ── recorded late ──

REGISTERED = "2026-11-02 09:00"


@pytest.fixture
def warned(tmp_path: Path, words: Vocabulary) -> Warned:
    """Return a function from a moment to the messages of backdated-event in a branch, which are never errors."""

    def messages(as_of: str = "2026-11-05 12:00") -> list[str]:
        outcome = against(tmp_path, words, datetime.fromisoformat(as_of))
        assert not [one for one in outcome.findings if one.rule == "backdated-event" and one.level == ERROR]
        return [one.message for one in outcome.findings if one.rule == "backdated-event"]

    return messages


@pytest.mark.parametrize(
    ("committed", "late", "expected"),
    [
        ("2026-11-06 19:59", "", []),
        ("2026-11-09 09:00", "", ["计划完成在 2026-11-06 18:00 已经到期"]),
        ("2026-11-09 09:00", ", late: 周五断网", []),
    ],
    ids=["on Friday night", "on Monday", "with a reason"],
)
def test_a_limit_met_over_the_weekend(
    committed: str, late: str, expected: list[str], tmp_path: Path, warned: Warned, write_text: Write
) -> None:
    """Work of Friday that is recorded on Monday is a working day old; that its limit passed on Friday is said all the same."""
    # 高, registered on Tuesday: due at the close of the third working day, Friday 11-06.
    fields = {"severity": "高", **OWNED}
    start = ("2026-11-03 09:00 登记", "受理", "评审")
    branched(tmp_path, {"tickets/2026/11/SW-20261103-001.md": write_text(*start, status="处理中", **fields)})
    handed = write_text(*start, f"2026-11-06 17:00 提交验证{late.replace(', ', ' ', 1)}", status="待验证", **fields)
    put(tmp_path, handed, "tickets/2026/11/SW-20261103-001.md")
    commit(tmp_path, at=committed)
    told = warned("2026-11-09 12:00")
    assert [message.rpartition("，")[2] for message in told] == expected


def test_the_future_is_not_late(tmp_path: Path, warned: Warned, opened: str) -> None:
    """An event of next week has its own error; that nobody says why it is late is none."""
    branched(tmp_path, {HOME: opened})
    put(tmp_path, appended(opened, "at: 2026-11-12 10:00, event: 进展, by: RD017, note: 补丁开发完成"))
    assert warned() == []


# Time of the event, time of the commit, working days between. 10-01 to 10-07 are off; 09-20 and 10-10 are worked.
DISTANCES = [
    ("2026-11-02 09:30", "2026-11-02 09:31", 0),
    ("2026-11-02 09:30", "2026-11-03 23:59", 1),
    ("2026-11-02 09:30", "2026-11-04 00:00", 2),
    ("2026-11-06 17:00", "2026-11-09 09:00", 1),  # Friday, Monday
    ("2026-11-06 17:00", "2026-11-10 09:00", 2),  # Friday, Tuesday
    ("2026-11-07 10:00", "2026-11-09 09:00", 1),  # Saturday, Monday
    ("2026-11-07 10:00", "2026-11-10 09:00", 2),  # Saturday, Tuesday: Monday and Tuesday were worked
    ("2026-09-30 17:00", "2026-10-08 09:00", 1),  # over 国庆
    ("2026-09-30 17:00", "2026-10-09 09:00", 2),
    ("2026-10-01 10:00", "2026-10-08 09:00", 1),
    ("2026-10-09 10:00", "2026-10-10 10:00", 1),  # the Saturday is worked
    ("2026-10-09 10:00", "2026-10-12 10:00", 2),  # 10-10 and Monday 10-12
    ("2026-11-04 10:00", "2026-11-02 15:00", 2),  # a time that had not come when it was committed
]


@pytest.mark.parametrize(("at", "committed", "days"), DISTANCES)
def test_an_event_and_its_commit(
    tmp_path: Path, words: Vocabulary, write_text: Write, at: str, committed: str, days: int
) -> None:
    """An event that is committed more than one working day away from its time is a warning that names both and the days."""
    base = write_text("2026-09-28 09:00 登记")
    path = "tickets/2026/09/SW-20260928-001.md"
    branched(tmp_path, {path: base})
    put(tmp_path, appended(base, f"at: {at}, event: 响应, by: PM002, note: x"), path)
    commit(tmp_path, committed)

    outcome = against(tmp_path, words, datetime.fromisoformat("2026-11-30 12:00"))

    found = [one.message for one in outcome.findings if one.rule == "backdated-event"]
    assert bool(found) == (days > 1)
    assert all(at in one and committed in one and f"相差 {days} 个工作日" in one for one in found)
    assert rules_of(outcome) == set()


EVENT = "at: 2026-11-02 11:30, event: 进展, by: RD017, note: 定位到原因"


@pytest.fixture
def recorded(tmp_path: Path, opened: str) -> Path:
    """Return a repository on whose branch an event of Monday 11:30 was committed at 11:40."""
    branched(tmp_path, {HOME: opened})
    put(tmp_path, appended(opened, EVENT))
    commit(tmp_path, "2026-11-02 11:40")
    return tmp_path


def test_the_commit_that_first_held_it_counts(recorded: Path, warned: Warned) -> None:
    """Three commits of a branch: an event counts from the first, however long the branch lies."""
    for day in ("04", "05"):
        text = (recorded / HOME).read_text(encoding="utf-8")
        put(recorded, swapped(text, ("分批上报。", f"分批上报。{day}")))
        commit(recorded, f"2026-11-{day} 09:00")
    assert warned("2026-12-05 12:00") == []


def test_a_rebased_commit_keeps_its_time(recorded: Path, warned: Warned) -> None:
    """Main moves on and the branch is rebased on Friday: what was written on Monday was recorded on Monday."""
    git(recorded, "switch", "--quiet", "main")
    put(recorded, "x\n", "README.md")
    commit(recorded, "2026-11-06 09:00")
    git(recorded, "switch", "--quiet", "work")
    git(recorded, "rebase", "--quiet", "main", at="2026-11-06 10:00")
    assert git(recorded, "log", "-1", "--format=%ad %cd", "--date=format:%d") == "02 06"
    assert warned("2026-12-05 12:00") == []


def test_what_an_amended_commit_adds_is_from_the_day_of_the_amending(recorded: Path, warned: Warned) -> None:
    """An amended commit keeps the time of writing; an event later than that goes by the time of the amending."""
    text = (recorded / HOME).read_text(encoding="utf-8")
    put(recorded, appended(text, "at: 2026-11-04 10:00, event: 进展, by: RD017, note: 补丁合入"))
    git(recorded, "add", "--all")
    git(recorded, "commit", "--quiet", "--amend", "--no-edit", at="2026-11-04 10:30")
    assert git(recorded, "log", "-1", "--format=%ad %cd", "--date=format:%d") == "02 04"
    assert warned("2026-12-05 12:00") == []


def test_what_is_not_committed_is_recorded_now(tmp_path: Path, opened: str, warned: Warned) -> None:
    """An event that no commit holds goes by the moment of the check."""
    branched(tmp_path, {HOME: opened})
    put(tmp_path, appended(opened, EVENT))
    assert warned("2026-11-03 09:00") == []
    assert [one.partition("，提交的时间是 ")[2] for one in warned("2026-11-04 09:00")] == [
        "2026-11-04 09:00，相差 2 个工作日"
    ]


@pytest.mark.parametrize("where", ["on main", "on the branch"])
def test_an_event_keeps_its_time_when_its_file_moves(tmp_path: Path, opened: str, warned: Warned, where: str) -> None:
    """A ticket is moved days after the event was recorded: the event counts from when it was first written down."""
    wrong = f"tickets/2026/{ID}.md"
    branched(tmp_path, {wrong: opened})
    if where == "on main":
        git(tmp_path, "switch", "--quiet", "main")
    put(tmp_path, appended(opened, EVENT), wrong)
    commit(tmp_path, "2026-11-02 11:40")
    if where == "on main":
        git(tmp_path, "switch", "--quiet", "work")
        git(tmp_path, "merge", "--quiet", "main")
    (tmp_path / HOME).parent.mkdir()
    git(tmp_path, "mv", wrong, HOME)
    commit(tmp_path, "2026-11-05 09:00")
    assert warned("2026-12-05 12:00") == []


def test_a_new_ticket_that_got_another_number(tmp_path: Path, opened: str, warned: Warned) -> None:
    """A new ticket is renumbered days later: its events count from the first commit."""
    branched(tmp_path, {"README.md": "x\n"})
    put(tmp_path, opened)
    commit(tmp_path, "2026-11-02 11:40")
    git(tmp_path, "mv", HOME, HOME.replace("001", "002"))
    put(tmp_path, swapped(opened, (ID, "SW-20261102-002")), HOME.replace("001", "002"))
    commit(tmp_path, "2026-11-05 09:00")
    assert warned("2026-12-05 12:00") == []


def test_merging_main_is_not_recording(recorded: Path, warned: Warned, opened: str) -> None:
    """Main is merged into the branch on Friday: neither what main recorded nor what the branch had is recorded anew."""
    git(recorded, "switch", "--quiet", "main")
    put(recorded, swapped(opened, (ID, "SW-20261102-002")), HOME.replace("001", "002"))
    commit(recorded, "2026-11-02 16:00")
    git(recorded, "switch", "--quiet", "work")
    git(recorded, "merge", "--quiet", "--no-edit", "main", at="2026-11-06 09:00")
    assert warned("2026-12-05 12:00") == []


def test_what_only_the_merge_holds_is_from_the_merge(recorded: Path, warned: Warned) -> None:
    """An event that somebody writes while merging counts from the merge."""
    git(recorded, "switch", "--quiet", "main")
    put(recorded, "x\n", "README.md")
    commit(recorded, "2026-11-03 09:00")
    git(recorded, "switch", "--quiet", "work")
    git(recorded, "merge", "--quiet", "--no-commit", "main")
    text = (recorded / HOME).read_text(encoding="utf-8")
    put(recorded, appended(text, "at: 2026-11-02 12:00, event: 进展, by: RD017, note: 合并时写的"))
    commit(recorded, "2026-11-06 09:00")
    found = warned("2026-12-05 12:00")
    assert len(found) == 1
    assert "2026-11-06 09:00，相差 4 个工作日" in found[0]


@pytest.mark.parametrize("excuse", ["late: 出差回来补记", "imported: true"])
def test_who_says_so_is_not_warned(tmp_path: Path, words: Vocabulary, write_text: Write, excuse: str) -> None:
    """An event that says why it comes late, and imported history, give no warning."""
    branched(tmp_path, {"README.md": "x\n"})
    put(tmp_path, write_text(f"2026-10-12 09:00 登记 {excuse}"), "tickets/2026/10/SW-20261012-001.md")
    outcome = against(tmp_path, words)
    assert "backdated-event" not in rules_of(outcome, "warning")
    assert rules_of(outcome) == set()


def test_recorded_events_are_never_judged_again(tmp_path: Path, words: Vocabulary, write_text: Write) -> None:
    """What was merged once with a late event is not warned about when the ticket changes next."""
    base = write_text("2026-10-12 09:00 登记", "2026-10-12 10:00 响应")
    path = "tickets/2026/10/SW-20261012-001.md"
    branched(tmp_path, {path: base})
    put(tmp_path, appended(base, "at: 2026-11-05 11:00, event: 响应, by: PM002, note: x"), path)
    assert "backdated-event" not in rules_of(against(tmp_path, words), "warning")


# ── who else is looked at ──


def ticket(write_text: Write, ticket_id: str, kb: str | None = None, **fields: str) -> str:
    """Return a fault that waits to be accepted, with something in ``kb``."""
    return write_text("2026-11-02 09:00 登记", id=ticket_id, kb=kb, **fields)


def home(ticket_id: str) -> str:
    """Return where a fault of November 2026 lies."""
    return f"tickets/2026/11/{ticket_id}.md"


A, B, C, D = (f"SW-20261102-00{number}" for number in range(1, 5))


def test_an_old_mistake_elsewhere_is_not_reported(tmp_path: Path, words: Vocabulary, write_text: Write) -> None:
    """Tickets that are as on main do not block, whatever is wrong with them: broken, dangling, doubled, out of place."""
    branched(
        tmp_path,
        {
            home(A): ticket(write_text, A),
            home(B): ticket(write_text, B, "{entry: 并入, canonical: SW-20261102-009}"),
            home(C): ticket(write_text, C, severity="极高"),
            home(D): ticket(write_text, C),
            "tickets/2026/11/SW-20261102-005.md": "---\nbroken: [\n---\n",
        },
    )
    put(tmp_path, swapped(ticket(write_text, A), ("网关升级", "升级")), home(A))
    outcome = against(tmp_path, words)
    assert (outcome.findings, outcome.checked, outcome.unchanged) == ((), 1, 4)


SAME_ID: dict[str, tuple[str, Callable[[str], str]]] = {
    "where it belongs": (home(A), lambda t: t),
    "in quotes": (home(A), lambda t: t.replace(f"id: {A}", f'"id": "{A}"')),
    "value in quotes": (home(A), lambda t: t.replace(f"id: {A}", f"id: '{A}'")),
    "spaced": (home(A), lambda t: t.replace(f"id: {A}", f"id :   {A}  # 编号")),
    "written with escapes": (home(A), lambda t: t.replace(f"id: {A}", 'id: "SW-2026\\u0031102-001"')),
    "with the line ends of Windows": (home(A), lambda t: t.replace("\n", "\r\n")),
    "under another name": ("tickets/2026/11/SW-20261102-077.md", lambda t: t),
    "not first": (home(A), lambda t: t.replace(f"id: {A}\n", "").replace("\nstatus:", f"\nid: {A}\nstatus:")),
    "in flow style": (
        home(A),
        lambda t: "---\n" + re.sub(r"(?m)^(\w+): (.*)$", r"\1: \2,", _header(t)).replace("events:", "events: [").join("{}")
        .replace('"}\n', '"}],\n').replace("  - ", "  ").rstrip("}") + "}\n---\n" + t.split("\n---\n", 1)[1],
    ),
}  # fmt: skip


def _header(text: str) -> str:
    return text.split("\n---\n", 1)[0].removeprefix("---\n") + "\n"


@pytest.mark.parametrize("name", SAME_ID)
def test_an_id_that_an_unchanged_file_has(tmp_path: Path, words: Vocabulary, write_text: Write, name: str) -> None:
    """A new ticket takes an id that is in use, however the file on main writes it: an error at both files."""
    path, form = SAME_ID[name]
    old = form(ticket(write_text, A))
    assert document.parse(old).header["id"] == A
    branched(tmp_path, {path: old})
    put(tmp_path, ticket(write_text, A), "tickets/2026/12/SW-20261102-001.md")
    found = {(one.path, one.rule) for one in against(tmp_path, words).findings if one.rule == "duplicate-id"}
    assert found == {(path, "duplicate-id"), ("tickets/2026/12/SW-20261102-001.md", "duplicate-id")}


def test_a_reference_that_leads_nowhere(tmp_path: Path, words: Vocabulary, write_text: Write) -> None:
    """A changed ticket refers to an unchanged one, which is fine, and to one that is not there, which is not."""
    branched(tmp_path, {home(A): ticket(write_text, A), home(B): ticket(write_text, B)})
    kb = f"{{entry: 不收录, reason: x, related: [{B}, SW-20261102-099]}}"
    put(tmp_path, ticket(write_text, A, kb), home(A))
    outcome = against(tmp_path, words)
    assert [(one.rule, one.path) for one in outcome.findings] == [("dangling-reference", home(A))]
    assert "SW-20261102-099" in outcome.findings[0].message


def test_a_canonical_fault_that_is_merged_itself(tmp_path: Path, words: Vocabulary, write_text: Write) -> None:
    """A fault becomes 并入 while an unchanged one leads to it: reported at the unchanged file, and it blocks."""
    merged = f"{{entry: 并入, canonical: {A}}}"
    branched(
        tmp_path,
        {home(A): ticket(write_text, A), home(B): ticket(write_text, B, merged), home(C): ticket(write_text, C)},
    )
    put(tmp_path, ticket(write_text, A, f"{{entry: 并入, canonical: {C}}}"), home(A))
    outcome = against(tmp_path, words)
    assert [(one.rule, one.path) for one in outcome.findings] == [("dangling-reference", home(B))]
    assert C in outcome.findings[0].help
    assert (outcome.checked, outcome.unchanged) == (1, 2)


def test_a_fault_merged_into_one_that_is_merged(tmp_path: Path, words: Vocabulary, write_text: Write) -> None:
    """A changed fault leads to an unchanged one that leads further: the error names where it ends."""
    branched(
        tmp_path,
        {
            home(A): ticket(write_text, A),
            home(B): ticket(write_text, B, f"{{entry: 并入, canonical: {C}}}"),
            home(C): ticket(write_text, C),
        },
    )
    put(tmp_path, ticket(write_text, A, f"{{entry: 并入, canonical: {B}}}"), home(A))
    outcome = against(tmp_path, words)
    assert [(one.rule, one.path) for one in outcome.findings] == [("dangling-reference", home(A))]
    assert C in outcome.findings[0].help


def test_whoever_leads_to_an_id_that_is_no_more(tmp_path: Path, words: Vocabulary, write_text: Write) -> None:
    """A ticket is deleted, another gets a new id: the unchanged tickets that refer to them are reported too."""
    related = "{{entry: 不收录, reason: x, related: [{}]}}".format
    branched(
        tmp_path,
        {
            home(A): ticket(write_text, A),
            home(B): ticket(write_text, B, title="门锁断线", severity="低"),
            home(C): ticket(write_text, C, related(A)),
            home(D): ticket(write_text, D, related(B)),
        },
    )
    (tmp_path / home(A)).unlink()
    (tmp_path / home(B)).unlink()
    put(tmp_path, ticket(write_text, "SW-20261102-008", title="门锁断线", severity="低"), home("SW-20261102-008"))
    found = {(one.path, one.rule) for one in against(tmp_path, words).findings if one.rule == "dangling-reference"}
    assert found == {(home(C), "dangling-reference"), (home(D), "dangling-reference")}


def test_a_changed_schema_is_applied_to_all_and_blocks_none(
    root: Path, tmp_path: Path, words: Vocabulary, write_text: Write
) -> None:
    """With schema/ changed every ticket is looked at; what is wrong with the others is counted and does not block."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    broken = {home(C): ticket(write_text, C, severity="极高"), home(D): ticket(write_text, D, severity="极低")}
    branched(tmp_path, {home(A): ticket(write_text, A), home(B): ticket(write_text, B), **broken})
    put(tmp_path, swapped(ticket(write_text, A), ("网关升级", "升级")), home(A))
    assert against(tmp_path, words).elsewhere is None
    with (tmp_path / "schema/teams.yaml").open("a", encoding="utf-8") as file:
        file.write("# 说明\n")
    outcome = against(tmp_path, words)
    assert (outcome.findings, outcome.checked, outcome.unchanged, outcome.elsewhere) == ((), 1, 3, 2)


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets every text that is read as YAML from now on."""
    read: list[str] = []
    parse = document.parse

    def parsed(text: str) -> Document:
        read.append(text)
        return parse(text)

    monkeypatch.setattr(document, "parse", parsed)
    return read


def test_a_change_of_one_ticket_is_read_alone(
    tmp_path: Path, words: Vocabulary, write_text: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of 2,000 tickets one changes, and two unchanged ones are named: a handful of files is read in full."""
    text = ticket(write_text, A)
    ids = [f"SW-20261102-{number:04}" for number in range(1000, 3000)]
    files = {home(one): text.replace(A, one) for one in ids}
    files[home(ids[7])] = ticket(write_text, ids[7], f"{{entry: 并入, canonical: {ids[0]}}}")
    branched(tmp_path, files)
    put(tmp_path, ticket(write_text, ids[0], f"{{entry: 不收录, reason: x, related: [{ids[9]}]}}"), home(ids[0]))
    commit(tmp_path, "2026-11-02 16:00")
    read = counted(monkeypatch)

    outcome = against(tmp_path, words)

    assert (outcome.findings, outcome.checked, outcome.unchanged) == ((), 1, 1999)
    # The changed one: as it is, on the base, in the branch's commit; the one it names, the one that names it.
    assert len(read) <= 6


def test_a_merge_is_read_alone(
    tmp_path: Path, words: Vocabulary, write_text: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clone of depth 2, as CI makes it, begins with a commit of all tickets: they are not read for that."""
    text = ticket(write_text, A)
    ids = [f"SW-20261102-{number:04}" for number in range(1000, 1300)]
    origin = tmp_path / "origin"
    origin.mkdir()
    branched(origin, {home(one): text.replace(A, one) for one in ids})
    put(origin, swapped(text.replace(A, ids[0]), ("网关升级", "升级")), home(ids[0]))
    commit(origin, "2026-11-02 16:00")
    git(origin, "switch", "--quiet", "--detach", "main")
    git(origin, "merge", "--quiet", "--no-ff", "--no-edit", "work", at="2026-11-02 16:30")
    git(origin, "update-ref", "refs/pull/1/merge", "HEAD")
    clone = tmp_path / "clone"
    clone.mkdir()
    git(clone, "init", "--quiet")
    git(clone, "fetch", "--quiet", "--depth=2", origin.as_uri(), "refs/pull/1/merge")
    git(clone, "switch", "--quiet", "--detach", "FETCH_HEAD")
    read = counted(monkeypatch)

    outcome = against(clone, words, base="HEAD^1")

    assert (outcome.findings, outcome.checked, outcome.unchanged) == ((), 1, 299)
    assert len(read) <= 6


# ── the same words as a full check ──

File = tuple[str, str | None, str]
Files = dict[str, File]
IDS = [A, B, C, D]
LINKS = st.sampled_from([*IDS, "SW-20261102-099"])
KB = st.one_of(
    st.none(),
    st.builds("{{entry: 并入, canonical: {}}}".format, LINKS),
    st.builds("{{entry: 不收录, reason: x, related: [{}]}}".format, LINKS),
    st.builds('{{entry: 不收录, reason: x, canonical: "{}"}}'.format, LINKS),
)
FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "quoted": lambda text: text.replace("\nid: ", '\n"id": '),
    "escaped": lambda text: re.sub("-20261102-00(.)", r"-2026\\u0031102-00\1", re.sub(r"(SW-20261102-00\d)(?=[\]}])", r'"\1"', text)),
    "broken": lambda text: text.replace("\nevents:", "\nevents：", 1),
    "cut": lambda text: text.replace("\n---\n", "\n", 1),
}  # fmt: skip
FILE = st.tuples(st.sampled_from(IDS), KB, st.sampled_from(["plain", "plain", "plain", *FORMS]))
"""The id in a file, what it refers to, and how it is written."""
CORPUS = st.dictionaries(st.sampled_from(IDS), FILE, min_size=1)
"""The files of a repository, by the names that they have."""


def _text(write_text: Write, one: File) -> str:
    ticket_id, kb, form = one
    text = FORMS[form](ticket(write_text, ticket_id, kb))
    # Of an escaped file only the references: an escaped id needs quotes that the plain form has not.
    return re.sub(r"(?m)^id: .*$", f"id: {ticket_id}", text)


def _id_of(name: str, one: File) -> str:
    """Return the id that a file goes by: its own, or that of its name where it cannot be read."""
    return name if one[2] in {"broken", "cut"} else one[0]


EDITS = st.dictionaries(st.sampled_from(IDS), st.one_of(st.none(), FILE), min_size=1, max_size=2)


def test_ids_and_references_are_judged_as_by_a_full_check(words: Vocabulary, write_text: Write) -> None:
    """Small repositories, one or two files edited, added, deleted: what a check against the base says of ids and references.

    It is exactly what a full check says of the changed files, and of the others as far as they mean an id that a
    changed file has or had.
    """

    @given(base=CORPUS, edits=EDITS)
    @settings(max_examples=80, derandomize=True, deadline=None)
    def judged(base: Files, edits: dict[str, File | None]) -> None:
        compared(words, write_text, base, edits)

    judged()


def compared(words: Vocabulary, write_text: Write, base: Files, edits: dict[str, File | None]) -> None:
    """Check one change of one repository in both ways."""
    head = {name: one for name, one in {**base, **edits}.items() if one is not None}
    texts = {name: _text(write_text, one) for name, one in head.items()}
    before = {name: _text(write_text, one) for name, one in base.items()}
    changed = {name for name in head if before.get(name) != texts[name]}
    gone = base.keys() - head.keys()
    theirs = {_id_of(name, head[name]) for name in changed}
    theirs |= {_id_of(name, base[name]) for name in (changed & base.keys()) | gone}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        branched(root, {home(name): text for name, text in before.items()})
        for name in gone:
            (root / home(name)).unlink()
        for name in changed:
            put(root, texts[name], home(name))
        (root / "tickets/2026/11").mkdir(parents=True, exist_ok=True)
        full = check.check(root, words, AS_OF).findings
        partial = against(root, words).findings
        for one in sorted(
            {path for path in corpus.find(root) if Path(path).stem in changed} | {home(min(head))} if head else ()
        ):
            alone = check.check(root, words, AS_OF, [root / one]).findings
            assert list(alone) == [finding for finding in full if finding.path == one]

    def concerns(one: Finding) -> bool:
        """Say whether what a full check found is the matter of this change."""
        name = Path(one.path).stem
        meant = re.search(r"SW-\d{8}-\d{3}", one.message)
        return name in changed or (meant[0] if meant else _id_of(name, head[name])) in theirs

    about = {"duplicate-id", "dangling-reference"}
    assert [one for one in partial if one.rule in about] == [one for one in full if one.rule in about and concerns(one)]
    others = {one.path for one in partial if one.rule not in about | {"empty-corpus"}}
    assert {Path(path).stem for path in others} <= changed | gone


def test_attachments_of_a_closed_fault_stay(closed: str, tmp_path: Path, root: Path, words: Vocabulary) -> None:
    """An attachment of a closed fault comes, changes or goes only where the note of a correction names it; hidden files are none."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    folder = (tmp_path / HOME).with_suffix("")
    folder.mkdir(parents=True)
    (tmp_path / HOME).write_text(closed, encoding="utf-8")
    (folder / "log.txt").write_text("03:10 watchdog reset", encoding="utf-8")
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "base"]):
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments], cwd=tmp_path, check=True
        )
    (folder / ".DS_Store").write_text("x", encoding="utf-8")
    assert rules_of(against(tmp_path, words)) == set()
    (folder / "more.txt").write_text("x", encoding="utf-8")
    assert rules_of(against(tmp_path, words)) == {"closed-ticket-changed"}
    (folder / "more.txt").unlink()
    (folder / "log.txt").write_text("03:10 all fine, really", encoding="utf-8")
    assert rules_of(against(tmp_path, words)) == {"closed-ticket-changed"}
    (folder / "log.txt").unlink()
    assert rules_of(against(tmp_path, words)) == {"closed-ticket-changed"}
    correction = (
        "at: 2026-11-05 09:00, event: 更正, by: PM002, section: 验证记录, note: 日志里有用户的号码, approver: PM001"
    )
    (tmp_path / HOME).write_text(appended(closed, correction), encoding="utf-8")
    assert rules_of(against(tmp_path, words)) == {"closed-ticket-changed"}
    named = correction.replace("日志里", "log.txt 里")
    (tmp_path / HOME).write_text(appended(closed, named), encoding="utf-8")
    assert rules_of(against(tmp_path, words)) == set()


RULES_BENT = {
    "reported_at no longer immutable": (
        ("ticket.schema.json", '"x-immutable": true', '"x-after-closing": true'),
        ("reported_at: 2026-11-02 09:00", "reported_at: 2026-11-02 08:00"),
        "immutable-field",
    ),
    "title free after closing": (
        ("ticket.schema.json", '"title": "问题标题",', '"title": "问题标题", "x-after-closing": true,'),
        ("title: 网关升级后每日凌晨重启", "title: 网关偶尔重启"),
        "closed-ticket-changed",
    ),
    "a closed state declared open": (
        ("lifecycle.yaml", "已关闭: {open: false", "已关闭: {open: true"),
        ("title: 网关升级后每日凌晨重启", "title: 网关偶尔重启"),
        "closed-ticket-changed",
    ),
}


@pytest.mark.parametrize("name", RULES_BENT)
def test_no_branch_brings_its_own_rules(closed: str, tmp_path: Path, root: Path, words: Vocabulary, name: str) -> None:
    """What main has recorded is judged by the schema/ of main, also where the branch changes schema/ to suit itself."""
    (file, old, new), edit, expected = RULES_BENT[name]
    shutil.copytree(root / "schema", tmp_path / "schema")
    (tmp_path / HOME).parent.mkdir(parents=True)
    (tmp_path / HOME).write_text(closed, encoding="utf-8")
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "base"]):
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments], cwd=tmp_path, check=True
        )
    text = (tmp_path / "schema" / file).read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "schema" / file).write_text(text.replace(old, new), encoding="utf-8")
    (tmp_path / HOME).write_text(swapped(closed, edit), encoding="utf-8")
    bent = vocabulary.load(tmp_path)

    assert expected in rules_of(check.check(tmp_path, bent, AS_OF, branch=change.compare(tmp_path, bent, "main")))
    assert words.lifecycle.closed_states == ("已关闭",)


LOOSENED = {
    "no review": (("before: {紧急: 关闭, 高: 提交验证", "before: {低: 关闭"), "提交验证", "missing-review"),
    "a way around": (
        ("\n  提交验证:\n", "\n  特批:\n    description: x\n    from: [处理中]\n    to: 待验证\n  提交验证:\n"),
        "特批",
        "snapshot-mismatch",
    ),
}


@pytest.mark.parametrize("name", LOOSENED)
def test_a_loosened_lifecycle_is_not_made_use_of_at_once(tmp_path: Path, root: Path, opened: str, name: str) -> None:
    """What a branch appends is judged by the lifecycle of main too; merged before, the new lifecycle holds."""
    edit, step, rule = LOOSENED[name]
    shutil.copytree(root / "schema", tmp_path / "schema")
    branched(tmp_path, {HOME: opened})
    file = tmp_path / "schema/lifecycle.yaml"
    file.write_text(swapped(file.read_text(encoding="utf-8"), edit), encoding="utf-8")
    bent = vocabulary.load(tmp_path)
    put(
        tmp_path,
        appended(
            swapped(opened, ("status: 处理中", "status: 待验证")), f"at: 2026-11-02 12:00, event: {step}, by: RD017"
        ),
    )

    found = [one for one in against(tmp_path, bent).findings if one.level == ERROR]

    assert [one.rule for one in found] == [rule]
    assert found[0].message.endswith("（按改动之前的流程）")
    assert found[0].help.endswith("流程的改动要先单独合并")
    git(tmp_path, "commit", "--quiet", "--message", "x", "schema")
    assert rules_of(against(tmp_path, bent, base="HEAD")) == set()


@pytest.mark.parametrize("name", ["tickets", "schema"])
def test_a_base_with_a_linked_folder_is_refused(
    tmp_path: Path, root: Path, words: Vocabulary, opened: str, name: str
) -> None:
    """Where the base has a link, git does not know what lay behind it: nothing is compared in silence."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    branched(tmp_path, {HOME: opened})
    (tmp_path / name).rename(tmp_path / "elsewhere")
    (tmp_path / name).symlink_to("elsewhere")
    commit(tmp_path)
    (tmp_path / name).unlink()
    (tmp_path / "elsewhere").rename(tmp_path / name)
    with pytest.raises(FaultError, match=rf"基线 [0-9a-f]{{12}} 上的 {name} 不是文件夹.*管理员"):
        change.compare(tmp_path, words, "HEAD")
    assert against(tmp_path, words).findings == ()  # main still has a folder


@pytest.mark.parametrize("attribute", ["working-tree-encoding=UTF-16", "ident", "filter=x"])
def test_no_attribute_hides_a_ticket(tmp_path: Path, words: Vocabulary, opened: str, attribute: str) -> None:
    """A ticket that git turns into something else on the way to the working tree is looked at as it is there."""
    branched(tmp_path, {HOME: opened})
    put(tmp_path, f"*-001.md text eol=lf {attribute}\n", "tickets/.gitattributes")
    git(tmp_path, "add", "tickets/.gitattributes")
    git(tmp_path, "commit", "--quiet", "--message", "x")
    (tmp_path / HOME).unlink()
    git(tmp_path, "checkout", "--", HOME)

    outcome = against(tmp_path, words)

    assert outcome.checked == 1
    assert rules_of(outcome) == ({"unreadable-file"} if "UTF-16" in attribute else set())


def test_many_dangling_references_are_cut_off_and_read_once(
    tmp_path: Path, words: Vocabulary, write_text: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of hundreds of references to nothing in one file twenty are listed, one says that there are more; it is read once again."""
    links = ", ".join(f"SW-20261101-{number}" for number in range(100, 400))
    put(tmp_path, ticket(write_text, A, f"{{entry: 不收录, reason: x, related: [{links}]}}"), home(A))
    read = counted(monkeypatch)

    found = [one for one in check.check(tmp_path, words, AS_OF).findings if one.rule == "dangling-reference"]

    assert (len(found), len(read)) == (21, 2)
    assert "只列出前 20 个" in found[-1].message


def test_one_file_is_checked_without_reading_the_others(
    tmp_path: Path, words: Vocabulary, write_text: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A check of one file reads that one, and of the others those that it refers to."""
    for number in range(1, 9):
        kb = "{entry: 不收录, reason: x, related: [SW-20261102-005]}" if number == 1 else None
        put(tmp_path, ticket(write_text, f"SW-20261102-00{number}", kb), home(f"SW-20261102-00{number}"))
    read = counted(monkeypatch)
    assert check.check(tmp_path, words, AS_OF, [tmp_path / home(A)]).checked == 1
    assert [re.findall(r"id: (SW-\d{8}-\d{3})", text)[0] for text in read] == [A, "SW-20261102-005"]


def test_an_id_that_main_has_given_away_meanwhile(
    tmp_path: Path, root: Path, words: Vocabulary, write_text: Write
) -> None:
    """Two people took one id offline: before any merge, the branch of the second learns it; her own fault, merged, is hers."""
    shutil.copytree(root / "schema", tmp_path / "schema")
    (tmp_path / HOME).parent.mkdir(parents=True)
    identity = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost"]

    def run(*arguments: str) -> None:
        subprocess.run([*identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    run("init", "-q", "-b", "main")
    run("add", ".")
    run("commit", "-qm", "base")
    run("switch", "-qc", "mine")
    mine = write_text("登记")
    (tmp_path / HOME).write_text(mine, encoding="utf-8")
    run("add", ".")
    run("commit", "-qm", "mine")
    assert rules_of(against(tmp_path, words)) == set()
    run("switch", "-q", "main")
    (tmp_path / HOME).parent.mkdir(parents=True, exist_ok=True)
    theirs = write_text("2026-11-02 09:30 登记", title="另一个故障")
    (tmp_path / HOME).write_text(theirs, encoding="utf-8")
    run("add", ".")
    run("commit", "-qm", "theirs")
    run("switch", "-q", "mine")
    (found,) = [one for one in against(tmp_path, words).findings if one.level == ERROR]
    assert (found.rule, found.line, found.column) == ("duplicate-id", 2, 5)
    assert f"fault renumber {ID}" in found.help
    run("switch", "-q", "main")
    (tmp_path / HOME).write_text(mine.replace("title: 网关", "title: 网关 GW2 "), encoding="utf-8")
    run("commit", "-qam", "mine, squashed, and gone on")
    run("switch", "-q", "mine")
    assert rules_of(against(tmp_path, words)) == set()
