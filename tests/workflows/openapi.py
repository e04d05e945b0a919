"""GitHub's published description of its API (npm ``@octokit/openapi``): which requests there are, and what is answered."""

from __future__ import annotations

import copy
import functools
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jsonschema import validators
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

NODE_MODULES = Path(__file__).parents[1] / "web" / "node_modules"
_FILE = NODE_MODULES / "@octokit" / "openapi" / "generated" / "api.github.com.json"
_BASE = "urn:github"
_VERSIONS = {"2022-11-28", "2026-03-10"}
"""The values of X-GitHub-Api-Version; the second is that of ``x-github-breaking-changes`` in the description."""
_Enum = OAS30Validator.VALIDATORS["enum"]


def _enum(validator: Any, allowed: list[Any], value: Any, schema: dict[str, Any]) -> Any:
    """Null is one of the values where the schema says so beside them: GitHub writes ``nullable`` and does not list it."""
    if not (value is None and schema.get("nullable")):
        yield from _Enum(validator, allowed, value, schema)


_Validator = validators.extend(OAS30Validator, {"enum": _enum})
_ANY_ERROR = {400, 401, 403, 404, 410, 422, 429, 500, 501, 502, 503}
"""What GitHub may answer to each request, whether or not its operation says so."""


@dataclass
class Operation:
    """One operation of the description, and the values that a path gives to its parameters."""

    name: str
    data: dict[str, Any]
    parameters: dict[str, dict[str, Any]]
    path: dict[str, Any] = field(default_factory=dict)

    @property
    def for_apps(self) -> bool:
        """Whether a workflow's token, which is that of an app, may call it at all."""
        return bool(self.data["x-github"]["enabledForGitHubApps"])


