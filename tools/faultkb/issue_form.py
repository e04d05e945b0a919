"""The schema → GitHub's issue form for a new fault (故障登记), as the YAML that GitHub reads. `form` reads what it makes of it.

Its labels are the titles of the schema, its lists the schema's choices. It asks for nothing by which a user could be
found, but for the key in the CRM; the issue's own title is the title of the fault.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

import yaml

from faultkb import registration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.vocabulary import Vocabulary

    Json = dict[str, Any]

PATH = ".github/ISSUE_TEMPLATE/fault.yml"
TITLE_PREFIX = "[故障] "
"""What stands in the issue's title before anybody writes; it is no part of the fault's title."""
LEFT_OUT = frozenset({"title", "customer_id", "customer_device", "customer_contact", "complex"})
"""What no form asks: the title is the issue's own, users are known by their key in the CRM, and 复杂 is for others to judge."""
FIRST = ("一、什么故障", ("type", "severity", "product", "version"))
_DESCRIPTION = "二、故障描述"
LATER = (
    ("三、影响多大", ("users", "region", "module")),
    ("四、什么时候、从哪里知道的", ("occurred_at", "channel", "reported_at", "late")),
    ("五、谁来登记、是哪位用户", ("reporter", "reporter_name", "customer_ref")),
)
_LAST = ("六、还有什么要交代的", ("remark",))
"""The order in which a clerk tells it: what, how it shows itself, the rest. `form.read` knows what stands behind the description."""
GROUPS = (FIRST, *LATER, _LAST)
BEHIND = frozenset(name for _, names in LATER for name in names)
"""The short answers that the form asks for behind the description."""
_OPTIONAL = frozenset({"reported_at"})
"""What the schema requires and the form does not: without a word a fault was reported when the issue was opened."""
WEIGHTY = frozenset({"reported_at", "remark"})
"""What the form does not require, and yet no fault is registered without once it was written: time limits, somebody's story."""
_ALSO = {
    "type": "拿不准选最接近的，受理时可以改。",
    "reporter": "接到反馈的客服或支持人员，就是登记的人。",
    "reported_at": "刚刚接到的不用填：空着就是提交这个表单的时间。",
    "late": "反馈时间离现在超过一个工作日的才填。",
    "customer_ref": "姓名、电话留在那里，这里不写；内部发现的不填。",
    "remark": "没有就空着。",
    "现象": "截图可以直接拖进来，先遮住姓名、电话等。",
}
"""What is to be known about a field of this form, besides what the schema says of it."""
_HEADER = """\
# 故障登记表单：由 fault forms 从 schema/ 生成，不要手改。
# 改了 schema/ 里的选项、字段的名称或说明之后，运行 fault forms 重新生成；fault forms --check 看是不是最新的。
"""
_INTRODUCTION = """\
**标题**就是问题标题，在“{prefix}”后面写：{title}{example}

**不要写用户的姓名、电话、地址、账号、密码、车牌号、公网 IP**，截图里也先遮住：这里很多人看得到。完整的联系方式只留在客户系统里。写了的不会登记，要先删掉。

提交之后几分钟，下面会有回复：问题编号、还缺什么、有没有相似的故障、下一步是什么、什么时候到期。写错了直接修改，登记跟着更新。写着“必填”的要填，其余的知道多少写多少，不用等齐了再登记。"""
PROMISE = "提交之前"
"""The label of what has to be ticked, the last of the form; it is no answer."""
_PROMISE = {
    "type": "checkboxes",
    "id": "confirmed",
    "attributes": {
        "label": PROMISE,
        "options": [{"label": "我已确认：文字和截图里没有写用户的姓名、电话、地址、账号、密码", "required": True}],
    },
}
_STEP = re.compile(r"；(?=\d+\. )")
_SHOWN = re.compile(r"，?例?如 [^。]+")
"""What the schema's descriptions show by an example of their own: here the placeholder does."""


class _Dumper(yaml.SafeDumper):
    """Writes texts of several lines as such."""


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Dumper.add_representer(str, _text)


