"""Rules about the Markdown of a ticket: raw HTML, foreign images, attachments."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from faultkb import attached
from faultkb.finding import WARNING
from faultkb.rules import Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

    from faultkb.rules import Case
    from faultkb.vocabulary import Vocabulary
    from faultkb.yamltext import Path


_PART = 3
"""The level of the headings of parts; deeper ones are text."""
_NAME = 40
"""Characters of a file's name that a message repeats."""
_LONGEST = 20_000
"""Characters of a section that are looked at: the parser is quadratic in brackets, and no person writes more."""


def _tokens(case: Case) -> Iterator[tuple[Path, Token]]:
    """The Markdown of every section that may hold what these rules look for, as inline and block tokens."""
    for (section, part), text in case.ticket.sections.items():
        if "<" in text or "](" in text or "][" in text:
            from markdown_it import MarkdownIt  # here, not above: most tickets do without

            place: Path = ("sections", section, part) if part else ("sections", section)
            for token in MarkdownIt("commonmark", {"maxNesting": 20}).enable("table").parse(text[:_LONGEST]):
                for one in (token, *(token.children or ())):
                    yield place, one


@rule("unsafe-html", level=WARNING, waivable=True)
def unsafe_html(case: Case) -> Iterator[Hit]:
    """正文里有 HTML 标签或注释。

    网站把它们当作普通文字显示，不会生效；HTML 注释里的内容也会被看到。
    改法：改用 Markdown；要显示的代码、日志、尖括号用反引号 ` 括起来。
    """
    for place in dict.fromkeys(place for place, token in _tokens(case) if token.type in {"html_block", "html_inline"}):
        yield Hit(place, "正文里有 HTML 标签或注释，网站会把它当作文字显示", "改用 Markdown，或用反引号 ` 把代码括起来")


@rule("malformed-heading")
def malformed_heading(case: Case) -> Iterator[Hit]:
    """章节的标题写得不对，成了普通的文字。

    “##用户确认”“＃＃ 用户确认”“**用户确认**”都不是标题：检查看不到这一节，它的内容会算进上一节，内部的章节就会跟着发布出去。
    改法：写成“## 章节名”：半角 # 号，后面空一格，单独一行。
    """
    headings = {heading.at for heading in case.document.headings if heading.level <= _PART}
    for mark in _looks_like_heading(case.vocabulary).finditer(case.document.body):
        if mark.start() not in headings and not case.document.is_code(mark.start()):
            yield Hit(
                ("line", case.document.line_of(mark.start())),
                f"“{mark[1]}”这一行不是标题，内容会算进上一节",
                f"写成“## {mark[1]}”（小节用 ###）：半角 # 号，后面空一格，单独一行",
            )


@functools.cache
def _looks_like_heading(words: Vocabulary) -> re.Pattern[str]:
    """A line that holds the name of a section and marks of emphasis, quotation or headings, and nothing else."""
    names = "|".join(re.escape(section.name) for section in words.sections)
    blank = r" \t\r\u3000\u00a0"
    return re.compile(rf"^[{blank}]*[#＃*_>][#＃*_>{blank}]*({names})[#＃*_{blank}]*$", re.MULTILINE)


@rule("unclosed-fence")
def unclosed_fence(case: Case) -> Iterator[Hit]:
    """代码块没有结束。

    从 ``` 开始的代码块没有结束的 ```，后面的章节全都成了代码：检查看不到它们，发布时内部的章节也会跟着出去。
    改法：在代码的最后一行之后单独写一行 ```，与开头的反引号一样多。
    """
    line = case.document.open_fence
    if line is not None:
        yield Hit(
            ("line", line), "这里开始的代码块没有结束，后面的章节都被当作代码", "在代码的最后一行之后单独写一行 ```"
        )


@rule("attachment", level=WARNING, waivable=True)
def attachment(case: Case) -> Iterator[Hit]:
    """附件或图片不会发布：文件不存在、在别处、类型或大小不允许，或内容与扩展名不符；压缩包里的内容没有检查过。

    附件放在与故障同名的文件夹里（tickets/2026/11/SW-20261103-001/），正文用相对路径引用。公开的章节引用到的会发布，发布时去掉
    拍摄地点、作者等信息；允许的类型与大小写在 schema/ticket.schema.json 的 x-attachments。外部网站的图片不发布，因为打开页面就会
    向别人的服务器发请求。
    改法：把文件放进同名文件夹，写成 ![说明](SW-20261103-001/文件名.png)；太大的缩小，坏的重新导出；压缩包解开后再放进来。
    """
    unfit = functools.cache(lambda target: _unfit(case, target))
    for place, token in _tokens(case):
        target = token.attrGet("src" if token.type == "image" else "href")
        if isinstance(target, str):
            target = unquote(target)
            reason = _out_of_reach(case, target, image=token.type == "image")
            if reason is None and str(place[1]) in _published(case.vocabulary):
                reason = unfit(target.removeprefix("./"))
            if reason:
                yield Hit(place, *reason)


def _out_of_reach(case: Case, target: str, *, image: bool) -> tuple[str, str] | None:
    folder = f"{case.ticket.id}/"
    try:
        parts = urlsplit(target)
    except ValueError:
        return "链接的地址写得不对", "改正地址"
    if parts.scheme or parts.netloc:
        return ("引用了外部网站的图片，不会发布", f"把图片放进 {folder} 再引用") if image else None
    if not parts.path:
        return None
    name = target.removeprefix("./")
    if not name.startswith(folder):
        return "引用的文件不在这个故障的文件夹里，不会发布", f"把文件放进 {folder} 再引用"
    if name.removeprefix(folder) not in case.attachments:
        return "引用的附件不存在", f"把文件放进 {folder}，或改正文件名（区分大小写）"
    return None


def _unfit(case: Case, target: str) -> tuple[str, str] | None:
    """Say why a file of the ticket's folder cannot be published."""
    if not target.startswith(f"{case.ticket.id}/"):
        return None
    try:
        attached.read((case.root / case.ticket.path).parent, target, attached.limits(case.vocabulary))
    except attached.UnfitError as error:
        return f"附件 {_short(target)} 不会发布：{error}", error.help
    return None


def _short(target: str) -> str:
    name = "".join(char for char in target.rpartition("/")[2] if char.isprintable())
    return name if len(name) <= _NAME else f"{name[:_NAME]}…"


@functools.cache
def _published(words: Vocabulary) -> frozenset[str]:
    return frozenset(section.name for section in words.sections if section.publish)
