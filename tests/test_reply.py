"""The uniform texts to users: what they say, when they may be said, and that nothing internal gets into them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import placeholders, reply, template, wording
from faultkb.finding import FaultError
from faultkb.placeholders import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.vocabulary import Vocabulary

    Write = Callable[..., User]

THURSDAY = datetime.fromisoformat("2026-11-05 12:00")
OWNED = {"team": "软件开发组", "owner": "{staff: RD017, name: 李*}", "due_at": "2026-11-06 18:00"}
KB = "{entry: 收录, summary: 断电后场景为空, solution: 升级到 V2.3.2。, fixed_versions: [V2.3.2]}"
WORKED_ON = ("登记", "受理")
ONE_MISSING = """\
## 故障描述

### 现象

网关自行重启，日志 reset_reason=WDT。

### 使用场景

夜间无人操作。

### 复现步骤

1. 接入 47 个子设备。
2. 执行夜间维护。

### 环境信息

GW2，固件 V2.3.1。
"""


@pytest.fixture
def user(load_text: Callable[[str], Any], write_text: Callable[..., str]) -> Write:
    """Return a function from events and fields to the fault whose user is told."""

    def build(*events: str, **fields: str) -> User:
        one = load_text(write_text(*events, **fields)).ticket
        return User(one, one)

    return build


def fits(user: User, words: Vocabulary) -> list[str]:
    """Return the occasions that fit on Thursday noon."""
    return [one.kind for one in reply.occasions(user, words, THURSDAY) if not one.refused]


DONE = (*WORKED_ON, "提交验证", "验证通过")


@pytest.mark.parametrize(
    ("events", "status", "expected"),
    [
        (("登记",), "待受理", ["需要您补充"]),
        (WORKED_ON, "处理中", ["已受理", "正在处理", "需要您补充"]),
        ((*WORKED_ON, "改期"), "已延期", ["已受理", "正在处理", "需要您补充", "延期"]),
        ((*WORKED_ON, "提交验证"), "待验证", ["正在处理", "需要您补充"]),
        (DONE, "待验证", ["正在处理", "需要您补充", "请您验证", "已解决"]),
        ((*DONE, "验证不通过", "提交验证"), "待验证", ["正在处理", "需要您补充"]),
        ((*DONE, "用户确认", "关闭"), "已关闭", ["已解决"]),
        ((*DONE, "用户确认", "关闭", "重开"), "处理中", ["已受理", "正在处理", "需要您补充"]),
        (("登记", "作废"), "已关闭", []),
    ],
)
def test_an_occasion_fits_only_while_it_is_true(
    events: tuple[str, ...], status: str, expected: list[str], user: Write, words: Vocabulary
) -> None:
    """Solved is said after a verification that still holds; a voided fault has nothing to say."""
    assert fits(user(*events, **{**OWNED, "status": status}), words) == expected


@pytest.mark.parametrize(
    ("severity", "accepted", "due"),
    [
        ("中", "2026-11-04 10:00", "11 月 11 日 18:00"),  # five working days after Wednesday
        ("紧急", "2026-11-05 11:30", "11 月 6 日 11:30"),  # 24 hours
    ],
)
def test_accepted_names_the_limit_of_the_policy(
    severity: str, accepted: str, due: str, user: Write, words: Vocabulary
) -> None:
    """The due time comes from the policy, not from the plan in the header, and 预计 stands before it."""
    registered = f"{accepted[:11]}{int(accepted[11:13]) - 1:02}{accepted[13:]} 登记"
    one = user(registered, f"{accepted} 受理", status="处理中", severity=severity, **OWNED)
    text = reply.write(one, "已受理", {}, words, THURSDAY)
    assert f"预计于 {due} 前给出处理结果" in text


def test_a_limit_that_has_passed_is_not_told(user: Write, words: Vocabulary) -> None:
    """The clerk is asked for the time that was agreed instead."""
    one = user("2026-11-02 09:00 登记", "2026-11-02 10:00 受理", status="处理中", severity="紧急", **OWNED)
    with pytest.raises(FaultError, match="用 --due 写商定的时间"):
        reply.write(one, "已受理", {}, words, THURSDAY)
    assert "预计于 12 月 4 日前" in reply.write(one, "已受理", {"due": "12 月 4 日"}, words, THURSDAY)


def test_solved_says_the_solution_and_the_version(user: Write, words: Vocabulary) -> None:
    """A full stop of the solution is not doubled; without a version its sentence goes."""
    closed = {**OWNED, "status": "已关闭"}
    events = (*DONE, "用户确认", "关闭")
    text = reply.write(user(*events, **closed, kb=KB), "已解决", {}, words, THURSDAY)
    assert "已经解决。解决方法：升级到 V2.3.2。修复的版本是 V2.3.2。感谢您的反馈。" in text
    text = reply.write(
        user(*events, **closed, kb=KB.replace(", fixed_versions: [V2.3.2]", "")), "已解决", {}, words, THURSDAY
    )
    assert text.endswith("升级到 V2.3.2。感谢您的反馈。")


def test_a_merged_fault_is_solved_where_it_went(user: Write, words: Vocabulary) -> None:
    """Its user hears of the solution of the other, under his own number."""
    merged = user("登记", "作废", status="已关闭").own
    other = user(*DONE, "用户确认", "关闭", id="SW-20261102-007", status="已关闭", kb=KB, **OWNED).own
    text = reply.write(User(merged, other), "已解决", {}, words, THURSDAY)
    assert merged.id in text
    assert other.id not in text
    assert "升级到 V2.3.2" in text


def test_what_to_add_is_what_the_report_lacks(user: Write, words: Vocabulary) -> None:
    """By default; what the clerk writes wins. What no user can know is not asked of one."""
    one = user("登记", impact="{users: 未知, products: [智能网关 GW2], versions: [V2.3.1]}")
    text = reply.write(one, "需要您补充", {"missing": "出错的\n时刻"}, words, THURSDAY)
    assert "想请您告诉我们：出错的 时刻。谢谢" in text
    assert "用户数" not in reply.occasions(one, words, THURSDAY)[2].preview


def test_a_user_is_asked_in_plain_words(user: Write, words: Vocabulary) -> None:
    """Three questions at most, the most important first, numbered; a single one is not. No full stop after a question."""
    poor = "## 故障描述\n\n### 现象\n\n网关自行重启。\n"
    text = reply.write(user("登记", body=poor), "需要您补充", {}, words, THURSDAY)
    assert text.endswith(
        "想请您告诉我们：1. 出现问题之前，您一步一步做了什么？ 2. 出现问题时屏幕上有什么提示，方便发一张截图吗？"
        " 3. 大约多久出现一次，还是每次都这样？谢谢您的配合。"
    )
    one = user("登记", body=ONE_MISSING, occurred_at="2026-11-02 03:10")
    text = reply.write(one, "需要您补充", {}, words, THURSDAY)
    assert "告诉我们：大约多久出现一次，还是每次都这样？谢谢" in text


def test_every_question_may_be_asked(words: Vocabulary) -> None:
    """None holds a word that no user is told; what no user can tell has none."""
    asked = {one.title: one.ask for one in words.asked.items}
    assert asked["受影响用户数"] == ""
    for question in filter(None, asked.values()):
        assert wording.first(question, words, THURSDAY, confirmed=False) is None


def test_before_anybody_has_taken_a_fault_on_the_way_out_is_said(user: Write, words: Vocabulary) -> None:
    """正在处理 is not true yet: what to do comes with the refusal."""
    for kind in ("正在处理", "已受理"):
        with pytest.raises(FaultError, match="先记“受理”"):
            reply.write(user("登记"), kind, {}, words, THURSDAY)


def test_the_time_told_is_that_of_an_approved_delay(user: Write, words: Vocabulary) -> None:
    """Beyond the limit of the policy (11 November) the plan counts; while the user is waited for there is no date."""
    taken = ("2026-11-03 10:00 登记", "2026-11-04 10:00 受理", "2026-11-04 11:00 改期 due_at: 2026-11-27 18:00")
    one = user(*taken, status="已延期", severity="中", **{**OWNED, "due_at": "2026-11-27 18:00"})
    assert "预计于 11 月 27 日 18:00 前" in reply.write(one, "已受理", {}, words, THURSDAY)
    paused = user(*taken[:2], "2026-11-04 11:00 暂停 reason: 待用户补充", status="处理中", severity="中", **OWNED)
    with pytest.raises(FaultError, match="用 --due 写商定的时间"):
        reply.write(paused, "已受理", {}, words, THURSDAY)


def test_a_clerk_is_told_what_to_look_at(user: Write, words: Vocabulary) -> None:
    """An urgent user who has heard no time limit, a date that is not the plan's, and a solution written for colleagues."""
    urgent = user("2026-11-05 10:30 登记", "2026-11-05 11:30 受理", status="处理中", severity="紧急", **OWNED)
    (hint,) = placeholders.hints(urgent, "正在处理", {}, words, THURSDAY)
    assert hint == "用户告知：这段话没有说预计处理时限，要告知时限就用“已受理”"
    (hint,) = placeholders.hints(urgent, "已受理", {}, words, THURSDAY)
    assert "11 月 6 日 11:30，计划完成时间是 11 月 6 日 18:00" in hint
    assert list(placeholders.hints(urgent, "已受理", {"due": "11 月 7 日"}, words, THURSDAY)) == []
    solved = user(*DONE, status="待验证", kb=KB, **OWNED)
    (hint,) = placeholders.hints(solved, "已解决", {}, words, THURSDAY)
    assert "--solution" in hint
    assert list(placeholders.hints(solved, "已解决", {"solution": "升级"}, words, THURSDAY)) == []


