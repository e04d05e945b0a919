"""Addresses that lead to a door."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb.privacy.match import Match
from faultkb.privacy.shapes import BLANK, HAN, before

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBER = r"(?:[0-9]{1,5}(?:[-之][0-9]{1,4})?|[一二三四五六七八九十]{1,4}|[A-Za-z][0-9]{0,3})"
_UNIT = rf"[{BLANK}]?{_NUMBER}[{BLANK}]?(?:号楼|号院|号|栋|幢|座|单元|室|弄|楼|层|房|#)"
_HIT = re.compile(
    rf"[路街道巷弄胡同里区园寓厦场苑府村城庭公馆湾郡](?P<hit>[{BLANK}]?(?:\r?\n[{BLANK}>]{{0,8}}(?=[0-9]))?(?:[甲乙丙丁][{BLANK}]?)?"
    rf"(?:(?P<number>[0-9]{{1,5}}|[一二三四五六七八九十]{{1,4}})(?:[-之甲乙丙][0-9]{{1,4}})?[{BLANK}]?(?:号院|号楼|号|栋|幢|座|单元|弄|#)"
    rf"(?![线机位板阀泵柜站台门灯厂库]|[{BLANK}]?(?:端口|端子|通道|插座|插槽|接口|探头|机柜|工位))|[0-9]{{1,3}}[-#][0-9]{{1,2}}[-#][0-9]{{3,4}}(?![0-9-])))"
)
"""It begins with a set of characters: so the search is fast."""
_MORE = re.compile(
    rf"(?:{_UNIT}|[{BLANK}]?[0-9]{{1,2}}-[0-9]{{3,4}}(?![0-9])|[{BLANK}]?[0-9]{{3,4}}(?![0-9年])|[{HAN}]{{1,8}}?[厦汇场园苑心楼寓区城村里府]{_UNIT}){{0,6}}"
)
_NO_NAME = re.compile(rf"[^{HAN}{BLANK}]")
_CUT = re.compile("(?:住址|地址|家住|住在|住|位于|寄到|寄往|送到|送至|前往|上门|在|到|至|为|是|于|去|从)")
_PROVINCE = re.compile(
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|澳门"
)
_ADMIN = re.compile(rf"[{HAN}]{{1,7}}?(?:省|市|自治区|自治州|(?<![园厂库片社校城各分测])区|县|旗|镇|乡)")
_CITY = re.compile(rf"(?:[{HAN}]{{2,8}}?(?:省|自治区))?(?:[{HAN}]{{2,6}}?(?<![城超门夜集股闹])市)?")
_LABEL = re.compile("住址|地址|家住|住在|寄到|寄往|送到|送至|收货|上门")
_ESTATE = re.compile("小区$|(?:小区|[苑村园庄坊])[一二三四五六七八九十东南西北]{1,2}区$")
_PLACE = re.compile(f"[省市区州县旗镇乡住址家寄送收上]|{_PROVINCE.pattern}")
"""Without one of these, nothing tells where the street is."""
_TOWN = re.compile(rf"[{HAN}]{{2,8}}?[省市]")
_SENTENCE_END = re.compile("[。；;\n]")
_SHORTEST = 2
_NO_STREET = re.compile(
    "(?:电|线|回|支|链|通|网|管|水|油|气|光|短|断|开|旁|干|(?<![\u4e00-\u9fff])[一二两三四五六七八多每各])路$|(?:通|管|轨|频|信|渠|赛|车|隧|报|知|风)道$|机[场房]$|现场$|市场$"
)


def find(text: str) -> Iterator[Match]:
    """Find a street or an estate with numbers, where the text says in which town, or goes on to a building or a room."""
    done = 0
    for hit in _HIT.finditer(text):
        if hit.start("hit") < done:
            continue
        window = before(text, hit.start("hit"), 40)
        more = _MORE.match(text, hit.end())
        end = more.end() if more else hit.end()
        is_long = end > hit.end() or hit["number"] is None or (len(hit["number"]) > 1 and window[-1] in "路街道巷弄")
        if not is_long and not _PLACE.search(window):
            continue
        head = _NO_NAME.split(window)[-1]
        if len(head.strip()) < _SHORTEST or (_NO_STREET.search(window[-4:]) and not window.endswith("小区")):
            continue
        name = _name(head)
        if window.endswith("区") and not (_ESTATE.search(window) or _TOWN.match(name)):
            continue
        is_sure = _PROVINCE.match(name) is not None or _LABEL.search(_SENTENCE_END.split(window)[-1]) is not None
        if len(name) < _SHORTEST or not (is_sure or is_long or _ADMIN.match(name)):
            continue
        done = end
        start = hit.start("hit") - len(name)
        value = re.sub(r"\s", "", text[start:end])
        yield Match("street-address", start, end, value, _kept(name) + "****", sure=is_sure)


def _name(head: str) -> str:
    """Return where the address begins: at a province or town, behind a word such as 在."""
    province = _PROVINCE.search(head)
    if province:
        return head[province.start() :]
    return _CUT.split(head[:-_SHORTEST])[-1].lstrip() + head[-_SHORTEST:]


def _kept(name: str) -> str:
    kept = _CITY.match(name)
    if kept and kept.group():
        return kept.group()
    province = _PROVINCE.match(name)
    return province.group() if province else ""
