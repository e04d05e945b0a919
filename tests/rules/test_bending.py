"""Ways to bend a history that no single line gives away: what the rules say of each, and of the honest way beside it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from faultkb import change, rules
from faultkb.finding import ERROR

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.calendar import WorkCalendar
    from faultkb.corpus import Loaded
    from faultkb.finding import Finding
    from faultkb.vocabulary import Vocabulary

    Write = Callable[..., str]
    Judge = Callable[..., list[Finding]]
    Broken = Callable[..., set[str]]

FIRST_EVENT = 13
"""The line of the first event where the header holds nothing but what every ticket has."""
OWNED = {"team": "软件开发组", "owner": "{staff: RD017, name: 李*}", "due_at": "2026-11-06 18:00"}
PASSED = "{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 赵*}}"
CLOSED = ("登记", "受理", "提交验证", "验证通过", "用户确认", "关闭")
"""09:00 to 14:00 on 2026-11-02, one an hour."""
ARCHIVED = {
    **OWNED,
    "status": "已关闭",
    "completed_at": "2026-11-02 12:00",
    "verification": PASSED,
    "kb": "{entry: 不收录, reason: 一次性}",
}
IN_WORK = {**OWNED, "status": "处理中"}


@pytest.fixture
def noon() -> datetime:
    """Return Thursday noon of the week in which all of this happens."""
    return datetime.fromisoformat("2026-11-05 12:00")


@pytest.fixture
def broken(load_text: Callable[[str], Loaded], words: Vocabulary, calendar: WorkCalendar) -> Broken:
    """Return a function from a ticket on the base and in the branch to the rules of level error about the change."""

    def run(before: str, after: str, as_of: datetime) -> set[str]:
        old, new = load_text(before), load_text(after)
        one = change.Change(old, new, words, words, calendar, as_of)
        return {rule.id for rule in rules.of_scope("change") if rule.level == ERROR and list(rule.check(one))}

    return run


def ids(findings: list[Finding]) -> set[str]:
    """Return the rules that were broken."""
    return {one.rule for one in findings}


# ── closings and reopenings that stand on the base ──

VOID = 'set: "", void: true'
REOPENED = "2026-11-04 09:00 重开 due_at: 2026-11-09 18:00"


@pytest.mark.parametrize(
    ("recorded", "header", "more", "now"),
    [
        ((), ARCHIVED, f"2026-11-04 09:00 更正 target: 6, {VOID}", {**ARCHIVED, "status": "待验证"}),
        ((), ARCHIVED, "2026-11-04 09:00 更正 target: 6, set: {at: 2026-11-02 15:00}", ARCHIVED),
        (
            (REOPENED,),
            {**IN_WORK, "due_at": "2026-11-09 18:00"},
            f"2026-11-04 10:00 更正 target: 7, {VOID}",
            ARCHIVED,
        ),
    ],
    ids=["closing voided", "closing moved", "reopening voided"],
)
def test_what_closes_and_reopens_stays(
    recorded: tuple[str, ...], header: dict[str, str], more: str, now: dict[str, str], broken: Broken, write_text: Write, noon: datetime
) -> None:  # fmt: skip
    """A closing or reopening on the base is neither voided nor moved: what was edited between would look untouched."""
    before = write_text(*CLOSED, *recorded, **header)
    after = write_text(*CLOSED, *recorded, more, **now)
    assert "closed-ticket-changed" in broken(before, after, noon)


def test_other_corrections_of_a_closed_fault_are_free(broken: Broken, write_text: Write, noon: datetime) -> None:
    """A correction of another event, or of the note of the closing, is none of that."""
    before = write_text(*CLOSED, **ARCHIVED)
    for correction in ("target: 2, set: {note: 已核对}", "target: 6, set: {note: 已归档}"):
        after = write_text(*CLOSED, f"2026-11-04 09:00 更正 {correction}", **ARCHIVED)
        assert broken(before, after, noon) == set()


# ── fields that decide on duties ──

CUSTOMER = {"customer": "{id: U****3821, ref: CRM-88213}"}
DUTIES = {**CUSTOMER, "complex": "true", "channel": "电话"}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        pytest.param({"customer": None}, True, id="customer removed"),
        pytest.param({"customer": "{id: U****3821}"}, True, id="part of the customer removed"),
        pytest.param({"customer": "{id: U****9999, ref: CRM-88213}"}, True, id="another customer"),
        pytest.param({"complex": None}, True, id="complex removed"),
        pytest.param({"complex": "false"}, True, id="complex denied"),
        pytest.param({"channel": "内部测试"}, True, id="channel made internal"),
        pytest.param({"customer": "{id: U****3821, ref: CRM-88213, contact: 138****5512}"}, False, id="contact added"),
        pytest.param({"customer": '{id: "*", ref: CRM-*}'}, False, id="customer masked further"),
        pytest.param({"title": "网关每日凌晨重启"}, False, id="another field"),
    ],
)
def test_duties_stay_after_the_acceptance(
    fields: dict[str, str | None], expected: bool, broken: Broken, write_text: Write, noon: datetime  # noqa: FBT001
) -> None:  # fmt: skip
    """Customer, channel and the mark of complexity lose nothing once the fault is accepted; before, they are edited freely."""
    accepted = ("登记", "受理")
    before = write_text(*accepted, **IN_WORK, **DUTIES)
    after = write_text(*accepted, **IN_WORK, **{**DUTIES, **fields})
    assert broken(before, after, noon) == ({"immutable-field"} if expected else set())
    waiting = write_text("登记", **DUTIES), write_text("登记", **{**DUTIES, **fields})
    assert broken(*waiting, noon) == set()


def test_duties_are_corrected_on_the_record_and_may_be_added(broken: Broken, write_text: Write, noon: datetime) -> None:
    """A correction of the registration changes them; a customer or a mark that was not there may be written in."""
    before = write_text("登记", "受理", **IN_WORK, **DUTIES)
    correction = "更正 target: 1, set: {channel: 内部测试, complex: false}"
    now = {**DUTIES, "channel": "内部测试", "complex": "false"}
    assert broken(before, write_text("登记", "受理", correction, **IN_WORK, **now), noon) == set()
    without = write_text("登记", "受理", **IN_WORK)
    assert broken(without, write_text("登记", "受理", **IN_WORK, **DUTIES), noon) == set()


# ── the severity that a fault was registered with ──

LATE = "2026-11-02 09:10 定级 from: 低, to: {}, late: 忘了记"


@pytest.mark.parametrize(
    ("recorded", "more", "expected"),
    [
        pytest.param(
            ("登记", "受理", "定级"),
            (LATE.format("中"), "2026-11-04 09:00 更正 target: 3, set: {from: 中}"),
            {"snapshot-mismatch"},
            id="an empty correction beside an earlier event",
        ),
        pytest.param(
            ("登记", "受理"),
            (LATE.format("高"), "2026-11-04 09:00 更正 target: 3, set: {from: 中}"),
            {"snapshot-mismatch"},
            id="a correction of what the change itself brings",
        ),
        pytest.param(
            ("登记", "受理", "定级"),
            ("2026-11-04 09:00 更正 target: 3, set: {from: 低}",),
            set(),
            id="a correction of what stands on the base",
        ),
    ],
)
def test_the_first_severity_is_restated_by_a_correction_of_the_record(
    recorded: tuple[str, ...], more: tuple[str, ...], expected: set[str], broken: Broken, write_text: Write, noon: datetime
) -> None:  # fmt: skip
    """Only the ``from`` that a correction gives an event on the base makes the first severity another."""
    fields = {**IN_WORK, "severity": "高"}
    assert broken(write_text(*recorded, **fields), write_text(*recorded, *more, **fields), noon) == expected


# ── history from an older sheet ──

SHEET = "team: 测试组, owner: {staff: QA005, name: 吴*}, due_at: 2026-11-06 18:00"
BARE = "## 故障描述\n\n### 现象\n\n旧表导入。\n"
SUBMITTED = f"登记 imported: true, status: 待验证, {SHEET}"


@pytest.mark.parametrize(
    ("events", "fields", "expected"),
    [
        pytest.param((f"登记 imported: true, status: 处理中, {SHEET}", "提交验证"), {"severity": "高"},
                     {"missing-section", "missing-review"}, id="handed over"),
        pytest.param(("登记 imported: true", "受理", "提交验证"), {}, {"missing-section"}, id="accepted and handed over"),
        pytest.param((SUBMITTED, "验证通过", "关闭"), {**CUSTOMER, "severity": "紧急"},
                     {"missing-section", "missing-review", "missing-confirmation", "kb-decision"}, id="closed"),
        pytest.param((SUBMITTED, "关闭"), {}, {"illegal-transition", "missing-section", "kb-decision", "missing-field"},
                     id="closed without verification"),
    ],
)  # fmt: skip
def test_an_import_excuses_nothing_of_what_follows(
    events: tuple[str, ...], fields: dict[str, str], expected: set[str], judge: Judge
) -> None:
    """What an imported fault does after its registration is asked for like that of any other."""
    assert expected <= ids(judge(*events, body=BARE, **fields))


def test_an_import_excuses_what_lies_before(judge: Judge) -> None:
    """Imported as handed over, a fault of severity 高 needs no review and no sections of before, and can be closed."""
    found = ids(
        judge(
            *(SUBMITTED, "验证通过", "用户确认", "关闭"),
            body=f"{BARE}\n## 验证记录\n\n测过\n",
            **{**ARCHIVED, "team": "测试组", "owner": "{staff: QA005, name: 吴*}", "completed_at": "2026-11-02 10:00"},
            **CUSTOMER,
            severity="高",
        )
    )
    assert found <= {"key-order"}, "the sections that a report asks for, too, are not asked of history"


@pytest.mark.parametrize("field", ["imported: true", "status: 待验证"])
def test_no_correction_makes_a_registration_an_import(field: str, judge: Judge) -> None:
    """That a fault was imported, and in which state, is said when it is registered or never."""
    found = judge("登记", f"更正 target: 1, set: {{{field}}}")
    assert ("illegal-transition", FIRST_EVENT + 1) in {(one.rule, one.line) for one in found}


@pytest.mark.parametrize("place", ["登记", "更正"])
def test_nothing_was_completed_in_the_future(place: str, judge: Judge) -> None:
    """The time of completion of an imported fault has passed, also where a correction gives it."""
    fields = "imported: true, status: 已关闭, completed_at: {}"
    registered = f"登记 {fields.format('2029-01-01 00:00' if place == '登记' else '2026-11-02 08:00')}"
    more = [] if place == "登记" else ["更正 target: 1, set: {completed_at: 2029-01-01 00:00}"]
    found = judge(registered, *more, status="已关闭", completed_at="2029-01-01 00:00")
    assert "event-in-future" in ids(found)


# ── who approves, verifies, reviews ──


@pytest.mark.parametrize(
    ("due", "expected"),
    [("2026-11-20 18:00", {"self-approval"}), ("2026-11-05 18:00", set()), (None, set())],
    ids=["later", "earlier", "no plan"],
)
def test_nobody_puts_off_his_plan_with_a_severity(due: str | None, expected: set[str], judge: Judge) -> None:
    """A raised severity may be one's own decision; a later plan that comes with it is approved by somebody else."""
    plan = f", due_at: {due}" if due else ""
    found = judge("登记", "受理", f"定级 approver: PM002{plan}")
    assert ids(found) & {"self-approval"} == expected


