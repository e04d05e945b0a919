"""``fault site serve``: the site on this machine, made anew when a ticket changes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

PATIENCE = 60
"""Seconds to wait for what must come; a machine that is busy may need them."""
ARTICLE = "faults/SW-20261103-001/"


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def fetch(address: str) -> str:
    """Return a page, or nothing as long as nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - our own address
            return str(answer.read().decode("utf-8"))
    except OSError:
        return ""


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Poll until a condition holds."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.1)


class Served:
    """A running server, its repository, its address and what it said so far."""

    def __init__(self, root: Path, folder: Path) -> None:
        """Start the server."""
        self.folder = folder
        port = free_port()
        self.address = f"http://127.0.0.1:{port}/"
        self.log = folder / "serve.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "faultkb", "site", "serve", "--address", f"127.0.0.1:{port}"],
                cwd=folder,
                env={**os.environ, "PYTHONPATH": str(root / "tools")},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # a signal to the session is what Ctrl+C in a terminal is
            )

    def said(self) -> str:
        """Return what the server wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> int:
        """Press Ctrl+C and return the exit code."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE)


@pytest.fixture
def served(root: Path, copy_repository: Callable[..., Path], tmp_path: Path) -> Iterator[Served]:
    """Serve a copy of this repository."""
    with serving(root, copy_repository(tmp_path / "repository")) as server:
        wait_for(
            lambda: "看门狗" in fetch(server.address + ARTICLE) or server.process.poll() is not None,
            "the site did not come up",
        )
        assert server.process.poll() is None, server.said()
        yield server


@contextmanager
def serving(root: Path, folder: Path) -> Iterator[Served]:
    """Serve a repository; whatever happens, nothing keeps running."""
    server = Served(root, folder)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            os.killpg(server.process.pid, signal.SIGKILL)
            server.process.wait()


def replace(path: Path, old: str, new: str) -> None:
    """Change a text file in place, as an editor does."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_changed_ticket_is_served_anew_until_ctrl_c(served: Served) -> None:
    """A new summary appears in the served article without anybody running a command; Ctrl+C ends all of it quietly."""
    assert served.address in served.said()
    replace(
        served.folder / "tickets" / "2026" / "11" / "SW-20261103-001.md",
        "summary: 升级后子设备",
        "summary: 改过的摘要，子设备",
    )
    wait_for(lambda: "改过的摘要" in fetch(served.address + ARTICLE), "the new summary was never served")
    assert served.stop() == 0, served.said()
    assert "Traceback" not in served.said()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(served.address, timeout=5)  # noqa: S310 - our own address


def test_changed_schema_changes_every_article(served: Served) -> None:
    """A new title of a field shows in an article whose ticket did not change."""
    replace(served.folder / "schema" / "ticket.schema.json", '"title": "已修复版本"', '"title": "修好的版本号"')
    wait_for(lambda: "修好的版本号" in fetch(served.address + ARTICLE), "the new title was never served")
    assert served.stop() == 0, served.said()


def test_broken_ticket_is_named_and_a_mended_one_served(served: Served) -> None:
    """A mistake in a ticket does not end the server: it says what is wrong, keeps the old page, and goes on once it is mended."""
    ticket = served.folder / "tickets" / "2026" / "11" / "SW-20261103-001.md"
    replace(ticket, "severity: 高", "severity: 极高")
    wait_for(lambda: "没有发布" in served.said(), "the mistake was never named")
    assert "tickets/2026/11/SW-20261103-001.md:5:11: 错误[schema]" in served.said()
    assert "看门狗" in fetch(served.address + ARTICLE)
    text = (
        ticket.read_text(encoding="utf-8")
        .replace("severity: 极高", "severity: 高")
        .replace("summary: 升级后子设备", "summary: 改好之后，子设备")
    )
    draft = ticket.with_suffix(".tmp")
    draft.write_text(text, encoding="utf-8")
    draft.replace(ticket)  # the way in which most editors, and this program, save
    wait_for(lambda: "改好之后" in fetch(served.address + ARTICLE), "the mended ticket was never served")
    assert served.stop() == 0, served.said()


def test_private_value_is_told_on_every_page_and_not_served(served: Served) -> None:
    """What may not get out does not end the server: the terminal and each open page say why, until it is mended."""
    ticket = served.folder / "tickets" / "2026" / "11" / "SW-20261103-001.md"
    replace(ticket, "小型仓库，", "小型仓库，网关在 121.40.33.18，")
    wait_for(lambda: "网站没有更新" in served.said(), "the address was never named")
    assert "121.40.*.*" in fetch(f"{served.address}__news?0")
    assert "121.40.33.18" not in served.said() + fetch(served.address + ARTICLE) + fetch(f"{served.address}__news?0")
    replace(ticket, "网关在 121.40.33.18，", "改好了，")
    wait_for(lambda: "改好了" in fetch(served.address + ARTICLE), "the mended ticket was never served")
    wait_for(lambda: fetch(f"{served.address}__news?0").isdecimal(), "the pages were never told that all is well")
    assert served.stop() == 0, served.said()
    assert "Traceback" not in served.said()


def test_preview_starts_with_a_mistake_in_a_ticket(
    root: Path, copy_repository: Callable[..., Path], tmp_path: Path
) -> None:
    """Who starts it to see what he has written need not mend that first: each page says what is wrong, and appears once it is not."""
    folder = copy_repository(tmp_path / "repository")
    ticket = folder / "tickets" / "2026" / "11" / "SW-20261103-001.md"
    replace(ticket, "severity: 高", "severity: 极高")
    with serving(root, folder) as server:
        wait_for(lambda: "错误[schema]" in fetch(f"{server.address}__news?0"), "the mistake was never told")
        wait_for(lambda: server.address in server.said(), "the address was never told")
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(server.address + ARTICLE, timeout=5)  # noqa: S310 - our own address
        assert "/__news.js" in answer.value.read().decode("utf-8")
        replace(ticket, "severity: 极高", "severity: 高")
        wait_for(lambda: "看门狗" in fetch(server.address + ARTICLE), "the mended ticket was never served")
        assert server.stop() == 0


def test_address_that_is_none_is_named(
    copy_repository: Callable[..., Path], run: Callable[..., Any], tmp_path: Path
) -> None:
    """``--address`` wants host and port; anything else is a usage error in Chinese."""
    folder = copy_repository(tmp_path / "repository")
    for address in ("nonsense", "127.0.0.1:port", "127.0.0.1:99999"):
        done = run(folder, "site", "serve", "--address", address)
        assert done.returncode == 2, address
        assert "--address" in done.stderr
        assert "ERROR" not in done.stderr
        assert "Traceback" not in done.stderr


def test_address_in_use_is_named(copy_repository: Callable[..., Path], run: Callable[..., Any], tmp_path: Path) -> None:
    """When another program has the port, the command says so and ends with 2 instead of a traceback."""
    folder = copy_repository(tmp_path / "repository")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(folder, "site", "serve", "--address", f"127.0.0.1:{taken.getsockname()[1]}")
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "错误" in done.stderr
