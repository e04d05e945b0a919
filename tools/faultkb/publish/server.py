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
      const [count, ...said] = (await (await fetch("{_NEWS}?" + seen)).text()).split("\\n")
      if (said.length) {{
        // An old page is not what the files say now.
        const box = document.createElement("pre")
        box.textContent = said.join("\\n")
        Object.assign(box.style, {{ whiteSpace: "pre-wrap", padding: "2rem", fontSize: "1rem", lineHeight: "1.8" }})
        document.body.replaceChildren(box)
      }} else if (seen && count !== seen) location.reload()
      seen = count
    }} catch {{ await new Promise(done => setTimeout(done, 1000)) }}
  }}
}})()"""


class News:
    """How often the site was built, and what the last build complained of; pages wait for it."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self._count = 0
        self._changed = threading.Condition()

    def tell(self, said: list[str]) -> None:
        """Wake whoever waits."""
        with self._changed:
            self._count += 1
            self.said = said
            self._changed.notify_all()

    def after(self, seen: str) -> str:
        """Return the count and the complaints, at once if it is not the one seen, else as soon as it changes or patience ends."""
        with self._changed:
            self._changed.wait_for(lambda: str(self._count) != seen, _PATIENCE)
            return "\n".join([str(self._count), *self.said])


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files of the site; each page gets a script that waits for news."""

    def __init__(self, *arguments: Any, news: News, **named: Any) -> None:
        self.news = news
        super().__init__(*arguments, **named)

    def do_GET(self) -> None:
        """Answer a request; news are no file."""
        path, _, query = self.path.partition("?")
        if path == _NEWS:
            self._answer(self.news.after(query).encode(), "text/plain; charset=utf-8")
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
        if code == HTTPStatus.NOT_FOUND and self.news.said and not page.is_file():
            # There is no site yet: the script says why, and loads the page when there is one.
            data = f'<!doctype html><meta charset="utf-8"><title>预览</title><body><script src="{_SCRIPT}"></script>'.encode()
        elif code == HTTPStatus.NOT_FOUND and page.is_file():
            data = page.read_bytes()
        else:
            super().send_error(code, message, explain)
            return
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

    preview = _Preview(root)
    preview.bring_up_to_date()
    changed = threading.Event()
    observer = Observer()
    for name in _WATCHED:
        observer.schedule(_watch(root, changed), str(root / name), recursive=True)
    observer.schedule(_watch(root, changed), str(root))
    observer.start()
    host, _, port = address.rpartition(":")
    server = _Server((host, int(port)), functools.partial(_Handler, directory=str(preview.output), news=preview.news))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stderr.write(f"预览地址：http://{address}/\n")
    try:
        while True:
            changed.wait()
            time.sleep(_PAUSE)
            changed.clear()
            preview.bring_up_to_date()
    except KeyboardInterrupt:
        pass
    finally:
        server.shutdown()
        server.server_close()
        observer.stop()
        observer.join()


class _Preview:
    """The site of a repository, and what became of the last attempt to build it."""

    def __init__(self, root: Path) -> None:
        self.root, self.output, self.news = root, root / "site", News()
        site.refuse_output(root, self.output)
        self._remembered = state.load(root)

    def bring_up_to_date(self) -> None:
        """Build the site; a mistake in a file ends nothing: it is told, here and on every page, until it is mended."""
        try:
            self._build()
        except FaultError as error:
            sys.stderr.write("\n".join(error.lines) + "\n")
            self.news.tell(error.lines)
        else:
            self.news.tell([])

    def _build(self) -> None:
        """What was made by another schema is made anew."""
        words = vocabulary.load(self.root)
        key = state.key_of(self.root)
        if self._remembered.key != key:
            self._remembered = state.State(key)
        site.build(self.root, words, moment.now(words.timezone), self.output, self._remembered)


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
