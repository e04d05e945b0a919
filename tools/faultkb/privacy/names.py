"""Names of persons that are not masked, next to the words that announce a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb.privacy.match import Match
from faultkb.privacy.shapes import BLANK, HAN
from faultkb.privacy.surnames import COMPOUND, GIVEN, NEVER_GIVEN, NO_NAMES, SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHAR = rf"(?![{NEVER_GIVEN}])[{HAN}]"
_NAME = rf"(?P<surname>{COMPOUND}|[{SINGLE}])(?P<given>{_CHAR}{_CHAR}(?!{_CHAR}{_CHAR})|{_CHAR})"
_END = (
    r"(?!\*)(?=$|[^\w*]|[0-9A-Za-z_]|先生|女士|小姐|太太|师傅|老师|经理|工程师|同学|阿姨|电话|手机|微信|邮箱|反映|反馈|来电|致电|来函|表示|称|说|报修|报障|投诉|要求|询问|咨询|的|已|在|于|将|处理|负责|回复|确认|提出|身份证|住|家|和|与|及|收)"
)
_BEFORE_REN = frozenset(
    "联系 收件 收货 寄件 报修 报障 报告 反馈 经办 主责 责任 负责 协办 处理 登记 申请 受理 跟进 对接 提交 验证 审批 审核 操作 录入 持卡 签收 当事 投诉"
    " 来电 委托 维修 安装 测试 值班 接听 回访".split()
)
_LOOSE = frozenset({"用户", "客户"})
_LABELS = frozenset("姓名 法人 户主 业主 机主 车主 住户 租户 房东 程师 师傅 客服 坐席 装工 修工 试员 人员 称呼 户叫 名叫".split()) | _LOOSE
_TITLES = frozenset({"先生", "女士", "小姐", "太太"})
_KEY = re.compile("name|contact|owner|reporter|user|customer|assignee")
_NAMED = re.compile(
    rf"(?:[（(][^（）()\n]{{0,6}}[）)])?(?P<gap>[\"']?[{BLANK}]?[:：=|]?[{BLANK}|]{{0,3}}[\"'“「【]?(?:为|是|叫)?){_NAME}{_END}"
)
_MORE = re.compile(rf"[、,，/和与及]{_NAME}{_END}")
_SPEAKS = re.compile("先生|女士|小姐|反映|反馈|来电|致电|表示|称|说|报修|投诉|要求|询问|咨询|提出|电话|手机|微信|的?(?:身份证|手机号)|[（(]?[0-9]")


def find(text: str, lower: str) -> Iterator[Match]:
    """Find names behind the label of a person, and before a title; ``lower`` is the text in lower case."""
    for pivot in _PIVOT.finditer(text):
        at = pivot.end()
        label = text[max(0, at - 2) : at]
        if label in _TITLES:
            yield from _titled(text, at - 2)
        elif text[at : at + 1] in _NEXT and (label in _LABELS or (label[-1] == "人" and text[at - 3 : at - 1] in _BEFORE_REN)):
            yield from _labelled(text, at, is_loose=label in _LOOSE)
    for key in _KEY.finditer(lower):
        one = _NAMED.match(text, key.end())
        if one and _APART.search(one["gap"]):
            yield from _row(text, one)


def _labelled(text: str, at: int, *, is_loose: bool = False) -> Iterator[Match]:
    one = _NAMED.match(text, at)
    if not one:
        return
    is_apart = _APART.search(one["gap"]) is not None
    if (is_loose or not one["gap"]) and not _is_common(one["given"]):
        return
    if is_loose and not is_apart and not _SPEAKS.match(text, one.end()):
        return
    yield from _row(text, one, sure=not is_loose)


def _row(text: str, one: re.Match[str] | None, *, sure: bool = True) -> Iterator[Match]:
    """Yield a name and those that follow it: 张三、李四."""
    while one and _is_name(one["surname"] + one["given"]):
        yield _match(one.start("surname"), one.end("given"), one["surname"], text, sure=sure)
        one = _MORE.match(text, one.end())
        if one and not _is_common(one["given"]):
            return


def _titled(text: str, end: int) -> Iterator[Match]:
    for length in (4, 3, 2):
        name = text[max(0, end - length) : end]
        if len(name) < length:
            continue
        surname = name[:2] if length == 4 or name[:2] in _COMPOUNDS else name[:1]
        given = name[len(surname) :]
        if (surname in _COMPOUNDS if len(surname) == 2 else surname in _SINGLES) and given and _is_common(given) and _is_name(name):
            yield _match(end - length, end, surname, text, sure=True)
            return


_APART = re.compile("[|:：=为是叫]")
_PIVOT = re.compile("[人名主户师服席东工员呼叫傅生士姐太]")
"""Labels and titles end in these."""
_NEXT = frozenset(SINGLE + COMPOUND + "（(\"'“「【:：=|为是叫 \t\u00a0\u3000")
_COMPOUNDS = frozenset(COMPOUND.split("|"))
_SINGLES = frozenset(SINGLE)


def _is_common(given: str) -> bool:
    return GIVEN.issuperset(given)


def _is_name(name: str) -> bool:
    return name not in NO_NAMES and name[:2] not in NO_NAMES


def _match(start: int, end: int, surname: str, text: str, *, sure: bool) -> Match:
    return Match("unmasked-name", start, end, text[start:end], f"{surname}*", sure)
