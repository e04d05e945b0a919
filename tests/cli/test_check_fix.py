"""``fault check --fix``: what it mends, how it says so, and what it leaves alone."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

AS_OF = ("--as-of", "2026-11-05 12:00")
ID = "SW-20261102-001"
HOME = f"tickets/2026/11/{ID}"
FIX = ("check", "--fix", *AS_OF)

BEFORE = """\
---
# 登记表
id: SW-20261102-001
# 一句话
title: "网关升级后每日凌晨重启，用户电话 13812345512"   # 待压缩
severity: 中
type: 软件Bug
status：待受理
occurred_at: 未知
reported_at: 2026/11/2 9:00
channel: 电话
reporter: {staff: ZL001, name: 张三丰}
customer: {id: U12343821, device: GW2-2024-0917, contact: 13812345513}
impact: {users: 320, products: [智能网关 GW2], versions: [V2.3.1]}
remark: 夜班 \nevents:
  - {at: 2026年11月2日 9:00, event: 登记, by: ZL001}
---

## 故障描述

### 现象

网关重启后  \n要等 \n一分钟，回电 137 0000 2468。

```
tail \n```
"""
AFTER = """\
---
# 登记表
id: SW-20261102-001
# 一句话
title: "网关升级后每日凌晨重启，用户电话 138****5512"   # 待压缩
type: 软件Bug
severity: 中
status: 待受理
occurred_at: 未知
reported_at: 2026-11-02 09:00
channel: 电话
reporter: {staff: ZL001, name: 张*}
customer: {id: U****3821, device: GW2-****-0917, contact: 138****5513}
impact: {users: 320, products: [智能网关 GW2], versions: [V2.3.1]}
remark: 夜班
events:
  - {at: 2026-11-02 09:00, event: 登记, by: ZL001}
---

## 故障描述

### 现象

网关重启后  \n要等
一分钟，回电 137****2468。

