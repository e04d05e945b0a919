"""Progress of long work, on stderr, where somebody watches."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_LONG = 2_000
"""Files from which reading takes long enough to be wondered about."""
_EVERY = 0.2
"""Seconds between two lines."""


class Progress:
    """A line that is written over until everything is read, and then wiped."""

    def __init__(self, stream: TextIO | None = None, what: str = "读取故障") -> None:
        self._stream = stream or sys.stderr
        self._what = what
        self._next = 0.0

    def __call__(self, done: int, total: int) -> None:
        """Say how many files are read."""
        if total < _LONG or not self._stream.isatty():
            return
        if done >= total:
            self._stream.write("\r\x1b[K")
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + _EVERY
            self._stream.write(f"\r{self._what} {done:,} / {total:,}（{done / total:.0%}）\x1b[K")
        self._stream.flush()
