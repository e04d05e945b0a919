"""The dialogue of ``fault new``: at a real terminal, every answer checked when it is given, nothing written before the end."""

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
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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


def given(*left_out: str) -> list[str]:
    """Return the required options as a command line has them, but for some."""
    return [part for name, value in REQUIRED.items() if name not in left_out for part in (name, value)]


def files(folder: Path) -> list[str]:
    """Name every file under tickets/."""
    return sorted(path.relative_to(folder).as_posix() for path in (folder / "tickets").rglob("*") if path.is_file())


def ticket(folder: Path) -> str:
    """Return the text of the one ticket."""
    (path,) = files(folder)
    return (folder / path).read_bytes().decode("utf-8")


AT_TERMINAL = """
import fcntl, runpy, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
signal.signal(signal.SIGINT, signal.default_int_handler)
runpy.run_module("faultkb", run_name="__main__", alter_sys=True)
"""
"""Takes the terminal as its own, so that Ctrl+C reaches it, also where the tests run in the background, and becomes the program."""


class Terminal:
    """A command at a pseudo-terminal: wait for words on the screen, type answers."""

    def __init__(self, folder: Path, environment: dict[str, str], *arguments: str, piped: bool = False) -> None:
        """Start the command, with standard output at the terminal or, as in ``path=$(fault new)``, in a pipe."""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-c", AT_TERMINAL, *arguments],
            cwd=folder,
            env={**environment, "TERM": "xterm", "LC_ALL": "C.UTF-8"},
            stdin=slave,
            stdout=subprocess.PIPE if piped else slave,
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

    def end(self) -> int:
        """Press Ctrl+D: the end of all input."""
        os.write(self.master, b"\x04")
        return self.finish()

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
        if self.process.stdout:
            self.process.stdout.close()
        os.close(self.master)

    def screen(self) -> str:
        """Return everything that was printed."""
        return self.seen.decode("utf-8", "replace")


@pytest.fixture
def terminal(environment: dict[str, str], empty: Path) -> Iterator[Callable[..., Terminal]]:
    """Return a function that starts a command at a terminal."""
    started: list[Terminal] = []

    def start(*arguments: str, piped: bool = False) -> Terminal:
        started.append(Terminal(empty, environment, *arguments, piped=piped))
        return started[-1]

    yield start
    for one in started:
        one.close()


ANSWERS = [
    ("故障类型（序号）", "2"),
    ("严重程度（序号）", "3"),
    ("问题标题", "网关重启后场景丢失"),
    ("反馈渠道（序号）", "1"),
    ("反馈时间[2026-11-20 09:15]", ""),
    ("故障发生时间[未知]", ""),
    ("反馈人工号", "ZL001"),
    ("反馈人姓名", "张*"),
    ("受影响用户数", "12"),
    ("涉及产品", "智能网关 GW2"),
    ("涉及版本", "V2.4.0"),
    ("地域分布（可不填）", ""),
    ("功能模块（可不填）", ""),
    ("涉及具体的用户", "n"),
    ("现象", ""),
    ("使用场景", ""),
    ("发生频率", ""),
    ("复现步骤", ""),
    ("环境信息", ""),
    ("登记“网关重启后场景丢失”？", "y"),
]
"""Every question of a registration in its order, with the shortest answers."""
SHORTEST = """\
---
id: SW-20261120-001
title: 网关重启后场景丢失
type: 软件Bug
severity: 中
status: 待受理
occurred_at: 未知
reported_at: 2026-11-20 09:15
channel: 电话
reporter: {staff: ZL001, name: 张*}
impact: {users: 12, products: [智能网关 GW2], versions: [V2.4.0]}
events:
  - {at: 2026-11-20 09:15, event: 登记, by: ZL001}
---
"""
LONGEST = """\
---
id: SW-20261118-001
title: 网关重启后场景丢失
type: 软件Bug
severity: 中
status: 待受理
occurred_at: 2026-11-17 22:40
reported_at: 2026-11-18 09:00
channel: 电话
reporter: {staff: ZL001, name: 张*}
customer: {id: U****3821, ref: CRM-88213}
impact: {users: 12, products: [智能网关 GW2, 栖云 App, 摄像机 C5], versions: [V2.4.0], regions: [华东, 华南], modules: [场景联动]}
events:
  - {at: 2026-11-18 09:00, event: 登记, by: ZL001, late: 周末留言}
---

## 故障描述

### 现象

场景列表为空

### 使用场景

待补充

### 发生频率

5 次里 5 次

### 复现步骤

待补充

### 环境信息

待补充
"""


