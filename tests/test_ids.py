"""Public ids: where their files are, which is the next, and how one becomes ours alone."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest

from faultkb import claims, gitrepo, ids
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2026, 11, 3)
FIRST, SECOND = "SW-20261103-001", "SW-20261103-002"
COLLEAGUE = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "colleague"), ("EMAIL", "colleague@example.org"))
}


@pytest.mark.parametrize(
    ("ticket_id", "path"),
    [
        ("SW-20261103-001", "tickets/2026/11/SW-20261103-001.md"),
        ("OT-20270101-999", "tickets/2027/01/OT-20270101-999.md"),
        ("HW-20261231-1000", "tickets/2026/12/HW-20261231-1000.md"),
    ],
)
def test_home_follows_from_the_id(ticket_id: str, path: str) -> None:
    """Year and month of the id are the folders; forward slashes on every system."""
    assert ids.home(ticket_id) == path


NEXT = {
    "none of the day": ([], "SW-20261103-001"),
    "after the highest": (["2026/11/SW-20261103-001", "2026/11/SW-20261103-002"], "SW-20261103-003"),
    "gaps stay gaps": (["2026/11/SW-20261103-001", "2026/11/SW-20261103-007"], "SW-20261103-008"),
    "other types do not count": (["2026/11/HW-20261103-005"], "SW-20261103-001"),
    "other days do not count": (["2026/11/SW-20261102-005", "2026/11/SW-20261104-005"], "SW-20261103-001"),
    "more than three digits": (["2026/11/SW-20261103-999"], "SW-20261103-1000"),
    "more than a thousand": (["2026/11/SW-20261103-999", "2026/11/SW-20261103-1000"], "SW-20261103-1001"),
    "numbers, not texts": (["2026/11/SW-20261103-0010", "2026/11/SW-20261103-009"], "SW-20261103-011"),
    "a great leap leads back": (["2026/11/SW-20261103-001", "2026/11/SW-20261103-999999"], "SW-20261103-002"),
    "more than six digits are no id": (["2026/11/SW-20261103-9999999"], "SW-20261103-001"),
    "misplaced files count": (["2025/01/SW-20261103-004"], "SW-20261103-005"),
    "names that are no ids": (
        ["2026/11/SW-20261103-abc", "2026/11/README", "2026/11/xSW-20261103-009"],
        "SW-20261103-001",
    ),
}


def put(root: Path, *names: str) -> None:
    """Make empty ticket files."""
    for name in names:
        path = root / "tickets" / f"{name}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


@pytest.mark.parametrize(("there", "expected"), NEXT.values(), ids=NEXT.keys())
def test_next_id_of_a_day(tmp_path: Path, there: list[str], expected: str) -> None:
    """The next number is one more than the highest of its prefix and day, whatever the content of the files."""
    (tmp_path / "tickets").mkdir()
    put(tmp_path, *there)
    assert ids.next_id(tmp_path, "SW", DAY) == expected


def test_attachments_of_a_fault_are_no_faults(tmp_path: Path) -> None:
    """A folder named like a fault does not take its number twice."""
    home = tmp_path / "tickets" / "2026" / "11"
    (home / "SW-20261103-001").mkdir(parents=True)
    (home / "SW-20261103-001.md").touch()
    assert ids.next_id(tmp_path, "SW", DAY) == "SW-20261103-002"


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


def commit(folder: Path, message: str) -> None:
    """Commit everything."""
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """Return a bare repository with one commit on main, in which tickets/ holds no fault yet."""
    folder = tmp_path / "server.git"
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", folder)
    seed = clone(folder, "seed")
    (seed / "tickets" / ".gitkeep").parent.mkdir()
    (seed / "tickets" / ".gitkeep").touch()
    git(seed, "checkout", "--quiet", "-B", "main")
    commit(seed, "first")
    git(seed, "push", "--quiet", "origin", "main")
    return folder


def clone(server: Path, name: str) -> Path:
    """Clone a repository into a folder beside it."""
    git(server.parent, "clone", "--quiet", server, name)
    return server.parent / name


@pytest.fixture
def mine(server: Path) -> Path:
    """Return a clone in which no name is configured, and none may be guessed."""
    folder = clone(server, "mine")
    git(folder, "config", "user.useConfigOnly", "true")
    return folder


def refs(server: Path) -> dict[str, str]:
    """Return the reserved ids on a server, and the object of each."""
    lines = git(server, "for-each-ref", "--format=%(refname) %(objectname)", "refs/faults").splitlines()
    return {name.removeprefix("refs/faults/"): value for name, value in map(str.split, lines)}


def hold(server: Path, *taken: str) -> None:
    """Reserve ids as a colleague."""
    for one in taken:
        git(server, "update-ref", f"refs/faults/{one}", "refs/heads/main")


def hook(server: Path, name: str, script: str) -> None:
    """Give a repository a hook."""
    path = server / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


CLAIMANT = """
import sys
from datetime import date
from pathlib import Path
from faultkb import ids
print("ready", flush=True)
sys.stdin.readline()
reservation = ids.reserve(Path(sys.argv[1]), "SW", date(2026, 11, 3))
print(reservation.id, reservation.notice)
"""


@pytest.fixture
def environment(root: Path) -> dict[str, str]:
    """Return the environment in which another process finds the program."""
    return {**os.environ, "PYTHONPATH": str(root / "tools")}


def alone(folder: Path, environment: dict[str, str]) -> tuple[str, str]:
    """Reserve an id in a process of its own; return it and the notice."""
    done = subprocess.run(
        [sys.executable, "-c", CLAIMANT, folder],
        env=environment,
        input="\n",
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    ticket_id, _, notice = done.stdout.splitlines()[1].partition(" ")
    return ticket_id, notice


def test_twenty_claimants_at_once_get_twenty_ids(server: Path, environment: dict[str, str]) -> None:
    """Twenty clones that register at the same moment get the numbers 1 to 20, each reserved by an object of its own."""
    claimants = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIMANT, clone(server, f"clone{number}")],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        for number in range(20)
    ]
    for one in claimants:
        assert one.stdout is not None
        assert one.stdout.readline() == "ready\n"
    for one in claimants:
        assert one.stdin is not None
        one.stdin.write("\n")
        one.stdin.flush()
    got = [one.communicate(timeout=300)[0].strip() for one in claimants]
    expected = [f"SW-20261103-{number:03d}" for number in range(1, 21)]
    assert sorted(got) == expected
    assert sorted(refs(server)) == expected
    assert len(set(refs(server).values())) == 20


def test_id_that_is_reserved_is_nobody_elses(mine: Path, server: Path) -> None:
    """Of two people who claim the same id one gets it, however alike they are; git calls neither push a failure by itself."""
    other = clone(server, "other")
    assert claims.claim(mine, "origin", FIRST)
    assert not claims.claim(other, "origin", FIRST)
    assert not claims.claim(mine, "origin", FIRST)


def test_reservations_without_a_file_count(mine: Path, server: Path) -> None:
    """An id that a colleague has reserved and not yet pushed is taken; those of other types and days are not."""
    hold(server, "SW-20261103-004", "HW-20261103-008", "SW-20261104-009", "SW-20261103-0x7", "XSW-20261103-010")
    assert ids.reserve(mine, "SW", DAY) == ids.Reservation("SW-20261103-005", "")


def test_more_than_a_thousand_reservations(mine: Path, server: Path) -> None:
    """Numbers are compared as numbers: 1000 comes after 999, 1001 after 1000."""
    hold(server, "SW-20261103-999")
    assert ids.reserve(mine, "SW", DAY).id == "SW-20261103-1000"
    assert ids.reserve(mine, "SW", DAY).id == "SW-20261103-1001"


def test_faults_on_other_branches_count(mine: Path, server: Path) -> None:
    """Files on a local branch, and on a branch of the remote that was fetched, are taken though they are not checked out."""
    other = clone(server, "other")
    put(other, "2026/11/SW-20261103-006")
    commit(other, "pushed by somebody, never reserved")
    git(other, "push", "--quiet", "origin", "HEAD:refs/heads/theirs")
    assert ids.reserve(mine, "SW", DAY).id == FIRST
    git(mine, "fetch", "--quiet")
    assert ids.reserve(mine, "SW", DAY).id == "SW-20261103-007"
    git(mine, "config", "user.useConfigOnly", "false")
    git(mine, "checkout", "--quiet", "-b", "later")
    put(mine, "2026/11/SW-20261103-021")
    commit(mine, "mine, on another branch")
    git(mine, "checkout", "--quiet", "main")
    assert not (mine / "tickets" / "2026").exists()
    assert ids.reserve(mine, "SW", DAY) == ids.Reservation("SW-20261103-022", "")
    assert ids.next_id(mine, "SW", DAY) == "SW-20261103-022"


def test_a_hostile_name_on_another_branch_is_no_id(mine: Path, server: Path) -> None:
    """A number of 5,000 digits, which no file system holds but git does, is passed over."""
    blob = git(mine, "hash-object", "-w", "--stdin")
    tree = f"100644 blob {blob}\tSW-20261103-{'9' * 5_000}.md"
    for folder in ("11", "2026", "tickets", ""):
        made = subprocess.run(
            ["git", "mktree"], cwd=mine, input=f"{tree}\n", check=True, capture_output=True, encoding="utf-8"
        )
        tree = f"040000 tree {made.stdout.strip()}\t{folder}"
    git(mine, "update-ref", "refs/remotes/origin/evil", git(mine, "commit-tree", "-m", "x", made.stdout.strip()))

    assert ids.reserve(mine, "SW", DAY).id == FIRST
    assert set(refs(server)) == {FIRST}


def test_repository_below_the_top_of_a_clone(server: Path) -> None:
    """The knowledge base may be a subfolder, with a blank in its name, of a larger repository: its branches count."""
    folder = clone(server, "large")
    git(folder, "checkout", "--quiet", "-b", "later")
    put(folder / "docs" / "fault base", "2026/11/SW-20261103-003")
    put(folder, "2026/11/SW-20261103-030")
    commit(folder, "two knowledge bases")
    git(folder, "checkout", "--quiet", "main")
    root = folder / "docs" / "fault base"
    (root / "tickets").mkdir(parents=True)
    assert ids.reserve(root, "SW", DAY) == ids.Reservation("SW-20261103-004", "")
    assert list(refs(server)) == ["SW-20261103-004"]


def test_worktree_reserves_like_any_clone(mine: Path, server: Path) -> None:
    """A second working tree of a clone sees the branches and the remote of the first."""
    second = mine.with_name("second")
    git(mine, "worktree", "add", "--quiet", "-b", "side", second)
    assert ids.reserve(mine, "SW", DAY).id == FIRST
    assert ids.reserve(second, "SW", DAY) == ids.Reservation(SECOND, "")
    assert list(refs(server)) == [FIRST, SECOND]


def test_clone_of_an_empty_repository_can_reserve(tmp_path: Path) -> None:
    """The very first fault of a knowledge base is reserved as well: no commit and no branch is needed."""
    git(tmp_path, "init", "--quiet", "--bare", "new.git")
    folder = clone(tmp_path / "new.git", "mine")
    (folder / "tickets").mkdir()
    assert ids.reserve(folder, "SW", DAY) == ids.Reservation(FIRST, "")


def test_nothing_of_the_user_is_pushed(mine: Path, server: Path) -> None:
    """A reservation is one commit of an empty tree by nobody: no branch, no file, no name of the user arrives."""
    before = {line.split()[0] for line in git(server, "rev-list", "--objects", "--all").splitlines()}
    put(mine, "2026/11/HW-20261103-001")
    git(mine, "config", "user.useConfigOnly", "false")
    commit(mine, "not for anybody yet")
    git(mine, "tag", "--annotate", "--message", "x", "v1")
    git(mine, "config", "push.followTags", "true")
    assert ids.reserve(mine, "SW", DAY) == ids.Reservation(FIRST, "")
    reserved = refs(server)[FIRST]
    arrived = {line.split()[0] for line in git(server, "rev-list", "--objects", "--all").splitlines()} - before
    assert arrived == {reserved, git(server, "rev-parse", f"{reserved}^{{tree}}")}
    assert git(server, "ls-tree", "-r", reserved) == ""
    assert git(server, "log", "-1", "--format=%P|%an <%ae>|%cn <%ce>|%s", reserved) == (
        f"|fault <fault@faultkb.invalid>|fault <fault@faultkb.invalid>|{FIRST}"
    )
    assert git(server, "for-each-ref", "--format=%(refname)") == f"refs/faults/{FIRST}\nrefs/heads/main"


def test_settings_and_hooks_for_branches_do_not_matter(mine: Path, server: Path) -> None:
    """Signing, push options, submodule checks and a pre-push hook that runs tests are about branches, not about ids."""
    hook(mine / ".git", "pre-push", "exit 1")
    for name, value in {
        "commit.gpgSign": "true",
        "gpg.program": "false",
        "push.gpgSign": "true",
        "push.pushOption": "merge_request.create",
        "push.recurseSubmodules": "only",
    }.items():
        git(mine, "config", name, value)
    assert ids.reserve(mine, "SW", DAY) == ids.Reservation(FIRST, "")
    assert list(refs(server)) == [FIRST]


def test_race_lost_on_the_server_is_run_again(mine: Path, server: Path) -> None:
    """Somebody creates the ref after our push arrived: theirs stays theirs, and we take the next number."""
    hook(
        server,
        "update",
        f'unset GIT_QUARANTINE_PATH; test "$1" != refs/faults/{FIRST} || git update-ref "$1" refs/heads/main',
    )
    assert ids.reserve(mine, "SW", DAY) == ids.Reservation(SECOND, "")
    assert refs(server)[FIRST] == git(server, "rev-parse", "main")
    assert refs(server)[SECOND] != refs(server)[FIRST]


def test_race_lost_before_the_push_is_run_again(mine: Path, server: Path) -> None:
    """Somebody creates the ref between our look and our push: theirs stays theirs, and we take the next number."""
    script = server.parent / "receive"
    script.write_text(
        f'#!/bin/sh\ntest -e done || git --git-dir="$1" update-ref refs/faults/{FIRST} refs/heads/main\n'
        'touch done\nexec git-receive-pack "$@"\n',
        encoding="utf-8",
    )
    script.chmod(0o755)
    git(mine, "config", "remote.origin.receivepack", script)
    assert ids.reserve(mine, "SW", DAY) == ids.Reservation(SECOND, "")
    assert refs(server)[FIRST] == git(server, "rev-parse", "main")


def test_push_address_may_differ_from_the_fetch_address(mine: Path, server: Path) -> None:
    """Where pushes go elsewhere, an id that is taken there is passed over although a look does not show it."""
    elsewhere = server.parent / "elsewhere.git"
    git(server.parent, "clone", "--quiet", "--bare", server, elsewhere)
    hold(elsewhere, FIRST)
    git(mine, "remote", "set-url", "--push", "origin", elsewhere)
    assert ids.reserve(mine, "SW", DAY) == ids.Reservation(SECOND, "")


def test_answer_that_got_lost_is_looked_up(mine: Path, server: Path) -> None:
    """The server dies after it has stored our ref and before it says so: the id is ours all the same."""
    hook(server, "reference-transaction", 'test "$1" != committed || kill -9 $PPID')
    assert ids.reserve(mine, "SW", DAY) == ids.Reservation(FIRST, "")
    assert list(refs(server)) == [FIRST]


def test_busy_server_is_asked_again(mine: Path, server: Path) -> None:
    """A ref that is locked for a moment and then still free is tried again, and is ours."""
    lock = server / "refs" / "faults" / f"{FIRST}.lock"
    lock.parent.mkdir()
    hook(
        server,
        "pre-receive",
        f'test -e second && rm -f "{lock}" || touch "{lock}"; test -e first && touch second; touch first',
    )
    assert ids.reserve(mine, "SW", DAY) == ids.Reservation(FIRST, "")
    assert (server / "second").exists()


def test_server_that_stays_busy_is_given_up(mine: Path, server: Path) -> None:
    """A lock that does not go away (a server process died) ends in an id that is not reserved, with the reason."""
    (server / "refs" / "faults").mkdir()
    (server / "refs" / "faults" / f"{FIRST}.lock").touch()
    reservation = ids.reserve(mine, "SW", DAY)
    assert reservation.id == FIRST
    assert "远程仓库“origin”没有接受" in reservation.notice


def test_read_only_remote_is_said(mine: Path, server: Path) -> None:
    """Where a server declines, the next id after all that is known is used, and the notice says why and what to do."""
    hold(server, FIRST)
    hook(server, "pre-receive", "echo https://user:geheim@example.org/ >&2; exit 1")
    assert ids.reserve(mine, "SW", DAY) == ids.Reservation(
        SECOND,
        f"编号 {SECOND} 没有保留，别人可能取到同一个：远程仓库“origin”按它的规则拒绝了。"
        f"合并之前先运行 fault check；编号重复时运行 fault renumber {SECOND} 换一个",
    )
    assert list(refs(server)) == [FIRST]


def test_remote_without_write_permission_is_said(mine: Path, server: Path) -> None:
    """A repository in which the user may not create objects is told from one that cannot be reached."""
    script = server.parent / "receive"
    script.write_text("#!/bin/sh\necho 'remote: Permission to a/b.git denied to c.' >&2\nexit 1\n", encoding="utf-8")
    script.chmod(0o755)
    git(mine, "config", "remote.origin.receivepack", script)
    assert "远程仓库“origin”不让你写入（没有权限）" in ids.reserve(mine, "SW", DAY).notice


def test_remote_that_is_gone_is_said(mine: Path, server: Path) -> None:
    """A path that does not exist any more is named as such; the id comes from what this clone knows."""
    put(mine, "2026/11/SW-20261103-003")
    server.rename(server.with_name("moved.git"))
    reservation = ids.reserve(mine, "SW", DAY)
    assert reservation.id == "SW-20261103-004"
    assert "远程仓库“origin”不存在" in reservation.notice
    assert str(server) not in reservation.notice


def test_unreachable_remote_is_said_without_its_address(mine: Path) -> None:
    """Nobody listens on port 9: the notice says that there is no connection, and repeats neither address nor password."""
    git(mine, "remote", "set-url", "origin", "https://user:geheim@127.0.0.1:9/x.git")
    reservation = ids.reserve(mine, "SW", DAY)
    assert reservation.id == FIRST
    assert "远程仓库“origin”连接不上" in reservation.notice
    assert not [word for word in ("geheim", "127.0.0.1", "https") if word in reservation.notice]


def test_silent_remote_is_given_up(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that takes the connection and says nothing is given up after a while."""
    monkeypatch.setattr(gitrepo, "PATIENCE", 0.3)
    script = mine.parent / "silent"
    script.write_text("#!/bin/sh\nwhile read -r line; do :; done\n", encoding="utf-8")
    script.chmod(0o755)
    git(mine, "config", "core.sshCommand", script)
    git(mine, "config", "ssh.variant", "simple")
    git(mine, "remote", "set-url", "origin", "ssh://example.invalid/x.git")
    reservation = ids.reserve(mine, "SW", DAY)
    assert reservation.id == FIRST
    assert "远程仓库“origin”15 秒内没有回答" in reservation.notice


