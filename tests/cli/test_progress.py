"""Long work says how far it is, on a terminal and nowhere else."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from faultkb import corpus
from faultkb.cli.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest


class Terminal(io.StringIO):
    """A stream that says that somebody watches."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def lengths(paths: Sequence[str]) -> list[int]:
    """Work that a pool can do."""
    return [len(path) for path in paths]


def test_a_line_that_is_wiped() -> None:
    """The first call writes, the next one within the same moment does not, and the end leaves nothing."""
    stream = Terminal()
    progress = Progress(stream)
    progress(1_500, 30_000)
    progress(1_600, 30_000)
    assert stream.getvalue() == "\r读取故障 1,500 / 30,000（5%）\x1b[K"
    progress(30_000, 30_000)
    assert stream.getvalue().endswith("\r\x1b[K")


def test_silence_where_nobody_watches() -> None:
    """A log or a pipe gets nothing, and a terminal nothing about what takes no time."""
    for stream, total in ((io.StringIO(), 30_000), (Terminal(), 1_000)):
        Progress(stream)(10, total)
        assert stream.getvalue() == ""


def test_a_pool_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last word is that everything is done; the results stand in order."""
    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(corpus, "LISTENERS", [lambda done, total: heard.append((done, total))])
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    paths = ["x" * (number % 7) for number in range(1_000)]
    assert corpus.spread(paths, lengths, ()) == lengths(paths)
    assert heard[-1] == (1_000, 1_000)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
