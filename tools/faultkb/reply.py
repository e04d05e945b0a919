"""The uniform text to a user for an occasion: which occasions fit now, and the text, free of anything internal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from faultkb import completeness, privacy, standing, telling, template, ticket, wording
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from faultkb.asked import Item
    from faultkb.standing import Standing
    from faultkb.ticket import Replay, Ticket
    from faultkb.vocabulary import Vocabulary

_LAST_MINUTE = (23, 59)
"""A day that was given without a time."""


class Occasion(NamedTuple):
    """An occasion of wording.yaml: its text as far as it can be filled in, and why it does not fit now (empty: it does)."""

    kind: str
    preview: str
    refused: str


class User(NamedTuple):
    """A fault whose user is told something, and the fault in which it is solved: another where the two were merged."""

    own: Ticket
    solved_in: Ticket


def occasions(user: User, words: Vocabulary, as_of: datetime) -> list[Occasion]:
    """Return every occasion, in the order of the file. Raise FaultError where there is nobody to tell."""
    _require_somebody(user.own, words, as_of)
    values = {name: f"（{title}）" for name, title in template.NAMES.items()} | _values(user, words, as_of)
    replay = ticket.replay(user.solved_in, words.lifecycle, as_of)
    return [
        Occasion(kind, _masked(_filled(one["text"], values), words), _refusal(kind, one, replay, words))
        for kind, one in words.wording["replies"].items()
    ]


def write(
    user: User, kind: str, given: Mapping[str, str], words: Vocabulary, as_of: datetime, *, confirmed: bool = False
) -> str:
    """Return the text for an occasion. Raise FaultError where it is not true now, lacks something, or gives something away.

    ``given`` are the values that somebody typed; they win over what the ticket says.
    """
    found = {one.kind: one for one in occasions(user, words, as_of)}
    if kind not in found:
        raise FaultError(f"没有场合“{kind}”；可以写：{'、'.join(found)}")
    if found[kind].refused:
        fits = "、".join(one.kind for one in found.values() if not one.refused)
        raise FaultError(f"{found[kind].refused}；现在可以说：{fits or '（没有）'}", code=1)
    text = words.wording["replies"][kind]["text"]
    values = _values(user, words, as_of) | {name: " ".join(value.split()) for name, value in given.items()}
    lacking = [name for name in template.wanted(text) if not values.get(name)]
    if lacking:
        raise FaultError("\n".join([f"“{kind}”还缺内容：", *(f"  {_LACKING[name]}" for name in lacking)]))
    text = _tight(text, values)
    written = template.fill(text, values)
    staff = {str(event.data.get(name, "")) for event in user.own.events for name in ("by", "approver")}
    hidden = [
        (one.start, f"个人信息 {one.mask}", "换成遮盖后的写法，或删去") for one in privacy.find(written, words.lists)
    ]
    spot = None if hidden else wording.first(written, words, as_of, staff, confirmed=confirmed)
    hidden += [(spot.start, f"“{written[spot.start : spot.end]}”", spot.instead)] if spot else []
    if hidden:
        start, what, advice = hidden[0]
        name = _value_at(text, values, start)
        place = f"--{name}" if name in given else _PLACES.get(name, f"schema/wording.yaml 的 replies.{kind}")
        raise FaultError(f"没有写出：{place} 里有 {what}，不能对用户说。{advice}", code=1)
    return written


def _filled(text: str, values: Mapping[str, str]) -> str:
    return template.fill(_tight(text, values), values)


_HAN = "\u4e00-\u9fff（）"
_BLANK = re.compile(rf"(?<=[{_HAN}]) (?=\{{([a-z]+)\}})|(?<=\}}) (?=[{_HAN}])")
_ENDS_HAN, _BEGINS_HAN = re.compile(f"[{_HAN}]$"), re.compile(f"[{_HAN}]")


def _tight(text: str, values: Mapping[str, str]) -> str:
    """Return a text without the blanks that would stand between two Chinese characters when it is filled in: 4 日 前."""

    def blank(match: re.Match[str]) -> str:
        if match[1]:
            return "" if _BEGINS_HAN.match(values.get(match[1], "")) else " "
        name = text[text.rindex("{", 0, match.start()) + 1 : match.start() - 1]
        return "" if _ENDS_HAN.search(values.get(name, "")) else " "

    return _BLANK.sub(blank, text)


def _masked(text: str, words: Vocabulary) -> str:
    for one in reversed(privacy.find(text, words.lists)):
        text = text[: one.start] + one.mask + text[one.end :]
    return text


_LACKING = {
    "id": "故障没有编号",
    "title": "故障没有标题",
    "due": "预计处理时限：按规定的时限已过或不在计时，用 --due 写商定的时间",
    "missing": "请用户补充什么：用 --missing 写明",
    "steps": "请用户怎样试：用 --steps 写明，或先填知识库的解决方法（kb.solution）",
    "solution": "解决方法：先填文件头的 kb.solution（给用户看的一句话）",
    "version": "已修复的版本：先填文件头的 kb.fixed_versions",
}


def _require_somebody(one: Ticket, words: Vocabulary, as_of: datetime) -> None:
    now = standing.of(one, words, as_of)
    if now is None:
        raise FaultError(f"{one.id} 那时还没有登记", code=1)
    if not telling.is_external(now, words):
        raise FaultError(f"{one.id} 来自{now.channel}，没有外部用户：没有人要告知", code=1)


def _refusal(kind: str, spec: Mapping[str, list[str]], replay: Replay, words: Vocabulary) -> str:
    """Say why an occasion does not fit; what it waits for must lie after the last time the work was handed over."""
    if replay.status not in spec["states"]:
        return f"故障现在是 {replay.status}，“{kind}”只在 {'、'.join(spec['states'])} 时说"
    steps = replay.in_cycle
    begun = max((n for n, one in enumerate(steps) if one.event.name == words.lifecycle.closing["since"]), default=0)
    names = {one.event.name for one in steps[begun:]}
    waiting = [name for name in spec.get("after", ()) if name not in names]
    return f"还没有 {'、'.join(waiting)}，不能说“{kind}”" if waiting else ""


def _values(user: User, words: Vocabulary, as_of: datetime) -> dict[str, str]:
    """Return what the ticket gives to be filled in: only what may be published, and the limit that the policy sets."""
    header = user.solved_in.header
    kb = header.get("kb") if isinstance(header.get("kb"), dict) else {}
    solution = str(kb.get("solution", "")).rstrip("。；;.") if kb else ""
    now = standing.of(user.own, words, as_of)
    lacking = [one for one in completeness.missing(user.own, words) if not _is_ours(one)]
    found = {
        "id": user.own.id,
        "title": user.own.title,
        "due": _limit(now, as_of) if now else "",
        "missing": "、".join(one.title for one in lacking),
        "steps": solution,
        "solution": solution,
        "version": "、".join(map(str, kb.get("fixed_versions", ()))) if kb else "",
    }
    return {name: value for name, value in found.items() if value}


_OURS = "impact.users"
"""What no single user can tell."""


def _is_ours(one: Item) -> bool:
    return any(place == _OURS for way in one.ways for place in way.places)


def _limit(now: Standing, as_of: datetime) -> str:
    """Return the due time of the clock of the plan, while it runs and lies ahead."""
    running = [one.due_at for one in now.clocks if one.is_plan and one.is_running and one.cycle == now.cycle]
    return moment(running[-1], as_of) if running and running[-1] > as_of else ""


def moment(at: datetime, as_of: datetime) -> str:
    """Print a moment as it is said to a user: the year only where it is another one."""
    year = "" if at.year == as_of.year else f"{at.year} 年 "
    clock = "" if (at.hour, at.minute) == _LAST_MINUTE else f" {at:%H:%M}"
    return f"{year}{at.month} 月 {at.day} 日{clock}"


_PLACES = {
    "id": "编号",
    "title": "标题",
    "steps": "kb.solution",
    "solution": "kb.solution",
    "version": "kb.fixed_versions",
    "missing": "登记还缺的信息",
    "due": "时限",
}


def _value_at(text: str, values: Mapping[str, str], start: int) -> str:
    """Return the name of the value in which a character of a filled text stands, empty for the template's own words."""
    pieces = template.fill(text, {name: f"\0{name}\0" for name in values}).split("\0")
    at = 0
    for number, piece in enumerate(pieces):
        at += len(values[piece] if number % 2 else piece)
        if start < at:
            return piece if number % 2 else ""
    return ""