SSH = """#!/bin/sh
printf '%s\\n' "$0 $*" >> "{log}"
echo '{complaint}' >&2
exit 255
"""


@pytest.mark.parametrize(
    ("complaint", "words"),
    [
        ("git@example.invalid: Permission denied (publickey).", "远程仓库“origin”要先登录"),
        ("Host key verification failed.", "远程仓库“origin”的主机密钥还没有确认"),
        ("ssh: Could not resolve hostname example.invalid: Name or service not known", "远程仓库“origin”连接不上"),
    ],
)
def test_ssh_never_asks(mine: Path, environment: dict[str, str], complaint: str, words: str) -> None:
    """The ssh of the system runs in batch mode with a limit on connecting: no question waits for an answer; a refusal is explained."""
    folder = mine.parent / "bin"
    folder.mkdir()
    (folder / "ssh").write_text(SSH.format(log=folder / "log", complaint=complaint), encoding="utf-8")
    (folder / "ssh").chmod(0o755)
    git(mine, "remote", "set-url", "origin", "git@example.invalid:x.git")
    kept = {name: value for name, value in environment.items() if not name.startswith("GIT_")}
    ticket_id, notice = alone(mine, {**kept, "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"})
    assert ticket_id == FIRST
    assert words in notice
    assert "-o BatchMode=yes -o ConnectTimeout=10" in (folder / "log").read_text(encoding="utf-8")


