"""SLA clocks case by case: every clock with its start, stop, pause, change of severity, reopening and closing.

The cases are tests/data/clocks/*.yaml, one file a clock, worked out by hand from the contract (DESIGN §5) with the reason
beside each. They know the holidays up to 2026, as far as they were published then, whatever ``chinesecalendar`` knows by now.
"""

from __future__ import annotations

import dataclasses
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from faultkb import calendar as working_days
from faultkb import clocks, ticket
from faultkb.policy import Duration, Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faultkb.calendar import WorkCalendar
    from faultkb.clocks import Clock
    from faultkb.finding import Finding
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

    Rows = dict[tuple[str, int, int], Clock]

moment = datetime.fromisoformat

FILES = sorted((Path(__file__).parent / "data" / "clocks").glob("*.yaml"))
CASES: dict[str, dict[str, Any]] = {
    f"{path.stem}: {case['name']}": case
    for path in FILES
    for case in yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)  # noqa: S506 - knows only strings
}
LAST_KNOWN = 2026
HEADER = ("severity", "channel", "customer")

READ: dict[str, Callable[[Clock], Any]] = {
    "started_at": lambda row: row.started_at,
    "due_at": lambda row: row.due_at,
    "stopped_at": lambda row: row.stopped_at,
    "verdict": lambda row: row.verdict,
    "severity": lambda row: row.severity,
    "provisional": lambda row: row.provisional,
    "plan_due_at": lambda row: row.plan and row.plan.due_at,
    "plan_verdict": lambda row: row.plan and row.plan.verdict,
    "revised_due_at": lambda row: row.revised and row.revised.due_at,
    "revised_verdict": lambda row: row.revised and row.revised.verdict,
}
"""What a case can say about a row."""


@pytest.fixture(scope="module", autouse=True)
def calendar(words: Vocabulary) -> Iterator[WorkCalendar]:
    """Return the working days of this repository as they were known when the cases were worked out."""
    known = working_days.is_published
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(working_days, "is_published", lambda year: year <= LAST_KNOWN and known(year))
        yield working_days.WorkCalendar(words.announced_days | words.company_days)


def rows_at(one: Ticket, words: Vocabulary, calendar: WorkCalendar, as_of: datetime) -> Rows:
    """Return the clocks of a ticket at a moment by (clock, cycle, n), which no two of them share."""
    found = clocks.run(one, ticket.replay(one, words.lifecycle, as_of), words, calendar, as_of)
    rows = {(row.clock, row.cycle, row.n): row for row in found}
    assert len(rows) == len(found)
    return rows


def key(row: dict[str, str]) -> tuple[str, int, int]:
    """Return which row a case speaks of."""
    return row["clock"], int(row["cycle"]), int(row["n"])


def written(value: object) -> str:
    """Write a value of a row as a case does."""
    if isinstance(value, datetime):
        return value.isoformat(" ", "minutes")
    return {None: "null", True: "true", False: "false"}.get(value, str(value))  # type: ignore[call-overload, no-any-return]


def short(event: dict[str, Any]) -> str:
    """Write an event in short, so that what it must carry besides is filled in."""
    rest = {name: value for name, value in event.items() if name not in {"at", "event"}}
    return f"{event['at']} {event['event']} {yaml.safe_dump(rest, default_flow_style=True, allow_unicode=True, width=10**6).strip()[1:-1]}"


@pytest.fixture(scope="session")
def of_case(make_ticket: Callable[..., Ticket]) -> Callable[[dict[str, Any]], Ticket]:
    """Return a function from a case to its ticket."""

    def make(case: dict[str, Any]) -> Ticket:
        return make_ticket(*map(short, case["events"]), **{name: case[name] for name in HEADER if name in case})

    return make


@pytest.mark.parametrize("name", CASES)
def test_case(
    name: str, of_case: Callable[[dict[str, Any]], Ticket], words: Vocabulary, calendar: WorkCalendar
) -> None:
    """Every row that the case expects is there, just as it says; those that it rules out are not."""
    case = CASES[name]
    rows = rows_at(of_case(case), words, calendar, moment(case["as_of"]))
    for expected in case["expect"]:
        told = {field: value for field, value in expected.items() if field not in {"clock", "cycle", "n"}}
        assert {field: written(READ[field](rows[key(expected)])) for field in told} == told, key(expected)
    assert [key(row) for row in case.get("absent", ()) if key(row) in rows] == []


