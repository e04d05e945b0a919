"""What opens a door: passwords, tokens, keys, connection strings."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from faultkb.privacy.match import Match
from faultkb.privacy.shapes import BLANK, before

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.privacy.sieve import Sieve

_MASK = "******"
_SHORTEST_PLAIN, _SHORTEST_SECRET = 6, 8
_LONG = 64
"""In a value longer than this, no other one is looked for: time must not grow with the square of a text."""
_LATIN = tuple(
    (start.encode(), label)
    for start, label in (
        *(("pin", "pin ?码"), ("psk", "psk"), ("pass", "sshpass -p|pass(?:word|wd|code|phrase)|[_-]pass(?![a-z])")),
        *(("pwd", "pwd"), ("curl", "curl -u"), ("token", "token")),
        *(("secret", "secret(?!s)"), ("sess", "sess(?:ion)?[_ ]?id|session="), ("sid", "sid(?<![a-z]sid)")),
        *(("auth", "authorization"), ("bearer", "bearer"), ("akia", "akia"), ("asia", "asia"), ("ltai", "ltai")),
        *(("akid", "akid"), ("_pat_", "github_pat_"), ("glpat", "glpat-"), ("xox", "xox"), ("aiza", "aiza")),
        *(("sk-", "sk-"), ("eyj", "eyj"), ("mysql", "mysql"), ("redis-cli", "redis-cli")),
    )
)
"""The labels, and the letters without which there is none."""
_GITHUB = re.compile(b"gh[pousr]_")
_CHINESE = (
    *(("密", ("密码", "密 码", "密\u3000码")), ("令", ("口令", "令牌")), ("证", ("验证码",)), ("授", ("授权码",))),
    *(("凭", ("凭证",)), ("钥", ("密钥", "秘钥", "私钥"))),
)
"""The words by their rarest character."""
_PASSWORDS = ("密码", "密 码", "密\u3000码", "口令", "psk", "pin", "pass", "pwd", "_pass", "-pass")
_SPOKEN = frozenset({"密码", "密 码", "密\u3000码", "口令"})
_HEADS = ("akia", "asia", "ltai", "akid", "gh", "gl", "xox", "aiza", "sk-", "eyj")
_CODE = re.compile("[0-9]{4,8}[.!?]?")
"""The number that opens a door: digits are enough behind the word for it."""
_SENT_CODE = re.compile("(?=[A-Za-z]*[0-9])[0-9A-Za-z]{4,8}[.!?]?")
_DIGIT = re.compile("[0-9]")
_OF_KEY = re.compile(r"(?:api|access|secret|app|private|auth|encrypt|sign|license)[_ -]?$")
_VALUE = re.compile(
    rf"(?:[（(][^（）()\n]{{0,6}}[）)])?[\"'”）)]?"
    rf"(?P<gap>[{BLANK}]?(?:已|被)?(?:重置|修改|更改|变更|设置|恢复|[改设])?(?:=>|是|为|成了?)?(?:[{BLANK}]?[:：=|])?[{BLANK}]{{0,3}}+"
    rf"(?:(?<=[:：=])(?:\r?\n){{1,3}}[{BLANK}]{{0,8}}+(?:(?:text|txt|bash|sh|shell|ini|conf|yaml)\r?\n[{BLANK}]{{0,8}}+)?|\n)?[\"'“`]?)"
    r"(?P<value>[!#-&(-+.-:=?-\[\]-_a-~-][!#-&(-+.-:=?-\[\]-_a-~-]{3,1023}+)"
)
_SEPARATED = re.compile("[:：=|是为成]")
_BELOW = re.compile(r"\n[\r\n \t]")
_HEADER = re.compile(
    rf"[\"']?[{BLANK}]?[:：=][{BLANK}]?[\"']?(?:(?i:bearer|basic|digest|token)[{BLANK}]+)?(?P<value>[A-Za-z0-9._~+/=-]{{8,2048}}+)"
)
_BEARER = re.compile(rf"[{BLANK}]+(?P<value>[A-Za-z0-9._~+/=-]{{16,2048}}+)")
_KNOWN = re.compile(
    r"(?P<value>(?:AKIA|ASIA)[0-9A-Z]{16}|LTAI[A-Za-z0-9]{12,24}|AKID[A-Za-z0-9]{32}|gh[pousr]_[A-Za-z0-9]{30,255}"
    r"|github_pat_[A-Za-z0-9_]{22,255}|glpat-[A-Za-z0-9_-]{20,64}|xox[abprs]-[A-Za-z0-9-]{10,255}|AIza[A-Za-z0-9_-]{35}"
    r"|sk-[A-Za-z0-9_-]{20,255}|eyJ[A-Za-z0-9_-]{8,4096}+\.[A-Za-z0-9_-]{8,8192}+\.[A-Za-z0-9_-]{8,2048}+)(?![A-Za-z0-9_])"
)
_URL = re.compile(r"(?P<user>[^\s/:@'\"<>]{0,64}+):(?P<value>[^\s/'\"<>]{3,128})@(?=[A-Za-z0-9\[])")
_KEY_BLOCK = re.compile(r"(?: BLOCK)?-----\s*+(?P<value>(?:[^\s-]|-(?!-))++(?:\s++(?:[^\s-]|-(?!-))++)*+)")
_SSHPASS = re.compile(r"\s{1,3}['\"]?(?P<value>[^\s'\"]{4,128}+)")
_CURL = re.compile(r"\s{1,3}['\"]?[^\s:'\"]{1,64}+:(?P<value>[^\s'\"]{4,128}+)")
_MYSQL = re.compile(r"(?:dump|admin|import|check)?(?=\s)[^\n|;&]{0,80}?\s-p['\"]?(?P<value>[^\s'\"-][^\s'\"]{3,127}+)")
_REDIS = re.compile(r"(?=\s)[^\n|;&]{0,80}?\s-a\s{1,2}['\"]?(?P<value>[^\s'\"-][^\s'\"]{3,127}+)")
_LATER = re.compile(
    rf"(?![锁框盘键])[^\n。；;:：A-Za-z0-9]{{0,12}}?(?:现在|改|设|换|重置|恢复|初始|默认|还)(?:是|为|成)[{BLANK}:：\"“]{{0,3}}"
    r"(?P<value>(?=[A-Za-z]{0,20}[0-9])(?=[0-9]{0,20}[A-Za-z])[!#-&(-+.-:=?-\[\]-_a-~-]{6,64}+)"
)
"""密码我改过了，现在是 …"""
_WEAK = frozenset({"admin", "root", "guest"})
_ALGORITHM = re.compile("(?i)(?:aes|sha|md5|rsa|wpa|des|sm[234]|base64|pbkdf|hmac|v[0-9])[a-z0-9_.-]{0,12}")
_NO_SECRETS = """
null none nil true false undefined empty string expire expired invalid required missing error failed failure ok success changed incorrect mismatch wrong
timeout refresh refreshed redacted masked hidden optional password passwd pass pwd secret token value example placeholder unknown default bearer basic
reset denied accepted yes no not is was and for must length type text input update login valid verified revoked rejected protected manager file path hash
encrypted n/a command cannot mode field prompt hint policy files compat systemd sss nis server may has have been will (none) (null)
"""
_PLACEHOLDER = re.compile(
    r"(?is)[x*.•…#_?-]+|[0-9]{1,2}[-~][0-9]{1,2}|[a-z_.]+[(\[].*|[a-z_][a-z0-9_.]*\([^()]*\)[;,]?|\.(?:html?|py|js|md|c|h)(?:[#?].*)?|(?:os|self|config|process|settings|env)\..*|[$\{<%\[/].*"
    rf"|(?:your|the)[-_ ].*|my[-_ ][a-z_-]*|(?:your|my|the)(?:pass(?:word|wd|phrase)?|pwd|token|secret|key|psk|pin)[a-z_-]*|\([0-9]+\)"
    rf"|sha(?:1|256|384|512)-[a-z0-9+/=]{{20,}}|20[0-9]{{2}}[-/.][0-9]{{1,2}}(?:[-/.][0-9]{{1,2}})?[.!?]*"
    rf"|https?:.*|.*\*{{3}}.*|(?:{'|'.join(map(re.escape, _NO_SECRETS.split()))})[.,;:!)]*"
)
"""What stands where a secret would, and is none."""
_COUNT = re.compile(rf"[{BLANK}]?(?:[次位个种组条字秒分天日月年台户人套元]|开头)")


def find(text: str, sieve: Sieve) -> Iterator[Match]:
    """Find secrets."""
    done = 0
    for label in _labels(text, sieve):
        if label.start() < done:
            continue
        one = _value(text, label)
        if not one:
            continue
        is_secret = _is_secret(one, text, label.group())
        if is_secret:
            yield Match("credential", *one.span("value"), one["value"], _MASK, sure=True)
        if is_secret or len(one["value"]) > _LONG:
            done = one.end("value")


def _labels(text: str, sieve: Sieve) -> Iterator[re.Match[str]]:
    """Yield the words that announce a secret, in lower case."""
    letters = sieve.letters
    labels = [label for start, label in _LATIN if start in letters]
    if letters.count(b"key") > sieve.lower.count(b"keywords"):  # a field of each ticket
        labels.append("key(?:[_ -]?id)?|private key")
    labels += ["gh[pousr]_"] * (_GITHUB.search(letters) is not None) + ["://"] * (b"://" in sieve.lower)
    lower = text.replace("İ", "I").lower() if labels else text  # the one letter whose lower case is longer
    labels += [word for one, words in _CHINESE if one in text for word in words if word in text]
    return _any_of("|".join(labels)).finditer(lower) if labels else iter(())


@lru_cache(maxsize=256)
def _any_of(words: str) -> re.Pattern[str]:
    """Return a pattern of a few words: quicker than one of all."""
    return re.compile(words)


def _value(text: str, label: re.Match[str]) -> re.Match[str] | None:
    """Return the match whose ``value`` is what a word announces, or begins."""
    word, ahead = label.group(), before(text, label.start())
    if word.startswith(_HEADS):
        is_inside = ahead[-1:].isascii() and ahead[-1:].isalnum()
        return None if is_inside else _KNOWN.match(text, label.start())
    if word.startswith("key") and not _OF_KEY.search(ahead.lower()):
        return None
    one = _OTHERS.get(word, _VALUE).match(text, label.end())
    return one or (_LATER.match(text, label.end()) if word in _SPOKEN else None)


def _is_secret(one: re.Match[str], text: str, word: str) -> bool:
    value = one["value"]
    if one.re is _KNOWN:
        return True
    if _PLACEHOLDER.fullmatch(value) or (one.re is _VALUE and _COUNT.match(text, one.end())):
        return False
    if one.re is _LATER:
        return not _ALGORITHM.fullmatch(value)
    return one.re is not _VALUE or _is_value(value, one["gap"], word)


def _is_value(value: str, gap: str, word: str) -> bool:
    """Say whether what stands behind a word, and behind what is between them, is what the word announces."""
    has_digits = _DIGIT.search(value) is not None
    is_separated = _SEPARATED.search(gap) is not None
    if word == "验证码":
        return bool(_CODE.fullmatch(value) or (is_separated and _SENT_CODE.fullmatch(value)))
    if _BELOW.search(gap) and (not has_digits or value.endswith(":")):
        return False
    if word.startswith(_PASSWORDS):
        is_likely = len(value) >= _SHORTEST_PLAIN and has_digits and not _ALGORITHM.fullmatch(value)
        is_code = word in _SPOKEN and _CODE.fullmatch(value) is not None
        return is_separated or is_likely or is_code or (bool(gap) and value.lower() in _WEAK)
    if word.endswith(("=", "sid")):
        is_separated = (is_separated or word.endswith("=")) and not value.isdigit()
    return is_separated and len(value) >= _SHORTEST_SECRET and has_digits and not _ALGORITHM.fullmatch(value)


_OTHERS = {
    "authorization": _HEADER,
    "bearer": _BEARER,
    "://": _URL,
    "private key": _KEY_BLOCK,
    "sshpass -p": _SSHPASS,
    "curl -u": _CURL,
    "mysql": _MYSQL,
    "redis-cli": _REDIS,
}
