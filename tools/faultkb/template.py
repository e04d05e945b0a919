"""The texts of wording.yaml that are filled in: ``{due}`` is replaced, a part in ``[…]`` goes where it has no content."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMES = {
    "id": "编号",
    "title": "标题",
    "due": "预计处理时限",
    "missing": "请用户补充的信息",
    "steps": "请用户怎样试",
    "solution": "解决方法",
    "version": "已修复的版本",
}
"""What can be filled in."""
HEDGE = "预计"
"""The word that stands before every time limit: the process wants it told, and never promised."""

_PLACE = re.compile(r"\{([^{}]*)\}")
_PART = re.compile(r"\[([^\[\]]*)\]")


def wanted(text: str) -> list[str]:
    """Return what a text needs to be filled in, without its optional parts."""
    return list(dict.fromkeys(_PLACE.findall(_PART.sub("", text))))


def used(text: str) -> list[str]:
    """Return everything that can be filled in in a text."""
    return list(dict.fromkeys(_PLACE.findall(text)))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill a text in; what the values contain is no template."""

    def part(match: re.Match[str]) -> str:
        return match[1] if all(values.get(name) for name in _PLACE.findall(match[1])) else ""

    return _PLACE.sub(lambda match: values.get(match[1], ""), _PART.sub(part, text))


def mistakes(text: str) -> Iterator[str]:
    """Say what is wrong with a text that is to be filled in."""
    for name in _PLACE.findall(text):
        if name not in NAMES:
            listed = "、".join(f"{{{one}}} {title}" for one, title in NAMES.items())
            yield f"不认识 {{{name}}}；可以写：{listed}"
    if re.search(r"[{}]", _PLACE.sub("", text)):
        yield "花括号没有成对：写成 {id} 这样"
    if re.search(r"[\[\]]", _PART.sub("", text)):
        yield "方括号没有成对，或一个套着另一个"
    before, place, _ = text.partition("{due}")
    if place and HEDGE not in re.split("[，。！？；,;!?]", before)[-1]:
        yield f"{{due}} 前面要写“{HEDGE}”：没有确认的时间不能当作承诺"
