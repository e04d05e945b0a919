"""``fault new``: everything by options, what is missing asked at a terminal and named without one, nothing half written."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REQUIRED = {
    "--type": "软件Bug",
    "--severity": "中",
    "--title": "网关重启后场景丢失",
    "--channel": "电话",
    "--reporter": "ZL001",
    "--reporter-name": "张*",
    "--users": "12",
    "--product": "智能网关 GW2",
    "--version": "V2.4.0",
}
AT = ("--as-of", "2026-11-20 09:15")
PATIENCE = 30
"""Seconds to wait for a prompt."""

COMPLETE = """\
---
id: CP-20261120-001
title: "升级: 后 #2 台 {网关} 离线"
type: 兼容性问题
severity: 紧急
status: 待受理
occurred_at: 2026-11-19 22:40
reported_at: 2026-11-20 09:10
channel: 监控告警
reporter: {staff: ZL001, name: 张*}
impact: {users: 未知, products: [智能网关 GW2, 栖云 App], versions: [V2.4.0, V2.4.1], regions: [华东, 华南], modules: [场景联动, 子设备接入]}
events:
  - {at: 2026-11-20 09:10, event: 登记, by: ZL001}
---

## 故障描述

### 现象

断电再上电后，场景列表为空

### 使用场景

待补充

### 发生频率

断电 5 次，5 次都出现

### 复现步骤

待补充

### 环境信息