def test_a_plan_that_was_put_off_and_drawn_nearer_is_still_beyond_the_policy(judge: Judge) -> None:
    """Only an approved 改期 covers a late plan, up to the time that it gives; 中 is due on 2026-11-09."""
    moved = "2026-11-02 12:00 改期 due_at: 2026-12-30 18:00"
    raised = "定级 from: 低, to: 中, due_at: 2026-12-31 18:00"
    warned = judge("登记", "受理", raised, moved, status="处理中", **{**OWNED, "due_at": "2026-12-30 18:00"})
    assert "due-beyond-policy" in ids(warned)
    approved = judge("登记", "受理", moved, status="已延期", **{**OWNED, "due_at": "2026-12-30 18:00"})
    assert "due-beyond-policy" not in ids(approved)
    nearer = "改期 due_at: 2026-12-20 18:00"
    silent = judge("登记", "受理", moved, nearer, status="已延期", **{**OWNED, "due_at": "2026-12-20 18:00"})
    assert "due-beyond-policy" not in ids(silent)


@pytest.mark.parametrize("staff", ["rd017", "RD-017", "Rd_0-17"])
def test_one_person_in_two_spellings(staff: str, judge: Judge) -> None:
    """Case, hyphens and underscores do not make another person."""
    verified = f"验证通过 verifier: {{staff: {staff}, name: 李*}}"
    assert "self-verification" in ids(judge("登记", "受理", "提交验证", verified))
    assert "self-approval" in ids(judge("登记", "受理", f"改期 by: RD017, approver: {staff}"))


