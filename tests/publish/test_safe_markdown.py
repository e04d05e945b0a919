"""Hostile Markdown can do nothing on the site, and ordinary Markdown looks as its author expects.

Every text goes the whole way: `render`, then Python-Markdown with exactly the extensions of mkdocs.yml, then an HTML
parser. What the words of a text are is asked of a CommonMark parser.
"""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pygments.token import STANDARD_TYPES

from faultkb import corpus, syntax
from faultkb.safe_markdown import escape, plain, render

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from markdown_it.token import Token

    from faultkb.vocabulary import Vocabulary

COMMONMARK = MarkdownIt("commonmark", {"html": False, "maxNesting": 1000}).enable(["table", "strikethrough"])
INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
"""Control and direction characters: dropped before anything else looks at a text."""

ALLOWED = {
    **{
        tag: set()
        for tag in [
            "p",
            "ul",
            "li",
            "blockquote",
            "pre",
            "code",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "strong",
            "em",
            "br",
            "hr",
        ]
    },
    "ol": {"start"},
    "h4": {"id"},
    "a": {"href", "class", "title"},
    "div": {"class"},
    "span": {"class"},
}
"""Every element that a ticket can bring forth, and its attributes."""
CLASSES = {"highlight", "headerlink", *STANDARD_TYPES.values()}

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "script-block": "\n<script>\nalert(1)\n</script>\n",
    "script-upper": "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "image-onerror": "<img src=x onerror=alert(1)>",
    "svg-onload": "<svg/onload=alert(1)>",
    "iframe": '<iframe src="https://evil.example"></iframe>',
    "unclosed": "<img src=x onerror=alert(1) x=",
    "style": "<style>*{background:url(//evil.example)}</style>",
    "div-markdown": '<div markdown="1" onclick="alert(1)">\n\n**x**\n\n</div>',
    "details": "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "comment": "a <!-- <script>alert(1)</script> --> b",
    "comment-open": "a <!-- b",
    "cdata": "<![CDATA[<script>alert(1)</script>]]>",
    "instruction": "<?php alert(1) ?>",
    "declaration": "<!DOCTYPE html><x>",
    "html-in-list": "- <b onclick=alert(1)>x</b>\n  <script>alert(1)</script>",
    "html-in-table": "| a | b |\n|---|---|\n| <img src=x onerror=alert(1)> | <script>1</script> |",
    "html-in-quote": "> <script>alert(1)</script>",
    "html-in-heading": "# <img src=x onerror=alert(1)>",
    "entity-html": "&lt;script&gt;alert(1)&lt;/script&gt; &#60;img src=x onerror=alert(1)&#62;",
    "entity-double": "&amp;lt;script&amp;gt;alert(1)",
    "attributes": "text\n{: onclick=alert(1) .x #y }",
    "attributes-inline": "*text*{: onclick=alert(1) }",
    "attributes-heading": "# head {: onmouseover=alert(1) }",
    "attributes-heading-short": "# head {#x onclick=alert(1)}",
    "attributes-list": "- a {: onclick=alert(1) }",
    "attributes-fence": "``` {.python onclick=alert(1)}\nx\n```",
    "attributes-fence-brace": "```python {onclick=alert(1)}\nx\n```",
    "fence-options": '```python title="<script>alert(1)</script>" linenums="1" hl_lines="1"\nx\n```',
    "snippet": '--8<-- "schema/teams.yaml"',
    "snippet-block": "--8<--\nschema/teams.yaml\n--8<--",
    "snippet-cut": ';--8<-- "x"',
    "admonition": '!!! danger "<script>alert(1)</script>"\n    x',
    "admonition-collapsed": '??? note "x"\n    x',
    "tabs": '=== "A"\n    x\n=== "B"\n    y',
    "block-extension": "/// note | x\n    attrs: {onclick: alert(1)}\ny\n///",
    "jinja": "{{ config.site_name }} {% include 'x' %} {# c #}",
    "jinja-eval": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "javascript": "[x](javascript:alert(1))",
    "javascript-case": "[x](JaVaScRiPt:alert(1))",
    "javascript-entity": "[x](javascript&#58;alert(1))",
    "javascript-colon": "[x](javascript&colon;alert(1))",
    "javascript-tab": "[x](java\tscript:alert(1))",
    "javascript-angle": "[x](<javascript:alert(1)>)",
    "javascript-escaped": "[x](javascript\\:alert(1))",
    "javascript-autolink": "<javascript:alert(1)>",
    "javascript-reference": "[x]\n\n[x]: javascript:alert(1)",
    "javascript-reference-long": "[x][y]\n\n[y]: <javascript:alert(1)> 'title'",
    "vbscript": "[x](vbscript:msgbox(1))",
    "data-link": "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)",
    "data-image": "![x](data:image/svg+xml;base64,PHN2Zy8+)",
    "file-link": "[x](file:///etc/passwd)",
    "relative-link": "[x](../../../schema/teams.yaml)",
    "protocol-relative": "[x](//evil.example/a)",
    "absolute-path": "[x](/etc/passwd)",
    "mailto": "<someone@example.com> [x](mailto:someone@example.com)",
    "foreign-image": "![x](https://evil.example/pixel.png)",
    "foreign-image-reference": "![x][y]\n\n[y]: https://evil.example/pixel.png",
    "image-in-link": "[![x](https://evil.example/p.png)](https://evil.example)",
    "image-after-exclamation": "look\\![x](https://evil.example/pixel.png)",
    "image-after-entity": "look&#33;[x](https://evil.example/pixel.png)",
    "image-after-code": "`!`[x](https://evil.example/pixel.png)",
    "image-after-emphasis": "*!*[x](https://evil.example/pixel.png) **look!**[x](https://evil.example/p.png)",
    "image-exclamation-at-line-end": "look\\!\n[x](https://evil.example/pixel.png)",
    "image-title": '![x](x.png "\\" onerror=alert(1)")',
    "image-alt": '![" onerror=alert(1) x="](x.png)',
    "link-quotes": '[x](https://e.example/"onclick="alert(1))',
    "link-quotes-angle": '[x](<https://e.example/" onclick="alert(1)>)',
    "link-apostrophe": "[x](https://e.example/'onclick='alert(1))",
    "link-parentheses": "[x](https://e.example/a(b)c)",
    "link-title": '[x](https://e.example "\\" onclick=alert(1) \\"")',
    "link-newline": "[x](<https://e.example/\n onclick=alert(1)>)",
    "link-userinfo": "[x](https://www.example@evil.example/)",
    "link-backslash": "[x](https:\\\\evil.example)",
    "link-label": "[<script>alert(1)</script>](https://e.example)",
    "link-in-link": "[<https://e.example/a>](https://e.example/b)",
    "autolink": "<https://e.example/<script>>",
    "autolink-quotes": '<https://e.example/"onclick=alert(1)>',
    "wiki-link": "[[schema]] [[x|y]]",
    "footnote": "a[^1]\n\n[^1]: <script>alert(1)</script>",
    "footnote-inline": "a^[<b>x</b>]",
    "abbreviation": '*[HTML]: "><script>alert(1)</script>\n\nHTML',
    "definition-list": "term\n:   <script>alert(1)</script>",
    "task-list": "- [x] done\n- [ ] open",
    "fence-nested": "````\n```html\n<script>alert(1)</script>\n```\n````",
    "fence-mixed": "~~~\n```\n<script>alert(1)</script>\n~~~",
    "fence-unclosed": "```\n<script>alert(1)</script>",
    "fence-shorter-inside": "~~~~\n~~~\n<b>\n~~~~",
    "fence-in-list": "- a\n\n  ```html\n  <script>alert(1)</script>\n  ```",
    "fence-opens-list": "- ```html\n  <script>alert(1)</script>\n  ```",
    "fence-in-quote": "> ```html\n> <script>alert(1)</script>\n> ```",
    "fence-in-quote-in-list": "- > ```\n  > <script>alert(1)</script>\n  > ```",
    "fence-language": '```"><script>alert(1)</script>\nx\n```',
    "mermaid": '```mermaid\ngraph TD; A-->B; click A "javascript:alert(1)"\n```',
    "mermaid-case": "```Mermaid\ngraph TD; A-->B\n```",
    "math": "$$\\href{javascript:alert(1)}{x}$$ \\(x\\) $x$",
    "code-span": "`<script>alert(1)</script>` ``a`<b>`` `{: onclick=alert(1) }`",
    "code-span-unclosed": "`<img src=x onerror=alert(1)>",
    "code-span-shebang": "`#!python import os`",
    "code-span-indented": "`    <script>alert(1)</script>`",
    "indented-code": "    <script>alert(1)</script>",
    "tab-code": "\t<script>alert(1)</script>",
    "setext": "<script>alert(1)</script>\n===",
    "setext-two": "x\n---\ny",
    "headings": "# one\n## two\n### three\n#### four\n##### five\n###### six",
    "front-matter": "---\ntitle: <script>alert(1)</script>\nhide: [toc]\n---\ntext",
    "meta-data": "title: x\ntemplate: ../../x.html\n\ntext",
    "toc": "[TOC]\n\n# a",
    "emoji": ":smile: :material-alert:",
    "keys-critic": "++ctrl+alt++ {++ins++} {--del--} {>>note<<} ==mark== ~sub~ ^sup^",
    "empty-items": "*\n*\n",
    "empty-item": "- \n- b",
    "deep-quote": "> " * 40 + "deep",
    "deep-list": "- " * 30 + "deep",
    "deep-emphasis": "*" * 60 + "deep" + "*" * 60,
    "link-indented": "[    : x]()",
    "code-span-blank": "`\u2028`\t) x",
    "item-opens-with-break": "- \n- \\\n[x",
    "emphasis-tangled": "*a *=***/* **b **c***d*** _e __f_ g__",
    "definition-like-link": "[a\\]: b](https://e.example/x)",
    "deep-strong": "*" * 6000 + "deep" + "*" * 6000,
    "deep-images": "![" * 80 + "deep" + "](x)" * 80,
    "deep-brackets": "[" * 200 + "deep" + "](https://e.example)" * 3,
    "nul-and-controls": "a\x00b\x08c\x1bd\x7f<\x00script>alert(1)</script>",
    "stash-placeholder": "\x02wzxhzdk:0\x03 \x02klzzwxh:0000\x03 \x02amp\x03",
    "line-separators": "a\u2028<script>\u2029\x0b\x0c\x85b",
    "carriage-returns": "- a\r\n- <b>\r\n\r\n```\r\nx\r\n```\r\n",
    "wide-spaces": "\u3000\u3000# x\n\u00a0\u00a0\u00a0\u00a0<b>",
    "direction": "a\u202e<script>\u2066b",
    "byte-order-mark": "\ufeff# x",
}


