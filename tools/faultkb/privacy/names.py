"""Names of persons that are not masked, next to the words that announce a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb.privacy.match import Match
from faultkb.privacy.shapes import BLANK, HAN, before, is_behind_word
from faultkb.privacy.surnames import COMPOUNDS, FOREIGN, GIVEN, NEVER_GIVEN, NO_NAMES, SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.privacy.sieve import Sieve

_COMPOUND = "|".join(sorted(COMPOUNDS))
_CHAR = rf"(?![{NEVER_GIVEN}])[{HAN}]"
_SURNAME = rf"(?P<surname>{_COMPOUND}|[{SINGLE}])"
_POINT = "·•・"
_FOREIGN_GIVEN = rf"[{HAN}]{{1,5}}[{_POINT}][{HAN}]{{2,6}}"
_NAME = (
    rf"(?P<surname>{_COMPOUND}|[{SINGLE}]|[{HAN}](?={_FOREIGN_GIVEN}))(?P<given>{_FOREIGN_GIVEN}"
    rf"|{_CHAR}{_CHAR}(?!{_CHAR}{_CHAR})|{_CHAR}|[ \u3000]{_CHAR}(?:[ \u3000]{_CHAR})?(?=[，,。；;、（(|\n]|$))"
)
_VERBS = (
    "反映|反馈|来电|致电|来函|表示|称|说|报修|报障|投诉|要求|询问|咨询|处理|回复|确认|提出|沟通|协商|约|同意|发来|提供|上门|拒|指|电联|记录|登记|到场"
    "|现场|跟进|复核|测试|验证|值班|接单|安装|更换|发现|告知|通知|协助|主持|参加|提交|建议"
)
_END = (
    r"(?!\*)(?=$|[^\w*]|[0-9A-Za-z_]|先生|女士|小姐|太太|师傅|老师|经理|工程师|同学|阿姨|电话|手机|微信|邮箱|身份证|负责|本人|[的已在于将住家和与及收]"
    rf"|{_VERBS})"
)
_BEFORE_REN = """
联系 收件 收货 寄件 报修 报障 报告 反馈 经办 主责 责任 负责 协办 处理 登记 申请 受理 跟进 对接 提交 验证 审批 审核 操作 录入 持卡 签收
当事 投诉 来电 委托 维修 安装 测试 值班 接听 回访
"""
_LABELS = """
用户 客户 姓名 法人 户主 业主 机主 车主 住户 租户 房东 程师 师傅 客服 坐席 装工 修工 试员 人员 称呼 户叫 名叫 代表 经理 主管 组长 店长 队长 本人 家属
租客 主责 协办 经办 负责 户名 班员 作员 线员 检员 务员 递员 售员 验员 库员 销售 司机 母亲 父亲 妻子 丈夫 儿子 女儿
"""
_BEFORE_REN_SET, _LABEL_SET = frozenset(_BEFORE_REN.split()), frozenset(_LABELS.split())
_LOOSE = frozenset({"用户", "客户"})
_TITLES = frozenset({"先生", "女士", "小姐", "太太", "师傅", "老师", "经理", "主任"})
_TITLE_ENDS = ("博士", "教授", "大哥", "大妈", "大爷", "护士", "院士", "小姐")
_BEHIND = SINGLE + "".join(COMPOUNDS) + "（(\"'“「【:：=|,，为是叫 \t\u00a0\u3000"
_PIVOT = re.compile(
    "[人名主户师服席东工员呼叫傅任表理管长属客责办售机生士姐太亲子夫儿](?:(?<=先生|女士|小姐|太太|师傅|老师|经理|主任|程师)"
    f"(?<=[{''.join(sorted(GIVEN))}工]..)|(?=[{re.escape(_BEHIND)}]))"
)
"""Titles and labels end in these, and a name stands before, or may stand behind."""
_KEY = re.compile(
    rb"(?:name|contact|owner|reporter|user|customer|assignee)(?=(?:[(?][^()\n]{0,6}[)?])?[\"' \t:=|?-]{1,6}[\"'(?]{0,2}\?[ -]?\?)"
)
"""The value begins with two Chinese characters, which are question marks in the bytes that are searched."""
_NAMED = re.compile(
    rf"(?:[（(][^（）()\n]{{0,6}}[）)])?"
    rf"(?P<gap>[\"']?[{BLANK}]?[:：=|,，]?[{BLANK}|]{{0,3}}[\"'“「【（(]?(?:为|是|叫)?){_NAME}{_END}"
)
_MORE = re.compile(rf"[、,，/和与及{BLANK}]{_NAME}{_END}")
_APART = re.compile("[|:：=为是叫“「【（(]")
_SPEAKS = re.compile(rf"[，,]?\s?(?:先生|女士|小姐|电话|手机|微信|的?(?:身份证|手机号|住址)|[（(]?[0-9]|{_VERBS})")
_SPOKEN_TO = re.compile("(?:致电|回访|联系|电联|走访|[与和给为请替帮由])$")
_SENTENCE = re.compile(r"[，,。；;、）)\s]|$")
_BEFORE_NUMBER = re.compile(
    rf"(?:(?<![{HAN}])|(?<=联系)|(?<=致电)|(?<=回访)|(?<=[与和给叫是为找请、])){_SURNAME}(?P<given>{_CHAR}{{1,2}})[{BLANK}（(:：,，_|-]{{0,3}}$"
)
_BEHIND_NUMBER = re.compile(rf"[{BLANK}（(,，、_|-]{{1,3}}{_NAME}(?=$|[^\w*]|_|先生|女士)")
_IN_NAME = re.compile(rf"(?:^|(?<=[\s_.（(\[【-])){_SURNAME}(?P<given>{_CHAR}{{1,2}})(?=$|[\s_.）)\]】-])")


def find(text: str, sieve: Sieve) -> Iterator[Match]:
    """Find names behind the label of a person, and before a title."""
    for pivot in _PIVOT.finditer(text):
        at = pivot.end()
        label = text[max(0, at - 2) : at]
        if label[:1].isspace():  # 联 系 人
            spaced = "".join(text[max(0, at - 5) : at].split())
            if spaced[-2:] in _LABEL_SET or (spaced[-1] == "人" and spaced[-3:-1] in _BEFORE_REN_SET):
                yield from _labelled(text, at, is_loose=spaced[-2:] in _LOOSE)
        is_engineer = label == "程师" and text[at - 3 : at - 2] == "工"
        if label in _TITLES or is_engineer:
            yield from _titled(text, at - 2 - is_engineer)
        if label in _LABEL_SET or (label[-1] == "人" and text[at - 3 : at - 1] in _BEFORE_REN_SET):
            yield from _labelled(text, at, is_loose=label in _LOOSE)
    for key in _KEY.finditer(sieve.lower):
        one = _NAMED.match(text, key.end())
        if one and _APART.search(one["gap"]):
            yield from _row(one)


def beside(text: str, start: int, end: int) -> Iterator[Match]:
    """Find a name directly before or behind the number of a person."""
    ahead = before(text, start)
    one = _BEFORE_NUMBER.search(ahead) if is_behind_word(ahead) else None
    if one and _is_common(one):
        yield _match(one, start - len(ahead), sure=False)
    one = _BEHIND_NUMBER.match(text, end)
    if one and _is_common(one):
        yield _match(one, sure=False)


def find_in_name(name: str) -> Iterator[Match]:
    """Find names of persons that are a part of the name of a file: nothing but the name between separators."""
    for one in _IN_NAME.finditer(name):
        if _is_common(one):
            yield _match(one, sure=False)


def _labelled(text: str, at: int, *, is_loose: bool) -> Iterator[Match]:
    one = _NAMED.match(text, at)
    if not one:
        return
    is_apart = _APART.search(one["gap"]) is not None
    if (is_loose or not is_apart or one["given"][0].isspace()) and not _is_common(one):
        return
    if is_loose and not is_apart and not (_SPEAKS.match(text, one.end()) or _is_spoken_to(text, at - 2, one.end())):
        return
    yield from _row(one, sure=not is_loose)


def _is_spoken_to(text: str, label: int, end: int) -> bool:
    """Say whether somebody was called or told, and the sentence goes on after the name: 致电用户陈伟，未接."""
    return _SPOKEN_TO.search(text, max(0, label - 2), label) is not None and _SENTENCE.match(text, end) is not None


def _row(one: re.Match[str] | None, *, sure: bool = True) -> Iterator[Match]:
    """Yield a name and those that follow it: 张三、李四."""
    while one and _is_name(one["surname"] + _joined(one["given"])):
        yield _match(one, sure=sure)
        one = _MORE.match(one.string, one.end())
        if one and not _is_common(one):
            return


def _titled(text: str, end: int) -> Iterator[Match]:
    """Find the full name that ends before a title; a surname alone is masked enough."""
    for start in (end - 4, end - 3, end - 2):
        surname = text[start : start + 2] if text[start : start + 2] in COMPOUNDS else text[start : start + 1]
        given = text[start + len(surname) : end]
        if start < 0 or surname not in _SURNAMES or not 1 <= len(given) <= len("建国"):
            continue
        if GIVEN.issuperset(given) and _is_name(surname + given):
            yield Match("unmasked-name", start, end, surname + given, f"{surname}*", sure=True)
            return


_SURNAMES = COMPOUNDS.union(SINGLE)


def _is_common(one: re.Match[str]) -> bool:
    """Say whether a given name is one that is a name even where no label says so."""
    given = _joined(one["given"])
    if any(point in given for point in _POINT):
        return FOREIGN.issuperset(one["surname"] + given)
    return GIVEN.issuperset(given) and _is_name(one["surname"] + given)


def _joined(given: str) -> str:
    return "".join(given.split())


def _is_name(name: str) -> bool:
    return not name.endswith(_TITLE_ENDS) and name not in NO_NAMES and name[:2] not in NO_NAMES


def _match(one: re.Match[str], offset: int = 0, *, sure: bool) -> Match:
    start, end = offset + one.start("surname"), offset + one.end("given")
    value = one["surname"] + _joined(one["given"])
    return Match("unmasked-name", start, end, value, f"{one['surname']}*", sure)