@pytest.mark.parametrize("name", CASES)
def test_a_case_could_have_happened(name: str, judge: Callable[..., list[Finding]]) -> None:
    """The lifecycle allows its history, apart from what the rules about people and sections want of it."""
    case = CASES[name]
    found = judge(
        *map(short, case["events"]),
        as_of=moment("2031-01-01 00:00"),
        **{field: case[field] for field in HEADER if field in case},
    )
    assert [one.message for one in found if one.rule in {"illegal-transition", "event-order"}] == []


def test_every_clock_has_its_file(words: Vocabulary) -> None:
    """No clock is left out, and each case gives its reason."""
    assert [path.stem for path in FILES] == sorted(words.policies[0].clocks)
    assert [name for name, case in CASES.items() if not case["why"]] == []


@pytest.fixture(scope="module")
def newer(words: Vocabulary) -> Vocabulary:
    """Return a vocabulary with a second policy from 2026-11-18: half an hour earlier, respond 1 h, update after 1 wd, 1 wd."""
    old = words.policies[0].clocks
    changed = {
        "respond": dataclasses.replace(old["respond"], targets={"紧急": Duration(1, "h")}),
        "update": dataclasses.replace(
            old["update"], after=Duration(1, "wd"), targets=dict.fromkeys(old["update"].targets, Duration(1, "wd"))
        ),
    }
    return dataclasses.replace(
        words, policies=(words.policies[0], Policy(date(2026, 11, 18), time(17, 30), {**old, **changed}))
    )


class TestPolicies:
    """The policy of the registration's day judges a fault to its end. 2026-11-16 is a Monday."""

    @pytest.mark.parametrize(
        ("registered", "clock", "due"),
        [
            pytest.param("2026-11-17 23:59", "respond", "2026-11-20 12:00", id="before: 2 hours from the raise"),
            pytest.param("2026-11-18 00:00", "respond", "2026-11-20 11:00", id="after: 1 hour from the raise"),
            # 18, 19, 20 and 23, 24.
            pytest.param("2026-11-17 23:59", "update", "2026-11-24 18:00", id="before: 3 and 2 working days"),
            # 19 and 20, which end at 17:30.
            pytest.param("2026-11-18 00:00", "update", "2026-11-20 17:30", id="after: 1 and 1 working day"),
        ],
    )
    def test_raised_afterwards(
        self,
        registered: str,
        clock: str,
        due: str,
        newer: Vocabulary,
        make_ticket: Callable[..., Ticket],
        calendar: WorkCalendar,
    ) -> None:
        """A severity that was raised on the 20th at 10:00 is judged by the policy of the registration as well."""
        one = make_ticket(f"{registered} 登记", "2026-11-20 10:00 定级 from: 中, to: 紧急", severity="紧急")
        assert rows_at(one, newer, calendar, moment("2026-11-20 18:00"))[clock, 1, 1].due_at == moment(due)

    def test_before_the_first(
        self, newer: Vocabulary, make_ticket: Callable[..., Ticket], calendar: WorkCalendar
    ) -> None:
        """A fault older than every policy is judged by the first: 2023-12-29 is a Friday, 1 January is off, 2, 3, 4."""
        one = make_ticket("2023-12-29 10:00 登记")
        row = rows_at(one, newer, calendar, moment("2023-12-29 10:00"))["accept", 1, 1]
        assert row.due_at == moment("2024-01-04 18:00")

    def test_other_targets_do_not_move(
        self, newer: Vocabulary, make_ticket: Callable[..., Ticket], calendar: WorkCalendar
    ) -> None:
        """What the new policy left as it was differs only in its close of business: accept, 19, 20, 23."""
        one = make_ticket("2026-11-18 10:00 登记")
        row = rows_at(one, newer, calendar, moment("2026-11-18 10:00"))["accept", 1, 1]
        assert row.due_at == moment("2026-11-23 17:30")