@pytest.fixture(scope="module")
def published(to_html: Callable[[str], str]) -> Callable[[str], str]:
    """Return the function from a ticket's Markdown to the HTML of the site."""
    return lambda text: to_html(render(text))


def dangers(page: Any) -> list[str]:
    """Name everything in a page that is not on the list of what a ticket may bring forth."""
    found = list(page.oddities)
    for tag, attributes in page.tags:
        if tag not in ALLOWED:
            found.append(f"<{tag}>")
            continue
        found += [f"<{tag} {name}>" for name in attributes if name not in ALLOWED[tag]]
        found += [f"class {name}" for name in attributes.get("class", "").split() if name not in CLASSES]
        if tag == "a":
            found += _wrong_link(attributes)
        if not re.fullmatch(r"[\w-]*", attributes.get("id", "")):
            found.append(f"id {attributes['id']}")
    return found


def _wrong_link(attributes: dict[str, str]) -> list[str]:
    target = attributes.get("href", "")
    if attributes.get("class") == "headerlink":
        return [] if re.fullmatch(r"#[\w-]+", target) else [f"heading link {target}"]
    allowed = urlsplit(target).scheme in {"http", "https"} and "title" not in attributes and "class" not in attributes
    return [] if allowed else [f"link {target}"]


def words_of(text: str) -> str:
    """Return the letters and digits of a text, in order."""
    return "".join(char for char in text if char.isalnum())


