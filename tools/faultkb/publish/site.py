"""From tickets to a site: write the generated pages (only those that changed), then let MkDocs build."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultkb import check
from faultkb.finding import ERROR, FaultError, reason
from faultkb.publish import article, pages, reference

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from faultkb.vocabulary import Vocabulary

_GENERATED = ("faults", "reference")
_CHANGES = {"created", "modified", "moved", "deleted"}


@dataclass(frozen=True, slots=True)
class Published:
    """What a run of `publish` did: pages in all, files written, files removed."""

    pages: int
    written: int
    removed: int


def publish(root: Path, words: Vocabulary, as_of: datetime) -> Published:
    """Write the generated pages under kb/. Raise FaultError if any ticket has an error; then nothing is written."""
    errors = [one for one in check.check(root, words, as_of).findings if one.level == ERROR]
    if errors:
        raise FaultError(f"有 {len(errors)} 个错误，没有发布；运行 fault check 查看怎样改", errors[:20], code=1)
    wanted = dict(pages.pages(article.collect(root, words), words)) | dict(reference.pages(words))
    written = sum(_write(root / "kb" / name, text) for name, text in wanted.items())
    return Published(len(wanted), written, _remove_stale(root / "kb", set(wanted)))


def _write(path: Path, text: str) -> bool:
    """Write a file if its content differs: MkDocs rebuilds by modification time."""
    data = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == data:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.new")
    draft.write_bytes(data)
    draft.replace(path)
    return True


def _remove_stale(kb: Path, wanted: set[str]) -> int:
    stale = [
        path
        for name in _GENERATED
        for path in (kb / name).rglob("*")
        if path.is_file() and path.relative_to(kb).as_posix() not in wanted
    ]
    for path in stale:
        path.unlink()
    return len(stale)


def refuse_output(root: Path, output: Path) -> None:
    """Raise FaultError for a folder that is not ours to empty: MkDocs clears it before it builds."""
    folder = output.resolve()
    foreign = folder.is_dir() and any(folder.iterdir()) and not (folder / "404.html").is_file()
    if folder in {root, *root.parents} or foreign:
        raise FaultError(f"--output {output} 里有别的文件，建网站会清空它：换一个空的或新的文件夹")


def build(root: Path, output: Path) -> None:
    """Build the site from kb/ with MkDocs in strict mode. Raise FaultError with what MkDocs said if it fails."""
    result = subprocess.run(  # noqa: S603 - our own interpreter, no shell, no text of a ticket
        [*_mkdocs(root, "build"), "--strict", "--site-dir", str(output.absolute())],
        cwd=root,
        env=_environment(),
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if result.returncode:
        # Not --quiet: it hides the warnings from --strict, too.
        lines = [line for line in result.stderr.splitlines() if not line.startswith("INFO")]
        raise FaultError("网站没有建成，MkDocs 说：\n" + "\n".join(lines)[-4000:])


def _mkdocs(root: Path, command: str) -> list[str]:
    if not (root / "mkdocs.yml").is_file():
        raise FaultError("缺少 mkdocs.yml：请从本项目的仓库恢复它")
    return [sys.executable, "-m", "mkdocs", command, "--config-file", str(root / "mkdocs.yml")]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONUTF8": "1", "NO_MKDOCS_2_WARNING": "1"}


def serve(root: Path, address: str, republish: Callable[[], object]) -> None:
    """Serve the site with live reload until interrupted; ``republish`` is called when a ticket changes."""
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    class Republish(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            # Editors save by renaming: the ticket's name may be either end of the move.
            names = (str(event.src_path), str(event.dest_path))
            if event.event_type in _CHANGES and any(name.endswith(".md") for name in names):
                try:
                    republish()
                except FaultError as error:
                    sys.stderr.write(f"{error}\n")

    observer = Observer()
    observer.schedule(Republish(), str(root / "tickets"), recursive=True)
    observer.start()
    command = [*_mkdocs(root, "serve"), "--dev-addr", address]
    try:
        with subprocess.Popen(command, cwd=root, env=_environment()) as server:  # noqa: S603 - as in build
            try:
                code = server.wait()
            except KeyboardInterrupt:
                server.kill()
                return
        if code > 0:
            raise FaultError("预览中断了，原因见上面 MkDocs 的输出")
    finally:
        observer.stop()
        observer.join()


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
