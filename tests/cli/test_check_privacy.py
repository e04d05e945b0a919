"""Private data through ``fault check`` and its neighbours: found in every place, repeated in none of what they write."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from faultkb.render.findings import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-05 12:00")
ID = "SW-20261102-001"
HOME = f"tickets/2026/11/{ID}"
BROKEN = "tickets/2026/11/SW-20261105-001"
PLACES = ("title", "note", "remark", "body", "comment", "item", "unknown", "log", "broken", "yaml-comment")

CHECKS = ("00", "09", "08", "07", "06", "05", "04", "03", "02", "01")
"""The last digits that make a bank card number of the numbers below, worked out by hand."""


def secrets(number: int) -> dict[str, str]:
    """Return a line of words with a value of each kind in it, by value; no two places share one."""
    people = ("王建国", "李秀英", "张伟强", "刘洋洋", "陈志明", "杨晓燕", "赵丽华", "黄海涛", "周文斌", "吴美玲")
    return {
        "mobile": f"1390000{number:04}",
        "spaced": f"137 {number:04} 2468",
        "mail": f"user{number}@example.com",
        "password": f"Zq8#xW{number}pLm",
        "landline": f"010-8234567{number}",
        "address": f"118.31.24.{number + 10}",
        "plate": f"京A5K3P{number}",
        "account": f"wq_gateway{number}8",
        "card": f"62220202{number}23456789{CHECKS[number]}",
        "name": people[number],
        "word": "云栖甲子物业",
    }


def told(number: int) -> str:
    """Return the words with which a clerk would write all of that down."""
    one = secrets(number)
    return (
        f"联系人 {one['name']} 电话 {one['mobile']} 或 {one['spaced']}，邮箱 {one['mail']}，密码：{one['password']} ，座机 {one['landline']}，"
        f"地址 {one['address']}，车牌 {one['plate']}，微信号：{one['account']}，银行卡 {one['card']}，{one['word']}"
    )


@pytest.fixture
def leaking(office: Path, call: Callable[..., Any]) -> Path:
    """Return the office as a git repository whose working tree holds secrets everywhere, keys and file names included."""
    assert call(office, "privacy", "add", "--kind", "客户", "--yes", "云栖甲子物业").returncode == 0
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "base"],
    ):
        subprocess.run(["git", *arguments], cwd=office, check=True)
    path = office / f"{HOME}.md"
    text = path.read_text(encoding="utf-8")
    lines = {name: told(number) for number, name in enumerate(PLACES)}
    note = json.dumps(
        {"at": "2026-11-04 09:00", "event": "进展", "by": "RD017", "note": lines["note"]}, ensure_ascii=False
    )
    text = text.replace("title: 网关升级后每日凌晨重启", f"title: {json.dumps(lines['title'], ensure_ascii=False)}")
    text = text.replace("V2.3.1]}", f"V2.3.1], regions: [{json.dumps(lines['item'], ensure_ascii=False)}]}}", 1)
    quoted = {name: json.dumps(line, ensure_ascii=False) for name, line in lines.items()}
    keys = f"remark: {quoted['remark']}\nseverty: {quoted['unknown']}\n13700001111: x\nkey@example.com: y\n"
    text = text.replace("\nevents:", f"\n{keys}# {lines['yaml-comment']}\nevents:")
    text = text.replace("\n---\n", f"\n  - {note}\n---\n", 1)
    text = text.replace(
        "## 原因分析",
        f"{lines['body']}\n\n<!-- {lines['comment']} -->\n\n![图]({ID}/13655556666.png)\n\n## 原因分析",
        1,
    )
    path.write_text(text, encoding="utf-8")
    (office / HOME).mkdir()
    (office / HOME / "a.log").write_text(f"x\n{lines['log']}\n", encoding="utf-8")
    (office / HOME / "13655556666.png").write_bytes(b"no picture")
    (office / HOME / "13655557777.txt").write_text("13655558888\n", encoding="utf-8")
    (office / f"{BROKEN}.md").write_text(
        f"---\nid: SW-20261105-001\ntitle: {{{lines['broken']}\nstatus: [x\n---\n", encoding="utf-8"
    )
    return office


def leaks(shown: str) -> list[str]:
    """Return what of the secrets, or of their first half, can be read in a text."""
    every = {value for number in range(len(PLACES)) for value in secrets(number).values()}
    every |= {"13700001111", "key@example.com", "13655556666", "13655557777", "13655558888"}
    every |= {value.replace(" ", "") for value in every}
    every |= {value[:8] for value in every if len(value) >= 10}  # a message that was cut short
    return sorted(value for value in every if value in shown)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(
    "more", [(), ("--base", "HEAD"), ("--fix", "--dry-run"), ("--base", "HEAD", "--fix")], ids=" ".join
)
def test_no_format_repeats_a_value(call: Callable[..., Any], leaking: Path, form: str, more: tuple[str, ...]) -> None:
    """Whatever the place and the format, nothing that is written holds a private value, and the check fails."""
    done = call(leaking, "check", "--format", form, *more, *AS_OF)
    assert done.returncode == 1
    assert done.stdout
    assert leaks(done.stdout + done.stderr) == []


@pytest.mark.parametrize(
    "command",
    [
        ("log", ID, "进展", "--by", "RD017", "--note", "补丁开发完成", "--at", "2026-11-05 09:00"),
        ("diff", "--base", "HEAD"),
        ("diff", "--base", "HEAD", "--format", "md"),
        ("show", "SW-20261105-001"),
        ("log", "SW-20261105-001", "进展", "--by", "RD017", "--note", "补丁开发完成"),
    ],
    ids=lambda one: " ".join(one[:3]),
)
def test_neighbours_repeat_no_value(call: Callable[..., Any], leaking: Path, command: tuple[str, ...]) -> None:
    """What other commands say of a ticket with private data holds none of it either."""
    done = call(leaking, *command, *(() if "--at" in command else AS_OF))
    assert leaks(done.stdout + done.stderr) == []


def test_every_kind_is_found_in_every_place(call: Callable[..., Any], leaking: Path) -> None:
    """In each place, the values that are errors are found: mobile number, mail address, password, bank card."""
    found = json.loads(call(leaking, "check", "--format", "json", *AS_OF).stdout)["findings"]
    places = {(one["path"], one["line"], one["rule"]) for one in found}
    for name, path in [
        *((one, f"{HOME}.md") for one in PLACES if one not in {"log", "broken"}),
        ("log", f"{HOME}/a.log"),
        ("broken", f"{BROKEN}.md"),
    ]:
        lines = (leaking / path).read_text(encoding="utf-8").split("\n")
        line = next(number for number, text in enumerate(lines, 1) if secrets(PLACES.index(name))["mobile"] in text)
        for rule in ("mobile-number", "email-address", "credential", "bank-card"):
            assert (path, line, rule) in places, (name, rule)


def test_file_name_is_said_of_the_ticket(call: Callable[..., Any], leaking: Path) -> None:
    """A file whose name is private is not named: its ticket is, with the name masked, and so for what the file holds."""
    found = json.loads(call(leaking, "check", "--format", "json", *AS_OF).stdout)["findings"]
    said = [
        one["message"]
        for one in found
        if one["path"] == f"{HOME}.md" and "附件" in one["message"] and one["rule"] == "mobile-number"
    ]
    assert any("136****7777.txt" in one and "136****8888" in one for one in said)
    assert {one["path"] for one in found if one["path"].startswith(f"{HOME}/")} == {f"{HOME}/a.log"}


def test_attachment_alone_is_a_change_of_its_ticket(call: Callable[..., Any], office: Path) -> None:
    """With a base, a file that is put beside an untouched ticket is looked at, wherever the ticket itself is unchanged."""
    for arguments in (
        ["init", "-q"],
        ["add", "."],
        ["-c", "user.name=t", "-c", "user.email=t@localhost", "commit", "-qm", "x"],
    ):
        subprocess.run(["git", *arguments], cwd=office, check=True)
    (office / HOME).mkdir()
    (office / HOME / "a.log").write_text("ok\n回电 13812345512\n", encoding="utf-8")
    for paths in ((), (f"{HOME}.md",), ("tickets/2026/11",)):
        done = call(office, "check", *(office / one for one in paths), "--base", "HEAD", "--format", "json", *AS_OF)
        errors = [one for one in json.loads(done.stdout)["findings"] if one["level"] == "error"]
        assert [(one["path"], one["line"], one["column"], one["rule"]) for one in errors] == [
            (f"{HOME}/a.log", 2, 4, "mobile-number")
        ], paths
    assert call(office, "check", office / "tickets/2026/10", "--base", "HEAD", *AS_OF).returncode == 0


def test_links_and_pipes_beside_a_ticket_are_not_opened(call: Callable[..., Any], office: Path) -> None:
    """A link out of the repository is not followed, and a pipe does not hang the check."""
    (office / HOME).mkdir()
    (office / "outside.txt").write_text("13812345512", encoding="utf-8")
    (office / HOME / "a.txt").symlink_to(office / "outside.txt")
    os.mkfifo(office / HOME / "b.log")
    done = call(office, "check", *AS_OF)
    assert (done.returncode, "mobile-number" in done.stdout) == (0, False)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("name: 张*", "name: 13812345512*", 10),
        ("severity: 中", "severity: 13812345512", 5),
        ("severity: 中", "联系电话13812345512: 中", 5),
        ("occurred_at: 未知", 'occurred_at: "\\x31\\x33812345512"', 7),
        ("title: 网关", "title: 网关1381234\u200b5512", 3),
    ],
    ids=["name", "choice", "key", "escaped", "invisible"],
)
def test_value_in_an_odd_place(call: Callable[..., Any], office: Path, old: str, new: str, line: int) -> None:
    """A number is found in the place of a name, of a choice, of a key, behind escapes; its line is never shown."""
    path = office / f"{HOME}.md"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    found = json.loads(call(office, "check", "--format", "json", *AS_OF).stdout)["findings"]
    assert (f"{HOME}.md", line) in {(one["path"], one["line"]) for one in found if one["rule"] == "mobile-number"}
    shown = call(office, "check", path, *AS_OF).stdout
    assert "3812345" not in shown
    assert f"\n{line:>5} | " not in shown


@pytest.mark.parametrize("form", FORMATS)
def test_path_in_a_message_is_masked(call: Callable[..., Any], office: Path, form: str) -> None:
    """Two files of one id name each other: the names of people, addresses and numbers in their paths are masked."""
    text = (office / f"{HOME}.md").read_text(encoding="utf-8")
    for name in ("zhang77@corp-test.cn.md", "李建国.md", "13815998077.md"):
        (office / "tickets/2026/11" / name).write_text(text, encoding="utf-8")
    done = call(office, "check", "--format", form, *AS_OF)
    assert done.returncode == 1
    assert not [one for one in ("zhang77", "建国", "%E5%BB%BA", "13815998077") if one in done.stdout + done.stderr]


def test_path_in_an_error_is_masked(call: Callable[..., Any], office: Path) -> None:
    """A command that gives up names files, and repeats nothing private of their paths."""
    text = (office / f"{HOME}.md").read_text(encoding="utf-8")
    for name in ("13815998077", "李建国"):
        (office / "tickets/2026" / name).mkdir()
        (office / "tickets/2026" / name / f"{ID}.md").write_text(text, encoding="utf-8")
    done = call(office, "renumber", ID)
    assert (done.returncode, "有 3 个文件" in done.stderr) == (2, True)
    assert "138****8077" in done.stderr
    assert not [one for one in ("13815998077", "建国") if one in done.stderr]


def test_name_of_an_attachment_is_masked_in_a_summary(call: Callable[..., Any], office: Path) -> None:
    """What changed beside a ticket is named without the person whom the file is called after."""
    closed = next(path for path in office.rglob("*.md") if "status: 已关闭" in path.read_text(encoding="utf-8"))
    closed.with_suffix("").mkdir()
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@localhost"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *arguments], cwd=office, check=True)
    (closed.with_suffix("") / "李建国.png").write_bytes(b"no picture")
    for command in (("diff",), ("diff", "--format", "md"), ("check",)):
        done = call(office, *command, "--base", "HEAD", *AS_OF)
        assert "李*.png" in done.stdout.replace("\\", "")
        assert "建国" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("severity: 中", "severity: 何建英"),
        ("severity: 中", "severity: 高英"),
        ("type: 软件Bug", "type: 何建英"),
        ("channel: 电话", "channel: 何建英"),
        ("occurred_at: 未知", "occurred_at: 何建英"),
        (f"id: {ID}", "id: 13890007919"),
        ("due_at: 2026-11-09 18:00", "due_at: 何建英"),
        ("team: 软件开发组", "team: 何建英"),
        ("events:", "verification: 何建英\nevents:"),
        ("events:", "waive: [{rule: 何建英, place: title, reason: 用户原话, approver: PM001}]\nevents:"),
    ],
)
def test_bare_value_is_not_repeated(call: Callable[..., Any], office: Path, old: str, new: str) -> None:
    """What stands in the place of a choice, a time or an id may be somebody's name or number: neither quoted nor shown."""
    path = office / f"{HOME}.md"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    done = call(office, "check", path, *AS_OF)
    assert (done.returncode == 1) is ("waive" not in new)
    assert not [one for one in ("何建英", "高英", "13890007919") if one in done.stdout + done.stderr]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("severity: 中", "severity: 极高", "“极高”"),
        ("type: 软件Bug", "type: 硬件", "是不是 硬件故障？"),
        ("occurred_at: 未知", "occurred_at: 2026/13/1", "“2026/13/1”"),
    ],
)
def test_slip_is_quoted_with_what_was_meant(
    call: Callable[..., Any], office: Path, old: str, new: str, told: str
) -> None:
    """A real slip is shown with its line, and with what it was meant to be."""
    path = office / f"{HOME}.md"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    shown = call(office, "check", path, *AS_OF).stdout
    assert told in shown
    assert f" | {new}\n" in shown
