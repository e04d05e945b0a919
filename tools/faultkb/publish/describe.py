"""What the static API contains, in the words of schema/: JSON Schema for every document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb.publish.shapes import DATE, ID, KEYS, NUMBER, URL, VERSION, VERSION_KEY, field, items, record, titled

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary

Json = dict[str, Any]
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
    ticket_id = titled(words, ("id",), ID)
    light = {"id": ticket_id, "url": URL, **{key.name: field(words, key) for key in KEYS}, "closed_on": _closed(words)}
    gone = {"schema_version": VERSION_KEY, "status": {}, "id": ticket_id, "url": URL, "changed_on": _changed(words)}
    merged = {**gone, "canonical": _canonical(words)}
    return {
        "faults": record("全部文章，不含正文；关闭最晚的在前，同一天的编号大的在前", _counted("faults", "light")),
        "light": record("一篇文章，不含正文", light),
        "fault": {
            "title": "一个故障的文档",
            "anyOf": [{"$ref": f"#/$defs/{name}"} for name in ("article", "merged", "gone")],
        },
        "article": record("一篇文章，含正文", _article(words, light)),
        "merged": record("并入了另一篇文章的故障", {**merged, "status": _status("merged")}),
        "gone": record("撤下或重新处理中的故障", {**gone, "status": _status("withdrawn", "reopened")}),
        "section": record("正文的一节", _SECTION),
        "step": record("一次状态变化", {"state": _state(words), "on": {**DATE, "title": "日期"}}),
        "changes": record("每个地址最近的变化；变化最晚的在前，同一天的编号大的在前", _counted("changes", "change")),
        "change": record("一个地址最近的变化", _change(ticket_id, words), optional=("canonical", "digest")),
        **_products(words),
    }


def _counted(name: str, item: str) -> Json:
    return {"schema_version": VERSION_KEY, "count": {**NUMBER, "title": "项数"}, name: items(item, "每项一个故障")}


def _article(words: Vocabulary, light: Json) -> Json:
    related = {"type": "array", "items": ID}
    return {
        "schema_version": VERSION_KEY,
        "status": _status("published"),
        **light,
        "sections": items("section", "正文"),
        "timeline": items("step", "经过") | {"description": "早的在前。"},
        "related": {
            **related,
            "title": words.title("kb", "related"),
            "description": "先是写明的，再是相似的；只有已发布的。",
        },
        "folded": {**related, "title": "同因故障", "description": "并入本文的故障的问题编号。"},
    }


def _change(ticket_id: Json, words: Vocabulary) -> Json:
    digest = {"type": "string", "pattern": "^[0-9a-f]{64}$", "title": "摘要"}
    return {
        "id": ticket_id,
        "url": URL,
        "status": _status(*_STATUS),
        "changed_on": _changed(words),
        "canonical": _canonical(words),
        "digest": {
            **digest,
            "description": "faults/{id}.json 的 SHA-256：与自己存的不同就要重新取，更正过的也看得出。",
        },
    }


def _status(*names: str) -> Json:
    said = "；".join(f"{name}：{_STATUS[name]}" for name in names)
    return {"enum": list(names), "title": "是否公开", "description": said}


def _canonical(words: Vocabulary) -> Json:
    shape = {"type": ["string", "null"], "pattern": ID["pattern"]}
    return titled(words, ("kb", "canonical"), shape, "现在没有公开时是 null。只有并入的故障有这个键。")


def _closed(words: Vocabulary) -> Json:
    return {**DATE, "title": f"{words.lifecycle.closed_states[-1]}的日期", "description": "重开过的是最后一次。"}


def _changed(words: Vocabulary) -> Json:
    closed = words.lifecycle.closed_states[-1]
    return {**DATE, "title": "变化的日期", "description": f"最后一次成为{closed}或重新处理的日期。"}


def _state(words: Vocabulary) -> Json:
    return titled(words, ("status",), {"enum": list(words.lifecycle.states)}, "到了哪个状态。")


_SECTION: Json = {
    "section": {"type": "string", "title": "章节"},
    "part": {"type": ["string", "null"], "title": "小节", "description": "没有小节的是 null。"},
    "markdown": {"type": "string", "title": "Markdown", "description": "与网页上的相同，不含 HTML。"},
    "text": {
        "type": "string",
        "title": "纯文字",
        "description": "没有标记；列表项、表格的行各占一行，单元格之间是空格。",
    },
}


def _products(words: Vocabulary) -> Json:
    """The documents behind 我受影响吗？."""
    product, version = (words.title("impact", name) for name in ("products", "versions"))
    named = {"type": "string", "title": product}
    told = {"title", "severity", "solution", "fixed_versions"}
    known = {key.name: field(words, key) for key in KEYS if key.name in told}
    ids = {"type": "array", "items": ID}
    of_version = {
        "version": {"type": "string", "title": version},
        "faults": {**ids, "title": "有哪些故障"},
        "fixed": {**ids, "title": "修好了哪些故障"},
    }
    of_product = {
        "product": named,
        "slug": {"type": "string", "title": "在地址里的写法"},
        "faults": {**NUMBER, "title": "故障数"},
        "versions": {**NUMBER, "title": "有故障的版本数"},
    }
    faults = {"type": "object", "title": "提到的故障", "description": "键是问题编号。"}
    return {
        "products": record("有已知故障的产品", {"schema_version": VERSION_KEY, "products": items("listed", product)}),
        "listed": record("一个有已知故障的产品", of_product),
        "product": record(
            "一个产品各版本的已知故障",
            {
                "schema_version": VERSION_KEY,
                "product": named,
                "versions": items("version", version) | {"description": "新的在前。"},
                "faults": {**faults, "additionalProperties": {"$ref": "#/$defs/known"}},
            },
        ),
        "version": record("一个版本", of_version),
        "known": record("一个已知故障", {**known, "url": URL}),
    }
