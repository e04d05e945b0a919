"""Markdown → HTML: pages under kb/ in batches, by MkDocs, on all processors. Another generator would take its place here.

Pages do not depend on each other (articles stay out of the navigation, links between generated pages are addresses), so a
batch holds some of them and, where the navigation names a page of another batch, an empty one in its place. Memory is that
of one batch, whatever the number of pages.
"""

from __future__ import annotations

import contextlib
import filecmp
import gc
import importlib.util
import logging
import os
import posixpath
import re
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from faultkb.finding import FaultError
from faultkb.publish import aside
from faultkb.publish.files import is_generated
from faultkb.publish.state import stamps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BATCH = 2_500
"""Pages that MkDocs holds in memory at once (about 150 MB)."""
_WORTH_A_BATCH = 100
"""Pages below which another process costs more than it brings."""
CONFIG = "mkdocs.yml"
_WORK = ".site-"
_THEME = "material"
_LINK = re.compile(r"(?:\]\(\s*<?|^\s*\[[^\]]+\]:\s*<?)([^)#>\s]+\.md)", re.MULTILINE)
_DEAD_LINK = re.compile(r"Doc file '(.*?)' contains a link '(.*?)', but the target .* is not found")
_LONGEST = 4_000
"""Characters of complaints that are printed."""


class _Batch(NamedTuple):
    """Pages to build, where from and where to.

    ``stubs`` are those that only the navigation and links need, ``files`` what hand-written pages show.
    """

    config: str
    docs: str
    pages: tuple[str, ...]
    stubs: tuple[str, ...]
    files: tuple[str, ...]
    work: str