def test_a_typed_solution_wins(user: Write, words: Vocabulary) -> None:
    """Where the one of the knowledge base is written for colleagues."""
    one = user(*DONE, status="待验证", kb=KB.replace("升级到", "研发已升级到"), **OWNED)
    text = reply.write(one, "已解决", {"solution": "请把网关升级到 V2.3.2"}, words, THURSDAY)
    assert "解决方法：请把网关升级到 V2.3.2。" in text


@pytest.mark.parametrize(
    "written", ["CRM-88213", "crm-88213", "ＣＲＭ－８８２１３", "C RM-88213", "U****3821", "李*", "zl001"]
)
def test_private_fields_of_the_fault_stay_inside(written: str, user: Write, words: Vocabulary) -> None:
    """However they are written, and the message does not repeat them."""
    one = user(*DONE, status="待验证", kb=KB, customer="{id: U****3821, ref: CRM-88213}", **OWNED)
    with pytest.raises(FaultError, match="--steps 里有 故障里只供内部查看的内容") as refused:
        reply.write(one, "请您验证", {"steps": f"请凭 {written} 再试"}, words, THURSDAY)
    assert written not in str(refused.value)
    assert "SCRM-882139" in reply.write(one, "请您验证", {"steps": "请凭 SCRM-882139 再试"}, words, THURSDAY)