@pytest.mark.parametrize("place", ["GIT_SSH_COMMAND", "GIT_SSH", "core.sshCommand"])
def test_own_ssh_command_is_kept(mine: Path, environment: dict[str, str], place: str) -> None:
    """Who has told git how to reach the server is not overruled."""
    script = mine.parent / "my-ssh"
    script.write_text(SSH.format(log=mine.parent / "log", complaint="x"), encoding="utf-8")
    script.chmod(0o755)
    git(mine, "remote", "set-url", "origin", "git@example.invalid:x.git")
    kept = {name: value for name, value in environment.items() if not name.startswith("GIT_")}
    if place.startswith("GIT_"):
        kept[place] = str(script)
    else:
        git(mine, "config", place, script)
    alone(mine, kept)
    said = (mine.parent / "log").read_text(encoding="utf-8")
    assert "my-ssh" in said
    assert "BatchMode" not in said


@pytest.mark.parametrize("tree_is_there", [False, True])
def test_full_disk_reserves_nothing(mine: Path, server: Path, tree_is_there: bool) -> None:  # noqa: FBT001 - a case
    """Where git cannot write its object the notice says so, and nothing is pushed: an empty push would be a deletion."""
    if tree_is_there:
        git(mine, "hash-object", "-t", "tree", "-w", os.devnull)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    try:
        reservation = ids.reserve(mine, "SW", DAY)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert reservation.id == FIRST
    assert "git 在本机写不了 .git 文件夹" in reservation.notice
    assert refs(server) == {}


