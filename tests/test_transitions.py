"""The lifecycle of DESIGN §4: every event in every state, and every condition of the text beside the table.

The table is written here by hand and does not look at schema/lifecycle.yaml.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.finding import Finding
    from faultkb.ticket import Replay

    Judge = Callable[..., list[Finding]]
    Fold = Callable[..., Replay]

moment = datetime.fromisoformat

STATES = ("未登记", "待受理", "处理中", "待验证", "已关闭", "已延期")

# The way to each state.
PATHS: dict[str, tuple[str, ...]] = {
    "未登记": (),
    "待受理": ("登记",),
    "处理中": ("登记", "受理"),
    "待验证": ("登记", "受理", "提交验证"),
    "已关闭": ("登记", "受理", "提交验证", "验证通过", "关闭"),
    "已延期": ("登记", "受理", "改期"),
}

# A row for each event, a column for each state before it: the state after it, = the same, - refused. 恢复 ends an open 暂停.
TABLE = """
登记        待受理 -      -      -      -      -
退回        -      =      -      -      -      -
补充        -      =      -      -      -      -
响应        -      =      =      =      -      =
受理        -      处理中 -      -      -      -
反馈        -      =      =      =      =      =
改派        -      -      =      =      -      =
定级        -      =      =      =      -      =
定类        -      =      =      =      -      =
初步方案    -      -      =      -      -      =
评审        -      -      =      =      -      =
进展        -      -      =      =      -      =
风险        -      -      =      =      -      =
暂停        -      -      =      =      -      =
恢复        -      -      =      =      -      =
改期        -      -      已延期 =      -      =
提交验证    -      -      待验证 -      -      待验证
验证不通过  -      -      -      处理中 -      -
验证通过    -      -      -      =      -      -
用户确认    -      -      -      =      -      -
关闭        -      -      -      已关闭 -      -
作废        -      已关闭 已关闭 已关闭 -      已关闭
重开        -      -      -      -      处理中 -
更正        -      =      =      =      =      =
"""

CASES = [
    (event, before, after)
    for event, *row in (line.split() for line in TABLE.strip().splitlines())
    for before, after in zip(STATES, row, strict=True)
]


def way(event: str, before: str) -> tuple[str, ...]:
    """Return the events that lead to a state in which an event could happen if the state allows it."""
    path = PATHS[before]
    if event == "恢复" and before in {"处理中", "待验证", "已延期"}:
        return (*path, "暂停")
    if event == "关闭" and before == "待验证":
        return (*path, "验证通过")
    return path


def rules(findings: list[Finding]) -> set[str]:
    """Return the rules of the findings of level error."""
    return {one.rule for one in findings if one.level == "error"}


def lines_of(findings: list[Finding], rule: str) -> list[int]:
    """Return the lines of the findings of a rule among the events (what the header lacks is reported at ``status:``)."""
    return [one.line for one in findings if one.rule == rule and one.line >= FIRST_EVENT]


# The builder writes eleven header lines (--- and ten fields), then "events:"; the first event stands on line 13.
FIRST_EVENT = 13


def test_the_table_has_a_row_for_each_of_the_24_events_of_the_contract() -> None:
    """24 events × (5 states + 未登记) are 144 cases."""
    assert len(CASES) == 144


@pytest.mark.parametrize(("event", "before", "after"), CASES, ids=lambda value: value)
def test_every_event_in_every_state(event: str, before: str, after: str, judge: Judge, fold: Fold) -> None:
    """Each pair of state and event is accepted with the state that follows, or refused at the event's own line."""
    path = way(event, before)
    refused = lines_of(judge(*path, event), "illegal-transition")
    if after == "-":
        assert refused == [FIRST_EVENT + len(path)]
    else:
        assert refused == []
        assert fold(*path, event).status == (before if after == "=" else after)


def test_a_refusal_says_what_is_possible(judge: Judge) -> None:
    """The message names the state and the event, the help what can happen next and where it leads."""
    found = next(one for one in judge("登记", "受理", "关闭") if one.rule == "illegal-transition")
    assert "处理中 不能直接变为 已关闭" in found.message
    assert "提交验证（→待验证）" in found.help
    assert "改期（→已延期）" in found.help
    assert "验证通过" not in found.help


def test_an_event_before_the_registration_is_named_as_such(judge: Judge) -> None:
    """Whatever comes first, the message says that 登记 must."""
    found = next(one for one in judge("受理") if one.rule == "illegal-transition")
    assert "第一个事件应当是 登记" in found.message


