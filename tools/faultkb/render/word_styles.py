"""What the text of a ticket looks like in Word: styles and lists, taken from the template, or from ours where it has none."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.oxml.ns import qn
from docx.parts.numbering import NumberingPart

from faultkb.render.word_xml import element

if TYPE_CHECKING:
    from collections.abc import Iterator

BASE = Path(__file__).parent / "templates" / "base.docx"
"""A Word file without text, with every style: what reports begin with."""
CODE, CODE_SPAN, QUOTE, LIST, RULE = "代码", "行内代码", "引用文字", "列表文字", "分隔线"
HEADINGS = ("小标题一", "小标题二")
PICTURE, CAPTION, LINK, LACKING = "图片", "图注", "网址", "待补充"
TABLE, CELL, BEHIND = "数据表", "表格文字", "表后"
NUMBER, NOTE, REMARK, FIGURE, FIGURE_NAME, WHEN = "表格数字", "说明", "提示", "大数字", "大数字名", "截至"
TONES = {"bad": "超时", "warn": "临期", "good": "达标"}
"""The styles that only reports use."""
EVERY = (CODE, CODE_SPAN, QUOTE, LIST, RULE, *HEADINGS, PICTURE, CAPTION, LINK, LACKING, TABLE, CELL, BEHIND)
"""The styles that are looked for by their names; an editor may change each in Word."""
_DEEPEST = 8
_BULLETS = "●○■"
_STEP = 400
"""How far a list goes in for each level, in twentieths of a point."""


@cache
def _ours() -> dict[str, Any]:
    return {_name(one): one for one in Document(str(BASE)).styles.element.findall(qn("w:style"))}


def _name(style: Any) -> str:
    return str(style.find(qn("w:name")).get(qn("w:val")))


class Styles:
    """The styles and the lists of one document."""

    def __init__(self, document: Any) -> None:
        """Bring in the styles that the document lacks."""
        self._document = document
        self._root = document.styles.element
        self._ids = {_name(one): one.get(qn("w:styleId")) for one in self._root.findall(qn("w:style"))}
        self._lists: dict[str, int] = {}
        self._next = 0
        for name in EVERY:
            if name not in self._ids:
                self._bring(name)

    def __getitem__(self, name: str) -> str:
        """Return the id of a style."""
        return str(self._ids[name])

    def _bring(self, name: str) -> None:
        style = deepcopy(_ours()[name])
        taken = set(self._ids.values())
        if style.get(qn("w:styleId")) in taken:
            style.set(qn("w:styleId"), f"faultkb{len(taken)}")
        for link in (*style.findall(qn("w:basedOn")), *style.findall(qn("w:next")), *style.findall(qn("w:link"))):
            if link.get(qn("w:val")) not in taken:
                style.remove(link)
        self._root.append(style)
        self._ids[name] = style.get(qn("w:styleId"))

    def bullets(self) -> int:
        """Return the number of the list with bullets; all of them are one."""
        if "bullet" not in self._lists:
            self._lists["bullet"] = self._number(self._abstract("bullet"))
        return self._lists["bullet"]

    def numbers(self, level: int, start: int) -> int:
        """Return the number of a new list that counts from ``start`` on its level."""
        if "decimal" not in self._lists:
            self._lists["decimal"] = self._abstract("decimal")
        begin = element("w:startOverride", val=start)
        return self._number(self._lists["decimal"], element("w:lvlOverride", begin, ilvl=min(level, _DEEPEST)))

    def _number(self, abstract: int, *more: Any) -> int:
        root = self._numbering()
        self._next = self._next or max([0, *self._known(root, "w:num", "w:numId")])
        self._next += 1
        root.append(element("w:num", element("w:abstractNumId", val=abstract), *more, numId=self._next))
        return self._next

    def _abstract(self, kind: str) -> int:
        root = self._numbering()
        number = max([0, *self._known(root, "w:abstractNum", "w:abstractNumId")]) + 1
        levels = (_level(kind, one) for one in range(_DEEPEST + 1))
        made = element("w:abstractNum", element("w:multiLevelType", val="multilevel"), *levels, abstractNumId=number)
        first = root.find(qn("w:num"))
        root.append(made) if first is None else first.addprevious(made)
        return number

    @staticmethod
    def _known(root: Any, kind: str, key: str) -> Iterator[int]:
        return (int(one.get(qn(key))) for one in root.findall(qn(kind)))

    def _numbering(self) -> Any:
        part = self._document.part
        try:
            return part.part_related_by(RELATIONSHIP_TYPE.NUMBERING).element
        except KeyError:
            blob = b'<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'
            name = PackURI("/word/numbering.xml")
            made = NumberingPart.load(name, CONTENT_TYPE.WML_NUMBERING, blob, part.package)
            part.relate_to(made, RELATIONSHIP_TYPE.NUMBERING)
            return made.element


def indent(level: int) -> int:
    """Return how far in the text of a list's level stands."""
    return _STEP * (min(level, _DEEPEST) + 1)


def _level(kind: str, level: int) -> Any:
    is_bullet = kind == "bullet"
    sign = _BULLETS[level % len(_BULLETS)] if is_bullet else f"%{level + 1}."
    form = "bullet" if is_bullet else ("decimal", "lowerLetter", "lowerRoman")[level % 3]
    room = element("w:pPr", element("w:ind", left=indent(level), hanging=_STEP))
    look = element("w:rPr", element("w:rFonts", hint="eastAsia"), *([element("w:sz", val=14)] if is_bullet else []))
    parts = [element("w:start", val=1), element("w:numFmt", val=form), element("w:lvlText", val=sign)]
    return element("w:lvl", *parts, element("w:lvlJc", val="left"), room, look, ilvl=level)
