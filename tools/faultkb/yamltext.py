"""YAML text → plain data in which every scalar is the string that was written, and the place of every value.

Strings only, because YAML 1.1 reads ``10:30`` as 630 and ``1.10`` as 1.1. What is written plainly is read by `plainyaml`;
the rest by libyaml's composer, whose nodes have positions (about 140 µs a ticket). Positions are looked up by composing,
which only text with a finding pays for.
"""

from __future__ import annotations

import bisect
import functools
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yaml import MappingNode, Node, ScalarNode, SequenceNode
from yaml.cyaml import CParser  # type: ignore[attr-defined] # the stubs forget it
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import CollectionEndEvent, CollectionStartEvent, Event
from yaml.reader import ReaderError

from faultkb import plainyaml

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 30
"""Levels of nesting. libyaml's composer recurses in C and would exhaust the stack at some ten thousand."""
MAX_NODES = 200_000
"""Values in one text, aliases expanded: what stops a few lines of aliases from becoming gigabytes."""
_MANY_OPENERS = 4_000
_TOKENS = ("while scanning an alias", "while scanning an anchor", "while parsing a tag", "while scanning a tag")
_UNFINISHED = ("while scanning a quoted", "while scanning a simple key", "while parsing a flow")
_UNREADABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_FULLWIDTH = re.compile(r"([A-Za-z_]+)\s*：")

Path = tuple[str | int, ...]


MERGE_CONFLICT = "merge-conflict"
"""The rule of a problem that hides all others."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a text, before its content is looked at.

    ``rule`` is the id of the rule that words it, ``line`` and ``column`` count from 1, ``detail`` is the word that the
    message needs (a key, the parser's own message).
    """

    rule: str
    line: int
    column: int
    detail: str = ""


class ProblemError(Exception):
    """A text that cannot be read as YAML; carries the `Problem`."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands: character offsets, and line and column from 1."""

    start: int
    end: int
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Place:
    """A key (None for list items and the root) and its value."""

    key: Span | None
    value: Span
    node: Node


class _Parser(CParser):
    """libyaml's composer without tags: nobody here asks what type a scalar looks like."""

    def resolve(self, _kind: object, _value: object, _implicit: object) -> None:
        """Leave the tag empty."""

    def descend_resolver(self, _parent: object, _index: object) -> None:
        """Nothing to resolve."""

    def ascend_resolver(self) -> None:
        """Nothing to resolve."""


