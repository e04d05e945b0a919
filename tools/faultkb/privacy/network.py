"""Mail addresses and addresses of machines."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv6Address
from typing import TYPE_CHECKING

from faultkb.privacy.match import Match
from faultkb.privacy.shapes import BLANK, before

if TYPE_CHECKING:
    from collections.abc import Iterator

_DOT = rf"(?:\.|。(?=(?i:com|cn|net|org|edu|gov)(?![A-Za-z0-9]))|[{BLANK}]?[\[(（](?i:dot)[\])）][{BLANK}]?|[{BLANK}](?i:dot)[{BLANK}])"
_DOMAIN = rf"(?P<domain>[A-Za-z0-9](?:[A-Za-z0-9-]{{0,62}})(?:{_DOT}[A-Za-z0-9](?:[A-Za-z0-9-]{{0,62}})){{1,5}})"
_AT = re.compile(rf"@(?P<gap>[{BLANK}]?\n?){_DOMAIN}")
_SPELT_AT = re.compile(
    rf"(?P<gap>%40|[{BLANK}]?[\[(（{{](?i:at)[\])）}}][{BLANK}]?|[{BLANK}](?i:at)[{BLANK}](?=[A-Za-z0-9-]{{1,40}}[{BLANK}](?i:dot)[{BLANK}])){_DOMAIN}"
)
_LOCAL = "._%+-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LONGEST_LOCAL = 64
_NO_DOMAINS = """
png jpg jpeg gif svg webp ico bmp css js ts json xml yaml yml html htm md txt log py sh so dll exe zip gz tgz tar pdf hex csv xlsx docx ini bin conf cfg
local lan home prod test dev internal localdomain localhost invalid service timer target socket mount
"""
_NO_DOMAIN = frozenset(_NO_DOMAINS.split())
_OF_FILE = re.compile(rf"\.(?:com|cn|net|org|edu|gov|io|me|cc)(\.(?:{'|'.join(_NO_DOMAINS.split())}))\Z")
_DOMAIN_DOT = re.compile(_DOT)
_SHORTEST_ENDING = 2

_IPV4 = re.compile(
    r"(?<![0-9A-Za-z.])(?<![0-9A-Za-z][-_])(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\.){3}(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
    r"(?![0-9A-Za-z_]|\.[0-9A-Za-z])"
)
_NO_HOST = re.compile(r"(?:0|127|255|169\.254|192\.0\.2|198\.51\.100|203\.0\.113)\.")
_NETWORK_AFTER = re.compile("/[12]?[0-9](?![0-9])")
_MULTICAST, _PRIVATE = 224, 10
_DRAWN = re.compile(r"\.[0-9]{1,4}[ ,-]?\Z")
"""Numbers of the outline of a picture (SVG), which leave out what can be left out."""
_VERSION_BEFORE = re.compile(
    r"(?:版本?号?|固件|(?:升级|降级|回退)[到至为]?|章节|第|软件|驱动|内核|(?<![a-z])(?:v|ver|version|rev|release|build|firmware|fw|sdk|app|oid|chrome"
    rf"|edge|safari|android|ios|windows|kernel|driver|bios|rom|section)|[a-z]/)[{BLANK}从由为是:：=./\"'（(]{{0,3}}$"
)
_PRODUCT_BEFORE = re.compile(rf"[a-z][0-9]?[{BLANK}](?:to[{BLANK}])?$")
_GREATEST_VERSION = 20
_VERSION_AFTER = re.compile(
    rf"[{BLANK}]?(?:版|固件|[节章])|[{BLANK}]?(?:→|->|升级|降级|回退|[到至][{BLANK}]?[0-9.]+[{BLANK}]?版)"
)
_IP_BEFORE = re.compile(
    r"(?:(?<![a-z])(?:ip|ipv4|addr|address|host|server|from|ping|ssh|telnet|src|dst|peer|client|inet|gateway|remote|via|dns|curl)|地址|主机|服务器|公网|内网"
    rf"|//)[\w\u4e00-\u9fff]{{0,3}}[{BLANK}为是:：=\"'（(]{{0,3}}$"
)
_PUBLIC = """
8.8.8.8 8.8.4.4 1.1.1.1 1.0.0.1 9.9.9.9 114.114.114.114 114.114.115.115 223.5.5.5 223.6.6.6 119.29.29.29 180.76.76.76
"""
_RESOLVERS = frozenset(_PUBLIC.split())
"""Name servers for everybody."""
_IPV6 = re.compile(
    r"(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{1,4}:|::)(?:[0-9A-Fa-f]{0,4}:){1,7}[0-9A-Fa-f]{0,4}(?![0-9A-Za-z:])"
)
_FEWEST_COLONS = 3
_PAIRS = re.compile("(?:[0-9A-Fa-f]{2}:){7}[0-9A-Fa-f]{2}")
_SMALL = 31
"""No number of a version is as great as this in practice, and most addresses have one that is."""


def find_mail(text: str, *, is_spelt: bool = True) -> Iterator[Match]:
    """Find mail addresses; ``is_spelt``: also those that are spelt to hide from machines."""
    if "@" in text:
        yield from _mails(text, _AT)
    if is_spelt:
        yield from _mails(text, _SPELT_AT)


def _mails(text: str, pattern: re.Pattern[str]) -> Iterator[Match]:
    for at in pattern.finditer(text):
        local = _local(before(text, at.start(), _LONGEST_LOCAL + 1))
        if not local.strip() or (local.strip() == "git" and text[at.end() : at.end() + 1] in {":", "/"}):
            continue
        domain = _DOMAIN_DOT.sub(".", at["domain"]).lower()
        end = at.end()
        if of_file := _OF_FILE.search(domain):  # 张三@example.com.xlsx
            end -= len(of_file[1])
            domain = domain[: of_file.start(1)]
        ending = domain.rpartition(".")[2]
        if ending in _NO_DOMAIN or not ending.isalpha() or len(ending) < _SHORTEST_ENDING:
            continue
        start, name = at.start() - len(local), local.strip()
        mask = f"{name[0]}***{text[start + len(name) : end]}"
        yield Match("email-address", start, end, f"{name.lower()}@{domain}", mask, sure=True)


def _local(ahead: str) -> str:
    """Return what of the characters before an @ is the name of the mailbox, with a blank behind it."""
    bare = ahead.rstrip(" ") if ahead.endswith(" ") and not ahead.endswith("  ") else ahead
    rest = bare.rstrip(_LOCAL)
    return "" if rest.endswith("*") else ahead[len(rest) :].lstrip("._%+-")


def find_ipv4(text: str) -> Iterator[Match]:
    """Find IPv4 addresses of machines; versions, masks and reserved addresses are none."""
    for one in _IPV4.finditer(text):
        if _is_host(text, one):
            head = ".".join(one.group().split(".")[:2])
            yield Match("ip-address", *one.span(), one.group(), f"{head}.*.*", sure=True)


def find_ipv6(text: str) -> Iterator[Match]:
    """Find IPv6 addresses; addresses of hardware, times and names in programs are none."""
    for one in _IPV6.finditer(text):
        try:
            address = IPv6Address(one.group())
        except AddressValueError:
            continue
        if (
            not address.is_global
            or address.is_multicast
            or _PAIRS.fullmatch(one.group())
            or one.group().count(":") < _FEWEST_COLONS
        ):
            continue
        head = ":".join(one.group().split(":")[:2])
        yield Match("ip-address", *one.span(), str(address), f"{head}:****", sure=True)


def _is_host(text: str, one: re.Match[str]) -> bool:
    parts = tuple(map(int, one.group().split(".")))
    if _NO_HOST.match(one.group()) or parts[0] >= _MULTICAST or one.group() in _RESOLVERS:
        return False
    if parts[3] == 0 and _NETWORK_AFTER.match(text, one.end()):
        return False
    ahead = before(text, one.start()).lower()
    if text.startswith(":", one.end()) or _IP_BEFORE.search(ahead):
        return True
    is_like_one = max(parts) >= _SMALL or parts[0] == _PRIVATE
    if parts[0] < _GREATEST_VERSION and parts[0] != _PRIVATE and _PRODUCT_BEFORE.search(ahead):
        return False
    return (
        is_like_one
        and not _DRAWN.search(ahead)
        and not _VERSION_BEFORE.search(ahead)
        and not _VERSION_AFTER.match(text, one.end())
    )
