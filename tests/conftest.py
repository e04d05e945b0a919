"""What most tests need: this repository, its vocabulary, and tickets written in a few lines.

An event is written as ``[YYYY-MM-DD HH:MM ]NAME[ field: value, …]``. Without a time it happens an hour after the one
before; fields that the contract (DESIGN §4) asks of it are filled in unless given, so a test says only what it is about.
``field: ""`` leaves a field out.
"""

from __future__ import annotations

import gc
import json
import re
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from faultkb import check, corpus, standing, ticket, vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.calendar import WorkCalendar
    from faultkb.corpus import Loaded
    from faultkb.finding import Finding
    from faultkb.ticket import Replay, Ticket
    from faultkb.vocabulary import Vocabulary

FIRST = datetime.fromisoformat("2026-11-02 09:00")
"""A Monday; the following Saturday and Sunday are days off, no holiday is near."""
AS_OF = datetime.fromisoformat("2026-11-20 17:00")

_EVENT = re.compile(r"(?:(\d{4}-\d{2}-\d{2} \d{2}:\d{2}) )?(\S+)(?: (.*))?")

CARRIES: dict[str, dict[str, Any]] = {
    "登记": {"by": "ZL001"},
    "退回": {"note": "请补充固件版本"},
    "补充": {"by": "ZL001", "note": "固件为 V2.3.1"},
    "响应": {"note": "已开始排查"},
    "受理": {"team": "软件开发组", "owner": {"staff": "RD017", "name": "李*"}, "due_at": "2026-11-06 18:00"},
    "反馈": {"by": "ZL001", "note": "已重视，正在处理中"},
    "改派": {"owner": {"staff": "RD025", "name": "郭*"}, "note": "由更熟悉的人接手"},
    "定级": {"from": "中", "to": "高", "note": "影响面扩大", "approver": "PM001"},
    "定类": {"from": "软件Bug", "to": "兼容性问题", "note": "只在一种路由器下出现"},
    "初步方案": {"by": "RD017", "note": "先关闭夜间维护"},
    "评审": {"participants": ["PM001", "RD001", "QA001"], "note": "同意方案"},
    "进展": {"by": "RD017", "note": "补丁开发完成"},
    "风险": {"by": "RD017", "note": "复现环境不足"},
    "暂停": {"reason": "待供应商"},
    "恢复": {},
    "改期": {"due_at": "2026-11-20 18:00", "note": "物料晚到", "approver": "PM001"},
    "提交验证": {"by": "RD017"},
    "验证不通过": {"by": "QA003", "note": "升级后仍重启"},
    "验证通过": {
        "by": "QA003",
        "functional": "通过",
        "compatibility": "通过",
        "experience": "通过",
        "verifier": {"staff": "QA003", "name": "赵*"},
    },
    "用户确认": {"by": "ZL001", "note": "三天没有再出现"},
    "关闭": {},
    "作废": {"reason": "误报", "note": "测试环境的告警"},
    "重开": {"due_at": "2026-11-25 18:00", "note": "再次出现"},
    "更正": {"target": "1", "set": {"by": "ZL002"}, "note": "登记人写错", "approver": "PM001"},
}

BODY = """\
## 故障描述

### 现象

网关 03:10 自行重启，指示灯由绿变红，47 秒后恢复。

### 使用场景

夜间无人操作。

### 发生频率

每天一次，连续五天。

### 复现步骤

1. 接入 47 个子设备。
2. 执行夜间维护。

### 环境信息

GW2，固件 V2.3.1，日志 reset_reason=WDT。

## 原因分析

维护任务占用主循环，看门狗超时；用例没有满配。

## 短期方案

分批上报。

## 长期方案

维护任务移到独立线程；每日构建加满配用例。

## 方案评审

同意。

## 验证记录

满配 64 个子设备连续维护 200 次，没有复位。

## 用户确认

用户观察三天，没有再出现。
"""


def pytest_collection_finish() -> None:
    """Spare the garbage collector, and what forks, the ten thousand tests that are there until the end."""
    gc.freeze()


@pytest.fixture(scope="session")
def patience() -> float:
    """How many times as long as its aim something may take: what measures the coverage looks at each line."""
    return 4.0 if sys.gettrace() else 1.0


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the root of this repository."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def words(root: Path) -> Vocabulary:
    """Return the vocabulary of this repository."""
    return vocabulary.load(root)


@pytest.fixture(scope="session")
def calendar(words: Vocabulary) -> WorkCalendar:
    """Return the working days of this repository."""
    return standing.calendar(words)


