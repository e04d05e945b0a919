"""How far a fault reaches, from the cells of a sheet: users, products, versions, regions, modules."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from faultkb import labelled, tracking

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.vocabulary import Vocabulary

UNKNOWN = "未知"
LISTS = ("products", "versions", "regions", "modules")
_BETWEEN = re.compile(r"[、，,;；\n]+")
_LONGEST = 100
_UNIT = r"(?:台|户|套|个?用户|名用户|人次|人|名|家|个)"
_WHOLE = re.compile(
    rf"(?P<about>[约大共计影响到有近超过]*)\s*(?P<number>[0-9][0-9,]{{0,12}})\s*{_UNIT}?(?P<more>[多余左右以上+]*)"
)
_WITHIN = re.compile(
    r"(?<![0-9.,:\-/])(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,8})\s*(?:台|户|套|个?用户|名用户|人)(?![次份工机员为])"
)
_VERSION = re.compile(r"(?<![A-Za-z0-9])[Vv][0-9]+(?:\.[0-9A-Za-z]+)+")


class Users(NamedTuple):
    """A number of users, and whether the text says exactly that."""

    number: int | str
    exact: bool


def users(text: str) -> Users | None:
    """Return the number of users that a text gives; None where that is not certain."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain in {UNKNOWN, "不详", "不明", "无法统计"}:
        return Users(UNKNOWN, plain == UNKNOWN)
    if whole := _WHOLE.fullmatch(plain):
        return Users(_number(whole["number"]), plain.isdigit())
    found = {_number(one["number"]) for one in _WITHIN.finditer(plain)}
    return Users(found.pop(), exact=False) if len(found) == 1 else None


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def items(text: str) -> tuple[list[str], bool]:
    """Return the items of a list and whether each is short enough; the same item twice counts once."""
    found = list(dict.fromkeys(" ".join(one.split()) for one in _BETWEEN.split(text)))
    kept = [one for one in found if one and len(one) <= _LONGEST]
    return kept, len(kept) == len([one for one in found if one])


def versions(text: str) -> list[str]:
    """Return what is certainly a version in a text."""
    return list(dict.fromkeys(_VERSION.findall(unicodedata.normalize("NFKC", text))))


def split(words: Vocabulary, text: str) -> dict[str, str]:
    """Return the parts of a cell that has labels in it (``受影响用户数：320``) by key, the rest under ``""``."""
    known = labels(words, "impact")
    return merged(labelled.split(text, known), known)


@functools.lru_cache(maxsize=16)
def labels(words: Vocabulary, group: str) -> Mapping[str, str]:
    """Return what the fields of a group are called, and each one's key."""
    found: dict[str, str] = {}
    for one in tracking.columns(words):
        if len(one.path) > 1 and one.path[0] == group:
            found |= dict.fromkeys((*one.also, one.title), one.path[-1])
    return found


def merged(parts: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Return the texts behind labels by what these stand for."""
    found: dict[str, str] = {}
    for label, text in parts.items():
        key = known.get(label, "")
        found[key] = f"{found[key]}\n{text}" if key in found else text
    return found