def test_an_event_that_the_lifecycle_does_not_know_is_a_schema_finding(judge: Judge) -> None:
    """归档 is no event; the allowed ones are listed."""
    found = [one for one in judge("登记", "归档") if one.rule == "schema"]
    assert [one.line for one in found] == [FIRST_EVENT + 1]
    assert "登记、退回、补充" in found[0].help


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(("登记", "退回", "退回"), id="退回 twice without a 补充"),
        pytest.param(("登记", "退回", "补充", "退回", "退回"), id="退回 twice after a 补充"),
        pytest.param(("登记", "受理", "暂停", "暂停"), id="暂停 while one is open"),
        pytest.param(("登记", "受理", "暂停", "改期", "暂停"), id="暂停 while one is open, across a change of state"),
        pytest.param(("登记", "受理", "恢复"), id="恢复 without a 暂停"),
        pytest.param(("登记", "受理", "暂停", "恢复", "恢复"), id="恢复 twice"),
        pytest.param(("登记", "受理", "暂停", "提交验证", "恢复"), id="提交验证 closes the 暂停"),
        pytest.param(
            ("登记", "受理", "提交验证", "验证通过", "暂停", "关闭", "重开", "恢复"), id="关闭 closes the 暂停"
        ),
        pytest.param(("登记", "受理", "暂停", "作废", "重开", "恢复"), id="作废 closes the 暂停"),
        pytest.param(("登记", "受理", "提交验证", "验证通过 functional: 未通过"), id="验证通过 with 功能 未通过"),
        pytest.param(("登记", "受理", "提交验证", "验证通过 compatibility: 未通过"), id="验证通过 with 兼容性 未通过"),
        pytest.param(("登记", "受理", "提交验证", "验证通过 experience: 未通过"), id="验证通过 with 体验 未通过"),
        pytest.param(("登记", "受理", "提交验证", "关闭"), id="关闭 without 验证通过"),
        pytest.param(
            ("登记", "受理", "提交验证", "验证通过", "验证不通过", "提交验证", "关闭"),
            id="关闭 with a 验证通过 before the last 提交验证",
        ),
        pytest.param(
            ("登记", "受理", "提交验证", "验证通过", "关闭", "重开", "提交验证", "关闭"),
            id="关闭 after 重开 with the 验证通过 of the old cycle",
        ),
        pytest.param(("登记", "登记"), id="登记 twice"),
        pytest.param(("登记", "受理", "提交验证", "验证通过", "关闭", "登记"), id="登记 after 关闭"),
        pytest.param(("登记", "受理", "受理"), id="受理 twice"),
        pytest.param(("登记", "作废", "作废"), id="作废 twice"),
        pytest.param(("登记", "作废", "更正 target: 9"), id="更正 of an event that is not there"),
        pytest.param(("登记", "更正 target: 2"), id="更正 of itself"),
        pytest.param(("登记", "受理", "更正 target: 4"), id="更正 of a later event"),
    ],
)
def test_conditions_that_refuse_the_last_event(path: tuple[str, ...], judge: Judge) -> None:
    """The last event is refused, and it alone."""
    assert lines_of(judge(*path), "illegal-transition") == [FIRST_EVENT + len(path) - 1]


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(("登记", "退回", "补充", "退回", "补充", "受理"), id="退回 again after a 补充"),
        pytest.param(("登记", "退回", "受理"), id="受理 while a 退回 is open"),
        pytest.param(("登记", "补充"), id="补充 that nobody asked for"),
        pytest.param(("登记", "退回", "作废", "重开"), id="作废 while a 退回 is open"),
        pytest.param(("登记", "受理", "暂停", "恢复", "暂停", "恢复"), id="暂停 again after 恢复"),
        pytest.param(("登记", "受理", "暂停", "提交验证", "暂停", "恢复"), id="暂停 again after 提交验证"),
        pytest.param(("登记", "受理", "提交验证", "暂停", "验证不通过", "恢复"), id="验证不通过 leaves the 暂停 open"),
        pytest.param(
            ("登记", "受理", "提交验证", "验证通过", "暂停", "关闭", "重开", "暂停"), id="暂停 again in the new cycle"
        ),
        pytest.param(
            ("登记", "受理", "提交验证", "验证通过 experience: 不适用", "关闭"), id="验证通过 with a part 不适用"
        ),
        pytest.param(
            ("登记", "受理", "提交验证", "验证不通过", "提交验证", "验证通过", "关闭"), id="a second verification"
        ),
        pytest.param(("登记", "受理", "提交验证", "验证通过", "改派", "关闭"), id="关闭 some events after 验证通过"),
        pytest.param(
            ("登记", "受理", "提交验证", "验证通过", "关闭", "重开", "提交验证", "验证通过", "关闭", "重开"),
            id="two whole cycles",
        ),
    ],
)
def test_conditions_that_allow_every_event(path: tuple[str, ...], judge: Judge) -> None:
    """Nothing in the path is refused."""
    assert lines_of(judge(*path), "illegal-transition") == []


class TestReschedule:
    """改期: later needs an approver and means 已延期; earlier keeps the status and needs none (the plan is 2026-11-06 18:00)."""

    @pytest.mark.parametrize(
        ("path", "after"),
        [
            (("登记", "受理"), "已延期"),
            (("登记", "受理", "改期"), "已延期"),
            (("登记", "受理", "提交验证"), "待验证"),
        ],
        ids=["处理中", "已延期", "待验证"],
    )
    def test_later(self, path: tuple[str, ...], after: str, judge: Judge, fold: Fold) -> None:
        """To a later time: 已延期 (待验证 stays), the new plan counts, and without an approver it is refused."""
        later = fold(*path, "改期 due_at: 2026-11-23 18:00")
        assert later.status == after
        assert later.snapshot["due_at"] == "2026-11-23 18:00"
        without = judge(*path, '改期 due_at: 2026-11-23 18:00, approver: ""')
        assert FIRST_EVENT + len(path) in lines_of(without, "missing-field")

    @pytest.mark.parametrize(
        ("path", "after"),
        [
            (("登记", "受理"), "处理中"),
            (("登记", "受理", "改期"), "已延期"),
            (("登记", "受理", "提交验证"), "待验证"),
        ],
        ids=["处理中", "已延期", "待验证"],
    )
    def test_earlier(self, path: tuple[str, ...], after: str, judge: Judge, fold: Fold) -> None:
        """To an earlier time: the status stays, the new plan counts, and no approver is asked for."""
        event = '改期 due_at: 2026-11-05 18:00, approver: ""'
        assert fold(*path, event).status == after
        assert fold(*path, event).snapshot["due_at"] == "2026-11-05 18:00"
        assert lines_of(judge(*path, event), "missing-field") == []

    def test_the_same_time_is_not_earlier(self, judge: Judge, fold: Fold) -> None:
        """To the same minute: like a later time."""
        event = '改期 due_at: 2026-11-06 18:00, approver: ""'
        assert fold("登记", "受理", event).status == "已延期"
        assert lines_of(judge("登记", "受理", event), "missing-field") == [FIRST_EVENT + 2]

    def test_earlier_than_the_current_plan_not_than_the_first(self, fold: Fold) -> None:
        """After a 改期 to the 20th, the 10th is earlier although it is later than the plan of 受理."""
        assert fold("登记", "受理", "改期", "改期 due_at: 2026-11-10 18:00").status == "已延期"
        assert fold("登记", "受理", "提交验证", "改期", "改期 due_at: 2026-11-10 18:00").status == "待验证"

    @pytest.mark.parametrize(
        ("due", "found"),
        [("2026-11-23 18:00", {"self-approval"}), ("2026-11-05 18:00", set())],
        ids=["later", "earlier"],
    )
    def test_nobody_approves_his_own_delay(self, due: str, found: set[str], judge: Judge) -> None:
        """An approver who is also ``by`` is refused for a delay, and does not matter for an earlier time."""
        assert rules(judge("登记", "受理", f"改期 due_at: {due}, approver: PM002")) & {"self-approval"} == found

    def test_reason_is_asked_for_both_ways(self, judge: Judge) -> None:
        """Also an earlier plan needs its reason."""
        assert lines_of(judge("登记", "受理", '改期 due_at: 2026-11-05 18:00, note: ""'), "missing-field") == [
            FIRST_EVENT + 2
        ]


VERIFIED = ("登记", "受理", "反馈", "反馈", "提交验证", "验证通过")
CUSTOMER = "{id: U****3821, contact: 138****5512}"


