"""Private data in the history of a repository: wherever it hides, said once, with the commit that brought it."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from faultkb import leaks
from faultkb.finding import FaultError
from faultkb.leaks import Leak, Question
from faultkb.privacy import Lists, fingerprint

COLLEAGUE = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "13800138099"), ("EMAIL", "13800138099@example.com"), ("DATE", "1767196800 +0800"))
}
"""Signs with what would be private anywhere else: how people sign is not looked at."""


def git(folder: Path, *arguments: object, given: bytes = b"") -> str:
    """Run git as a colleague would, and return what it says."""
    command = ["git", "-C", folder, *map(str, arguments)]
    done = subprocess.run(command, env={**os.environ, **COLLEAGUE}, input=given, capture_output=True, check=True)
    return done.stdout.decode().strip()


def commit(folder: Path, message: str = "x", **files: str | bytes | None) -> str:
    """Write files (``_`` stands for a dot in their names; None deletes), commit everything and return the commit's id."""
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        if content is None:
            path.unlink()
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository without commits."""
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    return tmp_path


def found(folder: Path, lists: Lists = Lists(), **question: object) -> list[Leak]:  # noqa: B008 - frozen
    """Return the leaks of a repository."""
    return list(leaks.scan(folder, lists, Question(**question)).leaks)  # type: ignore[arg-type]


def places(folder: Path, **question: object) -> set[tuple[str, str, str]]:
    """Return mask, kind of place and path of each leak."""
    return {(one.mask, one.where, one.path) for one in found(folder, **question)}


def phone(number: int) -> str:
    """Return an invented mobile number."""
    return f"1380013{number:04}"


def test_every_hiding_place(repository: Path) -> None:
    """Files of all branches, tags, stashes and notes, in UTF-8 and GB18030, merges; names; messages of commits and tags."""
    commit(repository, f"来电 {phone(1)}", a_md=f"{phone(2)}\n")
    commit(repository, a_md="138****0002\n", b_txt=f"联系 {phone(3)} 客户".encode("gb18030"))
    git(repository, "mv", "b.txt", f"录音-{phone(4)}.txt")
    commit(repository)
    git(repository, "mv", f"录音-{phone(4)}.txt", "录音.txt")
    commit(repository)
    git(repository, "switch", "--quiet", "--create", f"来电-{phone(5)}", "HEAD~2")
    commit(repository, c_md=phone(6))
    git(repository, "switch", "--quiet", "main")
    git(repository, "merge", "--quiet", "--no-commit", f"来电-{phone(5)}")
    commit(repository, "merge", d_md=phone(7))
    git(repository, "tag", "--annotate", "v1", "--message", f"谢谢 {phone(8)}")
    git(repository, "tag", "--annotate", "v2", "v1", "--message", f"再谢 {phone(9)}")
    loose = git(repository, "hash-object", "-w", "--stdin", given=phone(10).encode())
    git(repository, "update-ref", "refs/faults/SW-20261103-001", loose)
    git(repository, "notes", "add", "--message", phone(11))
    for number in (12, 13):
        (repository / "a.md").write_text(phone(number), encoding="utf-8")
        git(repository, "stash")

    branch = "refs/heads/来电-138****0005"
    assert places(repository) == {
        ("138****0001", "提交说明", ""),
        ("138****0002", "文件", "a.md"),
        ("138****0003", "文件", "b.txt"),
        ("138****0004", "文件名", "录音-138****0004.txt"),
        ("138****0005", "分支或标签的名字", branch),
        ("138****0006", "文件", "c.md"),
        ("138****0007", "文件", "d.md"),
        ("138****0008", "标签说明", ""),
        ("138****0009", "标签说明", ""),
        ("138****0010", "文件", ""),
        *((mask, where, path) for mask, where, path in places(repository) if mask == "138****0011"),
        ("138****0012", "文件", "a.md"),
        ("138****0013", "文件", "a.md"),
    }
    assert "138****0011" in {mask for mask, _, _ in places(repository)}


def test_first_commit_versions_and_whether_it_is_still_there(repository: Path) -> None:
    """A value is said once: the commit and line that brought it, how many versions have it, whether HEAD still does."""
    commit(repository, z_md="x")
    first = commit(repository, a_md=f"一\n二\n{phone(1)}，又一次 {phone(1)}\n{phone(2)}")
    commit(repository, a_md=f"零\n一\n{phone(1)}\n")
    gone, still = found(repository)[::-1]
    assert (still.mask, still.line, still.versions, still.current) == ("138****0001", 3, 2, True)
    assert (gone.mask, gone.line, gone.versions, gone.current) == ("138****0002", 4, 1, False)
    assert {still.commit, gone.commit} == {first}
    assert still.committed == 1_767_196_800


def test_still_there_though_not_recognised(repository: Path) -> None:
    """What stands beside a mask, in a serial number or in another folder is still there; part of a longer number is not."""
    commit(repository, a_md="\n".join(map(phone, range(1, 6))), tickets_md=f"{phone(6)}")
    (repository / "tools").mkdir()
    (repository / "tools" / "x.txt").write_text(f"SN{phone(3)}", encoding="utf-8")
    commit(
        repository,
        a_md=f"{phone(1)}****\n序列号 SN{phone(2)}\n{phone(4)}99\n",
        tickets_md=None,
        **{f"SN{phone(5)}_md": "x"},
    )
    current = {one.mask[-1]: one.current for one in found(repository, folders=("a.md", "tickets.md"))}
    assert current == {"1": True, "2": True, "3": True, "4": False, "5": True, "6": False}


def test_value_over_two_lines_is_said_on_one(repository: Path) -> None:
    """The mask keeps no line end of what it stands for."""
    commit(repository, a_md="> 电话 138\n> 00138001\n")
    assert [(one.mask, one.line) for one in found(repository)] == [("138****8001", 1)]


def test_other_folders_are_counted_and_their_names_are_read(repository: Path) -> None:
    """Asked for one folder, the contents of others are left out, but not the names of their files; what lies in both is looked at."""
    for folder, number in (("tickets", 1), ("tools", 2)):
        (repository / folder).mkdir()
        (repository / folder / "same.md").write_text("x", encoding="utf-8")
        (repository / folder / f"{phone(number)}.md").write_text(phone(number + 2), encoding="utf-8")
    commit(repository)
    result = leaks.scan(repository, Lists(), Question(folders=("tickets",)))
    assert sorted((one.mask, one.where) for one in result.leaks) == [
        ("138****0001", "文件名"),
        ("138****0002", "文件名"),
        ("138****0003", "文件"),
    ]
    assert (result.contents, result.left_out) == (2, 1)


def test_what_is_left_out(repository: Path) -> None:
    """Public values, what came before --since, other folders, and what only the reflog has; unless it is asked for."""
    start = commit(repository, a_md=phone(1))
    (repository / "tickets").mkdir()
    (repository / "tickets" / "b.md").write_text(phone(2), encoding="utf-8")
    commit(repository)
    commit(repository, c_md=phone(3))
    git(repository, "reset", "--quiet", "--hard", "HEAD~")
    masks = {number: f"138****000{number}" for number in range(1, 4)}

    assert {one.mask for one in found(repository)} == {masks[1], masks[2]}
    assert {one.mask for one in found(repository, reflog=True)} == {masks[1], masks[2], masks[3]}
    assert {one.mask for one in found(repository, since=start)} == {masks[2]}
    assert {one.mask for one in found(repository, folders=("tickets",))} == {masks[2]}
    assert {one.mask for one in found(repository, Lists(frozenset({phone(1)})))} == {masks[2]}


def mark(rule: str, value: str) -> tuple[str, str]:
    """Return how a ticket waives a value."""
    return rule, fingerprint(rule, value)


def test_waiver_is_for_the_files_of_its_ticket(repository: Path) -> None:
    """For the ticket and what lies beside it, in every version; not for others, a copy elsewhere, or a message."""
    home = repository / "tickets" / "2026" / "11"
    (home / "SW-20261103-001").mkdir(parents=True)
    for path, number in (
        ("tickets/2026/11/SW-20261103-001.md", 1),
        ("tickets/2026/11/SW-20261103-001/主机 121.40.33.2 的.log", 3),
        ("tickets/2026/11/SW-20261103-002.md", 4),
        ("tickets/2026/11/SW-20261103-001/copied.log", 5),
        ("copy.log", 5),
    ):
        (repository / path).write_text(f"主机 121.40.33.{number}", encoding="utf-8")
    commit(repository, "主机 121.40.33.6")
    (home / "SW-20261103-001.md").write_text("x", encoding="utf-8")
    commit(repository)
    own = frozenset(mark("ip-address", f"121.40.33.{number}") for number in range(1, 7))
    result = leaks.scan(repository, Lists(), Question(allowed={"SW-20261103-001": own}))
    assert {(one.where, one.path) for one in result.leaks} == {
        ("提交说明", ""),
        ("文件", "copy.log"),
        ("文件", "tickets/2026/11/SW-20261103-002.md"),
    }


def test_waiver_hides_no_error(repository: Path) -> None:
    """A name that is waived in the text is an error in the header all the same."""
    (repository / "tickets" / "2026" / "11").mkdir(parents=True)
    ticket = repository / "tickets" / "2026" / "11" / "SW-20261103-001.md"
    allowed = {"SW-20261103-001": frozenset({mark("unmasked-name", "张三丰"), mark("mobile-number", phone(1))})}
    ticket.write_text("联系人：张三丰", encoding="utf-8")
    commit(repository)
    assert found(repository, allowed=allowed) == []
    ticket.write_text(f"owner: {{staff: RD017, name: 张三丰}}\n联系人：张三丰 {phone(1)}\n", encoding="utf-8")
    commit(repository)
    assert [(one.rule, one.level) for one in found(repository, allowed=allowed)] == [
        ("mobile-number", "error"),
        ("unmasked-name", "error"),
    ]


def test_names_of_persons_in_names_of_files(repository: Path) -> None:
    """A person's name without a label is one there, in whichever folder; the path is shown without it, of its content too."""
    (repository / "kb").mkdir()
    (repository / "kb" / "李雷-身份证.jpg").write_bytes(b"")
    (repository / "kb" / "张三丰.txt").write_text(phone(1), encoding="utf-8")
    commit(repository)
    assert places(repository) == {
        ("李*", "文件名", "kb/李*-身份证.jpg"),
        ("张*", "文件名", "kb/张*.txt"),
        ("138****0001", "文件", "kb/张*.txt"),
    }


