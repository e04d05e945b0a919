"""The last look at the files of a site: a private value in any of them, however it is written, keeps the old site in place."""

from __future__ import annotations

import io
import json
import re
import shutil
import subprocess
import zlib
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from faultkb import privacy
from faultkb.publish.clearance import Look, Objection
from faultkb.publish.permit import Permit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BUILD = ("site", "build", "--as-of", "2026-11-20 17:00")
ARTICLE = "tickets/2026/11/SW-20261103-001.md"
PAGE = "faults/SW-20261103-001/index.html"
NUMBER, MASK = "13917265512", "139****5512"
FRAME = '<meta http-equiv="Content-Security-Policy" content="x">\n'
EVERYTHING = Permit(privacy.NOTHING)


def picture(kind: str, **options: Any) -> bytes:
    """Return a small picture with something written into it."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8)).save(out, kind, **options)
    return out.getvalue()


def exif(tag: int, value: Any) -> Image.Exif:
    """Return what a camera writes."""
    data = Image.Exif()
    data[tag] = value
    return data


def chunk(key: str, value: str) -> PngImagePlugin.PngInfo:
    """Return a text that is packed into a PNG."""
    info = PngImagePlugin.PngInfo()
    info.add_text(key, value, zip=True)
    return info


def document(text: str = "", note: str = "", author: str = "") -> bytes:
    """Return a PDF with a text on its page, a note on it, or an author."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 200)
    font = {"/Type": NameObject("/Font"), "/Subtype": NameObject("/Type1"), "/BaseFont": NameObject("/Helvetica")}
    fonts = DictionaryObject({NameObject("/F"): DictionaryObject({NameObject(k): v for k, v in font.items()})})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F 12 Tf 20 100 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(stream)  # noqa: SLF001 - the library has no other way to draw
    if note:
        writer.add_annotation(0, FreeText(text=note, rect=(9, 9, 90, 30)))
    if author:
        writer.add_metadata({"/Author": author})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


HTML = {
    "text": f"<p>请拨 {NUMBER}</p>",
    "cut by the colouring of code": '<code><span class="mi">139</span><span class="mi">17265512</span></code>',
    "cut by emphasis": "<p>139<strong>1726</strong>5512</p>",
    "entities": "<p>" + "".join(f"&#{ord(digit)};" for digit in NUMBER) + "</p>",
    "full-width digits": "<p>１３９１７２６５５１２</p>",
    "title of a picture": f"<img src='x.png' alt='x' title='{NUMBER}'>",
    "address": f'<a href="../search/?q=%E7%94%B5%E8%AF%9D{NUMBER}">x</a>',
    "address, percent-encoded": '<a href="?q=139%31%37265512">x</a>',
    "comment": f"<!-- {NUMBER} -->",
    "meta": f'<meta property="og:description" content="{NUMBER}">',
    "data in the page": '<script type="application/ld+json">{"name": "1391726551\\u0032"}</script>',
    "attribute without quotes": f"<p data-x={NUMBER}>x</p>",
}
FILES = {
    **{f"html: {name}": ("a/index.html", (FRAME + text).encode()) for name, text in HTML.items()},
    "json": ("api/v1/a.json", json.dumps({"a": ["x", {"b": f"电话 {NUMBER}"}]}).encode()),
    "json key": ("api/v1/a.json", json.dumps({f"{NUMBER}": 1}).encode()),
    "json number": ("api/v1/a.json", json.dumps({"a": int(NUMBER)}).encode()),
    "json escapes": ("api/v1/a.json", b'{"a": "x\\n\\u0031\\u0033917265512"}'),
    "search document": ("api/search/docs/7.bin", zlib.compress(json.dumps({"body": f"甲\n{NUMBER}"}).encode())),
    "search terms": ("api/search/terms.bin", zlib.compress(json.dumps({NUMBER: 1}).encode())),
    "feed": ("feed.xml", f"<feed><entry><title>{NUMBER}</title></entry></feed>".encode()),
    "drawing": ("assets/a.svg", b"<svg><text>139<tspan>17265512</tspan></text></svg>"),
    "robots": ("robots.txt", f"# {NUMBER}".encode()),
    "script": ("assets/a.js", f'const x = "{NUMBER}"'.encode()),
    "log with a mark": ("faults/a/a.log", b"\xef\xbb\xbf" + f"a\n{NUMBER}".encode()),
    "table": ("faults/a/a.csv", f"a,b\n1,{NUMBER}\n".encode()),
    "png": ("assets/a.png", picture("PNG", pnginfo=chunk("Comment", NUMBER))),
    "jpg": ("assets/a.jpg", picture("JPEG", exif=exif(0x010E, NUMBER))),
    "gif": ("assets/a.gif", picture("GIF", comment=NUMBER.encode())),
    "webp": ("assets/a.webp", picture("WEBP", xmp=NUMBER.encode())),
    "pdf": ("a.pdf", document(text=f"Tel {NUMBER}")),
    "pdf note": ("a.pdf", document(note=NUMBER)),
    "pdf author": ("a.pdf", document(author=NUMBER)),
    "unknown type": ("assets/a.dat", f"x {NUMBER}".encode()),
    "unknown type in two bytes": ("assets/a.dat", f"call {NUMBER}".encode("utf-16")),
    "text in two bytes": ("u.txt", f"手机 {NUMBER}".encode("utf-16")),
    "text in two bytes, unmarked": ("u.txt", f"call me: {NUMBER}".encode("utf-16-le")),
    "table in two bytes": ("u.csv", f"姓名,手机\n甲,{NUMBER}\n".encode("utf-16")),
    "json in two bytes": ("u.json", f'{{"a": "{NUMBER}"}}'.encode("utf-16")),
    "markup in two bytes": ("u.xml", f"<a>{NUMBER}</a>".encode("utf-16")),
    "page in two bytes": ("u/index.html", f"{FRAME}<p>{NUMBER}</p>".encode("utf-16")),
    "zeros between": ("u.log", b"a\0\0b 139\x001726\x005512"),
    "text in zeros": ("assets/a.dat", b"\1\0\2\0\3\0\4\0\5\0" * 9 + NUMBER.encode()),
    "name of a file": (f"assets/{NUMBER}.txt", b""),
}


