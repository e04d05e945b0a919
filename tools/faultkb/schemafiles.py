"""The files of schema/: read, held to their meta-schemas and to each other; every mistake with line and column."""

from __future__ import annotations

import functools
import json
import os
import re
from datetime import date, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import jsonschema_rs

from faultkb import asked, moment, template, yamltext
from faultkb.finding import ERROR, FaultError, Finding
from faultkb.lifecycle import NONE
from faultkb.validation import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Json = dict[str, Any]
Mistake = tuple[yamltext.Path, str]


def read(folder: Path) -> tuple[Json, dict[str, Json]]:
    """Return ticket.schema.json and the YAML files by name. Raise FaultError if any has a mistake."""
    if folder.is_symlink():
        # git would compare the link, and whatever it leads to could change unseen.
        raise FaultError(f"{folder.name}/ 是一个链接：换成真正的文件夹，否则改动查不出来")
    files = _Files(folder)
    raw = files.json("ticket.schema.json")
    data = {name: files.yaml(name) for name in ("lifecycle", "sla", "calendar", "teams", "wording")}
    data |= {name: files.yaml(name) if os.path.lexists(folder / f"{name}.yaml") else {} for name in _OPTIONAL}
    files.stop_at_mistakes()
    for name, check in _CROSS_CHECKS.items():
        files.report(name, check(raw, data))
        files.stop_at_mistakes()
    return raw, data


_OPTIONAL = ("privacy", "documents")
"""The files without which all works but what they are about."""