```
tail \n```
"""
DONE = [
    "2: 已改：字段按规定的顺序排列",
    "5: 已改：手机号码遮盖为 138****5512",
    "8: 已改：status 后面的全角冒号改成半角",
    "10: 已改：reported_at 写成 2026-11-02 09:00",
    "12: 已改：姓名遮盖为 张*",
    "13: 已改：device 遮盖为 GW2-****-0917",
    "13: 已改：id 遮盖为 U****3821",
    "13: 已改：手机号码遮盖为 138****5513",
    "15: 已改：删去行末的空格",
    "17: 已改：at 写成 2026-11-02 09:00",
    "25: 已改：删去行末的空格",
    "26: 已改：手机号码遮盖为 137****2468",
]


@pytest.fixture
def messy(office: Path) -> Path:
    """Return the office with one ticket that needs every mend."""
    (office / f"{HOME}.md").write_text(BEFORE, encoding="utf-8", newline="")
    return office


@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
def test_every_mend_and_no_other_byte(call: Callable[..., Any], messy: Path, newline: str) -> None:
    """The file is as a careful clerk would leave it: comments, quotes, line ends, line breaks and code as they were."""
    path = messy / f"{HOME}.md"
    path.write_text(BEFORE, encoding="utf-8", newline=newline)
    done = call(messy, *FIX, f"{HOME}.md")
    assert path.read_bytes().decode() == AFTER.replace("\n", newline)
    said = [line.removeprefix(f"{HOME}.md:") for line in done.stdout.splitlines() if "已改" in line]
    assert sorted(said, key=lambda line: (int(line.partition(":")[0]), line)) == DONE
    assert "改了 1 个文件，12 处" in done.stdout
    assert "1381234551" not in done.stdout + done.stderr


def test_a_second_run_changes_nothing(call: Callable[..., Any], messy: Path) -> None:
    """What was mended is clean: nothing of it is found again, and no byte or time of a file changes."""
    call(messy, *FIX)
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in messy.rglob("*.md")}
    done = call(messy, *FIX, "--format", "json")
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in messy.rglob("*.md")} == before
    assert done.stderr == "没有能代改的\n"
    assert [one["rule"] for one in json.loads(done.stdout)["findings"] if one["fixable"]] == []


def test_what_is_fixable_is_what_is_mended(call: Callable[..., Any], messy: Path) -> None:
    """Each finding that says it can be mended is gone afterwards, each that does not is still there."""
    (messy / f"{HOME}.md").write_text(BEFORE.replace("status：", "status: "), encoding="utf-8", newline="")
    before = json.loads(call(messy, "check", "--format", "json", *AS_OF).stdout)["findings"]
    after = json.loads(call(messy, *FIX, "--format", "json").stdout)["findings"]
    fixable = {(one["rule"], one["message"]) for one in before if one["fixable"]}
    assert {rule for rule, _ in fixable} == {"mobile-number", "schema", "trailing-space", "key-order"}
    assert fixable.isdisjoint((one["rule"], one["message"]) for one in after)


def test_dry_run_writes_nothing(call: Callable[..., Any], messy: Path) -> None:
    """With --dry-run the same things are named, and the file stays; without --fix it means nothing."""
    done = call(messy, *FIX, "--dry-run")
    assert (messy / f"{HOME}.md").read_text(encoding="utf-8") == BEFORE
    assert done.stdout.count("可改：") == 12
    assert "可以改 1 个文件，12 处" in done.stdout
    assert call(messy, "check", "--dry-run").returncode == 2


@pytest.mark.parametrize(
    "text",
    [
        "---\nid: x\ntitle: {打 13812345512\n---\n电话 13812345512\n",
        "没有文件头，电话 13812345512 \n",
        "---\nid: x\n<<<<<<< HEAD\ntitle: 13812345512 \n=======\ntitle: y\n>>>>>>> z\n---\n",
    ],
    ids=["broken header", "no header", "merge conflict"],
)
def test_ticket_that_cannot_be_read_is_left_alone(call: Callable[..., Any], messy: Path, text: str) -> None:
    """Nobody knows what a broken file means: it keeps its findings."""
    path = messy / f"{HOME}.md"
    path.write_text(text, encoding="utf-8", newline="")
    assert call(messy, *FIX, f"{HOME}.md").returncode == 1
    assert path.read_text(encoding="utf-8") == text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("occurred_at: 未知", "occurred_at: 2026-11-02"),
        ("occurred_at: 未知", "occurred_at: 11/2/2026 9:00"),
        ("name: 张*", "name: 张三、李四"),
        ("## 故障描述", "## 故障描述\n\n公网地址 118.31.24.7 已经批准公开。"),
    ],
    ids=["date only", "order of day and month", "two people", "waived"],
)
def test_what_is_not_certain_stays(call: Callable[..., Any], office: Path, old: str, new: str) -> None:
    """No time is invented, no name guessed, and what somebody approved is not masked."""
    path = office / f"{HOME}.md"
    text = path.read_text(encoding="utf-8").replace(old, new, 1)
    # The four digits are blake2b over "ip-address", a line feed and the address; the key is that over "", ZL001 and the time.
    waiver = "waive: [{rule: ip-address, value: e8b5, reason: 公司测试服务器, approver: PM001}]\nevents:"
    path.write_text(text.replace("events:", waiver, 1) if "118" in new else text, encoding="utf-8", newline="")
    call(office, *FIX, f"{HOME}.md")
    assert new in path.read_text(encoding="utf-8")


def test_mask_that_yaml_would_misread_is_quoted(call: Callable[..., Any], office: Path) -> None:
    """A value that would begin with an asterisk gets quotes: the header stays readable."""
    path = office / f"{HOME}.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("events:", "remark: ghp_16C7e42F292c6912E7710c838347Ae178B4a\nevents:", 1), encoding="utf-8"
    )
    done = call(office, *FIX, f"{HOME}.md", "--format", "json")
    assert [one["rule"] for one in json.loads(done.stdout)["findings"] if one["level"] == "error"] == []
    assert re.search(r'^remark: ("\*+"|ghp_\*+.*)$', path.read_text(encoding="utf-8"), re.MULTILINE)


def test_texts_beside_a_ticket_are_masked_in_their_encoding(call: Callable[..., Any], office: Path) -> None:
    """A log keeps its encoding and line ends; a picture and a PDF are never touched."""
    folder = office / HOME
    folder.mkdir()
    (folder / "a.log").write_bytes("回电 13812345512\r\n完\r\n".encode("gb18030"))
    (folder / "b.pdf").write_bytes(b"%PDF-1.4 13812345512 %%EOF")
    done = call(office, *FIX, f"{HOME}.md")
    assert (folder / "a.log").read_bytes() == "回电 138****5512\r\n完\r\n".encode("gb18030")
    assert (folder / "b.pdf").read_bytes() == b"%PDF-1.4 13812345512 %%EOF"
    assert f"{HOME}/a.log:1: 已改：手机号码遮盖为 138****5512" in done.stdout


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ("<b>138</b>12345512", "<b>138****5512</b>"),
        ("**139**12345678", "139****5678"),
        ("1381234\n5512", "138****\n5512"),
    ],
    ids=["html", "markdown", "two lines"],
)
def test_number_in_markup_or_on_two_lines(call: Callable[..., Any], office: Path, written: str, after: str) -> None:
    """No half of a pair of markup is left, lines stay as they are, and the mask is told on one line."""
    path = office / f"{HOME}.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n回电 {written} 的用户\n", encoding="utf-8", newline="")
    before = call(office, "check", f"{HOME}.md", *AS_OF).stdout
    done = call(office, *FIX, f"{HOME}.md")
    assert path.read_text(encoding="utf-8") == f"{text}\n回电 {after} 的用户\n"
    mask = "139****5678" if "139" in written else "138****5512"
    assert f"写成 {mask}，或删去" in before
    assert f"已改：手机号码遮盖为 {mask}\n" in done.stdout
    assert "\ufffd" not in done.stdout


def test_what_is_left_is_told(call: Callable[..., Any], office: Path) -> None:
    """A name that is found only beside a number is told once the number is masked."""
    path = office / f"{HOME}.md"
    folder = office / HOME
    folder.mkdir()
    (folder / "a.log").write_text("x\n13700002468 刘德华\n", encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    last = text.count("\n") + 1
    path.write_text(f"{text}回电 13987654321 刘德华\n", encoding="utf-8", newline="")
    for more in (("--dry-run",), ()):
        said = call(office, *FIX, *more, f"{HOME}.md").stdout
        assert f"{HOME}.md:{last}: 没有代改，请看过再改：姓名（遮盖后是 刘*）\n" in said
        assert f"{HOME}/a.log:2: 没有代改，请看过再改：姓名（遮盖后是 刘*）\n" in said
    assert "回电 139****4321 刘德华" in path.read_text(encoding="utf-8")


def test_name_of_a_file_and_its_reference_stay_together(call: Callable[..., Any], office: Path) -> None:
    """A file is not renamed, so what refers to it is not rewritten: both are told, at the reference, with a name for any system."""
    path = office / f"{HOME}.md"
    folder = office / HOME
    folder.mkdir()
    (folder / "13655556666.png").write_bytes(b"no picture")
    (folder / "13700001111 备份.txt").write_text("x\n", encoding="utf-8")
    (folder / "13622223333 图.txt").write_text("x\n", encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    last = text.count("\n") + 1
    more = f"![图]({ID}/13655556666.png) 与 [旧图](./{ID}/13611112222.png)，[记录]({ID}/13622223333%20图.txt)，回电 13655557777\n"
    path.write_text(text + more, encoding="utf-8", newline="")
    done = call(office, *FIX, f"{HOME}.md", "--format", "json")
    assert path.read_text(encoding="utf-8") == text + more.replace("13655557777", "136****7777")
    assert sorted(one.name for one in folder.iterdir()) == [
        "13622223333 图.txt",
        "13655556666.png",
        "13700001111 备份.txt",
    ]
    assert f"{HOME}.md:{last}: 没有代改，请看过再改：附件的文件名里的手机号码（遮盖后是 136****6666）\n" in done.stderr
    found = [one for one in json.loads(done.stdout)["findings"] if one["rule"] == "mobile-number"]
    assert [(one["line"], one["column"], one["fixable"]) for one in found] == [
        (1, 1, False),
        (last, 6 + len(ID) + 1, False),
        (last, more.index("13611112222") + 1, False),
        (last, more.index("13622223333") + 1, False),
    ]
    assert "改名为 137xxxx1111 备份.txt 或 附件1.txt" in found[0]["help"]
    assert "改名为 136xxxx6666.png 或 截图1.png" in found[1]["help"]
    assert not any("*" in one["help"] for one in found)


def git(folder: Path, *arguments: str) -> None:
    """Run git."""
    subprocess.run(["git", "-c", "user.name=t", "-c", "user.email=t@localhost", *arguments], cwd=folder, check=True)


def test_what_is_recorded_needs_a_correction(call: Callable[..., Any], office: Path) -> None:
    """A mask in a recorded event is named with the command to record it; after that command the check passes."""
    path = office / f"{HOME}.md"
    text = path.read_text(encoding="utf-8").replace("补丁开发完成", "补丁开发完成，已回电 13812345512 的用户")
    path.write_text(text, encoding="utf-8", newline="")
    git(office, "init", "-q", "-b", "main")
    git(office, "add", ".")
    git(office, "commit", "-qm", "base")
    other = office / "tickets" / "2026" / "11" / "SW-20261104-001.md"
    path.write_text(text + "\n", encoding="utf-8", newline="")
    before = other.read_bytes()
    done = call(office, *FIX, "--base", "main")
    assert done.returncode == 1
    asked = [line for line in done.stdout.splitlines() if "要记录一个更正" in line]
    assert len(asked) == 1
    assert f"fault log {ID} 更正 --target 3 --mask " in asked[0]
    assert other.read_bytes() == before
    recorded = call(office, "log", ID, "更正", "--target", "3", "--mask", "--by", "ZL001", "--approver", "PM001", "--note", "遮盖", "--at", "2026-11-05 11:00")  # fmt: skip # noqa: E501 - one command
    assert recorded.returncode == 0, recorded.stderr
    assert call(office, "check", "--base", "main", *AS_OF).returncode == 0


@pytest.mark.parametrize("more", [(), ("--base", "main"), ("--dry-run",)], ids=" ".join)
def test_leak_that_is_merged_is_mended_all_the_same(
    call: Callable[..., Any], office: Path, more: tuple[str, ...]
) -> None:
    """A file that is as on the base is mended, and the correction is named, whether a base is given or not."""
    path = office / f"{HOME}.md"
    text = path.read_text(encoding="utf-8").replace("补丁开发完成", "补丁开发完成，已回电 13812345512 的用户")
    path.write_text(text, encoding="utf-8", newline="")
    git(office, "init", "-q", "-b", "main")
    git(office, "add", ".")
    git(office, "commit", "-qm", "base")
    done = call(office, *FIX, *more, f"{HOME}.md")
    assert f"fault log {ID} 更正 --target 3 --mask " in done.stdout
    assert ("138****5512" in path.read_text(encoding="utf-8")) == (more != ("--dry-run",))


def test_log_beside_a_broken_ticket_is_masked(call: Callable[..., Any], office: Path) -> None:
    """A header that cannot be read stays; the log beside it is masked, but not what its waivers may be about."""
    path, folder = office / f"{HOME}.md", office / HOME
    folder.mkdir()
    text = path.read_text(encoding="utf-8").replace("severity: 中", "severity: 中\nseverity: 低\nwaive: []", 1)
    path.write_text(text, encoding="utf-8", newline="")
    (folder / "a.log").write_text("13812345512 118.31.24.7\n", encoding="utf-8")
    done = call(office, *FIX, f"{HOME}.md")
    assert path.read_text(encoding="utf-8") == text
    assert (folder / "a.log").read_text(encoding="utf-8") == "138****5512 118.31.24.7\n"
    assert f"{HOME}/a.log:1: 没有代改，请看过再改：IP 地址" in done.stdout


@pytest.mark.parametrize(
    ("old", "written", "after"),
    [
        ("title: 网关", r'title: "密码：\"Abc12345\" 的网关" # ', r'title: "密码：\"******\" 的网关" # '),
        ("title: 网关", r'title: "回电 \x31\x33812345512 的用户" # ', 'title: "回电 138****5512 的用户" # '),
        ("name: 张*}", "name: 张三丰}", "name: 张*}"),
        ("reporter: {staff: ZL001, name: 张*}", "reporter:\n  staff: ZL001\n  name: |\n    张三丰\n", "reporter:\n  staff: ZL001\n  name: 张*\n"),
    ],
    ids=["quotes", "escapes", "plain", "block"],
)  # fmt: skip
def test_value_that_only_the_reader_of_yaml_sees(
    call: Callable[..., Any], office: Path, old: str, written: str, after: str
) -> None:
    """Escapes, quotes within quotes, names in blocks are masked too, and nothing else changes."""
    path = office / f"{HOME}.md"
    text = path.read_text(encoding="utf-8").replace(old, written, 1)
    path.write_text(text, encoding="utf-8", newline="")
    call(office, *FIX, f"{HOME}.md")
    assert path.read_text(encoding="utf-8") == text.replace(written, after)


def test_what_cannot_be_masked_is_told_even_alone(call: Callable[..., Any], office: Path) -> None:
    """A name that is none for sure stays, is told, and counts as no mend."""
    path = office / f"{HOME}.md"
    text = path.read_text(encoding="utf-8").replace("name: 张*}", "name: 张三、李四}", 1)
    path.write_text(text, encoding="utf-8", newline="")
    done = call(office, *FIX, f"{HOME}.md")
    assert "没有代改，请看过再改：姓名没有用 * 遮盖" in done.stdout
    assert "没有能代改的" in done.stdout
    assert path.read_text(encoding="utf-8") == text
