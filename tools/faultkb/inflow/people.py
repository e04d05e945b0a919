"""People in the cells of a sheet: ``张三``, ``ZL001 张三``, ``工号：ZL001*`` → staff id and masked name."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from faultkb import ticket
from faultkb.inflow.masking import looks_like_name
from faultkb.privacy.surnames import COMPOUNDS, SINGLE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UNKNOWN = ticket.NOBODY
NOBODY = "*"
"""The name of somebody whose name is not known."""
_APART = re.compile(r"[、,，;；/&|\n]+|(?<=[\u3400-\u9fff*])\s*[+＋]\s*")
_LABELS = re.compile(r"(?:工号|姓名|员工号|编号)\s*[:：]?|[()（）\[\]【】:：]")
_STAFF = re.compile(r"(?<![A-Za-z0-9*])(?:[A-Za-z]{1,5}[-_]?[0-9]{2,8}|[0-9]{3,6})(?![0-9A-Za-z])\*?")
_WORD = re.compile(r"[\u3400-\u9fff·•*]+|[A-Za-z][A-Za-z.'’-]*(?: [A-Za-z][A-Za-z.'’-]*){0,3}")
_MASKED = re.compile(r"(?:[\u3400-\u9fff]{0,2}|[A-Za-z]{1,6})\*+[\u3400-\u9fff]?")
_GROUP = re.compile(r"[\u3400-\u9fffA-Za-z0-9]*(?:组|部|部门|中心|科|室|处|公司|团队|厂|方|供应商|外包)")
_NICK = re.compile(
    r"[小老阿大]([\u3400-\u9fff])|([\u3400-\u9fff]{1,2}?)(?:工|总|经理|主任|师傅|姐|哥|老师|先生|女士|博士)"
)
_WORDS = """
待定 未定 待分配 未分配 外包 全员 全体 客服 测试 研发 产品 售后 硬件 软件 运维 用户 客户 匿名 其他 其它 未知 不详 同上 大家 多人 closed active unassigned nobody
"""
_NO_PERSON = frozenset(_WORDS.split())


_MOST = 200
"""Characters of a list of people."""


class Named(NamedTuple):
    """Somebody in a cell: staff id (empty: not told) and name as it stands there, in full or masked (empty: not told)."""

    staff: str
    name: str


class Found(NamedTuple):
    """The people of a cell, and the words beside them that are none."""

    people: tuple[Named, ...]
    rest: str


def read(text: str) -> Found:
    """Return who is named in a cell; nobody where it is far too long for that."""
    if len(text) > _MOST:
        return Found((), text)
    people: list[Named] = []
    rest: list[str] = []
    for part in _APART.split(unicodedata.normalize("NFKC", text)):
        people += _part(part.strip(), rest)
    return Found(tuple(_joined(people)), " ".join(rest))


def _part(part: str, rest: list[str]) -> Iterator[Named]:
    staff = [one.group().rstrip("*") for one in _STAFF.finditer(part)]
    words = _LABELS.sub(" ", _STAFF.sub(" ", part))
    names: list[str] = []
    for piece in re.split(r"\s{1,}(?=[\u3400-\u9fff*])|(?<=[\u3400-\u9fff*])\s+", words):
        _name(piece.strip(), names, rest)
    names = [_spaced(names)] if len(names) > 1 and _spaced(names) else names
    for number in range(max(len(staff), len(names))):
        yield Named(staff[number] if number < len(staff) else "", names[number] if number < len(names) else "")


def _spaced(names: list[str]) -> str:
    """Return the name that was written with blanks between its characters (张 三), empty where these are several."""
    return "".join(names) if all(len(one) == 1 and one != NOBODY for one in names) else ""


def _name(piece: str, names: list[str], rest: list[str]) -> None:
    """Tell a name from a department and other words."""
    if not piece:
        return
    nick = _NICK.fullmatch(piece)
    team = re.fullmatch(rf"({_GROUP.pattern})[-—_]?([\u3400-\u9fff]{{2,4}})", piece)
    if piece.casefold() in _NO_PERSON or _GROUP.fullmatch(piece):
        rest.append(piece)
    elif (
        nick
        and (nick[1] or nick[2])
        and _is_family(nick[1] or nick[2])
        and (len(piece) == len("王工") or not looks_like_name(piece))
    ):
        names.append(f"{nick[1] or nick[2]}*")
    elif team and looks_like_name(team[2]):
        rest.append(team[1])
        names.append(team[2])
    elif _MASKED.fullmatch(piece) or (_WORD.fullmatch(piece) and len(piece) <= _LONGEST):
        names.append(piece)
    else:
        rest.append(piece)


_LONGEST = 30


def _is_family(text: str) -> bool:
    return text in COMPOUNDS or text in SINGLE


def _joined(people: list[Named]) -> Iterator[Named]:
    """Join a number with the name that follows it behind a separator: ``ZL001/张三``."""
    waiting: Named | None = None
    for one in people:
        if waiting and not one.staff:
            yield Named(waiting.staff, one.name)
            waiting = None
        elif waiting:
            yield waiting
            waiting = one if not one.name else None
            if one.name:
                yield one
        elif one.staff and not one.name:
            waiting = one
        else:
            yield one
    if waiting:
        yield waiting


class Directory:
    """Who has which staff id: what a list of people says, by full name."""

    def __init__(self, listed: Mapping[str, frozenset[str]]) -> None:
        self._listed = listed

    @property
    def names(self) -> frozenset[str]:
        """The full names of the list."""
        return frozenset(self._listed)

    def staff(self, one: Named) -> tuple[str, str]:
        """Return somebody's staff id, and what is to be said of it; `UNKNOWN` where it cannot be told."""
        if one.staff:
            return one.staff, ""
        found = self._listed.get(one.name, frozenset())
        if len(found) == 1:
            return next(iter(found)), ""
        if found:
            return UNKNOWN, f"名单里同名的有 {len(found)} 人，没有猜是哪一个，工号写 {UNKNOWN}"
        return UNKNOWN, f"没有工号，写 {UNKNOWN}（可以用 --people 名单.csv 给出）"
