"""JSON Schema as the only type system: choices filled in, strings converted where the schema says so, errors in Chinese.

jsonschema-rs decides (11 µs a ticket); jsonschema, 50 times slower, explains what failed. A test holds both to the same
verdict on every fixture.
"""

from __future__ import annotations

import copy
import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from faultkb import moment, violation
from faultkb.violation import Field, Violation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from faultkb.yamltext import Path

Json = dict[str, Any]

FAULT_ID = re.compile(r"([A-Z]{2})-([0-9]{8})-([0-9]{3,6})")
_INTEGER = re.compile(r"-?[0-9]{1,15}")
_BOOLEANS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_FORMATS: dict[str, Callable[[str], bool]] = {
    "fault-date": moment.is_date,
    "fault-days": lambda text: all(moment.is_date(day) for day in text.split("..", 1)),
    "fault-minute": moment.is_minute,
    "fault-id": lambda text: FAULT_ID.fullmatch(text) is not None,
}


class Schema:
    """A JSON Schema (draft 2020-12) with the Chinese titles and ``x-`` annotations of this project."""

    def __init__(self, raw: Json, choices: Mapping[str, list[str]] | None = None) -> None:
        """Prepare a schema. ``choices`` gives the values of each ``x-choices`` name (states, events, teams)."""
        self.root = _prepare(copy.deepcopy(raw), choices or {})
        for node in [self.root["$defs"]["event"]] if "event" in self.root.get("$defs", {}) else []:
            _fill_event_fields(node, self.root["properties"])
        self._coercion = self._coercion_of(self.root)
        self._fast = jsonschema_rs.Draft202012Validator(self.root, formats=_FORMATS, validate_formats=True)

    def coerce(self, data: Json) -> Json:
        """Convert, in place, the strings of fields that the schema calls integer or boolean, where they are such."""
        _coerce(self._coercion, data)
        return data

    def is_valid(self, data: Json) -> bool:
        """Say whether data keeps to the schema."""
        return self._fast.is_valid(data)

    def violations(self, data: Json) -> Iterator[Violation]:
        """Explain what `is_valid` refused, in the order of the data."""
        every = [one for error in self._slow.iter_errors(data) for one in violation.explain(error, self.field)]
        # A date with slashes breaks pattern and format: one word about one place is enough.
        found = list({(one.rule, one.path): one for one in reversed(every)}.values())[::-1]
        if not found:
            # The two engines disagree: better a vague word than a wrong file that passes.
            found = [Violation("schema", (), "文件头不符合 schema/ticket.schema.json", "")]
        yield from found

    def accepted(self, data: Json) -> tuple[Json, list[Violation]]:
        """Return the part of ``data`` that keeps to the schema, and what is wrong with the rest."""
        if self.is_valid(data):
            return data, []
        violations = list(self.violations(data))
        kept = copy.deepcopy(data)
        for path in sorted(
            {one.path for one in violations if one.rule != "missing-field" and not one.readable}, key=_latest_first
        ):
            _remove(kept, path)
        return kept, violations

    @cached_property
    def _slow(self) -> Any:
        from jsonschema import Draft202012Validator, FormatChecker
        from jsonschema.validators import extend

        checker = FormatChecker(formats=())
        for name, check in _FORMATS.items():
            checker.checks(name)(lambda value, check=check: not isinstance(value, str) or check(value))
        linear: Any = extend(Draft202012Validator, {"uniqueItems": _unique_items})  # type: ignore[no-untyped-call]
        return linear(self.root, format_checker=checker)

    def field(self, path: Path) -> Field:
        """Describe the place that a path leads to; an unknown place gets its own name as title."""
        node: Json = self.resolve(self.root)
        private = False
        name = title = ""
        for step in path:
            name = step if isinstance(step, str) else name
            inner = _inner(node, step)
            # An item of a list goes by the name of the list.
            title = node.get("title", "") if isinstance(step, int) else ""
            node = self.resolve(inner)
            private = private or bool(node.get("x-private"))
        return Field(
            name=name,
            title=node.get("title", title or name),
            description=node.get("description", ""),
            hint=node.get("x-hint", ""),
            choices=tuple(map(str, node.get("enum", ()))),
            private=private,
        )

    def unknown(self, paths: Iterable[Path]) -> list[Violation]:
        """Return the violations of those keys that the schema does not know, their values aside."""
        found = []
        for path in paths:
            node = self.root
            for step in path[:-1]:
                node = self.resolve(_inner(node, step))
            known = list(node.get("properties", {}))
            if path[-1] not in known:
                found.append(violation.unknown(path, known, private=self.field(path[:-1]).private))
        return found

    def resolve(self, node: Json) -> Json:
        """Merge a ``$ref`` with what stands beside it; the nearer word wins."""
        while "$ref" in node:
            target = self.root["$defs"][node["$ref"].removeprefix("#/$defs/")]
            node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return node

    def _coercion_of(self, node: Json) -> Any:
        node = self.resolve(node)
        kinds = {node.get("type"), *(option.get("type") for option in node.get("anyOf", ()))}
        if "integer" in kinds:
            return _integer
        if "boolean" in kinds:
            return _boolean
        if "items" in node:
            inner = self._coercion_of(node["items"])
            return [inner] if inner else None
        nested = {key: self._coercion_of(value) for key, value in node.get("properties", {}).items()}
        if isinstance(node.get("additionalProperties"), dict):
            nested["*"] = self._coercion_of(node["additionalProperties"])
        return {key: value for key, value in nested.items() if value} or None


