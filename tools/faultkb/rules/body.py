"""Rules about the Markdown of a ticket: raw HTML, foreign images, attachments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

from faultkb.finding import WARNING
from faultkb.rules import Hit, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faultkb.rules import Case
    from faultkb.yamltext import Path

_CODE = re.compile(
    r"^ {0,3}(`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}\1[`~]*[ \t]*\r?$|\Z)|(`+)(?!`).*?(?<!`)\2(?!`)",
    re.MULTILINE | re.DOTALL,
)
_HTML = re.compile(r"<(?:[A-Za-z/][^<>\n]{0,200}>?|!--)")
_LINK = re.compile(r"(!?)\[[^\]\n]{0,500}\]\(\s*<?([^)\s>]{1,500})")


def _prose(case: Case) -> Iterator[tuple[Path, str]]:
    """The text of every section with code cut out."""
    for (section, part), text in case.ticket.sections.items():
        if "<" in text or "](" in text:
            yield ("sections", section, part) if part else ("sections", section), _CODE.sub("", text)


@rule("unsafe-html", level=WARNING)
def unsafe_html(case: Case) -> Iterator[Hit]:
    """正文里有 HTML 标签或注释。

    网站把它们当作普通文字显示，不会生效；HTML 注释里的内容也会被看到。
    改法：改用 Markdown；要显示的代码、日志、尖括号用反引号 ` 括起来。
    """
    for path, text in _prose(case):
        if _HTML.search(text):
            yield Hit(
                path, "正文里有 HTML 标签或注释，网站会把它当作文字显示", "改用 Markdown，或用反引号 ` 把代码括起来"
            )


@rule("attachment", level=WARNING)
def attachment(case: Case) -> Iterator[Hit]:
    """附件或图片不会发布：文件不存在、在别处，或没有放进同名文件夹。

    附件放在与故障同名的文件夹里（tickets/2026/11/SW-20261103-001/），正文用相对路径引用。外部网站的图片不发布，
    因为打开页面就会向别人的服务器发请求。
    改法：把文件放进同名文件夹，写成 ![说明](SW-20261103-001/文件名.png)。
    """
    folder = f"{case.ticket.id}/"
    for path, text in _prose(case):
        for image, target in _LINK.findall(text):
            if "://" in target or target.startswith(("//", "data:", "mailto:", "#")):
                if image:
                    yield Hit(path, "引用了外部网站的图片，不会发布", f"把图片放进 {folder} 再引用")
            elif not target.startswith(folder):
                yield Hit(path, "引用的文件不在这个故障的文件夹里，不会发布", f"把文件放进 {folder} 再引用")
            elif unquote(target.removeprefix(folder)) not in case.attachments:
                yield Hit(path, "引用的附件不存在", f"把文件放进 {folder}，或改正文件名（区分大小写）")
