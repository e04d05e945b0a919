"""Tickets for measuring: any number, varied, valid under `fault check`, the same on every run.

A history is walked event by event through the lifecycle; the snapshot is kept beside it by the plain rules of the
process (not by the program that is measured). Headers have 40 to 60 lines, bodies about 700 characters.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

AS_OF = "2026-11-20 17:00"
"""The moment for which the tickets are valid: a Friday; what is open was reported in its week."""
LINES = range(40, 61)
"""The number of lines of a header."""

_TYPES = {"硬件故障": "HW", "软件Bug": "SW", "兼容性问题": "CP", "操作误解": "OP", "其他": "OT"}
_TEAMS = {
    "硬件故障": "硬件研发组",
    "软件Bug": "软件开发组",
    "兼容性问题": "测试组",
    "操作误解": "客服组",
    "其他": "云平台组",
}
_CHANNELS = ("电话", "在线咨询", "用户反馈平台", "内部测试", "监控告警")
_PRODUCTS = ("智能网关 GW2", "入户门锁 L3", "室内摄像机 C5", "手机应用", "云平台")
_PARTS = ("配网", "固件升级", "消息推送", "电源管理", "子设备接入", "录像回放", "场景联动", "蓝牙开锁")
_SIGNS = ("自动重启", "离线后不恢复", "提示超时", "状态不同步", "页面全白", "记录缺失", "反复要求登录")
_SURNAMES = "张王李赵陈刘杨黄周吴徐孙马朱胡郭何林罗梁"
_WAITS = ("待用户补充", "待用户确认", "待供应商", "待内部资源")
_WORK = ("进展", "反馈", "改派", "风险", "初步方案", "暂停", "定类")
_START = datetime(2025, 1, 6, 8, 0)  # noqa: DTZ001 - tickets are written in the time of one zone
_NOW = datetime.fromisoformat(AS_OF)


class _History:
    """One fault as it unfolds: the events so far, the snapshot that they add up to, and the time."""

    def __init__(self, dice: random.Random, kind: str, severity: str, start: datetime, step: int) -> None:
        self.dice = dice
        self.step = step
        self.at = start
        self.events: list[dict[str, Any]] = []
        self.snapshot: dict[str, Any] = {"type": kind, "severity": severity, "status": "待受理"}

    def add(self, event: str, by: str, **carried: Any) -> None:
        """Record an event some minutes after the last one."""
        if self.events:
            self.at += timedelta(minutes=self.dice.randint(1, self.step))
        self.events.append({"at": _minute(self.at), "event": event, "by": by, **carried})

    def person(self, prefix: str) -> dict[str, str]:
        """Choose a member of staff."""
        number = self.dice.randint(10, 60)
        return {"staff": f"{prefix}{number:03}", "name": f"{_SURNAMES[number % len(_SURNAMES)]}*"}

    def note(self, what: str) -> str:
        """Write a remark with numbers in it."""
        return f"{what}，{self.dice.choice(_PARTS)}相关日志 {self.dice.randint(3, 400)} 份，复现 {self.dice.randint(1, 9)}/10 次"

    def accept(self) -> None:
        """Give the fault to a team, an owner and a plan that the policy allows."""
        days = {"紧急": 0, "高": 3, "中": 5, "低": 10}[self.snapshot["severity"]]
        given = {
            "team": _TEAMS[self.snapshot["type"]],
            "owner": self.person("RD"),
            "due_at": _minute(_due(self.at, days)),
        }
        if self.dice.random() < 0.6:
            given["assistants"] = [self.person("HW")]
        self.snapshot |= given | {"status": "处理中"}
        self.add("受理", "PM002", **given, note="信息完整，属于产品故障")

    def work(self) -> None:
        """Record one of the events that happen while a fault is worked on (a wait and its end are two)."""
        event = self.dice.choice(_WORK)
        if event == "改派":
            self.snapshot["owner"] = self.person("RD")
            self.add(event, "PM002", owner=self.snapshot["owner"], note="原主责人转做别的项目")
        elif event == "暂停":
            self.add(event, "RD017", reason=self.dice.choice(_WAITS))
            self.add("恢复", "RD017", note=self.note("已收到"))
        elif event == "定类":
            old, new = self.snapshot["type"], self.dice.choice([one for one in _TYPES if one != self.snapshot["type"]])
            self.snapshot["type"] = new
            self.add(event, "PM002", **{"from": old, "to": new, "note": self.note("按排查结果改正")})
        else:
            what = {"反馈": "告知用户正在处理", "风险": "物料可能晚到"}.get(event, "定位到一处")
            self.add(event, "ZL001" if event == "反馈" else "RD017", note=self.note(what))

    def review(self) -> None:
        """Hold a review with all the heads."""
        self.add(
            "评审",
            "PM002",
            participants=["PM001", "RD001", "QA001", self.snapshot["owner"]["staff"]],
            note=self.note("同意方案"),
        )

    def postpone(self) -> None:
        """Move the plan beyond the present, with an approval."""
        later = datetime.fromisoformat(self.snapshot["due_at"]) + timedelta(days=self.dice.randint(3, 9))
        self.snapshot |= {"due_at": _minute(later), "status": "已延期"}
        self.add(
            "改期", "RD017", due_at=self.snapshot["due_at"], note=self.note("新物料验证需要时间"), approver="PM001"
        )

    def hand_over(self) -> None:
        """Hand the solution over for verification."""
        self.snapshot["status"] = "待验证"
        self.add("提交验证", "RD017")

    def fail(self) -> None:
        """Let verification fail once: back to work."""
        note = self.note("兼容性一项未通过")
        self.snapshot["status"] = "处理中"
        self.snapshot["verification"] = {"result": "未通过", "reason": note}
        self.add("验证不通过", "QA003", note=note)

    def verify(self) -> None:
        """Verify by somebody who had no part in the work."""
        parts = {"functional": "通过", "compatibility": "通过", "experience": self.dice.choice(("通过", "不适用"))}
        verifier = {"staff": "QA003", "name": "赵*"}
        self.add("验证通过", "QA003", **parts, verifier=verifier)
        self.snapshot |= {
            "completed_at": self.events[-1]["at"],
            "verification": {"result": "通过", **parts, "verifier": verifier},
        }

    def close(self) -> None:
        """Ask the user and close."""
        self.add("用户确认", "ZL001", note=self.note("用户确认已解决"))
        self.snapshot["status"] = "已关闭"
        self.add("关闭", "PM002")

    def void(self) -> None:
        """End a fault that is none."""
        self.snapshot["status"] = "已关闭"
        self.add("作废", "PM002", reason="误报", note=self.note("现场复核正常"))
        self.snapshot["completed_at"] = self.events[-1]["at"]

    def reopen(self) -> None:
        """Begin a second cycle."""
        self.snapshot = {
            key: value for key, value in self.snapshot.items() if key not in {"completed_at", "verification"}
        }
        self.snapshot |= {"status": "处理中", "due_at": _minute(_due(self.at, 5))}
        self.add("重开", "PM002", due_at=self.snapshot["due_at"], note=self.note("同样的现象再次出现"))


_ENDS = {"关闭": 55, "重开": 8, "作废": 7, "待受理": 6, "处理中": 12, "已延期": 6, "待验证": 6}
"""How a history ends, out of 100."""
_LENGTHS = {"关闭": (4, 28), "重开": (4, 16), "待受理": (14, 44)}
"""About how many events happen on the way, from and to."""


def write(root: Path, number: int, ends: Mapping[str, int] = _ENDS) -> None:
    """Write ``number`` tickets under ``root``/tickets; ``ends`` says how many histories of 100 end in what way."""
    taken: Counter[str] = Counter()
    earlier: list[str] = []
    for index in range(number):
        dice = random.Random(index)  # noqa: S311 - the same tickets on every run
        kind = dice.choice(list(_TYPES))
        end = dice.choices(list(ends), list(ends.values()))[0]
        is_open = end in {"待受理", "处理中", "已延期", "待验证"}
        start = (
            (_NOW - timedelta(hours=dice.randint(30, 48)))
            if is_open
            else _START + timedelta(minutes=dice.randint(0, 600_000))
        )
        day = f"{_TYPES[kind]}-{start:%Y%m%d}"
        taken[day] += 1
        ticket_id = f"{day}-{taken[day]:03}"
        path = root / "tickets" / f"{start:%Y}" / f"{start:%m}" / f"{ticket_id}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        text = _ticket(dice, ticket_id, kind, end, start, earlier)
        path.write_text(text, encoding="utf-8", newline="\n")
        earlier.append(ticket_id)


def _ticket(dice: random.Random, ticket_id: str, kind: str, end: str, start: datetime, earlier: list[str]) -> str:
    severity = (
        dice.choice(("中", "低")) if end in {"处理中", "待受理", "待验证"} else dice.choice(("紧急", "高", "中", "低"))
    )
    history = _History(dice, kind, severity, start, step=60 if end in {"待受理", "处理中", "已延期", "待验证"} else 600)
    _live(history, end, dice.randint(*_LENGTHS.get(end, (14, 40))))
    product, part, sign = dice.choice(_PRODUCTS), dice.choice(_PARTS), dice.choice(_SIGNS)
    header = {
        "id": ticket_id,
        "title": f"{product} {part}时{sign}",
        **{key: history.snapshot[key] for key in ("type", "severity", "status")},
        "occurred_at": _minute(start - timedelta(minutes=dice.randint(5, 3000))),
        "reported_at": _minute(start),
        "channel": dice.choice(_CHANNELS),
        "reporter": {"staff": "ZL001", "name": "张*"},
        "customer": {
            "id": f"U****{dice.randint(1000, 9999)}",
            "device": f"GW2-****-{dice.randint(1000, 9999)}",
            "contact": "138****5512",
            "ref": f"CRM-{dice.randint(10000, 99999)}",
        },
        "impact": {
            "users": dice.randint(1, 4000),
            "products": [product],
            "versions": [_version(dice)],
            "regions": dice.sample(["华东", "华南", "华北", "西南"], 2),
            "modules": [part],
        },
        **{
            key: history.snapshot[key]
            for key in ("team", "owner", "assistants", "due_at", "completed_at", "verification")
            if key in history.snapshot
        },
        **_decision(dice, end, f"{part}时{sign}", earlier),
        "remark": f"回访安排在 {dice.randint(9, 17)}:30 之后",
    }
    return f"---\n{_header(header, history.events, dice.choice(LINES))}\n---\n{_body(dice, product, part, sign)}"


def _live(history: _History, end: str, length: int) -> None:
    """Walk a history to its end; ``length`` is about how many events happen on the way."""
    history.add("登记", "ZL001")
    if end == "待受理":
        for _ in range(length // 2):
            _return(history)
        return
    if history.dice.random() < 0.2:
        _return(history)
    if history.snapshot["severity"] == "紧急":
        history.add("响应", "RD017", note="已经着手处理")
    history.accept()
    for _ in range(length // 2):
        history.work()
    if end == "已延期":
        history.postpone()
    elif end == "作废":
        history.void()
    elif end != "处理中":
        _finish(history, end)


def _return(history: _History) -> None:
    """Send a report back and have it completed."""
    history.add("退回", "PM002", note=history.note("请补充复现步骤"))
    history.add("补充", "ZL001", note=history.note("已补齐"))


def _finish(history: _History, end: str) -> None:
    """Hand over, and go on to the end: verified and closed, perhaps a second time."""
    history.review()
    history.hand_over()
    if history.dice.random() < 0.3:
        history.fail()
        history.work()
        history.hand_over()
    if end == "待验证":
        return
    history.verify()
    history.close()
    if end == "重开":
        history.reopen()
        history.work()
        _finish(history, "关闭")


def _decision(dice: random.Random, end: str, what: str, earlier: list[str]) -> dict[str, Any]:
    if end == "作废":
        return {"kb": {"entry": "不收录", "reason": "不是产品故障"}}
    if end not in {"关闭", "重开"}:
        return {}
    kb = {
        "entry": "收录",
        "summary": what,
        "solution": f"升级到 {_version(dice)}",
        "fixed_versions": [_version(dice)],
        "cause": dice.choice(("看门狗超时", "重试没有上限", "证书过期", "焊点虚接")),
        "error_codes": [f"E-{dice.randint(1000, 9999)}"],
        "keywords": [what, *dice.sample(_PARTS, 2)],
    }
    return {"kb": kb | ({"related": [dice.choice(earlier)]} if earlier and dice.random() < 0.5 else {})}


def _version(dice: random.Random) -> str:
    return f"V{dice.randint(1, 4)}.{dice.randint(0, 9)}.{dice.randint(0, 9)}"


def _header(fields: dict[str, Any], events: list[dict[str, Any]], wanted: int) -> str:
    """Print a header of about ``wanted`` lines: groups on one line each, or spread over several."""
    spread: set[str] = {"kb"}
    chosen: list[str] = []
    for more in ("kb", "impact", "customer", "verification", "owner", "reporter", "lists"):
        spread.add(more)
        lines = [line for key, value in fields.items() for line in _field(key, value, spread)]
        lines += ["events:", *(f"  - {_flow(event)}" for event in events)]
        if chosen and len(lines) >= LINES.stop:
            break
        chosen = lines
        if len(lines) >= wanted:
            break
    return "\n".join(chosen)


def _field(key: str, value: Any, spread: set[str]) -> Iterator[str]:
    if not isinstance(value, dict) or key not in spread:
        yield f"{key}: {_flow(value)}"
        return
    yield f"{key}:"
    for name, item in value.items():
        if isinstance(item, list) and "lists" in spread:
            yield from itertools.chain([f"  {name}:"], (f"    - {_flow(one)}" for one in item))
        else:
            yield f"  {name}: {_flow(item)}"


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return str(value)


def _body(dice: random.Random, product: str, part: str, sign: str) -> str:
    """Write every section, about 700 characters in all."""
    numbers = [dice.randint(2, 900) for _ in range(12)]
    return f"""
