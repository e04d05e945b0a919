"""Whatever a ticket says, in its title, its fields, its sections, its attachments and their names, nothing of it runs.

One site is built of all attacks. Its pages are opened without the Content-Security-Policy: it is a second lock, and this
proves the first.
"""

from __future__ import annotations

import io
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.xdist_group("attacks")  # its site is built once

RUN = "window.__pwned=1"
ELSEWHERE = "https://127.0.0.1:1/"
ATTACKS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    '<iframe srcdoc="<script>parent.__pwned=1</script>"></iframe>',
    f"<iframe src=javascript:{RUN}></iframe>",
    f'<div markdown="1" onmouseover={RUN}>x</div>',
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>",
    f'<noscript><p title="</noscript><img src=x onerror={RUN}>">',
    f"<style>@import 'javascript:{RUN}'</style>",
    f"<!--><img src=x onerror={RUN}>-->",
    f"<x onclick={RUN} id=x tabindex=0>",
    f"</title><script>{RUN}</script>",
    f"</script><script>{RUN}</script>",
    f'"><script>{RUN}</script>',
    f"' onmouseover='{RUN}",
    f'" autofocus onfocus="{RUN}',
    f"[x](javascript:{RUN})",
    f"[x](<javascript:{RUN}>)",
    f"[x](&#106;avascript:{RUN})",
    f"![x](javascript:{RUN})",
    f'![x](x.png "\\" onerror={RUN}")',
    f'![x" onerror="{RUN}](x.png)',
    f'[x]({ELSEWHERE}"onmouseover="{RUN})',
    f"<javascript:{RUN}>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"&amp;lt;img src=x onerror={RUN}&amp;gt;",
    f"**x**{{: onmouseover={RUN} }}",
    f"#### x {{: onmouseover={RUN} }}",
    f"```{{ .html onmouseover={RUN} }}\n<script>{RUN}</script>\n```",
    f"`<script>{RUN}</script>`",
    f"x\\![x]({ELSEWHERE}{RUN})",
    f"{{{{ {RUN} }}}}",
    f"\\<script\\>{RUN}\\</script\\>",
    # addresses
    f"[x](JaVaScRiPt:{RUN})",
    f"[x](javascript&colon;{RUN})",
    f"[x](java&Tab;script:{RUN})",
    f"[x](java&NewLine;script:{RUN})",
    f"[x](<java\tscript:{RUN}>)",
    f"[x](&#x01;javascript:{RUN})",
    f"[x](%6aavascript:{RUN})",
    f"[x](javascript://{ELSEWHERE}%0a{RUN})",
    f"[x](view-source:javascript:{RUN})",
    f"[x](vbscript:{RUN})",
    f"[x](data:text/html,<script>{RUN}</script>)",
    f"![x](data:image/svg+xml,<svg/onload={RUN}>)",
    f"[x][y]\n\n[y]: javascript:{RUN}",
    f"[x]\n\n[x]: <data:text/html;base64,PHNjcmlwdD4> '{RUN}'",
    f"![x][y]\n\n[y]: {ELSEWHERE}pixel.png",
    f"![x]({ELSEWHERE}pixel.png)",
    f"[![x]({ELSEWHERE}pixel.png)](javascript:{RUN})",
    f"[x](//127.0.0.1:1/ \"' onclick={RUN} '\")",
    f'<{ELSEWHERE}"onclick={RUN}//>',
    f'{ELSEWHERE}" onclick="{RUN}',
    # elements and attributes
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f'<svg><use href="data:image/svg+xml,<svg id=x onload={RUN}>#x">',
    f"<svg><foreignObject><iframe onload={RUN}></iframe></foreignObject></svg>",
    f"<math href=javascript:{RUN}>x</math>",
    f"<math><maction actiontype=statusline xlink:href=javascript:{RUN}>x",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<base href={ELSEWHERE}>",
    f"<link rel=stylesheet href={ELSEWHERE}x.css>",
    f"<object data=javascript:{RUN}></object><embed src=javascript:{RUN}>",
    f"<form action=javascript:{RUN}><button autofocus formaction=javascript:{RUN}>x</button></form>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<audio src=x onerror={RUN} autoplay>",
    f"<p style=\"background:url('javascript:{RUN}');width:expression({RUN})\">x</p>",
    f"<style>@import url({ELSEWHERE}x.css);</style>",
    f"<template shadowrootmode=open><slot onslotchange={RUN}></slot><script>{RUN}</script></template><slot>x</slot>",
    f"<a href=x onclick={RUN} accesskey=x>x</a><portal src=javascript:{RUN}>",
    f"<textarea autofocus onfocus={RUN}></textarea><img src=x onerror={RUN}>",
    f'<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img onerror={RUN} src=x>">',
    f'<svg></p><style><a id="</style><img src=x onerror={RUN}>">',
    f"<noscript><style></noscript><img src=x onerror={RUN}>",
    f'<xmp><p title="</xmp><svg/onload={RUN}>">',
    f"<![CDATA[><script>{RUN}</script>]]>",
    f"<?xml-stylesheet href='javascript:{RUN}'?><!ENTITY x SYSTEM '{ELSEWHERE}'>",
    f"<scr<script>ipt>{RUN}</scr</script>ipt>",
    f"<script\x0b>{RUN}</script\x0c>",
    f"＜script＞{RUN}＜/script＞ ‹img src=x onerror={RUN}›",
    f"\u202e<script>{RUN}</script>\u202c\u2066<img src=x onerror={RUN}>\u2069",
    f"+ADw-script+AD4-{RUN}+ADw-/script+AD4-",
    # Markdown and what extends it
    f"| a | b |\n|---|---|\n| <img src=x onerror={RUN}> | [x](javascript:{RUN}) |",
    f"````\n```html\n<script>{RUN}</script>\n```\n````\n<script>{RUN}</script>",
    f"~~~\n```\n~~~\n<script>{RUN}</script>",
    f"- > - ```\n    > <script>{RUN}</script>\n\n<script>{RUN}</script>",
    f"---\ntitle: <script>{RUN}</script>\ntemplate: ../x.html\n---",
    f"title: </title><script>{RUN}</script>\nhide: navigation",
    f"{{% include '/etc/passwd' %}}{{{{ ''.__class__.__mro__ }}}}{{# {RUN} #}}<script>{RUN}</script>",
    f'--8<-- "schema/teams.yaml"\n\n<script>{RUN}</script>',
    f'!!! danger "<script>{RUN}</script>"\n    <script>{RUN}</script>',
    f'??? note "x" {{: onclick={RUN} }}\n    x',
    f'*[script]: "><script>{RUN}</script>\n\nscript',
    f"x[^1]\n\n[^1]: <script>{RUN}</script>",
    f":smile:{{: onclick={RUN} }} :material-alert: \u200b",
    f'=== "<script>{RUN}</script>"\n    x',
    f'```mermaid\ngraph TD; A-->B; click A "javascript:{RUN}"\n```',
    f"$$\\href{{javascript:{RUN}}}{{x}}$$ \\(\\unicode{{<img src=x onerror={RUN}>}}\\)",
    f'```python title="<script>{RUN}</script>" linenums="1" onclick={RUN}\nx\n```',
    f"x\n{{: #__search onclick={RUN} .md-search__input }}",
    f'<div id=__config>{{"base":"{ELSEWHERE}"}}</div><div data-md-component=x>',
    f"wzxhzdk:0 klzzwxh:0000 <script>{RUN}</script>",
    "[" * 500 + f"](javascript:{RUN})" + "<b>" * 2000 + f"<script>{RUN}</script>",
    "*" * 3000 + f"<img src=x onerror={RUN}>" + "> " * 300 + "`" * 301,
]
ID = "SW-20261102-900"
"""The fault whose attachments are hostile."""