@pytest.mark.parametrize(("name", "data"), FILES.values(), ids=FILES)
def test_value_is_found_wherever_it_can_be_read(name: str, data: bytes) -> None:
    """With its mask; the value itself is not repeated, not even in the name of the file."""
    found = set(Look(EVERYTHING)(name, data))
    assert found == {Objection(name.replace(NUMBER, MASK), "mobile-number", NUMBER, MASK)}


@pytest.mark.parametrize(
    ("name", "data"),
    {
        "digest": ("api/v1/changes.json", json.dumps({"digest": f"a{NUMBER}" + "a" * 52}).encode()),
        "two cells": ("a/index.html", (FRAME + "<tr><td>139</td><td>17265512</td></tr>").encode()),
        "two values": ("a/index.html", (FRAME + "<dd><span>139</span><span>17265512</span></dd>").encode()),
        "two paragraphs": ("a/index.html", (FRAME + "<p>139</p><p>17265512</p>").encode()),
        "lines of a drawing": ("a/index.html", (FRAME + '<path d="M2.41.34.24 a139 17265512"/>').encode()),
        "two texts": ("api/v1/a.json", b'["139","17265512"]'),
        "pieces of text": (
            "api/search/grams/1.bin",
            zlib.compress(json.dumps({"=v1391726V5512": ["", "", ""]}).encode()),
        ),
    }.values(),
)
def test_what_is_no_value_passes(name: str, data: bytes) -> None:
    """Digits of two texts are not one number, nor are those of a digest."""
    assert list(Look(EVERYTHING)(name, data)) == []


@pytest.mark.parametrize("name", ["u.txt", "u.md.dat", "u.json", "u/index.html", "u.svg"])
@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_chinese_in_another_encoding_is_read(name: str, encoding: str) -> None:
    """Names and passwords are told by Chinese words beside them: in any encoding that people save in."""
    text = f"{FRAME}<p>联系人李建国 手机 {NUMBER} 密码：Abcd12345</p>"
    data = (text if name.endswith("html") else text.removeprefix(FRAME)).encode(encoding)
    found = {one.rule for one in Look(EVERYTHING)(name, data)}
    assert found == {"mobile-number", "credential", "unmasked-name"}


