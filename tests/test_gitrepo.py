"""What git is asked: names that mean a commit, what differs from it, what was written since; on real repositories."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from faultkb import gitrepo
from faultkb.finding import FaultError
from faultkb.gitrepo import Written

if TYPE_CHECKING:
    from pathlib import Path

COLLEAGUE = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "colleague"), ("EMAIL", "colleague@example.org"))
}
NEW_YEAR = 1_767_196_800
"""2026-01-01 00:00 in Shanghai, in seconds since 1970."""


def git(folder: Path, *arguments: object, **extra: str) -> str:
    """Run git as a colleague would, and return what it says."""
    done = subprocess.run(
        ["git", "-C", folder, *map(str, arguments)],
        env={**os.environ, **COLLEAGUE, **extra},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.rstrip("\n")


def commit(folder: Path, *, authored: int = NEW_YEAR, committed: int = NEW_YEAR, message: str = "x") -> str:
    """Commit everything, ignored files included, and return the commit's id."""
    git(folder, "add", "--all", "--force")
    dates = {"GIT_AUTHOR_DATE": f"{authored} +0800", "GIT_COMMITTER_DATE": f"{committed} +0800"}
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message, **dates)
    return git(folder, "rev-parse", "HEAD")


def put(folder: Path, path: str, text: str) -> Path:
    """Write a file."""
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    (folder / path).write_text(text, encoding="utf-8", newline="")
    return folder / path


def blob(folder: Path, path: str, revision: str = "HEAD") -> str:
    """Return the id of a file's content on a commit."""
    return git(folder, "rev-parse", f"{revision}:{path}")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository with two commits on main; the second wrote tickets/a.md and tickets/b.md."""
    git(tmp_path, "init", "--quiet", "-b", "main")
    put(tmp_path, "README.md", "x\n")
    commit(tmp_path)
    put(tmp_path, "tickets/a.md", "a\n")
    put(tmp_path, "tickets/b.md", "b\n")
    commit(tmp_path)
    return tmp_path


# ── names ──


def test_every_way_to_name_a_commit(repository: Path) -> None:
    """A branch, a tag of either kind, a full and an abbreviated id, a place relative to HEAD: the commit that git means."""
    first, second = git(repository, "rev-list", "--reverse", "main").split("\n")
    git(repository, "tag", "light", first)
    git(repository, "tag", "--annotate", "--message", "x", "heavy", first)
    git(repository, "update-ref", "refs/remotes/origin/main", first)
    for name in ("light", "heavy", "refs/tags/heavy", first, first[:8], "HEAD~1", "HEAD^", "main~1", "origin/main"):
        assert gitrepo.merge_base(repository, name) == gitrepo.tip(repository, name) == first, name
    for name in ("main", "HEAD", "refs/heads/main", second, "@"):
        assert gitrepo.merge_base(repository, name) == second, name


NO_COMMIT = {
    "unknown": "no-such-branch",
    "empty": "",
    "blank": " ",
    "option": "-x",
    "long option": "--output=pwned",
    "upload pack": "--upload-pack=touch pwned",
    "command": "$(touch pwned)",
    "backquotes": "`touch pwned`",
    "line break": "main\ntouch pwned",
    "terminal": "\x1b[31mmain",
    "long": "x" * 10_000,
    "range": "HEAD~1..HEAD",
    "exclusion": "^HEAD",
    "tree": "HEAD^{tree}",
    "file": "HEAD:README.md",
    "zeros": "0" * 40,
    "unknown id": "1234567890" * 4,
    "remote without branch": "origin/",
}


@pytest.mark.parametrize("name", NO_COMMIT.values(), ids=NO_COMMIT)
def test_a_name_that_means_no_commit_is_refused(repository: Path, name: str) -> None:
    """Whatever is given as a base is a name to git and nothing else; the refusal is one line that names the base."""
    before = sorted(repository.rglob("*"))
    for ask in (gitrepo.merge_base, gitrepo.tip):
        with pytest.raises(FaultError) as refused:
            ask(repository, name)
        message = str(refused.value)
        assert "基线" in message
        assert message.isprintable()
        assert len(message) < 700
    assert sorted(repository.rglob("*")) == before


def test_the_id_of_a_file_is_no_base(repository: Path) -> None:
    """An object that is not a commit is refused, however it is named."""
    for name in (blob(repository, "README.md"), git(repository, "rev-parse", "HEAD^{tree}")):
        with pytest.raises(FaultError, match="没有基线"):
            gitrepo.merge_base(repository, name)


def test_the_base_is_where_the_branch_left(repository: Path) -> None:
    """Main goes on after the branch left: the base is the commit of the fork; with ``tip`` it is main as it is."""
    fork = git(repository, "rev-parse", "main")
    git(repository, "switch", "--quiet", "-c", "work")
    put(repository, "tickets/c.md", "c\n")
    commit(repository)
    git(repository, "switch", "--quiet", "main")
    put(repository, "tickets/d.md", "d\n")
    moved_on = commit(repository)
    git(repository, "switch", "--quiet", "work")

    assert gitrepo.merge_base(repository, "main") == fork
    assert gitrepo.tip(repository, "main") == moved_on

    git(repository, "merge", "--quiet", "--no-edit", "main")
    assert gitrepo.merge_base(repository, "main") == moved_on


def test_histories_with_nothing_in_common(repository: Path) -> None:
    """A base that HEAD does not descend from in any way is refused in words."""
    git(repository, "switch", "--quiet", "--orphan", "alone")
    commit(repository)
    with pytest.raises(FaultError, match="没有共同的历史"):
        gitrepo.merge_base(repository, "main")


def test_no_repository_and_no_commit(tmp_path: Path) -> None:
    """Without a repository, or before its first commit, the message says so instead of what git says."""
    with pytest.raises(FaultError, match="不是 git 仓库"):
        gitrepo.merge_base(tmp_path, "main")
    assert not gitrepo.has_history(tmp_path)
    git(tmp_path, "init", "--quiet")
    with pytest.raises(FaultError, match="还没有提交"):
        gitrepo.merge_base(tmp_path, "main")
    assert gitrepo.is_repository(tmp_path)
    assert not gitrepo.has_history(tmp_path)


def test_the_base_where_nobody_says(repository: Path) -> None:
    """The remote's main branch comes first, then the local one, then HEAD."""
    assert gitrepo.default_base(repository) == "main"
    git(repository, "update-ref", "refs/remotes/origin/master", "HEAD")
    assert gitrepo.default_base(repository) == "origin/master"
    git(repository, "update-ref", "refs/remotes/origin/main", "HEAD")
    assert gitrepo.default_base(repository) == "origin/main"
    git(repository, "symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main")
    assert gitrepo.default_base(repository) == "origin/main"