def words_in(tokens: Iterable[Token] | None) -> str:
    """Return the letters and digits that CommonMark shows; an image is named, not shown."""
    shown = ""
    for token in tokens or ():
        if token.type == "image":
            shown += "图" + (words_in(token.children) or ("" if token.content else "无说明"))
        elif token.type == "inline":
            shown += words_in(token.children)
        elif not token.hidden:
            shown += words_of(token.content)
    return shown


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_brings_forth_only_what_is_allowed(
    text: str, published: Callable[[str], str], read_html: Callable[[str], Any]
) -> None:
    """No element, attribute or link outside the allow-list comes from a ticket, whatever it says."""
    assert dangers(read_html(published(text))) == []


@pytest.mark.parametrize(
    "text",
    [text for name, text in HOSTILE.items() if not name.startswith("comment")],
    ids=lambda text: ascii(text[:30]),
)
def test_hostile_text_keeps_its_words(
    text: str, published: Callable[[str], str], read_html: Callable[[str], Any]
) -> None:
    """What a CommonMark parser shows of a text, the site shows too, no more and no less."""
    assert words_of(read_html(published(text)).text) == words_in(
        COMMONMARK.parse(INVISIBLE.sub("", text.replace("\r\n", "\n")))
    )


@pytest.mark.parametrize(
    "text",
    [
        "before <!-- hidden --> after",
        "before\n\n<!-- hidden -->\n\nafter",
        "before\n\n<!--\nhidden\n\n- hidden\n-->\n\nafter",
        "- before <!-- hidden -->\n- after",
    ],
)
def test_comments_do_not_exist_for_the_site(text: str, published: Callable[[str], str]) -> None:
    """DESIGN §7: comments in the Markdown of a ticket are not published, and what stands around them is."""
    assert "hidden" not in render(text)
    html = published(text)
    assert "before" in html
    assert "after" in html


