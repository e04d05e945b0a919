"""What opens a door: passwords, tokens, keys, connection strings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb.privacy.match import Match
from faultkb.privacy.shapes import BLANK, before

if TYPE_CHECKING:
    from collections.abc import Iterator

_MASK = "******"
_SHORTEST_PLAIN, _SHORTEST_SECRET = 6, 8
_LABEL = re.compile(
    "密码|口令|pass(?:word|wd|code|phrase)|pwd|_pass(?![a-z])|-pass(?![a-z])|密钥|秘钥|授权码|令牌|凭证|token|secret(?!s)|key(?:[_ -]?id)?|sess(?:ion)?[_ ]?id|sid(?<![a-z]sid)"
    "|authorization|bearer|://|private key|akia|asia|ltai|akid|gh[pousr]_|github_pat_|glpat-|xox|aiza|sk-|eyj"
)
_PASSWORDS = ("密", "口", "pass", "pwd", "_pass", "-pass")
_OF_KEY = re.compile(r"(?:api|access|secret|app|private|auth|encrypt|sign|license)[_ -]?$")
_VALUE = re.compile(
    rf"[\"'”）)]?(?P<gap>[{BLANK}]?(?:[:：=|]|=>|是|为)?[{BLANK}]{{0,3}}+\n?[\"'“`]?)"
    r"(?P<value>[!#-&(-+.-:=?-\[\]-_a-~-][!#-&(-+.-:=?-\[\]-_a-~-]{3,511}+)"
)
_SEPARATED = re.compile("[:：=|是为]")
_HEADER = re.compile(
    rf"[\"']?[{BLANK}]?[:：=][{BLANK}]?[\"']?(?:(?i:bearer|basic|digest|token)[{BLANK}]+)?(?P<value>[A-Za-z0-9._~+/=-]{{8,2048}}+)"
)
_BEARER = re.compile(rf"[{BLANK}]+(?P<value>[A-Za-z0-9._~+/=-]{{16,2048}}+)")
_KNOWN = re.compile(
    r"(?P<value>(?:AKIA|ASIA)[0-9A-Z]{16}|LTAI[A-Za-z0-9]{12,24}|AKID[A-Za-z0-9]{32}|gh[pousr]_[A-Za-z0-9]{30,255}"
    r"|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{20,64}|xox[abprs]-[A-Za-z0-9-]{10,255}|AIza[A-Za-z0-9_-]{35}"
    r"|sk-[A-Za-z0-9_-]{20,255}|eyJ[A-Za-z0-9_-]{8,4096}+\.[A-Za-z0-9_-]{8,8192}+\.[A-Za-z0-9_-]{8,2048}+)(?![A-Za-z0-9_])"
)
_URL = re.compile(r"(?P<user>[^\s/:@'\"<>]{0,64}+):(?P<value>[^\s/'\"<>]{1,128})@(?=[A-Za-z0-9\[])")
_KEY_BLOCK = re.compile(r"-----(?P<value>[^-]{16,16000}+)(?:-----|$)")
_PLACEHOLDER = re.compile(
    r"(?i)[x*.•…#_?-]+|\$.*|\{.*|<.*|%.*|\[.*|(?:your|my|the)[-_ ]?.*|(?:null|none|nil|true|false|undefined|empty|string|expired?|invalid|required|missing"
    r"|error|failed|failure|ok|success|changed|incorrect|mismatch|wrong|timeout|refresh(?:ed)?|redacted|masked|hidden|optional|password|passwd|secret|token|value|example"
    r"|placeholder|unknown|default|bearer|basic|reset|denied|accepted|yes|no|not|is|was|and|for|must|length|type|text|input|update|login|valid|verified|revoked|rejected"
    r"|protected|manager|file|path|hash|encrypted|n/a)[.,;:!)]*|/.*|https?:.*|.*\*{3}.*"
)
_COUNT = re.compile(rf"[{BLANK}]?[次位个种组条字秒分天日月年台户人套]")


def find(text: str, lower: str) -> Iterator[Match]:
    """Find secrets; ``lower`` is the text in lower case."""
    for label in _LABEL.finditer(lower):
        word, at = label.group(), label.end()
        pattern = _OTHERS.get(word)
        if pattern:
            one = pattern.match(text, at)
            if one and not _PLACEHOLDER.fullmatch(one["value"]):
                yield _match(one)
            continue
        one = _VALUE.match(text, at)
        if one and _is_secret(one, text, label):
            yield _match(one)
        known = _KNOWN.match(text, label.start())
        if known and not re.match(r"\w", before(text, label.start(), 1), re.ASCII):
            yield _match(known)


def _match(one: re.Match[str]) -> Match:
    return Match("credential", *one.span("value"), one["value"], _MASK, sure=True)


def _is_secret(one: re.Match[str], text: str, label: re.Match[str]) -> bool:
    value, word = one["value"], label.group()
    if _PLACEHOLDER.fullmatch(value) or _COUNT.match(text, one.end()):
        return False
    if word.startswith("key") and not _OF_KEY.search(before(label.string, label.start())):
        return False
    has_digits, is_separated = any(map(str.isdigit, value)), _SEPARATED.search(one["gap"]) is not None
    if word.startswith(_PASSWORDS) and word != "密钥":
        return is_separated or (bool(one["gap"]) and len(value) >= _SHORTEST_PLAIN and has_digits)
    return is_separated and len(value) >= _SHORTEST_SECRET and has_digits


_OTHERS = {"authorization": _HEADER, "bearer": _BEARER, "://": _URL, "private key": _KEY_BLOCK}
