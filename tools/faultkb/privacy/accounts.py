"""Accounts and plates: ids of 微信 and QQ beside their labels, licence plates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb.privacy.match import Match
from faultkb.privacy.shapes import BLANK, before, is_serial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.privacy.sieve import Sieve

_LABEL = re.compile("微信|薇信|威信|[vV]信|企鹅|扣扣|[wW](?i:echat|eixin|x)|[vV][xX]|[qQ][qQ]")
_LATIN, _HAN = (b"wechat", b"weixin", b"wx", b"vx", b"qq"), ("微信", "薇信", "威信", "企鹅", "扣扣")
_CHAT = re.compile(
    rf"(?P<gap>(?:[_ ]?(?i:id)(?![a-z])|[账帐]?号码?)?[\"']?[{BLANK}]?(?:[账帐]?号码?|(?i:id)(?![a-z]))?[{BLANK}]?(?:[:：=|（(]|是|为)?[{BLANK}\"'“]{{0,2}})"
    r"(?P<id>[A-Za-z0-9][A-Za-z0-9_-]{4,19})(?![A-Za-z0-9_-]|\.[0-9])"
)
_V_LETTER = re.compile("信(?<=[vV]信)")
_LETTER = re.compile("[A-Za-z]")
_DATE = re.compile("20[0-9]{2}[01][0-9][0-3][0-9]")
_QQ = re.compile("[1-9][0-9]{4,10}")
_WECHAT = re.compile("[A-Za-z][A-Za-z0-9_-]{5,19}")
_NO_ID = re.compile(
    "(?i)android|ios|iphone|ipad|windows|mac|version|harmony|webview|https?|wechat|wxwork|login|error|token|server|client|share|mini"
)

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE = re.compile(
    rf"(?P<head>[{_PROVINCES}][A-HJ-NP-Za-hj-np-z])(?P<gap>[{BLANK}]?[·•・.\-]?[{BLANK}]?)"
    rf"(?P<number>[0-9A-HJ-NP-Za-hj-np-z]{{5,6}}|[0-9A-HJ-NP-Z]{{4}}[学警港澳挂领使])(?![0-9A-Za-z_-]|[{BLANK}]?[批版型款])"
)
_NEW_ENERGY = re.compile("[DABCEFGHJK][0-9A-HJ-NP-Z][0-9]{4}|[0-9]{5}[DABCEFGHJK]")
_NO_PROVINCE = re.compile(
    "[最更换全翻重创刷清崭多阴乌白风深浅藏年江长]$|(?:阿里|腾讯|华为|百度|天翼|移动|联通|[公私]有|混合|边缘)$"
)
_PLATE_DIGITS, _SHORT_PLATE = 3, 5
_SURE_GAP = re.compile("[号:：=|（(是为dD]")
_SHORT = 6


def find_chat(text: str, sieve: Sieve) -> Iterator[Match]:
    """Find ids of 微信 and QQ; only the label tells what they are."""
    if not _may_have_label(text, sieve):
        return
    for label in _LABEL.finditer(text):
        one = _CHAT.match(text, label.end())
        ahead = before(text, label.start(), 1)
        if one and not _LETTER.match(ahead) and _is_account(label.group().lower(), one, is_added=ahead in {"加", "我"}):
            account = one["id"]
            mask = f"{account[:2]}****{account[-2:]}" if len(account) > _SHORT else f"{account[:1]}****"
            yield Match("chat-account", *one.span("id"), account.lower(), mask, sure=True)


def _may_have_label(text: str, sieve: Sieve) -> bool:
    if [word for word in _LATIN if word in sieve.letters and word in sieve.lower]:
        return True
    if [word for word in _HAN if word[0] in text and word in text]:
        return True
    return _V_LETTER.search(text) is not None


def _is_account(label: str, one: re.Match[str], *, is_added: bool) -> bool:
    account, gap = one["id"], one["gap"]
    if (not gap and not is_added) or _NO_ID.match(account):
        return False
    if label in {"qq", "企鹅", "扣扣"}:
        return _QQ.fullmatch(account) is not None and (
            _SURE_GAP.search(gap) is not None or not _DATE.fullmatch(account)
        )
    is_id = _WECHAT.fullmatch(account) or (account.isdigit() and len(account) > _SHORT)
    has_both = not account.isdigit() and any(map(str.isdigit, account))
    return bool(is_id) and (_SURE_GAP.search(gap) is not None or has_both)


def find_plates(text: str) -> Iterator[Match]:
    """Find licence plates of five, and of six characters for new energy."""
    for one in _PLATE.finditer(text):
        number = one["number"].upper()
        if one.group() != one.group().upper() and "车" not in before(text, one.start(), 6):
            continue
        if sum(map(str.isdigit, number)) < _PLATE_DIGITS or (
            len(number) > _SHORT_PLATE and not _NEW_ENERGY.fullmatch(number)
        ):
            continue
        if is_serial(text, one.start()) or _NO_PROVINCE.search(text, max(0, one.start() - 2), one.start()):
            continue
        mask = f"{one['head']}{one['gap']}****{one['number'][-1]}"
        yield Match("plate-number", *one.span(), one["head"].upper() + number, mask, sure=True)