def test_comment_inside_code_is_code(published: Callable[[str], str]) -> None:
    """A log that happens to hold a comment is shown whole."""
    assert "&lt;!-- kept --&gt;" in published("```\n<!-- kept -->\n```")


FRAGMENTS = [
    *(
        "a",
        "b1",
        "中文",
        "，",
        " ",
        "  ",
        "    ",
        "\n",
        "\n\n",
        "\t",
        "\\",
        "\r\n",
        "\x00",
        "\u2028",
        "\u00a0",
        "\u3000",
        "!",
        "\\!",
    ),
    *(
        "- ",
        "* ",
        "+ ",
        "1. ",
        "12) ",
        "> ",
        "#",
        "## ",
        "```",
        "~~~",
        "`",
        "``",
        "*",
        "**",
        "_",
        "__",
        "~~",
        "---",
        "===",
        "***",
    ),
    *(
        "[",
        "]",
        "(",
        ")",
        "](",
        "![",
        "](http://x.example)",
        "](javascript:x)",
        "<https://x.example>",
        "[^1]",
        "[^1]: ",
        "*[ab]: ",
        "[x]: http://x.example\n",
    ),
    *(
        "<b>",
        "</div>",
        '<div markdown="1">',
        "<script>",
        "<img src=x onerror=y>",
        "-->",
        "&lt;",
        "&#60;",
        "&#33;",
        "{: #x onclick=a }",
        "{#i}",
        "{{x}}",
        "{% y %}",
    ),
    *(
        "--8<--",
        "!!! note",
        "??? q",
        "=== ",
        "    :",
        ": ",
        "|",
        "| a | b |\n|---|---|\n",
        "$x$",
        "^^",
        "==",
        "++",
        "/// note",
        "///",
        "mermaid",
        "title:",
        "--- \n",
    ),
]
MARKDOWN = st.one_of(
    st.text(max_size=80), st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=4)), max_size=16).map("".join)
)


@settings(deadline=None, max_examples=500)
@given(text=MARKDOWN)
def test_any_text_brings_forth_only_what_is_allowed(
    text: str, published: Callable[[str], str], read_html: Callable[[str], Any]
) -> None:
    """There is no text from which an element, attribute or link outside the allow-list comes."""
    assert dangers(read_html(published(text))) == []


# The same texts every time: what Python-Markdown makes of the oddest tangles of emphasis is not for us to promise.
@settings(deadline=None, max_examples=500, derandomize=True)
@given(text=MARKDOWN.filter(lambda text: "<!--" not in text))
def test_any_text_keeps_its_words(text: str, published: Callable[[str], str], read_html: Callable[[str], Any]) -> None:
    """Letters, digits and Chinese characters that CommonMark shows are all on the site, in order."""
    assert words_of(read_html(published(text)).text) == words_in(
        COMMONMARK.parse(INVISIBLE.sub("", text.replace("\r\n", "\n")))
    )


PLACES = {
    "paragraph": "{}",
    "heading": "# {}",
    "list": "- {}",
    "table": "| x |\n| --- |\n| {} |",
    "link": "[{}](x.md)",
    "admonition": '!!! info "x"\n\n    {}',
}


@settings(deadline=None, max_examples=300)
@example(text="]: x", place="link")
@given(
    text=st.one_of(st.text(max_size=60), st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join)),
    place=st.sampled_from(sorted(PLACES)),
)
def test_escaped_line_is_only_text(
    text: str, place: str, to_html: Callable[[str], str], read_html: Callable[[str], Any]
) -> None:
    """`escape` makes any one-line text mere text wherever a page puts it: its words stay, its place stays what it is."""
    line = " ".join(text.split())
    page = read_html(to_html(PLACES[place].format("x" + escape(line))))
    assert words_of(page.text).replace("x", "") == words_of(INVISIBLE.sub("", line)).replace("x", "")
    # The same tags and attributes as around a harmless word (but for the id of a heading, made from its text).
    harmless = read_html(to_html(PLACES[place].format("xword")))
    assert [(tag, attributes.keys()) for tag, attributes in page.tags] == [
        (tag, attributes.keys()) for tag, attributes in harmless.tags
    ]