def text(words: Vocabulary, day: date) -> str:
    """Return the file of the form, with the choices that may be used on a day."""
    data = {
        "name": "故障登记",
        "description": "登记一个产品故障：填写约五分钟，不需要懂 git",
        "title": TITLE_PREFIX,
        "body": [
            _introduction(words),
            *_group(words, day, *FIRST),
            _markdown(f"## {_DESCRIPTION}"),
            *_parts(words),
            *(one for group in (*LATER, _LAST) for one in _group(words, day, *group)),
            _PROMISE,
        ],
    }
    return _HEADER + yaml.dump(data, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=1000)


def _introduction(words: Vocabulary) -> Json:
    about = words.schema.field(("title",)).description
    return _markdown(_INTRODUCTION.format(prefix=TITLE_PREFIX.strip(), title=about, example=_example(words, "title")))


def _group(words: Vocabulary, day: date, heading: str, names: tuple[str, ...]) -> Iterator[Json]:
    yield _markdown(f"## {heading}")
    yield from (_field(words, name, day) for name in names)


def _field(words: Vocabulary, name: str, day: date) -> Json:
    """Return the field of an item: a list of its choices, else a line; the remark may have several."""
    required = is_required(words, name)
    label, also = registration.titles(words)[name], _ALSO.get(name, "")
    choices = words.choices.get(name)
    if choices:
        usable = {one: it for one, it in choices.items() if (words.retired(name, one) or date.max) > day}
        explained = [f"{one}：{it['description']}" for one, it in usable.items() if "description" in it]
        return _element(
            "dropdown", name, label, ["；".join(explained), also], {"options": [*usable]}, required=required
        )
    several = "有几个的，用顿号隔开" if registration.kind(words, name) == "array" else ""
    about = [_SHOWN.sub("", registration.explanation(words, name)), several, also]
    shown = {"placeholder": _example(words, name)} if _example(words, name) else {}
    return _element("textarea" if name == "remark" else "input", name, label, about, shown, required=required)


def is_required(words: Vocabulary, name: str) -> bool:
    """Say whether an item must be answered in the form."""
    return name not in _OPTIONAL and _node(words, name)[1]


def _parts(words: Vocabulary) -> Iterator[Json]:
    """Return the fields of the description, with what each type of fault asks for and an example."""
    for number, one in enumerate(registration.parts(words), 1):
        asked = words.asked.of_part(one.name, "")
        about = [f"{one.description}。", *_more(words, one.name), _ALSO.get(one.name, "")]
        example = _STEP.sub("\n", asked[0].example) if asked else ""
        attributes = {"placeholder": f"例如：{example}"} if asked else {}
        yield _element("textarea", f"part-{number}", one.name, about, attributes, required=one.required)


def _more(words: Vocabulary, part: str) -> Iterator[str]:
    """Say what the reports of some types should have in a part, besides what all have there."""
    common = words.asked.of_part(part, "")
    for kind in words.choices["type"]:
        titles = [one.title for one in words.asked.of_part(part, kind) if one not in common]
        if titles:
            yield f"{kind}还要写：{'、'.join(titles)}。"


def _element(kind: str, name: str, label: str, about: list[str], attributes: Json, *, required: bool) -> Json:
    # Where the repository is not public, GitHub neither marks nor enforces what is required.
    said = ["必填" if required else "", *(one.strip("。") for one in about)]
    # GitHub shows a description as Markdown: two asterisks would vanish.
    description = "".join(f"{one}。" for one in said if one).replace("*", r"\*")
    described = {"description": description} if description else {}
    element: Json = {"type": kind, "id": name, "attributes": {"label": label, **described, **attributes}}
    return {**element, "validations": {"required": True}} if required else element


def _markdown(value: str) -> Json:
    return {"type": "markdown", "attributes": {"value": value}}


def _node(words: Vocabulary, name: str) -> tuple[Json, bool]:
    """Return the schema of an item, and whether the schema requires it."""
    node, required = words.schema.root, True
    for step in registration.BY_NAME[name].path:
        required = required and (isinstance(step, int) or step in node.get("required", ()))
        node = words.schema.resolve(node["items"] if isinstance(step, int) else node["properties"][step])
    return node, required


def _example(words: Vocabulary, name: str) -> str:
    """Return the schema's first example of an item, as one would type it; empty if there is none."""
    found = _node(words, name)[0].get("examples", [""])[0]
    typed = "、".join(found) if isinstance(found, list) else str(found)
    return typed and f"例如：{typed}"
