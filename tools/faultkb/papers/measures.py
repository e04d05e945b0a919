"""The measures that a ticket tells of, each with who does it, until when, and how far it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from faultkb.papers import sections
from faultkb.papers.names import NOT_GIVEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.papers.case import Case

Row = dict[str, str]

_MEASURE = ("措施", "对策", "行动", "改进", "内容", "事项")
_OWNER = ("责任", "负责", "担当", "谁来做")
_DATE = ("完成时间", "完成日期", "计划", "期限", "截止", "日期", "时间", "何时")
_STATE = ("状态", "进度", "完成情况", "结果", "备注")


def rows(case: Case) -> Iterator[Row]:
    """What was done: by the tables of the sections that say who does what, else by whose fault it is and its plan."""
    for row in _listed(case):
        yield row | {name: row[name] or NOT_GIVEN for name in ("责任人", "计划完成")}


def _listed(case: Case) -> Iterator[Row]:
    parts = sections.measures(case)
    lasting, prevention = parts.get(sections.LASTING, ""), parts.get(sections.PREVENTION, "")
    yield from _measures(case, "短期", sections.whole(case, sections.SHORT), alone=True)
    yield from _measures(case, "长期", lasting, alone=True)
    yield from _measures(case, "预防", prevention, alone=False)
    yield from _measures(case, sections.ELSEWHERE, parts.get(sections.ELSEWHERE, ""), alone=False)


def _measures(case: Case, kind: str, text: str, *, alone: bool) -> Iterator[Row]:
    listed = [row for table in sections.tables(text) for row in _planned(table)]
    for row in listed:
        yield {"类别": kind, **row}
    done = case.header.get("completed_at")
    for said in sections.gists(text, case.words.lists) if alone and not listed else ():
        yield {
            "类别": kind,
            "措施": said,
            "责任人": case.person(case.header.get("owner")),
            "计划完成": str(case.header.get("due_at", "")),
            "状态": f"{done} 验证通过" if done and not case.is_voided else "",
        }


def _planned(table: list[list[str]]) -> Iterator[Row]:
    """Yield the measures of a table that says who does what; none of another table."""
    head, *rows = table
    places = {"措施": _place(head, _MEASURE), "责任人": _place(head, _OWNER)}
    if None in places.values():
        return
    taken = set(places.values())
    for name, signs in (("计划完成", _DATE), ("状态", _STATE)):
        places[name] = next((n for n, title in enumerate(head) if n not in taken and _has(title, signs)), None)
        taken.add(places[name])
    for row in rows:
        yield {name: "" if n is None or n >= len(row) else row[n] for name, n in places.items()}


def _place(head: Sequence[str], signs: Sequence[str]) -> int | None:
    return next((n for n, title in enumerate(head) if _has(title, signs)), None)


def _has(title: str, signs: Sequence[str]) -> bool:
    return any(sign in title for sign in signs)