class Skeleton(HTMLParser):
    """HTML without what is only dressing: highlighting, permalinks, ids, the <p> of a loose list item, blank space."""

    def __init__(self) -> None:
        """Prepare the parser."""
        super().__init__()
        self.out = ""
        self.open: list[str] = []
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Print a tag with the attributes that matter."""
        given = dict(attrs)
        self.silent = self.silent or given.get("class") == "headerlink"
        if tag not in {"br", "hr", "img"}:
            self.open.append(tag)
        if self._is_dressing(tag) or self.silent:
            return
        kept = "".join(f' {name}="{given[name]}"' for name in ("href", "start") if name in given)
        self.out = (self.out.rstrip("\n ") if tag not in {"a", "code", "em", "strong"} else self.out) + f"<{tag}{kept}>"

    def handle_endtag(self, tag: str) -> None:
        """Print the end of a tag."""
        if tag in self.open:
            if not self._is_dressing(tag) and not self.silent:
                self.out = (
                    self.out.rstrip("\n ")
                    if tag not in {"a", "code", "em", "strong"} or "pre" in self.open
                    else self.out
                ) + f"</{tag}>"
            while self.open.pop() != tag:
                pass
        self.silent = self.silent and tag != "a"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Print an empty tag."""
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        """Print text; blank space between blocks does not matter."""
        if not self.silent:
            data = data.replace("\u200b", "")
            self.out += data if "pre" in self.open or not self.out.endswith(">") else data.lstrip("\n")

    def _is_dressing(self, tag: str) -> bool:
        return tag in {"span", "div"} or (tag == "p" and "li" in self.open) or (tag == "code" and "pre" in self.open)


def skeleton(html: str) -> str:
    """Return the structure and text of an HTML fragment."""
    reader = Skeleton()
    reader.feed(html)
    reader.close()
    return reader.out.strip()


