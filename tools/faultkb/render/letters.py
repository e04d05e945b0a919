"""Letters as messages: plain text that any service shows as it stands, in parts that the service takes whole."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from faultkb import masks, moment
from faultkb.ledger import Message
from faultkb.render import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from faultkb.privacy import Lists
    from faultkb.watch import Letter, Links, Notice

    Fits = Callable[[str, str, str], bool]

_MOST = 30
"""Notices of a letter: after an outage, or in an old repository, the board is the better place for the rest."""
_LONGEST = 60
_SPARE = "\n（可能重复：上次没有收到回执）"
"""What a message that may have arrived already says at its end; there must be room for it."""
_SCHEME = re.compile(r"(?<=\w):(?=//)|(?<=\bwww)\.", re.IGNORECASE)
"""What makes a link of a text that somebody wrote: services do so without being asked."""


def messages(letters: Sequence[Letter], links: Links, as_of: datetime, lists: Lists, fits: Fits) -> Iterator[Message]:
    """Yield the messages of letters, with everything private masked. ``fits`` says whether an address takes a text whole."""
    for letter in letters:
        title = f"故障提醒｜{letter.head}｜{as_of:%m-%d %H:%M}"
        some = letter.notices[:_MOST]
        lines = masks.put_on([_line(item, links) for item in some], lists)
        entries = [_linked(line, links.of(item.one)) for line, item in zip(lines, some, strict=True)]
        more = len(letter.notices) - len(entries)
        if more:
            entries.append(f"还有 {more} 个，见 SLA 看板，或运行 fault report overdue")
        yield from parts(letter.to, title, entries, as_of, fits, [item.key for item in letter.notices])


def parts(
    to: str, title: str, entries: Sequence[str], as_of: datetime, fits: Fits, keys: Sequence[str]
) -> Iterator[Message]:
    """Cut a text between its entries so that each part fits, and give each a number by which a repetition is known."""
    texts: list[str] = []
    for entry in entries:
        longer = f"{texts[-1]}\n{entry}" if texts else entry
        if texts and fits(to, title, f"{longer}{_foot('000000', 99, 99)}{_SPARE}"):
            texts[-1] = longer
        else:
            texts.append(entry)
    for number, text in enumerate(texts, 1):
        code = hashlib.sha256("\n".join([to, *keys, str(number)]).encode()).hexdigest()[:6].upper()
        yield Message(code, to, title, f"{text}{_foot(code, number, len(texts))}", moment.show(as_of))


def text_of(one: Message) -> str:
    """Return what to send: the text, and a word where it may have arrived before."""
    return f"{one.text}{_SPARE}" if one.doubtful else one.text


def _foot(code: str, number: int, of: int) -> str:
    return f"\n—— 消息 {code}{f'，第 {number}／{of} 条' if of > 1 else ''}"


def _line(item: Notice, links: Links) -> str:
    one = item.one
    waiting = f"（登记待合并 #{links.pulls[one.id]}）" if one.id in links.pulls else ""
    return f"【{item.kind}】{one.severity} {one.id} {_quoted(one.title)}{waiting}｜{_quoted(item.text, 2 * _LONGEST)}"


def _linked(line: str, address: str) -> str:
    return f"{line}\n{address}" if address else line


def _quoted(text: str, longest: int = _LONGEST) -> str:
    """Return somebody's words on one line, of bearable length, without a link."""
    shown = " ".join(visible(text).split())
    shown = shown if len(shown) <= longest else f"{shown[:longest]}…"
    return _SCHEME.sub(lambda match: "：" if match[0] == ":" else "．", shown)
