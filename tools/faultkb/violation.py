"""What is wrong with data that breaks a JSON Schema, in plain Chinese: the field, the value, what to write instead."""

from __future__ import annotations

import calendar
import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from faultkb.yamltext import Path

_LONGEST_SLIP = 50
"""Length of a key beyond which it is no slip of the pen, and comparing it would cost time."""
_FEW = 12
"""Number of field names that fit a line."""


@dataclass(frozen=True, slots=True)
class Field:
    """What the schema says of one place: Chinese title, how to write it, whether its content may be repeated."""

    name: str
    title: str
    description: str
    hint: str
    choices: tuple[str, ...]
    private: bool


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which data breaks the schema, in words for its author. ``path`` leads to the place."""

    rule: str
    path: Path
    message: str
    help: str
    readable: bool = False
    """The value is of the right kind all the same: a title that is too long is still a title."""
    private: bool = False
    """The value may be somebody's name or number: its line is not to be shown."""


def explain(error: Any, field_at: Callable[[Path], Field]) -> Iterator[Violation]:
    """Put an error of the jsonschema library into words; ``field_at`` describes the place that a path leads to."""
    path: Path = tuple(error.absolute_path)
    field = field_at(path)
    if error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        yield from (_missing((*path, name), field_at((*path, name))) for name in missing)
    elif error.validator == "additionalProperties" and isinstance(error.instance, dict):
        known = list(error.schema.get("properties", {}))
        yield from (
            unknown((*path, name), known, private=field.private) for name in error.instance if name not in known
        )
    else:
        message, advice = _WORDS.get(error.validator, _wrong)(field, error)
        readable = error.validator in _READABLE
        is_bare = isinstance(error.instance, str | int | float) and not readable
        private = is_bare and not is_slip(error.instance, field.choices)
        yield Violation("schema", path, message, advice, readable, private)


def _missing(path: Path, field: Field) -> Violation:
    return Violation("missing-field", path, f"缺少{_label(field)}", _advice(field, prefix=f"补上 {field.name}: …"))


def unknown(path: Path, known: list[str], *, private: bool = False) -> Violation:
    """Say that a key is not known, and which one may have been meant. Among private fields, the key is not repeated."""
    name = str(path[-1])
    private = private or is_telling(name)
    near = difflib.get_close_matches(name, known, 1, 0.6) if len(name) < _LONGEST_SLIP else []
    if near:
        advice = f"是不是 {near[0]}？"
    elif len(known) <= _FEW:
        advice = f"删去这个字段，或写进正文、备注；这里可以写：{'、'.join(known)}"
    else:
        advice = "删去这个字段，或写进正文、备注"
    return Violation("unknown-field", path, "不认识的字段" + ("" if private else f"“{clip(name)}”"), advice)


def is_telling(key: str) -> bool:
    """Say whether an unknown key may be somebody's name, number or address, and is not to be repeated."""
    return not key.isascii() or re.search(r"[0-9]{5}|@", key) is not None


def _label(field: Field) -> str:
    if not field.name:
        return "文件头"
    return f"{field.title}（{field.name}）" if field.title != field.name else f"“{field.name}”"


