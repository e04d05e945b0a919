"""Documents as Markdown and HTML: hostile texts stay texts, templates can do nothing but ask, mistakes are said in words."""

from __future__ import annotations

import base64
import io
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from faultkb import attached, corpus, moment, papers
from faultkb.finding import FaultError
from faultkb.papers import case, letterhead
from faultkb.render import paper as pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.papers import Filled, Paper
    from faultkb.vocabulary import Vocabulary

HOSTILE = (
    "{{ 7 * 7 }}{% for x in y %}",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "| a | b |",
    "`code` ```",
    "# heading",
    "- item",
    "1. item",
    "=1+1",
    "[link](javascript:alert(1))",
    "&lt;b&gt; &#49;",
    "*bold* _it_ ~~no~~",
)


ELEMENTS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "img",
        "b",
        "span",
        "i",
        "main",
        "h1",
        "h2",
        "h3",
        "h4",
    ),
    *(
        "p",
        "div",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "ol",
        "ul",
        "li",
        "pre",
        "code",
        "strong",
        "em",
        "hr",
        "mark",
    ),
}
"""What a page consists of."""


@pytest.fixture
def made(root: Path, tmp_path: Path, words: Vocabulary, write_text: Callable[..., str]) -> Callable[..., Paper]:
    """Return a function from events and header fields to a document of a ticket below ``tmp_path``."""

    def build(*events: Any, kind: str = "归档", **fields: Any) -> Paper:
        path = "tickets/2026/11/SW-20261102-001.md"
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(write_text(*events, **fields), encoding="utf-8")
        (tmp_path / letterhead.FOLDER).mkdir(parents=True, exist_ok=True)
        (tmp_path / letterhead.FOLDER / "logo.png").write_bytes((root / letterhead.FOLDER / "logo.png").read_bytes())
        one = corpus.load(tmp_path, path, words).ticket
        assert one is not None
        return papers.build(tmp_path, case.of(tmp_path, one, words, moment.parse("2026-11-20 17:00")), kind)

    return build


@pytest.fixture
def fill(tmp_path: Path, words: Vocabulary) -> Callable[..., Filled]:
    """Return a function that fills a template's text; as a page with ``page``."""

    def write(paper: Paper, text: str, folder: str = "", *, page: bool = False) -> Filled:
        template = tmp_path / "模板.md"
        template.write_text(text, encoding="utf-8")
        limits = attached.limits(words)
        if page:
            return pages.html(paper, template, tmp_path, limits)
        return pages.markdown(paper, template, tmp_path, limits, folder)

    return write


def shown(markdown: bytes) -> list[str]:
    """Return the texts that a GFM reader shows, and the names of the elements other than paragraphs."""
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(markdown.decode())
    return [token.type for token in tokens if token.nesting >= 0 and token.type not in {"paragraph_open", "inline"}]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_is_only_text(made: Callable[..., Paper], fill: Callable[..., Filled], text: str) -> None:
    """Whatever a title holds, at the beginning of a line and in a cell: it is shown as it is, and is nothing else."""
    title = "'" + text.replace("'", "''") + "'"
    paper = made("登记", title=title)
    alone = fill(paper, "{{ 问题标题 }}\n").data
    assert shown(alone) == []
    html = MarkdownIt("gfm-like", {"linkify": False}).render(alone.decode())
    assert re.sub(r"</?p>|\u200b", "", html).strip() == (
        text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    )
    cells = fill(paper, "| a | b |\n|---|---|\n| {{ 问题标题 }} | {{ 严重程度 }} |\n").data
    assert shown(cells).count("td_open") == 2


def test_page_of_hostile_texts(made: Callable[..., Paper], fill: Callable[..., Filled], root: Path) -> None:
    """A page has no script, no element and no address from a ticket; nothing but its own style is allowed."""
    body = "## 故障描述\n\n### 现象\n\n" + "\n\n".join(HOSTILE) + "\n\n![x](https://evil.example/x.png)\n"
    title = "'" + HOSTILE[1] + "'"
    events = [{"at": "2026-11-02 09:00", "event": "登记", "by": "ZL001"}]
    events += [{"at": "2026-11-02 10:00", "event": "反馈", "by": "ZL001", "note": text} for text in HOSTILE]
    paper = made(*events, title=title, body=body)
    text = (root / letterhead.FOLDER / "归档.md").read_text(encoding="utf-8")
    page = fill(paper, text, page=True).data.decode()
    assert "<script" not in page
    assert "<img src=x" not in page
    assert "evil.example" not in page
    assert "javascript:" not in re.sub(r"<td[^>]*>.*?</td>|<p>.*?</p>", "", page, flags=re.DOTALL)
    assert "49" not in re.findall(r"<h1>.*?</h1>", page)[0]
    assert "{{ 7 * 7 }}{% for x in y %}" in re.sub(r"</?span>", "", page)
    policy = re.search(r'content="(default-src[^"]*)"', page)
    assert policy
    assert "default-src 'none'; style-src 'sha256-" in policy[1]
    assert set(re.findall(r"<(\w+)", page)) <= ELEMENTS