ORDINARY = {
    "paragraphs": ("第一段，\n接着写。\n\n第二段。", "<p>第一段，\n接着写。</p><p>第二段。</p>"),
    "emphasis": (
        "**粗**、*斜*、***粗斜***、__粗__、_斜_",
        "<p><strong>粗</strong>、<em>斜</em>、<strong><em>粗斜</em></strong>、<strong>粗</strong>、<em>斜</em></p>",
    ),
    "underscores": ("看 reset_reason=WDT 与 snake_case_name", "<p>看 reset_reason=WDT 与 snake_case_name</p>"),
    "inline-code": (
        "执行 `maint --now`，返回 `E-1042`",
        "<p>执行 <code>maint --now</code>，返回 <code>E-1042</code></p>",
    ),
    "inline-code-markup": ("`*a*` `<b>` `[x](y)`", "<p><code>*a*</code> <code><b></code> <code>[x](y)</code></p>"),
    "link": (
        "见[说明](https://example.com/a_b?x=1&y=2#z)",
        '<p>见<a href="https://example.com/a_b?x=1&y=2#z">说明</a></p>',
    ),
    "autolink": ("<https://example.com/a>", '<p><a href="https://example.com/a">https://example.com/a</a></p>'),
    "link-chinese": ("[搜](https://example.com/?q=中)", '<p><a href="https://example.com/?q=%E4%B8%AD">搜</a></p>'),
    "quote": (
        "> 引文\n> 第二行\n>\n> > 里面",
        "<blockquote><p>引文\n第二行</p><blockquote><p>里面</p></blockquote></blockquote>",
    ),
    "bullets": ("- 甲\n- 乙\n- 丙", "<ul><li>甲</li><li>乙</li><li>丙</li></ul>"),
    "bullets-after-text": ("三种：\n- 甲\n- 乙", "<p>三种：</p><ul><li>甲</li><li>乙</li></ul>"),
    "numbers": ("1. 甲\n2. 乙", "<ol><li>甲</li><li>乙</li></ol>"),
    "numbers-alike": ("1. 甲\n1. 乙", "<ol><li>甲</li><li>乙</li></ol>"),
    "numbers-from-four": ("4. 丁\n5. 戊", '<ol start="4"><li>丁</li><li>戊</li></ol>'),
    "numbers-wide": ("9. 甲\n10. 乙\n    - 子", '<ol start="9"><li>甲</li><li>乙<ul><li>子</li></ul></li></ol>'),
    "year-first": ("2026. 这一年", '<ol start="2026"><li>这一年</li></ol>'),
    "nested-3": (
        "- 甲\n  - 乙\n    - 丙\n  - 丁\n- 戊",
        "<ul><li>甲<ul><li>乙<ul><li>丙</li></ul></li><li>丁</li></ul></li><li>戊</li></ul>",
    ),
    "nested-mixed": (
        "1. 甲\n   - 乙\n     1. 丙\n     2. 丁\n2. 戊",
        "<ol><li>甲<ul><li>乙<ol><li>丙</li><li>丁</li></ol></li></ul></li><li>戊</li></ol>",
    ),
    "two-kinds-in-a-row": ("- 甲\n\n1. 乙", "<ul><li>甲</li></ul><ol><li>乙</li></ol>"),
    "item-with-paragraph": ("- 甲\n\n  第二段\n- 乙", "<ul><li>甲\n第二段</li><li>乙</li></ul>"),
    "item-with-code": (
        "1. 运行：\n\n   ```\n   maint --now\n     缩进\n   ```\n2. 再看",
        "<ol><li>运行：<pre>maint --now\n  缩进</pre></li><li>再看</li></ol>",
    ),
    "item-that-is-code": ("- ```\n  reset\n  ```\n- 乙", "<ul><li><pre>reset</pre></li><li>乙</li></ul>"),
    "item-with-table": (
        "- 甲\n\n  | x | y |\n  |---|---|\n  | 1 | 2 |",
        "<ul><li>甲<table><thead><tr><th>x</th><th>y</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table></li></ul>",
    ),
    "item-with-quote": ("- 甲\n  > 引\n- 乙", "<ul><li>甲<blockquote>引</blockquote></li><li>乙</li></ul>"),
    "table": (
        "| 项 | 值 |\n|:--|--:|\n| **温度** | 41 °C |\n| 命令 | `ps` |",
        (
            "<table><thead><tr><th>项</th><th>值</th></tr></thead><tbody>"
            "<tr><td><strong>温度</strong></td><td>41 °C</td></tr><tr><td>命令</td><td><code>ps</code></td></tr>"
            "</tbody></table>"
        ),
    ),
    "table-escaped-pipe": (
        "| a |\n|---|\n| x \\| y |",
        "<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>x | y</td></tr></tbody></table>",
    ),
    "table-no-borders": (
        "a | b\n--|--\n1 | 2",
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
    ),
    "fence": (
        "```\n11-02 03:10 boot[1]: a < b && c\n\n  --- # x\n```",
        "<pre>11-02 03:10 boot[1]: a < b && c\n\n  --- # x</pre>",
    ),
    "fence-language": ("```python\nprint('<b>')\n```", "<pre>print('<b>')</pre>"),
    "fence-json": ('```json\n{"code": "E-1042", "n": [1, 2]}\n```', '<pre>{"code": "E-1042", "n": [1, 2]}</pre>'),
    "fence-unknown-language": ("```qiyunlog\nx=1\n```", "<pre>x=1</pre>"),
    "fence-after-text": ("日志：\n```\nx\n```\n说明", "<p>日志：</p><pre>x</pre><p>说明</p>"),
    "indented": ("说明：\n\n    x = 1\n      y = 2", "<p>说明：</p><pre>x = 1\n  y = 2</pre>"),
    "hard-break": ("一行  \n下一行\\\n再下一行", "<p>一行<br>下一行<br>再下一行</p>"),
    "rule": ("上\n\n---\n\n下", "<p>上</p><hr><p>下</p>"),
    "heading-below-sections": ("#### 细节\n文字", "<h4>细节</h4><p>文字</p>"),
    "heading-too-high": ("# 大\n文字", "<h4>大</h4><p>文字</p>"),
    "image-named": ("![指示灯](SW-20261103-001/led.png)", "<p>（图：指示灯）</p>"),
    "attachment-named": ("见 [日志](SW-20261103-001/a.log)", "<p>见 日志</p>"),
    "strikethrough": ("~~删~~ 留", "<p>删 留</p>"),
    "special-characters": (
        "5 < 6 & 7 > 2，约 ~3 s，{a} $b^c #d @e C:\\x 100% a*b=c_d",
        "<p>5 < 6 & 7 > 2，约 ~3 s，{a} $b^c #d @e C:\\x 100% a*b=c_d</p>",
    ),
    "line-starts": (
        "+86 开头\n\n#1 号机\n\n-40 ℃\n\n=1\n\n:8080\n\n!注意",
        "<p>+86 开头</p><p>#1 号机</p><p>-40 ℃</p><p>=1</p><p>:8080</p><p>!注意</p>",
    ),
    "windows-lines": ("- 甲\r\n- 乙\r\n\r\n文", "<ul><li>甲</li><li>乙</li></ul><p>文</p>"),
    "empty": ("", ""),
}
"""Source, and its structure: as `skeleton` prints it, that is with text unescaped and list items without <p>."""


@pytest.mark.parametrize(("source", "expected"), ORDINARY.values(), ids=ORDINARY.keys())
def test_ordinary_markdown_looks_as_its_author_expects(
    source: str, expected: str, published: Callable[[str], str]
) -> None:
    """Lists, tables, code, emphasis, links and quotes come out as CommonMark says, in Python-Markdown too."""
    assert skeleton(published(source)) == expected