## 故障描述

### 现象

{product} 在{part}时{sign}，状态灯由绿变红，约 {numbers[0]} 秒后恢复。应用里同时出现一条告警，断电 10 分钟再上电没有改变。

```
{numbers[1]:06} maint[702]: begin, items={numbers[2]}
{numbers[1]:06} maint[702]: done {numbers[3]}/{numbers[4]}, reset_reason=WDT
```

### 使用场景

家中共接 {numbers[5]} 个子设备，发生在无人操作的时候，与是否布防无关。

### 发生频率

最近一周出现 {numbers[6] % 20 + 1} 次，后台统计同一批次里约有 {numbers[7]} 台。

### 复现步骤

1. 设备恢复出厂设置，接入 {numbers[5]} 个子设备。
2. 运行 24 小时以上，执行一次{part}。
3. 观察日志，约 {numbers[0]} 秒后{sign}。

### 环境信息

| 项目 | 内容 |
|---|---|
| 硬件 | 型号 GW2，A、B 两版，批次 {numbers[8]} |
| 现场 | 室内 24 ℃，市电 |
| 应用 | Android 15，5.8.{numbers[9] % 10} |
| 网络 | 有线上联，实测时延 {numbers[10]} 毫秒 |

## 原因分析

{part}与喂狗在同一个循环里，处理 {numbers[2]} 项要 {numbers[11]} 秒，超过看门狗的时限。上一版增加了清理，余量不够。
流出的原因是用例只到 {numbers[5] // 2} 个子设备。

## 短期方案

云端下发参数，分批处理，每批 10 个，批间隔 60 秒；{numbers[7]} 台已经全部生效。

## 长期方案

移到独立的工作线程，主循环只负责调度；每日构建检查单次占用的时间，用例一律包含上限。

## 方案评审

同意先改云端参数，固件随下一版发布，验证过夜一次。

## 验证记录

连续触发 {numbers[6]} 次没有复位，两个硬件版本、三个旧版本升级都通过，操作响应平均 {numbers[10]} 毫秒。

## 用户确认

电话回访，升级之后没有再出现。
"""


def _due(start: datetime, days: int) -> datetime:
    """Return a plan that the policy allows: hours for the gravest, else before the close of the N-th weekday."""
    if not days:
        return start + timedelta(hours=20)
    day = start
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day.replace(hour=18, minute=0)


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
