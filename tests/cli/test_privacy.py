"""``fault privacy``: the company's words go in and out without being shown; history is searched from the command line."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from faultkb.cli import privacy_command

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

OLD = "# 注释\nversion: 1\npublic:\n  - {value: service@example.com, note: 客服邮箱}  # 这一行不动\n"


@pytest.fixture
def desk(office: Path, environment: dict[str, str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs ``fault privacy`` in the office with lines on standard input."""

    def privacy(*arguments: str, given: str | bytes = "") -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "faultkb", "privacy", *arguments],
            cwd=office,
            env=environment,
            input=given if isinstance(given, bytes) else given.encode(),
            capture_output=True,
            check=False,
        )
        return subprocess.CompletedProcess((), done.returncode, done.stdout.decode(), done.stderr.decode())

    return privacy


def stored(folder: Path) -> str:
    """Return the text of schema/privacy.yaml."""
    return (folder / "schema" / "privacy.yaml").read_text(encoding="utf-8")


def test_words_go_in_and_out(desk: Run, office: Path) -> None:
    """Added words are digests on lines of their own; the rest of the file stays; doubles count once; removing leaves no trace."""
    (office / "schema" / "privacy.yaml").write_text(OLD, encoding="utf-8")
    added = desk("add", "--kind", "客户", given="星河花园\nStarRiver-DB01\n星河 花园\n")
    assert (added.returncode, added.stderr) == (0, "")
    assert added.stdout == "新增 2 个词（客户），1 个已经在词库里\n"
    text = stored(office)
    assert text.startswith(OLD)
    assert [line.split(",")[1:] for line in text.splitlines() if "digest" in line] != []
    assert not any(part in text.casefold() for part in ("星河", "starriver"))
    assert desk("list").stdout == "客户  2\n公开的值  1\n"

    (office / "bad.txt").write_bytes("主机 ｓtarriver-ｄb01 在星河花园".encode("gb18030"))
    assert desk("find", "bad.txt").stdout.count("[own-word]") == 2

    removed = desk("remove", given="星河花园\n别的词\n")
    assert removed.stdout == "删去 1 个词，1 个本来就不在词库里\n"
    assert desk("remove", given="starriver-db01").stdout.startswith("删去 1 个词")
    assert "digest" not in stored(office)
    assert stored(office).startswith(OLD)


def test_list_with_comments(desk: Run, office: Path) -> None:
    """Lines that begin with # are remarks for people, not words."""
    (office / "list.txt").write_text("# 2026 年的客户名单\n星河花园\n  # 以下停用\n", encoding="utf-8")
    done = desk("add", "--kind", "客户", "--from", "list.txt")
    assert (done.returncode, done.stdout) == (0, "新增 1 个词（客户），0 个已经在词库里\n")


@pytest.mark.parametrize(("text", "code"), [("电话 13812345512", 1), ("联系人：王建国", 0), ("没有什么", 0)])
def test_find_fails_where_check_would(desk: Run, text: str, code: int) -> None:
    """An error makes the exit code 1, so that a script can ask before it pastes; a warning does not."""
    assert desk("find", given=text).returncode == code


def test_what_is_refused(desk: Run) -> None:
    """Words that are too short or stand in too many tickets are named by number only; the others go in."""
    result = desk("add", given="张\nab\n1234\n……！\n星河花园\n")
    assert result.returncode == 2
    assert result.stdout.startswith("新增 1 个词（其他），0 个")
    assert [f"第 {number} 个词没有加" in result.stderr for number in range(1, 6)] == [True, True, True, True, False]
    assert not any(word in result.stdout + result.stderr for word in ("张", "ab", "1234", "星河"))