def test_heads_who_come_to_a_second_review(judge: Judge) -> None:
    """The reviews of a cycle count together; who came to none is named at the last one."""
    first, second = "评审 participants: [PM001]", "评审 participants: [rd001, QA001]"
    assert "review-roles" not in ids(judge("登记", "受理", first, second))
    (found,) = (one for one in judge("登记", "受理", first, "评审 participants: [RD017]") if one.rule == "review-roles")
    assert found.line == FIRST_EVENT + 3
    assert "研发负责人、测试负责人" in found.message


# ── what the user said ──

VERIFIED = ("登记", "受理", "提交验证", "验证通过")
NO, AWAY, YES = (f"用户确认 outcome: {outcome}" for outcome in ("未解决", "联系不上", "已解决"))


@pytest.mark.parametrize("customer", [{}, CUSTOMER], ids=["nobody in particular", "customer"])
@pytest.mark.parametrize(
    ("events", "expected"),
    [
        pytest.param((NO,), True, id="no"),
        pytest.param((NO, "反馈", "反馈", AWAY), True, id="no, then not to be reached"),
        pytest.param((NO, "用户确认"), True, id="no, then without an outcome"),
        pytest.param((YES, NO), True, id="yes, then no"),
        pytest.param((NO, YES), False, id="no, then yes"),
        pytest.param((NO, "验证不通过", "提交验证", "验证通过", "用户确认"), False, id="no, then handed over again"),
    ],
)
def test_a_no_of_the_user_holds(
    events: tuple[str, ...], expected: bool, customer: dict[str, str], judge: Judge  # noqa: FBT001
) -> None:  # fmt: skip
    """Who said that it is not solved is asked again until he says that it is, or the work is done again."""
    found = ids(judge(*VERIFIED, *events, "关闭", **ARCHIVED, **customer))
    assert ("missing-confirmation" in found) is expected


