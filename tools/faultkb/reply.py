"""The uniform text to a user for an occasion: which occasions fit now, and the text, free of anything internal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from faultkb import placeholders, privacy, standing, telling, template, ticket, wording
from faultkb.finding import FaultError
from faultkb.wording import named

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from faultkb.placeholders import User
    from faultkb.ticket import Replay, Ticket
    from faultkb.vocabulary import Vocabulary


class Occasion(NamedTuple):
    """An occasion of wording.yaml: its text as far as it can be filled in, and why it does not fit now (empty: it does)."""

    kind: str
    preview: str
    refused: str


def occasions(user: User, words: Vocabulary, as_of: datetime) -> list[Occasion]:
    """Return every occasion, in the order of the file. Raise FaultError where there is nobody to tell."""
    _require_somebody(user.own, words, as_of)
    values = {name: f"（{title}）" for name, title in template.NAMES.items()} | placeholders.values(user, words, as_of)
    replay = ticket.replay(user.solved_in, words.lifecycle, as_of)
    own = _own(user, words)
    return [
        Occasion(kind, _masked(_filled(one["text"], values), own, words), _refusal(kind, one, replay, words))
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
    _require_use(kind, given, words)
    values = placeholders.values(user, words, as_of) | {name: " ".join(value.split()) for name, value in given.items()}
    lacking = [name for name in template.wanted(text) if not values.get(name)]
    if lacking:
        raise FaultError("\n".join([f"“{kind}”还缺内容：", *(f"  {_LACKING[name]}" for name in lacking)]))
    text = _tight(text, values)
    written = template.fill(text, values)
    if len(written) > wording.LONGEST:
        raise FaultError(f"没有写出：共 {len(written)} 字，太长了", code=1)
    hidden = _hidden(written, user, words, as_of, confirmed=confirmed)
    if hidden:
        name = _value_at(text, values, hidden.start)
        place = f"--{name}" if name in given else _PLACES.get(name, f"schema/wording.yaml 的 replies.{kind}")
        raise FaultError(f"没有写出：{place} 里有 {hidden.what}，不能对用户说。{hidden.advice}", code=1)
    return written


class _Hidden(NamedTuple):
    """The first thing in a text that no user is told: where, what it may be called, what to do."""

    start: int
    what: str
    advice: str


def _hidden(written: str, user: User, words: Vocabulary, as_of: datetime, *, confirmed: bool) -> _Hidden | None:
    for one in privacy.find(written, words.lists):
        return _Hidden(one.start, f"个人信息 {one.mask}", "换成遮盖后的写法，或删去")
    own = _own(user, words)
    place = named.first(written, own)
    if place:
        return _Hidden(place.start, f"故障里只供内部查看的内容（{place.title}）", "删去，或换成用户知道的说法")
    spot = wording.first(written, words, as_of, own, confirmed=confirmed)
    return _Hidden(spot.start, f"“{written[spot.start : spot.end]}”", spot.instead) if spot else None


def _require_use(kind: str, given: Mapping[str, str], words: Vocabulary) -> None:
    """Refuse what was typed for another occasion: it would go unsaid."""
    used = {name: template.used(one["text"]) for name, one in words.wording["replies"].items()}
    for name in given:
        if name not in used[kind]:
            fits = "、".join(one for one, names in used.items() if name in names)
            raise FaultError(f"“{kind}”不用 --{name}" + (f"；用它的是：{fits}" if fits else ""))


def _filled(text: str, values: Mapping[str, str]) -> str:
    return template.fill(_tight(text, values), values)


_HAN = "\u4e00-\u9fff（）"
_STOP = re.compile(r"(?<=\})[。.]")
_BLANK = re.compile(rf"(?<=[{_HAN}]) (?=\{{([a-z]+)\}})|(?<=\}}) (?=[{_HAN}])")
_ENDS_SENTENCE = re.compile("[。．！？!?…]$")
_ENDS_HAN, _BEGINS_HAN = re.compile(f"[{_HAN}]$"), re.compile(f"[{_HAN}]")


def _tight(text: str, values: Mapping[str, str]) -> str:
    """Return a text without what would be too much when it is filled in: a blank as in 4 日 前, a full stop after a question."""

    def before(match: re.Match[str]) -> str:
        return values.get(match.string[match.string.rindex("{", 0, match.start()) + 1 : match.start() - 1], "")

    def blank(match: re.Match[str]) -> str:
        if match[1]:
            return "" if _BEGINS_HAN.match(values.get(match[1], "")) else " "
        return "" if _ENDS_HAN.search(before(match)) else " "

    text = _BLANK.sub(blank, text)
    return _STOP.sub(lambda match: "" if _ENDS_SENTENCE.search(before(match)) else match[0], text)


def _masked(text: str, own: Mapping[str, str], words: Vocabulary) -> str:
    text = privacy.masked(text, privacy.find(text, words.lists))
    while place := named.first(text, own):
        text = f"{text[: place.start]}（{place.title}）{text[place.end :]}"
    return text


def _own(user: User, words: Vocabulary) -> dict[str, str]:
    """Return the private values of the fault, and of the one in which it is solved."""
    return {**named.private(user.solved_in, words), **named.private(user.own, words)}


_LACKING = {
    "id": "故障没有编号",
    "title": "故障没有标题",
    "due": "预计处理时限：按规定的时限已过，或不在计时、暂停计时，用 --due 写商定的时间",
    "missing": "请用户补充什么：用 --missing 写明",
    "steps": "请用户怎样试：用 --steps 写明，或先填知识库的解决方法（kb.solution）",
    "solution": "解决方法：用 --solution 写给用户看的一句话，或先填知识库的解决方法（kb.solution）",
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
        return f"故障现在是 {replay.status}，“{kind}”只在 {'、'.join(spec['states'])} 时说{_first_step(spec, replay, words)}"
    steps = replay.in_cycle
    begun = max((n for n, one in enumerate(steps) if one.event.name == words.lifecycle.closing["since"]), default=0)
    names = {one.event.name for one in steps[begun:]}
    waiting = [name for name in spec.get("after", ()) if name not in names]
    return f"还没有 {'、'.join(waiting)}，不能说“{kind}”" if waiting else ""


def _first_step(spec: Mapping[str, list[str]], replay: Replay, words: Vocabulary) -> str:
    """Return how a fault that nobody has taken on gets to a state in which an occasion fits."""
    life = words.lifecycle
    ways = [name for name, one in life.events.items() if replay.status in one.sources and one.to in spec["states"]]
    return f"：先记“{ways[0]}”" if ways and replay.status == life.initial and not spec.get("after") else ""


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