def converse(at: Terminal, answers: list[tuple[str, str]]) -> None:
    """Answer questions in their order."""
    for question, answer in answers:
        at.answer(f"{question}：" if question[-1] not in "户？" else question, answer)


def test_the_shortest_conversation(terminal: Callable[..., Terminal], empty: Path) -> None:
    """At a terminal the missing answers are asked for one by one; Enter takes the default or leaves the rest for later."""
    at = terminal("new", *AT)
    at.expect("元器件、结构、供电等实物原因")  # each choice with its description
    converse(at, ANSWERS)
    assert at.finish() == 0
    assert "tickets/2026/11/SW-20261120-001.md" in at.screen()
    assert ticket(empty).startswith(SHORTEST)
    assert ticket(empty).count("\n待补充\n") == 5


def test_the_longest_conversation(terminal: Callable[..., Terminal], empty: Path) -> None:
    """Whoever answers everything has a ticket with everything: several values in a line, a customer, parts of the description."""
    said = {
        "反馈时间[2026-11-20 09:15]": "2026-11-18 09:00",
        "故障发生时间[未知]": "2026-11-17 22:40",
        "涉及产品": "智能网关 GW2、栖云 App, 摄像机 C5",
        "地域分布（可不填）": "华东，华南",
        "功能模块（可不填）": "场景联动",
        "涉及具体的用户": "y",
        "现象": "场景列表为空",
        "发生频率": "5 次里 5 次",
    }
    answers = [(question, said.get(question, answer)) for question, answer in ANSWERS]
    # Two working days after the report somebody has to say why; a customer has four questions.
    answers.insert(5, ("补录原因", "周末留言"))
    place = answers.index(("涉及具体的用户", "y")) + 1
    answers[place:place] = [("用户ID", "U****3821"), ("设备编号", ""), ("联系方式", ""), ("客户系统编号", "CRM-88213")]
    at = terminal("new", *AT)
    converse(at, answers)
    assert at.finish() == 0
    assert "只写遮盖后的内容" in at.screen()
    assert ticket(empty) == LONGEST


def test_only_what_is_missing_is_asked(terminal: Callable[..., Terminal], empty: Path) -> None:
    """Options given are not asked for again; with --yes nothing is asked but what is required."""
    at = terminal("new", *given("--users"), "--yes", *AT)
    at.answer("受影响用户数：", "未知")
    assert at.finish() == 0
    assert at.screen().count("：") - at.screen().count("受影响用户数：") == at.screen()[
        at.screen().index("已登记") :
    ].count("：")
    assert "users: 未知" in ticket(empty)


def test_nothing_missing_is_nothing_asked(terminal: Callable[..., Terminal], empty: Path) -> None:
    """Whoever has given all that is required is asked only whether to go on."""
    at = terminal("new", *given(), *AT)
    before = at.expect("登记“网关重启后场景丢失”？")
    assert before == ""
    os.write(at.master, b"\n")
    assert at.finish() == 0
    assert len(files(empty)) == 1


@pytest.mark.parametrize("answer", ["9", "0", "-1", "²", "紧急得很", ""])
def test_wrong_number_is_asked_again_in_chinese(terminal: Callable[..., Terminal], empty: Path, answer: str) -> None:
    """What is no choice is refused in words without English, and the question comes again."""
    at = terminal("new", *given("--severity"), "--yes", *AT)
    at.answer("严重程度（序号）：", answer)
    between = at.expect("严重程度（序号）：")
    assert "错误：" in between
    assert re.findall(r"[A-Za-z]{3,}", between.replace(answer, "")) == []
    os.write(at.master, b"1\n")
    assert at.finish() == 0
    assert "severity: 紧急" in ticket(empty)


