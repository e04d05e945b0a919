"""``fault check --base`` as people and CI run it: clones, merges, hooks, worktrees; what it prints and how it ends."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from subprocess import CompletedProcess

    Run = Callable[..., CompletedProcess[str]]

AS_OF = ("--as-of", "2026-11-05 12:00")
IN_WORK, LATE, DONE, URGENT = "SW-20261102-001", "HW-20261029-001", "SW-20261030-001", "SW-20261104-001"
COLLEAGUE = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (
        ("NAME", "colleague"),
        ("EMAIL", "colleague@example.org"),
        ("DATE", "2026-11-05 11:00:00 +0800"),
    )
}
STEP = "at: 2026-11-05 10:00, event: 进展, by: RD017, note: 定位到原因"


def git(folder: Path, *arguments: object, **extra: str) -> str:
    """Run git as a colleague would, on Thursday 2026-11-05."""
    done = subprocess.run(
        ["git", "-C", folder, *map(str, arguments)],
        env={**os.environ, **COLLEAGUE, **extra},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.rstrip("\n")


def commit(folder: Path, message: str = "x") -> str:
    """Commit everything and return the commit's id."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def home(ticket_id: str) -> str:
    """Return where a fault lies."""
    return f"tickets/{ticket_id[3:7]}/{ticket_id[7:9]}/{ticket_id}.md"


def edit(folder: Path, ticket_id: str, *pairs: tuple[str, str]) -> None:
    """Replace texts of a ticket that must be there."""
    path = folder / home(ticket_id)
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8", newline="")


def record(folder: Path, ticket_id: str, event: str = STEP) -> None:
    """Append an event."""
    edit(folder, ticket_id, ("\n---\n", f"\n  - {{{event}}}\n---\n"))


def rewrite(folder: Path, ticket_id: str = IN_WORK) -> None:
    """Change the time of the second event of a ticket that is recorded."""
    edit(folder, ticket_id, ("10:00", "09:30"))


def rules_of(done: CompletedProcess[str]) -> set[tuple[str, str]]:
    """Return file and rule of every error that a check with ``--format json`` printed."""
    return {(one["path"], one["rule"]) for one in json.loads(done.stdout)["findings"] if one["level"] == "error"}


@pytest.fixture
def main(office: Path) -> Path:
    """Return a repository on whose branch main the four faults of the office are."""
    git(office, "init", "--quiet", "-b", "main")
    commit(office)
    return office


@pytest.fixture
def work(main: Path) -> Path:
    """Return that repository on a branch ``work``, on which a step of one fault was recorded."""
    git(main, "switch", "--quiet", "-c", "work")
    record(main, IN_WORK)
    commit(main, "step")
    return main


@pytest.fixture
def moved_on(work: Path) -> Path:
    """Return that repository after main went on: the same fault, another, a new one and a closed one were changed there."""
    git(work, "switch", "--quiet", "main")
    edit(work, IN_WORK, ("title: 网关升级后每日凌晨重启", "title: 网关升级后凌晨重启"))
    record(work, LATE)
    text = (work / home(URGENT)).read_text(encoding="utf-8")
    (work / home("SW-20261104-002")).write_text(text.replace(URGENT, "SW-20261104-002"), encoding="utf-8")
    edit(work, DONE, ("solution: 升级", "solution: 升级到 V2.4.1"))
    commit(work, "main goes on")
    git(work, "switch", "--quiet", "work")
    return work


@pytest.fixture
def check(run: Run) -> Callable[..., CompletedProcess[str]]:
    """Return a function that runs ``fault check --format json`` with a base on Thursday noon."""

    def checked(folder: Path, base: str, *arguments: object, **extra: str) -> CompletedProcess[str]:
        return run(folder, "check", f"--base={base}", "--format", "json", *AS_OF, *arguments, **extra)

    return checked


def said(done: CompletedProcess[str]) -> tuple[int, int, int, set[tuple[str, str]]]:
    """Return exit code, checked, unchanged, and the errors."""
    data = json.loads(done.stdout)
    return done.returncode, data["checked"], data["unchanged"], rules_of(done)


# ── a branch and what main does meanwhile ──


def test_only_what_the_branch_does_counts(moved_on: Path, check: Run) -> None:
    """Main went on after the branch left: nothing of that is taken for a deletion or a rewriting by the branch."""
    assert said(check(moved_on, "main")) == (0, 1, 3, set())
    rewrite(moved_on)
    assert said(check(moved_on, "main")) == (1, 1, 3, {(home(IN_WORK), "history-rewritten")})


