"""Uploads: only the platform's own hosts are asked, within limits; what comes is cleaned, searched and named by us."""

from __future__ import annotations

import contextlib
import io
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from faultkb import download, uploads
from faultkb.attached import UnfitError
from faultkb.download import Platform
from faultkb.receipt import Refused
from faultkb.uploads import File

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faultkb.vocabulary import Vocabulary

UUID = "0bec7adc-52c5-432f-bca7-c9a3186649b4"
PUBLIC = Platform("https://github.com", "qiyun/faults", "secret")


class Host:
    """A server on loopback: what it answers by path, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[tuple[str, str | None]] = []
        host = self

        class Handler(BaseHTTPRequestHandler):
            """Answers from the table."""

            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                host.asked.append((self.path, self.headers.get("Authorization")))
                with contextlib.suppress(OSError):
                    host.answers.get(self.path, missing)(self)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, data: bytes, path: str = f"/user-attachments/assets/{UUID}", **headers: str) -> str:
        """Answer with some bytes; return the address."""
        self.answers[path] = lambda one: respond(one, data, headers)
        return f"{self.address}{path}"


def missing(one: BaseHTTPRequestHandler) -> None:
    """Answer that there is nothing."""
    respond(one, b"", {}, 404)


def respond(one: BaseHTTPRequestHandler, data: bytes, headers: dict[str, str], status: int = 200) -> None:
    """Answer."""
    one.send_response(status)
    for name, value in {"Content-Length": str(len(data)), **headers}.items():
        one.send_header(name.replace("_", "-"), value)
    one.end_headers()
    one.wfile.write(data)


@pytest.fixture
def host() -> Iterator[Host]:
    """Return a server that stands for the platform."""
    one = Host()
    yield one
    one.server.shutdown()
    one.server.server_close()


def platform(host: Host, **over: Any) -> Platform:
    """Return the platform that a server stands for."""
    return Platform(**{"server": host.address, "repository": "qiyun/faults", "token": "secret", **over})


def png(**info: Any) -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "blue").save(out, "PNG", **info)
    return out.getvalue()


def photo() -> bytes:
    """Return a photograph that names its owner and the place."""
    exif = Image.Exif()
    exif[0xA430] = "Mei Lin"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "blue").save(out, "JPEG", exif=exif)
    return out.getvalue()


OURS = [
    f"https://github.com/user-attachments/assets/{UUID}",
    "https://github.com/user-attachments/files/17000000/boot.log",
    f"https://github.com/qiyun/faults/assets/1826685/{UUID}",
    "https://github.com/qiyun/faults/files/6792255/boot.log",
    f"https://user-images.githubusercontent.com/452325/121538101-{UUID}.png",
    f"https://private-user-images.githubusercontent.com/1/2-{UUID}.png?jwt=eyJ.a-b_c.d",
]
FOREIGN = [
    "https://evil.example/user-attachments/assets/x",
    f"http://github.com/user-attachments/assets/{UUID}",
    f"https://github.com:8443/user-attachments/assets/{UUID}",
    f"https://token@github.com/user-attachments/assets/{UUID}",
    f"https://github.com@evil.example/user-attachments/assets/{UUID}",
    f"https://github.com.evil.example/user-attachments/assets/{UUID}",
    f"https://github.com\\@evil.example/user-attachments/assets/{UUID}",
    f"https://github.com/user-attachments/assets/{UUID}/../../../settings",
    "https://github.com/user-attachments/files/1/..",
    "https://github.com/user-attachments/files/1/a/b",
    f"https://github.com/other/private/assets/1/{UUID}",
    f"https://github.com/user-attachments/assets/{UUID}?next=https://evil.example",
    "https://127.0.0.1/user-attachments/files/1/a.log",
    "https://[::1]/user-attachments/files/1/a.log",
    "http://169.254.169.254/latest/meta-data/",
    "file:///etc/passwd",
    "ftp://github.com/user-attachments/files/1/a.log",
    "data:image/png;base64,AAAA",
    f"//github.com/user-attachments/assets/{UUID}",
    f"https://github.com/user-attachments/assets/{UUID}\nx",
    "https://raw.githubusercontent.com/o/r/main/x.png",
]


@pytest.mark.parametrize("address", OURS)
def test_what_is_an_upload(address: str) -> None:
    """The addresses that GitHub writes for what is uploaded to it."""
    assert PUBLIC.is_upload(address)


@pytest.mark.parametrize("address", FOREIGN)
def test_what_is_none(address: str) -> None:
    """Other hosts, schemes, ports, users, other repositories, ways around: nothing that is asked for."""
    assert not PUBLIC.is_upload(address)


def test_pictures_of_github_com_are_not_those_of_a_server_of_ones_own() -> None:
    """A company's own GitHub trusts itself, not github.com's stores."""
    own = Platform("https://git.example", "qiyun/faults")
    assert own.is_upload(f"https://git.example/user-attachments/assets/{UUID}")
    assert not any(own.is_upload(one) for one in OURS)
    assert not own.trusts("https://objects.githubusercontent.com/x")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://private-user-images.githubusercontent.com/1/2.png?jwt=a", True),
        ("https://objects.githubusercontent.com/github-production-repository-file-5c1aeb/1/2", True),
        ("https://github-production-user-asset-6210df.s3.amazonaws.com/1/2.png?X-Amz-Signature=a", True),
        ("https://release-assets.githubusercontent.com/x", True),
        ("https://raw.githubusercontent.com/evil/x/main/x.png", False),
        ("https://gist.githubusercontent.com/evil/1/raw/x.png", False),
        ("http://objects.githubusercontent.com/x", False),
        ("https://objects.githubusercontent.com:8443/x", False),
        ("https://objects.githubusercontent.com.evil.example/x", False),
        ("https://evil.s3.amazonaws.com/x", False),
        ("https://a.b@objects.githubusercontent.com/x", False),
        ("http://127.0.0.1/x", False),
        ("https://evil.example/.githubusercontent.com", False),
    ],
)
def test_where_a_redirect_may_lead(address: str, expected: bool) -> None:  # noqa: FBT001 - parametrized
    """GitHub's own stores over TLS, and nothing else."""
    assert PUBLIC.trusts(address) is expected