def event_data(text: str, previous: datetime | None) -> dict[str, Any]:
    """Return the fields of an event written in short."""
    match = _EVENT.fullmatch(text)
    assert match, text
    at, name, rest = match.groups()
    if at is None:
        at = (previous + timedelta(hours=1) if previous else FIRST).isoformat(" ", "minutes")
    given = yaml.load(f"{{{rest or ''}}}", yaml.BaseLoader)  # noqa: S506 - the loader that knows only strings
    data = {"at": at, "event": name, "by": "PM002", **CARRIES.get(name, {}), **given}
    return {key: value for key, value in data.items() if value != ""}


def ticket_text(*events: str | dict[str, Any], body: str = BODY, **fields: str | None) -> str:
    """Return the text of a ticket file.

    An event is written in short or given as its fields. A header field is YAML text; None leaves it out.
    """
    listed: list[dict[str, Any]] = []
    for event in events:
        previous = datetime.fromisoformat(listed[-1]["at"]) if listed else None
        listed.append(event if isinstance(event, dict) else event_data(event, previous))
    reported = fields.pop("reported_at", None) or (listed[0]["at"] if listed else FIRST.isoformat(" ", "minutes"))
    header = {
        "id": f"SW-{reported[:10].replace('-', '')}-001",
        "title": "网关升级后每日凌晨重启",
        "type": "软件Bug",
        "severity": "中",
        "status": "待受理",
        "occurred_at": "未知",
        "reported_at": reported,
        "channel": "电话",
        "reporter": "{staff: ZL001, name: 张*}",
        "impact": "{users: 320, products: [智能网关 GW2], versions: [V2.3.1]}",
        **fields,
    }
    lines = [f"{key}: {value}" for key, value in header.items() if value is not None]
    lines += ["events:", *(f"  - {json.dumps(one, ensure_ascii=False)}" for one in listed)]
    return "\n".join(["---", *lines, "---", "", body])


@pytest.fixture(scope="session")
def load_text(words: Vocabulary, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Loaded]:
    """Return a function that writes a ticket's text where its id says and reads it as the program does."""
    folder = tmp_path_factory.mktemp("repository")

    def load(text: str) -> Loaded:
        match = re.search(r"^id: ([A-Z]{2}-(\d{4})(\d{2})\d{2}-\d{3,})$", text, re.MULTILINE)
        path = f"tickets/{match[2]}/{match[3]}/{match[1]}.md" if match else "tickets/2026/11/SW-20261102-001.md"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="")
        return corpus.load(folder, path, words)

    return load


@pytest.fixture(scope="session")
def make_ticket(load_text: Callable[[str], Loaded]) -> Callable[..., Ticket]:
    """Return a function from events and header fields to a ticket."""

    def make(*events: str | dict[str, Any], **fields: str | None) -> Ticket:
        one = load_text(ticket_text(*events, **fields)).ticket
        assert one is not None
        return one

    return make


@pytest.fixture(scope="session")
def fold(make_ticket: Callable[..., Ticket], words: Vocabulary) -> Callable[..., Replay]:
    """Return a function from events to what they add up to."""

    def fold_events(*events: str | dict[str, Any], as_of: datetime | None = None, **fields: str | None) -> Replay:
        return ticket.replay(make_ticket(*events, **fields), words.lifecycle, as_of)

    return fold_events


@pytest.fixture(scope="session")
def judge(load_text: Callable[[str], Loaded], words: Vocabulary) -> Callable[..., list[Finding]]:
    """Return a function from events and header fields to the findings of all rules about one file."""

    def findings(*events: str | dict[str, Any], as_of: datetime = AS_OF, **fields: str | None) -> list[Finding]:
        return judge_loaded(load_text(ticket_text(*events, **fields)), words, as_of)

    return findings


def judge_loaded(loaded: Loaded, words: Vocabulary, as_of: datetime) -> list[Finding]:
    """Apply all rules about a single file."""
    return check.examine(loaded, words, Path(loaded.path).parent, as_of)[0]


@pytest.fixture(scope="session")
def write_text() -> Callable[..., str]:
    """Return the function that writes a ticket's text from events and header fields."""
    return ticket_text


@pytest.fixture(scope="session")
def judge_text(load_text: Callable[[str], Loaded], words: Vocabulary) -> Callable[[str], list[Finding]]:
    """Return a function from a ticket's text to its findings."""
    return lambda text: judge_loaded(load_text(text), words, AS_OF)
