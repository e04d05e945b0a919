"""Documents as Word files: a template that people edit in Word or WPS, filled with the values of a paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docxtpl import DocxTemplate
from jinja2 import ChainableUndefined, TemplateError

from faultkb.finding import FaultError
from faultkb.papers import Filled, names
from faultkb.papers.letterhead import Picture
from faultkb.render import word_file
from faultkb.render.harmless import Environment
from faultkb.render.own_pictures import Folder
from faultkb.render.word_frame import text_width
from faultkb.render.word_marks import Marks
from faultkb.render.word_pictures import Album
from faultkb.render.word_spans import Spans
from faultkb.render.word_styles import Styles
from faultkb.render.word_tags import Tags

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from faultkb.attached import Limits
    from faultkb.papers import Paper

_ASIDE = ("/footnotes", "/endnotes", "/comments", "/docProps/core")
_TAG = re.compile(rb"\{[{%#]")
_MOST_SAID = 10


def fill(paper: Paper, template: Path, root: Path, limits: Limits, as_of: datetime) -> Filled:
    """Return a document made of the template; pictures are looked for in ``root``/``paper.home``, within the limits.

    Raise FaultError if the template is none, or is written wrongly, in words for its editor.
    """
    document = word_file.opened(template)
    marks = Marks()
    environment = Environment(autoescape=True, undefined=ChainableUndefined, finalize=marks.put)
    tags = _tags(paper, template, document, environment)
    _render(template, document, environment, paper)
    remarks: dict[str, None] = {}
    album = Album(Folder(root / paper.home, str(paper.values.get("问题编号", "")), limits), remarks)
    styles, page = Styles(document), text_width(document.sections[0])
    for part, story, _ in _stories(document):
        marks.replace(story, Spans(part, styles, album), page)
    company = str(paper.values.get("公司名称", ""))
    data = word_file.written(document, f"{paper.title} {paper.number}".strip(), company, as_of)
    return Filled(data, frozenset(tags.used), tuple(tags.unknown), tuple(remarks))


def _tags(paper: Paper, template: Path, document: Any, environment: Environment) -> Tags:
    tables = {one.name: frozenset(one.cells) for one in names.EVERY.values() if one.kind == names.TABLE}
    for name, value in paper.values.items():
        if not isinstance(value, Picture) and isinstance(value, tuple) and value:
            tables[name] = tables.get(name, frozenset()) | frozenset(value[0])
    tags = Tags(environment, tables, frozenset(paper.values) | frozenset(names.EVERY))
    for _, story, name in _stories(document):
        tags.read(story, name)
        tags.elsewhere(story, name)
    said = list(dict.fromkeys(f"{one.where}：{one.what}" for one in tags.problems))
    aside = (one for one in document.part.package.iter_parts() if one.partname.rpartition(".")[0].endswith(_ASIDE))
    said.extend(
        {"脚注、尾注、批注和文件的属性里不能用占位符：把它移到正文里" for part in aside if _TAG.search(part.blob)}
    )
    if said:
        more = [f"还有 {len(said) - _MOST_SAID} 处"] if len(said) > _MOST_SAID else []
        raise FaultError("\n  ".join([f"模板 {template.name} 要改 {len(said)} 处：", *said[:_MOST_SAID], *more]))
    return tags


def _render(template: Path, document: Any, environment: Environment, paper: Paper) -> None:
    filled = DocxTemplate("")
    filled.docx = document
    try:
        filled.render(dict(paper.values), environment, autoescape=True)
    except (TemplateError, SyntaxError, RecursionError):
        raise FaultError(
            f"模板 {template.name} 里的循环或条件写错了：检查 {{% for %}}、{{% if %}} 与它们的结束"
        ) from None


def _stories(document: Any) -> Iterator[tuple[Any, Any, str]]:
    """Yield the part, the element and the Chinese name of each story of a document."""
    yield document.part, document.element.body, "正文"
    kinds = {RELATIONSHIP_TYPE.HEADER: "页眉", RELATIONSHIP_TYPE.FOOTER: "页脚"}
    for one in document.part.rels.values():
        if one.reltype in kinds:
            yield one.target_part, one.target_part.element, kinds[one.reltype]
