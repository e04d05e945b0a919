"""How to fill in a column of 《产品故障问题跟踪表》, as the schema has it: what it is, what is asked, what may be chosen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from faultkb import tracking

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from faultkb.tracking import Column
    from faultkb.vocabulary import Vocabulary

_PERSON = {"staff", "name"}
_IN_FILE = re.compile(r"；[^；。]*见 [a-z]+\.yaml")
"""Where the choices are, for those who work on files."""
_OWN = {"id", "events"}
"""What the program writes: nobody is asked to."""


def offered(column: Column, words: Vocabulary, day: date) -> list[str]:
    """Return the choices of a column that may be used on a day; none where there is nothing to choose."""
    if column.sections:
        return []
    retiring = words.retiring.get(column.name, {})
    return [one for one in words.schema.field(column.path).choices if one not in retiring or retiring[one] > day]


def meanings(column: Column, words: Vocabulary) -> dict[str, str]:
    """Return what the choices of a column mean, those that say it."""
    said = {one: choice.get("description", "") for one, choice in words.choices.get(column.name, {}).items()}
    if column.name == "team":
        said = {one: f"受理{'、'.join(team.takes)}" for one, team in words.teams.items() if team.takes}
    return words.lifecycle.descriptions if column.name == "status" else said


def meaning(column: Column, words: Vocabulary, choices: Sequence[str] = ()) -> str:
    """Say what a column holds; its choices by name, where the schema says in which file they are."""
    if not column.sections:
        named = f"；可以选：{'、'.join(choices)}" if choices else ""
        return _IN_FILE.sub(named, words.schema.field(column.path).description)
    several = len(column.of) > 1
    told = [(one.name, one.description) for one in words.sections if one.name in column.of and one.part_of is None]
    return "".join(f"{name}：{said}" if several else said for name, said in told)


def names_people(column: Column, words: Vocabulary) -> bool:
    """Say whether a column holds people, or what is private about a customer."""
    node = words.schema.resolve(words.schema.root["properties"].get(column.name, {}))
    parts = map(words.schema.resolve, node.get("properties", {}).values())
    return bool(node.get("x-private")) or any(part.get("properties", {}).keys() >= _PERSON for part in parts)


def requirement(column: Column, words: Vocabulary) -> str:
    """Say when a column must be filled in, and how it is written."""
    return "；".join(part for part in (_when(column, words), *_how(column, words)) if part)


def _when(column: Column, words: Vocabulary) -> str:
    required = {*words.schema.root["required"], *(one.name for one in words.sections if one.required)}
    if required.intersection(column.of):
        return "" if column.name in _OWN else "必填"
    events = words.lifecycle.events.values()
    before = [spec.name for spec in events if any(one.name in column.of for one in spec.sections)]
    bringing = [spec for spec in events if any(one in (*spec.needs, *spec.sets) for one in column.of)]
    after = [spec.name for spec in bringing if any(one.name in column.of for one in spec.requires)]
    if before or after:
        return f"{'、'.join(before)}之前必填" if before else f"{'、'.join(after)}之后必填"
    return "可选"


def _how(column: Column, words: Vocabulary) -> Iterator[str]:
    """Yield how a column is written: chosen, in parts, as people are named, or as its own hint has it."""
    parts = [one.name for one in words.sections if one.part_of in column.of]
    if column.sections:
        several = len(column.of) > 1
        labels = column.of if several else parts
        yield ("" if several else "第一行写标题，") + f"各部分用{''.join(f'【{one}】' for one in labels)}开头"
        return
    node = words.schema.resolve(words.schema.root["properties"][column.name])
    if node.get("x-private"):
        yield "仅内部使用"
    yield from _written(column, node, words)


def _written(column: Column, node: dict[str, Any], words: Vocabulary) -> Iterator[str]:
    field, items = words.schema.field(column.path), words.schema.resolve(node.get("items", {}))
    if field.choices:
        yield "下拉选择"
    elif node.get("format") == "fault-id":
        yield "系统自动，不可重复；新增的一行不填"
    elif node.get("properties", {}).keys() >= _PERSON:
        yield "写工号和姓名，姓名用*号代替，例如 RD017 李*"
    elif items.get("properties", {}).keys() >= _PERSON:
        yield "几个人用、隔开，例如 RD021 王*、RD022 陈*"
    elif node.get("properties"):
        named = [part for key, part in node["properties"].items() if key != tracking.MAIN]
        yield f"一行一项，写成“{'：…”“'.join(part['title'] for part in named)}：…”"
    elif items.get("properties"):
        yield "由系统记录，一行一个事件，最新的在最后；有新的进展，另起一行写，已有的行不改"
    elif field.hint:
        yield field.hint