待补充
"""


def options(given: dict[str, str]) -> list[str]:
    """Return options as a command line has them."""
    return [part for name, value in given.items() for part in (name, value)]


def files(folder: Path) -> list[str]:
    """Name every file under tickets/."""
    return sorted(path.relative_to(folder).as_posix() for path in (folder / "tickets").rglob("*") if path.is_file())


def test_every_option_has_its_place_in_the_file(run: Callable[..., Any], empty: Path) -> None:
    """With all options the file is complete to the byte: fields in their order, lists repeated, texts quoted where needed."""
    done = run(
        empty,
        *(
            "new",
            "--type",
            "兼容性问题",
            "--severity",
            "紧急",
            "--title",
            "升级: 后 #2 台 {网关} 离线",
            "--channel",
            "监控告警",
        ),
        *(
            "--reported-at",
            "2026-11-20 09:10",
            "--occurred-at",
            "2026-11-19 22:40",
            "--reporter",
            "ZL001",
            "--reporter-name",
            "张*",
        ),
        *(
            "--users",
            "未知",
            "--product",
            "智能网关 GW2",
            "--product",
            "栖云 App",
            "--version",
            "V2.4.0",
            "--version",
            "V2.4.1",
        ),
        *("--region", "华东", "--region", "华南", "--module", "场景联动", "--module", "子设备接入"),
        *("--section", "现象=断电再上电后，场景列表为空", "--section", "发生频率=断电 5 次，5 次都出现", "--yes", *AT),
    )
    assert (done.returncode, done.stdout) == (0, f"{Path('tickets/2026/11/CP-20261120-001.md')}\n")
    assert "CP-20261120-001" in done.stderr
    assert (empty / "tickets" / "2026" / "11" / "CP-20261120-001.md").read_bytes().decode("utf-8") == COMPLETE


def test_new_ticket_is_what_check_accepts(run: Callable[..., Any], empty: Path) -> None:
    """Of a ticket with its phenomenon, the check has nothing but reminders; the stdout of new is the path to give it."""
    path = run(empty, "new", *options(REQUIRED), "--section", "现象=场景列表为空", "--yes", *AT).stdout.strip()
    done = run(empty, "check", path, *AT)
    assert done.returncode == 0
    assert "0 个错误" in done.stdout


def test_optional_fields_are_left_out(run: Callable[..., Any], empty: Path) -> None:
    """What nobody said is not in the file; the time of the report is now, that of the fault unknown."""
    assert run(empty, "new", *options(REQUIRED), *AT).returncode == 0
    text = (empty / "tickets" / "2026" / "11" / "SW-20261120-001.md").read_text(encoding="utf-8")
    header = text.split("---\n")[1]
    assert header.splitlines() == [
        "id: SW-20261120-001",
        "title: 网关重启后场景丢失",
        "type: 软件Bug",
        "severity: 中",
        "status: 待受理",
        "occurred_at: 未知",
        "reported_at: 2026-11-20 09:15",
        "channel: 电话",
        "reporter: {staff: ZL001, name: 张*}",
        "impact: {users: 12, products: [智能网关 GW2], versions: [V2.4.0]}",
        "events:",
        "  - {at: 2026-11-20 09:15, event: 登记, by: ZL001}",
    ]


def test_numbers_count_within_prefix_and_day(run: Callable[..., Any], empty: Path) -> None:
    """Each type counts its own faults of a day."""
    for kind, day, expected in [
        ("软件Bug", "2026-11-20", "SW-20261120-001"),
        ("软件Bug", "2026-11-20", "SW-20261120-002"),
        ("硬件故障", "2026-11-20", "HW-20261120-001"),
        ("软件Bug", "2026-11-19", "SW-20261119-001"),
        ("软件Bug", "2026-11-20", "SW-20261120-003"),
    ]:
        done = run(empty, "new", *options(REQUIRED | {"--type": kind, "--reported-at": f"{day} 08:00"}), *AT)
        assert Path(done.stdout.strip()).stem == expected


@pytest.mark.parametrize("name", REQUIRED)
def test_missing_option_is_named_without_a_terminal(run: Callable[..., Any], empty: Path, name: str) -> None:
    """Nothing is asked where nobody can answer: exit code 2, the option named, no file."""
    done = run(empty, "new", *options({key: value for key, value in REQUIRED.items() if key != name}), *AT)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"错误：缺少选项：{name}\n")
    assert files(empty) == []


def test_all_missing_options_are_named_at_once(run: Callable[..., Any], empty: Path) -> None:
    """Whoever writes a script learns of all missing options in one run."""
    done = run(empty, "new", *AT)
    assert done.returncode == 2
    assert re.findall(r"--[\w-]+", done.stderr) == list(REQUIRED)
    assert files(empty) == []


def test_piped_answers_are_not_read(environment: dict[str, str], empty: Path) -> None:
    """A file as standard input is no person: the prompts do not come up."""
    done = subprocess.run(
        [sys.executable, "-m", "faultkb", "new", *AT],
        cwd=empty,
        env=environment,
        input="2\n3\n标题\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert files(empty) == []


def test_staff_comes_from_the_environment(run: Callable[..., Any], empty: Path) -> None:
    """FAULT_STAFF and FAULT_STAFF_NAME spare the clerk two options; an option wins over them."""
    rest = {name: value for name, value in REQUIRED.items() if not name.startswith("--reporter")}
    assert run(empty, "new", *options(rest), *AT, FAULT_STAFF="ZL007", FAULT_STAFF_NAME="钱*").returncode == 0
    assert run(empty, "new", *options(REQUIRED), *AT, FAULT_STAFF="ZL007", FAULT_STAFF_NAME="钱*").returncode == 0
    home = empty / "tickets" / "2026" / "11"
    assert "reporter: {staff: ZL007, name: 钱*}" in (home / "SW-20261120-001.md").read_text(encoding="utf-8")
    assert "reporter: {staff: ZL001, name: 张*}" in (home / "SW-20261120-002.md").read_text(encoding="utf-8")


WRONG = {
    "type": (["--type", "软件bug"], ["软件bug", "软件Bug"]),
    "severity": (["--severity", "极高"], ["严重程度", "极高", "紧急、高、中、低"]),
    "channel": (["--channel", "微信"], ["反馈渠道", "微信", "用户反馈平台"]),
    "users in words": (["--users", "三百"], ["受影响用户数", "三百", "整数"]),
    "users below zero": (["--users", "-3"], ["受影响用户数", "-3"]),
    "title of two lines": (["--title", "第一行\n第二行"], ["问题标题", "一行"]),
    "title too long": (["--title", "长" * 81], ["问题标题", "81", "80"]),
    "product twice": (["--product", "智能网关 GW2"], ["涉及产品", "重复"]),
    "staff with a space": (["--reporter", "ZL 001"], ["工号"]),
    "occurred yesterday": (["--occurred-at", "昨天"], ["故障发生时间", "昨天", "未知"]),
    "reported in ISO": (
        ["--reported-at", "2026-11-20T09:10"],
        ["--reported-at", "2026-11-20T09:10", "2026-11-20 17:30"],
    ),
    "reported on 30 February": (["--reported-at", "2026-02-30 09:10"], ["--reported-at", "2026-02-30"]),
    "reported in the future": (["--reported-at", "2026-11-20 09:16"], ["未来"]),
    "name not masked": (["--reporter-name", "张三"], ["遮盖"]),
    "section without content": (["--section", "现象"], ["--section", "现象"]),
    "unknown section": (["--section", "心情=好"], ["心情", "现象"]),
    "section of another time": (["--section", "功能验证=通过"], ["功能验证", "现象"]),
}


@pytest.mark.parametrize(("arguments", "said"), WRONG.values(), ids=WRONG.keys())
def test_wrong_value_is_named_and_nothing_written(
    call: Callable[..., Any], empty: Path, arguments: list[str], said: list[str]
) -> None:
    """A value that the check would refuse is refused at once, in Chinese, with what to write instead."""
    done = call(empty, "new", *options(REQUIRED), *arguments, "--yes", *AT)
    assert done.returncode in {1, 2}
    assert done.stdout == ""
    assert [one for one in said if one not in done.stderr] == []
    assert "Traceback" not in done.stderr
    assert files(empty) == []


def test_private_value_is_not_repeated(call: Callable[..., Any], empty: Path) -> None:
    """What is said about an unmasked name does not carry the name into a log."""
    done = call(empty, "new", *options(REQUIRED | {"--reporter-name": "诸葛不亮"}), "--yes", *AT)
    assert "诸葛不亮" not in done.stdout + done.stderr


def test_folder_that_is_a_file_is_named(run: Callable[..., Any], empty: Path) -> None:
    """Where the month's folder cannot be made, the message names the place; exit code 2, no traceback."""
    (empty / "tickets" / "2026").write_text("不是文件夹", encoding="utf-8")
    done = run(empty, "new", *options(REQUIRED), *AT)
    assert done.returncode == 2
    assert "写不了" in done.stderr
    assert "SW-20261120-001.md" in done.stderr
    assert re.search(r"[A-Za-z]{3,} [a-z]{2,}", done.stderr) is None  # no "Not a directory" of the system
    assert files(empty) == ["tickets/2026"]


