"""Names of persons that are not masked, next to the words that announce a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb.privacy.match import Match
from faultkb.privacy.shapes import BLANK, HAN, before
from faultkb.privacy.surnames import COMPOUNDS, FOREIGN, GIVEN, NEVER_GIVEN, NO_NAMES, PLAIN, SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.privacy.sieve import Sieve

_COMPOUND = "|".join(sorted(COMPOUNDS))
CHAR = rf"(?![{NEVER_GIVEN}])[{HAN}]"
SURNAME = rf"(?P<surname>{_COMPOUND}|[{SINGLE}])"
_POINT = "·•・"
_FOREIGN_GIVEN = rf"[{HAN}]{{1,5}}[{_POINT}][{HAN}]{{2,6}}"
NAME = (
    rf"(?P<surname>{_COMPOUND}|[{SINGLE}]|[{HAN}](?={_FOREIGN_GIVEN}))(?P<given>{_FOREIGN_GIVEN}"
    rf"|{CHAR}{CHAR}(?!{CHAR}{CHAR})|{CHAR}|[ \u3000]{CHAR}(?:[ \u3000]{CHAR})?(?=[，,。；;、（(|\n]|$))"
)
VERBS = (
    "反映|反馈|来电|致电|来函|表示|称|说|报修|报障|投诉|要求|询问|咨询|处理|回复|确认|提出|沟通|协商|约|同意|发来|提供|上门|拒|指|电联|记录|登记|到场"
    "|现场|跟进|复核|测试|验证|值班|接单|安装|更换|发现|告知|通知|协助|主持|参加|提交|建议"
)
END = (
    r"(?!\*)(?=$|[^\w*]|[0-9A-Za-z_]|先生|女士|小姐|太太|师傅|老师|经理|工程师|同学|阿姨|电话|手机|微信|邮箱|身份证|负责|本人|[的已在于将住家和与及收]"
    rf"|{VERBS})"
)
_BEFORE_REN = """
联系 收件 收货 寄件 报修 报障 报告 反馈 经办 主责 责任 负责 协办 处理 登记 申请 受理 跟进 对接 提交 验证 审批 审核 操作 录入 持卡 签收
当事 投诉 来电 委托 维修 安装 测试 值班 接听 回访
"""
_LABELS = """
用户 客户 姓名 法人 户主 业主 机主 车主 住户 租户 房东 程师 师傅 客服 坐席 装工 修工 试员 人员 称呼 户叫 名叫 代表 经理 主管 组长 店长 队长 本人 家属
租客 主责 协办 经办 负责 户名 班员 作员 线员 检员 务员 递员 售员 验员 库员 销售 司机 签名 署名 母亲 父亲 妻子 丈夫 儿子 女儿
"""
_BEFORE_REN_SET, _LABEL_SET = frozenset(_BEFORE_REN.split()), frozenset(_LABELS.split())
_LOOSE = frozenset({"用户", "客户"})
_TITLES = frozenset({"先生", "女士", "小姐", "太太", "师傅", "老师", "经理", "主任"})
_TITLE_ENDS = ("博士", "教授", "大哥", "大妈", "大爷", "护士", "院士", "小姐")
_BEHIND = SINGLE + "".join(COMPOUNDS) + "（(\"'“「【:：=|,，为是叫）)* \t\u00a0\u3000\r\n"
_PIVOT = re.compile(
    "[人名主户师服席东工员呼叫傅任表理管长属客责办售机生士姐太亲子夫儿](?:(?<=先生|女士|小姐|太太|师傅|老师|经理|主任|程师)"
    f"(?<=[{''.join(sorted(GIVEN))}工 \u3000]..)|(?=[{re.escape(_BEHIND)}]))"
)
"""Titles and labels end in these, and a name stands before, or may stand behind."""
_KEY = re.compile(
    rb"(?:name|contact|owner|reporter|user|customer|assignee)(?=(?:[(?][^()\n]{0,6}[)?])?[\"' \t:=|?-]{1,6}[\"'(?]{0,2}\?[ -]?\?)"
)
"""The value begins with two Chinese characters, which are question marks in the bytes that are searched."""
_NAMED = re.compile(
    rf"(?:[（(][^（）()\n]{{0,6}}[）)])?"
    rf"(?P<gap>[\"']?[{BLANK}]?[:：=|,，]?[{BLANK}|]{{0,3}}[\"'“「【（(]?(?:(?:为|是|叫)[{BLANK}]?)?){NAME}{END}"
)
_NEXT_LINE = re.compile(
    rf"[{BLANK}:：*]{{0,4}}(?:\r?\n[{BLANK}>]{{0,8}}+){{1,2}}(?:[*+-][{BLANK}])?{NAME}(?=[{BLANK}]{{0,4}}(?:\r?\n|$))"
)
"""A name that is alone in its line, under its label or under another name."""
_LINE_BEGIN = re.compile(rf"(?:^|\n)[{BLANK}>#*+0-9.-]{{0,10}}(?:[{HAN}]{{1,4}})?$")
_USER = re.compile(
    rf"[{BLANK}]?{SURNAME}(?P<given>(?:{CHAR}){{1,2}}?)(?=[{BLANK}]?(?:的|家|重新|重启|重置|再次|多次|自行|自己|名下|那边|这边|处(?!理)|刚|昨|今天|今早|明天|又|不|无法|登录|绑定"
    rf"|使用|开机|扫码|打|想|说|称|{VERBS})|(?P<end>[，,。；;！\n]|$))"
)
"""What goes on behind the name of a user: 用户张三的网关, 用户张三重新登录."""
_MORE = re.compile(rf"[、,，/和与及{BLANK}]{NAME}{END}")
_APART = re.compile("[|:：=为是叫“「【（(]")
_SPEAKS = re.compile(rf"[，,]?\s?(?:先生|女士|小姐|电话|手机|微信|的?(?:身份证|手机号|住址)|[（(]?[0-9]|{VERBS})")
_SPOKEN_TO = re.compile("(?:致电|回访|联系|电联|走访|[与和给为请替帮由])$")
_ENDS = re.compile(rf"(?<![{HAN}]){SURNAME}(?P<given>{CHAR}{{1,2}})$")
_SPACED = re.compile(rf"(?<![{HAN}]){SURNAME}(?P<given>(?:[ \u3000]?{CHAR}){{1,2}})[ \u3000]$")
_OPEN, _CLOSE = frozenset("（("), frozenset("）)")
_JOINING = frozenset("于和向应任从与由为安常")
_SENTENCE = re.compile(r"[，,。；;、）)\s]|$")


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
        if text[at : at + 1] in _CLOSE and text[at - 3 : at - 2] in _OPEN and label in _LABEL_SET:
            yield from _before_bracket(text, at - 3)
        if label in _LABEL_SET or (label[-1] == "人" and text[at - 3 : at - 1] in _BEFORE_REN_SET):
            yield from _labelled(text, at, is_loose=label in _LOOSE)
    for key in _KEY.finditer(sieve.lower):
        one = _NAMED.match(text, key.end())
        if one and _APART.search(one["gap"]):
            yield from _row(one)


def _labelled(text: str, at: int, *, is_loose: bool) -> Iterator[Match]:
    one = _NAMED.match(text, at)
    if not one:
        yield from _below(text, at)
    if is_loose and (not one or not one["gap"].strip()) and (user := _USER.match(text, at)) and _is_user(user):
        yield match(user, sure=False)
        return
    if not one:
        return
    is_apart = _APART.search(one["gap"]) is not None
    if (is_loose or not is_apart or one["given"][0].isspace()) and not is_common(one):
        return
    if is_loose and not is_apart and not (_SPEAKS.match(text, one.end()) or _is_spoken_to(text, at - 2, one.end())):
        return
    yield from _row(one, sure=not is_loose)


def _below(text: str, at: int) -> Iterator[Match]:
    """Find the names under a label that ends its line."""
    one = _NEXT_LINE.match(text, at)
    if not one or not _LINE_BEGIN.search(before(text, at - 2)):
        return
    while one is not None and is_common(one):
        yield match(one, sure=False)
        one = _NEXT_LINE.match(text, one.end())


def _before_bracket(text: str, end: int) -> Iterator[Match]:
    """Find the name before its label in brackets: 张三（客户）."""
    ahead = before(text, end, 4)
    one = _ENDS.search(ahead)
    if one and is_common(one):
        yield match(one, end - len(ahead), sure=False)


def _is_user(one: re.Match[str]) -> bool:
    """Say whether a word that follows 用户 directly is a name: one of two characters has a surname that begins few words."""
    is_plain = one["surname"] in PLAIN or len(one["surname"]) > 1
    if one["end"] is not None and not (one["surname"] in PLAIN and len(one["given"]) > 1):
        return False
    return (
        one["given"] != "家"
        and is_common(one)
        and (is_plain or len(one["given"]) > 1)
        and one["surname"] not in _JOINING
    )


def _is_spoken_to(text: str, label: int, end: int) -> bool:
    """Say whether somebody was called or told, and the sentence goes on after the name: 致电用户陈伟，未接."""
    return _SPOKEN_TO.search(text, max(0, label - 2), label) is not None and _SENTENCE.match(text, end) is not None


def _row(one: re.Match[str] | None, *, sure: bool = True) -> Iterator[Match]:
    """Yield a name and those that follow it: 张三、李四."""
    while one and is_name(one["surname"] + _joined(one["given"])):
        yield match(one, sure=sure)
        one = _MORE.match(one.string, one.end())
        if one and not is_common(one):
            return


def _titled(text: str, end: int) -> Iterator[Match]:
    """Find the full name that ends before a title; a surname alone is masked enough."""
    if text[end - 1 : end] in {" ", "\u3000"}:
        ahead = before(text, end, 8)
        one = _SPACED.search(ahead)
        if one and is_common(one):
            yield match(one, end - len(ahead), sure=True)
        return
    for start in (end - 4, end - 3, end - 2):
        surname = text[start : start + 2] if text[start : start + 2] in COMPOUNDS else text[start : start + 1]
        given = text[start + len(surname) : end]
        if start < 0 or surname not in _SURNAMES or not 1 <= len(given) <= len("建国"):
            continue
        if GIVEN.issuperset(given) and is_name(surname + given):
            yield Match("unmasked-name", start, end, surname + given, f"{surname}*", sure=True)
            return


_SURNAMES = COMPOUNDS.union(SINGLE)


def is_common(one: re.Match[str]) -> bool:
    """Say whether a given name is one that is a name even where no label says so."""
    given = _joined(one["given"])
    if any(point in given for point in _POINT):
        return FOREIGN.issuperset(one["surname"] + given)
    return GIVEN.issuperset(given) and is_name(one["surname"] + given)


def _joined(given: str) -> str:
    return "".join(given.split())


def is_name(name: str) -> bool:
    """Say whether a word that begins with a surname is not known as another word."""
    return not name.endswith(_TITLE_ENDS) and name not in NO_NAMES and name[:2] not in NO_NAMES


def match(one: re.Match[str], offset: int = 0, *, sure: bool) -> Match:
    """Return the finding of a name; ``offset`` is where the text that was searched begins."""
    start, end = offset + one.start("surname"), offset + one.end("given")
    value = one["surname"] + _joined(one["given"])
    return Match("unmasked-name", start, end, value, f"{one['surname']}*", sure)