def test_a_branch_that_merged_main(moved_on: Path, check: Run) -> None:
    """After main is merged into the branch, its changes are the base's, and the branch's own are still the only ones."""
    git(moved_on, "merge", "--quiet", "--no-edit", "main")
    assert said(check(moved_on, "main")) == (0, 1, 4, set())
    assert said(check(moved_on, "HEAD")) == (0, 0, 5, set())


@pytest.mark.parametrize("depth", ["0", "2"])
@pytest.mark.parametrize("honest", [True, False], ids=["honest", "rewritten"])
def test_a_pull_request_as_github_merges_it(
    tmp_path_factory: pytest.TempPathFactory, moved_on: Path, check: Run, depth: str, *, honest: bool
) -> None:
    """HEAD is the merge of main and the branch, cloned whole or to a depth of 2: the base is its first parent."""
    if not honest:
        rewrite(moved_on)
        commit(moved_on)
    git(moved_on, "switch", "--quiet", "--detach", "main")
    git(moved_on, "merge", "--quiet", "--no-ff", "--no-edit", "work")
    git(moved_on, "update-ref", "refs/pull/7/merge", "HEAD")
    clone = tmp_path_factory.mktemp("runner")
    git(clone, "init", "--quiet")
    git(clone, "remote", "add", "origin", moved_on.as_uri())
    wanted = ["+refs/pull/7/merge:refs/remotes/pull/7/merge"]
    wanted += ["+refs/heads/*:refs/remotes/origin/*"] if depth == "0" else []
    git(clone, "fetch", "--quiet", *(["--depth=2"] if depth == "2" else []), "origin", *wanted)
    git(clone, "switch", "--quiet", "--detach", "refs/remotes/pull/7/merge")

    for base in ["HEAD^1", *(["origin/main"] if depth == "0" else [])]:
        found = said(check(clone, base))
        assert found == ((0, 1, 4, set()) if honest else (1, 1, 4, {(home(IN_WORK), "history-rewritten")}))


def test_a_merge_queue(moved_on: Path, check: Run) -> None:
    """The queue puts one pull request on another: from main both are seen, from the first only the second."""
    git(moved_on, "switch", "--quiet", "-c", "second", "main")
    record(moved_on, URGENT, "at: 2026-11-05 10:00, event: 响应, by: PM002, note: 已开始排查")
    commit(moved_on)
    git(moved_on, "switch", "--quiet", "--detach", "main")
    git(moved_on, "merge", "--quiet", "--no-ff", "--no-edit", "work")
    first = git(moved_on, "rev-parse", "HEAD")
    git(moved_on, "merge", "--quiet", "--no-ff", "--no-edit", "second")
    assert said(check(moved_on, git(moved_on, "rev-parse", "main"))) == (0, 2, 3, set())
    assert said(check(moved_on, first)) == (0, 1, 4, set())


# ── main after a push ──


def test_a_push_that_goes_on(work: Path, check: Run) -> None:
    """A push that adds to main is compared with what main was."""
    assert said(check(work, git(work, "rev-parse", "main"), "--tip")) == (0, 1, 3, set())


def test_a_forced_push_that_takes_back_a_closing(main: Path, check: Run) -> None:
    """Main is set back to before a fault was closed: from what main was, the record has shrunk."""
    before = (main / home(DONE)).read_text(encoding="utf-8")
    events = re.findall(r"^  - .*\n", before, re.MULTILINE)
    opened = before.replace(events[-1], "").replace("status: 已关闭", "status: 待验证")
    (main / home(DONE)).write_text(opened, encoding="utf-8")
    commit(main, "a start with the fault open")
    start = git(main, "rev-parse", "HEAD")
    (main / home(DONE)).write_text(before, encoding="utf-8")
    old = commit(main, "closed")
    git(main, "reset", "--quiet", "--hard", start)
    found = said(check(main, old, "--tip"))
    assert found[0] == 1
    assert (home(DONE), "history-rewritten") in found[3]


@pytest.mark.parametrize("base", ["id", "name"])
def test_a_forced_push_that_closes_a_fault_anew(work: Path, check: Run, base: str) -> None:
    """The commit that recorded a step is amended to say something else: from what main was, the record was rewritten."""
    old = git(work, "rev-parse", "HEAD")
    git(work, "update-ref", "refs/remotes/origin/main", old)
    edit(work, IN_WORK, ("定位到原因", "没有定位到原因"))
    git(work, "commit", "--quiet", "--all", "--amend", "--no-edit")
    found = said(check(work, old if base == "id" else "origin/main", "--tip"))
    assert found == (1, 1, 3, {(home(IN_WORK), "history-rewritten")})


