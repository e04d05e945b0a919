"""The rules: one decorated function each; its Chinese docstring is its published manual.

A rule yields where in the data and what; the runner adds file, line, column, id and level. Every module of this package
is imported by `catalogue`, so a new rule is a new function and nothing else.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import os
import pkgutil
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb import corpus
from faultkb.finding import ERROR
from faultkb.privacy import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path as PathOnDisk

    from faultkb.calendar import WorkCalendar
    from faultkb.document import Document
    from faultkb.privacy import Match
    from faultkb.rules.codes import Keys
    from faultkb.ticket import Replay, Ticket
    from faultkb.violation import Violation
    from faultkb.vocabulary import Vocabulary
    from faultkb.yamltext import Path


class Hit(NamedTuple):
    """What a rule found: where in the data, what is wrong, how to mend it."""

    path: Path
    message: str
    help: str = ""
    private: bool = False
    file: str = ""
    """The file, where a rule looks at several."""
    level: str = ""
    """The level, where it is not the rule's."""
    at: tuple[int, int] | None = None
    """Line and column, where the path leads to no more than their surroundings."""
    codes: tuple[str, ...] = ()
    """What a waiver may call the value, see `codes`."""
    fixable: bool = False
    """``fault check --fix`` mends this one, if not all of the rule."""


@dataclass(frozen=True)
class Case:
    """Everything that a rule may look at: one ticket and the world around it."""

    ticket: Ticket
    document: Document
    replay: Replay
    violations: tuple[Violation, ...]
    vocabulary: Vocabulary
    calendar: WorkCalendar
    as_of: datetime
    root: PathOnDisk

    @functools.cached_property
    def attachments(self) -> frozenset[str]:
        """Names of the files in the ticket's folder."""
        return corpus.attachments(self.root, self.ticket.path)


@dataclass(frozen=True)
class File:
    """What a rule may look at even if a file cannot be read as a ticket: its text, and the files beside it."""

    path: str
    document: Document
    vocabulary: Vocabulary
    root: PathOnDisk

    @functools.cached_property
    def matches(self) -> Sequence[Match]:
        """The private values in its text."""
        return find(self.document.text, self.vocabulary.lists)

    @functools.cached_property
    def beside(self) -> Sequence[str]:
        """The names of the files in the folder of a ticket, in order."""
        # Every ticket asks, and Path takes ten times as long.
        home = f"{self.root}{os.sep}{self.path.removesuffix('.md')}"
        return sorted(corpus.attachments(self.root, self.path)) if os.path.isdir(home) else ()  # noqa: PTH112

    @functools.cached_property
    def keys(self) -> Keys:
        """The keys for the codes of its private values."""
        from faultkb.rules import codes

        return codes.keys(self.document.header, self.vocabulary)

    @functools.cached_property
    def private(self) -> Mapping[str, Sequence[Hit]]:
        """The private data in it by rule, found once for all of them."""
        from faultkb.rules import exposure

        return exposure.of(self)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: id, level, what it looks at, its manual, and the check itself.

    It looks at a ``text`` that has a problem, a ``file`` of any kind, a ``ticket``, its ``waive``, its ``change``, its
    ``past`` in the commits of a branch, the ``schema`` or the ``corpus``. The warnings of a ``waivable`` one can be silenced by a waiver.
    """

    id: str
    level: str
    scope: str
    manual: str
    check: Callable[[Any], Iterator[Hit]]
    fixable: bool = False
    waivable: bool = False

    @property
    def summary(self) -> str:
        """The first line of the manual."""
        return self.manual.partition("\n")[0]


_REGISTRY: dict[str, Rule] = {}


def rule(
    rule_id: str, level: str = ERROR, scope: str = "ticket", *, fixable: bool = False, waivable: bool = False
) -> Callable[[Callable[[Any], Iterator[Hit]]], Any]:
    """Make a function the check of a rule."""

    def register(check: Callable[[Any], Iterator[Hit]]) -> Any:
        _REGISTRY[rule_id] = Rule(rule_id, level, scope, inspect.getdoc(check) or "", check, fixable, waivable)
        return check

    return register


_ALSO: list[tuple[str, str, Callable[[Any], Iterator[Hit]]]] = []


def also(rule_id: str, scope: str) -> Callable[[Callable[[Any], Iterator[Hit]]], Any]:
    """Make a function a further check of a rule that is declared elsewhere: the same id, level and manual, another scope."""

    def register(check: Callable[[Any], Iterator[Hit]]) -> Any:
        _ALSO.append((rule_id, scope, check))
        return check

    return register


@cache
def catalogue() -> dict[str, Rule]:
    """Return all rules by id."""
    for module in sorted(info.name for info in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    return dict(_REGISTRY)


@cache
def of_scope(scope: str) -> tuple[Rule, ...]:
    """Return the rules that look at one kind of thing."""
    own = (one for one in catalogue().values() if one.scope == scope)
    further = (replace(catalogue()[name], scope=scope, check=check) for name, other, check in _ALSO if other == scope)
    return (*own, *further)