def _line(text: str, length: int) -> str:
    """Put a text on one line, as fields take it, and quote it for the header."""
    shown = "".join(char for char in " ".join(text.split()) if char >= " " and char not in "\x7f\u2028\u2029")
    return json.dumps(shown[:length].strip(), ensure_ascii=False)


def _body(attack: str) -> str:
    line = " ".join(attack.split())
    # Behind other text these would not open, what ends them would, and the check refuses a fence without an end.
    fenced = attack.startswith(("````", "~~~"))
    places = [
        attack,
        "" if fenced else f"text {attack} text",
        "" if fenced else "- " + attack.replace("\n", "\n  "),
        "> " + attack.replace("\n", "\n> "),
        f"| a |\n|---|\n| {line} |",
        f"#### {line}",
        "" if fenced else f"*{attack}* **{attack}** `{line}`",
        f"`````\n{attack}\n`````",
    ]
    parts = [f"### {part}\n\n{attack}" for part in ("使用场景", "发生频率", "复现步骤", "环境信息")]
    sections = [f"## {name}\n\n看门狗\n\n{attack}" for name in ("原因分析", "短期方案", "长期方案")]
    checks = [f"### {part}\n\n{attack}" for part in ("功能验证", "兼容性验证", "用户体验验证")]
    return "\n\n".join(
        ["## 故障描述\n\n### 现象", *places, *parts, *sections, f"## 验证记录\n\n通过\n\n{attack}", *checks]
    )