def test_common_word_needs_consent(desk: Run, office: Path) -> None:
    """A word in many tickets is refused with their number; with --yes it goes in, and the places are listed."""
    pattern = next(office.glob("tickets/*/*/SW-20261102-001.md"))
    for number in range(2, 9):
        other = pattern.with_name(f"SW-20261102-00{number}.md")
        other.write_text(pattern.read_text(encoding="utf-8") + "\n星河花园\n", encoding="utf-8")
    refused = desk("add", given="星河花园")
    assert (refused.returncode, "有 7 个故障里都有它" in refused.stderr) == (2, True)
    taken = desk("add", "--yes", given="星河花园")
    assert taken.returncode == 0
    assert "现在有 7 个故障写着它们" in taken.stdout
    assert taken.stdout.count("tickets/2026/11/SW-20261102-00") == 7
    assert "星河" not in taken.stdout + taken.stderr


def test_arguments_are_taken_with_a_warning(desk: Run) -> None:
    """A word in the command itself works, and the shell's history is mentioned; no word at all is an error."""
    result = desk("add", "星河花园")
    assert (result.returncode, "命令行的历史" in result.stderr) == (0, True)
    assert desk("add").returncode == 2


def test_terminal_shows_nothing(office: Path, environment: dict[str, str]) -> None:
    """At a terminal the words are asked for and do not appear."""
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "faultkb", "privacy", "add", "--kind", "员工"]
    with subprocess.Popen(
        command, cwd=office, env={**environment, "LC_ALL": "C.UTF-8"}, stdin=slave, stdout=slave, stderr=slave,
        start_new_session=True,
    ):  # fmt: skip
        os.close(slave)
        seen = b""
        answers = ["星河花园\n", "\n"]
        while select.select([master], [], [], 30)[0]:
            try:
                seen += os.read(master, 4096)
            except OSError:  # the program has ended
                break
            if seen.decode("utf-8", "ignore").count("回车结束") > 2 - len(answers) and answers:
                os.write(master, answers.pop(0).encode())
    os.close(master)
    assert "新增 1 个词（员工）" in seen.decode()
    assert "星河" not in seen.decode()


def test_value_over_two_lines_is_one_finding_on_one_line(desk: Run) -> None:
    """The mask is shown without the line end and the mark of a quotation that stand in the value."""
    assert desk("find", given="> 电话 138\n> 00138007\n").stdout == "1:6  手机号码[mobile-number]  138****8007\n"


def test_kinds_are_those_of_the_file() -> None:
    """What --kind offers is what schema/privacy.yaml may hold."""
    text = resources.files("faultkb").joinpath("metaschema/privacy.schema.json").read_text(encoding="utf-8")
    kinds = json.loads(text)["properties"]["words"]["items"]["properties"]["kind"]["enum"]
    assert list(privacy_command._KINDS) == kinds  # noqa: SLF001 - kept there so that --help stays quick


@pytest.fixture
def committed(office: Path) -> Path:
    """Return the office as a repository whose history had a mobile number in a ticket and a hostile file name."""
    ticket = next(office.glob("tickets/*/*/SW-20261102-001.md"))
    text = ticket.read_text(encoding="utf-8")

    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", "-C", office, *who, *arguments], check=True, capture_output=True)

    git("init", "--quiet")
    ticket.write_text(f"{text}\n联系 13800138001\n", encoding="utf-8")
    (office / "tickets" / "a\x1b[31m.txt").write_text("13800138002", encoding="utf-8")
    git("add", "--all")
    git("commit", "--quiet", "--message", "one")
    ticket.write_text(text, encoding="utf-8")
    git("commit", "--quiet", "--all", "--message", "two")
    return office


def test_history_as_text(desk: Run, committed: Path) -> None:
    """Exit 1; place, commit, and whether it is still there; the value and terminal codes are not shown."""
    result = desk("scan-history")
    lines = result.stdout.splitlines()
    assert result.returncode == 1
    assert "138****8002  文件 tickets/a�[31m.txt:1：由提交" in lines[0]
    assert lines[0].endswith("1 处，现在的文件里还有")
    assert "138****8001  文件 tickets/2026/11/SW-20261102-001.md:" in lines[1]
    assert lines[1].endswith("1 处，只在历史里")
    assert lines[2].startswith("查了 2 个提交、")
    assert "leak.md" in lines[3]
    assert (committed / "kb").exists() is False
    assert not any(value in result.stdout + result.stderr for value in ("13800138001", "13800138002", "\x1b"))


