"""What a published text refers to is published without anything that is not shown; everything else is refused with a reason."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image, ImageSequence, PngImagePlugin
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Highlight, Link
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from faultkb import attached
from faultkb.publish import attachments
from faultkb.publish.attachments import Attachment, Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

ID = "SW-20261102-001"
LIMITS = attached.Limits(("png", "jpg", "jpeg", "webp", "gif", "pdf", "txt", "log", "csv"), 5, 50)
SECRET = "SECRET"  # noqa: S105 - what must not be left
WHITE = (255, 255, 255)


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Encode a picture."""
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def painted() -> Image.Image:
    """Return a picture of 80 × 40: the left quarter black, the rest white."""
    picture = Image.new("RGB", (80, 40), WHITE)
    picture.paste((0, 0, 0), (0, 0, 20, 40))
    return picture


def exif(orientation: int = 1) -> Image.Exif:
    """Return what a camera writes: where, by whom, which side is up."""
    data = Image.Exif()
    data[0x010E] = data[0x013B] = f"{SECRET} <script>window.__pwned=1</script>"
    data[0x0112] = orientation
    data.get_ifd(0x8825)[1] = SECRET
    return data


@pytest.fixture
def clean(tmp_path: Path) -> Callable[[str, bytes], bytes]:
    """Return a function that puts a file into a ticket's folder and cleans it, twice: with the same result."""

    def run(name: str, data: bytes) -> bytes:
        (tmp_path / ID).mkdir(exist_ok=True)
        (tmp_path / ID / name).write_bytes(data)
        first = attachments.clean(tmp_path, f"{ID}/{name}", LIMITS)
        assert attachments.clean(tmp_path, f"{ID}/{name}", LIMITS) == first
        return first

    return run


def test_limits_are_those_of_the_schema(words: Vocabulary) -> None:
    """schema/ says what may be published: the nine types of the requirements, up to 5 MB."""
    found = attached.limits(words)
    assert set(found.types) == set(LIMITS.types)
    assert found.megabytes == 5


@pytest.mark.parametrize("kind", ["png", "jpg", "jpeg", "webp"])
def test_picture_loses_its_metadata_and_stands_upright(kind: str, clean: Callable[[str, bytes], bytes]) -> None:
    """Nothing that a camera or a program wrote into a picture is left; what was to be turned for viewing is turned."""
    options: dict[str, Any] = {"exif": exif(orientation=6)}
    if kind == "png":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Author", SECRET)
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", SECRET)
    elif kind == "webp":
        options["xmp"] = SECRET.encode()
    else:
        options |= {"comment": SECRET.encode(), "xmp": SECRET.encode(), "icc_profile": SECRET.encode() * 40}
    data = encoded(painted(), attached.PICTURES[kind], **options)
    assert SECRET.encode() in data
    result = clean(f"a.{kind}", data + SECRET.encode() * (kind == "jpg"))
    assert SECRET.encode() not in result
    assert b"script" not in result
    with Image.open(io.BytesIO(result)) as picture:
        assert picture.format == attached.PICTURES[kind]
        # Turned by a quarter, clockwise: the black edge on the left is on top.
        assert picture.size == (40, 80)
        shown = picture.convert("L")
        assert (shown.getpixel((20, 5)), shown.getpixel((20, 70))) == (
            pytest.approx(0, abs=9),
            pytest.approx(255, abs=9),
        )
        assert not picture.getexif()


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_animation_stays_one(kind: str, clean: Callable[[str, bytes], bytes]) -> None:
    """All frames, how long each stands, and how often they run are kept; the comment is not."""
    frames = [Image.new("RGB", (30, 20), colour) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]
    options: dict[str, Any] = {"comment": SECRET.encode()} if kind == "gif" else {"lossless": True}
    data = encoded(
        frames[0], kind, save_all=True, append_images=frames[1:], duration=[100, 200, 300], loop=2, **options
    )
    result = clean(f"a.{kind}", data)
    assert SECRET.encode() not in result
    with Image.open(io.BytesIO(result)) as film:
        seen = []
        for frame in ImageSequence.Iterator(film):
            frame.load()
            seen.append((frame.convert("RGB").getpixel((9, 9)), frame.info["duration"]))
        assert seen == [((255, 0, 0), 100), ((0, 255, 0), 200), ((0, 0, 255), 300)]
        assert film.info["loop"] == 2