def test_what_an_occasion_has_no_use_for_is_refused(user: Write, words: Vocabulary) -> None:
    """It would go unsaid; the occasions that use it are named."""
    one = user(*WORKED_ON, status="处理中", **OWNED)
    with pytest.raises(FaultError, match="“正在处理”不用 --missing；用它的是：需要您补充"):
        reply.write(one, "正在处理", {"missing": "日志"}, words, THURSDAY)


@pytest.mark.parametrize(
    ("kind", "given", "kb", "where"),
    [
        ("需要您补充", {"missing": "回电 13812345512"}, KB, "--missing 里有 个人信息 138****5512"),
        ("请您验证", {"steps": "找 RD017 要固件"}, KB, "--steps 里有 故障里只供内部查看的内容（工号）"),
        ("请您验证", {"steps": "明天修好，请再试"}, KB, "--steps 里有 “明天修好”"),
        ("已解决", {}, KB.replace("升级到", "研发已升级到"), "kb.solution 里有 “研发”"),
        ("已解决", {}, KB.replace("升级到", "联系 a.li@example.com 升级到"), "kb.solution 里有 个人信息"),
    ],
)
def test_nothing_private_or_internal_is_written(
    kind: str, given: dict[str, str], kb: str, where: str, user: Write, words: Vocabulary
) -> None:
    """Exit 1 with the place, and the private value only as its mask."""
    one = user(*DONE, status="待验证", kb=kb, **OWNED)
    with pytest.raises(FaultError) as refused:
        reply.write(one, kind, given, words, THURSDAY)
    assert where in str(refused.value)
    assert refused.value.code == 1
    assert "13812345512" not in str(refused.value)
    assert "a.li@" not in str(refused.value)


def test_a_preview_masks_what_is_private(user: Write, words: Vocabulary) -> None:
    """The list of what fits shows the solution, but no number that somebody wrote into it."""
    one = user(*DONE, status="待验证", kb=KB.replace("升级到", "致电 13812345512 升级到"), **OWNED)
    previews = "".join(one.preview for one in reply.occasions(one, words, THURSDAY))
    assert "致电 138****5512 升级到" in previews
    assert "13812345512" not in previews


def test_a_confirmed_time_may_be_said(user: Write, words: Vocabulary) -> None:
    """Only with the flag that goes into the event, too."""
    one = user(*DONE, status="待验证", kb=KB, **OWNED)
    given = {"steps": "新版本 11 月 9 日发布，装上后再打开场景"}
    with pytest.raises(FaultError, match="11 月 9 日发布"):
        reply.write(one, "请您验证", given, words, THURSDAY)
    assert "11 月 9 日发布" in reply.write(one, "请您验证", given, words, THURSDAY, confirmed=True)


def test_nobody_outside_is_told_nothing(user: Write, words: Vocabulary) -> None:
    """A fault that a monitor reported has no user, unless it names one."""
    with pytest.raises(FaultError, match="没有人要告知"):
        reply.occasions(user("登记", channel="监控告警"), words, THURSDAY)
    assert fits(user("登记", channel="监控告警", customer="{id: U****3821}"), words) == ["需要您补充"]


def test_values_are_no_templates() -> None:
    """What a value contains is printed as it is; an optional part goes with its value."""
    values = {"solution": "写 {id} [不变]", "version": ""}
    assert template.fill("{solution}[，版本 {version}]。", values) == "写 {id} [不变]。"
