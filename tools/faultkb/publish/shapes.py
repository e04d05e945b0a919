"""The shapes of which the documents of the API consist, in JSON Schema, with the labels of the ticket's schema."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary

Json = dict[str, Any]
VERSION = 1
TEXT, LIST, DAY = "text", "list", "day"


class Key(NamedTuple):
    """A key of a published fault: its name in JSON, where it stands in the ticket, and what it holds."""

    name: str
    path: tuple[str, ...]
    kind: str = TEXT
    always: bool = False


KEYS = (
    Key("title", ("title",), always=True),
    Key("type", ("type",), always=True),
    Key("severity", ("severity",), always=True),
    Key("products", ("impact", "products"), LIST),
    Key("versions", ("impact", "versions"), LIST),
    Key("fixed_versions", ("kb", "fixed_versions"), LIST),
    Key("modules", ("impact", "modules"), LIST),
    Key("regions", ("impact", "regions"), LIST),
    Key("error_codes", ("kb", "error_codes"), LIST),
    Key("keywords", ("kb", "keywords"), LIST),
    Key("cause", ("kb", "cause")),
    Key("summary", ("kb", "summary")),
    Key("solution", ("kb", "solution")),
    Key("occurred_on", ("occurred_at",), DAY),
    Key("reported_on", ("reported_at",), DAY),
    Key("completed_on", ("completed_at",), DAY),
)
ID = {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{8}-[0-9]{3,6}$"}
DATE = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
NUMBER = {"type": "integer", "minimum": 0}
STRINGS = {"type": "array", "items": {"type": "string"}}
VERSION_KEY = {
    "const": VERSION,
    "title": "格式版本",
    "description": "含义变了才加一；只是多了键不变，请忽略不认识的键。",
}
URL = {"type": "string", "title": "页面地址", "description": "相对于网站的根。"}


def record(title: str, properties: Json, optional: tuple[str, ...] = ()) -> Json:
    """Return an object with a title, all of whose keys are there but the optional ones."""
    required = [name for name in properties if name not in optional]
    return {"title": title, "type": "object", "required": required, "properties": properties}


def items(name: str, title: str) -> Json:
    """Return a list of what a definition describes."""
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}, "title": title}


def field(words: Vocabulary, key: Key) -> Json:
    """Return what a key of a published fault holds."""
    shapes: dict[str, Json] = {
        TEXT: {"type": "string" if key.always else ["string", "null"]},
        LIST: STRINGS,
        DAY: {"type": ["string", "null"], "pattern": DATE["pattern"]},
    }
    values = {"enum": list(words.choices[key.name])} if key.name in words.choices else {}
    return titled(words, key.path, shapes[key.kind] | values, "只有日期；不知道的是 null。" if key.kind == DAY else "")


def titled(words: Vocabulary, path: tuple[str, ...], shape: Json, more: str = "") -> Json:
    """Add the title and the description that the schema of the ticket has for a field."""
    known = words.schema.field(path)
    said = more or known.description
    return {**shape, "title": known.title, **({"description": said} if said else {})}
