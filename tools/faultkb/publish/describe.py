"""What the static API contains, in the words of schema/: JSON Schema for every document."""

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
_DAY = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
_NUMBER = {"type": "integer", "minimum": 0}
_STRINGS = {"type": "array", "items": {"type": "string"}}
_VERSION = {"const": VERSION, "title": "格式版本", "description": "含义变了才加一；只是多了键不变，请忽略不认识的键。"}
_URL = {"type": "string", "title": "页面地址", "description": "相对于网站的根。"}
_STATUS = {
    "published": "已发布的文章",
    "merged": "已并入另一篇文章",
    "withdrawn": "已撤下，不再有内容",
    "reopened": "再次出现，重新处理中，内容已收回",
}


def schema(words: Vocabulary) -> Json:
    """Return schema.json: what every document of the API looks like."""
    documents = ("faults", "fault", "changes", "products", "product")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:faultkb:api:{VERSION}",
        "title": "故障知识库静态接口",
        "description": "api/v1/ 下每个文档的格式。日期都是 YYYY-MM-DD，没有时刻。",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in documents],
        "$defs": definitions(words),
    }


def definitions(words: Vocabulary) -> Json:
    """Return the definition of every document and of what it consists of, by name."""
    ticket_id = _titled(words, ("id",), ID)
    light = {"id": ticket_id, "url": _URL, **{key.name: _key(words, key) for key in KEYS}, "closed_on": _closed(words)}
    gone = {"schema_version": _VERSION, "status": {}, "id": ticket_id, "url": _URL, "changed_on": _changed(words)}
    merged = {**gone, "canonical": _canonical(words)}
    return {
        "faults": _object("全部文章，不含正文；关闭最晚的在前，同一天的编号大的在前", _counted("faults", "light")),
        "light": _object("一篇文章，不含正文", light),
        "fault": {
            "title": "一个故障的文档",
            "anyOf": [{"$ref": f"#/$defs/{name}"} for name in ("article", "merged", "gone")],
        },
        "article": _object("一篇文章，含正文", _article(words, light)),
        "merged": _object("并入了另一篇文章的故障", {**merged, "status": _status("merged")}),
        "gone": _object("撤下或重新处理中的故障", {**gone, "status": _status("withdrawn", "reopened")}),
        "section": _object("正文的一节", _SECTION),
        "step": _object("一次状态变化", {"state": _state(words), "on": {**_DAY, "title": "日期"}}),
        "changes": _object("每个地址最近的变化；变化最晚的在前，同一天的编号大的在前", _counted("changes", "change")),
        "change": _object("一个地址最近的变化", _change(ticket_id, words), optional=("canonical", "digest")),
        **_products(words),
    }


def _object(title: str, properties: Json, optional: tuple[str, ...] = ()) -> Json:
    required = [name for name in properties if name not in optional]
    return {"title": title, "type": "object", "required": required, "properties": properties}


def _counted(name: str, item: str) -> Json:
    return {"schema_version": _VERSION, "count": {**_NUMBER, "title": "项数"}, name: _items(item, "每项一个故障")}


def _article(words: Vocabulary, light: Json) -> Json:
    related = {"type": "array", "items": ID}
    return {
        "schema_version": _VERSION,
        "status": _status("published"),
        **light,
        "sections": _items("section", "正文"),
        "timeline": _items("step", "经过") | {"description": "早的在前。"},
        "related": {**related, "title": words.title("kb", "related"), "description": "只有已发布的。"},
        "folded": {**related, "title": "同因故障", "description": "并入本文的故障的问题编号。"},
    }


def _change(ticket_id: Json, words: Vocabulary) -> Json:
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$", "title": "摘要"}
    return {
        "id": ticket_id,
        "url": _URL,
        "status": _status(*_STATUS),
        "changed_on": _changed(words),
        "canonical": _canonical(words),
        "digest": {
            **digest,
            "description": "faults/{id}.json 的 SHA-256：与自己存的不同就要重新取，更正过的也看得出。",
        },
    }


