"""The uniform texts to users: what they say, when they may be said, and that nothing internal gets into them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import reply, template
from faultkb.finding import FaultError
from faultkb.reply import User

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.vocabulary import Vocabulary

    Write = Callable[..., User]

THURSDAY = datetime.fromisoformat("2026-11-05 12:00")
OWNED = {"team": "软件开发组", "owner": "{staff: RD017, name: 李*}", "due_at": "2026-11-06 18:00"}
KB = "{entry: 收录, summary: 断电后场景为空, solution: 升级到 V2.3.2。, fixed_versions: [V2.3.2]}"
WORKED_ON = ("登记", "受理")


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
        (("登记",), "待受理", ["正在处理", "需要您补充"]),
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
    assert "已经解决：升级到 V2.3.2。修复的版本是 V2.3.2。感谢您的反馈。" in text
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
    assert "想请您补充：出错的 时刻。" in text
    assert "用户数" not in reply.occasions(one, words, THURSDAY)[2].preview


@pytest.mark.parametrize(
    ("kind", "given", "kb", "where"),
    [
        ("需要您补充", {"missing": "回电 13812345512"}, KB, "--missing 里有 个人信息 138****5512"),
        ("请您验证", {"steps": "找 RD017 要固件"}, KB, "--steps 里有 “RD017”"),
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
    assert fits(user("登记", channel="监控告警", customer="{id: U****3821}"), words) == ["正在处理", "需要您补充"]


def test_values_are_no_templates() -> None:
    """What a value contains is printed as it is; an optional part goes with its value."""
    values = {"solution": "写 {id} [不变]", "version": ""}
    assert template.fill("{solution}[，版本 {version}]。", values) == "写 {id} [不变]。"