class Description:
    """The whole description, read once."""

    def __init__(self) -> None:
        self._data = json.loads(_FILE.read_bytes())
        self._data["x-strict"] = {}
        # Schemas are looked up in the document itself, which JSON Schema's own resolver knows how to walk.
        self._registry = Registry().with_resource(_BASE, Resource(self._data, DRAFT202012))
        self._routes = [(_pattern(path), path) for path in self._data["paths"]]

    def find(self, method: str, path: str) -> Operation | None:
        """Return the operation that a request is for; None if GitHub has none."""
        found = [(route, match) for pattern, route in self._routes if (match := pattern.fullmatch(path))]
        # Of /issues/comments and /issues/{issue_number} the one with fewer variables is meant.
        for route, match in sorted(found, key=lambda one: (one[0].count("{"), -len(one[0]))):
            data = self._data["paths"][route].get(method.lower())
            if data:
                listed = [self._at(one) for one in data.get("parameters", [])]
                operation = Operation(data["operationId"], data, {f"{one['in']} {one['name']}": one for one in listed})
                given = match.groupdict().items()
                operation.path = {
                    key: self._value(operation.parameters[f"path {key}"], unquote(text)) for key, text in given
                }
                return operation
        return None

    def query(self, operation: Operation, given: dict[str, list[str]]) -> tuple[dict[str, Any], list[str]]:
        """Return the values of a query and what is wrong with it."""
        values, wrong = {}, []
        for name, texts in given.items():
            parameter = operation.parameters.get(f"query {name}")
            if parameter is None or len(texts) != 1:
                wrong.append(f"query parameter {name!r} does not exist or is repeated")
                continue
            values[name] = self._value(parameter, texts[0])
            wrong += [f"query {name}: {error}" for error in self._errors(parameter["schema"], values[name])]
        missing = [
            one["name"] for key, one in operation.parameters.items() if key.startswith("query ") and one.get("required")
        ]
        return values, wrong + [f"query parameter {name} is missing" for name in missing if name not in values]

    def wrong_in_request(self, operation: Operation, headers: dict[str, str], body: Any) -> list[str]:
        """Return what is wrong with the path, the headers and the body of a request. A body of None is none."""
        wrong = [
            f"path {key}: {error}"
            for key, value in operation.path.items()
            for error in self._errors(operation.parameters[f"path {key}"]["schema"], value)
        ]
        if not headers.get("user-agent"):
            wrong.append("GitHub refuses requests without User-Agent")
        if headers.get("x-github-api-version", "2022-11-28") not in _VERSIONS:
            wrong.append("GitHub has no such X-GitHub-Api-Version")
        described = operation.data.get("requestBody")
        if described is None:
            return wrong + (["the operation takes no body"] if body not in (None, {}) else [])
        if body is None:
            return wrong + (["the body is missing"] if described.get("required") else [])
        if not headers.get("content-type", "").startswith("application/json"):
            wrong.append("a body is sent as application/json")
        return wrong + [f"body {error}" for error in self._errors({"$ref": self._strict(operation)}, body)]

    def wrong_in_response(self, operation: Operation, status: int, body: Any) -> list[str]:
        """Return what is wrong with an answer of the stand-in: it must not prove itself."""
        described = operation.data["responses"].get(str(status))
        if described is None:
            return [] if status in _ANY_ERROR else [f"{operation.name} does not answer {status}"]
        content = self._at(described).get("content")
        if content is None:
            return [] if body is None else [f"{operation.name} answers {status} without a body"]
        return [f"answer {error}" for error in self._errors(content["application/json"]["schema"], body)]

    def example(self, name: str) -> Any:
        """Return a copy of the example of a thing (``issue``, ``label``)."""
        return copy.deepcopy(self._data["components"]["examples"][name]["value"])

    def _errors(self, schema: dict[str, Any], value: Any) -> list[str]:
        found = self._validator(json.dumps(schema)).iter_errors(value)
        return [f"{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}" for error in found]

    @functools.cache  # noqa: B019 - there is one description in a process
    def _validator(self, schema: str) -> Any:
        absolute = schema.replace(': "#/', f': "{_BASE}#/')  # references, and what a discriminator maps to
        return _Validator(json.loads(absolute), registry=self._registry, format_checker=oas30_format_checker)

    def _strict(self, operation: Operation) -> str:
        """Return where the schema of a request's body stands in which a property that GitHub does not know is an error."""
        schema = operation.data["requestBody"]["content"]["application/json"]["schema"]
        self._data["x-strict"].setdefault(operation.name.replace("/", "."), _closed(schema))
        return f"{_BASE}#/x-strict/{operation.name.replace('/', '.')}"

    def _at(self, data: dict[str, Any]) -> dict[str, Any]:
        """Return what a reference of the description leads to."""
        while "$ref" in data:
            data = functools.reduce(lambda place, key: place[key], data["$ref"].split("/")[1:], self._data)
        return data

    def _value(self, parameter: dict[str, Any], text: str) -> Any:
        """Return the value of a parameter that the text of a URL stands for."""
        schema = self._at(parameter["schema"])
        kinds = {one.get("type") for one in [schema, *schema.get("oneOf", [])]}
        if "integer" in kinds and re.fullmatch(r"-?\d+", text):
            return int(text)
        return {"true": True, "false": False}.get(text, text) if "boolean" in kinds else text


def _pattern(path: str) -> re.Pattern[str]:
    """Return what the paths of a route look like. A ref and a path may hold slashes."""
    parts = re.split(r"{(\w+)}", re.sub(r"[.+()]", r"\\\g<0>", path))
    names = {True: r"(?P<{}>.+)", False: r"(?P<{}>[^/]+)"}
    made = [part if place % 2 == 0 else names[part in {"ref", "path"}].format(part) for place, part in enumerate(parts)]
    return re.compile("".join(made))


def _closed(schema: Any) -> Any:
    """Return a schema without properties that it does not name."""
    if isinstance(schema, list):
        return [_closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and not {"allOf", "anyOf", "oneOf"} & set(schema):
        closed.setdefault("additionalProperties", False)
    return closed


@functools.cache
def description() -> Description:
    """Return the description, read when it is asked for first (0.2 s)."""
    return Description()
