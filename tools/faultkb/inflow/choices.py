"""Choices and teams: what old sheets write, and which choice of ours that is."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from faultkb import tracking
from faultkb.inflow.line import bare

if TYPE_CHECKING:
    from collections.abc import Mapping

    from faultkb.vocabulary import Vocabulary

_EDGE = re.compile(r"^\W+|\W+$|_")
_BETWEEN = re.compile(r"[\W_]+")
_VOID = """
已取消 取消 作废 已作废 重复 重复问题 无法复现 不能复现 误报 非问题 不是问题 非故障 拒绝 已拒绝 驳回 无效 撤销 已撤销
rejected duplicate invalid wontfix cancelled canceled
"""
VOIDED = frozenset(_VOID.split())
"""What sheets write of faults that were given up: here they are closed, and the remark says how."""
_ENDING = re.compile(r"(?:小组|组|部门|部|团队|中心|科|室|班|处)+$")


def plain(text: str) -> str:
    """Return a word as it is compared with choices."""
    return _EDGE.sub("", bare(text))


@functools.lru_cache(maxsize=64)
def _known(words: Vocabulary, name: str) -> Mapping[str, str]:
    """Return the choice of each word."""
    if name == "status":
        own = list(words.lifecycle.states)
    elif name == "team":
        own = list(words.teams)
    else:
        own = list(words.choices.get(name, ()))
    known = {plain(one): one for one in own}
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


@functools.lru_cache(maxsize=1024)
def team(words: Vocabulary, text: str) -> str | None:
    """Return the team that a text means: 软件组 is 软件开发组 if no other team could be meant."""
    known = _known(words, "team")
    if plain(text) in known:
        return known[plain(text)]
    core = _ENDING.sub("", plain(text))
    if len(core) < len("软件"):
        return None
    cores = {name: _ENDING.sub("", plain(name)) for name in words.teams}
    fitting = [name for name, own in cores.items() if own and (core in own or own in core)]
    return fitting[0] if len(fitting) == 1 else None
