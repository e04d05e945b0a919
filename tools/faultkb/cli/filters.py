"""The filters of lists and reports, by field, and the search of lists in the text of the files."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from faultkb.cli.workspace import as_utf8
from faultkb.finding import FaultError

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from faultkb.cli.workspace import Workspace
    from faultkb.standing import Standing
    from faultkb.vocabulary import Vocabulary

_OPTIONS = (
    click.option("--team", multiple=True, metavar="团队", help="只看这个责任团队（可重复）"),
    click.option("--severity", multiple=True, metavar="程度", help="只看这个严重程度（可重复）"),
    click.option("--type", multiple=True, metavar="类型", help="只看这个故障类型（可重复）"),
    click.option("--product", "products", multiple=True, metavar="产品", help="只看这个产品，写一部分即可（可重复）"),
)


def filters(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the filter options to a command; it receives them as team, severity, type and products."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def choose(standings: Sequence[Standing], words: Vocabulary, wanted: dict[str, Sequence[str]]) -> list[Standing]:
    """Keep the faults that match every filter given. Raise FaultError for a value that does not exist."""
    from faultkb import standing

    allowed = {
        "team": list(words.teams),
        "severity": list(words.severities()),
        "type": list(words.choices["type"]),
        "status": list(words.lifecycle.states),
    }
    wanted = {name: [as_utf8(value) for value in values] for name, values in wanted.items()}
    for name, values in wanted.items():
        for value in values:
            if value not in allowed.get(name, [value]):
                raise FaultError(f"没有“{value}”；可以写：{'、'.join(allowed[name])}")
    return standing.matching(standings, **wanted)


def told(wanted: Mapping[str, Sequence[str]], kept: int, every: int) -> str:
    """Say what the filters leave."""
    values = "，".join("、".join(map(as_utf8, some)) for some in wanted.values() if some)
    return f"只包括 {values}（{kept} / {every} 个故障）" if values else ""


def refuse_unknown_products(standings: Iterable[Standing], wanted: Sequence[str]) -> None:
    """Raise FaultError where no fault has a product of that name: a slip of the pen must not look like good news."""
    from faultkb import search

    counted = Counter(product for one in standings for product in one.products)
    for value in map(as_utf8, wanted):
        if not any(search.plain(value) in search.plain(product) for product in counted):
            names = "、".join(name for name, _ in counted.most_common(_SOME))
            raise FaultError(f"没有产品名含“{value}”的故障；产品有：{names or '（还没有）'}")


_SOME = 10
"""Products that a message names, those with the most faults."""


def codes(texts: Sequence[str]) -> list[re.Pattern[str]]:
    """Return the patterns of error codes that somebody typed. Raise FaultError for what can be none."""
    from faultkb import search

    try:
        return [search.code(as_utf8(text)) for text in texts]
    except ValueError as error:
        raise FaultError(f"“{error}”不是错误代码：写字母和数字，例如 E-1042 或 0x8007000E") from None


def containing(here: Workspace, texts: Sequence[str], patterns: Sequence[re.Pattern[str]]) -> Iterator[str]:
    """Find the files whose text has every word and one of the codes, and those that cannot be read.

    Looking for words costs a fifth of reading what the file says, so this is the first filter, not the last.
    """
    from faultkb import corpus, search

    words = [word for text in texts for word in search.plain(as_utf8(text)).split()]
    for path in corpus.find(here.root):
        text = corpus.text(here.root, path)
        if text is None or _has(search.plain(text), words, patterns):
            yield path


def _has(text: str, words: Iterable[str], patterns: Sequence[re.Pattern[str]]) -> bool:
    return all(word in text for word in words) and (not patterns or any(one.search(text) for one in patterns))


def names_code(here: Workspace, path: str, patterns: Sequence[re.Pattern[str]]) -> bool:
    """Say whether a fault has one of the codes as its error code, or names it in title or body; its history is left out."""
    from faultkb import corpus, search

    document = corpus.read(here.root, path)
    kb = document.header.get("kb")
    listed = kb.get("error_codes") if isinstance(kb, dict) else None
    parts = [document.header.get("title", ""), *(listed if isinstance(listed, list) else ()), document.body]
    return _has(search.plain("\n".join(map(str, parts))), (), patterns)