class TestConfirmation:
    """With a customer, 关闭 needs a 用户确认 after the last 提交验证."""

    @pytest.mark.parametrize(
        "path",
        [
            pytest.param((*VERIFIED, "关闭"), id="none"),
            pytest.param(
                ("登记", "受理", "提交验证", "用户确认", "验证不通过", "提交验证", "验证通过", "关闭"),
                id="before the last 提交验证",
            ),
            pytest.param((*VERIFIED, "用户确认 outcome: 未解决", "关闭"), id="not solved"),
            pytest.param((*VERIFIED, "用户确认", "用户确认 outcome: 未解决", "关闭"), id="solved, then not"),
            pytest.param(
                ("登记", "受理", "提交验证", "验证通过", "用户确认 outcome: 联系不上", "关闭"),
                id="unreachable after no 反馈",
            ),
            pytest.param(
                ("登记", "受理", "反馈", "提交验证", "验证通过", "用户确认 outcome: 联系不上", "关闭"),
                id="unreachable after one 反馈",
            ),
            pytest.param(
                ("登记", "受理", "反馈", "提交验证", "验证通过", "用户确认 outcome: 联系不上", "反馈", "关闭"),
                id="the second 反馈 came later",
            ),
            pytest.param(
                (*VERIFIED, "用户确认", "关闭", "重开", "提交验证", "验证通过", "关闭"), id="only in the old cycle"
            ),
        ],
    )
    def test_refused(self, path: tuple[str, ...], judge: Judge) -> None:
        """The ticket has a customer, and 关闭 lacks a usable 用户确认."""
        assert "missing-confirmation" in rules(judge(*path, customer=CUSTOMER))

    @pytest.mark.parametrize(
        "path",
        [
            pytest.param((*VERIFIED, "用户确认", "关闭"), id="confirmed"),
            pytest.param((*VERIFIED, "用户确认 outcome: 已解决", "关闭"), id="confirmed in words"),
            pytest.param(
                (*VERIFIED, "用户确认 outcome: 未解决", "用户确认 outcome: 已解决", "关闭"),
                id="not solved, then solved",
            ),
            pytest.param((*VERIFIED, "用户确认 outcome: 联系不上", "关闭"), id="unreachable after two 反馈"),
            pytest.param(("登记", "受理", "提交验证", "用户确认", "验证通过", "关闭"), id="confirmed before 验证通过"),
            pytest.param(("登记", "作废"), id="作废 needs none"),
            pytest.param((*VERIFIED,), id="not closed yet"),
        ],
    )
    def test_accepted(self, path: tuple[str, ...], judge: Judge) -> None:
        """The ticket has a customer, and nothing is missing."""
        assert "missing-confirmation" not in rules(judge(*path, customer=CUSTOMER))

    def test_without_a_customer_nobody_has_to_confirm(self, judge: Judge) -> None:
        """The same path that is refused with a customer."""
        assert "missing-confirmation" not in rules(judge(*VERIFIED, "关闭"))

    def test_feedback_of_the_old_cycle_does_not_count(self, judge: Judge) -> None:
        """After 重开, 联系不上 needs two 反馈 of the new cycle."""
        again = (
            *VERIFIED,
            "用户确认",
            "关闭",
            "重开",
            "反馈",
            "提交验证",
            "验证通过",
            "用户确认 outcome: 联系不上",
            "关闭",
        )
        assert "missing-confirmation" in rules(judge(*again, customer=CUSTOMER))


class TestReview:
    """高 and complex need a 评审 before 提交验证, 紧急 before 关闭; severity is judged at 提交验证."""

    @pytest.mark.parametrize(
        ("severity", "path", "line"),
        [
            pytest.param("高", ("登记", "受理", "提交验证"), 3, id="高: none"),
            pytest.param("高", ("登记", "受理", "提交验证", "评审"), 3, id="高: too late"),
            pytest.param("紧急", ("登记", "受理", "提交验证", "验证通过", "关闭"), 5, id="紧急: none"),
            pytest.param("高", ("登记", "受理", "定级", "提交验证"), 4, id="raised to 高 before 提交验证"),
            pytest.param(
                "中",
                ("登记", "受理", "定级 from: 高, to: 紧急", "提交验证", "定级 from: 紧急, to: 中", "验证通过", "关闭"),
                7,
                id="紧急 at 提交验证, lowered later",
            ),
            pytest.param(
                "高",
                ("登记", "受理", "评审", "提交验证", "验证通过", "关闭", "重开", "提交验证"),
                8,
                id="the old cycle's 评审",
            ),
        ],
    )
    def test_missing(self, severity: str, path: tuple[str, ...], line: int, judge: Judge) -> None:
        """The finding stands at the event that should have waited for the 评审."""
        assert lines_of(judge(*path, severity=severity), "missing-review") == [FIRST_EVENT + line - 1]

    @pytest.mark.parametrize(
        ("severity", "path"),
        [
            pytest.param("中", ("登记", "受理", "提交验证", "验证通过", "关闭"), id="中 needs none"),
            pytest.param("低", ("登记", "受理", "提交验证", "验证通过", "关闭"), id="低 needs none"),
            pytest.param("高", ("登记", "受理", "评审", "提交验证", "验证通过", "关闭"), id="高: in time"),
            pytest.param("紧急", ("登记", "受理", "提交验证", "评审", "验证通过", "关闭"), id="紧急: after 提交验证"),
            pytest.param("中", ("登记", "受理", "定级 from: 高, to: 中", "提交验证"), id="lowered before 提交验证"),
            pytest.param("高", ("登记", "受理", "提交验证", "定级", "验证通过", "关闭"), id="raised after 提交验证"),
            pytest.param("紧急", ("登记", "作废"), id="作废 needs none"),
            pytest.param(
                "高", ("登记", "受理", "评审", "提交验证", "验证不通过", "提交验证"), id="once in a cycle is enough"
            ),
        ],
    )
    def test_not_needed_or_there(self, severity: str, path: tuple[str, ...], judge: Judge) -> None:
        """No finding."""
        assert "missing-review" not in rules(judge(*path, severity=severity))

    @pytest.mark.parametrize(("complex_", "expected"), [("true", {"missing-review"}), ("false", set())])
    def test_complex(self, complex_: str, expected: set[str], judge: Judge) -> None:
        """A complex ticket needs it whatever its severity."""
        assert (
            rules(judge("登记", "受理", "提交验证", severity="低", complex=complex_)) & {"missing-review"} == expected
        )

    @pytest.mark.parametrize(
        ("participants", "absent"),
        [
            ("[PM001, RD001, QA001]", []),
            ("[PM001, HW002, QA001, RD017]", []),
            ("[PM001, RD017, QA001]", ["研发负责人"]),
            ("[QA003]", ["产品负责人", "研发负责人", "测试负责人"]),
        ],
    )
    def test_roles(self, participants: str, absent: list[str], judge: Judge) -> None:
        """Whoever is a head according to teams.yaml may come; who is absent is named, as a warning."""
        found = [
            one for one in judge("登记", "受理", f"评审 participants: {participants}") if one.rule == "review-roles"
        ]
        assert [one.level for one in found] == ["warning"] * bool(absent)
        assert all(role in one.message for one in found for role in absent)


