"""Rules about the id of a ticket: its file, its prefix, its date."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.ids import home
from faultkb.rules import Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.rules import Case


@rule("id-path-mismatch")
def id_path_mismatch(case: Case) -> Iterator[Hit]:
    """文件不在问题编号规定的位置。

    SW-20261103-001 的文件是 tickets/2026/11/SW-20261103-001.md，附件在 tickets/2026/11/SW-20261103-001/。
    位置固定，才能从编号找到文件，也不会有两个文件争一个编号。
    改法：把文件移到提示的位置；如果写错的是编号，就改编号。
    """
    if case.ticket.id and home(case.ticket.id) != case.ticket.path:
        yield Hit(("id",), f"编号 {case.ticket.id} 的文件应当是 {home(case.ticket.id)}", "移动文件，或改正编号")


@rule("id-prefix")
def id_prefix(case: Case) -> Iterator[Hit]:
    """问题编号的前缀与登记时的故障类型不符。

    前缀取自登记时的类型（HW 硬件故障，SW 软件Bug，CP 兼容性问题，OP 操作误解，OT 其他），之后用“定类”改类型时编号不变。
    改法：还没有合并时改编号和文件名；如果是后来才改的类型，补一个“定类”事件。
    """
    kind = _initial_type(case)
    wanted = case.vocabulary.prefixes.get(kind)
    if case.ticket.id and wanted and not case.ticket.id.startswith(f"{wanted}-"):
        yield Hit(
            ("id",),
            f"登记时的类型是 {kind}，编号应当以 {wanted} 开头",
            f"改编号；如果后来才改成 {kind}，补一个“定类”事件",
        )


def _initial_type(case: Case) -> str:
    first = case.replay.steps[0].snapshot if case.replay.steps else case.ticket.header
    return str(first.get("type") or "")


@rule("id-date")
def id_date(case: Case) -> Iterator[Hit]:
    """问题编号里的日期不是反馈时间的日期。

    编号的格式是“故障类型-日期-序号”，日期取自反馈时间。
    改法：改正编号（连同文件名）或反馈时间（reported_at）中错的一个。
    """
    if case.ticket.id and "reported_at" in case.ticket.header:
        day = case.ticket.reported_at.strftime("%Y%m%d")
        if case.ticket.id.split("-")[1] != day:
            yield Hit(
                ("id",),
                f"反馈时间是 {case.ticket.header['reported_at']}，编号里的日期应当是 {day}",
                "改正编号（连同文件名），或改正 reported_at",
            )