def test_frame_is_looked_at_once_and_what_is_new_in_it_all_the_same() -> None:
    """A page that is like the one before but for a value is not passed; neither is a value between two lines that were there."""
    page = FRAME + "<nav>\n<a href='x'>首页</a>\n</nav>\n<p>联系人：\n李四光明</p>\n".replace("：\n李四光明", "：无")
    look = Look(EVERYTHING)
    assert list(look("a/index.html", page.encode())) == []
    assert list(look("b/index.html", page.encode())) == []
    (found,) = look("c/index.html", page.replace("首页", NUMBER).encode())
    assert (found.file, found.said) == ("c/index.html", MASK)
    assert list(look("d.txt", "微信号：\n".encode())) == []
    assert list(look("e.txt", b"wx_zhang88\n")) == []
    assert [one.rule for one in look("f.txt", "微信号：wx_zhang88\n".encode())] == ["chat-account"]


def test_page_that_loads_something_is_objected_to_in_the_frame_too() -> None:
    """What all pages share is looked at in the first of them."""
    look = Look(EVERYTHING)
    page = (FRAME + '<img src="https://example.com/x.png">').encode()
    (found,) = look("a/index.html", page)
    assert "别的服务器 example.com" in found.said
    assert not found.rule


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.zip", b"PK\x03\x04" + b"x" * 30, "压缩文件里的内容看不到"),
        ("a.pdf", b"%PDF-1.7 rubbish", "PDF 里的文字读不出来"),
        *(
            (f"a.{kind}", b"\xff\xff\xff" + NUMBER.encode(), "文字的编码认不出来")
            for kind in ("txt", "json", "dat", "xml")
        ),
        ("a/index.html", b"\xff\xff\xff<p>", "文字的编码认不出来"),
        ("a.htm", FRAME.encode() + b"<iframe>", "网页里有不该有的东西"),
        ("a.jpg", picture("JPEG", exif=exif(0x8825, {1: "N", 2: (22.0, 30.0, 0.0)})), "图片里带着拍摄地点"),
        ("a.docx", b"PK\x03\x04 cut off", "没有看完"),
        ("a.webp", b"RIFF cut off", "没有看完"),
    ],
)
def test_what_nobody_can_look_into_does_not_get_out(name: str, data: bytes, said: str) -> None:
    """Archives, broken documents, and pictures that say where they were taken are named, with a way out."""
    (found,) = Look(EVERYTHING)(name, data)
    assert found.said.startswith(said)
    assert "：" in found.said


def marks(*addresses: str) -> frozenset[tuple[str, str]]:
    """Return what a ticket waives that waives IP addresses."""
    return frozenset(("ip-address", privacy.fingerprint("ip-address", one)) for one in addresses)


def test_waived_value_passes_and_no_other() -> None:
    """A waiver is for one value of one kind."""
    look = Look(Permit(privacy.NOTHING, {"SW-20261103-001": marks("121.40.33.18")}))
    found = list(look("a.txt", "主机 121.40.33.18 与 121.40.33.19\n".encode()))
    assert [(one.rule, one.value, one.said) for one in found] == [("ip-address", "121.40.33.19", "121.40.*.*")]


@pytest.mark.parametrize(
    ("name", "is_allowed"),
    {
        "faults/SW-20261103-001/index.html": True,
        "faults/SW-20261103-001/a.log": True,
        "api/v1/faults/SW-20261103-001.json": True,
        "faults/HW-20261103-001/index.html": False,
        "faults/HW-20261103-001/a.log": False,
        "api/v1/faults/HW-20261103-001.json": False,
        "index.html": True,
        "feed.xml": True,
        "faults/by/product/a/index.html": True,
        "api/v1/faults.json": True,
    }.items(),
)
def test_waiver_is_for_the_page_of_its_ticket_and_for_lists(name: str, is_allowed: bool) -> None:  # noqa: FBT001
    """The value passes with the fault that waives it, and where many faults are listed; on the page of another it does not."""
    look = Look(Permit(privacy.NOTHING, {"SW-20261103-001": marks("121.40.33.18")}))
    data = f'{FRAME}<p>"主机 121.40.33.18"</p>\n'.encode()
    # The same lines, allowed there, have been looked at before.
    assert list(look("faults/SW-20261103-001/index.html", data)) == []
    assert (list(look(name, data)) == []) is is_allowed


