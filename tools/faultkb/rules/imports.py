"""The rule about history from an older sheet: what was reported just now has none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.finding import WARNING
from faultkb.rules import Hit, rule
from faultkb.ticket import IMPORTED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.change import Change

_RECENT = 20
"""Working days after the report in which a fault is still in work, as a rule, and belongs to the process."""


@rule("recent-import", level=WARNING, scope="change")
def recent_import(change: Change) -> Iterator[Hit]:
    """刚反馈不久的故障，按历史导入登记了。

    导入（imported: true）之前的经过不检查：没有评审、验证、用户确认也能是已关闭，时限也不算。旧跟踪表里的故障这样登记，
    新的故障不能借此绕过流程。反馈时间在提交之前 20 个工作日之内的都会提醒。
    改法：新的故障正常登记，按流程处理；确实是从旧跟踪表搬来的，请审阅的人与旧表核对，不必改。
    """
    if change.before is not None or change.after is None or change.after.ticket is None:
        return
    reported = change.after.ticket.reported_at
    for event in change.appended:
        recorded = change.recorded_at(event)
        recent = change.calendar.workdays_between(reported.date(), recorded.date()) <= _RECENT
        if event.data.get(IMPORTED) is True and recent:
            yield Hit(
                (*event.path, IMPORTED),
                f"反馈后不到 {_RECENT} 个工作日就按历史导入登记：导入之前的经过和时限都不检查",
                f"新的故障去掉 {IMPORTED}，按流程处理；确实来自旧跟踪表的，请审阅的人与旧表核对",
            )