# ── what differs ──


def test_what_differs_from_a_commit(repository: Path) -> None:
    """Edited, staged, deleted, new, ignored: each path once, with the id of its content on the base if it had one."""
    for name in "cde":
        put(repository, f"tickets/{name}.md", f"{name}\n")
    put(repository, ".gitignore", "ignored*\n")
    base = commit(repository)
    ids = {name: blob(repository, f"tickets/{name}.md") for name in "abcde"}
    put(repository, "tickets/a.md", "edited\n")
    put(repository, "tickets/b.md", "staged\n")
    git(repository, "add", "tickets/b.md")
    (repository / "tickets/c.md").unlink()
    git(repository, "rm", "--quiet", "tickets/d.md")
    put(repository, "tickets/new.md", "new\n")
    put(repository, "tickets/ignored.md", "ignored\n")
    put(repository, "elsewhere.md", "not asked for\n")

    assert gitrepo.changed(repository, base, "tickets") == {
        "tickets/a.md": ids["a"],
        "tickets/b.md": ids["b"],
        "tickets/c.md": ids["c"],
        "tickets/d.md": ids["d"],
        "tickets/new.md": None,
        "tickets/ignored.md": None,
    }


def test_what_does_not_differ(repository: Path) -> None:
    """The mode of a file aside, a touched file and one staged and taken back are as they were."""
    put(repository, "tickets/a.md", "other\n")
    git(repository, "add", "tickets/a.md")
    put(repository, "tickets/a.md", "a\n")
    os.utime(repository / "tickets/b.md", (0, 0))
    assert gitrepo.changed(repository, "HEAD", "tickets") == {}


def test_a_file_in_conflict_differs(repository: Path) -> None:
    """A file that a merge left undecided is named once, with its content on the base."""
    fork = git(repository, "rev-parse", "HEAD")
    for branch, text in (("ours", "1\n"), ("theirs", "2\n")):
        git(repository, "switch", "--quiet", "-c", branch, "main")
        put(repository, "tickets/a.md", text)
        commit(repository)
    with pytest.raises(subprocess.CalledProcessError):
        git(repository, "merge", "ours")
    assert git(repository, "ls-files", "--unmerged").count("tickets/a.md") == 3

    assert gitrepo.changed(repository, fork, "tickets") == {"tickets/a.md": blob(repository, "tickets/a.md", fork)}
    assert gitrepo.way_out(repository) == "git merge --abort"


