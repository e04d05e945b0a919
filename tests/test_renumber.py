"""A new id for a fault that is not on the base yet: what is repaired, what is left alone, what is refused."""

from __future__ import annotations

import os
import subprocess
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from faultkb import renumber, transaction
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

OLD, NEW = "SW-20261120-001", "SW-20261120-002"
HOME, TARGET = f"tickets/2026/11/{OLD}.md", f"tickets/2026/11/{NEW}.md"
OTHER = "HW-20261119-001"
OTHER_HOME = f"tickets/2026/11/{OTHER}.md"
AS_OF = datetime.fromisoformat("2026-11-20 17:00")
COLLEAGUE = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "colleague"), ("EMAIL", "colleague@example.org"))
}


def git(folder: Path, *arguments: object) -> str:
    """Run git as a colleague would, and return what it says."""
    done = subprocess.run(
        ["git", "-C", folder, *map(str, arguments)],
        env={**os.environ, **COLLEAGUE},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.strip()


def commit(folder: Path, message: str = "x") -> None:
    """Commit everything."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


def put(folder: Path, path: str, text: str) -> None:
    """Write a file as it is."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_bytes(text.encode())


def get(folder: Path, path: str) -> str:
    """Read a file as it is."""
    return (folder / path).read_bytes().decode()


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """Return a repository on branch ``work``, which has left ``main`` at a commit with two pages and no fault of the day."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    put(tmp_path, "tickets/.gitkeep", "")
    put(tmp_path, "kb/guide.md", f"一\n{OLD} 在这里原来就有\n三\n")
    put(tmp_path, OTHER_HOME, f"---\nid: {OTHER}\n---\n见 {OLD}。\n")
    commit(tmp_path)
    git(tmp_path, "checkout", "--quiet", "-b", "work")
    return tmp_path


def repair(root: Path, path: str = HOME, new: str = NEW, base: str | None = None) -> renumber.Plan:
    """Plan and write, as the command does."""
    planned = renumber.plan(root, path, new, renumber.base_commit(root, path, base))
    transaction.write(root, planned.edits, planned.moves, new)
    return planned


TEXTS = {
    "the id itself": (f"id: {OLD}", f"id: {NEW}"),
    "in quotes": (f'id: "{OLD}" # {OLD}', f'id: "{NEW}" # {NEW}'),
    "in a list": (
        f"kb: {{related: [{OTHER}, {OLD}], canonical: {OLD}}}",
        f"kb: {{related: [{OTHER}, {NEW}], canonical: {NEW}}}",
    ),
    "between Chinese characters": (f"参见{OLD}的说明，{OLD}。", f"参见{NEW}的说明，{NEW}。"),
    "as a file": (f"[x](../11/{OLD}.md#现象)", f"[x](../11/{NEW}.md#现象)"),
    "as a folder": (f"![]({OLD}/屏幕.png)", f"![]({NEW}/屏幕.png)"),
    "in an address": (
        f"https://kb.example.org/faults/{OLD}/?a={OLD}&b",
        f"https://kb.example.org/faults/{NEW}/?a={NEW}&b",
    ),
    "in an event's note": (f"  - {{event: 进展, note: 与 {OLD} 相同}}", f"  - {{event: 进展, note: 与 {NEW} 相同}}"),
    "twice without a gap": (f"{OLD},{OLD}", f"{NEW},{NEW}"),
    "longer numbers": (f"{OLD}0 {OLD}1", f"{OLD}0 {OLD}1"),
    "longer prefixes": (f"X{OLD} 1{OLD} x-{OLD} _{OLD}", f"X{OLD} 1{OLD} x-{OLD} _{OLD}"),
    "longer words": (f"{OLD}-2 {OLD}_log {OLD}a", f"{OLD}-2 {OLD}_log {OLD}a"),
    "lower case": (OLD.lower(), OLD.lower()),
    "line ends": (f"{OLD}\r\n{OLD}\n\r{OLD}\u2028{OLD}", f"{NEW}\r\n{NEW}\n\r{NEW}\u2028{NEW}"),
}


@pytest.mark.parametrize(("before", "after"), TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("path", [HOME, "tickets/2026/10/OT-20261001-001.md", "kb/手册/新.md"])
def test_whole_ids_are_replaced_and_nothing_else(base: Path, path: str, before: str, after: str) -> None:
    """In the ticket, in another new ticket and in a new page: the id wherever it stands by itself, every other byte as it was."""
    put(base, HOME, "x")
    put(base, path, before)
    repair(base)
    assert get(base, TARGET if path == HOME else path) == after


@pytest.mark.parametrize("committed", [False, True])
def test_ticket_moves_and_its_attachments_with_it(base: Path, committed: bool) -> None:  # noqa: FBT001 - a case
    """File, folder, and the attachments that are called after the id get the new name; their contents are evidence and stay."""
    folder = HOME.removesuffix(".md")
    put(base, HOME, f"![]({OLD}/{OLD}-图.png) ![]({OLD}/{OLD}.png) ![]({OLD}/{OLD}/a.txt)")
    for name in (f"{OLD}-图.png", f"{OLD}.png", f"{OLD}/a.txt", "日志.txt"):
        put(base, f"{folder}/{name}", f"content of {OLD}")
    if committed:
        commit(base)
    planned = repair(base)
    assert get(base, TARGET) == f"![]({NEW}/{OLD}-图.png) ![]({NEW}/{NEW}.png) ![]({NEW}/{NEW}/a.txt)"
    files = sorted(one.relative_to(base / "tickets").as_posix() for one in (base / "tickets").rglob("*.*"))
    assert [one for one in files if "SW" in one] == sorted(
        f"2026/11/{NEW}{rest}" for rest in (".md", f"/{NEW}.png", f"/{NEW}/a.txt", f"/{OLD}-图.png", "/日志.txt")
    )
    assert get(base, f"tickets/2026/11/{NEW}/日志.txt") == f"content of {OLD}"
    assert planned.moves[-1] == (folder, TARGET.removesuffix(".md"))


def test_lines_of_the_base_are_left_alone(base: Path) -> None:
    """What stood on the base names the other fault; what the branch added names this one. A recorded event never changes."""
    put(base, HOME, f"id: {OLD}\n")
    put(base, "kb/guide.md", f"零 {OLD}\n一\n{OLD} 在这里原来就有\n三\n四 {OLD}\n")
    put(base, OTHER_HOME, f"---\nid: {OTHER}\nremark: {OLD}\n---\n见 {OLD}。\n另见 {OLD}。\n")
    commit(base)
    planned = repair(base)
    assert get(base, "kb/guide.md") == f"零 {NEW}\n一\n{OLD} 在这里原来就有\n三\n四 {NEW}\n"
    assert get(base, OTHER_HOME) == f"---\nid: {OTHER}\nremark: {NEW}\n---\n见 {OLD}。\n另见 {NEW}。\n"
    assert [edit.path for edit in planned.edits] == [OTHER_HOME, "kb/guide.md", HOME]


def test_second_copy_of_a_line_is_new(base: Path) -> None:
    """A line that the base has once and the branch twice is left alone once."""
    put(base, HOME, OLD)
    put(base, OTHER_HOME, f"见 {OLD}。\n见 {OLD}。\n")
    repair(base)
    assert get(base, OTHER_HOME) == f"见 {OLD}。\n见 {NEW}。\n"


def test_files_that_the_branch_did_not_touch_stay(base: Path) -> None:
    """A page and a ticket as they are on the base are not even looked at."""
    put(base, HOME, OLD)
    planned = repair(base)
    assert [edit.path for edit in planned.edits] == [HOME]
    assert git(base, "status", "--short") == f"?? {TARGET}"


def test_lines_of_the_base_in_a_file_that_moved(base: Path) -> None:
    """A page that the branch renamed keeps the lines that it had."""
    put(base, HOME, OLD)
    git(base, "mv", "kb/guide.md", "kb/manual.md")
    put(base, "kb/manual.md", f"一\n{OLD} 在这里原来就有\n三\n四 {OLD}\n")
    repair(base)
    assert get(base, "kb/manual.md") == f"一\n{OLD} 在这里原来就有\n三\n四 {NEW}\n"


def test_line_ends_that_git_converts_are_no_change(base: Path) -> None:
    """With core.autocrlf the working tree has CRLF where git stores LF: the lines of the base are known all the same."""
    git(base, "config", "core.autocrlf", "true")
    put(base, HOME, f"id: {OLD}\r\n")
    put(base, "kb/guide.md", f"一\r\n{OLD} 在这里原来就有\r\n三\r\n四 {OLD}\r\n")
    repair(base)
    assert get(base, "kb/guide.md") == f"一\r\n{OLD} 在这里原来就有\r\n三\r\n四 {NEW}\r\n"
    assert get(base, TARGET) == f"id: {NEW}\r\n"


def test_generated_pages_are_left_to_publish(base: Path) -> None:
    """Only pages that somebody wrote by hand are repaired."""
    put(base, HOME, OLD)
    for name in ("faults", "reference", "api/v1"):
        put(base, f"kb/{name}/{OLD}.md", OLD)
    put(base, "kb/faults.md", OLD)
    repair(base)
    assert [get(base, f"kb/{name}/{OLD}.md") for name in ("faults", "reference", "api/v1")] == [OLD] * 3
    assert get(base, "kb/faults.md") == NEW


def test_files_that_are_no_text_are_left_alone(base: Path) -> None:
    """A file that is not UTF-8 and one that is a link elsewhere are not rewritten."""
    put(base, HOME, OLD)
    (base / "kb" / "gbk.md").write_bytes("见 ".encode("gbk") + OLD.encode())
    put(base, "elsewhere.txt", OLD)
    (base / "kb" / "link.md").symlink_to("../elsewhere.txt")
    repair(base)
    assert (base / "kb" / "gbk.md").read_bytes() == "见 ".encode("gbk") + OLD.encode()
    assert get(base, "elsewhere.txt") == OLD
    assert (base / "kb" / "link.md").is_symlink()


def test_folder_without_git(tmp_path: Path) -> None:
    """Where there is no history, no fault is on a base and every line is new."""
    put(tmp_path, HOME, f"id: {OLD}")
    put(tmp_path, "kb/guide.md", OLD)
    repair(tmp_path)
    assert (get(tmp_path, TARGET), get(tmp_path, "kb/guide.md")) == (f"id: {NEW}", NEW)


def test_repository_without_a_commit(tmp_path: Path) -> None:
    """Before the first commit nothing is on a base."""
    git(tmp_path, "init", "--quiet")
    put(tmp_path, HOME, f"id: {OLD}")
    git(tmp_path, "add", "--all")
    repair(tmp_path)
    assert get(tmp_path, TARGET) == f"id: {NEW}"


def test_repository_below_the_top_of_a_clone(tmp_path: Path) -> None:
    """The knowledge base may be a subfolder of a larger repository; what lies beside it stays."""
    git(tmp_path, "init", "--quiet", "--initial-branch=main")
    root = tmp_path / "docs" / "faults"
    put(root, "kb/guide.md", f"{OLD}\n")
    put(tmp_path, HOME, "the same path, another knowledge base")
    commit(tmp_path)
    git(tmp_path, "checkout", "--quiet", "-b", "work")
    put(root, HOME, f"id: {OLD}")
    put(root, "kb/guide.md", f"{OLD}\n新 {OLD}\n")
    put(tmp_path, "kb/guide.md", OLD)
    commit(tmp_path)
    repair(root)
    assert (get(root, TARGET), get(root, "kb/guide.md")) == (f"id: {NEW}", f"{OLD}\n新 {NEW}\n")
    assert get(tmp_path, "kb/guide.md") == OLD


@pytest.mark.parametrize("base_name", [None, "main"])
def test_fault_on_the_base_keeps_its_id(base: Path, base_name: str | None) -> None:
    """What is merged may be referred to anywhere: it is refused, and the message says who has to renumber."""
    with pytest.raises(FaultError, match=f"{OTHER} 在基线（main）里已经有了.*还没有合并的那一个") as raised:
        renumber.base_commit(base, OTHER_HOME, base_name)
    assert raised.value.code == 1


def test_base_is_where_the_branch_left_it(base: Path) -> None:
    """That the other fault of this id has been merged meanwhile is the reason to renumber, not one to refuse."""
    put(base, HOME, f"mine {OLD}")
    commit(base)
    git(base, "checkout", "--quiet", "main")
    put(base, HOME, f"theirs {OLD}")
    commit(base)
    git(base, "checkout", "--quiet", "work")
    repair(base)
    assert get(base, TARGET) == f"mine {NEW}"
    commit(base)
    git(base, "merge", "--quiet", "main")
    assert (get(base, HOME), get(base, TARGET)) == (f"theirs {OLD}", f"mine {NEW}")


def test_base_that_git_does_not_have(base: Path) -> None:
    """A base that was named wrongly or not fetched is said with what to run."""
    put(base, HOME, OLD)
    with pytest.raises(FaultError, match="git fetch origin release"):
        renumber.base_commit(base, HOME, "origin/release")


WANTED = {
    "no id": ("002", "不是问题编号"),
    "too short": ("SW-20261120-02", "不是问题编号"),
    "written with zeros": ("SW-20261120-0002", "不是问题编号"),
    "other type": ("HW-20261120-002", "新编号要以 SW-20261120- 开头"),
    "other day": ("SW-20261121-002", "新编号要以 SW-20261120- 开头"),
    "the same": (OLD, "新编号与旧编号相同"),
    "an option": ("--upload-pack=x", "不是问题编号"),
}


@pytest.mark.parametrize(("new", "words"), WANTED.values(), ids=WANTED.keys())
def test_wanted_id_that_cannot_be(new: str, words: str) -> None:
    """A new id has the form of one, and the type and day of the old one."""
    with pytest.raises(FaultError, match=words):
        renumber.wanted(OLD, new)


@pytest.mark.parametrize("new", ["SW-20261120-002", "sw-20261120-002", " SW-20261120-002 "])
def test_wanted_id_in_any_writing(new: str) -> None:
    """Small letters are not held against anybody."""
    assert renumber.wanted(OLD, new) == NEW
    assert renumber.wanted(OLD, "SW-20261120-1000") == "SW-20261120-1000"


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("tickets/2026/11/README.md", "x", "“README”不是问题编号"),
        ("tickets/2026/13/SW-20261320-001.md", "x", "“SW-20261320-001”不是问题编号"),
        (HOME, "no header", "先运行 fault check"),
        (HOME, f"---\nid: {NEW}\n---\n", "先运行 fault check"),
    ],
)
def test_file_that_is_not_the_fault_it_says(tmp_path: Path, path: str, text: str, words: str) -> None:
    """What cannot be read, or has another id than its file, is put right first."""
    put(tmp_path, path, text)
    with pytest.raises(FaultError, match=words):
        renumber.refuse_unreadable(tmp_path, path)


def test_attachments_folder_that_is_taken(base: Path) -> None:
    """A folder that lies where the attachments would go is not mixed with them."""
    put(base, HOME, OLD)
    put(base, f"tickets/2026/11/{OLD}/a.png", "a")
    put(base, f"tickets/2026/11/{NEW}/b.png", "b")
    with pytest.raises(FaultError, match=f"tickets/2026/11/{NEW} 已经有了"):
        repair(base)
    assert get(base, HOME) == OLD


def test_errors_that_the_new_id_would_bring(base: Path, words: Vocabulary, write_text: Callable[..., str]) -> None:
    """Errors that were there before do not count; one that the new id brings (the list then names it twice) does."""
    text = write_text("2026-11-20 09:00 登记", id=OLD, channel="飞鸽", kb=f"{{entry: 收录, related: [{OTHER}]}}")
    put(base, HOME, text)
    planned = renumber.plan(base, HOME, NEW, renumber.base_commit(base, HOME, None))
    assert renumber.mistakes(base, words, AS_OF, planned) == []
    put(base, HOME, text.replace(OTHER, f"{OLD}, {NEW}"))
    planned = renumber.plan(base, HOME, NEW, renumber.base_commit(base, HOME, None))
    (found,) = renumber.mistakes(base, words, AS_OF, planned)
    assert (found.path, found.rule) == (TARGET, "schema")