def test_title_of_another_fault_may_say_what_that_one_waives() -> None:
    """A page that names a fault shows its title; another value of that ticket, or the title without the fault, does not pass."""
    one = "SW-20261103-001"
    look = Look(Permit(privacy.NOTHING, {one: marks("121.40.33.18", "121.40.33.19")}, {one: marks("121.40.33.18")}))
    page = f'{FRAME}<a href="../{one}/">网关 121.40.33.18 不通</a>\n'
    assert list(look("faults/HW-20261103-001/index.html", page.encode())) == []
    for other in (page.replace("33.18", "33.19"), page.replace(one, "SW-20261103-002")):
        (found,) = look("faults/HW-20261103-001/index.html", other.encode())
        assert found.rule == "ip-address"


# ── the whole build ──

VALUES = {
    "mobile-number": NUMBER,
    "id-card": "11010519491231002X",
    "bank-card": "4111111111111111",
    "email-address": "zhang.san@example.com",
    "credential": "password=Xk29fLq81vTz",
    "unmasked-name": "联系人：张三丰",
    "landline-number": "0755-26871234",
    "ip-address": "121.40.33.18",
    "plate-number": "粤B12345",
    "street-address": "深圳市南山区科苑路15号科兴科学园B栋1201室",
    "chat-account": "微信号：wx_zhangsan88",
    "credit-code": "91350100M000100Y43",
}
SECRET = re.compile(
    "13917265512|11010519491231002X|4111111111111111|zhang.san|Xk29|张三丰|26871234|33.18|粤B12345|科苑路|zhangsan88|M000100Y"
)


def content(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return time and bytes of every file."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file()
    }


