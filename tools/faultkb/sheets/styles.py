"""How cells look, as far as it has a meaning: number formats, struck-out text, and the colour of the ground in a word."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.xml.constants import DRAWING_NS, SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    Element = Any

T = TypeVar("T")

_MAIN, _DRAWING = f"{{{SHEET_MAIN_NS}}}", f"{{{DRAWING_NS}}}"
_CHINESE = {
    **dict.fromkeys((27, 28, 29, 30, 31, 36, 50, 51, 52, 53, 54, 57, 58), "yyyy-mm-dd"),
    **dict.fromkeys((32, 33, 34, 35, 55, 56), "hh:mm"),
}
"""Formats that Excel and WPS in Chinese keep by number only (ECMA-376 18.8.30), and openpyxl does not know."""
_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{one}" for one in range(1, 7)), "hlink", "folHlink")
"""The colours of a theme in the order in which cells count them."""
_HUES = (
    (12, "红"),
    (40, "橙"),
    (70, "黄"),
    (165, "绿"),
    (190, "青"),
    (260, "蓝"),
    (300, "紫"),
    (340, "粉"),
    (361, "红"),
)
"""Up to which degree of the colour circle a word goes."""
_ORANGE = (40, 48, 0.9)
"""Excel's standard orange (FFC000) lies at 45°, as its pale yellows do; it is not pale."""
_PALE, _WHITE, _BLACK = 0.06, 0.97, 0.2


@dataclass(frozen=True, slots=True)
class Look:
    """The number format of a cell, its ground, and whether its text is struck out."""

    form: str = "General"
    fill: str = ""
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Looks:
    """The looks of a workbook by number, and which of them make numbers dates or durations."""

    each: Sequence[Look]
    dates: frozenset[int]
    durations: frozenset[int]

    def __getitem__(self, number: int) -> Look:
        """Return a look; a plain one for a number that the file does not define."""
        return self.each[number] if 0 <= number < len(self.each) else Look()


def looks(styles: bytes | None, theme: bytes | None) -> Looks:
    """Return the looks that a workbook defines; Excel shows dates by nothing else."""
    if styles is None:
        return Looks((), frozenset(), frozenset())
    root = fromstring(styles)
    custom = {_number(one, "numFmtId"): one.get("formatCode", "") for one in root.iter(f"{_MAIN}numFmt")}
    formats = {**BUILTIN_FORMATS, **_CHINESE, **custom}
    colours = _colours(theme)
    struck = [_is_on(one.find(f"{_MAIN}strike")) for one in root.findall(f"{_MAIN}fonts/{_MAIN}font")]
    fills = [_ground(one, colours) for one in root.findall(f"{_MAIN}fills/{_MAIN}fill")]
    each = [
        Look(
            formats.get(_number(one, "numFmtId"), "General"),
            _at(fills, _number(one, "fillId"), ""),
            _at(struck, _number(one, "fontId"), default=False),
        )
        for one in root.findall(f"{_MAIN}cellXfs/{_MAIN}xf")
    ]
    dates = frozenset(place for place, one in enumerate(each) if is_date_format(one.form))
    return Looks(each, dates, frozenset(place for place in dates if is_timedelta_format(each[place].form)))


def _number(element: Element, key: str) -> int:
    text = element.get(key, "0")
    return int(text) if text.isdecimal() else 0


def _at(items: Sequence[T], place: int, default: T) -> T:
    return items[place] if place < len(items) else default


def _is_on(element: Element | None) -> bool:
    return element is not None and element.get("val", "1") not in {"0", "false"}


def _colours(theme: bytes | None) -> list[str]:
    """Return the colours of the theme as RRGGBB."""
    if theme is None:
        return []
    root = fromstring(theme)
    named: dict[str, str] = {}
    for one in root.iter(*(f"{_DRAWING}{name}" for name in _THEME)):
        for colour in one:
            named[str(one.tag)] = colour.get("lastClr") or colour.get("val") or ""
    return [named.get(f"{_DRAWING}{name}", "") for name in _THEME]


def _ground(fill: Element, theme: Sequence[str]) -> str:
    pattern = fill.find(f"{_MAIN}patternFill")
    if pattern is None or pattern.get("patternType") != "solid":
        return ""
    colour = pattern.find(f"{_MAIN}fgColor")
    if colour is None:
        return ""
    if colour.get("theme") is not None:
        code = _at(theme, _number(colour, "theme"), "")
    elif colour.get("indexed") is not None:
        code = _at(COLOR_INDEX, _number(colour, "indexed"), "")
    else:
        code = colour.get("rgb", "")
    return word(code, _tint(colour.get("tint", "0")))


def _tint(text: str) -> float:
    try:
        return min(max(float(text), -1), 1)
    except ValueError:
        return 0


def word(code: str, tint: float = 0) -> str:
    """Return what people call a colour (RRGGBB or AARRGGBB) that a tint makes lighter (to 1) or darker (to -1); white is none."""
    try:
        red, green, blue = (int(code[-6:][at : at + 2], 16) / 255 for at in (0, 2, 4))
    except ValueError:
        return ""
    hue, light, full = colorsys.rgb_to_hls(red, green, blue)
    light = light * (1 + tint) if tint < 0 else light * (1 - tint) + tint
    hue, full, value = colorsys.rgb_to_hsv(*colorsys.hls_to_rgb(hue, light, full))
    if full < _PALE:
        return "" if value > _WHITE else "黑" if value < _BLACK else "灰"
    if value < _BLACK:
        return "黑"
    low, high, strong = _ORANGE
    if low <= hue * 360 < high and full > strong:
        return "橙"
    return next(name for most, name in _HUES if hue * 360 < most)
