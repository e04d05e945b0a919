"""Masks on the way out: whatever holds the text, and only where something is private."""

from __future__ import annotations

from collections import namedtuple
from datetime import datetime

import pytest

from faultkb import masks
from faultkb.privacy import NOTHING, Lists
from faultkb.ticket import Person

Pair = namedtuple("Pair", ("name", "note"))  # noqa: PYI024 - a tuple with names, as events are


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        ("致电 13812345512，未接", "致电 138****5512，未接"),
        ([1, None, "13812345512"], [1, None, "138****5512"]),
        (("a", ("13812345512",)), ("a", ("138****5512",))),
        ({"13812345512": {"x": ["13812345512"]}}, {"138****5512": {"x": ["138****5512"]}}),
        (Pair("a", "座机 010-82345671"), Pair("a", "座机 010-****5671")),
        (Person("RD017", "王建国"), Person("RD017", "王*")),
        ({"owner": {"staff": "RD017", "name": "王建国"}}, {"owner": {"staff": "RD017", "name": "王*"}}),
        ({"owner": {"staff": "RD017", "name": "老王13812345512?"}}, {"owner": {"staff": "RD017", "name": "老*"}}),
        ([Person("RD017", "欧阳建国"), "x"], [Person("RD017", "欧阳*"), "x"]),
        (["13812345512 与 13912345513", "13912345513"], ["138****5512 与 139****5513", "139****5513"]),
    ],
)
def test_every_holder_of_text_is_walked(data: object, shown: object) -> None:
    """Texts stand in lists, tuples, mappings (keys too) and people; the holder stays what it was."""
    result = masks.put_on(data, NOTHING)
    assert result == shown
    assert type(result) is type(data)


def test_data_without_anything_private_is_not_copied() -> None:
    """Nearly always there is nothing, and the very same data comes back."""
    at, owner = datetime.fromisoformat("2026-11-02 09:00"), Person("RD017", "李*")
    data = {"rows": [{"at": at, "owner": owner, "n": 3, "title": "网关重启 V2.3.1.4"}]}
    assert masks.put_on(data, NOTHING) is data


def test_neighbours_make_no_value_together() -> None:
    """Two halves of a number in two texts are no number, a label and a word of the next text no name."""
    data = ["138", "12345512", "联系人", "王建国"]
    assert masks.put_on(data, NOTHING) is data


def test_what_is_public_stands() -> None:
    """The lists of the repository count: its own hotline is nobody's secret."""
    data = ["热线 010-82345671"]
    assert masks.put_on(data, Lists(frozenset({"010-82345671"}))) is data
