"""Headings of old sheets and what they stand for: matched by the schema's names, and rather not at all than wrongly."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from faultkb.sheets import composed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from faultkb.tracking import Column

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕|<[^<>]*>|「[^「」]*」")
_NUMBERED = re.compile("^(?:[0-9]{1,2}[、.)](?=[^0-9])|d[1-8][:：. ]?(?=[\u4e00-\u9fff]))")
"""1、 before a heading, and the disciplines of an 8D report."""
_NOISE = re.compile(r"[\W_]+")
_LATIN = re.compile(r"[a-z][a-z .'/&-]*")
_JOINED = re.compile(r"[/、,，;；&|｜+]|(?:及|和|与|或)")
_BEFORE = ("产品", "具体", "详细", "当前", "目前", "最新", "主要", "初步", "本次", "该")
_AFTER = ("情况", "内容", "信息", "明细", "栏", "一览")
"""What may stand around a name without changing what it says."""
_UNITS = frozenset(
    [
        "台",
        "个",
        "户",
        "人",
        "天",
        "件",
        "套",
        "次",
        "h",
        "小时",
        "分钟",
        "日",
        "年月日",
        "年/月/日",
        "日期",
        "时间",
        "必填",
        "选填",
    ]
)
_FOREIGN = frozenset(
    ["id", "no", "email", "e-mail", "mail", "tel", "phone", "mobile", "qq", "sn", "mac", "ip", "url", "wechat", "imei"]
)
"""Latin words that say something else than the Chinese name beside them."""
_SHORT, _TAIL = 3, 2
_WORKERS = frozenset({"team", "owner"})
"""Team and person in one column: the person is read with the team beside."""
_VAGUE = frozenset(
    [
        "时间",
        "日期",
        "编号",
        "单号",
        "id",
        "电话",
        "手机",
        "手机号",
        "手机号码",
        "邮箱",
        "联系电话",
        "部门",
        "说明",
        "描述",
        "原因",
        "数量",
        "其他",
        "其它",
        "等级",
        "级别",
        "分析",
        "姓名",
        "工号",
        "人员",
        "结果",
    ]
)
"""Headings that say nothing without the group above them."""
_NEUTRAL = re.compile("问题|故障|处理|解决|整改|基本|登记|反馈(?!人)|信息|概况|内容|缺陷")
_PEOPLE = frozenset({"reporter", "owner", "assistants", "team", "verification"})
TITLE, EXACT, NEAR, _BUILT = 0, 1, 100, 200
"""How well a heading fits: as the schema's own title, as a name that it lists (from 1, in its order), with a word around it."""


class Match(NamedTuple):
    """What a heading stands for, and how far it is from the schema's own title."""

    column: Column
    distance: int