def _key(words: Vocabulary, key: Key) -> Json:
    shapes: dict[str, Json] = {
        TEXT: {"type": "string" if key.always else ["string", "null"]},
        LIST: _STRINGS,
        DAY: {"type": ["string", "null"], "pattern": _DAY["pattern"]},
    }
    values = {"enum": list(words.choices[key.name])} if key.name in words.choices else {}
    return _titled(words, key.path, shapes[key.kind] | values, "只有日期；不知道的是 null。" if key.kind == DAY else "")


def _titled(words: Vocabulary, path: tuple[str, ...], shape: Json, more: str = "") -> Json:
    """Add the title and the description that the schema of the ticket has for a field."""
    field = words.schema.field(path)
    said = more or field.description
    return {**shape, "title": field.title, **({"description": said} if said else {})}


def _status(*names: str) -> Json:
    said = "；".join(f"{name}：{_STATUS[name]}" for name in names)
    return {"enum": list(names), "title": "是否公开", "description": said}


def _canonical(words: Vocabulary) -> Json:
    shape = {"type": ["string", "null"], "pattern": ID["pattern"]}
    return _titled(words, ("kb", "canonical"), shape, "现在没有公开时是 null。只有并入的故障有这个键。")


def _closed(words: Vocabulary) -> Json:
    return {**_DAY, "title": f"{words.lifecycle.closed_states[-1]}的日期", "description": "重开过的是最后一次。"}


def _changed(words: Vocabulary) -> Json:
    closed = words.lifecycle.closed_states[-1]
    return {**_DAY, "title": "变化的日期", "description": f"最后一次成为{closed}或重新处理的日期。"}


def _state(words: Vocabulary) -> Json:
    return _titled(words, ("status",), {"enum": list(words.lifecycle.states)}, "到了哪个状态。")


_SECTION: Json = {
    "section": {"type": "string", "title": "章节"},
    "part": {"type": ["string", "null"], "title": "小节", "description": "没有小节的是 null。"},
    "markdown": {"type": "string", "title": "Markdown", "description": "与网页上的相同，不含 HTML。"},
    "text": {"type": "string", "title": "纯文字", "description": "没有标记；表格的一行占一行，单元格之间是制表符。"},
}


def _products(words: Vocabulary) -> Json:
    """The documents behind 我受影响吗？."""
    product, version = (words.title("impact", name) for name in ("products", "versions"))
    named = {"type": "string", "title": product}
    told = {"title", "severity", "solution", "fixed_versions"}
    known = {key.name: _key(words, key) for key in KEYS if key.name in told}
    ids = {"type": "array", "items": ID}
    of_version = {
        "version": {"type": "string", "title": version},
        "faults": {**ids, "title": "有哪些故障"},
        "fixed": {**ids, "title": "修好了哪些故障"},
    }
    of_product = {
        "product": named,
        "slug": {"type": "string", "title": "在地址里的写法"},
        "faults": {**_NUMBER, "title": "故障数"},
        "versions": {**_NUMBER, "title": "有故障的版本数"},
    }
    faults = {"type": "object", "title": "提到的故障", "description": "键是问题编号。"}
    return {
        "products": _object("有已知故障的产品", {"products": _items("listed", product)}),
        "listed": _object("一个有已知故障的产品", of_product),
        "product": _object(
            "一个产品各版本的已知故障",
            {
                "product": named,
                "versions": _items("version", version) | {"description": "新的在前。"},
                "faults": {**faults, "additionalProperties": {"$ref": "#/$defs/known"}},
            },
        ),
        "version": _object("一个版本", of_version),
        "known": _object("一个已知故障", {**known, "url": _URL}),
    }


def _items(name: str, title: str) -> Json:
    return {"type": "array", "items": {"$ref": f"#/$defs/{name}"}, "title": title}
