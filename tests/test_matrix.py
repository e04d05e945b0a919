"""``fault log`` of every event in every state, on a real file; and whatever sequence of events somebody records.

The table is written by hand from DESIGN §4 and does not look at schema/lifecycle.yaml.
"""

from __future__ import annotations

import contextlib
import io
import re
import shutil
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from faultkb import check, cli, corpus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

ID = "SW-20261102-001"
FILE = f"tickets/2026/11/{ID}.md"

# What stands before the event: a state, and the wait that is open in it.
SITUATIONS = (
    "未登记",
    "待受理",
    "处理中",
    "待验证",
    "已关闭",
    "已延期",
    "待受理+退回",
    "处理中+暂停",
    "待验证+暂停",
    "已延期+暂停",
)

# A row for each event, a column for each situation: the state after it, = the same, - refused.
TABLE = """
登记        待受理 -      -      -      -      -      -      -      -      -
退回        -      =      -      -      -      -      -      -      -      -
补充        -      =      -      -      -      -      =      -      -      -
响应        -      =      =      =      -      =      =      =      =      =
受理        -      处理中 -      -      -      -      处理中 -      -      -
反馈        -      =      =      =      =      =      =      =      =      =
改派        -      -      =      =      -      =      -      =      =      =
定级        -      =      =      =      -      =      =      =      =      =
定类        -      =      =      =      -      =      =      =      =      =
初步方案    -      -      =      -      -      =      -      =      -      =
评审        -      -      =      =      -      =      -      =      =      =
进展        -      -      =      =      -      =      -      =      =      =
风险        -      -      =      =      -      =      -      =      =      =
暂停        -      -      =      =      -      =      -      -      -      -
恢复        -      -      -      -      -      -      -      =      =      =
改期        -      -      已延期 =      -      =      -      已延期 =      =
提交验证    -      -      待验证 -      -      待验证 -      待验证 -      待验证
验证不通过  -      -      -      处理中 -      -      -      -      处理中 -
验证通过    -      -      -      =      -      -      -      -      =      -
用户确认    -      -      -      =      -      -      -      -      =      -
关闭        -      -      -      已关闭 -      -      -      -      已关闭 -
作废        -      已关闭 已关闭 已关闭 -      已关闭 已关闭 已关闭 已关闭 已关闭
重开        -      -      -      -      处理中 -      -      -      -      -
更正        -      =      =      =      =      =      =      =      =      =
"""

CASES = [
    (event, before, after)
    for event, *row in (line.split() for line in TABLE.strip().splitlines())
    for before, after in zip(SITUATIONS, row, strict=True)
]

OWNER = "RD017 李*"
VERIFIER = "QA003 赵*"
GIVEN: dict[str, list[str]] = {
    "退回": ["--note", "请补充固件版本"],
    "补充": ["--note", "固件为 V2.3.1"],
    "响应": ["--note", "已开始排查"],
    "受理": ["--owner", OWNER],
    "反馈": ["--note", "已重视，正在处理中"],
    "改派": ["--owner", "RD025 郭*", "--note", "由更熟悉的人接手"],
    "定级": ["--to", "低", "--note", "影响面缩小", "--approver", "PM001"],
    "定类": ["--to", "兼容性问题", "--note", "只在一种路由器下出现"],
    "初步方案": ["--note", "先关闭夜间维护"],
    "评审": ["--participant", "PM001,RD001,QA001", "--note", "同意方案"],
    "进展": ["--note", "补丁开发完成"],
    "风险": ["--note", "复现环境不足"],
    "暂停": ["--reason", "待供应商"],
    "改期": ["--due", "2026-11-20", "--note", "物料晚到", "--approver", "PM001"],
    "验证不通过": ["--note", "升级后仍重启"],
    "验证通过": [
        *("--functional", "通过", "--compatibility", "通过", "--experience", "不适用"),
        *("--verifier", VERIFIER),
    ],
    "用户确认": ["--note", "三天没有再出现", "--outcome", "已解决"],
    "作废": ["--reason", "误报", "--note", "测试环境的告警"],
    "重开": ["--due", "2026-11-25", "--note", "再次出现"],
    "更正": ["--target", "1", "--set", "by=ZL002", "--note", "登记人写错", "--approver", "PM001"],
}
"""What somebody types for an event besides its name."""