def test_folder_without_git(tmp_path: Path) -> None:
    """Outside of git the next free number is used, and the notice says that nothing is reserved."""
    (tmp_path / "tickets").mkdir()
    assert ids.reserve(tmp_path, "SW", DAY) == ids.Reservation(
        FIRST,
        f"编号 {FIRST} 没有保留，别人可能取到同一个：这里不是 git 仓库。"
        f"合并之前先运行 fault check；编号重复时运行 fault renumber {FIRST} 换一个",
    )


def test_machine_without_git(mine: Path, environment: dict[str, str]) -> None:
    """Where git is not installed, an id is found all the same."""
    put(mine, "2026/11/SW-20261103-001")
    ticket_id, notice = alone(mine, {**environment, "PATH": str(mine)})
    assert ticket_id == SECOND
    assert "没有找到 git" in notice


def test_repository_without_remote(mine: Path) -> None:
    """A repository that nobody else has needs no reservation, and is told that there is none."""
    git(mine, "remote", "remove", "origin")
    reservation = ids.reserve(mine, "SW", DAY)
    assert reservation.id == FIRST
    assert "：还没有远程仓库。" in reservation.notice


REMOTES = {
    "the only one": (["company"], {}, "company"),
    "origin before others": (["company", "origin"], {}, "origin"),
    "the branch's own before origin": (["company", "origin"], {"branch.main.remote": "company"}, "company"),
    "upstream before the branch's own": (
        ["company", "origin", "upstream"],
        {"branch.main.remote": "company"},
        "upstream",
    ),
    "the configured one before all": (
        ["company", "origin", "upstream"],
        {"branch.main.remote": "origin", "fault.remote": "company"},
        "company",
    ),
    "a branch that follows a local one": (["company", "origin"], {"branch.main.remote": "."}, "origin"),
}


