"""Who is on duty and when: the teams that a fault concerns, working time, and the week whose pack is due."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from faultkb import period, policy, standing

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from faultkb.period import Period
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary


def responsible(one: Standing, words: Vocabulary, as_of: datetime) -> tuple[str, ...]:
    """Return the teams that a fault concerns: its own or the one that took over; before it has one, those that take its type."""
    name = one.team
    for _ in words.teams:
        if name in words.teams and not _is_active(name, words, as_of):
            name = words.replaced_by("team", name)
    if name in words.teams:
        return (name,)
    return tuple(
        team.name for team in words.teams.values() if one.type in team.takes and _is_active(team.name, words, as_of)
    )


def _is_active(name: str, words: Vocabulary, as_of: datetime) -> bool:
    retired = words.teams[name].retired
    return retired is None or retired > as_of.date()


def is_working_time(words: Vocabulary, as_of: datetime) -> bool:
    """Say whether people are at work: on a working day, from the start to the close of business."""
    hours = policy.in_force(words.policies, as_of)
    open_now = hours.start_of_business <= as_of.time() <= hours.close_of_business
    return open_now and standing.calendar(words).is_workday(as_of.date())


def names_of(words: Vocabulary, reached: Collection[str], *, teams: bool = False) -> list[str]:
    """Return the addresses of the contacts with ``alerts``, and on demand of every team that is active now."""
    people = [one.notify for one in words.contacts.values() if one.alerts]
    people += [one.notify for one in words.teams.values() if one.retired is None] if teams else []
    return [name for name in dict.fromkeys(name for some in people for name in some) if name in reached]


def week_of(as_of: datetime) -> str:
    """Return the name of a week as ISO 8601 writes it; names sort as the weeks do."""
    year, week, _ = as_of.isocalendar()
    return f"{year}-W{week:02}"


def pack_due(last: str, words: Vocabulary, as_of: datetime) -> Period | None:
    """Return the period of the weekly pack if it is due: that of this week was not sent, and people are at work."""
    if week_of(as_of) <= last or not is_working_time(words, as_of):
        return None
    return period.week_of(as_of).before()


def first_week(words: Vocabulary, as_of: datetime) -> str:
    """Return the week whose pack the first run of all takes as sent: this one, once its first working day is over."""
    monday = as_of.date() - timedelta(days=as_of.weekday())
    days = [monday + timedelta(days=number) for number in range(as_of.weekday())]
    past = any(standing.calendar(words).is_workday(day) for day in days)
    close = policy.in_force(words.policies, as_of).close_of_business
    over = standing.calendar(words).is_workday(as_of.date()) and as_of.time() > close
    return week_of(as_of if past or over else as_of - timedelta(days=7))