def test_replaced_objects_are_seen(repository: Path) -> None:
    """A ref under refs/replace/ hides nothing."""
    bad = commit(repository, a_md=phone(1))
    commit(repository, a_md="x")
    git(repository, "replace", bad, git(repository, "commit-tree", "HEAD^{tree}", "-m", "x"))
    assert {one.mask for one in found(repository)} == {"138****0001"}


def test_name_in_full_in_a_field(repository: Path) -> None:
    """A person in the header with a name in full is an error; a masked one is none."""
    commit(repository, a_md="owner: {staff: RD017, name: 欧阳修远}\nreporter: {staff: ZL001, name: 张*}\n")
    assert [(one.rule, one.level, one.mask) for one in found(repository)] == [("unmasked-name", "error", "欧*")]


def test_large_binary_and_odd_names(repository: Path) -> None:
    """Contents above the limit are counted, zeros passed over, and a name with a line end or no text is no obstacle."""
    commit(repository, big_txt=b"x" * (leaks.LARGEST + 1), bin_dat=b"\0\1\2")
    Path(os.fsdecode(os.fsencode(repository) + b"/a\nb\xff.md")).write_text(phone(2), encoding="utf-8")
    commit(repository)
    result = leaks.scan(repository, Lists(), Question())
    assert [(one.mask, one.path) for one in result.leaks] == [("138****0002", "a\nb\ufffd.md")]
    assert (result.commits, result.contents, [one.path for one in result.unread]) == (2, 3, ["big.txt"])


