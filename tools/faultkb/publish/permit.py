"""What may get out: values that are public, and those that a ticket waives, on its own page and in what lists many faults."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from faultkb import privacy
from faultkb.publish import article

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.privacy import Lists
    from faultkb.publish.state import Record

Waived = frozenset[tuple[str, str]]
"""Rules with the fingerprints of values that they may find."""
ID = re.compile(r"[A-Z]{2}-[0-9]{8}-[0-9]{3,6}")
_OF_ONE = re.compile(rf"(?:faults|api/v1/faults)/({ID.pattern})(?:/|\.json)")
_NOTHING: Waived = frozenset()


@dataclass(frozen=True)
class Permit:
    """What may get out, by the id of the fault whose ticket says so; and the paths of all tickets by id.

    ``titles`` are those of the values that stand in a fault's title: pages of other faults show it.
    """

    lists: Lists
    waived: Mapping[str, Waived] = field(default_factory=dict)
    titles: Mapping[str, Waived] = field(default_factory=dict)
    tickets: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def _everything(self) -> Waived:
        return _NOTHING.union(*self.waived.values())

    def allows(self, name: str, text: str, mark: tuple[str, str]) -> bool:
        """Say whether a value, by rule and fingerprint, may stand in a file of the site with this text."""
        own = _OF_ONE.match(name)
        if own is None:
            return mark in self._everything
        if mark in self.waived.get(own[1], _NOTHING):
            return True
        return bool(self.titles) and any(mark in self.titles.get(other, _NOTHING) for other in set(ID.findall(text)))

    def covers(self, before: Mapping[str, list[list[str]]]) -> bool:
        """Say whether all that was waived `before` is waived still."""
        return all(self.waived.get(one, _NOTHING).issuperset(map(tuple, marks)) for one, marks in before.items())

    def kept(self) -> dict[str, list[tuple[str, str]]]:
        """Return what `covers` compares, in JSON's types."""
        return {one: sorted(marks) for one, marks in sorted(self.waived.items())}


def of(records: Mapping[str, Record], lists: Lists) -> Permit:
    """Return what some tickets permit: those that are articles."""
    articles = {path: one.article for path, one in records.items() if one.article is not None and one.waived}
    own = {one.id: frozenset(records[path].waived) for path, one in articles.items() if one.kind == article.ARTICLE}
    titles = {one.id: own[one.id] & _marks(one.title, lists) for one in articles.values() if one.id in own}
    tickets = {path.rpartition("/")[2].removesuffix(".md"): path for path in records}
    return Permit(lists, own, {one: marks for one, marks in titles.items() if marks}, tickets)


def _marks(text: str, lists: Lists) -> Waived:
    return frozenset((one.rule, privacy.fingerprint(one.rule, one.value)) for one in privacy.find(text, lists))