def test_the_token_is_for_the_server_alone(host: Host) -> None:
    """The first request shows it; the host that it leads to never sees it."""
    store = Host()
    there = store.put(b"data", "/signed?X-Amz-Signature=1")
    address = host.put(b"", Location=there)
    host.answers[f"/user-attachments/assets/{UUID}"] = lambda one: respond(one, b"", {"Location": there}, 302)
    data = download.fetch(address, platform(host, more=frozenset({store.address})), 100)
    assert data == b"data"
    assert host.asked == [(f"/user-attachments/assets/{UUID}", "Bearer secret")]
    assert store.asked == [("/signed?X-Amz-Signature=1", None)]
    store.server.shutdown()
    store.server.server_close()


@pytest.mark.parametrize(
    "target", ["http://127.0.0.1:1/x", "http://localhost/x", "file:///etc/passwd", "//evil.example/x"]
)
def test_a_redirect_elsewhere_is_not_followed(host: Host, target: str) -> None:
    """No other machine is asked, this one least of all."""
    address = host.put(b"")
    host.answers[f"/user-attachments/assets/{UUID}"] = lambda one: respond(one, b"", {"Location": target}, 302)
    with pytest.raises(UnfitError, match="不在 GitHub 自己的存储上"):
        download.fetch(address, platform(host), 100)


def test_a_circle_ends(host: Host) -> None:
    """Who redirects again and again is left."""
    address = host.put(b"")
    host.answers[f"/user-attachments/assets/{UUID}"] = lambda one: respond(one, b"", {"Location": one.path}, 302)
    with pytest.raises(UnfitError, match="转来转去"):
        download.fetch(address, platform(host), 100)
    assert len(host.asked) == 4