def replace(path: Path, old: str, new: str) -> None:
    """Change a text that must be there."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def repository(built: tuple[Path, subprocess.CompletedProcess[str]], run: Callable[..., Any], tmp_path: Path) -> Path:
    """Return a git repository of the samples whose site is built."""
    folder = tmp_path / "repository"
    shutil.copytree(built[0], folder, ignore=shutil.ignore_patterns("site", "faults", "reference"))
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    assert run(folder, *BUILD).returncode == 0
    return folder


def test_every_kind_in_a_page_keeps_the_old_site(repository: Path, run: Callable[..., Any]) -> None:
    """Errors and warnings of the check alike: each is named with its mask, none repeated; nothing half-built is left."""
    before = content(repository / "site")
    page = "\n\n".join(VALUES.values())
    (repository / "kb" / "extra.md").write_text(f"# 附加\n\n{page}\n", encoding="utf-8")
    done = run(repository, *BUILD)
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert [rule for rule in VALUES if f"（{rule}，" not in said] == []
    assert "网站没有更新" in said
    assert "extra/index.html" in said
    assert SECRET.search(said) is None
    assert content(repository / "site") == before
    assert list(repository.glob(".site-*")) == []
    # What was refused once is refused again: nothing of it counts as looked at.
    assert run(repository, *BUILD).returncode == 1
    assert content(repository / "site") == before
    (repository / "kb" / "extra.md").unlink()
    assert run(repository, *BUILD).returncode == 0
    assert {name: data for name, (_, data) in content(repository / "site").items()} == {
        name: data for name, (_, data) in before.items()
    }


def test_warning_in_a_ticket_must_be_waived_to_get_out(repository: Path, run: Callable[..., Any]) -> None:
    """An address in a published text stops the site and names the ticket; the waiver that is asked for lets it out; without it, no more."""
    before = content(repository / "site")
    replace(repository / ARTICLE, "小型仓库，夜间有人值守", "小型仓库，网关在 121.40.33.18，夜间有人值守")
    done = run(repository, *BUILD)
    assert done.returncode == 1
    line = (repository / ARTICLE).read_text(encoding="utf-8").partition("121.40.33.18")[0].count("\n") + 1
    told = re.search(rf"（ip-address，提醒），见 {ARTICLE}:{line}（代号 ([0-9a-f]+)）\n", done.stderr)
    assert told
    mark = told[1]
    assert PAGE in done.stderr
    assert "waive" in done.stderr
    assert content(repository / "site") == before
    waiver = f"waive: [{{rule: ip-address, value: {mark}, reason: 公开的测试服务器, approver: PM001}}]\n"
    replace(repository / ARTICLE, "events:\n", f"{waiver}events:\n")
    done = run(repository, *BUILD)
    assert done.returncode == 0, done.stderr
    after = content(repository / "site")
    assert b"121.40.33.18" in after[PAGE][1]
    replace(repository / ARTICLE, waiver, "")
    # The page itself is not another one, and yet it must not stay.
    assert run(repository, *BUILD).returncode == 1
    assert content(repository / "site") == after


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("kb/assets/photo.png", picture("PNG", pnginfo=chunk("Author", "zhang.san@example.com"))),
        ("kb/assets/13917265512.txt", b"13917265512"),
        ("kb/assets/list.json", b'{"a": "13917265512"}'),
    ],
    ids=["picture", "name", "data"],
)
def test_file_beside_the_pages_is_looked_at_too(
    path: str, data: bytes, repository: Path, run: Callable[..., Any]
) -> None:
    """What somebody puts into kb/ by hand is copied as it is, and looked into."""
    before = content(repository / "site")
    (repository / path).write_bytes(data)
    done = run(repository, *BUILD)
    assert done.returncode == 1
    assert SECRET.search(done.stdout + done.stderr) is None
    assert content(repository / "site") == before


def test_value_in_what_people_write_is_named_where_they_wrote_it(repository: Path, run: Callable[..., Any]) -> None:
    """A guide, a page on the process and the schema's own words: file and line, and where to put what is public."""
    replace(repository / "kb" / "guide.md", "\n## ", f"\n请拨 {NUMBER}\n\n## ")
    replace(repository / "kb" / "templates" / "process" / "sla.md", "\n## ", "\n发到 zhang.san@example.com\n\n## ")
    replace(repository / "schema" / "ticket.schema.json", '"title": "问题标题"', '"title": "问题标题 121.40.33.18"')
    done = run(repository, *BUILD)
    assert done.returncode == 1
    guide = (repository / "kb" / "guide.md").read_text(encoding="utf-8").partition(NUMBER)[0].count("\n") + 1
    assert f"（mobile-number，错误），见 kb/guide.md:{guide}\n" in done.stderr
    assert "（email-address，错误），见 kb/templates/process/sla.md:" in done.stderr
    assert "（ip-address，提醒），见 schema/ticket.schema.json:" in done.stderr
    assert "kb/、schema/ 的文件里可以公开的，由管理员写进 schema/privacy.yaml 的 public" in done.stderr
    assert SECRET.search(done.stdout + done.stderr) is None
    (repository / "schema" / "privacy.yaml").write_text(
        "version: 1\npublic:\n"
        + "".join(f"  - {{value: '{one}', note: 公开}}\n" for one in (NUMBER, "zhang.san@example.com", "121.40.33.18")),
        encoding="utf-8",
    )
    done = run(repository, *BUILD)
    assert done.returncode == 0, done.stderr


def test_waiver_of_one_ticket_does_not_open_another(repository: Path, run: Callable[..., Any]) -> None:
    """Two tickets say the same address and one waives it: the other's page stops the site, also where nothing else is new."""
    other = "tickets/2026/10/HW-20261010-001.md"
    replace(repository / ARTICLE, "小型仓库，夜间有人值守", "小型仓库，网关在 121.40.33.18，夜间有人值守")
    done = run(repository, *BUILD)
    mark = re.search("代号 ([0-9a-f]+)", done.stderr)
    assert mark
    waiver = f"waive: [{{rule: ip-address, value: {mark[1]}, reason: 公开的测试服务器, approver: PM001}}]\n"
    replace(repository / ARTICLE, "events:\n", f"{waiver}events:\n")
    assert run(repository, *BUILD).returncode == 0
    replace(repository / other, "### 现象\n", "### 现象\n\n网关在 121.40.33.18。\n")
    done = run(repository, *BUILD)
    assert done.returncode == 1
    assert f"见 {other}:" in done.stderr
    assert ARTICLE not in done.stderr