@pytest.mark.parametrize(("language", "token"), [("python", "k"), ("json", "nt"), ("yaml", "nt"), ("bash", "nv")])
def test_fences_with_a_language_are_highlighted(
    language: str, token: str, published: Callable[[str], str], read_html: Callable[[str], Any]
) -> None:
    """The language of a fence reaches the highlighter."""
    code = {"python": "def f(): pass", "json": '{"a": 1}', "yaml": "a: 1", "bash": "echo $HOME"}[language]
    page = read_html(published(f"```{language}\n{code}\n```"))
    assert ("span", {"class": token}) in page.tags


def as_published(html: str) -> str:
    """Turn CommonMark's own HTML into what the site promises: headings below the sections, files and images named."""
    html = re.sub(r"<(/?)h[1-6]>", r"<\1h4>", html)
    html = re.sub(r"</?s>", "", html)
    html = re.sub(r'<img src="[^"]*" alt="([^"]*)"[^>]*/>', r"（图：\1）", html)
    return re.sub(r'<a href="(?!https?://)[^"]*"[^>]*>(.*?)</a>', r"\1", html, flags=re.DOTALL)


def without_inline_code(html: str) -> str:
    """Drop <code> of code spans: those with characters on which parsers differ are published as text."""
    return re.sub(r"</?code>", "", html)


def test_sections_of_all_sample_tickets_look_as_commonmark_says(
    root: Path, words: Vocabulary, published: Callable[[str], str]
) -> None:
    """Each section of each ticket of this repository has the structure and the text that a CommonMark parser gives it."""
    texts = [text for one in corpus.tickets(root, words) for text in one.sections.values()]
    assert len(texts) > 400
    for text in texts:
        expected = skeleton(as_published(COMMONMARK.render(text.replace("\r\n", "\n"))))
        assert without_inline_code(skeleton(published(text))) == without_inline_code(expected)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(text=MARKDOWN)
def test_rendering_again_changes_nothing_visible(
    text: str, published: Callable[[str], str], read_html: Callable[[str], Any]
) -> None:
    """The canonical form is ordinary Markdown: a CommonMark parser reads the same words from it as Python-Markdown."""
    assert words_of(read_html(COMMONMARK.render(render(text))).text) == words_of(read_html(published(text)).text)


FILES = {"SW-20261103-001/a.png": "a.png", "SW-20261103-001/日 志.log": "日-志-1.log"}
SHOWN = {
    "picture": (
        '![灯 *慢* <b> "q" {: onclick=a }](SW-20261103-001/a.png "t")',
        ("img", {"alt": '灯 慢 <b> "q" {: onclick=a }', "src": "SW-20261103-001/a.png"}),
    ),
    "picture-without-words": (
        "![](./SW-20261103-001/a.png)",
        ("img", {"alt": "没有说明的图", "src": "SW-20261103-001/a.png"}),
    ),
    "picture-by-reference": (
        "![x][y]\n\n[y]: SW-20261103-001/a.png",
        ("img", {"alt": "x", "src": "SW-20261103-001/a.png"}),
    ),
    "picture-in-table": (
        "| a |\n|---|\n| ![x \\| y](SW-20261103-001/a.png) |",
        ("img", {"alt": "x | y", "src": "SW-20261103-001/a.png"}),
    ),
    "picture-after-exclamation": (
        "!![x](SW-20261103-001/a.png)",
        ("img", {"alt": "x", "src": "SW-20261103-001/a.png"}),
    ),
    "log-as-picture": (
        "![](<SW-20261103-001/日 志.log>)",
        ("a", {"href": "SW-20261103-001/%E6%97%A5-%E5%BF%97-1.log"}),
    ),
    "log-as-picture-in-link": (
        "[*![x](<SW-20261103-001/日 志.log>)*](https://e.example/)",
        ("a", {"href": "https://e.example/"}),
    ),
    "log": (
        "[x](<SW-20261103-001/日 志.log>)",
        ("a", {"href": "SW-20261103-001/%E6%97%A5-%E5%BF%97-1.log"}),
    ),
}


@pytest.mark.parametrize(("source", "tag"), SHOWN.values(), ids=SHOWN.keys())
def test_published_attachments_are_shown(
    source: str, tag: tuple[str, dict[str, str]], to_html: Callable[[str], str], read_html: Callable[[str], Any]
) -> None:
    """What is published is a picture with its words, or a link, at an address beside the page; the words carry no markup."""
    assert tag in read_html(to_html(render(source, FILES))).tags


@pytest.mark.parametrize(
    "source",
    [
        "![x](SW-20261103-001/b.png)",
        "![x](SW-20261103-001/../SW-20261103-001/a.png)",
        "![x](/SW-20261103-001/a.png)",
        "![x](SW-20261103-001/a.png?y)",
        "![x](SW-20261103-001/a.png#y)",
        "![x](https://e.example/SW-20261103-001/a.png)",
        "![x](//SW-20261103-001/a.png)",
        "![x](javascript:SW-20261103-001/a.png)",
        "![x](SW-20261103-002/a.png)",
        "`![x](SW-20261103-001/a.png)`",
        "\\![x]\\(SW-20261103-001/a.png)",
    ],
)
def test_nothing_but_published_attachments_is_shown(
    source: str, to_html: Callable[[str], str], read_html: Callable[[str], Any]
) -> None:
    """Every other address, however alike, is words."""
    assert dangers(read_html(to_html(render(source, FILES)))) == []


