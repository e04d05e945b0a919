"""The two public tables from which anybody can compute a figure: a row for each fault, a row for each clock instance.

Nothing private stands in them: no customer, no names, no notes. The keys are public, like those of the reports' JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb import history
from faultkb.reports import NUMBER, SEVERITY, VERDICT, Column

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from faultkb.clocks import Clock, Reading
    from faultkb.history import Mark
    from faultkb.standing import Standing

TIME = "time"
"""A moment to the minute, in the time zone of the policy."""
FLAG = "flag"
"""Yes or no."""
LIST = "list"
"""Any number of texts."""

FAULTS = (
    Column("id", "问题编号", hint="一个故障一行"),
    Column("title", "问题标题"),
    Column("type", "故障类型", hint="现在的类型；编号的前缀是登记时的类型"),
    Column("severity", "严重程度", SEVERITY, "现在的严重程度"),
    Column("status", "当前状态"),
    Column("is_open", "未关闭", FLAG, "状态不是已关闭"),
    Column("channel", "反馈渠道"),
    Column("team", "责任团队", hint="没有受理的为空"),
    Column("owner", "主责人", hint="工号，没有姓名；没有受理的为空"),
    Column("users", "影响用户数", NUMBER, "没有写或写“未知”的为空"),
    Column("products", "涉及产品", LIST),
    Column("versions", "涉及版本", LIST),
    Column("modules", "涉及模块", LIST),
    Column("regions", "涉及地区", LIST),
    Column("cause", "原因分类", hint="kb.cause"),
    Column("kb_entry", "收录决定", hint="kb.entry：收录、并入、不收录、撤下"),
    Column("canonical", "并入的故障", hint="并入哪一个故障的文章，没有并入的为空"),
    Column("complex", "复杂故障", FLAG),
    Column("imported", "历史导入", FLAG, "由旧的表格导入，经过可能不全"),
    Column("cycles", "第几轮", NUMBER, "从 1 起，每次重开加 1"),
    Column("reported_at", "反馈时间", TIME),
    Column("registered_at", "登记时间", TIME),
    Column("accepted_at", "受理时间", TIME, "第一次受理"),
    Column("submitted_at", "提交验证时间", TIME, "最后一次提交验证，包括没有通过的"),
    Column("closed_at", "关闭时间", TIME, "最后一次关闭或作废；重开之后还没有再关闭的为空"),
    Column("voided", "已作废", FLAG, "最后一次是作废，不是正常关闭"),
    Column("due_at", "计划完成时间", TIME, "现在的计划，包括改期"),
    Column("first_due_at", "原计划完成时间", TIME, "本轮第一次定的计划"),
    Column("completed_at", "实际完成时间", TIME, "验证通过的时间；作废的为作废的时间"),
    Column("late", "已超过计划", FLAG, "未关闭、没有提交验证，而现在的计划已过"),
    Column("returned", "退回次数", NUMBER),
    Column("failed", "验证不通过次数", NUMBER),
    Column("deferred", "改期次数", NUMBER, "包括改到更早的时间"),
    Column("raised", "调高次数", NUMBER, "定级调高严重程度"),
    Column("lowered", "调低次数", NUMBER, "定级调低严重程度"),
    Column("risks", "风险次数", NUMBER),
    Column("reopened", "重开次数", NUMBER),
    Column("backdated", "补录次数", NUMBER, "事后补记的事件个数"),
    Column("accept_minutes", "待受理（分钟）", NUMBER, "自然时间，各轮合计；等待用户的时间不在内"),
    Column("work_minutes", "处理中（分钟）", NUMBER, "同上；包括等待供应商与内部资源"),
    Column("user_minutes", "等用户（分钟）", NUMBER, "同上；退回之后等补充，暂停等用户补充、确认"),
    Column("verify_minutes", "待验证（分钟）", NUMBER, "同上"),
)

CLOCKS = (
    Column("fault_id", "问题编号", hint="一个时限的一次计时一行；与 faults 的 id 对应"),
    Column("clock", "时限的代号", hint="review、respond、inform、accept、propose、resolve、update、confirm，见时限页"),
    Column("name", "时限"),
    Column("cycle", "第几轮", NUMBER, "从 1 起，每次重开加 1"),
    Column("n", "第几次", NUMBER, "同一轮里第几次起算，从 1 起"),
    Column("severity", "严重程度", SEVERITY, "起算时的严重程度，统计按它分组"),
    Column("started_at", "起算", TIME),
    Column("due_at", "到期", TIME, "规定的期限，已加上不计时的时间；改期不改变它"),
    Column("stopped_at", "停止", TIME, "停止它的事件的时间；还在计时的、随故障关闭而结束的为空"),
    Column("ended_at", "结束", TIME, "没有停止而随故障关闭或改变严重程度结束的时间"),
    Column("verdict", "结论", VERDICT, "达标、超时、临期、进行中、暂停中、取消、数据缺失"),
    Column("provisional", "暂定", FLAG, "到期日所在年份的节假日安排还没有公布，可能变动"),
    Column("informational", "仅供参考", FLAG, "不计入达标率，也不进超时清单"),
    Column("target_number", "目标", NUMBER, "按现在的严重程度，单位见下一栏"),
    Column("target_unit", "目标的单位", hint="h＝自然小时，全天候；wd＝工作日，到第 N 个工作日下班"),
    Column("plan_due_at", "原计划", TIME, "只有计划完成（resolve）有：本轮第一次定的计划完成时间"),
    Column("plan_verdict", "按原计划的结论", VERDICT),
    Column("revised_due_at", "改期后的计划", TIME, "只有计划完成（resolve）有：现在的计划完成时间"),
    Column("revised_verdict", "按改期后的结论", VERDICT),
    Column("minutes", "用时（分钟）", NUMBER, "从起算到停止的自然时间，暂停也在内；没有停止的为空"),
)

TABLES = {"faults": FAULTS, "clocks": CLOCKS}
"""The columns by the name of the table."""

Row = dict[str, Any]


def rows(standings: Iterable[Standing]) -> dict[str, list[Row]]:
    """Return the rows of both tables, in the order of the faults. Values: str, int, bool, datetime, tuple of str, None."""
    every = list(standings)
    return {"faults": [_fault(one) for one in every], "clocks": [row for one in every for row in _clocks(one)]}


def _fault(one: Standing) -> Row:
    by_role: dict[str, list[Mark]] = {}
    for mark in one.marks:
        by_role.setdefault(mark.role, []).append(mark)
    closing = _last([mark for mark in one.marks if mark.role in {history.CLOSED, history.VOIDED}])
    closing = None if one.is_open else closing
    counted = {
        "returned": history.RETURNED,
        "failed": history.FAILED,
        "deferred": history.DEFERRED,
        "raised": history.RAISED,
        "lowered": history.LOWERED,
        "risks": history.RISK,
        "reopened": history.REOPENED,
    }
    row = {
        "owner": one.owner.staff if one.owner else None,
        "cycles": one.cycle,
        "registered_at": _first(by_role.get(history.REGISTERED)),
        "accepted_at": _first(by_role.get(history.ACCEPTED)),
        "submitted_at": _at(_last(by_role.get(history.SUBMITTED))),
        "closed_at": _at(closing),
        "voided": closing is not None and closing.role == history.VOIDED,
        "first_due_at": next(
            (row.plan.due_at for row in reversed(one.clocks) if row.plan and row.cycle == one.cycle), None
        ),
        **{key: len(by_role.get(role, ())) for key, role in counted.items()},
        "accept_minutes": one.spent.accept,
        "work_minutes": one.spent.work,
        "user_minutes": one.spent.user,
        "verify_minutes": one.spent.verify,
    }
    return _in_order(FAULTS, row, one)


def _in_order(columns: Iterable[Column], row: Row, one: object) -> Row:
    """Put a row into the order of its columns; what it lacks are attributes. What is not known is None, not empty."""
    values = {column.key: row[column.key] if column.key in row else getattr(one, column.key) for column in columns}
    return {key: None if value == "" else value for key, value in values.items()}


def _first(marks: list[Mark] | None) -> datetime | None:
    return marks[0].at if marks else None


def _last(marks: list[Mark] | None) -> Mark | None:
    return marks[-1] if marks else None


def _at(mark: Mark | None) -> datetime | None:
    return mark.at if mark else None


def _clocks(one: Standing) -> Iterator[Row]:
    for clock in one.clocks:
        row = {
            "fault_id": one.id,
            "target_number": clock.target.number,
            "target_unit": clock.target.unit,
            **readings(clock),
            "minutes": _minutes(clock),
        }
        yield _in_order(CLOCKS, row, clock)


def readings(clock: Clock) -> Row:
    """Return how the work stands by its first plan and by the plan as it is now; None where there is no plan."""

    def reading(name: str, one: Reading | None) -> Row:
        return {f"{name}_due_at": one and one.due_at, f"{name}_verdict": one and one.verdict}

    return reading("plan", clock.plan) | reading("revised", clock.revised)


def _minutes(clock: Clock) -> int | None:
    return None if clock.stopped_at is None else int((clock.stopped_at - clock.started_at).total_seconds()) // 60