class Names:
    """The names of all columns, each under the way in which names are compared."""

    def __init__(self, columns: Iterable[Column]) -> None:
        self._named: dict[str, Match] = {}
        self._columns: dict[str, Match] = {}
        for column in columns:
            self._columns[column.name] = Match(column, _BUILT)
            for distance, name in enumerate((column.title, *column.also)):
                known = self._named.get(key(name))
                if known is None or distance < known.distance:
                    self._named[key(name)] = Match(column, distance)

    def exact(self, text: str) -> bool:
        """Say whether a text is a heading word for word."""
        return key(text) in self._named

    def match(self, text: str) -> Match | None:
        """Return what a heading stands for; None where that is not certain."""
        bare = key(text)
        found = self._named.get(bare) or self._translated(text) or self._around(bare) or self._several(text)
        return found or self._columns.get(composed.name(bare))

    def below(self, group: str, text: str) -> Match | None:
        """Return what a heading stands for that has another above it, as 用户信息 has 电话 below."""
        if not group or key(group) == key(text):
            return self.match(text)
        joined = self._named.get(key(group) + key(text)) or self._named.get(key(text) + key(group))
        if joined or key(text) not in _VAGUE:
            return joined or self.match(text)
        above, found = self.match(group), self.match(text)
        if above and found and above.column.path[0] == found.column.path[0]:
            return found
        is_person = above is not None and above.column.path[0] in _PEOPLE
        return found if _NEUTRAL.search(group) and not is_person else None

    def _translated(self, text: str) -> Match | None:
        """Match 问题描述 Description: the Latin half repeats the Chinese one, unless it is another thing, as 责任人 Email."""
        folded = unicodedata.normalize("NFKC", text).casefold()
        latin = _LATIN.findall(folded)
        if not latin or any(word in _FOREIGN for one in latin for word in re.findall("[a-z-]+", one)):
            return None
        return self._named.get(key(_LATIN.sub(" ", folded)))

    def _around(self, bare: str) -> Match | None:
        for before in ("", *_BEFORE):
            for after in ("", *_AFTER):
                if bare.startswith(before) and bare.endswith(after) and (before or after):
                    name = bare[len(before) : len(bare) - len(after)]
                    found = self._named.get(name) if len(name) >= _SHORT or (before and not after) else None
                    if found:
                        return Match(found.column, NEAR + found.distance)
        return None

    def _several(self, text: str) -> Match | None:
        """Match 问题描述/现象 and 数量/台, but not 责任人/电话: all parts that are known must say the same."""
        parts = [key(one) for one in _JOINED.split(_BRACKETS.sub("", unicodedata.normalize("NFKC", text)))]
        parts = [self._whole(one, parts) for one in parts]
        found = [self._named.get(one) for one in parts if one]
        known = [one for one in found if one]
        if len(found) < 2 or not known or any(one not in self._named and one not in _UNITS for one in parts if one):  # noqa: PLR2004
            return None
        roots = {one.column.of[0].partition("/")[0] for one in known}
        if known[0].column.sections and all(one.column.sections or one.column.name == "events" for one in known):
            return Match(known[0].column, NEAR + known[0].distance)
        if roots == _WORKERS:
            return next(Match(one.column, NEAR + one.distance) for one in known if one.column.name == "owner")
        return Match(known[0].column, NEAR + known[0].distance) if len(roots) == 1 else None

    def _whole(self, part: str, parts: Sequence[str]) -> str:
        """Return a part with what it shares with its neighbour: 咨询/投诉内容 is 咨询内容, too, and 处理结果/方案 处理方案."""
        if not part or part in self._named or part in _UNITS:
            return part
        shared = (f"{part}{parts[-1][-_TAIL:]}", f"{parts[0][:_TAIL]}{part}")
        return next((one for one in shared if one in self._named), part)


@lru_cache(maxsize=10_000)
def key(text: str) -> str:
    """Return a heading as it is compared: no width, case, blanks, punctuation, numbering, or remark in brackets."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip(" *:\n\t")
    bare = _NOISE.sub("", _NUMBERED.sub("", _BRACKETS.sub("", folded)))
    return bare or _NOISE.sub("", folded)


def claimed(found: Mapping[int, Match | None]) -> dict[int, Column]:
    """Return which column of a sheet holds what: the best one where several fit, the first of those that fit alike.

    Sections take all that fit: what happened and why it got out are two columns of one section.
    """
    best: dict[str, tuple[int, int]] = {}
    for place, match in found.items():
        if match:
            rank = (match.distance, place)
            best[match.column.name] = min(best.get(match.column.name, rank), rank)
    winners = {place for _, place in best.values()}
    return {
        place: match.column
        for place, match in found.items()
        if match and (place in winners or (match.column.sections and match.distance < NEAR))
    }


def texts(levels: Sequence[Mapping[int, str]], columns: Iterable[int]) -> dict[int, tuple[str, str]]:
    """Return group and heading of each column from the rows of a header; the lowest one that says something is the heading."""
    found = {}
    for column in columns:
        said = [" ".join(one[column].split()) for one in levels if one.get(column, "").strip()]
        found[column] = ("-".join(dict.fromkeys(said[:-1])), said[-1]) if said else ("", "")
    return found