@settings(deadline=None, max_examples=300)
@given(
    text=st.lists(
        st.sampled_from([*FRAGMENTS, "](SW-20261103-001/a.png)", "![x](SW-20261103-001/a.png)", "{: onclick=a }"]),
        max_size=16,
    ).map("".join)
)
def test_any_text_around_a_picture_brings_forth_only_what_is_allowed(
    text: str, to_html: Callable[[str], str], read_html: Callable[[str], Any]
) -> None:
    """Beside a picture, too, no element, attribute or link appears that is not on the list; the picture has its two."""
    page = read_html(to_html(render(text, FILES)))
    beside = "SW-20261103-001/a.png"
    odd = [tag for tag in page.tags if tag[0] == "img" and (tag[1].keys() != {"alt", "src"} or tag[1]["src"] != beside)]
    assert odd == []
    page.tags = [tag for tag in page.tags if tag[0] != "img" and tag[1].get("href") != beside]
    assert dangers(page) == []


PLAIN = st.lists(
    st.sampled_from(
        [
            "a",
            "中。",
            " ",
            "  ",
            "\n",
            "\n\n",
            "\u3000",
            "-",
            "- ",
            "+ 1",
            "1.",
            "1. x",
            "12)",
            "#",
            "# ",
            "!",
            "]",
            "|",
            *[
                "\n---\n",
                "===",
                ":",
                "\u00a0",
                "\r\n",
                "\r",
                "    ",
                ">",
                "*a*",
                "- b\n",
                " c",
                "\u2028",
                "\x85",
                "|-|",
            ],
        ]
    ),
    max_size=14,
).map("".join)


@settings(deadline=None, max_examples=500)
@given(text=st.one_of(PLAIN, MARKDOWN))
def test_text_without_marks_need_not_be_parsed(text: str) -> None:
    """The short way for text without marks leads to the same Markdown, and to the same words, as the parser."""
    short = render(text), plain(text)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("_MARKED_TEXT", "_MARKED_SPAN"):
            patch.setattr(syntax, name, re.compile(""))
        assert (render(text), plain(text)) == short


def test_no_text_takes_long() -> None:
    """Tens of thousands of marks in one paragraph neither keep the parser busy for minutes nor bring it down."""
    for text in (
        "[" * 30_000,
        "![" * 20_000,
        "[" * 9000 + "a" + "](x)" * 9000,
        "*a **b " * 3000,
        "> " * 9000,
        "`" * 30_000,
    ):
        began = time.process_time()
        render(text)
        assert time.process_time() - began < 5, text[:10]


WORDS = {
    "paragraphs": ("第一段，\n接着写 a\nb。\n\n第二段 **粗** `x=1`", "第一段，接着写 a b。\n第二段 粗 x=1"),
    "list": ("3. 甲\n   - 乙\n4. 丙\n\n   续", "3. 甲\n乙\n4. 丙\n续"),
    "table": ("| 项 | 值 |\n|---|---|\n| 温度 | `41` °C |\n|  | x |", "项 值\n温度 41 °C\nx"),
    "code": ("说明：\n\n```log\n  a <b>\n\n  c\n```", "说明：\n  a <b>\n\n  c"),
    "links": ("[说明](https://e.example) ![灯](a.png) <https://e.example/>", "说明 灯 https://e.example/"),
    "quote": ("> 引\n\n---\n\n# 题", "引\n题"),
    "html": ("a <!-- no --> <b>x</b> &lt;", "a  <b>x</b> <"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("source", "expected"), WORDS.values(), ids=WORDS.keys())
def test_plain_text_says_what_the_page_says(source: str, expected: str) -> None:
    """Blocks, items and rows have lines of their own, cells are parted by a space, marks are gone, code is kept."""
    assert plain(source) == expected


@settings(deadline=None, max_examples=300)
@given(text=MARKDOWN)
def test_plain_text_has_the_words_of_the_page(
    text: str, published: Callable[[str], str], read_html: Callable[[str], Any]
) -> None:
    """No word of a page is missing from its plain text, and none is added."""
    html = published(text)
    # Pictures are named in words of our own, and numbers of lists are no text in HTML.
    assume("图：" not in html and "<ol" not in html)
    assert words_of(plain(text)) == words_of(read_html(html).text)