def test_history_as_json(desk: Run, committed: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """One document with what was looked at and each value once; another repository, a bare one, is looked at as well."""
    bare = tmp_path_factory.mktemp("bare")
    subprocess.run(["git", "clone", "--quiet", "--bare", committed, bare], check=True, capture_output=True)
    result = desk("scan-history", "--repository", str(bare), "--format", "json", "tickets/2026")
    document = json.loads(result.stdout)
    (leak,) = document["leaks"]
    assert (document["schema_version"], document["commits"], document["missing"]) == (1, 2, 0)
    assert {key: leak[key] for key in ("rule", "level", "masked", "where", "current", "versions")} == {
        "rule": "mobile-number",
        "level": "error",
        "masked": "138****8001",
        "where": "文件",
        "current": False,
        "versions": 1,
    }
    assert "13800138001" not in result.stdout


def test_history_with_a_missing_content(desk: Run, committed: Path) -> None:
    """Exit 2 and no word of nothing found: what is missing is named, and what to do; in JSON, too."""
    ticket = next(committed.glob("tickets/*/*/SW-20261102-001.md")).relative_to(committed)
    command = ["git", "-C", committed, "rev-parse", f"HEAD:{ticket}"]
    lost = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout.strip()
    (committed / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    result = desk("scan-history")
    assert result.returncode == 2
    assert f"没有查：文件 {ticket}（仓库里没有）" in result.stdout
    assert "1 个没有查或没有看完，其中 1 个仓库里没有" in result.stdout
    assert "git fsck" in result.stdout
    document = json.loads(desk("scan-history", "--format", "json").stdout)
    assert document["unread"] == [{"reason": "仓库里没有", "where": "文件", "path": str(ticket), "object": lost}]


def test_waived_values_are_left_out(desk: Run, committed: Path) -> None:
    """What a ticket waives today is no leak, in whichever version of it it stands."""
    ticket = next(committed.glob("tickets/*/*/SW-20261102-001.md"))
    text = ticket.read_text(encoding="utf-8")
    ticket.write_text(text.replace("### 现象\n", "### 现象\n\n服务器 203.0.114.77 不通\n"), encoding="utf-8")
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", "-C", committed, *who, "commit", "-qam", "x"], check=True, capture_output=True)
    assert "ip-address" in desk("scan-history").stdout
    waiver = "waive: [{rule: ip-address, place: 故障描述, reason: 公司自己的测试服务器, approver: PM001}]\nevents:"
    ticket.write_text(ticket.read_text(encoding="utf-8").replace("events:", waiver, 1), encoding="utf-8")
    assert "ip-address" not in desk("scan-history").stdout


def test_history_of_what_is_no_data_is_left_out(desk: Run, committed: Path) -> None:
    """Without folders, files elsewhere are passed over, and that is said; --all and the folder's name bring them in."""
    (committed / "tests").mkdir()
    (committed / "tests" / "sample.py").write_text("13800138003", encoding="utf-8")
    who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    subprocess.run(["git", "-C", committed, *who, "add", "."], check=True, capture_output=True)
    subprocess.run(["git", "-C", committed, *who, "commit", "-qm", "x"], check=True, capture_output=True)
    usual, every, one = desk("scan-history"), desk("scan-history", "--all"), desk("scan-history", "tests")
    assert ["138****8003" in done.stdout for done in (usual, every, one)] == [False, True, True]
    assert "文件只查了 tickets、kb、schema 里的；别处的 1 个版本没有查" in usual.stderr
    assert every.stderr == ""
    assert desk("scan-history", "--all", "tests").returncode == 2


def test_history_that_cannot_be_read(desk: Run, committed: Path) -> None:
    """A folder without a repository and a commit that does not exist are said in words; nothing since HEAD is fine."""
    assert committed.is_dir()
    assert "不是 git 仓库" in desk("scan-history", "--repository", "/").stderr
    assert "--since" in desk("scan-history", "--since", "nowhere").stderr
    assert desk("scan-history", "--since", "HEAD", "nothing").returncode == 0
