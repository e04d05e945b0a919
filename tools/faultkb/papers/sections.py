"""What the sections of a ticket say, cut into the parts that the documents ask for: causes, whys, measures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from faultkb import filling, labelled, masks, safe_markdown, syntax

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from faultkb.papers.case import Case
    from faultkb.privacy import Lists
    from faultkb.syntax import Node

CAUSES, SHORT, LONG = "原因分析", "短期方案", "长期方案"
OCCURRENCE, ESCAPE, WHYS = "发生原因", "流出原因", "五个为什么"
LASTING, PREVENTION, ELSEWHERE = "永久措施", "预防措施", "举一反三"

LABELS = {
    OCCURRENCE: ("发生原因", "直接原因", "根本原因", "根因", "为什么会发生", "为什么发生"),
    ESCAPE: (
        "流出原因",
        "漏出原因",
        "未检出原因",
        "没有提前发现的原因",
        "为什么流出",
        "为什么会流出",
        "为什么差一点流出",
        "为什么没发现",
        "为什么没有发现",
        "为什么没有被发现",
        "为什么没有提前发现",
        "为什么没有被提前发现",
    ),
    WHYS: (
        "5-Why",
        "5 Why",
        "5Why",
        "5-why",
        "5why",
        "5-Whys",
        "5Whys",
        "5WHY",
        "5-WHY",
        "五个为什么",
        "5个为什么",
        "5 个为什么",
        "五问",
    ),
    PREVENTION: ("预防措施", "防止再发", "防止再发生", "防止再发措施", "再发防止", "预防再发", "预防"),
    ELSEWHERE: ("举一反三", "横向展开", "水平展开", "横展", "同类排查"),
}
"""How a part is called in tickets."""
_MOST_WHYS = 9
_NUMERALS = "一二三四五六七八九"
_EACH_WHY = {
    label: f"为什么{number}"
    for number, numeral in enumerate(_NUMERALS, 1)
    for label in (
        f"为什么{number}",
        f"为什么 {number}",
        f"为什么{numeral}",
        f"第{numeral}个为什么",
        f"第 {number} 个为什么",
        *(f"{why}{blank}{number}" for why in ("Why", "why", "WHY") for blank in ("", " ")),
    )
}


def whole(case: Case, name: str) -> str:
    """Return a section with its parts under their headings; empty where it says nothing."""
    if not filling.filled(case.ticket, case.words, name):
        return ""
    texts = ((part, text.strip("\n")) for (section, part), text in case.ticket.sections.items() if section == name)
    return "\n\n".join(f"### {part}\n\n{text}".strip() if part else text for part, text in texts).strip("\n")


def part(case: Case, section: str, name: str) -> str:
    """Return a part of a section; empty where it says nothing."""
    text = case.ticket.sections.get((section, name), "")
    return text.strip("\n") if filling.filled(case.ticket, case.words, section, name) else ""


def causes(case: Case) -> dict[str, str]:
    """Return why it happened, why it was not caught, and the whys one by one; what has no label is why it happened."""
    found = _split(whole(case, CAUSES), (OCCURRENCE, ESCAPE, WHYS), _EACH_WHY)
    listed = [f"{number}. {text}" for number in range(1, _MOST_WHYS + 1) if (text := found.pop(f"为什么{number}", ""))]
    if listed:
        found[WHYS] = "\n\n".join(filter(None, [found.get(WHYS, ""), "\n".join(map(_indented, listed))]))
    found[OCCURRENCE] = "\n\n".join(filter(None, [found.pop("", ""), found.get(OCCURRENCE, "")]))
    return found


def _indented(item: str) -> str:
    """Return an item of a list whose further lines belong to it."""
    return item.replace("\n", "\n   ")


def measures(case: Case) -> dict[str, str]:
    """Return the lasting measure, prevention, and what was changed elsewhere, as the section on the long term has them."""
    found = _split(whole(case, LONG), (PREVENTION, ELSEWHERE), {})
    found[LASTING] = found.pop("", "")
    if not found.get(ELSEWHERE):
        found[ELSEWHERE] = _split(whole(case, CAUSES), (ELSEWHERE,), {}).get(ELSEWHERE, "")
    return found


def _split(text: str, parts: tuple[str, ...], more: Mapping[str, str]) -> dict[str, str]:
    """Split a text by every spelling of some labels; the parts go by their own names."""
    called = {label: name for name in parts for label in LABELS[name]} | dict(more)
    found: dict[str, str] = {}
    for label, said in labelled.split(text, called).items():
        name = called.get(label, "")
        found[name] = "\n\n".join(filter(None, [found.get(name, ""), said]))
    return found


_BESIDE = {"table", "fence", "code_block", "heading", "hr"}
_LONGEST = 120
"""Characters of what stands for a whole section in a cell."""
_SENTENCE = re.compile(r"(?<=[。！？])")


def gists(text: str, lists: Lists) -> list[str]:
    """Return what a section says in short, masked: each item of the list that it begins with, else its first sentence."""
    root = _speaking(text)
    first = root.children[0] if root.children else root
    items = first.children if first.type in {"ordered_list", "bullet_list"} else [root]
    return [said for one in items if (said := _gist(one, lists))]


def gist(text: str, lists: Lists) -> str:
    """Return the first sentence of a text without any marks, masked; a line that announces others takes them along."""
    return _gist(_speaking(text), lists)


def _speaking(text: str) -> Node:
    """Return a text as a tree; tables, code and headings only speak where there is nothing else."""
    root = syntax.parse(text)
    root.children = [one for one in root.children if one.type not in _BESIDE] or root.children
    return root


def _gist(node: Node, lists: Lists) -> str:
    """Return what a node says in short. It is masked before it is cut: half of a private value is not known for one."""
    said = ""
    for line in masks.put_on(safe_markdown.plain(node), lists).splitlines():
        said += line if not said or said.endswith(("：", "；", "。")) else f"；{line}"
        if not said.endswith(("：", ":")) and len(said) > _LONGEST // 4:
            break
    first = _SENTENCE.split(said, maxsplit=1)[0].strip().rstrip("；;，,、：:")
    return first if len(first) <= _LONGEST else f"{first[: _LONGEST - 1]}…"


def tables(text: str) -> Iterator[list[list[str]]]:
    """Yield the tables of a text as rows of cells without any marks, the heading first."""
    yield from _tables(syntax.parse(text)) if "|" in text else ()


def _tables(node: Node) -> Iterator[list[list[str]]]:
    for child in node.children:
        if child.type == "table":
            rows = (row for part in child.children for row in part.children)
            yield [[" ".join(_words(cell).split()) for cell in row.children] for row in rows]
        else:
            yield from _tables(child)


def _words(node: Node) -> str:
    if node.type in {"softbreak", "hardbreak"}:
        return " "
    return node.content if node.type in {"text", "code_inline"} else "".join(map(_words, node.children))
