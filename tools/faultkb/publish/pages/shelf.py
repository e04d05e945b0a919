"""The published faults as lists show them: newest first, each as a link with a line of facts; written once for all lists."""

from __future__ import annotations

import operator
from collections import defaultdict
from typing import TYPE_CHECKING

from faultkb.publish.article import ARTICLE
from faultkb.publish.pages import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from faultkb.publish.article import Article

MOST = 100
"""Faults on a list page; the search has the rest."""
Groups = dict[str, "list[Article]"]


class Shelf:
    """``articles`` are the published faults, newest first."""

    def __init__(self, articles: Iterable[Article]) -> None:
        published = [one for one in articles if one.kind == ARTICLE]
        self.articles = sorted(published, key=operator.attrgetter("order"), reverse=True)
        self._lines: dict[str, tuple[str, str]] = {}

    def grouped(self, values: Callable[[Article], Iterable[str]]) -> Groups:
        """Return the faults that have each value, newest first, the values in order."""
        groups: Groups = defaultdict(list)
        for one in self.articles:
            for value in values(one):
                groups[value].append(one)
        return dict(sorted(groups.items(), key=operator.itemgetter(0)))

    def listing(self, some: Sequence[Article], prefix: str, more: str = "", most: int = MOST) -> str:
        """Return a list of faults; ``more`` is the address of them all where there are too many."""
        text = parts.block("fault-list", (self._line(one, prefix) for one in some[:most]))
        if len(some) <= most or not more:
            return text
        return f"{text}\n\n以上是最近关闭的 {most} 篇。{parts.link(f'在搜索里看全部 {len(some)} 篇', more, kind='fault-onward')}"

    def _line(self, one: Article, prefix: str) -> str:
        if one.id not in self._lines:
            self._lines[one.id] = parts.inert(one.title), _facts(one)
        title, facts = self._lines[one.id]
        return f'<a href="{prefix}faults/{one.id}/">{title}</a> {facts}'


def _facts(one: Article) -> str:
    fixed = one.listed("kb", "fixed_versions")
    facts = [
        one.id,
        "、".join(one.listed("impact", "products")),
        f"已在 {'、'.join(fixed)} 修复" if fixed else "",
    ]
    shown = (f"<span>{parts.inert(fact)}</span>" for fact in facts if fact)
    severity = parts.badge(one.text("severity"), is_severity=True)
    return f"<small>{severity}{''.join(shown)}<time>{one.closed_on}</time></small>"
