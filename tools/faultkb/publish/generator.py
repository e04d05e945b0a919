"""Markdown → HTML: pages under kb/ in batches, by MkDocs, on all processors. Another generator would take its place here.

Pages do not depend on each other (articles stay out of the navigation, links between generated pages are addresses), so a
batch holds some of them and, where the navigation names a page of another batch, an empty one in its place. Memory is that
of one batch, whatever the number of pages.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb.finding import FaultError
from faultkb.publish import aside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BATCH = 1_000
"""Pages that MkDocs holds in memory at once (about 100 MB)."""
_CONFIG = "mkdocs.yml"


class _Batch(NamedTuple):
    """Pages to build, where from and where to; ``stubs`` are those that only the navigation needs."""

    config: str
    docs: str
    pages: tuple[str, ...]
    stubs: tuple[str, ...]
    work: str


@contextlib.contextmanager
def built(root: Path, pages: Sequence[str], place: Path) -> Iterator[tuple[Path, dict[str, Path]]]:
    """Build pages (paths under kb/) in a temporary folder in ``place``; yield the theme's files and where each page's HTML is.

    The page's key is its path on the site. Raise FaultError with what MkDocs said if it warned of anything.
    """
    config = root / _CONFIG
    if not config.is_file():
        raise FaultError(f"缺少 {_CONFIG}：请从本项目的仓库恢复它")
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    navigation = _navigation(config)
    parts = [tuple(pages[start : start + _BATCH]) for start in range(0, len(pages), _BATCH)]
    with tempfile.TemporaryDirectory(prefix=".site-", dir=place, ignore_cleanup_errors=True) as work:
        batches = [
            _Batch(str(config), str(root / "kb"), part, tuple(navigation - set(part)), f"{work}/{number}")
            for number, part in enumerate(parts)
        ]
        complaints = _run(batches)
        if complaints:
            raise FaultError("网站没有建成，MkDocs 说：\n" + "\n".join(dict.fromkeys(complaints))[-4000:])
        found = {address(page): Path(one.work, "site", address(page)) for one in batches for page in one.pages}
        yield Path(batches[0].work, "site"), found


def address(page: str) -> str:
    """Return the file of the site that a page under kb/ becomes."""
    folder, _, name = page.removesuffix(".md").rpartition("/")
    return "/".join(filter(None, (folder, "" if name == "index" else name, "index.html")))


def _navigation(config: Path) -> set[str]:
    def paths(node: Any) -> Iterator[str]:
        if isinstance(node, str):
            yield node
        for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from paths(one)

    return {path for path in paths(_load(config)["nav"]) if path.endswith(".md")}


def _load(config: Path, **given: Any) -> Any:
    from mkdocs.config import load_config
    from mkdocs.exceptions import ConfigurationError

    try:
        return load_config(str(config), **given)
    except ConfigurationError as error:
        raise FaultError(f"{_CONFIG} 里有错误：{error}") from None


def _run(batches: Sequence[_Batch]) -> list[str]:
    """Build batches, and return what MkDocs complains of."""
    return [complaint for some in aside.each(_build, batches) for complaint in some]


class _Complaints(logging.Handler):
    """Collects warnings and errors."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append(f"{record.levelname}: {record.getMessage()}")


def _build(batch: _Batch) -> list[str]:
    from mkdocs.commands.build import build
    from mkdocs.exceptions import MkDocsException

    gc.enable()
    _prepare(batch)
    logger = logging.getLogger("mkdocs")
    handler = _Complaints()
    logger.addHandler(handler)
    logger.propagate = False
    try:
        build(_load(Path(batch.config), docs_dir=f"{batch.work}/docs", site_dir=f"{batch.work}/site"))
    except MkDocsException as error:
        handler.lines.append(str(error))
    finally:
        logger.removeHandler(handler)
    return handler.lines


def _prepare(batch: _Batch) -> None:
    """Put the pages of a batch, and the attachments beside them, into a folder of their own."""
    for page in batch.pages:
        source, target = Path(batch.docs, page), Path(batch.work, "docs", page)
        target.parent.mkdir(parents=True, exist_ok=True)
        link(source, target)
        beside = source.with_suffix("")
        if source.name[:1].isupper() and beside.is_dir():
            shutil.copytree(beside, target.with_suffix(""), copy_function=link)
    for page in batch.stubs:
        target = Path(batch.work, "docs", page)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("# -\n", encoding="utf-8")


def link(source: str | Path, target: str | Path) -> None:
    """Give a file a second name, or copy it where the file system knows no such thing."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