def test_what_is_not_looked_at_is_named(repository: Path) -> None:
    """Too large, packed, not to be decoded; a file of 6 MB, UTF-16 without a mark, and one with zeros are read."""
    commit(
        repository,
        big_txt="x" * 10_000_001,
        six_txt="x" * 6_000_000 + f"\n{phone(1)}",
        a_zip=b"PK\x03\x04\xff\xff",
        voice_mp3=b"\xff\xfb\xff\xff",
        broken_txt=b"\xff\xff\xff " + phone(2).encode(),
        wide_txt=f"call me: {phone(3)}".encode("utf-16-le"),
        zeros_log=f"a\0b {phone(4)}\0".encode(),
        shot_png=b"\x89PNG\r\n\x1a\n",
    )
    result = leaks.scan(repository, Lists(), Question())
    assert {one.mask[-1] for one in result.leaks} == {"1", "2", "3", "4"}
    assert [(one.reason, one.where, one.path) for one in result.unread] == [
        ("超过 10 MB", "文件", "big.txt"),
        ("压缩包", "文件", "a.zip"),
        ("没有看完或不是文字", "文件", "broken.txt"),
        ("没有看完或不是文字", "文件", "voice.mp3"),
    ]


def test_long_message_of_a_tag(repository: Path) -> None:
    """It is named as not looked at; what the tag names is looked at all the same, also where that is another tag, or a file."""
    commit(repository)
    loose = git(repository, "hash-object", "-w", "--stdin", given=phone(1).encode())
    (repository / "message").write_bytes(b"x" * (leaks.LARGEST + 1))
    git(repository, "tag", "--annotate", "v1", "--file", "message", loose)
    git(repository, "tag", "--annotate", "v2", "--file", "message", "v1")
    result = leaks.scan(repository, Lists(), Question())
    assert [one.mask for one in result.leaks] == ["138****0001"]
    assert [(one.reason, one.where) for one in result.unread] == [("超过 10 MB", "标签说明")] * 2


