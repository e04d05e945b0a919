"""Messages as each service gets them, over TLS, through apprise's own plugins; and what becomes of them when it refuses.

The formats are those of the services' manuals: 企业微信 群机器人 (text.content of at most 2,048 bytes), 钉钉 自定义机器人
(signed with the secret), 飞书 自定义机器人 (requests of at most 20 KB). All three refuse with status 200 and a code.
"""

from __future__ import annotations

import base64
import email
import hashlib
import hmac
import json
import logging
import ssl
from email import policy
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiosmtpd.controller import Controller

from faultkb import notify
from faultkb.notify import Outcome, Post
from tests.workflows.sink import Received, Sink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = "633a31f6-7f9c-4bc4-97a0-0ec1eefa589f"
TOKEN, SECRET = (
    "a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90",
    "SEC0123456789abcdef0123456789abcdef",
)
HOOK = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
TITLE, TEXT = "故障提醒｜软件开发组｜11-10 10:00", "【超时】中 SW-20261102-001 网关重启\n—— 消息 0A1B2C"
HOSTILE = '<at user_id="all">所有人</at> @all <@U123> <!channel> [点我](http://evil.example) `x`\x00\x1b[31m\u202e'


@pytest.fixture
def sink(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sink]:
    """Return a stand-in for the services, to which everything goes."""
    sink = Sink(tmp_path)
    for name, value in sink.environment.items():
        monkeypatch.setenv(name, value)
    yield sink
    sink.stop()


def sent(sink: Sink, address: str, title: str = TITLE, text: str = TEXT) -> Received:
    """Send a message that is accepted, and return what arrived."""
    assert Post({"software": address}).send("software", title, text) is Outcome.SENT
    (got,) = sink.received
    return got


@pytest.mark.parametrize(
    "address", [f"wecombot://{KEY}", f"https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key={KEY}"]
)
def test_wecom(address: str, sink: Sink) -> None:
    """企业微信: msgtype text, the content with the title as its first line; the key stands in the address."""
    got = sent(sink, address)
    assert (got.host, got.path) == ("qyapi.weixin.qq.com", f"/cgi-bin/webhook/send?key={KEY}")
    assert got.body["msgtype"] == "text"
    assert got.body["text"]["content"].split() == f"{TITLE}\n{TEXT}".split()
    assert got.body.keys() == {"msgtype", "text"}


def test_dingtalk(sink: Sink) -> None:
    """钉钉: msgtype text, nobody is mentioned, signed with HMAC-SHA256 of the time and the secret."""
    got = sent(sink, f"dingtalk://{SECRET}@{TOKEN}")
    query = {name: values[0] for name, values in parse_qs(urlsplit(got.path).query).items()}
    assert (got.host, urlsplit(got.path).path, query["access_token"]) == ("oapi.dingtalk.com", "/robot/send", TOKEN)
    digest = hmac.new(SECRET.encode(), f"{query['timestamp']}\n{SECRET}".encode(), hashlib.sha256).digest()
    assert query["sign"] in {base64.b64encode(digest).decode(), _quoted(base64.b64encode(digest).decode())}
    assert got.body["msgtype"] == "text"
    assert got.body["text"]["content"].split() == f"{TITLE}\n{TEXT}".split()
    assert got.body["at"] == {"atMobiles": [], "isAtAll": False}


def _quoted(text: str) -> str:
    """Return base64 as it stands in an address: apprise quotes it twice, and 钉钉 takes both."""
    return text.replace("+", "%2B").replace("/", "%2F").replace("=", "%3D")


@pytest.mark.parametrize(("scheme", "host"), [("feishu", "open.feishu.cn"), ("lark", "open.larksuite.com")])
def test_feishu(scheme: str, host: str, sink: Sink) -> None:
    """飞书: msg_type text, the text under content."""
    got = sent(sink, f"{scheme}://{HOOK}")
    assert (got.host, got.path.rstrip("/")) == (host, f"/open-apis/bot/v2/hook/{HOOK}")
    assert got.body["msg_type"] == "text"
    assert got.body["content"]["text"].split() == f"{TITLE}\n{TEXT}".split()