def test_transparent_picture_stays_transparent(clean: Callable[[str, bytes], bytes]) -> None:
    """Transparency belongs to what is seen: an alpha channel and a transparent palette entry are kept."""
    palette = Image.new("P", (8, 8), 1)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    for name, data in {
        "alpha.png": encoded(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG"),
        "palette.png": encoded(palette, "PNG", transparency=1),
        "palette.gif": encoded(palette, "GIF", transparency=1),
    }.items():
        with Image.open(io.BytesIO(clean(name, data))) as picture:
            assert picture.convert("RGBA").getpixel((4, 4))[3] == 0, name  # type: ignore[index]


def hostile_pdf() -> bytes:
    """Return a PDF of one page with everything in it that does not belong on a site."""
    photo = io.BytesIO()
    painted().save(photo, "PDF")
    writer = PdfWriter(clone_from=photo)
    writer.add_metadata({"/Author": SECRET})
    writer.xmp_metadata = f"<x>{SECRET}</x>".encode()
    writer.add_attachment("a.exe", SECRET.encode())
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(f"app.alert('{SECRET}')")}
    )
    writer.root_object[NameObject("/OpenAction")] = script
    page = writer.pages[0]
    page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): script})
    page[NameObject("/PieceInfo")] = DictionaryObject({NameObject("/X"): TextStringObject(SECRET)})
    writer.add_annotation(0, Link(rect=(0, 0, 9, 9), url=f"javascript:{SECRET}"))
    writer.add_annotation(0, FreeText(text="SEEN", rect=(9, 9, 60, 30)))
    marked = Highlight(rect=(0, 0, 9, 9), quad_points=ArrayObject([NumberObject(1)] * 8))
    marked[NameObject("/T")] = marked[NameObject("/Contents")] = TextStringObject(SECRET)
    marked[NameObject("/A")] = script
    writer.add_annotation(0, marked)
    image = next(iter(page["/Resources"]["/XObject"].values())).get_object()  # type: ignore[index]
    assert image["/Filter"] == "/DCTDecode"
    image._data = encoded(painted(), "JPEG", exif=exif())  # noqa: SLF001 - a photograph as a phone makes it
    image[NameObject("/Metadata")] = TextStringObject(SECRET)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_pdf_keeps_its_pages_and_nothing_else(clean: Callable[[str, bytes], bytes]) -> None:
    """Author, scripts, actions, links, files inside, names and notes of reviewers, a photograph's place: gone; what is drawn stays."""
    data = hostile_pdf()
    assert data.count(SECRET.encode()) >= 8
    result = clean("a.pdf", data)
    for word in (SECRET, "JavaScript", "/AA", "OpenAction", "EmbeddedFile", "/URI", "/Author", "/Producer", "script"):
        assert word.encode() not in result, word
    reader = PdfReader(io.BytesIO(result))
    assert set(reader.root_object) == {"/Type", "/Pages"}
    notes = [note.get_object() for note in reader.pages[0]["/Annots"]]  # type: ignore[attr-defined]
    assert [note["/Subtype"] for note in notes] == ["/FreeText", "/Highlight"]
    assert notes[0]["/Contents"] == "SEEN"
    assert "/Contents" not in notes[1]
    picture = reader.pages[0].images[0].image
    assert picture is not None
    assert picture.convert("L").getpixel((5, 5)) == pytest.approx(0, abs=9)
    assert picture.convert("L").getpixel((70, 5)) == pytest.approx(255, abs=9)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"plain\r\n<b>\n", b"plain\r\n<b>\n"),
        ("温度 38 ℃\n".encode(), b"\xef\xbb\xbf" + "温度 38 ℃\n".encode()),
        (b"\xef\xbb\xbf" + "温度".encode(), b"\xef\xbb\xbf" + "温度".encode()),
        ("时间,温度\n".encode("gb18030"), b"\xef\xbb\xbf" + "时间,温度\n".encode()),
    ],
    ids=["ascii", "utf-8", "utf-8 with mark", "gb18030"],
)
def test_text_is_published_as_utf8(source: bytes, expected: bytes, clean: Callable[[str, bytes], bytes]) -> None:
    """A log stays as it is, byte for byte, but in UTF-8, with the mark by which browsers and Excel know it."""
    assert clean("a.log", source) == expected