def test_missing_objects(repository: Path) -> None:
    """A content that the repository should have is named; without a commit, no history can be read, and what to do is said."""
    commit(repository, a_md=phone(1), b_md=phone(2))
    lost, head = git(repository, "rev-parse", "HEAD:a.md"), git(repository, "rev-parse", "HEAD")
    (repository / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    result = leaks.scan(repository, Lists(), Question())
    assert [one.mask for one in result.leaks] == ["138****0002"]
    assert result.unread == (leaks.Unread("仓库里没有", "文件", "a.md", lost),)
    assert result.missing == 1
    (repository / ".git" / "objects" / head[:2] / head[2:]).unlink()
    with pytest.raises(FaultError, match=r"git fsck.*--unshallow"):
        found(repository)


def test_bare_shallow_and_empty(repository: Path, tmp_path: Path) -> None:
    """A repository without a checkout or without commits is no obstacle; a shallow clone is said to be one; no repository is an error."""
    assert found(repository) == []
    commit(repository, a_md=phone(1))
    commit(repository, a_md="x")
    bare, shallow = tmp_path / "bare.git", tmp_path / "shallow"
    git(tmp_path, "clone", "--quiet", "--bare", repository, bare)
    git(tmp_path, "clone", "--quiet", "--depth", 1, f"file://{bare}", shallow)
    assert [one.mask for one in found(bare)] == ["138****0001"]
    assert leaks.scan(shallow, Lists(), Question()) == leaks.Scan((), 1, 1, (), 0, shallow=True)
    with pytest.raises(FaultError, match="不是 git 仓库"):
        found(Path("/"))


def test_many_in_several_processes(repository: Path) -> None:
    """Five hundred versions are divided among processes, and every value is found."""
    stream = b"".join(
        b"commit refs/heads/main\nmark :%d\ncommitter a <a@b> %d +0800\ndata 1\nx\n%sM 100644 inline f%d\ndata 11\n%s\n"
        % (n, 1_767_196_800 + n, b"from :%d\n" % (n - 1) if n > 1 else b"", n % 7, phone(n).encode())
        for n in range(1, 501)
    )
    git(repository, "fast-import", "--quiet", given=stream)
    assert len(found(repository)) == 500