@pytest.fixture(scope="module")
def write(write_text: Callable[..., str]) -> Callable[..., None]:
    """Return the function that writes a closed, published ticket which says one thing everywhere."""

    def run(home: Path, ticket_id: str, title: str, attack: str, body: str) -> None:
        item = _line(attack, 100)
        kb = {
            "summary": _line(attack, 200),
            "solution": _line(attack, 300),
            "cause": _line(f"{ticket_id[-3:]} {attack}", 60),
            **dict.fromkeys(("error_codes", "keywords", "fixed_versions"), f"[{item}]"),
        }
        text = write_text(
            *("登记", "受理", "提交验证", "验证通过", "关闭"),
            body=body,
            id=ticket_id,
            title=_line(title, 80),
            status="已关闭",
            channel="内部测试",
            impact="{users: 1, "
            + ", ".join(f"{name}: [{item}]" for name in ("products", "versions", "modules", "regions"))
            + "}",
            team="软件开发组",
            owner="{staff: RD017, name: 李*}",
            due_at="2026-11-06 18:00",
            completed_at="2026-11-02 12:00",
            verification="{result: 通过, functional: 通过, compatibility: 通过, experience: 通过, verifier: {staff: QA003, name: 赵*}}",
            kb=f"{{entry: 收录, {', '.join(f'{name}: {value}' for name, value in kb.items())}}}",
        )
        (home / f"{ticket_id}.md").write_text(text, encoding="utf-8")

    return run


def _photo() -> bytes:
    data = Image.Exif()
    data[0x010E] = f"<script>{RUN}</script>"
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (200, 40, 40)).save(out, "JPEG", exif=data, comment=RUN.encode())
    return out.getvalue() + f"<script>{RUN}</script>".encode()


def _pdf() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(99, 99)
    script = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(RUN)}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


SHOWN = {
    "photo.jpg": _photo(),
    f"x'\"><img src=x onerror={RUN}>.jpg": _photo(),
    "\u202egpj.exe.jpg": _photo(),
    ".hidden .JPG": _photo(),
    "index.txt": f"log\n<script>{RUN}</script>\n".encode(),
    "form.pdf": _pdf(),
}
"""Attachments that are published, made harmless."""
HIDDEN = {
    "polyglot.gif": b"GIF89a/*" + b"\0" * 20 + f"*/=1;{RUN};".encode(),
    "drawing.png": f"<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'/>".encode(),
    "drawing.svg": f"<svg xmlns='http://www.w3.org/2000/svg' onload='{RUN}'/>".encode(),
    "page.txt": f"<html><script>{RUN}</script>".encode(),
    "page.html": f"<script>{RUN}</script>".encode(),
    "code.js": RUN.encode(),
}
"""Attachments that are not."""