def test_unknown_names_are_told_and_stand_in_the_document(
    made: Callable[..., Paper], fill: Callable[..., Filled]
) -> None:
    """A misspelt placeholder, table or cell is named once, and the rest of the document is there."""
    text = (
        "{{ 问题编号 }} {{ 编号呢 }} {% for 行 in 经历 %}x{% endfor %}\n{% for 行 in 经过 %}{{ 行.事由 }}{% endfor %}"
    )
    filled = fill(made("登记"), text)
    assert filled.unknown == ("编号呢", "经历", "事由")
    assert filled.data.decode().startswith("SW-20261102-001 〔不认识：编号呢〕")
    assert filled.used == {"问题编号", "编号呢", "经历", "经过"}


def test_braces_of_an_input_method(made: Callable[..., Paper], fill: Callable[..., Filled]) -> None:
    """As in Word, braces of full width are braces; other such signs, and single braces around other words, stay what they are."""
    text = "｛｛ 问题编号 ｝｝{｛问题编号}｝ {％ if 问题编号 ％}50％｛a｝{b}｛％ endif %｝\n"
    assert fill(made("登记"), text).data.decode() == "SW-20261102-001SW-20261102-001 50％｛a｝{b}\n"


def test_a_row_stands_for_all_rows(made: Callable[..., Paper], fill: Callable[..., Filled]) -> None:
    """As in Word, a line with cells of a table is repeated; a loop written out does the same; a choice can be boxes."""
    paper = made("2026-11-02 09:00 登记", "2026-11-02 10:00 反馈")
    short = "| a | b |\n|---|---|\n| {{ 经过.时间 }} | {{经过.事件}} |\n\n{{ 严重程度 | 勾选('高', '中') }}\n"
    long = short.replace("| {{ 经过.时间 }}", "{% for 行 in 经过 %}\n| {{ 经过.时间 }}").replace(
        "{{经过.事件}} |", "{{经过.事件}} |\n{% endfor %}"
    )
    expected = "| a | b |\n|---|---|\n| 2026-11-02 09:00 | 登记 |\n| 2026-11-02 10:00 | 反馈 |\n\n☐高 ☑中\n"
    assert fill(paper, short).data.decode() == expected
    assert fill(paper, long.replace("经过.", "行.")).data.decode() == expected
    assert fill(paper, short).used == {"经过", "严重程度"}


@pytest.mark.parametrize(
    "text",
    [
        "{{ 问题编号 }",
        "{问题编号}",
        "{ 经过.时间 }",
        "{% if 问题编号 %}{% else %}{{ 编号呢 }}{% endif %}",
        "{% for 行 in 经过 %}",
        "{{ }}",
        "{{ 问题编号.__class__.__mro__ }}",
        "{{ 问题编号 + 1 }}",
        "{% include 'x' %}",
        "{{ 行.时间 }}",
        "{{ ''.join(range(999999999)) }}",
        "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}",
        "{{ 'x' * 2000000000 }}",
        "{{ 9**9**9 }}",
        "{{ lipsum(n=100000) }}",
        "{{ '%999999999d'|format(1) }}",
        "{{ 'x'|center(2000000000) }}",
        "{% set x = 'a' * 100000000 %}{{ x * 20 }}",
        "{{ 问题标题|batch(1000000000)|list }}",
        "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
        "{% for a in 经过 if a %}{{ a }}{% endfor %}",
        "{% for a in 经过 recursive %}{{ loop(a) }}{% endfor %}",
        "{% for a in 经过 %}{% for b in 经过 %}{% for c in 经过 %}x{% endfor %}{% endfor %}{% endfor %}",
        "{% if 问题编号 %}" * 150 + "{% endif %}" * 150,
        "{{ " + "(" * 5000 + "问题编号" + ")" * 5000 + " }}",
    ],
)
def test_a_wrong_template_is_refused_in_words(
    made: Callable[..., Paper], fill: Callable[..., Filled], text: str
) -> None:
    """A template that is written wrongly, or wants more than values, is refused or names what it does not know; no traceback."""
    try:
        filled = fill(made("登记"), text)
    except FaultError as error:
        assert "模板 模板.md" in str(error)  # noqa: PT017 - either is fine
    else:
        assert filled.unknown


def test_template_that_is_no_text(made: Callable[..., Paper], tmp_path: Path, words: Vocabulary) -> None:
    """A template in another encoding, or none, is named."""
    place, paper = tmp_path / "x.md", made("登记")
    with pytest.raises(FaultError, match=r"读不了模板 x\.md"):
        pages.markdown(paper, place, tmp_path, attached.limits(words), "")
    place.write_bytes("问题".encode("gb18030"))
    with pytest.raises(FaultError, match=r"x\.md 不是 UTF-8"):
        pages.markdown(paper, place, tmp_path, attached.limits(words), "")


