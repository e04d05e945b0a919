"""Articles → the text of every page of the site that tickets make: articles, lists, the way in."""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING

from faultkb.publish.article import ARTICLE, REDIRECT
from faultkb.publish.safe_markdown import escape, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from faultkb.publish.article import Article
    from faultkb.vocabulary import Vocabulary

_LATEST = 20
_SHOWN = 14
"""Values of a facet on the index page; a page of its own lists the rest."""
_NOTICES = {
    "reopened": ("重新处理中", "这个故障在关闭后再次出现，正在重新处理。原来的内容可能不再适用，处理完成后会更新。"),
    REDIRECT: ("已并入", "这个故障已并入另一篇文章，那一篇现在没有公开。"),
    "withdrawn": ("已撤下", "这篇文章已经撤下，不再提供内容。"),
}

_INDEXES = {"index", "readme"}
"""File names that MkDocs takes for the index of their folder."""

Groups = list[tuple[str, "list[Article]"]]
Facet = tuple[str, str, "Callable[[Article], list[str]]"]

FACETS: tuple[Facet, ...] = (
    ("product", "按产品", lambda one: one.listed("impact", "products")),
    ("type", "按故障类型", lambda one: [one.text("type")]),
    ("severity", "按严重程度", lambda one: [one.text("severity")]),
    ("module", "按功能模块", lambda one: one.listed("impact", "modules")),
    ("cause", "按原因", lambda one: [one.text("kb", "cause")] if one.text("kb", "cause") else []),
    ("month", "按关闭的月份", lambda one: [f"{one.closed_on:%Y-%m}"]),
)
"""The ways into the articles: folder, title, and the values of an article."""


def pages(articles: Sequence[Article], words: Vocabulary) -> Iterator[tuple[str, str]]:
    """Return every generated page as (path under kb/, text)."""
    known = {one.id: one for one in articles}
    folded: dict[str, list[str]] = defaultdict(list)
    for one in articles:
        if one.kind == REDIRECT:
            folded[one.target].append(one.id)
    published = [one for one in articles if one.kind == ARTICLE]
    for one in articles:
        yield f"faults/{one.id}.md", _page(one, known, folded[one.id], words)
    yield "faults/index.md", _index(published, words)
    yield "faults/codes.md", _codes(published)
    for folder, title, values in FACETS:
        groups = _ordered(_grouped(published, values), folder, words)
        yield f"faults/by/{folder}/index.md", _values(title, groups)
        for value, members in groups:
            yield f"faults/by/{folder}/{slug(value)}.md", _listing(f"{title}：{value}", members)


def slug(value: str) -> str:
    """Return a file name for a value that somebody typed: word characters only, unique even where they are few."""
    plain = re.sub(r"[^\w.+-]+", "-", value).strip("-.").lower()[:60]
    return (
        plain
        if plain == value and plain not in _INDEXES
        else f"{plain or 'x'}-{hashlib.sha256(value.encode()).hexdigest()[:6]}"
    )


def _front_matter(title: str, description: str = "") -> str:
    # The theme prints both without escaping them.
    lines = [f"title: {json.dumps(html.escape(title), ensure_ascii=False)}"]
    if description:
        lines.append(f"description: {json.dumps(html.escape(description), ensure_ascii=False)}")
    return "\n".join(["---", *lines, "---", ""])


def _page(one: Article, known: dict[str, Article], folded: list[str], words: Vocabulary) -> str:
    if one.kind == ARTICLE:
        return _article(one, known, folded, words)
    if one.kind == REDIRECT and known.get(one.target, one).kind == ARTICLE:
        target = known[one.target]
        body = f"这个故障与 [{escape(target.id)} {escape(target.title)}]({target.id}.md) 原因相同，请看那一篇。"
        return f'{_front_matter(one.id, "已并入另一篇文章")}\n# {one.id}\n\n!!! info "已并入"\n\n    {body}\n'
    title, text = _NOTICES[one.kind if one.kind == REDIRECT else one.target]
    return f'{_front_matter(one.id, title)}\n# {one.id}\n\n!!! warning "{title}"\n\n    {text}\n'


def _article(one: Article, known: dict[str, Article], folded: list[str], words: Vocabulary) -> str:
    parts = [
        f"{_front_matter(f'{one.title}（{one.id}）', one.text('kb', 'summary'))}\n# {escape(one.title)}",
        _facts(one, words),
        f'!!! success "{words.title("kb", "solution")}"\n\n    {escape(one.text("kb", "solution"))}',
    ]
    for section in words.sections:
        written = [(part, text) for (name, part), text in one.sections.items() if name == section.name]
        if section.part_of is None and written:
            parts.append(f"## {escape(section.name)}")
            for part, text in written:
                parts += [f"### {escape(part)}" if part else "", render(text)]
    parts += _more(one, known, folded, words)
    return "\n\n".join(part for part in parts if part) + "\n"


