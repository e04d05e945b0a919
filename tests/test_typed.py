"""What people type for a field of an event, and the value that it means."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING, Any

import pytest

from faultkb import typed

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary

CLOSE = time(17, 30)
"""Not the hour of sla.yaml: it must come from the caller."""


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("note", "a: b，{c}", "a: b，{c}"),
        ("note", "[甲]", "[甲]"),
        ("owner", "RD017 李*", {"staff": "RD017", "name": "李*"}),
        ("owner", "  RD017：李 * ", {"staff": "RD017", "name": "李 *"}),
        ("owner", "{staff: RD017, name: 李*}", {"staff": "RD017", "name": "李*"}),
        (
            "assistants",
            "RD021 王*、RD022 赵*；",
            [{"staff": "RD021", "name": "王*"}, {"staff": "RD022", "name": "赵*"}],
        ),
        ("participants", "PM001, RD001，QA001", ["PM001", "RD001", "QA001"]),
        ("participants", "[PM001, RD001]", ["PM001", "RD001"]),
        ("due_at", "2026-11-25", "2026-11-25 17:30"),
        ("due_at", " 2026-11-25 09:00 ", "2026-11-25 09:00"),
        ("at", "2026-11-25 09:00", "2026-11-25 09:00"),
        ("target", "12", 12),
        ("target", "第二个", "第二个"),
        ("confirmed", "false", False),
        ("void", "true", True),
        ("no_such_field", "x", "x"),
        # What only the header has can be the content of a correction.
        ("title", "每晚重启", "每晚重启"),
        ("reporter", "CL005 唐*", {"staff": "CL005", "name": "唐*"}),
        ("complex", "true", True),
        ("impact", "{users: 3, products: [甲], versions: [V1]}", {"users": 3, "products": ["甲"], "versions": ["V1"]}),
        ("occurred_at", "未知", "未知"),
        ("kb", "{entry: 不收录, reason: 个别}", {"entry": "不收录", "reason": "个别"}),
    ],
)
def test_text_becomes_what_the_schema_describes(words: Vocabulary, name: str, text: str, value: Any) -> None:
    """People, lists, dates, numbers and flags from one line of text; other text stays as it is."""
    assert typed.read(words, name, text, CLOSE) == value


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("owner", "RD017", "工号 姓*"),
        ("assistants", "RD021 王*, RD022", "工号 姓*"),
        ("owner", "{staff: RD017", "括号"),
        ("reporter", "CL005", "工号 姓*"),
        ("impact", "{users: 3", "括号"),
        ("at", "2026-11-25", "写成 2026-11-25 09:30"),
        ("completed_at", "2026-11-25", "写成 2026-11-25 09:30"),
        ("due_at", "11月25日", "只写日期（到当天下班）"),
        ("at", "2026-02-30 10:00", "“2026-02-30 10:00”不是时间"),
    ],
)
def test_text_that_means_nothing_is_refused(words: Vocabulary, name: str, text: str, said: str) -> None:
    """The reason says how to write it instead."""
    with pytest.raises(ValueError, match=r"写成|括号|不是时间") as raised:
        typed.read(words, name, text, CLOSE)
    assert said in str(raised.value)
    assert typed.mistake(words, name, text, CLOSE) == str(raised.value)


def test_mistake_is_what_the_schema_says(words: Vocabulary) -> None:
    """A value that can be read but breaks the schema is explained in its words; a good one is none."""
    assert typed.mistake(words, "by", "RD 017", CLOSE) == "操作人（by）的写法不对。写工号，例如 RD017"
    assert typed.mistake(words, "note", "x" * 120, CLOSE) == ""
    assert typed.mistake(words, "owner", "RD017 李*", CLOSE) == ""


def test_choices_belong_to_the_event(words: Vocabulary) -> None:
    """暂停 and 作废 have reasons of their own, 定级 and 定类 what they change; a note is free."""
    events = words.lifecycle.events
    assert typed.choices(words, events["暂停"], "reason") == ("待用户补充", "待用户确认", "待供应商", "待内部资源")
    assert typed.choices(words, events["作废"], "reason") == ("非产品故障", "外部环境", "操作误解", "重复", "误报")
    assert typed.choices(words, events["定级"], "to") == ("紧急", "高", "中", "低")
    assert typed.choices(words, events["定类"], "to") == ("硬件故障", "软件Bug", "兼容性问题", "操作误解", "其他")
    assert typed.choices(words, events["受理"], "team") == ("硬件研发组", "软件开发组", "云平台组", "测试组", "客服组")
    assert typed.choices(words, events["进展"], "note") == ()


def test_offers_leave_out_what_the_event_refuses(words: Vocabulary) -> None:
    """验证通过 is not offered 未通过, 验证不通过 is."""
    events = words.lifecycle.events
    assert typed.offers(words, events["验证通过"], "functional") == ("通过", "不适用")
    assert typed.offers(words, events["验证不通过"], "functional") == ("通过", "未通过", "不适用")
