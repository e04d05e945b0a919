"""How the search index is written: numbers as text, JSON deflated, files written only if they differ."""

from __future__ import annotations

import json
import operator
import zlib
from itertools import accumulate, chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

LIMIT = 1_000_000
"""Numbers of documents are below: a distance between two must be one character."""
_FIRST, _SURROGATES, _SKIP = 34, 0xD800, 0x800
"""Distances begin behind what JSON escapes (but for one), and leave out what UTF-8 cannot say."""
_LEVEL = 6


def _character(gap: int) -> str:
    code = gap + _FIRST
    return chr(code if code < _SURROGATES else code + _SKIP)


_COMMON = list(map(_character, range(16_384)))


def encode(numbers: Sequence[int]) -> str:
    """Write rising numbers as their distances, one character each: half the size of digits, and JSON stays JSON."""
    gaps = list(map(operator.sub, numbers, chain((0,), numbers)))
    try:
        return "".join(map(_COMMON.__getitem__, gaps))
    except IndexError:
        return "".join(map(_character, gaps))


def decode(text: str) -> list[int]:
    """Read what `encode` wrote."""
    gaps = (code - _FIRST if code < _SURROGATES else code - _FIRST - _SKIP for code in map(ord, text))
    return list(accumulate(gaps))


def plain(data: Any) -> bytes:
    """Return data as JSON, the same bytes for the same data."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def deflate(data: bytes) -> bytes:
    """Return bytes deflated, as a browser can inflate them by itself."""
    return zlib.compress(data, _LEVEL)


def pack(data: Any) -> bytes:
    """Return data as deflated JSON."""
    return deflate(plain(data))


def inflate(path: Path) -> bytes:
    """Read a file of deflated bytes."""
    return zlib.decompress(path.read_bytes())


def read(path: Path) -> Any:
    """Read what `pack` made; raise OSError, ValueError or zlib.error for a file that is not there or not ours."""
    return json.loads(inflate(path))


def keep(folder: Path, names: Iterable[str]) -> None:
    """Remove every file of a folder but those named."""
    wanted = set(names)
    if folder.is_dir():
        for path in [path for path in folder.iterdir() if path.name not in wanted]:
            path.unlink()