@pytest.mark.parametrize(("names", "settings", "expected"), REMOTES.values(), ids=REMOTES.keys())
def test_remote_is_chosen(mine: Path, names: list[str], settings: dict[str, str], expected: str) -> None:
    """The configured remote, else upstream, the branch's own, origin, the only one."""
    git(mine, "remote", "remove", "origin")
    for name in names:
        git(mine, "remote", "add", name, mine.parent / f"{name}.git")
    for name, value in settings.items():
        git(mine, "config", name, value)
    assert claims.remote(mine) == expected


def test_detached_head_has_no_remote_of_its_own(mine: Path) -> None:
    """A checkout of a commit, as CI makes it, falls back to origin."""
    git(mine, "checkout", "--quiet", "--detach")
    assert claims.remote(mine) == "origin"


def test_several_remotes_without_a_choice(mine: Path) -> None:
    """Two remotes of which none stands out are not guessed between: the notice says which setting decides."""
    git(mine, "remote", "rename", "origin", "east")
    git(mine, "config", "--unset", "branch.main.remote")
    git(mine, "remote", "add", "west", mine.parent / "west.git")
    assert "git config fault.remote" in ids.reserve(mine, "SW", DAY).notice


def test_configured_remote_that_is_none(mine: Path) -> None:
    """A name that is not there, or an address with a password, is refused without being repeated."""
    git(mine, "config", "fault.remote", "https://user:geheim@example.org/x.git")
    notice = ids.reserve(mine, "SW", DAY).notice
    assert "fault.remote" in notice
    assert "geheim" not in notice