def parse(text: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return the mapping that a text holds, and what is wrong with its keys.

    A key without a value (``remark:``) counts as not written. Raises ProblemError where there is no mapping to return.
    """
    data, problems, _ = read(text)
    return data, problems


def read(text: str) -> tuple[dict[str, Any], list[Problem], list[Path]]:
    """Return what `parse` returns, and the paths of the keys without a value."""
    plain = plainyaml.read(text)
    return careful(text) if plain is None else (plain, [], [])


def careful(text: str) -> tuple[dict[str, Any], list[Problem], list[Path]]:
    """Return what `read` returns, by libyaml whatever the text."""
    root = compose(text)
    if root is None:
        return {}, [], []
    if not isinstance(root, MappingNode):
        raise ProblemError(Problem("yaml-syntax", 1, 1, "not a mapping"))
    builder = _Builder(text)
    return builder.mapping(root, ()), builder.problems, builder.blanks


def compose(text: str) -> Node | None:
    """Return the node tree of a text, None for an empty one. Raises ProblemError."""
    try:
        if text.count("[") + text.count("{") + text.count("- ") + text.count("? ") > _MANY_OPENERS:
            _refuse_depth(text)
        parser = _Parser(text)
        try:
            node: Node | None = parser.get_single_node()
        finally:
            parser.dispose()
    except ReaderError:
        # libyaml counts bytes here, and not from the start of the text.
        unreadable = _UNREADABLE.search(text)
        index = unreadable.start() if unreadable else 0
        raise ProblemError(Problem("yaml-syntax", *line_column(text, index), "control character")) from None
    except MarkedYAMLError as error:
        mark: Any = _blamed(error)
        detail = f"{error.context or ''}; {error.problem or ''}"
        raise ProblemError(Problem("yaml-syntax", *line_column(text, mark.index), detail)) from None
    except YAMLError as error:  # pragma: no cover - PyYAML raises nothing else today
        raise ProblemError(Problem("yaml-syntax", 1, 1, str(error))) from None
    return node


def line_column(text: str, index: int) -> tuple[int, int]:
    """Return line and column, from 1, of a character. Only line feeds end a line: libyaml also counts U+2028 and others."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index)


def _blamed(error: MarkedYAMLError) -> Any:
    """Return the mark that a person would point at: where an unfinished thing began, not where it was missed."""
    began, noticed = error.context_mark, error.problem_mark
    if began is None or noticed is None:
        return noticed or began
    context = error.context or ""
    unfinished = noticed.line > began.line and context.startswith(_UNFINISHED)
    return began if unfinished or context.startswith(_TOKENS) else noticed


def _refuse_depth(text: str) -> None:
    parser = _Parser(text)
    depth = 0
    while (event := parser.get_event()) is not None:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise ProblemError(Problem("yaml-syntax", *line_column(text, _index(event)), "too deep"))


class _Builder:
    """Turns nodes into dicts, lists and strings; remembers duplicate and blank keys; stops at unbounded aliases."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[Problem] = []
        self.blanks: list[Path] = []
        self.nodes = 0

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        self._count(node, len(node.value), len(path))
        for key_node, value_node in node.value:
            if type(key_node) is not ScalarNode:
                raise ProblemError(self._at(key_node, "yaml-syntax", "key is not text"))
            key = key_node.value
            if key in data:
                self.problems.append(self._at(key_node, "duplicate-key", key))
            elif type(value_node) is ScalarNode:
                if value_node.value or value_node.style:
                    data[key] = value_node.value
                else:
                    self._blank(key_node, (*path, key))
            else:
                data[key] = self._value(value_node, (*path, key))
        return data

    def _blank(self, key_node: ScalarNode, path: Path) -> None:
        """Note a key without a value, and one that swallowed its value: ``{staff：RD017}`` is one key."""
        slip = _FULLWIDTH.match(key_node.value)
        if slip:
            self.problems.append(self._at(key_node, "fullwidth-colon", slip[1], slip.end() - 1))
        else:
            self.blanks.append(path)

    def _value(self, node: Node, path: Path) -> Any:
        if type(node) is MappingNode:
            return self.mapping(node, path)
        self._count(node, len(node.value), len(path))
        return [
            item.value if type(item) is ScalarNode else self._value(item, (*path, index))
            for index, item in enumerate(node.value)
        ]

    def _count(self, node: Node, number: int, depth: int) -> None:
        self.nodes += number
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise ProblemError(self._at(node, "yaml-syntax", "too deep" if depth > MAX_DEPTH else "too many values"))

    def _at(self, node: Node, rule: str, detail: str, offset: int = 0) -> Problem:
        return Problem(rule, *line_column(self.text, _index(node) + offset), detail)


@functools.lru_cache(maxsize=2)
def places(text: str) -> dict[Path, Place]:
    """Return where every value of a text stands; of a key that comes twice, the first, whose value counts.

    What an alias stands for is found under the path where it is defined only. The last texts are remembered: one is asked
    about again for each event that its ticket may get next. Raises ProblemError as `parse` does.
    """
    root = compose(text)
    if root is None:
        return {}
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found: dict[Path, Place] = {(): Place(None, _span(root, starts), root)}
    seen: set[int] = set()
    waiting: deque[tuple[Path, Node]] = deque([((), root)])
    while waiting:
        path, node = waiting.popleft()
        if id(node) in seen:
            continue
        seen.add(id(node))
        for step, key, value in _children(node):
            if (*path, step) not in found:
                found[*path, step] = Place(_span(key, starts) if key else None, _span(value, starts), value)
                waiting.append(((*path, step), value))
    return found


def _index(node: Node | Event) -> int:
    """Return the character at which a node or event begins; what the parser makes always has marks."""
    mark: Any = node.start_mark
    return 0 if mark is None else int(mark.index)


def _children(node: Node) -> Iterator[tuple[str | int, Node | None, Node]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield key.value, key, value
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield index, None, item


def _span(node: Node, starts: list[int]) -> Span:
    start, end = node.start_mark.index, node.end_mark.index
    line = bisect.bisect_right(starts, start)
    return Span(start, end, line, start - starts[line - 1] + 1)