@contextlib.contextmanager
def built(root: Path, pages: Sequence[str], place: Path) -> Iterator[tuple[Path, dict[str, Path]]]:
    """Build pages (paths under kb/) in a temporary folder in ``place``; yield the theme's files and where each page's HTML is.

    The page's key is its path on the site. Raise FaultError if MkDocs warned of anything, or did not make a page.
    """
    config = root / CONFIG
    os.environ["NO_MKDOCS_2_WARNING"] = "1"
    own = _handwritten(root / "kb")
    pages_named = _navigation(config).union(own.pages, own.targets)
    number = max(-(-len(pages) // _BATCH), min(os.cpu_count() or 1, len(pages) // _WORTH_A_BATCH), 1)
    parts = [tuple(pages[start::number]) for start in range(number)]
    _sweep(place)
    with tempfile.TemporaryDirectory(prefix=f"{_WORK}{os.getpid()}-", dir=place, ignore_cleanup_errors=True) as work:
        batches = [
            _Batch(
                str(config), str(root / "kb"), part, tuple(pages_named.difference(part)), own.files, f"{work}/{number}"
            )
            for number, part in enumerate(parts)
        ]
        complaints = _run(batches)
        if complaints:
            raise FaultError("网站没有建成：\n" + "\n".join(dict.fromkeys(complaints))[-_LONGEST:])
        found = {address(page): Path(one.work, "site", address(page)) for one in batches for page in one.pages}
        yield Path(batches[0].work, "site"), found


def address(page: str) -> str:
    """Return the file of the site that a page under kb/ becomes."""
    folder, _, name = page.removesuffix(".md").rpartition("/")
    return "/".join(filter(None, (folder, "" if name == "index" else name, "index.html")))


def around(fresh: Path) -> dict[str, Path]:
    """Return the files of a site that are no page of ours, by their names; not those that come with the theme as they are."""
    spec = importlib.util.find_spec(_THEME)
    homes = [Path(one, "templates") for one in (spec.submodule_search_locations or () if spec else ())]
    files = {name: fresh / name for name in stamps(fresh)}
    return {name: path for name, path in files.items() if not any(_is_same(path, home / name) for home in homes)}


def _is_same(path: Path, other: Path) -> bool:
    return other.is_file() and filecmp.cmp(path, other, shallow=False)


def _sweep(place: Path) -> None:
    """Remove what builds left behind that were killed."""
    for folder in place.glob(f"{_WORK}*-*") if os.name == "posix" else ():
        owner = folder.name.removeprefix(_WORK).partition("-")[0]
        try:
            os.kill(int(owner), 0)
        except ProcessLookupError:
            shutil.rmtree(folder, ignore_errors=True)
        except (ValueError, OSError):
            continue


class _Own(NamedTuple):
    """What people wrote: pages, the pages to which these link, and other files."""

    pages: set[str]
    targets: set[str]
    files: tuple[str, ...]


def _handwritten(kb: Path) -> _Own:
    names = [name for name in stamps(kb) if not is_generated(name)]
    pages = {name for name in names if name.endswith(".md")}
    linked = {
        posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
        for page in pages
        for target in _LINK.findall((kb / page).read_text(encoding="utf-8", errors="replace"))
    }
    targets = {target for target in linked if not target.startswith("..") and (kb / target).is_file()}
    return _Own(pages, targets, tuple(name for name in names if name not in pages))


def _navigation(config: Path) -> set[str]:
    def paths(node: Any) -> Iterator[str]:
        if isinstance(node, str):
            yield node
        for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from paths(one)

    return {path for path in paths(_load(config)["nav"]) if path.endswith(".md")}


def _load(config: Path, **given: Any) -> Any:
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    with _listening() as said:
        try:
            return load_config(str(config), **given)
        except MkDocsException as error:
            reasons = "\n".join(said or [str(error)])
            raise FaultError(f"{CONFIG} 里有错误，改好之后再运行：\n{reasons}") from None


def _run(batches: Sequence[_Batch]) -> list[str]:
    """Build batches; return what MkDocs complains of."""
    return [complaint for some in aside.each(_build, batches) for complaint in some]


class _Complaints(logging.Handler):
    """Collects warnings and errors."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        said = record.getMessage()
        dead = _DEAD_LINK.match(said)
        self.lines.append(f"kb/{dead[1]}：链接 {dead[2]} 指向的页面不存在，改正或删去它" if dead else f"MkDocs：{said}")


@contextlib.contextmanager
def _listening() -> Iterator[list[str]]:
    """Collect what MkDocs complains of; nothing of it reaches the terminal."""
    logger, handler, propagate = logging.getLogger("mkdocs"), _Complaints(), logging.getLogger("mkdocs").propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield handler.lines
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate


def _build(batch: _Batch) -> list[str]:
    from mkdocs.commands.build import build
    from mkdocs.exceptions import MkDocsException

    # Parsers leave cycles behind; to look for them after every 700 objects takes a seventh of the time.
    gc.set_threshold(50_000, 20, 100)
    gc.enable()
    _prepare(batch)
    config = _load(Path(batch.config), docs_dir=f"{batch.work}/docs", site_dir=f"{batch.work}/site")
    with _listening() as said:
        try:
            build(config)
        except MkDocsException as error:
            said.append(str(error))
    missing = [page for page in batch.pages if not Path(batch.work, "site", address(page)).is_file()]
    return said + [f"{page}：没有生成网页" for page in missing]


def _prepare(batch: _Batch) -> None:
    """Put the pages of a batch, and the attachments beside them, into a folder of their own."""
    for page in batch.pages:
        source, target = Path(batch.docs, page), Path(batch.work, "docs", page)
        target.parent.mkdir(parents=True, exist_ok=True)
        link(source, target)
        beside = source.with_suffix("")
        if page.startswith("faults/") and page.count("/") == 1 and beside.is_dir():
            shutil.copytree(beside, target.with_suffix(""), copy_function=link)
    for name in batch.files if any(not is_generated(page) for page in batch.pages) else ():
        target = Path(batch.work, "docs", name)
        target.parent.mkdir(parents=True, exist_ok=True)
        link(Path(batch.docs, name), target)
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