class Way(NamedTuple):
    """The events that lead to a state, and what they make of the header."""

    events: tuple[str, ...]
    fields: dict[str, str]


_OWNED = {"team": "软件开发组", "owner": "{staff: RD017, name: 李*}"}
_WORK = {**_OWNED, "due_at": "2026-11-06 18:00"}
_VERIFIED = {
    **_WORK,
    "completed_at": "2026-11-02 12:00",
    "verification": "{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 赵*}}",
}
WAYS = {
    "待受理": Way(("登记",), {}),
    "处理中": Way(("登记", "受理"), _WORK),
    "待验证": Way(("登记", "受理", "提交验证", "验证通过"), _VERIFIED),
    "已关闭": Way(("登记", "受理", "提交验证", "验证通过", "关闭"), _VERIFIED),
    "已延期": Way(("登记", "受理", "改期"), {**_OWNED, "due_at": "2026-11-20 18:00"}),
}


@pytest.fixture(scope="module")
def folder(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a repository for one ticket, which each test writes anew."""
    repository = tmp_path_factory.mktemp("repository")
    shutil.copytree(root / "schema", repository / "schema")
    return repository


@pytest.fixture(scope="module")
def body(write_text: Callable[..., str]) -> str:
    """Return a body in which every section is written."""
    return write_text("登记").split("---\n\n", 1)[1]


@pytest.fixture
def place(folder: Path, write_text: Callable[..., str]) -> Callable[[str], Path]:
    """Return a function that writes a ticket that is in a situation, with everything that closing or voiding asks of it."""

    def put(situation: str) -> Path:
        state, _, wait = situation.partition("+")
        way = WAYS.get(state, Way((), {}))
        events = (*way.events, wait) if wait else way.events
        text = write_text(*events, **{"kb": "{entry: 不收录, reason: 个别}", **way.fields, "status": state})
        path = folder / FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return put


class Done(NamedTuple):
    """What a command ended with."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def log(folder: Path) -> Iterator[Callable[..., Done]]:
    """Return a function that runs ``fault log`` for the ticket, as PM002."""

    def run(*arguments: str) -> Done:
        out, err = io.StringIO(), io.StringIO()
        command = ["--root", str(folder), "log", ID, *arguments, "--as-of", "2026-11-20 17:00"]
        with (
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            cli.main(command)
        return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())

    with pytest.MonkeyPatch.context() as variables:
        variables.setenv("FAULT_STAFF", "PM002")
        yield run


def state_of(situation: str) -> str:
    """Return the state without its open wait."""
    return situation.partition("+")[0]


def possible(situation: str) -> dict[str, str]:
    """Return the events that the table allows in a situation, with the states that they lead to ("": the same)."""
    return {
        event: "" if after in {"=", state_of(situation)} else after
        for event, before, after in CASES
        if before == situation and after != "-"
    }


BECOMES = {
    "受理": "处理中",
    "提交验证": "待验证",
    "验证不通过": "处理中",
    "关闭": "已关闭",
    "作废": "已关闭",
    "重开": "处理中",
}
"""The state that an event always leads to; what leads nowhere, or depends on the state, is not here."""


def reason(event: str, situation: str) -> str:
    """Return why an event cannot happen in a situation, as DESIGN words it."""
    state, _, wait = situation.partition("+")
    if event == "登记":
        return "登记 只能有一次，而且是第一个事件"
    if event == wait:
        return f"上一次 {wait} 还没有结束，不能再次 {event}"
    if event == "恢复" and state in {"处理中", "待验证", "已延期"}:
        return "没有未结束的 暂停，不能 恢复"
    if BECOMES.get(event, state) != state:
        return f"{state} 不能直接变为 {BECOMES[event]}（{event}）"
    return f"{state} 时不能 {event}"


def listed(screen: str) -> dict[str, str]:
    """Return the events that a screen lists as possible, with the states that it says they lead to."""
    table = re.split(r"^现在可以记录（.*）：\n", screen, flags=re.MULTILINE)[1]
    rows = (re.match(r"  (\S+)(?: +→(\S+))?", line) for line in table.splitlines())
    return {row[1]: row[2] or "" for row in rows if row}


def header(path: Path) -> dict[str, Any]:
    """Read a ticket's header without the program's own reader; every scalar is a text."""
    text = path.read_bytes().decode("utf-8").split("---")[1]
    return dict(yaml.load(text, yaml.BaseLoader))  # noqa: S506 - the loader that knows only strings


def test_the_table_has_every_event_in_every_situation(words: Vocabulary) -> None:
    """24 events × (5 states + 未登记 + 4 with an open wait)."""
    assert len(CASES) == 240
    assert {event for event, _, _ in CASES} == set(words.lifecycle.events)
    assert {state_of(one) for one in SITUATIONS} == {"未登记", *words.lifecycle.states}


@pytest.mark.parametrize(
    ("event", "before", "after"), [case for case in CASES if case[1] != "未登记"], ids=lambda value: value
)
def test_every_event_in_every_state(
    log: Callable[..., Done],
    folder: Path,
    place: Callable[[str], Path],
    words: Vocabulary,
    event: str,
    before: str,
    after: str,
) -> None:
    """Each pair is recorded with the state that follows, or refused with the reason and with exactly what is possible instead."""
    path = place(before)
    text, events = path.read_bytes(), len(header(path)["events"])
    done = log(event, *GIVEN.get(event, []))
    if after == "-":
        assert (done.code, done.out) == (1, "")
        told = f"错误：没有记录 {event}，{FILE} 没有改动\n  {reason(event, before)}\n现在可以记录（{state_of(before)}）：\n"
        assert done.err.startswith(told)
        assert listed(done.err) == possible(before)
        assert path.read_bytes() == text
        return
    state = state_of(before) if after == "=" else after
    assert (done.code, done.out) == (0, f"{ID} 已记录 {event}，当前状态 {state}\n"), done.err
    seen = header(path)
    assert seen["status"] == state
    assert [one["event"] for one in seen["events"][events:]] == [event]
    findings, _ = check.examine(
        corpus.load(folder, FILE, words), words, folder, datetime.fromisoformat("2026-11-20 17:00")
    )
    assert [one for one in findings if one.level == "error"] == []


@pytest.mark.parametrize("before", SITUATIONS[1:])
def test_list_of_what_is_possible_is_the_table(
    log: Callable[..., Done], place: Callable[[str], Path], before: str
) -> None:
    """``fault log ID`` names exactly the events of the table, with the states that they lead to."""
    place(before)
    done = log()
    assert (done.code, done.err) == (0, "")
    assert listed(done.out) == possible(before)


@pytest.mark.parametrize("event", [event for event, before, _ in CASES if before == "未登记"])
def test_nothing_is_recorded_before_the_registration(
    log: Callable[..., Done], place: Callable[[str], Path], event: str
) -> None:
    """A file without events is none that can be read: registering is what ``fault new`` does."""
    path = place("未登记")
    text = path.read_bytes()
    done = log(event, *GIVEN.get(event, []))
    assert (done.code, done.out, path.read_bytes()) == (2, "", text)
    assert "fault check" in done.err


COMMENTED = """\
---
# 文件头里的注释留在原处
id: SW-20261102-001
title: '网关"升级"后每日凌晨重启'
type: "软件Bug"      # 电话里说的
severity: 中 # 也是
status:   待受理   # 由事件推出
occurred_at: 未知

reported_at: 2026-11-02 09:00
channel: 电话
reporter:
  staff: ZL001
  name: 张*
impact: { users: 320,
          products: [ 智能网关 GW2 ],
          versions:
            [V2.3.1] }
kb: {entry: 不收录, reason: 个别}
remark: |
  第一行
  第二行：有冒号
events:
  - {at: 2026-11-02 09:00, event: 登记, by: ZL001}   # 第一个
  # 事件之间的注释
# 最后的注释
---

"""
SNAPSHOT = ["status", "severity", "type", "team", "owner", "assistants", "due_at", "completed_at", "verification"]
NEXT = {"待受理": "受理", "处理中": "提交验证", "已延期": "提交验证", "待验证": "验证通过", "已关闭": "重开"}

TEXTS = st.text(max_size=30) | st.sampled_from(
    ["明天", "RD021 王*", "RD021", "全名 王小明", "2026-11-12", "-x", "PM002", "3"]
)
VALUES = {
    "--note": TEXTS,
    "--late": TEXTS,
    "--team": st.sampled_from(["软件开发组", "测试组", "后勤组"]),
    "--owner": st.sampled_from(["RD021 王*", "QA003 赵*", "RD021", "RD021 王小明"]),
    "--assistant": st.sampled_from(["RD022 孙*", "QA003 赵*", "RD022"]),
    "--due": st.sampled_from(["2026-11-03", "2026-11-12 12:00", "2027-02-30", "明天"]),
    "--from": st.sampled_from(["中", "低", "软件Bug"]),
    "--to": st.sampled_from(["紧急", "高", "中", "低", "软件Bug", "其他", "极高"]),
    "--approver": st.sampled_from(["PM001", "PM002", "不是工号"]),
    "--participant": st.sampled_from(["PM001", "PM001,RD001,QA001", "PM001,PM001"]),
    "--reason": st.sampled_from(["待用户确认", "待供应商", "误报", "重复", "去吃饭"]),
    "--functional": st.sampled_from(["通过", "未通过", "不适用", "还行"]),
    "--compatibility": st.sampled_from(["通过", "未通过"]),
    "--experience": st.sampled_from(["通过", "未通过"]),
    "--verifier": st.sampled_from(["QA004 邓*", "RD017 李*", "QA004"]),
    "--outcome": st.sampled_from(["已解决", "未解决", "联系不上", "也许"]),
    "--target": st.sampled_from(["1", "2", "3", "99", "0", "x"]),
    "--section": st.sampled_from(["现象", "验证记录", "心情"]),
    "--set": st.sampled_from(
        [
            "note=改过",
            "owner=RD030 马*",
            "due_at=2026-11-13",
            "at=2026-11-02 09:30",
            "to=低",
            "reason=待用户补充",
            "x=y",
            "note=",
        ]
    ),
}
OPTIONS = st.sampled_from(sorted(VALUES)).flatmap(
    lambda flag: st.tuples(st.just(flag), VALUES[flag])
) | st.sampled_from([("--void",), ("--mask",), ("--confirmed",)])


class Call(NamedTuple):
    """One call of ``fault log``: how the event is chosen and which of those it is, what is typed besides, and when it happens."""

    choice: str
    number: int
    left_out: int
    options: list[tuple[str, ...]]
    hours: int


def mostly(usual: st.SearchStrategy[Any], unusual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Draw the usual seven times out of ten."""
    return st.integers(0, 9).flatmap(lambda number: usual if number < 7 else unusual)


FIELDS = mostly(
    st.just((0, [])), st.tuples(st.sampled_from([0, 0, 1]), st.lists(OPTIONS, min_size=1, max_size=2) | st.just([]))
)
CALLS = st.lists(
    st.builds(
        lambda choice, number, fields, hours: Call(choice, number, *fields, hours),
        mostly(st.sampled_from(["new", "new", "next"]), st.sampled_from(["possible", "any"])),
        st.integers(0, 999),
        FIELDS,
        mostly(st.sampled_from([0, 1, 5, 20]), st.sampled_from([60, -3, 400])),
    ),
    min_size=10,
    max_size=16,
)
EVENTS = sorted({event for event, _, _ in CASES})
ENDS = {"退回": {"补充", "受理", "作废"}, "暂停": {"恢复", "提交验证", "关闭", "作废"}}


def situation_of(seen: dict[str, Any]) -> str:
    """Return the state of a ticket with the wait that is open in it; corrections aside."""
    wait = ""
    for name in (one["event"] for one in seen["events"]):
        wait = name if name in ENDS else "" if name in ENDS.get(wait, ()) else wait
    return f"{seen['status']}+{wait}" if wait else str(seen["status"])


def arguments(call: Call, seen: dict[str, Any], at: datetime, accepted: Counter[str]) -> list[str]:
    """Return what is typed for a call in a ticket: an event that was accepted least so far, the next, a possible one or any."""
    recorded = [one["event"] for one in seen["events"]]
    allowed = list(possible(situation_of(seen))) or EVENTS
    offered = {
        "new": sorted(allowed, key=lambda one: accepted[one])[:1],
        "next": ["关闭" if recorded[-1] == "验证通过" else NEXT[seen["status"]]],
        "possible": allowed,
        "any": EVENTS,
    }[call.choice]
    event = offered[call.number % len(offered)]
    given = GIVEN.get(event, [])
    return [
        event,
        *given[2 * call.left_out :],
        *(word for one in call.options for word in one),
        "--at",
        f"{at:%Y-%m-%d %H:%M}",
    ]


def same_but_for_the_record(before: str, after: str) -> None:
    """Prove that lines differ only where a snapshot value does, and by new lines of events at the end of the list."""
    old, new = (dict(yaml.load(text.split("---")[1], yaml.BaseLoader)) for text in (before, after))  # noqa: S506 - as above
    count = len(new["events"]) - len(old["events"])
    assert count >= 1
    assert new["events"][:-count] == old["events"]
    changed = [name for name in SNAPSHOT if old.get(name) != new.get(name)]
    assert {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)} == {*changed, "events"}
    rest = [line for line in before.split("\n") if not line.startswith(tuple(f"{name}:" for name in changed))]
    kept = [line for line in after.split("\n") if not line.startswith(tuple(f"{name}:" for name in changed))]
    for number in [number for number, line in enumerate(kept) if line.startswith("  - {at:")][: -count - 1 : -1]:
        assert kept.pop(number).endswith("\r") == ("\r\n" in before)
    assert kept == rest
    comments = [
        {name: line.partition("#")[2] for line in text.split("\n") for name in changed if line.startswith(f"{name}:")}
        for text in (before, after)
    ]
    assert all(comments[1].get(name, text) == text for name, text in comments[0].items())


def test_whatever_is_recorded_in_whatever_order_is_sound(
    log: Callable[..., Done], folder: Path, words: Vocabulary, body: str
) -> None:
    """A call that is accepted leaves a ticket without errors and every other byte alone; one that is refused leaves the file.

    The stories are the same in each run, and every event but the registration is accepted in some.
    """
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    now = datetime.fromisoformat("2026-11-20 17:00")
    accepted: Counter[str] = Counter()

    # What a story tries depends on the stories before it: a shorter one would be another.
    @settings(deadline=None, max_examples=25, derandomize=True, phases=[Phase.generate])
    @given(calls=CALLS, newline=st.sampled_from(["\n", "\r\n"]))
    def story(calls: list[Call], newline: str) -> None:
        path.write_bytes((COMMENTED + body).replace("\n", newline).encode())
        at = datetime.fromisoformat("2026-11-02 09:30")
        for call in calls:
            before = path.read_bytes()
            moment = at + timedelta(hours=call.hours)
            typed = arguments(call, header(path), moment, accepted)
            done = log(*typed)
            assert "Traceback" not in done.err
            if done.code:
                assert path.read_bytes() == before, typed
                continue
            accepted[typed[0]] += 1
            at = max(at, moment)
            same_but_for_the_record(before.decode(), path.read_bytes().decode())
            findings, _ = check.examine(corpus.load(folder, FILE, words), words, folder, now)
            assert [one for one in findings if one.level == "error"] == [], typed

    story()
    assert accepted.keys() == set(EVENTS) - {"登记"}
