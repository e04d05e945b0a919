"""What schema/wording.yaml says of words, ready to be looked for in a text: vague ones, promises, what no user is told."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from faultkb.wording.patterns import Book, Spot, book
from faultkb.wording.promises import Promises
from faultkb.wording.vague import Vague

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from faultkb.vocabulary import Vocabulary

LONGEST = 20_000
"""Characters of a text that are looked at; no person writes more, and what follows is logs."""

_STAFF_ADVICE = "对用户不写工号，也不写是谁：说“技术人员”，或不说由谁处理"
_NAMES_ADVICE = "对用户不写团队、角色的名字：说“技术人员”，或不说由谁处理"


@dataclass(frozen=True)
class Wording:
    """The rules of wording of a repository."""

    vague: Vague
    promises: Promises
    groups: dict[str, Book]
    """What no user is told, by group, as `outward` of the file has them."""

    def outward(self, text: str, staff: Collection[str] = ()) -> Iterator[tuple[str, Spot]]:
        """Find what no user is told, with its group; ``staff`` are ids that occur in the ticket."""
        text = text[:LONGEST]
        for name, one in self.groups.items():
            yield from ((name, spot) for spot in one.find(text) if not is_reported(text, spot.start))
        known = {one.upper() for one in staff}
        for match in _TOKEN.finditer(text) if known else ():
            if match.group().upper() in known:
                yield "internal", Spot(match.start(), match.end(), _STAFF_ADVICE)


_TOKEN = re.compile(r"[A-Za-z0-9_-]+")
_REACH = 24
"""Characters before a word in which somebody may be named whose words they are."""
_REPORTED = re.compile(
    r"(?:用户|客户|家属|业主|租客|对方)[^。！？!?；;，,\n]{0,8}?"
    r"(?:问(?!题)|要求|希望|认为|怀疑|觉得|说(?!明|法)|表示|声称|想知道|追究|投诉|反映|提出|担心|质疑)"
    r"|您(?:要求|希望|认为|觉得|提出|担心|问(?!题)|说(?!明|法))"
)


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
        groups.setdefault("internal", []).append({"word": names[0], "also": names[1:], "instead": _NAMES_ADVICE})
    return Wording(
        Vague(book(data["vague"]), data.get("concrete", ())),
        Promises(book(data["promises"]), data.get("deadlines")),
        {name: book(some) for name, some in groups.items()},
    )


def first(text: str, words: Vocabulary, at: datetime, staff: Collection[str] = (), *, confirmed: bool) -> Spot | None:
    """Return the first thing in a text that no user is told; dates count from ``at``, ``confirmed`` ones may be said."""
    mine = of(words)
    promised = [] if confirmed else mine.promises.find(text[:LONGEST], at.date())
    return min((*promised, *(spot for _, spot in mine.outward(text, staff))), default=None)
