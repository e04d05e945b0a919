"""Where messages go in tests: a stand-in for 企业微信, 钉钉, 飞书 and webhooks that is reached as the real ones are.

A proxy on loopback answers ``CONNECT host:443`` with a TLS connection of its own, under a certificate for that host from an
authority that only the test knows. What a program sends to the real address arrives here, whole, and nothing leaves the machine.
"""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple

import trustme

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ACCEPTED = {
    "qyapi.weixin.qq.com": {"errcode": 0, "errmsg": "ok"},
    "oapi.dingtalk.com": {"errcode": 0, "errmsg": "ok"},
    "open.feishu.cn": {"code": 0, "data": {}, "msg": "success"},
    "open.larksuite.com": {"code": 0, "data": {}, "msg": "success"},
}
"""What each service answers when it takes a message, as its manual says."""


class Received(NamedTuple):
    """A request: to which host and path, with which headers, and the body as JSON."""

    host: str
    path: str
    headers: dict[str, str]
    body: Any


class Sink:
    """The proxy and what it has received. ``answers`` are (status, body) by host, in place of acceptance."""

    def __init__(self, folder: Path) -> None:
        self.received: list[Received] = []
        self.answers: dict[str, tuple[int, Any]] = {}
        self.before: Callable[[Received], None] = lambda _: None
        """Is called with each request before it is answered."""
        self._authority = trustme.CA()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self.bundle = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(self.bundle)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"sink": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        """The variables with which a program comes here instead of to the real services."""
        proxy = f"http://127.0.0.1:{self._server.server_port}"
        return {
            "HTTPS_PROXY": proxy,
            "https_proxy": proxy,
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "REQUESTS_CA_BUNDLE": str(self.bundle),
        }

    @property
    def webhook(self) -> str:
        """Host and port for a webhook without TLS."""
        return f"127.0.0.1:{self._server.server_port}"

    def context(self, host: str) -> ssl.SSLContext:
        """Return what a server of that name shows."""
        if host not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._authority.issue_cert(host).configure_cert(context)
            self._contexts[host] = context
        return self._contexts[host]

    def stop(self) -> None:
        """Take no more."""
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    sink: Sink
    protocol_version = "HTTP/1.1"
    timeout = 20
    host = ""

    def do_CONNECT(self) -> None:
        """Become the host that is asked for."""
        self.host = self.path.partition(":")[0]
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        try:
            self.connection = self.sink.context(self.host).wrap_socket(self.connection, server_side=True)
        except ssl.SSLError:  # whoever asks does not trust us
            return
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")  # type: ignore[assignment]
        self.close_connection = False  # Python 3.11 asks for a tunnel in HTTP/1.0

    def finish(self) -> None:
        """Close what was opened for TLS, too."""
        with contextlib.suppress(OSError):
            super().finish()
        self.connection.close()

    def do_POST(self) -> None:
        """Take a message."""
        data = self.rfile.read(int(self.headers["Content-Length"]))
        host = self.host or self.headers["Host"]
        got = Received(host, self.path, dict(self.headers.items()), json.loads(data))
        self.sink.received.append(got)
        self.sink.before(got)
        status, body = self.sink.answers.get(host, (200, ACCEPTED.get(host, {})))
        if not status:  # no answer
            self.close_connection = True
            return
        answer = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""