AT_TERMINAL = """
import fcntl, runpy, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
runpy.run_module("faultkb", run_name="__main__", alter_sys=True)
"""
"""Takes the terminal as its own, so that Ctrl+C reaches it, and becomes the program."""


class Terminal:
    """A command at a pseudo-terminal: wait for words on the screen, type answers."""

    def __init__(self, folder: Path, environment: dict[str, str], *arguments: str) -> None:
        """Start the command."""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", AT_TERMINAL, *arguments],
            cwd=folder,
            env={**environment, "TERM": "xterm", "LC_ALL": "C.UTF-8"},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = b""
        self.unread = b""

    def _read(self) -> bool:
        if not select.select([self.master], [], [], 0.1)[0]:
            return self.process.poll() is None
        try:
            data = os.read(self.master, 4096)
        except OSError:  # Linux says so when the other side is closed
            return False
        self.seen += data
        self.unread += data
        return bool(data)

    def expect(self, words: str) -> str:
        """Wait until words appear; return what came before them."""
        end = time.monotonic() + PATIENCE
        while words.encode() not in self.unread:
            assert self._read(), f"ended before {words}: {self.screen()}"
            assert time.monotonic() < end, f"no {words}: {self.screen()}"
        before, _, self.unread = self.unread.partition(words.encode())
        return before.decode("utf-8", "replace")

    def answer(self, prompt: str, text: str) -> None:
        """Wait for a prompt and type a line."""
        self.expect(prompt)
        os.write(self.master, f"{text}\n".encode())

    def interrupt(self) -> int:
        """Press Ctrl+C; once more if it came in the moment before the program waits for the line (a gap in Python)."""
        for _ in range(PATIENCE // 3):
            os.write(self.master, b"\x03")
            end = time.monotonic() + 3
            while time.monotonic() < end:
                if not self._read():
                    return self.process.wait(PATIENCE)
        raise AssertionError(self.screen())

    def finish(self) -> int:
        """Wait for the end and return the exit code."""
        end = time.monotonic() + PATIENCE
        while self._read():
            assert time.monotonic() < end, f"no end: {self.screen()}"
        return self.process.wait(PATIENCE)

    def close(self) -> None:
        """Leave nothing running."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)

    def screen(self) -> str:
        """Return everything that was printed."""
        return self.seen.decode("utf-8", "replace")


@pytest.fixture
def terminal(environment: dict[str, str], empty: Path) -> Iterator[Callable[..., Terminal]]:
    """Return a function that starts a command at a terminal."""
    started: list[Terminal] = []

    def start(*arguments: str) -> Terminal:
        started.append(Terminal(empty, environment, *arguments))
        return started[-1]

    yield start
    for one in started:
        one.close()


def converse(terminal: Terminal) -> None:
    """Answer all questions of a registration."""
    terminal.answer("故障类型（序号）", "2")
    terminal.answer("严重程度（序号）", "3")
    terminal.answer("问题标题", "网关重启后场景丢失")
    terminal.answer("反馈渠道（序号）", "1")
    terminal.answer("工号", "ZL001")
    terminal.answer("姓*", "张*")
    terminal.answer("受影响用户数", "12")
    terminal.answer("涉及产品", "智能网关 GW2")
    terminal.answer("涉及版本", "V2.4.0")


def test_conversation_at_a_terminal(terminal: Callable[..., Terminal], empty: Path) -> None:
    """At a terminal the missing answers are asked for one by one, choices by number; a last question, then the file."""
    at = terminal("new", *AT)
    at.expect("硬件故障")
    at.expect("元器件、结构、供电等实物原因")  # each choice with its description
    converse(at)
    at.answer("登记 SW-20261120-001 网关重启后场景丢失？", "y")
    assert at.finish() == 0
    assert "tickets/2026/11/SW-20261120-001.md" in at.screen()
    text = (empty / "tickets" / "2026" / "11" / "SW-20261120-001.md").read_text(encoding="utf-8")
    for line in (
        "title: 网关重启后场景丢失",
        "type: 软件Bug",
        "severity: 中",
        "channel: 电话",
        "reporter: {staff: ZL001, name: 张*}",
        "impact: {users: 12, products: [智能网关 GW2], versions: [V2.4.0]}",
    ):
        assert line in text.splitlines()


def test_only_what_is_missing_is_asked(terminal: Callable[..., Terminal], empty: Path) -> None:
    """Options given are not asked for again."""
    given = {name: value for name, value in REQUIRED.items() if name != "--users"}
    at = terminal("new", *options(given), "--yes", *AT)
    at.answer("受影响用户数", "未知")
    assert at.finish() == 0
    assert "故障类型" not in at.screen()
    assert "users: 未知" in (empty / "tickets" / "2026" / "11" / "SW-20261120-001.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("answer", ["9", "0", "紧急得很", ""])
def test_wrong_number_is_asked_again_in_chinese(terminal: Callable[..., Terminal], empty: Path, answer: str) -> None:
    """A number that is no choice is refused in words without English, and the question comes again."""
    given = {name: value for name, value in REQUIRED.items() if name != "--severity"}
    at = terminal("new", *options(given), "--yes", *AT)
    at.answer("严重程度（序号）", answer)
    between = at.expect("严重程度（序号）")
    assert re.findall(r"[A-Za-z]{3,}", between.replace(answer, "")) == []
    os.write(at.master, b"1\n")
    assert at.finish() == 0
    assert "severity: 紧急" in (empty / "tickets" / "2026" / "11" / "SW-20261120-001.md").read_text(encoding="utf-8")


def test_no_at_the_last_question_writes_nothing(terminal: Callable[..., Terminal], empty: Path) -> None:
    """Whoever says no has registered nothing."""
    at = terminal("new", *options(REQUIRED), *AT)
    at.answer("登记 SW-20261120-001", "n")
    assert at.finish() != 0
    assert files(empty) == []
    assert re.findall(r"Abort|Error|Traceback", at.screen()) == []


def test_ctrl_c_writes_nothing(terminal: Callable[..., Terminal], empty: Path) -> None:
    """Ctrl+C in the middle of the questions ends quietly."""
    at = terminal("new", *AT)
    at.answer("故障类型（序号）", "2")
    at.expect("严重程度（序号）")
    assert at.interrupt() != 0
    assert files(empty) == []
    assert re.findall(r"Abort|Error|Traceback", at.screen()) == []


def test_several_at_once_never_overwrite(environment: dict[str, str], empty: Path) -> None:
    """Of clerks who register in the same second, each has a file of their own or is asked to try again."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "faultkb", "new", *options(REQUIRED | {"--title": f"第 {number} 个"}), "--yes", *AT],
            cwd=empty,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for number in range(6)
    ]
    results = [(one.communicate(), one.returncode) for one in started]
    written = [Path(out.strip()).as_posix() for (out, _), code in results if code == 0]
    assert sorted(written) == files(empty)
    assert {code for _, code in results} <= {0, 2}
    titles = {
        re.search(r"^title: (.*)$", (empty / one).read_text(encoding="utf-8"), re.MULTILINE)[1] for one in written
    }  # type: ignore[index]
    assert len(titles) == len(written)
    assert all("再运行一次" in err for (_, err), code in results if code == 2)