def _facts(one: Article, words: Vocabulary) -> str:
    """The box on top: what it is, whom it concerns, in which versions it is mended. One HTML block, all text escaped."""
    rows = [
        (words.title("kb", "summary"), [one.text("kb", "summary")]),
        (words.title("id"), [one.id]),
        (words.title("type"), [one.text("type")]),
        (words.title("severity"), [one.text("severity")]),
        (words.title("impact", "products"), one.listed("impact", "products")),
        (words.title("impact", "versions"), one.listed("impact", "versions")),
        (words.title("kb", "fixed_versions"), one.listed("kb", "fixed_versions")),
        (words.title("kb", "error_codes"), one.listed("kb", "error_codes")),
        (words.title("kb", "cause"), [one.text("kb", "cause")]),
        (words.title("impact", "modules"), one.listed("impact", "modules")),
        (words.title("impact", "regions"), one.listed("impact", "regions")),
        *((words.title(name), [_day(one.text(name))]) for name in ("occurred_at", "reported_at", "completed_at")),
    ]
    cells = []
    for title, values in rows:
        shown = "".join(f"<span>{_inert(value)}</span>" for value in values if value)
        if shown:
            cells.append(f"<div><dt>{_inert(title)}</dt><dd>{shown}</dd></div>")
    return f'<dl class="fault-facts" data-severity="{_inert(one.text("severity"))}">{"".join(cells)}</dl>'


def _day(text: str) -> str:
    """Return a day as it is written, nothing for one that is not known."""
    return text if text[:1].isdigit() else ""


def _inert(value: str) -> str:
    """Escape for HTML, and for a Markdown parser that looks into HTML."""
    return html.escape(" ".join(value.split())).translate({ord(char): f"&#{ord(char)};" for char in "\\`*_[]{}|~^$!"})


def _more(one: Article, known: dict[str, Article], folded: list[str], words: Vocabulary) -> list[str]:
    parts = ["## 经过\n\n" + "\n".join(f"- {day} {escape(state)}" for state, day in one.timeline)]
    related = [known[other] for other in one.listed("kb", "related") if other in known and known[other].kind == ARTICLE]
    if related:
        parts.append(
            "## 相关故障\n\n"
            + "\n".join(f"- [{escape(other.title)}]({other.id}.md)（{other.id}）" for other in related)
        )
    if folded:
        parts.append(f"## 同因故障\n\n{'、'.join(sorted(folded))} 与本文原因相同，已并入。")
    keywords = one.listed("kb", "keywords")
    if keywords:
        parts.append(f"{words.title('kb', 'keywords')}：{'、'.join(map(escape, keywords))}")
    return parts


def _grouped(articles: Sequence[Article], values: Callable[[Article], list[str]]) -> Groups:
    groups: dict[str, list[Article]] = defaultdict(list)
    for one in articles:
        for value in values(one):
            groups[value].append(one)
    return sorted(groups.items())


def _newest(articles: Sequence[Article]) -> list[Article]:
    return sorted(articles, key=lambda one: (one.closed_on, one.id), reverse=True)


def _listing(title: str, articles: Sequence[Article]) -> str:
    return f"{_front_matter(title)}\n# {escape(title)}\n\n共 {len(articles)} 篇，最近关闭的在前。\n\n{_table(_newest(articles), '../../')}\n"


def _table(articles: Sequence[Article], up: str) -> str:
    lines = ["| 故障 | 产品 | 严重程度 | 关闭 |", "| --- | --- | --- | --- |"]
    for one in articles:
        name = f"[{escape(one.title)}]({up}{one.id}.md)<br><small>{one.id}</small>"
        products = "、".join(map(escape, one.listed("impact", "products")))
        lines.append(f"| {name} | {products} | {escape(one.text('severity'))} | <time>{one.closed_on}</time> |")
    return "\n".join(lines)


def _index(articles: Sequence[Article], words: Vocabulary) -> str:
    parts = [
        f"{_front_matter('全部故障')}\n# 全部故障",
        f"已收录 {len(articles)} 个关闭的故障。按错误代码查找：[错误代码索引](codes.md)。",
    ]
    for folder, title, values in FACETS:
        groups = _ordered(_grouped(articles, values), folder, words)
        links = [f"[{escape(value)}](by/{folder}/{slug(value)}.md)（{len(members)}）" for value, members in groups]
        more = [f"[全部 {len(links)} 个…](by/{folder}/index.md)"] if len(links) > _SHOWN else []
        parts.append(f"**{title}**：{' · '.join(links[:_SHOWN] + more)}" if links else "")
    parts.append(f"## 最近关闭\n\n{_table(_newest(articles)[:_LATEST], '')}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _values(title: str, groups: Groups) -> str:
    """Return the page that lists every value of a facet."""
    lines = [f"- [{escape(value)}]({slug(value)}.md)（{len(members)}）" for value, members in groups]
    return f"{_front_matter(title)}\n# {title}\n\n" + "\n".join(lines or ["还没有。"]) + "\n"


def _ordered(groups: Groups, folder: str, words: Vocabulary) -> Groups:
    """Put the values of a facet in the order that people expect: the schema's, the newest month, the most frequent."""
    if folder in words.choices:
        order = list(words.choices[folder])
        return sorted(groups, key=lambda group: order.index(group[0]) if group[0] in order else len(order))
    if folder == "month":
        return groups[::-1]
    return sorted(groups, key=lambda group: -len(group[1]))


def _codes(articles: Sequence[Article]) -> str:
    groups = _grouped(articles, lambda one: one.listed("kb", "error_codes"))
    lines = ["| 错误代码 | 故障 |", "| --- | --- |"]
    for code, members in groups:
        links = "<br>".join(f"[{escape(one.title)}]({one.id}.md)" for one in _newest(members))
        lines.append(f"| {escape(code)} | {links} |")
    return (
        f"{_front_matter('错误代码索引')}\n# 错误代码索引\n\n"
        + ("\n".join(lines) if groups else "还没有带错误代码的文章。")
        + "\n"
    )
