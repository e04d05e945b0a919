"""Who hears of what: notices grouped into letters, one for each group of people and name of an address. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from faultkb import duty
from faultkb.watch import RISK, URGENT

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from faultkb.vocabulary import Vocabulary
    from faultkb.watch import Notice


class Letter(NamedTuple):
    """What one name is told in one run: whose matters they are, and the notices, the most urgent first."""

    to: str
    head: str
    notices: tuple[Notice, ...]


def letters(items: Sequence[Notice], words: Vocabulary, reached: Collection[str]) -> list[Letter]:
    """Group notices into letters, the most urgent first; a name hears of each thing once.

    ``reached`` are the names for which there is an address. A letter for another name waits for one; what a team without
    any should know goes to the contacts with ``alerts`` besides, who are asked to pass it on.
    """
    heard: set[tuple[str, str]] = set()
    found = []
    for head, names, some in _groups(items, words, reached):
        for name in dict.fromkeys(names):
            fresh = tuple(item for item in some if (name, item.key) not in heard)
            heard.update((name, item.key) for item in fresh)
            found += [Letter(name, head, fresh)] if fresh else []
    order = {item.key: number for number, item in enumerate(items)}
    return sorted(found, key=lambda letter: order[letter.notices[0].key])


def _groups(
    items: Sequence[Notice], words: Vocabulary, reached: Collection[str]
) -> Iterator[tuple[str, Sequence[str], list[Notice]]]:
    alerted = duty.alerted(words)
    yield f"{URGENT}与{RISK}", alerted, [item for item in items if item.alerts]
    for team in words.teams.values():
        own = [item for item in items if team.name in item.teams]
        yield team.name, team.notify, own
        if not any(name in reached for name in team.notify):
            present = [name for name in alerted if name in reached]
            yield f"{team.name}（没有通知地址，请转告）", present, own
    yield "没有团队受理这个类型", alerted, [item for item in items if not (item.alerts or item.teams)]


def unheard(items: Sequence[Notice], words: Vocabulary, reached: Collection[str]) -> list[Notice]:
    """Return what reaches nobody for now."""
    told = {item.key for letter in letters(items, words, reached) if letter.to in reached for item in letter.notices}
    return [item for item in items if item.key not in told]