class TestSeparation:
    """Who repairs does not verify; who asks does not approve."""

    @pytest.mark.parametrize(
        "path",
        [
            pytest.param(("登记", "受理", "提交验证", "验证通过 verifier: {staff: RD017, name: 李*}"), id="owner"),
            pytest.param(
                (
                    "登记",
                    "受理 assistants: [{staff: RD021, name: 王*}]",
                    "提交验证",
                    "验证通过 verifier: {staff: RD021, name: 王*}",
                ),
                id="assistant",
            ),
            pytest.param(
                ("登记", "受理", "改派", "提交验证", "验证通过 verifier: {staff: RD017, name: 李*}"),
                id="owner until 改派",
            ),
            pytest.param(
                ("登记", "受理", "提交验证", "验证不通过 verifier: {staff: RD017, name: 李*}"), id="验证不通过"
            ),
            pytest.param(
                (
                    "登记",
                    "受理",
                    "提交验证",
                    "验证通过",
                    "关闭",
                    "重开",
                    "提交验证",
                    "验证通过 verifier: {staff: RD017, name: 李*}",
                ),
                id="owner who stayed after 重开",
            ),
        ],
    )
    def test_self_verification(self, path: tuple[str, ...], judge: Judge) -> None:
        """The verifier was owner or assistant in this cycle."""
        assert lines_of(judge(*path), "self-verification") == [FIRST_EVENT + len(path) - 1]

    @pytest.mark.parametrize(
        "path",
        [
            pytest.param(("登记", "受理", "提交验证", "验证通过"), id="somebody else"),
            pytest.param(
                (
                    *("登记", "受理", "改派", "提交验证", "验证通过", "关闭"),
                    *("重开", "提交验证", "验证通过 verifier: {staff: RD017, name: 李*}"),
                ),
                id="left in an earlier cycle",
            ),
            pytest.param(
                (
                    *("登记", "受理", "提交验证", "验证通过", "关闭"),
                    *(
                        "重开 owner: {staff: RD025, name: 郭*}",
                        "提交验证",
                        "验证通过 verifier: {staff: RD017, name: 李*}",
                    ),
                ),
                id="replaced by 重开 itself",
            ),
        ],
    )
    def test_no_self_verification(self, path: tuple[str, ...], judge: Judge) -> None:
        """The verifier had no part in this cycle."""
        assert "self-verification" not in rules(judge(*path))

    @pytest.mark.parametrize(
        ("event", "refused"),
        [
            ("改期 approver: PM002", True),
            ("定级 from: 高, to: 中, approver: PM002", True),
            ("定级 from: 高, to: 低, approver: PM002", True),
            ("定级 from: 高, to: 紧急, approver: PM002", False),
            ("更正 approver: PM002", True),
            ("更正 approver: PM001", False),
            ("改期 approver: PM001", False),
        ],
    )
    def test_self_approval(self, event: str, refused: bool, judge: Judge) -> None:  # noqa: FBT001 - a case's own verdict
        """For 改期, 定级 down and 更正 the approver is not ``by`` (PM002)."""
        assert ("self-approval" in rules(judge("登记", "受理", event, severity="高"))) is refused


class TestReopening:
    """重开 starts a new cycle, in which review, verification and confirmation are needed again."""

    def test_fold(self, fold: Fold) -> None:
        """It sets the new plan, clears what the old cycle ended with, keeps team and owner, and counts the cycle."""
        result = fold("登记", "受理", "提交验证", "验证通过", "关闭", "重开")
        assert result.cycle == 2
        assert [step.cycle for step in result.steps] == [1, 1, 1, 1, 1, 2]
        assert dict(result.snapshot) == {
            "severity": "中",
            "type": "软件Bug",
            "status": "处理中",
            "team": "软件开发组",
            "owner": {"staff": "RD017", "name": "李*"},
            "due_at": "2026-11-25 18:00",
        }

    def test_new_owner(self, fold: Fold) -> None:
        """It may name another team and owner."""
        result = fold("登记", "受理", "作废", "重开 team: 测试组, owner: {staff: QA005, name: 吴*}")
        assert (result.snapshot["team"], result.snapshot["owner"]["staff"]) == ("测试组", "QA005")

    def test_kb_stays(self, judge: Judge) -> None:
        """The knowledge-base entry of the closed cycle is no finding in the reopened one."""
        reopened = judge(
            *("登记", "受理", "提交验证", "验证通过", "关闭", "重开"),
            status="处理中",
            team="软件开发组",
            owner="{staff: RD017, name: 李*}",
            due_at="2026-11-25 18:00",
            kb="{entry: 收录, summary: 每晚重启, solution: 升级到 V2.3.2}",
        )
        assert rules(reopened) == set()

    def test_team_and_owner_are_asked_for_if_there_is_none(self, judge: Judge) -> None:
        """A fault that was voided before anybody accepted it has neither; 重开 must bring them."""
        assert (
            len(
                [
                    one
                    for one in judge("登记", "作废", "重开")
                    if one.rule == "missing-field" and ("team" in one.message or "owner" in one.message)
                ]
            )
            == 2
        )

    def test_everything_again(self, judge: Judge) -> None:
        """In the second cycle a 高 fault with a customer lacks review, verification and confirmation."""
        first = ("登记", "受理", "评审", "提交验证", "验证通过", "用户确认", "关闭")
        found = judge(*first, "重开", "提交验证", "关闭", severity="高", customer=CUSTOMER)
        assert {"missing-review", "missing-confirmation", "illegal-transition"} <= rules(found)