@pytest.mark.parametrize("scheme", ["json", "jsons"])
def test_webhook(scheme: str, sink: Sink) -> None:
    """A webhook of one's own: title and message apart, with TLS or without."""
    got = sent(sink, f"json://{sink.webhook}/hook" if scheme == "json" else "jsons://hooks.example.com/hook")
    assert got.path == "/hook"
    assert (got.body["title"], got.body["message"]) == (TITLE, TEXT)


class Mailbox:
    """Takes mail."""

    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - so called
        """Keep a mail."""
        self.mails.append((envelope, email.message_from_bytes(envelope.content, policy=policy.default)))
        return "250 OK"


def test_mail(monkeypatch: pytest.MonkeyPatch, sink: Sink) -> None:
    """Mail over STARTTLS, with the certificate checked: subject and text as they are, in Chinese."""
    monkeypatch.setenv("SSL_CERT_FILE", str(sink.bundle))
    box = Mailbox()
    mail = Controller(box, hostname="127.0.0.1", port=0, tls_context=sink.context("localhost"), require_starttls=True)
    # The controller asks for its own port to see that it runs.
    mail.port = _free_port()
    mail.start()
    try:
        address = f"mailtos://localhost:{mail.port}?mode=starttls&from=fault@example.com&to=software@example.com"
        assert Post({"software": address}).send("software", TITLE, TEXT) is Outcome.SENT
    finally:
        mail.stop()
    ((envelope, mailed),) = box.mails
    assert envelope.rcpt_tos == ["software@example.com"]
    assert mailed["Subject"] == TITLE
    plain = mailed.get_body(("plain", "html")).get_content()
    assert "SW-20261102-001 网关重启" in plain


def _free_port() -> int:
    import socket  # noqa: PLC0415 - here only

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.mark.parametrize(
    "address", [f"wecombot://{KEY}", f"dingtalk://{TOKEN}", f"feishu://{HOOK}", "jsons://hooks.example.com/x"]
)
def test_nothing_that_a_ticket_says_is_more_than_text(address: str, sink: Sink) -> None:
    """No mention of all, no link behind words, no control or direction character, in any service."""
    body = json.dumps(sent(sink, address, TITLE, HOSTILE).body, ensure_ascii=False)
    said = body.replace('"', "")
    assert not any(mark in said for mark in ("<at", "@all", "<@", "<!", "](", "`", "\\u0000", "\\u001b", "\u202e"))
    assert "所有人" in said


@pytest.mark.parametrize(
    ("host", "address", "body"),
    [
        ("qyapi.weixin.qq.com", f"wecombot://{KEY}", {"errcode": 45009, "errmsg": "api freq out of limit"}),
        ("qyapi.weixin.qq.com", f"wecombot://{KEY}", {"errcode": 93000, "errmsg": "invalid webhook url"}),
        ("oapi.dingtalk.com", f"dingtalk://{TOKEN}", {"errcode": 310000, "errmsg": "keywords not in content"}),
        ("open.feishu.cn", f"feishu://{HOOK}", {"code": 19024, "msg": "Key Words Not Found"}),
        ("open.feishu.cn", f"feishu://{HOOK}", ["?"]),
    ],
)
def test_a_refusal_with_status_200_is_a_refusal(host: str, address: str, body: Any, sink: Sink) -> None:
    """To apprise these are successes; the message would be lost."""
    sink.answers[host] = (200, body)
    assert Post({"software": address}).send("software", TITLE, TEXT) is Outcome.REFUSED


@pytest.mark.parametrize("status", [302, 400, 404, 500])
def test_another_status_is_a_refusal(status: int, sink: Sink) -> None:
    """A redirect is not followed: the message would go where nobody has allowed it."""
    sink.answers["hooks.example.com"] = (status, {})
    assert Post({"software": "jsons://hooks.example.com/x"}).send("software", TITLE, TEXT) is Outcome.REFUSED
    assert len(sink.received) == 1


def test_a_lost_answer_is_neither(sink: Sink) -> None:
    """The request arrived, the answer did not: nobody knows."""
    sink.answers["hooks.example.com"] = (0, {})
    assert Post({"software": "jsons://hooks.example.com/x"}).send("software", TITLE, TEXT) is Outcome.UNKNOWN


