"""What schema/wording.yaml says of words, ready to be looked for in a text: vague ones, promises, what no user is told."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from faultkb.wording.patterns import Book, Spot, apart
from faultkb.wording.promises import Promises
from faultkb.wording.vague import Vague

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from faultkb.vocabulary import Vocabulary

LONGEST = 50_000
"""Characters of a text that are looked at; a note has a thousand at most, and of a section that is longer people are told."""
_BLAME, INTERNAL = "blame", "internal"
"""The group of what only colleagues know."""

_STAFF_ADVICE = "对用户不写工号和内部的编号，也不写是谁：说“技术人员”，或不说由谁处理"
_NAMES_ADVICE = "对用户不写团队、角色的名字：说“技术人员”，或不说由谁处理"


@dataclass(frozen=True)
class Wording:
    """The rules of wording of a repository."""

    vague: Vague
    promises: Promises
    untold: Book
    """What no user is told, in the groups of ``outward`` of the file."""
    ids: re.Pattern[str] | None
    """Looks like the staff ids of teams.yaml."""

    def outward(self, text: str, staff: Collection[str] = ()) -> list[Spot]:
        """Find what no user is told; ``staff`` are the ticket's own private values, case-folded: ids of staff among them."""
        text = text[:LONGEST]
        found = [spot for spot in self.untold.find(text) if not _is_open(text, spot)]
        people = list(self._people(text, staff))
        return apart([*found, *people]) if people else found

    def _people(self, text: str, staff: Collection[str]) -> Iterator[Spot]:
        ids = {one for one in _TOKEN.findall(text) if one.casefold() in staff or self._is_id(one)}
        found = [one for one in _TOKEN.finditer(text) if one[0] in ids] if ids else []
        found += _PERSON.finditer(text) if "*" in text or "工" in text else ()
        for one in found:
            yield Spot(one.start(), one.end(), _STAFF_ADVICE, INTERNAL)

    def _is_id(self, token: str) -> bool:
        return not token.isdigit() and self.ids is not None and self.ids.fullmatch(token) is not None


_TOKEN = re.compile("[A-Za-z0-9_-]{2,}+")
_PERSON = re.compile(
    r"(?:[\u4e00-\u9fff](?:组|部|团队)|同事|工程师|技术员|师傅|专员|组长|经理|主管)的?[ \t]?[\u4e00-\u9fff]\*{1,2}"
    r"|[\u4e00-\u9fff]\*{1,2}[ \t]?(?:工(?!作)|工程师|师傅|组长|经理|主管|主任)"
    "|[王李张刘陈杨赵黄吴徐孙朱胡郭林罗]工(?=会|将|正在|已|说|来|还|跟进|处理)"
)
"""A name beside what says that it is one of us; that of the user may be written to him."""
_REACH = 24
"""Characters before a word in which somebody may be named whose words they are."""
_BREAK = re.compile("[。！!？?；;，,\n]")
_SOMEBODY = "(?:用户|客户|家属|业主|租客|对方)[^。！？!?；;，,\n]{0,8}?"
_REPORTED = re.compile(
    f"{_SOMEBODY}(?:问(?!题)|要求|希望|认为|怀疑|觉得|想知道|追究|投诉|反映|提出|担心|质疑)"
    f"|(?<![跟和向对给])(?<!告[诉知])(?<![答回]复)(?<!通知){_SOMEBODY}(?:说(?!明|法)|表示|声称)"
    "|^(?:并|且|还|仍|又|多次)?(?:要求|希望|询问|质疑|投诉|追问)|您(?:要求|希望|认为|觉得|提出|担心|问(?!题)|说(?!明|法))"
)


_SUPPOSED = re.compile("(?:如果|如|若|万一|假如|要是|一旦|是否|避免|以免|防止)(?:是|因为?)?$")
"""Before words of blame: 如果您按错了."""


def _is_open(text: str, spot: Spot) -> bool:
    supposed = spot.group == _BLAME and _SUPPOSED.search(text, max(0, spot.start - _REACH), spot.start)
    return bool(supposed) or is_reported(text, spot.start)


def is_reported(text: str, start: int) -> bool:
    """Say whether a word is what the user said or asked, as a record has it: 用户问是不是质量问题."""
    before = re.split("[。！？!?；;，,\n]", text[max(0, start - _REACH) : start])[-1]
    return _REPORTED.search(before) is not None


@functools.lru_cache(maxsize=8)
def of(words: Vocabulary) -> Wording:
    """Return the rules of wording of a vocabulary."""
    data = words.wording
    names = sorted({*words.teams, *words.roles})
    groups: dict[str, list[dict[str, Any]]] = {name: list(some) for name, some in data.get("outward", {}).items()}
    if names:
        groups.setdefault(INTERNAL, []).append({"word": names[0], "also": names[1:], "instead": _NAMES_ADVICE})
    return Wording(
        Vague(Book({"": data["vague"]}), data.get("concrete", ()), data.get("alone")),
        Promises(Book({"": data["promises"]}), data.get("deadlines")),
        Book(groups),
        _like([one for some in words.roles.values() for one in some] + [team.lead for team in words.teams.values()]),
    )


def _like(ids: Iterable[str]) -> re.Pattern[str] | None:
    """Return a pattern for ids that begin as some do and have as many digits: RD017 as RD001."""
    shapes = {re.sub("[0-9]", "[0-9]", re.escape(one)) for one in ids if re.match("[A-Za-z]", one)}
    return re.compile("|".join(sorted(shapes)), re.IGNORECASE) if shapes else None


def first(text: str, words: Vocabulary, at: datetime, staff: Collection[str] = (), *, confirmed: bool) -> Spot | None:
    """Return the first thing in a text that no user is told; dates count from ``at``, ``confirmed`` ones may be said."""
    mine = of(words)
    promised = [] if confirmed else mine.promises.find(text[:LONGEST], at.date())
    return min((*promised, *mine.outward(text, staff)), default=None)