# ── plans that had passed when they were made ──


@pytest.mark.parametrize(
    ("events", "place"),
    [
        pytest.param(("登记", "受理 due_at: 2020-01-01 00:00"), 1, id="acceptance"),
        pytest.param(("登记", "受理", "改期 due_at: 2026-11-02 08:59"), 2, id="a minute before the report"),
        pytest.param(("登记", "受理", "改期 due_at: 2026-11-02 09:00"), None, id="the minute of the report"),
        pytest.param(("登记", "受理", "更正 target: 2, set: {due_at: 2020-01-01 00:00}"), 2, id="a correction"),
        pytest.param(("登记", "受理 due_at: 2020-01-01 00:00", "更正 target: 2, set: {due_at: 2026-11-06 18:00}"), None,
                     id="corrected"),
    ],
)  # fmt: skip
def test_a_plan_lies_ahead(events: tuple[str, ...], place: int | None, judge: Judge) -> None:
    """What is planned comes after the report; what had merely passed when it was planned is overdue, and no slip."""
    expected = [] if place is None else [FIRST_EVENT + place]
    assert [one.line for one in judge(*events) if one.rule == "plan-before-report"] == expected


# ── what only looks filled, and what must not be repeated ──


@pytest.mark.parametrize(
    "text",
    ["\u200b", "\u3164", "<!-- 原因\n还不知道 -->", "```\n```", "```text\n```", "#### 原因", "-", "***", "&nbsp;", "[](x.md)", ">", "|",
     "<br>", "- 待补充。", "- \n- \n", "无", "- 暂无。", "n/a", "1. 同上\n2. **TBD**",
     "发生原因（为什么会发生）与流出原因（为什么没有被提前发现）。"],
)  # fmt: skip
def test_marks_fill_no_section(text: str, judge: Judge, write_text: Write) -> None:
    """Marks of Markdown, comments, what nobody sees, words that stand for nothing and the hint itself are no cause."""
    body = write_text().partition("\n---\n")[2].replace("维护任务占用主循环，看门狗超时；用例没有满配。", text)
    assert "missing-section" in ids(judge("登记", "受理", "提交验证", body=body))