class TestVoiding:
    """作废 closes from any open state; the knowledge base does not take the fault."""

    KB = "{entry: 不收录, reason: 误报}"

    @pytest.mark.parametrize("before", ["待受理", "处理中", "待验证", "已延期"])
    def test_completed_at_is_the_time_of_voiding(self, before: str, fold: Fold) -> None:
        """The fold sets completed_at."""
        assert fold(*PATHS[before], "2026-11-09 15:20 作废").snapshot["completed_at"] == "2026-11-09 15:20"

    @pytest.mark.parametrize(
        ("kb", "found"),
        [
            ("{entry: 不收录, reason: 误报}", set()),
            ("{entry: 并入, canonical: SW-20261001-001}", set()),
            ("{entry: 收录, summary: 甲, solution: 乙}", {"kb-decision"}),
            ("{entry: 撤下, reason: 误报}", {"kb-decision"}),
            ("{entry: 不收录}", {"kb-decision"}),
            ("{entry: 并入}", {"kb-decision"}),
            ("{summary: 甲}", {"kb-decision", "missing-field"}),
            (None, {"kb-decision"}),
        ],
    )
    def test_kb(self, kb: str | None, found: set[str], judge: Judge) -> None:
        """不收录 with a reason or 并入 with the canonical fault, nothing else."""
        voided = judge("登记", "2026-11-09 15:20 作废", status="已关闭", completed_at="2026-11-09 15:20", kb=kb)
        assert rules(voided) == found

    def test_nothing_else_is_asked(self, judge: Judge) -> None:
        """Neither verification nor the sections of a solution: only the description."""
        body = "## 故障描述\n\n### 现象\n\n指示灯红色闪烁。\n"
        voided = judge(
            "登记", "2026-11-09 15:20 作废", status="已关闭", completed_at="2026-11-09 15:20", kb=self.KB, body=body
        )
        assert rules(voided) == set()

    @pytest.mark.parametrize(("reason", "found"), [("待供应商", {"schema"}), ("重复", set())])
    def test_reasons(self, reason: str, found: set[str], judge: Judge) -> None:
        """The reasons of 暂停 are not those of 作废."""
        voided = judge(
            "登记",
            f"2026-11-09 15:20 作废 reason: {reason}",
            status="已关闭",
            completed_at="2026-11-09 15:20",
            kb=self.KB,
        )
        assert rules(voided) == found

    def test_reasons_of_a_pause(self, judge: Judge) -> None:
        """The reasons of 作废 are not those of 暂停."""
        assert lines_of(judge("登记", "受理", "暂停 reason: 误报"), "schema") == [FIRST_EVENT + 2]


class TestImport:
    """登记 with ``imported: true`` may carry what later events would have given; the fold starts there."""

    FIELDS = "status: 处理中, team: 测试组, owner: {staff: QA005, name: 吴*}, due_at: 2026-11-30 18:00"

    def test_fold_starts_there(self, fold: Fold) -> None:
        """Status, team, owner and plan are those of the registration, and the lifecycle goes on from them."""
        result = fold(f"登记 imported: true, {self.FIELDS}", "提交验证")
        assert result.status == "待验证"
        assert (result.snapshot["team"], result.snapshot["due_at"]) == ("测试组", "2026-11-30 18:00")

    def test_accepted(self, judge: Judge) -> None:
        """A closed fault of the old sheet needs no verification, no sections, no decision on the knowledge base."""
        found = judge(
            "2026-11-02 09:00 登记 imported: true, status: 已关闭, completed_at: 2026-11-02 08:00",
            status="已关闭",
            completed_at="2026-11-02 08:00",
            body="## 故障描述\n\n### 现象\n\n旧表导入。\n",
        )
        assert rules(found) == set()

    def test_refused_without_the_mark(self, judge: Judge) -> None:
        """Each field that only an import may carry is a finding."""
        assert lines_of(judge(f"登记 {self.FIELDS}"), "unknown-field") == [FIRST_EVENT] * 4

    def test_what_follows_is_judged(self, judge: Judge) -> None:
        """受理 after an import as 处理中 is refused."""
        assert lines_of(judge(f"登记 imported: true, {self.FIELDS}", "受理"), "illegal-transition") == [FIRST_EVENT + 1]


