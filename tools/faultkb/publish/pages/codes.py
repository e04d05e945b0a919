"""The index of error codes: one row for each code, however it is spelled."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from faultkb import tokens
from faultkb.publish.pages import parts
from faultkb.safe_markdown import escape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faultkb.publish.article import Article
    from faultkb.publish.pages.shelf import Shelf

_SHOWN = 5
"""Faults of a code in the index; the others are on a page of the code's own."""
_PAGE = 500


class Code(NamedTuple):
    """An error code: the spelling that most faults use, the others, and the faults that have it, newest first."""

    name: str
    others: tuple[str, ...]
    faults: Sequence[Article]

    @property
    def address(self) -> str:
        """The page of its own, from the start of the site."""
        return f"faults/by/code/{parts.slug(canonical(self.name))}/"


def canonical(code: str) -> str:
    """Return what every spelling of a code has in common: 0x8007000E, 8007000e and full-width ８００７０００Ｅ are one."""
    return tokens.canonical("".join(unicodedata.normalize("NFKC", code).split()))


def codes(shelf: Shelf) -> list[Code]:
    """Return all codes, in order."""
    found = []
    for name, faults in shelf.grouped(lambda one: dict.fromkeys(map(canonical, spelled(one)))).items():
        said = Counter(code for one in faults for code in spelled(one) if canonical(code) == name)
        first, *others = sorted(said, key=lambda code: (-said[code], code))
        found.append(Code(first, tuple(others), faults))
    return sorted(found, key=lambda one: (one.name.casefold(), one.name))


def spelled(one: Article) -> list[str]:
    """Return the codes of a fault as written."""
    return one.listed("kb", "error_codes")


def pages(shelf: Shelf, every: Sequence[Code]) -> Iterator[tuple[str, str]]:
    """Return the index, in several pages where it is long, and a page for each code that many faults have."""
    for code in every:
        if len(code.faults) > _SHOWN:
            yield f"{code.address.removesuffix('/')}.md", _own(shelf, code)
    starts = range(0, len(every), _PAGE) if len(every) > _PAGE else ()
    path = "faults/codes.md"
    lines = []
    for number, start in enumerate(starts, 1):
        some = every[start : start + _PAGE]
        title = f"{some[0].name} … {some[-1].name}"
        lines.append(parts.link(title, f"{parts.up(path)}faults/by/code-index/{number}/", len(some)))
        yield (
            f"faults/by/code-index/{number}.md",
            _index(some, f"faults/by/code-index/{number}.md", f"错误代码 {title}"),
        )
    if lines:
        yield path, _frame(path, "错误代码索引", f"共 {len(every)} 个代码。", parts.block("fault-chips", lines))
    else:
        yield path, _index(every, path, "错误代码索引")


def _index(some: Sequence[Code], path: str, title: str) -> str:
    if not some:
        return _frame(path, title, "还没有带错误代码的文章。", "")
    about = f"共 {len(some)} 个代码。大小写、连字符、全角半角与开头的 0x 不影响查找。"
    return _frame(
        path,
        title,
        about,
        parts.block("fault-codes", (_row(code, parts.up(path)) for code in some), search=f"{parts.up(path)}search/"),
    )


def _frame(path: str, title: str, about: str, body: str) -> str:
    return parts.page(
        parts.front_matter(title, **parts.LISTS),
        f"[全部故障]({parts.up(path)}faults/)\n{{.fault-path}}",
        f"# {escape(title)}",
        about,
        body,
    )


def _row(code: Code, prefix: str) -> str:
    also = f" <em>{parts.inert('、'.join(code.others))}</em>" if code.others else ""
    links = [parts.link(one.title, f"{prefix}faults/{one.id}/") for one in code.faults[:_SHOWN]]
    if len(code.faults) > _SHOWN:
        links.append(parts.link(f"全部 {len(code.faults)} 篇…", prefix + code.address))
    return f"<strong>{parts.inert(code.name)}</strong>{also}<ul>{''.join(f'<li>{one}</li>' for one in links)}</ul>"


def _own(shelf: Shelf, code: Code) -> str:
    prefix = parts.up("faults/by/code/x.md")
    also = f"也写作 {escape('、'.join(code.others))}。" if code.others else ""
    return parts.page(
        parts.front_matter(f"错误代码 {code.name}", **parts.LISTS),
        f"[全部故障]({prefix}faults/) › [错误代码索引]({prefix}faults/codes/)\n{{.fault-path}}",
        f"# {escape(code.name)}",
        f"{also}共 {len(code.faults)} 篇，最近关闭的在前。",
        shelf.listing(code.faults, prefix, parts.query(f"{prefix}search/", {"q": code.name})),
    )
