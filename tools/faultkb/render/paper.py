"""Documents as Markdown, and as one HTML page that needs nothing else: a template that people edit, filled with the values of a paper."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from faultkb import safe_markdown
from faultkb.finding import FaultError, reason
from faultkb.papers import Filled, Markdown, names
from faultkb.papers.letterhead import Picture
from faultkb.render import own_pictures, tables, visible
from faultkb.render.paper_page import page

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from faultkb.attached import Limits
    from faultkb.papers import Paper
    from faultkb.render.harmless import Environment

_LONGEST = 200_000
"""Characters of a template; more is none."""


def markdown(paper: Paper, template: Path, root: Path, limits: Limits, folder: str) -> Filled:
    """Return a document as Markdown (GFM). ``folder`` leads from it to the folder of the ticket, and ends with a slash.

    Raise FaultError where the template cannot be read or is written wrongly, in words for its editor.
    """
    files, absent = own_pictures.of(paper, root, limits)
    filled = _filled(paper, template, lambda text: safe_markdown.render(text, _own(files), folder), _line)
    return filled._replace(remarks=own_pictures.remarks(paper, filled.used, absent))


def html(paper: Paper, template: Path, root: Path, limits: Limits) -> Filled:
    """Return a document as a page, made of the same template: the pictures in it, no script, no other host. Raise FaultError as `markdown`."""
    files, absent = own_pictures.of(paper, root, limits)
    filled = _filled(paper, template, lambda text: safe_markdown.render(text, _own(files)), safe_markdown.escape)
    data = page(paper, filled.data.decode(), files).encode()
    return filled._replace(data=data, remarks=own_pictures.remarks(paper, filled.used, absent))


def index(papers: Sequence[tuple[Paper, str]]) -> bytes:
    """Return a page that lists documents, with the names of the files that lie beside it, and the files of the ticket."""
    put = safe_markdown.escape
    first = papers[0][0]
    values, own = first.values, str(first.values["问题编号"])
    lines = ["# 归档目录", "", f"**{put(own)} {put(str(values['问题标题']))}**", "", "## 文件", ""]
    lines += ["| 序号 | 文件 | 文件编号 | 文件版本 |", "| --- | --- | --- | --- |"]
    for number, (one, name) in enumerate(papers, 1):
        version = put(str(one.values["文件版本"]))
        lines.append(f"| {number} | [{put(one.title)}](<{quote(name)}>) | {put(one.number)} | {version} |")
    lines += [
        "",
        "## 附件",
        "",
        put(f"在仓库的 {first.home}/{own}/"),
        "",
        "| 文件 | 大小 | 用途 |",
        "| --- | --- | --- |",
    ]
    lines += [f"| {' | '.join(put(visible(cell)) for cell in row.values())} |" for row in first.rows("附件")]
    return page(first, "\n".join(lines), {}, own).encode()


def _own(files: Mapping[str, bytes]) -> dict[str, str]:
    """Return the files by the names that they have: the ticket's own."""
    return {one: one.partition("/")[2] for one in files}


@dataclass(slots=True)
class _Reader:
    """What a template asked for: names that nobody knows."""

    unknown: dict[str, None] = field(default_factory=dict)


def _filled(paper: Paper, template: Path, prose: Callable[[str], str], line: Callable[[str], str]) -> Filled:
    from jinja2 import TemplateError

    from faultkb.render.harmless import ForbiddenError

    reader = _Reader()
    environment = _environment(reader, prose, line)
    text = _text(template)
    try:
        used = _used(environment, text)
        made = environment.from_string(_repeated(text)).render(paper.values)
    except ForbiddenError as error:
        raise FaultError(
            f"模板 {template.name} 第 {error.lineno} 行写得不对：只能写占位符、{{% for 行 in 经过 %}}（最多两层）、{{% if %}} 和“勾选”"
        ) from None
    except TemplateError as error:
        number = getattr(error, "lineno", None)
        place = f"第 {number} 行" if number else "里"
        raise FaultError(
            f"模板 {template.name} {place}写得不对：花括号要成对，例如 {{{{ 问题编号 }}}}；表格的一行写成 | {{{{ 经过.时间 }}}} | {{{{ 经过.内容 }}}} |"
        ) from None
    except (SyntaxError, TypeError, ValueError, RecursionError):
        raise FaultError(f"模板 {template.name} 填不出来：里面只写 fault doc --placeholders 列出的名字") from None
    unknown = dict.fromkeys([*reader.unknown, *sorted(used - paper.values.keys())])
    return Filled(f"{made.strip()}\n".encode(), used, tuple(unknown))