def test_a_choice_may_be_written_out(terminal: Callable[..., Terminal], empty: Path) -> None:
    """Instead of its number, a choice may be called by its name."""
    at = terminal("new", *given("--severity"), "--yes", *AT)
    at.answer("严重程度（序号）：", "紧急")
    assert at.finish() == 0
    assert "severity: 紧急" in ticket(empty)


AGAIN = {
    "--title": ("问题标题：", ["", "长" * 81, "　"], "网关重启", ["必须填写", "太长"]),
    "--users": ("受影响用户数：", ["三百", "-1"], "300", ["整数", "未知"]),
    "--reporter": ("反馈人工号：", ["ZL 001", "张三"], "ZL001", ["工号", "RD017"]),
    "--reporter-name": ("反馈人姓名：", ["张三"], "张*", ["遮盖", "李*"]),
    "--product": ("涉及产品：", ["甲、甲", "、"], "甲、乙", ["重复", "必须填写"]),
}


@pytest.mark.parametrize("name", AGAIN)
def test_a_wrong_answer_is_asked_again_with_the_reason(
    terminal: Callable[..., Terminal], empty: Path, name: str
) -> None:
    """The dialogue never ends over a slip: the reason is said, and the next answer is taken."""
    question, wrong, right, reasons = AGAIN[name]
    at = terminal("new", *given(name), "--yes", *AT)
    for answer in [*wrong, right]:
        at.answer(question, answer)
    assert at.finish() == 0
    assert [one for one in reasons if one not in at.screen()] == []
    assert at.screen().count("错误：") == len(wrong)
    assert len(files(empty)) == 1


def test_a_customer_is_masked_or_asked_again(terminal: Callable[..., Terminal], empty: Path) -> None:
    """A whole telephone number is not taken, its mask is."""
    at = terminal("new", *given("--title"), *AT)
    converse(at, [("问题标题", "网关重启"), *ANSWERS[4:6], *ANSWERS[11:13], ("涉及具体的用户", "y")])
    converse(at, [("用户ID", ""), ("设备编号", ""), ("联系方式", "13800138000"), ("联系方式", "138****8000")])
    converse(at, [("客户系统编号", "CRM-88213"), *ANSWERS[14:19], ("登记“网关重启”？", "")])
    assert at.finish() == 0
    assert "customer: {contact: 138****8000, ref: CRM-88213}" in ticket(empty)
    assert "13800138000" not in ticket(empty)


def test_a_customer_of_whom_nothing_is_known_is_none(terminal: Callable[..., Terminal], empty: Path) -> None:
    """是 is a yes, 也许 is none; after four empty answers the registration goes on without a customer, and says so."""
    at = terminal("new", *given("--title"), *AT)
    converse(at, [("问题标题", "网关重启"), *ANSWERS[4:6], *ANSWERS[11:13], ("涉及具体的用户", "也许")])
    converse(at, [("涉及具体的用户", "是"), ("用户ID", ""), ("设备编号", ""), ("联系方式", ""), ("客户系统编号", "")])
    converse(at, [*ANSWERS[14:19], ("登记“网关重启”？", "是")])
    assert at.finish() == 0
    assert "回答 是 或 否" in at.screen()
    assert "一项也没有写" in at.screen()
    assert "customer" not in ticket(empty)


def test_reserving_an_id_is_said_while_it_takes_time(terminal: Callable[..., Terminal], empty: Path) -> None:
    """At a terminal, who waits for the remote reads for what; without a remote there is nothing to wait for."""
    at = terminal("new", *given(), "--yes", *AT)
    assert at.finish() == 0
    assert "正在预留编号" not in at.screen()
    for command in (["init", "-q"], ["remote", "add", "origin", str(empty / "nowhere")]):
        subprocess.run(["git", *command], cwd=empty, check=True)
    at = terminal("new", *given(), "--yes", *AT)
    at.expect("正在预留编号…")
    assert at.finish() == 0
    assert len(files(empty)) == 2


def test_text_of_another_encoding_is_asked_again(terminal: Callable[..., Terminal], empty: Path) -> None:
    """A terminal that sends GBK gets a word about it, not a traceback, and no rubbish gets into the file."""
    at = terminal("new", *given("--title"), "--yes", *AT)
    at.expect("问题标题：")
    os.write(at.master, "网关重启".encode("gbk") + b"\n")
    at.answer("问题标题：", "网关重启")
    assert at.finish() == 0
    assert "终端的编码" in at.screen()
    assert "title: 网关重启\n" in ticket(empty)


