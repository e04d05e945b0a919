"""The page of one fault: its article, the way to the article that it was folded into, or that there is none any more."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from faultkb.publish.article import ARTICLE, REDIRECT
from faultkb.publish.pages import facets, parts
from faultkb.publish.pages.box import box
from faultkb.safe_markdown import NO_FILES, escape, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from faultkb.publish.article import Article
    from faultkb.publish.kin import Around
    from faultkb.syntax import Node
    from faultkb.vocabulary import Vocabulary

_UP = parts.up("faults/x.md")
_NOTICES = {
    "reopened": ("重新处理中", "这个故障在关闭后再次出现，正在重新处理。原来的内容可能不再适用，处理完成后会更新。"),
    REDIRECT: ("已并入", "这个故障已并入另一篇文章，那一篇现在没有公开。"),
    "withdrawn": ("已撤下", "这篇文章已经撤下，不再提供内容。"),
}
_REASONS = 3
"""What similar faults share is said by its weightiest parts."""
_READ_AS = {
    ("故障描述", ""): ("现象", "symptom"),
    ("故障描述", "环境信息"): ("环境", "environment"),
    ("原因分析", ""): ("原因", "cause"),
    ("短期方案", ""): ("短期方案", "short-term"),
    ("长期方案", ""): ("长期方案与预防", "long-term"),
    ("验证记录", ""): ("怎样验证的", "verification"),
}
"""What readers call a section, or a part that is worth a section, and its anchor; others keep the names of the ticket."""


def page(one: Article, around: Around, words: Vocabulary, files: Mapping[str, str] = NO_FILES) -> str:
    """Return the page of a fault. Nothing but the ticket, ``around`` and ``files`` (`safe_markdown.render`) decides on it."""
    if one.kind == ARTICLE:
        return _article(one, around, words, files)
    if one.kind == REDIRECT and around.target:
        link = parts.link(f"{one.target} {around.target}", f"{_UP}faults/{one.target}/")
        notice = f'!!! info "已并入"\n\n    这个故障与 {link} 原因相同，请看那一篇。'
        return parts.page(parts.front_matter(one.id, "已并入另一篇文章"), f"# {one.id}", notice)
    title, text = _NOTICES[one.kind if one.kind == REDIRECT else one.target]
    return parts.page(parts.front_matter(one.id, title), f"# {one.id}", f'!!! warning "{title}"\n\n    {text}')


def _article(one: Article, around: Around, words: Vocabulary, files: Mapping[str, str]) -> str:
    # The template shows the box below the title, and the ending: a parser of Markdown would read each of their tags twice.
    matter = parts.front_matter(
        f"{one.title}（{one.id}）",
        one.text("kb", "summary"),
        hide=["navigation"],
        article=_about(one, words),
        heading=one.title,
        box=box(one, words),
        ending=_course(one, words) + _ways(one, around),
    )
    return parts.page(
        matter,
        *_sections(one, words, files),
        *_others(around),
    )


def _about(one: Article, words: Vocabulary) -> dict[str, Any]:
    """Return what the template makes machine-readable descriptions of."""
    closings = [f"{day}" for state, day in one.timeline if state in words.lifecycle.closed_states]
    return {
        "id": one.id,
        "published": closings[0],
        "modified": closings[-1],
        "section": one.text("type"),
        "tags": one.listed("kb", "keywords"),
        "codes": one.listed("kb", "error_codes"),
        "products": one.listed("impact", "products"),
    }


def _sections(one: Article, words: Vocabulary, files: Mapping[str, str]) -> Iterator[str]:
    """Yield the ticket's sections as a reader needs them."""
    for section in words.sections:
        written = {part: text for (name, part), text in one.sections.items() if name == section.name}
        if section.part_of is None:
            apart = [part for part in written if part and (section.name, part) in _READ_AS]
            yield from _section(
                section.name, {part: text for part, text in written.items() if part not in apart}, files
            )
            for part in apart:
                yield from (_heading(section.name, part), render(written[part], files))


def _section(name: str, written: Mapping[str, str | Node], files: Mapping[str, str]) -> Iterator[str]:
    """Yield a section; text before any part, and a part that is called like the section, need no heading of their own."""
    first = {"", _READ_AS.get((name, ""), (name, ""))[0]}
    if written:
        yield _heading(name)
    for part in sorted(written, key=lambda part: part not in first):
        if part not in first:
            yield f"### {escape(part)}"
        yield render(written[part], files)


def _heading(name: str, part: str = "") -> str:
    shown, anchor = _READ_AS.get((name, part), (part or name, ""))
    return f"## {escape(shown)}" + (f" {{#{anchor}}}" if anchor else "")


def _others(around: Around) -> Iterator[str]:
    """Yield what the article says of other faults: named by hand, similar, folded in."""
    lines = [
        f"{parts.link(title, f'{_UP}faults/{name}/')} <small>{name} · 人工关联</small>"
        for name, title in around.by_hand
    ]
    for one in around.similar:
        shared = parts.inert("、".join(one.shared[:_REASONS]))
        lines.append(f"{parts.link(one.title, f'{_UP}faults/{one.id}/')} <small>{one.id} · 相近：{shared}</small>")
    if lines:
        yield from ("## 相关故障 {#related}", parts.block("fault-list", lines))
    if around.folded:
        names = "、".join(parts.link(name, f"{_UP}faults/{name}/") for name in around.folded)
        yield from ("## 同因故障 {#same-cause}", f"另有 {len(around.folded)} 个故障与本文原因相同，已并入：{names}。")


def _course(one: Article, words: Vocabulary) -> str:
    """Return the states with the days on which they began, and how long the mending took."""
    steps = "".join(
        f"<li{_last(state, words)}><span>{parts.inert(state)}</span> <time>{day}</time></li>"
        for state, day in one.timeline
    )
    reported, completed = one.text("reported_at"), one.text("completed_at")
    took = ""
    if reported and completed:
        days = (date.fromisoformat(completed) - date.fromisoformat(reported)).days
        took = f"<p>{reported} 反馈，{completed} 解决，{f'历时 {days} 天' if days > 0 else '当天完成'}。</p>"
    return f'{_ending("course", "处理经过")}<ol class="fault-course">{steps}</ol>{took}'


def _last(state: str, words: Vocabulary) -> str:
    return ' class="is-closed"' if state in words.lifecycle.closed_states else ""


def _ways(one: Article, around: Around) -> str:
    """Return the links to the lists that have this fault, and to its data."""
    links = [
        parts.link(
            value,
            _UP + (facets.address if facet.least == 1 or value in around.listed else facets.searched)(facet, value),
        )
        for facet in facets.FACETS
        for value in facet.values(one)
    ]
    chips = parts.block("fault-chips", links)
    data = f'<p class="fault-data"><a href="{_UP}api/v1/faults/{one.id}.json">这一篇的数据（JSON）</a></p>'
    return f"{_ending('lists', '同类故障')}{chips}{data}"


def _ending(anchor: str, title: str) -> str:
    return f'<h2 id="{anchor}">{title}<a class="headerlink" href="#{anchor}" title="本节链接">¶</a></h2>'
