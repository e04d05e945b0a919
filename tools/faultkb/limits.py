"""What a change does to the time limits of a fault, both sides seen at the same moment: passing time is no change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import moment, standing
from faultkb.clocks import BREACHED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.change import Change
    from faultkb.clocks import Clock
    from faultkb.standing import Standing


def differences(one: Change) -> Iterator[str]:
    """Say what becomes of the plan and of each clock."""
    old, new = _standings(one)
    if new is None:
        return
    if old:
        yield from _plan(old, new)
    before, after = _rows(old), _rows(new)
    for key, row in after.items():
        text = _clock(before.get(key), row)
        if text:
            yield text
    yield from (f"{row.name}：不再计时，原来是 {row.verdict}" for key, row in before.items() if key not in after)


def excused(one: Change) -> Iterator[str]:
    """Name the clocks that were missed on the base and are not any more, be it by a late event, a correction or a field."""
    old, new = map(_rows, _standings(one))
    for key, row in old.items():
        now = new[key].verdict if key in new else "不再计时"
        if new and row.verdict == BREACHED and now != BREACHED:
            yield f"{row.name}原来 {BREACHED}，改动之后 {now}：请看补录、更正和字段的改动是否属实"


def _standings(one: Change) -> tuple[Standing | None, Standing | None]:
    """Return how the fault stands before and after a change."""
    old, new = (
        standing.of(side.ticket, one.vocabulary, one.as_of) if side and side.ticket else None
        for side in (one.before, one.after)
    )
    return old, new


def _rows(one: Standing | None) -> dict[tuple[str, int, int], Clock]:
    return {(row.clock, row.cycle, row.n): row for row in one.clocks} if one else {}


def _plan(old: Standing, new: Standing) -> Iterator[str]:
    if old.due_at and new.due_at and old.due_at != new.due_at:
        late = "，原计划已超时" if old.late or _was_missed(old) else ""
        yield f"计划完成时间 从 {moment.show(old.due_at)} 改到 {moment.show(new.due_at)}{late}"
    limit = next((row.due_at for row in reversed(new.clocks) if row.is_plan), None)
    if new.due_at and limit and new.due_at > limit and old.due_at != new.due_at:
        yield f"晚于政策的期限 {moment.show(limit)}"


def _was_missed(one: Standing) -> bool:
    """Say whether the work of the latest cycle was handed over after its plan."""
    plans = (row.revised for row in one.clocks if row.is_plan and row.cycle == one.cycle)
    return any(reading is not None and reading.verdict == BREACHED for reading in plans)


def _clock(old: Clock | None, new: Clock) -> str:
    if old is None:
        if not new.is_running:
            return f"{new.name}：{new.verdict}"
        missed = f"，已{BREACHED}" if new.verdict == BREACHED else ""
        return f"{new.name}：开始计时，{moment.show(new.due_at)} 到期{missed}"
    moved = f"到期从 {moment.show(old.due_at)} 变为 {moment.show(new.due_at)}" if old.due_at != new.due_at else ""
    turned = f"{old.verdict} → {new.verdict}" if old.verdict != new.verdict else ""
    told = "，".join(part for part in (turned, moved) if part)
    return f"{new.name}：{told}" if told else ""
