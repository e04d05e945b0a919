"""Vague words that stand alone as the phenomenon: without a number, a code, a screen text or anything seen beside them."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from faultkb.wording.bare import Bare
from faultkb.wording.patterns import NUMBER, Phrases, each

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from faultkb.wording.patterns import Book, Spot

_DENIED = re.compile(
    r"(?:没有|没|无|未|不再|不会|不|并非|不是|排除|杜绝|避免|防止|预防|检查|排查|监测|检测|消除|修复|处理|自动恢复)"
    r"(?:再|出现|发现|发生|察觉|见|有|任何|其他|明显|什么|过|是|会|了|出|一点|到|的|感觉|感到|觉得){0,3}$"
)
"""What stands right before a word that is denied, or looked for."""
_ASKED = re.compile(
    r"(?:是否|有无|有没有|会不会|能不能|以为|误认|当作|当成|如果|假如|要是|万一|一旦|如|若)[^，,。！!？?；;\n]{0,6}$"
)
_QUESTION = re.compile(r"[ \t]?(?:吗|么|嘛|没有[？?]|与否|的可能|的话)")
_MOST = 100
"""Vague words of one text that are looked at."""
_LOOK = 10
"""Characters before a word in which it may be denied."""

_COUNT = r"(?<![A-Za-z0-9.:：-])[0-9]{1,7}+(?:[.,][0-9]{1,4}+)?[ \t]?"
_UNITS = (
    r"秒|毫秒|分钟|分(?!之|别|享|组|辨|页|段|支|类|销|公)|个?小时|次(?!日|品|要)|回(?!家|访|复)|遍|%|％|℃|°|度|帧|倍"
    r"|圈|声|格(?!式)|米(?!家|粉|色|兰)|厘米|毫米|公分|像素|伏|分贝"
)
_LATIN_UNITS = r"(?:ms|s|min|h|fps|[mμ]?[VAW]|[kmM]?Ω|mAh|dBm?|[KM]B|[cmμk]?m|px|Hz|lx|kg)(?![A-Za-z0-9])"
"""Bands (5 GHz), sizes of cards (128 GB) and lines (100 Mbps) say where it happens, not what."""
_SPOKEN = r"(?<![0-9A-Za-z])(?:[二两三四五六七八九十百]{1,4}|半)(?:多)?(?:个?小时|秒|分钟|次|回|遍|声|圈|成|度)"
_NUMBERS = re.compile(rf"{_COUNT}(?:(?:~|～|-|–|—|至|到)[0-9.]{1, 9}+[ \t]?)?(?:{_UNITS}|{_LATIN_UNITS})|{_SPOKEN}")
_CODES = re.compile(
    r"(?<![A-Za-z0-9-])[A-Za-z]{1,5}-[0-9]{2,6}(?![0-9-])|0[xX][0-9A-Fa-f]{2,}"
    r"|(?:错误码|错误代码|故障码|故障代码|代码|状态码|HTTP|code)[ \t]?[:：]?[ \t]?[A-Za-z]?[0-9][0-9A-Za-z-]*"
    r"|(?<![A-Za-z])[A-Z][A-Za-z]{1,40}+(?<=Error|ption)(?![A-Za-z])|(?<![A-Za-z_])ERR(?:OR)?_[A-Z_]{3,40}"
    r"|按(?!什么|任何|哪|所有|几个)[^，,。；;\n按键]{1,6}键"
)
"""Codes of errors, their names (TypeError), and a key by its name."""
_CLOCK = re.compile(
    rf"(?<![0-9:])[0-2]?[0-9][:：][0-5][0-9]|(?:凌晨|早上|上午|中午|下午|傍晚|晚上|夜里){NUMBER}[ \t]?点"
)
_REPORTED = re.compile("来电|致电|打电话|打来|报修|报障|接到|收到|留言|咨询|投诉|登记|反馈称|在线反馈")
"""Where somebody called, a time is that of the call."""
_NO_EVIDENCE_BEFORE = re.compile(
    r"(?:试|重启|重装|复位|重置|升级|更新|更换|换|插拔|断电|上电|打|说|问|催|联系|找|修|维修|返修|下单)[了过]?[ \t]?$"
)
_NO_EVIDENCE_AFTER = re.compile(r"(?:来电|致电|电话|催|投诉|联系|反馈|反映|报修|上门|维修|重启|重装|复位|制)")
_DONE = re.compile(
    r"了?(?:之?后|以后|也|还|都|过|试|仍|依然|依旧|再|无效|没用|不行)"
    r"|[了过]?[ \t]?[0-9两三四五六七八九十几多好]{1,3}[ \t]?[次遍][，,]?(?:还|也|都|仍|依然|后|无效|没用|不行)"
)
"""After a word that names an act of the user, such as 重启后, it is no phenomenon."""
_QUOTE = re.compile(
    r"“[^”\n]{1,200}”|「[^」\n]{1,200}」|『[^』\n]{1,200}』|\"[^\"\n]{1,200}\"|‘[^’\n]{1,200}’|`[^`\n]{1,200}`"
)
_SHOWN = re.compile(
    r"(?:提示|弹出|弹窗|跳出|显示|报|播报|播放|写着|出现|写|界面|页面|页|按钮|点|点击|按|选|灯|日志)[^，,。“「『\"‘`]{0,6}$"
)
_SAID = re.compile(
    r"(?:用户|客户|业主|租客|住户|家属|对方|本人|原话|来电|他|她)[^。“「『\"‘`]{0,8}$"
    r"|(?:说|称|反映|反馈|表示|描述|抱怨|投诉|觉得|认为)[是为]?[:：，,]?$"
)
_FENCE = re.compile(r"^ {0,3}(?:```|~~~).*?(?:^ {0,3}(?:```|~~~)|\Z)", re.DOTALL | re.MULTILINE)
_STEP = re.compile(r"\s{0,20}[0-9]{1,2}[.、)）][ \t]*\S")
_SENTENCE = re.compile(r"[。！!？?；;\n]+|(?=另外|此外|另有|还有就是)")
_MORE = re.compile(r"\s{0,20}(?:另外|此外|另有|还有|也|同时|而且)")


class Vague:
    """The vague words, and those that say what is seen."""

    def __init__(
        self, book: Book, concrete: Iterable[str] = (), alone: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        self._book = book
        self._concrete = Phrases(concrete)
        self._bare = Bare(**alone) if alone else None

    def find(self, text: str, names: Iterable[str] = (), *, line: bool = False) -> list[Spot]:
        """Return the vague words that stand alone; numbers in ``names`` (of products, versions) are no facts.

        A ``line`` is one thought: whatever stands in it stands beside. In a longer text facts may follow later, or have
        been said in the sentence before.
        """
        found = self._book.find(text)[:_MOST]
        if not found:
            spot = self._bare.find(text, names) if self._bare else None
            return [spot] if spot else []
        text = _without_names(text, names)
        quotes = list(_quotes(text, found))
        hidden = sorted([match.span() for match in _FENCE.finditer(text)] + [span for span, kind in quotes if kind])
        found = [one for one in found if not _is_inside(one, hidden) and not _is_denied(text, one)]
        return found and [
            one for one, alone in zip(found, self._alone(text, found, quotes, line=line), strict=True) if alone
        ]

    def _alone(self, text: str, found: Sequence[Spot], quotes: Sequence[_Quote], *, line: bool) -> Iterator[bool]:
        cuts = [0, len(text)] if line else [0, *(match.end() for match in _SENTENCE.finditer(text)), len(text)]
        said = [self._says(text[start:end]) for start, end in itertools.pairwise(cuts)]
        said = [
            one
            or any(kind == _SCREEN and start <= span[0] < end for span, kind in quotes)
            or bool(_STEP.match(text, start, end) and not any(start <= spot.start < end for spot in found))
            for one, (start, end) in zip(said, itertools.pairwise(cuts), strict=True)
        ]
        more = [bool(_MORE.match(text, start)) for start in cuts[:-1]]
        later, follows = False, [False] * len(said)
        for index in reversed(range(len(said))):
            follows[index] = later
            later = False if more[index] else later or said[index]
        index = 0
        for spot in found:
            while cuts[index + 1] <= spot.start:
                index += 1
            before = index > 0 and said[index - 1] and not more[index]
            yield not (said[index] or follows[index] or before)

    def _says(self, part: str) -> bool:
        """Say whether a sentence holds a fact."""
        called = _REPORTED.search(part)
        return bool(
            _CODES.search(part)
            or (not called and _CLOCK.search(part))
            or any(not _DONE.match(part, end) for _, end in each(self._concrete.of(part), part))
            or any(_is_evidence(part, match) for match in _NUMBERS.finditer(part))
            or _FENCE_MARK in part
        )


_FENCE_MARK = "```"
_Quote = tuple[tuple[int, int], str]
_SCREEN, _USER = "screen", ""


def _quotes(text: str, found: Sequence[Spot]) -> Iterator[_Quote]:
    """Find what is quoted: the text of a screen, or what somebody said (also what is vague in itself)."""
    for match in _QUOTE.finditer(text):
        before = text[max(0, match.start() - 14) : match.start()]
        inside = any(match.start() < one.start < match.end() for one in found)
        if _SHOWN.search(before):
            yield match.span(), _SCREEN
        elif inside or _SAID.search(before):
            yield match.span(), _USER
        else:
            yield match.span(), _SCREEN


def _without_names(text: str, names: Iterable[str]) -> str:
    for name in names:
        text = text.replace(name, " " * len(name)) if name else text
    return text


def _is_inside(one: Spot, hidden: Sequence[tuple[int, int]]) -> bool:
    return any(start <= one.start < end for start, end in hidden)


def _is_denied(text: str, one: Spot) -> bool:
    before = text[max(0, one.start - _LOOK) : one.start]
    return bool(_DENIED.search(before) or _ASKED.search(before) or _QUESTION.match(text, one.end))


def _is_evidence(part: str, match: re.Match[str]) -> bool:
    before = part[max(0, match.start() - 6) : match.start()]
    return not _NO_EVIDENCE_BEFORE.search(before) and not _NO_EVIDENCE_AFTER.match(part, match.end())