def test_a_forced_push_that_drops_a_fault(work: Path, check: Run) -> None:
    """A fault that only what main was had is a deleted one."""
    (work / home("SW-20261104-002")).write_text(
        (work / home(URGENT)).read_text(encoding="utf-8").replace(URGENT, "SW-20261104-002"), encoding="utf-8"
    )
    old = commit(work)
    git(work, "reset", "--quiet", "--hard", "main")
    found = said(check(work, old, "--tip"))
    assert (home("SW-20261104-002"), "ticket-deleted") in found[3]
    assert found[0] == 1


def test_tip_needs_a_base(work: Path, run: Run) -> None:
    """``--tip`` alone is a slip: exit code 2, and the option that it needs is named."""
    done = run(work, "check", "--tip", *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--base" in done.stderr


# ── a base that is not there ──


def fetched(folder: Path, done: CompletedProcess[str]) -> None:
    """Do exactly what the message says."""
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("错误：")
    assert done.stderr.count("\n") == 1
    command = re.search(r"先运行 (git fetch [^，（]*)", done.stderr)
    assert command, done.stderr
    subprocess.run(shlex.split(command[1]), cwd=folder, check=True, capture_output=True)


@pytest.mark.parametrize("base", ["origin/main", "refs/remotes/origin/main", "main", "id", "v1", "HEAD~1"])
def test_a_shallow_clone_says_what_to_fetch(
    tmp_path_factory: pytest.TempPathFactory, moved_on: Path, check: Run, base: str
) -> None:
    """A clone of depth 1 has no base; after the one command that the message names it has."""
    git(moved_on, "tag", "v1", "main")
    rewrite(moved_on)
    commit(moved_on)
    git(moved_on, "config", "uploadpack.allowAnySHA1InWant", "true")
    name = git(moved_on, "rev-parse", "main") if base == "id" else base
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "--quiet", "--depth=1", "--branch=work", moved_on.as_uri(), ".")
    done = check(clone, name)
    assert "fetch-depth" in done.stderr

    fetched(clone, done)

    found = said(check(clone, name))
    assert found == (1, 1, 3, {(home(IN_WORK), "history-rewritten")})


def test_a_shallow_clone_of_all_branches(tmp_path_factory: pytest.TempPathFactory, moved_on: Path, check: Run) -> None:
    """The tip of main is there and the commits between are not: the message says so, and what helps."""
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "--quiet", "--depth=1", "--no-single-branch", "--branch=work", moved_on.as_uri(), ".")
    done = check(clone, "origin/main")
    assert "浅克隆" in done.stderr
    fetched(clone, done)
    assert said(check(clone, "origin/main")) == (0, 1, 3, set())


def test_a_clone_of_one_branch_says_what_to_fetch(
    tmp_path_factory: pytest.TempPathFactory, moved_on: Path, check: Run
) -> None:
    """Without main, but with all commits of its own, a clone needs main and nothing else."""
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "--quiet", "--single-branch", "--branch=work", moved_on.as_uri(), ".")
    done = check(clone, "origin/main")
    assert "--unshallow" not in done.stderr
    fetched(clone, done)
    assert said(check(clone, "origin/main")) == (0, 1, 3, set())


def test_a_forced_push_is_seen_in_a_shallow_clone(
    tmp_path_factory: pytest.TempPathFactory, work: Path, check: Run
) -> None:
    """For a comparison with a tip the commits between are not needed, only the tip."""
    old = git(work, "rev-parse", "HEAD")
    git(work, "branch", "old")
    edit(work, IN_WORK, ("定位到原因", "没有定位到原因"))
    git(work, "commit", "--quiet", "--all", "--amend", "--no-edit")
    git(work, "config", "uploadpack.allowAnySHA1InWant", "true")
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "--quiet", "--depth=1", "--branch=work", work.as_uri(), ".")
    git(clone, "fetch", "--quiet", "--depth=1", "origin", old)
    assert said(check(clone, old, "--tip")) == (1, 1, 3, {(home(IN_WORK), "history-rewritten")})


BAD_BASES = [
    "nowhere",
    "",
    "-x",
    "--output=pwned",
    "$(touch pwned)",
    "main\ntouch pwned",
    "x" * 10_000,
    "HEAD:schema",
    "0" * 40,
]