def test_headings_of_sections_stand_below_those_of_the_document(
    made: Callable[..., Paper], fill: Callable[..., Filled]
) -> None:
    """A heading in a section is deeper than every heading of a template."""
    body = "## 原因分析\n\n### 第一轮\n\n螺丝松。\n\n#### 细节\n\n无\n"
    text = fill(made("登记", body=body), "# 标题\n\n## 原因\n\n{{ 原因分析 }}\n").data.decode()
    assert text == "# 标题\n\n## 原因\n\n#### 第一轮\n\n螺丝松。\n\n#### 细节\n\n无\n"


def picture(size: tuple[int, int] = (8, 8)) -> bytes:
    """Return a PNG with a comment in it."""
    info, out = PngInfo(), io.BytesIO()
    info.add_text("Comment", "secret-in-picture")
    Image.new("RGB", size, "red").save(out, "PNG", pnginfo=info)
    return out.getvalue()


def test_pictures(made: Callable[..., Paper], fill: Callable[..., Filled], tmp_path: Path) -> None:
    """Markdown links to the picture from where it is written; a page holds it, redrawn; what is none stays a name."""
    folder = tmp_path / "tickets/2026/11/SW-20261102-001"
    folder.mkdir(parents=True)
    (folder / "灯 1.png").write_bytes(picture())
    (folder / "b.png").write_bytes(b"no picture")
    own = "SW-20261102-001"
    body = f"## 原因分析\n\n![红灯](<{own}/灯 1.png>)\n\n![坏](<{own}/b.png>)\n\n![外](../../x.png)\n"
    paper = made("登记", body=body)
    text = fill(paper, "{{ 原因分析 }}\n", "../t/").data.decode()
    assert "![红灯](<../t/SW-20261102-001/%E7%81%AF%201.png>)" in text
    assert "（图：坏）" in text
    said = fill(paper, "{{ 原因分析 }}\n").remarks
    assert [one.partition("：")[0] for one in said] == [
        f"图片“{own}/b.png”没有放进文件",
        "图片“../../x.png”没有放进文件",
    ]
    assert fill(paper, "{{ 原因分析 }}\n", page=True).remarks == said
    assert fill(paper, "{{ 问题编号 }}\n").remarks == ()
    assert "（图：外）" in text
    page = fill(paper, "{{ 原因分析 }}\n", page=True).data.decode()
    logo, embedded = re.findall(r'src="data:image/png;base64,([^"]+)"', page)
    assert b"secret-in-picture" not in base64.b64decode(embedded)
    assert Image.open(io.BytesIO(base64.b64decode(embedded))).size == (8, 8)
    assert len(base64.b64decode(logo)) > 1000


def test_large_table_is_quick(made: Callable[..., Paper], fill: Callable[..., Filled], patience: float) -> None:
    """A thousand events with a hundred characters each are a matter of seconds."""
    events = [{"at": "2026-11-02 09:00", "event": "登记", "by": "ZL001"}]
    events += [{"at": "2026-11-02 10:00", "event": "反馈", "by": "ZL001", "note": f"{n}|`" * 25} for n in range(1000)]
    paper = made(*events)
    start = time.perf_counter()
    text = "| a | b |\n|---|---|\n{% for 行 in 经过 %}\n| {{ 行.时间 }} | {{ 行.内容 }} |\n{% endfor %}\n"
    page = fill(paper, text, page=True).data.decode()
    assert page.count("<tr>") == 1002
    assert time.perf_counter() - start < 20 * patience


def test_every_template_of_this_repository_is_whole(made: Callable[..., Paper], root: Path, words: Vocabulary) -> None:
    """Each kind has a template that knows every name it asks for, and shows number, title and signatures."""
    for kind in papers.kinds(words):
        paper = made("登记", kind=kind)
        filled = pages.markdown(paper, root / letterhead.FOLDER / f"{kind}.md", root, attached.limits(words), "")
        assert filled.unknown == (), kind
        assert {"文件标题", "文件编号", "问题编号", "问题标题", "签字"} <= filled.used, kind
        tables = [line.count("|") for line in filled.data.decode().splitlines() if line.startswith("|")]
        assert tables, kind


def test_facts_have_no_head(made: Callable[..., Paper], fill: Callable[..., Filled]) -> None:
    """A table of 项目 and 内容 says what it is by its first column; its head is not shown."""
    page = fill(made("登记"), "| 项目 | 内容 |\n| --- | --- |\n| 编号 | {{ 问题编号 }} |\n", page=True).data.decode()
    assert '<table class="facts"><thead hidden>' in page


def test_what_is_lacking_is_seen(made: Callable[..., Paper], fill: Callable[..., Filled]) -> None:
    """待补充 is marked on the page, in a paragraph and in a cell; the same word among others is not."""
    text = "{{ 举一反三 }}\n\n| a |\n|---|\n| {{ 主责人 }} |\n| 待补充的人 |\n"
    page = fill(made("登记"), text, page=True).data.decode()
    assert "<p><mark>待补充</mark></p>" in page
    assert page.count("<mark>") == 2
    assert "待补充的人" in page