def test_what_stands_in_the_place_of_a_file(repository: Path) -> None:
    """A file that became a link or a folder differs; what was a link on the base has no content to compare with."""
    (repository / "tickets/link.md").symlink_to("a.md")
    commit(repository)
    ids = {name: blob(repository, f"tickets/{name}.md") for name in "ab"}
    (repository / "tickets/a.md").unlink()
    (repository / "tickets/a.md").symlink_to("b.md")
    (repository / "tickets/b.md").unlink()
    put(repository, "tickets/b.md/inside.txt", "x\n")
    (repository / "tickets/link.md").unlink()
    put(repository, "tickets/link.md", "now a file\n")

    assert gitrepo.changed(repository, "HEAD", "tickets") == {
        "tickets/a.md": ids["a"],
        "tickets/b.md": ids["b"],
        "tickets/b.md/inside.txt": None,
        "tickets/link.md": None,
    }


ODD_NAMES = (
    'say "hi".md',
    "故障 1.md",
    "tab\there.md",
    "line\nbreak.md",
    "back\\slash.md",
    "line\u2028separator.md",
    "-x.md",
    ":(glob)*.md",
)


def test_odd_names(repository: Path) -> None:
    """Quotes, line breaks, Chinese, a leading hyphen, bytes that are no UTF-8: names arrive as the file system has them."""
    names = {f"tickets/{name}" for name in ODD_NAMES}
    for name in names:
        put(repository, name, "x\n")
    raw = os.fsdecode(b"tickets/\xff\xfe.md")
    (repository / raw).write_text("x\n", encoding="utf-8")
    names.add(raw)
    assert gitrepo.changed(repository, "HEAD", "tickets").keys() == names

    commit(repository)
    assert gitrepo.contents(repository, "HEAD", "tickets").keys() == names | {"tickets/a.md", "tickets/b.md"}
    assert len(gitrepo.written(repository, "HEAD~1", "tickets", ".md")) == len(names)


def test_a_repository_that_begins_further_up(repository: Path) -> None:
    """Where the faults are one folder of a larger repository, paths are relative to that folder and others are not seen."""
    inner = repository / "teams" / "faults"
    put(inner, "tickets/x.md", "x\n")
    base = commit(repository)
    ids = {"tickets/x.md": blob(repository, "teams/faults/tickets/x.md")}
    put(inner, "tickets/x.md", "edited\n")
    put(inner, "tickets/y.md", "y\n")
    put(repository, "tickets/a.md", "edited\n")

    assert gitrepo.changed(inner, base, "tickets") == {**ids, "tickets/y.md": None}
    assert gitrepo.contents(inner, base, "tickets") == ids
    assert gitrepo.has_file(inner, base, "tickets/x.md")
    assert not gitrepo.has_file(inner, base, "tickets/a.md")
    commit(repository)
    assert len(gitrepo.written(inner, base, "tickets", ".md")) == 2


def test_contents_are_files_links_and_submodules(repository: Path) -> None:
    """Whatever a commit has under the folder is named with its id; another folder's files are not."""
    (repository / "tickets/link.md").symlink_to("a.md")
    git(repository / "tickets", "init", "--quiet", "sub")
    put(repository, "tickets/sub/x.md", "x\n")
    inner = commit(repository / "tickets/sub")
    git(repository, "-c", "advice.addEmbeddedRepo=false", "add", "tickets")
    commit(repository)

    found = gitrepo.contents(repository, "HEAD", "tickets")

    assert found.keys() == {"tickets/a.md", "tickets/b.md", "tickets/link.md", "tickets/sub"}
    assert found["tickets/sub"] == inner
    assert found["tickets/a.md"] == blob(repository, "tickets/a.md")
    assert gitrepo.contents(repository, "HEAD~2", "tickets") == {}


# ── contents ──


def test_blobs_come_in_order(repository: Path) -> None:
    """Contents come back byte for byte in the order asked for, twice if asked twice: empty, binary, without line end."""
    contents = [b"", b"\0\xff\n\n", "故障\r\n".encode(), b"no line end", b"deadbeef blob 3\n"]
    ids = []
    for data in contents:
        (repository / "file").write_bytes(data)
        ids.append(git(repository, "hash-object", "-w", "file"))
    order = [4, 0, 1, 0, 2, 3]
    assert list(gitrepo.blobs(repository, [ids[n] for n in order])) == [contents[n] for n in order]
    assert list(gitrepo.blobs(repository, [])) == []


def test_a_missing_object_is_named(repository: Path) -> None:
    """An object that is not there is an error of the environment that names it, never a wrong content."""
    missing = "1" * 40
    with pytest.raises(FaultError, match=missing):
        list(gitrepo.blobs(repository, [blob(repository, "README.md"), missing]))


# ── what was written since ──


