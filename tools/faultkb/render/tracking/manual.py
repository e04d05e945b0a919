"""The sheet 填写说明: what each column is and how to fill it in, from the schema, and what the colours mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb import clocks, guidance, tracking
from faultkb.render import office, visible
from faultkb.render.tracking.sheet import MOST_LINES, TONES
from faultkb.rows import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from faultkb.render.tracking.view import View

NAME = "填写说明"
_WIDTHS = (20, 64, 56)
_BACK = (
    "保存，运行 fault import 文件名 --update：先列出每一处改动，确认之后记成事件。"
    "推迟计划、调低严重程度、重新打开的，在处理进度里另起一行写原因。新的故障另起一行，问题编号空着，用 fault import 登记"
)


def fill(sheet: Worksheet, looks: dict[str, Format], view: View) -> None:
    """Write the sheet: of what moment this is, the colours, the columns, the choices."""
    for place, wide in enumerate(_WIDTHS):
        sheet.set_column(place, place, wide)
    office.set_up_page(sheet)
    sheet.set_row(0, 2 * office.LINE)
    sheet.write_string(0, 0, f"《{tracking.name(view.words)}》{NAME}", looks["title"])
    line = 1
    for look, cells in _lines(view):
        line += 1
        tall = max(
            (office.lines(one, wide, office.MOST_LINES) for one, wide in zip(cells, _WIDTHS, strict=False)), default=1
        )
        sheet.set_row(line, office.LINE * tall)
        for place, text in enumerate(cells):
            sheet.write_string(line, place, visible(text), looks[look if place == 0 or look == "column" else "text"])


def _lines(view: View) -> Iterator[tuple[str, Sequence[str]]]:
    words = view.words
    yield from _about(view)
    yield "", ()
    yield "column", ("字段名称", "字段说明", "填写要求")
    for column in view.shown:
        yield (
            "label",
            (column.title, guidance.meaning(column, words, view.offered(column)), guidance.requirement(column, words)),
        )
    yield "", ()
    yield "column", ("字段名称", "选项", "含义")
    for column in view.shown:
        meanings = guidance.meanings(column, words)
        for choice in view.offered(column):
            yield "label", (column.title, choice, meanings.get(choice, ""))


def _about(view: View) -> Iterator[tuple[str, Sequence[str]]]:
    yield "label", ("截至", f"{view.when(view.as_of)}（{view.words.timezone}）{f'，{view.only}' if view.only else ''}")
    if view.public:
        hidden = "、".join(column.title for column in view.columns if column not in view.shown)
        yield (
            "label",
            (
                "对外",
                f"可以给公司以外的人看：只有知识库公开的故障，{hidden}写“{HIDDEN}”，其余的只写可以公开的，时间只到日期",
            ),
        )
    else:
        said = "有内部内容，个人信息已遮盖。给公司以外的人看的，用 fault export xlsx --mask public 另外导出"
        yield "label", ("仅供内部", said)
        yield "label", ("改完以后", _BACK)
        due, status = view.words.title("due_at"), view.words.title("status")
        red = f"{due}红：已过而还没有提交验证；{status}红：有时限已过而没有做到，或计划已过"
        amber = f"{due}黄：按现在的计划快到了；{status}黄：有时限快到了（按小时的用了四分之三，按工作日的今天或下一个工作日到期）"
        yield TONES[clocks.BREACHED], (clocks.BREACHED, red)
        yield TONES[clocks.AT_RISK], (clocks.AT_RISK, amber)
    yield "label", ("看不全的文字", f"一行最多显示 {MOST_LINES} 行字：点一下单元格，在编辑栏里看全文")