def _prepare(node: Any, choices: Mapping[str, list[str]]) -> Any:
    """Turn ``oneOf`` of constants and ``x-choices`` into ``enum``: validators then say something useful."""
    if isinstance(node, list):
        return [_prepare(item, choices) for item in node]
    if not isinstance(node, dict):
        return node
    node = {key: _prepare(value, choices) for key, value in node.items()}
    if isinstance(node.get("oneOf"), list) and all("const" in option for option in node["oneOf"]):
        node["enum"] = [option["const"] for option in node.pop("oneOf")]
    if node.get("x-choices") in choices:
        node["enum"] = choices[node["x-choices"]]
    return node


def _fill_event_fields(event: Json, header: Json) -> None:
    """Let the ``set`` of a correction hold what the corrected event may hold; for the registration, that is the header too."""
    written = {key: value for key, value in header.items() if key != "events" and not value.get("x-immutable")}
    inner = written | {key: value for key, value in event["properties"].items() if not value.get("x-event-fields")}
    for value in event["properties"].values():
        if value.get("x-event-fields"):
            value["properties"] = inner
            value["additionalProperties"] = False


def _inner(node: Json, step: str | int) -> Json:
    """Return the schema of a key or item; an empty one where there is none."""
    inner = (
        node.get("items")
        if isinstance(step, int)
        else node.get("properties", {}).get(step, node.get("additionalProperties"))
    )
    return inner if isinstance(inner, dict) else {}


def _latest_first(path: Path) -> tuple[tuple[int, str], ...]:
    """Sort later list items before earlier ones, so that removing one does not move the next."""
    return tuple((-step, "") if isinstance(step, int) else (0, step) for step in path)


def _remove(data: Any, path: Path) -> None:
    """Delete the value at a path; a path that leads nowhere (removed already) is no mistake."""
    try:
        for step in path[:-1]:
            data = data[step]
        if path[0] == "events" and len(path) == 2:  # noqa: PLR2004 - an item of the list
            data[int(path[-1])] = {}  # keeps the numbers of the events behind it
        else:
            del data[path[-1]]
    except (IndexError, KeyError):
        return


def _unique_items(_validator: Any, wanted: bool, items: Any, _schema: Any) -> Iterator[Any]:  # noqa: FBT001 - jsonschema's signature
    """Check ``uniqueItems`` in linear time; the library compares each item with each."""
    from jsonschema import ValidationError

    if wanted and isinstance(items, list) and len({json.dumps(item, sort_keys=True) for item in items}) < len(items):
        yield ValidationError("has non-unique elements")


def _integer(value: object) -> object:
    return int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else value


def _boolean(value: object) -> object:
    return _BOOLEANS.get(value, value) if isinstance(value, str) else value


def _coerce(tree: Any, data: Any) -> Any:
    if callable(tree):
        return tree(data)
    if isinstance(tree, list) and isinstance(data, list):
        data[:] = [_coerce(tree[0], item) for item in data]
    elif isinstance(tree, dict) and isinstance(data, dict):
        if "*" in tree:
            for key in data:
                data[key] = _coerce(tree["*"], data[key])
        for key, inner in tree.items():
            if key in data:
                data[key] = _coerce(inner, data[key])
    return data
