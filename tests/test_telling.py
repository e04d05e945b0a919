"""Who is to be told: by a limit, or because another fault was closed. As of Friday 2026-11-20 17:00."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest

from faultkb import standing, telling

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.standing import Standing
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Stand = Callable[..., Standing]

AS_OF = datetime.fromisoformat("2026-11-20 17:00")
CANONICAL = "SW-20261102-001"
MONDAY = date(2026, 11, 16)


@pytest.fixture(scope="module")
def stand(make_ticket: Callable[..., Ticket], words: Vocabulary) -> Stand:
    """Return a function from events to how a fault stands."""

    def at(*events: str, **fields: str) -> Standing:
        one = standing.of(make_ticket(*events, **fields), words, AS_OF)
        assert one is not None
        return one

    return at


@pytest.mark.parametrize(
    ("events", "fields", "clock"),
    [
        (("2026-11-12 09:00 登记",), {}, "update"),  # from the close of the 17th: the 19th, has passed
        (("2026-11-13 09:00 登记",), {}, "update"),  # the 20th
        (("2026-11-16 09:00 登记",), {}, ""),  # Monday the 23rd
        (("2026-11-17 09:00 登记",), {}, ""),  # not open for three working days yet
        (("2026-11-10 09:00 登记", "2026-11-20 10:00 反馈"), {}, ""),  # Tuesday the 24th
        (("2026-11-20 09:00 登记",), {"severity": "紧急"}, ""),  # tomorrow at 09:00
        (("2026-11-19 20:00 登记",), {"severity": "紧急"}, "inform"),  # today at 20:00
        (("2026-11-12 09:00 登记",), {"channel": "内部测试"}, ""),
        (("2026-11-12 09:00 登记",), {"channel": "内部测试", "customer": "{id: U****0001}"}, "update"),
        (("2026-11-13 09:00 登记", "受理", "2026-11-19 09:00 暂停 reason: 待用户补充"), {}, ""),
        (("2026-11-13 09:00 登记", "受理", "2026-11-19 09:00 暂停 reason: 待供应商"), {}, "update"),
        (("2026-11-12 09:00 登记", "2026-11-20 09:00 作废"), {}, ""),
    ],
)
def test_by_a_limit(
    events: tuple[str, ...], fields: dict[str, str], clock: str, stand: Stand, words: Vocabulary
) -> None:
    """Due by the end of the day, or passed; nobody is told while we wait for the user's own answer."""
    found = telling.due([stand(*events, **fields)], words, AS_OF)
    assert [row.clock for _, row in found] == ([clock] if clock else [])


@pytest.mark.parametrize(
    ("more", "fields", "told"),
    [
        ((), {}, True),
        (("2026-11-16 15:00 反馈",), {}, True),
        (("2026-11-18 09:30 反馈",), {}, False),
        ((), {"channel": "监控告警"}, False),
        ((), {"channel": "监控告警", "customer": "{id: U****0001}"}, True),
    ],
)
def test_with_another_fault(
    more: tuple[str, ...],
    fields: dict[str, str],
    told: bool,  # noqa: FBT001 - a case's own verdict
    stand: Stand,
    words: Vocabulary,
) -> None:
    """The other one was closed on the 18th at 09:00: who has heard nothing since, and is outside, is to be told."""
    merged = stand(
        *("2026-11-05 09:00 登记", "2026-11-06 09:00 作废 reason: 重复", *more),
        kb=f"{{entry: 并入, canonical: {CANONICAL}}}",
        **fields,
    )
    found = list(telling.solved(standing.linked([canonical(stand), merged]), words, MONDAY))
    assert [(one.id, at) for one, at in found] == (
        [(merged.id, datetime.fromisoformat("2026-11-18 09:00"))] if told else []
    )


def test_a_confirmation_is_news_too(stand: Stand, words: Vocabulary) -> None:
    """Who has tried the solution of a fault that was handled beside the other one knows of it."""
    merged = stand(
        *("2026-11-05 09:00 登记", "受理", "2026-11-18 10:00 提交验证", "验证通过", "用户确认", "关闭"),
        kb=f"{{entry: 并入, canonical: {CANONICAL}}}",
    )
    assert list(telling.solved(standing.linked([canonical(stand), merged]), words, MONDAY)) == []


@pytest.mark.parametrize(
    ("more", "since", "count"),
    [
        ((), date(2026, 11, 19), 0),
        ((), None, 1),
        (("2026-11-19 09:00 重开",), MONDAY, 0),
    ],
)
def test_what_counts_as_closed(
    more: tuple[str, ...], since: date | None, count: int, stand: Stand, words: Vocabulary
) -> None:
    """Closed on the first day asked for or later, and not open again."""
    merged = stand(
        *("2026-11-05 09:00 登记", "2026-11-06 09:00 作废 reason: 重复"), kb=f"{{entry: 并入, canonical: {CANONICAL}}}"
    )
    assert len(list(telling.solved(standing.linked([canonical(stand, *more), merged]), words, since))) == count


def test_a_filter_does_not_hide_who_waits(tmp_path: Path, write_text: Callable[..., str], words: Vocabulary) -> None:
    """Read from the files and left with the grave ones only, a merged fault knows that its mild canonical one is closed."""
    begun = ("2026-11-02 09:00 登记", "受理", "2026-11-17 09:00 提交验证", "验证通过", "用户确认")
    (tmp_path / "tickets").mkdir()
    for name, text in {
        CANONICAL: write_text(*begun, "2026-11-18 09:00 关闭", id=CANONICAL, severity="低"),
        "SW-20261105-002": write_text(
            *("2026-11-05 09:00 登记", "2026-11-06 09:00 作废 reason: 重复"),
            id="SW-20261105-002",
            severity="高",
            kb=f"{{entry: 并入, canonical: {CANONICAL}}}",
        ),
    }.items():
        (tmp_path / "tickets" / f"{name}.md").write_text(text, encoding="utf-8")
    found, unreadable = standing.all_at(tmp_path, words, AS_OF)
    assert (len(found), unreadable) == (2, 0)
    kept = standing.matching(found, severity=["高"])
    assert [one.id for one, _ in telling.solved(kept, words, MONDAY)] == ["SW-20261105-002"]


def canonical(stand: Stand, *more: str) -> Standing:
    """Return a fault that was closed on the 18th at 09:00."""
    begun = ("2026-11-02 09:00 登记", "受理", "2026-11-17 09:00 提交验证", "验证通过", "用户确认")
    return stand(*begun, "2026-11-18 09:00 关闭", *more, id=CANONICAL)
