"""What any template may say: ask for values, choose, repeat a table. Nothing that computes, calls or reaches into the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from faultkb.papers import ticked

if TYPE_CHECKING:
    from collections.abc import Iterable

_ALLOWED = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Getattr, nodes.Const, nodes.Compare, nodes.Operand,
    nodes.And, nodes.Or, nodes.Not, nodes.CondExpr, nodes.Filter, nodes.If, nodes.For,
)  # fmt: skip
_FILTERS = ("default", "length", "first", "last")
DEEPEST = 2
"""Loops within each other."""
_MOST = 100_000_000
"""Characters of a document as the template prints it."""


class ForbiddenError(TemplateSyntaxError):
    """Says that a template wants more than it may."""


class Environment(ImmutableSandboxedEnvironment):
    """Reads templates of any format; whatever comes to be compiled has been looked at."""

    def __init__(self, **given: Any) -> None:
        """Take the options of jinja; of its functions and filters only those that templates may use."""
        super().__init__(**given)
        self.globals.clear()
        self.filters = {name: self.filters[name] for name in _FILTERS} | {"勾选": ticked}

    def parse(self, source: str, name: str | None = None, filename: str | None = None) -> nodes.Template:
        """Return a template as a tree. Raise ForbiddenError where it wants more than it may."""
        tree = super().parse(source, name, filename)
        _examine(tree, 0)
        return tree

    def from_string(self, source: Any, *given: Any, **more: Any) -> Any:
        """Return a template that can be filled. Raise ForbiddenError as `parse`."""
        return super().from_string(self.parse(source), *given, **more)

    @staticmethod
    def concat(pieces: Iterable[str]) -> str:
        """Return a document from its pieces, as jinja asks. Raise ForbiddenError where it never ends."""
        found, size = [], 0
        for piece in pieces:
            size += len(piece)
            if size > _MOST:
                raise ForbiddenError("endless", 1)
            found.append(piece)
        return "".join(found)


def _examine(node: nodes.Node, depth: int) -> None:
    is_loop = isinstance(node, nodes.For)
    if (
        not isinstance(node, _ALLOWED)
        or (isinstance(node, nodes.Getattr) and not isinstance(node.node, nodes.Name))
        or (isinstance(node, nodes.Filter) and node.name not in {*_FILTERS, "勾选"})
        or (is_loop and (depth == DEEPEST or not _is_plain(node)))
    ):
        raise ForbiddenError("forbidden", node.lineno)
    for child in node.iter_child_nodes():
        _examine(child, depth + is_loop)


def _is_plain(loop: Any) -> bool:
    return (
        isinstance(loop.target, nodes.Name) and isinstance(loop.iter, nodes.Name) and not (loop.test or loop.recursive)
    )
