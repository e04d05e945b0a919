"""Promises to a user: words of promise, and a time together with what is to be done by then."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb.wording.patterns import BREAKS, Phrases, Spot, apart, spans, without

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from faultkb.wording.patterns import Book

_REACH = 18
"""Characters between a time and what is to be done by then."""
_BREAK = re.compile(f"[{BREAKS}]")
_COMMA = re.compile("[，,。！!？?；;\n]")
_TAIL = re.compile(
    r"(?:之?前|以前|之?内|以内|之?后|以后|左右|上午|下午|晚上|中午|早上|[0-9]{1,2}[:：点][0-9]{0,2}分?|\s){0,4}[，,]"
)
"""What may stand between a time and a comma after which its sentence goes on."""
_BACKWARD = re.compile(
    r"(?:的?(?:时间|日期)(?:是|为|定在|定于|[:：])?|定在|定于|最晚|最迟|得等到|要等到|等到)[^，,。；;\n]{0,4}$"
)
"""What stands between a result and a time that comes after it: 修好最迟明天."""
_DENIED = re.compile(r"(?:不|没有?|未|无法|难以|尚)[能会可再完全]{0,3}$")
_ASKED = re.compile(
    r"希望|要求|询问|问(?!题)|催|期望|盼|想知道|是否|能否|能不能|可不可以|什么时候|何时|建议|(?<!申)请(?![^，,]*放心)|约定|如果|若"
)
_UNSURE = re.compile(
    r"(?:不能?|不敢|不便|无法|没法|难以|没有|尚未|未)(?:向[您用][户]?)?(?:保证|确定|承诺|肯定|知道|清楚|答应|估计|给出|告知)"
)
"""Before a time it denies the promise: 不能保证明天修好."""
_QUESTION = re.compile(r"[^。！；;\n，,]{0,6}(?:吗|么|？|\?)")
_PAST = re.compile(r"已|昨|前天|上周|上个?月|刚|曾|至今|以来|从.{0,8}起|自.{0,8}起")
_EARLIER = re.compile(r"[ \t]?(?:上午|早上|早晨|凌晨|清晨|一早|早间)")
_WILL = re.compile(r"就|会|能|可以|要|将|前|之内|以内|内")
_AHEAD = re.compile(r"明|后天|次日|下周|下个|下月|下一|月底|年底|马上|立|很快|一会|稍后|待会|过")
_DATE = re.compile(
    r"(?:[0-9]{4}[-/])?(?P<month>[0-9]{1,2})(?:[ \t]?月[ \t]?|/|-)(?P<day>[0-9]{1,2})"
    r"|(?P<alone>[0-9]{1,2})[ \t]?[日号](?![内后之以])"
)
_BY_USER = re.compile(
    r"(?<!告[知诉])(?<![答回]复)(?<!通知)(?<![跟和向对给])(?:用户|客户|家属)[^，,。]{0,4}(?:反馈|反映|称|表示|说(?!明)|确认|发现)"
)
_TOLD = re.compile(
    r"(?:告知|答复|回复|通知|转告|告诉|答应|承诺|说明|解释|[跟和向对给](?:用户|客户|家属|业主|租客|对方|他|她)(?:讲|说|表示|保证))[了过]?"
    r"(?:用户|客户|家属|业主|租客|对方|他|她|您)?"
)
"""What says that we said it: what stands before it, such as 已, is about the saying and not about the result."""
_AT = "在于可以"
_AHEAD_OF = re.compile(r"将|最[迟晚]|会[在于]")
"""Before a date it says that the day is to come, whatever the day of the note."""
_OF_OLD = re.compile(r"之前|以前|上次|曾|先前|当时|原来|当初|那时|用户|客户")
_HALF_YEAR = 182
_ACT = re.compile(
    r"(?:断网|断电|停电|(?:拔|重启)[^，,。]{0,4}|关机|移到[^，,。]{0,6}|预热|充电|升级|观察|运行|使用|试用|静置|离线|卡顿)(?:了|约|大约)?$"
)
"""Before a length of time: it is how long something was done, not how long it will take."""
_SHORT = re.compile("秒|分钟$")
_LENGTH = re.compile(r"[小时钟头分天]$")
_AT_ONCE = re.compile(r"马上|立|很快|当[天日晚]|分钟|小时")
_SUBORDINATE = re.compile(r"[ \t]?(?:之?后|以后|的?时候?|之前|前)")


class Promises:
    """The words of promise, and what makes a time a promise."""

    def __init__(self, book: Book, deadlines: Mapping[str, Any] | None = None) -> None:
        self._book = book
        data = deadlines or {}
        self._times, self._results, self._hedges, self._not_times, self._not_results = (
            Phrases(data.get(name, ())) for name in ("times", "results", "hedges", "except", "not_results")
        )

    def find(self, text: str, today: date) -> list[Spot]:
        """Return the promises in a text that was said on a day: dates that have passed by then are none."""
        found = [*self._vows(text), *self._deadlines(text, today)]
        return apart(found) if found else found

    def _vows(self, text: str) -> Iterator[Spot]:
        for spot in self._book.find(text):
            before = _segment(text, spot.start)
            # 预计明天修好 is an estimate, 预计一定 is a vow all the same.
            said = text[spot.start : spot.end]
            hedged = self._hedges.stand_in(before) and self._times.stand_in(said)
            if not (hedged or _is_denied(before) or _is_of_old(text, spot)):
                yield spot

    def _deadlines(self, text: str, today: date) -> Iterator[Spot]:
        results = self._results.of(text)
        times = [Spot(*one, _ADVICE) for one in spans(self._times.of(text), text)] if results else []
        times = without(times, spans(self._not_times.of(text), text)) if times else []
        note = _Note(text, today, results, self._not_results.of(text) if times else ())
        for time in times:
            before = _segment(text, time.start)
            end = self._promised(note, time, before)
            if end:
                yield Spot(time.start, end, _ADVICE)
            elif _BACKWARD.search(before) and note.result_in(before) and not self._is_open(note, time, before, ""):
                yield time

    def _promised(self, note: _Note, time: Spot, before: str) -> int:
        """Return where a promise ends that begins with a time; 0 where it is none."""
        text, found = note.text, note.among(time.end, _stop(note.text, time.end))
        if not found:
            return 0
        start, end = found[0]
        between = text[time.end : start]
        if self._is_open(note, time, before, between) or _DENIED.search(between[-4:]) or _has_no_weight(text, end):
            return 0
        if not _is_done(text, start, end) or _AHEAD.search(text[time.start : time.end]):
            return end
        if _WILL.search(between + text[start:end]):
            return end
        # 周四上线的版本会解决
        after = [one for one in found[1:] if _WILL.search(text[end : one[0]]) and not _is_done(text, *one)]
        return after[0][1] if after and not _PAST.search(text[end : after[0][0]]) else 0

    def _is_open(self, note: _Note, time: Spot, before: str, between: str) -> bool:
        """Say whether a time with its result is an estimate, a question, a request or long past."""
        text, own = note.text, _TOLD.split(before)[-1]
        around = f"{own}\n{between}"
        return bool(
            self._hedges.stand_in(f"{before}\n{between}")
            or _is_denied(around)
            or _UNSURE.search(before)
            or _DENIED.search(own.rstrip(_AT))
            or _PAST.search(around)
            or _BY_USER.search(before)
            or (not _AHEAD_OF.search(own) and _is_past(text, time, note.today))
            or _is_course(text, time, before)
            or (text.startswith("今", time.start) and _EARLIER.match(text, time.end) and not _WILL.search(between))
        )


class _Note(NamedTuple):
    """What was said on a day, with the phrases of results, and of what looks like one, that may stand in it."""

    text: str
    today: date
    results: Sequence[str]
    no_results: Sequence[str]

    def among(self, start: int, stop: int) -> list[tuple[int, int]]:
        """Return where results stand in a part of the text."""
        hidden = spans(self.no_results, self.text, start, stop + 4)
        found = spans(self.results, self.text, start, stop)
        return [one for one in found if not any(first <= one[0] < last for first, last in hidden)]

    def result_in(self, before: str) -> bool:
        """Say whether a result stands in what comes before a time."""
        return bool(self._replace(text=before).among(0, len(before)))


_ADVICE = "未确认的时间不要承诺：紧急的问题写“预计”加处理时限，其余说“正在处理中，有进展会及时告知您”；确认了的在反馈里加 --confirmed"


def _is_done(text: str, start: int, end: int) -> bool:
    """Say whether a result is one that has come about, or tells one thing from others: 修复了, 发布的."""
    return text.startswith(("了", "的"), end) or text[start:end].endswith("了")


def _is_denied(before: str) -> bool:
    """Say whether what follows is asked for, or said not to be certain."""
    return bool(_ASKED.search(before) or _UNSURE.search(before))


def _is_of_old(text: str, spot: Spot) -> bool:
    """Say whether a record has it that something was promised: 之前的客服保证过."""
    return text.startswith("过", spot.end) and _OF_OLD.search(_segment(text, spot.start)) is not None


def _has_no_weight(text: str, end: int) -> bool:
    """Say whether what follows makes a question or a subordinate clause of it: 恢复了吗, 恢复后."""
    return bool(_QUESTION.match(text, end) or _SUBORDINATE.match(text, end))


def _is_course(text: str, time: Spot, before: str) -> bool:
    """Say whether a time belongs to what the user does: 断网 40 分钟后恢复, 升级后马上恢复."""
    words, inside = (
        text[time.start : time.end],
        text[time.end : time.end + 3].lstrip().startswith(("内", "之内", "以内")),
    )
    ahead = before.rstrip()
    if (_ACT.search(ahead) and _LENGTH.search(words)) or (ahead.endswith(("等", "等待")) and _SHORT.search(words)):
        return True
    return before.rstrip().endswith(("后", "之后")) and bool(_AT_ONCE.search(words)) and not inside


def _segment(text: str, end: int) -> str:
    """Return what stands before a place since the last comma or full stop."""
    return _BREAK.split(text[max(0, end - _REACH - 2) : end])[-1]


def _stop(text: str, start: int) -> int:
    """Return where a promise that begins with a time must have ended: at the next comma, but for one right after the time."""
    comma = _TAIL.match(text, start)
    at = comma.end() if comma else start
    end = min(at + _REACH, len(text))
    mark = _COMMA.search(text, at, end)
    return mark.start() if mark else end


def _is_past(text: str, time: Spot, today: date) -> bool:
    """Say whether a day of a month lies before the day on which it was said; half a year ahead is the year before."""
    found = _DATE.match(text, time.start, time.end)
    if found is None:
        return False
    if found["alone"]:
        return int(found["alone"]) < today.day
    ahead = (int(found["month"]) - today.month) * 30 + int(found["day"]) - today.day
    return -_HALF_YEAR < ahead < 0 or ahead > _HALF_YEAR
