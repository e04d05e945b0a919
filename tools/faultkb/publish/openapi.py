"""The addresses of the static API, as OpenAPI describes them; `describe` says what lies there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from faultkb.publish import describe, shapes

if TYPE_CHECKING:
    from faultkb.vocabulary import Vocabulary

Json = dict[str, Any]
ADDRESSES = (
    ("/faults.json", "faults", "全部文章，不含正文", "关闭最晚的在前。"),
    ("/faults/{id}.json", "fault", "一个故障", "已发布的有正文；并入、撤下、重新处理中的只说明去向。"),
    ("/changes.json", "changes", "变化", "每个发布过的地址一项，变化最晚的在前；自己存一份的程序照着它更新。"),
    ("/products.json", "products", "有已知故障的产品", "选择产品用。"),
    ("/products/{slug}.json", "product", "一个产品各版本的已知故障", "“我受影响吗？”页用的就是它。"),
)
"""The documents: address, definition, summary, and what to know."""
_PARAMETERS = {
    "id": {"description": "问题编号", "schema": shapes.ID, "example": "SW-20261103-001"},
    "slug": {"description": "产品在地址里的写法，见 products.json", "schema": {"type": "string"}},
}


def document(words: Vocabulary) -> Json:
    """Return openapi.json: the addresses, with the definitions of `describe`."""
    text = json.dumps(describe.definitions(words)).replace("#/$defs/", "#/components/schemas/")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "故障知识库静态接口",
            "version": str(shapes.VERSION),
            "description": (
                "已发布的故障，供程序读取。都是静态文件，只能 GET，不要登录。"
                "内容与网页相同：没有客户、人员与内部记录。全文检索用每个页面上的 window.faultkb.search，"
                "它的索引在 api/search/ 下，格式不作承诺。"
            ),
        },
        "servers": [{"url": ".", "description": "本文件所在的文件夹"}],
        "paths": {path: {"get": _operation(path, name, *said)} for path, name, *said in ADDRESSES},
        "components": {"schemas": json.loads(text)},
    }


def _operation(path: str, name: str, summary: str, description: str) -> Json:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}
    responses: Json = {"200": {"description": summary, "content": content}}
    needed = [parameter for parameter in _PARAMETERS if f"{{{parameter}}}" in path]
    if needed:
        responses["404"] = {"description": "从来没有发布过"}
    said = {"operationId": f"get_{name}", "summary": summary, "description": description, "responses": responses}
    places = [{"name": one, "in": "path", "required": True, **_PARAMETERS[one]} for one in needed]
    return said | ({"parameters": places} if places else {})