@pytest.mark.parametrize("name", ["--upload-pack=touch pwned;", "-oProxyCommand=touch pwned", "ext::touch pwned"])
def test_hostile_remote_name_is_not_used(mine: Path, name: str) -> None:
    """A remote whose name is an option, or a command, is not handed to git at all."""
    git(mine, "config", "--rename-section", "remote.origin", f"remote.{name}")
    git(mine, "config", "--remove-section", "branch.main")
    reservation = ids.reserve(mine, "SW", DAY)
    assert reservation.id == FIRST
    assert "请用 git remote rename 改名" in reservation.notice
    assert not (mine / "pwned").exists()


def test_wanted_id_is_reserved(mine: Path, server: Path) -> None:
    """Who chooses a number gets it if it is free, also one with a gap before it."""
    assert ids.reserve_exactly(mine, "SW-20261103-017") == ids.Reservation("SW-20261103-017", "")
    assert list(refs(server)) == ["SW-20261103-017"]


@pytest.mark.parametrize("where", ["file", "branch", "remote"])
def test_wanted_id_that_is_taken_is_refused(mine: Path, server: Path, where: str) -> None:
    """A number that stands in the working tree, on a branch or on the remote is not given a second time."""
    git(mine, "config", "user.useConfigOnly", "false")
    if where == "remote":
        hold(server, FIRST)
    else:
        git(mine, "checkout", "--quiet", "-b", "side")
        put(mine, f"2026/11/{FIRST}")
    if where == "branch":
        commit(mine, "mine")
        git(mine, "checkout", "--quiet", "main")
    with pytest.raises(FaultError, match=f"编号 {FIRST} 已经有人用了"):
        ids.reserve_exactly(mine, FIRST)


def test_wanted_id_offline(mine: Path, server: Path) -> None:
    """Without the remote a wanted number is given with a notice, unless this clone knows better."""
    server.rename(server.with_name("moved.git"))
    reservation = ids.reserve_exactly(mine, FIRST)
    assert reservation.id == FIRST
    assert "没有保留" in reservation.notice
    put(mine, f"2026/11/{FIRST}")
    with pytest.raises(FaultError, match="已经有人用了"):
        ids.reserve_exactly(mine, FIRST)