class TestCorrection:
    """更正: recorded lines stay, the fold applies what it says."""

    PATH = ("登记", "受理", "改期")

    def test_set(self, fold: Fold) -> None:
        """The plan of the corrected 受理 counts as if it had been written so."""
        assert (
            fold("登记", "受理", "更正 target: 2, set: {due_at: 2026-11-09 18:00}").snapshot["due_at"]
            == "2026-11-09 18:00"
        )

    def test_set_is_weighed_again(self, fold: Fold) -> None:
        """A 改期 that turns out to be to an earlier time was no delay."""
        assert fold(*self.PATH, "更正 target: 3, set: {due_at: 2026-11-05 18:00}").status == "处理中"

    def test_void(self, judge: Judge, fold: Fold) -> None:
        """A voided 改期 never happened: status and plan are those before it."""
        result = fold(*self.PATH, '更正 target: 3, set: "", void: true')
        assert (result.status, result.snapshot["due_at"]) == ("处理中", "2026-11-06 18:00")
        assert [step.event.name for step in result.steps] == ["登记", "受理", "更正"]
        assert "illegal-transition" not in rules(judge(*self.PATH, '更正 target: 3, set: "", void: true'))

    def test_void_makes_later_events_illegal(self, judge: Judge) -> None:
        """Without the 受理 there is nothing to 提交验证."""
        found = judge("登记", "受理", "提交验证", '更正 target: 2, set: "", void: true')
        assert lines_of(found, "illegal-transition") == [FIRST_EVENT + 2]

    def test_later_correction_wins(self, fold: Fold) -> None:
        """Two corrections of one event: the later value counts, fields that it does not name keep the earlier one."""
        result = fold(
            *("登记", "受理"),
            "更正 target: 2, set: {due_at: 2026-11-09 18:00, team: 测试组}",
            "更正 target: 2, set: {due_at: 2026-11-10 18:00}",
        )
        assert (result.snapshot["due_at"], result.snapshot["team"]) == ("2026-11-10 18:00", "测试组")

    def test_void_of_a_correction(self, fold: Fold) -> None:
        """A voided correction corrects nothing."""
        result = fold(
            "登记", "受理", "更正 target: 2, set: {due_at: 2026-11-09 18:00}", '更正 target: 3, set: "", void: true'
        )
        assert result.snapshot["due_at"] == "2026-11-06 18:00"

    def test_void_of_the_void_of_a_correction(self, fold: Fold) -> None:
        """Voiding the voiding brings the correction back."""
        result = fold(
            *("登记", "受理", "更正 target: 2, set: {due_at: 2026-11-09 18:00}"),
            *('更正 target: 3, set: "", void: true', '更正 target: 4, set: "", void: true'),
        )
        assert result.snapshot["due_at"] == "2026-11-09 18:00"

    def test_correction_of_a_correction(self, fold: Fold) -> None:
        """Event 4 says that event 3 meant the 改期, not the 受理."""
        result = fold(*self.PATH, "更正 target: 2, set: {due_at: 2026-11-18 18:00}", "更正 target: 4, set: {target: 3}")
        assert result.snapshot["due_at"] == "2026-11-18 18:00"
        assert result.steps[1].event.data["due_at"] == "2026-11-06 18:00"

    def test_time(self, fold: Fold) -> None:
        """A corrected time puts the event where it belongs: the 改期 was before the 初步方案."""
        path = ("2026-11-02 09:00 登记", "2026-11-02 10:00 受理", "2026-11-02 12:00 初步方案", "2026-11-02 13:00 改期")
        result = fold(*path, "2026-11-02 14:00 更正 target: 4, set: {at: 2026-11-02 11:00}")
        assert [step.event.number for step in result.steps] == [1, 2, 4, 3, 5]

    @pytest.mark.parametrize(
        ("target", "at", "rule"),
        [
            pytest.param(1, "2026-11-02 08:59", "event-order", id="before the report"),
            pytest.param(2, "2026-11-02 08:59", "illegal-transition", id="before the registration"),
            pytest.param(2, "2026-11-20 17:01", "event-in-future", id="in the future"),
        ],
    )
    def test_a_corrected_time_is_held_to_the_same_rules(self, target: int, at: str, rule: str, judge: Judge) -> None:
        """Nothing happened before reported_at or after now, whatever a 更正 says."""
        assert rule in rules(judge("2026-11-02 09:00 登记", "响应", f"更正 target: {target}, set: {{at: {at}}}"))

    def test_a_correction_counts_from_its_own_time(self, fold: Fold) -> None:
        """What was corrected on the 10th was still wrong on the 9th."""
        path = (
            "2026-11-02 09:00 登记",
            "2026-11-02 10:00 受理",
            "2026-11-10 10:00 更正 target: 2, set: {due_at: 2026-11-09 18:00}",
        )
        assert fold(*path, as_of=moment("2026-11-10 09:59")).snapshot["due_at"] == "2026-11-06 18:00"
        assert fold(*path, as_of=moment("2026-11-10 10:00")).snapshot["due_at"] == "2026-11-09 18:00"

    @pytest.mark.parametrize(
        "fields",
        [
            pytest.param('target: "", set: "", section: 原因分析', id="a section"),
            pytest.param('set: "", mask: true', id="only a mask"),
            pytest.param('target: "2", set: "", void: true', id="void"),
            pytest.param("set: {at: 2026-11-02 08:30}", id="a time"),
        ],
    )
    def test_accepted(self, fields: str, judge: Judge) -> None:
        """Each way to correct an event or a section, alone."""
        found = judge("登记", "响应", f"更正 {fields}", reported_at="2026-11-02 08:00")
        assert rules(found) == set()

    @pytest.mark.parametrize(
        ("fields", "rule"),
        [
            pytest.param('target: "", set: ""', "missing-field", id="neither event nor section"),
            pytest.param("section: 原因分析", "illegal-transition", id="event and section"),
            pytest.param(
                'target: "", set: "", section: 结论', "illegal-transition", id="a section that does not exist"
            ),
            pytest.param('set: ""', "illegal-transition", id="not said how"),
            pytest.param("void: true", "illegal-transition", id="set and void"),
            pytest.param("mask: true", "illegal-transition", id="set and mask"),
            pytest.param("set: {reason: 误报}", "illegal-transition", id="a field that 登记 does not carry"),
            pytest.param("set: {event: 受理}", "illegal-transition", id="another event"),
            pytest.param("set: {due: 2026-11-09 18:00}", "unknown-field", id="a field that no event carries"),
            pytest.param("set: {at: 昨天}", "schema", id="a value of the wrong kind"),
            pytest.param("target: 0", "schema", id="there is no event 0"),
            pytest.param("target: 第一个", "schema", id="not a number"),
            pytest.param('note: ""', "missing-field", id="no reason"),
            pytest.param('approver: ""', "missing-field", id="no approver"),
        ],
    )
    def test_refused(self, fields: str, rule: str, judge: Judge) -> None:
        """The finding stands in the line of the 更正."""
        assert lines_of(judge("登记", f"更正 {fields}"), rule) == [FIRST_EVENT + 1]


class TestTime:
    """Events stand in time order; what is recorded late says so."""

    def test_late_event_is_folded_where_it_happened(self, judge: Judge, fold: Fold) -> None:
        """A 定级 of 10:30 that was written down after the 受理 of 11:00 comes before it."""
        path = ("2026-11-02 09:00 登记", "2026-11-02 11:00 受理", "2026-11-02 10:30 定级 late: 当时在路上")
        assert [step.event.name for step in fold(*path).steps] == ["登记", "定级", "受理"]
        assert not rules(judge(*path)) & {"event-order", "illegal-transition"}

    def test_late_event_can_make_a_later_one_legal(self, judge: Judge) -> None:
        """提交验证 without 受理 is mended by a late 受理."""
        path = ("2026-11-02 09:00 登记", "2026-11-02 12:00 提交验证")
        assert lines_of(judge(*path), "illegal-transition") == [FIRST_EVENT + 1]
        assert lines_of(judge(*path, "2026-11-02 10:30 受理 late: 漏记"), "illegal-transition") == []

    def test_out_of_order_without_a_reason(self, judge: Judge) -> None:
        """The line that stands too late is the one to mend."""
        path = ("2026-11-02 09:00 登记", "2026-11-02 11:00 受理", "2026-11-02 10:30 响应", "2026-11-02 10:45 响应")
        assert lines_of(judge(*path), "event-order") == [FIRST_EVENT + 2, FIRST_EVENT + 3]

    def test_a_late_event_does_not_set_the_measure_for_the_next(self, judge: Judge) -> None:
        """After a late line, the following ones are measured by the last line that was in time."""
        path = (
            "2026-11-02 09:00 登记",
            "2026-11-02 11:00 受理",
            "2026-11-02 10:30 响应 late: 漏记",
            "2026-11-02 11:00 进展",
        )
        assert lines_of(judge(*path), "event-order") == []

    def test_equal_minutes_keep_file_order(self, judge: Judge, fold: Fold) -> None:
        """Three events of one minute happen in the order in which they are written."""
        path = (
            "2026-11-02 09:00 登记",
            "2026-11-02 10:00 受理",
            "2026-11-02 10:00 改派 team: 测试组",
            "2026-11-02 10:00 改派 team: 客服组",
        )
        assert fold(*path).snapshot["team"] == "客服组"
        assert lines_of(judge(*path), "event-order") == []
        swapped = ("2026-11-02 09:00 登记", "2026-11-02 10:00 改派 team: 测试组", "2026-11-02 10:00 受理")
        assert lines_of(judge(*swapped), "illegal-transition") == [FIRST_EVENT + 1]

    @pytest.mark.parametrize(("reported", "found"), [("2026-11-02 09:00", []), ("2026-11-02 09:01", [FIRST_EVENT])])
    def test_not_before_the_report(self, reported: str, found: list[int], judge: Judge) -> None:
        """An event at the minute of reported_at is in order, a minute earlier is not."""
        assert lines_of(judge("2026-11-02 09:00 登记", reported_at=reported), "event-order") == found

    def test_a_late_event_is_not_before_the_report_either(self, judge: Judge) -> None:
        """``late`` excuses the place in the file, not an impossible time."""
        path = ("2026-11-02 09:00 登记", "2026-11-02 08:00 反馈 late: 漏记")
        assert lines_of(judge(*path), "event-order") == [FIRST_EVENT + 1]

    @pytest.mark.parametrize(("as_of", "found"), [("2026-11-02 10:00", []), ("2026-11-02 09:59", [FIRST_EVENT + 1])])
    def test_not_in_the_future(self, as_of: str, found: list[int], judge: Judge) -> None:
        """An event of this very minute is fine, one of the next minute is not."""
        path = ("2026-11-02 09:00 登记", "2026-11-02 10:00 受理")
        assert lines_of(judge(*path, as_of=moment(as_of)), "event-in-future") == found


