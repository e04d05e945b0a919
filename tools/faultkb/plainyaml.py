r"""The YAML that this program writes itself, read at the speed of JSON; anything else is left to libyaml.

Headers are lines ``key: text`` and ``key: {flow}``, and lists of such items. `read` takes them only in that form, with
unquoted text of harmless characters; what it returns is what libyaml would (a test compares the two on any text). A
ticket takes a third of the time that way, and reports read every ticket.
"""

from __future__ import annotations

import functools
import json
import re
from typing import Any

_BAD = '\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ufffe\\uffff\\ud800-\\udfff"\\\\'
"""What ends or spoils a line somewhere, and what JSON would have to escape."""
_FIRST = f"[^{_BAD}\\x20-/:-@\\[-`{{-~]"
"""A letter, a digit or anything beyond ASCII: what cannot be an indicator."""
_KEY = "[A-Za-z_]++"
_COLON = ":(?=[0-9A-Za-z/])"
_FLOW_TEXT = f"(?:{_FIRST}(?:[^{_BAD} ,:?\\[\\]{{}}]|{_COLON}|\\x20++(?=[^{_BAD} ,:#?\\[\\]{{}}]))*+)"
_TEXT = f"(?:{_FIRST}(?:[^{_BAD} :]|{_COLON}|\\x20++(?=[^{_BAD} #:]))*+)"


def _flow(inner: str) -> str:
    """Return the pattern of a flow collection whose values match a pattern."""
    value = f"(?:{_FLOW_TEXT}|{inner})" if inner else _FLOW_TEXT
    # Each value stands here once for a mapping and once for a list: written out, the pattern would take long to compile.
    return f"(?:\\{{(?:{_KEY}: {value}(?:, (?=[A-Za-z_])|(?=\\}})))++\\}}|\\[(?:{value}(?:, (?![ \\]])|(?=\\])))++\\])"


_QUOTES = (
    *(("{", '{"'), ("}", '"}'), ("[", '["'), ("]", '"]'), (": ", '": "'), (", ", '", "')),
    *(('"{', "{"), ('"[', "["), ('}"', "}"), (']"', "]")),
)
"""What puts quotes around every text of a flow collection, once it is known to be plain."""


@functools.cache
def _line() -> re.Pattern[str]:
    """Return the pattern of a line; to compile it takes longer than to print somebody's --help."""
    return re.compile(f"(?:((?:  )?)({_KEY}):|((?:  )?-))(?: (?:({_TEXT})|({_flow(_flow(_flow('')))})))?+")


def read(text: str) -> dict[str, Any] | None:
    """Return the mapping that a text holds, None where it is not written in the plain form."""
    reader, pattern = _Reader(), _line()
    for line in text.replace("\r\n", "\n").removesuffix("\n").split("\n"):
        match = pattern.fullmatch(line)
        if match is None or not reader.take(*match.groups()):
            return None
    return reader.result()


class _Reader:
    """Puts lines together: the mapping so far, the key whose collection is being read, what `_flow` found."""

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}
        self.key = ""
        self.inner: Any = None
        self.mark = ""
        self.flows: list[str] = []
        self.places: list[tuple[Any, Any]] = []

    def take(self, indent: str | None, key: str | None, dash: str | None, plain: str | None, flow: str | None) -> bool:
        """Take a line; say whether it is still the plain form."""
        value = plain or flow
        if indent or dash:
            return value is not None and self._add(key, dash, value, flow)
        if key is None or key in self.data or (self.key and self.inner is None):
            return False  # a key that comes twice, or one without a value
        self.key, self.inner = "" if value else key, None
        self.data[key] = value  # None holds its place in the order
        return flow is None or self._open(flow, self.data, key)

    def _add(self, key: str | None, dash: str | None, value: str, flow: str | None) -> bool:
        """Add an item or a pair to the collection under the last key."""
        if self.inner is None and self.key:
            self.mark = dash or ""
            self.data[self.key] = self.inner = [] if dash else {}
        if self.inner is None or self.mark != (dash or "") or key in self.inner:
            return False
        place: Any = len(self.inner) if dash else key
        if dash:
            self.inner.append(value)
        else:
            self.inner[key] = value
        return flow is None or self._open(flow, self.inner, place)

    def _open(self, flow: str, into: Any, place: Any) -> bool:
        """Read a flow collection: at once if nothing is nested in it, else together with the others."""
        if flow.count("{") + flow.count("[") > 1 or flow[0] == "[":
            self.flows.append(flow)
            self.places.append((into, place))
            return True
        pairs = [pair.split(": ", 1) for pair in flow[1:-1].split(", ")]
        into[place] = data = dict(pairs)
        return len(data) == len(pairs)

    def result(self) -> dict[str, Any] | None:
        """Return the mapping, with what the flow collections hold, all read in one go: each is known to be whole."""
        if self.key and self.inner is None:
            return None
        quoted = ",".join(self.flows)
        for old, new in _QUOTES:
            quoted = quoted.replace(old, new)
        try:
            values = json.loads(f"[{quoted}]", object_pairs_hook=_unique)
        except ValueError:
            return None
        for (into, place), value in zip(self.places, values, strict=True):
            into[place] = value
        return self.data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError
    return data
