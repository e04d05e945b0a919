"""Whatever a sheet holds: what is accepted passes the check, and every word of it is found again."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from faultkb import check, corpus, moment
from faultkb.finding import ERROR
from faultkb.inflow import plan, write
from faultkb.inflow.people import Directory

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary

AS_OF = moment.parse("2026-11-05 12:00")
HEADS = (
    *(
        "编号",
        "提出时间",
        "问题类别",
        "等级",
        "标题",
        "问题描述",
        "复现步骤",
        "原因",
        "解决措施",
        "产品",
        "版本",
        "影响范围",
        "用户数",
        "状态",
    ),
    *("责任部门", "验证结果", "备注", "处理进度", "计划完成", "工装号", "用户确认"),
)
WORDS = "设备电源灯网关闪Qx"
PIECES = st.sampled_from(
    [
        *(
            *WORDS,
            *"#*_`~<>[]()!|-=:：、，。；;&%\"'\\{}/+ \t\n1２９",
            "\n## ",
            "\n---\n",
            "```",
            "<!--",
            "-->",
            "\n1、",
        ),
        *("【现象】", "【长期方案】", "\n现象：", "{{ 7*7 }}", "=1+1", "\u202e", "<<<<<<< ", "<b>"),
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)
CELLS = st.one_of(
    st.just("无"), TEXTS, st.tuples(TEXTS, st.sampled_from([1, 40, 400])).map(lambda one: one[0] * one[1])
)
ROWS = st.lists(
    st.builds(
        lambda one, main: {**one, **main},
        st.dictionaries(st.sampled_from(HEADS), CELLS, max_size=8),
        st.fixed_dictionaries({"问题描述": TEXTS.map(lambda one: f"灯{one}"), "标题": st.sampled_from(["Q", ""])}),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=40, deadline=None)
@given(rows=ROWS, time=st.sampled_from(["2026-03-05 10:00", ""]))
def test_accepted_rows_pass_the_check_and_lose_nothing(
    root: Path, words: Vocabulary, rows: list[dict[str, str]], time: str
) -> None:
    """No text in any column makes a ticket that the check refuses; each run of letters stands in the file; the cells add up."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(root / "schema", folder / "schema")
        (folder / "tickets").mkdir()
        book = Workbook()
        page = book.active
        assert page is not None
        page.append(HEADS)
        for number, row in enumerate(rows, 2):
            for column, head in enumerate(HEADS, 1):
                text = time if head == "提出时间" and time else row.get(head)
                if text:
                    page.cell(number, column).value = text[:32_000]
                    page.cell(number, column).data_type = "s"
        book.save(folder / "x.xlsx")
        found = plan.build(
            folder, words, folder / "x.xlsx", plan.Wish((), {"反馈时间": "2026-03-05 10:00"}, Directory({})), AS_OF
        )
        assert found.cells.total() == found.filled
        assert len(write.carry_out(folder, found, lambda _done, _all: None).paths) == len(found.new)
        for path in corpus.find(folder):
            errors = [
                one
                for one in check.examine(corpus.load(folder, path, words), words, folder, AS_OF)[0]
                if one.level == ERROR
            ]
            assert errors == []
        for fate in found.new:
            text = next((folder / "tickets").rglob(f"{fate.id}.md")).read_text(encoding="utf-8")
            told = "".join(re.findall(f"[{WORDS}]", text))
            for head, value in rows[fate.row - 2].items():
                for run in re.findall(f"[{WORDS}]+", value[:32_000]) if head != "提出时间" or not time else ():
                    assert run in text or run in told
        again = plan.build(
            folder, words, folder / "x.xlsx", plan.Wish((), {"反馈时间": "2026-03-05 10:00"}, Directory({})), AS_OF
        )
        assert again.new == []