class _Files:
    """The files of schema/, with the mistakes found in them so far."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: list[Finding] = []
        self.texts: dict[str, str] = {}

    def json(self, name: str) -> Json:
        try:
            data = json.loads(self._text(name))
        except json.JSONDecodeError as error:
            self._add(name, error.lineno, error.colno, "JSON 写法有误：检查这里和上一行的逗号、引号、括号")
            return {}
        except RecursionError:
            self._add(name, 1, 1, "括号套得太深")
            return {}
        try:
            jsonschema_rs.meta.validate(data)
        except jsonschema_rs.ValidationError as error:
            self.report(name, [(tuple(error.instance_path), "不是有效的 JSON Schema")])
            return {}
        except (ValueError, jsonschema_rs.ReferencingError):
            self.report(
                name, [(("$schema",), "不认识的 JSON Schema 版本；写 https://json-schema.org/draft/2020-12/schema")]
            )
            return {}
        self.report(name, _dangling(data, data, ()))
        self._hold_to("ticket", name, data)
        return data if isinstance(data, dict) else {}

    def yaml(self, name: str) -> Json:
        file = f"{name}.yaml"
        try:
            data, problems = yamltext.parse(self._text(file))
        except yamltext.ProblemError as error:
            data, problems = {}, [error.problem]
        for problem in problems:
            self._add(file, problem.line, problem.column, _worded(problem, self.texts[file]))
        if not problems:
            self._hold_to(name, file, data)
        return data

    def _hold_to(self, metaschema: str, file: str, data: Json) -> None:
        schema = _metaschema(metaschema)
        if not schema.is_valid(schema.coerce(data)):
            self.report(file, ((one.path, f"{one.message}。{one.help}") for one in schema.violations(data)))

    def report(self, name: str, mistakes: Iterable[Mistake]) -> None:
        for path, message in mistakes:
            self._add(name, *locate(self.texts[name], path), message)

    def stop_at_mistakes(self) -> None:
        if self.findings:
            raise FaultError(f"schema/ 里有 {len(self.findings)} 处错误，改好之后才能继续", sorted(self.findings))

    def _text(self, name: str) -> str:
        try:
            self.texts[name] = (self.folder / name).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise FaultError(f"缺少文件 schema/{name}：请从本项目的仓库恢复它") from None
        except (OSError, UnicodeDecodeError):
            raise FaultError(f"读不了 schema/{name}：请确认它是 UTF-8 编码的文本文件，并且可以读取") from None
        return self.texts[name]

    def _add(self, name: str, line: int, column: int, message: str) -> None:
        self.findings.append(Finding(f"schema/{name}", line, column, "schema-file", ERROR, message.rstrip("。")))


_SLIPS = (
    (re.compile(r"(?:^|[\[{,:\-]) *@"), '@ 开头的要加引号，例如 ["@公司/小组"]'),
    (re.compile(r"^[ \-]*[^\s\"'#:,\[{]+:[^\s/]"), "冒号后面要空一格"),
    (re.compile(r"^[ \-]*[^\s\"'#:：,\[{]+："), "冒号要用半角，后面空一格"),
    (re.compile(r"^ *\t"), "缩进用空格，不用 Tab"),
)
"""What people get wrong most, where the line shows it."""


def _worded(problem: yamltext.Problem, text: str) -> str:
    """Say what is wrong with a file that cannot be read; the slip may stand on the line before the one that is named."""
    if problem.rule == "duplicate-key":
        return f"重复的键 {problem.detail}"
    lines = text.split("\n")[max(0, problem.line - 2) : problem.line]
    slips = (words for line in reversed(lines) for pattern, words in _SLIPS if pattern.search(line))
    return f"YAML 写法有误：{next(slips, '检查这一行和上一行的缩进、冒号、引号、括号')}"


@functools.cache
def _metaschema(name: str) -> Schema:
    text = resources.files("faultkb").joinpath("metaschema", f"{name}.schema.json").read_text(encoding="utf-8")
    return Schema(json.loads(text))


def locate(text: str, path: yamltext.Path) -> tuple[int, int]:
    """Return line and column of the nearest place that exists on the way to ``path``."""
    try:
        found = yamltext.places(text)
    except yamltext.ProblemError as error:
        return error.problem.line, error.problem.column
    while path and path not in found:
        path = path[:-1]
    place = found.get(path)
    span = place and (place.key or place.value)
    return (span.line, span.column) if span else (1, 1)


def _lifecycle_mistakes(raw: Json, data: dict[str, Json]) -> Iterator[Mistake]:
    life = data["lifecycle"]
    states, events, fields = set(life["states"]), set(life["events"]), set(raw["$defs"]["event"]["properties"])
    sections = {section["name"] for section in raw["x-sections"]}
    if sum(bool(state.get("initial")) for state in life["states"].values()) != 1:
        yield ("states",), "恰好一个状态要写 initial: true"
    if sum(event["from"] == "none" for event in life["events"].values()) != 1:
        yield ("events",), "恰好一个事件要写 from: none（登记）"
    for name, event in life["events"].items():
        here = ("events", name)
        sources = event["from"] if isinstance(event["from"], list) else []
        targets = event.get("to", {})
        mentioned = [*sources, *(targets.values() if isinstance(targets, dict) else [targets])]
        yield from _unknown((*here, "from"), sources, states, "状态")
        yield from _unknown((*here, "to"), [one for one in mentioned if one not in sources], states, "状态")
        for key in ("needs", "takes", "needs_one_of", "only_with", "refuses"):
            yield from _unknown((*here, key), event.get(key, ()), fields, "事件字段")
        for key in ("sets", "clears", "requires"):
            yield from _unknown((*here, key), map(_name, event.get(key, ())), set(raw["properties"]), "字段")
        carried = {"at", "by", "note", *event.get("needs", ()), *event.get("takes", ())}
        named = {name.removeprefix("$") for name in _references(event.get("sets", {}))}
        yield from _unknown((*here, "sets"), sorted(named), carried, "字段（先写进这个事件的 needs 或 takes）")
        yield from _unknown((*here, "sections"), map(_name, event.get("sections", ())), sections, "章节")
        for key in ("opens", "closes", "unless_open", "if_open", "brings"):
            value = event.get(key, [])
            yield from _unknown((*here, key), [value] if isinstance(value, str) else value, events, "事件")
        kb_entries = {choice["const"] for choice in raw["properties"]["kb"]["properties"]["entry"]["oneOf"]}
        yield from _unknown((*here, "kb_entries"), event.get("kb_entries", ()), kb_entries, "收录决定")
        changed = [event["changes"]] if "changes" in event else []
        yield from _unknown(
            (*here, "changes"),
            changed,
            {name for name in life["snapshot"] if "oneOf" in raw["properties"].get(name, {})},
            "可改变的字段",
        )
        earlier = event.get("when_earlier", {})
        yield from _unknown((*here, "when_earlier"), [earlier["field"]] if earlier else [], fields, "事件字段")
        yield from _unknown((*here, "when_earlier"), earlier.get("without", ()), fields, "事件字段")
    yield from _unknown(("snapshot",), life["snapshot"], set(raw["properties"]), "字段")
    severities = {choice["const"] for choice in raw["properties"]["severity"]["oneOf"]}
    for reason, event in life["review"]["before"].items():
        yield from _unknown(("review", "before", reason), [reason], severities | {"complex"}, "严重程度")
        yield from _unknown(("review", "before", reason), [event], events, "事件")
    unreachable = life["closing"]["unreachable"]
    yield from _unknown(("closing", "unreachable", "after"), [unreachable["after"]], events, "事件")
    for block, keys in {
        "review": ("event", "judged_at"),
        "closing": ("event", "since", "verified_by", "confirmed_by"),
    }.items():
        for key in keys:
            yield from _unknown((block, key), [life[block][key]], events, "事件")
    yield from _unknown(("review", "roles"), life["review"]["roles"], set(data["teams"].get("roles", ())), "角色")


def _sla_mistakes(raw: Json, data: dict[str, Json]) -> Iterator[Mistake]:
    events = set(data["lifecycle"]["events"])
    severities = {choice["const"] for choice in raw["properties"]["severity"]["oneOf"]}
    reasons = {choice["const"] for choice in raw["$defs"]["event"]["properties"]["reason"]["oneOf"]}
    try:
        ZoneInfo(data["sla"]["timezone"])
    except (KeyError, ValueError, OSError):
        yield ("timezone",), "不认识的时区；例如 Asia/Shanghai"
    for number, item in enumerate(data["sla"]["policies"]):
        if sum(clock.get("plan", False) for clock in item["clocks"].values()) != 1:
            yield ("policies", number, "clocks"), "要恰好有一个时钟写 plan: true（计划完成时间对应的时钟）"
        for name, clock in item["clocks"].items():
            here = ("policies", number, "clocks", name)
            for key in ("start", "stop"):
                yield from _unknown((*here, key), clock[key], events, "事件")
            yield from _unknown((*here, "unless"), clock.get("unless", ()), set(data["lifecycle"]["states"]), "状态")
            for key in ("answers", "reopened_by"):
                yield from _unknown((*here, key), [clock[key]] if key in clock else [], events, "事件")
            chained = [
                one for one in clock.get("not_later_than", ()) if item["clocks"].get(one, {}).get("not_later_than")
            ]
            yield from (((*here, "not_later_than"), f"{one} 自己也写了 not_later_than") for one in chained)
            yield from _unknown((*here, "pause"), clock.get("pause", ()), reasons | events, "暂停的原因")
            yield from _unknown((*here, "severities"), clock["severities"], severities, "严重程度")
            yield from _unknown((*here, "not_later_than"), clock.get("not_later_than", ()), set(item["clocks"]), "时钟")
            targets = clock["target"] if isinstance(clock["target"], dict) else clock["severities"]
            lacking = [one for one in clock["severities"] if one not in targets]
            yield from (((*here, "target"), f"没有写 {one} 的目标") for one in lacking)


HOLIDAYS = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
"""What the notice of a year settles; two in one stretch may share a line: 国庆节、中秋节."""


def _calendar_mistakes(_raw: Json, data: dict[str, Json]) -> Iterator[Mistake]:
    for year, holidays in data["calendar"].get("years", {}).items():
        written = {name for key in holidays for name in key.split("、")}
        lacking = [name for name in HOLIDAYS if name not in written]
        if lacking:
            both = "；与国庆节连休的中秋节写成 国庆节、中秋节" if lacking == ["中秋节"] else ""
            yield ("years", year), f"{year} 年还缺 {'、'.join(lacking)}：七个假期写全，这一年才算定了{both}"
        for name, item in holidays.items():
            here = ("years", year, name)
            off = days_of(item["off"])
            if not off:
                yield (*here, "off"), "最后一天早于第一天"
            for key, days in (("off", off), ("work", [date.fromisoformat(day) for day in item.get("work", ())])):
                # New Year's holiday may begin in December, and the notice of the new year says so.
                wrong = [day for day in days if int(year) - day.year not in {0, 1}]
                yield from (((*here, key), f"{day} 不在 {year} 年") for day in wrong[:1])


def days_of(text: str) -> list[date]:
    """Return the days of ``2027-02-05..2027-02-11``, or the one day of ``2027-02-05``."""
    first, _, last = text.partition("..")
    start = date.fromisoformat(first)
    return [start + timedelta(days=n) for n in range((date.fromisoformat(last or first) - start).days + 1)]


def _teams_mistakes(raw: Json, data: dict[str, Json]) -> Iterator[Mistake]:
    types = {choice["const"] for choice in raw["properties"]["type"]["oneOf"]}
    active = [name for name, team in data["teams"]["teams"].items() if "retired" not in team]
    for name, team in data["teams"]["teams"].items():
        yield from _unknown(("teams", name, "takes"), team["takes"], types, "故障类型")
        yield from _replacement(("teams", name, "replaced_by"), team, "replaced_by", active, "团队")
    for name, contact in data["teams"].get("contacts", {}).items():
        if contact.get("alerts") and not contact.get("notify"):
            yield ("contacts", name, "alerts"), "写了 alerts 而没有 notify，就没有地方通知：写上 notify: [名字]"
        if contact.get("maintains") and not contact.get("github"):
            yield ("contacts", name, "maintains"), '写了 maintains 而没有 github，就没有人审核：写上 github: ["@帐号"]'


def _wording_mistakes(raw: Json, data: dict[str, Json]) -> Iterator[Mistake]:
    """Hold the replies to the lifecycle and to what can be filled in, and every phrase to having words of its own."""
    types = {choice["const"] for choice in raw["properties"]["type"]["oneOf"]}
    words, life = data["wording"], data["lifecycle"]
    for name in words.get("examples", {}):
        yield from _unknown(("examples", name), [name], types, "故障类型")
    for kind, one in words["replies"].items():
        here = ("replies", kind)
        yield from _unknown((*here, "states"), one["states"], set(life["states"]), "状态")
        yield from _unknown((*here, "after"), one.get("after", ()), set(life["events"]), "事件")
        yield from (((*here, "text"), message) for message in template.mistakes(one["text"]))
    for path, phrase in _phrases(words, ()):
        if not phrase.strip("…N。 "):
            yield path, "只有记号，没有字：写出要避免的词"


_PHRASES = {"word", "also", "except", "concrete", "words", "around", "times", "results", "not_results", "hedges"}


def _phrases(node: Any, path: yamltext.Path) -> Iterator[tuple[yamltext.Path, str]]:
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, item in items:
        if isinstance(item, str) and not _PHRASES.isdisjoint({*path[-1:], key}):
            yield (*path, key), item
        yield from _phrases(item, (*path, key))


def _privacy_mistakes(_raw: Json, data: dict[str, Json]) -> Iterator[Mistake]:
    if data["privacy"].get("words") and "salt" not in data["privacy"]:
        yield ("words",), "有词而没有 salt，词就认不出来了：从 git 历史里恢复 salt 一行"


NUMBERED_BY = ("问题编号", "年", "月")
"""What the number of a document can be made of."""


def file_of(number: str) -> str:
    """Return the number of a document as its file is called: without the signs that no file name can have."""
    return re.sub(r'[\\/:*?"<>|]', "-", number)


def _documents_mistakes(_raw: Json, data: dict[str, Json]) -> Iterator[Mistake]:
    numbers: dict[str, str] = {}
    for kind, one in data["documents"].get("kinds", {}).items():
        here = ("kinds", kind, "number")
        yield from _unknown(here, re.findall(r"\{([^{}]*)\}", one["number"]), set(NUMBERED_BY), "内容")
        if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", one["number"])):
            yield here, "花括号没有成对：写成 {问题编号} 这样"
        elif "{问题编号}" not in one["number"]:
            yield here, "编号里要有 {问题编号}，否则每个故障的编号都一样"
        name = file_of(one["number"]).casefold()
        if name in numbers:
            yield here, f"与 {numbers[name]} 的编号一样，或只差 / 这样的符号和大小写：两种文件要分得开，文件名也是"
        numbers[name] = kind


def _schema_mistakes(raw: Json, data: dict[str, Json]) -> Iterator[Mistake]:
    yield from asked.mistakes(raw, set(data["lifecycle"]["states"]))
    yield from _without_value(raw, ())
    yield from _retirement_mistakes(raw)
    for name, field in raw["properties"].items():
        for number, choice in enumerate(field.get("oneOf", ())):
            if name == "type" and "x-prefix" not in choice:
                yield ("properties", name, "oneOf", number), f"{choice['const']} 没有写编号前缀 x-prefix"
        if "x-since" in field and not moment.is_date(field["x-since"]):
            yield ("properties", name, "x-since"), "写成 YYYY-MM-DD"


_CHOICES = (("properties",), ("properties", "kb", "properties"), ("$defs", "event", "properties"))
"""Where fields stand whose choices may be retired."""


def _retirement_mistakes(raw: Json) -> Iterator[Mistake]:
    for path, choice in _having(raw, {"x-retired", "x-replaced-by"}, ()):
        if path[:-3] not in _CHOICES or path[-2] != "oneOf":
            yield path, "这里写 x-retired、x-replaced-by 不起作用：只有文件头、kb 与事件的字段的选项可以停用"
            continue
        if not moment.is_date(choice.get("x-retired", "2000-01-01")):
            yield (*path, "x-retired"), "写成 YYYY-MM-DD"
        if path[:-3] != ("properties",) and "x-replaced-by" in choice:
            yield (*path, "x-replaced-by"), "只有文件头第一层的字段能由 fault migrate 替换：删去 x-replaced-by"
            continue
        options: Any = functools.reduce(lambda node, key: node[key], path[:-1], cast("Any", raw))
        usable = [one.get("const") for one in options if "x-retired" not in one]
        yield from _replacement((*path, "x-replaced-by"), choice, "x-replaced-by", usable, "选项")


def _having(node: Any, keys: set[str], path: yamltext.Path) -> Iterator[tuple[yamltext.Path, Json]]:
    """Find everything in which one of some keys stands."""
    if isinstance(node, dict) and not keys.isdisjoint(node):
        yield path, node
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, item in items:
        yield from _having(item, keys, (*path, key))


def _replacement(path: yamltext.Path, choice: Json, key: str, known: Iterable[str], what: str) -> Iterator[Mistake]:
    """Hold what took the place of a retired choice to the choices that there are."""
    retired = "retired" if key == "replaced_by" else "x-retired"
    if key in choice and retired not in choice:
        yield path, f"先写 {retired}: 从哪天起停用"
    elif key in choice:
        yield from _unknown(path, [choice[key]], set(known), what)


def _without_value(node: Any, path: yamltext.Path) -> Iterator[Mistake]:
    """Find lists of choices in which one has no value."""
    if isinstance(node, dict):
        options = node.get("oneOf", []) if isinstance(node.get("oneOf"), list) else []
        if any(isinstance(option, dict) and "const" in option for option in options):
            lacking = [n for n, option in enumerate(options) if "const" not in option]
            yield from (((*path, "oneOf", n), "这个选项没有写值（const）") for n in lacking)
        for key, item in node.items():
            yield from _without_value(item, (*path, key))
    elif isinstance(node, list):
        for number, item in enumerate(node):
            yield from _without_value(item, (*path, number))


def _dangling(node: Any, root: Json, path: yamltext.Path) -> Iterator[Mistake]:
    """Find references to definitions that are not there."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _dangling(item, root, (*path, number))
    elif isinstance(node, dict):
        target = node.get("$ref", "")
        if isinstance(target, str) and target and target.removeprefix("#/$defs/") not in root.get("$defs", {}):
            yield (*path, "$ref"), f"没有这个定义：{target}"
        for key, item in node.items():
            yield from _dangling(item, root, (*path, key))


_CROSS_CHECKS = {
    "ticket.schema.json": _schema_mistakes,
    "lifecycle.yaml": _lifecycle_mistakes,
    "sla.yaml": _sla_mistakes,
    "calendar.yaml": _calendar_mistakes,
    "teams.yaml": _teams_mistakes,
    "wording.yaml": _wording_mistakes,
    "privacy.yaml": _privacy_mistakes,
    "documents.yaml": _documents_mistakes,
}


def _references(value: Any) -> Iterator[str]:
    """Find every ``$name`` in a template."""
    if isinstance(value, dict):
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, str) and value.startswith("$"):
        yield value


def _name(item: str | Json) -> str:
    return item if isinstance(item, str) else item["name"]


def _unknown(path: yamltext.Path, names: Any, known: set[str], what: str) -> Iterator[Mistake]:
    for name in names:
        if name not in known and name != NONE:
            yield path, f"没有这个{what}：{name}；可以写：{'、'.join(sorted(known))}"
