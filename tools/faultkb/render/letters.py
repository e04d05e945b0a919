"""Letters as messages: plain text that any service shows as it stands, in parts that the service takes whole."""

from __future__ import annotations

import functools
import hashlib
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import masks, moment
from faultkb.ledger import Message
from faultkb.render import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from faultkb.mailing import Letter
    from faultkb.privacy import Lists
    from faultkb.watch import Links, Notice

    Fits = Callable[[str, str, str], bool]

_MOST = 30
"""Faults of a letter that are told of at length: after an outage, or in an old repository, the rest has a line each."""
_LONGEST = 60
_SPARE = "\n（可能重复：上次没有收到回执）"
"""What a message that may have arrived already says at its end; there must be room for it."""
_SCHEME = re.compile(r"(?<=\w):(?=//)|(?<=\bwww)\.", re.IGNORECASE)
"""What makes a link of a text that somebody wrote: services do so without being asked."""


class _Entry(NamedTuple):
    """A fault in a message: what stands above its lines, and is repeated where they are cut; and its address below."""

    head: str
    lines: tuple[str, ...]
    foot: str = ""

    def text(self, lines: Sequence[str]) -> str:
        """Return the entry with some of its lines."""
        return "\n".join(filter(None, [self.head, *lines, self.foot]))


def messages(letters: Sequence[Letter], links: Links, as_of: datetime, lists: Lists, fits: Fits) -> Iterator[Message]:
    """Yield the messages of letters, with everything private masked. ``fits`` says whether an address takes a text whole."""
    for letter in letters:
        title = f"故障提醒｜{letter.head}｜{as_of:%m-%d %H:%M}"
        room = functools.partial(_has_room, letter.to, title, fits)
        groups: dict[str, list[Notice]] = {}
        for item in letter.notices:
            groups.setdefault(item.one.id, []).append(item)
        faults = list(groups.values())
        shown = masks.put_on([_words(some) for some in faults[:_MOST]], lists)
        entries = (_entry(some, said, links) for some, said in zip(faults, shown, strict=False))
        texts = [text for entry in entries for text in _cut(entry, room)]
        texts += masks.put_on([_brief(item) for some in faults[_MOST:] for item in some], lists)
        about = tuple(some[0].one.id for some in faults if some[0].one.is_open)
        keys = [letter.head, *(item.key for item in letter.notices)]
        yield from parts(letter.to, title, texts, as_of, fits, keys, about=about)


def parts(  # noqa: PLR0913 - a letter, as far as messages know of it
    to: str,
    title: str,
    entries: Sequence[str],
    as_of: datetime,
    fits: Fits,
    keys: Sequence[str],
    *,
    about: tuple[str, ...] = (),
    week: str = "",
) -> Iterator[Message]:
    """Cut a text between its entries so that each part fits, and give each a number by which a repetition is known."""
    texts: list[str] = []
    for entry in entries:
        longer = f"{texts[-1]}\n{entry}" if texts else entry
        if texts and _has_room(to, title, fits, longer):
            texts[-1] = longer
        else:
            texts.append(entry)
    for number, text in enumerate(texts, 1):
        code = hashlib.sha256("\n".join([to, *keys, str(number)]).encode()).hexdigest()[:6].upper()
        whole = f"{text}{_foot(code, number, len(texts))}"
        yield Message(code, to, title, whole, moment.show(as_of), about=about, week=week)


def text_of(one: Message) -> str:
    """Return what to send: the text, and a word where it may have arrived before."""
    return f"{one.text}{_SPARE}" if one.doubts else one.text


def _has_room(to: str, title: str, fits: Fits, text: str) -> bool:
    return fits(to, title, f"{text}{_foot('000000', 99, 99)}{_SPARE}")


def _foot(code: str, number: int, of: int) -> str:
    return f"\n—— 消息 {code}{f'，第 {number}／{of} 条' if of > 1 else ''}"


def _words(some: Sequence[Notice]) -> list[Any]:
    """Return what a fault says of itself, to be masked."""
    one = some[0].one
    return [one.title, one.team, one.owner, *(item.text for item in some)]


def _brief(item: Notice) -> str:
    return f"【{item.kind}】{_quoted(item.one.id)}｜{_quoted(item.name)}，{item.at:%m-%d %H:%M}"


def _entry(some: Sequence[Notice], said: Sequence[Any], links: Links) -> _Entry:
    """Tell of a fault: what it is and whose, then what there is to say of it, then where to read it."""
    one, (title, team, owner, *texts) = some[0].one, said
    waiting = f"（登记待合并 #{links.pulls[one.id]}）" if one.id in links.pulls else ""
    whose = "，".join(filter(None, [_quoted(team) or "未分配", f"主责人 {_quoted(str(owner))}" if owner else ""]))
    kind, severity = some[0].kind, _quoted(one.severity)
    head = f"【{kind}】{'' if severity == kind else f'{severity} '}{_quoted(one.id)} {_quoted(title)}{waiting}｜{whose}"
    lines = (f"· {item.kind}：{_quoted(text, 2 * _LONGEST)}" for item, text in zip(some, texts, strict=True))
    return _Entry(head, tuple(lines), links.of(one))


def _cut(entry: _Entry, room: Callable[[str], bool]) -> Iterator[str]:
    """Cut an entry that is too long for one message between its lines."""
    lines: list[str] = []
    for line in entry.lines:
        if lines and not room(entry.text([*lines, line])):
            yield entry.text(lines)
            lines = []
        lines.append(line)
    yield entry.text(lines)


def _quoted(text: str, longest: int = _LONGEST) -> str:
    """Return somebody's words on one line, of bearable length, without a link."""
    shown = " ".join(visible(text).split())
    shown = shown if len(shown) <= longest else f"{shown[:longest]}…"
    return _SCHEME.sub(lambda match: "：" if match[0] == ":" else "．", shown)
