"""What a fault gives to the uniform texts: number, time limit, questions, solution; and what of it a clerk should look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from faultkb import clocks, completeness, standing, telling, template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from faultkb.standing import Standing
    from faultkb.ticket import Ticket
    from faultkb.vocabulary import Vocabulary

_LAST_MINUTE = (23, 59)
"""A day that was given without a time."""
_QUESTIONS = 3
"""Questions that a user is asked at once."""


class User(NamedTuple):
    """A fault whose user is told something, and the fault in which it is solved: another where the two were merged."""

    own: Ticket
    solved_in: Ticket


def values(user: User, words: Vocabulary, as_of: datetime) -> dict[str, str]:
    """Return what the ticket gives to be filled in: only what may be published, and the limit that the policy sets."""
    header = user.solved_in.header
    kb = header.get("kb") if isinstance(header.get("kb"), dict) else {}
    solution = str(kb.get("solution", "")).rstrip("。；;.") if kb else ""
    now = standing.of(user.own, words, as_of)
    limit = _limit(now) if now else None
    found = {
        "id": user.own.id,
        "title": user.own.title,
        "due": moment(limit, as_of) if limit and limit > as_of else "",
        "missing": _questions([one.ask for one in completeness.missing(user.own, words) if one.ask]),
        "steps": solution,
        "solution": solution,
        "version": "、".join(map(str, kb.get("fixed_versions", ()))) if kb else "",
    }
    return {name: value for name, value in found.items() if value}


def _questions(every: list[str]) -> str:
    asked = list(dict.fromkeys(every))[:_QUESTIONS]
    return asked[0] if len(asked) == 1 else " ".join(f"{n}. {one}" for n, one in enumerate(asked, 1))


def _limit(now: Standing) -> datetime | None:
    """Return by when a user may expect a result: the limit of the policy, or the plan where an approved 改期 put it off beyond.

    None while the clock is paused: the limit moves on with every day.
    """
    running = [one for one in now.clocks if one.is_plan and one.is_running and one.cycle == now.cycle]
    if not running or running[-1].verdict == clocks.PAUSED:
        return None
    row = running[-1]
    put_off = row.plan and row.revised and row.revised.due_at > row.plan.due_at
    return max(row.due_at, row.revised.due_at) if put_off and row.revised else row.due_at


def moment(at: datetime, as_of: datetime) -> str:
    """Print a moment as it is said to a user: the year only where it is another one."""
    year = "" if at.year == as_of.year else f"{at.year} 年 "
    clock = "" if (at.hour, at.minute) == _LAST_MINUTE else f" {at:%H:%M}"
    return f"{year}{at.month} 月 {at.day} 日{clock}"


def hints(user: User, kind: str, given: Mapping[str, str], words: Vocabulary, as_of: datetime) -> Iterator[str]:
    """Say what a clerk should look at before a text goes out: a time limit not told, a date, words written for colleagues."""
    replies = words.wording["replies"]
    used = [name for name in template.used(replies[kind]["text"]) if name not in given]
    now = standing.of(user.own, words, as_of)
    if now is None:
        return
    limited = [name for name, one in replies.items() if "due" in template.used(one["text"])]
    if limited and kind not in limited:
        yield from (
            f"{one}：这段话没有说预计处理时限，{_instead(now, replies[limited[0]], limited[0])}"
            for one in _waiting(now, words)
        )
    limit = _limit(now)
    if "due" in used and limit and now.due_at and limit != now.due_at:
        plan = moment(now.due_at, as_of)
        yield f"写的是时限规定算出的 {moment(limit, as_of)}，计划完成时间是 {plan}；另有商定的时间用 --due 写"
    for name in used:
        if name in _FOR_COLLEAGUES and values(user, words, as_of).get(name):
            yield f"{template.NAMES[name]}照抄知识库（kb.solution）：读一遍，用户听不懂的用 --{name} 换一种说法"


_FOR_COLLEAGUES = ("steps", "solution")


def _waiting(now: Standing, words: Vocabulary) -> list[str]:
    """Name the clocks that run until an urgent user has been told by when he may expect a result."""
    clocks = standing.in_force(now, words).clocks
    once = {one.id for one in clocks.values() if one.external and not one.repeats}
    return (
        [one.name for one in now.clocks if one.clock in once and one.is_running]
        if telling.is_external(now, words)
        else []
    )


def _instead(now: Standing, reply: Mapping[str, list[str]], kind: str) -> str:
    if now.status in reply["states"]:
        return f"要告知时限就用“{kind}”"
    return f"要告知时限：先受理，再用“{kind}”"