def test_the_clock_goes_on(terminal: Callable[..., Terminal]) -> None:
    """Without --as-of the present is when somebody answers: what lies before is taken, what lies ahead is not."""
    at = terminal("new", *given("--title"))
    at.answer("问题标题：", "网关重启")
    at.answer("反馈时间[", "2199-12-31 23:59")
    at.answer("反馈时间[", "2024-01-02 09:00")
    at.answer("补录原因：", "")
    assert at.interrupt() == 1
    assert "在未来" in at.screen()


def test_stdout_has_nothing_but_the_path(terminal: Callable[..., Terminal], empty: Path) -> None:
    """``path=$(fault new)`` works at a terminal: the questions are on stderr."""
    at = terminal("new", *AT, piped=True)
    converse(at, ANSWERS)
    assert at.finish() == 0
    assert at.process.stdout
    assert at.process.stdout.read() == f"{files(empty)[0]}\n".encode()


@pytest.mark.parametrize("answer", ["n", "否"])
def test_no_at_the_last_question_writes_nothing(terminal: Callable[..., Terminal], empty: Path, answer: str) -> None:
    """Whoever says no has registered nothing."""
    at = terminal("new", *given(), *AT)
    at.answer("登记“网关重启后场景丢失”？", answer)
    assert at.finish() == 1
    assert "已取消" in at.screen()
    assert list((empty / "tickets").iterdir()) == []
    assert re.findall(r"Abort|Error|Traceback", at.screen()) == []


@pytest.mark.parametrize("number", [0, 1, 4, 8, 13, 14, 18, 19])
@pytest.mark.parametrize("key", ["Ctrl+C", "Ctrl+D"])
def test_leaving_in_the_middle_writes_nothing(
    terminal: Callable[..., Terminal], empty: Path, number: int, key: str
) -> None:
    """Ctrl+C or Ctrl+D at a menu, a text, a yes-or-no question or the last one: exit code 1, one word, no trace."""
    at = terminal("new", *AT)
    converse(at, ANSWERS[:number])
    at.expect(ANSWERS[number][0])
    assert (at.interrupt() if key == "Ctrl+C" else at.end()) == 1
    assert "已取消" in at.screen()
    assert list((empty / "tickets").iterdir()) == []
    assert re.findall(r"Abort|Error|Traceback", at.screen()) == []


def test_similar_faults_come_before_the_last_question(
    terminal: Callable[..., Terminal], empty: Path, put_ticket: Callable[..., Path], write_text: Callable[..., str]
) -> None:
    """Somebody who sees that the fault is known can stop: then there is no new file."""
    put_ticket(empty, "SW-20261102-001", write_text("2026-11-02 09:00 登记", title="网关重启后场景丢失"))
    at = terminal("new", *given(), *AT)
    assert "SW-20261102-001  待受理  网关重启后场景丢失" in at.expect("登记“网关重启后场景丢失”？")
    os.write(at.master, b"n\n")
    assert at.finish() == 1
    assert files(empty) == ["tickets/2026/11/SW-20261102-001.md"]


def test_a_form_is_completed_at_the_terminal(terminal: Callable[..., Terminal], empty: Path, tmp_path: Path) -> None:
    """What the form lacks is asked for; what it says is not."""
    path = tmp_path / "form.md"
    path.write_text("### 受影响用户数\n\n12\n\n### 现象\n\n黑屏\n", encoding="utf-8")
    at = terminal("new", "--from-form", str(path), *given("--users", "--title"), "--yes", *AT)
    at.answer("问题标题：", "网关重启")
    assert at.finish() == 0
    assert "users: 12" in ticket(empty)
    assert "\n黑屏\n" in ticket(empty)


def test_wrong_options_end_before_the_first_question(terminal: Callable[..., Terminal], empty: Path) -> None:
    """Nobody answers twenty questions to learn that an option was wrong."""
    at = terminal("new", "--severity", "极高", *AT)
    assert at.finish() == 1
    assert "--severity" in at.screen()
    assert "故障类型（序号）" not in at.screen()
    assert files(empty) == []
