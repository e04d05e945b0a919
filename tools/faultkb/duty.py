"""Who is on duty and when: the teams that a fault concerns, working time, the week whose pack is due, and what time it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from faultkb import moment, period, policy, standing
from faultkb.finding import FaultError
from faultkb.period import Period

if TYPE_CHECKING:
    from datetime import date, datetime

    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

_SLACK = timedelta(minutes=2)
_DAY = timedelta(days=1)


def responsible(one: Standing, words: Vocabulary, as_of: datetime) -> tuple[str, ...]:
    """Return the teams that a fault concerns: its own or the one that took over; before it has one, those that take its type."""
    name = one.team
    for _ in words.teams:
        if name in words.teams and not _is_active(name, words, as_of):
            name = words.replaced_by("team", name)
    return (name,) if name in words.teams else takers(one.type, words, as_of)


def takers(kind: str, words: Vocabulary, as_of: datetime) -> tuple[str, ...]:
    """Return the teams that take a type of fault."""
    return tuple(
        team.name for team in words.teams.values() if kind in team.takes and _is_active(team.name, words, as_of)
    )


def _is_active(name: str, words: Vocabulary, as_of: datetime) -> bool:
    retired = words.teams[name].retired
    return retired is None or retired > as_of.date()


def is_working_time(words: Vocabulary, as_of: datetime) -> bool:
    """Say whether people are at work: on a working day, from the start to the close of business."""
    hours = policy.in_force(words.policies, as_of)
    open_now = hours.start_of_business <= as_of.time() <= hours.close_of_business
    return open_now and standing.calendar(words).is_workday(as_of.date())


def last_morning(words: Vocabulary, as_of: datetime) -> date:
    """Return the day on which work began last."""
    days = standing.calendar(words)
    day = as_of.date()
    if as_of.time() < policy.in_force(words.policies, as_of).start_of_business:
        day -= _DAY
    while not days.is_workday(day):
        day -= _DAY
    return day


def alerted(words: Vocabulary) -> list[str]:
    """Return the names of the contacts with ``alerts``."""
    return list(dict.fromkeys(name for one in words.contacts.values() if one.alerts for name in one.notify))


def readers(words: Vocabulary) -> list[str]:
    """Return the names that get the weekly pack: the contacts with ``alerts`` and every team that is active now."""
    teams = (name for one in words.teams.values() if one.retired is None for name in one.notify)
    return list(dict.fromkeys([*alerted(words), *teams]))


def week_of(as_of: datetime) -> str:
    """Return the name of a week as ISO 8601 writes it; names sort as the weeks do."""
    year, week, _ = as_of.isocalendar()
    return f"{year}-W{week:02}"


def pack_due(last: str, words: Vocabulary, as_of: datetime) -> Period | None:
    """Return the period of the weekly pack if it is due: that of this week was not sent, and people are at work.

    It begins with the week in which the ``last`` one was sent: a week in which nobody works is in the next pack.
    """
    if week_of(as_of) <= last or not is_working_time(words, as_of):
        return None
    over = period.week_of(as_of).before()
    return Period(period.week(last).since, over.until) if last else over


def first_week(words: Vocabulary, as_of: datetime) -> str:
    """Return the week whose pack the first run of all takes as sent: this one, once its first working day is over."""
    monday = as_of.date() - timedelta(days=as_of.weekday())
    days = [monday + timedelta(days=number) for number in range(as_of.weekday())]
    past = any(standing.calendar(words).is_workday(day) for day in days)
    close = policy.in_force(words.policies, as_of).close_of_business
    over = standing.calendar(words).is_workday(as_of.date()) and as_of.time() > close
    return week_of(as_of if past or over else as_of - timedelta(days=7))


def settled(local: datetime, server: datetime | None, last: datetime | None) -> tuple[datetime, str]:
    """Return the time to go by, and a word where that is not this machine's own.

    The server's clock counts where the two differ. Time does not run backwards from one run to the next; raise FaultError
    where this machine alone says that it has, by more than a day: one of the two runs had a wrong clock.
    """
    now, word = local, ""
    if server and abs(server - local) > _SLACK:
        now, word = (
            server,
            f"这台机器的时钟（{moment.show(local)}）与服务器（{moment.show(server)}）不同：按服务器的时间",
        )
    if not last or now >= last:
        return now, word
    if last - now <= _DAY:
        return last, f"时钟（{moment.show(now)}）比上次巡查（{moment.show(last)}）还早：按上次的时间"
    if server is None:
        raise FaultError(
            f"时钟（{moment.show(now)}）比上次巡查（{moment.show(last)}）早了一天以上，没有发通知：请校准时钟"
        )
    return now, f"上次巡查的时间（{moment.show(last)}）在将来，当时的时钟不对：按服务器的时间"