class TestFold:
    """What the events add up to, and that the header must say the same."""

    def test_as_of(self, fold: Fold) -> None:
        """Before the 定级 of 15:00 the severity is its ``from``, from 15:00 its ``to``; before the registration there is no state."""
        path = ("2026-11-02 09:00 登记", "2026-11-02 10:00 受理", "2026-11-02 15:00 定级")
        assert fold(*path, as_of=moment("2026-11-02 08:59"), severity="高").status == ""
        assert fold(*path, as_of=moment("2026-11-02 14:59"), severity="高").snapshot["severity"] == "中"
        assert fold(*path, as_of=moment("2026-11-02 15:00"), severity="高").snapshot["severity"] == "高"

    def test_severity_twice(self, fold: Fold) -> None:
        """The initial severity is the ``from`` of the first 定级."""
        result = fold("登记", "定级 from: 低, to: 中", "定级 from: 中, to: 紧急", severity="紧急")
        assert [step.snapshot["severity"] for step in result.steps] == ["低", "低", "中"]
        assert result.snapshot["severity"] == "紧急"

    def test_severity_with_a_new_plan(self, fold: Fold) -> None:
        """定级 may carry due_at."""
        assert fold("登记", "受理", "定级 due_at: 2026-11-04 18:00").snapshot["due_at"] == "2026-11-04 18:00"

    @pytest.mark.parametrize(
        ("events", "header", "line"),
        [
            pytest.param(
                ("登记", "定级 from: 低, to: 高", "定级 from: 低, to: 紧急"),
                "紧急",
                3,
                id="from is not the value in force",
            ),
            pytest.param(("登记", "定级 from: 中, to: 中"), "中", 2, id="nothing changes"),
            pytest.param(("登记", "定级 from: 中, to: 特急"), "中", 2, id="no such severity"),
            pytest.param(("登记", "定类 from: 软件Bug, to: 硬件"), "中", 2, id="no such type"),
        ],
    )
    def test_wrong_change(self, events: tuple[str, ...], header: str, line: int, judge: Judge) -> None:
        """定级 and 定类 name the value in force and a different, existing one."""
        assert lines_of(judge(*events, severity=header), "illegal-transition") == [FIRST_EVENT + line - 1]

    def test_type(self, judge: Judge, fold: Fold) -> None:
        """定类 changes the type; the id keeps the prefix of the initial one (SW)."""
        assert fold("登记", "定类", type="兼容性问题").snapshot["type"] == "兼容性问题"
        assert rules(judge("登记", "定类", type="兼容性问题")) == set()
        assert rules(judge("登记", type="兼容性问题")) == {"id-prefix"}

    def test_verification(self, fold: Fold) -> None:
        """验证通过 sets the result with its parts and verifier, and the time of completion."""
        result = fold("登记", "受理", "提交验证", "2026-11-04 11:00 验证通过 experience: 不适用").snapshot
        assert result["completed_at"] == "2026-11-04 11:00"
        assert result["verification"] == {
            "result": "通过",
            "functional": "通过",
            "compatibility": "通过",
            "experience": "不适用",
            "verifier": {"staff": "QA003", "name": "赵*"},
        }

    def test_failed_verification(self, fold: Fold) -> None:
        """验证不通过 sets 未通过 with the reason and the parts that it carries, and clears the time of completion."""
        result = fold("登记", "受理", "提交验证", "验证通过", "验证不通过 functional: 未通过, note: 仍重启").snapshot
        assert "completed_at" not in result
        assert result["verification"] == {"result": "未通过", "reason": "仍重启", "functional": "未通过"}

    def test_assistants(self, fold: Fold) -> None:
        """受理 names them, 改派 replaces them, an owner alone leaves them."""
        path = ("登记", "受理 assistants: [{staff: RD021, name: 王*}]")
        assert fold(*path, "改派").snapshot["assistants"] == [{"staff": "RD021", "name": "王*"}]
        replaced = fold(*path, '改派 owner: "", assistants: [{staff: RD030, name: 马*}]').snapshot
        assert (replaced["assistants"][0]["staff"], replaced["owner"]["staff"]) == ("RD030", "RD017")

    def test_reassignment_changes_something(self, judge: Judge) -> None:
        """改派 names a team, an owner or assistants."""
        assert lines_of(judge("登记", "受理", '改派 owner: ""'), "missing-field") == [FIRST_EVENT + 2]

    # What 登记, 受理, 提交验证, 验证通过 of 2026-11-02 add up to.
    HEADER: ClassVar = {
        "status": "待验证",
        "team": "软件开发组",
        "owner": "{staff: RD017, name: 李*}",
        "due_at": "2026-11-06 18:00",
        "completed_at": "2026-11-02 12:00",
        "verification": "{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 赵*}}",
    }

    def test_header_that_agrees(self, judge: Judge) -> None:
        """No finding at all, not even a warning."""
        assert judge("登记", "受理", "提交验证", "验证通过", **self.HEADER) == []

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("status", "处理中"),
            ("team", "测试组"),
            ("owner", "{staff: RD021, name: 王*}"),
            ("owner", "{staff: RD017, name: 王*}"),
            ("assistants", "[{staff: RD021, name: 王*}]"),
            ("due_at", "2026-11-06 18:01"),
            ("completed_at", "2026-11-02 12:01"),
            ("verification", "{result: 未通过, reason: 仍重启}"),
            (
                "verification",
                "{result: 通过, functional: 通过, compatibility: 通过, experience: 不适用, verifier: {staff: QA003, name: 赵*}}",
            ),
        ],
    )
    def test_header_that_differs(self, field: str, value: str, judge: Judge) -> None:
        """A change in the header without its event is one finding, at the field."""
        fields = {**self.HEADER, field: value}
        found = judge("登记", "受理", "提交验证", "验证通过", **fields)
        # A field that the header did not have stands at its end: a note says so.
        (one,) = [one for one in found if one.rule != "key-order"]
        assert one.rule == "snapshot-mismatch"
        assert field in one.message

    @pytest.mark.parametrize("field", ["team", "owner", "due_at", "completed_at", "verification"])
    def test_header_that_lacks_a_field(self, field: str, judge: Judge) -> None:
        """What the events give must stand in the header."""
        found = judge("登记", "受理", "提交验证", "验证通过", **{**self.HEADER, field: None})
        assert "snapshot-mismatch" in rules(found)
        assert all(field in one.message for one in found)

    def test_reason_of_a_failed_verification_may_be_worded_freely(self, judge: Judge) -> None:
        """``reason`` of the header may say more than the note of the event."""
        fields = {
            **self.HEADER,
            "status": "处理中",
            "completed_at": None,
            "verification": "{result: 未通过, reason: 满配时仍重启}",
        }
        assert rules(judge("登记", "受理", "提交验证", "验证不通过", **fields)) == set()

    def test_initial_fields_must_be_the_first_from(self, judge: Judge) -> None:
        """Severity 高 in the header, raised to 紧急 by the events, is a mismatch."""
        assert "snapshot-mismatch" in rules(judge("登记", "定级 from: 高, to: 紧急", severity="高"))