def test_what_was_written_comes_with_its_times(repository: Path) -> None:
    """Each content that a commit gave a ticket, oldest first, with the time of writing and of committing; no deletions."""
    base = git(repository, "rev-parse", "HEAD")
    put(repository, "tickets/a.md", "1\n")
    put(repository, "tickets/a/log.txt", "no ticket\n")
    commit(repository, authored=NEW_YEAR + 60, committed=NEW_YEAR + 7200)
    first = blob(repository, "tickets/a.md")
    put(repository, "tickets/a.md", "2\n")
    (repository / "tickets/b.md").unlink()
    commit(repository, authored=NEW_YEAR + 7300, committed=NEW_YEAR + 7300)
    put(repository, "tickets/a.md", "not committed\n")

    assert gitrepo.written(repository, base, "tickets", ".md") == [
        Written(NEW_YEAR + 60, NEW_YEAR + 7200, first),
        Written(NEW_YEAR + 7300, NEW_YEAR + 7300, blob(repository, "tickets/a.md")),
    ]


def test_what_a_merge_wrote(repository: Path) -> None:
    """A content that only the merge itself made is found with the time of the merge."""
    base = git(repository, "rev-parse", "HEAD")
    for branch, name in (("ours", "a"), ("theirs", "b")):
        git(repository, "switch", "--quiet", "-c", branch, base)
        put(repository, f"tickets/{name}.md", f"{branch}\n")
        commit(repository)
    git(repository, "merge", "--quiet", "--no-commit", "ours")
    put(repository, "tickets/a.md", "neither\n")
    commit(repository, authored=NEW_YEAR + 600, committed=NEW_YEAR + 600)

    found = gitrepo.written(repository, base, "tickets", ".md")

    assert Written(NEW_YEAR + 600, NEW_YEAR + 600, blob(repository, "tickets/a.md")) in found
    assert {one.blob for one in found} == {
        blob(repository, "tickets/a.md"),
        blob(repository, "tickets/b.md"),
        blob(repository, "tickets/a.md", "ours"),
    }


SETTINGS = {
    "color.ui": "always",
    "color.diff": "always",
    "core.abbrev": "4",
    "core.quotePath": "true",
    "core.pager": "false",
    "diff.external": "false",
    "diff.ignoreSubmodules": "all",
    "diff.mnemonicPrefix": "true",
    "diff.noprefix": "true",
    "diff.relative": "false",
    "diff.renames": "copies",
    "format.pretty": "oneline",
    "log.date": "relative",
    "log.decorate": "full",
    "log.diffMerges": "combined",
    "log.follow": "true",
    "log.mailmap": "true",
    "log.showRoot": "false",
    "log.showSignature": "true",
    "merge.conflictStyle": "diff3",
    "pager.log": "true",
    "status.showUntrackedFiles": "no",
}


@pytest.mark.parametrize("setting", SETTINGS)
def test_the_users_settings_change_nothing(repository: Path, setting: str) -> None:
    """Whatever somebody has set for his own terminal, the same paths and contents are found."""
    base = git(repository, "rev-parse", "HEAD")
    for branch, name in (("ours", "a"), ("theirs", "b")):
        git(repository, "switch", "--quiet", "-c", branch, base)
        put(repository, f"tickets/{name}.md", f"{branch}\n")
        commit(repository)
    git(repository, "merge", "--quiet", "--no-edit", "ours")
    put(repository, "tickets/故障.md", "new\n")

    def seen() -> tuple[object, ...]:
        return (
            gitrepo.merge_base(repository, "main"),
            gitrepo.changed(repository, base, "tickets"),
            gitrepo.contents(repository, "HEAD", "tickets"),
            sorted(gitrepo.written(repository, base, "tickets", ".md"), key=str),
        )

    plain = seen()
    git(repository, "config", setting, SETTINGS[setting])

    assert seen() == plain
    assert gitrepo.changed(repository, base, "tickets").keys() == {"tickets/a.md", "tickets/b.md", "tickets/故障.md"}


def test_attributes_run_no_program(repository: Path) -> None:
    """A repository's attributes may name programs for its files; none of them is run."""
    put(repository, ".gitattributes", "*.md diff=evil\n")
    git(repository, "config", "diff.evil.command", "touch pwned #")
    git(repository, "config", "diff.evil.textconv", "touch pwned #")
    put(repository, "tickets/a.md", "edited\n")
    commit(repository)
    put(repository, "tickets/a.md", "edited again\n")

    assert gitrepo.changed(repository, "HEAD", "tickets").keys() == {"tickets/a.md"}
    assert len(gitrepo.written(repository, "HEAD~1", "tickets", ".md")) == 1
    assert not list(repository.rglob("pwned"))