@pytest.mark.parametrize(
    "text", ["无锡机房断电", "见下。", "- E-07", "```\n03:10 reset\n```", "![](SW-20261102-001/a.png)", "**1**"]
)
def test_few_words_fill_a_section(text: str, judge: Judge, write_text: Write) -> None:
    """One word, one line of a log or a picture is something."""
    body = write_text().partition("\n---\n")[2].replace("维护任务占用主循环，看门狗超时；用例没有满配。", text)
    assert "missing-section" not in ids(judge("登记", "受理", "提交验证", body=body))


@pytest.mark.parametrize("note", ["无", "说明", "略。", "N/A", "-", "……"])
def test_a_note_that_says_nothing(note: str, judge: Judge) -> None:
    """A note that an event must have is not a word for nothing, nor its own name; one that may be left out is free."""
    for event in ("退回", "反馈"):
        assert ("missing-field", FIRST_EVENT + 1) in {
            (one.rule, one.line) for one in judge("登记", f"{event} note: {note}")
        }
    assert "missing-field" not in ids(judge("登记", "受理 note: 无", status="处理中", **OWNED))


def test_a_note_is_corrected_where_it_says_nothing(judge: Judge) -> None:
    """A correction gives it words, and takes them away only in its own place."""
    line = FIRST_EVENT + 2
    found = judge("登记", "反馈 note: 无", "更正 target: 2, set: {note: 已告知用户正在处理}")
    assert "missing-field" not in ids(found)
    found = judge("登记", "反馈", "更正 target: 2, set: {note: 略}")
    assert ("missing-field", line) in {(one.rule, one.line) for one in found}


@pytest.mark.parametrize("text", ["\\u200b", "\\u202e\\u2060", "\\u3164 "])
def test_a_note_of_nothing_visible(text: str, judge: Judge) -> None:
    """A note must hold something that can be read."""
    assert "schema" in ids(judge("登记", f'响应 note: "{text}"'))


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("响应 by: 张三丰", "张三丰"),
        ("改期 approver: 张三丰", "张三丰"),
        ("评审 participants: [张三丰]", "张三丰"),
        ("响应 张三丰: 1", "张三丰"),
        ("响应 13812345512: 1", "13812345512"),
    ],
)
def test_names_in_the_wrong_place_are_not_repeated(event: str, name: str, judge: Judge) -> None:
    """Somebody's name where a staff id or the name of a field belongs: the message and the source line keep it to themselves."""
    found = [one for one in judge("登记", event) if one.rule in {"schema", "unknown-field"}]
    assert found
    assert all(one.private and name not in one.message + one.help for one in found)


def test_a_correction_with_a_wrong_value_is_told_so(judge: Judge) -> None:
    """It says how to correct; only the value is wrong, and only that is said."""
    found = judge("登记", "更正 target: 1, set: {impact: 3}")
    assert ids(found) == {"schema"}


def test_a_boolean_is_called_what_it_is(judge: Judge) -> None:
    """The message that a mark is neither true nor false reads as a sentence."""
    [found] = [one for one in judge("登记 imported: 是") if one.rule == "schema"]
    assert found.message == "历史导入（imported）应当是 true 或 false：“是”"