def test_a_large_file_is_not_read_to_its_end(host: Host) -> None:
    """The limit holds whatever the length that the server tells."""
    address = host.put(b"x" * 1_000_001)
    with pytest.raises(UnfitError, match="超过 1 MB"):
        download.fetch(address, platform(host), 1_000_000)


def test_a_packed_answer_is_refused(host: Host) -> None:
    """What unpacks itself to a thousand times its size is not unpacked."""
    address = host.put(b"\x1f\x8b", Content_Encoding="gzip")
    with pytest.raises(UnfitError, match="没有取到"):
        download.fetch(address, platform(host), 1_000_000)


def test_a_slow_answer_is_left(host: Host) -> None:
    """A byte now and then keeps nobody waiting: the time of a file is limited as a whole."""

    def drip(one: BaseHTTPRequestHandler) -> None:
        one.send_response(200)
        one.send_header("Content-Length", "1000")
        one.end_headers()
        for _ in range(100):
            one.wfile.write(b"x")
            one.wfile.flush()
            time.sleep(0.05)

    address = host.put(b"")
    host.answers[f"/user-attachments/assets/{UUID}"] = drip
    begun = time.monotonic()
    with pytest.raises(UnfitError, match="太慢"):
        download.fetch(address, platform(host, patience=0.3), 10_000)
    assert time.monotonic() - begun < 3


def test_nothing_there_and_nobody_there(host: Host) -> None:
    """A deleted file and a server that does not answer are words, no errors."""
    with pytest.raises(UnfitError, match="404"):
        download.fetch(f"{host.address}/user-attachments/assets/{UUID}", platform(host), 100)
    nobody = Platform("http://127.0.0.1:1", "qiyun/faults")
    with pytest.raises(UnfitError, match="连接中断"):
        download.fetch(f"http://127.0.0.1:1/user-attachments/assets/{UUID}", nobody, 100)


def test_the_signed_address_of_a_private_repository() -> None:
    """GitHub's own HTML has the address of the picture that needs no login; a link of the same number elsewhere does not count."""
    address = f"https://github.com/user-attachments/assets/{UUID}"
    signed = f"https://private-user-images.githubusercontent.com/1/2-{UUID}.png?jwt=a&amp;b=c"
    html = f'<a href="x"><img src="https://evil.example/{UUID}.png"></a><img src="{signed}" alt="x">'
    assert PUBLIC.signed(address, html) == signed.replace("&amp;", "&")
    assert PUBLIC.signed(address, "<p>nothing</p>") == address


@pytest.mark.parametrize("host", ["raw", "gist", "objects", "avatars"])
def test_what_anybody_can_put_on_a_host_of_github_is_no_upload(host: str) -> None:
    """An address of the same number on a host where everybody may put files stands in a form like any text: it is not asked."""
    address = f"https://github.com/user-attachments/assets/{UUID}"
    forged = f'<img src="https://{host}.githubusercontent.com/evil/x/main/{UUID}.png">'
    assert PUBLIC.signed(address, forged) == address


def collected(host: Host, words: Vocabulary, text: str, **kept: bytes) -> list[File | Refused]:
    """Return what becomes of the uploads in a text."""
    return list(uploads.collect([text], words, platform(host), "", kept).values())


def test_a_photograph_is_its_pixels(host: Host, words: Vocabulary) -> None:
    """What a camera writes about owner and place is gone, and the name is ours."""
    address = host.put(photo())
    (file,) = collected(host, words, f'<img width="10" alt="Mei Lin.jpg" src="{address}" />')
    assert isinstance(file, File)
    assert file.name.startswith("附件-")
    assert file.name.endswith(".jpeg") or file.name.endswith(".jpg")
    assert b"Mei Lin" not in file.data
    assert Image.open(io.BytesIO(file.data)).getexif() == {}


