"""What a good report says, by type of fault, as ``x-completeness`` of the schema lists it: read, and held to its rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from faultkb.yamltext import Path

    Mistake = tuple[Path, str]

Json = dict[str, Any]
_UNITS = "[GMk]?Hz|[mkM]?[VAWΩ]\\b|k?g\\b|[cmk]?m\\b|[GMk]B|m?s\\b|[%％℃秒分小时元万米倍英]"
LOOKS = {
    "步骤编号": re.compile(r"^[ \t]{0,8}1[.)、．）]", re.MULTILINE),
    "版本号": re.compile(rf"(?<![0-9A-Za-z.])[Vv]?[0-9]{{1,4}}(?:\.[0-9]{{1,5}}){{1,3}}(?![0-9.]|[ ]?(?:{_UNITS}))"),
    "错误代码": re.compile(r"\b[A-Z]{1,6}-[0-9]{2,6}\b|\b0x[0-9A-Fa-f]{2,16}\b"),
    "时刻": re.compile(r"^.{0,40}[0-9]{2}:[0-9]{2}:[0-9]{2}", re.MULTILINE),
    "型号": re.compile(r"[A-Za-z]{1,6}-?[0-9]{1,5}"),
    "数字": re.compile("[0-9]"),
}
"""What ``like`` of the schema may name: no regular expressions there, which one cannot tell to be quick on a long text."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to recognise that a thing was said: any of the words, or what looks like such a thing, in one of the places.

    Words may have the signs of wording.yaml. A place is a field (``impact.users``) or a section or part; with neither any
    text will do.
    What stands in the field ``besides`` does not count: the other side's version is not the product's own.
    """

    places: tuple[str, ...]
    words: tuple[str, ...]
    like: tuple[re.Pattern[str], ...]
    besides: str


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a report should say: its name, what it counts for, what to write, and an example for each type.

    ``ask`` is how a user is asked for it, empty for what no user can tell.
    """

    title: str
    weight: int
    types: frozenset[str]
    ways: tuple[Way, ...]
    write: str
    example: str
    examples: Mapping[str, str]
    ask: str = ""

    def applies(self, kind: str) -> bool:
        """Say whether reports of a type should say this; without types all should."""
        return not self.types or kind in self.types

    def advice(self, kind: str) -> str:
        """Return what to write, with an example for a type of fault."""
        return f"{self.write}，例如：{self.examples.get(kind, self.example)}"


@dataclass(frozen=True, slots=True)
class Asked:
    """All of it; a report in one of the states is warned about if its score is below ``enough`` (percent)."""

    enough: int = 0
    states: frozenset[str] = frozenset()
    items: tuple[Item, ...] = ()

    def of_part(self, part: str, kind: str) -> list[Item]:
        """Return what belongs into a part of the description of a type of fault, most important first."""
        return [one for one in self.items if one.applies(kind) and one.ways[0].places[0] == part]


def build(data: Json | None) -> Asked:
    """Read ``x-completeness``; without it nothing is asked."""
    if not data:
        return Asked()
    items = sorted(map(_item, data["items"]), key=lambda item: -item.weight)
    return Asked(data["enough"], frozenset(data["states"]), tuple(items))


def _item(data: Json) -> Item:
    types, ways = frozenset(data.get("types", ())), tuple(map(_way, data["ways"]))
    known = (data["title"], data["weight"], types, ways, data["write"], data["example"])
    return Item(*known, data.get("examples", {}), data.get("ask", ""))


def _way(data: Json) -> Way:
    like = tuple(LOOKS[name] for name in data.get("like", ()))
    return Way(tuple(data["in"]), tuple(data.get("words", ())), like, data.get("besides", ""))


def mistakes(raw: Json, states: set[str]) -> Iterator[Mistake]:
    """Find in a schema what is asked in a place or of a type that does not exist, or by a look that nobody knows."""
    data, here = raw.get("x-completeness", {"items": [], "states": []}), ("x-completeness",)
    sections = {part["name"] for one in raw["x-sections"] for part in (one, *one.get("parts", ()))}
    places = {".".join(path) for path in _fields(raw["properties"])} | sections
    types = {choice["const"] for choice in raw["properties"]["type"]["oneOf"]}
    yield from _unknown((*here, "states"), data["states"], states, "状态")
    for number, item in enumerate(data["items"]):
        place = (*here, "items", number)
        for key in ("types", "examples"):
            yield from _unknown((*place, key), item.get(key, ()), types, "故障类型")
        for index, way in enumerate(item["ways"]):
            yield from _unknown((*place, "ways", index, "in"), way["in"], places, "字段或章节")
            if "besides" in way:
                yield from _unknown((*place, "ways", index, "besides"), [way["besides"]], places, "字段或章节")
            yield from _unknown((*place, "ways", index, "like"), way.get("like", ()), {*LOOKS}, "样子")


def _unknown(path: Path, names: Iterable[str], known: set[str], what: str) -> Iterator[Mistake]:
    for name in names:
        if name not in known:
            yield path, f"没有这个{what}：{name}；可以写：{'、'.join(sorted(known))}"


def _fields(nodes: Json, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, node in nodes.items():
        yield (*above, name)
        yield from _fields(node.get("properties", {}), (*above, name))