def _with_attachments(home: Path) -> str:
    folder = home / ID
    folder.mkdir()
    for name, data in {**SHOWN, **HIDDEN}.items():
        (folder / name).write_bytes(data)
    (folder / "passwd.txt").symlink_to("/etc/passwd")
    (folder / "never.txt").write_text("nobody refers to this", encoding="utf-8")
    names = [*SHOWN, *HIDDEN, "passwd.txt", "../SW-20261102-001.md", "..%2f..%2f..%2fschema/teams.yaml"]
    return "\n\n".join(
        f'{mark}[{number} " onerror={RUN} <b>]({ID}/{quote(name)})'
        for number, name in enumerate(names)
        for mark in ("!", "")
    )


@pytest.fixture(scope="module")
def site(
    copy_repository: Callable[..., Path],
    run: Callable[..., Any],
    write: Callable[..., None],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """Build a site with every attack in every published field and section of one ticket each, and hostile attachments."""
    folder = copy_repository(tmp_path_factory.mktemp("attacked") / "repository", tickets=False)
    home = folder / "tickets" / "2026" / "11"
    home.mkdir(parents=True)
    for number, attack in enumerate(ATTACKS, 1):
        write(home, f"SW-20261102-{number:03}", f"攻击{number} {attack}", attack, _body(attack))
    body = f"## 故障描述\n\n### 现象\n\n{_with_attachments(home)}"
    others = "\n\n## 原因分析\n\n看门狗\n\n## 短期方案\n\n分批\n\n## 长期方案\n\n线程\n\n## 验证记录\n\n通过"
    write(home, ID, "附件", "附件", body + others)
    done = run(folder, "site", "build", "--as-of", "2026-11-20 17:00")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


@pytest.fixture(scope="module")
def attacked(site: Path, serving: Callable[[Path], Any]) -> Iterator[str]:
    """Serve the site of the attacks."""
    with serving(site) as url:
        yield url


PROVOKE = """() => {
    for (const element of document.querySelectorAll("article *, nav *, header *")) {
        for (const type of ["mouseover", "mouseenter", "focus", "toggle", "click"])
            if (type !== "click" || !element.closest("a[href^='http'], a[href*='/']"))
                element.dispatchEvent(new Event(type, {bubbles: true, cancelable: true}));
    }
}"""
"""Move over everything, focus everything, and click what is no way out of the page."""
SUSPECT = """() => [...document.querySelectorAll("*")].flatMap(one => [
    ...(one.closest("article") && one.matches("script, iframe, object, embed, base, meta, link, style, math, audio, video")
        && one.type !== "application/ld+json" ? [one.outerHTML] : []),
    ...[...one.attributes].filter(({name, value}) => /^on|^style$|^srcdoc$/.test(name) && one.closest("article")
        || /^(href|src|action|formaction|data|xlink:href)$/.test(name) && /^\\s*(javascript|vbscript|data):/i.test(value)
    ).map(({name, value}) => `${one.tagName} ${name}=${value}`),
])"""
"""Name every element and attribute that could run something, had the browser been told otherwise."""


def _harmless(seen: Any, what: str) -> None:
    seen.page.evaluate(PROVOKE)
    assert seen.page.evaluate("window.__pwned") is None, what
    assert seen.page.evaluate(SUSPECT) == [], what
    assert (seen.dialogs, seen.foreign, seen.errors) == ([], [], []), what


def test_there_are_enough_attacks() -> None:
    """At least 80, no two alike."""
    assert len(set(ATTACKS)) == len(ATTACKS) >= 80


def test_no_attack_runs_in_its_article(open_page: Callable[..., Any], attacked: str) -> None:
    """Loaded, hovered, focused and clicked, no article runs anything or asks another host, with no policy to stop it."""
    seen = open_page(attacked, bypass_csp=True)
    for number, attack in enumerate(ATTACKS, 1):
        seen.page.goto(f"{attacked}faults/SW-20261102-{number:03}/", wait_until="load")
        assert seen.page.locator("h1").first.inner_text().startswith(f"攻击{number} "), attack
        _harmless(seen, attack)


def test_no_attack_runs_in_the_lists(open_page: Callable[..., Any], attacked: str) -> None:
    """Lists and the pages of products, versions, causes and codes show hostile names as text (a part of them is opened)."""
    seen = open_page(attacked, bypass_csp=True)
    seen.page.goto(f"{attacked}faults/", wait_until="load")
    targets = seen.page.evaluate("[...document.querySelectorAll('article a[href]')].map(one => one.href)")
    listed = [one.removeprefix(attacked).partition("#")[0] for one in dict.fromkeys(targets) if "/by/" in one]
    assert len(listed) > 20
    for target in ["", "faults/", "faults/codes/", "faults/affected/", "faults/statistics/", *listed[::4]]:
        seen.page.goto(f"{attacked}{target}", wait_until="load")
        _harmless(seen, target)


@pytest.mark.parametrize("words", ["攻击", "script", "onerror", "__pwned"])
def test_no_attack_runs_in_the_search_results(open_page: Callable[..., Any], attacked: str, words: str) -> None:
    """The search puts titles and excerpts of hostile articles on the screen as text."""
    seen = open_page(attacked, "guide/", bypass_csp=True)
    seen.page.keyboard.press("/")
    seen.page.keyboard.insert_text(words)
    seen.page.locator(".fault-hit").first.wait_for(state="visible", timeout=30_000)
    seen.page.wait_for_load_state("networkidle")
    _harmless(seen, words)
    assert seen.page.locator(".fault-search :is(img, iframe, script, svg)").count() == 0


def test_hostile_attachments_are_harmless_or_absent(site: Path) -> None:
    """What is published is under a harmless name and holds no script; other types, forgeries and links to files are not there."""
    files = {path.name: path.read_bytes() for path in (site / "faults" / ID).iterdir()}
    files.pop("index.html")
    assert len(files) == len(SHOWN)
    assert {"photo.jpg", "form.pdf"} <= files.keys()
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9_.-]*\.(jpg|txt|pdf)", name) for name in files)
    assert not [name for name, data in files.items() if RUN.encode() in data and not name.endswith(".txt")]
    every = [path for path in site.rglob("*") if path.is_file()]
    assert [path for path in every if path.suffix in {".js", ".svg", ".html"} and "assets" not in path.parts] == [
        path for path in every if path.name in {"index.html", "404.html"}
    ]
    assert not [path for path in every if b"root:x:" in path.read_bytes() or b"nobody refers" in path.read_bytes()]


def test_attachments_are_shown_and_run_nothing(open_page: Callable[..., Any], attacked: str, site: Path) -> None:
    """The page shows the pictures, names what is not published, and the text file is shown as text."""
    seen = open_page(attacked, f"faults/{ID}/", bypass_csp=True)
    _harmless(seen, "attachments")
    pictures: Page = seen.page.locator("article img")
    assert pictures.count() == sum(1 for name in SHOWN if name.lower().endswith("jpg"))
    assert seen.page.evaluate("[...document.querySelectorAll('article img')].every(one => one.naturalWidth === 40)")
    text = next(path.name for path in (site / "faults" / ID).iterdir() if path.suffix == ".txt")
    seen.page.goto(f"{attacked}faults/{ID}/{text}", wait_until="load")
    assert seen.page.evaluate("window.__pwned") is None
    assert RUN in seen.page.locator("pre").inner_text()
