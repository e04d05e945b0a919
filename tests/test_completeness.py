"""How complete a report is: every expected score was worked out by hand from the weights in the schema.

All reports share 90: 现象, 复现步骤, 发生频率, 用户数, 版本 15 each, 环境信息, 使用场景, 发生时间 5 each. To these come
for 硬件故障 45 (型号, 批次, 现场环境), 软件Bug 30 (系统, 日志), 兼容性问题 20 (对方的版本 15, 对照 5), others 5.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from faultkb import completeness

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Make = Callable[..., Ticket]

GENERAL = {
    "现象": "红灯闪 3 次",
    "使用场景": "出门前锁门",
    "发生频率": "10 次里 8 次",
    "复现步骤": "1. 按下\n2. 红灯闪",
}
STEPS, OFTEN, USERS, VERSION = "编号的复现步骤", "发生频率（次数）", "受影响用户数", "具体的版本或批次"
SYSTEM, LOG, OTHER, CONTRAST = "运行的系统或平台", "错误代码或日志", "对方的型号与版本", "换一个对方是否正常"
MODEL, BATCH, SITE, WHEN, SURROUNDINGS = "产品型号", "生产批次", "现场环境（温度、供电等）", "故障发生时间", "环境信息"
SCENE, BELIEF, GROUNDS = "使用场景", "用户原以为会怎样", "依据（单号、截图等）"
HARDWARE = "L3，2026 年第 12 周，固件 1.4.2；室温 24 ℃"
SOFTWARE = "Android 15，App 5.9.0；提示 E-1033"
PHONE = "App 5.9.0；手机系统 16.1.2，旧手机正常"


def body(**parts: str) -> str:
    """Return a description with the general parts, others in their place."""
    return "## 故障描述\n" + "".join(f"\n### {name}\n\n{text}\n" for name, text in {**GENERAL, **parts}.items())


def impact(users: str = "12", product: str = "智能门锁 L3", version: str = "5.9.0") -> str:
    """Return the field that says whom the fault concerns."""
    return f"{{users: {users}, products: [{product}], versions: [{version}]}}"


@pytest.fixture
def score(make_ticket: Make, words: Vocabulary) -> Callable[..., tuple[int, list[str]]]:
    """Return a function from a type and a report to its percentage and the titles of what it lacks."""

    def of(
        kind: str, where: str = impact(), occurred_at: str = "2026-11-01 07:40", **parts: str
    ) -> tuple[int, list[str]]:
        one = make_ticket("登记", type=kind, impact=where, occurred_at=occurred_at, body=body(**parts))
        found = completeness.score(one, words)
        return found.percent, [item.title for item in found.missing]

    return of


@pytest.mark.parametrize(
    ("kind", "surroundings", "percent", "missing"),
    [
        ("硬件故障", HARDWARE, 100, []),
        ("硬件故障", "L3，固件 1.4.2，12 V 适配器", 88, [BATCH]),  # 120 of 135
        ("硬件故障", "L3，批次待补充；室外", 88, [BATCH]),
        ("硬件故障", "L3，批次：标签已脱落，查不到；室外", 100, []),
        ("硬件故障", "固件 1.4.2", 77, [BATCH, SITE]),  # 105 of 135
        ("软件Bug", SOFTWARE, 100, []),
        ("软件Bug", "Android 15，App 5.9.0；没有报错", 100, []),
        ("软件Bug", "Android 15，App 5.9.0", 87, [LOG]),  # 105 of 120
        ("软件Bug", "手机型号、系统版本：待补充", 70, [LOG, SYSTEM, SURROUNDINGS]),  # 85 of 120
        ("兼容性问题", PHONE, 100, []),
        ("兼容性问题", "App 5.9.0，路由器未知", 81, [OTHER, CONTRAST]),  # 90 of 110
        ("兼容性问题", "App V5.9.0，2.4 GHz，供电 5.08 V，旧手机正常", 86, [OTHER]),  # 95 of 110
        ("兼容性问题", "App 5.9.0；Android 16", 95, [CONTRAST]),  # 105 of 110
        ("操作误解", "用户以为红灯是断网", 94, [BELIEF]),  # asked of 现象 and 使用场景: 90 of 95
        ("其他", "云平台 2026.03.1，工单 11 张", 100, []),
        ("其他", "云平台 2026.03.1", 94, [GROUNDS]),
    ],
)
def test_what_each_type_needs(
    kind: str, surroundings: str, percent: int, missing: list[str], score: Callable[..., tuple[int, list[str]]]
) -> None:
    """A type asks for its own facts; what is to come later, is our own version or a voltage is none of them."""
    assert score(kind, 环境信息=surroundings) == (percent, missing)


@pytest.mark.parametrize(
    ("given", "percent", "missing"),
    [
        ({"where": impact(users="未知")}, 87, [USERS]),
        ({"where": impact(users="未知"), "发生频率": "必现；影响人数无法统计：没有埋点"}, 100, []),
        ({"where": impact(users="0")}, 100, []),
        ({"where": impact(version="最新版")}, 87, [VERSION]),
        ({"发生频率": "时有时无"}, 87, [OFTEN]),
        ({"发生频率": "必现"}, 100, []),
        ({"发生频率": "十次里三次"}, 100, []),
        ({"复现步骤": "按一下就出现"}, 87, [STEPS]),
        ({"复现步骤": "1、按一下\n2、红灯闪"}, 100, []),
        ({"复现步骤": "无法复现，照做 8 次都正常"}, 100, []),
        ({"使用场景": "无"}, 95, [SCENE]),
        ({"occurred_at": "未知"}, 95, [WHEN]),
        ({"现象": "待补充", "复现步骤": "略", "使用场景": "", "occurred_at": "未知"}, 66, ["现象", STEPS, SCENE, WHEN]),
    ],
)
def test_what_every_type_needs(
    given: dict[str, str], percent: int, missing: list[str], score: Callable[..., tuple[int, list[str]]]
) -> None:
    """Numbers, not 未知 without a reason; steps with numbers, or that there are none; the weightiest is named first."""
    assert score("软件Bug", **{"环境信息": SOFTWARE, **given}) == (percent, missing)


def test_a_model_is_a_name_with_a_number(score: Callable[..., tuple[int, list[str]]]) -> None:
    """A product without its model is no model: 120 of 135."""
    assert score("硬件故障", where=impact(product="智能门锁"), 环境信息="第 2615 批，室温 24 ℃") == (88, [MODEL])


@pytest.mark.parametrize("kind", ["硬件故障", "软件Bug", "兼容性问题", "操作误解", "其他"])
def test_every_example_is_what_it_asks_for(
    kind: str, words: Vocabulary, score: Callable[..., tuple[int, list[str]]]
) -> None:
    """Who copies the example of a part for his type is not asked for that part again."""
    for item in words.asked.items:
        place = item.ways[0].places[0]
        if item.applies(kind) and place in {one.name for one in words.sections}:
            example = item.advice(kind).partition("，例如：")[2].replace("；2", "\n2")
            assert item.title not in score(kind, **{place: example})[1]


def test_what_belongs_into_a_part(words: Vocabulary) -> None:
    """Whoever writes a part of the description can be told what his type needs there, most important first."""
    titles = [one.title for one in words.asked.of_part("环境信息", "硬件故障")]
    assert titles == [BATCH, SITE, SURROUNDINGS]


def test_a_long_report_costs_no_more(make_ticket: Make, words: Vocabulary) -> None:
    """The longest file that is read, made to keep the patterns busy, is looked at for less than a second."""
    for evil in ("1." * 490_000, "第" * 330_000, "A-1 " * 240_000, "待补充；" * 80_000):
        one = make_ticket("登记", body=body(环境信息=evil))
        began = time.perf_counter()
        completeness.score(one, words)
        assert time.perf_counter() - began < 1
