"""YAML text → plain data in which every scalar is the string that was written, and the place of every value.

Strings only, because YAML 1.1 reads ``10:30`` as 630 and ``1.10`` as 1.1. libyaml's composer gives nodes with positions
(about 140 µs a ticket); positions are looked up by composing again, which only text with a finding pays for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yaml import MappingNode, Node, ScalarNode, SequenceNode
from yaml.cyaml import CParser  # type: ignore[attr-defined] # the stubs forget it
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import CollectionEndEvent, CollectionStartEvent
from yaml.reader import ReaderError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 30
"""Levels of nesting. libyaml's composer recurses in C and would exhaust the stack at some ten thousand."""
MAX_NODES = 200_000
"""Values in one text, aliases expanded: what stops a few lines of aliases from becoming gigabytes."""
_MANY_OPENERS = 4_000

Path = tuple[str | int, ...]


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
    root = compose(text)
    if root is None:
        return {}, []
    if not isinstance(root, MappingNode):
        raise ProblemError(Problem("yaml-syntax", 1, 1, "not a mapping"))
    builder = _Builder()
    return builder.mapping(root, 0), builder.problems


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
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        column = error.position - text.rfind("\n", 0, error.position)
        raise ProblemError(Problem("yaml-syntax", line, column, "control character")) from None
    except MarkedYAMLError as error:
        mark: Any = error.problem_mark or error.context_mark
        detail = f"{error.context or ''}; {error.problem or ''}"
        raise ProblemError(Problem("yaml-syntax", mark.line + 1, mark.column + 1, detail)) from None
    except YAMLError as error:  # pragma: no cover - PyYAML raises nothing else today
        raise ProblemError(Problem("yaml-syntax", 1, 1, str(error))) from None
    return node


def _refuse_depth(text: str) -> None:
    parser = _Parser(text)
    depth = 0
    while (event := parser.get_event()) is not None:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > MAX_DEPTH:
            mark: Any = event.start_mark
            raise ProblemError(Problem("yaml-syntax", mark.line + 1, mark.column + 1, "too deep"))


class _Builder:
    """Turns nodes into dicts, lists and strings; remembers duplicate keys; stops at unbounded aliases."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.nodes = 0

    def mapping(self, node: MappingNode, depth: int) -> dict[str, Any]:
        data: dict[str, Any] = {}
        self._count(node, len(node.value), depth)
        for key_node, value_node in node.value:
            if type(key_node) is not ScalarNode:
                raise ProblemError(_at(key_node, "yaml-syntax", "key is not text"))
            key = key_node.value
            if key in data:
                self.problems.append(_at(key_node, "duplicate-key", key))
            elif type(value_node) is ScalarNode:
                if value_node.value or value_node.style:
                    data[key] = value_node.value
            else:
                data[key] = self._value(value_node, depth + 1)
        return data

    def _value(self, node: Node, depth: int) -> Any:
        if type(node) is MappingNode:
            return self.mapping(node, depth)
        self._count(node, len(node.value), depth)
        return [item.value if type(item) is ScalarNode else self._value(item, depth + 1) for item in node.value]

    def _count(self, node: Node, number: int, depth: int) -> None:
        self.nodes += number
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise ProblemError(_at(node, "yaml-syntax", "too deep" if depth > MAX_DEPTH else "too many values"))


def _at(node: Node, rule: str, detail: str) -> Problem:
    return Problem(rule, node.start_mark.line + 1, node.start_mark.column + 1, detail)


def places(root: Node) -> Iterator[tuple[Path, Place]]:
    """Walk a node tree: the path of every value and where it stands (aliases once, where they are defined)."""
    yield (), Place(None, _span(root), root)
    seen: set[int] = set()
    stack: list[tuple[Path, Node]] = [((), root)]
    while stack:
        path, node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        for step, key, value in _children(node):
            yield (*path, step), Place(_span(key) if key else None, _span(value), value)
            stack.append(((*path, step), value))


def _children(node: Node) -> Iterator[tuple[str | int, Node | None, Node]]:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode):
                yield key.value, key, value
    elif isinstance(node, SequenceNode):
        for index, item in enumerate(node.value):
            yield index, None, item


def _span(node: Node) -> Span:
    start, end = node.start_mark, node.end_mark
    return Span(start.index, end.index, start.line + 1, start.column + 1)
