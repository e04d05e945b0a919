"""What the documents say of a fault in one line, and the sections as they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb import expressed, history, moment
from faultkb.papers import sections, tables
from faultkb.ticket import IMPORTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faultkb.papers.case import Case
    from faultkb.ticket import Step

_FIELDS = {
    "问题编号": "id",
    "问题标题": "title",
    "故障类型": "type",
    "严重程度": "severity",
    "当前状态": "status",
    "反馈渠道": "channel",
    "备注": "remark",
    "故障发生时间": "occurred_at",
    "反馈时间": "reported_at",
    "计划完成时间": "due_at",
    "实际完成时间": "completed_at",
    "反馈人": "reporter",
    "用户信息": "customer",
    "责任团队": "team",
    "主责人": "owner",
    "协办人": "assistants",
    "受影响用户数": "impact.users",
    "涉及产品": "impact.products",
    "涉及版本": "impact.versions",
    "地域分布": "impact.regions",
    "功能模块": "impact.modules",
    "影响范围": "impact",
    "验证结果": "verification.result",
    "功能验证结果": "verification.functional",
    "兼容性验证结果": "verification.compatibility",
    "用户体验验证结果": "verification.experience",
    "未通过原因": "verification.reason",
    "验证人": "verification.verifier",
    "收录决定": "kb.entry",
    "现象一句话": "kb.summary",
    "解决方法一句话": "kb.solution",
    "已修复版本": "kb.fixed_versions",
    "原因类别": "kb.cause",
    "错误代码": "kb.error_codes",
    "相关故障": "kb.related",
}
"""Lines that are fields of the header."""

_WHOLE = ("故障描述", sections.CAUSES, sections.SHORT, sections.LONG, "方案评审", "验证记录", "用户确认")
_PARTS = {
    "故障描述": ("现象", "使用场景", "发生频率", "复现步骤", "环境信息"),
    "验证记录": ("功能验证", "兼容性验证", "用户体验验证"),
}


def of(case: Case) -> dict[str, str]:
    """Return every line by its name; empty where the ticket says nothing."""
    return {name: _field(case, path.split(".")) for name, path in _FIELDS.items()} | _reckoned(case)


def prose(case: Case) -> dict[str, str]:
    """Return every section and part of one by its name; empty where it says nothing."""
    found = {name: sections.whole(case, name) for name in _WHOLE}
    found |= {name: sections.part(case, section, name) for section, names in _PARTS.items() for name in names}
    return found | sections.causes(case) | sections.measures(case)


def _field(case: Case, path: Sequence[str]) -> str:
    value: Any = case.header
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    if value is None or value == []:
        return ""
    return expressed.value(value, lambda name: case.words.title(*path, name))


def _reckoned(case: Case) -> dict[str, str]:
    own = case.words.teams.get(case.standing.team)
    accepted = case.marked(history.ACCEPTED, history.REOPENED)
    confirmed = case.marked(history.CONFIRMED)
    steps = case.replay.in_cycle
    planned = (str(step.event.data["due_at"]) for step in steps if "due_at" in step.event.data)
    return {
        "复杂问题": "是" if case.standing.complex else "否",
        "轮次": f"第 {case.standing.cycle} 轮",
        "登记时间": moment.show(case.replay.steps[0].event.at),
        "受理时间": _at(accepted[:1]),
        "受理人": case.who(accepted[0].event.by) if accepted else "",
        "提交验证时间": _at(case.marked(history.SUBMITTED)[-1:]),
        "验证时间": max((moment.show(step.event.at) for step in case.verified), default=""),
        "原计划完成时间": next(planned, ""),
        "关闭时间": _closed_at(case),
        "团队负责人": case.who(own.lead) if own else "",
        "用户确认结果": str(confirmed[-1].event.data.get("outcome", tables.SOLVED)) if confirmed else "",
        "结案说明": _closing(case),
    }


def _at(steps: Sequence[Step]) -> str:
    return moment.show(steps[0].event.at) if steps else ""


def _closed_at(case: Case) -> str:
    if case.closing is None:
        return ""
    given = case.closing.event.data.get("completed_at") if case.is_history else None
    return str(given) if given else moment.show(case.closing.event.at)


def _closing(case: Case) -> str:
    """Say how the fault ended."""
    if case.closing is None:
        return ""
    event = case.closing.event
    data = {name: value for name, value in case.data(case.closing).items() if name in {"reason", "note"}}
    said = "：".join(str(data[name]) for name in ("reason", "note") if data.get(name))
    name = "历史导入时已关闭" if event.data.get(IMPORTED) is True else event.name
    return f"{_closed_at(case)} {name}（{case.who(event.by)}）{f'：{said}' if said else ''}"
