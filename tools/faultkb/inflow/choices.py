"""Choices and teams: what old sheets write, and which choice of ours that is."""

from __future__ import annotations

import functools
import re
import unicodedata
from typing import TYPE_CHECKING

from faultkb import tracking
from faultkb.inflow.line import bare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.vocabulary import Vocabulary

_EDGE = re.compile(r"^\W+|\W+$|_")
_BETWEEN = re.compile(r"[\W_]+")
_VOID = """
重复bug 设计如此 不予解决 外部原因 无法重现
已取消 取消 作废 已作废 重复 重复问题 无法复现 不能复现 误报 非问题 不是问题 非故障 拒绝 已拒绝 驳回 无效 撤销 已撤销
rejected duplicate invalid wontfix cancelled canceled
"""
VOIDED = frozenset(_VOID.split())
"""What sheets write of faults that were given up: here they are closed, and the remark says how."""
_DIGITS = re.compile(r"[0-9*+-]{4,}")
"""A phone beside a team, with its mask."""
_ENDING = re.compile(r"(?:小组|组|部门|部|团队|中心|科|室|班|处)+$")


def plain(text: str) -> str:
    """Return a word as it is compared with choices."""
    return _EDGE.sub("", bare(text))


def possible(words: Vocabulary, name: str) -> list[str]:
    """Return the choices of a field; none where anything may be written."""
    if name == "status":
        return list(words.lifecycle.states)
    return list(words.teams if name == "team" else words.choices.get(name, ()))


def meant(words: Vocabulary, name: str, text: str) -> str | None:
    """Return the choice of a field, or the team, that a text means."""
    if name == "team":
        return team(words, text)
    return state(words, text)[0] if name == "status" else choose(words, name, text)


@functools.lru_cache(maxsize=64)
def _known(words: Vocabulary, name: str) -> Mapping[str, str]:
    """Return the choice of each word."""
    known = {plain(one): one for one in possible(words, name)}
    for choice, also in tracking.synonyms(words, name).items():
        for one in also:
            known.setdefault(plain(one) or bare(one), choice)
    return known


def choose(words: Vocabulary, name: str, text: str) -> str | None:
    """Return the choice that a text means; None where that is not certain. Of several words (P1-严重) all must agree."""
    known = _known(words, name)
    found = known.get(plain(text)) or known.get(bare(text))
    if found:
        return found
    told = {known[one] for one in _BETWEEN.split(bare(text)) if one in known}
    return told.pop() if len(told) == 1 else None


def is_whole(words: Vocabulary, name: str, text: str) -> bool:
    """Say whether a text says no more than a choice: each of its words is one."""
    known = _known(words, name)
    is_one = plain(text) in known or bare(text) in known
    return is_one or all(one in known for one in _BETWEEN.split(bare(text)) if one)


def state(words: Vocabulary, text: str) -> tuple[str | None, bool]:
    """Return the state that a text means, and whether the text says no more than that: 已完成3/5 also says when.

    What stands in brackets, a date and how many percent are done do not count; words beside the state must agree with it.
    """
    found = choose(words, "status", text)
    if found:
        known = _known(words, "status")
        return found, (plain(text) or bare(text)) in known or bare(text) in known
    core = _BRACKETS.sub(" ", _DATED.sub(" ", unicodedata.normalize("NFKC", text)))
    return (choose(words, "status", core), False) if plain(core) and core != text else (None, False)


def day(text: str) -> str:
    """Return the only date that stands in a text; empty without one, or for several."""
    found = [one.group() for one in _DATED.finditer(unicodedata.normalize("NFKC", text)) if "%" not in one.group()]
    return found[0] if len(found) == 1 else ""


_DATED = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:20)?[0-9]{2}[-/.年])?[0-9]{1,2}[-/.月][0-9]{1,2}(?:[日号]|(?![0-9]))|(?<![0-9])[0-9]{1,3}(?:[.][0-9]+)?%",
    re.ASCII,
)
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")


@functools.lru_cache(maxsize=1024)
def team(words: Vocabulary, text: str, kind: str = "") -> str | None:
    """Return the team that a text means: 软件组 is 软件开发组 if no other team could be meant, or takes faults of this type."""
    known = _known(words, "team")
    text = _DIGITS.sub("", text)
    if plain(text) in known:
        return known[plain(text)]
    core = _ENDING.sub("", plain(text))
    if len(core) < len("软件"):
        return None
    cores = {name: _ENDING.sub("", plain(name)) for name in words.teams}
    fitting = [name for name, own in cores.items() if own and (core in own or own in core or core in _wide(own))]
    if len(fitting) > 1:
        fitting = [name for name in fitting if kind in words.teams[name].takes]
    return fitting[0] if len(fitting) == 1 else None


def _wide(core: str) -> str:
    """Return what a team is called where development is part of research: 研发部 may mean 软件开发组, too."""
    return core.replace("开发", "研发")