def _bomb(width: int) -> bytes:
    return encoded(Image.new("1", (width, width)), "PNG")


def _locked() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(9, 9)
    writer.encrypt("x", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


PNG, JPEG, GIF = (encoded(Image.effect_noise((60, 40), 50), kind) for kind in ("PNG", "JPEG", "GIF"))
WEBP = encoded(Image.effect_noise((60, 40), 50).convert("RGB"), "WEBP")
UNFIT = {
    "gif that is also a script": ("a.gif", b"GIF89a/*" + b"\0" * 20 + b"*/=1;window.__pwned=1;", "损坏"),
    "drawing called png": ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='window.__pwned=1'/>", "不是 PNG"),
    "jpeg called png": ("a.png", JPEG, "不是 PNG"),
    "page called png": ("a.png", b"<html><script>window.__pwned=1</script>", "不是 PNG"),
    "comment called txt": ("a.txt", b"<!-- --><script>window.__pwned=1</script>", "网页"),
    "page called txt": ("a.txt", b"\n <!doctype html><script>window.__pwned=1</script>", "网页"),
    "page with a mark called log": ("a.log", b"\xef\xbb\xbf<SCRIPT>window.__pwned=1</SCRIPT>", "网页"),
    "drawing called csv": ("a.csv", b"<?xml version='1.0'?><svg/>", "网页"),
    "pdf called txt": ("a.txt", b"%PDF-1.7 ...", "不是文字"),
    "program called log": ("a.log", b"\x7fELF\x00\x01", "不是文字"),
    "unknown encoding": ("a.txt", b"\xff\xff\xff", "编码"),
    "drawing": ("a.svg", b"<svg/>", "不发布 svg 文件"),
    "page": ("a.html", b"<p>", "不发布 html 文件"),
    "no ending": ("png", PNG, "没有扩展名"),
    "too long": ("a.log", b"x" * 5_000_001, "超过 5 MB"),
    "too many pixels": ("a.png", _bomb(8000), "百万像素"),
    "far too many pixels": ("a.png", _bomb(20_000), "百万像素"),
    "cut-off png": ("a.png", PNG[:-40], "不完整"),
    "cut-off jpeg": ("a.jpg", JPEG[:-40], "不完整"),
    "cut-off webp": ("a.webp", WEBP[:-40], "图片"),
    "cut-off gif": ("a.gif", GIF[:-200] + b";", "损坏"),
    "png without a middle": ("a.png", PNG[:200] + PNG[-60:], "损坏"),
    "empty": ("a.png", b"", "不是 PNG"),
    "pdf with a password": ("a.pdf", _locked(), "密码"),
    "cut-off pdf": ("a.pdf", hostile_pdf()[:-80], "不完整"),
    "pdf of rubbish": ("a.pdf", b"%PDF-1.7\n1 0 obj\n<<\n%%EOF", "损坏"),
    "page called pdf": ("a.pdf", b"<html>%PDF-1.4 %%EOF", "不是 PDF"),
}


@pytest.mark.parametrize(("name", "data", "reason"), UNFIT.values(), ids=UNFIT.keys())
def test_file_that_is_not_what_it_says_is_refused(
    name: str, data: bytes, reason: str, clean: Callable[[str, bytes], bytes]
) -> None:
    """Other types, other contents, damage, too large: refused with a reason and a way out, both in Chinese."""
    with pytest.raises(attached.UnfitError, match=reason) as caught:
        clean(name, data)
    assert caught.value.help


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    """A link instead of a file, a link to the folder, a path upward: nothing outside the ticket's folder is ever read."""
    outside = tmp_path / "outside.txt"
    outside.write_text(SECRET, encoding="utf-8")
    home = tmp_path / "11"
    (home / ID).mkdir(parents=True)
    (home / ID / "a.txt").symlink_to(outside)
    (home / ID / "deep").symlink_to(tmp_path)
    (home / "SW-20261102-002").symlink_to(tmp_path)
    for reference in (
        f"{ID}/a.txt",
        f"{ID}/deep/outside.txt",
        "SW-20261102-002/outside.txt",
        f"{ID}/../../outside.txt",
    ):
        with pytest.raises(attached.UnfitError, match="链接"):
            attachments.clean(home, reference, LIMITS)


def test_names_are_made_safe() -> None:
    """An ordinary name stays; any other becomes small letters, digits, Chinese and a mark of its own, and keeps its ending."""
    assert [attachments.safe_name(name) for name in ("led-states.png", "日志_1.log", "a-20260610.csv")] == [
        "led-states.png",
        "日志_1.log",
        "a-20260610.csv",
    ]
    odd = ["A.png", "a .png", "../a.png", ".a.png", "a'\"><script>.png", "a\u202egnp.png", "ａ.png", "é.png", "con.png"]
    odd += ["index.txt", "sub/a.png", "a--12345678.png", "x" * 200 + ".png", "..png", "a\n.png"]
    names = [attachments.safe_name(name) for name in odd]
    for name, made in zip(odd, names, strict=True):
        stem, _, kind = made.rpartition(".")
        assert kind == name.rpartition(".")[2]
        assert stem[-10:-8] == "--"
        assert set(stem) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_."), made
        assert not made.startswith((".", "-"))
        assert len(made) < 80
    assert len(set(names)) == len(odd)


def test_only_what_a_text_refers_to_is_collected(tmp_path: Path) -> None:
    """A picture, a link, a reference and a path with ./ count; code, other folders and what nobody names do not."""
    home = tmp_path / "tickets" / "2026" / "11"
    (home / ID).mkdir(parents=True)
    for name in ("a.png", "b.log", "c.csv", "图 d.png", "never.png", "code.png", "bad.png"):
        (home / ID / name).write_bytes(PNG if name.endswith("png") and name != "bad.png" else b"1,2\n")
    text = "\n\n".join(
        [
            f"![a]({ID}/a.png) 又 ![a]({ID}/a.png)",
            f"| x |\n|---|\n| [b](./{ID}/b.log) |",
            f"- [c][r] ![d](<{ID}/图 d.png>) ![x](SW-20261102-009/never.png) ![y](never.png) ![z](https://e.example/never.png)",
            f"`![x]({ID}/code.png)`",
            f"![x]({ID}/bad.png) ![x]({ID}/../{ID}/never.png) ![x]({ID}/missing.png)",
            f"[r]: {ID}/c.csv",
        ]
    )
    found = attachments.collect(tmp_path, f"tickets/2026/11/{ID}.md", [text, text], LIMITS)
    assert [(type(one), one.reference.removeprefix(f"{ID}/")) for one in found] == [
        (Attachment, "a.png"),
        (Attachment, "b.log"),
        (Attachment, "c.csv"),
        (Attachment, "图 d.png"),
        (Refused, "bad.png"),
    ]
    assert [one.data for one in found if isinstance(one, Attachment)][1:3] == [b"1,2\n", b"1,2\n"]


def test_ticket_without_a_folder_has_no_attachments(tmp_path: Path) -> None:
    """Where nothing lies beside a ticket, nothing is read or parsed."""
    (tmp_path / "tickets").mkdir()
    assert attachments.collect(tmp_path, f"tickets/{ID}.md", [f"![a]({ID}/a.png)"], LIMITS) == []


def test_every_file_that_the_check_accepts_can_be_published(root: Path, words: Vocabulary) -> None:
    """The files of this repository that its tickets refer to are all published, whole."""
    found = [
        one
        for ticket in sorted((root / "tickets").rglob("*.md"))
        if ticket.with_suffix("").is_dir()
        for one in attachments.collect(
            root,
            ticket.relative_to(root).as_posix(),
            [ticket.read_text(encoding="utf-8").partition("\n---\n")[2]],
            attached.limits(words),
        )
    ]
    assert {one.reference.partition("/")[2] for one in found} >= {
        "push-error-rate.csv",
        "led-states.png",
        "ircut-20260610.log",
    }
    assert all(isinstance(one, Attachment) for one in found)
