"""The tracking table as CSV and JSON."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from faultkb import tracked
from faultkb.render.tracking import text
from faultkb.render.tracking.view import View

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.corpus import Loaded
    from faultkb.vocabulary import Vocabulary

AS_OF = datetime.fromisoformat("2026-11-06 18:01")
CLOSED = (
    "2026-11-02 09:00 登记",
    "2026-11-02 10:00 受理",
    "2026-11-04 15:00 提交验证",
    "2026-11-05 11:00 验证通过",
    "2026-11-05 12:00 用户确认 outcome: 已解决",
    "2026-11-05 13:00 关闭",
)


@pytest.fixture
def written(
    load_text: Callable[[str], Loaded], write_text: Callable[..., str], words: Vocabulary
) -> Callable[..., str]:
    """Return a function that writes a fault with a title of its own in a format."""

    def make(form: str, title: str, *, public: bool = False) -> str:
        body = "## 故障描述\n\n### 现象\n\n03:10 重启，\n红灯亮。\n"
        fields = {"title": title, "body": body, **({"kb": "{entry: 收录}"} if public else {})}
        loaded = load_text(write_text(*(CLOSED if public else CLOSED[:1]), **fields))
        row = tracked._tracked(loaded, words, AS_OF, public)  # noqa: SLF001 - what the pool's workers run
        assert isinstance(row, tracked.Tracked)
        stream = io.StringIO(newline="")
        filters = {} if public else {"severity": ("中",)}
        text.FORMATS[form](View((row,), words, AS_OF, public=public, filters=filters), stream)
        return stream.getvalue()

    return make


def test_csv(written: Callable[..., str]) -> None:
    """A mark for UTF-8, the headings, a record for each fault; the lines of a cell stay lines of one field."""
    found = written("csv", "重启")
    assert found.startswith("\ufeff问题编号,反馈时间,反馈人信息,")
    _, row = csv.reader(io.StringIO(found[1:], newline=""))
    assert row == [
        *("SW-20261102-001", "2026-11-02 09:00", "ZL001 张*", "", "软件Bug", "中"),
        "重启\n【现象】\n03:10 重启，\n红灯亮。",
        "受影响用户数：320\n涉及产品：智能网关 GW2\n涉及版本：V2.3.1",
        *("待受理", "", "", "", "", "", "", "", "", "2026-11-02 09:00 登记（ZL001）"),
    ]


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1"])
def test_no_formula(written: Callable[..., str], title: str) -> None:
    """A text that begins like a formula gets an apostrophe."""
    _, row = csv.reader(io.StringIO(written("csv", f"'{title}'")[1:], newline=""))
    assert row[6].startswith(f"'{title}\n")


def test_json(written: Callable[..., str]) -> None:
    """One document: when, for whom, the filters, the columns, the faults by the titles of the columns; texts as they are."""
    data = json.loads(written("json", "'=1+1'"))
    (fault,) = data.pop("faults")
    columns = data.pop("columns")
    assert data == {
        "schema_version": 1,
        "as_of": "2026-11-06 18:01",
        "timezone": "Asia/Shanghai",
        "mask": "internal",
        "filters": {"severity": ["中"]},
    }
    assert [column["title"] for column in columns] == list(fault)
    assert columns[1] == {"name": "reported_at", "title": "反馈时间"}
    assert (fault["反馈时间"], fault["主责人"]) == ("2026-11-02 09:00", "")
    assert fault["故障描述"].startswith("=1+1\n")


def test_outside(written: Callable[..., str]) -> None:
    """Days without a time, nothing inner."""
    (fault,) = json.loads(written("json", "重启", public=True))["faults"]
    assert (fault["反馈时间"], fault["反馈人信息"], fault["处理进度"]) == ("2026-11-02", "已隐去", "已隐去")
    assert fault["影响范围"] == "涉及产品：智能网关 GW2\n涉及版本：V2.3.1"
