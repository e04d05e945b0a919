"""The names of the files beside a ticket: what is private in them, where the ticket refers to them, what to call them instead."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from faultkb import attached, privacy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from faultkb.privacy import Lists, Match

_TYPES = frozenset({*attached.PICTURES, *attached.TEXTS, "pdf"})


def told(path: str, names: Iterable[str], lists: Lists) -> dict[str, list[Match]]:
    """Return the names that give something away, each with what it does; what the name of the ticket says is known anyway."""
    found = {
        name: [one for one in privacy.find_in_name(name, lists) if one.value not in path] for name in sorted(names)
    }
    return {name: some for name, some in found.items() if some}


def references(text: str, path: str, names: Iterable[str]) -> list[range]:
    """Return where a ticket refers to files of its folder: to those that have some names, and to what is not there."""
    stem = PurePosixPath(path).stem
    found = [
        range(*one.span()) for one in re.finditer(rf"(?<={re.escape(stem)}/)[^\s()<>\[\]\"'`，。；、）】]++", text)
    ]
    return found + [range(at, at + len(spelling)) for spelling, at in _spelt(text, names)]


def place(text: str, path: str, name: str) -> int:
    """Return where a ticket refers to a file, -1 where it does not."""
    named = references(text, path, (name,))
    return min((one.start for one in named if unquote(text[one.start : one.stop]) == name), default=-1)


def _spelt(text: str, names: Iterable[str]) -> Iterable[tuple[str, int]]:
    for name in names:
        for spelling in dict.fromkeys((name, quote(name))):
            yield from ((spelling, one.start()) for one in re.finditer(re.escape(spelling), text))


def is_in(match: Match, spans: Sequence[range]) -> bool:
    """Say whether a private value stands in one of some references."""
    return any(one.start < match.end and match.start < one.stop for one in spans)


def way_out(name: str, matches: Sequence[Match], lists: Lists) -> str:
    """Say what to call a file; no asterisks, which Windows allows in no name."""
    ending = attached.kind_of(name)
    ending = f".{ending}" if ending in _TYPES else ""
    kept = _masked(PurePosixPath(name).name, lists)
    neutral = f"{'截图' if ending[1:] in attached.PICTURES else '附件'}1{ending}"
    is_clean = matches and not privacy.find_in_name(kept, lists) and len(kept) <= _LONGEST and kept.isprintable()
    choice = f"{kept} 或 {neutral}" if is_clean else f"{neutral} 这样的名字"
    return f"给附件改名为 {choice}，故障里引用它的地方一起改"


_LONGEST = 60


def _masked(name: str, lists: Lists) -> str:
    return privacy.masked(name, privacy.find_in_name(name, lists)).replace("*", "x")


ARCHIVES = frozenset({"zip", "gz", "tgz", "7z", "rar", "tar", "bz2", "tbz", "xz", "txz", "zst", "jar", "cab"})
_OFFICE = frozenset({"docx", "xlsx", "pptx"})
_BEGINNINGS: Mapping[bytes, int] = {
    b"PK\x03\x04": 0,
    b"\x1f\x8b": 0,
    b"7z\xbc\xaf\x27\x1c": 0,
    b"Rar!\x1a\x07": 0,
    b"BZh": 0,
    b"\xfd7zXZ\0": 0,
    b"\x28\xb5\x2f\xfd": 0,
    b"ustar": 257,
}
"""How archives begin, whatever they are called, and where."""


def is_archive(name: str, data: bytes) -> bool:
    """Say whether a file holds other files, into which nobody looks here."""
    kind = attached.kind_of(name)
    if kind in ARCHIVES:
        return True
    return kind not in _OFFICE and any(data.startswith(begin, at) for begin, at in _BEGINNINGS.items())