@pytest.mark.parametrize("base", BAD_BASES, ids=lambda base: base[:12])
def test_a_base_that_cannot_be(work: Path, run: Run, base: str) -> None:
    """A name that means no commit ends with 2 and one line of plain Chinese; nothing is run and nothing written."""
    before = sorted(work.rglob("*"))
    done = run(work, "check", f"--base={base}", *AS_OF)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"错误：没有基线“[^\n]*”：[^\n]*\n", done.stderr)
    assert len(done.stderr) < 700
    assert sorted(work.rglob("*")) == before
    spaced = run(work, "check", "--base", base, *AS_OF)
    assert (spaced.returncode, spaced.stdout) == (2, "")


def test_where_there_is_nothing_to_compare_with(office: Path, check: Run) -> None:
    """Without a repository and before the first commit the message says so, and without git that git is missing."""
    assert "不是 git 仓库" in check(office, "main").stderr
    git(office, "init", "--quiet")
    assert "还没有提交" in check(office, "main").stderr
    commit(office)
    (office / "no-programs").mkdir()
    done = check(office, "HEAD", PATH=str(office / "no-programs"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "没有找到 git" in done.stderr


# ── where it is run ──


@pytest.fixture
def inner(tmp_path_factory: pytest.TempPathFactory, office: Path) -> Path:
    """Return the office's faults as a folder of a larger repository, with a step recorded that is not committed."""
    whole = tmp_path_factory.mktemp("whole")
    folder = whole / "teams" / "faults of 栖云"
    shutil.copytree(office, folder)
    git(whole, "init", "--quiet", "-b", "main")
    (whole / "tickets").mkdir()
    (whole / "tickets" / "other.md").write_text("no fault of ours\n", encoding="utf-8")
    commit(whole)
    (whole / "tickets" / "other.md").write_text("changed\n", encoding="utf-8")
    record(folder, IN_WORK)
    return folder


@pytest.mark.parametrize("place", [".", "schema", "tickets/2026/11"])
def test_a_folder_of_a_larger_repository(inner: Path, check: Run, place: str) -> None:
    """The faults lie deep in another repository, and the command runs in a folder of theirs: only they are looked at."""
    assert said(check(inner / place, "main")) == (0, 1, 3, set())
    rewrite(inner)
    assert said(check(inner / place, "main")) == (1, 1, 3, {(home(IN_WORK), "history-rewritten")})


def test_a_worktree(tmp_path_factory: pytest.TempPathFactory, moved_on: Path, check: Run) -> None:
    """A second working tree of the same repository is checked as it is, not as the first one is."""
    second = tmp_path_factory.mktemp("second") / "tree"
    git(moved_on, "worktree", "add", "--quiet", "-b", "other", second, "work")
    rewrite(second)
    assert said(check(second, "main")) == (1, 1, 3, {(home(IN_WORK), "history-rewritten")})
    assert said(check(moved_on, "main")) == (0, 1, 3, set())


@pytest.mark.parametrize("tree", ["first", "second"])
@pytest.mark.parametrize("how", ["staged", "all", "path"])
def test_a_hook_that_checks_before_each_commit(
    tmp_path_factory: pytest.TempPathFactory, main: Path, environment: dict[str, str], tree: str, how: str
) -> None:
    """A hook runs with git's its variables set, in a second working tree too: a cheat is refused, a step is let through."""
    hook = main / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f"#!/bin/sh\nenv | grep -q ^GIT_INDEX_FILE= || exit 3\n"
        f"exec {shlex.quote(sys.executable)} -m faultkb check --base HEAD --as-of '2026-11-05 12:00'\n",
        encoding="utf-8",
    )
    hook.chmod(0o755)
    folder = main
    if tree == "second":
        folder = tmp_path_factory.mktemp("second") / "tree"
        git(main, "worktree", "add", "--quiet", "-b", "other", folder)

    def commits() -> CompletedProcess[str]:
        if how == "staged":
            git(folder, "add", "--all")
        which = {"staged": [], "all": ["--all"], "path": ["--", home(IN_WORK)]}[how]
        command = ["git", "commit", "--message", "x", *which]
        who = {**environment, **COLLEAGUE}
        return subprocess.run(command, cwd=folder, env=who, capture_output=True, encoding="utf-8", check=False)

    rewrite(folder)
    refused = commits()
    assert refused.returncode == 1
    assert "错误[history-rewritten]" in refused.stdout + refused.stderr
    git(folder, "reset", "--quiet", "--hard")
    record(folder, IN_WORK)
    done = commits()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "检查了 1 个有改动的故障" in done.stdout + done.stderr


def test_variables_that_point_elsewhere(tmp_path_factory: pytest.TempPathFactory, work: Path, check: Run) -> None:
    """What git's variables say of another repository is not believed."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    git(elsewhere, "init", "--quiet")
    variables = {
        "GIT_DIR": str(elsewhere / ".git"),
        "GIT_WORK_TREE": str(elsewhere),
        "GIT_INDEX_FILE": str(elsewhere / "index"),
        "GIT_PREFIX": "x/",
    }
    assert said(check(work, "main", **variables)) == (0, 1, 3, set())


def test_a_folder_of_somebody_else(tmp_path_factory: pytest.TempPathFactory, inner: Path, check: Run) -> None:
    """A repository of another owner is not trusted by git: after the command that the message names it does."""
    own = tmp_path_factory.mktemp("home") / ".gitconfig"
    variables = {"GIT_TEST_ASSUME_DIFFERENT_OWNER": "1", "GIT_CONFIG_GLOBAL": str(own)}
    done = check(inner, "main", **variables)
    assert (done.returncode, done.stdout) == (2, "")
    command = re.search(r"运行 (git config [^\n]*)\n", done.stderr)
    assert command, done.stderr
    subprocess.run(shlex.split(command[1]), env={**os.environ, **variables}, check=True)
    assert said(check(inner, "main", **variables)) == (0, 1, 3, set())


def test_a_locale_without_chinese(work: Path, check: Run) -> None:
    """In the plainest locale, names are the same for git and for the check."""
    plain = {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    name = "tickets/2026/11/新的故障.md"
    (work / name).write_text((work / home(URGENT)).read_text(encoding="utf-8"), encoding="utf-8")
    done = check(work, "main", **plain)
    assert (done.returncode, done.stderr) == (1, "")
    data = json.loads(done.stdout)
    assert (data["checked"], data["unchanged"]) == (2, 3)
    assert "id-path-mismatch" in {one["rule"] for one in data["findings"]}


# ── what it says ──


def test_time_that_passes_blocks_nobody(work: Path, check: Run) -> None:
    """The same change on the same day, after the due date, and a year later: warnings come, the exit code stays."""
    seen = []
    for as_of in ("2026-11-05 12:00", "2026-11-10 09:00", "2027-11-05 12:00"):
        done = check(work, "main", "--as-of", as_of)
        assert said(done) == (0, 1, 3, set())
        seen.append({one["rule"] for one in json.loads(done.stdout)["findings"]})
    assert "overdue" not in seen[0]
    assert "overdue" in seen[1] & seen[2]


def test_json_says_what_was_left_alone(work: Path, check: Run) -> None:
    """The document of a check against a base has ``unchanged``, with a whole number."""
    data: dict[str, Any] = json.loads(check(work, "main").stdout)
    assert data == {"schema_version": 1, "findings": [], "checked": 1, "unchanged": 3}


def test_text_says_what_was_left_alone(work: Path, run: Run) -> None:
    """The last line counts the changed faults, and those that are as on the base."""
    done = run(work, "check", "--base", "main", *AS_OF)
    assert done.stdout == "检查了 1 个有改动的故障：没有发现问题。其余 3 个与基线相同\n"
    git(work, "switch", "--quiet", "main")
    done = run(work, "check", "--base", "main", *AS_OF)
    assert (done.returncode, done.stdout) == (0, "检查了 0 个有改动的故障：没有发现问题。其余 4 个与基线相同\n")


def test_text_says_that_the_schema_changed(work: Path, run: Run) -> None:
    """With schema/ changed the last line counts the errors of the others, which do not block."""
    git(work, "switch", "--quiet", "main")
    edit(work, LATE, ("severity: 高", "severity: 极高"))
    commit(work)
    git(work, "switch", "--quiet", "-c", "rules")
    with (work / "schema" / "sla.yaml").open("a", encoding="utf-8") as file:
        file.write("# 说明\n")
    done = run(work, "check", "--base", "main", *AS_OF)
    last = done.stdout.rstrip("\n").rpartition("\n")[2]
    assert done.returncode == 0
    assert last.endswith("schema/ 有改动，其余 4 个故障也检查了：1 个错误，不影响这次合并")


def test_github_annotates_the_changed_lines(work: Path, run: Run) -> None:
    """Errors stand at the lines of the changed files, that of a deleted fault at its first; nothing at the others."""
    edit(work, LATE, ("severity: 高", "severity: 极高"))
    git(work, "switch", "--quiet", "-c", "next", "main")
    commit(work)
    git(work, "switch", "--quiet", "-c", "last")
    rewrite(work)
    (work / home(URGENT)).unlink()
    done = run(work, "check", "--base", "next", "--format", "github", *AS_OF)
    assert done.returncode == 1
    lines = done.stdout.rstrip("\n").split("\n")
    number = (work / home(IN_WORK)).read_text(encoding="utf-8").split("\n").index("events:") + 3
    assert [line.partition("::")[0] + line.split("::")[1].partition(",title")[0] for line in lines[:-1]] == [
        f"error file={home(IN_WORK)},line={number},col=5",
        f"error file={home(URGENT)},line=1,col=1",
    ]
    assert "title=history-rewritten::" in lines[0]
    assert "title=ticket-deleted::" in lines[1]
    assert lines[-1] == "检查了 2 个有改动的故障：2 个错误，0 个提醒。其余 2 个与基线相同"


def test_paths_narrow_what_is_reported(work: Path, check: Run) -> None:
    """With a file or folder beside the base only the changed faults there are reported."""
    rewrite(work)
    edit(work, LATE, ("severity: 高", "severity: 极高"))
    assert check(work, "main", "tickets/2026/11").returncode == 1
    assert rules_of(check(work, "main", "tickets/2026/11")) == {(home(IN_WORK), "history-rewritten")}
    assert {path for path, _ in rules_of(check(work, "main", home(LATE)))} == {home(LATE)}
    assert rules_of(check(work, "main", home(DONE))) == set()


def test_a_submodule_is_no_ticket_and_no_hiding_place(
    tmp_path_factory: pytest.TempPathFactory, work: Path, check: Run
) -> None:
    """A submodule under tickets/ does not stop the check; a fault that lies in it is seen."""
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "--quiet")
    (other / "SW-20261104-009.md").write_text("no header\n", encoding="utf-8")
    commit(other)
    git(work, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other.as_uri(), "tickets/more")
    commit(work)
    found = said(check(work, "main"))
    assert found == (1, 2, 3, {("tickets/more/SW-20261104-009.md", "front-matter")})


# ── what the commits of a branch held ──


def test_a_masked_number_stays_in_the_commits(work: Path, check: Run) -> None:
    """A number that one commit wrote and the next masked is told until the branch is squashed, and never repeated.

    The merge that GitHub checks out shows it as well; what main itself once held and masked is not the branch's.
    """
    path, phone = home(IN_WORK), "13912345678"

    def warned(base: str) -> list[str]:
        done = check(work, base)
        assert (done.returncode, phone in done.stdout) == (0, False), done.stdout
        found = [one for one in json.loads(done.stdout)["findings"] if one["rule"] == "private-in-history"]
        return [f"{one['path']} {one['level']} {one['message']}" for one in found]

    git(work, "switch", "--quiet", "main")
    (work / "tickets/2026/11/SW-20261102-001").mkdir()
    log = work / "tickets/2026/11/SW-20261102-001/old.log"
    log.write_text("来电 13812345512\n", encoding="utf-8")
    commit(work, "main says too much")
    log.write_text("来电 138****5512\n", encoding="utf-8")
    commit(work, "main masks")
    git(work, "switch", "--quiet", "work")
    git(work, "merge", "--quiet", "--no-edit", "main~1")
    git(work, "merge", "--quiet", "--no-edit", "main")
    assert warned("main") == []

    text = (work / path).read_text(encoding="utf-8")
    (work / path).write_text(f"{text}\n回电 {phone}。\n", encoding="utf-8")
    slip = commit(work, "slip")
    (work / path).write_text(f"{text}\n回电 139****5678。\n", encoding="utf-8")
    commit(work, "masked")
    told = f"{path} warning 较早的提交里还有手机号码（提交 {slip[:7]}）：合并时用 Squash and merge，普通的合并会把它带进历史"
    assert warned("main") == [told]

    git(work, "switch", "--quiet", "--detach", "main")
    git(work, "merge", "--quiet", "--no-ff", "--no-edit", "work")
    assert warned("HEAD^1") == [told]

    git(work, "switch", "--quiet", "--detach", "main")
    git(work, "merge", "--quiet", "--squash", "work")
    commit(work, "squashed")
    assert warned("main") == []
