"""From tickets to a site: the whole order of things in one screen."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from faultkb.finding import FaultError
from faultkb.moment import show
from faultkb.publish import assembly, compose, generator, permit, records, search, state
from faultkb.publish.aside import Aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from faultkb.publish.compose import Composed
    from faultkb.publish.state import State
    from faultkb.vocabulary import Vocabulary


_SOURCES = ("tickets", "kb", "schema", "tools", "tests", ".git", ".github")
_MARKS = ("404.html", "api/v1/openapi.json", "api/search/manifest.json")
"""Files by which a folder is known to be a site that was built here."""


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did: what it wrote under kb/, how many pages it turned into HTML, how many files of people's own it took over."""

    composed: Composed
    pages: int
    files: int


def publish(root: Path, words: Vocabulary, as_of: datetime) -> Composed:
    """Write everything generated under kb/. Raise FaultError if any ticket has an error; then nothing is written."""
    with state.alone(root):
        remembered = state.load(root)
        done = _compose(root, words, as_of, remembered)
        with _indexed(root, words, remembered, done) as ready:
            ready()
        state.save(root, remembered)
    return done


def build(root: Path, words: Vocabulary, as_of: datetime, output: Path, remembered: State | None = None) -> Built:
    """Bring the site in ``output`` up to date. Raise FaultError if a ticket or a page is not as it should be.

    Then the site stays as it was.
    """
    _demand(root, generator.CONFIG)
    with state.alone(root):
        remembered = remembered or state.load(root)
        done = _compose(root, words, as_of, remembered)
        allowed = permit.of(remembered.tickets, words.lists)
        try:
            with _indexed(root, words, remembered, done) as ready:
                updated = assembly.build(root, output.resolve(), remembered, allowed, ready)
        finally:
            # What was made under kb/ need not be made again, whether or not it may get out.
            state.save(root, remembered)
    return Built(done, updated.pages, updated.files)


def _compose(root: Path, words: Vocabulary, as_of: datetime, remembered: State) -> Composed:
    found = records.read(root, words, as_of, remembered)
    _demand(root, compose.BEGINNING)
    done = compose.compose(root, words, found, remembered)
    remembered.tickets, remembered.as_of = found, show(as_of)
    return done


def _demand(root: Path, name: str) -> None:
    if not (root / name).is_file():
        raise FaultError(f"缺少 {name}：请从本项目的仓库恢复它")


@contextlib.contextmanager
def _indexed(root: Path, words: Vocabulary, remembered: State, done: Composed) -> Iterator[Callable[[], None]]:
    """Bring the search index up to date beside what happens meanwhile; yield what waits for it."""
    order = search.order(remembered)
    work = Aside(search.update, root, search.facets(words), remembered, order, done.articles)

    def ready() -> None:
        work.result()
        remembered.search = order
        remembered.index = state.stamps(root / "kb" / search.FOLDER)

    try:
        yield ready
    except BaseException:
        work.stop()
        raise


def refuse_output(root: Path, output: Path) -> None:
    """Raise FaultError for a folder that is not ours to replace."""
    folder = output.resolve()
    is_site = all((folder / name).is_file() for name in _MARKS)
    foreign = folder.is_dir() and any(folder.iterdir()) and not is_site
    sources = [root / name for name in _SOURCES]
    if folder in {root, *root.parents} or foreign or any(folder.is_relative_to(one) for one in sources):
        raise FaultError(f"--output {output} 里有别的文件，建网站会换掉它们：换一个空的或新的文件夹")
