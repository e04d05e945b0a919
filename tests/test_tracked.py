"""What is urgent about the rows of the tracking table, and the figures over them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from faultkb import standing, tracked

if TYPE_CHECKING:
    from collections.abc import Callable

    from faultkb.corpus import Loaded
    from faultkb.tracked import Tracked
    from faultkb.vocabulary import Vocabulary

moment = datetime.fromisoformat

# Monday 2026-11-02; 中: five working days from the acceptance end on Monday the 9th, planned for Friday the 6th.
ACCEPTED = ("2026-11-02 09:00 登记", "2026-11-02 10:00 受理 due_at: 2026-11-06 18:00")
TOLD = "2026-11-05 15:00 反馈"


@pytest.fixture
def track(
    load_text: Callable[[str], Loaded], write_text: Callable[..., str], words: Vocabulary
) -> Callable[..., Tracked]:
    """Return a function from events to the row of a fault at a moment."""

    def make(as_of: str, *events: str, public: bool = False, **fields: str) -> Tracked:
        found = tracked._tracked(load_text(write_text(*events, **fields)), words, moment(as_of), public)  # noqa: SLF001 - what the pool's workers run
        assert isinstance(found, tracked.Tracked)
        return found

    return make


@pytest.mark.parametrize(
    ("as_of", "events", "urgent"),
    [
        ("2026-11-04 12:00", ACCEPTED, ("", "")),
        ("2026-11-05 17:00", (*ACCEPTED, TOLD), ("临期", "临期")),  # the plan is due on the next working day
        ("2026-11-06 18:00", (*ACCEPTED, TOLD), ("临期", "临期")),  # the very minute is still in time
        ("2026-11-06 18:01", (*ACCEPTED, TOLD), ("超时", "超时")),  # the plan has passed, the policy's limit has not
        # Handed over in time; but the user, told on Thursday, is to be told again by Monday.
        ("2026-11-06 19:00", (*ACCEPTED, TOLD, "2026-11-06 17:00 提交验证"), ("", "临期")),
        # Registered on Monday and nobody accepted it: the review was due on Tuesday.
        ("2026-11-04 12:00", ("2026-11-02 09:00 登记",), ("", "超时")),
        # The plan is moved to the 20th: it is not urgent, but the policy's limit is the 9th.
        (
            "2026-11-06 17:00",
            (*ACCEPTED, "2026-11-05 16:00 改期 due_at: 2026-11-20 18:00", "2026-11-05 17:00 反馈"),
            ("", "临期"),
        ),
    ],
)
def test_urgency(track: Callable[..., Tracked], as_of: str, events: tuple[str, ...], urgent: tuple[str, str]) -> None:
    """The plan by its own date, the state by the worst of all limits that count."""
    found = track(as_of, *events)
    assert (found.plan, found.limit) == urgent


def test_nothing_is_urgent_outside(track: Callable[..., Tracked]) -> None:
    """How late a fault is, is nobody's business but the company's."""
    found = track("2026-11-20 17:00", *ACCEPTED, public=True)
    assert (found.plan, found.limit) == ("", "")


CLOSED = (
    *ACCEPTED,
    "2026-11-04 15:00 提交验证",
    "2026-11-05 11:00 验证通过",
    "2026-11-05 12:00 用户确认 outcome: 已解决",
    "2026-11-05 13:00 关闭",
)


@pytest.mark.parametrize(
    ("as_of", "kb", "events", "shown"),
    [
        ("2026-11-06 18:00", "收录", CLOSED, True),
        ("2026-11-05 12:59", "收录", CLOSED, False),  # not closed then
        ("2026-11-06 18:00", "收录", (*CLOSED, "2026-11-09 09:00 重开"), False),  # closed then, open again today
        ("2026-11-06 18:00", "收录", ACCEPTED, False),
        ("2026-11-06 18:00", "不收录", CLOSED, False),
        ("2026-11-06 18:00", "撤下", CLOSED, False),
        ("2026-11-06 18:00", "并入", CLOSED, False),
    ],
)
def test_outside_eyes_see_what_the_site_publishes(
    track: Callable[..., Tracked], as_of: str, kb: str, events: tuple[str, ...], *, shown: bool
) -> None:
    """A fault has cells where it was closed and 收录 at the moment, and is so today."""
    assert bool(track(as_of, *events, public=True, kb=f"{{entry: {kb}}}").cells) is shown


def test_figures(track: Callable[..., Tracked], words: Vocabulary) -> None:
    """The counts are those of the morning's report; by type is a table of its own; outside eyes get that one alone."""
    one = track("2026-11-06 18:01", *ACCEPTED).standing
    assert isinstance(one, standing.Standing)
    inside = tracked.figures([one], words, moment("2026-11-06 18:01"), public=False)
    assert [table.id for table in inside.tables] == ["counts", "types", "teams", "overdue", "due_soon"]
    assert {figure.title: len(figure.value) for figure in inside.headline} == {
        "未关闭": 1,
        "超计划": 1,
        "今天到期": 0,
        "等待受理": 0,
        "超时限": 0,  # both the work and the word to the user are due on Monday the 9th
    }
    types = {row["type"]: (len(row["中"]), len(row["total"])) for row in inside.tables[1].rows}
    assert types == {"硬件故障": (0, 0), "软件Bug": (1, 1), "兼容性问题": (0, 0), "操作误解": (0, 0), "其他": (0, 0)}
    outside = tracked.figures([one], words, moment("2026-11-06 18:01"), public=True)
    assert [table.id for table in outside.tables] == ["types"]
    assert outside.headline == ()