_PLAIN = re.compile(
    r"""(?:19|20)[0-9]{2}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?(?:[ T]*[0-9]{1,2}(?:[:：时][0-9]{0,2}分?){0,2}Z?)?  # a time
    | [0-9]{1,2}[-/.][0-9]{1,2}[-/.](?:19|20)[0-9]{2}(?:[ ]*[0-9]{1,2}[:：][0-9]{2})?
    | [A-Z]{1,3}-?(?:19|20)[0-9]{2,6}-?[0-9]{1,4}  # a fault
    | [A-Z]{1,4}[-_]?[0-9]{1,4} | -?[0-9]{1,4}  # staff, or a number
    | 约?[零一二两三四五六七八九十百千万几]{1,6}[多余]?[个台户人次]?
    | 是|否|有|无|未知|待定|不详|昨天|今天|明天|上周|下周|马上|yes|no|true|false|high|low|medium|urgent|open|closed
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What is wrong in many places, and is nobody's name, number or address."""


def is_slip(value: object, choices: Iterable[str] = ()) -> bool:
    """Say whether a value may be repeated: a time, a short number or id, or nearly one of the choices, in their own words."""
    text = str(value).strip()
    return not text or _PLAIN.fullmatch(text) is not None or meant(text, choices) is not None


_DEGREES = frozenset("极很最特较级度已未待正在")
"""What people add to a choice: 极高, 已处理."""


def meant(text: str, choices: Iterable[str]) -> str | None:
    """Return the choice that a text was meant to be, None where it may be anything else, such as a name."""
    every = tuple(choices)
    if len(text) > _LONGEST_SLIP or not _DEGREES.union("".join(every).casefold()).issuperset(text.casefold()):
        return None
    return next(iter(difflib.get_close_matches(text, every, 1, 0.5)), None)


def _quote(field: Field, value: object) -> str:
    if field.private or not isinstance(value, str | int | float) or not is_slip(value, field.choices):
        return ""
    return f"：“{clip(str(value))}”"


def clip(text: str, width: int = 30) -> str:
    """Shorten a text for a message and show line breaks and control characters as what they are."""
    text = "".join(char if char.isprintable() else "\\n" if char == "\n" else "�" for char in text[: width + 1])
    return text if len(text) <= width else text[:width] + "…"


def _advice(field: Field, prefix: str = "") -> str:
    allowed = f"只能是：{'、'.join(field.choices)}" if field.choices else field.hint
    return "；".join(part for part in (prefix, allowed) if part).replace("？；", "？")


_KINDS = {
    "object": ("一组“字段: 值”", "写成 {字段: 值, 字段: 值}"),
    "array": ("列表", "写成方括号里的列表，例如 [甲, 乙]"),
    "string": ("文字", "写成一行文字"),
    "integer": ("整数", "写整数"),
    "boolean": (" true 或 false", "只能写 true 或 false"),
}


_DAY = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-([0-9]{2})(?: [0-9]{2}:[0-9]{2})?")


def _missing_day(value: object) -> str:
    """Say which day a text names that no calendar has; empty for anything else."""
    found = _DAY.fullmatch(str(value))
    if found is None or found[1] == "0000":
        return ""
    year, month, day = map(int, found.groups())
    return "" if 0 < day <= calendar.monthrange(year, month)[1] else f"{year} 年 {month} 月没有 {day} 日"


def _wrong(field: Field, error: Any) -> tuple[str, str]:
    missing = _missing_day(error.instance) if "YYYY-MM-DD" in field.hint else ""
    if missing:
        return f"{_label(field)}：{missing}", "改成日历上有的日期"
    return f"{_label(field)}的写法不对{_quote(field, error.instance)}", _advice(field)


def _not_a_choice(field: Field, error: Any) -> tuple[str, str]:
    quoted = _quote(field, error.instance)
    near = meant(str(error.instance), field.choices) if quoted else None
    message = f"{_label(field)}没有这个选项{quoted}" if quoted else f"{_label(field)}：这个值不是可选的之一"
    return message, _advice(field, prefix=f"是不是 {near}？" if near else "")


def _wrong_type(field: Field, error: Any) -> tuple[str, str]:
    kind, shape = _KINDS[error.validator_value]
    return f"{_label(field)}应当是{kind}{_quote(field, error.instance)}", _advice(field) or shape


def _too_long(field: Field, error: Any) -> tuple[str, str]:
    return (
        f"{_label(field)}太长：{len(error.instance)} 个字，最多 {error.validator_value} 个",
        "写得短一些，细节放到正文里",
    )


def _empty(field: Field, _error: Any) -> tuple[str, str]:
    return f"{_label(field)}是空的", _advice(field) or "填写内容，或删去这一行"


def _repeated(field: Field, _error: Any) -> tuple[str, str]:
    return f"{_label(field)}里有重复的项", "删去重复的一项"


def _several_lines(field: Field, _error: Any) -> tuple[str, str]:
    return f"{_label(field)}要写在一行之内", "去掉换行和看不见的控制字符"


_WORDS: dict[str, Callable[[Field, Any], tuple[str, str]]] = {
    "enum": _not_a_choice,
    "type": _wrong_type,
    "maxLength": _too_long,
    "minLength": _empty,
    "minItems": _empty,
    "minProperties": _empty,
    "uniqueItems": _repeated,
    "not": _several_lines,
}
_READABLE = {"maxLength", "not", "uniqueItems"}
