"""The pages on the process that people write, in kb/templates/process: a line ``{{标记}}`` becomes what schema/ says."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from faultkb.finding import FaultError
from faultkb.papers import names as papers
from faultkb.publish import describe, diagram, openapi, timelimits
from faultkb.publish.phrases import course, table, word
from faultkb.safe_markdown import escape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

_MARK = re.compile(r"^\{\{(\S+)((?: \S+)*)\}\}$", re.MULTILINE)


def pages(words: Vocabulary, folder: Path) -> Iterator[tuple[str, str]]:
    """Return the pages as (path under kb/, text). Raise FaultError for a mark that is not known."""
    for path in sorted(folder.glob("*.md")):
        yield f"reference/{path.name}", _fill(path, words)


def _fill(path: Path, words: Vocabulary) -> str:
    def part(mark: re.Match[str]) -> str:
        if mark[1] not in _PARTS:
            raise FaultError(f"{path.name} 里没有 {mark[0]} 这个标记；可以写：{'、'.join(_PARTS)}")
        return _PARTS[mark[1]](words, mark[2].split())

    return _MARK.sub(part, path.read_text(encoding="utf-8"))


def _picture(words: Vocabulary, _names: Sequence[str]) -> str:
    return diagram.figure(words.lifecycle)


def _events(words: Vocabulary, names: Sequence[str]) -> str:
    """Print some events, all without names; what the lifecycle does not have is left out."""
    life = words.lifecycle
    known = [life.events[name] for name in names or life.events if name in life.events]
    rows = ((f"**{word(one.name)}**", escape(one.description), course(one, life)) for one in known)
    return table(("记录", "什么时候记", "状态"), rows)


def _corrections(words: Vocabulary, _names: Sequence[str], *, kind: str) -> str:
    rows = ((escape(_spellings(one)), escape(one["instead"])) for one in words.wording[kind])
    return table(("不要写" if kind == "vague" else "不要说", "改为"), rows)


_SPELLINGS = 4
"""Spellings of a word to avoid that are shown; the check knows them all."""


def _spellings(one: dict[str, Any]) -> str:
    every = [text.rstrip("。") for text in (one["word"], *one.get("also", ()))]
    return "、".join(every[:_SPELLINGS]) + (" 等" if len(every) > _SPELLINGS else "")


_GROUPS = {
    "blame": "怪罪、不当回事",
    "internal": "内部的说法",
    "competitors": "竞争对手",
    "liability": "承认责任、许诺赔偿",
}


def _outward(words: Vocabulary, _names: Sequence[str]) -> str:
    """Print what to say instead of what no user is told: the words themselves, competitors among them, users may read here."""
    groups = words.wording.get("outward", {})
    rows = ((word(title), escape(one["instead"])) for name, title in _GROUPS.items() for one in groups.get(name, ()))
    return table(("不说", "改为"), rows)


def _replies(words: Vocabulary, _names: Sequence[str]) -> str:
    rows = ((f"**{word(kind)}**", escape(one["text"])) for kind, one in words.wording["replies"].items())
    return table(("场合", "统一的说法"), rows)


def _addresses(_words: Vocabulary, _names: Sequence[str]) -> str:
    return "\n".join(f"- `api/v1{path}`：{summary}。{more}" for path, _, summary, more in openapi.ADDRESSES)


def _keys(words: Vocabulary, names: Sequence[str]) -> str:
    """Print the keys of some definitions of the API; an article's own, without those of the light one."""
    known = describe.definitions(words)
    told = known["light"]["properties"] if "article" in names else {}
    rows = (
        (f'<span class="fault-word">`{key}`</span>', _type(one), f"**{escape(one['title'])}** {_more(one)}")
        for name in names
        for key, one in known[name]["properties"].items()
        if key not in told
    )
    return table(("键", "类型", "说明"), rows)


_TYPES = {"string": "文字", "null": "空", "integer": "整数", "array": "列表", "object": "对象"}


def _more(one: dict[str, Any]) -> str:
    return escape(one.get("description", ""))


def _type(one: dict[str, Any]) -> str:
    types = one.get("type", "integer" if "const" in one else "string")
    return word("或".join(_TYPES[name] for name in ([types] if isinstance(types, str) else types)))


def _papers(words: Vocabulary, _names: Sequence[str]) -> str:
    every = words.documents.get("kinds", {}).items()
    rows = ((word(kind), escape(one["title"]), escape("、".join(one.get("signatures", ())))) for kind, one in every)
    return table(("命令里写", "标题", "签字栏"), rows)


_BEFORE, _AFTER = '<span class="fault-word"><code>&#123;&#123; ', " &#125;&#125;</code></span>"
"""A placeholder in its braces, which are no mark of this page."""


def _placeholders(_words: Vocabulary, _names: Sequence[str]) -> str:
    """Print everything that the templates of the documents may ask for, in groups."""
    parts = []
    for group, some in papers.GROUPS.items():
        rows = ((f"{_BEFORE}{one.name}{_AFTER}", word(one.kind), escape(_cells(one))) for one in some)
        parts.append(f"### {group}\n\n{table(('名字', '是什么', '说明'), rows)}")
    return "\n\n".join(parts)


def _cells(one: papers.Name) -> str:
    return f"{one.meaning}。每行有：{'、'.join(one.cells)}" if one.cells else one.meaning


_PARTS: dict[str, Callable[[Vocabulary, Sequence[str]], str]] = {
    "生命周期图": _picture,
    "事件": _events,
    "时限": timelimits.clocks,
    "全部时限": timelimits.policies,
    "时限例子": timelimits.examples,
    "各级时限": timelimits.matrix,
    "严重程度": timelimits.severities,
    "评审": timelimits.reviews,
    "模糊用语": functools.partial(_corrections, kind="vague"),
    "承诺用语": functools.partial(_corrections, kind="promises"),
    "对外用语": _outward,
    "统一说法": _replies,
    "接口": _addresses,
    "接口字段": _keys,
    "流程文件": _papers,
    "占位符": _placeholders,
}
"""What a mark stands for: a function of the vocabulary and of the names behind the mark."""
