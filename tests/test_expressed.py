"""What headers and events say in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from faultkb import expressed

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary


def titled(key: str) -> str:
    """Name a key for a person."""
    return {"users": "受影响用户数", "products": "涉及产品"}.get(key, key)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("文字", "文字"),
        (320, "320"),
        (True, "是"),
        (False, "否"),
        ({"staff": "RD017", "name": "李*"}, "RD017 李*"),
        ([{"staff": "RD017", "name": "李*"}, {"staff": "RD021", "name": "王*"}], "RD017 李*、RD021 王*"),
        ({"users": 320, "products": ["甲", "乙"]}, "受影响用户数 320；涉及产品 甲、乙"),
        ([], ""),
        ({}, ""),
    ],
)
def test_values_are_said_in_words(value: object, said: str) -> None:
    """Lists, people, yes and no, and groups of fields read like a sentence."""
    assert expressed.value(value, titled) == said


def test_an_event_says_its_note_first(words: Vocabulary) -> None:
    """Then its other fields with their titles; when, what and by whom stand beside it."""
    data = {
        "at": "2026-11-03 10:05",
        "event": "受理",
        "by": "PM002",
        "team": "软件开发组",
        "owner": {"staff": "RD017", "name": "李*"},
        "note": "属于产品故障",
    }
    assert expressed.event(data, words) == "属于产品故障；责任团队 软件开发组；主责人 RD017 李*"
    assert expressed.event({"at": "2026-11-03 09:12", "event": "登记", "by": "ZL001"}, words) == ""
