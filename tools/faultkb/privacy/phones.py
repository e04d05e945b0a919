"""Mobile and landline numbers of mainland China."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from faultkb.privacy.match import Match
from faultkb.privacy.shapes import BLANK, DASH, before, is_behind_word, is_serial

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANY = rf"[{BLANK}{DASH}.·*_\r\n>]{{0,12}}+"
_MOBILE = re.compile(rf"1(?:(?<![0-9]1)|(?<=[^0-9]861)|(?<=^861)|(?<=00861)){_ANY}[3-9](?:{_ANY}[0-9]){{9}}(?![0-9])")
"""It begins with a literal: so the search is fast. The grouping is judged afterwards."""
_APART = r"[^0-9A-Za-z\u4e00-\u9fff*]{0,6}+"
_APART_MOBILE = re.compile(rf"1(?<![0-9A-Za-z]1){_APART}[3-9](?:{_APART}[0-9]){{9}}(?![0-9])")
"""Any signs between the digits: only in groups of three, four and four, or behind a label."""
_TIGHT = re.compile(rf"[,/()|=~+:;，；：（）／｜～、]{{1,2}}|[{BLANK}{DASH}.]")
_SIGN = re.compile(r"[,/()|=~+:;，；：（）／｜～、]")
_NO_BEGIN = re.compile(r"[0-9A-Za-z][,/()|=~+:;]$|[:/.]$")
_PREFIX = re.compile(r"1(?:3[0-9]|4[014-9]|5[0-35-9]|6[2567]|7[0-8]|8[0-9]|9[0-35-9])")
_GROUPS = frozenset({(11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (4, 4, 3), (4, 3, 4), (1,) * 11})
_BROKEN = _GROUPS.union((at, 11 - at) for at in range(1, 11))
"""How people group a mobile number where nothing else says that it is one."""
_ANNOUNCED = re.compile(
    r"(?:手机|电话|联系方式|联系号码|号码|致电|拨打?|打给|回电|来电|微信|vx|wx|(?:tel|phone|mobile|contact|cell)(?:[_ -]?(?:no|num|number))?|\+86|0086)"
    rf"[号码为是:：=\"'|（( +{BLANK}{DASH}]{{0,6}}\n?(?:(?:\+|00)?86[{BLANK}{DASH}]{{0,3}})?$"
)
_LISTED = re.compile(rf"(?:手机|电话|号码|联系方式)号?[:：{BLANK}]{{0,3}}(?:\r?\n){{1,2}}[{BLANK}>*+.-]{{0,4}}$")
"""Behind the label, a list or a block begins."""
_PLAIN_GROUPS = (3, 4, 4)
_FOLDED = re.compile(r"\r?\n[ \t>]+")
_LINE_BEFORE = re.compile(rf"[{BLANK}]?[\u4e00-\u9fff:：，,（(][{BLANK}]?$")
_N = "[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]"
_SPELT = re.compile(
    rf"(?<!{_N})[一幺壹][三四五六七八九叁肆伍陆柒捌玖]{_N}[{BLANK}{DASH}]?{_N}{{4}}[{BLANK}{DASH}]?{_N}{{4}}(?!{_N})"
)
_NUMERALS = str.maketrans("零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")
_OTHER = re.compile("[^0-9]+")
_COLUMN_BEFORE = re.compile(rf"[0-9]([{BLANK}{DASH}._]{{1,3}})$")
_DATE_BEFORE = re.compile(rf"(?:[0-9][:/.{DASH}][0-9]{{1,3}}|(?:\+|00|\b)86)[{BLANK}{DASH}]+$|\+86\.$")
_COLUMN_AFTER = re.compile(rf"([{BLANK}{DASH}._]{{1,3}})[0-9]")
_MOBILE_BEFORE = re.compile(rf"1[3-9][0-9][{BLANK}{DASH}][0-9]{{4}}[{BLANK}{DASH}][0-9]{{4}}[{BLANK}]$")
_MOBILE_AFTER = re.compile(rf"[{BLANK}]1[3-9][0-9][{BLANK}{DASH}][0-9]{{4}}[{BLANK}{DASH}][0-9]{{4}}(?![0-9])")
_FRACTION_BEFORE = re.compile(r"(?:^|[^0-9+])[0-9]{1,3}[.,]$")
_WORD_BEFORE = re.compile(r"[A-Za-z]+\Z")
_PHONE_WORDS = frozenset({"tel", "phone", "mobile", "mob", "cell", "vx", "wx", "sip", "n", "t", "m"})
_NO_END = re.compile(
    rf"-?[A-Za-z]|[.:][0-9]|,[0-9]{{3}}(?![0-9-])|[{BLANK}]?(?:(?:[mun]?s|[KMG]?i?B|bytes?|ticks?|Hz|bps)(?![A-Za-z])|次|字节|[条元包帧秒步]|毫秒|微秒)"
)

_LONG_LOCAL = 8
_AREA = "(?:10|2[0-57-9]|[35-9][0-9]{2}|4[1-8][0-9])"
_LOCAL_PART = rf"(?P<local>[2-8][0-9]{{2,3}}[{BLANK}{DASH}]?[0-9]{{4}})(?![0-9])"
_LANDLINE = re.compile(
    rf"0(?<![0-9A-Za-z.]0)(?<![0-9A-Za-z][{DASH}_]0)(?P<area>{_AREA})(?P<gap>[)）]?[{BLANK}{DASH}]{{0,3}}+(?:\r?\n[{BLANK}>]{{0,8}}+)?){_LOCAL_PART}"
)
_ABROAD = re.compile(
    rf"86(?:(?<=\+86)|(?<=0086)|(?<![0-9A-Za-z.]86)(?=[{DASH}]))[{BLANK}{DASH}]{{1,2}}+"
    rf"(?P<area>{_AREA})(?P<gap>[)）]?[{BLANK}{DASH}]{{0,3}}+){_LOCAL_PART}"
)
"""Each begins with a literal: so the search is fast."""
_LOCAL = re.compile(
    rf"话(?<=[固电]话)[号码为是:：=|{BLANK}]{{0,4}}+(?P<area>)(?P<gap>){_LOCAL_PART}(?![.:/年次个条]|[{DASH}](?![0-9]{{2,4}}(?![0-9{DASH}])))"
)
_LOCAL_TOO = re.compile(_LOCAL.pattern.replace("话(?<=[固电]话)", "(?:座机|宅电|总机|Tel|TEL|tel)", 1))
_PHONE_LABEL = re.compile(r"(?:电话|座机|固话|宅电|致电|传真|联系方式|号码|tel|phone|fax|contact)[^0-9\n]{0,6}$")
_NO_PHONE_END = re.compile(r"[A-Za-z_]|\.[0-9]|[-:/][0-9]{2}(?![0-9])")
_EXTENSION = re.compile(rf"[{BLANK}]?(?:转|分机|ext\.?|x|[{DASH}])[{BLANK}]?[0-9]{{1,5}}(?![0-9])")


def find_mobile(text: str) -> Iterator[Match]:
    """Find mobile numbers, however grouped, if the grouping or the words before say that it is one number."""
    for one in _MOBILE.finditer(text):
        digits = _OTHER.sub("", one.group())
        if _PREFIX.match(digits) and _may_be_mobile(text, one):
            yield Match("mobile-number", *one.span(), digits, _masked(digits), sure=True)


def find_apart(text: str) -> Iterator[Match]:
    """Find mobile numbers with other signs between the digits: 138/1234/5512."""
    for one in _APART_MOBILE.finditer(text):
        digits = _OTHER.sub("", one.group())
        if _PREFIX.match(digits) and _is_apart(text, one):
            yield Match("mobile-number", *one.span(), digits, _masked(digits), sure=True)


def find_landline(text: str) -> Iterator[Match]:
    """Find landline numbers with an area code."""
    for one in itertools.chain(_LANDLINE.finditer(text), _ABROAD.finditer(text)):
        if _is_landline(text, one):
            yield _landline(text, one)


def find_local(text: str, *, has_tel: bool) -> Iterator[Match]:
    """Find landline numbers without an area code; their label says what they are (``has_tel``: one may be tel)."""
    others = [word for word in ("座机", "宅电", "总机") if word[0] in text and word in text]
    for one in itertools.chain(_LOCAL.finditer(text), _LOCAL_TOO.finditer(text) if others or has_tel else ()):
        if not re.search("[48]00$|自", before(text, one.start("local"), 4)):
            yield _landline(text, one)


def find_spelt(text: str) -> Iterator[Match]:
    """Find mobile numbers in Chinese numerals."""
    for one in _SPELT.finditer(text):
        digits = _OTHER.sub("", one.group().translate(_NUMERALS))
        if _PREFIX.match(digits):
            yield Match("mobile-number", *one.span(), digits, _masked(digits), sure=True)


def _masked(digits: str) -> str:
    return f"{digits[:3]}****{digits[-4:]}"


def _is_apart(text: str, one: re.Match[str]) -> bool:
    groups, gaps = tuple(map(len, _OTHER.split(one.group()))), _OTHER.findall(one.group())
    ahead, behind = before(text, one.start()), text[one.end() : one.end() + 16]
    if groups not in {_PLAIN_GROUPS, (1,) * 11} or _NO_END.match(behind):
        return False
    if _ANNOUNCED.search(ahead.lower()) or _LISTED.search(ahead):
        return True
    if (
        groups != _PLAIN_GROUPS
        or not _SIGN.search(one.group())
        or _NO_BEGIN.search(ahead)
        or is_serial(text, one.start())
    ):
        return False
    return all(map(_TIGHT.fullmatch, gaps)) and not re.match(r"[,/(|=~+:;]{1,2}[0-9A-Za-z]", behind)


def _may_be_mobile(text: str, one: re.Match[str]) -> bool:
    ahead, behind = before(text, one.start()), text[one.end() : one.end() + 16]
    if _NO_END.match(behind) or (ahead[-1:] == "." and _FRACTION_BEFORE.search(ahead)):
        return False
    if ("86" in ahead or is_behind_word(ahead, "\r\n")) and _ANNOUNCED.search(ahead.lower()):
        return True
    if ahead.endswith("86"):
        ahead = ahead[:-2].rstrip("+")
    word = _WORD_BEFORE.search(ahead)
    if (word and word.group().lower() not in _PHONE_WORDS) or is_serial(text, one.start()):
        return False
    groups = tuple(map(len, _OTHER.split(one.group())))
    gaps = _OTHER.findall(one.group())
    if any("\n" in gap for gap in gaps):
        is_broken = groups in _BROKEN or all(map(_FOLDED.fullmatch, gaps))
        if sum("\n" in gap for gap in gaps) > 1 and re.match(r"\s*\n\s*[0-9]", behind):
            return False
        return is_broken and _LINE_BEFORE.search(ahead) is not None and not re.match(r"[.:/-]", behind)
    return groups in _GROUPS and (len(gaps) == 0 or not _is_column(ahead, behind, gaps[0]))


def _is_column(ahead: str, behind: str, gap: str) -> bool:
    """Say whether a grouped number stands among others that are separated in the same way."""
    left, right = _COLUMN_BEFORE.search(ahead), _COLUMN_AFTER.match(behind)
    if left and left[1] == gap and not _DATE_BEFORE.search(ahead) and not _MOBILE_BEFORE.search(ahead):
        return True
    return bool(right and right[1] == gap and not _MOBILE_AFTER.match(behind))


def _is_landline(text: str, one: re.Match[str]) -> bool:
    local = _OTHER.sub("", one["local"])
    if (
        (len(one["area"]) == len("10") and len(local) < _LONG_LOCAL)
        or _NO_PHONE_END.match(text, one.end())
        or is_serial(text, one.start())
    ):
        return False
    if one["gap"].strip():
        return True
    is_announced = _PHONE_LABEL.search(before(text, one.start()).lower()) is not None
    return (
        is_announced
        or one.re is _ABROAD
        or (
            len(local) == _LONG_LOCAL
            and bool(one["gap"])
            and "\n" not in one["gap"]
            and not _COLUMN_AFTER.match(text, one.end())
        )
    )


def _landline(text: str, one: re.Match[str]) -> Match:
    local = _OTHER.sub("", one["local"])
    extension = _EXTENSION.match(text, one.end())
    start = one.start() if one.re is _LANDLINE else one.start("area") if one.re is _ABROAD else one.start("local")
    if one["gap"][:1] in {")", "）"} and text[start - 1 : start] in {"(", "（"}:
        start -= 1
    value = f"0{one['area']}{local}" if one["area"] else local
    mask = f"{text[start : one.start('local')]}****{local[-4:]}"
    return Match("landline-number", start, extension.end() if extension else one.end(), value, mask, sure=True)