def _text(template: Path) -> str:
    try:
        text = template.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise FaultError(f"读不了模板 {template.name}：{reason(error)}") from None
    except UnicodeDecodeError:
        raise FaultError(f"模板 {template.name} 不是 UTF-8 编码的文本：另存为 UTF-8") from None
    if len(text) > _LONGEST:
        raise FaultError(f"模板 {template.name} 太大了")
    text = _TYPED.sub(lambda match: match[0].translate(_BRACES), text)
    single = next((match[1] for match in _SINGLE.finditer(text) if match[1].partition(".")[0] in names.EVERY), "")
    if single:
        raise FaultError(f"模板 {template.name} 里“{single}”两边各写两个花括号：{{{{ {single} }}}}")
    return text


_TYPED = re.compile("[{｛]{2}|[}｝]{2}|[{｛][%％]|[%％][}｝]")
_BRACES = str.maketrans("｛｝％", "{}%")
"""What an input method for Chinese makes of the signs around placeholders."""
_SINGLE = re.compile(r"(?<!\{)\{\s*([\w.]+)\s*\}(?!\})")


def _environment(reader: _Reader, prose: Callable[[str], str], line: Callable[[str], str]) -> Environment:
    """Return an environment in which templates can do nothing but ask for values, and values are no templates."""
    from jinja2 import Undefined

    from faultkb.render.harmless import Environment

    class Unknown(Undefined):
        """A name that nobody knows: it stands in the document as it was written."""

        def __str__(self) -> str:
            name = str(self._undefined_name)
            reader.unknown[name] = None
            return f"〔不认识：{name}〕"

        def __iter__(self) -> Any:
            str(self)
            return iter(())

        def __bool__(self) -> bool:
            str(self)
            return False

    def put(value: Any) -> str:
        if isinstance(value, Markdown):
            return prose(value)
        return "" if value is None or isinstance(value, Picture) else line(visible(str(value)))

    return Environment(undefined=Unknown, finalize=put, trim_blocks=True, lstrip_blocks=True, autoescape=False)


def _used(environment: Environment, text: str) -> frozenset[str]:
    from jinja2 import meta

    return frozenset(meta.find_undeclared_variables(environment.parse(text)))


_CELL = re.compile(r"\{\{-?\s*(\w+)\.")
_LOOP = re.compile(r"\{%-?\s*(?:for\s+(\w+)\s+in\b|(endfor)\b)")


def _repeated(text: str) -> str:
    """Put a loop around each line that has cells of a table: it stands for every row, as in the templates for Word."""
    lines, targets = [], list[str]()
    for line in text.split("\n"):
        for match in _LOOP.finditer(line):
            targets[len(targets) - bool(match[2]) :] = [match[1]] if match[1] else []
        wanted = {name for name in _CELL.findall(line) if name in _TABLES and name not in targets}
        name = wanted.pop() if len(wanted) == 1 else ""
        lines.append(f"{{% for {name} in {name} %}}\n{line}\n{{% endfor %}}" if name else line)
    return "\n".join(lines)


_TABLES = frozenset(one.name for one in names.EVERY.values() if one.kind == names.TABLE)


_BEGINNING = re.compile(r"^(\d{1,9})([.)])(?=\s|$)|^([-+=:])")
"""What makes a list, a rule or a heading of a line, where it stands at its beginning."""


def _line(text: str) -> str:
    """Make a text of one line harmless in Markdown, at the beginning of a line, too."""
    escaped = tables.escape(text)
    return _BEGINNING.sub(lambda match: f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}", escaped)
