"""The site on this machine: built, served, and built again when a ticket, a page or the schema changes."""

from __future__ import annotations

import functools
import http.server
import io
import shutil
import socket
import sys
import threading
import time
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from faultkb import moment, vocabulary
from faultkb.finding import FaultError, reason
from faultkb.publish import site, state
from faultkb.publish.files import is_generated

if TYPE_CHECKING:
    from watchdog.events import FileSystemEventHandler

    from faultkb.publish.state import State

_WATCHED = ("tickets", "kb", "schema")
_ALONE = "mkdocs.yml"
_CHANGES = {"created", "modified", "moved", "deleted"}
_PATIENCE = 20
"""Seconds that a page waits for news before it asks again."""
_PAUSE = 0.2
"""Seconds after a change in which others may follow: an editor writes more than once."""
_NEWS, _SCRIPT = "/__news", "/__news.js"
_LISTENER = f"""(async () => {{
  let seen = ""
  for (;;) {{
    try {{
      const news = await (await fetch("{_NEWS}?" + seen)).text()
      if (seen && news !== seen) location.reload()
      seen = news
    }} catch {{ await new Promise(done => setTimeout(done, 1000)) }}
  }}
}})()"""


class News:
    """How often the site was built; pages wait for it."""

    def __init__(self) -> None:
        self.count = 1
        self._changed = threading.Condition()

    def tell(self) -> None:
        """Wake whoever waits."""
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def after(self, seen: str) -> int:
        """Return the count, at once if it is not the one seen, else as soon as it changes or patience ends."""
        with self._changed:
            self._changed.wait_for(lambda: str(self.count) != seen, _PATIENCE)
            return self.count


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the site; each page gets a script that waits for news."""

    def __init__(self, *arguments: Any, news: News, **named: Any) -> None:
        self.news = news
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        """Answer a request; news are no file."""
        path, _, query = self.path.partition("?")
        if path == _NEWS:
            self._answer(str(self.news.after(query)).encode(), "text/plain")
        elif path == _SCRIPT:
            self._answer(_LISTENER.encode(), "text/javascript")
        else:
            super().do_GET()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Open what was asked for; a page is completed first."""
        path = Path(self.translate_path(self.path))
        if path.is_dir() and self.path.partition("?")[0].endswith("/"):
            path /= "index.html"
        if path.suffix != ".html" or not path.is_file():
            return super().send_head()
        data = path.read_bytes().replace(b"</body>", f'<script src="{_SCRIPT}"></script></body>'.encode())
        self._head(HTTPStatus.OK, "text/html; charset=utf-8", len(data))
        return io.BytesIO(data)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the site's own page for what does not exist."""
        page = Path(self.directory, "404.html")
        if code != HTTPStatus.NOT_FOUND or not page.is_file():
            super().send_error(code, message, explain)
            return
        data = page.read_bytes()
        self._head(code, "text/html; charset=utf-8", len(data))
        if self.command != "HEAD":
            shutil.copyfileobj(io.BytesIO(data), self.wfile)

    def end_headers(self) -> None:
        """Let no browser keep what will change."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def _answer(self, data: bytes, kind: str) -> None:
        self._head(HTTPStatus.OK, kind, len(data))
        self.wfile.write(data)

    def _head(self, code: int, kind: str, length: int) -> None:
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        """Say nothing of each request."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_arguments: Any) -> None:
        """Say nothing of a browser that went away."""


def serve(root: Path, address: str) -> None:
    """Build the site and serve it until interrupted, built anew whenever something changes that it is made of."""
    from watchdog.observers import Observer

    remembered = state.load(root)
    output = root / "site"
    site.refuse_output(root, output)
    remembered = _build(root, output, remembered)
    changed = threading.Event()
    observer = Observer()
    for name in _WATCHED:
        observer.schedule(_watch(root, changed), str(root / name), recursive=True)
    observer.schedule(_watch(root, changed), str(root))
    observer.start()
    host, _, port = address.rpartition(":")
    news = News()
    server = _Server((host, int(port)), functools.partial(_Handler, directory=str(output), news=news))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stderr.write(f"预览地址：http://{address}/\n")
    try:
        while True:
            changed.wait()
            time.sleep(_PAUSE)
            changed.clear()
            try:
                remembered = _build(root, output, remembered)
                news.tell()
            except FaultError as error:
                sys.stderr.write("\n".join(error.lines) + "\n")
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        server.server_close()
        observer.stop()
        observer.join()


def _build(root: Path, output: Path, remembered: State) -> State:
    """Build the site and return what to remember; what was made by another schema is made anew."""
    words = vocabulary.load(root)
    key = state.key_of(root)
    remembered = remembered if remembered.key == key else state.State(key)
    site.build(root, words, moment.now(words.timezone), output, remembered)
    return remembered


def _watch(root: Path, changed: threading.Event) -> FileSystemEventHandler:
    """Return what notices that a file changed which the site is made of."""
    from watchdog.events import FileSystemEvent, FileSystemEventHandler

    class Watch(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            # Editors save by renaming: the file's name may be either end of the move.
            names = [Path(str(one)) for one in (event.src_path, event.dest_path) if one]
            inside = [one.relative_to(root).as_posix() for one in names if one.is_relative_to(root)]
            if event.event_type in _CHANGES and not event.is_directory and any(map(_matters, inside)):
                changed.set()

    return Watch()


def _matters(name: str) -> bool:
    folder, _, rest = name.partition("/")
    is_draft = name.rpartition("/")[2].startswith(".")
    is_made = folder == "kb" and is_generated(rest)
    return (folder in _WATCHED or name == _ALONE) and not is_draft and not is_made


def refuse_address(address: str) -> None:
    """Raise FaultError for an address that nothing can be served on."""
    host, colon, port = address.rpartition(":")
    if not colon or not host or not port.isdecimal() or not 0 < int(port) < 65536:  # noqa: PLR2004 - ports have 16 bits
        raise FaultError(f"--address “{address}”不是地址：写成 地址:端口，例如 127.0.0.1:8000")
    try:
        with socket.create_server((host, int(port))):
            pass
    except OSError as error:
        raise FaultError(f"--address {address} 不能用（{reason(error)}）：换一个端口，例如 127.0.0.1:8001") from None