def test_a_server_that_is_another_gets_nothing(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cannot show the certificate of the host is not told."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    assert Post({"software": f"wecombot://{KEY}"}).send("software", TITLE, TEXT) is Outcome.UNKNOWN
    assert sink.received == []


@pytest.mark.parametrize(
    "address", ["nonsense", "wecombot://", "dingtalk://not!a!token", "nosuch://service", "http://"]
)
def test_an_address_that_is_none_refuses(address: str, sink: Sink) -> None:
    """The others are told all the same."""
    post = Post({"software": address, "product": f"wecombot://{KEY}"})
    assert post.send("software", TITLE, TEXT) is Outcome.REFUSED
    assert post.send("product", TITLE, TEXT) is Outcome.SENT
    assert len(sink.received) == 1


def test_addresses_are_told_to_nobody(
    sink: Sink, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Neither log nor output has a token in it, whatever goes wrong."""
    caplog.set_level(logging.DEBUG)
    sink.answers["qyapi.weixin.qq.com"] = (500, {"errmsg": KEY})
    sink.answers["oapi.dingtalk.com"] = (0, {})
    for address in (f"wecombot://{KEY}", f"dingtalk://{SECRET}@{TOKEN}", f"dingtalk://bad!{SECRET}@{TOKEN}!"):
        Post({"software": address}).send("software", TITLE, TEXT)
    said = "".join([*capfd.readouterr(), *(one.getMessage() for one in caplog.records)])
    assert not any(secret in said for secret in (KEY, TOKEN, SECRET))


@pytest.mark.parametrize(
    ("address", "bytes_"), [(f"wecombot://{KEY}", 2048), (f"dingtalk://{TOKEN}", 20_000), (f"feishu://{HOOK}", 20_000)]
)
def test_what_fits_arrives_whole(address: str, bytes_: int, sink: Sink) -> None:
    """The services count bytes where apprise counts characters: the longest text that fits is one request, below the limit."""
    post = Post({"software": address})
    text = "漏"
    while post.fits("software", TITLE, f"{text}漏"):
        text += "漏"
    assert post.send("software", TITLE, text) is Outcome.SENT
    (got,) = sink.received
    content = got.body.get("text", got.body.get("content"))
    whole = content.get("content") or content.get("text")
    assert whole.endswith(text)
    assert (len(whole.encode()) if bytes_ == 2048 else len(json.dumps(got.body))) <= bytes_


def test_the_secret_is_read_by_lines() -> None:
    """Names and addresses; blank lines and comments say nothing; an address may have an equals sign in it."""
    text = f"# 通知地址\n\nsoftware = wecombot://{KEY}\nproduct=json://h/x?a=b\n"
    found = {"software": f"wecombot://{KEY}", "product": "json://h/x?a=b"}
    assert notify.addresses(text, ["software", "product"]) == (found, [])
    assert notify.addresses("", []) == ({}, [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"software wecombot://{KEY}", "第 1 行没有用：看不懂"),
        (f"{KEY} = wecombot://{KEY}", "第 1 行没有用：等号前面的名字不在"),
        (f"wecombot://{KEY}", "第 1 行没有用：看不懂"),
        (f"software = wecombot://{KEY} more", "第 1 行没有用：看不懂"),
        (f"\nfinance = wecombot://{KEY}", "第 2 行没有用：等号前面的名字不在"),
        (f"https://x/{KEY}?key = wecombot://{KEY}", "第 1 行没有用：等号前面的名字不在"),
        (f"software = wecombot://{KEY}\nsoftware = json://x", "“software”写了两次"),
    ],
)
def test_a_wrong_line_is_named_and_not_repeated(text: str, words: str) -> None:
    """The line, and nothing that stands in it: it may be a key. The other lines count: of two with one name, the first."""
    found, (wrong,) = notify.addresses(f"{text}\nproduct = json://h", ["software", "product"])
    assert words in wrong
    assert KEY not in wrong
    assert found.pop("product") == "json://h"
    assert found == ({"software": f"wecombot://{KEY}"} if "两次" in words else {})


def test_what_waits_for_an_address_fits_any() -> None:
    """企业微信 takes 2,048 bytes, the fewest; without an address nobody knows which service it will be."""
    assert Post({}).fits("software", "t" * 46, "x" * 2000)
    assert not Post({}).fits("software", "t" * 47, "x" * 2000)


def test_tls_is_real(sink: Sink) -> None:
    """The stand-in shows a certificate for the host alone, signed by an authority that only the test trusts."""
    context = ssl.create_default_context(cafile=str(sink.bundle))
    assert context.check_hostname
    assert len(context.get_ca_certs()) == 1