def test_the_same_upload_is_the_same_file(host: Host, words: Vocabulary) -> None:
    """The name depends on the address alone: what an earlier run brought is not fetched again, and not lost."""
    address = host.put(png())
    (first,) = collected(host, words, f"![a]({address}) ![b]({address})")
    assert isinstance(first, File)
    assert len(host.asked) == 1
    host.answers.clear()
    (second,) = uploads.collect([f"![a]({address})"], words, platform(host), "", {first.name: first.data}).values()
    assert second == first
    assert len(host.asked) == 1


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"<svg onload=alert(1)>", "a.svg", "收不了"),
        (b"PK\x03\x04", "a.zip", "收不了"),
        (b"MZ\x90", "a.exe", "收不了"),
        (b"<html><script>", "a.log", "网页"),
        (b"\x89PNG\r\n\x1a\nbroken", "a.png", "损坏"),
        ("用户 13912345678".encode(), "a.log", "手机号码"),
        ("杭州市西湖区文三路 138 号 3 幢 2 单元 501 室".encode(), "a.txt", "详细地址"),
        ("用户张三的网关".encode(), "a.txt", "姓名"),
        (b"x" * 5_000_001, "a.log", "5 MB"),
    ],
)
def test_what_is_refused(host: Host, words: Vocabulary, data: bytes, name: str, reason: str) -> None:
    """By content and not by name: what is no picture, PDF or plain text, is broken, too large or tells of somebody."""
    address = host.put(data, f"/user-attachments/files/1/{name}")
    (one,) = collected(host, words, f"[{name}]({address})")
    assert isinstance(one, Refused)
    assert reason in one.reason
    assert one.label == name
    assert "13912345678" not in one.reason + one.help


def test_what_is_masked_in_a_log_keeps_nothing_out(host: Host, words: Vocabulary) -> None:
    """A landline and addresses of machines are masked in the log beside the ticket; the file comes along under its label."""
    address = host.put(b"x 0571-88886666 47.96.1.2 192.168.1.1", "/user-attachments/files/1/boot.log")
    (file,) = collected(host, words, f"[boot.log]({address})")
    assert isinstance(file, File)
    assert file.label == "boot.log"


def test_a_picture_under_another_name_is_a_picture(host: Host, words: Vocabulary) -> None:
    """Content decides the ending."""
    address = host.put(png(), "/user-attachments/files/1/a.log")
    (file,) = collected(host, words, f"[a.log]({address})")
    assert isinstance(file, File)
    assert file.name.endswith(".png")


def test_a_form_brings_ten_files_at_most(host: Host, words: Vocabulary) -> None:
    """More are refused without being fetched."""
    data = png()
    text = "".join(f"![]({host.put(data, f'/user-attachments/files/{number}/a.png')})" for number in range(12))
    found = collected(host, words, text)
    assert [isinstance(one, File) for one in found] == [True] * 10 + [False] * 2
    assert len(host.asked) == 10


def test_a_film_of_small_pictures_is_refused(host: Host, words: Vocabulary) -> None:
    """Two hundred frames of a point each are taken, one more is not: ten thousand would cost many seconds."""
    for number, expected in ((200, File), (201, Refused)):
        head = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff"
        frame = b"\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0"
        address = host.put(head + frame * number + b";")
        (one,) = collected(host, words, f"![x]({address})")
        assert isinstance(one, expected)
    assert isinstance(one, Refused)
    assert one.reason == "动画超过 200 帧"


def test_foreign_pictures_are_not_fetched(host: Host, words: Vocabulary) -> None:
    """A picture elsewhere is refused with a word; a link elsewhere is only a link."""
    text = f"![x](http://127.0.0.1:1/x.png) <img src='{host.address}/settings'> [doc](https://example.com/x) https://example.com"
    found = collected(host, words, text)
    assert [type(one) for one in found] == [Refused, Refused]
    assert host.asked == []