class TestRequirements:
    """What each event asks of the line, of the header and of the body."""

    @pytest.mark.parametrize(
        ("before", "event", "fields"),
        [
            ("待受理", "退回", ["note"]),
            ("待受理", "补充", ["note"]),
            ("待受理", "响应", ["note"]),
            ("待受理", "受理", ["team", "owner", "due_at"]),
            ("待受理", "反馈", ["note"]),
            ("处理中", "改派", ["note"]),
            ("处理中", "定级", ["from", "to", "note", "approver"]),
            ("处理中", "定类", ["from", "to", "note"]),
            ("处理中", "初步方案", ["note"]),
            ("处理中", "评审", ["participants", "note"]),
            ("处理中", "进展", ["note"]),
            ("处理中", "风险", ["note"]),
            ("处理中", "暂停", ["reason"]),
            ("处理中", "改期", ["due_at", "note", "approver"]),
            ("待验证", "验证不通过", ["note"]),
            ("待验证", "验证通过", ["functional", "compatibility", "experience", "verifier"]),
            ("待验证", "用户确认", ["note"]),
            ("处理中", "作废", ["reason", "note"]),
            ("已关闭", "重开", ["due_at", "note"]),
            ("处理中", "更正", ["note", "approver"]),
        ],
    )
    def test_fields_of_an_event(self, before: str, event: str, fields: list[str], judge: Judge) -> None:
        """Each field that the event must carry is missed, and by name."""
        path = PATHS[before]
        for field in fields:
            found = [
                one
                for one in judge(*path, f'{event} {field}: ""')
                if one.rule == "missing-field" and one.line == FIRST_EVENT + len(path)
            ]
            assert [f"（{field}）" in one.message for one in found] == [True], field

    @pytest.mark.parametrize("event", ["登记", "受理", "反馈", "关闭"])
    def test_every_event_says_when_and_who(self, event: str, judge: Judge) -> None:
        """``by`` is asked of every event."""
        path = {"登记": (), "受理": ("登记",), "反馈": ("登记",), "关闭": VERIFIED}[event]
        assert FIRST_EVENT + len(path) in lines_of(judge(*path, f'{event} by: ""'), "missing-field")

    def test_a_field_of_another_event(self, judge: Judge) -> None:
        """进展 does not carry an approver."""
        assert lines_of(judge("登记", "受理", "进展 approver: PM001"), "unknown-field") == [FIRST_EVENT + 2]

    @pytest.mark.parametrize("section", ["原因分析", "短期方案", "长期方案"])
    @pytest.mark.parametrize("text", ["", "待补充", "  \n\n待补充\n"])
    def test_sections_at_submission(
        self, section: str, text: str, write_text: Callable[..., str], judge_text: Judge
    ) -> None:
        """The three sections are asked for at 提交验证, not before; a placeholder is no content."""
        body = "## 故障描述\n\n### 现象\n\n指示灯红色闪烁。\n" + "".join(
            f"\n## {name}\n\n{text if name == section else '已查明。'}\n"
            for name in ("原因分析", "短期方案", "长期方案")
        )
        before = judge_text(write_text("登记", "受理", body=body))
        after = judge_text(write_text("登记", "受理", "提交验证", body=body))
        assert "missing-section" not in rules(before)
        assert [section in one.message for one in after if one.rule == "missing-section"] == [True]

    def test_record_of_the_verification_at_closing(self, judge: Judge) -> None:
        """验证记录 is asked for at 关闭, not at 验证通过."""
        body = (
            "".join(f"## {name}\n\n文字。\n\n" for name in ("原因分析", "短期方案", "长期方案"))
            + "## 故障描述\n\n### 现象\n\n文字。\n"
        )
        assert "missing-section" not in rules(judge(*VERIFIED, body=body))
        assert "missing-section" in rules(judge(*VERIFIED, "关闭", body=body))

    def test_header_at_closing(self, judge: Judge) -> None:
        """A closed fault has team, owner, plan, completion and verification; each is missed by name."""
        found = [
            one.message for one in judge("登记", "受理", "提交验证", "验证通过", "关闭") if one.rule == "missing-field"
        ]
        assert len(found) == 5
        assert all(
            any(name in one for one in found) for name in ("team", "owner", "due_at", "completed_at", "verification")
        )

    def test_nothing_is_asked_before_its_event(self, judge: Judge) -> None:
        """A fresh registration needs neither team nor plan."""
        assert judge("登记") == []

    @pytest.mark.parametrize(
        ("kb", "found"),
        [
            ("{entry: 收录, summary: 每晚重启, solution: 升级}", set()),
            ("{entry: 不收录, reason: 只影响内部样机}", set()),
            ("{entry: 撤下, reason: 内容过时}", set()),
            ("{entry: 并入, canonical: SW-20260912-002}", set()),
            ("{entry: 收录, summary: 每晚重启}", {"kb-decision"}),
            ("{entry: 收录, solution: 升级}", {"kb-decision"}),
            ("{entry: 撤下}", {"kb-decision"}),
            ("{summary: 每晚重启}", {"kb-decision", "missing-field"}),
            (None, {"kb-decision"}),
        ],
    )
    def test_knowledge_base_at_closing(self, kb: str | None, found: set[str], judge: Judge) -> None:
        """A closed fault says what becomes of it in the knowledge base, with what that choice needs."""
        closed = {**TestFold.HEADER, "status": "已关闭", "kb": kb}
        assert rules(judge("登记", "受理", "提交验证", "验证通过", "关闭", **closed)) == found
