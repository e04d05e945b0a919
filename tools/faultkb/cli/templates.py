"""The templates of the documents: where they lie, how they are filled, what may stand in them, and what is wrong with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from faultkb.cli import say
from faultkb.finding import FaultError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from faultkb.cli.workspace import Workspace
    from faultkb.papers import Filled, Paper

ENDINGS = {"docx": "docx", "md": "md", "html": "md"}
"""The formats, and the ending of the template that each is made of."""


def place(here: Workspace, kind: str, form: str) -> Path:
    """Return where the template of a kind of document lies."""
    from faultkb import papers
    from faultkb.papers import letterhead

    return here.root / letterhead.FOLDER / f"{papers.kinds(here.words)[kind].get('template', kind)}.{ENDINGS[form]}"


def fill(here: Workspace, paper: Paper, template: Path, form: str, folder: str) -> Filled:
    """Fill a template; ``folder`` leads from the document to that of the ticket. Raise FaultError where it is written wrongly."""
    from faultkb import attached

    limits = attached.limits(here.words)
    if form == "docx":
        from faultkb.render import word

        return word.fill(paper, template, here.root, limits, here.as_of)
    from faultkb.render import paper as pages

    if form == "html":
        return pages.html(paper, template, here.root, limits)
    return pages.markdown(paper, template, here.root, limits, folder)


def strange(where: str, filled: Filled) -> Iterator[str]:
    """Yield a line for each name in a template that nobody knows."""
    from faultkb.render import visible

    for name in filled.unknown:
        yield visible(f"{where}里有不认识的名字：{name}{_near(name)}；可以写的见 fault doc --placeholders")


def _near(name: str) -> str:
    from difflib import get_close_matches

    from faultkb.papers import names, sections

    called = {label: part for part, labels in sections.LABELS.items() for label in labels}
    called |= {word: word for one in names.EVERY.values() for word in (one.name, *one.cells)}
    near = dict.fromkeys(called[word] for word in get_close_matches(name, called, 3, 0.5))
    return f"，是不是 {'、'.join(near)}" if near else ""


def check(here: Workspace) -> None:
    """Fill every template with a specimen; say what is wrong with them, and end with 1 where anything is."""
    from faultkb import papers

    if not here.words.documents:
        say("没有 schema/documents.yaml：不写流程文件，没有要检查的")
        return
    every = dict.fromkeys(
        (place(here, kind, form), form, kind) for kind in papers.kinds(here.words) for form in ("docx", "md")
    )
    wrong = [line for template, form, kind in every for line in _wrong(here, template, form, kind)]
    for line in dict.fromkeys(wrong):
        say(line)
    if wrong:
        raise SystemExit(1)
    say(f"检查了 {len({template for template, *_ in every if template.is_file()})} 个模板：没有错误")


def _wrong(here: Workspace, template: Path, form: str, kind: str) -> Iterator[str]:
    from faultkb import papers

    if not template.is_file():
        if not any(place(here, kind, other).is_file() for other in ENDINGS):
            yield f"缺少“{kind}”的模板：{template.stem}.docx（Word）或 {template.stem}.md（Markdown、网页）"
        return
    try:
        paper = papers.specimen(here.root, here.words, kind)
        yield from strange(f"模板 {template.name} ", fill(here, paper, template, form, ""))
    except FaultError as error:
        yield str(error)


def list_names() -> None:
    """Print everything that a template may ask for, in groups."""
    from faultkb.papers import names

    for group, some in names.GROUPS.items():
        click.echo(f"{group}：")
        for one in some:
            cells = f"；每行：{'、'.join(one.cells)}" if one.cells else ""
            click.echo(f"  {{{{ {one.name} }}}}  {one.kind}  {one.meaning}{cells}")
    click.echo(_HOW)


_HOW = """
Word 模板里：
  一行字、正文  写在要出现的地方；正文单独成段，样式跟着这一段
  表            把 {{ 经过.时间 }}、{{ 经过.内容 }} 写在 Word 表格的一行里，这一行按条数重复；单独成段写 {{ 经过 }}，得到整个表
  选择框        {{ 严重程度 | 勾选("紧急", "高", "中", "低") }} 写成 ☐紧急　☑高　☐中　☐低
  样式          数据表、代码、列表文字、小标题一、图注、待补充……在 Word 里改一次，处处都变"""
