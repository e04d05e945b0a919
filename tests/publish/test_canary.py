"""Nothing that is not public leaves through the site: a word of its own in every such place, and none of them in any byte."""

from __future__ import annotations

import base64
import html
import io
import itertools
import json
import re
import zlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote_to_bytes

import pytest
import yaml
from PIL import Image, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Highlight
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("canary")  # its site is built once

BUILD = ("site", "build", "--as-of", "2026-11-20 17:00")
ARTICLE, FOLDED, WITHDRAWN, REOPENED, OPEN, REFUSED = (f"SW-20261103-00{number}" for number in range(1, 7))
ENTRIES = {ARTICLE: "收录", FOLDED: "并入", WITHDRAWN: "撤下", REOPENED: "收录", REFUSED: "不收录"}
PUBLISHED = {
    *("title", "impact.products", "impact.versions", "impact.modules", "impact.regions", "kb.summary", "kb.solution"),
    *("kb.cause", "kb.keywords", "kb.error_codes", "kb.fixed_versions"),
}
"""The fields with free text that DESIGN §7 lets the site know."""
GIVEN: dict[str, Any] = {
    "id": "",
    "type": "兼容性问题",
    "severity": "高",
    "status": "已关闭",
    "channel": "在线咨询",
    "complex": True,
    "team": "云平台组",
    "occurred_at": "2026-11-02 03:17",
    "reported_at": "2026-11-03 09:13",
    "due_at": "2026-11-12 18:00",
    "completed_at": "2026-11-06 11:07",
    "impact.users": 7_318_465,
    "verification.result": "通过",
    "verification.functional": "通过",
    "verification.compatibility": "通过",
    "verification.experience": "通过",
    "kb.entry": "",
    "kb.canonical": ARTICLE,
    "kb.related": [OPEN],
    "waive.rule": "ip-address",
    "waive.value": "7e57ab",
}
"""The fields in which not any text may stand."""
GIVEN_IN_EVENTS = {
    *("at", "event", "team", "due_at", "completed_at", "status", "from", "to", "reason", "functional", "compatibility"),
    *("experience", "outcome", "confirmed", "imported", "target", "section", "void", "mask"),
}
SECTIONS = ("故障描述", "原因分析", "短期方案", "长期方案", "验证记录")
PRIVATE_SECTIONS = ("方案评审", "用户确认", "内部备注")


class Words:
    """Words that stand nowhere else, each with its place: private ones (QZX…) and public ones (WVJ…)."""

    def __init__(self) -> None:
        """Begin without any."""
        self.private: dict[str, str] = {}
        self.public: dict[str, str] = {}
        self._number = itertools.count(100)

    def new(self, place: str, *, public: bool = False) -> str:
        """Return a word for a place."""
        word = f"WVJ{next(self._number)}KW" if public else f"QZX{next(self._number)}ZQ"
        (self.public if public else self.private)[word] = place
        return word


