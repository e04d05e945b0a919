"""Names of persons that are not masked, next to the words that announce a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb.privacy.match import Match
from faultkb.privacy.shapes import BLANK, HAN, before
from faultkb.privacy.surnames import COMPOUND, GIVEN, NEVER_GIVEN, NO_NAMES, SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHAR = rf"(?![{NEVER_GIVEN}])[{HAN}]"
_NAME = rf"(?P<surname>{COMPOUND}|[{SINGLE}])(?P<given>{_CHAR}{_CHAR}(?!{_CHAR}{_CHAR})|{_CHAR}|[ \u3000]{_CHAR}(?=[，,。；;、（(|]|$))"
_END = (
    r"(?!\*)(?=$|[^\w*]|[0-9A-Za-z_]|先生|女士|小姐|太太|师傅|老师|经理|工程师|同学|阿姨|电话|手机|微信|邮箱|反映|反馈|来电|致电|来函|表示|称|说|报修|报障|投诉|要求|询问|咨询|沟通|协商|约|同意|发来|提供|上门|拒|指|电联|本人|记录|登记|到场|现场|跟进|复核|测试|验证|值班|接单|安装|更换|发现|告知|通知|协助|主持|参加|提交|建议|的|已|在|于|将|处理|负责|回复|确认|提出|身份证|住|家|和|与|及|收)"
)
_BEFORE_REN = frozenset(
    "联系 收件 收货 寄件 报修 报障 报告 反馈 经办 主责 责任 负责 协办 处理 登记 申请 受理 跟进 对接 提交 验证 审批 审核 操作 录入 持卡 签收 当事 投诉"
    " 来电 委托 维修 安装 测试 值班 接听 回访".split()
)
_LOOSE = frozenset({"用户", "客户"})
_LABELS = frozenset("姓名 法人 户主 业主 机主 车主 住户 租户 房东 程师 师傅 客服 坐席 装工 修工 试员 人员 称呼 户叫 名叫 代表 经理 主管 组长 店长 队长 本人 家属 租客 主责 协办 经办 负责 户名".split()) | _LOOSE
_TITLES = frozenset({"先生", "女士", "小姐", "太太", "师傅", "老师", "经理", "主任"})
_KEY = re.compile("name|contact|owner|reporter|user|customer|assignee")
_NAMED = re.compile(
    rf"(?:[（(][^（）()\n]{{0,6}}[）)])?(?P<gap>[\"']?[{BLANK}]?[:：=|]?[{BLANK}|]{{0,3}}[\"'“「【（(]?(?:为|是|叫)?){_NAME}{_END}"
)
_BEFORE_NUMBER = re.compile(rf"(?:^|(?<![{HAN}])|(?<=联系)|(?<=致电)|(?<=回访)|(?<=[与和给叫是为找请、]))(?P<surname>{COMPOUND}|[{SINGLE}])(?P<given>{_CHAR}{{1,2}})[{BLANK}（(:：,，_-]{{0,3}}$")
_BEHIND_NUMBER = re.compile(rf"[{BLANK}（(,，、_-]{{1,2}}{_NAME}(?=$|[^\w*]|_|先生|女士)")
_MORE = re.compile(rf"[、,，/和与及{BLANK}]{_NAME}{_END}")
_SPEAKS = re.compile(
    r"\s?(?:先生|女士|小姐|反映|反馈|来电|致电|表示|称|说|报修|投诉|要求|询问|咨询|提出|电话|手机|微信|沟通|协商|同意|发来|提供|确认|回复|的?(?:身份证|手机号|住址)|[（(]?[0-9])"
)
_SPOKEN_TO = re.compile("(?:致电|回访|联系|电联|走访|[与和给为请替帮由])$")
_SENTENCE = re.compile(r"[，,。；;、）)\s]|$")


def find(text: str, lower: str) -> Iterator[Match]:
    """Find names behind the label of a person, and before a title; ``lower`` is the text in lower case."""
    for pivot in _PIVOT.finditer(text):
        at = pivot.end()
        label = text[max(0, at - 2) : at]
        is_engineer = label == "程师" and text[at - 3 : at - 2] == "工"
        if label in _TITLES or is_engineer:
            yield from _titled(text, at - 2 - is_engineer)
        if label in _LABELS or (label[-1] == "人" and text[at - 3 : at - 1] in _BEFORE_REN):
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
    if (is_loose or not is_apart or one["given"][0].isspace()) and not _is_common(one["given"]):
        return
    if is_loose and not is_apart and not _SPEAKS.match(text, one.end()) and not _is_spoken_to(text, at - 2, one.end()):
        return
    yield from _row(text, one, sure=not is_loose)


def _is_spoken_to(text: str, label: int, end: int) -> bool:
    """Say whether somebody was called or told, and the sentence goes on after the name: 致电用户陈伟，未接."""
    return _SPOKEN_TO.search(text, max(0, label - 2), label) is not None and _SENTENCE.match(text, end) is not None


def _row(text: str, one: re.Match[str] | None, *, sure: bool = True) -> Iterator[Match]:
    """Yield a name and those that follow it: 张三、李四."""
    while one and _is_name(one["surname"] + one["given"].strip()):
        yield _match(one.start("surname"), one.end("given"), one["surname"], text, sure=sure)
        one = _MORE.match(text, one.end())
        if one and not _is_common(one["given"]):
            return


def beside(text: str, start: int, end: int) -> Iterator[Match]:
    """Find a name directly before or behind the number of a person."""
    ahead = _BEFORE_NUMBER.search(before(text, start))
    if ahead and _is_common(ahead["given"]) and _is_name(ahead["surname"] + ahead["given"]):
        at = start - len(ahead.group()) + ahead.start("surname") - ahead.start()
        yield _match(at, at + len(ahead["surname"] + ahead["given"]), ahead["surname"], text, sure=False)
    behind = _BEHIND_NUMBER.match(text, end)
    if behind and _is_common(behind["given"]) and _is_name(behind["surname"] + behind["given"]):
        yield _match(behind.start("surname"), behind.end("given"), behind["surname"], text, sure=False)


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


_APART = re.compile("[|:：=为是叫“「【（(]")
_BEHIND = SINGLE + COMPOUND.replace("|", "") + "（(\"'“「【:：=|为是叫 \t\u00a0\u3000"
_PIVOT = re.compile(
    f"[人名主户师服席东工员呼叫傅任表理管长属客责办生士姐太](?:(?<=先生|女士|小姐|太太|师傅|老师|经理|主任|程师)(?<=[{''.join(sorted(GIVEN))}工]..)|(?=[{re.escape(_BEHIND)}]))"
)
"""Titles and labels end in these, and a name stands before, or may stand behind."""
_COMPOUNDS = frozenset(COMPOUND.split("|"))
_SINGLES = frozenset(SINGLE)


def _is_common(given: str) -> bool:
    return GIVEN.issuperset(given.strip())


def _is_name(name: str) -> bool:
    return name not in NO_NAMES and name[:2] not in NO_NAMES


def _match(start: int, end: int, surname: str, text: str, *, sure: bool) -> Match:
    return Match("unmasked-name", start, end, re.sub(r"\s", "", text[start:end]), f"{surname}*", sure)
