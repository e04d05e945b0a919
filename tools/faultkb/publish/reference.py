"""The pages that explain the process, made from what the checks read: lifecycle, fields, time limits, rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from faultkb import facts, rules
from faultkb.lifecycle import NONE
from faultkb.publish import diagram, process
from faultkb.publish.phrases import course, table, word
from faultkb.render.findings import LEVELS
from faultkb.reports import NUMBER
from faultkb.safe_markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from faultkb.lifecycle import EventSpec, Lifecycle
    from faultkb.vocabulary import Vocabulary


def pages(words: Vocabulary, root: Path) -> Iterator[tuple[str, str]]:
    """Return the pages as (path under kb/, text): generated, and written by hand with what schema/ says put in."""
    yield from process.pages(words, root / "kb" / "templates" / "process")
    yield "reference/lifecycle.md", lifecycle(words)
    yield "reference/fields.md", _fields(words)
    yield "reference/rules.md", _rules()
    yield "reference/facts.md", _facts()


def lifecycle(words: Vocabulary) -> str:
    """Return the page on states and events."""
    life = words.lifecycle
    states = table(("状态", "说明"), ((word(name), escape(text)) for name, text in life.descriptions.items()))
    events = table(
        ("事件", "从 → 到", "必须带", "可以带", "说明"),
        (
            (
                f"**{word(one.name)}**",
                course(one, life),
                _titles(one.needs, words),
                _titles(one.takes, words),
                escape(one.description),
            )
            for one in life.events.values()
        ),
    )
    return "\n\n".join(
        (
            "# 生命周期",
            "状态由事件推出。检查、命令与本页读的是同一张表（schema/lifecycle.yaml）。",
            diagram.figure(life),
            f"## 状态\n\n{states}",
            f"## 什么状态下可以记什么事件\n\n● 可以记，状态不变；→ 可以记，状态改变；空白：不能记。\n\n{_matrix(life)}",
            f"## 事件\n\n{events}\n",
        )
    )


def _matrix(life: Lifecycle) -> str:
    """A row for each event, a column for each state: whether it can happen, and what follows."""
    columns = {NONE: "登记之前", **{state: escape(state) for state in life.states}}
    rows = ((f"**{word(one.name)}**", *(_cell(one, state) for state in columns)) for one in life.events.values())
    return table(("事件", *columns.values()), rows)


def _cell(one: EventSpec, state: str) -> str:
    if state not in one.sources:
        return ""
    return "●" if one.target(state) == state else word(f"→ {one.target(state)}")


def _titles(names: Iterable[str], words: Vocabulary) -> str:
    return "、".join(escape(words.schema.field(("events", 0, name)).title) for name in names) or "—"


def _fields(words: Vocabulary) -> str:
    required = set(words.schema.root["required"])
    rows = list(_field_rows(words.schema.root, words, required))
    sections = (
        (
            f"{'## ' if one.part_of is None else '### '}{escape(one.name)}",
            escape(one.description),
            "公开" if one.publish or one.part_of else "内部",
        )
        for one in words.sections
    )
    return (
        "# 字段表\n\n《产品故障问题跟踪表》的每一栏，对应文件头里的一个字段。\n\n## 文件头\n\n"
        + table(("名称", "字段", "填写", "说明", "公开"), rows)
        + "\n\n## 正文的章节\n\n"
        + table(("章节", "说明", "公开"), sections)
        + "\n"
    )


def _field_rows(node: Any, words: Vocabulary, required: set[str], prefix: str = "") -> Iterator[list[str]]:
    for name, raw in node["properties"].items():
        inner = words.schema.resolve(raw)
        field = words.schema.field((*prefix.split(".")[:-1], name))
        choices = f"可选：{'、'.join(field.choices)}。" if field.choices else ""
        text = escape(f"{field.description}{choices}{field.hint if not choices else ''}")
        yield [
            escape(field.title),
            f"`{prefix}{name}`",
            "必填" if name in required else "",
            text,
            "公开" if inner.get("x-publish") is True else "内部",
        ]
        if "properties" in inner:
            yield from _field_rows(inner, words, set(inner.get("required", ())), f"{prefix}{name}.")


def _rules() -> str:
    parts = ["# 检查规则", "错误不改好就不能合并；提醒不影响合并。命令 `fault rules 规则名` 显示同样的说明。"]
    for one in sorted(rules.catalogue().values(), key=lambda one: (one.level, one.id)):
        summary, _, rest = one.manual.partition("\n")
        paragraphs = "\n\n".join(
            escape(part.replace("\n", ""))
            for part in rest.strip().replace("\n改法：", "\n\n改法：").split("\n\n")
            if part
        )
        parts.append(f"## {one.id}\n\n**{LEVELS[one.level]}** · {escape(summary)}\n\n{paragraphs}")
    return "\n\n".join(parts) + "\n"


_KINDS = {facts.TIME: "时间", facts.FLAG: "是否", facts.LIST: "多个文字", NUMBER: "整数"}


def _facts() -> str:
    parts = [
        "# 事实表",
        "命令 `fault export facts` 导出的两个表，用 Excel、DuckDB、Spark 可以算出自己的数字。没有客户、姓名与说明文字；人只有工号。",
        "CSV 里的空白是没有，是否写作 true、false，多个文字用“；”隔开，以 = 等开头的文字前面加了 '；JSON 与 Parquet 里是原来的值。",
        "时间写作 `YYYY-MM-DD HH:MM`，是 schema/sla.yaml 里的时区；按 `--as-of` 的时刻计算。",
    ]
    for name, columns in facts.TABLES.items():
        rows = ((f"`{one.key}`", escape(one.title), _KINDS.get(one.kind, "文字"), escape(one.hint)) for one in columns)
        parts.append(f"## {name}\n\n{table(('名称', '标题', '类型', '说明'), rows)}")
    return "\n\n".join(parts) + "\n"