def resolved(node: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow a reference of the schema."""
    return resolved(schema["$defs"][node["$ref"].rpartition("/")[2]], schema) if "$ref" in node else node


def leaves(node: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[str]:
    """Yield every field without fields of its own."""
    node = resolved(node, schema)
    if node.get("type") == "array":
        yield from leaves(node["items"], schema, path)
    elif "properties" in node:
        for name, inner in node["properties"].items():
            yield from leaves(inner, schema, f"{path}.{name}".lstrip("."))
    elif path != "set":
        yield path


def filled(node: dict[str, Any], schema: dict[str, Any], path: str, ticket: str, words: Words) -> Any:
    """Return a value for a field of a ticket: what is given, else a word for every text in it."""
    node = resolved(node, schema)
    if path in GIVEN:
        return GIVEN[path]
    if path == "waive":
        texts = {name: words.new(f"{ticket} waive.{name}") for name in ("reason", "approver")}
        return [
            {"rule": "ip-address", "value": GIVEN["waive.value"], **texts},
            {"rule": "ip-address", "place": words.new(f"{ticket} waive.place"), **texts},
        ]
    if node.get("type") == "array":
        return [filled(node["items"], schema, path, ticket, words)]
    if "properties" in node:
        inner = {name: one for name, one in node["properties"].items() if name != "events"}
        return {name: filled(one, schema, f"{path}.{name}".lstrip("."), ticket, words) for name, one in inner.items()}
    if node.get("type") != "string" or node.keys() & {"enum", "oneOf", "anyOf", "format", "x-choices"}:
        raise AssertionError(f"{path}: say in GIVEN what may stand there")
    word = words.new(f"{ticket} {path}", public=ticket == ARTICLE and path in PUBLISHED)
    return f"{word}*" if path.endswith(".name") or node.get("pattern") == "\\*" else word


def header_of(ticket: str, schema: dict[str, Any], words: Words) -> dict[str, Any]:
    """Return the header of a ticket at the end of `course`, with a word in every field that takes one."""
    header: dict[str, Any] = filled(schema, schema, "", ticket, words)
    header["id"], header["kb"]["entry"] = ticket, ENTRIES.get(ticket, "")
    if ticket != FOLDED:
        del header["kb"]["canonical"]
    if ticket in {REOPENED, OPEN}:
        header |= {"status": "处理中", "due_at": "2026-11-19 18:00" if ticket == REOPENED else "2026-11-12 18:00"}
        del header["completed_at"]
    if ticket == REOPENED:
        del header["verification"]
    elif ticket == OPEN:
        del header["kb"]
        header["verification"] |= {"result": "未通过", "functional": "未通过"}
    else:
        del header["verification"]["reason"]
    return header


def course(ticket: str, header: dict[str, Any], words: Words) -> list[dict[str, Any]]:
    """Return the events of a ticket: of every kind, with a word in every field that takes one."""

    def word(name: str) -> str:
        return words.new(f"{ticket} events.{name}")

    def person(name: str) -> dict[str, str]:
        return {"staff": word(f"{name}.staff"), "name": f"{word(f'{name}.name')}*"}

    verifier = person("verifier")
    parts = {"functional": "未通过", "compatibility": "通过", "experience": "通过"}
    failed: dict[str, Any] = {"event": "验证不通过", **parts, "verifier": verifier}
    passed = dict.fromkeys(parts, "通过")
    if ticket == OPEN:
        failed |= {"note": header["verification"]["reason"], "verifier": header["verification"]["verifier"]}
    elif ticket != REOPENED:
        verifier = header["verification"]["verifier"]
    first = {"team": "软件开发组", "owner": person("owner"), "assistants": [person("assistants")]}
    last = {name: header[name] for name in ("team", "owner", "assistants")}
    events: list[dict[str, Any]] = [
        {"event": "登记"},
        {"event": "退回"},
        {"event": "补充"},
        {"event": "响应"},
        {"event": "受理", **first, "due_at": "2026-11-09 18:00"},
        {"event": "反馈", "confirmed": True},
        {"event": "改派", **last},
        {"event": "定级", "from": "中", "to": "高", "approver": word("approver")},
        {"event": "定类", "from": "软件Bug", "to": "兼容性问题"},
        {"event": "初步方案"},
        {"event": "评审", "participants": ["PM001", "RD001", "QA001", word("participants")]},
        {"event": "进展", "late": word("late")},
        {"event": "风险"},
        {"event": "改期", "due_at": "2026-11-12 18:00", "approver": word("approver")},
        {"event": "暂停", "reason": "待用户补充"},
        {"event": "恢复"},
        {"event": "更正", "target": 12, "set": {"note": word("set.note")}, "approver": word("approver")},
        {"event": "提交验证"},
        failed,
    ]
    if ticket != OPEN:
        events += [{"event": "提交验证"}, {"event": "验证通过", **passed, "verifier": verifier}]
        events += [{"event": "用户确认", "outcome": "已解决"}, {"event": "关闭"}]
    if ticket == REOPENED:
        events += [{"event": "重开", "due_at": "2026-11-19 18:00"}]
    for number, event in enumerate(events):
        # The verification passed at the time that the header has.
        at = (
            "2026-11-06 11:07"
            if event["event"] == "验证通过"
            else f"2026-11-{3 + number // 6:02} {9 + number % 6:02}:{13 + number}"
        )
        event |= {"at": at, "by": word("by"), "note": event.get("note", word("note"))}
    return events


def body_of(ticket: str, words: Words) -> str:
    """Return the text of a ticket, with words in what is read and in what is not."""

    def private(place: str) -> str:
        return words.new(f"{ticket} {place}")

    def public(place: str) -> str:
        return words.new(f"{ticket} {place}", public=ticket == ARTICLE)

    blocks = [private("above the first heading")]
    for name in (*SECTIONS, *PRIVATE_SECTIONS):
        said = public if name in SECTIONS else private
        blocks += [
            f"## {name}",
            f"{said(name)} `{said(f'{name} code')}` **{said(f'{name} bold')}**",
            f"<!-- {private(f'{name} comment')} -->",
            f"前 <!-- {private(f'{name} comment in a line')} --> 后",
            f"<!--\n{private(f'{name} long comment')}\n\n{private(f'{name} comment after an empty line')}\n-->",
            f"[//]: # ({private(f'{name} comment as a reference')})",
            f'[unused]: https://example.com/{private(f"{name} reference")} "{private(f"{name} title of a reference")}"',
            f"- {said(f'{name} item')}\n    - {said(f'{name} item of an item')}",
            f"| 甲 | 乙 |\n| --- | --- |\n| {said(f'{name} cell')} | {said(f'{name} other cell')} |",
            f"```text {private(f'{name} after the language')}\n{said(f'{name} block of code')}\n```",
        ]
        if name == "故障描述":
            parts = ("现象", "使用场景", "发生频率", "复现步骤", "环境信息")
            blocks += [
                text for part in parts for text in (f"### {part}", f"1. {said(part)}，5 次里 3 次，V2.3.1，E-1042")
            ]
            shown = (f"![{said('alt')}]({ticket}/seen.{kind})" for kind in ("png", "jpg", "gif", "webp"))
            blocks += [*shown, *(f"[{said('link')}]({ticket}/seen.{kind})" for kind in ("pdf", "txt", "log", "csv"))]
            blocks.append(f"<!-- ![x]({ticket}/only-in-a-comment.txt) -->")
        elif name in PRIVATE_SECTIONS:
            blocks.append(f"[x]({ticket}/only-in-a-private-section.txt)")
    return "\n\n".join(blocks)


def attachments_of(ticket: str, words: Words) -> dict[str, bytes]:
    """Return the files beside a ticket: what is seen has public words, what comes along private ones."""
    said = words.new(f"{ticket} text of an attachment", public=ticket == ARTICLE)
    files = {f"seen.{kind}": f"第 3 行,{said}\n".encode() for kind in ("txt", "log", "csv")}
    for name in ("only-in-a-comment", "only-in-a-private-section", words.new(f"{ticket} name of a file")):
        files[f"{name}.txt"] = words.new(f"{ticket} file that nothing public refers to").encode()
    picture = Image.effect_noise((64, 48), 40)
    for kind in ("png", "jpg", "gif", "webp"):
        word = words.new(f"{ticket} {kind}")
        exif = Image.Exif()
        exif[0x010E] = exif[0x013B] = word
        exif[0x9C9D] = f"{word}\0".encode("utf-16-le")
        exif.get_ifd(0x8825)[1] = word
        options: dict[str, Any] = {"exif": exif}
        if kind == "png":
            options["pnginfo"] = chunks = PngImagePlugin.PngInfo()
            chunks.add_text("Author", word)
            chunks.add_text("Comment", word * 20, zip=True)
            chunks.add_itxt("XML:com.adobe.xmp", word, zip=True)
        elif kind == "gif":
            options = {"comment": word.encode()}
        elif kind == "webp":
            options["xmp"] = word.encode()
        else:
            options |= {"comment": word.encode(), "xmp": word.encode(), "icc_profile": word.encode() * 9}
        out = io.BytesIO()
        picture.convert("RGB").save(out, {"jpg": "JPEG"}.get(kind, kind.upper()), **options)
        files[f"seen.{kind}"] = out.getvalue() + (word.encode() if kind != "gif" else b"")
        assert word.encode() in files[f"seen.{kind}"]
    return {**files, "seen.pdf": pdf(ticket, words)}


def pdf(ticket: str, words: Words) -> bytes:
    """Return a PDF with a public word on its page, and private ones wherever else a PDF has words."""
    word = words.new(f"{ticket} pdf")
    writer = PdfWriter()
    page = writer.add_blank_page(300, 200)
    writer.add_metadata({"/Author": word, "/Title": word})
    writer.xmp_metadata = f"<x>{word}</x>".encode()
    writer.add_attachment(f"{word}.txt", word.encode())
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject(f"app.alert('{word}')")}
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject({NameObject(k): v for k, v in script.items()})
    page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/X"): TextStringObject(word)})
    writer.add_annotation(
        0, FreeText(text=words.new(f"{ticket} pdf note", public=ticket == ARTICLE), rect=(9, 9, 90, 30))
    )
    marked = Highlight(rect=(0, 0, 9, 9), quad_points=ArrayObject([NumberObject(1)] * 8))
    marked[NameObject("/T")] = marked[NameObject("/Contents")] = TextStringObject(word)
    writer.add_annotation(0, marked)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue().replace(b"startxref", f"% {word}\nstartxref".encode())


def write_ticket(folder: Path, ticket: str, schema: dict[str, Any], words: Words) -> None:
    """Write a ticket and its attachments."""
    header = header_of(ticket, schema, words)
    events = course(ticket, header, words)
    lines = [
        f"{name}: {flow(value)} # {words.new(f'{ticket} comment in the header')}" for name, value in header.items()
    ]
    lines += ["events:", *(f"  - {flow(event)}" for event in events)]
    place = folder / "tickets" / "2026" / "11"
    (place / ticket).mkdir(parents=True)
    (place / f"{ticket}.md").write_text(
        "\n".join(["---", *lines, "---", "", body_of(ticket, words), ""]), encoding="utf-8"
    )
    for name, data in attachments_of(ticket, words).items():
        (place / ticket / name).write_bytes(data)


def flow(value: Any) -> str:
    """Write a value of a header on one line."""
    return (
        yaml.safe_dump(value, default_flow_style=True, width=10**6, allow_unicode=True, sort_keys=False)
        .removesuffix("...\n")
        .strip()
    )


# ── looking ──


def forms(data: bytes) -> Iterator[bytes]:
    """Yield some bytes as they are, and as every program would read them that may get hold of them."""
    yield data
    for header in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        try:
            yield zlib.decompressobj().decompress(data[header.start() :], 2_000_000)
        except zlib.error:
            continue


def spelled(data: bytes) -> Iterator[bytes]:
    """Yield the plain text of what is escaped for an address, for HTML, for JSON, or written in two bytes a character."""
    yield data
    yield data.replace(b"\0", b"")
    if b"%" in data:
        yield unquote_to_bytes(data)
    if b"&" in data:
        yield html.unescape(data.decode("utf-8", "replace")).encode()
    if b"\\u" in data:
        yield re.sub(rb"\\u00([0-9a-fA-F]{2})", lambda code: bytes.fromhex(code[1].decode()), data)


def in_base64(word: str) -> Iterator[bytes]:
    """Yield what a word looks like in the middle of something in base64: three ways, without the edges."""
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + word.encode()).rstrip(b"=")
        yield whole[(0, 2, 3)[before] : len(whole) - 1]


def traces(files: Iterable[tuple[str, bytes]], words: Iterable[str]) -> set[tuple[str, str]]:
    """Return which words are in which files, in whatever form; capitals do not matter."""
    wanted = {word.lower().encode(): word for word in words}
    hidden = {form: word for word in wanted.values() for form in in_base64(word)}
    any_of = re.compile(b"|".join(wanted))
    any_hidden = re.compile(b"|".join(map(re.escape, hidden)))
    found = set()
    for name, data in files:
        found |= {(name, wanted[one]) for one in any_of.findall(unquote_to_bytes(name).lower())}
        for form in forms(data):
            found |= {(name, hidden[one]) for one in any_hidden.findall(form)}
            found |= {(name, wanted[one]) for text in spelled(form) for one in any_of.findall(text.lower())}
    return found


def content(folder: Path) -> dict[str, bytes]:
    """Return every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def planted(
    root: Path,
    copy_repository: Callable[..., Path],
    run: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, Words]:
    """Return a built repository with a word in every place, and the words."""
    folder = copy_repository(tmp_path_factory.mktemp("canary") / "repository", tickets=False)
    schema = json.loads((root / "schema" / "ticket.schema.json").read_text(encoding="utf-8"))
    words = Words()
    for ticket in (ARTICLE, FOLDED, WITHDRAWN, REOPENED, OPEN, REFUSED):
        write_ticket(folder, ticket, schema, words)
    done = run(folder, *BUILD)
    assert (done.returncode, done.stderr) == (0, "")
    return folder, words


def test_no_private_word_is_in_any_byte_of_the_site(planted: tuple[Path, Words]) -> None:
    """Fields, notes, people, comments, sections of one's own, files nobody shows, what pictures carry along: no trace of any."""
    folder, words = planted
    assert len(words.private) > 1_000
    found = traces(content(folder / "site").items(), words.private)
    assert {(name, words.private[word]) for name, word in found} == set()


def test_no_piece_of_a_private_word_is_in_the_search(planted: tuple[Path, Words]) -> None:
    """The index knows three letters of each public word, and of no private one: nobody can guess them from what it answers."""
    folder, _ = planted
    files = (folder / "site" / "api" / "search").rglob("*.bin")
    text = b"\n".join(zlib.decompress(path.read_bytes()).lower() for path in files)
    assert b'"wvj"' in text
    assert b"qzx" not in text


def test_every_public_word_is_found(planted: tuple[Path, Words]) -> None:
    """What the site may know is there, found by the same search: in pages, data, index, attachments."""
    folder, words = planted
    site = content(folder / "site")
    where: dict[str, set[str]] = {word: set() for word in words.public}
    for name, word in traces(site.items(), words.public):
        where[word].add(name)
    assert [words.public[word] for word, names in where.items() if not names] == []
    title = next(word for word, place in words.public.items() if place == f"{ARTICLE} title")
    assert {
        f"faults/{ARTICLE}/index.html",
        "index.html",
        "feed.xml",
        "api/v1/faults.json",
        "api/search/docs/0.bin",
    } <= where[title]
    drawn = next(word for word, place in words.public.items() if place.endswith("pdf note"))
    assert where[drawn] == {f"faults/{ARTICLE}/seen.pdf"}
    assert (
        drawn
        in PdfReader(io.BytesIO(site[f"faults/{ARTICLE}/seen.pdf"])).pages[0]["/Annots"][0].get_object()["/Contents"]
    )  # type: ignore[index]


def test_no_time_and_no_number_of_users_gets_out(planted: tuple[Path, Words]) -> None:
    """Of times only the day is published; how many users were concerned is not, nor are teams, channels and plans of this fault."""
    folder, _ = planted
    text = b"\n".join(form for data in content(folder / "site").values() for form in forms(data))
    tickets = "".join(path.read_text(encoding="utf-8") for path in (folder / "tickets").rglob("*.md"))
    times = set(re.findall(r"2026-11-\d\d \d\d:\d\d", tickets))
    assert len(times) > 20
    assert [one for one in times for form in (one, one.replace(" ", "T")) if form.encode() in text] == []
    assert re.findall(rb"7[,. ]?318[,. ]?465|2026-11-12|2026-11-19|7e57ab", text) == []


def test_nothing_is_left_of_faults_that_are_not_articles(planted: tuple[Path, Words]) -> None:
    """A folded, a withdrawn and a reopened fault have an address and no content; of an open or refused one not even the id is known."""
    folder, _ = planted
    site = content(folder / "site")
    known = {one for one in ENTRIES | {OPEN: ""} if f"faults/{one}/index.html" in site}
    assert known == {ARTICLE, FOLDED, WITHDRAWN, REOPENED}
    assert traces(site.items(), {OPEN, REFUSED}) == set()
    assert [name for name in site if "/seen." in name and ARTICLE not in name] == []


def test_every_field_has_a_word(root: Path) -> None:
    """A field that is new in the schema gets a word, or somebody says what may stand in it; events are no exception."""
    schema = json.loads((root / "schema" / "ticket.schema.json").read_text(encoding="utf-8"))
    words = Words()
    header = header_of(ARTICLE, schema, words)
    events = course(ARTICLE, header, words)
    have = {place.removeprefix(f"{ARTICLE} ") for place in (*words.private.values(), *words.public.values())}
    fields = {name for name in leaves(schema, schema, "") if not name.startswith("events.")}
    assert fields - GIVEN.keys() <= have
    wanted = set(leaves(schema["$defs"]["event"], schema, "")) - GIVEN_IN_EVENTS
    assert {f"events.{name}" for name in wanted} <= have
    assert {event["event"] for event in events} | {"重开", "作废"} == set(
        yaml.safe_load((root / "schema" / "lifecycle.yaml").read_text(encoding="utf-8"))["events"]
    )


def test_the_search_for_traces_finds_every_form() -> None:
    """The proof above is worth something only if this finds a word however it is written."""
    word = "QZX17ZQ"
    plain = word.encode()
    written = {
        "plain": b"a" + plain.lower(),
        "packed": b"\0" + zlib.compress(b'["' + plain + b'"]'),
        "address": "".join(f"%{byte:02X}" for byte in plain).encode(),
        "entities": "".join(f"&#{byte};" for byte in plain).encode(),
        "json": "".join(f"\\u{byte:04x}" for byte in plain).encode(),
        "two bytes": word.encode("utf-16"),
        "base64 1": base64.b64encode(b"1" + plain + b"2"),
        "base64 2": base64.b64encode(b"12" + plain + b"3"),
        "base64 3": base64.b64encode(b"123" + plain),
        f"{quote(word)}.txt": b"",
    }
    assert traces(written.items(), [word]) == {(name, word) for name in written}
